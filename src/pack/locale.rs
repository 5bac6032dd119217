//! Owns locale files: what a pack's texts are in another language, as a translator writes it. It must never know whether the pack still says so.
//!
//! ```yaml
//! rules:
//!   group-sync:
//!     # en: Cross-border groups are not synchronised
//!     title: Os grupos transfronteiriços não são sincronizados
//!     messages:
//!       "{group.ref} is synchronised": "{group.ref} está sincronizado"
//! laws:
//!   pipl: Lei de Protecção de Informações Pessoais
//! ```

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::{self, Document, Kind, Limits, NodeId, Scalar};
use crate::lang::Lang;
use crate::source::{SourceFile, Sources, Span};

mod apply;
mod write;

pub use apply::{Coverage, Lack, apply, coverage};
pub use write::write;

/// The most bytes of a locale file.
const BYTES: u64 = 16 << 20;
/// What a file may hold, in this order.
const FILE: [&str; 3] = ["rules", "laws", "stale"];
/// What the entry of a rule may hold, in this order.
const RULE: [&str; 4] = ["title", "why", "remedy", "messages"];
/// What comes before the English of a text, in a comment above it.
const ENGLISH: &str = "# en:";
/// What comes before the English that a text was translated from, where it has changed.
const WAS: &str = "# was:";

/// The texts of a pack in a language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Locale {
    /// The pack, by its place among those that are read.
    pub pack: usize,
    /// The language.
    pub lang: Lang,
    /// The file, for people.
    pub name: String,
    /// What it says.
    pub texts: Texts,
    /// The comments below its last line.
    tail: Vec<String>,
}

/// What a locale file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Texts {
    /// The rules, in the order of the file.
    pub rules: Vec<RuleTexts>,
    /// The titles of laws, by their names.
    pub laws: Vec<Text>,
    /// What the pack no longer says: kept for translators, read by nobody else.
    pub stale: Option<Box<Texts>>,
    /// The keys of its sections.
    sections: Vec<Note>,
}

/// The texts of a rule.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RuleTexts {
    /// The rule's name.
    pub name: Note,
    /// `title`, `why` and `remedy`, as far as they are there.
    pub head: Vec<Text>,
    /// The messages, by what they are in English.
    pub messages: Vec<Text>,
    /// The key `messages`.
    section: Note,
}

/// A key, and the comments that belong to it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Note {
    /// What it says.
    pub key: String,
    /// Where it stands.
    pub span: Span,
    /// The comments above it.
    above: Vec<String>,
    /// The comment behind it, or behind its value.
    behind: Option<String>,
}

/// A text in the language.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// What it translates: a word of the head, the name of a law, a message in English.
    pub of: Note,
    /// The translation; empty where it is still to come.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The English that it was translated from, where a comment says so.
    english: Option<String>,
    /// The English has changed since then: what it was.
    was: Option<String>,
}

impl Locale {
    /// Reads a locale file into the sources. Its comments are read for translators alone: a report does without.
    ///
    /// # Errors
    /// What is wrong with its form, each at its place.
    pub fn read(
        sources: &mut Sources,
        (pack, lang): (usize, Lang),
        (name, text): (&str, &str),
        comments: bool,
    ) -> Result<Locale, Vec<Diagnostic>> {
        let limits = Limits { bytes: BYTES, depth: 16, ..Limits::default() };
        let document = document::load_text(sources, name, text.to_owned().into(), limits).map_err(|problems| {
            let error = |problem: &document::Problem| {
                Diagnostic::error("locale/yaml", problem.span(), problem.to_string()).help(problem.help())
            };
            problems.iter().map(error).collect::<Vec<_>>()
        })?;
        let file = sources.files().last().filter(|_| comments);
        let mut reader = Reader { document: &document, file, errors: Vec::new() };
        let texts = match document.roots() {
            [root] => root.node.map(|node| reader.file(node, true)).unwrap_or_default(),
            [_, second, ..] => {
                let error = Diagnostic::error("locale/form", second.start, "a locale file is one document");
                reader.errors.push(error.help("take out the `---`"));
                Texts::default()
            }
            [] => Texts::default(),
        };
        let tail = file.map(|file| comments_above(file.text().lines().rev())).unwrap_or_default();
        match reader.errors.is_empty() {
            true => Ok(Locale { pack, lang, name: name.to_owned(), texts, tail }),
            false => Err(reader.errors),
        }
    }

    /// A file that says nothing yet.
    pub fn new(pack: usize, lang: Lang, name: String) -> Locale {
        Locale { pack, lang, name, texts: Texts::default(), tail: Vec::new() }
    }
}

/// The comments in the lines above a place, up to the first line that is neither a comment nor blank; in the order of
/// the text.
fn comments_above<'t>(upwards: impl Iterator<Item = &'t str>) -> Vec<String> {
    let lines = upwards.map(str::trim).take_while(|line| line.is_empty() || line.starts_with('#'));
    let mut found: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    found.reverse();
    found
}

