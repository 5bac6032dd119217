//! Holds the pages of errors to what they say: each error has one, the wrong example gives it, and the right one does not.
//!
//! Blocks of `cerco` and `yaml` are files: of the path behind the language, or else `page.cerco` and `tenant.yaml`. A
//! block of `console` is the command; where there is none, the policy is looked at by `cerco lint`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use cerco::explain::pages::ERRORS;
use cerco::syntax::format::format;

/// What a page cannot show: it takes a file that is no text, one that is enormous, a system that refuses, or a bug.
const UNSHOWN: [&str; 17] = [
    "docs/unreadable",
    "fmt/bug",
    "input/binary",
    "input/encoding",
    "input/unwritable",
    "internal/bug",
    "internal/no-thread",
    "limit/invalid",
    "locale/unwritable",
    "new/unwritable",
    "policy/encoding",
    "policy/no-thread",
    "policy/too-large",
    "policy/too-many",
    "policy/unreadable",
    "test/more",
    "test/unwritable",
];

/// What is told and makes no run untrusted: warnings, findings of the schema, and tests that fail.
fn is_mild(code: &str) -> bool {
    let failure = ["test/given-up", "test/kind", "test/misplaced", "test/missing", "test/unexpected"].contains(&code);
    failure
        || code.starts_with("schema/")
        || ["input/empty", "input/tag", "input/version", "pack/carried-too", "policy/fixes", "test/mutants"]
            .contains(&code)
}

/// What codes begin with; those of lints have pages of their own.
const FAMILIES: [&str; 14] = [
    "cli", "docs", "fmt", "input", "internal", "limit", "locale", "new", "pack", "param", "policy", "project",
    "schema", "test",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The blocks below a heading: what stands behind the fence, and the text.
fn blocks<'p>(page: &'p str, heading: &str) -> Vec<(&'p str, &'p str)> {
    let Some((_, section)) = page.split_once(&format!("\n## {heading}\n")) else { return Vec::new() };
    let section = section.split("\n## ").next().unwrap();
    let parts: Vec<&str> = section.split("```").collect();
    parts.iter().skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect()
}

/// What a run prints, on both streams, and its status.
fn try_it(blocks: &[(&str, &str)]) -> (String, i32) {
    let folder = tempfile::tempdir().unwrap();
    let (bin, here) = (folder.path().join("bin"), folder.path().join("here"));
    fs::create_dir_all(&bin).unwrap();
    fs::create_dir_all(&here).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cerco"), bin.join("cerco")).unwrap();
    let mut command = "cerco lint page.cerco";
    for (info, text) in blocks {
        let (language, path) = info.split_once(' ').unwrap_or((info, ""));
        let path = match (language, path) {
            ("console", _) => {
                command = text.trim().strip_prefix("$ ").unwrap();
                continue;
            }
            ("cerco", "") => "page.cerco",
            ("yaml", "") => "tenant.yaml",
            (_, path) => path,
        };
        let path = here.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let paths = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).current_dir(&here).env("PATH", paths).env("NO_COLOR", "1").stdin(Stdio::null());
    let output = shell.output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (String::from_utf8(printed).unwrap(), output.status.code().unwrap())
}

#[test]
fn each_page_shows_its_error() {
    let mut wrong = Vec::new();
    for page in ERRORS {
        let (code, text) = (page.code, page.text);
        if !text.starts_with(&format!("# {code}\n\n"))
            || !text.contains("\n## Why\n")
            || !text.contains("\n## Instead\n")
        {
            wrong.push(format!("{code}: the page has its code as heading, and says why and what instead"));
        }
        let (bad, good) = (blocks(text, "Wrong"), blocks(text, "Right"));
        if UNSHOWN.contains(&code) {
            if !bad.is_empty() || !good.is_empty() {
                wrong.push(format!("{code}: it can be shown"));
            }
            continue;
        }
        let (printed, status) = try_it(&bad);
        let expected = if is_mild(code) { [0, 1].contains(&status) } else { status == 2 };
        if !printed.contains(&format!("[{code}]")) || !expected {
            wrong.push(format!("{code}: the wrong example gives {status} and\n{printed}"));
        }
        let (printed, status) = try_it(&good);
        if printed.contains("error[policy/") || printed.contains(&format!("[{code}]")) || status == 2 || bad == good {
            wrong.push(format!("{code}: the right example gives {status} and\n{printed}"));
        }
        for (info, text) in good.iter().filter(|(info, _)| info.starts_with("cerco")) {
            if format(text, 0).ok().as_deref() != Some(*text) {
                wrong.push(format!("{code}: `{info}` is not laid out"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_error_has_a_page() {
    let table: Vec<&str> = ERRORS.iter().map(|page| page.code).collect();
    assert!(table.is_sorted() && table.windows(2).all(|pair| pair[0] != pair[1]), "{table:?}");
    let mut told = BTreeSet::new();
    let mut open = vec![root().join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("explain/pages.rs") {
                let text = fs::read_to_string(&path).unwrap();
                for family in FAMILIES {
                    for part in text.split(&format!("\"{family}/")).skip(1) {
                        let name = part.split('"').next().unwrap();
                        let code = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                        // `pack/rule` is how a rule is called.
                        if code && (family, name) != ("pack", "rule") {
                            told.insert(format!("{family}/{name}"));
                        }
                    }
                }
            }
        }
    }
    let table: BTreeSet<String> = table.into_iter().map(str::to_owned).collect();
    assert_eq!(told, table);
    let mut pages = BTreeSet::new();
    for family in fs::read_dir(root().join("docs/errors")).unwrap() {
        let family = family.unwrap().path();
        for page in fs::read_dir(&family).unwrap() {
            let (family, page) = (family.file_name().unwrap().to_str().unwrap(), page.unwrap().path());
            pages.insert(format!("{family}/{}", page.file_stem().unwrap().to_str().unwrap()));
        }
    }
    assert_eq!(pages, table);
}

#[test]
fn a_page_is_found_by_its_code() {
    let run = |command: &str| {
        let command = format!("$ cerco {command}");
        try_it(&[("console", command.as_str())])
    };
    assert_eq!(run("explain --error policy/enum").0, ERRORS.iter().find(|it| it.code == "policy/enum").unwrap().text);
    assert!(run("explain --error").0.contains("policy/enum "));
    assert!(run("explain --lint lint/never-fails").0.starts_with("# lint/never-fails\n"));
    assert_eq!(run("explain --lint never-fails"), run("explain --lint lint/never-fails"));
    assert_eq!(run("explain --lint").0.lines().count(), cerco::lint::LINTS.len());
    let (printed, status) = run("explain --lint never-fail");
    assert!(status == 2 && printed.contains("did you mean `never-fails`?"), "{printed}");
}
