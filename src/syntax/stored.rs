//! Owns trees as bytes, so that what the binary carries need not be parsed at each start. It must never know where the bytes lie.
//!
//! Only the build that wrote them reads them: they hold no version.

use super::File;
use crate::source::Span;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::Cell;

thread_local! {
    /// Where the text of the tree that is read begins; spans are stored from there.
    static BASE: Cell<u32> = const { Cell::new(0) };
}

/// The bytes of a tree whose text begins at 0; `None` where it cannot be stored, which no tree of the parser is.
pub fn write(file: &File) -> Option<Vec<u8>> {
    postcard::to_allocvec(file).ok()
}

/// The tree of some bytes, its text beginning at `base`; `None` where they are none.
pub fn read(bytes: &[u8], base: u32) -> Option<File> {
    within(base, || postcard::from_bytes(bytes).ok())
}

/// Reads something whose spans are stored from `base`.
pub fn within<T>(base: u32, read: impl FnOnce() -> T) -> T {
    BASE.set(base);
    read()
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end.saturating_sub(self.start)).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        let (start, length) = <(u32, u32)>::deserialize(from)?;
        let start = start.saturating_add(BASE.get());
        Ok(Span::new(start, start.saturating_add(length)))
    }
}
