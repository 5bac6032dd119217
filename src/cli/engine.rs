//! Owns what the commands ask of the rest of the crate, as data and functions. It must never read an argument.

use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::finding::{Report, RuleInfo};
use crate::source::{Sources, Span};

/// What is to be looked at, by which rules, as of when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Files and folders as they were given, `-` for standard input; none for what `cerco.yaml` names.
    pub tenants: Vec<String>,
    /// Folders, `.cerco` files and names of embedded packs; none for what `cerco.yaml` names, or else all embedded ones.
    pub packs: Vec<String>,
    /// The date of evaluation, where one was given.
    pub as_of: Option<Date>,
    /// The day of the run, by the clock of this machine.
    pub today: Date,
    /// `--param`, in order.
    pub params: Vec<Param>,
    /// Globs over rule ids; none for all rules.
    pub rules: Vec<String>,
    /// The language of titles and messages, where one was asked for.
    pub lang: Option<Lang>,
    /// The most bytes that one input may have, where another limit than the usual is asked for.
    pub max_bytes: Option<u64>,
    /// How many threads may work, where a number was given.
    pub threads: Option<usize>,
}

/// `pack.name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// The pack, as it was written.
    pub pack: String,
    /// The parameter.
    pub name: String,
    /// Its value, as in the language, strings without quotes.
    pub value: String,
}

/// A language of titles and messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Chinese in traditional characters.
    #[value(name = "zh-Hant")]
    ZhHant,
    /// Chinese in simplified characters.
    #[value(name = "zh-Hans")]
    ZhHans,
    /// Portuguese.
    Pt,
}

/// How a schema is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema, for editors.
    JsonSchema,
    /// The fields with their meanings, for people.
    Text,
}

/// What became of a run, with the texts that its places lie in.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All texts that were read.
    pub sources: Sources,
    /// What was found, errors of packs and inputs included.
    pub report: Report,
}

/// What `explain` tells.
#[derive(Debug, Default)]
pub struct Explained {
    /// The rules that are meant, with the place of each in its policy.
    pub rules: Vec<(RuleInfo, Option<Span>)>,
    /// What became of them at the tenants, where tenants were named; and errors.
    pub outcome: Outcome,
}

/// What became of packs' own tests.
#[derive(Debug, Default)]
pub struct Tested {
    /// All texts that were read.
    pub sources: Sources,
    /// Packs that do not load, tests that cannot be read.
    pub errors: Vec<Diagnostic>,
    /// The tests, in order.
    pub cases: Vec<Case>,
}

/// One test of a pack.
#[derive(Debug)]
pub struct Case {
    /// The pack.
    pub pack: String,
    /// The test's name.
    pub name: String,
    /// Why it fails; none where it passes.
    pub failures: Vec<Diagnostic>,
}

/// Called, from any thread, with how many of how many tenants (or tests) are done.
pub type Tick<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The functions behind the commands. They read files by themselves, print nothing, and give errors as diagnostics.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Behind `check`.
    pub check: fn(&Request, Tick) -> Outcome,
    /// Behind `explain`; the text is the rule, as it was written. `Request::rules` is empty.
    pub explain: fn(&Request, &str) -> Explained,
    /// Behind `schema`.
    ///
    /// # Errors
    /// What keeps the packs from loading.
    pub schema: fn(&Request, SchemaFormat) -> Result<String, Box<Outcome>>,
    /// Behind `fmt`: the formatted text of the file whose first byte is at the offset.
    ///
    /// # Errors
    /// What keeps it from being parsed.
    pub format: fn(&Sources, u32) -> Result<String, Vec<Diagnostic>>,
    /// Behind `test`.
    pub test: fn(&Request, Tick) -> Tested,
}

impl Engine {
    /// An engine that can do nothing, and says so.
    pub fn none() -> Engine {
        Engine {
            check: |_, _| refused("check"),
            explain: |_, _| Explained { rules: Vec::new(), outcome: refused("explain") },
            schema: |_, _| Err(Box::new(refused("schema"))),
            format: |_, _| Err(vec![refusal("fmt")]),
            test: |_, _| Tested { errors: vec![refusal("test")], ..Tested::default() },
        }
    }
}

fn refusal(command: &str) -> Diagnostic {
    Diagnostic::bare("cli/not-built", format!("`cerco {command}` is not part of this build"))
}

fn refused(command: &str) -> Outcome {
    Outcome { report: Report { errors: vec![refusal(command)], ..Report::default() }, ..Outcome::default() }
}
