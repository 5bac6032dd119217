//! Owns fixes: which value a place is given, or that it is taken out. It must never know why a place is wrong, or how a text is laid out.

use std::rc::Rc;

use super::Remedied;
use super::machine::Machine;
use super::run::{Remedy, Run};
use super::val::{At, Ghost, NOWHERE, Val};
use crate::document::{Change, Kind, NodeId, Scalar, Value};
use crate::edit::Fix;
use crate::policy::{BinaryOp, Expr, ExprKind};
use crate::schema::{Absent, Const, Field, Schema, Type, TypeKind};
use crate::tenant::{Step, fits};
use crate::value;

/// How many decimals a number is written with; one that needs more is not written.
const PLACES: u32 = 12;

impl<'a> Run<'_, 'a> {
    /// The fix of a line of `settings`: the value that would just do.
    pub(super) fn setting_fix(&mut self, condition: &'a Expr, at: At) -> Option<Remedy<'a>> {
        let ExprKind::Compare(op, sides) = &condition.kind else { return None };
        let [left, right] = &**sides;
        let right = self.machine.eval::<false>(right).val;
        let value = match op {
            BinaryOp::Eq => right,
            BinaryOp::Le | BinaryOp::Ge => match right {
                Val::Exact(n) if number_of(&left.ty) == Some(&TypeKind::Int) => {
                    let whole = if *op == BinaryOp::Le { n.floor() } else { n.ceil() };
                    Val::Exact(Rc::new(whole))
                }
                other => other,
            },
            BinaryOp::In => match self.machine.elements(&right).as_slice() {
                [only] => only.val.clone(),
                _ => return None,
            },
            _ => return None,
        };
        let bound = matches!(op, BinaryOp::Le | BinaryOp::Ge);
        let remedy = if bound { Remedy::Bound } else { Remedy::Set };
        (!self.machine.is_fact(at)).then(|| remedy(at, value, &left.ty))
    }
}

