//! Owns the packs that the binary carries. It must never know what they say.

/// A file of a pack.
#[derive(Debug)]
pub struct EmbeddedFile {
    /// Its name for people.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The tree of a policy, as [`crate::syntax::stored`] reads it; empty where the text has to be parsed.
    pub tree: &'static [u8],
}

/// The name of a pack, and its files, the manifest first.
type Embedded = (&'static str, &'static [EmbeddedFile]);

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The names of the packs, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(name, _)| *name)
}

/// The files of a pack, the manifest first.
pub fn files(name: &str) -> Option<&'static [EmbeddedFile]> {
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, files)| *files)
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
    use crate::syntax::parse::parse;
    use crate::syntax::stored::read;

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
                assert_eq!(read(file.tree, 1000).as_ref(), Some(&parsed), "{}", file.name);
            }
        }
    }
}
