//! Laws that hold for whatever comes in: threads change nothing, a fix removes its finding, bounds hold what they bound.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

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

/// A schema and rules whose fixes set, put in and take out.
const FIXING: &str = r#"
schema t {
    s: S = {}
    g: [string] = []
    perms: [string] = []
    roles: [R] key id = []
    apps: [A] = []
    n: int = 1
    tags: [string] = []
}
type S { a: int = 0  b: string = ""  e: [string] = [] }
type R { id: string  on: string = "off"  level: int = 9 }
type A { note?: string  more?: string  public: bool = true }
rule settings { title "s" settings s { a == 1  b == "x y"  e == ["z", "true"] } }
rule roles { title "r" for r in roles { settings r { on == "on"  level <= 5 } } }
rule stricter { title "r" for r in roles { settings r { level <= 7/2 } } }
rule lists { title "l" grants g { deny "bad*" } grants perms { deny "bad*" } }
rule notes {
    title "n"
    for a in apps { expect a.note is missing fix remove a.note  expect a.more is missing fix remove a.more }
}
rule tags { title "t" for t in tags { expect t == "y" fix set t = "y" } }
"#;

fn by_fixing(tenant: &str, fix: bool) -> Outcome {
    let files = vec![("fixing.cerco".into(), FIXING.into())];
    let packs = Packs::from_texts(vec![PackText { name: "fixing".into(), manifest: None, files }]);
    let request = Request { as_of: AS_OF, threads: Some(1), fix, ..Request::default() };
    let outcome = run(packs, vec![text("tenant.yaml", tenant)], &request, &|_, _| {});
    assert_eq!(outcome.report.errors, [], "{tenant}");
    outcome
}

/// A text with all its fixes, and how many they were.
fn fixed(tenant: &str) -> (String, usize) {
    let mut outcome = by_fixing(tenant, true);
    let fixed = outcome.fixed.remove(0);
    (fixed.after.unwrap_or_else(|| tenant.to_owned()), fixed.fixes.len())
}

#[test]
fn fixes_keep_the_form_of_what_is_around() {
    let s = "s: {a: 1, b: \"x y\", e: [z, \"true\"]}\n";
    for (before, after) in [
        // The first key of an element goes, and its `- ` stays.
        (
            "apps:\n- public: true\n# k\n- note: old\n  x-o: ops\n- note: old # gone\n  # kept\n  x-o: ops\n- note: o\n",
            "apps:\n- public: true\n# k\n- x-o: ops\n-\n  # kept\n  x-o: ops\n- {}\n",
        ),
        ("apps:\n  - note: a\n    more: b\n  - {note: a, more: b}\n", "apps:\n  - {}\n  - {}\n"),
        // Nothing stands for an empty list but one.
        ("perms:\n  - bad\n  # c\n  - bad2 # d\n", "perms: []\n"),
        ("perms: # k\n- bad\n- bad2\n", "perms: [] # k\n"),
        ("g: [bad, bad2, bad3]\n", "g: []\n"),
        ("g: [ok, bad2, ok2, bad3, bad4]\n", "g: [ok, ok2]\n"),
        ("g:\n  [\n    ok, # k\n    bad, # j\n  ]\n", "g:\n  [\n    ok, # k\n  ]\n"),
        ("g: [bad, # k\n  ok]\n", "g: [ # k\n  ok]\n"),
        ("g: [ok, # k\n  bad]\n", "g: [ok # k\n  ]\n"),
        // What is used elsewhere stays.
        ("g: [&x bad, ok]\nx-l: [*x]\n", "g: [&x bad, ok]\nx-l: [*x]\n"),
        ("apps:\n  - {note: &x a, public: true}\nx-l: [*x]\n", "apps:\n  - {note: &x a, public: true}\nx-l: [*x]\n"),
        // `null` is the same as absent.
        (
            "roles:\n  - {id: k, level: 1, on: , x-z: 1}\n  - id: l\n    level: 1\n    on: ~\n  - id: m\n    level: ~\n    on: # c\n",
            "roles:\n  - {id: k, level: 1, on: \"on\", x-z: 1}\n  - id: l\n    level: 1\n    on: \"on\"\n  - id: m\n    level: 3\n    on: \"on\" # c\n",
        ),
        ("tags: [a, \"b\", y]\n", "tags: [\"y\", \"y\", y]\n"),
    ] {
        let (found, _) = fixed(&format!("{s}{before}"));
        assert_eq!(found.strip_prefix(s), Some(after), "{before}");
    }
}

