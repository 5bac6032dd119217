//! Owns how a verdict is told step by step: what was asked, and the values that led to the answer. It must never know how steps are printed.

use super::run::{Came, Run};
use super::val::{At, NOWHERE, Setness, Sure, Val};
use crate::finding::{STEP_LIMIT, Step};
use crate::lang::Lang;
use crate::policy::{Band, Expr, ExprKind, Grants, Quantified, Rule};
use crate::schema::TypeKind;
use crate::source::Span;
use crate::value;

/// The most values that one step tells.
const VALUES: usize = 12;
/// The most elements of a list, or parts of a sum, that are told one by one.
const FEW: usize = 8;

/// Where a band lies, as seen from the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is reached, and speaks.
    Speaks,
    /// What is known of the value, or of its bound, leaves that open.
    Open,
    /// It is reached, and that leaves open whether a higher one speaks in its stead.
    Contested,
    /// It is reached, and a higher one speaks in its stead.
    Passed,
    /// It is not reached.
    Missed,
}

/// What becomes of a permission, with the text of the pattern that decides it.
pub(super) enum Granted {
    Denied(String),
    Allowed(Option<String>),
    NotAllowed,
    Unknown,
}

/// The most expressions that are looked into for the values of one step.
const LOOKS: usize = 200;

/// The values that one step tells.
#[derive(Default)]
struct Values {
    told: Vec<(String, String)>,
    /// How many expressions were looked into.
    looks: usize,
    /// Within the elements of a list, where a variable means each in turn: fields alone, and by their paths.
    by_path: bool,
}

