//! Owns the bands of thresholds: which none of the values that can be measured leads to. It must never know what a band asks.

use std::cmp::Ordering;

use super::known::Known;
use super::shape::Shape;
use super::tell;
use crate::diagnostic::Diagnostic;
use crate::policy::{Asks, Band, Threshold};
use crate::schema::TypeKind;
use crate::value::Num;

/// What is wrong with the bands of a threshold.
pub fn look<'p>(known: &mut Known<'p>, threshold: &'p Threshold) -> Vec<Diagnostic> {
    known.refuel();
    let value = known.shape(&threshold.value);
    let bounds: Vec<Shape> = threshold.bands.iter().map(|band| known.shape(&band.bound)).collect();
    let bands: Vec<(&Band, &Shape)> = threshold.bands.iter().zip(&bounds).collect();
    let mut found = Vec::new();
    for (at, (band, bound)) in bands.iter().enumerate() {
        if reached(&value, band, bound) == Some(false) {
            let told = tell::text(known.policy, threshold.value.span)
                .zip(tell::shape(known.policy, &threshold.value.ty, &value))
                .map(|(text, shape)| format!("{text} is {shape}"));
            found.push(
                Diagnostic::error("lint/dead-band", band.bound.span, "no value reaches this band")
                    .labelled(told.unwrap_or_default())
                    .help("give it a bound that can be reached, or take it out"),
            );
            continue;
        }
        // A band that asks gives way to another that asks; a message gives way to any.
        let gives_way = |other: &Band| !asks(band) || asks(other);
        let over = bands.iter().find(|(other, over)| {
            gives_way(other)
                && order(band, bound, other, over) == Some(Ordering::Less)
                && (reached(&value, other, over) == Some(true)
                    || leads_on(&threshold.value.ty, (band, bound), (other, over)))
        });
        if let Some((other, _)) = over {
            found.push(
                Diagnostic::error(
                    "lint/dead-band",
                    band.bound.span,
                    "what reaches this band reaches a higher one, too",
                )
                .and_at(other.bound.span, "which applies in its place")
                .help("move one of the bounds, or take this band out"),
            );
            continue;
        }
        let same = bands.iter().take(at).find(|(other, over)| order(band, bound, other, over) == Some(Ordering::Equal));
        if let Some((other, _)) = same {
            found.push(
                Diagnostic::error("lint/same-bound", band.bound.span, "another band begins here, and both apply")
                    .and_at(other.bound.span, "this one")
                    .help("give one of them another bound, or make them one band with a block"),
            );
        }
    }
    found
}

/// `expect`, or a block: not a message alone.
fn asks(band: &Band) -> bool {
    !matches!(band.asks, Asks::Message(_))
}

/// Whether a value reaches a band, where that is decided.
fn reached(value: &Shape, band: &Band, bound: &Shape) -> Option<bool> {
    let orders = value.orders(bound)?;
    orders.decide(|order| if band.above { order.is_gt() } else { order.is_ge() })
}

/// The order of two bands, where it is decided: `from` a number lies below `above` it.
fn order(a: &Band, x: &Shape, b: &Band, y: &Shape) -> Option<Ordering> {
    if std::ptr::eq(a, b) {
        return None;
    }
    let orders = x.orders(y)?;
    let only = [Ordering::Less, Ordering::Equal, Ordering::Greater]
        .into_iter()
        .find(|order| orders.decide(|it| it == *order) == Some(true))?;
    Some(only.then(a.above.cmp(&b.above)))
}

/// Whether the first whole number of one band is in the next one already: `above 4`, `from 5`.
fn leads_on(ty: &TypeKind, (band, bound): (&Band, &Shape), (over, above): (&Band, &Shape)) -> bool {
    let first = |band: &Band, bound: &Shape| match bound {
        Shape::Number(bounds) => match bounds.only()? {
            Num::Int(n) => n.checked_add(i64::from(band.above)),
            Num::Exact(n) => {
                let whole = i64::try_from(n.floor().to_integer()).ok()?;
                if band.above || !n.is_integer() { whole.checked_add(1) } else { Some(whole) }
            }
        },
        _ => None,
    };
    *ty == TypeKind::Int && first(band, bound).zip(first(over, above)).is_some_and(|(one, other)| one == other)
}
