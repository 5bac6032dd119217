//! Owns what is said of a text that does not parse: what was expected, and what stands there instead. It must never know how a text is read.

use super::open::{Open, begins_line};
use super::words::{expected_words, list_words};
use super::{ITEM_WORDS, Rule};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Span;

/// Behind these words a brace opens a map, where a condition was forgotten.
const BEFORE_EXPRESSIONS: [&str; 10] =
    ["where", "if", "in", "and", "or", "not", "when", "expect", "require", "threshold"];
/// Signs of several characters, in this language or in others.
pub(super) const SIGNS: [&str; 9] = ["==", "!=", "<=", ">=", "=>", "=<", "&&", "||", "//"];

/// Where the reading of a text stopped.
pub(super) struct Stop<'t> {
    /// The whole text, whose first byte is at `base`.
    pub text: &'t str,
    pub base: u32,
    /// Where the item begins that does not parse.
    pub at: usize,
    /// How far it was read.
    pub place: usize,
    /// What could have come.
    pub rules: &'t [Rule],
}

impl<'t> Stop<'t> {
    pub fn complaint(&self) -> Diagnostic {
        let (before, rest) = self.around();
        let found = found(rest);
        let width = if found.starts_with('\\') { rest.chars().next().map_or(0, char::len_utf8) } else { found.len() };
        if rest.starts_with('"') && is_unclosed(rest, '"') {
            return self
                .error(self.place, width, "a string that does not end".to_owned())
                .help("a string ends on its line; one over several lines stands between `\"\"\"` and `\"\"\"`");
        }
        if rest.starts_with('/') && is_unclosed(rest, '/') && matches!(last_word(before), "matches" | "allow" | "deny")
        {
            return self
                .error(self.place, width, "a regular expression that does not end".to_owned())
                .help("it ends with `/` on its line; a slash within it is written `\\/`");
        }
        if let Some((brace, word)) = map_for_condition(before) {
            return self.error(brace, 1, format!("expected an expression behind `{word}`, found `{{`"));
        }
        if found == "may" && self.opens() {
            return self.direction(rest);
        }
        if let Some(slip) = self.slip_before() {
            return slip;
        }
        let open = Open::between(self.text, self.at, self.place);
        if let Some(error) = self.ends_early(&open, &found) {
            return error;
        }
        let expected = self.expected();
        let what = if found == "`" { "a backtick".to_owned() } else { format!("`{found}`") };
        let hint = || self.hint().or_else(|| self.spelt(&found)).or_else(|| self.guess());
        let (message, help) = if self.expects_item() && !ITEM_WORDS.contains(&found.as_str()) {
            let help = self.hint().or_else(|| did_you_mean(&found, ITEM_WORDS));
            let all = || "an item opens with one of: ".to_owned() + &ITEM_WORDS.join(", ");
            (format!("{what} opens no item"), Some(help.unwrap_or_else(all)))
        } else if self.expects_item() {
            (format!("this `{found}` is no whole item"), None)
        } else {
            let help = hint().or_else(|| {
                let line = before.rsplit('\n').next().unwrap_or("").len();
                let line = self.text.get(self.place - line..).and_then(|rest| rest.lines().next()).unwrap_or("");
                let quotes = line.replace("\\\"", "").matches('"').count();
                (quotes % 2 == 1).then(|| "a string of this line does not end".to_owned())
            });
            (format!("expected {}, found {what}", list_words(&expected)), help)
        };
        self.error(self.place, width, message).help_if(help)
    }

