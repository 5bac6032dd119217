//! Owns columns, blanks and the breaking of long lines. It must never know what a line means.

use super::lines::Line;
use super::marks::{Column, Role};
use super::tokens::{Kind, Token};

/// The columns that a line may have, where it can be broken.
const WIDTH: usize = 100;
/// The columns of a level.
const INDENT: usize = 4;
/// What is wider than that is left out when columns are set.
const WIDEST: usize = 46;

/// Lays lines out.
pub(super) fn layout(lines: Vec<Line<'_>>) -> String {
    let mut lines = lines;
    blanks(&mut lines);
    let mut out = String::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.blank {
            out.push('\n');
        }
        if let Some(text) = inline(&lines, at) {
            out.push_str(&text);
            out.push('\n');
            at += 3;
            continue;
        }
        out.push_str(&write(line, &group(&lines, at)));
        out.push('\n');
        at += 1;
    }
    out
}

// ---- empty lines -----------------------------------------------------------------------------------------------

/// One between items that have a block, and between a rule's head and its body; elsewhere as the author put them, but
/// none behind an opening brace, before a closing one, or at the ends of the file.
fn blanks(lines: &mut [Line<'_>]) {
    for at in 0..lines.len() {
        let inlined = inline(lines, at).is_some();
        let after_inlined = at >= 2 && inline(lines, at - 2).is_some();
        let Some(line) = lines.get(at) else { break };
        let before = lines.get(..at).unwrap_or(&[]);
        let body = matches!(line.role, Some(Role::Check | Role::Statement)) && line.depth == 1;
        let headed = before.iter().rev().find(|before| !before.is_comment()).and_then(|before| before.role);
        let wanted = (line.role == Some(Role::Item) && line.opens && !inlined)
            || (body && matches!(headed, Some(Role::Head | Role::Applies)));
        let closed = line.depth == 0 && line.closes && !line.opens && !after_inlined;
        if wanted {
            // Comments right above belong to it.
            let mut first = at;
            while let Some(above) = first.checked_sub(1)
                && lines.get(first).is_some_and(|line| !line.blank)
                && lines.get(above).is_some_and(Line::is_comment)
            {
                first = above;
            }
            if let Some(line) = lines.get_mut(first) {
                line.blank = true;
            }
        }
        if closed && let Some(next) = lines.get_mut(at + 1) {
            next.blank = true;
        }
    }
    let mut tight = true;
    for line in lines {
        if tight || line.closes {
            line.blank = false;
        }
        tight = line.opens;
    }
}

// ---- blocks on one line ----------------------------------------------------------------------------------------

/// A block that the author wrote on one line, if one line is what it takes.
fn inline(lines: &[Line<'_>], at: usize) -> Option<String> {
    let [opener, inner, closer] = lines.get(at..at + 3)? else { return None };
    let simple = opener.opens && opener.inline && !opener.closes && opener.comment.is_none();
    let whole = !inner.opens && !inner.closes && inner.comment.is_none() && inner.role.is_some();
    let ends = closer.closes && !closer.opens && closer.tokens().count() == 1;
    let first = opener.tokens().next()?;
    let never =
        opener.role == Some(Role::Item) && ["rule", "law", "schema", "adjust"].iter().any(|word| first.is(word));
    if !simple || !whole || !ends || never {
        return None;
    }
    let text = format!("{}{} {} }}", " ".repeat(opener.depth * INDENT), one_line(opener)?, one_line(inner)?);
    let comment = closer.comment.map_or(String::new(), |comment| format!("  {comment}"));
    (width(&text) <= WIDTH).then(|| text + &comment)
}

/// The line without indent, its columns next to each other; `None` where something breaks it.
fn one_line(line: &Line<'_>) -> Option<String> {
    let mut out = String::new();
    for (at, cell) in cells(line)?.iter().enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(gap(line, at)));
        }
        out.push_str(cell);
    }
    Some(out)
}

// ---- columns ---------------------------------------------------------------------------------------------------

