//! Owns the reading of packs from folders and files. It must never know what they say.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::walk::{Lies, Step, walk};
use super::{Named, PackText, is_policy, locale_path};
use crate::diagnostic::{Diagnostic, did_you_mean, plain};
use crate::document::other_encoding;
use crate::lang::Lang;
use crate::source::Text;

/// The most policies that a pack holds.
const FILES: usize = 10_000;
/// The most bytes of one file that are read at all; the parser's own limit is lower.
const BYTES: u64 = 64 << 20;

/// Whether a path is a pack: a folder with a `pack.yaml`, or a `.cerco` file.
pub(super) fn is_pack(path: &Path) -> bool {
    if path.is_dir() { path.join("pack.yaml").exists() } else { is_policy(path) && path.exists() }
}

/// Whether two paths lead to the same place.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The pack of that name beside another one, if there is one.
pub(super) fn neighbour(pack: &Named, name: &str) -> Option<Named> {
    // A name comes from a policy: it must not lead anywhere else.
    if !super::manifest::is_kebab(name) {
        return None;
    }
    let (path, given) = match pack.path.parent() {
        Some(parent) if pack.path.file_name().is_some() => {
            (parent.join(name), Path::new(&pack.given).parent().map(|parent| parent.join(name)))
        }
        // `.` and `..` have no name to be replaced.
        _ => (pack.path.join("..").join(name), Some(Path::new(&pack.given).join("..").join(name))),
    };
    let given = given.unwrap_or_else(|| path.clone());
    path.join("pack.yaml").exists().then(|| Named { given: given.display().to_string(), path })
}

/// Reads a pack's files.
///
/// # Errors
/// What cannot be read.
pub(super) fn read(pack: &Named) -> Result<PackText, Vec<Diagnostic>> {
    let shown = pack.given.trim_end_matches('/');
    if !pack.path.is_dir() {
        let name = pack.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = text(&pack.path, shown).map_err(|error| vec![error])?;
        return Ok(PackText { name, manifest: None, files: vec![(shown.to_owned(), text.into())] });
    }
    let mut errors = Vec::new();
    let paths = policies(&pack.path).unwrap_or_else(|error| {
        errors.push(unreadable(shown, &error));
        Vec::new()
    });
    let mut take = |inner: &Path| {
        let shown = Path::new(shown).join(inner).display().to_string();
        match text(&pack.path.join(inner), &shown) {
            Ok(text) => Some((shown, Text::from(text))),
            Err(error) => {
                errors.push(error);
                None
            }
        }
    };
    let manifest = take(Path::new("pack.yaml"));
    let files = paths.iter().filter_map(|path| take(path)).collect();
    if errors.is_empty() { Ok(PackText { name: String::new(), manifest, files }) } else { Err(errors) }
}

/// The file of a pack's texts in a language: its name for people, and its text; nothing where there is none.
pub(super) fn locale(pack: &Named, lang: Lang) -> Option<Result<(String, String), Diagnostic>> {
    let path = locale_path(&pack.path, lang);
    if !pack.path.is_dir() || !path.exists() {
        return None;
    }
    let shown = locale_path(Path::new(pack.given.trim_end_matches('/')), lang).display().to_string();
    Some(text(&path, &shown).map(|text| (shown, text)))
}

/// The files among a pack's locales that nobody reads.
pub(super) fn other_locales(pack: &Named) -> Vec<Diagnostic> {
    let folder = pack.path.join("locales");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    let known = Lang::OTHERS.map(|lang| format!("{}.yaml", lang.tag()));
    let shown = Path::new(pack.given.trim_end_matches('/')).join("locales");
    names
        .iter()
        .filter(|name| !known.contains(name))
        .map(|name| {
            let message = format!("`{}` is no locale file", shown.join(name).display());
            Diagnostic::bare("locale/language", message)
                .help(format!("a locale file is called after its language: {}", known.join(", ")))
                .help_if(did_you_mean(name, known.iter().map(String::as_str)))
        })
        .collect()
}

/// The policies of a pack by path, in subfolders too, but not in other packs within it.
fn policies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let choose = |inner: &Path, lies| match lies {
        Lies::Folder if folder.join(inner).join("pack.yaml").exists() => Step::Pass,
        Lies::Folder => Step::Enter,
        _ if is_policy(inner) => Step::Take,
        _ => Step::Pass,
    };
    walk(folder, FILES, &choose)
}

/// The text of a policy or of a file beside it.
///
/// # Errors
/// That it cannot be read, is too large, or is no UTF-8.
pub fn text(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    let bytes = fs::metadata(path).map_or(0, |meta| meta.len());
    if bytes > BYTES {
        return Err(Diagnostic::bare("policy/too-large", format!("`{shown}` holds {bytes} bytes"))
            .help("a policy file holds at most 4 MiB: split it into several files of the pack"));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(shown, &error))?;
    let refuse = |message| Diagnostic::bare("policy/encoding", message).help("save the file as UTF-8");
    if let Some(encoding) = other_encoding(&bytes) {
        return Err(refuse(format!("`{shown}` is {encoding}, not UTF-8")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let sound = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or(&[]);
        let sound = String::from_utf8_lossy(sound);
        let (line, last) = (sound.matches('\n').count() + 1, sound.rsplit('\n').next().unwrap_or(""));
        let column = last.chars().count() + 1;
        refuse(format!("`{shown}` is not UTF-8: a byte at line {line}, column {column} does not belong there"))
    })
}

fn unreadable(shown: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::bare("policy/unreadable", format!("`{shown}` cannot be read: {}", plain(error)))
        .help("see that the file is there, and that you may read it")
}
