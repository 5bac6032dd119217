//! Owns when two expressions are the same one: their keys are equal, wherever they are written. It must never know what they come to.

use std::fmt::Write as _;

use super::known::Known;
use crate::policy::{BinaryOp, Comprehension, Expr, ExprKind, Quantified, State};

/// The longest key; what is longer is held to be like nothing else.
const LONGEST: usize = 4_000;

impl<'p> Known<'p> {
    /// The key of an expression: the same where the same is worked out of the same variables.
    pub fn key(&self, expr: &'p Expr) -> Option<String> {
        let mut writer = Writer { known: self, bound: Vec::new(), out: String::new() };
        writer.expr(expr)?;
        Some(writer.out)
    }

    /// The key of a condition, and whether it is that of its opposite: `a != b` is told by `a == b`.
    pub fn truth_key(&self, expr: &'p Expr) -> Option<(String, bool)> {
        match &expr.kind {
            ExprKind::Not(inner) => self.truth_key(inner).map(|(key, flipped)| (key, !flipped)),
            ExprKind::Compare(op, sides) => {
                let (op, flipped) = positive(*op);
                let mut writer = Writer { known: self, bound: Vec::new(), out: String::new() };
                writer.comparison(op, sides)?;
                Some((writer.out, flipped))
            }
            ExprKind::Range(true, parts) => {
                let mut writer = Writer { known: self, bound: Vec::new(), out: String::new() };
                writer.range(parts)?;
                Some((writer.out, true))
            }
            ExprKind::State(State::Missing, inner) => self.key(inner).map(|key| (format!("set({key})"), true)),
            _ => self.key(expr).map(|key| (key, false)),
        }
    }
}

/// The comparison that says the same, or the opposite, and whether it is the opposite.
pub fn positive(op: BinaryOp) -> (BinaryOp, bool) {
    match op {
        BinaryOp::Ne => (BinaryOp::Eq, true),
        BinaryOp::NotIn => (BinaryOp::In, true),
        BinaryOp::Lt => (BinaryOp::Ge, true),
        BinaryOp::Gt => (BinaryOp::Le, true),
        op => (op, false),
    }
}

struct Writer<'k, 'p> {
    known: &'k Known<'p>,
    /// The variables that the expression binds itself, the innermost last.
    bound: Vec<u16>,
    out: String,
}