/// The columns of a line as texts; `None` where something breaks it.
fn cells(line: &Line<'_>) -> Option<Vec<String>> {
    let tokens: Vec<&Token<'_>> = line.tokens().collect();
    let broken = tokens.windows(2).any(|pair| matches!(pair, [a, b] if a.is_comment() || explodes(a, b)));
    if broken || tokens.iter().any(|token| token.text.contains('\n') || token.is_comment()) {
        return None;
    }
    let mut before = Before::default();
    let cell = |(_, tokens): &(Column, Vec<Token<'_>>)| {
        let mut out = String::new();
        for token in tokens {
            if !out.is_empty() && before.blank(token) {
                out.push(' ');
            }
            out.push_str(token.text);
            before.see(token);
        }
        out
    };
    Some(line.columns.iter().map(cell).collect())
}

/// The blanks before a column.
fn gap(line: &Line<'_>, at: usize) -> usize {
    match line.columns.get(at) {
        Some((Column::Clause, _)) => 2,
        _ if line.role == Some(Role::Band) => 2,
        _ => 1,
    }
}

/// Whether the columns of lines with this role are set below each other.
fn aligned(role: Option<Role>) -> bool {
    matches!(
        role,
        Some(Role::Param | Role::Head | Role::Field | Role::Setting | Role::Grant | Role::Band | Role::Check)
    )
}

/// The widths of the columns of lines that stand together, and where the comments at their ends begin.
#[derive(Clone, Copy, Default)]
struct Widths {
    columns: [usize; 2],
    comment: usize,
}

/// The widths of the lines that stand together with one.
fn group(lines: &[Line<'_>], at: usize) -> Widths {
    let Some(line) = lines.get(at).filter(|line| aligned(line.role)) else { return Widths::default() };
    let goes_on = |other: &&Line<'_>| {
        let kin =
            other.role == line.role || matches!(other.role, Some(Role::Most | Role::Applies)) || other.is_comment();
        other.depth == line.depth && kin && !other.opens && !other.closes
    };
    let mut first = at;
    while let Some(above) = first.checked_sub(1)
        && lines.get(first).is_some_and(|line| !line.blank)
        && lines.get(above).is_some_and(|line| goes_on(&line))
    {
        first = above;
    }
    let behind = lines.get(at + 1..).unwrap_or(&[]).iter().take_while(|other| goes_on(other) && !other.blank).count();
    let members = || lines.get(first..=at + behind).unwrap_or(&[]).iter().filter(|other| other.role == line.role);
    // Clauses are set below each other only where that takes one line.
    let soft = matches!(line.role, Some(Role::Check | Role::Param));
    let mut columns = [0, 0];
    for (column, widest) in columns.iter_mut().enumerate() {
        let most = if soft || line.role == Some(Role::Band) && column == 1 { WIDTH } else { WIDEST };
        let widths = members().filter(|other| other.columns.len() > column + 1).filter_map(|other| {
            let fits = !soft || one_line(other).is_some_and(|text| other.depth * INDENT + width(&text) <= WIDTH);
            fits.then(|| first_cells(other, column)).flatten()
        });
        *widest = widths.filter(|width| *width <= most).max().unwrap_or(0);
    }
    if !matches!(line.role, Some(Role::Field | Role::Band)) {
        columns = [columns.first().copied().unwrap_or(0), 0];
    }
    let mut widths = Widths { columns, comment: 0 };
    if matches!(line.role, Some(Role::Field | Role::Param)) {
        let ends = members()
            .filter(|other| other.comment.is_some())
            .filter_map(|other| Some(width(&set(other, &cells(other)?, &widths))));
        widths.comment = ends.filter(|end| *end <= 2 * WIDEST).max().unwrap_or(0);
    }
    widths
}

/// The width of a column, if nothing breaks the line up to its end.
fn first_cells(line: &Line<'_>, column: usize) -> Option<usize> {
    let mut part = line.clone();
    part.columns.truncate(column + 1);
    cells(&part)?.get(column).map(|cell| width(cell))
}

