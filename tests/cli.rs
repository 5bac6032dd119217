//! The command line as a person uses it: files in, output and exit status out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

fn cerco() -> Command {
    let mut command = Command::cargo_bin("cerco").unwrap();
    command.env("COLUMNS", "80").env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
    command
}

fn refused(arguments: &[&str]) -> String {
    let output = cerco().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// A schema, a parameter of each kind, and rules of two severities.
const PACK: &str = r#"
schema t {
    name?: string
    links: [Link] key id = []
    meta?: Meta
}
type Meta { collected_at?: date }
type Link { id: string  days: int >= 0 }

param longest: int = 30 may fall
param level: "low" < "middle" < "high" = "middle" may rise
param grace: duration = 6 months may fall
param until: date = 2027-01-01 may rise
param fixed: int = 1

rule lifetime { title "Links end" for l in links { expect l.days <= longest } }
rule short    { title "Links are short" severity warning for l in links { expect l.days <= 7 } }
"#;

/// A folder with the pack, a tenant `a.yaml`, and whatever else.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("p.cerco", PACK), ("a.yaml", "name: A\nlinks:\n  - {id: x, days: 3}\n")].iter().chain(files) {
        write(&folder, name, text.as_bytes());
    }
    folder
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The exit status, standard output and standard error.
fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let output = cerco().current_dir(folder).args(arguments).write_stdin(input).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    run_in(folder.path(), arguments, b"")
}

/// The JSON report of a check, and its exit status.
fn json(folder: &TempDir, arguments: &[&str]) -> (i32, Value) {
    let arguments = [&["check", "--format", "json", "--as-of", "2026-11-23"], arguments].concat();
    let (status, out, _) = run(folder, &arguments);
    (status, serde_json::from_str(&out).unwrap())
}

