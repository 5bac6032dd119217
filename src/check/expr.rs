//! Owns how an expression finds its names and its type. It must never know rules or statements.

use super::scope::Scope;
use super::{Checker, Meaning};
use crate::builtins::{BUILTINS, Function, Which, builtin};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::pattern::Pattern;
use crate::policy::{Aggregate, Arith, BinaryOp, Comprehension, Expr, ExprKind, Generator, Quantified};
use crate::schema::{Const, Field, RecordId, Schema, Type, TypeKind};
use crate::source::Span;
use crate::syntax::{self, Arguments, Literal, Name, RightSide};
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
                    Literal::Decimal(n) => (Const::Exact(*n), TypeKind::Decimal),
                    Literal::Percent(n) => (Const::Exact(*n), TypeKind::Percent),
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
            S::Call(callee, arguments) => self.call(scope, callee, arguments, span),
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
                let mut made_entries: Vec<(String, Expr)> = Vec::new();
                let mut ty = of.clone().unwrap_or(TypeKind::Any);
                for (key, value) in entries {
                    if made_entries.iter().any(|(known, _)| *known == key.text) {
                        self.error(Diagnostic::error(
                            "policy/duplicate",
                            key.span,
                            format!("the key \"{}\" stands twice in this map", key.text),
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
                if matches!(comprehension.element.ty, TypeKind::Record(_) | TypeKind::Map(_)) {
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
                let right = Expr { kind: ExprKind::Pattern(pattern), ty: TypeKind::Text, span: text.span };
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
                    if !self.comparable(&left.ty, &end.ty)
                        || !self.is_orderable(&end.ty)
                        || !self.is_orderable(&left.ty)
                    {
                        let (a, b) = (self.type_text(&left.ty), self.type_text(&end.ty));
                        self.error(
                            Diagnostic::error("policy/type", end.span, format!("{a} cannot lie in a range of {b}"))
                                .and_at(left.span, a),
                        );
                        return None;
                    }
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
        match Pattern::regex(&text.text) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.error(
                    Diagnostic::error("policy/regex", text.span, format!("this is no regular expression: {error}"))
                        .help("the syntax is that of the Rust crate `regex`: no look-around, no back references, a bounded size"),
                );
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
                Some(Expr { kind: ExprKind::Pattern(pattern), ty: TypeKind::Text, span: value.span })
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

    // ---- names -------------------------------------------------------------------------------------------------

    fn name_expr(&mut self, scope: &mut Scope, name: &str, span: Span) -> Option<Expr> {
        if let Some(variable) = scope.find(name) {
            return Some(Expr { kind: ExprKind::Local(variable.slot), ty: variable.ty.kind.clone(), span });
        }
        if let Some(found) = self.meaning(scope.pack, name) {
            return self.named(scope.pack, found.name(), span);
        }
        if let Some((slot, field)) = self.root_field(name) {
            return Some(Expr { kind: ExprKind::Root(slot), ty: field.ty.kind.clone(), span });
        }
        let mut known: Vec<String> = scope.names().map(str::to_owned).collect();
        known.extend(self.declared(scope.pack).into_iter().map(str::to_owned));
        known.extend(
            self.schema()
                .record(Schema::ROOT)
                .map(|root| root.fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>())
                .unwrap_or_default(),
        );
        known.sort_unstable();
        let near = did_you_mean(name, known.iter().map(String::as_str));
        let help = match self.pack_named(scope.pack, name) {
            Some(_) => Some(format!("`{name}` is a pack: name its item, `{name}.item`")),
            None => near,
        };
        self.error(
            Diagnostic::error("policy/unknown-name", span, format!("nothing here is called `{name}`"))
                .help("a name is a variable, a `let` or `param` of the pack, or a field at the root of a tenant")
                .help_if(help),
        );
        None
    }

    fn root_field(&self, name: &str) -> Option<(u16, &Field)> {
        let root = self.schema().record(Schema::ROOT)?;
        let slot = root.slot(name)?;
        Some((slot, root.field(slot)?))
    }

    fn named(&mut self, pack: usize, name: &'s str, span: Span) -> Option<Expr> {
        let (meaning, index) = self.value_of(pack, name)?;
        match meaning {
            Meaning::Let(_) => {
                let ty = self.policy.lets.get(index)?.value.ty.clone();
                Some(Expr { kind: ExprKind::Let(index), ty, span })
            }
            Meaning::Param(_) => {
                let ty = self.policy.params.get(index)?.ty.kind.clone();
                Some(Expr { kind: ExprKind::Param(index), ty, span })
            }
            Meaning::Define(_) => {
                self.error(Diagnostic::error(
                    "policy/type",
                    span,
                    format!("`{name}` is a function: call it, `{name}(…)`"),
                ));
                None
            }
        }
    }

    fn field_expr(&mut self, scope: &mut Scope, base: &syntax::Expr, name: &Name, span: Span) -> Option<Expr> {
        // `pack_name.item`
        if let syntax::ExprKind::Name(pack_name) = &base.kind
            && scope.find(pack_name).is_none()
            && self.meaning(scope.pack, pack_name).is_none()
            && self.root_field(pack_name).is_none()
            && let Some(pack) = self.pack_named(scope.pack, pack_name)
        {
            if let Some(found) = self.meaning(pack, &name.text) {
                return self.named(pack, found.name(), span);
            }
            if let Some((slot, field)) = self.root_field(&name.text) {
                return Some(Expr { kind: ExprKind::Root(slot), ty: field.ty.kind.clone(), span });
            }
            let near = did_you_mean(&name.text, self.declared(pack));
            self.error(
                Diagnostic::error(
                    "policy/unknown-name",
                    name.span,
                    format!("the pack `{pack_name}` has no `{}`", name.text),
                )
                .help_if(near),
            );
            return None;
        }
        let base = self.expr(scope, base, None)?;
        self.read_field(base, name, span)
    }

    /// A field of a checked value.
    pub(super) fn read_field(&mut self, base: Expr, name: &Name, span: Span) -> Option<Expr> {
        let record = match &base.ty {
            TypeKind::Record(record) => *record,
            TypeKind::Ref(slot) => match self.target(*slot) {
                Some(record) => record,
                None => {
                    self.error(Diagnostic::error(
                        "policy/type",
                        name.span,
                        "what this reference leads to has no fields",
                    ));
                    return None;
                }
            },
            TypeKind::Any => return None,
            other => {
                let text = self.type_text(other);
                let help = match other {
                    TypeKind::List(_) => {
                        Some("go through it with `for x in …`, `all x in …: …`, or name an element: `list[\"key\"]`")
                    }
                    TypeKind::Map(_) => Some("an entry of a map is reached with `map[\"key\"]`"),
                    _ => None,
                };
                self.error(
                    Diagnostic::error("policy/type", name.span, format!("{text} has no fields"))
                        .help_if(help.map(str::to_owned)),
                );
                return None;
            }
        };
        let known = self.schema().record(record)?;
        match known.slot(&name.text) {
            Some(slot) => {
                let ty = known.field(slot)?.ty.kind.clone();
                Some(Expr { kind: ExprKind::Field(Box::new(base), record, slot), ty, span })
            }
            None => {
                let near = did_you_mean(&name.text, known.fields.iter().map(|field| field.name.as_str()));
                let fields = known
                    .fields
                    .iter()
                    .take(12)
                    .map(|field| format!("`{}`", field.name))
                    .collect::<Vec<_>>()
                    .join(", ");
                let owner = known.name.clone();
                self.error(
                    Diagnostic::error(
                        "policy/unknown-field",
                        name.span,
                        format!("there is no field `{}` in `{owner}`", name.text),
                    )
                    .help(near.unwrap_or(format!("it has {fields}"))),
                );
                None
            }
        }
    }

    /// The record type that a reference to a list or map at the root leads to.
    fn target(&self, slot: u16) -> Option<RecordId> {
        match &self.schema().field(Schema::ROOT, slot)?.ty.kind {
            TypeKind::List(of) | TypeKind::Map(of) => match of.kind {
                TypeKind::Record(record) => Some(record),
                _ => None,
            },
            _ => None,
        }
    }

    fn index_expr(&mut self, scope: &mut Scope, base: &syntax::Expr, key: &syntax::Expr, span: Span) -> Option<Expr> {
        let base = self.expr(scope, base, None)?;
        if let (TypeKind::Record(_) | TypeKind::Ref(_), syntax::ExprKind::Literal(Literal::Text(text))) =
            (&base.ty, &key.kind)
        {
            return self.read_field(base, &Name { text: text.clone(), span: key.span }, span);
        }
        let key = self.expr(scope, key, None)?;
        let (ty, key_slot, key_type) = match &base.ty {
            TypeKind::Map(of) => (of.kind.clone(), None, TypeKind::Text),
            TypeKind::List(of) => {
                let Some(slot) = self.list_key(&base) else {
                    self.error(
                        Diagnostic::error("policy/type", key.span, "the elements of this list have no key")
                            .help("give it one in the schema: `[T] key f`"),
                    );
                    return None;
                };
                let key_type = match of.kind {
                    TypeKind::Record(record) => self.schema().field(record, slot).map(|field| field.ty.kind.clone()),
                    _ => None,
                };
                (of.kind.clone(), Some(slot), key_type.unwrap_or(TypeKind::Any))
            }
            TypeKind::Any => return None,
            other => {
                let text = self.type_text(other);
                self.error(Diagnostic::error("policy/type", base.span, format!("{text} has no entries")));
                return None;
            }
        };
        let key = self.fit(key, &key_type);
        let fits = matches!(key.ty, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_) | TypeKind::Any)
            || key.ty == key_type;
        if !fits {
            let text = self.type_text(&key.ty);
            self.error(Diagnostic::error("policy/type", key.span, format!("a key is a string, and this is {text}")));
            return None;
        }
        Some(Expr { kind: ExprKind::Entry(Box::new(base), Box::new(key), key_slot), ty, span })
    }

    /// Of an expression that is a keyed list, the slot of its key.
    fn list_key(&self, expr: &Expr) -> Option<u16> {
        match &expr.kind {
            ExprKind::Root(slot) => self.schema().field(Schema::ROOT, *slot)?.key,
            ExprKind::Field(_, record, slot) => self.schema().field(*record, *slot)?.key,
            ExprKind::Let(index) => self.list_key(&self.policy.lets.get(*index)?.value),
            ExprKind::Comprehension(comprehension) => {
                match (comprehension.fors.as_slice(), &comprehension.element.kind) {
                    ([only], ExprKind::Local(var)) if *var == only.var => self.list_key(&only.list),
                    _ => None,
                }
            }
            ExprKind::Default(sides) => self.list_key(sides.first()?),
            _ => None,
        }
    }

    // ---- lists -------------------------------------------------------------------------------------------------

    fn list(
        &mut self,
        scope: &mut Scope,
        values: &[syntax::Expr],
        want: Option<&TypeKind>,
        span: Span,
    ) -> Option<Expr> {
        let of = match want {
            Some(TypeKind::List(of)) => Some(of.kind.clone()),
            _ => None,
        };
        let mut ty = TypeKind::Any;
        let mut checked = Vec::new();
        let mut failed = false;
        for value in values {
            let Some(value) = self.expr(scope, value, of.as_ref()) else {
                failed = true;
                continue;
            };
            let value = match &of {
                Some(of @ (TypeKind::Enum(_) | TypeKind::Worded(..) | TypeKind::Decimal)) => self.fit(value, of),
                _ => value,
            };
            if ty == TypeKind::Any {
                ty = value.ty.clone();
            } else if !self.comparable(&ty, &value.ty) && !same_shape(&ty, &value.ty) {
                let (a, b) = (self.type_text(&ty), self.type_text(&value.ty));
                self.error(Diagnostic::error(
                    "policy/type",
                    value.span,
                    format!("the elements of a list are of one type: {a}, and this is {b}"),
                ));
                failed = true;
            } else {
                ty = joined(&ty, &value.ty);
            }
            checked.push(value);
        }
        if failed {
            return None;
        }
        let list = Expr { kind: ExprKind::List(checked), ty: TypeKind::List(Box::new(ty.into())), span };
        Some(match self.constant(&list) {
            Some(constant) => Expr { kind: ExprKind::Const(constant), ..list },
            None => list,
        })
    }

    /// A list to go through, and the type of its elements.
    pub(super) fn list_expr(&mut self, scope: &mut Scope, expr: &syntax::Expr) -> Option<(Expr, Type)> {
        let list = self.expr(scope, expr, None)?;
        match list.ty.clone() {
            TypeKind::List(of) => Some((list, *of)),
            TypeKind::Any => None,
            TypeKind::Map(_) => {
                self.error(
                    Diagnostic::error("policy/type", expr.span, "this is a map, and what is gone through is a list")
                        .help("write `keys(…)` or `values(…)`"),
                );
                None
            }
            other => {
                let text = self.type_text(&other);
                self.error(Diagnostic::error(
                    "policy/type",
                    expr.span,
                    format!("what is gone through is a list, and this is {text}"),
                ));
                None
            }
        }
    }

    /// The variables stay in scope: whoever calls closes it.
    fn comprehension(&mut self, scope: &mut Scope, comprehension: &syntax::Comprehension) -> Option<Comprehension> {
        let mut fors = Vec::new();
        let mut first = None;
        for clause in &comprehension.fors {
            let (list, of) = self.list_expr(scope, &clause.list)?;
            let var = self.bind_name(scope, &clause.var, of.clone());
            if first.is_none() {
                first = Some(Expr { kind: ExprKind::Local(var), ty: of.kind, span: clause.var.span });
            }
            let filter = match &clause.filter {
                Some(filter) => Some(self.truth(scope, filter)?),
                None => None,
            };
            fors.push(Generator { var, list, filter });
        }
        let element = match &comprehension.element {
            Some(element) => self.expr(scope, element, None)?,
            None => first?,
        };
        let per = match &comprehension.per {
            Some(per) => Some(self.expr(scope, per, None)?),
            None => None,
        };
        Some(Comprehension { fors, element, per })
    }

    // ---- calls -------------------------------------------------------------------------------------------------

    fn call(
        &mut self,
        scope: &mut Scope,
        callee: &syntax::Qualified,
        arguments: &Arguments,
        span: Span,
    ) -> Option<Expr> {
        let name = callee.name.text.as_str();
        let pack = match &callee.pack {
            None => scope.pack,
            Some(pack) => match self.pack_named(scope.pack, &pack.text) {
                Some(found) => found,
                None => {
                    self.error(
                        Diagnostic::error(
                            "policy/unknown-pack",
                            pack.span,
                            format!("no pack `{}` is used here", pack.text.replace('_', "-")),
                        )
                        .help(format!("write `use {}` at the top of the file", pack.text.replace('_', "-"))),
                    );
                    return None;
                }
            },
        };
        match self.meaning(pack, name) {
            Some(Meaning::Define(item)) => {
                return self.call_define(scope, pack, &item.name.text, item, arguments, callee.name.span, span);
            }
            Some(_) => {
                self.error(Diagnostic::error(
                    "policy/type",
                    callee.name.span,
                    format!("`{name}` is a value and takes no arguments"),
                ));
                return None;
            }
            None => {}
        }
        if callee.pack.is_none()
            && let Some(known) = builtin(name)
        {
            return match known.which {
                Which::Aggregate(which) => self.aggregate(scope, which, arguments, callee.name.span, span),
                Which::Function(function) => self.function(scope, function, arguments, callee.name.span, span),
            };
        }
        let mut known: Vec<&str> = BUILTINS.iter().map(|builtin| builtin.name).collect();
        known.extend(self.declared(pack));
        let near = did_you_mean(name, known);
        let all = BUILTINS.iter().map(|builtin| builtin.name).collect::<Vec<_>>().join(", ");
        self.error(
            Diagnostic::error("policy/unknown-function", callee.name.span, format!("there is no function `{name}`"))
                .help(near.unwrap_or(format!("the functions of the language are {all}"))),
        );
        None
    }

    #[allow(clippy::too_many_arguments)]
    fn call_define(
        &mut self,
        scope: &mut Scope,
        pack: usize,
        name: &'s str,
        item: &'s syntax::Define,
        arguments: &Arguments,
        place: Span,
        span: Span,
    ) -> Option<Expr> {
        let Arguments::Values(values) = arguments else {
            self.error(
                Diagnostic::error("policy/type", span, format!("`{name}` takes values"))
                    .help("put a comprehension into brackets: `[…]`"),
            );
            return None;
        };
        if values.len() != item.params.len() {
            self.error(
                Diagnostic::error(
                    "policy/arguments",
                    place,
                    format!("`{name}` takes {}, and is given {}", counted(item.params.len()), values.len()),
                )
                .and_at(item.name.span, "declared here"),
            );
            return None;
        }
        let (_, index) = self.value_of(pack, name)?;
        let define = self.policy.defines.get(index)?;
        let (types, result): (Vec<TypeKind>, TypeKind) =
            (define.params.iter().map(|(_, ty)| ty.kind.clone()).collect(), define.body.ty.clone());
        let mut checked = Vec::new();
        for (value, ty) in values.iter().zip(types) {
            let value = self.expr(scope, value, Some(&ty))?;
            let value = self.fit(value, &ty);
            if !(self.comparable(&value.ty, &ty) || same_shape(&value.ty, &ty)) {
                let (a, b) = (self.type_text(&ty), self.type_text(&value.ty));
                self.error(Diagnostic::error(
                    "policy/type",
                    value.span,
                    format!("`{name}` takes {a} here, and this is {b}"),
                ));
                return None;
            }
            checked.push(value);
        }
        Some(Expr { kind: ExprKind::Call(index, checked), ty: result, span })
    }

    fn function(
        &mut self,
        scope: &mut Scope,
        function: Function,
        arguments: &Arguments,
        place: Span,
        span: Span,
    ) -> Option<Expr> {
        let signature = BUILTINS.iter().find(|b| b.which == Which::Function(function)).map_or("", |b| b.signature);
        let Arguments::Values(values) = arguments else {
            self.error(Diagnostic::error("policy/arguments", place, format!("it is called like this: {signature}")));
            return None;
        };
        let [value] = values.as_slice() else {
            self.error(
                Diagnostic::error(
                    "policy/arguments",
                    place,
                    format!("it takes one value, and is given {}", values.len()),
                )
                .help(format!("it is called like this: {signature}")),
            );
            return None;
        };
        let value = self.expr(scope, value, None)?;
        let ty = match (function, &value.ty) {
            (Function::Rank, TypeKind::Enum(id)) if self.schema().is_ordered(*id) => Some(TypeKind::Int),
            (_, TypeKind::Any) => None,
            (Function::Len, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_)) => Some(TypeKind::Int),
            (Function::Lower | Function::Upper, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_)) => {
                Some(TypeKind::Text)
            }
            (Function::Keys, TypeKind::Map(_)) => Some(TypeKind::List(Box::new(TypeKind::Text.into()))),
            (Function::Keys, TypeKind::List(_)) if self.list_key(&value).is_some() => {
                Some(TypeKind::List(Box::new(TypeKind::Text.into())))
            }
            (Function::Values, TypeKind::Map(of)) => Some(TypeKind::List(of.clone())),
            (Function::Age, TypeKind::Date) => Some(TypeKind::Duration),
            _ => None,
        };
        let Some(ty) = ty else {
            if value.ty != TypeKind::Any {
                let text = self.type_text(&value.ty);
                let help = match (function, &value.ty) {
                    (Function::Len, TypeKind::List(_)) => {
                        "the elements of a list are counted with `count(…)`".to_owned()
                    }
                    _ => format!("it is called like this: {signature}"),
                };
                self.error(
                    Diagnostic::error("policy/arguments", value.span, format!("it does not take {text}")).help(help),
                );
            }
            return None;
        };
        // `keys` of a keyed list is the list of its key fields.
        if function == Function::Keys
            && let (TypeKind::List(of), Some(slot)) = (&value.ty, self.list_key(&value))
        {
            let TypeKind::Record(record) = of.kind else { return None };
            let var = scope.hidden();
            let element = Expr { kind: ExprKind::Local(var), ty: of.kind.clone(), span };
            let key_type = self.schema().field(record, slot)?.ty.kind.clone();
            let element = Expr { kind: ExprKind::Field(Box::new(element), record, slot), ty: key_type.clone(), span };
            let comprehension =
                Comprehension { fors: vec![Generator { var, list: value, filter: None }], element, per: None };
            let ty = TypeKind::List(Box::new(key_type.into()));
            return Some(Expr { kind: ExprKind::Comprehension(Box::new(comprehension)), ty, span });
        }
        Some(Expr { kind: ExprKind::Function(function, Box::new(value)), ty, span })
    }

    fn aggregate(
        &mut self,
        scope: &mut Scope,
        which: Aggregate,
        arguments: &Arguments,
        place: Span,
        span: Span,
    ) -> Option<Expr> {
        let signature = BUILTINS.iter().find(|b| b.which == Which::Aggregate(which)).map_or("", |b| b.signature);
        let comprehension = match arguments {
            Arguments::Comprehension(comprehension) => {
                if let Some(per) = &comprehension.per
                    && which != Aggregate::Sum
                {
                    self.error(
                        Diagnostic::error("policy/arguments", per.span, "`per` stands in `sum(…)` alone")
                            .help("count the distinct keys: `count(distinct(…))`"),
                    );
                }
                let open = scope.open();
                let checked = self.comprehension(scope, comprehension);
                scope.close(open);
                checked?
            }
            Arguments::Values(values) => match values.as_slice() {
                [one] => {
                    // `count(x in xs)` is `count(x for x in xs)`.
                    if let syntax::ExprKind::Compare(BinaryOp::In, left, right) = &one.kind
                        && let (syntax::ExprKind::Name(var), RightSide::Value(list)) = (&left.kind, &**right)
                    {
                        let clause = syntax::ForClause {
                            var: Name { text: var.clone(), span: left.span },
                            list: list.clone(),
                            filter: None,
                        };
                        let written = syntax::Comprehension { element: None, fors: vec![clause], per: None };
                        let open = scope.open();
                        let checked = self.comprehension(scope, &written);
                        scope.close(open);
                        checked?
                    } else {
                        let list = self.expr(scope, one, None)?;
                        let of = match &list.ty {
                            TypeKind::List(of) => of.kind.clone(),
                            TypeKind::Any => return None,
                            other => {
                                let text = self.type_text(other);
                                self.error(
                                    Diagnostic::error(
                                        "policy/arguments",
                                        list.span,
                                        format!("it takes a list, and this is {text}"),
                                    )
                                    .help(format!("it is called like this: {signature}")),
                                );
                                return None;
                            }
                        };
                        let var = scope.hidden();
                        let element = Expr { kind: ExprKind::Local(var), ty: of, span: list.span };
                        Comprehension { fors: vec![Generator { var, list, filter: None }], element, per: None }
                    }
                }
                [_, _, ..] if matches!(which, Aggregate::Min | Aggregate::Max) => {
                    let mut checked: Vec<Expr> = Vec::new();
                    for value in values {
                        let value =
                            self.expr(scope, value, checked.first().map(|first| &first.ty).cloned().as_ref())?;
                        let value = match checked.first().map(|first| first.ty.clone()) {
                            Some(ty) => self.fit(value, &ty),
                            None => value,
                        };
                        if !self.is_orderable(&value.ty)
                            || checked.first().is_some_and(|first| !self.comparable(&first.ty, &value.ty))
                        {
                            let text = self.type_text(&value.ty);
                            self.error(Diagnostic::error(
                                "policy/type",
                                value.span,
                                format!("the values have one order, and this is {text}"),
                            ));
                            return None;
                        }
                        checked.push(value);
                    }
                    let ty =
                        checked.iter().skip(1).fold(checked.first()?.ty.clone(), |ty, value| joined(&ty, &value.ty));
                    return Some(Expr { kind: ExprKind::Extreme(which == Aggregate::Max, checked), ty, span });
                }
                _ => {
                    self.error(Diagnostic::error(
                        "policy/arguments",
                        place,
                        format!("it is called like this: {signature}"),
                    ));
                    return None;
                }
            },
        };
        let of = comprehension.element.ty.clone();
        let ty = match which {
            Aggregate::Count => TypeKind::Int,
            Aggregate::Distinct => TypeKind::List(Box::new(of.clone().into())),
            Aggregate::Sum => match of {
                TypeKind::Int | TypeKind::Decimal | TypeKind::Percent | TypeKind::Any => of.clone(),
                _ => {
                    let text = self.type_text(&of);
                    self.error(Diagnostic::error(
                        "policy/type",
                        comprehension.element.span,
                        format!("what is added up is a number, and this is {text}"),
                    ));
                    return None;
                }
            },
            Aggregate::Min | Aggregate::Max => {
                if !self.is_orderable(&of) {
                    let text = self.type_text(&of);
                    self.error(Diagnostic::error(
                        "policy/type",
                        comprehension.element.span,
                        format!("what has a largest has an order, and this is {text}"),
                    ));
                    return None;
                }
                of.clone()
            }
        };
        if which == Aggregate::Distinct && matches!(of, TypeKind::Record(_) | TypeKind::Map(_)) {
            self.error(
                Diagnostic::error(
                    "policy/type",
                    comprehension.element.span,
                    "records and maps are not compared as a whole",
                )
                .help("name a field"),
            );
            return None;
        }
        Some(Expr { kind: ExprKind::Aggregate(which, Box::new(comprehension)), ty, span })
    }

    // ---- arithmetic --------------------------------------------------------------------------------------------

    fn arithmetic(&mut self, op: Arith, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        use TypeKind::{Any, Date, Decimal, Duration as Span_, Enum, Int, List, Percent, Ref, Text};
        let numeric = |ty: &TypeKind| matches!(ty, Int | Decimal | Percent);
        let textual = |ty: &TypeKind| matches!(ty, Text | Enum(_) | Ref(_));
        let ty = match (op, &left.ty, &right.ty) {
            (_, Any, _) | (_, _, Any) => Any,
            (Arith::Add, List(a), List(b)) if self.comparable(&a.kind, &b.kind) || same_shape(&a.kind, &b.kind) => {
                List(Box::new(joined(&a.kind, &b.kind).into()))
            }
            (Arith::Add, a, b) if textual(a) && textual(b) => Text,
            (Arith::Add | Arith::Sub, Int, Int) => Int,
            (Arith::Add | Arith::Sub, Percent, Percent) => Percent,
            (Arith::Add | Arith::Sub, Int | Decimal, Int | Decimal) => Decimal,
            (Arith::Add | Arith::Sub, Percent, Decimal) | (Arith::Add | Arith::Sub, Decimal, Percent) => Decimal,
            (Arith::Add | Arith::Sub, Date, Span_) => {
                if let ExprKind::Const(Const::Duration(duration)) = &right.kind
                    && !duration.whole_days()
                {
                    self.error(
                        Diagnostic::error("policy/type", right.span, "a date moves by whole days")
                            .help("write the duration in days, months or years"),
                    );
                    return None;
                }
                Date
            }
            (Arith::Add, Span_, Date) => Date,
            (Arith::Sub, Date, Date) => Span_,
            (Arith::Add | Arith::Sub, Span_, Span_) => Span_,
            (Arith::Mul, Int, Int) => Int,
            (Arith::Mul, a, b) if numeric(a) && numeric(b) => Decimal,
            (Arith::Mul, Span_, Int | Decimal) | (Arith::Mul, Int | Decimal, Span_) => Span_,
            (Arith::Div, a, b) if numeric(a) && numeric(b) => Decimal,
            (Arith::Of, Percent | Decimal, Percent) => Percent,
            (Arith::Of, Percent | Decimal, b) if numeric(b) => Decimal,
            _ => {
                let (a, b) = (self.type_text(&left.ty), self.type_text(&right.ty));
                let (symbol, help) = match op {
                    Arith::Add => ("added", None),
                    Arith::Sub => ("subtracted", None),
                    Arith::Mul => ("multiplied", None),
                    Arith::Div => ("divided", None),
                    Arith::Of => {
                        ("combined with `of`", Some("it takes a percentage of a number: `80% of x`".to_owned()))
                    }
                };
                let help = help.or_else(|| match (&left.ty, &right.ty) {
                    (Percent, Int) | (Int, Percent) => Some("a share of a number is `80% of x`".to_owned()),
                    (Date, Int) => Some("write `+ 30 days`".to_owned()),
                    _ => None,
                });
                self.error(
                    Diagnostic::error("policy/type", right.span, format!("{a} and {b} cannot be {symbol}"))
                        .and_at(left.span, a)
                        .help_if(help),
                );
                return None;
            }
        };
        let sides = if ty == Text || matches!(ty, List(_)) {
            let (left, right) = if matches!(ty, List(_)) { self.alike(left, right) } else { (left, right) };
            [left, right]
        } else {
            [left, right]
        };
        let expr = Expr { kind: ExprKind::Arithmetic(op, Box::new(sides)), ty, span };
        Some(match self.constant(&expr) {
            Some(constant) if matches!(expr.ty, List(_)) => Expr { kind: ExprKind::Const(constant), ..expr },
            _ => expr,
        })
    }

    /// The value of an expression that is made of constants alone.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Const> {
        match &expr.kind {
            ExprKind::Const(constant) => Some(constant.clone()),
            ExprKind::Param(index) => {
                self.policy.params.get(*index).filter(|param| param.may.is_none()).map(|param| param.value.clone())
            }
            ExprKind::List(values) => {
                values.iter().map(|value| self.constant(value)).collect::<Option<Vec<_>>>().map(Const::List)
            }
            ExprKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Some((key.clone(), self.constant(value)?)));
                entries.collect::<Option<indexmap::IndexMap<_, _>>>().map(Const::Map)
            }
            ExprKind::Minus(inner) => match self.constant(inner)? {
                Const::Int(n) => n.checked_neg().map(Const::Int),
                Const::Exact(n) => Some(Const::Exact(-n)),
                _ => None,
            },
            ExprKind::Arithmetic(op, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.constant(left)?, self.constant(right)?);
                if let (Const::List(a), Const::List(b)) = (&left, &right) {
                    return Some(Const::List(a.iter().chain(b).cloned().collect()));
                }
                let (a, b) = (left.num()?, right.num()?);
                let n = match op {
                    Arith::Add => a.add(&b),
                    Arith::Sub => a.sub(&b),
                    Arith::Mul | Arith::Of => a.mul(&b),
                    Arith::Div => a.div(&b),
                }?;
                Some(match n {
                    crate::value::Num::Int(n) => Const::Int(n),
                    crate::value::Num::Exact(n) => Const::Exact(n),
                })
            }
            _ => None,
        }
    }
}

