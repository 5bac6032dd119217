//! Owns the arguments: each option is defined once, with its documentation. It must never do what they ask for.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::finding::Severity;
use crate::lang::Lang;
use crate::project::Request;
use crate::report::Format;
use crate::session::Param;

/// Policy as code for DingTalk tenants: typed policies over YAML, findings at their exact place.
#[derive(Parser, Debug)]
#[command(
    name = "cerco",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Findings are technical facts about a configuration, not legal advice.\n\n\
                  Exit status: 0 nothing stands, 1 something does, 2 the run itself could not be trusted."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Colour: where the stream is a terminal, always, or never. NO_COLOR is honoured by `auto`
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Print findings and errors alone: no progress, no summary
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// When there is colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// The commands; each one's arguments say what it does.
#[derive(Subcommand, Debug)]
pub enum Command {
    Check(Check),
    Test(Test),
    Fmt(Fmt),
    Lint(Lint),
    Fix(Fix),
    Explain(Explain),
    Schema(Schema),
    Docs(Docs),
    New(New),
    Locale(Locale),
    /// Build, publish, fetch and verify packs: not yet
    #[command(hide = true)]
    Pack(Later),
}

/// What comes later, with whatever arguments.
#[derive(Args, Debug)]
pub struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub arguments: Vec<String>,
}

/// Check tenants against policies.
///
/// Without tenants, `cerco.yaml` in this folder or the nearest one above says what is checked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco check tenants/hengqin.yaml
  cerco check tenants/*.yaml --pack cross-border --as-of 2026-11-23
  cerco check tenants/hengqin/ --pack policies/house --param house.yearly_people=50_000
  cerco check - --format json < tenant.yaml
  cerco check --format sarif --output cerco.sarif

Exit status: 0 nothing stands at or above --fail-on, 1 something does, 2 the run itself could not be trusted (an unreadable file, a pack that does not load, a bad option, a limit hit).")]
pub struct Check {
    /// A YAML or JSON file (one tenant a document), a folder (one tenant, its files joined), or `-`
    #[arg(value_name = "TENANT")]
    pub tenants: Vec<String>,

    #[command(flatten)]
    pub by: By,

    #[command(flatten)]
    pub limits: Limits,

    #[command(flatten)]
    pub reporting: Reporting,
}

/// Apply the fixes that findings carry; comments and layout stay.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco fix tenants/hengqin.yaml --dry-run
  cerco fix tenants/hengqin.yaml --pack policies/house --rule 'house/*'
  cerco fix - < tenant.yaml > fixed.yaml

Exit status: 0 done, or nothing to do; 2 something could not be read or written.")]
pub struct Fix {
    /// A YAML or JSON file, a folder (one tenant, its files joined), or `-`, which is written to standard output
    #[arg(value_name = "TENANT")]
    pub tenants: Vec<String>,

    #[command(flatten)]
    pub by: By,

    #[command(flatten)]
    pub limits: Limits,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Run packs' own tests.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco test policies/cross-border-groups
  cerco test policies/*/ --coverage
  cerco test policies/*/ --mutate
  cerco test --update

A pack's tests are tenants, `tests/*.yaml`. A comment on the line where a finding belongs says so:
  # as-of: 2026-11-23
  # param: house.most_days=30
  # rules: links, short-*
  # fragment
  links:
    - {id: a, days: 40}  # expect: house/links
    - {id: b}            # expect unknown: house/links; invalid: schema/missing-field

With --mutate, each comparison, bound, band, pattern, quantifier, `where`, default and the like of a pack is altered in turn, and the tests must notice. What cannot be noticed is explained in the policy, at the end of its line or above it:
  # mutants: bound because a group has at least one member

Exit status: 0 all tests pass, 1 one fails, coverage is under the minimum or an alteration goes unnoticed, 2 a pack does not load or a test cannot be read.")]
pub struct Test {
    /// A folder with a `pack.yaml`; none for what `cerco.yaml` names, or else for `policies/*`
    #[arg(value_name = "PACK")]
    pub packs: Vec<String>,

    /// Write the comments after which each test passes
    #[arg(long)]
    pub update: bool,

    /// Tell which rules, checks and bands have no passing, failing or unknown example
    #[arg(long)]
    pub coverage: bool,

    /// Exit with status 1 where a pack has fewer of its examples than that
    #[arg(long, value_name = "PERCENT", value_parser = number::<u8>(0, 100), allow_negative_numbers = true)]
    pub min_coverage: Option<u8>,

    /// Alter each part of the packs in turn, and tell what no test notices
    #[arg(long)]
    pub mutate: bool,

    #[command(flatten)]
    pub limits: Limits,
}

/// Look at policies for what is legal and a mistake all the same.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco lint policies/house
  cerco lint policies/*/ --format github
  cerco explain --lint never-fails

