//! Holds lints to what they say: each page shows its lint, and what is called always or never so is so at every tenant.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use cerco::diagnostic::Diagnostic;
use cerco::finding::{Kind, Report};
use cerco::lint::{LINTS, Looked, Verdict, lint, verdict};
use cerco::pack::{PackText, Packs};
use cerco::policy::{Expr, Policy, Stmt};
use cerco::session::{Loaded, Param, Request, TenantText, load, run};
use cerco::syntax::format::format;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// 2026-11-23
const AS_OF: i32 = 20_780;

fn packs(text: &str) -> Packs {
    let files = vec![("page.cerco".into(), text.into())];
    Packs::from_texts(vec![PackText { name: "page".into(), manifest: None, files }])
}

fn loaded(text: &str) -> (Packs, Loaded) {
    let (mut packs, mut report) = (packs(text), Report::default());
    let loaded = load(&mut packs, &mut report);
    (packs, loaded.unwrap_or_else(|| panic!("{:#?}\n{text}", report.errors)))
}

/// What is found in a pack of one file, with the line of each.
fn lints(text: &str) -> Vec<(usize, Diagnostic)> {
    let (packs, loaded) = loaded(text);
    let looked = Looked {
        policy: &loaded.policy,
        sources: &packs.packs,
        named: &loaded.named,
        texts: &packs.sources,
        as_of: AS_OF,
    };
    let line = |it: &Diagnostic| text[..it.span.unwrap().start as usize].matches('\n').count() + 1;
    lint(&looked).into_iter().map(|it| (line(&it), it)).collect()
}

fn codes(text: &str) -> Vec<(usize, &'static str)> {
    lints(text).into_iter().map(|(line, it)| (line, it.code.trim_start_matches("lint/"))).collect()
}

// ---- pages -------------------------------------------------------------------------------------------------------------

/// The block of policy below a heading.
fn block<'p>(page: &'p str, heading: &str) -> &'p str {
    let section = page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}: {page}")).1;
    section.split_once("```cerco\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn each_page_shows_its_lint() {
    for lint in LINTS {
        let code = lint.code.trim_start_matches("lint/");
        assert!(lint.page.starts_with(&format!("# {}\n", lint.code)), "{code}");
        assert!(lint.page.contains("\n## Why\n") && lint.page.contains("\n## Instead\n"), "{code}");
        let (wrong, right) = (block(lint.page, "Wrong"), block(lint.page, "Right"));
        let found = codes(wrong);
        assert!(!found.is_empty() && found.iter().all(|(_, it)| *it == code), "{code}, wrong: {found:?}");
        assert_eq!(codes(right), [], "{code}, right");
        for text in [wrong, right] {
            assert_eq!(format(text, 0).unwrap(), text, "{code} is laid out");
        }
    }
}

#[test]
fn the_table_knows_every_lint() {
    let table: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    assert!(table.is_sorted() && table.windows(2).all(|pair| pair[0] != pair[1]), "{table:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages: BTreeSet<String> = std::fs::read_dir(root.join("docs/lints"))
        .unwrap()
        .map(|entry| format!("lint/{}", entry.unwrap().path().file_stem().unwrap().to_str().unwrap()))
        .collect();
    assert_eq!(pages, table.iter().map(|code| (*code).to_owned()).collect());
    let mut told = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("src/lint")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("\"lint/").skip(1) {
            let code = part.split('"').next().unwrap();
            if code.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !code.is_empty() {
                told.insert(format!("lint/{code}"));
            }
        }
    }
    assert_eq!(told, table.iter().map(|code| (*code).to_owned()).collect());
}

// ---- what is told, and what is not -------------------------------------------------------------------------------------

const SCHEMA: &str = r#"
schema p {
    kind?:  "a" | "b" | "c"
    level?: "L1" < "L2" < "L3"
    sure:   "a" | "b" | "c" = "a"
    flag?:  bool
    on:     bool = true
    n?:     int 0..10
    m:      int >= 0 = 3
    share?: percent 0%..100%
    kept?:  duration >= 6 months
    most?:  duration | "never"
    since?: date >= 2020-01-01
    xs:     [X] key id = []
    inner?: Inner
}

type X {
    id:    string
    n?:    int 0..10
    kind?: "a" | "b" | "c"
    on:    bool = false
}

