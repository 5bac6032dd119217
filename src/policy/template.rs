//! Owns messages as people write and translate them: text with `{…}` in it. It must never know what an expression means.

use super::{Asks, Expr, Message, Part, Policy, Rule, Stmt};

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Said as it is.
    Text(String),
    /// What stands between braces, its blanks made single.
    Slot(String),
}

impl Policy {
    /// A message as its rule has it: expressions in braces, quotes without backslashes, braces that are text doubled.
    pub fn template(&self, message: &Message) -> String {
        let mut out = String::new();
        for part in message {
            match part {
                Part::Text(text) => out.push_str(&text.replace('{', "{{").replace('}', "}}")),
                Part::Expr(expr) => out.push_str(&format!("{{{}}}", self.slot(expr))),
            }
        }
        out
    }

    /// A message with the words of a translation, and its own expressions where the translation has them. A slot that
    /// the message lacks is left out.
    pub fn translated(&self, message: &Message, pieces: &[Piece]) -> Message {
        let own: Vec<(String, &Part)> = message
            .iter()
            .filter_map(|part| match part {
                Part::Expr(expr) => Some((self.slot(expr), part)),
                Part::Text(_) => None,
            })
            .collect();
        pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(Part::Text(text.as_str().into())),
                Piece::Slot(wanted) => own.iter().find(|(slot, _)| slot == wanted).map(|(_, part)| (*part).clone()),
            })
            .collect()
    }
}

impl Policy {
    /// An expression of a message as templates compare it.
    fn slot(&self, expr: &Expr) -> String {
        let mut text = self.text(expr.span).to_owned();
        if text.ends_with('\\') {
            // Where a string ends the expression, its place ends within `\"`.
            text.push('"');
        }
        slot(&text.replace("\\\"", "\""))
    }
}

impl Rule {
    /// The messages of a rule, in the order of its text.
    pub fn messages(&mut self) -> Vec<&mut Message> {
        let mut found = Vec::new();
        walk(&mut self.body, &mut found);
        found
    }
}

fn walk<'r>(statements: &'r mut [Stmt], into: &mut Vec<&'r mut Message>) {
    for statement in statements {
        match statement {
            Stmt::Let(..) => {}
            Stmt::For(each) => walk(&mut each.body, into),
            Stmt::If(choice) => {
                walk(&mut choice.then, into);
                walk(&mut choice.otherwise, into);
            }
            Stmt::Check(check) => into.extend(&mut check.message),
            Stmt::Grants(grants) => into.extend(&mut grants.message),
            Stmt::Threshold(threshold) => {
                for band in &mut threshold.bands {
                    match &mut band.asks {
                        Asks::Expect(_, message) => into.extend(message),
                        Asks::Message(message) => into.push(message),
                        Asks::Block(statements) => walk(statements, into),
                    }
                }
            }
        }
    }
}

/// Takes a template apart; `None` where a brace is not closed.
pub fn pieces(template: &str) -> Option<Vec<Piece>> {
    let (mut found, mut text, mut rest) = (Vec::new(), String::new(), template);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            text.push(c);
            rest = after;
        } else if c == '{' {
            let end = closing(rest)?;
            if !text.is_empty() {
                found.push(Piece::Text(std::mem::take(&mut text)));
            }
            found.push(Piece::Slot(slot(rest.get(1..end)?)));
            rest = rest.get(end + 1..)?;
        } else {
            text.push(c);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
    Some(found)
}

/// Where the brace is that closes the one at the start; strings within may hold braces.
fn closing(rest: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// An expression as templates compare it.
fn slot(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    fn slot(text: &str) -> Piece {
        Piece::Slot(text.into())
    }

    #[test]
    fn a_template_is_text_and_slots() {
        assert_eq!(
            pieces("{g.ref} 有 { count( x ) } 名"),
            Some(vec![slot("g.ref"), text(" 有 "), slot("count( x )"), text(" 名")])
        );
        assert_eq!(pieces("{{a}} b"), Some(vec![text("{a} b")]));
        assert_eq!(pieces(r#"{m["}"]}!"#), Some(vec![slot(r#"m["}"]"#), text("!")]));
        assert_eq!(pieces(r#"{{"a": 1}}"#), Some(vec![text(r#"{"a": 1}"#)]));
        assert_eq!(pieces(""), Some(vec![]));
        assert_eq!(pieces("{a"), None);
    }
}
