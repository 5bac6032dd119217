//! What findings say: about the tenant, in the words of its file, each in a whole sentence.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use assert_cmd::Command;

const PACK: &str = r#"
schema t {
    name?:    string
    n?:       int
    share?:   decimal
    words:    [string] = []
    kind?:    "a" | "b" | "c"
    reach?:   "none" < "team" < "all"
    day?:     date >= 2000-01-01
    kept?:    duration | "never"
    hours?:   int
    limits?:  {int}
    keys?:    [string]
    items?:   [Item] key id
    only?:    "x"
    deep?:    Deep
}

type Item { id: string }
type Deep {
    list?:  [Item]
    hours?: int
}

let admins = ["root"]

rule r {
    title "What is asked"
    expect 5 <= n
    expect 1 / 3 < share
    expect 3 == n
    expect "p" in words
    expect ["a"] contains kind
    expect not (4 > n)
    expect n not in [3]
    expect n in [4]
    expect n not in [3, 9]
    expect words == ["q"]
    expect reach <= "none"
    expect reach < "all"
    expect day <= 2020-01-01
    expect day < 2020-01-01
    expect not (day > 2020-01-01)
    expect 2030-01-01 <= day
    expect day > 2030-01-01
    expect kept <= 2 weeks
    expect words subset of ["p", "r"]
    expect if n == 3 then false else true
    expect any w in words: w == "z"
    expect count(items) > 2
    grants words { deny "long*" }
}
"#;

/// What a pipe gets.
fn found(tenant: &str, lang: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.cerco"), PACK).unwrap();
    std::fs::write(folder.path().join("t.yaml"), tenant).unwrap();
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("LC_ALL", "C.UTF-8").current_dir(folder.path());
    command.args(["check", "t.yaml", "--pack", "m.cerco", "--as-of", "2026-11-23", "--quiet", "--lang", lang]);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn a_message_is_about_what_the_tenant_says() {
    let long = "long ".repeat(1_000);
    let tenant = format!(
        "n: 3\nshare: 0.25\nwords: [x, y, {long}]\nkind: b\nreach: all\nday: 2024-05-01\nkept: 3 weeks\nitems: [{{id: i}}]\n"
    );
    insta::assert_snapshot!("about_the_tenant_en", found(&tenant, "en"));
    insta::assert_snapshot!("about_the_tenant_pt", found(&tenant, "pt"));
    insta::assert_snapshot!("about_the_tenant_zh_hant", found(&tenant, "zh-Hant"));
}

#[test]
fn what_does_not_fit_is_told_with_what_to_write() {
    let tenant = "\
name: [a]
n: 30.0
kind: [b]
day: 2026-1-5
kept: 10d
hours: {}
limits: {hours: 30,000}
keys: front.a
items: {i: {}}
only: y
deep: {list: one, hours: 30,000}
---
kept: 10 dayz
day: 1999-12-31
keys: '- b'
kind: {a: b}
---
- a
---
only words
";
    for lang in ["en", "pt", "zh-Hant", "zh-Hans"] {
        insta::assert_snapshot!(format!("unfit_{lang}"), found(tenant, lang));
    }
}
