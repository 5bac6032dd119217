//! Owns a tenant as a flat arena of nodes with exact byte spans: YAML and JSON in, nothing else. It must never know a
//! schema, a policy, or what any key means.
//!
//! A node takes 8 bytes. Text is not copied: a scalar points into the text that it was read from, and only what the text
//! does not hold letter by letter (escapes, folded lines) lies in a buffer beside it. An alias is a node that refers to
//! another one; nothing is ever expanded, so no text can blow up in memory.

mod arena;
mod block;
mod change;
mod emit;
mod fields;
mod intern;
mod join;
mod load;
mod problem;
mod scalar;
mod syntax_error;
mod written;
mod yaml;

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

pub use change::{Change, Value};
pub use emit::{in_quotes, in_yaml, is_printed};
pub use fields::{Entry, Fields};
pub use intern::Sym;
#[doc(hidden)]
pub use load::compare_readers;
pub use load::{load, load_joined, load_readable, load_text, other_encoding};
pub use problem::{Problem, Warning};
pub use scalar::Scalar;
pub use written::Lines;

use crate::source::Span;
use arena::{FileText, Node, Stored};
use intern::Interner;

/// The number of a node within its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(NonZeroU32);

impl NodeId {
    /// The node of a number. What is held is one more, so that an `Option` of it takes no more room.
    #[inline]
    fn at(number: u32) -> NodeId {
        NodeId(NonZeroU32::MIN.saturating_add(number))
    }

    /// Its number.
    #[inline]
    fn number(self) -> u32 {
        self.0.get() - 1
    }

    /// A number below 2^27 that stands for it and is never 0.
    pub(crate) fn raw(self) -> u32 {
        self.0.get()
    }

    /// The node that such a number stands for; of 0 none.
    pub(crate) fn from_raw(raw: u32) -> Option<NodeId> {
        NonZeroU32::new(raw).map(NodeId)
    }

