//! Owns the walk through a rule for what it reads: paths of fields, and parameters. It must never know a tenant.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::{
    Asks, Check, Comprehension, Expr, ExprKind, FixClause, Generator, Grants, Message, Part, Policy, Rule, Stmt,
};
use crate::schema::{Const, RecordId, Schema, TypeKind, push_field, push_key};

/// The paths that a rule reads, sorted, and its parameters.
pub(super) fn of(policy: &Policy, rule: &Rule) -> (Vec<String>, BTreeSet<usize>) {
    let mut reader = Reader { policy, frame: vec![None; rule.frame], ..Reader::new(policy) };
    if let Some(applies) = &rule.applies {
        reader.expr(applies);
    }
    reader.block(&rule.body);
    let inner = |path: &String, other: &String| {
        other.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    // A list is read by reading its elements; what is within says more.
    let paths: Vec<String> =
        reader.paths.iter().filter(|path| !reader.paths.iter().any(|other| inner(path, other))).cloned().collect();
    (paths, reader.params)
}

/// What stands for any element in a path.
const ANY: &str = "[…]";

struct Reader<'p> {
    policy: &'p Policy,
    paths: BTreeSet<String>,
    params: BTreeSet<usize>,
    /// The `let`s that were walked already.
    lets: BTreeSet<usize>,
    /// The defines that were walked already, and with which paths.
    calls: BTreeSet<(usize, Vec<Option<String>>)>,
    /// The elements of the lists that `let`s name.
    elements: BTreeMap<usize, Option<String>>,
    /// Of each variable in sight, the path that it stands for, if it stands for one.
    frame: Vec<Option<String>>,
}

