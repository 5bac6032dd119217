//! Owns which statements and expressions of a plan are alike: they ask the same, and read no variable from around them. It must never know a tenant.
//!
//! What is alike comes to the same at one tenant. Rules of one house select the same groups, and count the same flows, again
//! and again: `eval` works that out once. Where nodes stand in memory tells them apart: the plan borrows the policy.

use crate::policy::{Asks, Comprehension, Expr, ExprKind, For, Generator, Policy, Rule, Stmt};
use crate::schema::Const;
use rustc_hash::FxHashMap;

/// The numbers of what is worth remembering; alike nodes have the same one.
#[derive(Debug, Default)]
pub struct Alike {
    statements: FxHashMap<usize, u32>,
    selections: FxHashMap<usize, u32>,
    exprs: FxHashMap<usize, u32>,
    count: usize,
}

impl Alike {
    /// Finds what is alike in rules, and in what they call.
    pub(super) fn of<'p>(policy: &'p Policy, rules: impl Iterator<Item = &'p Rule>) -> Alike {
        // Defines may be called in loops.
        let mut finder = Finder { loops: 1, ..Finder::default() };
        for define in &policy.defines {
            finder.bound.extend(0..define.params.len() as u16);
            finder.expr(&define.body);
            finder.start_anew();
        }
        finder.loops = 0;
        for item in &policy.lets {
            finder.expr(&item.value);
            finder.start_anew();
        }
        for rule in rules {
            if let Some(applies) = &rule.applies {
                finder.expr(applies);
            }
            finder.block(&rule.body);
            finder.start_anew();
        }
        finder.alike()
    }

    /// The number of a statement.
    pub fn statement(&self, statement: &Stmt) -> Option<usize> {
        self.statements.get(&address(statement)).map(|number| *number as usize)
    }

    /// The number of the elements that a loop goes through.
    pub fn selection(&self, each: &For) -> Option<usize> {
        self.selections.get(&address(each)).map(|number| *number as usize)
    }

    /// The number of an expression.
    #[inline]
    pub fn expr(&self, expr: &Expr) -> Option<usize> {
        self.exprs.get(&address(expr)).map(|number| *number as usize)
    }

    /// All numbers are below this.
    pub fn count(&self) -> usize {
        self.count
    }
}

fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// A number, and how often its text was met; in a loop once is often.
struct Met {
    number: u32,
    often: bool,
}

#[derive(Clone, Copy)]
enum What {
    Statement,
    Selection,
    Expr,
}

/// Writes each node as bytes, places left out, and numbers those that are the same.
#[derive(Default)]
struct Finder {
    out: Vec<u8>,
    /// The variables in sight, the outermost first.
    bound: Vec<u16>,
    known: FxHashMap<Box<[u8]>, Met>,
    nodes: Vec<(What, usize, u32)>,
    loops: usize,
}

/// The outermost variable that a node reads: its place in `bound`, from 1; 0 for one that is not in it.
type Outermost = usize;
const NONE: Outermost = usize::MAX;

impl Finder {
    fn start_anew(&mut self) {
        self.out.clear();
        self.bound.clear();
    }

    fn alike(self) -> Alike {
        let mut alike = Alike { count: self.known.len(), ..Alike::default() };
        let mut often = vec![false; self.known.len()];
        for met in self.known.values() {
            if let Some(slot) = often.get_mut(met.number as usize) {
                *slot = met.often;
            }
        }
        for (what, address, number) in self.nodes {
            if often.get(number as usize) == Some(&true) {
                let map = match what {
                    What::Statement => &mut alike.statements,
                    What::Selection => &mut alike.selections,
                    What::Expr => &mut alike.exprs,
                };
                map.insert(address, number);
            }
        }
        alike
    }

    /// Numbers what was written since `start`.
    fn note(&mut self, what: What, address: usize, start: usize) {
        let Some(bytes) = self.out.get(start..) else { return };
        let next = self.known.len() as u32;
        let number = match self.known.get_mut(bytes) {
            Some(met) => {
                met.often = true;
                met.number
            }
            None => {
                let met = Met { number: next, often: self.loops > 0 };
                self.known.insert(bytes.into(), met);
                next
            }
        };
        self.nodes.push((what, address, number));
    }

    fn tag(&mut self, tag: u8) {
        self.out.push(tag);
    }

