//! Owns `cerco fmt`: which files, and what is written back. It must never know how a policy is laid out.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::arguments::Fmt;
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, diff, unless_broken};
use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::pack;
use crate::report;
use crate::source::Sources;
use crate::syntax::format;

/// Formats, and gives the exit status.
pub fn run(command: Fmt, terminal: &Terminal) -> io::Result<u8> {
    let looks = command.check || command.diff;
    let mut work = Work { looks, sources: Sources::new(), errors: Vec::new() };
    let given = if command.files.is_empty() { vec![".".to_string()] } else { command.files };
    let mut told = Vec::new();
    let mut changed = 0;
    for name in &given {
        if name == "-" {
            let Some((before, after)) = work.standard_input() else { continue };
            changed += usize::from(before != after);
            if command.diff {
                told.push(diff::unified("<stdin>", &before, &after));
            } else if !command.check {
                told.push(after);
            }
            continue;
        }
        let paths = work.files(Path::new(name));
        if paths.is_empty() && work.errors.is_empty() {
            work.errors.push(
                Diagnostic::bare("input/no-policy", format!("the folder `{name}` holds no policy"))
                    .help("a policy is a file `*.cerco`; what is hidden and what is linked is not looked at"),
            );
        }
        for path in paths {
            let Some((before, after)) = work.file(&path) else { continue };
            changed += 1;
            let shown = path.display().to_string();
            if command.diff {
                told.push(diff::unified(&shown, &before, &after));
            } else if !terminal.quiet {
                let verb = if command.check { "would change" } else { "formatted" };
                told.push(format!("{verb}: {}\n", report::printable(&shown)));
            }
        }
    }
    let untrusted = !work.errors.is_empty();
    let errors = Report { errors: work.errors, ..Report::default() };
    terminal.complain(|out| report::complain(&errors, &work.sources, &terminal.error_options(), out));
    let written = terminal.write(|out| out.write_all(told.concat().as_bytes()));
    let status = match untrusted {
        true => UNTRUSTED,
        false if looks && changed > 0 => FAILED,
        false => PASSED,
    };
    unless_broken(written, status)
}

/// What could not be done with a file: a code, a word for it, and a next step.
type Refusal = (&'static str, &'static str, &'static str);
const UNREAD: Refusal = (
    "input/unreadable",
    "cannot be read",
    "see that the file is there, that it is UTF-8 text, and that you may read it",
);
const UNWRITTEN: Refusal =
    ("input/unwritable", "cannot be written", "see that you may write it, and that there is room");

struct Work {
    /// Nothing is changed.
    looks: bool,
    sources: Sources,
    errors: Vec<Diagnostic>,
}

impl Work {
    /// The policies that a path stands for, in the order of their names.
    fn files(&mut self, path: &Path) -> Vec<PathBuf> {
        if !path.is_dir() {
            return vec![path.to_path_buf()];
        }
        let mut found = Vec::new();
        let mut folders = vec![path.to_path_buf()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.refuse(&folder, UNREAD, &error);
                    continue;
                }
            };
            for entry in entries.flatten() {
                let (path, hidden) = (entry.path(), entry.file_name().to_string_lossy().starts_with('.'));
                // A link is not followed: it may lead back.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && !hidden => folders.push(path),
                    Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "cerco") => found.push(path),
                    _ => {}
                }
            }
        }
        found.sort();
        // `.` is where people are anyway.
        let shown = |found: PathBuf| found.strip_prefix(".").map(Path::to_path_buf).unwrap_or(found);
        if path == Path::new(".") { found.into_iter().map(shown).collect() } else { found }
    }

    /// Formats a file, in place unless it is only looked at: its text before and after, if they differ.
    fn file(&mut self, path: &Path) -> Option<(String, String)> {
        let shown = path.display().to_string();
        let text = pack::text(path, &shown).map_err(|error| self.errors.push(error)).ok()?;
        let after = self.format(&shown, &text)?;
        if after == text {
            return None;
        }
        if !self.looks
            && let Err(error) = std::fs::write(path, &after)
        {
            self.refuse(path, UNWRITTEN, &error);
            return None;
        }
        Some((text, after))
    }

    fn standard_input(&mut self) -> Option<(String, String)> {
        let mut text = String::new();
        if let Err(error) = io::stdin().read_to_string(&mut text) {
            self.refuse(Path::new("<stdin>"), UNREAD, &error);
            return None;
        }
        let after = self.format("<stdin>", &text)?;
        Some((text, after))
    }

    fn format(&mut self, name: &str, text: &str) -> Option<String> {
        let base = match self.sources.add(name, text) {
            Ok(base) => base,
            Err(error) => {
                self.errors.push(Diagnostic::bare("input/too-large", error.to_string()));
                return None;
            }
        };
        format::format(text, base).map_err(|errors| self.errors.extend(errors)).ok()
    }

    fn refuse(&mut self, path: &Path, (code, what, help): Refusal, error: &io::Error) {
        let message = format!("`{}` {what}: {}", path.display(), plain(error));
        self.errors.push(Diagnostic::bare(code, message).help(help));
    }
}
