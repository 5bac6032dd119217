//! Owns which types may meet in a comparison, and how a literal takes the type of what it meets. It must never know names.

use super::Checker;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::{Arith, BinaryOp, Expr, ExprKind};
use crate::schema::{Const, EnumId, TypeKind, quoted};
use crate::source::Span;
use crate::string::Str;
use crate::value::Exact;

impl Checker<'_> {
    /// Gives a literal the type that it meets: a string becomes a value of an enum, a whole number a decimal.
    pub(super) fn fit(&mut self, expr: Expr, want: &TypeKind) -> Expr {
        let Expr { kind, ty, span } = expr;
        match (kind, want) {
            (ExprKind::Const(Const::Text(text)), TypeKind::Enum(id)) => match self.enum_value(*id, &text, span) {
                Some(constant) => Expr { kind: ExprKind::Const(constant), ty: want.clone(), span },
                None => Expr { kind: ExprKind::Const(Const::Text(text)), ty: TypeKind::Any, span },
            },
            (ExprKind::Const(Const::Text(text)), TypeKind::Worded(_, words)) => {
                if !words.iter().any(|word| **word == *text) {
                    self.error(
                        Diagnostic::error(
                            "policy/enum",
                            span,
                            format!("{} is none of the words beside this number", quoted(&text)),
                        )
                        .help(word_meant(&text, words)),
                    );
                }
                Expr { kind: ExprKind::Const(Const::Text(text)), ty: want.clone(), span }
            }
            (ExprKind::Let(index), _) if self.is_written_word(index, want) => {
                let expr = Expr { kind: ExprKind::Let(index), ty: want.clone(), span };
                self.check_named_words(&expr, want);
                expr
            }
            (ExprKind::Const(Const::Int(n)), TypeKind::Decimal) => Expr {
                kind: ExprKind::Const(Const::exact(Exact::from_integer(i128::from(n)))),
                ty: TypeKind::Decimal,
                span,
            },
            (ExprKind::Const(Const::List(values)), TypeKind::List(of)) => {
                let element = match &ty {
                    TypeKind::List(of) => of.kind.clone(),
                    _ => TypeKind::Any,
                };
                let mut fitted = Vec::with_capacity(values.len());
                let mut changed = false;
                for value in values {
                    let value = self.fit(Expr { kind: ExprKind::Const(value), ty: element.clone(), span }, &of.kind);
                    changed |= value.ty != element;
                    if let ExprKind::Const(constant) = value.kind {
                        fitted.push(constant);
                    }
                }
                let ty = if changed || fitted.is_empty() { want.clone() } else { ty };
                Expr { kind: ExprKind::Const(Const::List(fitted.into())), ty, span }
            }
            (ExprKind::Const(Const::Map(entries)), TypeKind::Map(of)) => {
                let mut fitted = indexmap::IndexMap::new();
                for (key, value) in *entries {
                    let own = self.type_of_const(&value);
                    let value = self.fit(Expr { kind: ExprKind::Const(value), ty: own, span }, &of.kind);
                    if let ExprKind::Const(constant) = value.kind {
                        fitted.insert(key, constant);
                    }
                }
                Expr { kind: ExprKind::Const(Const::Map(Box::new(fitted))), ty: want.clone(), span }
            }
            (ExprKind::List(values), TypeKind::List(of)) => {
                let values: Vec<Expr> = values.into_iter().map(|value| self.fit(value, &of.kind)).collect();
                Expr { kind: ExprKind::List(values), ty, span }
            }
            (ExprKind::Arithmetic(Arith::Add, sides), TypeKind::List(_)) => {
                let [left, right] = *sides;
                let (left, right) = (self.fit(left, want), self.fit(right, want));
                Expr { kind: ExprKind::Arithmetic(Arith::Add, Box::new([left, right])), ty, span }
            }
            (ExprKind::If(parts), _) => {
                let [condition, then, otherwise] = *parts;
                let (then, otherwise) = (self.fit(then, want), self.fit(otherwise, want));
                let ty = super::arith::joined(&then.ty, &otherwise.ty);
                Expr { kind: ExprKind::If(Box::new([condition, then, otherwise])), ty, span }
            }
            (kind, _) => {
                let expr = Expr { kind, ty, span };
                self.check_named_words(&expr, want);
                expr
            }
        }
    }

    /// A literal behind a `let` is held against the enum that it meets, too.
    fn check_named_words(&mut self, expr: &Expr, want: &TypeKind) {
        let ExprKind::Let(index) = expr.kind else { return };
        let Some(value) = self.policy.lets.get(index).map(|item| item.value.clone()) else { return };
        let (of, texts): (&TypeKind, Vec<&Const>) = match (&value.kind, want) {
            (ExprKind::Const(text @ Const::Text(_)), of) => (of, vec![text]),
            (ExprKind::Const(Const::List(values)), TypeKind::List(of)) => (&of.kind, values.iter().collect()),
            _ => return,
        };
        let (words, what) = match of {
            TypeKind::Enum(id) => (self.schema().values(*id).to_vec(), "the enum that this meets has no value"),
            TypeKind::Worded(_, words) => (words.to_vec(), "the number that this meets has no word"),
            _ => return,
        };
        for text in texts {
            if let Const::Text(text) = text
                && !words.iter().any(|word| **word == **text)
            {
                self.error(
                    Diagnostic::error("policy/enum", expr.span, format!("{what} {}", quoted(text)))
                        .help(word_meant(text, &words)),
                );
            }
        }
    }

    /// Whether a `let` stands for a word beside a number, or a list of them: it stands for what it is made of.
    fn is_written_word(&self, index: usize, want: &TypeKind) -> bool {
        let Some(ExprKind::Const(value)) = self.policy.lets.get(index).map(|item| &item.value.kind) else {
            return false;
        };
        match (value, want) {
            (Const::Text(_), TypeKind::Worded(..)) => true,
            (Const::List(values), TypeKind::List(of)) => {
                matches!(of.kind, TypeKind::Worded(..)) && values.iter().all(|value| matches!(value, Const::Text(_)))
            }
            _ => false,
        }
    }

    /// Why two values that do not compare were meant to: what a number or a date stands in quotes for, and the like.
    pub(super) fn meant(&self, one: &Expr, other: &Expr) -> Option<String> {
        value_meant(one, &other.ty).or_else(|| value_meant(other, &one.ty))
    }

    pub(super) fn enum_value(&mut self, id: EnumId, text: &str, span: Span) -> Option<Const> {
        if let Some(index) = self.schema().place(id, text) {
            return Some(Const::Enum(id, index));
        }
        let help = word_meant(text, self.schema().values(id));
        self.error(
            Diagnostic::error("policy/enum", span, format!("the enum has no value {}", quoted(text))).help(help),
        );
        None
    }

    pub(super) fn type_of_const(&self, constant: &Const) -> TypeKind {
        match constant {
            Const::Bool(_) => TypeKind::Bool,
            Const::Int(_) => TypeKind::Int,
            Const::Exact(_) => TypeKind::Decimal,
            Const::Text(_) => TypeKind::Text,
            Const::Enum(id, _) => TypeKind::Enum(*id),
            Const::Date(_) => TypeKind::Date,
            Const::Duration(_) => TypeKind::Duration,
            Const::List(values) => {
                TypeKind::List(Box::new(values.first().map_or(TypeKind::Any, |value| self.type_of_const(value)).into()))
            }
            Const::Map(values) => TypeKind::Map(Box::new(
                values.values().next().map_or(TypeKind::Any, |value| self.type_of_const(value)).into(),
            )),
            Const::EmptyRecord(id) => TypeKind::Record(*id),
        }
    }

    /// Whether two types may be held against each other for equality.
    pub(super) fn comparable(&self, a: &TypeKind, b: &TypeKind) -> bool {
        use TypeKind::*;
        match (a, b) {
            (Any, _) | (_, Any) => true,
            (Int | Decimal, Int | Decimal) => true,
            (Percent, Percent | Decimal) | (Decimal, Percent) => true,
            (Text | Enum(_) | Ref(_), Text | Ref(_)) | (Text | Ref(_), Enum(_)) => true,
            (Enum(x), Enum(y)) => {
                x == y || self.schema().values(*x).iter().any(|value| self.schema().values(*y).contains(value))
            }
            (Bool, Bool) | (Date, Date) | (Duration, Duration) => true,
            (Worded(of, _), other) | (other, Worded(of, _)) => match other {
                Worded(other, _) => self.comparable(of, other),
                other => self.comparable(of, other),
            },
            (List(x), List(y)) => self.comparable(&x.kind, &y.kind),
            _ => false,
        }
    }

    /// Fits both sides of a comparison to each other and says what is wrong with them.
    pub(super) fn comparison(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
        let (left, right) = match op {
            BinaryOp::In | BinaryOp::NotIn | BinaryOp::Contains => {
                let (item, list) = if op == BinaryOp::Contains { (right, left) } else { (left, right) };
                let (item, list) = self.membership(item, list);
                if op == BinaryOp::Contains { (list, item) } else { (item, list) }
            }
            BinaryOp::Subset | BinaryOp::Overlaps => {
                for side in [&left, &right] {
                    if !matches!(side.ty, TypeKind::List(_) | TypeKind::Any) {
                        let text = self.type_text(&side.ty);
                        self.error(
                            Diagnostic::error(
                                "policy/type",
                                side.span,
                                format!("`{}` takes two lists, and this is {text}", op.word()),
                            )
                            .help("a single value is asked for with `in`"),
                        );
                        return Expr { kind: ExprKind::Const(Const::Bool(true)), ty: TypeKind::Bool, span };
                    }
                }
                self.alike(left, right)
            }
            _ => self.alike(left, right),
        };
        let ordered = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
        let fits = match op {
            BinaryOp::In | BinaryOp::NotIn | BinaryOp::Contains => true,
            _ => self.comparable(&left.ty, &right.ty),
        };
        if !fits {
            let (a, b) = (self.type_text(&left.ty), self.type_text(&right.ty));
            let help = match (&left.ty, &right.ty) {
                (TypeKind::List(_), _) if op == BinaryOp::Eq => Some("ask for an element with `contains`".to_owned()),
                (_, TypeKind::List(_)) if op == BinaryOp::Eq => Some("ask for an element with `in`".to_owned()),
                _ => self.meant(&left, &right),
            };
            self.error(
                Diagnostic::error("policy/type", right.span, format!("{a} and {b} cannot be compared"))
                    .labelled(b.clone())
                    .and_at(left.span, a)
                    .help_if(help),
            );
        } else if ordered && !self.one_order(&left.ty, &right.ty) {
            let error = self.two_orders(&left, &right);
            self.error(error);
        } else if ordered {
            let in_order = self.in_order(&left.ty, &right.ty);
            for side in [&left, &right] {
                if !in_order && !self.is_orderable(&side.ty) {
                    let text = self.type_text(&side.ty);
                    let help = match side.ty {
                        TypeKind::Enum(_) => "an enum has an order when its values are joined by `<`",
                        _ => "`<` and its kin take numbers, dates, durations and ordered enums",
                    };
                    self.error(
                        Diagnostic::error(
                            "policy/type",
                            side.span,
                            format!("`{}` has no meaning for {text}", op.word()),
                        )
                        .help(help),
                    );
                    break;
                }
            }
        } else if matches!(left.ty, TypeKind::Record(_)) || matches!(left.ty, TypeKind::Map(_)) {
            self.error(
                Diagnostic::error("policy/type", left.span, "records and maps are not compared as a whole")
                    .help("compare their fields"),
            );
        }
        Expr { kind: ExprKind::Compare(op, Box::new([left, right])), ty: TypeKind::Bool, span }
    }

    /// Whether values of two types may be held against each other in an order. Where it is not known what one is, the
    /// other may be right.
    pub(super) fn in_order(&self, a: &TypeKind, b: &TypeKind) -> bool {
        let unknown = *a == TypeKind::Any || *b == TypeKind::Any;
        unknown || self.comparable(a, b) && self.is_orderable(a) && self.is_orderable(b)
    }

    /// Whether the values of two types have one order: each ordered enum has its own.
    pub(super) fn one_order(&self, a: &TypeKind, b: &TypeKind) -> bool {
        match (a, b) {
            (TypeKind::Enum(x), TypeKind::Enum(y)) => {
                x == y || !self.schema().is_ordered(*x) || !self.schema().is_ordered(*y)
            }
            _ => true,
        }
    }

    /// That two values come from two orders.
    pub(super) fn two_orders(&self, left: &Expr, right: &Expr) -> Diagnostic {
        let (a, b) = (self.type_text(&left.ty), self.type_text(&right.ty));
        Diagnostic::error("policy/type", right.span, "each of these enums has an order of its own")
            .labelled(b)
            .and_at(left.span, a)
            .help("declare the order once, `type Level = \"a\" < \"b\"`, and give both fields that type")
    }

    /// Two values that meet as equals.
    pub(super) fn alike(&mut self, left: Expr, right: Expr) -> (Expr, Expr) {
        let left = if accepts_literal(&right.ty) { self.fit(left, &right.ty.clone()) } else { left };
        let right = if accepts_literal(&left.ty) { self.fit(right, &left.ty.clone()) } else { right };
        (left, right)
    }

    fn membership(&mut self, item: Expr, list: Expr) -> (Expr, Expr) {
        match list.ty.clone() {
            TypeKind::List(of) => {
                let item = if accepts_literal(&of.kind) { self.fit(item, &of.kind) } else { item };
                let list = self.fit(list, &TypeKind::List(Box::new(item.ty.clone().into())));
                let of = match &list.ty {
                    TypeKind::List(of) => of.kind.clone(),
                    _ => TypeKind::Any,
                };
                if !self.comparable(&item.ty, &of) {
                    let (a, b) = (self.type_text(&item.ty), self.plural(&of));
                    let element = match &list.kind {
                        ExprKind::Const(Const::List(values)) => values.first().cloned(),
                        _ => None,
                    };
                    let meant = element.and_then(|value| {
                        self.meant(&item, &Expr { kind: ExprKind::Const(value), ty: of.clone(), span: list.span })
                    });
                    self.error(
                        Diagnostic::error("policy/type", item.span, format!("{a} is never in a list of {b}"))
                            .and_at(list.span, "this list")
                            .help_if(meant),
                    );
                }
                (item, list)
            }
            TypeKind::Any => (item, list),
            TypeKind::Map(_) => {
                self.error(
                    Diagnostic::error("policy/type", list.span, "`in` takes a list, and this is a map")
                        .help("write `keys(…)` or `values(…)`"),
                );
                (item, list)
            }
            other => {
                let text = self.type_text(&other);
                self.error(
                    Diagnostic::error(
                        "policy/type",
                        list.span,
                        format!("`in` takes a list or a range, and this is {text}"),
                    )
                    .help("compare two values with `==`"),
                );
                (item, list)
            }
        }
    }
}

