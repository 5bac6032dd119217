//! Owns how a scalar of the text becomes a value of its type. It must never know where in a tenant the scalar stands.

use crate::diagnostic::nearest;
use crate::document::{Scalar, Value};
use crate::lang::Lang;
use crate::schema::{Limits, Schema, Type, TypeKind, quoted};
use crate::string::Str;
use crate::value::{self, Bounds, Duration, Exact, Num};
use std::borrow::Cow;
use std::cmp::Ordering;

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

/// Why a scalar does not fit.
pub(super) struct Misfit {
    /// The rule of the schema.
    pub rule: &'static str,
    wanted: Wanted,
    found: String,
    hint: Option<String>,
}

/// What was wanted.
enum Wanted {
    /// Something that it must be: words may be taken beside it.
    Form(String),
    /// A word that follows its path.
    Must(String),
}

impl Misfit {
    /// What is said of it.
    pub(super) fn message(&self, lang: Lang, subject: &str) -> String {
        let must = match &self.wanted {
            Wanted::Form(form) => lang.must_be_form(form),
            Wanted::Must(must) => must.clone(),
        };
        let hint = self.hint.as_ref().map_or(String::new(), |hint| lang.hint(hint));
        lang.misfit(subject, &must, &self.found, &hint)
    }

    fn hint(self, hint: Option<String>) -> Misfit {
        Misfit { hint, ..self }
    }
}

fn misfit(form: String, found: String) -> Misfit {
    Misfit { rule: "schema/type", wanted: Wanted::Form(form), found, hint: None }
}

fn beyond(wanted: Wanted, found: String) -> Misfit {
    Misfit { rule: "schema/range", wanted, found, hint: None }
}

/// What a value of a type must be, in words.
pub(super) fn form(kind: &TypeKind, schema: &Schema, lang: Lang) -> String {
    match kind {
        TypeKind::Bool => lang.a_truth(),
        TypeKind::Int => lang.a_whole_number(),
        TypeKind::Decimal => lang.a_number(),
        TypeKind::Percent => lang.a_percentage(),
        TypeKind::Text | TypeKind::Any => lang.a_string(),
        TypeKind::Date => lang.a_date(),
        TypeKind::Duration => lang.a_duration(),
        TypeKind::Enum(id) => one_of(schema.values(*id), lang),
        TypeKind::Worded(of, words) => lang.form_or_words(&form(of, schema, lang), &one_of(words, lang)),
        TypeKind::Ref(_) => lang.a_key(),
        TypeKind::List(_) => lang.a_list(),
        TypeKind::Map(_) => lang.a_map(),
        TypeKind::Record(_) => lang.a_mapping_of_fields(),
    }
}

