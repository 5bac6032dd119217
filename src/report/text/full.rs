//! Owns the form of the text report for a terminal: excerpts of the tenant and of the policy. It must never know how an excerpt is drawn.

use super::fold::{self, Fold, Group};
use super::layout::{Paint, hang, width, wrap};
use super::{Page, colon_place, diagnostic_tag, note, paint_tag, place, printable, some};
use crate::diagnostic::Diagnostic;
use crate::finding::{Finding, Kind, Related, Severity, TenantReport};
use crate::lang::Lang;
use crate::report::snippet::{Drawer, Mark};
use crate::report::words;
use crate::source::Sources;

/// Of one rule in one tenant, so many findings are drawn; the others are a line each.
const DRAWN_OF_RULE: usize = 5;
/// Of one run, so many.
const DRAWN_IN_ALL: usize = 300;
/// Where more rules than these are broken, they are drawn for so many lines, and listed from there on: the whole is to fit
/// on some screens.
const FEW: usize = 12;
const DRAWN_LINES: usize = 80;
/// Further places that are listed.
const RELATED_SHOWN: usize = 5;

/// Writes what became of a tenant.
pub fn tenant<'a>(page: &mut Page<'a>, drawer: &Drawer, tenant: &'a TenantReport) {
    heading(page, tenant);
    if let Some(earlier) = super::earlier(page.options.lang, page.report, tenant) {
        let word = page.options.lang.label_note();
        let lead = page.paint.yellow(&word);
        let colon = page.options.lang.colon();
        hang(&mut page.out, &format!("{lead}{colon}"), &format!("{word}{colon}"), &earlier, page.columns);
    }
    if tenant.findings.is_empty() {
        hang(&mut page.out, "", "", &super::standing(page.options.lang, tenant), page.columns);
        page.out.push('\n');
        return;
    }
    page.out.push('\n');
    let mut kinds = vec![vec![Kind::Error, Kind::Violation], vec![Kind::Invalid]];
    if page.options.unknown_detail {
        kinds.push(vec![Kind::Unknown]);
    }
    for kinds in kinds {
        let groups = fold::groups(&tenant.findings, &kinds);
        let mut left = groups.as_slice();
        while let [group, rest @ ..] = left {
            let many = groups.len() > FEW && left.len() > 1 && !page.options.detail;
            if many && page.out.lines().count() > DRAWN_LINES {
                super::brief::list(page, tenant, left);
                break;
            }
            rule(page, drawer, group);
            left = rest;
        }
    }
    if !page.options.unknown_detail && tenant.findings.iter().any(|finding| finding.kind == Kind::Unknown) {
        super::write_unknowns(page, tenant);
        page.out.push('\n');
    }
}

/// The tenant's name and verdict, drawn across the page.
fn heading(page: &mut Page, tenant: &TenantReport) {
    let bar = if page.options.unicode { "━" } else { "=" };
    let name = tenant.name.as_deref().map_or_else(String::new, |name| format!(" {}", printable(name)));
    let standing = crate::report::standing(tenant, page.options);
    let (word, colon) = (words::standing(page.options.lang, standing), page.options.lang.colon());
    let title = format!("{}{name}{colon}", super::source(page.options.lang, tenant));
    let verdict = super::paint_standing(page.paint, standing, &word);
    let columns = page.columns.unwrap_or(0);
    // Behind the bars, and before at least one more.
    let room = columns.saturating_sub(5);
    if width(&title) + width(&word) <= room {
        let rest = bar.repeat(columns - 4 - width(&title) - width(&word));
        page.out.push_str(&format!("{bar}{bar} {}{verdict} {rest}\n", page.paint.bold(&title)));
        return;
    }
    let mut lines = wrap(&format!("{title}{word}"), room);
    let last = lines.pop().unwrap_or_default();
    for (at, line) in lines.iter().enumerate() {
        let lead = if at == 0 { format!("{bar}{bar}") } else { "  ".to_owned() };
        page.out.push_str(&format!("{lead} {}\n", page.paint.bold(line)));
    }
    let rest = bar.repeat(columns.saturating_sub(4 + width(&last)));
    let last = match last.strip_suffix(word.as_str()) {
        Some(before) => format!("{}{verdict}", page.paint.bold(before)),
        None => page.paint.bold(&last),
    };
    page.out.push_str(&format!("   {last} {rest}\n"));
}

