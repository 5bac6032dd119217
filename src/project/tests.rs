//! Owns the finding, reading and rewriting of packs' tests. It must never know what a test says.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::read::{Reader, unreadable};
use super::{Project, Request, days, limits};
use crate::diagnostic::{Diagnostic, plain};
use crate::pack::{Named, Packs, embedded};
use crate::session::Tick;
use crate::suite::{self, Case, TestText, Tested};

/// What is asked of packs' tests, beside which packs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tests {
    /// Work out the comments after which each test passes.
    pub update: bool,
    /// Work out which rules, checks and bands have examples.
    pub coverage: bool,
    /// Alter each part of the packs, and see whether the tests notice.
    pub mutate: bool,
}

/// Runs the tests of the packs that a request names, or else of those that `cerco.yaml` names, or else of those in
/// `policies`.
pub fn test(request: &Request, tests: Tests, tick: Tick<'_>) -> Tested {
    let mut project = if request.packs.is_empty() { Project::nearest() } else { Project::none() };
    let mut tested = Tested::default();
    let named = named(&project, request);
    if named.is_empty() && project.errors.is_empty() {
        project.errors.push(
            Diagnostic::bare("pack/none", "no pack is named, and there is no `policies` folder with packs here")
                .help("name a folder with a `pack.yaml`: `cerco test policies/house`"),
        );
    }
    for pack in &named {
        if !pack.path.exists() && embedded::files(&pack.given).is_some() {
            let error =
                Diagnostic::bare("test/embedded", format!("the tests of `{}` are not carried along", pack.given));
            project.errors.push(error.help("name the folder of the pack: its tests lie in its `tests`"));
        }
    }
    if !project.errors.is_empty() {
        (tested.sources, tested.errors) = (project.sources, project.errors);
        return tested;
    }
    let packs = Packs::load(project.sources, &named).with_locales();
    let mut reader = Reader::new(limits(request));
    let mut texts = Vec::new();
    // Packs that are named come first, each place once.
    for (pack, loaded) in named.iter().zip(&packs.packs) {
        let folder = pack.path.join("tests");
        let files = match files(&folder) {
            Ok(files) => files,
            Err(error) => {
                reader.errors.push(unreadable(&folder.display().to_string(), &error));
                continue;
            }
        };
        for file in files {
            let shown = Path::new(pack.given.trim_end_matches('/')).join("tests").join(&file).display().to_string();
            if let Some(bytes) = reader.file(&shown, &folder.join(&file)) {
                texts.push(TestText { pack: loaded.name.clone(), name: shown, bytes });
            }
        }
    }
    let asked = suite::Request {
        today: request.as_of.map_or_else(|| days(request.today), days),
        limits: limits(request),
        max_steps: request.max_steps,
        update: tests.update,
        coverage: tests.coverage,
        mutate: tests.mutate,
    };
    let mut tested = suite::run(packs, texts, &asked, tick);
    tested.errors.append(&mut reader.errors);
    tested
}

/// Writes tests with the comments after which they pass, and gives what cannot be written. A test's name is its path.
pub fn write(cases: &[Case]) -> Vec<Diagnostic> {
    let written = |case: &Case| {
        let text = case.updated.as_ref()?;
        let error = fs::write(&case.name, text).err()?;
        let message = format!("`{}` cannot be written: {}", case.name, plain(&error));
        Some(Diagnostic::bare("test/unwritable", message).help("see that you may write it"))
    };
    cases.iter().filter_map(written).collect()
}

/// The packs that a request means where its own files are to be worked on, each place once.
pub(super) fn named(project: &Project, request: &Request) -> Vec<Named> {
    let mut named: Vec<Named> = if !request.packs.is_empty() {
        request.packs.iter().map(|pack| pack.as_str().into()).collect()
    } else if !project.configuration.packs.is_empty() {
        // Those that the binary carries have their tests elsewhere.
        let at = |given: &String| {
            let path = project.folder.join(given);
            path.exists().then(|| Named { given: path.display().to_string(), path })
        };
        project.configuration.packs.iter().filter_map(at).collect()
    } else {
        let folder = project.folder.join("policies");
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.join("pack.yaml").exists());
        paths.sort();
        paths.into_iter().map(|path| Named { given: path.display().to_string(), path }).collect()
    };
    let mut places: Vec<PathBuf> = Vec::new();
    named.retain(|pack| {
        let place = fs::canonicalize(&pack.path).unwrap_or_else(|_| pack.path.clone());
        let new = !places.contains(&place);
        if new {
            places.push(place);
        }
        new
    });
    named
}

/// The tests of a folder, by name; none where there is no such folder.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_test = path.extension().is_some_and(|it| it == "yaml" || it == "yml") && path.is_file();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if is_test && !hidden {
            found.extend(path.file_name().map(PathBuf::from));
        }
    }
    found.sort();
    Ok(found)
}
