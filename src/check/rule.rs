//! Owns how rules and their statements are checked. It must never know how they are worked out.

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::finding::Severity;
use crate::policy::{
    Asks, Band, Check, Enforcement, Expr, ExprKind, FixClause, For, Grants, If, Message, Naming, Part, Rule, Stmt,
    Threshold,
};
use crate::schema::{Const, Type, TypeKind};
use crate::source::Span;
use crate::string::Str;
use crate::syntax::{self, GrantLine, HeadKind, Item, Name, Statement, Step, Test};
use rustc_hash::FxHashMap;

impl<'s> Checker<'s> {
    pub(super) fn rules(&mut self) {
        let mut seen: FxHashMap<(usize, &'s str), Span> = FxHashMap::default();
        for (pack, item) in self.items() {
            let Item::Rule(rule) = item else { continue };
            self.kebab(&rule.name, "rule");
            if let Some(before) = seen.get(&(pack, rule.name.text.as_str())) {
                let before = *before;
                self.error(
                    Diagnostic::error(
                        "policy/duplicate",
                        rule.name.span,
                        format!("the rule `{}` is declared twice", rule.name.text),
                    )
                    .and_at(before, "declared here first")
                    .help("a rule's id is its own: give one of them another name"),
                );
            } else {
                seen.insert((pack, rule.name.text.as_str()), rule.name.span);
            }
            if let Some(rule) = self.rule(pack, rule) {
                self.policy.rules.push(rule);
            }
        }
    }

    fn rule(&mut self, pack: usize, rule: &'s syntax::Rule) -> Option<Rule> {
        let mut scope = Scope::new(pack);
        let pack_name = self.policy.packs.get(pack).cloned().unwrap_or_default();
        let mut made = Rule {
            id: format!("{pack_name}/{}", rule.name.text).into(),
            pack,
            title: Str::default(),
            severity: Severity::Error,
            enforcement: Enforcement::Normal,
            rationale: None,
            remedy: None,
            cites: Vec::new(),
            tags: Vec::new(),
            effective: None,
            applies: None,
            body: Vec::new(),
            frame: 0,
            span: rule.name.span,
            whole: rule.span,
        };
        let mut last: Option<(&'static str, usize)> = None;
        let mut titled = false;
        for head in &rule.head {
            let (word, place) = head.kind.word();
            if let Some((before, at)) = last
                && at >= place
            {
                let message = if at == place {
                    format!("`{word}` is said twice")
                } else {
                    format!("`{word}` stands before `{before}`")
                };
                self.error(
                    Diagnostic::error("policy/head", head.span, message)
                        .help("the order is: title, severity, enforcement, rationale, remedy, cites, tags, effective, applies when"),
                );
            }
            last = Some((word, place));
            match &head.kind {
                HeadKind::Title(text) => {
                    titled = true;
                    made.title = text.text.trim().into();
                }
                HeadKind::Severity(severity) => made.severity = *severity,
                HeadKind::Enforcement(enforcement) => made.enforcement = *enforcement,
                HeadKind::Rationale(text) => made.rationale = Some(text.text.clone()),
                HeadKind::Remedy(text) => made.remedy = Some(text.text.clone()),
                HeadKind::Tags(tags) => made.tags = tags.iter().map(|tag| tag.text.clone()).collect(),
                HeadKind::Effective(effective) => made.effective = Some(*effective),
                HeadKind::Applies(condition) => made.applies = self.truth(&mut scope, condition),
                HeadKind::Cites(citations) => {
                    for (law, article) in citations {
                        if let Some(law) = self.cited_law(pack, law) {
                            made.cites.push((law, article.as_ref().map(|text| text.text.clone())));
                        }
                    }
                }
            }
        }
        if !titled {
            self.error(
                Diagnostic::error("policy/head", rule.name.span, format!("the rule `{}` has no title", rule.name.text))
                    .help("add `title \"…\"`: what holds where the rule passes"),
            );
        }
        if rule.body.is_empty() {
            self.error(
                Diagnostic::error("policy/empty-rule", rule.name.span, "this rule asks nothing")
                    .help("add an `expect`, `settings`, `grants` or `threshold`"),
            );
        }
        made.body = self.block(&mut scope, &rule.body, made.severity);
        made.frame = self.frame(&scope, rule.name.span);
        self.policy.unread.extend(scope.unread());
        Some(made)
    }

    fn cited_law(&mut self, pack: usize, name: &'s syntax::Qualified) -> Option<usize> {
        let owners: Vec<usize> = match &name.pack {
            Some(owner) => {
                let found = self.pack_named(pack, &owner.text);
                if found.is_none() && !self.lost.any {
                    self.error(
                        Diagnostic::error(
                            "policy/unknown-pack",
                            owner.span,
                            format!("no pack `{}` is used here", owner.text),
                        )
                        .help(format!("write `use {}` at the top of the file", owner.text.replace('_', "-"))),
                    );
                }
                vec![found?]
            }
            None => vec![pack],
        };
        let found = owners.iter().find_map(|owner| self.laws.get(&(*owner, name.name.text.as_str())).copied());
        if found.is_none() && !self.lost.may_hold(&name.name.text) {
            let mut known: Vec<&str> =
                self.laws.keys().filter(|(owner, _)| owners.contains(owner)).map(|(_, name)| *name).collect();
            known.sort_unstable();
            let near = did_you_mean(&name.name.text, known);
            // `cites house-code "art. 1",` and then the line of the tags.
            let comma = name.name.text == "tags";
            let near =
                if comma { Some("take out the comma before `tags`: the laws end there".to_owned()) } else { near };
            self.error(
                Diagnostic::error("policy/unknown-law", name.span(), format!("there is no law `{}`", name.name.text))
                    .help("declare it: `law name { title \"…\"  effective DATE }`; another pack's is `pack_name.law`")
                    .help_if(near),
            );
        }
        found
    }

    fn block(&mut self, scope: &mut Scope, statements: &'s [Statement], severity: Severity) -> Vec<Stmt> {
        let open = scope.open();
        let lets =
            statements.iter().filter_map(|it| if let Statement::Let(item) = it { Some(&item.name) } else { None });
        let later = scope.note_later(lets);
        let mut made = Vec::new();
        for statement in statements {
            self.statement(scope, statement, severity, &mut made);
        }
        scope.forget_later(later);
        scope.close(open);
        // Most blocks ask one thing, and there are thousands of them: none keeps room for more.
        made.shrink_to_fit();
        made
    }

    fn statement(&mut self, scope: &mut Scope, statement: &'s Statement, severity: Severity, into: &mut Vec<Stmt>) {
        match statement {
            Statement::Let(item) => {
                let value = self.expr(scope, &item.value, None);
                let ty = value.as_ref().map_or(TypeKind::Any, |value| value.ty.clone());
                let slot = self.bind_name(scope, &item.name, ty.into());
                scope.watch(Naming::Local);
                into.extend(value.map(|value| Stmt::Let(slot, Box::new(value))));
            }
            Statement::For(item) => {
                let list = self.list_expr(scope, &item.list);
                let open = scope.open();
                let of = list.as_ref().map_or(TypeKind::Any.into(), |(_, of)| of.clone());
                let var = self.bind_name(scope, &item.var, of);
                scope.watch(Naming::Loop);
                let filter = item.filter.as_ref().map(|filter| self.truth(scope, filter));
                let body = self.block(scope, &item.body, severity);
                scope.close(open);
                let Some((list, _)) = list else { return };
                let filter = match filter {
                    None => None,
                    Some(Some(filter)) => Some(filter),
                    Some(None) => return,
                };
                into.push(Stmt::For(Box::new(For { var, list, filter, body, span: item.span })));
            }
            Statement::If(item) => {
                let condition = self.truth(scope, &item.condition);
                let then = self.block(scope, &item.then, severity);
                let otherwise = self.block(scope, &item.otherwise, severity);
                into.extend(condition.map(|condition| Stmt::If(Box::new(If { condition, then, otherwise }))));
            }
            Statement::Check(check) => into.extend(self.check_statement(scope, check, severity)),
            Statement::Settings(settings) => {
                let Some(record) = self.expr(scope, &settings.record, None) else { return };
                if record.ty == TypeKind::Any {
                    return;
                }
                if !matches!(record.ty, TypeKind::Record(_) | TypeKind::Ref(_)) {
                    let text = self.type_text(&record.ty);
                    self.error(Diagnostic::error(
                        "policy/type",
                        settings.record.span,
                        format!("`settings` asks of a record, and this is {text}"),
                    ));
                    return;
                }
                for line in &settings.lines {
                    into.extend(self.setting(scope, &record, line, severity));
                }
            }
            Statement::Grants(grants) => into.extend(self.grants(scope, grants, severity)),
            Statement::Threshold(threshold) => into.extend(self.threshold(scope, threshold, severity)),
        }
    }

    fn check_statement(&mut self, scope: &mut Scope, check: &'s syntax::Check, severity: Severity) -> Option<Stmt> {
        let condition = self.truth(scope, &check.condition);
        let at = check.at.as_ref().map(|at| self.expr(scope, at, None));
        let message = check.message.as_ref().map(|message| self.message(scope, message));
        let fix = check.fix.as_ref().map(|fix| self.fix(scope, fix));
        let at = match at {
            Some(Some(at)) if !is_path(&at) => {
                self.error(
                    Diagnostic::error("policy/path", at.span, "`at` takes a place in the tenant")
                        .help("name a field: `at group.settings.sync`"),
                );
                None
            }
            other => other.flatten(),
        };
        Some(Stmt::Check(Box::new(Check {
            severity: check.severity.unwrap_or(severity),
            require: check.require,
            condition: condition?,
            at: at.map(Box::new),
            setting: false,
            message,
            fix: fix.flatten().map(Box::new),
            span: check.span,
        })))
    }

    fn fix(&mut self, scope: &mut Scope, fix: &'s syntax::FixClause) -> Option<FixClause> {
        let not_a_path = |checker: &mut Self, span| {
            checker.error(
                Diagnostic::error("policy/path", span, "a fix takes a place in the tenant")
                    .help("name a field: `fix set group.settings.sync = \"disabled\"`"),
            );
        };
        match fix {
            syntax::FixClause::Set(path, value) => {
                let path = self.expr(scope, path, None)?;
                if !is_path(&path) {
                    not_a_path(self, path.span);
                    return None;
                }
                let value = self.expr(scope, value, Some(&path.ty))?;
                let value = self.fit(value, &path.ty.clone());
                if !self.comparable(&path.ty, &value.ty) {
                    let (a, b) = (self.type_text(&path.ty), self.type_text(&value.ty));
                    self.error(Diagnostic::error(
                        "policy/type",
                        value.span,
                        format!("the field holds {a}, and this is {b}"),
                    ));
                    return None;
                }
                Some(FixClause::Set(path, value))
            }
            syntax::FixClause::Remove(path) => {
                let path = self.expr(scope, path, None)?;
                if !is_path(&path) {
                    not_a_path(self, path.span);
                    return None;
                }
                Some(FixClause::Remove(path))
            }
        }
    }

    fn setting(
        &mut self,
        scope: &mut Scope,
        record: &Expr,
        line: &'s syntax::Setting,
        severity: Severity,
    ) -> Option<Stmt> {
        let mut field = record.clone();
        for (n, step) in line.path.iter().enumerate() {
            let before = if n == 0 { None } else { Some(field.span) };
            field = match step {
                Step::Field(name) => {
                    let span = before.map_or(name.span, |span| span.to(name.span));
                    self.read_field(field, name, span)?
                }
                Step::Index(key) => {
                    let span = before.map_or(key.span, |span| span.to(key.span));
                    self.index_of(scope, field, key, span)?
                }
            };
        }
        let condition = match &line.test {
            Test::State(state) => {
                Expr { kind: ExprKind::State(*state, Box::new(field.clone())), ty: TypeKind::Bool, span: line.span }
            }
            Test::Compare(op, right) => self.compare_right(scope, *op, field.clone(), right, line.span)?,
        };
        Some(Stmt::Check(Box::new(Check {
            severity,
            require: false,
            condition,
            at: Some(Box::new(field)),
            setting: true,
            message: None,
            fix: None,
            span: line.span,
        })))
    }

    fn grants(&mut self, scope: &mut Scope, grants: &'s syntax::Grants, severity: Severity) -> Option<Stmt> {
        let list = self.list_expr(scope, &grants.list);
        if let Some((list, of)) = &list
            && !matches!(of.kind, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_) | TypeKind::Any)
        {
            let text = self.plural(&of.kind);
            self.error(Diagnostic::error(
                "policy/type",
                list.span,
                format!("`grants` takes a list of strings, and this holds {text}"),
            ));
        }
        let (mut allow, mut deny, mut most) = (None, Vec::new(), None);
        for line in &grants.lines {
            match line {
                GrantLine::Allow(patterns) => {
                    let checked: Vec<Expr> =
                        patterns.iter().filter_map(|pattern| self.grant_pattern(scope, pattern)).collect();
                    allow.get_or_insert_with(Vec::new).extend(checked);
                }
                GrantLine::Deny(patterns) => {
                    let checked: Vec<Expr> =
                        patterns.iter().filter_map(|pattern| self.grant_pattern(scope, pattern)).collect();
                    deny.extend(checked);
                }
                GrantLine::AtMost(count, span) => {
                    let Some(count) = self.expr(scope, count, Some(&TypeKind::Int)) else { continue };
                    if !matches!(count.ty, TypeKind::Int | TypeKind::Decimal | TypeKind::Any) {
                        let text = self.type_text(&count.ty);
                        self.error(Diagnostic::error(
                            "policy/type",
                            count.span,
                            format!("`at most` takes a number, and this is {text}"),
                        ));
                    } else if most.is_some() {
                        self.error(Diagnostic::error("policy/duplicate", *span, "`at most` is said twice"));
                    } else {
                        most = Some((count, *span));
                    }
                }
            }
        }
        if grants.lines.is_empty() {
            self.error(
                Diagnostic::error("policy/empty-rule", grants.span, "these `grants` ask nothing")
                    .help("add `allow`, `deny` or `at most`"),
            );
        }
        let open = scope.open();
        let name = Name { text: "grant".into(), span: grants.span };
        let grant = self.bind_name(scope, &name, Type::from(TypeKind::Text));
        let message = grants.message.as_ref().map(|message| self.message(scope, message));
        scope.close(open);
        Some(Stmt::Grants(Box::new(Grants {
            severity,
            list: list?.0,
            allow,
            deny,
            most,
            message,
            grant,
            span: grants.span,
        })))
    }

    fn grant_pattern(&mut self, scope: &mut Scope, pattern: &'s syntax::Pattern) -> Option<Expr> {
        match pattern {
            syntax::Pattern::Regex(text) => {
                let pattern = self.regex(text)?;
                Some(Expr { kind: ExprKind::Pattern(Box::new(pattern)), ty: TypeKind::Text, span: text.span })
            }
            syntax::Pattern::Value(value) => {
                let value = self.expr(scope, value, None)?;
                match &value.ty {
                    TypeKind::List(of)
                        if matches!(of.kind, TypeKind::Text | TypeKind::Enum(_) | TypeKind::Ref(_) | TypeKind::Any) =>
                    {
                        if let ExprKind::Const(Const::List(values)) = &value.kind {
                            for text in values {
                                if let Const::Text(text) = text
                                    && text.contains(['{', '}'])
                                {
                                    self.error(Diagnostic::error(
                                        "policy/pattern",
                                        value.span,
                                        "a brace has no meaning in a pattern",
                                    ));
                                }
                            }
                        }
                        Some(value)
                    }
                    _ => self.pattern(value),
                }
            }
        }
    }

    fn threshold(&mut self, scope: &mut Scope, threshold: &'s syntax::Threshold, severity: Severity) -> Option<Stmt> {
        let value = self.expr(scope, &threshold.value, None);
        if let Some(value) = &value
            && !self.is_orderable(&value.ty)
        {
            let text = self.type_text(&value.ty);
            self.error(Diagnostic::error(
                "policy/type",
                value.span,
                format!("a threshold measures something with an order, and this is {text}"),
            ));
            return None;
        }
        if threshold.bands.is_empty() {
            self.error(
                Diagnostic::error("policy/empty-rule", threshold.span, "this threshold has no band")
                    .help("add `from n \"…\"` or `from n expect …`"),
            );
        }
        let mut bands = Vec::new();
        for band in &threshold.bands {
            let bound = self.expr(scope, &band.bound, value.as_ref().map(|value| &value.ty));
            let severity = band.severity.unwrap_or(severity);
            let asks = match &band.asks {
                syntax::Asks::Message(message) => Some(Asks::Message(self.message(scope, message))),
                syntax::Asks::Block(statements) => Some(Asks::Block(self.block(scope, statements, severity))),
                syntax::Asks::Expect(condition, message) => {
                    let condition = self.truth(scope, condition);
                    let message = message.as_ref().map(|message| self.message(scope, message));
                    condition.map(|condition| Asks::Expect(condition, message))
                }
            };
            let (Some(value), Some(bound), Some(asks)) = (&value, bound, asks) else { continue };
            let bound = self.fit(bound, &value.ty.clone());
            if !self.in_order(&value.ty, &bound.ty) {
                let (a, b) = (self.type_text(&value.ty), self.type_text(&bound.ty));
                let meant = self.meant(value, &bound);
                self.error(
                    Diagnostic::error("policy/type", bound.span, format!("{a} cannot be held against {b}"))
                        .and_at(value.span, a)
                        .help_if(meant),
                );
                continue;
            }
            if !self.one_order(&value.ty, &bound.ty) {
                let error = self.two_orders(value, &bound);
                self.error(error);
                continue;
            }
            bands.push(Band { above: band.above, bound, severity, asks, span: band.span });
        }
        Some(Stmt::Threshold(Box::new(Threshold { value: value?, bands, span: threshold.span })))
    }

    fn message(&mut self, scope: &mut Scope, message: &'s syntax::Message) -> Message {
        let mut parts = Vec::new();
        for part in &message.parts {
            match part {
                syntax::Part::Text(text) => parts.push(Part::Text(text.clone())),
                syntax::Part::Expr(expr) => parts.extend(self.expr(scope, expr, None).map(Part::Expr)),
            }
        }
        parts
    }
}

/// A place in the tenant.
fn is_path(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Field(..) | ExprKind::Root(_) | ExprKind::Entry(..) | ExprKind::Local(_))
}
