//! Owns packs' own tests: tenants whose comments say where findings belong. It must never read a file or the clock.
//!
//! A comment on the line where a finding belongs says so, and its absence says that none does:
//!
//! ```yaml
//! # as-of: 2026-11-23
//! # param: mainland-export.yearly_people=50_000
//! groups:
//!   - ref: hq-weekly
//!     settings:
//!       sync_to_drive: true   # expect: cross-border-groups/group-sync
//!       searchable:           # expect unknown: cross-border-groups/group-entry
//! ```

use crate::string::Str;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::{self, Document, Kind as Node, Limits, Root, Scalar};
use crate::edit::{self, Edit};
use crate::eval;
use crate::explain;
use crate::finding::{Finding, Kind, Report, Verdict};
use crate::pack::{Packs, locale};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::schema::push_field;
use crate::session::{self, Tick};
use crate::source::{SourceFile, Sources, Span};
use crate::tenant::{self, Data, Tenant};
use crate::value::format_date;

mod comment;
mod compare;
mod coverage;
mod mutants;
mod mutate;
mod update;

pub use coverage::{Coverage, Example, Part};
pub use mutants::Change;
pub use mutate::{Mutation, Survivor};

use comment::{Comment, Head};

/// What the schema itself finds.
const SCHEMA: [&str; 7] = [
    "schema/duplicate-key",
    "schema/enum",
    "schema/missing-field",
    "schema/range",
    "schema/reference",
    "schema/type",
    "schema/unknown-field",
];

/// The text of a test.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TestText {
    /// The pack that it tests.
    pub pack: String,
    /// Its file, for people.
    pub name: String,
    /// What the file holds.
    pub bytes: Vec<u8>,
}

/// What is asked of a run of tests.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// The date of evaluation of tests that give none, in days since 1970-01-01.
    pub today: i32,
    /// What a test's text may hold at most.
    pub limits: Limits,
    /// How many elements the lists of one rule may give at one tenant, where another number than the usual is asked for.
    pub max_steps: Option<u64>,
    /// Work out the comments after which each test passes.
    pub update: bool,
    /// Work out which rules, checks and bands have examples.
    pub coverage: bool,
    /// Alter each part of the packs, and see whether the tests notice; where they pass as they are.
    pub mutate: bool,
}

/// What became of packs' tests.
#[derive(Debug, Default)]
pub struct Tested {
    /// All texts that were read.
    pub sources: Sources,
    /// Packs that do not load, tests that cannot be read: nothing is known of them.
    pub errors: Vec<Diagnostic>,
    /// What is odd about packs and tests.
    pub warnings: Vec<Diagnostic>,
    /// The tests that could be run, in the order in which they were given.
    pub cases: Vec<Case>,
    /// Of each pack that was named and has rules, in order, which examples there are, where that was asked for.
    pub coverage: Vec<Coverage>,
    /// Of each pack that was named and has something to alter, in order, what the tests noticed; none where they fail.
    pub mutations: Vec<Mutation>,
    /// Of each locale file of a pack that was named, how much of the pack it translates.
    pub locales: Vec<locale::Coverage>,
}

/// A test that was run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Case {
    /// Its pack.
    pub pack: String,
    /// Its file, for people.
    pub name: String,
    /// What was expected and not found, or found and not expected; none where it passes.
    pub failures: Vec<Diagnostic>,
    /// Its text with the comments after which it passes, where that was asked for and differs.
    pub updated: Option<String>,
    /// What it expected and does not expect any more after that, as warnings.
    pub given_up: Vec<Diagnostic>,
}

/// A finding that a comment expects.
#[derive(Clone, Debug)]
struct Wanted {
    kind: Kind,
    rule: Str,
    line: u32,
    /// The rule's name in the comment.
    span: Span,
    /// The comment stands alone on its line.
    alone: bool,
}

/// A finding, on the line where its comment belongs.
#[derive(Clone, Debug)]
struct Found {
    kind: Kind,
    rule: Str,
    line: u32,
    /// Of what is written as nothing, the line of what lacks it, where `cerco check` places the finding.
    above: u32,
    span: Span,
    policy: Option<Span>,
    message: String,
}

impl Found {
    /// Whether it is where it is expected. What cannot be worked out has its place in the pack, and none in the tenant.
    fn stands(&self, wanted: &Wanted) -> bool {
        self.kind == Kind::Error || wanted.line == self.line || wanted.line == self.above
    }

    fn comment(&self) -> String {
        update::text(&[(self.kind, &self.rule)]).unwrap_or_default()
    }
}

