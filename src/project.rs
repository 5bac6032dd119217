//! Owns `cerco.yaml`, and the reading of what is checked: files, folders, standard input. It must never know what a text means.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, Kind, Limits, NodeId, Problem, Scalar};
use crate::finding::{Report, Severity};
use crate::lang::Lang;
use crate::pack::keyed::{self, At};
use crate::pack::{Named, Packs};
use crate::session::{self, Outcome, Param, TenantText, Tick};
use crate::source::{Sources, Span};
use crate::value::{format_date, parse_date};

mod locales;
mod pages;
mod read;
mod tests;

pub use locales::{LocaleFile, Locales, locales, write_locales};
pub use pages::{Differences, Pages, bring, compare, pages};
pub use tests::{Tests, test, write};

/// What is to be looked at, by which rules, as of when: as it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Files and folders as they were given, `-` for standard input; none for what `cerco.yaml` names.
    pub tenants: Vec<String>,
    /// Folders, `.cerco` files and names of embedded packs; none for what `cerco.yaml` names, or else all embedded ones.
    pub packs: Vec<String>,
    /// The date of evaluation, where one was given.
    pub as_of: Option<Date>,
    /// The day of the run, by the clock of this machine; where a date of evaluation was given, that one will do.
    pub today: Date,
    /// `--param`, in order.
    pub params: Vec<Param>,
    /// Globs over rule ids; none for all rules.
    pub rules: Vec<String>,
    /// The most bytes that one input may have, where another limit than the usual is asked for.
    pub max_bytes: Option<u64>,
    /// The most levels of a tenant, likewise.
    pub max_depth: Option<u32>,
    /// The most keys and values of a tenant, likewise.
    pub max_nodes: Option<u32>,
    /// How many elements the lists of one rule may give at one tenant, likewise.
    pub max_steps: Option<u64>,
    /// How many threads may work, where a number was given.
    pub threads: Option<usize>,
    /// Tell how each verdict comes about.
    pub steps: bool,
    /// Tell what the fixes of findings come to.
    pub fix: bool,
    /// The language of titles and messages.
    pub lang: Lang,
}

/// The keys of `cerco.yaml`.
const KEYS: [&str; 6] = ["packs", "tenants", "as_of", "params", "fail_on", "unknown"];

/// What `cerco.yaml` says; every key may be left out.
#[derive(Clone, PartialEq, Debug, Default)]
struct Configuration {
    packs: Vec<String>,
    tenants: Vec<At<String>>,
    as_of: Option<At<String>>,
    /// A value that is none is told where it would be used.
    params: Vec<(At<String>, Option<session::Value>)>,
    fail_on: Option<Severity>,
    unknown_fails: Option<bool>,
    /// The place for what concerns it as a whole.
    start: Span,
}

/// What became of a run, and what `cerco.yaml` says of its status.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found.
    pub outcome: Outcome,
    /// From which severity on a finding fails the run, where the project says it.
    pub fail_on: Option<Severity>,
    /// Whether an unknown fails it, where the project says it.
    pub unknown_fails: Option<bool>,
    /// The keys that a `cerco.yaml` sets, and that are not used because tenants or packs were named.
    pub unused: Vec<&'static str>,
}

/// A project: what `cerco.yaml` says, where one is needed, and what is wrong with that.
struct Project {
    configuration: Configuration,
    /// The folder of `cerco.yaml` as people know it, empty for this one.
    folder: PathBuf,
    found: bool,
    /// `cerco.yaml` cannot be read: what it means is not known.
    broken: bool,
    sources: Sources,
    errors: Vec<Diagnostic>,
}

/// Checks what a request asks for.
pub fn check(request: &Request, tick: Tick<'_>) -> Checked {
    let needed = request.tenants.is_empty() || request.packs.is_empty();
    let mut project = if needed { Project::nearest() } else { Project::none() };
    let mut checked = Checked {
        outcome: Outcome::default(),
        fail_on: project.configuration.fail_on,
        unknown_fails: project.configuration.unknown_fails,
        unused: if needed { project.unused(request) } else { Project::nearest().unread(request) },
    };
    let limits = limits(request);
    let as_of = project.as_of(request);
    if project.broken {
        let report = Report { as_of: format_date(as_of), errors: project.errors, ..Report::default() };
        checked.outcome = Outcome { sources: project.sources, report, ..Outcome::default() };
        return checked;
    }
    let texts = project.tenants(request, limits);
    let params = project.params(request);
    let asked = session::Request {
        as_of,
        params,
        rules: request.rules.clone(),
        limits,
        max_steps: request.max_steps,
        threads: request.threads,
        steps: request.steps,
        fix: request.fix,
        lang: request.lang,
    };
    let before = std::mem::take(&mut project.sources);
    let mut outcome = session::run_beside(before, |sources| project.packs(request, sources), texts, &asked, tick);
    outcome.report.errors.splice(0..0, project.errors);
    checked.outcome = outcome;
    checked
}

