//! Owns a tenant as its schema sees it: one cell for each value, fields by slot, each place with one path. It must never know a rule.
//!
//! Cells stand in the order of the walk through the document, a record's, list's or map's children behind it: so a cell's
//! path is found by descending from the root, and nothing needs to point upwards.

use crate::document::{Document, Kind, NodeId};
use crate::schema::{Schema, push_field, push_key};
use crate::source::Span;
use crate::value::{Duration, Exact};

mod bind;
mod scalar;

pub use bind::{Problem, bind};
pub use scalar::fits;

/// The number of a cell in its tenant.
pub type CellId = u32;

/// No cell: an absent field, an element that is `null`.
pub const NO_CELL: CellId = 0;

/// A value of a tenant, in twelve bytes: there are as many as the text has values.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Where it is written; an alias is not followed.
    pub node: Option<NodeId>,
    /// What it says.
    pub data: Data,
}

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Data {
    /// It does not fit its type, which is reported already.
    Invalid,
    /// A truth value.
    Bool(bool),
    /// A whole number of 32 bits.
    Int(i32),
    /// A whole number, in [`Tenant::ints`].
    Long(u32),
    /// A decimal or percentage, in [`Tenant::exacts`].
    Exact(u32),
    /// A string, or a word beside a number: the text of its node.
    Text,
    /// A value of an enum: the enum, and the place in it.
    Enum(u16, u16),
    /// Days since 1970-01-01.
    Date(i32),
    /// A duration, in [`Tenant::durations`].
    Duration(u32),
    /// The key of an element elsewhere: its cell, or [`NO_CELL`] where the list itself is absent; and the slot of that list.
    Ref(CellId, u16),
    /// A record: where its slots begin in [`Tenant::slots`], and its type.
    Record(u32, u16),
    /// A list, by where it stands in [`Tenant::slots`]: how many elements there are, then the elements.
    List(u32),
    /// A map, by its place in [`Tenant::maps`].
    Map(u32),
}

/// A tenant, bound to its schema.
#[derive(Debug)]
pub struct Tenant<'d> {
    /// The text it came from.
    pub document: &'d Document,
    /// Its types.
    pub schema: &'d Schema,
    /// Its cells; the first one is never used, the second is the root.
    pub cells: Vec<Cell>,
    /// Cells of the fields of records, and of the elements of lists behind their number.
    pub slots: Vec<CellId>,
    /// Of each map its keys and cells.
    pub maps: Vec<Vec<(NodeId, CellId)>>,
    /// Long whole numbers.
    pub ints: Vec<i64>,
    /// Exact numbers.
    pub exacts: Vec<Exact>,
    /// Durations.
    pub durations: Vec<Duration>,
    /// The place of the document itself.
    pub start: Span,
    /// What does not fit the schema.
    pub problems: Vec<Problem>,
}

/// The root's cell.
pub const ROOT_CELL: CellId = 1;

/// A step from a record, list or map to what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A field of a record.
    Field(String),
    /// An element of a list, by its place.
    Index(usize),
    /// An element of a keyed list, or an entry of a map.
    Key(String),
}

impl Step {
    /// Writes the step behind a path.
    pub fn push(&self, path: &mut String) {
        match self {
            Step::Field(name) => push_field(path, name),
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) => push_key(path, key),
        }
    }
}

/// Where a cell stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its path.
    pub path: String,
    /// Where it is written; of an alias, the anchored value.
    pub span: Span,
    /// Where what it lacks would belong: the key whose record it is, or the start of an element.
    pub lack: Span,
    /// The aliases through which it is reached: their paths and places.
    pub aliases: Vec<(String, Span)>,
    /// The steps from the root.
    pub steps: Vec<Step>,
}

impl<'d> Tenant<'d> {
    /// A cell.
    #[inline]
    pub fn cell(&self, id: CellId) -> Data {
        self.cells.get(id as usize).map_or(Data::Invalid, |cell| cell.data)
    }

    /// The node of a cell.
    pub fn node(&self, id: CellId) -> Option<NodeId> {
        self.cells.get(id as usize).and_then(|cell| cell.node)
    }

