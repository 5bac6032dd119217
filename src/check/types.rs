//! Owns how schemas and types become the types of a tenant: fields, bounds, defaults, keys, references. It must never know expressions.

use super::compare::is_unquoted;
use super::{Checker, TypeMeaning};
use crate::diagnostic::{Diagnostic, did_you_mean, nearest, pascal_case};
use crate::schema::{
    Absent, BASE_TYPES, Const, Field, Limits, MOST, Matcher, RecordId, Schema, Type, TypeKind, quoted,
};
use crate::source::Span;
use crate::string::Str;
use crate::syntax::{self, BinaryOp, Bound, Constant, ConstantKind, Item, Literal, TypeBody};
use crate::value::{Bounds, Duration, End, Num};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::sync::Arc;

impl<'s> Checker<'s> {
    /// Record types, their fields, and what needs all of these to stand: defaults, keys and references.
    pub(super) fn types(&mut self) {
        self.policy.schema.add_record("tenant".into());
        let mut bodies: Vec<(usize, RecordId, &'s [syntax::FieldDef])> = Vec::new();
        let mut places: FxHashMap<(usize, &'s str), Span> = FxHashMap::default();
        for (pack, item) in self.items() {
            match item {
                Item::Schema(schema) => {
                    self.kebab(&schema.name, "schema");
                    bodies.push((pack, Schema::ROOT, &schema.fields));
                }
                Item::Type(item) => {
                    let name = &item.name;
                    if !name.text.starts_with(|c: char| c.is_ascii_uppercase()) || name.text.contains('_') {
                        let meant = pascal_case(&name.text);
                        let message = format!("the type `{}` is not written in PascalCase", name.text);
                        self.error(
                            Diagnostic::error("policy/name", name.span, message).help(format!("write `type {meant}`")),
                        );
                        // Where it is used it may be written so already.
                        self.lost.names.insert(meant.into());
                    }
                    if let Some(before) = places.get(&(pack, name.text.as_str())) {
                        let message = format!("the type `{}` is declared twice", name.text);
                        self.error(
                            Diagnostic::error("policy/duplicate", name.span, message)
                                .and_at(*before, "declared here first")
                                .help("give one of them another name"),
                        );
                        continue;
                    }
                    places.insert((pack, name.text.as_str()), name.span);
                    let meaning = match &item.body {
                        TypeBody::Record(fields) => {
                            let Some(id) = self.policy.schema.add_record(name.text.clone()) else {
                                self.too_many(name.span, "types of records");
                                continue;
                            };
                            bodies.push((pack, id, fields));
                            TypeMeaning::Record(id)
                        }
                        TypeBody::Alias(ty) => TypeMeaning::Alias(ty),
                    };
                    self.type_names.insert((pack, name.text.as_str()), meaning);
                }
                _ => {}
            }
        }
        for (pack, item) in self.items() {
            let Item::Extend(extend) = item else { continue };
            match self.find_type(pack, extend.name.pack.as_ref().map(|p| p.text.as_str()), &extend.name.name.text) {
                Some((_, TypeMeaning::Record(id))) => bodies.push((pack, id, &extend.fields)),
                _ => self.unknown_type(pack, &extend.name),
            }
        }
        // Root sections have their slots before any type is read, so that references find them.
        for (pack, id, fields) in &bodies {
            for field in *fields {
                self.declare_field(*pack, *id, field);
            }
        }
        // A name for a type is looked at even where nobody uses it.
        for (pack, item) in self.items() {
            if let Item::Type(syntax::TypeItem { name, body: TypeBody::Alias(ty) }) = item {
                self.open_aliases.push((pack, name.text.as_str()));
                self.type_of(pack, ty, name.span);
                self.open_aliases.pop();
            }
        }
        for record in &mut self.policy.schema.records {
            record.fields.shrink_to_fit();
        }
        for (pack, id, fields) in &bodies {
            for field in *fields {
                let ty = self.type_of(*pack, &field.ty, field.name.span);
                let ty = ty.filter(|_| !self.clashing.contains(&field.name.span)).unwrap_or(TypeKind::Any.into());
                self.update(*id, field, |entry| entry.ty = ty);
            }
        }
        for (pack, id, fields) in &bodies {
            for field in *fields {
                self.complete_field(*pack, *id, field);
            }
        }
        for (_, _, fields) in &bodies {
            for field in *fields {
                self.check_references(&field.ty);
            }
        }
    }

    fn declare_field(&mut self, pack: usize, id: RecordId, field: &'s syntax::FieldDef) {
        self.field_name(&field.name);
        let Some(record) = self.policy.schema.records.get_mut(usize::from(id.0)) else { return };
        if let Some(before) = record.fields.iter().find(|known| known.name == field.name.text) {
            let before = before.span;
            self.field_twice(pack, id, &field.name, before);
            return;
        }
        if record.fields.len() >= MOST {
            return self.too_many(field.name.span, "fields of one record");
        }
        self.owners.insert(field.name.span, pack);
        record.fields.push(Field {
            name: field.name.text.clone(),
            ty: TypeKind::Any.into(),
            key: None,
            absent: if field.optional { Absent::Unknown } else { Absent::Required },
            description: field.description.as_ref().map(|text| text.text.clone()),
            span: field.name.span,
        });
    }

    /// A name without quotes is snake_case, and what begins with `x-` is read by no rule.
    fn field_name(&mut self, name: &syntax::Name) {
        if name.text.starts_with("x-") {
            let message = format!("`{}` begins with `x-`, and such keys are read by no rule", name.text);
            self.error(Diagnostic::error("policy/name", name.span, message).help(
                "leave it out: a tenant may have such keys everywhere; a field that rules read has another name",
            ));
            return;
        }
        // Quotes are part of the place.
        let quoted = name.span.end - name.span.start > name.text.len() as u32;
        let small = name.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !quoted && !small {
            let text = &name.text;
            self.error(
                Diagnostic::error("policy/name", name.span, format!("`{text}` is not written in snake_case")).help(
                    format!(
                        "a field that is called so is declared in quotes, `\"{text}\": …`, and read as `x[\"{text}\"]`"
                    ),
                ),
            );
        }
    }

    /// That a field is declared already: said where somebody can change it.
    fn field_twice(&mut self, pack: usize, id: RecordId, name: &syntax::Name, before: Span) {
        let owner = self.owners.get(&before).copied().unwrap_or(pack);
        let carried = |pack: usize| self.sources.get(pack).is_some_and(|source| source.carried);
        let (here, there, others) =
            if carried(pack) && !carried(owner) { (before, name.span, pack) } else { (name.span, before, owner) };
        let message = format!("the field `{}` is declared twice", name.text);
        let error = Diagnostic::error("policy/duplicate", here, message);
        let error = match self.sources.get(others).filter(|_| owner != pack) {
            None => error.and_at(there, "declared here first").help("take one of them out"),
            Some(other) => {
                let add = if id == Schema::ROOT {
                    "take it out, and add fields to what is there with `extend type …`"
                } else {
                    "take it out, or give it another name"
                };
                error.and_at(there, format!("the pack `{}` declares it", other.name)).help(add)
            }
        };
        self.error(error);
        if owner != pack && id == Schema::ROOT {
            // What either pack says of its own field is no mistake.
            self.clashing.insert(before);
        }
    }

    /// Changes the field that this very definition declared; not its duplicate.
    fn update(&mut self, id: RecordId, field: &syntax::FieldDef, change: impl FnOnce(&mut Field)) {
        if let Some(record) = self.policy.schema.records.get_mut(usize::from(id.0))
            && let Some(entry) = record.fields.iter_mut().find(|known| known.span == field.name.span)
        {
            change(entry);
        }
    }

    fn complete_field(&mut self, _pack: usize, id: RecordId, field: &'s syntax::FieldDef) {
        let ty = self
            .policy
            .schema
            .record(id)
            .and_then(|record| record.fields.iter().find(|known| known.span == field.name.span))
            .map(|field| field.ty.clone());
        let Some(ty) = ty else { return };
        if let Some(key) = &field.key {
            let element = match &ty.kind {
                TypeKind::List(of) => match of.kind {
                    TypeKind::Record(record) => Some(record),
                    _ => None,
                },
                _ => None,
            };
            let unknown = match &ty.kind {
                TypeKind::List(of) => of.kind == TypeKind::Any,
                kind => *kind == TypeKind::Any,
            };
            match element.and_then(|record| self.policy.schema.record(record)) {
                None if unknown => {}
                None => self.error(
                    Diagnostic::error("policy/key", key.span, "`key` names a field of a list's records")
                        .help("it belongs behind `[SomeRecord]`"),
                ),
                Some(record) => match record.slot(&key.text) {
                    None if self.lost.may_hold(&record.name) => {}
                    None => {
                        let names = || record.fields.iter().map(|field| field.name.as_str());
                        let near = did_you_mean(&key.text, names());
                        let meant = nearest(&key.text, names()).and_then(|name| record.slot(name));
                        let name = record.name.clone();
                        self.error(
                            Diagnostic::error(
                                "policy/unknown-field",
                                key.span,
                                format!("there is no field `{}` in `{name}`", key.text),
                            )
                            .help_if(near),
                        );
                        // The list has a key: what reads it is no mistake.
                        self.update(id, field, |entry| match meant {
                            Some(slot) => entry.key = Some(slot),
                            None => entry.ty = TypeKind::Any.into(),
                        });
                    }
                    Some(slot) => {
                        let kind = record.field(slot).map(|field| field.ty.kind.clone());
                        if !matches!(
                            kind,
                            Some(TypeKind::Text | TypeKind::Enum(_) | TypeKind::Int | TypeKind::Ref(_) | TypeKind::Any)
                        ) {
                            self.error(Diagnostic::error(
                                "policy/key",
                                key.span,
                                "a key is a string, an enum or a whole number",
                            ));
                        }
                        self.update(id, field, |entry| entry.key = Some(slot));
                    }
                },
            }
        }
        if let Some(default) = &field.default {
            if field.optional {
                self.error(
                    Diagnostic::error(
                        "policy/default",
                        default.span,
                        "a field is either optional (`?:`) or has a default",
                    )
                    .help("with a default it is never missing: take the `?` away"),
                );
            }
            if let Some(constant) = self.default_value(default, &ty) {
                self.update(id, field, |entry| entry.absent = Absent::Default(constant));
            } else {
                self.update(id, field, |entry| entry.absent = Absent::Unknown);
            }
        }
    }

    fn check_references(&mut self, ty: &'s syntax::TypeExpr) {
        match &ty.kind {
            syntax::TypeKind::List(of) | syntax::TypeKind::Map(of) => self.check_references(of),
            syntax::TypeKind::Ref(name) => {
                let root = self.policy.schema.record(Schema::ROOT);
                let target = root.and_then(|root| root.fields.iter().find(|field| field.name == name.text));
                let fits = target.is_some_and(|field| match &field.ty.kind {
                    TypeKind::List(_) => field.key.is_some(),
                    TypeKind::Map(_) | TypeKind::Any => true,
                    _ => false,
                });
                if target.is_some() && !fits {
                    self.error(
                        Diagnostic::error(
                            "policy/reference",
                            name.span,
                            format!("`{}` is neither a keyed list nor a map", name.text),
                        )
                        .help("give the list a `key`"),
                    );
                }
            }
            _ => {}
        }
    }

    fn find_type(&self, pack: usize, qualifier: Option<&str>, name: &str) -> Option<(usize, TypeMeaning<'s>)> {
        let packs: Vec<usize> = match qualifier {
            Some(qualifier) => vec![self.pack_named(pack, qualifier)?],
            None => self.uses.get(pack)?.clone(),
        };
        packs.into_iter().find_map(|pack| {
            let found = self.type_names.iter().find(|((owner, known), _)| *owner == pack && *known == name);
            found.map(|(_, meaning)| (pack, *meaning))
        })
    }

    fn unknown_type(&mut self, pack: usize, name: &syntax::Qualified) {
        if self.lost.may_hold(&name.name.text) {
            return;
        }
        let mut known: Vec<&str> = BASE_TYPES.to_vec();
        let in_sight = self.uses.get(pack).cloned().unwrap_or_default();
        known.extend(self.type_names.keys().filter(|(owner, _)| in_sight.contains(owner)).map(|(_, name)| *name));
        known.sort_unstable();
        let near = did_you_mean(&name.name.text, known);
        let meant = type_meant(&name.name.text).map(|meant| format!("write `{meant}`"));
        self.error(
            Diagnostic::error("policy/unknown-type", name.span(), format!("there is no type `{}`", name.name.text))
                .help_if(meant.or(near)),
        );
    }

    /// The type that is written; `None` where it is none.
    pub(super) fn type_of(&mut self, pack: usize, ty: &'s syntax::TypeExpr, _for: Span) -> Option<Type> {
        self.alias_depth += 1;
        let found = if self.alias_depth > 200 { None } else { self.type_of_inner(pack, ty) };
        self.alias_depth -= 1;
        found
    }

    fn type_of_inner(&mut self, pack: usize, ty: &'s syntax::TypeExpr) -> Option<Type> {
        let base = match &ty.kind {
            syntax::TypeKind::List(of) => Type::list(self.type_of(pack, of, of.span)?),
            syntax::TypeKind::Map(of) => TypeKind::Map(Box::new(self.type_of(pack, of, of.span)?)).into(),
            syntax::TypeKind::Enum(values) => self.enum_type(values, false),
            syntax::TypeKind::Ordered(values) => self.enum_type(values, true),
            syntax::TypeKind::Ref(name) => {
                let root = self.policy.schema.record(Schema::ROOT)?;
                match root.slot(&name.text) {
                    Some(slot) => TypeKind::Ref(slot).into(),
                    None if self.lost.fields || self.lost.any => return None,
                    None => {
                        let near = did_you_mean(&name.text, root.fields.iter().map(|field| field.name.as_str()));
                        self.error(
                            Diagnostic::error(
                                "policy/unknown-field",
                                name.span,
                                format!("there is no `{}` at the root of a tenant", name.text),
                            )
                            .help_if(near),
                        );
                        return None;
                    }
                }
            }
            syntax::TypeKind::Worded(name, words) => {
                let of = self.named_type(pack, name)?;
                if !matches!(of.kind, TypeKind::Int | TypeKind::Decimal | TypeKind::Percent | TypeKind::Duration) {
                    self.error(
                        Diagnostic::error(
                            "policy/type",
                            name.span(),
                            "words stand beside a number, a percent or a duration alone",
                        )
                        .help("a set of words is an enum: `\"a\" | \"b\"`"),
                    );
                    return None;
                }
                Type {
                    kind: TypeKind::Worded(
                        Box::new(of.kind),
                        Arc::new(words.iter().map(|word| word.text.clone()).collect()),
                    ),
                    limits: of.limits,
                }
            }
            syntax::TypeKind::Named(name) => self.named_type(pack, name)?,
        };
        if ty.bounds.is_empty() { Some(base) } else { self.bounded(base, ty) }
    }

    fn enum_type(&mut self, values: &[syntax::Text], ordered: bool) -> Type {
        let mut seen = FxHashSet::default();
        for value in values {
            if !seen.insert(value.text.as_str()) {
                self.error(Diagnostic::error(
                    "policy/duplicate",
                    value.span,
                    format!("{} stands twice in this enum", quoted(&value.text)),
                ));
            }
        }
        if let Some(beyond) = values.get(MOST) {
            self.too_many(beyond.span, "words of one enum");
            return TypeKind::Any.into();
        }
        let words = values.iter().map(|value| value.text.clone()).collect();
        match self.policy.schema.intern_enum(words, ordered) {
            Some(id) => TypeKind::Enum(id).into(),
            None => {
                self.too_many(values.first().map_or_else(Span::default, |value| value.span), "enums");
                TypeKind::Any.into()
            }
        }
    }

    fn named_type(&mut self, pack: usize, name: &'s syntax::Qualified) -> Option<Type> {
        if name.pack.is_none() {
            let base = match name.name.text.as_str() {
                "bool" => Some(TypeKind::Bool),
                "int" => Some(TypeKind::Int),
                "decimal" => Some(TypeKind::Decimal),
                "percent" => Some(TypeKind::Percent),
                "string" => Some(TypeKind::Text),
                "date" => Some(TypeKind::Date),
                "duration" => Some(TypeKind::Duration),
                _ => None,
            };
            if let Some(base) = base {
                return Some(base.into());
            }
        }
        match self.find_type(pack, name.pack.as_ref().map(|pack| pack.text.as_str()), &name.name.text) {
            Some((_, TypeMeaning::Record(id))) => Some(TypeKind::Record(id).into()),
            Some((owner, TypeMeaning::Alias(ty))) => {
                let key = (owner, name.name.text.as_str());
                if self.open_aliases.contains(&key) {
                    self.error(Diagnostic::error(
                        "policy/recursion",
                        name.span(),
                        format!("the type `{}` is made of itself", name.name.text),
                    ));
                    return None;
                }
                self.open_aliases.push(key);
                let ty = self.type_of(owner, ty, name.span());
                self.open_aliases.pop();
                ty
            }
            None => {
                self.unknown_type(pack, name);
                None
            }
        }
    }

    fn bounded(&mut self, base: Type, ty: &'s syntax::TypeExpr) -> Option<Type> {
        let mut limits = base.limits.as_deref().cloned().unwrap_or_default();
        let of = match &base.kind {
            TypeKind::Worded(of, _) => (**of).clone(),
            kind => kind.clone(),
        };
        let mut texts = Vec::new();
        for bound in &ty.bounds {
            let (low, high) = match bound {
                Bound::Matches(pattern) => {
                    if of != TypeKind::Text {
                        self.error(Diagnostic::error("policy/type", pattern.span, "`matches` bounds a string alone"));
                        continue;
                    }
                    if self.regex(pattern).is_some() {
                        limits.pattern = Some(Matcher::new(&pattern.text));
                    }
                    continue;
                }
                Bound::Range(low, high) => {
                    texts.push(format!("{} to {}", constant_text(low), constant_text(high)));
                    (Some((low, false)), Some((high, false)))
                }
                Bound::Order(op, value) => {
                    let open = matches!(op, BinaryOp::Lt | BinaryOp::Gt);
                    let words = match op {
                        BinaryOp::Ge if of == TypeKind::Date => "on or after",
                        BinaryOp::Gt if of == TypeKind::Date => "after",
                        BinaryOp::Le if of == TypeKind::Date => "on or before",
                        _ if of == TypeKind::Date => "before",
                        BinaryOp::Ge => "at least",
                        BinaryOp::Gt => "above",
                        BinaryOp::Le => "at most",
                        _ => "below",
                    };
                    texts.push(format!("{words} {}", constant_text(value)));
                    if matches!(op, BinaryOp::Ge | BinaryOp::Gt) {
                        (Some((value, open)), None)
                    } else {
                        (None, Some((value, open)))
                    }
                }
            };
            for (end, lower) in [(low, true), (high, false)] {
                let Some((constant, open)) = end else { continue };
                self.limit(&mut limits, &of, constant, open, lower);
            }
        }
        limits.text = texts.join(" and ").into();
        if limits.is_empty() {
            let inherited = base.limits.iter().map(|limits| limits.text.clone()).filter(|text| !text.is_empty());
            let all = inherited.chain([limits.text.clone()]).collect::<Vec<_>>().join(" and ");
            self.error(
                Diagnostic::error("policy/bounds", ty.span, format!("no value is {all}"))
                    .help("the smaller end stands first: `1..5`"),
            );
        }
        Some(Type { kind: base.kind, limits: Some(Arc::new(limits)) })
    }

    fn limit(&mut self, limits: &mut Limits, of: &TypeKind, constant: &Constant, open: bool, lower: bool) {
        let ConstantKind::Literal(literal) = &constant.kind else { return };
        match (of, literal) {
            (
                TypeKind::Int | TypeKind::Decimal | TypeKind::Percent,
                Literal::Int(_) | Literal::Decimal(_) | Literal::Percent(_),
            ) => {
                if *of == TypeKind::Percent && !matches!(literal, Literal::Percent(_)) {
                    self.error(
                        Diagnostic::error("policy/type", constant.span, "a percentage is bounded by percentages")
                            .help("write `80%`"),
                    );
                    return;
                }
                let (mut at, mut open) = match literal {
                    Literal::Int(n) => (Num::Int(*n), open),
                    Literal::Decimal(n) | Literal::Percent(n) => (Num::Exact(**n), open),
                    _ => return,
                };
                if *of == TypeKind::Int && open {
                    // A whole number above 3 is at least 4.
                    if let Num::Int(n) = at {
                        at = Num::Int(if lower { n.saturating_add(1) } else { n.saturating_sub(1) });
                        open = false;
                    }
                }
                let end = Some(End { at, open });
                if lower { limits.numbers.low = end } else { limits.numbers.high = end }
            }
            (TypeKind::Date, Literal::Date(day)) => {
                let day = if open { if lower { day + 1 } else { day - 1 } } else { *day };
                if lower { limits.dates.0 = Some(day) } else { limits.dates.1 = Some(day) }
            }
            (TypeKind::Duration, Literal::Duration(months, seconds)) => {
                let end = Some((Duration { months: *months, seconds: *seconds }, open));
                if lower { limits.durations.0 = end } else { limits.durations.1 = end }
            }
            (TypeKind::Any, _) => {}
            _ => {
                let text = self.type_text(of);
                self.error(Diagnostic::error("policy/type", constant.span, format!("this cannot bound {text}")));
            }
        }
    }

    /// A default of a field, fitted to its type.
    fn default_value(&mut self, constant: &Constant, ty: &Type) -> Option<Const> {
        let wrong = |checker: &Self| {
            let wanted = checker.type_text(&ty.kind);
            let written = matches!(constant.kind, ConstantKind::Literal(Literal::Text(_)));
            let help = (written && is_unquoted(&ty.kind)).then(|| "take the quotes off".to_owned());
            Diagnostic::error("policy/default", constant.span, format!("this default is not {wanted}")).help_if(help)
        };
        let value = match (&constant.kind, &ty.kind) {
            (_, TypeKind::Any) => return None,
            (ConstantKind::List(values), TypeKind::List(of)) => {
                let values: Option<Vec<Const>> = values.iter().map(|value| self.default_value(value, of)).collect();
                Const::List(values?.into())
            }
            (ConstantKind::Map(entries), TypeKind::Map(of)) => {
                let mut map = indexmap::IndexMap::new();
                for (key, value) in entries {
                    let value = self.default_value(value, of)?;
                    map.insert(key.text.clone(), value);
                }
                Const::Map(Box::new(map))
            }
            (ConstantKind::Map(entries), TypeKind::Record(id)) if entries.is_empty() => {
                if let Some(field) = self.needs(*id) {
                    self.error(
                        Diagnostic::error(
                            "policy/default",
                            constant.span,
                            format!("`{{}}` is no default here: `{field}` must be there"),
                        )
                        .help("give the field a default, or make it optional"),
                    );
                    return None;
                }
                Const::EmptyRecord(*id)
            }
            (ConstantKind::Literal(literal), kind) => match (literal, kind) {
                (Literal::Bool(value), TypeKind::Bool) => Const::Bool(*value),
                (Literal::Int(n), TypeKind::Int) => Const::Int(*n),
                (Literal::Int(n), TypeKind::Decimal) => Const::exact(crate::value::Exact::from_integer(i128::from(*n))),
                (Literal::Decimal(n), TypeKind::Decimal) => Const::Exact(n.clone()),
                (Literal::Percent(n), TypeKind::Percent | TypeKind::Decimal) => Const::Exact(n.clone()),
                (Literal::Text(text), TypeKind::Text) => Const::Text(text.clone()),
                (Literal::Text(text), TypeKind::Enum(id)) => self.enum_value(*id, text, constant.span)?,
                (Literal::Date(day), TypeKind::Date) => Const::Date(*day),
                (Literal::Duration(months, seconds), TypeKind::Duration) => {
                    Const::Duration(Duration { months: *months, seconds: *seconds })
                }
                (Literal::Text(text), TypeKind::Worded(_, words)) if words.iter().any(|word| word == text) => {
                    Const::Text(text.clone())
                }
                (_, TypeKind::Worded(of, _)) => {
                    self.default_value(constant, &Type { kind: (**of).clone(), limits: ty.limits.clone() })?
                }
                _ => {
                    let error = wrong(self);
                    self.error(error);
                    return None;
                }
            },
            _ => {
                let error = wrong(self);
                self.error(error);
                return None;
            }
        };
        if let Some(bounds) = outside(&value, ty) {
            self.error(Diagnostic::error("policy/bounds", constant.span, format!("the default must be {bounds}")));
        }
        Some(value)
    }

    /// A field that a record must have.
    fn needs(&self, id: RecordId) -> Option<Str> {
        let record = self.schema().record(id)?;
        // Defaults are filled in after all fields stand: a field without any is required until its default is read.
        record
            .fields
            .iter()
            .find(|field| field.absent == Absent::Required && !self.has_default(field.span))
            .map(|field| field.name.clone())
    }

    fn has_default(&self, span: Span) -> bool {
        self.items().any(|(_, item)| {
            let fields: &[syntax::FieldDef] = match item {
                Item::Schema(schema) => &schema.fields,
                Item::Type(item) => match &item.body {
                    TypeBody::Record(fields) => fields,
                    TypeBody::Alias(_) => &[],
                },
                Item::Extend(extend) => &extend.fields,
                _ => &[],
            };
            fields.iter().any(|field| field.name.span == span && field.default.is_some())
        })
    }
}

/// The type that is meant by what it is called in other languages.
fn type_meant(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "integer" | "number" | "long" => "int",
        "float" | "double" | "numeric" => "decimal",
        "str" | "text" => "string",
        "boolean" => "bool",
        "percentage" => "percent",
        "time" | "datetime" | "timestamp" => "date",
        "timedelta" | "interval" => "duration",
        "list" | "array" | "set" => "[T]",
        "map" | "dict" | "object" => "{T}",
        _ => return None,
    })
}

