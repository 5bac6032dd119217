//! Owns statements: what is asked of what, under which conditions, and what comes of it. It must never know how a finding reads.

use super::machine::Machine;
use super::memory::Chosen;
use super::val::{At, Elem, Fault, Ghost, Info, Limit, NOWHERE, Out, Places, Sure, Val};
use crate::finding::{Kind, RELATED_LIMIT, Severity, Step, Verdict};
use crate::lang::Beside;
use crate::policy::{Check, Expr, ExprKind, FixClause, For, If, Message, Rule, State, Stmt};
use crate::source::Span;
use std::rc::Rc;

/// What a check came to, before it has a path and a message.
#[derive(Clone, Debug)]
pub(super) struct Raw<'a> {
    pub kind: Kind,
    pub severity: Severity,
    /// Where the policy asks.
    pub policy: Span,
    /// The condition that it asks there.
    pub asked: Option<Span>,
    pub at: At,
    /// Further places, and how many there are beyond them.
    pub related: Vec<(At, Beside)>,
    pub hidden: usize,
    pub message: String,
    pub fix: Option<Remedy<'a>>,
    /// Of an unknown: the first that is missing.
    pub missing: Option<At>,
    /// Of an error: it was given up at a limit, which says nothing about the tenant.
    pub given_up: Option<Limit>,
}

/// What can be done about a finding.
#[derive(Clone, Debug)]
pub(super) enum Remedy<'a> {
    /// Gives a place a value.
    Set(At, Val<'a>, &'a crate::schema::TypeKind),
    /// The same with the value nearest to what is there.
    Bound(At, Val<'a>, &'a crate::schema::TypeKind),
    /// Removes a place.
    Remove(At),
}

