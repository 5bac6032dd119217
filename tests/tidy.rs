//! Holds the house in order: what `ARCHITECTURE.md` says of the source is read off the source.
//!
//! Comments and texts in quotes are blanked before anything is looked for, so a word in a sentence is no use of a crate.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

/// A file is split by construct before it grows past this.
const LINES: usize = 800;

/// Who may name a crate, or what touches the world outside: words of the source, and the files that may use them. A name
/// that ends in `/` stands for a folder.
const ONLY: &[(&str, &[&str], &[&str])] = &[
    ("the grammar", &["pest", "pest_derive"], &["src/syntax/parse.rs"]),
    ("excerpts", &["miette"], &["src/report/snippet.rs"]),
    ("phrases", &["fluent_bundle", "fluent_syntax"], &["src/lang.rs", "src/lang/"]),
    ("YAML", &["granit_parser"], &["src/document/yaml.rs", "src/document/syntax_error.rs"]),
    ("another YAML", &["serde_yaml"], &["src/document/emit.rs"]),
    ("the calendar", &["jiff"], &["src/value.rs", "src/project.rs", "src/cli/arguments.rs"]),
    ("the clock", &["Instant", "SystemTime", "Zoned", "Timestamp"], &["src/cli/"]),
    ("files", &["fs"], &["src/project.rs", "src/project/", "src/pack/", "src/cli/"]),
    ("standard streams", &["stdin", "stdout", "stderr"], &["src/project.rs", "src/cli.rs", "src/cli/"]),
    (
        "the environment",
        &["env", "var_os"],
        &["src/project.rs", "src/report/sarif.rs", "src/pack/embedded.rs", "src/cli/", "src/main.rs"],
    ),
    ("arguments", &["clap"], &["src/cli.rs", "src/cli/"]),
    ("progress", &["indicatif"], &["src/cli/progress.rs"]),
    ("colour of streams", &["anstream"], &["src/cli/output.rs"]),
    ("the terminal", &["terminal_size"], &["src/cli/output.rs"]),
    (
        "threads",
        &["rayon", "thread"],
        &[
            "src/eval.rs",
            "src/session.rs",
            "src/check.rs",
            "src/syntax/parse.rs",
            "src/suite/mutate.rs",
            "src/cli/progress.rs",
        ],
    ),
    ("the network", &["net", "TcpStream", "UdpSocket"], &[]),
    ("other programs", &["process"], &["src/main.rs"]),
];

