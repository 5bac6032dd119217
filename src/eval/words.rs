//! Owns the words of a finding: values, requirements, what is missing. It must never know where a finding is printed.

use super::compare::is_list;
use super::machine::Machine;
use super::run::Run;
use super::val::{At, Ghost, Info, NOWHERE, Places, Val};
use crate::lang::Lang;
use crate::policy::{BinaryOp, Expr, ExprKind, Quantifier, State};
use crate::schema::TypeKind;
use crate::tenant::ROOT_CELL;
use crate::value::{self, Duration};
use indexmap::IndexSet;

/// The most elements of a list that a message shows.
const SHOWN: usize = 8;
/// The longest text that a message shows, in characters.
const LONG: usize = 80;
/// Up to so many missing places are counted by their paths.
const FEW: usize = 64;

impl<'a> Machine<'a> {
    /// A value as a message says it; strings in quotes where they stand for themselves.
    pub(super) fn show(&mut self, val: &Val<'a>, ty: &TypeKind, quoted: bool) -> String {
        self.show_in(self.plan.lang, val, ty, quoted)
    }

    /// The same, in another language than that of the run.
    pub(super) fn show_in(&mut self, lang: Lang, val: &Val<'a>, ty: &TypeKind, quoted: bool) -> String {
        let percent =
            matches!(ty, TypeKind::Percent) || matches!(ty, TypeKind::Worded(of, _) if **of == TypeKind::Percent);
        match val {
            Val::Bool(value) => value.to_string(),
            Val::Int(n) => lang.num(&value::Num::Int(*n)),
            Val::Exact(n) if percent => lang.digits(value::percent(n, 4)),
            Val::Exact(n) => lang.digits(value::decimal(n, 6)),
            Val::Date(days) => value::format_date(*days),
            Val::Diff(from, to) => lang.duration(value::Duration::days(i64::from(*to) - i64::from(*from))),
            Val::Duration(duration) => lang.duration(*duration),
            Val::Fault(_) => lang.not_worked_out(),
            Val::Unknown(unknown) => match &unknown.bounds {
                Some(bounds) if !percent => lang.bounds(bounds),
                _ => lang.unknown_value(),
            },
            Val::Record(cell) => self.place_of(*cell).0,
            Val::EmptyRecord | Val::Map(_) | Val::ConstMap(_) | Val::MadeMap(_) => lang.a_record(),
            Val::Cells(..) | Val::Consts(_) | Val::List(_) => {
                let items = self.items_in(lang, val, ty, quoted);
                let list = lang.list(&items);
                match quoted {
                    true => format!("[{list}]"),
                    false if items.is_empty() => lang.nothing(),
                    false => list,
                }
            }
            text => {
                let text = self.text(text).unwrap_or_default();
                let cut: String = if text.chars().count() > LONG {
                    text.chars().take(LONG).chain(['…']).collect()
                } else {
                    text.to_owned()
                };
                if quoted { crate::schema::quoted(&cut) } else { cut }
            }
        }
    }

    /// The elements of a list as a message says them, each by itself.
    fn items_in(&mut self, lang: Lang, list: &Val<'a>, ty: &TypeKind, quoted: bool) -> Vec<String> {
        let of = if let TypeKind::List(of) = ty { &of.kind } else { &TypeKind::Any };
        let elems = self.elements(list);
        let shown = elems.iter().take(SHOWN).map(|elem| self.show_in(lang, &elem.val, of, quoted));
        let mut shown: Vec<String> = shown.collect();
        if elems.len() > SHOWN {
            shown.push(lang.more_items(elems.len() - SHOWN));
        }
        shown
    }

    /// The same, one after another.
    fn items(&mut self, list: &Val<'a>, ty: &TypeKind) -> String {
        let lang = self.plan.lang;
        if !is_list(list) {
            return self.show(list, ty, true);
        }
        let items = self.items_in(lang, list, ty, true);
        if items.is_empty() { lang.nothing() } else { lang.list(&items) }
    }

    /// What is said of a place, behind its path; the root needs no naming.
    fn said_at(&mut self, at: At, said: String) -> String {
        let lang = self.plan.lang;
        let path = self.path(at);
        if path == lang.the_tenant() { said } else { lang.said_at(&path, &said) }
    }

    /// The path of a place; words for the root.
    pub(super) fn path(&mut self, at: At) -> String {
        if let Some(Ghost::Lacking(_, name)) = self.ghost_of(at) {
            return name.clone();
        }
        let path = self.place_of(at).0;
        if path.is_empty() { self.plan.lang.the_tenant() } else { path }
    }
}

