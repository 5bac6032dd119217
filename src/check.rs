//! Owns the way from the spanned tree to the checked policy: names, types, constants; collects all errors, stops at none.
//! It must never know a tenant.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::pattern::Pattern;
use crate::policy::{Define, Law, Let, Naming, Policy, Unread};
use crate::schema::{MOST, RecordId, Schema, Type, TypeKind};
use crate::source::Span;
use crate::string::Str;
use crate::syntax::{self, Item, Name};
use crate::value::Num;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

mod arith;
mod call;
mod compare;
mod expr;
mod list;
mod param;
mod path;
mod rule;
mod scope;
#[cfg(test)]
mod tests;
mod types;

pub use param::{parameter_takes, parameter_value};

/// A pack as it was read.
#[derive(Debug)]
pub struct Source {
    /// Its name, in kebab-case.
    pub name: String,
    /// The version of its manifest.
    pub version: Option<String>,
    /// Its files.
    pub files: Vec<syntax::File>,
    /// The binary carries it: nobody who reads a complaint can change it.
    pub carried: bool,
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

    /// How deep it is by itself.
    fn depth(self) -> u32 {
        match self {
            Meaning::Let(item) => item.value.depth + 1,
            Meaning::Param(item) => item.value.depth + 1,
            Meaning::Define(item) => item.body.depth + 1,
        }
    }
}

/// How far a `let` or `define` has come.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Open,
    /// Its number, and how deep it leads: itself, and below it what it needs.
    Done(usize, u32),
    Failed,
}

/// A named value that is being worked out.
struct Need<'s> {
    pack: usize,
    name: &'s str,
    /// How deep it is by itself.
    own: u32,
    /// How deep what it needs leads.
    below: u32,
}

/// The deepest that values may lead that need each other, levels of their expressions counted: all that walks through
/// them takes stack for it.
const MOST_NEEDED: u32 = 5_000;

#[derive(Clone, Copy)]
enum TypeMeaning<'s> {
    Record(RecordId),
    Alias(&'s syntax::TypeExpr),
}

/// What items that do not parse may declare, whichever pack they are of: a name that is missing is then no mistake.
#[derive(Default)]
struct Lost<'s> {
    names: FxHashSet<Cow<'s, str>>,
    fields: bool,
    any: bool,
}

impl<'s> Lost<'s> {
    fn of(sources: &'s [Source]) -> Lost<'s> {
        let mut lost = Lost::default();
        for file in sources.iter().flat_map(|source| &source.files) {
            lost.names.extend(file.lost.names.iter().map(|name| Cow::Borrowed(name.as_str())));
            lost.fields |= file.lost.fields;
            lost.any |= file.lost.any;
        }
        lost
    }

    fn may_hold(&self, name: &str) -> bool {
        self.any || self.names.contains(name)
    }

    /// A field of a record of that name, the root's being empty.
    fn may_hold_field_of(&self, record: RecordId, name: &str) -> bool {
        self.any || if record == Schema::ROOT { self.fields } else { self.names.contains(name) }
    }
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
    /// The pack that declares each field, by the place of its name.
    owners: FxHashMap<Span, usize>,
    /// The fields at the root of a tenant that two packs declare: what they are is not known.
    clashing: FxHashSet<Span>,
    /// The named values that are being worked out, each because of the one before.
    needing: Vec<Need<'s>>,
    /// What items that do not parse may declare.
    lost: Lost<'s>,
    /// Regular expressions that were read: rules of one house ask for the same form of a name.
    regexes: FxHashMap<Str, Pattern>,
}

impl<'s> Checker<'s> {
    fn new(sources: &'s [Source]) -> Checker<'s> {
        Checker {
            sources,
            policy: Policy {
                packs: sources.iter().map(|source| source.name.as_str().into()).collect(),
                ..Policy::default()
            },
            errors: Vec::new(),
            uses: Vec::new(),
            names: vec![FxHashMap::default(); sources.len().max(1)],
            progress: FxHashMap::default(),
            reads: FxHashSet::default(),
            type_names: FxHashMap::default(),
            laws: FxHashMap::default(),
            open_aliases: Vec::new(),
            alias_depth: 0,
            owners: FxHashMap::default(),
            clashing: FxHashSet::default(),
            needing: Vec::new(),
            lost: Lost::of(sources),
            regexes: FxHashMap::default(),
        }
    }

    fn error(&mut self, error: Diagnostic) {
        self.errors.push(error);
    }

    /// That there is one more than have numbers.
    fn too_many(&mut self, place: Span, what: &str) {
        let message = format!("there are more {what} than the limit of {}", Num::Int(MOST as i64));
        self.error(
            Diagnostic::error("policy/too-many", place, message)
                .help("take some out: each of them has a number of 16 bits"),
        );
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
        match self.sources.iter().position(|source| name.text == source.name) {
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
            None if self.lost.may_hold(&name.text) => {}
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
        if matches!(name.text.as_str(), "true" | "false" | "today") {
            self.error(
                Diagnostic::error("policy/name", name.span, format!("`{}` is a value of the language", name.text))
                    .help("give this a name of its own: nothing could read it"),
            );
            return;
        }
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
            let message = format!("the law `{}` has no title", law.name.text);
            self.error(Diagnostic::error("policy/head", law.name.span, message).help("add `title \"…\"`"));
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
                let unread = Unread { pack, naming, name: (*name).into(), span: meaning.span() };
                self.policy.unread.push(unread);
            }
        }
        self.policy.unread.sort_by_key(|unread| unread.span);
    }

