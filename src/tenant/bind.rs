//! Owns the walk that binds a document to its schema, and what it finds on the way. It must never know a rule.

use super::scalar::{Fit, fit, form, int_name, near, show};
use super::{Cell, CellId, Data, NO_CELL, Place, Tenant};
use crate::document::{Document, Entry, Fields, Kind, NodeId, Root, Scalar, Sym};
use crate::lang::{Beside, Lang};
use crate::schema::{Absent, Const, Field, RecordId, Schema, Type, TypeKind, push_field, push_key};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

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
    /// Other places that it has to do with: their paths, places, and how. Aliases through which it is reached stand last.
    pub related: Vec<(String, Span, Beside)>,
    /// The place is inside an anchored value.
    pub shared: bool,
}

/// The deepest that values may lie within each other once aliases are followed.
const DEPTH: usize = 500;

/// How many references of a tenant that lead nowhere are held against the names that there are.
const SUGGESTED: usize = 20;

/// The most problems of a tenant that are told, and the most bytes that their paths and messages may take.
const MOST_PROBLEMS: usize = 20_000;
const MOST_PROBLEM_BYTES: usize = 16 << 20;

/// An alias on the way down: how much of the path leads to it, whether it stands behind a `<<` there, and its place.
#[derive(Clone, Copy)]
struct Through {
    length: usize,
    merge: bool,
    span: Span,
}

/// What names an element of a keyed list.
struct Key<'d> {
    text: Cow<'d, str>,
    /// Where it is written, and the alias of the merge that brings it; nowhere where it is the platform's default.
    at: Option<(NodeId, Option<NodeId>)>,
}

impl Key<'_> {
    /// Whether its text is not what is written.
    fn is_made(&self) -> bool {
        self.at.is_none() || matches!(self.text, Cow::Owned(_))
    }
}

struct Binder<'d> {
    tenant: Tenant<'d>,
    path: String,
    /// How many fields the records on the way down have left open.
    spare: Vec<Fields>,
    slots_of: SlotTable,
    /// References, and the slots of the lists that they lead to: looked up when all that is there is known.
    pending: Vec<(CellId, u16)>,
    depth: usize,
    through: Vec<Through>,
    /// The bytes of the problems that are told.
    told: usize,
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
        names: FxHashMap::default(),
        start: root.start,
        problems: Vec::new(),
        untold: None,
    };
    let mut binder = Binder {
        tenant,
        path: String::new(),
        spare: Vec::new(),
        slots_of: SlotTable::new(document, schema),
        pending: Vec::new(),
        depth: 0,
        through: Vec::new(),
        told: 0,
        lang,
    };
    let node = root.node.filter(|node| {
        document.kind(document.resolve(*node)) != Kind::Scalar || document.scalar(*node) != Scalar::Null
    });
    match node.map(|node| (node, document.kind(document.resolve(node)))) {
        None => {
            binder.record(None, Schema::ROOT);
        }
        Some((node, Kind::Mapping)) => {
            binder.record(Some(node), Schema::ROOT);
        }
        Some((node, kind)) => {
            let found = match kind {
                Kind::Scalar => show(document.scalar(document.resolve(node)), lang),
                _ => lang.a_list(),
            };
            let message = lang.root_is_no_mapping(&found);
            binder.problem("schema/type", document.span(node), message);
            binder.push(Some(node), Data::Invalid);
        }
    }
    binder.resolve_references();
    binder.tenant
}

impl<'d> Binder<'d> {
    fn problem(&mut self, rule: &'static str, span: Span, message: String) {
        self.problem_beside(rule, span, message, None);
    }

    fn problem_beside(
        &mut self,
        rule: &'static str,
        span: Span,
        message: String,
        beside: Option<(String, Span, Beside)>,
    ) {
        let related = beside.into_iter().chain(self.aliases()).collect();
        let (path, shared) = (self.path.clone(), !self.through.is_empty());
        self.tell(Problem { rule, path, span, message, related, shared });
    }

    /// Takes a problem in, or only notes that there is one more.
    fn tell(&mut self, problem: Problem) {
        let related = problem.related.iter().map(|(path, ..)| path.len()).sum::<usize>();
        let bytes = problem.path.len() + problem.message.len() + related;
        if self.tenant.problems.len() < MOST_PROBLEMS && self.told + bytes <= MOST_PROBLEM_BYTES {
            self.told += bytes;
            return self.tenant.problems.push(problem);
        }
        let untold = self.tenant.untold.get_or_insert((0, problem.span));
        untold.0 += 1;
    }

