//! Owns changes to a document as edits of its text: values set, fields put in, parts taken out. It must never know why
//! anything changes.
//!
//! What stays keeps its comments and its place, and what is written is YAML again; of JSON, JSON. Where that is not sure,
//! there are no edits.

use super::emit::{in_quotes, in_yaml};
use super::{Document, Kind, NodeId, Scalar, Style};
use crate::edit::Edit;
use crate::source::Span;

/// A value to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A number or a truth value: the same in YAML and JSON.
    Plain(String),
    /// A string that YAML needs no quotes for: a date, a duration, a percentage.
    Bare(String),
    /// Any other string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A record of one field.
    Record(String, Box<Value>),
}

impl Value {
    /// The value on one line.
    pub fn write(&self, json: bool) -> String {
        match self {
            Value::Plain(text) => text.clone(),
            Value::Bare(text) if !json => text.clone(),
            Value::Bare(text) | Value::Text(text) => written(text, json),
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(|value| value.write(json)).collect();
                format!("[{}]", values.join(", "))
            }
            Value::Record(name, value) => format!("{{{}}}", entry(name, value, json)),
        }
    }
}

/// One change to a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Another value in the place of one that is there.
    Set(NodeId, Value),
    /// A field of a mapping that lacks it.
    Insert(NodeId, String, Value),
    /// A part of a list or mapping is taken out: what it is taken from, and the element or the value of the entry.
    Remove(NodeId, NodeId),
}

impl Document {
    /// The change that gives a mapping a field; `null`, which stands for nothing, is replaced.
    pub fn put(&self, into: NodeId, name: &str, value: Value) -> Change {
        let null = |node| self.kind(node) == Kind::Scalar && self.scalar(node) == Scalar::Null;
        match self.entries(into).find(|(key, held)| self.text(*key) == name && null(*held)) {
            Some((_, held)) => Change::Set(held, value),
            None => Change::Insert(into, name.to_owned(), value),
        }
    }

    /// Whether a list or mapping holds a part itself, and not by a merge.
    pub fn holds(&self, collection: NodeId, part: NodeId) -> bool {
        self.parts(collection).position(part).is_some()
    }

    /// The edits of changes that are of one kind and concern one place: of one `Set`, of fields put into one mapping, or
    /// of parts taken out of one collection. None where the text cannot be changed surely.
    pub fn edits(&self, changes: &[&Change]) -> Option<Vec<Edit>> {
        match *changes {
            [Change::Set(node, value)] => Some(vec![self.set(*node, value)?]),
            [Change::Insert(into, ..), ..] => {
                let fields = changes.iter().filter_map(|change| match change {
                    Change::Insert(_, name, value) => Some((name.as_str(), value)),
                    _ => None,
                });
                Some(vec![self.insert(*into, &fields.collect::<Vec<_>>())?])
            }
            [Change::Remove(from, _), ..] => {
                let parts = self.parts(*from);
                let mut out = Vec::with_capacity(changes.len());
                for change in changes {
                    let Change::Remove(_, part) = change else { continue };
                    out.push(parts.position(*part)?);
                    if self.is_prefixed(self.begin(*part))
                        || self.is_prefixed(self.span(*part).start)
                        || self.is_referred_to(*part)
                    {
                        return None;
                    }
                }
                out.sort_unstable();
                out.dedup();
                if self.is_flow(*from) {
                    self.remove_flow(*from, parts, &out)
                } else {
                    self.remove_block(*from, parts, &out)
                }
            }
            _ => None,
        }
    }

