//! Owns how what the binary carries is kept as bytes: spans as distances from where their text begins, strings by their place in one text. It must never know what is kept, or where the bytes lie.
//!
//! Only the build that wrote them reads them: they hold no version.

use crate::source::Span;
use crate::string::Str;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::{Cell, RefCell};

thread_local! {
    /// Of what is read: where the text of its spans begins, and the text that holds its strings.
    static READ: Cell<(u32, &'static str)> = const { Cell::new((0, "")) };
    /// Of what is written: the strings so far.
    static WRITTEN: RefCell<Strings> = RefCell::default();
}

/// The strings of all that is stored, each of them once, one behind another.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    known: FxHashMap<Str, u32>,
}

impl Strings {
    /// The bytes of something whose text begins at 0; `None` where it cannot be stored.
    pub fn store(&mut self, what: &impl Serialize) -> Option<Vec<u8>> {
        WRITTEN.set(std::mem::take(self));
        let bytes = postcard::to_allocvec(what).ok();
        *self = WRITTEN.take();
        bytes
    }

    /// The text that holds them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a string stands; `None` beyond 4 GiB.
    fn place(&mut self, string: &Str) -> Option<u32> {
        if let Some(known) = self.known.get(string) {
            return Some(*known);
        }
        let place = u32::try_from(self.text.len()).ok()?;
        self.text.push_str(string);
        self.known.insert(string.clone(), place);
        Some(place)
    }
}

/// What some bytes hold, its text beginning at `base`, its strings within `strings`; `None` where they hold none.
pub fn read<T: DeserializeOwned>(bytes: &[u8], base: u32, strings: &'static str) -> Option<T> {
    READ.set((base, strings));
    postcard::from_bytes(bytes).ok()
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end.saturating_sub(self.start)).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        let (start, length) = <(u32, u32)>::deserialize(from)?;
        let start = start.saturating_add(READ.get().0);
        Ok(Span::new(start, start.saturating_add(length)))
    }
}

/// As itself where people read it.
impl Serialize for Str {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.serialize_str(self);
        }
        let place = WRITTEN.with_borrow_mut(|strings| strings.place(self));
        let place = place.ok_or_else(|| serde::ser::Error::custom("more strings than there is room for"))?;
        (place, self.len() as u32).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Str, D::Error> {
        if from.is_human_readable() {
            return String::deserialize(from).map(Str::from);
        }
        let (place, length) = <(u32, u32)>::deserialize(from)?;
        let (start, end) = (place as usize, place.saturating_add(length) as usize);
        let text: Option<&'static str> = READ.get().1.get(start..end);
        text.map(Str::carried).ok_or_else(|| D::Error::custom("a string that is not there"))
    }
}
