//! Owns what an evaluation remembers: values, loops and statements that come to the same wherever a plan holds them alike. It must never know what an operator means.
//!
//! What is remembered counts as many steps as it took the first time, so that the limit of steps is reached at the same
//! place whatever was asked before.

use super::machine::Machine;
use super::prepared::Test;
use super::val::{Elem, Out, Sure, Val};
use crate::plan::Plan;
use crate::policy::{Aggregate, Comprehension, Expr, ExprKind, For, Generator};
use crate::tenant::{CellId, Data, NO_CELL};
use std::rc::Rc;

/// The longest list or text of the policy's own that is kept; those of the tenant are kept as they stand there.
const LONGEST: usize = 4096;

/// What a tenant's rules came to so far, by the numbers of [`crate::plan::Alike`].
pub(super) struct Memory<'a> {
    /// Values, and the steps that they took.
    exprs: Vec<Option<(Val<'a>, u64)>>,
    /// Statements that held, with their steps.
    held: Vec<Option<u64>>,
    chosen: Vec<Option<Chosen>>,
}

/// The elements that a loop goes through.
#[derive(Clone)]
pub(super) struct Chosen {
    /// Their places in the list, and their records.
    pub elements: Rc<[(u32, CellId)]>,
    /// How long the list is.
    pub of: u32,
}

/// The condition on the elements of a list, and the same made ready.
struct Filter<'a> {
    var: u16,
    expr: Option<&'a Expr>,
    test: Option<Test<'a>>,
}

impl<'a> Filter<'a> {
    fn new(machine: &mut Machine<'a>, var: u16, expr: Option<&'a Expr>) -> Filter<'a> {
        Filter { var, expr, test: expr.and_then(|expr| machine.prepare(expr, var)) }
    }
}

/// Whether it may be worth the looking up.
#[inline]
pub(super) fn may_be_remembered(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Aggregate(..)
            | ExprKind::Comprehension(_)
            | ExprKind::Quantifier(..)
            | ExprKind::Unique(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::Extreme(..)
            | ExprKind::Function(..)
            | ExprKind::Call(..)
            | ExprKind::Minus(_)
    )
}

impl<'a> Memory<'a> {
    pub fn new(plan: &Plan<'_>) -> Memory<'a> {
        let count = plan.alike.count();
        Memory { exprs: vec![None; count], held: vec![None; count], chosen: vec![None; count] }
    }

    /// The value of an expression that took no steps.
    pub fn of_expr(&self, number: usize) -> Option<&Val<'a>> {
        self.exprs.get(number)?.as_ref().filter(|(_, steps)| *steps == 0).map(|(val, _)| val)
    }
}

/// Whether a comprehension gives the elements of its list as they are, each once more.
fn is_whole(comprehension: &Comprehension, each: &Generator) -> bool {
    comprehension.per.is_none() && matches!(comprehension.element.kind, ExprKind::Local(var) if var == each.var)
}