/// Writes a line, its columns as wide as those of its group.
fn write(line: &Line<'_>, widths: &Widths) -> String {
    let indent = " ".repeat(line.depth * INDENT);
    if line.is_comment() {
        return format!("{indent}{}", line.comment.unwrap_or(""));
    }
    let mut out = match cells(line) {
        Some(cells) => {
            let set = set(line, &cells, widths);
            let tight = || one_line(line).map(|text| format!("{indent}{text}")).filter(|text| width(text) <= WIDTH);
            // Nothing can be gained where a string at the end is what is long.
            let last = line.columns.last().map_or(&[][..], |(_, tokens)| tokens);
            let string = matches!(last, [token] if token.kind == Kind::Text) && cells.len() > 1;
            let before = width(&set) - cells.last().map_or(0, |cell| width(cell));
            let kept = matches!(line.role, Some(Role::Field | Role::Head)) && string && before <= WIDTH;
            if width(&set) <= WIDTH || kept {
                set
            } else {
                // Columns are given up before lines are broken.
                match tight().filter(|_| !matches!(line.role, Some(Role::Check | Role::Band))) {
                    Some(text) => text,
                    None => broken(line, &widths.columns),
                }
            }
        }
        None => broken(line, &widths.columns),
    };
    if let Some(comment) = line.comment {
        let end = out.lines().last().map_or(0, width);
        out.push_str(&" ".repeat(widths.comment.saturating_sub(end) + 2));
        out.push_str(comment);
    }
    out
}

fn set(line: &Line<'_>, cells: &[String], widths: &Widths) -> String {
    let mut out = " ".repeat(line.depth * INDENT);
    for (at, cell) in cells.iter().enumerate() {
        if let Some(column) = at.checked_sub(1) {
            let before = cells.get(column).map_or(0, |cell| width(cell));
            let wide = widths.columns.get(column).copied().unwrap_or(0);
            out.push_str(&" ".repeat(wide.saturating_sub(before) + gap(line, at)));
        }
        out.push_str(cell);
    }
    out
}

// ---- long lines ------------------------------------------------------------------------------------------------

/// Writes a line over several: clauses on lines of their own, lists and connectives where they must.
fn broken(line: &Line<'_>, widths: &[usize; 2]) -> String {
    let indent = line.depth * INDENT;
    let clauses = matches!(line.role, Some(Role::Check | Role::Band));
    let first_column = line.columns.first().map_or(&[][..], |(_, tokens)| tokens);
    let hang = match line.role {
        Some(Role::Head) => indent + widths.first().copied().unwrap_or(0).max(width_of(first_column)) + 1,
        _ => indent + if line.opens { 2 * INDENT } else { INDENT },
    };
    let mut page = Page { out: " ".repeat(indent), column: indent, indent, hang, exploded: Vec::new() };
    let mut before = Before::default();
    let tokens: Vec<(usize, &Token<'_>)> = (line.columns.iter().enumerate())
        .flat_map(|(column, (_, tokens))| tokens.iter().enumerate().map(move |(at, token)| (column, at, token)))
        .map(|(column, at, token)| (if at == 0 { column } else { 0 }, token))
        .collect();
    let within_or = within_or(&tokens);
    // Where another clause has a line of its own, so has the fix.
    let mut parted = false;
    // At which depth of brackets an `and` within an `or` was broken: then the `or` behind it breaks, too.
    let mut deep: Option<usize> = None;
    for (at, (column, token)) in tokens.iter().enumerate() {
        let last = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|(_, token)| *token);
        let deeper = usize::from(within_or.contains(&at)) * INDENT;
        let clause = *column > 0 && line.columns.get(*column).is_some_and(|(kind, _)| *kind == Column::Clause);
        let blanks = if *column == 1 && !clause {
            let wide = widths.first().copied().unwrap_or(0);
            wide.saturating_sub(page.column.saturating_sub(indent)) + gap(line, 1)
        } else if *column > 0 {
            gap(line, *column)
        } else if token.is_comment() {
            2
        } else {
            usize::from(before.blank(token))
        };
        let ahead = tokens.get(at..).unwrap_or(&[]);
        // The weaker operator breaks first: what it joins stays together where it fits into a line.
        let whole = operand(ahead).filter(|whole| page.hang + deeper + whole <= WIDTH);
        let chunk = whole.unwrap_or_else(|| chunk(ahead, line.role));
        match last {
            None => {}
            Some(last) if page.must_break(last, token) => page.newline(token, 0),
            Some(last) => {
                let may = (clauses && clause) || breaks(last, token, line.role);
                let over = page.column + blanks + chunk > WIDTH;
                // A clause stays only where all that is left of the line does.
                let clause_over =
                    clauses && clause && (parted && token.is("fix") || page.column + blanks + rest(ahead) > WIDTH);
                let weaker = token.is("or") && deep == Some(page.exploded.len());
                if may && (over || clause_over || weaker) {
                    parted |= clause;
                    deep = (deeper > 0).then_some(page.exploded.len());
                    page.newline(token, deeper);
                } else {
                    page.blanks(blanks);
                }
            }
        }
        page.token(token, tokens.get(at + 1).map(|(_, token)| *token));
        before.see(token);
    }
    page.out
}

