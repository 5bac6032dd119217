//! Owns the schema as JSON Schema, draft 2020-12, for editors that check tenant files as they are written. It must never know a tenant.

use crate::string::Str;
use serde_json::{Map, Number, Value, json};

use super::{Absent, Const, Field, Limits, RecordId, Schema, Type, TypeKind};
use crate::value::{End, Num, decimal};

/// How a tenant writes a date, or a timestamp that says one.
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$";
/// How a tenant writes a duration.
const DURATION: &str = "^([0-9][0-9_]* *(hours?|days?|weeks?|months?|years?)|P([0-9]+[YMWD])*(T([0-9]+[HMS])+)?)$";
/// How a tenant writes a percentage with its sign.
const PERCENT: &str = "^-?[0-9]+(\\.[0-9]+)? *%$";

impl Schema {
    /// The schema as JSON Schema, indented, with a final line end.
    pub fn json(&self) -> String {
        let mut defs = Map::new();
        for (at, record) in self.records.iter().enumerate().skip(1) {
            if !record.name.is_empty() {
                defs.insert(record.name.to_string(), self.json_record(RecordId(at as u16)));
            }
        }
        let mut root = Map::new();
        root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".into(), json!("A tenant, as Cerco reads it"));
        if let Value::Object(record) = self.json_record(Schema::ROOT) {
            root.extend(record.into_iter().filter(|(key, _)| key != "title"));
        }
        root.insert("$defs".into(), Value::Object(defs));
        let text = serde_json::to_string_pretty(&Value::Object(root)).unwrap_or_default();
        text + "\n"
    }

    fn json_record(&self, id: RecordId) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let (name, fields) = self.record(id).map_or(("", &[][..]), |record| (record.name.as_str(), &record.fields));
        for field in fields {
            properties.insert(field.name.to_string(), self.json_field(field));
            if field.absent == Absent::Required {
                required.push(json!(field.name.as_str()));
            }
        }
        let mut out = Map::new();
        out.insert("title".into(), json!(name));
        out.insert("type".into(), json!("object"));
        out.insert("properties".into(), Value::Object(properties));
        if !required.is_empty() {
            out.insert("required".into(), Value::Array(required));
        }
        out.insert("patternProperties".into(), json!({ "^x-": true }));
        out.insert("additionalProperties".into(), json!(false));
        Value::Object(out)
    }

    fn json_field(&self, field: &Field) -> Value {
        let mut out = match self.json_type(&field.ty) {
            Value::Object(out) => out,
            _ => Map::new(),
        };
        let mut told: Vec<String> = field.description.iter().map(Str::to_string).collect();
        if let TypeKind::Ref(slot) = field.ty.kind {
            told.push(format!("A key of {}.", self.list_name(slot)));
        }
        if let Some(key) = field.key.and_then(|key| self.element(field)?.field(key)) {
            told.push(format!("Its elements are named by `{}`.", key.name));
        }
        if let Absent::Default(value) = &field.absent {
            out.insert("default".into(), self.json_const(value, &field.ty.kind));
        }
        if !told.is_empty() {
            out.insert("description".into(), json!(told.join(" ")));
        }
        // `null` is the same as absent, except where it must be there.
        match field.absent {
            Absent::Required => Value::Object(out),
            _ => nullable(out),
        }
    }

    fn element(&self, field: &Field) -> Option<&super::Record> {
        match &field.ty.kind {
            TypeKind::List(of) => match of.kind {
                TypeKind::Record(id) => self.record(id),
                _ => None,
            },
            _ => None,
        }
    }

    fn list_name(&self, slot: u16) -> String {
        self.field(Schema::ROOT, slot).map_or_else(String::new, |list| format!("`{}`", list.name))
    }

    fn json_type(&self, ty: &Type) -> Value {
        let limits = ty.limits.as_deref();
        match &ty.kind {
            TypeKind::Bool => json!({ "type": "boolean" }),
            TypeKind::Int => with_limits(json!({ "type": "integer" }), limits, false),
            TypeKind::Decimal => with_limits(json!({ "type": "number" }), limits, false),
            TypeKind::Percent => {
                let number = with_limits(json!({ "type": "number" }), limits, true);
                json!({ "anyOf": [number, { "type": "string", "pattern": PERCENT }] })
            }
            TypeKind::Text => {
                let pattern = limits.and_then(|limits| limits.pattern.as_ref());
                match pattern {
                    Some(pattern) => json!({ "type": "string", "pattern": pattern.as_str() }),
                    None => json!({ "type": "string" }),
                }
            }
            TypeKind::Date => json!({ "type": "string", "pattern": DATE }),
            TypeKind::Duration => json!({ "type": "string", "pattern": DURATION }),
            TypeKind::Enum(id) => json!({ "enum": self.values(*id) }),
            // A key may be a number in YAML; in the schema it is what the list's key field is.
            TypeKind::Ref(_) => json!({ "type": ["string", "integer"] }),
            TypeKind::List(of) => json!({ "type": "array", "items": self.json_element(of) }),
            TypeKind::Map(of) => json!({
                "type": "object",
                "patternProperties": { "^x-": true },
                "additionalProperties": self.json_element(of),
            }),
            TypeKind::Record(id) => match self.record(*id) {
                Some(record) if !record.name.is_empty() => json!({ "$ref": format!("#/$defs/{}", record.name) }),
                _ => json!({}),
            },
            TypeKind::Worded(of, words) => {
                let number = self.json_type(&Type { kind: (**of).clone(), limits: ty.limits.clone() });
                json!({ "anyOf": [number, { "enum": &words[..] }] })
            }
            TypeKind::Any => json!({}),
        }
    }

    /// `null` in a list or map is no element.
    fn json_element(&self, of: &Type) -> Value {
        match self.json_type(of) {
            Value::Object(element) => nullable(element),
            other => other,
        }
    }

    fn json_const(&self, value: &Const, ty: &TypeKind) -> Value {
        match (value, ty) {
            (Const::Bool(truth), _) => json!(truth),
            (Const::Int(n), _) => json!(n),
            (Const::Exact(_), TypeKind::Percent) => json!(self.const_text(value, ty)),
            (Const::Exact(n), _) => number(&Num::Exact(**n), false).unwrap_or(Value::Null),
            (Const::Text(text), _) => json!(&text[..]),
            (Const::Enum(id, at), _) => json!(self.word(*id, *at)),
            (Const::Date(_) | Const::Duration(_), _) => json!(self.const_text(value, ty)),
            (Const::List(values), TypeKind::List(of)) => {
                values.iter().map(|value| self.json_const(value, &of.kind)).collect()
            }
            (Const::Map(entries), TypeKind::Map(of)) => {
                let entries = entries.iter().map(|(key, value)| (key.to_string(), self.json_const(value, &of.kind)));
                Value::Object(entries.collect())
            }
            (Const::List(_), _) => json!([]),
            (Const::Map(_) | Const::EmptyRecord(_), _) => json!({}),
        }
    }
}

