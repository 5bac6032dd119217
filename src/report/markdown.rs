//! Owns the report as Markdown, for a comment on a pull request. It must never grow past what a comment can hold.

use std::fmt::Write as _;
use std::io;

use super::place::{colon_place, law, printable, source};
use super::{Options, effective_severity, exit_status, summary, words};
use crate::finding::{Finding, Kind, Report, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::Sources;

/// GitHub takes 65,536 characters in a comment; some room is left for the closing lines.
const ROOM: usize = 60_000;

/// Writes it.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let (mut text, lang) = (String::new(), options.lang);
    let result = match exit_status(report, options) {
        super::PASSED => lang.word_pass(),
        super::FAILED => lang.word_fail(),
        _ => lang.this_run_not_trusted(),
    };
    let counts = summary(report);
    let _ = writeln!(text, "### Cerco: {result}\n");
    let (tenants, rules) = (lang.tenants(counts.tenants), lang.rules(counts.rules));
    let _ = writeln!(text, "{}\n", lang.tenants_against_rules(&tenants, &rules, &report.as_of));
    if !report.errors.is_empty() {
        let _ = writeln!(text, "#### {}\n", lang.heading_errors());
        for diagnostic in &report.errors {
            let place =
                diagnostic.span.map_or_else(String::new, |span| format!("`{}` ", tick(&colon_place(sources, span))));
            let _ = writeln!(text, "- {place}{}", escape(&diagnostic.message));
        }
        text.push('\n');
    }
    if !report.tenants.is_empty() {
        let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::Unknown, Verdict::NotApplicable];
        let verdicts = verdicts.map(|verdict| words::verdict(lang, verdict)).join(" | ");
        let _ = writeln!(text, "| {} | {} | {verdicts} |", lang.column_tenant(), lang.column_verdict());
        let _ = writeln!(text, "| --- | --- | --: | --: | --: | --: |");
    }
    let mut left_out = 0_usize;
    for tenant in &report.tenants {
        let of = |verdict| tenant.rules.iter().filter(|rule| rule.verdict == verdict).count();
        if text.len() > ROOM {
            left_out += 1;
            continue;
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            escape(&source(lang, tenant)),
            words::standing(lang, super::standing(tenant, options)),
            of(Verdict::Pass),
            of(Verdict::Fail) + of(Verdict::Error),
            of(Verdict::Unknown),
            of(Verdict::NotApplicable)
        );
    }
    if left_out > 0 {
        let _ = writeln!(text, "\n{}", lang.and_more(&lang.tenants(left_out)));
    }
    let mut cut = 0_usize;
    for tenant in report.tenants.iter().filter(|tenant| !tenant.findings.is_empty()) {
        cut += tenant_findings(&mut text, report, sources, lang, tenant);
    }
    if cut > 0 {
        let _ = writeln!(text, "\n{}", lang.did_not_fit(cut));
    }
    let _ = writeln!(text, "\n{}", lang.not_legal_advice());
    out.write_all(text.as_bytes())
}

/// Writes a tenant's findings as far as there is room, and gives how many were left out.
fn tenant_findings(text: &mut String, report: &Report, sources: &Sources, lang: Lang, tenant: &TenantReport) -> usize {
    if text.len() > ROOM {
        return tenant.findings.len();
    }
    let mut findings: Vec<&Finding> = tenant.findings.iter().collect();
    findings.sort_by_key(|it| (it.kind == Kind::Unknown, std::cmp::Reverse(effective_severity(it))));
    let _ = writeln!(
        text,
        "\n<details{}><summary>{}: {}</summary>\n",
        if tenant.verdict >= Verdict::Fail { " open" } else { "" },
        escape(&source(lang, tenant)),
        lang.findings(findings.len())
    );
    let mut cut = 0_usize;
    let mut told = std::collections::HashSet::new();
    for finding in findings {
        if text.len() > ROOM {
            cut += 1;
            continue;
        }
        let word = match finding.kind {
            Kind::Violation => words::severity(lang, finding.severity),
            kind => words::kind(lang, kind),
        };
        let _ = write!(text, "- **{word}** `{}` {}", tick(&finding.rule), escape(&finding.message));
        let place = colon_place(sources, finding.span);
        if !place.is_empty() {
            let _ = write!(text, " (`{}`)", tick(&place));
        }
        if let Some(fix) = &finding.fix {
            let _ = write!(text, "<br>{}", lang.fix_is(&escape(&fix.title)));
        }
        if !finding.waiting.is_empty() {
            let rules: Vec<String> = finding.waiting.iter().map(|rule| format!("`{}`", tick(rule))).collect();
            let _ = write!(text, "<br>{}", lang.unknown_because(&lang.list(&rules)));
        }
        // What a rule is about, and by which law, is told once.
        if let Some(rule) = report.rule(&finding.rule).filter(|rule| told.insert(rule.id.as_str())) {
            let _ = write!(text, "<br>{}", lang.rule_is(&escape(&rule.title)));
            for citation in &rule.citations {
                let _ = write!(text, "<br>{}", lang.law_is(&escape(&law(lang, citation))));
            }
        }
        text.push('\n');
    }
    text.push_str("\n</details>\n");
    cut
}

fn tick(text: &str) -> String {
    printable(text).replace('`', "'")
}

/// Tenants may name their groups as they like: nothing of a message is markup, and nobody is mentioned.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
