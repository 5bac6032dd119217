//! Owns mutation testing: each part of a policy is altered in turn, and the tests must notice. It must never know what alterations there are.
//!
//! What a test notices is what it would fail by: `compare` decides, as it does for the tests themselves.

use crate::string::Str;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::comment;
use super::mutants::{self, Alteration, Change, Item};
use super::{Found, Page, TestText, Wanted, compare, found, nulls};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::{self, Document};
use crate::eval;
use crate::lang::Lang;
use crate::plan::{Alike, Plan, Planned, in_force};
use crate::policy::Policy;
use crate::schema::Const;
use crate::session::Tick;
use crate::source::{Sources, Span};
use crate::syntax::format::{Comment, comments};
use crate::tenant::{self, Tenant};

/// An alteration that no test noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Survivor {
    /// What was altered.
    pub change: Change,
    /// Where it is written in its pack.
    pub span: Span,
    /// What became of it.
    pub text: String,
    /// No test runs a rule that it is part of.
    pub untested: bool,
}

/// What became of the alterations of a pack.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mutation {
    /// The pack.
    pub pack: String,
    /// How many alterations there were.
    pub all: usize,
    /// How many of those that went unnoticed are explained in the pack.
    pub explained: usize,
    /// The others, in the order of the text.
    pub survivors: Vec<Survivor>,
    /// Explanations that explain nothing, or are not written as they should be.
    pub stale: Vec<Diagnostic>,
}

/// A tenant of the tests, ready to be run again and again.
struct Ready<'t> {
    tenant: Tenant<'t>,
    page: &'t Page<'t>,
    root: &'t document::Root,
    as_of: i32,
    params: Vec<Const>,
    most_steps: u64,
    /// The rules that it tests, by their place in the policy.
    rules: FxHashSet<usize>,
    wanted: FxHashMap<usize, Vec<Wanted>>,
    nulls: FxHashMap<String, Span>,
}

/// The document of a test.
pub(super) struct Read {
    document: Document,
    pack: String,
    base: u32,
}

/// Reads tests again: those that passed. What cannot be read was told already.
pub(super) fn read(sources: &mut Sources, texts: Vec<TestText>, request: &super::Request) -> Vec<Read> {
    let read = |TestText { pack, name, bytes }: TestText| {
        let base = u32::try_from(sources.next_offset()).ok()?;
        let document = document::load(sources, name, bytes, request.limits).ok()?;
        Some(Read { document, pack, base })
    };
    texts.into_iter().filter_map(read).collect()
}

/// Alters the packs that were named, part by part, and runs what tests there are of each part.
pub(super) fn run(
    policy: &Policy,
    named: &[bool],
    sources: &Sources,
    read: &[Read],
    request: &super::Request,
    tick: Tick<'_>,
) -> Vec<Mutation> {
    let pages: Vec<(&Read, Page<'_>)> = read
        .iter()
        .filter_map(|read| {
            let file = sources.file(read.base)?;
            let scalars = comment::scalars(&read.document, file);
            let comments = comment::scan(file, &scalars);
            Some((read, Page { file, pack: &read.pack, scalars, comments }))
        })
        .collect();
    let ready: Vec<Ready<'_>> = pages.iter().flat_map(|(read, page)| prepare(policy, read, page, request)).collect();
    let items = items(policy, named);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let of = items.len();
    let went: Vec<Vec<(Alteration, Fate)>> = items
        .par_iter()
        .map_init(
            || policy.clone(),
            |altered, (item, rules)| {
                let fates = fates(policy, altered, *item, rules, &ready);
                tick(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, of);
                fates
            },
        )
        .collect();
    let mut mutations: Vec<Mutation> = Vec::new();
    for (pack, _) in named.iter().enumerate().filter(|(_, named)| **named) {
        let own = items.iter().zip(&went).filter(|((item, _), _)| pack_of(policy, *item) == Some(pack));
        let mut fates: Vec<&(Alteration, Fate)> = own.flat_map(|(_, went)| went).collect();
        fates.sort_by_key(|(alteration, _)| alteration.span);
        if !fates.is_empty() {
            mutations.push(explained(policy, sources, pack, &fates));
        }
    }
    mutations
}

/// What became of an alteration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Noticed,
    Unnoticed,
    Untested,
}

/// The items of the packs that were named, and the rules that each is part of.
fn items(policy: &Policy, named: &[bool]) -> Vec<(Item, Vec<usize>)> {
    let uses: Vec<_> = policy.rules.iter().map(|rule| policy.uses(rule)).collect();
    let by = |has: &dyn Fn(&crate::policy::Uses) -> bool| -> Vec<usize> {
        uses.iter().enumerate().filter(|(_, uses)| has(uses)).map(|(at, _)| at).collect()
    };
    let is = |pack: usize| named.get(pack) == Some(&true);
    let mut items = Vec::new();
    items.extend((0..policy.rules.len()).map(|at| (Item::Rule(at), vec![at])));
    items.extend((0..policy.lets.len()).map(|at| (Item::Let(at), by(&|uses| uses.lets.contains(&at)))));
    items.extend((0..policy.defines.len()).map(|at| (Item::Define(at), by(&|uses| uses.defines.contains(&at)))));
    items.extend((0..policy.params.len()).map(|at| (Item::Param(at), by(&|uses| uses.params.contains(&at)))));
    items.retain(|(item, _)| pack_of(policy, *item).is_some_and(is));
    items
}

