//! Owns the check of locale files against their packs, and the putting of translations in the place of English texts. It must never know how a locale file is written.

use super::{Locale, Note, RuleTexts, Text, one_line};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lang::Lang;
use crate::policy::template::{Piece, pieces};
use crate::policy::{Message, Policy, Rule};
use crate::source::Span;

/// What helps where a locale speaks of what its pack lacks.
const BRING: &str = "`cerco locale` brings the file up to date, and keeps what the pack no longer has as `stale`";

/// How much of a pack is translated into a language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// The pack.
    pub pack: String,
    /// The language.
    pub lang: Lang,
    /// How many texts the pack has.
    pub texts: usize,
    /// What lacks a translation, or has one of an older English text.
    pub lacks: Vec<Lack>,
    /// How many texts are kept that the pack no longer has.
    pub stale: usize,
}

/// A text that lacks a translation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lack {
    /// Whose text it is: a rule by its id, a law by its name.
    pub of: String,
    /// `title`, `why`, `remedy`, or the message in English.
    pub what: String,
    /// Where it belongs: its place in the locale file, or that of the rule or law in the pack.
    pub span: Span,
    /// There is a translation, of an English text that has changed since.
    pub outdated: bool,
}

/// The texts of a rule in English.
pub(super) struct English {
    /// The rule's name, without its pack.
    pub name: String,
    pub span: Span,
    /// `title`, `why` and `remedy`, as far as the rule has them.
    pub head: Vec<(&'static str, String)>,
    /// Its messages as templates, each once.
    pub messages: Vec<String>,
}

/// The rules of a pack, in the order of its text.
pub(super) fn english(policy: &mut Policy, pack: usize) -> Vec<English> {
    let mut rules = std::mem::take(&mut policy.rules);
    let mut found: Vec<English> =
        rules.iter_mut().filter(|rule| rule.pack == pack).map(|rule| english_of(policy, rule)).collect();
    policy.rules = rules;
    found.sort_by_key(|rule| rule.span.start);
    found
}

fn english_of(policy: &Policy, rule: &mut Rule) -> English {
    let mut head = vec![("title", rule.title.to_string())];
    head.extend(rule.rationale.as_ref().map(|text| ("why", text.to_string())));
    head.extend(rule.remedy.as_ref().map(|text| ("remedy", text.to_string())));
    let mut messages: Vec<String> = Vec::new();
    for message in rule.messages() {
        let template = policy.template(message);
        if !messages.contains(&template) {
            messages.push(template);
        }
    }
    let name = rule.id.rsplit('/').next().unwrap_or_default().to_owned();
    English { name, span: rule.span, head, messages }
}

/// Checks a locale against its pack, and, where the language is the one that is `wanted`, puts its texts in the place
/// of the English ones. What is wrong with it comes beside.
pub fn apply(policy: &mut Policy, locale: &Locale, wanted: bool) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut rules = std::mem::take(&mut policy.rules);
    let pack = policy.packs.get(locale.pack).cloned().unwrap_or_default();
    for texts in &locale.texts.rules {
        let id = format!("{pack}/{}", texts.name.key);
        match rules.binary_search_by(|rule| rule.id.as_str().cmp(&id)) {
            Ok(at) => {
                if let Some(rule) = rules.get_mut(at) {
                    translate(policy, rule, texts, wanted, &mut errors);
                }
            }
            Err(_) => {
                let of_pack = rules.iter().filter(|rule| rule.pack == locale.pack);
                let names = of_pack.filter_map(|rule| rule.id.rsplit('/').next());
                errors.push(unknown(
                    "locale/unknown-rule",
                    &texts.name,
                    &format!("the pack `{pack}` has no rule"),
                    names,
                ));
            }
        }
    }
    policy.rules = rules;
    for text in &locale.texts.laws {
        let of_pack = |law: &&mut crate::policy::Law| law.pack == locale.pack;
        match policy.laws.iter_mut().filter(of_pack).find(|law| law.name == text.of.key) {
            Some(law) if wanted && !text.text.is_empty() => law.title = text.text.as_str().into(),
            Some(_) => {}
            None => {
                let names = policy.laws.iter().filter(|law| law.pack == locale.pack).map(|law| law.name.as_str());
                errors.push(unknown("locale/unknown-law", &text.of, &format!("the pack `{pack}` has no law"), names));
            }
        }
    }
    errors
}

fn unknown<'n>(code: &'static str, of: &Note, what: &str, names: impl Iterator<Item = &'n str>) -> Diagnostic {
    Diagnostic::error(code, of.span, format!("{what} `{}`", of.key)).help(BRING).help_if(did_you_mean(&of.key, names))
}

