//! Owns fixing in memory: rounds in which fixes change a text, which is checked again after each. It must never know what a
//! fix is for, or write a file.
//!
//! A round takes all fixes that do not touch each other; what several take out of one list, or put into one mapping, is
//! one edit. So a large text needs few rounds, and what one fix makes of another is seen before it is written.

use crate::string::Str;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use super::{Checked, Read, Work, read};
use crate::diagnostic::Diagnostic;
use crate::document::{Change, Document, NodeId};
use crate::edit::{Edit, apply};
use crate::eval::Remedied;
use crate::finding::Finding;
use crate::source::{SourceFile, Sources, Span, Text};

/// The most rounds that one text takes.
const MOST_ROUNDS: usize = 100;

/// What fixes come to at one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// The file as people know it.
    pub name: String,
    /// Its text.
    pub before: Text,
    /// Its text with all fixes, where there are any.
    pub after: Option<String>,
    /// The fixes, in the order in which they were applied.
    pub fixes: Vec<Applied>,
}

/// A fix that was applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its line in the text as it was before all fixes, from 1.
    pub line: u32,
    /// The path of its finding.
    pub path: String,
    /// What it did.
    pub title: String,
    /// The rule that asked for it.
    pub rule: Str,
}

/// The rounds of one text.
#[derive(Default)]
pub(super) struct Rounds {
    /// What was given a value that leaves nothing open: by document and path.
    set: FxHashSet<(usize, String)>,
    /// Findings that had a value set: none has it set twice, so that no two take turns.
    tried: FxHashSet<String>,
    /// Of the round at hand: its edits, and the fixes, with the offsets of their findings.
    edits: Vec<Edit>,
    applied: Vec<(u32, Applied)>,
}

/// What is changed together: a value, the fields put into a mapping, the parts taken out of a collection.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Value(NodeId),
    Fields(NodeId),
    Parts(NodeId),
}

impl Rounds {
    /// Takes the fixes of a document that can be applied together; of several for one place the first.
    pub(super) fn take(
        &mut self,
        document: &Document,
        index: usize,
        findings: &[Finding],
        remedied: &[Option<Remedied>],
    ) {
        let mut groups: IndexMap<Place, Vec<(&Finding, &Remedied)>> = IndexMap::new();
        let mut fields: FxHashSet<(NodeId, &str)> = FxHashSet::default();
        let mut parts: FxHashSet<NodeId> = FxHashSet::default();
        for (finding, remedied) in findings.iter().zip(remedied) {
            let Some(remedied) = remedied else { continue };
            let sets = !matches!(remedied.change, Change::Remove(..));
            if self.set.contains(&(index, remedied.path.clone())) || sets && self.tried.contains(&finding.fingerprint) {
                continue;
            }
            let (place, first) = match &remedied.change {
                Change::Set(node, _) => (Place::Value(*node), !groups.contains_key(&Place::Value(*node))),
                Change::Insert(into, name, _) => (Place::Fields(*into), fields.insert((*into, name))),
                Change::Remove(from, part) => (Place::Parts(*from), parts.insert(*part)),
            };
            if first {
                groups.entry(place).or_default().push((finding, remedied));
            }
        }
        let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
        for mut group in groups.into_values() {
            let changes: Vec<&Change> = group.iter().map(|(_, remedied)| &remedied.change).collect();
            let edits = document.edits(&changes).or_else(|| {
                group.truncate(1);
                document.edits(changes.get(..1)?)
            });
            let Some(edits) = edits else { continue };
            // What touches waits for the next round.
            let touches = |edit: &Edit| {
                let before = taken.range(..=edit.span.end).next_back();
                before.is_some_and(|(_, end)| *end >= edit.span.start)
            };
            if edits.iter().any(touches) {
                continue;
            }
            taken.extend(edits.iter().map(|edit| (edit.span.start, edit.span.end)));
            self.edits.extend(edits);
            for (finding, remedied) in group {
                if !matches!(remedied.change, Change::Remove(..)) {
                    self.tried.insert(finding.fingerprint.clone());
                    if !remedied.bound {
                        self.set.insert((index, remedied.path.clone()));
                    }
                }
                let title = finding.fix.as_ref().map_or(String::new(), |fix| fix.title.clone());
                let (path, rule) = (finding.path.clone(), finding.rule.clone());
                self.applied.push((finding.span.start, Applied { line: 0, path, title, rule }));
            }
        }
    }
}