struct Page {
    out: String,
    column: usize,
    indent: usize,
    hang: usize,
    /// Of each bracket that is open, whether its elements stand on lines of their own.
    exploded: Vec<bool>,
}

impl Page {
    fn must_break(&self, last: &Token<'_>, token: &Token<'_>) -> bool {
        let exploded = self.exploded.last() == Some(&true);
        last.is_comment()
            || (token.is_comment() && token.newlines > 0)
            || (exploded && !token.is_comment() && (opens(last) || last.is(",") || closes(token)))
    }

    fn newline(&mut self, token: &Token<'_>, deeper: usize) {
        let levels = self.exploded.iter().filter(|exploded| **exploded).count();
        let back = usize::from(closes(token) && self.exploded.last() == Some(&true));
        let column = if levels == 0 { self.hang } else { self.indent + (levels - back) * INDENT };
        let column = column + deeper;
        self.out.push('\n');
        self.out.push_str(&" ".repeat(column));
        self.column = column;
    }

    fn blanks(&mut self, count: usize) {
        self.out.push_str(&" ".repeat(count));
        self.column += count;
    }

    fn token(&mut self, token: &Token<'_>, next: Option<&Token<'_>>) {
        self.out.push_str(token.text);
        match token.text.rsplit_once('\n') {
            Some((_, last)) => self.column = width(last),
            None => self.column += width(token.text),
        }
        if opens(token) {
            self.exploded.push(next.is_some_and(|next| explodes(token, next)));
        } else if closes(token) {
            self.exploded.pop();
        }
    }
}

/// Whether the author put what is in a bracket on lines of its own.
fn explodes(bracket: &Token<'_>, next: &Token<'_>) -> bool {
    opens(bracket) && (next.newlines > 0 || next.is_comment()) && !closes(next)
}

fn opens(token: &Token<'_>) -> bool {
    token.kind == Kind::Symbol && matches!(token.text, "(" | "[" | "{")
}

fn closes(token: &Token<'_>) -> bool {
    token.kind == Kind::Symbol && matches!(token.text, ")" | "]" | "}")
}

/// Whether a line may be broken between two tokens.
fn breaks(last: &Token<'_>, token: &Token<'_>, role: Option<Role>) -> bool {
    last.is(",")
        || ["and", "or", "where", "then", "else"].iter().any(|word| token.is(word))
        || (role == Some(Role::Field) && token.is("|"))
}

/// The words that part what `and` and `or` join from what stands around it.
const PARTS: [&str; 12] =
    ["expect", "require", "where", "if", "then", "else", "for", "per", "applies", "when", "at", "fix"];

