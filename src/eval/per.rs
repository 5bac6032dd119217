//! Owns what values are told apart by, and sums that count each key once. It must never know where elements come from.

use super::aggregate::{Total, at_most_there};
use super::expr::as_duration;
use super::machine::Machine;
use super::val::{At, Elem, Fault, Sure, Val};
use crate::value::{Bounds, Duration, End, Num};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;

/// What is known of the elements of one key, or of one whose key is unknown: those that are surely there, and those that
/// may be.
#[derive(Clone, Debug, Default)]
struct Part {
    sure: Option<Bounds>,
    maybe: Option<Bounds>,
}

/// What a sum counts once for each key.
#[derive(Debug, Default)]
struct Parts {
    /// The elements of each known key.
    groups: Vec<Part>,
    /// Elements that may be of any key, each of them by itself.
    loose: Vec<Part>,
    /// Any number of such elements.
    many: Vec<Bounds>,
}

impl<'a> Machine<'a> {
    /// What a value has in common with those that equal it, and with no others; none where that is not decided by the
    /// value alone.
    pub(super) fn key_name(&self, key: &Val<'a>) -> Option<String> {
        if let Some(text) = self.text(key) {
            return Some(format!("t{text}"));
        }
        Some(match key {
            Val::Bool(value) => format!("b{value}"),
            Val::Int(_) | Val::Exact(_) => format!("n{}", key.num()?.exact()),
            Val::Date(days) => format!("d{days}"),
            Val::Diff(..) => format!("s{}", as_duration(key).seconds),
            // Months have as many days as the calendar gives them.
            Val::Duration(duration) if duration.months == 0 => format!("s{}", duration.seconds),
            Val::Record(cell) | Val::Map(cell) => format!("r{cell}"),
            Val::Cells(..) | Val::Consts(_) | Val::List(_) => {
                let mut name = "l".to_owned();
                for elem in self.elements(key) {
                    let own = if elem.sure == Sure::Yes { self.key_name(&elem.val)? } else { return None };
                    name.push_str(&format!("{}:{own}", own.len()));
                }
                name
            }
            _ => return None,
        })
    }

    /// The names of keys; none of one that is unknown, or may equal another one.
    pub(super) fn key_names(&mut self, keys: &[Option<Val<'a>>]) -> Result<Vec<Option<String>>, Fault> {
        let mut names: Vec<Option<String>> =
            keys.iter().map(|key| key.as_ref().and_then(|key| self.key_name(key))).collect();
        // Lengths of months have one where the calendar tells them from all the other lengths.
        let length = |key: &Option<Val<'a>>| match key {
            Some(val @ (Val::Duration(_) | Val::Diff(..))) => Some(as_duration(val)),
            _ => None,
        };
        let lengths: FxHashSet<Duration> = keys.iter().filter_map(length).collect();
        let mut apart: FxHashMap<Duration, bool> = FxHashMap::default();
        for (key, name) in keys.iter().zip(&mut names) {
            let Some(own) = length(key).filter(|own| own.months != 0) else { continue };
            let apart = match apart.get(&own) {
                Some(known) => *known,
                None => {
                    self.take(lengths.len() as u64)?;
                    let differs = |other: &Duration| *other == own || !own.orders(*other).equal;
                    *apart.entry(own).or_insert(lengths.iter().all(differs))
                }
            };
            *name = apart.then(|| format!("m{}:{}", own.months, own.seconds));
        }
        Ok(names)
    }

