//! Owns the spanned tree of policy text, as it was written. It must never know what a name means or whether types fit.
//!
//! [`parse::parse`] makes it and keeps the grammar to itself; the formatter prints it.

use crate::source::Span;
use crate::string::Str;
use num_rational::Ratio;
use serde::{Deserialize, Serialize};

mod depth;
pub mod format;
mod lost;
pub mod parse;
mod parse_expr;
mod parse_rule;
mod quick;

pub use depth::is_shallow;
pub use lost::Lost;

/// An exact number as it is written in a policy.
pub type Exact = Ratio<i128>;

/// A name and where it is written.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct Name {
    /// The name itself.
    pub text: Str,
    /// Where.
    pub span: Span,
}

/// A string and where it is written, quotes included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Text {
    /// Its content, escapes resolved, the common indent of a long one taken off.
    pub text: Str,
    /// Where.
    pub span: Span,
}

/// `pack.name`, or `name` of the own pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Qualified {
    /// The pack, as it is written.
    pub pack: Option<Name>,
    /// The name.
    pub name: Name,
}

impl Qualified {
    /// Where both stand.
    pub fn span(&self) -> Span {
        self.pack.as_ref().map_or(self.name.span, |pack| pack.span.to(self.name.span))
    }
}

/// One file of a pack.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct File {
    /// Its items, in the order of the text.
    pub items: Vec<Item>,
    /// What those that do not parse may declare.
    #[serde(skip)]
    pub lost: Lost,
}

/// One item of a file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Item {
    /// `use pack-name`
    Use(Name),
    /// `law name { … }`
    Law(Law),
    /// `schema name { … }`
    Schema(Schema),
    /// `type Name { … }` or `type Name = …`
    Type(TypeItem),
    /// `extend type Name { … }`
    Extend(Extend),
    /// `param name: T = v may fall`
    Param(Param),
    /// `let name = e`
    Let(Let),
    /// `define name(a: T) = e`
    Define(Define),
    /// `rule name { … }`
    Rule(Box<Rule>),
    /// `adjust pack/rule { … }`, `set pack.param = e`, `off pack/rule because "…"`
    Adjustment(Adjustment),
}

/// A law.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Law {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Who issued it.
    pub issuer: Option<Text>,
    /// When it holds.
    pub effective: Option<Effective>,
    /// Where it can be read.
    pub url: Option<Text>,
    /// The whole item.
    pub span: Span,
}

/// `effective DATE [until DATE]`, as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Effective {
    /// The first day.
    pub from: i32,
    /// The first day on which it no longer holds.
    pub until: Option<i32>,
    /// Where it is written.
    pub span: Span,
}

/// The fields of a tenant file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Schema {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<FieldDef>,
}

/// A named type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TypeItem {
    /// Its name.
    pub name: Name,
    /// A record's fields, or another type.
    pub body: TypeBody,
}

/// What a named type is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum TypeBody {
    /// A record.
    Record(Vec<FieldDef>),
    /// A name for another type.
    Alias(TypeExpr),
}

/// Fields added to another's type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Extend {
    /// The type.
    pub name: Qualified,
    /// The fields.
    pub fields: Vec<FieldDef>,
}

/// One field of a schema or a type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldDef {
    /// Its name.
    pub name: Name,
    /// It may be absent (`?:`).
    pub optional: bool,
    /// Its type.
    pub ty: TypeExpr,
    /// `key f`
    pub key: Option<Name>,
    /// `= v`
    pub default: Option<Constant>,
    /// What it is.
    pub description: Option<Text>,
    /// The whole field.
    pub span: Span,
}

/// A type as it is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// `>= 0`, `0..100`, `matches /…/`
    pub bounds: Vec<Bound>,
    /// Where.
    pub span: Span,
}

