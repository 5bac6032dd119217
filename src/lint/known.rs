//! Owns what is known of an expression without a tenant: its shape, by types, constants, parameters and the conditions around it. It must never know statements.

use crate::string::Str;
use std::cmp::Ordering;

use super::shape::{May, OPEN, Shape, Words, at_least};
use crate::builtins::Function;
use crate::pattern::{Glob, Pattern};
use crate::policy::{
    Aggregate, Arith, BinaryOp, Comprehension, Direction, Expr, ExprKind, Policy, Quantified, Quantifier, State,
};
use crate::schema::{Absent, Const, Schema, Type, TypeKind};
use crate::value::{Bounds, Num, Orders};

/// How many expressions one question may look at: functions call functions, and each call is looked at anew.
const FUEL: u32 = 5_000;
/// How deep functions and names may lead; what lies deeper may be anything.
const FRAMES: usize = 48;

/// What a condition comes to, where it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is never false.
    Always,
    /// It is never true.
    Never,
    /// That depends on the tenant.
    Sometimes,
}

/// A variable in sight.
#[derive(Clone, Debug)]
pub struct Bound {
    /// What it stands for, as [`Known::key`] writes it.
    pub key: String,
    /// What it may be.
    pub shape: Shape,
    /// It is there in every tenant that fits the schema.
    pub there: bool,
}

/// What is known at a place of a policy.
pub struct Known<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// What the conditions around say: of which expressions, by their keys, and what those may be.
    pub facts: Vec<(String, Shape)>,
    /// The variables of the expression at hand, and of those that call it.
    frames: Vec<Vec<Option<Bound>>>,
    fuel: u32,
    /// How many keys were made for what has none.
    nameless: u32,
}

