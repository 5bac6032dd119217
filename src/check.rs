//! Owns the way from the spanned tree to the checked policy: names, types, constants; collects all errors, stops at none.
//! It must never know a tenant.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::pattern::Pattern;
use crate::policy::{Define, Law, Let, Naming, Param, Policy, Unread};
use crate::schema::{RecordId, Schema, Type, TypeKind};
use crate::source::Span;
use crate::syntax::{self, Item, Name};
use rustc_hash::{FxHashMap, FxHashSet};

mod arith;
mod call;
mod compare;
mod expr;
mod list;
mod path;
mod rule;
mod scope;
mod types;

/// A pack as it was read.
#[derive(Debug)]
pub struct Source {
    /// Its name, in kebab-case.
    pub name: String,
    /// The version of its manifest.
    pub version: Option<String>,
    /// Its files.
    pub files: Vec<syntax::File>,
}

/// Checks packs together. What is wrong with them comes beside the policy, which then must not be used.
pub fn check(sources: &[Source]) -> (Policy, Vec<Diagnostic>) {
    let mut checker = Checker::new(sources);
    checker.collect();
    checker.types();
    checker.values();
    checker.rules();
    checker.unread();
    let Checker { mut policy, mut errors, .. } = checker;
    policy.rules.sort_by(|a, b| a.id.cmp(&b.id));
    errors.sort_by_key(|error| error.span.map(|span| (span.start, span.end)));
    errors.dedup();
    (policy, errors)
}

/// What a name of a pack stands for, and where it is declared.
#[derive(Clone, Copy)]
enum Meaning<'s> {
    Let(&'s syntax::Let),
    Param(&'s syntax::Param),
    Define(&'s syntax::Define),
}

impl<'s> Meaning<'s> {
    fn name(self) -> &'s str {
        match self {
            Meaning::Let(item) => &item.name.text,
            Meaning::Param(item) => &item.name.text,
            Meaning::Define(item) => &item.name.text,
        }
    }

    fn span(self) -> Span {
        match self {
            Meaning::Let(item) => item.name.span,
            Meaning::Param(item) => item.name.span,
            Meaning::Define(item) => item.name.span,
        }
    }
}

/// How far a `let` or `define` has come.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Open,
    Done(usize),
    Failed,
}

#[derive(Clone, Copy)]
enum TypeMeaning<'s> {
    Record(RecordId),
    Alias(&'s syntax::TypeExpr),
}

