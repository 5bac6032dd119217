//! Owns `cerco explain`. It must never know how a verdict comes about.

use std::io;

use super::arguments::Explain;
use super::engine::{Engine, Explained};
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::report;

/// Explains, and gives the exit status: a tenant that fails is explained, and so no failure.
pub fn run(command: Explain, terminal: &Terminal, engine: &Engine) -> io::Result<u8> {
    let Explain { rule, tenants, source, limits } = command;
    let request = source.request(tenants, Vec::new(), Some(limits));
    let Explained { rules, outcome } = (engine.explain)(&request, &rule);
    let (sources, found) = (&outcome.sources, &outcome.report);
    terminal.complain(|out| report::complain(found, sources, &terminal.error_options(), out));
    let options = report::Options { unknown_detail: true, ..terminal.out_options() };
    let written = terminal.write(|out| {
        report::explain(&rules, sources, &options, out)?;
        if found.tenants.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        report::write(found, sources, &options, out)
    });
    unless_broken(written, if found.errors.is_empty() { PASSED } else { UNTRUSTED })
}
