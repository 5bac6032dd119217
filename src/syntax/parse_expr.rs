//! Owns how expressions, literals and messages become the tree. It must never know their types.

use super::parse::{Builder, Node, POLICY_DEPTH, Rule as Grammar, is_keyword};
use super::*;
use crate::diagnostic::Diagnostic;

impl Builder<'_> {
    fn make(&mut self, kind: ExprKind, span: Span, depth: u32) -> Option<Expr> {
        if depth > POLICY_DEPTH {
            let error = Diagnostic::error(
                "policy/too-deep",
                span,
                format!("an expression is nested deeper than {POLICY_DEPTH} levels"),
            )
            .help("give its parts names with `let`");
            if self.errors.last().is_none_or(|last| last.code != error.code) {
                self.errors.push(error);
            }
            return None;
        }
        Some(Expr { kind, span, depth })
    }

    /// Any node that stands for an expression.
    pub(super) fn expr(&mut self, node: Node<'_>) -> Option<Expr> {
        let span = self.span(&node);
        match node.as_rule() {
            Grammar::expr | Grammar::primary => self.expr(node.into_inner().next()?),
            Grammar::if_expr => {
                let mut parts = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
                let condition = self.expr(parts.next()?)?;
                let then = self.expr(parts.next()?)?;
                let otherwise = self.expr(parts.next()?)?;
                let depth = 1 + condition.depth.max(then.depth).max(otherwise.depth);
                self.make(ExprKind::If(Box::new([condition, then, otherwise])), span, depth)
            }
            rule @ (Grammar::or_expr | Grammar::and_expr) => {
                let mut parts = Vec::new();
                for child in node.into_inner().filter(|child| !is_keyword(child.as_rule())) {
                    parts.push(self.expr(child)?);
                }
                if parts.len() == 1 {
                    return parts.pop();
                }
                let depth = 1 + parts.iter().map(|part| part.depth).max().unwrap_or(0);
                self.make(
                    if rule == Grammar::or_expr { ExprKind::Or(parts) } else { ExprKind::And(parts) },
                    span,
                    depth,
                )
            }
            Grammar::not_expr => {
                let (mut nots, mut inner) = (Vec::new(), None);
                for child in node.into_inner() {
                    if child.as_rule() == Grammar::k_not {
                        nots.push(self.span(&child));
                    } else {
                        inner = self.expr(child);
                    }
                }
                let mut expr = inner?;
                for not in nots.into_iter().rev() {
                    let (span, depth) = (not.to(expr.span), expr.depth + 1);
                    expr = self.make(ExprKind::Not(Box::new(expr)), span, depth)?;
                }
                Some(expr)
            }
            Grammar::quantifier => self.quantifier(node, span),
            Grammar::unique => {
                let mut parts = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
                let element = Some(self.expr(parts.next()?)?);
                let fors: Option<Vec<ForClause>> = parts.map(|clause| self.for_clause(clause)).collect();
                let comprehension = Comprehension { element, fors: fors?, per: None };
                let depth = 1 + comprehension_depth(&comprehension);
                self.make(ExprKind::Unique(Box::new(comprehension)), span, depth)
            }
            Grammar::comparison => {
                let mut parts = node.into_inner();
                let left = self.expr(parts.next()?)?;
                let Some(next) = parts.next() else { return Some(left) };
                if next.as_rule() == Grammar::is_state {
                    let (state, depth) = (self.state(next)?, left.depth + 1);
                    return self.make(ExprKind::State(state, Box::new(left)), span, depth);
                }
                let op = self.comparator(next)?;
                let right = self.right_side(parts.next()?)?;
                let depth = 1 + left.depth.max(match &right {
                    RightSide::Value(value) => value.depth,
                    RightSide::Range(low, high) => low.depth.max(high.depth),
                    RightSide::Regex(_) => 1,
                });
                self.make(ExprKind::Compare(op, Box::new(left), Box::new(right)), span, depth)
            }
            Grammar::sum | Grammar::product => {
                let mut parts = node.into_inner();
                let mut left = self.expr(parts.next()?)?;
                while let Some(op) = parts.next() {
                    let op = match op.as_rule() {
                        Grammar::plus => Arith::Add,
                        Grammar::minus => Arith::Sub,
                        Grammar::times => Arith::Mul,
                        Grammar::divide => Arith::Div,
                        _ => Arith::Of,
                    };
                    let right = self.expr(parts.next()?)?;
                    let (span, depth) = (left.span.to(right.span), 1 + left.depth.max(right.depth));
                    left = self.make(ExprKind::Arithmetic(op, Box::new(left), Box::new(right)), span, depth)?;
                }
                Some(left)
            }
            Grammar::unary | Grammar::fallback_value => {
                let mut signs = Vec::new();
                let mut inner = None;
                for child in node.into_inner() {
                    if child.as_rule() == Grammar::minus {
                        signs.push(self.span(&child));
                    } else {
                        inner = Some(child);
                    }
                }
                let inner = inner?;
                // The smallest whole number has no positive counterpart: its sign is read with it.
                if let Some(sign) = signs.last().copied()
                    && let Some(digits) = lone_number(&inner)
                    && let Some(literal @ Literal::Int(i64::MIN)) = self.literal_quiet(&digits)
                {
                    signs.pop();
                    let mut expr = self.make(ExprKind::Literal(literal), sign.to(self.span(&digits)), 1)?;
                    for sign in signs.into_iter().rev() {
                        let (span, depth) = (sign.to(expr.span), expr.depth + 1);
                        expr = self.make(ExprKind::Minus(Box::new(expr)), span, depth)?;
                    }
                    return Some(expr);
                }
                let mut expr = self.expr(inner)?;
                for sign in signs.into_iter().rev() {
                    let (span, depth) = (sign.to(expr.span), expr.depth + 1);
                    expr = self.make(ExprKind::Minus(Box::new(expr)), span, depth)?;
                }
                Some(expr)
            }
            Grammar::fallback => {
                let mut parts = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
                let mut expr = self.expr(parts.next()?)?;
                for value in parts {
                    let value = self.expr(value)?;
                    let (span, depth) = (expr.span.to(value.span), 1 + expr.depth.max(value.depth));
                    expr = self.make(ExprKind::Default(Box::new(expr), Box::new(value)), span, depth)?;
                }
                Some(expr)
            }
            Grammar::postfix => {
                let mut parts = node.into_inner();
                let mut expr = self.expr(parts.next()?)?;
                for step in parts {
                    let span = expr.span.to(self.span(&step));
                    let inner = step.clone().into_inner().next()?;
                    let kind = if step.as_rule() == Grammar::field {
                        let depth = expr.depth + 1;
                        let name = self.name(&inner);
                        expr = self.make(ExprKind::Field(Box::new(expr), name), span, depth)?;
                        continue;
                    } else {
                        self.expr(inner)?
                    };
                    let depth = 1 + expr.depth.max(kind.depth);
                    expr = self.make(ExprKind::Index(Box::new(expr), Box::new(kind)), span, depth)?;
                }
                Some(expr)
            }
            Grammar::name => self.make(ExprKind::Name(node.as_str().trim().into()), span, 1),
            Grammar::parens => {
                let inner = self.expr(node.into_inner().next()?)?;
                let depth = inner.depth + 1;
                self.make(ExprKind::Parens(Box::new(inner)), span, depth)
            }
            Grammar::call => {
                let mut parts = node.into_inner();
                let callee = self.qualified(&parts.next()?);
                let arguments = match parts.find(|part| part.as_rule() == Grammar::arguments) {
                    Some(arguments) => self.arguments(arguments)?,
                    None => Arguments::Values(Vec::new()),
                };
                let depth = 1 + arguments_depth(&arguments);
                self.make(ExprKind::Call(Box::new(Call { callee, arguments })), span, depth)
            }
            Grammar::list => {
                let arguments = match node.into_inner().find(|part| part.as_rule() == Grammar::arguments) {
                    Some(arguments) => self.arguments(arguments)?,
                    None => Arguments::Values(Vec::new()),
                };
                let arguments = match arguments {
                    Arguments::Values(mut values) if values.len() == 1 => match values.pop().map(as_membership) {
                        Some(Ok(comprehension)) => Arguments::Comprehension(comprehension),
                        Some(Err(value)) => Arguments::Values(vec![value]),
                        None => Arguments::Values(Vec::new()),
                    },
                    other => other,
                };
                if let Arguments::Comprehension(Comprehension { per: Some(per), .. }) = &arguments {
                    let place = per.span;
                    self.error(place, "policy/syntax", "`per` stands in `sum(…)` alone");
                }
                let depth = 1 + arguments_depth(&arguments);
                self.make(ExprKind::List(Box::new(arguments)), span, depth)
            }
            Grammar::map => {
                let mut entries = Vec::new();
                for entry in node.into_inner().filter(|child| !is_keyword(child.as_rule())) {
                    let mut parts = entry.into_inner().filter(|child| !is_keyword(child.as_rule()));
                    let key = self.string(&parts.next()?);
                    entries.push((key, self.expr(parts.next()?)?));
                }
                let depth = 1 + entries.iter().map(|(_, value)| value.depth).max().unwrap_or(0);
                self.make(ExprKind::Map(entries), span, depth)
            }
            _ => {
                let literal = self.literal(&node, false)?;
                self.make(ExprKind::Literal(literal), span, 1)
            }
        }
    }

    fn quantifier(&mut self, node: Node<'_>, span: Span) -> Option<Expr> {
        let mut parts = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
        let which = match parts.next()?.as_str() {
            "all" => Quantifier::All,
            "any" => Quantifier::Any,
            _ => Quantifier::No,
        };
        let var = self.name(&parts.next()?);
        let list = self.expr(parts.next()?)?;
        let mut next = parts.next()?;
        let mut filter = None;
        if next.as_rule() == Grammar::where_clause {
            filter = Some(self.expr(next.into_inner().last()?)?);
            next = parts.next()?;
        }
        let body = self.expr(next)?;
        let depth = 1 + list.depth.max(body.depth).max(filter.as_ref().map_or(0, |filter| filter.depth));
        self.make(ExprKind::Quantifier(which, Box::new(QuantifierBody { var, list, filter, body })), span, depth)
    }

    fn arguments(&mut self, node: Node<'_>) -> Option<Arguments> {
        let (mut values, mut fors, mut filter, mut per) = (Vec::new(), Vec::new(), None, None);
        for child in node.into_inner() {
            match child.as_rule() {
                Grammar::for_clause => fors.push(self.for_clause(child)?),
                Grammar::more_for => fors.push(self.for_clause(child.into_inner().next()?)?),
                Grammar::where_clause => filter = Some(self.expr(child.into_inner().last()?)?),
                Grammar::per_clause => per = Some(self.expr(child.into_inner().last()?)?),
                _ => values.push(self.expr(child)?),
            }
        }
        if fors.is_empty() && filter.is_none() && per.is_none() {
            return Some(Arguments::Values(values));
        }
        let element = values.pop()?;
        if filter.is_none() && !fors.is_empty() {
            return Some(Arguments::Comprehension(Comprehension { element: Some(element), fors, per }));
        }
        // `x in xs where c`: the membership is a `for` of its own.
        let place = element.span;
        match as_membership(element) {
            Ok(mut comprehension) => {
                if let Some(first) = comprehension.fors.first_mut() {
                    first.filter = filter;
                }
                comprehension.fors.extend(fors);
                comprehension.per = per;
                Some(Arguments::Comprehension(comprehension))
            }
            Err(_) => {
                self.errors.push(
                    Diagnostic::error("policy/syntax", place, "`where` and `per` need a list to go through")
                        .help("write `x in xs where …`, or `e for x in xs where …`"),
                );
                None
            }
        }
    }

    fn for_clause(&mut self, node: Node<'_>) -> Option<ForClause> {
        let mut parts = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
        let var = self.name(&parts.next()?);
        let list = self.expr(parts.next()?)?;
        let filter = match parts.next() {
            Some(clause) => Some(self.expr(clause.into_inner().last()?)?),
            None => None,
        };
        Some(ForClause { var, list, filter })
    }

    pub(super) fn comparator(&mut self, node: Node<'_>) -> Option<BinaryOp> {
        Some(match node.into_inner().next()?.as_rule() {
            Grammar::op_eq => BinaryOp::Eq,
            Grammar::op_ne => BinaryOp::Ne,
            Grammar::op_le => BinaryOp::Le,
            Grammar::op_ge => BinaryOp::Ge,
            Grammar::op_lt => BinaryOp::Lt,
            Grammar::op_gt => BinaryOp::Gt,
            Grammar::not_in => BinaryOp::NotIn,
            Grammar::k_in => BinaryOp::In,
            Grammar::subset_of => BinaryOp::Subset,
            Grammar::k_overlaps => BinaryOp::Overlaps,
            Grammar::k_contains => BinaryOp::Contains,
            Grammar::k_matches => BinaryOp::Matches,
            _ => return None,
        })
    }

    pub(super) fn state(&mut self, node: Node<'_>) -> Option<State> {
        Some(match node.into_inner().last()?.as_rule() {
            Grammar::k_set => State::Set,
            Grammar::k_missing => State::Missing,
            _ => State::Given,
        })
    }

    pub(super) fn right_side(&mut self, node: Node<'_>) -> Option<RightSide> {
        let mut parts = node.into_inner();
        let first = parts.next()?;
        if first.as_rule() == Grammar::regex {
            return Some(RightSide::Regex(self.regex(&first)));
        }
        let low = self.expr(first)?;
        Some(match parts.next() {
            Some(high) => RightSide::Range(low, self.expr(high)?),
            None => RightSide::Value(low),
        })
    }

    // ---- literals ----------------------------------------------------------------------------------------------

    fn literal_quiet(&mut self, node: &Node<'_>) -> Option<Literal> {
        let known = self.errors.len();
        let literal = self.literal(node, true);
        self.errors.truncate(known);
        literal
    }

    pub(super) fn literal(&mut self, node: &Node<'_>, negative: bool) -> Option<Literal> {
        let span = self.span(node);
        let text = node.as_str();
        match node.as_rule() {
            Grammar::k_true => Some(Literal::Bool(true)),
            Grammar::k_false => Some(Literal::Bool(false)),
            Grammar::k_today => Some(Literal::Today),
            Grammar::string => Some(Literal::Text(self.string(node).text)),
            Grammar::date => self.date(node).map(Literal::Date),
            Grammar::percent => percent_of(text).or_else(|| self.too_large(text, span)),
            Grammar::number => number_of(text, negative).or_else(|| self.too_large(text, span)),
            Grammar::duration | Grammar::duration_of_field => {
                let mut parts = node.clone().into_inner();
                let number: String = parts.next()?.as_str().chars().filter(|c| *c != '_').collect();
                let unit = parts.next()?.as_str();
                if number.contains('.') {
                    self.error(span, "policy/literal", "a duration counts whole units");
                    return None;
                }
                let Ok(count) = number.parse::<i64>() else { return self.too_large(&number, span) };
                duration_of(count, unit).or_else(|| self.too_large(unit, span))
            }
            _ => None,
        }
    }

    /// A number that is written so, beyond what there is room for.
    fn too_large<T>(&mut self, text: &str, span: Span) -> Option<T> {
        let help = if text.contains(['.', '%']) {
            "a decimal or percentage holds at most 38 digits, those behind the point included"
        } else {
            "whole numbers have 64 bits: up to 9_223_372_036_854_775_807"
        };
        self.errors.push(Diagnostic::error("policy/literal", span, "this number is out of range").help(help));
        None
    }

    /// Days since 1970-01-01.
    pub(super) fn date(&mut self, node: &Node<'_>) -> Option<i32> {
        let span = self.span(node);
        let days = crate::value::parse_date(node.as_str());
        if days.is_none() {
            self.errors.push(
                Diagnostic::error("policy/literal", span, format!("there is no day {}", node.as_str()))
                    .help("a date is written as year, month, day: `2026-01-31`"),
            );
        }
        days
    }

    // ---- strings -----------------------------------------------------------------------------------------------

    pub(super) fn string(&mut self, node: &Node<'_>) -> Text {
        let span = self.span(node);
        self.string_of(node.as_str(), span)
    }

    /// A string as it is written, quotes included.
    pub(super) fn string_of(&mut self, raw: &str, span: Span) -> Text {
        if let Some(inner) = raw.strip_prefix("\"\"\"").and_then(|rest| rest.strip_suffix("\"\"\"")) {
            let text = self.unescape(&dedent(inner), span).into();
            return Text { text, span };
        }
        let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        Text { text: self.unescape(inner, span).into(), span }
    }

    fn unescape(&mut self, raw: &str, span: Span) -> String {
        let mut out = String::with_capacity(raw.len());
        let mut chars = raw.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c @ ('"' | '\\')) => out.push(c),
                Some('u') => {
                    let code: Option<String> = chars
                        .as_str()
                        .strip_prefix('{')
                        .and_then(|rest| rest.split_once('}'))
                        .map(|(hex, _)| hex.to_owned());
                    let value =
                        code.as_deref().filter(|hex| hex.len() <= 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                    match (value.and_then(char::from_u32), code) {
                        (Some(value), Some(code)) => {
                            out.push(value);
                            chars = chars.as_str().get(code.len() + 2..).unwrap_or("").chars();
                        }
                        _ => self.error(
                            span,
                            "policy/escape",
                            "`\\u{…}` takes the number of a character, in hexadecimal",
                        ),
                    }
                }
                other => {
                    let escape = other.map(String::from).unwrap_or_default();
                    let error = Diagnostic::error("policy/escape", span, format!("`\\{escape}` is no escape"))
                        .help("the escapes are \\\" \\\\ \\n \\t \\u{…}");
                    self.errors.push(error);
                }
            }
        }
        out
    }

    /// The content of `/…/`; `\/` is a slash.
    pub(super) fn regex(&mut self, node: &Node<'_>) -> Text {
        regex_of(node.as_str(), self.span(node))
    }

    /// A message: its braces hold expressions.
    pub(super) fn message(&mut self, node: &Node<'_>) -> Message {
        let span = self.span(node);
        self.message_of(node.as_str(), node.as_span().start() + self.shift, span)
    }

    /// A message as it is written, so many bytes into the text.
    pub(super) fn message_of(&mut self, raw: &str, at: usize, span: Span) -> Message {
        let quotes = if raw.starts_with("\"\"\"") { 3 } else { 1 };
        let inner = raw.get(quotes..raw.len().saturating_sub(quotes)).unwrap_or("");
        let long = if quotes == 3 { Long::of(inner) } else { Long::short(inner) };
        let inner = inner.get(..long.end).unwrap_or("");
        // Where the content begins in the text of the file.
        let origin = at + quotes;
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut at = long.start;
        // How much of a line's indent is still to come.
        let mut indent = if long.at_line { long.indent } else { 0 };
        while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
            if indent > 0 && rest.starts_with([' ', '\t']) {
                indent -= 1;
                at += 1;
                continue;
            }
            indent = 0;
            if rest.starts_with("\r\n") {
                at += 1;
            } else if rest.starts_with('\n') {
                text.push('\n');
                at += 1;
                indent = long.indent;
            } else if rest.starts_with("{{") || rest.starts_with("}}") {
                text.push_str(rest.get(..1).unwrap_or(""));
                at += 2;
            } else if rest.starts_with('{') {
                let Some(length) = closing_brace(rest) else {
                    let place = self.base + (origin + at) as u32;
                    self.errors.push(
                        Diagnostic::error("policy/syntax", Span::new(place, place + 1), "this brace is not closed")
                            .help("a brace that is meant as such is written twice: `{{`"),
                    );
                    break;
                };
                let piece = std::mem::take(&mut text);
                self.push_text(&mut parts, &piece, span);
                let slice = rest.get(1..length - 1).unwrap_or("");
                let plain = unquote(slice);
                if let Some(expr) = self.expr_text(&plain, origin + at + 1) {
                    parts.push(Part::Expr(expr));
                }
                at += length;
            } else if rest.starts_with("\\u{") {
                let length = rest.find('}').map_or(rest.len(), |end| end + 1);
                text.push_str(rest.get(..length).unwrap_or(""));
                at += length;
            } else {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                text.push_str(rest.get(..length).unwrap_or(""));
                at += length;
            }
        }
        self.push_text(&mut parts, &text, span);
        Message { parts, span }
    }

    fn push_text(&mut self, parts: &mut Vec<Part>, raw: &str, span: Span) {
        if !raw.is_empty() {
            let text = self.unescape(raw, span);
            parts.push(Part::Text(text.into()));
        }
    }
}

