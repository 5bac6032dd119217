//! Owns `cerco fix`: which fixes are applied, and what is written back. It must never know how a fix came about.

use std::io;

use rustc_hash::FxHashSet;

use super::arguments::Fix;
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, diff, progress, unless_broken};
use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::project::{self, Checked};
use crate::report;
use crate::session::{Fixed, Outcome};

/// Applies the fixes that findings carry, and gives the exit status.
pub fn run(command: Fix, terminal: &Terminal) -> io::Result<u8> {
    let Fix { tenants, by, limits, dry_run } = command;
    let request = project::Request { fix: true, ..by.source.request(tenants, by.rules, Some(limits)) };
    let Checked { outcome: Outcome { sources, report: found, mut fixed, .. }, mut unused, .. } =
        progress::watch(terminal.shows_progress(), "checking", |tick| project::check(&request, tick));
    // A fix is one whatever fails a run.
    unused.retain(|key| !matches!(*key, "fail_on" | "unknown"));
    terminal.tell_unused(&unused);
    terminal.complain(|out| report::complain(&found, &sources, &terminal.error_options(), out));
    let mut status = if found.errors.is_empty() { PASSED } else { UNTRUSTED };

    // A file that was read twice is written once.
    let mut names: FxHashSet<String> = FxHashSet::default();
    // What came from standard input goes on to the output, whether anything is fixed or not.
    let goes_on = |file: &Fixed| file.after.is_some() || file.name == "<stdin>" && !dry_run;
    fixed.retain(|file| goes_on(file) && names.insert(file.name.clone()));
    let (mut told, mut refused) = (String::new(), Report::default());
    let (mut count, mut unwritten) = (0, 0);
    for Fixed { name, before, after, fixes } in &fixed {
        let after = after.as_deref().unwrap_or(before);
        if dry_run {
            told.push_str(&diff::unified(name, before, after));
        } else if name == "<stdin>" {
            told.push_str(after);
        } else if let Err(error) = std::fs::write(name, after) {
            let message = format!("`{name}` cannot be written: {}", plain(&error));
            refused.errors.push(Diagnostic::bare("input/unwritable", message).help("see that you may write it"));
            status = UNTRUSTED;
            unwritten += fixes.len();
            continue;
        } else if !terminal.quiet {
            for fix in fixes {
                let line = format!("{name}:{}: {}: {} [{}]", fix.line, fix.path, fix.title, fix.rule);
                told.push_str(&report::printable(&line));
                told.push('\n');
            }
        }
        count += fixes.len();
    }
    terminal.complain(|out| report::complain(&refused, &sources, &terminal.error_options(), out));
    let to_stdout = names.contains("<stdin>");
    if !terminal.quiet && !to_stdout {
        let lang = request.lang;
        let withheld = found.warnings.iter().any(|warning| warning.code == "policy/fixes");
        let done = match (count, dry_run) {
            (0, _) if found.tenants.is_empty() => Some(lang.no_tenant_checked()),
            (0, _) if !withheld => (unwritten == 0).then(|| lang.nothing_to_fix()),
            (_, true) => Some(lang.fixes_would_be_applied(count)),
            (_, false) => Some(lang.fixes_applied(count)),
        };
        let refused = (unwritten > 0).then(|| lang.fixes_not_written(unwritten));
        for line in done.into_iter().chain(refused) {
            told.push_str(&line);
            told.push('\n');
        }
    }
    let written = terminal.write(|out| out.write_all(told.as_bytes()));
    unless_broken(written, status)
}
