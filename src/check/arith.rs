//! Owns the types of arithmetic, and what is constant. It must never know names.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::policy::{Arith, Expr, ExprKind};
use crate::schema::{Const, TypeKind};
use crate::source::Span;
use crate::value::Num;

impl<'s> Checker<'s> {
    pub(super) fn arithmetic(&mut self, op: Arith, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        use TypeKind::{Any, Date, Decimal, Duration as Span_, Enum, Int, List, Percent, Ref, Text};
        let numeric = |ty: &TypeKind| matches!(ty, Int | Decimal | Percent);
        let textual = |ty: &TypeKind| matches!(ty, Text | Enum(_) | Ref(_));
        let ty = match (op, &left.ty, &right.ty) {
            (_, Any, _) | (_, _, Any) => Any,
            (Arith::Add, List(a), List(b)) if self.comparable(&a.kind, &b.kind) || same_shape(&a.kind, &b.kind) => {
                List(Box::new(joined(&a.kind, &b.kind).into()))
            }
            (Arith::Add, a, b) if textual(a) && textual(b) => Text,
            (Arith::Add | Arith::Sub, Int, Int) => Int,
            (Arith::Add | Arith::Sub, Percent, Percent) => Percent,
            (Arith::Add | Arith::Sub, Int | Decimal, Int | Decimal) => Decimal,
            (Arith::Add | Arith::Sub, Percent, Decimal) | (Arith::Add | Arith::Sub, Decimal, Percent) => Decimal,
            (Arith::Add | Arith::Sub, Date, Span_) => {
                if let ExprKind::Const(Const::Duration(duration)) = &right.kind
                    && !duration.whole_days()
                {
                    self.error(
                        Diagnostic::error("policy/type", right.span, "a date moves by whole days")
                            .help("write the duration in days, months or years"),
                    );
                    return None;
                }
                Date
            }
            (Arith::Add, Span_, Date) => Date,
            (Arith::Sub, Date, Date) => Span_,
            (Arith::Add | Arith::Sub, Span_, Span_) => Span_,
            (Arith::Mul, Int, Int) => Int,
            (Arith::Mul, a, b) if numeric(a) && numeric(b) => Decimal,
            (Arith::Mul, Span_, n) | (Arith::Mul, n, Span_) | (Arith::Div, Span_, n) if numeric(n) => Span_,
            (Arith::Of, Percent | Decimal, Span_) => Span_,
            (Arith::Div, a, b) if numeric(a) && numeric(b) => Decimal,
            (Arith::Of, Percent | Decimal, Percent) => Percent,
            (Arith::Of, Percent | Decimal, b) if numeric(b) => Decimal,
            _ => {
                let (a, b) = (self.type_text(&left.ty), self.type_text(&right.ty));
                let (symbol, help) = match op {
                    Arith::Add => ("added", None),
                    Arith::Sub => ("subtracted", None),
                    Arith::Mul => ("multiplied", None),
                    Arith::Div => ("divided", None),
                    Arith::Of => (
                        "combined with `of`",
                        Some("it takes a percentage of a number or a duration: `80% of x`".to_owned()),
                    ),
                };
                let help = help.or_else(|| match (&left.ty, &right.ty) {
                    (Percent, Int) | (Int, Percent) => Some("a share of a number is `80% of x`".to_owned()),
                    (Date, Int) if op == Arith::Sub => Some("write `- 30 days`".to_owned()),
                    (Date, Int) => Some("write `+ 30 days`".to_owned()),
                    (Span_, Int) | (Int, Span_) => Some("write `30 days` for a duration".to_owned()),
                    (a, _) | (_, a) if op == Arith::Add && textual(a) => Some(
                        "a string is joined with a string; a message takes values in braces: `\"{x} days\"`".to_owned(),
                    ),
                    (List(_), _) | (_, List(_)) if op == Arith::Add => {
                        Some("a list is joined with a list: `xs + [x]`".to_owned())
                    }
                    (Span_, Span_) => {
                        Some("compare them: how often one fits into the other depends on the calendar".to_owned())
                    }
                    _ => None,
                });
                self.error(
                    Diagnostic::error("policy/type", right.span, format!("{a} and {b} cannot be {symbol}"))
                        .and_at(left.span, a)
                        .help_if(help),
                );
                return None;
            }
        };
        let sides = if ty == Text || matches!(ty, List(_)) {
            let (left, right) = if matches!(ty, List(_)) { self.alike(left, right) } else { (left, right) };
            [left, right]
        } else {
            [left, right]
        };
        let expr = Expr { kind: ExprKind::Arithmetic(op, Box::new(sides)), ty, span };
        if expr.ty == Span_ && self.has_no_whole_value(&expr) {
            let message = "no whole number of months and seconds comes out of this";
            self.error(
                Diagnostic::error("policy/type", span, message)
                    .help("write the duration in days: months have no parts"),
            );
            return None;
        }
        Some(match self.constant(&expr) {
            Some(constant) if matches!(expr.ty, List(_)) => Expr { kind: ExprKind::Const(constant), ..expr },
            _ => expr,
        })
    }

