//! Owns how a locale file is brought up to date: every text of the pack in its order, with what is translated already. It must never write a file.

use super::apply::{English, english};
use super::{ENGLISH, FILE, Locale, Note, RULE, RuleTexts, Text, Texts, WAS, one_line};
use crate::document::{in_quotes, in_yaml};
use crate::policy::Policy;
use crate::policy::template::pieces;
use crate::string::Str;

/// The longest key that stands on one line with its value.
const LONGEST_KEY: usize = 1000;

/// The text of a locale file with every text of its pack: what is translated is kept, what lacks a translation is
/// empty, what the pack no longer says is set aside as `stale`. The same file comes out of what this gives.
pub fn write(policy: &mut Policy, locale: &Locale) -> String {
    let mut old = locale.texts.clone();
    let mut stale = old.stale.take().map(|stale| *stale).unwrap_or_default();
    let mut new = Texts { sections: std::mem::take(&mut old.sections), ..Texts::default() };
    for rule in english(policy, locale.pack) {
        let mut known = take(&mut old.rules, |texts| texts.name.key == rule.name).unwrap_or_default();
        let set_aside = stale.rules.iter_mut().find(|texts| texts.name.key == rule.name);
        new.rules.push(up_to_date(rule, &mut known, set_aside));
        stale.keep(known);
    }
    for law in policy.laws.iter().filter(|law| law.pack == locale.pack) {
        let text = take(&mut old.laws, |text| text.of.key == law.name)
            .or_else(|| take(&mut stale.laws, |text| text.of.key == law.name));
        new.laws.push(text.unwrap_or_default().against(&law.name, Some(&law.title)));
    }
    old.rules.into_iter().for_each(|texts| stale.keep(texts));
    stale.laws.extend(old.laws.into_iter().filter(|text| !text.text.is_empty()));
    stale.rules.retain(|texts| !texts.head.is_empty() || !texts.messages.is_empty());
    if stale.count() > 0 {
        new.stale = Some(Box::new(stale));
    }
    let mut out = String::new();
    if new.note("rules").above.is_empty() && new.note("laws").above.is_empty() {
        let pack = policy.packs.get(locale.pack).map_or("", Str::as_str);
        out.push_str(&format!(
            "# The texts of the pack `{pack}` in {}. `cerco locale` keeps this file up to date.\n",
            locale.lang.name()
        ));
    }
    new.write(0, &mut out);
    for comment in locale.tail.iter().filter(|_| !new.is_empty()) {
        out.push_str(&format!("{comment}\n"));
    }
    out
}

/// A rule's texts as they are now: what is there is taken out of `known`, or else out of what was set aside.
fn up_to_date(rule: English, known: &mut RuleTexts, mut set_aside: Option<&mut RuleTexts>) -> RuleTexts {
    let English { name, head, messages, .. } = rule;
    let mut new = RuleTexts {
        name: Note { key: name, ..std::mem::take(&mut known.name) },
        section: std::mem::take(&mut known.section),
        ..RuleTexts::default()
    };
    known.name.key.clone_from(&new.name.key);
    for (word, english) in head {
        let is = |text: &Text| text.of.key == word;
        let text = take(&mut known.head, is).or_else(|| set_aside.as_mut().and_then(|texts| take(&mut texts.head, is)));
        new.head.push(text.unwrap_or_default().against(word, Some(&english)));
    }
    for message in messages {
        let key = pieces(&message);
        let is = |text: &Text| pieces(&text.of.key) == key;
        let text = take(&mut known.messages, is)
            .or_else(|| set_aside.as_mut().and_then(|texts| take(&mut texts.messages, is)));
        new.messages.push(text.unwrap_or_default().against(&message, None));
    }
    new
}

fn take<T>(from: &mut Vec<T>, is: impl Fn(&T) -> bool) -> Option<T> {
    let at = from.iter().position(is)?;
    Some(from.remove(at))
}

