//! Owns the checked policy: every name resolved to a slot, every type fitted. Only `check` makes one, so nothing unchecked can be evaluated.

pub use crate::builtins::Aggregate;
use crate::finding::Severity;
use crate::pattern::Pattern;
use crate::schema::{Const, RecordId, Schema, Type, TypeKind};
use crate::source::{Span, Text};
use crate::string::Str;
pub use crate::syntax::{Arith, BinaryOp, Direction, Effective, Enforcement, Quantifier, State};
use serde::{Deserialize, Serialize};

mod parts;

pub use parts::Uses;
pub mod template;

/// All packs of a run, checked together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// The types of a tenant.
    pub schema: Schema,
    /// The packs, in the order in which they were loaded.
    pub packs: Vec<Str>,
    /// The laws.
    pub laws: Vec<Law>,
    /// The parameters.
    pub params: Vec<Param>,
    /// What stands at the top of the packs: worked out once for each tenant.
    pub lets: Vec<Let>,
    /// The functions of the packs.
    pub defines: Vec<Define>,
    /// The rules, sorted by id.
    pub rules: Vec<Rule>,
    /// What is named and never read, in the order of the text.
    pub unread: Vec<Unread>,
    /// The texts of the packs' files, and where they begin in the shared space of offsets: what a message quotes.
    #[serde(skip)]
    pub texts: Vec<(u32, Text)>,
}

impl Policy {
    /// What is written at a place of a pack; empty where its text is not kept.
    pub fn text(&self, span: Span) -> &str {
        let slice = self.texts.iter().find_map(|(base, text)| {
            let (start, end) = (span.start.checked_sub(*base)?, span.end.checked_sub(*base)?);
            text.get(start as usize..end as usize)
        });
        slice.unwrap_or("")
    }
}

/// What a name that nobody reads was given to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Naming {
    /// A `let` at the top of a pack.
    Let,
    /// A parameter.
    Param,
    /// A function.
    Define,
    /// A `let` of a rule.
    Local,
    /// A loop's variable.
    Loop,
    /// What a function is given.
    Argument,
}

/// A name that nobody reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unread {
    /// The pack.
    pub pack: usize,
    /// What it was given to.
    pub naming: Naming,
    /// The name.
    pub name: Str,
    /// Where it is given.
    pub span: Span,
}

/// A law.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Law {
    /// Its pack.
    pub pack: usize,
    /// Its name.
    pub name: Str,
    /// Its title.
    pub title: Str,
    /// Who issued it.
    pub issuer: Option<Str>,
    /// When it holds.
    pub effective: Option<Effective>,
    /// Where it can be read.
    pub url: Option<Str>,
    /// Where it is declared.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its pack.
    pub pack: usize,
    /// Its name.
    pub name: Str,
    /// Its type.
    pub ty: Type,
    /// Its value, unless it is set from outside.
    pub value: Const,
    /// Which way it may be set from outside.
    pub may: Option<Direction>,
    /// Where it is declared.
    pub span: Span,
}

/// A `let` at the top.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Let {
    /// Its pack.
    pub pack: usize,
    /// Its name.
    pub name: Str,
    /// What it stands for.
    pub value: Expr,
    /// How many variables its expression needs.
    pub frame: usize,
}

/// A function of a pack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Define {
    /// Its pack.
    pub pack: usize,
    /// Its name.
    pub name: Str,
    /// Its parameters take the first variables of its frame.
    pub params: Vec<(Str, Type)>,
    /// Its body.
    pub body: Expr,
    /// How many variables it needs, parameters included.
    pub frame: usize,
}

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// `pack/rule`
    pub id: Str,
    /// Its pack.
    pub pack: usize,
    /// Its title.
    pub title: Str,
    /// Its severity.
    pub severity: Severity,
    /// How strictly it is enforced.
    pub enforcement: Enforcement,
    /// Why it asks.
    pub rationale: Option<Str>,
    /// What to do.
    pub remedy: Option<Str>,
    /// Its laws, and where in them.
    pub cites: Vec<(usize, Option<Str>)>,
    /// Its tags.
    pub tags: Vec<Str>,
    /// When it holds, where it says so itself.
    pub effective: Option<Effective>,
    /// Where it applies.
    pub applies: Option<Expr>,
    /// What it asks.
    pub body: Vec<Stmt>,
    /// How many variables it needs.
    pub frame: usize,
    /// Where its name stands.
    pub span: Span,
    /// The whole item.
    pub whole: Span,
}

/// A statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Stmt {
    /// Gives a variable its value.
    Let(u16, Box<Expr>),
    /// Goes through a list.
    For(Box<For>),
    /// Chooses.
    If(Box<If>),
    /// Asks.
    Check(Box<Check>),
    /// Asks of each permission.
    Grants(Box<Grants>),
    /// Asks by how much.
    Threshold(Box<Threshold>),
}

/// `for x in xs where c { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct For {
    /// The variable.
    pub var: u16,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
    /// What is asked of each element.
    pub body: Vec<Stmt>,
    /// The whole statement.
    pub span: Span,
}

