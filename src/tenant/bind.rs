//! Owns the walk that binds a document to its schema, and what it finds on the way. It must never know a rule.

use super::scalar::{Fit, fit, near, show};
use super::{Cell, CellId, Data, NO_CELL, Tenant};
use crate::document::{Document, Fields, Kind, NodeId, Root, Scalar, Sym};
use crate::lang::{Beside, Lang};
use crate::schema::{Absent, RecordId, Schema, Type, TypeKind, push_field, push_key};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// What does not fit the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `schema/unknown-field` and its kin.
    pub rule: &'static str,
    /// The path of what does not fit.
    pub path: String,
    /// Where it is written.
    pub span: Span,
    /// One line.
    pub message: String,
    /// Another place that it has to do with: its path, its place, and how.
    pub related: Option<(String, Span, Beside)>,
    /// The place is inside an anchored value.
    pub shared: bool,
}

/// The deepest that values may lie within each other once aliases are followed.
const DEPTH: usize = 500;

struct Pending {
    cell: CellId,
    slot: u16,
    path: String,
    span: Span,
}

struct Binder<'d> {
    tenant: Tenant<'d>,
    path: String,
    /// How many fields the records on the way down have left open.
    spare: Vec<Fields>,
    slots_of: SlotTable,
    pending: Vec<Pending>,
    depth: usize,
    within_alias: usize,
    lang: Lang,
}

/// Which slot a key's number is, for each record type.
enum SlotTable {
    Dense(Vec<u16>, usize),
    Sparse(FxHashMap<(u16, usize), u16>),
}

const NO_SLOT: u16 = u16::MAX;

impl SlotTable {
    fn new(document: &Document, schema: &Schema) -> SlotTable {
        let (records, syms) = (schema.records.len(), document.sym_count());
        let known = schema.records.iter().enumerate().flat_map(|(record, r)| {
            r.fields.iter().enumerate().filter_map(move |(slot, field)| {
                document.sym(&field.name).map(|sym| (record, sym.index(), slot as u16))
            })
        });
        if records.saturating_mul(syms) <= 4_000_000 {
            let mut table = vec![NO_SLOT; records * syms];
            for (record, sym, slot) in known {
                if let Some(entry) = table.get_mut(record * syms + sym) {
                    *entry = slot;
                }
            }
            SlotTable::Dense(table, syms)
        } else {
            SlotTable::Sparse(known.map(|(record, sym, slot)| ((record as u16, sym), slot)).collect())
        }
    }

    fn slot(&self, record: RecordId, sym: Sym) -> Option<u16> {
        let slot = match self {
            SlotTable::Dense(table, syms) => {
                if sym.index() >= *syms {
                    return None;
                }
                table.get(usize::from(record.0) * syms + sym.index()).copied()?
            }
            SlotTable::Sparse(table) => table.get(&(record.0, sym.index())).copied()?,
        };
        (slot != NO_SLOT).then_some(slot)
    }
}

/// Binds one document to a schema: what fits becomes cells, what does not becomes problems, and checking can go on.
pub fn bind<'d>(document: &'d Document, root: &Root, schema: &'d Schema, lang: Lang) -> Tenant<'d> {
    let guess = document.value_count() / document.roots().len().max(1) + 2;
    let mut cells = Vec::with_capacity(guess);
    cells.push(Cell::new(None, Data::Invalid));
    let tenant = Tenant {
        document,
        schema,
        cells,
        // Some fields are not there; room that is not used is not touched.
        slots: Vec::with_capacity(guess * 2),
        references: Vec::new(),
        maps: Vec::new(),
        ints: Vec::new(),
        exacts: Vec::new(),
        durations: Vec::new(),
        start: root.start,
        problems: Vec::new(),
    };
    let mut binder = Binder {
        tenant,
        path: String::new(),
        spare: Vec::new(),
        slots_of: SlotTable::new(document, schema),
        pending: Vec::new(),
        depth: 0,
        within_alias: 0,
        lang,
    };
    let node = root.node.filter(|node| {
        document.kind(document.resolve(*node)) != Kind::Scalar || document.scalar(*node) != Scalar::Null
    });
    match node.map(|node| (node, document.kind(document.resolve(node)))) {
        None => {
            binder.record(None, Schema::ROOT, None);
        }
        Some((node, Kind::Mapping)) => {
            binder.record(Some(node), Schema::ROOT, None);
        }
        Some((node, _)) => {
            let message = lang.root_is_no_mapping();
            binder.problem("schema/type", document.span(node), message);
            binder.push(Some(node), Data::Invalid);
        }
    }
    binder.resolve_references();
    binder.tenant
}

