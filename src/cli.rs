//! Owns the command line: arguments in, one function a command, an exit status out. It must never know what a policy or a tenant means.

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::Parser as _;

mod arguments;
mod check;
mod diff;
mod docs;
mod explain;
mod fix;
mod fmt;
mod lint;
mod locale;
mod new;
mod output;
mod progress;
mod schema;
mod test;

use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::report::{self, printable};
use crate::source::Sources;
use arguments::{Arguments, Command};
use output::Terminal;

/// Nothing stands that fails the run.
pub const PASSED: u8 = crate::report::PASSED;
/// Something does.
pub const FAILED: u8 = crate::report::FAILED;
/// The run could not be trusted: a bad option, an unreadable file, a pack that does not load, a limit hit.
pub const UNTRUSTED: u8 = crate::report::UNTRUSTED;

/// Runs a command line, its first argument the program's name, and gives the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) if error.kind() == clap::error::ErrorKind::InvalidUtf8 => {
            let which = given.iter().find(|argument| argument.to_str().is_none());
            let which = which.map_or_else(String::new, |argument| printable(&argument.to_string_lossy()).into_owned());
            let _ = writeln!(io::stderr(), "error: the argument `{which}` is not UTF-8");
            let _ = writeln!(io::stderr(), "\n  tip: a tenant of such a name can be given by standard input: `-`");
            return UNTRUSTED;
        }
        Err(error) => {
            // Help and version are no errors, and go to standard output.
            let status = if error.use_stderr() { UNTRUSTED } else { PASSED };
            return unless_broken(error.print(), status).unwrap_or_else(|error| unwritten(&error));
        }
    };
    let terminal = Terminal::new(arguments.color, arguments.quiet);
    let result = match arguments.command {
        Command::Check(command) => check::run(command, &terminal),
        Command::Test(command) => test::run(command, &terminal),
        Command::Fmt(command) => fmt::run(command, &terminal),
        Command::Lint(command) => lint::run(command, &terminal),
        Command::Fix(command) => fix::run(command, &terminal),
        Command::Explain(command) => explain::run(command, &terminal),
        Command::Schema(command) => schema::run(command, &terminal),
        Command::Docs(command) => docs::run(command, &terminal),
        Command::New(command) => new::run(command, &terminal),
        Command::Locale(command) => locale::run(command, &terminal),
        Command::Pack(_) => {
            let later = Diagnostic::bare("cli/not-yet", "`cerco pack` is not understood yet")
                .help("until packs are shared by it, name their folders: `--pack PATH`");
            let later = Report { errors: vec![later], ..Report::default() };
            terminal.complain(|out| report::complain(&later, &Sources::new(), &terminal.error_options(), out));
            Ok(UNTRUSTED)
        }
    };
    result.unwrap_or_else(|error| unwritten(&error))
}

/// Says that standard output takes nothing more.
fn unwritten(error: &io::Error) -> u8 {
    let message = format!("standard output cannot be written: {}", plain(error));
    let broken = Diagnostic::bare("cli/output", message)
        .help("make room where it goes, or send it elsewhere: what was printed is not whole");
    let broken = Report { errors: vec![broken], ..Report::default() };
    let _ = report::complain(&broken, &Sources::new(), &report::Options::default(), &mut io::stderr());
    UNTRUSTED
}

/// Holds a writing to its status: that the reader went away (`| head`) changes nothing.
fn unless_broken(written: io::Result<()>, status: u8) -> io::Result<u8> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(status),
        Err(error) => Err(error),
        Ok(()) => Ok(status),
    }
}