/// What a written type is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum TypeKind {
    /// `int`, `Role`, `pack.Role`
    Named(Qualified),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `{T}`
    Map(Box<TypeExpr>),
    /// `ref list`
    Ref(Name),
    /// `"a" | "b"`
    Enum(Vec<Text>),
    /// `"a" < "b"`
    Ordered(Vec<Text>),
    /// `duration | "never"`
    Worded(Qualified, Vec<Text>),
}

/// A bound of a type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Bound {
    /// `lo..hi`
    Range(Constant, Constant),
    /// `>= v` and its kin.
    Order(BinaryOp, Constant),
    /// `matches /…/`
    Matches(Text),
}

/// A constant of a schema.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Constant {
    /// What it is.
    pub kind: ConstantKind,
    /// Where.
    pub span: Span,
}

/// What a constant is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ConstantKind {
    /// A literal, the sign applied.
    Literal(Literal),
    /// `[a, b]`
    List(Vec<Constant>),
    /// `{"a": b}`
    Map(Vec<(Text, Constant)>),
}

/// A literal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Literal {
    /// `true`
    Bool(bool),
    /// `100_000`
    Int(i64),
    /// `0.5`
    Decimal(Box<Exact>),
    /// `80%`, as 4/5
    Percent(Box<Exact>),
    /// `"…"`
    Text(Str),
    /// `2024-03-22`, in days since 1970-01-01
    Date(i32),
    /// `6 months`: months and seconds
    Duration(i64, i64),
    /// `today`
    Today,
}

/// A parameter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value.
    pub value: Expr,
    /// Which way others may set it.
    pub may: Option<Direction>,
}

/// Which way a parameter may be set from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Direction {
    /// Downwards only.
    Fall,
    /// Upwards only.
    Rise,
    /// Either way.
    Change,
}

/// `let name = e`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Let {
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub value: Expr,
}

/// `define name(a: T) = e`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Define {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<(Name, TypeExpr)>,
    /// Its body.
    pub body: Expr,
}

/// A rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: Name,
    /// The lines before its body, in the order of the text.
    pub head: Vec<Head>,
    /// Its body.
    pub body: Vec<Statement>,
    /// The whole item.
    pub span: Span,
}

/// A line of a rule's head, and where it is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// What it says.
    pub kind: HeadKind,
    /// Where.
    pub span: Span,
}

/// What a line of a rule's head says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum HeadKind {
    /// `title "…"`
    Title(Text),
    /// `severity error`
    Severity(crate::finding::Severity),
    /// `enforcement mandatory`
    Enforcement(Enforcement),
    /// `rationale "…"`
    Rationale(Text),
    /// `remedy "…"`
    Remedy(Text),
    /// `cites law "art. 1", …`
    Cites(Vec<(Qualified, Option<Text>)>),
    /// `tags "…", …`
    Tags(Vec<Text>),
    /// `effective DATE [until DATE]`
    Effective(Effective),
    /// `applies when e`
    Applies(Expr),
}

impl HeadKind {
    /// The word that opens it, and its place in the order of a head.
    pub fn word(&self) -> (&'static str, usize) {
        match self {
            HeadKind::Title(_) => ("title", 0),
            HeadKind::Severity(_) => ("severity", 1),
            HeadKind::Enforcement(_) => ("enforcement", 2),
            HeadKind::Rationale(_) => ("rationale", 3),
            HeadKind::Remedy(_) => ("remedy", 4),
            HeadKind::Cites(_) => ("cites", 5),
            HeadKind::Tags(_) => ("tags", 6),
            HeadKind::Effective(_) => ("effective", 7),
            HeadKind::Applies(_) => ("applies when", 8),
        }
    }
}

/// How strictly a rule is enforced.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Enforcement {
    /// Nobody downstream may waive, weaken or switch it off.
    Mandatory,
    /// The usual.
    Normal,
    /// It never fails a run.
    Advisory,
}

