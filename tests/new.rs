//! Scaffolds as a person begins with them: what they make fails its own test, and passes when the rule does its work.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn cerco(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("cerco").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

#[test]
fn a_new_pack_fails_its_test_until_its_rule_does_its_work() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (status, told) = cerco(at, &["new", "pack", "house"]);
    assert_eq!(status, 0, "{told}");
    insta::assert_snapshot!(told);
    let (status, told) = cerco(at, &["test", "house"]);
    assert_eq!(status, 1, "{told}");
    assert!(told.contains("`house/first-rule`: a violation is expected here, and nothing is found"), "{told}");
    assert_eq!(cerco(at, &["fmt", "--check", "house"]).0, 0, "what is made is laid out");

    let policy = at.join("house/first-rule.cerco");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace(">= 0", "<= 200")).unwrap();
    let (status, told) = cerco(at, &["test", "house", "--coverage", "--min-coverage", "100", "--mutate"]);
    assert_eq!(status, 0, "{told}");
}

#[test]
fn a_new_rule_joins_its_pack() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("policies")).unwrap();
    assert_eq!(cerco(at, &["new", "pack", "house"]).0, 0);
    let (status, told) = cerco(at, &["new", "rule", "house/two-step-login"]);
    assert_eq!(status, 0, "{told}");
    assert!(at.join("policies/house/two-step-login.cerco").exists() && told.contains("cerco test policies/house"));
    let (status, told) = cerco(at, &["test"]);
    assert_eq!(status, 1);
    assert!(told.ends_with("0 passed, 2 failed\n"), "{told}");
}

#[test]
fn a_rule_of_a_pack_with_a_schema_of_its_own_speaks_of_that() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert_eq!(cerco(at, &["new", "pack", "own"]).0, 0);
    for file in ["first-rule.cerco", "tests/first-rule.yaml"] {
        fs::remove_file(at.join("own").join(file)).unwrap();
    }
    fs::write(at.join("own/schema.cerco"), "schema t {\n    name?: string\n}\n").unwrap();
    assert_eq!(cerco(at, &["new", "rule", "own/named"]).0, 0);
    let (status, told) = cerco(at, &["test", "own"]);
    assert_eq!(status, 1, "{told}");
    let policy = at.join("own/named.cerco");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace("expect 1 < 2", "expect name is set")).unwrap();
    fs::write(at.join("own/tests/named.yaml"), "name: \"\"\n---\nname: a\n").unwrap();
    let (_, told) = cerco(at, &["test", "own"]);
    assert!(!told.contains("error["), "{told}");
}

#[test]
fn nothing_is_overwritten_and_names_are_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert_eq!(cerco(at, &["new", "pack", "house"]).0, 0);
    let told = |arguments: &[&str]| {
        let (status, told) = cerco(at, arguments);
        assert_eq!(status, 2, "{told}");
        told
    };
    let all = [
        told(&["new", "pack", "house"]),
        told(&["new", "rule", "house/first-rule"]),
        told(&["new", "pack", "My House"]),
        told(&["new", "rule", "house/Two_Steps"]),
        told(&["new", "rule", "two-steps"]),
        told(&["new", "rule", "hose/two-steps"]),
    ];
    insta::assert_snapshot!(all.concat());
}