    /// Whether what stands here, behind a whole item, is a part of it that cannot be read, and no item itself.
    pub fn belongs_to_what_is_before(&self) -> bool {
        let (before, rest) = self.around();
        let found = found(rest);
        let sign = !found.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '}');
        !ITEM_WORDS.contains(&found.as_str())
            && (self.hint().is_some() || sign && !begins_line(self.text, before.len()) && !found.is_empty())
    }

    /// The text before the place, and behind it.
    pub fn around(&self) -> (&'t str, &'t str) {
        self.text.split_at_checked(self.place).unwrap_or((self.text, ""))
    }

    pub fn expects(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Whether an expression was read, which an operator could go on with.
    pub fn expects_operator(&self) -> bool {
        self.rules.iter().any(|rule| expected_words(*rule).iter().any(|words| words == "an operator"))
    }

    /// Nothing of an item has been read.
    fn opens(&self) -> bool {
        self.place == self.at
    }

    fn expects_item(&self) -> bool {
        self.opens() || self.expects(Rule::item)
    }

    /// What could have come, in words.
    fn expected(&self) -> Vec<String> {
        let mut expected: Vec<String> = Vec::new();
        for words in self.rules.iter().flat_map(|rule| expected_words(*rule)) {
            if !expected.contains(&words) {
                expected.push(words);
            }
        }
        if expected.iter().any(|words| words == "an expression") {
            // What opens an expression is not listed one by one.
            expected.retain(|words| {
                !matches!(words.as_str(), "a name" | "a number" | "a string" | "`if`" | "`not`" | "a date")
            });
        }
        if expected.iter().any(|words| words == "an operator") {
            // It goes on with a number, and says nothing that an operator would not.
            expected.retain(|words| words != "a unit of time");
        }
        // What comes behind all else is named last.
        let (next, mut all): (Vec<String>, Vec<String>) =
            expected.into_iter().partition(|words| words == "the next item");
        all.extend(next);
        all
    }

    pub fn error(&self, place: usize, width: usize, message: String) -> Diagnostic {
        let start = self.base + place as u32;
        Diagnostic::error("policy/syntax", Span::new(start, start + width as u32), message)
    }

    /// That the item does not go on where it has to: the text ends, or the next item begins.
    fn ends_early(&self, open: &Open, found: &str) -> Option<Diagnostic> {
        let within = matches!(open.bracket, Some((_, '{')));
        let next = begins_line(self.text, self.place)
            && ITEM_WORDS.contains(&found)
            && !(within && matches!(found, "let" | "set"));
        if self.opens() || !found.is_empty() && !next {
            return None;
        }
        let closes = |sign: char| match sign {
            '{' => (Rule::k_close, '}'),
            '(' => (Rule::k_end_of_parens, ')'),
            _ => (Rule::k_end_of_list, ']'),
        };
        if let Some((place, sign)) = open.bracket
            && let (rule, close) = closes(sign)
            && self.expects(rule)
        {
            let what = if sign == '{' { "brace" } else { "bracket" };
            let message = match next {
                true => format!("`{found}` begins another item, and a {what} above is still open"),
                false => format!("the policy ends, and a {what} is still open"),
            };
            let start = self.base + place as u32;
            return Some(
                self.error(self.place, found.len(), message).and_at(Span::new(start, start + 1), "opened here").help(
                    match next {
                        true => format!("a `{close}` is missing before it"),
                        false => format!("a `{close}` is missing, here or further up"),
                    },
                ),
            );
        }
        let (start, end) = open.last;
        let last = self.text.get(start..end).unwrap_or("");
        let message = format!("expected {} behind `{last}`, and the item ends", list_words(&self.expected()));
        Some(self.error(start, end - start, message))
    }

    /// The item before `may` was whole without it.
    fn direction(&self, rest: &str) -> Diagnostic {
        const DIRECTIONS: [&str; 3] = ["fall", "rise", "change"];
        let behind = rest.get("may".len()..).unwrap_or("").trim_start();
        let found = found(behind);
        if DIRECTIONS.contains(&found.as_str()) {
            return self
                .error(self.place, "may".len(), "`may` stands behind a parameter alone".to_owned())
                .help("a parameter is written `param name: int = 3 may fall`");
        }
        let message = format!("expected `fall`, `rise` or `change`, found `{found}`");
        self.error(self.text.len() - behind.len(), found.len(), message).help_if(did_you_mean(&found, DIRECTIONS))
    }
}

/// What stands there: a word, or a sign.
pub(super) fn found(rest: &str) -> String {
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return sign.to_owned();
    }
    match rest.chars().next() {
        None => String::new(),
        Some(c) if c.is_ascii_alphanumeric() || c == '_' => super::first_word(rest).to_owned(),
        Some(c) if c.is_control() => c.escape_debug().to_string(),
        Some(c) => c.to_string(),
    }
}

/// What opens with a sign is not closed by it on its line; of a long string, nowhere.
fn is_unclosed(rest: &str, sign: char) -> bool {
    if rest.starts_with("\"\"\"") {
        return !rest.get(3..).unwrap_or("").contains("\"\"\"");
    }
    let line = rest.get(1..).unwrap_or("").lines().next().unwrap_or("");
    !line.contains(sign)
}

/// The word with which a text ends, white space aside.
pub(super) fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    let start = text
        .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    text.get(start..).unwrap_or("")
}

/// The brace with which a text ends, where a word before it asks for an expression; and that word.
fn map_for_condition(before: &str) -> Option<(usize, &'static str)> {
    let opened = before.trim_end().strip_suffix('{')?;
    let word = last_word(opened);
    BEFORE_EXPRESSIONS.into_iter().find(|known| *known == word).map(|word| (opened.len(), word))
}
