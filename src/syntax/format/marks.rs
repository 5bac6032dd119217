//! Owns what the tree says of the layout: where lines begin, and where the columns of a line do. It must never know how wide a column is.

use rustc_hash::FxHashMap;

use super::tokens::Token;
use crate::syntax::*;

/// What kind of line begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// An item of the file.
    Item,
    /// A parameter.
    Param,
    /// A line of a rule's head, of a law, of `adjust`; its word is a column.
    Head,
    /// `applies when`, which is no column.
    Applies,
    /// A field of a type.
    Field,
    /// A line of `settings`.
    Setting,
    /// `allow`, `deny`
    Grant,
    /// `at most`
    Most,
    /// A band of a threshold.
    Band,
    /// `expect`, `require`
    Check,
    /// Any other statement.
    Statement,
}

/// Where lines and columns begin, by the number of the token.
#[derive(Default, Debug)]
pub(super) struct Marks {
    /// Lines.
    pub(super) lines: FxHashMap<usize, Role>,
    /// Columns of a line.
    pub(super) columns: FxHashMap<usize, Column>,
}

/// What begins within a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    /// What stands behind the first column.
    Next,
    /// `at`, `else`, `fix`, `may`, or the description of a field: set apart by two blanks.
    Clause,
}

/// Reads the tree.
pub(super) fn of(file: &File, base: u32, tokens: &[Token<'_>]) -> Marks {
    let starts = tokens.iter().enumerate().map(|(at, token)| (token.start, at)).collect();
    let plain = tokens.iter().enumerate().filter(|(_, token)| !token.is_comment()).map(|(at, _)| at).collect();
    let mut marker = Marker { base, tokens, starts, plain, marks: Marks::default() };
    for item in &file.items {
        marker.item(item);
    }
    marker.marks
}

struct Marker<'t> {
    base: u32,
    tokens: &'t [Token<'t>],
    starts: FxHashMap<usize, usize>,
    /// The tokens that are no comments.
    plain: Vec<usize>,
    marks: Marks,
}

