//! Owns the braces of messages: those that close nothing. It must never know what a message says.

use super::Looked;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{Asks, Item, Message, Part, Statement};

/// What is wrong with the messages of the rules that are looked at.
pub fn look(looked: &Looked<'_>) -> Vec<Diagnostic> {
    let mut messages = Vec::new();
    for (_, source) in looked.sources.iter().enumerate().filter(|(pack, _)| looked.is_named(*pack)) {
        for item in source.files.iter().flat_map(|file| &file.items) {
            if let Item::Rule(rule) = item {
                gather(&rule.body, &mut messages);
            }
        }
    }
    messages.into_iter().filter_map(|message| lone(message, looked.texts.text(message.span))).collect()
}

fn gather<'s>(statements: &'s [Statement], into: &mut Vec<&'s Message>) {
    for statement in statements {
        match statement {
            Statement::Let(_) | Statement::Settings(_) => {}
            Statement::For(item) => gather(&item.body, into),
            Statement::If(item) => {
                gather(&item.then, into);
                gather(&item.otherwise, into);
            }
            Statement::Check(check) => into.extend(&check.message),
            Statement::Grants(grants) => into.extend(&grants.message),
            Statement::Threshold(threshold) => {
                for band in &threshold.bands {
                    match &band.asks {
                        Asks::Message(message) => into.push(message),
                        Asks::Expect(_, message) => into.extend(message),
                        Asks::Block(block) => gather(block, into),
                    }
                }
            }
        }
    }
}

/// The first brace of a message that closes none, where nothing opens one that is meant as such.
fn lone(message: &Message, text: &str) -> Option<Diagnostic> {
    let mut values =
        message.parts.iter().filter_map(|part| if let Part::Expr(value) = part { Some(value) } else { None });
    let (mut at, mut opened) = (0, 0usize);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let pair = rest.starts_with("{{") || rest.starts_with("}}");
        match rest.chars().next() {
            Some('{') if pair => opened += 1,
            Some('}') if pair => opened = opened.saturating_sub(1),
            Some('{') => {
                // A value may hold braces of its own.
                let end = (values.next()?.span.end - message.span.start) as usize;
                at = end + text.get(end..)?.find('}')? + 1;
                continue;
            }
            Some('}') if opened == 0 => {
                let place = message.span.start + at as u32;
                let error =
                    Diagnostic::error("lint/lone-brace", Span::new(place, place + 1), "this brace closes nothing");
                return Some(
                    error
                        .help("put a `{` where the value begins; a brace that is meant as such is written twice: `}}`"),
                );
            }
            Some('}') => opened -= 1,
            _ => {}
        }
        at += if pair { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
    }
    None
}
