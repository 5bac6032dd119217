//! Owns the short way through plain conditions: fields that are there, beside constants. It must never say anything that `expr` would not.
//!
//! Nine of ten conditions of a run are of that kind. Whatever is not known at a glance is left to the general way.

use super::machine::Machine;
use super::memory::may_be_remembered;
use super::val::{Out, Val};
use crate::policy::{BinaryOp, Expr, ExprKind, State};
use crate::schema::{Absent, Const, EnumId, RecordId};
use crate::tenant::{CellId, Data, NO_CELL, ROOT_CELL};
use std::cmp::Ordering;

/// The most elements of a list whose values are compared one with another.
const SHORT: u32 = 8;

/// The most elements of a list that a value is compared with.
const LONG: usize = super::index::SHORT;

/// A value that is known, and costs nothing to hold.
#[derive(Clone, Copy)]
pub(super) enum Plain<'a> {
    Bool(bool),
    Int(i64),
    Enum(EnumId, u16),
    Date(i32),
    Text(&'a str),
    Record(CellId),
    /// A reference: its own cell, and the cell that it names.
    Ref(CellId, CellId),
    Consts(&'a [Const]),
    /// A list of the tenant: where its elements begin, and how many there are.
    Cells(u32, u32),
}

impl<'a> Machine<'a> {
    /// The value of a condition: by the short way where it leads there.
    #[inline]
    pub(super) fn condition<const TRACE: bool>(&mut self, expr: &'a Expr) -> Out<'a> {
        if !TRACE && let Some(holds) = self.holds(expr) {
            return Out::plain(Val::Bool(holds));
        }
        self.eval::<TRACE>(expr)
    }

    /// Whether a condition holds, where that is known at a glance.
    pub(super) fn holds(&self, expr: &'a Expr) -> Option<bool> {
        match &expr.kind {
            ExprKind::Not(inner) => self.holds(inner).map(|holds| !holds),
            ExprKind::And(parts) => self.connected(parts, false),
            ExprKind::Or(parts) => self.connected(parts, true),
            ExprKind::Compare(BinaryOp::Matches, sides) => match (&sides.last()?.kind, self.plain(sides.first()?)?) {
                (ExprKind::Pattern(pattern), value) => self.plain_text(value).map(|text| pattern.matches(text)),
                _ => None,
            },
            ExprKind::Compare(op, sides) => {
                let [left, right] = &**sides;
                self.plainly(*op, self.plain(left)?, self.plain(right)?)
            }
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                let inside = Machine::within_range(self.plain(value)?, self.plain(low)?, self.plain(high)?)?;
                Some(inside != *negated)
            }
            ExprKind::State(state, inner) => self.plain(inner).map(|_| *state != State::Missing),
            _ => match self.plain(expr)? {
                Plain::Bool(holds) => Some(holds),
                _ => None,
            },
        }
    }

    /// What a comparison of two values comes to.
    #[inline]
    pub(super) fn plainly(&self, op: BinaryOp, left: Plain<'a>, right: Plain<'a>) -> Option<bool> {
        match op {
            BinaryOp::Eq => self.same(left, right),
            BinaryOp::Ne => self.same(left, right).map(|same| !same),
            BinaryOp::Lt => ordered(left, right).map(Ordering::is_lt),
            BinaryOp::Le => ordered(left, right).map(Ordering::is_le),
            BinaryOp::Gt => ordered(left, right).map(Ordering::is_gt),
            BinaryOp::Ge => ordered(left, right).map(Ordering::is_ge),
            BinaryOp::In => self.within(left, right),
            BinaryOp::NotIn => self.within(left, right).map(|within| !within),
            BinaryOp::Contains => self.within(right, left),
            BinaryOp::Overlaps | BinaryOp::Subset | BinaryOp::Matches => None,
        }
    }

    /// Whether a value lies in a range, whose ends belong to it.
    #[inline]
    pub(super) fn within_range(value: Plain<'a>, low: Plain<'a>, high: Plain<'a>) -> Option<bool> {
        Some(ordered(value, low)?.is_ge() && ordered(value, high)?.is_le())
    }

    /// `and` (where `decides` is false) and `or` (where it is true).
    fn connected(&self, parts: &'a [Expr], decides: bool) -> Option<bool> {
        for part in parts {
            if self.holds(part)? == decides {
                return Some(decides);
            }
        }
        Some(!decides)
    }

    /// The value of an expression that reads something, or is a constant.
    pub(super) fn plain(&self, expr: &'a Expr) -> Option<Plain<'a>> {
        match &expr.kind {
            ExprKind::Const(constant) => plain_const(constant),
            ExprKind::Param(index) => plain_const(self.plan.params.get(*index)?),
            ExprKind::Today => Some(Plain::Date(self.plan.as_of)),
            ExprKind::Local(slot) => plain_val(&self.vars.get(self.base + usize::from(*slot))?.val),
            ExprKind::Let(index) => plain_val(&self.lets[0].get(*index)?.as_ref()?.val),
            ExprKind::Root(slot) => self.plain_field(ROOT_CELL, crate::schema::Schema::ROOT, *slot),
            ExprKind::Field(base, record, slot) => self.field_of(self.plain(base)?, *record, *slot),
            // What is there is not replaced.
            ExprKind::Default(sides) => self.plain(sides.first()?),
            kind if may_be_remembered(kind) => plain_val(self.memory.of_expr(self.plan.alike.expr(expr)?)?),
            _ => None,
        }
    }

    /// A field of a record, or of what a reference names.
    #[inline]
    pub(super) fn field_of(&self, base: Plain<'a>, record: RecordId, slot: u16) -> Option<Plain<'a>> {
        match base {
            Plain::Record(cell) => self.plain_field(cell, record, slot),
            Plain::Ref(_, target) if target != NO_CELL => self.plain_field(target, record, slot),
            _ => None,
        }
    }

    #[inline]
    fn plain_field(&self, cell: CellId, record: RecordId, slot: u16) -> Option<Plain<'a>> {
        let Data::Record(first) = self.tenant.cell(cell) else { return None };
        let child = self.tenant.slot(first, slot);
        if child == NO_CELL {
            return match &self.schema.field(record, slot)?.absent {
                Absent::Default(constant) => plain_const(constant),
                _ => None,
            };
        }
        self.plain_cell(child)
    }

    #[inline]
    fn plain_cell(&self, cell: CellId) -> Option<Plain<'a>> {
        Some(match self.tenant.cell(cell) {
            Data::Bool(value) => Plain::Bool(value),
            Data::Int(n) => Plain::Int(i64::from(n)),
            Data::Long(at) => Plain::Int(*self.tenant.ints.get(at as usize)?),
            Data::Enum(id, index) => Plain::Enum(EnumId(id), index),
            Data::Date(days) => Plain::Date(days),
            Data::Text => Plain::Text(self.tenant.text(cell)),
            Data::Record(..) => Plain::Record(cell),
            Data::Ref(at) => Plain::Ref(cell, self.tenant.reference(at).0),
            Data::List(list) => {
                let (first, count) = self.tenant.list(list);
                Plain::Cells(first, count)
            }
            Data::Invalid | Data::Exact(_) | Data::Duration(_) | Data::Map(..) => return None,
        })
    }

    pub(super) fn plain_text(&self, value: Plain<'a>) -> Option<&'a str> {
        match value {
            Plain::Text(text) => Some(text),
            Plain::Ref(cell, _) => Some(self.tenant.text(cell)),
            _ => None,
        }
    }

    /// Whether two values are equal, where they are of one kind.
    fn same(&self, left: Plain<'a>, right: Plain<'a>) -> Option<bool> {
        match (left, right) {
            (Plain::Bool(x), Plain::Bool(y)) => Some(x == y),
            (Plain::Int(x), Plain::Int(y)) => Some(x == y),
            (Plain::Enum(p, x), Plain::Enum(q, y)) if p == q => Some(x == y),
            (Plain::Date(x), Plain::Date(y)) => Some(x == y),
            _ => Some(self.plain_text(left)? == self.plain_text(right)?),
        }
    }

    /// How long a list of the tenant is, and how many values it has; for a short one, of which all is known at a glance.
    pub(super) fn short_distinct(&self, list: &'a Expr) -> Option<(u32, usize)> {
        let Plain::Cells(first, count @ 0..=SHORT) = self.plain(list)? else { return None };
        let mut found: [Option<Plain<'a>>; SHORT as usize] = [None; SHORT as usize];
        let mut distinct = 0;
        for &cell in self.tenant.elements(first, count).iter().filter(|cell| **cell != NO_CELL) {
            let value = self.plain_cell(cell)?;
            let mut new = true;
            for known in found.iter().take(distinct).flatten() {
                new &= !self.same(value, *known)?;
            }
            if new {
                *found.get_mut(distinct)? = Some(value);
                distinct += 1;
            }
        }
        Some((count, distinct))
    }

    /// Whether a value is in a list of the policy or the tenant.
    fn within(&self, item: Plain<'a>, list: Plain<'a>) -> Option<bool> {
        match list {
            // A long one is looked up.
            Plain::Consts(values) if values.len() > LONG => return None,
            Plain::Cells(_, count) if count as usize > LONG => return None,
            Plain::Consts(values) => {
                for value in values {
                    if self.same(item, plain_const(value)?)? {
                        return Some(true);
                    }
                }
            }
            Plain::Cells(first, count) => {
                for &cell in self.tenant.elements(first, count).iter().filter(|cell| **cell != NO_CELL) {
                    if self.same(item, self.plain_cell(cell)?)? {
                        return Some(true);
                    }
                }
            }
            _ => return None,
        }
        Some(false)
    }
}

/// The order of two values that have one.
fn ordered(left: Plain<'_>, right: Plain<'_>) -> Option<Ordering> {
    match (left, right) {
        (Plain::Int(x), Plain::Int(y)) => Some(x.cmp(&y)),
        (Plain::Date(x), Plain::Date(y)) => Some(x.cmp(&y)),
        (Plain::Enum(p, x), Plain::Enum(q, y)) if p == q => Some(x.cmp(&y)),
        _ => None,
    }
}

fn plain_const(constant: &Const) -> Option<Plain<'_>> {
    Some(match constant {
        Const::Bool(value) => Plain::Bool(*value),
        Const::Int(n) => Plain::Int(*n),
        Const::Enum(id, index) => Plain::Enum(*id, *index),
        Const::Date(days) => Plain::Date(*days),
        Const::Text(text) => Plain::Text(text),
        Const::List(values) => Plain::Consts(values),
        Const::Exact(_) | Const::Duration(_) | Const::Map(_) | Const::EmptyRecord(_) => return None,
    })
}

pub(super) fn plain_val<'a>(val: &Val<'a>) -> Option<Plain<'a>> {
    Some(match val {
        Val::Bool(value) => Plain::Bool(*value),
        Val::Int(n) => Plain::Int(*n),
        Val::Enum(id, index) => Plain::Enum(*id, *index),
        Val::Date(days) => Plain::Date(*days),
        Val::Str(text) => Plain::Text(text),
        Val::Record(cell) => Plain::Record(*cell),
        Val::Ref(cell, target, _) => Plain::Ref(*cell, *target),
        Val::Consts(values) => Plain::Consts(values),
        Val::Cells(first, count) => Plain::Cells(*first, *count),
        _ => return None,
    })
}
