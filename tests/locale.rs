//! Packs in other languages as a person meets them: locale files in, findings in the language out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::path::Path;

use assert_cmd::Command;
use cerco::diagnostic::Diagnostic;
use cerco::finding::Report;
use cerco::lang::Lang;
use cerco::pack::Packs;
use cerco::pack::locale::{self, Locale};
use cerco::session::Loaded;
use cerco::source::Sources;
use serde_json::Value;
use tempfile::TempDir;

const PACK: &str = r#"
law house-code { title "The house's own code" }

schema t { name?: string  links: [Link] key id = [] }
type Link { id: string  days: int >= 0  note?: string }

rule lifetime {
    title     "Links end"
    rationale "Whoever keeps an old link still reads the file."
    remedy    "Docs console > Sharing."
    cites     house-code "art. 1"
    for l in links {
        expect l.days <= 30 else "{l.id} is open for {l.days} days"
        expect l.note != "\"{}\"" else "{l.id}: braces are written {{ and }}, and {l.note default \"none\"} is odd"
    }
}

rule few {
    title "There are few links"
    threshold count(links) { above 2 "{count(l in links where l.id != \"x\")} and more" above 1 warning "some" }
}
"#;

const PT: &str = r#"# Revisto em 2026-11.
rules:
  # A primeira regra.
  lifetime:
    # en: Links end
    title: As ligações terminam
    why: Quem guarda uma ligação antiga ainda lê o ficheiro.
    messages:
      "{l.id} is open for {l.days} days": "{ l.days } dias: {l.id} está aberta"   # a ordem muda
laws:
  house-code: "Código da casa"
"#;

const TENANT: &str = "name: A\nlinks:\n  - {id: x, days: 40, note: ok}\n";

/// A folder with a pack, its Portuguese texts, and a tenant `a.yaml`.
fn house(pack: &str, pt: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("policies/house/pack.yaml", "name: house\nversion: 0.1.0\ndescription: The house\nlicence: Apache-2.0\n");
    put("policies/house/rules.cerco", pack);
    put("policies/house/locales/pt.yaml", pt);
    put("a.yaml", TENANT);
    folder
}

fn cerco(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("cerco").unwrap();
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command
}

/// The exit status, standard output and standard error.
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = cerco(folder.path()).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const CHECK: [&str; 8] = ["check", "a.yaml", "--pack", "policies/house", "--as-of", "2026-11-23", "--format", "json"];

/// The report of a check, with these variables of the environment and options.
fn report(folder: &TempDir, env: &[(&str, &str)], options: &[&str]) -> Value {
    let output = cerco(folder.path()).envs(env.iter().copied()).args(CHECK).args(options).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn message(report: &Value) -> &str {
    report["tenants"][0]["findings"][0]["message"].as_str().unwrap_or_default()
}

/// What is wrong with a locale file: the text that is underlined, the code, the message and the help of each error.
fn wrong(pt: &str) -> Vec<(String, String, String, String)> {
    let folder = house(PACK, pt);
    let report = report(&folder, &[], &["--lang", "pt"]);
    let errors = report["errors"].as_array().unwrap();
    let place = |location: &Value| {
        assert_eq!(location["file"], "policies/house/locales/pt.yaml");
        let at = |name: &str| location[name].as_u64().unwrap() as usize;
        let line = pt.lines().nth(at("line") - 1).unwrap_or_default();
        let end = if at("end_line") == at("line") { at("end_column") - 1 } else { usize::MAX };
        line.chars().take(end).skip(at("column") - 1).collect::<String>()
    };
    let said = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    errors
        .iter()
        .map(|error| (place(&error["location"]), said(error, "code"), said(error, "message"), said(error, "help")))
        .collect()
}

#[test]
fn a_finding_speaks_the_language_and_is_the_same_finding() {
    let folder = house(PACK, PT);
    let (english, portuguese) = (report(&folder, &[], &[]), report(&folder, &[], &["--lang", "pt"]));
    assert_eq!(message(&english), "x is open for 40 days");
    assert_eq!(message(&portuguese), "40 dias: x está aberta");
    let but_words = |report: &Value| {
        let mut report = report.clone();
        report["tenants"][0]["findings"][0]["message"] = Value::Null;
        for rule in report["tenants"][0]["rules"].as_array_mut().unwrap() {
            rule["title"] = Value::Null;
        }
        report
    };
    assert_eq!(but_words(&english), but_words(&portuguese), "only words depend on the language");
    let (_, out, _) = run(&folder, &["explain", "house/lifetime", "--pack", "policies/house", "--lang", "PT"]);
    for text in ["As ligações terminam", "Quem guarda uma ligação antiga", "Código da casa", "Docs console > Sharing."]
    {
        assert!(out.contains(text), "{text} is missing in {out}");
    }
}

#[test]
fn the_environment_chooses_where_no_option_does() {
    let folder = house(PACK, PT);
    let says = |env: &[(&str, &str)], options: &[&str]| message(&report(&folder, env, options)).to_owned();
    let (english, portuguese) = ("x is open for 40 days", "40 dias: x está aberta");
    assert_eq!(says(&[("LANG", "pt_PT.UTF-8")], &[]), portuguese);
    assert_eq!(says(&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "pt_BR")], &[]), portuguese);
    assert_eq!(says(&[("LANG", "pt_PT.UTF-8"), ("LC_ALL", "C.UTF-8")], &[]), english);
    assert_eq!(says(&[("LANG", "pt_PT.UTF-8"), ("LC_ALL", "")], &[]), portuguese);
    assert_eq!(says(&[("LANG", "pt_PT.UTF-8")], &["--lang", "en"]), english);
    assert_eq!(says(&[("LANG", "zh_MO.UTF-8")], &[]), english, "a language without a file falls back to English");
}

