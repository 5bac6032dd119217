//! Owns the whole way in memory, from texts to a report, in one function from top to bottom. It must never read a file or the clock.
//!
//! The command line, the tests of packs and the editor all go this way, so they cannot disagree.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::check::check;
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::document::{self, Document, Limits, Problem};
use crate::eval;
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

mod params;

pub use params::Param;

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
    /// How many elements the lists of one rule may give at one tenant; [`MOST_STEPS`](crate::plan::MOST_STEPS) where
    /// none is given.
    pub max_steps: Option<u64>,
    /// How many threads may work; as many as the machine has where none is given.
    pub threads: Option<usize>,
    /// Tell how each verdict comes about.
    pub steps: bool,
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
}

/// Called, from any thread, with how many of how many tenants are done.
pub type Tick<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The stack of the thread that loads policies.
pub(crate) const LOAD_STACK: usize = 256 << 20;
/// How deep policies may go to be checked on the stack at hand: a thread of its own costs more than all of them.
const SHALLOW: u32 = 64;
/// The stack of a thread that checks tenants.
pub(crate) const WORK_STACK: usize = 64 << 20;

/// From how many bytes times rules on the rules of one tenant are shared among threads.
const WORTH_SHARING: usize = 20_000_000;

/// Packs that are checked together, and fit to be used.
#[derive(Debug)]
pub struct Loaded {
    /// What they say.
    pub policy: Policy,
    /// Of each pack of the policy, whether its rules run.
    pub named: Vec<bool>,
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
    report.errors.append(&mut packs.errors);
    if !report.errors.is_empty() {
        // What does not parse would be missed everywhere: names that are not found would only hide it.
        return None;
    }
    let sources = &packs.packs;
    let checked = match packs.checked.take() {
        Some(policy) => Ok((policy, Vec::new())),
        None if syntax::is_shallow(sources.iter().flat_map(|source| &source.files), SHALLOW) => here(|| check(sources)),
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
    let (errors, warnings) = diagnostics.into_iter().partition(|found| found.level == Level::Error);
    report.errors = errors;
    report.warnings = warnings;
    if report.errors.is_empty() {
        for locale in &packs.locales {
            report.errors.extend(locale::apply(&mut policy, locale, locale.lang == packs.lang));
        }
    }
    report.errors.is_empty().then(|| Loaded { policy, named: packs.named.clone() })
}

/// Checks tenants against packs.
///
/// What is wrong with packs, parameters or inputs is among the report's errors; what could be checked all the same is
/// reported. The same input gives the same outcome, whatever the number of threads.
pub fn run(mut packs: Packs, tenants: Vec<TenantText>, request: &Request, tick: Tick<'_>) -> Outcome {
    let mut report = Report { as_of: format_date(request.as_of), ..Report::default() };
    let loaded = load(&mut packs, &mut report);
    // The trees have been checked: tenants need their memory.
    drop(packs.packs);
    let mut sources = packs.sources;
    let Some(Loaded { mut policy, named }) = loaded else {
        return Outcome { sources, report, ..Outcome::default() };
    };

    // A pack that others only use lends its types, values and laws.
    policy.rules.retain(|rule| named.get(rule.pack) == Some(&true));
    let plan = match plan(&policy, request) {
        Ok(plan) => plan,
        Err(errors) => {
            report.errors.extend(errors);
            return Outcome { sources, report, ..Outcome::default() };
        }
    };
    report.rules = plan.rules.iter().map(|planned| rule_info(&policy, planned.rule)).collect();

    let work = Work { plan: &plan, limits: request.limits, done: AtomicUsize::new(0), of: tenants.len(), tick };
    let placed = place(&sources, tenants);
    for checked in work.all(placed, request.threads, &mut report.errors) {
        if checked.points_somewhere() {
            sources.absorb(checked.sources);
        }
        report.tenants.extend(checked.tenants);
        report.errors.extend(checked.errors);
        report.warnings.extend(checked.warnings);
    }
    Outcome { sources, report, policy }
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
            return Ok(Plan { params, most_steps, steps: request.steps, lang: request.lang, ..plan });
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
            let ids = policy.rules.iter().map(|rule| rule.id.as_str());
            Diagnostic::bare("input/no-rule", format!("no rule is called `{glob}`"))
                .help("a rule is called `pack/rule`: `cerco explain` lists those that there are")
                .help_if(did_you_mean(&glob, ids))
        }
    }
}

/// Gives each text the stretch of offsets that it will take, so that threads need not wait for each other.
fn place(sources: &Sources, tenants: Vec<TenantText>) -> Vec<(u64, TenantText)> {
    let mut at = sources.next_offset();
    tenants
        .into_iter()
        .map(|text| {
            let start = at;
            at += text.files.iter().map(|(_, bytes)| bytes.len() as u64 + 1).sum::<u64>().max(1);
            (start, text)
        })
        .collect()
}

/// What became of one text.
#[derive(Default)]
struct Checked {
    sources: Sources,
    tenants: Vec<TenantReport>,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
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
    limits: Limits,
    done: AtomicUsize,
    of: usize,
    tick: Tick<'a>,
}