/// Reads a scalar as a value of its type; bounds included.
pub(super) fn fit(scalar: Scalar<'_>, ty: &Type, schema: &Schema, lang: Lang) -> Result<Fit, Misfit> {
    let limits = ty.limits.as_deref();
    let other = |scalar| misfit(form(&ty.kind, schema, lang), show(scalar, lang));
    match &ty.kind {
        TypeKind::Bool => match scalar {
            Scalar::Bool(value) => Ok(Fit::Bool(value)),
            _ => {
                let hint = match scalar {
                    Scalar::Str("yes" | "on" | "Yes" | "On" | "YES" | "ON") => Some(lang.hint_write("true")),
                    Scalar::Str("no" | "off" | "No" | "Off" | "NO" | "OFF") => Some(lang.hint_write("false")),
                    Scalar::Str("true" | "false") => Some(lang.hint_no_quotes()),
                    _ => None,
                };
                Err(other(scalar).hint(hint))
            }
        },
        TypeKind::Int => number(scalar, limits, false, lang, int),
        TypeKind::Decimal => {
            number(scalar, limits, true, lang, |text| int(text).or_else(|| value::parse_exact(text).map(Fit::Exact)))
                .map(|fit| match fit {
                    Fit::Int(n) => Fit::Exact(Exact::from_integer(i128::from(n))),
                    other => other,
                })
        }
        TypeKind::Percent => {
            let text = match scalar {
                Scalar::Int(text) | Scalar::Float(text) => text,
                Scalar::Str(text) if text.ends_with('%') => text.strip_suffix('%').unwrap_or(text).trim_end(),
                _ => return Err(other(scalar)),
            };
            let whole = match scalar {
                Scalar::Int(_) => int(text),
                _ => None,
            };
            let number = match whole {
                Some(Fit::Int(n)) => Some(Exact::from_integer(i128::from(n))),
                _ => value::parse_exact(text),
            };
            let hundredths = number
                .and_then(|n| num_traits::CheckedDiv::checked_div(&n, &Exact::from_integer(100)))
                .ok_or_else(|| match scalar {
                    Scalar::Int(_) | Scalar::Float(_) if is_finite(text) => {
                        too_long((scalar, text), limits, lang, lang.must_fit_38_digits())
                    }
                    _ => other(scalar),
                })?;
            within(&Num::Exact(hundredths), limits, lang, || lang.digits(value::percent(&hundredths, 4)))?;
            Ok(Fit::Exact(hundredths))
        }
        TypeKind::Text => match scalar {
            Scalar::Str(text) => match limits.and_then(|limits| limits.pattern.as_ref()) {
                Some(pattern) if !pattern.is_match(text) => {
                    let must = lang.must_match_form(&format!("/{}/", pattern.as_str()));
                    Err(beyond(Wanted::Must(must), show(scalar, lang)))
                }
                _ => Ok(Fit::Text),
            },
            _ => Err(other(scalar).hint(Some(lang.hint_quotes()))),
        },
        TypeKind::Enum(id) => {
            let values = schema.values(*id);
            let Scalar::Str(text) = scalar else { return Err(other(scalar)) };
            match schema.place(*id, text) {
                Some(index) => Ok(Fit::Enum(id.0, index)),
                None => {
                    let near = near(text, values.iter().map(Str::as_str), lang);
                    Err(Misfit { rule: "schema/enum", ..other(scalar).hint(near) })
                }
            }
        }
        TypeKind::Date => {
            let days = match scalar {
                Scalar::Str(text) => value::parse_timestamp(text),
                _ => None,
            };
            let days = days.ok_or_else(|| {
                let hint = match scalar {
                    Scalar::Str(text) if text.get(..10).is_some_and(is_no_day) => Some(lang.hint_no_such_day()),
                    Scalar::Str(text) => meant_day(text).map(|day| lang.hint_write(&day)),
                    _ => None,
                };
                other(scalar).hint(hint)
            })?;
            if let Some(limits) = limits
                && (limits.dates.0.is_some_and(|first| days < first) || limits.dates.1.is_some_and(|last| days > last))
            {
                return Err(beyond(Wanted::Form(lang.limits(&limits.text)), value::format_date(days)));
            }
            Ok(Fit::Date(days))
        }
        TypeKind::Duration => {
            let duration = match scalar {
                Scalar::Str(text) => Duration::parse(text),
                _ => None,
            };
            let duration = duration.ok_or_else(|| {
                let meant = match scalar {
                    Scalar::Int(n) => Some(format!("{n} days")),
                    Scalar::Str(text) => meant_duration(text),
                    _ => None,
                };
                other(scalar).hint(meant.map(|meant| lang.hint_write(&meant)))
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
                return Err(beyond(Wanted::Form(lang.limits(&limits.text)), lang.duration(duration)));
            }
            Ok(Fit::Duration(duration))
        }
        TypeKind::Worded(kind, words) => match scalar {
            Scalar::Str(text) if words.iter().any(|word| word == text) => Ok(Fit::Text),
            _ => {
                let plain = Type { kind: (**kind).clone(), limits: ty.limits.clone() };
                fit(scalar, &plain, schema, lang).map_err(|misfit| match misfit {
                    Misfit { rule: "schema/type", wanted: Wanted::Form(_), hint, .. } => {
                        let hint = hint.or_else(|| match scalar {
                            Scalar::Str(text) => near(text, words.iter().map(Str::as_str), lang),
                            _ => None,
                        });
                        other(scalar).hint(hint)
                    }
                    beyond => beyond,
                })
            }
        },
        TypeKind::Ref(_) => match scalar {
            Scalar::Str(_) | Scalar::Int(_) => Ok(Fit::Text),
            _ => Err(other(scalar)),
        },
        TypeKind::List(of) => {
            // A single value is a list of one, where it would fit there.
            let one = (!of.is_compound() && fit(scalar, of, schema, lang).is_ok()).then(|| plain(scalar)).flatten();
            Err(other(scalar).hint(one.map(|text| lang.hint_write(&format!("[{text}]")))))
        }
        TypeKind::Map(_) => Err(other(scalar)),
        TypeKind::Record(_) => Err(Misfit { wanted: Wanted::Must(lang.must_hold_fields()), ..other(scalar) }),
        TypeKind::Any => Ok(Fit::Text),
    }
}

/// Whether a scalar is a value of its type, bounds included; of a number, whether it is that one.
pub fn fits(scalar: Scalar<'_>, ty: &Type, schema: &Schema, number: Option<&Num>) -> bool {
    match (fit(scalar, ty, schema, Lang::En), number) {
        (Ok(Fit::Int(n)), Some(number)) => number.exact() == Num::Int(n).exact(),
        (Ok(Fit::Exact(n)), Some(number)) => number.exact() == n,
        (fit, None) => fit.is_ok(),
        _ => false,
    }
}

fn number(
    scalar: Scalar<'_>,
    limits: Option<&Limits>,
    fractions: bool,
    lang: Lang,
    read: impl Fn(&str) -> Option<Fit>,
) -> Result<Fit, Misfit> {
    let text = match scalar {
        Scalar::Int(text) => text,
        Scalar::Float(text) if fractions => text,
        other => {
            let number = |text: &str| value::parse_exact(text).is_some();
            let hint = match other {
                Scalar::Str(text) if number(text) => Some(lang.hint_no_quotes()),
                Scalar::Str(text) if text.contains('_') => Some(text.replace('_', ""))
                    .filter(|plain| number(plain))
                    .map(|plain| lang.hint_no_underscore(&plain)),
                // 30.0 is 30.
                Scalar::Float(text) => value::parse_exact(text)
                    .filter(Exact::is_integer)
                    .map(|n| lang.hint_write(&n.to_integer().to_string())),
                _ => None,
            };
            let form = if fractions { lang.a_number() } else { lang.a_whole_number() };
            return Err(misfit(form, show(other, lang)).hint(hint));
        }
    };
    let fit = read(text).ok_or_else(|| match (fractions, is_finite(text)) {
        (false, _) => too_long((scalar, text), limits, lang, lang.must_fit_64_bits()),
        (true, true) => too_long((scalar, text), limits, lang, lang.must_fit_38_digits()),
        (true, false) => misfit(lang.a_number(), show(scalar, lang)),
    })?;
    let n = match &fit {
        Fit::Int(n) => Num::Int(*n),
        Fit::Exact(n) => Num::Exact(*n),
        _ => return Ok(fit),
    };
    within(&n, limits, lang, || lang.num(&n))?;
    Ok(fit)
}

/// A number of more digits than are calculated with: outside its bounds where it certainly is, else of no type.
fn too_long((scalar, text): (Scalar<'_>, &str), limits: Option<&Limits>, lang: Lang, must: String) -> Misfit {
    let outside = |limits: &&Limits| match (value::parse_exact(text), beyond_all_bounds(text)) {
        (Some(n), _) => !Bounds::exactly(Num::Exact(n)).orders(&limits.numbers).equal,
        (None, Some(Ordering::Less)) => limits.numbers.low.is_some(),
        (None, Some(_)) => limits.numbers.high.is_some(),
        (None, None) => false,
    };
    match limits.filter(outside) {
        Some(limits) => beyond(Wanted::Form(lang.limits(&limits.text)), show(scalar, lang)),
        None => Misfit { rule: "schema/type", ..beyond(Wanted::Must(must), show(scalar, lang)) },
    }
}

/// On which side a number lies of all that can be calculated with; `None` where it lies among it, and is only too exact.
fn beyond_all_bounds(text: &str) -> Option<Ordering> {
    let (side, digits) = match text.strip_prefix('-') {
        Some(digits) => (Ordering::Less, digits),
        None => (Ordering::Greater, text.trim_start_matches('+')),
    };
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, _) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_zero = mantissa.chars().all(|c| matches!(c, '0' | '.'));
    let shrinks = exponent.starts_with('-');
    let grows = !shrinks && exponent.chars().any(|c| matches!(c, '1'..='9'));
    (!is_zero && !shrinks && (grows || whole.trim_start_matches('0').len() > 38)).then_some(side)
}

/// Whether a number of the core schema is one to calculate with, not `.inf` or `.nan`.
fn is_finite(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

/// Holds a number to its bounds; `shown` is how it is written.
fn within(n: &Num, limits: Option<&Limits>, lang: Lang, shown: impl Fn() -> String) -> Result<(), Misfit> {
    let Some(limits) = limits else { return Ok(()) };
    let orders = Bounds::exactly(n.clone()).orders(&limits.numbers);
    if orders.equal { Ok(()) } else { Err(beyond(Wanted::Form(lang.limits(&limits.text)), shown())) }
}

/// Whether a text has the form of a date, and the calendar lacks it.
fn is_no_day(text: &str) -> bool {
    let form = text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    form && value::parse_date(text).is_none()
}

/// The day that a text without its zeros means: `2026-1-5`.
fn meant_day(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let written = format!("{year}-{month:0>2}-{day:0>2}");
    let meant = parts.next().is_none() && digits(year) && digits(month) && digits(day) && written != text;
    (meant && value::parse_date(&written).is_some()).then_some(written)
}

/// The duration that a text with a short or a misspelt unit means: `10d`, `10 dayz`.
fn meant_duration(text: &str) -> Option<String> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text.strip_suffix(unit).filter(|number| !number.is_empty())?;
    let unit = unit.trim().to_ascii_lowercase();
    let short = [("d", "days"), ("w", "weeks"), ("h", "hours"), ("y", "years"), ("mo", "months")];
    let units = short.map(|(_, unit)| unit);
    let known = short.iter().find(|(short, _)| *short == unit).map(|(_, unit)| *unit);
    let meant = format!("{number} {}", known.or_else(|| nearest(&unit, units))?);
    Duration::parse(&meant).map(|_| meant)
}

/// A scalar as YAML writes it.
fn plain(scalar: Scalar<'_>) -> Option<String> {
    match scalar {
        Scalar::Null => None,
        Scalar::Bool(value) => Some(value.to_string()),
        Scalar::Int(text) | Scalar::Float(text) => Some(text.to_owned()),
        Scalar::Str(text) if text.chars().count() > 60 => None,
        Scalar::Str(text) => Some(Value::Text(text.to_owned()).write(false)),
    }
}

/// What an element of this key is called: its number in digits, however it is written.
pub(super) fn int_name(text: &str) -> Option<Cow<'_, str>> {
    let Some(Fit::Int(n)) = int(text) else { return None };
    let name = n.to_string();
    Some(if name == text { Cow::Borrowed(text) } else { Cow::Owned(name) })
}

