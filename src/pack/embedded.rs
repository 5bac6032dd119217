//! Owns the packs that the binary carries. It must never know what they say.

/// The name of a pack, and its files: their names for people, and their texts; the manifest first.
type Embedded = (&'static str, &'static [(&'static str, &'static str)]);

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The names of the packs, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(name, _)| *name)
}

/// The files of a pack, the manifest first.
pub fn files(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, files)| *files)
}