impl Work<'_> {
    /// Checks all texts; what comes out stands in their order.
    fn all(&self, texts: Vec<(u64, TenantText)>, threads: Option<usize>, errors: &mut Vec<Diagnostic>) -> Vec<Checked> {
        // One tenant takes more threads than one only where there is work for them: they share its rules.
        let bytes: usize = texts.iter().flat_map(|(_, text)| &text.files).map(|(_, bytes)| bytes.len()).sum();
        let most = match texts.len() {
            0 | 1 if bytes.saturating_mul(self.plan.rules.len()) < WORTH_SHARING => 1,
            0 | 1 => self.plan.rules.len(),
            several => several,
        };
        let threads = threads.unwrap_or_else(available).clamp(1, most.max(1));
        let pool = (threads > 1)
            .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(WORK_STACK).build().ok())
            .flatten();
        let checked = on_a_stack(WORK_STACK, || match pool {
            Some(pool) => pool.install(|| texts.into_par_iter().map(|(start, text)| self.one(start, text)).collect()),
            None => texts.into_iter().map(|(start, text)| self.one(start, text)).collect(),
        });
        checked.unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        })
    }

    /// From one text to the reports of its tenants. Its document is given up here.
    fn one(&self, start: u64, text: TenantText) -> Checked {
        let TenantText { name, files, joined } = text;
        let mut checked = Checked::default();
        match u32::try_from(start) {
            Ok(start) => {
                checked.sources = Sources::starting_at(start);
                let (document, problems) = read(&mut checked.sources, files, joined, self.limits);
                checked.errors.extend(problems.iter().map(diagnostic));
                if let Some(document) = document {
                    self.document(&name, &document, &mut checked);
                }
            }
            Err(_) => checked.errors.push(diagnostic(&Problem::TooMuchText { span: Span::default() })),
        }
        (self.tick)(self.done.fetch_add(1, Ordering::Relaxed) + 1, self.of);
        checked
    }

    fn document(&self, name: &str, document: &Document, checked: &mut Checked) {
        checked.warnings.extend(warnings(document));
        for (index, root) in document.roots().iter().enumerate().filter(|(_, root)| root.sound) {
            if root.expanded > u64::from(self.limits.nodes) {
                checked.errors.push(
                    Diagnostic::error(
                        "input/too-many",
                        root.start,
                        format!(
                            "with its aliases written out the text has {} keys and values, more than the limit of {}",
                            root.expanded, self.limits.nodes
                        ),
                    )
                    .help("use fewer aliases within each other, or raise the limit with `--max-nodes`"),
                );
                continue;
            }
            let tenant = tenant::bind(document, root, &self.plan.policy.schema, self.plan.lang);
            let report = self.tenant(name, index, &tenant, &mut checked.errors);
            checked.tenants.push(report);
        }
    }

    fn tenant(&self, source: &str, index: usize, tenant: &Tenant<'_>, errors: &mut Vec<Diagnostic>) -> TenantReport {
        let eval::Outcome { verdicts, given_up, findings, steps, .. } =
            eval::evaluate(self.plan, tenant, source, index, self.of == 1);
        errors.extend(given_up.iter().map(|rule| too_many_steps(rule, source, self.plan.most_steps)));
        let invalid = findings.iter().any(|finding| finding.kind == Kind::Invalid);
        let worst = verdicts.iter().copied().chain(invalid.then_some(Verdict::Fail)).max();
        TenantReport {
            source: source.to_owned(),
            name: name_of(tenant),
            collected_at: collected_at(tenant),
            verdict: worst.map_or(Verdict::Pass, |worst| worst.max(Verdict::Pass)),
            rules: verdicts.into_iter().enumerate().map(|(rule, verdict)| RuleVerdict { rule, verdict }).collect(),
            findings,
            steps,
        }
    }
}

/// A rule that was given up: what it asks costs more than the limit.
pub(crate) fn too_many_steps((rule, span): &(String, Span), tenant: &str, limit: u64) -> Diagnostic {
    let limit = Num::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    let message = format!("{rule} goes through more elements of {tenant} than the limit of {limit}");
    Diagnostic::error("limit/steps", *span, message)
        .labelled("given up here")
        .help("go through fewer lists within each other, or raise the limit with `--max-steps`")
}

/// What can be read of a file or folder, and what is wrong with it.
fn read(
    sources: &mut Sources,
    mut files: Vec<(String, Vec<u8>)>,
    joined: bool,
    limits: Limits,
) -> (Option<Document>, Vec<Problem>) {
    match files.pop() {
        Some((name, bytes)) if !joined => {
            let (document, problems) = document::load_readable(sources, name, bytes, limits);
            (Some(document), problems)
        }
        last => {
            files.extend(last);
            match document::load_joined(sources, files, limits) {
                Ok(document) => (Some(document), Vec::new()),
                Err(problems) => (None, problems),
            }
        }
    }
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
        Diagnostic::error("input/tag", warning.span(), warning.to_string()).warning().help(warning.help())
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
        Data::Record(base, id) if record != NO_CELL => schema
            .records
            .get(usize::from(id))
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
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(size).spawn_scoped(scope, work) {
        Ok(thread) => thread.join().map_err(|_| bug()),
        Err(error) => Err(Diagnostic::bare("internal/no-thread", format!("the system gave no thread: {error}"))
            .help("end other programs, or run with fewer threads: `--threads 1`")),
    })
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
    fn what_is_checked_on_the_stack_at_hand_needs_little_of_it() {
        let parens = format!("rule a {{ title \"A\" expect {}true{} }}\n", "(".repeat(55), ")".repeat(55));
        let lets: String = (1..20).map(|at| format!("let a{at} = a{} + 1\n", at - 1)).collect();
        for text in [parens, format!("let a0 = 1\n{lets}")] {
            on_a_stack(SMALL, || loads(text)).unwrap();
        }
    }
}
