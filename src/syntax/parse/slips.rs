//! Owns what somebody may have meant who wrote what does not parse: habits of other languages, and words for signs. It must never know how a text is read.

use super::Rule;
use super::complaint::{Stop, found, last_word};
use super::open::begins_line;
use super::words::words_of;
use crate::diagnostic::{Diagnostic, did_you_mean, pascal_case, snake_case};

/// What opens an item in other languages, and here.
const ITEMS: [(&str, &str); 14] = [
    ("import", "use"),
    ("include", "use"),
    ("require", "use"),
    ("policy", "rule"),
    ("check", "rule"),
    ("func", "define"),
    ("function", "define"),
    ("fn", "define"),
    ("def", "define"),
    ("const", "let"),
    ("var", "let"),
    ("enum", "type"),
    ("struct", "type"),
    ("record", "type"),
];
/// Words for operators in other languages, and what is written here.
const OPERATORS: [(&str, &str); 9] = [
    ("exists", "is set"),
    ("present", "is set"),
    ("defined", "is set"),
    ("equals", "=="),
    ("eq", "=="),
    ("like", "matches"),
    ("includes", "contains"),
    ("has", "contains"),
    ("mod", "/"),
];
/// Behind these words something is said, and no sign stands between.
const SAYING: [&str; 15] = [
    "title",
    "severity",
    "enforcement",
    "rationale",
    "remedy",
    "cites",
    "tags",
    "effective",
    "issuer",
    "url",
    "allow",
    "deny",
    "most",
    "else",
    "because",
];

/// What opens a line behind a list, of laws or of patterns.
const OPENING: [&str; 14] = [
    "allow",
    "deny",
    "at",
    "tags",
    "effective",
    "applies",
    "expect",
    "require",
    "for",
    "if",
    "let",
    "settings",
    "grants",
    "threshold",
];

