//! Owns the text report: what is told, in which order, and what is told only once. It must never know a format for machines.
//!
//! A terminal of 60 columns or more gets excerpts; a pipe, a file and a narrow terminal get one line a finding.

use crate::string::Str;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

mod brief;
mod closing;
mod fold;
mod full;
mod layout;
mod short;

use super::place::{colon_place, law, place, printable, source};
use super::snippet::{Drawer, Mark};
use super::words::some;
use super::{Options, Standing, is_quiet, words};
use crate::diagnostic::{Diagnostic, Level};
use crate::finding::{Finding, Kind, Report, RuleInfo, RuleVerdict, Severity, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::{Sources, Span};
use layout::{Paint, hang};
pub use layout::{flush_left, flush_right};

/// From so many columns on, a terminal gets excerpts.
const WIDE: usize = 60;
/// Prose is wrapped at so many columns, however wide the terminal.
const WIDEST: usize = 120;

/// So many complaints in a row tell each their next step, even if it is the same.
const FEW: usize = 2;

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
    /// It was said that there is more to be drawn of a rule.
    told_lines: bool,
}

impl Page<'_> {
    /// Hands on the text so far.
    fn give(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        let text = std::mem::take(&mut self.out);
        out.write_all(plain(&text, self.options.unicode).as_bytes())
    }
}

/// A text in the characters that the terminal has: an ellipsis may be none of them.
pub fn plain(text: &str, unicode: bool) -> Cow<'_, str> {
    if unicode || !text.contains('…') { Cow::Borrowed(text) } else { Cow::Owned(text.replace('…', "...")) }
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
        told_lines: false,
    };
    let drawer = drawer(options);
    let folds_passes = report.tenants.len() > 20;
    for tenant in &report.tenants {
        if is_quiet(tenant) && (folds_passes || options.quiet) {
            continue;
        }
        match &drawer {
            Some(drawer) => full::tenant(&mut page, drawer, tenant),
            None => short::tenant(&mut page, tenant),
        }
        page.give(out)?;
    }
    if !options.quiet {
        closing::write(&mut page, folds_passes);
    }
    page.give(out)
}

/// Writes what is wrong with policies and inputs, errors and warnings; for standard error.
///
/// # Errors
/// Those of `out`.
pub fn complain(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let drawer = drawer(options);
    let paint = Paint(options.colour);
    let alike = |one: &Diagnostic, other: &Diagnostic| (one.code, &one.help) == (other.code, &other.help);
    for row in report.errors.chunk_by(alike).chain(report.warnings.chunk_by(alike)) {
        for (at, diagnostic) in row.iter().enumerate() {
            // Of a long row that has one next step, the last says it.
            let help = diagnostic.help.as_deref().filter(|_| row.len() <= FEW || at + 1 == row.len());
            let text = match &drawer {
                Some(drawer) => full::diagnostic(drawer, paint, sources, (diagnostic, help)),
                None => short::diagnostic(paint, sources, (diagnostic, help)),
            };
            out.write_all(plain(&text, options.unicode).as_bytes())?;
        }
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
    let (paint, lang) = (Paint(options.colour), options.lang);
    let mut text = String::new();
    for (index, (rule, span)) in rules.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let severity = words::severity(lang, rule.severity);
        text.push_str(&format!(
            "{}{}{severity}{}\n",
            paint.bold(&rule.id),
            lang.colon(),
            advisory(lang, rule.advisory)
        ));
        hang(&mut text, "  ", "  ", &printable(&rule.title), columns);
        reasons(&mut text, paint, lang, rule, columns);
        if !rule.tags.is_empty() {
            let lead = format!("{}{}", flush_right(&lang.label_tags(), 8), lang.colon());
            hang(&mut text, &lead, &lead, &printable(&rule.tags.join(", ")), columns);
        }
        match (span, &drawer) {
            (Some(span), Some(drawer)) => {
                let marks = [Mark { span: *span, text: "" }];
                text.push_str(&drawer.draw(Severity::Info, &lang.the_policy_says(), sources, &marks, 3));
            }
            (Some(span), None) => {
                let label = flush_right(&lang.label_policy(), 8);
                text.push_str(&format!("{label}{}{}\n", lang.colon(), colon_place(sources, *span)));
            }
            (None, _) => {}
        }
    }
    out.write_all(plain(&text, options.unicode).as_bytes())
}

fn drawer(options: &Options) -> Option<Drawer> {
    let width = options.width.filter(|&width| width >= WIDE)?;
    Some(Drawer::new(width, options.colour, options.unicode))
}

/// `why:`, `law:` and `remedy:` of a rule, as far as it says them.
fn reasons(out: &mut String, paint: Paint, lang: Lang, rule: &RuleInfo, columns: Option<usize>) {
    if let Some(rationale) = &rule.rationale {
        note(out, (paint, lang), &lang.label_why(), &printable(rationale), columns);
    }
    for citation in &rule.citations {
        note(out, (paint, lang), &lang.label_law(), &law(lang, citation), columns);
    }
    if let Some(remedy) = &rule.remedy {
        note(out, (paint, lang), &lang.label_remedy(), &printable(remedy), columns);
    }
}

/// A line beside a finding, its word set flush right.
fn note(out: &mut String, (paint, lang): (Paint, Lang), word: &str, text: &str, columns: Option<usize>) {
    let word = flush_right(word, 8);
    let plain = format!("{word}{}", lang.colon());
    let painted = format!("{}{}", paint.cyan(&word), lang.colon());
    hang(out, &painted, &plain, text, columns);
}

