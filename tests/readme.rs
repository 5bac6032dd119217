//! Runs the documents: every command and every snippet of `README.md` and of `docs/` is tried, in order.
//!
//! - A block of `console` holds commands behind `$ ` and what they print on a terminal of 90 columns. A line `...` stands
//!   for any lines. `cargo run --release --` is the binary under test, and a `cd` holds for the rest of the page.
//! - A block of another language with a path behind it (`yaml our/storage.yaml`) is that file from there on.
//! - Blocks without a path are pieces of one file, `page.cerco` or `page.yaml`, which is there from the start.
//! - Files of CI systems are written too, and the `cerco` commands in them are run: they must be understood.
//! - Blocks of other policy languages stand in `docs/coming-from.md` alone, for comparison, and nobody runs them.
//!
//! There is no other block, so none is left out. Each page has a folder of its own, with `policies/` and `tests/tenants/`.
//! With `CERCO_BLESS=1`, what is printed replaces what was expected; where `...` cuts it, only numbers may have changed.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde::Deserialize as _;

const COLUMNS: &str = "90";

/// Where other languages are compared, and which.
const COMPARED: (&str, [&str; 4]) = ("docs/coming-from.md", ["rego", "guard", "cel", "cedar"]);

/// What `cargo` is in the documents: it runs the binary, and builds nothing.
const CARGO: &str = "#!/bin/sh
case \"$1\" in
    run) while [ \"$1\" != -- ]; do shift; done; shift; exec cerco \"$@\" ;;
    test | install | build) ;;
    *) exit 9 ;;
esac
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fenced block of a page.
struct Block {
    language: String,
    /// The rest of the line that opens it.
    path: String,
    lines: Vec<String>,
    /// The line of the page, from 1, on which the first of `lines` stands.
    at: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (line, text) in page.lines().enumerate() {
        match (text.strip_prefix("```"), open) {
            (Some(_), true) => open = false,
            (Some(info), false) => {
                let (language, path) = info.split_once(' ').unwrap_or((info, ""));
                blocks.push(Block {
                    language: language.to_owned(),
                    path: path.trim().to_owned(),
                    lines: Vec::new(),
                    at: line + 2,
                });
                open = true;
            }
            (None, true) => blocks.last_mut().unwrap().lines.push(text.to_owned()),
            (None, false) => {}
        }
    }
    assert!(!open, "a block is not closed");
    blocks
}

/// A command of a block, and where what it prints stands in the page: lines from 0, the end exclusive.
struct Step {
    command: String,
    expected: Vec<String>,
    from: usize,
    to: usize,
}

fn steps(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for (at, line) in block.lines.iter().enumerate() {
        let place = block.at - 1 + at;
        if goes_on || line.starts_with("$ ") {
            let text = line.strip_prefix("$ ").unwrap_or(line);
            if goes_on {
                steps.last_mut().unwrap().command.push_str(&format!("\n{text}"));
            } else {
                steps.push(Step { command: text.to_owned(), expected: Vec::new(), from: 0, to: 0 });
            }
            goes_on = line.ends_with('\\');
            let step = steps.last_mut().unwrap();
            (step.from, step.to) = (place + 1, place + 1);
        } else {
            let step = steps.last_mut().unwrap_or_else(|| panic!("line {}: no command", place + 1));
            step.expected.push(line.clone());
            step.to = place + 1;
        }
    }
    steps
}

/// A folder in which a page is tried.
struct Place {
    root: tempfile::TempDir,
    /// Where the next command runs.
    here: PathBuf,
    /// What the last one gave.
    status: i32,
}

