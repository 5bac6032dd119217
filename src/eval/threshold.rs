//! Owns thresholds: which bands apply, and what follows where bounds leave that open. It must never know how a finding reads.

use super::compare::left_open;
use super::run::{Came, Raw, Run, hide};
use super::val::{Fault, Info, NOWHERE, Out, Val};
use crate::finding::{Kind, Severity, Verdict};
use crate::lang::Beside;
use crate::policy::{Asks, Band, BinaryOp, Threshold};
use crate::value::Bounds;
use std::cmp::Ordering;

/// The most pairs of bands whose order is tried both ways.
const OPEN_PAIRS: usize = 6;

/// What a band came to, where it is judged.
struct Judged<'a> {
    came: Came,
    /// What it would report.
    raw: Vec<Raw<'a>>,
    fault: Option<Fault>,
    doubt: Info,
}

impl<'a> Run<'_, 'a> {
    pub(super) fn threshold(&mut self, threshold: &'a Threshold) -> Came {
        let value = self.machine.eval::<false>(&threshold.value);
        if let Val::Fault(fault) = value.val {
            return self.fault(fault, self.rule.severity, threshold.span);
        }
        let mut bounds: Vec<Val<'a>> = Vec::new();
        for band in &threshold.bands {
            let bound = self.machine.eval::<false>(&band.bound).val;
            if let Val::Fault(fault) = bound {
                return self.fault(fault, band.severity, band.span);
            }
            bounds.push(bound);
        }
        let regions = self.regions(&threshold.bands, &value.val, &bounds);
        let always: Vec<usize> =
            (0..threshold.bands.len()).filter(|band| regions.iter().all(|region| region.contains(band))).collect();
        let mut worst = Came::Holds;
        for &band in &always {
            let Some(band) = threshold.bands.get(band) else { continue };
            let came = self.judge_alone(threshold, band);
            self.cover(band.span, came);
            worst = worst.max(came);
        }
        let others: Vec<Vec<usize>> = regions
            .iter()
            .map(|region| region.iter().copied().filter(|band| !always.contains(band)).collect())
            .collect();
        let open = |at: usize| others.iter().any(|region| region.contains(&at));
        for (at, band) in threshold.bands.iter().enumerate() {
            if !always.contains(&at) && !open(at) {
                self.cover(band.span, Came::Holds);
            }
        }
        if others.iter().any(|region| !region.is_empty()) {
            let came = self.judge_open(threshold, &others, &bounds);
            for (_, band) in threshold.bands.iter().enumerate().filter(|(at, _)| open(*at)) {
                self.cover(band.span, came);
            }
            worst = worst.max(came);
        }
        worst
    }

    /// Of every place where the value may lie, relative to the bands' bounds, the bands that apply there.
    fn regions(&mut self, bands: &'a [Band], value: &Val<'a>, bounds: &[Val<'a>]) -> Vec<Vec<usize>> {
        // Each band is reached, not reached, or perhaps; what is perhaps is tried both ways, consistently with its order.
        let mut reached: Vec<Option<bool>> = Vec::new();
        for (band, bound) in bands.iter().zip(bounds) {
            let op = if band.above { BinaryOp::Gt } else { BinaryOp::Ge };
            reached.push(self.machine.order(op, value, bound).unwrap_or(None));
        }
        let mut open: Vec<usize> = (0..bands.len()).filter(|at| reached.get(*at) == Some(&None)).collect();
        // From the lowest bound up: where a band is reached, so are those below it.
        open.sort_by(|a, b| self.rank(bands, bounds, *a, *b));
        let mut regions = Vec::new();
        let mut cut = 0;
        loop {
            let here: Vec<bool> = (0..bands.len())
                .map(|band| match reached.get(band) {
                    Some(Some(known)) => *known,
                    _ => open.iter().take(cut).any(|at| *at == band),
                })
                .collect();
            self.applying(bands, value, bounds, &here, &mut regions);
            if cut >= open.len() {
                break;
            }
            // Bands of equal bound are reached together.
            let first = open.get(cut).copied().unwrap_or(0);
            cut += 1;
            while open.get(cut).is_some_and(|next| self.rank(bands, bounds, first, *next).is_eq()) {
                cut += 1;
            }
        }
        regions
    }

    /// The order of two bands by their bound; `from` a number lies below `above` it. Unknown bounds count as equal.
    fn rank(&mut self, bands: &[Band], bounds: &[Val<'a>], a: usize, b: usize) -> Ordering {
        let (Some(x), Some(y)) = (bounds.get(a), bounds.get(b)) else { return Ordering::Equal };
        let orders = self.machine.orders(x, y);
        let order = orders.and_then(|orders| {
            [Ordering::Less, Ordering::Equal, Ordering::Greater]
                .into_iter()
                .find(|o| orders.decide(|order| order == *o) == Some(true))
        });
        let above = |at: usize| bands.get(at).is_some_and(|band| band.above);
        order.unwrap_or(Ordering::Equal).then(above(a).cmp(&above(b)))
    }

    /// The order of two bands, where their bounds decide it.
    fn rank_if_known(&mut self, bands: &[Band], bounds: &[Val<'a>], a: usize, b: usize) -> Option<Ordering> {
        let (x, y) = (bounds.get(a)?, bounds.get(b)?);
        let orders = self.machine.orders(x, y)?;
        let known = [Ordering::Less, Ordering::Equal, Ordering::Greater]
            .into_iter()
            .find(|o| orders.decide(|order| order == *o) == Some(true))?;
        let above = |at: usize| bands.get(at).is_some_and(|band| band.above);
        Some(known.then(above(a).cmp(&above(b))))
    }

    /// The bands that apply where these are reached: once for every order that their bounds may have.
    fn applying(
        &mut self,
        bands: &'a [Band],
        value: &Val<'a>,
        bounds: &[Val<'a>],
        reached: &[bool],
        into: &mut Vec<Vec<usize>>,
    ) {
        let reached: Vec<usize> = (0..bands.len()).filter(|at| reached.get(*at) == Some(&true)).collect();
        // The bound of a band that is reached is at most the value.
        let bounds: Vec<Val<'a>> = bounds
            .iter()
            .enumerate()
            .map(|(at, bound)| match bound {
                Val::Unknown(_) if reached.contains(&at) => {
                    let high = value.bounds().high;
                    let own = bound.bounds();
                    Val::bounded(Bounds { high: Bounds { low: None, high }.min(&own).high, low: own.low })
                }
                known => known.clone(),
            })
            .collect();
        let bounds = bounds.as_slice();
        let mut orders: Vec<(usize, usize, Option<Ordering>)> = Vec::new();
        for (n, &a) in reached.iter().enumerate() {
            for &b in reached.iter().skip(n + 1) {
                let order = self.rank_if_known(bands, bounds, a, b);
                orders.push((a, b, order));
            }
        }
        let open: Vec<usize> =
            (0..orders.len()).filter(|at| orders.get(*at).is_some_and(|(.., order)| order.is_none())).collect();
        let all = [Ordering::Less, Ordering::Equal, Ordering::Greater];
        let mut possible: Vec<Option<crate::value::Orders>> = Vec::new();
        for (a, b, _) in &orders {
            let sides = bounds.get(*a).zip(bounds.get(*b));
            possible.push(sides.and_then(|(x, y)| self.machine.orders(x, y)));
        }
        for choice in 0..3usize.pow(open.len().min(OPEN_PAIRS) as u32) {
            let mut rest = choice;
            let mut chosen = orders.clone();
            for at in &open {
                if let Some((.., order)) = chosen.get_mut(*at) {
                    *order = all.get(rest % 3).copied();
                }
                rest /= 3;
            }
            let fits = open.iter().all(|at| match (possible.get(*at), chosen.get(*at)) {
                (Some(Some(orders)), Some((a, b, Some(order)))) => {
                    // Equal bounds are told apart by their words: `from` lies below `above`.
                    let same = bands.get(*a).map(|band| band.above) == bands.get(*b).map(|band| band.above);
                    match order {
                        Ordering::Less => orders.less || (orders.equal && !same),
                        Ordering::Equal => orders.equal && same,
                        Ordering::Greater => orders.greater || (orders.equal && !same),
                    }
                }
                _ => true,
            });
            if !fits {
                continue;
            }
            let above = |a: usize, b: usize| {
                chosen.iter().any(|(x, y, order)| match order {
                    Some(order) => (*x == a && *y == b && order.is_gt()) || (*x == b && *y == a && order.is_lt()),
                    None => false,
                })
            };
            let asks = |at: usize| bands.get(at).is_some_and(|band| !matches!(band.asks, Asks::Message(_)));
            let region: Vec<usize> = reached
                .iter()
                .copied()
                .filter(|&band| reached.iter().all(|&other| (asks(band) && !asks(other)) || !above(other, band)))
                .collect();
            if !into.contains(&region) {
                into.push(region);
            }
        }
    }

    /// A band that applies wherever the value lies.
    fn judge_alone(&mut self, threshold: &'a Threshold, band: &'a Band) -> Came {
        if let Asks::Block(statements) = &band.asks {
            return self.block(statements);
        }
        let judged = self.judge(threshold, band);
        match judged.came {
            Came::Holds => Came::Holds,
            Came::Fault => self.fault(judged.fault.unwrap_or(Fault::Overflow), band.severity, band.span),
            Came::Unknown => self.unknown(band.severity, band.span, &judged.doubt, None),
            Came::Fails => {
                if let Some(came) = self.under_guards(band.severity, band.span) {
                    return came;
                }
                self.take(judged.raw);
                Came::Fails
            }
        }
    }

    fn take(&mut self, raw: Vec<Raw<'a>>) {
        for raw in &raw {
            self.worst = self.worst.max(match raw.kind {
                Kind::Violation => Verdict::Fail,
                Kind::Error => Verdict::Error,
                _ => Verdict::Unknown,
            });
        }
        self.raw.extend(raw);
    }

    /// Works out what a band would come to, and reports nothing.
    fn judge(&mut self, threshold: &'a Threshold, band: &'a Band) -> Judged<'a> {
        let none = |came| Judged { came, raw: Vec::new(), fault: None, doubt: Info::default() };
        let (condition, message) = match &band.asks {
            Asks::Block(statements) => {
                let (came, raw) = self.trial(statements);
                return Judged { raw, ..none(came) };
            }
            Asks::Message(message) => (None, Some(message)),
            Asks::Expect(condition, message) => (Some(condition), message.as_ref()),
        };
        if let Some(condition) = condition {
            match self.machine.eval::<false>(condition).val {
                Val::Bool(true) => return none(Came::Holds),
                Val::Bool(false) => {}
                Val::Fault(fault) => return Judged { fault: Some(fault), ..none(Came::Fault) },
                _ => {
                    let doubt = self.trace(condition).info();
                    return Judged { doubt, ..none(Came::Unknown) };
                }
            }
        }
        let value = self.trace(&threshold.value);
        let (at, related) = self.contributor(&value);
        let text = match (message, condition) {
            (Some(message), _) => self.say(message),
            (None, Some(condition)) => self.requirement(condition, at),
            (None, None) => String::new(),
        };
        let mut related = related;
        related.extend(self.loops.iter().filter(|at| **at != NOWHERE).map(|at| (*at, Beside::ForThisOne)));
        let hidden = hide(&mut related);
        let raw = Raw {
            kind: Kind::Violation,
            severity: band.severity,
            policy: band.span,
            asked: condition.map(|condition| condition.span),
            at,
            related,
            hidden,
            message: text,
            fix: None,
            missing: None,
            given_up: None,
        };
        Judged { raw: vec![raw], ..none(Came::Fails) }
    }

    /// The largest contributor to a value, and the others.
    fn contributor(&mut self, value: &Out<'a>) -> (u32, Vec<(u32, Beside)>) {
        let info = value.info();
        let at = if info.first == NOWHERE { self.innermost() } else { info.first };
        (at, info.others.iter().map(|at| (*at, Beside::CountsToo)).collect())
    }

    /// Bands of which bounds leave it open which apply.
    fn judge_open(&mut self, threshold: &'a Threshold, regions: &[Vec<usize>], bounds: &[Val<'a>]) -> Came {
        let mut judged: Vec<(usize, Judged<'a>)> = Vec::new();
        for region in regions {
            for &band in region {
                if !judged.iter().any(|(known, _)| *known == band)
                    && let Some(written) = threshold.bands.get(band)
                {
                    let own = self.judge(threshold, written);
                    judged.push((band, own));
                }
            }
        }
        judged.sort_by_key(|(band, _)| *band);
        let of = |band: &usize| {
            judged.iter().find(|(known, _)| known == band).map_or(Came::Holds, |(_, judged)| judged.came)
        };
        if let Some((band, own)) = judged.iter().find(|(_, judged)| judged.came == Came::Fault) {
            let band = threshold.bands.get(*band);
            let (severity, span) = band.map_or((self.rule.severity, threshold.span), |band| (band.severity, band.span));
            if let Some(fault) = own.fault {
                return self.fault(fault, severity, span);
            }
            let errors: Vec<Raw<'a>> = own.raw.iter().filter(|raw| raw.kind == Kind::Error).cloned().collect();
            if !errors.is_empty() {
                self.take(errors);
                return Came::Fault;
            }
        }
        if judged.iter().all(|(_, judged)| judged.came == Came::Holds) {
            return Came::Holds;
        }
        let fails = regions.iter().all(|region| region.iter().any(|band| of(band) == Came::Fails));
        let severity_of = |at: usize, raw: &[Raw<'a>]| -> Severity {
            let own = threshold.bands.get(at).map_or(self.rule.severity, |band| band.severity);
            raw.iter().filter(|raw| raw.kind == Kind::Violation).map(|raw| raw.severity).max().unwrap_or(own)
        };
        if fails && !self.is_guarded() {
            let mildest = judged
                .iter()
                .filter(|(_, judged)| judged.came == Came::Fails)
                .min_by_key(|(at, judged)| (severity_of(*at, &judged.raw), *at))
                .map(|(at, _)| *at);
            if let Some((_, own)) = judged.into_iter().find(|(at, _)| Some(*at) == mildest) {
                self.take(own.raw);
            }
            return Came::Fails;
        }
        let worst = judged
            .iter()
            .filter(|(_, judged)| judged.came != Came::Holds)
            .max_by(|(a, x), (b, y)| severity_of(*a, &x.raw).cmp(&severity_of(*b, &y.raw)).then(b.cmp(a)));
        let (severity, span) = worst
            .and_then(|(at, own)| threshold.bands.get(*at).map(|band| (severity_of(*at, &own.raw), band.span)))
            .unwrap_or((self.rule.severity, threshold.span));
        let mut doubts = self.trace(&threshold.value).info();
        for (band, bound) in threshold.bands.iter().zip(bounds) {
            if bound.is_unknown() {
                let own = self.trace(&band.bound).info();
                doubts.doubt(&own);
            }
        }
        if doubts.is_settled() && doubts.first != NOWHERE {
            // Only the calendar leaves it open.
            doubts.open.insert(doubts.first);
            let value = self.machine.eval::<false>(&threshold.value).val;
            self.machine.left_open = bounds.iter().find_map(|bound| {
                let open = self.machine.order(BinaryOp::Ge, &value, bound) == Ok(None)
                    || self.machine.order(BinaryOp::Gt, &value, bound) == Ok(None);
                if open { left_open(&value, bound) } else { None }
            });
        }
        for (_, own) in &judged {
            doubts.doubt(&own.doubt);
        }
        self.unknown(severity, span, &doubts, None)
    }
}
