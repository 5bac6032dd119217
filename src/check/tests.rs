//! Owns the tests of what is said about names and types. It must never know how a text is parsed.

use super::*;
use crate::syntax::parse::parse;

/// What is said of packs, each in a text of its own: message and help.
fn said(texts: &[&str]) -> Vec<String> {
    let mut base = 0;
    let sources: Vec<Source> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let (file, _) = parse(text, base);
            base += text.len() as u32 + 1;
            Source { name: format!("p{n}"), version: None, files: vec![file], carried: false }
        })
        .collect();
    let told = |error: Diagnostic| match error.help {
        Some(help) => format!("{}: {help}", error.message),
        None => error.message,
    };
    check(&sources).1.into_iter().map(told).collect()
}

const SHOP: &str = "schema shop {
    name?: string
    doors: [Door] key id = []
    loose: [Door] = []
    notes: {string} = {}
    share?: percent
    every?: duration | \"never\"
    most?: int
    deep?: Deep
}
type Door { id: string  open?: bool  level?: \"L1\" < \"L2\" < \"L3\"  lock: \"none\" | \"key\"  checked?: date }
type Deep { notes: {string} = {}  doors: [Door] key id = []  loose: [Door] = [] }
";

#[test]
fn what_is_nearly_right_is_told_how_it_is_meant() {
    let asks = |condition: &str| format!("{SHOP}rule r {{ title \"R\" for d in doors {{ expect {condition} }} }}\n");
    let mut wrong = Vec::new();
    for (text, ends) in [
        (asks("d.open == no"), "write `false`"),
        (asks("d.open == yes"), "write `true`"),
        (asks("d.open == null"), "whether something is there is asked with `is missing` and `is set`"),
        (asks("every <= 7"), "write `7 days`"),
        (asks("every <= \"7 days\""), "is none of the words beside this number: it has \"never\""),
        (asks("share >= 80"), "write `80%` for a percentage, or `80% of x` for a share of a number"),
        (asks("d.checked > 01/02/2020"), "a date is written as year, month, day: `2026-01-31`"),
        (asks("d.checked > 2020-1-02"), "a date is written with all its zeros: `2020-01-02`"),
        (asks("d.checked > today - 3"), "write `- 30 days`"),
        (asks("most == \"3\""), "take the quotes off"),
        (asks("doors.count > 3"), "write `count(doors)`"),
        (asks("d.id.length > 3"), "write `len(…)`"),
        (asks("d.level == \"L9\""), "it has \"L1\", \"L2\", \"L3\""),
        (asks("d.lock == \"kye\""), "did you mean `key`?"),
        (
            asks("age(d.checked, d.checked) > 3 days"),
            "`age` takes one value, and is given 2 values: it is called like this: `age(date) -> duration`",
        ),
        (
            asks("count(doors, loose) > 3"),
            "`count` takes a list, and is given 2 values: it is called like this: `count(x in xs where c) -> int`",
        ),
        (asks("d.id matches /(a{1000}){1000}/"), "or ask for a length with `len(…)`"),
        (asks("d.id matches /a{/"), "no look-around, no back references"),
        ("type A { b: integer }\n".to_owned(), "there is no type `integer`: write `int`"),
        ("type A { b: Boolean }\n".to_owned(), "write `bool`"),
        ("type A { b: int = \"40\" }\n".to_owned(), "this default is not a whole number: take the quotes off"),
        ("type A { b: string matches /(a{1000}){1000}/ }\n".to_owned(), "or ask for a length with `len(…)`"),
        ("param a: int = \"40\"\n".to_owned(), "take the quotes off"),
        (
            "type A { b: int }\ntype A { c: int }\n".to_owned(),
            "the type `A` is declared twice: give one of them another name",
        ),
        (
            "rule a { expect true }\n".to_owned(),
            "the rule `a` has no title: add `title \"…\"`: what holds where the rule passes",
        ),
        ("law a { }\n".to_owned(), "the law `a` has no title: add `title \"…\"`"),
        (
            "law a { title \"A\" }\nrule b { title \"B\" cites a, tags \"c\" expect true }\n".to_owned(),
            "there is no law `tags`: take out the comma before `tags`: the laws end there",
        ),
    ] {
        let said = said(&[&text]);
        if said.len() != 1 || !said.iter().all(|it| it.ends_with(ends)) {
            wrong.push(format!("{}\n  {said:?}", text.trim_start_matches(SHOP)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn settings_take_the_same_keys_as_expressions() {
    let key = "a key is a string, and this is a whole number";
    let none = "the elements of this list have no key: give it one in the schema: `[T] key f`";
    for (path, message) in
        [("notes[3]", Some(key)), ("doors[3]", Some(key)), ("loose[\"a\"]", Some(none)), ("notes[\"a\"]", None)]
    {
        let wanted: Vec<&str> = message.into_iter().collect();
        let setting = format!("{SHOP}rule r {{ title \"R\" settings deep {{ {path} is set }} }}\n");
        assert_eq!(said(&[&setting]), wanted, "{path}");
        let expression = format!("{SHOP}rule r {{ title \"R\" expect deep.{path} is set }}\n");
        assert_eq!(said(&[&expression]), wanted, "{path}");
    }
}

#[test]
fn one_mistake_is_told_once() {
    for (text, message) in [
        (
            "schema s { doors: [door] key id = [] }\ntype door { id: string }\ndefine f(d: Door) = d.id == \"a\"\nrule r { title \"R\" for d in doors { expect f(d) } }\n",
            "the type `door` is not written in PascalCase: write `type Door`",
        ),
        (
            "schema s { doors: [Door] = [] }\ntype door { id: string }\n",
            "the type `door` is not written in PascalCase: write `type Door`",
        ),
        (
            "schema s { doors: [Door] key ide = []  main?: ref doors }\ntype Door { id: string }\nrule r { title \"R\" expect doors[\"a\"] is set }\n",
            "there is no field `ide` in `Door`: did you mean `id`?",
        ),
        (
            "schema s { doors: [Door] key number = []  main?: ref doors }\ntype Door { id: string }\n",
            "there is no field `number` in `Door`",
        ),
        (
            "schema s { doors: [Door] = [] }\ntype Door { id: string  checked?: date }\nrule r { title \"R\" for d in doors { let d = age(d.checked) expect d.id == \"a\" } }\n",
            "`d` hides another name of this pack: give it a name of its own",
        ),
    ] {
        assert_eq!(said(&[text]), [message], "{text}");
    }
    // A parameter whose name does not parse is there all the same, however it is read elsewhere.
    let text = "param most-hours: int = 3\nrule r { title \"R\" expect most-hours > 1 expect most_hours > 1 }\n";
    assert_eq!(said(&[text]), Vec::<String>::new());
}

#[test]
fn what_two_packs_declare_is_not_known() {
    let text = "schema s { level?: \"a\" < \"b\" }\nrule r { title \"R\" expect level >= \"b\" expect level in \"a\"..\"b\" threshold level { from \"b\" \"high\" } }\n";
    let twice =
        "the field `level` is declared twice: take it out, and add fields to what is there with `extend type …`";
    assert_eq!(said(&[text, text]), [twice]);
}
