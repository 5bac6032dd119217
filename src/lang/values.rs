//! Owns how values are written in a language: numbers, durations, bounds, lists. It must never know where they stand.

use super::Lang;
use crate::value::{Bounds, DAY, Duration, LeftOpen, Num};
use std::borrow::Borrow;

/// A phrase about a bound.
type Phrase = fn(Lang, &str) -> String;

impl Lang {
    /// A number.
    pub fn num(self, number: &Num) -> String {
        self.digits(number.to_string())
    }

    /// What is known of a number.
    pub fn bounds(self, bounds: &Bounds) -> String {
        match (&bounds.low, &bounds.high) {
            (Some(low), Some(high)) if low.at.order(&high.at).is_eq() => self.num(&low.at),
            (Some(low), Some(high)) => self.between(&self.num(&low.at), &self.num(&high.at)),
            (Some(low), None) => self.or_more(&self.num(&low.at)),
            (None, Some(high)) => self.or_fewer(&self.num(&high.at)),
            (None, None) => self.unknown_value(),
        }
    }

    /// A duration, in the largest units that it is whole in.
    pub fn duration(self, duration: Duration) -> String {
        let Duration { months, seconds } = duration;
        let mut parts = Vec::new();
        if months != 0 && months % 12 == 0 {
            parts.push(self.years(months / 12));
        } else if months != 0 {
            parts.push(self.months(months));
        }
        let (days, rest) = (seconds / DAY, seconds % DAY);
        if days != 0 || (rest == 0 && parts.is_empty()) {
            parts.push(self.days(days));
        }
        if rest != 0 && rest % 3_600 == 0 {
            parts.push(self.hours(rest / 3_600));
        } else if rest != 0 {
            parts.push(self.seconds(rest));
        }
        parts.into_iter().reduce(|before, last| self.duration_and(&before, &last)).unwrap_or_default()
    }

    /// Why the calendar leaves a comparison open.
    pub fn left_open(self, it: &LeftOpen) -> String {
        let LeftOpen { of, months, days: (low, high), rest } = it;
        let number = if months.months % 12 == 0 { months.months / 12 } else { months.months };
        let days = if high - low == 1 { Lang::either } else { Lang::between };
        let days = days(self, &self.num(&Num::Int(*low)), &self.num(&Num::Int(*high)));
        let left = self.months_are(number, &self.duration(*months), &days, &self.duration(*rest));
        match of {
            Some((a, b)) => self.what_is_left(&self.duration(*a), &self.duration(*b), &left),
            None => left,
        }
    }

    /// Parts, with the language's comma between them.
    pub fn list(self, parts: &[impl Borrow<str>]) -> String {
        parts.join(&self.comma())
    }

    /// Bounds as a schema declares them (`at least 1`, `1 to 10`, several with `and`), which it says in English.
    pub fn limits(self, english: &str) -> String {
        if self == Lang::En {
            return english.to_owned();
        }
        let one = |text: &str| {
            let words: [(&str, Phrase); 8] = [
                ("on or after ", Lang::on_or_after),
                ("after ", Lang::after),
                ("on or before ", Lang::on_or_before),
                ("before ", Lang::before),
                ("at least ", Lang::at_least),
                ("above ", Lang::above),
                ("at most ", Lang::at_most),
                ("below ", Lang::below),
            ];
            let bound = words.iter().find_map(|(word, phrase)| Some((text.strip_prefix(word)?, phrase)));
            match (bound, text.split_once(" to ")) {
                (Some((bound, phrase)), _) => phrase(self, &self.bound(bound)),
                (None, Some((low, high))) => self.between(&self.bound(low), &self.bound(high)),
                (None, None) => text.to_owned(),
            }
        };
        // A duration has an `and` of its own, which is followed by a number.
        let mut parts: Vec<String> = Vec::new();
        for piece in english.split(" and ") {
            match parts.last_mut() {
                Some(last) if piece.starts_with(|c: char| c.is_ascii_digit()) && !piece.contains(" to ") => {
                    last.push_str(" and ");
                    last.push_str(piece);
                }
                _ => parts.push(piece.to_owned()),
            }
        }
        let parts: Vec<String> = parts.iter().map(|part| one(part)).collect();
        parts.into_iter().reduce(|before, last| self.limits_and(&before, &last)).unwrap_or_default()
    }

