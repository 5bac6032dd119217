//! Laws that hold for whatever comes in: threads change nothing, a fix removes its finding, bounds hold what they bound.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::cmp::Ordering;
use std::sync::OnceLock;

use cerco::edit::apply;
use cerco::pack::{PackText, Packs};
use cerco::report::{Format, Options, write};
use cerco::session::{Outcome, Request, TenantText, run};
use cerco::source::Sources;
use cerco::value::{Bounds, Num};
use proptest::prelude::*;

/// 2026-11-23
const AS_OF: i32 = 20_780;
const RULES: &str = include_str!("../benches/ten.cerco");
const TENANTS: [&str; 3] = [
    include_str!("tenants/hengqin-builder.yaml"),
    include_str!("tenants/finance-performance-sync.yaml"),
    include_str!("tenants/gaming-sub-upgraded.yaml"),
];

fn text(name: &str, text: &str) -> TenantText {
    TenantText { name: name.into(), files: vec![(name.into(), text.into())], joined: false }
}

fn json(outcome: &Outcome) -> String {
    let mut out = Vec::new();
    let options = Options { format: Format::Json, ..Options::default() };
    write(&outcome.report, &outcome.sources, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn check(packs: Packs, tenants: Vec<TenantText>, threads: usize) -> Outcome {
    run(packs, tenants, &Request { as_of: AS_OF, threads: Some(threads), ..Request::default() }, &|_, _| {})
}

/// A tenant with some of its lines left out or changed.
fn damaged(text: &str, lines: &[(prop::sample::Index, u8)]) -> String {
    let mut out: Vec<String> = text.lines().map(str::to_owned).collect();
    for (line, how) in lines {
        let line = line.get_mut(&mut out[..]);
        *line = match how {
            0 => String::new(),
            1 => line.replace("true", "null"),
            2 => line.replace("false", "\"false\""),
            3 => line.replace(": ", ": -"),
            _ => format!("{line} # "),
        };
    }
    out.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn threads_change_nothing(
        lines in prop::collection::vec((any::<prop::sample::Index>(), 0u8..5), 0..12),
        copies in 1usize..4,
        threads in 2usize..5,
    ) {
        let packs = || Packs::from_texts(vec![PackText {
            name: "ten".into(),
            manifest: None,
            files: vec![("ten.cerco".into(), RULES.into())],
        }]);
        let tenants: Vec<TenantText> = TENANTS
            .iter()
            .cycle()
            .take(copies)
            .enumerate()
            .map(|(at, tenant)| text(&format!("{at}.yaml"), &damaged(tenant, &lines)))
            .collect();
        prop_assert_eq!(json(&check(packs(), tenants.clone(), 1)), json(&check(packs(), tenants, threads)));
    }

    #[test]
    fn bounds_hold_what_they_bound(
        (a, x) in bounded(), (b, y) in bounded(),
    ) {
        let (m, n) = (Num::Int(x), Num::Int(y));
        for (bounds, value) in [
            (a.add(&b), m.add(&n)),
            (a.sub(&b), m.sub(&n)),
            (a.mul(&b), m.mul(&n)),
            (a.either(&b), Some(m.clone())),
            (a.max(&b), Some(Num::Int(x.max(y)))),
            (a.min(&b), Some(Num::Int(x.min(y)))),
        ] {
            let value = value.unwrap();
            prop_assert!(holds(&bounds, &value), "{:?} of {:?} and {:?} does not hold {:?}", bounds, a, b, value);
        }
        prop_assert_eq!(a.add(&b), b.add(&a));
        prop_assert_eq!(a.mul(&b), b.mul(&a));
        let orders = a.orders(&b);
        let possible = match x.cmp(&y) {
            Ordering::Less => orders.less,
            Ordering::Equal => orders.equal,
            Ordering::Greater => orders.greater,
        };
        prop_assert!(possible);
    }
}

/// Bounds, and a number within them.
fn bounded() -> impl Strategy<Value = (Bounds, i64)> {
    (-1000i64..1000, prop::option::of(0i64..50), prop::option::of(0i64..50)).prop_map(|(x, below, above)| {
        let low = below.map(|by| Num::Int(x - by));
        (Bounds::from(low, above.map(|by| Num::Int(x + by))), x)
    })
}

fn holds(bounds: &Bounds, value: &Num) -> bool {
    bounds.orders(&Bounds::exactly(value.clone())).equal
}

/// The example tenants that have something to be fixed, checked with all packs once.
fn examples() -> &'static [(&'static str, Outcome)] {
    static EXAMPLES: OnceLock<Vec<(&str, Outcome)>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let fixable = |outcome: &Outcome| {
            outcome.report.tenants.iter().flat_map(|tenant| &tenant.findings).any(|finding| finding.fix.is_some())
        };
        TENANTS.iter().map(|tenant| (*tenant, all_packs(tenant))).filter(|(_, outcome)| fixable(outcome)).collect()
    })
}

fn all_packs(tenant: &str) -> Outcome {
    check(Packs::load(Sources::new(), &[]), vec![text("tenant.yaml", tenant)], 1)
}

/// The comments of a text, in their order: a `#` behind a blank and outside of quotes.
fn comments(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.find(" # ").or(line.starts_with('#').then_some(0)).map(|at| line[at..].trim()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_fix_removes_its_finding(example in any::<prop::sample::Index>(), finding in any::<prop::sample::Index>()) {
        let (tenant, outcome) = example.get(examples());
        let findings = outcome.report.tenants.iter().flat_map(|tenant| &tenant.findings);
        let fixable: Vec<_> = findings.filter(|finding| finding.fix.is_some()).collect();
        let finding = finding.get(&fixable);
        let fix = finding.fix.as_ref().unwrap();
        let file = outcome.sources.file(finding.span.start).unwrap();
        let (after, applied) = apply(file.text(), file.base(), &fix.edits);
        prop_assert_eq!(applied.len(), fix.edits.len());
        prop_assert!(serde_yaml::from_str::<serde_yaml::Value>(&after).is_ok(), "{}", after);
        if fix.edits.iter().all(|edit| !edit.text.is_empty()) {
            prop_assert_eq!(comments(tenant), comments(&after), "{:?}", fix);
        }
        let again = all_packs(&after);
        prop_assert!(again.report.errors.is_empty(), "{:?}", again.report.errors);
        let left = again.report.tenants.iter().flat_map(|tenant| &tenant.findings).find(|other| {
            other.fingerprint == finding.fingerprint
        });
        prop_assert!(left.is_none(), "{:?}\nis left after\n{:?}", left, fix);
    }
}