impl<'p> Known<'p> {
    /// What is known before any condition.
    pub fn new(policy: &'p Policy) -> Known<'p> {
        Known { policy, facts: Vec::new(), frames: vec![Vec::new()], fuel: FUEL, nameless: 0 }
    }

    /// Begins with variables of its own: those of a rule, a `let` or a function.
    pub fn enter(&mut self) {
        self.frames.push(Vec::new());
    }

    /// Goes back to the variables before.
    pub fn leave(&mut self) {
        self.frames.pop();
    }

    /// What a variable is bound to.
    pub fn bound(&self, slot: u16) -> Option<&Bound> {
        self.frames.last()?.get(usize::from(slot))?.as_ref()
    }

    /// Binds a variable.
    pub fn bind(&mut self, slot: u16, bound: Bound) {
        let Some(frame) = self.frames.last_mut() else { return };
        let slot = usize::from(slot);
        if frame.len() <= slot {
            frame.resize(slot + 1, None);
        }
        if let Some(place) = frame.get_mut(slot) {
            *place = Some(bound);
        }
    }

    /// Forgets a variable.
    pub fn unbind(&mut self, slot: u16) {
        if let Some(place) = self.frames.last_mut().and_then(|frame| frame.get_mut(usize::from(slot))) {
            *place = None;
        }
    }

    /// Binds a variable to any element of a list.
    pub fn bind_element(&mut self, slot: u16, list: &'p Expr) {
        let shape = match self.shape(list) {
            Shape::List(of, ..) => *of,
            _ => Shape::Any,
        };
        // Variables that are in sight together have keys of their own; the same loop has the same key, wherever it stands.
        let depth: usize = self.frames.iter().map(|frame| frame.iter().flatten().count()).sum();
        let list_key = self.key_or_new(list);
        let there = self.elements_there(list);
        let bound = Bound { key: format!("v{depth}[{list_key}]"), shape, there };
        self.bind(slot, bound.clone());
        self.suppose_element(list, &bound);
    }

    /// What the `where` of a list says of its elements, where they are those of another list.
    fn suppose_element(&mut self, list: &'p Expr, element: &Bound) {
        if self.step().is_none() {
            return;
        }
        match &list.kind {
            ExprKind::Let(index) => {
                let Some(item) = self.policy.lets.get(*index) else { return };
                self.enter();
                self.suppose_element(&item.value, element);
                self.leave();
            }
            ExprKind::Comprehension(it) => {
                let ExprKind::Local(var) = it.element.kind else { return };
                let Some(of) = it.fors.iter().find(|of| of.var == var) else { return };
                // Only of this variable is it known what it stands for.
                let frame = self.frames.last().cloned().unwrap_or_default();
                self.bind(var, element.clone());
                self.suppose_element(&of.list, element);
                if let Some(filter) = &of.filter {
                    self.suppose(filter, true);
                }
                if let Some(last) = self.frames.last_mut() {
                    *last = frame;
                }
            }
            _ => {}
        }
    }

    /// Binds a variable to the value of an expression.
    pub fn bind_value(&mut self, slot: u16, value: &'p Expr) {
        let bound = self.bound_value(value);
        self.bind(slot, bound);
    }

    fn bound_value(&mut self, value: &'p Expr) -> Bound {
        let shape = self.shape(value);
        let key = self.key_or_new(value);
        Bound { key, shape, there: self.there(value) }
    }

    fn key_or_new(&mut self, expr: &'p Expr) -> String {
        self.key(expr).unwrap_or_else(|| {
            self.nameless += 1;
            format!("@{}", self.nameless)
        })
    }

    /// Another question may be asked.
    pub fn refuel(&mut self) {
        self.fuel = FUEL;
    }

    /// What a condition comes to, by the facts that stand.
    pub fn verdict(&mut self, condition: &'p Expr) -> Verdict {
        self.refuel();
        match self.shape(condition) {
            Shape::Truth(true, false) => Verdict::Always,
            Shape::Truth(false, true) => Verdict::Never,
            _ => Verdict::Sometimes,
        }
    }

    /// The same by the condition alone.
    pub fn plain_verdict(&mut self, condition: &'p Expr) -> Verdict {
        let facts = std::mem::take(&mut self.facts);
        let verdict = self.verdict(condition);
        self.facts = facts;
        verdict
    }

    /// What an expression may be, where it is known.
    pub fn shape(&mut self, expr: &'p Expr) -> Shape {
        if self.step().is_none() {
            return Shape::Any;
        }
        let own = self.own_shape(expr);
        if self.facts.is_empty() || matches!(expr.kind, ExprKind::Const(_)) {
            return own;
        }
        let (key, flipped) = match expr.ty {
            TypeKind::Bool => match self.truth_key(expr) {
                Some(found) => found,
                None => return own,
            },
            _ => match self.key(expr) {
                Some(key) => (key, false),
                None => return own,
            },
        };
        self.facts.iter().filter(|(known, _)| *known == key).fold(own, |shape, (_, fact)| match fact {
            Shape::Truth(yes, no) if flipped => shape.meet(&Shape::Truth(*no, *yes)),
            fact => shape.meet(fact),
        })
    }

    fn own_shape(&mut self, expr: &'p Expr) -> Shape {
        let schema = &self.policy.schema;
        match &expr.kind {
            ExprKind::Const(constant) => Shape::of_const(schema, constant),
            ExprKind::Pattern(_) | ExprKind::Map(_) => Shape::Any,
            ExprKind::Today => Shape::Day(None, None),
            ExprKind::Local(slot) => self.bound(*slot).map_or(Shape::Any, |bound| bound.shape.clone()),
            ExprKind::Let(index) => match self.policy.lets.get(*index) {
                Some(item) => self.elsewhere(Vec::new(), &item.value),
                None => Shape::Any,
            },
            ExprKind::Param(index) => self.param(*index),
            ExprKind::Root(slot) => {
                schema.field(Schema::ROOT, *slot).map_or(Shape::Any, |it| Shape::of_type(schema, &it.ty))
            }
            ExprKind::Field(_, record, slot) => {
                schema.field(*record, *slot).map_or(Shape::Any, |it| Shape::of_type(schema, &it.ty))
            }
            ExprKind::Entry(base, ..) => match (&base.ty, &base.kind) {
                // Only a map of the tenant is held to its type.
                (TypeKind::Map(of), ExprKind::Root(_) | ExprKind::Field(..)) => Shape::of_type(schema, of),
                _ => Shape::Any,
            },
            ExprKind::List(values) => {
                let shapes: Vec<Shape> = values.iter().map(|value| self.shape(value)).collect();
                match Shape::known(shapes) {
                    // Of an element that is worked out, not every tenant has each value.
                    Shape::List(of, length, _) => Shape::List(of, length, None),
                    other => other,
                }
            }
            ExprKind::Comprehension(it) => {
                let (of, most) = self.comprehension(it);
                Shape::List(Box::new(of), Bounds { low: at_least(0).low, high: most.high }, None)
            }
            ExprKind::Not(inner) => match self.shape(inner) {
                Shape::Truth(yes, no) => Shape::Truth(no, yes),
                _ => Shape::Truth(true, true),
            },
            ExprKind::Minus(inner) => match self.shape(inner) {
                Shape::Number(bounds) => Shape::Number(Bounds::exactly(Num::Int(0)).sub(&bounds)),
                _ => Shape::Any,
            },
            ExprKind::And(parts) => self.connective(parts, true),
            ExprKind::Or(parts) => self.connective(parts, false),
            ExprKind::Arithmetic(op, sides) => self.arithmetic(*op, sides),
            ExprKind::Compare(op, sides) => Shape::truth(self.compare(*op, sides)),
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                let (above, below) = (self.order(BinaryOp::Ge, value, low), self.order(BinaryOp::Le, value, high));
                let (yes, no) = (above.0 && below.0, above.1 || below.1);
                Shape::truth(if *negated { (no, yes) } else { (yes, no) })
            }
            ExprKind::State(state, inner) => Shape::truth(match state {
                // What is not there is unknown to `is given`, which is never false.
                State::Given => (true, false),
                State::Set if self.there(inner) => (true, false),
                State::Missing if self.there(inner) => (false, true),
                _ => OPEN,
            }),
            ExprKind::Default(sides) => {
                let [value, fallback] = &**sides;
                let own = self.shape(value);
                if self.there(value) { own } else { own.either(&self.shape(fallback)) }
            }
            ExprKind::If(parts) => self.choice(parts),
            ExprKind::Quantifier(which, body) => Shape::truth(self.quantifier(*which, body)),
            ExprKind::Unique(_) => Shape::Truth(true, true),
            ExprKind::Aggregate(which, it) => self.aggregate(*which, it),
            ExprKind::Extreme(largest, values) => {
                let shapes: Vec<Shape> = values.iter().map(|value| self.shape(value)).collect();
                let numbers: Option<Vec<Bounds>> = shapes
                    .into_iter()
                    .map(|shape| if let Shape::Number(bounds) = shape { Some(bounds) } else { None })
                    .collect();
                let pick = |a: Bounds, b: Bounds| if *largest { a.max(&b) } else { a.min(&b) };
                numbers.and_then(|it| it.into_iter().reduce(pick)).map_or(Shape::Any, Shape::Number)
            }
            ExprKind::Function(function, inner) => self.function(*function, inner),
            ExprKind::Call(index, arguments) => {
                let Some(define) = self.policy.defines.get(*index) else { return Shape::Any };
                let bound: Vec<Bound> = arguments.iter().map(|argument| self.bound_value(argument)).collect();
                self.elsewhere(bound, &define.body)
            }
        }
    }

