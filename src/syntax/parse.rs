//! Owns the way from policy text to the spanned tree; the only user of pest. It must never know what a name means.
//!
//! A file is parsed item by item: after an item that does not parse, the next line that opens one is looked for, so that
//! one run reports every item that is wrong.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::finding::Severity;
use crate::schema::BASE_TYPES;
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};

#[allow(missing_docs, reason = "the grammar says what its rules are")]
mod grammar {
    /// What pest makes of the grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/cerco.pest"]
    pub struct CercoParser;
}

use complaint::Stop;
use grammar::CercoParser;
pub(super) use grammar::Rule;

pub(super) type Node<'i> = Pair<'i, Rule>;

/// The largest policy file, in bytes.
pub const POLICY_BYTES: usize = 4 << 20;
/// How deep brackets, and how deep expressions and statements, may be nested.
pub const POLICY_DEPTH: u32 = 128;
/// The most words that nest to the right (`if`, `all`, `any`, `no`) in one item.
const ITEM_BRANCHES: usize = 2_000;
/// After how many errors the rest of a file is left alone.
const MOST_ERRORS: usize = 100;
/// The stack on which a file is parsed: pest and the builder descend with the text.
const PARSE_STACK: usize = 256 << 20;

/// The words that open an item.
pub const ITEM_WORDS: [&str; 12] =
    ["use", "law", "schema", "type", "extend", "param", "let", "define", "rule", "adjust", "set", "off"];

/// Parses one file whose first byte is at `base` of the shared space of offsets: all items that parse, and what is wrong
/// with the others.
pub fn parse(text: &str, base: u32) -> (File, Vec<Diagnostic>) {
    if text.len() > POLICY_BYTES {
        let place = Span::new(base, base);
        let error =
            Diagnostic::error("policy/too-large", place, format!("this policy file holds {} bytes", text.len())).help(
                format!("a policy file holds at most {POLICY_BYTES} bytes: split it into several files of the pack"),
            );
        return (File { lost: Lost::all(), ..File::default() }, vec![error]);
    }
    let mut builder = Builder::new(text, base);
    let (file, at) = builder.plain_items();
    if at == text.len() {
        return (file, builder.errors);
    }
    on_a_large_stack(|| builder.file(file, at))
}

/// The same by the grammar alone: what the short way is held to by tests and by the fuzzer.
pub fn parse_by_grammar(text: &str, base: u32) -> (File, Vec<Diagnostic>) {
    on_a_large_stack(|| Builder { ways: Ways::Grammar, ..Builder::new(text, base) }.file(File::default(), 0))
}

/// Parses an expression on its own: the value of a parameter on the command line.
pub fn parse_expr(text: &str, base: u32) -> Result<Expr, Vec<Diagnostic>> {
    on_a_large_stack(|| {
        let mut builder = Builder::new(text, base);
        let expr = builder.expr_text(text, 0);
        match expr {
            Some(expr) if builder.errors.is_empty() => Ok(expr),
            _ => Err(builder.errors),
        }
    })
}

fn on_a_large_stack<T: Send + OrFailed>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(PARSE_STACK).spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(T::failed)
    })
}

/// What a parse gives when no thread could be had for it.
trait OrFailed {
    fn failed() -> Self;
}

impl OrFailed for (File, Vec<Diagnostic>) {
    fn failed() -> Self {
        (File { lost: Lost::all(), ..File::default() }, vec![no_thread()])
    }
}

impl OrFailed for Result<Expr, Vec<Diagnostic>> {
    fn failed() -> Self {
        Err(vec![no_thread()])
    }
}

fn no_thread() -> Diagnostic {
    Diagnostic::bare("policy/no-thread", "the policy could not be parsed: the system gave no thread for it")
}