#[test]
fn what_a_locale_file_gets_wrong_has_its_place_and_a_next_step() {
    let errors = wrong("rules:\n  lifetyme:\n    title: a\n");
    assert_eq!(errors[0].0, "lifetyme");
    assert_eq!((errors[0].1.as_str(), errors[0].3.as_str()), ("locale/unknown-rule", "did you mean `lifetime`?"));

    let errors =
        wrong("rules:\n  lifetime:\n    messages:\n      \"{l.id} is open {l.days} days\": \"{l.id} {l.days}\"\n");
    assert_eq!(errors[0].0, "\"{l.id} is open {l.days} days\"");
    assert_eq!(errors[0].1, "locale/unknown-message");
    assert_eq!(errors[0].3, "did you mean `{l.id} is open for {l.days} days`?");

    let key = "rules:\n  lifetime:\n    messages:\n      \"{l.id} is open for {l.days} days\": ";
    let errors = wrong(&format!("{key}\"{{l.id}} está aberta\"\n"));
    assert_eq!((errors[0].0.as_str(), errors[0].1.as_str()), ("\"{l.id} está aberta\"", "locale/placeholder"));
    assert_eq!(errors[0].2, "the placeholder `{l.days}` is missing");
    let errors = wrong(&format!("{key}\"{{l.id}} {{l.days}} {{l.dayz}}\"\n"));
    assert_eq!(errors[0].2, "the English message has no placeholder `{l.dayz}`");
    assert_eq!(errors[0].3, "did you mean `l.days`?");
    let errors = wrong(&format!("{key}\"{{l.id}} {{l.days\"\n"));
    assert_eq!(errors[0].2, "a brace is not closed");

    for (text, underlined, code, help) in [
        ("rule:\n", "rule", "locale/unknown-key", "did you mean `rules`?"),
        ("rules:\n  few:\n    titel: a\n", "titel", "locale/unknown-key", "did you mean `title`?"),
        (
            "rules:\n  few:\n    remedy: a\n",
            "remedy",
            "locale/unknown-key",
            "a locale file translates what a pack says, and adds nothing",
        ),
        ("laws:\n  house-cod: a\n", "house-cod", "locale/unknown-law", "did you mean `house-code`?"),
        ("rules:\n  few: {title: a}\n  few: {title: b}\n", "few", "locale/duplicate", "keep one of them"),
        (
            "rules: {few: {title: {a: b}}}\n",
            "{a: b}",
            "locale/form",
            "put it in quotes: `{` and `[` open maps and lists in YAML",
        ),
        ("rules: 5\n", "5", "locale/form", ""),
        ("---\nrules:\n---\nrules:\n", "rules", "locale/form", "take out the `---`"),
    ] {
        let errors = wrong(text);
        let (place, found, _, told) = errors.first().unwrap_or_else(|| panic!("{text} is taken"));
        assert_eq!((place.as_str(), found.as_str(), told.as_str()), (underlined, code, help), "{text}");
    }
    assert_eq!(wrong("rules:\n  few: [\n")[0].1, "locale/yaml");
    assert_eq!(wrong(""), [], "nothing is translated, and nothing is wrong");
}

