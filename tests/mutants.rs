//! Mutation testing as a person runs it: what no test notices is told at its place.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use assert_cmd::Command;

const SCHEMA: &str = r#"
schema t {
    links?: [Link] key id
    total?: int >= 0
    mode: "closed" | "inner" | "open" = "closed"
    grants?: [string]
    share?: percent
}
type Link { id: string  days?: int >= 0  open: bool  label?: string  until?: date }
"#;

/// What `cerco test --mutate` says of a pack with these policies and this test.
fn mutate(policies: &str, test: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("house");
    std::fs::create_dir_all(pack.join("tests")).unwrap();
    std::fs::write(pack.join("pack.yaml"), "name: house\nversion: 0.1.0\ndescription: d\nlicence: Apache-2.0\n")
        .unwrap();
    std::fs::write(pack.join("schema.cerco"), SCHEMA).unwrap();
    std::fs::write(pack.join("rules.cerco"), policies).unwrap();
    std::fs::write(pack.join("tests/a.yaml"), test).unwrap();
    let mut command = Command::cargo_bin("cerco").unwrap();
    let output = command.current_dir(folder.path()).args(["test", "house", "--mutate"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The alterations that go unnoticed.
fn unnoticed(policies: &str, test: &str) -> Vec<String> {
    let (status, out) = mutate(policies, test);
    let told: Vec<String> =
        out.lines().filter_map(|line| line.strip_prefix("  house/rules.cerco:")).map(str::to_owned).collect();
    assert_eq!(status, i32::from(!told.is_empty()), "{out}");
    told
}

const DAYS: &str = r#"rule days { title "Short" severity error for l in links { expect l.days <= 30 } }"#;

#[test]
fn a_bound_is_noticed_where_both_of_its_sides_have_an_example() {
    let far = "links:\n  - {id: a, days: 1, open: true}\n  - {id: b, days: 99, open: true} # expect: house/days\n";
    assert_eq!(unnoticed(DAYS, far), ["1:76: bound: `30` → `29`, in `30`", "1:76: bound: `30` → `31`, in `30`"]);
    let near = "links:\n  - {id: a, days: 30, open: true}\n  - {id: b, days: 31, open: true} # expect: house/days\n";
    assert_eq!(unnoticed(DAYS, near), [] as [&str; 0]);
}

#[test]
fn without_a_failing_example_nothing_is_noticed() {
    let (status, out) = mutate(DAYS, "links: []\n");
    assert_eq!(status, 1);
    insta::assert_snapshot!(out);
}

#[test]
fn each_kind_of_part_is_altered() {
    let policies = r#"param most: int = 5 may fall
let live = [l in links where l.open]
define short(l: Link) = l.days < most and not (l.label matches /^x-/)

rule all-kinds {
    title "All kinds"
    severity error
    effective 2020-01-01
    applies when mode != "closed"
    for l in live where l.label default "a" == "a" {
        expect short(l) or l.until is set
    }
    expect all l in links: l.days in 1..9
    threshold total { from 10 "many" }
    grants grants { allow "a.*", "b" deny "a.x" }
    if share > 50% { expect min(total, count(live)) - 1 < total + 2 }
}
"#;
    let (status, out) = mutate(
        policies,
        "# nothing else is known, and so little noticed\nmode: open  # expect unknown: house/all-kinds\n",
    );
    assert_eq!(status, 1, "{out}");
    let (_, out) = mutate(policies, "mode: closed\n");
    insta::assert_snapshot!(out);
}

#[test]
fn what_is_explained_in_the_pack_is_no_survivor() {
    let rule = |above: &str, behind: &str| {
        format!(
            "rule days {{\n    title \"Short\"\n    for l in links {{\n        {above}\n        expect l.days <= 30  {behind}\n    }}\n}}\n"
        )
    };
    let far = "links:\n  - {id: a, days: 1, open: true}\n  - {id: b, days: 99, open: true} # expect: house/days\n";
    let told = |above: &str, behind: &str| mutate(&rule(above, behind), far);
    let good = (0, "mutants of house: 2 of 4 noticed, 2 explained\n1 passed, 0 failed\n".to_owned());
    assert_eq!(told("", "# mutants: bound because nobody counts days"), good);
    assert_eq!(told("# mutants: bound because nobody counts days", ""), good);
    let both = told("# mutants: bound because nobody counts days\n        # lint: allow x because y", "");
    assert_eq!(both.0, 1, "an explanation stands right above its line: {}", both.1);
    let several = told("# mutants: bound because so\n        # mutants: check because so", "");
    assert!(several.1.contains("2 explained") && several.1.contains("explains no alteration"), "{}", several.1);

    let (status, out) = told("", "# mutants: bond because nobody counts days");
    assert_eq!(status, 1);
    insta::assert_snapshot!(out);
    let (_, out) = told("", "# mutants: bound");
    assert!(out.contains("it is not said why"), "{out}");
}

#[test]
fn tests_that_fail_notice_nothing() {
    let (status, out) = mutate(DAYS, "links:\n  - {id: b, days: 99, open: true}\n");
    assert_eq!(status, 1);
    assert!(out.contains("nothing was altered: tests that fail notice nothing\n0 passed, 1 failed\n"), "{out}");
}

#[test]
fn a_parameter_that_the_test_sets_is_not_altered_there() {
    let policies =
        "param most: int = 30 may fall\n\nrule days { title \"Short\" for l in links { expect l.days <= most } }\n";
    let set = "# param: most=9\nlinks:\n  - {id: a, days: 9, open: true}\n  - {id: b, days: 10, open: true} # expect: house/days\n";
    assert_eq!(unnoticed(policies, set), ["1:7: bound: `30` → `29`, in `most`", "1:7: bound: `30` → `31`, in `most`"]);
}

#[test]
fn what_no_rule_uses_cannot_be_noticed() {
    let policies = format!("define long(l: Link) = l.days > 9\n\n{DAYS}\n");
    let near = "links:\n  - {id: a, days: 30, open: true}\n  - {id: b, days: 31, open: true} # expect: house/days\n";
    let told = unnoticed(&policies, near);
    assert!(!told.is_empty() && told.iter().all(|line| line.ends_with("no test runs a rule that uses it")), "{told:?}");
}