impl Values {
    fn push(&mut self, text: String, value: String) {
        if self.told.len() < VALUES && !self.told.iter().any(|(known, _)| *known == text) {
            self.told.push((text, value));
        }
    }
}

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
    /// Whether there is anybody to tell a step to, and room for it.
    fn tells(&self) -> bool {
        self.machine.plan.steps && self.steps.len() <= STEP_LIMIT
    }

    /// Tells a condition: its text, what came of it, and the values that it read.
    pub(super) fn tell(&mut self, expr: &'a Expr, span: Span, outcome: &Val<'a>) {
        if self.tells() {
            let outcome = self.truth(outcome);
            self.step(span, outcome, &[expr]);
        }
    }

    /// Tells a value: its text and what it is.
    pub(super) fn tell_value(&mut self, expr: &'a Expr, span: Span, val: &Val<'a>) {
        if self.tells() {
            let shown = self.machine.show(val, &expr.ty, true);
            self.step(span, shown, &[expr]);
        }
    }

    /// Tells what a loop goes through.
    pub(super) fn tell_loop(&mut self, list: &'a Expr, val: &Val<'a>) {
        if self.tells() {
            let text = self.machine.plan.lang.step_for_each(&self.one_line(list.span));
            let outcome = self.how_many(val);
            self.push_step(text, outcome, Vec::new());
        }
    }

    /// Tells which element comes next.
    pub(super) fn tell_element(&mut self, at: At) {
        if self.tells() && at != NOWHERE {
            let path = self.machine.path(at);
            self.push_step(path, String::new(), Vec::new());
        }
    }

    /// Tells which permissions are looked at, and by which lists.
    pub(super) fn tell_grants(&mut self, grants: &'a Grants, val: &Val<'a>) {
        if self.tells() {
            let outcome = self.how_many(val);
            let lists: Vec<&Expr> = grants.allow.iter().flatten().chain(&grants.deny).collect();
            let span = Span { end: grants.list.span.end, ..grants.span };
            self.step(span, outcome, &lists);
        }
    }

    /// Tells what becomes of one permission.
    pub(super) fn tell_granted(&mut self, text: &str, granted: impl FnOnce() -> Granted) {
        if self.tells() {
            let lang = self.machine.plan.lang;
            let outcome = match granted() {
                Granted::Denied(pattern) => lang.step_denied(&pattern),
                Granted::Allowed(Some(pattern)) => lang.step_allowed(&pattern),
                Granted::Allowed(None) => lang.step_not_denied(),
                Granted::NotAllowed => lang.step_not_allowed(),
                Granted::Unknown => lang.step_unknown(),
            };
            self.depth += 1;
            let text = self.machine.show(&Val::Own(text.into()), &TypeKind::Any, true);
            self.push_step(text, outcome, Vec::new());
            self.depth -= 1;
        }
    }

    /// Tells how many permissions there may be, and what that came to.
    pub(super) fn tell_most(&mut self, most: &'a Expr, span: Span, came: Came) {
        if self.tells() {
            let lang = self.machine.plan.lang;
            let outcome = match came {
                Came::Holds => lang.step_holds(),
                Came::Unknown => lang.step_unknown(),
                Came::Fails => lang.step_fails(),
                Came::Fault => lang.step_not_worked_out(),
            };
            self.depth += 1;
            self.step(span, outcome, &[most]);
            self.depth -= 1;
        }
    }

    /// Tells a band: where it begins, and whether the value gets there.
    pub(super) fn tell_band(&mut self, band: &'a Band, bound: &Val<'a>, standing: Standing) {
        if self.tells() {
            let lang = self.machine.plan.lang;
            let outcome = match standing {
                Standing::Speaks => lang.step_reached(),
                Standing::Open => lang.step_perhaps_reached(),
                Standing::Contested => lang.step_perhaps_passed(),
                Standing::Passed => lang.step_passed(),
                Standing::Missed => lang.step_not_reached(),
            };
            let mut values = self.read_for(&[&band.bound]);
            let own = self.one_line(band.bound.span);
            if !matches!(band.bound.kind, ExprKind::Const(_)) && values.iter().all(|(known, _)| *known != own) {
                values.insert(0, (own, self.machine.show(bound, &band.bound.ty, true)));
            }
            let text = self.one_line(Span { end: band.bound.span.end, ..band.span });
            self.push_step(text, outcome, values);
        }
    }

    /// Tells what a band says where it speaks.
    pub(super) fn tell_message(&mut self, message: &str) {
        if self.tells() {
            let text = self.machine.show(&Val::Own(message.into()), &TypeKind::Any, true);
            self.push_step(text, String::new(), Vec::new());
        }
    }

    fn truth(&self, val: &Val<'a>) -> String {
        let lang = self.machine.plan.lang;
        match val {
            Val::Bool(true) => lang.step_holds(),
            Val::Bool(false) => lang.step_fails(),
            Val::Fault(_) => lang.step_not_worked_out(),
            _ => lang.step_unknown(),
        }
    }

    fn how_many(&self, list: &Val<'a>) -> String {
        match list {
            Val::Unknown(_) => self.machine.plan.lang.step_list_unknown(),
            _ => self.machine.plan.lang.step_elements(self.machine.len(list)),
        }
    }

    /// A step with the values that expressions read; of what the step's own text is, the outcome is told already.
    fn step(&mut self, span: Span, outcome: String, read: &[&'a Expr]) {
        let text = self.one_line(span);
        let mut values = self.read_for(read);
        let lang = self.machine.plan.lang;
        let told = [outcome.clone(), lang.unknown_value(), true.to_string(), false.to_string()];
        values.retain(|(known, value)| *known != text || !told.contains(value));
        self.push_step(text, outcome, values);
    }

    /// The values that expressions read. What is told costs a rule nothing, and decides nothing.
    fn read_for(&mut self, read: &[&'a Expr]) -> Vec<(String, String)> {
        let mut values = Values::default();
        let (steps, left_open) = (std::mem::take(&mut self.machine.steps), self.machine.left_open);
        for expr in read {
            self.values(expr, &mut values);
        }
        (self.machine.steps, self.machine.left_open) = (steps, left_open);
        values.told
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
    fn values_of_call(&mut self, index: usize, arguments: &'a [Expr], into: &mut Values) {
        let Some(define) = self.machine.plan.policy.defines.get(index) else { return };
        let arguments: Vec<_> = arguments.iter().map(|argument| self.machine.eval::<false>(argument)).collect();
        let before = self.machine.enter(define.frame);
        for (slot, argument) in arguments.into_iter().enumerate() {
            self.machine.set(slot as u16, argument.val, argument.at, None);
        }
        self.values(&define.body, into);
        self.machine.leave(before);
    }

    /// The values that a `let` at the top was made of, where that is a single value.
    fn values_of_let(&mut self, index: usize, into: &mut Values) {
        let Some(item) = self.machine.plan.policy.lets.get(index) else { return };
        if matches!(item.value.ty, TypeKind::List(_) | TypeKind::Map(_)) {
            return;
        }
        let before = self.machine.enter(item.frame);
        self.values(&item.value, into);
        self.machine.leave(before);
    }

    /// What a value was counted together from, where that is not much.
    fn contributions(&mut self, expr: &'a Expr, of: &TypeKind, into: &mut Values) {
        let info = self.machine.eval::<true>(expr).info();
        let mut places: Vec<At> = Vec::new();
        for at in [info.first].into_iter().chain(info.others).chain(info.missing) {
            if at != NOWHERE && !places.contains(&at) {
                places.push(at);
            }
        }
        if places.len() > FEW {
            return;
        }
        for at in places {
            let found = self.machine.find(at);
            let shown = match found.cell.map(|cell| self.machine.load(cell)) {
                Some(Val::Record(_) | Val::Cells(..) | Val::Map(_)) => continue,
                Some(val) => self.machine.show(&val, of, true),
                None if found.missing.is_some() => self.machine.plan.lang.step_missing(),
                None => continue,
            };
            into.push(found.path, shown);
        }
    }

    /// What a condition over a list comes to for each element, and what it read there, where there are few.
    fn each_element(&mut self, body: &'a Quantified, into: &mut Values) {
        let list = self.machine.eval::<true>(&body.list);
        let count = self.machine.len(&list.val);
        if count == 0 || count > FEW {
            let outcome = self.how_many(&list.val);
            into.push(self.one_line(body.list.span), outcome);
            return;
        }
        for index in 0..count {
            let Some(elem) = self.machine.traced_elem(&list.val, index, list.at) else { continue };
            if elem.sure == Sure::Many || elem.at == NOWHERE {
                continue;
            }
            let path = self.machine.path(elem.at);
            self.machine.bind_elem::<true>(body.var, elem);
            if let Some(filter) = &body.filter
                && matches!(self.machine.condition::<false>(filter).val, Val::Bool(false))
            {
                continue;
            }
            let came = self.machine.condition::<false>(&body.body).val;
            let came = self.truth(&came);
            into.push(path, came);
            let outside = std::mem::replace(&mut into.by_path, true);
            self.values(&body.body, into);
            into.by_path = outside;
        }
    }

    /// The values of the paths, parameters, lets and aggregates that an expression is made of.
    fn values(&mut self, expr: &'a Expr, into: &mut Values) {
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
                into.looks += 1;
                if into.told.len() >= VALUES || into.looks > LOOKS {
                    return;
                }
                let plain = matches!(expr.kind, ExprKind::Root(_) | ExprKind::Field(..) | ExprKind::Entry(..));
                if plain || !into.by_path {
                    let out = self.machine.eval::<true>(expr);
                    let named = into.by_path && out.at != NOWHERE;
                    let text = if named { self.machine.path(out.at) } else { self.one_line(expr.span) };
                    if into.told.iter().any(|(known, _)| *known == text) {
                        return;
                    }
                    let lang = self.machine.plan.lang;
                    let shown = match &out.val {
                        Val::Unknown(unknown) if unknown.invalid => lang.step_invalid(),
                        Val::Unknown(unknown)
                            if unknown.set == Setness::No || plain && unknown.set == Setness::Maybe =>
                        {
                            match &unknown.bounds {
                                Some(bounds) => lang.step_missing_bounds(&lang.bounds(bounds)),
                                None => lang.step_missing(),
                            }
                        }
                        val => self.machine.show(val, &expr.ty, true),
                    };
                    into.push(text, shown);
                }
                match &expr.kind {
                    ExprKind::Call(index, arguments) => self.values_of_call(*index, arguments, into),
                    ExprKind::Let(index) => self.values_of_let(*index, into),
                    ExprKind::Function(_, inner) => self.values(inner, into),
                    ExprKind::Extreme(_, parts) => parts.iter().for_each(|part| self.values(part, into)),
                    ExprKind::Aggregate(_, of) => self.contributions(expr, &of.element.ty, into),
                    ExprKind::Quantifier(_, body) => self.each_element(body, into),
                    _ => {}
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