#[test]
fn in_json_a_fix_writes_json() {
    let (after, count) = fixed("{\"g\": [\"ok\", \"bad\"], \"roles\": [{\"id\": \"k\", \"level\": null}]}");
    let value: serde_json::Value = serde_json::from_str(&after).unwrap();
    assert_eq!((&value["roles"][0]["on"], &value["roles"][0]["level"], count), (&"on".into(), &3.into(), 7));
    assert_eq!(value["g"], serde_json::json!(["ok"]));
}

#[test]
fn several_fields_are_put_into_one_empty_mapping() {
    for before in
        ["s: {}\n", "s: { }\n", "s: {\n  # k\n  }\n", "{}\n", "{s: }\n", "s: ~\n", "s:\n", "n: 1\n", "{\"n\": 1}"]
    {
        let (after, count) = fixed(before);
        let value: serde_yaml::Value = serde_yaml::from_str(&after).unwrap();
        let s = &value["s"];
        assert_eq!(
            (s["a"].as_u64(), s["b"].as_str(), s["e"][1].as_str(), count),
            (Some(1), Some("x y"), Some("true"), 3)
        );
        assert!(!before.starts_with("{\"") || serde_json::from_str::<serde_json::Value>(&after).is_ok(), "{after}");
        assert_eq!(before.contains('#'), after.contains("# k"), "{after}");
    }
}

#[test]
fn where_a_key_is_explicit_nothing_is_put_before_it() {
    let text = "? n\n: 1\n";
    assert_eq!(fixed(text), (text.to_owned(), 0));
}

#[test]
fn a_large_tenant_takes_few_rounds() {
    let perms: String = (0..2000).map(|at| format!("  - bad{at}\n")).collect();
    let apps: String = (0..2000).map(|_| "  - note: a\n    more: b\n").collect();
    let (after, count) = fixed(&format!("s: {{a: 1, b: \"x y\", e: [z, \"true\"]}}\nperms:\n{perms}apps:\n{apps}"));
    assert_eq!(count, 6000);
    assert!(after.contains("perms: []\napps:\n  - {}\n  - {}\n"));
}

/// A list in one of its forms; what is kept of it is marked so.
fn list(name: &str, elements: &[bool], form: u8) -> String {
    let word = |at: usize, ok: bool| format!("{}{at}", if ok { "ok" } else { "bad" });
    let mark = |ok: bool| if ok { "keep" } else { "gone" };
    let mut out = format!("{name}:");
    match form {
        _ if elements.is_empty() => out.push_str(" []\n"),
        0 => {
            let words: Vec<String> = elements.iter().enumerate().map(|(at, ok)| word(at, *ok)).collect();
            out.push_str(&format!(" [{}]\n", words.join(", ")));
        }
        1 | 2 => {
            out.push_str("\n  [\n");
            for (at, ok) in elements.iter().enumerate() {
                let comma = if at + 1 < elements.len() || form == 1 { "," } else { "" };
                out.push_str(&format!("    # {0} a{at}\n    {1}{comma} # {0} b{at}\n", mark(*ok), word(at, *ok)));
            }
            out.push_str("  ]\n");
        }
        _ => {
            out.push('\n');
            let indent = if form == 3 { "  " } else { "" };
            for (at, ok) in elements.iter().enumerate() {
                out.push_str(&format!("{indent}# {0} a{at}\n{indent}- {1} # {0} b{at}\n", mark(*ok), word(at, *ok)));
            }
        }
    }
    out
}

