//! Owns the tokens of policy text, comments among them. It must never know how they are laid out.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A word, or a name in kebab-case where one stands.
    Word,
    /// A number, percentage or date.
    Number,
    /// A string, quotes included.
    Text,
    /// `/…/`
    Regex,
    /// Anything else.
    Symbol,
    /// `# …`, without blanks at its end.
    Comment,
}

/// A token and how it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// The offset of its first byte.
    pub(super) start: usize,
    /// How many line ends stand before it, behind the token before.
    pub(super) newlines: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Word | Kind::Symbol)
    }

    pub(super) fn is_comment(&self) -> bool {
        self.kind == Kind::Comment
    }
}

/// The blanks between tokens.
const BLANKS: [char; 7] = [' ', '\t', '\r', '\n', '\u{feff}', '\u{3000}', '\u{a0}'];

/// Takes a text apart; `None` where it cannot be.
pub(super) fn scan(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut at, mut newlines) = (0, 0);
    let mut names = Names::default();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next()?;
        if BLANKS.contains(&first) {
            newlines += usize::from(first == '\n');
            at += first.len_utf8();
            continue;
        }
        let last = tokens.iter().rev().find(|token| !token.is_comment());
        let (kind, length) = if first == '#' {
            (Kind::Comment, rest.find('\n').unwrap_or(rest.len()))
        } else if first == '"' {
            (Kind::Text, string(rest)?)
        } else if first.is_ascii_digit() {
            (Kind::Number, number(rest))
        } else if first.is_ascii_alphabetic() || first == '_' {
            (Kind::Word, if names.expected() { kebab(rest) } else { word(rest) })
        } else if first == '/' && last.is_some_and(|last| names.pattern(last)) {
            (Kind::Regex, regex(rest)?)
        } else {
            let two = ["==", "!=", "<=", ">=", ".."].iter().any(|two| rest.starts_with(two));
            (Kind::Symbol, if two { 2 } else { first.len_utf8() })
        };
        let written = rest.get(..length)?.trim_end_matches(BLANKS);
        let token = Token { kind, text: written, start: at, newlines };
        names.see(&token, last);
        tokens.push(token);
        newlines = 0;
        at += length;
    }
    Some(tokens)
}

/// Where names in kebab-case and regular expressions stand.
#[derive(Default)]
struct Names {
    depth: usize,
    /// A name comes next.
    next: bool,
    /// Within `cites`.
    cites: bool,
    /// Within a line of `allow` or `deny`.
    grants: bool,
}

impl Names {
    fn expected(&self) -> bool {
        self.next
    }

    fn pattern(&self, last: &Token<'_>) -> bool {
        last.is("matches") || last.is("allow") || last.is("deny") || (self.grants && last.is(","))
    }

    fn see(&mut self, token: &Token<'_>, before: Option<&Token<'_>>) {
        if token.is_comment() {
            return;
        }
        let was = std::mem::take(&mut self.next);
        match token.text {
            "{" | "(" | "[" => self.depth += 1,
            "}" | ")" | "]" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let opens = matches!(token.text, "use" | "law" | "schema" | "rule" | "adjust" | "off");
        if token.kind == Kind::Word && !was {
            let behind = before.is_some_and(|before| before.is("."));
            self.next = self.depth == 0 && opens || (token.text == "cites" && self.depth == 1 && !behind);
            self.cites = token.text == "cites" && self.next;
            if matches!(token.text, "allow" | "deny") && !behind {
                self.grants = true;
            } else if token.text == "at" || token.text == "else" {
                self.grants = false;
            }
        }
        if token.is("}") {
            self.grants = false;
        }
        if was || token.kind == Kind::Text {
            // Behind a citation, its article or the next one.
        } else if self.cites && token.is(",") {
            self.next = true;
        } else if !self.next {
            self.cites = false;
        }
        // `cites` itself opens the list; a name within it keeps it open.
        if was && before.is_some_and(|before| before.is("cites") || before.is(",")) {
            self.cites = true;
        }
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
}

/// `a-name`, `pack/rule`, `pack.law`.
fn kebab(rest: &str) -> usize {
    let mut at = word(rest);
    while let Some(more) = rest.get(at..) {
        let mut chars = more.chars();
        let joins = matches!(chars.next(), Some('-' | '/' | '.'));
        match chars.next() {
            Some(next) if joins && (next.is_ascii_alphanumeric() || next == '_') => {
                at += 1 + word(more.get(1..).unwrap_or(""));
            }
            _ => break,
        }
    }
    at
}

/// `100_000`, `0.5`, `80%`, `2024-03-22`.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    let run = |range: std::ops::Range<usize>| range.into_iter().all(digit);
    if run(0..4) && dash(4) && run(5..7) && dash(7) && run(8..10) && !digit(10) {
        return 10;
    }
    let digits = |from: usize| {
        let tail = rest.get(from..).unwrap_or("");
        from + tail.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(tail.len())
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && digit(end + 1) {
        end = digits(end + 1);
    }
    end + usize::from(bytes.get(end) == Some(&b'%'))
}

fn string(rest: &str) -> Option<usize> {
    let quotes = if rest.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    closed(rest, quotes)
}

fn regex(rest: &str) -> Option<usize> {
    closed(rest, "/")
}

/// The length of what the same sign opens and closes; a backslash hides the next character.
fn closed(rest: &str, sign: &str) -> Option<usize> {
    let mut at = sign.len();
    loop {
        let tail = rest.get(at..)?;
        if tail.starts_with(sign) {
            return Some(at + sign.len());
        }
        let mut chars = tail.chars();
        let first = chars.next()?;
        at += first.len_utf8();
        if first == '\\' {
            at += chars.next()?.len_utf8();
        }
    }
}