/// A rule's findings: the first with all that there is to say, the next ones with their place, the rest a line each.
fn rule<'a>(page: &mut Page<'a>, drawer: &Drawer, group: &Group<'a>) {
    let info = page.report.rule(group.rule);
    let lang = page.options.lang;
    let tag = match group.kind {
        Kind::Violation | Kind::Error => words::severity(lang, group.severity),
        Kind::Unknown | Kind::Invalid => words::kind(lang, group.kind),
    };
    let plain = format!("{tag}[{}] ", group.rule);
    let painted = format!("{} ", paint_tag(page.paint, group.kind, group.severity, plain.trim_end()));
    let advisory = super::advisory(lang, info.is_some_and(|info| info.advisory));
    let title = info.map_or_else(String::new, |info| format!("{}{advisory}", printable(&info.title)));
    if page.columns.is_some_and(|columns| width(&plain) + width(&title) > columns) {
        page.out.push_str(painted.trim_end());
        page.out.push('\n');
        hang(&mut page.out, "  ", "  ", &title, page.columns);
    } else {
        page.out.push_str(format!("{painted}{title}").trim_end());
        page.out.push('\n');
    }
    let mut first_policy = None;
    let mut folds = group.folds.iter().peekable();
    let mut index = 0;
    while let Some(fold) = folds.next() {
        // What is missing at one place is told under one excerpt.
        let mut same = Vec::new();
        while group.rule == "schema/missing-field"
            && let Some(next) = folds.next_if(|next| next.finding.span == fold.finding.span && !next.finding.shared)
        {
            same.push(next.finding);
        }
        let draws = page.options.detail || index < DRAWN_OF_RULE && page.drawn < DRAWN_IN_ALL;
        if index > 0 && (draws || index == DRAWN_OF_RULE) {
            page.out.push('\n');
        }
        if draws {
            let tells = index == 0 && page.told.insert(group.rule);
            draw(page, drawer, group, fold, &same, (index == 0, tells));
            if tells {
                if let Some(policy) = fold.finding.policy {
                    first_policy = Some(policy);
                }
                if let Some(info) = info {
                    super::reasons(&mut page.out, page.paint, lang, info, page.columns);
                }
            } else if let Some(policy) = fold.finding.policy
                && first_policy.is_some_and(|first| first != policy)
            {
                note(
                    &mut page.out,
                    (page.paint, lang),
                    &lang.label_policy(),
                    &colon_place(page.sources, policy),
                    page.columns,
                );
            }
            page.drawn += 1;
        } else {
            if !std::mem::replace(&mut page.told_lines, true) {
                hang(&mut page.out, "  ", "  ", &lang.others_in_lines(), page.columns);
            }
            for finding in std::iter::once(fold.finding).chain(same) {
                let place = colon_place(page.sources, finding.span);
                line(page, group, &format!("{place} {}", printable(&finding.message)));
            }
            beside(page, fold);
        }
        index += 1;
    }
    page.out.push('\n');
}

fn draw(page: &mut Page, drawer: &Drawer, group: &Group, fold: &Fold, same: &[&Finding], (first, tells): (bool, bool)) {
    let (finding, lang) = (fold.finding, page.options.lang);
    let (here, asked) = (here(lang, finding), lang.asked_here());
    let fits = label_fits(page.sources, finding, &here, drawer.width());
    let mut marks = vec![Mark { span: finding.span, text: if fits { &here } else { "" } }];
    if group.kind != Kind::Error {
        marks.extend(finding.related.iter().filter(|it| near(page.sources, finding, it)).map(mark));
    }
    if tells
        && finding.policy != Some(finding.span)
        && let Some(policy) = finding.asked.or(finding.policy)
    {
        marks.push(Mark { span: policy, text: &asked });
    }
    let severity = if group.kind == Kind::Unknown { Severity::Info } else { group.severity };
    let context = u32::from(first);
    page.out.push_str(&drawer.draw(severity, &finding.message, page.sources, &marks, context));
    if !fits {
        note(&mut page.out, (page.paint, lang), &lang.label_path(), &printable(&here), page.columns);
    }
    if !same.is_empty() {
        let paths = some(lang, same.iter().map(|it| printable(&it.path).into_owned()), same.len(), same.len());
        note(&mut page.out, (page.paint, lang), &lang.label_also(), &paths, page.columns);
    }
    beside(page, fold);
}

