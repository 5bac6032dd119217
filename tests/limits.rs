//! Holds every run to an end: small texts that ask for very much are given up at a limit, at a place, and hide nothing else.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::fmt::Write as _;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a pack `p.cerco` and a tenant `a.yaml`.
fn folder(pack: &str, tenant: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.cerco"), pack).unwrap();
    std::fs::write(folder.path().join("a.yaml"), tenant).unwrap();
    folder
}

fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("cerco").unwrap().current_dir(folder.path()).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The JSON report of a check, and its exit status.
fn check(pack: &str, tenant: &str, more: &[&str]) -> (i32, Value) {
    let arguments = [&["check", "a.yaml", "--pack", "p.cerco", "--format", "json"], more].concat();
    let (status, out) = run(&folder(pack, tenant), &arguments);
    (status, serde_json::from_str(&out).unwrap())
}

/// The codes of a report's errors, and their lines.
fn errors(report: &Value) -> Vec<(&str, i64)> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors.map(|error| (error["code"].as_str().unwrap(), error["location"]["line"].as_i64().unwrap())).collect()
}

fn lines(from: usize, to: usize, line: impl Fn(usize) -> String) -> String {
    (from..to).fold(String::new(), |mut all, at| {
        writeln!(all, "{}", line(at)).unwrap();
        all
    })
}

#[test]
fn what_has_a_number_is_no_more_than_there_are_numbers() {
    let words: Vec<String> = (0..65_540).map(|at| format!("\"w{at}\"")).collect();
    let pack = format!("schema s {{\n e?:\n{}\n}}\nrule r {{ title \"t\" expect e is set }}\n", words.join(" |\n"));
    let (status, report) = check(&pack, "e: w3\n", &[]);
    assert_eq!((status, errors(&report)), (2, vec![("policy/too-many", 65_538)]));
}

#[test]
fn a_chain_of_values_that_need_each_other_is_no_longer_than_stacks_are_deep() {
    let mut chain: Vec<String> = (1..20_000).map(|at| format!("let a{at} = a{} + 1", at - 1)).collect();
    for reversed in [false, true] {
        let pack = format!(
            "schema s {{ n?: int }}\nlet a0 = n\n{}\nrule r {{ title \"t\" expect a19999 > 0 }}\n",
            chain.join("\n")
        );
        let (status, report) = check(&pack, "n: 1\n", &[]);
        assert_eq!(status, 2);
        let errors = errors(&report);
        assert_eq!(errors.iter().map(|error| error.0).collect::<Vec<_>>(), ["policy/too-deep"], "{reversed}");
        chain.reverse();
    }
    // The longest that may be is worked out, whoever walks through it.
    let lets = lines(1, 1_660, |at| format!("let a{at} = a{} + 1", at - 1));
    let pack = format!("schema s {{ n?: int }}\nlet a0 = n\n{lets}rule r {{ title \"t\" expect a1659 == 1660 }}\n");
    let folder = folder(&pack, "n: 1\n");
    for arguments in [
        &["check", "a.yaml", "--pack", "p.cerco"][..],
        &["explain", "p/r", "a.yaml", "--pack", "p.cerco"],
        &["docs", "p.cerco", "--output", "pages"],
    ] {
        assert_eq!(run(&folder, arguments).0, 0, "{arguments:?}");
    }
}

#[test]
fn functions_that_call_another_one_twice_are_given_up() {
    let defines = lines(1, 60, |at| format!("define d{at}(x: int) = d{0}(x) + d{0}(x)", at - 1));
    let pack = format!(
        "schema s {{ n: int }}\ndefine d0(x: int) = x + x\n{defines}rule r {{ title \"t\" expect d59(n) >= 0 }}\nrule q {{ title \"t\" expect n > 1 }}\n"
    );
    let (status, report) = check(&pack, "n: 0\n", &["--max-steps", "10000"]);
    assert_eq!((status, errors(&report)), (2, vec![("limit/steps", 62)]));
    assert_eq!(report["tenants"][0]["findings"][0]["rule"], "p/q");
    let folder = folder(&pack, "n: 0\n");
    let (status, out) = run(&folder, &["explain", "p/r", "--pack", "p.cerco"]);
    assert_eq!(status, 0);
    assert!(out.contains("reads: n\n"), "{out}");
    assert_eq!(run(&folder, &["docs", "p.cerco", "--output", "pages"]).0, 0);
    assert_ne!(run(&folder, &["lint", "p.cerco"]).0, 2);
}

#[test]
fn texts_and_lists_that_double_are_given_up() {
    let texts = lines(1, 60, |at| format!("let s{at} = s{0} + s{0}", at - 1));
    let lists = lines(1, 60, |at| format!("let l{at} = l{0} + l{0}", at - 1));
    let pack = format!(
        "schema s {{ n: string }}\nlet s0 = n + n\nlet l0 = [n]\n{texts}{lists}\
         rule a {{ title \"t\" expect len(s59) > 0 }}\n\
         rule b {{ title \"t\" expect count(l59) > 0 }}\n\
         rule c {{ title \"t\" expect count([x + y + z for x in l7 for y in l7 for z in l7]) > 0 }}\n\
         rule d {{ title \"t\" expect count(x for x in l7 for y in l7) == 1 }}\n\
         rule e {{ title \"t\" expect len(s4) == 3 }}\n"
    );
    let (status, report) = check(&pack, "n: abc\n", &["--max-steps", "2000000"]);
    let given_up = [("limit/memory", 122), ("limit/memory", 123), ("limit/memory", 124)];
    assert_eq!((status, errors(&report)), (2, given_up.to_vec()));
    let found: Vec<&Value> =
        report["tenants"][0]["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(found, ["p/d", "p/e"]);
}

#[test]
fn what_does_not_fit_is_told_in_part_where_it_is_very_much() {
    let pack =
        "schema s { xs: [X] key id = [] }\ntype X { id: string }\nrule r { title \"t\" expect count(xs) == 1 }\n";
    let wrong = lines(0, 2_000, |at| format!("  u{at}: 3"));
    let (status, report) = check(pack, &format!("xs:\n- id: {}\n{wrong}", "y".repeat(20_000)), &[]);
    let tenant = &report["tenants"][0];
    let told = tenant["findings"].as_array().unwrap().len();
    assert_eq!((status, &tenant["verdict"]), (2, &Value::from("fail")));
    assert_eq!(errors(&report), [("limit/invalid", told as i64 + 3)]);
    let message = report["errors"][0]["message"].as_str().unwrap();
    assert!(message.replace(',', "").starts_with(&format!("{} more values", 2_000 - told)), "{message}");
}

#[test]
fn of_very_many_names_that_lead_nowhere_a_few_are_held_against_those_that_there_are() {
    let pack = "schema s { xs: [X] key id = []  ys: [ref xs] = [] }\ntype X { id: string }\nrule r { title \"t\" expect count(xs) == 4000 }\n";
    let tenant = format!(
        "xs:\n{}ys:\n{}",
        lines(0, 4_000, |at| format!("- id: element-{at}")),
        lines(0, 4_000, |at| format!("- elemental-{at}"))
    );
    let (status, report) = check(pack, &tenant, &[]);
    let findings = report["tenants"][0]["findings"].as_array().unwrap();
    let hinted = |finding: &&Value| finding["message"].as_str().unwrap().contains("did you mean");
    assert_eq!((status, findings.len(), findings.iter().filter(hinted).count()), (1, 4_000, 20));
}
