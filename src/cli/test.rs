//! Owns `cerco test`. It must never know how a test is run.

use std::io;

use super::arguments::{Source, Test};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, progress, unless_broken};
use crate::diagnostic::Diagnostic;
use crate::finding::Report;
use crate::project::Request;
use crate::report;
use crate::session::Tick;
use crate::source::Sources;

/// What became of packs' own tests.
#[derive(Debug, Default)]
struct Tested {
    /// All texts that were read.
    sources: Sources,
    /// Packs that do not load, tests that cannot be read.
    errors: Vec<Diagnostic>,
    /// The tests, in order.
    cases: Vec<Case>,
}

/// One test of a pack.
#[derive(Debug)]
struct Case {
    /// The pack.
    pack: String,
    /// The test's name.
    name: String,
    /// Why it fails; none where it passes.
    failures: Vec<Diagnostic>,
}

fn tests(_: &Request, _: Tick<'_>) -> Tested {
    let error = Diagnostic::bare("cli/not-built", "`cerco test` is not part of this build");
    Tested { errors: vec![error.help("check the tenants of the tests by `cerco check`")], ..Tested::default() }
}

/// Runs the tests, tells which fail and why, and gives the exit status.
pub fn run(command: Test, terminal: &Terminal) -> io::Result<u8> {
    let source = Source { packs: command.packs, as_of: None, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), Some(command.limits));
    let Tested { sources, errors, cases } =
        progress::watch(terminal.shows_progress(), "testing", |tick| tests(&request, tick));
    let failed = cases.iter().filter(|case| !case.failures.is_empty()).count();
    let status = match (errors.is_empty(), failed) {
        (false, _) => UNTRUSTED,
        (true, 0) => PASSED,
        (true, _) => FAILED,
    };
    let broken = !errors.is_empty();
    let errors = Report { errors, ..Report::default() };
    terminal.complain(|out| report::complain(&errors, &sources, &terminal.error_options(), out));
    let options = terminal.out_options();
    let written = terminal.write(|out| {
        for case in cases.iter().filter(|case| !case.failures.is_empty()) {
            writeln!(out, "fail: {}: {}", report::printable(&case.pack), report::printable(&case.name))?;
            let why = Report { errors: case.failures.clone(), ..Report::default() };
            report::complain(&why, &sources, &options, out)?;
        }
        if terminal.quiet {
            return Ok(());
        }
        match (cases.len(), failed) {
            (0, _) if broken => Ok(()),
            (0, _) => writeln!(out, "no test was found"),
            (1, 0) => writeln!(out, "1 test passes"),
            (all, 0) => writeln!(out, "{all} tests pass"),
            (all, failed) => writeln!(out, "{failed} of {all} tests fail"),
        }
    });
    unless_broken(written, status)
}