impl<'a> Machine<'a> {
    /// The value of an expression, worked out only where it is new.
    pub(super) fn remembered(&mut self, expr: &'a Expr) -> Out<'a> {
        let Some(number) = self.plan.alike.expr(expr) else { return self.work_out::<false>(expr) };
        if let Some(Some((val, steps))) = self.memory.exprs.get(number)
            && self.steps + steps <= self.plan.most_steps
        {
            self.steps += steps;
            return Out::plain(val.clone());
        }
        let before = self.steps;
        let out = self.work_out::<false>(expr);
        let short = match &out.val {
            Val::List(elems) => elems.len() <= LONGEST,
            Val::Own(text) => text.len() <= LONGEST,
            _ => true,
        };
        // A place is asked of lists and records, which stand in the tenant; a value that has one is not kept.
        if short
            && out.at == super::val::NOWHERE
            && !matches!(out.val, Val::Fault(_))
            && let Some(slot) = self.memory.exprs.get_mut(number)
        {
            *slot = Some((out.val.clone(), self.steps - before));
        }
        out
    }

    /// Whether a statement held before; then it counts the steps that it took.
    pub(super) fn held_before(&mut self, number: usize) -> bool {
        match self.memory.held.get(number) {
            Some(Some(steps)) if self.steps + steps <= self.plan.most_steps => {
                self.steps += steps;
                true
            }
            _ => false,
        }
    }

    pub(super) fn remember_held(&mut self, number: usize, before: u64) {
        if let Some(slot) = self.memory.held.get_mut(number) {
            *slot = Some(self.steps - before);
        }
    }

    /// The elements that a loop goes through, where its condition is known for all of them.
    pub(super) fn chosen(&mut self, each: &'a For) -> Option<Chosen> {
        if self.plan.steps {
            return None;
        }
        let number = self.plan.alike.selection(each)?;
        if let Some(known) = self.memory.chosen.get(number)? {
            return Some(known.clone());
        }
        // A list of the root, or a `let` at the top: no reference leads there.
        if !matches!(each.list.kind, ExprKind::Root(_) | ExprKind::Let(_)) {
            return None;
        }
        let steps = self.steps;
        let list = self.eval::<false>(&each.list);
        if !matches!(list.val, Val::Cells(..) | Val::List(_)) {
            self.steps = steps;
            return None;
        }
        let count = self.len(&list.val);
        let mut elements = Vec::new();
        let before = self.steps;
        let filter = Filter::new(self, each.var, each.filter.as_ref());
        for index in 0..count {
            let Some(element) = self.sure_record(&list.val, index) else {
                self.steps = steps;
                return None;
            };
            let Some(cell) = element else { continue };
            let through = self.lets_through(&filter, cell);
            if through.is_none() || self.steps != before {
                // A condition that takes steps of its own is counted element by element, the ordinary way.
                self.steps = steps;
                return None;
            }
            if through == Some(true) {
                elements.push((index as u32, cell));
            }
        }
        let chosen = Chosen { elements: elements.into(), of: count as u32 };
        if let Some(slot) = self.memory.chosen.get_mut(number) {
            *slot = Some(chosen.clone());
        }
        Some(chosen)
    }

    /// How many elements of a plain list a condition lets through, where it is known for all of them.
    pub(super) fn plain_count(&mut self, comprehension: &'a Comprehension) -> Option<i64> {
        let [each] = comprehension.fors.as_slice() else { return None };
        if !is_whole(comprehension, each) {
            return None;
        }
        if let ExprKind::Aggregate(Aggregate::Distinct, of) = &each.list.kind
            && each.filter.is_none()
        {
            return self.distinct_count(of);
        }
        if !matches!(each.list.kind, ExprKind::Root(_) | ExprKind::Let(_)) {
            return None;
        }
        let before = self.steps;
        let list = self.eval::<false>(&each.list);
        let counted = self.count_of(&list.val, each.var, each.filter.as_ref());
        if counted.is_none() {
            self.steps = before;
        }
        counted
    }

    /// How many values a short list of the tenant has, each counted once.
    fn distinct_count(&mut self, comprehension: &'a Comprehension) -> Option<i64> {
        let [each] = comprehension.fors.as_slice() else { return None };
        if !is_whole(comprehension, each) || each.filter.is_some() {
            return None;
        }
        let (of, distinct) = self.short_distinct(&each.list)?;
        // The elements are gone through, and then those that are left.
        self.steps += of as u64 + distinct as u64;
        (self.steps <= self.plan.most_steps).then_some(distinct as i64)
    }

    fn count_of(&mut self, list: &Val<'a>, var: u16, filter: Option<&'a Expr>) -> Option<i64> {
        if !matches!(list, Val::Cells(..) | Val::List(_)) {
            return None;
        }
        let of = self.len(list);
        let mut count = 0;
        let filter = Filter::new(self, var, filter);
        for index in 0..of {
            let Some(cell) = self.sure_record(list, index)? else { continue };
            count += i64::from(self.lets_through(&filter, cell)?);
        }
        self.steps += of as u64;
        (self.steps <= self.plan.most_steps).then_some(count)
    }

    fn lets_through(&mut self, filter: &Filter<'a>, cell: CellId) -> Option<bool> {
        let Some(expr) = filter.expr else { return Some(true) };
        if let Some(through) = filter.test.as_ref().and_then(|test| self.holds_for(test, cell)) {
            return Some(through);
        }
        self.set(filter.var, Val::Record(cell), cell, None);
        match self.condition::<false>(expr).val {
            Val::Bool(through) => Some(through),
            _ => None,
        }
    }

    /// An element that is surely in its list, and is a record that stands where it says; `Some(None)` for `null`.
    fn sure_record(&self, list: &Val<'a>, index: usize) -> Option<Option<CellId>> {
        match list {
            Val::Cells(first, _) => {
                let cell = self.tenant.slots.get(*first as usize + index).copied().unwrap_or(NO_CELL);
                match self.tenant.cell(cell) {
                    _ if cell == NO_CELL => Some(None),
                    Data::Record(..) => Some(Some(cell)),
                    _ => None,
                }
            }
            Val::List(elems) => match elems.get(index)? {
                Elem { val: Val::Record(cell), at, sure: Sure::Yes, .. } if at == cell => Some(Some(*cell)),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{Source, check};
    use crate::document::{Limits, load};
    use crate::eval::{Outcome, evaluate};
    use crate::plan::Plan;
    use crate::source::Sources;
    use crate::syntax::parse::parse;
    use crate::tenant::bind;

    const HEAD: &str = "schema s { groups: [Group] key id = []\nflows?: [Flow] key id\nlinks?: [Group] key id }\n\
        type Group { id: string\nsize?: int >= 0\nkind: \"a\" | \"b\" = \"a\"\nseen?: date\ntags: [string] = [] }\n\
        type Flow { id: string\npeople?: int >= 0\nto: ref groups }\n\
        let large = [g in groups where g.size > 3]\n";

    const TENANT: &str = "groups:\n- {id: one, size: 1, kind: b, seen: 2026-01-01}\n- {id: two, size: 5, kind: b, tags: [x, null, y, x]}\n\
        - {id: three, kind: a, seen: 2025-01-01}\n- {id: four, size: 9}\nflows:\n- {id: f, people: 3, to: one}\n\
        - {id: g, to: two}\n";

    /// What rules ask, each of it in several ways of being alike or not.
    const BODIES: [&str; 16] = [
        "for g in groups where g.kind == \"b\" { expect g.size <= 4 }",
        "for g in groups where g.kind == \"b\" { expect g.size <= 5 }",
        "for g in groups where g.size > 2 { expect g.kind == \"b\" }",
        "for g in large { expect g.size <= 8 }",
        "for g in large where g.kind == \"b\" { expect g.size <= 8 }",
        "for f in flows { expect f.to.size <= 4 }",
        "for l in links where l.kind == \"b\" { expect l.size <= 4 }",
        "for l in links { expect l.size <= 4 }",
        "expect count(l in links where l.kind == \"b\") <= 4",
        "expect count(g in groups where g.kind == \"b\") <= 1",
        "expect count(g in groups where g.size > 2) <= 1",
        "expect sum(f.people for f in flows) <= 2",
        "for g in groups where count(distinct(g.tags)) > 1 { expect count(distinct(g.tags)) == 3 }",
        "expect count(distinct(t for g in groups for t in g.tags)) == 2 and count(distinct(groups[\"two\"].tags)) == 2",
        "for g in groups where g.seen < today - 100 days { expect count(h in groups where h.kind == \"b\") < 2 }",
        "for g in groups { let n = g.size default 2  for h in groups where h.size > n { expect h.kind == \"b\" } }",
    ];

    fn outcome(rules: &[(String, &str)]) -> Outcome {
        let written: String =
            rules.iter().map(|(name, body)| format!("rule {name} {{\n    title \"t\"\n    {body}\n}}\n")).collect();
        let (file, errors) = parse(&format!("{HEAD}{written}"), 0);
        assert_eq!(errors, []);
        let (policy, errors) = check(&[Source { name: "p".into(), version: None, files: vec![file], carried: false }]);
        assert_eq!(errors, []);
        let document = load(&mut Sources::starting_at(1 << 20), "t", TENANT.into(), Limits::default()).unwrap();
        let tenant = bind(&document, document.roots().first().unwrap(), &policy.schema, crate::lang::Lang::En);
        evaluate(&Plan::new(&policy, 20_780, &[]).unwrap(), &tenant, "t", &mut Default::default(), false)
    }

    #[test]
    fn a_rule_says_the_same_alone_and_beside_others_that_ask_alike() {
        for body in BODIES {
            let alone = outcome(&[("m".to_owned(), body)]);
            // Before and behind it stand all the others, and itself twice more.
            let many: Vec<(String, &str)> = BODIES
                .iter()
                .enumerate()
                .flat_map(|(at, other)| [(format!("a-{at}"), *other), (format!("z-{at}"), *other)])
                .chain([("m".to_owned(), body)])
                .collect();
            let together = outcome(&many);
            let own = |outcome: &Outcome| -> Vec<(String, String)> {
                let own = outcome.findings.iter().filter(|finding| finding.rule == "p/m");
                own.map(|finding| (finding.path.clone(), finding.message.clone())).collect()
            };
            assert_eq!(alone.verdicts.first(), together.verdicts.get(BODIES.len()), "{body}");
            assert_eq!(own(&alone), own(&together), "{body}");
        }
    }
}
