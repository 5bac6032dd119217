//! Owns excerpts of texts with places underlined; the only user of miette. It must never know what a finding is.
//!
//! miette is shown small windows, made here, instead of whole files: lines around the places, cut to the width. So a file
//! of any size, or one enormous line, costs no more than what is printed of it, and places far apart give several
//! windows. Characters that steer a terminal are replaced on the way.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};
use unicode_width::UnicodeWidthChar;

use super::place::steers;
use crate::finding::Severity;
use crate::source::{SourceFile, Sources, Span};

/// A place to underline.
pub struct Mark<'a> {
    /// Where; of a place of several lines, the first is underlined.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: &'a str,
}

/// How excerpts are drawn.
pub struct Drawer {
    theme: GraphicalTheme,
    width: usize,
    /// What stands for what is cut off.
    cut: &'static str,
}

/// Lines between two places up to which they share an excerpt.
const NEAR: u32 = 4;

impl Drawer {
    /// A drawer for a terminal of so many columns.
    pub fn new(width: usize, colour: bool, unicode: bool) -> Drawer {
        let mut theme = match (colour, unicode) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::ascii(),
            (false, true) => GraphicalTheme::unicode_nocolor(),
            (false, false) => GraphicalTheme::none(),
        };
        theme.characters.advice = if unicode { "•" } else { "*" }.to_string();
        theme.styles.link = theme.styles.linum;
        Drawer { theme, width, cut: if unicode { "…" } else { "..." } }
    }

    /// The columns that it draws in.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A message, wrapped, over excerpts around marks; those of `marks` come with `context` lines around them, in order.
    pub fn draw(&self, severity: Severity, message: &str, sources: &Sources, marks: &[Mark], context: u32) -> String {
        let mut theme = self.theme.clone();
        let styles = &mut theme.styles;
        let (severity, main) = match severity {
            Severity::Info => (miette::Severity::Advice, styles.advice),
            Severity::Warning => (miette::Severity::Warning, styles.warning),
            Severity::Error => (miette::Severity::Error, styles.error),
        };
        let windows = self.windows(sources, marks, context);
        // miette takes the styles by the order of places: the first mark has the main one, wherever it stands.
        let mut labels: Vec<&LabeledSpan> = windows.labels.iter().collect();
        labels.sort_by_key(|label| label.offset());
        styles.highlights = labels.iter().map(|label| if label.primary() { main } else { styles.help }).collect();
        if styles.highlights.is_empty() {
            styles.highlights.push(main);
        }
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_urls(false)
            .without_syntax_highlighting()
            .with_context_lines(1);
        let shown = Shown { message, severity, windows };
        let mut out = String::new();
        // Writing to a string does not fail, and our windows hold every span that we name.
        let _ = handler.render_report(&mut out, &shown);
        out
    }

    fn windows(&self, sources: &Sources, marks: &[Mark], context: u32) -> Windows {
        let columns = self.width.saturating_sub(12).max(20);
        let mut groups: Vec<Group> = Vec::new();
        for mark in marks {
            let Some(file) = sources.file(mark.span.start) else { continue };
            let local = mark.span.start - file.base();
            let line = file.position_line(local);
            let joins = |group: &&mut Group| {
                std::ptr::eq(group.file, file)
                    && line + NEAR >= group.first
                    && line <= group.last + NEAR
                    && group.marks.iter().all(|it| it.line != line || it.start.abs_diff(local) < columns as u32 / 2)
            };
            let placed = Placed { line, start: local, end: mark.span.end - file.base(), text: mark.text };
            match groups.iter_mut().find(joins) {
                Some(group) => {
                    group.first = group.first.min(line);
                    group.last = group.last.max(line);
                    group.marks.push(placed);
                }
                None => groups.push(Group { file, first: line, last: line, marks: vec![placed] }),
            }
        }
        let mut windows = Windows { cut: self.cut, ..Windows::default() };
        for group in &groups {
            windows.take(group, context, columns);
        }
        windows
    }
}

struct Placed<'a> {
    line: u32,
    start: u32,
    end: u32,
    text: &'a str,
}

struct Group<'a> {
    file: &'a SourceFile,
    first: u32,
    last: u32,
    marks: Vec<Placed<'a>>,
}

/// Pieces of texts in a space of offsets of their own, one after the other.
#[derive(Default, Debug)]
struct Windows {
    windows: Vec<Window>,
    labels: Vec<LabeledSpan>,
    used: usize,
    /// What stands for what is cut off.
    cut: &'static str,
}

#[derive(Debug)]
struct Window {
    start: usize,
    text: String,
    name: String,
    first_line: usize,
    /// Where the mark that names the window stands, from 0.
    line: usize,
    column: usize,
}

impl Windows {
    fn take(&mut self, group: &Group, context: u32, columns: usize) {
        let Some(lead) = group.marks.first() else { return };
        let position = group.file.position(lead.start);
        let last_line = group.file.last_line();
        let first = group.first.saturating_sub(context).max(1);
        let last = (group.last + context).min(last_line).max(first);
        let mut text = String::new();
        for line in first..=last {
            let from = self.used + text.len();
            let (shown, labels) = cut_line(group, line, columns, self.cut);
            text.push_str(&shown);
            text.push('\n');
            self.labels.extend(labels.into_iter().map(|label| {
                let middle = width_of(shown.get(..label.start).unwrap_or(""))
                    + width_of(shown.get(label.start..label.end).unwrap_or("")) / 2;
                let words = (!label.text.is_empty())
                    .then(|| cut_text(label.text, (columns + 4).saturating_sub(middle + 4), self.cut));
                let span = (from + label.start, label.end - label.start);
                if label.lead {
                    LabeledSpan::new_primary_with_span(words, span)
                } else {
                    LabeledSpan::new_with_span(words, span)
                }
            }));
        }
        let length = text.len();
        self.windows.push(Window {
            start: self.used,
            text,
            name: super::place::printable(group.file.name()).into_owned(),
            first_line: first as usize - 1,
            line: position.line as usize - 1,
            column: position.column as usize - 1,
        });
        self.used += length + 1;
    }
}

