//! Owns patterns: wildcards and regular expressions, what they match, and how one pattern relates to another. It must never know what a permission is.

use crate::string::Str;
use regex::Regex;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::start::Config;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A pattern.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Pattern {
    /// With wildcards, over the whole string.
    Glob(Glob),
    /// A regular expression, unanchored.
    Regex(Arc<Compiled>),
}

/// Why a text is no regular expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoRegex {
    /// It would take too much memory.
    TooLarge,
    /// What is wrong with it.
    Wrong(String),
}

/// A regular expression and, for questions about other patterns, its automaton.
#[derive(Debug)]
pub struct Compiled {
    text: Str,
    /// Made when it is first asked for, where the text was tried by whoever stored it.
    regex: OnceLock<Option<Regex>>,
    /// Made when it is first asked for: few patterns are ever compared with others.
    automaton: OnceLock<Option<dense::DFA<Vec<u32>>>>,
}

fn compiled(text: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(text).size_limit(AUTOMATON_BYTES).build()
}

impl Serialize for Compiled {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Compiled {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Compiled, D::Error> {
        Str::deserialize(from).map(|text| Compiled { text, regex: OnceLock::new(), automaton: OnceLock::new() })
    }
}

impl Compiled {
    fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| compiled(&self.text).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    fn automaton(&self) -> Option<&dense::DFA<Vec<u32>>> {
        let bytes = Some(AUTOMATON_BYTES);
        let config = dense::Config::new().dfa_size_limit(bytes).determinize_size_limit(bytes);
        let build = || dense::Builder::new().configure(config).build(&self.text).ok();
        self.automaton.get_or_init(build).as_ref()
    }
}

/// The most memory that the automaton of one regular expression may take, in bytes.
const AUTOMATON_BYTES: usize = 1 << 20;
/// The most steps that a question about two patterns may take; beyond, the answer is the cautious one.
const PRODUCT_STEPS: usize = 50_000;
/// So many places at which a pattern stands at once make a step one more.
const WIDE: usize = 64;

/// A wildcard pattern: `*` stands for any run of characters, `?` for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Glob {
    parts: Vec<Piece>,
    wild: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Piece {
    Char(char),
    One,
    Any,
}

impl Glob {
    /// Reads a pattern; `\` before `*`, `?` or `\` takes their meaning away.
    pub fn new(text: &str) -> Glob {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' if parts.last() == Some(&Piece::Any) => continue,
                '*' => Piece::Any,
                '?' => Piece::One,
                '\\' => match chars.peek() {
                    Some(&next @ ('*' | '?' | '\\')) => {
                        chars.next();
                        Piece::Char(next)
                    }
                    _ => Piece::Char('\\'),
                },
                c => Piece::Char(c),
            });
        }
        let wild = parts.iter().any(|part| !matches!(part, Piece::Char(_)));
        Glob { parts, wild }
    }

    /// The same without its wildcards.
    pub fn literal(&self) -> Glob {
        let parts = self.parts.iter().filter(|part| matches!(part, Piece::Char(_))).copied().collect();
        Glob { parts, wild: false }
    }

    /// It has a wildcard.
    pub fn is_wild(&self) -> bool {
        self.wild
    }

    /// Whether it matches the whole string.
    pub fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text.chars());
        let mut back: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let here = rest.clone().next();
            match (self.parts.get(at), here) {
                (Some(Piece::Any), _) => {
                    at += 1;
                    back = Some((at, rest.clone()));
                    continue;
                }
                (Some(Piece::One), Some(_)) => {
                    rest.next();
                    at += 1;
                    continue;
                }
                (Some(Piece::Char(c)), Some(h)) if *c == h => {
                    rest.next();
                    at += 1;
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            // Let the last `*` take one character more.
            match &mut back {
                Some((after, from)) => {
                    if from.next().is_none() {
                        return false;
                    }
                    at = *after;
                    rest = from.clone();
                }
                None => return false,
            }
        }
    }

    fn start(&self) -> Vec<usize> {
        self.closure(vec![0])
    }

    /// These states, which ascend, and those behind a `*` that stands for nothing.
    fn closure(&self, states: Vec<usize>) -> Vec<usize> {
        let mut all: Vec<usize> = Vec::with_capacity(states.len() + 1);
        for mut state in states {
            loop {
                if all.last().is_none_or(|last| *last < state) {
                    all.push(state);
                }
                if self.parts.get(state) != Some(&Piece::Any) {
                    break;
                }
                state += 1;
            }
        }
        all
    }

    fn step(&self, states: &[usize], c: char) -> Vec<usize> {
        let mut next = Vec::new();
        for &state in states {
            match self.parts.get(state) {
                Some(Piece::Any) => next.push(state),
                Some(Piece::One) => next.push(state + 1),
                Some(Piece::Char(wanted)) if *wanted == c => next.push(state + 1),
                _ => {}
            }
        }
        self.closure(next)
    }

    fn accepts(&self, states: &[usize]) -> bool {
        states.binary_search(&self.parts.len()).is_ok()
    }

    fn letters(&self, into: &mut Vec<char>) {
        for part in &self.parts {
            if let Piece::Char(c) = part
                && !into.contains(c)
            {
                into.push(*c);
            }
        }
    }
}

