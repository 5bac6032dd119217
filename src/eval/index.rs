//! Owns what finds an element of a long list without a walk through it. It must never know what is asked of the element.

use super::machine::Machine;
use super::val::{Elem, Fault, Sure, Val};
use crate::tenant::CellId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Shorter lists are gone through.
pub(super) const SHORT: usize = 32;
/// So many lists are kept in mind at once.
const MOST: usize = 16;
/// So many comparisons with an element that cannot be looked up are a step.
const BESIDE: u64 = 8;

/// Which list it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    /// One of the tenant: where its elements begin, and how many there are.
    Cells(u32, u32),
    /// One that the policy holds, or that was made: where it lies in memory.
    Held(usize),
}

/// The elements of lists, by what they are asked for.
#[derive(Default)]
pub(super) struct Indexes<'a> {
    members: FxHashMap<Which, Indexed<'a, Option<Members<'a>>>>,
    keyed: FxHashMap<(Which, u16), Indexed<'a, Keyed<'a>>>,
}

/// What is known of a list, and the list itself: as long as it is held, no other one lies where it does.
struct Indexed<'a, T> {
    _list: Val<'a>,
    known: T,
}

/// All elements of a list of texts and whole numbers.
#[derive(Default)]
struct Members<'a> {
    texts: FxHashSet<&'a str>,
    numbers: FxHashSet<i64>,
}

/// The places of records in a list, by their keys; and whether others may be there.
#[derive(Default)]
struct Keyed<'a> {
    places: FxHashMap<&'a str, usize>,
    open: bool,
}

impl<'a> Machine<'a> {
    /// Whether a value is in a long list, where all of both is known and can be looked up. Otherwise the steps of a walk
    /// through the list are taken.
    pub(super) fn looked_up(&mut self, item: &Val<'a>, list: &Val<'a>) -> Result<Option<bool>, Fault> {
        let length = self.len(list);
        if length <= SHORT {
            return Ok(None);
        }
        let found = match which(list) {
            Some(which) if matches!(item, Val::Int(_)) || self.text(item).is_some() => {
                if self.index.members.len() >= MOST && !self.index.members.contains_key(&which) {
                    self.index.members.clear();
                }
                if !self.index.members.contains_key(&which) {
                    let known = self.all_members(list);
                    self.index.members.insert(which, Indexed { _list: list.clone(), known });
                }
                let members = self.index.members.get(&which).and_then(|indexed| indexed.known.as_ref());
                members.map(|members| match item {
                    Val::Int(n) => members.numbers.contains(n),
                    item => self.text(item).is_some_and(|text| members.texts.contains(text)),
                })
            }
            _ => None,
        };
        if found.is_none() {
            self.take(length as u64 / BESIDE)?;
        }
        Ok(found)
    }

    fn all_members(&self, list: &Val<'a>) -> Option<Members<'a>> {
        let mut members = Members::default();
        for elem in (0..self.len(list)).filter_map(|index| self.elem(list, index, super::val::NOWHERE)) {
            match elem {
                Elem { val: Val::Int(n), sure: Sure::Yes, .. } => drop(members.numbers.insert(n)),
                Elem { val, sure: Sure::Yes, .. } => drop(members.texts.insert(self.lasting_text(&val)?)),
                _ => return None,
            }
        }
        Some(members)
    }

    /// The place of a record in a long list that was made, by its key, and whether others may be there; none where a walk
    /// is to be made.
    pub(super) fn keyed_place(&mut self, list: &Val<'a>, slot: u16, key: &str) -> Option<(Option<usize>, bool)> {
        if self.len(list) <= SHORT {
            return None;
        }
        let which = (which(list)?, slot);
        if self.index.keyed.len() >= MOST && !self.index.keyed.contains_key(&which) {
            self.index.keyed.clear();
        }
        if !self.index.keyed.contains_key(&which) {
            let mut known = Keyed::default();
            for index in 0..self.len(list) {
                let Some(elem) = self.elem(list, index, super::val::NOWHERE) else { continue };
                known.open |= elem.sure != Sure::Yes;
                if let (Val::Record(cell), Sure::Yes) = (&elem.val, elem.sure)
                    && let Some(name) = self.key_of(*cell, slot)
                {
                    known.places.entry(name).or_insert(index);
                }
            }
            self.index.keyed.insert(which, Indexed { _list: list.clone(), known });
        }
        let known = &self.index.keyed.get(&which)?.known;
        Some((known.places.get(key).copied(), known.open))
    }

    /// The key of a record of the tenant.
    fn key_of(&self, cell: CellId, slot: u16) -> Option<&'a str> {
        let tenant = self.tenant;
        tenant.key_text(cell, slot)
    }

    /// The text of a value that lasts as long as the tenant and the policy do.
    fn lasting_text(&self, val: &Val<'a>) -> Option<&'a str> {
        let (tenant, plan) = (self.tenant, self.plan);
        match val {
            Val::Str(text) => Some(text),
            Val::Enum(id, index) => Some(plan.policy.schema.word(*id, *index)),
            Val::Ref(cell, ..) => Some(tenant.text(*cell)),
            _ => None,
        }
    }
}

/// Which list it is, where it will be met again: not one that nobody else holds.
fn which(list: &Val<'_>) -> Option<Which> {
    match list {
        Val::Cells(first, count) => Some(Which::Cells(*first, *count)),
        Val::Consts(values) => Some(Which::Held(values.as_ptr().addr())),
        Val::List(elems) if Rc::strong_count(elems) > 1 => Some(Which::Held(Rc::as_ptr(elems).addr())),
        _ => None,
    }
}
