//! Owns the setting of parameters from outside: which there are, and in which direction each may go. It must never know where a value is written.

use std::cmp::Ordering;

use crate::check::parameter_value;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::{self, Direction, Policy};
use crate::schema::Const;
use crate::source::Span;

/// `pack.name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// The pack, as it was written.
    pub pack: String,
    /// The parameter.
    pub name: String,
    /// Its value, as in the language, strings without quotes.
    pub value: String,
    /// Where it is written; none for an option of the command line.
    pub place: Option<Span>,
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
            .help_if(did_you_mean(&kebab, policy.packs.iter().map(String::as_str))));
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
    let value = parameter_value(policy, param, value).map_err(|message| {
        Diagnostic::error("param/value", param.span, message)
            .labelled("declared here")
            .help("a value is written as in the language, strings without quotes")
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