/// The packs that a request names, or else those that `cerco.yaml` names, or else all that the binary carries.
pub fn packs(request: &Request) -> Packs {
    let mut project = if request.packs.is_empty() { Project::nearest() } else { Project::none() };
    if project.broken {
        return Packs { sources: project.sources, errors: project.errors, ..Packs::default() };
    }
    let sources = std::mem::take(&mut project.sources);
    project.packs(request, sources)
}

/// The date of evaluation, in days since 1970-01-01.
pub fn days(date: Date) -> i32 {
    parse_date(&date.to_string()).unwrap_or(0)
}

fn limits(request: &Request) -> Limits {
    let usual = Limits::default();
    Limits {
        bytes: request.max_bytes.unwrap_or(usual.bytes),
        depth: request.max_depth.unwrap_or(usual.depth),
        nodes: request.max_nodes.unwrap_or(usual.nodes),
    }
}

impl Project {
    fn none() -> Project {
        Project {
            configuration: Configuration::default(),
            folder: PathBuf::new(),
            found: false,
            broken: false,
            sources: Sources::new(),
            errors: Vec::new(),
        }
    }

    /// What the `cerco.yaml` in this folder, or the nearest one above, says.
    fn nearest() -> Project {
        let mut project = Project::none();
        let Ok(here) = std::env::current_dir() else { return project };
        let mut folder = PathBuf::new();
        for above in here.ancestors() {
            if above.join("cerco.yaml").exists() {
                project.found = true;
                project.folder = folder;
                project.read();
                break;
            }
            folder.push("..");
        }
        project
    }

    fn read(&mut self) {
        self.broken = true;
        let path = self.folder.join("cerco.yaml");
        let shown = path.display().to_string();
        let text = match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                let error = Diagnostic::bare("input/encoding", format!("`{shown}` is not UTF-8"));
                return self.errors.push(error.help("save the file as UTF-8"));
            }
            Err(error) => return self.errors.push(read::unreadable(&shown, &error)),
        };
        let Ok(base) = self.sources.add(shown, text.as_str()) else { return };
        match configuration(&text, base) {
            Ok(configuration) => {
                self.configuration = configuration;
                self.broken = false;
            }
            Err(errors) => self.errors.extend(errors),
        }
    }

    /// What is set there and not used although it is read: parameters are those of its own packs.
    fn unused(&self, request: &Request) -> Vec<&'static str> {
        let params = !request.packs.is_empty() && !self.configuration.params.is_empty();
        if params { vec!["params"] } else { Vec::new() }
    }

    /// What is set there and would count, were it read.
    fn unread(&self, request: &Request) -> Vec<&'static str> {
        let it = &self.configuration;
        let set = [
            ("as_of", it.as_of.is_some() && request.as_of.is_none()),
            ("params", !it.params.is_empty()),
            ("fail_on", it.fail_on.is_some()),
            ("unknown", it.unknown_fails.is_some()),
        ];
        set.into_iter().filter(|(_, counts)| *counts).map(|(key, _)| key).collect()
    }

    fn as_of(&mut self, request: &Request) -> i32 {
        if let Some(date) = request.as_of {
            return days(date);
        }
        let Some(At { value, span }) = &self.configuration.as_of else { return days(request.today) };
        match parse_date(value) {
            Some(day) => day,
            None => {
                let error = wrong(*span, format!("`{value}` is no day"));
                self.errors.push(error.help("a date is written year-month-day, such as 2026-11-23"));
                days(request.today)
            }
        }
    }

    /// Those of `cerco.yaml`, if its packs are used, and then those that were asked for, which count.
    fn params(&mut self, request: &Request) -> Vec<Param> {
        let mut params = Vec::new();
        let configured =
            if request.packs.is_empty() { std::mem::take(&mut self.configuration.params) } else { Vec::new() };
        for (At { value: path, span }, value) in configured {
            match (path.rsplit_once('.'), value) {
                (Some((pack, name)), Some(value)) => {
                    params.push(Param { pack: pack.to_owned(), name: name.to_owned(), value, place: Some(span) });
                }
                _ => {
                    let error = wrong(span, format!("`{path}` sets no parameter"));
                    self.errors.push(error.help("a parameter is set by `\"pack.name\": value`"));
                }
            }
        }
        params.extend(request.params.iter().cloned());
        params
    }

    fn packs(&self, request: &Request, sources: Sources) -> Packs {
        if !request.packs.is_empty() {
            let named: Vec<Named> = request.packs.iter().map(|pack| pack.as_str().into()).collect();
            return Packs::load(sources, &named).in_language(request.lang);
        }
        let folder = &self.folder;
        let named = |given: &String| {
            let path = folder.join(given);
            let shown = if path.exists() { path.display().to_string() } else { given.clone() };
            Named { given: shown, path }
        };
        Packs::load(sources, &self.configuration.packs.iter().map(named).collect::<Vec<_>>()).in_language(request.lang)
    }

    fn tenants(&mut self, request: &Request, limits: Limits) -> Vec<TenantText> {
        let mut reader = read::Reader::new(limits);
        let command = if request.fix { "fix" } else { "check" };
        if !request.tenants.is_empty() {
            for given in &request.tenants {
                reader.tenant(given, Path::new(given));
            }
        } else if !self.found {
            self.errors.push(
                Diagnostic::bare("input/no-tenant", "no tenant is named, and there is no `cerco.yaml` here or above")
                    .help(format!(
                        "name a YAML file or a folder: `cerco {command} tenant.yaml`; `cerco {command} -` reads standard input",
                    )),
            );
        } else if self.configuration.tenants.is_empty() {
            let error = wrong(self.configuration.start, "`cerco.yaml` names no tenant".into());
            let help = format!("add `tenants: [\"tenants/*.yaml\"]`, or name one: `cerco {command} tenant.yaml`");
            self.errors.push(error.help(help));
        } else {
            for given in self.configuration.tenants.clone() {
                self.configured(&given, &mut reader);
            }
        }
        self.errors.append(&mut reader.errors);
        reader.texts
    }

    /// A path or a glob of `cerco.yaml`, from its folder.
    fn configured(&mut self, At { value: given, span }: &At<String>, reader: &mut read::Reader) {
        if !given.contains(['*', '?', '[', '{']) {
            let path = self.folder.join(given);
            let before = reader.errors.len();
            reader.tenant(&path.display().to_string(), &path);
            for error in reader.errors.iter_mut().skip(before).filter(|error| error.span.is_none()) {
                error.span = Some(*span);
                if !path.exists() {
                    error.help = Some(FROM_HERE.to_owned());
                }
            }
            return;
        }
        let trimmed = given.trim_start_matches("./");
        let glob = match GlobBuilder::new(trimmed).literal_separator(true).build() {
            Ok(glob) => glob.compile_matcher(),
            Err(_) => {
                let error = wrong(*span, format!("`{given}` is no pattern of paths"));
                return self.errors.push(error.help("`*` stands for any characters: `tenants/*.yaml`"));
            }
        };
        let root = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let paths = match read::matching(root, trimmed, &glob) {
            Ok(paths) => paths,
            Err(error) => return self.errors.push(read::unreadable(&root.display().to_string(), &error)),
        };
        if paths.is_empty() {
            self.errors.push(wrong(*span, format!("`{given}` matches no file")).help(FROM_HERE));
        }
        for path in paths {
            let path = self.folder.join(path);
            reader.tenant(&path.display().to_string(), &path);
        }
    }
}

