//! Owns the arguments: each option is defined once, with its documentation. It must never do what they ask for.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::finding::Severity;
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
    Fix(Fix),
    Explain(Explain),
    Schema(Schema),
}

/// Check tenants against policies.
///
/// Without tenants, `cerco.yaml` in this folder or the nearest one above says what is checked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cerco check tenants/hengqin.yaml
  cerco check tenants/*.yaml --pack cross-border --as-of 2026-11-23
  cerco check tenants/ --pack policies/house --param house.yearly_people=50_000
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
  cerco test policies/* --coverage
  cerco test --update

A pack's tests are tenants, `tests/*.yaml`. A comment on the line where a finding belongs says so:
  # as-of: 2026-11-23
  # param: house.most_days=30
  # rules: links, short-*
  # fragment
  links:
    - {id: a, days: 40}  # expect: house/links
    - {id: b}            # expect unknown: house/links; invalid: schema/missing-field

Exit status: 0 all tests pass, 1 one fails or coverage is under the minimum, 2 a pack does not load or a test cannot be read.")]
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
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_coverage: Option<u8>,

    #[command(flatten)]
    pub limits: Limits,
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
  cerco explain cross-border/group-sync tenants/hengqin.yaml")]
pub struct Explain {
    /// `pack/rule`, or a glob over such ids; none for a list of packs and rules
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,

    /// Tenants at which the rule is looked at
    #[arg(value_name = "TENANT")]
    pub tenants: Vec<String>,

    #[command(flatten)]
    pub source: Source,

    #[command(flatten)]
    pub limits: Limits,
}

/// Print the schema that tenants are written by.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cerco schema > tenant.schema.json\n  cerco schema --format text | less")]
pub struct Schema {
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "json-schema")]
    pub format: SchemaFormat,

    #[command(flatten)]
    pub source: Source,
}

/// By which packs, as of when, in which language.
#[derive(Args, Debug)]
pub struct Source {
    /// A folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries; may be repeated
    #[arg(long = "pack", short, value_name = "PACK")]
    pub packs: Vec<String>,

    /// The date of evaluation, by which rules are in force or not; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<Date>,

    /// Set a parameter, in the direction that its pack allows; may be repeated
    #[arg(long = "param", value_name = "PACK.NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<Param>,

    /// The language of titles and messages
    #[arg(long, value_name = "LANG", ignore_case = true)]
    pub lang: Option<Lang>,
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
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = "Limits")]
    pub max_bytes: Option<u64>,

    /// The most levels of mappings and lists within each other
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Limits")]
    pub max_depth: Option<u32>,

    /// The most keys and values of one tenant
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=(1 << 28)), help_heading = "Limits")]
    pub max_nodes: Option<u32>,

    /// The most elements that the lists of one rule may give at one tenant, lists within lists counted each time
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Limits")]
    pub max_steps: Option<u64>,

    /// How many threads work; the report is the same
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Limits")]
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
            today: jiff::ZonedDateTime::now().date(),
            params: self.params,
            rules,
            max_bytes: limits.max_bytes,
            max_depth: limits.max_depth,
            max_nodes: limits.max_nodes,
            max_steps: limits.max_steps,
            threads: limits.threads.map(usize::from),
            steps: false,
        }
    }
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
    let wanted = "a parameter is set by `pack.name=value`, such as `baseline.yearly_people=50_000`";
    let (path, value) = text.split_once('=').ok_or(wanted)?;
    let (pack, name) = path.trim().rsplit_once('.').ok_or(wanted)?;
    if pack.is_empty() || name.is_empty() {
        return Err(wanted.to_string());
    }
    Ok(Param { pack: pack.to_string(), name: name.to_string(), value: value.trim().to_string(), place: None })
}

fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.replace('_', "").parse().map_err(|_| "a size begins with a number".to_string())?;
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
        assert_eq!((param.pack.as_str(), param.name.as_str(), param.value.as_str()), ("baseline", "text", "a=b"));
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