fn pack_of(policy: &Policy, item: Item) -> Option<usize> {
    match item {
        Item::Rule(at) => policy.rules.get(at).map(|item| item.pack),
        Item::Let(at) => policy.lets.get(at).map(|item| item.pack),
        Item::Define(at) => policy.defines.get(at).map(|item| item.pack),
        Item::Param(at) => policy.params.get(at).map(|item| item.pack),
    }
}

/// The tenants of a test.
fn prepare<'t>(policy: &'t Policy, read: &'t Read, page: &'t Page<'t>, request: &super::Request) -> Vec<Ready<'t>> {
    let roots = read.document.roots();
    let starts = comment::documents(page.file, roots);
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    let one = |((start, end), root): ((usize, usize), &'t document::Root)| {
        let own: Vec<comment::Comment> =
            page.comments.iter().filter(|comment| (start..end).contains(&comment.start)).copied().collect();
        let content = root.node.map_or(end, |_| root.start.start.saturating_sub(page.file.base()) as usize);
        let (head, _) = comment::head(page.file, &own, content, page.pack);
        let plan = super::plan(policy, request, &head, page.pack).ok()?;
        let at = |id: &str| policy.rules.iter().position(|rule| rule.id == id);
        let rules = plan.rules.iter().filter_map(|planned| at(&planned.rule.id)).collect();
        let mut wanted: FxHashMap<usize, Vec<Wanted>> = FxHashMap::default();
        for comment in &own {
            for one in comment::expected(page.file, comment, page.pack).map(|(_, rules, _)| rules).unwrap_or_default() {
                wanted.entry(at(&one.rule).unwrap_or(usize::MAX)).or_default().push(one);
            }
        }
        let tenant = tenant::bind(&read.document, root, &policy.schema, Lang::En);
        let nulls = nulls(&tenant);
        let (as_of, params, most_steps) = (plan.as_of, plan.params, plan.most_steps);
        Some(Ready { tenant, page, root, as_of, params, most_steps, rules, wanted, nulls })
    };
    starts.iter().copied().zip(ends).zip(roots).filter_map(one).collect()
}

