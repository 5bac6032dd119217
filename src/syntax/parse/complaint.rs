//! Owns what is said of a text that does not parse: what was expected, what stands there instead, and what may be meant. It must never know how a text is read.

use super::words::{expected_words, list_words, words_of};
use super::{ITEM_WORDS, Rule};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Span;

/// Behind these words a brace opens a map, where a condition was forgotten.
const BEFORE_EXPRESSIONS: [&str; 10] =
    ["where", "if", "in", "and", "or", "not", "when", "expect", "require", "threshold"];

/// Where the reading of a text stopped.
pub(super) struct Stop<'t> {
    /// The whole text, whose first byte is at `base`.
    pub text: &'t str,
    pub base: u32,
    /// How many bytes of it were read.
    pub place: usize,
    /// Nothing of an item has been read.
    pub opens: bool,
    /// What could have come.
    pub rules: &'t [Rule],
}

impl Stop<'_> {
    pub fn complaint(&self) -> Diagnostic {
        let (before, rest) = self.text.split_at_checked(self.place).unwrap_or((self.text, ""));
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
        if found == "may" && self.opens {
            return self.direction(rest);
        }
        let mut expected: Vec<String> = Vec::new();
        for words in self.rules.iter().filter_map(|rule| expected_words(*rule)) {
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
        let expected_item = self.opens || expected.iter().any(|words| words == "an item");
        let (message, help) = if found.is_empty() {
            ("the policy ends in the middle of an item".to_owned(), Some(format!("expected {}", list_words(&expected))))
        } else if expected_item && !ITEM_WORDS.contains(&found.as_str()) {
            let help = did_you_mean(&found, ITEM_WORDS)
                .unwrap_or_else(|| "an item opens with one of: ".to_owned() + &ITEM_WORDS.join(", "));
            (format!("`{found}` opens no item"), Some(help))
        } else if expected_item {
            (format!("this `{found}` is no whole item"), None)
        } else {
            let help = self.hint(before, rest, &found).or_else(|| self.spelt(&found)).or_else(|| {
                let line = before.rsplit('\n').next().unwrap_or("").len();
                let line = self.text.get(self.place - line..).and_then(|rest| rest.lines().next()).unwrap_or("");
                let quotes = line.replace("\\\"", "").matches('"').count();
                (quotes % 2 == 1).then(|| "a string of this line does not end".to_owned())
            });
            (format!("expected {}, found `{found}`", list_words(&expected)), help)
        };
        self.error(self.place, width, message).help_if(help)
    }

    fn error(&self, place: usize, width: usize, message: String) -> Diagnostic {
        let start = self.base + place as u32;
        Diagnostic::error("policy/syntax", Span::new(start, start + width as u32), message)
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

    /// The word that may be meant, of those that could have come.
    fn spelt(&self, found: &str) -> Option<String> {
        let words: Vec<String> = self.rules.iter().flat_map(|rule| words_of(*rule)).collect();
        did_you_mean(found, words.iter().map(String::as_str))
    }

    fn hint(&self, before: &str, rest: &str, found: &str) -> Option<String> {
        let expects = |rule: Rule| self.rules.contains(&rule);
        let is = last_word(before) == "is";
        let hint = match found {
            "=" if expects(Rule::k_parameters) => {
                "a function has its parameters in brackets: `define name(x: int) = …`; a value is a `let`"
            }
            "-" if expects(Rule::k_colon) => "a name that is not written in snake_case stands in quotes",
            "=" if expects(Rule::k_colon) && !expects(Rule::optional) => {
                "a parameter has a type: `param name: int = …`"
            }
            ":" if expects(Rule::k_assign) => "a `let` has the type of its value: leave the type out",
            "may" if expects(Rule::k_assign) => "a parameter has a value before `may`: `param name: int = 3 may fall`",
            ">" if before.ends_with('<') => "write `!=`",
            ">" if before.ends_with('-') => "there is no `->`: the comparisons are `==`, `!=`, `<`, `<=`, `>` and `>=`",
            "=" if rest.starts_with("=>") => "write `>=`",
            "=" if rest.starts_with("=<") => "write `<=`",
            "=" if before.ends_with("==") => "write `==`",
            "=" if before.ends_with("!=") => "write `!=`",
            "≥" => "write `>=`",
            "≤" => "write `<=`",
            "≠" => "write `!=`",
            "=" if !rest.starts_with("==") => "write `==` to compare",
            "=" | "<" | ">" => "comparisons do not chain: join two with `and`",
            "!" if rest.starts_with("!=") => "comparisons do not chain: join two with `and`",
            "!" => "write `not`",
            "&" => "write `and`",
            "|" => "write `or`",
            "%" if before.trim_end().ends_with(|c: char| c.is_ascii_digit()) => {
                "the sign follows the number at once: `80%`"
            }
            "%" => "there is no `%` between numbers: a percentage is `80%`, a share is `80% of x`",
            "'" | "‘" | "’" => "strings stand in double quotes",
            "“" | "”" | "„" | "＂" | "「" | "」" | "『" | "』" | "«" | "»" => {
                "strings stand in straight double quotes: `\"…\"`"
            }
            "，" | "、" => "write `,`",
            "：" => "write `:`",
            "（" | "）" => "write `(` and `)`",
            "；" | ";" => "nothing separates statements: leave it out",
            "not" | "null" | "none" | "nil" | "undefined" | "unset" | "absent" if is => "write `is missing`",
            "present" | "defined" if is => "write `is set`",
            "empty" if is => "write `== []`, or count the elements: `count(x) == 0`",
            "elif" | "elsif" | "elseif" => "write `else if`",
            found => return written_together(found),
        };
        Some(hint.to_owned())
    }
}

/// What stands there: a word, or a character.
fn found(rest: &str) -> String {
    match rest.chars().next() {
        None => String::new(),
        Some(c) if c.is_ascii_alphanumeric() || c == '_' => {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        }
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
fn last_word(text: &str) -> &str {
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

/// `3d` and `3days`: a unit stands apart.
fn written_together(found: &str) -> Option<String> {
    let count = found.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match found.get(count.len()..)? {
        "h" | "hr" | "hrs" | "hour" | "hours" => "hours",
        "d" | "day" | "days" => "days",
        "w" | "week" | "weeks" => "weeks",
        "mo" | "month" | "months" => "months",
        "y" | "yr" | "yrs" | "year" | "years" => "years",
        _ => return None,
    };
    (!count.is_empty() && count.chars().all(|c| c.is_ascii_digit() || c == '_'))
        .then(|| format!("write `{count} {unit}`"))
}