impl Text {
    /// The same, below the English text as it is now; where that has changed since the translation, with what it was.
    fn against(self, key: &str, english: Option<&str>) -> Text {
        let current = self.is_current(english);
        let now = english.map(one_line);
        let was = match (self.text.is_empty(), current) {
            (true, _) | (_, true) => None,
            (false, false) => self.was.clone().or_else(|| self.english.clone()),
        };
        Text { of: Note { key: key.to_owned(), ..self.of }, english: now, was, ..self }
    }

    fn write(&self, key: &str, indent: &str, out: &mut String) {
        self.of.write_above(indent, out);
        for (mark, text) in [(ENGLISH, &self.english), (WAS, &self.was)] {
            if let Some(text) = text {
                out.push_str(&format!("{indent}{mark} {text}\n"));
            }
        }
        let value = if self.text.is_empty() { String::new() } else { format!(" {}", in_yaml(&self.text, false)) };
        if key.chars().count() > LONGEST_KEY {
            out.push_str(&format!("{indent}? {key}\n{indent}:{value}"));
        } else {
            out.push_str(&format!("{indent}{key}:{value}"));
        }
        self.of.write_behind(out);
    }
}

impl Note {
    fn write_above(&self, indent: &str, out: &mut String) {
        for comment in &self.above {
            out.push_str(&format!("{indent}{comment}\n"));
        }
    }

    fn write_behind(&self, out: &mut String) {
        if let Some(comment) = &self.behind {
            out.push_str(&format!(" {comment}"));
        }
        out.push('\n');
    }

    fn write(&self, key: &str, indent: &str, out: &mut String) {
        self.write_above(indent, out);
        out.push_str(&format!("{indent}{key}:"));
        self.write_behind(out);
    }
}

impl Texts {
    /// How many translations there are.
    pub(super) fn count(&self) -> usize {
        let there = |texts: &[Text]| texts.iter().filter(|text| !text.text.is_empty()).count();
        self.rules.iter().map(|rule| there(&rule.head) + there(&rule.messages)).sum::<usize>() + there(&self.laws)
    }

    fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.laws.is_empty() && self.stale.is_none()
    }

    /// Takes what is left of a rule, as far as it is translated.
    fn keep(&mut self, mut rule: RuleTexts) {
        rule.head.retain(|text| !text.text.is_empty());
        rule.messages.retain(|text| !text.text.is_empty());
        if rule.head.is_empty() && rule.messages.is_empty() {
            return;
        }
        match self.rules.iter_mut().find(|known| known.name.key == rule.name.key) {
            Some(known) => {
                for (there, more) in [(&mut known.head, rule.head), (&mut known.messages, rule.messages)] {
                    // A key stands once: what was set aside last counts.
                    there.retain(|text| !more.iter().any(|new| new.of.key == text.of.key));
                    there.extend(more);
                }
            }
            None => self.rules.push(rule),
        }
    }

    fn note(&self, key: &str) -> Note {
        self.sections.iter().find(|note| note.key == key).cloned().unwrap_or_default()
    }

    fn write(&self, depth: usize, out: &mut String) {
        let indents = ["", "  ", "    ", "      ", "        ", "          "];
        let indent = |more: usize| indents.get(depth + more).copied().unwrap_or_default();
        let [rules, laws, stale] = FILE;
        if !self.rules.is_empty() {
            self.note(rules).write(rules, indent(0), out);
            for (at, rule) in self.rules.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                rule.name.write(&rule.name.key, indent(1), out);
                for text in &rule.head {
                    text.write(&text.of.key, indent(2), out);
                }
                if !rule.messages.is_empty() {
                    let [.., messages] = RULE;
                    rule.section.write(messages, indent(2), out);
                    for text in &rule.messages {
                        text.write(&in_quotes(&text.of.key), indent(3), out);
                    }
                }
            }
        }
        if !self.laws.is_empty() {
            self.note(laws).write(laws, indent(0), out);
            for text in &self.laws {
                text.write(&text.of.key, indent(1), out);
            }
        }
        if let Some(texts) = &self.stale {
            self.note(stale).write(stale, indent(0), out);
            texts.write(depth + 1, out);
        }
    }
}