A comment on the line, or on one of its own above it, allows what is meant:
  # lint: allow never-fails because the console may give more than 100 % again

Exit status: 0 nothing was found, 1 something was, 2 a pack does not load.")]
pub struct Lint {
    /// A folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries; none for what `cerco.yaml` names, or else for all that it carries
    #[arg(value_name = "PACK")]
    pub packs: Vec<String>,

    /// The date of evaluation, by which a rule is long past or not; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = parse_date, allow_negative_numbers = true)]
    pub as_of: Option<Date>,

    /// What the report is written as
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: LintFormat,
}

/// What is written of lints.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LintFormat {
    /// For people
    Text,
    /// For programs: report version 1, the lints among its warnings
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl From<LintFormat> for Format {
    fn from(name: LintFormat) -> Format {
        match name {
            LintFormat::Text => Format::Text,
            LintFormat::Json => Format::Json,
            LintFormat::Github => Format::Github,
            LintFormat::Sarif => Format::Sarif,
        }
    }
}

/// Format policies, in place.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cerco fmt policies/\n  cerco fmt --check policies/\n  cerco fmt --diff policies/\n  cerco fmt - < rules.cerco"
)]
pub struct Fmt {
    /// A `.cerco` file, a folder with such files, or `-` for standard input to standard output; none for this folder
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,

    /// Change nothing; name the files that would change, and exit with status 1 where there are any
    #[arg(long)]
    pub check: bool,

    /// Change nothing; print what would change, and exit with status 1 where anything would
    #[arg(long)]
    pub diff: bool,
}

/// Say what a rule asks, why, and by which law; with tenants, what became of it there; without a rule, list them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco explain
  cerco explain cross-border/group-sync
  cerco explain cross-border/group-sync tenants/hengqin.yaml
  cerco explain --lint never-fails
  cerco explain --error policy/enum")]
pub struct Explain {
    /// `pack/rule`, or a glob over such ids; none for a list of packs and rules
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,

    /// Tenants at which the rule is looked at
    #[arg(value_name = "TENANT")]
    pub tenants: Vec<String>,

    /// Say what a lint tells, why, and what to do instead; without a code, list the lints
    #[arg(long, value_name = "CODE", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["rule", "tenants", "error"])]
    pub lint: Option<String>,

    /// Say what an error means, why, and what to do instead; without a code, list the errors
    #[arg(long, value_name = "CODE", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["rule", "tenants"])]
    pub error: Option<String>,

    #[command(flatten)]
    pub source: Source,

    #[command(flatten)]
    pub limits: Limits,
}

/// Print the schema that tenants are written by.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cerco schema > tenant.schema.json\n  cerco schema --format text | less\n  cerco schema storage"
)]
pub struct Schema {
    /// A section of the tenant, or a type: it alone is told, with the types that it is made of, as text
    #[arg(value_name = "SECTION")]
    pub section: Option<String>,

    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "json-schema", conflicts_with = "section")]
    pub format: SchemaFormat,

    /// A folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries; may be repeated
    #[arg(long = "pack", short, value_name = "PACK")]
    pub packs: Vec<String>,
}

/// Write packs' pages: Markdown, a page a rule, and an index by law, by tag and by section of the tenant.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco docs policies/house --output docs/house
  cerco docs --output docs/packs
  cerco docs policies/house --output docs/house --check

One pack has the folder for itself; several have a folder each. Pages of rules that are gone are taken away; a file that cerco did not make is never touched.

Exit status: 0 done, or up to date; 1 pages are stale under --check; 2 a pack does not load, or a page cannot be written.")]
pub struct Docs {
    /// A folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries; none for all
    #[arg(value_name = "PACK")]
    pub packs: Vec<String>,

    /// The folder that the pages are written to
    #[arg(long, short, value_name = "DIR")]
    pub output: std::path::PathBuf,

    /// Change nothing; name the pages that would change, and exit with status 1 where there are any
    #[arg(long)]
    pub check: bool,
}

/// Bring the files of packs' texts in other languages up to date, for translators to fill in.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco locale policies/house --lang zh-Hant --lang pt
  cerco locale
  cerco locale --check

Exit status: 0 done, or nothing to do; 1 with --check, a file would change; 2 a pack does not load or a file cannot be read or written.")]
pub struct Locale {
    /// A folder with a `pack.yaml`; none for what `cerco.yaml` names, or else for `policies/*`
    #[arg(value_name = "PACK")]
    pub packs: Vec<String>,

    /// A language to write, may be repeated; those that have a file already where it is left out
    #[arg(long, value_name = "LANG", ignore_case = true)]
    pub lang: Vec<OtherLang>,

    /// Change nothing; name the files that would change, and exit with status 1 where there are any
    #[arg(long)]
    pub check: bool,
}

