//! Owns what is known of a number, a date or a duration, and its arithmetic: exact, bounded, three-valued. It must never know where a value comes from.

use jiff::civil::Date;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::OnceLock;

/// An exact number.
pub type Exact = Ratio<i128>;

// ---- truth -----------------------------------------------------------------------------------------------------

/// Which orders of two values are possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Orders {
    /// The left one may be smaller.
    pub less: bool,
    /// They may be equal.
    pub equal: bool,
    /// The left one may be larger.
    pub greater: bool,
}

impl Orders {
    /// One order and no other.
    pub fn only(order: Ordering) -> Orders {
        Orders { less: order.is_lt(), equal: order.is_eq(), greater: order.is_gt() }
    }

    /// The same, seen from the other side.
    pub fn flipped(self) -> Orders {
        Orders { less: self.greater, equal: self.equal, greater: self.less }
    }

    /// Whether an order that `holds` selects is certain: `None` where some possible orders hold and some do not.
    pub fn decide(self, holds: impl Fn(Ordering) -> bool) -> Option<bool> {
        let possible = [(self.less, Ordering::Less), (self.equal, Ordering::Equal), (self.greater, Ordering::Greater)];
        let mut verdicts = possible.iter().filter(|(may, _)| *may).map(|(_, order)| holds(*order));
        let first = verdicts.next()?;
        verdicts.all(|verdict| verdict == first).then_some(first)
    }
}

// ---- numbers ---------------------------------------------------------------------------------------------------

/// A number: whole with 64 bits, or exact.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Num {
    /// A whole number.
    Int(i64),
    /// A decimal or a quotient.
    Exact(Exact),
}

impl Num {
    /// The same, as an exact number.
    pub fn exact(&self) -> Exact {
        match self {
            Num::Int(n) => Exact::from_integer(i128::from(*n)),
            Num::Exact(n) => *n,
        }
    }

    /// `-1`, `0` or `1`.
    pub fn sign(&self) -> i32 {
        match self {
            Num::Int(n) => n.signum() as i32,
            Num::Exact(n) => n.signum().to_integer().to_i32().unwrap_or(0),
        }
    }

    /// The order of two numbers.
    pub fn order(&self, other: &Num) -> Ordering {
        match (self, other) {
            (Num::Int(a), Num::Int(b)) => a.cmp(b),
            (a, b) => a.exact().cmp(&b.exact()),
        }
    }

    /// The sum; `None` on overflow.
    pub fn add(&self, other: &Num) -> Option<Num> {
        self.combine(other, i64::checked_add, Exact::checked_add)
    }

    /// The difference; `None` on overflow.
    pub fn sub(&self, other: &Num) -> Option<Num> {
        self.combine(other, i64::checked_sub, Exact::checked_sub)
    }

    /// The product; `None` on overflow.
    pub fn mul(&self, other: &Num) -> Option<Num> {
        self.combine(other, i64::checked_mul, Exact::checked_mul)
    }

    /// The exact quotient; `None` on overflow and for a divisor of zero.
    pub fn div(&self, other: &Num) -> Option<Num> {
        let divisor = other.exact();
        if divisor.is_zero() {
            return None;
        }
        self.exact().checked_div(&divisor).map(Num::Exact)
    }

    /// The same with the other sign; `None` on overflow.
    pub fn neg(&self) -> Option<Num> {
        Num::Int(0).sub(self)
    }

    fn combine(
        &self,
        other: &Num,
        whole: impl Fn(i64, i64) -> Option<i64>,
        exact: impl Fn(&Exact, &Exact) -> Option<Exact>,
    ) -> Option<Num> {
        match (self, other) {
            (Num::Int(a), Num::Int(b)) => whole(*a, *b).map(Num::Int),
            (a, b) => exact(&a.exact(), &b.exact()).map(Num::Exact),
        }
    }
}

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Num::Int(n) => f.write_str(&grouped(&n.to_string())),
            Num::Exact(n) => f.write_str(&decimal(n, 6)),
        }
    }
}

/// An exact number with at most `places` decimals, rounded half away from zero, thousands grouped.
pub fn decimal(n: &Exact, places: u32) -> String {
    let scale = 10i128.pow(places);
    let Some(scaled) = n.checked_mul(&Exact::from_integer(scale)).map(|n| n.round().to_integer()) else {
        return grouped(&n.round().to_integer().to_string());
    };
    let (whole, fraction) = (scaled / scale, (scaled % scale).unsigned_abs());
    let sign = if scaled < 0 && whole == 0 { "-" } else { "" };
    let digits = format!("{fraction:0width$}", width = places as usize);
    let digits = digits.trim_end_matches('0');
    let dot = if digits.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{digits}", grouped(&whole.to_string()))
}

