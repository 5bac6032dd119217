//! Owns the reading of small YAML files of known keys, manifests and projects, each complaint at its place. It must never know which file it reads.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::{self, Document, Kind, Limits, NodeId, Scalar};
use crate::source::{Sources, Span};

/// The deepest that such a file goes.
const DEPTH: u32 = 16;

/// What is at a place of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct At<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A file, as far as it is read: what its keys hold, and what is wrong with it.
pub struct Keyed {
    document: Document,
    /// How people call the file.
    name: &'static str,
    code: &'static str,
    /// Its entries: each a known key, once.
    entries: Vec<(String, NodeId, NodeId)>,
    /// What is wrong.
    pub errors: Vec<Diagnostic>,
}

/// Reads a file, whose first byte is at `base`, for the keys that it may hold.
///
/// # Errors
/// What keeps it from being read at all.
pub fn read(
    text: &str,
    base: u32,
    (name, code): (&'static str, &'static str),
    known: &[&str],
) -> Result<Keyed, Vec<Diagnostic>> {
    let mut sources = Sources::starting_at(base);
    let limits = Limits { depth: DEPTH, ..Limits::default() };
    let document = document::load_text(&mut sources, name, Arc::new(text.to_owned()), limits).map_err(|problems| {
        let tell = |it: &document::Problem| Diagnostic::error(code, it.span(), it.to_string()).help(it.help());
        problems.iter().map(tell).collect::<Vec<_>>()
    })?;
    let mut file = Keyed { document, name, code, entries: Vec::new(), errors: Vec::new() };
    let roots: Vec<_> = file.document.roots().to_vec();
    if let [_, second, ..] = roots.as_slice() {
        let error = file.error(second.start, format!("`{name}` is one document"));
        file.errors.push(error.help("take out the `---`"));
    }
    if let Some(root) = roots.first().and_then(|root| root.node).filter(|root| !file.is_nothing(*root)) {
        file.take(root, known);
    }
    Ok(file)
}

impl Keyed {
    fn take(&mut self, root: NodeId, known: &[&str]) {
        let keys = format!("its keys are {}", listed(known));
        if self.kind(root) != Kind::Mapping {
            let error = self.error(self.document.span(root), format!("`{}` holds keys and their values", self.name));
            return self.errors.push(error.help(keys));
        }
        let written: Vec<(NodeId, NodeId)> = self.document.entries(root).collect();
        for (key, value) in written {
            let (text, span) = (self.document.text(key).to_owned(), self.document.span(key));
            let before = self.entries.iter().find(|(name, ..)| *name == text).map(|(_, key, _)| *key);
            if let Some(before) = before {
                let error = self.error(span, format!("`{text}` stands twice in `{}`", self.name));
                let first = self.document.span(before);
                self.errors.push(error.and_at(first, "it stands here first").help("keep one of them"));
            } else if !known.contains(&text.as_str()) {
                let error = self.error(span, format!("`{}` has no key `{text}`", self.name)).help(keys.clone());
                self.errors.push(error.help_if(did_you_mean(&text, known.iter().copied())));
            } else {
                self.entries.push((text, key, value));
            }
        }
    }

    /// The value of a key; none where it is left out, or nothing is written there.
    fn value(&self, key: &str) -> Option<NodeId> {
        let (.., value) = self.entries.iter().find(|(name, ..)| name == key)?;
        (!self.is_nothing(*value)).then_some(*value)
    }

    /// Those of some keys that have no value.
    pub fn missing<'k>(&self, keys: &[&'k str]) -> Vec<&'k str> {
        keys.iter().copied().filter(|key| self.value(key).is_none()).collect()
    }

    /// The place for what concerns the file as a whole: its first key.
    pub fn start(&self) -> Span {
        self.document.roots().first().map_or(Span::default(), |root| root.start)
    }

    /// Where the value of a key is written, or the start of the file.
    pub fn place(&self, key: &str) -> Span {
        self.value(key).map_or_else(|| self.start(), |value| self.document.span(value))
    }

    /// A text, however it is written: a version may look like a number.
    pub fn text(&mut self, key: &str) -> Option<At<String>> {
        let value = self.value(key)?;
        self.text_of(value, &format!("`{key}` is a text"))
    }

    fn text_of(&mut self, value: NodeId, wanted: &str) -> Option<At<String>> {
        let span = self.document.span(value);
        if self.kind(value) != Kind::Scalar || self.is_nothing(value) {
            let found = match self.kind(value) {
                Kind::Mapping => "a map",
                Kind::Sequence => "a list",
                Kind::Scalar | Kind::Alias => "nothing",
            };
            let error = self.error(span, format!("{wanted}, and not {found}"));
            self.errors.push(error.help("put it in quotes if it is a text: `{` and `[` open maps and lists in YAML"));
            return None;
        }
        Some(At { value: self.document.text(value).to_owned(), span })
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &str) -> Vec<At<String>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if self.kind(value) != Kind::Sequence {
            let span = self.document.span(value);
            let help = match self.kind(value) {
                Kind::Scalar => format!("write `{key}: [{}]`", self.document.written(value)),
                _ => format!("write `{key}: [\"…\", \"…\"]`"),
            };
            let error = self.error(span, format!("`{key}` is a list of texts"));
            self.errors.push(error.help(help));
            return Vec::new();
        }
        let items: Vec<NodeId> = self.document.items(value).collect();
        items.into_iter().filter_map(|item| self.text_of(item, &format!("`{key}` is a list of texts"))).collect()
    }

    /// One of some words.
    pub fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let At { value, span } = self.text_of(self.value(key)?, &format!("`{key}` is {}", either(&names)))?;
        let found = words.iter().find(|(name, _)| *name == value).map(|(_, word)| *word);
        if found.is_none() {
            let error = self.error(span, format!("`{key}` is {}, and not `{value}`", either(&names)));
            self.errors.push(error.help("write one of them").help_if(did_you_mean(&value, names)));
        }
        found
    }

    /// The entries of a map, each at its place, and its value as `read` takes it.
    pub fn map<T>(&mut self, key: &str, read: impl Fn(&Document, NodeId) -> T) -> Vec<(At<String>, T)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if self.kind(value) != Kind::Mapping {
            let error = self.error(self.document.span(value), format!("`{key}` is a map of keys to values"));
            self.errors.push(error.help(format!("write each on its own line below `{key}:`, further in")));
            return Vec::new();
        }
        let mut found: Vec<(At<String>, T)> = Vec::new();
        for (name, value) in self.document.entries(value) {
            let (key, whole) = (self.document.span(name), self.document.span(value));
            let span = Span::new(key.start, whole.end.max(key.end));
            let text = self.document.text(name).to_owned();
            if let Some((before, _)) = found.iter().find(|(known, _)| known.value == text) {
                let error = self.error(span, format!("`{text}` is set twice"));
                self.errors.push(error.and_at(before.span, "it is set here first").help("keep one of them"));
                continue;
            }
            found.push((At { value: text, span }, read(&self.document, value)));
        }
        found
    }

    fn kind(&self, node: NodeId) -> Kind {
        self.document.kind(self.document.resolve(node))
    }

    fn is_nothing(&self, node: NodeId) -> bool {
        self.kind(node) == Kind::Scalar && self.document.scalar(node) == Scalar::Null
    }

    fn error(&self, span: Span, message: String) -> Diagnostic {
        Diagnostic::error(self.code, span, message)
    }
}

/// `` `a`, `b` and `c` ``
pub fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// `` `a`, `b` or `c` ``
fn either(names: &[&str]) -> String {
    listed(names).replace("` and `", "` or `")
}
