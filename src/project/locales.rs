//! Owns the bringing up to date of packs' locale files. It must never know what they say.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::tests::named;
use super::{Project, Request};
use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::lang::Lang;
use crate::pack::locale::{self, Coverage, Locale};
use crate::pack::{self, Packs};
use crate::session;
use crate::source::Sources;

/// What became of packs' locale files.
#[derive(Debug, Default)]
pub struct Locales {
    /// All texts that were read.
    pub sources: Sources,
    /// What keeps them from being brought up to date.
    pub errors: Vec<Diagnostic>,
    /// What is odd about the packs.
    pub warnings: Vec<Diagnostic>,
    /// The files, pack by pack.
    pub files: Vec<LocaleFile>,
}

/// A locale file.
#[derive(Debug)]
pub struct LocaleFile {
    /// Where it is, for people.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its text as it should be.
    pub text: String,
    /// That is another one than there was.
    pub changed: bool,
    /// How much of its pack it translates.
    pub coverage: Coverage,
}

/// Works out what the locale files of the packs that a request names should hold: those of some languages, or else those
/// that are there.
pub fn locales(request: &Request, langs: &[Lang]) -> Locales {
    let mut project = if request.packs.is_empty() { Project::nearest() } else { Project::none() };
    let named = named(&project, request);
    let mut made = Locales::default();
    for pack in named.iter().filter(|pack| !pack.path.join("pack.yaml").exists()) {
        project.errors.push(
            Diagnostic::bare("pack/no-manifest", format!("`{}` is no folder with a `pack.yaml`", pack.given))
                .help("the locale files of a pack stand in its folder: `cerco locale policies/house --lang pt`"),
        );
    }
    if named.is_empty() && project.errors.is_empty() {
        project.errors.push(
            Diagnostic::bare("pack/none", "no pack is named, and there is no `policies` folder with packs here")
                .help("name a folder with a `pack.yaml`: `cerco locale policies/house --lang pt`"),
        );
    }
    if !project.errors.is_empty() {
        (made.sources, made.errors) = (project.sources, project.errors);
        return made;
    }
    let mut packs = Packs::load(project.sources, &named).with_locales();
    // What no longer fits its pack is what is to be mended here.
    let known = std::mem::take(&mut packs.locales);
    let mut report = Report::default();
    let loaded = session::load(&mut packs, &mut report);
    (made.errors, made.warnings) = (report.errors, report.warnings);
    if let Some(mut loaded) = loaded {
        for (at, pack) in named.iter().enumerate() {
            let of_pack = || known.iter().filter(|locale| locale.pack == at);
            let there: Vec<Lang> = of_pack().map(|locale| locale.lang).collect();
            for &lang in if langs.is_empty() { there.as_slice() } else { langs } {
                let path = pack::locale_path(&pack.path, lang);
                let name = pack::locale_path(Path::new(pack.given.trim_end_matches('/')), lang).display().to_string();
                let locale = of_pack().find(|locale| locale.lang == lang).cloned();
                let locale = locale.unwrap_or_else(|| Locale::new(at, lang, name.clone()));
                let text = locale::write(&mut loaded.policy, &locale);
                let changed = fs::read_to_string(&path).ok().as_deref() != Some(text.as_str());
                // What is written is what will be read.
                match Locale::read(&mut Sources::new(), (at, lang), (&name, &text), true) {
                    Ok(locale) => {
                        let coverage = locale::coverage(&mut loaded.policy, &locale);
                        made.files.push(LocaleFile { name, path, text, changed, coverage });
                    }
                    Err(_) => made.errors.push(
                        Diagnostic::bare(
                            "internal/bug",
                            format!("`{name}` would not be read again, and is left as it is"),
                        )
                        .help("this is a bug of cerco: please report it, with the file"),
                    ),
                }
            }
        }
        if made.files.is_empty() {
            made.errors.push(
                Diagnostic::bare("locale/none", "these packs have no locale files yet")
                    .help("name the languages to begin with: `--lang zh-Hant --lang zh-Hans --lang pt`"),
            );
        }
    }
    made.sources = packs.sources;
    made
}

/// Writes locale files, and gives what cannot be written.
pub fn write_locales(files: &[LocaleFile]) -> Vec<Diagnostic> {
    let written = |file: &LocaleFile| -> io::Result<()> {
        if let Some(folder) = file.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file.path, &file.text)
    };
    let refused = |file: &LocaleFile| {
        let error = written(file).err()?;
        let message = format!("`{}` cannot be written: {}", file.name, plain(&error));
        Some(Diagnostic::bare("locale/unwritable", message).help("see that you may write it"))
    };
    files.iter().filter(|file| file.changed).filter_map(refused).collect()
}