/// Where a pattern stands after some characters.
#[derive(Clone, PartialEq, Eq, Hash)]
enum At {
    Glob(Vec<usize>),
    /// The state, and whether it has matched already.
    Regex(regex_automata::util::primitives::StateID, bool),
}

impl fmt::Display for Glob {
    /// As it is written: what stands for itself and would not is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Piece::Char(c @ ('*' | '?' | '\\')) => write!(f, "\\{c}"),
            Piece::Char(c) => write!(f, "{c}"),
            Piece::One => f.write_str("?"),
            Piece::Any => f.write_str("*"),
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Glob(glob) => glob.fmt(f),
            Pattern::Regex(compiled) => write!(f, "/{}/", compiled.text),
        }
    }
}

impl At {
    /// How many places of a pattern it stands at.
    fn width(&self) -> usize {
        match self {
            At::Glob(states) => states.len(),
            At::Regex(..) => 1,
        }
    }
}

impl Pattern {
    /// A regular expression.
    ///
    /// # Errors
    /// The message of the regex library, on one line, where it is none or would be too large.
    pub fn regex(text: &str) -> Result<Pattern, NoRegex> {
        let regex = compiled(text).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => NoRegex::TooLarge,
            error => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or("it is no regular expression");
                NoRegex::Wrong(last.trim().trim_start_matches("error: ").to_owned())
            }
        })?;
        let regex = OnceLock::from(Some(regex));
        Ok(Pattern::Regex(Arc::new(Compiled { text: text.into(), regex, automaton: OnceLock::new() })))
    }

    /// A text that no other pattern has.
    pub fn key(&self) -> String {
        match self {
            Pattern::Glob(glob) => {
                let letter = |part: &Piece| match part {
                    Piece::Char(c) => ['c', *c],
                    Piece::One => ['?', ' '],
                    Piece::Any => ['*', ' '],
                };
                glob.parts.iter().flat_map(letter).collect()
            }
            Pattern::Regex(compiled) => format!("/{}", compiled.text),
        }
    }

    /// The text of a regular expression.
    pub fn regex_text(&self) -> Option<&str> {
        match self {
            Pattern::Regex(compiled) => Some(&compiled.text),
            Pattern::Glob(_) => None,
        }
    }

    /// A wildcard pattern.
    pub fn glob(text: &str) -> Pattern {
        Pattern::Glob(Glob::new(text))
    }

    /// Whether it matches a string.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(glob) => glob.matches(text),
            Pattern::Regex(compiled) => compiled.is_match(text),
        }
    }

    /// Whether some string that `glob` stands for is matched; `true` where that would take too long to tell.
    pub fn meets(&self, glob: &Glob) -> bool {
        self.search(glob, |accepted, matched| accepted && matched).unwrap_or(true)
    }

    /// Whether every string that `glob` stands for is matched; `false` where that would take too long to tell.
    pub fn covers(&self, glob: &Glob) -> bool {
        self.search(glob, |accepted, matched| accepted && !matched).is_some_and(|missed| !missed)
    }

    /// Whether some string leads both to where `found` says; walks both automata side by side.
    fn search(&self, glob: &Glob, found: impl Fn(bool, bool) -> bool) -> Option<bool> {
        // Characters that neither names behave alike: a few stand for all of them.
        let mut letters: Vec<char> = vec!['\u{1}', '\n', '\u{e9}', '\u{9580}', '\u{1f680}'];
        glob.letters(&mut letters);
        match self {
            Pattern::Glob(own) => own.letters(&mut letters),
            Pattern::Regex(_) => letters.extend((' '..='~').filter(|c| !glob.parts.contains(&Piece::Char(*c)))),
        }
        let start = (glob.start(), self.start()?);
        let mut seen = FxHashSet::default();
        seen.insert(start.clone());
        let mut queue = VecDeque::from([start]);
        let mut steps = 0;
        while let Some((of_glob, own)) = queue.pop_front() {
            if found(glob.accepts(&of_glob), self.accepts(&own)?) {
                return Some(true);
            }
            for &letter in &letters {
                steps += 1 + (of_glob.len() + own.width()) / WIDE;
                if steps > PRODUCT_STEPS {
                    return None;
                }
                let next = glob.step(&of_glob, letter);
                if next.is_empty() {
                    continue;
                }
                let state = (next, self.step(&own, letter)?);
                if seen.insert(state.clone()) {
                    queue.push_back(state);
                }
            }
        }
        Some(false)
    }

    fn start(&self) -> Option<At> {
        match self {
            Pattern::Glob(glob) => Some(At::Glob(glob.start())),
            Pattern::Regex(compiled) => {
                let automaton = compiled.automaton()?;
                let start = automaton.start_state(&Config::new()).ok()?;
                Some(At::Regex(start, automaton.is_match_state(start)))
            }
        }
    }

    fn step(&self, at: &At, c: char) -> Option<At> {
        match (self, at) {
            (Pattern::Glob(glob), At::Glob(states)) => Some(At::Glob(glob.step(states, c))),
            (Pattern::Regex(compiled), At::Regex(state, matched)) => {
                let automaton = compiled.automaton()?;
                let (mut state, mut matched) = (*state, *matched);
                for &byte in c.encode_utf8(&mut [0; 4]).as_bytes() {
                    state = automaton.next_state(state, byte);
                    matched |= automaton.is_match_state(state);
                    if automaton.is_quit_state(state) {
                        return None;
                    }
                }
                Some(At::Regex(state, matched))
            }
            _ => None,
        }
    }

    fn accepts(&self, at: &At) -> Option<bool> {
        match (self, at) {
            (Pattern::Glob(glob), At::Glob(states)) => Some(glob.accepts(states)),
            (Pattern::Regex(compiled), At::Regex(state, matched)) => {
                let automaton = compiled.automaton()?;
                Some(*matched || automaton.is_match_state(automaton.next_eoi_state(*state)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_the_whole_string() {
        let cases = [
            ("contact.*.write", "contact.user.write", true),
            ("contact.*.write", "contact.write", false),
            ("v?", "v12", false),
            ("*", "", true),
            ("??", "橫琴", true),
            ("\\*.x", "*.x", true),
            ("\\*.x", "y.x", false),
            ("a*b*c", "aXbXbc", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn patterns_meet_and_cover_each_other() {
        let admin = Pattern::regex(r"^admin\.").unwrap();
        assert!(admin.meets(&Glob::new("ad*")));
        assert!(!admin.meets(&Glob::new("?.x")));
        let mail = Pattern::regex(r"^(mail|file)\.[a-z]+$").unwrap();
        assert!(!mail.covers(&Glob::new("mail.*")));
        assert!(Pattern::regex(r"^mail\.").unwrap().covers(&Glob::new("mail.?*")));
        assert!(Pattern::glob("mail.*").covers(&Glob::new("mail.r?ad")));
        assert!(!Pattern::glob("file.?ead").covers(&Glob::new("file.*")));
        assert!(Pattern::glob("*.write").meets(&Glob::new("mail.*")));
        assert!(!Pattern::glob("*.write").meets(&Glob::new("mail.r*d")));
    }
}