/// The codes of a report's errors.
fn codes(report: &Value) -> Vec<&str> {
    report["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}

/// The sources of a report's tenants.
fn tenants(report: &Value) -> Vec<&str> {
    report["tenants"].as_array().unwrap().iter().map(|tenant| tenant["source"].as_str().unwrap()).collect()
}

/// That a run is refused with this code, that each error tells a next step, and that the other tenant is still reported.
fn broken(name: &str, bytes: &[u8], code: &str) {
    let folder = folder(&[]);
    write(&folder, name, bytes);
    let (status, report) = json(&folder, &[name, "a.yaml", "--pack", "p.cerco"]);
    assert_eq!((status, codes(&report)[0]), (2, code), "{name}: {report}");
    assert!(report["errors"].as_array().unwrap().iter().all(|error| error["help"].is_string()), "{report}");
    assert_eq!(tenants(&report), ["a.yaml"], "{name}");
}

/// That a pack is refused with this code, at this line.
fn refused_pack(text: &str, code: &str, line: Option<u64>) {
    let folder = folder(&[("bad.cerco", text)]);
    let (status, report) = json(&folder, &["a.yaml", "--pack", "bad.cerco"]);
    assert_eq!((status, codes(&report).first().copied()), (2, Some(code)), "{report}");
    assert_eq!(report["errors"][0]["location"]["line"].as_u64(), line, "{report}");
    assert!(tenants(&report).is_empty());
}

#[test]
fn bad_options_are_refused_with_a_reason() {
    assert!(refused(&["check", "--as-of", "2026-02-30"]).contains("there is no such day"));
    assert!(refused(&["check", "--as-of", "tomorrow"]).contains("such as 2026-11-23"));
    assert!(refused(&["check", "--param", "x=1"]).contains("pack.name=value"));
    assert!(refused(&["check", "--fail-on", "fatal"]).contains("error, warning, info"));
    assert!(refused(&["check", "--threads", "0"]).contains("a whole number from 1 to 1024 is needed"));
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
fn broken_tenants_are_errors_with_a_next_step_and_hide_no_other() {
    broken("binary.yaml", b"a: \0\x01", "input/binary");
    broken("utf16.yaml", b"\xff\xfea\0:\0 \x001\0", "input/encoding");
    broken("latin.yaml", b"name: caf\xe9\n", "input/encoding");
    broken("tabs.yaml", b"name: A\nlinks:\n\t- {id: x, days: 3}\n", "input/yaml");
    broken("quote.yaml", b"name: \"A\nlinks: []\n", "input/yaml");
    broken("anchor.yaml", b"name: *nobody\n", "input/anchor");
    broken("deep.yaml", format!("name: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)).as_bytes(), "input/too-deep");
}

#[test]
fn what_cannot_be_read_is_told_and_hides_no_other() {
    let folder = folder(&[("empty/notes.txt", ""), ("several/a.yaml", "name: A\n---\nname: B\n")]);
    for (name, code) in
        [("missing.yaml", "input/unreadable"), ("empty", "input/no-yaml"), ("several", "input/documents")]
    {
        let (status, report) = json(&folder, &[name, "a.yaml", "--pack", "p.cerco"]);
        assert_eq!((status, codes(&report)), (2, vec![code]), "{report}");
        assert_eq!(tenants(&report), ["a.yaml"]);
    }
    let (status, report) = json(&folder, &["a.yaml", "--pack", "p.cerco", "--max-bytes", "8"]);
    assert_eq!((status, codes(&report)), (2, vec!["input/too-large"]));
    assert!(report["errors"][0]["help"].as_str().unwrap().contains("--max-bytes"));
    let limits: [(&[&str], &str); 2] =
        [(&["--max-depth", "1"], "input/too-deep"), (&["--max-nodes", "3"], "input/too-many")];
    for (limit, code) in limits {
        let (status, report) = json(&folder, &[&["a.yaml", "--pack", "p.cerco"], limit].concat());
        assert_eq!((status, codes(&report)), (2, vec![code]), "{report}");
        assert!(report["errors"][0]["help"].as_str().unwrap().contains(limit[0]));
    }
}

#[test]
fn aliases_that_multiply_are_a_limit_hit() {
    let bomb: String =
        (1..12).map(|n| format!("x-{n}: &b{n} [{}]\n", vec![format!("*b{}", n - 1); 9].join(", "))).collect();
    let folder = folder(&[("bomb.yaml", &format!("x-0: &b0 [lol]\n{bomb}"))]);
    let (status, report) = json(&folder, &["bomb.yaml", "--pack", "p.cerco"]);
    assert_eq!((status, codes(&report)), (2, vec!["input/too-many"]), "{report}");
}

#[test]
fn odd_tenants_are_read_all_the_same() {
    let folder = folder(&[
        ("empty.yaml", ""),
        ("two.yaml", "name: A\n---\nname: B\n"),
        ("digits.yaml", &format!("links:\n  - {{id: x, days: {}}}\n", "9".repeat(400))),
        ("february.yaml", "meta: {collected_at: 2026-02-30}\n"),
        ("twice.yaml", "name: A\nname: B\n"),
    ]);
    for name in ["empty.yaml", "two.yaml", "digits.yaml", "february.yaml", "twice.yaml"] {
        let (status, report) = json(&folder, &[name, "--pack", "p.cerco"]);
        assert!(status < 2 && codes(&report).is_empty(), "{name}: {report}");
        assert_eq!(tenants(&report), vec![name; 1 + usize::from(name == "two.yaml")]);
    }
}

#[test]
fn a_folder_is_one_tenant_and_standard_input_another() {
    let folder = folder(&[("t/b.yml", "links: []\n"), ("t/a.yaml", "name: T\n"), ("t/inner/c.yaml", "meta: {}\n")]);
    let (status, report) = json(&folder, &["t", "--pack", "p.cerco"]);
    assert_eq!((status, tenants(&report), report["tenants"][0]["name"].as_str()), (0, vec!["t"], Some("T")));
    let (status, out, _) =
        run_in(folder.path(), &["check", "-", "--pack", "p.cerco", "--format", "json"], b"name: In\n");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, tenants(&report)), (0, vec!["<stdin>"]));
    assert_eq!(json(&folder, &["-", "-", "--pack", "p.cerco"]).0, 2);
    write(&folder, "t/z.yaml", b"name: U\n");
    let (status, report) = json(&folder, &["t", "--pack", "p.cerco"]);
    assert_eq!((status, codes(&report)), (2, vec!["input/set-twice"]));
}

#[test]
fn what_nobody_names_is_said_with_a_next_step() {
    let folder = folder(&[("pack/pack.yml", "")]);
    assert_eq!(codes(&json(&folder, &["--pack", "p.cerco"]).1), ["input/no-tenant"]);
    for (pack, code) in [("nothing", "pack/not-found"), ("pack", "pack/no-manifest"), ("a.yaml", "pack/not-a-pack")] {
        let (status, report) = json(&folder, &["a.yaml", "--pack", pack]);
        assert_eq!((status, codes(&report)), (2, vec![code]));
        assert!(report["errors"][0]["help"].is_string());
    }
    let (status, report) = json(&folder, &["a.yaml", "--pack", "p.cerco", "--rule", "p/lifetim"]);
    assert_eq!((status, codes(&report)), (2, vec!["input/no-rule"]));
    assert_eq!(report["errors"][0]["help"], "did you mean `p/lifetime`?");
    assert_eq!(codes(&json(&folder, &["a.yaml", "--pack", "p.cerco", "--rule", "a["]).1), ["input/glob"]);
}

#[test]
fn a_pack_that_is_not_used_is_told_by_what_it_has() {
    let folder = folder(&[
        ("field.cerco", "rule a { title \"A\" expect count(admins) > 1 }"),
        ("type.cerco", "define a(b: Admin) = true\n"),
        ("house.cerco", "schema t { admin?: int }\nrule a { title \"A\" expect admins > 1 }"),
        ("used.cerco", "use dingtalk\nrule a { title \"A\" expect adminz is set }"),
    ]);
    for (pack, help) in [
        ("field.cerco", "did you forget `use dingtalk`? it has a field `admins`"),
        ("type.cerco", "did you forget `use dingtalk`? it has a type `Admin`"),
        ("house.cerco", "did you forget `use dingtalk`? it has a field `admins`"),
        ("used.cerco", "did you mean `admins`?"),
    ] {
        let (_, report) = json(&folder, &["a.yaml", "--pack", pack]);
        assert_eq!(report["errors"][0]["help"], help, "{pack}: {report}");
    }
}

#[test]
fn packs_that_do_not_load_have_their_errors_at_places() {
    refused_pack("rule a { title \"A\" expect nothing }", "policy/unknown-name", Some(1));
    refused_pack("\nrule a {", "policy/syntax", Some(2));
    refused_pack(
        "schema t { n?: int }\nrule a { title \"A\" expect n == 1 }\nrule a { title \"B\" expect n == 2 }\n",
        "policy/duplicate",
        Some(3),
    );
    refused_pack("define a(n: int) = b(n)\ndefine b(n: int) = a(n)\n", "policy/recursion", Some(1));
    refused_pack("use elsewhere\n", "policy/unknown-pack", Some(1));
    refused_pack(&format!("# {}\n", "x".repeat(10 << 20)), "policy/too-large", Some(1));
    let regex =
        format!("schema t {{ n?: string }}\nrule a {{ title \"A\" expect n matches /{}/ }}\n", "(a{1000}){1000}");
    refused_pack(&regex, "policy/regex", Some(2));
    refused_pack(&format!("let a = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000)), "policy/too-deep", Some(1));
    let folder = folder(&[]);
    write(&folder, "bad.cerco", b"let a = \"\xff\"");
    assert_eq!(codes(&json(&folder, &["a.yaml", "--pack", "bad.cerco"]).1), ["policy/encoding"]);
    write(&folder, "Bad Name.cerco", b"");
    assert_eq!(codes(&json(&folder, &["a.yaml", "--pack", "Bad Name.cerco"]).1), ["pack/name"]);
}

const MANIFEST: &str = "version: 1.0.0\ndescription: d\nlicence: MIT\n";

#[test]
fn packs_are_found_beside_those_that_use_them() {
    let manifest = |name: &str| format!("name: {name}\n{MANIFEST}");
    let folder = folder(&[
        ("packs/base/pack.yaml", &manifest("base")),
        ("packs/base/b.cerco", "use house\nschema t { name?: string }\nrule mine { title \"M\" expect name is set }\n"),
        ("packs/house/pack.yaml", &manifest("house")),
        ("packs/house/inner/h.cerco", "use base\nrule own { title \"O\" expect name is set }\n"),
        ("packs/liar/pack.yaml", &manifest("honest")),
        ("packs/trusts/pack.yaml", &manifest("trusts")),
        ("packs/trusts/t.cerco", "use liar\n"),
        ("packs/odd/pack.yaml", &format!("{}colour: blue\n", manifest("odd"))),
    ]);
    let (_, report) = json(&folder, &["a.yaml", "--pack", "packs/house"]);
    assert_eq!(codes(&report), Vec::<&str>::new(), "{report}");
    assert_eq!((&report["packs"][0], &report["packs"][1]), (&"house 1.0.0".into(), &"base 1.0.0".into()));
    assert_eq!(report["summary"]["rules"], 1);
    let (_, report) = json(&folder, &["a.yaml", "--pack", "packs/house", "--pack", "packs/base"]);
    assert_eq!(report["summary"]["rules"], 2);
    let (status, report) = json(&folder, &["a.yaml", "--pack", "packs/house", "--pack", "./packs/house/"]);
    assert_eq!((status < 2, &report["summary"]["rules"]), (true, &1.into()));
    let (status, report) = json(&folder, &["a.yaml", "--pack", "packs/trusts"]);
    assert_eq!((status, codes(&report)), (2, vec!["pack/name"]));
    assert_eq!(report["errors"][0]["location"]["file"], "packs/liar/pack.yaml");
    let (status, report) = json(&folder, &["a.yaml", "--pack", "packs/odd"]);
    assert_eq!((status, codes(&report)), (2, vec!["pack/manifest"]));
    assert_eq!(report["errors"][0]["location"]["line"], 5);
}

#[test]
fn parameters_go_only_where_their_pack_lets_them() {
    let folder = folder(&[]);
    let set = |param: &str| {
        let (status, report) = json(&folder, &["a.yaml", "--pack", "p.cerco", "--param", param]);
        assert_eq!(status == 2, !codes(&report).is_empty());
        let code = codes(&report).first().map_or("", |code| *code).to_owned();
        (code, report["errors"][0]["message"].as_str().unwrap_or("").to_owned())
    };
    for fine in [
        "p.longest=30",
        "p.longest=7",
        "p.level=high",
        "p.level=middle",
        "p.grace=180 days",
        "p.grace=3 months",
        "p.until=2028-01-01",
        "p.fixed=1",
    ] {
        assert_eq!(set(fine).0, "", "{fine}");
    }
    for wrong in ["p.longest=31", "p.level=low", "p.grace=1 years", "p.until=2026-12-31", "p.fixed=2"] {
        assert_eq!(set(wrong).0, "param/direction", "{wrong}");
    }
    assert!(set("p.grace=183 days").1.contains("depends on the calendar"));
    for unlike in ["p.longest=-1x", "p.longest=2.5", "p.longest=1%", "p.longest=[1]", "p.longest=true", "p.grace=7"] {
        assert_eq!(set(unlike).0, "param/value", "{unlike}");
    }
    assert_eq!(set("p.level=highest").0, "param/value");
    assert_eq!(set("p.longst=1").0, "param/unknown");
    assert_eq!(set("q.longest=1").0, "param/unknown-pack");
}

#[test]
fn the_project_says_what_is_checked() {
    let folder = folder(&[
        (
            "cerco.yaml",
            "packs: [p.cerco]\ntenants: [\"sites/*.yaml\", a.yaml]\nas_of: 2026-01-31\nparams: {p.longest: 10}\n",
        ),
        ("sites/b.yaml", "name: B\n"),
        ("sites/c.yaml", "name: C\n"),
        ("sites/deep/d.yaml", "name: D\n"),
    ]);
    let (status, out, err) = run(&folder, &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(tenants(&report), ["sites/b.yaml", "sites/c.yaml", "a.yaml"]);
    assert_eq!(report["as_of"], "2026-01-31");
    let (_, out, _) = run_in(&folder.path().join("sites"), &["check", "--format", "json"], b"");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(tenants(&report), ["../sites/b.yaml", "../sites/c.yaml", "../a.yaml"]);
    for (text, code) in [
        ("pack: [p.cerco]\n", "project/configuration"),
        ("tenants: [\n", "project/configuration"),
        ("packs: [p.cerco]\n", "project/configuration"),
        ("packs: [p.cerco]\ntenants: [\"*.json\"]\n", "project/configuration"),
        ("packs: [p.cerco]\ntenants: [a.yaml]\nas_of: yesterday\n", "project/configuration"),
        ("packs: [p.cerco]\ntenants: [a.yaml]\nparams: {longest: 3}\n", "project/configuration"),
        ("packs: [p.cerco]\ntenants: [a.yaml]\nparams: {p.longest: 31}\n", "param/direction"),
        ("packs: [p.cerco]\ntenants: [z.yaml]\n", "input/unreadable"),
        ("packs: [q.cerco]\ntenants: [a.yaml]\n", "pack/not-found"),
    ] {
        write(&folder, "cerco.yaml", text.as_bytes());
        let (status, out, _) = run(&folder, &["check", "--format", "json"]);
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((status, codes(&report)), (2, vec![code]), "{text}: {report}");
    }
}

#[test]
fn the_report_does_not_depend_on_the_threads() {
    let folder = folder(&[]);
    let names: Vec<String> = (0..40).map(|n| format!("t{n}.yaml")).collect();
    for (n, name) in names.iter().enumerate() {
        let text =
            if n % 7 == 3 { "name: [\n".to_owned() } else { format!("name: N{n}\nlinks: [{{id: x, days: {n}}}]\n") };
        write(&folder, name, text.as_bytes());
    }
    let with = |threads: &str| {
        let mut arguments = vec!["check", "--pack", "p.cerco", "--format", "json", "--threads", threads];
        arguments.extend(names.iter().map(String::as_str));
        run(&folder, &arguments)
    };
    let (one, eight) = (with("1"), with("8"));
    assert_eq!((one.0, one == eight), (2, true));
    assert!(one.1.contains("t38.yaml"));
}

#[test]
fn a_report_goes_to_a_file() {
    let folder = folder(&[]);
    let (status, out, _) = run(&folder, &["check", "a.yaml", "--pack", "p.cerco", "--output", "report.txt"]);
    assert_eq!((status, out.as_str()), (0, ""));
    assert!(std::fs::read_to_string(folder.path().join("report.txt")).unwrap().contains("checked 1 tenant"));
    assert_eq!(run(&folder, &["check", "a.yaml", "--pack", "p.cerco", "--output", "no/report.txt"]).0, 2);
}

#[test]
fn the_schema_is_told_to_people_and_editors() {
    let folder = folder(&[(
        "s.cerco",
        r#"
schema t {
    roles: [Role] key id = []
    limit: int 0..100 = 5   "How many"
}
type Role {
    id:       string matches /^[a-z]+$/
    kind:     "owner" | "member"
    share?:   percent 0%..80%
    expiry?:  duration | "never"
    lead?:    ref roles
    others?:  [ref roles]
    quotas:   {int} = {}
}
"#,
    )]);
    let (status, out, _) = run(&folder, &["schema", "--pack", "s.cerco"]);
    let schema: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, schema["$schema"].as_str()), (0, Some("https://json-schema.org/draft/2020-12/schema")));
    let limit = &schema["properties"]["limit"];
    assert_eq!((&limit["minimum"], &limit["maximum"], &limit["default"]), (&0.into(), &100.into(), &5.into()));
    assert_eq!(limit["description"], "How many");
    let role = &schema["$defs"]["Role"];
    assert_eq!(role["required"], serde_json::json!(["id", "kind"]));
    assert_eq!((&role["additionalProperties"], &role["patternProperties"]["^x-"]), (&false.into(), &true.into()));
    assert_eq!(role["properties"]["id"]["pattern"], "^[a-z]+$");
    assert_eq!(role["properties"]["kind"]["enum"], serde_json::json!(["owner", "member"]));
    assert_eq!(role["properties"]["share"]["anyOf"][0]["maximum"], 80);
    let (status, out, _) = run(&folder, &["schema", "--pack", "s.cerco", "--format", "text"]);
    assert_eq!(status, 0);
    insta::assert_snapshot!(out);
    assert_eq!(run(&folder, &["schema", "--pack", "nothing"]).0, 2);
}

#[test]
fn a_rule_is_explained_without_a_tenant() {
    let folder = folder(&[(
        "e.cerco",
        r#"
law code { title "The Code" effective 2024-01-01 until 2030-01-01 }
schema t {
    roles: [Role] key id = []
    people?: [Person] key id
}
type Role { id: string  holders?: [ref people]  limits: {int} = {} }
type Person { id: string  city?: string }
param far: string = "Hengqin" may change
define lives(p: Person) = p.city == far
let wide = [r in roles where r.limits["calls"] > 3]

rule near {
    title     "Holders live near"
    rationale "So that they come."
    cites     code "art. 2"
    for r in wide {
        expect all h in r.holders: h.city == far
    }
}
"#,
    )]);
    let (status, out, _) = run(&folder, &["explain", "near", "--pack", "e.cerco"]);
    assert_eq!(status, 0);
    insta::assert_snapshot!(out);
    let (status, out, _) = run(&folder, &["explain", "--pack", "e.cerco"]);
    assert_eq!((status, out.lines().next()), (0, Some("e: 1 rule")));
    let (status, _, err) = run(&folder, &["explain", "e/neer", "--pack", "e.cerco"]);
    assert!(status == 2 && err.contains("did you mean `e/near`?"), "{err}");
}

#[test]
fn policies_are_formatted_in_place_or_looked_at() {
    let ugly = "schema t {a:int b?:string}\n";
    let folder = folder(&[("f/a.cerco", ugly), ("f/inner/b.cerco", "use base\n"), ("f/c.yaml", "  not mine")]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(run(&folder, &["fmt", "--check", "f"]), (1, "would change: f/a.cerco\n".into(), String::new()));
    let (status, out, _) = run(&folder, &["fmt", "--diff", "f"]);
    assert!(status == 1 && out.contains("-schema t {a:int b?:string}\n+schema t {\n+    a:  int\n"), "{out}");
    assert_eq!(read("f/a.cerco"), ugly);
    assert_eq!(run(&folder, &["fmt", "f"]).0, 0);
    assert_eq!(read("f/a.cerco"), "schema t {\n    a:  int\n    b?: string\n}\n");
    assert_eq!((run(&folder, &["fmt", "--check", "f"]).0, read("f/c.yaml").as_str()), (0, "  not mine"));
    let (status, out, _) = run_in(folder.path(), &["fmt", "-"], b"let a=1");
    assert_eq!((status, out.as_str()), (0, "let a = 1\n"));
    write(&folder, "f/d.cerco", b"rule {");
    assert_eq!((run(&folder, &["fmt", "f"]).0, read("f/d.cerco").as_str()), (2, "rule {"));
    assert_eq!(run(&folder, &["fmt", "missing.cerco"]).0, 2);
}

#[test]
fn what_is_wrong_with_a_parameter_is_said_where_it_is_set() {
    let project = "packs: [p.cerco]\ntenants: [a.yaml]\nparams:\n  # the desk's\n  p.longest: 40\n  \"p.fixed\": 2\n  p.longst: 1\n";
    let folder = folder(&[("cerco.yaml", project)]);
    let (status, report) = json(&folder, &[]);
    let places: Vec<_> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["code"].as_str().unwrap(), &error["location"]))
        .map(|(code, it)| (code, it["file"].as_str().unwrap(), it["line"].as_i64().unwrap()))
        .collect();
    assert_eq!(status, 2);
    assert_eq!(
        places,
        [
            ("param/direction", "cerco.yaml", 5),
            ("param/direction", "cerco.yaml", 6),
            ("param/unknown", "cerco.yaml", 7)
        ]
    );
    let (_, _, said) = run(&folder, &["check", "a.yaml", "--pack", "p.cerco", "--param", "p.longest=40"]);
    assert!(said.contains("--param p.longest=40: `longest` may only fall"), "{said}");
    assert!(said.contains("p.cerco:10:7"), "{said}");
}

#[test]
fn a_parameter_of_a_project_has_the_type_that_its_pack_asks_for() {
    let pack = "schema t { n?: int }\nparam names: [string] = [\"a\"] may change\nparam times: {duration} = {} may change\nparam strict: bool = true may change\nparam code: string = \"a\" may change\nrule r { title \"A\" expect strict or code in names or len(code) == count(keys(times)) }\n";
    let set = |value: &str| {
        let project = format!("packs: [q.cerco]\ntenants: [t.yaml]\nparams:\n  q.{value}\n");
        let folder = folder(&[("q.cerco", pack), ("t.yaml", "n: 1\n"), ("cerco.yaml", &project)]);
        let (_, report) = json(&folder, &[]);
        report["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    for fine in
        ["names: [b, c]", "names: []", "times: {day: 1 day}", "strict: false", "code: \"1\"", "names: '[\"b\"]'"]
    {
        assert_eq!(set(fine), "", "{fine}");
    }
    assert_eq!(set("names: [1]"), "`names` takes a list of strings, and `1` is not a string");
    assert_eq!(set("names: b"), "`names` takes a list of strings, and `b` is none");
    assert_eq!(set("times: {day: 1}"), "`times` takes a map of durations, and `1` is not a duration");
    assert_eq!(set("strict: 1"), "`strict` takes a bool, and `1` is none");
    assert_eq!(set("code: 1"), "`code` takes a string, and `1` is none");
    assert_eq!(set("code: [a]"), "`code` takes a string, and `[a]` is none");
}

#[test]
fn fields_that_two_packs_declare_are_all_that_is_said_of_them() {
    let own = "schema own { tenant: Desk  groups: [Group] = [] }\ntype Desk { lead: string }\ntype Group { title: string }\nrule r { title \"A\" for g in groups { expect g.title == tenant.lead } }\n";
    for order in [["own.cerco", "baseline"], ["baseline", "own.cerco"]] {
        let folder = folder(&[("own.cerco", own)]);
        let (status, report) = json(&folder, &["a.yaml", "--pack", order[0], "--pack", order[1]]);
        assert_eq!((status, codes(&report)), (2, vec!["policy/duplicate"; 2]), "{report}");
        for error in report["errors"].as_array().unwrap() {
            assert_eq!(error["location"]["file"], "own.cerco", "{error}");
            assert!(error["help"].as_str().unwrap().contains("extend type"), "{error}");
        }
    }
}

#[test]
fn a_project_that_is_not_read_is_said_to_be() {
    let project = "packs: [p.cerco]\ntenants: [a.yaml]\nfail_on: warning\nas_of: 2026-01-01\n";
    let folder = folder(&[("cerco.yaml", project)]);
    let named = ["check", "a.yaml", "--pack", "p.cerco"];
    let (status, _, said) = run(&folder, &named);
    assert_eq!(status, 0);
    assert!(said.starts_with("note: `as_of`, `fail_on` of `cerco.yaml` are not used"), "{said}");
    let all = [&named[..], &["--fail-on", "info", "--as-of", "2026-01-01"]].concat();
    assert_eq!(run(&folder, &all).2, "");
    assert_eq!(run(&folder, &[&named[..], &["--quiet"]].concat()).2, "");
    assert_eq!(run(&folder, &["check"]).2, "");
}

#[test]
fn a_rule_is_explained_at_a_tenant_by_its_short_name() {
    let folder = folder(&[]);
    let (status, out, said) = run(&folder, &["explain", "lifetime", "a.yaml", "--pack", "p.cerco"]);
    assert_eq!((status, said.as_str()), (0, ""));
    assert!(out.contains("a.yaml A: p/lifetime: pass"), "{out}");
}

#[test]
fn a_misspelt_key_of_a_manifest_or_project_is_known_again() {
    let folder = folder(&[
        ("cerco.yaml", "tenant: [a.yaml]\n"),
        ("q/pack.yaml", "name: q\nversion: 1.0.0\ndescriptoin: d\nlicence: MIT\n"),
    ]);
    assert!(run(&folder, &["check"]).2.contains("`cerco.yaml` has no key `tenant`\n  help: did you mean `tenants`?"));
    let (_, _, said) = run(&folder, &["check", "a.yaml", "--pack", "q"]);
    assert!(said.contains("`pack.yaml` has no key `descriptoin`\n  help: did you mean `description`?"), "{said}");
}

#[test]
fn a_comment_goes_with_the_element_that_it_speaks_of() {
    let pack = "schema t { names: [string] = []  more: [string] = []  rest: [string] = [] }\nrule r { title \"r\" grants names { deny \"x\" } grants more { deny \"x\" } grants rest { deny \"x\" } }\n";
    let tenant = "# of all\nnames:\n  # stays\n\n  # goes\n  # too\n  - x   # goes\n  # of y\n  - y\nmore:\n  # goes\n  - x   # goes\nrest: [x, y] # stays\n";
    let folder = folder(&[("g.cerco", pack), ("b.yaml", tenant)]);
    assert_eq!(run(&folder, &["fix", "b.yaml", "--pack", "g.cerco", "--quiet"]).0, 0);
    let after = std::fs::read_to_string(folder.path().join("b.yaml")).unwrap();
    assert_eq!(after, "# of all\nnames:\n  # stays\n\n  # of y\n  - y\nmore: []\nrest: [y] # stays\n");
}

#[test]
fn the_schema_keeps_the_order_of_its_fields() {
    let folder = folder(&[("s.cerco", "schema t { z: int  a: int  m: M }\ntype M { y: int  b: int }\n")]);
    let (_, out, _) = run(&folder, &["schema", "--pack", "s.cerco"]);
    let at = |key: &str| out.find(&format!("\"{key}\": {{")).unwrap();
    assert!(at("z") < at("a") && at("a") < at("m") && at("y") < at("b"), "{out}");
}

/// A folder with links, made as the system makes them.
#[cfg(unix)]
fn linked(files: &[(&str, &str)], links: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    for (name, target) in links {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    }
    folder
}

#[cfg(unix)]
#[test]
fn no_part_of_a_tenant_is_left_out_in_silence() {
    let links = [("t/b.yaml", "/nonexistent"), ("lost/b.yaml", "/nonexistent"), ("far/more", "../beside")];
    let files = [("t/a.yaml", "name: T\n"), ("lost/notes.txt", ""), ("far/a.yaml", "name: F\n")];
    let beside = ("beside/links.yaml", "links: [{id: x, days: 99}]\n");
    let folder = linked(&[&files[..], &[beside]].concat(), &links);
    for name in ["t", "lost"] {
        let (status, report) = json(&folder, &[name, "a.yaml", "--pack", "p.cerco"]);
        assert_eq!((status, codes(&report), tenants(&report)), (2, vec!["input/unreadable"], vec!["a.yaml"]));
        let message = report["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{name}/b.yaml`")) && message.contains("`/nonexistent`"), "{message}");
    }
    // A folder behind a link belongs to the tenant.
    let (status, report) = json(&folder, &["far", "--pack", "p.cerco"]);
    assert_eq!((status, report["tenants"][0]["findings"][0]["rule"].as_str()), (1, Some("p/lifetime")), "{report}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_an_open_stream_is_read() {
    let folder = folder(&[("t/a.yaml", "name: T\n")]);
    for pipe in ["pipe", "t/pipe.yaml"] {
        let made = std::process::Command::new("mkfifo").arg(folder.path().join(pipe)).status();
        assert!(made.unwrap().success());
    }
    for (name, told) in [("pipe", "`pipe` is no file"), ("t", "`t/pipe.yaml` is no file")] {
        let (status, report) = json(&folder, &[name, "--pack", "p.cerco"]);
        assert_eq!((status, codes(&report)), (2, vec!["input/unreadable"]));
        assert!(report["errors"][0]["message"].as_str().unwrap().contains(told), "{report}");
    }
    for name in ["/dev/stdin", "/dev/fd/0"] {
        let (status, out, _) =
            run_in(folder.path(), &["check", name, "--pack", "p.cerco"], b"links: [{id: x, days: 99}]\n");
        assert_eq!(status, 1, "{name}: {out}");
    }
}

#[test]
fn a_run_without_rules_is_not_trusted() {
    let manifest = "name: house\nversion: 0.1.0\ndescription: d\nlicence: MIT\n";
    let folder = folder(&[
        ("house/pack.yaml", manifest),
        ("house/rules.cerc", "rule a { title \"a\" expect true }"),
        ("empty.cerco", ""),
        ("comments.cerco", "# rule a\n"),
        ("form.cerco", "schema t { name?: int }\n"),
    ]);
    for pack in ["house", "empty.cerco", "comments.cerco", "laws"] {
        let (status, report) = json(&folder, &["a.yaml", "--pack", pack]);
        assert_eq!((status, codes(&report), tenants(&report).len()), (2, vec!["pack/no-rules"], 0), "{pack}: {report}");
    }
    // A schema alone is something to hold a tenant to.
    let (status, report) = json(&folder, &["a.yaml", "--pack", "form.cerco"]);
    assert_eq!((status, codes(&report)), (1, vec![]));
    assert_eq!(report["tenants"][0]["findings"][0]["rule"], "schema/type");
    assert_eq!(json(&folder, &["a.yaml", "--pack", "p.cerco", "--pack", "empty.cerco"]).0, 0);
}

#[test]
fn a_file_that_is_named_twice_is_one_tenant() {
    let folder = folder(&[
        ("b.yaml", "name: B\n"),
        ("cerco.yaml", "packs: [p.cerco]\ntenants: [b.yaml, \"*[ab].yaml\", ./b.yaml]\n"),
    ]);
    let inside = format!("{}/../{}/a.yaml", folder.path().display(), folder.path().file_name().unwrap().display());
    let (_, report) = json(&folder, &["a.yaml", "b.yaml", "./a.yaml", &inside, "--pack", "p.cerco"]);
    assert_eq!(tenants(&report), ["a.yaml", "b.yaml"]);
    assert_eq!(tenants(&json(&folder, &[]).1), ["b.yaml", "a.yaml"]);
}

#[test]
fn documents_of_a_file_are_told_apart() {
    let same = "links: [{id: x, days: 99}]\n";
    let folder = folder(&[("two.yaml", &format!("{same}---\n{same}")), ("three.yaml", "")]);
    let prints = |report: &Value| -> Vec<String> {
        let findings = report["tenants"].as_array().unwrap().iter().flat_map(|it| it["findings"].as_array().unwrap());
        findings.map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let (_, report) = json(&folder, &["two.yaml", "a.yaml", "--pack", "p.cerco"]);
    let numbers: Vec<&Value> = report["tenants"].as_array().unwrap().iter().map(|tenant| &tenant["document"]).collect();
    assert_eq!(numbers, [&Value::from(1), &Value::from(2), &Value::Null]);
    let before = prints(&report);
    assert_eq!(before.len(), 4);
    assert!(before.iter().enumerate().all(|(at, print)| !before[..at].contains(print)), "{before:?}");
    // Another document ahead changes nothing of the others.
    write(&folder, "two.yaml", format!("name: A\n---\n{same}---\n{same}").as_bytes());
    assert_eq!(prints(&json(&folder, &["two.yaml", "--pack", "p.cerco"]).1), before);
    let (_, out, _) = run(&folder, &["check", "two.yaml", "--pack", "p.cerco"]);
    assert!(out.contains("two.yaml (document 1): pass"), "{out}");
}

#[test]
fn a_folder_of_several_tenants_is_told_to_be_one() {
    let tenant =
        |name: &str| format!("name: {name}\ncity: {name}\nrooms: 1\nstaff: {{cooks: 2, guards: {{night: 3}}}}\n");
    let folder = folder(&[
        ("several/a.yaml", &tenant("A")),
        ("several/b.yaml", &tenant("B")),
        ("one/a.yaml", "staff: {guards: {night: 3}}\nname: A\n"),
        ("one/b.yaml", "staff: {guards: {night: 4}}\n"),
    ]);
    let (status, report) = json(&folder, &["several", "--pack", "p.cerco"]);
    assert_eq!((status, codes(&report)), (2, vec!["input/several-tenants"]), "{report}");
    assert!(report["errors"][0]["help"].as_str().unwrap().contains("cerco check FOLDER/*.yaml"));
    let (_, report) = json(&folder, &["one", "--pack", "p.cerco"]);
    assert_eq!(codes(&report), ["input/set-twice"]);
    assert!(report["errors"][0]["message"].as_str().unwrap().starts_with("`staff.guards.night` is set twice"));
    let many = |value| (0..150).map(|at| format!("k{at}: {value}\n")).collect::<String>();
    write(&folder, "one/a.yaml", format!("staff:\n  {}", many(1).replace('\n', "\n  ")).as_bytes());
    write(&folder, "one/b.yaml", format!("staff:\n  {}", many(2).replace('\n', "\n  ")).as_bytes());
    let (_, report) = json(&folder, &["one", "--pack", "p.cerco"]);
    assert_eq!(codes(&report).len(), 101);
    assert!(report["errors"][100]["message"].as_str().unwrap().contains("more is wrong"), "{report}");
}

#[test]
fn a_pack_is_explained_by_its_rules() {
    let folder = folder(&[("bare.cerco", "schema t { name?: string }\n")]);
    let (status, out, _) = run(&folder, &["explain", "p", "--pack", "p.cerco"]);
    assert_eq!((status, out.lines().count()), (0, 3), "{out}");
    assert!(out.contains("p/lifetime") && out.contains("p/short"), "{out}");
    let (status, out, _) = run(&folder, &["explain", "bare", "--pack", "bare.cerco"]);
    assert_eq!((status, out.lines().count()), (0, 1), "{out}");
}

#[test]
fn what_comes_later_says_so() {
    assert!(refused(&["pack", "build", "--sign", "house"]).contains("not understood yet"));
    assert!(refused(&["schema", "--param", "p.longest=1"]).contains("--param"));
}
