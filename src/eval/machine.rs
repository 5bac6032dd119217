//! Owns the state of an evaluation and how fields are read. It must never know what an operator means.

use super::index::Indexes;
use super::memory::Memory;
use super::val::{At, Elem, Fault, GHOST, Ghost, Info, NOWHERE, Out, Places, Setness, Sure, Unknown, Val};
use crate::pattern::Pattern;
use crate::plan::Plan;
use crate::policy::Expr;
use crate::schema::{Absent, Const, Field, RecordId, Schema, Type, TypeKind};
use crate::string::Str;
use crate::tenant::{CellId, Data, NO_CELL, ROOT_CELL, Step, Tenant};
use crate::value::LeftOpen;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::rc::Rc;

/// So many bytes of a text take a step to be read through.
const LONG_TEXT: u64 = 1024;

/// Patterns that are shared by all who hold the same list.
pub(super) type Globs = Rc<[Rc<Pattern>]>;

/// A variable of a frame.
#[derive(Clone, Debug)]
pub(super) struct Var<'a> {
    pub val: Val<'a>,
    pub at: At,
    pub info: Option<Rc<Info>>,
}

/// Evaluates the rules of a plan at one tenant, one after another.
pub(super) struct Machine<'a> {
    pub plan: &'a Plan<'a>,
    pub tenant: &'a Tenant<'a>,
    pub schema: &'a Schema,
    pub vars: Vec<Var<'a>>,
    pub base: usize,
    pub ghosts: Vec<Ghost>,
    ghost_index: FxHashMap<Ghost, At>,
    /// The values of top-level lets, and the same with their trace.
    pub lets: [Vec<Option<Out<'a>>>; 2],
    /// The lets of the rule that are in sight: a trace works them out again.
    pub rule_lets: Vec<(usize, &'a Expr)>,
    pub indexes: FxHashMap<CellId, FxHashMap<&'a str, CellId>>,
    /// The elements of long lists.
    pub index: Indexes<'a>,
    pub globs: FxHashMap<String, Rc<Pattern>>,
    /// The same of whole lists of the tenant, and whether all of a list is known.
    pub glob_lists: FxHashMap<(u32, u32), (Globs, bool)>,
    /// How many steps were taken, by the rule or the top-level let at hand.
    pub steps: u64,
    /// How many bytes of texts and lists it holds that are made in the evaluation.
    pub bytes: u64,
    /// What has been worked out already.
    pub memory: Memory<'a>,
    /// In a trace of an element: where it stands, and the first that is read in it.
    pub reading: Cell<(At, At)>,
    /// What a comparison that only the calendar leaves open is taken for.
    pub calendar: Option<bool>,
    /// Why the calendar leaves open what was traced last.
    pub left_open: Option<LeftOpen>,
}

impl<'a> Machine<'a> {
    pub fn new(plan: &'a Plan<'a>, tenant: &'a Tenant<'a>) -> Machine<'a> {
        let lets = plan.policy.lets.len();
        Machine {
            plan,
            tenant,
            schema: &plan.policy.schema,
            vars: Vec::new(),
            base: 0,
            ghosts: Vec::new(),
            ghost_index: FxHashMap::default(),
            lets: [vec![None; lets], vec![None; lets]],
            rule_lets: Vec::new(),
            indexes: FxHashMap::default(),
            index: Indexes::default(),
            globs: FxHashMap::default(),
            glob_lists: FxHashMap::default(),
            steps: 0,
            bytes: 0,
            memory: Memory::new(plan),
            reading: Cell::new((NOWHERE, NOWHERE)),
            calendar: None,
            left_open: None,
        }
    }

    /// Makes room for the variables of a frame; gives the frame to return to.
    pub fn enter(&mut self, size: usize) -> usize {
        let before = self.base;
        self.base = self.vars.len();
        self.vars.resize(self.base + size, Var { val: Val::Bool(false), at: NOWHERE, info: None });
        before
    }

    pub fn leave(&mut self, before: usize) {
        self.vars.truncate(self.base);
        self.base = before;
    }

    #[inline]
    pub fn set(&mut self, slot: u16, val: Val<'a>, at: At, info: Option<Rc<Info>>) {
        if let Some(var) = self.vars.get_mut(self.base + usize::from(slot)) {
            *var = Var { val, at, info };
        }
    }

    /// One more element; an error beyond the limit.
    #[inline]
    pub fn step(&mut self) -> Option<Fault> {
        self.steps += 1;
        (self.steps > self.plan.most_steps).then_some(Fault::TooManySteps)
    }

    /// So many steps beside those through elements: calls, and comparisons of one element with many.
    #[inline]
    pub fn take(&mut self, steps: u64) -> Result<(), Fault> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.plan.most_steps { Err(Fault::TooManySteps) } else { Ok(()) }
    }

    /// The steps of reading through a text: none unless it is long.
    #[inline]
    pub fn read_through(&mut self, bytes: usize) -> Result<(), Fault> {
        self.take(bytes as u64 / LONG_TEXT)
    }

    /// So many bytes of a text or list that is about to be made.
    #[inline]
    pub fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > self.plan.most_bytes() { Err(Fault::TooMuchMemory) } else { Ok(()) }
    }

    pub fn ghost(&mut self, ghost: Ghost) -> At {
        if let Some(at) = self.ghost_index.get(&ghost) {
            return *at;
        }
        let at = self.ghosts.len() as u32 | GHOST;
        self.ghosts.push(ghost.clone());
        self.ghost_index.insert(ghost, at);
        at
    }

    pub fn ghost_of(&self, at: At) -> Option<&Ghost> {
        if at == NOWHERE || at & GHOST == 0 { None } else { self.ghosts.get((at & !GHOST) as usize) }
    }

    // ---- reading -----------------------------------------------------------------------------------------------

    /// The value of a cell.
    #[inline]
    pub fn load(&self, cell: CellId) -> Val<'a> {
        match self.tenant.cell(cell) {
            Data::Invalid => Val::Unknown(Unknown::new(Setness::Yes, true, None)),
            Data::Bool(value) => Val::Bool(value),
            Data::Int(n) => Val::Int(i64::from(n)),
            Data::Long(at) => Val::Int(self.tenant.ints.get(at as usize).copied().unwrap_or(0)),
            Data::Exact(at) => Val::Exact(Rc::new(self.tenant.exacts.get(at as usize).copied().unwrap_or_default())),
            Data::Text => Val::Str(self.tenant.text(cell)),
            Data::Enum(id, index) => Val::Enum(crate::schema::EnumId(id), index),
            Data::Date(days) => Val::Date(days),
            Data::Duration(at) => Val::Duration(self.tenant.durations.get(at as usize).copied().unwrap_or_default()),
            Data::Ref(at) => {
                let (target, slot) = self.tenant.reference(at);
                Val::Ref(cell, target, slot)
            }
            Data::Record(..) => Val::Record(cell),
            Data::List(list) => {
                let (first, count) = self.tenant.list(list);
                Val::Cells(first, count)
            }
            Data::Map(..) => Val::Map(cell),
        }
    }

    /// The place of what `parent` holds.
    pub fn below(&mut self, parent: At, child: Result<CellId, Step>) -> At {
        match (self.ghost_of(parent).cloned(), child) {
            (Some(Ghost::Within(_)), _) => parent,
            (Some(Ghost::Lacking(key, mut name)), Err(step)) => {
                step.push(&mut name);
                self.ghost(Ghost::Lacking(key, name))
            }
            (None, Err(_)) if parent == NOWHERE => NOWHERE,
            (Some(Ghost::Via(reference, actual)), child) => {
                let actual = self.below(actual, child);
                self.ghost(Ghost::Via(reference, actual))
            }
            (_, Ok(cell)) => cell,
            (_, Err(step)) => self.ghost(Ghost::Missing(parent, step)),
        }
    }

    /// A field at the root of the tenant.
    #[inline]
    pub fn root<const TRACE: bool>(&mut self, slot: u16) -> Out<'a> {
        let root = self.load(ROOT_CELL);
        self.field::<TRACE>(Out::at(root, ROOT_CELL), Schema::ROOT, slot)
    }

    /// A field of a record, or of what a reference leads to.
    #[inline]
    pub fn field<const TRACE: bool>(&mut self, base: Out<'a>, record: RecordId, slot: u16) -> Out<'a> {
        match base.val {
            Val::Record(cell) => {
                if let Data::Record(first) = self.tenant.cell(cell) {
                    let child = self.tenant.slot(first, slot);
                    if child != NO_CELL {
                        let val = self.load(child);
                        if TRACE {
                            let at = self.below(base.at, Ok(child));
                            return self.read(val, at);
                        }
                        return Out::at(val, child);
                    }
                }
                self.absent::<TRACE>(base.at, record, slot, None)
            }
            Val::EmptyRecord => self.absent::<TRACE>(base.at, record, slot, None),
            Val::Ref(cell, target, list) => {
                let mut at = NOWHERE;
                if TRACE {
                    let actual = if target == NO_CELL { self.lacking_element(list, cell) } else { target };
                    at = self.ghost(Ghost::Via(base.at, actual));
                }
                if let Some(entry) = self.default_entry(target, list, cell) {
                    self.field::<TRACE>(Out::at(entry, at), record, slot)
                } else if target == NO_CELL {
                    let unknown = Unknown::new(Setness::Maybe, false, None);
                    self.absent::<TRACE>(at, record, slot, Some(&unknown))
                } else {
                    let target = self.load(target);
                    self.field::<TRACE>(Out::at(target, at), record, slot)
                }
            }
            Val::Unknown(_) => self.field_of_unknown::<TRACE>(base, record, slot),
            Val::Fault(fault) => Out { val: Val::Fault(fault), at: base.at, info: base.info },
            _ => Out::at(Val::unknown(), base.at),
        }
    }

    /// A field of something unknown. Where that has no place of its own, the field is unknown for the same reasons.
    fn field_of_unknown<const TRACE: bool>(&mut self, base: Out<'a>, record: RecordId, slot: u16) -> Out<'a> {
        let Val::Unknown(unknown) = &base.val else { return Out::plain(Val::unknown()) };
        if let Some(among) = base.val.among() {
            return self.each_of::<TRACE>(&among, base.info, &mut |machine, val| {
                let at = val.cell();
                machine.field::<TRACE>(Out::at(val, at), record, slot)
            });
        }
        let out = self.absent::<TRACE>(base.at, record, slot, Some(unknown));
        if TRACE && base.info.is_some() && !self.has_place(base.at) {
            return Out { val: out.val, at: base.at, info: base.info };
        }
        out
    }

    /// Whether a place is one by itself, and does not stand for what is unknown.
    fn has_place(&self, at: At) -> bool {
        at != NOWHERE && !matches!(self.ghost_of(at), Some(Ghost::Within(_)))
    }

    /// What the platform takes a map to hold that is not there, under the key that a reference names.
    fn default_entry(&self, target: CellId, slot: u16, reference: CellId) -> Option<Val<'a>> {
        if target != NO_CELL {
            return None;
        }
        let plan = self.plan;
        match &plan.policy.schema.field(Schema::ROOT, slot)?.absent {
            Absent::Default(Const::Map(map)) => map.get(self.tenant.text(reference)).map(Val::from_const),
            _ => None,
        }
    }

    /// Where the element that a reference names would be, in a list that is not there.
    fn lacking_element(&mut self, slot: u16, reference: CellId) -> At {
        let name = self.schema.field(Schema::ROOT, slot).map_or_else(Str::default, |field| field.name.clone());
        let list = self.below(ROOT_CELL, Err(Step::Field(name)));
        let key = self.tenant.text(reference).to_owned();
        self.below(list, Err(Step::Key(key)))
    }

    /// Whether a place lies in another one, or is it.
    pub fn lies_in(&self, at: At, outer: At) -> bool {
        if at == NOWHERE || outer == NOWHERE {
            return false;
        }
        let mut at = at;
        while at != outer {
            at = match (self.ghost_of(at), self.ghost_of(outer)) {
                (Some(Ghost::Via(one, at)), Some(Ghost::Via(other, outer))) if one == other => {
                    return self.lies_in(*at, *outer);
                }
                (Some(Ghost::Missing(parent, _) | Ghost::Within(parent) | Ghost::Via(parent, _)), _) => *parent,
                (Some(Ghost::Lacking(..)), _) => return false,
                (None, Some(_)) => return false,
                (None, None) => {
                    let mut holder = ROOT_CELL;
                    while holder != outer {
                        match self.tenant.child(holder, at) {
                            Some(child) if child != holder && holder != at => holder = child,
                            _ => return false,
                        }
                    }
                    return true;
                }
            };
            if at == NOWHERE {
                return false;
            }
        }
        true
    }

    /// The place of an element that a policy makes: what was read for it first. What is unknown has no place of its own
    /// there, and neither has what is behind it.
    pub fn element_place(&mut self, out: &Out<'a>) -> At {
        let first = out.first();
        if out.at == NOWHERE && first != NOWHERE && out.val.is_unknown() {
            return self.ghost(Ghost::Within(first));
        }
        first
    }

    /// A value as a trace reads it.
    pub fn read(&self, val: Val<'a>, at: At) -> Out<'a> {
        // Of an element of a list that is not there, it is the list that is missing.
        let place = match self.ghost_of(at) {
            Some(Ghost::Within(list)) => *list,
            _ => at,
        };
        let (inside, own) = self.reading.get();
        if inside != NOWHERE && self.lies_in(place, if own == NOWHERE { inside } else { own }) {
            self.reading.set((inside, place));
        }
        let mut info = Info::at(place);
        if let Some(Ghost::Via(_, actual)) = self.ghost_of(at) {
            info.others.push(*actual);
        }
        if let Val::Unknown(unknown) = &val {
            if unknown.invalid {
                info.invalid = true;
                info.spoilt = place;
            } else if place != NOWHERE {
                info.missing.insert(place);
            }
        }
        Out { val, at, info: Some(Rc::new(info)) }
    }

    /// A field that is not there: of a record that is (`within` none), or of one that is itself unknown.
    fn absent<const TRACE: bool>(
        &mut self,
        parent: At,
        record: RecordId,
        slot: u16,
        within: Option<&Unknown<'a>>,
    ) -> Out<'a> {
        let Some(field) = self.schema.field(record, slot) else { return Out::plain(Val::unknown()) };
        let val = match (within, &field.absent) {
            (None, Absent::Default(constant)) => Val::from_const(constant),
            (None, absent) => Val::Unknown(Unknown::new(Setness::No, *absent == Absent::Required, bounds_of(field))),
            (Some(unknown), _) => {
                let set = if unknown.set == Setness::Yes { Setness::Maybe } else { unknown.set };
                Val::Unknown(Unknown::new(set, unknown.invalid, bounds_of(field)))
            }
        };
        if TRACE {
            let at = self.below(parent, Err(Step::Field(field.name.clone())));
            return self.read(val, at);
        }
        Out::plain(val)
    }

    /// An element of a keyed list, or an entry of a map.
    pub fn entry<const TRACE: bool>(
        &mut self,
        base: Out<'a>,
        key: (&str, At),
        key_slot: Option<u16>,
        of: Option<&Type>,
        written: &Expr,
    ) -> Out<'a> {
        let (key, read) = key;
        if let Some(among) = base.val.among() {
            return self.each_of::<TRACE>(&among, base.info, &mut |machine, val| {
                let at = val.cell();
                machine.entry::<TRACE>(Out::at(val, at), (key, read), key_slot, of, written)
            });
        }
        let found: Result<Out<'a>, Unknown<'a>> = match &base.val {
            Val::Fault(_) => return base,
            Val::Map(cell) => match self.tenant.cell(*cell) {
                Data::Map(map) => {
                    let cell = self.map_entry(*cell, map, key);
                    cell.map(|cell| Out::at(self.load(cell), cell)).ok_or(gone())
                }
                _ => Err(gone()),
            },
            Val::ConstMap(map) => {
                map.get(key).map(|constant| Out::at(Val::from_const(constant), base.at)).ok_or(gone())
            }
            Val::MadeMap(entries) => {
                entries.iter().find(|(known, _)| *known == key).map(|(_, out)| out.clone()).ok_or(gone())
            }
            Val::Unknown(unknown) => Err(Unknown::new(Setness::Maybe, unknown.invalid, None)),
            list => {
                let mut found = None;
                let mut open = false;
                if let (Val::Cells(first, count), Some(slot)) = (list, key_slot) {
                    let cell = self.list_entry(*first, *count, slot, key);
                    found = cell.map(|cell| Out::at(Val::Record(cell), cell));
                } else if let Some((place, others)) = key_slot.and_then(|slot| self.keyed_place(list, slot, key)) {
                    open = others;
                    let elem = place.and_then(|place| self.elem(list, place, base.at));
                    found = elem.map(|elem| Out::at(elem.val, elem.at));
                } else {
                    for index in 0..self.len(list) {
                        let Some(elem) = self.elem(list, index, base.at) else { continue };
                        open |= elem.sure != Sure::Yes;
                        let named = match (&elem.val, key_slot) {
                            (Val::Record(cell), Some(slot)) => self.tenant.key_text(*cell, slot),
                            _ => None,
                        };
                        if named == Some(key) && elem.sure == Sure::Yes {
                            found = Some(Out::at(elem.val, elem.at));
                            break;
                        }
                    }
                }
                found.ok_or(Unknown::new(if open { Setness::Maybe } else { Setness::No }, false, None))
            }
        };
        match found {
            Ok(out) if !TRACE => out,
            Ok(out) => {
                if matches!(base.val, Val::ConstMap(_)) && self.has_place(base.at) {
                    // Of a map that the platform fills.
                    let at = self.below(base.at, Err(Step::Key(key.to_owned())));
                    return self.read(out.val, at);
                }
                if matches!(base.val, Val::MadeMap(_) | Val::ConstMap(_)) {
                    // What a policy wrote is no place of the tenant; what it read there is, and what names the entry.
                    let mut info = out.info.clone().or(base.info);
                    if read != NOWHERE && info.as_ref().is_none_or(|info| info.first == NOWHERE) {
                        info = Some(Rc::new(Info { first: read, ..info.as_deref().cloned().unwrap_or_default() }));
                    }
                    return Out { info, ..out };
                }
                let at = if out.at & GHOST == 0 { self.below(base.at, Ok(out.at)) } else { out.at };
                self.read(out.val, at)
            }
            Err(mut unknown) => {
                unknown.bounds = of.and_then(type_bounds);
                let val = Val::Unknown(unknown);
                if !TRACE {
                    return Out::plain(val);
                }
                if self.has_place(base.at) {
                    let at = self.below(base.at, Err(Step::Key(key.to_owned())));
                    return self.read(val, at);
                }
                if base.val.is_unknown() && base.info.is_some() {
                    return Out { val, at: base.at, info: base.info };
                }
                let mut name = self.plan.policy.text(written.span).to_owned();
                Step::Key(key.to_owned()).push(&mut name);
                let first = if base.first() == NOWHERE { read } else { base.first() };
                let at = self.ghost(Ghost::Lacking(first, name));
                let info = Info { first, missing: Places::from_iter([at]), ..Info::default() };
                Out { val, at, info: Some(Rc::new(info)) }
            }
        }
    }

    fn map_entry(&mut self, cell: CellId, map: u32, key: &str) -> Option<CellId> {
        let tenant = self.tenant;
        let entries = tenant.map(map);
        if entries.len() <= 8 {
            return entries.iter().find(|(node, _)| tenant.document.text(*node) == key).map(|(_, cell)| *cell);
        }
        let index = self
            .indexes
            .entry(cell)
            .or_insert_with(|| entries.iter().rev().map(|(node, cell)| (tenant.document.text(*node), *cell)).collect());
        index.get(key).copied()
    }

    fn list_entry(&mut self, first: u32, count: u32, slot: u16, key: &str) -> Option<CellId> {
        let tenant = self.tenant;
        let elements = tenant.elements(first, count);
        if count <= 8 {
            return elements.iter().copied().find(|cell| *cell != NO_CELL && tenant.key_text(*cell, slot) == Some(key));
        }
        // The first element's cell names the list: no other list begins with it.
        let name = elements.iter().copied().find(|cell| *cell != NO_CELL)?;
        let index = self.indexes.entry(name).or_insert_with(|| {
            let mut index = FxHashMap::default();
            for &cell in elements.iter().filter(|cell| **cell != NO_CELL) {
                if let Some(key) = tenant.key_text(cell, slot) {
                    index.entry(key).or_insert(cell);
                }
            }
            index
        });
        index.get(key).copied()
    }

    // ---- lists -------------------------------------------------------------------------------------------------

    /// How many elements a list has, `null`s included.
    #[inline]
    pub fn len(&self, list: &Val<'a>) -> usize {
        match list {
            Val::Cells(_, count) => *count as usize,
            Val::Consts(values) => values.len(),
            Val::List(elems) => elems.len(),
            _ => 0,
        }
    }

    /// An element of a list that stands at `at`; none for `null`.
    #[inline]
    pub fn elem(&self, list: &Val<'a>, index: usize, at: At) -> Option<Elem<'a>> {
        match list {
            Val::Cells(first, _) => {
                let cell = self.tenant.slots.get(*first as usize + index).copied().filter(|cell| *cell != NO_CELL)?;
                Some(Elem { val: self.load(cell), at: cell, sure: Sure::Yes, doubt: None })
            }
            Val::Consts(values) => {
                values.get(index).map(|c| Elem { val: Val::from_const(c), at, sure: Sure::Yes, doubt: None })
            }
            Val::List(elems) => elems.get(index).cloned(),
            _ => None,
        }
    }

    /// The same in a trace: an element of a list behind a reference stays behind it.
    pub fn traced_elem(&mut self, list: &Val<'a>, index: usize, at: At) -> Option<Elem<'a>> {
        let mut elem = self.elem(list, index, at)?;
        match list {
            Val::Cells(..) if self.ghost_of(at).is_some() => elem.at = self.below(at, Ok(elem.at)),
            // Of a list that the platform fills.
            Val::Consts(_) if self.has_place(at) => elem.at = self.below(at, Err(Step::Index(index))),
            _ => {}
        }
        if elem.doubt.is_none()
            && let Val::Unknown(unknown) = &elem.val
        {
            let mut info = Info::at(elem.at);
            if unknown.invalid {
                info.invalid = true;
                info.spoilt = elem.at;
            } else {
                info.missing.insert(elem.at);
            }
            elem.doubt = Some(Rc::new(info));
        }
        Some(elem)
    }

    /// The text of a string, an enum's value or a reference's key.
    #[inline]
    pub fn text<'v>(&self, val: &'v Val<'a>) -> Option<&'v str>
    where
        'a: 'v,
    {
        match val {
            Val::Str(text) => Some(text),
            Val::Own(text) => Some(text),
            Val::Enum(id, index) => Some(self.schema.word(*id, *index)),
            Val::Ref(cell, ..) => Some(self.tenant.text(*cell)),
            _ => None,
        }
    }
}

fn gone<'a>() -> Unknown<'a> {
    Unknown::new(Setness::No, false, None)
}

/// What is known of a number before it is read.
fn bounds_of(field: &Field) -> Option<Rc<crate::value::Bounds>> {
    type_bounds(&field.ty)
}

pub(super) fn type_bounds(ty: &Type) -> Option<Rc<crate::value::Bounds>> {
    let mut bounds = match ty.kind {
        TypeKind::Int | TypeKind::Decimal | TypeKind::Percent => ty.bounds(),
        // A word is above every number.
        TypeKind::Worded(ref of, _) if **of != TypeKind::Duration => ty.bounds(),
        _ => return None,
    };
    if matches!(ty.kind, TypeKind::Worded(..)) {
        bounds.high = None;
    }
    (bounds.low.is_some() || bounds.high.is_some()).then(|| Rc::new(bounds))
}