impl Stop<'_> {
    /// What is wrong further up, where the text could still be read in another way than it was meant.
    pub(super) fn slip_before(&self) -> Option<Diagnostic> {
        let (before, rest) = self.around();
        if let Some((start, length)) = bare_pattern(before, rest) {
            let pattern = self.text.get(start..start + length).unwrap_or("");
            return Some(
                self.error(start, length, format!("`{pattern}` is no pattern, and no value"))
                    .help(format!("a pattern stands in quotes, `\"{pattern}\"`, or between slashes")),
            );
        }
        // Behind a comma, the word that opens the next line is read as one more name.
        let word = last_word(before);
        let read = before.trim_end();
        let line = read.strip_suffix(word)?.trim_end();
        (OPENING.contains(&word) && line.ends_with(',') && begins_line(self.text, read.len() - word.len())).then(|| {
            self.error(line.len() - 1, 1, format!("the line ends with a comma, and `{word}` opens another"))
                .help("take the comma out")
        })
    }

    /// The word that may be meant, of those that could have come.
    pub(super) fn spelt(&self, found: &str) -> Option<String> {
        let words: Vec<String> = self.rules.iter().flat_map(|rule| words_of(*rule)).collect();
        did_you_mean(found, words.iter().map(String::as_str))
    }

    /// What is written instead of what stands here.
    pub(super) fn hint(&self) -> Option<String> {
        let (before, rest) = self.around();
        let found = found(rest);
        let word = last_word(before);
        let hint = match found.as_str() {
            "//" | "/" if rest.starts_with("//") || rest.starts_with("/*") || before.ends_with('/') => {
                "a comment begins with `#`"
            }
            ":" | "=" if SAYING.contains(&word) && before.trim_end().ends_with(word) => {
                return Some(format!("leave the `{found}` out: `{word}` is followed by what it says"));
            }
            "=" if self.expects(Rule::k_parameters) => {
                "a function has its parameters in brackets: `define name(x: int) = …`; a value is a `let`"
            }
            "-" if self.expects(Rule::k_colon) && self.expects(Rule::optional) => {
                "a name that is not written in snake_case stands in quotes"
            }
            "-" if self.expects(Rule::k_assign) && self.expects(Rule::k_open) => {
                return Some(format!("write `{}`", pascal_case(kebab_around(before, rest))));
            }
            "-" if [Rule::k_colon, Rule::k_assign, Rule::k_parameters, Rule::k_in]
                .iter()
                .any(|it| self.expects(*it)) =>
            {
                return Some(format!("write `{}`", snake_case(kebab_around(before, rest))));
            }
            "=" if self.expects(Rule::k_colon) && !self.expects(Rule::optional) => {
                "a parameter has a type: `param name: int = …`"
            }
            "=" if self.expects(Rule::optional) => "a field is declared with its type: `name: int = 3`",
            "=" if self.expects(Rule::k_in) && !self.expects_operator() => "write `in`",
            "of" if self.expects(Rule::k_in) && !self.expects_operator() => "write `in`",
            ":" if self.expects(Rule::k_assign) && rest.starts_with(":=") => "write `=`",
            ":" if self.expects(Rule::k_assign) && self.expects(Rule::k_open) => "write `=`: a name is given to a type",
            ":" if self.expects(Rule::k_assign) => "leave the type out: it is that of the value",
            "==" if self.expects(Rule::k_assign) => "write `=`: it gives a value, and `==` compares",
            "may" if self.expects(Rule::k_assign) => {
                "a parameter has a value before `may`: `param name: int = 3 may fall`"
            }
            "==" | "=" | "!=" | "<" | "<=" | ">" | ">=" if word == "not" && self.expects(Rule::k_in) => {
                match found.as_str() {
                    "==" | "=" => "write `!=`",
                    "!=" => "write `==`",
                    "<" => "write `>=`",
                    "<=" => "write `>`",
                    ">" => "write `<=`",
                    _ => "write `<`",
                }
            }
            "contains" | "matches" | "overlaps" | "subset" if word == "not" => {
                return Some(format!("`not` stands in front: `not x {found} …`"));
            }
            ">" if before.ends_with('<') => "write `!=`",
            ">" if before.ends_with('-') => "there is no `->`: the comparisons are `==`, `!=`, `<`, `<=`, `>` and `>=`",
            "=>" => "write `>=`",
            "=<" => "write `<=`",
            "=" if before.ends_with("==") => "write `==`",
            "=" if before.ends_with("!=") => "write `!=`",
            "=" if before.trim_end().ends_with('<') => "write `<=`",
            "=" if before.trim_end().ends_with('>') => "write `>=`",
            "≥" => "write `>=`",
            "≤" => "write `<=`",
            "≠" => "write `!=`",
            "=" if rest.starts_with("=!") => "write `!=`",
            "=" if self.expects_operator() => "write `==` to compare",
            ":" if self.expects(Rule::comparator) && !self.expects(Rule::k_and) => "write `==` to compare",
            "==" | "!=" | "<" | "<=" | ">" | ">=" if self.expects_operator() => {
                "comparisons do not chain: join two with `and`"
            }
            "!" => "write `not`",
            "&" | "&&" => "write `and`",
            "|" | "||" => "write `or`",
            "?" if rest.starts_with("??") => "write `default`",
            "?" if self.expects_operator() => "write `if … then … else …`",
            "," => return list_meant(before, rest).or_else(|| thousands(before, rest)),
            "%" if before.trim_end().ends_with(|c: char| c.is_ascii_digit()) => {
                "the sign follows the number at once: `80%`"
            }
            "%" => "there is no `%` between numbers: a percentage is `80%`, a share is `80% of x`",
            "percent" | "per" | "pct" if word.starts_with(|c: char| c.is_ascii_digit()) => {
                return Some(format!("write `{word}%`"));
            }
            "'" | "‘" | "’" | "`" => "strings stand in double quotes",
            "“" | "”" | "„" | "＂" | "「" | "」" | "『" | "』" | "«" | "»" => {
                "strings stand in straight double quotes: `\"…\"`"
            }
            "\"" if !self.rules.is_empty()
                && self.rules.iter().all(|rule| {
                    matches!(rule, Rule::severity | Rule::enforcement | Rule::direction | Rule::kebab | Rule::word)
                }) =>
            {
                "take the quotes off"
            }
            "，" | "、" => "write `,`",
            "：" => "write `:`",
            "（" | "）" => "write `(` and `)`",
            "；" | ";" => "nothing separates statements: leave it out",
            "not" if word == "is" => return Some(not_behind_is(rest)),
            "null" | "none" | "nil" | "undefined" | "unset" | "absent" if word == "is" => "write `is missing`",
            "present" | "defined" if word == "is" => "write `is set`",
            "empty" if word == "is" => "write `== []`, or count the elements: `count(x) == 0`",
            "\"" | "true" | "false" if word == "is" => "write `==` to compare",
            number if word == "is" && number.starts_with(|c: char| c.is_ascii_digit()) => "write `==` to compare",
            "elif" | "elsif" | "elseif" => "write `else if`",
            "warn" => "write `warning`",
            "assert" | "ensure" | "must" | "check" if self.expects(Rule::statement) => "write `expect`",
            "{" if self.expects(Rule::k_colon) && self.expects_operator() => "the condition stands behind `:`",
            "when" | "if" if self.expects(Rule::k_where) => "write `where`",
            "{" if self.expects(Rule::k_then) => {
                "within an expression it is `if … then … else …`; with braces it is a statement of its own"
            }
            _ if self.expects(Rule::date) || self.expects_operator() || before.ends_with('/') => {
                let known = OPERATORS.iter().find(|(other, _)| *other == found && self.expects_operator());
                return match known {
                    Some((_, operator)) => Some(format!("write `{operator}`")),
                    None => day_around(before, rest).or_else(|| written_together(&found)),
                };
            }
            _ => {
                let item = ITEMS.iter().find(|(other, _)| *other == found && self.expects(Rule::item));
                return item.map(|(_, item)| format!("write `{item}`")).or_else(|| written_together(&found));
            }
        };
        Some(hint.to_owned())
    }

    /// What may be meant where no word is misspelt.
    pub(super) fn guess(&self) -> Option<String> {
        let (before, rest) = self.around();
        let start = before.trim_end().rfind(|c: char| !c.is_ascii_digit() && !matches!(c, '%' | '.' | '_'))?;
        let share = before.trim_end().get(start..)?.trim_start();
        let of = found(rest);
        (share.ends_with('%') && self.expects_operator() && of.starts_with(|c: char| c.is_ascii_alphabetic()))
            .then(|| format!("write `{share} of {of}`"))
    }
}

