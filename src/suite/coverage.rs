//! Owns which rules, checks and bands the tests show passing, failing and unknown. It must never know a test's text.

use crate::string::Str;
use rustc_hash::FxHashMap;

use crate::finding::Verdict;
use crate::plan::Plan;
use crate::policy::{Asks, Expr, ExprKind, Policy, State, Stmt};
use crate::source::Span;

/// What a rule, check or band has examples of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Example {
    /// It holds.
    pub pass: bool,
    /// It does not.
    pub fail: bool,
    /// It cannot be decided.
    pub unknown: bool,
}

impl Example {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.pass = true,
            Verdict::Fail => self.fail = true,
            Verdict::Unknown => self.unknown = true,
            Verdict::NotApplicable | Verdict::Waived | Verdict::Error => {}
        }
    }
}

/// A rule, check or band.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// `rule`, `check` or `band`.
    pub word: &'static str,
    /// The rule's id, or what is asked, on one line.
    pub text: String,
    /// Where it stands in its pack.
    pub span: Span,
    /// What there is of it.
    pub example: Example,
    /// It can fail at all: `x is given` holds or is unknown, and nothing else.
    pub can_fail: bool,
}

impl Part {
    /// Which examples there are not: `passing`, `failing`, `unknown`.
    pub fn lacks(&self) -> Vec<&'static str> {
        let Example { pass, fail, unknown } = self.example;
        let words = [(pass, "passing"), (fail || !self.can_fail, "failing"), (unknown, "unknown")];
        words.iter().filter(|(there, _)| !there).map(|(_, word)| *word).collect()
    }

    /// How many examples it needs.
    pub fn needs(&self) -> usize {
        2 + usize::from(self.can_fail)
    }
}

/// Which examples a pack's tests have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// The pack.
    pub pack: String,
    /// Its rules, by id, each followed by its checks and bands in the order of the text.
    pub parts: Vec<Part>,
}

impl Coverage {
    /// How many examples there are, of how many.
    pub fn count(&self) -> (usize, usize) {
        let of: usize = self.parts.iter().map(Part::needs).sum();
        (of - self.parts.iter().map(|part| part.lacks().len()).sum::<usize>(), of)
    }

    /// How many percent of the examples there are, rounded down; all, where none is needed.
    pub fn percent(&self) -> usize {
        let (there, of) = self.count();
        (there * 100).checked_div(of).unwrap_or(100)
    }
}

/// What the tests have shown so far, by where a rule's name, a check or a band begins.
#[derive(Default)]
pub(super) struct Tally(FxHashMap<u32, Example>);

impl Tally {
    /// Takes in what a tenant has shown.
    pub(super) fn take(&mut self, plan: &Plan<'_>, verdicts: &[Verdict], covered: &[(u32, Verdict)]) {
        if !plan.cover {
            return;
        }
        let rules = plan.rules.iter().zip(verdicts).map(|(planned, verdict)| (planned.rule.span.start, *verdict));
        for (place, verdict) in rules.chain(covered.iter().copied()) {
            self.0.entry(place).or_default().add(verdict);
        }
    }
}

/// The coverage of a pack.
pub(super) fn of(policy: &Policy, pack: usize, tally: &Tally) -> Coverage {
    let example = |span: Span| tally.0.get(&span.start).copied().unwrap_or_default();
    let mut parts = Vec::new();
    for rule in policy.rules.iter().filter(|rule| rule.pack == pack) {
        let mut asked = Vec::new();
        walk(&rule.body, &mut asked);
        parts.push(Part {
            word: "rule",
            text: rule.id.to_string(),
            span: rule.span,
            example: example(rule.span),
            can_fail: asked.iter().any(|(.., can_fail)| *can_fail),
        });
        parts.extend(asked.into_iter().map(|(word, span, can_fail)| Part {
            word,
            text: one_line(policy.text(span)),
            span,
            example: example(span),
            can_fail,
        }));
    }
    Coverage { pack: policy.packs.get(pack).map_or_else(String::new, Str::to_string), parts }
}

fn walk(statements: &[Stmt], into: &mut Vec<(&'static str, Span, bool)>) {
    for statement in statements {
        match statement {
            Stmt::Let(..) => {}
            Stmt::For(each) => walk(&each.body, into),
            Stmt::If(choice) => {
                walk(&choice.then, into);
                walk(&choice.otherwise, into);
            }
            Stmt::Check(check) => into.push(("check", check.span, can_fail(&check.condition))),
            Stmt::Grants(grants) => into.push(("check", grants.span, true)),
            Stmt::Threshold(threshold) => {
                for band in &threshold.bands {
                    let (can, inner) = match &band.asks {
                        Asks::Expect(condition, _) => (can_fail(condition), &[][..]),
                        Asks::Message(_) => (true, &[][..]),
                        Asks::Block(statements) => (true, statements.as_slice()),
                    };
                    into.push(("band", band.span, can));
                    walk(inner, into);
                }
            }
        }
    }
}

/// Whether a condition can be false: `x is given` never is.
fn can_fail(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::State(State::Given, _) => false,
        ExprKind::And(parts) => parts.iter().any(can_fail),
        _ => true,
    }
}

/// What is asked, without its message, cut to a line.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 72;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.split(" else \"").next().unwrap_or(&text);
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
