//! Owns JUnit XML: a suite a tenant, a case a rule, for the test pages of CI systems. It must never know the other formats.

use std::io;

use super::place::{colon_place, source, steers};
use super::{Options, fails, words};
use crate::finding::{Finding, Report, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::Sources;

/// Writes it. A rule that fails the run is a failure, one that only leaves something unknown or does not apply is
/// skipped; what the schema finds has a case of its own, and what is wrong with policies and inputs is an error.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"cerco\">")?;
    if !report.errors.is_empty() {
        let number = report.errors.len();
        writeln!(
            out,
            "  <testsuite name=\"cerco\" tests=\"{number}\" failures=\"0\" errors=\"{number}\" skipped=\"0\">"
        )?;
        for diagnostic in &report.errors {
            let place = diagnostic.span.map_or_else(String::new, |span| colon_place(sources, span));
            writeln!(out, "    <testcase classname=\"cerco\" name=\"{}\">", escape(diagnostic.code))?;
            writeln!(out, "      <error message=\"{}\">{}</error>", escape(&diagnostic.message), escape(&place))?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    for tenant in &report.tenants {
        suite(report, sources, options, tenant, out)?;
    }
    writeln!(out, "</testsuites>")
}

struct Case<'a> {
    id: &'a str,
    /// What holds where the rule holds; empty for what the schema finds.
    title: &'a str,
    verdict: Verdict,
    findings: Vec<&'a Finding>,
}

fn suite(
    report: &Report,
    sources: &Sources,
    options: &Options,
    tenant: &TenantReport,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut cases: Vec<Case> = tenant
        .rules
        .iter()
        .filter_map(|rule| Some((report.rules.get(rule.rule)?, rule.verdict)))
        .map(|(rule, verdict)| Case { id: &rule.id, title: &rule.title, verdict, findings: Vec::new() })
        .collect();
    let mut at: std::collections::HashMap<&str, usize> =
        cases.iter().enumerate().map(|(index, case)| (case.id, index)).collect();
    for finding in &tenant.findings {
        let index = *at.entry(&finding.rule).or_insert_with(|| {
            cases.push(Case { id: &finding.rule, title: "", verdict: Verdict::Fail, findings: Vec::new() });
            cases.len() - 1
        });
        if let Some(case) = cases.get_mut(index) {
            case.findings.push(finding);
        }
    }
    let failing = |case: &Case| case.findings.iter().any(|finding| fails(finding, options));
    let idle = |case: &Case| {
        !failing(case) && matches!(case.verdict, Verdict::NotApplicable | Verdict::Unknown | Verdict::Waived)
    };
    let failures = cases.iter().filter(|case| failing(case)).count();
    let skipped = cases.iter().filter(|case| idle(case)).count();
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
        escape(&source(options.lang, tenant)),
        cases.len()
    )?;
    for case in &cases {
        let (class, name) = case.id.split_once('/').unwrap_or(("cerco", case.id));
        write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escape(class), escape(name))?;
        let first = case.findings.iter().find(|finding| fails(finding, options)).or(case.findings.first());
        match first {
            Some(finding) if failing(case) => {
                let message = escape(&headline(options.lang, case));
                writeln!(out, ">\n      <failure type=\"{}\" message=\"{message}\">", finding.kind.word())?;
                for finding in &case.findings {
                    let place = colon_place(sources, finding.span);
                    writeln!(out, "{}: {}", escape(&place), escape(&finding.message))?;
                }
                writeln!(out, "</failure>\n    </testcase>")?;
            }
            _ if idle(case) => writeln!(
                out,
                "><skipped message=\"{}\"/></testcase>",
                escape(&words::verdict(options.lang, case.verdict))
            )?,
            Some(_) => {
                writeln!(out, ">\n      <system-out>")?;
                for finding in &case.findings {
                    let place = colon_place(sources, finding.span);
                    writeln!(out, "{}: {}", escape(&place), escape(&finding.message))?;
                }
                writeln!(out, "</system-out>\n    </testcase>")?;
            }
            None => writeln!(out, "/>")?,
        }
    }
    writeln!(out, "  </testsuite>")
}

/// A case in a line: what should hold, and how much says that it does not.
fn headline(lang: Lang, case: &Case) -> String {
    let title = if case.title.is_empty() { case.id } else { case.title };
    format!("{title}{}{}", lang.colon(), lang.findings(case.findings.len()))
}

/// XML 1.0 has no way to write most control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if steers(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
