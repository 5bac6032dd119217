//! Owns the whole way in memory, from texts to a report, in one function from top to bottom. It must never read a file or the clock.
//!
//! The command line, the tests of packs and the editor all go this way, so they cannot disagree.

use crate::string::Str;
use std::cell::LazyCell;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Scope, ScopedJoinHandle};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::check::{Source, check};
use crate::diagnostic::{Diagnostic, Level, did_you_mean, plain};
use crate::document::{self, Document, Limits, Problem};
use crate::eval::{self, Limit, Remedied};
use crate::finding::{Citation, Kind, Report, RuleInfo, RuleVerdict, TenantReport, Verdict};
use crate::lang::Lang;
use crate::pack::{Packs, locale};
use crate::plan::{Plan, Refusal};
use crate::policy::{Enforcement, Policy, Rule};
use crate::schema::Schema;
use crate::source::{Sources, Span};
use crate::syntax;
use crate::tenant::{self, CellId, Data, NO_CELL, ROOT_CELL, Tenant};
use crate::value::{Num, format_date};

mod fix;
mod params;

use fix::Rounds;
pub use fix::{Applied, Fixed};
pub use params::{Param, Value};

/// What is asked of a run, beside its packs and tenants.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Request {
    /// The date of evaluation, in days since 1970-01-01.
    pub as_of: i32,
    /// Parameters that are set from outside, in order: of several for one, the last counts.
    pub params: Vec<Param>,
    /// Globs over rule ids; none for all rules.
    pub rules: Vec<String>,
    /// What a tenant's text may hold at most.
    pub limits: Limits,
    /// How many steps one rule may take at one tenant; [`MOST_STEPS`](crate::plan::MOST_STEPS) where
    /// none is given.
    pub max_steps: Option<u64>,
    /// How many threads may work; as many as the machine has where none is given.
    pub threads: Option<usize>,
    /// Tell how each verdict comes about.
    pub steps: bool,
    /// Tell what the fixes of findings come to.
    pub fix: bool,
    /// The language of what is said.
    pub lang: Lang,
}

/// The text of one tenant, or of a file of several.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TenantText {
    /// The file or folder, as it was given.
    pub name: String,
    /// Its files: their names for people, and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The files are those of a folder: one tenant.
    pub joined: bool,
}

/// What became of a run, with the texts that its places lie in.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The texts that the report points into.
    pub sources: Sources,
    /// What was found, errors of packs and inputs included.
    pub report: Report,
    /// What was checked by, where anything was: to be taken apart by whoever has the time.
    pub policy: Policy,
    /// The trees that it was made of, where there are so many that this holds for them as well.
    pub trees: Vec<Source>,
    /// What fixes come to at each file, where that was asked for.
    pub fixed: Vec<Fixed>,
}

/// Called, from any thread, with how many of how many tenants are done.
pub type Tick<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The stack of the thread that loads policies.
pub(crate) const LOAD_STACK: usize = 256 << 20;
/// How deep policies may go to be checked on the stack at hand: a thread of its own costs more than all of them.
const SHALLOW: u32 = 64;
/// The stack of a thread that checks tenants.
pub(crate) const WORK_STACK: usize = 64 << 20;
/// How deep tenants may go to be checked on the stack at hand.
const SHALLOW_TENANT: u32 = 200;
/// From how many bytes on a thread costs next to nothing beside the work.
const WORTH_A_STACK: u64 = 100_000;

/// From how many bytes on a tenant is read while packs are: below that, a thread costs more than it saves.
const WORTH_READING_BESIDE: usize = 100_000;
/// Up to how many bytes: packs must have room behind it.
const MOST_READ_BESIDE: usize = 1 << 31;

/// What `check` says of names and types that nobody declares.
const UNKNOWN_NAME: &str = "policy/unknown-name";
const UNKNOWN_TYPE: &str = "policy/unknown-type";

/// How many items of policies are taken apart as soon as they are checked.
const FEW_ITEMS: usize = 500;

/// From how many bytes times rules on the rules of one tenant are shared among threads.
const WORTH_SHARING: u64 = 20_000_000;

