//! Owns how a scalar of the text becomes a value of its type. It must never know where in a tenant the scalar stands.

use crate::diagnostic::did_you_mean;
use crate::document::Scalar;
use crate::schema::{Limits, Schema, Type, TypeKind, quoted};
use crate::value::{self, Bounds, Duration, Exact, Num};

/// A scalar that fits its type.
pub(super) enum Fit {
    Bool(bool),
    Int(i64),
    Exact(Exact),
    Text,
    Enum(u16, u16),
    Date(i32),
    Duration(Duration),
}

/// Why a scalar does not fit: the rule of the schema, and the message behind its path.
pub(super) struct Misfit {
    pub rule: &'static str,
    pub message: String,
}

fn misfit(message: impl Into<String>) -> Misfit {
    Misfit { rule: "schema/type", message: message.into() }
}

fn beyond(message: impl Into<String>) -> Misfit {
    Misfit { rule: "schema/range", message: message.into() }
}

/// Reads a scalar as a value of its type; bounds included.
pub(super) fn fit(scalar: Scalar<'_>, ty: &Type, schema: &Schema) -> Result<Fit, Misfit> {
    let limits = ty.limits.as_deref();
    match &ty.kind {
        TypeKind::Bool => match scalar {
            Scalar::Bool(value) => Ok(Fit::Bool(value)),
            other => {
                let hint = match other {
                    Scalar::Str("yes" | "on" | "Yes" | "On" | "YES" | "ON") => "; write `true`",
                    Scalar::Str("no" | "off" | "No" | "Off" | "NO" | "OFF") => "; write `false`",
                    Scalar::Str("true" | "false") => "; take the quotes off",
                    _ => "",
                };
                Err(misfit(format!("must be `true` or `false`, and is {}{hint}", show(other))))
            }
        },
        TypeKind::Int => number(scalar, limits, "a whole number", int),
        TypeKind::Decimal => number(scalar, limits, "a number", |text| {
            int(text).or_else(|misfit| value::parse_exact(text).map(Fit::Exact).ok_or(misfit))
        })
        .map(|fit| match fit {
            Fit::Int(n) => Fit::Exact(Exact::from_integer(i128::from(n))),
            other => other,
        }),
        TypeKind::Percent => {
            let text = match scalar {
                Scalar::Int(text) | Scalar::Float(text) => text,
                Scalar::Str(text) if text.ends_with('%') => text.trim_end_matches('%').trim_end(),
                other => return Err(misfit(format!("must be a percentage such as 62 or 62%, and is {}", show(other)))),
            };
            let hundredths = value::parse_exact(text)
                .and_then(|n| num_traits::CheckedDiv::checked_div(&n, &Exact::from_integer(100)))
                .ok_or_else(|| misfit(format!("must be a percentage such as 62 or 62%, and is {}", show(scalar))))?;
            within(&Num::Exact(hundredths), limits)?;
            Ok(Fit::Exact(hundredths))
        }
        TypeKind::Text => match scalar {
            Scalar::Str(text) => match limits.and_then(|limits| limits.pattern.as_ref()) {
                Some(pattern) if !pattern.is_match(text) => {
                    Err(beyond(format!("must match /{}/, and is {}", pattern.as_str(), show(scalar))))
                }
                _ => Ok(Fit::Text),
            },
            other => Err(misfit(format!("must be a string, and is {}; put it in quotes", show(other)))),
        },
        TypeKind::Enum(id) => {
            let values = schema.values(*id);
            let Scalar::Str(text) = scalar else {
                return Err(misfit(format!("must be one of {}, and is {}", list(values), show(scalar))));
            };
            match values.iter().position(|value| value == text) {
                Some(index) => Ok(Fit::Enum(id.0, index as u16)),
                None => {
                    let near = did_you_mean(text, values.iter().map(String::as_str))
                        .map_or(String::new(), |n| format!("; {n}"));
                    Err(Misfit {
                        rule: "schema/enum",
                        message: format!("must be one of {}, and is {}{near}", list(values), show(scalar)),
                    })
                }
            }
        }
        TypeKind::Date => {
            let days = match scalar {
                Scalar::Str(text) => value::parse_timestamp(text),
                _ => None,
            };
            let days =
                days.ok_or_else(|| misfit(format!("must be a date such as 2026-01-31, and is {}", show(scalar))))?;
            if let Some(limits) = limits
                && (limits.dates.0.is_some_and(|first| days < first) || limits.dates.1.is_some_and(|last| days > last))
            {
                return Err(beyond(format!("must be {}, and is {}", limits.text, value::format_date(days))));
            }
            Ok(Fit::Date(days))
        }
        TypeKind::Duration => {
            let duration = match scalar {
                Scalar::Str(text) => Duration::parse(text),
                _ => None,
            };
            let duration = duration.ok_or_else(|| {
                let hint = if let Scalar::Int(n) = scalar { format!("; write `{n} days`") } else { String::new() };
                misfit(format!("must be a duration such as 180 days or P6M, and is {}{hint}", show(scalar)))
            })?;
            let Some(limits) = limits else { return Ok(Fit::Duration(duration)) };
            let outside = |end: Option<(Duration, bool)>, lower: bool| {
                end.is_some_and(|(end, open)| {
                    let (a, b) = if lower { (duration, end) } else { (end, duration) };
                    let orders = a.orders(b);
                    !orders.greater && (!orders.equal || open)
                })
            };
            if outside(limits.durations.0, true) || outside(limits.durations.1, false) {
                return Err(beyond(format!("must be {}, and is {duration}", limits.text)));
            }
            Ok(Fit::Duration(duration))
        }
        TypeKind::Worded(kind, words) => match scalar {
            Scalar::Str(text) if words.iter().any(|word| word == text) => Ok(Fit::Text),
            other => {
                fit(other, &Type { kind: (**kind).clone(), limits: ty.limits.clone() }, schema).map_err(|misfit| {
                    if misfit.rule == "schema/type" {
                        Misfit {
                            message: misfit.message.replacen(
                                ", and is",
                                &format!(" or one of {}, and is", list(words)),
                                1,
                            ),
                            ..misfit
                        }
                    } else {
                        misfit
                    }
                })
            }
        },
        TypeKind::Ref(_) => match scalar {
            Scalar::Str(_) | Scalar::Int(_) => Ok(Fit::Text),
            other => Err(misfit(format!("must be a key of another list, and is {}", show(other)))),
        },
        TypeKind::List(_) => Err(misfit(format!("must be a list, and is {}", show(scalar)))),
        TypeKind::Map(_) => Err(misfit(format!("must be a map, and is {}", show(scalar)))),
        TypeKind::Record(_) => Err(misfit(format!("must hold fields, and is {}", show(scalar)))),
        TypeKind::Any => Ok(Fit::Text),
    }
}