/// The tokens `and` that join parts of an `or`: they bind tighter, and stand deeper.
fn within_or(tokens: &[(usize, &Token<'_>)]) -> Vec<usize> {
    let mut found = Vec::new();
    // Of each bracket that is open, the `and`s since the last part began, and whether it has an `or`.
    let mut open: Vec<(Vec<usize>, bool)> = vec![(Vec::new(), false)];
    let mut close = |part: (Vec<usize>, bool)| {
        if part.1 {
            found.extend(part.0);
        }
    };
    for (at, (column, token)) in tokens.iter().enumerate() {
        let parts = token.is(",") || token.is(":") || token.is("=") || PARTS.iter().any(|word| token.is(word));
        if opens(token) {
            open.push((Vec::new(), false));
        } else if closes(token) {
            open.pop().into_iter().for_each(&mut close);
        } else if let Some(part) = open.last_mut() {
            if parts || *column > 0 {
                close(std::mem::take(part));
            } else if token.is("and") {
                part.0.push(at);
            } else if token.is("or") {
                part.1 = true;
            }
        }
    }
    open.into_iter().for_each(close);
    found
}

/// How wide an `and` or `or` is with all that it joins on: up to the next one that binds no tighter.
fn operand(tokens: &[(usize, &Token<'_>)]) -> Option<usize> {
    let (_, first) = tokens.first()?;
    if !first.is("and") && !first.is("or") {
        return None;
    }
    let (mut before, mut sum, mut depth) = (Before::default(), 0, 0usize);
    for (at, (column, token)) in tokens.iter().enumerate() {
        if token.is_comment() || token.text.contains('\n') {
            return None;
        }
        let ends = token.is("or") || (token.is("and") && first.is("and")) || token.is(",") || *column > 0;
        if at > 0 && depth == 0 && (ends || PARTS.iter().any(|word| token.is(word))) {
            break;
        }
        if closes(token) && depth == 0 {
            // What closes around it stands on its line.
            return Some(sum + 1);
        }
        if opens(token) {
            depth += 1;
        } else if closes(token) {
            depth -= 1;
        }
        sum += width(token.text) + usize::from(at > 0 && before.blank(token));
        before.see(token);
    }
    Some(sum)
}

/// How wide the tokens are up to the next place where the line may be broken.
fn chunk(tokens: &[(usize, &Token<'_>)], role: Option<Role>) -> usize {
    let mut before = Before::default();
    let mut sum = 0;
    for (at, (column, token)) in tokens.iter().enumerate() {
        let last = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|(_, token)| *token);
        if last.is_some_and(|last| breaks(last, token, role) || *column > 0) {
            break;
        }
        sum += width(token.text.lines().next().unwrap_or("")) + usize::from(at > 0 && before.blank(token));
        before.see(token);
        if token.text.contains('\n') {
            break;
        }
    }
    sum
}

/// How wide all the tokens are.
fn rest(tokens: &[(usize, &Token<'_>)]) -> usize {
    let mut before = Before::default();
    let mut sum = 0;
    for (column, token) in tokens {
        sum += width(token.text) + if *column > 0 { 2 } else { usize::from(before.blank(token)) };
        before.see(token);
    }
    sum
}

fn width_of(tokens: &[Token<'_>]) -> usize {
    rest(&tokens.iter().map(|token| (0, token)).collect::<Vec<_>>())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

// ---- blanks between tokens -------------------------------------------------------------------------------------

/// What stood before a token, as far as its blanks need it.
#[derive(Default)]
struct Before {
    last: Option<(Kind, String)>,
    /// The last token is a sign, not a minus between two values.
    sign: bool,
}

/// Words behind which a value stands: a bracket there opens no call and no index.
const BEFORE_VALUES: [&str; 36] = [
    "and",
    "or",
    "not",
    "in",
    "if",
    "then",
    "else",
    "where",
    "per",
    "of",
    "matches",
    "contains",
    "overlaps",
    "default",
    "is",
    "expect",
    "require",
    "when",
    "for",
    "threshold",
    "settings",
    "grants",
    "allow",
    "deny",
    "from",
    "above",
    "at",
    "most",
    "set",
    "remove",
    "unique",
    "fix",
    "cites",
    "tags",
    "error",
    "warning",
];

impl Before {
    fn value(&self) -> bool {
        match &self.last {
            None => false,
            Some((Kind::Symbol, text)) => matches!(text.as_str(), ")" | "]" | "}"),
            Some((Kind::Word, text)) => !BEFORE_VALUES.contains(&text.as_str()),
            Some(_) => true,
        }
    }

    /// Whether a blank stands before a token.
    fn blank(&self, token: &Token<'_>) -> bool {
        let Some((kind, last)) = &self.last else { return false };
        if token.is_comment() || *kind == Kind::Comment {
            return true;
        }
        let symbol = |text: &str| *kind == Kind::Symbol && last == text;
        if self.sign || ["(", "[", "{", ".", ".."].iter().any(|open| symbol(open)) {
            return false;
        }
        if token.kind != Kind::Symbol {
            return true;
        }
        match token.text {
            ")" | "]" | "}" | "," | ":" | "?" | "." | ".." => false,
            "(" => !(*kind == Kind::Word && self.value()),
            "[" => !(self.value() && (*kind != Kind::Number)),
            _ => true,
        }
    }

    fn see(&mut self, token: &Token<'_>) {
        self.sign = token.is("-") && !self.value();
        self.last = Some((token.kind, token.text.to_owned()));
    }
}
