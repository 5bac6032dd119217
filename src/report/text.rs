//! Owns the text report: what is told, in which order, and what is told only once. It must never know a format for machines.
//!
//! A terminal of 60 columns or more gets excerpts; a pipe, a file and a narrow terminal get one line a finding.

use std::collections::HashSet;
use std::io;

mod closing;
mod fold;
mod full;
mod layout;
mod short;

use super::Options;
use super::place::{colon_place, law, place, printable};
use super::snippet::{Drawer, Mark};
use crate::diagnostic::{Diagnostic, Level};
use crate::finding::{Finding, Kind, Report, RuleInfo, Severity, TenantReport, Verdict};
use crate::source::{Sources, Span};
use layout::{Paint, count, hang};

/// From so many columns on, a terminal gets excerpts.
const WIDE: usize = 60;
/// Prose is wrapped at so many columns, however wide the terminal.
const WIDEST: usize = 120;

/// What every part of the report needs.
struct Page<'a> {
    report: &'a Report,
    sources: &'a Sources,
    options: &'a Options,
    paint: Paint,
    /// Where prose is wrapped; `None` in a pipe.
    columns: Option<usize>,
    /// The text so far.
    out: String,
    /// Rules whose reason and law have been told.
    told: HashSet<&'a str>,
    /// Excerpts that were drawn.
    drawn: usize,
}

/// Writes the text report.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page {
        report,
        sources,
        options,
        paint: Paint(options.colour),
        columns: options.width.map(|width| width.clamp(20, WIDEST)),
        out: String::new(),
        told: HashSet::new(),
        drawn: 0,
    };
    let drawer = drawer(options);
    let folds_passes = report.tenants.len() > 20;
    for tenant in &report.tenants {
        if tenant.findings.is_empty() && (folds_passes || options.quiet) {
            continue;
        }
        match &drawer {
            Some(drawer) => full::tenant(&mut page, drawer, tenant),
            None => short::tenant(&mut page, tenant),
        }
        out.write_all(std::mem::take(&mut page.out).as_bytes())?;
    }
    if !options.quiet {
        closing::write(&mut page, folds_passes);
    }
    out.write_all(page.out.as_bytes())
}

/// Writes what is wrong with policies and inputs, errors and warnings; for standard error.
///
/// # Errors
/// Those of `out`.
pub fn complain(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let drawer = drawer(options);
    let paint = Paint(options.colour);
    for diagnostic in report.errors.iter().chain(&report.warnings) {
        let text = match &drawer {
            Some(drawer) => full::diagnostic(drawer, paint, sources, diagnostic),
            None => short::diagnostic(paint, sources, diagnostic),
        };
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Writes what rules ask, why, and by which law; each with the place of its policy, where it is known.
///
/// # Errors
/// Those of `out`.
pub fn explain(
    rules: &[(RuleInfo, Option<Span>)],
    sources: &Sources,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let drawer = drawer(options);
    let columns = options.width.map(|width| width.clamp(20, WIDEST));
    let paint = Paint(options.colour);
    let mut text = String::new();
    for (index, (rule, span)) in rules.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{}: {}{}\n", paint.bold(&rule.id), rule.severity.word(), advisory(rule.advisory)));
        hang(&mut text, "  ", "  ", &printable(&rule.title), columns);
        reasons(&mut text, paint, rule, columns);
        if !rule.tags.is_empty() {
            hang(&mut text, "    tags: ", "    tags: ", &printable(&rule.tags.join(", ")), columns);
        }
        match (span, &drawer) {
            (Some(span), Some(drawer)) => {
                let marks = [Mark { span: *span, text: "" }];
                text.push_str(&drawer.draw(Severity::Info, "the policy says", sources, &marks, 3));
            }
            (Some(span), None) => text.push_str(&format!("  policy: {}\n", colon_place(sources, *span))),
            (None, _) => {}
        }
    }
    out.write_all(text.as_bytes())
}

fn drawer(options: &Options) -> Option<Drawer> {
    let width = options.width.filter(|&width| width >= WIDE)?;
    Some(Drawer::new(width, options.colour, options.unicode))
}

/// `why:`, `law:` and `remedy:` of a rule, as far as it says them.
fn reasons(out: &mut String, paint: Paint, rule: &RuleInfo, columns: Option<usize>) {
    if let Some(rationale) = &rule.rationale {
        note(out, paint, "why", &printable(rationale), columns);
    }
    for citation in &rule.citations {
        note(out, paint, "law", &law(citation), columns);
    }
    if let Some(remedy) = &rule.remedy {
        note(out, paint, "remedy", &printable(remedy), columns);
    }
}

/// A line beside a finding, its word set flush right.
fn note(out: &mut String, paint: Paint, word: &str, text: &str, columns: Option<usize>) {
    let plain = format!("{word:>8}: ");
    let painted = format!("{}: ", paint.cyan(&format!("{word:>8}")));
    hang(out, &painted, &plain, text, columns);
}

fn advisory(advisory: bool) -> &'static str {
    if advisory { " (advisory)" } else { "" }
}

