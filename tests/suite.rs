//! Packs' own tests as a person runs them: tenants with comments in, verdicts and exit status out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use assert_cmd::Command;
use tempfile::TempDir;

const MANIFEST: &str = "name: house\nversion: 0.1.0\ndescription: Rules of the house\nlicence: Apache-2.0\n";

/// A rule of each kind that a test can speak of.
const PACK: &str = r#"
schema t {
    name: string
    links?: [Link] key id
    total?: int >= 0
    note?: string
}
type Link { id: string  days?: int >= 0  open: bool  label?: string }

param longest: int = 30 may fall

rule lifetime { title "Links end" for l in links { expect l.days <= longest } }
rule labels { title "Links are labelled" severity warning for l in links { expect l.label != "" or not l.open } }
rule total { title "There are few" threshold total { above 100 error "many" above 50 "some" } }
rule later { title "From 2027 on there is a note" effective 2027-01-01 expect note != "" }
rule quotient { title "It can be worked out" applies when note is set and note == "divide" expect 1 / (total - total) > 0 }
"#;

/// A folder with the pack `house`, which has these tests.
fn house(tests: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("policies/house");
    std::fs::create_dir_all(pack.join("tests")).unwrap();
    std::fs::write(pack.join("pack.yaml"), MANIFEST).unwrap();
    std::fs::write(pack.join("rules.cerco"), PACK).unwrap();
    for (name, text) in tests {
        std::fs::write(pack.join("tests").join(name), text).unwrap();
    }
    folder
}

/// The exit status, standard output and standard error of `cerco test`.
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("COLUMNS", "80").env_remove("NO_COLOR").current_dir(folder.path()).arg("test").args(arguments);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// That a test passes.
fn passes(text: &str) {
    let (status, out, err) = run(&house(&[("a.yaml", text)]), &[]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "1 passed, 0 failed\n", ""));
}

/// What a failing test is told: place and message of each failure.
fn fails(text: &str) -> Vec<String> {
    let (status, out, err) = run(&house(&[("a.yaml", text)]), &["policies/house"]);
    assert_eq!((status, err.as_str()), (1, ""), "{out}");
    assert!(out.starts_with("fail: policies/house/tests/a.yaml\n"), "{out}");
    assert!(out.ends_with("0 passed, 1 failed\n"), "{out}");
    let place = "policies/house/tests/a.yaml:";
    let own = |line: &str| line.strip_prefix(place).map(str::to_owned);
    out.lines().filter_map(own).collect()
}

/// What is wrong with a test that cannot be run.
fn refused(text: &str) -> String {
    let (status, out, err) = run(&house(&[("a.yaml", text)]), &[]);
    assert_eq!((status, out.as_str()), (2, ""), "{err}");
    err
}

