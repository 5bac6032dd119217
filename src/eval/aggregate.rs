//! Owns aggregates: sums, counts, extremes, distinct and unique values, and who contributed to them. It must never know statements.

use super::expr::{as_duration, settled};
use super::list::merged;
use super::machine::Machine;
use super::val::{At, Elem, Fault, Info, NOWHERE, Out, Partly, Setness, Sure, Unknown, Val};
use crate::lang::Beside;
use crate::policy::{Aggregate, BinaryOp, Comprehension};
use crate::schema::TypeKind;
use crate::value::{Bounds, Duration, End, Exact, Num};
use num_traits::CheckedAdd;
use rustc_hash::FxHashSet;
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
            Aggregate::Sum => self.sum::<TRACE>(&elems, &keys, comprehension.per.is_some(), list_at),
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

    fn sum<const TRACE: bool>(
        &mut self,
        elems: &[Elem<'a>],
        keys: &[Option<Val<'a>>],
        per: bool,
        list_at: At,
    ) -> Out<'a> {
        let durations = elems.iter().any(|elem| matches!(elem.val, Val::Duration(_) | Val::Diff(..)));
        let val = match (durations, per) {
            (true, _) => self.sum_durations(elems, keys, per),
            (false, true) => self.sum_per(elems, keys),
            (false, false) => sum_all(elems),
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

    /// The sum of durations, of which only whole ones are known.
    fn sum_durations(&mut self, elems: &[Elem<'a>], keys: &[Option<Val<'a>>], per: bool) -> Val<'a> {
        let mut parts: Vec<Duration> = Vec::new();
        let mut groups: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
        for (at, elem) in elems.iter().enumerate() {
            let own = match (&elem.val, elem.sure) {
                (Val::Duration(_) | Val::Diff(..), Sure::Yes) => as_duration(&elem.val),
                _ => return Val::unknown(),
            };
            if per {
                let Some(key) = keys.get(at).and_then(Option::as_ref) else { return Val::unknown() };
                let group = *groups.entry(self.key_name(key)).or_insert(parts.len());
                if let Some(largest) = parts.get_mut(group) {
                    match own.orders(*largest).decide(Ordering::is_gt) {
                        Some(true) => *largest = own,
                        Some(false) => {}
                        None => return Val::unknown(),
                    }
                    continue;
                }
            }
            parts.push(own);
        }
        let sum = parts.into_iter().try_fold(Duration::default(), Duration::add);
        sum.map_or(Val::Fault(Fault::Overflow), Val::Duration)
    }

    /// Elements with the same key count once, with their largest; one whose key is unknown may be any of them.
    fn sum_per(&mut self, elems: &[Elem<'a>], keys: &[Option<Val<'a>>]) -> Val<'a> {
        struct Group {
            sure: Option<Bounds>,
            maybe: Option<Bounds>,
            many: bool,
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut index: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
        let mut loose: Vec<(Bounds, Sure)> = Vec::new();
        for (elem, key) in elems.iter().zip(keys) {
            let bounds = elem.val.bounds();
            let Some(key) = key else {
                loose.push((bounds, elem.sure));
                continue;
            };
            if elem.sure == Sure::Many {
                loose.push((bounds, elem.sure));
                continue;
            }
            let name = self.key_name(key);
            let at = *index.entry(name).or_insert_with(|| {
                groups.push(Group { sure: None, maybe: None, many: false });
                groups.len() - 1
            });
            let Some(group) = groups.get_mut(at) else { continue };
            let slot = if elem.sure == Sure::Yes { &mut group.sure } else { &mut group.maybe };
            *slot = Some(slot.take().map_or(bounds.clone(), |known| known.max(&bounds)));
            group.many |= elem.sure == Sure::Many;
        }
        let zero = Num::Int(0);
        let mut exact = Total::default();
        let mut open: Option<Bounds> = None;
        let mut largest_low: Option<End> = None;
        for group in &groups {
            let own = match (&group.sure, &group.maybe) {
                (Some(sure), None) => sure.clone(),
                (Some(sure), Some(maybe)) => Bounds { low: sure.low.clone(), high: sure.max(maybe).high },
                (None, Some(maybe)) => at_most_there(maybe.clone(), Sure::Maybe),
                (None, None) => continue,
            };
            if let Some(low) = &own.low
                && largest_low.as_ref().is_none_or(|largest| low.at.order(&largest.at).is_gt())
            {
                largest_low = Some(low.clone());
            }
            match own.only() {
                Some(n) => exact.add(n),
                None => open = Some(open.map_or(own.clone(), |open| open.add(&own))),
            }
        }
        let Some(exact) = exact.number() else { return Val::Fault(Fault::Overflow) };
        let mut bounds = Bounds::exactly(exact);
        if let Some(open) = open {
            bounds = bounds.add(&open);
        }
        let mut extra_low = Num::Int(0);
        for (own, sure) in &loose {
            let there = at_most_there(own.clone(), *sure);
            // Least: it joins the largest group; most: it is a group of its own.
            let low = match &there.low {
                None => None,
                Some(low) if low.at.sign() < 0 => extra_low.add(&low.at),
                Some(low) => {
                    let above = match &largest_low {
                        Some(largest) => low.at.sub(&largest.at),
                        None => Some(low.at.clone()),
                    };
                    above.map(|above| if above.order(&extra_low).is_gt() { above } else { extra_low.clone() })
                }
            };
            match low {
                Some(low) => extra_low = low,
                None => bounds.low = None,
            }
            let high = there.high.filter(|_| *sure != Sure::Many);
            let high = high.map(|high| if high.at.sign() < 0 { End { at: zero.clone(), open: false } } else { high });
            bounds.high = match (bounds.high, high) {
                (Some(a), Some(b)) => a.at.add(&b.at).map(|at| End { at, open: a.open || b.open }),
                _ => None,
            };
        }
        bounds.low = bounds.low.and_then(|low| low.at.add(&extra_low).map(|at| End { at, open: low.open }));
        Val::bounded(bounds)
    }

    /// The places of elements that surely add nothing to a sum: nothing themselves, or no more than another of their group.
    fn idle(&self, elems: &[Elem<'a>], keys: &[Option<Val<'a>>]) -> FxHashSet<At> {
        // Of each group, the first element of those whose least is the largest.
        let mut largest: rustc_hash::FxHashMap<String, (Num, At)> = rustc_hash::FxHashMap::default();
        let grouped = |at: usize| keys.get(at).and_then(Option::as_ref).map(|key| self.key_name(key));
        for (at, elem) in elems.iter().enumerate() {
            let (Some(name), Some(low), Sure::Yes) = (grouped(at), elem.val.bounds().low, elem.sure) else { continue };
            let known = largest.get(&name);
            if known.is_none_or(|(known, _)| low.at.order(known).is_gt()) {
                largest.insert(name, (low.at, elem.at));
            }
        }
        let mut counts = FxHashSet::default();
        let mut idle = FxHashSet::default();
        for (at, elem) in elems.iter().enumerate() {
            let nothing = elem.val.num().is_some_and(|n| n.sign() == 0);
            let outdone = grouped(at).and_then(|name| largest.get(&name)).is_some_and(|(least, first)| {
                let high = elem.val.bounds().high;
                *first != elem.at && high.is_some_and(|high| high.at.order(least).is_le())
            });
            if nothing || outdone {
                idle.insert(elem.at)
            } else {
                counts.insert(elem.at)
            };
        }
        // A place that stands in two groups counts in one of them.
        idle.retain(|at| !counts.contains(at));
        idle
    }

    /// A value as the name of its group.
    fn key_name(&self, key: &Val<'a>) -> String {
        match self.text(key) {
            Some(text) => format!("t{text}"),
            None => match key {
                Val::Int(_) | Val::Exact(_) => {
                    format!("n{}", key.num().map(|n| n.exact().to_string()).unwrap_or_default())
                }
                Val::Record(cell) => format!("r{cell}"),
                other => format!("v{other:?}"),
            },
        }
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
            info.open.push(info.first);
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
        let mut unknown: Vec<(usize, Elem<'a>)> = Vec::new();
        let mut known: Vec<(usize, Elem<'a>)> = Vec::new();
        for (index, elem) in elems.into_iter().enumerate() {
            if elem.val.is_unknown() || elem.sure == Sure::Many {
                unknown.push((index, elem));
            } else {
                self.keep_distinct(index, elem, &mut known);
            }
        }
        for (index, elem) in unknown {
            self.keep_distinct(index, elem, &mut known);
        }
        known.sort_by_key(|(index, _)| *index);
        kept.extend(known.into_iter().map(|(_, elem)| elem));
        let val = Val::List(Rc::new(kept));
        if TRACE { Out { val, at: list_at, info: Some(Rc::new(Info::at(list_at))) } } else { Out::plain(val) }
    }

    /// Takes an element in, unless it repeats another one; where it may, whether it counts is unknown.
    fn keep_distinct(&mut self, index: usize, mut elem: Elem<'a>, kept: &mut Vec<(usize, Elem<'a>)>) {
        let mut perhaps = false;
        for (_, known) in kept.iter_mut() {
            match self.equal(&elem.val, &known.val) {
                Ok(Some(true)) => {
                    if elem.sure == Sure::Yes {
                        known.sure = Sure::Yes;
                    }
                    return;
                }
                Ok(Some(false)) => {}
                _ => perhaps = true,
            }
        }
        if perhaps && elem.sure == Sure::Yes {
            elem.sure = Sure::Maybe;
        }
        kept.push((index, elem));
    }

    /// Of a long list of texts or whole numbers, all of them known, which ones are the first of their kind: in time
    /// proportional to its length.
    fn told_apart(&self, elems: &[Elem<'a>]) -> Option<Vec<bool>> {
        const LONG: usize = 16;
        if elems.len() < LONG || elems.iter().any(|elem| elem.sure != Sure::Yes) {
            return None;
        }
        let (mut texts, mut numbers) = (FxHashSet::default(), FxHashSet::default());
        let mut firsts = Vec::with_capacity(elems.len());
        for elem in elems {
            firsts.push(match &elem.val {
                Val::Int(n) => numbers.insert(*n),
                val => texts.insert(self.text(val)?),
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
        // What has a name of its own is told apart by that; the rest, one by one.
        let mut seen: rustc_hash::FxHashMap<String, usize> = rustc_hash::FxHashMap::default();
        let mut odd: Vec<usize> = Vec::new();
        for (index, elem) in elems.iter().enumerate() {
            if is_odd(elem) {
                odd.push(index);
                continue;
            }
            let name = self.key_name(&elem.val);
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
            for (other, known) in elems.iter().enumerate() {
                if other == index || (other < index && is_odd(known)) {
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
        let mut firsts: Vec<At> = Vec::new();
        let mut repeats: Vec<At> = Vec::new();
        for (first, later) in &pairs.repeats {
            for (places, index) in [(&mut firsts, first), (&mut repeats, later)] {
                if !places.contains(&place(index)) {
                    places.push(place(index));
                }
            }
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

/// Whether an element may equal another one that is written otherwise.
fn is_odd(elem: &Elem<'_>) -> bool {
    elem.sure == Sure::Many
        || match &elem.val {
            Val::Unknown(_) | Val::Diff(..) => true,
            Val::Duration(duration) => duration.months != 0,
            _ => false,
        }
}

/// A sum that is exact while it grows, so that it does not depend on the order of what is added.
#[derive(Default)]
struct Total {
    whole: i128,
    rest: Option<Exact>,
    lost: bool,
}

impl Total {
    fn add(&mut self, n: &Num) {
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
    fn number(&self) -> Option<Num> {
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
fn at_most_there(bounds: Bounds, sure: Sure) -> Bounds {
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