/// What becomes of each alteration of an item. `altered` is left as it was.
fn fates(
    policy: &Policy,
    altered: &mut Policy,
    item: Item,
    rules: &[usize],
    ready: &[Ready<'_>],
) -> Vec<(Alteration, Fate)> {
    let tests: Vec<(&Ready<'_>, usize)> = ready
        .iter()
        .flat_map(|ready| rules.iter().filter(|rule| ready.rules.contains(rule)).map(move |rule| (ready, *rule)))
        .collect();
    let alterations = mutants::alterations(altered, item);
    let fate = |alteration: &Alteration, altered: &mut Policy| {
        if tests.is_empty() {
            return Fate::Untested;
        }
        for form in alteration.forms.clone() {
            mutants::alter(altered, &policy.schema, item, form);
            let noticed = tests.iter().any(|(ready, rule)| notices(policy, altered, ready, *rule));
            restore(policy, altered, item);
            if noticed {
                return Fate::Noticed;
            }
        }
        Fate::Unnoticed
    };
    alterations.into_iter().map(|alteration| (alteration.clone(), fate(&alteration, altered))).collect()
}

fn restore(policy: &Policy, altered: &mut Policy, item: Item) {
    fn copy<T: Clone>(from: &[T], into: &mut [T], at: usize) {
        if let (Some(from), Some(into)) = (from.get(at), into.get_mut(at)) {
            into.clone_from(from);
        }
    }
    match item {
        Item::Rule(at) => copy(&policy.rules, &mut altered.rules, at),
        Item::Let(at) => copy(&policy.lets, &mut altered.lets, at),
        Item::Define(at) => copy(&policy.defines, &mut altered.defines, at),
        Item::Param(at) => copy(&policy.params, &mut altered.params, at),
    }
}

/// Whether a test would fail by what a rule finds now.
fn notices(policy: &Policy, altered: &Policy, ready: &Ready<'_>, rule: usize) -> bool {
    let Some(asked) = altered.rules.get(rule) else { return false };
    // A parameter that the test sets itself is not altered by what its pack says.
    let set = policy.params.iter().zip(&altered.params).zip(&ready.params);
    let params = set.map(|((was, is), set)| if *set == was.value { is.value.clone() } else { set.clone() }).collect();
    let plan = Plan {
        policy: altered,
        as_of: ready.as_of,
        params,
        alike: Alike::default(),
        rules: vec![Planned { rule: asked, in_force: in_force(altered, asked, ready.as_of) }],
        most_steps: ready.most_steps,
        steps: false,
        cover: false,
        fixes: false,
        lang: Lang::En,
    };
    let mut outcome = eval::evaluate(&plan, &ready.tenant, ready.page.file.name(), &mut eval::Told::default(), false);
    if !outcome.given_up.is_empty() {
        return true;
    }
    outcome.findings.retain(|finding| finding.rule == asked.id);
    let found: Vec<Found> = found(ready.page, ready.root, outcome.findings, None, &ready.nulls);
    let wanted = ready.wanted.get(&rule).map_or(&[][..], Vec::as_slice);
    !compare::compare(wanted, &found, |_| String::new()).is_empty()
}

// ---- explanations ------------------------------------------------------------------------------------------------

/// `# mutants: bound, where because REASON`, at the end of the line or above it.
struct Explanation {
    changes: Vec<Change>,
    /// The lines of its file that it speaks for.
    line: u32,
    file: u32,
    span: Span,
    used: bool,
}

const FORM: &str = "an unnoticed alteration is explained by `# mutants: bound, where because REASON`, at the end of its line or above it";

/// Sets what went unnoticed against what the pack explains.
fn explained(policy: &Policy, sources: &Sources, pack: usize, fates: &[&(Alteration, Fate)]) -> Mutation {
    let mut mutation = Mutation {
        pack: policy.packs.get(pack).map_or_else(String::new, Str::to_string),
        all: fates.len(),
        ..Mutation::default()
    };
    let mut bases: Vec<u32> =
        fates.iter().filter_map(|(alteration, _)| Some(sources.file(alteration.span.start)?.base())).collect();
    bases.dedup();
    let mut explanations = Vec::new();
    for base in bases {
        let Some(file) = sources.file(base) else { continue };
        for Comment { text, start: at, alone } in comments(file.text()) {
            let Some(said) = text.trim_start_matches('#').trim_start().strip_prefix("mutants:") else { continue };
            let start = base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let span = Span::new(start, start.saturating_add(u32::try_from(text.len()).unwrap_or(0)));
            let line = file.position_line(at as u32) + u32::from(alone);
            match parse(said, span) {
                Ok(changes) => explanations.push(Explanation { changes, line, file: base, span, used: false }),
                Err(error) => mutation.stale.push(*error),
            }
        }
    }
    // Explanations above one another speak for the line below them all.
    for at in (1..explanations.len()).rev() {
        if let Some([one, next]) = explanations.get_mut(at - 1..=at)
            && one.file == next.file
            && sources.position(next.span.start).is_some_and(|place| place.line == one.line)
            && next.line == one.line + 1
        {
            one.line = next.line;
        }
    }
    for (alteration, fate) in fates {
        if *fate == Fate::Noticed {
            continue;
        }
        let line = sources.position(alteration.span.start).map(|place| place.line);
        let base = sources.file(alteration.span.start).map(|file| file.base());
        let speaks = |one: &&mut Explanation| {
            Some(one.line) == line && Some(one.file) == base && one.changes.contains(&alteration.change)
        };
        match explanations.iter_mut().find(speaks) {
            Some(explanation) => {
                explanation.used = true;
                mutation.explained += 1;
            }
            None => mutation.survivors.push(Survivor {
                change: alteration.change,
                span: alteration.span,
                text: alteration.text.clone(),
                untested: *fate == Fate::Untested,
            }),
        }
    }
    let idle = explanations.iter().filter(|explanation| !explanation.used);
    mutation.stale.extend(idle.map(|explanation| {
        Diagnostic::error("test/mutants", explanation.span, "this explains no alteration that goes unnoticed")
            .help("the tests notice what it speaks of: take the comment out, or see that it stands on the right line")
    }));
    mutation.stale.sort_by_key(|stale| stale.span);
    mutation
}

fn parse(said: &str, span: Span) -> Result<Vec<Change>, Box<Diagnostic>> {
    let wrong = |message: String| Box::new(Diagnostic::error("test/mutants", span, message).help(FORM));
    let (changes, reason) = said.split_once(" because ").ok_or_else(|| wrong("it is not said why".into()))?;
    if reason.trim().is_empty() {
        return Err(wrong("it is not said why".into()));
    }
    let change = |word: &str| {
        let word = word.trim();
        Change::ALL.into_iter().find(|change| change.word() == word).ok_or_else(|| {
            let error = *wrong(format!("nothing that is altered is called `{word}`"));
            Box::new(error.help_if(did_you_mean(word, Change::ALL.map(Change::word))))
        })
    };
    changes.split(',').map(change).collect()
}