/// Begin a pack or a rule, with a test that fails until the rule does its work.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco new pack house
  cerco new rule house/two-step-login
  cerco test policies/house

A pack is made in `policies/` where there is such a folder, else here; `cerco new pack some/where/house` says where. Nothing that is there is overwritten.

Exit status: 0 done, 2 a name is none, a file is there already or cannot be written.")]
pub struct New {
    #[command(subcommand)]
    pub what: NewWhat,
}

/// What is begun.
#[derive(Subcommand, Debug)]
pub enum NewWhat {
    /// A folder with a manifest, a first rule and its test
    Pack {
        /// The pack's name in kebab-case, or the path of its folder
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// A policy with one rule, and its test
    Rule {
        /// The pack and the rule's name in kebab-case; the pack may be the path of its folder
        #[arg(value_name = "PACK/NAME")]
        name: String,
    },
}

/// By which packs, as of when, in which language.
#[derive(Args, Debug)]
pub struct Source {
    /// A folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries; may be repeated
    #[arg(long = "pack", short, value_name = "PACK")]
    pub packs: Vec<String>,

    /// The date of evaluation, by which rules are in force or not; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = parse_date, allow_negative_numbers = true)]
    pub as_of: Option<Date>,

    /// Set a parameter, in the direction that its pack allows; may be repeated
    #[arg(long = "param", value_name = "PACK.NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<Param>,

    /// The language of titles and messages; that of LC_ALL, LC_MESSAGES or LANG where it is left out
    #[arg(long, value_name = "LANG", ignore_case = true)]
    pub lang: Option<LangName>,
}

/// The same, for some rules.
#[derive(Args, Debug)]
pub struct By {
    #[command(flatten)]
    pub source: Source,

    /// Only the rules whose id matches, such as `cross-border/*`; may be repeated
    #[arg(long = "rule", short, value_name = "GLOB")]
    pub rules: Vec<String>,
}

/// How much may be read, by how many.
#[derive(Args, Debug, Default)]
pub struct Limits {
    /// The most that one input may have, such as `200MiB`
    #[arg(long, value_name = "SIZE", value_parser = parse_size, allow_negative_numbers = true, help_heading = "Limits")]
    pub max_bytes: Option<u64>,

    /// The most levels of mappings and lists within each other
    #[arg(long, value_name = "NUMBER", value_parser = number::<u32>(1, 1000), allow_negative_numbers = true, help_heading = "Limits")]
    pub max_depth: Option<u32>,

    /// The most keys and values of one tenant
    #[arg(long, value_name = "NUMBER", value_parser = number::<u32>(1, 1 << 26), allow_negative_numbers = true, help_heading = "Limits")]
    pub max_nodes: Option<u32>,

    /// The most steps that one rule may take at one tenant: elements of lists, lists within lists counted each time, calls and comparisons of elements; its memory is limited along with them
    #[arg(long, value_name = "NUMBER", value_parser = number::<u64>(1, u64::MAX), allow_negative_numbers = true, help_heading = "Limits")]
    pub max_steps: Option<u64>,

    /// How many threads work; the report is the same
    #[arg(long, value_name = "NUMBER", value_parser = number::<u16>(1, 1024), allow_negative_numbers = true, help_heading = "Limits")]
    pub threads: Option<u16>,
}

/// How it is told, and what fails.
#[derive(Args, Debug)]
pub struct Reporting {
    /// What the report is written as
    #[arg(long, short, value_name = "FORMAT", default_value = "text", help_heading = "Report")]
    pub format: FormatName,

    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Report")]
    pub output: Option<std::path::PathBuf>,

    /// From which severity on a finding makes the exit status 1: `error`, if neither this nor `cerco.yaml` says it
    #[arg(long, value_name = "SEVERITY", help_heading = "Report")]
    pub fail_on: Option<SeverityName>,

    /// Whether what cannot be decided fails, or is only reported: `fail`, if neither this nor `cerco.yaml` says it
    #[arg(long, value_name = "WHAT", help_heading = "Report")]
    pub unknown: Option<UnknownName>,

    /// Tell each unknown by itself, instead of folding them by what is not collected
    #[arg(long, help_heading = "Report")]
    pub unknown_detail: bool,

    /// Draw every finding, instead of the worst ones where there are many; on a terminal
    #[arg(long, help_heading = "Report")]
    pub detail: bool,
}

/// What a report is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FormatName {
    /// For people
    Text,
    /// For programs: report version 1
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test pages
    Junit,
    /// For comments on pull requests
    Markdown,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Format {
        match name {
            FormatName::Text => Format::Text,
            FormatName::Json => Format::Json,
            FormatName::Github => Format::Github,
            FormatName::Sarif => Format::Sarif,
            FormatName::Junit => Format::Junit,
            FormatName::Markdown => Format::Markdown,
        }
    }
}

/// A language of titles and messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LangName {
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