impl Place {
    fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().canonicalize().unwrap();
        let here = path.join("cerco");
        for folder in ["policies", "tests/tenants"] {
            copy(&self::root().join(folder), &here.join(folder));
        }
        let bin = path.join("bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cerco"), bin.join("cerco")).unwrap();
        fs::write(bin.join("cargo"), CARGO).unwrap();
        fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        Place { root, here, status: 0 }
    }

    fn write(&self, path: &str, lines: &[String]) {
        let path = self.here.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }

    /// Runs a command as a person at a terminal would see it; `None` where this machine gives no terminal.
    fn run(&mut self, command: &str) -> Option<Vec<String>> {
        let root = self.root.path().canonicalize().unwrap();
        let left = root.join("left");
        // What the shell is to know of the command before, and what is to be known of it afterwards.
        let script = format!(
            "(exit {})\n{command}\ncerco_status=$?\npwd > '{}'\nexit $cerco_status",
            self.status,
            left.display()
        );
        let path = format!("{}:{}", root.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).current_dir(&self.here).env("PATH", path).stdin(Stdio::null());
        shell.env("COLUMNS", COLUMNS).env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").env("TERM", "dumb");
        shell.env_remove("GITHUB_ACTIONS");
        let printed = match terminal() {
            Some((mut ours, theirs)) => {
                shell.stdout(theirs.try_clone().unwrap()).stderr(theirs);
                let mut child = shell.spawn().unwrap();
                // The terminal ends when nobody holds its other side.
                drop(shell);
                let mut bytes = Vec::new();
                let _ = ours.read_to_end(&mut bytes);
                self.status = child.wait().unwrap().code().unwrap_or(-1);
                Some(lines(&String::from_utf8_lossy(&bytes)))
            }
            None => {
                self.status = shell.output().unwrap().status.code().unwrap_or(-1);
                None
            }
        };
        self.here = PathBuf::from(fs::read_to_string(left).unwrap_or_default().trim());
        printed
    }
}

/// The two sides of a terminal.
fn terminal() -> Option<(fs::File, fs::File)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).ok()?;
    grantpt(&ours).ok()?;
    unlockpt(&ours).ok()?;
    let name = ptsname(&ours, Vec::new()).ok()?;
    let theirs = fs::OpenOptions::new().read(true).write(true).open(name.to_str().ok()?).ok()?;
    Some((fs::File::from(ours), theirs))
}

/// What stands on a terminal after all of this was printed: a line that was overwritten, such as a progress bar, is gone.
fn lines(printed: &str) -> Vec<String> {
    let mut text = String::new();
    let mut chars = printed.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A control sequence ends at its letter.
            let _ = chars.find(|c| c.is_ascii_alphabetic());
        } else {
            text.push(c);
        }
    }
    let shown = |line: &str| line.rsplit('\r').next().unwrap_or("").trim_end().to_owned();
    trimmed(text.replace("\r\n", "\n").lines().map(shown).collect())
}

/// Without empty lines at the end, which no reader sees.
fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    lines
}

/// Which printed line each expected one is, where they fit; `...` stands for any lines.
fn align(expected: &[String], printed: &[String], at: usize, same: fn(&str, &str) -> bool) -> Option<Vec<usize>> {
    match expected.split_first() {
        None => (at == printed.len()).then(Vec::new),
        Some((cut, rest)) if is_cut(cut) => (at..=printed.len()).find_map(|next| {
            let mut lines = align(rest, printed, next, same)?;
            lines.insert(0, at);
            Some(lines)
        }),
        Some((line, rest)) => {
            let fits = printed.get(at).is_some_and(|it| same(line.trim_end(), it));
            let mut lines = fits.then(|| align(rest, printed, at + 1, same)).flatten()?;
            lines.insert(0, at);
            Some(lines)
        }
    }
}

fn is_cut(line: &str) -> bool {
    line.trim() == "..."
}

fn matches(expected: &[String], printed: &[String]) -> bool {
    align(expected, printed, 0, |one, other| one == other).is_some()
}