    /// The end of such bounds: a duration, a date, or a number.
    fn bound(self, english: &str) -> String {
        let date = crate::value::parse_date(english).is_some();
        let parse = |text: &str| Duration::parse(&text.replace(',', "")).map(|duration| self.duration(duration));
        let duration = english.split(" and ").map(parse).collect::<Option<Vec<_>>>().filter(|_| english.contains(' '));
        let joined = |parts: Vec<String>| parts.into_iter().reduce(|before, last| self.duration_and(&before, &last));
        match duration.and_then(joined) {
            Some(duration) => duration,
            None if date => english.to_owned(),
            None => self.digits(english.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_as_the_values_say_it_themselves() {
        for months in [-13, -12, -1, 0, 1, 6, 12, 24, 25, 12_000] {
            for seconds in
                [-DAY, -1, 0, 1, 3_600, 7_200, DAY, 2 * DAY + 3_600, 180 * DAY, 1_000 * DAY + 1, i64::MAX / 2]
            {
                let duration = Duration { months, seconds };
                assert_eq!(Lang::En.duration(duration), duration.to_string());
            }
        }
        let num = |n: i64| Some(Num::Int(n));
        for (low, high) in [(None, None), (num(3), None), (None, num(92_000)), (num(1), num(1)), (num(1), num(2))] {
            let bounds = Bounds::from(low, high);
            assert_eq!(Lang::En.bounds(&bounds), bounds.to_string());
        }
    }

    #[test]
    fn values_read_naturally() {
        let days = |days: i64| Duration { months: 0, seconds: days * DAY };
        assert_eq!(Lang::Pt.duration(days(0)), "0 dias", "as in Portugal");
        assert_eq!(Lang::Pt.duration(days(1)), "1 dia");
        assert_eq!(Lang::Pt.duration(days(1_000)), "1\u{a0}000 dias");
        assert_eq!(Lang::ZhHant.duration(Duration { months: 6, seconds: 0 }), "6 個月");
        assert_eq!(Lang::ZhHans.duration(Duration { months: 24, seconds: 3_600 }), "2 年 1 小时");
        assert_eq!(Lang::Pt.num(&Num::Exact(crate::value::Exact::new(125_001, 10))), "12\u{a0}500,1");
        assert_eq!(Lang::ZhHant.bounds(&Bounds::from(Some(Num::Int(92_000)), None)), "92,000 或以上");
    }

    #[test]
    fn what_the_calendar_leaves_open_is_said_in_the_language() {
        let length = |months: i64, days: i64| Duration { months, seconds: days * DAY };
        let open = |lang: Lang, a, b| crate::value::left_open(a, b).map(|it| lang.left_open(&it)).unwrap_or_default();
        let (half, year) = (length(6, 0), length(12, 0));
        assert_eq!(open(Lang::En, half, length(0, 183)), "6 months are 181 to 184 days, and 183 days lies between");
        assert_eq!(open(Lang::En, length(0, 365), year), "1 year is 365 or 366 days, and 365 days lies between");
        assert_eq!(open(Lang::ZhHant, half, length(0, 183)), "6 個月是 181 至 184 天，而 183 天介乎其間");
        assert_eq!(open(Lang::ZhHans, year, length(0, 365)), "1 年是 365 或 366 天，而 365 天介于其间");
        assert_eq!(
            open(Lang::Pt, year, length(0, 365)),
            "1 ano tem 365 ou 366 dias, e o prazo de 365 dias fica nesse intervalo"
        );
        assert_eq!(
            open(Lang::En, length(7, 0), length(1, 183)),
            "of 7 months and 1 month and 183 days, 6 months are 181 to 184 days, and 183 days lies between"
        );
    }

    #[test]
    fn the_bounds_of_a_schema_are_said_in_the_language() {
        assert_eq!(Lang::En.limits("at least 0"), "at least 0");
        assert_eq!(Lang::ZhHant.limits("at least 1 and below 1,000"), "至少 1，且低於 1,000");
        assert_eq!(Lang::Pt.limits("0 to 1,000"), "0 a 1\u{a0}000");
        assert_eq!(Lang::Pt.limits("on or after 2000-01-01"), "de 2000-01-01 ou posterior");
        assert_eq!(Lang::Pt.limits("at most 1 year and 30 days"), "no máximo 1 ano e 30 dias");
    }
}
