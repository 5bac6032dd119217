//! Owns the list of rules that a long report does not draw: a line each. It must never know which are drawn.

use super::fold::{Fold, Group};
use super::layout::{hang, width};
use super::{Page, paint_tag, printable, tag};
use crate::finding::TenantReport;
use crate::report::place::place;

/// So many lines of a rule's findings are named.
const LINES: usize = 3;

/// Lists rules with the lines of their findings and their titles.
pub fn list(page: &mut Page, tenant: &TenantReport, groups: &[Group]) {
    // What stands at one anchored value is drawn as one, and counted as what it is, as the last lines count it.
    let findings = groups.iter().flat_map(|group| &group.folds).map(|fold| 1 + fold.others.len()).sum::<usize>();
    let mut rules: Vec<(&Group, Vec<&Fold>)> = Vec::new();
    for group in groups {
        // A rule of several severities stands once, by the gravest.
        match rules.iter_mut().find(|(first, _)| first.rule == group.rule) {
            Some((_, folds)) => folds.extend(&group.folds),
            None => rules.push((group, group.folds.iter().collect())),
        }
    }
    let lang = page.options.lang;
    let text = lang.listed_rules(rules.len(), &lang.findings(findings), &printable(&tenant.source));
    hang(&mut page.out, "", "", &text, page.columns);
    let rows: Vec<(String, &Group)> = rules.iter().map(|(group, folds)| (lines(page, tenant, folds), *group)).collect();
    let lines_width = rows.iter().map(|(lines, _)| width(lines)).max().unwrap_or(0);
    let rule_width = rows.iter().map(|(_, group)| width(group.rule)).max().unwrap_or(0);
    for (lines, group) in &rows {
        let word = tag(group.kind, group.severity);
        let lead = format!("  {} ", paint_tag(page.paint, group.kind, group.severity, &format!("{word:7}")));
        let title = page.report.rule(group.rule).map_or("", |info| info.title.as_str());
        let plain = format!("{lines:lines_width$}  {:rule_width$}  ", group.rule);
        let room = page.columns.map_or(usize::MAX, |columns| columns.saturating_sub(10 + width(&plain)));
        let title = if room < 20 { String::new() } else { cut(&printable(title), room, page.options.unicode) };
        page.out.push_str(&format!("{lead}{}\n", format!("{plain}{title}").trim_end()));
    }
    page.out.push('\n');
}

/// The lines of a rule's findings: `98`, `107, 109`, `12, 14, 20 +5`; of a folder's other files, how many places.
fn lines(page: &Page, tenant: &TenantReport, folds: &[&Fold]) -> String {
    let places: Vec<_> = folds.iter().filter_map(|fold| place(page.sources, fold.finding.span)).collect();
    if places.len() < folds.len() || places.iter().any(|place| place.file != tenant.source) {
        return page.options.lang.places(folds.len());
    }
    let mut lines: Vec<u32> = places.iter().map(|place| place.start.line).collect();
    lines.sort_unstable();
    lines.dedup();
    let shown: Vec<String> = lines.iter().take(LINES).map(u32::to_string).collect();
    match lines.len().saturating_sub(LINES) {
        0 => shown.join(", "),
        rest => format!("{} +{rest}", shown.join(", ")),
    }
}

/// As much of a text as there is room for.
fn cut(text: &str, room: usize, unicode: bool) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let end = if unicode { "…" } else { "..." };
    let mut out = String::new();
    for c in text.chars() {
        let mut buffer = [0; 4];
        if width(&out) + width(c.encode_utf8(&mut buffer)) + width(end) > room {
            break;
        }
        out.push(c);
    }
    out.trim_end().to_owned() + end
}
