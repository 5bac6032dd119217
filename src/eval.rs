//! Owns the way from a plan and a tenant to outcomes. It must never know how they are reported.
//!
//! A check is worked out fast and untraced; one that fails or stays open is worked out again with a trace, to say where
//! and why. Both are one code (`expr`, `compare`, `list`), so they cannot disagree.

use crate::document::Change;
use crate::finding::{Finding, Kind, RELATED_LIMIT, Related, Severity, Step, Verdict};
use crate::lang::Beside;
use crate::plan::{Plan, Planned};
use crate::policy::{Asks, Enforcement, Rule, Stmt};
use crate::source::Span;
use crate::string::Str;
use crate::tenant::Tenant;
use machine::Machine;
use rayon::prelude::*;
use run::{Raw, Run};
use rustc_hash::{FxHashMap, FxHashSet};
pub use val::Limit;
use val::NOWHERE;

mod aggregate;
mod compare;
mod cover;
mod expr;
mod fix;
mod grants;
mod index;
mod list;
mod machine;
mod memory;
mod per;
mod place;
mod prepared;
mod quick;
mod run;
mod steps;
mod threshold;
mod val;
mod words;

/// What became of the rules at one tenant: a verdict for each of [`Plan::rules`], and the findings in their fixed order.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In the order of [`Plan::rules`].
    pub verdicts: Vec<Verdict>,
    /// Of rules that are unknown because of what is invalid: the path of that, and the rule.
    spoilt: Vec<(String, Str)>,
    /// The rules that were given up at a limit, where their packs ask for that much, and of what.
    pub given_up: Vec<(Str, Span, Limit)>,
    /// What the schema and the rules find, sorted.
    pub findings: Vec<Finding>,
    /// What the fix of each finding changes, where the plan asks for it.
    pub remedied: Vec<Option<Remedied>>,
    /// How each verdict came about, where the plan asks for it.
    pub steps: Vec<Vec<Step>>,
    /// What checks and bands came to, where the plan asks for it: the offset at which each begins, and how it stood;
    /// sorted, each once.
    pub covered: Vec<(u32, Verdict)>,
}

/// A finding before its fingerprint: what it is sorted and told apart by.
struct Made {
    finding: Finding,
    stable: String,
    remedied: Option<Remedied>,
}

/// What a fix changes.
#[derive(Debug)]
pub struct Remedied {
    /// The change of the text.
    pub change: Change,
    /// The path of the place that is changed.
    pub path: String,
    /// It is the value nearest to the one that was there: another fix may ask for more.
    pub bound: bool,
}

/// How many rules make a share of their own: enough to be worth the lets that each share works out for itself.
const SHARE: usize = 16;

/// How many findings of one text said the same so far: what tells those of its documents apart.
pub type Told = FxHashMap<String, usize>;