type Inner { always: bool = true }

param falls: int = 5   may fall
param rises: int = 5   may rise
param fixed: int = 5
let a_xs = [x in xs where x.kind == "a"]
let few = count(xs) <= 2
define big(x: X) = x.n > 5
define is_a(k: string) = k == "a"
"#;

fn with_schema(rules: &str) -> String {
    format!("{SCHEMA}{rules}")
}

/// The condition of the first check of each rule.
fn conditions(policy: &Policy) -> Vec<&Expr> {
    let first = |body: &'static str| panic!("{body}");
    policy
        .rules
        .iter()
        .map(|rule| match &rule.body[0] {
            Stmt::Check(check) => &check.condition,
            _ => first("a check"),
        })
        .collect()
}

fn verdict_of(condition: &str) -> Verdict {
    let (_, loaded) = loaded(&with_schema(&format!("rule r {{ title \"t\" expect {condition} }}")));
    verdict(&loaded.policy, conditions(&loaded.policy)[0])
}

#[test]
fn what_bounds_decide_is_known() {
    let always = [
        "n >= 0",
        "n in 0..10",
        "share <= 100%",
        "kind in [\"a\", \"b\", \"c\"]",
        "level >= \"L1\"",
        "rank(level) <= 3",
        "count(xs) >= 0",
        "count([1, 2]) == 2",
        "len(kind) == 1",
        "kind != \"a\" or kind != \"b\"",
        "n < 5 or n >= 5",
        "n + 1 > 0",
        "sum(x.n for x in xs) >= 0",
        "all x in a_xs: x.kind != \"b\"",
        "all x in xs where big(x): x.n >= 6",
        "not (kind == \"a\" and kind == \"b\")",
        "on is set",
        "falls <= 5",
        "rises >= 5 and fixed == 5",
        "since >= 2019-12-31",
        "kept >= 180 days",
        "if kind == \"a\" then kind != \"b\" else true",
        "max(n, 3) >= 3",
        "n is given",
        "is_a(\"a\")",
        "few or count(xs) > 2",
        "most <= 30 days or most > 30 days",
        "sure default \"b\" in [\"a\", \"b\", \"c\"]",
        "kind matches \"?\"",
    ];
    for condition in always {
        assert_eq!(verdict_of(condition), Verdict::Always, "{condition}");
        assert_eq!(verdict_of(&format!("not ({condition})")), Verdict::Never, "{condition}");
    }
    let sometimes = [
        "n >= 1",
        "kind in [\"a\", \"b\"]",
        "level > \"L1\"",
        "count(xs) > 0",
        "count(a_xs) > 0",
        "kind != \"a\" or sure != \"a\"",
        "all x in xs: x.kind != \"b\"",
        "any x in xs: x.n >= 0",
        // The record may be left out, and what it holds with it.
        "inner.always is set",
        "n is set",
        "falls <= 4",
        "rises <= 6",
        // What is less than six months is for the calendar.
        "kept >= 182 days",
        "most <= \"never\"",
        "today >= 2020-01-01",
        "is_a(kind)",
        "flag or not on",
        "n < 5 or m >= 5",
        "n - m >= 0",
    ];
    for condition in sometimes {
        assert_eq!(verdict_of(condition), Verdict::Sometimes, "{condition}");
    }
}

const HEAD: &str = "title \"t\" severity info rationale \"r\" remedy \"r\"";

/// The codes of a rule with this body.
fn of_rule(body: &str) -> Vec<&'static str> {
    let text = with_schema(&format!(
        "rule all-is-read {{ {HEAD} expect few and falls + rises + fixed > n and (any x in a_xs: big(x) or is_a(x.id)) }}
         rule r {{ {HEAD} {body} }}"
    ));
    codes(&text).into_iter().map(|(_, code)| code).collect()
}