impl<'d> Binder<'d> {
    fn problem(&mut self, rule: &'static str, span: Span, message: String) {
        let path = self.path.clone();
        let shared = self.within_alias > 0;
        self.tenant.problems.push(Problem { rule, path, span, message, related: None, shared });
    }

    fn span(&self, node: NodeId) -> Span {
        self.tenant.document.span(self.tenant.document.resolve(node))
    }

    fn push(&mut self, node: Option<NodeId>, data: Data) -> CellId {
        self.tenant.cells.push(Cell::new(node, data));
        (self.tenant.cells.len() - 1) as CellId
    }

    fn fill(&mut self, cell: CellId, data: Data) {
        if let Some(cell) = self.tenant.cells.get_mut(cell as usize) {
            *cell = Cell::new(cell.node(), data);
        }
    }

    fn set_slot(&mut self, at: u32, cell: CellId) {
        if let Some(slot) = self.tenant.slots.get_mut(at as usize) {
            *slot = cell;
        }
    }

    fn reserve(&mut self, count: usize) -> u32 {
        let base = self.tenant.slots.len();
        self.tenant.slots.resize(base + count, NO_CELL);
        base as u32
    }

    /// A value; [`NO_CELL`] for `null`.
    fn value(&mut self, node: NodeId, ty: &'d Type, key: Option<u16>) -> CellId {
        let document = self.tenant.document;
        let target = document.resolve(node);
        let alias = target != node;
        self.within_alias += usize::from(alias);
        self.depth += 1;
        let cell = self.value_of(node, target, ty, key);
        self.depth -= 1;
        self.within_alias -= usize::from(alias);
        cell
    }

    fn value_of(&mut self, node: NodeId, target: NodeId, ty: &'d Type, key: Option<u16>) -> CellId {
        let document = self.tenant.document;
        if self.depth > DEPTH {
            self.problem("schema/type", document.span(target), self.lang.nested_too_deep(DEPTH));
            return self.push(Some(node), Data::Invalid);
        }
        match (document.kind(target), &ty.kind) {
            (Kind::Scalar, kind) => {
                let scalar = document.scalar(target);
                if scalar == Scalar::Null {
                    return NO_CELL;
                }
                match fit(scalar, ty, self.tenant.schema, self.lang) {
                    Ok(fit) => {
                        let data = self.data(fit);
                        let cell = self.push(Some(node), data);
                        if let TypeKind::Ref(slot) = kind {
                            let (path, span) = (self.path.clone(), document.span(target));
                            self.pending.push(Pending { cell, slot: *slot, path, span });
                        }
                        cell
                    }
                    Err(misfit) => {
                        let message = misfit.message(self.lang, &self.named());
                        self.problem(misfit.rule, document.span(target), message);
                        self.push(Some(node), Data::Invalid)
                    }
                }
            }
            (Kind::Mapping, TypeKind::Record(record)) => self.record(Some(node), *record, None),
            (Kind::Mapping, TypeKind::Map(of)) => self.map(node, of),
            (Kind::Sequence, TypeKind::List(of)) => self.list(node, of, key),
            (_, TypeKind::Any) => self.push(Some(node), Data::Invalid),
            (kind, wanted) => {
                let lang = self.lang;
                let is = if kind == Kind::Mapping { lang.a_mapping() } else { lang.a_list() };
                let wanted = match wanted {
                    TypeKind::List(_) => lang.a_list(),
                    TypeKind::Map(_) => lang.a_map(),
                    TypeKind::Record(_) => lang.a_mapping_of_fields(),
                    kind => self.tenant.schema.type_text(kind),
                };
                let message = lang.must_be(&self.named(), &wanted, &is);
                self.problem("schema/type", document.span(target), message);
                self.push(Some(node), Data::Invalid)
            }
        }
    }