/// A share of 1 as a percentage with at most `places` decimals.
pub fn percent(share: &Exact, places: u32) -> String {
    match share.checked_mul(&Exact::from_integer(100)) {
        Some(n) => format!("{}%", decimal(&n, places)),
        None => format!("100% × {}", decimal(share, places)),
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The exact value of `12`, `0.5`, `.5`, `1e3`; `None` where it is none, or out of range.
pub fn parse_exact(text: &str) -> Option<Exact> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 || !whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let digits = if negative { -digits } else { digits };
    if digits == 0 {
        return Some(Exact::zero());
    }
    let shift = exponent.checked_sub(fraction.len() as i32)?;
    let power = 10i128.checked_pow(shift.unsigned_abs())?;
    if shift < 0 { Some(Exact::new(digits, power)) } else { digits.checked_mul(power).map(Exact::from_integer) }
}

// ---- bounds ----------------------------------------------------------------------------------------------------

/// An end of what a number may be; `None` beside it means without end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct End {
    /// The number itself.
    pub at: Num,
    /// The number itself is not reached.
    pub open: bool,
}

/// What is known of a number: it lies between two ends.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Bounds {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

impl Bounds {
    /// Nothing is known.
    pub fn open() -> Bounds {
        Bounds::default()
    }

    /// The number itself.
    pub fn exactly(n: Num) -> Bounds {
        let end = Some(End { at: n, open: false });
        Bounds { low: end.clone(), high: end }
    }

    /// From a number on.
    pub fn from(low: Option<Num>, high: Option<Num>) -> Bounds {
        let end = |at| End { at, open: false };
        Bounds { low: low.map(end), high: high.map(end) }
    }