impl<'p> Writer<'_, 'p> {
    fn expr(&mut self, expr: &'p Expr) -> Option<()> {
        if self.out.len() > LONGEST {
            return None;
        }
        match &expr.kind {
            ExprKind::Const(constant) => self.word(&format!("{constant:?}")),
            ExprKind::Pattern(_) => {
                let text = self.known.policy.text(expr.span);
                if text.is_empty() {
                    return None;
                }
                self.word(&format!("~{text}"));
            }
            ExprKind::Today => self.word("today"),
            ExprKind::Local(slot) => match self.bound.iter().rposition(|bound| bound == slot) {
                Some(depth) => self.word(&format!("b{depth}")),
                None => {
                    let key = self.known.bound(*slot)?.key.clone();
                    self.word(&key);
                }
            },
            ExprKind::Let(index) => match self.known.policy.lets.get(*index).map(|item| &item.value) {
                // A name for a field is that field.
                Some(value) if is_root_path(value) => self.expr(value)?,
                _ => self.word(&format!("let{index}")),
            },
            ExprKind::Param(index) => self.word(&format!("param{index}")),
            ExprKind::Root(slot) => self.word(&format!("r{slot}")),
            ExprKind::Field(base, record, slot) => {
                self.expr(base)?;
                self.word(&format!(".{}:{slot}", record.0));
            }
            ExprKind::Entry(base, key, _) => {
                self.expr(base)?;
                self.list("[", [&**key])?;
            }
            ExprKind::List(values) => self.list("list(", values)?,
            ExprKind::Map(entries) => {
                self.word("map(");
                for (key, value) in entries {
                    self.word(&format!("{key:?}:"));
                    self.expr(value)?;
                    self.word(",");
                }
                self.word(")");
            }
            ExprKind::Comprehension(it) => self.comprehension("each", it)?,
            ExprKind::Unique(it) => self.comprehension("unique", it)?,
            ExprKind::Aggregate(which, it) => self.comprehension(&format!("{which:?}"), it)?,
            ExprKind::Quantifier(which, it) => self.quantifier(&format!("{which:?}"), it)?,
            ExprKind::Not(inner) => self.list("not(", [&**inner])?,
            ExprKind::Minus(inner) => self.list("minus(", [&**inner])?,
            ExprKind::And(parts) => self.list("and(", parts)?,
            ExprKind::Or(parts) => self.list("or(", parts)?,
            ExprKind::Arithmetic(op, sides) => self.list(&format!("{op:?}("), sides.iter())?,
            ExprKind::Compare(op, sides) => {
                let (op, flipped) = positive(*op);
                self.word(if flipped { "not(" } else { "" });
                self.comparison(op, sides)?;
                self.word(if flipped { ",)" } else { "" });
            }
            ExprKind::Range(negated, parts) => {
                self.word(if *negated { "not(" } else { "" });
                self.range(parts)?;
                self.word(if *negated { ",)" } else { "" });
            }
            ExprKind::State(State::Missing, inner) => {
                self.word("not(set(");
                self.expr(inner)?;
                self.word("),)");
            }
            ExprKind::State(state, inner) => {
                self.word(if *state == State::Set { "set(" } else { "given(" });
                self.expr(inner)?;
                self.word(")");
            }
            ExprKind::Default(sides) => self.list("default(", sides.iter())?,
            ExprKind::If(parts) => self.list("if(", parts.iter())?,
            ExprKind::Extreme(largest, values) => self.list(if *largest { "max(" } else { "min(" }, values)?,
            ExprKind::Function(function, inner) => self.list(&format!("{function:?}("), [&**inner])?,
            ExprKind::Call(index, arguments) => self.list(&format!("call{index}("), arguments)?,
        }
        Some(())
    }

    fn word(&mut self, word: &str) {
        self.out.push_str(word);
    }

    fn list(&mut self, opens: &str, parts: impl IntoIterator<Item = &'p Expr>) -> Option<()> {
        self.word(opens);
        for part in parts {
            self.expr(part)?;
            self.word(",");
        }
        self.word(")");
        Some(())
    }

    fn comparison(&mut self, op: BinaryOp, sides: &'p [Expr; 2]) -> Option<()> {
        self.list(&format!("{op:?}("), sides.iter())
    }

    fn range(&mut self, parts: &'p [Expr; 3]) -> Option<()> {
        self.list("range(", parts.iter())
    }

    fn comprehension(&mut self, word: &str, comprehension: &'p Comprehension) -> Option<()> {
        let outer = self.bound.len();
        let _ = write!(self.out, "{word}(");
        for generator in &comprehension.fors {
            self.generator(generator.var, &generator.list, generator.filter.as_ref())?;
        }
        self.expr(&comprehension.element)?;
        if let Some(per) = &comprehension.per {
            self.word(" per ");
            self.expr(per)?;
        }
        self.bound.truncate(outer);
        self.word(")");
        Some(())
    }

    fn quantifier(&mut self, word: &str, body: &'p Quantified) -> Option<()> {
        let outer = self.bound.len();
        let _ = write!(self.out, "{word}(");
        self.generator(body.var, &body.list, body.filter.as_ref())?;
        self.expr(&body.body)?;
        self.bound.truncate(outer);
        self.word(")");
        Some(())
    }

    fn generator(&mut self, var: u16, list: &'p Expr, filter: Option<&'p Expr>) -> Option<()> {
        self.expr(list)?;
        self.bound.push(var);
        if let Some(filter) = filter {
            self.word(" where ");
            self.expr(filter)?;
        }
        self.word(":");
        Some(())
    }
}

/// A field at the root of a tenant, or one within it.
fn is_root_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Root(_) => true,
        ExprKind::Field(base, ..) => is_root_path(base),
        _ => false,
    }
}
