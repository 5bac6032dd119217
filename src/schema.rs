//! Owns the types of a tenant: records, fields, enums, bounds and defaults. It must never know a tenant or a rule.

use crate::source::Span;
use crate::string::Str;
use crate::value::{Bounds, Duration, Exact, Num, Orders};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;

mod json;
mod matcher;
mod text;

pub use matcher::Matcher;
pub use text::quoted;

/// The number of a record type in its [`Schema`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct RecordId(pub u16);

/// The number of an enum in its [`Schema`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct EnumId(pub u16);

/// A type, with the bounds of its values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// What bounds its values beyond that.
    pub limits: Option<Arc<Limits>>,
}

/// What the types are called that nobody declares.
pub const BASE_TYPES: [&str; 7] = ["bool", "int", "decimal", "percent", "string", "date", "duration"];

/// What a type is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TypeKind {
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `decimal`
    Decimal,
    /// `percent`
    Percent,
    /// `string`
    Text,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// One of a set of words.
    Enum(EnumId),
    /// The key of an element of a list or map at the root, by the slot of that field.
    Ref(u16),
    /// `[T]`
    List(Box<Type>),
    /// `{T}`
    Map(Box<Type>),
    /// A record.
    Record(RecordId),
    /// A number, percent or duration with words beside it.
    Worded(Box<TypeKind>, Arc<Vec<Str>>),
    /// Not known, because of an error that is reported already; fits everything.
    Any,
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        self.kind == other.kind
    }
}

impl From<TypeKind> for Type {
    fn from(kind: TypeKind) -> Type {
        Type { kind, limits: None }
    }
}

impl Type {
    /// `[T]`
    pub fn list(of: Type) -> Type {
        TypeKind::List(Box::new(of)).into()
    }

    /// Its values hold others.
    pub fn is_compound(&self) -> bool {
        matches!(self.kind, TypeKind::List(_) | TypeKind::Map(_) | TypeKind::Record(_))
    }

    /// What is known of a number of this type before it is read; without ends for everything else.
    pub fn bounds(&self) -> Bounds {
        self.limits.as_ref().map(|limits| limits.numbers.clone()).unwrap_or_default()
    }
}

/// An end of what a duration may be, and whether the end itself is left out.
pub type DurationEnd = (Duration, bool);

/// The bounds of a type's values.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Limits {
    /// Of numbers and percentages (a percentage as its share of 1).
    pub numbers: Bounds,
    /// The first day, inclusive, and the last one.
    pub dates: (Option<i32>, Option<i32>),
    /// The shortest and the longest duration, and whether the end itself is left out.
    pub durations: (Option<DurationEnd>, Option<DurationEnd>),
    /// What a string matches.
    pub pattern: Option<Matcher>,
    /// As written, for messages.
    pub text: Str,
}

impl Limits {
    /// Whether certainly no value lies within.
    pub fn is_empty(&self) -> bool {
        let dates = matches!(self.dates, (Some(first), Some(last)) if first > last);
        let durations = match &self.durations {
            (Some((low, low_open)), Some((high, high_open))) => {
                let orders = low.orders(*high);
                !orders.less && (!orders.equal || *low_open || *high_open)
            }
            _ => false,
        };
        self.numbers.is_empty() || dates || durations
    }
}

/// A constant value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Const {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal, or a percentage as its share of 1; boxed, for they are few, and large.
    Exact(Box<Exact>),
    /// A string, or a word beside a number.
    Text(Str),
    /// A value of an enum, by its place in it.
    Enum(EnumId, u16),
    /// Days since 1970-01-01.
    Date(i32),
    /// A duration.
    Duration(Duration),
    /// A list.
    List(Box<[Const]>),
    /// A map.
    Map(Box<IndexMap<Str, Const>>),
    /// A record of which nothing is said.
    EmptyRecord(RecordId),
}