/// Runs tests by the packs that they belong to. The packs are checked once; the same input gives the same outcome.
pub fn run(mut packs: Packs, texts: Vec<TestText>, request: &Request, tick: Tick<'_>) -> Tested {
    let mut report = Report::default();
    let loaded = session::load(&mut packs, &mut report);
    let mut tested =
        Tested { sources: packs.sources, errors: report.errors, warnings: report.warnings, ..Tested::default() };
    let Some(mut loaded) = loaded else { return tested };
    let of_named = packs.locales.iter().filter(|locale| loaded.named.get(locale.pack) == Some(&true));
    tested.locales = of_named.map(|locale| locale::coverage(&mut loaded.policy, locale)).collect();
    let policy = &loaded.policy;
    let of = texts.len();
    let mut tally = coverage::Tally::default();
    let again = if request.mutate { texts.clone() } else { Vec::new() };
    let ran = session::on_a_stack(session::WORK_STACK, || {
        let mut run = Run { policy, request, tested: &mut tested, tally: &mut tally };
        for (done, text) in texts.into_iter().enumerate() {
            run.file(text);
            tick(done + 1, of);
        }
    });
    tested.errors.extend(ran.err());
    let has_rules = policy.rules.iter().any(|rule| loaded.named.get(rule.pack) == Some(&true));
    if of == 0 && has_rules && tested.errors.is_empty() {
        tested.errors.push(
            Diagnostic::bare("test/none", "no test was found").help(
                "a pack's tests are tenants, `tests/*.yaml` in its folder: `cerco new rule PACK/NAME` begins one",
            ),
        );
    }
    if request.coverage {
        let named = loaded.named.iter().enumerate().filter(|(_, named)| **named);
        tested.coverage = named.map(|(pack, _)| coverage::of(policy, pack, &tally)).collect();
        // A pack of types or laws has nothing to show.
        tested.coverage.retain(|pack| !pack.parts.is_empty());
    }
    let sound = tested.errors.is_empty() && tested.cases.iter().all(|case| case.failures.is_empty());
    if request.mutate && sound {
        let read = mutate::read(&mut tested.sources, again, request);
        let sources = &tested.sources;
        match session::on_threads(|| mutate::run(policy, &loaded.named, sources, &read, request, tick)) {
            Ok(mutations) => tested.mutations = mutations,
            Err(error) => tested.errors.push(error),
        }
    }
    tested
}

struct Run<'a> {
    policy: &'a Policy,
    request: &'a Request,
    tested: &'a mut Tested,
    tally: &'a mut coverage::Tally,
}

/// The text of a test and what stands in it beside the tenant.
struct Page<'a> {
    file: &'a SourceFile,
    pack: &'a str,
    scalars: Vec<(usize, usize)>,
    comments: Vec<Comment>,
}

/// What one document of a test came to.
#[derive(Default)]
struct Outcome {
    failures: Vec<Diagnostic>,
    given_up: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
    edits: Vec<Edit>,
}

impl Run<'_> {
    fn file(&mut self, text: TestText) {
        let TestText { pack, name, bytes } = text;
        let Ok(base) = u32::try_from(self.tested.sources.next_offset()) else {
            return self
                .tested
                .errors
                .push(session::diagnostic(&document::Problem::TooMuchText { span: Span::default() }));
        };
        let document = match document::load(&mut self.tested.sources, name.clone(), bytes, self.request.limits) {
            Ok(document) => document,
            Err(problems) => return self.tested.errors.extend(problems.iter().map(session::diagnostic)),
        };
        self.tested.warnings.extend(session::warnings(&document));
        let Some(file) = self.tested.sources.file(base) else { return };
        let scalars = comment::scalars(&document, file);
        let comments = comment::scan(file, &scalars);
        let page = Page { file, pack: &pack, scalars, comments };
        let starts = comment::documents(file, document.roots());
        let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
        let (mut all, mut edits) = (Outcome::default(), Vec::new());
        for ((start, end), root) in starts.iter().copied().zip(ends).zip(document.roots()) {
            let came = one(self.policy, self.request, self.tally, &page, &document, root, (start, end));
            all.failures.extend(came.failures);
            all.given_up.extend(came.given_up);
            all.errors.extend(came.errors);
            edits.extend(came.edits);
        }
        let updated = (self.request.update && all.errors.is_empty() && !edits.is_empty())
            .then(|| edit::apply(file.text(), file.base(), &edits).0);
        if all.errors.is_empty() {
            let Outcome { failures, given_up, .. } = all;
            self.tested.cases.push(Case { pack, name, failures, updated, given_up });
        } else {
            self.tested.errors.extend(all.errors);
        }
    }
}