    /// The sum of durations, of which only whole ones are known.
    pub(super) fn sum_durations(&self, elems: &[Elem<'a>], keys: Option<&[Option<String>]>) -> Val<'a> {
        let mut parts: Vec<Duration> = Vec::new();
        let mut groups: FxHashMap<&str, usize> = FxHashMap::default();
        for (at, elem) in elems.iter().enumerate() {
            let own = match (&elem.val, elem.sure) {
                (Val::Duration(_) | Val::Diff(..), Sure::Yes) => as_duration(&elem.val),
                _ => return Val::unknown(),
            };
            if let Some(keys) = keys {
                let Some(Some(key)) = keys.get(at) else { return Val::unknown() };
                let group = *groups.entry(key).or_insert(parts.len());
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
    pub(super) fn sum_per(&self, elems: &[Elem<'a>], keys: &[Option<String>]) -> Val<'a> {
        let mut parts = Parts::default();
        let mut index: FxHashMap<&str, usize> = FxHashMap::default();
        for (elem, key) in elems.iter().zip(keys) {
            let bounds = elem.val.bounds();
            let part = match (key, elem.sure) {
                (_, Sure::Many) => {
                    parts.many.push(bounds);
                    continue;
                }
                (Some(key), _) => {
                    let at = *index.entry(key).or_insert(parts.groups.len());
                    if at == parts.groups.len() {
                        parts.groups.push(Part::default());
                    }
                    parts.groups.get_mut(at)
                }
                (None, _) => {
                    parts.loose.push(Part::default());
                    parts.loose.last_mut()
                }
            };
            if let Some(part) = part {
                part.take(&bounds, elem.sure == Sure::Yes);
            }
        }
        parts.sum().map_or(Val::Fault(Fault::Overflow), Val::bounded)
    }

    /// The places of elements that surely add nothing to a sum: nothing themselves, or no more than another of their group.
    pub(super) fn idle(&self, elems: &[Elem<'a>], keys: Option<&[Option<String>]>) -> FxHashSet<At> {
        // Of each group, the first element of those whose least is the largest.
        let mut largest: FxHashMap<&str, (Num, At)> = FxHashMap::default();
        let grouped = |at: usize| keys.and_then(|keys| keys.get(at)?.as_deref());
        for (at, elem) in elems.iter().enumerate() {
            let (Some(name), Some(low), Sure::Yes) = (grouped(at), elem.val.bounds().low, elem.sure) else { continue };
            let known = largest.get(name);
            if known.is_none_or(|(known, _)| low.at.order(known).is_gt()) {
                largest.insert(name, (low.at, elem.at));
            }
        }
        let mut counts = FxHashSet::default();
        let mut idle = FxHashSet::default();
        for (at, elem) in elems.iter().enumerate() {
            let nothing = elem.val.num().is_some_and(|n| n.sign() == 0);
            let outdone = grouped(at).and_then(|name| largest.get(name)).is_some_and(|(least, first)| {
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
}

impl Part {
    fn take(&mut self, bounds: &Bounds, sure: bool) {
        if sure {
            self.sure = Some(self.sure.take().map_or_else(|| bounds.clone(), |known| known.max(bounds)));
        } else {
            // Any one of them may be the only one that is there.
            self.maybe = Some(self.maybe.take().map_or_else(|| bounds.clone(), |known| known.either(bounds)));
        }
    }

    /// What it adds to the sum by itself.
    fn own(&self) -> Bounds {
        match (&self.sure, &self.maybe) {
            (Some(sure), None) => sure.clone(),
            (Some(sure), Some(maybe)) => Bounds { low: sure.low.clone(), high: sure.max(maybe).high },
            (None, Some(maybe)) => at_most_there(maybe.clone(), Sure::Maybe),
            (None, None) => Bounds::exactly(Num::Int(0)),
        }
    }

    /// The most that one of its elements may be.
    fn most(&self) -> Option<End> {
        let sides = [&self.sure, &self.maybe];
        let all = sides.into_iter().flatten().cloned().reduce(|a, b| a.either(&b));
        all.and_then(|all| all.high)
    }
}

impl Parts {
    /// The bounds of the sum, whichever keys the loose elements have; `None` where what is known overflows.
    fn sum(&self) -> Option<Bounds> {
        let mut exact = Total::default();
        let mut open: Option<Bounds> = None;
        for group in &self.groups {
            let own = group.own();
            match own.only() {
                Some(n) => exact.add(n),
                None => open = Some(open.map_or_else(|| own.clone(), |open| open.add(&own))),
            }
        }
        let mut bounds = Bounds::exactly(exact.number()?);
        if let Some(open) = open {
            bounds = bounds.add(&open);
        }
        if self.loose.is_empty() && self.many.is_empty() {
            return Some(bounds);
        }
        Some(Bounds {
            low: bounds.low.and_then(|low| self.least(&low)),
            high: bounds.high.and_then(|high| self.largest(&high)),
        })
    }

    /// The least that the sum may be, where it is `base` without the loose elements.
    ///
    /// Each one below zero is a group of its own; the others all join the largest group, which only the largest of them
    /// may raise, or are one group together.
    fn least(&self, base: &End) -> Option<End> {
        // A part of any number of elements is as long as it likes, or not there.
        if self.many.iter().any(|own| own.low.as_ref().is_none_or(|low| low.at.sign() < 0)) {
            return None;
        }
        let mut sum = base.clone();
        let mut above: Option<Num> = None;
        for part in &self.loose {
            let low = part.own().low?;
            if low.at.sign() < 0 {
                sum = End { at: sum.at.add(&low.at)?, open: sum.open || low.open };
            } else if above.as_ref().is_none_or(|above| low.at.order(above).is_gt()) {
                above = Some(low.at);
            }
        }
        let group = self.groups.iter().filter_map(|group| group.sure.as_ref()?.low.clone()).map(|low| low.at);
        let joined = group.filter(|low| low.sign() > 0).max_by(Num::order).unwrap_or(Num::Int(0));
        match above {
            Some(above) if above.order(&joined).is_gt() => {
                let more = above.sub(&joined)?;
                Some(End { at: sum.at.add(&more)?, open: false })
            }
            _ => Some(sum),
        }
    }

    /// The most that the sum may be, where it is `base` without the loose elements.
    ///
    /// Each one above zero is counted; and each may raise one group that lies below zero. The others join some group that
    /// they do not alter, if there is one.
    fn largest(&self, base: &End) -> Option<End> {
        let zero = Num::Int(0);
        let mut sum = base.at.clone();
        let mut open =
            self.groups.iter().any(|group| group.own().high.is_some_and(|end| end.open && end.at.sign() > 0));
        // What groups come to that a loose element joins: it takes the place of what was below zero.
        let mut raised: Vec<Num> = Vec::new();
        for part in &self.loose {
            let high = part.most()?;
            if high.at.sign() > 0 {
                sum = sum.add(&high.at)?;
                open |= high.open;
            }
            raised.push(if high.at.sign() > 0 { zero.clone() } else { high.at });
        }
        let mut always: Option<Num> = None;
        for own in &self.many {
            let high = own.high.as_ref().filter(|high| high.at.sign() <= 0)?;
            if always.as_ref().is_none_or(|always| high.at.order(always).is_gt()) {
                always = Some(high.at.clone());
            }
        }
        let sure: Vec<Num> = self
            .groups
            .iter()
            .filter(|group| group.sure.is_some())
            .map(Part::most)
            .collect::<Option<Vec<End>>>()?
            .into_iter()
            .map(|end| end.at)
            .collect();
        if sure.is_empty() && self.loose.iter().any(|part| part.sure.is_some()) {
            // There is one group at least, and nothing says that it is not the largest that may be.
            let groups =
                self.groups.iter().map(Part::most).collect::<Option<Vec<End>>>()?.into_iter().map(|end| end.at);
            let all = groups.chain(raised.iter().cloned()).chain(always.clone());
            let most = all.max_by(Num::order).filter(|most| most.sign() < 0).unwrap_or(zero);
            return Some(End { at: sum.add(&most)?, open });
        }
        let mut below: Vec<Num> = sure.into_iter().filter(|most| most.sign() < 0).collect();
        below.sort_by(Num::order);
        raised.sort_by(|a, b| b.order(a));
        let mut raised = raised.into_iter();
        for group in below {
            let by = raised.next().into_iter().chain(always.clone()).max_by(Num::order);
            let Some(by) = by.filter(|by| by.order(&group).is_gt()) else { break };
            sum = sum.add(&by.sub(&group)?)?;
        }
        Some(End { at: sum, open })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An element: its least and its most, whether it is surely there, and its key.
    type Written = (i64, i64, bool, Option<u8>);

    /// The least and the most that the sum comes to, over all that may be there and all keys that it may have.
    fn tried(elems: &[Written], keys: &mut Vec<Option<u8>>, sums: &mut (i64, i64)) {
        let Some((_, _, sure, key)) = elems.get(keys.len()) else {
            let mut groups: FxHashMap<u8, (i64, i64)> = FxHashMap::default();
            for ((low, high, ..), key) in elems.iter().zip(&*keys) {
                let Some(key) = key else { continue };
                let group = groups.entry(*key).or_insert((i64::MIN, i64::MIN));
                *group = (group.0.max(*low), group.1.max(*high));
            }
            let sum = groups.values().fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
            *sums = (sums.0.min(sum.0), sums.1.max(sum.1));
            return;
        };
        // A key that nobody knows is one of the known ones, or one that only other unknown ones may have.
        let may: Vec<Option<u8>> = match key {
            Some(key) => vec![Some(*key)],
            None => (0..3 + elems.len() as u8).map(Some).collect(),
        };
        for key in may.into_iter().chain((!sure).then_some(None)) {
            keys.push(key);
            tried(elems, keys, sums);
            keys.pop();
        }
    }

    /// Elements by the least that they may be, and by how much more.
    fn written(elems: Vec<(i64, i64, bool, Option<u8>)>) -> Vec<Written> {
        elems.into_iter().map(|(low, more, sure, key)| (low, low + more, sure, key)).collect()
    }

    fn parts(elems: &[Written]) -> Parts {
        let mut parts = Parts { groups: vec![Part::default(); 3], ..Parts::default() };
        for (low, high, sure, key) in elems {
            let mut own = Part::default();
            let part = key.map_or(&mut own, |key| &mut parts.groups[usize::from(key)]);
            part.take(&Bounds::from(Some(Num::Int(*low)), Some(Num::Int(*high))), *sure);
            if key.is_none() {
                parts.loose.push(own);
            }
        }
        parts.groups.retain(|group| group.sure.is_some() || group.maybe.is_some());
        parts
    }

    proptest! {
        #[test]
        fn a_sum_per_key_lies_between_its_bounds_and_reaches_them(
            elems in prop::collection::vec((-4i64..5, 0i64..3, any::<bool>(), prop::option::of(0u8..3)), 0..5)
        ) {
            let elems = written(elems);
            let parts = parts(&elems);
            let mut sums = (i64::MAX, i64::MIN);
            tried(&elems, &mut Vec::new(), &mut sums);
            let bounds = parts.sum().unwrap();
            prop_assert_eq!(bounds, Bounds::from(Some(Num::Int(sums.0)), Some(Num::Int(sums.1))));
        }

        #[test]
        fn any_number_of_elements_are_no_fewer_than_a_few(
            elems in prop::collection::vec((-4i64..5, 0i64..3, any::<bool>(), prop::option::of(0u8..3)), 0..3),
            many in (-4i64..5, 0i64..3),
        ) {
            let mut all = written(elems);
            let mut parts = parts(&all);
            parts.many.push(Bounds::from(Some(Num::Int(many.0)), Some(Num::Int(many.0 + many.1))));
            all.extend([(many.0, many.0 + many.1, false, None); 2]);
            let mut sums = (i64::MAX, i64::MIN);
            tried(&all, &mut Vec::new(), &mut sums);
            let bounds = parts.sum().unwrap();
            prop_assert!(bounds.low.is_none_or(|low| low.at.order(&Num::Int(sums.0)).is_le()));
            prop_assert!(bounds.high.is_none_or(|high| high.at.order(&Num::Int(sums.1)).is_ge()));
        }
    }
}
