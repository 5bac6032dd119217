//! Owns comparisons in three-valued logic. It must never know where their operands come from.

use super::expr::{as_duration, both, settled};
use super::machine::Machine;
use super::val::{At, Fault, Info, NOWHERE, Out, Sure, Val};
use crate::lang::Beside;
use crate::pattern::Pattern;
use crate::policy::{BinaryOp, Expr, ExprKind};
use crate::schema::Const;
use crate::value::{self, LeftOpen, Orders};
use std::cmp::Ordering;
use std::rc::Rc;

/// Known, unknown, or in error.
pub(super) type Tri = Result<Option<bool>, Fault>;

impl<'a> Machine<'a> {
    pub(super) fn compare<const TRACE: bool>(&mut self, op: BinaryOp, left: Out<'a>, right: Out<'a>) -> Out<'a> {
        let mut at = (NOWHERE, Vec::new());
        let known = match op {
            BinaryOp::Eq => self.equal(&left.val, &right.val),
            BinaryOp::Ne => self.equal(&left.val, &right.val).map(|known| known.map(|equal| !equal)),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.order(op, &left.val, &right.val),
            BinaryOp::In => self.member(&left.val, &right.val),
            BinaryOp::NotIn => self.member(&left.val, &right.val).map(|known| known.map(|inside| !inside)),
            BinaryOp::Contains => self.member(&right.val, &left.val),
            BinaryOp::Overlaps => self.overlap(&left.val, &right.val),
            BinaryOp::Subset => self.subset::<TRACE>(&left, &right.val, &mut at),
            BinaryOp::Matches => Ok(None),
        };
        let val = match known {
            Ok(known) => Val::truth(known),
            Err(fault) => Val::Fault(fault),
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = both(&left, &right);
        for side in [&left.val, &right.val] {
            if matches!(side, Val::List(_) | Val::Cells(..)) && val.is_unknown() {
                self.doubt_elements(side, &mut info);
            }
        }
        info.related = info.others.iter().map(|at| (*at, Beside::ReadForIt)).collect();
        if at.0 != NOWHERE {
            info.why = at.0;
            info.related = at.1.into_iter().map(|at| (at, Beside::NotInItEither)).collect();
        }
        self.undecided(val, info, &[(&left.val, &right.val)])
    }

