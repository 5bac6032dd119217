//! Owns the reading of any YAML: granit's events into the arena, with exact places. It must never know what a key means.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, options};
use rustc_hash::{FxHashMap, FxHashSet};

use super::arena::{Builder, Content, Stop};
use super::scalar::{Scalar, Tag, resolve_tagged};
use super::syntax_error::explain;
use super::{NodeId, Problem, Style, Warning};
use crate::source::Span;

/// How many warnings one document holds.
const MOST_WARNINGS: usize = 1000;
/// For how many problems a name is suggested.
const MOST_NEAR: usize = 10;

/// Appends all documents of a text whose first byte has the offset `base`. One that cannot be read is reported and marked,
/// and reading goes on at the next.
pub(super) fn read(builder: &mut Builder, text: &str, base: u32) -> Result<(), Stop> {
    let mut reader = Reader::new(builder, text, base);
    while let Err(stop) = reader.documents() {
        if matches!(*stop, Problem::TooManyNodes { .. }) {
            return Err(stop);
        }
        let next = reader.give_up(*stop);
        let Some(rest) = reader.text.get(next..).filter(|rest| !rest.is_empty()) else { return Ok(()) };
        reader = Reader { text: rest, base: reader.offset(next), cursor: 0, ..reader };
    }
    reader.finish();
    Ok(())
}

struct Reader<'a> {
    builder: &'a mut Builder,
    text: &'a str,
    base: u32,
    /// The nodes of anchors, by granit's number.
    anchors: FxHashMap<usize, NodeId>,
    /// Their names, for suggestions.
    names: FxHashMap<String, usize>,
    /// The node of the event before, for the anchor that follows it.
    last: Option<NodeId>,
    /// The end of what was read: where to look for the `|` of a block.
    cursor: usize,
    /// The `---` of the document.
    marker: Option<(usize, usize)>,
    /// Where the document that is being read begins, after its `---`.
    opened: Option<usize>,
    documents: usize,
    told_tags: FxHashSet<String>,
}

