//! Owns the short way through expressions, loosest operator first. It must never know their types.

use super::super::parse_expr::{
    arguments_depth, as_membership, comprehension_depth, duration_of, number_of, percent_of,
};
use super::*;

const UNITS: [&str; 10] = ["hours", "hour", "days", "day", "weeks", "week", "months", "month", "years", "year"];

impl Reader<'_> {
    fn make(&self, kind: ExprKind, span: Span, depth: u32) -> Option<Expr> {
        (depth <= POLICY_DEPTH).then_some(Expr { kind, span, depth })
    }

    pub(super) fn expr(&mut self) -> Option<Expr> {
        self.deeper(|reader| if reader.word() == "if" { reader.if_expr() } else { reader.connected("or") })
    }

    fn if_expr(&mut self) -> Option<Expr> {
        let start = self.at;
        self.has("if").then_some(())?;
        let condition = self.expr()?;
        self.has("then").then_some(())?;
        let then = self.expr()?;
        self.has("else").then_some(())?;
        let otherwise = self.expr()?;
        let depth = 1 + condition.depth.max(then.depth).max(otherwise.depth);
        self.make(ExprKind::If(Box::new([condition, then, otherwise])), self.span(start), depth)
    }

    /// What `or` joins, or what `and` joins.
    fn connected(&mut self, word: &str) -> Option<Expr> {
        let start = self.at;
        let one = |reader: &mut Self| if word == "or" { reader.connected("and") } else { reader.negated() };
        let first = one(self)?;
        if self.word() != word {
            return Some(first);
        }
        let mut parts = vec![first];
        while self.has(word) {
            parts.push(one(self)?);
        }
        parts.shrink_to_fit();
        let depth = 1 + parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let kind = if word == "or" { ExprKind::Or(parts) } else { ExprKind::And(parts) };
        self.make(kind, self.span(start), depth)
    }

    fn negated(&mut self) -> Option<Expr> {
        let start = self.at;
        if self.has("not") {
            let inner = self.deeper(Reader::negated)?;
            let depth = inner.depth + 1;
            return self.make(ExprKind::Not(Box::new(inner)), self.span(start), depth);
        }
        let which = match self.word() {
            "all" => Quantifier::All,
            "any" => Quantifier::Any,
            "no" => Quantifier::No,
            "unique" => return self.unique(),
            _ => return self.comparison(),
        };
        // Followed by a word it is a quantifier, by anything else a name.
        let behind = self.rest().get(self.word().len()..).unwrap_or("");
        let word = behind.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}', '\u{3000}', '\u{a0}']);
        let is_name = word.len() == behind.len() || !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_name { self.comparison() } else { self.quantifier(which) }
    }

    fn quantifier(&mut self, which: Quantifier) -> Option<Expr> {
        let start = self.take(self.word().len());
        let var = self.name()?;
        self.has("in").then_some(())?;
        let list = self.sum()?;
        let filter = self.filter()?;
        self.must(":")?;
        let body = self.expr()?;
        let depth = 1 + list.depth.max(body.depth).max(filter.as_ref().map_or(0, |filter| filter.depth));
        let body = QuantifierBody { var, list, filter, body };
        self.make(ExprKind::Quantifier(which, Box::new(body)), self.span(start), depth)
    }

    fn unique(&mut self) -> Option<Expr> {
        let start = self.take("unique".len());
        let element = Some(self.sum()?);
        let fors = self.for_clauses()?;
        if fors.is_empty() {
            return None;
        }
        let comprehension = Comprehension { element, fors, per: None };
        let depth = 1 + comprehension_depth(&comprehension);
        self.make(ExprKind::Unique(Box::new(comprehension)), self.span(start), depth)
    }

    fn comparison(&mut self) -> Option<Expr> {
        let start = self.at;
        let left = self.sum()?;
        if self.word() == "is" {
            let state = self.state()?;
            let depth = left.depth + 1;
            return self.make(ExprKind::State(state, Box::new(left)), self.span(start), depth);
        }
        let Some(op) = self.comparator()? else { return Some(left) };
        let right = self.right_side()?;
        let depth = 1 + left.depth.max(match &right {
            RightSide::Value(value) => value.depth,
            RightSide::Range(low, high) => low.depth.max(high.depth),
            RightSide::Regex(_) => 1,
        });
        self.make(ExprKind::Compare(op, Box::new(left), Box::new(right)), self.span(start), depth)
    }

    pub(super) fn state(&mut self) -> Option<State> {
        self.has("is").then_some(())?;
        let state = match self.word() {
            "set" => State::Set,
            "missing" => State::Missing,
            "given" => State::Given,
            _ => return None,
        };
        self.take(self.word().len());
        Some(state)
    }

    /// A comparison's operator; `Some(None)` where none comes next.
    pub(super) fn comparator(&mut self) -> Option<Option<BinaryOp>> {
        const SIGNS: [(&str, BinaryOp); 6] = [
            ("==", BinaryOp::Eq),
            ("!=", BinaryOp::Ne),
            ("<=", BinaryOp::Le),
            (">=", BinaryOp::Ge),
            ("<", BinaryOp::Lt),
            (">", BinaryOp::Gt),
        ];
        if let Some((_, op)) = SIGNS.into_iter().find(|(sign, _)| self.sign(sign)) {
            return Some(Some(op));
        }
        let (op, second) = match self.word() {
            "in" => (BinaryOp::In, ""),
            "overlaps" => (BinaryOp::Overlaps, ""),
            "contains" => (BinaryOp::Contains, ""),
            "matches" => (BinaryOp::Matches, ""),
            "not" => (BinaryOp::NotIn, "in"),
            "subset" => (BinaryOp::Subset, "of"),
            _ => return Some(None),
        };
        self.take(self.word().len());
        (second.is_empty() || self.has(second)).then_some(Some(op))
    }

    pub(super) fn right_side(&mut self) -> Option<RightSide> {
        if self.byte() == Some(b'/') {
            return self.regex().map(RightSide::Regex);
        }
        let low = self.sum()?;
        Some(if self.sign("..") { RightSide::Range(low, self.sum()?) } else { RightSide::Value(low) })
    }

    pub(super) fn sum(&mut self) -> Option<Expr> {
        let mut left = self.product()?;
        loop {
            let op = match self.byte() {
                Some(b'+') => Arith::Add,
                Some(b'-') => Arith::Sub,
                _ => return Some(left),
            };
            self.take(1);
            let right = self.product()?;
            left = self.arithmetic(op, left, right)?;
        }
    }

    fn product(&mut self) -> Option<Expr> {
        let mut left = self.unary()?;
        loop {
            let op = match self.byte() {
                Some(b'*') => Arith::Mul,
                Some(b'/') => Arith::Div,
                Some(b'o') if self.word() == "of" => Arith::Of,
                _ => return Some(left),
            };
            self.take(if op == Arith::Of { 2 } else { 1 });
            let right = self.unary()?;
            left = self.arithmetic(op, left, right)?;
        }
    }

    fn arithmetic(&self, op: Arith, left: Expr, right: Expr) -> Option<Expr> {
        let (span, depth) = (left.span.to(right.span), 1 + left.depth.max(right.depth));
        self.make(ExprKind::Arithmetic(op, Box::new(left), Box::new(right)), span, depth)
    }

    fn unary(&mut self) -> Option<Expr> {
        self.signed(Reader::fallback)
    }

    /// Signs before an operand.
    fn signed(&mut self, operand: fn(&mut Self) -> Option<Expr>) -> Option<Expr> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.take(1);
            let inner = self.deeper(|reader| reader.signed(operand))?;
            let (span, depth) = (Span::new(self.base + start as u32, inner.span.end), inner.depth + 1);
            return self.make(ExprKind::Minus(Box::new(inner)), span, depth);
        }
        operand(self)
    }

    fn fallback(&mut self) -> Option<Expr> {
        let mut expr = self.postfix()?;
        while self.has("default") {
            let value = self.signed(Reader::postfix)?;
            let (span, depth) = (expr.span.to(value.span), 1 + expr.depth.max(value.depth));
            expr = self.make(ExprKind::Default(Box::new(expr), Box::new(value)), span, depth)?;
        }
        Some(expr)
    }

    pub(super) fn postfix(&mut self) -> Option<Expr> {
        let mut expr = self.primary()?;
        loop {
            match self.byte() {
                Some(b'.') if !self.rest().starts_with("..") => {
                    self.take(1);
                    let name = self.name()?;
                    let (span, depth) = (expr.span.to(name.span), expr.depth + 1);
                    expr = self.make(ExprKind::Field(Box::new(expr), name), span, depth)?;
                }
                Some(b'[') => {
                    self.take(1);
                    let index = self.expr()?;
                    self.must("]")?;
                    let span = Span::new(expr.span.start, self.base + self.last as u32);
                    let depth = 1 + expr.depth.max(index.depth);
                    expr = self.make(ExprKind::Index(Box::new(expr), Box::new(index)), span, depth)?;
                }
                _ => return Some(expr),
            }
        }
    }

    fn primary(&mut self) -> Option<Expr> {
        let start = self.at;
        let literal = match self.byte()? {
            b'"' => Literal::Text(self.string()?.text),
            b'0'..=b'9' => self.number()?,
            b'(' => {
                self.take(1);
                let inner = self.expr()?;
                self.must(")")?;
                let depth = inner.depth + 1;
                return self.make(ExprKind::Parens(Box::new(inner)), self.span(start), depth);
            }
            b'[' => return self.list(),
            b'{' => return self.map(),
            _ => match self.word() {
                "" => return None,
                "if" => return self.deeper(Reader::if_expr),
                word @ ("true" | "false") => {
                    self.take(word.len());
                    Literal::Bool(word == "true")
                }
                word @ "today" => {
                    self.take(word.len());
                    Literal::Today
                }
                word => return self.named(word),
            },
        };
        self.make(ExprKind::Literal(literal), self.span(start), 1)
    }

    /// A name, or the call of a function.
    fn named(&mut self, word: &str) -> Option<Expr> {
        let start = self.at;
        let rest = self.rest();
        let second = rest.get(word.len() + 1..).unwrap_or("");
        let second = second.bytes().take_while(|byte| is_word(*byte)).count();
        let dotted = rest.as_bytes().get(word.len()) == Some(&b'.')
            && second > 0
            && !rest.as_bytes().get(word.len() + 1).is_some_and(u8::is_ascii_digit);
        let behind = rest.get(if dotted { word.len() + 1 + second } else { word.len() }..).unwrap_or("");
        let blanks = [' ', '\t', '\r', '\n', '\u{feff}', '\u{3000}', '\u{a0}'];
        if !behind.trim_start_matches(blanks).starts_with('(') {
            self.take(word.len());
            return self.make(ExprKind::Name(word.into()), self.span(start), 1);
        }
        let callee = self.dotted(Reader::word)?;
        self.must("(")?;
        let arguments = self.arguments(b')')?;
        self.must(")")?;
        let depth = 1 + arguments_depth(&arguments);
        self.make(ExprKind::Call(Box::new(Call { callee, arguments })), self.span(start), depth)
    }

    fn list(&mut self) -> Option<Expr> {
        let start = self.take(1);
        let arguments = match self.arguments(b']')? {
            Arguments::Values(mut values) if values.len() == 1 => match values.pop().map(as_membership) {
                Some(Ok(comprehension)) => Arguments::Comprehension(comprehension),
                Some(Err(value)) => Arguments::Values(vec![value]),
                None => Arguments::Values(Vec::new()),
            },
            other => other,
        };
        if matches!(&arguments, Arguments::Comprehension(Comprehension { per: Some(_), .. })) {
            return None;
        }
        self.must("]")?;
        let depth = 1 + arguments_depth(&arguments);
        self.make(ExprKind::List(Box::new(arguments)), self.span(start), depth)
    }

    fn map(&mut self) -> Option<Expr> {
        let start = self.take(1);
        let mut entries = Vec::new();
        if self.byte() != Some(b'}') {
            entries = self.listed(
                |reader| reader.byte() == Some(b'}'),
                |reader| {
                    let key = reader.string()?;
                    reader.must(":")?;
                    Some((key, reader.expr()?))
                },
            )?;
        }
        self.must("}")?;
        let depth = 1 + entries.iter().map(|(_, value)| value.depth).max().unwrap_or(0);
        self.make(ExprKind::Map(entries), self.span(start), depth)
    }

    /// What stands in brackets, up to what closes them.
    fn arguments(&mut self, close: u8) -> Option<Arguments> {
        if self.byte() == Some(close) {
            return Some(Arguments::Values(Vec::new()));
        }
        let first = self.expr()?;
        match self.word() {
            "for" => {
                let fors = self.for_clauses()?;
                let per = self.per()?;
                Some(Arguments::Comprehension(Comprehension { element: Some(first), fors, per }))
            }
            "where" | "per" => {
                let Ok(mut comprehension) = as_membership(first) else { return None };
                let filter = self.filter()?;
                if filter.is_some() {
                    comprehension.fors.first_mut()?.filter = filter;
                    comprehension.fors.extend(self.for_clauses()?);
                }
                comprehension.per = self.per()?;
                Some(Arguments::Comprehension(comprehension))
            }
            _ => {
                let mut values = vec![first];
                while self.sign(",") && self.byte() != Some(close) {
                    values.push(self.expr()?);
                }
                values.shrink_to_fit();
                Some(Arguments::Values(values))
            }
        }
    }

    fn for_clauses(&mut self) -> Option<Vec<ForClause>> {
        let mut fors = Vec::new();
        while self.has("for") {
            let var = self.name()?;
            self.has("in").then_some(())?;
            let list = self.sum()?;
            fors.push(ForClause { var, list, filter: self.filter()? });
        }
        fors.shrink_to_fit();
        Some(fors)
    }

    /// `where c`; `Some(None)` where it does not come next.
    pub(super) fn filter(&mut self) -> Option<Option<Expr>> {
        if self.has("where") { self.expr().map(Some) } else { Some(None) }
    }

    fn per(&mut self) -> Option<Option<Expr>> {
        if self.has("per") { self.expr().map(Some) } else { Some(None) }
    }

    /// A date, a percentage, a duration or a number.
    fn number(&mut self) -> Option<Literal> {
        if self.date_length().is_some() {
            return self.date().map(Literal::Date);
        }
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut length = digits(bytes);
        let fraction = digits(bytes.get(length + 1..).unwrap_or(&[]));
        if bytes.get(length) == Some(&b'.') && fraction > 0 {
            length += 1 + fraction;
        }
        let number = rest.get(..length)?;
        match bytes.get(length) {
            Some(b'%') => {
                self.take(length + 1);
                return percent_of(number);
            }
            Some(byte) if is_word(*byte) => return None,
            _ => {}
        }
        self.take(length);
        let unit = self.word();
        if UNITS.contains(&unit) {
            self.take(unit.len());
            return duration_of(number.replace('_', "").parse().ok()?, unit);
        }
        number_of(number, false)
    }
}

/// How many bytes digits take, with single underscores between them.
fn digits(bytes: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let under = usize::from(length > 0 && bytes.get(length) == Some(&b'_'));
        if !bytes.get(length + under).is_some_and(u8::is_ascii_digit) {
            return length;
        }
        length += under + 1;
    }
}
