//! Owns the layout of nodes and the one way to append to it: both readers write through [`Builder`]. It must never know
//! YAML's syntax.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::intern::Sym;
use super::scalar::Tag;
use super::{Document, Kind, Limits, NodeId, Problem, Root, Style};
use crate::source::Span;

/// The text is what is written (between the quotes, if there are any).
pub(super) const WRITTEN: u32 = 0;
/// The text is a stretch of the source: an entry of `stored`.
pub(super) const IN_SOURCE: u32 = 1;
/// The text lies in the buffer: an entry of `stored`.
pub(super) const IN_BUFFER: u32 = 2;

/// Stands for what is not known of a collection before it is closed.
const OPEN: u32 = u32::MAX;
/// The largest number of nodes that the layout takes: their children, with an end and a count for each collection, are
/// numbered in 28 bits.
pub(super) const MOST_NODES: u32 = 1 << 26;
/// The most levels that are read, so that who walks them may recurse.
pub(super) const MOST_DEPTH: u32 = 1000;
/// How many problems of one text are told.
const MOST_PROBLEMS: usize = 100;

/// One node, in eight bytes. `a` holds its kind in bits 0 and 1, and above that
/// of a scalar: style (2 bits), tag (3), key (1), where its text is (2), and in the 22 bits that are left the number of a
/// key, of another scalar its length in bytes;
/// of an alias: key (bit 7), its length (from bit 10);
/// of a collection: flow (bit 2), merges or duplicates within (bit 3), from bit 4 the index in `kids` of its end, which
/// the number of its children and these follow; [`UNCLOSED`] while it is open.
/// What does not fit, and what few nodes have, lies in tables by node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Node {
    pub start: u32,
    pub a: u32,
}

const KEY: u32 = 1 << 7;
const FLOW: u32 = 1 << 2;
const CARE: u32 = 1 << 3;
/// The length or number that stands for all larger ones, which lie in a table.
const LONG: u32 = (1 << 22) - 1;
/// The index of a collection that is open.
const UNCLOSED: u32 = (1 << 28) - 1;

impl Node {
    pub const NONE: Node = Node { start: 0, a: 0 };

    #[inline]
    pub fn kind(self) -> Kind {
        match self.a & 3 {
            0 => Kind::Scalar,
            1 => Kind::Mapping,
            2 => Kind::Sequence,
            _ => Kind::Alias,
        }
    }

    pub fn style(self) -> Style {
        match (self.kind(), self.a >> 2 & 3) {
            (Kind::Scalar, 1) => Style::SingleQuoted,
            (Kind::Scalar, 2) => Style::DoubleQuoted,
            (Kind::Scalar, 3) => Style::Block,
            _ => Style::Plain,
        }
    }

    pub fn tag(self) -> Tag {
        Tag::from_number(self.a >> 4 & 7)
    }

    #[inline]
    pub fn is_key(self) -> bool {
        matches!(self.kind(), Kind::Scalar | Kind::Alias) && self.a & KEY != 0
    }

    pub fn content(self) -> u32 {
        self.a >> 8 & 3
    }

    pub fn is_flow(self) -> bool {
        matches!(self.kind(), Kind::Mapping | Kind::Sequence) && self.a & FLOW != 0
    }

    /// Whether a mapping has a merge key or a duplicate.
    #[inline]
    pub fn needs_care(self) -> bool {
        self.kind() == Kind::Mapping && self.a & CARE != 0
    }

    /// Of a collection: where in `kids` its end stands.
    #[inline]
    pub fn first(self) -> usize {
        (self.a >> 4) as usize
    }

    /// Of a scalar that is no key, or an alias: its length; of a scalar key its number. `None` where that is in a table.
    #[inline]
    pub fn small(self) -> Option<u32> {
        let small = self.a >> 10;
        (small < LONG).then_some(small)
    }

    /// A collection whose end is at `first` in `kids`.
    pub fn collection(start: u32, mapping: bool, care: bool, first: usize) -> Node {
        let a = if mapping { 1 } else { 2 } | if care { CARE } else { 0 } | (first as u32) << 4;
        Node { start, a }
    }
}

/// A text and the offset of its first byte.
#[derive(Debug)]
pub(super) struct FileText {
    pub base: u32,
    pub text: Arc<String>,
}

