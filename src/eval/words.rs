//! Owns the words of a finding: values, requirements, what is missing. It must never know where a finding is printed.

use super::machine::Machine;
use super::run::Run;
use super::val::{At, Ghost, Info, NOWHERE, Val};
use crate::policy::{BinaryOp, Expr, ExprKind, Quantifier, State};
use crate::schema::TypeKind;
use crate::tenant::ROOT_CELL;
use crate::value;

/// The most elements of a list that a message shows.
const SHOWN: usize = 8;
/// The longest text that a message shows, in characters.
const LONG: usize = 80;

impl<'a> Machine<'a> {
    /// A value as a message says it; strings in quotes where they stand for themselves.
    pub(super) fn show(&mut self, val: &Val<'a>, ty: &TypeKind, quoted: bool) -> String {
        let percent =
            matches!(ty, TypeKind::Percent) || matches!(ty, TypeKind::Worded(of, _) if **of == TypeKind::Percent);
        match val {
            Val::Bool(value) => value.to_string(),
            Val::Int(n) => value::Num::Int(*n).to_string(),
            Val::Exact(n) if percent => value::percent(n, 4),
            Val::Exact(n) => value::decimal(n, 6),
            Val::Date(days) => value::format_date(*days),
            Val::Diff(from, to) => value::Duration::days(i64::from(*to) - i64::from(*from)).to_string(),
            Val::Duration(duration) => duration.to_string(),
            Val::Fault(_) => "what cannot be worked out".into(),
            Val::Unknown(unknown) => match &unknown.bounds {
                Some(bounds) if !percent => bounds.to_string(),
                _ => "unknown".into(),
            },
            Val::Record(cell) => self.place_of(*cell).0,
            Val::EmptyRecord | Val::Map(_) | Val::ConstMap(_) | Val::MadeMap(_) => "a record".into(),
            Val::Cells(..) | Val::Consts(_) | Val::List(_) => {
                let elems = self.elements(val);
                let of = match ty {
                    TypeKind::List(of) => of.kind.clone(),
                    _ => TypeKind::Any,
                };
                let mut shown: Vec<String> =
                    elems.iter().take(SHOWN).map(|elem| self.show(&elem.val, &of, quoted)).collect();
                if elems.len() > SHOWN {
                    shown.push(format!("{} more", elems.len() - SHOWN));
                }
                if shown.is_empty() { "nothing".into() } else { shown.join(", ") }
            }
            text => {
                let text = self.text(text).unwrap_or_default();
                let cut: String = if text.chars().count() > LONG {
                    text.chars().take(LONG).chain(['…']).collect()
                } else {
                    text.to_owned()
                };
                if quoted { crate::schema::quoted(&cut) } else { cut }
            }
        }
    }

    /// The path of a place; words for the root.
    pub(super) fn path(&mut self, at: At) -> String {
        let path = self.place_of(at).0;
        if path.is_empty() { "the tenant".to_owned() } else { path }
    }
}

