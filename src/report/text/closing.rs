//! Owns the last lines of the text report: what was checked, what was found, what that is worth. It must never know one finding from another.

use super::Page;
use super::layout::hang;
use crate::finding::{Kind, Report, TenantReport, Verdict};
use crate::lang::Lang;
use crate::report::{FAILED, Options, PASSED, Summary, UNTRUSTED, exit_status, fails, findings, is_quiet, summary};

/// Writes them.
pub fn write(page: &mut Page, folded_passes: bool) {
    let (report, lang) = (page.report, page.options.lang);
    let sum = summary(report);
    let columns = page.columns;
    let mut lines: Vec<String> = Vec::new();
    if folded_passes {
        lines.extend(quiet_tenants(lang, report));
    }
    lines.push(if sum.tenants > 0 { checked(lang, report, &sum) } else { lang.no_tenant_checked() });
    lines.extend(found(lang, &sum));
    lines.extend(packs(lang, report));
    let status = exit_status(report, page.options);
    lines.extend(outcome(report, page.options, &sum, status));
    if sum.tenants > 0 {
        lines.push(lang.not_legal_advice());
    }
    for line in &lines {
        hang(&mut page.out, "", "", line, columns);
    }
}

/// Of many tenants, those without findings are counted rather than listed.
fn quiet_tenants(lang: Lang, report: &Report) -> Option<String> {
    let without: Vec<&TenantReport> = report.tenants.iter().filter(|tenant| is_quiet(tenant)).collect();
    let idle = without.iter().filter(|it| it.rules.iter().all(|rule| rule.verdict == Verdict::NotApplicable)).count();
    let idle = if idle > 0 { lang.nothing_applied_in(idle) } else { String::new() };
    (!without.is_empty()).then(|| lang.tenants_without_finding(without.len(), &idle))
}

/// A phrase about a number.
type Phrase = fn(Lang, usize) -> String;

/// Those of some numbers that are not zero, each in its phrase.
fn counted(lang: Lang, numbers: &[(usize, Phrase)]) -> Vec<String> {
    numbers.iter().filter(|(number, _)| *number > 0).map(|(number, phrase)| phrase(lang, *number)).collect()
}

fn checked(lang: Lang, report: &Report, sum: &Summary) -> String {
    let verdicts = counted(
        lang,
        &[
            (sum.pass, Lang::count_pass),
            (sum.fail, Lang::count_fail),
            (sum.error, Lang::count_not_worked_out),
            (sum.unknown, Lang::count_unknown),
            (sum.waived, Lang::count_waived),
            (sum.not_applicable, Lang::count_not_applicable),
        ],
    );
    let rules = if sum.rules == 0 { lang.no_rule() } else { lang.rules(sum.rules) };
    let what = lang.checked(&lang.tenants(sum.tenants), &rules, &report.as_of);
    // Each rule has a verdict at each tenant.
    let all: usize = report.tenants.iter().map(|tenant| tenant.rules.len()).sum();
    let of = if sum.tenants > 1 { format!("{}{}", lang.semicolon(), lang.verdicts(all)) } else { String::new() };
    if verdicts.is_empty() { what } else { format!("{what}{of}{}{}", lang.colon(), lang.list(&verdicts)) }
}

fn found(lang: Lang, sum: &Summary) -> Option<String> {
    let [errors, warnings, infos] = sum.violations;
    let total = errors + warnings + infos;
    let severities = counted(lang, &[(errors, Lang::errors), (warnings, Lang::warnings), (infos, Lang::infos)]);
    let unfit = counted(lang, &[(sum.invalid, Lang::invalid_values), (sum.errors, Lang::checks_not_worked_out)]);
    let unknown = counted(lang, &[(sum.unknowns, Lang::checks_unknown)]);
    let found = if total > 0 {
        let violations = lang.violations(total, &lang.list(&severities));
        lang.list(&[vec![violations], unfit, unknown].concat())
    } else {
        // `no` is kept from seeming to count what stands behind it.
        let none = match unfit.is_empty() {
            true => lang.no_violation(),
            false => lang.items_and(&lang.list(&unfit), &lang.no_violation()),
        };
        [vec![none], unknown].concat().join(&lang.semicolon())
    };
    (sum.tenants > 0).then(|| lang.found(&found))
}

fn packs(lang: Lang, report: &Report) -> Option<String> {
    let names: Vec<String> = report.packs.iter().map(|pack| super::printable(pack).into_owned()).collect();
    match (names.is_empty(), report.packs_by_default) {
        (true, _) => None,
        (false, true) => Some(lang.packs_all(names.len())),
        (false, false) => Some(lang.packs_are(&lang.list(&names))),
    }
}

/// Why the run passes or fails, where that is not plain from what was found.
fn outcome(report: &Report, options: &Options, sum: &Summary, status: u8) -> Option<String> {
    let violations: usize = sum.violations.iter().sum();
    let lang = options.lang;
    match status {
        UNTRUSTED => Some(lang.run_not_trusted(report.errors.len())),
        FAILED if !findings(report).any(|it| it.kind != Kind::Unknown && fails(it, options)) => {
            Some(lang.fails_for_unknown())
        }
        PASSED if violations + sum.unknowns > 0 => Some(lang.passes_below(options.fail_on.word())),
        _ => None,
    }
}