#[test]
fn conditions_are_seen_where_they_stand() {
    let cases: &[(&str, &[&str])] = &[
        // A check under a condition that says the same.
        ("if kind == \"a\" { expect kind == \"a\" }", &["never-fails"]),
        // How a rule says that something is wrong as it is.
        ("if kind == \"a\" { expect kind != \"a\" }", &[]),
        ("if kind == \"a\" { expect false else \"m\" }", &[]),
        ("expect false", &["contradiction"]),
        ("if kind == \"a\" { if kind == \"b\" { expect on } }", &["never-true-where"]),
        ("if kind == \"a\" { expect on } else if kind != \"a\" { expect on }", &["always-true-where"]),
        ("for x in xs where x.on { for y in xs where y.on { expect y.n <= x.n } }", &[]),
        ("for x in xs where x.on { for y in [x] where y.on { expect y.n <= 3 } }", &[]),
        ("for x in xs { expect on }", &["unused"]),
        ("for x in xs where x.on { expect on }", &[]),
        ("let a = 1 expect on", &["unused"]),
        ("let a = 1", &["never-fails", "unused"]),
        ("require kind is given expect kind == \"a\"", &[]),
        ("require n <= 5 expect n <= 6 expect n <= 4", &["never-fails"]),
        // What an `expect` asks may fail, and the next is asked all the same.
        ("expect n <= 4 expect n <= 5", &[]),
        ("expect n <= 4 warning expect n >= 5", &["contradiction"]),
        ("expect n <= 4 if on { expect n <= 4 } expect n <= 3", &[]),
        ("expect n <= 4 else \"a\" expect n <= 4 else \"b\"", &["duplicate-check"]),
        ("threshold n { from 11 \"m\" from 3 \"m\" }", &["dead-band"]),
        ("threshold n { from 0 \"m\" from 3 \"m\" }", &[]),
        ("threshold m { from -1 \"m\" from 0 \"m\" }", &["dead-band"]),
        ("threshold m { from -1 expect on from 0 \"m\" }", &[]),
        ("threshold m { above 4 \"m\" from 5 \"m\" }", &["dead-band"]),
        ("threshold share { above 4% \"m\" from 5% \"m\" }", &[]),
        ("threshold m { from 5 \"m\" from 5 expect on }", &["same-bound"]),
        ("threshold m { from falls \"m\" from rises \"m\" }", &[]),
        ("threshold m { from 5 { expect m >= 3 } from 1 \"m\" }", &["never-fails"]),
        ("expect sure is set expect on", &["decided-by-bounds"]),
        ("expect xs is set or n is missing", &["decided-by-bounds"]),
        ("expect n == n expect on", &["decided-by-bounds"]),
        ("expect n < n expect on", &["decided-by-bounds"]),
        ("expect n <= m expect on", &[]),
        ("expect n <= 3 else \"n} are many\"", &["lone-brace"]),
        ("expect n <= 3 else \"{n}} are many\"", &["lone-brace"]),
        ("expect n <= 3 else \"{{n}} are {n}{n}, {{{n}}}, {{many}\"", &[]),
        ("expect not (n is given)", &["given-as-condition"]),
        ("if kind is given { expect kind == \"a\" }", &["given-as-condition"]),
        ("expect count([x in xs where x.n <= 10]) < 3", &["decided-by-bounds"]),
        ("expect (any x in xs where x.on or not x.on: x.n > 3)", &["always-true-where"]),
        ("expect n default 3 > 2 and m default 3 > 2", &["needless-default"]),
        ("effective 2024-01-01 until 2027-01-01 expect today >= 2023-01-01", &["never-fails"]),
        ("effective 2020-01-01 until 2025-01-01 expect on", &["long-past"]),
        ("effective 2020-01-01 until 2025-12-01 expect on", &[]),
        ("applies when n >= 0 expect on", &["decided-by-bounds"]),
        ("applies when kind == \"a\" and kind == \"b\" expect on", &["never-fails"]),
        ("error expect on warning expect n <= 3", &["silent-severity"]),
        ("grants [\"a\"] { allow kind }", &[]),
    ];
    for (body, wanted) in cases {
        assert_eq!(of_rule(body), *wanted, "{body}");
    }
}