    /// The path, or words for the root.
    fn named(&self) -> String {
        if self.path.is_empty() { self.lang.the_tenant() } else { self.path.clone() }
    }

    fn data(&mut self, fit: Fit) -> Data {
        match fit {
            Fit::Bool(value) => Data::Bool(value),
            Fit::Int(n) => match i32::try_from(n) {
                Ok(n) => Data::Int(n),
                Err(_) => {
                    self.tenant.ints.push(n);
                    Data::Long((self.tenant.ints.len() - 1) as u32)
                }
            },
            Fit::Exact(n) => {
                self.tenant.exacts.push(n);
                Data::Exact((self.tenant.exacts.len() - 1) as u32)
            }
            Fit::Text => Data::Text,
            Fit::Enum(id, index) => Data::Enum(id, index),
            Fit::Date(days) => Data::Date(days),
            Fit::Duration(duration) => {
                self.tenant.durations.push(duration);
                Data::Duration((self.tenant.durations.len() - 1) as u32)
            }
        }
    }

    /// A record; `spare_key` is of no use to it but names the element in its path already.
    fn record(&mut self, node: Option<NodeId>, id: RecordId, prepared: Option<Fields>) -> CellId {
        let schema: &'d Schema = self.tenant.schema;
        let document = self.tenant.document;
        let Some(record) = schema.record(id) else { return self.push(node, Data::Invalid) };
        self.tenant.slots.push(u32::from(id.0));
        let base = self.reserve(record.fields.len());
        let cell = self.push(node, Data::Record(base));
        let mut fields = prepared.unwrap_or_else(|| {
            let mut fields = self.spare.pop().unwrap_or_default();
            fields.entries.clear();
            fields.duplicates.clear();
            fields.bad_merges.clear();
            if let Some(node) = node {
                document.fields(node, &mut fields);
            }
            fields
        });
        let length = self.path.len();
        for &merge in &fields.bad_merges {
            let message = self.lang.merges_a_mapping();
            push_field(&mut self.path, "<<");
            self.problem("schema/type", self.span(merge), message);
            self.path.truncate(length);
        }
        for entry in &fields.entries {
            let name = document.sym_text(entry.sym);
            let Some(slot) = self.slots_of.slot(id, entry.sym) else {
                if !name.starts_with("x-") {
                    let near = near(name, record.fields.iter().map(|field| field.name.as_str()), self.lang);
                    push_field(&mut self.path, name);
                    let hint = near.map_or(String::new(), |near| self.lang.hint(&near));
                    let message = self.lang.no_such_field(&format!("{name:?}"), &hint);
                    self.problem("schema/unknown-field", document.span(entry.key), message);
                    self.path.truncate(length);
                }
                continue;
            };
            let Some(field) = record.field(slot) else { continue };
            push_field(&mut self.path, &field.name);
            let child = self.value(entry.value, &field.ty, field.key);
            self.path.truncate(length);
            self.set_slot(base + u32::from(slot), child);
        }
        for &(first, later) in &fields.duplicates {
            let name = document.text(later);
            push_field(&mut self.path, name);
            self.problem("schema/duplicate-key", document.span(later), self.lang.said_twice(&self.path));
            let related = (self.path.clone(), document.span(first), Beside::SaidFirst);
            if let Some(problem) = self.tenant.problems.last_mut() {
                problem.related = Some(related);
            }
            self.path.truncate(length);
            if let Some(slot) = self.slots_of.slot(id, document.key_sym(later)) {
                let node = document
                    .entries(document.resolve(node.unwrap_or(later)))
                    .find(|(key, _)| *key == first)
                    .map(|(_, v)| v);
                let invalid = self.push(node, Data::Invalid);
                self.set_slot(base + u32::from(slot), invalid);
            }
        }
        for (slot, field) in record.fields.iter().enumerate() {
            if field.absent == Absent::Required && self.tenant.slot(base, slot as u16) == NO_CELL {
                let place = self.lack(node);
                push_field(&mut self.path, &field.name);
                let message = self.lang.is_missing(&self.path);
                self.problem("schema/missing-field", place, message);
                self.path.truncate(length);
            }
        }
        fields.entries.clear();
        self.spare.push(fields);
        cell
    }

