//! What people and programs read, from reports built by hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use cerco::diagnostic::Diagnostic;
use cerco::edit::{Edit, Fix};
use cerco::finding::{
    Citation, Finding, Kind, Related, Report, RuleInfo, RuleVerdict, Severity, TenantReport, Verdict,
};
use cerco::report::{self, Format, Options};
use cerco::source::{Sources, Span};

const TENANT: &str = r#"tenant:
  org_name: 濠江集團有限公司
groups:
  - id: hq-weekly
    name: 總部與橫琴週會
    cross_border: true
    settings: &open
      sync: full
      history_for_new_members: true
      file_download: open
  - id: hengqin-site
    name: 橫琴工地群
    cross_border: true
    settings: *open
  - id: suppliers
    cross_border: true
    settings: *open
  - {id: partners, cross_border: true, settings: {sync: metadata, member_limit: 500}}
flows:
  - id: payroll
    subjects_this_year: 70000
    colour: red
"#;

const POLICY: &str = r#"rule group-sync {
    title "Cross-border groups are not synchronised to another organisation"

    for group in groups where group.cross_border {
        settings group.settings {
            sync                    == "disabled"
            history_for_new_members == false
            member_limit            <= 200
        }
    }
}

rule yearly-volume {
    title "People whose personal information leaves the jurisdiction in a year"

    threshold people {
        from 100_000                     expect contract.filed else "{people} people: a standard contract is due"
        from 80_000  warning "{people} people: {100_000 - people} below the filing duty"
    }
}
"#;

/// A run of one tenant and one pack.
struct Run {
    sources: Sources,
    report: Report,
    tenant: u32,
    policy: u32,
}

fn rule(id: &str, title: &str) -> RuleInfo {
    RuleInfo {
        id: id.into(),
        title: title.into(),
        severity: Severity::Error,
        rationale: Some(
            "A synchronised group copies members and messages out of the tenant's jurisdiction, where they cannot be \
             called back."
                .into(),
        ),
        remedy: Some("Group settings > Synchronisation > Off.".into()),
        citations: vec![Citation {
            law: "Personal Information Protection Law".into(),
            article: "art. 38".into(),
            issuer: None,
            url: Some("https://www.gov.cn/xinwen/2021-08/20/content_5632486.htm".into()),
        }],
        tags: vec!["cross-border".into()],
        advisory: false,
    }
}

fn run(text: &str) -> Run {
    let mut sources = Sources::new();
    let tenant = sources.add("tenants/hengqin.yaml", text).unwrap();
    let policy = sources.add("policies/cross-border/groups.cerco", POLICY).unwrap();
    let bare = |rule| RuleInfo { rationale: None, remedy: None, citations: Vec::new(), ..rule };
    let report = Report {
        as_of: "2026-11-23".into(),
        packs: vec!["cross-border 1.2.0".into()],
        rules: vec![
            rule("cross-border/group-sync", "Cross-border groups are not synchronised to another organisation"),
            bare(rule("cross-border/meetings", "Meetings are recorded at home")),
            rule("cross-border/yearly-volume", "People whose personal information leaves the jurisdiction in a year"),
        ],
        tenants: vec![TenantReport {
            steps: Vec::new(),
            source: "tenants/hengqin.yaml".into(),
            document: None,
            name: Some("濠江集團有限公司".into()),
            collected_at: Some("2026-08-31".into()),
            verdict: Verdict::Pass,
            rules: (0..3).map(|rule| RuleVerdict { rule, verdict: Verdict::Pass }).collect(),
            findings: Vec::new(),
        }],
        ..Report::default()
    };
    Run { sources, report, tenant, policy }
}

impl Run {
    /// The place of the n-th occurrence of a text in the tenant.
    fn at(&self, text: &str, nth: usize) -> Span {
        self.place(0, self.tenant, text, nth)
    }

    fn policy(&self, text: &str) -> Span {
        self.place(1, self.policy, text, 0)
    }

    fn place(&self, file: usize, base: u32, text: &str, nth: usize) -> Span {
        let (at, found) = self.sources.files()[file].text().match_indices(text).nth(nth).unwrap();
        Span::new(base + at as u32, base + (at + found.len()) as u32)
    }

