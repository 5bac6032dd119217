//! Owns the walk through a folder: what lies in it, links followed, no place twice. It must never know what a file says.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How deep folders may lie within each other.
const DEPTH: usize = 32;

/// What lies at a path, links followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lies {
    /// A folder.
    Folder,
    /// A file, or whatever else can be opened or not.
    File,
    /// Nothing: a link leads nowhere.
    Nothing,
}

/// What is to be done with a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is one of those that are looked for.
    Take,
    /// It is none of them.
    Pass,
    /// It is a folder to go through.
    Enter,
}

/// The paths below a folder that `choose` takes, from the folder on, by name; hidden ones are not looked at. A place to
/// which several links lead is told once.
///
/// # Errors
/// What cannot be read; a link that leads back above the folder; more than `most` paths, folders too deep.
pub fn walk(folder: &Path, most: usize, choose: &dyn Fn(&Path, Lies) -> Step) -> io::Result<Vec<PathBuf>> {
    let root = fs::canonicalize(folder)?;
    let mut walk = Walk { seen: HashSet::from([root.clone()]), root, most, choose, found: Vec::new() };
    walk.folder(folder, Path::new(""), 0)?;
    Ok(walk.found)
}

struct Walk<'c> {
    root: PathBuf,
    /// The folders that were gone through, and the files that were taken through links, by their true paths.
    seen: HashSet<PathBuf>,
    most: usize,
    choose: &'c dyn Fn(&Path, Lies) -> Step,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, inner: &Path, depth: usize) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.retain(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        entries.sort_by_key(fs::DirEntry::file_name);
        // What lies here by itself goes before what is linked: it is known by its own name.
        let (links, own): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
        for entry in own.iter().chain(&links) {
            let (path, inner) = (entry.path(), inner.join(entry.file_name()));
            let lies = match fs::metadata(&path) {
                Ok(meta) if meta.is_dir() => Lies::Folder,
                Ok(_) => Lies::File,
                Err(_) => Lies::Nothing,
            };
            match (self.choose)(&inner, lies) {
                Step::Pass => continue,
                Step::Take if lies == Lies::Nothing || self.is_new(&path)? => self.found.push(inner),
                Step::Enter if self.is_new(&path)? => self.enter(&path, &inner, depth)?,
                Step::Take | Step::Enter => {}
            }
            if self.found.len() > self.most {
                return Err(io::Error::other(format!("it holds more than {} files", self.most)));
            }
        }
        Ok(())
    }

    fn enter(&mut self, path: &Path, inner: &Path, depth: usize) -> io::Result<()> {
        if self.root.starts_with(fs::canonicalize(path)?) {
            return Err(io::Error::other(format!("the link `{}` leads to a folder around it", inner.display())));
        }
        if depth >= DEPTH {
            return Err(io::Error::other(format!("its folders lie deeper than {DEPTH} within each other")));
        }
        self.folder(path, inner, depth + 1)
    }

    /// Whether a place was not come to before, by whatever path. What cannot be opened is left to whoever reads it.
    fn is_new(&mut self, path: &Path) -> io::Result<bool> {
        match fs::canonicalize(path) {
            Ok(path) => Ok(self.seen.insert(path)),
            Err(error) if path.is_dir() => Err(error),
            Err(_) => Ok(true),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn found(folder: &Path) -> io::Result<Vec<String>> {
        let choose = |_: &Path, lies| if lies == Lies::Folder { Step::Enter } else { Step::Take };
        walk(folder, 100, &choose).map(|found| found.iter().map(|path| path.display().to_string()).collect())
    }

    #[test]
    fn links_are_followed_and_no_place_is_told_twice() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (path, text) in [("in/a", ""), ("in/z/b", ""), ("out/c", ""), ("in/.hidden", "")] {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            fs::write(at(path), text).unwrap();
        }
        symlink("../out", at("in/far")).unwrap();
        symlink("z", at("in/also")).unwrap();
        symlink("..", at("in/z/back")).unwrap();
        symlink("a", at("in/same")).unwrap();
        symlink("/nowhere", at("in/lost")).unwrap();
        assert_eq!(found(&at("in")).unwrap(), ["a", "z/b", "far/c", "lost"]);
        symlink("..", at("in/up")).unwrap();
        assert!(found(&at("in")).unwrap_err().to_string().contains("`up` leads to a folder around it"));
    }
}
