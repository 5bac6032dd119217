//! Owns the way from a place of an evaluation to a path and a span of the text. It must never know why a place matters.

use super::machine::Machine;
use super::val::{At, Ghost, NOWHERE};
use crate::lang::Beside;
use crate::source::Span;
use crate::tenant::{CellId, Place, ROOT_CELL, Step};

/// Where a finding stands.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its path.
    pub path: String,
    /// Where it is written; of what is missing, the nearest thing that is there.
    pub span: Span,
    /// The path with the text of elements instead of their numbers: for fingerprints.
    pub stable: String,
    /// The aliases through which it is reached, and what stands behind references.
    pub related: Vec<(String, Span, Beside)>,
    /// It is reached through an alias.
    pub aliased: bool,
    /// The cell, where there is one.
    pub cell: Option<CellId>,
    /// The topmost part that is missing, elements left open.
    pub missing: Option<String>,
}

impl Machine<'_> {
    /// The path and the span of a place.
    pub(super) fn place_of(&self, at: At) -> (String, Span) {
        let found = self.find(at);
        (found.path, found.span)
    }

    /// All that is to be said of a place.
    pub(super) fn find(&self, at: At) -> Found {
        match self.ghost_of(at) {
            None => self.found(&self.tenant.place(at), at),
            Some(Ghost::Within(list)) => self.find(*list),
            Some(Ghost::Lacking(key, name)) => Found {
                missing: Some(name.clone()),
                cell: None,
                ..self.find(if *key == NOWHERE { ROOT_CELL } else { *key })
            },
            Some(Ghost::Via(reference, actual)) => {
                let mut found = self.find(*reference);
                let behind = self.find(*actual);
                found.missing = behind.missing;
                found.cell = None;
                found.related.push((behind.path, behind.span, Beside::LeadsTo));
                found
            }
            Some(Ghost::Missing(..)) => {
                // From what is there down to what is not.
                let mut steps = Vec::new();
                let mut base = at;
                while let Some(Ghost::Missing(parent, step)) = self.ghost_of(base) {
                    steps.push(step.clone());
                    base = *parent;
                }
                steps.reverse();
                let mut found = match self.ghost_of(base) {
                    None => {
                        let place = self.tenant.place(base);
                        let lack = place.lack;
                        Found { span: lack, ..self.found(&place, base) }
                    }
                    Some(_) => self.find(base),
                };
                let mut missing = found.missing.take();
                if missing.is_none() {
                    let mut open = self.open_path(base);
                    if let Some(step) = steps.first() {
                        step.push(&mut open);
                    }
                    missing = Some(open);
                }
                for step in &steps {
                    step.push(&mut found.path);
                    step.push(&mut found.stable);
                }
                found.missing = missing;
                found.cell = None;
                found
            }
        }
    }

    fn found(&self, place: &Place, cell: CellId) -> Found {
        let related = place.aliases.iter().map(|(path, span)| (path.clone(), *span, Beside::Alias)).collect();
        let mut stable = String::new();
        let mut at = ROOT_CELL;
        for step in &place.steps {
            let child = self.tenant.child(at, cell);
            match (step, child) {
                (Step::Index(_), Some(child)) => {
                    let text = self.tenant.fingerprint_text(child);
                    Step::Key(text).push(&mut stable);
                }
                (step, _) => step.push(&mut stable),
            }
            at = child.unwrap_or(at);
        }
        Found {
            path: place.path.clone(),
            span: place.span,
            stable,
            related,
            aliased: !place.aliases.is_empty(),
            cell: Some(cell),
            missing: None,
        }
    }

    /// A path with its elements left open: `groups[…].settings`.
    fn open_path(&self, at: At) -> String {
        let mut path = String::new();
        if self.ghost_of(at).is_none() {
            for step in self.tenant.place(at).steps {
                match step {
                    Step::Field(_) => step.push(&mut path),
                    Step::Index(_) | Step::Key(_) => path.push_str("[…]"),
                }
            }
        }
        path
    }
}