    /// Checks a named value, once, when it is first needed; `None` where that failed.
    fn value_of(&mut self, pack: usize, name: &'s str) -> Option<(Meaning<'s>, usize)> {
        let meaning = self.meaning(pack, name)?;
        match self.progress.get(&(pack, name)) {
            Some(Progress::Done(at, depth)) => {
                let found = (meaning, *at);
                let depth = *depth;
                self.needed(depth);
                return Some(found);
            }
            Some(Progress::Failed) => return None,
            Some(Progress::Open) => {
                self.progress.insert((pack, name), Progress::Failed);
                let error = self.needs_itself(pack, name, meaning.span());
                self.error(error);
                return None;
            }
            None => {}
        }
        let own = meaning.depth();
        if self.needing.iter().map(|need| need.own).sum::<u32>() + own > MOST_NEEDED {
            self.needs_too_much(pack, name);
            return None;
        }
        self.progress.insert((pack, name), Progress::Open);
        self.needing.push(Need { pack, name, own, below: 0 });
        let at = match meaning {
            Meaning::Let(item) => self.check_let(pack, item),
            Meaning::Param(item) => self.check_param(pack, item),
            Meaning::Define(item) => self.check_define(pack, item),
        };
        let depth = own + self.needing.pop().map_or(0, |need| need.below);
        let failed = self.progress.get(&(pack, name)) == Some(&Progress::Failed);
        match at {
            Some(_) if depth > MOST_NEEDED => {
                self.needs_too_much(pack, name);
                None
            }
            Some(at) if !failed => {
                self.progress.insert((pack, name), Progress::Done(at, depth));
                self.needed(depth);
                Some((meaning, at))
            }
            _ => {
                self.progress.insert((pack, name), Progress::Failed);
                None
            }
        }
    }

    /// Notes how deep something leads that the value at hand needs.
    fn needed(&mut self, depth: u32) {
        if let Some(need) = self.needing.last_mut() {
            need.below = need.below.max(depth);
        }
    }

    /// That a value needs others that need others in turn, and so on: said of the first that leads too deep.
    fn needs_too_much(&mut self, pack: usize, name: &'s str) {
        self.progress.insert((pack, name), Progress::Failed);
        let Some(meaning) = self.meaning(pack, name) else { return };
        let levels = Num::Int(i64::from(MOST_NEEDED));
        let message =
            format!("`{name}` stands in a chain of values that need each other, of more than {levels} levels");
        let error = Diagnostic::error("policy/too-deep", meaning.span(), message)
            .help("let fewer values need each other in turn");
        // All that need it lead too deep as well.
        if !self.errors.iter().any(|known| known.help == error.help) {
            self.error(error);
        }
    }

