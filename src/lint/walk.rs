//! Owns the walk through rules for conditions that nothing can change: those that always hold, never do, or say what was said. It must never know how a shape is worked out.

use std::collections::HashMap;

use super::bands;
use super::known::{Bound, Known, Verdict, loosely};
use super::shape::Shape;
use super::tell;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    Asks, Check, Comprehension, Expr, ExprKind, FixClause, Message, Part, Policy, Quantified, Rule, State, Stmt,
    Threshold,
};
use crate::schema::{Absent, Schema};
use crate::source::Span;

/// What a condition is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// `where`
    Where,
    /// `if`
    If,
    /// `applies when`
    Applies,
    /// What a check asks; whether it stands under any condition.
    Asked(bool),
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Where => "`where`",
            Role::If => "`if`",
            Role::Applies => "`applies when`",
            Role::Asked(_) => "condition",
        }
    }
}

/// The most checks of one block that a further one is held against.
const MET: usize = 40;

/// A check that stands already: what it asks, and where.
struct Met<'p> {
    condition: &'p Expr,
    span: Span,
}

/// Walks what the packs that are looked at say.
pub struct Walker<'p> {
    pub known: Known<'p>,
    pub found: Vec<Diagnostic>,
    /// The checks of this block and of those around it.
    met: Vec<Met<'p>>,
    /// Each check of the rule, by the loops and conditions around it and what it asks.
    asked: HashMap<String, Span>,
    /// The loops and conditions around, as their keys.
    around: Vec<String>,
    /// Some check of the rule can fail, or waits for what is unknown.
    asks: bool,
}