    /// Takes a step of what one question may take; `None` beyond that.
    pub fn step(&mut self) -> Option<()> {
        self.fuel = self.fuel.checked_sub(1)?;
        (self.frames.len() <= FRAMES).then_some(())
    }

    /// The shape of an expression with variables of its own.
    fn elsewhere(&mut self, bound: Vec<Bound>, expr: &'p Expr) -> Shape {
        self.frames.push(bound.into_iter().map(Some).collect());
        let shape = self.shape(expr);
        self.frames.pop();
        shape
    }

    /// Does something where a function's body is, its parameters bound to these arguments.
    pub fn within_call<T>(
        &mut self,
        index: usize,
        arguments: &'p [Expr],
        work: impl FnOnce(&mut Self, &'p Expr) -> T,
    ) -> Option<T> {
        let define = self.policy.defines.get(index)?;
        self.step()?;
        let bound: Vec<Bound> = arguments.iter().map(|argument| self.bound_value(argument)).collect();
        self.frames.push(bound.into_iter().map(Some).collect());
        let done = work(self, &define.body);
        self.frames.pop();
        Some(done)
    }

    /// A parameter: its value, and what it may be set to.
    fn param(&mut self, index: usize) -> Shape {
        let Some(param) = self.policy.params.get(index) else { return Shape::Any };
        let schema = &self.policy.schema;
        let own = Shape::of_const(schema, &param.value);
        let all = || Shape::of_type(schema, &param.ty);
        match param.may {
            None => own,
            Some(Direction::Change) => all(),
            Some(direction) => {
                let order = if direction == Direction::Fall { Ordering::Less } else { Ordering::Greater };
                match (&param.value, &own) {
                    // From a word beside a number, every number lies below.
                    (Const::Text(_), _) => all(),
                    (Const::Enum(id, at), _) => {
                        let words = schema.values(*id).iter().enumerate();
                        let within = words.filter(|(other, _)| {
                            let order_of = other.cmp(&usize::from(*at));
                            order_of.is_eq() || order_of == order
                        });
                        Shape::Words(Words::Only(within.map(|(_, word)| word.as_str().into()).collect()))
                    }
                    _ => match all() {
                        Shape::Worded(of, words) => Shape::Worded(of, words).beside(order, false, &own),
                        of => of.beside(order, false, &own),
                    },
                }
            }
        }
    }

    // ---- conditions --------------------------------------------------------------------------------------------

    /// `and` (where `all`) and `or`: each part is looked at where those before it did not decide.
    fn connective(&mut self, parts: &'p [Expr], all: bool) -> Shape {
        let before = self.facts.len();
        let (mut decides, mut open) = (false, false);
        for part in parts {
            match self.shape(part) {
                Shape::Truth(true, false) if all => {}
                Shape::Truth(false, true) if !all => {}
                Shape::Truth(yes, no) if yes != no => decides = true,
                _ => open = true,
            }
            if decides {
                break;
            }
            self.suppose(part, all);
        }
        self.facts.truncate(before);
        // What decides an `and` is false, what decides an `or` is true.
        Shape::truth(match (decides, open) {
            (true, _) => (!all, all),
            (false, true) => OPEN,
            (false, false) => (all, !all),
        })
    }

    fn choice(&mut self, parts: &'p [Expr; 3]) -> Shape {
        let [condition, then, otherwise] = parts;
        let holds = self.shape(condition);
        let before = self.facts.len();
        self.suppose(condition, true);
        let then = self.shape(then);
        self.facts.truncate(before);
        self.suppose(condition, false);
        let otherwise = self.shape(otherwise);
        self.facts.truncate(before);
        match holds {
            Shape::Truth(true, false) => then,
            Shape::Truth(false, true) => otherwise,
            _ => then.either(&otherwise),
        }
    }

    fn quantifier(&mut self, which: Quantifier, body: &'p Quantified) -> May {
        let length = match self.shape(&body.list) {
            Shape::List(_, length, _) => length,
            _ => at_least(0),
        };
        let before = self.facts.len();
        self.bind_element(body.var, &body.list);
        let mut filtered = Shape::Truth(true, false);
        if let Some(filter) = &body.filter {
            filtered = self.shape(filter);
            self.suppose(filter, true);
        }
        let holds = self.shape(&body.body);
        self.facts.truncate(before);
        self.unbind(body.var);
        let none = filtered == Shape::Truth(false, true) || !length.orders(&Bounds::exactly(Num::Int(0))).greater;
        // Some element is surely looked at.
        let some = filtered == Shape::Truth(true, false) && !length.orders(&Bounds::exactly(Num::Int(1))).less;
        let (always, never) = (holds == Shape::Truth(true, false), holds == Shape::Truth(false, true));
        match which {
            _ if none => (which != Quantifier::Any, which == Quantifier::Any),
            Quantifier::All if always => (true, false),
            Quantifier::All if never && some => (false, true),
            Quantifier::Any if never => (false, true),
            Quantifier::Any if always && some => (true, false),
            Quantifier::No if never => (true, false),
            Quantifier::No if always && some => (false, true),
            _ => OPEN,
        }
    }

    fn compare(&mut self, op: BinaryOp, sides: &'p [Expr; 2]) -> May {
        let [left, right] = sides;
        if std::mem::discriminant(&left.kind) == std::mem::discriminant(&right.kind)
            && self.key(left).is_some_and(|key| self.key(right) == Some(key))
        {
            // What is held against itself is equal to it, or unknown.
            match op {
                BinaryOp::Eq | BinaryOp::Le | BinaryOp::Ge => return (true, false),
                BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Gt => return (false, true),
                _ => {}
            }
        }
        match op {
            BinaryOp::Eq | BinaryOp::Ne => {
                let (yes, no) = self.shape(left).equal(&self.shape(right));
                if op == BinaryOp::Eq { (yes, no) } else { (no, yes) }
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.order(op, left, right),
            BinaryOp::In => self.member(left, right),
            BinaryOp::NotIn => {
                let (yes, no) = self.member(left, right);
                (no, yes)
            }
            BinaryOp::Contains => self.member(right, left),
            BinaryOp::Subset => match (self.shape(left), self.shape(right)) {
                (Shape::List(of, ..), Shape::List(_, _, Some(known))) if inside(&of, &known) => (true, false),
                (Shape::List(of, length, _), Shape::List(other, ..))
                    if !of.equal(&other).0 && !length.orders(&Bounds::exactly(Num::Int(1))).less =>
                {
                    (false, true)
                }
                _ => OPEN,
            },
            BinaryOp::Overlaps => match (self.shape(left), self.shape(right)) {
                (Shape::List(a, ..), Shape::List(b, ..)) if !a.equal(&b).0 => (false, true),
                _ => OPEN,
            },
            BinaryOp::Matches => {
                let ExprKind::Pattern(pattern) = &right.kind else { return OPEN };
                match self.shape(left) {
                    Shape::Words(Words::Only(words)) => {
                        let matched = |word: &Str| pattern.matches(word);
                        (words.iter().any(matched), !words.iter().all(matched))
                    }
                    Shape::Words(_) if matches!(**pattern, Pattern::Glob(_)) && pattern.covers(&Glob::new("*")) => {
                        (true, false)
                    }
                    _ => OPEN,
                }
            }
        }
    }

    fn member(&mut self, item: &'p Expr, list: &'p Expr) -> May {
        let item = self.shape(item);
        match self.shape(list) {
            _ if item == Shape::Nothing => (false, false),
            Shape::List(_, _, Some(known)) if inside(&item, &known) => (true, false),
            Shape::List(of, ..) if !item.equal(&of).0 => (false, true),
            _ => OPEN,
        }
    }

    /// What an order of two values may come to.
    pub fn order(&mut self, op: BinaryOp, left: &'p Expr, right: &'p Expr) -> May {
        let (a, b) = (self.shape(left), self.shape(right));
        let Some(orders) = self.orders(left, &a, right, &b) else { return OPEN };
        let holds = |order: Ordering| match op {
            BinaryOp::Lt => order.is_lt(),
            BinaryOp::Le => order.is_le(),
            BinaryOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        };
        let possible =
            [(orders.less, Ordering::Less), (orders.equal, Ordering::Equal), (orders.greater, Ordering::Greater)];
        let may = |wanted: bool| possible.iter().any(|(may, order)| *may && holds(*order) == wanted);
        (may(true), may(false))
    }

    /// The orders of two values: of words by their places in the enum.
    fn orders(&self, left: &Expr, a: &Shape, right: &Expr, b: &Shape) -> Option<Orders> {
        match (&left.ty, &right.ty) {
            (TypeKind::Enum(one), TypeKind::Enum(other)) if one == other => {
                let places = |shape: &Shape| match shape {
                    Shape::Words(Words::Only(words)) => {
                        let at = |word: &Str| {
                            let at = self.policy.schema.values(*one).iter().position(|known| **known == **word)?;
                            Some(at as i64)
                        };
                        let places: Vec<i64> = words.iter().map(at).collect::<Option<_>>()?;
                        let (first, last) = (*places.iter().min()?, *places.iter().max()?);
                        Some(Bounds::from(Some(Num::Int(first)), Some(Num::Int(last))))
                    }
                    _ => None,
                };
                Some(places(a)?.orders(&places(b)?))
            }
            _ => a.orders(b),
        }
    }

    // ---- lists and numbers -------------------------------------------------------------------------------------

    /// What an element of a comprehension may be, and how many there may be.
    fn comprehension(&mut self, comprehension: &'p Comprehension) -> (Shape, Bounds) {
        let before = self.facts.len();
        let mut most = Bounds::exactly(Num::Int(1));
        for generator in &comprehension.fors {
            most = match self.shape(&generator.list) {
                Shape::List(_, length, _) => most.mul(&length),
                _ => at_least(0),
            };
            self.bind_element(generator.var, &generator.list);
            if let Some(filter) = &generator.filter {
                most = Bounds { low: at_least(0).low, high: most.high };
                self.suppose(filter, true);
            }
        }
        let of = self.shape(&comprehension.element);
        self.facts.truncate(before);
        for generator in &comprehension.fors {
            self.unbind(generator.var);
        }
        (of, most)
    }

    fn aggregate(&mut self, which: Aggregate, comprehension: &'p Comprehension) -> Shape {
        let (of, most) = self.comprehension(comprehension);
        let zero = Bounds::exactly(Num::Int(0));
        match (which, of) {
            (Aggregate::Count, _) => Shape::Number(Bounds { low: most.low.or(at_least(0).low), high: most.high }),
            (Aggregate::Distinct, of) => {
                Shape::List(Box::new(of), Bounds { low: at_least(0).low, high: most.high }, None)
            }
            (Aggregate::Sum, Shape::Number(bounds)) => {
                let orders = bounds.orders(&zero);
                let low = if orders.less { None } else { zero.low };
                let high = if orders.greater { None } else { zero.high };
                Shape::Number(Bounds { low, high })
            }
            (Aggregate::Sum, _) => Shape::Any,
            (Aggregate::Min | Aggregate::Max, of) => of,
        }
    }

    fn arithmetic(&mut self, op: Arith, sides: &'p [Expr; 2]) -> Shape {
        let [left, right] = sides;
        match (op, self.shape(left), self.shape(right)) {
            (Arith::Add, Shape::Number(a), Shape::Number(b)) => Shape::Number(a.add(&b)),
            (Arith::Sub, Shape::Number(a), Shape::Number(b)) => Shape::Number(a.sub(&b)),
            (Arith::Mul | Arith::Of, Shape::Number(a), Shape::Number(b)) => Shape::Number(a.mul(&b)),
            (Arith::Div, Shape::Number(a), Shape::Number(b)) => {
                let inverse = b.only().and_then(|n| Num::Int(1).div(n));
                Shape::Number(inverse.map_or(Bounds::open(), |n| a.mul(&Bounds::exactly(n))))
            }
            (Arith::Add, Shape::Words(_), Shape::Words(_)) => Shape::Words(Words::Not(Vec::new())),
            (Arith::Add, Shape::List(a, m, _), Shape::List(b, n, _)) => {
                Shape::List(Box::new(a.either(&b)), m.add(&n), None)
            }
            _ => Shape::Any,
        }
    }

    fn function(&mut self, function: Function, inner: &'p Expr) -> Shape {
        let shape = self.shape(inner);
        match (function, shape) {
            (Function::Len, Shape::Words(Words::Only(words))) => {
                let length = |word: &Str| Num::Int(word.chars().count() as i64);
                let lengths = words.iter().map(|word| Bounds::exactly(length(word)));
                lengths.reduce(|a, b| a.either(&b)).map_or(Shape::Any, Shape::Number)
            }
            (Function::Len, _) => Shape::Number(at_least(0)),
            (Function::Rank, shape) => {
                let TypeKind::Enum(id) = inner.ty else { return Shape::Any };
                let all = self.policy.schema.values(id);
                let place = |word: &Str| all.iter().position(|known| **known == **word);
                let words = if let Shape::Words(Words::Only(words)) = shape { words } else { return Shape::Any };
                let places: Option<Vec<usize>> = words.iter().map(place).collect();
                let ranks = places.into_iter().flatten().map(|at| Bounds::exactly(Num::Int(at as i64 + 1)));
                ranks.reduce(|a, b| a.either(&b)).map_or(Shape::Any, Shape::Number)
            }
            (Function::Lower | Function::Upper, Shape::Words(Words::Only(words))) => {
                let change = |word: &Str| match function {
                    Function::Lower => word.to_lowercase().into(),
                    _ => word.to_uppercase().into(),
                };
                Shape::Words(Words::Only(words.iter().map(change).collect()))
            }
            (Function::Lower | Function::Upper, _) => Shape::Words(Words::Not(Vec::new())),
            (Function::Keys, _) => Shape::list(Shape::Words(Words::Not(Vec::new()))),
            (Function::Values, _) => match (&inner.ty, &inner.kind) {
                (TypeKind::Map(of), ExprKind::Root(_) | ExprKind::Field(..)) => {
                    Shape::list(Shape::of_type(&self.policy.schema, of))
                }
                _ => Shape::list(Shape::Any),
            },
            // How long ago a day was is for the calendar.
            (Function::Age, _) => Shape::Any,
        }
    }

    // ---- what is there -----------------------------------------------------------------------------------------

    /// Whether something is there in every tenant that fits the schema, if only by its default.
    pub fn there(&self, expr: &'p Expr) -> bool {
        let field =
            |record, slot| self.policy.schema.field(record, slot).is_some_and(|field| field.absent != Absent::Unknown);
        match &expr.kind {
            ExprKind::Root(slot) => field(Schema::ROOT, *slot),
            ExprKind::Field(base, record, slot) => field(*record, *slot) && self.there(base),
            ExprKind::Local(slot) => self.bound(*slot).is_some_and(|bound| bound.there),
            ExprKind::Const(_) | ExprKind::Param(_) => true,
            ExprKind::Default(sides) => sides.iter().any(|side| self.there(side)),
            _ => false,
        }
    }

    /// Whether the elements of a list are there, each as a whole.
    fn elements_there(&self, list: &'p Expr) -> bool {
        match &list.kind {
            ExprKind::Root(_) | ExprKind::Field(..) | ExprKind::Const(_) => true,
            ExprKind::Let(index) => self.policy.lets.get(*index).is_some_and(|item| self.elements_there(&item.value)),
            ExprKind::Comprehension(it) => match &it.element.kind {
                ExprKind::Local(var) => {
                    it.fors.iter().find(|of| of.var == *var).is_some_and(|of| self.elements_there(&of.list))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether whatever an item may be is among some constants.
fn inside(item: &Shape, known: &[Shape]) -> bool {
    match item {
        Shape::Words(Words::Only(words)) => words.iter().all(|word| {
            let one = Shape::Words(Words::Only(vec![word.clone()]));
            known.contains(&one)
        }),
        Shape::Truth(yes, no) => [(*yes, true), (*no, false)]
            .iter()
            .all(|(may, value)| !may || known.contains(&Shape::Truth(*value, !*value))),
        item => item.is_single() && known.iter().any(|one| one.is_single() && !item.equal(one).1),
    }
}

/// All values of a type as far as nobody holds it to its bounds: what a function is given.
pub fn loosely(ty: &Type) -> Shape {
    match ty.kind {
        TypeKind::Bool => Shape::Truth(true, true),
        TypeKind::Int | TypeKind::Decimal | TypeKind::Percent => Shape::Number(Bounds::open()),
        _ => Shape::Any,
    }
}
