//! Owns fixing in memory: rounds in which fixes change a text, which is checked again after each. It must never know what a
//! fix is for, or write a file.
//!
//! A round takes all fixes that do not touch each other; what several take out of one list, or put into one mapping, is
//! one edit. So a large text needs few rounds, and what one fix makes of another is seen before it is written.

use crate::string::Str;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Checked, Read, Work, read};
use crate::diagnostic::Diagnostic;
use crate::document::{Change, Document, NodeId, Value};
use crate::edit::{Edit, apply};
use crate::eval::Remedied;
use crate::finding::Finding;
use crate::source::{SourceFile, Sources, Span, Text};

/// The most rounds that one text takes.
const MOST_ROUNDS: usize = 100;
/// The most times that it begins anew, without fixes that undo each other.
const MOST_STARTS: usize = 10;

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

/// A place that fixes change: the number of the document, and the path.
type At = (usize, String);

/// The rounds of one text.
#[derive(Default)]
pub(super) struct Rounds {
    /// What was given a value that leaves nothing open.
    set: FxHashSet<At>,
    /// Findings that had a value set: none has it set twice, so that no two take turns.
    tried: FxHashSet<String>,
    /// Who changed what, in the order of the rounds.
    askers: FxHashMap<At, Vec<Asker>>,
    /// Where fixes undo each other: none of them is applied.
    conflicts: BTreeMap<At, Conflict>,
    /// In these rounds, more of such places came to light.
    surprised: bool,
    /// The first round is over: its text is the one that people know.
    later: bool,
    /// Of the round at hand: its edits, and the fixes, with the offsets of their findings.
    edits: Vec<Edit>,
    applied: Vec<(u32, Applied)>,
}

/// Who changes a place, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Asker {
    rule: Str,
    policy: Option<Span>,
    title: String,
    /// The value that it leaves there; none where it takes the place away.
    value: Option<Value>,
}

/// A place that checks want to have different.
#[derive(Default)]
struct Conflict {
    /// Where it is in the text as it was; none where only other fixes bring it about.
    span: Option<Span>,
    askers: Vec<Asker>,
}

impl Asker {
    fn of(finding: &Finding, change: &Change) -> Asker {
        let value = match change {
            Change::Set(_, value) | Change::Insert(_, _, value) => Some(value.clone()),
            Change::Remove(..) => None,
        };
        let title = finding.fix.as_ref().map_or(String::new(), |fix| fix.title.clone());
        Asker { rule: finding.rule.clone(), policy: finding.policy, title, value }
    }

    /// Whether what a change is about to alter is what this one left there: elements that were taken out may have moved
    /// another place to the same path.
    fn left(&self, document: &Document, change: &Change) -> bool {
        match (change, &self.value) {
            (Change::Set(node, _) | Change::Remove(_, node), Some(value)) => {
                let written = document.written(*node);
                written == value.write(false) || written == value.write(true)
            }
            (Change::Insert(..), None) => true,
            _ => false,
        }
    }
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
            let at = (index, remedied.path.clone());
            if let Some(conflict) = self.conflicts.get_mut(&at) {
                if !self.later {
                    conflict.span.get_or_insert(finding.span);
                }
                continue;
            }
            if self.set.contains(&at) || sets && self.tried.contains(&finding.fingerprint) {
                self.undone(document, at, Asker::of(finding, &remedied.change), &remedied.change);
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
                let asker = Asker::of(finding, &remedied.change);
                let (path, rule, title) = (finding.path.clone(), asker.rule.clone(), asker.title.clone());
                self.askers.entry((index, remedied.path.clone())).or_default().push(asker);
                self.applied.push((finding.span.start, Applied { line: 0, path, title, rule }));
            }
        }
    }

    /// Notes that a fix would change again what another check had changed before it.
    fn undone(&mut self, document: &Document, at: At, asker: Asker, change: &Change) {
        let before = self.askers.get(&at).map_or(&[][..], Vec::as_slice);
        let others = before.iter().any(|it| it.policy != asker.policy);
        if !others || !before.last().is_some_and(|last| last.left(document, change)) {
            return;
        }
        let mut askers = before.to_vec();
        askers.push(asker);
        askers.sort_by(|a, b| (&a.rule, a.policy).cmp(&(&b.rule, b.policy)));
        askers.dedup_by(|a, b| a.policy == b.policy);
        self.conflicts.insert(at, Conflict { span: None, askers });
        self.surprised = true;
    }

    /// Rounds to begin with again, now that some conflicts are known.
    fn again(self) -> Rounds {
        Rounds { conflicts: self.conflicts, ..Rounds::default() }
    }
}

impl Work<'_> {
    /// Applies the fixes that the first check of a text found, and those that are found after them, until none is left.
    /// Where fixes undo each other, it begins anew without them.
    pub(super) fn fix(&self, name: &str, joined: bool, broken: usize, checked: &mut Checked, mut rounds: Rounds) {
        for _ in 0..MOST_STARTS {
            let Some(fixed) = self.rounds((name, joined, broken), &checked.sources, &mut rounds) else {
                checked.errors.push(spoilt(name));
                return;
            };
            checked.fixed = fixed;
            if !rounds.surprised {
                break;
            }
            rounds = rounds.again();
            let texts = checked.sources.files().iter();
            let texts = texts.map(|file| (file.name().to_owned(), file.text().as_bytes().to_vec())).collect();
            if let Some(document) = read(start(&checked.sources), texts, joined, self.limits).document {
                self.document(name, &document, &mut Checked::default(), Some(&mut rounds));
            }
        }
        checked.warnings.extend(rounds.conflicts.into_iter().map(|((_, path), conflict)| conflict.tell(&path)));
    }

    /// The rounds from a text whose fixes of the first round are taken; none where they make it unreadable.
    fn rounds(
        &self,
        (name, joined, broken): (&str, bool, usize),
        first: &Sources,
        rounds: &mut Rounds,
    ) -> Option<Vec<Fixed>> {
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
            let Read { sources, document, errors: left } = read(start(first), texts, joined, self.limits);
            let document = document.filter(|_| left.len() <= broken)?;
            rounds.later = true;
            self.document(name, &document, &mut Checked::default(), Some(rounds));
            latest = Some(sources);
        }
        Some(fixed.into_iter().map(|(fixed, _)| fixed).collect())
    }
}

impl Conflict {
    /// That fixes undo each other, for those who wrote the rules.
    fn tell(self, path: &str) -> Diagnostic {
        let mut rules: Vec<String> = self.askers.iter().map(|asker| format!("`{}`", asker.rule)).collect();
        rules.dedup();
        let whose = match rules.as_slice() {
            [one] => format!("fixes of {one} undo each other"),
            _ => format!("the fixes of {} undo each other", rules.join(" and ")),
        };
        let mut warning = Diagnostic::bare("policy/fixes", format!("{path}: {whose}, and none is applied"))
            .help("decide which of them is meant, and change the other, or set the value by hand")
            .warning();
        warning.span = self.span;
        self.askers.into_iter().fold(warning, |warning, Asker { rule, policy, title, .. }| match policy {
            Some(span) => warning.and_at(span, format!("{rule}: {title}")),
            None => warning,
        })
    }
}

/// Where the first of some texts begins.
fn start(sources: &Sources) -> u32 {
    sources.files().first().map_or(0, |file| file.base())
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
