//! Owns fixes: the edits that set or remove a place without touching the comments around it. It must never know why a place is wrong.

use super::machine::Machine;
use super::run::{Remedy, Run};
use super::val::{At, Ghost, NOWHERE, Val};
use crate::document::{Kind, NodeId};
use crate::edit::{Edit, Fix};
use crate::lang::Lang;
use crate::policy::{BinaryOp, Expr, ExprKind};
use crate::schema::{Field, Schema, TypeKind};
use crate::source::Span;
use crate::tenant::{ROOT_CELL, Step};
use crate::value;

impl<'a> Run<'_, 'a> {
    /// The fix of a line of `settings`: the value that would just do.
    pub(super) fn setting_fix(&mut self, condition: &'a Expr, at: At) -> Option<Remedy<'a>> {
        let ExprKind::Compare(op, sides) = &condition.kind else { return None };
        let [left, right] = &**sides;
        let right = self.machine.eval::<false>(right).val;
        let value = match op {
            BinaryOp::Eq | BinaryOp::Le | BinaryOp::Ge => right,
            BinaryOp::In => match self.machine.elements(&right).as_slice() {
                [only] => only.val.clone(),
                _ => return None,
            },
            _ => return None,
        };
        (!self.machine.is_fact(at)).then_some(Remedy::Set(at, value, &left.ty))
    }
}

impl<'a> Machine<'a> {
    /// Whether what stands at a place is attested or measured, and so is not set right by writing something else.
    pub(super) fn is_fact(&self, at: At) -> bool {
        self.field_at(at).is_some_and(Field::is_fact)
    }