/// Evaluates a plan on a tenant. `name` tells tenants of one run apart in fingerprints, and `told` those of one text,
/// which are evaluated in their order. Within a pool of threads, and if `shared` says so, its threads share the rules;
/// the outcome is the same.
pub fn evaluate(plan: &Plan<'_>, tenant: &Tenant<'_>, name: &str, told: &mut Told, shared: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut made: Vec<Made> = Vec::new();
    if shared && rayon::current_thread_index().is_some() {
        // Rules of neighbouring names cost alike: each share takes every n-th one. What is alike in rules is worked
        // out once in each share, so there are no more of them than threads.
        let shares = plan.rules.len().div_ceil(SHARE).clamp(1, rayon::current_num_threads());
        let share = |at: usize| evaluate_rules(plan, tenant, plan.rules.iter().skip(at).step_by(shares));
        let parts: Vec<_> = (0..shares).into_par_iter().map(share).collect();
        let (mut verdicts, mut steps) = (Vec::new(), Vec::new());
        for (part, found) in parts {
            verdicts.push(part.verdicts.into_iter());
            steps.push(part.steps.into_iter());
            outcome.given_up.extend(part.given_up);
            outcome.spoilt.extend(part.spoilt);
            outcome.covered.extend(part.covered);
            made.extend(found);
        }
        outcome.verdicts = in_turn(verdicts);
        outcome.steps = in_turn(steps);
        outcome.given_up.sort_by(|a, b| a.0.cmp(&b.0));
        outcome.spoilt.sort_by(|a, b| a.1.cmp(&b.1));
    } else {
        (outcome, made) = evaluate_rules(plan, tenant, plan.rules.iter());
    }
    outcome.covered.sort_unstable();
    outcome.covered.dedup();
    for problem in &tenant.problems {
        let related: Vec<Related> = problem
            .related
            .iter()
            .take(RELATED_LIMIT)
            .map(|(path, span, message)| Related {
                path: path.clone(),
                span: *span,
                message: plan.lang.beside(*message),
            })
            .collect();
        made.push(Made {
            stable: problem.path.clone(),
            remedied: None,
            finding: Finding {
                rule: Str::carried(problem.rule),
                kind: Kind::Invalid,
                severity: Severity::Error,
                advisory: false,
                message: problem.message.clone(),
                path: problem.path.clone(),
                span: problem.span,
                policy: None,
                asked: None,
                related_total: problem.related.len(),
                related,
                fix: None,
                missing: None,
                waiting: Vec::new(),
                shared: problem.shared,
                fingerprint: String::new(),
            },
        });
    }
    name_waiting(&mut made, std::mem::take(&mut outcome.spoilt));
    made.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    mark_shared(&mut made);
    fingerprints(&mut made, name, told);
    if plan.fixes {
        outcome.remedied = made.iter_mut().map(|made| made.remedied.take()).collect();
    }
    outcome.findings = made.into_iter().map(|made| made.finding).collect();
    outcome
}

/// One of each, again and again, until all are empty.
fn in_turn<T>(mut parts: Vec<std::vec::IntoIter<T>>) -> Vec<T> {
    let mut all = Vec::with_capacity(parts.iter().map(ExactSizeIterator::len).sum());
    loop {
        let before = all.len();
        all.extend(parts.iter_mut().filter_map(Iterator::next));
        if all.len() == before {
            return all;
        }
    }
}

/// The verdicts, steps and findings of some rules, one after another.
fn evaluate_rules<'p>(
    plan: &'p Plan<'_>,
    tenant: &Tenant<'_>,
    rules: impl Iterator<Item = &'p Planned<'p>>,
) -> (Outcome, Vec<Made>) {
    let mut machine = Machine::new(plan, tenant);
    let mut outcome = Outcome::default();
    let mut made: Vec<Made> = Vec::new();
    for planned in rules {
        if !planned.in_force {
            outcome.verdicts.push(Verdict::NotApplicable);
            if plan.steps {
                outcome.steps.push(vec![steps::out_of_force(planned.rule, plan.lang)]);
            }
            continue;
        }
        let mut run = Run::new(&mut machine, planned.rule);
        let verdict = run.rule();
        let mut raw = std::mem::take(&mut run.raw);
        let spoilt = std::mem::take(&mut run.spoilt);
        outcome.covered.append(&mut run.covered);
        outcome.verdicts.push(verdict);
        if plan.steps {
            outcome.steps.push(std::mem::take(&mut run.steps));
        }
        // A rule that fails, too, does not wait.
        for at in spoilt.into_iter().filter(|at| *at != NOWHERE && verdict == Verdict::Unknown) {
            outcome.spoilt.push((machine.find(at).path, planned.rule.id.clone()));
        }
        if raw.iter().any(|raw| raw.given_up.is_some()) {
            let mut places: Vec<(Span, Limit)> =
                raw.iter().filter_map(|raw| Some((raw.policy, raw.given_up?))).collect();
            places.sort_unstable_by_key(|(span, limit)| (span.start, *limit));
            places.dedup();
            outcome.given_up.extend(places.into_iter().map(|(span, limit)| (planned.rule.id.clone(), span, limit)));
            raw.retain(|raw| raw.given_up.is_none());
        }
        if !raw.is_empty() {
            report(&mut machine, planned.rule, raw, &mut made);
        }
    }
    (outcome, made)
}

