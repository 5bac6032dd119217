//! Reports in every language: what people read, and what must not depend on the language.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests are tests")]

use cerco::finding::{Finding, Report};
use cerco::lang::Lang;
use cerco::pack::locale::Locale;
use cerco::pack::{Named, PackText, Packs};
use cerco::report::{self, Format, Options};
use cerco::session::{self, Outcome, Request, TenantText};
use cerco::source::Sources;
use cerco::value::parse_date;
use unicode_width::UnicodeWidthStr as _;

/// A rule for each way in which the program itself speaks.
const PACK: &str = r#"
law pipl { title "Personal Information Protection Law" effective 2021-11-01 url "https://example.org/pipl" }

schema t {
    name?:   string
    meta?:   Meta
    groups:  [Group] key id = []
    flows?:  [Flow] key id
    roles:   [string] = []
    expiry?: duration | "never"
    share?:  percent
    least:   int >= 1 = 1
}
type Meta { collected_at?: date }
type Group { id: string  kind: "internal" | "external"  sync?: "off" | "full"  members?: int >= 0 }
type Flow { id: string  people?: int >= 0 }

rule group-sync {
    title     "Groups are not synchronised"
    rationale "A synchronised group copies what is said in it, now and later, to wherever the other organisation keeps it."
    remedy    "Group settings > Synchronisation > Off."
    cites     pipl "art. 38", pipl "arts. 5, 7"
    for g in groups { settings g { sync == "off"  members <= 1_000 } }
}
rule links-end { title "Links end" severity warning expect expiry <= 30 days expect share <= 12.5% }
rule roles { title "A role holds nothing more" grants roles { allow "*.read" at most 1 } }
rule volume {
    title "Few people"
    let people = sum(f.people for f in flows)
    threshold people { from 100_000 "{people} people: a filing is due" from 80_000 warning "{people} people" }
}
rule later { title "From 2030 on" effective 2030-01-01 expect name is set }
rule quotient { title "It can be worked out" severity info expect 1 / (least - 1) > 0 }
"#;

const TENANT: &str = "\
name: 濠江集團
meta: {collected_at: 2026-11-25}
groups:
  - {id: hq, kind: internal, sync: full, members: 12500}
  - {id: out, kind: outside, sync: off}
expiry: never
share: 62.5%
roles: [a.read, b.write]
least: 1
colour: red
flows:
  - {id: x, people: 92000}
  - {id: y}
";

const ZH_HANT: &str = "\
rules:
  group-sync:
    title: 群組不同步
    why: 群組一旦同步，現在和以後在其中所說的一切都會複製到另一個組織保存資料的地方，不論那是在境內還是境外。
    remedy: 群組設置 > 同步 > 關閉。
  links-end:
    title: 連結會到期
  roles:
    title: 角色不持有多餘的權限
  volume:
    title: 人數不多
    messages:
      \"{people} people: a filing is due\": \"{people} 人：須辦理備案\"
      \"{people} people\": \"{people} 人\"
laws:
  pipl: 《中華人民共和國個人信息保護法》
";

const ZH_HANS: &str = "\
rules:
  group-sync:
    title: 群组不同步
    why: 群组一旦同步，现在和以后在其中所说的一切都会复制到另一个组织保存数据的地方，不论那是在境内还是境外。
    remedy: 群组设置 > 同步 > 关闭。
  links-end:
    title: 链接会到期
  roles:
    title: 角色不持有多余的权限
  volume:
    title: 人数不多
    messages:
      \"{people} people: a filing is due\": \"{people} 人：须办理备案\"
      \"{people} people\": \"{people} 人\"
laws:
  pipl: 《中华人民共和国个人信息保护法》
";

const PT: &str = "\
rules:
  group-sync:
    title: Os grupos não são sincronizados
    why: Um grupo sincronizado copia o que nele se diz, agora e depois, para onde a outra organização o guarda.
    remedy: Definições do grupo > Sincronização > Desligada.
  links-end:
    title: As ligações terminam
  roles:
    title: Uma função não tem mais do que precisa
  volume:
    title: Poucas pessoas
    messages:
      \"{people} people: a filing is due\": \"{people} pessoas: é devido um registo\"
      \"{people} people\": \"{people} pessoas\"
laws:
  pipl: Lei de Proteção de Informações Pessoais
";

fn check(lang: Lang) -> Outcome {
    let text = PackText { name: "house".into(), manifest: None, files: vec![("house.cerco".into(), PACK.into())] };
    let mut packs = Packs::from_texts(vec![text]);
    packs.lang = lang;
    let translated = match lang {
        Lang::En => None,
        Lang::ZhHant => Some(ZH_HANT),
        Lang::ZhHans => Some(ZH_HANS),
        Lang::Pt => Some(PT),
    };
    if let Some(text) = translated {
        packs.locales.push(Locale::read(&mut packs.sources, (0, lang), ("locale.yaml", text), false).unwrap());
    }
    let files = vec![("t.yaml".into(), TENANT.as_bytes().to_vec())];
    run(packs, vec![TenantText { name: "t.yaml".into(), files, joined: false }], lang)
}

