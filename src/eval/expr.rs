//! Owns how an expression becomes a value, with a trace or without: one code for both. It must never know statements.

use super::compare::Tri;
use super::machine::{Machine, type_bounds};
use super::memory::may_be_remembered;
use super::val::{Elem, Fault, Ghost, Info, NOWHERE, Out, Partly, Places, Setness, Sure, Unknown, Val};
use crate::builtins::Function;
use crate::policy::{Arith, BinaryOp, Expr, ExprKind, State};
use crate::schema::TypeKind;
use crate::tenant::Data;
use crate::value::{self, Bounds, DAY, Duration, Num};
use std::rc::Rc;

impl<'a> Machine<'a> {
    /// The value of an expression. With `TRACE` it remembers what was read, and stops at nothing that a reader would name.
    pub fn eval<const TRACE: bool>(&mut self, expr: &'a Expr) -> Out<'a> {
        let before = self.bytes;
        let out =
            if !TRACE && may_be_remembered(&expr.kind) { self.remembered(expr) } else { self.work_out::<TRACE>(expr) };
        if !out.val.is_made() {
            // What was made on the way is gone.
            self.bytes = before;
        }
        out
    }

    /// The same, whatever has been worked out already.
    pub(super) fn work_out<const TRACE: bool>(&mut self, expr: &'a Expr) -> Out<'a> {
        match &expr.kind {
            ExprKind::Const(constant) => Out::plain(Val::from_const(constant)),
            ExprKind::Pattern(_) => Out::plain(Val::Bool(true)),
            ExprKind::Today => Out::plain(Val::Date(self.plan.as_of)),
            ExprKind::Local(slot) => {
                let Some(var) = self.vars.get(self.base + usize::from(*slot)) else {
                    return Out::plain(Val::unknown());
                };
                if !TRACE {
                    return Out::at(var.val.clone(), var.at);
                }
                let (val, at, info) = (var.val.clone(), var.at, var.info.clone());
                if info.is_some() || at == NOWHERE { Out { val, at, info } } else { self.read(val, at) }
            }
            ExprKind::Param(index) => {
                Out::plain(self.plan.params.get(*index).map_or_else(Val::unknown, Val::from_const))
            }
            ExprKind::Let(index) => self.top_let::<TRACE>(*index),
            ExprKind::Root(slot) => self.root::<TRACE>(*slot),
            ExprKind::Field(base, record, slot) => {
                let reference = matches!(base.ty, TypeKind::Ref(_));
                let mut base = self.eval::<TRACE>(base);
                if TRACE && reference && base.val.is_unknown() && base.at != NOWHERE {
                    // What a reference that is left out would lead to is placed at the reference.
                    base.at = self.ghost(Ghost::Within(base.at));
                }
                self.field::<TRACE>(base, *record, *slot)
            }
            ExprKind::Entry(written, key, key_slot) => {
                let of = match &written.ty {
                    TypeKind::Map(of) => Some(&**of),
                    _ => None,
                };
                let base = self.eval::<TRACE>(written);
                let key = self.eval::<TRACE>(key);
                match &key.val {
                    Val::Fault(fault) => Out { val: Val::Fault(*fault), at: NOWHERE, info: key.info },
                    Val::Int(n) => {
                        let text = n.to_string();
                        self.entry::<TRACE>(base, (&text, key.first()), *key_slot, of, written)
                    }
                    other => match self.text(other).map(str::to_owned) {
                        Some(text) => self.entry::<TRACE>(base, (&text, key.first()), *key_slot, of, written),
                        // Which entry is meant is unknown: so is what it holds.
                        None => {
                            let bounds = of.and_then(type_bounds);
                            let invalid = matches!(&key.val, Val::Unknown(unknown) if unknown.invalid);
                            let val = Val::Unknown(Unknown::new(Setness::Maybe, invalid, bounds));
                            Out { val, at: NOWHERE, info: key.info }
                        }
                    },
                }
            }
            ExprKind::List(values) => {
                let mut elems = Vec::with_capacity(values.len());
                let mut info = Info::default();
                for value in values {
                    let out = self.eval::<TRACE>(value);
                    if TRACE && info.first == NOWHERE {
                        info.first = out.first();
                    }
                    let at = if TRACE { self.element_place(&out) } else { out.at };
                    elems.push(Elem { val: out.val, at, sure: Sure::Yes, doubt: out.info });
                }
                let val = Val::List(Rc::new(elems));
                Out { val, at: NOWHERE, info: TRACE.then(|| Rc::new(info)) }
            }
            ExprKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.as_str(), self.eval::<TRACE>(value))).collect();
                Out::plain(Val::MadeMap(Rc::new(entries)))
            }
            ExprKind::Comprehension(comprehension) => self.comprehension::<TRACE>(comprehension),
            ExprKind::Not(inner) => {
                let out = self.eval::<TRACE>(inner);
                let val = match out.val {
                    Val::Bool(value) => Val::Bool(!value),
                    other => other,
                };
                Out { val, at: NOWHERE, info: out.info }
            }
            ExprKind::And(parts) => self.connective::<TRACE>(parts, false),
            ExprKind::Or(parts) => self.connective::<TRACE>(parts, true),
            ExprKind::Minus(inner) => {
                let out = self.eval::<TRACE>(inner);
                let val = match &out.val {
                    Val::Fault(_) => out.val,
                    Val::Duration(d) => match Duration::default().sub(*d) {
                        Some(d) => Val::Duration(d),
                        None => Val::Fault(Fault::Overflow),
                    },
                    Val::Diff(from, to) => Val::Duration(Duration::days(i64::from(*from) - i64::from(*to))),
                    value => match value.num() {
                        Some(n) => n.neg().map_or(Val::Fault(Fault::Overflow), Val::number),
                        None => Val::bounded(Bounds::exactly(Num::Int(0)).sub(&value.bounds())),
                    },
                };
                settled(val, out.info)
            }
            ExprKind::Arithmetic(op, sides) => {
                let [left, right] = &**sides;
                let left = self.eval::<TRACE>(left);
                let right = self.eval::<TRACE>(right);
                let val = if *op == Arith::Add && matches!(expr.ty, TypeKind::List(_)) {
                    self.joined::<TRACE>(&left, &right)
                } else {
                    self.arithmetic(*op, &left.val, &right.val)
                };
                if TRACE { settled(val, Some(Rc::new(both(&left, &right)))) } else { Out::plain(val) }
            }
            ExprKind::Compare(BinaryOp::Matches, sides) => {
                let [left, right] = &**sides;
                self.matches::<TRACE>(left, right)
            }
            ExprKind::Compare(op, sides) => {
                let [left, right] = &**sides;
                let left = self.eval::<TRACE>(left);
                let right = self.eval::<TRACE>(right);
                if let Some(known) = self.below_a_word(*op, sides, &left.val, &right.val) {
                    let info = if TRACE { Some(Rc::new(both(&left, &right))) } else { None };
                    return settled(Val::Bool(known), info);
                }
                self.compare::<TRACE>(*op, left, right)
            }
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                let value = self.eval::<TRACE>(value);
                let low = self.eval::<TRACE>(low);
                let high = self.eval::<TRACE>(high);
                let inside = self.lies_within(&value.val, &low.val, &high.val);
                let val = match inside {
                    Ok(known) => Val::truth(known.map(|known| known != *negated)),
                    Err(fault) => Val::Fault(fault),
                };
                if !TRACE {
                    return Out::plain(val);
                }
                let mut info = both(&value, &low);
                info.doubt(&high.info());
                if info.first == NOWHERE {
                    info.first = high.first();
                }
                self.undecided(val, info, &[(&value.val, &low.val), (&value.val, &high.val)])
            }
            ExprKind::State(state, inner) => self.state::<TRACE>(*state, inner),
            ExprKind::Default(sides) => {
                let [value, fallback] = &**sides;
                let value = self.eval::<TRACE>(value);
                match &value.val {
                    Val::Unknown(unknown) if unknown.set == Setness::No => {
                        let fallback = self.eval::<TRACE>(fallback);
                        if !TRACE {
                            return fallback;
                        }
                        let mut info = fallback.info();
                        info.first = if value.first() == NOWHERE { info.first } else { value.first() };
                        Out { info: Some(Rc::new(info)), ..fallback }
                    }
                    Val::Unknown(unknown) if unknown.set == Setness::Maybe => {
                        let fallback = self.eval::<TRACE>(fallback);
                        let val = self.either(&value.val, &fallback.val);
                        if TRACE { settled(val, Some(Rc::new(both(&value, &fallback)))) } else { Out::plain(val) }
                    }
                    _ => value,
                }
            }
            ExprKind::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let condition = self.eval::<TRACE>(condition);
                match condition.val {
                    Val::Bool(holds) => {
                        let out = self.eval::<TRACE>(if holds { then } else { otherwise });
                        if !TRACE {
                            return out;
                        }
                        let mut info = out.info();
                        if info.why == NOWHERE {
                            info.why = info.first;
                        }
                        if info.why == NOWHERE {
                            info.why = condition.info().place();
                        }
                        if condition.first() != NOWHERE {
                            info.first = condition.first();
                        }
                        Out { info: Some(Rc::new(info)), ..out }
                    }
                    Val::Fault(_) => Out::plain(condition.val),
                    _ => {
                        let then = self.eval::<TRACE>(then);
                        let otherwise = self.eval::<TRACE>(otherwise);
                        let val = self.either(&then.val, &otherwise.val);
                        if !TRACE {
                            return Out::plain(val);
                        }
                        let mut info = both(&condition, &then);
                        info.doubt(&otherwise.info());
                        if let Val::Bool(_) = val {
                            info.why = then.info().place();
                        }
                        settled(val, Some(Rc::new(info)))
                    }
                }
            }
            ExprKind::Quantifier(which, body) => self.quantifier::<TRACE>(*which, body),
            ExprKind::Unique(comprehension) => self.unique::<TRACE>(comprehension),
            ExprKind::Aggregate(which, comprehension) => self.aggregate::<TRACE>(*which, comprehension),
            ExprKind::Extreme(largest, values) => {
                let elems: Vec<Elem<'a>> = values
                    .iter()
                    .map(|value| {
                        let out = self.eval::<TRACE>(value);
                        let at = if TRACE { out.first() } else { out.at };
                        Elem { val: out.val, at, sure: Sure::Yes, doubt: out.info }
                    })
                    .collect();
                let ty = values.first().map_or(&TypeKind::Any, |value| &value.ty);
                self.extreme::<TRACE>(*largest, &elems, NOWHERE, ty)
            }
            ExprKind::Function(function, inner) => {
                let out = self.eval::<TRACE>(inner);
                let val = match out.val.among() {
                    Some(among) => {
                        let mut each = |m: &mut Machine<'a>, val: Val<'a>| {
                            let at = val.cell();
                            Out::plain(m.function(*function, &Out::at(val, at), &inner.ty))
                        };
                        self.each_of::<false>(&among, None, &mut each).val
                    }
                    None => self.function(*function, &out, &inner.ty),
                };
                if TRACE { settled(val, out.info) } else { Out::plain(val) }
            }
            ExprKind::Call(index, arguments) => {
                let Some(define) = self.plan.policy.defines.get(*index) else { return Out::plain(Val::unknown()) };
                if let Err(limit) = self.take(1) {
                    return Out::plain(Val::Fault(limit));
                }
                let mut given: Vec<Out<'a>> = arguments.iter().map(|argument| self.eval::<TRACE>(argument)).collect();
                if TRACE {
                    for (out, argument) in given.iter_mut().zip(arguments) {
                        // As a field behind it would be: a reference that is left out is what is missing.
                        if matches!(argument.ty, TypeKind::Ref(_)) && out.val.is_unknown() && out.at != NOWHERE {
                            out.at = self.ghost(Ghost::Within(out.at));
                        }
                    }
                }
                let before = self.enter(define.frame);
                for (slot, argument) in given.into_iter().enumerate() {
                    self.set(slot as u16, argument.val, argument.at, argument.info);
                }
                let out = self.eval::<TRACE>(&define.body);
                self.leave(before);
                out
            }
        }
    }

    /// Whether a value lies between two others, both included.
    fn lies_within(&mut self, value: &Val<'a>, low: &Val<'a>, high: &Val<'a>) -> Tri {
        if let Some(among) = value.among() {
            return self.agreed(&among, &mut |machine, value| machine.lies_within(value, low, high));
        }
        let above = self.order(BinaryOp::Ge, value, low)?;
        let below = self.order(BinaryOp::Le, value, high)?;
        // Nothing lies between two ends that stand the wrong way about.
        let empty = self.order(BinaryOp::Gt, low, high)?;
        Ok(match (above, below) {
            _ if empty == Some(true) => Some(false),
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        })
    }

    /// A number that is missing is not above the only word that may stand for it.
    fn below_a_word(&self, op: BinaryOp, sides: &[Expr; 2], left: &Val<'a>, right: &Val<'a>) -> Option<bool> {
        let [lesser, greater] = sides;
        let tops = |ty: &TypeKind, unknown: &Val<'a>, word: &Val<'a>| match ty {
            TypeKind::Worded(_, words) if unknown.is_unknown() => {
                matches!(words.as_slice(), [only] if self.text(word) == Some(only))
            }
            _ => false,
        };
        match op {
            BinaryOp::Le | BinaryOp::Gt if tops(&lesser.ty, left, right) => Some(op == BinaryOp::Le),
            BinaryOp::Ge | BinaryOp::Lt if tops(&greater.ty, right, left) => Some(op == BinaryOp::Ge),
            _ => None,
        }
    }

    /// A `let` at the top, worked out once for each tenant.
    fn top_let<const TRACE: bool>(&mut self, index: usize) -> Out<'a> {
        let known = self.lets.get(usize::from(TRACE)).and_then(|lets| lets.get(index)).cloned().flatten();
        if let Some(out) = known {
            return out;
        }
        let Some(item) = self.plan.policy.lets.get(index) else { return Out::plain(Val::unknown()) };
        // Its steps and its memory are its own: no rule pays for being the first that needs it.
        let (steps, bytes) = (std::mem::take(&mut self.steps), std::mem::take(&mut self.bytes));
        let before = self.enter(item.frame);
        let out = self.eval::<TRACE>(&item.value);
        self.leave(before);
        (self.steps, self.bytes) = (steps, bytes);
        if let Some(slot) = self.lets.get_mut(usize::from(TRACE)).and_then(|lets| lets.get_mut(index)) {
            *slot = Some(out.clone());
        }
        out
    }

    /// What may be either of two values.
    pub(super) fn either(&mut self, a: &Val<'a>, b: &Val<'a>) -> Val<'a> {
        /// The most values of which something is known to be one.
        const MOST: usize = 16;
        if let (Val::Fault(fault), _) | (_, Val::Fault(fault)) = (a, b) {
            return Val::Fault(*fault);
        }
        if self.equal(a, b) == Ok(Some(true)) {
            return a.clone();
        }
        let invalid = [a, b].iter().any(|val| matches!(val, Val::Unknown(unknown) if unknown.invalid));
        let numeric = |val: &Val<'a>| val.num().is_some() || matches!(val, Val::Unknown(u) if u.bounds.is_some());
        let mut val =
            if numeric(a) && numeric(b) { Val::bounded(a.bounds().either(&b.bounds())) } else { Val::unknown() };
        let Val::Unknown(unknown) = &mut val else { return val };
        unknown.invalid = invalid;
        let set = |val: &Val<'a>| if let Val::Unknown(unknown) = val { unknown.set } else { Setness::Yes };
        if set(a) == set(b) {
            unknown.set = set(a);
        }
        let mut values: Vec<Val<'a>> = Vec::new();
        for side in [a, b] {
            match side.among().as_deref() {
                Some(Partly::Among(among)) => values.extend(among.iter().cloned()),
                _ => values.push(side.clone()),
            }
        }
        let truths = values.iter().any(|val| matches!(val, Val::Bool(_)));
        if !truths && values.len() <= MOST && !values.iter().all(Val::is_unknown) {
            unknown.partly = Some(Rc::new(Partly::Among(values)));
        }
        val
    }

    /// What something comes to for each of the values of which one is meant.
    pub(super) fn each_of<const TRACE: bool>(
        &mut self,
        among: &Partly<'a>,
        info: Option<Rc<Info>>,
        each: &mut dyn FnMut(&mut Machine<'a>, Val<'a>) -> Out<'a>,
    ) -> Out<'a> {
        let Partly::Among(values) = among else { return Out::plain(Val::unknown()) };
        let mut info = info.as_deref().cloned().unwrap_or_default();
        let mut all: Option<Val<'a>> = None;
        for value in values {
            let out = each(self, value.clone());
            if TRACE {
                info.doubt(&out.info());
            }
            all = Some(match all {
                Some(before) => self.either(&before, &out.val),
                None => out.val,
            });
        }
        let val = all.unwrap_or_else(Val::unknown);
        if TRACE { settled(val, Some(Rc::new(info))) } else { Out::plain(val) }
    }

    fn state<const TRACE: bool>(&mut self, state: State, inner: &'a Expr) -> Out<'a> {
        let out = self.eval::<TRACE>(inner);
        let set = match &out.val {
            Val::Fault(_) => return out,
            Val::Unknown(unknown) => match unknown.set {
                Setness::No => Some(false),
                Setness::Yes => Some(true),
                Setness::Maybe => None,
            },
            _ => Some(true),
        };
        let known = match state {
            State::Set => set,
            State::Missing => set.map(|set| !set),
            State::Given => set.filter(|set| *set),
        };
        if !TRACE {
            return Out::plain(Val::truth(known));
        }
        let mut info = out.info();
        let lacking = matches!(self.ghost_of(out.at), Some(Ghost::Lacking(..)));
        info.why = if lacking { out.at } else { info.first };
        if known.is_none() && info.is_settled() {
            info.open.insert(info.first);
        }
        settled(Val::truth(known), Some(Rc::new(info)))
    }

    fn function(&mut self, function: Function, out: &Out<'a>, ty: &TypeKind) -> Val<'a> {
        if let Val::Fault(fault) = out.val {
            return Val::Fault(fault);
        }
        match function {
            Function::Len | Function::Lower | Function::Upper => {
                let Some(length) = self.text(&out.val).map(str::len) else {
                    return match function {
                        Function::Len => Val::bounded(Bounds::from(Some(Num::Int(0)), None)),
                        _ => Val::unknown(),
                    };
                };
                if let Err(limit) = self.read_through(length) {
                    return Val::Fault(limit);
                }
                if function != Function::Len
                    && let Err(limit) = self.hold(length)
                {
                    return Val::Fault(limit);
                }
                let text = self.text(&out.val).unwrap_or_default();
                match function {
                    Function::Len => Val::Int(text.chars().count() as i64),
                    Function::Lower => Val::Own(text.to_lowercase().into()),
                    _ => Val::Own(text.to_uppercase().into()),
                }
            }
            Function::Rank => match (&out.val, ty) {
                (Val::Enum(_, index), _) => Val::Int(i64::from(*index) + 1),
                (_, TypeKind::Enum(id)) => {
                    let most = self.schema.values(*id).len() as i64;
                    Val::bounded(Bounds::from(Some(Num::Int(1)), Some(Num::Int(most))))
                }
                _ => Val::unknown(),
            },
            Function::Age => match out.val {
                Val::Date(date) => Val::Diff(date, self.plan.as_of),
                _ => Val::unknown(),
            },
            Function::Keys | Function::Values => {
                let keys = function == Function::Keys;
                let elems = match &out.val {
                    Val::Map(cell) => match self.tenant.cell(*cell) {
                        Data::Map(map) => {
                            let tenant = self.tenant;
                            tenant
                                .map(map)
                                .iter()
                                .map(|(node, cell)| {
                                    let val =
                                        if keys { Val::Str(tenant.document.text(*node)) } else { self.load(*cell) };
                                    let at = if out.at & super::val::GHOST != 0 && out.at != NOWHERE {
                                        self.below(out.at, Ok(*cell))
                                    } else {
                                        *cell
                                    };
                                    let doubt = match &val {
                                        Val::Unknown(_) => self.read(val.clone(), at).info,
                                        _ => None,
                                    };
                                    Elem { val, at, sure: Sure::Yes, doubt }
                                })
                                .collect()
                        }
                        _ => Vec::new(),
                    },
                    Val::ConstMap(map) => map
                        .iter()
                        .map(|(key, value)| {
                            let val = if keys { Val::Str(key) } else { Val::from_const(value) };
                            Elem { val, at: out.at, sure: Sure::Yes, doubt: None }
                        })
                        .collect(),
                    Val::MadeMap(entries) => entries
                        .iter()
                        .map(|(key, value)| {
                            let val = if keys { Val::Str(key) } else { value.val.clone() };
                            Elem { val, at: value.at, sure: Sure::Yes, doubt: value.info.clone() }
                        })
                        .collect(),
                    other => return other.clone(),
                };
                Val::List(Rc::new(elems))
            }
        }
    }

    // ---- arithmetic --------------------------------------------------------------------------------------------

    fn arithmetic(&mut self, op: Arith, left: &Val<'a>, right: &Val<'a>) -> Val<'a> {
        if let Some(among) = left.among() {
            return self.each_of::<false>(&among, None, &mut |m, left| Out::plain(m.arithmetic(op, &left, right))).val;
        }
        if let Some(among) = right.among() {
            return self.each_of::<false>(&among, None, &mut |m, right| Out::plain(m.arithmetic(op, left, &right))).val;
        }
        match (op, left, right) {
            (_, Val::Fault(fault), _) | (_, _, Val::Fault(fault)) => Val::Fault(*fault),
            (Arith::Add, Val::Int(a), Val::Int(b)) => a.checked_add(*b).map_or(Val::Fault(Fault::Overflow), Val::Int),
            (Arith::Sub, Val::Int(a), Val::Int(b)) => a.checked_sub(*b).map_or(Val::Fault(Fault::Overflow), Val::Int),
            (Arith::Mul, Val::Int(a), Val::Int(b)) => a.checked_mul(*b).map_or(Val::Fault(Fault::Overflow), Val::Int),
            (Arith::Add | Arith::Sub, Val::Date(date), duration @ (Val::Duration(_) | Val::Diff(..))) => {
                shifted(*date, duration, op == Arith::Sub)
            }
            (Arith::Add, duration @ (Val::Duration(_) | Val::Diff(..)), Val::Date(date)) => {
                shifted(*date, duration, false)
            }
            (Arith::Sub, Val::Date(to), Val::Date(from)) => Val::Diff(*from, *to),
            (
                Arith::Add | Arith::Sub,
                a @ (Val::Duration(_) | Val::Diff(..)),
                b @ (Val::Duration(_) | Val::Diff(..)),
            ) => {
                let (a, b) = (as_duration(a), as_duration(b));
                let sum = if op == Arith::Add { a.add(b) } else { a.sub(b) };
                sum.map_or(Val::Fault(Fault::Overflow), Val::Duration)
            }
            (Arith::Mul | Arith::Div, duration @ (Val::Duration(_) | Val::Diff(..)), n)
            | (Arith::Mul | Arith::Of, n, duration @ (Val::Duration(_) | Val::Diff(..))) => match n.num() {
                Some(n) if op == Arith::Div && n.sign() == 0 => Val::Fault(Fault::DivisionByZero),
                Some(n) => {
                    let n = if op == Arith::Div { Num::Int(1).div(&n) } else { Some(n) };
                    let length = n.and_then(|n| as_duration(duration).times(&n));
                    length.map_or(Val::Fault(Fault::NoWholeDuration), Val::Duration)
                }
                None => Val::unknown(),
            },
            (Arith::Add, a, b) if self.text(a).is_some() && self.text(b).is_some() => {
                let length = [a, b].iter().filter_map(|side| self.text(side)).map(str::len).sum();
                if let Err(limit) = self.read_through(length).and_then(|()| self.hold(length)) {
                    return Val::Fault(limit);
                }
                let joined = format!("{}{}", self.text(a).unwrap_or(""), self.text(b).unwrap_or(""));
                Val::Own(joined.into())
            }
            (_, a, b) => match (a.num(), b.num()) {
                (Some(x), Some(y)) => {
                    let n = match op {
                        Arith::Add => x.add(&y),
                        Arith::Sub => x.sub(&y),
                        Arith::Mul | Arith::Of => x.mul(&y),
                        Arith::Div if y.sign() == 0 => return Val::Fault(Fault::DivisionByZero),
                        Arith::Div => x.div(&y),
                    };
                    n.map_or(Val::Fault(Fault::Overflow), Val::number)
                }
                _ if !numeric(a) || !numeric(b) => Val::unknown(),
                (_, divisor) => {
                    let (a, b) = (a.bounds(), b.bounds());
                    match op {
                        Arith::Add => Val::bounded(a.add(&b)),
                        Arith::Sub => Val::bounded(a.sub(&b)),
                        Arith::Mul | Arith::Of => Val::bounded(a.mul(&b)),
                        Arith::Div => match divisor {
                            Some(n) if n.sign() == 0 => Val::Fault(Fault::DivisionByZero),
                            Some(n) => match Num::Int(1).div(&n) {
                                Some(inverse) => Val::bounded(a.mul(&Bounds::exactly(inverse))),
                                None => Val::unknown(),
                            },
                            None => Val::unknown(),
                        },
                    }
                }
            },
        }
    }

    /// Two lists, one behind the other, whichever of a few each of them is.
    fn joined<const TRACE: bool>(&mut self, left: &Out<'a>, right: &Out<'a>) -> Val<'a> {
        let one_of = |of: &Out<'a>, val| Out { val, at: NOWHERE, info: of.info.clone() };
        if let Some(among) = left.val.among() {
            let mut each = |m: &mut Machine<'a>, val| Out::plain(m.joined::<TRACE>(&one_of(left, val), right));
            return self.each_of::<false>(&among, None, &mut each).val;
        }
        if let Some(among) = right.val.among() {
            let mut each = |m: &mut Machine<'a>, val| Out::plain(m.joined::<TRACE>(left, &one_of(right, val)));
            return self.each_of::<false>(&among, None, &mut each).val;
        }
        self.joined_lists::<TRACE>(left, right)
    }

    /// The elements of two lists; of one that is not there, any number of which nothing is known.
    fn joined_lists<const TRACE: bool>(&mut self, left: &Out<'a>, right: &Out<'a>) -> Val<'a> {
        let mut elems = Vec::new();
        for side in [left, right] {
            match &side.val {
                Val::Fault(fault) => return Val::Fault(*fault),
                Val::Unknown(unknown) => {
                    let mut doubt = side.info();
                    doubt.invalid |= unknown.invalid;
                    let at = if TRACE && side.first() != NOWHERE {
                        self.ghost(Ghost::Within(side.first()))
                    } else {
                        NOWHERE
                    };
                    elems.push(Elem { val: Val::unknown(), at, sure: Sure::Many, doubt: Some(Rc::new(doubt)) });
                }
                list => {
                    for index in 0..self.len(list) {
                        if let Err(limit) = self.take(1).and_then(|()| self.hold(size_of::<Elem<'a>>())) {
                            return Val::Fault(limit);
                        }
                        elems.extend(if TRACE {
                            self.traced_elem(list, index, side.at)
                        } else {
                            self.elem(list, index, side.at)
                        });
                    }
                }
            }
        }
        Val::List(Rc::new(elems))
    }
}

