//! Owns aggregates: sums, counts, extremes, distinct and unique values, and who contributed to them. It must never know statements.

use super::expr::settled;
use super::list::merged;
use super::machine::Machine;
use super::val::{At, Elem, Fault, Info, NOWHERE, Out, Partly, Setness, Sure, Unknown, Val};
use crate::lang::Beside;
use crate::policy::{Aggregate, BinaryOp, Comprehension};
use crate::schema::TypeKind;
use crate::value::{Bounds, End, Exact, Num};
use indexmap::IndexSet;
use num_traits::CheckedAdd;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

impl<'a> Machine<'a> {
    pub(super) fn aggregate<const TRACE: bool>(
        &mut self,
        which: Aggregate,
        comprehension: &'a Comprehension,
    ) -> Out<'a> {
        if !TRACE
            && which == Aggregate::Count
            && let Some(count) = self.plain_count(comprehension)
        {
            return Out::plain(Val::Int(count));
        }
        self.over::<TRACE>(comprehension, &mut |machine, list| {
            machine.aggregate_over::<TRACE>(which, comprehension, &list)
        })
    }

    fn aggregate_over<const TRACE: bool>(
        &mut self,
        which: Aggregate,
        comprehension: &'a Comprehension,
        list: &Out<'a>,
    ) -> Out<'a> {
        let mut elems: Vec<Elem<'a>> = Vec::new();
        let mut keys: Vec<Option<Val<'a>>> = Vec::new();
        let list_at = list.first();
        let failed =
            |fault| Out { val: Val::Fault(fault), at: NOWHERE, info: TRACE.then(|| Rc::new(Info::at(list_at))) };
        let result =
            self.generate::<TRACE>(comprehension, 0, list, (Sure::Yes, None), &mut |machine, sure, doubt, at| {
                machine.element::<TRACE>(comprehension, sure, doubt, at, &mut elems)?;
                if let Some(per) = &comprehension.per {
                    let out = machine.eval::<TRACE>(per);
                    let known = match out.val {
                        Val::Fault(fault) => return Err(fault),
                        Val::Unknown(_) => {
                            if TRACE && let Some(elem) = elems.last_mut() {
                                elem.doubt = merged(elem.doubt.take(), out.info);
                            }
                            None
                        }
                        known => Some(known),
                    };
                    keys.push(known);
                }
                Ok(())
            });
        if let Some(fault) = result.err().or_else(|| elems.iter().find_map(Elem::fault)) {
            return failed(fault);
        }
        match which {
            Aggregate::Count => self.count::<TRACE>(&elems, list_at),
            Aggregate::Sum => match comprehension.per.as_ref().map(|_| self.key_names(&keys)).transpose() {
                Ok(keys) => self.sum::<TRACE>(&elems, keys.as_deref(), list_at),
                Err(fault) => failed(fault),
            },
            Aggregate::Max | Aggregate::Min => {
                self.extreme::<TRACE>(which == Aggregate::Max, &elems, list_at, &comprehension.element.ty)
            }
            _ => self.distinct::<TRACE>(elems, list_at),
        }
    }

    fn count<const TRACE: bool>(&mut self, elems: &[Elem<'a>], list_at: At) -> Out<'a> {
        let sure = elems.iter().filter(|elem| elem.sure == Sure::Yes).count() as i64;
        let maybe = elems.iter().filter(|elem| elem.sure == Sure::Maybe).count() as i64;
        let many = elems.iter().any(|elem| elem.sure == Sure::Many);
        let val = if maybe == 0 && !many {
            Val::Int(sure)
        } else {
            Val::bounded(Bounds::from(Some(Num::Int(sure)), (!many).then(|| Num::Int(sure + maybe))))
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = Info::at(list_at);
        let counted: Vec<At> =
            elems.iter().filter(|elem| elem.sure == Sure::Yes && elem.at != NOWHERE).map(|elem| elem.at).collect();
        if let Some((first, others)) = counted.split_first() {
            info.first = *first;
            info.others = others.to_vec();
        }
        for elem in elems.iter().filter(|elem| elem.sure != Sure::Yes) {
            if let Some(doubt) = &elem.doubt {
                info.doubt(doubt);
            }
        }
        settled(val, Some(Rc::new(info)))
    }

    fn sum<const TRACE: bool>(&mut self, elems: &[Elem<'a>], keys: Option<&[Option<String>]>, list_at: At) -> Out<'a> {
        let durations = elems.iter().any(|elem| matches!(elem.val, Val::Duration(_) | Val::Diff(..)));
        let val = match keys {
            _ if durations => self.sum_durations(elems, keys),
            Some(keys) => self.sum_per(elems, keys),
            None => sum_all(elems),
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = self.contributors(elems, list_at, true);
        let idle = self.idle(elems, keys);
        info.others.retain(|at| !idle.contains(at) || *at == info.first);
        for elem in elems.iter().filter(|elem| elem.sure != Sure::Yes || elem.val.is_unknown() || elem.doubt.is_some())
        {
            if let Some(doubt) = &elem.doubt {
                info.doubt(doubt);
            }
        }
        if matches!(val, Val::Fault(_)) {
            return Out { val, at: NOWHERE, info: Some(Rc::new(info)) };
        }
        settled(val, Some(Rc::new(info)))
    }

    /// The largest (or smallest) contributor and the others, judged by what is surely known of each.
    fn contributors(&self, elems: &[Elem<'a>], list_at: At, largest: bool) -> Info {
        let end = |elem: &Elem<'a>| match &elem.val {
            Val::Unknown(_) => {
                let bounds = elem.val.bounds();
                (if largest { bounds.low } else { bounds.high }).map(|end| Val::number(end.at))
            }
            known => Some(known.clone()),
        };
        let mut best: Option<(&Elem<'a>, Option<Val<'a>>)> = None;
        let placed: Vec<&Elem<'a>> =
            elems.iter().filter(|elem| elem.at != NOWHERE && elem.sure != Sure::Many).collect();
        let certain = placed.iter().any(|elem| elem.sure == Sure::Yes);
        for elem in placed.iter().filter(|elem| !certain || elem.sure == Sure::Yes) {
            let own = end(elem);
            let better = match &best {
                None => true,
                Some((before, known)) => match (&own, known) {
                    (Some(_), None) => true,
                    (Some(own), Some(known)) => match surely(own, known) {
                        Some(order) if largest => {
                            order.is_gt()
                                || (order.is_eq() && elem.at < before.at && before.at & super::val::GHOST == 0)
                        }
                        Some(order) => {
                            order.is_lt()
                                || (order.is_eq() && elem.at < before.at && before.at & super::val::GHOST == 0)
                        }
                        None => false,
                    },
                    _ => false,
                },
            };
            if better {
                best = Some((elem, own));
            }
        }
        let first = best.map_or(list_at, |(elem, _)| elem.at);
        let mut info = Info::at(first);
        info.others = placed.iter().map(|elem| elem.at).filter(|at| *at != first).collect();
        info
    }

    pub(super) fn extreme<const TRACE: bool>(
        &mut self,
        largest: bool,
        elems: &[Elem<'a>],
        list_at: At,
        ty: &TypeKind,
    ) -> Out<'a> {
        let val = self.extreme_value(largest, elems, ty);
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = self.contributors(elems, list_at, largest);
        for (index, elem) in elems.iter().enumerate() {
            if (elem.sure != Sure::Yes || elem.val.is_unknown())
                && let Some(doubt) = &elem.doubt
                && !self.is_outdone(largest, elems, index)
            {
                info.doubt(doubt);
            }
        }
        if val.is_unknown() && info.is_settled() && info.first != NOWHERE {
            info.open.insert(info.first);
        }
        settled(val, Some(Rc::new(info)))
    }

    /// Whether another element surely goes at least as far.
    fn is_outdone(&mut self, largest: bool, elems: &[Elem<'a>], index: usize) -> bool {
        let Some(own) = elems.get(index) else { return false };
        let op = if largest { BinaryOp::Ge } else { BinaryOp::Le };
        elems.iter().enumerate().any(|(at, other)| {
            at != index && other.sure == Sure::Yes && self.order(op, &other.val, &own.val) == Ok(Some(true))
        })
    }

    fn extreme_value(&mut self, largest: bool, elems: &[Elem<'a>], ty: &TypeKind) -> Val<'a> {
        if let Some(fault) =
            elems.iter().find_map(|elem| if let Val::Fault(fault) = elem.val { Some(fault) } else { None })
        {
            return Val::Fault(fault);
        }
        // Of nothing, and of what may be nothing, there is no largest.
        if !elems.iter().any(|elem| elem.sure == Sure::Yes) {
            return Val::unknown();
        }
        let numbers = elems.iter().all(|elem| elem.val.num().is_some() || elem.val.is_unknown());
        if numbers && elems.iter().any(|elem| elem.sure != Sure::Yes || elem.val.is_unknown()) {
            let mut sure: Option<Bounds> = None;
            let mut reach: Option<Bounds> = None;
            for elem in elems {
                let own = elem.val.bounds();
                let pick = |a: Bounds, b: &Bounds| if largest { a.max(b) } else { a.min(b) };
                if elem.sure == Sure::Yes {
                    sure = Some(sure.map_or(own.clone(), |sure| pick(sure, &own)));
                }
                reach = Some(reach.map_or(own.clone(), |reach| pick(reach, &own)));
            }
            let (Some(sure), Some(reach)) = (sure, reach) else { return Val::unknown() };
            let bounds = if largest {
                Bounds { low: sure.low, high: reach.high }
            } else {
                Bounds { low: reach.low, high: sure.high }
            };
            return Val::bounded(bounds);
        }
        if let Some(elem) = elems.iter().find(|elem| elem.sure == Sure::Yes && self.is_last(largest, &elem.val, ty)) {
            return elem.val.clone();
        }
        let mut best: Option<Val<'a>> = None;
        for elem in elems {
            let further = match &best {
                None => Some(true),
                Some(before) => {
                    let orders = self.orders(&elem.val, before);
                    orders.and_then(|o| o.decide(|order| if largest { order.is_gt() } else { order.is_lt() }))
                }
            };
            match (further, elem.sure) {
                (Some(false), _) => {}
                (Some(true), Sure::Yes) if !elem.val.is_unknown() => best = Some(elem.val.clone()),
                // Which one it is, is open; what all of them decide is known all the same.
                _ => {
                    let of = elems.iter().map(|elem| (elem.val.clone(), elem.sure == Sure::Yes)).collect();
                    let partly = Some(Rc::new(Partly::Extreme(largest, of)));
                    return Val::Unknown(Unknown { partly, ..Unknown::new(Setness::Maybe, false, None) });
                }
            }
        }
        best.unwrap_or_else(Val::unknown)
    }

    /// Whether nothing of its type goes further.
    fn is_last(&self, largest: bool, val: &Val<'a>, ty: &TypeKind) -> bool {
        match (val, ty) {
            (Val::Enum(id, index), _) if largest => usize::from(*index) + 1 == self.schema.values(*id).len(),
            (Val::Enum(_, index), _) => *index == 0,
            (val, TypeKind::Worded(_, words)) => largest && words.len() == 1 && self.text(val).is_some(),
            _ => false,
        }
    }

    fn distinct<const TRACE: bool>(&mut self, elems: Vec<Elem<'a>>, list_at: At) -> Out<'a> {
        let mut kept: Vec<Elem<'a>> = Vec::new();
        let elems = match self.told_apart(&elems) {
            Some(firsts) => {
                kept = elems.into_iter().zip(firsts).filter_map(|(elem, first)| first.then_some(elem)).collect();
                Vec::new()
            }
            None => elems,
        };
        // What is known is told apart first: whatever an unknown element is, it takes nothing away from that.
        let (unknown, known): (Vec<_>, Vec<_>) =
            elems.into_iter().enumerate().partition(|(_, elem)| elem.val.is_unknown() || elem.sure == Sure::Many);
        let mut apart = Apart::default();
        for (index, elem) in known.into_iter().chain(unknown) {
            if let Err(limit) = self.keep_distinct(index, elem, &mut apart) {
                return Out { val: Val::Fault(limit), at: NOWHERE, info: TRACE.then(|| Rc::new(Info::at(list_at))) };
            }
        }
        let mut known = apart.kept;
        known.sort_by_key(|(index, _)| *index);
        kept.extend(known.into_iter().map(|(_, elem)| elem));
        let val = Val::List(Rc::new(kept));
        if TRACE { Out { val, at: list_at, info: Some(Rc::new(Info::at(list_at))) } } else { Out::plain(val) }
    }

    /// Takes an element in, unless it repeats another one; where it may, whether it counts is unknown.
    fn keep_distinct(&mut self, index: usize, mut elem: Elem<'a>, apart: &mut Apart<'a>) -> Result<(), Fault> {
        let at = apart.kept.len();
        let name = self.key_name(&elem.val).filter(|_| elem.sure != Sure::Many);
        // What has a name equals nothing else that has one, and what says nothing may equal anything.
        let others = match (&name, &elem.val) {
            (Some(name), _) => match apart.named.get(name) {
                Some(same) => vec![*same],
                None => apart.odd.clone(),
            },
            (None, Val::Unknown(unknown)) if unknown.bounds.is_none() && unknown.partly.is_none() => {
                apart.kept.first().map(|_| 0).into_iter().collect()
            }
            (None, _) => (0..at).collect(),
        };
        self.take(others.len() as u64)?;
        let mut perhaps = false;
        for other in others {
            let Some((_, known)) = apart.kept.get_mut(other) else { continue };
            match self.equal(&elem.val, &known.val) {
                Ok(Some(true)) => {
                    if elem.sure == Sure::Yes {
                        known.sure = Sure::Yes;
                    }
                    return Ok(());
                }
                Ok(Some(false)) => {}
                _ => perhaps = true,
            }
        }
        match name {
            Some(name) => drop(apart.named.insert(name, at)),
            None => apart.odd.push(at),
        }
        if perhaps && elem.sure == Sure::Yes {
            elem.sure = Sure::Maybe;
        }
        apart.kept.push((index, elem));
        Ok(())
    }

    /// Of a long list of values that have names, all of them known, which ones are the first of their kind: in time
    /// proportional to its length.
    fn told_apart(&self, elems: &[Elem<'a>]) -> Option<Vec<bool>> {
        const LONG: usize = 16;
        if elems.len() < LONG || elems.iter().any(|elem| elem.sure != Sure::Yes) {
            return None;
        }
        let (mut texts, mut numbers, mut names) = (FxHashSet::default(), FxHashSet::default(), FxHashSet::default());
        let mut firsts = Vec::with_capacity(elems.len());
        let whole = !elems.iter().any(|elem| matches!(elem.val, Val::Exact(_)));
        for elem in elems {
            firsts.push(match &elem.val {
                Val::Int(n) if whole => numbers.insert(*n),
                val => match self.text(val) {
                    Some(text) => texts.insert(text),
                    None => names.insert(self.key_name(val)?),
                },
            });
        }
        Some(firsts)
    }

    pub(super) fn unique<const TRACE: bool>(&mut self, comprehension: &'a Comprehension) -> Out<'a> {
        self.over::<TRACE>(comprehension, &mut |machine, list| {
            let made = machine.made::<TRACE>(comprehension, &list);
            if let Val::Fault(_) | Val::Unknown(_) = made.val { made } else { machine.told_unique::<TRACE>(&made) }
        })
    }

    fn told_unique<const TRACE: bool>(&mut self, list: &Out<'a>) -> Out<'a> {
        let elems = self.elements(&list.val);
        let fault = elems.iter().find_map(Elem::fault);
        let elems: Vec<Elem<'a>> = elems.into_iter().filter(|elem| elem.fault().is_none()).collect();
        let mut pairs = Pairs::default();
        let failed = |fault| Out { val: Val::Fault(fault), at: NOWHERE, info: list.info.clone() };
        // What has a name of its own is told apart by that; the rest, one by one.
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        let mut odd: Vec<usize> = Vec::new();
        let mut is_odd = vec![false; elems.len()];
        for ((index, elem), is_odd) in elems.iter().enumerate().zip(&mut is_odd) {
            let Some(name) = self.key_name(&elem.val).filter(|_| elem.sure != Sure::Many) else {
                *is_odd = true;
                odd.push(index);
                continue;
            };
            match seen.get(&name).and_then(|first| elems.get(*first).map(|known| (*first, known.sure))) {
                None => drop(seen.insert(name, index)),
                Some((first, sure)) => {
                    pairs.meet(first, index, sure == Sure::Yes && elem.sure == Sure::Yes);
                    if sure != Sure::Yes && elem.sure == Sure::Yes {
                        // The next one that is surely there repeats this one.
                        seen.insert(name, index);
                    }
                }
            }
        }
        let mut left_open = None;
        for &index in &odd {
            let Some(elem) = elems.get(index) else { continue };
            if elem.sure == Sure::Many {
                pairs.meet(index, index, false);
            }
            if matches!(&elem.val, Val::Unknown(unknown) if unknown.bounds.is_none() && unknown.partly.is_none()) {
                // It may be any of the others, whichever there are.
                if let Some(other) = (0..elems.len()).find(|other| *other != index) {
                    pairs.meet(index.min(other), index.max(other), false);
                }
                continue;
            }
            if let Err(limit) = self.take(elems.len() as u64) {
                return failed(limit);
            }
            for ((other, known), is_odd) in elems.iter().enumerate().zip(&is_odd) {
                if other == index || (other < index && *is_odd) {
                    continue;
                }
                let mut equal = self.equal(&known.val, &elem.val).unwrap_or(None);
                if equal.is_none() && !known.val.is_unknown() && !elem.val.is_unknown() {
                    // Only the calendar leaves it open.
                    equal = self.calendar.map(|holds| !holds);
                    left_open = left_open.or_else(|| super::compare::left_open(&known.val, &elem.val));
                }
                let sure = elem.sure == Sure::Yes && known.sure == Sure::Yes;
                match equal {
                    Some(false) => {}
                    equal => pairs.meet(index.min(other), index.max(other), sure && equal == Some(true)),
                }
            }
        }
        let val = match (pairs.repeats.is_empty(), fault, pairs.open.is_empty()) {
            (false, ..) => Val::Bool(false),
            (true, Some(fault), _) => Val::Fault(fault),
            (true, None, false) => Val::unknown(),
            (true, None, true) => Val::Bool(true),
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = Info::at(list.first());
        let place = |index: &usize| elems.get(*index).map_or(NOWHERE, |elem| elem.at);
        for doubt in pairs.open.iter().filter_map(|index| elems.get(*index)?.doubt.as_ref()) {
            info.doubt(doubt);
        }
        if val.is_unknown() && info.is_settled() {
            info.open.extend(pairs.later.as_ref().map(place).filter(|at| *at != NOWHERE));
            self.left_open = self.left_open.take().or(left_open);
        }
        pairs.repeats.sort_unstable_by_key(|(first, later)| (*later, *first));
        let mut firsts: IndexSet<At> = IndexSet::new();
        let mut repeats: IndexSet<At> = IndexSet::new();
        for (first, later) in &pairs.repeats {
            firsts.insert(place(first));
            repeats.insert(place(later));
        }
        let mut places = repeats.into_iter();
        if let Some(first) = places.next() {
            info.why = first;
            info.related = firsts
                .into_iter()
                .map(|at| (at, Beside::ThereAlready))
                .chain(places.map(|at| (at, Beside::RepeatsToo)))
                .collect();
        }
        settled(val, Some(Rc::new(info)))
    }
}

/// The elements of a list that are told apart so far: the places that they had, those that have names, and the others.
#[derive(Default)]
struct Apart<'a> {
    kept: Vec<(usize, Elem<'a>)>,
    named: FxHashMap<String, usize>,
    odd: Vec<usize>,
}

/// Elements of a list that meet: an earlier one and a later one.
#[derive(Default)]
struct Pairs {
    /// Those that are surely equal.
    repeats: Vec<(usize, usize)>,
    /// Those of which one may equal another, and the first that may repeat an earlier one.
    open: BTreeSet<usize>,
    later: Option<usize>,
}

impl Pairs {
    fn meet(&mut self, first: usize, later: usize, surely: bool) {
        if surely {
            self.repeats.push((first, later));
        } else {
            self.open.extend([first, later]);
            self.later = Some(self.later.map_or(later, |before| before.min(later)));
        }
    }
}

/// A sum that is exact while it grows, so that it does not depend on the order of what is added.
#[derive(Default)]
pub(super) struct Total {
    whole: i128,
    rest: Option<Exact>,
    lost: bool,
}

impl Total {
    pub(super) fn add(&mut self, n: &Num) {
        match n {
            Num::Int(n) => match self.whole.checked_add(i128::from(*n)) {
                Some(whole) => self.whole = whole,
                None => self.lost = true,
            },
            Num::Exact(n) => match self.rest.unwrap_or_default().checked_add(n) {
                Some(rest) => self.rest = Some(rest),
                None => self.lost = true,
            },
        }
    }

    /// The sum; `None` on overflow.
    pub(super) fn number(&self) -> Option<Num> {
        match self.rest {
            _ if self.lost => None,
            None => i64::try_from(self.whole).ok().map(Num::Int),
            Some(rest) => rest.checked_add(&Exact::from_integer(self.whole)).map(Num::Exact),
        }
    }
}

fn sum_all<'a>(elems: &[Elem<'a>]) -> Val<'a> {
    // Known elements first, exactly: what overflows is an error, never a wrong number.
    let mut known = Total::default();
    let mut bounds: Option<Bounds> = None;
    for elem in elems {
        match (elem.val.num(), elem.sure) {
            (Some(n), Sure::Yes) => known.add(&n),
            (_, sure) => {
                let own = at_most_there(elem.val.bounds(), sure);
                bounds = Some(bounds.map_or(own.clone(), |bounds| bounds.add(&own)));
            }
        }
    }
    let Some(known) = known.number() else { return Val::Fault(Fault::Overflow) };
    match bounds {
        None => Val::number(known),
        Some(bounds) => Val::bounded(Bounds::exactly(known).add(&bounds)),
    }
}

/// The bounds of an element that may not be there, or be there many times.
pub(super) fn at_most_there(bounds: Bounds, sure: Sure) -> Bounds {
    let zero = Bounds::exactly(Num::Int(0));
    match sure {
        Sure::Yes => bounds,
        Sure::Maybe | Sure::Fault(_) => bounds.either(&zero),
        Sure::Many => {
            let sign = |end: &Option<End>, least: bool| {
                end.as_ref().is_some_and(|end| if least { end.at.sign() >= 0 } else { end.at.sign() <= 0 })
            };
            Bounds {
                low: if sign(&bounds.low, true) { zero.low.clone() } else { None },
                high: if sign(&bounds.high, false) { zero.high } else { None },
            }
        }
    }
}

/// The order of two contributors, as far as it is sure.
fn surely(a: &Val<'_>, b: &Val<'_>) -> Option<Ordering> {
    match (a, b) {
        (Val::Date(x), Val::Date(y)) => Some(x.cmp(y)),
        (Val::Enum(_, x), Val::Enum(_, y)) => Some(x.cmp(y)),
        (Val::Duration(_) | Val::Diff(..), Val::Duration(_) | Val::Diff(..)) => {
            let orders = super::expr::as_duration(a).orders(super::expr::as_duration(b));
            [Ordering::Less, Ordering::Equal, Ordering::Greater]
                .into_iter()
                .find(|order| orders.decide(|o| o == *order) == Some(true))
        }
        // A word beside a number is above every number.
        (Val::Str(_), Val::Str(_)) => Some(Ordering::Equal),
        (Val::Str(_), _) => Some(Ordering::Greater),
        (_, Val::Str(_)) => Some(Ordering::Less),
        _ => Some(a.num()?.order(&b.num()?)),
    }
}