impl<'p> Walker<'p> {
    pub fn new(policy: &'p Policy) -> Walker<'p> {
        Walker {
            known: Known::new(policy),
            found: Vec::new(),
            met: Vec::new(),
            asked: HashMap::new(),
            around: Vec::new(),
            asks: false,
        }
    }

    /// A rule, its head's condition first.
    pub fn rule(&mut self, rule: &'p Rule) {
        self.known.enter();
        self.asked.clear();
        self.asks = false;
        if let Some((from, until)) = in_force(self.known.policy, rule) {
            self.known.facts.push(("today".into(), Shape::Day(Some(from), until.map(|day| day - 1))));
        }
        if let Some(applies) = &rule.applies {
            self.condition(applies, Role::Applies);
            self.known.suppose(applies, true);
            self.around.push(String::new());
        }
        self.block(&rule.body);
        if !self.asks {
            self.found.push(
                Diagnostic::error("lint/never-fails", rule.span, "this rule asks for nothing")
                    .help("add an `expect`, `settings`, `grants` or `threshold`, or take the rule out"),
            );
        }
        self.known.facts.clear();
        self.around.clear();
        self.met.clear();
        self.known.leave();
    }

    /// A `let` at the top.
    pub fn value(&mut self, value: &'p Expr) {
        self.known.enter();
        self.expr(value);
        self.known.leave();
    }

    /// A function, its parameters being anything of their types.
    pub fn define(&mut self, define: &'p crate::policy::Define) {
        self.known.enter();
        for (slot, (_, ty)) in define.params.iter().enumerate() {
            let bound = Bound { key: format!("p{slot}"), shape: loosely(ty), there: false };
            self.known.bind(slot as u16, bound);
        }
        self.expr(&define.body);
        self.known.leave();
    }

    // ---- statements --------------------------------------------------------------------------------------------

    fn block(&mut self, statements: &'p [Stmt]) {
        let (facts, met) = (self.known.facts.len(), self.met.len());
        for statement in statements {
            self.statement(statement);
        }
        self.known.facts.truncate(facts);
        self.met.truncate(met);
    }

    fn statement(&mut self, statement: &'p Stmt) {
        match statement {
            Stmt::Let(slot, value) => {
                self.expr(value);
                self.known.refuel();
                self.known.bind_value(*slot, value);
            }
            Stmt::For(item) => {
                self.expr(&item.list);
                let facts = self.known.facts.len();
                self.bind(item.var, &item.list);
                let mut around = self.known.key(&item.list).unwrap_or_else(|| unlike(item.list.span));
                if let Some(filter) = &item.filter {
                    self.condition(filter, Role::Where);
                    around += &self.known.key(filter).unwrap_or_else(|| unlike(filter.span));
                    self.known.suppose(filter, true);
                }
                self.around.push(format!("for {around}"));
                self.block(&item.body);
                self.around.pop();
                self.known.facts.truncate(facts);
                self.known.unbind(item.var);
            }
            Stmt::If(item) => {
                self.condition(&item.condition, Role::If);
                let key = self.known.key(&item.condition).unwrap_or_else(|| unlike(item.condition.span));
                for (block, holds) in [(&item.then, true), (&item.otherwise, false)] {
                    let facts = self.known.facts.len();
                    self.known.refuel();
                    self.known.suppose(&item.condition, holds);
                    self.around.push(format!("if {holds} {key}"));
                    self.block(block);
                    self.around.pop();
                    self.known.facts.truncate(facts);
                }
            }
            Stmt::Check(check) => self.check(check),
            Stmt::Grants(grants) => {
                self.asks = true;
                self.expr(&grants.list);
                let most = grants.most.iter().map(|(most, _)| most);
                for expr in grants.allow.iter().flatten().chain(&grants.deny).chain(most) {
                    self.expr(expr);
                }
                let grant = Bound { key: "grant".into(), shape: Shape::Any, there: true };
                self.known.bind(grants.grant, grant);
                self.message(grants.message.as_ref());
                self.known.unbind(grants.grant);
            }
            Stmt::Threshold(threshold) => self.threshold(threshold),
        }
    }

    fn check(&mut self, check: &'p Check) {
        self.asks = true;
        self.condition(&check.condition, Role::Asked(!self.around.is_empty()));
        self.against_others(&check.condition, check.span);
        if self.met.len() < MET {
            self.met.push(Met { condition: &check.condition, span: check.span });
        }
        if let (Some(at), false) = (&check.at, check.setting) {
            self.expr(at);
        }
        self.message(check.message.as_ref());
        match check.fix.as_deref() {
            Some(FixClause::Set(path, value)) => {
                self.expr(path);
                self.expr(value);
            }
            Some(FixClause::Remove(path)) => self.expr(path),
            None => {}
        }
        if check.require {
            self.known.refuel();
            self.known.suppose(&check.condition, true);
        }
    }

    fn threshold(&mut self, threshold: &'p Threshold) {
        self.expr(&threshold.value);
        for band in &threshold.bands {
            self.expr(&band.bound);
        }
        self.found.extend(bands::look(&mut self.known, threshold));
        for band in &threshold.bands {
            let facts = self.known.facts.len();
            self.known.refuel();
            self.known.suppose_reached(&threshold.value, &band.bound, band.above);
            let reached = self.known.key(&threshold.value).zip(self.known.key(&band.bound));
            let reached = reached.map_or_else(|| unlike(band.span), |(value, bound)| format!("{value} {bound}"));
            self.around.push(format!("band {} {reached}", band.above));
            match &band.asks {
                Asks::Expect(condition, message) => {
                    self.asks = true;
                    self.condition(condition, Role::Asked(true));
                    self.against_others(condition, band.span);
                    self.message(message.as_ref());
                }
                Asks::Message(message) => {
                    self.asks = true;
                    self.message(Some(message));
                }
                Asks::Block(block) => self.block(block),
            }
            self.around.pop();
            self.known.facts.truncate(facts);
        }
    }

    fn message(&mut self, message: Option<&'p Message>) {
        for part in message.into_iter().flatten() {
            if let Part::Expr(expr) = part {
                self.expr(expr);
            }
        }
    }

    // ---- conditions --------------------------------------------------------------------------------------------

    /// A condition: what is wrong within it, or else with the whole of it.
    fn condition(&mut self, condition: &'p Expr, role: Role) {
        let before = self.found.len();
        self.expr(condition);
        if self.found.len() > before {
            return;
        }
        if !matches!(role, Role::Asked(_)) && self.given(condition, role) {
            return;
        }
        let literal = matches!(condition.kind, ExprKind::Const(_));
        let found = match (self.known.verdict(condition), role) {
            (Verdict::Sometimes, _) => return,
            // `is given` is never false, and is there for what is unknown.
            (Verdict::Always, _) if self.asks_given(condition, 0) => return,
            (Verdict::Always, Role::Asked(_)) => {
                Diagnostic::error("lint/never-fails", condition.span, "this always holds, and so finds nothing")
                    .help("ask for what may fail; where a value has only to be known, ask whether it `is given`")
            }
            (Verdict::Always, _) => Diagnostic::error(
                "lint/always-true-where",
                condition.span,
                format!("this {} always holds", role.word()),
            )
            .help("take it out, or ask for what tells one from another"),
            // `if … { expect false else "…" }` is how a rule says that something is wrong as it is.
            (Verdict::Never, Role::Asked(true)) if literal => return,
            // So is `if c { expect not c }`, whose finding stands at what makes `c` true.
            (Verdict::Never, Role::Asked(_)) if self.known.plain_verdict(condition) != Verdict::Never => return,
            (Verdict::Never, Role::Asked(_)) => {
                Diagnostic::error("lint/contradiction", condition.span, "this can never hold: no tenant passes")
                    .help("parts of it exclude each other: one of them is not what was meant")
            }
            (Verdict::Never, Role::Applies) => {
                Diagnostic::error("lint/never-fails", condition.span, "this never holds: the rule never applies")
                    .help("take the rule out, or say when it applies")
            }
            (Verdict::Never, _) => {
                let message = format!("this {} never holds: nothing below it is ever looked at", role.word());
                Diagnostic::error("lint/never-true-where", condition.span, message).help(
                    "parts of it, or what stands around it, exclude each other: one of them is not what was meant",
                )
            }
        };
        self.found.push(found);
    }

    /// `is given` where a condition is to tell one from another: it is never false.
    fn given(&mut self, condition: &'p Expr, role: Role) -> bool {
        let parts = match &condition.kind {
            ExprKind::And(parts) => parts.as_slice(),
            _ => std::slice::from_ref(condition),
        };
        let is_given = |part: &&Expr| matches!(part.kind, ExprKind::State(State::Given, _));
        let Some(part) = parts.iter().find(is_given) else { return false };
        let message = format!("`is given` is never false, and so this {} leaves nothing out", role.word());
        self.found.push(
            Diagnostic::error("lint/given-as-condition", part.span, message)
                .help("ask whether it `is set`: then what is left out is passed over, and not unknown"),
        );
        true
    }

    /// Whether a condition asks, directly or by a name, whether something is given.
    fn asks_given(&self, expr: &'p Expr, depth: usize) -> bool {
        let policy = self.known.policy;
        match &expr.kind {
            ExprKind::State(State::Given, _) => true,
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(|part| self.asks_given(part, depth)),
            ExprKind::Not(inner) => self.asks_given(inner, depth),
            ExprKind::If(parts) => parts.iter().any(|part| self.asks_given(part, depth)),
            ExprKind::Quantifier(_, it) => self.asks_given(&it.body, depth),
            // How deep names may lead before it is taken for granted.
            ExprKind::Let(_) | ExprKind::Call(..) | ExprKind::Local(_) if depth > 8 => true,
            ExprKind::Let(index) => policy.lets.get(*index).is_some_and(|item| self.asks_given(&item.value, depth + 1)),
            ExprKind::Call(index, _) => {
                policy.defines.get(*index).is_some_and(|item| self.asks_given(&item.body, depth + 1))
            }
            _ => false,
        }
    }

    /// A check against those that stand already.
    fn against_others(&mut self, condition: &'p Expr, span: Span) {
        if matches!(condition.kind, ExprKind::Const(_)) {
            return;
        }
        if let Some(key) = self.known.key(condition) {
            let place = format!("{}: {key}", self.around.join("; "));
            if let Some(before) = self.asked.get(&place) {
                self.found.push(
                    Diagnostic::error("lint/duplicate-check", span, "this was asked already, of the same")
                        .and_at(*before, "here")
                        .help("take one of them out"),
                );
                return;
            }
            self.asked.insert(place, span);
        }
        if self.met.is_empty() || self.known.verdict(condition) != Verdict::Sometimes {
            return;
        }
        let around = self.known.facts.clone();
        for met in &self.met {
            self.known.refuel();
            self.known.suppose(met.condition, true);
        }
        if self.known.verdict(condition) == Verdict::Never {
            let mut found =
                Diagnostic::error("lint/contradiction", span, "no tenant meets this and what stands above it")
                    .help("take one of them out, or ask for each where it applies");
            for met in &self.met {
                self.known.facts.clone_from(&around);
                self.known.refuel();
                self.known.suppose(met.condition, true);
                if self.known.verdict(condition) == Verdict::Never {
                    found = found.and_at(met.span, "this excludes it");
                    break;
                }
            }
            self.found.push(found);
        }
        self.known.facts = around;
    }

    // ---- expressions -------------------------------------------------------------------------------------------

    /// What is wrong within an expression.
    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Const(_)
            | ExprKind::Pattern(_)
            | ExprKind::Today
            | ExprKind::Local(_)
            | ExprKind::Let(_)
            | ExprKind::Param(_)
            | ExprKind::Root(_) => {}
            ExprKind::Field(inner, ..) | ExprKind::Minus(inner) | ExprKind::Function(_, inner) => self.expr(inner),
            ExprKind::Entry(base, key, _) => {
                self.expr(base);
                self.expr(key);
            }
            ExprKind::List(values) | ExprKind::Extreme(_, values) | ExprKind::Call(_, values) => {
                values.iter().for_each(|value| self.expr(value));
            }
            ExprKind::Map(entries) => entries.iter().for_each(|(_, value)| self.expr(value)),
            ExprKind::Arithmetic(_, sides) => sides.iter().for_each(|side| self.expr(side)),
            ExprKind::Not(inner) => {
                if let ExprKind::State(State::Given, _) = inner.kind {
                    let message = "`is given` is never false, and so its opposite never holds";
                    self.found.push(
                        Diagnostic::error("lint/given-as-condition", expr.span, message)
                            .help("ask whether it `is missing`"),
                    );
                }
                self.expr(inner);
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let facts = self.known.facts.len();
                let and = matches!(expr.kind, ExprKind::And(_));
                for part in parts {
                    self.expr(part);
                    self.known.refuel();
                    self.known.suppose(part, and);
                }
                self.known.facts.truncate(facts);
            }
            ExprKind::Compare(op, sides) => {
                sides.iter().for_each(|side| self.expr(side));
                self.decided(expr, || tell::comparison(*op));
            }
            ExprKind::Range(_, parts) => {
                parts.iter().for_each(|part| self.expr(part));
                self.decided(expr, || "its bounds");
            }
            ExprKind::State(_, inner) => {
                self.expr(inner);
                self.stated(expr, inner);
            }
            ExprKind::Default(sides) => {
                let [value, fallback] = &**sides;
                self.expr(value);
                self.expr(fallback);
                self.needless(value, fallback);
            }
            ExprKind::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.condition(condition, Role::If);
                for (branch, holds) in [(then, true), (otherwise, false)] {
                    let facts = self.known.facts.len();
                    self.known.refuel();
                    self.known.suppose(condition, holds);
                    self.expr(branch);
                    self.known.facts.truncate(facts);
                }
            }
            ExprKind::Quantifier(_, body) => self.quantified(body),
            ExprKind::Comprehension(it) | ExprKind::Unique(it) | ExprKind::Aggregate(_, it) => self.comprehension(it),
        }
    }

    fn quantified(&mut self, body: &'p Quantified) {
        let facts = self.known.facts.len();
        self.generator(body.var, &body.list, body.filter.as_ref());
        self.expr(&body.body);
        self.known.facts.truncate(facts);
        self.known.unbind(body.var);
    }

    fn comprehension(&mut self, comprehension: &'p Comprehension) {
        let facts = self.known.facts.len();
        for generator in &comprehension.fors {
            self.generator(generator.var, &generator.list, generator.filter.as_ref());
        }
        self.expr(&comprehension.element);
        if let Some(per) = &comprehension.per {
            self.expr(per);
        }
        self.known.facts.truncate(facts);
        for generator in &comprehension.fors {
            self.known.unbind(generator.var);
        }
    }

    fn generator(&mut self, var: u16, list: &'p Expr, filter: Option<&'p Expr>) {
        self.expr(list);
        self.bind(var, list);
        if let Some(filter) = filter {
            self.condition(filter, Role::Where);
            self.known.refuel();
            self.known.suppose(filter, true);
        }
    }

    fn bind(&mut self, var: u16, list: &'p Expr) {
        self.known.refuel();
        self.known.bind_element(var, list);
    }

    /// A comparison that types and constants decide, whatever stands around it.
    fn decided(&mut self, expr: &'p Expr, by: impl Fn() -> &'static str) {
        let word = match self.known.plain_verdict(expr) {
            Verdict::Always => "always",
            Verdict::Never => "never",
            Verdict::Sometimes => return,
        };
        let found = Diagnostic::error("lint/decided-by-bounds", expr.span, format!("this {word} holds"));
        let found = match self.told(expr) {
            Some(reason) => found.labelled(reason),
            None => found.labelled(format!("decided by {}", by())),
        };
        self.found.push(found.help("compare with something that a tenant can be on either side of, or take it out"));
    }

    /// What is known of the side that decides a comparison.
    fn told(&mut self, expr: &'p Expr) -> Option<String> {
        let sides: Vec<&'p Expr> = match &expr.kind {
            ExprKind::Compare(_, sides) => sides.iter().collect(),
            ExprKind::Range(_, parts) => parts.iter().collect(),
            _ => return None,
        };
        let open = sides.into_iter().find(|side| !matches!(side.kind, ExprKind::Const(_) | ExprKind::Pattern(_)))?;
        let facts = std::mem::take(&mut self.known.facts);
        self.known.refuel();
        let shape = self.known.shape(open);
        self.known.facts = facts;
        let text = tell::text(self.known.policy, open.span)?;
        Some(format!("{text} is {}", tell::shape(self.known.policy, &open.ty, &shape)?))
    }

    /// `is set` and its kin of what is always there.
    fn stated(&mut self, expr: &'p Expr, inner: &'p Expr) {
        if !matches!(inner.kind, ExprKind::Root(_) | ExprKind::Field(..)) || !self.known.there(inner) {
            return;
        }
        let ExprKind::State(state, _) = &expr.kind else { return };
        let word = if *state == State::Missing { "never" } else { "always" };
        self.found.push(
            Diagnostic::error("lint/decided-by-bounds", expr.span, format!("this {word} holds"))
                .labelled(self.why_there(inner))
                .help("ask for its value, or take it out"),
        );
    }

    /// A default of what is always there.
    fn needless(&mut self, value: &'p Expr, fallback: &'p Expr) {
        if !self.known.there(value) || matches!(value.kind, ExprKind::Const(_) | ExprKind::Param(_)) {
            return;
        }
        self.found.push(
            Diagnostic::error("lint/needless-default", value.span.to(fallback.span), "this `default` never decides")
                .labelled(self.why_there(value))
                .help("take it out; or make the field optional (`f?: T`), if it may be unknown"),
        );
    }

    fn why_there(&self, expr: &Expr) -> &'static str {
        let schema = &self.known.policy.schema;
        let field = match &expr.kind {
            ExprKind::Root(slot) => schema.field(Schema::ROOT, *slot),
            ExprKind::Field(_, record, slot) => schema.field(*record, *slot),
            _ => None,
        };
        match field.map(|field| &field.absent) {
            Some(Absent::Default(_)) => "the field has a default of its own",
            Some(Absent::Required) => "the field must be there",
            _ => "it is always there",
        }
    }
}

impl<'p> Known<'p> {
    /// Takes a value to have reached a band.
    pub fn suppose_reached(&mut self, value: &'p Expr, bound: &'p Expr, above: bool) {
        let (own, bound) = (self.shape(value), self.shape(bound));
        if let Some(key) = self.key(value) {
            self.facts.push((key, own.beside(std::cmp::Ordering::Greater, above, &bound)));
        }
    }
}

/// What stands for a key where there is none: nothing else is like it.
fn unlike(span: Span) -> String {
    format!("@{}", span.start)
}

/// The days from and until which a rule holds, by its own dates or by those of its laws, where they say it.
pub fn in_force(policy: &Policy, rule: &Rule) -> Option<(i32, Option<i32>)> {
    if let Some(effective) = &rule.effective {
        return Some((effective.from, effective.until));
    }
    let laws = rule.cites.iter().map(|(law, _)| policy.laws.get(*law)?.effective);
    let dates: Vec<_> = laws.collect::<Option<_>>()?;
    let from = dates.iter().map(|it| it.from).min()?;
    let until = dates.iter().map(|it| it.until).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    Some((from, until))
}
