//! Owns the short way through rules and their statements. It must never know what a rule means.

use super::*;
use crate::finding::Severity;

impl<'t> Reader<'t> {
    /// A rule whose word was taken, and which began at `start`.
    pub(super) fn rule(&mut self, start: usize) -> Option<Rule> {
        let name = self.kebab_name()?;
        self.must("{")?;
        let mut head = Vec::new();
        while let Some(kind) = self.head()? {
            head.push(kind);
        }
        head.shrink_to_fit();
        let body = self.statements(1)?;
        Some(Rule { name, head, body, span: self.span(start) })
    }

    /// A line of the head; `Some(None)` where none comes next.
    fn head(&mut self) -> Option<Option<Head>> {
        let (start, word) = (self.at, self.word());
        let known =
            ["title", "severity", "enforcement", "rationale", "remedy", "cites", "tags", "effective", "applies"];
        if !known.contains(&word) {
            return Some(None);
        }
        self.take(word.len());
        let kind = match word {
            "title" => HeadKind::Title(self.string()?),
            "rationale" => HeadKind::Rationale(self.string()?),
            "remedy" => HeadKind::Remedy(self.string()?),
            "severity" => HeadKind::Severity(self.severity()?),
            "enforcement" => {
                let enforcement = match self.word() {
                    "mandatory" => Enforcement::Mandatory,
                    "normal" => Enforcement::Normal,
                    "advisory" => Enforcement::Advisory,
                    _ => return None,
                };
                self.take(self.word().len());
                HeadKind::Enforcement(enforcement)
            }
            "tags" => HeadKind::Tags(self.listed(|reader| reader.byte() != Some(b'"'), Reader::string)?),
            "cites" => HeadKind::Cites(self.listed(
                |reader| reader.kebab().is_empty(),
                |reader| {
                    let law = reader.dotted(Reader::kebab)?;
                    let article = if reader.byte() == Some(b'"') { Some(reader.string()?) } else { None };
                    Some((law, article))
                },
            )?),
            "effective" => {
                let from = self.date()?;
                let until = if self.has("until") { Some(self.date()?) } else { None };
                if until.is_some_and(|until| until <= from) {
                    return None;
                }
                HeadKind::Effective(Effective { from, until, span: self.span(start) })
            }
            _ => {
                self.has("when").then_some(())?;
                HeadKind::Applies(self.expr()?)
            }
        };
        Some(Some(Head { kind, span: self.span(start) }))
    }

    fn severity(&mut self) -> Option<Severity> {
        let word = self.word();
        matches!(word, "error" | "warning" | "info").then(|| {
            self.take(word.len());
            Builder::severity(word)
        })
    }

    /// Statements up to the brace that closes them, which is taken.
    fn statements(&mut self, depth: u32) -> Option<Vec<Statement>> {
        self.until_closed(|reader| reader.deeper(|reader| reader.statement(depth)))
    }

    fn block(&mut self, depth: u32) -> Option<Vec<Statement>> {
        self.must("{")?;
        self.statements(depth + 1)
    }

    fn statement(&mut self, depth: u32) -> Option<Statement> {
        let start = self.at;
        let word = self.word();
        match word {
            "let" => {
                self.take(3);
                self.let_line().map(|line| Statement::Let(Box::new(line)))
            }
            "for" => {
                self.take(3);
                let var = self.name()?;
                self.has("in").then_some(())?;
                let list = self.sum()?;
                let filter = self.filter()?;
                let body = self.block(depth)?;
                Some(Statement::For(Box::new(For { var, list, filter, body, span: self.span(start) })))
            }
            "if" => {
                self.take(2);
                let condition = self.expr()?;
                let then = self.block(depth)?;
                let otherwise = match (self.has("else"), self.word()) {
                    (false, _) => Vec::new(),
                    (true, "if") => vec![self.deeper(|reader| reader.statement(depth + 1))?],
                    (true, _) => self.block(depth)?,
                };
                Some(Statement::If(Box::new(If { condition, then, otherwise, span: self.span(start) })))
            }
            "settings" => {
                self.take(word.len());
                let record = self.postfix()?;
                self.must("{")?;
                let lines = self.until_closed(Reader::setting)?;
                Some(Statement::Settings(Box::new(Settings { record, lines, span: self.span(start) })))
            }
            "grants" => self.grants(),
            "threshold" => {
                self.take(word.len());
                let value = self.sum()?;
                self.must("{")?;
                let bands = self.until_closed(|reader| reader.band(depth))?;
                Some(Statement::Threshold(Box::new(Threshold { value, bands, span: self.span(start) })))
            }
            _ => self.check(),
        }
    }

