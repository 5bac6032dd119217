//! Owns packs: manifests, the packs that the binary carries, and what packs use of each other. It must never know what a policy means.
//!
//! Packs that are named run their rules; those that they only use lend types, values and laws.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::check;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lang::Lang;
use crate::policy::Policy;
use crate::source::{Sources, Text};
use crate::string::Str;
use crate::syntax::{self, Item};
use rustc_hash::FxHashMap;

pub mod embedded;
mod folder;
pub mod keyed;
pub mod locale;
pub mod manifest;
pub mod walk;

use embedded::EmbeddedFile;
pub use folder::text;
use locale::Locale;
pub use manifest::Manifest;

/// A pack as somebody names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// As people know it: shown in messages, and how its files' names begin.
    pub given: String,
    /// Where it is looked for, if it is no pack that the binary carries.
    pub path: PathBuf,
}

impl From<&str> for Named {
    fn from(given: &str) -> Named {
        Named { given: given.to_owned(), path: PathBuf::from(given) }
    }
}

/// A pack in memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PackText {
    /// Its name, in kebab-case.
    pub name: String,
    /// Its `pack.yaml`, where it has one: its name for people, and its text.
    pub manifest: Option<(String, Text)>,
    /// Its policies: their names for people, and their texts.
    pub files: Vec<(String, Text)>,
}

/// Packs, read and parsed, with what they use.
#[derive(Debug, Default)]
pub struct Packs {
    /// Their texts.
    pub sources: Sources,
    /// The packs in the order in which they were found: those that are named first.
    pub packs: Vec<check::Source>,
    /// The packs checked together, where that is known already; then their files are not read.
    pub checked: Option<Policy>,
    /// Of each pack, whether it was named: only then do its rules run.
    pub named: Vec<bool>,
    /// Nobody named a pack: all that the binary carries are there.
    pub by_default: bool,
    /// What is odd about how they are named.
    pub warnings: Vec<Diagnostic>,
    /// What keeps them from being used.
    pub errors: Vec<Diagnostic>,
    /// How many of these say of an item that it does not parse: all others can be checked.
    pub unparsed: usize,
    /// The language that their texts are wanted in.
    pub lang: Lang,
    /// Their texts in other languages, as far as they were read.
    pub locales: Vec<Locale>,
    /// Of each pack, where it came from.
    pub(crate) origins: Vec<Origin>,
}

/// Where a pack came from, and so where its neighbours are.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Disk(Named),
    Embedded,
    Memory,
}

impl Origin {
    /// Both are the same place, however it is written.
    fn is(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Disk(one), Origin::Disk(other)) => folder::is_same(&one.path, &other.path),
            (Origin::Embedded, Origin::Embedded) => true,
            _ => false,
        }
    }
}

impl Packs {
    /// Reads the packs that are named, and what they use; all that the binary carries, where none is. Their texts join
    /// those that were read before.
    pub fn load(sources: Sources, named: &[Named]) -> Packs {
        let mut loader = Loader::default();
        loader.packs.sources = sources;
        loader.packs.by_default = named.is_empty();
        if named.is_empty() && loader.carried().is_some() {
            return loader.packs;
        }
        if named.is_empty() {
            let names: Vec<&str> = embedded::names().collect();
            if names.is_empty() {
                loader.refuse(
                    Diagnostic::bare("pack/none", "no pack is named, and this build carries none")
                        .help("name a folder with a `pack.yaml`, or a `.cerco` file: `--pack PATH`"),
                );
            }
            for name in names {
                loader.embedded(name, true);
            }
        }
        for pack in named {
            loader.named(pack);
        }
        loader.used();
        loader.packs
    }

    /// Takes packs that are in memory, all of them named, and what they use of those that the binary carries.
    pub fn from_texts(texts: Vec<PackText>) -> Packs {
        let mut loader = Loader::default();
        for text in texts {
            loader.add(text, &[], true, Origin::Memory, None);
        }
        loader.used();
        loader.packs
    }

    /// The same, with their texts in a language: whatever of them is translated.
    pub fn in_language(mut self, lang: Lang) -> Packs {
        self.lang = lang;
        if lang != Lang::En {
            self.read_locales(&[lang], false);
        }
        self
    }

    /// The same, with their texts in every language to be looked at, and comments for translators; in English.
    pub fn with_locales(mut self) -> Packs {
        self.read_locales(&Lang::OTHERS, true);
        for (at, origin) in self.origins.iter().enumerate() {
            if let Origin::Disk(pack) = origin
                && self.named.get(at) == Some(&true)
            {
                self.errors.extend(folder::other_locales(pack));
            }
        }
        self
    }

