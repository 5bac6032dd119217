//! Owns how a text is written in YAML and in JSON: as it stands, or in quotes. It must never know what the text is for.

/// A text as YAML holds it on one line: in quotes where it must be. `brackets`: it may stand within a flow collection.
pub fn in_yaml(text: &str, brackets: bool) -> String {
    // The emitter knows what YAML 1.2 takes for a number, a truth value or a comment. It does not mind what ends a text
    // within brackets, what 1.1 takes for a truth value or a date, or `<<`.
    let opens = text.starts_with(|c: char| c.is_alphabetic() || "「『《（".contains(c));
    let ends = brackets && text.contains([',', '[', ']', '{', '}']);
    let word = text.to_ascii_lowercase();
    let old_truth = matches!(word.as_str(), "yes" | "no" | "on" | "off" | "y" | "n");
    let bare = || serde_yaml::to_string(text).is_ok_and(|written| written.strip_suffix('\n') == Some(text));
    if opens && !ends && !old_truth && text.chars().all(is_printed) && bare() {
        text.to_owned()
    } else {
        in_quotes(text)
    }
}

/// A text in double quotes, as YAML and JSON both read it: with escapes for what has no place on a line.
pub fn in_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_printed(c) => out.push(c),
            // None of them is above U+FFFF.
            c => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// Whether YAML, and everyone who reads it, takes a character as it is.
pub fn is_printed(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Limits, Scalar, load};
    use crate::source::Sources;
    use proptest::prelude::*;

    #[test]
    fn quotes_stand_where_they_must() {
        for text in ["disabled", "180 days"] {
            assert_eq!(in_yaml(text, true) == text, text == "disabled", "{text}");
        }
        for (text, brackets) in [("a b", true), ("门禁", true), ("a, b", false), ("「甲」", false)] {
            assert_eq!(in_yaml(text, brackets), text);
        }
        for text in
            ["", "true", "Null", "no", "ON", "y", "a: b", "a #b", "a:", " a", "a ", "<<", "1", "x\n", "a, b", "-"]
        {
            assert_eq!(in_yaml(text, true), in_quotes(text));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same_text(text in "[a-zA-Z「门 :#,\\[\\]{}'\"\\\\\n\t\u{85}\u{2028}\u{feff}-]{0,12}|\\PC{0,8}") {
            for (written, within) in [
                (in_yaml(&text, false), "k: @\n"),
                (in_yaml(&text, true), "k: [x, @, y]\n"),
                (in_yaml(&text, true), "{\"k\": [x, @, y]}\n"),
                (in_quotes(&text), "k: @\n"),
            ] {
                let document = within.replace('@', &written);
                let other: serde_yaml::Value = serde_yaml::from_str(&document).unwrap();
                let value = &other["k"];
                prop_assert_eq!(value.get(1).unwrap_or(value).as_str(), Some(text.as_str()), "{}", document);
                let read = load(&mut Sources::new(), "t", document.clone().into_bytes(), Limits::default()).unwrap();
                let root = read.roots()[0].node.unwrap();
                let (_, held) = read.entries(root).next().unwrap();
                let held = read.items(held).nth(1).unwrap_or(held);
                prop_assert_eq!(read.scalar(held), Scalar::Str(&text), "{}", document);
            }
        }
    }
}