    fn check(&mut self) -> Option<Statement> {
        let start = self.at;
        let severity = self.severity();
        let require = self.has("require");
        if !require && !self.has("expect") {
            return None;
        }
        let condition = self.expr()?;
        let at = if self.has("at") { Some(self.postfix()?) } else { None };
        let message = self.otherwise()?;
        let fix = if self.has("fix") { Some(self.fix()?) } else { None };
        let span = self.span(start);
        let (at, fix) = (at.map(Box::new), fix.map(Box::new));
        Some(Statement::Check(Box::new(Check { severity, require, condition, at, message, fix, span })))
    }

    /// `else "…"`; `Some(None)` where it does not come next.
    fn otherwise(&mut self) -> Option<Option<Message>> {
        if self.has("else") { self.message().map(Some) } else { Some(None) }
    }

    fn fix(&mut self) -> Option<FixClause> {
        if self.has("remove") {
            return self.postfix().map(FixClause::Remove);
        }
        self.has("set").then_some(())?;
        let path = self.postfix()?;
        self.must("=")?;
        Some(FixClause::Set(path, self.expr()?))
    }

    fn setting(&mut self) -> Option<Setting> {
        let start = self.at;
        let first = if self.byte() == Some(b'"') {
            let text = self.string()?;
            Name { text: text.text, span: text.span }
        } else {
            self.name()?
        };
        let mut path = vec![Step::Field(first)];
        loop {
            if self.sign("[") {
                path.push(Step::Index(self.expr()?));
                self.must("]")?;
            } else if self.sign(".") {
                path.push(Step::Field(self.name()?));
            } else {
                break;
            }
        }
        let test = if self.word() == "is" {
            Test::State(self.state()?)
        } else {
            let op = self.comparator()??;
            Test::Compare(op, if self.word() == "if" { RightSide::Value(self.expr()?) } else { self.right_side()? })
        };
        Some(Setting { path, test, span: self.span(start) })
    }

    fn grants(&mut self) -> Option<Statement> {
        let start = self.take("grants".len());
        let list = self.sum()?;
        self.must("{")?;
        let lines = self.until_closed(Reader::grant_line)?;
        let message = self.otherwise()?;
        Some(Statement::Grants(Box::new(Grants { list, lines, message, span: self.span(start) })))
    }

    fn grant_line(&mut self) -> Option<GrantLine> {
        let start = self.at;
        if self.has("at") {
            self.has("most").then_some(())?;
            let most = self.sum()?;
            return Some(GrantLine::AtMost(most, self.span(start)));
        }
        let allow = self.has("allow");
        if !allow && !self.has("deny") {
            return None;
        }
        let patterns = self.listed(
            |reader| reader.byte() == Some(b'}'),
            |reader| match reader.byte() {
                Some(b'/') => reader.regex().map(Pattern::Regex),
                _ => reader.sum().map(Pattern::Value),
            },
        )?;
        Some(if allow { GrantLine::Allow(patterns) } else { GrantLine::Deny(patterns) })
    }

    fn band(&mut self, depth: u32) -> Option<Band> {
        let start = self.at;
        let above = self.has("above");
        if !above && !self.has("from") {
            return None;
        }
        let bound = self.sum()?;
        let severity = self.severity();
        let asks = match self.byte()? {
            b'{' => Asks::Block(self.block(depth)?),
            b'"' => Asks::Message(self.message()?),
            _ => {
                self.has("expect").then_some(())?;
                let condition = self.expr()?;
                Asks::Expect(condition, self.otherwise()?)
            }
        };
        Some(Band { above, bound, severity, asks, span: self.span(start) })
    }
}
