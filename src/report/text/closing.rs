//! Owns the last lines of the text report: what was checked, what was found, what that is worth. It must never know one finding from another.

use super::Page;
use super::layout::{count, hang};
use crate::finding::{Kind, Report, TenantReport, Verdict};
use crate::report::{FAILED, Options, PASSED, Summary, UNTRUSTED, exit_status, fails, findings, summary};

/// Writes them.
pub fn write(page: &mut Page, folded_passes: bool) {
    let report = page.report;
    let sum = summary(report);
    let columns = page.columns;
    let mut lines: Vec<String> = Vec::new();
    if folded_passes {
        lines.extend(quiet_tenants(report));
    }
    lines.push(if sum.tenants > 0 { checked(report, &sum) } else { "no tenant was checked".to_string() });
    lines.extend(found(&sum));
    lines.extend(packs(report));
    let status = exit_status(report, page.options);
    lines.extend(outcome(report, page.options, &sum, status));
    if sum.tenants > 0 {
        lines.push("Findings are technical facts about a configuration, not legal advice.".to_string());
    }
    for line in &lines {
        hang(&mut page.out, "", "", line, columns);
    }
}

/// Of many tenants, those without findings are counted rather than listed.
fn quiet_tenants(report: &Report) -> Option<String> {
    let without: Vec<&TenantReport> = report.tenants.iter().filter(|tenant| tenant.findings.is_empty()).collect();
    let idle = without.iter().filter(|it| it.rules.iter().all(|rule| rule.verdict == Verdict::NotApplicable)).count();
    let idle =
        if idle > 0 { format!("; in {}, nothing applied", count(idle, "of them", "of them")) } else { String::new() };
    (!without.is_empty())
        .then(|| format!("{} without a finding{idle}", count(without.len(), "tenant is", "tenants are")))
}

fn checked(report: &Report, sum: &Summary) -> String {
    let verdicts = [
        (sum.pass, "pass"),
        (sum.fail, "fail"),
        (sum.error, "cannot be worked out"),
        (sum.unknown, "unknown"),
        (sum.waived, "waived"),
        (sum.not_applicable, "not applicable"),
    ];
    let verdicts: Vec<String> =
        verdicts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word, word)).collect();
    let what = format!(
        "checked {}, {} as of {}",
        count(sum.tenants, "tenant", "tenants"),
        if sum.rules == 0 { "no rule".to_string() } else { count(sum.rules, "rule", "rules") },
        report.as_of
    );
    if verdicts.is_empty() { what } else { format!("{what}: {}", verdicts.join(", ")) }
}

fn found(sum: &Summary) -> Option<String> {
    let [errors, warnings, infos] = sum.violations;
    let total = errors + warnings + infos;
    let by_severity: Vec<String> =
        [(errors, "error", "errors"), (warnings, "warning", "warnings"), (infos, "info", "infos")]
            .iter()
            .filter(|(number, _, _)| *number > 0)
            .map(|(number, one, many)| count(*number, one, many))
            .collect();
    let mut parts = vec![match total {
        0 => "no violation".to_string(),
        _ => format!("{} ({})", count(total, "violation", "violations"), by_severity.join(", ")),
    }];
    if sum.invalid > 0 {
        parts.push(count(sum.invalid, "invalid value", "invalid values"));
    }
    if sum.errors > 0 {
        parts.push(count(sum.errors, "check that cannot be worked out", "checks that cannot be worked out"));
    }
    if sum.unknowns > 0 {
        parts.push(count(sum.unknowns, "check unknown", "checks unknown"));
    }
    (sum.tenants > 0).then(|| format!("found {}", parts.join(", ")))
}

fn packs(report: &Report) -> Option<String> {
    let names = super::printable(&report.packs.join(", ")).into_owned();
    match (report.packs.is_empty(), report.packs_by_default) {
        (true, _) => None,
        (false, true) => {
            let number = report.packs.len();
            Some(format!("packs: all {number} that cerco carries, since none was named"))
        }
        (false, false) => Some(format!("packs: {names}")),
    }
}

/// Why the run passes or fails, where that is not plain from what was found.
fn outcome(report: &Report, options: &Options, sum: &Summary, status: u8) -> Option<String> {
    let violations: usize = sum.violations.iter().sum();
    match status {
        UNTRUSTED => Some(format!(
            "{} in policies or inputs: this run cannot be trusted",
            count(report.errors.len(), "error", "errors")
        )),
        FAILED if !findings(report).any(|it| it.kind != Kind::Unknown && fails(it, options)) => {
            Some("fails for what is unknown; with --unknown report it would pass".to_string())
        }
        PASSED if violations + sum.unknowns > 0 => {
            Some(format!("passes: nothing that counts stands at or above --fail-on {}", options.fail_on.word()))
        }
        _ => None,
    }
}