impl Const {
    /// A decimal, or a percentage as its share of 1.
    pub fn exact(n: Exact) -> Const {
        Const::Exact(Box::new(n))
    }

    /// As a number.
    pub fn num(&self) -> Option<Num> {
        match self {
            Const::Int(n) => Some(Num::Int(*n)),
            Const::Exact(n) => Some(Num::Exact(**n)),
            _ => None,
        }
    }

    /// How it may stand to another constant of its type; `None` where they have no order.
    pub fn orders(&self, other: &Const) -> Option<Orders> {
        Some(match (self, other) {
            (Const::Date(a), Const::Date(b)) => Orders::only(a.cmp(b)),
            (Const::Duration(a), Const::Duration(b)) => a.orders(*b),
            (Const::Enum(_, a), Const::Enum(_, b)) => Orders::only(a.cmp(b)),
            // A word beside a number is above every number.
            (Const::Text(_), Const::Text(_)) => return None,
            (Const::Text(_), Const::Int(_) | Const::Exact(_) | Const::Duration(_)) => Orders::only(Ordering::Greater),
            (Const::Int(_) | Const::Exact(_) | Const::Duration(_), Const::Text(_)) => Orders::only(Ordering::Less),
            _ => Orders::only(self.num()?.order(&other.num()?)),
        })
    }
}

/// What becomes of a field that a tenant leaves out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Absent {
    /// It must be there.
    Required,
    /// The platform does as if it were this.
    Default(Const),
    /// Nobody knows.
    Unknown,
}

/// A field of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Its key in a tenant file.
    pub name: Str,
    /// Its type.
    pub ty: Type,
    /// Of a keyed list, the slot of the field that names an element.
    pub key: Option<u16>,
    /// What its absence means.
    pub absent: Absent,
    /// What it is, for people.
    pub description: Option<Str>,
    /// Where the policy declares it.
    pub span: Span,
}

/// A record type.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub name: Str,
    /// Its fields; a field's place in it is its slot.
    pub fields: Vec<Field>,
}

impl Field {
    /// Whether its value is attested (`[P]` at the end of its description, alone or with more behind the letter) or
    /// measured (`[M]`). Such a fact is found, not set: nothing but a rule's own `fix` offers to write it.
    pub fn is_fact(&self) -> bool {
        let tag = self.description.as_deref().and_then(|text| text.trim_end().strip_suffix(']')?.rsplit_once('['));
        tag.is_some_and(|(_, tag)| matches!(tag.split([' ', ':']).next(), Some("P" | "M")))
    }
}

impl Record {
    /// The slot of a field.
    pub fn slot(&self, name: &str) -> Option<u16> {
        self.fields.iter().position(|field| field.name == name).and_then(number)
    }

    /// The field of a slot.
    pub fn field(&self, slot: u16) -> Option<&Field> {
        self.fields.get(usize::from(slot))
    }
}

/// The most record types, enums, fields of a record, words of an enum and variables of a rule that there may be: each has a
/// number of 16 bits, of which the last one stands for none.
pub const MOST: usize = u16::MAX as usize;

/// The number of what has so many before it.
pub fn number(before: usize) -> Option<u16> {
    u16::try_from(before).ok().filter(|_| before < MOST)
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enum {
    /// Its values, in their order.
    pub values: Vec<Str>,
    /// The order means something.
    pub ordered: bool,
}

/// All types of a run. Record 0 is the root of a tenant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Schema {
    /// The record types.
    pub records: Vec<Record>,
    /// The enums, each set of values once.
    pub enums: Vec<Enum>,
}

impl Schema {
    /// The root of a tenant.
    pub const ROOT: RecordId = RecordId(0);

    /// Nothing is declared of a tenant.
    pub fn is_empty(&self) -> bool {
        self.record(Schema::ROOT).is_none_or(|root| root.fields.is_empty())
    }