    /// The outcome of a comparison of these pairs. Where it is unknown and nothing is missing, only the calendar leaves it
    /// undecided.
    pub(super) fn undecided(&mut self, val: Val<'a>, mut info: Info, pairs: &[(&Val<'a>, &Val<'a>)]) -> Out<'a> {
        if val.is_unknown() && info.missing.is_empty() && !info.invalid && info.first != NOWHERE {
            if let Some(taken) = self.calendar {
                return settled(Val::Bool(taken), Some(Rc::new(info)));
            }
            info.missing.push(info.first);
            self.left_open = self.left_open.take().or_else(|| pairs.iter().find_map(|(a, b)| left_open(a, b)));
        }
        settled(val, Some(Rc::new(info)))
    }

    /// What keeps the elements of a list from being known or sure.
    pub(super) fn doubt_elements(&mut self, list: &Val<'a>, info: &mut Info) {
        for index in 0..self.len(list) {
            let Some(elem) = self.traced_elem(list, index, NOWHERE) else { continue };
            if (elem.sure != Sure::Yes || elem.val.is_unknown())
                && let Some(doubt) = &elem.doubt
            {
                info.doubt(doubt);
            }
        }
    }

    /// Whether two values are equal.
    pub(super) fn equal(&mut self, a: &Val<'a>, b: &Val<'a>) -> Tri {
        Ok(match (a, b) {
            (Val::Fault(fault), _) | (_, Val::Fault(fault)) => return Err(*fault),
            (Val::Bool(x), Val::Bool(y)) => Some(x == y),
            (Val::Int(x), Val::Int(y)) => Some(x == y),
            (Val::Enum(p, x), Val::Enum(q, y)) if p == q => Some(x == y),
            (Val::Date(x), Val::Date(y)) => Some(x == y),
            (Val::Unknown(_), _) | (_, Val::Unknown(_)) => {
                let words = |val: &Val<'a>| matches!(val, Val::Str(_) | Val::Own(_));
                if words(a) || words(b) {
                    return Ok(None);
                }
                match self.orders(a, b) {
                    Some(orders) => orders.decide(Ordering::is_eq),
                    None => None,
                }
            }
            (a, b) => match (self.text(a), self.text(b)) {
                (Some(x), Some(y)) => Some(x == y),
                (Some(_), None) | (None, Some(_)) => Some(false),
                (None, None) => {
                    if is_list(a) && is_list(b) {
                        return self.equal_lists(a, b);
                    }
                    self.orders(a, b).and_then(|orders| orders.decide(Ordering::is_eq))
                }
            },
        })
    }

    fn equal_lists(&mut self, a: &Val<'a>, b: &Val<'a>) -> Tri {
        let (xs, ys) = (self.elements(a), self.elements(b));
        let sure = |elems: &[super::val::Elem<'a>]| elems.iter().all(|elem| elem.sure == Sure::Yes);
        if !sure(&xs) || !sure(&ys) {
            let least = |elems: &[super::val::Elem<'a>]| elems.iter().filter(|elem| elem.sure == Sure::Yes).count();
            let open = |elems: &[super::val::Elem<'a>]| elems.iter().any(|elem| elem.sure == Sure::Many);
            let impossible = (!open(&xs) && xs.len() < least(&ys)) || (!open(&ys) && ys.len() < least(&xs));
            return Ok(if impossible { Some(false) } else { None });
        }
        if xs.len() != ys.len() {
            return Ok(Some(false));
        }
        let mut all = Some(true);
        for (x, y) in xs.iter().zip(&ys) {
            match self.equal(&x.val, &y.val)? {
                Some(false) => return Ok(Some(false)),
                Some(true) => {}
                None => all = None,
            }
        }
        Ok(all)
    }

    /// The elements of a list, `null`s left out.
    pub(super) fn elements(&mut self, list: &Val<'a>) -> Vec<super::val::Elem<'a>> {
        (0..self.len(list)).filter_map(|index| self.elem(list, index, NOWHERE)).collect()
    }

    /// The orders that are possible; none known where two values have no order.
    pub(super) fn orders(&mut self, a: &Val<'a>, b: &Val<'a>) -> Option<Orders> {
        Some(match (a, b) {
            (Val::Int(x), Val::Int(y)) => Orders::only(x.cmp(y)),
            (Val::Date(x), Val::Date(y)) => Orders::only(x.cmp(y)),
            (Val::Enum(p, x), Val::Enum(q, y)) if p == q => Orders::only(x.cmp(y)),
            (Val::Diff(from, to), Val::Duration(duration)) => value::difference_orders(*from, *to, *duration),
            (Val::Duration(duration), Val::Diff(from, to)) => {
                let orders = value::difference_orders(*from, *to, *duration);
                Orders { less: orders.greater, equal: orders.equal, greater: orders.less }
            }
            (Val::Duration(_) | Val::Diff(..), Val::Duration(_) | Val::Diff(..)) => {
                as_duration(a).orders(as_duration(b))
            }
            // A word beside a number is above every number.
            (Val::Str(_) | Val::Own(_), Val::Str(_) | Val::Own(_)) => {
                let same = self.text(a) == self.text(b);
                Orders { less: !same, equal: same, greater: !same }
            }
            (Val::Str(_) | Val::Own(_), Val::Int(_) | Val::Exact(_) | Val::Duration(_) | Val::Diff(..)) => {
                Orders::only(Ordering::Greater)
            }
            (Val::Int(_) | Val::Exact(_) | Val::Duration(_) | Val::Diff(..), Val::Str(_) | Val::Own(_)) => {
                Orders::only(Ordering::Less)
            }
            (Val::Unknown(_), Val::Str(_) | Val::Own(_)) | (Val::Str(_) | Val::Own(_), Val::Unknown(_)) => return None,
            (Val::Int(_) | Val::Exact(_) | Val::Unknown(_), Val::Int(_) | Val::Exact(_) | Val::Unknown(_)) => {
                a.bounds().orders(&b.bounds())
            }
            _ => return None,
        })
    }

    pub(super) fn order(&mut self, op: BinaryOp, a: &Val<'a>, b: &Val<'a>) -> Tri {
        if let (Val::Fault(fault), _) | (_, Val::Fault(fault)) = (a, b) {
            return Err(*fault);
        }
        let Some(orders) = self.orders(a, b) else { return Ok(None) };
        Ok(orders.decide(|order| match op {
            BinaryOp::Lt => order.is_lt(),
            BinaryOp::Le => order.is_le(),
            BinaryOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    /// Whether a value is in a list.
    fn member(&mut self, item: &Val<'a>, list: &Val<'a>) -> Tri {
        if let (Val::Fault(fault), _) | (_, Val::Fault(fault)) = (item, list) {
            return Err(*fault);
        }
        if list.is_unknown() {
            return Ok(None);
        }
        let mut open = false;
        let mut fault = None;
        for index in 0..self.len(list) {
            let Some(elem) = self.elem(list, index, NOWHERE) else { continue };
            if elem.sure == Sure::Many {
                open = true;
                continue;
            }
            match (self.equal(item, &elem.val), elem.sure) {
                (Ok(Some(true)), Sure::Yes) => return Ok(Some(true)),
                (Ok(Some(false)), _) => {}
                (Err(found), _) | (_, Sure::Fault(found)) => fault = Some(found),
                _ => open = true,
            }
        }
        match fault {
            Some(fault) => Err(fault),
            None => Ok(if open { None } else { Some(false) }),
        }
    }

    fn overlap(&mut self, xs: &Val<'a>, ys: &Val<'a>) -> Tri {
        if let (Val::Fault(fault), _) | (_, Val::Fault(fault)) = (xs, ys) {
            return Err(*fault);
        }
        let empty = |machine: &Machine<'a>, list: &Val<'a>| !list.is_unknown() && machine.len(list) == 0;
        if empty(self, xs) || empty(self, ys) {
            return Ok(Some(false));
        }
        if xs.is_unknown() || ys.is_unknown() {
            return Ok(None);
        }
        let mut open = false;
        for elem in self.elements(xs) {
            match (self.member(&elem.val, ys)?, elem.sure) {
                (Some(true), Sure::Yes) => return Ok(Some(true)),
                (_, Sure::Fault(fault)) => return Err(fault),
                (Some(false), Sure::Yes | Sure::Maybe) => {}
                _ => open = true,
            }
        }
        Ok(if open { None } else { Some(false) })
    }

    /// Whether every element is in the other list; `lacking` gets the places of those that are not.
    fn subset<const TRACE: bool>(&mut self, left: &Out<'a>, ys: &Val<'a>, lacking: &mut (At, Vec<At>)) -> Tri {
        let xs = &left.val;
        if let (Val::Fault(fault), _) | (_, Val::Fault(fault)) = (xs, ys) {
            return Err(*fault);
        }
        if xs.is_unknown() {
            return Ok(None);
        }
        let mut open = false;
        let mut lacks = false;
        for index in 0..self.len(xs) {
            let elem = if TRACE { self.traced_elem(xs, index, left.at) } else { self.elem(xs, index, left.at) };
            let Some(elem) = elem else { continue };
            let inside = if ys.is_unknown() { None } else { self.member(&elem.val, ys)? };
            match (inside, elem.sure) {
                (_, Sure::Fault(fault)) => return Err(fault),
                (Some(false), Sure::Yes) => {
                    if !TRACE {
                        return Ok(Some(false));
                    }
                    if !lacks {
                        lacking.0 = elem.at;
                    } else if elem.at != NOWHERE {
                        lacking.1.push(elem.at);
                    }
                    lacks = true;
                }
                (Some(true), _) => {}
                _ => open = true,
            }
        }
        Ok(if lacks {
            Some(false)
        } else if open {
            None
        } else {
            Some(true)
        })
    }

    // ---- patterns ----------------------------------------------------------------------------------------------

    pub(super) fn matches<const TRACE: bool>(&mut self, left: &'a Expr, right: &'a Expr) -> Out<'a> {
        let left = self.eval::<TRACE>(left);
        let (known, right) = match &right.kind {
            ExprKind::Pattern(pattern) => {
                let known = match &left.val {
                    Val::Fault(fault) => Err(*fault),
                    value => Ok(self.text(value).map(|text| pattern.matches(text))),
                };
                (known, Out::plain(Val::Bool(true)))
            }
            _ => {
                let right = self.eval::<TRACE>(right);
                let known = match (&left.val, &right.val) {
                    (Val::Fault(fault), _) | (_, Val::Fault(fault)) => Err(*fault),
                    (value, pattern) => {
                        match (self.text(value).map(str::to_owned), self.text(pattern).map(str::to_owned)) {
                            (Some(text), Some(pattern)) => Ok(Some(self.glob(&pattern).matches(&text))),
                            _ => Ok(None),
                        }
                    }
                };
                (known, right)
            }
        };
        let val = match known {
            Ok(known) => Val::truth(known),
            Err(fault) => Val::Fault(fault),
        };
        if TRACE { settled(val, Some(Rc::new(both(&left, &right)))) } else { Out::plain(val) }
    }

    /// A pattern that is only known when a tenant is; each is read once.
    pub(super) fn glob(&mut self, text: &str) -> Rc<Pattern> {
        if let Some(pattern) = self.globs.get(text) {
            return Rc::clone(pattern);
        }
        let pattern = Rc::new(Pattern::glob(text));
        self.globs.insert(text.to_owned(), Rc::clone(&pattern));
        pattern
    }
}

/// Why the calendar leaves the order of two values open, where it does.
pub(super) fn left_open(a: &Val<'_>, b: &Val<'_>) -> Option<LeftOpen> {
    match (a, b) {
        (Val::Duration(a), Val::Duration(b)) => value::left_open(*a, *b),
        _ => None,
    }
}

pub(super) fn is_list(val: &Val<'_>) -> bool {
    matches!(val, Val::Cells(..) | Val::Consts(_) | Val::List(_))
}

/// The patterns that a value of `grants` stands for.
pub(super) fn const_texts(values: &[Const]) -> impl Iterator<Item = &str> {
    values.iter().filter_map(|value| match value {
        Const::Text(text) => Some(&**text),
        _ => None,
    })
}