/// The same, or `null`.
fn nullable(mut ty: Map<String, Value>) -> Value {
    match ty.get_mut("type") {
        Some(kind @ Value::String(_)) => *kind = json!([kind.clone(), "null"]),
        Some(Value::Array(kinds)) => kinds.push(json!("null")),
        _ => {
            if let Some(Value::Array(values)) = ty.get_mut("enum") {
                values.push(Value::Null);
            } else if let Some(Value::Array(kinds)) = ty.get_mut("anyOf") {
                kinds.push(json!({ "type": "null" }));
            } else if let Some(target) = ty.remove("$ref") {
                ty.insert("anyOf".into(), json!([{ "$ref": target }, { "type": "null" }]));
            }
        }
    }
    Value::Object(ty)
}

/// Adds the bounds of numbers; of percentages in hundredths, as they are written.
fn with_limits(mut ty: Value, limits: Option<&Limits>, percent: bool) -> Value {
    let (Some(limits), Value::Object(out)) = (limits, &mut ty) else { return ty };
    let mut put = |end: &Option<End>, closed: &str, open: &str| {
        if let Some(end) = end
            && let Some(number) = number(&end.at, percent)
        {
            out.insert((if end.open { open } else { closed }).into(), number);
        }
    };
    put(&limits.numbers.low, "minimum", "exclusiveMinimum");
    put(&limits.numbers.high, "maximum", "exclusiveMaximum");
    ty
}

fn number(n: &Num, percent: bool) -> Option<Value> {
    let exact = if percent { n.mul(&Num::Int(100))?.exact() } else { n.exact() };
    let text = decimal(&exact, 9).replace(',', "");
    if let Ok(whole) = text.parse::<i64>() {
        return Some(json!(whole));
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
}
