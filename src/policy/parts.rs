//! Owns the way through a policy's parts: the expressions of a rule, of a statement, of an expression. It must never know what any of them means.

use super::{Asks, Band, Expr, ExprKind, Policy, Rule, Stmt};

impl Expr {
    /// The expressions that it is made of, in the order of the text as far as that is known.
    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Const(_)
            | ExprKind::Pattern(_)
            | ExprKind::Today
            | ExprKind::Local(_)
            | ExprKind::Let(_)
            | ExprKind::Param(_)
            | ExprKind::Root(_) => Vec::new(),
            ExprKind::Field(of, ..)
            | ExprKind::Not(of)
            | ExprKind::Minus(of)
            | ExprKind::State(_, of)
            | ExprKind::Function(_, of) => vec![&mut **of],
            ExprKind::Entry(of, key, _) => vec![&mut **of, &mut **key],
            ExprKind::List(all)
            | ExprKind::And(all)
            | ExprKind::Or(all)
            | ExprKind::Extreme(_, all)
            | ExprKind::Call(_, all) => all.iter_mut().collect(),
            ExprKind::Map(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
            ExprKind::Arithmetic(_, parts) | ExprKind::Compare(_, parts) | ExprKind::Default(parts) => {
                parts.iter_mut().collect()
            }
            ExprKind::Range(_, parts) | ExprKind::If(parts) => parts.iter_mut().collect(),
            ExprKind::Quantifier(_, of) => {
                std::iter::once(&mut of.list).chain(of.filter.as_mut()).chain([&mut of.body]).collect()
            }
            ExprKind::Comprehension(of) | ExprKind::Unique(of) | ExprKind::Aggregate(_, of) => {
                let lists =
                    of.fors.iter_mut().flat_map(|one| std::iter::once(&mut one.list).chain(one.filter.as_mut()));
                lists.chain([&mut of.element]).chain(of.per.as_mut()).collect()
            }
        }
    }

    /// Goes through the expression and all within it.
    pub fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        visit(self);
        for part in self.parts_mut() {
            part.each_mut(visit);
        }
    }
}

impl Rule {
    /// The expressions by which its verdict comes about: not those of its messages and fixes.
    pub fn asks_mut(&mut self) -> Vec<&mut Expr> {
        let mut found = Vec::new();
        found.extend(self.applies.as_mut());
        block(&mut self.body, &mut found);
        found
    }
}

fn block<'a>(statements: &'a mut [Stmt], into: &mut Vec<&'a mut Expr>) {
    for statement in statements {
        match statement {
            Stmt::Let(_, value) => into.push(value),
            Stmt::For(each) => {
                into.push(&mut each.list);
                into.extend(each.filter.as_mut());
                block(&mut each.body, into);
            }
            Stmt::If(choice) => {
                into.push(&mut choice.condition);
                block(&mut choice.then, into);
                block(&mut choice.otherwise, into);
            }
            Stmt::Check(check) => into.extend(std::iter::once(&mut check.condition).chain(check.at.as_deref_mut())),
            Stmt::Grants(grants) => {
                into.push(&mut grants.list);
                into.extend(grants.allow.iter_mut().flatten().chain(&mut grants.deny));
                into.extend(grants.most.as_mut().map(|(most, _)| most));
            }
            Stmt::Threshold(threshold) => {
                into.push(&mut threshold.value);
                for Band { bound, asks, .. } in &mut threshold.bands {
                    into.push(bound);
                    match asks {
                        Asks::Expect(condition, _) => into.push(condition),
                        Asks::Message(_) => {}
                        Asks::Block(statements) => block(statements, into),
                    }
                }
            }
        }
    }
}

/// What a rule or an expression uses of its pack and of others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Indices into [`Policy::lets`], sorted.
    pub lets: Vec<usize>,
    /// Indices into [`Policy::defines`], sorted.
    pub defines: Vec<usize>,
    /// Indices into [`Policy::params`], sorted.
    pub params: Vec<usize>,
}

impl Policy {
    /// What a rule uses for its verdict, at first or second hand.
    pub fn uses(&self, rule: &Rule) -> Uses {
        let mut uses = Uses::default();
        let mut open: Vec<Expr> = rule.clone().asks_mut().into_iter().map(|expr| expr.clone()).collect();
        while let Some(mut expr) = open.pop() {
            expr.each_mut(&mut |part| match part.kind {
                ExprKind::Let(at) if !uses.lets.contains(&at) => {
                    uses.lets.push(at);
                    open.extend(self.lets.get(at).map(|item| item.value.clone()));
                }
                ExprKind::Call(at, _) if !uses.defines.contains(&at) => {
                    uses.defines.push(at);
                    open.extend(self.defines.get(at).map(|item| item.body.clone()));
                }
                ExprKind::Param(at) if !uses.params.contains(&at) => uses.params.push(at),
                _ => {}
            });
        }
        for list in [&mut uses.lets, &mut uses.defines, &mut uses.params] {
            list.sort_unstable();
        }
        uses
    }
}