#[test]
fn a_skeleton_holds_every_text_and_is_up_to_date() {
    let folder = house(PACK, PT);
    let (status, out, err) = run(&folder, &["locale", "policies/house", "--lang", "zh-Hant"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, "written: policies/house/locales/zh-Hant.yaml: 0 % (0 of 9 texts)\n");
    let text = std::fs::read_to_string(folder.path().join("policies/house/locales/zh-Hant.yaml")).unwrap();
    insta::assert_snapshot!(text);
    let (status, out, _) = run(&folder, &["locale", "--lang", "zh-Hant", "--check"]);
    assert_eq!((status, out.split(": ").next()), (0, Some("up to date")));
    assert_eq!(run(&folder, &CHECK).0, 1, "the English texts are there all the same");
}

#[test]
fn what_is_there_is_kept_and_what_is_stale_is_set_aside() {
    let changed = PACK
        .replace("Links end", "Links come to an end")
        .replace("is open for {l.days} days", "is still open for {l.days} days")
        .replace("rule few", "rule not-many");
    let pt = format!("{PT}# O fim.\n").replace("laws:", "  few:\n    title: Poucas ligações\nlaws:");
    let folder = house(&changed, &pt);
    let path = folder.path().join("policies/house/locales/pt.yaml");
    let (status, out, _) = run(&folder, &["locale", "--check"]);
    assert_eq!((status, out.split(": ").next()), (1, Some("would change")));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), pt, "--check changes nothing");

    let (status, out, err) = run(&folder, &["locale"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, "written: policies/house/locales/pt.yaml: 22 % (2 of 9 texts), 1 out of date, 2 stale\n");
    let text = std::fs::read_to_string(&path).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(run(&folder, &["locale", "--check"]).0, 0);

    // What the pack says again comes back.
    std::fs::write(folder.path().join("policies/house/rules.cerco"), PACK).unwrap();
    run(&folder, &["locale"]);
    let back = std::fs::read_to_string(&path).unwrap();
    assert!(!back.contains("stale:"), "{back}");
    assert!(
        back.contains(r#""{l.id} is open for {l.days} days": "{ l.days } dias: {l.id} está aberta" # a ordem muda"#)
    );
    assert!(back.contains("title: Poucas ligações"));
}

#[test]
fn what_lacks_a_translation_is_said_by_the_tests_of_the_pack() {
    let folder = house(PACK, &PT.replace("# en: Links end", "# en: Links stop"));
    let (status, out, err) = run(&folder, &["test"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("error[test/none]: no test was found\n"), "{err}");
    assert_eq!(out, "translation of house to pt: 33 % (3 of 9 texts), 1 out of date\n");
    let (_, out, _) = run(&folder, &["test", "--coverage"]);
    assert!(out.contains("  out of date  policies/house/locales/pt.yaml:6:5  house/lifetime: title\n"), "{out}");
    assert!(out.contains("  missing      policies/house/rules.cerco:7:6  house/lifetime: remedy\n"), "{out}");
    assert!(out.contains("  missing      policies/house/rules.cerco:18:6  house/few: some\n"), "{out}");

    std::fs::write(folder.path().join("policies/house/locales/pt-BR.yaml"), "").unwrap();
    let (status, _, err) = run(&folder, &["test"]);
    assert_eq!(status, 2);
    assert!(err.contains("locale/language") && err.contains("did you mean `pt.yaml`?"), "{err}");

    std::fs::remove_dir_all(folder.path().join("policies/house/locales")).unwrap();
    assert_eq!(run(&folder, &["test"]).1, "");
}

/// The packs of the binary, in a language.
fn embedded(lang: Lang) -> (Packs, Loaded) {
    let mut packs = Packs::load(Sources::new(), &[]).in_language(lang);
    let mut report = Report::default();
    let loaded = cerco::session::load(&mut packs, &mut report);
    let place = |error: &Diagnostic| error.span.map(|span| cerco::report::colon_place(&packs.sources, span));
    let errors: Vec<_> = report.errors.iter().map(|error| (place(error), &error.message)).collect();
    assert!(errors.is_empty(), "{lang:?}: {errors:#?}");
    (packs, loaded.unwrap())
}

#[test]
fn the_packs_of_the_binary_are_translated_as_they_stand() {
    for lang in Lang::OTHERS {
        embedded(lang);
    }
}

#[test]
fn every_message_of_the_binary_can_be_translated() {
    let (mut packs, mut loaded) = embedded(Lang::En);
    let policy = &mut loaded.policy;
    let mut translated = 0;
    for at in 0..policy.packs.len() {
        let skeleton = locale::write(policy, &Locale::new(at, Lang::Pt, "pt.yaml".into()));
        // Each message, as its own translation.
        let line = |line: &str| match line.trim().strip_suffix(':') {
            Some(key) if key.starts_with('"') => {
                translated += 1;
                format!("{line} {key}\n")
            }
            _ => format!("{line}\n"),
        };
        let filled: String = skeleton.lines().map(line).collect();
        let read = Locale::read(&mut packs.sources, (at, Lang::Pt), ("pt.yaml", &filled), true).unwrap();
        let errors = locale::apply(policy, &read, true);
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(locale::write(policy, &Locale::new(at, Lang::Pt, "pt.yaml".into())), skeleton);
    }
    assert!(translated > 100, "{translated} messages");
}