fn numeric(val: &Val<'_>) -> bool {
    val.num().is_some() || val.is_unknown()
}

fn shifted<'a>(date: i32, by: &Val<'a>, back: bool) -> Val<'a> {
    let by = as_duration(by);
    if !by.whole_days() {
        return Val::Fault(Fault::PartOfADay);
    }
    value::shift_date(date, by, back).map_or(Val::Fault(Fault::BeyondTheCalendar), Val::Date)
}

/// A duration; a difference of dates as its days.
pub(super) fn as_duration(val: &Val<'_>) -> Duration {
    match val {
        Val::Duration(duration) => *duration,
        Val::Diff(from, to) => Duration { months: 0, seconds: (i64::from(*to) - i64::from(*from)) * DAY },
        _ => Duration::default(),
    }
}

/// What two operands read, the left one first.
pub(super) fn both(left: &Out<'_>, right: &Out<'_>) -> Info {
    let (mut info, right) = (left.info(), right.info());
    info.why = NOWHERE;
    info.related.clear();
    if info.first == NOWHERE {
        info.first = right.first;
        info.others = right.others.clone();
    }
    info.doubt(&right);
    info
}

/// A value with what was read for it; what is known is no longer in doubt.
pub(super) fn settled<'a>(val: Val<'a>, info: Option<Rc<Info>>) -> Out<'a> {
    let known = !val.is_unknown();
    let info = info.map(|info| {
        if known && !info.is_settled() {
            Rc::new(Info { missing: Places::default(), open: Places::default(), invalid: false, ..(*info).clone() })
        } else {
            info
        }
    });
    let mut val = val;
    if let (Val::Unknown(unknown), Some(info)) = (&mut val, &info) {
        unknown.invalid = info.invalid && info.missing.is_empty() && info.open.is_empty();
    }
    Out { val, at: NOWHERE, info }
}
