//! Owns the pages of a pack: Markdown, one page a rule, and an index by rule, law, tag and section of the tenant. It must never know a tenant, or where pages are kept.

use crate::string::Str;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::explain::{Explanation, dates as held, explain};
use crate::finding::{Citation, Kind, RuleInfo};
use crate::lang::Lang;
use crate::policy::{Law, Policy, Rule};
use crate::report::markdown_prose;
use crate::session::rule_info;
use crate::source::Sources;

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Its file within the folder of the pages: `README.md` for the index, `rules/RULE.md` for a rule.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A test of a pack: where examples come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// Its file within the pack.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What every page begins with: a page that says so may be replaced, or taken away when its rule is gone.
pub const MADE: &str = "<!-- made by `cerco docs`; changes are lost -->\n\n";
/// What every page ends with.
const CLOSING: &str = "Findings are technical facts about a configuration, not legal advice.";
/// The most lines of a tenant that an example shows.
const EXAMPLE_LINES: usize = 12;

/// The pages of a pack, by its place in the policy: the index first, then its rules by name. The same packs give the same
/// bytes.
pub fn pages(policy: &Policy, pack: usize, description: &str, tests: &[Test], sources: &Sources) -> Vec<Page> {
    let name = policy.packs.get(pack).map_or("", Str::as_str);
    let told: Vec<Told<'_>> =
        policy.rules.iter().filter(|rule| rule.pack == pack).map(|rule| Told::of(policy, rule, sources)).collect();
    let index = Page { name: "README.md".into(), text: index(name, description, &told, policy, pack) };
    std::iter::once(index).chain(told.iter().map(|rule| Page { name: rule.file(), text: rule.page(tests) })).collect()
}

/// All that a page says of a rule.
struct Told<'a> {
    rule: &'a Rule,
    info: RuleInfo,
    more: Explanation,
    sources: &'a Sources,
}

impl<'a> Told<'a> {
    fn of(policy: &Policy, rule: &'a Rule, sources: &'a Sources) -> Told<'a> {
        Told { rule, info: rule_info(policy, rule), more: explain(policy, rule, sources, Lang::En), sources }
    }

    fn name(&self) -> &str {
        self.info.id.rsplit('/').next().unwrap_or(&self.info.id)
    }

    fn file(&self) -> String {
        format!("rules/{}.md", self.name())
    }

    fn link(&self) -> String {
        format!("[`{}`]({})", self.name(), self.file())
    }

    /// The sections of a tenant that it reads, in order, each once.
    fn sections(&self) -> Vec<&str> {
        let mut sections: Vec<&str> = self
            .more
            .reads
            .iter()
            .filter_map(|path| path.split(['.', '[']).next())
            .filter(|name| !name.is_empty())
            .collect();
        sections.dedup();
        sections
    }

    fn page(&self, tests: &[Test]) -> String {
        let mut out = format!("{MADE}# {}\n\n**{}**\n\n", self.info.id, prose(&self.info.title));
        let advisory = if self.info.advisory { ", advisory: it never fails a run" } else { "" };
        let _ = writeln!(out, "- severity: {}{advisory}", self.info.severity.word());
        for line in &self.more.in_force {
            let _ = writeln!(out, "- in force: {}", prose(line));
        }
        if !self.info.tags.is_empty() {
            let tags: Vec<String> =
                self.info.tags.iter().map(|tag| format!("[`{tag}`](../README.md#{})", anchor("tag", tag))).collect();
            let _ = writeln!(out, "- tags: {}", tags.join(", "));
        }
        if let Some(why) = &self.info.rationale {
            let _ = write!(out, "\n## Why\n\n{}\n", prose(why));
        }
        if !self.info.citations.is_empty() {
            out.push_str("\n## Law\n\n");
            for citation in &self.info.citations {
                let _ = writeln!(out, "- {}", cited(citation));
            }
        }
        if let Some(remedy) = &self.info.remedy {
            let _ = write!(out, "\n## Remedy\n\n{}\n", prose(remedy));
        }
        for (kind, words) in [(Kind::Violation, "fails"), (Kind::Unknown, "cannot be decided")] {
            if let Some((name, line, text)) = example(tests, kind, &self.info.id) {
                let _ =
                    write!(out, "\n## Where it {words}\n\nFrom `{name}`, line {line}:\n\n{}", fenced("yaml", &text));
            }
        }
        if !self.more.reads.is_empty() {
            out.push_str("\n## What it reads\n\n");
            for path in &self.more.reads {
                let _ = writeln!(out, "- `{path}`");
            }
        }
        if !self.more.params.is_empty() {
            out.push_str("\n## Parameters\n\n");
            for param in &self.more.params {
                let _ = writeln!(out, "- `{param}`");
            }
        }
        let _ = write!(out, "\n## Policy\n\n");
        if let (Some(file), Some(place)) =
            (self.sources.file(self.rule.whole.start), self.sources.position(self.rule.whole.start))
        {
            let file = file.name().rsplit(['/', '\\']).next().unwrap_or_default();
            let _ = writeln!(out, "`{file}`, line {}:\n", place.line);
        }
        let _ = write!(out, "{}\n---\n\n[All rules](../README.md). {CLOSING}\n", fenced("cerco", &self.more.source));
        out
    }
}

