//! Owns what a condition says of other expressions where it holds, and where it does not. It must never know who asks.

use crate::string::Str;
use std::cmp::Ordering;

use super::key::positive;
use super::known::Known;
use super::shape::{Shape, Words};
use crate::policy::{BinaryOp, Expr, ExprKind, State};
use crate::schema::TypeKind;

/// The most facts that are held at once: each is looked at for each expression.
const MOST: usize = 300;

/// An expression by its key, and what it may be.
type Fact = (String, Shape);

impl<'p> Known<'p> {
    /// Takes a condition to hold, or not to, until the facts are cut back.
    pub fn suppose(&mut self, condition: &'p Expr, holds: bool) {
        let facts = self.facts_of(condition, holds);
        let room = MOST.saturating_sub(self.facts.len());
        self.facts.extend(facts.into_iter().take(room));
    }

    fn facts_of(&mut self, condition: &'p Expr, holds: bool) -> Vec<Fact> {
        let mut facts = Vec::new();
        if self.step().is_none() {
            return facts;
        }
        if let Some((key, flipped)) = self.truth_key(condition) {
            let holds = holds != flipped;
            facts.push((key, Shape::Truth(holds, !holds)));
        }
        match &condition.kind {
            ExprKind::Not(inner) => facts.extend(self.facts_of(inner, !holds)),
            ExprKind::And(parts) if holds => facts.extend(parts.iter().flat_map(|part| self.facts_of(part, true))),
            ExprKind::Or(parts) if !holds => facts.extend(parts.iter().flat_map(|part| self.facts_of(part, false))),
            ExprKind::And(parts) | ExprKind::Or(parts) => facts.extend(self.common(parts, holds)),
            ExprKind::Compare(op, sides) => {
                let (op, flipped) = positive(*op);
                facts.extend(self.sides(op, sides, holds != flipped));
            }
            ExprKind::Range(negated, parts) if holds != *negated => {
                let [value, low, high] = &**parts;
                facts.extend(self.ordered(value, low, Ordering::Greater, false));
                facts.extend(self.ordered(value, high, Ordering::Less, false));
            }
            // What is given is set.
            ExprKind::State(State::Given, inner) if holds => {
                facts.extend(self.key(inner).map(|key| (format!("set({key})"), Shape::Truth(true, false))));
            }
            ExprKind::Let(index) => {
                if let Some(item) = self.policy.lets.get(*index) {
                    self.enter();
                    let own = self.facts_of(&item.value, holds);
                    self.leave();
                    facts.extend(own);
                }
            }
            ExprKind::Call(index, arguments) => {
                let own = self.within_call(*index, arguments, |known, body| known.facts_of(body, holds));
                facts.extend(own.into_iter().flatten());
            }
            _ => {}
        }
        facts
    }

    /// What is so whichever of the parts holds (of an `or`), or does not (of an `and`).
    fn common(&mut self, parts: &'p [Expr], holds: bool) -> Vec<Fact> {
        let mut parts = parts.iter();
        let Some(first) = parts.next() else { return Vec::new() };
        let mut common = merged(self.facts_of(first, holds));
        for part in parts {
            let own = merged(self.facts_of(part, holds));
            common = common
                .into_iter()
                .filter_map(|(key, shape)| {
                    let (_, other) = own.iter().find(|(known, _)| *known == key)?;
                    Some((key, shape.either(other)))
                })
                .collect();
        }
        common
    }

    /// What a comparison says of its sides.
    fn sides(&mut self, op: BinaryOp, sides: &'p [Expr; 2], holds: bool) -> Vec<Fact> {
        let [left, right] = sides;
        match (op, holds) {
            (BinaryOp::Eq, _) => {
                let (a, b) = (self.shape(left), self.shape(right));
                let narrow = |own: &Shape, other: &Shape| if holds { own.meet(other) } else { own.without(other) };
                let both = [(left, narrow(&a, &b)), (right, narrow(&b, &a))];
                both.into_iter().filter_map(|(side, shape)| Some((self.key_of(side)?, shape))).collect()
            }
            (BinaryOp::Ge, true) => self.ordered(left, right, Ordering::Greater, false),
            (BinaryOp::Ge, false) => self.ordered(left, right, Ordering::Less, true),
            (BinaryOp::Le, true) => self.ordered(left, right, Ordering::Less, false),
            (BinaryOp::Le, false) => self.ordered(left, right, Ordering::Greater, true),
            (BinaryOp::In, _) => {
                let (item, list) = (self.shape(left), self.shape(right));
                let shape = match list {
                    Shape::List(of, ..) if holds => item.meet(&of),
                    Shape::List(_, _, Some(known)) => known.iter().fold(item, |item, one| item.without(one)),
                    _ => return Vec::new(),
                };
                self.key_of(left).map(|key| (key, shape)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What is known of two values of which the left one lies on that side of the right one.
    fn ordered(&mut self, left: &'p Expr, right: &'p Expr, order: Ordering, open: bool) -> Vec<Fact> {
        let (a, b) = (self.shape(left), self.shape(right));
        let both = [
            (left, self.beside(left, &a, &b, order, open)),
            (right, self.beside(right, &b, &a, order.reverse(), open)),
        ];
        both.into_iter().filter_map(|(side, shape)| Some((self.key_of(side)?, shape))).collect()
    }

    /// The part of a value on one side of another, of words by their places in the enum.
    fn beside(&self, expr: &Expr, own: &Shape, other: &Shape, order: Ordering, open: bool) -> Shape {
        match (&expr.ty, own, other) {
            (TypeKind::Enum(id), Shape::Words(Words::Only(words)), Shape::Words(Words::Only(others))) => {
                let all = self.policy.schema.values(*id);
                let place = |word: &Str| all.iter().position(|known| **known == **word);
                let Some(others) = others.iter().map(place).collect::<Option<Vec<usize>>>() else {
                    return own.clone();
                };
                let end = if order == Ordering::Less { others.iter().max() } else { others.iter().min() };
                let Some(end) = end else { return own.clone() };
                let fits = |word: &&Str| place(word).is_none_or(|at| at.cmp(end) == order || (!open && at == *end));
                match words.iter().filter(fits).cloned().collect::<Vec<_>>() {
                    words if words.is_empty() => Shape::Nothing,
                    words => Shape::Words(Words::Only(words)),
                }
            }
            (TypeKind::Int, ..) => own.beside(order, open, other).whole(),
            _ => own.beside(order, open, other),
        }
    }

    /// The key of what can be known more closely: no constant.
    fn key_of(&self, expr: &'p Expr) -> Option<String> {
        if matches!(expr.kind, ExprKind::Const(_) | ExprKind::List(_) | ExprKind::Pattern(_)) {
            return None;
        }
        // A truth is held under the key of its positive form; others under their own.
        match expr.ty {
            TypeKind::Bool => self.truth_key(expr).filter(|(_, flipped)| !flipped).map(|(key, _)| key),
            _ => self.key(expr),
        }
    }
}

/// Facts of one expression made one.
fn merged(facts: Vec<Fact>) -> Vec<Fact> {
    let mut all: Vec<Fact> = Vec::new();
    for (key, shape) in facts {
        match all.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = known.meet(&shape),
            None => all.push((key, shape)),
        }
    }
    all
}
