//! Owns how a phrase is looked up and filled in. It must never know which phrases there are.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Pattern};
use fluent_syntax::parser::parse_runtime;

use super::Lang;

static BOOKS: [OnceLock<Book>; 4] = [const { OnceLock::new() }; 4];

/// The phrases of a language.
struct Book {
    /// How numbers are written, and which of them are plurals; it holds no phrase itself.
    bundle: FluentBundle<FluentResource>,
    /// Sorted by name.
    phrases: Vec<Phrase>,
}

/// A phrase. A run says a few of hundreds: each is parsed when it is first said.
struct Phrase {
    name: &'static str,
    text: &'static str,
    pattern: OnceLock<Option<Pattern<&'static str>>>,
}

impl Phrase {
    fn pattern(&self) -> Option<&Pattern<&'static str>> {
        let parse = || {
            let resource = parse_runtime(self.text).unwrap_or_else(|(read, _)| read);
            resource.body.into_iter().find_map(|entry| match entry {
                Entry::Message(message) => message.value,
                _ => None,
            })
        };
        self.pattern.get_or_init(parse).as_ref()
    }
}

/// The phrases of a file: each begins a line with its name and ` =`, and goes up to the next.
fn phrases(file: &'static str) -> Vec<Phrase> {
    let lines = std::iter::once(0).chain(file.match_indices('\n').map(|(at, _)| at + 1));
    let begins = |at: &usize| file.as_bytes().get(*at).is_some_and(u8::is_ascii_lowercase);
    let mut starts = lines.filter(begins).chain([file.len()]);
    let mut found = Vec::with_capacity(256);
    let mut start = starts.next();
    for end in starts {
        let text = start.and_then(|start| file.get(start..end)).unwrap_or_default();
        if let Some((name, _)) = text.split_once(" =") {
            found.push(Phrase { name, text, pattern: OnceLock::new() });
        }
        start = Some(end);
    }
    found.sort_unstable_by_key(|phrase| phrase.name);
    found
}

impl Lang {
    /// The file of its phrases.
    pub(super) fn file(self) -> &'static str {
        match self {
            Lang::En => include_str!("../../locales/en.ftl"),
            Lang::ZhHant => include_str!("../../locales/zh-Hant.ftl"),
            Lang::ZhHans => include_str!("../../locales/zh-Hans.ftl"),
            Lang::Pt => include_str!("../../locales/pt.ftl"),
        }
    }

    /// Its phrases, looked up when the first of them is needed.
    fn book(self) -> &'static Book {
        let [en, hant, hans, pt] = &BOOKS;
        let (place, tag) = match self {
            Lang::En => (en, "en"),
            Lang::ZhHant => (hant, "zh"),
            Lang::ZhHans => (hans, "zh"),
            // Of Portugal: there, none of something is a plural.
            Lang::Pt => (pt, "pt-PT"),
        };
        place.get_or_init(|| {
            let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
            // Marks of direction would be shown as signs of their own; nothing here is written from right to left.
            bundle.set_use_isolating(false);
            let grouped = match self {
                Lang::Pt => |value: &FluentValue<'_>, _: &_| number(value, Lang::Pt),
                _ => |value: &FluentValue<'_>, _: &_| number(value, Lang::En),
            };
            bundle.set_formatter(Some(grouped));
            Book { bundle, phrases: phrases(self.file()) }
        })
    }

    /// A phrase of this language, filled in; where it lacks, that of English.
    pub(super) fn say(self, name: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let key = name.replace('_', "-");
        let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.fill(&key, &arguments).or_else(|| Lang::En.fill(&key, &arguments)).unwrap_or(key)
    }

    /// A phrase of this language, filled in; nothing where it lacks, or asks for a variable that it is not given.
    pub(super) fn fill(self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let Book { bundle, phrases } = self.book();
        let at = phrases.binary_search_by(|phrase| phrase.name.cmp(key)).ok()?;
        let pattern = phrases.get(at)?.pattern()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    /// The digits of a number as English writes them, `92,000.5`, as the language does.
    pub fn digits(self, english: String) -> String {
        match self {
            // Thousands stand apart by a space that does not break, decimals behind a comma.
            Lang::Pt => english
                .chars()
                .map(|c| match c {
                    ',' => '\u{a0}',
                    '.' => ',',
                    c => c,
                })
                .collect(),
            _ => english,
        }
    }
}

/// A whole number with its thousands apart.
fn number(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = format!("{:.0}", number.value);
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    Some(lang.digits(out))
}
