//! Owns questions about how a document is laid out: lines, indents, comments. It must never know why anyone asks.

use super::{Document, NodeId};
use crate::source::Span;

/// What stands around an element or entry of a block collection, on the lines that it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lines {
    /// From the start of its first line to the start of the line behind it.
    pub whole: Span,
    /// From its `- ` or its key to its end.
    pub content: Span,
    /// The end of the text of its last line, a comment behind it included.
    pub end: u32,
    /// The start of the first of the comments right above it that stand as deep as it does, or of its first line.
    pub above: u32,
}

impl Document {
    /// A node as it is written.
    pub fn written(&self, node: NodeId) -> &str {
        let span = self.span(node);
        self.source(span)
    }

    /// The line break that the first file of the document uses.
    pub fn line_break(&self) -> &'static str {
        let text = self.files.first().map_or("", |file| &*file.text);
        match memchr::memchr(b'\n', text.as_bytes()) {
            Some(at) if at > 0 && text.as_bytes().get(at - 1) == Some(&b'\r') => "\r\n",
            _ => "\n",
        }
    }

    pub(super) fn around(&self, offset: u32) -> Option<(&str, usize, u32)> {
        self.files.iter().find_map(|file| {
            let local = offset.checked_sub(file.base)? as usize;
            (local <= file.text.len()).then_some((file.text.as_str(), local, file.base))
        })
    }

    /// The line breaks of all files. They are looked for once: where a text has a single line, a search from every place
    /// in it would be quadratic.
    fn breaks(&self) -> &[u32] {
        self.breaks.get_or_init(|| {
            let breaks = |file: &'_ super::FileText| {
                let base = file.base;
                memchr::memchr_iter(b'\n', file.text.as_bytes()).map(move |at| base + at as u32).collect::<Vec<_>>()
            };
            self.files.iter().flat_map(breaks).collect()
        })
    }

    /// What stands before an offset on its line.
    pub(super) fn lead(&self, offset: u32) -> Option<&str> {
        let (text, local, base) = self.around(offset)?;
        let breaks = self.breaks();
        let before = breaks.partition_point(|at| *at < offset).checked_sub(1).and_then(|at| breaks.get(at));
        let start = before.and_then(|at| (at + 1).checked_sub(base)).unwrap_or(0) as usize;
        Some(text.get(start..local)?.trim_start_matches('\u{feff}'))
    }

    /// What stands from an offset on to the end of its line.
    pub(super) fn tail(&self, offset: u32) -> Option<&str> {
        let (text, local, base) = self.around(offset)?;
        let breaks = self.breaks();
        let behind = breaks.get(breaks.partition_point(|at| *at < offset));
        let end = behind.map_or(text.len(), |at| ((at - base) as usize).min(text.len()));
        let tail = text.get(local..end)?;
        Some(if end < text.len() { tail.strip_suffix('\r').unwrap_or(tail) } else { tail })
    }

    /// How many characters stand before an offset on its line.
    pub fn column_of(&self, offset: u32) -> Option<usize> {
        Some(self.lead(offset)?.chars().count())
    }

    /// The lines of an element or entry, where nothing else stands on them but its `- ` and a comment.
    pub fn lines_of(&self, span: Span) -> Option<Lines> {
        matches!(self.lead(span.start)?.trim(), "" | "-").then(|| self.lines_between(span.start, span.end)).flatten()
    }

    /// The same of what may be several elements, whatever stands before the first.
    pub(super) fn lines_between(&self, start: u32, end: u32) -> Option<Lines> {
        let span = Span::new(start, end);
        let (text, start, base) = self.around(span.start)?;
        let end = (span.end - base) as usize;
        let first = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let lead = text.get(first..start)?;
        let content = first + (lead.len() - lead.trim_start().len());
        let rest = text.get(end..)?;
        let line_end = rest.find('\n').map_or(text.len(), |at| end + at + 1);
        let tail = text.get(end..line_end)?;
        if !matches!(tail.trim_start().chars().next(), None | Some('#')) {
            return None;
        }
        let mut above = first;
        for line in text.get(..first)?.split_inclusive('\n').rev() {
            let inner = line.trim_start_matches(' ');
            if !inner.starts_with('#') || line.len() - inner.len() != content - first {
                break;
            }
            above -= line.len();
        }
        let at = |local: usize| base + local as u32;
        let whole = Span::new(at(first), at(line_end));
        let line_text = end + tail.trim_end().len();
        Some(Lines { whole, content: Span::new(at(content), span.end), end: at(line_text), above: at(above) })
    }
}
