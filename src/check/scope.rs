//! Owns the variables of an expression or a rule, and the slots they take. It must never know types beyond carrying them.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::policy::{Naming, Unread};
use crate::schema::{MOST, Type, TypeKind, number};
use crate::source::Span;
use crate::string::Str;
use crate::syntax::Name;
use rustc_hash::FxHashSet;

/// The variables in sight, and the frame that they live in.
pub(super) struct Scope {
    pub pack: usize,
    variables: Vec<Variable>,
    /// How many variables there were.
    count: usize,
    /// The variables that ought to be read, and those that were.
    watched: Vec<(u16, Unread)>,
    read: FxHashSet<u16>,
    /// The names that the lines below give to values.
    later: Vec<(Str, Span)>,
}

#[derive(Clone)]
pub(super) struct Variable {
    pub name: Str,
    pub slot: u16,
    pub ty: Type,
    span: Span,
}

impl Scope {
    pub fn new(pack: usize) -> Scope {
        Scope {
            pack,
            variables: Vec::new(),
            count: 0,
            watched: Vec::new(),
            read: FxHashSet::default(),
            later: Vec::new(),
        }
    }

    /// Notes the names that lines below give to values: how many there were before, for [`Scope::forget_later`].
    pub fn note_later<'n>(&mut self, names: impl Iterator<Item = &'n Name>) -> usize {
        let before = self.later.len();
        self.later.extend(names.map(|name| (name.text.clone(), name.span)));
        before
    }

    /// Forgets the names since [`Scope::note_later`].
    pub fn forget_later(&mut self, before: usize) {
        self.later.truncate(before);
    }

    /// Where a line below, or this one, gives that name to a value.
    pub fn later(&self, name: &str) -> Option<Span> {
        self.later.iter().rev().find(|(later, _)| later == name).map(|(_, span)| *span)
    }

    pub fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| variable.name == name)
    }

    /// Notes that a variable is read.
    pub fn note_read(&mut self, slot: u16) {
        self.read.insert(slot);
    }

    /// Notes that the variable that was bound last ought to be read.
    pub fn watch(&mut self, naming: Naming) {
        let Some(variable) = self.variables.last() else { return };
        let unread = Unread { pack: self.pack, naming, name: variable.name.clone(), span: variable.span };
        self.watched.push((variable.slot, unread));
    }

    /// The variables that ought to be read and are not.
    pub fn unread(&self) -> impl Iterator<Item = Unread> + '_ {
        self.watched.iter().filter(|(slot, _)| !self.read.contains(slot)).map(|(_, unread)| unread.clone())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    /// How many variables there are now: to close the scope with [`Scope::close`].
    pub fn open(&self) -> usize {
        self.variables.len()
    }

    /// Forgets the variables since [`Scope::open`]. Their slots stay theirs: no two variables of a frame share one, so a
    /// trace can work an expression out again after its loop has gone on.
    pub fn close(&mut self, open: usize) {
        self.variables.truncate(open);
    }

    /// A slot without a name.
    pub fn hidden(&mut self) -> u16 {
        let slot = number(self.count).unwrap_or(u16::MAX);
        self.count += 1;
        slot
    }
}

impl<'s> Checker<'s> {
    /// How much room the variables of an item take, which has that name.
    pub(super) fn frame(&mut self, scope: &Scope, name: Span) -> usize {
        if scope.count > MOST {
            self.too_many(name, "variables of one item");
        }
        scope.count
    }

    /// Gives a name a slot; it may hide a field of the schema, and nothing else.
    pub(super) fn bind_name(&mut self, scope: &mut Scope, name: &Name, ty: Type) -> u16 {
        self.snake(name);
        let hidden = scope.find(&name.text).map(|variable| variable.span);
        let hidden = hidden.or_else(|| self.meaning(scope.pack, &name.text).map(|meaning| meaning.span()));
        if let Some(before) = hidden {
            self.error(
                Diagnostic::error(
                    "policy/hides",
                    name.span,
                    format!("`{}` hides another name of this pack", name.text),
                )
                .and_at(before, "this one")
                .help("give it a name of its own"),
            );
        }
        // What reads the name may mean the one that is hidden.
        let ty = if hidden.is_some() { TypeKind::Any.into() } else { ty };
        let slot = scope.hidden();
        scope.variables.push(Variable { name: name.text.clone(), slot, ty, span: name.span });
        slot
    }
}
