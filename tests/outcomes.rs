//! What a run comes to: every form of its report, its exit status and what it wrote agree, and nothing is passed over in
//! silence.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::fs;

use assert_cmd::Command;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// The exit status, standard output and standard error of a command line, split at its blanks.
fn run(folder: &TempDir, line: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("COLUMNS", "80").env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
    let output = command.current_dir(folder.path()).args(line.split_whitespace()).write_stdin("").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const COSTLY: &str = "schema s { l: [int] = [] }\n\
    rule dear { title \"T\" for a in l { for b in l { expect a + b >= 0 } } }\n\
    rule cheap { title \"C\" expect count(l) > 1 }\n";

#[test]
fn a_rule_that_a_limit_gives_up_is_an_error_in_every_report() {
    let folder = folder(&[("p.cerco", COSTLY), ("t.yaml", "l: [1, 2, 3, 4]\n")]);
    let check = |more: &str| run(&folder, &format!("check t.yaml --pack p.cerco --max-steps 6 {more}"));
    let (status, text, _) = check("");
    assert_eq!(status, 2);
    assert!(text.starts_with("t.yaml: error: 1 rule holds, 1 cannot be worked out\n"), "{text}");
    assert!(check("--quiet").1.starts_with("t.yaml: error: "), "{text}");
    assert!(check("--format json").1.contains("\"verdict\": \"error\""));
    let junit = check("--format junit").1;
    assert!(junit.contains("tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"0\""), "{junit}");
    assert!(junit.contains("<error type=\"error\" message=\"T: cannot be worked out\">"), "{junit}");
    let markdown = check("--format markdown").1;
    assert!(markdown.contains("| tenant | verdict | pass | fail | error | unknown | not applicable |"), "{markdown}");
    assert!(markdown.contains("| t.yaml | error | 1 | 0 | 1 | 0 | 0 |"), "{markdown}");
}

#[test]
fn what_cannot_be_worked_out_fails_a_run_however_mild_its_rule() {
    let rule = |head: &str| format!("schema s {{ n: int = 0 }}\nrule r {{ title \"T\" {head} expect 1 / n > 0 }}\n");
    for (head, status, word) in
        [("severity info", 1, "error[p/r]"), ("enforcement advisory", 0, "error[p/r] (advisory)")]
    {
        let folder = folder(&[("p.cerco", &rule(head)), ("t.yaml", "n: 0\n")]);
        let (given, text, _) = run(&folder, "check t.yaml --pack p.cerco");
        assert_eq!(given, status, "{text}");
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn a_comment_never_grows_past_its_room() {
    let long = "x".repeat(100_000);
    let policy = "schema s { l: [L] key id = [] }\ntype L { id: string  o: bool }\n\
        rule r { title \"T\" for x in l { expect x.o == false } }\n";
    let broken: Vec<(String, String)> = (0..40).map(|at| (format!("b{at}.yaml"), format!("a: [{long}\n"))).collect();
    let mut files = vec![("p.cerco", policy.to_owned()), ("t.yaml", format!("l:\n  - {{id: {long}, o: true}}\n"))];
    files.extend(broken.iter().map(|(name, text)| (name.as_str(), text.clone())));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    let names: Vec<&str> = broken.iter().map(|(name, _)| name.as_str()).collect();
    let (status, text, _) = run(&folder, &format!("check t.yaml {} --pack p.cerco --format markdown", names.join(" ")));
    assert_eq!(status, 2);
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("`p/r`") && text.contains('…'), "{text}");
    assert!(text.lines().all(|line| line.len() < 5_000));
}

#[test]
fn fixes_that_undo_each_other_are_told_and_not_applied() {
    let policy = "schema s { a?: bool  n?: int }\n\
        rule one { title \"O\" expect a == true fix set a = true  expect n > 5 fix set n = 3 }\n\
        rule two { title \"W\" expect a == false fix set a = false }\n";
    let folder = folder(&[("p.cerco", policy), ("t.yaml", "a: true # x\nn: 3\n"), ("u.yaml", "n: 1\na: false\n")]);
    let (status, out, error) = run(&folder, "fix t.yaml --pack p.cerco");
    assert_eq!((status, out.as_str()), (0, "nothing to fix: no finding carries a fix\n"));
    assert_eq!(
        error,
        "t.yaml:1:4: warning[policy/fixes]: a: the fixes of `p/one` and `p/two` undo each other, and none is applied\n  \
         p.cerco:2:22: p/one: set it to true\n  \
         p.cerco:3:22: p/two: set it to false\n  \
         help: decide which of them is meant, and change the other, or set the value by hand\n"
    );
    assert_eq!(read(&folder, "t.yaml"), "a: true # x\nn: 3\n");
    let (_, out, error) = run(&folder, "fix u.yaml --pack p.cerco");
    assert_eq!(out, "u.yaml:1: n: set it to 3 [p/one]\n1 fix applied; check again to see what is left\n");
    assert!(error.starts_with("u.yaml:2:4: warning[policy/fixes]: a: "), "{error}");
    assert_eq!(read(&folder, "u.yaml"), "n: 3\na: false\n");
}

#[test]
fn bounds_that_exclude_each_other_move_nothing() {
    let policy = "schema s { x?: X }\ntype X { n?: int  m?: int }\n\
        rule low { title \"L\" settings x { n <= 3  m >= 2 } }\n\
        rule high { title \"H\" settings x { n >= 5  m >= 4 } }\n\
        rule gone { title \"G\" settings x { n is missing } }\n";
    let folder = folder(&[("p.cerco", policy), ("t.yaml", "x:\n  n: 4\n  m: 1\n")]);
    let (_, out, error) = run(&folder, "fix t.yaml --pack p.cerco");
    assert!(error.contains("x.n: the fixes of `p/high` and `p/low` undo each other"), "{error}");
    assert_eq!(read(&folder, "t.yaml"), "x:\n  n: 4\n  m: 4\n", "{out}");
}

#[cfg(unix)]
#[test]
fn fixes_that_cannot_be_written_are_not_nothing() {
    let policy = "schema s { a?: bool }\nrule r { title \"T\" expect a == true fix set a = true }\n";
    let folder = folder(&[("p.cerco", policy), ("t.yaml", "a: false\n")]);
    // No file may have any bytes: even who may write everything cannot.
    let line = format!("trap '' XFSZ; ulimit -f 0; {} fix t.yaml --pack p.cerco", env!("CARGO_BIN_EXE_cerco"));
    let output = Command::new("sh").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
    let (status, out) = (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((status, out.as_str()), (2, "1 fix could not be written\n"));
    assert!(error.starts_with("error[input/unwritable]: `t.yaml` cannot be written"), "{error}");
}

#[test]
fn a_project_is_no_tenant_of_its_own() {
    let policy = "schema s { a?: bool }\nrule r { title \"T\" expect a == true }\n";
    let folder = folder(&[
        ("p.cerco", policy),
        ("cerco.yaml", "packs: [p.cerco]\ntenants: [\"**/*.yaml\"]\n"),
        ("pk/pack.yaml", "name: pk\nversion: 1.0.0\ndescription: d\nlicence: MIT\n"),
        ("t.yaml", "a: true\n"),
    ]);
    let (status, out, error) = run(&folder, "check");
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(out.contains("checked 1 tenant"), "{out}");
    fs::write(folder.path().join("cerco.yaml"), "packs: [p.cerco]\ntenants: [\".\"]\n").unwrap();
    fs::remove_dir_all(folder.path().join("pk")).unwrap();
    assert_eq!(run(&folder, "check").0, 0);
}

#[test]
fn a_fix_puts_what_it_writes_where_people_would() {
    let policy = "schema s { g: [G] key id = [] }\ntype G { id: string  o: bool = true  k: [string] = [] }\n\
        rule r { title \"T\" for x in g { settings x { o == false } grants x.k { deny \"*\" } } }\n";
    for (before, after) in [
        (
            "g:\n  - id: a # who\n    # what\n    k: [] # none\n",
            "g:\n  - id: a # who\n    o: false\n    # what\n    k: [] # none\n",
        ),
        ("g:\n  - id: b", "g:\n  - id: b\n    o: false"),
        ("g:\r\n- id: c\r\n", "g:\r\n- id: c\r\n  o: false\r\n"),
        ("g:\n  - k:\n      []\n    id: d\n", "g:\n  - k:\n      []\n    o: false\n    id: d\n"),
        (
            "g:\n  - id: e\n    o: false\n    k: # all\n      # one\n      - x # y\n",
            "g:\n  - id: e\n    o: false\n    k: [] # all\n",
        ),
        ("g:\n  - {id: \"f # &x\", k: [x]}\n", "g:\n  - {o: false, id: \"f # &x\", k: []}\n"),
    ] {
        let folder = folder(&[("p.cerco", policy), ("t.yaml", before)]);
        let (status, out, error) = run(&folder, "fix t.yaml --pack p.cerco");
        assert_eq!((status, error.as_str()), (0, ""), "{out}");
        assert_eq!(read(&folder, "t.yaml"), after);
    }
}
