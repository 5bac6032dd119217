//! Owns the alterations of a policy: which there are of each part, and how one is made. It must never know a test.
//!
//! One walk does both: it counts the alterations that it comes by, and makes the one whose number is wanted.

use crate::builtins::Function;
use crate::pattern::Pattern;
use crate::policy::{
    Aggregate, Arith, Asks, BinaryOp, Comprehension, Expr, ExprKind, Policy, Quantifier, Rule, State, Stmt,
};
use crate::schema::{Const, Schema, TypeKind};
use crate::source::Span;
use crate::value::{DAY, Duration, Num};

/// What is altered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Change {
    /// An operator.
    Comparison,
    /// A number, date, duration or word that something is held against.
    Bound,
    /// A band of a threshold.
    Band,
    /// A pattern.
    Pattern,
    /// `all`, `any`.
    Quantifier,
    /// A `where`.
    Where,
    /// A `default`.
    Default,
    /// `and`, `or`, `not`.
    Connective,
    /// An element of a list.
    Element,
    /// A function, or an operator of arithmetic.
    Function,
    /// A whole check.
    Check,
    /// An `if`.
    If,
    /// `applies when`.
    Applies,
    /// A day on which a rule begins or ends to hold.
    Date,
}

impl Change {
    /// All of them.
    pub const ALL: [Change; 14] = [
        Change::Comparison,
        Change::Bound,
        Change::Band,
        Change::Pattern,
        Change::Quantifier,
        Change::Where,
        Change::Default,
        Change::Connective,
        Change::Element,
        Change::Function,
        Change::Check,
        Change::If,
        Change::Applies,
        Change::Date,
    ];

    /// As people write it.
    pub fn word(self) -> &'static str {
        match self {
            Change::Comparison => "comparison",
            Change::Bound => "bound",
            Change::Band => "band",
            Change::Pattern => "pattern",
            Change::Quantifier => "quantifier",
            Change::Where => "where",
            Change::Default => "default",
            Change::Connective => "connective",
            Change::Element => "element",
            Change::Function => "function",
            Change::Check => "check",
            Change::If => "if",
            Change::Applies => "applies",
            Change::Date => "date",
        }
    }
}

/// What can be altered by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Item {
    /// Of [`Policy::rules`].
    Rule(usize),
    /// Of [`Policy::lets`].
    Let(usize),
    /// Of [`Policy::defines`].
    Define(usize),
    /// Of [`Policy::params`].
    Param(usize),
}

/// An alteration. The tests notice it if they notice any of its forms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Alteration {
    pub change: Change,
    pub span: Span,
    /// What becomes of it.
    pub text: String,
    /// The numbers of its forms.
    pub forms: std::ops::Range<usize>,
}

/// The alterations of an item.
pub(super) fn alterations(policy: &mut Policy, item: Item) -> Vec<Alteration> {
    let mut walk = Walk { want: None, next: 0, found: Vec::new(), schema: &policy.schema.clone() };
    walk.item(policy, item);
    walk.found
}

/// Makes the alteration of that number.
pub(super) fn alter(policy: &mut Policy, schema: &Schema, item: Item, number: usize) {
    Walk { want: Some(number), next: 0, found: Vec::new(), schema }.item(policy, item);
}

struct Walk<'s> {
    want: Option<usize>,
    next: usize,
    found: Vec<Alteration>,
    schema: &'s Schema,
}