/// A statement of a rule's body; boxed, since most blocks hold one and a list begins with room for four.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Statement {
    /// `let x = e`
    Let(Box<Let>),
    /// `for x in xs where c { … }`
    For(Box<For>),
    /// `if c { … } else { … }`
    If(Box<If>),
    /// `expect c …` and `require c …`
    Check(Box<Check>),
    /// `settings PATH { … }`
    Settings(Box<Settings>),
    /// `grants LIST { … }`
    Grants(Box<Grants>),
    /// `threshold e { … }`
    Threshold(Box<Threshold>),
}

/// `for x in xs where c { … }`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct For {
    /// The variable.
    pub var: Name,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
    /// What is asked of each element.
    pub body: Vec<Statement>,
    /// From `for` to the closing brace.
    pub span: Span,
}

/// `if c { … } else { … }`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct If {
    /// The condition.
    pub condition: Expr,
    /// Where it holds.
    pub then: Vec<Statement>,
    /// Where it does not; an `else if` is one statement.
    pub otherwise: Vec<Statement>,
    /// From `if` to the last closing brace.
    pub span: Span,
}

/// `expect c at PATH else "…" fix …`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The severity in front of it.
    pub severity: Option<crate::finding::Severity>,
    /// `require`: where it does not hold, nothing more of its block is checked.
    pub require: bool,
    /// What must hold.
    pub condition: Expr,
    /// Where the finding is.
    pub at: Option<Box<Expr>>,
    /// What the finding says.
    pub message: Option<Message>,
    /// What is to be done.
    pub fix: Option<Box<FixClause>>,
    /// The whole check.
    pub span: Span,
}

/// `fix set PATH = e` or `fix remove PATH`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FixClause {
    /// Sets a field.
    Set(Expr, Expr),
    /// Removes a field or an element.
    Remove(Expr),
}

/// A message with expressions in braces.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its pieces.
    pub parts: Vec<Part>,
    /// The string, quotes included.
    pub span: Span,
}

/// A piece of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Part {
    /// Said as it is.
    Text(Str),
    /// Replaced by its value.
    Expr(Expr),
}

/// `settings PATH { … }`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The record.
    pub record: Expr,
    /// One check a line.
    pub lines: Vec<Setting>,
    /// The whole statement.
    pub span: Span,
}

/// A line of `settings`: the condition with the field read from the record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// The path from the record.
    pub path: Vec<Step>,
    /// What must hold of it.
    pub test: Test,
    /// The whole line.
    pub span: Span,
}

/// A step of a path behind a record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Step {
    /// `.field`
    Field(Name),
    /// `[e]`
    Index(Expr),
}

/// What a line of `settings` asks of its field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Test {
    /// `OP e`
    Compare(BinaryOp, RightSide),
    /// `is set`, `is missing`, `is given`
    State(State),
}

/// The right side of a comparison.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum RightSide {
    /// A value.
    Value(Expr),
    /// `lo..hi`
    Range(Expr, Expr),
    /// `/…/`
    Regex(Text),
}

/// `grants LIST { … }`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Grants {
    /// The list of what is granted.
    pub list: Expr,
    /// Its lines.
    pub lines: Vec<GrantLine>,
    /// What a finding says.
    pub message: Option<Message>,
    /// The whole statement.
    pub span: Span,
}

/// A line of `grants`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum GrantLine {
    /// `allow P, …`
    Allow(Vec<Pattern>),
    /// `deny P, …`
    Deny(Vec<Pattern>),
    /// `at most N`
    AtMost(Expr, Span),
}

/// A pattern of `grants`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Pattern {
    /// A string or a list of strings.
    Value(Expr),
    /// `/…/`
    Regex(Text),
}

/// `threshold e { … }`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Threshold {
    /// What is measured.
    pub value: Expr,
    /// Its bands.
    pub bands: Vec<Band>,
    /// The whole statement.
    pub span: Span,
}

/// A band of a threshold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Band {
    /// `above`, not `from`.
    pub above: bool,
    /// Where it begins.
    pub bound: Expr,
    /// The severity before what it asks.
    pub severity: Option<crate::finding::Severity>,
    /// What it asks.
    pub asks: Asks,
    /// The whole band.
    pub span: Span,
}