    /// A key that stands twice in the mapping that the path names.
    fn twice(&mut self, (first, later, via): (NodeId, NodeId, Option<NodeId>), push: fn(&mut String, &str)) {
        let document = self.tenant.document;
        let (length, depth) = (self.path.len(), self.through.len());
        self.go_through(via, true);
        push(&mut self.path, document.text(later));
        let message = self.lang.said_twice(&self.path);
        let first = (self.path.clone(), document.span(first), Beside::SaidFirst);
        self.problem_beside("schema/duplicate-key", document.span(later), message, Some(first));
        self.path.truncate(length);
        self.through.truncate(depth);
    }

    /// A merge of something else than mappings into the mapping that the path names.
    fn bad_merge(&mut self, (merge, via): (NodeId, Option<NodeId>), push: fn(&mut String, &str)) {
        let (length, depth) = (self.path.len(), self.through.len());
        self.go_through(via, true);
        push(&mut self.path, "<<");
        let message = self.lang.merges_a_mapping();
        self.problem("schema/type", self.span(merge), message);
        self.path.truncate(length);
        self.through.truncate(depth);
    }

    /// Notes that what comes next is reached through a node, if that is an alias; until `through` is cut again.
    fn go_through(&mut self, node: Option<NodeId>, merge: bool) {
        if let Some(alias) = node.filter(|node| self.tenant.document.kind(*node) == Kind::Alias) {
            let span = self.tenant.document.span(alias);
            self.through.push(Through { length: self.path.len(), merge, span });
        }
    }

