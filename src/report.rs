//! Owns what a run prints: one finding model, one file a format, and what the exit status is. It must never know how a finding came about.

use std::collections::HashSet;
use std::io;

use crate::finding::{Finding, Kind, Report, Severity, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::Sources;

mod github;
mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod snippet;
mod text;
pub mod words;

pub use markdown::escape as markdown_prose;
pub use place::{colon_place, printable, source};
pub use text::{complain, explain, flush_left, flush_right, plain};

/// What a report is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub enum Format {
    /// For a person.
    #[default]
    Text,
    /// The JSON report, version 1.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML: a suite a tenant, a case a rule.
    Junit,
    /// Markdown, for a comment on a pull request.
    Markdown,
}

/// How a report is written, and what of it fails a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is written as.
    pub format: Format,
    /// The columns of the terminal; `None` for what is no terminal (a pipe, a file), where nothing is wrapped or drawn.
    pub width: Option<usize>,
    /// Colour, for text.
    pub colour: bool,
    /// Lines and arrows beyond ASCII, for text.
    pub unicode: bool,
    /// Each unknown finding by itself, rather than folded by what is missing; for text.
    pub unknown_detail: bool,
    /// Draw every finding, and not only the worst where there are many.
    pub detail: bool,
    /// Findings alone, without what was checked and the summary; for text.
    pub quiet: bool,
    /// From which severity on a finding fails the run.
    pub fail_on: Severity,
    /// Whether an unknown fails it too.
    pub unknown_fails: bool,
    /// The language that it is written in.
    pub lang: Lang,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            format: Format::Text,
            width: None,
            colour: false,
            unicode: true,
            unknown_detail: false,
            detail: false,
            quiet: false,
            fail_on: Severity::Error,
            unknown_fails: true,
            lang: Lang::En,
        }
    }
}

/// Writes a report. The same report and options give the same bytes.
///
/// The text report holds what was found; what is wrong with policies and inputs goes to standard error, by [`complain`].
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    match options.format {
        Format::Text => text::write(report, sources, options, out),
        Format::Json => json::write(report, sources, out),
        Format::Github => github::write(report, sources, options, out),
        Format::Sarif => sarif::write(report, sources, options.lang, out),
        Format::Junit => junit::write(report, sources, options, out),
        Format::Markdown => markdown::write(report, sources, options, out),
    }
}

/// Nothing at or above `--fail-on` stands.
pub const PASSED: u8 = 0;
/// Something stands at or above `--fail-on`.
pub const FAILED: u8 = 1;
/// The run itself could not be trusted.
pub const UNTRUSTED: u8 = 2;

/// The exit status of a run with this report.
pub fn exit_status(report: &Report, options: &Options) -> u8 {
    if !report.errors.is_empty() {
        UNTRUSTED
    } else if findings(report).any(|finding| fails(finding, options)) {
        FAILED
    } else {
        PASSED
    }
}

/// Whether a finding fails a run.
pub fn fails(finding: &Finding, options: &Options) -> bool {
    !finding.advisory
        && (finding.kind != Kind::Unknown || options.unknown_fails)
        && effective_severity(finding) >= options.fail_on
}

/// What a tenant came to, as its headline says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Its verdict.
    Verdict(Verdict),
    /// Something fails, none of it fails the run, and the gravest of it is a warning.
    WarningsOnly,
    /// Likewise, an info.
    InfosOnly,
    /// Only rules that advise fail.
    AdviceOnly,
}

/// What a tenant came to, so that it agrees with the exit status: what does not fail the run is no `fail`.
pub fn standing(tenant: &TenantReport, options: &Options) -> Standing {
    if tenant.verdict != Verdict::Fail
        || gives_up(tenant)
        || tenant.findings.iter().any(|finding| fails(finding, options))
    {
        return Standing::Verdict(match tenant.verdict {
            Verdict::NotApplicable => Verdict::Pass,
            verdict => verdict,
        });
    }
    let severities = tenant.findings.iter().filter(|it| it.kind != Kind::Unknown && !it.advisory);
    match severities.map(effective_severity).max() {
        Some(Severity::Error | Severity::Warning) => Standing::WarningsOnly,
        Some(Severity::Info) => Standing::InfosOnly,
        None => Standing::AdviceOnly,
    }
}

/// Whether a limit made it give a rule up: an error of the run, which leaves no finding.
fn gives_up(tenant: &TenantReport) -> bool {
    let told: HashSet<&str> =
        tenant.findings.iter().filter(|it| it.kind == Kind::Error).map(|it| it.rule.as_str()).collect();
    tenant.rules.iter().filter(|rule| rule.verdict == Verdict::Error).count() > told.len()
}

/// Whether there is nothing to tell of a tenant: no finding, and no rule that was given up.
fn is_quiet(tenant: &TenantReport) -> bool {
    tenant.findings.is_empty() && !gives_up(tenant)
}

/// The severity by which a finding counts: what is invalid is an error.
pub fn effective_severity(finding: &Finding) -> Severity {
    match finding.kind {
        Kind::Invalid => Severity::Error,
        Kind::Error | Kind::Violation | Kind::Unknown => finding.severity,
    }
}

fn findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report.tenants.iter().flat_map(|tenant| &tenant.findings)
}

/// How much of what there is in a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Tenants that were checked.
    pub tenants: usize,
    /// Rules in the packs. The six verdicts below count each rule once for each tenant.
    pub rules: usize,
    /// Rules that hold.
    pub pass: usize,
    /// Rules with a violation.
    pub fail: usize,
    /// Rules that cannot be decided.
    pub unknown: usize,
    /// Rules that could not be worked out.
    pub error: usize,
    /// Rules whose findings are all waived.
    pub waived: usize,
    /// Rules outside their dates or conditions.
    pub not_applicable: usize,
    /// Violations by severity: errors, warnings, infos.
    pub violations: [usize; 3],
    /// Findings against the schema.
    pub invalid: usize,
    /// Unknown findings.
    pub unknowns: usize,
    /// `error` findings.
    pub errors: usize,
}

/// Counts what a report holds.
pub fn summary(report: &Report) -> Summary {
    let mut sum = Summary { tenants: report.tenants.len(), rules: report.rules.len(), ..Summary::default() };
    for rule in report.tenants.iter().flat_map(|tenant| &tenant.rules) {
        *match rule.verdict {
            Verdict::NotApplicable => &mut sum.not_applicable,
            Verdict::Pass => &mut sum.pass,
            Verdict::Waived => &mut sum.waived,
            Verdict::Unknown => &mut sum.unknown,
            Verdict::Fail => &mut sum.fail,
            Verdict::Error => &mut sum.error,
        } += 1;
    }
    let [mut errors, mut warnings, mut infos] = [0; 3];
    for finding in findings(report) {
        *match (finding.kind, finding.severity) {
            (Kind::Violation, Severity::Error) => &mut errors,
            (Kind::Violation, Severity::Warning) => &mut warnings,
            (Kind::Violation, Severity::Info) => &mut infos,
            (Kind::Unknown, _) => &mut sum.unknowns,
            (Kind::Invalid, _) => &mut sum.invalid,
            (Kind::Error, _) => &mut sum.errors,
        } += 1;
    }
    sum.violations = [errors, warnings, infos];
    sum
}
