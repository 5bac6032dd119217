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
fn what_cannot_be_worked_out_counts_by_the_severity_of_its_check() {
    let rule = |head: &str| format!("schema s {{ n: int = 0 }}\nrule r {{ title \"T\" {head} expect 1 / n > 0 }}\n");
    for (head, status, word) in
        [("", 1, "error[p/r]"), ("severity info", 0, "info[p/r]"), ("enforcement advisory", 0, "error[p/r] (advisory)")]
    {
        let folder = folder(&[("p.cerco", &rule(head)), ("t.yaml", "n: 0\n")]);
        let (given, text, _) = run(&folder, "check t.yaml --pack p.cerco");
        assert_eq!(given, status, "{text}");
        assert!(text.contains(word) && text.contains("1 cannot be worked out"), "{text}");
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
    assert_eq!((status, out.as_str()), (0, "0 fixes applied; check again to see what is left\n"));
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

const HOUSE: [(&str, &str); 2] = [
    ("house/pack.yaml", "name: house\nversion: 1.0.0\ndescription: d\nlicence: MIT\n"),
    ("house/p.cerco", "schema s { n?: int }\nrule few { title \"F\" expect n <= 10 }\n"),
];

#[test]
fn an_update_says_which_expectations_it_gives_up() {
    let folder = folder(&[HOUSE[0], HOUSE[1], ("house/tests/t.yaml", "n: 10  # expect: few\n---\nn: 11\n")]);
    let (status, out, _) = run(&folder, "test house --update");
    assert_eq!(status, 0);
    assert_eq!(
        out,
        "updated: house/tests/t.yaml\n\
         house/tests/t.yaml:1:18: warning[test/given-up]: `house/few`: a violation was expected here, and is given up\n  \
         help: if it should be found, put the comment back, and change the tenant or the rule\n\
         1 passed, 0 failed\n"
    );
    assert_eq!(read(&folder, "house/tests/t.yaml"), "n: 10\n---\nn: 11  # expect: house/few\n");
}

#[test]
fn comments_of_a_test_that_nearly_say_something_are_errors() {
    for (text, said) in [
        ("# fragmnt\nn: 1\n", "`# fragmnt` says nothing\n  help: did you mean `fragment`?"),
        ("# as-of 2026-11-23\nn: 1\n", "did you mean `# as-of: 2026-11-23`?"),
        ("n: 1  # expects: few\n", "`# expects` says nothing\n  help: did you mean `expect`?"),
        ("n: 1  # Expect unknown: few\n", "`# Expect` says nothing"),
    ] {
        let folder = folder(&[HOUSE[0], HOUSE[1], ("house/tests/t.yaml", text)]);
        let (status, _, error) = run(&folder, "test house");
        assert!(status == 2 && error.contains(said), "{error}");
    }
    let prose = "# Fragments of what we expect: nothing.\n# except: none\nn: 1  # as expected: few\n";
    let folder = folder(&[HOUSE[0], HOUSE[1], ("house/tests/t.yaml", prose)]);
    assert_eq!(run(&folder, "test house").0, 0);
}

#[test]
fn what_looks_at_nothing_does_not_pass() {
    let folder = folder(&[HOUSE[0], HOUSE[1], ("empty/x.txt", "")]);
    assert_eq!(run(&folder, "test house").0, 2);
    for line in ["fmt --check empty", "fmt empty"] {
        let (status, _, error) = run(&folder, line);
        assert_eq!(status, 2);
        assert!(error.starts_with("error[input/no-policy]: the folder `empty` holds no policy\n"), "{error}");
    }
}

#[test]
fn a_dash_is_standard_output() {
    let folder = folder(&[HOUSE[1], ("t.yaml", "n: 1\n")]);
    let (status, out, _) = run(&folder, "check t.yaml --pack house/p.cerco -o -");
    assert!(status == 0 && out.starts_with("t.yaml: pass: "), "{out}");
    assert!(!folder.path().join("-").exists());
}

#[test]
fn a_text_of_another_yaml_is_told_to_be_read_as_this_one() {
    let folder = folder(&[HOUSE[1], ("t.yaml", "%YAML 1.1\n---\nn: 1\n"), ("u.yaml", "%YAML 1.2\n---\nn: 1\n")]);
    let (status, _, error) = run(&folder, "check t.yaml u.yaml --pack house/p.cerco");
    assert_eq!(status, 0);
    assert!(error.starts_with("t.yaml:1:1: warning[input/version]: the text says that it is YAML 1.1"), "{error}");
    assert_eq!(error.matches("warning").count(), 1);
}

#[test]
fn a_complaint_says_what_to_do_about_it_here() {
    let files = [HOUSE[0], HOUSE[1], ("t.yaml", "n: 1\na: b\n")];
    let folder = folder(&files);
    fs::write(folder.path().join("u16.cerco"), b"\xff\xfer\0u\0").unwrap();
    fs::write(folder.path().join("latin.cerco"), b"# a\n# \xe9\n").unwrap();
    for (line, said) in [
        ("fix", "`cerco fix tenant.yaml`"),
        ("new rule nosuch/", "`nosuch/` does not say what the rule is called"),
        ("check t.yaml --rule few-links", "did you mean `baseline/few-links`?"),
        ("check t.yaml --max-bytes 4", "the file is larger than the limit of 4 bytes\n"),
        ("check t.yaml --max-nodes 1", "--max-nodes 20000000"),
        ("check t.yaml --as-of -1", "a date is written year-month-day"),
        ("check t.yaml --threads -1", "a whole number from 1 to 1024 is needed"),
        ("check t.yaml --max-depth 99999999", "a whole number from 1 to 1000 is needed"),
        ("check t.yaml --max-bytes 99999999999999999999", "this size is out of range"),
        ("check t.yaml --pack u16.cerco", "`u16.cerco` is UTF-16, not UTF-8"),
        ("fmt latin.cerco", "`latin.cerco` is not UTF-8: a byte at line 2, column 3 does not belong there"),
        ("docs house -o t.yaml", "no pages can be put into `t.yaml`: it is no folder"),
    ] {
        let (status, _, error) = run(&folder, line);
        assert!(status == 2 && error.contains(said), "{line}: {error}");
    }
}

#[test]
fn a_row_of_complaints_says_its_next_step_once() {
    let folder = folder(&[("p.cerco", COSTLY), ("t.yaml", "l: [1, 2, 3, 4]\n"), ("u.yaml", "l: [1, 2, 3]\n")]);
    let (_, _, error) = run(&folder, "check t.yaml u.yaml --pack p.cerco --max-steps 2");
    assert_eq!(error.matches("error[limit/steps]").count(), 4, "{error}");
    assert_eq!(error.matches("help:").count(), 1, "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_not_printed() {
    let line = format!("{} --help > /dev/full", env!("CARGO_BIN_EXE_cerco"));
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("error[cli/output]: standard output cannot be written: no space left on device\n"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let bad = std::ffi::OsStr::from_bytes(b"bad\xff.yaml");
    let output = Command::cargo_bin("cerco").unwrap().arg("check").arg(bad).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr).unwrap().starts_with("error: the argument `bad\u{fffd}.yaml` is not UTF-8\n")
    );
}

#[test]
fn what_is_wrong_with_a_project_stands_where_it_is_written() {
    let policy = "schema s { n?: int }\nparam most: int = 3 may fall\nrule r { title \"T\" expect n <= most }\n";
    for (text, said) in [
        (
            "packs: [p.cerco]\ntenants: [t.yaml]\nparams: {p.most: 4}\n",
            "cerco.yaml:3:10: error[param/direction]: `most` may only fall",
        ),
        (
            "packs: [p.cerco]\ntenants: [t.yaml]\npacks: []\n",
            "cerco.yaml:3:1: error[project/configuration]: `packs` stands twice in `cerco.yaml`",
        ),
        (
            "tenants: [3]\n",
            "cerco.yaml:1:11: error[input/unreadable]: `3` cannot be read: no such file or directory\n  help: see that the name is right: paths in `cerco.yaml` begin at its own folder",
        ),
        (
            "tenants: t.yaml\n",
            "cerco.yaml:1:10: error[project/configuration]: `tenants` is a list of texts\n  help: write `tenants: [t.yaml]`",
        ),
        ("tenants: [\"*.yml\"]\n", "cerco.yaml:1:11: error[project/configuration]: `*.yml` matches no file"),
        ("- tenants\n", "cerco.yaml:1:1: error[project/configuration]: `cerco.yaml` holds keys and their values"),
        (
            "fail_on: errors\n",
            "cerco.yaml:1:10: error[project/configuration]: `fail_on` is `error`, `warning` or `info`, and not `errors`\n  help: did you mean `error`?",
        ),
        (
            "unknown: [fail]\n",
            "cerco.yaml:1:10: error[project/configuration]: `unknown` is `fail` or `report`, and not a list",
        ),
        ("as_of: tomorrow\ntenants: [t.yaml]\n", "cerco.yaml:1:8: error[project/configuration]: `tomorrow` is no day"),
        ("tenants: [\n", "cerco.yaml:"),
    ] {
        let folder = folder(&[("p.cerco", policy), ("t.yaml", "n: 1\n"), ("cerco.yaml", text)]);
        let (status, _, error) = run(&folder, "check");
        assert!(status == 2 && error.contains(said), "{text}{error}");
    }
    for text in ["", "# nothing\n", "---\n", "{}\n"] {
        let folder = folder(&[("t.yaml", "n: 1\n"), ("cerco.yaml", text)]);
        assert!(run(&folder, "check").2.contains("`cerco.yaml` names no tenant"), "{text}");
    }
}

#[test]
fn a_manifest_tells_all_that_it_lacks() {
    let folder = folder(&[("house/pack.yaml", "name: house\nversion: 1.0\n"), HOUSE[1], ("t.yaml", "n: 1\n")]);
    let (status, _, error) = run(&folder, "check t.yaml --pack house");
    assert_eq!(status, 2);
    assert_eq!(
        error,
        "house/pack.yaml:1:1: error[pack/manifest]: `pack.yaml` lacks `description` and `licence`\n  \
         help: it holds `name`, `version`, `description` and `licence`, and may hold `authors` and `homepage`\n\
         house/pack.yaml:2:10: error[pack/manifest]: `1.0` is no version\n  \
         help: a version has three numbers, such as `1.0.0`, and may have a suffix, such as `1.0.0-beta.1`\n"
    );
}

#[test]
fn a_value_of_several_places_is_told_of_the_one_where_it_is_written() {
    let policy = "schema s { g: [G] key id = [] }\ntype G { id: string  o: O }\ntype O { n: int }\n\
        rule r { title \"T\" for x in g { expect x.o.n > 1 } }\n";
    let tenant = "g:\n  - id: z\n    o: &x {n: 1}\n  - {id: y, o: *x}\n  - {id: a, o: *x}\n";
    let folder = folder(&[("p.cerco", policy), ("t.yaml", tenant)]);
    let out = run(&folder, "check t.yaml --pack p.cerco").1;
    assert!(out.starts_with("t.yaml:3:15: error[p/r] g[\"z\"].o.n must be above 1"), "{out}");
}

#[test]
fn the_formatter_keeps_line_ends_and_marks() {
    let folder = folder(&[("a.cerco", "\u{feff}schema s {\r\n  n?:int # a\r\n\r\n}\r\n")]);
    assert_eq!(run(&folder, "fmt --check ."), (1, "would change: a.cerco\n".to_owned(), String::new()));
    assert_eq!(run(&folder, "fmt").0, 0);
    assert_eq!(read(&folder, "a.cerco"), "\u{feff}schema s {\r\n    n?: int  # a\r\n}\r\n");
    assert_eq!(run(&folder, "fmt --check"), (0, String::new(), String::new()));
}

#[test]
fn a_section_of_the_schema_is_told_alone() {
    let policy = "schema s { \n  # d\n  storage?: Storage\n  n?: int }\ntype Storage { spaces: [Space] = [] }\ntype Space { id: string }\ntype Other { id: string }\nrule r { title \"T\" expect n > 1 }\n";
    let folder = folder(&[("p.cerco", policy)]);
    let (status, out, _) = run(&folder, "schema storage --pack p.cerco");
    assert_eq!(status, 0);
    assert!(out.starts_with("A tenant file\n  storage  Storage  unknown if absent\n"), "{out}");
    assert!(out.contains("\nStorage\n  spaces  [Space]") && out.contains("\nSpace\n  id  string"), "{out}");
    assert!(!out.contains("Other") && !out.contains("  n "), "{out}");
    let (status, _, error) = run(&folder, "schema storag --pack p.cerco");
    assert!(status == 2 && error.contains("did you mean `storage`?"), "{error}");
}