    /// The fields at the root of a tenant and the types that the binary carries, each with its pack, where that is not
    /// among these: they may only have to be used.
    pub fn declared_elsewhere(&self) -> FxHashMap<Str, &'static str> {
        let is_here = |name: &str| self.packs.iter().any(|pack| pack.name == name);
        let mut declared = FxHashMap::default();
        for pack in embedded::all().iter().filter(|pack| !is_here(pack.name)) {
            for item in pack.files.iter().filter_map(|file| file.read(0)).flat_map(|file| file.items) {
                match item {
                    Item::Schema(schema) => {
                        declared.extend(schema.fields.into_iter().map(|field| (field.name.text, pack.name)));
                    }
                    Item::Type(item) => {
                        declared.insert(item.name.text, pack.name);
                    }
                    _ => {}
                }
            }
        }
        declared
    }

    fn read_locales(&mut self, langs: &[Lang], comments: bool) {
        for (at, origin) in self.origins.iter().enumerate() {
            for &lang in langs {
                let text = match origin {
                    Origin::Disk(pack) => folder::locale(pack, lang),
                    Origin::Embedded => {
                        let name = self.packs.get(at).map_or("", |pack| pack.name.as_str());
                        embedded::locale(name, lang.tag()).map(|file| Ok((file.name.to_owned(), file.text.to_owned())))
                    }
                    Origin::Memory => None,
                };
                let read = match text {
                    None => continue,
                    Some(Err(error)) => Err(vec![error]),
                    Some(Ok((name, text))) => Locale::read(&mut self.sources, (at, lang), (&name, &text), comments),
                };
                match read {
                    Ok(locale) => self.locales.push(locale),
                    Err(errors) => self.errors.extend(errors),
                }
            }
        }
    }
}

#[derive(Default)]
struct Loader {
    packs: Packs,
    /// The packs whose uses are still to be followed.
    open: VecDeque<usize>,
}

impl Loader {
    /// Takes all packs that the binary carries, as they were checked when it was built.
    fn carried(&mut self) -> Option<()> {
        let base = u32::try_from(self.packs.sources.next_offset()).ok()?;
        let checked = embedded::policy(base)?;
        for pack in embedded::all() {
            for file in pack.files {
                self.packs.sources.add(file.name, Text::Carried(file.text)).ok()?;
            }
            let version = Some(pack.version.to_owned());
            self.packs.packs.push(check::Source {
                name: pack.name.to_owned(),
                version,
                files: Vec::new(),
                carried: true,
            });
            self.packs.named.push(true);
            self.packs.origins.push(Origin::Embedded);
        }
        self.packs.checked = Some(checked);
        Some(())
    }

    fn refuse(&mut self, error: Diagnostic) {
        self.packs.errors.push(error);
    }

    /// A pack that somebody names.
    fn named(&mut self, pack: &Named) {
        let carried = embedded::files(&pack.given).is_some();
        if folder::is_pack(&pack.path) {
            if carried {
                let name = &pack.given;
                let message = format!("`{name}` is the folder here, and not the pack of that name that cerco carries");
                self.packs.warnings.push(
                    Diagnostic::bare("pack/carried-too", message)
                        .warning()
                        .help(format!("write `./{name}` for the folder, or name the pack from elsewhere")),
                );
            }
            return self.disk(pack, true, None);
        }
        if carried {
            return self.embedded(&pack.given, true);
        }
        let given = &pack.given;
        let error = if pack.path.is_dir() {
            Diagnostic::bare("pack/no-manifest", format!("the folder `{given}` holds no `pack.yaml`"))
                .help("a pack is a folder with a `pack.yaml` that gives its name, version, description and licence")
        } else if pack.path.exists() {
            Diagnostic::bare("pack/not-a-pack", format!("`{given}` is no pack")).help(
                "a pack is a folder with a `pack.yaml`, a `.cerco` file, or the name of a pack that cerco carries",
            )
        } else {
            Diagnostic::bare("pack/not-found", format!("there is no pack `{given}`"))
                .help("name a folder with a `pack.yaml`, a `.cerco` file, or a pack that cerco carries: `cerco explain` lists them")
                .help_if(did_you_mean(given, embedded::names()))
        };
        self.refuse(error);
    }

    /// Follows what packs use, each pack once, until nothing is left. A pack that is nowhere is left to the check of
    /// names, which knows the place.
    fn used(&mut self) {
        while let Some(at) = self.open.pop_front() {
            for name in self.uses(at) {
                if self.packs.packs.iter().any(|pack| pack.name == name.text) {
                    continue;
                }
                let neighbour = match self.packs.origins.get(at) {
                    Some(Origin::Disk(named)) => folder::neighbour(named, &name.text),
                    _ => None,
                };
                match neighbour {
                    Some(neighbour) => self.disk(&neighbour, false, Some(&name)),
                    None if embedded::files(&name.text).is_some() => self.embedded(&name.text, false),
                    None => {}
                }
            }
        }
    }