/// The word of an enum that is meant; all of them, where none is nearer than the others.
pub(super) fn word_meant(text: &str, words: &[Str]) -> String {
    did_you_mean(text, words.iter().map(Str::as_str)).unwrap_or_else(|| {
        format!("it has {}", words.iter().take(12).map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
    })
}

/// Whether what is written of a type stands without quotes.
pub(super) fn is_unquoted(ty: &TypeKind) -> bool {
    use TypeKind::{Bool, Date, Decimal, Duration, Int, Percent};
    match ty {
        Int | Decimal | Percent | Date | Duration | Bool => true,
        TypeKind::Worded(of, _) => is_unquoted(of),
        _ => false,
    }
}

/// How a value is written that is meant to be of a type.
pub(super) fn value_meant(value: &Expr, ty: &TypeKind) -> Option<String> {
    let number = match value.kind {
        ExprKind::Const(Const::Int(n)) => Some(n),
        _ => None,
    };
    let of = match ty {
        TypeKind::Worded(of, _) => of,
        ty => ty,
    };
    match (of, &value.ty) {
        (of, _) if matches!(value.kind, ExprKind::Const(Const::Text(_))) && is_unquoted(of) => {
            Some("take the quotes off".to_owned())
        }
        (TypeKind::Date, _) => date_meant(value),
        (TypeKind::Percent, TypeKind::Int) => {
            let share = number.map_or("80".to_owned(), |n| n.to_string());
            Some(format!("write `{share}%` for a percentage, or `{share}% of x` for a share of a number"))
        }
        (TypeKind::Duration, TypeKind::Int) => {
            Some(format!("write `{} days`", number.map_or("90".to_owned(), |n| n.to_string())))
        }
        _ => None,
    }
}

/// `2024-1-01`: without the zeros of a date, two subtractions; and `1/31/2024`, two divisions.
fn date_meant(expr: &Expr) -> Option<String> {
    let number = |expr: &Expr| match expr.kind {
        ExprKind::Const(Const::Int(n)) => Some(n),
        _ => None,
    };
    let ExprKind::Arithmetic(outer @ (Arith::Sub | Arith::Div), sides) = &expr.kind else { return None };
    let [rest, last] = &**sides;
    let ExprKind::Arithmetic(inner, sides) = &rest.kind else { return None };
    let [first, second] = &**sides;
    let (year, month, day) = (number(first)?, number(second)?, number(last)?);
    if inner == outer && *outer == Arith::Div {
        return Some("a date is written as year, month, day: `2026-01-31`".to_owned());
    }
    if inner != outer {
        return None;
    }
    let looks_so = (1000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    looks_so.then(|| format!("a date is written with all its zeros: `{year:04}-{month:02}-{day:02}`"))
}

/// A type that a literal may take.
fn accepts_literal(ty: &TypeKind) -> bool {
    match ty {
        TypeKind::Enum(_) | TypeKind::Worded(..) | TypeKind::Decimal => true,
        TypeKind::List(of) | TypeKind::Map(of) => accepts_literal(&of.kind),
        _ => false,
    }
}
