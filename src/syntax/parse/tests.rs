//! Owns the tests of the parser: its own, and that the short way and the grammar agree. It must never know what a name means.

use super::*;

#[test]
fn words_of_the_grammar_stand_together() {
    for &rule in Rule::all_rules() {
        assert_eq!(is_keyword(rule), format!("{rule:?}").starts_with("k_"), "{rule:?}");
    }
}

#[test]
fn a_line_in_a_string_opens_no_item() {
    let text = "rule a {\n    title \"\"\"\nrule b { }\n\"\"\"\n    expect true\n}\nlet x = 1 +\n2\nlet y = 3 is\nset\nlet z = )\nlet w = 1\n";
    let (file, errors) = parse(text, 0);
    assert_eq!((file.items.len(), errors.len()), (4, 1), "{file:#?} {errors:#?}");
}

#[test]
fn what_is_nearly_right_is_told_how_it_is_written() {
    let rule = |body: &str| format!("rule a {{\n title \"A\"\n {body}\n}}\n");
    let mut wrong = Vec::new();
    for (text, help) in [
        ("param p = 3\n".to_owned(), "a parameter has a type: `param name: int = …`"),
        ("param p: int may fall\n".to_owned(), "a parameter has a value before `may`: `param name: int = 3 may fall`"),
        ("param p: int = 3 may rize\n".to_owned(), "did you mean `rise`?"),
        ("typ T = int\n".to_owned(), "did you mean `type`?"),
        (rule("let x: int = 3"), "leave the type out: it is that of the value"),
        (rule("severity eror expect a"), "did you mean `error`?"),
        (rule("enforcement manditory expect a"), "did you mean `mandatory`?"),
        (rule("expct a"), "did you mean `expect`?"),
        (rule("expect a Expect b"), "did you mean `expect`?"),
        (rule("if a { expect b } elif c { expect d }"), "write `else if`"),
        (rule("grants a { alow b }"), "did you mean `allow`?"),
        (rule("expect a fix sett b = 3"), "did you mean `set`?"),
        (rule("expect a is st"), "did you mean `set`?"),
        (rule("expect a is not set"), "write `is missing`"),
        (rule("expect a is not missing"), "write `is set`"),
        (rule("expect a is not null"), "write `is set`"),
        (rule("expect a is not 3"), "write `!=`"),
        (rule("expect a is not empty"), "write `!= []`, or count the elements: `count(x) > 0`"),
        (rule("expect a is 80%"), "write `==` to compare"),
        (rule("expect a not == 3"), "write `!=`"),
        (rule("expect a not < 3"), "write `>=`"),
        (rule("expect a not contains 3"), "`not` stands in front: `not x contains …`"),
        (rule("let a == 3"), "write `=`: it gives a value, and `==` compares"),
        (rule("expect a in \"b\", \"c\""), "a list stands in square brackets: `[\"b\", \"c\"]`"),
        (rule("expect a in (\"b\", \"c\")"), "a list stands in square brackets: `[\"b\", \"c\"]`"),
        (rule("for a in b when c { expect d }"), "write `where`"),
        (rule("expect a warn expect b"), "write `warning`"),
        (rule("expect a // why"), "a comment begins with `#`"),
        (rule("// why"), "a comment begins with `#`"),
        (rule("expect 80% people > 3"), "write `80% of people`"),
        (rule("expect a > 80 percent"), "write `80%`"),
        (rule("effective 01/01/2020"), "a date is written as year, month, day: `2026-01-31`"),
        (rule("severity \"error\""), "take the quotes off"),
        (rule("settings a { b: 3 }"), "write `==` to compare"),
        (rule("expect a else: \"b\""), "leave the `:` out: `else` is followed by what it says"),
        (rule("grants a { deny: \"b\" }"), "leave the `:` out: `deny` is followed by what it says"),
        (rule("grants a { allow b.* }"), "a pattern stands in quotes, `\"b.*\"`, or between slashes"),
        (rule("expect a matches B*"), "a pattern stands in quotes, `\"B*\"`, or between slashes"),
        (rule("grants a { allow \"b\",\n deny \"c\" }"), "take the comma out"),
        (rule("cites a,\n applies when b expect c"), "take the comma out"),
        (rule("expect a else \"{b = 3}\""), "write `==` to compare"),
        (rule("expect a == `b`"), "strings stand in double quotes"),
        ("param a-b: int = 3\n".to_owned(), "write `a_b`"),
        ("type a-b { c: int }\n".to_owned(), "write `AB`"),
        ("type A { b: int > = 0 }\n".to_owned(), "write `>=`"),
        ("type A { b-c: int }\n".to_owned(), "a name that is not written in snake_case stands in quotes"),
        ("type A { b: c | d }\n".to_owned(), "write `\"c\" | \"d\"`"),
        ("type A { b: int | date }\n".to_owned(), "give each type a field of its own"),
        ("type A { b = 3 }\n".to_owned(), "a field is declared with its type: `name: int = 3`"),
        ("type A: int\n".to_owned(), "write `=`: a name is given to a type"),
        ("define a(b: int): int = b\n".to_owned(), "leave the type out: it is that of the value"),
        (rule("for a = b { expect c }"), "write `in`"),
        (rule("expect any a of b: c"), "write `in`"),
        (rule("let a := 3"), "write `=`"),
        (rule("expect a ?? 3 > 2"), "write `default`"),
        (rule("expect a > 1,000"), "digits are grouped by `_`: `1_000`"),
        (rule("must a > 3"), "write `expect`"),
        (rule("expect all a in b { c }"), "the condition stands behind `:`"),
        ("import a\n".to_owned(), "write `use`"),
        (
            format!("let a = 0.{}\n", "9".repeat(400)),
            "a decimal or percentage holds at most 38 digits, those behind the point included",
        ),
        (rule("expect a is null"), "write `is missing`"),
        (rule("expect a > 3 dys"), "did you mean `days`?"),
        (rule("expect a > 3d"), "write `3 days`"),
        (rule("expect a > 80 %"), "the sign follows the number at once: `80%`"),
        (rule("expect a <> 3"), "write `!=`"),
        (rule("expect a => 3"), "write `>=`"),
        (rule("expect 1 < a < 3"), "comparisons do not chain: join two with `and`"),
        (rule("expect a == “b”"), "strings stand in straight double quotes: `\"…\"`"),
        (rule("tags \"a, \"b\""), "a string of this line does not end"),
        (
            rule("expect a == \"b"),
            "a string ends on its line; one over several lines stands between `\"\"\"` and `\"\"\"`",
        ),
        (rule("expect a matches /b"), "it ends with `/` on its line; a slash within it is written `\\/`"),
    ] {
        let (_, errors) = parse(&text, 0);
        let helps: Vec<&str> = errors.iter().filter_map(|error| error.help.as_deref()).collect();
        if helps != [help] {
            wrong.push(format!("{text}  {helps:?}, and not {help:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (_, errors) = parse(&rule("for a in b where {\n expect c\n }"), 0);
    assert_eq!(
        errors.first().map(|error| error.message.as_str()),
        Some("expected an expression behind `where`, found `{`")
    );
}

#[test]
fn what_stands_behind_an_item_and_opens_none_is_a_part_of_it() {
    for (body, help) in [
        ("a = 3", "write `==` to compare"),
        ("a\n    = 3", "write `==` to compare"),
        ("a === 3", "write `==`"),
        ("a || b", "write `or`"),
        ("a && b", "write `and`"),
        ("a is not set", "write `is missing`"),
        ("a exists", "write `is set`"),
        ("a in (\"b\", \"c\")", "a list stands in square brackets: `[\"b\", \"c\"]`"),
        ("a ? b : c", "write `if … then … else …`"),
    ] {
        for item in ["let it = ", "define it() = ", "param it: bool = "] {
            let (file, errors) = parse(&format!("{item}{body}\nlet other = 3\n"), 0);
            let helps: Vec<&str> = errors.iter().filter_map(|error| error.help.as_deref()).collect();
            assert_eq!((helps.as_slice(), file.items.len()), (&[help][..], 1), "{item}{body} {errors:#?}");
            assert_eq!(file.lost.names, ["it"], "{item}{body}");
            let (_, errors) = parse(&format!("rule a {{ title \"A\" expect {body}\n}}\n"), 0);
            assert_eq!(errors.iter().filter_map(|error| error.help.as_deref()).collect::<Vec<_>>(), [help], "{body}");
        }
    }
    let (file, errors) = parse("let a = 3 let b = 4\nfoo = 5\nlet c = 6\n", 0);
    assert_eq!((file.items.len(), errors.len()), (3, 1), "{errors:#?}");
}

#[test]
fn what_is_not_closed_is_told_where_it_has_to_be_and_where_it_is_open() {
    let (brace, bracket) =
        ("the policy ends, and a brace is still open", "the policy ends, and a bracket is still open");
    for (text, place, message, open) in [
        ("rule a {\n title \"A\"\n expect b\n\nlet c = 3\n", "", brace, "{\n title"),
        ("rule a {\n title \"A\"\n expect b\n", "", brace, "{\n title"),
        (
            "rule a {\n title \"A\"\n for b in c {\n  expect \"{b}\" == d\n}\nrule e { title \"E\" expect f }\n",
            "rule e",
            "`rule` begins another item, and a brace above is still open",
            "{\n  expect",
        ),
        (
            "type A {\n b: int  # {\n\ntype C { d: int }\n",
            "type C",
            "`type` begins another item, and a brace above is still open",
            "{\n b",
        ),
        ("let a = [b\n\nlet c = 3\n", "let c", "`let` begins another item, and a bracket above is still open", "[b"),
        ("let a = count(b # (\n", "", bracket, "(b"),
    ] {
        let (_, errors) = parse(text, 0);
        let [error] = errors.as_slice() else { panic!("{text}{errors:#?}") };
        let at = if place.is_empty() { text.len() } else { text.find(place).unwrap() };
        let told = (error.span.unwrap().start as usize, error.message.as_str(), error.labels[0].span.start as usize);
        assert_eq!(told, (at, message, text.find(open).unwrap()), "{text}{error:#?}");
    }
    for (text, place, message) in [
        ("let a = b + # c\nlet d = 3\n", "+", "expected an expression behind `+`, and the item ends"),
        ("rule a {\n title \"A\"\n expect b ==\n", "==", "expected an expression behind `==`, and the item ends"),
    ] {
        let (_, errors) = parse(text, 0);
        let [error] = errors.as_slice() else { panic!("{text}{errors:#?}") };
        let at = text.find(place).unwrap() as u32;
        assert_eq!((error.span.unwrap().start, error.message.as_str()), (at, message), "{text}{error:#?}");
    }
}

#[test]
fn an_item_that_does_not_end_hides_none_behind_it() {
    let text = "type A { b: int\ntype C { d: int }\nlet e = [f\nrule g { title \"G\" expect h }\n";
    let (file, errors) = parse(text, 0);
    assert_eq!((file.items.len(), errors.len()), (2, 2), "{file:#?} {errors:#?}");
    assert_eq!((file.lost.names.as_slice(), file.lost.any), (&["A".to_owned(), "e".to_owned()][..], false));
    let (file, _) = parse("let = 3\n", 0);
    assert!(file.lost.any);
}

// ---- two ways --------------------------------------------------------------------------------------------------

/// Holds the short way to the grammar: the same tree, and the same errors.
fn both_ways(text: &str) {
    let (quick, by_grammar) = (parse(text, 7), parse_by_grammar(text, 7));
    assert_eq!(quick.1, by_grammar.1, "{text}");
    assert!(quick.0 == by_grammar.0, "{:#?}\n{:#?}\n{text}", quick.0, by_grammar.0);
}

fn carried() -> impl Iterator<Item = String> {
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).into_iter().flatten());
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "cerco"))
        .map(|path| std::fs::read_to_string(path).unwrap())
}

