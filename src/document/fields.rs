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
}

/// What a mapping effectively says. Keep one and fill it again and again: its space is used again.
#[derive(Debug, Default)]
pub struct Fields {
    /// Explicit entries in the order of the text, then merged ones; each key once.
    pub entries: Vec<Entry>,
    /// A key that stands twice: the first, which counts, and the later one.
    pub duplicates: Vec<(NodeId, NodeId)>,
    /// Values of `<<` that are neither mappings nor lists of mappings.
    pub bad_merges: Vec<NodeId>,
    /// Of each key's text the first key, and the mapping that it stands in.
    seen: FxHashMap<Sym, (NodeId, NodeId)>,
    visited: FxHashSet<NodeId>,
}

impl Fields {
    fn clear(&mut self) {
        self.entries.clear();
        self.duplicates.clear();
        self.bad_merges.clear();
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
            let entry = |(key, value)| Entry { key, value, sym: self.key_sym(key), merged: false };
            out.entries.extend(self.entries(mapping).map(entry));
            return;
        }
        self.collect(self.resolve(mapping), out, false, true);
    }

    /// `told`: whether what is wrong within this mapping is told. It is not behind an alias, for it is told where the
    /// anchored mapping itself stands. The depth of merges was bounded when the text was read.
    fn collect(&self, mapping: NodeId, out: &mut Fields, merged: bool, told: bool) {
        if !out.visited.insert(mapping) {
            return;
        }
        let mut merge = None;
        for (key, value) in self.entries(mapping) {
            let sym = self.key_sym(key);
            if sym == Sym::MERGE && self.merges_with(key) {
                match merge {
                    None => merge = Some((key, value)),
                    Some((before, _)) if told => out.duplicates.push((before, key)),
                    Some(_) => {}
                }
                continue;
            }
            match out.seen.get(&sym) {
                None => {
                    out.seen.insert(sym, (key, mapping));
                    out.entries.push(Entry { key, value, sym, merged });
                }
                // A key that another mapping has too is no duplicate.
                Some(&(before, owner)) if told && owner == mapping => out.duplicates.push((before, key)),
                Some(_) => {}
            }
        }
        let Some((_, value)) = merge else { return };
        let told_below = |node| told && self.kind(node) != Kind::Alias;
        let target = self.resolve(value);
        match self.kind(target) {
            Kind::Mapping => self.collect(target, out, true, told_below(value)),
            Kind::Sequence => {
                for item in self.items(target) {
                    if self.kind(self.resolve(item)) == Kind::Mapping {
                        self.collect(self.resolve(item), out, true, told_below(value) && told_below(item));
                    } else if told && self.scalar(item) != Scalar::Null {
                        out.bad_merges.push(item);
                    }
                }
            }
            _ if told && self.scalar(value) != Scalar::Null => out.bad_merges.push(value),
            _ => {}
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