impl<'a> Run<'_, 'a> {
    /// What was required and what was found, for a condition that is false.
    pub(super) fn requirement(&mut self, condition: &'a Expr, at: At) -> String {
        self.required(condition, at, true).unwrap_or_else(|| {
            let text = self.machine.plan.policy.text(condition.span);
            let lang = self.machine.plan.lang;
            let said = if text.is_empty() { lang.condition_fails() } else { lang.text_fails(text) };
            self.machine.said_at(at, said)
        })
    }

    /// The words for a condition that should be `wanted` and is not.
    fn required(&mut self, condition: &'a Expr, at: At, wanted: bool) -> Option<String> {
        let lang = self.machine.plan.lang;
        match &condition.kind {
            ExprKind::Not(inner) => self.required(inner, at, !wanted),
            ExprKind::And(parts) if wanted => {
                let first =
                    parts.iter().find(|part| matches!(self.machine.eval::<false>(part).val, Val::Bool(false)))?;
                self.required(first, at, true)
            }
            ExprKind::Or(parts) if !wanted => {
                let first =
                    parts.iter().find(|part| matches!(self.machine.eval::<false>(part).val, Val::Bool(true)))?;
                self.required(first, at, false)
            }
            ExprKind::State(state, inner) => {
                let path = if self.stands_at(inner, at) { self.machine.path(at) } else { self.with_text(at, inner) };
                let set = (*state != State::Missing) == wanted;
                Some(if set { lang.must_be_set(&path) } else { lang.must_not_be_set(&path) })
            }
            ExprKind::Compare(op, sides) => {
                let [left, right] = &**sides;
                self.required_comparison(*op, left, right, at, wanted)
            }
            ExprKind::Range(negated, parts) => {
                let [value, low, high] = &**parts;
                let outside = *negated == wanted;
                let (low_value, high_value) =
                    (self.machine.eval::<false>(low).val, self.machine.eval::<false>(high).val);
                let low = self.machine.show(&low_value, &low.ty, true);
                let high = self.machine.show(&high_value, &high.ty, true);
                let (subject, found) = self.subject(value, at);
                Some(match outside {
                    true => lang.must_not_lie_between(&subject, &low, &high, &found),
                    false => lang.must_lie_between(&subject, &low, &high, &found),
                })
            }
            ExprKind::Quantifier(which, body) => {
                let text = self.machine.plan.policy.text(body.body.span).to_owned();
                let said = match (which, wanted) {
                    (_, _) if text.is_empty() => return None,
                    (Quantifier::All, true) => lang.text_fails(&text),
                    (Quantifier::No, true) | (Quantifier::Any, false) => lang.text_holds(&text),
                    (Quantifier::Any, true) => lang.text_holds_for_none(&text),
                    _ => return None,
                };
                Some(self.machine.said_at(at, said))
            }
            ExprKind::Unique(_) if wanted => {
                let path = self.machine.path(at);
                Some(lang.repeats(&path))
            }
            ExprKind::Local(_) | ExprKind::Root(_) | ExprKind::Field(..) | ExprKind::Entry(..)
                if condition.ty == TypeKind::Bool && self.stands_at(condition, at) =>
            {
                let path = self.machine.path(at);
                Some(lang.must_be(&path, &wanted.to_string(), &(!wanted).to_string()))
            }
            _ => None,
        }
    }

    /// What a comparison is about: its path and value, or, where it is worked out, its text and value.
    fn subject(&mut self, value: &'a Expr, at: At) -> (String, String) {
        let known = self.machine.eval::<false>(value).val;
        let mut found = self.machine.show(&known, &value.ty, true);
        if self.stands_at(value, at) {
            if let (Val::Duration(length), Some(cell)) = (&known, self.machine.find(at).cell) {
                found = as_written(found, self.machine.tenant.text(cell), *length);
            }
            return (self.machine.path(at), found);
        }
        (self.with_text(at, value), found)
    }

    /// Whether a value is what stands at a place, or what stands in for it there.
    fn stands_at(&mut self, value: &'a Expr, at: At) -> bool {
        if !is_plain(value) {
            return false;
        }
        let out = self.trace(value);
        if matches!(self.machine.ghost_of(out.at), Some(Ghost::Lacking(..))) {
            // What is said of an entry that a map of the policy lacks is said by its name there.
            return matches!(self.machine.ghost_of(at), Some(Ghost::Lacking(..)));
        }
        if out.at == NOWHERE {
            // A value that the policy writes stands in for what is left out.
            return matches!(value.kind, ExprKind::Default(_))
                && out.first() == at
                && matches!(self.machine.ghost_of(at), Some(Ghost::Missing(..) | Ghost::Via(..)));
        }
        self.machine.find(out.at).path == self.machine.find(at).path
    }

    /// A place, and the expression that is worked out there.
    fn with_text(&mut self, at: At, value: &Expr) -> String {
        let text = self.machine.plan.policy.text(value.span);
        if text.is_empty() || text.contains('\n') {
            return self.machine.path(at);
        }
        self.machine.said_at(at, format!("`{text}`"))
    }

    /// A comparison that begins with what the policy says, turned round: a message is about what the tenant says.
    fn turned(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        wanted: bool,
    ) -> Option<(BinaryOp, &'a Expr, &'a Expr, bool)> {
        let (op, wanted) = match op {
            BinaryOp::Lt => (BinaryOp::Gt, wanted),
            BinaryOp::Le => (BinaryOp::Ge, wanted),
            BinaryOp::Gt => (BinaryOp::Lt, wanted),
            BinaryOp::Ge => (BinaryOp::Le, wanted),
            BinaryOp::In => (BinaryOp::Contains, wanted),
            BinaryOp::NotIn => (BinaryOp::Contains, !wanted),
            BinaryOp::Contains => (BinaryOp::In, wanted),
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Overlaps => (op, wanted),
            BinaryOp::Subset | BinaryOp::Matches => return None,
        };
        let reads = |run: &mut Self, side: &'a Expr| run.trace(side).first() != NOWHERE;
        (!reads(self, left) && reads(self, right)).then_some((op, right, left, wanted))
    }

    /// The words of an enum that have this order to one of them.
    fn words_that(&mut self, op: BinaryOp, word: &Val<'a>, wanted: bool) -> Option<Vec<String>> {
        let Val::Enum(id, _) = word else { return None };
        let count = self.machine.schema.values(*id).len();
        let mut words = Vec::new();
        for index in 0..u16::try_from(count).ok()? {
            let other = Val::Enum(*id, index);
            if self.machine.order(op, &other, word) == Ok(Some(wanted)) {
                words.push(self.machine.show(&other, &TypeKind::Enum(*id), true));
            }
        }
        (!words.is_empty()).then_some(words)
    }

    fn required_comparison(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        at: At,
        wanted: bool,
    ) -> Option<String> {
        let lang = self.machine.plan.lang;
        let (op, left, right, wanted) = self.turned(op, left, right, wanted).unwrap_or((op, left, right, wanted));
        let right_value = match &right.kind {
            ExprKind::Pattern(_) => Val::Bool(true),
            _ => self.machine.eval::<false>(right).val,
        };
        let right_text = match (&right.kind, &right_value) {
            (ExprKind::Pattern(_), _) => self.machine.plan.policy.text(right.span).to_owned(),
            (ExprKind::Const(_), Val::Duration(length)) if lang == Lang::En => {
                let shown = self.machine.show(&right_value, &right.ty, true);
                as_written(shown, self.machine.plan.policy.text(right.span), *length)
            }
            _ if matches!(op, BinaryOp::In | BinaryOp::NotIn | BinaryOp::Subset) => {
                self.machine.items(&right_value, &right.ty)
            }
            _ => self.machine.show(&right_value, &right.ty, true),
        };
        if op == BinaryOp::Subset && wanted {
            let path = self.machine.path(at);
            let list = self.trace(left);
            let mut elems = (0..self.machine.len(&list.val)).filter_map(|index| {
                let elem = self.machine.traced_elem(&list.val, index, list.at)?;
                (elem.at == at).then_some(elem.val)
            });
            let found = elems.next().filter(|_| at != NOWHERE && self.machine.ghost_of(at).is_none());
            return Some(match found {
                Some(val) if self.machine.equal(&val, &self.machine.load(at)) != Ok(Some(true)) => {
                    let found = self.machine.show(&val, &TypeKind::Any, true);
                    let subject = self.with_text(at, left);
                    lang.must_hold_only(&subject, &right_text, &found)
                }
                Some(val) if !is_list(&val) => {
                    let found = self.machine.show(&val, &TypeKind::Any, true);
                    let words = self.machine.items_in(lang, &right_value, &right.ty, true);
                    must_be_among(lang, &path, &words, &found)
                }
                _ => {
                    let known = self.machine.eval::<false>(left).val;
                    let left_text = self.machine.items(&known, &left.ty);
                    if self.trace(left).first() == NOWHERE {
                        lang.must_hold(&path, &left_text, &right_text)
                    } else {
                        lang.must_hold_only(&path, &right_text, &left_text)
                    }
                }
            });
        }
        let (subject, found) = self.subject(left, at);
        match (op, wanted) {
            (BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge, _) => {
                if let Some(words) = self.words_that(op, &right_value, wanted) {
                    return Some(must_be_among(lang, &subject, &words, &found));
                }
            }
            (BinaryOp::In, true) | (BinaryOp::NotIn, false) if is_list(&right_value) => {
                let words = self.machine.items_in(lang, &right_value, &right.ty, true);
                return Some(must_be_among(lang, &subject, &words, &found));
            }
            (BinaryOp::In, false) | (BinaryOp::NotIn, true)
                if is_list(&right_value) && self.machine.len(&right_value) == 1 =>
            {
                return Some(lang.must_not_be(&subject, &right_text));
            }
            _ => {}
        }
        let dates = right.ty == TypeKind::Date;
        let phrase: fn(Lang, &str, &str, &str) -> String = match (op, wanted) {
            (BinaryOp::Eq, true) | (BinaryOp::Ne, false) => Lang::must_be,
            (BinaryOp::Ne, true) | (BinaryOp::Eq, false) => return Some(lang.must_not_be(&subject, &right_text)),
            (BinaryOp::Lt, true) | (BinaryOp::Ge, false) if dates => Lang::must_be_before,
            (BinaryOp::Lt, true) | (BinaryOp::Ge, false) => Lang::must_be_below,
            (BinaryOp::Le, true) | (BinaryOp::Gt, false) if dates => Lang::must_be_on_or_before,
            (BinaryOp::Le, true) | (BinaryOp::Gt, false) => Lang::must_be_at_most,
            (BinaryOp::Gt, true) | (BinaryOp::Le, false) if dates => Lang::must_be_after,
            (BinaryOp::Gt, true) | (BinaryOp::Le, false) => Lang::must_be_above,
            (BinaryOp::Ge, true) | (BinaryOp::Lt, false) if dates => Lang::must_be_on_or_after,
            (BinaryOp::Ge, true) | (BinaryOp::Lt, false) => Lang::must_be_at_least,
            (BinaryOp::In, true) | (BinaryOp::NotIn, false) => Lang::must_be_one_of,
            (BinaryOp::In, false) | (BinaryOp::NotIn, true) => Lang::must_be_none_of,
            (BinaryOp::Contains, true) => Lang::must_contain,
            (BinaryOp::Contains, false) => Lang::must_not_contain,
            (BinaryOp::Overlaps, true) => Lang::must_overlap,
            (BinaryOp::Overlaps, false) => Lang::must_not_overlap,
            (BinaryOp::Subset, _) => Lang::must_hold_more,
            (BinaryOp::Matches, true) => Lang::must_match,
            (BinaryOp::Matches, false) => Lang::must_not_match,
        };
        Some(phrase(lang, &subject, &right_text, &found))
    }

    /// What keeps a check from being decided.
    pub(super) fn unknown_message(&mut self, at: At, missing: &Places, info: &Info) -> String {
        let lang = self.machine.plan.lang;
        if missing.is_empty() {
            let place = if at == NOWHERE { info.place() } else { at };
            let path = self.machine.path(if place == NOWHERE { ROOT_CELL } else { place });
            let why = self.machine.left_open.take();
            let why = why.map_or_else(|| lang.not_exact_enough(), |why| lang.left_open(&why));
            return lang.undecided(&path, &why);
        }
        // Of what is missing behind a reference, what is missing there.
        let actual = |at: &At| match self.machine.ghost_of(*at) {
            Some(Ghost::Via(_, actual)) => *actual,
            _ => *at,
        };
        let places: Places = missing.iter().map(actual).collect();
        // Two places may have one path; of very many that makes no difference.
        let looked_at = if places.len() <= FEW { places.len() } else { FEW / 4 };
        let mut paths: IndexSet<String> = IndexSet::new();
        for at in places.iter().take(looked_at) {
            paths.insert(self.machine.path(*at));
        }
        let count = paths.len() + places.len() - looked_at;
        let more = count.saturating_sub(3);
        let shown: Vec<String> = paths.iter().take(3).cloned().collect();
        let list = match shown.as_slice() {
            [one] => one.clone(),
            [most @ .., last] if more == 0 => lang.items_and(&lang.list(most), last),
            many => lang.items_and_more(&lang.list(many), more),
        };
        lang.not_stated_yet(count, &list)
    }
}

/// A duration as its own text says it (`3 weeks`, not 21 days), where that is another text than ours.
fn as_written(shown: String, text: &str, length: Duration) -> String {
    let other = Duration::parse(text) == Some(length) && text != length.to_string();
    if other { text.to_owned() } else { shown }
}

/// A value must be one of these words, or the one that there is.
fn must_be_among(lang: Lang, subject: &str, words: &[String], found: &str) -> String {
    match words {
        [] => lang.must_be_one_of(subject, &lang.nothing(), found),
        [only] => lang.must_be(subject, only, found),
        many => lang.must_be_one_of(subject, &lang.list(many), found),
    }
}

/// Whether a value is what stands at a path, or what stands in for it there.
fn is_plain(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Field(..) | ExprKind::Root(_) | ExprKind::Entry(..) | ExprKind::Local(_) => true,
        ExprKind::Default(sides) => sides.first().is_some_and(is_plain),
        _ => false,
    }
}