/// The fixed order: errors first; then by place in the tenant, by rule, by place in the pack, by path.
fn order(finding: &Finding) -> (bool, u32, &str, u32, &str) {
    let error = finding.kind == Kind::Error;
    let policy = finding.policy.map_or(0, |span| span.start);
    (!error, if error { 0 } else { finding.span.start }, &finding.rule, policy, &finding.path)
}

/// Turns what a rule came to into findings: each place once.
fn report<'a>(machine: &mut Machine<'a>, rule: &Rule, raw: Vec<Raw<'a>>, into: &mut Vec<Made>) {
    let lang = machine.plan.lang;
    let checks = check_places(rule);
    let ordinal = |span: Span| checks.binary_search(&span.start).unwrap_or_else(|at| at);
    let mut violated: FxHashSet<String> = FxHashSet::default();
    let mut found: Vec<(Raw<'a>, place::Found)> = Vec::with_capacity(raw.len());
    for raw in raw {
        let place = if raw.at == NOWHERE {
            place::Found {
                path: String::new(),
                span: raw.policy,
                stable: String::new(),
                related: Vec::new(),
                aliased: false,
                cell: None,
                missing: None,
            }
        } else {
            machine.find(raw.at)
        };
        if raw.kind == Kind::Violation {
            violated.insert(place.path.clone());
        }
        found.push((raw, place));
    }
    // Unknowns at one place, errors at one place of the pack, and findings of one check at one place are one each.
    let mut seen: FxHashMap<(Kind, u32, String), usize> = FxHashMap::default();
    for (raw, place) in found {
        if raw.kind == Kind::Unknown && violated.contains(&place.path) {
            continue;
        }
        let key = match raw.kind {
            Kind::Unknown => (Kind::Unknown, 0, place.path.clone()),
            Kind::Error => (Kind::Error, raw.policy.start, String::new()),
            kind => (kind, raw.policy.start, place.path.clone()),
        };
        let mut related: Vec<Related> = place
            .related
            .iter()
            .map(|(path, span, message)| Related { path: path.clone(), span: *span, message: lang.beside(*message) })
            .collect();
        for (at, message) in &raw.related {
            let (path, span) = machine.place_of(*at);
            // The loop element that a finding lies in needs no word of its own.
            if *message == Beside::ForThisOne && (path.is_empty() || place.path.starts_with(&path)) {
                continue;
            }
            if path != place.path && !related.iter().any(|known| known.path == path) {
                related.push(Related { path, span, message: lang.beside(*message) });
            }
        }
        if let Some(&at) = seen.get(&key) {
            if let Some(before) = into.get_mut(at).map(|made| &mut made.finding) {
                merge(before, &raw, related);
            }
            continue;
        }
        seen.insert(key, into.len());
        let total = related.len() + raw.hidden;
        related.truncate(RELATED_LIMIT);
        let (fix, remedied) = raw.fix.as_ref().and_then(|remedy| machine.fix(remedy)).unzip();
        let remedied = remedied.flatten();
        let missing = if raw.kind == Kind::Unknown {
            // Of what only the calendar leaves open, nothing is missing.
            raw.missing.and_then(|at| place.missing.clone().or_else(|| machine.find(at).missing))
        } else {
            None
        };
        into.push(Made {
            stable: format!("{}#{}", place.stable, ordinal(raw.policy)),
            remedied,
            finding: Finding {
                rule: rule.id.clone(),
                kind: raw.kind,
                severity: raw.severity,
                advisory: rule.enforcement == Enforcement::Advisory,
                message: raw.message,
                path: place.path,
                span: place.span,
                policy: Some(raw.policy),
                asked: raw.asked,
                related,
                related_total: total,
                fix,
                missing,
                waiting: Vec::new(),
                shared: place.aliased,
                fingerprint: String::new(),
            },
        });
    }
}

