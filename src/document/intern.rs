//! Owns the texts of all keys, each held once under a small number. It must never know what a key means.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::FxHasher;

/// The number of a key's text; equal texts have equal numbers within one document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(pub(super) u32);

impl Sym {
    /// Of `<<`, in every document.
    pub const MERGE: Sym = Sym(0);
    /// Of a node that is no key and whose text no key has.
    pub const NONE: Sym = Sym(u32::MAX);

    /// A dense index, from 0: for tables by key.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All key texts, end to end, behind an open-addressed table of their numbers: 12 to 20 bytes a key above its text,
/// which matters where a map has a million entries.
#[derive(Debug)]
pub(super) struct Interner {
    text: String,
    /// Where each text ends; it starts where the one before ends.
    ends: Vec<u32>,
    /// Numbers plus one at their hash; 0 is free. Its length is a power of two.
    table: Vec<u32>,
    /// The hash of each text, so that growing does not read the texts again.
    hashes: Vec<u32>,
}

impl Interner {
    /// Holds `<<` as [`Sym::MERGE`].
    pub fn new() -> Interner {
        let mut keys = Interner { text: String::new(), ends: Vec::new(), table: vec![0; 64], hashes: Vec::new() };
        keys.intern("<<");
        keys
    }

    /// The number of a text, new if need be; `None` when the texts do not fit 4 GiB.
    pub fn intern(&mut self, text: &str) -> Option<Sym> {
        let hash = hash(text);
        let slot = match self.find(text, hash) {
            Ok(sym) => return Some(sym),
            Err(slot) => slot,
        };
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        let number = u32::try_from(self.ends.len()).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        self.hashes.push(hash);
        if let Some(place) = self.table.get_mut(slot) {
            *place = number + 1;
        }
        if self.ends.len() * 4 > self.table.len() * 3 {
            self.fill(self.table.len() * 2);
        }
        Some(Sym(number))
    }

    /// The number of a text, if it has one.
    pub fn get(&self, text: &str) -> Option<Sym> {
        self.find(text, hash(text)).ok()
    }

    /// The text of a number.
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        let index = sym.index();
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(index).and_then(|&end| self.text.get(start as usize..end as usize)).unwrap_or("")
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes held.
    pub fn memory(&self) -> usize {
        self.text.capacity() + 4 * (self.ends.capacity() + self.table.capacity() + self.hashes.capacity())
    }

    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.hashes.shrink_to_fit();
    }

    /// Forgets all texts but the first ones.
    pub fn truncate(&mut self, count: usize) {
        if count >= self.len() {
            return;
        }
        self.ends.truncate(count);
        self.hashes.truncate(count);
        self.text.truncate(self.ends.last().copied().unwrap_or(0) as usize);
        self.fill(self.table.len());
    }

    /// The number of a text, or the slot where it belongs.
    #[inline]
    fn find(&self, text: &str, hash: u32) -> Result<Sym, usize> {
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.table.get(slot).copied().unwrap_or(0) {
                0 => return Err(slot),
                number => {
                    let sym = Sym(number - 1);
                    if self.hashes.get(sym.index()) == Some(&hash) && self.text(sym) == text {
                        return Ok(sym);
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Makes a table of this size anew.
    fn fill(&mut self, size: usize) {
        let mut table = vec![0; size];
        for (number, &hash) in (1u32..).zip(&self.hashes) {
            let mut slot = hash as usize & (size - 1);
            while table.get(slot).is_some_and(|&taken: &u32| taken != 0) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(place) = table.get_mut(slot) {
                *place = number;
            }
        }
        self.table = table;
    }
}

/// The same texts in the same order; the size of the table is the past of an interner, not its content.
impl PartialEq for Interner {
    fn eq(&self, other: &Interner) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

/// The upper half of the hash, where the hasher mixes best.
fn hash(text: &str) -> u32 {
    let hash = BuildHasherDefault::<FxHasher>::default().hash_one(text);
    (hash >> 32) as u32 ^ hash as u32
}
