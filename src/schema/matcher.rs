//! Owns what a string has to match: a regular expression that is compiled when a string first meets it. It must never know where the string comes from.

use crate::string::Str;
use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::OnceLock;

/// A regular expression that is known to be one.
#[derive(Clone, Debug)]
pub struct Matcher {
    text: Str,
    regex: OnceLock<Option<Regex>>,
}

impl Matcher {
    /// Of a text that was tried already.
    pub fn new(text: &str) -> Matcher {
        Matcher { text: text.into(), regex: OnceLock::new() }
    }

    /// As it is written, without slashes.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is found in a string.
    pub fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| Regex::new(&self.text).ok());
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Matcher, D::Error> {
        Str::deserialize(from).map(|text| Matcher { text, regex: OnceLock::new() })
    }
}
