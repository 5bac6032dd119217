//! Holds the packs to what a lawyer expects of three tenants: the tables beside `tests/tenants/*.yaml` against a run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The head of a table of verdicts. Other tables are prose.
const HEAD: [&str; 4] = ["rule", "2023-09-01", "today", "why"];
/// The days of evaluation, in the order of the columns. Today is the day for which the tables were written.
const DAYS: [&str; 2] = ["2023-09-01", "2026-11-23"];
/// The words of verdicts.
const VERDICTS: [&str; 6] = ["pass", "fail", "unknown", "error", "not-applicable", "waived"];
/// What needs no row: nothing is to be said of it.
const QUIET: [&str; 2] = ["pass", "not-applicable"];

/// The verdicts of a rule on both days.
type Verdicts = BTreeMap<String, [String; 2]>;

/// What the tables of a page say; what is wrong with how they say it.
fn expected(page: &str) -> (Verdicts, Vec<String>) {
    let (mut rows, mut wrong, mut within) = (Verdicts::new(), Vec::new(), false);
    for (number, line) in page.lines().enumerate() {
        let Some(line) = line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|')) else {
            within = false;
            continue;
        };
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if cells == HEAD {
            within = true;
        } else if within && !cells.iter().all(|cell| cell.chars().all(|c| c == '-')) {
            let [rule, then, today, why] = cells[..] else {
                wrong.push(format!("line {}: a row has four cells", number + 1));
                continue;
            };
            if !VERDICTS.contains(&then) || !VERDICTS.contains(&today) {
                wrong.push(format!("line {}: verdicts are {}", number + 1, VERDICTS.join(", ")));
            }
            if why.is_empty() {
                wrong.push(format!("line {}: nothing says why", number + 1));
            }
            if rows.insert(rule.to_owned(), [then.to_owned(), today.to_owned()]).is_some() {
                wrong.push(format!("line {}: {rule} has a row already", number + 1));
            }
        }
    }
    (rows, wrong)
}

/// What all packs that the binary carries say of a tenant.
fn found(tenant: &Path) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for (at, day) in DAYS.iter().enumerate() {
        let mut command = Command::cargo_bin("cerco").unwrap();
        let output = command.args(["check", "--format", "json", "--as-of", day]).arg(tenant).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["errors"].as_array().map(Vec::len), Some(0), "{report:#}");
        for rule in report["tenants"][0]["rules"].as_array().unwrap() {
            let (name, verdict) = (rule["rule"].as_str().unwrap(), rule["verdict"].as_str().unwrap());
            verdicts.entry(name.to_owned()).or_default()[at] = verdict.to_owned();
        }
    }
    verdicts
}

/// Where the tables of a page and the run differ.
fn differences(page: &str, found: &Verdicts) -> Vec<String> {
    let (rows, mut wrong) = expected(page);
    for (rule, verdicts) in &rows {
        match found.get(rule) {
            None => wrong.push(format!("{rule}: no rule is called so")),
            Some(run) if run != verdicts => {
                wrong.push(format!("{rule}: expected {}, and it is {}", verdicts.join(", "), run.join(", ")));
            }
            Some(_) => {}
        }
    }
    for (rule, run) in found.iter().filter(|(rule, _)| !rows.contains_key(*rule)) {
        if !run.iter().all(|verdict| QUIET.contains(&verdict.as_str())) {
            wrong.push(format!("{rule}: {}, and no table says so", run.join(", ")));
        }
    }
    wrong
}

/// Holds a tenant to the page beside it.
fn hold(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tenants");
    let page = std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
    let wrong = differences(&page, &found(&folder.join(format!("{name}.yaml"))));
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn the_builder_in_hengqin() {
    hold("hengqin-builder");
}

#[test]
fn the_finance_company_in_zhuhai() {
    hold("finance-performance-sync");
}

#[test]
fn the_service_company_of_a_gaming_group() {
    hold("gaming-sub-upgraded");
}

#[test]
fn a_table_that_is_wrong_is_told() {
    let run = |verdicts: &[(&str, [&str; 2])]| -> Verdicts {
        verdicts.iter().map(|(rule, both)| ((*rule).to_owned(), both.map(str::to_owned))).collect()
    };
    let page =
        |rows: &str| format!("# A\n\n| rule | 2023-09-01 | today | why |\n| --- | --- | --- | --- |\n{rows}\nEnd.\n");
    let found = run(&[("p/a", ["pass", "fail"]), ("p/b", ["not-applicable", "pass"])]);
    assert!(differences(&page("| p/a | pass | fail | Art. 1. |"), &found).is_empty());
    let told = |rows: &str, what: &str| {
        let told = differences(&page(rows), &found);
        assert!(told.len() == 1 && told[0].contains(what), "{told:?}");
    };
    told("| p/a | fail | fail | Art. 1. |", "p/a: expected fail, fail, and it is pass, fail");
    told("| p/b | not-applicable | pass | Art. 1. |", "p/a: pass, fail, and no table says so");
    told("| p/a | pass | fail | Art. 1. |\n| p/c | pass | pass | Art. 1. |", "p/c: no rule is called so");
    told("| p/a | pass | fail | |", "line 5: nothing says why");
    told("| p/a | pass | fail | Art. 1. |\n| p/a | pass | fail | Art. 1. |", "line 6: p/a has a row already");
    told("| p/a | pass | fail | Art. 1. |\n| p/b | pass |", "line 6: a row has four cells");
    let told = differences(&page("| p/a | pass | fails | Art. 1. |"), &found);
    assert!(told[0].starts_with("line 5: verdicts are pass, fail"), "{told:?}");
}