/// The bounds that a constant breaks, as they are written.
pub(super) fn outside(constant: &Const, ty: &Type) -> Option<String> {
    match (constant, &ty.kind) {
        (Const::List(values), TypeKind::List(of)) => return values.iter().find_map(|value| outside(value, of)),
        (Const::Map(values), TypeKind::Map(of)) => return values.values().find_map(|value| outside(value, of)),
        _ => {}
    }
    let limits = ty.limits.as_deref()?;
    let breaks = match constant {
        Const::Int(_) | Const::Exact(_) => {
            let number = constant.num()?;
            !Bounds::exactly(number).orders(&limits.numbers).equal
        }
        Const::Date(day) => {
            limits.dates.0.is_some_and(|first| *day < first) || limits.dates.1.is_some_and(|last| *day > last)
        }
        Const::Text(text) => {
            if matches!(ty.kind, TypeKind::Worded(..)) {
                false
            } else {
                return limits
                    .pattern
                    .as_ref()
                    .filter(|pattern| !pattern.is_match(text))
                    .map(|p| format!("a string that matches /{}/", p.as_str()));
            }
        }
        Const::Duration(length) => {
            // What the calendar leaves open is not outside.
            let certainly = |end: Option<(Duration, bool)>, beyond: Ordering| {
                end.is_some_and(|(end, open)| {
                    let broken = |order: Ordering| order == beyond || open && order == Ordering::Equal;
                    length.orders(end).decide(broken) == Some(true)
                })
            };
            certainly(limits.durations.0, Ordering::Less) || certainly(limits.durations.1, Ordering::Greater)
        }
        _ => false,
    };
    breaks.then(|| limits.text.to_string())
}

fn constant_text(constant: &Constant) -> String {
    match &constant.kind {
        ConstantKind::Literal(Literal::Int(n)) => Num::Int(*n).to_string(),
        ConstantKind::Literal(Literal::Decimal(n)) => Num::Exact(**n).to_string(),
        ConstantKind::Literal(Literal::Percent(n)) => crate::value::percent(n, 6),
        ConstantKind::Literal(Literal::Date(day)) => crate::value::format_date(*day),
        ConstantKind::Literal(Literal::Duration(months, seconds)) => {
            Duration { months: *months, seconds: *seconds }.to_string()
        }
        _ => "that".into(),
    }
}
