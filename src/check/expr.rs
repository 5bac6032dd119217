//! Owns how an expression finds its names and its type. It must never know rules or statements.

use super::Checker;
use super::arith::{joined, same_shape};
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::pattern::{NoRegex, Pattern};
use crate::policy::{BinaryOp, Expr, ExprKind, Naming, Quantified};
use crate::schema::{Const, TypeKind, quoted};
use crate::source::Span;
use crate::string::Str;
use crate::syntax::{self, Arguments, Literal, RightSide};
use crate::value::Duration;

impl<'s> Checker<'s> {
    /// Checks an expression; `want` helps a literal to its type. `None` where an error was reported.
    pub(super) fn expr(&mut self, scope: &mut Scope, expr: &syntax::Expr, want: Option<&TypeKind>) -> Option<Expr> {
        let span = expr.span;
        use syntax::ExprKind as S;
        let made = |kind: ExprKind, ty: TypeKind| Some(Expr { kind, ty, span });
        match &expr.kind {
            S::Literal(literal) => {
                let (constant, ty) = match literal {
                    Literal::Today => return made(ExprKind::Today, TypeKind::Date),
                    Literal::Bool(value) => (Const::Bool(*value), TypeKind::Bool),
                    Literal::Int(n) => (Const::Int(*n), TypeKind::Int),
                    Literal::Decimal(n) => (Const::Exact(n.clone()), TypeKind::Decimal),
                    Literal::Percent(n) => (Const::Exact(n.clone()), TypeKind::Percent),
                    Literal::Text(text) => (Const::Text(text.as_str().into()), TypeKind::Text),
                    Literal::Date(day) => (Const::Date(*day), TypeKind::Date),
                    Literal::Duration(months, seconds) => {
                        (Const::Duration(Duration { months: *months, seconds: *seconds }), TypeKind::Duration)
                    }
                };
                made(ExprKind::Const(constant), ty)
            }
            S::Parens(inner) => self.expr(scope, inner, want).map(|inner| Expr { span, ..inner }),
            S::Name(name) => self.name_expr(scope, name, span),
            S::Field(base, name) => self.field_expr(scope, base, name, span),
            S::Index(base, key) => self.index_expr(scope, base, key, span),
            S::Call(call) => self.call(scope, &call.callee, &call.arguments, span),
            S::List(arguments) => match &**arguments {
                Arguments::Values(values) => self.list(scope, values, want, span),
                Arguments::Comprehension(comprehension) => {
                    let open = scope.open();
                    let comprehension = self.comprehension(scope, comprehension);
                    scope.close(open);
                    let comprehension = comprehension?;
                    let ty = TypeKind::List(Box::new(comprehension.element.ty.clone().into()));
                    made(ExprKind::Comprehension(Box::new(comprehension)), ty)
                }
            },
            S::Map(entries) => {
                let of = match want {
                    Some(TypeKind::Map(of)) => Some(of.kind.clone()),
                    _ => None,
                };
                let mut made_entries: Vec<(Str, Expr)> = Vec::new();
                let mut ty = of.clone().unwrap_or(TypeKind::Any);
                let errors = self.errors.len();
                for (key, value) in entries {
                    if made_entries.iter().any(|(known, _)| *known == key.text) {
                        self.error(Diagnostic::error(
                            "policy/duplicate",
                            key.span,
                            format!("the key {} stands twice in this map", quoted(&key.text)),
                        ));
                    }
                    let value = self.expr(scope, value, of.as_ref())?;
                    let value = if of.is_some() { self.fit(value, &ty) } else { value };
                    if ty == TypeKind::Any {
                        ty = value.ty.clone();
                    } else if !self.comparable(&ty, &value.ty) {
                        let (a, b) = (self.type_text(&ty), self.type_text(&value.ty));
                        self.error(Diagnostic::error(
                            "policy/type",
                            value.span,
                            format!("the values of a map are of one type: {a}, and this is {b}"),
                        ));
                    }
                    made_entries.push((key.text.clone(), value));
                }
                if self.errors.len() > errors {
                    return None;
                }
                let ty = TypeKind::Map(Box::new(ty.into()));
                let map = Expr { kind: ExprKind::Map(made_entries), ty, span };
                Some(match self.constant(&map) {
                    Some(constant) => Expr { kind: ExprKind::Const(constant), ..map },
                    None => map,
                })
            }
            S::Not(inner) => {
                let inner = self.truth(scope, inner)?;
                made(ExprKind::Not(Box::new(inner)), TypeKind::Bool)
            }
            S::Minus(inner) => {
                let inner = self.expr(scope, inner, want)?;
                if !matches!(
                    inner.ty,
                    TypeKind::Int | TypeKind::Decimal | TypeKind::Percent | TypeKind::Duration | TypeKind::Any
                ) {
                    let text = self.type_text(&inner.ty);
                    self.error(Diagnostic::error(
                        "policy/type",
                        inner.span,
                        format!("only a number takes a minus sign, and this is {text}"),
                    ));
                    return None;
                }
                let ty = inner.ty.clone();
                made(ExprKind::Minus(Box::new(inner)), ty)
            }
            S::And(parts) | S::Or(parts) => {
                let mut checked = Vec::new();
                let mut failed = false;
                for part in parts {
                    match self.truth(scope, part) {
                        Some(part) => checked.push(part),
                        None => failed = true,
                    }
                }
                if failed {
                    return None;
                }
                let and = matches!(expr.kind, S::And(_));
                made(if and { ExprKind::And(checked) } else { ExprKind::Or(checked) }, TypeKind::Bool)
            }
            S::Arithmetic(op, left, right) => {
                let left_checked = self.expr(scope, left, want);
                let right_checked = self.expr(scope, right, want);
                self.arithmetic(*op, left_checked?, right_checked?, span)
            }
            S::Compare(op, left, right) => {
                let left = self.expr(scope, left, None);
                self.compare_right(scope, *op, left?, right, span)
            }
            S::State(state, inner) => {
                let inner = self.expr(scope, inner, None)?;
                made(ExprKind::State(*state, Box::new(inner)), TypeKind::Bool)
            }
            S::Default(value, fallback) => {
                let value = self.expr(scope, value, want);
                let fallback = self.expr(scope, fallback, value.as_ref().map(|value| &value.ty).or(want));
                let (value, fallback) = (value?, fallback?);
                let fallback = self.fit(fallback, &value.ty.clone());
                if !self.comparable(&value.ty, &fallback.ty) && !same_shape(&value.ty, &fallback.ty) {
                    let (a, b) = (self.type_text(&value.ty), self.type_text(&fallback.ty));
                    self.error(
                        Diagnostic::error("policy/type", fallback.span, format!("{b} cannot stand in for {a}"))
                            .and_at(value.span, a),
                    );
                    return None;
                }
                let ty = joined(&value.ty, &fallback.ty);
                made(ExprKind::Default(Box::new([value, fallback])), ty)
            }
            S::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let condition = self.truth(scope, condition);
                let then = self.expr(scope, then, want);
                let otherwise = self.expr(scope, otherwise, want);
                let (condition, then, otherwise) = (condition?, then?, otherwise?);
                let (then, otherwise) = self.alike(then, otherwise);
                if !self.comparable(&then.ty, &otherwise.ty) && !same_shape(&then.ty, &otherwise.ty) {
                    let (a, b) = (self.type_text(&then.ty), self.type_text(&otherwise.ty));
                    self.error(Diagnostic::error(
                        "policy/type",
                        otherwise.span,
                        format!("both branches give the same type: {a}, and this is {b}"),
                    ));
                    return None;
                }
                let ty = joined(&then.ty, &otherwise.ty);
                made(ExprKind::If(Box::new([condition, then, otherwise])), ty)
            }
            S::Quantifier(which, body) => {
                let list = self.list_expr(scope, &body.list)?;
                let open = scope.open();
                let var = self.bind_name(scope, &body.var, list.1.clone());
                scope.watch(Naming::Loop);
                let filter = match &body.filter {
                    Some(filter) => self.truth(scope, filter).map(Some),
                    None => Some(None),
                };
                let inner = self.truth(scope, &body.body);
                scope.close(open);
                let quantified = Quantified { var, list: list.0, filter: filter?, body: inner? };
                made(ExprKind::Quantifier(*which, Box::new(quantified)), TypeKind::Bool)
            }
            S::Unique(comprehension) => {
                let open = scope.open();
                let comprehension = self.comprehension(scope, comprehension);
                scope.close(open);
                let comprehension = comprehension?;
                let ty = &comprehension.element.ty;
                if !self.comparable(ty, ty) {
                    self.error(
                        Diagnostic::error(
                            "policy/type",
                            comprehension.element.span,
                            "records and maps are not compared as a whole",
                        )
                        .help("name the field that is unique"),
                    );
                }
                made(ExprKind::Unique(Box::new(comprehension)), TypeKind::Bool)
            }
        }
    }

    /// An expression that is true or false.
    pub(super) fn truth(&mut self, scope: &mut Scope, expr: &syntax::Expr) -> Option<Expr> {
        let checked = self.expr(scope, expr, None)?;
        if !matches!(checked.ty, TypeKind::Bool | TypeKind::Any) {
            let text = self.type_text(&checked.ty);
            self.error(
                Diagnostic::error(
                    "policy/type",
                    expr.span,
                    format!("a condition is true or false, and this is {text}"),
                )
                .help("compare it with something, or ask whether it `is set`"),
            );
            return None;
        }
        Some(checked)
    }

    /// The right side of a comparison whose left side is checked already.
    pub(super) fn compare_right(
        &mut self,
        scope: &mut Scope,
        op: BinaryOp,
        left: Expr,
        right: &RightSide,
        span: Span,
    ) -> Option<Expr> {
        match right {
            RightSide::Regex(text) => {
                if op != BinaryOp::Matches {
                    self.error(Diagnostic::error(
                        "policy/type",
                        text.span,
                        "a regular expression stands behind `matches` alone",
                    ));
                    return None;
                }
                self.is_text(&left)?;
                let pattern = self.regex(text)?;
                let right = Expr { kind: ExprKind::Pattern(Box::new(pattern)), ty: TypeKind::Text, span: text.span };
                Some(Expr { kind: ExprKind::Compare(op, Box::new([left, right])), ty: TypeKind::Bool, span })
            }
            RightSide::Range(low, high) => {
                if !matches!(op, BinaryOp::In | BinaryOp::NotIn) {
                    self.error(Diagnostic::error(
                        "policy/type",
                        low.span.to(high.span),
                        "a range stands behind `in` or `not in` alone",
                    ));
                    return None;
                }
                let low = self.expr(scope, low, Some(&left.ty))?;
                let high = self.expr(scope, high, Some(&left.ty))?;
                let (left, low) = self.alike(left, low);
                let (left, high) = self.alike(left, high);
                for end in [&low, &high] {
                    if !self.in_order(&left.ty, &end.ty) {
                        let (a, b) = (self.type_text(&left.ty), self.type_text(&end.ty));
                        let meant = self.meant(&left, end);
                        self.error(
                            Diagnostic::error("policy/type", end.span, format!("{a} cannot lie in a range of {b}"))
                                .and_at(left.span, a)
                                .help_if(meant),
                        );
                        return None;
                    }
                    if !self.one_order(&left.ty, &end.ty) {
                        let error = self.two_orders(&left, end);
                        self.error(error);
                        return None;
                    }
                }
                if let (Some(first), Some(last)) = (self.constant(&low), self.constant(&high))
                    && first.orders(&last).is_some_and(|orders| !orders.less && !orders.equal)
                {
                    let text = |constant: &Const| self.schema().const_text(constant, &left.ty);
                    let message = format!("nothing lies between {} and {}", text(&first), text(&last));
                    self.error(
                        Diagnostic::error("policy/bounds", low.span.to(high.span), message)
                            .warning()
                            .help("the smaller end stands first: `1..5`"),
                    );
                }
                let kind = ExprKind::Range(op == BinaryOp::NotIn, Box::new([left, low, high]));
                Some(Expr { kind, ty: TypeKind::Bool, span })
            }
            RightSide::Value(value) if op == BinaryOp::Matches => {
                self.is_text(&left)?;
                let value = self.expr(scope, value, None)?;
                let right = self.pattern(value)?;
                Some(Expr { kind: ExprKind::Compare(op, Box::new([left, right])), ty: TypeKind::Bool, span })
            }
            RightSide::Value(value) => {
                let want = match op {
                    BinaryOp::In | BinaryOp::NotIn => TypeKind::List(Box::new(left.ty.clone().into())),
                    BinaryOp::Contains => match &left.ty {
                        TypeKind::List(of) => of.kind.clone(),
                        _ => TypeKind::Any,
                    },
                    _ => left.ty.clone(),
                };
                let right = self.expr(scope, value, Some(&want))?;
                Some(self.comparison(op, left, right, span))
            }
        }
    }

    fn is_text(&mut self, expr: &Expr) -> Option<()> {
        if matches!(expr.ty, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_) | TypeKind::Any) {
            return Some(());
        }
        let text = self.type_text(&expr.ty);
        self.error(Diagnostic::error(
            "policy/type",
            expr.span,
            format!("`matches` takes a string, and this is {text}"),
        ));
        None
    }

    pub(super) fn regex(&mut self, text: &syntax::Text) -> Option<Pattern> {
        if let Some(known) = self.regexes.get(text.text.as_str()) {
            return Some(known.clone());
        }
        match Pattern::regex(&text.text) {
            Ok(pattern) => {
                self.regexes.insert(text.text.clone(), pattern.clone());
                Some(pattern)
            }
            Err(error) => {
                let (message, help) = match error {
                    NoRegex::TooLarge => (
                        "this regular expression is too large".to_owned(),
                        "count less in it (`{1000}` is a thousand copies of what stands before), or ask for a length with `len(…)`",
                    ),
                    NoRegex::Wrong(error) => (
                        format!("this is no regular expression: {error}"),
                        "the syntax is that of the Rust crate `regex`: no look-around, no back references",
                    ),
                };
                self.error(Diagnostic::error("policy/regex", text.span, message).help(help));
                None
            }
        }
    }

    /// A string as a wildcard pattern; a literal one is read now.
    pub(super) fn pattern(&mut self, value: Expr) -> Option<Expr> {
        match &value.kind {
            ExprKind::Const(Const::Text(text)) => {
                if text.contains(['{', '}']) {
                    self.error(
                        Diagnostic::error("policy/pattern", value.span, "a brace has no meaning in a pattern")
                            .help("write the alternatives one by one, or a regular expression: /…/"),
                    );
                    return None;
                }
                let pattern = Pattern::glob(text);
                Some(Expr { kind: ExprKind::Pattern(Box::new(pattern)), ty: TypeKind::Text, span: value.span })
            }
            _ if matches!(value.ty, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_) | TypeKind::Any) => {
                Some(value)
            }
            _ => {
                let text = self.type_text(&value.ty);
                self.error(Diagnostic::error(
                    "policy/type",
                    value.span,
                    format!("a pattern is a string, and this is {text}"),
                ));
                None
            }
        }
    }
}
