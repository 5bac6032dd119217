//! Owns what may be known of a value before there is a tenant: which numbers, days, words and truths it can be. It must never know an expression.
//!
//! A shape may hold more than the value can ever be, and never less: what is decided by shapes is decided at every tenant.

use crate::string::Str;
use std::cmp::Ordering;

use crate::schema::{Const, DurationEnd, Schema, Type, TypeKind};
use crate::value::{Bounds, Duration, End, Num, Orders};

/// All that a value may be, where it is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything.
    Any,
    /// Nothing: no tenant leads here.
    Nothing,
    /// It may be true; it may be false.
    Truth(bool, bool),
    /// A number within bounds.
    Number(Bounds),
    /// A day from the first to the last, both included.
    Day(Option<i32>, Option<i32>),
    /// This duration.
    Lasting(Duration),
    /// A duration that is not certainly outside of two ends: whether 182 days are six months is for the calendar.
    Time(Option<DurationEnd>, Option<DurationEnd>),
    /// A string, a value of an enum, a key.
    Words(Words),
    /// A number or a duration, or one of the words beside it.
    Worded(Box<Shape>, Words),
    /// A list: its elements, how many there are, and, of a constant one, each of them.
    List(Box<Shape>, Bounds, Option<Vec<Shape>>),
}

/// Which strings.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// One of these.
    Only(Vec<Str>),
    /// Any but these.
    Not(Vec<Str>),
}

impl Words {
    fn holds(&self, word: &str) -> bool {
        match self {
            Words::Only(words) => words.iter().any(|it| **it == *word),
            Words::Not(words) => !words.iter().any(|it| **it == *word),
        }
    }

    fn meet(&self, other: &Words) -> Words {
        match (self, other) {
            (Words::Only(words), other) | (other, Words::Only(words)) => {
                Words::Only(words.iter().filter(|word| other.holds(word)).cloned().collect())
            }
            (Words::Not(a), Words::Not(b)) => {
                let mut all = a.clone();
                all.extend(b.iter().filter(|word| !a.contains(word)).cloned());
                Words::Not(all)
            }
        }
    }

    fn either(&self, other: &Words) -> Words {
        match (self, other) {
            (Words::Only(a), Words::Only(b)) => {
                let mut all = a.clone();
                all.extend(b.iter().filter(|word| !a.contains(word)).cloned());
                Words::Only(all)
            }
            (Words::Not(not), other) | (other, Words::Not(not)) => {
                Words::Not(not.iter().filter(|word| !other.holds(word)).cloned().collect())
            }
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Words::Only(words) if words.is_empty())
    }

    fn single(&self) -> Option<&Str> {
        match self {
            Words::Only(words) => match words.as_slice() {
                [one] => Some(one),
                _ => None,
            },
            Words::Not(_) => None,
        }
    }
}

/// What may come of a comparison: that it holds, that it does not.
pub type May = (bool, bool);

/// Nothing is decided.
pub const OPEN: May = (true, true);

impl Shape {
    /// All values of a type, its bounds included.
    pub fn of_type(schema: &Schema, ty: &Type) -> Shape {
        let limits = ty.limits.as_deref();
        match &ty.kind {
            TypeKind::Bool => Shape::Truth(true, true),
            TypeKind::Int | TypeKind::Decimal | TypeKind::Percent => Shape::Number(ty.bounds()),
            TypeKind::Date => limits.map_or(Shape::Day(None, None), |it| Shape::Day(it.dates.0, it.dates.1)),
            TypeKind::Duration => {
                limits.map_or(Shape::Time(None, None), |it| Shape::Time(it.durations.0, it.durations.1))
            }
            TypeKind::Enum(id) => {
                Shape::Words(Words::Only(schema.values(*id).iter().map(|word| word.as_str().into()).collect()))
            }
            TypeKind::Text | TypeKind::Ref(_) => Shape::Words(Words::Not(Vec::new())),
            TypeKind::List(of) => Shape::list(Shape::of_type(schema, of)),
            TypeKind::Worded(of, words) => {
                let of = Shape::of_type(schema, &Type { kind: (**of).clone(), limits: ty.limits.clone() });
                Shape::Worded(Box::new(of), Words::Only(words.iter().map(|word| word.as_str().into()).collect()))
            }
            TypeKind::Map(_) | TypeKind::Record(_) | TypeKind::Any => Shape::Any,
        }
    }

