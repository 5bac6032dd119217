//! Owns `cerco test`. It must never know how a test is run.

use std::io::{self, Write};

use super::arguments::{Source, Test};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, progress, unless_broken};
use crate::finding::Report;
use crate::project::{self, Tests};
use crate::report::{self, colon_place, printable};
use crate::source::Sources;
use crate::suite::{Coverage, Tested};

/// Runs the tests, tells which fail and why, and gives the exit status.
pub fn run(command: Test, terminal: &Terminal) -> io::Result<u8> {
    let Test { packs, update, coverage, min_coverage, limits } = command;
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), Some(limits));
    let asked = Tests { update, coverage: coverage || min_coverage.is_some() };
    let Tested { sources, mut errors, warnings, cases, coverage: covered, locales } =
        progress::watch(terminal.shows_progress(), "testing", |tick| project::test(&request, asked, tick));
    if update {
        errors.extend(project::write(&cases));
    }
    let failed = cases.iter().filter(|case| !case.failures.is_empty()).count();
    let low: Vec<&Coverage> = match min_coverage.map(usize::from) {
        Some(least) => covered.iter().filter(|pack| pack.percent() < least).collect(),
        None => Vec::new(),
    };
    let status = match (errors.is_empty(), failed == 0 && low.is_empty()) {
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
        }
        if coverage {
            for pack in &covered {
                table(pack, &sources, out)?;
            }
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