/// Packs that are checked together, and fit to be used.
#[derive(Debug)]
pub struct Loaded {
    /// What they say.
    pub policy: Policy,
    /// Of each pack of the policy, whether its rules run.
    pub named: Vec<bool>,
    /// Whether a walk through it needs no more stack than any program has.
    pub shallow: bool,
}

/// Checks packs together. What is wrong with them, or odd, goes into the report; with errors there is no policy.
pub fn load(packs: &mut Packs, report: &mut Report) -> Option<Loaded> {
    report.packs_by_default = packs.by_default;
    report.packs = packs
        .packs
        .iter()
        .map(|pack| match &pack.version {
            Some(version) => format!("{} {version}", pack.name),
            None => pack.name.clone(),
        })
        .collect();
    // What is not there at all would be missed everywhere: names that are not found would only hide it.
    let whole = packs.errors.len() <= packs.unparsed;
    report.errors.append(&mut packs.errors);
    report.warnings.append(&mut packs.warnings);
    if !whole {
        return None;
    }
    let sources = &packs.packs;
    let stored = packs.checked.take();
    let shallow = stored.is_some() || syntax::is_shallow(sources.iter().flat_map(|source| &source.files), SHALLOW);
    let checked = match stored {
        Some(policy) => Ok((policy, Vec::new())),
        None if shallow => here(|| check(sources)),
        None => on_a_stack(LOAD_STACK, || check(sources)),
    };
    let (mut policy, diagnostics) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            report.errors.push(error);
            return None;
        }
    };
    // Messages quote what a rule asks, word for word.
    policy.texts = packs.sources.files().iter().map(|file| (file.base(), file.shared_text())).collect();
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(|found| found.level == Level::Error);
    let elsewhere = LazyCell::new(|| packs.declared_elsewhere());
    report.errors.extend(errors.into_iter().map(|error| match error.code {
        UNKNOWN_NAME | UNKNOWN_TYPE => forgotten_use(error, &packs.sources, &elsewhere),
        _ => error,
    }));
    report.errors.sort_by_key(|error| error.span.map(|span| (span.start, span.end)));
    report.warnings.extend(warnings);
    if report.errors.is_empty() {
        for locale in &packs.locales {
            report.errors.extend(locale::apply(&mut policy, locale, locale.lang == packs.lang));
        }
    }
    report.errors.is_empty().then(|| Loaded { policy, named: packs.named.clone(), shallow })
}

/// A name that nobody declares, and that a pack which is not here would: it may only have to be used.
fn forgotten_use(error: Diagnostic, texts: &Sources, elsewhere: &FxHashMap<Str, &str>) -> Diagnostic {
    let what = if error.code == UNKNOWN_TYPE { "a type" } else { "a field" };
    let name = error.span.map_or("", |span| texts.text(span));
    match elsewhere.get(name) {
        Some(pack) => error.help(format!("did you forget `use {pack}`? it has {what} `{name}`")),
        None => error,
    }
}

/// Checks tenants against packs.
///
/// What is wrong with packs, parameters or inputs is among the report's errors; what could be checked all the same is
/// reported. The same input gives the same outcome, whatever the number of threads.
pub fn run(packs: Packs, tenants: Vec<TenantText>, request: &Request, tick: Tick<'_>) -> Outcome {
    let placed = place(packs.sources.next_offset(), tenants);
    run_placed(Sources::new(), Ready::of(packs), placed, request, tick)
}

