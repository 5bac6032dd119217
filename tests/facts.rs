//! Holds the facts, the page on coverage and the packs together: `policies/facts.yaml` has the rows, rules carry a row's id
//! as a tag, `policies/COVERAGE.md` says which rules that are. Rules are read as the program reads them.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cerco::finding::Report;
use cerco::pack::{Packs, embedded};
use cerco::policy::{Law, Policy, Rule};
use cerco::session;
use cerco::source::Sources;
use cerco::syntax::parse::parse;
use cerco::syntax::{HeadKind, Item};
use cerco::value::parse_date;
use serde::Deserialize;

/// How a rationale says that a fact was not looked up.
const NOT_VERIFIED: &str = "Not verified";
/// How a rationale says that no law asks for it.
const OWN_ADVICE: [&str; 3] = ["this project's", "the project's own", "No law asks for it"];

#[derive(Deserialize)]
struct Facts {
    facts: Vec<Fact>,
}

/// A row of the facts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a row is read whole, so that a misspelt key is noticed")]
struct Fact {
    id: String,
    instrument: BTreeMap<String, String>,
    law: Option<String>,
    issuer: String,
    article: String,
    jurisdiction: String,
    from: Option<String>,
    until: Option<String>,
    fact: String,
    threshold: String,
    verified: bool,
    caveat: Option<String>,
    source: Vec<String>,
}

/// A line of the page on coverage.
struct Line {
    id: String,
    /// It bears the mark of what was not verified.
    unverified: bool,
    article: String,
    holds: String,
    rules: Vec<String>,
    note: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(path)).unwrap()
}

fn facts() -> Vec<Fact> {
    serde_yaml::from_str::<Facts>(&read("facts.yaml")).unwrap().facts
}

fn coverage() -> Vec<Line> {
    let page = read("COVERAGE.md");
    page.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [id, article, holds, rules, note] = <[&str; 5]>::try_from(cells).unwrap();
            let names = rules.split("<br>").filter(|name| *name != "–");
            Line {
                id: id.trim_end_matches(" ◦").trim_matches('`').to_owned(),
                unverified: id.ends_with(" ◦"),
                article: article.to_owned(),
                holds: holds.to_owned(),
                rules: names.map(|name| name.trim_matches('`').to_owned()).collect(),
                note: note.to_owned(),
            }
        })
        .collect()
}

fn packs() -> Packs {
    let packs = Packs::load(Sources::default(), &[]);
    assert!(packs.errors.is_empty(), "{:?}", packs.errors);
    packs
}

fn policy() -> Policy {
    let mut report = Report::default();
    let loaded = session::load(&mut packs(), &mut report);
    assert!(report.errors.is_empty() && report.warnings.is_empty(), "{report:?}");
    loaded.unwrap().policy
}

fn rationale(rule: &Rule) -> &str {
    rule.rationale.as_deref().unwrap_or("")
}

/// Fails with all that was found, a line each.
fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{} do not hold:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_row_has_one_line_on_the_page() {
    let facts: Vec<String> = facts().into_iter().map(|fact| fact.id).collect();
    let lines: Vec<String> = coverage().into_iter().map(|line| line.id).collect();
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    let once: BTreeSet<&String> = facts.iter().collect();
    assert_eq!(once.len(), facts.len(), "two rows have one id");
    assert_eq!(sorted(&lines), sorted(&facts));
}

#[test]
fn a_line_says_of_its_row_what_the_row_says() {
    let facts: BTreeMap<String, Fact> = facts().into_iter().map(|fact| (fact.id.clone(), fact)).collect();
    for line in coverage() {
        let fact = facts.get(&line.id).unwrap();
        let holds = match (&fact.from, &fact.until) {
            (None, _) => "not in force".to_owned(),
            (Some(from), None) => from.clone(),
            (Some(from), Some(until)) => format!("{from} to {until}"),
        };
        assert_eq!((line.article, line.holds), (fact.article.clone(), holds), "{}", line.id);
        assert_eq!(line.unverified, !fact.verified, "{}: the mark ◦", line.id);
        assert!(fact.verified || fact.caveat.is_some(), "{}: what was not verified has a caveat", line.id);
    }
}

