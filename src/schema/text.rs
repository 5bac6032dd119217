//! Owns how constants are written for people. It must never know where they are shown.

use super::{Absent, Const, Field, Record, RecordId, Schema, TypeKind};
use crate::string::Str;
use crate::value::{self, Exact, Num, format_date};

impl Schema {
    /// How a constant of a type is written, as in a policy.
    pub fn const_text(&self, value: &Const, ty: &TypeKind) -> String {
        match (value, ty) {
            (Const::Bool(truth), _) => truth.to_string(),
            (Const::Int(n), _) => Num::Int(*n).to_string().replace(',', "_"),
            (Const::Exact(n), TypeKind::Percent) => percent(n),
            (Const::Exact(n), TypeKind::Worded(of, _)) if **of == TypeKind::Percent => percent(n),
            (Const::Exact(n), _) => Num::Exact(**n).to_string().replace(',', "_"),
            (Const::Text(text), _) => quoted(text),
            (Const::Enum(id, at), _) => quoted(self.word(*id, *at)),
            (Const::Date(day), _) => format_date(*day),
            (Const::Duration(duration), _) => duration.to_string().replace(',', "_"),
            (Const::List(values), of) => {
                let of = if let TypeKind::List(of) = of { &of.kind } else { &TypeKind::Any };
                let values: Vec<String> = values.iter().map(|value| self.const_text(value, of)).collect();
                format!("[{}]", values.join(", "))
            }
            (Const::Map(entries), of) => {
                let of = if let TypeKind::Map(of) = of { &of.kind } else { &TypeKind::Any };
                let entry = |(key, value): (&Str, &Const)| format!("{}: {}", quoted(key), self.const_text(value, of));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            (Const::EmptyRecord(_), _) => "{}".into(),
        }
    }
}

fn percent(share: &Exact) -> String {
    value::percent(share, 6).replace(',', "_")
}

/// A string as a policy writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The record that a type holds, through lists and maps.
fn record_of(kind: &TypeKind) -> Option<RecordId> {
    match kind {
        TypeKind::Record(id) => Some(*id),
        TypeKind::List(of) | TypeKind::Map(of) => record_of(&of.kind),
        _ => None,
    }
}

impl Schema {
    /// The sections of a tenant file and the types they are made of, for people: names, types, what absence means, and
    /// what each field is.
    pub fn outline(&self) -> String {
        let mut out = String::from("A tenant file\n");
        if let Some(root) = self.record(Schema::ROOT) {
            self.outline_fields(root, &mut out);
        }
        let mut records: Vec<&Record> = self.records.iter().skip(1).filter(|record| !record.name.is_empty()).collect();
        records.sort_by(|a, b| a.name.cmp(&b.name));
        for record in records {
            out.push_str(&format!("\n{}\n", record.name));
            self.outline_fields(record, &mut out);
        }
        out
    }

    /// A section of a tenant file, or a type, with the types that it is made of; none where nothing is called so.
    pub fn outline_of(&self, name: &str) -> Option<String> {
        let root = self.record(Schema::ROOT)?;
        let mut open: Vec<RecordId> = Vec::new();
        let mut out = match root.fields.iter().find(|field| field.name == name) {
            Some(field) => {
                open.extend(record_of(&field.ty.kind));
                let section = Record { fields: vec![field.clone()], ..root.clone() };
                let mut out = String::from("A tenant file\n");
                self.outline_fields(&section, &mut out);
                out
            }
            None => {
                let at = self.records.iter().skip(1).position(|record| record.name == name)?;
                open.push(RecordId(u16::try_from(at + 1).ok()?));
                String::new()
            }
        };
        let mut told: Vec<RecordId> = Vec::new();
        while let Some(id) = open.pop() {
            let Some(record) = self.record(id).filter(|_| !told.contains(&id)) else { continue };
            told.push(id);
            out.push_str(&format!("{}{}\n", if out.is_empty() { "" } else { "\n" }, record.name));
            self.outline_fields(record, &mut out);
            open.extend(record.fields.iter().rev().filter_map(|field| record_of(&field.ty.kind)));
        }
        Some(out)
    }

    /// What [`outline_of`](Schema::outline_of) knows.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        let fields =
            self.record(Schema::ROOT).into_iter().flat_map(|root| root.fields.iter().map(|it| it.name.as_str()));
        let types = self.records.iter().skip(1).map(|record| record.name.as_str()).filter(|name| !name.is_empty());
        fields.chain(types)
    }

    fn outline_fields(&self, record: &Record, out: &mut String) {
        let rows: Vec<[String; 3]> = record.fields.iter().map(|field| self.outline_field(field)).collect();
        let width = |column: usize, most: usize| {
            let widths = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            widths.filter(|&width| width <= most).max().unwrap_or(0)
        };
        let (names, types) = (width(0, 40), width(1, 40));
        for ([name, ty, absent], field) in rows.iter().zip(&record.fields) {
            let line = format!("  {name:names$}  {ty:types$}  {absent}");
            out.push_str(line.trim_end());
            out.push('\n');
            if let Some(description) = &field.description {
                out.push_str(&format!("  {:names$}    {description}\n", ""));
            }
        }
        if rows.is_empty() {
            out.push_str("  (no fields)\n");
        }
    }

    fn outline_field(&self, field: &Field) -> [String; 3] {
        let mut ty = self.type_text(&field.ty.kind);
        if let Some(limits) = field.ty.limits.as_ref().filter(|limits| !limits.text.is_empty()) {
            ty.push(' ');
            ty.push_str(&limits.text);
        }
        if let Some(pattern) = field.ty.limits.as_ref().and_then(|limits| limits.pattern.as_ref()) {
            ty.push_str(&format!(" matches /{}/", pattern.as_str()));
        }
        let key = field.key.and_then(|key| match &field.ty.kind {
            TypeKind::List(of) => match of.kind {
                TypeKind::Record(id) => self.field(id, key),
                _ => None,
            },
            _ => None,
        });
        if let Some(key) = key {
            ty.push_str(&format!(" key {}", key.name));
        }
        let absent = match &field.absent {
            Absent::Required => "required".into(),
            Absent::Unknown => "unknown if absent".into(),
            Absent::Default(value) => format!("= {}", self.const_text(value, &field.ty.kind)),
        };
        [field.name.to_string(), ty, absent]
    }
}