/// `/…/` as it is written; `\/` is a slash.
pub(super) fn regex_of(raw: &str, span: Span) -> Text {
    let inner = raw.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(raw);
    Text { text: inner.replace("\\/", "/").into(), span }
}

/// `80%`, as a share of 1; `None` beyond the range.
pub(super) fn percent_of(text: &str) -> Option<Literal> {
    let value = exact(text.trim_end_matches('%'))?;
    num_traits::CheckedDiv::checked_div(&value, &Exact::from_integer(100)).map(|it| Literal::Percent(Box::new(it)))
}

/// A whole number or a decimal; `None` beyond the range.
pub(super) fn number_of(text: &str, negative: bool) -> Option<Literal> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if digits.contains('.') {
        return exact(&digits).map(|it| Literal::Decimal(Box::new(it)));
    }
    let signed = if negative { format!("-{digits}") } else { digits };
    signed.parse().ok().map(Literal::Int)
}

/// So many of a unit; `None` beyond the range.
pub(super) fn duration_of(count: i64, unit: &str) -> Option<Literal> {
    Some(match unit.trim_end_matches('s') {
        "hour" => Literal::Duration(0, count.checked_mul(3_600)?),
        "day" => Literal::Duration(0, count.checked_mul(86_400)?),
        "week" => Literal::Duration(0, count.checked_mul(7 * 86_400)?),
        "month" => Literal::Duration(count, 0),
        _ => Literal::Duration(count.checked_mul(12)?, 0),
    })
}

