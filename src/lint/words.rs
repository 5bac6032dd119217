//! Owns the heads of rules: words that are missing, severities that never show, dates that are long past. It must never know an expression.

use super::Looked;
use super::walk::in_force;
use crate::diagnostic::Diagnostic;
use crate::policy;
use crate::syntax::{Asks, HeadKind, Item, Rule, Statement};
use crate::value::{Duration, format_date, shift_date};

/// How long after its end a rule is kept without a word: a year.
const KEPT: Duration = Duration { months: 12, seconds: 0 };

/// What is wrong with the heads of the rules that are looked at.
pub fn look(looked: &Looked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (pack, source) in looked.sources.iter().enumerate().filter(|(pack, _)| looked.is_named(*pack)) {
        for item in source.files.iter().flat_map(|file| &file.items) {
            let Item::Rule(rule) = item else { continue };
            found.extend(missing(rule));
            found.extend(articles(rule));
            found.extend(silent(rule));
            let checked = looked.policy.rules.iter().find(|it| it.pack == pack && it.span == rule.name.span);
            found.extend(checked.and_then(|rule| long_past(looked, rule)));
        }
    }
    found
}

fn missing(rule: &Rule) -> Option<Diagnostic> {
    let says = |word: &&&str| rule.head.iter().any(|head| head.kind.word().0 == **word);
    let missing: Vec<String> =
        ["severity", "rationale", "remedy"].iter().filter(|word| !says(word)).map(|word| format!("`{word}`")).collect();
    let (last, before) = missing.split_last()?;
    let words = if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
    Some(
        Diagnostic::error("lint/missing-words", rule.name.span, format!("this rule says no {words}"))
            .help("whoever meets its finding reads how grave it is, why it is asked, and what to do"),
    )
}

fn articles(rule: &Rule) -> impl Iterator<Item = Diagnostic> {
    let cites =
        rule.head.iter().filter_map(|head| if let HeadKind::Cites(cites) = &head.kind { Some(cites) } else { None });
    cites.flatten().filter(|(_, article)| article.as_ref().is_none_or(|it| it.text.trim().is_empty())).map(
        |(law, _)| {
            Diagnostic::error("lint/no-article", law.span(), format!("where in `{}` does it say so?", law.name.text))
                .help("name the article behind the law: `cites laws.pipl \"art. 38\"`")
        },
    )
}

/// A severity that no check takes, since each says its own.
fn silent(rule: &Rule) -> Option<Diagnostic> {
    let said = rule.head.iter().find(|head| matches!(head.kind, HeadKind::Severity(_)))?;
    let (mut own, mut taken) = (false, false);
    severities(&rule.body, &mut own, &mut taken);
    (own && !taken).then(|| {
        Diagnostic::error("lint/silent-severity", said.span, "no check takes this severity: each says its own")
            .help("take the word away from the checks that it is meant for")
    })
}

/// Whether a check says its own severity, and whether one takes the rule's.
fn severities(statements: &[Statement], own: &mut bool, taken: &mut bool) {
    let mut note = |severity: &Option<crate::finding::Severity>| {
        *own |= severity.is_some();
        *taken |= severity.is_none();
    };
    let mut inner: Vec<&[Statement]> = Vec::new();
    for statement in statements {
        match statement {
            Statement::Let(_) => {}
            Statement::For(item) => inner.push(&item.body),
            Statement::If(item) => inner.extend([item.then.as_slice(), item.otherwise.as_slice()]),
            Statement::Check(check) => note(&check.severity),
            Statement::Settings(_) | Statement::Grants(_) => note(&None),
            Statement::Threshold(threshold) => {
                for band in &threshold.bands {
                    match (&band.asks, band.severity) {
                        (Asks::Block(block), None) => inner.push(block),
                        (_, severity) => note(&severity),
                    }
                }
            }
        }
    }
    for statements in inner {
        severities(statements, own, taken);
    }
}

fn long_past(looked: &Looked<'_>, rule: &policy::Rule) -> Option<Diagnostic> {
    let (_, until) = in_force(looked.policy, rule)?;
    let until = until?;
    let past = shift_date(until, KEPT, false)? <= looked.as_of;
    let place = rule.effective.map_or(rule.span, |effective| effective.span);
    past.then(|| {
        let message = format!("this rule has not held since {}, more than a year ago", format_date(until));
        Diagnostic::error("lint/long-past", place, message)
            .help("take it out; or allow it, and say who still asks about that time")
    })
}
