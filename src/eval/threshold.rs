//! Owns thresholds: which bands apply, and what follows where bounds leave that open. It must never know how a finding reads.

use super::compare::left_open;
use super::run::{Came, Raw, Run, hide};
use super::steps::Standing;
use super::val::{Fault, Info, NOWHERE, Out, Val};
use crate::finding::{Kind, Severity, Verdict};
use crate::lang::Beside;
use crate::policy::{Asks, Band, BinaryOp, Threshold};
use crate::schema::TypeKind;
use crate::source::Span;
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

/// The least whole number that reaches a band.
fn least_whole(band: &Band, bound: &Val<'_>) -> Option<i128> {
    let (floor, is_whole) = match bound {
        Val::Int(n) => (i128::from(*n), true),
        Val::Exact(n) => (n.floor().to_integer(), n.is_integer()),
        _ => return None,
    };
    floor.checked_add(i128::from(band.above || !is_whole))
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
        let regions = self.regions(threshold, &value.val, &bounds);
        let always: Vec<usize> =
            (0..threshold.bands.len()).filter(|band| regions.iter().all(|region| region.contains(band))).collect();
        let mut worst = Came::Holds;
        let others: Vec<Vec<usize>> = regions
            .iter()
            .map(|region| region.iter().copied().filter(|band| !always.contains(band)).collect())
            .collect();
        let mut open: Vec<(usize, Judged<'a>)> = Vec::new();
        for (at, (band, bound)) in threshold.bands.iter().zip(&bounds).enumerate() {
            let open_here = others.iter().any(|region| region.contains(&at));
            let standing = match (open_here, self.reaches(band, &value.val, bound) == Some(true)) {
                _ if always.contains(&at) => Standing::Speaks,
                (true, true) => Standing::Contested,
                (true, false) => Standing::Open,
                (false, true) => Standing::Passed,
                (false, false) => Standing::Missed,
            };
            self.tell_band(band, bound, standing);
            self.depth += 1;
            match standing {
                Standing::Speaks => {
                    let came = self.judge_alone(threshold, band);
                    self.cover(band.span, came);
                    worst = worst.max(came);
                }
                Standing::Open | Standing::Contested => open.push((at, self.judge(threshold, band))),
                Standing::Passed | Standing::Missed => self.cover(band.span, Came::Holds),
            }
            self.depth -= 1;
        }
        if !open.is_empty() {
            let bands: Vec<Span> =
                open.iter().filter_map(|(at, _)| threshold.bands.get(*at)).map(|band| band.span).collect();
            let came = self.judge_open(threshold, open, &others, &bounds);
            for span in bands {
                self.cover(span, came);
            }
            worst = worst.max(came);
        }
        worst
    }

    /// Whether a value gets to a band.
    fn reaches(&mut self, band: &Band, value: &Val<'a>, bound: &Val<'a>) -> Option<bool> {
        let op = if band.above { BinaryOp::Gt } else { BinaryOp::Ge };
        self.machine.order(op, value, bound).unwrap_or(None)
    }

    /// Of every place where the value may lie, relative to the bands' bounds, the bands that apply there.
    fn regions(&mut self, threshold: &'a Threshold, value: &Val<'a>, bounds: &[Val<'a>]) -> Vec<Vec<usize>> {
        let bands = threshold.bands.as_slice();
        // Each band is reached, not reached, or perhaps; what is perhaps is tried both ways, consistently with its order.
        let mut reached: Vec<Option<bool>> = Vec::new();
        for (band, bound) in bands.iter().zip(bounds) {
            reached.push(self.reaches(band, value, bound));
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
            let first = open.get(cut).copied().unwrap_or(0);
            cut += 1;
            while open.get(cut).is_some_and(|next| self.reached_together(threshold, bounds, first, *next)) {
                cut += 1;
            }
        }
        regions
    }

    /// Whether what reaches one of two bands reaches the other: their bounds are equal, or no whole number lies between.
    fn reached_together(&mut self, threshold: &Threshold, bounds: &[Val<'a>], a: usize, b: usize) -> bool {
        let whole = threshold.value.ty == TypeKind::Int;
        let least = |at: usize| whole.then(|| least_whole(threshold.bands.get(at)?, bounds.get(at)?)).flatten();
        self.rank(&threshold.bands, bounds, a, b).is_eq() || least(a).is_some_and(|least_a| least(b) == Some(least_a))
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
            let val = self.machine.eval::<false>(condition).val;
            self.tell(condition, condition.span, &val);
            match val {
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
            (Some(message), _) => {
                let text = self.say(message);
                self.tell_message(&text);
                text
            }
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
    fn judge_open(
        &mut self,
        threshold: &'a Threshold,
        judged: Vec<(usize, Judged<'a>)>,
        regions: &[Vec<usize>],
        bounds: &[Val<'a>],
    ) -> Came {
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