/// `x in xs`, seen as a `for`.
pub(super) fn as_membership(expr: Expr) -> Result<Comprehension, Expr> {
    match expr.kind {
        ExprKind::Compare(BinaryOp::In, left, right) => match (left.kind, *right) {
            (ExprKind::Name(text), RightSide::Value(list)) => {
                let clause = ForClause { var: Name { text, span: left.span }, list, filter: None };
                Ok(Comprehension { element: None, fors: vec![clause], per: None })
            }
            (kind, right) => {
                let left = Box::new(Expr { kind, span: left.span, depth: left.depth });
                Err(Expr {
                    kind: ExprKind::Compare(BinaryOp::In, left, Box::new(right)),
                    span: expr.span,
                    depth: expr.depth,
                })
            }
        },
        kind => Err(Expr { kind, span: expr.span, depth: expr.depth }),
    }
}

/// The number that an operand is made of alone.
fn lone_number<'i>(node: &Node<'i>) -> Option<Node<'i>> {
    let mut node = node.clone();
    loop {
        if node.as_rule() == Grammar::number {
            return Some(node);
        }
        let mut inner = node.into_inner().filter(|child| !is_keyword(child.as_rule()));
        let first = inner.next()?;
        if inner.next().is_some() {
            return None;
        }
        node = first;
    }
}

