//! Owns the comments of a test: which stand in its text, what the head of a document says, which findings are expected where. It must never know what was found.

use super::Wanted;
use crate::diagnostic::{Diagnostic, did_you_mean, nearest};
use crate::document::{Document, Kind as Node, NodeId, Root, Style};
use crate::finding::Kind;
use crate::session::Param;
use crate::source::{SourceFile, Span};
use crate::value::parse_date;

/// How expectations are written.
const FORM: &str = "an expectation is written `# expect: pack/rule`, `# expect unknown: pack/rule`, `# expect: a/b, c/d; unknown: e/f`";
/// The words of a head.
const WORDS: [&str; 4] = ["as-of", "param", "rules", "fragment"];
/// The words behind `expect`.
const KINDS: [(&str, Kind); 4] =
    [("violation", Kind::Violation), ("unknown", Kind::Unknown), ("invalid", Kind::Invalid), ("error", Kind::Error)];

/// A comment: offsets within its file, from `#` to the end of its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment {
    pub line: u32,
    pub start: usize,
    pub end: usize,
    /// Nothing stands before it on its line.
    pub alone: bool,
}

/// A part of a comment that says what is expected on its line.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub line: u32,
    /// From its `#` to the end of the line, within the file.
    pub start: usize,
    pub end: usize,
    /// Nothing else stands on its line.
    pub alone: bool,
    /// Nothing is wrong with how it is written.
    pub sound: bool,
}

/// What the head of a document says.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub as_of: Option<i32>,
    pub params: Vec<(Param, Span)>,
    pub rules: Vec<(String, Span)>,
    pub fragment: bool,
}

/// The scalars in which a `#` is no comment: offsets within the file, sorted.
///
/// Those of a block begin below the line of their `|`, where a comment may stand.
pub(super) fn scalars(document: &Document, file: &SourceFile) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Vec<NodeId> = document.roots().iter().filter_map(|root| root.node).collect();
    while let Some(node) = open.pop() {
        match document.kind(node) {
            Node::Alias => {}
            Node::Mapping => open.extend(document.entries(node).flat_map(|(key, value)| [key, value])),
            Node::Sequence => open.extend(document.items(node)),
            Node::Scalar => {
                let span = document.span(node);
                let local = |at: u32| at.saturating_sub(file.base()) as usize;
                let (mut start, end) = (local(span.start), local(span.end));
                let text = file.text().get(start..end).unwrap_or("");
                match document.style(node) {
                    Style::Plain if !text.contains('\n') => continue,
                    Style::Block => start += text.find('\n').map_or(text.len(), |at| at + 1),
                    _ => {}
                }
                found.push((start, end));
            }
        }
    }
    found.sort_unstable();
    found
}

/// The scalar that a byte lies in, its first byte included.
pub(super) fn within(scalars: &[(usize, usize)], at: usize) -> Option<(usize, usize)> {
    let before = scalars.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
    scalars.get(before).copied().filter(|(_, end)| at < *end)
}

/// All comments of a text.
pub(super) fn scan(file: &SourceFile, scalars: &[(usize, usize)]) -> Vec<Comment> {
    let text = file.text();
    let mut comments = Vec::new();
    for line in 1..=file.last_line() {
        let (from, to) = file.line_span(line);
        let content = text.get(from..to).unwrap_or("");
        let begins = |(at, _): &(usize, &str)| {
            let before = content.get(..*at).unwrap_or("").trim_start_matches('\u{feff}');
            (before.is_empty() || before.ends_with([' ', '\t'])) && within(scalars, from + at).is_none()
        };
        if let Some((at, _)) = content.match_indices('#').find(begins) {
            let before = content.get(..at).unwrap_or("").trim_start_matches('\u{feff}');
            comments.push(Comment { line, start: from + at, end: to, alone: before.trim().is_empty() });
        }
    }
    comments
}