#[test]
fn the_rules_of_a_line_are_those_that_carry_its_row() {
    let policy = policy();
    for line in coverage() {
        let mut tagged: Vec<String> = policy
            .rules
            .iter()
            .filter(|rule| rule.tags.iter().any(|tag| *tag == line.id))
            .map(|rule| rule.id.to_string())
            .collect();
        tagged.sort_unstable();
        assert_eq!(line.rules, tagged, "{}", line.id);
        assert!(!line.rules.is_empty() || !line.note.is_empty(), "{} has neither rules nor a reason", line.id);
    }
}

#[test]
fn a_tag_that_looks_like_a_row_is_one() {
    let facts = facts();
    let family = |id: &str| id.split_once('.').map(|(family, _)| family.to_owned());
    let ids: BTreeSet<&str> = facts.iter().map(|fact| fact.id.as_str()).collect();
    let families: BTreeSet<String> = ids.iter().filter_map(|id| family(id)).collect();
    let mut found = Vec::new();
    for rule in policy().rules {
        for tag in &rule.tags {
            if family(tag).is_some_and(|family| families.contains(&family)) && !ids.contains(tag.as_str()) {
                found.push(format!("{}: `{tag}` is no row", rule.id));
            }
        }
    }
    none(found);
}

#[test]
fn what_was_not_verified_is_told_by_its_rules() {
    let policy = policy();
    let mut found = Vec::new();
    for fact in facts().into_iter().filter(|fact| !fact.verified) {
        for rule in policy.rules.iter().filter(|rule| rule.tags.iter().any(|tag| *tag == fact.id)) {
            if !rationale(rule).contains(NOT_VERIFIED) {
                found.push(format!("{}: the rationale does not say that {} was not verified", rule.id, fact.id));
            }
        }
    }
    none(found);
}

#[test]
fn the_page_counts_rows_and_rules() {
    let lines = coverage();
    let with_rules = lines.iter().filter(|line| !line.rules.is_empty()).count();
    let sentence = format!(
        "{} rows: {with_rules} have rules, {} have a reason. {} rules in all;",
        lines.len(),
        lines.len() - with_rules,
        policy().rules.len()
    );
    assert!(read("COVERAGE.md").contains(&sentence), "the page does not say `{sentence}`");
}

#[test]
fn a_row_names_a_law_that_holds_as_long() {
    let policy = policy();
    let day = |date: &Option<String>| date.as_ref().map(|date| parse_date(date).unwrap());
    for fact in facts() {
        let tagged = policy.rules.iter().any(|rule| rule.tags.iter().any(|tag| *tag == fact.id));
        let Some(name) = &fact.law else {
            assert!(!tagged || fact.from.is_none(), "{} has rules, holds, and names no law", fact.id);
            continue;
        };
        let law = law(&policy, name);
        let effective = law.effective.as_ref().unwrap();
        if let Some(from) = day(&fact.from) {
            assert!(effective.from <= from, "{} holds before its law does", fact.id);
            let until = (day(&fact.until).unwrap_or(i32::MAX), effective.until.unwrap_or(i32::MAX));
            assert!(until.0 <= until.1, "{} holds after its law does", fact.id);
        }
    }
}

#[test]
fn a_rule_cites_the_articles_of_its_rows() {
    let policy = policy();
    let mut found = Vec::new();
    for fact in facts() {
        let Some(name) = &fact.law else { continue };
        let asked = articles(&fact.article);
        for rule in policy.rules.iter().filter(|rule| rule.tags.iter().any(|tag| *tag == fact.id)) {
            let cited: Vec<&str> = rule
                .cites
                .iter()
                .filter(|(at, _)| policy.laws.get(*at).is_some_and(|law| law.name == *name))
                .map(|(_, place)| place.as_deref().unwrap_or("whole"))
                .collect();
            let places: BTreeSet<String> = cited.iter().flat_map(|place| articles(place)).collect();
            let whole = asked.is_empty() || cited.contains(&"whole");
            if cited.is_empty() {
                found.push(format!("{}: carries {}, and does not cite {name}", rule.id, fact.id));
            } else if !whole && !asked.iter().any(|asked| places.iter().any(|place| within(asked, place))) {
                found.push(format!("{}: carries {}, and cites {cited:?}, not {}", rule.id, fact.id, fact.article));
            }
        }
    }
    none(found);
}