    /// The text of a cell.
    pub fn text(&self, id: CellId) -> &'d str {
        self.node(id).map_or("", |node| self.document.text(node))
    }

    /// The cell of a field of a record whose slots begin at `base`.
    #[inline]
    pub fn slot(&self, base: u32, slot: u16) -> CellId {
        self.slots.get(base as usize + usize::from(slot)).copied().unwrap_or(NO_CELL)
    }

    /// Where the elements of a list begin in [`Tenant::slots`], and how many there are.
    #[inline]
    pub fn list(&self, at: u32) -> (u32, u32) {
        (at + 1, self.slots.get(at as usize).copied().unwrap_or(0))
    }

    /// The elements of a list, by where they begin and how many there are; [`NO_CELL`] for `null`.
    #[inline]
    pub fn elements(&self, first: u32, count: u32) -> &[CellId] {
        self.slots.get(first as usize..first as usize + count as usize).unwrap_or(&[])
    }

    /// The entries of a map.
    pub fn map(&self, at: u32) -> &[(NodeId, CellId)] {
        self.maps.get(at as usize).map_or(&[], Vec::as_slice)
    }

    /// The key that names an element of a keyed list.
    pub fn key_text(&self, element: CellId, key: u16) -> Option<&'d str> {
        let Data::Record(base, _) = self.cell(element) else { return None };
        let cell = self.slot(base, key);
        match self.cell(cell) {
            Data::Invalid => None,
            _ if cell == NO_CELL => None,
            _ => Some(self.text(cell)),
        }
    }

    fn written(&self, node: NodeId) -> Span {
        self.document.span(self.document.resolve(node))
    }

    /// Where a cell stands: its path and its place in the text.
    pub fn place(&self, id: CellId) -> Place {
        let mut place =
            Place { path: String::new(), span: self.start, lack: self.start, aliases: Vec::new(), steps: Vec::new() };
        let mut at = ROOT_CELL;
        let mut key = None;
        while at != id {
            let Some((step, next, next_key)) = self.child_towards(at, id, key) else { break };
            step.push(&mut place.path);
            place.steps.push(step);
            at = next;
            key = next_key;
            if let Some(node) = self.node(at) {
                place.span = self.written(node);
                place.lack = match self.document.key_of(node) {
                    Some(key) => self.document.span(key),
                    None => self.start_of(node),
                };
                if self.document.kind(node) == Kind::Alias {
                    place.aliases.push((place.path.clone(), self.document.span(node)));
                }
            }
        }
        place
    }

    /// The child of `at` that is `id` or holds it.
    pub fn child(&self, at: CellId, id: CellId) -> Option<CellId> {
        self.child_towards(at, id, None).map(|(_, child, _)| child)
    }

    /// The record, list or map that holds a cell.
    pub fn parent(&self, id: CellId) -> Option<CellId> {
        let mut at = ROOT_CELL;
        while at != id {
            let child = self.child(at, id)?;
            if child == id {
                return Some(at);
            }
            at = child;
        }
        None
    }

    /// What tells an element without a key from its neighbours: its text, or a hash of it where it is long.
    pub fn fingerprint_text(&self, id: CellId) -> String {
        let Some(node) = self.node(id) else { return String::new() };
        let target = self.document.resolve(node);
        match self.document.kind(target) {
            Kind::Scalar => self.document.text(target).to_owned(),
            _ => blake3::hash(self.document.written(target).as_bytes()).to_hex().chars().take(16).collect(),
        }
    }

    /// The place of an element's first key; of a flow mapping its brace.
    fn start_of(&self, node: NodeId) -> Span {
        let target = self.document.resolve(node);
        let span = self.document.span(target);
        if !self.document.is_flow(target)
            && let Some((key, _)) = self.document.entries(target).next()
        {
            return self.document.span(key);
        }
        Span::new(span.start, span.end.min(span.start + 1))
    }

    /// The child of `at` that is `id` or holds it, and of a keyed list the slot of its key.
    fn child_towards(&self, at: CellId, id: CellId, key: Option<u16>) -> Option<(Step, CellId, Option<u16>)> {
        match self.cell(at) {
            Data::Record(base, record) => {
                let record = self.schema.records.get(usize::from(record))?;
                let children =
                    record.fields.iter().enumerate().map(|(slot, field)| (self.slot(base, slot as u16), field));
                let (child, field) =
                    children.filter(|(child, _)| *child != NO_CELL && *child <= id).max_by_key(|(c, _)| *c)?;
                Some((Step::Field(field.name.clone()), child, field.key))
            }
            Data::List(list) => {
                let (first, count) = self.list(list);
                let elements = self.elements(first, count);
                // Ascending but for `null`s, which take the side of what stands before them.
                let (mut low, mut high) = (0, elements.len());
                while low < high {
                    let middle = low + (high - low) / 2;
                    let before = elements.get(..=middle)?.iter().rev().find(|child| **child != NO_CELL);
                    if before.is_none_or(|child| *child <= id) { low = middle + 1 } else { high = middle }
                }
                let index = elements.get(..low)?.iter().rposition(|child| *child != NO_CELL)?;
                let child = elements.get(index).copied()?;
                let step = key
                    .and_then(|key| self.key_text(child, key))
                    .map_or(Step::Index(index), |k| Step::Key(k.to_owned()));
                Some((step, child, None))
            }
            Data::Map(map) => {
                let (node, child) = self.map(map).iter().rev().find(|(_, child)| *child != NO_CELL && *child <= id)?;
                Some((Step::Key(self.document.text(*node).to_owned()), *child, None))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_takes_twelve_bytes() {
        assert_eq!(size_of::<super::Cell>(), 12);
    }
}