struct Reader<'a> {
    document: &'a Document,
    /// The file, where its comments are read.
    file: Option<&'a SourceFile>,
    errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn file(&mut self, node: NodeId, outermost: bool) -> Texts {
        let mut texts = Texts::default();
        for (note, value) in self.entries(node, "a locale file", Some(&FILE)) {
            match note.key.as_str() {
                "rules" => {
                    for (name, value) in self.entries(value, "`rules`", None) {
                        let rule = self.rule(name, value);
                        texts.rules.push(rule);
                    }
                }
                "laws" => texts.laws = self.texts(value, "`laws`"),
                _ if outermost && !self.is_nothing(value) => {
                    texts.stale = Some(Box::new(self.file(value, false)));
                }
                _ => {}
            }
            texts.sections.push(note);
        }
        texts
    }

    fn rule(&mut self, name: Note, node: NodeId) -> RuleTexts {
        let mut rule = RuleTexts { name, ..RuleTexts::default() };
        for (note, value) in self.entries(node, "the entry of a rule", Some(&RULE)) {
            if note.key == "messages" {
                rule.messages = self.texts(value, "`messages`");
                rule.section = note;
            } else {
                let text = self.text(note, value);
                rule.head.push(text);
            }
        }
        rule
    }

    fn texts(&mut self, node: NodeId, what: &str) -> Vec<Text> {
        self.entries(node, what, None).into_iter().map(|(note, value)| self.text(note, value)).collect()
    }

    fn text(&mut self, of: Note, node: NodeId) -> Text {
        let text = match (self.document.kind(self.document.resolve(node)), self.is_nothing(node)) {
            (Kind::Scalar, false) => self.document.text(node).trim().to_owned(),
            (Kind::Scalar, true) => String::new(),
            _ => {
                let message = format!("the translation of `{}` is a text", of.key);
                let error = Diagnostic::error("locale/form", self.document.span(node), message);
                self.errors.push(error.help("put it in quotes: `{` and `[` open maps and lists in YAML"));
                String::new()
            }
        };
        let (mut english, mut was) = (None, None);
        let mut of = of;
        of.above.retain(|line| {
            let take = |mark: &str, into: &mut Option<String>| {
                let found = line.strip_prefix(mark).map(one_line);
                let is = found.is_some();
                *into = found.or(into.take());
                is
            };
            !(take(ENGLISH, &mut english) || take(WAS, &mut was))
        });
        Text { of, text, span: self.document.span(node), english, was }
    }

    /// The entries of a mapping, each key once; `known` are the keys that it may have, where not any will do.
    fn entries(&mut self, node: NodeId, what: &str, known: Option<&[&str]>) -> Vec<(Note, NodeId)> {
        if self.is_nothing(node) {
            return Vec::new();
        }
        if self.document.kind(self.document.resolve(node)) != Kind::Mapping {
            let error = Diagnostic::error(
                "locale/form",
                self.document.span(node),
                format!("{what} is a map of keys to values"),
            );
            self.errors.push(match known {
                Some(known) => error.help(format!("its keys are {}", known.join(", "))),
                None => error,
            });
            return Vec::new();
        }
        let mut found: Vec<(Note, NodeId)> = Vec::new();
        let mut seen = rustc_hash::FxHashMap::default();
        for (key, value) in self.document.entries(node) {
            let (span, text) = (self.document.span(key), self.document.text(key));
            if let Some(before) = seen.insert(text, span) {
                let error = Diagnostic::error("locale/duplicate", span, format!("`{text}` stands twice in {what}"));
                self.errors.push(error.and_at(before, "it stands here first").help("keep one of them"));
            } else if known.is_some_and(|known| !known.contains(&text)) {
                let known = known.unwrap_or_default();
                let error = Diagnostic::error("locale/unknown-key", span, format!("{what} has no key `{text}`"))
                    .help(format!("its keys are {}", known.join(", ")));
                self.errors.push(error.help_if(did_you_mean(text, known.iter().copied())));
            } else {
                found.push((self.note(text, span, value), value));
            }
        }
        found
    }

    fn note(&self, key: &str, span: Span, value: NodeId) -> Note {
        let mut note = Note { key: key.to_owned(), span, ..Note::default() };
        let Some(file) = self.file else { return note };
        let local = |offset: u32| offset.saturating_sub(file.base()) as usize;
        // The lines above that of the key.
        let before = file.text().get(..local(span.start)).unwrap_or_default();
        note.above = comments_above(before.lines().rev().skip(usize::from(!before.ends_with('\n'))));
        let one_line = self.document.kind(value) == Kind::Scalar && !self.is_nothing(value);
        let end = if one_line { self.document.span(value).end } else { span.end };
        let rest = file.text().get(local(end)..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let rest = rest.trim_start().trim_start_matches(':').trim();
        note.behind = rest.starts_with('#').then(|| rest.to_owned());
        note
    }

    fn is_nothing(&self, node: NodeId) -> bool {
        self.document.kind(self.document.resolve(node)) == Kind::Scalar && self.document.scalar(node) == Scalar::Null
    }
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