    /// The field that a place belongs to: its own, or that of the list or map that it is an element of.
    fn field_at(&self, at: At) -> Option<&'a Field> {
        let mut steps = Vec::new();
        let mut base = at;
        while let Some(ghost) = self.ghost_of(base) {
            base = match ghost {
                Ghost::Missing(parent, step) => {
                    steps.push(step.clone());
                    *parent
                }
                Ghost::Via(_, actual) => *actual,
                Ghost::Within(list) => *list,
                Ghost::Lacking(..) => return None,
            };
        }
        let mut field: Option<&'a Field> = None;
        let mut ty = &TypeKind::Record(Schema::ROOT);
        for step in self.tenant.place(base).steps.into_iter().chain(steps.into_iter().rev()) {
            ty = match (step, ty) {
                (Step::Field(name), TypeKind::Record(id)) => {
                    let record = self.schema.record(*id)?;
                    field = record.field(record.slot(&name)?);
                    &field?.ty.kind
                }
                (_, TypeKind::List(of) | TypeKind::Map(of)) => &of.kind,
                _ => return None,
            };
        }
        field
    }

    /// The edits of a remedy; none where the place cannot be edited surely.
    pub(super) fn fix(&mut self, remedy: &Remedy<'a>) -> Option<Fix> {
        match remedy {
            Remedy::Set(at, value, ty) => {
                let percent = matches!(ty, TypeKind::Percent)
                    || matches!(ty, TypeKind::Worded(of, _) if **of == TypeKind::Percent);
                let text = if percent && value.num().is_some() {
                    self.show_in(Lang::En, value, ty, false).replace(',', "")
                } else {
                    self.yaml(value)?
                };
                let title = self.show(value, ty, true);
                let title = self.plan.lang.set_it_to(&title);
                // Behind a reference, it is what the reference leads to that is set.
                let at = match self.ghost_of(*at) {
                    Some(Ghost::Via(_, actual)) => actual,
                    _ => at,
                };
                let edits = match self.ghost_of(*at).cloned() {
                    None if *at != NOWHERE => vec![self.replace(*at, text)?],
                    Some(Ghost::Missing(parent, Step::Field(name))) if self.ghost_of(parent).is_none() => {
                        vec![self.insert(parent, &name, &text)?]
                    }
                    _ => return None,
                };
                Some(Fix { title, edits })
            }
            Remedy::Remove(at) => {
                if *at == NOWHERE || self.ghost_of(*at).is_some() {
                    return None;
                }
                Some(Fix { title: self.plan.lang.remove_it(), edits: self.remove(*at)? })
            }
        }
    }

    /// A value as YAML writes it on one line.
    fn yaml(&self, value: &Val<'a>) -> Option<String> {
        Some(match value {
            Val::Bool(value) => value.to_string(),
            Val::Int(n) => n.to_string(),
            Val::Exact(n) => value::decimal(n, 6).replace(',', ""),
            Val::Date(days) => value::format_date(*days),
            Val::Duration(duration) if duration.months == 0 && duration.whole_days() => {
                format!("{} days", duration.seconds / value::DAY)
            }
            Val::Duration(duration) if duration.seconds == 0 => format!("{} months", duration.months),
            other => {
                let text = self.text(other)?;
                quoted(text)
            }
        })
    }

    fn replace(&self, at: At, text: String) -> Option<Edit> {
        let node = self.tenant.node(at)?;
        // What several places share, and what spans lines, is not changed for one of them.
        if self.tenant.document.kind(node) != Kind::Scalar {
            return None;
        }
        let place = self.tenant.place(at);
        if !place.aliases.is_empty() || self.tenant.document.style(node) == crate::document::Style::Block {
            return None;
        }
        Some(Edit { span: place.span, text })
    }

    /// A new field of a record that is there.
    fn insert(&self, parent: At, name: &str, text: &str) -> Option<Edit> {
        let document = self.tenant.document;
        let node = if parent == ROOT_CELL { self.tenant.node(ROOT_CELL)? } else { self.tenant.node(parent)? };
        if document.kind(node) != Kind::Mapping || !self.tenant.place(parent).aliases.is_empty() {
            return None;
        }
        let name = quoted(name);
        let span = document.span(node);
        if document.is_flow(node) {
            let at = span.start + 1;
            let comma = if document.entries(node).next().is_some() { ", " } else { "" };
            return Some(Edit { span: Span::new(at, at), text: format!("{name}: {text}{comma}") });
        }
        // Before the first key, on a line of its own with the same indent.
        let (first, _) = document.entries(node).next()?;
        let place = document.span(first);
        let column = document.column_of(place.start)?;
        Some(Edit {
            span: place.at_start(),
            text: format!("{name}: {text}{}{}", document.line_break(), " ".repeat(column)),
        })
    }

    fn remove(&self, at: At) -> Option<Vec<Edit>> {
        let document = self.tenant.document;
        let node = self.tenant.node(at)?;
        if document.kind(node) == Kind::Alias || !self.tenant.place(at).aliases.is_empty() {
            return None;
        }
        let parent = self.tenant.parent(at)?;
        let list = document.resolve(self.tenant.node(parent)?);
        let start = document.key_of(node).map_or(document.span(node), |key| document.span(key)).start;
        let span = Span::new(start, document.span(node).end);
        if document.is_flow(list) {
            let items: Vec<NodeId> = match document.kind(list) {
                Kind::Sequence => document.items(list).collect(),
                _ => document.entries(list).map(|(_, value)| value).collect(),
            };
            let own = items.iter().position(|item| *item == node)?;
            let begin =
                |item: NodeId| document.key_of(item).map_or(document.span(item), |key| document.span(key)).start;
            if let Some(next) = items.get(own + 1) {
                return Some(vec![Edit { span: Span::new(span.start, begin(*next)), text: String::new() }]);
            }
            if let Some(before) = own.checked_sub(1).and_then(|before| items.get(before)) {
                let span = Span::new(document.span(*before).end, span.end);
                return Some(vec![Edit { span, text: String::new() }]);
            }
            return Some(vec![Edit { span, text: String::new() }]);
        }
        // The last of a block would leave its key without a value: its list becomes an empty one.
        let alone = match document.kind(list) {
            Kind::Sequence => document.items(list).len() == 1,
            _ => document.entries(list).len() == 1,
        };
        let lines = document.lines_of(span)?;
        if alone {
            // An empty list on the element's own line, where that line is deeper than the list's key.
            let key = self.tenant.node(parent).and_then(|list| document.key_of(list))?;
            if document.column_of(lines.content.start)? <= document.column_of(document.span(key).start)? {
                return None;
            }
            let empty = if document.kind(list) == Kind::Sequence { "[]" } else { "{}" };
            let above = (lines.above < lines.whole.start)
                .then(|| Edit { span: Span::new(lines.above, lines.whole.start), text: String::new() });
            let own = Edit { span: Span::new(lines.content.start, lines.end), text: empty.to_owned() };
            return Some(above.into_iter().chain([own]).collect());
        }
        // What is said of it goes with it: behind it, and right above.
        Some(vec![Edit { span: Span::new(lines.above, lines.whole.end), text: String::new() }])
    }
}

/// A text as YAML writes it on one line: in quotes where it must be, with escapes for what has no place on a line.
fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", c as u32))
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text that YAML reads as the same string without quotes.
fn is_plain(text: &str) -> bool {
    let simple = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !text.ends_with('.');
    let word = text.to_ascii_lowercase();
    simple && !matches!(word.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n")
}