    /// The number, where there is only one.
    pub fn only(&self) -> Option<&Num> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if !low.open && !high.open && low.at.order(&high.at).is_eq() => Some(&low.at),
            _ => None,
        }
    }

    /// Whether no number lies between the ends.
    pub fn is_empty(&self) -> bool {
        !meet(self, self)
    }

    /// The orders that are possible between two numbers.
    pub fn orders(&self, other: &Bounds) -> Orders {
        // Smaller is possible unless self.low >= other.high (touching: unless equal ends are closed on neither side).
        Orders { less: below(&self.low, &other.high), equal: meet(self, other), greater: below(&other.low, &self.high) }
    }

    /// Bounds of the sum.
    pub fn add(&self, other: &Bounds) -> Bounds {
        Bounds { low: join(&self.low, &other.low, Num::add), high: join(&self.high, &other.high, Num::add) }
    }

    /// Bounds of the difference.
    pub fn sub(&self, other: &Bounds) -> Bounds {
        Bounds { low: join(&self.low, &other.high, Num::sub), high: join(&self.high, &other.low, Num::sub) }
    }

    /// Bounds of the product.
    pub fn mul(&self, other: &Bounds) -> Bounds {
        // An end without limit times a number that is surely not negative keeps its direction; the four corners decide.
        let (mut low, mut high): (Option<End>, Option<End>) = (None, None);
        let (mut first, mut low_lost, mut high_lost) = (true, false, false);
        for a in [(&self.low, -1), (&self.high, 1)] {
            for b in [(&other.low, -1), (&other.high, 1)] {
                match corner(a, b) {
                    Corner::At(end) => {
                        if first || low.as_ref().is_some_and(|low| lower(&end, low)) {
                            low = Some(end.clone());
                        }
                        if first || high.as_ref().is_some_and(|high| upper(&end, high)) {
                            high = Some(end);
                        }
                        first = false;
                    }
                    Corner::Above => high_lost = true,
                    Corner::Below => low_lost = true,
                    Corner::Lost => (low_lost, high_lost) = (true, true),
                }
            }
        }
        Bounds { low: if low_lost || first { None } else { low }, high: if high_lost || first { None } else { high } }
    }

    /// The bounds of what may be either.
    pub fn either(&self, other: &Bounds) -> Bounds {
        let low = match (&self.low, &other.low) {
            (Some(a), Some(b)) => Some(if lower(a, b) { a.clone() } else { b.clone() }),
            _ => None,
        };
        let high = match (&self.high, &other.high) {
            (Some(a), Some(b)) => Some(if upper(a, b) { a.clone() } else { b.clone() }),
            _ => None,
        };
        Bounds { low, high }
    }

    /// The bounds of the larger of the two.
    pub fn max(&self, other: &Bounds) -> Bounds {
        let low = match (&self.low, &other.low) {
            (Some(a), Some(b)) => Some(if lower(a, b) { b.clone() } else { a.clone() }),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Bounds { low, high: self.either(other).high }
    }

    /// The bounds of the smaller of the two.
    pub fn min(&self, other: &Bounds) -> Bounds {
        let high = match (&self.high, &other.high) {
            (Some(a), Some(b)) => Some(if upper(a, b) { b.clone() } else { a.clone() }),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Bounds { low: self.either(other).low, high }
    }
}

fn lower(a: &End, b: &End) -> bool {
    match a.at.order(&b.at) {
        Ordering::Less => true,
        Ordering::Equal => !a.open && b.open,
        Ordering::Greater => false,
    }
}

fn upper(a: &End, b: &End) -> bool {
    match a.at.order(&b.at) {
        Ordering::Greater => true,
        Ordering::Equal => !a.open && b.open,
        Ordering::Less => false,
    }
}

/// Some number from `low` up lies below some number up to `high`.
fn below(low: &Option<End>, high: &Option<End>) -> bool {
    match (low, high) {
        (Some(low), Some(high)) => low.at.order(&high.at).is_lt(),
        _ => true,
    }
}

fn meet(a: &Bounds, b: &Bounds) -> bool {
    let reaches = |low: &Option<End>, high: &Option<End>| match (low, high) {
        (Some(low), Some(high)) => match low.at.order(&high.at) {
            Ordering::Less => true,
            Ordering::Equal => !low.open && !high.open,
            Ordering::Greater => false,
        },
        _ => true,
    };
    reaches(&a.low, &b.high) && reaches(&b.low, &a.high)
}

fn join(a: &Option<End>, b: &Option<End>, op: impl Fn(&Num, &Num) -> Option<Num>) -> Option<End> {
    let (a, b) = (a.as_ref()?, b.as_ref()?);
    Some(End { at: op(&a.at, &b.at)?, open: a.open || b.open })
}

enum Corner {
    At(End),
    Above,
    Below,
    /// Nothing is known of it.
    Lost,
}

fn corner(a: (&Option<End>, i32), b: (&Option<End>, i32)) -> Corner {
    let sign = |end: &Option<End>, side: i32| end.as_ref().map_or(side, |end| end.at.sign());
    let (sa, sb) = (sign(a.0, a.1), sign(b.0, b.1));
    match (a.0, b.0) {
        (Some(x), Some(y)) => match x.at.mul(&y.at) {
            // Nothing open about a product with a zero that is reached.
            Some(at) => {
                let zero = |end: &End| end.at.sign() == 0 && !end.open;
                let open = (x.open || y.open) && !zero(x) && !zero(y);
                Corner::At(End { at, open })
            }
            // Of whole numbers it is known on which side the product is lost; of others, too small a part loses it, too.
            None => match (&x.at, &y.at) {
                (Num::Int(_), Num::Int(_)) if sa * sb >= 0 => Corner::Above,
                (Num::Int(_), Num::Int(_)) => Corner::Below,
                _ => Corner::Lost,
            },
        },
        _ => match sa * sb {
            0 => Corner::At(End { at: Num::Int(0), open: false }),
            n if n > 0 => Corner::Above,
            _ => Corner::Below,
        },
    }
}

impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.at.order(&high.at).is_eq() => write!(f, "{}", low.at),
            (Some(low), Some(high)) => write!(f, "{} to {}", low.at, high.at),
            (Some(low), None) => write!(f, "{} or more", low.at),
            (None, Some(high)) => write!(f, "{} or fewer", high.at),
            (None, None) => f.write_str("unknown"),
        }
    }
}

// ---- dates -----------------------------------------------------------------------------------------------------

fn civil(days: i32) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn days_of(date: Date) -> Option<i32> {
    date.since(jiff::civil::date(1970, 1, 1)).ok().map(|span| span.get_days())
}

/// Days since 1970-01-01 of `2026-01-31`; `None` where there is no such day.
pub fn parse_date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let (b'-', b'-', 10) = (*bytes.get(4)?, *bytes.get(7)?, bytes.len()) else { return None };
    let part = |from: usize, to: usize| -> Option<i32> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    days_from_civil(year, month, day)
}

/// How many days a month has; none where there is no such month.
fn month_length(year: i32, month: i32) -> i32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

