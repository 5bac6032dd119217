//! Owns conditions that are asked of one element after another: what is the same for all of them is worked out once. It must never say anything that `quick` would not.

use super::machine::Machine;
use super::quick::{Plain, plain_val};
use crate::pattern::Pattern;
use crate::policy::{BinaryOp, Expr, ExprKind, State, Stmt};
use crate::schema::{EnumId, RecordId};
use crate::tenant::{CellId, Data};

/// A condition on the element of a loop.
pub(super) enum Test<'a> {
    /// A field of the element beside a truth value, a whole number, a day or a value of an enum: most conditions are that.
    Small(Small),
    Not(Box<Test<'a>>),
    /// `and` (where the flag is false) and `or` (where it is true).
    Connected(bool, Vec<Test<'a>>),
    Compare(BinaryOp, Side<'a>, Side<'a>),
    Matches(Side<'a>, &'a Pattern),
    /// Outside a range, where the flag is set, or inside it.
    Range(bool, [Side<'a>; 3]),
    State(State, Side<'a>),
    Truth(Side<'a>),
}

/// A comparison of a field, reached from the element through records alone, with a value that takes 64 bits.
pub(super) struct Small {
    path: Box<[u16]>,
    kind: SmallKind,
    op: BinaryOp,
    bound: i64,
}

/// The kinds of values that take 64 bits, and that only values of the same kind are compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SmallKind {
    Bool,
    Int,
    Date,
    Enum(EnumId),
}

/// What a test reads.
pub(super) enum Side<'a> {
    /// The same for every element.
    Fixed(Plain<'a>),
    Element,
    Field(Box<Side<'a>>, RecordId, u16),
}

impl<'a> Machine<'a> {
    /// Makes a condition ready for the elements that the variable `var` stands for; none where only the general way leads
    /// to its value.
    pub(super) fn prepare(&mut self, expr: &'a Expr, var: u16) -> Option<Test<'a>> {
        let mut connected = |parts: &'a [Expr], decides| {
            let parts = parts.iter().map(|part| self.prepare(part, var)).collect::<Option<_>>()?;
            Some(Test::Connected(decides, parts))
        };
        Some(match &expr.kind {
            ExprKind::Not(inner) => Test::Not(Box::new(self.prepare(inner, var)?)),
            ExprKind::And(parts) => return connected(parts, false),
            ExprKind::Or(parts) => return connected(parts, true),
            ExprKind::Compare(BinaryOp::Overlaps | BinaryOp::Subset, _) => return None,
            ExprKind::Compare(BinaryOp::Matches, sides) => match &sides.last()?.kind {
                ExprKind::Pattern(pattern) => Test::Matches(self.side(sides.first()?, var)?, pattern),
                _ => return None,
            },
            ExprKind::Compare(op, sides) => {
                let [left, right] = &**sides;
                compare(*op, self.side(left, var)?, self.side(right, var)?)
            }
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                Test::Range(*negated, [self.side(value, var)?, self.side(low, var)?, self.side(high, var)?])
            }
            ExprKind::State(state, inner) => Test::State(*state, self.side(inner, var)?),
            _ => match self.side(expr, var)? {
                field @ Side::Field(..) => compare(BinaryOp::Eq, field, Side::Fixed(Plain::Bool(true))),
                other => Test::Truth(other),
            },
        })
    }

    /// Makes ready what the statements of a loop ask, where all of them are checks.
    pub(super) fn prepare_checks(&mut self, statements: &'a [Stmt], var: u16) -> Option<Vec<Test<'a>>> {
        let ready = statements.iter().map(|statement| match statement {
            Stmt::Check(check) => self.prepare(&check.condition, var),
            _ => None,
        });
        ready.collect()
    }

    fn side(&mut self, expr: &'a Expr, var: u16) -> Option<Side<'a>> {
        match &expr.kind {
            ExprKind::Local(slot) if *slot == var => Some(Side::Element),
            ExprKind::Field(base, record, slot) => Some(match self.side(base, var)? {
                Side::Fixed(_) => Side::Fixed(self.plain(expr)?),
                base => Side::Field(Box::new(base), *record, *slot),
            }),
            // What is there is not replaced, and what is not has no plain value.
            ExprKind::Default(sides) => self.side(sides.first()?, var),
            // These read nothing that changes; any other may have the variable within it.
            ExprKind::Const(_)
            | ExprKind::Param(_)
            | ExprKind::Today
            | ExprKind::Local(_)
            | ExprKind::Let(_)
            | ExprKind::Root(_) => self.plain(expr).map(Side::Fixed),
            // `today - 200 days`, and whatever else reads nothing from around.
            ExprKind::Arithmetic(..) | ExprKind::Minus(_) if self.plan.alike.expr(expr).is_some() => {
                let before = self.steps;
                let value = self.eval::<false>(expr).val;
                // What takes steps is counted each time that it is asked for, by the general way.
                let counted = std::mem::replace(&mut self.steps, before) != before;
                if counted { None } else { plain_val(&value).map(Side::Fixed) }
            }
            _ => None,
        }
    }

    /// Whether a test holds for an element, where that is known at a glance.
    #[inline]
    pub(super) fn holds_for(&self, test: &Test<'a>, cell: CellId) -> Option<bool> {
        match test {
            Test::Small(small) => self.small(small, cell),
            Test::Not(inner) => self.holds_for(inner, cell).map(|holds| !holds),
            Test::Connected(decides, parts) => {
                for part in parts {
                    if self.holds_for(part, cell)? == *decides {
                        return Some(*decides);
                    }
                }
                Some(!decides)
            }
            Test::Compare(op, left, right) => {
                self.plainly(*op, self.read_side(left, cell)?, self.read_side(right, cell)?)
            }
            Test::Matches(side, pattern) => {
                self.plain_text(self.read_side(side, cell)?).map(|text| pattern.matches(text))
            }
            Test::Range(negated, [value, low, high]) => {
                let read = |side| self.read_side(side, cell);
                Machine::within_range(read(value)?, read(low)?, read(high)?).map(|inside| inside != *negated)
            }
            Test::State(state, side) => self.read_side(side, cell).map(|_| *state != State::Missing),
            Test::Truth(side) => match self.read_side(side, cell)? {
                Plain::Bool(holds) => Some(holds),
                _ => None,
            },
        }
    }

    /// Of a field that is there, whether its value compares as it should.
    #[inline]
    fn small(&self, small: &Small, element: CellId) -> Option<bool> {
        let mut cell = element;
        for &slot in &small.path {
            let Data::Record(first) = self.tenant.cell(cell) else { return None };
            cell = self.tenant.slot(first, slot);
        }
        let value = match (small.kind, self.tenant.cell(cell)) {
            (SmallKind::Int, Data::Int(n)) => i64::from(n),
            (SmallKind::Date, Data::Date(days)) => i64::from(days),
            (SmallKind::Bool, Data::Bool(value)) => i64::from(value),
            (SmallKind::Enum(id), Data::Enum(of, index)) if of == id.0 => i64::from(index),
            _ => return None,
        };
        Some(match small.op {
            BinaryOp::Eq => value == small.bound,
            BinaryOp::Ne => value != small.bound,
            BinaryOp::Lt => value < small.bound,
            BinaryOp::Le => value <= small.bound,
            BinaryOp::Gt => value > small.bound,
            BinaryOp::Ge => value >= small.bound,
            _ => return None,
        })
    }

    #[inline]
    fn read_side(&self, side: &Side<'a>, cell: CellId) -> Option<Plain<'a>> {
        match side {
            Side::Fixed(value) => Some(*value),
            Side::Element => Some(Plain::Record(cell)),
            Side::Field(base, record, slot) => self.field_of(self.read_side(base, cell)?, *record, *slot),
        }
    }
}

/// A comparison: a small one, where it is of that kind; where a value is not there, the general way is gone all the same.
fn compare<'a>(op: BinaryOp, left: Side<'a>, right: Side<'a>) -> Test<'a> {
    let plain = matches!(op, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
    if let (true, Side::Fixed(bound)) = (plain, &right)
        && let (Some((kind, bound)), Some(path)) = (small_value(*bound), path_of(&left))
    {
        return Test::Small(Small { path, kind, op, bound });
    }
    Test::Compare(op, left, right)
}

fn small_value(value: Plain<'_>) -> Option<(SmallKind, i64)> {
    Some(match value {
        Plain::Bool(value) => (SmallKind::Bool, i64::from(value)),
        Plain::Int(n) => (SmallKind::Int, n),
        Plain::Date(days) => (SmallKind::Date, i64::from(days)),
        Plain::Enum(id, index) => (SmallKind::Enum(id), i64::from(index)),
        _ => return None,
    })
}

/// The slots that lead from the element to a field.
fn path_of(side: &Side<'_>) -> Option<Box<[u16]>> {
    let (mut slots, mut at) = (Vec::new(), side);
    while let Side::Field(base, _, slot) = at {
        slots.push(*slot);
        at = base;
    }
    slots.reverse();
    matches!(at, Side::Element).then(|| slots.into())
}

#[cfg(test)]
mod tests {
    use crate::check::{Source, check};
    use crate::document::{Limits, load};
    use crate::eval::{Told, evaluate};
    use crate::plan::Plan;
    use crate::source::Sources;
    use crate::syntax::parse::parse;
    use crate::tenant::bind;

    const SCHEMA: &str = "schema s { groups: [Group] key id  flows: [Flow] key id = []  limit?: int }\n\
        type Group { id: string  size?: int >= 0  kind: \"a\" | \"b\" = \"a\"  level?: \"L1\" < \"L2\" < \"L3\"  open: bool = true\n\
        seen?: date  kept?: duration  share?: percent  set?: Set  tags: [string] = []  flow?: ref flows }\n\
        type Set { on?: bool  depth: int = 3 }\ntype Flow { id: string  people?: int }\n\
        let most = 8\nparam least: int = 2\n";

    const TENANT: &str = "groups:\n- {id: one, size: 1, kind: b, level: L2, open: false, seen: 2026-01-01, set: {on: true}, flow: f}\n\
        - {id: two, size: 9, tags: [x, y], set: {on: false, depth: 9}, share: 20%, flow: g}\n- {id: three}\n\
        - {id: four, size: -1, kind: z, level: L9, open: 3, seen: never, set: {on: null}}\n\
        - {id: big, size: 9000000000, level: L3, seen: 2020-02-29, kept: 180 days, set: {}}\n- null\n\
        flows: [{id: f, people: 4}, {id: g}]\n";

    const CONDITIONS: [&str; 30] = [
        "g.open",
        "not g.open",
        "g.open == false",
        "g.size <= 8",
        "g.size > most",
        "g.size >= least and g.size < 5_000_000_000",
        "g.size in 2..most",
        "g.size not in [1, 9]",
        "8 >= g.size",
        "g.size != limit",
        "g.size default 5 > 4",
        "g.kind == \"b\"",
        "g.kind in [\"b\"]",
        "g.level >= \"L2\"",
        "g.level is set",
        "g.level is missing or g.level == \"L3\"",
        "g.seen < today - 200 days",
        "g.seen + 1 year >= today",
        "g.seen in 2025-01-01..2026-12-31",
        "g.kept >= 6 months",
        "g.share <= 30%",
        "g.set.on",
        "g.set.depth <= 3",
        "g.set is set and not g.set.on",
        "g.id matches \"t*\"",
        "g.id == \"one\" or g.size == 9",
        "\"x\" in g.tags",
        "g.tags contains \"y\"",
        "g.flow.people > 3",
        "g.flow == \"f\"",
    ];

    /// Loops go the short way, unless steps are asked for: then each element goes the general way.
    #[test]
    fn what_is_made_ready_comes_to_what_the_general_way_comes_to() {
        for condition in CONDITIONS {
            let text = format!(
                "{SCHEMA}rule a {{ title \"a\" for g in groups where {condition} {{ expect g.size == 77 }} }}\n\
                 rule b {{ title \"b\" for g in groups {{ expect {condition} }} }}\n\
                 rule c {{ title \"c\" for g in groups {{ expect g.id != \"two\" warning expect {condition} else \"no\" }} }}\n\
                 rule d {{ title \"d\" expect count(g in groups where {condition}) == 77 }}\n"
            );
            let (file, errors) = parse(&text, 0);
            assert_eq!(errors, [], "{condition}");
            let sources = [Source { name: "p".into(), version: None, files: vec![file], carried: false }];
            let (policy, errors) = check(&sources);
            assert_eq!(errors, [], "{condition}");
            let document = load(&mut Sources::starting_at(1 << 20), "t", TENANT.into(), Limits::default()).unwrap();
            let tenant = bind(&document, document.roots().first().unwrap(), &policy.schema, crate::lang::Lang::En);
            let told = |steps| {
                let plan = Plan { steps, ..Plan::new(&policy, 20_780, &[]).unwrap() };
                let outcome = evaluate(&plan, &tenant, "t", &mut Told::default(), false);
                (outcome.verdicts, outcome.findings)
            };
            assert_eq!(told(false), told(true), "{condition}");
        }
    }
}
