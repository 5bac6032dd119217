//! Owns the values of parameters: those that packs give them, and those that are set from outside, both held to the same
//! type. It must never know in which direction a parameter may be set, or where a value from outside is written.

use super::compare::value_meant;
use super::scope::Scope;
use super::{Checker, types};
use crate::diagnostic::Diagnostic;
use crate::policy::{Direction, Expr, Param, Policy};
use crate::schema::{Const, Type, TypeKind};
use crate::string::Str;
use crate::syntax;

impl<'s> Checker<'s> {
    pub(super) fn check_param(&mut self, pack: usize, item: &'s syntax::Param) -> Option<usize> {
        let ty = self.type_of(pack, &item.ty, item.name.span)?;
        if let Some(direction) = item.may
            && direction != Direction::Change
            && !self.is_orderable(&ty.kind)
        {
            self.error(
                Diagnostic::error("policy/type", item.name.span, "`may fall` and `may rise` need a type with an order")
                    .help("write `may change`, or leave it out"),
            );
        }
        let value = self.parameter_constant(pack, &item.value, &ty)?;
        if let Some(problem) = types::outside(&value, &ty) {
            let place = item.value.span;
            self.error(Diagnostic::error("policy/bounds", place, format!("the value must be {problem}")));
        }
        self.policy.params.push(Param {
            pack,
            name: item.name.text.clone(),
            ty,
            value,
            may: item.may,
            span: item.name.span,
        });
        Some(self.policy.params.len() - 1)
    }

    /// The constant that a parameter of a type is given.
    fn parameter_constant(&mut self, pack: usize, value: &syntax::Expr, ty: &Type) -> Option<Const> {
        let mut scope = Scope::new(pack);
        let value = self.expr(&mut scope, value, Some(&ty.kind))?;
        let value = self.fit(value, &ty.kind);
        let Some(constant) = self.constant(&value) else {
            self.error(
                Diagnostic::error("policy/constant", value.span, "the value of a parameter is a constant")
                    .help("what is worked out from the tenant is a `let`"),
            );
            return None;
        };
        if !self.may_be(&value, &ty.kind) || !is_whole_where_wanted(&constant, &ty.kind) {
            let (wanted, found) = (self.type_text(&ty.kind), self.type_text(&value.ty));
            let message = format!("the parameter takes {wanted}, and this is {found}");
            let meant = value_meant(&value, &ty.kind);
            self.error(Diagnostic::error("policy/type", value.span, message).help_if(meant));
            return None;
        }
        Some(constant)
    }

    fn may_be(&self, value: &Expr, wanted: &TypeKind) -> bool {
        self.comparable(&value.ty, wanted) || value.ty == *wanted || self.fits_map(&value.ty, wanted)
    }
}

/// A whole number and a fraction compare, and yet no parameter that is whole may become a fraction.
fn is_whole_where_wanted(constant: &Const, wanted: &TypeKind) -> bool {
    match (constant, wanted) {
        (Const::Exact(_), TypeKind::Int) => false,
        (constant, TypeKind::Worded(of, _)) => is_whole_where_wanted(constant, of),
        (Const::List(values), TypeKind::List(of)) => values.iter().all(|value| is_whole_where_wanted(value, &of.kind)),
        (Const::Map(values), TypeKind::Map(of)) => values.values().all(|value| is_whole_where_wanted(value, &of.kind)),
        _ => true,
    }
}

/// Reads a value that is given to a parameter from outside: as in the language, strings without quotes.
///
/// # Errors
/// What a value of this type is.
pub fn parameter_value(policy: &Policy, ty: &Type, text: &str) -> Result<Const, String> {
    let is_word = |words: &[Str]| words.iter().any(|word| word == text);
    let constant = match &ty.kind {
        TypeKind::Text => Const::Text(text.into()),
        TypeKind::Enum(id) => match policy.schema.place(*id, text) {
            Some(index) => Const::Enum(*id, index),
            None => return Err(parameter_takes(policy, &ty.kind)),
        },
        TypeKind::Worded(_, words) if is_word(words) => Const::Text(text.into()),
        kind => {
            let mut checker = Checker::new(&[]);
            checker.policy.schema = policy.schema.clone();
            checker.uses.push(Vec::new());
            let expr = syntax::parse::parse_expr(text, 0).map_err(|_| parameter_takes(policy, kind))?;
            match checker.parameter_constant(0, &expr, ty) {
                Some(constant) if checker.errors.is_empty() => constant,
                _ => return Err(parameter_takes(policy, kind)),
            }
        }
    };
    match types::outside(&constant, ty) {
        Some(bounds) => Err(bounds),
        None => Ok(constant),
    }
}

/// What a parameter of a type takes, for people.
pub fn parameter_takes(policy: &Policy, kind: &TypeKind) -> String {
    super::type_text(&policy.schema, kind)
}