fn int(text: &str) -> Option<Fit> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, digits.get(2..).unwrap_or("")),
        Some("0o") => (8, digits.get(2..).unwrap_or("")),
        _ => (10, digits),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), radix).map(Fit::Int).ok()
}

/// The name that is probably meant.
pub(super) fn near<'n>(wanted: &str, known: impl IntoIterator<Item = &'n str>, lang: Lang) -> Option<String> {
    nearest(wanted, known).filter(|name| *name != wanted).map(|name| lang.did_you_mean(name))
}

/// One of some words, or the one that there is.
fn one_of(words: &[Str], lang: Lang) -> String {
    match words {
        [only] => lang.the_word(&quoted(only)),
        words => lang.one_of(&list(words, lang)),
    }
}

fn list(values: &[Str], lang: Lang) -> String {
    let shown: Vec<String> = values.iter().take(12).map(|value| quoted(value)).collect();
    let more = values.len().saturating_sub(12);
    let shown = lang.list(&shown);
    if more > 0 { lang.items_and_more(&shown, more) } else { shown }
}

/// A scalar as a message shows it: cut where it is long.
pub(super) fn show(scalar: Scalar<'_>, lang: Lang) -> String {
    let cut = |text: &str| {
        if text.chars().count() > 60 {
            format!("{}…", text.chars().take(60).collect::<String>())
        } else {
            text.to_owned()
        }
    };
    match scalar {
        Scalar::Null => lang.nothing(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(text) | Scalar::Float(text) => cut(text),
        Scalar::Str(text) => format!("{:?}", cut(text)),
    }
}
