//! Owns how constants are written for people. It must never know where they are shown.

use super::{Const, Schema, TypeKind};
use crate::value::{Exact, Num, format_date};

impl Schema {
    /// How a constant of a type is written, as in a policy.
    pub fn const_text(&self, value: &Const, ty: &TypeKind) -> String {
        match (value, ty) {
            (Const::Bool(truth), _) => truth.to_string(),
            (Const::Int(n), _) => Num::Int(*n).to_string().replace(',', "_"),
            (Const::Exact(n), TypeKind::Percent) => percent(n),
            (Const::Exact(n), TypeKind::Worded(of, _)) if **of == TypeKind::Percent => percent(n),
            (Const::Exact(n), _) => Num::Exact(*n).to_string().replace(',', "_"),
            (Const::Text(text), _) => quoted(text),
            (Const::Enum(id, at), _) => quoted(self.word(*id, *at)),
            (Const::Date(day), _) => format_date(*day),
            (Const::Duration(duration), _) => duration.to_string().replace(',', "_"),
            (Const::List(values), of) => {
                let of = if let TypeKind::List(of) = of { &of.kind } else { &TypeKind::Any };
                let values: Vec<String> = values.iter().map(|value| self.const_text(value, of)).collect();
                format!("[{}]", values.join(", "))
            }
            (Const::Map(entries), of) => {
                let of = if let TypeKind::Map(of) = of { &of.kind } else { &TypeKind::Any };
                let entry =
                    |(key, value): (&String, &Const)| format!("{}: {}", quoted(key), self.const_text(value, of));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            (Const::EmptyRecord(_), _) => "{}".into(),
        }
    }
}

fn percent(share: &Exact) -> String {
    format!("{}%", Num::Exact(*share * Exact::from_integer(100)).to_string().replace(',', "_"))
}

/// A string as a policy writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
