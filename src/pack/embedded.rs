//! Owns the packs that the binary carries. It must never know what they say.

use crate::policy::Policy;
use crate::stored;
use crate::syntax::File;

/// A pack of `policies/`, as the build found it.
#[derive(Debug)]
pub struct EmbeddedPack {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its files, the manifest first.
    pub files: &'static [EmbeddedFile],
}

/// A file of a pack that the binary carries.
#[derive(Debug)]
pub struct EmbeddedFile {
    /// Its name, for people.
    pub name: &'static str,
    /// What it says.
    pub text: &'static str,
    /// Of a policy its tree, as [`crate::stored`] writes it; empty where there is none.
    pub tree: &'static [u8],
}

impl EmbeddedFile {
    /// Of a policy its tree, where its text begins at `base`; `None` where none is stored.
    pub fn read(&self, base: u32) -> Option<File> {
        if self.tree.is_empty() { None } else { stored::read(self.tree, base, STRINGS) }
    }
}

static EMBEDDED: &[EmbeddedPack] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// All of them checked together, as [`crate::stored`] writes it; empty where something is to be said about them.
static POLICY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/policy.bin"));

/// The strings of all trees and of the policy.
static STRINGS: &str = include_str!(concat!(env!("OUT_DIR"), "/strings.txt"));

/// All packs, sorted by name.
pub fn all() -> &'static [EmbeddedPack] {
    EMBEDDED
}

/// The names of all packs, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|pack| pack.name)
}

/// The files of a pack, the manifest first.
pub fn files(name: &str) -> Option<&'static [EmbeddedFile]> {
    EMBEDDED.iter().find(|pack| pack.name == name).map(|pack| pack.files)
}

/// All packs checked together, where their texts stand one behind another from `base` on.
pub fn policy(base: u32) -> Option<Policy> {
    if POLICY.is_empty() { None } else { stored::read(POLICY, base, STRINGS) }
}

/// A pack, a language, and the file of its texts.
type EmbeddedLocale = (&'static str, &'static str, EmbeddedFile);

static LOCALES: &[EmbeddedLocale] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The file of a pack's texts in a language.
pub fn locale(pack: &str, tag: &str) -> Option<&'static EmbeddedFile> {
    LOCALES.iter().find(|(of, lang, _)| *of == pack && *lang == tag).map(|(.., file)| file)
}

#[cfg(test)]
mod tests {
    use crate::check::check;
    use crate::pack::{Named, Packs};
    use crate::source::Sources;
    use crate::syntax::parse::parse;

    #[test]
    fn a_stored_tree_is_the_parsed_one() {
        for name in super::names() {
            for file in super::files(name).unwrap_or_default() {
                if file.tree.is_empty() {
                    assert!(file.name.ends_with("pack.yaml"), "{} is stored", file.name);
                    continue;
                }
                let (parsed, errors) = parse(file.text, 1000);
                assert_eq!(errors, []);
                assert_eq!(file.read(1000).as_ref(), Some(&parsed), "{}", file.name);
            }
        }
    }

    #[test]
    fn the_stored_policy_is_the_checked_one() {
        let mut before = Sources::new();
        before.add("cerco.yaml", "packs: []\n").unwrap();
        let stored = Packs::load(before, &[]);
        let mut before = Sources::new();
        before.add("cerco.yaml", "packs: []\n").unwrap();
        let named: Vec<Named> = super::names().map(Named::from).collect();
        let read = Packs::load(before, &named);
        let (checked, errors) = check(&read.packs);
        assert_eq!(errors, []);
        let shown = |policy: &crate::policy::Policy| {
            // Whether a regular expression was compiled already makes no difference.
            let shown = format!("{policy:#?}");
            shown
                .lines()
                .filter(|line| !line.contains("Regex("))
                .map(|line| line.trim_end().to_owned())
                .collect::<Vec<_>>()
        };
        let (stored_policy, checked) = (shown(stored.checked.as_ref().unwrap()), shown(&checked));
        for (line, (stored, checked)) in stored_policy.iter().zip(&checked).enumerate() {
            assert_eq!(stored, checked, "in line {line}");
        }
        assert_eq!(stored_policy.len(), checked.len());
        let told = |packs: &Packs| -> Vec<_> {
            let files =
                packs.sources.files().iter().map(|file| (file.name().to_owned(), file.base())).collect::<Vec<_>>();
            let packs = packs.packs.iter().zip(&packs.named);
            packs.map(|(pack, named)| (pack.name.clone(), pack.version.clone(), *named, files.clone())).collect()
        };
        assert_eq!(told(&stored), told(&read));
    }
}