/// What a band asks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Asks {
    /// `expect c else "…"`
    Expect(Expr, Option<Message>),
    /// `"…"`
    Message(Message),
    /// `{ … }`
    Block(Vec<Statement>),
}

/// What is said of another pack's rules and parameters.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Adjustment {
    /// What it does.
    pub kind: AdjustmentKind,
    /// The whole item.
    pub span: Span,
}

/// What an adjustment does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum AdjustmentKind {
    /// `adjust pack/rule { … }`
    Adjust(Name, Name, Vec<Head>),
    /// `set pack.param = e`
    Set(Qualified, Expr),
    /// `off pack/rule because "…"`
    Off(Name, Name, Text),
}

/// An expression and where it is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
    /// How deep it is nested, itself included.
    pub depth: u32,
}

/// What an expression is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A string, which may turn out to be a value of an enum.
    Name(Str),
    /// `e.field`
    Field(Box<Expr>, Name),
    /// `e["key"]`
    Index(Box<Expr>, Box<Expr>),
    /// `f(…)`
    Call(Box<Call>),
    /// `[a, b]`, `[x in xs where c]`, `[e for x in xs]`
    List(Box<Arguments>),
    /// `{"a": b}`
    Map(Vec<(Text, Expr)>),
    /// `not e`
    Not(Box<Expr>),
    /// `-e`
    Minus(Box<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `a + b`, `80% of x`
    Arithmetic(Arith, Box<Expr>, Box<Expr>),
    /// `a < b`, `a in b`, `s matches /…/`
    Compare(BinaryOp, Box<Expr>, Box<RightSide>),
    /// `x is set`
    State(State, Box<Expr>),
    /// `x default v`
    Default(Box<Expr>, Box<Expr>),
    /// `if c then a else b`
    If(Box<[Expr; 3]>),
    /// `all x in xs where c: p`
    Quantifier(Quantifier, Box<QuantifierBody>),
    /// `unique e for x in xs`
    Unique(Box<Comprehension>),
    /// `(e)`
    Parens(Box<Expr>),
}

/// Which quantifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Quantifier {
    /// `all`
    All,
    /// `any`
    Any,
    /// `no`
    No,
}

/// `x in xs where c: p`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct QuantifierBody {
    /// The variable.
    pub var: Name,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
    /// What must hold.
    pub body: Expr,
}

/// `f(…)`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Call {
    /// What is called.
    pub callee: Qualified,
    /// What it is given.
    pub arguments: Arguments,
}

/// What stands in brackets or parentheses.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Arguments {
    /// `a, b`
    Values(Vec<Expr>),
    /// `e for x in xs where c per k`
    Comprehension(Comprehension),
}

/// `e for x in xs where c for y in ys per k`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Comprehension {
    /// The element; `None` for the variable of the first `for` itself (`x in xs`).
    pub element: Option<Expr>,
    /// The lists.
    pub fors: Vec<ForClause>,
    /// `per k`
    pub per: Option<Expr>,
}

/// `for x in xs where c`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ForClause {
    /// The variable.
    pub var: Name,
    /// The list.
    pub list: Expr,
    /// The condition.
    pub filter: Option<Expr>,
}

/// Arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Arith {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `of`
    Of,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `subset of`
    Subset,
    /// `overlaps`
    Overlaps,
    /// `contains`
    Contains,
    /// `matches`
    Matches,
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn word(self) -> &'static str {
        match self {
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::NotIn => "not in",
            BinaryOp::Subset => "subset of",
            BinaryOp::Overlaps => "overlaps",
            BinaryOp::Contains => "contains",
            BinaryOp::Matches => "matches",
        }
    }
}

/// `is set`, `is missing`, `is given`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    /// `is set`
    Set,
    /// `is missing`
    Missing,
    /// `is given`
    Given,
}
