//! Owns SARIF 2.1.0, which code scanning pages read. It must never know the other formats.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use crate::string::Str;
use std::collections::HashMap;
use std::io;

use serde::Serialize;

use super::effective_severity;
use super::place::place;
use crate::diagnostic::{Diagnostic, Level};
use crate::edit::Fix;
use crate::finding::{Finding, Kind, Report, RuleInfo, Severity, TenantReport};
use crate::lang::Lang;
use crate::source::{Sources, Span};

/// Writes it: one run, with the rules, and the findings of all tenants.
pub fn write(report: &Report, sources: &Sources, lang: Lang, out: &mut dyn io::Write) -> io::Result<()> {
    let (fits, asked) = (lang.fits_its_schema(), lang.policy_asks_here());
    let (rules, indices) = rules(report, &fits);
    let results = report
        .tenants
        .iter()
        .flat_map(|tenant| tenant.findings.iter().map(move |finding| (tenant, finding)))
        .map(|(tenant, finding)| result(sources, &indices, &asked, tenant, finding));
    let whole = Sarif {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "cerco",
                    version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules,
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: report.errors.is_empty(),
                tool_execution_notifications: report
                    .errors
                    .iter()
                    .chain(&report.warnings)
                    .map(|diagnostic| notification(sources, diagnostic))
                    .collect(),
            }],
            results: results.collect(),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Sarif<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    invocations: [Invocation<'a>; 1],
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Help>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Help {
    text: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: &'a [Str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Text<'a>,
    descriptor: Descriptor<'a>,
    locations: Vec<Location<'a>>,
}

#[derive(Serialize)]
struct Descriptor<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Text<'a>,
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix<'a>>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
struct ResultProperties<'a> {
    tenant: &'a str,
    kind: &'static str,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "cerco/v1")]
    cerco: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix<'a> {
    description: Text<'a>,
    artifact_changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<'a>,
}

/// The rules of the packs, and of the schema those that found something.
fn rules<'a>(report: &'a Report, fits: &'a str) -> (Vec<Rule<'a>>, HashMap<&'a str, usize>) {
    let mut rules: Vec<Rule> = report.rules.iter().map(rule).collect();
    let mut indices: HashMap<&str, usize> =
        report.rules.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
    let mut found: Vec<&str> = report
        .tenants
        .iter()
        .flat_map(|tenant| &tenant.findings)
        .map(|finding| finding.rule.as_str())
        .filter(|id| !indices.contains_key(id))
        .collect();
    found.sort_unstable();
    found.dedup();
    for id in found {
        indices.insert(id, rules.len());
        rules.push(Rule {
            id,
            short_description: Text { text: fits },
            full_description: None,
            help: None,
            help_uri: None,
            default_configuration: Configuration { level: "error" },
            properties: Properties { tags: &[] },
        });
    }
    (rules, indices)
}

fn rule(info: &RuleInfo) -> Rule<'_> {
    let mut help: Vec<String> = Vec::new();
    help.extend(info.rationale.as_deref().map(str::to_owned));
    help.extend(
        info.citations.iter().map(|it| format!("{}, {}", it.law, it.article).trim_end_matches(", ").to_string()),
    );
    help.extend(info.remedy.as_deref().map(str::to_owned));
    Rule {
        id: &info.id,
        short_description: Text { text: &info.title },
        full_description: info.rationale.as_deref().map(|text| Text { text }),
        help: (!help.is_empty()).then(|| Help { text: help.join("\n") }),
        help_uri: info.citations.iter().find_map(|it| it.url.as_deref()),
        default_configuration: Configuration { level: level(info.severity) },
        properties: Properties { tags: &info.tags },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result<'a>(
    sources: &'a Sources,
    indices: &HashMap<&str, usize>,
    asked: &'a str,
    tenant: &'a TenantReport,
    finding: &'a Finding,
) -> SarifResult<'a> {
    // A result that is not a failure has level `none` (3.27.10).
    let (kind, level) = match finding.kind {
        Kind::Unknown => ("open", "none"),
        _ => ("fail", level(effective_severity(finding))),
    };
    SarifResult {
        rule_id: &finding.rule,
        rule_index: indices.get(finding.rule.as_str()).copied(),
        kind,
        level,
        message: Text { text: &finding.message },
        locations: location(sources, finding.span, &finding.path, "").into_iter().collect(),
        related_locations: finding
            .related
            .iter()
            .filter_map(|it| location(sources, it.span, &it.path, &it.message))
            .chain(finding.policy.and_then(|span| location(sources, span, "", asked)))
            .collect(),
        partial_fingerprints: Fingerprints { cerco: &finding.fingerprint },
        fixes: finding.fix.as_ref().map(|it| fix(sources, it)).into_iter().collect(),
        properties: ResultProperties { tenant: &tenant.source, kind: finding.kind.word() },
    }
}

fn notification<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Notification<'a> {
    Notification {
        level: if diagnostic.level == Level::Error { "error" } else { "warning" },
        message: Text { text: &diagnostic.message },
        descriptor: Descriptor { id: diagnostic.code },
        locations: diagnostic.span.and_then(|span| location(sources, span, "", "")).into_iter().collect(),
    }
}

fn location<'a>(sources: &Sources, span: Span, path: &'a str, message: &'a str) -> Option<Location<'a>> {
    let (artifact_location, region) = region(sources, span)?;
    let logical = (!path.is_empty()).then_some(LogicalLocation { fully_qualified_name: path });
    Some(Location {
        physical_location: Some(PhysicalLocation { artifact_location, region }),
        logical_locations: logical.into_iter().collect(),
        message: (!message.is_empty()).then_some(Text { text: message }),
    })
}

fn region(sources: &Sources, span: Span) -> Option<(Artifact, Region)> {
    let it = place(sources, span)?;
    let region = Region {
        start_line: it.start.line,
        start_column: it.start.column,
        end_line: it.end.line,
        end_column: it.end.column,
    };
    Some((Artifact { uri: uri(it.file) }, region))
}

fn fix<'a>(sources: &Sources, fix: &'a Fix) -> SarifFix<'a> {
    let mut changes: Vec<Change> = Vec::new();
    for edit in &fix.edits {
        let Some((artifact_location, deleted_region)) = region(sources, edit.span) else { continue };
        let replacement = Replacement { deleted_region, inserted_content: Text { text: &edit.text } };
        match changes.iter_mut().find(|change| change.artifact_location.uri == artifact_location.uri) {
            Some(change) => change.replacements.push(replacement),
            None => changes.push(Change { artifact_location, replacements: vec![replacement] }),
        }
    }
    SarifFix { description: Text { text: &fix.title }, artifact_changes: changes }
}

/// A relative reference (RFC 3986): whatever has a meaning in one, or is not ASCII, is percent-encoded.
fn uri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.replace('\\', "/").trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