    /// A constant.
    pub fn of_const(schema: &Schema, constant: &Const) -> Shape {
        match constant {
            Const::Bool(value) => Shape::Truth(*value, !*value),
            Const::Int(_) | Const::Exact(_) => constant.num().map_or(Shape::Any, |n| Shape::Number(Bounds::exactly(n))),
            Const::Text(text) => Shape::Words(Words::Only(vec![text.clone()])),
            Const::Enum(id, index) => Shape::Words(Words::Only(vec![schema.word(*id, *index).into()])),
            Const::Date(day) => Shape::Day(Some(*day), Some(*day)),
            Const::Duration(duration) => Shape::Lasting(*duration),
            Const::List(values) => Shape::known(values.iter().map(|value| Shape::of_const(schema, value)).collect()),
            Const::Map(_) | Const::EmptyRecord(_) => Shape::Any,
        }
    }

    /// A list of any length.
    pub fn list(of: Shape) -> Shape {
        Shape::List(Box::new(of), at_least(0), None)
    }

    /// A list of these.
    pub fn known(elements: Vec<Shape>) -> Shape {
        let of = elements.iter().fold(Shape::Nothing, |all, one| all.either(one));
        let length = Bounds::exactly(Num::Int(elements.len() as i64));
        Shape::List(Box::new(of), length, Some(elements))
    }

    /// A truth that nothing decides.
    pub fn truth((yes, no): May) -> Shape {
        Shape::Truth(yes, no)
    }

    /// It is one value and no other.
    pub fn is_single(&self) -> bool {
        match self {
            Shape::Truth(yes, no) => yes != no,
            Shape::Number(bounds) => bounds.only().is_some(),
            Shape::Day(Some(first), Some(last)) => first == last,
            Shape::Lasting(_) => true,
            Shape::Words(words) => words.single().is_some(),
            _ => false,
        }
    }

    /// What may be either of two.
    pub fn either(&self, other: &Shape) -> Shape {
        match (self, other) {
            (Shape::Nothing, it) | (it, Shape::Nothing) => it.clone(),
            (Shape::Truth(a, b), Shape::Truth(c, d)) => Shape::Truth(*a || *c, *b || *d),
            (Shape::Number(a), Shape::Number(b)) => Shape::Number(a.either(b)),
            (Shape::Day(a, b), Shape::Day(c, d)) => {
                Shape::Day(a.zip(*c).map(|(a, c)| a.min(c)), b.zip(*d).map(|(b, d)| b.max(d)))
            }
            (Shape::Words(a), Shape::Words(b)) => Shape::Words(a.either(b)),
            (Shape::Worded(a, x), Shape::Worded(b, y)) => Shape::Worded(Box::new(a.either(b)), x.either(y)),
            (Shape::Worded(a, x), Shape::Words(y)) | (Shape::Words(y), Shape::Worded(a, x)) => {
                Shape::Worded(a.clone(), x.either(y))
            }
            (Shape::Worded(a, x), b) | (b, Shape::Worded(a, x)) if b.is_measured() => {
                Shape::Worded(Box::new(a.either(b)), x.clone())
            }
            (Shape::List(a, m, _), Shape::List(b, n, _)) => Shape::List(Box::new(a.either(b)), m.either(n), None),
            (a, b) if a == b => a.clone(),
            (a, b) if a.is_time() && b.is_time() => Shape::Time(None, None),
            _ => Shape::Any,
        }
    }

    /// What is both of two.
    pub fn meet(&self, other: &Shape) -> Shape {
        match (self, other) {
            (Shape::Nothing, _) | (_, Shape::Nothing) => Shape::Nothing,
            (Shape::Any, it) | (it, Shape::Any) => it.clone(),
            (Shape::Truth(a, b), Shape::Truth(c, d)) => match (*a && *c, *b && *d) {
                (false, false) => Shape::Nothing,
                (yes, no) => Shape::Truth(yes, no),
            },
            (Shape::Number(a), Shape::Number(b)) => meet_numbers(a, b).map_or(Shape::Nothing, Shape::Number),
            (Shape::Day(a, b), Shape::Day(c, d)) => {
                let (first, last) = ((*a).max(*c), [*b, *d].into_iter().flatten().min());
                match (first, last) {
                    (Some(first), Some(last)) if first > last => Shape::Nothing,
                    (first, last) => Shape::Day(first, last),
                }
            }
            (Shape::Time(a, b), Shape::Time(c, d)) => {
                Shape::Time(tighter(a, c, Ordering::Greater), tighter(b, d, Ordering::Less))
            }
            (Shape::Words(a), Shape::Words(b)) => match a.meet(b) {
                words if words.is_empty() => Shape::Nothing,
                words => Shape::Words(words),
            },
            (Shape::Worded(a, x), Shape::Worded(b, y)) => worded(a.meet(b), x.meet(y)),
            (Shape::Worded(_, x), Shape::Words(y)) | (Shape::Words(y), Shape::Worded(_, x)) => {
                worded(Shape::Nothing, x.meet(y))
            }
            (Shape::Worded(a, _), b) | (b, Shape::Worded(a, _)) if b.is_measured() => a.meet(b),
            // What has another form is no reason to forget what is known.
            (a, _) => a.clone(),
        }
    }