#[test]
fn the_short_way_reads_most_of_what_the_binary_carries_as_the_grammar_does() {
    let (mut short, mut all) = (0, 0);
    for text in carried() {
        both_ways(&text);
        let builder = Builder::new(&text, 0);
        let mut at = builder.skip_blank(0);
        while at < text.len() {
            if text.get(at..).is_some_and(|rest| rest.starts_with("rule ") || rest.starts_with("let ")) {
                all += 1;
                short += usize::from(super::super::quick::item(&text, at, 0).is_some());
            }
            at = builder.next_item(at);
        }
    }
    assert!(all > 200 && short == all, "{short} of {all}");
}

#[test]
fn what_the_grammar_reads_in_its_own_way_stays_so() {
    let bodies = [
        "expect all in xs",
        "expect any == 3 and no.x > unique",
        "expect not not a or -(-3) < --b default -1 default 2",
        "expect x is\nset",
        "settings a { x == b\n default == 3\n y <= 3\n days == 4 \n \"in\" is missing }",
        "expect a.b(3) and a.b . c(3)",
        "expect f (3) and g # note\n (4)",
        "expect (all x in xs where x.age > 3 days: x.y)",
        "grants a { allow b, /c,d/, \n deny \"x\", at most 3 } else \"{grant}\"",
        "expect 1..3 == 2",
        "expect x in 1 .. 10 and y in 2024-01-01..2024-12-31",
        "expect -9223372036854775808 < 99999999999999999999",
        "expect 1_0.5_0% of 3 / 2 * 0x",
        "expect a else \"one \\\"{b == \\\"c\\\"}\\\" {{two}} {d\" fix set a.b = 3",
        "expect a else \"\"\"\n  one\n  {two + }\n\"\"\"",
        "expect a else \"\\q\" expect b",
        "if a { expect b } else if c { } else { let d = if e then f else g }",
        "threshold sum(x per y) { from 3 { expect a } above 4 error \"b\" from 5 expect c else \"d\" }",
        "expect [x in xs where a for y in ys per z] == [x in xs] and [per] == [a per b]",
        "expect f(a, b,) == [1, 2,] and {\"a\": 1, } == {}",
        "expect a\u{3000}==\u{a0}b",
        "expect all x in xs where x.age > 3 days: x.y",
        "expect all x in xs where x.age in 1 day..3 days : x.y or a default 6 months\n: b",
        "expect a else \"\"\"b {c} d\"\"\"",
        "expect a else \"\"\"\n    b {c}\n      d {e}\n  \"\"\"",
        "expect a +\nlet = 3",
        "expect a = b",
        "expect a and",
        "expect true(3)",
        "error warning expect a",
    ];
    for body in bodies {
        both_ways(&format!("rule a {{\n    title \"A\"\n    {body}\n}}\nrule b {{ title \"B\" expect true }}\n"));
    }
    for item in [
        "use a-b\nuse a-\n",
        "let let = 3\nlet x = 4 let y = 5 # end\n",
        "param a: int = 3 may fall\nparam b: [int] = [1] may rise\nparam c: ref d = \"e\" may change\nparam f: p.T = 1\n",
        "define a() = 1\ndefine b(c: int, d: p.T,) = c\ndefine e(f: int | \"g\") = f\n",
        "rule a { title \"A\" cites b \"art. 1\", c.d, e tags \"f\", \"g\", applies when h effective 2024-01-02 until 2024-01-01 }",
        "rule a-b- { }\nrule a { severity none }\n",
    ] {
        both_ways(item);
    }
}

mod mutated {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        /// Words are left out, doubled and exchanged: whatever comes of it, both ways say the same.
        #[test]
        fn both_ways_agree_on_broken_texts(changes in proptest::collection::vec((0usize..4000, 0usize..4000, 0u8..3), 1..6)) {
            let text = super::super::super::format::tests::ALL;
            let mut words: Vec<&str> = text.split_inclusive([' ', '\n', '(', ')', '.', ',', ':', '"']).collect();
            for (one, other, how) in changes {
                let (one, other) = (one % words.len(), other % words.len());
                match how {
                    0 => drop(words.remove(one)),
                    1 => words.insert(one, words[other]),
                    _ => words.swap(one, other),
                }
            }
            both_ways(&words.concat());
        }
    }
}
