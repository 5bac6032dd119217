//! Owns `cerco fix`: which fixes are applied, and what is written back. It must never know how a fix came about.

use std::collections::BTreeMap;
use std::io;

use rustc_hash::FxHashSet;

use super::arguments::Fix;
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, diff, progress, unless_broken};
use crate::diagnostic::Diagnostic;
use crate::edit::{Edit, apply};
use crate::finding::Report;
use crate::project::{self, Checked};
use crate::report;
use crate::session::Outcome;

/// What is changed in one file.
#[derive(Default)]
struct Changes {
    edits: Vec<Edit>,
    /// Where and what, for people.
    lines: Vec<String>,
}

/// Applies the fixes that findings carry, and gives the exit status.
pub fn run(command: Fix, terminal: &Terminal) -> io::Result<u8> {
    let Fix { tenants, by, limits, dry_run } = command;
    let request = by.source.request(tenants, by.rules, Some(limits));
    let Checked { outcome: Outcome { sources, report: found, .. }, mut unused, .. } =
        progress::watch(terminal.shows_progress(), "checking", |tick| project::check(&request, tick));
    // A fix is one whatever fails a run.
    unused.retain(|key| !matches!(*key, "fail_on" | "unknown"));
    terminal.tell_unused(&unused);
    terminal.complain(|out| report::complain(&found, &sources, &terminal.error_options(), out));
    let mut status = if found.errors.is_empty() { PASSED } else { UNTRUSTED };

    // By file; of several fixes for one place the first, so that they cannot contradict each other.
    let mut changes: BTreeMap<u32, Changes> = BTreeMap::new();
    for tenant in &found.tenants {
        let mut places: FxHashSet<&str> = FxHashSet::default();
        for finding in &tenant.findings {
            let Some(fix) = &finding.fix else { continue };
            let file = fix.edits.first().and_then(|edit| sources.file(edit.span.start));
            let (Some(file), true) = (file, places.insert(&finding.path)) else { continue };
            let entry = changes.entry(file.base()).or_default();
            if fix.edits.iter().all(|edit| entry.edits.contains(edit)) {
                continue;
            }
            entry.edits.extend(fix.edits.iter().cloned());
            let line = sources.position(finding.span.start).map_or(0, |place| place.line);
            entry.lines.push(format!("{}:{line}: {}: {} [{}]\n", file.name(), finding.path, fix.title, finding.rule));
        }
    }
    let (mut told, mut refused) = (Vec::new(), Report::default());
    let mut count = 0;
    for (base, change) in &changes {
        let Some(file) = sources.file(*base) else { continue };
        let (after, applied) = apply(file.text(), *base, &change.edits);
        count += applied.len();
        if dry_run {
            told.push(diff::unified(file.name(), file.text(), &after));
        } else if file.name() == "<stdin>" {
            told.push(after);
        } else if let Err(error) = std::fs::write(file.name(), &after) {
            let message = format!("`{}` cannot be written: {error}", file.name());
            refused.errors.push(Diagnostic::bare("input/unwritable", message).help("see that you may write it"));
            status = UNTRUSTED;
        } else if !terminal.quiet {
            told.extend(change.lines.iter().cloned());
        }
    }
    terminal.complain(|out| report::complain(&refused, &sources, &terminal.error_options(), out));
    let to_stdout = changes.keys().any(|base| sources.file(*base).is_some_and(|file| file.name() == "<stdin>"));
    if !terminal.quiet && !to_stdout {
        let lang = request.lang;
        told.push(match (count, dry_run) {
            (0, _) if found.tenants.is_empty() => format!("{}\n", lang.no_tenant_checked()),
            (0, _) => format!("{}\n", lang.nothing_to_fix()),
            (_, true) => format!("{}\n", lang.fixes_would_be_applied(count)),
            (_, false) => format!("{}\n", lang.fixes_applied(count)),
        });
    }
    let text: String = told
        .iter()
        .map(
            |line| {
                if dry_run || to_stdout { line.clone() } else { format!("{}\n", report::printable(line.trim_end())) }
            },
        )
        .collect();
    let written = terminal.write(|out| out.write_all(text.as_bytes()));
    unless_broken(written, status)
}