    /// The aliases on the way down, as places.
    fn aliases(&self) -> impl Iterator<Item = (String, Span, Beside)> + '_ {
        self.through.iter().map(|through| {
            let mut path = self.path.get(..through.length).unwrap_or("").to_owned();
            if through.merge {
                push_field(&mut path, "<<");
            }
            (path, through.span, Beside::Alias)
        })
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
        let through = self.through.len();
        self.go_through(Some(node), false);
        self.depth += 1;
        let cell = self.value_of(node, document.resolve(node), ty, key);
        self.depth -= 1;
        self.through.truncate(through);
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
                            if let Scalar::Int(text) = scalar
                                && is_keyed_by_int(self.tenant.schema, *slot)
                                && let Some(Cow::Owned(name)) = int_name(text)
                            {
                                self.tenant.names.insert(cell, name.into());
                            }
                            self.pending.push((cell, *slot));
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
            (Kind::Mapping, TypeKind::Record(record)) => self.record(Some(node), *record),
            (Kind::Mapping, TypeKind::Map(of)) => self.map(node, of),
            (Kind::Sequence, TypeKind::List(of)) => self.list(node, of, key),
            (_, TypeKind::Any) => self.push(Some(node), Data::Invalid),
            (kind, wanted) => {
                let lang = self.lang;
                let is = if kind == Kind::Mapping { lang.a_mapping() } else { lang.a_list() };
                let schema = self.tenant.schema;
                let must = lang.must_be_form(&form(wanted, schema, lang));
                // Whoever writes `hq: {…}` for an element is told where its name belongs.
                let hint = match (
                    kind,
                    key.and_then(|key| if let TypeKind::List(of) = wanted { schema.key_field(of, key) } else { None }),
                ) {
                    (Kind::Mapping, Some(key)) => lang.hint(&lang.hint_write(&format!("- {}: …", key.name))),
                    _ => String::new(),
                };
                let message = lang.misfit(&self.named(), &must, &is, &hint);
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

    /// The fields of a mapping; they are to be given back to `spare`.
    fn fields(&mut self, node: Option<NodeId>) -> Fields {
        let mut fields = self.spare.pop().unwrap_or_default();
        match node {
            Some(node) => self.tenant.document.fields(node, &mut fields),
            None => fields.clear(),
        }
        fields
    }

    /// What an entry says, which is unknown where it may say something else.
    fn entry(&mut self, entry: &Entry, ty: &'d Type, key: Option<u16>) -> CellId {
        let cell = self.value(entry.value, ty, key);
        if entry.sure { cell } else { self.push(Some(entry.value), Data::Invalid) }
    }

    fn record(&mut self, node: Option<NodeId>, id: RecordId) -> CellId {
        let schema: &'d Schema = self.tenant.schema;
        let document = self.tenant.document;
        let Some(record) = schema.record(id) else { return self.push(node, Data::Invalid) };
        self.tenant.slots.push(u32::from(id.0));
        let base = self.reserve(record.fields.len());
        let cell = self.push(node, Data::Record(base));
        let fields = self.fields(node);
        let (length, through) = (self.path.len(), self.through.len());
        for &merge in &fields.bad_merges {
            self.bad_merge(merge, push_field);
        }
        if fields.broken {
            // What is not written may be what the merge would have given.
            for slot in 0..record.fields.len() {
                let unknown = self.push(None, Data::Invalid);
                self.set_slot(base + slot as u32, unknown);
            }
        }
        let mut before = None;
        for entry in &fields.entries {
            let before = before.replace(entry.value);
            let name = document.sym_text(entry.sym);
            self.go_through(entry.via, true);
            let slot = self.slots_of.slot(id, entry.sym);
            if let Some((slot, field)) = slot.and_then(|slot| Some((slot, record.field(slot)?))) {
                push_field(&mut self.path, &field.name);
                let child = self.entry(entry, &field.ty, field.key);
                self.set_slot(base + u32::from(slot), child);
            } else if !name.starts_with("x-") {
                let near = near(name, record.fields.iter().map(|field| field.name.as_str()), self.lang);
                push_field(&mut self.path, name);
                let hint = self.cut_number(before, entry.key).map(|whole| self.lang.hint_comma_ends(&whole)).or(near);
                let hint = hint.map_or(String::new(), |hint| self.lang.hint(&hint));
                let message = self.lang.no_such_field(&format!("{name:?}"), &hint);
                self.problem("schema/unknown-field", document.span(entry.key), message);
            }
            self.path.truncate(length);
            self.through.truncate(through);
        }
        for &duplicate in &fields.duplicates {
            self.twice(duplicate, push_field);
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
        self.spare.push(fields);
        cell
    }

    /// The number that a comma has cut into a value and a key: `30,000` within braces.
    fn cut_number(&self, before: Option<NodeId>, key: NodeId) -> Option<String> {
        let document = self.tenant.document;
        let before = before.filter(|node| document.kind(*node) == Kind::Scalar)?;
        let (first, rest) = (document.text(before), document.text(key));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let beside = document.span(before).end + 1 == document.span(key).start;
        (beside && digits(first) && digits(rest)).then(|| format!("{first}{rest}"))
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
        let mut seen: FxHashMap<Cow<'d, str>, Span> = FxHashMap::default();
        let key = key.and_then(|key| self.tenant.schema.key_field(of, key));
        for (index, item) in document.items(target).enumerate() {
            let named = key.and_then(|field| self.element_key(item, field));
            match &named {
                Some(key) => push_key(&mut self.path, &key.text),
                None => {
                    self.path.push('[');
                    self.path.push_str(&index.to_string());
                    self.path.push(']');
                }
            }
            let child = self.value(item, of, None);
            self.set_slot(first + index as u32, child);
            if let (Some(named), Some(field)) = (named, key) {
                if named.is_made() {
                    self.tenant.names.insert(child, named.text.as_ref().into());
                }
                self.name(item, named, field, &mut seen);
            }
            self.path.truncate(length);
        }
        cell
    }

    /// Takes note of the key of an element, or finds that another one has it.
    fn name(&mut self, item: NodeId, key: Key<'d>, field: &Field, seen: &mut FxHashMap<Cow<'d, str>, Span>) {
        let span = key.at.map_or_else(|| self.lack(Some(item)), |(node, _)| self.span(node));
        let Some(&before) = seen.get(&key.text) else {
            seen.insert(key.text, span);
            return;
        };
        let through = self.through.len();
        self.go_through(Some(item), false);
        self.go_through(key.at.and_then(|(_, via)| via), true);
        push_field(&mut self.path, &field.name);
        self.go_through(key.at.map(|(node, _)| node), false);
        let message = self.lang.named_already(&format!("{:?}", key.text));
        let first = (self.path.clone(), before, Beside::NamedFirst);
        self.problem_beside("schema/duplicate-key", span, message, Some(first));
        self.through.truncate(through);
    }

    /// What names an element: a key that fits its type and surely counts.
    fn element_key(&mut self, item: NodeId, field: &'d Field) -> Option<Key<'d>> {
        let document = self.tenant.document;
        let target = document.resolve(item);
        if document.kind(target) != Kind::Mapping {
            return None;
        }
        let sym = document.sym(&field.name);
        let (value, via) = if document.is_simple(target) {
            let entry = document.entries(target).find(|(key, _)| Some(document.key_sym(*key)) == sym);
            (entry.map(|(_, value)| value), None)
        } else {
            let fields = self.fields(Some(target));
            let entry = fields.entries.iter().find(|entry| Some(entry.sym) == sym).copied();
            let known = entry.map_or(!fields.broken, |entry| entry.sure);
            self.spare.push(fields);
            if !known {
                return None;
            }
            (entry.map(|entry| entry.value), entry.and_then(|entry| entry.via))
        };
        let schema = self.tenant.schema;
        let written = value.filter(|value| {
            document.kind(document.resolve(*value)) != Kind::Scalar || document.scalar(*value) != Scalar::Null
        });
        let Some(value) = written else {
            let text = match &field.absent {
                Absent::Default(Const::Text(text)) => Cow::Borrowed(&**text),
                Absent::Default(Const::Enum(id, index)) => Cow::Borrowed(schema.word(*id, *index)),
                Absent::Default(Const::Int(n)) => Cow::Owned(n.to_string()),
                _ => return None,
            };
            return Some(Key { text, at: None });
        };
        if document.kind(document.resolve(value)) != Kind::Scalar {
            return None;
        }
        let text = match fit(document.scalar(value), &field.ty, schema, self.lang).ok()? {
            Fit::Int(_) => int_name(document.text(value))?,
            Fit::Text | Fit::Enum(..) => Cow::Borrowed(document.text(value)),
            _ => return None,
        };
        Some(Key { text, at: Some((value, via)) })
    }

    fn map(&mut self, node: NodeId, of: &'d Type) -> CellId {
        let document = self.tenant.document;
        let fields = self.fields(Some(node));
        let (length, through) = (self.path.len(), self.through.len());
        for &merge in &fields.bad_merges {
            self.bad_merge(merge, push_key);
        }
        let cell = self.push(Some(node), Data::Invalid);
        let mut entries = Vec::with_capacity(fields.entries.len());
        for entry in &fields.entries {
            let name = document.sym_text(entry.sym);
            if name.starts_with("x-") {
                continue;
            }
            self.go_through(entry.via, true);
            push_key(&mut self.path, name);
            let child = self.entry(entry, of, None);
            self.path.truncate(length);
            self.through.truncate(through);
            if child != NO_CELL {
                entries.push((entry.key, child));
            }
        }
        for &duplicate in &fields.duplicates {
            self.twice(duplicate, push_key);
        }
        // Of a map nobody knows which entries a merge that cannot be read would have given: all of it is unknown.
        if !fields.broken {
            self.fill(cell, Data::Map(self.tenant.maps.len() as u32));
            self.tenant.maps.push(entries);
        }
        self.spare.push(fields);
        cell
    }

    /// References find their elements once all lists stand.
    fn resolve_references(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let mut indexes: FxHashMap<u16, Option<FxHashMap<&str, CellId>>> = FxHashMap::default();
        let (mut found, mut problems) = (Vec::with_capacity(pending.len()), Vec::new());
        let mut wrong = 0;
        let (tenant, lang) = (&self.tenant, self.lang);
        for (cell, slot) in pending {
            let index = indexes.entry(slot).or_insert_with(|| tenant.index_of(slot));
            let text = tenant.text(cell);
            let target = match index {
                None => Some(NO_CELL),
                Some(index) => index.get(text).copied(),
            };
            found.push((cell, target.map(|target| (target, slot))));
            if let (None, Some(index)) = (target, index) {
                // Of very many wrong ones, it is not the spelling that is wrong.
                let near = if wrong < SUGGESTED { near(text, index.keys().copied(), lang) } else { None };
                wrong += 1;
                let hint = near.map_or(String::new(), |near| lang.hint(&near));
                let list = tenant.schema.field(Schema::ROOT, slot).map_or("", |field| field.name.as_str());
                let Place { path, span, aliases, .. } = tenant.place(cell);
                let message = lang.no_such_element(&path, &show(Scalar::Str(text), lang), list, &hint);
                let shared = !aliases.is_empty();
                let related = aliases.into_iter().map(|(path, span)| (path, span, Beside::Alias)).collect();
                problems.push(Problem { rule: "schema/reference", path, span, message, related, shared });
            }
        }
        problems.into_iter().for_each(|problem| self.tell(problem));
        for (cell, target) in found {
            match target {
                None => self.fill(cell, Data::Invalid),
                Some(target) => {
                    self.fill(cell, Data::Ref(self.tenant.references.len() as u32));
                    self.tenant.references.push(target);
                }
            }
        }
    }
}

/// Whether the elements of a list at the root are named by numbers.
fn is_keyed_by_int(schema: &Schema, slot: u16) -> bool {
    let list = schema.field(Schema::ROOT, slot);
    let key = list.and_then(|list| match &list.ty.kind {
        TypeKind::List(of) => schema.key_field(of, list.key?),
        _ => None,
    });
    key.is_some_and(|key| key.ty.kind == TypeKind::Int)
}

impl Tenant<'_> {
    /// The elements of a keyed list or map at the root, by their key; `None` where it is absent or invalid.
    fn index_of(&self, slot: u16) -> Option<FxHashMap<&str, CellId>> {
        let Data::Record(base) = self.cell(super::ROOT_CELL) else { return None };
        let field = self.schema.field(Schema::ROOT, slot)?;
        let cell = self.slot(base, slot);
        if cell == NO_CELL {
            // A list that the platform takes to be empty holds nothing, and a map what it takes it to hold; what is left
            // out may hold anything.
            return match &field.absent {
                Absent::Default(Const::Map(map)) => Some(map.keys().map(|key| (key.as_str(), NO_CELL)).collect()),
                Absent::Default(_) => Some(FxHashMap::default()),
                _ => None,
            };
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
