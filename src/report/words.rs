//! Owns the words of reports for what findings are made of: severities, verdicts, articles. It must never know a format.

use unicode_width::UnicodeWidthChar as _;

use super::Standing;
use crate::finding::{Kind, Severity, Verdict};
use crate::lang::Lang;

/// A severity, for people.
pub fn severity(lang: Lang, severity: Severity) -> String {
    match severity {
        Severity::Error => lang.word_error(),
        Severity::Warning => lang.word_warning(),
        Severity::Info => lang.word_info(),
    }
}

/// What kind of statement a finding is, for people.
pub fn kind(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::Violation => lang.word_violation(),
        Kind::Unknown => lang.word_unknown(),
        Kind::Invalid => lang.word_invalid(),
        Kind::Error => lang.word_error(),
    }
}

/// What became of a rule or a tenant, for people.
pub fn verdict(lang: Lang, verdict: Verdict) -> String {
    match verdict {
        Verdict::NotApplicable => lang.word_not_applicable(),
        Verdict::Pass => lang.word_pass(),
        Verdict::Waived => lang.word_waived(),
        Verdict::Unknown => lang.word_unknown(),
        Verdict::Fail => lang.word_fail(),
        Verdict::Error => lang.word_error(),
    }
}

/// What a tenant came to, for people.
pub fn standing(lang: Lang, standing: Standing) -> String {
    match standing {
        Standing::Verdict(it) => verdict(lang, it),
        Standing::WarningsOnly => lang.word_warnings_only(),
        Standing::InfosOnly => lang.word_infos_only(),
        Standing::AdviceOnly => lang.word_advice_only(),
    }
}

/// A law and where in it. Between Chinese characters no space is written.
pub fn law_article(lang: Lang, law: &str, text: &str) -> String {
    let is_wide = |c: Option<char>| c.and_then(|c| c.width()) == Some(2);
    let article = article(lang, text);
    if is_wide(law.chars().next_back()) && is_wide(article.chars().next()) {
        return format!("{law}{article}");
    }
    lang.law_article(law, &article)
}

/// Where in a law: `art. 38` and `arts. 5, 7` as the language says them, anything else as the rule does.
pub fn article(lang: Lang, text: &str) -> String {
    let numbers = |rest: &str, more: &str| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || more.contains(c))
    };
    if let Some(rest) = text.strip_prefix("art. ").filter(|rest| numbers(rest, "()")) {
        return lang.article(rest);
    }
    if let Some(rest) = text.strip_prefix("arts. ").filter(|rest| numbers(rest, "()-, ")) {
        let parts: Vec<String> = rest.split(", ").map(str::to_owned).collect();
        return lang.articles(&lang.list(&parts));
    }
    text.to_owned()
}

/// Some of a list, and how many more.
pub fn some(lang: Lang, list: impl Iterator<Item = String>, most: usize, total: usize) -> String {
    let shown: Vec<String> = list.take(most).collect();
    let rest = total.saturating_sub(shown.len());
    let text = lang.list(&shown);
    if rest > 0 { lang.items_and_more(&text, rest) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_said_as_the_language_says_them() {
        for text in ["art. 38", "arts. 5, 7, 8", "cl. 6", "art. 28, art. 51", "A.5.14", ""] {
            assert_eq!(article(Lang::En, text), text);
        }
        assert_eq!(article(Lang::ZhHant, "art. 21(3)"), "第\u{a0}21(3)\u{a0}條");
        assert_eq!(article(Lang::ZhHans, "arts. 5, 15-17"), "第\u{a0}5、15-17\u{a0}条");
        assert_eq!(article(Lang::ZhHant, "art. 28, art. 51"), "art. 28, art. 51");
        assert_eq!(article(Lang::Pt, "arts. 5, 7"), "arts. 5, 7");
        assert_eq!(law_article(Lang::En, "PIPL", "art. 38"), "PIPL, art. 38");
        assert_eq!(law_article(Lang::ZhHant, "PIPL", "art. 38"), "PIPL 第\u{a0}38\u{a0}條");
        assert_eq!(law_article(Lang::ZhHant, "《個人信息保護法》", "art. 38"), "《個人信息保護法》第\u{a0}38\u{a0}條");
    }
}
