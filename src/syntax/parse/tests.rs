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
    for (text, help) in [
        ("param p = 3\n".to_owned(), "a parameter has a type: `param name: int = …`"),
        ("param p: int may fall\n".to_owned(), "a parameter has a value before `may`: `param name: int = 3 may fall`"),
        ("param p: int = 3 may rize\n".to_owned(), "did you mean `rise`?"),
        ("typ T = int\n".to_owned(), "did you mean `type`?"),
        (rule("let x: int = 3"), "a `let` has the type of its value: leave the type out"),
        (rule("severity eror expect a"), "did you mean `error`?"),
        (rule("enforcement manditory expect a"), "did you mean `mandatory`?"),
        (rule("expct a"), "did you mean `expect`?"),
        (rule("expect a Expect b"), "did you mean `expect`?"),
        (rule("if a { expect b } elif c { expect d }"), "write `else if`"),
        (rule("grants a { alow b }"), "did you mean `allow`?"),
        (rule("expect a fix sett b = 3"), "did you mean `set`?"),
        (rule("expect a is st"), "did you mean `set`?"),
        (rule("expect a is not set"), "write `is missing`"),
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
        assert_eq!(helps, [help], "{text}{errors:#?}");
    }
    let (_, errors) = parse(&rule("for a in b where {\n expect c\n }"), 0);
    assert_eq!(
        errors.first().map(|error| error.message.as_str()),
        Some("expected an expression behind `where`, found `{`")
    );
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
