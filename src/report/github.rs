//! Owns annotations of GitHub Actions: workflow commands, one finding a line. It must never know the other formats.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::io;

use super::place::{law, place, steers};
use super::{Options, effective_severity, fails, summary};
use crate::diagnostic::{Diagnostic, Level};
use crate::finding::{Finding, Kind, Report, RuleInfo, Severity};
use crate::lang::Lang;
use crate::source::{Sources, Span};

/// Writes them; an unknown that fails the run is an error there, and a notice otherwise.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    for diagnostic in report.errors.iter().chain(&report.warnings) {
        let command = if diagnostic.level == Level::Error { "error" } else { "warning" };
        command_line(out, sources, command, diagnostic.span, diagnostic.code, &whole(diagnostic))?;
    }
    for finding in report.tenants.iter().flat_map(|tenant| &tenant.findings) {
        let rule = report.rule(&finding.rule);
        let title = rule.map_or_else(|| finding.rule.to_string(), |rule| format!("{}: {}", rule.id, rule.title));
        let command = command(finding, options);
        let message = message(options.lang, finding, rule);
        command_line(out, sources, command, Some(finding.span), &title, &message)?;
    }
    let counts = summary(report);
    let text = |number: usize| number.to_string();
    let line = options.lang.github_summary(
        &options.lang.tenants(counts.tenants),
        &options.lang.rules(counts.rules),
        &report.as_of,
        &text(counts.pass),
        &text(counts.fail),
        &text(counts.unknown),
        &text(counts.error),
        &text(counts.waived),
        &text(counts.not_applicable),
    );
    writeln!(out, "{line}")
}

fn command(finding: &Finding, options: &Options) -> &'static str {
    match (finding.kind, effective_severity(finding)) {
        (Kind::Unknown, _) if !fails(finding, options) => "notice",
        (_, Severity::Error) if !finding.advisory => "error",
        (_, Severity::Error | Severity::Warning) => "warning",
        (_, Severity::Info) => "notice",
    }
}

fn message(lang: Lang, finding: &Finding, rule: Option<&RuleInfo>) -> String {
    let mut message = finding.message.clone();
    if let Some(fix) = &finding.fix {
        message.push_str(&format!("\n{}", lang.fix_is(&fix.title)));
    }
    if !finding.waiting.is_empty() {
        message.push_str(&format!("\n{}", lang.unknown_because(&lang.list(&finding.waiting))));
    }
    for citation in rule.iter().flat_map(|rule| &rule.citations) {
        message.push_str(&format!("\n{}", lang.law_is(&law(lang, citation))));
    }
    message
}

fn whole(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn command_line(
    out: &mut dyn io::Write,
    sources: &Sources,
    command: &str,
    span: Option<Span>,
    title: &str,
    message: &str,
) -> io::Result<()> {
    write!(out, "::{command} ")?;
    if let Some(place) = span.and_then(|span| place(sources, span)) {
        write!(out, "file={},line={},", property(place.file), place.start.line)?;
        // Columns are only taken where the place lies in one line.
        if place.start.line == place.end.line {
            let end = place.end.column.saturating_sub(1).max(place.start.column);
            write!(out, "endLine={},col={},endColumn={end},", place.end.line, place.start.column)?;
        } else {
            write!(out, "endLine={},", place.end.line)?;
        }
    }
    writeln!(out, "title={}::{}", property(title), data(message))
}

fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            '\t' => out.push(c),
            // The log is read in a terminal, or drawn like one.
            c if steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
