//! Owns `cerco docs`. It must never know what a page says.

use std::io;

use super::arguments::{Docs, Source};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, unless_broken};
use crate::finding::Report;
use crate::project::{bring, compare, pages};
use crate::report::{self, printable};

/// Writes the pages of packs, or says which are stale, and gives the exit status.
pub fn run(command: Docs, terminal: &Terminal) -> io::Result<u8> {
    let Docs { packs, output, check } = command;
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let mut pages = pages(&source.request(Vec::new(), Vec::new(), None));
    let mut told = Vec::new();
    let mut stale = 0;
    if pages.errors.is_empty() {
        match compare(&pages, &output) {
            Err(errors) => pages.errors = errors,
            Ok(differences) => {
                let written = differences.write.iter().map(|(path, _)| path);
                stale = differences.write.len() + differences.remove.len();
                if check {
                    told.extend(written.map(|path| format!("would change: {}", path.display())));
                    told.extend(differences.remove.iter().map(|path| format!("would be removed: {}", path.display())));
                } else {
                    pages.errors = bring(&differences);
                    told.extend(differences.remove.iter().map(|path| format!("removed: {}", path.display())));
                }
            }
        }
    }
    let untrusted = !pages.errors.is_empty();
    let count = pages.files.len();
    let complaints = Report { errors: pages.errors, warnings: pages.warnings, ..Report::default() };
    terminal.complain(|out| report::complain(&complaints, &pages.sources, &terminal.error_options(), out));
    if untrusted {
        return Ok(UNTRUSTED);
    }
    let written = terminal.write(|out| {
        for line in &told {
            writeln!(out, "{}", printable(line))?;
        }
        if terminal.quiet {
            return Ok(());
        }
        let pages_word = if count == 1 { "page" } else { "pages" };
        match (check, stale) {
            (true, 0) | (false, 0) => writeln!(out, "{count} {pages_word}, all up to date"),
            (true, _) => writeln!(out, "{count} {pages_word}, {stale} not up to date: run `cerco docs` again"),
            (false, _) => writeln!(
                out,
                "{count} {pages_word} in {}, {stale} new, changed or removed",
                printable(&output.display().to_string())
            ),
        }
    });
    unless_broken(written, if check && stale > 0 { FAILED } else { PASSED })
}
