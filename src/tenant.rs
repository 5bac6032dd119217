//! Owns a tenant as its schema sees it: one cell for each value, fields by slot, each place with one path. It must never know a rule.
//!
//! Cells stand in the order of the walk through the document, a record's, list's or map's children behind it: so a cell's
//! path is found by descending from the root, and nothing needs to point upwards.

use crate::document::{Document, Fields, Kind, NodeId};
use crate::schema::{RecordId, Schema, push_field, push_key};
use crate::source::Span;
use crate::string::Str;
use crate::value::{Duration, Exact};
use rustc_hash::FxHashMap;

mod bind;
mod scalar;

pub use bind::{Problem, bind};
pub use scalar::fits;

/// The number of a cell in its tenant.
pub type CellId = u32;

/// No cell: an absent field, an element that is `null`.
pub const NO_CELL: CellId = 0;

/// A value of a tenant, in eight bytes: there are as many as the text has values.
///
/// The first four bits tell what it says, and the others of the first half where it is written; the second half holds
/// the value, or where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    head: u32,
    body: u32,
}

/// The bits of a cell's first half that hold its node.
const NODE: u32 = (1 << 28) - 1;

impl Cell {
    /// A value, and where it is written.
    pub fn new(node: Option<NodeId>, data: Data) -> Cell {
        let (what, body) = match data {
            Data::Invalid => (0, 0),
            Data::Bool(value) => (1, u32::from(value)),
            Data::Int(n) => (2, n.cast_unsigned()),
            Data::Long(at) => (3, at),
            Data::Exact(at) => (4, at),
            Data::Text => (5, 0),
            Data::Enum(id, index) => (6, u32::from(id) << 16 | u32::from(index)),
            Data::Date(days) => (7, days.cast_unsigned()),
            Data::Duration(at) => (8, at),
            Data::Ref(at) => (9, at),
            Data::Record(at) => (10, at),
            Data::List(at) => (11, at),
            Data::Map(at) => (12, at),
        };
        Cell { head: what << 28 | node.map_or(0, NodeId::raw) & NODE, body }
    }

    /// Where it is written; an alias is not followed.
    #[inline]
    pub fn node(self) -> Option<NodeId> {
        NodeId::from_raw(self.head & NODE)
    }

    /// What it says.
    #[inline]
    pub fn data(self) -> Data {
        let body = self.body;
        match self.head >> 28 {
            1 => Data::Bool(body != 0),
            2 => Data::Int(body.cast_signed()),
            3 => Data::Long(body),
            4 => Data::Exact(body),
            5 => Data::Text,
            6 => Data::Enum((body >> 16) as u16, body as u16),
            7 => Data::Date(body.cast_signed()),
            8 => Data::Duration(body),
            9 => Data::Ref(body),
            10 => Data::Record(body),
            11 => Data::List(body),
            12 => Data::Map(body),
            _ => Data::Invalid,
        }
    }
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
    /// The key of an element elsewhere, in [`Tenant::references`].
    Ref(u32),
    /// A record, by where its slots begin in [`Tenant::slots`]; its type stands before them.
    Record(u32),
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
    /// Cells of the fields of records behind their type, and of the elements of lists behind their number.
    pub slots: Vec<CellId>,
    /// Of each reference the cell that it names, or [`NO_CELL`] where the list or map itself is absent; and its slot.
    pub references: Vec<(CellId, u16)>,
    /// Of each map its keys and cells.
    pub maps: Vec<Vec<(NodeId, CellId)>>,
    /// Long whole numbers.
    pub ints: Vec<i64>,
    /// Exact numbers.
    pub exacts: Vec<Exact>,
    /// Durations.
    pub durations: Vec<Duration>,
    /// The names of elements and references, by their cells, where the text spells them otherwise or leaves them out.
    pub names: FxHashMap<CellId, Box<str>>,
    /// The place of the document itself.
    pub start: Span,
    /// What does not fit the schema.
    pub problems: Vec<Problem>,
    /// How many more there are, and the place of the first of them.
    pub untold: Option<(usize, Span)>,
}