fn translate(policy: &Policy, rule: &mut Rule, texts: &RuleTexts, wanted: bool, errors: &mut Vec<Diagnostic>) {
    for text in &texts.head {
        let place = match text.of.key.as_str() {
            "title" => Some(&mut rule.title),
            "why" => rule.rationale.as_mut(),
            _ => rule.remedy.as_mut(),
        };
        match place {
            Some(place) if wanted && !text.text.is_empty() => *place = text.text.as_str().into(),
            Some(_) => {}
            None => {
                let word = if text.of.key == "why" { "rationale" } else { "remedy" };
                let message = format!("the rule `{}` has no {word}", rule.id);
                errors.push(
                    Diagnostic::error("locale/unknown-key", text.of.span, message)
                        .and_at(rule.span, "it is declared here")
                        .help("a locale file translates what a pack says, and adds nothing"),
                );
            }
        }
    }
    let (id, span) = (rule.id.clone(), rule.span);
    let mut messages: Vec<(String, Option<Vec<Piece>>, &mut Message)> = Vec::new();
    for message in rule.messages() {
        let template = policy.template(message);
        messages.push((template.clone(), pieces(&template), message));
    }
    for text in &texts.messages {
        let key = pieces(&text.of.key);
        let is = |english: &Option<Vec<Piece>>| key.is_some() && *english == key;
        if !messages.iter().any(|(_, english, _)| is(english)) {
            let message = format!("the rule `{id}` has no message `{}`", text.of.key);
            let near = did_you_mean(&text.of.key, messages.iter().map(|(template, ..)| template.as_str()));
            errors.push(
                Diagnostic::error("locale/unknown-message", text.of.span, message)
                    .and_at(span, "it is declared here")
                    .help(BRING)
                    .help_if(near),
            );
            continue;
        }
        if text.text.is_empty() {
            continue;
        }
        match fitting(key.as_deref().unwrap_or_default(), text) {
            Err(error) => errors.push(error),
            Ok(translation) if wanted => {
                for (.., message) in messages.iter_mut().filter(|(_, english, _)| is(english)) {
                    **message = policy.translated(message, &translation);
                }
            }
            Ok(_) => {}
        }
    }
}

/// A translation in pieces, if it has the slots of the English text, in whatever order.
fn fitting(english: &[Piece], text: &Text) -> Result<Vec<Piece>, Diagnostic> {
    let error = |message: String| Diagnostic::error("locale/placeholder", text.span, message);
    let Some(translation) = pieces(&text.text) else {
        return Err(error("a brace is not closed".into()).help("a brace that is meant as such is written twice: `{{`"));
    };
    let slots = |pieces: &[Piece]| -> Vec<String> {
        let slot = |piece: &Piece| if let Piece::Slot(slot) = piece { Some(slot.clone()) } else { None };
        pieces.iter().filter_map(slot).collect()
    };
    let (asked, found) = (slots(english), slots(&translation));
    let listed = || asked.iter().map(|slot| format!("{{{slot}}}")).collect::<Vec<_>>().join(", ");
    let help = if asked.is_empty() { "it has none".to_owned() } else { format!("its placeholders are: {}", listed()) };
    if let Some(surplus) = found.iter().find(|slot| !asked.contains(slot)) {
        return Err(error(format!("the English message has no placeholder `{{{surplus}}}`"))
            .and_at(text.of.span, "the English message")
            .help(help)
            .help_if(did_you_mean(surplus, asked.iter().map(String::as_str))));
    }
    if let Some(missing) = asked.iter().find(|slot| !found.contains(slot)) {
        return Err(error(format!("the placeholder `{{{missing}}}` is missing"))
            .and_at(text.of.span, "the English message")
            .help(
                "a translation holds every placeholder of the English message, in the order that suits the language",
            ));
    }
    Ok(translation)
}

/// How much of a pack a locale translates; what is wrong with the locale was said before.
pub fn coverage(policy: &mut Policy, locale: &Locale) -> Coverage {
    let pack = policy.packs.get(locale.pack).cloned().unwrap_or_default();
    let mut all = Vec::new();
    for rule in english(policy, locale.pack) {
        let texts = locale.texts.rules.iter().find(|texts| texts.name.key == rule.name);
        let of = format!("{pack}/{}", rule.name);
        for (word, english) in &rule.head {
            let text = texts.and_then(|texts| texts.head.iter().find(|text| text.of.key == *word));
            all.push(lack(text, &of, word, Some(english), rule.span));
        }
        for message in &rule.messages {
            let key = pieces(message);
            let text = texts.and_then(|texts| texts.messages.iter().find(|text| pieces(&text.of.key) == key));
            all.push(lack(text, &of, message, None, rule.span));
        }
    }
    for law in policy.laws.iter().filter(|law| law.pack == locale.pack) {
        let text = locale.texts.laws.iter().find(|text| text.of.key == law.name);
        all.push(lack(text, &law.name, "title", Some(&law.title), law.span));
    }
    Coverage {
        pack: pack.into(),
        lang: locale.lang,
        texts: all.len(),
        lacks: all.into_iter().flatten().collect(),
        stale: locale.texts.stale.as_ref().map_or(0, |stale| stale.count()),
    }
}

impl Coverage {
    /// How much there is, in a line: `90 % (27 of 30 texts), 1 out of date, 2 stale`.
    pub fn summary(&self) -> String {
        let there = self.texts - self.lacks.len();
        let percent = (there * 100).checked_div(self.texts).unwrap_or(100);
        let outdated = self.lacks.iter().filter(|lack| lack.outdated).count();
        let mut out = format!("{percent} % ({there} of {} texts)", self.texts);
        for (count, word) in [(outdated, "out of date"), (self.stale, "stale")] {
            if count > 0 {
                out.push_str(&format!(", {count} {word}"));
            }
        }
        out
    }
}

/// What is lacking of a text: the translation, or one of the English text as it is now.
fn lack(text: Option<&Text>, of: &str, what: &str, english: Option<&str>, place: Span) -> Option<Lack> {
    let outdated = match text {
        Some(text) if !text.text.is_empty() => {
            if text.is_current(english) {
                return None;
            }
            true
        }
        _ => false,
    };
    let span = text.map_or(place, |text| text.of.span);
    Some(Lack { of: of.to_owned(), what: one_line(what), span, outdated })
}

impl Text {
    /// Whether it translates the English text as it is now, as far as the comments above it tell.
    pub(super) fn is_current(&self, english: Option<&str>) -> bool {
        let same = |english: &str| self.english.as_deref().is_none_or(|was| was == one_line(english));
        self.was.is_none() && english.is_none_or(same)
    }
}