/// The word before a finding's rule.
fn tag(kind: Kind, severity: Severity) -> &'static str {
    match kind {
        Kind::Violation | Kind::Error => severity.word(),
        Kind::Unknown | Kind::Invalid => kind.word(),
    }
}

fn paint_tag(paint: Paint, kind: Kind, severity: Severity, text: &str) -> String {
    match (kind, severity) {
        (Kind::Unknown, _) | (_, Severity::Info) => paint.cyan(text),
        (_, Severity::Warning) => paint.yellow(text),
        (_, Severity::Error) => paint.red(text),
    }
}

fn paint_verdict(paint: Paint, verdict: &str) -> String {
    match verdict {
        "pass" | "waived" => paint.green(verdict),
        "fail" | "error" => paint.red(verdict),
        _ => paint.yellow(verdict),
    }
}

/// Today's facts under the law of then: a sentence where the date of evaluation precedes the description.
fn earlier(report: &Report, tenant: &TenantReport) -> Option<String> {
    let collected = tenant.collected_at.as_deref()?;
    let day = collected.get(..10).unwrap_or(collected);
    (report.as_of.as_str() < day).then(|| {
        format!(
            "as of {}, before this was collected ({}): today's facts are judged by the law of then",
            report.as_of,
            printable(day)
        )
    })
}