/// Where each document of a text begins: offsets within the file.
pub(super) fn documents(file: &SourceFile, roots: &[Root]) -> Vec<usize> {
    let mut markers = Vec::new();
    for line in 1..=file.last_line() {
        let (from, to) = file.line_span(line);
        let content = file.text().get(from..to).unwrap_or("");
        let is = |marker| {
            content.strip_prefix(marker).is_some_and(|rest: &str| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        if is("---") {
            markers.push(from);
        } else if is("...") {
            markers.push(to + 1);
        }
    }
    let start = |(at, root): (usize, &Root)| {
        let first = root.start.start.saturating_sub(file.base()) as usize;
        let marker = markers.partition_point(|marker| *marker <= first).checked_sub(1).and_then(|at| markers.get(at));
        if at == 0 { 0 } else { marker.copied().unwrap_or(0) }
    };
    roots.iter().enumerate().map(start).collect()
}

/// Where in a comment the last expectation begins, from its first byte.
fn expectation(comment: &str) -> Option<usize> {
    let is = |at: usize| {
        let after = comment.get(at + 1..).unwrap_or("").trim_start();
        comment.get(..at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t']))
            && after.strip_prefix("expect").is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ', '\t']))
    };
    comment.rmatch_indices('#').map(|(at, _)| at).find(|at| is(*at))
}

/// Where in a comment an expectation begins whose first word is a slip of the pen away from `expect`, and that word.
fn nearly_expectation(comment: &str) -> Option<(usize, &str)> {
    comment.rmatch_indices('#').find_map(|(at, _)| {
        let rest = comment.get(at + 1..)?.trim_start();
        let word = rest.get(..rest.find([':', ' ', '\t'])?)?;
        let (kind, _) = rest.get(word.len()..)?.split_once(':')?;
        let (lower, kind) = (word.to_lowercase(), kind.trim());
        let near = strsim::damerau_levenshtein(&lower, "expect") <= 1 || lower == "expected";
        (near && (kind.is_empty() || KINDS.iter().any(|(known, _)| *known == kind))).then_some((at, word))
    })
}

/// What is expected in a comment: its place, the findings, and what is wrong with how they are written. Rules without a
/// pack are those of `pack`.
pub(super) fn expected(
    file: &SourceFile,
    comment: &Comment,
    pack: &str,
) -> Option<(Written, Vec<Wanted>, Vec<Diagnostic>)> {
    let text = file.text().get(comment.start..comment.end)?;
    let (at, word) = expectation(text).map(|at| (at, "expect")).or_else(|| nearly_expectation(text))?;
    let mut written = Written {
        line: comment.line,
        start: comment.start + at,
        end: comment.end,
        alone: comment.alone && at == 0,
        sound: true,
    };
    let (mut wanted, mut errors) = (Vec::new(), Vec::new());
    let body = text.get(at + 1..)?.trim_start().strip_prefix(word)?;
    let offset = |part: &str| part.as_ptr() as usize - file.text().as_ptr() as usize;
    let span = |part: &str| {
        let start = file.base() + offset(part) as u32;
        Span::new(start, start + part.len() as u32)
    };
    if word != "expect" {
        let message = format!("`# {word}` says nothing");
        errors.push(Diagnostic::error("test/expectation", span(word), message).help("did you mean `expect`?"));
    }
    for clause in body.split(';') {
        let Some((word, rules)) = clause.split_once(':') else {
            let whole = Span::new(file.base() + written.start as u32, file.base() + written.end as u32);
            errors.push(
                Diagnostic::error("test/expectation", whole, "an expectation names its rules behind a `:`").help(FORM),
            );
            continue;
        };
        let word = word.trim();
        let kind = match KINDS.iter().find(|(known, _)| *known == word) {
            Some((_, kind)) => *kind,
            None if word.is_empty() => Kind::Violation,
            None => {
                let message = format!("`{word}` is no kind of finding");
                errors.push(
                    Diagnostic::error("test/expectation", span(word), message)
                        .help(FORM)
                        .help_if(did_you_mean(word, KINDS.iter().map(|(word, _)| *word))),
                );
                continue;
            }
        };
        for rule in rules.split(',').map(str::trim) {
            if rule.is_empty() {
                let whole = Span::new(file.base() + written.start as u32, file.base() + written.end as u32);
                errors.push(Diagnostic::error("test/expectation", whole, "an expectation names a rule").help(FORM));
                continue;
            }
            let own = if kind == Kind::Invalid { "schema" } else { pack };
            let id = if rule.contains('/') { rule.to_owned() } else { format!("{own}/{rule}") };
            wanted.push(Wanted { kind, rule: id.into(), line: comment.line, span: span(rule), alone: written.alone });
        }
    }
    written.sound = errors.is_empty();
    Some((written, wanted, errors))
}

/// What the comments at the top of a document say, and what is wrong with them. `content` is where its first key is.
pub(super) fn head(file: &SourceFile, comments: &[Comment], content: usize, pack: &str) -> (Head, Vec<Diagnostic>) {
    let (mut head, mut errors) = (Head::default(), Vec::new());
    for comment in comments.iter().filter(|comment| comment.alone) {
        let text = file.text().get(comment.start..comment.end).unwrap_or("");
        let text = text.get(..expectation(text).unwrap_or(text.len())).unwrap_or("");
        let start = file.base() + comment.start as u32;
        let span = Span::new(start, start + text.trim_end().len() as u32);
        let text = text.trim_start_matches('#').trim();
        let (word, value) = match text.split_once(':') {
            Some((word, value)) => (word.trim(), Some(value.trim())),
            None => (text, None),
        };
        let known = WORDS.contains(&word) && (value.is_some() || word == "fragment");
        if comment.start >= content {
            if known && word != "fragment" {
                let message = format!("`# {word}` stands behind the first key");
                errors.push(
                    Diagnostic::error("test/head", span, message)
                        .help("what a test is run with stands at the top of its document"),
                );
            }
            continue;
        }
        let error = |message: String, help: &str| Diagnostic::error("test/head", span, message).help(help);
        match (word, value) {
            ("fragment", None | Some("" | "true")) => head.fragment = true,
            ("as-of", Some(date)) => match parse_date(date) {
                Some(day) => head.as_of = Some(day),
                None => errors.push(error(
                    format!("`{date}` is no day"),
                    "a date is written year-month-day, such as `# as-of: 2026-11-23`",
                )),
            },
            ("param", Some(setting)) => match param(setting, pack) {
                Some(param) => head.params.push((param, span)),
                None => errors.push(error(
                    format!("`{setting}` sets no parameter"),
                    "a parameter is set by `# param: pack.name=value`, such as `# param: baseline.yearly_people=50_000`",
                )),
            },
            ("rules", Some(globs)) => {
                for glob in globs.split([',', ' ', '\t']).filter(|glob| !glob.is_empty()) {
                    let glob = if glob.contains('/') { glob.to_owned() } else { format!("{pack}/{glob}") };
                    head.rules.push((glob, span));
                }
            }
            // Prose may begin with any word, but hardly with one that is a slip of the pen away from ours.
            (word, Some(_)) if let Some(meant) = nearest(word, WORDS) => errors.push(error(
                format!("`# {word}` says nothing"),
                &format!("did you mean `{meant}`?"),
            )),
            (word, None) if nearest(word, ["fragment"]).is_some() => {
                errors.push(error(format!("`# {word}` says nothing"), "did you mean `fragment`?"));
            }
            (text, None) if let Some(date) = text.strip_prefix("as-of ") => errors.push(error(
                format!("`# {text}` says nothing"),
                &format!("did you mean `# as-of: {}`?", date.trim()),
            )),
            _ => {}
        }
    }
    (head, errors)
}

fn param(setting: &str, pack: &str) -> Option<Param> {
    let (path, value) = setting.split_once('=')?;
    let (pack, name) = path.trim().rsplit_once('.').unwrap_or((pack, path.trim()));
    let whole = !pack.is_empty() && !name.is_empty();
    whole.then(|| Param { pack: pack.to_owned(), name: name.to_owned(), value: value.trim().into(), place: None })
}