impl<'a> Reader<'a> {
    fn new(builder: &'a mut Builder, text: &'a str, base: u32) -> Reader<'a> {
        Reader {
            builder,
            text,
            base,
            anchors: FxHashMap::default(),
            names: FxHashMap::default(),
            last: None,
            cursor: 0,
            marker: None,
            opened: None,
            documents: 0,
            told_tags: FxHashSet::default(),
        }
    }

    /// Reads documents to the end of the text, or to what is wrong.
    fn documents(&mut self) -> Result<(), Stop> {
        let depth = self.builder.limits().depth as usize;
        let options = options! {
            strict_indentation: true,
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            flow_nesting_limit: depth,
            block_nesting_limit: depth,
        };
        for event in Parser::new_from_str_with_options(self.text, options) {
            match event {
                Ok((event, span)) => {
                    let range = span.byte_range().unwrap_or(0..0);
                    self.event(event, range.start, range.end, span)?;
                }
                Err(error) => return Err(self.refuse(&error)),
            }
        }
        Ok(())
    }

    /// Reports what is wrong with the document that is being read, or with what stands before the next one, and says where
    /// the text goes on behind it.
    fn give_up(&mut self, problem: Problem) -> usize {
        let at = problem.span().start.saturating_sub(self.base) as usize;
        let opened = self.opened;
        self.builder.abandon();
        self.builder.refuse(problem);
        if opened.is_some() || self.documents == 0 {
            self.end_document();
        } else {
            // What stands behind a document is none of its own.
            self.builder.abandon();
        }
        let line = self.written(0, at).rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let from = match opened {
            Some(start) => start,
            // What a directive is for cannot be read either.
            None if self.written(line, line + 1) == "%" => self.boundary(at).map_or(self.text.len(), |at| at + 3),
            None => at,
        };
        match self.boundary(from) {
            Some(at) if self.written(at, at + 1) == "." => at + line_end(self.written(at, self.text.len())),
            Some(at) => at,
            None => self.text.len(),
        }
    }

    /// The next line that begins or ends a document, whatever stands around it: `---` or `...`, and then a blank or nothing.
    fn boundary(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let is_blank = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        memchr::memchr2_iter(b'\n', b'\r', bytes.get(from..)?)
            .map(|end| from + end + 1)
            .find(|&line| matches!(bytes.get(line..line + 3), Some(b"---" | b"...")) && is_blank(bytes.get(line + 3)))
    }

    #[inline]
    fn event(&mut self, event: Event<'_>, start: usize, end: usize, span: granit_parser::Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let tag = match tag {
                    None => Tag::None,
                    Some(tag) => self.scalar_tag(&tag, &value, span),
                };
                let tagged = span.tag_span().is_some();
                self.scalar(&value, style, tag, tagged || anchor != 0, start, end)?;
            }
            Event::MappingStart(style, _, tag) => {
                self.collection_tag(tag.as_deref(), "map", span);
                self.open(true, style, start, end)?;
            }
            Event::SequenceStart(style, _, tag) => {
                self.collection_tag(tag.as_deref(), "seq", span);
                self.open(false, style, start, end)?;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                // The end of a collection without brackets is found where the next thing begins, past any comments.
                let bracket = end > start;
                self.builder.close(bracket.then_some(self.offset(end)));
                self.cursor = if bracket { end } else { self.cursor };
            }
            Event::Anchor(number, name) => {
                if let Some(node) = self.last {
                    self.anchors.insert(number, node);
                    self.names.insert(name.into_owned(), number);
                    self.builder.anchor(node);
                }
            }
            Event::Alias(number) => {
                let place = self.span(start, end);
                match self.anchors.get(&number).copied() {
                    Some(target) if !self.builder.is_open(target) => {
                        self.builder.alias(place, target)?;
                    }
                    _ => {
                        let name = self.written(start + 1, end).to_owned();
                        self.builder.report(Problem::Recursive { span: place, name });
                        self.builder.scalar(place, Style::Plain, Tag::None, Content::Written(""))?;
                    }
                }
                self.cursor = end;
            }
            Event::UnresolvedAlias(name) => {
                let place = self.span(start, end);
                // Looking for a name costs as much as there are anchors, so only the first few problems get one.
                let near = if self.builder.problems.len() < MOST_NEAR { self.near(&name) } else { None };
                self.builder.report(Problem::UnknownAnchor { span: place, name: name.into_owned(), near });
                self.builder.scalar(place, Style::Plain, Tag::None, Content::Written(""))?;
                self.cursor = end;
            }
            Event::DocumentStart(explicit, _) => {
                self.version(start);
                self.marker = explicit.then_some((start, end));
                self.opened = Some(if explicit { end } else { start });
                self.cursor = if explicit { end } else { start };
                self.anchors.clear();
                self.names.clear();
            }
            Event::DocumentEnd => self.end_document(),
            _ => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        tag: Tag,
        decorated: bool,
        start: usize,
        end: usize,
    ) -> Result<(), Stop> {
        let (mut start, mut end) = (start, end);
        let written = self.written(start, end);
        let (style, content) = match style {
            ScalarStyle::Plain if start == end => {
                if self.builder.at_root() && !decorated {
                    // A document that holds nothing.
                    return Ok(());
                }
                start = if decorated { start } else { self.place_of_nothing(start) };
                end = start;
                (Style::Plain, Content::Written(""))
            }
            ScalarStyle::Plain => (Style::Plain, self.content(value, written)),
            ScalarStyle::SingleQuoted => (Style::SingleQuoted, self.content(value, inner(written))),
            ScalarStyle::DoubleQuoted => (Style::DoubleQuoted, self.content(value, inner(written))),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let content = match self.text.get(start..start + value.len()) {
                    Some(written) if written == value => Content::Source(self.offset(start), written),
                    _ => Content::Other(value),
                };
                let (from, to) = self.block(start, end);
                let node = self.builder.scalar(self.span(from, to), Style::Block, tag, content)?;
                self.last = Some(node);
                self.cursor = end;
                return Ok(());
            }
        };
        self.last = Some(self.builder.scalar(self.span(start, end), style, tag, content)?);
        self.cursor = end;
        Ok(())
    }

    #[inline]
    fn open(&mut self, mapping: bool, style: StructureStyle, start: usize, end: usize) -> Result<(), Stop> {
        // `[a: b]` holds a mapping without brackets of its own.
        let bracket = style == StructureStyle::Flow && end > start;
        let place = self.span(start, end.max(start));
        // A list begins with its first `-`, a mapping with its first key.
        let dash = if mapping || bracket { None } else { self.first_dash(start) };
        let node = self.builder.open(mapping, bracket, dash.or(bracket.then_some(place.start)), place)?;
        self.last = Some(node);
        self.cursor = if bracket { end } else { self.cursor };
        Ok(())
    }

    /// Where the first `-` of a list is. granit says so, save for a list at the column of its key: there it says what
    /// comes behind the dash.
    fn first_dash(&self, start: usize) -> Option<u32> {
        let bytes = self.text.as_bytes();
        if self.builder.at_root() || self.builder.in_sequence() {
            return (bytes.get(start) == Some(&b'-')).then(|| self.offset(start));
        }
        // From the key on there are its colon, an anchor, a tag and comments.
        let mut at = self.cursor.min(start);
        while at <= start {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let word = |stops: &[u8]| rest.iter().position(|byte| stops.contains(byte)).unwrap_or(rest.len());
            match rest.first() {
                Some(b'-') if rest.get(1).is_none_or(|next| matches!(next, b' ' | b'\t' | b'\n' | b'\r')) => {
                    return Some(self.offset(at));
                }
                Some(b'#') => at += word(b"\n"),
                Some(b'&' | b'!') => at += word(b" \t\r\n"),
                Some(_) => at += 1,
                None => return None,
            }
        }
        None
    }

    /// Warns where a directive between the last document and this one asks for another version of YAML.
    fn version(&mut self, start: usize) {
        let between = self.text.get(self.cursor..start).unwrap_or("");
        let Some(line) = between.lines().find(|line| line.starts_with("%YAML")) else { return };
        let at = line.as_ptr() as usize - self.text.as_ptr() as usize;
        let mut words = line.split_whitespace();
        let version = words.nth(1).filter(|version| *version != "1.2");
        if let Some(version) = version.map(str::to_owned) {
            let span = self.span(at, at + line.trim_end().len());
            self.tell(Warning::OtherVersion { span, version });
        }
    }

    /// Keeps a warning, as long as there are few.
    fn tell(&mut self, warning: Warning) {
        let warnings = &mut self.builder.document.warnings;
        if warnings.len() < MOST_WARNINGS {
            warnings.push(warning);
        }
    }

    fn end_document(&mut self) {
        self.opened = None;
        let empty = self.marker.take().unwrap_or_else(|| first_line(self.text));
        self.builder.end_root(self.base, self.span(empty.0, empty.1));
        self.documents += 1;
    }

    /// A text without any document is one that holds nothing.
    fn finish(&mut self) {
        if self.documents == 0 {
            self.end_document();
        }
    }

    /// Where a scalar's content is found again.
    #[inline]
    fn content<'v>(&self, value: &'v str, written: &str) -> Content<'v> {
        if value == written {
            return Content::Written(value);
        }
        // granit borrows where it can, save for a few words of its own: what lies in the text is found by its address.
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if self.text.get(within..within.saturating_add(value.len())) == Some(value) {
            return Content::Source(self.offset(within), value);
        }
        Content::Other(value)
    }

    /// An empty value stands after the `:` or `-` that calls for it. granit says so, save for a `:`, and save for a key
    /// that has none (`? key`), where it says what comes next: then it stands after the key.
    fn place_of_nothing(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let colon = bytes.get(at) == Some(&b':')
            && bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}'));
        if self.builder.in_sequence() {
            // After `- # why` granit is at the end of the line.
            let line = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
            let from = line.max(self.cursor.min(at));
            let between = self.written(from, at);
            let dash = between.split('#').next().unwrap_or("").trim_end();
            return if dash.is_empty() { at } else { from + dash.len() };
        }
        if self.builder.at_key() {
            return at;
        }
        if colon { at + 1 } else { self.cursor.min(at) }
    }

    /// The span of a block from its `|` or `>` to the end of its last line that is not blank. granit gives the lines.
    fn block(&self, start: usize, end: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        let mut at = self.cursor.min(start);
        let until = |at: usize, stops: &[u8]| {
            let rest = bytes.get(at..).unwrap_or(&[]);
            at + rest.iter().position(|byte| stops.contains(byte)).unwrap_or(rest.len())
        };
        while at < start {
            match bytes.get(at) {
                Some(b'|' | b'>') => break,
                Some(b'#') => at = until(at, b"\n"),
                // Names of anchors and tags may hold anything but spaces.
                Some(b'&' | b'!') => at = until(at, b" \t\r\n"),
                _ => at += 1,
            }
        }
        let content = self.written(start, end).trim_end_matches([' ', '\t', '\r', '\n']);
        let end = if content.is_empty() {
            until(at, b" \t\r\n#")
        } else {
            // Spaces at the end of the last line are part of the text.
            until(start + content.len(), b"\r\n")
        };
        (at, end)
    }

    fn scalar_tag(&mut self, tag: &granit_parser::Tag, value: &str, span: granit_parser::Span) -> Tag {
        let number = match tag.core_suffix() {
            Some("str") => return Tag::Str,
            Some("int") => Tag::Int,
            Some("float") => Tag::Float,
            Some("bool") => Tag::Bool,
            Some("null") => Tag::Null,
            Some(_) => Tag::None,
            // `!` alone: not to be resolved.
            None if is_bare(tag) => return Tag::Str,
            None => {
                self.warn(span, |span, tag| Warning::UnknownTag { span, tag });
                return Tag::None;
            }
        };
        // granit writes nothing as `~` where there is no tag, and as nothing where there is one.
        if number == Tag::None || matches!(resolve_tagged(value, number), Scalar::Str(_)) {
            self.warn(span, |span, tag| Warning::UnfitTag { span, tag });
            return Tag::None;
        }
        number
    }

    fn collection_tag(&mut self, tag: Option<&granit_parser::Tag>, fit: &str, span: granit_parser::Span) {
        match tag {
            None => {}
            Some(tag) if is_bare(tag) || tag.core_suffix() == Some(fit) => {}
            Some(tag) if tag.core_suffix().is_some() => self.warn(span, |span, tag| Warning::UnfitTag { span, tag }),
            Some(_) => self.warn(span, |span, tag| Warning::UnknownTag { span, tag }),
        }
    }

    /// Warns of a tag where it first stands.
    fn warn(&mut self, span: granit_parser::Span, warning: impl Fn(Span, String) -> Warning) {
        let Some(range) = span.tag_span().and_then(|tag| tag.byte_range()) else { return };
        let tag = self.written(range.start, range.end).to_owned();
        let warning = warning(self.span(range.start, range.end), tag.clone());
        let new = !matches!(warning, Warning::UnknownTag { .. }) || self.told_tags.insert(tag);
        if new {
            self.tell(warning);
        }
    }

    /// The known anchor that an unknown name is closest to.
    fn near(&self, name: &str) -> Option<String> {
        let likeness = |known: &String| strsim::jaro_winkler(known, name);
        let likely = self.names.keys().map(|known| (likeness(known), known)).filter(|&(likeness, _)| likeness >= 0.8);
        let nearest = likely.max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)));
        nearest.map(|(_, known)| known.clone())
    }

    /// What granit refuses, at its place: to the end of the word there, or at the end of the text after its last one.
    fn refuse(&self, error: &ScanError) -> Stop {
        let bytes = self.text.as_bytes();
        let mut start = error.marker().byte_offset().unwrap_or(self.cursor).min(bytes.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let quote = match error.kind() {
            ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::InvalidIndentation
            | ErrorKind::DocumentIndicatorInQuotedScalar => self.open_quote(start),
            _ => None,
        };
        let kind = if quote.is_some() { &ErrorKind::UnclosedQuotedScalar } else { error.kind() };
        if start == bytes.len() {
            start = self.text.trim_end().len();
        }
        start = quote.unwrap_or(start);
        let line = match kind {
            ErrorKind::MappingValueNotAllowed => self.line_without_key(start),
            _ => None,
        };
        let kind = if line.is_some() { &ErrorKind::SimpleKeyExpected } else { kind };
        start = line.unwrap_or(start);
        start = match kind {
            // granit is at what follows the tabs, or at the beginning of the text that they interrupt.
            ErrorKind::TabInBlockIndentation => self.written(0, start).trim_end_matches('\t').len(),
            ErrorKind::TabInPlainScalar => start + self.written(start, bytes.len()).find('\t').unwrap_or(0),
            // What is wrong with an entry that begins with a `-` is the `-`.
            ErrorKind::ExpectedBlockMappingKey => {
                let line = self.written(0, start).rfind('\n').map_or(0, |end| end + 1);
                let before = self.written(line, start);
                if before.trim_start().starts_with("- ") { start - before.trim_start().len() } else { start }
            }
            _ => start,
        };
        let rest = self.text.get(start..).unwrap_or("");
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = match kind {
            ErrorKind::UnclosedQuotedScalar => line_end(rest),
            _ if line.is_some() => rest.get(..line_end(rest)).map_or(0, |line| line.trim_end().len()),
            ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::MisplacedFlowCollectionEnd
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::MappingValueNotAllowed => first,
            _ if rest.starts_with(['\n', '\r']) => 0,
            _ if rest.starts_with(['\t', ' ']) => rest.len() - rest.trim_start_matches(['\t', ' ']).len(),
            _ => rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len()),
        };
        let span = self.span(start, start + end);
        Box::new(match kind {
            ErrorKind::RecursionLimitExceeded => Problem::TooDeep { span, limit: self.builder.limits().depth },
            kind => {
                let open = is_about_brackets(kind).then(|| self.open_bracket(start)).flatten();
                let bracket = open.map(|open| self.written(open, open + 1));
                let (message, help) = explain(kind, bracket);
                let open = open.map(|open| self.span(open, open + 1));
                Problem::Syntax { span, message, help, open }
            }
        })
    }

    /// The line above a misplaced `:` that was to be an entry beside it, and is none: `name Shop`, `name:Shop`.
    fn line_without_key(&self, colon: usize) -> Option<usize> {
        let line_of = |at: usize| self.written(0, at).rfind('\n').map_or(0, |end| end + 1);
        // Its text was read as one of several lines, which ends with the key.
        let text = self.builder.document.span(self.last?);
        let at = text.start.checked_sub(self.base)? as usize;
        if (text.end.checked_sub(self.base)? as usize) != self.cursor
            || !self.written(self.cursor, colon).trim().is_empty()
        {
            return None;
        }
        let (own, here) = (line_of(at), line_of(colon));
        let indent = self.written(own, at).trim_start_matches('\u{feff}');
        let key = self.written(here, colon);
        let beside = own < here && indent.trim().is_empty() && key.len() - key.trim_start().len() == indent.len();
        beside.then_some(at)
    }

    /// The innermost bracket that is still open at `end`: of those that were read, or of what stands behind them.
    fn open_bracket(&self, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(..end)?;
        let (mut open, mut at) = (Vec::new(), self.cursor);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'[' | b'{' => open.push(at),
                // One that was read ends: what is open then is not known here.
                b']' | b'}' => _ = open.pop()?,
                b'"' | b'\'' => at = self.closing_quote(at, end)?,
                b'#' if at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) => {
                    at += memchr::memchr(b'\n', bytes.get(at..)?)?;
                }
                _ => {}
            }
            at += 1;
        }
        let read = || Some(self.builder.open_bracket()?.checked_sub(self.base)? as usize);
        open.pop().or_else(read).filter(|open| *open < end)
    }

    /// Where the text in quotes that begins at a byte ends, before `end`.
    fn closing_quote(&self, open: usize, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(..end)?;
        let quote = *bytes.get(open)?;
        let mut at = open + 1;
        loop {
            match bytes.get(at)? {
                b'\\' if quote == b'"' => at += 2,
                byte if *byte == quote => return Some(at),
                _ => at += 1,
            }
        }
    }

    /// The quote after what was read that is still open at `end`: that is what is wrong when its text goes astray.
    fn open_quote(&self, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(..end)?;
        let mut at = self.cursor;
        let mut before = b' ';
        while let Some(&byte) = bytes.get(at) {
            if matches!(byte, b'"' | b'\'')
                && matches!(before, b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'{' | b',' | b':')
            {
                match self.closing_quote(at, end) {
                    None => return Some(at),
                    Some(close) => at = close,
                }
            } else if byte == b'#' && before.is_ascii_whitespace() {
                at += memchr::memchr(b'\n', bytes.get(at..)?)?;
            }
            before = byte;
            at += 1;
        }
        None
    }

    fn written(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    #[inline]
    fn offset(&self, local: usize) -> u32 {
        self.base + local as u32
    }

    #[inline]
    fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.offset(start), end: self.offset(end) }
    }
}

/// Whether the bracket that is open matters to an error.
fn is_about_brackets(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidIndentation
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
    )
}

/// Whether a tag is `!` and nothing else.
fn is_bare(tag: &granit_parser::Tag) -> bool {
    matches!((tag.handle(), tag.suffix()), ("", "!") | ("!", ""))
}

fn inner(quoted: &str) -> &str {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("")
}

fn line_end(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// Without its byte order mark.
pub(super) fn first_line(text: &str) -> (usize, usize) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    (start, start + line_end(text.get(start..).unwrap_or("")))
}