/// Proleptic Gregorian, after Howard Hinnant's `days_from_civil`; checks the day against its month.
fn days_from_civil(year: i32, month: i32, day: i32) -> Option<i32> {
    if !(1..=month_length(year, month)).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The date that a timestamp says (`2026-01-31T08:00:00+08:00`), or a date alone.
pub fn parse_timestamp(text: &str) -> Option<i32> {
    let days = parse_date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(days);
    }
    let time = rest.strip_prefix(['T', 't', ' '])?.trim_start();
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = (time.get(..zone)?.trim_end(), time.get(zone..)?);
    let mut parts = clock.split(':');
    let hour: u32 = two_digits(parts.next()?)?;
    let minute: u32 = two_digits(parts.next()?)?;
    let second = match parts.next() {
        None => 0,
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            two_digits(whole)?
        }
    };
    let zone_fits = match zone {
        "" | "Z" | "z" => true,
        offset => {
            let digits = offset.get(1..)?;
            let (hours, minutes) = match digits.split_once(':') {
                Some(parts) => parts,
                None if digits.len() == 4 => digits.split_at_checked(2)?,
                None => (digits, "00"),
            };
            (hours.len() == 1 || two_digits(hours).is_some())
                && hours.parse::<u32>().ok()? <= 23
                && two_digits(minutes)? <= 59
        }
    };
    (parts.next().is_none() && hour <= 24 && minute <= 59 && second <= 60 && zone_fits).then_some(days)
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `2026-01-31`
pub fn format_date(days: i32) -> String {
    civil(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// The first of January of a day's year.
pub fn year_start(days: i32) -> i32 {
    civil(days).and_then(|date| Date::new(date.year(), 1, 1).ok()).and_then(days_of).unwrap_or(days)
}

// ---- durations -------------------------------------------------------------------------------------------------

/// A duration: calendar months, and seconds beside them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Duration {
    /// Calendar months.
    pub months: i64,
    /// Seconds.
    pub seconds: i64,
}

/// The seconds of a day.
pub const DAY: i64 = 86_400;

impl Duration {
    /// So many days.
    pub fn days(days: i64) -> Duration {
        Duration { months: 0, seconds: days.saturating_mul(DAY) }
    }

    /// `180 days`, `6 months`, `P180D`, `P1Y6M`, `PT12H`.
    pub fn parse(text: &str) -> Option<Duration> {
        let text = text.trim();
        if let Some(iso) = text.strip_prefix('P') {
            return Duration::parse_iso(iso);
        }
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '_')?;
        let count: i64 = text.get(..split)?.replace('_', "").parse().ok()?;
        let unit = text.get(split..)?.trim_start();
        let (months, seconds) = match unit {
            "hour" | "hours" => (0, 3_600),
            "day" | "days" => (0, DAY),
            "week" | "weeks" => (0, 7 * DAY),
            "month" | "months" => (1, 0),
            "year" | "years" => (12, 0),
            _ => return None,
        };
        Some(Duration { months: count.checked_mul(months)?, seconds: count.checked_mul(seconds)? })
    }

    fn parse_iso(iso: &str) -> Option<Duration> {
        let (date, time) = iso.split_once('T').map_or((iso, None), |(date, time)| (date, Some(time)));
        let mut out = Duration::default();
        let mut any = false;
        let mut read = |part: &str, units: &[(char, i64, i64)]| -> Option<()> {
            let (mut rest, mut from) = (part, 0);
            while !rest.is_empty() {
                let split = rest.find(|c: char| !c.is_ascii_digit())?;
                let count: i64 = rest.get(..split)?.parse().ok()?;
                let unit = rest.get(split..)?.chars().next()?;
                let at = units.iter().skip(from).position(|(u, _, _)| *u == unit)? + from;
                let (_, months, seconds) = units.get(at)?;
                from = at + 1;
                out.months = out.months.checked_add(count.checked_mul(*months)?)?;
                out.seconds = out.seconds.checked_add(count.checked_mul(*seconds)?)?;
                rest = rest.get(split + 1..)?;
                any = true;
            }
            Some(())
        };
        read(date, &[('Y', 12, 0), ('M', 1, 0), ('W', 0, 7 * DAY), ('D', 0, DAY)])?;
        if let Some(time) = time {
            if time.is_empty() {
                return None;
            }
            read(time, &[('H', 0, 3_600), ('M', 0, 60), ('S', 0, 1)])?;
        }
        any.then_some(out)
    }

    /// The sum; `None` on overflow.
    #[allow(clippy::should_implement_trait, reason = "it may overflow")]
    pub fn add(self, other: Duration) -> Option<Duration> {
        Some(Duration {
            months: self.months.checked_add(other.months)?,
            seconds: self.seconds.checked_add(other.seconds)?,
        })
    }

    /// The difference; `None` on overflow.
    #[allow(clippy::should_implement_trait, reason = "it may overflow")]
    pub fn sub(self, other: Duration) -> Option<Duration> {
        Some(Duration {
            months: self.months.checked_sub(other.months)?,
            seconds: self.seconds.checked_sub(other.seconds)?,
        })
    }

    /// So many times as long; `None` on overflow, or where no whole number of months or seconds comes out.
    pub fn times(self, n: &Num) -> Option<Duration> {
        let part = |value: i64| -> Option<i64> {
            let product = Exact::from_integer(i128::from(value)).checked_mul(&n.exact())?;
            product.is_integer().then(|| product.to_integer().to_i64()).flatten()
        };
        Some(Duration { months: part(self.months)?, seconds: part(self.seconds)? })
    }

    /// Made of whole days beside its months.
    pub fn whole_days(self) -> bool {
        self.seconds % DAY == 0
    }

    /// The orders that are possible: months that meet days are known by the bounds of the calendar alone.
    pub fn orders(self, other: Duration) -> Orders {
        let Some(difference) = self.sub(other) else {
            return Orders { less: true, equal: true, greater: true };
        };
        let (low, high) = month_days(difference.months);
        let seconds = i128::from(difference.seconds);
        let (low, high) = (low * i128::from(DAY) + seconds, high * i128::from(DAY) + seconds);
        Orders { less: low < 0, equal: low <= 0 && high >= 0, greater: high > 0 }
    }
}

