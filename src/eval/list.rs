//! Owns lists: connectives, quantifiers, comprehensions and aggregates, and the places that they lead to. It must never know statements.

use super::expr::settled;
use super::machine::Machine;
use super::val::{At, Elem, Fault, Ghost, Info, NOWHERE, Out, Setness, Sure, Unknown, Val};
use crate::lang::Beside;
use crate::policy::{Comprehension, Expr, Quantified, Quantifier};
use std::rc::Rc;

impl<'a> Machine<'a> {
    /// `and` (where `decides` is false) and `or` (where it is true).
    pub(super) fn connective<const TRACE: bool>(&mut self, parts: &'a [Expr], decides: bool) -> Out<'a> {
        let mut fault = None;
        let mut open = false;
        if !TRACE {
            for part in parts {
                match self.condition::<false>(part).val {
                    Val::Bool(value) if value == decides => return Out::plain(Val::Bool(decides)),
                    Val::Bool(_) => {}
                    Val::Fault(found) => fault = fault.or(Some(found)),
                    _ => open = true,
                }
            }
            return Out::plain(match (fault, open) {
                (Some(fault), _) => Val::Fault(fault),
                (None, true) => Val::unknown(),
                (None, false) => Val::Bool(!decides),
            });
        }
        let (mut info, mut deciding, mut doubts, mut places) = (Info::default(), None, Info::default(), Vec::new());
        for part in parts {
            let out = self.eval::<true>(part);
            let own = out.info();
            if info.first == NOWHERE {
                info.first = own.first;
            }
            match out.val {
                Val::Bool(value) if value == decides => {
                    deciding = deciding.or(Some(own));
                }
                Val::Bool(_) => places.push(own),
                Val::Fault(found) => fault = fault.or(Some(found)),
                _ => {
                    open = true;
                    doubts.doubt(&own);
                }
            }
        }
        if let Some(own) = deciding {
            // Of a false `and` the first false part, of a true `or` the first true one.
            // Where that reads nothing, nothing else that was read makes it so.
            let first = if own.place() == NOWHERE { NOWHERE } else { info.first };
            let info = Info { why: own.place(), related: own.related, first, others: own.others, ..Info::default() };
            return Out { val: Val::Bool(decides), at: NOWHERE, info: Some(Rc::new(info)) };
        }
        if let Some(fault) = fault {
            return Out { val: Val::Fault(fault), at: NOWHERE, info: Some(Rc::new(info)) };
        }
        if open {
            let doubts = Info { first: info.first, ..doubts };
            return settled(Val::unknown(), Some(Rc::new(doubts)));
        }
        // Of a false `or`, or a true `and`, the first part's; the others are related.
        let mut places = places.into_iter();
        if let Some(first) = places.next() {
            info.why = first.place();
            info.related = first.related;
        }
        let word = if decides { Beside::WouldBeEnough } else { Beside::IsPartOfIt };
        info.related.extend(places.filter(|own| own.place() != NOWHERE).map(|own| (own.place(), word)));
        Out { val: Val::Bool(!decides), at: NOWHERE, info: Some(Rc::new(info)) }
    }

    pub(super) fn quantifier<const TRACE: bool>(&mut self, which: Quantifier, body: &'a Quantified) -> Out<'a> {
        let list = self.eval::<TRACE>(&body.list);
        if let Some(among) = list.val.among() {
            let mut each = |m: &mut Machine<'a>, val| m.quantified::<TRACE>(which, body, Out::plain(val));
            return self.each_of::<TRACE>(&among, list.info, &mut each);
        }
        self.quantified::<TRACE>(which, body, list)
    }

    fn quantified<const TRACE: bool>(&mut self, which: Quantifier, body: &'a Quantified, list: Out<'a>) -> Out<'a> {
        // What an element's body must be to decide at once, and what then holds.
        let (deciding, decided) = match which {
            Quantifier::All => (false, false),
            Quantifier::Any => (true, true),
            Quantifier::No => (true, false),
        };
        match &list.val {
            Val::Fault(fault) => return Out { val: Val::Fault(*fault), at: NOWHERE, info: list.info },
            Val::Unknown(unknown) => {
                let mut info = list.info();
                let holds = self.holds_for_any_element::<TRACE>(body, &list, unknown, deciding);
                let val = if holds { Val::Bool(!decided) } else { Val::unknown() };
                info.why = NOWHERE;
                return if TRACE { settled(val, Some(Rc::new(info))) } else { Out::plain(val) };
            }
            _ => {}
        }
        let (mut open, mut fault) = (false, None);
        let (mut found, mut doubts): (Vec<At>, Info) = (Vec::new(), Info::default());
        let mut related: Vec<(At, Beside)> = Vec::new();
        for index in 0..self.len(&list.val) {
            if let Some(limit) = self.step() {
                fault = Some(limit);
                break;
            }
            let elem =
                if TRACE { self.traced_elem(&list.val, index, list.at) } else { self.elem(&list.val, index, list.at) };
            let Some(elem) = elem else { continue };
            let (at, sure, doubt) = (elem.at, elem.sure, elem.doubt.clone());
            self.bind_elem::<TRACE>(body.var, elem);
            let mut certain = sure == Sure::Yes;
            let mut filter_doubt = None;
            let mut filter_fault = if let Sure::Fault(fault) = sure { Some(fault) } else { None };
            if let Some(filter) = &body.filter {
                let out = self.condition::<TRACE>(filter);
                match out.val {
                    Val::Bool(false) => continue,
                    Val::Bool(true) => {}
                    Val::Fault(fault) => {
                        certain = false;
                        filter_fault = filter_fault.or(Some(fault));
                    }
                    _ => {
                        certain = false;
                        filter_doubt = out.info;
                    }
                }
            }
            let out = self.condition::<TRACE>(&body.body);
            match out.val {
                Val::Bool(value) if value != deciding => {}
                Val::Bool(_) if certain => {
                    if !TRACE {
                        return Out::plain(Val::Bool(decided));
                    }
                    // Of `all` the place in the element; of `any` and `no` the element itself.
                    let own = out.info();
                    let place = if which == Quantifier::All { own.place() } else { at };
                    if which == Quantifier::All && found.is_empty() {
                        related = own.related;
                    }
                    found.push(if place == NOWHERE { at } else { place });
                }
                Val::Fault(own) => fault = fault.or(Some(own)),
                _ => {
                    if let Some(own) = filter_fault {
                        fault = fault.or(Some(own));
                    } else {
                        open = true;
                    }
                    if TRACE {
                        if sure != Sure::Yes
                            && let Some(doubt) = doubt
                        {
                            doubts.doubt(&doubt);
                        }
                        if let Some(doubt) = filter_doubt {
                            doubts.doubt(&doubt);
                        }
                        if out.val.is_unknown() {
                            doubts.doubt(&out.info());
                        }
                    }
                }
            }
        }
        let val = match (found.is_empty(), fault, open) {
            (false, ..) => Val::Bool(decided),
            (true, Some(fault), _) => Val::Fault(fault),
            (true, None, true) => Val::unknown(),
            (true, None, false) => Val::Bool(!decided),
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = Info { first: list.first(), ..doubts };
        let mut found = found.into_iter();
        match found.next() {
            Some(first) => {
                info.why = first;
                let word = if which == Quantifier::All { Beside::FailsToo } else { Beside::Likewise };
                info.related = related;
                info.related.extend(found.filter(|at| *at != NOWHERE && *at != first).map(|at| (at, word)));
            }
            None => info.why = list.first(),
        }
        settled(val, Some(Rc::new(info)))
    }

    /// Whether the body is known for an element of which nothing is known: then the list need not be.
    fn holds_for_any_element<const TRACE: bool>(
        &mut self,
        body: &'a Quantified,
        list: &Out<'a>,
        unknown: &Unknown<'a>,
        deciding: bool,
    ) -> bool {
        let nobody = self.nobody(list.at, unknown.invalid);
        self.bind_elem::<TRACE>(body.var, nobody);
        if let Some(filter) = &body.filter
            && matches!(self.eval::<false>(filter).val, Val::Bool(false))
        {
            return true;
        }
        matches!(self.eval::<false>(&body.body).val, Val::Bool(value) if value != deciding)
    }

    /// An element of a list of which nothing is known.
    fn nobody(&mut self, at: At, invalid: bool) -> Elem<'a> {
        let val = Val::Unknown(Unknown::new(Setness::Maybe, invalid, None));
        let at = if at == NOWHERE { at } else { self.ghost(Ghost::Within(at)) };
        Elem { val, at, sure: Sure::Many, doubt: None }
    }

    /// Gives a loop's variable its element.
    pub(super) fn bind_elem<const TRACE: bool>(&mut self, var: u16, elem: Elem<'a>) {
        let info = if TRACE && elem.val.is_unknown() {
            let place = match self.ghost_of(elem.at) {
                Some(Ghost::Within(list)) => *list,
                _ => elem.at,
            };
            elem.doubt.map(|doubt| {
                let first = if place == NOWHERE { doubt.first } else { place };
                Rc::new(Info { first, ..(*doubt).clone() })
            })
        } else {
            None
        };
        self.set(var, elem.val, elem.at, info);
    }

    // ---- comprehensions ----------------------------------------------------------------------------------------

    /// Works a comprehension out over its first list, whichever of a few that is.
    pub(super) fn over<const TRACE: bool>(
        &mut self,
        comprehension: &'a Comprehension,
        each: &mut dyn FnMut(&mut Machine<'a>, Out<'a>) -> Out<'a>,
    ) -> Out<'a> {
        let Some(first) = comprehension.fors.first() else { return Out::plain(Val::unknown()) };
        let list = self.eval::<TRACE>(&first.list);
        match list.val.among() {
            Some(among) => self.each_of::<TRACE>(&among, list.info, &mut |m, val| each(m, Out::plain(val))),
            None => each(self, list),
        }
    }

