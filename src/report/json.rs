//! Owns the JSON report, version 1, which other programs rely on. It may grow; what is there does not change.

use crate::string::Str;
use std::io;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::place::place;
use super::summary;
use crate::diagnostic::Diagnostic;
use crate::edit::Fix;
use crate::finding::{Finding, Related, Report, TenantReport};
use crate::source::{Sources, Span};

/// Writes it, indented, with a final line end.
pub fn write(report: &Report, sources: &Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = summary(report);
    let whole = JsonReport {
        version: 1,
        as_of: &report.as_of,
        packs: &report.packs,
        tenants: Each(&report.tenants, |tenant| json_tenant(report, sources, tenant)),
        errors: Each(&report.errors, |diagnostic| json_diagnostic(sources, diagnostic)),
        warnings: Each(&report.warnings, |diagnostic| json_diagnostic(sources, diagnostic)),
        summary: JsonSummary {
            tenants: counts.tenants,
            rules: counts.rules,
            pass: counts.pass,
            fail: counts.fail,
            unknown: counts.unknown,
            error: counts.error,
            waived: counts.waived,
            not_applicable: counts.not_applicable,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

/// A list whose elements are made as they are written, so that 20,000 findings are never held twice.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, F: Fn(&'a T) -> R, R: Serialize> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for element in self.0 {
            list.serialize_element(&(self.1)(element))?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct JsonReport<'a, T: Serialize, E: Serialize, W: Serialize> {
    version: u32,
    as_of: &'a str,
    packs: &'a [String],
    tenants: T,
    errors: E,
    warnings: W,
    summary: JsonSummary,
}

#[derive(Serialize)]
struct JsonSummary {
    tenants: usize,
    rules: usize,
    pass: usize,
    fail: usize,
    unknown: usize,
    error: usize,
    waived: usize,
    not_applicable: usize,
}

#[derive(Serialize)]
struct JsonTenant<'a, F: Serialize> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<usize>,
    name: Option<&'a str>,
    verdict: &'static str,
    rules: Vec<JsonRule<'a>>,
    findings: F,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    rule: &'a str,
    title: &'a str,
    verdict: &'static str,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    kind: &'static str,
    severity: &'static str,
    advisory: bool,
    message: &'a str,
    path: &'a str,
    location: Option<JsonLocation<'a>>,
    policy: Option<JsonPoint<'a>>,
    related: Vec<JsonRelated<'a>>,
    related_total: usize,
    fix: Option<JsonFix<'a>>,
    waived: Option<()>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    waiting: &'a [Str],
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct JsonPoint<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    path: &'a str,
    location: Option<JsonLocation<'a>>,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    message: &'a str,
    code: &'a str,
    location: Option<JsonLocation<'a>>,
    help: Option<&'a str>,
    related: Vec<JsonLabel<'a>>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    location: Option<JsonLocation<'a>>,
    message: &'a str,
}

fn json_tenant<'a>(report: &'a Report, sources: &'a Sources, tenant: &'a TenantReport) -> impl Serialize + 'a {
    let rule = |it: &crate::finding::RuleVerdict| {
        let (rule, title) = report.rules.get(it.rule).map_or(("", ""), |rule| (&rule.id, &rule.title));
        JsonRule { rule, title, verdict: it.verdict.word() }
    };
    JsonTenant {
        source: &tenant.source,
        document: tenant.document,
        name: tenant.name.as_deref(),
        verdict: tenant.verdict.word(),
        rules: tenant.rules.iter().map(rule).collect(),
        findings: Each(&tenant.findings, |finding| json_finding(sources, finding)),
    }
}

fn json_finding<'a>(sources: &'a Sources, finding: &'a Finding) -> JsonFinding<'a> {
    JsonFinding {
        rule: &finding.rule,
        kind: finding.kind.word(),
        severity: super::effective_severity(finding).word(),
        advisory: finding.advisory,
        message: &finding.message,
        path: &finding.path,
        location: location(sources, finding.span),
        policy: finding.policy.and_then(|span| point(sources, span)),
        related: finding.related.iter().map(|related| json_related(sources, related)).collect(),
        related_total: finding.related_total,
        fix: finding.fix.as_ref().map(|fix| json_fix(sources, fix)),
        waived: None,
        waiting: &finding.waiting,
        fingerprint: &finding.fingerprint,
    }
}

fn json_related<'a>(sources: &'a Sources, related: &'a Related) -> JsonRelated<'a> {
    JsonRelated { path: &related.path, location: location(sources, related.span), message: &related.message }
}

fn json_fix<'a>(sources: &'a Sources, fix: &'a Fix) -> JsonFix<'a> {
    let edits = fix.edits.iter().filter_map(|edit| {
        let file = sources.file(edit.span.start)?;
        let (start, end) = (edit.span.start.checked_sub(file.base())?, edit.span.end.checked_sub(file.base())?);
        Some(JsonEdit { file: file.name(), start, end, text: &edit.text })
    });
    JsonFix { title: &fix.title, edits: edits.collect() }
}

fn json_diagnostic<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> JsonDiagnostic<'a> {
    let label =
        |it: &'a crate::diagnostic::Label| JsonLabel { location: location(sources, it.span), message: &it.text };
    JsonDiagnostic {
        message: &diagnostic.message,
        code: diagnostic.code,
        location: diagnostic.span.and_then(|span| location(sources, span)),
        help: diagnostic.help.as_deref(),
        related: diagnostic.labels.iter().map(label).collect(),
    }
}

fn location(sources: &Sources, span: Span) -> Option<JsonLocation<'_>> {
    let it = place(sources, span)?;
    Some(JsonLocation {
        file: it.file,
        line: it.start.line,
        column: it.start.column,
        end_line: it.end.line,
        end_column: it.end.column,
    })
}

fn point(sources: &Sources, span: Span) -> Option<JsonPoint<'_>> {
    let it = place(sources, span)?;
    Some(JsonPoint { file: it.file, line: it.start.line, column: it.start.column })
}