/// Why the calendar leaves it open how two durations stand to each other: months that meet days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeftOpen {
    /// The two, where what is told is only what is left of them.
    pub of: Option<(Duration, Duration)>,
    /// The months.
    pub months: Duration,
    /// The days that so many months have at least and at most.
    pub days: (i64, i64),
    /// What lies between these.
    pub rest: Duration,
}

/// Whether the calendar leaves it open how two durations stand to each other, and why.
pub fn left_open(a: Duration, b: Duration) -> Option<LeftOpen> {
    let difference = a.sub(b)?;
    let sign = difference.months.signum();
    let months = Duration { months: difference.months.checked_mul(sign)?, seconds: 0 };
    let rest = Duration { months: 0, seconds: difference.seconds.checked_mul(-sign)? };
    let (low, high) = month_days(months.months);
    if months.months == 0 || low == high {
        return None;
    }
    // Where months and days stand on both sides, what is told is what is left of them.
    let mixed = (a.months != 0 && b.months != 0) || (a.seconds != 0 && b.seconds != 0);
    let days = (i64::try_from(low).ok()?, i64::try_from(high).ok()?);
    Some(LeftOpen { of: mixed.then_some((a, b)), months, days, rest })
}

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural =
            |n: i64, unit: &str| format!("{} {unit}{}", grouped(&n.to_string()), if n.abs() == 1 { "" } else { "s" });
        let mut parts = Vec::new();
        if self.months != 0 && self.months % 12 == 0 {
            parts.push(plural(self.months / 12, "year"));
        } else if self.months != 0 {
            parts.push(plural(self.months, "month"));
        }
        let (days, rest) = (self.seconds / DAY, self.seconds % DAY);
        if days != 0 || (rest == 0 && parts.is_empty()) {
            parts.push(plural(days, "day"));
        }
        if rest != 0 && rest % 3_600 == 0 {
            parts.push(plural(rest / 3_600, "hour"));
        } else if rest != 0 {
            parts.push(plural(rest, "second"));
        }
        f.write_str(&parts.join(" and "))
    }
}

