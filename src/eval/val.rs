//! Owns the values of an evaluation: known, unknown or in error, and what a trace remembers of them. It must never know statements.

use crate::lang::{Beside, Lang};
use crate::schema::{Const, EnumId};
use crate::string::Str;
use crate::tenant::{CellId, Step};
use crate::value::{Bounds, Duration, Exact, Num};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::rc::Rc;

/// A place in the tenant: a cell, or, in a trace, the number of a [`Ghost`]; [`NOWHERE`] for none.
pub(super) type At = u32;

/// Places in the order in which they are read, each once.
pub(super) type Places = IndexSet<At, FxBuildHasher>;

/// No place.
pub(super) const NOWHERE: At = u32::MAX;
/// Set in the number of a ghost.
pub(super) const GHOST: u32 = 1 << 31;

/// A place that no cell has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Ghost {
    /// A field, entry or element that is not there.
    Missing(At, Step),
    /// Reached through a reference: the reference, and what it leads to.
    Via(At, At),
    /// Somewhere in a list that is not there.
    Within(At),
    /// An entry that a map of the policy lacks: where its key is read, if anywhere, and what the policy calls it.
    Lacking(At, String),
}

/// Whether something is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Setness {
    /// It is left out.
    No,
    /// What it would stand in is left out: nobody knows.
    Maybe,
    /// It is there, and unknown all the same.
    Yes,
}

/// Why something cannot be worked out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    Overflow,
    DivisionByZero,
    PartOfADay,
    BeyondTheCalendar,
    NoWholeDuration,
    TooManySteps,
    TooMuchMemory,
}

impl Fault {
    pub fn message(self, lang: Lang) -> String {
        match self {
            Fault::Overflow => lang.fault_overflow(),
            Fault::DivisionByZero => lang.fault_division(),
            Fault::PartOfADay => lang.fault_part_of_a_day(),
            Fault::BeyondTheCalendar => lang.fault_calendar(),
            Fault::NoWholeDuration => lang.fault_duration(),
            Fault::TooManySteps => lang.fault_steps(),
            Fault::TooMuchMemory => lang.fault_memory(),
        }
    }

    /// The limit that was hit, where that is all: it says nothing about the tenant.
    pub fn limit(self) -> Option<Limit> {
        match self {
            Fault::TooManySteps => Some(Limit::Steps),
            Fault::TooMuchMemory => Some(Limit::Memory),
            _ => None,
        }
    }
}

/// What a rule may not exceed at one tenant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// Elements that lists give, and what else takes time.
    Steps,
    /// Bytes of texts and lists that are made.
    Memory,
}

/// Unknown: whether it is there, whether that is reported as invalid already, what bounds it, and what else is known.
#[derive(Clone, Debug)]
pub(super) struct Unknown<'a> {
    pub set: Setness,
    pub invalid: bool,
    pub bounds: Option<Rc<Bounds>>,
    pub partly: Option<Rc<Partly<'a>>>,
}

