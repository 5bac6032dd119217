//! Owns how deep a walk through a tree descends at most, so that a shallow one needs no stack of its own. It must never know what is walked for.

use super::*;
use rustc_hash::FxHashMap;

/// Whether a walk through these files descends no deeper than `most`: into any rule, and from there along the longest way on
/// which `let`s and defines call each other.
pub fn is_shallow<'f>(files: impl Iterator<Item = &'f File> + Clone, most: u32) -> bool {
    let mut calls = Calls { most, ..Calls::default() };
    let (mut deepest, mut aliases) = (0, 0);
    for item in files.flat_map(|file| &file.items) {
        let (name, expr) = match item {
            Item::Rule(rule) => {
                let head = rule.head.iter().map(|line| match &line.kind {
                    HeadKind::Applies(condition) => condition.depth,
                    _ => 0,
                });
                deepest = deepest.max(block(&rule.body)).max(head.max().unwrap_or(0));
                continue;
            }
            Item::Let(item) => (&item.name, &item.value),
            Item::Define(item) => (&item.name, &item.body),
            Item::Param(item) => (&item.name, &item.value),
            Item::Schema(Schema { fields, .. })
            | Item::Extend(Extend { fields, .. })
            | Item::Type(TypeItem { body: TypeBody::Record(fields), .. }) => {
                deepest = deepest.max(fields.iter().map(field).max().unwrap_or(0));
                continue;
            }
            Item::Type(TypeItem { body: TypeBody::Alias(ty), .. }) => {
                // Each may stand for the next.
                aliases += type_depth(ty);
                continue;
            }
            Item::Use(_) | Item::Law(_) | Item::Adjustment(_) => continue,
        };
        calls.named.entry(&name.text).or_default().push(expr);
    }
    let names: Vec<&str> = calls.named.keys().copied().collect();
    let longest = names.into_iter().try_fold(0, |longest, name| calls.below(name, 0).map(|depth| depth.max(longest)));
    longest.is_some_and(|longest| (longest + deepest).max(aliases + deepest) <= most)
}

/// What names lead to.
#[derive(Default)]
struct Calls<'f> {
    named: FxHashMap<&'f str, Vec<&'f Expr>>,
    known: FxHashMap<&'f str, u32>,
    most: u32,
}

impl<'f> Calls<'f> {
    /// How deep a name leads, `at` levels down already; `None` beyond the limit, as where names call themselves.
    fn below(&mut self, name: &'f str, at: u32) -> Option<u32> {
        if let Some(known) = self.known.get(name) {
            return Some(*known);
        }
        let mut depth = 0;
        for expr in self.named.get(name).cloned().unwrap_or_default() {
            let own = at + expr.depth + 1;
            if own > self.most {
                return None;
            }
            let mut called = Vec::new();
            names(expr, &mut called);
            let mut below = 0;
            for name in called.into_iter().filter(|name| self.named.contains_key(name)).collect::<Vec<_>>() {
                below = self.below(name, own)?.max(below);
            }
            depth = depth.max(expr.depth + 1 + below);
        }
        self.known.insert(name, depth);
        Some(depth)
    }
}

/// The names that an expression says: more than it calls, and none less.
fn names<'f>(expr: &'f Expr, into: &mut Vec<&'f str>) {
    let arguments = |arguments: &'f Arguments, into: &mut Vec<&'f str>| match arguments {
        Arguments::Values(values) => values.iter().for_each(|value| names(value, into)),
        Arguments::Comprehension(comprehension) => comprehension_names(comprehension, into),
    };
    match &expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Name(name) => into.push(name),
        ExprKind::Field(base, name) => {
            into.push(&name.text);
            names(base, into);
        }
        ExprKind::Call(call) => {
            into.push(&call.callee.name.text);
            arguments(&call.arguments, into);
        }
        ExprKind::List(values) => arguments(values, into),
        ExprKind::Map(entries) => entries.iter().for_each(|(_, value)| names(value, into)),
        ExprKind::Not(inner) | ExprKind::Minus(inner) | ExprKind::State(_, inner) | ExprKind::Parens(inner) => {
            names(inner, into);
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| names(part, into)),
        ExprKind::Index(left, right) | ExprKind::Arithmetic(_, left, right) | ExprKind::Default(left, right) => {
            names(left, into);
            names(right, into);
        }
        ExprKind::Compare(_, left, right) => {
            names(left, into);
            match &**right {
                RightSide::Value(value) => names(value, into),
                RightSide::Range(low, high) => {
                    names(low, into);
                    names(high, into);
                }
                RightSide::Regex(_) => {}
            }
        }
        ExprKind::If(parts) => parts.iter().for_each(|part| names(part, into)),
        ExprKind::Quantifier(_, body) => {
            let parts = [&body.list, &body.body].into_iter().chain(&body.filter);
            parts.for_each(|part| names(part, into));
        }
        ExprKind::Unique(comprehension) => comprehension_names(comprehension, into),
    }
}

fn comprehension_names<'f>(comprehension: &'f Comprehension, into: &mut Vec<&'f str>) {
    let lists = comprehension.fors.iter().flat_map(|each| [&each.list].into_iter().chain(&each.filter));
    lists.chain(&comprehension.element).chain(&comprehension.per).for_each(|part| names(part, into));
}