/// The text of a test after `--update`, which then passes.
fn updated(text: &str) -> String {
    let folder = house(&[("a.yaml", text)]);
    let (status, out, err) = run(&folder, &["--update"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    let path = folder.path().join("policies/house/tests/a.yaml");
    let after = std::fs::read_to_string(&path).unwrap();
    assert_eq!(run(&folder, &[]), (0, "1 passed, 0 failed\n".to_string(), String::new()), "{after}");
    assert_eq!(run(&folder, &["--update"]).1, "1 passed, 0 failed\n", "nothing is left to write");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    after
}

#[test]
fn a_test_passes_where_every_finding_is_expected_on_its_line() {
    passes(
        r#"# as-of: 2026-11-23
name: A
total: 60                            # expect: house/total
links:
  - {id: a, days: 40, open: true}    # forty # expect: lifetime; unknown: labels
  - id: b                            # expect unknown: house/lifetime, house/labels
    open: perhaps                    # expect invalid: schema/type
  - id: c
    days: 3
    label: ""                        # expect: labels
    open: true
"#,
    );
}

#[test]
fn a_test_without_comments_is_a_tenant_that_passes() {
    passes("# as-of: 2026-11-23\nname: A\ntotal: 1\nlinks: [{id: a, days: 30, open: true, label: x}]\n");
}

#[test]
fn a_finding_that_no_comment_expects_fails_at_its_place() {
    let found = fails("# as-of: 2026-11-23\n# rules: lifetime\nname: A\nlinks:\n  - {id: a, days: 31, open: true}\n");
    assert_eq!(
        found,
        ["5:19: error[test/unexpected]: `house/lifetime`: links[\"a\"].days must be at most 30, and is 31"]
    );
}

#[test]
fn an_expectation_that_nothing_meets_fails_at_its_comment_and_says_why() {
    let text = "# as-of: 2026-11-23\n# rules: lifetime\nname: A\nlinks:\n  - {id: a, days: 3, open: true} # expect: lifetime\n";
    assert_eq!(
        fails(text),
        ["5:44: error[test/missing]: `house/lifetime`: a violation is expected here, and nothing is found"]
    );
    let (_, out, _) = run(&house(&[("a.yaml", text)]), &[]);
    assert!(out.contains("help: all that the rule asks holds"), "{out}");
    let early = "# as-of: 2026-11-23\n# rules: later\nname: A # expect: later\nnote: ''\n";
    let (_, out, _) = run(&house(&[("a.yaml", early)]), &[]);
    assert!(out.contains("help: the rule is not in force on 2026-11-23: `# as-of: …` sets the date"), "{out}");
    let other = "# rules: lifetime\nname: A # expect: total\nlinks: []\n";
    let (_, out, _) = run(&house(&[("a.yaml", other)]), &[]);
    assert!(out.contains("help: the rule is none of those that are tested"), "{out}");
}

#[test]
fn an_expectation_on_the_wrong_line_names_the_right_one() {
    let found = fails("# rules: total\nname: A # expect: total\ntotal: 60\n");
    assert_eq!(found, ["2:19: error[test/misplaced]: `house/total` finds nothing on this line, but on line 3"]);
    let alone = fails("# rules: total\nname: A\n# expect: total\ntotal: 60\n");
    assert_eq!(alone, ["3:11: error[test/misplaced]: `house/total` finds nothing on this line, but on line 4"]);
}

#[test]
fn a_finding_of_another_kind_is_told_as_such() {
    let found = fails("# rules: total\nname: A # expect: total\n");
    assert_eq!(found, ["2:19: error[test/kind]: `house/total`: a violation is expected here, and an unknown is found"]);
}

#[test]
fn a_word_speaks_for_all_that_its_rule_finds_on_its_line() {
    passes(
        "# rules: lifetime\nname: A\nlinks: [{id: a, days: 40, open: true}, {id: b, days: 50, open: true}] # expect: lifetime\n",
    );
    let twice = "# rules: total\nname: A\ntotal: 60 # expect: total, total\n";
    assert_eq!(
        fails(twice),
        ["3:28: error[test/missing]: `house/total`: a violation is expected here, and nothing is found"]
    );
}

#[test]
fn what_cannot_be_worked_out_is_expected_at_the_top() {
    passes("# rules: quotient\n# expect error: quotient\nname: A\ntotal: 4\nnote: divide\n");
    let found = fails("# rules: quotient\nname: A\ntotal: 4\nnote: divide\n");
    assert!(
        found[0].starts_with("2:1: error[test/unexpected]: `house/quotient`: this cannot be worked out"),
        "{found:?}"
    );
}

#[test]
fn a_fragment_may_lack_required_fields_that_no_rule_reads() {
    passes("# fragment\n# rules: lifetime\nlinks:\n  - {id: a, days: 40}  # expect: lifetime\n");
    let whole = fails("# rules: lifetime\nlinks:\n  - {id: a, days: 4}\n");
    assert_eq!(
        whole,
        [
            "2:1: error[test/unexpected]: `schema/missing-field`: name is missing",
            "3:5: error[test/unexpected]: `schema/missing-field`: links[\"a\"].open is missing"
        ]
    );
    // What is there must fit all the same, and what is read must be there.
    passes("# fragment\n# rules: lifetime\nlinks:\n  - {id: a, days: -4}  # expect invalid: schema/range\n");
    passes("# fragment\n# rules: labels\nlinks: [{id: a}]  # expect unknown: labels; invalid: schema/missing-field\n");
}

#[test]
fn what_is_written_as_nothing_is_expected_where_it_is_written() {
    passes("# rules: lifetime\nname: A\nlinks:\n  - id: a\n    open: true\n    days:   # expect unknown: lifetime\n");
    passes("# rules: lifetime\nname: A\nlinks:  # expect unknown: lifetime\n");
    // Where `cerco check` places it is right as well.
    passes(
        "# rules: lifetime\nname: A\nlinks:\n  - id: a    # expect unknown: lifetime\n    open: true\n    days: ~\n",
    );
}

#[test]
fn what_is_written_as_nothing_leaves_the_line_of_its_element_to_what_is_not_written() {
    let both = "rule both { title \"Both are known\" for l in links { expect l.days > 0  expect l.label != \"\" } }\n";
    let folder = house(&[("a.yaml", "name: A\nlinks:\n  - id: a\n    open: true\n    days:\n")]);
    let pack = folder.path().join("policies/house");
    std::fs::write(pack.join("both.cerco"), both).unwrap();
    let test = "# rules: both\nname: A\nlinks:\n  - id: a  # expect unknown: both\n    open: true\n    days:  # expect unknown: both\n";
    std::fs::write(pack.join("tests/a.yaml"), test).unwrap();
    assert_eq!(run(&folder, &[]), (0, "1 passed, 0 failed\n".to_string(), String::new()));
}

#[test]
fn parameters_and_the_date_are_set_at_the_top() {
    passes(
        "# rules: lifetime\n# param: house.longest=2\nname: A\nlinks:\n  - {id: a, days: 3, open: true} # expect: lifetime\n",
    );
    passes("# rules: lifetime\n# param: longest=3\nname: A\nlinks:\n  - {id: a, days: 3, open: true}\n");
    passes("# as-of: 2026-12-31\n# rules: later\nname: A\nnote: ''\n");
    passes("# as-of: 2027-01-01\n# rules: later\nname: A\nnote: '' # expect: later\n");
    let error = refused("# rules: lifetime\n# param: longest=31\nname: A\n");
    assert!(error.contains("`longest` may only fall") && error.contains("tests/a.yaml:2:1"), "{error}");
    assert!(refused("# as-of: 2026-02-30\nname: A\n").contains("a.yaml:1:1: error[test/head]: `2026-02-30` is no day"));
    assert!(refused("# parm: longest=1\nname: A\n").contains("did you mean `param`?"));
    assert!(refused("name: A\n# rules: total\n").contains("`# rules` stands behind the first key"));
    assert!(refused("# rules: totl\nname: A\n").contains("did you mean `house/total`?"));
}

#[test]
fn each_document_is_a_tenant_with_a_head_of_its_own() {
    passes(
        "# as-of: 2027-01-01\n# rules: later\nname: A\nnote: '' # expect: later\n---\n# as-of: 2026-01-01\n# rules: later\nname: B\nnote: ''\n--- # nothing # expect unknown: total\n# rules: total\n# fragment\n",
    );
    let found = fails("# rules: total\nname: A\ntotal: 1\n---\n# rules: total\nname: B\ntotal: 51\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("7:8: error[test/unexpected]: `house/total`: some"), "{found:?}");
}

#[test]
fn what_looks_like_a_comment_in_a_text_is_none() {
    passes(
        "# rules: later\n# as-of: 2027-01-01\nname: 'A # expect: total'\nnote: |  # kept\n  # expect: total\n  # rules: nothing\n",
    );
    passes("# rules: total\nname: \"a\n  # expect: total\n  b\"\ntotal: 60 # expect: total\n");
}

#[test]
fn an_unknown_rule_is_refused_with_a_suggestion() {
    let error = refused("name: A # expect: house/lifetim\n");
    assert!(error.contains("a.yaml:1:19: error[test/no-rule]: no rule is called `house/lifetim`"), "{error}");
    assert!(error.contains("help: did you mean `house/lifetime`?"), "{error}");
    assert!(refused("name: A # expect invalid: schema/ranges\n").contains("did you mean `schema/range`?"));
    assert!(refused("name: A # expect: schema/range\n").contains("`# expect invalid: schema/range`"));
    assert!(refused("name: A # expect unknwon: total\n").contains("did you mean `unknown`?"));
    assert!(refused("name: A # expect total\n").contains("names its rules behind a `:`"));
}

#[test]
fn update_writes_what_is_found_and_changes_nothing_else() {
    assert_eq!(
        updated(
            "\
# as-of: 2026-11-23
# prose
name: A   # expect: house/total
total: 60 # sixty
links:
  # expect: lifetime
  - {id: a, days: 40, open: true}
  - id: b    # b # expect unknown: lifetime, labels
    open: yes, sometimes
note: |
  # expect: total
"
        ),
        "\
# as-of: 2026-11-23
# prose
name: A
total: 60 # sixty  # expect: house/total
links:
  - {id: a, days: 40, open: true}  # expect: house/lifetime; unknown: house/labels
  - id: b    # b # expect unknown: lifetime, labels
    open: yes, sometimes  # expect invalid: schema/type
note: |
  # expect: total
"
    );
}

#[test]
fn update_finds_a_place_for_every_finding() {
    assert_eq!(
        updated(
            "# rules: later\n# as-of: 2027-01-01\nname: A\nnote: \"\\\n  \"\n---\n---\n# rules: quotient\nname: B\ntotal: 1\nnote: divide\n"
        ),
        "# rules: later\n# as-of: 2027-01-01\nname: A\nnote: \"\\\n  \"  # expect: house/later\n---  # expect unknown: house/labels, house/lifetime, house/total; invalid: schema/missing-field\n---\n# expect error: house/quotient\n# rules: quotient\nname: B\ntotal: 1\nnote: divide\n"
    );
    assert_eq!(
        updated("# rules: total\r\nname: A\r\ntotal: 60\r\n"),
        "# rules: total\r\nname: A\r\ntotal: 60  # expect: house/total\r\n"
    );
    assert_eq!(updated("# fragment"), "# fragment  # expect unknown: house/labels, house/lifetime, house/total");
    // A comment that cannot be read is written anew.
    assert_eq!(
        updated("# rules: total\nname: A # expect unknwon: total\ntotal: 1\n"),
        "# rules: total\nname: A\ntotal: 1\n"
    );
}

#[test]
fn update_finds_a_place_in_whatever_yaml_allows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/yaml-test-suite/cases.json");
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let named: Vec<(String, &str)> =
        cases.iter().enumerate().map(|(at, case)| (format!("{at}.yaml"), case["yaml"].as_str().unwrap())).collect();
    let folder = house(&named.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>());
    // What is no YAML is refused; every other text passes once its comments are written.
    let (_, updated, refused) = run(&folder, &["--update"]);
    let (_, out, still_refused) = run(&folder, &[]);
    assert!(updated.lines().count() > 250, "{updated}");
    assert!(out.ends_with(" passed, 0 failed\n") && out.lines().count() == 1, "{out}");
    assert_eq!(refused.matches("error[").count(), still_refused.matches("error[").count());
}

#[test]
fn coverage_tells_which_examples_are_missing() {
    let folder = house(&[(
        "a.yaml",
        "# rules: total, lifetime\nname: A\ntotal: 60 # expect: total\nlinks:\n  - {id: a, days: 3, open: true}\n---\n# rules: total, lifetime\nname: B\n\
         total: 3\nlinks: [{id: b, open: true}] # expect unknown: lifetime\n---\n# rules: lifetime\nname: C # expect unknown: lifetime\n",
    )]);
    let (status, out, _) = run(&folder, &["--coverage"]);
    assert_eq!(status, 0);
    let expected = "\
coverage of house: 27 % (9 of 33 examples)
  rule   no example            policies/house/rules.cerco:13:6  house/labels
  check  no example            policies/house/rules.cerco:13:76  expect l.label != \"\" or not l.open
  rule   no example            policies/house/rules.cerco:15:6  house/later
  check  no example            policies/house/rules.cerco:15:72  expect note != \"\"
  rule   no failing            policies/house/rules.cerco:12:6  house/lifetime
  check  no failing            policies/house/rules.cerco:12:52  expect l.days <= longest
  rule   no example            policies/house/rules.cerco:16:6  house/quotient
  check  no example            policies/house/rules.cerco:16:92  expect 1 / (total - total) > 0
  rule   no unknown            policies/house/rules.cerco:14:6  house/total
  band   no failing, unknown   policies/house/rules.cerco:14:54  above 100 error \"many\"
  band   no unknown            policies/house/rules.cerco:14:77  above 50 \"some\"
1 passed, 0 failed
";
    assert_eq!(out, expected);
    assert_eq!(run(&folder, &["--min-coverage", "27"]), (0, "1 passed, 0 failed\n".to_string(), String::new()));
    let (status, out, _) = run(&folder, &["--min-coverage", "28"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("fail: the tests of house show 27 % of its examples, and 28 % are asked for\n"), "{out}");
}

#[test]
fn coverage_asks_for_no_example_that_cannot_be() {
    let folder = house(&[(
        "a.yaml",
        "# rules: noted\nname: A\nnote: x\n---\n# rules: noted\nname: B # expect unknown: noted\n",
    )]);
    let pack = folder.path().join("policies/house/rules.cerco");
    let rule = "rule noted { title \"There is a note\" expect note is given }";
    let schema = PACK.split("rule ").next().unwrap();
    std::fs::write(pack, format!("{schema}{rule}")).unwrap();
    let (status, out, _) = run(&folder, &["--coverage", "--min-coverage", "100"]);
    assert_eq!((status, out.as_str()), (0, "coverage of house: 100 % (4 of 4 examples)\n1 passed, 0 failed\n"));
}

#[test]
fn what_was_never_asked_because_its_list_is_unknown_is_an_unknown_example() {
    let folder = house(&[("a.yaml", "# rules: lifetime\nname: A # expect unknown: lifetime\n")]);
    let (_, out, _) = run(&folder, &["--coverage"]);
    assert!(out.contains("check  no passing, failing   policies/house/rules.cerco:12:52  expect l.days"), "{out}");
}

#[test]
fn what_cannot_be_read_is_no_failing_test() {
    let (status, out, err) =
        run(&house(&[("a.yaml", "a: [\n"), ("b.yaml", "# rules: total\nname: B\ntotal: 1\n")]), &[]);
    assert_eq!((status, out.as_str()), (2, "1 passed, 0 failed\n"));
    assert!(err.contains("tests/a.yaml:"), "{err}");
    let folder = house(&[]);
    let (status, out, err) = run(&folder, &[]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.starts_with("error[test/none]: no test was found\n"), "{err}");
    std::fs::write(folder.path().join("policies/house/rules.cerco"), "rule").unwrap();
    assert_eq!(run(&folder, &[]).0, 2);
    let empty = tempfile::tempdir().unwrap();
    let (status, _, err) = run(&empty, &[]);
    assert!(status == 2 && err.contains("no pack is named"), "{err}");
}

#[test]
fn the_packs_of_the_project_are_tested() {
    let folder = house(&[("a.yaml", "# rules: total\nname: A\ntotal: 60 # expect: total\n")]);
    std::fs::rename(folder.path().join("policies"), folder.path().join("ours")).unwrap();
    std::fs::write(folder.path().join("cerco.yaml"), "packs: [ours/house, laws]\n").unwrap();
    assert_eq!(run(&folder, &[]), (0, "1 passed, 0 failed\n".to_string(), String::new()));
    // A place that is named twice is tested once.
    assert_eq!(run(&folder, &["ours/house", "ours/../ours/house/"]).1, "1 passed, 0 failed\n");
}

#[test]
fn the_shipped_packs_pass_their_tests() {
    let mut command = Command::cargo_bin("cerco").unwrap();
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("test").output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.ends_with(" passed, 0 failed\n"), "{out}");
}
