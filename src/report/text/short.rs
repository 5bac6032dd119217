//! Owns the short form of the text report, one line a finding, for pipes and narrow terminals. It must never know excerpts.

use super::fold::{self, Fold, Group};
use super::layout::{Paint, hang};
use super::{Page, colon_place, diagnostic_tag, paint_tag, printable, some};
use crate::diagnostic::Diagnostic;
use crate::finding::{Finding, Kind, TenantReport, Verdict};
use crate::report::is_quiet;
use crate::source::{Sources, Span};

/// Writes what became of a tenant.
pub fn tenant<'a>(page: &mut Page<'a>, tenant: &'a TenantReport) {
    let source = super::source(page.options.lang, tenant);
    if let Some(earlier) = super::earlier(page.options.lang, page.report, tenant) {
        line(page, &format!("{source}: note: {earlier}"));
    }
    if tenant.findings.is_empty() {
        let word = if is_quiet(tenant) { Verdict::Pass } else { tenant.verdict }.word();
        line(page, &format!("{source}: {word}: {}", super::standing(page.options.lang, tenant)));
        return;
    }
    let mut laws = Vec::new();
    let mut kinds = vec![vec![Kind::Error, Kind::Violation], vec![Kind::Invalid]];
    if page.options.unknown_detail {
        kinds.push(vec![Kind::Unknown]);
    }
    for kinds in kinds {
        for group in fold::groups(&tenant.findings, &kinds) {
            for fold in &group.folds {
                finding(page, &group, fold);
            }
            if page.told.insert(group.rule) {
                laws.push(group.rule);
            }
        }
    }
    if !page.options.unknown_detail && tenant.findings.iter().any(|finding| finding.kind == Kind::Unknown) {
        if page.columns.is_some() {
            super::write_unknowns(page, tenant);
        } else {
            let unknowns = super::unknowns(page, tenant, false);
            let word = page.paint.cyan("unknown");
            if !unknowns.heading.is_empty() {
                page.out.push_str(&format!("{source}: {word}: {}\n", unknowns.heading));
            }
            let at = |(span, text): &(Span, String)| format!("{}: {word}: {text}\n", colon_place(page.sources, *span));
            page.out.extend(unknowns.lines.iter().map(at));
            page.out.extend(unknowns.rest.iter().map(|rest| format!("{source}: {word}: {rest}\n")));
            page.out.extend(unknowns.open.iter().map(at));
        }
    }
    for rule in laws.iter().filter_map(|id| page.report.rule(id)) {
        let laws: Vec<String> = rule.citations.iter().map(|it| super::law(page.options.lang, it)).collect();
        let colon = page.options.lang.colon();
        let why = rule.rationale.as_ref().map_or_else(String::new, |why| format!("{colon}{why}"));
        let why = format!("{}{why}", rule.title);
        let laws =
            if laws.is_empty() { String::new() } else { format!(" [{}]", laws.join(&page.options.lang.semicolon())) };
        line(page, &format!("note: {}: {}{laws}", rule.id, printable(&why)));
        if let Some(remedy) = &rule.remedy {
            line(page, &format!("note: {}: {}{colon}{}", rule.id, page.options.lang.label_remedy(), printable(remedy)));
        }
    }
    if page.columns.is_some() {
        page.out.push('\n');
    }
}

fn finding(page: &mut Page, group: &Group, fold: &Fold) {
    let Fold { finding, others } = fold;
    let place = colon_place(page.sources, finding.span);
    let tag = super::tag(group.kind, group.severity);
    let lang = page.options.lang;
    let more = beside(page, finding, others);
    let message = printable(&finding.message);
    let advisory = super::advisory(lang, finding.advisory);
    if page.columns.is_some() {
        page.out.push_str(&format!("{place}: {}\n", paint_tag(page.paint, group.kind, group.severity, tag)));
        let text = format!("[{}]{advisory} {message}", group.rule);
        hang(&mut page.out, "  ", "  ", &text, page.columns);
        for more in more {
            hang(&mut page.out, "  ", "  ", &more, page.columns);
        }
    } else {
        let tag = paint_tag(page.paint, group.kind, group.severity, &format!("{tag}[{}]", group.rule));
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(&lang.semicolon())) };
        page.out.push_str(&format!("{place}: {tag}{advisory} {message}{more}\n"));
    }
}

/// What is to be said beside a finding's message.
fn beside(page: &Page, finding: &Finding, others: &[&Finding]) -> Vec<String> {
    let lang = page.options.lang;
    let mut more = Vec::new();
    if let Some(fix) = super::fix_text(finding) {
        more.push(lang.fix_is(&fix));
    }
    more.extend(related(page, finding));
    more.extend(super::waiting(lang, finding));
    if finding.shared {
        let paths = some(lang, others.iter().map(|it| printable(&it.path).into_owned()), 3, others.len());
        more.push(super::shared_note(lang, others.len(), &paths));
    }
    more
}

/// Some of the further places, those of one kind behind one word.
fn related(page: &Page, finding: &Finding) -> Vec<String> {
    const SHOWN: usize = 3;
    let lang = page.options.lang;
    let mut parts: Vec<(&str, Vec<String>)> = Vec::new();
    for it in finding.related.iter().take(SHOWN) {
        let path = match it.path.as_str() {
            // The path is that of the finding: what differs is where it is written.
            path if path == finding.path => colon_place(page.sources, it.span),
            "" => lang.the_tenant(),
            path => printable(path).into_owned(),
        };
        match parts.last_mut().filter(|(word, _)| *word == it.message) {
            Some((_, paths)) => paths.push(path),
            None => parts.push((&it.message, vec![path])),
        }
    }
    let tell = |(word, paths): &(&str, Vec<String>)| {
        let word = if word.is_empty() { lang.label_see() } else { printable(word).into_owned() };
        format!("{word}{}{}", lang.colon(), lang.list(paths))
    };
    let mut told: Vec<String> = parts.iter().map(tell).collect();
    let rest = finding.related_total.max(finding.related.len()).saturating_sub(SHOWN);
    if let Some(last) = told.last_mut().filter(|_| rest > 0) {
        *last = lang.items_and_more(last, rest);
    }
    told
}

/// A diagnostic, its further places and its help, a line each.
pub fn diagnostic(paint: Paint, sources: &Sources, (diagnostic, help): (&Diagnostic, Option<&str>)) -> String {
    let place = diagnostic.span.map(|span| colon_place(sources, span)).filter(|place| !place.is_empty());
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    let mut out = format!("{place}{}: {}\n", diagnostic_tag(paint, diagnostic), printable(&diagnostic.message));
    for label in &diagnostic.labels {
        let text = if label.text.is_empty() { "see here" } else { &label.text };
        out.push_str(&format!("  {}: {}\n", colon_place(sources, label.span), printable(text)));
    }
    if let Some(help) = help {
        out.push_str(&format!("  help: {}\n", printable(help)));
    }
    out
}

fn line(page: &mut Page, text: &str) {
    hang(&mut page.out, "", "", text, page.columns);
}