/// What is to be expected from now on: all that was printed, or, of what is cut, the same lines with other numbers. `None`
/// where a person has to cut anew.
fn blessed(expected: &[String], printed: &[String]) -> Option<Vec<String>> {
    if !expected.iter().any(|line| is_cut(line)) {
        return Some(printed.to_vec());
    }
    fn numberless(text: &str) -> String {
        text.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
    }
    let lines = align(expected, printed, 0, |one, other| numberless(one) == numberless(other))?;
    Some(
        expected
            .iter()
            .zip(lines)
            .map(|(line, at)| if is_cut(line) { line.clone() } else { printed[at].clone() })
            .collect(),
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// The commands of a file for a CI system that run cerco.
fn ci_commands(block: &Block) -> impl Iterator<Item = &str> {
    let line = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("- ").unwrap_or(line);
        line.strip_prefix("run: ").unwrap_or(line).starts_with("cerco ")
    };
    block.lines.iter().filter(move |it| line(it)).map(|it| it.split_once("cerco ").unwrap().1)
}

/// Tries a page, and tells what came out otherwise.
fn try_page(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(name)).unwrap();
    let mut page: Vec<String> = text.lines().map(str::to_owned).collect();
    let blocks = blocks(&text);
    let mut place = Place::new();
    for language in ["cerco", "yaml"] {
        let pieces = blocks.iter().filter(|block| block.language == language && block.path.is_empty());
        let pieces: Vec<String> = pieces.map(|block| block.lines.join("\n")).collect();
        if !pieces.is_empty() {
            place.write(&format!("page.{language}"), &[pieces.join("\n\n")]);
        }
    }
    let bless = std::env::var_os("CERCO_BLESS").is_some();
    let (mut wrong, mut replace) = (Vec::new(), Vec::new());
    for block in &blocks {
        match block.language.as_str() {
            "console" => {
                for step in steps(block) {
                    let Some(printed) = place.run(&step.command) else {
                        eprintln!(
                            "{name}: no terminal on this machine: what `{}` prints is not compared",
                            step.command
                        );
                        continue;
                    };
                    let expected = trimmed(step.expected.clone());
                    if matches(&expected, &printed) {
                        continue;
                    }
                    match blessed(&expected, &printed).filter(|_| bless) {
                        Some(lines) => replace.push((step.from, step.to, lines)),
                        None => {
                            let printed = printed.join("\n      ");
                            wrong.push(format!("{name}:{}: `{}` prints\n      {printed}", step.from, step.command));
                        }
                    }
                }
            }
            "cerco" | "yaml" if block.path.is_empty() => {}
            "cerco" | "yaml" | "json" if !block.path.is_empty() => {
                place.write(&block.path, &block.lines);
                if block.language == "yaml" {
                    let text = block.lines.join("\n");
                    // The first error ends the search: behind it, the reader finds the same one for ever.
                    let error = serde_yaml::Deserializer::from_str(&text)
                        .map(serde_yaml::Value::deserialize)
                        .find_map(Result::err);
                    wrong.extend(error.map(|error| format!("{name}:{}: {error}", block.at)));
                }
                for command in ci_commands(block) {
                    place.run(&format!("cerco {command}"));
                    if ![0, 1].contains(&place.status) {
                        wrong.push(format!("{name}:{}: `cerco {command}` gives {}", block.at, place.status));
                    }
                }
            }
            other if name == COMPARED.0 && COMPARED.1.contains(&other) => {}
            other => wrong.push(format!("{name}:{}: a block of `{other}` is not tried", block.at - 1)),
        }
    }
    if !replace.is_empty() {
        for (from, to, printed) in replace.into_iter().rev() {
            page.splice(from..to, printed);
        }
        fs::write(root().join(name), page.join("\n") + "\n").unwrap();
        wrong.push(format!("{name} was written anew; look at the difference"));
    }
    wrong
}

