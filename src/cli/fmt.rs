//! Owns `cerco fmt`: which files, and what is written back. It must never know how a policy is laid out.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::arguments::Fmt;
use super::output::Terminal;
use super::{FAILED, PASSED, UNTRUSTED, unless_broken};
use crate::diagnostic::Diagnostic;
use crate::finding::Report;
use crate::report;
use crate::source::Sources;
use crate::syntax::format;

/// Formats, and gives the exit status.
pub fn run(command: Fmt, terminal: &Terminal) -> io::Result<u8> {
    let mut work = Work { check: command.check, sources: Sources::new(), errors: Vec::new() };
    let given = if command.files.is_empty() { vec![".".to_string()] } else { command.files };
    let mut told = Vec::new();
    let mut changed = 0;
    for name in &given {
        if name == "-" {
            if let Some((before, after)) = work.standard_input() {
                changed += usize::from(before != after);
                if !command.check {
                    told.push(after);
                }
            }
            continue;
        }
        for path in work.files(Path::new(name)) {
            if work.file(&path) {
                changed += 1;
                if !terminal.quiet {
                    let verb = if command.check { "would change" } else { "formatted" };
                    told.push(format!("{verb}: {}\n", report::printable(&path.display().to_string())));
                }
            }
        }
    }
    let untrusted = !work.errors.is_empty();
    let errors = Report { errors: work.errors, ..Report::default() };
    terminal.complain(|out| report::complain(&errors, &work.sources, &terminal.error_options(), out));
    let written = terminal.write(|out| out.write_all(told.concat().as_bytes()));
    let status = match untrusted {
        true => UNTRUSTED,
        false if command.check && changed > 0 => FAILED,
        false => PASSED,
    };
    unless_broken(written, status)
}

struct Work {
    check: bool,
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
                    self.refuse(&folder, "cannot be read", &error);
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
        found
    }

    /// Formats a file, in place unless it is only looked at; whether it was not as it should be.
    fn file(&mut self, path: &Path) -> bool {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.refuse(path, "cannot be read", &error);
                return false;
            }
        };
        let Some(after) = self.format(&path.display().to_string(), &text) else { return false };
        if after == text {
            return false;
        }
        if !self.check
            && let Err(error) = std::fs::write(path, after)
        {
            self.refuse(path, "cannot be written", &error);
            return false;
        }
        true
    }

    fn standard_input(&mut self) -> Option<(String, String)> {
        let mut text = String::new();
        if let Err(error) = io::stdin().read_to_string(&mut text) {
            self.refuse(Path::new("<stdin>"), "cannot be read", &error);
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

    fn refuse(&mut self, path: &Path, what: &str, error: &io::Error) {
        let message = format!("`{}` {what}: {error}", path.display());
        self.errors.push(Diagnostic::bare("input/unreadable", message));
    }
}
