//! Owns what the items of a file that do not parse may declare. It must never know what is wrong with them, or what a name means.

use super::parse::ITEM_WORDS;
use crate::diagnostic::{nearest, snake_case};

/// What the items that do not parse may declare: nobody is told that it is not there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lost {
    /// The names that stand where one is declared.
    pub names: Vec<String>,
    /// There may be fields at the root of a tenant.
    pub fields: bool,
    /// There may be any name.
    pub any: bool,
}

impl Lost {
    /// All that there is.
    pub(super) fn all() -> Lost {
        Lost { names: Vec::new(), fields: true, any: true }
    }

    /// Notes what a stretch of a text may declare, of which an item that does not parse is the first.
    pub(super) fn note(&mut self, stretch: &str) {
        for (n, line) in stretch.lines().enumerate() {
            let head = line.split(['{', '(', ':', '=', '#', '"']).next().unwrap_or("");
            let mut words =
                head.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').filter(|w| !w.is_empty());
            let word = words.next().unwrap_or("");
            let opens =
                if n == 0 { nearest(word, ITEM_WORDS) } else { ITEM_WORDS.into_iter().find(|known| *known == word) };
            let known = self.names.len();
            match opens {
                Some("schema") => self.fields = true,
                // It may be any pack that is used.
                Some("use") => self.any = true,
                Some(_) => {
                    for word in words {
                        self.names.push(word.to_owned());
                        if word.contains('-') {
                            // Elsewhere it is read as a subtraction, or written as it should be.
                            self.names.extend(word.split('-').map(str::to_owned));
                            self.names.push(snake_case(word));
                        }
                    }
                }
                None => {}
            }
            if n == 0 && opens != Some("schema") && self.names.len() == known {
                self.any = true;
            }
        }
    }
}
