//! Owns how lines of text are laid out for people: display width, wrapping, colour. It must never know a report.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Colours, where they are wanted.
#[derive(Clone, Copy)]
pub struct Paint(pub bool);

impl Paint {
    /// Grave.
    pub fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// To be looked at.
    pub fn yellow(self, text: &str) -> String {
        self.with("1;33", text)
    }

    /// Good.
    pub fn green(self, text: &str) -> String {
        self.with("1;32", text)
    }

    /// Good to know.
    pub fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Writes a text after a lead, wrapped at `columns` where there are any; later lines are indented by the lead's width.
/// `lead` is printed as it is painted; its width is that of `plain_lead`.
pub fn hang(out: &mut String, painted_lead: &str, plain_lead: &str, text: &str, columns: Option<usize>) {
    let indent = width(plain_lead);
    out.push_str(painted_lead);
    let Some(columns) = columns else {
        out.push_str(text);
        out.push('\n');
        return;
    };
    let lines = wrap(text, columns.saturating_sub(indent).max(20));
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(line);
        out.push('\n');
    }
    if lines.is_empty() {
        out.push('\n');
    }
}

/// Breaks a text into lines at spaces, and between Chinese characters, though never before closing punctuation or
/// after opening punctuation. What is longer than a line stays whole when it is a link, and is broken otherwise: a path
/// between its parts, if they fit.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line, mut used, mut space) = (Vec::new(), String::new(), 0, false);
    for piece in pieces(text) {
        if piece == " " {
            space = !line.is_empty();
            continue;
        }
        let needs = width(piece) + usize::from(space);
        if used + needs > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
            space = false;
        }
        if space {
            line.push(' ');
            used += 1;
            space = false;
        }
        if width(piece) <= columns || piece.contains("://") {
            line.push_str(piece);
            used += width(piece);
            continue;
        }
        for part in parts(piece) {
            if used + width(part) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            for c in part.chars() {
                let needs = c.width().unwrap_or(0);
                if used + needs > columns {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(c);
                used += needs;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The parts of a path that is longer than a line: what stands between its points, brackets and slashes.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let cuts = word.char_indices().skip(1).filter_map(|(at, c)| match c {
        '.' | '[' => Some(at),
        '/' => Some(at + 1),
        _ => None,
    });
    let mut from = 0;
    cuts.chain([word.len()]).filter_map(move |cut| {
        let part = word.get(from..cut);
        from = cut;
        part.filter(|part| !part.is_empty())
    })
}

/// Words, single spaces between them, and wide characters with the punctuation that clings to them.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let cut = match before {
            None => false,
            // What a language writes with such a space stands on one line: `第 38 條`, `92 000`.
            Some(before) if c == NO_BREAK || before == NO_BREAK => false,
            Some(before) if before.is_whitespace() != c.is_whitespace() => true,
            Some(before) if c.is_whitespace() || closes(c) || opens(before) => false,
            Some(before) => c.width() == Some(2) || before.width() == Some(2),
        };
        if cut {
            cuts.push(at);
        }
        before = Some(c);
    }
    cuts.push(text.len());
    let mut from = 0;
    let mut found = Vec::new();
    for cut in cuts {
        let piece = text.get(from..cut).unwrap_or("");
        if piece.trim().is_empty() {
            if !piece.is_empty() {
                found.push(" ");
            }
        } else {
            found.push(piece);
        }
        from = cut;
    }
    found
}

/// A space that does not break.
const NO_BREAK: char = '\u{a0}';

fn closes(c: char) -> bool {
    "，。、；：？！）」』》〉】〕”’…—,.;:?!)]}\"'".contains(c)
}

fn opens(c: char) -> bool {
    "（「『《〈【〔“‘([{".contains(c)
}

/// A text with blanks behind it, so that it takes so many columns.
pub fn flush_left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A text with blanks before it, so that it takes so many columns.
pub fn flush_right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_spaces_and_between_wide_characters() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("跨境群組不得與其他組織同步。", 10), ["跨境群組不", "得與其他組", "織同步。"]);
        assert_eq!(wrap("群組。「總部", 6), ["群組。", "「總部"]);
        assert_eq!(wrap("他的「總部", 6), ["他的", "「總部"]);
        assert_eq!(wrap("法規第\u{a0}38\u{a0}條", 8), ["法規", "第\u{a0}38\u{a0}條"]);
        assert_eq!(
            wrap(r#"at storage.external_sharing.links["a.b"].made now"#, 20),
            ["at", "storage", ".external_sharing", r#".links["a.b"].made"#, "now"]
        );
        assert_eq!(wrap("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(
            wrap("see https://example.com/a/very/long/link now", 10),
            ["see", "https://example.com/a/very/long/link", "now"]
        );
    }

    #[test]
    fn labels_end_in_one_column() {
        assert_eq!(
            [flush_right("why", 8), flush_right("理由", 8), flush_right("conscience", 8)],
            ["     why", "    理由", "conscience"]
        );
    }
}