/// `24 hold, 3 fail, 1 is unknown, 3 do not apply` of a tenant's rules; `nothing applied` where that is so.
fn standing(tenant: &TenantReport) -> String {
    let of = |verdict| tenant.rules.iter().filter(|rule| rule.verdict == verdict).count();
    let total = tenant.rules.len();
    if total == 0 {
        return "no rule was checked".to_string();
    }
    if of(Verdict::NotApplicable) == total {
        return format!(
            "nothing applied: {} outside {} dates or conditions",
            count(total, "rule is", "rules are"),
            if total == 1 { "its" } else { "their" }
        );
    }
    let part = |verdict, one: &str, many: &str| Some(of(verdict)).filter(|&n| n > 0).map(|n| count(n, one, many));
    [
        part(Verdict::Pass, "rule holds", "rules hold"),
        part(Verdict::Fail, "fails", "fail"),
        part(Verdict::Error, "cannot be worked out", "cannot be worked out"),
        part(Verdict::Unknown, "is unknown", "are unknown"),
        part(Verdict::Waived, "is waived", "are waived"),
        part(Verdict::NotApplicable, "does not apply", "do not apply"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// What one change at an anchored value does.
fn shared_note(others: usize, places: &str) -> String {
    match others {
        0 => "this value is anchored: one change alters every place that uses it".to_string(),
        1 => format!("the same at {places}; the value is anchored, and one change alters every place that uses it"),
        _ => format!(
            "the same at {} places ({places}); the value is anchored, and one change alters every place that uses it",
            layout::grouped(others)
        ),
    }
}

/// Some of a list, and how many more.
fn some(list: impl Iterator<Item = String>, most: usize, total: usize) -> String {
    let shown: Vec<String> = list.take(most).collect();
    let rest = total.saturating_sub(shown.len());
    let text = shown.join(", ");
    if rest > 0 { format!("{text} and {} more", layout::grouped(rest)) } else { text }
}

fn level_severity(level: Level) -> Severity {
    match level {
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    }
}

fn diagnostic_tag(paint: Paint, diagnostic: &Diagnostic) -> String {
    let severity = level_severity(diagnostic.level);
    paint_tag(paint, Kind::Violation, severity, &format!("{}[{}]", severity.word(), diagnostic.code))
}

/// How many lines tell what is missing before the rest is only counted. Where there is little else to read, as with
/// `{}`, the whole report is to fit on one screen of 24 lines.
fn missing_shown(tenant: &TenantReport) -> usize {
    let any = |kinds: &[Kind]| tenant.findings.iter().any(|finding| kinds.contains(&finding.kind));
    match (any(&[Kind::Violation, Kind::Error]), any(&[Kind::Invalid])) {
        (true, _) => 12,
        (false, true) => 5,
        (false, false) => 10,
    }
}

/// What a tenant leaves open: a heading, one line for each part that is missing, then what is undecided otherwise.
struct Unknowns {
    /// Empty where nothing is missing.
    heading: String,
    /// What is missing, each part with its place.
    lines: Vec<(Span, String)>,
    /// How many parts more are missing, where that is so.
    rest: Option<String>,
    /// What is undecided although nothing is missing, each with its place.
    open: Vec<(Span, String)>,
}

fn unknowns(tenant: &TenantReport) -> Unknowns {
    let (missing, open) = fold::missing(&tenant.findings);
    let mut lines = Vec::new();
    // One line more is no longer than a line that says so.
    let most = missing_shown(tenant);
    let shown = if missing.len() <= most + 1 { missing.len() } else { most };
    for it in missing.iter().take(shown) {
        let waits = count(it.rules.len(), "rule waits", "rules wait");
        let places = match it.findings > it.rules.len() {
            true => format!(" ({})", count(it.findings, "place", "places")),
            false => String::new(),
        };
        lines.push((it.span, format!("{} is not collected: {waits} for it{places}", printable(it.what))));
    }
    let rest = (shown < missing.len()).then(|| {
        let rest = count(missing.len() - shown, "part", "parts");
        format!("and {rest} more; --unknown-detail tells them all")
    });
    let open = open.into_iter().map(|it| (it.span, format!("{} [{}]", printable(&it.message), it.rule))).collect();
    let heading = if missing.is_empty() {
        String::new()
    } else {
        let rules: HashSet<&str> = missing.iter().flat_map(|it| it.rules.iter().copied()).collect();
        let first = if missing.len() > 2 { "; collect first" } else { "" };
        format!("{} for what is not collected{first}:", count(rules.len(), "rule waits", "rules wait"))
    };
    Unknowns { heading, lines, rest, open }
}

/// The same, for people.
fn write_unknowns(page: &mut Page, tenant: &TenantReport) {
    let Unknowns { heading, lines, rest, open } = unknowns(tenant);
    let lead = format!("{}: ", page.paint.cyan("unknown"));
    let heading = if heading.is_empty() { "these cannot be decided:" } else { &heading };
    hang(&mut page.out, &lead, "unknown: ", heading, page.columns);
    for (_, line) in lines {
        hang(&mut page.out, "  ? ", "  ? ", &line, page.columns);
    }
    if let Some(rest) = rest {
        hang(&mut page.out, "    ", "    ", &rest, page.columns);
    }
    for (span, line) in open {
        let line = format!("{line} ({})", colon_place(page.sources, span));
        hang(&mut page.out, "  ? ", "  ? ", &line, page.columns);
    }
}

/// The rules that what is invalid keeps from being decided.
fn waiting(finding: &Finding) -> Option<String> {
    let list = some(finding.waiting.iter().cloned(), 5, finding.waiting.len());
    (!finding.waiting.is_empty()).then(|| format!("unknown because of it: {list}"))
}

fn fix_text(finding: &Finding) -> Option<String> {
    finding.fix.as_ref().map(|fix| printable(&fix.title).into_owned())
}