impl Walk<'_> {
    /// Offers an alteration; whether it is to be made. `text` is worked out only where it is told.
    fn offer(&mut self, change: Change, span: Span, text: impl FnOnce() -> String) -> bool {
        let number = self.next;
        self.next += 1;
        match self.want {
            Some(want) => want == number,
            None => {
                self.found.push(Alteration { change, span, text: text(), forms: number..number + 1 });
                false
            }
        }
    }

    /// Offers another form of what was offered last.
    fn or(&mut self) -> bool {
        let number = self.next;
        self.next += 1;
        if self.want.is_none()
            && let Some(last) = self.found.last_mut()
        {
            last.forms.end = number + 1;
        }
        self.want == Some(number)
    }

    /// Offers the forms of one alteration.
    fn any_of<T>(&mut self, change: Change, span: Span, text: &str, into: &mut T, forms: Vec<T>) {
        for (at, form) in forms.into_iter().enumerate() {
            if if at == 0 { self.offer(change, span, || text.to_owned()) } else { self.or() } {
                *into = form;
            }
        }
    }

    fn item(&mut self, policy: &mut Policy, item: Item) {
        match item {
            Item::Rule(at) => {
                if let Some(rule) = policy.rules.get_mut(at) {
                    self.rule(rule);
                }
            }
            Item::Let(at) => {
                if let Some(item) = policy.lets.get_mut(at) {
                    self.expr(&mut item.value);
                }
            }
            Item::Define(at) => {
                if let Some(item) = policy.defines.get_mut(at) {
                    self.expr(&mut item.body);
                }
            }
            Item::Param(at) => {
                if let Some(param) = policy.params.get_mut(at) {
                    let (kind, span) = (param.ty.kind.clone(), param.span);
                    self.constant(&mut param.value, &kind, span, Change::Bound);
                }
            }
        }
    }

    fn rule(&mut self, rule: &mut Rule) {
        if let Some(effective) = &mut rule.effective {
            for (days, word) in [(-1, "a day earlier"), (1, "a day later")] {
                if self.offer(Change::Date, effective.span, || format!("begins {word}")) {
                    effective.from += days;
                }
                if let Some(until) = &mut effective.until
                    && self.offer(Change::Date, effective.span, || format!("ends {word}"))
                {
                    *until += days;
                }
            }
        }
        if let Some(applies) = &mut rule.applies {
            let span = applies.span;
            self.expr(applies);
            if self.offer(Change::Applies, span, || "left out".into()) {
                rule.applies = None;
            }
        }
        self.block(&mut rule.body);
    }

    fn block(&mut self, statements: &mut [Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Let(_, value) => self.expr(value),
                Stmt::For(each) => {
                    self.expr(&mut each.list);
                    self.filter(&mut each.filter);
                    self.block(&mut each.body);
                }
                Stmt::If(choice) => {
                    for holds in [true, false] {
                        let word = if holds { "always taken" } else { "never taken" };
                        if self.offer(Change::If, choice.condition.span, || word.into()) {
                            choice.condition = truth(holds, choice.condition.span);
                        }
                    }
                    self.expr(&mut choice.condition);
                    self.block(&mut choice.then);
                    self.block(&mut choice.otherwise);
                }
                Stmt::Check(check) => {
                    if self.offer(Change::Check, check.span, || "left out".into()) {
                        check.condition = truth(true, check.condition.span);
                    }
                    // `expect x is given` alone is left out as a whole.
                    match &mut check.condition.kind {
                        ExprKind::State(State::Given, of) => self.expr(of),
                        _ => self.expr(&mut check.condition),
                    }
                }
                Stmt::Grants(grants) => {
                    self.expr(&mut grants.list);
                    if let Some(allow) = &mut grants.allow {
                        self.elements(allow);
                    }
                    self.elements(&mut grants.deny);
                    if let Some((most, span)) = &mut grants.most {
                        self.expr(most);
                        let span = *span;
                        if self.offer(Change::Bound, span, || "left out".into()) {
                            grants.most = None;
                        }
                    }
                }
                Stmt::Threshold(threshold) => {
                    self.expr(&mut threshold.value);
                    let mut gone = None;
                    for (at, band) in threshold.bands.iter_mut().enumerate() {
                        if self.offer(Change::Band, band.span, || "left out".into()) {
                            gone = Some(at);
                        }
                        if !stepped(&band.bound) {
                            let (from, to) = if band.above { ("above", "from") } else { ("from", "above") };
                            if self.offer(Change::Band, band.span, || format!("`{from}` → `{to}`")) {
                                band.above = !band.above;
                            }
                        }
                        self.expr(&mut band.bound);
                        match &mut band.asks {
                            Asks::Expect(condition, _) => self.expr(condition),
                            Asks::Message(_) => {}
                            Asks::Block(statements) => self.block(statements),
                        }
                    }
                    if let Some(at) = gone {
                        threshold.bands.remove(at);
                    }
                }
            }
        }
    }

    fn filter(&mut self, filter: &mut Option<Expr>) {
        let Some(inner) = filter else { return };
        let span = inner.span;
        self.expr(inner);
        if self.offer(Change::Where, span, || "left out".into()) {
            *filter = None;
        }
    }

    /// The expressions of a list, each of which may be left out.
    fn elements(&mut self, all: &mut Vec<Expr>) {
        let mut gone = None;
        for (at, one) in all.iter_mut().enumerate() {
            // A list within is shortened by its own elements.
            if !matches!(one.kind, ExprKind::Const(Const::List(_)) | ExprKind::List(_))
                && self.offer(Change::Element, one.span, || "left out".into())
            {
                gone = Some(at);
            }
            self.pattern_or_expr(one);
        }
        if let Some(at) = gone {
            all.remove(at);
        }
    }

    /// Within a list, a text that is left out need not be altered too.
    fn pattern_or_expr(&mut self, one: &mut Expr) {
        if !matches!(one.kind, ExprKind::Const(Const::Text(_) | Const::Enum(..))) {
            self.expr(one);
        }
    }

    fn comprehension(&mut self, of: &mut Comprehension) {
        for one in &mut of.fors {
            self.expr(&mut one.list);
            self.filter(&mut one.filter);
        }
        self.expr(&mut of.element);
        if let Some(per) = &mut of.per {
            let span = per.span;
            self.expr(per);
            if self.offer(Change::Function, span, || "`per` left out".into()) {
                of.per = None;
            }
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let (span, ty) = (expr.span, expr.ty.clone());
        match &mut expr.kind {
            ExprKind::Const(value) => self.constant(value, &ty, span, Change::Bound),
            ExprKind::Pattern(pattern) => self.pattern(pattern, span),
            ExprKind::Not(inner) => {
                self.expr(inner);
                if self.offer(Change::Connective, span, || "`not` left out".into()) {
                    *expr = (**inner).clone();
                }
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let mut gone = None;
                for (at, part) in parts.iter_mut().enumerate() {
                    if self.offer(Change::Connective, part.span, || "left out".into()) {
                        gone = Some(at);
                    }
                    self.expr(part);
                }
                if let Some(at) = gone {
                    parts.remove(at);
                    if let [_] = parts.as_slice()
                        && let Some(only) = parts.pop()
                    {
                        *expr = only;
                    }
                }
            }
            ExprKind::Compare(op, sides) => {
                self.compare(op, sides, span);
                if *op == BinaryOp::Contains
                    && self.offer(Change::Comparison, span, || "`contains` → `not … contains`".into())
                {
                    *expr = Expr { kind: ExprKind::Not(Box::new(expr.clone())), ty, span };
                }
            }
            ExprKind::Range(negated, parts) => {
                if self.offer(Change::Comparison, span, || negation(*negated)) {
                    *negated = !*negated;
                }
                parts.iter_mut().for_each(|part| self.expr(part));
            }
            ExprKind::State(state, inner) => {
                let other = match state {
                    State::Set => Some(State::Missing),
                    State::Missing => Some(State::Set),
                    State::Given => None,
                };
                match other {
                    Some(other) => {
                        if self.offer(Change::Comparison, span, || {
                            format!("`is {}` → `is {}`", state_word(*state), state_word(other))
                        }) {
                            *state = other;
                        }
                        self.expr(inner);
                    }
                    None => {
                        self.expr(inner);
                        if self.offer(Change::Comparison, span, || "`is given` taken for granted".into()) {
                            *expr = truth(true, span);
                        }
                    }
                }
            }
            ExprKind::Default(parts) => {
                let [of, value] = &mut **parts;
                self.expr(of);
                if let ExprKind::Const(constant) = &mut value.kind {
                    self.constant(constant, &ty, value.span, Change::Default);
                } else {
                    self.expr(value);
                }
                if self.offer(Change::Default, span, || "`default` left out".into()) {
                    *expr = of.clone();
                }
            }
            ExprKind::If(parts) => {
                let [condition, then, otherwise] = &mut **parts;
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
                for holds in [true, false] {
                    let word = if holds { "always taken" } else { "never taken" };
                    if self.offer(Change::If, condition.span, || word.into()) {
                        *condition = truth(holds, condition.span);
                    }
                }
            }
            ExprKind::Quantifier(quantifier, of) => {
                let other = match quantifier {
                    Quantifier::All => Quantifier::Any,
                    Quantifier::Any => Quantifier::All,
                    Quantifier::No => Quantifier::Any,
                };
                if self.offer(Change::Quantifier, span, || {
                    format!("`{}` → `{}`", quantifier_word(*quantifier), quantifier_word(other))
                }) {
                    *quantifier = other;
                }
                self.expr(&mut of.list);
                self.filter(&mut of.filter);
                self.expr(&mut of.body);
            }
            ExprKind::Unique(of) | ExprKind::Comprehension(of) => self.comprehension(of),
            ExprKind::Aggregate(aggregate, of) => {
                let other = match aggregate {
                    Aggregate::Min => Some((Aggregate::Max, "`min` → `max`")),
                    Aggregate::Max => Some((Aggregate::Min, "`max` → `min`")),
                    Aggregate::Sum | Aggregate::Count | Aggregate::Distinct => None,
                };
                if let Some((other, text)) = other
                    && self.offer(Change::Function, span, || text.into())
                {
                    *aggregate = other;
                }
                self.comprehension(of);
            }
            ExprKind::Extreme(is_max, parts) => {
                if self
                    .offer(Change::Function, span, || (if *is_max { "`max` → `min`" } else { "`min` → `max`" }).into())
                {
                    *is_max = !*is_max;
                }
                parts.iter_mut().for_each(|part| self.expr(part));
            }
            ExprKind::Arithmetic(arith, parts) => {
                let other = match arith {
                    Arith::Add => Some((Arith::Sub, "`+` → `-`")),
                    Arith::Sub if parts.iter().all(|part| ty_adds(&part.ty)) => Some((Arith::Add, "`-` → `+`")),
                    Arith::Sub | Arith::Mul | Arith::Div | Arith::Of => None,
                };
                if let Some((other, text)) = other
                    && self.offer(Change::Function, span, || text.into())
                {
                    *arith = other;
                }
                parts.iter_mut().for_each(|part| self.expr(part));
            }
            ExprKind::Function(function, inner) => {
                self.expr(inner);
                if matches!(function, Function::Lower | Function::Upper)
                    && self.offer(Change::Function, span, || "the case is kept".into())
                {
                    *expr = (**inner).clone();
                }
            }
            ExprKind::List(all) => self.elements(all),
            ExprKind::Today
            | ExprKind::Local(_)
            | ExprKind::Let(_)
            | ExprKind::Param(_)
            | ExprKind::Root(_)
            | ExprKind::Field(..)
            | ExprKind::Entry(..)
            | ExprKind::Map(_)
            | ExprKind::Minus(_)
            | ExprKind::Call(..) => {
                for part in expr.parts_mut() {
                    self.expr(part);
                }
            }
        }
    }

    fn compare(&mut self, op: &mut BinaryOp, sides: &mut [Expr; 2], span: Span) {
        let was = *op;
        // What a number beside it decides is altered there.
        let edge = !sides.iter().any(stepped);
        let others: &[BinaryOp] = match was {
            BinaryOp::Eq => &[BinaryOp::Ne],
            BinaryOp::Ne => &[BinaryOp::Eq],
            BinaryOp::In => &[BinaryOp::NotIn],
            BinaryOp::NotIn => &[BinaryOp::In],
            BinaryOp::Subset => &[BinaryOp::Overlaps],
            BinaryOp::Overlaps => &[BinaryOp::Subset],
            BinaryOp::Contains | BinaryOp::Matches => &[],
            BinaryOp::Lt if edge => &[BinaryOp::Le, BinaryOp::Ge],
            BinaryOp::Le if edge => &[BinaryOp::Lt, BinaryOp::Gt],
            BinaryOp::Gt if edge => &[BinaryOp::Ge, BinaryOp::Le],
            BinaryOp::Ge if edge => &[BinaryOp::Gt, BinaryOp::Lt],
            BinaryOp::Lt => &[BinaryOp::Ge],
            BinaryOp::Le => &[BinaryOp::Gt],
            BinaryOp::Gt => &[BinaryOp::Le],
            BinaryOp::Ge => &[BinaryOp::Lt],
        };
        for other in others {
            if self.offer(Change::Comparison, span, || format!("`{}` → `{}`", was.word(), other.word())) {
                *op = *other;
            }
        }
        let ordered = matches!(was, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
        for side in sides {
            let (place, ty) = (side.span, side.ty.clone());
            match &mut side.kind {
                // Turning the operator round says the same.
                ExprKind::Const(Const::Bool(_)) => {}
                ExprKind::Const(Const::Enum(id, at)) if ordered => {
                    let of = self.schema.values(*id).len();
                    let (id, here) = (*id, *at);
                    let near = [here.checked_sub(1), here.checked_add(1).filter(|&next| usize::from(next) < of)];
                    for other in near.into_iter().flatten() {
                        let text =
                            || format!("`\"{}\"` → `\"{}\"`", self.schema.word(id, here), self.schema.word(id, other));
                        let text = text();
                        if self.offer(Change::Bound, place, || text) {
                            *at = other;
                        }
                    }
                }
                ExprKind::Const(value) => self.constant(value, &ty, place, Change::Bound),
                _ => self.expr(side),
            }
        }
    }

    /// A constant: its neighbours, or other words.
    fn constant(&mut self, value: &mut Const, ty: &TypeKind, span: Span, change: Change) {
        let to = |other: &Const, schema: &Schema| {
            format!("`{}` → `{}`", schema.const_text(value, ty), schema.const_text(other, ty))
        };
        let schema = self.schema;
        match value.clone() {
            Const::Bool(truth) => {
                let other = Const::Bool(!truth);
                let text = to(&other, schema);
                self.any_of(change, span, &text, value, vec![other]);
            }
            Const::Int(n) => {
                let near = [n.checked_sub(1), n.checked_add(1)].into_iter().flatten().map(Const::Int);
                let near: Vec<(String, Const)> = near.map(|other| (to(&other, schema), other)).collect();
                for (text, other) in near {
                    self.any_of(change, span, &text, value, vec![other]);
                }
            }
            Const::Exact(_) => {
                let Some(here) = value.num() else { return };
                let step = Num::Int(1).div(&Num::Int(100));
                let near = step.iter().flat_map(|step| [here.add(step), here.sub(step)]).flatten();
                let forms: Vec<Const> = near.map(|near| Const::exact(near.exact())).collect();
                if let Some(text) = forms.first().map(|first| to(first, schema)) {
                    self.any_of(change, span, &text, value, forms);
                }
            }
            Const::Text(text) => {
                let other = Const::Text(format!("{text}~").into());
                let text = to(&other, schema);
                self.any_of(change, span, &text, value, vec![other]);
            }
            Const::Enum(id, at) => {
                let of = u16::try_from(schema.values(id).len()).unwrap_or(u16::MAX);
                let forms: Vec<Const> =
                    (0..of).filter(|&other| other != at).map(|other| Const::Enum(id, other)).collect();
                let text = format!("`{}` → another", schema.const_text(value, ty));
                self.any_of(change, span, &text, value, forms);
            }
            Const::Date(day) => {
                let near = [day.checked_sub(1), day.checked_add(1)].into_iter().flatten().map(Const::Date);
                let near: Vec<(String, Const)> = near.map(|other| (to(&other, schema), other)).collect();
                for (text, other) in near {
                    self.any_of(change, span, &text, value, vec![other]);
                }
            }
            Const::Duration(duration) => {
                let near = [duration.seconds.checked_sub(DAY), duration.seconds.checked_add(DAY)].into_iter().flatten();
                let near = near.map(|seconds| Const::Duration(Duration { seconds, ..duration }));
                for (other, word) in near.zip(["a day shorter", "a day longer"]) {
                    let text = format!("`{}`, {word}", schema.const_text(value, ty));
                    self.any_of(change, span, &text, value, vec![other]);
                }
            }
            Const::List(all) => {
                let inner = match ty {
                    TypeKind::List(of) => of.kind.clone(),
                    _ => TypeKind::Text,
                };
                for at in 0..all.len() {
                    let mut fewer = all.to_vec();
                    let gone = fewer.remove(at);
                    let text = format!("`{}` left out", schema.const_text(&gone, &inner));
                    self.any_of(Change::Element, span, &text, value, vec![Const::List(fewer.into())]);
                }
            }
            Const::Map(all) => {
                for at in 0..all.len() {
                    let mut fewer = all.clone();
                    let Some((key, _)) = fewer.shift_remove_index(at) else { continue };
                    self.any_of(Change::Element, span, &format!("`{key}` left out"), value, vec![Const::Map(fewer)]);
                }
            }
            Const::EmptyRecord(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern, span: Span) {
        if let Pattern::Glob(glob) = pattern {
            let literal = glob.literal();
            if glob.is_wild() && self.offer(Change::Pattern, span, || "its wildcards left out".into()) {
                *pattern = Pattern::Glob(literal);
            }
            return;
        }
        let Some(text) = pattern.regex_text().map(str::to_owned) else { return };
        let without = |text: Option<&str>| text.and_then(|text| Pattern::regex(text).ok());
        let head = without(text.strip_prefix('^'));
        let tail = without(text.strip_suffix('$').filter(|rest| !rest.ends_with('\\')));
        let (all, none) = (without(Some("")), without(Some("[^\\s\\S]")));
        let forms =
            [(head, "`^` left out"), (tail, "`$` left out"), (all, "matches everything"), (none, "matches nothing")];
        for (other, word) in forms {
            if let Some(other) = other
                && self.offer(Change::Pattern, span, || word.into())
            {
                *pattern = other;
            }
        }
    }
}

/// Whether something within goes by steps, so that altering it by one tests the edge.
fn stepped(expr: &Expr) -> bool {
    let mut found = false;
    expr.clone().each_mut(&mut |part| {
        let steps = matches!(part.ty, TypeKind::Int | TypeKind::Date | TypeKind::Duration | TypeKind::Enum(_));
        found |= steps && matches!(part.kind, ExprKind::Const(_) | ExprKind::Param(_));
    });
    found
}

/// Whether values of a type can be added as well as taken off.
fn ty_adds(ty: &TypeKind) -> bool {
    matches!(ty, TypeKind::Int | TypeKind::Duration | TypeKind::Percent | TypeKind::Decimal)
}

fn truth(holds: bool, span: Span) -> Expr {
    Expr { kind: ExprKind::Const(Const::Bool(holds)), ty: TypeKind::Bool, span }
}

fn negation(negated: bool) -> String {
    (if negated { "`not in` → `in`" } else { "`in` → `not in`" }).into()
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Set => "set",
        State::Missing => "missing",
        State::Given => "given",
    }
}

fn quantifier_word(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::All => "all",
        Quantifier::Any => "any",
        Quantifier::No => "no",
    }
}