/// What a pack's author wrote: no markup but `code`.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return markdown_prose(text);
    }
    let part = |(at, part): (usize, &&str)| match at.is_multiple_of(2) {
        true => markdown_prose(part),
        false => format!("`{part}`"),
    };
    parts.iter().enumerate().map(part).collect()
}

/// By what stands before its first number, then by that number: article 6 comes before article 38.
fn by_number(article: &str) -> (String, u64, &str) {
    let at = article.find(|c: char| c.is_ascii_digit()).unwrap_or(article.len());
    let (word, rest) = article.split_at_checked(at).unwrap_or((article, ""));
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    (word.trim_end().trim_end_matches(['.', 's']).to_owned(), number, article)
}

/// A law, and where in it.
fn cited(citation: &Citation) -> String {
    let law = match &citation.url {
        Some(url) => format!("[{}](<{url}>)", prose(&citation.law)),
        None => prose(&citation.law),
    };
    let article = if citation.article.is_empty() { String::new() } else { format!(", {}", prose(&citation.article)) };
    let issuer = citation.issuer.as_ref().map_or(String::new(), |issuer| format!(" ({})", prose(issuer)));
    format!("{law}{article}{issuer}")
}

fn index(name: &str, description: &str, rules: &[Told<'_>], policy: &Policy, pack: usize) -> String {
    let mut out = format!("{MADE}# {name}\n\n{}\n\n", prose(description));
    let word = if rules.len() == 1 { "rule" } else { "rules" };
    let _ = writeln!(out, "{} {word}. {CLOSING}", rules.len());
    let own: Vec<&Law> = policy.laws.iter().filter(|law| law.pack == pack).collect();
    if !own.is_empty() {
        out.push_str("\n## Its laws\n\n");
        for law in own {
            let title =
                law.url.as_ref().map_or_else(|| prose(&law.title), |url| format!("[{}](<{url}>)", prose(&law.title)));
            let issuer = law.issuer.as_ref().map_or(String::new(), |issuer| format!(", {}", prose(issuer)));
            let held = law.effective.as_ref().map_or(String::new(), |dates| format!(", {}", held(dates, Lang::En)));
            let _ = writeln!(out, "- `{}`: {title}{issuer}{held}", law.name);
        }
    }
    if !rules.is_empty() {
        out.push_str("\n## By name\n\n| rule | severity | what it asks |\n| --- | --- | --- |\n");
    }
    for rule in rules {
        let _ = writeln!(out, "| {} | {} | {} |", rule.link(), rule.info.severity.word(), prose(&rule.info.title));
    }
    let mut laws: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    let mut tags: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut sections: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rule in rules {
        for citation in &rule.info.citations {
            laws.entry(&citation.law).or_default().entry(&citation.article).or_default().push(rule.link());
        }
        for tag in &rule.info.tags {
            tags.entry(tag).or_default().push(rule.link());
        }
        for section in rule.sections() {
            sections.entry(section).or_default().push(rule.link());
        }
    }
    if !laws.is_empty() {
        out.push_str("\n## By law\n");
    }
    for (law, articles) in &laws {
        let _ = write!(out, "\n### {}\n\n", prose(law));
        let mut articles: Vec<_> = articles.iter().collect();
        articles.sort_by_cached_key(|(article, _)| by_number(article));
        for (article, rules) in articles {
            let article = if article.is_empty() { "the whole".to_owned() } else { prose(article) };
            let _ = writeln!(out, "- {article}: {}", rules.join(", "));
        }
    }
    for (title, kind, by) in [("By tag", "tag", &tags), ("By section of the tenant", "section", &sections)] {
        if by.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n");
        for (word, rules) in by {
            let _ = writeln!(out, "- <a id=\"{}\"></a>`{word}`: {}", anchor(kind, word), rules.join(", "));
        }
    }
    out
}

/// The name of a place in the index.
fn anchor(kind: &str, word: &str) -> String {
    let word: String = word.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!("{kind}-{word}")
}

/// A place of the tests that expects a finding of a rule: the test, the line, and the lines around it.
fn example(tests: &[Test], kind: Kind, rule: &str) -> Option<(String, usize, String)> {
    let expects = |line: &str| {
        let (_, comment) = line.split_once("# expect")?;
        let mut now = Kind::Violation;
        for word in comment.split([' ', ',', ';', ':']) {
            match word {
                "violation" => now = Kind::Violation,
                "unknown" => now = Kind::Unknown,
                "invalid" => now = Kind::Invalid,
                "error" => now = Kind::Error,
                word if word == rule && now == kind => return Some(()),
                _ => {}
            }
        }
        None
    };
    let expecting = tests.iter().flat_map(|test| {
        let lines = test.text.lines().enumerate().filter(|(_, line)| expects(line).is_some());
        lines.map(move |(at, line)| (test, at, line))
    });
    // The line that expects least beside it says most.
    let (test, at, _) = expecting.min_by_key(|(_, _, line)| line.matches('/').count())?;
    let lines: Vec<&str> = test.text.lines().collect();
    Some((test.name.clone(), at + 1, excerpt(&lines, at)))
}

/// The lines around one: from the line that opens its section, shortened where that is far, to the end of its element.
fn excerpt(lines: &[&str], at: usize) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let line_at = |at: usize| lines.get(at).copied().unwrap_or("");
    let opens = |line: &str| blanks(line) == 0 && !line.is_empty() && !line.starts_with(['#', '-']);
    let section = (0..=at).rev().find(|&at| opens(line_at(at))).unwrap_or(at);
    let start = section.max(at.saturating_sub(EXAMPLE_LINES / 2));
    let mut out = String::new();
    if start > section {
        let _ = writeln!(out, "{}", line_at(section));
        if start > section + 1 {
            let _ = writeln!(out, "{}# …", " ".repeat(blanks(line_at(start))));
        }
    }
    let inner = |line: &&&str| !line.trim().is_empty() && blanks(line) > blanks(line_at(at));
    let behind = lines.iter().skip(at + 1).take(EXAMPLE_LINES / 2).take_while(inner).count();
    for line in lines.iter().take(at + 1 + behind).skip(start) {
        let _ = writeln!(out, "{line}");
    }
    out
}

/// A fenced block, its fence longer than any run of ticks within.
fn fenced(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// The list of several packs: their names, and what they say they are.
pub fn overview(packs: &[(String, String)]) -> String {
    let mut out = format!("{MADE}# Policy packs\n\n");
    for (name, description) in packs {
        let _ = writeln!(out, "- [{}]({name}/README.md): {}", prose(name), prose(description));
    }
    let _ = write!(out, "\n{CLOSING}\n");
    out
}