    /// A record type.
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(usize::from(id.0))
    }

    /// A field of a record type.
    pub fn field(&self, id: RecordId, slot: u16) -> Option<&Field> {
        self.record(id)?.field(slot)
    }

    /// The field of a list's elements that names them, by its slot.
    pub fn key_field(&self, element: &Type, key: u16) -> Option<&Field> {
        if let TypeKind::Record(record) = element.kind { self.field(record, key) } else { None }
    }

    /// The values of an enum.
    pub fn values(&self, id: EnumId) -> &[Str] {
        self.enums.get(usize::from(id.0)).map_or(&[], |e| &e.values)
    }

    /// Whether an enum is ordered.
    pub fn is_ordered(&self, id: EnumId) -> bool {
        self.enums.get(usize::from(id.0)).is_some_and(|e| e.ordered)
    }

    /// A value of an enum.
    pub fn word(&self, id: EnumId, index: u16) -> &str {
        self.values(id).get(usize::from(index)).map_or("", Str::as_str)
    }

    /// The place of a word in an enum.
    pub fn place(&self, id: EnumId, word: &str) -> Option<u16> {
        number(self.values(id).iter().position(|value| value == word)?)
    }

    /// The number of an enum with these values; made if there is none yet. None where there are too many enums.
    pub fn intern_enum(&mut self, values: Vec<Str>, ordered: bool) -> Option<EnumId> {
        let wanted = Enum { values, ordered };
        let known = self.enums.iter().position(|known| *known == wanted);
        let id = number(known.unwrap_or(self.enums.len())).map(EnumId)?;
        if known.is_none() {
            self.enums.push(wanted);
        }
        Some(id)
    }

    /// The number of one more record type. None where there are too many.
    pub fn add_record(&mut self, name: Str) -> Option<RecordId> {
        let id = number(self.records.len()).map(RecordId)?;
        self.records.push(Record { name, fields: Vec::new() });
        Some(id)
    }

    /// How a type is written.
    pub fn type_text(&self, ty: &TypeKind) -> String {
        match ty {
            TypeKind::Bool => "bool".into(),
            TypeKind::Int => "int".into(),
            TypeKind::Decimal => "decimal".into(),
            TypeKind::Percent => "percent".into(),
            TypeKind::Text => "string".into(),
            TypeKind::Date => "date".into(),
            TypeKind::Duration => "duration".into(),
            TypeKind::Enum(id) => {
                let between = if self.is_ordered(*id) { " < " } else { " | " };
                self.values(*id).iter().map(|value| text::quoted(value)).collect::<Vec<_>>().join(between)
            }
            TypeKind::Ref(slot) => {
                format!("ref {}", self.field(Schema::ROOT, *slot).map_or("", |field| field.name.as_str()))
            }
            TypeKind::List(of) => format!("[{}]", self.type_text(&of.kind)),
            TypeKind::Map(of) => format!("{{{}}}", self.type_text(&of.kind)),
            TypeKind::Record(id) => self.record(*id).map_or_else(String::new, |record| record.name.to_string()),
            TypeKind::Worded(of, words) => {
                let words: Vec<String> = words.iter().map(|word| text::quoted(word)).collect();
                format!("{} | {}", self.type_text(of), words.join(" | "))
            }
            TypeKind::Any => "anything".into(),
        }
    }
}

/// A step of a path in a tenant, as reports print it: `.field` or `["a field"]`.
pub fn push_field(path: &mut String, name: &str) {
    // Looked at byte by byte: it is done for every value of a tenant.
    let snake = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if snake {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    } else {
        push_key(path, name);
    }
}

/// A step of a path in a tenant, as reports print it: `["key"]`.
pub fn push_key(path: &mut String, key: &str) {
    path.push_str("[\"");
    for c in key.chars() {
        match c {
            '"' => path.push_str("\\\""),
            '\\' => path.push_str("\\\\"),
            '\n' => path.push_str("\\n"),
            '\t' => path.push_str("\\t"),
            c if c.is_control() => path.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => path.push(c),
        }
    }
    path.push_str("\"]");
}
