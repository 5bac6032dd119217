//! The command line as a person uses it; the engine behind it is made up here.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::ffi::OsString;
use std::path::Path;

use assert_cmd::Command;
use cerco::cli::{self, Engine, Outcome, Request};
use cerco::diagnostic::Diagnostic;
use cerco::finding::{Finding, Kind, Report, Severity, TenantReport, Verdict};
use cerco::source::{Sources, Span};

fn cerco() -> Command {
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("COLUMNS", "80").env_remove("NO_COLOR");
    command
}

fn refused(arguments: &[&str]) -> String {
    let output = cerco().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

fn run(engine: &Engine, arguments: &[&str]) -> u8 {
    cli::run(["cerco"].iter().chain(arguments).map(OsString::from), engine)
}

/// A check that finds what the names of its tenants say.
fn found(request: &Request, tick: cli::Tick) -> Outcome {
    let mut sources = Sources::new();
    let mut report = Report { as_of: request.as_of.unwrap_or(request.today).to_string(), ..Report::default() };
    for (index, name) in request.tenants.iter().enumerate() {
        let base = sources.add(name.clone(), "a: 1\n").unwrap();
        let (kind, severity) = match name.as_str() {
            "bad" => (Kind::Violation, Severity::Error),
            "doubtful" => (Kind::Violation, Severity::Warning),
            "open" => (Kind::Unknown, Severity::Error),
            "unreadable" => {
                report.errors.push(Diagnostic::bare("input/unreadable", "it cannot be read"));
                continue;
            }
            _ => {
                report.tenants.push(tenant(name, Vec::new()));
                continue;
            }
        };
        let finding = Finding {
            rule: "pack/rule".into(),
            kind,
            severity,
            advisory: false,
            message: format!("{name} it is"),
            path: "a".into(),
            span: Span::new(base + 3, base + 4),
            policy: None,
            related: Vec::new(),
            related_total: 0,
            fix: None,
            missing: None,
            shared: false,
            fingerprint: format!("{index}"),
        };
        report.tenants.push(tenant(name, vec![finding]));
        tick(index + 1, request.tenants.len());
    }
    Outcome { sources, report }
}

fn tenant(source: &str, findings: Vec<Finding>) -> TenantReport {
    let verdict = if findings.is_empty() { Verdict::Pass } else { Verdict::Fail };
    TenantReport { source: source.into(), name: None, collected_at: None, verdict, rules: Vec::new(), findings }
}

fn engine() -> Engine {
    Engine {
        check: found,
        format: |sources, base| {
            let text = sources.file(base).unwrap().text();
            match text.contains('!') {
                true => Err(vec![Diagnostic::error("policy/syntax", Span::new(base, base), "this is no policy")]),
                false => Ok(format!("{}\n", text.trim())),
            }
        },
        ..Engine::none()
    }
}

#[test]
fn bad_options_are_refused_with_a_reason() {
    assert!(refused(&["check", "--as-of", "2026-02-30"]).contains("there is no such day"));
    assert!(refused(&["check", "--as-of", "tomorrow"]).contains("such as 2026-11-23"));
    assert!(refused(&["check", "--param", "x=1"]).contains("pack.name=value"));
    assert!(refused(&["check", "--fail-on", "fatal"]).contains("error, warning, info"));
    assert!(refused(&["check", "--threads", "0"]).contains("0 is not in 1..=1024"));
    assert!(refused(&["check", "--max-bytes", "much"]).contains("a size begins with a number"));
    assert!(refused(&["chekc"]).contains("check"));
}

#[test]
fn help_says_what_there_is() {
    for (name, arguments) in [("help", vec!["--help"]), ("help_check", vec!["check", "--help"])] {
        let output = cerco().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        insta::assert_snapshot!(name, String::from_utf8(output.stdout).unwrap());
    }
}

#[test]
fn the_exit_status_says_what_stands() {
    let engine = engine();
    assert_eq!(run(&engine, &["check", "good"]), 0);
    assert_eq!(run(&engine, &["check", "good", "bad"]), 1);
    assert_eq!(run(&engine, &["check", "doubtful"]), 0);
    assert_eq!(run(&engine, &["check", "doubtful", "--fail-on", "warning"]), 1);
    assert_eq!(run(&engine, &["check", "open"]), 1);
    assert_eq!(run(&engine, &["check", "open", "--unknown", "report"]), 0);
    assert_eq!(run(&engine, &["check", "good", "unreadable"]), 2);
}

#[test]
fn a_report_goes_to_a_file_without_colour() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    let arguments = ["check", "bad", "--as-of", "2026-11-23", "--color", "always", "--output", path.to_str().unwrap()];
    assert_eq!(run(&engine(), &arguments), 1);
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r"
    bad:1:4: error[pack/rule] bad it is
    checked 1 tenant, no rule as of 2026-11-23
    found 1 violation (1 error)
    Findings are technical facts about a configuration, not legal advice.
    ");
    let nowhere = folder.path().join("missing/report.txt");
    assert_eq!(run(&engine(), &["check", "good", "--output", nowhere.to_str().unwrap()]), 2);
}

#[test]
fn policies_are_formatted_in_place_or_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let read = |name: &str| std::fs::read_to_string(Path::new(folder.path()).join(name)).unwrap();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    write("a.cerco", "  rule\n");
    write("inner/b.cerco", "rule\n");
    write("c.yaml", "  not mine");
    let here = folder.path().to_str().unwrap();
    assert_eq!(run(&engine(), &["fmt", "--check", here]), 1);
    assert_eq!(read("a.cerco"), "  rule\n");
    assert_eq!(run(&engine(), &["fmt", here]), 0);
    assert_eq!((read("a.cerco").as_str(), read("c.yaml").as_str()), ("rule\n", "  not mine"));
    assert_eq!(run(&engine(), &["fmt", "--check", here]), 0);
    write("d.cerco", "!");
    assert_eq!(run(&engine(), &["fmt", here]), 2);
    assert_eq!(read("d.cerco"), "!");
    assert_eq!(run(&engine(), &["fmt", "missing.cerco"]), 2);
}