/// `if c { … } else { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct If {
    /// The condition.
    pub condition: Expr,
    /// Where it holds.
    pub then: Vec<Stmt>,
    /// Where it does not.
    pub otherwise: Vec<Stmt>,
}

/// One check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its severity.
    pub severity: Severity,
    /// Where it does not hold, nothing more of its block is checked.
    pub require: bool,
    /// What must hold.
    pub condition: Expr,
    /// Where the finding is, if not where the condition says.
    pub at: Option<Box<Expr>>,
    /// It is a line of `settings`.
    pub setting: bool,
    /// What the finding says.
    pub message: Option<Message>,
    /// What is to be done.
    pub fix: Option<Box<FixClause>>,
    /// The whole check.
    pub span: Span,
}

/// `fix set PATH = e`, `fix remove PATH`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FixClause {
    /// Sets a field.
    Set(Expr, Expr),
    /// Removes a field or an element.
    Remove(Expr),
}

/// A message with values in it.
pub type Message = Vec<Part>;

/// A piece of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Part {
    /// Said as it is.
    Text(Str),
    /// Replaced by its value.
    Expr(Expr),
}

/// `grants LIST { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grants {
    /// The severity of what it finds.
    pub severity: Severity,
    /// The list of what is granted.
    pub list: Expr,
    /// What is allowed; `None` where all that is not denied is.
    pub allow: Option<Vec<Expr>>,
    /// What is denied.
    pub deny: Vec<Expr>,
    /// How many there may be.
    pub most: Option<(Expr, Span)>,
    /// What a finding says.
    pub message: Option<Message>,
    /// The variable `grant` of the message.
    pub grant: u16,
    /// The whole statement.
    pub span: Span,
}

/// `threshold e { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Threshold {
    /// What is measured.
    pub value: Expr,
    /// Its bands, in the order of the text.
    pub bands: Vec<Band>,
    /// The whole statement.
    pub span: Span,
}

/// A band of a threshold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Band {
    /// `above`, not `from`.
    pub above: bool,
    /// Where it begins.
    pub bound: Expr,
    /// Its severity.
    pub severity: Severity,
    /// What it asks.
    pub asks: Asks,
    /// The whole band.
    pub span: Span,
}

/// What a band asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Asks {
    /// `expect c else "…"`
    Expect(Expr, Option<Message>),
    /// `"…"`
    Message(Message),
    /// `{ … }`
    Block(Vec<Stmt>),
}

/// An expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: TypeKind,
    /// Where it is written.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// A constant.
    Const(Const),
    /// A pattern, in `grants` and behind `matches`.
    Pattern(Box<Pattern>),
    /// The date of evaluation.
    Today,
    /// A variable of the frame.
    Local(u16),
    /// A `let` at the top.
    Let(usize),
    /// A parameter.
    Param(usize),
    /// A field of the tenant's root.
    Root(u16),
    /// A field of a record, by its type and slot.
    Field(Box<Expr>, RecordId, u16),
    /// An element of a keyed list (by the slot of its key), or an entry of a map.
    Entry(Box<Expr>, Box<Expr>, Option<u16>),
    /// A list of expressions.
    List(Vec<Expr>),
    /// A map of expressions.
    Map(Vec<(Str, Expr)>),
    /// A list made of others.
    Comprehension(Box<Comprehension>),
    /// `not e`
    Not(Box<Expr>),
    /// `-e`
    Minus(Box<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// Arithmetic.
    Arithmetic(Arith, Box<[Expr; 2]>),
    /// A comparison of two values.
    Compare(BinaryOp, Box<[Expr; 2]>),
    /// `x in lo..hi`, or `not in`.
    Range(bool, Box<[Expr; 3]>),
    /// `x is set`
    State(State, Box<Expr>),
    /// `x default v`
    Default(Box<[Expr; 2]>),
    /// `if c then a else b`
    If(Box<[Expr; 3]>),
    /// `all x in xs where c: p`
    Quantifier(Quantifier, Box<Quantified>),
    /// `unique e for x in xs`
    Unique(Box<Comprehension>),
    /// `sum(…)` and its kin.
    Aggregate(Aggregate, Box<Comprehension>),
    /// `min(a, b)`, `max(a, b)`
    Extreme(bool, Vec<Expr>),
    /// `len(s)` and its kin.
    Function(crate::builtins::Function, Box<Expr>),
    /// A function of a pack.
    Call(usize, Vec<Expr>),
}

/// `x in xs where c: p`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quantified {
    /// The variable.
    pub var: u16,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
    /// What is asked.
    pub body: Expr,
}

/// `e for x in xs where c for y in ys per k`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comprehension {
    /// The lists, the outer one first.
    pub fors: Vec<Generator>,
    /// The element.
    pub element: Expr,
    /// What counts once.
    pub per: Option<Expr>,
}

/// `for x in xs where c`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generator {
    /// The variable.
    pub var: u16,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
}