    /// The same without one value.
    pub fn without(&self, other: &Shape) -> Shape {
        if !other.is_single() {
            return self.clone();
        }
        match (self, other) {
            (Shape::Truth(yes, no), Shape::Truth(not_yes, not_no)) => match (*yes && !*not_yes, *no && !*not_no) {
                (false, false) => Shape::Nothing,
                (yes, no) => Shape::Truth(yes, no),
            },
            (Shape::Words(words), Shape::Words(Words::Only(gone))) => match words.meet(&Words::Not(gone.clone())) {
                words if words.is_empty() => Shape::Nothing,
                words => Shape::Words(words),
            },
            (Shape::Worded(of, words), Shape::Words(Words::Only(gone))) => {
                worded((**of).clone(), words.meet(&Words::Not(gone.clone())))
            }
            _ => self.clone(),
        }
    }

    /// The part of it below or above another value, that value left out where `open`.
    pub fn beside(&self, order: Ordering, open: bool, other: &Shape) -> Shape {
        match (self, other) {
            (Shape::Number(own), Shape::Number(bounds)) => {
                let side = |end: &Option<End>| end.clone().map(|end| End { open: end.open || open, ..end });
                let bounds = match order {
                    Ordering::Less => Bounds { low: None, high: side(&bounds.high) },
                    _ => Bounds { low: side(&bounds.low), high: None },
                };
                meet_numbers(own, &bounds).map_or(Shape::Nothing, Shape::Number)
            }
            (Shape::Day(..), Shape::Day(first, last)) => {
                let step = i32::from(open);
                self.meet(&match order {
                    Ordering::Less => Shape::Day(None, last.map(|day| day - step)),
                    _ => Shape::Day(first.map(|day| day + step), None),
                })
            }
            (Shape::Time(..), Shape::Lasting(duration)) => self.meet(&match order {
                Ordering::Less => Shape::Time(None, Some((*duration, open))),
                _ => Shape::Time(Some((*duration, open)), None),
            }),
            // A word beside a number is above every number.
            (Shape::Worded(of, words), other) if other.is_measured() => match order {
                Ordering::Less => of.beside(order, open, other),
                _ => worded(of.beside(order, open, other), words.clone()),
            },
            _ => self.clone(),
        }
    }

    /// The same, of whole numbers: above 5 is at least 6.
    pub fn whole(self) -> Shape {
        let Shape::Number(bounds) = self else { return self };
        let step = |end: End, by: i64| match end.at {
            Num::Int(n) if end.open => match n.checked_add(by) {
                Some(n) => End { at: Num::Int(n), open: false },
                None => end,
            },
            _ => end,
        };
        let bounds = Bounds { low: bounds.low.map(|end| step(end, 1)), high: bounds.high.map(|end| step(end, -1)) };
        meet_numbers(&bounds, &Bounds::open()).map_or(Shape::Nothing, Shape::Number)
    }

    /// Whether two values may be equal, and whether they may not.
    pub fn equal(&self, other: &Shape) -> May {
        match (self, other) {
            (Shape::Nothing, _) | (_, Shape::Nothing) => (false, false),
            (Shape::Any, _) | (_, Shape::Any) => OPEN,
            (Shape::Truth(a, b), Shape::Truth(c, d)) => ((*a && *c) || (*b && *d), (*a && *d) || (*b && *c)),
            (Shape::Words(a), Shape::Words(b)) => {
                let same = a.single().is_some() && a.single() == b.single();
                (!a.meet(b).is_empty(), !same)
            }
            (Shape::Worded(a, x), Shape::Worded(b, y)) => {
                let (same, _) = a.equal(b);
                (same || !x.meet(y).is_empty(), true)
            }
            (Shape::Worded(_, x), Shape::Words(y)) | (Shape::Words(y), Shape::Worded(_, x)) => {
                (!x.meet(y).is_empty(), true)
            }
            (Shape::Worded(a, _), b) | (b, Shape::Worded(a, _)) if b.is_measured() => (a.equal(b).0, true),
            (Shape::List(_, m, _), Shape::List(_, n, _)) => (m.orders(n).equal, true),
            (a, b) => a.orders(b).map_or(OPEN, |orders| (orders.equal, orders.less || orders.greater)),
        }
    }

