//! Owns the reading of tenants' files and folders, each complaint with a next step. It must never know what they say.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use globset::GlobMatcher;

use super::{standard_input, too_large};
use crate::diagnostic::{self, Diagnostic};
use crate::document::Limits;
use crate::pack::walk::{Lies, Step, walk};
use crate::session::TenantText;

/// The most files of a folder.
const FILES: usize = 100_000;

/// Reads tenants one after another.
pub(super) struct Reader {
    limits: Limits,
    /// Standard input can be read once.
    used_up: bool,
    /// The places that were named already.
    known: HashSet<PathBuf>,
    /// What was read.
    pub(super) texts: Vec<TenantText>,
    /// What could not be.
    pub(super) errors: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(limits: Limits) -> Reader {
        Reader { limits, used_up: false, known: HashSet::new(), texts: Vec::new(), errors: Vec::new() }
    }

    /// A file, a folder, or `-`. One that was named before, however it was written, is one tenant.
    pub(super) fn tenant(&mut self, given: &str, path: &Path) {
        if given == "-" || path == Path::new("/dev/stdin") {
            return self.standard_input();
        }
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !self.known.insert(place) {
            return;
        }
        if path.is_dir() {
            return self.folder(given, path);
        }
        if let Some(bytes) = self.file(given, path) {
            let files = vec![(given.to_owned(), bytes)];
            self.texts.push(TenantText { name: given.to_owned(), files, joined: false });
        }
    }

    fn standard_input(&mut self) {
        if std::mem::replace(&mut self.used_up, true) {
            let error = Diagnostic::bare("input/stdin-twice", "standard input is named twice, and can be read once");
            return self.errors.push(error.help("name `-` once: several documents in it are several tenants"));
        }
        match standard_input(self.limits) {
            Ok(bytes) => {
                let name = "<stdin>".to_owned();
                self.texts.push(TenantText { name: name.clone(), files: vec![(name, bytes)], joined: false });
            }
            Err(error) => self.errors.push(unreadable("<stdin>", &error)),
        }
    }

    /// All its YAML files, one tenant. One that cannot be read spoils it: what it says would be missing in silence.
    fn folder(&mut self, given: &str, path: &Path) {
        let found = match yaml_files(path) {
            Ok(found) => found,
            Err(error) => return self.errors.push(unreadable(given, &error)),
        };
        if found.is_empty() {
            let error = Diagnostic::bare("input/no-yaml", format!("the folder `{given}` holds no YAML file"));
            return self
                .errors
                .push(error.help("a tenant's folder holds its `*.yaml` or `*.yml` files, in subfolders too"));
        }
        let mut files = Vec::new();
        for inner in &found {
            let shown = Path::new(given).join(inner).display().to_string();
            match self.file(&shown, &path.join(inner)) {
                Some(bytes) => files.push((shown, bytes)),
                None => return,
            }
        }
        self.texts.push(TenantText { name: given.to_owned(), files, joined: true });
    }

    pub(super) fn file(&mut self, shown: &str, path: &Path) -> Option<Vec<u8>> {
        let read = match fs::metadata(path) {
            Ok(meta) if meta.len() > self.limits.bytes => {
                self.errors.push(too_large(shown, meta.len(), self.limits));
                return None;
            }
            Ok(meta) if meta.is_file() => fs::read(path),
            Ok(_) if is_stream(path) => stream(path, self.limits),
            // A named pipe would be waited for, and a device has no end.
            Ok(_) => {
                let error = Diagnostic::bare("input/unreadable", format!("`{shown}` is no file and no folder"));
                self.errors.push(error.help("name a YAML file or a folder, or give its text by standard input: `-`"));
                return None;
            }
            Err(error) => Err(error),
        };
        let error = match read {
            Ok(bytes) => return Some(bytes),
            Err(error) => error,
        };
        self.errors.push(match fs::read_link(path) {
            Ok(target) if error.kind() == io::ErrorKind::NotFound => {
                let target = target.display();
                let message = format!("`{shown}` cannot be read: it is a link to `{target}`, where nothing is");
                Diagnostic::bare("input/unreadable", message).help("let the link lead to a file, or take it away")
            }
            _ => unreadable(shown, &error),
        });
        None
    }
}

/// The YAML files of a folder, by path from it. A link without an ending that leads nowhere may have been a folder: it is
/// told, since what lies behind it would be missing in silence.
fn yaml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let choose = |inner: &Path, lies| match (lies, inner.extension()) {
        (Lies::Folder, _) => Step::Enter,
        _ if inner == Path::new(PROJECT) => Step::Pass,
        (_, Some(ending)) if ending == "yaml" || ending == "yml" => Step::Take,
        (Lies::Nothing, None) => Step::Take,
        _ => Step::Pass,
    };
    walk(folder, FILES, &choose)
}

/// The files and folders that a pattern matches, by path from the folder. What is in a matching folder belongs to it;
/// folders in which nothing can match are not looked at.
pub(super) fn matching(folder: &Path, pattern: &str, glob: &GlobMatcher) -> io::Result<Vec<PathBuf>> {
    let parts: Vec<&str> = pattern.split('/').collect();
    let named = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{'])).count();
    let lead: PathBuf = parts.iter().take(named).collect();
    let any_depth = pattern.contains("**");
    let leads = |inner: &Path| {
        (inner.starts_with(&lead) || lead.starts_with(inner)) && (any_depth || inner.components().count() < parts.len())
    };
    let choose = |inner: &Path, lies| match lies {
        Lies::File if is_own(inner) => Step::Pass,
        _ if glob.is_match(inner) => Step::Take,
        Lies::Folder if leads(inner) => Step::Enter,
        _ => Step::Pass,
    };
    walk(folder, FILES, &choose)
}

/// The file of a project, by which a run finds its tenants.
pub(super) const PROJECT: &str = "cerco.yaml";

/// Whether a file speaks to this program, and so is no tenant that a pattern means.
fn is_own(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PROJECT || name == "pack.yaml")
}

/// Whether a path is a stream that the shell or the system has opened for this process: `<(…)` is given as such.
fn is_stream(path: &Path) -> bool {
    path == Path::new("/dev/null") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Reads an open stream, up to a byte more than the limit.
fn stream(path: &Path, limits: Limits) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// That a file cannot be read.
pub(super) fn unreadable(shown: &str, error: &io::Error) -> Diagnostic {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "see that the name is right; paths begin at the folder that you are in",
        io::ErrorKind::PermissionDenied => "see that you may read it",
        _ => "see that it can be read by other programs",
    };
    Diagnostic::bare("input/unreadable", format!("`{shown}` cannot be read: {}", diagnostic::plain(error))).help(help)
}
