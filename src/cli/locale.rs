//! Owns `cerco locale`. It must never know what a locale file says.

use std::io;

use super::arguments::{Locale, Source};
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, unless_broken};
use crate::finding::Report;
use crate::lang::Lang;
use crate::project::{self, Locales};
use crate::report::{self, printable};

/// Brings locale files up to date, and gives the exit status.
pub fn run(command: Locale, terminal: &Terminal) -> io::Result<u8> {
    let Locale { packs, lang, check } = command;
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let langs: Vec<Lang> = lang.into_iter().map(Lang::from).collect();
    let Locales { sources, mut errors, warnings, files } =
        project::locales(&source.request(Vec::new(), Vec::new(), None), &langs);
    if !check {
        errors.extend(project::write_locales(&files));
    }
    let changed = files.iter().any(|file| file.changed);
    let status = match (errors.is_empty(), check && changed) {
        (false, _) => UNTRUSTED,
        (true, true) => FAILED,
        (true, false) => PASSED,
    };
    let wrong = Report { errors, warnings, ..Report::default() };
    terminal.complain(|out| report::complain(&wrong, &sources, &terminal.error_options(), out));
    let written = terminal.write(|out| {
        for file in files.iter().filter(|file| !terminal.quiet || check && file.changed) {
            let word = match (file.changed, check) {
                (false, _) => "up to date",
                (true, true) => "would change",
                (true, false) => "written",
            };
            writeln!(out, "{word}: {}: {}", printable(&file.name), file.coverage.summary())?;
        }
        Ok(())
    });
    unless_broken(written, status)
}