    pub(super) fn comprehension<const TRACE: bool>(&mut self, comprehension: &'a Comprehension) -> Out<'a> {
        self.over::<TRACE>(comprehension, &mut |machine, list| machine.made::<TRACE>(comprehension, &list))
    }

    /// The list that a comprehension makes of its first list.
    pub(super) fn made<const TRACE: bool>(&mut self, comprehension: &'a Comprehension, list: &Out<'a>) -> Out<'a> {
        let mut elems = Vec::new();
        let mut info = Info::at(list.first());
        info.doubt(&list.info());
        let result =
            self.generate::<TRACE>(comprehension, 0, list, (Sure::Yes, None), &mut |machine, sure, doubt, at| {
                machine.element::<TRACE>(comprehension, sure, doubt, at, &mut elems)
            });
        let val = match result {
            Ok(()) => match elems.as_slice() {
                // Nothing is known of the only list: nothing is known of this one.
                [Elem { sure: Sure::Many, val: Val::Unknown(unknown), .. }]
                    if comprehension.fors.len() == 1 && comprehension.fors.iter().all(|f| f.filter.is_none()) =>
                {
                    Val::Unknown(Unknown::new(Setness::Maybe, unknown.invalid, None))
                }
                _ => Val::List(Rc::new(elems)),
            },
            Err(fault) => Val::Fault(fault),
        };
        if TRACE { Out { val, at: info.first, info: Some(Rc::new(info)) } } else { Out::plain(val) }
    }

