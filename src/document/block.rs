//! Owns the fast way of reading: the plain YAML that people and exporters write, line by line. It must never know what to
//! do with anything else: it gives up, and the whole text is read the general way.
//!
//! Whatever it reads, it reads to the same arena, byte for byte, as [`super::yaml`] does; a property test and a fuzz target
//! hold it to that. So when in doubt it gives up. It knows block mappings and lists, plain scalars, quoted ones on
//! one line, blocks of text, lists and mappings in brackets, comments and several documents; it knows no anchors, aliases,
//! tags, tabs, directives, or comments within brackets.

use super::arena::{Builder, Content};
use super::scalar::Tag;
use super::{Style, yaml};
use crate::source::Span;

/// The longest key that this reader takes; YAML itself allows 1024 characters.
const LONGEST_KEY: usize = 1000;

/// Appends all documents of a text whose first byte has the offset `base`; or appends an unfinished part of them and says
/// `false`, for the caller to undo.
pub(super) fn read(builder: &mut Builder, text: &str, base: u32) -> bool {
    if !is_ordinary(text.as_bytes()) {
        return false;
    }
    let mut scanner = Scanner {
        builder,
        text,
        bytes: text.as_bytes(),
        base,
        at: 0,
        levels: Vec::new(),
        awaiting: None,
        plain: None,
        document: None,
        complete: false,
        documents: 0,
        unescaped: String::new(),
    };
    scanner.text().is_some()
}

/// Whether a text holds no control characters save for line breaks, no lone carriage returns, and nothing else that YAML
/// does not print (its production `c-printable`) or that this reader does not know (tabs).
fn is_ordinary(bytes: &[u8]) -> bool {
    // Without an early return, so that the compiler looks at many bytes at once.
    let odd = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\r') || byte == 0x7f;
    if bytes.chunks(4096).any(|chunk| chunk.iter().fold(false, |found, &byte| found | odd(byte))) {
        return false;
    }
    let get = |at: usize| bytes.get(at).copied().unwrap_or(0);
    memchr::memchr_iter(b'\r', bytes).all(|at| get(at + 1) == b'\n')
        && memchr::memchr2_iter(0xc2, 0xef, bytes).all(|at| match (get(at), get(at + 1), get(at + 2)) {
            // U+0080 to U+009F.
            (0xc2, next, _) => next >= 0xa0,
            // A byte order mark, save for the first.
            (_, 0xbb, 0xbf) => at == 0,
            // U+FFFE and U+FFFF.
            (_, 0xbf, last) => last < 0xbe,
            _ => true,
        })
}

/// An open block collection.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Level {
    column: usize,
    mapping: bool,
}

/// Every step gives `None` where it gives up.
struct Scanner<'a> {
    builder: &'a mut Builder,
    text: &'a str,
    bytes: &'a [u8],
    base: u32,
    at: usize,
    levels: Vec<Level>,
    /// After `key:` or `-` at the end of a line: the place of the value if none follows.
    awaiting: Option<usize>,
    /// The plain scalar at the end of the line before, which may go on.
    plain: Option<Plain>,
    /// The document that is open: its `---`, if it has one.
    document: Option<Option<(usize, usize)>>,
    /// Whether it was in brackets and nothing can follow.
    complete: bool,
    documents: usize,
    /// The content of the last scalar that is escaped.
    unescaped: String,
}

