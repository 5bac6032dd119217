//! Owns JUnit XML: a suite a tenant, a case a rule, for the test pages of CI systems. It must never know the other formats.

use std::io;

use super::place::{colon_place, source, steers};
use super::{Options, fails, words};
use crate::finding::{Finding, Kind, Report, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::Sources;

/// Writes it. A rule that fails the run is a failure, one that only leaves something unknown or does not apply is
/// skipped; what the schema finds has a case of its own. A rule that cannot be worked out, or was given up, is an error, and
/// so is what is wrong with policies and inputs.
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
    // What could not be worked out, or was given up, says nothing of the tenant.
    let broken = |case: &Case| case.verdict == Verdict::Error && (failing(case) || case.findings.is_empty());
    let errors = cases.iter().filter(|case| broken(case)).count();
    let failures = cases.iter().filter(|case| failing(case) && !broken(case)).count();
    let skipped = cases.iter().filter(|case| idle(case)).count();
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
        escape(&source(options.lang, tenant)),
        cases.len()
    )?;
    for case in &cases {
        let (class, name) = case.id.split_once('/').unwrap_or(("cerco", case.id));
        write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escape(class), escape(name))?;
        let wrong = if broken(case) { Some("error") } else { failing(case).then_some("failure") };
        let first = case.findings.iter().find(|finding| fails(finding, options)).or(case.findings.first());
        match wrong {
            Some(element) => {
                let kind = first.map_or(Kind::Error, |finding| finding.kind).word();
                let message = escape(&headline(options.lang, case));
                writeln!(out, ">\n      <{element} type=\"{kind}\" message=\"{message}\">")?;
                lines(sources, case, out)?;
                writeln!(out, "</{element}>\n    </testcase>")?;
            }
            None if idle(case) => writeln!(
                out,
                "><skipped message=\"{}\"/></testcase>",
                escape(&words::verdict(options.lang, case.verdict))
            )?,
            None if case.findings.is_empty() => writeln!(out, "/>")?,
            None => {
                writeln!(out, ">\n      <system-out>")?;
                lines(sources, case, out)?;
                writeln!(out, "</system-out>\n    </testcase>")?;
            }
        }
    }
    writeln!(out, "  </testsuite>")
}

/// A case's findings, each with its place.
fn lines(sources: &Sources, case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &case.findings {
        let place = colon_place(sources, finding.span);
        writeln!(out, "{}: {}", escape(&place), escape(&finding.message))?;
    }
    Ok(())
}

/// A case in a line: what should hold, and how much says that it does not; of a rule that was given up, that it was.
fn headline(lang: Lang, case: &Case) -> String {
    let title = if case.title.is_empty() { case.id } else { case.title };
    let what = match case.findings.len() {
        0 => lang.step_not_worked_out(),
        number => lang.findings(number),
    };
    format!("{title}{}{what}", lang.colon())
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