/// The same with packs that are still to be read, behind the texts of `before`: a large tenant is read at the same time.
pub fn run_beside(
    before: Sources,
    packs: impl FnOnce(Sources) -> Packs,
    tenants: Vec<TenantText>,
    request: &Request,
    tick: Tick<'_>,
) -> Outcome {
    let size = |text: &TenantText| text.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let beside = match tenants.as_slice() {
        [one] if request.threads != Some(1) => (WORTH_READING_BESIDE..MOST_READ_BESIDE).contains(&size(one)),
        _ => false,
    };
    if !beside {
        return run(packs(before), tenants, request, tick);
    }
    let mut placed = place(before.next_offset(), tenants);
    // Packs stand behind the tenant, since nobody knows yet how much room they take.
    let base = placed.iter().map(Placed::end).max().and_then(|end| u32::try_from(end).ok()).unwrap_or(u32::MAX);
    let ready = std::thread::scope(|scope| {
        // What trees take is given back where most of the rest is asked for: packs stay on this thread. Where the system
        // gives no other, the tenant is read when its turn comes.
        let _reading = spawn(scope, WORK_STACK, || placed.iter_mut().for_each(|placed| placed.read(request.limits)));
        Ready::of(packs(Sources::starting_at(base)))
    });
    run_placed(before, ready, placed, request, tick)
}

/// Packs that were read and checked, and what is to be reported of them.
struct Ready {
    packs: Packs,
    report: Report,
    loaded: Option<Loaded>,
}

impl Ready {
    fn of(mut packs: Packs) -> Ready {
        let mut report = Report::default();
        let loaded = load(&mut packs, &mut report);
        Ready { packs, report, loaded }
    }
}

fn run_placed(before: Sources, ready: Ready, tenants: Vec<Placed>, request: &Request, tick: Tick<'_>) -> Outcome {
    let Ready { mut packs, mut report, loaded } = ready;
    report.as_of = format_date(request.as_of);
    // Tenants need the memory of the trees; but to take many apart takes as long as to check them, and is left for later.
    let mut trees = std::mem::take(&mut packs.packs);
    if trees.iter().flat_map(|pack| &pack.files).map(|file| file.items.len()).sum::<usize>() <= FEW_ITEMS {
        trees.clear();
    }
    let mut sources = before;
    sources.absorb(packs.sources);
    let Some(Loaded { mut policy, named, shallow }) = loaded else {
        return Outcome { sources, report, trees, ..Outcome::default() };
    };

    // A pack that others only use lends its types, values and laws.
    policy.rules.retain(|rule| named.get(rule.pack) == Some(&true));
    // A schema alone is something to hold tenants to; without one, nothing would be checked at all.
    if policy.rules.is_empty() && policy.schema.is_empty() {
        report.errors.push(no_rules(&policy, &named));
        return Outcome { sources, report, trees, ..Outcome::default() };
    }
    let plan = match plan(&policy, request) {
        Ok(plan) => plan,
        Err(errors) => {
            report.errors.extend(errors);
            return Outcome { sources, report, trees, ..Outcome::default() };
        }
    };
    report.rules = plan.rules.iter().map(|planned| rule_info(&policy, planned.rule)).collect();

    let work =
        Work { plan: &plan, shallow, limits: request.limits, done: AtomicUsize::new(0), of: tenants.len(), tick };
    let mut fixed = Vec::new();
    for checked in work.all(tenants, request.threads, &mut report.errors) {
        if checked.points_somewhere() {
            sources.absorb(checked.sources);
        }
        fixed.extend(checked.fixed);
        report.tenants.extend(checked.tenants);
        report.errors.extend(checked.errors);
        report.warnings.extend(checked.warnings);
    }
    Outcome { sources, report, policy, trees, fixed }
}

/// Plans what a request asks for.
///
/// # Errors
/// Parameters that may not be set so, globs that select nothing.
pub fn plan<'p>(policy: &'p Policy, request: &Request) -> Result<Plan<'p>, Vec<Diagnostic>> {
    let (params, mut errors) = params::set(policy, &request.params);
    match Plan::new(policy, request.as_of, &request.rules) {
        Ok(plan) if errors.is_empty() => {
            let most_steps = request.max_steps.unwrap_or(plan.most_steps);
            return Ok(Plan {
                params,
                most_steps,
                steps: request.steps,
                fixes: request.fix,
                lang: request.lang,
                ..plan
            });
        }
        Ok(_) => {}
        Err(refusal) => errors.push(refused(policy, refusal)),
    }
    Err(errors)
}