/// Where paths of `cerco.yaml` begin.
const FROM_HERE: &str = "see that the name is right: paths in `cerco.yaml` begin at its own folder";

/// A complaint about a place of `cerco.yaml`.
fn wrong(span: Span, message: String) -> Diagnostic {
    Diagnostic::error("project/configuration", span, message)
}

/// What a `cerco.yaml`, whose first byte is at `base`, says.
fn configuration(text: &str, base: u32) -> Result<Configuration, Vec<Diagnostic>> {
    let mut file = keyed::read(text, base, ("cerco.yaml", "project/configuration"), &KEYS)?;
    let severities = [Severity::Error, Severity::Warning, Severity::Info].map(|it| (it.word(), it));
    let configuration = Configuration {
        packs: file.texts("packs").into_iter().map(|pack| pack.value).collect(),
        tenants: file.texts("tenants"),
        as_of: file.text("as_of"),
        params: file.map("params", parameter),
        fail_on: file.word("fail_on", &severities),
        unknown_fails: file.word("unknown", &[("fail", true), ("report", false)]),
        start: file.start(),
    };
    if file.errors.is_empty() { Ok(configuration) } else { Err(file.errors) }
}

/// A parameter's value, as `cerco.yaml` gives it; `None` where it gives none.
fn parameter(document: &Document, node: NodeId) -> Option<session::Value> {
    use session::Value;
    match document.kind(document.resolve(node)) {
        Kind::Scalar => match document.scalar(node) {
            Scalar::Str(text) => Some(Value::Text(text.to_owned())),
            Scalar::Bool(truth) => Some(Value::Plain(truth.to_string())),
            Scalar::Int(number) | Scalar::Float(number) => Some(Value::Plain(number.to_owned())),
            Scalar::Null => None,
        },
        Kind::Sequence => {
            document.items(node).map(|item| parameter(document, item)).collect::<Option<_>>().map(Value::List)
        }
        Kind::Mapping => {
            let entries = document
                .entries(node)
                .map(|(key, value)| Some((document.text(key).to_owned(), parameter(document, value)?)));
            entries.collect::<Option<_>>().map(Value::Map)
        }
        Kind::Alias => None,
    }
}

/// Reads standard input, up to a byte more than the limit.
fn standard_input(limits: Limits) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// That a file is larger than the limit.
fn too_large(shown: &str, bytes: u64, limits: Limits) -> Diagnostic {
    let problem = Problem::TooLarge { span: Span::default(), bytes, limit: limits.bytes };
    Diagnostic::bare("input/too-large", format!("`{shown}`: {problem}")).help(problem.help())
}