    pub(super) fn element<const TRACE: bool>(
        &mut self,
        comprehension: &'a Comprehension,
        sure: Sure,
        doubt: Option<Rc<Info>>,
        at: At,
        into: &mut Vec<Elem<'a>>,
    ) -> Result<(), Fault> {
        let around = self.reading.replace((at, NOWHERE));
        let out = self.eval::<TRACE>(&comprehension.element);
        let (_, own) = self.reading.replace(around);
        let mut place = if TRACE { self.element_place(&out) } else { out.at };
        if own != NOWHERE && !self.lies_in(place, at) {
            // What is read elsewhere is read for every element.
            place = own;
        }
        if place == NOWHERE {
            place = at;
        }
        let doubt = if TRACE { merged(doubt, out.val.is_unknown().then_some(out.info).flatten()) } else { None };
        self.hold(size_of::<Elem<'a>>())?;
        into.push(Elem { val: out.val, at: place, sure, doubt });
        Ok(())
    }

    /// Goes through the lists of a comprehension and calls `each` with its variables set, for every element that is, or
    /// may be, there.
    #[allow(clippy::type_complexity)]
    pub(super) fn generate<const TRACE: bool>(
        &mut self,
        comprehension: &'a Comprehension,
        level: usize,
        list: &Out<'a>,
        sure: (Sure, Option<Rc<Info>>),
        each: &mut dyn FnMut(&mut Machine<'a>, Sure, Option<Rc<Info>>, At) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Some(clause) = comprehension.fors.get(level) else { return Ok(()) };
        let count = match &list.val {
            Val::Fault(fault) => return Err(*fault),
            Val::Unknown(_) => 1,
            known => self.len(known),
        };
        for index in 0..count {
            if let Some(limit) = self.step() {
                return Err(limit);
            }
            let elem = match &list.val {
                Val::Unknown(unknown) => {
                    let mut elem = self.nobody(list.at, unknown.invalid);
                    elem.doubt = list.info.clone();
                    Some(elem)
                }
                known if TRACE => self.traced_elem(known, index, list.at),
                known => self.elem(known, index, list.at),
            };
            let Some(elem) = elem else { continue };
            let place = elem.at;
            let mut own = weaker(sure.0, elem.sure);
            let mut doubt = if TRACE && elem.sure != Sure::Yes {
                merged(sure.1.clone(), elem.doubt.clone())
            } else {
                sure.1.clone()
            };
            self.bind_elem::<TRACE>(clause.var, elem);
            if let Some(filter) = &clause.filter {
                let out = self.condition::<TRACE>(filter);
                match out.val {
                    Val::Bool(false) => continue,
                    Val::Bool(true) => {}
                    Val::Fault(fault) => own = weaker(own, Sure::Fault(fault)),
                    _ => {
                        own = weaker(own, Sure::Maybe);
                        if TRACE {
                            doubt = merged(doubt, out.info);
                        }
                    }
                }
            }
            match comprehension.fors.get(level + 1) {
                None => each(self, own, doubt, place)?,
                Some(next) => {
                    let inner = self.eval::<TRACE>(&next.list);
                    self.generate::<TRACE>(comprehension, level + 1, &inner, (own, doubt), each)?;
                }
            }
        }
        Ok(())
    }
}

fn weaker(a: Sure, b: Sure) -> Sure {
    match (a, b) {
        (Sure::Fault(fault), _) | (_, Sure::Fault(fault)) => Sure::Fault(fault),
        (Sure::Many, _) | (_, Sure::Many) => Sure::Many,
        (Sure::Maybe, _) | (_, Sure::Maybe) => Sure::Maybe,
        _ => Sure::Yes,
    }
}

pub(super) fn merged(a: Option<Rc<Info>>, b: Option<Rc<Info>>) -> Option<Rc<Info>> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let mut info = (*a).clone();
            info.doubt(&b);
            Some(Rc::new(info))
        }
        (a, b) => a.or(b),
    }
}
