//! Owns what is legal in a policy and a mistake all the same: the table of lints, and who looks for which. It must never know a tenant.
//!
//! A lint is told only where it is certain, whatever the tenant says. What is meant is allowed by a comment with its reason.

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::policy::{Expr, Policy};
use crate::session;
use crate::source::{Sources, Span};
use crate::syntax::Item;

mod allow;
mod bands;
mod braces;
mod findings;
mod key;
mod known;
mod names;
mod shape;
mod suppose;
mod tell;
mod walk;
mod words;

pub use findings::report;
pub use known::Verdict;

/// A lint.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its code: `lint/never-fails`.
    pub code: &'static str,
    /// What it tells, in a line.
    pub title: &'static str,
    /// What is to be known of it: what, why, and what instead.
    pub page: &'static str,
}

/// The row of a lint; its page is the file of its name.
macro_rules! lints {
    ($($code:literal: $title:literal,)*) => {
        &[$(Lint {
            code: concat!("lint/", $code),
            title: $title,
            page: include_str!(concat!("../docs/lints/", $code, ".md")),
        }),*]
    };
}

/// All lints, sorted by code.
pub const LINTS: &[Lint] = lints! {
    "always-true-where": "A `where`, `if` or `applies when` that always holds",
    "bad-allow": "A comment that is to allow a lint, and does not",
    "case-clash": "Two names that differ by case, `-` and `_` alone",
    "contradiction": "A check that no tenant passes, alone or beside another",
    "dead-band": "A band of a threshold that no value leads to",
    "decided-by-bounds": "A comparison that types and constants decide",
    "duplicate-check": "The same check twice in a rule",
    "given-as-condition": "`is given` where it is to tell one from another",
    "lone-brace": "A `}` in a message that closes nothing",
    "long-past": "A rule that has not held for more than a year",
    "missing-words": "A rule without severity, rationale or remedy",
    "needless-default": "A `default` of what is always there",
    "never-fails": "A check that always holds, or a rule that asks nothing",
    "never-true-where": "A `where` or `if` that never holds",
    "no-article": "A law that is cited without its article",
    "same-bound": "Two bands of a threshold that begin at the same bound",
    "silent-severity": "A severity that no check takes",
    "uncited-law": "A law that no rule cites",
    "unused": "A name that nobody reads",
    "unused-allow": "A comment that allows a lint where there is none",
};

/// The lint of a code, with or without `lint/` before it.
pub fn find(code: &str) -> Option<&'static Lint> {
    let code = code.trim_start_matches("lint/");
    LINTS.iter().find(|lint| lint.code.trim_start_matches("lint/") == code)
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Looked<'a> {
    /// The checked packs.
    pub policy: &'a Policy,
    /// Their trees, in the same order.
    pub sources: &'a [check::Source],
    /// Of each pack, whether it is looked at; others are there because these use them.
    pub named: &'a [bool],
    /// Their texts.
    pub texts: &'a Sources,
    /// The date of evaluation, in days since 1970-01-01.
    pub as_of: i32,
}

impl Looked<'_> {
    fn is_named(&self, pack: usize) -> bool {
        self.named.get(pack) == Some(&true)
    }

    /// Whether an item of a pack that is looked at lies in a file.
    fn holds(&self, file: Span) -> bool {
        let named = self.sources.iter().enumerate().filter(|(pack, _)| self.is_named(*pack));
        named.flat_map(|(_, source)| source.files.iter().flat_map(|it| &it.items)).any(|item| {
            let place = match item {
                Item::Use(name) => name.span,
                Item::Law(law) => law.span,
                Item::Schema(schema) => schema.name.span,
                Item::Type(item) => item.name.span,
                Item::Extend(extend) => extend.name.span(),
                Item::Param(param) => param.name.span,
                Item::Let(item) => item.name.span,
                Item::Define(define) => define.name.span,
                Item::Rule(rule) => rule.span,
                Item::Adjustment(adjustment) => adjustment.span,
            };
            file.start <= place.start && place.start <= file.end
        })
    }

    /// A pack without rules that nobody here uses: what it has is there for others.
    fn only_lends(&self, pack: usize) -> bool {
        !self.is_used(pack) && !self.policy.rules.iter().any(|rule| rule.pack == pack)
    }

    /// A pack with types that nobody here uses: its functions may be there for others.
    fn may_lend(&self, pack: usize) -> bool {
        let is_type = |item: &Item| matches!(item, Item::Schema(_) | Item::Type(_));
        let types = |source: &check::Source| source.files.iter().any(|file| file.items.iter().any(is_type));
        self.only_lends(pack) || !self.is_used(pack) && self.sources.get(pack).is_some_and(types)
    }

    fn is_used(&self, pack: usize) -> bool {
        let Some(name) = self.policy.packs.get(pack) else { return false };
        let uses = |item: &Item| matches!(item, Item::Use(used) if used.text == *name);
        self.sources.iter().any(|source| source.files.iter().any(|file| file.items.iter().any(uses)))
    }
}

/// Looks at packs, and tells what is a mistake, in the order of the text.
pub fn lint(looked: &Looked<'_>) -> Vec<Diagnostic> {
    // As deep as policies may be nested, and functions may call each other, on a stack of known size.
    let conditions = session::on_a_stack(session::LOAD_STACK, || conditions(looked));
    let mut found = conditions.unwrap_or_else(|error| vec![error]);
    found.extend(names::look(looked));
    found.extend(words::look(looked));
    found.extend(braces::look(looked));
    let mut told = Vec::new();
    for file in looked.texts.files() {
        let within = |it: &Diagnostic| {
            it.span.is_some_and(|span| file.span().start <= span.start && span.start <= file.span().end)
        };
        let mut own: Vec<Diagnostic> = found.extract_if(.., |it| within(it)).collect();
        if looked.holds(file.span()) {
            allow::apply(file, &mut own);
        }
        own.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        own.dedup_by(|a, b| a.span == b.span && a.code == b.code);
        told.extend(own.into_iter().map(Diagnostic::warning));
    }
    // What has no place is no lint: something went wrong.
    told.extend(found);
    told
}

fn conditions(looked: &Looked<'_>) -> Vec<Diagnostic> {
    let policy = looked.policy;
    let mut walker = walk::Walker::new(policy);
    for item in policy.lets.iter().filter(|item| looked.is_named(item.pack)) {
        walker.value(&item.value);
    }
    for item in policy.defines.iter().filter(|item| looked.is_named(item.pack)) {
        walker.define(item);
    }
    for rule in policy.rules.iter().filter(|rule| looked.is_named(rule.pack)) {
        walker.rule(rule);
    }
    walker.found
}

/// What a condition that stands in no loop comes to at every tenant that fits the schema.
pub fn verdict(policy: &Policy, condition: &Expr) -> Verdict {
    known::Known::new(policy).verdict(condition)
}
