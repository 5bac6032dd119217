//! Owns how deep a walk through a tree descends at most, so that a shallow one needs no stack of its own. It must never know what is walked for.

use super::*;

/// How deep a walk through these files may descend: into the deepest rule, and from there into every `let` and `define`, since
/// each may call the next.
pub fn depth<'f>(files: impl Iterator<Item = &'f File>) -> u32 {
    let (mut deepest, mut called) = (0u32, 0u32);
    for item in files.flat_map(|file| &file.items) {
        match item {
            Item::Rule(rule) => {
                let head = rule.head.iter().map(|line| match &line.kind {
                    HeadKind::Applies(condition) => condition.depth,
                    _ => 0,
                });
                deepest = deepest.max(block(&rule.body)).max(head.max().unwrap_or(0));
            }
            Item::Let(item) => called = called.saturating_add(item.value.depth + 1),
            Item::Define(item) => called = called.saturating_add(item.body.depth + 1),
            Item::Param(item) => called = called.saturating_add(item.value.depth + 1),
            Item::Type(TypeItem { body: TypeBody::Alias(_), .. }) => called = called.saturating_add(1),
            Item::Use(_) | Item::Law(_) | Item::Schema(_) | Item::Type(_) | Item::Extend(_) | Item::Adjustment(_) => {}
        }
    }
    deepest.saturating_add(called)
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
            let fix: &[&Expr] = match &check.fix {
                Some(FixClause::Set(path, value)) => &[path, value],
                Some(FixClause::Remove(path)) => &[path],
                None => &[],
            };
            let read = [&check.condition].into_iter().chain(&check.at).chain(fix.iter().copied());
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

    fn of(text: &str) -> u32 {
        let (file, errors) = parse::parse(text, 0);
        assert_eq!(errors, []);
        depth([&file].into_iter())
    }

    #[test]
    fn what_calls_each_other_adds_up_and_rules_do_not() {
        let one = of("rule a { title \"A\" expect b.c }\n");
        assert_eq!(one, of("rule a { title \"A\" expect b.c }\nrule d { title \"D\" expect b.c }\n"));
        assert!(of("rule a { title \"A\" for x in y { expect b.c } }\n") > one);
        assert!(of("rule a { title \"A\" expect b else \"{c.d.e}\" }\n") > one);
        let two = of("let a = b + 1\nlet c = a + 1\n");
        assert_eq!(two, 2 * of("let a = b + 1\n"));
    }
}