    /// Where what a record lacks would belong.
    fn lack(&self, node: Option<NodeId>) -> Span {
        let document = self.tenant.document;
        let Some(node) = node.filter(|_| self.tenant.cells.len() > 2 || !self.path.is_empty()) else {
            return self.tenant.start;
        };
        if self.path.is_empty() {
            return self.tenant.start;
        }
        match document.key_of(node) {
            Some(key) => document.span(key),
            None => self.tenant.start_of(node),
        }
    }

    fn list(&mut self, node: NodeId, of: &'d Type, key: Option<u16>) -> CellId {
        let document = self.tenant.document;
        let target = document.resolve(node);
        let count = document.items(target).len();
        let list = self.reserve(count + 1);
        self.set_slot(list, count as u32);
        let first = list + 1;
        let cell = self.push(Some(node), Data::List(list));
        let length = self.path.len();
        let mut seen: FxHashMap<&'d str, NodeId> = FxHashMap::default();
        let key_name = match (&of.kind, key) {
            (TypeKind::Record(record), Some(key)) => {
                self.tenant.schema.field(*record, key).map(|field| field.name.as_str())
            }
            _ => None,
        };
        for (index, item) in document.items(target).enumerate() {
            let named = key_name.and_then(|name| self.element_key(item, name));
            match named {
                Some((text, _)) => push_key(&mut self.path, text),
                None => {
                    self.path.push('[');
                    self.path.push_str(&index.to_string());
                    self.path.push(']');
                }
            }
            let child = self.value(item, of, None);
            self.set_slot(first + index as u32, child);
            if let Some((text, value)) = named
                && child != NO_CELL
            {
                if let Some(&before) = seen.get(text) {
                    if let Some(name) = key_name {
                        push_field(&mut self.path, name);
                    }
                    self.problem(
                        "schema/duplicate-key",
                        self.span(value),
                        self.lang.named_already(&format!("{text:?}")),
                    );
                    let related = (self.path.clone(), self.span(before), Beside::NamedFirst);
                    if let Some(problem) = self.tenant.problems.last_mut() {
                        problem.related = Some(related);
                    }
                } else {
                    seen.insert(text, value);
                }
            }
            self.path.truncate(length);
        }
        cell
    }

    /// The text that names an element, and its node.
    fn element_key(&mut self, item: NodeId, name: &str) -> Option<(&'d str, NodeId)> {
        let document = self.tenant.document;
        let target = document.resolve(item);
        if document.kind(target) != Kind::Mapping {
            return None;
        }
        let sym = document.sym(name)?;
        let value = if document.is_simple(target) {
            document.entries(target).find(|(key, _)| document.key_sym(*key) == sym).map(|(_, value)| value)?
        } else {
            let mut fields = Fields::default();
            document.fields(target, &mut fields);
            fields.entries.iter().find(|entry| entry.sym == sym).map(|entry| entry.value)?
        };
        match document.scalar(value) {
            Scalar::Str(text) | Scalar::Int(text) if document.kind(document.resolve(value)) == Kind::Scalar => {
                Some((text, value))
            }
            _ => None,
        }
    }

