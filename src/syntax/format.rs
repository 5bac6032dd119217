//! Owns the one form in which policies are laid out. It must never change what a policy says.
//!
//! The text is taken apart into tokens, comments among them; the tree says where statements and clauses begin; lines are
//! made of that and laid out. What comes out is parsed again: if its tree or its comments are not the same, it is refused.

use super::{File, parse};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

mod layout;
mod lines;
mod marks;
mod tokens;

/// The text of a policy whose first byte is at `base`, laid out, with a final line end. The kind of line ends and a byte
/// order mark stay as they are.
///
/// # Errors
/// What keeps it from being parsed; and that the formatter would have changed it, which is a bug.
pub fn format(text: &str, base: u32) -> Result<String, Vec<Diagnostic>> {
    let (file, errors) = parse::parse(text, base);
    if !errors.is_empty() {
        return Err(errors);
    }
    let start = Span::new(base, base);
    let bug = |what: &str| {
        vec![
            Diagnostic::error("fmt/bug", start, format!("this file is left as it is: {what}"))
                .help("this is a bug of cerco: please report it, with the file if you can"),
        ]
    };
    let Some(tokens) = tokens::scan(text) else { return Err(bug("it could not be taken apart")) };
    let marks = marks::of(&file, base, &tokens);
    let mut out = layout::layout(lines::split(&tokens, &marks));
    if text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r'))) {
        out = out.replace('\n', "\r\n");
    }
    if text.starts_with(MARK) {
        out.insert(0, MARK);
    }
    let (again, errors) = parse::parse(&out, base);
    if !errors.is_empty() || said(&file) != said(&again) {
        return Err(bug("its meaning would have changed"));
    }
    let comments = |tokens: &[tokens::Token<'_>]| -> Vec<String> {
        tokens.iter().filter(|token| token.is_comment()).map(|token| token.text.to_owned()).collect()
    };
    if tokens::scan(&out).map(|tokens| comments(&tokens)) != Some(comments(&tokens)) {
        return Err(bug("a comment would have been lost"));
    }
    Ok(out)
}

/// The byte order mark, which some editors put in front of UTF-8.
const MARK: char = '\u{feff}';

/// A comment of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment<'t> {
    /// From its `#`, without blanks at its end.
    pub text: &'t str,
    /// The offset of its first byte.
    pub start: usize,
    /// Nothing stands before it on its line.
    pub alone: bool,
}

/// The comments of a text; none where it cannot be taken apart.
pub fn comments<'t>(text: &'t str) -> Vec<Comment<'t>> {
    let tokens = tokens::scan(text).unwrap_or_default();
    let first = tokens.first().map(|token| token.start);
    let comment = |token: &tokens::Token<'t>| Comment {
        text: token.text,
        start: token.start,
        alone: token.newlines > 0 || Some(token.start) == first,
    };
    tokens.iter().filter(|token| token.is_comment()).map(comment).collect()
}

/// What a tree says, without its places.
fn said(file: &File) -> String {
    let told = format!("{:?}", file.items);
    let mut out = String::with_capacity(told.len() / 2);
    let mut rest = told.as_str();
    while let Some(at) = rest.find("Span { start: ") {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        rest = rest.find('}').and_then(|end| rest.get(end + 1..)).unwrap_or("");
    }
    out + rest
}

#[cfg(test)]
pub(super) mod tests;