fn advisory(lang: Lang, advisory: bool) -> String {
    if advisory { format!(" ({})", lang.advisory()) } else { String::new() }
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

fn paint_standing(paint: Paint, standing: Standing, word: &str) -> String {
    match standing {
        Standing::Verdict(Verdict::Pass | Verdict::NotApplicable | Verdict::Waived) => paint.green(word),
        Standing::Verdict(Verdict::Fail | Verdict::Error) => paint.red(word),
        _ => paint.yellow(word),
    }
}

/// Today's facts under the law of then: a sentence where the date of evaluation precedes the description.
fn earlier(lang: Lang, report: &Report, tenant: &TenantReport) -> Option<String> {
    let collected = tenant.collected_at.as_deref()?;
    let day = collected.get(..10).unwrap_or(collected);
    (report.as_of.as_str() < day).then(|| lang.as_of_earlier(&report.as_of, &printable(day)))
}

/// `24 hold, 3 fail, 1 is unknown, 3 do not apply` of a tenant's rules; `nothing applied` where that is so.
fn standing(lang: Lang, tenant: &TenantReport) -> String {
    let of = |verdict| tenant.rules.iter().filter(|rule| rule.verdict == verdict).count();
    let total = tenant.rules.len();
    if total == 0 {
        return lang.no_rule_checked();
    }
    if of(Verdict::NotApplicable) == total {
        return lang.nothing_applied(total);
    }
    let part = |verdict, phrase: fn(Lang, usize) -> String| {
        Some(of(verdict)).filter(|&number| number > 0).map(|number| phrase(lang, number))
    };
    let parts: Vec<String> = [
        part(Verdict::Pass, Lang::rules_hold),
        part(Verdict::Fail, Lang::rules_fail),
        part(Verdict::Error, Lang::rules_not_worked_out),
        part(Verdict::Unknown, Lang::rules_unknown),
        part(Verdict::Waived, Lang::rules_waived),
        part(Verdict::NotApplicable, Lang::rules_do_not_apply),
    ]
    .into_iter()
    .flatten()
    .collect();
    lang.list(&parts)
}

/// What one change at an anchored value does.
fn shared_note(lang: Lang, others: usize, places: &str) -> String {
    if others == 0 { lang.anchored() } else { lang.anchored_same(others, places) }
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

/// `placed`: of what is missing in elements of a list, the first place is named; elsewhere it stands before the line.
fn unknowns(page: &Page, tenant: &TenantReport, placed: bool) -> Unknowns {
    let lang = page.options.lang;
    let (missing, open) = fold::missing(&tenant.findings);
    let mut lines = Vec::new();
    // One line more is no longer than a line that says so.
    let most = missing_shown(tenant);
    let shown = if missing.len() <= most + 1 { missing.len() } else { most };
    for it in missing.iter().take(shown) {
        let several = it.findings > it.rules.len();
        let places = match colon_place(page.sources, it.span) {
            place if placed && it.what.contains("[…]") => {
                lang.at_places(if several { it.findings } else { 1 }, &place)
            }
            _ if several => lang.in_places(it.findings),
            _ => String::new(),
        };
        lines.push((it.span, lang.not_collected(it.rules.len(), &printable(it.what), &places)));
    }
    let rest = (shown < missing.len()).then(|| lang.and_more_parts(missing.len() - shown));
    let open = open.into_iter().map(|it| (it.span, format!("{} [{}]", printable(&it.message), it.rule))).collect();
    let heading = if missing.is_empty() {
        String::new()
    } else {
        let rules: HashSet<&str> = missing.iter().flat_map(|it| it.rules.iter().copied()).collect();
        let fails = |verdict: &&RuleVerdict| {
            matches!(verdict.verdict, Verdict::Fail | Verdict::Error)
                && page.report.rules.get(verdict.rule).is_some_and(|rule| rules.contains(rule.id.as_str()))
        };
        // Such a rule is no unknown one in the counts below.
        let failing = match tenant.rules.iter().filter(fails).count() {
            0 => String::new(),
            failing => lang.fail_already(failing),
        };
        let heading = if missing.len() > 2 { Lang::rules_wait_collect_first } else { Lang::rules_wait };
        heading(lang, rules.len(), &failing)
    };
    Unknowns { heading, lines, rest, open }
}

/// The same, for people.
fn write_unknowns(page: &mut Page, tenant: &TenantReport) {
    let lang = page.options.lang;
    let Unknowns { heading, lines, rest, open } = unknowns(page, tenant, true);
    let word = lang.word_unknown();
    let lead = format!("{}{}", page.paint.cyan(&word), lang.colon());
    let heading = if heading.is_empty() { lang.these_cannot_be_decided() } else { heading };
    hang(&mut page.out, &lead, &format!("{word}{}", lang.colon()), &heading, page.columns);
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
fn waiting(lang: Lang, finding: &Finding) -> Option<String> {
    let list = some(lang, finding.waiting.iter().map(Str::to_string), 5, finding.waiting.len());
    (!finding.waiting.is_empty()).then(|| lang.unknown_because(&list))
}

fn fix_text(finding: &Finding) -> Option<String> {
    finding.fix.as_ref().map(|fix| printable(&fix.title).into_owned())
}