/// The type of a number, with words beside it or not.
fn number_of(ty: &TypeKind) -> Option<&TypeKind> {
    match ty {
        TypeKind::Worded(of, _) => Some(of),
        TypeKind::Int | TypeKind::Decimal | TypeKind::Percent => Some(ty),
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// Whether what stands at a place is attested or measured, and so is not set right by writing something else.
    pub(super) fn is_fact(&self, at: At) -> bool {
        self.declared(at).is_some_and(|(field, _)| field.is_fact())
    }

    /// The field that a place belongs to (its own, or that of the list or map that it is an element of), and the type of
    /// the place itself.
    fn declared(&self, at: At) -> Option<(&'a Field, &'a Type)> {
        let mut steps = Vec::new();
        let mut base = at;
        while let Some(ghost) = self.ghost_of(base) {
            base = match ghost {
                Ghost::Missing(parent, step) => {
                    steps.push(step.clone());
                    *parent
                }
                Ghost::Via(_, actual) => *actual,
                Ghost::Within(list) => *list,
                Ghost::Lacking(..) => return None,
            };
        }
        let mut found: Option<(&'a Field, &'a Type)> = None;
        for step in self.tenant.place(base).steps.into_iter().chain(steps.into_iter().rev()) {
            let kind = found.map_or(&TypeKind::Record(Schema::ROOT), |(_, ty)| &ty.kind);
            found = match (step, kind, found) {
                (Step::Field(name), TypeKind::Record(id), _) => {
                    let record = self.schema.record(*id)?;
                    let field = record.field(record.slot(&name)?)?;
                    Some((field, &field.ty))
                }
                (_, TypeKind::List(of) | TypeKind::Map(of), Some((field, _))) => Some((field, of)),
                _ => return None,
            };
        }
        found
    }

    /// A remedy as edits of the text, and the change that they are; none where the place cannot be edited surely.
    pub(super) fn fix(&mut self, remedy: &Remedy<'a>) -> Option<(Fix, Option<Remedied>)> {
        let (title, change, at) = match remedy {
            Remedy::Set(at, value, ty) | Remedy::Bound(at, value, ty) => {
                // Behind a reference, it is what the reference leads to that is set.
                let at = match self.ghost_of(*at) {
                    Some(Ghost::Via(_, actual)) => *actual,
                    _ => *at,
                };
                let (_, declared) = self.declared(at)?;
                let written = self.written(value, declared)?;
                let title = match &written {
                    Value::List(_) => written.write(false),
                    _ => self.show(value, ty, true),
                };
                (self.plan.lang.set_it_to(&title), self.change_to(at, written)?, at)
            }
            Remedy::Remove(at) => {
                let node = self.own_node(*at)?;
                let from = self.tenant.node(self.tenant.parent(*at)?)?;
                (self.plan.lang.remove_it(), Change::Remove(from, node), *at)
            }
        };
        let document = self.tenant.document;
        let edits = document.edits(&[&change])?;
        // What changes nothing is no help: the value is there already, and the check wants another one.
        if edits.iter().all(|edit| document.source(edit.span) == edit.text) {
            return None;
        }
        let remedied = self.plan.fixes.then(|| Remedied {
            change,
            path: self.place_of(at).0,
            bound: matches!(remedy, Remedy::Bound(..)),
        });
        Some((Fix { title, edits }, remedied))
    }

    /// The node of a place that is written there and nowhere else: by no alias and no merge.
    fn own_node(&self, at: At) -> Option<NodeId> {
        if at == NOWHERE || self.ghost_of(at).is_some() || !self.tenant.place(at).aliases.is_empty() {
            return None;
        }
        let node = self.tenant.node(at)?;
        let parent = self.tenant.node(self.tenant.parent(at)?)?;
        (self.tenant.document.kind(node) != Kind::Alias && self.tenant.document.holds(parent, node)).then_some(node)
    }

    fn change_to(&self, at: At, value: Value) -> Option<Change> {
        match self.ghost_of(at) {
            None => Some(Change::Set(self.own_node(at)?, value)),
            Some(Ghost::Missing(parent, Step::Field(name))) if self.ghost_of(*parent).is_none() => {
                let node = self.tenant.node(*parent)?;
                let shared = !self.tenant.place(*parent).aliases.is_empty();
                let mapping = self.tenant.document.kind(node) == Kind::Mapping;
                (mapping && !shared).then(|| self.tenant.document.put(node, name, value))
            }
            // A record of which the platform takes that nothing is said comes with its field.
            Some(Ghost::Missing(parent, Step::Field(name))) => {
                let (field, _) = self.declared(*parent)?;
                matches!(field.absent, Absent::Default(Const::EmptyRecord(_)))
                    .then(|| self.change_to(*parent, Value::Record(name.to_string(), Box::new(value))))?
            }
            _ => None,
        }
    }

    /// A value as a tenant writes it; none where it is not read again as the same value of that type.
    fn written(&mut self, value: &Val<'a>, ty: &Type) -> Option<Value> {
        if let TypeKind::List(of) = &ty.kind {
            let elements = self.elements(value);
            let list = matches!(value, Val::List(_) | Val::Consts(_) | Val::Cells(..));
            let values = elements.iter().map(|element| self.written(&element.val, of)).collect::<Option<_>>();
            return if list { values.map(Value::List) } else { None };
        }
        let number = value.num();
        let written = match (value, &number) {
            (Val::Bool(value), _) => Value::Plain(value.to_string()),
            (_, Some(number)) if number_of(&ty.kind) == Some(&TypeKind::Percent) => {
                Value::Bare(value::percent(&number.exact(), PLACES).replace(',', ""))
            }
            (_, Some(number)) => Value::Plain(value::decimal(&number.exact(), PLACES).replace(',', "")),
            (Val::Date(days), _) => Value::Bare(value::format_date(*days)),
            (Val::Duration(duration), _) if duration.months == 0 && duration.whole_days() => {
                Value::Bare(format!("{} days", duration.seconds / value::DAY))
            }
            (Val::Duration(duration), _) if duration.seconds == 0 => Value::Bare(format!("{} months", duration.months)),
            (other, _) => Value::Text(self.text(other)?.to_owned()),
        };
        let scalar = match &written {
            Value::Plain(text) if number.is_none() => Scalar::Bool(text == "true"),
            Value::Plain(text) if text.contains('.') => Scalar::Float(text),
            Value::Plain(text) => Scalar::Int(text),
            Value::Bare(text) | Value::Text(text) => Scalar::Str(text),
            Value::List(_) | Value::Record(..) => return None,
        };
        fits(scalar, ty, self.schema, number.as_ref()).then_some(written)
    }
}