/// Runs a document of a test: a tenant.
fn one(
    policy: &Policy,
    request: &Request,
    tally: &mut coverage::Tally,
    page: &Page<'_>,
    document: &Document,
    root: &Root,
    (start, end): (usize, usize),
) -> Outcome {
    let file = page.file;
    let comments: Vec<Comment> =
        page.comments.iter().filter(|comment| (start..end).contains(&comment.start)).copied().collect();
    let content = root.node.map_or(end, |_| root.start.start.saturating_sub(file.base()) as usize);
    let mut outcome = Outcome::default();
    let (head, errors) = comment::head(file, &comments, content, page.pack);
    outcome.errors.extend(errors);
    let (mut written, mut wanted) = (Vec::new(), Vec::new());
    for comment in &comments {
        let Some((place, mut rules, errors)) = comment::expected(file, comment, page.pack) else { continue };
        let mut unknown: Vec<Diagnostic> = rules.iter().filter_map(|wanted| unknown_rule(policy, wanted)).collect();
        unknown.splice(0..0, errors);
        written.push(place);
        wanted.append(&mut rules);
        // What is rewritten anyway need not have been right.
        if !request.update {
            outcome.errors.extend(unknown);
        }
    }
    let plan = match plan(policy, request, &head, page.pack) {
        Ok(plan) => plan,
        Err(errors) => {
            outcome.errors.extend(errors);
            return outcome;
        }
    };
    if !outcome.errors.is_empty() {
        return outcome;
    }
    let tenant = tenant::bind(document, root, &policy.schema, plan.lang);
    let eval::Outcome { verdicts, given_up, findings, covered, .. } =
        eval::evaluate(&plan, &tenant, file.name(), &mut eval::Told::default(), false);
    outcome.errors.extend(session::gave_up(&given_up, file.name(), &plan));
    outcome.errors.extend(tenant.untold.map(|(more, first)| session::untold(more, first, file.name())));
    tally.take(&plan, &verdicts, &covered);
    let reads = head.fragment.then(|| reads(&plan));
    let found = found(page, root, findings, reads.as_ref(), &nulls(&tenant));
    if request.update {
        outcome.edits = update::edits(file, start, &written, &wanted, &found);
        outcome.given_up = compare::given_up(&wanted, &found);
    } else {
        outcome.failures = compare::compare(&wanted, &found, |wanted| why(&plan, &verdicts, wanted));
    }
    outcome
}

/// What a document is run with. What is wrong with that is said at the comment that asks for it.
fn plan<'p>(policy: &'p Policy, request: &Request, head: &Head, pack: &str) -> Result<Plan<'p>, Vec<Diagnostic>> {
    let at = |span: Span| {
        move |error: Diagnostic| match error.span {
            None => Diagnostic { span: Some(span), ..error },
            Some(place) if place == span => error,
            Some(_) => error.and_at(span, "asked for here"),
        }
    };
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    let base = session::Request {
        as_of: head.as_of.unwrap_or(request.today),
        max_steps: request.max_steps,
        ..session::Request::default()
    };
    for (glob, span) in &head.rules {
        let alone = session::Request { rules: vec![glob.clone()], ..base.clone() };
        errors.extend(session::plan(policy, &alone).err().into_iter().flatten().map(at(*span)));
        rules.push(glob.clone());
    }
    for (param, span) in &head.params {
        let param = session::Param { place: Some(*span), ..param.clone() };
        let alone = session::Request { params: vec![param], ..base.clone() };
        errors.extend(session::plan(policy, &alone).err().into_iter().flatten().map(at(*span)));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let params = head.params.iter().map(|(param, _)| param.clone()).collect();
    let own = rules.is_empty();
    let mut plan = session::plan(policy, &session::Request { params, rules, ..base })?;
    if own {
        plan.rules.retain(|planned| policy.packs.get(planned.rule.pack).is_some_and(|name| name == pack));
    }
    plan.cover = request.coverage;
    Ok(plan)
}

fn unknown_rule(policy: &Policy, wanted: &Wanted) -> Option<Diagnostic> {
    let id = wanted.rule.as_str();
    if wanted.kind == Kind::Invalid {
        let unknown = !SCHEMA.contains(&id);
        return unknown.then(|| {
            Diagnostic::error("test/no-rule", wanted.span, format!("`{id}` is nothing that the schema finds"))
                .help(format!("it finds {}", SCHEMA.join(", ")))
                .help_if(did_you_mean(id, SCHEMA))
        });
    }
    if policy.rules.iter().any(|rule| rule.id == id) {
        return None;
    }
    let error = Diagnostic::error("test/no-rule", wanted.span, format!("no rule is called `{id}`"));
    if SCHEMA.contains(&id) {
        return Some(error.help(format!("what the schema finds is expected by `# expect invalid: {id}`")));
    }
    Some(
        error
            .help("a rule is called `pack/rule`: `cerco explain` lists those that there are")
            .help_if(did_you_mean(id, policy.rules.iter().map(|rule| rule.id.as_str()))),
    )
}

