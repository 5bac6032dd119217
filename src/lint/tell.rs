//! Owns the words for what is known of a value. It must never know how it came to be known.

use super::shape::{Shape, Words};
use crate::policy::{BinaryOp, Policy};
use crate::schema::{Const, TypeKind};
use crate::source::Span;
use crate::value::{Bounds, End, Num, format_date};

/// The longest piece of a policy that a message quotes, in characters.
const QUOTED: usize = 60;

/// A piece of a policy in backticks, where it is short enough.
pub fn text(policy: &Policy, span: Span) -> Option<String> {
    let text = policy.text(span);
    let short = !text.is_empty() && text.chars().count() <= QUOTED && !text.contains('\n');
    short.then(|| format!("`{text}`"))
}

/// What decides a comparison, in a word.
pub fn comparison(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Eq | BinaryOp::Ne => "what both sides can be",
        BinaryOp::In | BinaryOp::NotIn | BinaryOp::Contains | BinaryOp::Subset | BinaryOp::Overlaps => {
            "what the list holds"
        }
        BinaryOp::Matches => "the pattern",
        _ => "the bounds of both sides",
    }
}

/// What a value may be; `None` where that is long, or anything.
pub fn shape(policy: &Policy, ty: &TypeKind, shape: &Shape) -> Option<String> {
    match shape {
        Shape::Truth(true, false) => Some("true".into()),
        Shape::Truth(false, true) => Some("false".into()),
        Shape::Number(bounds) => numbers(policy, ty, bounds),
        Shape::Day(Some(first), Some(last)) if first == last => Some(format_date(*first)),
        Shape::Day(Some(first), Some(last)) => Some(format!("{} to {}", format_date(*first), format_date(*last))),
        Shape::Day(Some(first), None) => Some(format!("{} or later", format_date(*first))),
        Shape::Day(None, Some(last)) => Some(format!("{} or earlier", format_date(*last))),
        Shape::Lasting(duration) => Some(duration.to_string()),
        Shape::Time(Some((least, _)), Some((most, _))) => Some(format!("{least} to {most}")),
        Shape::Time(Some((least, _)), None) => Some(format!("at least {least}")),
        Shape::Time(None, Some((most, _))) => Some(format!("at most {most}")),
        Shape::Words(Words::Only(words)) if (1..=6).contains(&words.len()) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            Some(match words.as_slice() {
                [one] => one.clone(),
                words => format!("one of {}", words.join(", ")),
            })
        }
        _ => None,
    }
}

fn numbers(policy: &Policy, ty: &TypeKind, bounds: &Bounds) -> Option<String> {
    let number = |end: &End| {
        let constant = match &end.at {
            Num::Int(n) => Const::Int(*n),
            Num::Exact(n) => Const::exact(*n),
        };
        policy.schema.const_text(&constant, ty)
    };
    match (&bounds.low, &bounds.high) {
        (Some(low), Some(_)) if bounds.only().is_some() => Some(number(low)),
        (Some(low), Some(high)) => Some(format!("{} to {}", number(low), number(high))),
        (Some(low), None) if low.open => Some(format!("above {}", number(low))),
        (Some(low), None) => Some(format!("at least {}", number(low))),
        (None, Some(high)) if high.open => Some(format!("below {}", number(high))),
        (None, Some(high)) => Some(format!("at most {}", number(high))),
        (None, None) => None,
    }
}