struct Checker<'s> {
    sources: &'s [Source],
    policy: Policy,
    errors: Vec<Diagnostic>,
    /// The packs that each pack uses, itself first.
    uses: Vec<Vec<usize>>,
    /// Of each pack, its named values.
    names: Vec<FxHashMap<&'s str, Meaning<'s>>>,
    progress: FxHashMap<(usize, &'s str), Progress>,
    /// The named values that something reads.
    reads: FxHashSet<(usize, &'s str)>,
    type_names: FxHashMap<(usize, &'s str), TypeMeaning<'s>>,
    laws: FxHashMap<(usize, &'s str), usize>,
    /// Aliases that are being resolved, against cycles.
    open_aliases: Vec<(usize, &'s str)>,
    alias_depth: usize,
    /// Of each field, the syntax of its `key`, default and type, for the second pass.
    root_sections: FxHashMap<String, Span>,
    /// Regular expressions that were read: rules of one house ask for the same form of a name.
    regexes: FxHashMap<String, Pattern>,
}

impl<'s> Checker<'s> {
    fn new(sources: &'s [Source]) -> Checker<'s> {
        Checker {
            sources,
            policy: Policy { packs: sources.iter().map(|source| source.name.clone()).collect(), ..Policy::default() },
            errors: Vec::new(),
            uses: Vec::new(),
            names: vec![FxHashMap::default(); sources.len().max(1)],
            progress: FxHashMap::default(),
            reads: FxHashSet::default(),
            type_names: FxHashMap::default(),
            laws: FxHashMap::default(),
            open_aliases: Vec::new(),
            alias_depth: 0,
            root_sections: FxHashMap::default(),
            regexes: FxHashMap::default(),
        }
    }

    fn error(&mut self, error: Diagnostic) {
        self.errors.push(error);
    }

    fn items(&self) -> impl Iterator<Item = (usize, &'s Item)> + use<'s> {
        let sources = self.sources;
        sources
            .iter()
            .enumerate()
            .flat_map(|(pack, source)| source.files.iter().flat_map(move |f| f.items.iter().map(move |i| (pack, i))))
    }

    /// The pack that a name before a dot means: `pack_name` for `pack-name`.
    fn pack_named(&self, from: usize, name: &str) -> Option<usize> {
        let kebab = name.replace('_', "-");
        self.uses
            .get(from)?
            .iter()
            .copied()
            .find(|&pack| self.sources.get(pack).is_some_and(|source| source.name == kebab))
    }

    /// Names first: order does not matter.
    fn collect(&mut self) {
        for pack in 0..self.sources.len() {
            self.uses.push(vec![pack]);
        }
        for (pack, item) in self.items() {
            match item {
                Item::Use(name) => self.use_item(pack, name),
                Item::Law(law) => self.law(pack, law),
                Item::Let(item) => self.declare(pack, &item.name, Meaning::Let(item)),
                Item::Param(item) => self.declare(pack, &item.name, Meaning::Param(item)),
                Item::Define(item) => self.declare(pack, &item.name, Meaning::Define(item)),
                Item::Adjustment(adjustment) => {
                    let word = match adjustment.kind {
                        syntax::AdjustmentKind::Adjust(..) => "adjust",
                        syntax::AdjustmentKind::Set(..) => "set",
                        syntax::AdjustmentKind::Off(..) => "off",
                    };
                    self.error(
                        Diagnostic::error("policy/not-yet", adjustment.span, format!("`{word}` is not understood yet"))
                            .help("it comes with the sharing of packs; until then set parameters with `--param pack.name=value`"),
                    );
                }
                Item::Schema(_) | Item::Type(_) | Item::Extend(_) | Item::Rule(_) => {}
            }
        }
    }

    fn use_item(&mut self, pack: usize, name: &'s Name) {
        match self.sources.iter().position(|source| source.name == name.text) {
            Some(used) if used == pack => self.error(
                Diagnostic::error("policy/use", name.span, format!("the pack `{}` uses itself", name.text))
                    .help("take the line out: the files of a pack know each other's names"),
            ),
            Some(used) => {
                if let Some(uses) = self.uses.get_mut(pack)
                    && !uses.contains(&used)
                {
                    uses.push(used);
                }
            }
            None => {
                let known: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
                self.error(
                    Diagnostic::error("policy/unknown-pack", name.span, format!("there is no pack `{}`", name.text))
                        .help("name its folder with `--pack`, or use a pack that the binary carries: `cerco explain` lists them")
                        .help_if(did_you_mean(&name.text, known)),
                );
            }
        }
    }

    /// What a name of a pack stands for.
    fn meaning(&self, pack: usize, name: &str) -> Option<Meaning<'s>> {
        self.names.get(pack)?.get(name).copied()
    }

    /// The names that a pack declares, sorted.
    fn declared(&self, pack: usize) -> Vec<&'s str> {
        let mut names: Vec<&'s str> =
            self.names.get(pack).map(|names| names.keys().copied().collect()).unwrap_or_default();
        names.sort_unstable();
        names
    }

    fn snake(&mut self, name: &Name) {
        let fits = name.text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            self.error(
                Diagnostic::error("policy/name", name.span, format!("`{}` is not written in snake_case", name.text))
                    .help("a name of a value is made of small letters, digits and `_`"),
            );
        }
    }

    fn declare(&mut self, pack: usize, name: &'s Name, meaning: Meaning<'s>) {
        self.snake(name);
        if matches!(meaning, Meaning::Define(_)) && crate::builtins::builtin(&name.text).is_some() {
            self.error(Diagnostic::error(
                "policy/hides",
                name.span,
                format!("`{}` is a function of the language", name.text),
            ));
        }
        if let Some(before) = self.meaning(pack, &name.text) {
            let before = before.span();
            self.error(
                Diagnostic::error(
                    "policy/duplicate",
                    name.span,
                    format!("`{}` is declared twice in this pack", name.text),
                )
                .and_at(before, "declared here first")
                .help("give one of them another name"),
            );
            return;
        }
        if let Some(names) = self.names.get_mut(pack) {
            names.insert(name.text.as_str(), meaning);
        }
    }

    fn law(&mut self, pack: usize, law: &'s syntax::Law) {
        self.kebab(&law.name, "law");
        if let Some(before) = self.laws.get(&(pack, law.name.text.as_str())).and_then(|at| self.policy.laws.get(*at)) {
            let before = before.span;
            self.error(
                Diagnostic::error(
                    "policy/duplicate",
                    law.name.span,
                    format!("the law `{}` is declared twice", law.name.text),
                )
                .and_at(before, "declared here first"),
            );
            return;
        }
        let Some(title) = &law.title else {
            self.error(Diagnostic::error("policy/head", law.name.span, "a law has a title").help("add `title \"…\"`"));
            return;
        };
        self.laws.insert((pack, law.name.text.as_str()), self.policy.laws.len());
        self.policy.laws.push(Law {
            pack,
            name: law.name.text.clone(),
            title: title.text.clone(),
            issuer: law.issuer.as_ref().map(|text| text.text.clone()),
            effective: law.effective,
            url: law.url.as_ref().map(|text| text.text.clone()),
            span: law.name.span,
        });
    }

    /// Parameters, then everything else: a parameter's value is a constant.
    fn values(&mut self) {
        for (pack, item) in self.items() {
            match item {
                Item::Param(param) => {
                    self.value_of(pack, &param.name.text);
                }
                Item::Let(item) => {
                    self.value_of(pack, &item.name.text);
                }
                Item::Define(item) => {
                    self.value_of(pack, &item.name.text);
                }
                _ => {}
            }
        }
    }

    /// The named values that nothing reads; variables are there already.
    fn unread(&mut self) {
        for (pack, names) in self.names.iter().enumerate() {
            for (name, meaning) in names.iter().filter(|(name, _)| !self.reads.contains(&(pack, **name))) {
                let naming = match meaning {
                    Meaning::Let(_) => Naming::Let,
                    Meaning::Param(_) => Naming::Param,
                    Meaning::Define(_) => Naming::Define,
                };
                let unread = Unread { pack, naming, name: (*name).to_owned(), span: meaning.span() };
                self.policy.unread.push(unread);
            }
        }
        self.policy.unread.sort_by_key(|unread| unread.span);
    }

    /// Checks a named value, once, when it is first needed; `None` where that failed.
    fn value_of(&mut self, pack: usize, name: &'s str) -> Option<(Meaning<'s>, usize)> {
        let meaning = self.meaning(pack, name)?;
        match self.progress.get(&(pack, name)) {
            Some(Progress::Done(at)) => return Some((meaning, *at)),
            Some(Progress::Failed) => return None,
            Some(Progress::Open) => {
                self.progress.insert((pack, name), Progress::Failed);
                self.error(
                    Diagnostic::error(
                        "policy/recursion",
                        meaning.span(),
                        format!("`{name}` needs itself to be worked out"),
                    )
                    .help("nothing in a policy may call itself: every evaluation ends"),
                );
                return None;
            }
            None => {}
        }
        self.progress.insert((pack, name), Progress::Open);
        let at = match meaning {
            Meaning::Let(item) => self.check_let(pack, item),
            Meaning::Param(item) => self.check_param(pack, item),
            Meaning::Define(item) => self.check_define(pack, item),
        };
        let failed = self.progress.get(&(pack, name)) == Some(&Progress::Failed);
        match at {
            Some(at) if !failed => {
                self.progress.insert((pack, name), Progress::Done(at));
                Some((meaning, at))
            }
            _ => {
                self.progress.insert((pack, name), Progress::Failed);
                None
            }
        }
    }

    fn check_let(&mut self, pack: usize, item: &'s syntax::Let) -> Option<usize> {
        let mut scope = scope::Scope::new(pack);
        let value = self.expr(&mut scope, &item.value, None)?;
        self.policy.unread.extend(scope.unread());
        self.policy.lets.push(Let { pack, name: item.name.text.clone(), value, frame: scope.frame() });
        Some(self.policy.lets.len() - 1)
    }

    fn check_param(&mut self, pack: usize, item: &'s syntax::Param) -> Option<usize> {
        let ty = self.type_of(pack, &item.ty, item.name.span)?;
        if let Some(direction) = item.may
            && direction != crate::policy::Direction::Change
            && !self.is_orderable(&ty.kind)
        {
            self.error(
                Diagnostic::error("policy/type", item.name.span, "`may fall` and `may rise` need a type with an order")
                    .help("write `may change`, or leave it out"),
            );
        }
        let mut scope = scope::Scope::new(pack);
        let value = self.expr(&mut scope, &item.value, Some(&ty.kind))?;
        let value = self.fit(value, &ty.kind);
        let span = value.span;
        let Some(constant) = self.constant(&value) else {
            self.error(
                Diagnostic::error("policy/constant", span, "the value of a parameter is a constant")
                    .help("what is worked out from the tenant is a `let`"),
            );
            return None;
        };
        let exact_for_int = ty.kind == TypeKind::Int && matches!(constant, crate::schema::Const::Exact(_));
        if !self.comparable(&value.ty, &ty.kind) && value.ty != ty.kind && !self.fits_map(&value.ty, &ty.kind)
            || exact_for_int
        {
            let (wanted, found) = (self.type_text(&ty.kind), self.type_text(&value.ty));
            self.error(Diagnostic::error(
                "policy/type",
                span,
                format!("the parameter takes {wanted}, and this is {found}"),
            ));
            return None;
        }
        if let Some(problem) = types::outside(&constant, &ty) {
            self.error(Diagnostic::error("policy/bounds", span, format!("the value must be {problem}")));
        }
        self.policy.params.push(Param {
            pack,
            name: item.name.text.clone(),
            ty,
            value: constant,
            may: item.may,
            span: item.name.span,
        });
        Some(self.policy.params.len() - 1)
    }

    fn check_define(&mut self, pack: usize, item: &'s syntax::Define) -> Option<usize> {
        let mut scope = scope::Scope::new(pack);
        let mut params = Vec::new();
        for (name, ty) in &item.params {
            let ty = self.type_of(pack, ty, name.span).unwrap_or(TypeKind::Any.into());
            self.bind_name(&mut scope, name, ty.clone());
            scope.watch(Naming::Argument);
            params.push((name.text.clone(), ty));
        }
        let body = self.expr(&mut scope, &item.body, None)?;
        self.policy.unread.extend(scope.unread());
        self.policy.defines.push(Define { pack, name: item.name.text.clone(), params, body, frame: scope.frame() });
        Some(self.policy.defines.len() - 1)
    }

    /// Maps are handed on where their values may be.
    fn fits_map(&self, value: &TypeKind, wanted: &TypeKind) -> bool {
        match (value, wanted) {
            (TypeKind::Map(a), TypeKind::Map(b)) => {
                self.comparable(&a.kind, &b.kind) || self.fits_map(&a.kind, &b.kind)
            }
            (TypeKind::List(a), TypeKind::List(b)) => {
                self.comparable(&a.kind, &b.kind) || self.fits_map(&a.kind, &b.kind)
            }
            _ => false,
        }
    }

    /// A name that only people and reports see is written in kebab-case.
    fn kebab(&mut self, name: &Name, what: &str) {
        if !name.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            self.error(
                Diagnostic::error(
                    "policy/name",
                    name.span,
                    format!("the {what} `{}` is not written in kebab-case", name.text),
                )
                .help("it is made of small letters, digits and `-`"),
            );
        }
    }

    /// Whether values of a type have an order.
    pub(crate) fn is_orderable(&self, ty: &TypeKind) -> bool {
        match ty {
            TypeKind::Int
            | TypeKind::Decimal
            | TypeKind::Percent
            | TypeKind::Date
            | TypeKind::Duration
            | TypeKind::Any => true,
            TypeKind::Worded(..) => true,
            TypeKind::Enum(id) => self.policy.schema.is_ordered(*id),
            _ => false,
        }
    }

    fn schema(&self) -> &Schema {
        &self.policy.schema
    }

    fn type_text(&self, ty: &TypeKind) -> String {
        match ty {
            TypeKind::Record(_) => format!("a `{}`", self.schema().type_text(ty)),
            TypeKind::Text => "a string".into(),
            TypeKind::Bool => "a bool".into(),
            TypeKind::Int => "a whole number".into(),
            TypeKind::Decimal => "a decimal".into(),
            TypeKind::Percent => "a percentage".into(),
            TypeKind::Date => "a date".into(),
            TypeKind::Duration => "a duration".into(),
            TypeKind::Enum(_) => format!("one of {}", self.schema().type_text(ty)),
            TypeKind::List(_) => "a list".into(),
            TypeKind::Map(_) => "a map".into(),
            TypeKind::Ref(_) => "a reference".into(),
            TypeKind::Worded(..) => self.schema().type_text(ty),
            TypeKind::Any => "anything".into(),
        }
    }
}

/// Reads the value that the command line gives a parameter: as in the language, strings without quotes.
///
/// # Errors
/// One line that says what the parameter takes.
pub fn parameter_value(policy: &Policy, param: &Param, text: &str) -> Result<crate::schema::Const, String> {
    let wanted = |what: &str| format!("`{}` takes {what}, and `{text}` is none", param.name);
    let constant = match &param.ty.kind {
        TypeKind::Text => crate::schema::Const::Text(text.into()),
        TypeKind::Enum(id) => match policy.schema.values(*id).iter().position(|value| value == text) {
            Some(index) => crate::schema::Const::Enum(*id, index as u16),
            None => return Err(wanted(&policy.schema.type_text(&param.ty.kind))),
        },
        TypeKind::Worded(_, words) if words.iter().any(|word| word == text) => crate::schema::Const::Text(text.into()),
        kind => {
            let expr = syntax::parse::parse_expr(text, 0).map_err(|_| wanted(&policy.schema.type_text(kind)))?;
            let sources: [Source; 0] = [];
            let mut checker = Checker::new(&sources);
            checker.policy.schema = policy.schema.clone();
            checker.uses.push(Vec::new());
            let mut scope = scope::Scope::new(0);
            let value = checker.expr(&mut scope, &expr, Some(kind)).map(|value| checker.fit(value, kind));
            let constant = value.and_then(|value| checker.constant(&value));
            match (constant, checker.errors.is_empty()) {
                (Some(constant), true) => constant,
                _ => return Err(wanted(&policy.schema.type_text(kind))),
            }
        }
    };
    match types::outside(&constant, &param.ty) {
        Some(bounds) => Err(wanted(&bounds)),
        None => Ok(constant),
    }
}

impl From<RecordId> for Type {
    fn from(id: RecordId) -> Type {
        TypeKind::Record(id).into()
    }
}
