//! Owns findings and reports as data: what stands where, by which rule, with which fix. It must never know how a report is printed.

use crate::diagnostic::Diagnostic;
use crate::edit::Fix;
use crate::source::Span;
use crate::string::Str;
use serde::{Deserialize, Serialize};

/// How grave a finding is; ordered from mild to grave.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
    /// Must not stand.
    Error,
}

impl Severity {
    /// The word of the language and of the reports.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What kind of statement a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Kind {
    /// A check does not hold.
    Violation,
    /// A check cannot be decided, because the configuration leaves something out.
    Unknown,
    /// The configuration does not fit its schema.
    Invalid,
    /// A rule could not be worked out (overflow, division by zero).
    Error,
}

impl Kind {
    /// The word of the reports.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Violation => "violation",
            Kind::Unknown => "unknown",
            Kind::Invalid => "invalid",
            Kind::Error => "error",
        }
    }
}

/// What becomes of a rule, or of a tenant; ordered from good to bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Verdict {
    /// Outside its dates, or its `applies when` is false.
    NotApplicable,
    /// Every check holds.
    Pass,
    /// All its findings are waived.
    Waived,
    /// A check cannot be decided.
    Unknown,
    /// A check does not hold.
    Fail,
    /// A check could not be worked out.
    Error,
}

impl Verdict {
    /// The word of the reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::NotApplicable => "not-applicable",
            Verdict::Pass => "pass",
            Verdict::Waived => "waived",
            Verdict::Unknown => "unknown",
            Verdict::Fail => "fail",
            Verdict::Error => "error",
        }
    }
}

/// A further place of a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Related {
    /// Its path in the tenant.
    pub path: String,
    /// Where it is written.
    pub span: Span,
    /// What it has to do with the finding, in a few words: `also fails`, `is missing too`, `for this group`.
    pub message: String,
}

/// The most related places that a finding keeps.
pub const RELATED_LIMIT: usize = 20;

/// One finding about one tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// `pack/rule`, or `schema/…`.
    pub rule: Str,
    /// What kind of statement it is.
    pub kind: Kind,
    /// How grave.
    pub severity: Severity,
    /// An advisory rule's finding never fails a run.
    pub advisory: bool,
    /// One line.
    pub message: String,
    /// The path in the tenant; `""` for the root, and for `error` findings.
    pub path: String,
    /// Where it is written in the tenant; of an `error` finding, the policy's own place.
    pub span: Span,
    /// Where the policy asks for it; `None` for what the schema finds.
    pub policy: Option<Span>,
    /// The part of that place that asks, where it is less than the whole: the condition.
    pub asked: Option<Span>,
    /// Further places, at most [`RELATED_LIMIT`].
    pub related: Vec<Related>,
    /// How many further places there are in all.
    pub related_total: usize,
    /// What can be done about it, mechanically.
    pub fix: Option<Fix>,
    /// Of an `unknown` finding: the topmost part of the tenant that is missing (`meetings`, `groups[…].settings.sync`
    /// with the element left open), by which the text report folds.
    pub missing: Option<String>,
    /// Of an `invalid` finding: the rules that are unknown because of it, sorted.
    pub waiting: Vec<Str>,
    /// The place is inside an anchored value that several places use (there is an alias to it).
    pub shared: bool,
    /// Stable while unrelated parts change; unique in a run.
    pub fingerprint: String,
}

/// A law as it is cited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Citation {
    /// The law's title.
    pub law: Str,
    /// Where in it: `art. 38`.
    pub article: Str,
    /// Who issued it.
    pub issuer: Option<Str>,
    /// Where it can be read.
    pub url: Option<Str>,
}

/// What a report says of a rule beside its findings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleInfo {
    /// `pack/rule`.
    pub id: Str,
    /// The rule's title.
    pub title: Str,
    /// Its severity.
    pub severity: Severity,
    /// Why it asks.
    pub rationale: Option<Str>,
    /// What to do.
    pub remedy: Option<Str>,
    /// By which law.
    pub citations: Vec<Citation>,
    /// Its tags.
    pub tags: Vec<Str>,
    /// Its findings never fail a run.
    pub advisory: bool,
}

/// What became of one rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleVerdict {
    /// Index into [`Report::rules`].
    pub rule: usize,
    /// What became of it.
    pub verdict: Verdict,
}

/// A step on the way to a verdict: what `cerco explain` tells of a rule at a tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// How deep it lies within loops and conditions.
    pub depth: usize,
    /// What was asked or gone through, as the policy writes it.
    pub text: String,
    /// What came of it: `holds`, `does not hold`, `unknown`, `3 elements`.
    pub outcome: String,
    /// The values that led there: what was read, and what it is.
    pub values: Vec<(String, String)>,
}

/// The most steps that a rule tells at one tenant.
pub const STEP_LIMIT: usize = 200;

/// What became of one tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantReport {
    /// The file or folder, as it was given.
    pub source: String,
    /// Which document of the file it is, from 1, where the file has several.
    pub document: Option<usize>,
    /// The organisation's name, where the tenant says it.
    pub name: Option<String>,
    /// The day on which the description was collected, where it says so (ISO).
    pub collected_at: Option<String>,
    /// The worst of its rules', and `fail` when an invalid value stands.
    pub verdict: Verdict,
    /// One for each rule, in the order of [`Report::rules`].
    pub rules: Vec<RuleVerdict>,
    /// In their fixed order.
    pub findings: Vec<Finding>,
    /// How each verdict came about, where that was asked for, in the order of [`Report::rules`].
    pub steps: Vec<Vec<Step>>,
}

/// What became of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The date of evaluation (ISO).
    pub as_of: String,
    /// The packs that were used, with their versions where they have one.
    pub packs: Vec<String>,
    /// The packs were not named by anyone: all that the binary carries are used.
    pub packs_by_default: bool,
    /// All rules, sorted by id.
    pub rules: Vec<RuleInfo>,
    /// The tenants, in the order in which they were given.
    pub tenants: Vec<TenantReport>,
    /// What is wrong with policies and inputs: each makes exit status 2.
    pub errors: Vec<Diagnostic>,
    /// Warnings about policies and inputs.
    pub warnings: Vec<Diagnostic>,
}

impl Report {
    /// What is said of a rule; none for what the schema finds.
    pub fn rule(&self, id: &str) -> Option<&RuleInfo> {
        let index = self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        self.rules.get(index)
    }
}