#[test]
fn an_allowance_speaks_of_one_line() {
    let rule = |before: &str, behind: &str| {
        with_schema(&format!(
            "rule r {{ {HEAD}\n expect few and falls + rises + fixed > n and (any x in a_xs: big(x) or is_a(x.id))\n{before}\n expect n <= 10 {behind}\n expect on }}"
        ))
    };
    let codes = |before: &str, behind: &str| -> Vec<&str> {
        codes(&rule(before, behind)).into_iter().map(|(_, code)| code).collect()
    };
    assert_eq!(codes("", ""), ["decided-by-bounds"]);
    assert_eq!(codes("# lint: allow decided-by-bounds because the console counts from 1", ""), [""; 0]);
    assert_eq!(codes("", "# lint: allow lint/decided-by-bounds because of it"), [""; 0]);
    assert_eq!(codes("# lint: allow decided-by-bounds because a\n# and a note below", ""), [""; 0]);
    assert_eq!(
        codes("# lint: allow never-fails because a\n# lint: allow decided-by-bounds because b", ""),
        ["unused-allow"]
    );
    assert_eq!(codes("# lint: allow never-fails, decided-by-bounds because a", ""), ["unused-allow"]);
    assert_eq!(codes("# lint: allow decided-by-bounds", ""), ["bad-allow", "decided-by-bounds"]);
    assert_eq!(codes("# lint: allow decided-by-bounds because ", ""), ["bad-allow", "decided-by-bounds"]);
    assert_eq!(codes("# lint: allow decided because a", ""), ["bad-allow", "decided-by-bounds"]);
    assert_eq!(codes("# a note on lint: allow nothing", ""), ["decided-by-bounds"]);
}

#[test]
fn what_a_pack_lends_is_looked_at_with_those_that_use_it() {
    let pack = |name: &str, text: &str| PackText {
        name: name.into(),
        manifest: None,
        files: vec![(format!("{name}.cerco"), text.into())],
    };
    let lender =
        "law code { title \"c\" }\nlaw other { title \"o\" }\nlet three = 3\nlet four = 4\nschema s { n?: int }";
    let user = format!("use lender\nrule r {{ {HEAD} cites lender.code \"1\" expect n <= lender.three }}");
    let found = |texts: Vec<PackText>| {
        let (mut packs, mut report) = (Packs::from_texts(texts), Report::default());
        let loaded = load(&mut packs, &mut report).unwrap_or_else(|| panic!("{:?}", report.errors));
        let (policy, named) = (&loaded.policy, &loaded.named);
        let looked = Looked { policy, sources: &packs.packs, named, texts: &packs.sources, as_of: AS_OF };
        lint(&looked).into_iter().map(|it| it.message).collect::<Vec<_>>()
    };
    assert_eq!(found(vec![pack("lender", lender)]), [""; 0]);
    assert_eq!(
        found(vec![pack("lender", lender), pack("user", &user)]),
        ["no rule cites the law `other`", "nobody reads `four`"]
    );
}

#[test]
fn names_that_lead_far_cost_no_more() {
    let calls =
        (1..40).map(|at| format!("define f{at}(x: int) = f{0}(x) or f{0}(x + 1)\n", at - 1)).collect::<String>();
    let lets = (1..40).map(|at| format!("let l{at} = l{0} and l{0} or l{0}\n", at - 1)).collect::<String>();
    let chain = (1..2000).map(|at| format!("let c{at} = c{0}\n", at - 1)).collect::<String>();
    let text = format!(
        "schema s {{ n?: int }}\ndefine f0(x: int) = x == 1\n{calls}let l0 = n == 1\n{lets}let c0 = n\n{chain}
        rule r {{ {HEAD} expect f39(n) or l39 or c1999 > 3 }}"
    );
    assert_eq!(codes(&text), []);
}

// ---- the command -------------------------------------------------------------------------------------------------------