/// What a report says of a rule.
pub fn rule_info(policy: &Policy, rule: &Rule) -> RuleInfo {
    let citations = rule.cites.iter().filter_map(|(law, article)| {
        let law = policy.laws.get(*law)?;
        Some(Citation {
            law: law.title.clone(),
            article: article.clone().unwrap_or_default(),
            issuer: law.issuer.clone(),
            url: law.url.clone(),
        })
    });
    RuleInfo {
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        rationale: rule.rationale.clone(),
        remedy: rule.remedy.clone(),
        citations: citations.collect(),
        tags: rule.tags.clone(),
        advisory: rule.enforcement == Enforcement::Advisory,
    }
}

fn refused(policy: &Policy, refusal: Refusal) -> Diagnostic {
    match refusal {
        Refusal::Glob(glob) => Diagnostic::bare("input/glob", format!("`{glob}` is no pattern of rule ids"))
            .help("`*` stands for any characters: `--rule 'cross-border/*'`"),
        Refusal::NoRule(glob) => {
            let ids = || policy.rules.iter().map(|rule| rule.id.as_str());
            let short = |id: &str| id.rsplit('/').next().is_some_and(|name| name == glob);
            let meant = ids().find(|id| short(id)).map(|id| format!("did you mean `{id}`?"));
            Diagnostic::bare("input/no-rule", format!("no rule is called `{glob}`"))
                .help("a rule is called `pack/rule`: `cerco explain` lists those that there are")
                .help_if(meant.or_else(|| did_you_mean(&glob, ids())))
        }
    }
}

/// That the packs that are named hold nothing to check by.
fn no_rules(policy: &Policy, named: &[bool]) -> Diagnostic {
    let names: Vec<String> =
        policy.packs.iter().zip(named).filter(|(_, named)| **named).map(|(name, _)| format!("`{name}`")).collect();
    let message = match names.as_slice() {
        [one] => format!("no rule was checked: the pack {one} holds none"),
        several => format!("no rule was checked: the packs {} hold none", several.join(", ")),
    };
    Diagnostic::bare("pack/no-rules", message)
        .help("name a pack with rules, too: `--pack PACK`; of a pack, only files that end in `.cerco` are read")
}

/// A text with the stretch of offsets that it will take.
struct Placed {
    start: u64,
    /// How many offsets it takes: a byte more than each of its files has.
    room: u64,
    text: TenantText,
    /// What was read of it, where it was read already; its bytes are gone then.
    read: Option<Read>,
}

/// What can be read of a text, and what is wrong with it.
#[derive(Default)]
struct Read {
    sources: Sources,
    document: Option<Document>,
    errors: Vec<Diagnostic>,
}

impl Placed {
    /// Where the next text may begin.
    fn end(&self) -> u64 {
        self.start + self.room
    }

    fn read(&mut self, limits: Limits) {
        let files = std::mem::take(&mut self.text.files);
        let read = match u32::try_from(self.start) {
            Ok(start) => here(|| read(start, files, self.text.joined, limits)),
            Err(_) => Err(diagnostic(&Problem::TooMuchText { span: Span::default() })),
        };
        self.read = Some(read.unwrap_or_else(|error| Read { errors: vec![error], ..Read::default() }));
    }
}

/// Gives each text its stretch of offsets, from `start` on, so that threads need not wait for each other.
fn place(start: u64, tenants: Vec<TenantText>) -> Vec<Placed> {
    let mut at = start;
    let placed = tenants.into_iter().map(|text| {
        let room = text.files.iter().map(|(_, bytes)| bytes.len() as u64 + 1).sum::<u64>().max(1);
        let placed = Placed { start: at, room, text, read: None };
        at = placed.end();
        placed
    });
    placed.collect()
}

/// What became of one text.
#[derive(Default)]
struct Checked {
    sources: Sources,
    tenants: Vec<TenantReport>,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    fixed: Vec<Fixed>,
}

impl Checked {
    fn points_somewhere(&self) -> bool {
        !self.errors.is_empty()
            || !self.warnings.is_empty()
            || self.tenants.iter().any(|tenant| !tenant.findings.is_empty())
    }
}

