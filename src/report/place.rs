//! Owns what several formats say alike: places, citations, and texts that are safe to print. It must never know a format.

use std::borrow::Cow;

use super::words;
use crate::finding::{Citation, TenantReport};
use crate::lang::Lang;
use crate::source::{Position, Sources, Span};

/// A place in a file.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file's name, as it was given.
    pub file: &'a str,
    /// The first character.
    pub start: Position,
    /// The character after the last one.
    pub end: Position,
}

/// The place of a span; `None` where it lies in no file.
pub fn place(sources: &Sources, span: Span) -> Option<Place<'_>> {
    let file = sources.file(span.start)?;
    let start = file.position(span.start.checked_sub(file.base())?);
    let end = file.position(span.end.checked_sub(file.base())?);
    Some(Place { file: file.name(), start, end })
}

/// `file:line:column`; empty where the span lies in no file.
pub fn colon_place(sources: &Sources, span: Span) -> String {
    place(sources, span)
        .map_or_else(String::new, |it| format!("{}:{}:{}", printable(it.file), it.start.line, it.start.column))
}

/// A tenant's file or folder, and which document of it the tenant is, where there are several.
pub fn source(lang: Lang, tenant: &TenantReport) -> String {
    let source = printable(&tenant.source);
    tenant.document.map_or_else(|| source.clone().into_owned(), |number| lang.document(&source, number))
}

/// A law as it is cited: title, article, where it can be read.
pub fn law(lang: Lang, citation: &Citation) -> String {
    let mut text = match citation.article.as_str() {
        "" => citation.law.to_string(),
        article => words::law_article(lang, &citation.law, article),
    };
    if let Some(url) = &citation.url {
        text.push_str(" <");
        text.push_str(url);
        text.push('>');
    }
    printable(&text).into_owned()
}

/// A text of the tenant's or the policy's, safe to print on a line of a terminal: what steers a terminal or reorders
/// the line (control characters, bidirectional marks) is replaced.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(steers) {
        let visible = |c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if steers(c) => '\u{fffd}',
            c => c,
        };
        Cow::Owned(text.chars().map(visible).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character does something to a terminal rather than stand on it.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
