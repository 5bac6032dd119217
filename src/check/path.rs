//! Owns how names and paths are found: variables, values of packs, fields, entries. It must never know operators.

use super::scope::Scope;
use super::{Checker, Meaning};
use crate::builtins::builtin;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::{Expr, ExprKind};
use crate::schema::{Field, RecordId, Schema, TypeKind};
use crate::source::Span;
use crate::syntax::{self, Literal, Name};

impl<'s> Checker<'s> {
    pub(super) fn name_expr(&mut self, scope: &mut Scope, name: &str, span: Span) -> Option<Expr> {
        if let Some(variable) = scope.find(name) {
            let read = Expr { kind: ExprKind::Local(variable.slot), ty: variable.ty.kind.clone(), span };
            let slot = variable.slot;
            scope.note_read(slot);
            return Some(read);
        }
        if let Some(found) = self.meaning(scope.pack, name) {
            return self.named(scope.pack, found.name(), span);
        }
        if let Some((slot, field)) = self.root_field(name) {
            return Some(Expr { kind: ExprKind::Root(slot), ty: field.ty.kind.clone(), span });
        }
        if let Some(declared) = scope.later(name) {
            self.error(
                Diagnostic::error("policy/unknown-name", span, format!("`{name}` has no value yet"))
                    .and_at(declared, "it gets its value here")
                    .help(if declared.end <= span.start {
                        "a `let` is not made from itself: give the new value a name of its own"
                    } else {
                        "a `let` stands before the lines that read it: move it up"
                    }),
            );
            return None;
        }
        if self.lost.may_hold(name) || self.lost.fields {
            return None;
        }
        let mut known: Vec<String> = scope.names().map(str::to_owned).collect();
        known.extend(self.declared(scope.pack).into_iter().map(str::to_owned));
        known.extend(
            self.schema()
                .record(Schema::ROOT)
                .map(|root| root.fields.iter().map(|f| f.name.to_string()).collect::<Vec<_>>())
                .unwrap_or_default(),
        );
        known.sort_unstable();
        let near = did_you_mean(name, known.iter().map(String::as_str));
        let help = match self.pack_named(scope.pack, name) {
            Some(_) => Some(format!("`{name}` is a pack: name its item, `{name}.item`")),
            None => value_meant(name).map(str::to_owned).or(near),
        };
        self.error(
            Diagnostic::error("policy/unknown-name", span, format!("nothing here is called `{name}`"))
                .help("a name is a variable, a `let` or `param` of the pack, or a field at the root of a tenant")
                .help_if(help),
        );
        None
    }

    pub(super) fn root_field(&self, name: &str) -> Option<(u16, &Field)> {
        let root = self.schema().record(Schema::ROOT)?;
        let slot = root.slot(name)?;
        Some((slot, root.field(slot)?))
    }

    pub(super) fn named(&mut self, pack: usize, name: &'s str, span: Span) -> Option<Expr> {
        let (meaning, index) = self.value_of(pack, name)?;
        self.reads.insert((pack, name));
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

    pub(super) fn field_expr(
        &mut self,
        scope: &mut Scope,
        base: &syntax::Expr,
        name: &Name,
        span: Span,
    ) -> Option<Expr> {
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
            if self.lost.may_hold(&name.text) || self.lost.fields {
                return None;
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
                None if self.leads_anywhere(*slot) => return None,
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
                let help = self.call_meant(&base, &name.text).or(help.map(str::to_owned));
                self.error(Diagnostic::error("policy/type", name.span, format!("{text} has no fields")).help_if(help));
                return None;
            }
        };
        let known = self.schema().record(record)?;
        match known.slot(&name.text) {
            Some(slot) => {
                let ty = known.field(slot)?.ty.kind.clone();
                Some(Expr { kind: ExprKind::Field(Box::new(base), record, slot), ty, span })
            }
            None if self.lost.may_hold_field_of(record, &known.name) => None,
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

    /// The call that is meant by a field of what has none: `doors.count`.
    fn call_meant(&self, of: &Expr, name: &str) -> Option<String> {
        let function = match (&of.ty, name) {
            (TypeKind::List(_), "count" | "length" | "len" | "size") => "count",
            (TypeKind::Text | TypeKind::Enum(_), "length" | "len" | "size") => "len",
            (_, name) => builtin(name)?.name,
        };
        let value = match of.kind {
            ExprKind::Root(slot) => self.schema().field(Schema::ROOT, slot).map(|field| field.name.to_string()),
            _ => None,
        };
        Some(format!("write `{function}({})`", value.as_deref().unwrap_or("…")))
    }

    /// The record type that a reference to a list or map at the root leads to.
    pub(super) fn target(&self, slot: u16) -> Option<RecordId> {
        match &self.schema().field(Schema::ROOT, slot)?.ty.kind {
            TypeKind::List(of) | TypeKind::Map(of) => match of.kind {
                TypeKind::Record(record) => Some(record),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is not known what a reference leads to, since that is wrong itself.
    fn leads_anywhere(&self, slot: u16) -> bool {
        self.schema().field(Schema::ROOT, slot).is_some_and(|field| match &field.ty.kind {
            TypeKind::List(of) | TypeKind::Map(of) => of.kind == TypeKind::Any,
            kind => *kind == TypeKind::Any,
        })
    }

    pub(super) fn index_expr(
        &mut self,
        scope: &mut Scope,
        base: &syntax::Expr,
        key: &syntax::Expr,
        span: Span,
    ) -> Option<Expr> {
        let base = self.expr(scope, base, None)?;
        self.index_of(scope, base, key, span)
    }

    /// An entry of a checked value.
    pub(super) fn index_of(&mut self, scope: &mut Scope, base: Expr, key: &syntax::Expr, span: Span) -> Option<Expr> {
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
    pub(super) fn list_key(&self, expr: &Expr) -> Option<u16> {
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
}

/// What is meant by a name that stands for a value in other languages.
fn value_meant(name: &str) -> Option<&'static str> {
    Some(match name {
        "null" | "none" | "nil" | "undefined" | "None" | "NULL" => {
            "whether something is there is asked with `is missing` and `is set`"
        }
        "yes" | "on" | "True" | "TRUE" => "write `true`",
        "no" | "off" | "False" | "FALSE" => "write `false`",
        "now" => "write `today`",
        _ => return None,
    })
}