struct Work<'a> {
    plan: &'a Plan<'a>,
    shallow: bool,
    limits: Limits,
    done: AtomicUsize,
    of: usize,
    tick: Tick<'a>,
}

impl Work<'_> {
    /// Checks all texts; what comes out stands in their order.
    fn all(&self, texts: Vec<Placed>, threads: Option<usize>, errors: &mut Vec<Diagnostic>) -> Vec<Checked> {
        // One tenant takes more threads than one only where there is work for them: they share its rules.
        let bytes: u64 = texts.iter().map(|placed| placed.room).sum();
        let most = match texts.len() {
            0 | 1 if bytes.saturating_mul(self.plan.rules.len() as u64) < WORTH_SHARING => 1,
            0 | 1 => self.plan.rules.len(),
            several => several,
        };
        let threads = if most <= 1 { 1 } else { threads.unwrap_or_else(available).clamp(1, most) };
        let pool = (threads > 1)
            .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(WORK_STACK).build().ok())
            .flatten();
        let here_too = self.shallow && self.limits.depth <= SHALLOW_TENANT && bytes < WORTH_A_STACK;
        let checked = match pool {
            Some(pool) => on_a_stack(WORK_STACK, || {
                pool.install(|| texts.into_par_iter().map(|placed| self.alone(placed)).collect())
            }),
            None if here_too => Ok(texts.into_iter().map(|placed| self.alone(placed)).collect()),
            None => on_a_stack(WORK_STACK, || texts.into_iter().map(|placed| self.alone(placed)).collect()),
        };
        checked.unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        })
    }

    /// The same as [`Work::one`]; that it ends in a bug costs this text and no other.
    fn alone(&self, placed: Placed) -> Checked {
        let name = placed.text.name.clone();
        here(|| self.one(placed)).unwrap_or_else(|bug| {
            let error = Diagnostic { message: format!("{} on {name}", bug.message), ..bug };
            Checked { errors: vec![error], ..Checked::default() }
        })
    }

    /// From one text to the reports of its tenants. Its document is given up here.
    fn one(&self, mut placed: Placed) -> Checked {
        if placed.read.is_none() {
            placed.read(self.limits);
        }
        let Read { sources, document, errors } = placed.read.unwrap_or_default();
        let broken = errors.len();
        let mut checked = Checked { sources, errors, ..Checked::default() };
        if let Some(document) = document {
            let TenantText { name, joined, .. } = &placed.text;
            let mut rounds = self.plan.fixes.then(Rounds::default);
            self.document(name, &document, &mut checked, rounds.as_mut());
            drop(document);
            if let Some(rounds) = rounds {
                self.fix(name, *joined, broken, &mut checked, rounds);
            }
        }
        (self.tick)(self.done.fetch_add(1, Ordering::Relaxed) + 1, self.of);
        checked
    }

    fn document(&self, name: &str, document: &Document, checked: &mut Checked, mut rounds: Option<&mut Rounds>) {
        checked.warnings.extend(warnings(document).chain(empty(document)));
        let mut told = eval::Told::default();
        for (index, root) in document.roots().iter().enumerate().filter(|(_, root)| root.sound) {
            if root.expanded > u64::from(self.limits.nodes) {
                checked.errors.push(
                    Diagnostic::error(
                        "input/too-many",
                        root.heavy.unwrap_or(root.start),
                        format!(
                            "with its aliases written out the text has {} keys and values, more than the limit of {}",
                            Num::Int(i64::try_from(root.expanded).unwrap_or(i64::MAX)),
                            Num::Int(i64::from(self.limits.nodes))
                        ),
                    )
                    .help("use fewer aliases within each other, or raise the limit with `--max-nodes`"),
                );
                continue;
            }
            let tenant = tenant::bind(document, root, &self.plan.policy.schema, self.plan.lang);
            let number = (document.roots().len() > 1).then_some(index + 1);
            let (report, remedied) = self.tenant((name, number), &tenant, &mut told, &mut checked.errors);
            if let Some(rounds) = &mut rounds {
                rounds.take(document, index, &report.findings, &remedied);
            }
            checked.tenants.push(report);
        }
    }

    fn tenant(
        &self,
        (source, document): (&str, Option<usize>),
        tenant: &Tenant<'_>,
        told: &mut eval::Told,
        errors: &mut Vec<Diagnostic>,
    ) -> (TenantReport, Vec<Option<Remedied>>) {
        let eval::Outcome { verdicts, given_up, findings, remedied, steps, .. } =
            eval::evaluate(self.plan, tenant, source, told, self.of == 1);
        errors.extend(gave_up(&given_up, source, self.plan));
        errors.extend(tenant.untold.map(|(more, first)| untold(more, first, source)));
        let invalid = findings.iter().any(|finding| finding.kind == Kind::Invalid);
        let worst = verdicts.iter().copied().chain(invalid.then_some(Verdict::Fail)).max();
        let report = TenantReport {
            source: source.to_owned(),
            document,
            name: name_of(tenant),
            collected_at: collected_at(tenant),
            verdict: worst.map_or(Verdict::Pass, |worst| worst.max(Verdict::Pass)),
            rules: verdicts.into_iter().enumerate().map(|(rule, verdict)| RuleVerdict { rule, verdict }).collect(),
            findings,
            steps,
        };
        (report, remedied)
    }
}