/// What stands in no file.
const NEVER: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore", "unsafe {", "println!", "eprintln!"];

struct File {
    /// From the root of the crate, with `/`.
    name: String,
    text: String,
    /// The text without comments and without what stands in quotes; of the same lines.
    code: String,
}

impl File {
    /// The module at the root of the crate that it belongs to.
    fn module(&self) -> &str {
        let name = self.name.trim_start_matches("src/");
        name.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn is(&self, allowed: &str) -> bool {
        self.name == allowed || allowed.ends_with('/') && self.name.starts_with(allowed)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All files of Rust below a folder, sorted.
fn files(folder: &str) -> Vec<File> {
    let (mut open, mut paths) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let file = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        File { name, code: code(&text), text }
    };
    paths.iter().map(file).collect()
}

/// A text of Rust with its comments and quoted texts blanked.
fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    let next = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    while at < chars.len() {
        let start = at;
        let raw = next(at) == 'r' && matches!(next(at + 1), '"' | '#') && (at == 0 || !is_word(next(at - 1)));
        if next(at) == '/' && next(at + 1) == '/' {
            while at < chars.len() && next(at) != '\n' {
                at += 1;
            }
        } else if raw {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if next(at + 1 + hashes) != '"' {
                out.push('r');
                at += 1;
                continue;
            }
            at += hashes + 2;
            while at < chars.len() && !(next(at) == '"' && (1..=hashes).all(|more| next(at + more) == '#')) {
                at += 1;
            }
            at += hashes + 1;
        } else if next(at) == '"' {
            at += 1;
            while at < chars.len() && next(at) != '"' {
                at += if next(at) == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if next(at) == '\'' && (next(at + 1) == '\\' || next(at + 2) == '\'') {
            at += 2;
            while at < chars.len() && next(at) != '\'' {
                at += 1;
            }
            at += 1;
        } else {
            out.push(next(at));
            at += 1;
            continue;
        }
        out.extend(chars[start..at.min(chars.len())].iter().map(|c| blank(*c)));
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a line.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

/// The modules at the root of the crate, in the order of `lib.rs`.
fn modules() -> Vec<String> {
    let lib = read("src/lib.rs");
    let module = |line: &str| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    lib.lines().filter_map(module).collect()
}

/// The modules of the crate that a file names, with their lines: `crate::x`, `crate::{x, y}`.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(is_word) {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let name = |text: &str| text.trim_start().split(|c: char| !is_word(c)).next().unwrap_or("").to_owned();
        match rest.strip_prefix('{') {
            None => found.push((line, name(rest))),
            Some(group) => {
                let (mut depth, mut opens) = (0, true);
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => opens = true,
                        c if opens && is_word(c) => {
                            found.push((line, name(&group[at..])));
                            opens = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

fn hold(violations: &[String]) {
    assert!(violations.is_empty(), "\n  {}\n", violations.join("\n  "));
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let modules = modules();
    assert!(modules.len() > 10, "lib.rs declares its modules, one a line: {modules:?}");
    let place = |name: &str| modules.iter().position(|module| module == name);
    let mut violations = Vec::new();
    for file in files("src").iter().filter(|file| !["src/lib.rs", "src/main.rs"].contains(&file.name.as_str())) {
        let Some(own) = place(file.module()) else {
            violations.push(format!("{}: lib.rs does not declare its module", file.name));
            continue;
        };
        for (line, name) in imports(&file.code) {
            match place(&name) {
                Some(other) if other <= own => {}
                Some(_) => violations.push(format!("{}:{line}: `{name}` stands below `{}`", file.name, modules[own])),
                None => violations.push(format!("{}:{line}: `crate::{name}` is no module of lib.rs", file.name)),
            }
        }
        // `super` of a file at the root is the crate itself.
        if file.name.matches('/').count() == 1 {
            for (line, text) in file.code.lines().enumerate() {
                if text.starts_with("use super::") || text.starts_with("pub use super::") {
                    violations.push(format!("{}:{}: say `crate::`", file.name, line + 1));
                }
            }
        }
    }
    hold(&violations);
}

#[test]
fn what_a_module_keeps_to_itself_is_used_nowhere_else() {
    let mut violations = Vec::new();
    for file in files("src") {
        if file.name.ends_with("/tests.rs") {
            continue;
        }
        for (line, text) in file.code.lines().enumerate() {
            for (what, names, allowed) in ONLY {
                let uses = words(text).any(|word| names.contains(&word) && (is_path(text, word) || word.len() > 4));
                if uses && !allowed.iter().any(|allowed| file.is(allowed)) {
                    let allowed = if allowed.is_empty() { "nobody".to_owned() } else { allowed.join(", ") };
                    violations.push(format!("{}:{}: {what}: only {allowed}", file.name, line + 1));
                }
            }
        }
    }
    hold(&violations);
}

/// Whether a short word is part of a path there: `fs::read`, `std::{env, fs}`, and not the name of a variable.
fn is_path(line: &str, word: &str) -> bool {
    line.contains(&format!("{word}::"))
        || line.contains(&format!("::{word}"))
        || line.contains(&format!("{word}!"))
        || line.starts_with("use ")
}

#[test]
fn a_file_says_what_it_owns_and_what_it_must_never_know() {
    let mut violations = Vec::new();
    for file in files("src") {
        let head: Vec<&str> = file.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let head = head.join(" ");
        let sentences = head.matches(". ").count() + usize::from(head.ends_with('.'));
        if sentences < 2 {
            violations.push(format!("{}: opens with {sentences} sentences in `//!`, and needs two", file.name));
        }
    }
    hold(&violations);
}

#[test]
fn a_file_can_be_read_at_one_sitting() {
    let mut violations = Vec::new();
    for file in files("src").iter().chain(&files("tests")) {
        let lines = file.text.lines().count();
        if lines > LINES {
            violations.push(format!("{}: {lines} lines, and {LINES} are enough: split it by construct", file.name));
        }
    }
    hold(&violations);
}

#[test]
fn nothing_is_left_for_later() {
    let mut violations = Vec::new();
    for file in files("src").iter().chain(&files("tests")) {
        for (line, text) in file.code.lines().enumerate() {
            for word in NEVER {
                if text.contains(word) && (file.name.starts_with("src/") || word.starts_with('#')) {
                    violations.push(format!("{}:{}: `{word}`", file.name, line + 1));
                }
            }
        }
        if file.name == "tests/tidy.rs" {
            continue;
        }
        for (line, text) in file.text.lines().enumerate() {
            if words(text).any(|word| ["TODO", "FIXME", "XXX", "HACK"].contains(&word)) {
                violations.push(format!("{}:{}: a note for later", file.name, line + 1));
            }
        }
    }
    hold(&violations);
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = read("Cargo.toml");
    let (mut section, mut violations) = (String::new(), Vec::new());
    for (line, text) in manifest.lines().enumerate() {
        if text.starts_with('[') {
            section = text.to_owned();
        } else if section.contains("dependencies]")
            && text.contains('=')
            && !text.starts_with('#')
            && !text.contains(" # ")
        {
            violations.push(format!("Cargo.toml:{}: {text}", line + 1));
        }
    }
    hold(&violations);
}

#[test]
fn the_map_shows_the_house() {
    let map = read("ARCHITECTURE.md");
    let mut violations = Vec::new();
    for module in modules() {
        if !map.contains(&format!("`{module}`")) && !map.contains(&format!("`{module}.rs`")) {
            violations.push(format!("ARCHITECTURE.md does not speak of `{module}`"));
        }
    }
    for (line, text) in map.lines().enumerate() {
        for name in text.split('`').skip(1).step_by(2) {
            let path = ["src/", "tests/", "policies/", "grammar/", "docs/", "fuzz/", ".ci/"]
                .iter()
                .any(|it| name.starts_with(it));
            if path && !name.contains(['…', '*', '<']) && !root().join(name).exists() {
                violations.push(format!("ARCHITECTURE.md:{}: `{name}` is not there", line + 1));
            }
        }
    }
    hold(&violations);
}

#[test]
fn the_reference_knows_every_builtin() {
    let reference = read("docs/language.md");
    let missing = cerco::builtins::BUILTINS.iter().filter(|it| !reference.contains(&format!("`{}(", it.name)));
    hold(&missing.map(|it| format!("docs/language.md does not speak of `{}(…)`", it.name)).collect::<Vec<_>>());
}

#[test]
fn the_gate_runs_the_tests_as_the_readme_says() {
    let (readme, gate) = (read("README.md"), read(".ci/run"));
    let command = readme.lines().filter_map(|line| line.strip_prefix("$ ")).find(|line| line.starts_with("cargo test"));
    let command = command.expect("the README says how the tests are run");
    assert!(gate.lines().any(|line| line == command), ".ci/run does not run `{command}`");
}

#[test]
fn comments_and_quotes_are_not_code() {
    let text = "let a = \"pest::\"; // miette\nlet b = r#\"fs \"quoted\" \"#; let c = '\"'; use std::fs; fn f<'a>(x: &'a str) {}\n";
    let code = code(text);
    assert_eq!(code.lines().count(), 2);
    assert!(!code.contains("pest") && !code.contains("miette") && !code.contains("quoted"));
    assert!(code.contains("use std::fs;") && code.contains("fn f<'a>(x: &'a str) {}"));
    assert_eq!(
        imports("use crate::a::B;\nuse crate::{b::{C, d}, e};\nmycrate::x"),
        [(1, "a".to_owned()), (2, "b".to_owned()), (2, "e".to_owned())]
    );
}
