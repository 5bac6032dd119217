//! Owns how calls are checked: functions of packs, builtins, aggregates. It must never know how they are worked out.

use super::arith::{joined, same_shape};
use super::scope::Scope;
use super::{Checker, Meaning};
use crate::builtins::{BUILTINS, Function, Which, builtin};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::{Aggregate, BinaryOp, Comprehension, Expr, ExprKind, Generator};
use crate::schema::{Schema, TypeKind};
use crate::source::Span;
use crate::syntax::{self, Arguments, Name, RightSide};

impl<'s> Checker<'s> {
    pub(super) fn call(
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
                None if self.lost.any => return None,
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
        if self.lost.may_hold(name) {
            return None;
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
    pub(super) fn call_define(
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
                    format!("`{name}` takes {}, and is given {}", counted(item.params.len()), counted(values.len())),
                )
                .and_at(item.name.span, "declared here"),
            );
            return None;
        }
        let (_, index) = self.value_of(pack, name)?;
        self.reads.insert((pack, name));
        let define = self.policy.defines.get(index)?;
        let (types, result): (Vec<TypeKind>, TypeKind) =
            (define.params.iter().map(|(_, ty)| ty.kind.clone()).collect(), define.body.ty.clone());
        let mut checked = Vec::new();
        for (value, ty) in values.iter().zip(types) {
            let value = self.expr(scope, value, Some(&ty))?;
            let value = self.fit(value, &ty);
            if !(self.comparable(&value.ty, &ty) || same_shape(&value.ty, &ty) || self.leads_to(&value.ty, &ty)) {
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

    /// Whether a reference, or a list of references, leads to what is wanted: it behaves as the record that it names.
    fn leads_to(&self, value: &TypeKind, wanted: &TypeKind) -> bool {
        match (value, wanted) {
            (TypeKind::Ref(slot), TypeKind::Record(_)) => {
                let of = self.schema().field(Schema::ROOT, *slot).map(|field| &field.ty.kind);
                matches!(of, Some(TypeKind::List(of) | TypeKind::Map(of)) if of.kind == *wanted)
            }
            (TypeKind::List(of), TypeKind::List(wanted)) => self.leads_to(&of.kind, &wanted.kind),
            _ => false,
        }
    }

    pub(super) fn function(
        &mut self,
        scope: &mut Scope,
        function: Function,
        arguments: &Arguments,
        place: Span,
        span: Span,
    ) -> Option<Expr> {
        let signature = BUILTINS.iter().find(|b| b.which == Which::Function(function)).map_or("", |b| b.signature);
        let name = signature.split('(').next().unwrap_or("");
        let called = format!("it is called like this: `{signature}`");
        let Arguments::Values(values) = arguments else {
            let message = format!("`{name}` takes one value, and is given a list to go through");
            self.error(Diagnostic::error("policy/arguments", place, message).help(called));
            return None;
        };
        let [value] = values.as_slice() else {
            let given = counted(values.len());
            let message = format!("`{name}` takes one value, and is given {given}");
            self.error(Diagnostic::error("policy/arguments", place, message).help(called));
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
                    _ => called,
                };
                let message = format!("`{name}` does not take {text}");
                self.error(Diagnostic::error("policy/arguments", value.span, message).help(help));
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

    pub(super) fn aggregate(
        &mut self,
        scope: &mut Scope,
        which: Aggregate,
        arguments: &Arguments,
        place: Span,
        span: Span,
    ) -> Option<Expr> {
        let signature = BUILTINS.iter().find(|b| b.which == Which::Aggregate(which)).map_or("", |b| b.signature);
        let name = signature.split('(').next().unwrap_or("");
        let called = format!("it is called like this: `{signature}`");
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
                                let message = format!("`{name}` takes a list, and this is {text}");
                                self.error(Diagnostic::error("policy/arguments", list.span, message).help(called));
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
                        let first = &checked.first().unwrap_or(&value).ty;
                        if !self.in_order(first, &value.ty) || !self.one_order(first, &value.ty) {
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
                    let message = format!("`{name}` takes a list, and is given {}", counted(values.len()));
                    self.error(Diagnostic::error("policy/arguments", place, message).help(called));
                    return None;
                }
            },
        };
        let of = comprehension.element.ty.clone();
        let ty = match which {
            Aggregate::Count => TypeKind::Int,
            Aggregate::Distinct => TypeKind::List(Box::new(of.clone().into())),
            Aggregate::Sum => match of {
                TypeKind::Int | TypeKind::Decimal | TypeKind::Percent | TypeKind::Duration | TypeKind::Any => {
                    of.clone()
                }
                _ => {
                    let text = self.type_text(&of);
                    self.error(Diagnostic::error(
                        "policy/type",
                        comprehension.element.span,
                        format!("what is added up is a number or a duration, and this is {text}"),
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
}

fn counted(n: usize) -> String {
    match n {
        0 => "no value".to_owned(),
        1 => "one value".to_owned(),
        n => format!("{n} values"),
    }
}