impl From<LangName> for Lang {
    fn from(name: LangName) -> Lang {
        match name {
            LangName::En => Lang::En,
            LangName::ZhHant => Lang::ZhHant,
            LangName::ZhHans => Lang::ZhHans,
            LangName::Pt => Lang::Pt,
        }
    }
}

/// A language that packs are translated into.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OtherLang {
    /// Chinese in traditional characters.
    #[value(name = "zh-Hant")]
    ZhHant,
    /// Chinese in simplified characters.
    #[value(name = "zh-Hans")]
    ZhHans,
    /// Portuguese.
    Pt,
}

impl From<OtherLang> for Lang {
    fn from(name: OtherLang) -> Lang {
        match name {
            OtherLang::ZhHant => Lang::ZhHant,
            OtherLang::ZhHans => Lang::ZhHans,
            OtherLang::Pt => Lang::Pt,
        }
    }
}

/// How a schema is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema, for editors.
    JsonSchema,
    /// The fields with their meanings, for people.
    Text,
}

/// A severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SeverityName {
    Error,
    Warning,
    Info,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Severity {
        match name {
            SeverityName::Error => Severity::Error,
            SeverityName::Warning => Severity::Warning,
            SeverityName::Info => Severity::Info,
        }
    }
}

/// What an unknown does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum UnknownName {
    /// It counts as its severity says
    Fail,
    /// It is reported, and does not count
    Report,
}

impl Source {
    /// The request that these options make, for these tenants.
    pub fn request(self, tenants: Vec<String>, rules: Vec<String>, limits: Option<Limits>) -> Request {
        let limits = limits.unwrap_or_default();
        Request {
            tenants,
            packs: self.packs,
            as_of: self.as_of,
            // The time zone is looked up in a large folder: only where the day is needed.
            today: self.as_of.unwrap_or_else(|| jiff::ZonedDateTime::now().date()),
            params: self.params,
            rules,
            max_bytes: limits.max_bytes,
            max_depth: limits.max_depth,
            max_nodes: limits.max_nodes,
            max_steps: limits.max_steps,
            threads: limits.threads.map(usize::from),
            steps: false,
            fix: false,
            lang: self.lang.map_or_else(language, Lang::from),
        }
    }
}

/// The language that the environment asks for.
fn language() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    locale.map_or(Lang::En, |locale| Lang::of_posix(&locale))
}

fn parse_date(text: &str) -> Result<Date, String> {
    let written = text.len() == 10 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let date = text.parse::<Date>().ok().filter(|_| written);
    date.ok_or_else(|| match written {
        true => "there is no such day".to_string(),
        false => "a date is written year-month-day, such as 2026-11-23".to_string(),
    })
}

fn parse_param(text: &str) -> Result<Param, String> {
    let wanted = "a parameter is set by `pack.name=value`, such as `baseline.most_devices=3`";
    let (path, value) = text.split_once('=').ok_or(wanted)?;
    let (pack, name) = path.trim().rsplit_once('.').ok_or(wanted)?;
    if pack.is_empty() || name.is_empty() {
        return Err(wanted.to_string());
    }
    Ok(Param { pack: pack.to_string(), name: name.to_string(), value: value.trim().into(), place: None })
}

/// A whole number within bounds.
fn number<T: TryFrom<u64>>(least: u64, most: u64) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |text| {
        let number = text.replace('_', "").parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| match most {
            u64::MAX => format!("a whole number from {least} on is needed"),
            _ => format!("a whole number from {least} to {most} is needed"),
        })
    }
}

fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let number = number.replace('_', "");
    if number.is_empty() {
        return Err("a size begins with a number".to_string());
    }
    let number = number.parse::<u64>().map_err(|_| "this size is out of range".to_string())?;
    let power = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("a size is a number of bytes, or of KiB, MiB or GiB, such as 200MiB".to_string()),
    };
    number.checked_mul(1 << power).filter(|&size| size > 0).ok_or_else(|| "this size is out of range".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        assert_eq!(parse_date("2024-02-29"), Ok(jiff::civil::date(2024, 2, 29)));
        assert_eq!(parse_date("2026-02-30"), Err("there is no such day".to_string()));
        assert!(parse_date("20260228").is_err());
        assert!(parse_date("2026-2-3").is_err());
    }

    #[test]
    fn parameters_keep_what_is_behind_the_first_sign() {
        let param = parse_param("baseline.text=a=b").unwrap();
        assert_eq!((param.pack.as_str(), param.name.as_str(), param.value), ("baseline", "text", "a=b".into()));
        assert!(parse_param("yearly=1").is_err());
        assert!(parse_param("a.b").is_err());
    }

    #[test]
    fn sizes_take_units() {
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("1_000"), Ok(1000));
        assert!(parse_size("0").is_err());
        assert!(parse_size("1e9").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
