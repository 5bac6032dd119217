//! Owns what follows an item that does not parse: where reading goes on. It must never know what is wrong with an item.

use super::Builder;

impl Builder<'_> {
    /// Whether the item that begins at `at` ends before a line that opens one, whatever it lacks.
    pub(super) fn ends_surely(&self, at: usize, line: usize) -> bool {
        let mut within = Within::default();
        within.pass(self.text.get(at..line).unwrap_or(""));
        line == self.text.len() || within.opens_surely(self.text.get(line..).unwrap_or(""))
    }

    /// Where reading goes on behind an item that begins at `at` and does not parse from `place` on: at the next line that
    /// opens an item. One before `place` was read as a part of this item, whose closing brace may be missing.
    pub(super) fn go_on(&self, at: usize, place: usize) -> usize {
        let mut within = Within::default();
        let (mut from, mut next) = (at, self.next_item(at));
        while next <= place && next < self.text.len() {
            within.pass(self.text.get(from..next).unwrap_or(""));
            if within.opens_surely(self.text.get(next..).unwrap_or("")) {
                break;
            }
            from = next;
            next = self.next_item(next);
        }
        next
    }
}

/// What an item has opened so far.
#[derive(Default)]
struct Within {
    quotes: usize,
    braces: usize,
    closed: usize,
}

impl Within {
    fn pass(&mut self, text: &str) {
        self.quotes += text.matches("\"\"\"").count();
        self.braces += text.matches('{').count();
        self.closed += text.matches('}').count();
    }

    /// Whether a line opens an item and is no part of this one: a line of a string, a field, or a statement that is not
    /// indented.
    fn opens_surely(&self, line: &str) -> bool {
        let word = line.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len());
        let (word, behind) = line.split_at_checked(word).unwrap_or((line, ""));
        let names = behind.starts_with([' ', '\t'])
            && behind.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let statement = matches!(word, "let" | "set") && self.braces > self.closed;
        names && !statement && self.quotes.is_multiple_of(2)
    }
}
