//! Owns `cerco lint`. It must never know how a lint is found.

use std::io;

use super::arguments::{Lint, Source};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, unless_broken};
use crate::finding::Report;
use crate::lint::{self, Looked};
use crate::project;
use crate::report::{self, Format, Options};
use crate::session;
use crate::value::format_date;

/// Looks, tells what was found, and gives the exit status.
pub fn run(command: Lint, terminal: &Terminal) -> io::Result<u8> {
    let Lint { packs, as_of, format } = command;
    let source = Source { packs, as_of, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), None);
    let as_of = project::days(request.as_of.unwrap_or(request.today));
    let mut packs = project::packs(&request);
    let mut found = Report { as_of: format_date(as_of), ..Report::default() };
    let loaded = session::load(&mut packs, &mut found);
    let format: Format = format.into();
    let options = Options { format, ..terminal.out_options() };
    let Some(loaded) = loaded else {
        terminal.complain(|out| report::complain(&found, &packs.sources, &terminal.error_options(), out));
        if format != Format::Text {
            return unless_broken(
                terminal.write(|out| report::write(&found, &packs.sources, &options, out)),
                UNTRUSTED,
            );
        }
        return Ok(UNTRUSTED);
    };
    let looked =
        Looked { policy: &loaded.policy, sources: &packs.packs, named: &loaded.named, texts: &packs.sources, as_of };
    let lints = lint::lint(&looked);
    if format == Format::Sarif {
        // Code scanning shows results, and no warnings.
        let as_findings = lint::report(&lints, &packs.sources);
        found.rules = as_findings.rules;
        found.tenants = as_findings.tenants;
    }
    let (count, status) = (lints.len(), if lints.is_empty() { PASSED } else { FAILED });
    if format != Format::Sarif {
        found.warnings.extend(lints);
    }
    let written = terminal.write(|out| {
        if format != Format::Text {
            return report::write(&found, &packs.sources, &options, out);
        }
        report::complain(&found, &packs.sources, &options, out)?;
        let number = loaded.named.iter().filter(|named| **named).count();
        let packs = if number == 1 { "pack" } else { "packs" };
        match count {
            _ if terminal.quiet => Ok(()),
            0 => writeln!(out, "no lint in {number} {packs}"),
            1 => writeln!(out, "1 lint in {number} {packs}"),
            _ => writeln!(out, "{count} lints in {number} {packs}"),
        }
    });
    unless_broken(written, status)
}