pub(super) fn comprehension_depth(comprehension: &Comprehension) -> u32 {
    let fors =
        comprehension.fors.iter().map(|f| f.list.depth.max(f.filter.as_ref().map_or(0, |filter| filter.depth))).max();
    let element = comprehension.element.as_ref().map_or(0, |e| e.depth);
    element.max(fors.unwrap_or(0)).max(comprehension.per.as_ref().map_or(0, |per| per.depth))
}

pub(super) fn arguments_depth(arguments: &Arguments) -> u32 {
    match arguments {
        Arguments::Values(values) => values.iter().map(|value| value.depth).max().unwrap_or(0),
        Arguments::Comprehension(comprehension) => comprehension_depth(comprehension),
    }
}

/// The exact value of digits with an optional fraction; underscores are passed over.
fn exact(digits: &str) -> Option<Exact> {
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    crate::value::parse_exact(&digits)
}

/// How many bytes an expression in braces takes, both braces included; strings inside it may hold braces.
fn closing_brace(rest: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0usize, false);
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                if let Some((_, '"')) = chars.peek() {
                    quoted = !quoted;
                }
                chars.next();
            }
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Takes the backslashes off the quotes of an expression in a message, without moving anything else: an opening `\"`
/// becomes ` "`, a closing one `" `.
fn unquote(slice: &str) -> String {
    let mut out = String::with_capacity(slice.len());
    let mut open = false;
    let mut chars = slice.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.peek() == Some(&'"') {
            chars.next();
            out.push_str(if open { "\" " } else { " \"" });
            open = !open;
        } else {
            out.push(c);
        }
    }
    out
}