/// Why a rule finds nothing more.
fn why(plan: &Plan<'_>, verdicts: &[Verdict], wanted: &Wanted) -> String {
    if wanted.kind == Kind::Invalid {
        return "what is written here fits the schema".to_owned();
    }
    let Some(at) = plan.rules.iter().position(|planned| planned.rule.id == wanted.rule) else {
        return "the rule is none of those that are tested: `# rules: …` names them, and without it all of the pack are"
            .to_owned();
    };
    let in_force = plan.rules.get(at).is_some_and(|planned| planned.in_force);
    match verdicts.get(at) {
        Some(Verdict::NotApplicable) if !in_force => {
            format!("the rule is not in force on {}: `# as-of: …` sets the date", format_date(plan.as_of))
        }
        Some(Verdict::NotApplicable) => "the rule does not apply to this tenant".to_owned(),
        Some(Verdict::Pass | Verdict::Waived) | None => "all that the rule asks holds".to_owned(),
        Some(_) => "all that the rule finds is expected elsewhere".to_owned(),
    }
}

/// The findings as a test speaks of them: those of one anchored value count once.
fn found(
    page: &Page<'_>,
    root: &Root,
    findings: Vec<Finding>,
    reads: Option<&FxHashSet<String>>,
    nulls: &FxHashMap<String, Span>,
) -> Vec<Found> {
    let mut shared = FxHashSet::default();
    findings
        .into_iter()
        .filter(|finding| {
            let left_out = finding.rule == "schema/missing-field"
                && reads.is_some_and(|reads| !reads.contains(&any_element(&finding.path)));
            !left_out
                && (!finding.shared
                    || shared.insert((finding.rule.clone(), finding.kind, finding.span, finding.policy)))
        })
        .map(|finding| {
            let at = if finding.kind == Kind::Error { root.start } else { finding.span };
            let written =
                leading(&finding.path).find_map(|path| nulls.get(path)).filter(|_| finding.kind != Kind::Error);
            Found {
                line: line(page, written.copied().unwrap_or(at)),
                above: line(page, at),
                kind: finding.kind,
                rule: finding.rule,
                span: written.copied().unwrap_or(at),
                policy: finding.policy,
                message: finding.message,
            }
        })
        .collect()
}

/// What a tenant writes as nothing (`watermark:`): the paths, and where their keys stand.
fn nulls(tenant: &Tenant<'_>) -> FxHashMap<String, Span> {
    let document = tenant.document;
    let mut found = FxHashMap::default();
    for (id, cell) in tenant.cells.iter().enumerate() {
        let (Data::Record(..), Some(node)) = (cell.data(), cell.node()) else { continue };
        let nothing =
            |value| document.kind(document.resolve(value)) == Node::Scalar && document.scalar(value) == Scalar::Null;
        for (key, _) in document.entries(node).filter(|(_, value)| nothing(*value)) {
            let mut path = tenant.place(id as tenant::CellId).path;
            push_field(&mut path, document.text(key));
            found.insert(path, document.span(key));
        }
    }
    found
}

/// A path, and those that lead to it, the longest first.
fn leading(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.rmatch_indices(['.', '[']).filter_map(|(at, _)| path.get(..at)))
}

/// The line on which a comment about a place can stand: where the place begins, or where a text of several lines ends.
fn line(page: &Page<'_>, span: Span) -> u32 {
    let start = span.start.saturating_sub(page.file.base());
    let line = page.file.position_line(start);
    let (_, end) = page.file.line_span(line);
    match comment::within(&page.scalars, end) {
        Some((begin, last)) if begin < end => page.file.position_line(last as u32),
        _ => line,
    }
}

/// All paths that the rules of a plan read, those that lead there included.
fn reads(plan: &Plan<'_>) -> FxHashSet<String> {
    let mut paths = FxHashSet::default();
    for path in plan.rules.iter().flat_map(|planned| explain::reads(plan.policy, planned.rule)) {
        let path = any_element(&path);
        paths.extend(path.match_indices(['.', '[']).filter_map(|(at, _)| path.get(..at)).map(str::to_owned));
        paths.insert(path);
    }
    paths
}

/// A path with the element left open wherever it names one.
fn any_element(path: &str) -> String {
    let (mut out, mut quoted, mut escaped, mut within) = (String::with_capacity(path.len()), false, false, false);
    for c in path.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if within => quoted = !quoted,
            '[' if !within => {
                within = true;
                out.push_str("[…]");
            }
            ']' if within && !quoted => within = false,
            c if !within => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_their_fields_alone() {
        assert_eq!(any_element(r#"groups["a]\"b"].settings[3].sync"#), "groups[…].settings[…].sync");
        assert_eq!(any_element("groups[…].ref"), "groups[…].ref");
    }
}