fn hold(name: &str) {
    let wrong = try_page(name);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_readme_is_true() {
    hold("README.md");
}

#[test]
fn the_reference_of_the_language_is_true() {
    hold("docs/language.md");
}

#[test]
fn what_is_said_of_reports_is_true() {
    hold("docs/reports.md");
}

#[test]
fn what_is_said_of_translating_is_true() {
    hold("docs/translating.md");
}

#[test]
fn the_tutorial_is_true() {
    hold("docs/tutorial.md");
}

#[test]
fn the_cookbook_is_true() {
    hold("docs/cookbook.md");
}

#[test]
fn what_is_said_of_other_languages_is_true() {
    hold("docs/coming-from.md");
}

#[test]
fn every_page_is_tried() {
    let mut pages: Vec<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .collect();
    pages.sort();
    let known = ["coming-from.md", "cookbook.md", "language.md", "reports.md", "translating.md", "tutorial.md"];
    for page in pages.iter().filter(|page| !known.contains(&page.as_str())) {
        let wrong = try_page(&format!("docs/{page}"));
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }
}

/// The anchors of a page: its headings as web pages of the repository name them.
fn anchors(page: &str) -> Vec<String> {
    let (mut anchors, mut open) = (Vec::new(), false);
    for line in page.lines() {
        open ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if !open && heading.len() < line.len() {
            let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            anchors.push(kept.collect::<String>().to_lowercase().replace(' ', "-"));
        }
    }
    anchors
}

/// A word that the grammar knows stands in some policy of the reference, outside quotes and comments.
#[test]
fn every_word_of_the_language_has_an_example() {
    let page = fs::read_to_string(root().join("docs/language.md")).unwrap();
    let mut code = String::new();
    for line in blocks(&page).iter().filter(|block| block.language == "cerco").flat_map(|block| &block.lines) {
        let unquoted: Vec<&str> = line.split('"').step_by(2).collect();
        code.push_str(unquoted.join(" ").split('#').next().unwrap());
        code.push('\n');
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let used: std::collections::BTreeSet<&str> = code.split(|c| !is_word(c)).collect();
    let grammar = fs::read_to_string(root().join("grammar/cerco.pest")).unwrap();
    let rules = grammar.lines().filter(|line| !line.starts_with("//"));
    let quoted: Vec<&str> = rules.flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
    let words = quoted.iter().filter(|it| it.len() > 1 && it.chars().all(|c| c.is_ascii_lowercase()));
    let types = ["bool", "int", "decimal", "percent", "string", "date", "duration"];
    let functions = cerco::builtins::BUILTINS.iter().map(|it| it.name);
    let (mut known, mut lacking) = (0, Vec::new());
    for word in words.copied().chain(types).chain(functions) {
        known += 1;
        // A unit has one word for one, and another for many.
        if !used.contains(word)
            && !used.contains(format!("{word}s").as_str())
            && !used.contains(word.trim_end_matches('s'))
        {
            lacking.push(word);
        }
    }
    assert!(known > 100, "the grammar has {known} words");
    assert!(lacking.is_empty(), "no example in docs/language.md: {lacking:?}");
}

#[test]
fn links_lead_somewhere() {
    let mut pages = vec![PathBuf::from("README.md"), PathBuf::from("ARCHITECTURE.md"), PathBuf::from("CHANGELOG.md")];
    pages.extend(fs::read_dir(root().join("docs")).unwrap().map(|it| Path::new("docs").join(it.unwrap().file_name())));
    let (mut lost, mut followed) = (Vec::new(), 0);
    for page in pages.iter().filter(|page| page.extension().is_some_and(|it| it == "md")) {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = match path {
                "" => root().join(page),
                path => root().join(page).parent().unwrap().join(path),
            };
            let found = there.exists()
                && (anchor.is_empty() || anchors(&fs::read_to_string(&there).unwrap()).iter().any(|it| it == anchor));
            if !found {
                lost.push(format!("{}: {target}", page.display()));
            }
            followed += 1;
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(followed > 20, "{followed} links were found");
}

/// What the book lists is what there is.
#[test]
fn every_page_stands_in_the_table_of_contents() {
    let contents = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name == "README.md" || contents.contains(&format!("]({name})")), "{name} is not listed");
    }
}

#[test]
fn three_dots_stand_for_any_lines() {
    let list = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&list("a\n...\nd"), &list("a\nb\nc\nd")));
    assert!(matches(&list("...\nd"), &list("d")));
    assert!(!matches(&list("a\n..."), &list("b\na")));
    assert!(!matches(&list("a"), &list("a\nb")));
    assert_eq!(blessed(&list("...\n9 of 10\n..."), &list("a\n10 of 12\nb")), Some(list("...\n10 of 12\n...")));
    assert_eq!(blessed(&list("...\n9 fail"), &list("a\n10 pass")), None);
    assert_eq!(lines("working 1\rworking 2\r\u{1b}[2Kdone  \r\nnext\r\n\r\n"), ["done", "next"]);
}
