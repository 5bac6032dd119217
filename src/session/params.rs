//! Owns the setting of parameters from outside: which there are, and in which direction each may go. It must never know where a value is written.

use crate::string::Str;
use std::cmp::Ordering;
use std::fmt;

use crate::check::{parameter_takes, parameter_value};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::{self, Direction, Policy};
use crate::schema::{Const, Type, TypeKind};
use crate::source::Span;

/// `pack.name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// The pack, as it was written.
    pub pack: String,
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where it is written; none for an option of the command line.
    pub place: Option<Span>,
}

/// What a parameter is set to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// As it is written in the language, strings without quotes.
    Text(String),
    /// A number or a truth of a file: no string, though it has no quotes.
    Plain(String),
    /// A list of a file.
    List(Vec<Value>),
    /// A map of a file.
    Map(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) | Value::Plain(text) => f.write_str(text),
            Value::List(values) => {
                f.write_str("[")?;
                for (n, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if n == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Value::Map(entries) => {
                f.write_str("{")?;
                for (n, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if n == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Value {
    /// The constant that it is for a parameter of a type; what is wrong is told as what it ought to be, and what it is.
    fn constant(&self, policy: &Policy, ty: &Type) -> Result<Const, (String, String)> {
        match (self, &ty.kind) {
            (Value::Text(text), _) => parameter_value(policy, ty, text).map_err(|wanted| (wanted, text.clone())),
            (Value::Plain(text), TypeKind::Text | TypeKind::Enum(_)) => {
                Err((parameter_takes(policy, &ty.kind), text.clone()))
            }
            (Value::Plain(text), _) => parameter_value(policy, ty, text).map_err(|wanted| (wanted, text.clone())),
            (Value::List(values), TypeKind::List(of)) => {
                values.iter().map(|value| value.constant(policy, of)).collect::<Result<_, _>>().map(Const::List)
            }
            (Value::Map(entries), TypeKind::Map(of)) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| value.constant(policy, of).map(|value| (key.as_str().into(), value)));
                Ok(Const::Map(Box::new(entries.collect::<Result<_, _>>()?)))
            }
            (value, kind) => Err((parameter_takes(policy, kind), value.to_string())),
        }
    }
}

/// The values of all parameters of a policy, and what is wrong with those that are set.
pub(super) fn set(policy: &Policy, params: &[Param]) -> (Vec<Const>, Vec<Diagnostic>) {
    let mut values: Vec<Const> = policy.params.iter().map(|param| param.value.clone()).collect();
    let mut errors = Vec::new();
    for param in params {
        match one(policy, param) {
            Ok((at, value)) => {
                if let Some(place) = values.get_mut(at) {
                    *place = value;
                }
            }
            Err(error) => errors.push(set_here(error, param)),
        }
    }
    (values, errors)
}

/// What is wrong is where the parameter is set: a line of a file, or an option. Its declaration is a further place.
fn set_here(error: Diagnostic, param: &Param) -> Diagnostic {
    let declared = error.span;
    let error = match param.place {
        Some(place) => Diagnostic { span: Some(place), label: "set here".to_owned(), ..error },
        None => {
            let Param { pack, name, value, .. } = param;
            let message = format!("--param {pack}.{name}={value}: {}", error.message);
            return Diagnostic { message, ..error };
        }
    };
    match declared {
        Some(span) => error.and_at(span, "declared here"),
        None => error,
    }
}

fn one(policy: &Policy, wanted: &Param) -> Result<(usize, Const), Diagnostic> {
    let Param { pack, name, value, .. } = wanted;
    // In expressions the pack is written in snake_case, everywhere else in kebab-case: both are meant.
    let kebab = pack.replace('_', "-");
    let Some(pack_at) = policy.packs.iter().position(|known| *known == kebab) else {
        return Err(Diagnostic::bare("param/unknown-pack", format!("no pack is called `{pack}`"))
            .help(format!("the packs of this run are: {}", policy.packs.join(", ")))
            .help_if(did_you_mean(&kebab, policy.packs.iter().map(Str::as_str))));
    };
    let of_pack = || policy.params.iter().enumerate().filter(|(_, param)| param.pack == pack_at);
    let Some((at, param)) = of_pack().find(|(_, param)| param.name == *name) else {
        let known: Vec<&str> = of_pack().map(|(_, param)| param.name.as_str()).collect();
        let help = match known.as_slice() {
            [] => format!("the pack `{kebab}` has no parameters"),
            known => format!("its parameters are: {}", known.join(", ")),
        };
        let message = format!("the pack `{kebab}` has no parameter `{name}`");
        return Err(Diagnostic::bare("param/unknown", message).help(help).help_if(did_you_mean(name, known)));
    };
    let value = value.constant(policy, &param.ty).map_err(|(needed, found)| {
        let takes = parameter_takes(policy, &param.ty.kind);
        // Of a list or a map, what is wrong may be one of its values.
        let message = match (needed == takes, found == value.to_string()) {
            (true, _) | (_, true) => format!("`{}` takes {needed}, and `{found}` is none", param.name),
            _ => format!("`{}` takes {takes}, and `{found}` is not {needed}", param.name),
        };
        let help = match (&param.ty.kind, wanted.place) {
            (TypeKind::Text | TypeKind::Enum(_), Some(_)) => {
                "a string that looks like a number or a truth stands in quotes"
            }
            (TypeKind::List(of), Some(_)) if of.kind == TypeKind::Text => "write its strings in quotes: `[\"1\"]`",
            (TypeKind::List(_), None) => "a list is written as in the language: `[\"a\", \"b\"]`, `[1, 2]`",
            (TypeKind::Map(_), None) => "a map is written as in the language: `{\"a\": 1}`",
            _ => "a value is written as in the language, strings without quotes",
        };
        Diagnostic::error("param/value", param.span, message).labelled("declared here").help(help)
    })?;
    match refusal(policy, param, &value) {
        None => Ok((at, value)),
        Some(error) => Err(error),
    }
}

/// Why a parameter may not have that value.
fn refusal(policy: &Policy, param: &policy::Param, value: &Const) -> Option<Diagnostic> {
    if *value == param.value {
        return None;
    }
    let text = |value: &Const| policy.schema.const_text(value, &param.ty.kind);
    let (now, then, name) = (text(&param.value), text(value), &param.name);
    let error = |message: String, help: String| {
        Some(Diagnostic::error("param/direction", param.span, message).labelled("declared here").help(help))
    };
    let Some(direction) = param.may else {
        return error(
            format!("`{name}` is fixed at {now}, and may not be set to {then}"),
            "its pack lets others set it where it says `may fall`, `may rise` or `may change`".into(),
        );
    };
    let orders = value.orders(&param.value);
    let (allowed, word) = match direction {
        Direction::Change => (true, "change"),
        Direction::Fall => (orders.is_some_and(|orders| !orders.greater), "fall"),
        Direction::Rise => (orders.is_some_and(|orders| !orders.less), "rise"),
    };
    if allowed {
        return None;
    }
    let side = if direction == Direction::Fall { "below" } else { "above" };
    let certain = orders.is_none_or(|orders| orders.decide(|order| order == Ordering::Equal).is_some());
    let message = if certain {
        format!("`{name}` may only {word}: {then} is not {side} the {now} of its pack")
    } else {
        format!("`{name}` may only {word}, and whether {then} is {side} the {now} of its pack depends on the calendar")
    };
    error(
        message,
        format!("give it a value that is certainly not {} {now}", if side == "below" { "above" } else { "below" }),
    )
}