/// What is known of a value beside its bounds.
#[derive(Clone, Debug)]
pub(super) enum Partly<'a> {
    /// It is one of these.
    Among(Vec<Val<'a>>),
    /// It is the largest (or else the smallest) of these, each of which is surely there or not.
    Extreme(bool, Vec<(Val<'a>, bool)>),
}

impl<'a> Unknown<'a> {
    /// Nothing is known but this.
    pub fn new(set: Setness, invalid: bool, bounds: Option<Rc<Bounds>>) -> Unknown<'a> {
        Unknown { set, invalid, bounds, partly: None }
    }
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Bool(bool),
    Int(i64),
    Exact(Rc<Exact>),
    Str(&'a str),
    Own(Rc<str>),
    Enum(EnumId, u16),
    Date(i32),
    /// A difference of two dates, which remembers them: from, to.
    Diff(i32, i32),
    Duration(Duration),
    /// A list of the tenant: where its elements begin, and how many there are.
    Cells(u32, u32),
    Consts(&'a [Const]),
    List(Rc<Vec<Elem<'a>>>),
    /// A map of the tenant.
    Map(CellId),
    ConstMap(&'a IndexMap<Str, Const>),
    MadeMap(Rc<Vec<(&'a str, Out<'a>)>>),
    Record(CellId),
    /// A record that is left out, of which the platform takes that nothing is said.
    EmptyRecord,
    /// A reference: its own cell, the cell that it names, and the slot of the list at the root.
    Ref(CellId, CellId, u16),
    Unknown(Unknown<'a>),
    Fault(Fault),
}

/// Whether an element is in its list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sure {
    Yes,
    Maybe,
    /// Any number of such elements.
    Many,
    /// Whether it is there cannot be worked out.
    Fault(Fault),
}

/// An element of a list.
#[derive(Clone, Debug)]
pub(super) struct Elem<'a> {
    pub val: Val<'a>,
    pub at: At,
    pub sure: Sure,
    /// In a trace: what keeps it from being sure, or its value from being known.
    pub doubt: Option<Rc<Info>>,
}

impl Elem<'_> {
    /// Why it, or whether it is there, cannot be worked out.
    pub fn fault(&self) -> Option<Fault> {
        match (&self.val, self.sure) {
            (Val::Fault(fault), _) => Some(*fault),
            (_, Sure::Fault(fault)) => Some(fault),
            _ => None,
        }
    }
}

/// A value with its place and, in a trace, what was read for it.
#[derive(Clone, Debug)]
pub(super) struct Out<'a> {
    pub val: Val<'a>,
    pub at: At,
    pub info: Option<Rc<Info>>,
}

/// What a trace remembers of an expression.
#[derive(Clone, Debug)]
pub(super) struct Info {
    /// The first field read; of an aggregate its largest contributor.
    pub first: At,
    /// Further contributors, or what stands behind a reference.
    pub others: Vec<At>,
    /// Where the truth of a condition comes from, if anywhere else.
    pub why: At,
    /// Further places of that truth, and what they have to do with it.
    pub related: Vec<(At, Beside)>,
    /// What is missing, in the order in which it is read.
    pub missing: Places,
    /// What is there, and too inexact to decide it: where only the calendar is open.
    pub open: Places,
    /// Something invalid leaves it undecided, too.
    pub invalid: bool,
    /// The first of what is invalid, where that is known.
    pub spoilt: At,
}

impl Default for Info {
    fn default() -> Info {
        Info {
            first: NOWHERE,
            others: Vec::new(),
            why: NOWHERE,
            related: Vec::new(),
            missing: Places::default(),
            open: Places::default(),
            invalid: false,
            spoilt: NOWHERE,
        }
    }
}

impl Info {
    /// Whether nothing keeps it undecided.
    pub fn is_settled(&self) -> bool {
        self.missing.is_empty() && self.open.is_empty() && !self.invalid
    }

    pub fn at(first: At) -> Info {
        Info { first, ..Info::default() }
    }

    /// The place of a condition's truth.
    pub fn place(&self) -> At {
        if self.why == NOWHERE { self.first } else { self.why }
    }

    /// Takes over what leaves another expression undecided.
    pub fn doubt(&mut self, other: &Info) {
        for (own, others) in [(&mut self.missing, &other.missing), (&mut self.open, &other.open)] {
            if own.is_empty() {
                own.clone_from(others);
            } else {
                own.extend(others);
            }
        }
        if self.spoilt == NOWHERE && other.invalid {
            self.spoilt = other.spoilt;
        }
        self.invalid |= other.invalid;
    }
}

impl<'a> Out<'a> {
    pub fn plain(val: Val<'a>) -> Out<'a> {
        Out { val, at: NOWHERE, info: None }
    }

    pub fn at(val: Val<'a>, at: At) -> Out<'a> {
        Out { val, at, info: None }
    }

    pub fn info(&self) -> Info {
        self.info.as_deref().cloned().unwrap_or_default()
    }

    pub fn first(&self) -> At {
        self.info.as_ref().map_or(NOWHERE, |info| info.first)
    }
}

impl<'a> Val<'a> {
    pub fn unknown() -> Val<'a> {
        Val::Unknown(Unknown::new(Setness::Maybe, false, None))
    }

    pub fn truth(known: Option<bool>) -> Val<'a> {
        known.map_or_else(Val::unknown, Val::Bool)
    }

    /// The number, or what is known of it.
    pub fn bounded(bounds: Bounds) -> Val<'a> {
        match bounds.only() {
            Some(Num::Int(n)) => Val::Int(*n),
            Some(Num::Exact(n)) => Val::Exact(Rc::new(*n)),
            None => {
                let known = bounds.low.is_some() || bounds.high.is_some();
                Val::Unknown(Unknown::new(Setness::Maybe, false, known.then(|| Rc::new(bounds))))
            }
        }
    }

    pub fn number(n: Num) -> Val<'a> {
        match n {
            Num::Int(n) => Val::Int(n),
            Num::Exact(n) => Val::Exact(Rc::new(n)),
        }
    }

    pub fn from_const(constant: &'a Const) -> Val<'a> {
        match constant {
            Const::Bool(value) => Val::Bool(*value),
            Const::Int(n) => Val::Int(*n),
            Const::Exact(n) => Val::Exact(Rc::new(**n)),
            Const::Text(text) => Val::Str(text),
            Const::Enum(id, index) => Val::Enum(*id, *index),
            Const::Date(days) => Val::Date(*days),
            Const::Duration(duration) => Val::Duration(*duration),
            Const::List(values) => Val::Consts(values),
            Const::Map(values) => Val::ConstMap(values),
            Const::EmptyRecord(_) => Val::EmptyRecord,
        }
    }

    /// Whether it holds texts or lists that were made in the evaluation.
    pub fn is_made(&self) -> bool {
        match self {
            Val::Own(_) | Val::List(_) | Val::MadeMap(_) => true,
            Val::Unknown(unknown) => unknown.partly.is_some(),
            _ => false,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Val::Unknown(_))
    }

    /// The values of which it is one, where it is known to be one of a few.
    pub fn among(&self) -> Option<Rc<Partly<'a>>> {
        match self {
            Val::Unknown(Unknown { partly: Some(partly), .. }) if matches!(**partly, Partly::Among(_)) => {
                Some(Rc::clone(partly))
            }
            _ => None,
        }
    }

    /// The cell of what can be descended into.
    pub fn cell(&self) -> At {
        match self {
            Val::Record(cell) | Val::Ref(cell, ..) | Val::Map(cell) => *cell,
            _ => NOWHERE,
        }
    }

    pub fn num(&self) -> Option<Num> {
        match self {
            Val::Int(n) => Some(Num::Int(*n)),
            Val::Exact(n) => Some(Num::Exact(**n)),
            _ => None,
        }
    }

    /// What is known of a number.
    pub fn bounds(&self) -> Bounds {
        match self {
            Val::Unknown(unknown) => unknown.bounds.as_deref().cloned().unwrap_or_default(),
            other => other.num().map(Bounds::exactly).unwrap_or_default(),
        }
    }
}