fn number(
    scalar: Scalar<'_>,
    limits: Option<&Limits>,
    what: &str,
    read: impl Fn(&str) -> Result<Fit, Misfit>,
) -> Result<Fit, Misfit> {
    let text = match scalar {
        Scalar::Int(text) => text,
        Scalar::Float(text) if what == "a number" => text,
        other => {
            let number = |text: &str| value::parse_exact(text).is_some();
            let hint = match other {
                Scalar::Str(text) if number(text) => "; take the quotes off".to_owned(),
                Scalar::Str(text) if text.contains('_') && number(&text.replace('_', "")) => {
                    format!("; YAML 1.2 has no `_` in numbers: write {}", text.replace('_', ""))
                }
                _ => String::new(),
            };
            return Err(misfit(format!("must be {what}, and is {}{hint}", show(other))));
        }
    };
    let fit = read(text)?;
    let n = match &fit {
        Fit::Int(n) => Num::Int(*n),
        Fit::Exact(n) => Num::Exact(*n),
        _ => return Ok(fit),
    };
    within(&n, limits)?;
    Ok(fit)
}

fn within(n: &Num, limits: Option<&Limits>) -> Result<(), Misfit> {
    let Some(limits) = limits else { return Ok(()) };
    let orders = Bounds::exactly(n.clone()).orders(&limits.numbers);
    if orders.equal { Ok(()) } else { Err(beyond(format!("must be {}, and is {n}", limits.text))) }
}

fn int(text: &str) -> Result<Fit, Misfit> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, digits.get(2..).unwrap_or("")),
        Some("0o") => (8, digits.get(2..).unwrap_or("")),
        _ => (10, digits),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), radix)
        .map(Fit::Int)
        .map_err(|_| beyond(format!("must fit into 64 bits, and is {}", show(Scalar::Int(text)))))
}

fn list(values: &[String]) -> String {
    let shown: Vec<String> = values.iter().take(12).map(|value| quoted(value)).collect();
    let more = values.len().saturating_sub(12);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// A scalar as a message shows it: cut where it is long.
pub(super) fn show(scalar: Scalar<'_>) -> String {
    let cut = |text: &str| {
        if text.chars().count() > 60 {
            format!("{}…", text.chars().take(60).collect::<String>())
        } else {
            text.to_owned()
        }
    };
    match scalar {
        Scalar::Null => "nothing".into(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(text) | Scalar::Float(text) => cut(text),
        Scalar::Str(text) => format!("{:?}", cut(text)),
    }
}
