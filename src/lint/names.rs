//! Owns names: those that nobody reads, laws that nobody cites, and rules that are told apart by too little. It must never know an expression.

use crate::string::Str;
use std::collections::HashMap;

use super::Looked;
use crate::diagnostic::Diagnostic;
use crate::policy::{Naming, Unread};
use crate::source::Span;

/// What is wrong with the names of the packs that are looked at.
pub fn look(looked: &Looked<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> =
        looked.policy.unread.iter().filter_map(|unread| self::unread(looked, unread)).collect();
    found.extend(uncited(looked));
    found.extend(clashes(looked));
    found
}

/// What a pack lends to others is only known to be unused where others are there that use it.
fn unread(looked: &Looked<'_>, unread: &Unread) -> Option<Diagnostic> {
    let Unread { pack, naming, name, span } = unread;
    let lent = match naming {
        Naming::Let | Naming::Param => looked.only_lends(*pack),
        Naming::Define => looked.may_lend(*pack),
        Naming::Local | Naming::Loop | Naming::Argument => false,
    };
    if lent || !looked.is_named(*pack) {
        return None;
    }
    let (message, help) = match naming {
        Naming::Param => {
            (format!("the parameter `{name}` changes nothing: nobody reads it"), "read it, or take it out")
        }
        Naming::Let => (format!("nobody reads `{name}`"), "read it, or take it out"),
        Naming::Define => (format!("nobody calls `{name}`"), "call it, or take it out"),
        Naming::Local => (format!("nothing below reads `{name}`"), "read it, or take it out"),
        Naming::Loop => (
            format!("what is asked of each `{name}` does not depend on it"),
            "ask something of it, or ask outside of the loop",
        ),
        Naming::Argument => (format!("the function does not read `{name}`"), "read it, or take it out"),
    };
    Some(Diagnostic::error("lint/unused", *span, message).help(help))
}

fn uncited(looked: &Looked<'_>) -> impl Iterator<Item = Diagnostic> {
    let cited = |at: usize| looked.policy.rules.iter().any(|rule| rule.cites.iter().any(|(law, _)| *law == at));
    let laws = looked.policy.laws.iter().enumerate();
    laws.filter(move |(at, law)| looked.is_named(law.pack) && !looked.only_lends(law.pack) && !cited(*at)).map(
        |(_, law)| {
            Diagnostic::error("lint/uncited-law", law.span, format!("no rule cites the law `{}`", law.name))
                .help("cite it where a rule asks for what it says, or take it out")
        },
    )
}

/// Rules, and laws, whose names differ by case, `-` and `_` alone.
fn clashes(looked: &Looked<'_>) -> Vec<Diagnostic> {
    let policy = looked.policy;
    let rules = policy.rules.iter().map(|rule| ("rule", rule.pack, rule.id.to_string(), rule.span));
    let laws = policy.laws.iter().map(|law| {
        let pack = policy.packs.get(law.pack).map_or("", Str::as_str);
        ("law", law.pack, format!("{pack}.{}", law.name), law.span)
    });
    let mut all: Vec<(&str, usize, String, Span)> = rules.chain(laws).collect();
    all.sort_by_key(|(.., span)| *span);
    let mut seen: HashMap<(&str, String), (String, Span)> = HashMap::new();
    let mut found = Vec::new();
    for (what, pack, id, span) in all {
        let plain = id.replace(['-', '_'], "").to_lowercase();
        match seen.get(&(what, plain.clone())) {
            Some((before, place)) if looked.is_named(pack) => {
                let message = format!("the {what} `{id}` is hard to tell from `{before}`");
                found.push(
                    Diagnostic::error("lint/case-clash", span, message)
                        .and_at(*place, "declared here")
                        .help("give one of them another name: people write them from memory"),
                );
            }
            Some(_) => {}
            None => {
                seen.insert((what, plain), (id, span));
            }
        }
    }
    found
}