    /// A dense index, from 0 in the order of the text: for tables by node.
    pub fn index(self) -> usize {
        self.number() as usize
    }
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A text, a number, nothing: see [`Document::scalar`].
    Scalar,
    /// Keys and values: see [`Document::entries`] and [`Document::fields`].
    Mapping,
    /// Elements: see [`Document::items`].
    Sequence,
    /// `*name`: see [`Document::resolve`].
    Alias,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` or `>` and lines below.
    Block,
}

/// What a text may hold at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Levels of mappings and lists within each other; no more than 1000 whatever is given.
    pub depth: u32,
    /// Keys and values of all files of one document together; no more than 2^26 whatever is given.
    pub nodes: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 256 << 20, depth: 200, nodes: 20_000_000 }
    }
}

/// One YAML document: of a file, or of several files that were joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Root {
    /// What it holds; `None` where it holds nothing.
    pub node: Option<NodeId>,
    /// The place for what concerns the document as a whole: its first key; of another value the first line of it; of an
    /// empty document its `---`, or the first line of the file.
    pub start: Span,
    /// The offset of the first byte of its file (the first file, where several were joined).
    pub file: u32,
    /// How many nodes there would be if every alias were written out: to know before a walk that follows aliases.
    pub expanded: u64,
    /// The first alias that brings more of them than the limit.
    pub heavy: Option<Span>,
    /// Nothing is wrong with its text.
    pub sound: bool,
}

/// All documents of a text, in one arena.
///
/// Aliases are followed by everything except [`kind`](Document::kind), [`span`](Document::span) and
/// [`key_of`](Document::key_of), which speak of what is written. A node that has no entries, items or text gives none.
#[derive(Debug)]
pub struct Document {
    files: Vec<FileText>,
    nodes: Vec<Node>,
    /// Of each collection, one after the other: the offset of its end, the number of its elements or keys, and these.
    /// The value of a key is the node after it.
    kids: Vec<u32>,
    keys: Interner,
    /// Texts that are not what is written, in the order of their nodes.
    stored: Vec<Stored>,
    buffer: String,
    /// The ends of scalars of 4 MiB and more, and of keys that are not written as their text reads.
    long: FxHashMap<u32, u32>,
    /// The texts of keys that are aliases, and of those that no node has room for.
    key_syms: FxHashMap<u32, Sym>,
    /// What aliases refer to, in the order of their nodes.
    targets: Vec<(u32, u32)>,
    /// What aliases refer to, in the order of the text, once somebody has asked.
    targeted: OnceLock<Vec<NodeId>>,
    /// The offsets of the line breaks, once somebody has asked for a line.
    breaks: OnceLock<Vec<u32>>,
    roots: Vec<Root>,
    warnings: Vec<Warning>,
}

impl Document {
    /// What a node is.
    #[inline]
    pub fn kind(&self, node: NodeId) -> Kind {
        self.node(node).kind()
    }

    /// Where a node is written: a scalar from quote to quote, or from the `|` of a block to the end of its last line; a
    /// mapping or list from `{` or `[` to the end of it, or from its first key or element to the end of the last; an
    /// alias with its `*`. Anchors, tags, `- ` and `key: ` are not part of it. An empty value is the empty span after
    /// what calls for it.
    #[inline]
    pub fn span(&self, node: NodeId) -> Span {
        let found = self.node(node);
        let end = match (found.kind(), found.small()) {
            (Kind::Mapping | Kind::Sequence, _) => self.kids.get(found.first()).copied(),
            (Kind::Scalar, _) if found.is_key() => self.end_of_key(node, found),
            (_, Some(length)) => Some(found.start + length),
            (_, None) => self.long.get(&node.number()).copied(),
        };
        Span { start: found.start, end: end.unwrap_or(found.start) }
    }

    /// What a scalar is by the core schema; of a mapping or list the empty string.
    pub fn scalar(&self, node: NodeId) -> Scalar<'_> {
        let id = self.resolve(node);
        let node = self.node(id);
        if node.kind() != Kind::Scalar {
            return Scalar::Str("");
        }
        let text = self.text(id);
        match (node.tag(), node.style()) {
            (scalar::Tag::None, Style::Plain) => scalar::resolve(text),
            (scalar::Tag::None, _) => Scalar::Str(text),
            (tag, _) => scalar::resolve_tagged(text, tag),
        }
    }

    /// The content of a scalar, with escapes and folded lines resolved.
    pub fn text(&self, node: NodeId) -> &str {
        let id = self.resolve(node);
        let node = self.node(id);
        if node.kind() != Kind::Scalar {
            return "";
        }
        if node.is_key() {
            return self.keys.text(self.key_sym(id));
        }
        match node.content() {
            arena::WRITTEN if node.style() == Style::Plain => self.source(self.span(id)),
            arena::WRITTEN => {
                let span = self.span(id);
                self.source(Span { start: span.start + 1, end: span.end.saturating_sub(1) })
            }
            place => {
                let at = self.stored.binary_search_by_key(&id.number(), |stored| stored.node);
                let Some(&Stored { start, length, .. }) = at.ok().and_then(|at| self.stored.get(at)) else { return "" };
                if place == arena::IN_SOURCE {
                    self.source(Span::new(start, start.saturating_add(length)))
                } else {
                    self.buffer.get(start as usize..start as usize + length as usize).unwrap_or("")
                }
            }
        }
    }

    /// How a scalar is written.
    pub fn style(&self, node: NodeId) -> Style {
        self.node(self.resolve(node)).style()
    }

    /// Whether a scalar is written without quotes and not as a block.
    pub fn is_plain(&self, node: NodeId) -> bool {
        let node = self.node(self.resolve(node));
        node.kind() == Kind::Scalar && node.style() == Style::Plain
    }

    /// Whether a mapping or list is written with brackets.
    pub fn is_flow(&self, node: NodeId) -> bool {
        self.node(self.resolve(node)).is_flow()
    }

    /// The elements of a list.
    pub fn items(&self, node: NodeId) -> impl ExactSizeIterator<Item = NodeId> + DoubleEndedIterator + Clone + '_ {
        self.kids(node, Kind::Sequence).iter().map(|&kid| NodeId::at(kid))
    }

    /// The keys and values of a mapping as they are written, merge keys and duplicates included.
    pub fn entries(
        &self,
        node: NodeId,
    ) -> impl ExactSizeIterator<Item = (NodeId, NodeId)> + DoubleEndedIterator + Clone + '_ {
        self.kids(node, Kind::Mapping).iter().map(|&key| (NodeId::at(key), NodeId::at(key + 1)))
    }

    /// Whether the entries of a mapping are its fields: no merge keys, no duplicates.
    pub fn is_simple(&self, node: NodeId) -> bool {
        !self.node(self.resolve(node)).needs_care()
    }

    /// The key of a value in a mapping; of an element and a root none.
    pub fn key_of(&self, value: NodeId) -> Option<NodeId> {
        let before = NodeId::at(value.number().checked_sub(1)?);
        self.node(before).is_key().then_some(before)
    }

    /// The number of a key's text. Of another scalar the number that a key of the same text has, or [`Sym::NONE`].
    #[inline]
    pub fn key_sym(&self, key: NodeId) -> Sym {
        let node = self.node(key);
        match (node.is_key(), node.kind(), node.small()) {
            (true, Kind::Scalar, Some(number)) => Sym(number),
            (true, ..) => self.key_syms.get(&key.number()).copied().unwrap_or(Sym::NONE),
            (false, ..) => self.sym(self.text(key)).unwrap_or(Sym::NONE),
        }
    }

    /// The number of a key's text, if any key has it.
    pub fn sym(&self, text: &str) -> Option<Sym> {
        self.keys.get(text)
    }

    /// The text of a number.
    pub fn sym_text(&self, sym: Sym) -> &str {
        self.keys.text(sym)
    }

    /// How many numbers there are.
    pub fn sym_count(&self) -> usize {
        self.keys.len()
    }

    /// What an alias refers to; any other node itself.
    #[inline]
    pub fn resolve(&self, node: NodeId) -> NodeId {
        let found = self.node(node);
        // An anchor never stands on an alias, so one step is enough.
        if found.kind() == Kind::Alias { self.target(node).map_or(node, NodeId::at) } else { node }
    }

    /// What aliases refer to, in the order of the text.
    fn alias_targets(&self) -> &[NodeId] {
        self.targeted.get_or_init(|| {
            let mut targets: Vec<NodeId> = self.targets.iter().map(|(_, target)| NodeId::at(*target)).collect();
            targets.sort_unstable();
            targets.dedup();
            targets
        })
    }

    /// The documents of the text, at least one.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// What is odd about the text; at most a thousand.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many nodes are no keys.
    pub fn value_count(&self) -> usize {
        self.nodes.iter().filter(|node| !node.is_key()).count()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The bytes held, texts included.
    pub fn memory(&self) -> usize {
        self.files.iter().map(|file| file.text.len() + size_of::<FileText>()).sum::<usize>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.kids.capacity() * 4
            + self.stored.capacity() * size_of::<Stored>()
            + self.targets.capacity() * 8
            + self.buffer.capacity()
            + self.keys.memory()
            + (self.key_syms.capacity() + self.long.capacity()) * 9
            + self.roots.capacity() * size_of::<Root>()
            + self.warnings.capacity() * size_of::<Warning>()
    }

    #[inline]
    fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id.index()).copied().unwrap_or(Node::NONE)
    }

    fn kids(&self, node: NodeId, kind: Kind) -> &[u32] {
        let node = self.node(self.resolve(node));
        if node.kind() != kind {
            return &[];
        }
        let first = node.first() + 2;
        let count = self.kids.get(first - 1).copied().unwrap_or(0);
        self.kids.get(first..first + count as usize).unwrap_or(&[])
    }

    /// What an alias refers to.
    fn target(&self, alias: NodeId) -> Option<u32> {
        let at = self.targets.binary_search_by_key(&alias.number(), |target| target.0).ok()?;
        self.targets.get(at).map(|target| target.1)
    }

    /// Where a key ends that is a scalar: its text tells, unless it is written in another way.
    #[inline]
    fn end_of_key(&self, key: NodeId, node: Node) -> Option<u32> {
        if node.content() != arena::WRITTEN {
            return self.long.get(&key.number()).copied();
        }
        let quotes = if node.style() == Style::Plain { 0 } else { 2 };
        Some(node.start + self.keys.text(self.key_sym(key)).len() as u32 + quotes)
    }

    /// The text of a span, empty where none of the document's files has it.
    pub fn source(&self, span: Span) -> &str {
        let Span { start, end } = span;
        let file = match self.files.as_slice() {
            [file] => Some(file),
            files => files.partition_point(|file| file.base <= start).checked_sub(1).and_then(|index| files.get(index)),
        };
        file.and_then(|file| {
            file.text.get(start.checked_sub(file.base)? as usize..end.checked_sub(file.base)? as usize)
        })
        .unwrap_or("")
    }

    /// No nodes, no roots.
    fn empty() -> Document {
        Document {
            files: Vec::new(),
            nodes: Vec::new(),
            kids: Vec::new(),
            keys: Interner::new(),
            stored: Vec::new(),
            buffer: String::new(),
            long: FxHashMap::default(),
            key_syms: FxHashMap::default(),
            targets: Vec::new(),
            targeted: OnceLock::new(),
            breaks: OnceLock::new(),
            roots: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Whether all but the texts is the same, bit by bit.
    fn same(&self, other: &Document) -> bool {
        self.nodes == other.nodes
            && self.kids == other.kids
            && self.keys == other.keys
            && self.stored == other.stored
            && self.buffer == other.buffer
            && self.long == other.long
            && self.key_syms == other.key_syms
            && self.targets == other.targets
            && self.roots == other.roots
            && self.warnings == other.warnings
    }

    fn add_file(&mut self, base: u32, text: Arc<String>) {
        self.files.push(FileText { base, text });
    }

    fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.kids.shrink_to_fit();
        self.stored.shrink_to_fit();
        self.targets.shrink_to_fit();
        self.buffer.shrink_to_fit();
        self.keys.shrink();
    }
}