/// The rules that were given up: what they ask costs more than a limit. One rule is told once, with all its places.
pub(crate) fn gave_up(given_up: &[(Str, Span, Limit)], tenant: &str, plan: &Plan<'_>) -> Vec<Diagnostic> {
    let num = |n: u64| Num::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let tell = |places: &[(Str, Span, Limit)]| {
        let ((rule, span, limit), others) = places.split_first()?;
        let error = match limit {
            Limit::Steps => {
                let most = num(plan.most_steps);
                let message = format!("{rule} takes more steps at {tenant} than the limit of {most}");
                Diagnostic::error("limit/steps", *span, message)
                    .help("go through fewer lists within each other, or raise the limit with `--max-steps`")
            }
            Limit::Memory => {
                let most = num(plan.most_bytes());
                let message =
                    format!("{rule} makes texts and lists at {tenant} of more bytes than the limit of {most}");
                Diagnostic::error("limit/memory", *span, message)
                    .help("make shorter lists, or raise the limit with `--max-steps`, which raises this one, too")
            }
        };
        let error = error.labelled("given up here");
        Some(others.iter().fold(error, |error, (_, span, _)| error.and_at(*span, "given up here too")))
    };
    given_up.chunk_by(|one, other| (&one.0, one.2) == (&other.0, other.2)).filter_map(tell).collect()
}

/// That more of a tenant does not fit its schema than is told.
pub(crate) fn untold(more: usize, first: Span, tenant: &str) -> Diagnostic {
    let more = Num::Int(i64::try_from(more).unwrap_or(i64::MAX));
    let message = format!("{more} more values of {tenant} do not fit its schema, beside those that are told");
    Diagnostic::error("limit/invalid", first, message)
        .labelled("the first of them")
        .help("put right what is told, and check again: the others are told then")
}

/// Reads a file or folder, whose first byte takes the offset `start`.
fn read(start: u32, mut files: Vec<(String, Vec<u8>)>, joined: bool, limits: Limits) -> Read {
    let mut sources = Sources::starting_at(start);
    let (document, problems) = match files.pop() {
        Some((name, bytes)) if !joined => {
            let (document, problems) = document::load_readable(&mut sources, name, bytes, limits);
            (Some(document), problems)
        }
        last => {
            files.extend(last);
            match document::load_joined(&mut sources, files, limits) {
                Ok(document) => (Some(document), Vec::new()),
                Err(problems) => (None, problems),
            }
        }
    };
    Read { sources, document, errors: problems.iter().map(diagnostic).collect() }
}

