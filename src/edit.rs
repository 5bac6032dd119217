//! Owns text edits and their application without overlap: what a fix and the formatter speak. It must never know why a text is edited.

use crate::source::Span;

/// Replaces the text of a span.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// What a finding offers to do about itself: edits that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// One line in the imperative: `set it to "disabled"`.
    pub title: String,
    /// The edits, in the order of their places.
    pub edits: Vec<Edit>,
}

/// Applies edits to the text of one file whose first byte is at `base`.
///
/// Edits that overlap an earlier one are left out; the second value tells which (by their index) were applied.
pub fn apply(text: &str, base: u32, edits: &[Edit]) -> (String, Vec<usize>) {
    let mut order: Vec<usize> = (0..edits.len()).collect();
    order.sort_by_key(|&index| edits.get(index).map(|edit| (edit.span.start, edit.span.end, index)));
    let (mut out, mut at, mut applied) = (String::with_capacity(text.len()), 0usize, Vec::new());
    for index in order {
        let Some(edit) = edits.get(index) else { continue };
        let (Some(start), Some(end)) = (edit.span.start.checked_sub(base), edit.span.end.checked_sub(base)) else {
            continue;
        };
        let (start, end) = (start as usize, end as usize);
        let (Some(between), Some(_)) = (text.get(at..start), text.get(start..end)) else { continue };
        out.push_str(between);
        out.push_str(&edit.text);
        at = end;
        applied.push(index);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    applied.sort_unstable();
    (out, applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.into() }
    }

    #[test]
    fn edits_apply_in_the_order_of_their_places() {
        let (text, applied) = apply("a: full # why\n", 0, &[edit(14, 14, "c: 1\n"), edit(3, 7, "off")]);
        assert_eq!(text, "a: off # why\nc: 1\n");
        assert_eq!(applied, [0, 1]);
    }

    #[test]
    fn an_edit_that_overlaps_an_earlier_one_is_left_out() {
        let (text, applied) = apply("abcdef", 0, &[edit(1, 3, "X"), edit(2, 4, "Y")]);
        assert_eq!((text.as_str(), applied.as_slice()), ("aXdef", [0].as_slice()));
    }
}
