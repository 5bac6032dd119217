//! Owns the pages of packs as files: which packs, what is written, and which pages are stale. It must never know what a page says.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::tests::files;
use super::{Project, Request, limits};
use crate::diagnostic::{Diagnostic, plain};
use crate::docs::{self, MADE, Page, Test};
use crate::finding::Report;
use crate::pack::{Manifest, Named, Packs, embedded, manifest};
use crate::session;
use crate::source::Sources;

/// The pages of packs, ready to be written.
#[derive(Debug, Default)]
pub struct Pages {
    /// The texts of the packs.
    pub sources: Sources,
    /// What keeps the packs from being told of.
    pub errors: Vec<Diagnostic>,
    /// What is odd about them.
    pub warnings: Vec<Diagnostic>,
    /// Files below the folder of the pages, and their texts, in order; empty where there are errors.
    pub files: Vec<(PathBuf, String)>,
}

/// Makes the pages of the packs that a request names, or else of those that `cerco.yaml` names, or else of all that the
/// binary carries. One pack has the folder for itself; several have a folder each, and a list.
pub fn pages(request: &Request) -> Pages {
    let mut packs = super::packs(request);
    let mut report = Report::default();
    let loaded = session::load(&mut packs, &mut report);
    let Packs { sources, .. } = packs;
    let mut pages = Pages { sources, errors: report.errors, warnings: report.warnings, files: Vec::new() };
    let Some(loaded) = loaded else { return pages };
    let given = given(request);
    let mut told: Vec<(String, String, Vec<Page>)> = Vec::new();
    for (at, name) in loaded.policy.packs.iter().enumerate().filter(|(at, _)| loaded.named.get(*at) == Some(&true)) {
        // Packs that are named come first, each as it was given.
        let place = given.get(at).filter(|pack| pack.path.exists());
        let (description, tests) = match place {
            Some(place) => (described(&place.path), tests(place, request)),
            None => (carried(name), Vec::new()),
        };
        let made = docs::pages(&loaded.policy, at, &description, &tests, &pages.sources);
        told.push((name.to_string(), description, made));
    }
    match <[_; 1]>::try_from(told) {
        Ok([(_, _, made)]) => pages.files.extend(made.into_iter().map(|page| (page.name.into(), page.text))),
        Err(several) => {
            let list: Vec<(String, String)> =
                several.iter().map(|(name, description, _)| (name.clone(), description.clone())).collect();
            pages.files.push(("README.md".into(), docs::overview(&list)));
            for (name, _, made) in several {
                pages.files.extend(made.into_iter().map(|page| (Path::new(&name).join(page.name), page.text)));
            }
        }
    }
    pages
}

/// What differs between pages and a folder: files to be written, and pages of rules that are gone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// Files that are not there, or say something else, and what they are to say.
    pub write: Vec<(PathBuf, String)>,
    /// Pages that no rule has any more.
    pub remove: Vec<PathBuf>,
}

/// Compares pages with what a folder holds.
///
/// # Errors
/// A file that was not made by `cerco docs` stands where a page belongs, or cannot be read.
pub fn compare(pages: &Pages, folder: &Path) -> Result<Differences, Vec<Diagnostic>> {
    let mut differences = Differences::default();
    let mut errors = Vec::new();
    for (name, text) in &pages.files {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(there) if there == *text => {}
            Ok(there) if !there.starts_with(MADE) => errors.push(
                Diagnostic::bare("docs/foreign", format!("`{}` was not made by `cerco docs`", path.display()))
                    .help("move it elsewhere, or name another folder with `--output`"),
            ),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                let message = format!(
                    "no pages can be put into `{}`: it is no folder",
                    path.parent().unwrap_or(folder).display()
                );
                return Err(vec![Diagnostic::bare("docs/unwritable", message).help("name a folder with `--output`")]);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => errors.push(
                Diagnostic::bare("docs/unreadable", format!("`{}` cannot be read: {}", path.display(), plain(&error)))
                    .help("see that it is a text file that you may read"),
            ),
            _ => differences.write.push((path, text.clone())),
        }
    }
    // Only where pages of rules lie, and only what says that it is one.
    let mut folders: Vec<PathBuf> = pages
        .files
        .iter()
        .filter_map(|(name, _)| Some(name.parent()?.to_owned()))
        .filter(|at| at.ends_with("rules"))
        .collect();
    folders.dedup();
    for at in folders {
        let found =
            fs::read_dir(folder.join(&at)).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.file_name()));
        for name in found.map(|name| at.join(name)) {
            let path = folder.join(&name);
            let known = pages.files.iter().any(|(page, _)| *page == name);
            if !known && fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MADE)) {
                differences.remove.push(path);
            }
        }
    }
    differences.remove.sort();
    if errors.is_empty() { Ok(differences) } else { Err(errors) }
}

/// Brings a folder to what its pages are, and gives what could not be written.
pub fn bring(differences: &Differences) -> Vec<Diagnostic> {
    let failed = |path: &Path, error: io::Error| {
        let message = format!("`{}` cannot be written: {}", path.display(), plain(&error));
        Diagnostic::bare("docs/unwritable", message).help("see that you may write there")
    };
    let write = |(path, text): &(PathBuf, String)| {
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
        made.err().map(|error| failed(path, error))
    };
    let remove = |path: &PathBuf| fs::remove_file(path).err().map(|error| failed(path, error));
    differences.write.iter().filter_map(write).chain(differences.remove.iter().filter_map(remove)).collect()
}

/// The packs as they were named, in the order in which they are loaded.
fn given(request: &Request) -> Vec<Named> {
    if !request.packs.is_empty() {
        return request.packs.iter().map(|pack| pack.as_str().into()).collect();
    }
    let project = Project::nearest();
    let at = |given: &String| {
        let path = project.folder.join(given);
        Named { given: path.display().to_string(), path }
    };
    project.configuration.packs.iter().map(at).collect()
}

/// What a pack on disk says it is.
fn described(path: &Path) -> String {
    let manifest = fs::read_to_string(path.join("pack.yaml")).ok().and_then(|text| manifest::parse(&text, 0).ok());
    manifest.map_or_else(String::new, |Manifest { description, .. }| description)
}

/// What a pack of the binary says it is.
fn carried(name: &str) -> String {
    let manifest = embedded::files(name).and_then(<[_]>::first).and_then(|file| manifest::parse(file.text, 0).ok());
    manifest.map_or_else(String::new, |Manifest { description, .. }| description)
}

/// The tests of a pack on disk. One that cannot be read shows nothing here; `cerco test` says why.
fn tests(pack: &Named, request: &Request) -> Vec<Test> {
    let folder = pack.path.join("tests");
    let read = |file: PathBuf| {
        let path = folder.join(&file);
        let small = fs::metadata(&path).is_ok_and(|it| it.len() <= limits(request).bytes);
        let text = small.then(|| fs::read_to_string(&path).ok()).flatten()?;
        Some(Test { name: format!("tests/{}", file.display()), text })
    };
    files(&folder).unwrap_or_default().into_iter().filter_map(read).collect()
}
