//! Owns the languages of reports, and what the program itself says in each. It must never know when something is said.
//!
//! The words stand in `locales/`, a file a language, in the form of [Fluent](https://projectfluent.org).

mod phrases;
mod say;
mod values;

pub use phrases::{Beside, Number};

/// A language of titles and messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Default)]
pub enum Lang {
    /// English: what packs are written in.
    #[default]
    En,
    /// Chinese in traditional characters.
    ZhHant,
    /// Chinese in simplified characters.
    ZhHans,
    /// Portuguese, as it is written in Portugal and Macau.
    Pt,
}

impl Lang {
    /// All, English first.
    pub const ALL: [Lang; 4] = [Lang::En, Lang::ZhHant, Lang::ZhHans, Lang::Pt];
    /// Those that packs are translated into.
    pub const OTHERS: [Lang; 3] = [Lang::ZhHant, Lang::ZhHans, Lang::Pt];

    /// Its tag, as `--lang` takes it and as its files are named.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::ZhHant => "zh-Hant",
            Lang::ZhHans => "zh-Hans",
            Lang::Pt => "pt",
        }
    }

    /// Its name, in English.
    pub fn name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::ZhHant => "Traditional Chinese",
            Lang::ZhHans => "Simplified Chinese",
            Lang::Pt => "Portuguese",
        }
    }

    /// The language of that tag.
    pub fn of_tag(tag: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The language that a locale of POSIX asks for, such as `zh_TW.UTF-8`: English where it names none of the others.
    pub fn of_posix(locale: &str) -> Lang {
        let name = locale.split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase().replace('-', "_");
        let mut parts = name.split('_');
        let language = parts.next().unwrap_or_default();
        let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
        match language {
            "zh" if traditional => Lang::ZhHant,
            "zh" => Lang::ZhHans,
            "pt" => Lang::Pt,
            _ => Lang::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::phrases::PHRASES;
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The phrases of a language, and the variables of each.
    fn file(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        use fluent_bundle::FluentResource;
        let resource = FluentResource::try_new(lang.file().to_owned());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("{}.ftl: {errors:?}", lang.tag()));
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut open = None;
        for line in resource.source().lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let name = line.split(" =").next().unwrap_or_default().to_owned();
                assert!(!found.contains_key(&name), "{}.ftl: {name} stands twice", lang.tag());
                found.insert(name.clone(), BTreeSet::new());
                open = Some(name);
            }
            let variables = line.split('$').skip(1).map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
            });
            if let Some(place) = open.as_ref().and_then(|open| found.get_mut(open)) {
                place.extend(variables);
            }
        }
        found
    }

    #[test]
    fn every_language_has_every_phrase_with_its_variables() {
        let known: BTreeMap<String, BTreeSet<String>> = PHRASES
            .iter()
            .map(|(name, variables)| (name.replace('_', "-"), variables.iter().map(|it| (*it).to_owned()).collect()))
            .collect();
        for lang in Lang::ALL {
            assert_eq!(file(lang), known, "locales/{}.ftl", lang.tag());
        }
    }

    #[test]
    fn every_phrase_can_be_filled_in() {
        use fluent_bundle::FluentValue;
        for lang in Lang::ALL {
            for (name, variables) in PHRASES {
                for number in [0, 1, 2, 1_000] {
                    let value = |variable: &&'static str| match *variable {
                        "number" => (*variable, FluentValue::from(number)),
                        text => (*variable, FluentValue::from(text)),
                    };
                    let key = name.replace('_', "-");
                    let said = lang.fill(&key, &variables.iter().map(value).collect());
                    let said = said.unwrap_or_else(|| panic!("{}: {name} is not filled in", lang.tag()));
                    let shown = variables.iter().filter(|it| !["number", "hint"].contains(it));
                    assert!(shown.clone().all(|it| said.contains(it)), "{}: {said}", lang.tag());
                }
            }
        }
    }

    #[test]
    fn tags_name_their_languages() {
        for lang in Lang::ALL {
            assert_eq!(Lang::of_tag(lang.tag()), Some(lang));
        }
        assert_eq!(Lang::of_tag("fr"), None);
    }

    #[test]
    fn locales_of_posix_choose_a_language() {
        for (locale, lang) in [
            ("zh_TW.UTF-8", Lang::ZhHant),
            ("zh_HK", Lang::ZhHant),
            ("zh_MO.utf8", Lang::ZhHant),
            ("zh-Hant-SG", Lang::ZhHant),
            ("zh_CN.UTF-8", Lang::ZhHans),
            ("zh_SG", Lang::ZhHans),
            ("zh", Lang::ZhHans),
            ("pt_PT.UTF-8", Lang::Pt),
            ("pt_BR@euro", Lang::Pt),
            ("pt", Lang::Pt),
            ("en_GB.UTF-8", Lang::En),
            ("C.UTF-8", Lang::En),
            ("POSIX", Lang::En),
            ("ptx", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::of_posix(locale), lang, "{locale}");
        }
    }
}