/// The fewest and the most days that so many months can have.
fn month_days(months: i64) -> (i128, i128) {
    const CYCLE: i32 = 4_800; // months of 400 years, after which the calendar repeats
    const CYCLE_DAYS: i32 = 146_097;
    /// Where each month of a cycle begins.
    static STARTS: OnceLock<Vec<i32>> = OnceLock::new();
    if months < 0 {
        let (low, high) = month_days(months.saturating_neg());
        return (-high, -low);
    }
    let starts = STARTS.get_or_init(|| {
        let start_of_next = |start: &mut i32, month: i32| {
            let this = *start;
            *start += month_length(2000 + month / 12, month % 12 + 1);
            Some(this)
        };
        let mut starts = Vec::with_capacity(CYCLE as usize);
        starts.extend((0..CYCLE).scan(0, start_of_next));
        starts
    });
    let (cycles, rest) = (i128::from(months / i64::from(CYCLE)), (months % i64::from(CYCLE)) as usize);
    let ends = starts.iter().copied().skip(rest).chain(starts.iter().map(|start| start + CYCLE_DAYS));
    let lengths = starts.iter().zip(ends).map(|(from, to)| to - from);
    let (low, high) = lengths.fold((i32::MAX, i32::MIN), |(low, high), days| (low.min(days), high.max(days)));
    let whole = cycles * i128::from(CYCLE_DAYS);
    (i128::from(low) + whole, i128::from(high) + whole)
}

/// A date moved by a duration of whole days: months first, then days; the last day of a month stands for those it lacks.
pub fn shift_date(days: i32, by: Duration, back: bool) -> Option<i32> {
    if !by.whole_days() {
        return None;
    }
    let sign = if back { -1 } else { 1 };
    let months = by.months.checked_mul(sign)?;
    let extra = i32::try_from((by.seconds / DAY).checked_mul(sign)?).ok()?;
    let mut day = days;
    if months != 0 {
        let by = jiff::Span::new().try_months(i32::try_from(months).ok()?).ok()?;
        day = days_of(civil(days)?.checked_add(by).ok()?)?;
    }
    // The calendar has an end.
    let moved = day.checked_add(extra)?;
    civil(moved).map(|_| moved)
}

/// The orders that are possible between `to - from` and a duration: `to` against `from` moved by it, on the calendar.
pub fn difference_orders(from: i32, to: i32, duration: Duration) -> Orders {
    let whole = Duration { months: duration.months, seconds: duration.seconds.div_euclid(DAY) * DAY };
    match shift_date(from, whole, false) {
        Some(moved) => {
            let left = i64::from(to) * DAY;
            let right = i64::from(moved) * DAY + duration.seconds.rem_euclid(DAY);
            Orders::only(left.cmp(&right))
        }
        // Beyond the calendar: longer, or shorter, than any difference of two dates.
        None => {
            let days = month_days(duration.months).0 + i128::from(duration.seconds / DAY);
            Orders::only(if days > 0 { Ordering::Less } else { Ordering::Greater })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_bounds_in_days() {
        assert_eq!(month_days(1), (28, 31));
        assert_eq!(month_days(6), (181, 184));
        assert_eq!(month_days(12), (365, 366));
        assert_eq!(month_days(4_800), (146_097, 146_097));
        for months in [0, 2, 5, 11, 13, 25, 47, 49, 97, 1_199, 1_201, 4_799, 4_801] {
            let begins = |m: i32| days_from_civil(2000 + m / 12, m % 12 + 1, 1).unwrap();
            let all = (0..4_800).map(|from| i128::from(begins(from + months) - begins(from)));
            assert_eq!(Some(month_days(i64::from(months))), all.clone().min().zip(all.max()), "{months} months");
        }
    }

    #[test]
    fn timestamps_say_their_date() {
        assert_eq!(parse_timestamp("2026-01-31T23:00:00-08:00"), parse_date("2026-01-31"));
        assert_eq!(parse_timestamp("2026-01-31T25:00:00Z"), None);
        assert_eq!(parse_timestamp("2026-01-31T08:00:00+aé1"), None);
        assert_eq!(parse_date("2026-02-30"), None);
        assert_eq!(format_date(parse_date("2000-02-29").unwrap()), "2000-02-29");
    }

    #[test]
    fn a_product_keeps_its_bounds() {
        let at_least = |n| Bounds::from(Some(Num::Int(n)), None);
        assert_eq!(at_least(2).mul(&at_least(3)), at_least(6));
        assert_eq!(Bounds::open().mul(&Bounds::exactly(Num::Int(0))).only(), Some(&Num::Int(0)));
        assert_eq!(Bounds::from(Some(Num::Int(-2)), Some(Num::Int(3))).mul(&at_least(1)), Bounds::open());
    }

    #[test]
    fn decimals_are_rounded_only_in_print() {
        assert_eq!(decimal(&Exact::new(1, 3), 6), "0.333333");
        assert_eq!(decimal(&Exact::new(-1, 2), 6), "-0.5");
        assert_eq!(decimal(&Exact::new(160_001, 2), 6), "80,000.5");
    }
}