    fn uses(&self, at: usize) -> Vec<syntax::Name> {
        let items =
            self.packs.packs.get(at).into_iter().flat_map(|pack| pack.files.iter().flat_map(|file| &file.items));
        items.filter_map(|item| if let Item::Use(name) = item { Some(name.clone()) } else { None }).collect()
    }

    fn disk(&mut self, pack: &Named, named: bool, used_as: Option<&syntax::Name>) {
        match folder::read(pack) {
            Ok(text) => self.add(text, &[], named, Origin::Disk(pack.clone()), used_as),
            Err(errors) => self.packs.errors.extend(errors),
        }
    }

    fn embedded(&mut self, name: &str, named: bool) {
        let Some([manifest, files @ ..]) = embedded::files(name) else { return };
        let owned = |file: &EmbeddedFile| (file.name.to_owned(), Text::Carried(file.text));
        let text = PackText {
            name: name.to_owned(),
            manifest: Some(owned(manifest)),
            files: files.iter().map(owned).collect(),
        };
        self.add(text, files, named, Origin::Embedded, None);
    }

    /// Takes a pack in: its manifest is read, its files are parsed, save for those whose trees are stored.
    fn add(
        &mut self,
        text: PackText,
        carried: &'static [EmbeddedFile],
        named: bool,
        origin: Origin,
        used_as: Option<&syntax::Name>,
    ) {
        let PackText { mut name, manifest, files } = text;
        let (mut version, mut place) = (None, None);
        if let Some((shown, text)) = manifest {
            let Some(base) = self.source(shown, text.clone()) else { return };
            match manifest::parse(&text, base) {
                Ok(manifest) => {
                    place = Some(manifest.place);
                    name = manifest.name;
                    version = Some(manifest.version);
                }
                Err(errors) => return self.packs.errors.extend(errors),
            }
        } else if !manifest::is_kebab(&name) {
            return self.refuse(
                Diagnostic::bare("pack/name", format!("a pack cannot be called `{name}`")).help(
                    "a pack of one file is named after it: rename the file to small letters, digits and `-`, such as `cross-border.cerco`",
                ),
            );
        }
        if let (Some(used), Some(place)) = (used_as, place)
            && used.text != name
        {
            return self.refuse(
                Diagnostic::error(
                    "pack/name",
                    place,
                    format!("the pack in the folder `{}` is called `{name}`", used.text),
                )
                .and_at(used.span, "used here")
                .help("give the folder, the manifest and `use` the same name"),
            );
        }
        if let Some(known) = self.packs.packs.iter().position(|pack| pack.name == name) {
            if self.packs.origins.get(known).is_some_and(|known| known.is(&origin)) {
                return;
            }
            let message = format!("two packs are called `{name}`");
            let error = match place {
                Some(place) => Diagnostic::error("pack/duplicate", place, message),
                None => Diagnostic::bare("pack/duplicate", message),
            };
            return self.refuse(error.help("name one of them, or give one another name"));
        }
        // The texts first: what stays is then not strewn among the trees, whose memory is given back as a whole.
        let mut texts = Vec::with_capacity(files.len());
        for (shown, text) in files {
            let Some(base) = self.source(shown, text.clone()) else { return };
            texts.push((text, base));
        }
        let mut parsed = Vec::with_capacity(texts.len());
        for (at, (text, base)) in texts.into_iter().enumerate() {
            parsed.push(match carried.get(at).and_then(|file| file.read(base)) {
                Some(file) => file,
                None => {
                    let (file, errors) = syntax::parse::parse(&text, base);
                    self.packs.unparsed += errors.len();
                    self.packs.errors.extend(errors);
                    file
                }
            });
        }
        self.open.push_back(self.packs.packs.len());
        let carried = matches!(origin, Origin::Embedded);
        self.packs.packs.push(check::Source { name, version, files: parsed, carried });
        self.packs.named.push(named);
        self.packs.origins.push(origin);
    }

    fn source(&mut self, shown: String, text: Text) -> Option<u32> {
        let added = self.packs.sources.add(shown, text);
        added.map_err(|error| self.refuse(Diagnostic::bare("input/too-large", error.to_string()))).ok()
    }
}

/// Where a pack's texts in a language stand.
pub fn locale_path(pack: &Path, lang: Lang) -> PathBuf {
    pack.join("locales").join(format!("{}.yaml", lang.tag()))
}

/// Whether a path is a `.cerco` file by its name.
fn is_policy(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "cerco")
}
