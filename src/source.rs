//! Owns the texts of a run and turns byte spans into files, lines and columns. It must never know what a text means.
//!
//! All texts share one space of offsets: a [`Span`] alone says which file it lies in, so nothing else carries a file's id.

use std::sync::{Arc, OnceLock};

/// A stretch of text, in bytes of the shared space of offsets; the end is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The empty span at its start.
    pub fn at_start(self) -> Span {
        Span::new(self.start, self.start)
    }
}

/// A line and a column, both from 1; columns count Unicode characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One text of the run.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    base: u32,
    lines: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// The name by which people know it: its path as it was given, or `<stdin>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The offset of its first byte in the shared space.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The span of the whole text.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base.saturating_add(self.text.len() as u32))
    }

    /// Offsets, within this file, of the first byte of each line; worked out when first asked for.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1));
            starts
        })
    }

    /// The line and column of a byte of this file (an offset within the file). A byte order mark takes no column.
    pub fn position(&self, local: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= local).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..(local as usize).min(self.text.len())).unwrap_or("");
        let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        Position { line: line as u32, column: before.chars().count() as u32 + 1 }
    }
}

/// A text that does not fit any more: all texts of a run together hold less than 4 GiB.
#[derive(Debug, thiserror::Error)]
#[error("the texts of one run are larger than 4 GiB together")]
pub struct TooMuchText;

/// All texts of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Takes a text in and gives the offset of its first byte.
    ///
    /// # Errors
    /// [`TooMuchText`] when the shared space of offsets is used up.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Result<u32, TooMuchText> {
        let text = text.into();
        // One byte lies between two files, so that the end of one is not the start of the next.
        let base = self.files.last().map_or(0, |last| u64::from(last.span().end) + 1);
        if base + text.len() as u64 >= u64::from(u32::MAX) {
            return Err(TooMuchText);
        }
        let base = base as u32;
        self.files.push(SourceFile { name: name.into(), text, base, lines: OnceLock::new() });
        Ok(base)
    }

    /// The file that a byte lies in.
    pub fn file(&self, offset: u32) -> Option<&SourceFile> {
        let index = self.files.partition_point(|file| file.base <= offset);
        self.files.get(index.checked_sub(1)?)
    }

    /// All files, in the order in which they came.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The text of a span; empty where the span lies in no file.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.start)
            .and_then(|file| {
                let (start, end) = (span.start.checked_sub(file.base)?, span.end.checked_sub(file.base)?);
                file.text.get(start as usize..end as usize)
            })
            .unwrap_or("")
    }

    /// The line and column of a byte.
    pub fn position(&self, offset: u32) -> Option<Position> {
        let file = self.file(offset)?;
        Some(file.position(offset - file.base))
    }
}