fn field(field: &FieldDef) -> u32 {
    type_depth(&field.ty) + field.default.as_ref().map_or(0, constant_depth)
}

/// How deep a type goes, up to the names in it.
fn type_depth(ty: &TypeExpr) -> u32 {
    match &ty.kind {
        TypeKind::List(of) | TypeKind::Map(of) => 1 + type_depth(of),
        TypeKind::Named(_) | TypeKind::Worded(..) => 1,
        TypeKind::Ref(_) | TypeKind::Enum(_) | TypeKind::Ordered(_) => 0,
    }
}

fn constant_depth(constant: &Constant) -> u32 {
    match &constant.kind {
        ConstantKind::Literal(_) => 0,
        ConstantKind::List(values) => 1 + values.iter().map(constant_depth).max().unwrap_or(0),
        ConstantKind::Map(entries) => 1 + entries.iter().map(|(_, value)| constant_depth(value)).max().unwrap_or(0),
    }
}

fn block(statements: &[Statement]) -> u32 {
    statements.iter().map(|one| 1 + statement(one)).max().unwrap_or(0)
}

fn statement(statement: &Statement) -> u32 {
    match statement {
        Statement::Let(item) => item.value.depth,
        Statement::For(each) => all([&each.list].into_iter().chain(&each.filter)).max(block(&each.body)),
        Statement::If(choice) => choice.condition.depth.max(block(&choice.then)).max(block(&choice.otherwise)),
        Statement::Check(check) => {
            let fix: &[&Expr] = match check.fix.as_deref() {
                Some(FixClause::Set(path, value)) => &[path, value],
                Some(FixClause::Remove(path)) => &[path],
                None => &[],
            };
            let read = [&check.condition].into_iter().chain(check.at.as_deref()).chain(fix.iter().copied());
            all(read).max(message(check.message.as_ref()))
        }
        Statement::Settings(settings) => {
            // The condition of a line reads the field from the record.
            let lines = settings.lines.iter().map(|line| {
                let steps = line.path.iter().map(|step| match step {
                    Step::Field(_) => 1,
                    Step::Index(index) => 1 + index.depth,
                });
                let test = match &line.test {
                    Test::Compare(_, RightSide::Value(value)) => value.depth,
                    Test::Compare(_, RightSide::Range(low, high)) => low.depth.max(high.depth),
                    Test::Compare(_, RightSide::Regex(_)) | Test::State(_) => 1,
                };
                1 + steps.sum::<u32>() + test
            });
            settings.record.depth + lines.max().unwrap_or(0)
        }
        Statement::Grants(grants) => {
            let lines = grants.lines.iter().map(|line| match line {
                GrantLine::Allow(patterns) | GrantLine::Deny(patterns) => {
                    all(patterns.iter().filter_map(|one| match one {
                        Pattern::Value(value) => Some(value),
                        Pattern::Regex(_) => None,
                    }))
                }
                GrantLine::AtMost(most, _) => most.depth,
            });
            grants.list.depth.max(lines.max().unwrap_or(0)).max(message(grants.message.as_ref()))
        }
        Statement::Threshold(threshold) => {
            let bands = threshold.bands.iter().map(|band| {
                band.bound.depth.max(match &band.asks {
                    Asks::Expect(condition, text) => condition.depth.max(message(text.as_ref())),
                    Asks::Message(text) => message(Some(text)),
                    Asks::Block(statements) => block(statements),
                })
            });
            threshold.value.depth.max(bands.max().unwrap_or(0))
        }
    }
}

fn all<'e>(exprs: impl Iterator<Item = &'e Expr>) -> u32 {
    exprs.map(|expr| expr.depth).max().unwrap_or(0)
}

fn message(message: Option<&Message>) -> u32 {
    all(message.into_iter().flat_map(|message| &message.parts).filter_map(|part| match part {
        Part::Expr(expr) => Some(expr),
        Part::Text(_) => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least depth that a text is within.
    fn of(text: &str) -> u32 {
        let (file, errors) = parse::parse(text, 0);
        assert_eq!(errors, []);
        (0..200).find(|most| is_shallow([&file].into_iter(), *most)).unwrap()
    }

    #[test]
    fn what_calls_each_other_adds_up_and_rules_do_not() {
        let one = of("rule a { title \"A\" expect b.c }\n");
        assert_eq!(one, of("rule a { title \"A\" expect b.c }\nrule d { title \"D\" expect b.c }\n"));
        assert!(of("rule a { title \"A\" for x in y { expect b.c } }\n") > one);
        assert!(of("rule a { title \"A\" expect b else \"{c.d.e}\" }\n") > one);
        let two = of("let a = b + 1\n");
        assert_eq!(of("let a = b + 1\nlet c = d + 1\n"), two);
        assert_eq!(of("let a = b + 1\nlet c = a + 1\n"), 2 * two);
        assert_eq!(of("let a = b + 1\ndefine c(x: int) = a + 1\nlet e = 1 + c(2)\n"), 3 * two + 1);
    }

    #[test]
    fn what_calls_itself_is_not_shallow() {
        let (file, _) = parse::parse("let a = b + 1\nlet b = pack.a\n", 0);
        assert!(!is_shallow([&file].into_iter(), 100));
    }
}
