//! Owns what is wrong with a *policy or an input*: code, message, labels, help. It must never know what is wrong with a tenant (those are findings).
//!
//! Wording: one line, lower case at the start, no final full stop, the person's own text in backticks or quotes.

use std::io;

use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Level {
    /// The run goes on as if nothing were.
    Warning,
    /// The run cannot be trusted.
    Error,
}

/// A place that a diagnostic speaks of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// Something wrong with a policy or an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Stable and kebab-case behind a slash: `policy/unknown-field`, `input/not-utf8`.
    pub code: &'static str,
    /// Warning or error.
    pub level: Level,
    /// One line.
    pub message: String,
    /// The place; `None` for what has none (an option of the command line, a file that cannot be read).
    pub span: Option<Span>,
    /// What is to be seen at the place itself; may be empty.
    pub label: String,
    /// Further places.
    pub labels: Vec<Label>,
    /// The next step, one line.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            level: Level::Error,
            message: message.into(),
            span: Some(span),
            label: String::new(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// An error without a place.
    pub fn bare(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic { span: None, ..Diagnostic::error(code, Span::default(), message) }
    }

    /// The same, as a warning.
    pub fn warning(self) -> Diagnostic {
        Diagnostic { level: Level::Warning, ..self }
    }

    /// The same, with a word at its place.
    pub fn labelled(self, label: impl Into<String>) -> Diagnostic {
        Diagnostic { label: label.into(), ..self }
    }

    /// The same, with one more place.
    pub fn and_at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The same, with a next step.
    pub fn help(self, help: impl Into<String>) -> Diagnostic {
        Diagnostic { help: Some(help.into()), ..self }
    }

    /// The same, with a next step where there is one.
    pub fn help_if(self, help: Option<String>) -> Diagnostic {
        Diagnostic { help: help.or(self.help), ..self }
    }
}

/// The name nearest to `wanted` among `known`, if one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// The longest name that may be a slip of another one, in bytes.
    const LONG: usize = 200;
    if wanted.len() > LONG {
        return None;
    }
    let lower = wanted.to_lowercase();
    let length = wanted.chars().count();
    let (mut best, mut alike): (Option<(usize, &str)>, usize) = (None, 0);
    for name in known {
        // So many characters more or fewer are no slip.
        let own = if name.len() > LONG { LONG + length } else { name.chars().count() };
        if length.abs_diff(own) > (length.max(own) / 3).max(1) {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
        let longest = length.max(own);
        // Short names are all near each other: one that is meant begins alike.
        let begins = longest > 2 || lower.chars().next() == name.to_lowercase().chars().next();
        if !begins || distance > (longest / 3).max(1) {
            continue;
        }
        match best {
            Some((nearest, _)) if nearest < distance => {}
            Some((nearest, other)) if nearest == distance => alike += usize::from(other != name),
            _ => (best, alike) = (Some((distance, name)), 1),
        }
    }
    // `L9` is as near to `L1` as to `L2` and `L3`: none of them is meant more than the others.
    best.filter(|(distance, _)| *distance == 0 || alike == 1 || alike == 2 && length > 2).map(|(_, name)| name)
}

/// A name as those of values are written: `most-hours` and `mostHours` become `most_hours`.
pub fn snake_case(name: impl AsRef<str>) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in name.as_ref().chars() {
        if c.is_ascii_uppercase() && small {
            out.push('_');
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
    }
    out
}

/// A name as those of types are written: `door_kind` becomes `DoorKind`.
pub fn pascal_case(name: impl AsRef<str>) -> String {
    let words = name.as_ref().split(['_', '-']);
    words
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

/// ``did you mean `x`?`` for the nearest name, if one is near.
pub fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, known).filter(|name| *name != wanted).map(|name| format!("did you mean `{name}`?"))
}

/// What the system says, without its number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    let text = text.get(..end).unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
