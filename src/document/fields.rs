//! Owns what a mapping effectively says: merge keys resolved, duplicates set aside. It must never know which fields anyone
//! expects.

use rustc_hash::{FxHashMap, FxHashSet};

use super::scalar::Tag;
use super::{Document, Kind, NodeId, Scalar, Style, Sym};

/// A field of a mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its key.
    pub key: NodeId,
    /// Its value.
    pub value: NodeId,
    /// The number of the key's text.
    pub sym: Sym,
    /// Whether it comes from another mapping, through `<<`.
    pub merged: bool,
    /// The alias within this mapping's own `<<` through which it comes.
    pub via: Option<NodeId>,
    /// Whether this is surely what the mapping says: the key stands once, and no merge that cannot be read may have given
    /// it before.
    pub sure: bool,
}

/// What a mapping effectively says. Keep one and fill it again and again: its space is used again.
#[derive(Debug, Default)]
pub struct Fields {
    /// Explicit entries in the order of the text, then merged ones; each key once.
    pub entries: Vec<Entry>,
    /// A key that stands twice: the first, the later one, and the alias through which both come.
    pub duplicates: Vec<(NodeId, NodeId, Option<NodeId>)>,
    /// Values of `<<` that are neither mappings nor lists of mappings, and the alias through which they come.
    pub bad_merges: Vec<(NodeId, Option<NodeId>)>,
    /// Whether a merge cannot be read: there may be other fields than the entries.
    pub broken: bool,
    /// Of each key's text its place in the entries, and the mapping that it stands in.
    seen: FxHashMap<Sym, (usize, NodeId)>,
    visited: FxHashSet<NodeId>,
}

impl Fields {
    /// Forgets what it holds.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.duplicates.clear();
        self.bad_merges.clear();
        self.broken = false;
        self.seen.clear();
        self.visited.clear();
    }
}

impl Document {
    /// Works out the fields of a mapping: explicit keys win wherever they stand, then the first merged mapping that has
    /// the key; of duplicates the first stays. A merge of nothing (`null`) adds nothing.
    pub fn fields(&self, mapping: NodeId, out: &mut Fields) {
        out.clear();
        if self.is_simple(mapping) {
            let entry = |(key, value)| {
                let sym = self.key_sym(key);
                Entry { key, value, sym, merged: false, via: None, sure: true }
            };
            out.entries.extend(self.entries(mapping).map(entry));
            return;
        }
        self.collect(self.resolve(mapping), out, false, None);
    }

    /// `via`: the alias through which the mapping is reached. The depth of merges was bounded when the text was read.
    fn collect(&self, mapping: NodeId, out: &mut Fields, merged: bool, via: Option<NodeId>) {
        if !out.visited.insert(mapping) {
            return;
        }
        let mut merge = None;
        for (key, value) in self.entries(mapping) {
            let sym = self.key_sym(key);
            if sym == Sym::MERGE && self.merges_with(key) {
                match merge {
                    None => merge = Some((key, value)),
                    Some((before, _)) => {
                        // Nobody knows which of them counts.
                        out.duplicates.push((before, key, via));
                        out.broken = true;
                    }
                }
                continue;
            }
            match out.seen.get(&sym) {
                None => {
                    out.seen.insert(sym, (out.entries.len(), mapping));
                    out.entries.push(Entry { key, value, sym, merged, via, sure: true });
                }
                // A key that another mapping has too is no duplicate.
                Some(&(first, owner)) if owner == mapping => {
                    if let Some(first) = out.entries.get_mut(first) {
                        out.duplicates.push((first.key, key, via));
                        first.sure = false;
                    }
                }
                Some(_) => {}
            }
        }
        let Some((_, value)) = merge else { return };
        let through = |node| via.or((self.kind(node) == Kind::Alias).then_some(node));
        let target = self.resolve(value);
        match self.kind(target) {
            Kind::Mapping => self.merge(target, out, through(value)),
            Kind::Sequence => {
                for item in self.items(target) {
                    if self.kind(self.resolve(item)) == Kind::Mapping {
                        self.merge(self.resolve(item), out, through(value).or(through(item)));
                    } else if self.scalar(item) != Scalar::Null {
                        out.bad_merges.push((item, through(value).or(through(item))));
                        out.broken = true;
                    }
                }
            }
            _ if self.scalar(value) != Scalar::Null => {
                out.bad_merges.push((value, through(value)));
                out.broken = true;
            }
            _ => {}
        }
    }

    /// What comes behind a merge that cannot be read may have been given by it already.
    fn merge(&self, mapping: NodeId, out: &mut Fields, via: Option<NodeId>) {
        let (before, doubtful) = (out.entries.len(), out.broken);
        self.collect(mapping, out, true, via);
        for entry in out.entries.iter_mut().skip(before).filter(|_| doubtful) {
            entry.sure = false;
        }
    }

    /// Whether a key merges: a plain `<<`, neither quoted nor tagged nor an alias.
    pub(super) fn merges_with(&self, key: NodeId) -> bool {
        let node = self.node(key);
        self.key_sym(key) == Sym::MERGE
            && node.kind() == Kind::Scalar
            && node.style() == Style::Plain
            && node.tag() == Tag::None
    }
}
