//! What `cerco explain` tells of a verdict: the values that led there, whether it fails or passes.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use assert_cmd::Command;

const PACK: &str = r#"
schema t {
    devices:    [Device] key id = []
    groups:     [Group] key id = []
    admins:     [Admin] key id = []
    audits:     [Audit] = []
    approved?:  bool
}

type Device {
    id:       string
    checked?: date
}

type Group {
    id:         string
    outsiders?: int >= 0
}

type Admin {
    id:        string
    resources: [string] = []
    duties?:   [string]
}

type Audit {
    done:    date
    passed?: bool
}

param most: int = 10
let outsiders = sum(g.outsiders for g in groups)

rule devices-are-checked {
    title "Devices are checked"
    for d in devices {
        let age_of = age(d.checked)
        expect age_of <= 90 days
    }
}

rule few-outsiders {
    title "Few outsiders are in groups"
    threshold outsiders {
        above 2 * most  "{outsiders} outsiders, and {most} were thought of"
        above most      info "{outsiders} outsiders"
        from 3          expect approved
        from 100        "a hundred"
    }
}

rule least-privilege {
    title "Nobody holds more than the duty needs"
    for a in admins {
        grants a.resources {
            allow a.duties, "read.*"
            deny "\\*", "write.*"
            at most 3
        }
    }
}

rule an-audit-is-young {
    title "An audit was made of late"
    expect any a in audits: age(a.done) <= 1 year
}

rule an-audit-was-passed {
    title "An audit of this year was passed"
    expect any a in audits where a.done >= 2026-01-01: a.passed
}
"#;

/// What is told of a rule at a tenant, without what is told of the rule alone.
fn told(rule: &str, tenant: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("e.cerco"), PACK).unwrap();
    std::fs::write(folder.path().join("t.yaml"), tenant).unwrap();
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("LC_ALL", "C.UTF-8").current_dir(folder.path());
    command.args(["explain", rule, "t.yaml", "--pack", "e.cerco", "--as-of", "2026-11-23"]);
    let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let from = out.find("t.yaml: e/").unwrap();
    out.get(from..).unwrap().split("\n\n").next().unwrap().to_owned()
}

#[test]
fn of_a_let_it_is_told_what_was_read_for_it() {
    insta::assert_snapshot!(told("devices-are-checked", "devices: [{id: a, checked: 2026-01-05}, {id: b}]\n"));
}

#[test]
fn of_a_threshold_every_band_is_told_with_its_bound() {
    let few = told("few-outsiders", "approved: true\ngroups: [{id: x, outsiders: 3}, {id: y, outsiders: 0}]\n");
    let many = told("few-outsiders", "groups: [{id: x, outsiders: 12}, {id: y, outsiders: 30}]\n");
    let open = told("few-outsiders", "groups: [{id: x, outsiders: 12}, {id: y}]\n");
    insta::assert_snapshot!([few, many, open].join("\n\n"));
}

#[test]
fn of_grants_each_permission_is_told_with_the_pattern_that_decides() {
    insta::assert_snapshot!(told(
        "least-privilege",
        r#"admins:
  - {id: anna, resources: [read.logs, mail], duties: [mail]}
  - {id: ben, resources: [read.logs, write.logs, mail, "*"], duties: []}
  - {id: cleo, resources: [read.logs, mail]}
"#
    ));
}

#[test]
fn of_a_condition_over_a_list_each_element_is_told() {
    let none = told("an-audit-was-passed", "audits: []\n");
    let some = told(
        "an-audit-was-passed",
        "audits: [{done: 2025-05-01, passed: true}, {done: 2026-02-01, passed: false}, {done: 2026-03-01}]\n",
    );
    let long: String = (1..10).map(|day| format!("  - {{done: 2026-01-0{day}, passed: false}}\n")).collect();
    let long = told("an-audit-was-passed", &format!("audits:\n{long}"));
    let young = told("an-audit-is-young", "audits: [{done: 2025-05-01}, {done: 2026-02-01}]\n");
    insta::assert_snapshot!([none, some, long, young].join("\n\n"));
}