pub(super) struct Builder<'t> {
    pub(super) text: &'t str,
    pub(super) base: u32,
    pub(super) errors: Vec<Diagnostic>,
    /// Added to offsets of nodes: where the slice that is being parsed begins in `text`.
    pub(super) shift: usize,
    /// Which ways of reading there are.
    pub(super) ways: Ways,
}

/// Which ways of reading an item or an expression are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// The short one, and then the grammar.
    Both,
    /// The short one alone, which descends little.
    Short,
    /// The grammar alone.
    #[cfg_attr(not(test), allow(dead_code, reason = "the short way is held to it"))]
    Grammar,
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, base: u32) -> Builder<'t> {
        Builder { text, base, errors: Vec::new(), shift: 0, ways: Ways::Both }
    }

    /// The item that begins at `at`, if the short way reads it, and where it ends.
    fn plain_item(&self, at: usize) -> Option<(Item, usize)> {
        let (item, end) = quick::item(self.text, at, self.base)?;
        // Where it goes on over a line that opens an item, that word may have been read as a name.
        if self.next_item(at) < end || !self.opens_item(self.skip_blank(end)) {
            return None;
        }
        self.text.get(at..end).is_some_and(|item| self.check_depth(at, item).is_ok()).then_some((item, end))
    }

    /// The items up to the first one that the short way does not read, and where that begins; it needs no large stack.
    fn plain_items(&mut self) -> (File, usize) {
        let mut file = File::default();
        let mut at = self.skip_blank(0);
        while let Some((item, end)) = self.plain_item(at) {
            file.items.push(item);
            at = self.skip_blank(end);
        }
        (file, at)
    }

    /// All items, of which some are read already, up to `at`.
    fn file(mut self, mut file: File, mut at: usize) -> (File, Vec<Diagnostic>) {
        loop {
            at = self.skip_blank(at);
            let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) else { break };
            if self.errors.len() >= MOST_ERRORS {
                file.lost = Lost::all();
                break;
            }
            if self.ways == Ways::Both
                && let Some((item, end)) = self.plain_item(at)
            {
                file.items.push(item);
                at = end;
                continue;
            }
            // Up to the next line that opens an item, so that a file takes time in proportion to its length. Where that
            // is no whole item (such a line may stand in a string), all that is left is parsed.
            let end = self.next_item(at);
            let parsed = match self.whole_item(at, self.text.get(at..end).unwrap_or("")) {
                Err(_) if !self.ends_surely(at, end) => self.parse_item(at, rest),
                parsed => parsed,
            };
            match parsed {
                Ok((item, end)) => {
                    self.shift = self.text.len() - rest.len();
                    let known = self.errors.len();
                    let item = self.item(item);
                    match item.filter(|_| self.errors.iter().skip(known).all(|error| is_harmless(error.code))) {
                        Some(item) => file.items.push(item),
                        None => file.lost.note(self.text.get(at..end).unwrap_or("")),
                    }
                    at = end;
                }
                Err((error, place)) => {
                    self.errors.push(error);
                    let next = self.go_on(at, place);
                    file.lost.note(self.text.get(at..next).unwrap_or(""));
                    at = next;
                }
            }
        }
        (file, self.errors)
    }

    /// The item with which a slice of the text opens, `at` bytes into it, and where it ends in the text; or what is wrong
    /// with it, and where to go on.
    #[allow(clippy::result_large_err)]
    fn parse_item(&self, at: usize, slice: &'t str) -> Result<(Node<'t>, usize), (Diagnostic, usize)> {
        if let Err(error) = self.check_depth(at, slice) {
            let place = error.span.map_or(at, |span| (span.start - self.base) as usize);
            return Err((error, place));
        }
        match CercoParser::parse(Rule::one_item, slice) {
            Ok(pairs) => self.item_of(pairs, at),
            Err(error) => Err(self.stop(&error, at, |stop| stop.complaint())),
        }
    }

    /// The same of a slice that ends where another item begins, or the text. What stands behind the item is a part of
    /// it that cannot be read, where it opens no item itself.
    #[allow(clippy::result_large_err)]
    fn whole_item(&self, at: usize, slice: &'t str) -> Result<(Node<'t>, usize), (Diagnostic, usize)> {
        if self.check_depth(at, slice).is_err() {
            return self.parse_item(at, slice);
        }
        let error = match CercoParser::parse(Rule::whole_item, slice) {
            Ok(pairs) => return self.item_of(pairs, at),
            Err(error) => error,
        };
        match self.parse_item(at, slice) {
            Ok((item, end)) => {
                let behind = self.skip_blank(end);
                let (belongs, place) = self.stop(&error, at, |stop| stop.belongs_to_what_is_before());
                if place == behind && !belongs {
                    return Ok((item, end));
                }
                Err(self.stop(&error, at, |stop| stop.complaint()))
            }
            error => error,
        }
    }

    #[allow(clippy::result_large_err)]
    fn item_of(&self, mut pairs: Pairs<'t, Rule>, at: usize) -> Result<(Node<'t>, usize), (Diagnostic, usize)> {
        let item = pairs.next().and_then(|one| one.into_inner().find(|node| node.as_rule() == Rule::item));
        let Some(item) = item else {
            let place = self.base + at as u32;
            return Err((Diagnostic::error("policy/syntax", Span::new(place, place), "this is no item"), at));
        };
        let end = at + item.as_span().end().max(1);
        Ok((item, end))
    }

    /// Past white space and comments.
    fn skip_blank(&self, mut at: usize) -> usize {
        while let Some(rest) = self.text.get(at..) {
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}', '\u{3000}', '\u{a0}']);
            at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                break;
            }
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
        at
    }

    /// Whether an item begins at `at`, as far as its first word says, or nothing follows.
    fn opens_item(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        rest.is_empty() || ITEM_WORDS.contains(&first_word(rest))
    }

    /// The start of the next line, behind `at`, that opens an item.
    fn next_item(&self, at: usize) -> usize {
        let mut from = at;
        while let Some(newline) = self.text.get(from..).and_then(|rest| rest.find('\n')) {
            from += newline + 1;
            let line = self.text.get(from..).unwrap_or("");
            if ITEM_WORDS.contains(&first_word(line)) {
                return from;
            }
        }
        self.text.len()
    }

    /// Brackets nested too deep, or too many branches, before pest descends into them.
    fn check_depth(&self, at: usize, rest: &str) -> Result<(), Diagnostic> {
        let (mut depth, mut branches) = (0u32, 0usize);
        let bytes = rest.as_bytes();
        let mut i = 0;
        while let Some(&byte) = bytes.get(i) {
            match byte {
                b'#' => i += rest.get(i..).and_then(|r| r.find('\n')).unwrap_or(rest.len()),
                b'"' => {
                    i += 1;
                    while let Some(&inner) = bytes.get(i) {
                        match inner {
                            b'\\' => i += 1,
                            b'"' => break,
                            _ => {}
                        }
                        i += 1;
                    }
                }
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    if depth > POLICY_DEPTH {
                        let place = self.base + (at + i) as u32;
                        return Err(Diagnostic::error(
                            "policy/too-deep",
                            Span::new(place, place + 1),
                            format!("brackets are nested deeper than {POLICY_DEPTH} levels"),
                        )
                        .help("give the inner parts names with `let` or `define`"));
                    }
                }
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'\n' if depth == 0 => branches = 0,
                b'i' | b'a' | b'n' => {
                    let word = rest.get(i..).unwrap_or("");
                    if ["if ", "all ", "any ", "no "].iter().any(|w| word.starts_with(w)) {
                        branches += 1;
                        if branches > ITEM_BRANCHES {
                            let place = self.base + (at + i) as u32;
                            return Err(Diagnostic::error(
                                "policy/too-deep",
                                Span::new(place, place + 2),
                                format!("one item holds more than {ITEM_BRANCHES} branches and quantifiers"),
                            )
                            .help("split it into several"));
                        }
                    }
                }
                _ => {}
            }
            i += 1;
        }
        Ok(())
    }

    /// What is to be told of an error of pest in a slice that begins at `at`, and where in the whole text it stands.
    fn stop<T>(&self, error: &pest::error::Error<Rule>, at: usize, tell: impl FnOnce(Stop<'_>) -> T) -> (T, usize) {
        let local = match error.location {
            InputLocation::Pos(pos) | InputLocation::Span((pos, _)) => pos,
        };
        let rules = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
            ErrorVariant::CustomError { .. } => &[],
        };
        let place = at + local;
        (tell(Stop { text: self.text, base: self.base, at, place, rules }), place)
    }

    // ---- places ------------------------------------------------------------------------------------------------

    /// Where a node is written, without the white space and comments that pest leaves at its end.
    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let start = node.as_span().start() + self.shift;
        Span::new(self.base + start as u32, self.base + (end_of(node) + self.shift) as u32)
    }

    pub(super) fn error(&mut self, span: Span, code: &'static str, message: impl Into<String>) {
        self.errors.push(Diagnostic::error(code, span, message));
    }

    pub(super) fn name(&self, node: &Node<'_>) -> Name {
        Name { text: node.as_str().into(), span: self.span(node) }
    }

    /// A name or a quoted one.
    pub(super) fn name_or_string(&mut self, node: Node<'_>) -> Name {
        if node.as_rule() == Rule::string {
            let text = self.string(&node);
            Name { text: text.text, span: text.span }
        } else {
            self.name(&node)
        }
    }

    /// `pack.name` or `name`.
    pub(super) fn qualified(&self, node: &Node<'_>) -> Qualified {
        let mut names: Vec<Name> = node.clone().into_inner().map(|name| self.name(&name)).collect();
        let name = names.pop().unwrap_or_else(|| self.name(node));
        Qualified { pack: names.pop(), name }
    }

    // ---- items -------------------------------------------------------------------------------------------------

    fn item(&mut self, node: Node<'_>) -> Option<Item> {
        let node = node.into_inner().next()?;
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut inner = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
        match rule {
            Rule::use_item => Some(Item::Use(self.name(&inner.next()?))),
            Rule::law_item => {
                let name = self.name(&inner.next()?);
                let mut law = Law { name, title: None, issuer: None, effective: None, url: None, span };
                for line in inner {
                    self.law_line(line, &mut law);
                }
                Some(Item::Law(law))
            }
            Rule::schema_item => {
                let name = self.name(&inner.next()?);
                Some(Item::Schema(Schema { name, fields: inner.filter_map(|field| self.field_def(field)).collect() }))
            }
            Rule::type_item => {
                let name = self.name(&inner.next()?);
                let mut inner = inner.peekable();
                let body = match inner.peek().map(Pair::as_rule) {
                    Some(Rule::type_expr) => TypeBody::Alias(self.type_expr(inner.next()?)?),
                    _ => TypeBody::Record(inner.filter_map(|field| self.field_def(field)).collect()),
                };
                Some(Item::Type(TypeItem { name, body }))
            }
            Rule::extend_item => {
                let name = self.qualified(&inner.next()?);
                Some(Item::Extend(Extend { name, fields: inner.filter_map(|field| self.field_def(field)).collect() }))
            }
            Rule::param_item => {
                let name = self.name(&inner.next()?);
                let ty = self.type_expr(inner.next()?)?;
                let value = self.expr(inner.next()?)?;
                let may = inner.next().and_then(|may| may.into_inner().last()).map(|word| match word.as_str() {
                    "fall" => Direction::Fall,
                    "rise" => Direction::Rise,
                    _ => Direction::Change,
                });
                Some(Item::Param(Param { name, ty, value, may }))
            }
            Rule::let_item => {
                let name = self.name(&inner.next()?);
                Some(Item::Let(Let { name, value: self.expr(inner.next()?)? }))
            }
            Rule::define_item => {
                let name = self.name(&inner.next()?);
                let (mut params, mut body) = (Vec::new(), None);
                for child in inner {
                    if child.as_rule() == Rule::define_param {
                        let mut parts = child.into_inner().filter(|part| !is_keyword(part.as_rule()));
                        params.push((self.name(&parts.next()?), self.type_expr(parts.next()?)?));
                    } else {
                        body = self.expr(child);
                    }
                }
                Some(Item::Define(Define { name, params, body: body? }))
            }
            Rule::rule_item => self.rule(inner, span).map(|rule| Item::Rule(Box::new(rule))),
            Rule::adjust_item => {
                let target = inner.next()?;
                let mut names = target.into_inner().map(|name| self.name(&name)).collect::<Vec<_>>().into_iter();
                let (pack, name) = (names.next()?, names.next()?);
                let lines =
                    inner.filter_map(|line| line.into_inner().next()).filter_map(|line| self.head(line)).collect();
                Some(Item::Adjustment(Adjustment { kind: AdjustmentKind::Adjust(pack, name, lines), span }))
            }
            Rule::set_item => {
                let target = self.qualified(&inner.next()?);
                let value = self.expr(inner.next()?)?;
                Some(Item::Adjustment(Adjustment { kind: AdjustmentKind::Set(target, value), span }))
            }
            Rule::off_item => {
                let target = inner.next()?;
                let mut names = target.into_inner().map(|name| self.name(&name)).collect::<Vec<_>>().into_iter();
                let (pack, name) = (names.next()?, names.next()?);
                let because = self.string(&inner.next()?);
                Some(Item::Adjustment(Adjustment { kind: AdjustmentKind::Off(pack, name, because), span }))
            }
            _ => None,
        }
    }

    fn law_line(&mut self, line: Node<'_>, law: &mut Law) {
        let Some(line) = line.into_inner().next() else { return };
        let span = self.span(&line);
        let twice = match line.as_rule() {
            Rule::effective => law.effective.is_some(),
            Rule::law_title => law.title.is_some(),
            Rule::law_issuer => law.issuer.is_some(),
            _ => law.url.is_some(),
        };
        if twice {
            self.error(span, "policy/head", "a law says this once");
            return;
        }
        let rule = line.as_rule();
        if rule == Rule::effective {
            law.effective = self.effective(line);
            return;
        }
        let Some(text) = line.into_inner().find(|child| child.as_rule() == Rule::string) else { return };
        let text = Some(self.string(&text));
        match rule {
            Rule::law_title => law.title = text,
            Rule::law_issuer => law.issuer = text,
            _ => law.url = text,
        }
    }

    pub(super) fn effective(&mut self, node: Node<'_>) -> Option<Effective> {
        let span = self.span(&node);
        let dates: Vec<Node<'_>> = node.into_inner().filter(|child| child.as_rule() == Rule::date).collect();
        let mut days = dates.iter().map(|date| self.date(date));
        let from = days.next()??;
        let until = days.next().flatten();
        drop(days);
        if let (Some(until), Some(date)) = (until, dates.get(1))
            && until <= from
        {
            let place = self.span(date);
            self.error(
                place,
                "policy/dates",
                "`until` is the first day on which it no longer holds, and lies after the first day",
            );
        }
        Some(Effective { from, until, span })
    }

    // ---- types -------------------------------------------------------------------------------------------------

    fn field_def(&mut self, node: Node<'_>) -> Option<FieldDef> {
        let span = self.span(&node);
        let (mut name, mut optional, mut ty, mut key, mut default, mut description) =
            (None, false, None, None, None, None);
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::field_name => name = child.into_inner().next().map(|child| self.name_or_string(child)),
                Rule::optional => optional = true,
                Rule::type_expr => ty = self.type_expr(child),
                Rule::key_clause => key = child.into_inner().last().map(|child| self.name_or_string(child)),
                Rule::default_value => default = child.into_inner().last().and_then(|child| self.constant(child)),
                Rule::description => description = child.into_inner().next().map(|child| self.string(&child)),
                _ => {}
            }
        }
        Some(FieldDef { name: name?, optional, ty: ty?, key, default, description, span })
    }

    pub(super) fn type_expr(&mut self, node: Node<'_>) -> Option<TypeExpr> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let part = inner.next()?.into_inner().next()?;
        let mut bounds = Vec::new();
        let kind = match part.as_rule() {
            Rule::list_type => TypeKind::List(Box::new(self.type_expr(part.into_inner().next()?)?)),
            Rule::map_type => TypeKind::Map(Box::new(self.type_expr(part.into_inner().next()?)?)),
            Rule::ref_type => TypeKind::Ref(self.name(&part.into_inner().last()?)),
            Rule::ordered_enum => TypeKind::Ordered(part.into_inner().map(|value| self.string(&value)).collect()),
            Rule::type_name => TypeKind::Named(self.qualified(&part)),
            _ => self.choice(part, &mut bounds)?,
        };
        for bound in inner {
            bounds.extend(self.bound(bound));
        }
        Some(TypeExpr { kind, bounds, span })
    }

    fn choice(&mut self, node: Node<'_>, bounds: &mut Vec<Bound>) -> Option<TypeKind> {
        let span = self.span(&node);
        let (mut words, mut named) = (Vec::new(), Vec::new());
        for part in node.into_inner() {
            let mut children = part.into_inner();
            let first = children.next()?;
            if first.as_rule() == Rule::type_string {
                words.push(self.string(&first.into_inner().next()?));
            } else {
                named.push(self.qualified(&first));
                for bound in children {
                    bounds.extend(self.bound(bound));
                }
            }
        }
        match (named.len(), words.is_empty()) {
            (0, false) => Some(TypeKind::Enum(words)),
            (1, true) => Some(TypeKind::Named(named.pop()?)),
            (1, false) => Some(TypeKind::Worded(named.pop()?, words)),
            _ => {
                let is_word = |name: &Qualified| {
                    let text = name.name.text.as_str();
                    !BASE_TYPES.contains(&text) && text.starts_with(|c: char| c.is_ascii_lowercase())
                };
                let error = if named.iter().all(is_word) {
                    let named = named.iter().map(|name| name.name.text.as_str());
                    let words = named.chain(words.iter().map(|word| word.text.as_str()));
                    let words = words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ");
                    Diagnostic::error("policy/type", span, "words of an enum stand in double quotes")
                        .help(format!("write `{words}`"))
                } else {
                    let message = "a type is one type, with words beside it, or words alone";
                    Diagnostic::error("policy/type", span, message).help("give each type a field of its own")
                };
                self.errors.push(error);
                None
            }
        }
    }

    fn bound(&mut self, node: Node<'_>) -> Option<Bound> {
        let bound = node.into_inner().next()?;
        let rule = bound.as_rule();
        let mut inner = bound.into_inner();
        match rule {
            Rule::bound_range => {
                let low = self.signed(inner.next()?)?;
                Some(Bound::Range(low, self.signed(inner.next()?)?))
            }
            Rule::bound_above => {
                let op = match inner.next()?.as_rule() {
                    Rule::op_le => BinaryOp::Le,
                    Rule::op_ge => BinaryOp::Ge,
                    Rule::op_lt => BinaryOp::Lt,
                    _ => BinaryOp::Gt,
                };
                Some(Bound::Order(op, self.signed(inner.next()?)?))
            }
            _ => Some(Bound::Matches(self.regex(&inner.last()?))),
        }
    }

    fn constant(&mut self, node: Node<'_>) -> Option<Constant> {
        let span = self.span(&node);
        let inner = node.into_inner().next()?;
        let kind = match inner.as_rule() {
            Rule::signed => return self.signed(inner),
            Rule::constant_list => ConstantKind::List(inner.into_inner().filter_map(|c| self.constant(c)).collect()),
            _ => ConstantKind::Map(
                inner
                    .into_inner()
                    .filter_map(|entry| {
                        let mut parts = entry.into_inner().filter(|part| !is_keyword(part.as_rule()));
                        let key = self.string(&parts.next()?);
                        Some((key, self.constant(parts.next()?)?))
                    })
                    .collect(),
            ),
        };
        Some(Constant { kind, span })
    }

    fn signed(&mut self, node: Node<'_>) -> Option<Constant> {
        let span = self.span(&node);
        let mut negative = false;
        let mut literal = None;
        for child in node.into_inner() {
            if child.as_rule() == Rule::minus {
                negative = true;
            } else {
                literal = child.into_inner().next();
            }
        }
        let literal = self.literal(&literal?, negative)?;
        let literal = match literal {
            Literal::Decimal(value) if negative => Literal::Decimal(Box::new(-*value)),
            Literal::Percent(value) if negative => Literal::Percent(Box::new(-*value)),
            Literal::Int(value) => Literal::Int(value),
            other if negative => {
                self.error(span, "policy/literal", "only a number takes a minus sign");
                other
            }
            other => other,
        };
        Some(Constant { kind: ConstantKind::Literal(literal), span })
    }

    pub(super) fn severity(word: &str) -> Severity {
        match word {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        }
    }

    /// Parses a slice of the text on its own (an expression in a message), `at` bytes into it.
    pub(super) fn expr_text(&mut self, slice: &str, at: usize) -> Option<Expr> {
        if self.ways != Ways::Grammar
            && let Some(expr) = quick::expr(slice, self.base + at as u32)
        {
            return Some(expr);
        }
        if self.ways == Ways::Short {
            self.errors.push(Diagnostic::bare("policy/syntax", "the grammar has to read this"));
            return None;
        }
        let before = std::mem::replace(&mut self.shift, at);
        let parsed = CercoParser::parse(Rule::one_expr, slice);
        let expr = match parsed {
            Ok(mut pairs) => pairs
                .next()
                .and_then(|one| one.into_inner().find(|n| n.as_rule() == Rule::expr))
                .and_then(|n| self.expr(n)),
            Err(error) => {
                let local = match &error.location {
                    InputLocation::Pos(pos) | InputLocation::Span((pos, _)) => *pos,
                };
                let place = self.base + (at + local) as u32;
                self.errors.push(
                    Diagnostic::error("policy/syntax", Span::new(place, place), "this is no expression")
                        .help("a brace that is meant as such is written twice: `{{`")
                        .help_if(self.stop(&error, at, |stop| stop.hint()).0),
                );
                None
            }
        };
        self.shift = before;
        expr
    }
}

/// Where a node's text ends, in the parsed slice.
fn end_of(node: &Node<'_>) -> usize {
    match node.as_rule() {
        Rule::callee | Rule::string => node.as_span().end(),
        _ => match node.clone().into_inner().next_back() {
            Some(last) => end_of(&last),
            None => node.as_span().end(),
        },
    }
}

/// What such an error leaves of an item is all that it says.
fn is_harmless(code: &str) -> bool {
    matches!(code, "policy/escape" | "policy/dates" | "policy/head")
}

/// The word with which a text begins; empty where it begins with none.
fn first_word(text: &str) -> &str {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text.get(..length).unwrap_or("")
}

/// The words of the grammar carry no meaning of their own once the tree stands.
pub(super) fn is_keyword(rule: Rule) -> bool {
    (Rule::k_use..=Rule::k_unique).contains(&rule)
}

mod complaint;
mod open;
mod recover;
mod slips;
#[cfg(test)]
mod tests;
mod words;