/// A tenant of fields in many forms, with something to fix in most of them.
fn tenant() -> impl Strategy<Value = (String, Vec<bool>, Vec<bool>)> {
    let elements = || prop::collection::vec(any::<bool>(), 0..5);
    let s = prop::sample::select(vec![
        "",
        "s:\n",
        "s: ~ # keep s\n",
        "s: {}\n",
        "s: { }\n",
        "s: {a: 3}\n",
        "s: {a: , b: null}\n",
        "s: {a, b: y}\n",
        "s:\n  # keep s\n  a: 5 # keep a\n",
        "s:\n  b: # keep b\n  a:\n",
        "s:\n  {\n    a: 2, # keep a\n  }\n",
        "s: {e: [a, b], b: 'q'}\n",
    ]);
    let role = prop::sample::select(vec![
        "- id: ID\n",
        "- id: ID # keep i\n  on:\n",
        "- on: ~\n  id: ID\n",
        "- {id: ID}\n",
        "- {id: ID, on: , level: 4}\n",
        "- # keep i\n  level: 8 # keep l\n  id: ID\n",
        "- {\n    id: ID, # keep i\n    level: 3\n  }\n",
    ]);
    let app = prop::sample::select(vec![
        "- note: a # gone\n  public: true # keep p\n",
        "- note: a\n",
        "- {note: a, more: b, public: false}\n",
        "- note: a\n  more: b\n  # keep p\n  public: true\n",
        "- public: true # keep p\n  # gone\n  more: |\n    b\n    c\n",
        "- {public: true, # keep p\n   more: b}\n",
        "- x-a: 1\n  note: n\n",
    ]);
    let parts = (s, elements(), 0u8..5, elements(), 0u8..5);
    (parts, prop::collection::vec(role, 0..3), prop::collection::vec(app, 0..4)).prop_map(
        |((s, g, g_form, perms, perms_form), roles, apps)| {
            let mut out =
                format!("# keep first\nn: 1\n{s}{}{}", list("g", &g, g_form), list("perms", &perms, perms_form));
            if !roles.is_empty() {
                out.push_str("roles:\n");
                let named = roles.iter().enumerate().map(|(at, role)| role.replace("ID", &format!("r{at}")));
                out.extend(named);
            }
            if !apps.is_empty() {
                out.push_str("apps:\n");
                out.extend(apps);
            }
            (out, g, perms)
        },
    )
}

/// That a text is YAML, keeps what is to be kept, and nothing else of its lists.
fn keeps(before: &str, after: &str, g: Option<&[bool]>) {
    let value: serde_yaml::Value =
        serde_yaml::from_str(after).unwrap_or_else(|error| panic!("{error}\n{before}\n{after}"));
    let kept = |text: &str| text.matches("# keep").count();
    assert_eq!(kept(before), kept(after), "\n{before}\nbecame\n{after}");
    if let Some(g) = g {
        let words: Vec<String> = g.iter().enumerate().filter(|(_, ok)| **ok).map(|(at, _)| format!("ok{at}")).collect();
        let left: Vec<&str> = value["g"].as_sequence().unwrap().iter().filter_map(|word| word.as_str()).collect();
        assert_eq!(left, words, "\n{before}\nbecame\n{after}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn all_fixes_together_leave_nothing_to_fix((before, g, _) in tenant()) {
        let (after, _) = fixed(&before);
        keeps(&before, &after, Some(&g));
        let again = by_fixing(&after, false);
        let left: Vec<_> = again.report.tenants[0].findings.iter().filter(|finding| finding.fix.is_some()).collect();
        prop_assert!(left.is_empty(), "{:?}\nis left of\n{}\nin\n{}", left, before, after);
    }

    #[test]
    fn each_fix_alone_removes_its_finding((before, ..) in tenant(), finding in any::<prop::sample::Index>()) {
        let outcome = by_fixing(&before, false);
        let findings = &outcome.report.tenants[0].findings;
        let fixable: Vec<_> = findings.iter().filter(|finding| finding.fix.is_some()).collect();
        if !fixable.is_empty() {
            let finding = finding.get(&fixable);
            let edits = &finding.fix.as_ref().unwrap().edits;
            let base = outcome.sources.file(finding.span.start).unwrap().base();
            let (after, applied) = apply(&before, base, edits);
            prop_assert_eq!(applied.len(), edits.len());
            keeps(&before, &after, None);
            let again = by_fixing(&after, false);
            // Elements that are alike take each other's fingerprints.
            let of_rule = |outcome: &Outcome| {
                outcome.report.tenants[0].findings.iter().filter(|other| other.rule == finding.rule).count()
            };
            prop_assert!(of_rule(&again) < of_rule(&outcome), "{}\nbecame\n{}", before, after);
        }
    }
}
