//! Owns the parting of tokens into lines, each with its columns and comments. It must never know how wide a line is.

use super::marks::{Column, Marks, Role};
use super::tokens::{Kind, Token};

/// A line before it is laid out.
#[derive(Clone, Debug)]
pub(super) struct Line<'t> {
    /// What it is; a comment or a closing brace is none.
    pub(super) role: Option<Role>,
    /// How deep it stands.
    pub(super) depth: usize,
    /// Its columns; a comment in the middle breaks it.
    pub(super) columns: Vec<(Column, Vec<Token<'t>>)>,
    /// The comment at its end.
    pub(super) comment: Option<&'t str>,
    /// An empty line stands before it.
    pub(super) blank: bool,
    /// It ends with the brace of a block.
    pub(super) opens: bool,
    /// It begins with the brace that closes one.
    pub(super) closes: bool,
    /// Of a line that opens a block: the author wrote what is in it on the same line.
    pub(super) inline: bool,
}

impl<'t> Line<'t> {
    fn new(role: Option<Role>, depth: usize, blank: bool) -> Line<'t> {
        Line {
            role,
            depth,
            columns: vec![(Column::Next, Vec::new())],
            comment: None,
            blank,
            opens: false,
            closes: false,
            inline: false,
        }
    }

    pub(super) fn tokens(&self) -> impl Iterator<Item = &Token<'t>> {
        self.columns.iter().flat_map(|(_, tokens)| tokens)
    }

    /// It is a comment and nothing else.
    pub(super) fn is_comment(&self) -> bool {
        self.comment.is_some() && self.tokens().next().is_none()
    }

    fn push(&mut self, token: Token<'t>) {
        if let Some((_, tokens)) = self.columns.last_mut() {
            tokens.push(token);
        }
    }
}

/// Parts tokens into lines.
pub(super) fn split<'t>(tokens: &[Token<'t>], marks: &Marks) -> Vec<Line<'t>> {
    let mut lines: Vec<Line<'t>> = Vec::new();
    let mut current: Option<Line<'t>> = None;
    // Of each brace, bracket and parenthesis that is open, whether it is a block's.
    let mut open: Vec<bool> = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1..).unwrap_or(&[]).iter().position(|next| !next.is_comment()).map(|n| at + 1 + n);
        let begins = marks.lines.get(&at).copied();
        if token.is_comment() {
            // Does the line that is open go on behind it?
            let ends = next.is_none_or(|next| {
                marks.lines.contains_key(&next)
                    || tokens.get(next).is_some_and(|token| token.is("}")) && open.last() == Some(&true)
            });
            match &mut current {
                Some(line) if !ends => line.push(*token),
                Some(line) if token.newlines == 0 && line.comment.is_none() => line.comment = Some(token.text),
                _ => {
                    lines.extend(current.take());
                    let behind = lines.last_mut().filter(|line| token.newlines == 0 && line.comment.is_none());
                    match behind {
                        Some(line) => line.comment = Some(token.text),
                        None => {
                            let mut line = Line::new(None, depth, token.newlines > 1);
                            line.comment = Some(token.text);
                            lines.push(line);
                        }
                    }
                }
            }
            continue;
        }
        let closes = token.is("}") && open.last() == Some(&true);
        if closes {
            lines.extend(current.take());
            depth = depth.saturating_sub(1);
            let mut line = Line::new(None, depth, false);
            line.closes = true;
            line.push(*token);
            open.pop();
            // Behind a comment, `else` stands on a line of its own.
            let goes_on = tokens.get(at + 1).is_some_and(|token| token.is("else"));
            if goes_on {
                current = Some(line);
            } else {
                lines.push(line);
            }
            continue;
        }
        if let Some(role) = begins {
            lines.extend(current.take());
            current = Some(Line::new(Some(role), depth, token.newlines > 1));
        }
        let line = current.get_or_insert_with(|| Line::new(None, depth, token.newlines > 1));
        if let Some(column) = marks.columns.get(&at) {
            line.columns.push((*column, Vec::new()));
        }
        line.push(*token);
        match token.text {
            "{" if token.kind == Kind::Symbol => {
                let block = next.is_some_and(|next| marks.lines.contains_key(&next));
                open.push(block);
                if block {
                    line.opens = true;
                    line.inline = tokens.get(at + 1).is_some_and(|next| next.newlines == 0 && !next.is_comment());
                    lines.extend(current.take());
                    depth += 1;
                }
            }
            "[" | "(" if token.kind == Kind::Symbol => open.push(false),
            "]" | ")" | "}" if token.kind == Kind::Symbol => {
                open.pop();
            }
            _ => {}
        }
    }
    lines.extend(current);
    lines
}