    fn add(&mut self, finding: Finding) {
        let verdict = match finding.kind {
            Kind::Violation | Kind::Invalid => Verdict::Fail,
            Kind::Unknown => Verdict::Unknown,
            Kind::Error => Verdict::Error,
        };
        let tenant = &mut self.report.tenants[0];
        tenant.verdict = tenant.verdict.max(verdict);
        if let Some(at) = self.report.rules.iter().position(|rule| rule.id == finding.rule) {
            tenant.rules[at].verdict = tenant.rules[at].verdict.max(verdict);
        }
        let number = tenant.findings.len();
        tenant.findings.push(Finding { fingerprint: format!("{number:016x}"), ..finding });
    }

    fn text(&self, options: &Options) -> String {
        let mut out = Vec::new();
        if options.format == Format::Text {
            report::complain(&self.report, &self.sources, options, &mut out).unwrap();
        }
        report::write(&self.report, &self.sources, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

fn finding(rule: &str, kind: Kind, span: Span, path: &str, message: &str) -> Finding {
    Finding {
        rule: rule.into(),
        kind,
        severity: Severity::Error,
        advisory: false,
        message: message.into(),
        path: path.into(),
        span,
        policy: None,
        related: Vec::new(),
        related_total: 0,
        fix: None,
        missing: None,
        asked: None,
        waiting: Vec::new(),
        shared: false,
        fingerprint: String::new(),
    }
}

fn related(path: &str, span: Span, message: &str) -> Related {
    Related { path: path.into(), span, message: message.into() }
}

fn wide(width: usize) -> Options {
    Options { width: Some(width), ..Options::default() }
}

fn pipe() -> Options {
    Options::default()
}

fn written_as(format: Format) -> Options {
    Options { format, ..Options::default() }
}

/// A tenant with violations of two severities, three of them at one anchored value, an invalid value and unknowns.
fn mixed() -> Run {
    let mut run = run(TENANT);
    let sync = run.policy("sync                    == \"disabled\"");
    let history = run.policy("history_for_new_members == false");
    let (group_sync, meetings, volume) =
        ("cross-border/group-sync", "cross-border/meetings", "cross-border/yearly-volume");
    for group in ["hq-weekly", "hengqin-site", "suppliers"] {
        let path = format!("groups[\"{group}\"].settings.sync");
        let message = format!("{path} must be \"disabled\", and is \"full\"");
        let (span, group_at) = (run.at("full", 0), run.at(group, 0));
        let edits = vec![Edit { span, text: "disabled".into() }];
        run.add(Finding {
            policy: Some(sync),
            shared: true,
            related: vec![related(&format!("groups[\"{group}\"]"), group_at, "for this group")],
            related_total: 1,
            fix: Some(Fix { title: "set it to \"disabled\"".into(), edits }),
            ..finding(group_sync, Kind::Violation, span, &path, &message)
        });
    }
    let message = "新成員不得看見進羣之前的歷史訊息，因為跨境羣組的內容一旦被複製到境外就無法收回，必須先關閉此設定。";
    let path = "groups[\"hq-weekly\"].settings.history_for_new_members";
    run.add(Finding {
        policy: Some(history),
        shared: true,
        ..finding(group_sync, Kind::Violation, run.at("true", 1), path, message)
    });
    let path = "groups[\"partners\"].settings.sync";
    let message = format!("{path} must be \"disabled\", and is \"metadata\"");
    run.add(Finding {
        policy: Some(sync),
        ..finding(group_sync, Kind::Violation, run.at("metadata", 0), path, &message)
    });
    run.add(Finding {
        severity: Severity::Warning,
        policy: Some(run.policy("\"{people} people: {100_000 - people} below the filing duty\"")),
        related: vec![
            related("flows[\"payroll\"]", run.at("payroll", 0), "for this flow"),
            related("tenant.org_name", run.at("濠江集團有限公司", 0), "counted here"),
        ],
        related_total: 34,
        ..finding(
            volume,
            Kind::Violation,
            run.at("70000", 0),
            "flows[\"payroll\"].subjects_this_year",
            "90,000 people: 10,000 below the filing duty",
        )
    });
    run.add(finding(
        "schema/unknown-field",
        Kind::Invalid,
        run.at("colour", 0),
        "flows[\"payroll\"].colour",
        "`colour` is no field of a flow; did you mean `color`?",
    ));
    for index in 0..3 {
        let path = format!("meetings.recording_{index}");
        run.add(Finding {
            missing: Some("meetings".into()),
            policy: Some(sync),
            ..finding(meetings, Kind::Unknown, run.at("groups", 0), &path, &format!("{path} is not known"))
        });
    }
    run.add(Finding {
        missing: Some("groups[…].settings.member_limit".into()),
        ..finding(
            group_sync,
            Kind::Unknown,
            run.at("settings", 0),
            "groups[\"hq-weekly\"].settings.member_limit",
            "groups[\"hq-weekly\"].settings.member_limit is not known",
        )
    });
    run.add(finding(
        volume,
        Kind::Unknown,
        run.at("payroll", 0),
        "flows[\"payroll\"]",
        "182 days against 6 months cannot be decided",
    ));
    run
}

/// `{}`, with rules that wait for many parts.
fn empty(parts: usize) -> Run {
    let mut run = run("{}\n");
    run.report.packs =
        ["baseline", "cross-border", "identity", "macau-pdpa", "pipl", "storage"].map(String::from).to_vec();
    run.report.packs_by_default = true;
    run.report.rules = (0..parts * 2).map(|index| rule(&format!("baseline/rule-{index:03}"), "A rule")).collect();
    run.report.tenants[0].rules =
        (0..parts * 2).map(|rule| RuleVerdict { rule, verdict: Verdict::NotApplicable }).collect();
    run.report.tenants[0].name = None;
    run.report.tenants[0].collected_at = None;
    let span = run.at("{}", 0);
    for field in ["schema", "meta", "tenant"] {
        let message = format!("`{field}` must be there, and is missing");
        run.add(finding("schema/missing-field", Kind::Invalid, span, field, &message));
    }
    for index in 0..parts {
        let part = format!("part_{index:02}");
        for waits in 0..=(index % 5) {
            let rule = format!("baseline/rule-{:03}", index + waits);
            run.add(Finding {
                missing: Some(part.clone()),
                ..finding(&rule, Kind::Unknown, span, &part, &format!("{part} is not known"))
            });
        }
    }
    run
}

#[test]
fn a_terminal_of_80_columns() {
    insta::assert_snapshot!(mixed().text(&wide(80)));
}

#[test]
fn a_terminal_of_120_columns() {
    insta::assert_snapshot!(mixed().text(&wide(120)));
}

#[test]
fn a_terminal_without_unicode() {
    insta::assert_snapshot!(mixed().text(&Options { unicode: false, ..wide(80) }));
}

#[test]
fn a_pipe() {
    insta::assert_snapshot!(mixed().text(&pipe()));
}

#[test]
fn a_narrow_terminal() {
    insta::assert_snapshot!(mixed().text(&wide(50)));
}

#[test]
fn unknown_detail() {
    insta::assert_snapshot!(mixed().text(&Options { unknown_detail: true, ..wide(80) }));
    insta::assert_snapshot!(mixed().text(&Options { unknown_detail: true, ..pipe() }));
}

#[test]
fn no_violation_says_what_was_checked() {
    insta::assert_snapshot!(run(TENANT).text(&wide(80)));
    insta::assert_snapshot!(run(TENANT).text(&pipe()));
}

#[test]
fn nothing_applied() {
    let mut run = run(TENANT);
    run.report.tenants[0].rules.iter_mut().for_each(|rule| rule.verdict = Verdict::NotApplicable);
    run.report.tenants[0].verdict = Verdict::NotApplicable;
    insta::assert_snapshot!(run.text(&wide(80)));
    assert_eq!(report::exit_status(&run.report, &pipe()), report::PASSED);
}

#[test]
fn the_law_of_then() {
    let mut run = run(TENANT);
    run.report.as_of = "2024-03-01".into();
    insta::assert_snapshot!(run.text(&wide(80)));
}

#[test]
fn only_unknowns() {
    let mut run = run(TENANT);
    run.add(Finding {
        missing: Some("meetings".into()),
        ..finding("cross-border/meetings", Kind::Unknown, run.at("groups", 0), "meetings", "meetings is not known")
    });
    insta::assert_snapshot!(run.text(&wide(80)));
    assert_eq!(report::exit_status(&run.report, &pipe()), report::FAILED);
    assert_eq!(report::exit_status(&run.report, &Options { unknown_fails: false, ..pipe() }), report::PASSED);
}

#[test]
fn the_empty_tenant_fits_on_one_screen() {
    let text = empty(40).text(&wide(80));
    assert!(text.lines().count() <= 24, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn errors_of_policies_and_inputs() {
    let mut run = mixed();
    run.report.tenants.clear();
    let (here, there) = (run.policy("member_limit"), run.policy("yearly-volume"));
    run.report.errors = vec![
        Diagnostic::error("policy/unknown-field", here, "`GroupSettings` has no field `member_limit`")
            .labelled("no such field")
            .and_at(there, "and this far away")
            .and_at(run.at("sync", 0), "in another file")
            .help("did you mean `member_count`?"),
        Diagnostic::bare("input/unreadable", "`tenants/x.yaml` cannot be read: no such file"),
    ];
    run.report.warnings = vec![Diagnostic::error("policy/unused", there, "`yearly-volume` is never used").warning()];
    insta::assert_snapshot!(run.text(&wide(80)));
    insta::assert_snapshot!(run.text(&pipe()));
    assert_eq!(report::exit_status(&run.report, &pipe()), report::UNTRUSTED);
}

#[test]
fn a_rule_that_cannot_be_worked_out_is_shown_in_the_policy() {
    let mut run = run(TENANT);
    let span = run.policy("{100_000 - people}");
    run.add(finding("cross-border/yearly-volume", Kind::Error, span, "", "the subtraction overflows 64 bits"));
    insta::assert_snapshot!(run.text(&wide(80)));
}

#[test]
fn what_a_rule_asks() {
    let run = mixed();
    let rules: Vec<_> = run.report.rules.iter().map(|rule| (rule.clone(), Some(run.policy("group-sync")))).collect();
    for options in [wide(80), pipe()] {
        let mut out = Vec::new();
        report::explain(&rules, &run.sources, &options, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}

#[test]
fn one_enormous_line_is_cut() {
    let before = "{\"n\": \"橫琴\"}, ".repeat(2000);
    let after = "1, ".repeat(2000);
    let mut run = run(&format!("{{\"a\": [{before}{{\"群\": {{\"sync\": \"full\"}}}}, {after}]}}"));
    let span = run.at("\"full\"", 0);
    run.add(finding("cross-border/group-sync", Kind::Violation, span, "a[2000].sync", "sync must be \"disabled\""));
    insta::assert_snapshot!(run.text(&wide(80)));
}

#[test]
fn nothing_steers_the_terminal() {
    let mut run = run("name: \u{1b}[31mred\u{202e}\u{7}\ttab\n");
    let span = run.at("red", 0);
    run.add(finding("cross-border/group-sync", Kind::Violation, span, "na\u{1b}me", "name \u{1b}[2J is\nbad"));
    run.report.rules[0].title = "Groups \u{1b}[2J".into();
    let formats = [Format::Github, Format::Junit, Format::Markdown].map(written_as);
    for options in [wide(80), wide(50), pipe()].into_iter().chain(formats) {
        let text = run.text(&options);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{:?}: {text:?}", options.format);
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for width in [Some(80), Some(50), None] {
        let coloured = mixed().text(&Options { width, colour: true, ..Options::default() });
        let mut plain = String::new();
        let mut escaped = false;
        for c in coloured.chars() {
            match (escaped, c) {
                (_, '\u{1b}') => escaped = true,
                (true, 'm') => escaped = false,
                (true, _) => {}
                (false, c) => plain.push(c),
            }
        }
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(plain, mixed().text(&Options { width, ..Options::default() }));
    }
}

#[test]
fn a_long_name_is_wrapped_in_the_headline() {
    let mut run = mixed();
    run.report.tenants[0].name = Some("濠江集團有限公司珠海橫琴分公司".repeat(4));
    run.report.tenants[0].document = Some(2);
    let text = run.text(&wide(80));
    let lines: Vec<&str> = text.lines().take(3).collect();
    assert!(lines.iter().all(|line| unicode_width::UnicodeWidthStr::width(*line) <= 80), "{lines:#?}");
    assert!(
        lines[0].starts_with("━━ tenants/hengqin.yaml (document 2) 濠江") && lines[2].ends_with("━━"),
        "{lines:#?}"
    );
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [60, 80, 120] {
        for line in mixed().text(&wide(width)).lines().filter(|line| !line.contains("://")) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn many_findings_of_one_rule_are_a_line_each() {
    let text: String = (0..20_000).map(|index| format!("- sync: full # {index}\n")).collect();
    let mut run = run(&text);
    let policy = run.policy("sync                    == \"disabled\"");
    let mut at = run.tenant;
    for (index, line) in text.lines().enumerate() {
        let path = format!("groups[{index}].sync");
        let message = format!("{path} must be \"disabled\", and is \"full\"");
        let span = Span::new(at + 8, at + 12);
        run.add(Finding {
            policy: Some(policy),
            ..finding("cross-border/group-sync", Kind::Violation, span, &path, &message)
        });
        at += line.len() as u32 + 1;
    }
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Junit] {
        assert!(run.text(&written_as(format)).matches("groups[19999].sync").count() > 0);
    }
    assert!(run.text(&written_as(Format::Markdown)).len() < 65_536);
    let text = run.text(&wide(80));
    let lines: Vec<&str> = text.lines().collect();
    insta::assert_snapshot!([&lines[..60], &["…"], &lines[lines.len() - 8..]].concat().join("\n"));
}

#[test]
fn a_list_of_rules_counts_as_the_last_lines_do() {
    let mut run = run(TENANT);
    let at = run.at("sync", 0);
    for number in 0..30 {
        let rule = format!("cross-border/rule-{number:02}");
        for (severity, shared) in [(Severity::Error, true), (Severity::Error, true), (Severity::Info, false)] {
            run.add(Finding { severity, shared, ..finding(&rule, Kind::Violation, at, "x", "x is wrong") });
        }
    }
    let text = run.text(&wide(80));
    assert!(text.contains("found 90 violations (60 errors, 30 infos)"), "{text}");
    // Two of each rule stand at one anchored value, and are drawn as one.
    let drawn = text.matches("× x is wrong").count();
    let listed = 90 - 2 * drawn;
    assert!(text.contains(&format!("and {listed} findings more, in 30 rules, worst first;")), "{drawn}: {text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("  error   ")).count(), 30 - drawn);
    let all = run.text(&Options { detail: true, ..wide(80) });
    assert!(all.matches("x is wrong").count() == 60 && !all.contains(" more, in "), "{all}");
}

#[test]
fn verdicts_of_several_tenants_are_called_so() {
    let mut run = mixed();
    let again = run.report.tenants[0].clone();
    run.report.tenants.push(again);
    let text = run.text(&wide(80));
    assert!(text.contains("checked 2 tenants, 3 rules as of 2026-11-23; 6 verdicts: 4 fail, 2 unknown"), "{text}");
}

#[test]
fn of_a_key_that_stands_twice_both_lines_are_told() {
    let mut run = run("name: a\nname: b\n");
    let (first, later) = (run.at("name", 0), run.at("name", 1));
    run.add(Finding {
        related: vec![related("name", first, "said here first")],
        ..finding("schema/duplicate-key", Kind::Invalid, later, "name", "name is said twice")
    });
    let said = "tenants/hengqin.yaml:2:1: invalid[schema/duplicate-key] name is said twice (said here first: tenants/hengqin.yaml:1:1)\n";
    assert!(run.text(&pipe()).starts_with(said));
}

#[test]
fn without_unicode_nothing_is_cut_in_it() {
    let mut run = run(&format!("a: {}\nb: 1 … 2\n", "x".repeat(200)));
    let (at, dots) = (run.at("x", 150), run.at("2", 0));
    run.add(finding("p/r", Kind::Violation, at, "groups[…].very.long", "a must be \"b\", and is \"xxx…\""));
    run.add(finding("p/s", Kind::Violation, dots, "b", "b is wrong"));
    run.report.tenants[0].name = None;
    for width in [Some(40), Some(80), None] {
        let text = run.text(&Options { unicode: false, width, ..Options::default() });
        assert!(text.is_ascii(), "{text}");
        assert!(text.lines().all(|line| width.is_none_or(|width| line.len() <= width)), "{text}");
    }
    insta::assert_snapshot!(run.text(&Options { unicode: false, quiet: true, ..wide(80) }));
}

#[test]
fn a_long_path_breaks_between_its_parts_on_a_narrow_terminal() {
    let mut run = run(TENANT);
    let at = run.at("sync", 0);
    let path = "storage.external_sharing.external_links_created_30d_count";
    run.add(Finding {
        related: vec![related(path, at, "read for it"), related("flows[\"payroll\"].members", at, "for this one")],
        ..finding("cross-border/group-sync", Kind::Violation, at, "x", &format!("{path} must be 0, and is 41"))
    });
    insta::assert_snapshot!(run.text(&Options { quiet: true, ..wide(40) }));
}

#[test]
fn the_json_report() {
    insta::assert_snapshot!(mixed().text(&written_as(Format::Json)));
}

#[test]
fn an_edit_of_the_json_report_speaks_of_bytes_in_its_own_file() {
    let mut run = mixed();
    let span = run.policy("history_for_new_members");
    run.report.tenants[0].findings.truncate(1);
    run.report.tenants[0].findings[0].fix =
        Some(Fix { title: "x".into(), edits: vec![Edit { span, text: "y".into() }] });
    let json: serde_json::Value = serde_json::from_str(&run.text(&written_as(Format::Json))).unwrap();
    let edit = &json["tenants"][0]["findings"][0]["fix"]["edits"][0];
    let (start, end) = (edit["start"].as_u64().unwrap() as usize, edit["end"].as_u64().unwrap() as usize);
    assert_eq!(&POLICY[start..end], "history_for_new_members");
    assert_eq!(edit["file"], "policies/cross-border/groups.cerco");
}

#[test]
fn the_formats_of_ci_systems() {
    insta::assert_snapshot!("github", mixed().text(&written_as(Format::Github)));
    insta::assert_snapshot!("sarif", mixed().text(&written_as(Format::Sarif)));
    insta::assert_snapshot!("junit", mixed().text(&written_as(Format::Junit)));
    insta::assert_snapshot!("markdown", mixed().text(&written_as(Format::Markdown)));
}

#[test]
fn the_exit_status_follows_severity_and_kind() {
    let status = |kind, severity, advisory, options: &Options| {
        let mut run = run(TENANT);
        let span = run.at("sync", 0);
        run.add(Finding { severity, advisory, ..finding("cross-border/group-sync", kind, span, "x", "x") });
        report::exit_status(&run.report, options)
    };
    let warnings = Options { fail_on: Severity::Warning, ..pipe() };
    assert_eq!(status(Kind::Violation, Severity::Error, false, &pipe()), 1);
    assert_eq!(status(Kind::Violation, Severity::Error, true, &pipe()), 0);
    assert_eq!(status(Kind::Violation, Severity::Warning, false, &pipe()), 0);
    assert_eq!(status(Kind::Violation, Severity::Warning, false, &warnings), 1);
    assert_eq!(status(Kind::Violation, Severity::Info, false, &warnings), 0);
    assert_eq!(status(Kind::Invalid, Severity::Info, false, &pipe()), 1);
    assert_eq!(status(Kind::Error, Severity::Error, false, &pipe()), 1);
    assert_eq!(status(Kind::Error, Severity::Warning, false, &pipe()), 0);
    assert_eq!(status(Kind::Error, Severity::Error, true, &pipe()), 0);
    assert_eq!(status(Kind::Unknown, Severity::Warning, false, &pipe()), 0);
}