    fn map(&mut self, node: NodeId, of: &'d Type) -> CellId {
        let document = self.tenant.document;
        let mut fields = self.spare.pop().unwrap_or_default();
        document.fields(node, &mut fields);
        let length = self.path.len();
        for &merge in &fields.bad_merges {
            let message = self.lang.merges_a_mapping();
            push_key(&mut self.path, "<<");
            self.problem("schema/type", self.span(merge), message);
            self.path.truncate(length);
        }
        let cell = self.push(Some(node), Data::Invalid);
        let mut entries = Vec::with_capacity(fields.entries.len());
        for entry in &fields.entries {
            let name = document.sym_text(entry.sym);
            if name.starts_with("x-") {
                continue;
            }
            push_key(&mut self.path, name);
            let child = self.value(entry.value, of, None);
            self.path.truncate(length);
            if child != NO_CELL {
                entries.push((entry.key, child));
            }
        }
        for &(first, later) in &fields.duplicates {
            let name = document.text(later);
            push_key(&mut self.path, name);
            self.problem("schema/duplicate-key", document.span(later), self.lang.said_twice(&self.path));
            let related = (self.path.clone(), document.span(first), Beside::SaidFirst);
            if let Some(problem) = self.tenant.problems.last_mut() {
                problem.related = Some(related);
            }
            self.path.truncate(length);
            for (key, child) in &entries {
                if document.key_sym(*key) == document.key_sym(later) {
                    self.fill(*child, Data::Invalid);
                }
            }
        }
        self.fill(cell, Data::Map(self.tenant.maps.len() as u32));
        self.tenant.maps.push(entries);
        fields.entries.clear();
        self.spare.push(fields);
        cell
    }

    fn refer(&mut self, reference: &Pending, target: CellId) {
        self.fill(reference.cell, Data::Ref(self.tenant.references.len() as u32));
        self.tenant.references.push((target, reference.slot));
    }

    /// References find their elements once all lists stand.
    fn resolve_references(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let mut indexes: FxHashMap<u16, Option<FxHashMap<&'d str, CellId>>> = FxHashMap::default();
        for reference in pending {
            let index = indexes.entry(reference.slot).or_insert_with(|| self.tenant.index_of(reference.slot));
            let text = self.tenant.text(reference.cell);
            match index {
                None => self.refer(&reference, NO_CELL),
                Some(index) => match index.get(text) {
                    Some(&target) => self.refer(&reference, target),
                    None => {
                        let near = near(text, index.keys().copied(), self.lang);
                        let hint = near.map_or(String::new(), |near| self.lang.hint(&near));
                        let list = self
                            .tenant
                            .schema
                            .field(Schema::ROOT, reference.slot)
                            .map_or("", |field| field.name.as_str());
                        let shown = show(Scalar::Str(text), self.lang);
                        let message = self.lang.no_such_element(&reference.path, &shown, list, &hint);
                        self.tenant.problems.push(Problem {
                            rule: "schema/reference",
                            path: reference.path,
                            span: reference.span,
                            message,
                            related: None,
                            shared: false,
                        });
                        self.fill(reference.cell, Data::Invalid);
                    }
                },
            }
        }
    }
}

impl<'d> Tenant<'d> {
    /// The elements of a keyed list or map at the root, by their key; `None` where it is absent or invalid.
    fn index_of(&self, slot: u16) -> Option<FxHashMap<&'d str, CellId>> {
        let Data::Record(base) = self.cell(super::ROOT_CELL) else { return None };
        let field = self.schema.field(Schema::ROOT, slot)?;
        let cell = self.slot(base, slot);
        if cell == NO_CELL {
            // A list that the platform takes to be empty holds nothing; one that is left out may hold anything.
            return matches!(field.absent, Absent::Default(_)).then(FxHashMap::default);
        }
        let mut index = FxHashMap::default();
        match self.cell(cell) {
            Data::List(list) => {
                let (first, count) = self.list(list);
                for &element in self.elements(first, count) {
                    if let Some(key) = field.key.and_then(|key| self.key_text(element, key)) {
                        index.entry(key).or_insert(element);
                    }
                }
            }
            Data::Map(map) => {
                for &(key, child) in self.map(map) {
                    index.entry(self.document.text(key)).or_insert(child);
                }
            }
            _ => return None,
        }
        Some(index)
    }
}