/// What is wrong with a text, as a diagnostic.
pub fn diagnostic(problem: &Problem) -> Diagnostic {
    let code = match problem.code() {
        "yaml/encoding" => "input/encoding",
        "yaml/binary" => "input/binary",
        "yaml/too-large" => "input/too-large",
        "yaml/too-deep" => "input/too-deep",
        "yaml/too-many" => "input/too-many",
        "yaml/anchor" => "input/anchor",
        "yaml/key" => "input/key",
        "yaml/recursion" => "input/recursion",
        "yaml/documents" => "input/documents",
        "yaml/set-twice" => "input/set-twice",
        "yaml/several-tenants" => "input/several-tenants",
        _ => "input/yaml",
    };
    let found = Diagnostic::error(code, problem.span(), problem.to_string()).help(problem.help());
    match problem.related() {
        Some((span, text)) => found.and_at(span, text),
        None => found,
    }
}

/// What is odd about a text, as diagnostics.
pub fn warnings(document: &Document) -> impl Iterator<Item = Diagnostic> + '_ {
    document.warnings().iter().map(|warning| {
        let code = match warning.code() {
            "yaml/version" => "input/version",
            _ => "input/tag",
        };
        Diagnostic::error(code, warning.span(), warning.to_string()).warning().help(warning.help())
    })
}

/// Documents that hold nothing: hardly anyone means to have a tenant checked of which nothing is known.
fn empty(document: &Document) -> impl Iterator<Item = Diagnostic> + '_ {
    document.roots().iter().filter(|root| root.sound && root.node.is_none()).map(|root| {
        Diagnostic::error("input/empty", root.start, "this is empty: nothing is known of the tenant")
            .warning()
            .help("write the tenant's sections into it, or leave it out")
    })
}

/// The organisation's name: `tenant.org_name`, `tenant.name` or `name`, whichever is a string first.
fn name_of(tenant: &Tenant<'_>) -> Option<String> {
    let inner = field(tenant, ROOT_CELL, "tenant");
    [field(tenant, inner, "org_name"), field(tenant, inner, "name"), field(tenant, ROOT_CELL, "name")]
        .into_iter()
        .find(|&cell| cell != NO_CELL && tenant.cell(cell) == Data::Text)
        .map(|cell| tenant.text(cell).to_owned())
}

/// The day on which the description was collected, where it says so.
fn collected_at(tenant: &Tenant<'_>) -> Option<String> {
    let cell = field(tenant, field(tenant, ROOT_CELL, "meta"), "collected_at");
    match tenant.cell(cell) {
        Data::Date(day) if cell != NO_CELL => Some(format_date(day)),
        _ => None,
    }
}

/// The cell of a field, by its name; [`NO_CELL`] where there is none.
fn field(tenant: &Tenant<'_>, record: CellId, name: &str) -> CellId {
    let schema: &Schema = tenant.schema;
    match tenant.cell(record) {
        Data::Record(base) if record != NO_CELL => schema
            .record(tenant.record_type(base))
            .and_then(|record| record.slot(name))
            .map_or(NO_CELL, |slot| tenant.slot(base, slot)),
        _ => NO_CELL,
    }
}

/// How many threads the machine has.
fn available() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does some work within a pool of as many threads as the machine has, with the stacks that work needs.
pub(crate) fn on_threads<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Diagnostic> {
    match rayon::ThreadPoolBuilder::new().num_threads(available()).stack_size(WORK_STACK).build() {
        Ok(pool) => on_a_stack(WORK_STACK, || pool.install(work)),
        Err(_) => on_a_stack(WORK_STACK, work),
    }
}