/// A condition that is not known to hold.
#[derive(Clone)]
enum Guard<'a> {
    /// An expression: worked out again in a trace.
    Condition(&'a Expr),
    /// An element that may not be in its list.
    Element(&'a Expr, usize),
}

/// Runs one rule.
pub(super) struct Run<'m, 'a> {
    pub machine: &'m mut Machine<'a>,
    pub rule: &'a Rule,
    pub raw: Vec<Raw<'a>>,
    guards: Vec<(Guard<'a>, Option<Fault>)>,
    /// The elements of the loops around.
    pub loops: Vec<At>,
    pub worst: Verdict,
    /// How the verdict comes about, where that is asked for.
    pub steps: Vec<Step>,
    pub depth: usize,
    /// What checks and bands came to, where that is asked for.
    pub covered: Vec<(u32, Verdict)>,
    /// What is invalid, and leaves the rule unknown.
    pub spoilt: Vec<At>,
    /// Within a trial: nothing is reported, only counted.
    traced_lists: Vec<(*const Expr, Out<'a>)>,
}

/// What a statement came to, for those that stand around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Came {
    Holds,
    Unknown,
    Fails,
    Fault,
}

impl<'m, 'a> Run<'m, 'a> {
    pub fn new(machine: &'m mut Machine<'a>, rule: &'a Rule) -> Run<'m, 'a> {
        Run {
            machine,
            rule,
            raw: Vec::new(),
            guards: Vec::new(),
            loops: Vec::new(),
            worst: Verdict::Pass,
            steps: Vec::new(),
            depth: 0,
            covered: Vec::new(),
            spoilt: Vec::new(),
            traced_lists: Vec::new(),
        }
    }

    /// The rule's verdict; its findings are in `raw`.
    pub fn rule(&mut self) -> Verdict {
        let before = self.machine.enter(self.rule.frame);
        self.machine.rule_lets.clear();
        (self.machine.steps, self.machine.bytes) = (0, 0);
        let applies = match &self.rule.applies {
            None => true,
            Some(condition) => match self.told(condition) {
                Val::Bool(applies) => applies,
                Val::Fault(fault) => {
                    self.guards.push((Guard::Condition(condition), Some(fault)));
                    true
                }
                _ => {
                    self.guards.push((Guard::Condition(condition), None));
                    true
                }
            },
        };
        if applies {
            self.block(&self.rule.body);
        } else {
            self.worst = Verdict::NotApplicable;
        }
        self.machine.leave(before);
        self.worst
    }

    pub fn block(&mut self, statements: &'a [Stmt]) -> Came {
        let lets = self.machine.rule_lets.len();
        let around = self.machine.bytes;
        let mut worst = Came::Holds;
        for statement in statements {
            let before = self.machine.bytes;
            let came = self.statement(statement);
            if !matches!(statement, Stmt::Let(..)) {
                self.machine.bytes = before;
            }
            worst = worst.max(came);
            if let Stmt::Check(check) = statement
                && check.require
                && came != Came::Holds
            {
                break;
            }
        }
        self.machine.rule_lets.truncate(lets);
        self.machine.bytes = around;
        worst
    }

    /// What a statement comes to; one that asks the same as another, and held there, is not asked again.
    fn statement(&mut self, statement: &'a Stmt) -> Came {
        let plan = self.machine.plan;
        let number = if plan.steps || plan.cover { None } else { plan.alike.statement(statement) };
        let Some(number) = number else { return self.ask(statement) };
        if self.machine.held_before(number) {
            return Came::Holds;
        }
        let before = self.machine.steps;
        let came = self.ask(statement);
        if came == Came::Holds {
            self.machine.remember_held(number, before);
        }
        came
    }

    fn ask(&mut self, statement: &'a Stmt) -> Came {
        self.machine.left_open = None;
        match statement {
            Stmt::Let(slot, value) => {
                let out = self.machine.eval::<false>(value);
                self.tell_value(value, value.span, &out.val);
                self.machine.set(*slot, out.val, out.at, None);
                let slot = self.machine.base + usize::from(*slot);
                self.machine.rule_lets.push((slot, value));
                Came::Holds
            }
            Stmt::For(item) => self.for_each(item),
            Stmt::If(item) => self.choose(item),
            Stmt::Check(check) => {
                let before = self.raw.len();
                let came = self.check(check);
                for raw in self.raw.iter_mut().skip(before) {
                    raw.asked = Some(check.condition.span);
                }
                self.cover(check.span, came);
                came
            }
            Stmt::Grants(grants) => {
                let came = self.grants(grants);
                self.cover(grants.span, came);
                came
            }
            Stmt::Threshold(threshold) => {
                let value = self.machine.eval::<false>(&threshold.value).val;
                self.tell_value(&threshold.value, threshold.value.span, &value);
                self.depth += 1;
                let came = self.threshold(threshold);
                self.depth -= 1;
                came
            }
        }
    }

    fn for_each(&mut self, item: &'a For) -> Came {
        if let Some(chosen) = self.machine.chosen(item) {
            return self.for_each_chosen(item, &chosen);
        }
        let list = self.machine.eval::<false>(&item.list);
        self.tell_loop(&item.list, &list.val);
        match &list.val {
            Val::Fault(fault) => return self.fault(*fault, self.rule.severity, item.span),
            Val::Unknown(_) => {
                let list = self.trace(&item.list);
                self.cover_undecided(&item.body);
                return self.unknown(self.rule.severity, item.span, &list.info(), None);
            }
            _ => {}
        }
        let mut worst = Came::Holds;
        for index in 0..self.machine.len(&list.val) {
            if let Some(limit) = self.machine.step() {
                return worst.max(self.fault(limit, self.rule.severity, item.span));
            }
            let Some(elem) = self.machine.elem(&list.val, index, list.at) else { continue };
            self.depth += 1;
            worst = worst.max(self.element(item, index, elem, &list));
            self.depth -= 1;
        }
        self.traced_lists.retain(|(expr, _)| !std::ptr::eq(*expr, &item.list));
        worst
    }

    /// A loop whose elements are known: those that the condition lets through, each a record with its place.
    fn for_each_chosen(&mut self, item: &'a For, chosen: &Chosen) -> Came {
        let mut worst = Came::Holds;
        let mut passed = 0;
        let covers = self.machine.plan.cover;
        let tests = if covers { None } else { self.machine.prepare_checks(&item.body, item.var) };
        for &(index, cell) in chosen.elements.iter() {
            self.machine.steps += u64::from(index - passed);
            passed = index;
            if let Some(limit) = self.machine.step() {
                return worst.max(self.fault(limit, self.rule.severity, item.span));
            }
            passed += 1;
            let holds = |test| self.machine.holds_for(test, cell) == Some(true);
            if tests.as_ref().is_some_and(|tests| tests.iter().all(holds)) {
                continue;
            }
            self.machine.set(item.var, Val::Record(cell), cell, None);
            self.loops.push(cell);
            worst = worst.max(self.block(&item.body));
            self.loops.pop();
        }
        self.machine.steps += u64::from(chosen.of - passed);
        worst
    }

    fn element(&mut self, item: &'a For, index: usize, mut elem: Elem<'a>, list: &Out<'a>) -> Came {
        let depth = self.guards.len();
        match elem.sure {
            Sure::Yes => {}
            Sure::Many => {
                let list = self.traced_list(&item.list);
                let mut info = Info::default();
                self.machine.doubt_elements(&list.val, &mut info);
                info.doubt(&list.info());
                self.cover_undecided(&item.body);
                return self.unknown(self.rule.severity, item.span, &info, None);
            }
            Sure::Maybe => self.guards.push((Guard::Element(&item.list, index), None)),
            Sure::Fault(fault) => self.guards.push((Guard::Element(&item.list, index), Some(fault))),
        }
        // An element behind a reference has its place there, which only a trace knows.
        if matches!(list.val, Val::Cells(..)) && self.behind_reference(&item.list)
            || elem.at == NOWHERE
            || matches!(list.val, Val::List(_)) && !matches!(elem.val, Val::Record(_))
        {
            let traced = self.traced_list(&item.list);
            if let Some(traced) = self.machine.traced_elem(&traced.val, index, traced.at) {
                elem.at = traced.at;
                elem.doubt = traced.doubt;
            }
        }
        let at = elem.at;
        self.machine.bind_elem::<true>(item.var, elem);
        self.tell_element(at);
        self.depth += 1;
        let mut skip = false;
        if let Some(filter) = &item.filter {
            match self.told(filter) {
                Val::Bool(holds) => skip = !holds,
                Val::Fault(fault) => self.guards.push((Guard::Condition(filter), Some(fault))),
                _ => self.guards.push((Guard::Condition(filter), None)),
            }
        }
        let came = if skip {
            Came::Holds
        } else {
            self.loops.push(at);
            let came = self.block(&item.body);
            self.loops.pop();
            came
        };
        self.depth -= 1;
        self.guards.truncate(depth);
        came
    }

    /// A condition's value, told where steps are told.
    fn told(&mut self, condition: &'a Expr) -> Val<'a> {
        let val = self.machine.condition::<false>(condition).val;
        self.tell(condition, condition.span, &val);
        val
    }

    /// The list may be reached through a reference: its elements' places are not their cells'.
    fn behind_reference(&self, list: &Expr) -> bool {
        fn any_reference(expr: &Expr) -> bool {
            use crate::policy::ExprKind as E;
            match &expr.kind {
                E::Field(base, ..) => matches!(base.ty, crate::schema::TypeKind::Ref(_)) || any_reference(base),
                E::Entry(base, ..) => any_reference(base),
                E::Local(_) | E::Call(..) | E::If(_) | E::Default(_) => true,
                _ => false,
            }
        }
        // A loop's variable may itself stand behind a reference.
        any_reference(list)
    }

    /// A list with its trace, worked out once for each time that its loop runs.
    fn traced_list(&mut self, list: &'a Expr) -> Out<'a> {
        if let Some((_, known)) = self.traced_lists.iter().find(|(expr, _)| std::ptr::eq(*expr, list)) {
            return known.clone();
        }
        let out = self.trace(list);
        self.traced_lists.push((list, out.clone()));
        out
    }

    fn choose(&mut self, item: &'a If) -> Came {
        let fault = match self.told(&item.condition) {
            Val::Bool(true) => return self.block(&item.then),
            Val::Bool(false) => return self.block(&item.otherwise),
            Val::Fault(fault) => Some(fault),
            _ => None,
        };
        self.guards.push((Guard::Condition(&item.condition), fault));
        let came = self.block(&item.then).max(self.block(&item.otherwise));
        self.guards.pop();
        came
    }

    // ---- checks ------------------------------------------------------------------------------------------------

    fn check(&mut self, check: &'a Check) -> Came {
        let out = self.machine.condition::<false>(&check.condition);
        self.tell(&check.condition, check.condition.span, &out.val);
        match out.val {
            Val::Bool(true) => Came::Holds,
            Val::Bool(false) => self.fails(check),
            Val::Fault(fault) => self.fault(fault, check.severity, check.span),
            _ => {
                let info = self.trace(&check.condition).info();
                let calendar = !info.invalid && info.missing.is_empty();
                let place = match &check.at {
                    _ if !calendar => None,
                    Some(at) => Some(self.trace(at).first()).filter(|at| *at != NOWHERE),
                    None => self.where_it_would_fail(&check.condition),
                };
                let before = self.raw.len();
                let came = self.unknown(check.severity, check.span, &info, place);
                // What must be given is said to be missing in the rule's own words.
                if let (Some(message), true) = (&check.message, asks_for_what_is_given(&check.condition)) {
                    let message = self.say(message);
                    for raw in self.raw.iter_mut().skip(before).filter(|raw| raw.kind == Kind::Unknown) {
                        raw.message.clone_from(&message);
                    }
                }
                came
            }
        }
    }

    /// Of a condition that only the calendar leaves open, the place that it would have if it were false.
    fn where_it_would_fail(&mut self, condition: &'a Expr) -> Option<At> {
        [false, true].into_iter().find_map(|holds| {
            self.machine.calendar = Some(holds);
            let traced = self.trace(condition);
            self.machine.calendar = None;
            let place = traced.info().place();
            (matches!(traced.val, Val::Bool(false)) && place != NOWHERE).then_some(place)
        })
    }

    fn fails(&mut self, check: &'a Check) -> Came {
        if let Some(came) = self.under_guards(check.severity, check.span) {
            return came;
        }
        let traced = self.trace(&check.condition);
        let mut info = traced.info();
        let mut at = info.place();
        let mut related = std::mem::take(&mut info.related);
        if let Some(place) = &check.at {
            let place = self.trace(place);
            at = place.first();
            if !check.setting {
                related.clear();
            } else {
                related = place.info().others.iter().map(|at| (*at, Beside::LeadsTo)).collect();
            }
        }
        if at == NOWHERE {
            at = self.innermost();
        }
        let message = match &check.message {
            Some(message) => self.say(message),
            None => self.requirement(&check.condition, at),
        };
        let fix = match check.fix.as_deref() {
            Some(FixClause::Set(path, value)) => {
                let (at, value) = (self.place_to_fix(path), self.trace(value).val);
                (at != NOWHERE && !value.is_unknown()).then_some(Remedy::Set(at, value, &path.ty))
            }
            Some(FixClause::Remove(path)) => {
                let at = self.place_to_fix(path);
                (at != NOWHERE).then_some(Remedy::Remove(at))
            }
            None if check.setting => self.setting_fix(&check.condition, at),
            None => None,
        };
        self.violation(check.severity, check.span, at, related, message, fix);
        Came::Fails
    }

    /// The place that a fix names; a `let` names one only where it is nothing else than a place.
    fn place_to_fix(&mut self, path: &'a Expr) -> At {
        let out = self.trace(path);
        if matches!(path.kind, ExprKind::Local(_)) && out.at == NOWHERE { NOWHERE } else { out.first() }
    }

    /// The place where nothing in the tenant was read: the innermost element, or the root.
    pub fn innermost(&self) -> At {
        self.loops.iter().rev().copied().find(|at| *at != NOWHERE).unwrap_or(crate::tenant::ROOT_CELL)
    }

    /// Of what a map of the policy lacks under a key that is read nowhere, the place is that of nothing read.
    fn anchored(&mut self, at: At) -> At {
        match self.machine.ghost_of(at).cloned() {
            Some(Ghost::Lacking(NOWHERE, name)) => {
                let innermost = self.innermost();
                self.machine.ghost(Ghost::Lacking(innermost, name))
            }
            _ => at,
        }
    }

    /// Works an expression out with a trace, the rule's own lets first: a `let` stands for its expression.
    pub fn trace(&mut self, expr: &'a Expr) -> Out<'a> {
        for index in 0..self.machine.rule_lets.len() {
            let Some((slot, value)) = self.machine.rule_lets.get(index).copied() else { break };
            if self.machine.vars.get(slot).is_some_and(|var| var.info.is_none()) {
                let out = self.machine.eval::<true>(value);
                if let Some(var) = self.machine.vars.get_mut(slot) {
                    var.val = out.val;
                    var.at = out.at;
                    var.info = Some(out.info.unwrap_or_default());
                }
            }
        }
        self.machine.eval::<true>(expr)
    }

    /// Under conditions that are not known to hold, what would fail is unknown, or an error.
    pub fn under_guards(&mut self, severity: Severity, span: Span) -> Option<Came> {
        if self.guards.is_empty() {
            return None;
        }
        if let Some(fault) = self.guards.iter().find_map(|(_, fault)| *fault) {
            return Some(self.fault(fault, severity, span));
        }
        Some(self.unknown(severity, span, &Info::default(), None))
    }

    /// Says that a check cannot be decided: because of the conditions around it, then because of what it reads itself.
    pub fn unknown(&mut self, severity: Severity, span: Span, info: &Info, place: Option<At>) -> Came {
        if let Some(fault) = self.guards.iter().find_map(|(_, fault)| *fault) {
            return self.fault(fault, severity, span);
        }
        let mut doubts = Info::default();
        for index in 0..self.guards.len() {
            let Some((guard, _)) = self.guards.get(index).cloned() else { break };
            let own = match guard {
                Guard::Condition(condition) => self.trace(condition).info(),
                Guard::Element(list, element) => {
                    let list = self.traced_list(list);
                    let elem = self.machine.traced_elem(&list.val, element, list.at);
                    elem.and_then(|elem| elem.doubt).map(|doubt| (*doubt).clone()).unwrap_or_default()
                }
            };
            doubts.doubt(&own);
        }
        let place = if doubts.missing.is_empty() && doubts.open.is_empty() { place } else { None };
        doubts.doubt(info);
        self.worst = self.worst.max(Verdict::Unknown);
        // What the calendar leaves open is said where nothing is missing.
        let calendar = doubts.missing.is_empty();
        let named = std::mem::take(if calendar { &mut doubts.open } else { &mut doubts.missing });
        let first = place.or(named.first().copied());
        let Some(at) = first else {
            // Nothing is missing but what is invalid, and that is said already.
            if doubts.invalid {
                self.spoilt.push(doubts.spoilt);
                return Came::Unknown;
            }
            let at = if info.place() == NOWHERE { self.innermost() } else { info.place() };
            let lang = self.machine.plan.lang;
            let message = match self.machine.left_open.take() {
                Some(why) => lang.cannot_be_decided_since(&lang.left_open(&why)),
                None => lang.cannot_be_decided(),
            };
            self.push(Kind::Unknown, severity, span, at, Vec::new(), message, None, None);
            return Came::Unknown;
        };
        let mut related = Vec::new();
        let word = if calendar { Beside::OpenToo } else { Beside::MissingToo };
        related.extend(named.iter().filter(|other| **other != at).map(|other| (*other, word)));
        let missing = if calendar { Places::default() } else { named };
        let message = self.unknown_message(at, &missing, info);
        let missing = missing.first().copied();
        self.push(Kind::Unknown, severity, span, at, related, message, None, missing);
        Came::Unknown
    }

    pub fn fault(&mut self, fault: Fault, severity: Severity, span: Span) -> Came {
        self.worst = self.worst.max(Verdict::Error);
        let message = {
            let lang = self.machine.plan.lang;
            lang.cannot_be_worked_out(&fault.message(lang))
        };
        self.push(Kind::Error, severity, span, NOWHERE, Vec::new(), message, None, None);
        if let Some(raw) = self.raw.last_mut() {
            raw.given_up = fault.limit();
        }
        Came::Fault
    }

    pub fn violation(
        &mut self,
        severity: Severity,
        span: Span,
        at: At,
        related: Vec<(At, Beside)>,
        message: String,
        fix: Option<Remedy<'a>>,
    ) {
        self.worst = self.worst.max(Verdict::Fail);
        self.push(Kind::Violation, severity, span, at, related, message, fix, None);
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        kind: Kind,
        severity: Severity,
        policy: Span,
        at: At,
        mut related: Vec<(At, Beside)>,
        message: String,
        fix: Option<Remedy<'a>>,
        missing: Option<At>,
    ) {
        let at = self.anchored(at);
        if kind == Kind::Violation {
            related.extend(self.loops.iter().filter(|at| **at != NOWHERE).map(|at| (*at, Beside::ForThisOne)));
        }
        let (asked, given_up, hidden) = (None, None, hide(&mut related));
        self.raw.push(Raw { kind, severity, policy, asked, at, related, hidden, message, fix, missing, given_up });
    }

    /// Runs statements without reporting: what they came to, and what they would have reported.
    pub fn trial(&mut self, statements: &'a [Stmt]) -> (Came, Vec<Raw<'a>>) {
        let raw = std::mem::take(&mut self.raw);
        let guards = std::mem::take(&mut self.guards);
        let worst = self.worst;
        let covered = self.covered.len();
        let came = self.block(statements);
        self.cover_trial(covered);
        self.worst = worst;
        self.guards = guards;
        (came, std::mem::replace(&mut self.raw, raw))
    }

    pub fn is_guarded(&self) -> bool {
        !self.guards.is_empty()
    }

    pub fn say(&mut self, message: &'a Message) -> String {
        let mut text = String::new();
        for part in message {
            match part {
                crate::policy::Part::Text(piece) => text.push_str(piece),
                crate::policy::Part::Expr(expr) => {
                    let out = self.machine.eval::<false>(expr);
                    text.push_str(&self.machine.show(&out.val, &expr.ty, false));
                }
            }
        }
        text
    }
}

/// Cuts related places to those that a report looks at: there may be as many findings as each has places. Gives how many
/// are gone.
pub(super) fn hide(related: &mut Vec<(At, Beside)>) -> usize {
    let hidden = related.len().saturating_sub(RELATED_LIMIT * 4);
    related.truncate(RELATED_LIMIT * 4);
    related.shrink_to_fit();
    hidden
}

/// Whether a condition asks for nothing but that something is given.
fn asks_for_what_is_given(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::State(state, _) => *state == State::Given,
        ExprKind::And(parts) => parts.iter().all(asks_for_what_is_given),
        _ => false,
    }
}

/// A traced value that carries nothing, for lets of constants.
impl Default for Out<'_> {
    fn default() -> Self {
        Out { val: Val::Bool(true), at: NOWHERE, info: Some(Rc::new(Info::default())) }
    }
}
