//! Owns how a verdict is told step by step: what was asked, and the values that led to the answer. It must never know how steps are printed.

use super::run::{Came, Run};
use super::val::{At, NOWHERE, Val};
use crate::finding::{STEP_LIMIT, Step};
use crate::lang::Lang;
use crate::policy::{Expr, ExprKind, Rule};
use crate::source::Span;
use crate::value;

/// The most values that one step tells.
const VALUES: usize = 12;

/// The only step of a rule outside its dates.
pub(super) fn out_of_force(rule: &Rule, lang: Lang) -> Step {
    let dates = match &rule.effective {
        Some(effective) => {
            let from = value::format_date(effective.from);
            match effective.until {
                Some(until) => lang.step_from_until(&from, &value::format_date(until)),
                None => lang.step_from(&from),
            }
        }
        None => lang.step_no_law(),
    };
    Step { depth: 0, text: lang.step_out_of_force(), outcome: dates, values: Vec::new() }
}

impl<'a> Run<'_, 'a> {
    /// Tells a condition: its text, what came of it, and the values that it read.
    pub(super) fn tell(&mut self, expr: &'a Expr, span: Span, outcome: &Val<'a>) {
        if !self.machine.plan.steps {
            return;
        }
        let lang = self.machine.plan.lang;
        let outcome = match outcome {
            Val::Bool(true) => lang.step_holds(),
            Val::Bool(false) => lang.step_fails(),
            Val::Fault(_) => lang.step_not_worked_out(),
            _ => lang.step_unknown(),
        };
        let mut values = Vec::new();
        self.values(expr, &mut values);
        self.step(span, outcome, values);
    }

    /// Tells a value: its text and what it is.
    pub(super) fn tell_value(&mut self, expr: &'a Expr, span: Span, val: &Val<'a>) {
        if self.machine.plan.steps {
            let shown = self.machine.show(val, &expr.ty, true);
            let mut values = Vec::new();
            self.values(expr, &mut values);
            let own = self.one_line(expr.span);
            values.retain(|(text, _)| *text != own);
            self.step(span, shown, values);
        }
    }

    /// Tells what a loop goes through.
    pub(super) fn tell_loop(&mut self, list: &'a Expr, val: &Val<'a>) {
        if self.machine.plan.steps {
            let (count, lang) = (self.machine.len(val), self.machine.plan.lang);
            let outcome = match val {
                Val::Unknown(_) => lang.step_list_unknown(),
                _ => lang.step_elements(count),
            };
            let text = lang.step_for_each(&self.one_line(list.span));
            self.push_step(text, outcome, Vec::new());
        }
    }

    /// Tells which element comes next.
    pub(super) fn tell_element(&mut self, at: At) {
        if self.machine.plan.steps && at != NOWHERE {
            let path = self.machine.path(at);
            self.push_step(path, String::new(), Vec::new());
        }
    }

    /// Tells what a statement came to as a whole.
    pub(super) fn tell_came(&mut self, span: Span, came: Came) {
        if self.machine.plan.steps {
            let lang = self.machine.plan.lang;
            let outcome = match came {
                Came::Holds => lang.step_holds(),
                Came::Unknown => lang.step_unknown(),
                Came::Fails => lang.step_fails(),
                Came::Fault => lang.step_not_worked_out(),
            };
            self.step(span, outcome, Vec::new());
        }
    }

    fn step(&mut self, span: Span, outcome: String, values: Vec<(String, String)>) {
        let text = self.one_line(span);
        self.push_step(text, outcome, values);
    }

    fn push_step(&mut self, text: String, outcome: String, values: Vec<(String, String)>) {
        match self.steps.len().cmp(&STEP_LIMIT) {
            std::cmp::Ordering::Less => self.steps.push(Step { depth: self.depth, text, outcome, values }),
            std::cmp::Ordering::Equal => {
                let text = self.machine.plan.lang.step_and_more(STEP_LIMIT);
                self.steps.push(Step { depth: 0, text, outcome: String::new(), values: Vec::new() });
            }
            std::cmp::Ordering::Greater => {}
        }
    }

    fn one_line(&self, span: Span) -> String {
        let text = self.machine.plan.policy.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 120 { text.chars().take(119).chain(['…']).collect() } else { text }
    }

    /// The values that a define's body reads.
    fn values_of_call(&mut self, index: usize, arguments: &'a [Expr], into: &mut Vec<(String, String)>) {
        let Some(define) = self.machine.plan.policy.defines.get(index) else { return };
        let arguments: Vec<_> = arguments.iter().map(|argument| self.machine.eval::<false>(argument)).collect();
        let before = self.machine.enter(define.frame);
        for (slot, argument) in arguments.into_iter().enumerate() {
            self.machine.set(slot as u16, argument.val, argument.at, None);
        }
        self.values(&define.body, into);
        self.machine.leave(before);
    }

    /// The values of the paths, parameters, lets and aggregates that an expression is made of.
    fn values(&mut self, expr: &'a Expr, into: &mut Vec<(String, String)>) {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Pattern(_) => {}
            ExprKind::Today
            | ExprKind::Local(_)
            | ExprKind::Let(_)
            | ExprKind::Param(_)
            | ExprKind::Root(_)
            | ExprKind::Field(..)
            | ExprKind::Entry(..)
            | ExprKind::Aggregate(..)
            | ExprKind::Extreme(..)
            | ExprKind::Function(..)
            | ExprKind::Call(..)
            | ExprKind::Quantifier(..)
            | ExprKind::Comprehension(_)
            | ExprKind::Unique(_) => {
                let text = self.one_line(expr.span);
                if into.len() >= VALUES || into.iter().any(|(known, _)| *known == text) {
                    return;
                }
                let out = self.machine.eval::<false>(expr);
                let lang = self.machine.plan.lang;
                let shown = match &out.val {
                    Val::Unknown(unknown) if unknown.invalid => lang.step_invalid(),
                    Val::Unknown(unknown) if unknown.set == super::val::Setness::No => match &unknown.bounds {
                        Some(bounds) => lang.step_missing_bounds(&lang.bounds(bounds)),
                        None => lang.step_missing(),
                    },
                    val => self.machine.show(val, &expr.ty, true),
                };
                into.push((text, shown));
                if let ExprKind::Call(index, arguments) = &expr.kind {
                    self.values_of_call(*index, arguments, into);
                }
            }
            ExprKind::List(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => {
                for part in parts {
                    self.values(part, into);
                }
            }
            ExprKind::Map(entries) => {
                for (_, value) in entries {
                    self.values(value, into);
                }
            }
            ExprKind::Not(inner) | ExprKind::Minus(inner) | ExprKind::State(_, inner) => self.values(inner, into),
            ExprKind::Arithmetic(_, sides) | ExprKind::Compare(_, sides) | ExprKind::Default(sides) => {
                for side in sides.iter() {
                    self.values(side, into);
                }
            }
            ExprKind::Range(_, parts) | ExprKind::If(parts) => {
                for part in parts.iter() {
                    self.values(part, into);
                }
            }
        }
    }
}
