//! Owns `grants`: which permissions are denied, allowed, or too many. It must never know how a finding reads.

use super::compare::const_texts;
use super::machine::Globs;
use super::run::{Came, Remedy, Run};
use super::steps::Granted;
use super::val::{Elem, Fault, Info, NOWHERE, Sure, Val};
use crate::pattern::{Glob, Pattern};
use crate::policy::{Expr, ExprKind, Grants};
use crate::schema::{TypeKind, quoted};
use std::borrow::Cow;

/// The patterns of one kind: those that are known, and whether others are not.
#[derive(Default)]
struct Patterns<'a> {
    /// Those that the policy writes.
    written: Vec<&'a Pattern>,
    /// Those of lists.
    read: Vec<Globs>,
    open: bool,
}

impl Patterns<'_> {
    /// The first of them that speaks of a permission.
    fn find(&self, text: &str, wild: Option<&Glob>, allow: bool) -> Option<&Pattern> {
        let read = self.read.iter().flat_map(|list| list.iter()).map(|pattern| &**pattern);
        self.written.iter().copied().chain(read).find(|pattern| match wild {
            None => pattern.matches(text),
            Some(glob) if allow => pattern.covers(glob),
            Some(glob) => pattern.meets(glob),
        })
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn grants(&mut self, grants: &'a Grants) -> Came {
        let list = self.machine.eval::<false>(&grants.list);
        let mut worst = Came::Holds;
        if let Some(fault) = fault_in(&list.val) {
            return self.fault(fault, grants.severity, grants.span);
        }
        let (allow, deny) = match (self.patterns(grants.allow.as_deref()), self.patterns(Some(&grants.deny))) {
            (Ok(allow), Ok(deny)) => (allow, deny),
            (Err(fault), _) | (_, Err(fault)) => return self.fault(fault, grants.severity, grants.span),
        };
        let mut open = list.val.is_unknown() && (grants.allow.is_some() || !grants.deny.is_empty());
        let mut traced = None;
        self.tell_grants(grants, &list.val);
        for index in 0..self.machine.len(&list.val) {
            let Some(elem) = self.machine.elem(&list.val, index, list.at) else { continue };
            if elem.sure == Sure::Many || elem.val.is_unknown() {
                open = true;
                continue;
            }
            let Some(text) = self.machine.text(&elem.val) else { continue };
            // Few permissions are patterns themselves, or name a star.
            let glob = text.contains(['*', '?', '\\']).then(|| Glob::new(text));
            let wild = glob.as_ref().filter(|glob| glob.is_wild());
            let plain = match &glob {
                Some(glob) if !glob.is_wild() => {
                    Cow::Owned(text.replace("\\*", "*").replace("\\?", "?").replace("\\\\", "\\"))
                }
                _ => Cow::Borrowed(text),
            };
            let denies = deny.find(&plain, wild, false);
            let allows = allow.find(&plain, wild, true);
            let denied = denies.is_some();
            let allowed = grants.allow.is_none() || allows.is_some();
            self.tell_granted(text, || match denies {
                Some(pattern) => Granted::Denied(quoted(&pattern.to_string())),
                None if allowed && deny.open || !allowed && allow.open || elem.sure != Sure::Yes => Granted::Unknown,
                None if allowed => Granted::Allowed(allows.map(|pattern| quoted(&pattern.to_string()))),
                None => Granted::NotAllowed,
            });
            if !denied && allowed {
                open |= deny.open;
                continue;
            }
            if !denied && allow.open {
                open = true;
                continue;
            }
            if elem.sure != Sure::Yes {
                open = true;
                continue;
            }
            worst = worst.max(Came::Fails);
            if self.is_guarded() {
                open = true;
                continue;
            }
            let whole = traced.get_or_insert_with(|| self.trace(&grants.list)).clone();
            let place = self.machine.traced_elem(&whole.val, index, whole.at);
            let at = place.map_or(NOWHERE, |place: Elem<'a>| place.at);
            let at = if at == NOWHERE { whole.first() } else { at };
            let at = if at == NOWHERE { self.innermost() } else { at };
            self.machine.set(grants.grant, elem.val.clone(), at, None);
            let message = match &grants.message {
                Some(message) => self.say(message),
                None => {
                    let lang = self.machine.plan.lang;
                    let text = self.machine.show(&elem.val, &TypeKind::Text, true);
                    if denied { lang.denied_here(&text) } else { lang.not_allowed_here(&text) }
                }
            };
            let fix = (!self.machine.is_fact(at)).then_some(Remedy::Remove(at));
            self.violation(grants.severity, grants.span, at, Vec::new(), message, fix);
        }
        if open {
            worst = worst.max(self.open_grants(grants));
        }
        if let Some((most, span)) = &grants.most {
            let came = self.at_most(grants, &list.val, most, *span);
            self.tell_most(most, *span, came);
            worst = worst.max(came);
        }
        worst
    }

    /// One finding at the list: what it holds, or what is allowed, is not known whole.
    fn open_grants(&mut self, grants: &'a Grants) -> Came {
        if self.is_guarded()
            && let Some(came) = self.under_guards(grants.severity, grants.span)
        {
            return came;
        }
        let list = self.trace(&grants.list);
        let mut doubts = Info::default();
        if list.val.is_unknown() {
            doubts.doubt(&list.info());
        } else {
            self.machine.doubt_elements(&list.val, &mut doubts);
        }
        for pattern in grants.allow.iter().flatten().chain(&grants.deny) {
            let out = self.trace(pattern);
            if out.val.is_unknown() {
                doubts.doubt(&out.info());
            } else {
                self.machine.doubt_elements(&out.val, &mut doubts);
            }
        }
        let at = if list.first() == NOWHERE { self.innermost() } else { list.first() };
        if doubts.missing.is_empty() && doubts.invalid {
            return self.unknown(grants.severity, grants.span, &doubts, None);
        }
        self.unknown(grants.severity, grants.span, &doubts, Some(at))
    }

    fn at_most(&mut self, grants: &'a Grants, list: &Val<'a>, most: &'a Expr, span: crate::source::Span) -> Came {
        let limit = self.machine.eval::<false>(most).val;
        // A list that stands in the tenant has as many elements as it has, or fewer where some are `null`.
        if let (Val::Int(limit), Val::Cells(_, count)) = (&limit, list)
            && i64::from(*count) <= *limit
        {
            return Came::Holds;
        }
        let (mut low, mut high) = (0i64, Some(0i64));
        if list.is_unknown() {
            high = None;
        }
        for elem in self.machine.elements(list) {
            low += i64::from(elem.sure == Sure::Yes);
            high = if elem.sure == Sure::Many { None } else { high.map(|high| high + 1) };
        }
        let number = |n: i64| crate::value::Num::Int(n);
        let count = Val::bounded(crate::value::Bounds::from(Some(number(low)), high.map(number)));
        match self.machine.order(crate::policy::BinaryOp::Le, &count, &limit) {
            Ok(Some(true)) => Came::Holds,
            Ok(Some(false)) => {
                if let Some(came) = self.under_guards(grants.severity, span) {
                    return came;
                }
                let list = self.trace(&grants.list);
                let at = if list.first() == NOWHERE { self.innermost() } else { list.first() };
                let count = self.machine.show(&count, &TypeKind::Int, false);
                let limit = self.machine.show(&limit, &TypeKind::Int, false);
                let path = self.machine.path(at);
                let message = self.machine.plan.lang.holds_too_many(&path, &count, &limit);
                self.violation(grants.severity, span, at, Vec::new(), message, None);
                Came::Fails
            }
            Ok(None) => {
                let list = self.trace(&grants.list);
                let mut doubts = list.info();
                self.machine.doubt_elements(&list.val, &mut doubts);
                let own = self.trace(most).info();
                doubts.doubt(&own);
                let at = if list.first() == NOWHERE { self.innermost() } else { list.first() };
                let place = if doubts.missing.is_empty() && doubts.invalid { None } else { Some(at) };
                self.unknown(grants.severity, span, &doubts, place)
            }
            Err(fault) => self.fault(fault, grants.severity, span),
        }
    }

    fn patterns(&mut self, exprs: Option<&'a [Expr]>) -> Result<Patterns<'a>, Fault> {
        let mut patterns = Patterns::default();
        for expr in exprs.unwrap_or_default() {
            if let ExprKind::Pattern(pattern) = &expr.kind {
                patterns.written.push(pattern);
                continue;
            }
            let value = self.machine.eval::<false>(expr).val;
            if let Some(fault) = fault_in(&value) {
                return Err(fault);
            }
            let list = match &value {
                Val::Unknown(_) => {
                    patterns.open = true;
                    continue;
                }
                Val::Consts(values) => const_texts(values).map(|text| self.machine.glob(text)).collect(),
                // Many hold what one duty needs: its list is read once.
                Val::Cells(first, count) => {
                    let (list, open) = match self.machine.glob_lists.get(&(*first, *count)) {
                        Some(known) => known.clone(),
                        None => {
                            let read = self.globs(&value);
                            self.machine.glob_lists.insert((*first, *count), read.clone());
                            read
                        }
                    };
                    patterns.open |= open;
                    list
                }
                Val::List(_) => {
                    let (list, open) = self.globs(&value);
                    patterns.open |= open;
                    list
                }
                other => match self.machine.text(other).map(str::to_owned) {
                    Some(text) => [self.machine.glob(&text)].into(),
                    None => {
                        patterns.open = true;
                        continue;
                    }
                },
            };
            patterns.read.push(list);
        }
        Ok(patterns)
    }

    /// The patterns of a list, and whether others of it are not known.
    fn globs(&mut self, list: &Val<'a>) -> (Globs, bool) {
        let (mut known, mut open) = (Vec::new(), false);
        for elem in self.machine.elements(list) {
            match (self.machine.text(&elem.val).map(str::to_owned), elem.sure) {
                (Some(text), Sure::Yes) => known.push(self.machine.glob(&text)),
                _ => open = true,
            }
        }
        (known.into(), open)
    }
}

/// Why a list, or one of its elements, cannot be worked out.
fn fault_in(list: &Val<'_>) -> Option<Fault> {
    match list {
        Val::Fault(fault) => Some(*fault),
        Val::List(elems) => elems.iter().find_map(Elem::fault),
        _ => None,
    }
}