/// The root's cell.
pub const ROOT_CELL: CellId = 1;

/// A step from a record, list or map to what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A field of a record.
    Field(Str),
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
        self.cells.get(id as usize).map_or(Data::Invalid, |cell| cell.data())
    }

    /// The node of a cell.
    pub fn node(&self, id: CellId) -> Option<NodeId> {
        self.cells.get(id as usize).and_then(|cell| cell.node())
    }

    /// The text of a cell; of a reference the name of its element.
    pub fn text(&self, id: CellId) -> &str {
        match self.names.get(&id) {
            Some(name) => name,
            None => self.node(id).map_or("", |node| self.document.text(node)),
        }
    }

    /// The cell of a field of a record whose slots begin at `base`.
    #[inline]
    pub fn slot(&self, base: u32, slot: u16) -> CellId {
        self.slots.get(base as usize + usize::from(slot)).copied().unwrap_or(NO_CELL)
    }

    /// The type of a record whose slots begin at `base`.
    pub fn record_type(&self, base: u32) -> RecordId {
        let of = base.checked_sub(1).and_then(|before| self.slots.get(before as usize)).copied();
        of.and_then(|of| u16::try_from(of).ok()).map_or(Schema::ROOT, RecordId)
    }

    /// What a reference names, and the slot of the list that it is in.
    #[inline]
    pub fn reference(&self, at: u32) -> (CellId, u16) {
        self.references.get(at as usize).copied().unwrap_or((NO_CELL, 0))
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
    pub fn key_text(&self, element: CellId, key: u16) -> Option<&str> {
        if let Some(name) = self.names.get(&element) {
            return Some(name);
        }
        let Data::Record(base) = self.cell(element) else { return None };
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
            if let Some(alias) = self.merged_through(at, next) {
                let mut path = place.path.clone();
                push_field(&mut path, "<<");
                place.aliases.push((path, self.document.span(alias)));
            }
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

    /// The alias behind `<<` through which a mapping has what it holds.
    fn merged_through(&self, mapping: CellId, child: CellId) -> Option<NodeId> {
        let mapping = self.node(mapping).filter(|mapping| !self.document.is_simple(*mapping))?;
        let value = self.node(child)?;
        // What is written within the mapping needs no search.
        let (around, within) = (self.written(mapping), self.document.span(value));
        if around.start <= within.start && within.end <= around.end {
            return None;
        }
        let mut fields = Fields::default();
        self.document.fields(mapping, &mut fields);
        fields.entries.iter().find(|entry| entry.value == value)?.via
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
            Data::Record(base) => {
                let record = self.schema.record(self.record_type(base))?;
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
                let entries = self.map(map);
                let before = entries.partition_point(|(_, child)| *child <= id);
                let (node, child) = entries.get(before.checked_sub(1)?)?;
                Some((Step::Key(self.document.text(*node).to_owned()), *child, None))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Data};
    use crate::document::NodeId;

    #[test]
    fn a_cell_takes_eight_bytes_and_holds_what_it_was_given() {
        assert_eq!(size_of::<Cell>(), 8);
        let all = [
            Data::Invalid,
            Data::Bool(true),
            Data::Int(i32::MIN),
            Data::Long(u32::MAX),
            Data::Exact(1),
            Data::Text,
            Data::Enum(u16::MAX, 7),
            Data::Date(-1),
            Data::Duration(2),
            Data::Ref(3),
            Data::Record(4),
            Data::List(5),
            Data::Map(6),
        ];
        for data in all {
            for node in [None, NodeId::from_raw(1), NodeId::from_raw(1 << 27)] {
                let cell = Cell::new(node, data);
                assert_eq!((cell.node(), cell.data()), (node, data));
            }
        }
    }
}
