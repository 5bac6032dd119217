//! Owns `cerco check`. It must never know how a tenant is checked.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use super::arguments::{Check, UnknownName};
use super::output::Terminal;
use super::{UNTRUSTED, progress, unless_broken};
use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::project::{self, Checked};
use crate::report::{self, Format, Options};
use crate::session::Outcome;

/// Checks, reports, and gives the exit status.
pub fn run(command: Check, terminal: &Terminal) -> io::Result<u8> {
    let Check { tenants, by, limits, reporting } = command;
    let request = by.source.request(tenants, by.rules, Some(limits));
    let Checked { outcome: Outcome { sources, report, policy, trees, .. }, fail_on, unknown_fails, mut unused } =
        progress::watch(terminal.shows_progress(), "checking", |tick| project::check(&request, tick));
    unused.retain(|key| match *key {
        "fail_on" => reporting.fail_on.is_none(),
        "unknown" => reporting.unknown.is_none(),
        _ => true,
    });
    terminal.tell_unused(&unused);
    let asked = |options: Options| Options {
        format: reporting.format.into(),
        unknown_detail: reporting.unknown_detail,
        detail: reporting.detail,
        lang: request.lang,
        fail_on: reporting.fail_on.map(Into::into).or(fail_on).unwrap_or(options.fail_on),
        unknown_fails: reporting.unknown.map(|it| it == UnknownName::Fail).or(unknown_fails).unwrap_or(true),
        ..options
    };
    // As everywhere, `-` is the stream.
    let output = reporting.output.filter(|path| path.as_os_str() != "-");
    let errors = asked(terminal.error_options());
    // A report for programs holds the errors itself; who reads standard output there reads them too.
    if errors.format == Format::Text || output.is_some() {
        terminal.complain(|out| report::complain(&report, &sources, &errors, out));
    }
    let options = asked(terminal.out_options());
    let status = report::exit_status(&report, &options);
    let status = match output {
        None => unless_broken(terminal.write(|out| report::write(&report, &sources, &options, out)), status),
        Some(path) => {
            let options = asked(terminal.file_options());
            let written = File::create(&path).and_then(|file| {
                let mut out = BufWriter::new(file);
                report::write(&report, &sources, &options, &mut out)?;
                out.flush()
            });
            match written {
                Ok(()) => Ok(status),
                Err(error) => {
                    let message = format!("`{}` cannot be written: {}", path.display(), plain(&error));
                    let refused = Diagnostic::bare("cli/output", message)
                        .help("see that its folder is there, that you may write it, and that there is room");
                    let refused = Report { errors: vec![refused], ..Report::default() };
                    terminal.complain(|out| report::complain(&refused, &sources, &errors, out));
                    Ok(UNTRUSTED)
                }
            }
        }
    };
    // The process ends here, and its memory with it: taking thousands of rules and findings apart is time that somebody waits.
    std::mem::forget((sources, report, policy, trees));
    status
}