/// A wildcard pattern that stands without quotes where one is asked for: where it begins, and how long it is.
fn bare_pattern(before: &str, rest: &str) -> Option<(usize, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '*' | '?');
    let asks = |text: &str| matches!(last_word(text), "matches" | "allow" | "deny");
    let length = |text: &str| text.find(|c| !is_part(c)).unwrap_or(text.len());
    if rest.starts_with(['*', '?']) && before.ends_with([' ', '\t']) && asks(before) {
        return Some((before.len(), length(rest)));
    }
    let read = before.trim_end();
    let start = read.rfind(|c| !is_part(c))? + 1;
    let behind = if read.len() == before.len() { length(rest) } else { 0 };
    let whole = before.get(start..read.len() + behind).or_else(|| read.get(start..))?;
    let wild = whole.contains(['*', '?']) || rest.get(..behind).is_some_and(|tail| tail.contains(['*', '?']));
    (wild && asks(read.get(..start)?)).then_some((start, read.len() - start + behind))
}

/// The values of `in "a", "b"` and of `in ("a", "b")`, as the list that they are meant to be.
fn list_meant(before: &str, rest: &str) -> Option<String> {
    let first = before.rsplit('\n').next()?.rsplit_once(" in ")?.1.trim().trim_start_matches('(');
    let is_value = |text: &str| {
        let text = text.trim();
        match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inner) => inner.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')),
            None => text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(' '),
        }
    };
    if !is_value(first) {
        return None;
    }
    let mut values = vec![first.trim()];
    let line = rest.lines().next()?.trim_start_matches(',');
    for part in line.split(',') {
        let end = part.trim_start().find([')', ' ', '#', '{']).unwrap_or(part.trim_start().len());
        let value = part.trim_start().get(..end)?;
        if !is_value(value) {
            break;
        }
        values.push(value);
        if end < part.trim().len() {
            break;
        }
    }
    Some(format!("a list stands in square brackets: `[{}]`", values.join(", ")))
}

/// `1,000`, as a number with a comma is written here.
fn thousands(before: &str, rest: &str) -> Option<String> {
    let first = last_word(before);
    let group = super::first_word(rest.strip_prefix(',')?);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(first) && digits(group) && group.len() == 3)
        .then(|| format!("digits are grouped by `_`: `{first}_{group}`"))
}

/// What `is not …` is written as.
fn not_behind_is(rest: &str) -> String {
    let behind = rest.get("not".len()..).unwrap_or("").trim_start();
    match found(behind).as_str() {
        "missing" | "null" | "none" | "nil" | "undefined" | "unset" | "absent" => "write `is set`",
        "given" => "`not` stands in front: `not (x is given)`",
        "empty" => "write `!= []`, or count the elements: `count(x) > 0`",
        "in" => "write `not in`",
        "\"" | "true" | "false" => "write `!=`",
        number if number.starts_with(|c: char| c.is_ascii_digit()) => "write `!=`",
        _ => "write `is missing`",
    }
    .to_owned()
}

/// The name in kebab-case in whose midst a text was left.
fn kebab_around<'t>(before: &'t str, rest: &'t str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let tail = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    format!("{}{}", last_word(before), rest.get(..tail).unwrap_or("").trim_end_matches('-'))
}

/// `01/02/2020`, `1.2.2020`: a date as it is written elsewhere, in whose midst a text was left.
fn day_around(before: &str, rest: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '/' | '.');
    let start = before.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    let head = before.get(start..).unwrap_or("");
    let tail = rest.get(..rest.find(|c| !is_part(c)).unwrap_or(rest.len()))?;
    let all = format!("{head}{tail}");
    let parts: Vec<&str> = all.split(['/', '.']).collect();
    let fits = |lengths: [std::ops::RangeInclusive<usize>; 3]| {
        parts.len() == 3 && parts.iter().zip(lengths).all(|(part, length)| length.contains(&part.len()))
    };
    (fits([1..=2, 1..=2, 4..=4]) || fits([4..=4, 1..=2, 1..=2]))
        .then(|| "a date is written as year, month, day: `2026-01-31`".to_owned())
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