impl<'p> Reader<'p> {
    fn new(policy: &'p Policy) -> Reader<'p> {
        Reader {
            policy,
            paths: BTreeSet::new(),
            params: BTreeSet::new(),
            lets: BTreeSet::new(),
            calls: BTreeSet::new(),
            elements: BTreeMap::new(),
            frame: Vec::new(),
        }
    }

    fn block(&mut self, statements: &'p [Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Let(var, value) => {
                    self.expr(value);
                    let path = self.path(value);
                    self.bind(*var, path);
                }
                Stmt::For(each) => {
                    self.generator(each.var, &each.list, each.filter.as_ref());
                    self.block(&each.body);
                }
                Stmt::If(choice) => {
                    self.expr(&choice.condition);
                    self.block(&choice.then);
                    self.block(&choice.otherwise);
                }
                Stmt::Check(check) => self.check(check),
                Stmt::Grants(grants) => self.grants(grants),
                Stmt::Threshold(threshold) => {
                    self.expr(&threshold.value);
                    for band in &threshold.bands {
                        self.expr(&band.bound);
                        match &band.asks {
                            Asks::Expect(condition, message) => {
                                self.expr(condition);
                                self.message(message.as_ref());
                            }
                            Asks::Message(message) => self.message(Some(message)),
                            Asks::Block(block) => self.block(block),
                        }
                    }
                }
            }
        }
    }

    fn check(&mut self, check: &'p Check) {
        self.expr(&check.condition);
        self.message(check.message.as_ref());
        if let Some(at) = &check.at {
            self.expr(at);
        }
        match check.fix.as_deref() {
            Some(FixClause::Set(path, value)) => {
                self.expr(path);
                self.expr(value);
            }
            Some(FixClause::Remove(path)) => self.expr(path),
            None => {}
        }
    }

    fn grants(&mut self, grants: &'p Grants) {
        self.expr(&grants.list);
        for pattern in grants.allow.iter().flatten().chain(&grants.deny) {
            self.expr(pattern);
        }
        if let Some((most, _)) = &grants.most {
            self.expr(most);
        }
        let element = self.element(&grants.list);
        self.bind(grants.grant, element);
        self.message(grants.message.as_ref());
    }

    fn message(&mut self, message: Option<&'p Message>) {
        for part in message.into_iter().flatten() {
            if let Part::Expr(expr) = part {
                self.expr(expr);
            }
        }
    }

    fn bind(&mut self, var: u16, path: Option<String>) {
        let at = usize::from(var);
        if self.frame.len() <= at {
            self.frame.resize(at + 1, None);
        }
        if let Some(place) = self.frame.get_mut(at) {
            *place = path;
        }
    }

    fn generator(&mut self, var: u16, list: &'p Expr, filter: Option<&'p Expr>) {
        self.expr(list);
        let element = self.element(list);
        self.bind(var, element);
        if let Some(filter) = filter {
            self.expr(filter);
        }
    }

    fn comprehension(&mut self, comprehension: &'p Comprehension) {
        for Generator { var, list, filter } in &comprehension.fors {
            self.generator(*var, list, filter.as_ref());
        }
        self.expr(&comprehension.element);
        if let Some(per) = &comprehension.per {
            self.expr(per);
        }
    }

    /// What an expression reads.
    fn expr(&mut self, expr: &'p Expr) {
        if let Some(path) = self.path(expr)
            && !path.is_empty()
        {
            self.paths.insert(path);
        }
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Pattern(_) | ExprKind::Today | ExprKind::Local(_) | ExprKind::Root(_) => {}
            ExprKind::Param(at) => {
                self.params.insert(*at);
            }
            ExprKind::Let(at) => {
                if let Some(item) = self.policy.lets.get(*at)
                    && self.lets.insert(*at)
                {
                    self.within(vec![None; item.frame], &item.value);
                }
            }
            ExprKind::Field(of, ..) => self.expr(of),
            ExprKind::Entry(of, key, _) => {
                self.expr(of);
                self.expr(key);
            }
            ExprKind::Not(of) | ExprKind::Minus(of) | ExprKind::State(_, of) | ExprKind::Function(_, of) => {
                self.expr(of)
            }
            ExprKind::List(all) | ExprKind::And(all) | ExprKind::Or(all) | ExprKind::Extreme(_, all) => {
                all.iter().for_each(|part| self.expr(part));
            }
            ExprKind::Map(entries) => entries.iter().for_each(|(_, part)| self.expr(part)),
            ExprKind::Arithmetic(_, parts) | ExprKind::Compare(_, parts) | ExprKind::Default(parts) => {
                parts.iter().for_each(|part| self.expr(part));
            }
            ExprKind::Range(_, parts) | ExprKind::If(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprKind::Quantifier(_, quantified) => {
                self.generator(quantified.var, &quantified.list, quantified.filter.as_ref());
                self.expr(&quantified.body);
            }
            ExprKind::Comprehension(of) | ExprKind::Unique(of) | ExprKind::Aggregate(_, of) => self.comprehension(of),
            ExprKind::Call(at, arguments) => {
                arguments.iter().for_each(|argument| self.expr(argument));
                if let Some(define) = self.policy.defines.get(*at) {
                    let mut frame: Vec<Option<String>> = arguments.iter().map(|argument| self.path(argument)).collect();
                    frame.resize(define.frame.max(frame.len()), None);
                    if self.calls.insert((*at, frame.clone())) {
                        self.within(frame, &define.body);
                    }
                }
            }
        }
    }

    /// Walks an expression that has variables of its own. It ends, as nothing in a policy calls itself.
    fn within(&mut self, frame: Vec<Option<String>>, expr: &'p Expr) {
        let outer = std::mem::replace(&mut self.frame, frame);
        self.expr(expr);
        self.frame = outer;
    }

    /// The path that an expression stands for, if it stands for one.
    fn path(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Root(slot) => self.field(Schema::ROOT, *slot, String::new()),
            ExprKind::Local(var) => self.frame.get(usize::from(*var)).cloned().flatten(),
            ExprKind::Field(of, record, slot) => {
                let base = match of.ty {
                    // What a reference names stands in its list.
                    TypeKind::Ref(list) => self.field(Schema::ROOT, list, String::new())? + ANY,
                    _ => self.path(of)?,
                };
                self.field(*record, *slot, base)
            }
            ExprKind::Entry(of, key, _) => {
                let mut path = self.path(of)?;
                match &key.kind {
                    ExprKind::Const(Const::Text(key)) => push_key(&mut path, key),
                    _ => path.push_str(ANY),
                }
                Some(path)
            }
            ExprKind::Default(parts) => self.path(parts.first()?),
            _ => None,
        }
    }

    fn field(&self, record: RecordId, slot: u16, mut base: String) -> Option<String> {
        push_field(&mut base, &self.policy.schema.field(record, slot)?.name);
        Some(base)
    }

    /// The path of any element of a list.
    fn element(&mut self, list: &Expr) -> Option<String> {
        match &list.kind {
            ExprKind::Comprehension(of) => {
                let outer = self.frame.clone();
                for generator in &of.fors {
                    let element = self.element(&generator.list);
                    self.bind(generator.var, element);
                }
                let path = self.path(&of.element);
                self.frame = outer;
                path
            }
            ExprKind::Let(at) => {
                if let Some(known) = self.elements.get(at) {
                    return known.clone();
                }
                let item = self.policy.lets.get(*at)?;
                let outer = std::mem::replace(&mut self.frame, vec![None; item.frame]);
                let element = self.element(&item.value);
                self.frame = outer;
                self.elements.insert(*at, element.clone());
                element
            }
            ExprKind::Default(parts) => self.element(parts.first()?),
            _ => self.path(list).map(|path| path + ANY),
        }
    }
}