fn counted(n: usize) -> String {
    match n {
        0 => "no value".to_owned(),
        1 => "one value".to_owned(),
        n => format!("{n} values"),
    }
}

/// The type that holds both.
fn joined(a: &TypeKind, b: &TypeKind) -> TypeKind {
    match (a, b) {
        (TypeKind::Any, other) | (other, TypeKind::Any) => other.clone(),
        (TypeKind::Int, TypeKind::Decimal) | (TypeKind::Decimal, TypeKind::Int) => TypeKind::Decimal,
        (TypeKind::Enum(x), TypeKind::Enum(y)) if x != y => TypeKind::Text,
        (TypeKind::Text, TypeKind::Enum(_)) | (TypeKind::Enum(_), TypeKind::Text) => TypeKind::Text,
        (TypeKind::Text, TypeKind::Ref(_)) | (TypeKind::Ref(_), TypeKind::Text) => TypeKind::Text,
        (worded @ TypeKind::Worded(..), _) | (_, worded @ TypeKind::Worded(..)) => worded.clone(),
        (TypeKind::List(x), TypeKind::List(y)) => TypeKind::List(Box::new(joined(&x.kind, &y.kind).into())),
        _ => a.clone(),
    }
}

/// Records and maps are handed on, though not compared.
fn same_shape(a: &TypeKind, b: &TypeKind) -> bool {
    match (a, b) {
        (TypeKind::Any, _) | (_, TypeKind::Any) => true,
        (TypeKind::Record(x), TypeKind::Record(y)) => x == y,
        (TypeKind::List(x), TypeKind::List(y)) | (TypeKind::Map(x), TypeKind::Map(y)) => same_shape(&x.kind, &y.kind),
        _ => a == b,
    }
}