    fn parts(&self, collection: NodeId) -> Parts<'_> {
        match self.kind(collection) {
            kind @ (Kind::Mapping | Kind::Sequence) => {
                Parts { kids: self.kids(collection, kind), keys: kind == Kind::Mapping }
            }
            Kind::Scalar | Kind::Alias => Parts { kids: &[], keys: false },
        }
    }

    /// Where an element or entry begins: at its key, if it has one.
    fn begin(&self, part: NodeId) -> u32 {
        self.span(self.key_of(part).unwrap_or(part)).start
    }

    /// Whether an alias refers to a node, or to anything within it.
    fn is_referred_to(&self, node: NodeId) -> bool {
        let targets = self.alias_targets();
        if targets.is_empty() {
            return false;
        }
        let mut last = node;
        while let Some(deeper) = self.parts(last).last() {
            last = deeper;
        }
        let first = targets.partition_point(|target| *target < node);
        targets.get(first).is_some_and(|target| *target <= last)
    }

    /// Whether an anchor, a tag or the `?` of an explicit key stands before what begins there.
    fn is_prefixed(&self, offset: u32) -> bool {
        let (Some((text, local, _)), Some(lead)) = (self.around(offset), self.lead(offset)) else { return true };
        let is_prefix = |line: &str| {
            let word = line.rsplit([' ', '\t', '[', '{', ',']).next().unwrap_or("");
            word == "?" || word.starts_with(['&', '!'])
        };
        // Of its own line, nothing before it is a comment.
        let own = lead.trim_end();
        if !own.is_empty() {
            return is_prefix(own);
        }
        let above = text.get(..local - lead.len()).unwrap_or("").rsplit('\n');
        let above = above.map(|line| line.find(" #").map_or(line, |at| line.get(..at).unwrap_or("")).trim_end());
        above.into_iter().find(|line| !line.is_empty() && !line.trim_start().starts_with('#')).is_some_and(is_prefix)
    }

    /// Whether the text around is JSON: a document in brackets whose keys are in quotes.
    fn is_json(&self, at: u32) -> bool {
        self.roots.iter().filter_map(|root| root.node).any(|root| {
            let span = self.span(root);
            self.is_flow(root) && (span.start..span.end).contains(&at) && self.has_quoted_keys(root).unwrap_or(true)
        })
    }

    /// Whether the first key of a mapping is in quotes, where it has one.
    fn has_quoted_keys(&self, mapping: NodeId) -> Option<bool> {
        let (key, _) = self.entries(mapping).next()?;
        Some(self.style(key) == Style::DoubleQuoted)
    }

    fn set(&self, node: NodeId, value: &Value) -> Option<Edit> {
        let span = self.span(node);
        let json =
            self.is_json(span.start) || self.key_of(node).is_some_and(|key| self.style(key) == Style::DoubleQuoted);
        let text = value.write(json);
        let commented = |text: &str| text.contains([' ', '\t', '\n']) && text.contains('#');
        let simple = match self.kind(node) {
            Kind::Scalar => self.style(node) != Style::Block,
            Kind::Sequence => self.is_flow(node) && !commented(self.written(node)),
            _ => false,
        };
        if !simple || self.is_referred_to(node) {
            return None;
        }
        if span.start == span.end {
            return self.fill(node, text);
        }
        (!self.is_prefixed(span.start)).then_some(Edit { span, text })
    }

    /// Writes a value where a key has none.
    fn fill(&self, node: NodeId, text: String) -> Option<Edit> {
        let key = self.span(self.key_of(node)?);
        let Some((colon, value)) = self.behind_colon(key) else {
            // A key alone, as only brackets allow.
            let inner = self.tail(key.end)?.trim_start_matches([' ', '\t']);
            let alone = inner.starts_with([',', '}']) && !self.is_prefixed(key.start);
            return alone.then(|| Edit { span: Span::new(key.end, key.end), text: format!(": {text}") });
        };
        let next = value.trim_start_matches([' ', '\t']);
        let blanks = (value.len() - next.len()) as u32;
        let span = match next.chars().next() {
            None => Span::new(colon, colon),
            Some('#') if blanks > 0 => Span::new(colon, colon),
            Some(',' | '}') => Span::new(colon, colon + blanks),
            _ => return None,
        };
        Some(Edit { span, text: format!(" {text}") })
    }

    /// The offset behind the colon of a key, and what follows there on its line.
    fn behind_colon(&self, key: Span) -> Option<(u32, &str)> {
        let behind = self.tail(key.end)?;
        let value = behind.trim_start_matches([' ', '\t']).strip_prefix(':')?;
        Some((key.end + (behind.len() - value.len()) as u32, value))
    }

    /// New fields of a mapping that is there.
    fn insert(&self, into: NodeId, fields: &[(&str, &Value)]) -> Option<Edit> {
        if self.kind(into) != Kind::Mapping {
            return None;
        }
        let span = self.span(into);
        let json = self.is_flow(into) && (self.is_json(span.start) || self.has_quoted_keys(into) == Some(true));
        let entries = fields.iter().map(|(name, value)| entry(name, value, json));
        let first = self.entries(into).next().map(|(key, _)| self.span(key).start);
        // On lines of their own with the same indent, or between the brackets.
        let own_lines = |before: u32, comma: &str| {
            let break_ = format!("{comma}{}{}", self.line_break(), " ".repeat(self.column_of(before)?));
            let text = entries.clone().map(|entry| entry + &break_).collect();
            Some(Edit { span: Span::new(before, before), text })
        };
        let Some(first) = first else {
            if !self.is_flow(into) {
                return None;
            }
            let inner = Span::new(span.start + 1, span.end.checked_sub(1)?);
            let text = entries.collect::<Vec<_>>().join(", ");
            let blank = self.source(inner).trim().is_empty();
            return Some(Edit { span: if blank { inner } else { Span::new(inner.start, inner.start) }, text });
        };
        let lead = self.lead(first)?;
        if self.is_flow(into) {
            if lead.trim().is_empty() && !self.is_prefixed(first) {
                return own_lines(first, ",");
            }
            let text = entries.map(|entry| entry + ", ").collect();
            return Some(Edit { span: Span::new(span.start + 1, span.start + 1), text });
        }
        // What else may stand before a first key, such as `? ` or an anchor, is the key's own.
        if !lead.chars().all(|c| matches!(c, ' ' | '-')) {
            return None;
        }
        // What tells an element from its neighbours stays in front.
        match self.below_first(into).filter(|_| lead.contains('-')) {
            Some(end) => {
                let break_ = format!("{}{}", self.line_break(), " ".repeat(self.column_of(first)?));
                let text = entries.map(|entry| break_.clone() + &entry).collect();
                Some(Edit { span: Span::new(end, end), text })
            }
            None => own_lines(first, ""),
        }
    }

    /// The end of the line on which the first entry of a block mapping ends, where nothing but a comment follows it there.
    fn below_first(&self, mapping: NodeId) -> Option<u32> {
        let (key, value) = self.entries(mapping).next()?;
        let flat = match self.kind(value) {
            Kind::Scalar => self.style(value) != Style::Block,
            Kind::Mapping | Kind::Sequence => self.is_flow(value),
            Kind::Alias => true,
        };
        let span = self.span(value);
        let (end, rest) =
            if span.start < span.end { (span.end, self.tail(span.end)?) } else { self.behind_colon(self.span(key))? };
        let clean = matches!(rest.trim_start().chars().next(), None | Some('#'));
        (flat && clean).then(|| end + rest.trim_end().len() as u32)
    }

    /// Takes parts out of brackets.
    fn remove_flow(&self, from: NodeId, parts: Parts<'_>, out: &[usize]) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        let mut cut = |start: u32, end: u32| edits.push(Edit { span: Span::new(start, end), text: String::new() });
        if out.len() == parts.len() {
            let span = self.span(from);
            cut(span.start + 1, span.end.checked_sub(1)?);
            return Some(edits);
        }
        for (first, last) in runs(out) {
            let (begin, end) = (self.begin(parts.get(first)?), self.span(parts.get(last)?).end);
            let before = first.checked_sub(1).and_then(|at| parts.get(at)).map(|part| self.span(part).end);
            let next = parts.get(last + 1).map(|part| self.begin(part));
            let lead = self.lead(begin)?;
            let tail = self.tail(end)?;
            let comma = tail.trim_start_matches([' ', '\t']).strip_prefix(',');
            let rest = comma.unwrap_or(tail);
            let behind = end + (tail.len() - rest.len()) as u32;
            let rest_is_comment = matches!(rest.trim_start().chars().next(), None | Some('#'));
            // Behind what stays, the comma is needed no more, unless another one closes the list.
            let spare = |before: u32| {
                let (text, local, base) = self.around(before)?;
                let gap = text.get(local..)?;
                let inner = gap.trim_start();
                let at = base + (local + gap.len() - inner.len()) as u32;
                (inner.starts_with(',') && at < begin).then_some(at)
            };
            if lead.trim().is_empty() && rest_is_comment {
                let lines = self.lines_between(begin, behind)?;
                if next.is_none()
                    && comma.is_none()
                    && let Some(at) = before.and_then(spare)
                {
                    cut(at, at + 1);
                }
                cut(lines.above, lines.whole.end);
            } else if let Some(next) = next {
                comma?;
                let same_line = !self.source(Span::new(end, next)).contains('\n');
                let blanks = (rest.len() - rest.trim_start_matches([' ', '\t']).len()) as u32;
                let lead_blanks = (lead.len() - lead.trim_end_matches([' ', '\t']).len()) as u32;
                if same_line {
                    cut(begin, behind + blanks);
                } else {
                    cut(begin - lead_blanks, behind);
                }
            } else if let Some(before) = before {
                if !self.source(Span::new(before, begin)).contains('\n') {
                    cut(before, end);
                } else {
                    if comma.is_none()
                        && let Some(at) = spare(before)
                    {
                        cut(at, at + 1);
                    }
                    cut(begin, behind);
                }
            }
        }
        Some(edits)
    }

    /// Takes parts out of a block: whole lines, with what is said of them behind and right above.
    fn remove_block(&self, from: NodeId, parts: Parts<'_>, out: &[usize]) -> Option<Vec<Edit>> {
        let list = self.kind(from) == Kind::Sequence;
        let mut lines = Vec::with_capacity(out.len());
        for &at in out {
            let part = parts.get(at)?;
            let begin = self.begin(part);
            let marked = self.lead(begin)?.trim() == "-";
            // The dash of an element stands on its line; that of a mapping only before its first key.
            let own_dash = if list { marked } else { !marked || at == 0 };
            if !own_dash {
                return None;
            }
            lines.push(self.lines_of(Span::new(begin, self.span(part).end))?);
        }
        let cut = |start: u32, end: u32| Edit { span: Span::new(start, end), text: String::new() };
        let whole = |lines: &super::Lines| cut(lines.above, lines.whole.end);
        let first = lines.first()?;
        let begin = self.begin(parts.get(0)?);
        let in_element = !list && self.lead(begin)?.trim() == "-";
        if out.len() == parts.len() {
            // Nothing would be left but a key without a value.
            let empty = if list { "[]" } else { "{}" };
            let start = if list { first.content.start } else { begin };
            let key = self.key_of(from).map(|key| self.span(key));
            let colon = key.and_then(|key| self.behind_colon(key));
            let mut edits = Vec::with_capacity(lines.len() + 1);
            match (colon, key) {
                (Some((colon, value)), _) if matches!(value.trim_start().chars().next(), None | Some('#')) => {
                    edits.push(Edit { span: Span::new(colon, colon), text: format!(" {empty}") });
                    edits.push(whole(first));
                }
                // Behind an anchor, it must stand deeper than its key.
                (_, Some(key)) if self.column_of(start)? <= self.column_of(key.start)? => return None,
                _ => {
                    if first.above < first.whole.start && !in_element {
                        edits.push(cut(first.above, first.whole.start));
                    }
                    edits.push(Edit { span: Span::new(start, first.end), text: empty.to_owned() });
                }
            }
            edits.extend(lines.iter().skip(1).map(whole));
            return Some(edits);
        }
        let mut edits = Vec::with_capacity(lines.len());
        // The `- ` of an element stays before its first key that does.
        let leading = if in_element { out.iter().zip(0..).take_while(|(at, n)| *at == n).count() } else { 0 };
        if let Some(last) = leading.checked_sub(1).and_then(|at| lines.get(at)) {
            let next = self.begin(parts.get(leading)?);
            if self.is_prefixed(next) {
                return None;
            }
            let comment = !self.source(Span::new(last.whole.end, next)).trim().is_empty();
            edits.push(if comment { cut(first.content.start + 1, last.end) } else { cut(begin, next) });
        }
        edits.extend(lines.iter().skip(leading).map(whole));
        Some(edits)
    }
}

/// The elements of a list, or the values of a mapping.
#[derive(Clone, Copy)]
struct Parts<'d> {
    kids: &'d [u32],
    /// They are keys, which values follow.
    keys: bool,
}

impl Parts<'_> {
    fn len(self) -> usize {
        self.kids.len()
    }

    fn get(self, at: usize) -> Option<NodeId> {
        self.kids.get(at).map(|kid| NodeId::at(kid + u32::from(self.keys)))
    }

    fn last(self) -> Option<NodeId> {
        self.get(self.len().checked_sub(1)?)
    }

    fn position(self, part: NodeId) -> Option<usize> {
        let kid = part.number().checked_sub(u32::from(self.keys))?;
        // They stand in the order of the text, but where files were joined.
        self.kids.binary_search(&kid).ok().or_else(|| self.kids.iter().position(|held| *held == kid))
    }
}

/// Neighbours among ascending numbers: the first and the last of each run.
fn runs(numbers: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

/// A text on one line, perhaps within brackets.
fn written(text: &str, json: bool) -> String {
    if json { in_quotes(text) } else { in_yaml(text, true) }
}

/// A field and its value on one line.
fn entry(name: &str, value: &Value, json: bool) -> String {
    format!("{}: {}", written(name, json), value.write(json))
}