#[test]
fn a_rule_has_a_severity_a_reason_a_remedy_and_a_law_or_says_whose_advice_it_is() {
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut stated = BTreeSet::new();
    for pack in embedded::names() {
        for file in embedded::files(pack).unwrap().iter().filter(|file| file.name.ends_with(".cerco")) {
            for item in parse(file.text, 0).0.items {
                let Item::Rule(rule) = item else { continue };
                if rule.head.iter().any(|line| matches!(line.kind, HeadKind::Severity(_))) {
                    stated.insert(format!("{pack}/{}", rule.name.text));
                }
            }
        }
    }
    let mut found = Vec::new();
    let policy = policy();
    for rule in &policy.rules {
        let own = OWN_ADVICE.iter().any(|words| rationale(rule).contains(words));
        let asked = [
            (stated.contains(rule.id.as_str()), "has no severity of its own"),
            (!rationale(rule).is_empty(), "has no rationale"),
            (rule.remedy.as_deref().is_some_and(chinese), "has no remedy with Chinese terms"),
            (!rule.cites.is_empty() || own, "cites no law, and does not say that it is the project's own advice"),
            (!rule.tags.is_empty(), "has no tags"),
        ];
        found.extend(asked.iter().filter(|(holds, _)| !holds).map(|(_, lacks)| format!("{} {lacks}", rule.id)));
    }
    none(found);
}

fn law<'p>(policy: &'p Policy, name: &str) -> &'p Law {
    let found = policy.laws.iter().find(|law| law.name == name);
    assert!(found.is_some(), "no law is called `{name}`");
    found.unwrap()
}

/// The articles, clauses or controls that a text names, without what stands in brackets: of `arts. 5, 7-9(2)`, 5, 7, 8
/// and 9. Years are none, and neither are the numbers of questions and answers.
fn articles(text: &str) -> BTreeSet<String> {
    let mut depth = 0_usize;
    let bare: String = text
        .chars()
        .filter(|c| {
            depth += usize::from(*c == '(');
            let outside = depth == 0;
            depth -= usize::from(*c == ')');
            outside
        })
        .collect();
    let mut out = BTreeSet::new();
    for part in bare.split(';').filter(|part| !part.contains("Q&A")) {
        for word in part.split([' ', ',', '/']) {
            let word = word.trim_start_matches("A.").trim_end_matches(['.', '-']);
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            out.extend(range(first, last));
        }
    }
    out
}

/// The numbers from one to another: of `4.5` and `4.7`, 4.5, 4.6 and 4.7.
fn range(first: &str, last: &str) -> Vec<String> {
    let split = |number: &str| {
        let (stem, end) = number.rsplit_once('.').map_or(("", number), |(stem, end)| (stem, end));
        end.parse::<u32>().ok().filter(|end| *end < 1000).map(|end| (stem.to_owned(), end))
    };
    match (split(first), split(last)) {
        (Some((stem, from)), Some((other, to))) if stem == other => (from..=to)
            .map(|number| if stem.is_empty() { number.to_string() } else { format!("{stem}.{number}") })
            .collect(),
        (Some(_), _) => vec![first.to_owned()],
        (None, _) => Vec::new(),
    }
}

/// Whether one is the other or a part of it: 8.1.4.1 is one of 8.1.4.
fn within(one: &str, other: &str) -> bool {
    let part = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    one == other || part(one, other) || part(other, one)
}

#[test]
fn articles_are_read_as_people_write_them() {
    let read = |text: &str| articles(text).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(read("arts. 5, 7-9(2)"), "5 7 8 9");
    assert_eq!(read("23(3) (was 21(3))"), "23");
    assert_eq!(read("4(1)-(3)"), "4");
    assert_eq!(read("16-A"), "16");
    assert_eq!(read("Annex A 5.12, 5.13"), "5.12 5.13");
    assert_eq!(read("A.8.15, cl. 4.5-4.7"), "4.5 4.6 4.7 8.15");
    assert_eq!(read("scope section; Q&A 2025-10 no. 5"), "");
    assert_eq!(read("guidance June 2023"), "");
    assert!(within("8.1.4.1", "8.1.4") && within("7", "7") && !within("7", "71") && !within("7.1", "7.10"));
}