    /// That a value is open already, and the way from it to itself.
    fn needs_itself(&self, pack: usize, name: &'s str, place: Span) -> Diagnostic {
        let from = self.needing.iter().position(|open| (open.pack, open.name) == (pack, name)).unwrap_or(0);
        let others = self.needing.get(from + 1..).unwrap_or(&[]);
        let mut message = format!("`{name}` needs itself to be worked out");
        if !others.is_empty() {
            let way = others.iter().map(|other| other.name).chain([name]);
            let way = way.map(|other| format!("`{other}`")).collect::<Vec<_>>();
            message = format!("{message}: `{name}` needs {}", way.join(", which needs "));
        }
        let error = Diagnostic::error("policy/recursion", place, message)
            .help("nothing in a policy may call itself: every evaluation ends");
        others
            .iter()
            .filter_map(|other| Some((self.meaning(other.pack, other.name)?.span(), other.name)))
            .fold(error, |error, (span, other)| error.and_at(span, format!("`{other}` is on the way")))
    }

    fn check_let(&mut self, pack: usize, item: &'s syntax::Let) -> Option<usize> {
        let mut scope = scope::Scope::new(pack);
        let value = self.expr(&mut scope, &item.value, None)?;
        self.policy.unread.extend(scope.unread());
        let frame = self.frame(&scope, item.name.span);
        self.policy.lets.push(Let { pack, name: item.name.text.clone(), value, frame });
        Some(self.policy.lets.len() - 1)
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
        let frame = self.frame(&scope, item.name.span);
        self.policy.defines.push(Define { pack, name: item.name.text.clone(), params, body, frame });
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
        type_text(self.schema(), ty)
    }

    /// What several values of a type are called.
    fn plural(&self, ty: &TypeKind) -> String {
        plural(self.schema(), ty)
    }
}

/// What a type is called, with its article.
fn type_text(schema: &Schema, ty: &TypeKind) -> String {
    match ty {
        TypeKind::Record(_) => format!("a `{}`", schema.type_text(ty)),
        TypeKind::Text => "a string".into(),
        TypeKind::Bool => "a bool".into(),
        TypeKind::Int => "a whole number".into(),
        TypeKind::Decimal => "a decimal".into(),
        TypeKind::Percent => "a percentage".into(),
        TypeKind::Date => "a date".into(),
        TypeKind::Duration => "a duration".into(),
        TypeKind::Enum(_) => format!("one of {}", schema.type_text(ty)),
        TypeKind::List(of) if of.kind == TypeKind::Any => "a list".into(),
        TypeKind::List(of) => format!("a list of {}", plural(schema, &of.kind)),
        TypeKind::Map(of) if of.kind == TypeKind::Any => "a map".into(),
        TypeKind::Map(of) => format!("a map of {}", plural(schema, &of.kind)),
        TypeKind::Ref(_) => "a reference".into(),
        TypeKind::Worded(..) => schema.type_text(ty),
        TypeKind::Any => "anything".into(),
    }
}

/// What several values of a type are called.
fn plural(schema: &Schema, ty: &TypeKind) -> String {
    match ty {
        TypeKind::Record(_) | TypeKind::Worded(..) => format!("`{}`", schema.type_text(ty)),
        TypeKind::Text => "strings".into(),
        TypeKind::Bool => "bools".into(),
        TypeKind::Int => "whole numbers".into(),
        TypeKind::Decimal => "decimals".into(),
        TypeKind::Percent => "percentages".into(),
        TypeKind::Date => "dates".into(),
        TypeKind::Duration => "durations".into(),
        TypeKind::Enum(_) => schema.type_text(ty),
        TypeKind::List(of) if of.kind == TypeKind::Any => "lists".into(),
        TypeKind::List(of) => format!("lists of {}", plural(schema, &of.kind)),
        TypeKind::Map(of) if of.kind == TypeKind::Any => "maps".into(),
        TypeKind::Map(of) => format!("maps of {}", plural(schema, &of.kind)),
        TypeKind::Ref(_) => "references".into(),
        TypeKind::Any => "anything".into(),
    }
}

impl From<RecordId> for Type {
    fn from(id: RecordId) -> Type {
        TypeKind::Record(id).into()
    }
}