/// Takes a further finding of the same place into the first one: the most severe severity, the first place of the pack.
fn merge(before: &mut Finding, raw: &Raw<'_>, related: Vec<Related>) {
    if before.kind != Kind::Violation {
        before.severity = before.severity.max(raw.severity);
        if before.policy.is_none_or(|span| raw.policy.start < span.start) {
            before.policy = Some(raw.policy);
            before.asked = raw.asked;
            before.message.clone_from(&raw.message);
        }
    }
    for one in related {
        if before.related.iter().any(|known| known.path == one.path) {
            continue;
        }
        before.related_total += 1;
        if before.related.len() < RELATED_LIMIT {
            before.related.push(one);
        }
    }
}

/// Where the checks of a rule begin, in their order: a check keeps its number while its text moves.
fn check_places(rule: &Rule) -> Vec<u32> {
    fn walk(statements: &[Stmt], into: &mut Vec<u32>) {
        for statement in statements {
            match statement {
                Stmt::Let(..) => {}
                Stmt::For(item) => {
                    into.push(item.span.start);
                    walk(&item.body, into);
                }
                Stmt::If(item) => {
                    walk(&item.then, into);
                    walk(&item.otherwise, into);
                }
                Stmt::Check(check) => into.push(check.span.start),
                Stmt::Grants(grants) => {
                    into.push(grants.span.start);
                    into.extend(grants.most.as_ref().map(|(_, span)| span.start));
                }
                Stmt::Threshold(threshold) => {
                    into.push(threshold.span.start);
                    for band in &threshold.bands {
                        into.push(band.span.start);
                        if let Asks::Block(statements) = &band.asks {
                            walk(statements, into);
                        }
                    }
                }
            }
        }
    }
    let mut places = Vec::new();
    walk(&rule.body, &mut places);
    places.sort_unstable();
    places.dedup();
    places
}

/// Names the rules that are unknown because of what is invalid where that is reported: at its own path, or at the nearest
/// one around it.
fn name_waiting(made: &mut [Made], spoilt: Vec<(String, Str)>) {
    let mut invalid: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, made) in made.iter().enumerate().filter(|(_, made)| made.finding.kind == Kind::Invalid) {
        invalid.entry(&made.finding.path).or_insert(at);
    }
    let mut waits: FxHashSet<(usize, Str)> = FxHashSet::default();
    let mut waiting: Vec<(usize, Str)> = Vec::new();
    for (path, rule) in spoilt {
        let inner = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
        let mut around = std::iter::once(path.len()).chain(inner.collect::<Vec<_>>().into_iter().rev()).chain([0]);
        let nearest = around.find_map(|end| invalid.get(path.get(..end)?)).copied();
        if let Some(at) = nearest
            && waits.insert((at, rule.clone()))
        {
            waiting.push((at, rule));
        }
    }
    for (at, rule) in waiting {
        if let Some(made) = made.get_mut(at) {
            made.finding.waiting.push(rule);
        }
    }
}

/// Findings of one check whose value is written once and used at several paths stand in a shared, anchored value.
fn mark_shared(made: &mut [Made]) {
    let key = |finding: &Finding| (finding.span, finding.rule.clone(), finding.policy);
    let shared: FxHashSet<_> = made.iter().filter(|made| made.finding.shared).map(|made| key(&made.finding)).collect();
    if shared.is_empty() {
        return;
    }
    for made in made {
        if !made.finding.shared && shared.contains(&key(&made.finding)) {
            made.finding.shared = true;
        }
    }
}

/// A fingerprint tells findings of a run apart and stays while unrelated parts change: of equal ones it is their number
/// that counts, not that of their document.
fn fingerprints(made: &mut [Made], name: &str, told: &mut Told) {
    for made in made {
        let finding = &mut made.finding;
        let identity = format!("{name}\0{}\0{}\0{}", finding.rule, finding.kind.word(), made.stable);
        let count = told.entry(identity.clone()).or_insert(0);
        let hash = blake3::hash(format!("{identity}\0{count}").as_bytes());
        *count += 1;
        finding.fingerprint = hash.to_hex().chars().take(24).collect();
    }
}