/// What of a string over several lines is its content.
struct Long {
    /// Where it begins: behind the first line where that is blank.
    start: usize,
    /// Where it ends: before the last line where that is blank.
    end: usize,
    /// It begins a line.
    at_line: bool,
    /// How many blanks all its lines begin with.
    indent: usize,
}

impl Long {
    /// Of a string on one line it is all.
    fn short(inner: &str) -> Long {
        Long { start: 0, end: inner.len(), at_line: false, indent: 0 }
    }

    fn of(inner: &str) -> Long {
        let mut long = Long::short(inner);
        if let Some(first) = inner.find('\n').filter(|at| inner.get(..*at).unwrap_or("").trim().is_empty()) {
            (long.start, long.at_line) = (first + 1, true);
        }
        let body = inner.get(long.start..).unwrap_or("");
        if let Some(last) = body.rfind('\n').filter(|at| body.get(*at..).unwrap_or("").trim().is_empty()) {
            long.end = long.start + last;
            long.end -= usize::from(inner.get(..long.end).is_some_and(|text| text.ends_with('\r')));
        }
        let body = inner.get(long.start..long.end).unwrap_or("");
        let lines = body.split('\n').skip(usize::from(!long.at_line)).filter(|line| !line.trim().is_empty());
        let indents = lines.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
        long.indent = indents.min().unwrap_or(0);
        long
    }
}

/// Takes the common indent off the lines of a long string, and the first and last line where they are blank.
fn dedent(inner: &str) -> String {
    let long = Long::of(inner);
    let body = inner.get(long.start..long.end).unwrap_or("");
    let mut out = String::with_capacity(body.len());
    for (n, line) in body.split('\n').enumerate() {
        let indented = n > 0 || long.at_line;
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let line = if indented { line.get(long.indent.min(blanks)..).unwrap_or("") } else { line };
        if n > 0 {
            out.push('\n');
        }
        out.push_str(line.trim_end_matches('\r'));
    }
    out
}