    fn number(&mut self, number: usize) {
        self.out.extend_from_slice(&(number as u32).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.out.extend_from_slice(text.as_bytes());
    }

    // ---- statements --------------------------------------------------------------------------------------------

    fn block(&mut self, statements: &[Stmt]) -> Outermost {
        let depth = self.bound.len();
        self.number(statements.len());
        let mut outermost = NONE;
        for statement in statements {
            outermost = outermost.min(self.statement(statement));
        }
        self.bound.truncate(depth);
        outermost
    }

    fn statement(&mut self, statement: &Stmt) -> Outermost {
        let (start, depth) = (self.out.len(), self.bound.len());
        let outermost = match statement {
            Stmt::Let(var, value) => {
                self.tag(b'L');
                let outermost = self.expr(value);
                self.bound.push(*var);
                return outermost;
            }
            Stmt::For(each) => {
                self.tag(b'F');
                let mut outermost = self.generator(each.var, &each.list, each.filter.as_ref());
                if outermost > depth {
                    self.note(What::Selection, address(&**each), start);
                }
                self.loops += 1;
                outermost = outermost.min(self.block(&each.body));
                self.loops -= 1;
                self.bound.truncate(depth);
                outermost
            }
            Stmt::If(item) => {
                self.tag(b'I');
                let condition = self.expr(&item.condition);
                condition.min(self.block(&item.then)).min(self.block(&item.otherwise))
            }
            Stmt::Check(check) => {
                self.tag(b'C');
                self.expr(&check.condition)
            }
            Stmt::Grants(grants) => {
                self.tag(b'G');
                let mut outermost = self.expr(&grants.list);
                self.tag(u8::from(grants.allow.is_some()));
                outermost = outermost.min(self.exprs(grants.allow.as_deref().unwrap_or_default()));
                outermost = outermost.min(self.exprs(&grants.deny));
                outermost.min(self.optional(grants.most.as_ref().map(|(most, _)| most)))
            }
            Stmt::Threshold(threshold) => {
                self.tag(b'T');
                let mut outermost = self.expr(&threshold.value);
                self.number(threshold.bands.len());
                for band in &threshold.bands {
                    self.tag(u8::from(band.above));
                    outermost = outermost.min(self.expr(&band.bound));
                    outermost = outermost.min(match &band.asks {
                        Asks::Expect(condition, _) => {
                            self.tag(b'e');
                            self.expr(condition)
                        }
                        Asks::Message(_) => {
                            self.tag(b'm');
                            NONE
                        }
                        Asks::Block(statements) => {
                            self.tag(b'b');
                            self.block(statements)
                        }
                    });
                }
                outermost
            }
        };
        if outermost > depth {
            self.note(What::Statement, address(statement), start);
        }
        outermost
    }

    // ---- expressions -------------------------------------------------------------------------------------------

    fn exprs(&mut self, exprs: &[Expr]) -> Outermost {
        self.number(exprs.len());
        exprs.iter().fold(NONE, |outermost, expr| outermost.min(self.expr(expr)))
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Outermost {
        self.tag(u8::from(expr.is_some()));
        expr.map_or(NONE, |expr| self.expr(expr))
    }

    /// A list and its condition; the variable stays in sight.
    fn generator(&mut self, var: u16, list: &Expr, filter: Option<&Expr>) -> Outermost {
        let list = self.expr(list);
        self.bound.push(var);
        self.loops += 1;
        let filter = self.optional(filter);
        self.loops -= 1;
        list.min(filter)
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Outermost {
        let depth = self.bound.len();
        self.number(comprehension.fors.len());
        let mut outermost = NONE;
        for Generator { var, list, filter } in &comprehension.fors {
            outermost = outermost.min(self.generator(*var, list, filter.as_ref()));
            self.loops += 1;
        }
        outermost = outermost.min(self.expr(&comprehension.element)).min(self.optional(comprehension.per.as_ref()));
        self.loops -= comprehension.fors.len();
        self.bound.truncate(depth);
        outermost
    }

    fn expr(&mut self, expr: &Expr) -> Outermost {
        use ExprKind as E;
        let (start, depth) = (self.out.len(), self.bound.len());
        let outermost = match &expr.kind {
            E::Const(constant) => {
                self.constant(constant);
                return NONE;
            }
            E::Pattern(pattern) => {
                self.tag(b'p');
                self.text(&pattern.key());
                return NONE;
            }
            E::Today => {
                self.tag(b'y');
                return NONE;
            }
            E::Local(var) => {
                self.tag(b'v');
                // How far out it is bound, so that names and frames do not matter.
                let Some(at) = self.bound.iter().rposition(|bound| bound == var) else {
                    self.number(usize::from(*var));
                    return 0;
                };
                self.number(depth - at);
                return at + 1;
            }
            E::Let(index) => {
                self.tag(b'l');
                self.number(*index);
                return NONE;
            }
            E::Param(index) => {
                self.tag(b'q');
                self.number(*index);
                return NONE;
            }
            E::Root(slot) => {
                self.tag(b'r');
                self.number(usize::from(*slot));
                return NONE;
            }
            E::Field(base, record, slot) => {
                self.tag(b'f');
                self.number(usize::from(record.0) << 16 | usize::from(*slot));
                return self.expr(base);
            }
            E::Entry(base, key, slot) => {
                self.tag(b'[');
                self.number(slot.map_or(0, |slot| usize::from(slot) + 1));
                return self.expr(base).min(self.expr(key));
            }
            E::List(values) => {
                self.tag(b'(');
                return self.exprs(values);
            }
            E::Map(entries) => {
                self.tag(b'{');
                self.number(entries.len());
                return entries.iter().fold(NONE, |outermost, (key, value)| {
                    self.text(key);
                    outermost.min(self.expr(value))
                });
            }
            E::Not(inner) => {
                self.tag(b'!');
                return self.expr(inner);
            }
            E::And(parts) => {
                self.tag(b'&');
                return self.exprs(parts);
            }
            E::Or(parts) => {
                self.tag(b'|');
                return self.exprs(parts);
            }
            E::Compare(op, sides) => {
                self.tag(b'=');
                self.tag(*op as u8);
                return self.exprs(&**sides);
            }
            E::Range(negated, parts) => {
                self.tag(b'.');
                self.tag(u8::from(*negated));
                return self.exprs(&**parts);
            }
            E::State(state, inner) => {
                self.tag(b'?');
                self.tag(*state as u8);
                return self.expr(inner);
            }
            E::Default(sides) => {
                self.tag(b'D');
                return self.exprs(&**sides);
            }
            E::If(parts) => {
                self.tag(b'i');
                return self.exprs(&**parts);
            }
            E::Minus(inner) => {
                self.tag(b'-');
                self.expr(inner)
            }
            E::Arithmetic(op, sides) => {
                self.tag(b'+');
                self.tag(*op as u8);
                self.exprs(&**sides)
            }
            E::Comprehension(comprehension) => {
                self.tag(b'c');
                self.comprehension(comprehension)
            }
            E::Quantifier(which, body) => {
                self.tag(b'Q');
                self.tag(*which as u8);
                let list = self.generator(body.var, &body.list, body.filter.as_ref());
                self.loops += 1;
                let body = self.expr(&body.body);
                self.loops -= 1;
                self.bound.truncate(depth);
                list.min(body)
            }
            E::Unique(comprehension) => {
                self.tag(b'u');
                self.comprehension(comprehension)
            }
            E::Aggregate(which, comprehension) => {
                self.tag(b'a');
                self.tag(*which as u8);
                self.comprehension(comprehension)
            }
            E::Extreme(largest, values) => {
                self.tag(b'x');
                self.tag(u8::from(*largest));
                self.exprs(values)
            }
            E::Function(function, inner) => {
                self.tag(b'n');
                self.tag(*function as u8);
                self.expr(inner)
            }
            E::Call(index, arguments) => {
                self.tag(b'C');
                self.number(*index);
                self.exprs(arguments)
            }
        };
        if outermost > depth {
            self.note(What::Expr, address(expr), start);
        }
        outermost
    }

    fn constant(&mut self, constant: &Const) {
        match constant {
            Const::Text(text) => {
                self.tag(b's');
                self.text(text);
            }
            Const::Int(n) => {
                self.tag(b'#');
                self.out.extend_from_slice(&n.to_le_bytes());
            }
            Const::Bool(value) => {
                self.tag(b'b');
                self.tag(u8::from(*value));
            }
            Const::List(values) => {
                self.tag(b']');
                self.number(values.len());
                for value in values {
                    self.constant(value);
                }
            }
            Const::Enum(of, at) => {
                self.tag(b'e');
                self.number(usize::from(of.0));
                self.number(usize::from(*at));
            }
            Const::Date(day) => {
                self.tag(b'd');
                self.out.extend_from_slice(&day.to_le_bytes());
            }
            Const::Duration(duration) => {
                self.tag(b'~');
                self.out.extend_from_slice(&duration.months.to_le_bytes());
                self.out.extend_from_slice(&duration.seconds.to_le_bytes());
            }
            // Rare, and told apart by all that they are.
            other => {
                self.tag(b'o');
                self.text(&format!("{other:?}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Source, check};
    use crate::syntax::parse::parse;

    const HEAD: &str =
        "schema s { groups: [Group] key id = [] }\ntype Group { id: string\nsize: int = 0 }\nlet big = 7\n";

    fn policy(rules: &str) -> Policy {
        let (file, errors) = parse(&format!("{HEAD}{rules}"), 0);
        assert_eq!(errors, []);
        let (policy, errors) = check(&[Source { name: "p".into(), version: None, files: vec![file], carried: false }]);
        assert_eq!(errors, []);
        policy
    }

    fn rule(name: &str, body: &str) -> String {
        format!("rule {name} {{\n    title \"{name}\"\n    {body}\n}}\n")
    }

    /// The numbers of the first statements of two rules.
    fn first(a: &str, b: &str) -> (Option<usize>, Option<usize>, Option<usize>, Option<usize>) {
        let policy = policy(&(rule("a", a) + &rule("b", b)));
        let alike = Alike::of(&policy, policy.rules.iter());
        let of = |at: usize| policy.rules.get(at).and_then(|rule| rule.body.first()).unwrap();
        let selection = |statement: &Stmt| match statement {
            Stmt::For(each) => alike.selection(each),
            _ => None,
        };
        (alike.statement(of(0)), alike.statement(of(1)), selection(of(0)), selection(of(1)))
    }

    #[test]
    fn names_and_messages_do_not_matter() {
        let (a, b, ..) = first(
            "for g in groups where g.size > big { expect g.id != \"x\" else \"one\" }",
            "for one in groups where one.size > big { warning expect one.id != \"x\" }",
        );
        assert!(a.is_some() && a == b);
    }

    #[test]
    fn what_differs_in_one_number_selects_alike_and_asks_otherwise() {
        let (a, b, chosen, too) = first(
            "for g in groups where g.size > 1 { expect g.size < 8 }",
            "for g in groups where g.size > 1 { expect g.size < 9 }",
        );
        assert_eq!((a, b), (None, None));
        assert!(chosen.is_some() && chosen == too);
    }

    #[test]
    fn what_reads_a_variable_from_around_it_is_not_numbered() {
        let (_, _, outer, _) = first(
            "for g in groups { for h in groups where h.size > g.size { expect h.size > 1 } }",
            "for g in groups { for h in groups where h.size > g.size { expect h.size > 2 } }",
        );
        assert!(outer.is_some());
        let policy =
            policy(&rule("a", "for g in groups { for h in groups where h.size > g.size { expect h.size > 1 } }"));
        let alike = Alike::of(&policy, policy.rules.iter());
        let Some(Stmt::For(outer)) = policy.rules.first().and_then(|rule| rule.body.first()) else { panic!("a loop") };
        let Some(Stmt::For(inner)) = outer.body.first() else { panic!("a loop in a loop") };
        assert_eq!(alike.selection(inner), None);
    }

    #[test]
    fn what_does_not_change_within_a_loop_is_numbered() {
        let policy = policy(&rule("a", "for g in groups { expect g.size < big * 2 + count(groups) }"));
        let alike = Alike::of(&policy, policy.rules.iter());
        let Some(Stmt::For(each)) = policy.rules.first().and_then(|rule| rule.body.first()) else { panic!("a loop") };
        let Some(Stmt::Check(check)) = each.body.first() else { panic!("a check") };
        let ExprKind::Compare(_, sides) = &check.condition.kind else { panic!("a comparison") };
        assert!(sides.last().is_some_and(|right| alike.expr(right).is_some()));
    }
}
