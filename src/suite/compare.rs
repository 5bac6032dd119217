//! Owns the comparison of what is expected with what was found. It must never know how either came about.

use super::{Found, Wanted};
use crate::diagnostic::Diagnostic;
use crate::finding::Kind;

/// The most failures of one document that are told.
const MOST: usize = 100;

/// Sets expectations against findings, and tells what does not fit. `why` says why a rule finds nothing more.
pub(super) fn compare(wanted: &[Wanted], found: &[Found], why: impl Fn(&Wanted) -> String) -> Vec<Diagnostic> {
    let mut open: Vec<&Found> = found.iter().collect();
    let unmet: Vec<&Wanted> = wanted
        .iter()
        .filter(|wanted| {
            // What is written as nothing may be expected on two lines: it is left to the one on which it is written.
            let is = |it: &Found| it.kind == wanted.kind && it.rule == wanted.rule && it.stands(wanted);
            let own = take(&mut open, |it| is(it) && it.line == wanted.line);
            own.or_else(|| take(&mut open, is)).is_none()
        })
        .collect();
    // A word speaks for all that its rule finds on its line; a rule that is named twice there finds two at least.
    open.retain(|it| {
        !wanted.iter().any(|wanted| it.kind == wanted.kind && it.rule == wanted.rule && it.stands(wanted))
    });
    // What stands on the right line as another kind of finding is taken before what stands elsewhere.
    let mut failures = Vec::new();
    let mut lost = Vec::new();
    for wanted in unmet {
        match take(&mut open, |it| it.rule == wanted.rule && it.line == wanted.line) {
            Some(it) => failures.push(other_kind(wanted, it)),
            None => lost.push(wanted),
        }
    }
    for wanted in lost {
        open.sort_by_key(|it| (it.kind != wanted.kind, it.line.abs_diff(wanted.line), it.span.start));
        match take(&mut open, |it| it.rule == wanted.rule) {
            Some(it) => failures.push(misplaced(wanted, it)),
            None => failures.push(missing(wanted, why(wanted))),
        }
    }
    failures.extend(open.into_iter().map(extra));
    failures.sort_by_key(|failure| failure.span);
    if failures.len() > MOST {
        let rest = failures.len() - MOST;
        failures.truncate(MOST);
        failures.push(Diagnostic::bare("test/more", format!("{rest} more findings and expectations do not fit")));
    }
    failures
}

/// What is expected and found nowhere in the document: an update gives it up.
pub(super) fn given_up(wanted: &[Wanted], found: &[Found]) -> Vec<Diagnostic> {
    let nowhere = |wanted: &&Wanted| !found.iter().any(|it| it.kind == wanted.kind && it.rule == wanted.rule);
    let tell = |wanted: &Wanted| {
        let message = format!("`{}`: {} was expected here, and is given up", wanted.rule, noun(wanted.kind));
        Diagnostic::error("test/given-up", wanted.span, message)
            .warning()
            .help("if it should be found, put the comment back, and change the tenant or the rule")
    };
    wanted.iter().filter(nowhere).map(tell).collect()
}

fn take<'a>(open: &mut Vec<&'a Found>, is: impl Fn(&Found) -> bool) -> Option<&'a Found> {
    let at = open.iter().position(|it| is(it))?;
    Some(open.remove(at))
}

fn other_kind(wanted: &Wanted, found: &Found) -> Diagnostic {
    let message =
        format!("`{}`: {} is expected here, and {} is found", wanted.rule, noun(wanted.kind), noun(found.kind));
    Diagnostic::error("test/kind", wanted.span, message)
        .labelled("expected here")
        .and_at(found.span, found.message.clone())
        .help(format!("write `{}`, or change the tenant or the rule", found.comment()))
}

fn misplaced(wanted: &Wanted, found: &Found) -> Diagnostic {
    let message = match found.kind == wanted.kind {
        true => format!("`{}` finds nothing on this line, but on line {}", wanted.rule, found.line),
        false => {
            format!("`{}` finds nothing on this line, but {} on line {}", wanted.rule, noun(found.kind), found.line)
        }
    };
    let failure = Diagnostic::error("test/misplaced", wanted.span, message).labelled("expected here");
    let failure = if found.kind == Kind::Error {
        failure.and_at(found.policy.unwrap_or(found.span), found.message.clone())
    } else {
        failure.and_at(found.span, found.message.clone())
    };
    failure.help(format!("move the comment to line {}, or change the tenant or the rule", found.line))
}

fn missing(wanted: &Wanted, why: String) -> Diagnostic {
    let message = format!("`{}`: {} is expected here, and nothing is found", wanted.rule, noun(wanted.kind));
    let help = match wanted.alone && wanted.kind != Kind::Error {
        true => format!("{why}; a comment belongs on the line of its finding"),
        false => why,
    };
    Diagnostic::error("test/missing", wanted.span, message).labelled("expected here").help(help)
}

fn extra(found: &Found) -> Diagnostic {
    let failure = Diagnostic::error("test/unexpected", found.span, format!("`{}`: {}", found.rule, found.message))
        .labelled(format!("{} that no comment expects", noun(found.kind).split_once(' ').map_or("finding", |it| it.1)));
    let failure = match found.policy {
        Some(policy) if policy != found.span => failure.and_at(policy, "asked here"),
        _ => failure,
    };
    let place = if found.kind == Kind::Error { "at the top of the document" } else { "on this line" };
    failure.help(format!("if it belongs here, write `{}` {place}", found.comment()))
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Violation => "a violation",
        Kind::Unknown => "an unknown",
        Kind::Invalid => "an invalid value",
        Kind::Error => "an error",
    }
}