fn cerco(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("cerco").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_tells_and_gives_a_status() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let page = LINTS.iter().find(|lint| lint.code == "lint/never-fails").unwrap().page;
    std::fs::write(here.join("wrong.cerco"), block(page, "Wrong")).unwrap();
    std::fs::write(here.join("right.cerco"), block(page, "Right")).unwrap();
    std::fs::write(here.join("broken.cerco"), "rule r { title \"t\" expect nothing }").unwrap();
    assert_eq!(cerco(here, &["lint", "right.cerco"]), (0, "no lint in 1 pack\n".into(), String::new()));
    let (status, out, err) = cerco(here, &["lint", "wrong.cerco"]);
    assert_eq!((status, err.as_str()), (1, ""));
    assert!(out.contains("wrong.cerco:16:29: warning[lint/never-fails]: this always holds"), "{out}");
    assert!(out.ends_with("1 lint in 1 pack\n"), "{out}");
    let (status, out, err) = cerco(here, &["lint", "broken.cerco"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("policy/unknown-name"), "{err}");

    let (status, out, _) = cerco(here, &["lint", "wrong.cerco", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &json["warnings"][0]["code"]), (1, &"lint/never-fails".into()));
    assert_eq!(json["warnings"][0]["location"]["line"], 16);
    let (status, out, _) = cerco(here, &["lint", "wrong.cerco", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((status, &result["ruleId"]), (1, &"lint/never-fails".into()));
    assert_eq!(
        sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"],
        "lint/never-fails"
    );
    let (status, out, _) = cerco(here, &["lint", "wrong.cerco", "--format", "github"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("::warning file=wrong.cerco,line=16,"), "{out}");
    let (status, out, _) = cerco(here, &["lint", "broken.cerco", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &json["errors"][0]["code"]), (2, &"policy/unknown-name".into()));
}

// ---- what is said is so ------------------------------------------------------------------------------------------------

/// The same of an element `y`, for no variable hides another.
fn of_another(condition: &str) -> String {
    condition.replace("x.", "y.").replace("(x)", "(y)").replace(" x in", " y in").replace("(x in", "(y in")
}

/// Rather fewer cases than usual, each of which is many: `PROPTEST_CASES` asks for more.
fn config() -> Config {
    Config { cases: Config::default().cases / 4, max_shrink_iters: 60, failure_persistence: None, ..Config::default() }
}

/// A condition; of an element `x` where `inner`.
fn condition(inner: bool, depth: u32) -> BoxedStrategy<String> {
    let order = || prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let kind = || prop::sample::select(vec!["\"a\"", "\"b\"", "\"c\""]);
    let number = || {
        let outer =
            vec!["n", "m", "count(xs)", "sum(y.n for y in xs)", "n + m", "max(n, m)", "falls", "rises", "len(kind)"];
        let within = vec!["x.n", "x.n", "x.n - n", "n", "rank(level)"];
        prop::sample::select(if inner { within } else { outer })
    };
    let words = if inner { vec!["x.kind", "x.kind", "sure"] } else { vec!["kind", "kind", "sure"] };
    let word = prop::sample::select(words);
    let truth = prop::sample::select(if inner {
        vec!["x.on", "big(x)", "x.n is set", "x.kind is missing", "x.on is set"]
    } else {
        vec!["flag", "on", "few", "n is set", "flag is missing", "on is set", "inner.always", "inner.always is set"]
    });
    let mut atoms = vec![
        (number(), order(), -1i64..12).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed(),
        (number(), order(), number()).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed(),
        (word.clone(), prop::bool::ANY, kind())
            .prop_map(|(a, same, b)| format!("{a} {} {b}", if same { "==" } else { "!=" }))
            .boxed(),
        (word.clone(), prop::collection::vec(kind(), 1..4), prop::bool::ANY)
            .prop_map(|(a, list, is)| format!("{a} {} [{}]", if is { "in" } else { "not in" }, list.join(", ")))
            .boxed(),
        (word, kind()).prop_map(|(a, b)| format!("({a} default {b}) == {b}")).boxed(),
        truth.prop_map(str::to_owned).boxed(),
        (number(), 0i64..6, 0i64..6).prop_map(|(a, from, more)| format!("{a} in {from}..{}", from + more)).boxed(),
    ];
    if !inner {
        atoms.push(
            (order(), prop::sample::select(vec!["\"L1\"", "\"L2\"", "\"L3\""]))
                .prop_filter_map("an order", |(op, level)| Some(format!("level {op} {level}")))
                .boxed(),
        );
        atoms.push((order(), 0u32..130).prop_map(|(op, percent)| format!("share {op} {percent}%")).boxed());
        atoms.push((order(), 170u32..200).prop_map(|(op, days)| format!("kept {op} {days} days")).boxed());
        atoms.push((order(), 1u32..60).prop_map(|(op, days)| format!("most {op} {days} days")).boxed());
        atoms.push((order(), 2018u32..2023).prop_map(|(op, year)| format!("since {op} {year}-01-01")).boxed());
        let within = (
            prop::sample::select(vec!["all", "any", "no"]),
            prop::sample::select(vec!["xs", "a_xs"]),
            prop::option::of(condition(true, depth / 2)),
            condition(true, depth / 2),
        );
        atoms.push(
            within
                .prop_map(|(which, list, filter, body)| {
                    let filter = filter.map_or(String::new(), |it| format!(" where {it}"));
                    of_another(&format!("({which} x in {list}{filter}: {body})"))
                })
                .boxed(),
        );
        let counted = (prop::sample::select(vec!["xs", "a_xs"]), condition(true, depth / 2), order(), -1i64..4);
        atoms.push(
            counted
                .prop_map(|(list, filter, op, n)| of_another(&format!("count(x in {list} where {filter}) {op} {n}")))
                .boxed(),
        );
    }
    let leaf = prop::strategy::Union::new(atoms).boxed();
    leaf.prop_recursive(depth, 2 * depth, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.clone().prop_map(|part| format!("(not {part})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
        ]
    })
    .boxed()
}

/// A condition of one field, or of two: most of what is asked of them together is decided.
fn narrow(inner: bool) -> BoxedStrategy<String> {
    let (word, number) = if inner { ("x.kind", "x.n") } else { ("kind", "n") };
    let kind = || prop::sample::select(vec!["\"a\"", "\"b\"", "\"c\""]);
    let order = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let leaf = prop_oneof![
        (prop::bool::ANY, kind())
            .prop_map(move |(same, value)| format!("{word} {} {value}", if same { "==" } else { "!=" })),
        (prop::bool::ANY, kind(), kind())
            .prop_map(move |(is, a, b)| format!("{word} {} [{a}, {b}]", if is { "in" } else { "not in" })),
        (order, 0i64..11).prop_map(move |(op, value)| format!("{number} {op} {value}")),
        (0i64..8, 0i64..4).prop_map(move |(from, more)| format!("{number} in {from}..{}", from + more)),
        Just(if inner { "big(x)".to_owned() } else { "is_a(kind)".to_owned() }),
        Just(if inner { "x.kind is missing".to_owned() } else { "n is set".to_owned() }),
    ];
    leaf.prop_recursive(1, 3, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|part| format!("(not {part})")),
        ]
    })
    .boxed()
}

/// A tenant that fits the schema, with each of its fields there by that chance.
fn tenant(there: f64) -> BoxedStrategy<String> {
    fn field(there: f64, name: &'static str, values: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
        prop::option::weighted(there, values)
            .prop_map(move |it| it.map_or(String::new(), |it| format!("{name}: {it}\n")))
            .boxed()
    }
    fn of(words: &[&str]) -> BoxedStrategy<String> {
        prop::sample::select(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).boxed()
    }
    let number = |most: i64| (0..=most).prop_map(|n| n.to_string()).boxed();
    let x = (
        field(there, "n", number(10)),
        field(there, "kind", of(&["a", "b", "c"])),
        field(there, "on", of(&["true", "false"])),
    );
    let xs = prop::collection::vec(x, 0..4).prop_map(|all| {
        let one = |(at, (n, kind, on)): (usize, (String, String, String))| {
            let rest = [n, kind, on].map(|line| line.trim_end().to_owned()).into_iter().filter(|it| !it.is_empty());
            let fields: Vec<String> = std::iter::once(format!("id: x{at}")).chain(rest).collect();
            format!("{{{}}}", fields.join(", "))
        };
        format!("[{}]", all.into_iter().enumerate().map(one).collect::<Vec<_>>().join(", "))
    });
    let days = (170u32..200).prop_map(|days| format!("{days} days"));
    let fields = vec![
        field(there, "kind", of(&["a", "b", "c"])),
        field(there, "level", of(&["L1", "L2", "L3"])),
        field(there, "sure", of(&["a", "b"])),
        field(there, "flag", of(&["true", "false"])),
        field(there, "on", of(&["true", "false"])),
        field(there, "n", number(10)),
        field(there, "m", number(12)),
        field(there, "share", number(100)),
        field(there, "kept", prop_oneof![days, (6u32..9).prop_map(|months| format!("{months} months"))]),
        field(there, "most", prop_oneof![Just("never".to_owned()), (1u32..60).prop_map(|days| format!("{days} days"))]),
        field(there, "since", of(&["2020-01-01", "2020-06-01", "2021-12-31", "2022-07-07"])),
        field(there, "xs", xs),
        field(there, "inner", of(&["{}", "{always: false}", "{always: true}"])),
    ];
    fields.prop_map(|lines| format!("{}x-end: true\n", lines.concat())).boxed()
}

/// What stands of each rule at tenants: its rule, its message and the line of the policy that asks.
fn violations(policy: &str, tenants: &[String], params: &[Param]) -> Vec<(String, String)> {
    let text = |(at, tenant): (usize, &String)| {
        let name = format!("{at}.yaml");
        TenantText { name: name.clone(), files: vec![(name, tenant.clone().into_bytes())], joined: false }
    };
    let request = Request { as_of: AS_OF, threads: Some(1), params: params.to_vec(), ..Request::default() };
    let outcome = run(packs(policy), tenants.iter().enumerate().map(text).collect(), &request, &|_, _| {});
    assert!(outcome.report.errors.is_empty(), "{:?}\n{policy}", outcome.report.errors);
    let findings = outcome.report.tenants.iter().flat_map(|tenant| &tenant.findings);
    findings
        // A duration that is certainly too short does not fit the schema; nothing is held of such a tenant.
        .filter(|finding| finding.kind == Kind::Violation)
        .map(|finding| (finding.rule.to_string(), finding.message.clone()))
        .collect()
}

fn params(falls: i64, rises: i64) -> Vec<Param> {
    let param = |name: &str, value: i64| Param {
        pack: "page".into(),
        name: name.into(),
        value: value.to_string().as_str().into(),
        place: None,
    };
    vec![param("falls", falls), param("rises", rises)]
}

#[test]
fn what_is_called_always_or_never_so_is_so_at_every_tenant() {
    let decided = Cell::new(0);
    let mut runner = TestRunner::new(config());
    let cases =
        (prop::collection::vec(condition(false, 3), 12), prop::collection::vec(tenant(0.7), 12), -1i64..=5, 5i64..9);
    let held = runner.run(&cases, |(conditions, tenants, falls, rises)| {
        let rules = conditions.iter().enumerate().map(|(at, it)| {
            let (rule, opposite) = (10 + 2 * at, 11 + 2 * at);
            format!(
                "rule r{rule} {{ title \"t\" expect {it} }}\nrule r{opposite} {{ title \"t\" expect not ({it}) }}\n"
            )
        });
        let policy = with_schema(&rules.collect::<String>());
        let (_, loaded) = loaded(&policy);
        let found = violations(&policy, &tenants, &params(falls, rises));
        for (rule, condition) in loaded.policy.rules.iter().zip(self::conditions(&loaded.policy)) {
            // Each condition stands there with its opposite: `never` of the one is `always` of the other.
            if verdict(&loaded.policy, condition) == Verdict::Always {
                decided.set(decided.get() + 1);
                let stands = found.iter().find(|(id, _)| *id == rule.id);
                prop_assert!(stands.is_none(), "`{}` always holds: {stands:?}", loaded.policy.text(condition.span));
            }
        }
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{error}"));
    assert!(decided.get() > 60, "{} conditions were decided: too few to say anything", decided.get());
}

#[test]
fn what_conditions_around_decide_is_so_at_every_tenant() {
    let decided = Cell::new(0);
    let mut runner = TestRunner::new(config());
    let one = (narrow(true), narrow(false), prop_oneof![narrow(true), narrow(false), condition(true, 2)]);
    let cases = (prop::collection::vec(one, 8), prop::collection::vec(tenant(0.7), 12), -1i64..=5, 5i64..9);
    let held = runner.run(&cases, |(cases, tenants, falls, rises)| {
        let rules = cases.iter().enumerate().map(|(at, (filter, outer, inner))| {
            format!(
                "rule r{at} {{ title \"t\"\nfor x in xs where {filter} {{ if {outer} {{\nif {inner}\n{{ expect false else \"then {at}\" }} else {{ expect false else \"else {at}\" }} }} }} }}\n"
            )
        });
        let policy = with_schema(&rules.collect::<String>());
        let found = violations(&policy, &tenants, &params(falls, rises));
        for (line, lint) in lints(&policy) {
            let text = policy.lines().nth(line - 1).unwrap();
            let rule = policy.lines().take(line).filter(|line| line.starts_with("rule r")).count();
            let Some(at) = rule.checked_sub(1).filter(|_| text.starts_with("if ")) else { continue };
            // Of the whole condition, not of a part.
            let whole = lint.span.unwrap().start as usize - policy.lines().take(line - 1).map(|it| it.len() + 1).sum::<usize>() == 3;
            let (never, word) = match lint.code {
                "lint/always-true-where" => (format!("else {at}"), "always"),
                "lint/never-true-where" => (format!("then {at}"), "never"),
                _ => continue,
            };
            if whole {
                decided.set(decided.get() + 1);
                let stands = found.iter().find(|(_, message)| *message == never);
                prop_assert!(stands.is_none(), "{word}: {text}\nin {:?}", cases[at]);
            }
        }
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{error}"));
    assert!(decided.get() > 40, "{} conditions were decided: too few to say anything", decided.get());
}

#[test]
fn what_excludes_each_other_holds_nowhere_together() {
    let decided = Cell::new(0);
    let mut runner = TestRunner::new(config());
    let cases = (
        prop::collection::vec((narrow(false), prop_oneof![narrow(false), condition(false, 1)]), 10),
        prop::collection::vec(tenant(0.7), 12),
    );
    let held = runner.run(&cases, |(pairs, tenants)| {
        let rules = pairs.iter().enumerate().map(|(at, (one, other))| {
            format!("rule r{at} {{ title \"t\"\nexpect {one}\nexpect {other} }}\nrule s{at} {{ title \"t\" expect not (({one}) and ({other})) }}\n")
        });
        let policy = with_schema(&rules.collect::<String>());
        let found = violations(&policy, &tenants, &[]);
        for (line, lint) in lints(&policy).iter().filter(|(_, lint)| lint.code == "lint/contradiction") {
            let at = policy.lines().take(*line).filter(|line| line.starts_with("rule r")).count() - 1;
            if policy.lines().nth(line - 1).unwrap().starts_with("expect ") && !lint.labels.is_empty() {
                decided.set(decided.get() + 1);
                let stands = found.iter().find(|(id, _)| *id == format!("page/s{at}"));
                prop_assert!(stands.is_none(), "both hold: {:?}", pairs[at]);
            }
        }
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{error}"));
    assert!(decided.get() > 20, "{} pairs excluded each other: too few to say anything", decided.get());
}

#[test]
fn nothing_leads_to_a_dead_band() {
    let decided = Cell::new(0);
    let mut runner = TestRunner::new(config());
    // Of a number that is not known, a band may be told that no whole number leads to: the mildest that may apply.
    let value = prop::sample::select(vec!["n", "m", "count(xs)", "sum(y.n for y in xs)", "n + 2"]);
    let bound = prop_oneof![(-2i64..14).prop_map(|n| n.to_string()), Just("falls".into()), Just("rises".into())];
    let band = (prop::bool::ANY, bound, prop::bool::ANY);
    let one = (value, prop::collection::vec(band, 2..4));
    let cases = (prop::collection::vec(one, 8), prop::collection::vec(tenant(0.999_999), 12), -1i64..=5, 5i64..9);
    let held = runner.run(&cases, |(thresholds, tenants, falls, rises)| {
        let rules = thresholds.iter().enumerate().map(|(at, (value, bands))| {
            let bands = bands.iter().enumerate().map(|(band, (above, bound, asks))| {
                let word = if *above { "above" } else { "from" };
                let ask = if *asks { "expect false else " } else { "" };
                format!("{word} {bound} {ask}\"rule {at} band {band}\"\n")
            });
            format!("rule r{at} {{ title \"t\"\nthreshold {value} {{\n{} }} }}\n", bands.collect::<String>())
        });
        let policy = with_schema(&rules.collect::<String>());
        let found = violations(&policy, &tenants, &params(falls, rises));
        for (line, _) in lints(&policy).iter().filter(|(_, lint)| lint.code == "lint/dead-band") {
            let text = policy.lines().nth(line - 1).unwrap();
            let message = text.split('"').nth(1).unwrap();
            decided.set(decided.get() + 1);
            let stands = found.iter().find(|(_, told)| told == message);
            prop_assert!(stands.is_none(), "{text}: {stands:?}\n{policy}");
        }
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{error}"));
    assert!(decided.get() > 10, "{} bands were dead: too few to say anything", decided.get());
}
