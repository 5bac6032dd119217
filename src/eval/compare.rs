//! Owns comparisons in three-valued logic. It must never know where their operands come from.

use super::expr::{as_duration, both, settled};
use super::machine::Machine;
use super::val::{At, Elem, Fault, Info, NOWHERE, Out, Partly, Sure, Unknown, Val};
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
        let known = self.compared::<TRACE>(op, &left, &right.val, &mut at);
        let val = match known {
            Ok(known) => Val::truth(known),
            Err(fault) => Val::Fault(fault),
        };
        if !TRACE {
            return Out::plain(val);
        }
        let mut info = both(&left, &right);
        if val.is_unknown() {
            self.doubt_lists(op, &left.val, &right.val, &mut info);
        }
        info.related = info.others.iter().map(|at| (*at, Beside::ReadForIt)).collect();
        if at.0 != NOWHERE {
            info.why = at.0;
            info.related = at.1.into_iter().map(|at| (at, Beside::NotInItEither)).collect();
        }
        self.undecided(val, info, &[(&left.val, &right.val)])
    }

    /// What two values come to, beside each other; `lacking` gets the places of what a list lacks.
    fn compared<const TRACE: bool>(
        &mut self,
        op: BinaryOp,
        left: &Out<'a>,
        right: &Val<'a>,
        lacking: &mut (At, Vec<At>),
    ) -> Tri {
        if let Some(among) = left.val.among() {
            return self.agreed(&among, &mut |machine, val| {
                machine.compared::<false>(op, &Out::plain(val.clone()), right, &mut (NOWHERE, Vec::new()))
            });
        }
        if let Some(among) = right.among() {
            return self.agreed(&among, &mut |machine, val| {
                machine.compared::<false>(op, left, val, &mut (NOWHERE, Vec::new()))
            });
        }
        for side in [&left.val, right] {
            if let Val::List(elems) = side
                && let Some(fault) = elems.iter().find_map(Elem::fault)
            {
                return Err(fault);
            }
        }
        let left_val = &left.val;
        match op {
            BinaryOp::Eq => self.equal(left_val, right),
            BinaryOp::Ne => self.equal(left_val, right).map(|known| known.map(|equal| !equal)),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.order(op, left_val, right),
            BinaryOp::In => self.member(left_val, right),
            BinaryOp::NotIn => self.member(left_val, right).map(|known| known.map(|inside| !inside)),
            BinaryOp::Contains => self.member(right, left_val),
            BinaryOp::Overlaps => self.overlap(left_val, right),
            BinaryOp::Subset => self.subset::<TRACE>(left, right, lacking),
            BinaryOp::Matches => Ok(None),
        }
    }

    /// What each of the values of which one is meant comes to, where they agree.
    pub(super) fn agreed(
        &mut self,
        among: &Partly<'a>,
        each: &mut dyn FnMut(&mut Machine<'a>, &Val<'a>) -> Tri,
    ) -> Tri {
        let Partly::Among(values) = among else { return Ok(None) };
        let mut all: Option<Option<bool>> = None;
        for value in values {
            let own = each(self, value)?;
            all = Some(if all.is_none_or(|all| all == own) { own } else { None });
        }
        Ok(all.flatten())
    }

    /// What keeps those elements of lists from being known or sure that may decide a comparison.
    fn doubt_lists(&mut self, op: BinaryOp, left: &Val<'a>, right: &Val<'a>, info: &mut Info) {
        match op {
            BinaryOp::In | BinaryOp::NotIn => self.doubt_elements_like(Some(left), right, info),
            BinaryOp::Contains => self.doubt_elements_like(Some(right), left, info),
            BinaryOp::Overlaps | BinaryOp::Subset => {
                if left.is_unknown() {
                    self.doubt_elements_like(None, right, info);
                }
                for elem in self.elements(left) {
                    let inside = if right.is_unknown() { Ok(None) } else { self.member(&elem.val, right) };
                    let decided = if op == BinaryOp::Subset { Some(true) } else { Some(false) };
                    if inside == Ok(decided) {
                        continue;
                    }
                    if let Some(doubt) = elem.doubt.as_ref().filter(|_| elem.sure != Sure::Yes || elem.val.is_unknown())
                    {
                        info.doubt(doubt);
                    }
                    self.doubt_elements_like(Some(&elem.val), right, info);
                }
            }
            _ => {
                self.doubt_elements_like(None, left, info);
                self.doubt_elements_like(None, right, info);
            }
        }
    }

    /// The outcome of a comparison of these pairs. Where it is unknown and nothing is missing, only the calendar leaves it
    /// undecided.
    pub(super) fn undecided(&mut self, val: Val<'a>, mut info: Info, pairs: &[(&Val<'a>, &Val<'a>)]) -> Out<'a> {
        if val.is_unknown() && info.is_settled() && info.first != NOWHERE {
            if let Some(taken) = self.calendar {
                return settled(Val::Bool(taken), Some(Rc::new(info)));
            }
            info.open.insert(info.first);
            self.left_open = self.left_open.take().or_else(|| pairs.iter().find_map(|(a, b)| left_open(a, b)));
        }
        settled(val, Some(Rc::new(info)))
    }

    /// What keeps the elements of a list from being known or sure.
    pub(super) fn doubt_elements(&mut self, list: &Val<'a>, info: &mut Info) {
        self.doubt_elements_like(None, list, info);
    }

    /// The same, of those that may equal an item.
    fn doubt_elements_like(&mut self, item: Option<&Val<'a>>, list: &Val<'a>, info: &mut Info) {
        for index in 0..self.len(list) {
            let Some(elem) = self.traced_elem(list, index, NOWHERE) else { continue };
            if (elem.sure != Sure::Yes || elem.val.is_unknown())
                && let Some(doubt) = &elem.doubt
                && (elem.sure == Sure::Many || item.is_none_or(|item| self.equal(item, &elem.val) != Ok(Some(false))))
            {
                info.doubt(doubt);
            }
        }
    }

    /// Whether two values are equal.
    pub(super) fn equal(&mut self, a: &Val<'a>, b: &Val<'a>) -> Tri {
        for (side, other) in [(a, b), (b, a)] {
            if let Some(among) = side.among() {
                return self.agreed(&among, &mut |machine, val| machine.equal(val, other));
            }
        }
        Ok(match (a, b) {
            (Val::Fault(fault), _) | (_, Val::Fault(fault)) => return Err(*fault),
            (Val::Bool(x), Val::Bool(y)) => Some(x == y),
            (Val::Int(x), Val::Int(y)) => Some(x == y),
            (Val::Enum(p, x), Val::Enum(q, y)) if p == q => Some(x == y),
            (Val::Date(x), Val::Date(y)) => Some(x == y),
            (Val::Unknown(_), _) | (_, Val::Unknown(_)) => match self.orders(a, b) {
                Some(orders) => orders.decide(Ordering::is_eq),
                None => None,
            },
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
        if let Some(fault) = xs.iter().chain(&ys).find_map(Elem::fault) {
            return Err(fault);
        }
        let sure = |elems: &[Elem<'a>]| elems.iter().all(|elem| elem.sure == Sure::Yes);
        if !sure(&xs) || !sure(&ys) {
            return Ok(if self.may_be_equal(&xs, &ys) { None } else { Some(false) });
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

    /// Whether two lists can be equal, whichever of their elements are there.
    fn may_be_equal(&mut self, xs: &[Elem<'a>], ys: &[Elem<'a>]) -> bool {
        /// The most pairs that are compared.
        const PAIRS: usize = 1 << 20;
        let least = |elems: &[Elem<'a>]| elems.iter().filter(|elem| elem.sure == Sure::Yes).count();
        let open = |elems: &[Elem<'a>]| elems.iter().any(|elem| elem.sure == Sure::Many);
        if (!open(xs) && xs.len() < least(ys)) || (!open(ys) && ys.len() < least(xs)) {
            return false;
        }
        if xs.len().saturating_mul(ys.len()) > PAIRS {
            return true;
        }
        // Row by row: whether what is left of the one, from here on, can equal what is left of the other.
        let mut below: Vec<bool> = Vec::new();
        for x in (0..=xs.len()).rev().map(|row| xs.get(row)) {
            let mut row = vec![false; ys.len() + 1];
            for (column, y) in (0..=ys.len()).rev().map(|column| (column, ys.get(column))) {
                let at = |row: &[bool], column: usize| row.get(column) == Some(&true);
                let may = |elem: Option<&Elem<'a>>, sure: Sure| elem.is_some_and(|elem| elem.sure == sure);
                let skips_x = may(x, Sure::Maybe) || may(x, Sure::Many);
                let skips_y = may(y, Sure::Maybe) || may(y, Sure::Many);
                let mut fits = (x.is_none() && y.is_none())
                    || (skips_x && at(&below, column))
                    || (skips_y && at(&row, column + 1));
                if !fits
                    && let (Some(x), Some(y)) = (x, y)
                    && (at(&below, column + 1)
                        || (x.sure == Sure::Many && at(&row, column + 1))
                        || (y.sure == Sure::Many && at(&below, column)))
                {
                    fits = self.equal(&x.val, &y.val) != Ok(Some(false));
                }
                if let Some(cell) = row.get_mut(column) {
                    *cell = fits;
                }
            }
            below = row;
        }
        below.first() == Some(&true)
    }

    /// The elements of a list, `null`s left out.
    pub(super) fn elements(&self, list: &Val<'a>) -> Vec<Elem<'a>> {
        (0..self.len(list)).filter_map(|index| self.elem(list, index, NOWHERE)).collect()
    }

    /// The orders that are possible; none known where two values have no order.
    pub(super) fn orders(&mut self, a: &Val<'a>, b: &Val<'a>) -> Option<Orders> {
        if let Val::Unknown(Unknown { partly: Some(partly), .. }) = a {
            return self.orders_of(partly, b);
        }
        if let Val::Unknown(Unknown { partly: Some(partly), .. }) = b {
            return self.orders_of(partly, a).map(Orders::flipped);
        }
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

    /// The orders that are possible for something of which only a part is known.
    fn orders_of(&mut self, partly: &Partly<'a>, other: &Val<'a>) -> Option<Orders> {
        let any = Orders { less: true, equal: true, greater: true };
        match partly {
            Partly::Among(values) => {
                let mut all = Orders { less: false, equal: false, greater: false };
                for value in values {
                    let own = self.orders(value, other)?;
                    all.less |= own.less;
                    all.equal |= own.equal;
                    all.greater |= own.greater;
                }
                Some(all)
            }
            // The largest is less than something only if all are; the smallest likewise, the other way about.
            Partly::Extreme(largest, of) => {
                let mut all = Orders { less: true, equal: false, greater: false };
                let mut equal = true;
                for (value, sure) in of {
                    let own = self.orders(value, other).unwrap_or(any);
                    let own = if *largest { own } else { own.flipped() };
                    all.equal |= own.equal;
                    all.greater |= own.greater;
                    if *sure {
                        all.less &= own.less;
                        equal &= own.less || own.equal;
                    }
                }
                all.equal &= equal;
                Some(if *largest { all } else { all.flipped() })
            }
        }
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
        if let Some(inside) = self.looked_up(item, list)? {
            return Ok(Some(inside));
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
        let empty = |machine: &Machine<'a>, list: &Val<'a>| {
            is_list(list) && (0..machine.len(list)).all(|index| machine.elem(list, index, NOWHERE).is_none())
        };
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
                    value => self.matched(value, &Val::unknown(), Some(pattern)),
                };
                (known, Out::plain(Val::Bool(true)))
            }
            _ => {
                let right = self.eval::<TRACE>(right);
                let known = match (&left.val, &right.val) {
                    (Val::Fault(fault), _) | (_, Val::Fault(fault)) => Err(*fault),
                    (value, pattern) => self.matched(value, pattern, None),
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

    /// Whether a text matches a pattern, which is written as one or else read.
    fn matched(&mut self, value: &Val<'a>, read: &Val<'a>, written: Option<&Pattern>) -> Tri {
        if let Some(among) = value.among() {
            return self.agreed(&among, &mut |machine, value| machine.matched(value, read, written));
        }
        if let Some(among) = read.among() {
            return self.agreed(&among, &mut |machine, read| machine.matched(value, read, written));
        }
        let Some(length) = self.text(value).map(str::len) else { return Ok(None) };
        self.read_through(length)?;
        let Some(text) = self.text(value) else { return Ok(None) };
        if let Some(pattern) = written {
            return Ok(Some(pattern.matches(text)));
        }
        let text = text.to_owned();
        let pattern = self.text(read).map(str::to_owned);
        Ok(pattern.map(|pattern| self.glob(&pattern).matches(&text)))
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
