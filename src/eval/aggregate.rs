//! Owns aggregates: sums, counts, extremes, distinct and unique values, and who contributed to them. It must never know statements.

use super::expr::settled;
use super::list::merged;
use super::machine::Machine;
use super::val::{At, Elem, Fault, Info, NOWHERE, Out, Sure, Val};
use crate::lang::Beside;
use crate::policy::{Aggregate, Comprehension};
use crate::value::{Bounds, End, Num};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;
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
        let mut elems: Vec<Elem<'a>> = Vec::new();
        let mut keys: Vec<Option<Val<'a>>> = Vec::new();
        let mut info = Info::default();
        let result = self.generate::<TRACE>(
            comprehension,
            0,
            (Sure::Yes, None),
            NOWHERE,
            &mut info,
            &mut |machine, sure, doubt, at| {
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
            },
        );
        if let Err(fault) = result {
            return Out { val: Val::Fault(fault), at: NOWHERE, info: TRACE.then(|| Rc::new(info)) };
        }
        let list_at = info.first;
        if which == Aggregate::Count {
            return self.count::<TRACE>(&elems, list_at);
        }
        if let Some(fault) = elems.iter().find_map(|elem| match (&elem.val, elem.sure) {
            (Val::Fault(fault), _) => Some(*fault),
            (_, Sure::Fault(fault)) => Some(fault),
            _ => None,
        }) {
            return Out { val: Val::Fault(fault), at: NOWHERE, info: TRACE.then(|| Rc::new(info)) };
        }
        match which {
            Aggregate::Sum => self.sum::<TRACE>(&elems, &keys, comprehension.per.is_some(), list_at),
            Aggregate::Max | Aggregate::Min => self.extreme::<TRACE>(which == Aggregate::Max, &elems, list_at),
            _ => self.distinct::<TRACE>(elems, list_at),
        }
    }

    fn count<const TRACE: bool>(&mut self, elems: &[Elem<'a>], list_at: At) -> Out<'a> {
        if let Some(fault) =
            elems.iter().find_map(|elem| if let Sure::Fault(fault) = elem.sure { Some(fault) } else { None })
        {
            return Out { val: Val::Fault(fault), at: NOWHERE, info: None };
        }
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
        let val = if per { self.sum_per(elems, keys) } else { self.sum_all(elems) };
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

    fn sum_all(&mut self, elems: &[Elem<'a>]) -> Val<'a> {
        if elems.iter().any(|elem| matches!(elem.val, Val::Duration(_) | Val::Diff(..))) {
            return sum_durations(elems);
        }
        // Known elements first, exactly: what overflows is an error, never a wrong number.
        let mut known = Num::Int(0);
        let mut bounds: Option<Bounds> = None;
        for elem in elems {
            match (elem.val.num(), elem.sure) {
                (Some(n), Sure::Yes) => match known.add(&n) {
                    Some(sum) => known = sum,
                    None => return Val::Fault(Fault::Overflow),
                },
                (_, sure) => {
                    let own = at_most_there(elem.val.bounds(), sure);
                    bounds = Some(bounds.map_or(own.clone(), |bounds| bounds.add(&own)));
                }
            }
        }
        match bounds {
            None => Val::number(known),
            Some(bounds) => Val::bounded(Bounds::exactly(known).add(&bounds)),
        }
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
        let mut exact = Num::Int(0);
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
                Some(n) => match exact.add(n) {
                    Some(sum) => exact = sum,
                    None => return Val::Fault(Fault::Overflow),
                },
                None => open = Some(open.map_or(own.clone(), |open| open.add(&own))),
            }
        }
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

    pub(super) fn extreme<const TRACE: bool>(&mut self, largest: bool, elems: &[Elem<'a>], list_at: At) -> Out<'a> {
        let val = self.extreme_value(largest, elems);
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = self.contributors(elems, list_at, largest);
        for elem in elems.iter().filter(|elem| elem.sure != Sure::Yes || elem.val.is_unknown()) {
            if let Some(doubt) = &elem.doubt {
                info.doubt(doubt);
            }
        }
        if val.is_unknown() && info.missing.is_empty() && !info.invalid && info.first != NOWHERE {
            info.missing.push(info.first);
        }
        settled(val, Some(Rc::new(info)))
    }

    fn extreme_value(&mut self, largest: bool, elems: &[Elem<'a>]) -> Val<'a> {
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
        let mut best: Option<Val<'a>> = None;
        for elem in elems {
            if elem.val.is_unknown() {
                return Val::unknown();
            }
            let Some(before) = &best else {
                best = Some(elem.val.clone());
                continue;
            };
            let Some(orders) = self.orders(&elem.val, before) else { return Val::unknown() };
            let further = orders.decide(|order| if largest { order.is_gt() } else { order.is_lt() });
            match (further, elem.sure) {
                (Some(false), _) => {}
                (Some(true), Sure::Yes) => best = Some(elem.val.clone()),
                _ => return Val::unknown(),
            }
        }
        best.unwrap_or_else(Val::unknown)
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
        for mut elem in elems {
            let mut double = false;
            let mut perhaps = false;
            for known in &mut kept {
                match self.equal(&elem.val, &known.val) {
                    Ok(Some(true)) => {
                        double = true;
                        if elem.sure == Sure::Yes {
                            known.sure = Sure::Yes;
                        }
                        break;
                    }
                    Ok(Some(false)) => {}
                    _ => perhaps = true,
                }
            }
            if double {
                continue;
            }
            if perhaps && elem.sure == Sure::Yes {
                // It may repeat another: whether it counts is unknown.
                elem.sure = Sure::Maybe;
            }
            kept.push(elem);
        }
        let val = Val::List(Rc::new(kept));
        if TRACE { Out { val, at: list_at, info: Some(Rc::new(Info::at(list_at))) } } else { Out::plain(val) }
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
        let list = self.comprehension::<TRACE>(comprehension);
        if let Val::Fault(_) | Val::Unknown(_) = list.val {
            return list;
        }
        let elems = self.elements(&list.val);
        let (mut repeats, mut firsts, mut open): (Vec<At>, Vec<At>, bool) = (Vec::new(), Vec::new(), false);
        let mut fault = None;
        let mut doubts = Info::at(list.first());
        let mut seen: rustc_hash::FxHashMap<String, (At, Sure)> = rustc_hash::FxHashMap::default();
        let unsure: Vec<&Elem<'a>> =
            elems.iter().filter(|elem| elem.val.is_unknown() || elem.sure != Sure::Yes).collect();
        for elem in &elems {
            match (&elem.val, elem.sure) {
                (Val::Fault(found), _) => fault = Some(*found),
                (_, Sure::Fault(found)) => fault = Some(found),
                _ => {}
            }
            if matches!(elem.val, Val::Fault(_)) || matches!(elem.sure, Sure::Fault(_)) {
                continue;
            }
            if elem.val.is_unknown() {
                continue;
            }
            let name = self.key_name(&elem.val);
            match seen.get(&name) {
                Some((first, sure)) => {
                    if *sure == Sure::Yes && elem.sure == Sure::Yes {
                        repeats.push(elem.at);
                        if !firsts.contains(first) {
                            firsts.push(*first);
                        }
                    } else {
                        open = true;
                        if elem.sure == Sure::Yes {
                            // The next one that is surely there repeats this one.
                            seen.insert(name, (elem.at, elem.sure));
                        }
                    }
                }
                None => {
                    seen.insert(name, (elem.at, elem.sure));
                }
            }
        }
        // An unknown element may repeat another one, if there is another.
        open |= unsure.iter().any(|elem| elem.val.is_unknown() || elem.sure == Sure::Many)
            && (elems.len() > 1 || unsure.iter().any(|e| e.sure == Sure::Many));
        let val = match (repeats.is_empty(), fault, open) {
            (false, ..) => Val::Bool(false),
            (true, Some(fault), _) => Val::Fault(fault),
            (true, None, true) => Val::unknown(),
            _ => Val::Bool(true),
        };
        if !TRACE {
            return Out::plain(val);
        }
        for elem in &unsure {
            if let Some(doubt) = &elem.doubt {
                doubts.doubt(doubt);
            }
        }
        let mut places = repeats.into_iter();
        if let Some(first) = places.next() {
            doubts.why = first;
            doubts.related = firsts
                .into_iter()
                .map(|at| (at, Beside::ThereAlready))
                .chain(places.map(|at| (at, Beside::RepeatsToo)))
                .collect();
        }
        settled(val, Some(Rc::new(doubts)))
    }
}

/// The sum of durations; only numbers keep bounds.
fn sum_durations<'a>(elems: &[Elem<'a>]) -> Val<'a> {
    let mut sum = crate::value::Duration::default();
    for elem in elems {
        match (&elem.val, elem.sure) {
            (Val::Duration(_) | Val::Diff(..), Sure::Yes) => match sum.add(super::expr::as_duration(&elem.val)) {
                Some(more) => sum = more,
                None => return Val::Fault(Fault::Overflow),
            },
            _ => return Val::unknown(),
        }
    }
    Val::Duration(sum)
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
