//! Owns the table of builtin functions: name, signature, meaning. It must never know how they are worked out.

use serde::{Deserialize, Serialize};

/// What is made of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Aggregate {
    /// `sum`
    Sum,
    /// `count`
    Count,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `distinct`
    Distinct,
}

/// A function of one value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Function {
    /// `len(string)`
    Len,
    /// `lower(string)`
    Lower,
    /// `upper(string)`
    Upper,
    /// `keys(map)`, `keys(list)`
    Keys,
    /// `values(map)`
    Values,
    /// `rank(enum)`
    Rank,
    /// `age(date)`
    Age,
}

/// What a builtin is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Which {
    /// Works on one value.
    Function(Function),
    /// Works on the elements of a list.
    Aggregate(Aggregate),
}

/// A builtin.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub which: Which,
    /// How it is called, and what it gives.
    pub signature: &'static str,
    /// What it means, one line.
    pub meaning: &'static str,
}

/// All builtins, in the order of the reference.
pub const BUILTINS: [Builtin; 12] = [
    Builtin {
        name: "sum",
        which: Which::Aggregate(Aggregate::Sum),
        signature: "sum(e for x in xs where c per k) -> number",
        meaning: "the sum of the elements; with `per`, those with the same key count once, with their largest",
    },
    Builtin {
        name: "count",
        which: Which::Aggregate(Aggregate::Count),
        signature: "count(x in xs where c) -> int",
        meaning: "how many elements there are",
    },
    Builtin {
        name: "min",
        which: Which::Aggregate(Aggregate::Min),
        signature: "min(e for x in xs), min(a, b) -> the smallest",
        meaning: "the smallest element; of nothing, unknown",
    },
    Builtin {
        name: "max",
        which: Which::Aggregate(Aggregate::Max),
        signature: "max(e for x in xs), max(a, b) -> the largest",
        meaning: "the largest element; of nothing, unknown",
    },
    Builtin {
        name: "distinct",
        which: Which::Aggregate(Aggregate::Distinct),
        signature: "distinct(e for x in xs) -> list",
        meaning: "the elements, each value once",
    },
    Builtin {
        name: "len",
        which: Which::Function(Function::Len),
        signature: "len(string) -> int",
        meaning: "the length in characters",
    },
    Builtin {
        name: "lower",
        which: Which::Function(Function::Lower),
        signature: "lower(string) -> string",
        meaning: "the same in lower case",
    },
    Builtin {
        name: "upper",
        which: Which::Function(Function::Upper),
        signature: "upper(string) -> string",
        meaning: "the same in upper case",
    },
    Builtin {
        name: "keys",
        which: Which::Function(Function::Keys),
        signature: "keys(map), keys(keyed list) -> [string]",
        meaning: "the keys of a map, or the keys that name a list's elements",
    },
    Builtin {
        name: "values",
        which: Which::Function(Function::Values),
        signature: "values({T}) -> [T]",
        meaning: "the values of a map",
    },
    Builtin {
        name: "rank",
        which: Which::Function(Function::Rank),
        signature: "rank(ordered enum) -> int",
        meaning: "the place in its order, from 1",
    },
    Builtin {
        name: "age",
        which: Which::Function(Function::Age),
        signature: "age(date) -> duration",
        meaning: "`today - date`",
    },
];

/// The builtin of a name.
pub fn builtin(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|builtin| builtin.name == name)
}