    /// Whether a duration that is made of constants alone is none: half of a month, or beyond 64 bits.
    fn has_no_whole_value(&self, expr: &Expr) -> bool {
        let ExprKind::Arithmetic(op, sides) = &expr.kind else { return false };
        let [left, right] = &**sides;
        match (self.constant(left), self.constant(right)) {
            // The difference of two dates remembers them, and division by zero is told where a tenant meets it.
            (Some(Const::Date(_)), _) | (None, _) | (_, None) => false,
            (_, Some(right)) if *op == Arith::Div && right.num().is_some_and(|n| n.sign() == 0) => false,
            _ => self.constant(expr).is_none(),
        }
    }

    /// The value of an expression that is made of constants alone.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Const> {
        match &expr.kind {
            ExprKind::Const(constant) => Some(constant.clone()),
            ExprKind::Param(index) => {
                self.policy.params.get(*index).filter(|param| param.may.is_none()).map(|param| param.value.clone())
            }
            ExprKind::List(values) => {
                values.iter().map(|value| self.constant(value)).collect::<Option<_>>().map(Const::List)
            }
            ExprKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Some((key.clone(), self.constant(value)?)));
                entries.collect::<Option<indexmap::IndexMap<_, _>>>().map(|map| Const::Map(Box::new(map)))
            }
            ExprKind::Minus(inner) => match self.constant(inner)? {
                Const::Int(n) => n.checked_neg().map(Const::Int),
                Const::Exact(n) => match Num::Exact(*n).neg()? {
                    Num::Exact(n) => Some(Const::exact(n)),
                    Num::Int(n) => Some(Const::Int(n)),
                },
                Const::Duration(length) => crate::value::Duration::default().sub(length).map(Const::Duration),
                _ => None,
            },
            ExprKind::Arithmetic(op, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.constant(left)?, self.constant(right)?);
                if let (Const::List(a), Const::List(b)) = (&left, &right) {
                    return Some(Const::List(a.iter().chain(b).cloned().collect()));
                }
                match (op, &left, &right) {
                    (Arith::Add, Const::Duration(a), Const::Duration(b)) => return a.add(*b).map(Const::Duration),
                    (Arith::Sub, Const::Duration(a), Const::Duration(b)) => return a.sub(*b).map(Const::Duration),
                    (Arith::Mul, Const::Duration(length), n) | (Arith::Mul | Arith::Of, n, Const::Duration(length)) => {
                        return length.times(&n.num()?).map(Const::Duration);
                    }
                    (Arith::Div, Const::Duration(length), n) => {
                        return length.times(&Num::Int(1).div(&n.num()?)?).map(Const::Duration);
                    }
                    _ => {}
                }
                let (a, b) = (left.num()?, right.num()?);
                let n = match op {
                    Arith::Add => a.add(&b),
                    Arith::Sub => a.sub(&b),
                    Arith::Mul | Arith::Of => a.mul(&b),
                    Arith::Div => a.div(&b),
                }?;
                Some(match n {
                    Num::Int(n) => Const::Int(n),
                    Num::Exact(n) => Const::exact(n),
                })
            }
            _ => None,
        }
    }
}

/// The type that holds both.
pub(super) fn joined(a: &TypeKind, b: &TypeKind) -> TypeKind {
    match (a, b) {
        (TypeKind::Any, other) | (other, TypeKind::Any) => other.clone(),
        (TypeKind::Int, TypeKind::Decimal) | (TypeKind::Decimal, TypeKind::Int) => TypeKind::Decimal,
        (TypeKind::Enum(x), TypeKind::Enum(y)) if x != y => TypeKind::Text,
        (TypeKind::Text, TypeKind::Enum(_)) | (TypeKind::Enum(_), TypeKind::Text) => TypeKind::Text,
        (TypeKind::Text, TypeKind::Ref(_)) | (TypeKind::Ref(_), TypeKind::Text) => TypeKind::Text,
        (worded @ TypeKind::Worded(..), _) | (_, worded @ TypeKind::Worded(..)) => worded.clone(),
        (TypeKind::List(x), TypeKind::List(y)) => TypeKind::List(Box::new(joined(&x.kind, &y.kind).into())),
        _ => a.clone(),
    }
}

/// Records and maps are handed on, though not compared.
pub(super) fn same_shape(a: &TypeKind, b: &TypeKind) -> bool {
    match (a, b) {
        (TypeKind::Any, _) | (_, TypeKind::Any) => true,
        (TypeKind::Record(x), TypeKind::Record(y)) => x == y,
        (TypeKind::List(x), TypeKind::List(y)) | (TypeKind::Map(x), TypeKind::Map(y)) => same_shape(&x.kind, &y.kind),
        _ => a == b,
    }
}
