//! Whole cases: a pack, a tenant, and what is to come of them, one folder each in `tests/cases`.
//!
//! A folder holds `case.cerco`, `tenant.yaml` and `expect.json`:
//!
//! ```json
//! {"args": ["--as-of", "2026-11-23"], "exit": 1,
//!  "verdicts": {"rule": "fail"},
//!  "findings": [{"rule": "rule", "kind": "violation", "path": "a.b", "line": 3, "column": 5, "policy_line": 9}]}
//! ```
//!
//! Rules are written without the pack's name. What an expected finding leaves out is not compared; how many there are,
//! and their order, is. A file of several documents has `tenants`, a list of `verdicts` and `findings`; a pack that must
//! not load has
//! `error_line`, or `error_lines` for all of them. `CERCO_CASES` names another folder of such cases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// What is compared of a finding, where the case says it.
const KEYS: [&str; 11] =
    ["rule", "kind", "severity", "message", "fix", "related", "waiting", "path", "line", "column", "policy_line"];

#[test]
fn every_case_comes_out_as_it_says() {
    let folder = std::env::var_os("CERCO_CASES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), PathBuf::from);
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("expect.json").exists())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no case in {}", folder.display());
    let mut failed = String::new();
    for case in &cases {
        let differences = differences(case);
        if !differences.is_empty() {
            failed.push_str(&format!("\n{}\n    {}", case.display(), differences.join("\n    ")));
        }
    }
    assert!(failed.is_empty(), "{failed}\n");
}

/// Runs a case, and tells what came out otherwise.
fn differences(case: &Path) -> Vec<String> {
    let want: Value = match serde_json::from_str(&fs::read_to_string(case.join("expect.json")).unwrap()) {
        Ok(want) => want,
        Err(error) => return vec![format!("expect.json: {error}")],
    };
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.current_dir(case).args(["check", "tenant.yaml", "--pack", "case.cerco", "--format", "json"]);
    command.args(list(&want["args"]).iter().map(|it| it.as_str().unwrap()));
    let output = command.output().unwrap();
    let mut out = Vec::new();
    if output.status.code().map(i64::from) != want["exit"].as_i64() {
        out.push(format!("exit: expected {}, got {:?}", want["exit"], output.status.code()));
        out.extend(String::from_utf8_lossy(&output.stderr).lines().map(|line| format!("    {line}")));
    }
    let report: Value = match serde_json::from_slice(&output.stdout) {
        Ok(report) => report,
        Err(error) => {
            out.push(format!("no JSON report on standard output: {error}"));
            return out;
        }
    };
    if let Some(line) = want["error_line"].as_i64() {
        let lines: Vec<_> = list(&report["errors"]).iter().map(|it| it["location"]["line"].as_i64()).collect();
        if !lines.contains(&Some(line)) {
            out.push(format!("errors: expected one at line {line} of the pack, got {lines:?}"));
        }
    }
    if let Some(lines) = want["error_lines"].as_array() {
        let got: Vec<Value> = list(&report["errors"]).iter().map(|it| it["location"]["line"].clone()).collect();
        if *lines != got {
            out.push(format!("errors: expected them at lines {lines:?}, got {got:?}"));
        }
    }
    let tenants = list(&report["tenants"]);
    let wanted = match want["tenants"].as_array() {
        Some(several) => several.as_slice(),
        None if want["verdicts"].is_object() => std::slice::from_ref(&want),
        None => return out,
    };
    if wanted.len() != tenants.len() {
        out.push(format!("tenants: expected {}, got {}", wanted.len(), tenants.len()));
    }
    for (at, (want, got)) in wanted.iter().zip(tenants).enumerate() {
        let lead = if wanted.len() > 1 { format!("tenant {}: ", at + 1) } else { String::new() };
        out.extend(tenant(want, got).into_iter().map(|line| format!("{lead}{line}")));
    }
    out
}

/// What became of a tenant otherwise than expected.
fn tenant(want: &Value, got: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if !want["verdict"].is_null() && want["verdict"] != got["verdict"] {
        out.push(format!("verdict: expected {}, got {}", want["verdict"], got["verdict"]));
    }
    let rules: Vec<(&str, &Value)> = list(&got["rules"])
        .iter()
        .map(|it| (short(it["rule"].as_str().unwrap()), &it["verdict"]))
        .filter(|(rule, _)| !rule.starts_with("schema/"))
        .collect();
    let verdicts = want["verdicts"].as_object().unwrap();
    for (rule, verdict) in &rules {
        match verdicts.get(*rule) {
            Some(wanted) if wanted == *verdict => {}
            Some(wanted) => out.push(format!("{rule}: expected {wanted}, got {verdict}")),
            None => out.push(format!("{rule}: expected no such rule, got {verdict}")),
        }
    }
    for (rule, wanted) in verdicts {
        if !rules.iter().any(|(known, _)| known == rule) {
            out.push(format!("{rule}: expected {wanted}, got no such rule"));
        }
    }
    let wanted = list(&want["findings"]);
    let found: Vec<Value> = list(&got["findings"]).iter().map(finding).collect();
    if wanted.len() == found.len() && wanted.iter().zip(&found).all(|(want, got)| same(want, got)) {
        return out;
    }
    let mut left: Vec<&Value> = found.iter().collect();
    let before = out.len();
    for want in wanted {
        match left.iter().position(|got| same(want, got)) {
            Some(at) => drop(left.remove(at)),
            None => out.push(format!("- {want}")),
        }
    }
    out.extend(left.iter().map(|got| format!("+ {got}")));
    if out.len() == before {
        out.push("the findings are right, and in another order:".to_owned());
        out.extend(found.iter().map(|got| format!("    {got}")));
    }
    out
}

/// A finding of the report, as a case writes it.
fn finding(it: &Value) -> Value {
    serde_json::json!({
        "rule": short(it["rule"].as_str().unwrap()),
        "kind": it["kind"],
        "severity": it["severity"],
        "message": it["message"],
        "fix": it["fix"]["title"],
        "related": list(&it["related"]).iter().map(|it| it["path"].clone()).collect::<Value>(),
        "waiting": it["waiting"],
        "path": it["path"],
        "line": it["location"]["line"],
        "column": it["location"]["column"],
        "policy_line": it["policy"]["line"],
    })
}

fn same(want: &Value, got: &Value) -> bool {
    KEYS.iter().all(|key| want.get(key).is_none_or(|wanted| *wanted == got[key]))
}

fn short(rule: &str) -> &str {
    rule.strip_prefix("case/").unwrap_or(rule)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