impl Marker<'_> {
    /// The token that begins at a place, or so many before it, comments not counted.
    fn token(&self, span: Span, before: usize) -> Option<usize> {
        let at = *self.starts.get(&(span.start.checked_sub(self.base)? as usize))?;
        let among = self.plain.binary_search(&at).ok()?;
        self.plain.get(among.checked_sub(before)?).copied()
    }

    /// The token behind another one.
    fn after(&self, token: usize) -> Option<usize> {
        let among = self.plain.binary_search(&token).ok()?;
        self.plain.get(among + 1).copied()
    }

    fn line(&mut self, span: Span, before: usize, role: Role) -> Option<usize> {
        let at = self.token(span, before)?;
        self.marks.lines.insert(at, role);
        Some(at)
    }

    fn column(&mut self, at: Option<usize>, column: Column) {
        if let Some(at) = at {
            self.marks.columns.insert(at, column);
        }
    }

    /// A line whose first word is a column.
    fn worded(&mut self, span: Span, before: usize, role: Role) {
        let next = self.line(span, before, role).and_then(|at| self.after(at));
        self.column(next, Column::Next);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(name) => {
                self.line(name.span, 1, Role::Item);
            }
            Item::Law(law) => {
                self.line(law.span, 0, Role::Item);
                for text in [&law.title, &law.issuer, &law.url].into_iter().flatten() {
                    self.worded(text.span, 1, Role::Head);
                }
                if let Some(effective) = &law.effective {
                    self.worded(effective.span, 0, Role::Head);
                }
            }
            Item::Schema(schema) => {
                self.line(schema.name.span, 1, Role::Item);
                self.fields(&schema.fields);
            }
            Item::Type(item) => {
                self.line(item.name.span, 1, Role::Item);
                if let TypeBody::Record(fields) = &item.body {
                    self.fields(fields);
                }
            }
            Item::Extend(extend) => {
                self.line(extend.name.span(), 2, Role::Item);
                self.fields(&extend.fields);
            }
            Item::Param(param) => {
                self.line(param.name.span, 1, Role::Param);
                if param.may.is_some() {
                    let end = param.value.span.end.saturating_sub(self.base) as usize;
                    let may = self
                        .plain
                        .iter()
                        .copied()
                        .find(|at| self.tokens.get(*at).is_some_and(|token| token.start >= end && token.is("may")));
                    self.column(may, Column::Clause);
                }
            }
            Item::Let(item) => {
                self.line(item.name.span, 1, Role::Item);
            }
            Item::Define(define) => {
                self.line(define.name.span, 1, Role::Item);
            }
            Item::Rule(rule) => {
                self.line(rule.span, 0, Role::Item);
                self.head(&rule.head);
                self.block(&rule.body);
            }
            Item::Adjustment(adjustment) => {
                self.line(adjustment.span, 0, Role::Item);
                match &adjustment.kind {
                    AdjustmentKind::Adjust(_, _, head) => self.head(head),
                    AdjustmentKind::Set(..) | AdjustmentKind::Off(..) => {}
                }
            }
        }
    }

    fn head(&mut self, head: &[Head]) {
        for line in head {
            match line.kind {
                HeadKind::Applies(_) => {
                    self.line(line.span, 0, Role::Applies);
                }
                _ => self.worded(line.span, 0, Role::Head),
            }
        }
    }

    fn fields(&mut self, fields: &[FieldDef]) {
        for field in fields {
            self.line(field.span, 0, Role::Field);
            let ty = self.token(field.ty.span, 0);
            self.column(ty, Column::Next);
            if let Some(description) = &field.description {
                let at = self.token(description.span, 0);
                self.column(at, Column::Clause);
            }
        }
    }

    fn block(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let(item) => {
                self.line(item.name.span, 1, Role::Statement);
            }
            Statement::For(each) => {
                self.line(each.span, 0, Role::Statement);
                self.block(&each.body);
            }
            Statement::If(choice) => {
                let start = self.token(choice.span, 1).and_then(|at| self.tokens.get(at));
                if !start.is_some_and(|token| token.is("else")) {
                    self.line(choice.span, 0, Role::Statement);
                }
                self.block(&choice.then);
                self.block(&choice.otherwise);
            }
            Statement::Check(check) => {
                self.line(check.span, 0, Role::Check);
                let at = check.at.as_ref().and_then(|path| self.token(path.span, 1));
                self.column(at, Column::Clause);
                self.message(check.message.as_ref());
                let fix = match check.fix.as_deref() {
                    Some(FixClause::Set(path, _) | FixClause::Remove(path)) => self.token(path.span, 2),
                    None => None,
                };
                self.column(fix, Column::Clause);
            }
            Statement::Settings(settings) => {
                self.line(settings.span, 0, Role::Statement);
                for setting in &settings.lines {
                    self.line(setting.span, 0, Role::Setting);
                    let operator = self.operator(setting);
                    self.column(operator, Column::Next);
                }
            }
            Statement::Grants(grants) => {
                self.line(grants.span, 0, Role::Statement);
                for line in &grants.lines {
                    match line {
                        GrantLine::Allow(patterns) | GrantLine::Deny(patterns) => {
                            let first = patterns.first().map(|pattern| match pattern {
                                Pattern::Value(value) => value.span,
                                Pattern::Regex(text) => text.span,
                            });
                            if let Some(first) = first {
                                self.worded(first, 1, Role::Grant);
                            }
                        }
                        GrantLine::AtMost(_, span) => {
                            self.line(*span, 0, Role::Most);
                        }
                    }
                }
            }
            Statement::Threshold(threshold) => {
                self.line(threshold.span, 0, Role::Statement);
                for band in &threshold.bands {
                    self.band(band);
                }
            }
        }
    }

    fn message(&mut self, message: Option<&Message>) {
        let at = message.and_then(|message| self.token(message.span, 1));
        self.column(at, Column::Clause);
    }

    /// The operator of a line of `settings`: the first token behind its path that stands in no bracket.
    fn operator(&self, setting: &Setting) -> Option<usize> {
        let from = self.token(setting.span, 0)?;
        let among = self.plain.binary_search(&from).ok()?;
        let (mut depth, mut behind_dot) = (0usize, true);
        for at in self.plain.get(among..)? {
            let token = self.tokens.get(*at)?;
            match token.text {
                "[" if *at != from => depth += 1,
                "]" => depth = depth.saturating_sub(1),
                "." if depth == 0 => behind_dot = true,
                _ if depth > 0 => {}
                _ if behind_dot => behind_dot = false,
                _ => return Some(*at),
            }
        }
        None
    }

    fn band(&mut self, band: &Band) {
        self.line(band.span, 0, Role::Band);
        match &band.asks {
            Asks::Expect(condition, message) => {
                let before = 1 + usize::from(band.severity.is_some());
                // The condition may begin with brackets that are not in its span.
                let at = self.token(condition.span, before);
                self.column(at, Column::Next);
                self.message(message.as_ref());
            }
            Asks::Message(message) => {
                let at = self.token(message.span, usize::from(band.severity.is_some()));
                self.column(at, Column::Next);
            }
            Asks::Block(block) => self.block(block),
        }
    }
}
