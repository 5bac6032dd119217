//! Owns the languages that reports are written in. It must never know what a report says.

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
    use super::*;

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
