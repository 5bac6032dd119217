//! Owns which findings are told together: those of a rule, those at one anchored value, the unknown by what is missing. It must never know how they are printed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::finding::{Finding, Kind, Severity};
use crate::report::effective_severity;
use crate::source::Span;

/// Findings of one rule and severity.
pub struct Group<'a> {
    /// `pack/rule`.
    pub rule: &'a str,
    /// How grave they are.
    pub severity: Severity,
    /// What they are.
    pub kind: Kind,
    /// Them, by place.
    pub folds: Vec<Fold<'a>>,
}

/// A finding, and the others at the same anchored value.
pub struct Fold<'a> {
    /// The one whose path is nearest to what is written.
    pub finding: &'a Finding,
    /// The others: the same rule, check and place, reached by another path.
    pub others: Vec<&'a Finding>,
}

/// Groups the findings of some kinds: the gravest rule first, then the one whose first finding stands first.
pub fn groups<'a>(findings: &'a [Finding], kinds: &[Kind]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<(&str, Severity, Kind), usize> = HashMap::new();
    let mut folded: HashMap<(&str, Severity, Kind, Span, Option<Span>), usize> = HashMap::new();
    for finding in findings.iter().filter(|finding| kinds.contains(&finding.kind)) {
        let (rule, severity, kind) = (finding.rule.as_str(), effective_severity(finding), finding.kind);
        let index = *known.entry((rule, severity, kind)).or_insert_with(|| {
            groups.push(Group { rule, severity, kind, folds: Vec::new() });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(index) else { continue };
        if finding.shared {
            let key = (rule, severity, kind, finding.span, finding.policy);
            if let Some(fold) = folded.get(&key).and_then(|&at| group.folds.get_mut(at)) {
                // It is told of the place where the value is written, or else of the alias that stands first.
                let other = if way(finding) < way(fold.finding) {
                    std::mem::replace(&mut fold.finding, finding)
                } else {
                    finding
                };
                fold.others.push(other);
                continue;
            }
            folded.insert(key, group.folds.len());
        }
        group.folds.push(Fold { finding, others: Vec::new() });
    }
    // Errors that could not be worked out come first, then by severity; the sort keeps the order of places.
    groups.sort_by_key(|group| (group.kind != Kind::Error, std::cmp::Reverse(group.severity)));
    groups
}

/// How far a finding is from the text of its value: through how many aliases it is reached, and where the first stands.
fn way(finding: &Finding) -> (usize, u32) {
    (finding.related_total, finding.related.first().map_or(0, |related| related.span.start))
}

/// What is missing, and who waits for it.
pub struct Missing<'a> {
    /// The topmost part that is missing.
    pub what: &'a str,
    /// The rules that wait for it.
    pub rules: BTreeSet<&'a str>,
    /// How many findings do.
    pub findings: usize,
    /// Where the first of them stands.
    pub span: Span,
}

/// Folds the unknown findings by what is missing: what most rules wait for comes first, as the first to be collected.
/// The second list holds those that miss no part, but cannot be decided all the same.
pub fn missing(findings: &[Finding]) -> (Vec<Missing<'_>>, Vec<&Finding>) {
    let mut folded: BTreeMap<&str, Missing> = BTreeMap::new();
    let mut open = Vec::new();
    for finding in findings.iter().filter(|finding| finding.kind == Kind::Unknown) {
        let Some(what) = finding.missing.as_deref() else {
            open.push(finding);
            continue;
        };
        let entry = folded.entry(what).or_insert_with(|| Missing {
            what,
            rules: BTreeSet::new(),
            findings: 0,
            span: finding.span,
        });
        entry.rules.insert(&finding.rule);
        entry.findings += 1;
    }
    let mut list: Vec<Missing> = folded.into_values().collect();
    list.sort_by_key(|it| (std::cmp::Reverse(it.rules.len()), std::cmp::Reverse(it.findings)));
    (list, open)
}
