//! Owns `cerco test`. It must never know how a test is run.

use std::io::{self, Write};

use super::arguments::{Source, Test};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, progress, unless_broken};
use crate::finding::Report;
use crate::project::{self, Tests};
use crate::report::{self, colon_place, printable};
use crate::source::Sources;
use crate::suite::{Coverage, Mutation, Survivor, Tested};

/// Runs the tests, tells which fail and why, and gives the exit status.
pub fn run(command: Test, terminal: &Terminal) -> io::Result<u8> {
    let Test { packs, update, coverage, min_coverage, mutate, limits } = command;
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), Some(limits));
    let asked = Tests { update, coverage: coverage || min_coverage.is_some(), mutate };
    let Tested { sources, mut errors, warnings, cases, coverage: covered, mutations, locales } =
        progress::watch(terminal.shows_progress(), "testing", |tick| project::test(&request, asked, tick));
    if update {
        errors.extend(project::write(&cases));
    }
    let failed = cases.iter().filter(|case| !case.failures.is_empty()).count();
    let low: Vec<&Coverage> = match min_coverage.map(usize::from) {
        Some(least) => covered.iter().filter(|pack| pack.percent() < least).collect(),
        None => Vec::new(),
    };
    let noticed = mutations.iter().all(|pack| pack.survivors.is_empty() && pack.stale.is_empty());
    let status = match (errors.is_empty(), failed == 0 && low.is_empty() && noticed) {
        (false, _) => UNTRUSTED,
        (true, true) => PASSED,
        (true, false) => FAILED,
    };
    let broken = !errors.is_empty();
    let wrong = Report { errors, warnings, ..Report::default() };
    terminal.complain(|out| report::complain(&wrong, &sources, &terminal.error_options(), out));
    let options = terminal.out_options();
    let written = terminal.write(|out| {
        for case in &cases {
            if !case.failures.is_empty() {
                writeln!(out, "fail: {}", printable(&case.name))?;
                let why = Report { errors: case.failures.clone(), ..Report::default() };
                report::complain(&why, &sources, &options, out)?;
            } else if case.updated.is_some() && !terminal.quiet {
                writeln!(out, "updated: {}", printable(&case.name))?;
            }
            if case.updated.is_some() {
                let lost = Report { warnings: case.given_up.clone(), ..Report::default() };
                report::complain(&lost, &sources, &options, out)?;
            }
        }
        if coverage {
            for pack in &covered {
                table(pack, &sources, out)?;
            }
        }
        for pack in &mutations {
            survivors(pack, &sources, &options, out)?;
        }
        if mutate && mutations.is_empty() && failed > 0 {
            writeln!(out, "nothing was altered: tests that fail notice nothing")?;
        }
        for locale in locales.iter().filter(|locale| coverage || !locale.lacks.is_empty()) {
            if !terminal.quiet {
                writeln!(out, "translation of {} to {}: {}", locale.pack, locale.lang.tag(), locale.summary())?;
            }
            for lack in locale.lacks.iter().filter(|_| coverage) {
                let place = colon_place(&sources, lack.span);
                let word = if lack.outdated { "out of date" } else { "missing" };
                writeln!(out, "  {word:11}  {place}  {}: {}", lack.of, printable(&lack.what))?;
            }
        }
        for pack in &low {
            let least = min_coverage.unwrap_or_default();
            writeln!(
                out,
                "fail: the tests of {} show {} % of its examples, and {least} % are asked for",
                pack.pack,
                pack.percent()
            )?;
        }
        if terminal.quiet || broken && cases.is_empty() {
            return Ok(());
        }
        match cases.len() {
            0 => writeln!(out, "no test was found"),
            all => writeln!(out, "{} passed, {failed} failed", all - failed),
        }
    });
    unless_broken(written, status)
}

/// Which alterations of a pack no test notices.
fn survivors(pack: &Mutation, sources: &Sources, options: &report::Options, out: &mut dyn Write) -> io::Result<()> {
    let Mutation { pack: name, all, explained, survivors, stale } = pack;
    let noticed = all - explained - survivors.len();
    let mut rest = Vec::new();
    if *explained > 0 {
        rest.push(format!("{explained} explained"));
    }
    if !survivors.is_empty() {
        rest.push(format!("{} not noticed", survivors.len()));
    }
    let rest = if rest.is_empty() { String::new() } else { format!(", {}", rest.join(", ")) };
    writeln!(out, "mutants of {}: {noticed} of {all} noticed{rest}", printable(name))?;
    for Survivor { change, span, text, untested } in survivors {
        let untested = if *untested { "; no test runs a rule that uses it" } else { "" };
        let place = colon_place(sources, *span);
        let of: String =
            sources.text(*span).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
        writeln!(out, "  {place}: {}: {}, in `{}`{untested}", change.word(), printable(text), printable(&of))?;
    }
    let stale = Report { errors: stale.clone(), ..Report::default() };
    report::complain(&stale, sources, options, out)
}

/// Which rules, checks and bands of a pack lack an example, and of what.
fn table(pack: &Coverage, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let (there, of) = pack.count();
    writeln!(out, "coverage of {}: {} % ({there} of {of} examples)", pack.pack, pack.percent())?;
    if there == 0 {
        return Ok(());
    }
    for part in &pack.parts {
        let lacks = part.lacks();
        let lacks = match lacks.len() {
            0 => continue,
            all if all == part.needs() => "no example".to_owned(),
            _ => format!("no {}", lacks.join(", ")),
        };
        let place = colon_place(sources, part.span);
        writeln!(out, "  {:5}  {lacks:<20}  {place}  {}", part.word, printable(&part.text))?;
    }
    Ok(())
}
