//! Owns the writing of expectations: the edits after which a test expects what is found. It must never know what a finding means.

use std::collections::BTreeMap;

use super::comment::Written;
use super::{Found, Wanted};
use crate::edit::Edit;
use crate::finding::Kind;
use crate::source::{SourceFile, Span};

/// The kinds in the order in which they are written, and their words.
const ORDER: [(Kind, &str); 4] =
    [(Kind::Violation, ""), (Kind::Unknown, "unknown"), (Kind::Invalid, "invalid"), (Kind::Error, "error")];

/// The edits after which the comments of a document say what was found; `start` is where the document begins.
pub(super) fn edits(
    file: &SourceFile,
    start: usize,
    written: &[Written],
    wanted: &[Wanted],
    found: &[Found],
) -> Vec<Edit> {
    let mut lines: BTreeMap<u32, Vec<(Kind, &str)>> = BTreeMap::new();
    let mut errors: Vec<(Kind, &str)> = Vec::new();
    for it in found {
        let list = if it.kind == Kind::Error { &mut errors } else { lines.entry(it.line).or_default() };
        list.push((it.kind, &it.rule));
    }
    // Errors stand wherever somebody wrote them, as long as all of them do.
    let mut known: Vec<(Kind, &str)> =
        wanted.iter().filter(|it| it.kind == Kind::Error).map(|it| (it.kind, it.rule.as_str())).collect();
    known.sort_unstable();
    errors.sort_unstable();
    let keeps_errors = known == errors;
    let mut edits = Vec::new();
    for comment in written {
        let mut here: Vec<(Kind, &str)> =
            wanted.iter().filter(|it| it.line == comment.line).map(|it| (it.kind, it.rule.as_str())).collect();
        let mut now = lines.remove(&comment.line).unwrap_or_default();
        if keeps_errors {
            now.extend(here.iter().filter(|(kind, _)| *kind == Kind::Error));
        }
        here.sort_unstable();
        now.sort_unstable();
        if comment.sound && says(&here, &now) {
            continue;
        }
        let edit = match text(&now) {
            Some(text) => (comment.start, comment.end, text),
            None => removal(file, comment),
        };
        edits.push(edit);
    }
    for (line, list) in lines {
        let (from, to) = file.line_span(line);
        let content = file.text().get(from..to).unwrap_or("");
        let end = from + content.trim_end().len();
        let blanks = if content.trim_start_matches('\u{feff}').trim().is_empty() { "" } else { "  " };
        edits.extend(text(&list).map(|text| (end, to, format!("{blanks}{text}"))));
    }
    if !keeps_errors && let Some(text) = text(&errors) {
        let line_end = if file.text().contains("\r\n") { "\r\n" } else { "\n" };
        let at = top(file, start);
        edits.push((at, at, format!("{text}{line_end}")));
    }
    let span = |start: usize, end: usize| Span::new(file.base() + start as u32, file.base() + end as u32);
    edits.into_iter().map(|(start, end, text)| Edit { span: span(start, end), text }).collect()
}

/// Whether a comment that names these rules expects these findings, and no others.
fn says(here: &[(Kind, &str)], now: &[(Kind, &str)]) -> bool {
    let count = |list: &[(Kind, &str)], wanted| list.iter().filter(|it| **it == wanted).count();
    now.iter().all(|it| here.contains(it)) && here.iter().all(|it| count(here, *it) <= count(now, *it))
}

/// The comment that expects these; none for none.
pub(super) fn text(found: &[(Kind, &str)]) -> Option<String> {
    let clauses = ORDER.iter().filter_map(|(kind, word)| {
        let mut rules: Vec<&str> = found.iter().filter(|(known, _)| known == kind).map(|(_, rule)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        (!rules.is_empty()).then(|| (*word, rules.join(", ")))
    });
    let mut out = String::new();
    for (word, rules) in clauses {
        match (out.is_empty(), word.is_empty()) {
            (true, true) => out.push_str("# expect"),
            (true, false) => out.push_str("# expect "),
            (false, _) => out.push_str("; "),
        }
        out.push_str(&format!("{word}: {rules}"));
    }
    (!out.is_empty()).then_some(out)
}

/// Takes a comment away, and its line where nothing else stands on it.
fn removal(file: &SourceFile, comment: &Written) -> (usize, usize, String) {
    let (from, to) = file.line_span(comment.line);
    if comment.alone && !file.text().get(from..).is_some_and(|text| text.starts_with('\u{feff}')) {
        let rest = file.text().get(to..).unwrap_or("");
        let line_end = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        return (from, to + line_end, String::new());
    }
    let before = file.text().get(from..comment.start).unwrap_or("");
    (from + before.trim_end_matches([' ', '\t']).len(), to, String::new())
}

/// Where a line can be put at the top of a document: below its `---`.
fn top(file: &SourceFile, start: usize) -> usize {
    let text = file.text();
    if start == 0 {
        return if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    }
    let rest = text.get(start..).unwrap_or("");
    let after_marker = rest.strip_prefix("---").map(|rest| rest.lines().next().unwrap_or("").trim());
    match (after_marker, rest.find('\n')) {
        (Some(""), Some(end)) => start + end + 1,
        (Some(beside), Some(end)) if beside.starts_with('#') => start + end + 1,
        _ => start,
    }
}
