//! Owns the core schema of YAML 1.2: what a plain scalar is. It must never know where a scalar stands.

/// A scalar by the core schema of YAML 1.2 (section 10.3 of the specification). Numbers stay text, whatever their length:
/// who needs to calculate reads them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar<'a> {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Digits with or without a sign, `0x` and hexadecimal or `0o` and octal digits.
    Int(&'a str),
    /// A decimal point or an exponent; `.inf` and `.nan` too.
    Float(&'a str),
    /// Everything else, and everything in quotes or blocks.
    Str(&'a str),
}

/// A tag of the core schema on a scalar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    None = 0,
    Str,
    Int,
    Float,
    Bool,
    Null,
}

impl Tag {
    /// The tag of a number that came from one.
    pub fn from_number(number: u32) -> Tag {
        match number {
            1 => Tag::Str,
            2 => Tag::Int,
            3 => Tag::Float,
            4 => Tag::Bool,
            5 => Tag::Null,
            _ => Tag::None,
        }
    }
}

/// What an untagged plain scalar is.
pub(super) fn resolve(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    match first {
        b'~' | b'n' | b'N' if is_null(text) => Scalar::Null,
        b't' | b'T' | b'f' | b'F' => bool_of(text).map_or(Scalar::Str(text), Scalar::Bool),
        b'0'..=b'9' | b'+' | b'-' | b'.' => {
            if is_int(text) {
                Scalar::Int(text)
            } else if is_float(text) {
                Scalar::Float(text)
            } else {
                Scalar::Str(text)
            }
        }
        _ => Scalar::Str(text),
    }
}

/// What a scalar is that its tag names; a text that does not fit its tag is a string.
pub(super) fn resolve_tagged(text: &str, tag: Tag) -> Scalar<'_> {
    match tag {
        Tag::None => resolve(text),
        Tag::Int if is_int(text) => Scalar::Int(text),
        Tag::Float if is_int(text) || is_float(text) => Scalar::Float(text),
        Tag::Bool => bool_of(text).map_or(Scalar::Str(text), Scalar::Bool),
        Tag::Null if is_null(text) => Scalar::Null,
        _ => Scalar::Str(text),
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn bool_of(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn is_int(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (number, exponent) = match body.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (body, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let number_fits = match number.split_once('.') {
        Some(("", after)) => !after.is_empty() && digits(after),
        Some((before, after)) => digits(before) && digits(after),
        None => !number.is_empty() && digits(number),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    number_fits && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(text), Scalar::Null, "{text}");
        }
        for (text, value) in [("true", true), ("True", true), ("FALSE", false), ("false", false)] {
            assert_eq!(resolve(text), Scalar::Bool(value), "{text}");
        }
        for text in ["0", "-12", "+7", "0x1F", "0o17", "0123", &"9".repeat(400)] {
            assert_eq!(resolve(text), Scalar::Int(text), "{text}");
        }
        for text in ["0.5", ".5", "5.", "-1e3", "1.5E+7", ".inf", "-.INF", ".NaN", "+.inf"] {
            assert_eq!(resolve(text), Scalar::Float(text), "{text}");
        }
        for text in [
            "yes", "no", "off", "On", "nUll", "tRue", "0x", "-0x1", "0o8", "1_000", "1:30", "--1", ".", "e3", "1e",
            "62%",
        ] {
            assert_eq!(resolve(text), Scalar::Str(text), "{text}");
        }
    }

    #[test]
    fn a_tag_decides_before_the_text() {
        assert_eq!(resolve_tagged("12", Tag::Str), Scalar::Str("12"));
        assert_eq!(resolve_tagged("12", Tag::Float), Scalar::Float("12"));
        assert_eq!(resolve_tagged("true", Tag::Bool), Scalar::Bool(true));
        assert_eq!(resolve_tagged("", Tag::Null), Scalar::Null);
        assert_eq!(resolve_tagged("abc", Tag::Int), Scalar::Str("abc"));
    }
}