    /// The orders that are possible between two values; `None` where nothing is known of them.
    pub fn orders(&self, other: &Shape) -> Option<Orders> {
        match (self, other) {
            (Shape::Number(a), Shape::Number(b)) => Some(a.orders(b)),
            (Shape::Day(a, b), Shape::Day(c, d)) => {
                let number = |first: &Option<i32>, last: &Option<i32>| {
                    let day = |day: i32| Num::Int(i64::from(day));
                    Bounds::from(first.map(day), last.map(day))
                };
                Some(number(a, b).orders(&number(c, d)))
            }
            (Shape::Lasting(a), Shape::Lasting(b)) => Some(a.orders(*b)),
            (Shape::Time(low, high), Shape::Lasting(at)) => Some(time_orders(low, high, *at)),
            (Shape::Lasting(at), Shape::Time(low, high)) => {
                let orders = time_orders(low, high, *at);
                Some(Orders { less: orders.greater, equal: orders.equal, greater: orders.less })
            }
            (Shape::Worded(of, words), other) if other.is_measured() => {
                let orders = of.orders(other)?;
                Some(Orders { greater: orders.greater || !words.is_empty(), ..orders })
            }
            (one, Shape::Worded(of, words)) if one.is_measured() => {
                let orders = one.orders(of)?;
                Some(Orders { less: orders.less || !words.is_empty(), ..orders })
            }
            _ => None,
        }
    }

    /// A number or a duration.
    fn is_measured(&self) -> bool {
        matches!(self, Shape::Number(_)) || self.is_time()
    }

    fn is_time(&self) -> bool {
        matches!(self, Shape::Lasting(_) | Shape::Time(..))
    }
}

/// The number zero, and whatever lies above it.
pub fn at_least(least: i64) -> Bounds {
    Bounds::from(Some(Num::Int(least)), None)
}

fn worded(of: Shape, words: Words) -> Shape {
    match (of, words) {
        (Shape::Nothing, words) if words.is_empty() => Shape::Nothing,
        (Shape::Nothing, words) => Shape::Words(words),
        (of, words) if words.is_empty() => of,
        (of, words) => Shape::Worded(Box::new(of), words),
    }
}

/// The numbers that lie in both; `None` where there is none.
fn meet_numbers(a: &Bounds, b: &Bounds) -> Option<Bounds> {
    let pick = |x: &Option<End>, y: &Option<End>, wins: Ordering| match (x, y) {
        (Some(x), Some(y)) => match x.at.order(&y.at) {
            Ordering::Equal => Some(End { at: x.at.clone(), open: x.open || y.open }),
            order if order == wins => Some(x.clone()),
            _ => Some(y.clone()),
        },
        (x, y) => x.clone().or_else(|| y.clone()),
    };
    let met = Bounds { low: pick(&a.low, &b.low, Ordering::Greater), high: pick(&a.high, &b.high, Ordering::Less) };
    match (&met.low, &met.high) {
        (Some(low), Some(high)) => match low.at.order(&high.at) {
            Ordering::Greater => None,
            Ordering::Equal if low.open || high.open => None,
            _ => Some(met),
        },
        _ => Some(met),
    }
}

/// Of two ends the one that says more, where the calendar does not leave that open.
fn tighter(a: &Option<DurationEnd>, b: &Option<DurationEnd>, wins: Ordering) -> Option<DurationEnd> {
    match (a, b) {
        (Some(x), Some(y)) => {
            let better = y.0.orders(x.0).decide(|order| order == wins || (order.is_eq() && y.1)) == Some(true);
            Some(if better { *y } else { *x })
        }
        (a, b) => (*a).or(*b),
    }
}

/// A duration that is not certainly outside of its ends, against one that is known.
///
/// What is certainly shorter than `at` is certainly shorter than a low end that is certainly no shorter than `at`; so an
/// end decides where it is certain itself.
fn time_orders(low: &Option<DurationEnd>, high: &Option<DurationEnd>, at: Duration) -> Orders {
    let mut orders = Orders { less: true, equal: true, greater: true };
    if let Some((low, open)) = low {
        let against = low.orders(at);
        if !against.less {
            orders.less = false;
            if !against.equal || *open {
                orders.equal = false;
            }
        }
    }
    if let Some((high, open)) = high {
        let against = high.orders(at);
        if !against.greater {
            orders.greater = false;
            if !against.equal || *open {
                orders.equal = false;
            }
        }
    }
    orders
}
