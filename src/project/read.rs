//! Owns the reading of tenants' files and folders, each complaint with a next step. It must never know what they say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::GlobMatcher;

use super::{standard_input, too_large};
use crate::diagnostic::Diagnostic;
use crate::document::Limits;
use crate::session::TenantText;

/// How deep folders may lie within each other.
const DEPTH: usize = 32;
/// The most files of a folder.
const FILES: usize = 100_000;

/// Reads tenants one after another.
pub(super) struct Reader {
    limits: Limits,
    /// Standard input can be read once.
    used_up: bool,
    /// What was read.
    pub(super) texts: Vec<TenantText>,
    /// What could not be.
    pub(super) errors: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(limits: Limits) -> Reader {
        Reader { limits, used_up: false, texts: Vec::new(), errors: Vec::new() }
    }

    /// A file, a folder, or `-`.
    pub(super) fn tenant(&mut self, given: &str, path: &Path) {
        if given == "-" {
            return self.standard_input();
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
        let mut found = Vec::new();
        if let Err(error) = yaml_files(path, Path::new(""), 0, &mut found) {
            return self.errors.push(unreadable(given, &error));
        }
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
        let read = fs::metadata(path).and_then(|meta| {
            if meta.len() > self.limits.bytes {
                self.errors.push(too_large(shown, meta.len(), self.limits));
                return Ok(None);
            }
            fs::read(path).map(Some)
        });
        read.unwrap_or_else(|error| {
            self.errors.push(unreadable(shown, &error));
            None
        })
    }
}

/// The YAML files of a folder, by path from it.
fn yaml_files(folder: &Path, inner: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for (path, kind) in entries(folder)? {
        let Some(inner) = path.file_name().map(|name| inner.join(name)) else { continue };
        // A link to a folder is not followed: it may lead back.
        if kind.is_dir() {
            if depth < DEPTH {
                yaml_files(&path, &inner, depth + 1, found)?;
            }
        } else if path.is_file() && path.extension().is_some_and(|it| it == "yaml" || it == "yml") {
            found.push(inner);
        }
        if found.len() > FILES {
            return Err(io::Error::other(format!("it holds more than {FILES} YAML files")));
        }
    }
    Ok(())
}

/// The files and folders that a glob matches, by path from the folder. What is in a matching folder belongs to it.
pub(super) fn matching(
    folder: &Path,
    inner: &Path,
    glob: &GlobMatcher,
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for (path, kind) in entries(folder)? {
        let Some(inner) = path.file_name().map(|name| inner.join(name)) else { continue };
        if glob.is_match(&inner) {
            found.push(inner);
        } else if kind.is_dir() && depth < DEPTH {
            matching(&path, &inner, glob, depth + 1, found)?;
        }
        if found.len() > FILES {
            return Err(io::Error::other(format!("the pattern matches more than {FILES} files")));
        }
    }
    Ok(())
}

/// What a folder holds, hidden things left out, by name.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, fs::FileType)>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.retain(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    entries.sort_by_key(fs::DirEntry::file_name);
    entries.iter().map(|entry| Ok((entry.path(), entry.file_type()?))).collect()
}

/// That a file cannot be read.
pub(super) fn unreadable(shown: &str, error: &io::Error) -> Diagnostic {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "see that the name is right; paths begin at the folder that you are in",
        io::ErrorKind::PermissionDenied => "see that you may read it",
        _ => "see that it can be read by other programs",
    };
    Diagnostic::bare("input/unreadable", format!("`{shown}` cannot be read: {}", plain(error))).help(help)
}

/// What the system says, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    let text = text.get(..end).unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