fn run(packs: Packs, tenants: Vec<TenantText>, lang: Lang) -> Outcome {
    let request = Request { as_of: parse_date("2026-11-23").unwrap(), lang, ..Request::default() };
    session::run(packs, tenants, &request, &|_, _| ())
}

fn text(outcome: &Outcome, options: &Options) -> String {
    let mut out = Vec::new();
    report::write(&outcome.report, &outcome.sources, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What must be the same in each language.
fn identity(finding: &Finding) -> (&str, &str, &str, u32, &str, Option<u32>) {
    let Finding { rule, kind, path, span, fingerprint, policy, .. } = finding;
    (rule, kind.word(), path, span.start, fingerprint, policy.map(|span| span.start))
}

#[test]
fn a_report_is_in_one_language() {
    for lang in Lang::ALL {
        let outcome = check(lang);
        assert!(outcome.report.errors.is_empty(), "{:?}", outcome.report.errors);
        let options = Options { lang, width: Some(80), unknown_detail: false, ..Options::default() };
        insta::assert_snapshot!(format!("terminal_{}", lang.tag()), text(&outcome, &options));
        for format in [Format::Markdown, Format::Github, Format::Junit] {
            let name = format!("{}_{}", format!("{format:?}").to_lowercase(), lang.tag());
            if lang == Lang::ZhHant || lang == Lang::Pt {
                insta::assert_snapshot!(name, text(&outcome, &Options { lang, format, ..Options::default() }));
            }
        }
    }
}

#[test]
fn nothing_of_the_program_is_left_in_english() {
    // Words of the English report that no value, path, id or excerpt of this tenant and pack holds.
    let words = [
        " must ",
        ", and is ",
        "asked here",
        "why:",
        "law:",
        "remedy:",
        "fix:",
        "checked ",
        "found ",
        "packs:",
        "legal advice",
        "not collected",
    ];
    let english = text(&check(Lang::En), &Options { width: Some(80), ..Options::default() });
    for word in words {
        assert!(english.contains(word), "{word} is no word of the English report");
    }
    for lang in Lang::OTHERS {
        let said = text(&check(lang), &Options { lang, width: Some(80), ..Options::default() });
        for word in words {
            assert!(!said.contains(word), "{word:?} stands in the report in {}:\n{said}", lang.name());
        }
    }
}

#[test]
fn naming_all_packs_and_naming_none_is_the_same_in_every_language() {
    let path = format!("{}/tests/tenants/gaming-sub-upgraded.yaml", env!("CARGO_MANIFEST_DIR"));
    let files = vec![("t.yaml".to_owned(), std::fs::read(path).unwrap())];
    let tenant = TenantText { name: "t.yaml".into(), files, joined: false };
    let all: Vec<Named> = cerco::pack::embedded::names().map(Named::from).collect();
    for lang in Lang::ALL {
        let check = |named: &[Named]| {
            let outcome = run(Packs::load(Sources::new(), named).in_language(lang), vec![tenant.clone()], lang);
            text(&outcome, &Options { lang, format: Format::Json, ..Options::default() })
        };
        assert!(check(&[]) == check(&all), "the reports in {} differ", lang.name());
    }
}

#[test]
fn ids_kinds_verdicts_and_fingerprints_do_not_depend_on_the_language() {
    let tenant = |name: &str| {
        let path = format!("{}/tests/tenants/{name}", env!("CARGO_MANIFEST_DIR"));
        let files = vec![(name.to_owned(), std::fs::read(path).unwrap())];
        TenantText { name: name.to_owned(), files, joined: false }
    };
    let tenants = ["finance-performance-sync.yaml", "hengqin-builder.yaml", "gaming-sub-upgraded.yaml"].map(tenant);
    let check = |lang| run(Packs::load(Sources::new(), &[]).in_language(lang), tenants.to_vec(), lang);
    let verdicts = |report: &Report| -> Vec<_> {
        report.tenants.iter().flat_map(|it| it.rules.iter().map(|rule| rule.verdict)).collect()
    };
    let english = check(Lang::En);
    assert!(english.report.errors.is_empty());
    for lang in Lang::OTHERS {
        let other = check(lang);
        assert_eq!(verdicts(&english.report), verdicts(&other.report));
        let mut different = 0;
        for (one, two) in english.report.tenants.iter().zip(&other.report.tenants) {
            let (ones, twos): (Vec<_>, Vec<_>) =
                (one.findings.iter().map(identity).collect(), two.findings.iter().map(identity).collect());
            assert_eq!(ones.len(), twos.len());
            for (one, two) in ones.iter().zip(&twos) {
                // The texts of translations stand between the packs and the tenants, so places move together.
                assert_eq!((one.0, one.1, one.2, one.4, one.5), (two.0, two.1, two.2, two.4, two.5));
            }
            different += one.findings.iter().zip(&two.findings).filter(|(one, two)| one.message != two.message).count();
        }
        assert!(different > 50, "{different} messages are in {}", lang.name());
        let said = text(&other, &Options { lang, width: Some(80), ..Options::default() });
        let wide: Vec<&str> = said.lines().filter(|line| line.width() > 80 && !line.contains("://")).collect();
        assert!(wide.is_empty(), "{}: wider than 80 columns: {wide:#?}", lang.name());
    }
}