impl Work<'_> {
    /// Applies the fixes that the first check of a text found, and those that are found after them, until none is left.
    pub(super) fn fix(&self, name: &str, joined: bool, broken: usize, checked: &mut Checked, mut rounds: Rounds) {
        let first = &checked.sources;
        let start = first.files().first().map_or(0, |file| file.base());
        let mut fixed: Vec<(Fixed, Vec<Vec<Edit>>)> =
            first.files().iter().map(|file| (untouched(file), vec![])).collect();
        let mut latest: Option<Sources> = None;
        for _ in 0..MOST_ROUNDS {
            if rounds.applied.is_empty() {
                break;
            }
            let (edits, applied) = (std::mem::take(&mut rounds.edits), std::mem::take(&mut rounds.applied));
            let mut texts = Vec::with_capacity(fixed.len());
            for ((file, before), (fixed, history)) in
                latest.as_ref().unwrap_or(first).files().iter().zip(first.files()).zip(&mut fixed)
            {
                let local =
                    |offset: u32| offset.checked_sub(file.base()).filter(|at| *at as usize <= file.text().len());
                for (offset, fix) in &applied {
                    let Some(at) = local(*offset) else { continue };
                    let at = history.iter().rev().fold(at, |at, edits| origin(edits, at));
                    fixed.fixes.push(Applied { line: before.position_line(at), ..fix.clone() });
                }
                let own = edits.iter().filter_map(|edit| {
                    let span = Span::new(local(edit.span.start)?, local(edit.span.end)?);
                    Some(Edit { span, text: edit.text.clone() })
                });
                let mut own: Vec<Edit> = own.collect();
                own.sort_by_key(|edit| edit.span.start);
                let text = apply(file.text(), 0, &own).0;
                texts.push((file.name().to_owned(), text.clone().into_bytes()));
                if !own.is_empty() {
                    fixed.after = Some(text);
                }
                history.push(own);
            }
            let Read { sources, document, errors: left } = read(start, texts, joined, self.limits);
            let Some(document) = document.filter(|_| left.len() <= broken) else {
                checked.errors.push(spoilt(name));
                return;
            };
            self.document(name, &document, &mut Checked::default(), Some(&mut rounds));
            latest = Some(sources);
        }
        checked.fixed = fixed.into_iter().map(|(fixed, _)| fixed).collect();
    }
}

fn untouched(file: &SourceFile) -> Fixed {
    Fixed { name: file.name().to_owned(), before: file.shared_text(), after: None, fixes: Vec::new() }
}

/// Where what stands at an offset after some edits stood before them: the edits in their order, offsets of one file.
fn origin(edits: &[Edit], at: u32) -> u32 {
    let mut grown = 0i64;
    for edit in edits {
        let start = i64::from(edit.span.start) + grown;
        if start > i64::from(at) {
            break;
        }
        let length = edit.text.len() as i64;
        if i64::from(at) < start + length {
            return edit.span.start;
        }
        grown += length - i64::from(edit.span.end - edit.span.start);
    }
    u32::try_from(i64::from(at) - grown).unwrap_or(0)
}

fn spoilt(name: &str) -> Diagnostic {
    Diagnostic::bare("internal/bug", format!("with its fixes `{name}` could not be read any more: it is left as it is"))
        .help("this is a bug of cerco: please report it, with the rules and, if you can, the input")
}