impl Scanner<'_> {
    fn text(&mut self) -> Option<()> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        loop {
            let line = self.at;
            self.spaces();
            match self.peek(0) {
                END if self.at >= self.bytes.len() => break,
                b'\n' | b'\r' => {
                    if let Some(plain) = &mut self.plain {
                        plain.breaks += 1;
                    }
                    self.skip_line();
                }
                b'#' => {
                    self.plain = None;
                    self.skip_line();
                }
                first => self.line(self.at - line, first)?,
            }
        }
        if self.document.is_some() || self.documents == 0 {
            self.end_document()?;
        }
        Some(())
    }

    /// Reads a line that has something on it, from its first byte.
    fn line(&mut self, column: usize, first: u8) -> Option<()> {
        if column == 0 && matches!((first, self.peek(1), self.peek(2)), (b'-', b'-', b'-') | (b'.', b'.', b'.')) {
            return self.marker(first);
        }
        if self.complete {
            return None;
        }
        self.document.get_or_insert(None);
        let dash = self.is_dash();
        let Some(level) = self.levels.last().copied() else {
            if matches!(first, b'{' | b'[') {
                self.complete = true;
                self.flow(first)?;
                return self.end_line();
            }
            self.open(column, !dash)?;
            return self.entry(column);
        };
        if let Some(plain) = self.plain.take()
            && column > level.column
        {
            return self.go_on(plain);
        }
        if let Some(place) = self.awaiting.take() {
            if column > level.column && !dash {
                return self.node(column);
            }
            // A list may stand at the column of the key that it belongs to.
            if column > level.column || (column == level.column && level.mapping && dash) {
                self.open(column, false)?;
                return self.entry(column);
            }
            self.nothing(place)?;
        }
        self.settle(column, dash)?;
        self.entry(column)
    }

    /// `---`, alone on its line.
    fn marker(&mut self, first: u8) -> Option<()> {
        let start = self.at;
        self.at += 3;
        if first != b'-' || !matches!(self.peek(0), END | b' ' | b'\n' | b'\r') {
            return None;
        }
        self.end_line()?;
        if self.document.is_some() {
            self.end_document()?;
        }
        self.document = Some(Some((start, start + 3)));
        Some(())
    }

    /// Makes the innermost collection the one to which a line at this column belongs.
    fn settle(&mut self, column: usize, dash: bool) -> Option<()> {
        while let Some(&level) = self.levels.last() {
            // A list at the column of its key ends with the next key.
            if level.column < column || (level.column == column && level.mapping != dash) {
                break;
            }
            self.levels.pop();
            self.builder.close(None);
        }
        (self.levels.last() == Some(&Level { column, mapping: !dash })).then_some(())
    }

    /// Reads a key or a `-`, and what follows on the line.
    fn entry(&mut self, column: usize) -> Option<()> {
        let mut column = column;
        while self.is_dash() {
            self.at += 1;
            let place = self.at;
            self.spaces();
            if self.ends_line()? {
                self.awaiting = Some(place);
                return Some(());
            }
            column += 1 + self.at - place;
            if !self.is_dash() {
                return self.node(column);
            }
            self.open(column, false)?;
        }
        let key = self.scalar(false)??;
        self.value(key)
    }

    /// Reads a value to the end of the line, or a mapping's first key and what follows on the line.
    fn node(&mut self, column: usize) -> Option<()> {
        match self.scalar(false)? {
            Some(key) if self.peek(0) == b':' => {
                self.open(column, true)?;
                self.value(key)
            }
            Some(scalar) => self.last(&scalar),
            None => self.opening(),
        }
    }

    /// Reads a list or mapping in brackets, or a block of text, to the end of the line.
    fn opening(&mut self) -> Option<()> {
        match self.peek(0) {
            first @ (b'|' | b'>') => self.block(first == b'>'),
            first => {
                self.flow(first)?;
                self.end_line()
            }
        }
    }

    /// Appends a scalar after which the line ends.
    #[inline]
    fn last(&mut self, scalar: &Written) -> Option<()> {
        self.put(scalar)?;
        if scalar.style == Style::Plain && matches!(self.peek(0), b'\n' | b'\r') {
            self.plain = Some(Plain { start: scalar.start, end: scalar.end, breaks: 0 });
        }
        self.end_line()
    }

    /// Reads from the `:` of a key to the end of the line; gives up where there is none.
    fn value(&mut self, key: Written) -> Option<()> {
        if self.peek(0) != b':'
            || !matches!(self.peek(1), END | b' ' | b'\n' | b'\r')
            || self.at - key.start > LONGEST_KEY
        {
            return None;
        }
        self.put(&key)?;
        self.at += 1;
        let place = self.at;
        self.spaces();
        if self.ends_line()? {
            self.awaiting = Some(place);
            return Some(());
        }
        if self.is_dash() {
            return None;
        }
        match self.scalar(false)? {
            Some(scalar) => self.last(&scalar),
            None => self.opening(),
        }
    }

    /// Reads the lines on which a plain scalar goes on, from the first byte of the first of them: breaks become spaces, and
    /// blank lines breaks.
    fn go_on(&mut self, plain: Plain) -> Option<()> {
        let margin = self.levels.last()?.column;
        self.unescaped.clear();
        self.unescaped.push_str(self.text.get(plain.start..plain.end)?);
        let Plain { start, mut breaks, .. } = plain;
        let end = 'lines: loop {
            self.fold(breaks);
            let part = self.plain(false)?;
            if self.peek(0) == b':' {
                return None;
            }
            self.unescaped.push_str(self.text.get(part.start..part.end)?);
            breaks = 0;
            if self.peek(0) == b'#' {
                self.end_line()?;
                break part.end;
            }
            self.skip_line();
            loop {
                let line = self.at;
                self.spaces();
                match self.peek(0) {
                    b'\n' | b'\r' => {
                        breaks += 1;
                        self.skip_line();
                    }
                    next if next != END && next != b'#' && self.at - line > margin => continue 'lines,
                    _ => {
                        self.at = line;
                        break 'lines part.end;
                    }
                }
            }
        };
        self.builder.lengthen(self.span(start, end), &self.unescaped).ok()?;
        Some(())
    }

    /// Appends what stands for a line break and a number of blank lines after it.
    fn fold(&mut self, blank: usize) {
        if blank == 0 {
            self.unescaped.push(' ');
        } else {
            self.unescaped.extend(std::iter::repeat_n('\n', blank));
        }
    }

    /// Reads a block of text, `|` or `>`; it is indented as its first line is.
    fn block(&mut self, folded: bool) -> Option<()> {
        let margin = self.levels.last()?.column;
        let start = self.at;
        self.at += 1;
        let strip = self.peek(0) == b'-';
        self.at += usize::from(strip);
        if !matches!(self.peek(0), b' ' | b'\n' | b'\r') {
            return None;
        }
        self.end_line()?;
        self.unescaped.clear();
        // Of the first line: its indentation, and where it begins after that.
        let mut first: Option<(usize, usize)> = None;
        let (mut end, mut breaks, mut widest) = (start, 0, 0);
        loop {
            let line = self.at;
            self.spaces();
            let column = self.at - line;
            match (self.peek(0), first) {
                (END, _) if column > 0 => return None,
                (END, _) => break,
                // Spaces beyond the indentation are text.
                (b'\n' | b'\r', Some((indent, _))) if column > indent => return None,
                (b'\n' | b'\r', _) => {
                    widest = widest.max(column);
                    breaks += 1;
                    self.skip_line();
                    continue;
                }
                (_, Some((indent, _))) if column < indent => {
                    self.at = line;
                    break;
                }
                (_, Some((indent, _))) if folded && column > indent => return None,
                (_, Some(_)) if folded => self.fold(breaks - 1),
                (_, Some(_)) => self.unescaped.extend(std::iter::repeat_n('\n', breaks)),
                (_, None) if column <= margin || widest > column => return None,
                (_, None) => {
                    first = Some((column, self.at));
                    self.unescaped.extend(std::iter::repeat_n('\n', breaks));
                }
            }
            let from = line + first?.0;
            self.skip_line();
            let whole = self.text.get(from..self.at)?;
            let text = whole.strip_suffix('\n').map_or(whole, |text| text.strip_suffix('\r').unwrap_or(text));
            self.unescaped.push_str(text);
            end = from + text.len();
            breaks = 1;
        }
        let (_, from) = first?;
        if !strip {
            self.unescaped.push('\n');
        }
        let content = match self.text.get(from..from + self.unescaped.len()) {
            Some(written) if *written == self.unescaped => Content::Source(self.base + from as u32, written),
            _ => Content::Other(&self.unescaped),
        };
        self.builder.scalar(self.span(start, end), Style::Block, Tag::None, content).ok()?;
        Some(())
    }

    /// Reads a scalar and the spaces after it; `Some(None)` where brackets or a block of text open instead.
    #[inline]
    fn scalar(&mut self, flow: bool) -> Option<Option<Written>> {
        match self.peek(0) {
            b'"' => self.double_quoted().map(Some),
            b'\'' => self.single_quoted().map(Some),
            b'[' | b'{' => Some(None),
            b'|' | b'>' if !flow => Some(None),
            first if self.may_begin_plain(first) => self.plain(flow).map(Some),
            _ => None,
        }
    }

    fn may_begin_plain(&self, first: u8) -> bool {
        match first {
            b'-' => matches!(self.peek(1), b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | 0x80..),
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"'
            | b'%' | b'@' | b'`' => false,
            _ => first > b' ',
        }
    }

    /// A scalar without quotes ends before `: `, ` #` or the end of the line, and in brackets before `,` and brackets too.
    #[inline]
    fn plain(&mut self, flow: bool) -> Option<Written> {
        let start = self.at;
        let mut at = self.at;
        let mut end = self.at;
        let class = |at: usize| {
            let byte = self.bytes.get(at).copied().unwrap_or(b'\n');
            CLASSES.get(byte as usize).copied().unwrap_or(Class::Break)
        };
        loop {
            // Most bytes are text: a loop of its own for them.
            let text = at;
            while class(at) == Class::Text {
                at += 1;
            }
            if at > text {
                end = at;
            }
            match class(at) {
                Class::Break => break,
                Class::Hash if end < at => break,
                Class::Bracket if flow => break,
                Class::Colon => {
                    let next = self.byte(at + 1);
                    if matches!(next, END | b' ' | b'\n' | b'\r') {
                        break;
                    }
                    if flow && matches!(next, b',' | b'[' | b']' | b'{' | b'}') {
                        return None;
                    }
                    end = at + 1;
                }
                Class::Space => {}
                Class::Text | Class::Hash | Class::Bracket => end = at + 1,
            }
            at += 1;
        }
        self.at = at;
        Some(Written { start, end, style: Style::Plain, escaped: false })
    }

    fn single_quoted(&mut self) -> Option<Written> {
        let start = self.at;
        let mut at = start + 1;
        let mut escaped = false;
        let rest = |at: usize| self.bytes.get(at..).unwrap_or(&[]);
        loop {
            at += memchr::memchr2(b'\'', b'\n', rest(at))?;
            if self.byte(at) != b'\'' {
                return None;
            }
            if self.byte(at + 1) != b'\'' {
                break;
            }
            escaped = true;
            at += 2;
        }
        if escaped {
            self.unescaped = self.text.get(start + 1..at)?.replace("''", "'");
        }
        self.quoted(start, at + 1, Style::SingleQuoted, escaped)
    }

    fn double_quoted(&mut self) -> Option<Written> {
        let start = self.at;
        let mut at = start + 1;
        let mut escaped = false;
        let mut copied = at;
        loop {
            let rest = self.bytes.get(at..).unwrap_or(&[]);
            at += memchr::memchr3(b'"', b'\n', b'\\', rest)?;
            match self.byte(at) {
                b'"' => break,
                b'\\' => {
                    if !escaped {
                        self.unescaped.clear();
                        escaped = true;
                    }
                    self.unescaped.push_str(self.text.get(copied..at)?);
                    at = self.escape(at + 1)?;
                    copied = at;
                }
                _ => return None,
            }
        }
        if escaped {
            self.unescaped.push_str(self.text.get(copied..at)?);
        }
        self.quoted(start, at + 1, Style::DoubleQuoted, escaped)
    }

    fn quoted(&mut self, start: usize, end: usize, style: Style, escaped: bool) -> Option<Written> {
        self.at = end;
        self.spaces();
        Some(Written { start, end, style, escaped })
    }

    /// Appends what the escape whose letter is at `at` stands for, and gives the end of it.
    fn escape(&mut self, at: usize) -> Option<usize> {
        let digits = match self.byte(at) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                self.unescaped.push(match letter {
                    b'"' => '"',
                    b'\\' => '\\',
                    b'/' => '/',
                    b'n' => '\n',
                    b't' => '\t',
                    b'r' => '\r',
                    b'b' => '\u{8}',
                    b'f' => '\u{c}',
                    _ => return None,
                });
                return Some(at + 1);
            }
        };
        let digits = self.text.get(at + 1..at + 1 + digits)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        // Halves of pairs are no characters.
        self.unescaped.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
        Some(at + 1 + digits.len())
    }

    /// Reads a list or mapping in brackets, over several lines if need be.
    fn flow(&mut self, first: u8) -> Option<()> {
        let margin = self.levels.last().map(|level| level.column);
        let mut open = Vec::new();
        let mut bracket = first;
        loop {
            // At a bracket that opens.
            let mapping = bracket == b'{';
            let place = self.span(self.at, self.at + 1);
            self.builder.open(mapping, true, Some(place.start), place).ok()?;
            open.push(mapping);
            self.at += 1;
            self.gap(margin)?;
            let mut first = true;
            loop {
                // At an element, or at a bracket that closes an empty collection or follows an element.
                let mapping = *open.last()?;
                let closing = if mapping { b'}' } else { b']' };
                if first && self.peek(0) == closing || !first && self.peek(0) != b',' {
                    if self.peek(0) != closing {
                        return None;
                    }
                    self.at += 1;
                    self.builder.close(Some(self.base + self.at as u32));
                    open.pop();
                    if open.is_empty() {
                        self.spaces();
                        return Some(());
                    }
                    self.gap(margin)?;
                    first = false;
                    continue;
                }
                if !first {
                    self.at += 1;
                    self.gap(margin)?;
                }
                if mapping {
                    let key = self.scalar(true)??;
                    if self.peek(0) != b':' || self.at - key.start > LONGEST_KEY {
                        return None;
                    }
                    self.put(&key)?;
                    self.at += 1;
                    // Only quotes end a key without a space after it.
                    if self.peek(0) != b' ' && key.style == Style::Plain {
                        return None;
                    }
                    self.spaces();
                }
                match self.scalar(true)? {
                    Some(scalar) => {
                        self.put(&scalar)?;
                        self.gap(margin)?;
                        first = false;
                    }
                    None => {
                        bracket = self.peek(0);
                        break;
                    }
                }
            }
        }
    }

    /// Skips spaces and line breaks within brackets. A line must be indented deeper than what the brackets belong to.
    fn gap(&mut self, margin: Option<usize>) -> Option<()> {
        self.spaces();
        while matches!(self.peek(0), b'\n' | b'\r') {
            self.skip_line();
            let line = self.at;
            self.spaces();
            let column = self.at - line;
            if matches!(self.peek(0), b'\n' | b'\r') {
                continue;
            }
            if margin.is_some_and(|margin| column <= margin) || column == 0 && matches!(self.peek(0), b'-' | b'.') {
                return None;
            }
        }
        Some(())
    }

    /// Appends a scalar.
    #[inline]
    fn put(&mut self, scalar: &Written) -> Option<()> {
        let span = self.span(scalar.start, scalar.end);
        let content = if scalar.escaped {
            Content::Other(&self.unescaped)
        } else if scalar.style == Style::Plain {
            Content::Written(self.text.get(scalar.start..scalar.end)?)
        } else {
            Content::Written(self.text.get(scalar.start + 1..scalar.end - 1)?)
        };
        self.builder.scalar(span, scalar.style, Tag::None, content).ok()?;
        Some(())
    }

    /// Appends an empty value.
    fn nothing(&mut self, place: usize) -> Option<()> {
        self.builder.scalar(self.span(place, place), Style::Plain, Tag::None, Content::Written("")).ok()?;
        Some(())
    }

    fn open(&mut self, column: usize, mapping: bool) -> Option<()> {
        // A list begins with its first `-`, a mapping with its first key.
        let place = self.span(self.at, self.at);
        self.builder.open(mapping, false, (!mapping).then_some(place.start), place).ok()?;
        self.levels.push(Level { column, mapping });
        Some(())
    }

    fn end_document(&mut self) -> Option<()> {
        if let Some(place) = self.awaiting.take() {
            self.nothing(place)?;
        }
        self.complete = false;
        self.plain = None;
        while self.levels.pop().is_some() {
            self.builder.close(None);
        }
        let (start, end) = self.document.take().flatten().unwrap_or_else(|| yaml::first_line(self.text));
        self.builder.end_root(self.base, self.span(start, end));
        self.documents += 1;
        Some(())
    }

    /// Whether a `-` that opens an element comes next.
    #[inline]
    fn is_dash(&self) -> bool {
        self.peek(0) == b'-' && matches!(self.peek(1), END | b' ' | b'\n' | b'\r')
    }

    /// Whether nothing but a comment is left of the line; then goes to the next one. A `#` must stand after a space.
    #[inline]
    fn ends_line(&mut self) -> Option<bool> {
        match self.peek(0) {
            END if self.at >= self.bytes.len() => Some(true),
            b'\n' | b'\r' => {
                self.skip_line();
                Some(true)
            }
            b'#' if self.at > 0 && self.byte(self.at - 1) == b' ' => {
                self.skip_line();
                Some(true)
            }
            b'#' => None,
            _ => Some(false),
        }
    }

    /// Goes to the next line, where nothing but a comment may be left of this one.
    #[inline]
    fn end_line(&mut self) -> Option<()> {
        self.spaces();
        self.ends_line()?.then_some(())
    }

    #[inline]
    fn spaces(&mut self) {
        while self.peek(0) == b' ' {
            self.at += 1;
        }
    }

    #[inline]
    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        self.at += match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1),
        };
    }

    #[inline]
    fn peek(&self, ahead: usize) -> u8 {
        self.byte(self.at + ahead)
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(END)
    }

    #[inline]
    fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.base + start as u32, end: self.base + end as u32 }
    }
}

/// Stands for the byte after the last one; no text that is read holds it.
const END: u8 = 0;

/// A scalar that was read and not yet appended.
struct Written {
    start: usize,
    end: usize,
    style: Style,
    /// Whether its content is in `unescaped`.
    escaped: bool,
}

/// A plain scalar that may go on.
struct Plain {
    start: usize,
    end: usize,
    /// Blank lines since.
    breaks: usize,
}

/// What a byte of a plain scalar is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Space,
    Colon,
    Hash,
    Bracket,
    Break,
}

/// The class of each byte.
static CLASSES: [Class; 256] = {
    let mut classes = [Class::Text; 256];
    let (mut rest, mut byte) = (classes.as_mut_slice(), 0_u8);
    while let [class, tail @ ..] = rest {
        *class = match byte {
            b' ' => Class::Space,
            b':' => Class::Colon,
            b'#' => Class::Hash,
            b',' | b'[' | b']' | b'{' | b'}' => Class::Bracket,
            b'\n' | b'\r' => Class::Break,
            _ => Class::Text,
        };
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    classes
};