impl<'a> Run<'_, 'a> {
    /// What was required and what was found, for a condition that is false.
    pub(super) fn requirement(&mut self, condition: &'a Expr, at: At) -> String {
        self.required(condition, at, true).unwrap_or_else(|| {
            let text = self.machine.plan.policy.text(condition.span);
            let place = self.machine.path(at);
            if text.is_empty() {
                format!("{place}: the condition does not hold")
            } else {
                format!("{place}: `{text}` does not hold")
            }
        })
    }

    /// The words for a condition that should be `wanted` and is not.
    fn required(&mut self, condition: &'a Expr, at: At, wanted: bool) -> Option<String> {
        match &condition.kind {
            ExprKind::Not(inner) => self.required(inner, at, !wanted),
            ExprKind::And(parts) if wanted => {
                let first =
                    parts.iter().find(|part| matches!(self.machine.eval::<false>(part).val, Val::Bool(false)))?;
                self.required(first, at, true)
            }
            ExprKind::Or(parts) if !wanted => {
                let first =
                    parts.iter().find(|part| matches!(self.machine.eval::<false>(part).val, Val::Bool(true)))?;
                self.required(first, at, false)
            }
            ExprKind::State(state, _) => {
                let path = self.machine.path(at);
                let set = (*state != State::Missing) == wanted;
                Some(if set { format!("{path} must be set") } else { format!("{path} must not be set") })
            }
            ExprKind::Compare(op, sides) => {
                let [left, right] = &**sides;
                self.required_comparison(*op, left, right, at, wanted)
            }
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                let outside = *negated == wanted;
                let (low_value, high_value) =
                    (self.machine.eval::<false>(low).val, self.machine.eval::<false>(high).val);
                let low = self.machine.show(&low_value, &low.ty, true);
                let high = self.machine.show(&high_value, &high.ty, true);
                let (subject, found) = self.subject(value, at);
                let word = if outside { "must not lie" } else { "must lie" };
                Some(format!("{subject} {word} between {low} and {high}, and is {found}"))
            }
            ExprKind::Quantifier(which, body) => {
                let text = self.machine.plan.policy.text(body.body.span).to_owned();
                let path = self.machine.path(at);
                match (which, wanted) {
                    (_, _) if text.is_empty() => None,
                    (Quantifier::All, true) => Some(format!("{path}: `{text}` does not hold")),
                    (Quantifier::No, true) | (Quantifier::Any, false) => {
                        Some(format!("{path}: `{text}` holds, and must not"))
                    }
                    (Quantifier::Any, true) => Some(format!("{path}: `{text}` holds for none")),
                    _ => None,
                }
            }
            ExprKind::Unique(_) if wanted => {
                let path = self.machine.path(at);
                Some(format!("{path} repeats an earlier one"))
            }
            ExprKind::Local(_) | ExprKind::Root(_) | ExprKind::Field(..) | ExprKind::Entry(..)
                if condition.ty == TypeKind::Bool =>
            {
                let path = self.machine.path(at);
                Some(format!("{path} must be {wanted}, and is {}", !wanted))
            }
            _ => None,
        }
    }

    /// What a comparison is about: its path and value, or, where it is worked out, its text and value.
    fn subject(&mut self, value: &'a Expr, at: At) -> (String, String) {
        let known = self.machine.eval::<false>(value).val;
        let found = self.machine.show(&known, &value.ty, true);
        let path = self.machine.path(at);
        if is_plain(value) {
            return (path, found);
        }
        let text = self.machine.plan.policy.text(value.span).to_owned();
        if text.is_empty() || text.contains('\n') { (path, found) } else { (format!("{path}: `{text}`"), found) }
    }

    fn required_comparison(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        at: At,
        wanted: bool,
    ) -> Option<String> {
        let right_value = match &right.kind {
            ExprKind::Pattern(_) => Val::Bool(true),
            _ => self.machine.eval::<false>(right).val,
        };
        let right_text = match &right.kind {
            ExprKind::Pattern(_) => self.machine.plan.policy.text(right.span).to_owned(),
            _ => self.machine.show(&right_value, &right.ty, true),
        };
        if op == BinaryOp::Subset && wanted {
            let path = self.machine.path(at);
            let found =
                if at != NOWHERE && self.machine.ghost_of(at).is_none() { Some(self.machine.load(at)) } else { None };
            return Some(match found {
                Some(val) if !super::compare::is_list(&val) => {
                    let found = self.machine.show(&val, &TypeKind::Any, true);
                    format!("{path} must be one of {right_text}, and is {found}")
                }
                _ => {
                    let known = self.machine.eval::<false>(left).val;
                    let left_text = self.machine.show(&known, &left.ty, true);
                    if self.trace(left).first() == NOWHERE {
                        format!("{path} must hold {left_text}, and holds {right_text}")
                    } else {
                        format!("{path} must hold nothing but {right_text}, and holds {left_text}")
                    }
                }
            });
        }
        let (subject, found) = self.subject(left, at);
        let words = match (op, wanted) {
            (BinaryOp::Eq, true) | (BinaryOp::Ne, false) => format!("must be {right_text}"),
            (BinaryOp::Ne, true) | (BinaryOp::Eq, false) => return Some(format!("{subject} must not be {right_text}")),
            (BinaryOp::Lt, true) | (BinaryOp::Ge, false) => format!("must be below {right_text}"),
            (BinaryOp::Le, true) | (BinaryOp::Gt, false) => format!("must be at most {right_text}"),
            (BinaryOp::Gt, true) | (BinaryOp::Le, false) => format!("must be above {right_text}"),
            (BinaryOp::Ge, true) | (BinaryOp::Lt, false) => format!("must be at least {right_text}"),
            (BinaryOp::In, true) | (BinaryOp::NotIn, false) => format!("must be one of {right_text}"),
            (BinaryOp::In, false) | (BinaryOp::NotIn, true) => format!("must be none of {right_text}"),
            (BinaryOp::Contains, true) => format!("must contain {right_text}"),
            (BinaryOp::Contains, false) => format!("must not contain {right_text}"),
            (BinaryOp::Overlaps, true) => format!("must have something in common with {right_text}"),
            (BinaryOp::Overlaps, false) => format!("must have nothing in common with {right_text}"),
            (BinaryOp::Subset, _) => format!("must hold more than {right_text}"),
            (BinaryOp::Matches, true) => format!("must match {right_text}"),
            (BinaryOp::Matches, false) => format!("must not match {right_text}"),
        };
        Some(format!("{subject} {words}, and is {found}"))
    }

    /// What keeps a check from being decided.
    pub(super) fn unknown_message(&mut self, at: At, missing: &[At], info: &Info) -> String {
        let absent: Vec<At> = missing.iter().copied().filter(|at| self.machine.is_absent(*at)).collect();
        if absent.is_empty() {
            let place = if at == NOWHERE { info.place() } else { at };
            let path = self.machine.path(if place == NOWHERE { ROOT_CELL } else { place });
            let reason = self.machine.left_open.take();
            let reason = reason.as_deref().unwrap_or("what is known of it is not exact enough");
            return format!("{path} leaves this undecided: {reason}");
        }
        let mut paths: Vec<String> = Vec::new();
        for at in &absent {
            // Of what is missing behind a reference, what is missing there.
            let at = match self.machine.ghost_of(*at) {
                Some(Ghost::Via(_, actual)) => *actual,
                _ => *at,
            };
            let path = self.machine.path(at);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let more = paths.len().saturating_sub(3);
        let shown: Vec<String> = paths.iter().take(3).cloned().collect();
        let list = match shown.as_slice() {
            [one] => one.clone(),
            [most @ .., last] if more == 0 => format!("{} and {last}", most.join(", ")),
            many => format!("{} and {more} more", many.join(", ")),
        };
        let (is, they) = if paths.len() == 1 { ("is", "it") } else { ("are", "they") };
        format!("{list} {is} not in the configuration, and this cannot be decided until {they} {is}")
    }
}

/// Whether a value is what stands at a path, or what stands in for it there.
fn is_plain(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Field(..) | ExprKind::Root(_) | ExprKind::Entry(..) | ExprKind::Local(_) => true,
        ExprKind::Default(sides) => sides.first().is_some_and(is_plain),
        _ => false,
    }
}

impl Machine<'_> {
    /// Whether a place is one that is not there.
    pub(super) fn is_absent(&self, at: At) -> bool {
        match self.ghost_of(at) {
            Some(Ghost::Missing(..) | Ghost::Within(_)) => true,
            Some(Ghost::Via(_, actual)) => self.is_absent(*actual),
            None => false,
        }
    }
}