struct Labelled<'a> {
    start: usize,
    end: usize,
    lead: bool,
    text: &'a str,
}

/// One line as it is printed, at most `columns` wide, with the marks on it as offsets in what is printed.
fn cut_line<'a>(group: &Group<'a>, line: u32, columns: usize, cut: &str) -> (String, Vec<Labelled<'a>>) {
    let (from, to) = group.file.line_span(line);
    let marks: Vec<&Placed> = group.marks.iter().filter(|mark| mark.line == line).collect();
    let text = group.file.text();
    let begin = match marks.iter().map(|mark| mark.start as usize).min() {
        Some(first) if to - from > columns && width_of(text.get(from..first).unwrap_or("")) > columns * 2 / 3 => {
            back(text, from, first, columns / 3)
        }
        _ => from,
    };
    let mut shown = String::new();
    let mut used = 0;
    if begin > from {
        shown.push_str(cut);
        used = width_of(cut);
    }
    let mut starts = vec![None; marks.len()];
    let mut ends = vec![None; marks.len()];
    let mut at = begin;
    for c in text.get(begin..to).unwrap_or("").chars() {
        note(&marks, at, shown.len(), &mut starts, &mut ends);
        let width = if c == '\t' { 4 - used % 4 } else { c.width().unwrap_or(1) };
        if used + width + width_of(cut) > columns && at + c.len_utf8() < to {
            shown.push_str(cut);
            break;
        }
        match c {
            '…' => shown.push_str(cut),
            '\u{feff}' => {}
            '\t' => shown.extend(std::iter::repeat_n(' ', width)),
            c if steers(c) => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
        used += if c == '…' { width_of(cut) } else { width };
        at += c.len_utf8();
    }
    note(&marks, at.max(to), shown.len(), &mut starts, &mut ends);
    let labelled = marks.iter().zip(starts).zip(ends).filter_map(|((mark, start), end)| {
        let (start, end) = (start?, end.unwrap_or(shown.len()));
        let lead = group.marks.first().is_some_and(|lead| std::ptr::eq(lead, *mark));
        Some(Labelled { start, end: end.max(start), lead, text: mark.text })
    });
    let labelled = labelled.collect();
    (shown, labelled)
}

/// Notes where, in what is printed, the marks that start or end at or before a byte of the file do so.
fn note(marks: &[&Placed], at: usize, shown: usize, starts: &mut [Option<usize>], ends: &mut [Option<usize>]) {
    for ((mark, start), end) in marks.iter().zip(starts).zip(ends) {
        if start.is_none() && at >= mark.start as usize {
            *start = Some(shown);
        }
        if end.is_none() && at >= mark.end as usize {
            *end = Some(shown);
        }
    }
}

/// A label, cut to the columns that are left for it.
fn cut_text(text: &str, columns: usize, cut: &str) -> String {
    let text = super::place::printable(text).replace('…', cut);
    let columns = columns.max(8);
    if width_of(&text) <= columns {
        return text;
    }
    let mut room = columns.saturating_sub(width_of(cut));
    let mut shown = String::new();
    for c in text.chars() {
        match room.checked_sub(c.width().unwrap_or(0)) {
            Some(left) => room = left,
            None => break,
        }
        shown.push(c);
    }
    shown + cut
}

/// The columns of a text, counted no further than there is need: a long one is long enough.
fn width_of(text: &str) -> usize {
    text.chars().take(1000).map(|c| c.width().unwrap_or(1)).sum()
}

/// The start of the character that stands `columns` columns before a byte, not before `from`.
fn back(text: &str, from: usize, at: usize, columns: usize) -> usize {
    let before = text.get(from..at).unwrap_or("");
    let mut left = columns;
    for (index, c) in before.char_indices().rev() {
        left = match left.checked_sub(c.width().unwrap_or(1)) {
            Some(left) => left,
            None => return from + index + c.len_utf8(),
        };
    }
    from
}

impl SourceCode for Windows {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let window = self
            .windows
            .iter()
            .find(|window| window.start <= start && end <= window.start + window.text.len())
            .ok_or(MietteError::OutOfBounds)?;
        // Asked for without context, miette wants to know what to write above the excerpt; otherwise, the excerpt.
        let heading = lines_before == 0 && lines_after == 0;
        let (line, column) = if heading { (window.line, window.column) } else { (window.first_line, 0) };
        let whole = SourceSpan::new(window.start.into(), window.text.len());
        let count = window.text.lines().count();
        let data = window.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(window.name.clone(), data, whole, line, column, count)))
    }
}

#[derive(Debug)]
struct Shown<'a> {
    message: &'a str,
    severity: miette::Severity,
    windows: Windows,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::place::printable(self.message).replace('…', self.windows.cut))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.windows)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.windows.labels.iter().cloned()))
    }
}