/// What is to be seen at the place itself: the path, where the message does not say it.
fn here(lang: Lang, finding: &Finding) -> String {
    match finding.kind {
        Kind::Unknown if finding.missing.is_some() => lang.not_stated(),
        _ if finding.path.is_empty() || finding.message.contains(&finding.path) => String::new(),
        _ => finding.path.clone(),
    }
}

/// Whether a label finds room right of its place; where a line is so long that it is cut, its place moves left.
fn label_fits(sources: &Sources, finding: &Finding, label: &str, columns: usize) -> bool {
    let place = place(sources, finding.span);
    let (column, length) = place.map_or((0, 0), |it| match it.start.line == it.end.line {
        true => (it.start.column, it.end.column - it.start.column),
        false => (it.start.column, 0),
    });
    let middle = (column + length / 2) as usize;
    width(label) + middle.min(columns * 2 / 3) + 14 <= columns
}

/// Whether a further place is close enough to be shown in the same excerpt.
fn near(sources: &Sources, finding: &Finding, related: &Related) -> bool {
    let (Some(here), Some(there)) = (sources.file(finding.span.start), sources.file(related.span.start)) else {
        return false;
    };
    let line = |at: u32| here.position_line(at - here.base());
    std::ptr::eq(here, there) && {
        let (here, there) = (line(finding.span.start), line(related.span.start));
        here != there && here.abs_diff(there) <= 3
    }
}

fn mark(related: &Related) -> Mark<'_> {
    Mark { span: related.span, text: if related.message.is_empty() { &related.path } else { &related.message } }
}

/// The further places, the fix, and what an anchor means.
fn beside(page: &mut Page, fold: &Fold) {
    let Fold { finding, others } = fold;
    let lang = page.options.lang;
    let far: Vec<&Related> = finding.related.iter().filter(|it| !near(page.sources, finding, it)).collect();
    for related in far.iter().take(RELATED_SHOWN) {
        let place = colon_place(page.sources, related.span);
        let path = if related.path.is_empty() { lang.the_tenant() } else { printable(&related.path).into_owned() };
        let text = match related.message.is_empty() {
            true => format!("{path} ({place})"),
            false => lang.related_place(&path, &place, &printable(&related.message)),
        };
        note(&mut page.out, (page.paint, lang), &lang.label_see(), &text, page.columns);
    }
    let told = finding.related.len() - far.len() + far.len().min(RELATED_SHOWN);
    let rest = finding.related_total.max(finding.related.len()) - told;
    if rest > 0 {
        let text = lang.more_places(rest);
        note(&mut page.out, (page.paint, lang), &lang.label_see(), &text, page.columns);
    }
    if let Some(fix) = super::fix_text(finding) {
        note(&mut page.out, (page.paint, lang), &lang.label_fix(), &fix, page.columns);
    }
    if let Some(waiting) = super::waiting(lang, finding) {
        note(&mut page.out, (page.paint, lang), &lang.label_note(), &waiting, page.columns);
    }
    if finding.shared {
        let paths = some(lang, others.iter().map(|it| printable(&it.path).into_owned()), RELATED_SHOWN, others.len());
        note(
            &mut page.out,
            (page.paint, lang),
            &lang.label_note(),
            &super::shared_note(lang, others.len(), &paths),
            page.columns,
        );
    }
}

/// A finding in a line.
fn line(page: &mut Page, group: &Group, text: &str) {
    let icon = match (group.kind, page.options.unicode) {
        (Kind::Unknown, _) => "?",
        (_, true) => "×",
        (_, false) => "x",
    };
    let painted = format!("  {} ", paint_tag(page.paint, group.kind, group.severity, icon));
    hang(&mut page.out, &painted, "  x ", text, page.columns);
}

/// A diagnostic with its excerpts and its help.
pub fn diagnostic(
    drawer: &Drawer,
    paint: Paint,
    sources: &Sources,
    (diagnostic, help): (&Diagnostic, Option<&str>),
) -> String {
    let mut marks = Vec::new();
    marks.extend(diagnostic.span.map(|span| Mark { span, text: &diagnostic.label }));
    marks.extend(diagnostic.labels.iter().map(|label| Mark { span: label.span, text: &label.text }));
    let severity = super::level_severity(diagnostic.level);
    let mut out = format!("{}\n", diagnostic_tag(paint, diagnostic));
    out.push_str(&drawer.draw(severity, &diagnostic.message, sources, &marks, 1));
    if let Some(help) = help {
        note(&mut out, (paint, Lang::En), "help", &printable(help), Some(drawer.width()));
    }
    out.push('\n');
    out
}
