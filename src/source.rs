//! Owns the texts of a run and turns byte spans into files, lines and columns. It must never know what a text means.
//!
//! All texts share one space of offsets: a [`Span`] alone says which file it lies in, so nothing else carries a file's id.

use std::ops::Deref;
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

/// A text that is held by whoever needs it.
#[derive(Clone, Debug)]
pub enum Text {
    /// The binary carries it.
    Carried(&'static str),
    /// It was read: a string is taken as it is, where a slice would have to be copied.
    Shared(Arc<String>),
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Carried(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        text.to_owned().into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::Shared(Arc::new(text))
    }
}

impl From<Arc<String>> for Text {
    fn from(text: Arc<String>) -> Text {
        Text::Shared(text)
    }
}

/// One text of the run.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: Text,
    base: u32,
    lines: OnceLock<Vec<u32>>,
    /// How many characters start before each multiple of [`STRIDE`]; worked out only for files with enormous lines.
    characters: OnceLock<Vec<u32>>,
}

/// The bytes between two entries of a file's character index, and the length from which a line needs it.
const STRIDE: usize = 4096;

/// How many characters start in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32
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
    pub fn shared_text(&self) -> Text {
        self.text.clone()
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

    /// The line, from 1, of a byte of this file (an offset within the file).
    pub fn position_line(&self, local: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= local).max(1) as u32
    }

    /// The last line, from 1; a line end at the end of the file begins no other.
    pub fn last_line(&self) -> u32 {
        let lines = self.line_starts().len() as u32;
        if self.text.ends_with('\n') { (lines - 1).max(1) } else { lines }
    }

    /// Offsets, within this file, of a line's first byte and of the byte after its last one, line end excluded; an empty
    /// stretch where there is no such line.
    pub fn line_span(&self, line: u32) -> (usize, usize) {
        let starts = self.line_starts();
        let at = |line: usize| starts.get(line).map(|&start| start as usize);
        let Some(from) = (line as usize).checked_sub(1).and_then(at) else { return (0, 0) };
        let to = at(line as usize).unwrap_or(self.text.len() + 1).saturating_sub(1).max(from);
        let line = self.text.get(from..to).unwrap_or("");
        (from, from + line.strip_suffix('\r').unwrap_or(line).len())
    }

    /// The line and column of a byte of this file (an offset within the file). A byte order mark takes no column.
    pub fn position(&self, local: u32) -> Position {
        let line = self.position_line(local) as usize;
        let start = self.line_starts().get(line - 1).copied().unwrap_or(0) as usize;
        let at = (local as usize).min(self.text.len());
        let before = if at.saturating_sub(start) <= STRIDE {
            characters(self.text.as_bytes().get(start..at).unwrap_or(&[]))
        } else {
            self.characters_before(at) - self.characters_before(start)
        };
        let mark = u32::from(start == 0 && at > 0 && self.text.starts_with('\u{feff}'));
        Position { line: line as u32, column: before.saturating_sub(mark) + 1 }
    }

    /// How many characters start before a byte. A tenant of 50 MB on one line has places by the thousand, so counting
    /// from the start of the line for each would be quadratic.
    fn characters_before(&self, at: usize) -> u32 {
        let index = self.characters.get_or_init(|| {
            let mut before = vec![0];
            let mut sum = 0;
            for chunk in self.text.as_bytes().chunks(STRIDE) {
                sum += characters(chunk);
                before.push(sum);
            }
            before
        });
        let chunk = (at / STRIDE).min(index.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(chunk * STRIDE..at).unwrap_or(&[]);
        index.get(chunk).copied().unwrap_or(0) + characters(rest)
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
    /// Where the first text begins.
    start: u32,
}

impl Sources {
    /// No texts.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// No texts; the first one will begin at an offset that was set aside for it.
    pub fn starting_at(start: u32) -> Sources {
        Sources { files: Vec::new(), start }
    }

    /// Takes in the texts of another part of the run, which have a stretch of offsets of their own.
    pub fn absorb(&mut self, other: Sources) {
        self.files.extend(other.files);
        self.files.sort_by_key(|file| file.base);
    }

    /// The offset at which the next text will begin.
    pub fn next_offset(&self) -> u64 {
        // One byte lies between two files, so that the end of one is not the start of the next.
        self.files.last().map_or(u64::from(self.start), |last| u64::from(last.span().end) + 1)
    }

    /// Takes a text in and gives the offset of its first byte.
    ///
    /// # Errors
    /// [`TooMuchText`] when the shared space of offsets is used up.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Text>) -> Result<u32, TooMuchText> {
        let text = text.into();
        let base = self.next_offset();
        if base + text.len() as u64 >= u64::from(u32::MAX) {
            return Err(TooMuchText);
        }
        let base = base as u32;
        self.files.push(SourceFile {
            name: name.into(),
            text,
            base,
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Sources {
        let mut sources = Sources::new();
        sources.add("a.yaml", text).unwrap();
        sources
    }

    #[test]
    fn columns_count_characters_and_not_the_byte_order_mark() {
        let sources = one("\u{feff}名: a\n群: b");
        let at = |byte| sources.position(byte).map(|it| (it.line, it.column)).unwrap();
        assert_eq!((at(0), at(3), at(6), at(10), at(13)), ((1, 1), (1, 1), (1, 2), (2, 1), (2, 2)));
    }

    #[test]
    fn columns_of_an_enormous_line_agree_with_a_count() {
        let line = "群a".repeat(20_000);
        let sources = one(&format!("x\n{line}\ny"));
        for byte in [0usize, 4, 4092, 4096, 4100, 8192, 40_000, 79_996, 80_000] {
            let expected = line.get(..byte).unwrap().chars().count() as u32 + 1;
            let position = sources.position(byte as u32 + 2).unwrap();
            assert_eq!((position.line, position.column), (2, expected), "at {byte}");
        }
    }
}