/// Does some work on a thread with a stack of that size. What goes wrong beyond all expectation is a bug, and says so.
pub(crate) fn on_a_stack<T: Send>(size: usize, work: impl FnOnce() -> T + Send) -> Result<T, Diagnostic> {
    std::thread::scope(|scope| spawn(scope, size, work).and_then(joined))
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    size: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, Diagnostic> {
    std::thread::Builder::new().stack_size(size).spawn_scoped(scope, work).map_err(|error| {
        Diagnostic::bare("internal/no-thread", format!("the system gave no thread: {}", plain(&error)))
            .help("end other programs, or run with fewer threads: `--threads 1`")
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, Diagnostic> {
    thread.join().map_err(|_| bug())
}

/// Does some work on the stack at hand; that it ends in a panic is told, as it is of a thread.
fn here<T>(work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| bug())
}

fn bug() -> Diagnostic {
    Diagnostic::bare("internal/bug", "cerco stopped in the middle of its work")
        .help("this is a bug of cerco: please report it, with the lines above and, if you can, the input")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::PackText;

    /// The stack of a small thread: a quarter of what a program's first one has. Built without optimisation, it takes more.
    const SMALL: usize = 2 << 20;

    fn loads(text: String) {
        let files = vec![("deep.cerco".to_owned(), text.into())];
        let mut packs = Packs::from_texts(vec![PackText { name: "deep".into(), manifest: None, files }]);
        let files = packs.packs.iter().flat_map(|pack| &pack.files);
        assert!(syntax::is_shallow(files.clone(), SHALLOW) && !syntax::is_shallow(files, SHALLOW * 3 / 4));
        let mut report = Report::default();
        let loaded = load(&mut packs, &mut report);
        assert_eq!(report.errors, []);
        assert!(loaded.is_some());
    }

    #[test]
    fn a_bug_at_one_tenant_costs_no_other_its_report() {
        let tenants = ["a", "b", "c"].map(|name| {
            let files = vec![(name.to_owned(), b"x-note: 1\n".to_vec())];
            TenantText { name: name.into(), files, joined: false }
        });
        let breaks = |done, _| assert_ne!(done, 2, "this stands for a bug");
        let request = Request { threads: Some(1), ..Request::default() };
        let outcome = run(Packs::load(Sources::new(), &[]), tenants.into(), &request, &breaks);
        let told: Vec<_> = outcome.report.errors.iter().map(|error| (error.code, error.message.as_str())).collect();
        assert_eq!(told, [("internal/bug", "cerco stopped in the middle of its work on b")]);
        let checked: Vec<_> = outcome.report.tenants.iter().map(|tenant| tenant.source.as_str()).collect();
        assert_eq!(checked, ["a", "c"]);
    }

    #[test]
    fn a_tenant_that_is_checked_on_the_stack_at_hand_needs_little_of_it() {
        let depth = SHALLOW_TENANT as usize - 1;
        let texts = [
            include_str!("../tests/tenants/gaming-sub-upgraded.yaml").to_owned(),
            include_str!("../tests/tenants/hengqin-builder.yaml").to_owned(),
            format!("x-deep: {}1{}\n", "[".repeat(depth - 1), "]".repeat(depth - 1)),
            (0..depth).map(|at| format!("{}x-deep:\n", "  ".repeat(at))).collect::<String>()
                + &"  ".repeat(depth)
                + "1\n",
        ];
        for text in texts {
            on_a_stack(SMALL, || {
                let tenant = |files, joined| TenantText { name: "deep".into(), files, joined };
                let file = |name: &str| (name.to_owned(), text.clone().into_bytes());
                let joined = vec![file("a.yaml"), ("b.yaml".to_owned(), b"x-other: 1\n".to_vec())];
                let tenants = vec![tenant(vec![file("deep.yaml")], false), tenant(joined, true)];
                let request = Request { fix: true, threads: Some(1), ..Request::default() };
                let outcome = run(Packs::load(Sources::new(), &[]), tenants, &request, &|_, _| {});
                assert_eq!(outcome.report.errors, []);
                assert_eq!(outcome.report.tenants.len(), 2);
            })
            .unwrap();
        }
    }

    #[test]
    fn what_is_checked_on_the_stack_at_hand_needs_little_of_it() {
        let parens = format!("rule a {{ title \"A\" expect {}true{} }}\n", "(".repeat(55), ")".repeat(55));
        let lets: String = (1..20).map(|at| format!("let a{at} = a{} + 1\n", at - 1)).collect();
        for text in [parens, format!("let a0 = 1\n{lets}")] {
            on_a_stack(SMALL, || loads(text)).unwrap();
        }
    }
}
