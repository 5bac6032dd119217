//! Owns lints as findings, for reports that know nothing else. It must never know how a lint is found.

use crate::string::Str;
use std::collections::HashMap;

use super::LINTS;
use crate::diagnostic::Diagnostic;
use crate::finding::{Finding, Kind, Related, Report, RuleInfo, Severity, TenantReport, Verdict};
use crate::source::Sources;

/// A report whose rules are the lints, with what was found in each file.
pub fn report(lints: &[Diagnostic], sources: &Sources) -> Report {
    let rules = LINTS.iter().map(|lint| RuleInfo {
        id: Str::carried(lint.code),
        title: Str::carried(lint.title),
        severity: Severity::Warning,
        rationale: None,
        remedy: None,
        citations: Vec::new(),
        tags: Vec::new(),
        advisory: false,
    });
    let mut seen: HashMap<String, usize> = HashMap::new();
    let files = sources.files().iter().filter_map(|file| {
        let own = lints.iter().filter_map(|lint| Some((lint, lint.span?)));
        let own = own.filter(|(_, span)| file.span().start <= span.start && span.start <= file.span().end);
        let findings: Vec<Finding> = own
            .map(|(lint, span)| {
                let line = file.position_line(span.start - file.base());
                let (from, to) = file.line_span(line);
                let text = file.text().get(from..to).unwrap_or("").trim();
                // Lines may move: the place is told by what stands there.
                let place = format!("{} {} {text}", lint.code, file.name());
                let times = seen.entry(place.clone()).or_default();
                *times += 1;
                let mut fingerprint = blake3::hash(format!("{place} {times}").as_bytes()).to_hex().to_string();
                fingerprint.truncate(32);
                let related = lint.labels.iter().map(|label| Related {
                    path: String::new(),
                    span: label.span,
                    message: label.text.clone(),
                });
                let message = match &lint.help {
                    Some(help) => format!("{}; {help}", lint.message),
                    None => lint.message.clone(),
                };
                Finding {
                    rule: Str::carried(lint.code),
                    kind: Kind::Violation,
                    severity: Severity::Warning,
                    advisory: false,
                    message,
                    path: String::new(),
                    span,
                    policy: None,
                    asked: None,
                    related: related.collect(),
                    related_total: lint.labels.len(),
                    fix: None,
                    missing: None,
                    waiting: Vec::new(),
                    shared: false,
                    fingerprint,
                }
            })
            .collect();
        (!findings.is_empty()).then(|| TenantReport {
            source: file.name().to_owned(),
            document: None,
            name: None,
            collected_at: None,
            verdict: Verdict::Fail,
            rules: Vec::new(),
            findings,
            steps: Vec::new(),
        })
    });
    let tenants = files.collect();
    Report { rules: rules.collect(), tenants, ..Report::default() }
}
