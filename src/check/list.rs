//! Owns how lists and comprehensions are checked. It must never know what is asked of them.

use super::Checker;
use super::arith::{joined, same_shape};
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{Comprehension, Expr, ExprKind, Generator};
use crate::schema::{Type, TypeKind};
use crate::source::Span;
use crate::syntax::{self};

impl<'s> Checker<'s> {
    pub(super) fn list(
        &mut self,
        scope: &mut Scope,
        values: &[syntax::Expr],
        want: Option<&TypeKind>,
        span: Span,
    ) -> Option<Expr> {
        let of = match want {
            Some(TypeKind::List(of)) => Some(of.kind.clone()),
            _ => None,
        };
        let mut ty = TypeKind::Any;
        let mut checked = Vec::new();
        let mut failed = false;
        for value in values {
            let Some(value) = self.expr(scope, value, of.as_ref()) else {
                failed = true;
                continue;
            };
            let errors = self.errors.len();
            let value = match &of {
                Some(of @ (TypeKind::Enum(_) | TypeKind::Worded(..) | TypeKind::Decimal)) => self.fit(value, of),
                _ => value,
            };
            // What the element is not is said: the list as a whole would only say it again.
            failed |= self.errors.len() > errors;
            if ty == TypeKind::Any {
                ty = value.ty.clone();
            } else if !self.comparable(&ty, &value.ty) && !same_shape(&ty, &value.ty) {
                let (a, b) = (self.type_text(&ty), self.type_text(&value.ty));
                self.error(Diagnostic::error(
                    "policy/type",
                    value.span,
                    format!("the elements of a list are of one type: {a}, and this is {b}"),
                ));
                failed = true;
            } else {
                ty = joined(&ty, &value.ty);
            }
            checked.push(value);
        }
        if failed {
            return None;
        }
        let list = Expr { kind: ExprKind::List(checked), ty: TypeKind::List(Box::new(ty.into())), span };
        Some(match self.constant(&list) {
            Some(constant) => Expr { kind: ExprKind::Const(constant), ..list },
            None => list,
        })
    }

    /// A list to go through, and the type of its elements.
    pub(super) fn list_expr(&mut self, scope: &mut Scope, expr: &syntax::Expr) -> Option<(Expr, Type)> {
        let list = self.expr(scope, expr, None)?;
        match list.ty.clone() {
            TypeKind::List(of) => Some((list, *of)),
            TypeKind::Any => None,
            TypeKind::Map(_) => {
                self.error(
                    Diagnostic::error("policy/type", expr.span, "this is a map, and what is gone through is a list")
                        .help("write `keys(…)` or `values(…)`"),
                );
                None
            }
            other => {
                let text = self.type_text(&other);
                self.error(Diagnostic::error(
                    "policy/type",
                    expr.span,
                    format!("what is gone through is a list, and this is {text}"),
                ));
                None
            }
        }
    }

    /// The variables stay in scope: whoever calls closes it.
    pub(super) fn comprehension(
        &mut self,
        scope: &mut Scope,
        comprehension: &syntax::Comprehension,
    ) -> Option<Comprehension> {
        let mut fors = Vec::new();
        let mut first = None;
        for clause in &comprehension.fors {
            let (list, of) = self.list_expr(scope, &clause.list)?;
            let var = self.bind_name(scope, &clause.var, of.clone());
            if first.is_none() {
                first = Some(Expr { kind: ExprKind::Local(var), ty: of.kind, span: clause.var.span });
            }
            let filter = match &clause.filter {
                Some(filter) => Some(self.truth(scope, filter)?),
                None => None,
            };
            fors.push(Generator { var, list, filter });
        }
        let element = match &comprehension.element {
            Some(element) => self.expr(scope, element, None)?,
            None => first?,
        };
        let per = match &comprehension.per {
            Some(per) => Some(self.expr(scope, per, None)?),
            None => None,
        };
        Some(Comprehension { fors, element, per })
    }
}
