//! Owns the short way from policy text to the tree: `use`, `let`, `param`, `define` and `rule`, as they are mostly written. It must never say anything that the grammar would not.
//!
//! It reads as the grammar does, in one pass and without going back: where a word says what follows, that must follow.
//! Whatever does not come so is left to the grammar, which also finds the words for what is wrong.

use super::parse::{Builder, POLICY_DEPTH, Ways};
use super::*;

mod expr;
mod rule;

/// How deep the reader descends before it leaves the rest to the grammar's larger stack.
const NESTED: u32 = 48;

/// The item that begins at an offset of the text, and where it ends.
pub(super) fn item(text: &str, at: usize, base: u32) -> Option<(Item, usize)> {
    let mut reader = Reader::new(text, at, base);
    let item = reader.item()?;
    reader.builder.errors.is_empty().then_some((item, reader.last))
}

/// A text that is one expression, its first byte at `base`.
pub(super) fn expr(text: &str, base: u32) -> Option<Expr> {
    let mut reader = Reader::new(text, 0, base);
    reader.skip();
    let expr = reader.expr()?;
    (reader.at == text.len() && reader.builder.errors.is_empty()).then_some(expr)
}

struct Reader<'t> {
    /// Knows strings and messages; its errors mean that the grammar has to look.
    builder: Builder<'t>,
    text: &'t str,
    base: u32,
    /// The next token begins here.
    at: usize,
    /// The last one ended here.
    last: usize,
    nested: u32,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, at: usize, base: u32) -> Reader<'t> {
        let builder = Builder { ways: Ways::Short, ..Builder::new(text, base) };
        Reader { builder, text, base, at, last: at, nested: 0 }
    }

    // ---- tokens ------------------------------------------------------------------------------------------------

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Past white space and comments.
    fn skip(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => self.at += memchr::memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.rest().len()),
                Some(128..) => {
                    let rest = self.rest();
                    let trimmed = rest.trim_start_matches(['\u{feff}', '\u{3000}', '\u{a0}']);
                    if trimmed.len() == rest.len() {
                        return;
                    }
                    self.at += rest.len() - trimmed.len();
                }
                _ => return,
            }
        }
    }

    /// Takes so many bytes as one token; gives where it began.
    fn take(&mut self, length: usize) -> usize {
        let start = self.at;
        self.at += length;
        self.last = self.at;
        self.skip();
        start
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.base + start as u32, self.base + self.last as u32)
    }

    /// The word that comes next; empty where none does.
    fn word(&self) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
        rest.get(..length).filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or("")
    }

    /// Takes a word if it comes next.
    fn has(&mut self, word: &str) -> bool {
        let has = self.word() == word;
        if has {
            self.take(word.len());
        }
        has
    }

    /// Takes a sign if it comes next.
    fn sign(&mut self, sign: &str) -> bool {
        let has = self.rest().starts_with(sign);
        if has {
            self.take(sign.len());
        }
        has
    }

    fn must(&mut self, sign: &str) -> Option<()> {
        self.sign(sign).then_some(())
    }

    fn name(&mut self) -> Option<Name> {
        let word = self.word();
        (!word.is_empty()).then(|| {
            let start = self.take(word.len());
            Name { text: word.into(), span: self.span(start) }
        })
    }

    /// A name in which `-` may stand between words.
    fn kebab(&self) -> &'t str {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut length = self.word().len();
        while length > 0
            && bytes.get(length) == Some(&b'-')
            && let more = bytes.iter().skip(length + 1).take_while(|byte| is_word(**byte)).count()
            && more > 0
        {
            length += 1 + more;
        }
        rest.get(..length).unwrap_or("")
    }

    fn kebab_name(&mut self) -> Option<Name> {
        let text = self.kebab();
        (!text.is_empty()).then(|| {
            let start = self.take(text.len());
            Name { text: text.into(), span: self.span(start) }
        })
    }

    /// How long the string is that comes next, quotes included.
    fn string_length(&self) -> Option<usize> {
        let bytes = self.rest().as_bytes();
        let long = self.rest().starts_with("\"\"\"");
        let mut at = if long { 3 } else { 1 };
        if bytes.first() != Some(&b'"') {
            return None;
        }
        loop {
            match bytes.get(at)? {
                b'\\' => {
                    // Whatever character stands behind it, it ends no string.
                    at += 1 + self.rest().get(at + 1..)?.chars().next()?.len_utf8();
                }
                b'"' if !long => return Some(at + 1),
                b'"' if bytes.get(at..)?.starts_with(b"\"\"\"") => return Some(at + 3),
                b'\n' if !long => return None,
                _ => at += 1,
            }
        }
    }

    fn string(&mut self) -> Option<Text> {
        let raw = self.rest().get(..self.string_length()?)?;
        let start = self.take(raw.len());
        let span = self.span(start);
        Some(self.builder.string_of(raw, span))
    }

    fn message(&mut self) -> Option<Message> {
        let raw = self.rest().get(..self.string_length()?)?;
        let start = self.take(raw.len());
        let span = self.span(start);
        Some(self.builder.message_of(raw, start, span))
    }

    fn regex(&mut self) -> Option<Text> {
        let bytes = self.rest().as_bytes();
        let mut at = 1;
        loop {
            match bytes.get(at)? {
                b'\\' => at += 1 + self.rest().get(at + 1..)?.chars().next()?.len_utf8(),
                b'/' if at > 1 => break,
                b'/' | b'\n' => return None,
                _ => at += 1,
            }
        }
        let raw = self.rest().get(..at + 1)?;
        let start = self.take(raw.len());
        Some(super::parse_expr::regex_of(raw, self.span(start)))
    }

    fn date_length(&self) -> Option<usize> {
        let form = b"dddd-dd-dd";
        let bytes = self.rest().as_bytes();
        let fits = form.iter().enumerate().all(|(at, form)| match bytes.get(at) {
            Some(byte) if *form == b'd' => byte.is_ascii_digit(),
            Some(byte) => byte == form,
            None => false,
        });
        (fits && !bytes.get(form.len()).is_some_and(|byte| is_word(*byte))).then_some(form.len())
    }

    fn date(&mut self) -> Option<i32> {
        let raw = self.rest().get(..self.date_length()?)?;
        self.take(raw.len());
        crate::value::parse_date(raw)
    }

    /// Works one level deeper.
    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.nested >= NESTED {
            return None;
        }
        self.nested += 1;
        let done = work(self);
        self.nested -= 1;
        done
    }

    /// What `one` reads, until a brace closes it; that is taken.
    fn until_closed<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        while !self.sign("}") {
            all.push(one(self)?);
        }
        // Most braces hold one thing, and there are thousands of them: none keeps room for more.
        all.shrink_to_fit();
        Some(all)
    }

    /// One and more of something, between commas; the last comma may stand before what closes the list.
    fn listed<T>(
        &mut self,
        closes: impl Fn(&Self) -> bool,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = vec![one(self)?];
        loop {
            let last = self.last;
            let more = self.sign(",");
            if !more || closes(self) {
                self.last = last;
                all.shrink_to_fit();
                return Some(all);
            }
            all.push(one(self)?);
        }
    }

    // ---- items -------------------------------------------------------------------------------------------------

    fn item(&mut self) -> Option<Item> {
        let start = self.at;
        match self.word() {
            "use" => {
                self.take(3);
                self.kebab_name().map(Item::Use)
            }
            "let" => {
                self.take(3);
                self.let_line().map(Item::Let)
            }
            "param" => {
                self.take(5);
                let name = self.name()?;
                self.must(":")?;
                let ty = self.named_type()?;
                self.must("=")?;
                let value = self.expr()?;
                let may = if self.has("may") {
                    let may = match self.word() {
                        "fall" => Direction::Fall,
                        "rise" => Direction::Rise,
                        "change" => Direction::Change,
                        _ => return None,
                    };
                    self.take(self.word().len());
                    Some(may)
                } else {
                    None
                };
                Some(Item::Param(Param { name, ty, value, may }))
            }
            "define" => {
                self.take(6);
                let name = self.name()?;
                self.must("(")?;
                let params = if self.byte() == Some(b')') {
                    Vec::new()
                } else {
                    self.listed(
                        |reader| reader.byte() == Some(b')'),
                        |reader| {
                            let name = reader.name()?;
                            reader.must(":")?;
                            Some((name, reader.named_type()?))
                        },
                    )?
                };
                self.must(")")?;
                self.must("=")?;
                Some(Item::Define(Define { name, params, body: self.expr()? }))
            }
            "rule" => {
                self.take(4);
                self.rule(start).map(|rule| Item::Rule(Box::new(rule)))
            }
            _ => None,
        }
    }

    fn let_line(&mut self) -> Option<Let> {
        let name = self.name()?;
        self.must("=")?;
        Some(Let { name, value: self.expr()? })
    }

    /// A type that is a name alone: what stands behind it must not go on with it.
    fn named_type(&mut self) -> Option<TypeExpr> {
        let start = self.at;
        if self.word() == "ref" {
            return None;
        }
        let qualified = self.dotted(Reader::word)?;
        let span = self.span(start);
        matches!(self.byte(), Some(b'=' | b',' | b')')).then(|| TypeExpr {
            kind: TypeKind::Named(qualified),
            bounds: Vec::new(),
            span,
        })
    }

    /// `pack.name` or `name`, with nothing between.
    fn dotted(&mut self, word: impl Fn(&Self) -> &'t str) -> Option<Qualified> {
        let first = word(self);
        if first.is_empty() {
            return None;
        }
        let start = self.at;
        self.at += first.len();
        let name = |reader: &Self, start: usize, text: &str| {
            let place = reader.base + start as u32;
            Name { text: text.into(), span: Span::new(place, place + text.len() as u32) }
        };
        let mut qualified = Qualified { pack: None, name: name(self, start, first) };
        if self.byte() == Some(b'.') {
            self.at += 1;
            let second = word(self);
            if second.is_empty() {
                self.at -= 1;
            } else {
                qualified = Qualified { pack: Some(qualified.name), name: name(self, self.at, second) };
                self.at += second.len();
            }
        }
        self.take(0);
        Some(qualified)
    }
}