/// The text of a scalar that is not what is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stored {
    /// Whose text it is.
    pub node: u32,
    /// Where it begins, in the source or in the buffer.
    pub start: u32,
    pub length: u32,
}

/// What a scalar holds.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    /// What is written.
    Written(&'a str),
    /// A stretch of the source, from this offset.
    Source(u32, &'a str),
    /// Something else.
    Other(&'a str),
}

impl<'a> Content<'a> {
    fn text(self) -> &'a str {
        match self {
            Content::Written(text) | Content::Source(_, text) | Content::Other(text) => text,
        }
    }
}

/// A collection that is not closed yet.
struct Frame {
    node: u32,
    /// Where its children begin in `pending`.
    first: usize,
    mapping: bool,
    /// In a mapping: whether a value is due.
    value_due: bool,
    anchored: bool,
    /// Whether it has a plain `<<`.
    merges: bool,
    /// Nodes within, with aliases written out.
    weight: u64,
}

/// How far a builder was.
pub(super) struct Checkpoint {
    nodes: usize,
    kids: usize,
    keys: usize,
    stored: usize,
    buffer: usize,
    roots: usize,
    problems: usize,
    merged: u64,
}

/// Why reading stops: the problem that ends it, boxed to keep results small.
pub(super) type Stop = Box<Problem>;

/// Writes nodes.
pub(super) struct Builder {
    pub document: Document,
    pub problems: Vec<Problem>,
    limits: Limits,
    /// Children of open collections.
    pending: Vec<u32>,
    open: Vec<Frame>,
    /// Of each key's text the last mapping in which it was seen, so that duplicates cost one look each.
    seen: Vec<u32>,
    /// The number of the mapping that is being closed, from 1.
    mappings: u32,
    root: Option<NodeId>,
    root_weight: u64,
    /// The first alias that brings more nodes than the limit.
    heavy: Option<Span>,
    /// Of anchored nodes, the nodes within with aliases written out.
    weights: FxHashMap<u32, u64>,
    /// Of mappings with merges, how deep these go and how many entries they yield.
    merges: FxHashMap<u32, (u32, u64)>,
    merged: u64,
    /// The document that is being read has a problem.
    unsound: bool,
    /// It was told that there are more problems than are told.
    cut: bool,
}

impl Builder {
    /// Writes into an empty document.
    pub fn new(limits: Limits) -> Builder {
        let limits = Limits { nodes: limits.nodes.min(MOST_NODES), depth: limits.depth.min(MOST_DEPTH), ..limits };
        Builder {
            document: Document::empty(),
            problems: Vec::new(),
            limits,
            pending: Vec::new(),
            open: Vec::new(),
            seen: Vec::new(),
            mappings: 0,
            root: None,
            root_weight: 0,
            heavy: None,
            weights: FxHashMap::default(),
            merges: FxHashMap::default(),
            merged: 0,
            unsound: false,
            cut: false,
        }
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Remembers how far it is, between two texts.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            nodes: self.document.nodes.len(),
            kids: self.document.kids.len(),
            keys: self.document.keys.len(),
            stored: self.document.stored.len(),
            buffer: self.document.buffer.len(),
            roots: self.document.roots.len(),
            problems: self.problems.len(),
            merged: self.merged,
        }
    }

    /// Undoes what came after, of a text without anchors and aliases.
    pub fn restore(&mut self, to: &Checkpoint) {
        self.abandon();
        self.document.nodes.truncate(to.nodes);
        self.document.kids.truncate(to.kids);
        self.document.keys.truncate(to.keys);
        self.document.stored.truncate(to.stored);
        self.document.buffer.truncate(to.buffer);
        self.document.roots.truncate(to.roots);
        self.document.long.retain(|&node, _| (node as usize) < to.nodes);
        self.document.key_syms.retain(|&node, _| (node as usize) < to.nodes);
        self.merges.retain(|&node, _| (node as usize) < to.nodes);
        self.problems.truncate(to.problems);
        self.cut &= to.problems > MOST_PROBLEMS;
        self.merged = to.merged;
    }

    /// Notes a problem after which reading goes on.
    pub fn report(&mut self, problem: Problem) {
        self.unsound = true;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else if !std::mem::replace(&mut self.cut, true) {
            self.problems.push(Problem::More { span: problem.span(), most: MOST_PROBLEMS });
        }
    }

    /// Notes a problem that ends its document, which is told even where there are many others.
    pub fn refuse(&mut self, problem: Problem) {
        self.unsound = true;
        if self.problems.len() < 2 * MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Whether the next node is a key.
    #[inline]
    pub fn at_key(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.mapping && !frame.value_due)
    }

    /// Whether the next node is an element.
    pub fn in_sequence(&self) -> bool {
        self.open.last().is_some_and(|frame| !frame.mapping)
    }

    /// Where the innermost bracket is that is still open.
    pub fn open_bracket(&self) -> Option<u32> {
        let open = self.open.iter().rev().map(|frame| self.document.node(NodeId::at(frame.node)));
        open.filter(|node| node.a & FLOW != 0).map(|node| node.start).find(|start| *start != OPEN)
    }

    /// Forgets what is open: the text that it belongs to is refused.
    pub fn abandon(&mut self) {
        self.unsound = false;
        self.open.clear();
        self.pending.clear();
        self.root = None;
        self.root_weight = 0;
        self.heavy = None;
    }

    /// Whether no collection is open.
    pub fn at_root(&self) -> bool {
        self.open.is_empty()
    }

    /// Appends a scalar.
    #[inline]
    pub fn scalar(&mut self, span: Span, style: Style, tag: Tag, content: Content<'_>) -> Result<NodeId, Stop> {
        let a = (style as u32) << 2 | (tag as u32) << 4;
        let node = match content {
            _ if self.at_key() => self.push_key(span, a | KEY, content)?,
            Content::Written(_) => self.push_written(span, a)?,
            Content::Source(start, text) => {
                let node = self.push_written(span, a | IN_SOURCE << 8)?;
                self.store(node, start, text);
                node
            }
            Content::Other(text) => {
                let start = self.buffer(span, text)?;
                let node = self.push_written(span, a | IN_BUFFER << 8)?;
                self.store(node, start, text);
                node
            }
        };
        self.attach(node, 1);
        Ok(NodeId::at(node))
    }

    /// Appends a scalar that is a key.
    #[inline]
    fn push_key(&mut self, span: Span, a: u32, content: Content<'_>) -> Result<u32, Stop> {
        let text = content.text();
        let sym = self.document.keys.intern(text).ok_or_else(|| self.too_many(span))?;
        if sym == Sym::MERGE
            && a == KEY
            && let Some(frame) = self.open.last_mut()
        {
            frame.merges = true;
        }
        // How long it is written, its text tells: save for what is escaped, or spans lines.
        let written = matches!(content, Content::Written(_));
        let a = if written { a } else { a | IN_BUFFER << 8 };
        let node = self.push(Node { start: span.start, a: a | sym.0.min(LONG) << 10 })?;
        if !written {
            self.document.long.insert(node, span.end);
        }
        if sym.0 >= LONG {
            self.document.key_syms.insert(node, sym);
        }
        Ok(node)
    }

    /// Gives the plain value that was just appended a new end and another content.
    pub fn lengthen(&mut self, span: Span, text: &str) -> Result<(), Stop> {
        self.document.nodes.pop();
        let start = self.buffer(span, text)?;
        let node = self.push_written(span, IN_BUFFER << 8)?;
        if self.document.stored.last().is_some_and(|stored| stored.node == node) {
            self.document.stored.pop();
        }
        self.store(node, start, text);
        Ok(())
    }

    /// Opens a mapping or list; `start` is where its bracket is, or `None` for where its first child will be.
    #[inline]
    pub fn open(&mut self, mapping: bool, flow: bool, start: Option<u32>, place: Span) -> Result<NodeId, Stop> {
        if self.at_key() {
            let kind = if mapping { "mapping" } else { "list" };
            self.report(Problem::KeyNotScalar { span: place, kind });
        }
        if self.open.len() >= self.limits.depth as usize {
            return Err(Box::new(Problem::TooDeep { span: place, limit: self.limits.depth }));
        }
        let a = if mapping { 1 } else { 2 } | if flow { FLOW } else { 0 } | UNCLOSED << 4;
        let node = self.push(Node { start: start.unwrap_or(OPEN), a })?;
        self.attach(node, 0);
        self.open.push(Frame {
            node,
            first: self.pending.len(),
            mapping,
            value_due: false,
            anchored: false,
            merges: false,
            weight: 1,
        });
        Ok(NodeId::at(node))
    }

    /// Closes the innermost collection; `end` is the end of its bracket, or `None` for the end of its last child.
    #[inline]
    pub fn close(&mut self, end: Option<u32>) {
        let Some(frame) = self.open.pop() else { return };
        let kids = self.pending.get(frame.first..).unwrap_or(&[]);
        let document = &mut self.document;
        let first_start = kids.first().map_or(0, |&kid| document.node(NodeId::at(kid)).start);
        let mut last_end = kids.last().map_or(first_start, |&kid| document.span(NodeId::at(kid)).end);
        let mut care = frame.merges;
        if frame.mapping {
            self.mappings += 1;
            if self.seen.len() < document.keys.len() {
                self.seen.resize(document.keys.len().next_power_of_two(), 0);
            }
            for &kid in kids {
                let sym = document.key_sym(NodeId::at(kid));
                if let Some(seen) = self.seen.get_mut(sym.index()) {
                    care |= *seen == self.mappings;
                    *seen = self.mappings;
                }
            }
            if let Some(&key) = kids.last() {
                last_end = last_end.max(document.span(NodeId::at(key + 1)).end);
            }
        }
        let first = document.kids.len();
        if let Some(node) = document.nodes.get_mut(frame.node as usize) {
            let start = if node.start == OPEN { first_start } else { node.start };
            document.kids.push(end.unwrap_or(last_end).max(start));
            let flow = node.a & FLOW;
            *node = Node::collection(start, frame.mapping, care, first);
            node.a |= flow;
        }
        document.kids.push(kids.len() as u32);
        document.kids.extend_from_slice(kids);
        self.pending.truncate(frame.first);
        if frame.merges {
            self.weigh_merges(NodeId::at(frame.node));
        }
        if frame.anchored {
            self.weights.insert(frame.node, frame.weight);
        }
        self.add_weight(frame.weight);
    }

    /// Appends an alias of a closed node. A key must be an alias of a scalar.
    pub fn alias(&mut self, span: Span, target: NodeId) -> Result<NodeId, Stop> {
        let mut a = 3;
        let found = self.document.node(target);
        let key = self.at_key();
        if key {
            a |= KEY;
            if found.kind() != Kind::Scalar {
                let kind = if found.kind() == Kind::Mapping { "mapping" } else { "list" };
                self.report(Problem::KeyNotScalar { span, kind });
            }
        }
        let node = self.push_written(span, a)?;
        self.document.targets.push((node, target.number()));
        if key {
            // The text lies in the document that the new number goes into.
            let text = self.document.text(target).to_owned();
            let sym = self.document.keys.intern(&text).ok_or_else(|| self.too_many(span))?;
            self.document.key_syms.insert(node, sym);
        }
        self.attach(node, self.weights.get(&target.number()).copied().unwrap_or(1));
        let weight = self.open.last().map_or(self.root_weight, |frame| frame.weight);
        if weight > u64::from(self.limits.nodes) {
            self.heavy.get_or_insert(span);
        }
        Ok(NodeId::at(node))
    }

    /// Whether a node is a collection that is still open.
    pub fn is_open(&self, node: NodeId) -> bool {
        let node = self.document.node(node);
        matches!(node.kind(), Kind::Mapping | Kind::Sequence) && node.first() == UNCLOSED as usize
    }

    /// Notes that aliases may refer to the node that was just appended or opened.
    pub fn anchor(&mut self, node: NodeId) {
        match self.open.last_mut() {
            Some(frame) if frame.node == node.number() => frame.anchored = true,
            _ => {
                self.weights.insert(node.number(), 1);
            }
        }
    }

    /// Ends a document: `empty` is its place if it holds nothing.
    pub fn end_root(&mut self, file: u32, empty: Span) {
        let node = self.root.take();
        let start = node.map_or(empty, |node| self.start_of(node));
        let sound = !std::mem::take(&mut self.unsound);
        let (expanded, heavy) = (std::mem::take(&mut self.root_weight), self.heavy.take());
        self.document.roots.push(Root { node, start, file, expanded, heavy, sound });
    }

    /// The place of a whole document that holds something.
    fn start_of(&self, root: NodeId) -> Span {
        if let Some((key, _)) = self.document.entries(root).next() {
            return self.document.span(key);
        }
        let span = self.document.span(root);
        let text = self.document.source(span);
        let line = text.find(['\n', '\r']).unwrap_or(text.len());
        Span::new(span.start, span.start + line as u32)
    }

    /// Appends a node that belongs nowhere yet.
    #[inline]
    pub fn push(&mut self, node: Node) -> Result<u32, Stop> {
        let number = self.document.nodes.len();
        if number >= self.limits.nodes as usize {
            // A collection without brackets starts where the last node is about to end.
            let last = self.document.span(NodeId::at((number as u32).saturating_sub(1))).end;
            let start = if node.start == OPEN { last } else { node.start };
            return Err(self.too_many(Span::new(start, start)));
        }
        self.document.nodes.push(node);
        Ok(number as u32)
    }

    /// Appends a scalar or an alias.
    #[inline]
    fn push_written(&mut self, span: Span, a: u32) -> Result<u32, Stop> {
        let length = span.end - span.start;
        let node = self.push(Node { start: span.start, a: a | length.min(LONG) << 10 })?;
        if length >= LONG {
            self.document.long.insert(node, span.end);
        }
        Ok(node)
    }

    /// Appends a key like another one, whose value is to follow.
    pub fn copy_key(&mut self, key: NodeId) -> Result<u32, Stop> {
        let copy = self.push(self.document.node(key))?;
        if let Some(&end) = self.document.long.get(&key.number()) {
            self.document.long.insert(copy, end);
        }
        if let Some(&sym) = self.document.key_syms.get(&key.number()) {
            self.document.key_syms.insert(copy, sym);
        }
        if let Some(target) = self.document.target(key) {
            self.document.targets.push((copy, target));
        }
        Ok(copy)
    }

    /// Puts a node into the innermost collection.
    #[inline]
    fn attach(&mut self, node: u32, weight: u64) {
        match self.open.last_mut() {
            None => {
                self.root = Some(NodeId::at(node));
                self.root_weight = weight;
            }
            Some(frame) => {
                frame.weight = frame.weight.saturating_add(weight);
                if !frame.value_due {
                    self.pending.push(node);
                }
                frame.value_due = frame.mapping && !frame.value_due;
            }
        }
    }

    fn add_weight(&mut self, weight: u64) {
        let total = self.open.last_mut().map_or(&mut self.root_weight, |frame| &mut frame.weight);
        *total = total.saturating_add(weight);
    }

    /// Puts a text into the buffer, and gives its place there.
    fn buffer(&mut self, span: Span, text: &str) -> Result<u32, Stop> {
        let start = u32::try_from(self.document.buffer.len()).map_err(|_| self.too_many(span))?;
        self.document.buffer.push_str(text);
        Ok(start)
    }

    fn store(&mut self, node: u32, start: u32, text: &str) {
        self.document.stored.push(Stored { node, start, length: text.len() as u32 });
    }

    fn too_many(&self, span: Span) -> Stop {
        Box::new(Problem::TooManyNodes { span, limit: self.limits.nodes })
    }

    /// Bounds what the merges of a mapping yield, so that nobody who resolves them later has to.
    pub fn weigh_merges(&mut self, mapping: NodeId) {
        let document = &self.document;
        let Some((key, value)) = document.entries(mapping).find(|&(key, _)| document.merges_with(key)) else {
            return;
        };
        let (mut depth, mut size) = (0, document.entries(mapping).len() as u64);
        let mut add = |target: NodeId| {
            let target = document.resolve(target);
            let node = document.node(target);
            if node.kind() == Kind::Mapping {
                let (below, entries) =
                    self.merges.get(&target.number()).copied().unwrap_or((0, document.entries(target).len() as u64));
                depth = depth.max(below + 1);
                size = size.saturating_add(entries);
            }
        };
        document.items(value).for_each(&mut add);
        add(value);
        self.merges.insert(mapping.number(), (depth, size));
        self.merged = self.merged.saturating_add(size);
        let span = document.span(key);
        if depth > self.limits.depth {
            self.report(Problem::TooManyMerged { span, limit: self.limits.depth, what: "levels" });
        } else if self.merged > u64::from(self.limits.nodes) {
            self.report(Problem::TooManyMerged { span, limit: self.limits.nodes, what: "entries" });
            // Once is enough: all later merges would be too many as well.
            self.merged = 0;
        }
    }
}
