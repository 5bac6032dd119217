//! Owns how rules and their statements become the tree. It must never know what a rule means.

use super::parse::{Builder, Node, Rule as Grammar, is_keyword};
use super::*;

impl Builder<'_> {
    pub(super) fn rule<'i>(&mut self, mut inner: impl Iterator<Item = Node<'i>>, span: Span) -> Option<Rule> {
        let name = self.name(&inner.next()?);
        let mut rule = Rule { name, head: Vec::new(), body: Vec::new(), span };
        for child in inner {
            if child.as_rule() == Grammar::head_line {
                let head = child.into_inner().next().and_then(|line| self.head(line));
                rule.head.extend(head);
            } else {
                rule.body.extend(self.statement(child, 1));
            }
        }
        Some(rule)
    }

    pub(super) fn head(&mut self, line: Node<'_>) -> Option<Head> {
        let span = self.span(&line);
        let rule = line.as_rule();
        if rule == Grammar::effective {
            return Some(Head { kind: HeadKind::Effective(self.effective(line)?), span });
        }
        let mut inner = line.into_inner().filter(|child| !is_keyword(child.as_rule()));
        let kind = match rule {
            Grammar::head_title => HeadKind::Title(self.string(&inner.next()?)),
            Grammar::head_severity => HeadKind::Severity(Builder::severity(inner.next()?.as_str())),
            Grammar::head_enforcement => HeadKind::Enforcement(match inner.next()?.as_str() {
                "mandatory" => Enforcement::Mandatory,
                "advisory" => Enforcement::Advisory,
                _ => Enforcement::Normal,
            }),
            Grammar::head_rationale => HeadKind::Rationale(self.string(&inner.next()?)),
            Grammar::head_remedy => HeadKind::Remedy(self.string(&inner.next()?)),
            Grammar::head_tags => HeadKind::Tags(inner.map(|tag| self.string(&tag)).collect()),
            Grammar::head_applies => HeadKind::Applies(self.expr(inner.next()?)?),
            Grammar::head_cites => HeadKind::Cites(
                inner
                    .filter_map(|citation| {
                        let mut parts = citation.into_inner();
                        let law = self.qualified(&parts.next()?);
                        let article = parts.next().map(|text| self.string(&text));
                        Some((law, article))
                    })
                    .collect(),
            ),
            _ => return None,
        };
        Some(Head { kind, span })
    }

    fn block(&mut self, node: Node<'_>, depth: u32) -> Vec<Statement> {
        let statements = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
        statements.filter_map(|statement| self.statement(statement, depth + 1)).collect()
    }

    fn statement(&mut self, node: Node<'_>, depth: u32) -> Option<Statement> {
        let node = if node.as_rule() == Grammar::statement { node.into_inner().next()? } else { node };
        let span = self.span(&node);
        if depth > super::parse::POLICY_DEPTH {
            self.error(span, "policy/too-deep", "statements are nested too deep");
            return None;
        }
        let rule = node.as_rule();
        let mut inner =
            node.into_inner().filter(|child| !is_keyword(child.as_rule()) || child.as_rule() == Grammar::k_require);
        match rule {
            Grammar::let_statement => {
                let name = self.name(&inner.next()?);
                Some(Statement::Let(Box::new(Let { name, value: self.expr(inner.next()?)? })))
            }
            Grammar::for_statement => {
                let var = self.name(&inner.next()?);
                let list = self.expr(inner.next()?)?;
                let (mut filter, mut body) = (None, Vec::new());
                for child in inner {
                    if child.as_rule() == Grammar::block {
                        body = self.block(child, depth);
                    } else {
                        filter = child.into_inner().last().and_then(|c| self.expr(c));
                    }
                }
                Some(Statement::For(Box::new(For { var, list, filter, body, span })))
            }
            Grammar::if_statement => {
                let condition = self.expr(inner.next()?)?;
                let then = self.block(inner.next()?, depth);
                let otherwise = match inner.next() {
                    None => Vec::new(),
                    Some(next) if next.as_rule() == Grammar::block => self.block(next, depth),
                    Some(next) => self.statement(next, depth + 1).into_iter().collect(),
                };
                Some(Statement::If(Box::new(If { condition, then, otherwise, span })))
            }
            Grammar::check => {
                let mut check = Check {
                    severity: None,
                    require: false,
                    condition: Expr { kind: ExprKind::Literal(Literal::Bool(true)), span, depth: 1 },
                    at: None,
                    message: None,
                    fix: None,
                    span,
                };
                for child in inner {
                    match child.as_rule() {
                        Grammar::severity => check.severity = Some(Builder::severity(child.as_str())),
                        Grammar::k_require => check.require = true,
                        Grammar::at_clause => {
                            check.at = child.into_inner().last().and_then(|c| self.expr(c)).map(Box::new)
                        }
                        Grammar::else_clause => check.message = self.else_clause(child),
                        Grammar::fix_clause => check.fix = self.fix_clause(child).map(Box::new),
                        _ => check.condition = self.expr(child)?,
                    }
                }
                Some(Statement::Check(Box::new(check)))
            }
            Grammar::settings => {
                let record = self.expr(inner.next()?)?;
                let lines = inner.filter_map(|line| self.setting(line)).collect();
                Some(Statement::Settings(Box::new(Settings { record, lines, span })))
            }
            Grammar::grants => {
                let list = self.expr(inner.next()?)?;
                let (mut lines, mut message) = (Vec::new(), None);
                for child in inner {
                    if child.as_rule() == Grammar::else_clause {
                        message = self.else_clause(child);
                    } else {
                        lines.extend(self.grant_line(child));
                    }
                }
                Some(Statement::Grants(Box::new(Grants { list, lines, message, span })))
            }
            Grammar::threshold => {
                let value = self.expr(inner.next()?)?;
                let bands = inner.filter_map(|band| self.band(band, depth)).collect();
                Some(Statement::Threshold(Box::new(Threshold { value, bands, span })))
            }
            _ => None,
        }
    }

    fn else_clause(&mut self, node: Node<'_>) -> Option<Message> {
        let string = node.into_inner().last()?;
        Some(self.message(&string))
    }

    fn fix_clause(&mut self, node: Node<'_>) -> Option<FixClause> {
        let clause = node.into_inner().last()?;
        let rule = clause.as_rule();
        let mut inner = clause.into_inner().filter(|child| !is_keyword(child.as_rule()));
        let path = self.expr(inner.next()?)?;
        match rule {
            Grammar::fix_set => Some(FixClause::Set(path, self.expr(inner.next()?)?)),
            _ => Some(FixClause::Remove(path)),
        }
    }

    fn setting(&mut self, node: Node<'_>) -> Option<Setting> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let mut path = Vec::new();
        for step in inner.next()?.into_inner() {
            path.push(match step.as_rule() {
                Grammar::index => Step::Index(self.expr(step.into_inner().next()?)?),
                Grammar::field => Step::Field(self.name(&step.into_inner().next()?)),
                _ => Step::Field(self.name_or_string(step)),
            });
        }
        let next = inner.next()?;
        let test = if next.as_rule() == Grammar::is_state {
            Test::State(self.state(next)?)
        } else {
            let op = self.comparator(next)?;
            let right = inner.next()?.into_inner().next()?;
            let right = match right.as_rule() {
                Grammar::right_side => self.right_side(right)?,
                _ => RightSide::Value(self.expr(right)?),
            };
            Test::Compare(op, right)
        };
        Some(Setting { path, test, span })
    }

    fn grant_line(&mut self, node: Node<'_>) -> Option<GrantLine> {
        let line = node.into_inner().next()?;
        let span = self.span(&line);
        let rule = line.as_rule();
        let inner = line.into_inner().filter(|child| !is_keyword(child.as_rule()));
        if rule == Grammar::most_line {
            let most = inner.last()?;
            return Some(GrantLine::AtMost(self.expr(most)?, span));
        }
        let mut patterns = Vec::new();
        for pattern in inner {
            let pattern = pattern.into_inner().next()?;
            patterns.push(match pattern.as_rule() {
                Grammar::regex => Pattern::Regex(self.regex(&pattern)),
                _ => Pattern::Value(self.expr(pattern)?),
            });
        }
        Some(if rule == Grammar::allow_line { GrantLine::Allow(patterns) } else { GrantLine::Deny(patterns) })
    }

    fn band(&mut self, node: Node<'_>, depth: u32) -> Option<Band> {
        let span = self.span(&node);
        let (mut above, mut bound, mut severity, mut asks) = (false, None, None, None);
        for child in node.into_inner() {
            match child.as_rule() {
                Grammar::k_above => above = true,
                Grammar::k_from => {}
                Grammar::severity => severity = Some(Builder::severity(child.as_str())),
                Grammar::block => asks = Some(Asks::Block(self.block(child, depth))),
                Grammar::string => asks = Some(Asks::Message(self.message(&child))),
                Grammar::band_expect => {
                    let (mut condition, mut message) = (None, None);
                    for part in child.into_inner().filter(|part| !is_keyword(part.as_rule())) {
                        if part.as_rule() == Grammar::else_clause {
                            message = self.else_clause(part);
                        } else {
                            condition = self.expr(part);
                        }
                    }
                    asks = Some(Asks::Expect(condition?, message));
                }
                _ => bound = self.expr(child),
            }
        }
        Some(Band { above, bound: bound?, severity, asks: asks?, span })
    }
}
