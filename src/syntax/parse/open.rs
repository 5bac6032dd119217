//! Owns what is open in a part of a text: the bracket that nothing closes, and the word or sign with which it ends. It must never know what an item means.

use super::complaint::SIGNS;

/// How far a part of a text has come.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Open {
    /// The bracket that something behind the part would have to close, and where it stands.
    pub bracket: Option<(usize, char)>,
    /// Where the last word or sign begins and ends, comments aside.
    pub last: (usize, usize),
}

/// A bracket, and how far its line is indented.
type Opened = (usize, char, usize);

impl Open {
    /// What is open behind the bytes from `from` to `to`.
    pub fn between(text: &str, from: usize, to: usize) -> Open {
        let mut opened: Vec<Opened> = Vec::new();
        let (mut suspect, mut last) = (None, (from, from));
        let mut at = from;
        while let Some(rest) = text.get(at..to).filter(|rest| !rest.is_empty()) {
            let length = token(rest, text.get(last.0..last.1).unwrap_or(""));
            let word = rest.get(..length).unwrap_or("");
            match word.chars().next() {
                Some(sign @ ('(' | '[' | '{')) => opened.push((at, sign, indent(text, at))),
                Some(')' | ']' | '}') => {
                    // What ends further left than it began may end something else.
                    if let Some((place, sign, deep)) = opened.pop()
                        && begins_line(text, at)
                        && indent(text, at) < deep
                    {
                        suspect = suspect.or(Some((place, sign)));
                    }
                }
                _ => {}
            }
            if !word.starts_with('#') && !word.trim().is_empty() {
                last = (at, at + length);
            }
            at += length.max(1);
        }
        let innermost = opened.last().map(|(place, sign, _)| (*place, *sign));
        Open { bracket: innermost.map(|inner| suspect.filter(|_| inner.1 == '{').unwrap_or(inner)), last }
    }
}

/// How many bytes the word, string, comment or sign takes that a text begins with; `before` is the one before it.
fn token(rest: &str, before: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let until = |end: &str, from: usize| {
        let (mut at, body) = (from, rest.as_bytes());
        while let Some(byte) = body.get(at) {
            if rest.get(at..).is_some_and(|rest| rest.starts_with(end)) {
                return at + end.len();
            }
            if *byte == b'\n' && end.len() == 1 {
                return at;
            }
            at += if *byte == b'\\' { 2 } else { 1 };
        }
        rest.len()
    };
    let length = match rest.chars().next() {
        Some('#') => rest.find('\n').unwrap_or(rest.len()),
        Some('"') if rest.starts_with("\"\"\"") => until("\"\"\"", 3),
        Some('"') => until("\"", 1),
        Some('/') if matches!(before, "matches" | "allow" | "deny" | ",") => until("/", 1),
        Some(c) if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        Some(c) => SIGNS.into_iter().find(|sign| rest.starts_with(sign)).map_or(c.len_utf8(), str::len),
        None => 0,
    };
    // A backslash may stand before a character of several bytes.
    (length..=rest.len()).find(|length| rest.is_char_boundary(*length)).unwrap_or(rest.len())
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn indent(text: &str, at: usize) -> usize {
    let line = text.get(line_start(text, at)..).unwrap_or("");
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Whether nothing but blanks stands before that place on its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..at).is_some_and(|before| before.trim().is_empty())
}
