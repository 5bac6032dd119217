//! Owns the tests of the loader: text in, text out. It must never know how the arena is laid out.

use std::fmt::Write as _;
use std::sync::Arc;

use super::*;
use crate::source::Sources;

fn read(text: &str) -> (Sources, Document) {
    let mut sources = Sources::new();
    let document = load(&mut sources, "t.yaml", text.as_bytes().to_vec(), Limits::default()).expect("valid");
    (sources, document)
}

fn refuse(text: &[u8]) -> (Sources, Vec<Problem>) {
    let mut sources = Sources::new();
    let problems = load(&mut sources, "t.yaml", text.to_vec(), Limits::default()).expect_err("invalid");
    (sources, problems)
}

/// Each problem as `line:column code: message [underlined text] (help)`.
fn told(sources: &Sources, problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in problems {
        let at = sources.position(problem.span().start).unwrap();
        let _ = write!(out, "{}:{} {}: {problem}", at.line, at.column, problem.code());
        let _ = writeln!(out, " [{}] ({})", sources.text(problem.span()), problem.help());
        if let Some((span, text)) = problem.related() {
            let at = sources.position(span.start).unwrap();
            let _ = writeln!(out, "  {}:{} {text}", at.line, at.column);
        }
    }
    out
}

fn problems(text: &str) -> String {
    let (sources, problems) = refuse(text.as_bytes());
    told(&sources, &problems)
}

/// Each node as `line:column kind [what is written]`, scalars with their value, indented by depth.
fn nodes(text: &str) -> String {
    fn node(sources: &Sources, document: &Document, id: NodeId, depth: usize, out: &mut String) {
        let span = document.span(id);
        let at = sources.position(span.start).unwrap();
        let written = sources.text(span).replace('\r', "␍").replace('\n', "␊");
        let _ = write!(out, "{}{}:{} ", "  ".repeat(depth), at.line, at.column);
        match document.kind(id) {
            Kind::Scalar if document.key_of(NodeId::at(id.number() + 1)) == Some(id) => {
                let _ = writeln!(out, "[{written}] key {:?}", document.sym_text(document.key_sym(id)));
            }
            Kind::Scalar => {
                let _ = writeln!(out, "[{written}] {:?}", document.scalar(id));
            }
            Kind::Alias => {
                let _ = writeln!(out, "[{written}] alias");
            }
            Kind::Sequence => {
                let _ = writeln!(out, "[{written}] list");
                document.items(id).for_each(|item| node(sources, document, item, depth + 1, out));
            }
            Kind::Mapping => {
                let _ = writeln!(out, "[{written}] mapping");
                for (key, value) in document.entries(id) {
                    node(sources, document, key, depth + 1, out);
                    node(sources, document, value, depth + 2, out);
                }
            }
        }
    }
    let (sources, document) = read(text);
    let mut out = String::new();
    for root in document.roots() {
        let at = sources.position(root.start.start).unwrap();
        let _ = writeln!(out, "{}:{} [{}] document", at.line, at.column, sources.text(root.start));
        if let Some(id) = root.node {
            node(&sources, &document, id, 1, &mut out);
        }
    }
    out
}

/// The fields of the value of `key` at the root.
fn fields(text: &str, key: &str) -> String {
    let (sources, document) = read(text);
    let root = document.roots()[0].node.unwrap();
    let (_, value) = document.entries(root).find(|&(k, _)| document.text(k) == key).unwrap();
    let mut fields = Fields::default();
    document.fields(value, &mut fields);
    let line = |node| sources.position(document.span(node).start).unwrap().line;
    let mut out = String::new();
    for entry in &fields.entries {
        let (merged, unsure) = (if entry.merged { " merged" } else { "" }, if entry.sure { "" } else { " unsure" });
        let _ = writeln!(out, "{}: {}{merged}{unsure}", document.sym_text(entry.sym), document.text(entry.value));
    }
    for &(first, later, _) in &fields.duplicates {
        let _ = writeln!(out, "duplicate {} at {} and {}", document.text(later), line(first), line(later));
    }
    for &(bad, _) in &fields.bad_merges {
        let _ = writeln!(out, "bad merge {}", sources.text(document.span(bad)));
    }
    out
}

#[test]
fn places_are_those_of_what_is_written() {
    let text = "\
# a tenant
a: one   # comment
b:
  - x
  - &n !!str 12
  -
    k: 'it''s'
c: {d: \"q\\n\", e: [1, 2], f}
g:
h: |+
  text  

i: multi
  line
";
    assert_eq!(
        nodes(text),
        "\
2:1 [a] document
  2:1 [a: one   # comment␊b:␊  - x␊  - &n !!str 12␊  -␊    k: 'it''s'␊c: {d: \"q\\n\", e: [1, 2], f}␊g:␊h: |+␊  text  ␊␊i: multi␊  line] mapping
    2:1 [a] key \"a\"
      2:4 [one] Str(\"one\")
    3:1 [b] key \"b\"
      4:3 [- x␊  - &n !!str 12␊  -␊    k: 'it''s'] list
        4:5 [x] Str(\"x\")
        5:14 [12] Str(\"12\")
        7:5 [k: 'it''s'] mapping
          7:5 [k] key \"k\"
            7:8 ['it''s'] Str(\"it's\")
    8:1 [c] key \"c\"
      8:4 [{d: \"q\\n\", e: [1, 2], f}] mapping
        8:5 [d] key \"d\"
          8:8 [\"q\\n\"] Str(\"q\\n\")
        8:15 [e] key \"e\"
          8:18 [[1, 2]] list
            8:19 [1] Int(\"1\")
            8:22 [2] Int(\"2\")
        8:26 [f] key \"f\"
          8:27 [] Null
    9:1 [g] key \"g\"
      9:3 [] Null
    10:1 [h] key \"h\"
      10:4 [|+␊  text  ] Str(\"text  \\n\\n\")
    13:1 [i] key \"i\"
      13:4 [multi␊  line] Str(\"multi line\")
"
    );
}

#[test]
fn a_mark_and_carriage_returns_do_not_shift_places() {
    assert_eq!(
        nodes("\u{feff}名: 值\r\nb: x\r\n  y\r\nc: >- # > |\r\n  t\r\n  u\r\nd: [一, 二]\r\n"),
        "\
1:1 [名] document
  1:1 [名: 值␍␊b: x␍␊  y␍␊c: >- # > |␍␊  t␍␊  u␍␊d: [一, 二]] mapping
    1:1 [名] key \"名\"
      1:4 [值] Str(\"值\")
    2:1 [b] key \"b\"
      2:4 [x␍␊  y] Str(\"x y\")
    4:1 [c] key \"c\"
      4:4 [>- # > |␍␊  t␍␊  u] Str(\"t u\")
    7:1 [d] key \"d\"
      7:4 [[一, 二]] list
        7:5 [一] Str(\"一\")
        7:8 [二] Str(\"二\")
"
    );
}

#[test]
fn blocks_begin_at_their_indicator() {
    assert_eq!(
        nodes("- &a|b !tu |\n\n  foo\n- # | no\n  >2-\n    bar\n- |   # c\n\n- |-\n  x"),
        "\
1:1 [- &a|b !tu |] document
  1:1 [- &a|b !tu |␊␊  foo␊- # | no␊  >2-␊    bar␊- |   # c␊␊- |-␊  x] list
    1:12 [|␊␊  foo] Str(\"\\nfoo\\n\")
    5:3 [>2-␊    bar] Str(\"  bar\")
    7:3 [|] Str(\"\")
    9:3 [|-␊  x] Str(\"x\")
"
    );
}

#[test]
fn documents_have_a_place_even_where_they_are_empty() {
    assert_eq!(nodes(""), "1:1 [] document\n");
    assert_eq!(nodes("\u{feff}# nothing here\n# yet\n"), "1:1 [# nothing here] document\n");
    assert_eq!(
        nodes("# c\n--- # x\n...\n---\n- a\n---\n{x: 1}\n---\n"),
        "2:1 [---] document\n5:1 [- a] document\n  5:1 [- a] list\n    5:3 [a] Str(\"a\")\n7:2 [x] document\n  7:1 [{x: 1}] mapping\n    7:2 [x] key \"x\"\n      7:5 [1] Int(\"1\")\n8:1 [---] document\n"
    );
    assert_eq!(nodes("--- null\n"), "1:5 [null] document\n  1:5 [null] Null\n");
}

#[test]
fn values_that_are_not_there_have_a_place_too() {
    assert_eq!(
        nodes("a:\nb: # c\n? x\n? y\n: z\nc: &k\nd: !!str\ne:\n  -\n  - # c\n"),
        "\
1:1 [a] document
  1:1 [a:␊b: # c␊? x␊? y␊: z␊c: &k␊d: !!str␊e:␊  -␊  -] mapping
    1:1 [a] key \"a\"
      1:3 [] Null
    2:1 [b] key \"b\"
      2:3 [] Null
    3:3 [x] key \"x\"
      3:4 [] Null
    4:3 [y] key \"y\"
      5:3 [z] Str(\"z\")
    6:1 [c] key \"c\"
      6:6 [] Null
    7:1 [d] key \"d\"
      7:9 [] Str(\"\")
    8:1 [e] key \"e\"
      9:3 [-␊  -] list
        9:4 [] Null
        10:4 [] Null
"
    );
}

#[test]
fn json_is_read_with_its_tabs_and_escapes() {
    assert_eq!(
        nodes("{\n\t\"a\": 1,\n\t\"b\":[\n\t\ttrue,\"\\u6839\\/\\uD83D\\uDE00\"\n\t],\n\t\"c\":null\n}\n"),
        "\
2:2 [\"a\"] document
  1:1 [{␊\t\"a\": 1,␊\t\"b\":[␊\t\ttrue,\"\\u6839\\/\\uD83D\\uDE00\"␊\t],␊\t\"c\":null␊}] mapping
    2:2 [\"a\"] key \"a\"
      2:7 [1] Int(\"1\")
    3:2 [\"b\"] key \"b\"
      3:6 [[␊\t\ttrue,\"\\u6839\\/\\uD83D\\uDE00\"␊\t]] list
        4:3 [true] Bool(true)
        4:8 [\"\\u6839\\/\\uD83D\\uDE00\"] Str(\"根/😀\")
    6:2 [\"c\"] key \"c\"
      6:6 [null] Null
"
    );
}

#[test]
fn aliases_stay_references() {
    let (sources, document) = read("a: &x {k: v}\nb: *x\nc: &y word\n*y : d\n");
    let root = document.roots()[0].node.unwrap();
    let entries: Vec<_> = document.entries(root).collect();
    let (a, b) = (entries[0].1, entries[1].1);
    assert_eq!((document.kind(b), document.resolve(b)), (Kind::Alias, a));
    assert_eq!(sources.text(document.span(b)), "*x");
    assert_eq!(document.entries(b).count(), 1);
    let key = entries[3].0;
    assert_eq!(document.sym_text(document.key_sym(key)), "word");
    assert_eq!((document.text(key), sources.text(document.span(key))), ("word", "*y"));
    assert_eq!(document.key_of(entries[3].1), Some(key));
    assert_eq!(document.roots()[0].expanded, 13);
}

#[test]
fn a_key_knows_its_text_and_a_value_its_key() {
    let (_, document) = read("a: 1\nb: {a: 2}\nc: [a]\n");
    let root = document.roots()[0].node.unwrap();
    let entries: Vec<_> = document.entries(root).collect();
    let (inner, two) = document.entries(entries[1].1).next().unwrap();
    assert_eq!(document.key_sym(inner), document.key_sym(entries[0].0));
    assert_eq!(document.sym("a"), Some(document.key_sym(inner)));
    assert_eq!(document.sym("z"), None);
    assert_eq!(document.key_of(two), Some(inner));
    let item = document.items(entries[2].1).next().unwrap();
    assert_eq!(document.key_of(item), None);
    assert_eq!(document.key_of(root), None);
    assert_eq!(document.key_sym(item), document.key_sym(inner));
}

#[test]
fn merges_fill_in_what_is_not_explicit() {
    let base = "b: &b {x: 1, y: 2}\nc: &c {y: 3, z: 4}\nn: &n {<<: *b, w: 0}\n";
    assert_eq!(fields(&format!("{base}t: {{<<: *b, y: 9}}"), "t"), "y: 9\nx: 1 merged\n");
    assert_eq!(fields(&format!("{base}t: {{y: 9, <<: *b}}"), "t"), "y: 9\nx: 1 merged\n");
    assert_eq!(fields(&format!("{base}t: {{<<: [*c, *b]}}"), "t"), "y: 3 merged\nz: 4 merged\nx: 1 merged\n");
    assert_eq!(fields(&format!("{base}t: {{<<: *n}}"), "t"), "w: 0 merged\nx: 1 merged\ny: 2 merged\n");
    assert_eq!(fields(&format!("{base}t: *n"), "t"), "w: 0\nx: 1 merged\ny: 2 merged\n");
    assert_eq!(fields("t: {<<: {x: 1, x: 2}}", "t"), "x: 1 merged unsure\nduplicate x at 1 and 1\n");
    assert_eq!(fields("t: {\"<<\": {x: 1}}", "t"), "<<: \n");
    assert_eq!(fields("t:\n  <<:\n  x: 1\n", "t"), "x: 1\n");
}

#[test]
fn merging_anything_else_is_told() {
    assert_eq!(fields("t: {<<: 5}", "t"), "bad merge 5\n");
    assert_eq!(fields("t: {<<: [{x: 1}, word, [y]]}", "t"), "x: 1 merged\nbad merge word\nbad merge [y]\n");
    assert_eq!(fields("t:\n  <<: {x: 1}\n  <<: {y: 2}\n", "t"), "x: 1 merged unsure\nduplicate << at 2 and 3\n");
}

#[test]
fn what_is_wrong_behind_an_alias_is_told_wherever_it_is_merged() {
    let base = "a: &a {x: 1, x: 2}\nq: &q {<<: 5}\n";
    assert_eq!(fields(&format!("{base}t: {{<<: *a}}"), "t"), "x: 1 merged unsure\nduplicate x at 1 and 1\n");
    assert_eq!(fields(&format!("{base}t: {{<<: [*a], x: 3}}"), "t"), "x: 3\n");
    assert_eq!(fields(&format!("{base}t: {{<<: *q}}"), "t"), "bad merge 5\n");
}

#[test]
fn what_a_merge_that_cannot_be_read_may_have_given_is_unsure() {
    assert_eq!(
        fields("t: {<<: [{x: 1}, word, {x: 2, y: 2}], z: 3}", "t"),
        "z: 3\nx: 1 merged\ny: 2 merged unsure\nbad merge word\n"
    );
    assert_eq!(
        fields("n: &n {a: 1, <<: word}\nt: {<<: [*n, {b: 2}]}", "t"),
        "a: 1 merged\nb: 2 merged unsure\nbad merge word\n"
    );
}

#[test]
fn of_duplicates_the_first_counts() {
    assert_eq!(
        fields("t:\n  a: 1\n  b: 2\n  'a': 3\n  a: 4\n", "t"),
        "a: 1 unsure\nb: 2\nduplicate a at 2 and 4\nduplicate a at 2 and 5\n"
    );
    let (_, document) = read("t: {a: 1, b: {a: 1}}\nu: {a: 1}\n");
    let root = document.roots()[0].node.unwrap();
    assert!(document.is_simple(root));
    assert!(document.entries(root).all(|(_, value)| document.is_simple(value)));
}

#[test]
fn what_is_not_text_is_refused() {
    let (sources, found) = refuse(b"a: b\nc: d\xff\n");
    assert_eq!(
        told(&sources, &found),
        "2:5 yaml/encoding: the file is not UTF-8: the byte at offset 9 does not belong there [] (save the file as UTF-8)\n"
    );
    let utf16: Vec<u8> = "\u{feff}a: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [&utf16[..], &utf16[2..]] {
        let (sources, found) = refuse(bytes);
        assert_eq!(
            told(&sources, &found),
            "1:1 yaml/encoding: the file is UTF-16, not UTF-8 [] (save the file as UTF-8)\n"
        );
    }
    let (sources, found) = refuse(b"\x7fELF\x02\x01\x00\xff");
    assert_eq!(
        told(&sources, &found),
        "1:7 yaml/binary: the file is not text: there is a NUL byte at offset 6 [] (give a YAML or JSON text; if this is one, save it as UTF-8)\n"
    );
}

#[test]
fn every_limit_says_how_to_raise_it() {
    let with = |text: &str, limits| {
        let mut sources = Sources::new();
        let problems = load(&mut sources, "t", text.as_bytes().to_vec(), limits).expect_err("over the limit");
        told(&sources, &problems)
    };
    assert_eq!(
        with("a: 123456", Limits { bytes: 7, ..Limits::default() }),
        "1:1 yaml/too-large: the file is larger than the limit of 7 bytes [] (if the file is meant to be that large, raise the limit: `--max-bytes 9`)\n"
    );
    assert_eq!(
        with("a: {b: [c]}", Limits { depth: 2, ..Limits::default() }),
        "1:8 yaml/too-deep: the text is nested deeper than the limit of 2 levels [[] (if the text is meant to be that deep, raise the limit: `--max-depth 1000` is the most)\n"
    );
    assert_eq!(
        with("a: 1\nb: 2\n", Limits { nodes: 4, ..Limits::default() }),
        "2:4 yaml/too-many: the text has more keys and values than the limit of 4 [] (if the text is meant to be that large, raise the limit: `--max-nodes 20000000`)\n"
    );
}

#[test]
fn syntax_errors_read_well() {
    let told = [
        ("a:\n\t- b\n", "2:1 yaml/syntax: a tab cannot indent [\t] (indent with spaces)\n"),
        (
            "a: \"foo\nb: 1\n",
            "1:4 yaml/syntax: this quote is never closed [\"foo] (close it on the line where it belongs)\n",
        ),
        (
            "a: 'b'\n\"c\": \"foo\n",
            "2:6 yaml/syntax: this quote is never closed [\"foo] (close it on the line where it belongs)\n",
        ),
        ("a:\n  b: 1\n\tc: 2\n", "3:1 yaml/syntax: a tab cannot indent [\t] (indent with spaces)\n"),
        (
            "x: y\n- z\n",
            "2:1 yaml/syntax: a key of the mapping above is expected here [-] (line the text up with the entries that it belongs to, with spaces)\n",
        ),
        (
            "a: [1\nb: 2\n",
            "2:1 yaml/syntax: the `[` above is still open, and this line is indented too little for what is in it [b:] (close the bracket, or indent the line deeper)\n  1:4 opened here\n",
        ),
        (
            "a: [\"1\n2\"]\n",
            "1:5 yaml/syntax: this quote is never closed [\"1] (close it on the line where it belongs)\n",
        ),
        ("a: [1, 2", "1:4 yaml/syntax: this `[` is never closed [[] (close it where the collection ends)\n"),
        ("a: @x\n", "1:4 yaml/syntax: a text without quotes cannot begin with `@` [@x] (put the text in quotes)\n"),
        (
            "a: b: c\n",
            "1:5 yaml/syntax: a `:` cannot stand here [:] (line the key up with the others, or begin its mapping on a line of its own; if the text holds `: `, put it in quotes)\n",
        ),
        (
            "name Shop\nb: 1\n",
            "1:1 yaml/syntax: this line is no `key: value` [name Shop] (write `key: value`: behind a key stand a colon and a blank; it stands on one line and has at most 1024 characters)\n",
        ),
        (
            "\u{feff}name:Shop\nb: 1\n",
            "1:1 yaml/syntax: this line is no `key: value` [name:Shop] (write `key: value`: behind a key stand a colon and a blank; it stands on one line and has at most 1024 characters)\n",
        ),
        (
            "a:\n  # why\n  x 1\n  y: 2\n",
            "3:3 yaml/syntax: this line is no `key: value` [x 1] (write `key: value`: behind a key stand a colon and a blank; it stands on one line and has at most 1024 characters)\n",
        ),
        (
            "a: text\n   b: c\n",
            "2:5 yaml/syntax: a `:` cannot stand here [:] (line the key up with the others, or begin its mapping on a line of its own; if the text holds `: `, put it in quotes)\n",
        ),
        (
            "a: [x, {b: c, d: 1\nn: 2\n",
            "2:1 yaml/syntax: the `{` above is still open, and this line is indented too little for what is in it [n:] (close the bracket, or indent the line deeper)\n  1:8 opened here\n",
        ),
        (
            "a: \"b\u{1}c\"\n",
            "1:6 yaml/syntax: the character U+0001 cannot stand in YAML [\u{1}c\"] (write it as `\\x01` within double quotes, or take it out)\n",
        ),
        (
            "- a\nb: c\n",
            "2:1 yaml/syntax: a list goes on with `- ` at the same indentation [b:] (line the text up with the entries that it belongs to, with spaces)\n",
        ),
        ("a: ]\n", "1:4 yaml/syntax: this bracket closes nothing []] (take it out, or put the text in quotes)\n"),
        (
            "a: \"x\" 根\n",
            "1:8 yaml/syntax: there is text after the closing quote [根] (put all of the text inside the quotes; a quote within them is written `\\\"`)\n",
        ),
    ];
    for (text, wanted) in told {
        assert_eq!(problems(text), wanted);
    }
}

#[test]
fn problems_of_aliases_and_keys_are_all_told() {
    assert_eq!(
        problems("a: &quiet 1\nb: *quite\nc: *zzz\nd: &d [*d]\n? [x]\n: y\n"),
        "\
2:4 yaml/anchor: there is no anchor `&quite` above this alias [*quite] (did you mean `*quiet`?)
3:4 yaml/anchor: there is no anchor `&zzz` above this alias [*zzz] (name a value above with `&zzz`, or put the text in quotes if no alias is meant)
4:8 yaml/recursion: the alias `*d` stands inside of what it refers to [*d] (write the inner value out)
5:3 yaml/key: a key must be a scalar, and this is a list [[] (write the key as text, in quotes if need be)
"
    );
}

#[test]
fn odd_tags_are_ignored_with_a_warning() {
    let (sources, document) =
        read("a: !x 12\nb: !!int word\nc: !!map []\nd: !x {}\ne: ! 12\nf: !!float 3\ng: !!null\n");
    let told: Vec<String> =
        document.warnings().iter().map(|warning| format!("{warning} [{}]", sources.text(warning.span()))).collect();
    assert_eq!(
        told,
        [
            "the tag `!x` is ignored [!x]",
            "the tag `!!int` does not fit what it stands on, and is ignored [!!int]",
            "the tag `!!map` does not fit what it stands on, and is ignored [!!map]"
        ]
    );
    let root = document.roots()[0].node.unwrap();
    let scalars: Vec<_> = document.entries(root).map(|(_, value)| document.scalar(value)).collect();
    assert_eq!(
        scalars,
        [
            Scalar::Int("12"),
            Scalar::Str("word"),
            Scalar::Str(""),
            Scalar::Str(""),
            Scalar::Str("12"),
            Scalar::Float("3"),
            Scalar::Null
        ]
    );
}

/// Reads a folder and writes its one document as `path: value` lines.
fn joined(files: &[&str]) -> Result<String, String> {
    fn lines(document: &Document, node: NodeId, path: &str, out: &mut String) {
        let node = document.resolve(node);
        match document.kind(node) {
            Kind::Mapping => {
                let mut fields = Fields::default();
                document.fields(node, &mut fields);
                for entry in &fields.entries {
                    assert_eq!(document.key_of(entry.value), Some(entry.key));
                    lines(document, entry.value, &format!("{path}.{}", document.sym_text(entry.sym)), out);
                }
                for (_, later, _) in &fields.duplicates {
                    let _ = writeln!(out, "{path} has {} twice", document.text(*later));
                }
            }
            Kind::Sequence => {
                for (index, item) in document.items(node).enumerate() {
                    lines(document, item, &format!("{path}[{index}]"), out);
                }
            }
            _ => {
                let _ = writeln!(out, "{path}: {:?}", document.scalar(node));
            }
        }
    }
    let mut sources = Sources::new();
    let files =
        files.iter().zip('a'..).map(|(text, name)| (format!("{name}.yaml"), text.as_bytes().to_vec())).collect();
    match load_joined(&mut sources, files, Limits::default()) {
        Ok(document) => {
            assert_eq!(document.roots().len(), 1);
            let root = document.roots()[0];
            let mut out = format!("{} {}\n", sources.file(root.start.start).unwrap().name(), sources.text(root.start));
            root.node.inspect(|&node| lines(&document, node, "", &mut out));
            Ok(out)
        }
        Err(problems) => Err(problems
            .iter()
            .map(|problem| {
                let file = |offset| sources.file(offset).map_or("", |file| file.name()).to_owned();
                let related = problem.related().map_or(String::new(), |(span, what)| {
                    format!(" {what} {} [{}]", file(span.start), sources.text(span))
                });
                format!("{} [{}] {problem}{related}\n", file(problem.span().start), sources.text(problem.span()))
            })
            .collect()),
    }
}

#[test]
fn the_files_of_a_folder_are_one_tenant() {
    assert_eq!(
        joined(&["# nothing\n", "t: {a: 1, n: {x: 1}}\nl: [1]\n", "l: [2]\nt: {b: 2, n: {y: '2'}}\nm: 3\n", "l: [3]\nm:\n"]),
        Ok("b.yaml t\n.t.a: Int(\"1\")\n.t.n.x: Int(\"1\")\n.t.n.y: Str(\"2\")\n.t.b: Int(\"2\")\n.l[0]: Int(\"1\")\n.l[1]: Int(\"2\")\n.l[2]: Int(\"3\")\n.m: Int(\"3\")\n".into())
    );
    assert_eq!(joined(&["", "# x\n"]), Ok("a.yaml \n".into()));
    assert_eq!(joined(&["a: 1\n", ""]), Ok("a.yaml a\n.a: Int(\"1\")\n".into()));
    assert_eq!(
        joined(&["a: 1\na: 2\n", "b: 3\n"]),
        Ok("a.yaml a\n.a: Int(\"1\")\n.b: Int(\"3\")\n has a twice\n".into())
    );
    assert_eq!(
        joined(&["x: &x {p: 1, q: 1}\nt: {<<: *x}\n", "y: &y {q: 2, r: 2}\nt: {<<: *y, s: 3}\n"]),
        Ok("a.yaml x\n.x.p: Int(\"1\")\n.x.q: Int(\"1\")\n.t.s: Int(\"3\")\n.t.p: Int(\"1\")\n.t.q: Int(\"1\")\n.t.r: Int(\"2\")\n.y.q: Int(\"2\")\n.y.r: Int(\"2\")\n".into())
    );
}

/// The documents that could be read, each with its keys and values, and what is wrong.
fn readable(text: &str) -> (String, String) {
    let mut sources = Sources::new();
    sources.add("before", "x").unwrap();
    let (document, problems) = load_readable(&mut sources, "t.yaml", text.as_bytes().to_vec(), Limits::default());
    let mut out = String::new();
    for (index, root) in document.roots().iter().enumerate().filter(|(_, root)| root.sound) {
        let at = sources.position(root.start.start).unwrap();
        let _ = write!(out, "{index} at {}:{}", at.line, at.column);
        for (key, value) in root.node.into_iter().flat_map(|node| document.entries(node)) {
            let _ = write!(out, " {}={}", sources.text(document.span(key)), sources.text(document.span(value)));
        }
        out.push('\n');
    }
    let errors = problems.iter().map(|problem| {
        let at = sources.position(problem.span().start).unwrap();
        format!("{}:{} [{}]\n", at.line, at.column, sources.text(problem.span()))
    });
    (out, errors.collect())
}

#[test]
fn a_document_that_breaks_hides_no_other() {
    let told = |text: &str| {
        let (read, errors) = readable(text);
        format!("{read}!\n{errors}")
    };
    assert_eq!(told("n: 2\nfoo\n---\nn: 5\n"), "1 at 4:1 n=5\n!\n2:1 [foo]\n");
    assert_eq!(
        told("a: 1\n--- @x\n---\nb: \"y\n--- # c\nc: |\n ---\n\n---x\n- z\n---\td\n"),
        "0 at 1:1 a=1\n4 at 11:5\n!\n2:5 [@x]\n4:4 [\"y]\n9:1 [---x]\n"
    );
    for text in
        ["\u{feff}n: [\r\n---\r\nn: 5", "%YAML 2.0\n---\n{n: 1}\n---\nn: 5", "n: [\r---\rn: 5", "{}}\n---\nn: 5"]
    {
        let (read, errors) = readable(text);
        assert!(read.ends_with(" n=5\n") && errors.lines().count() == 1, "{text:?}: {read}!\n{errors}");
    }
    // What stands before a document belongs to it.
    assert_eq!(told("n: [1\n...\n%TAG !e! tag:x,2000:\n---\nn: !e!int 5\n...\n# end\n"), "1 at 5:1 n=5\n!\n1:4 [[]\n");
    assert_eq!(told("n: [1\n...\n# end\n"), "!\n1:4 [[]\n");
    let deep = format!("{}\n---\nn: 5\n", "[".repeat(300));
    assert!(told(&deep).starts_with("1 at 3:1 n=5\n!\n1:201 "), "{}", told(&deep));
}

#[test]
fn what_two_files_set_is_refused_at_both_places() {
    assert_eq!(
        joined(&["t: {a: 1}\nb: x\n", "t: {a: 2}\nb: [y]\n"]),
        Err("b.yaml [2] `t.a` is set twice: two files of one folder may not both give a single value set here first a.yaml [1]\nb.yaml [[y]] `b` is set twice: two files of one folder may not both give values of different kinds set here first a.yaml [x]\n".into())
    );
    assert_eq!(
        joined(&["a: 1\n", "b: 1\n---\nc: 1\n", "d: *x\n"]),
        Err("b.yaml [c] a file of a folder holds one document, and here is another the first document b.yaml [b]\nc.yaml [*x] there is no anchor `&x` above this alias\n".into())
    );
    assert_eq!(
        joined(&["a: [\n", "b: \"\n"]),
        Err("a.yaml [[] this `[` is never closed\nb.yaml [\"] this quote is never closed\n".into())
    );
}

#[test]
fn no_text_blows_up() {
    let mut laughs = String::from("a0: &a0 [lol, lol]\n");
    for level in 1..60 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        let _ = writeln!(laughs, "a{level}: &a{level} [{}]", below.trim_end_matches(", "));
    }
    let (_, document) = read(&laughs);
    assert!(document.node_count() < 1000);
    assert_eq!(document.roots()[0].expanded, u64::MAX);

    let mut merges = String::from("m0: &m0 {a: 1}\n");
    for level in 1..60 {
        let _ = writeln!(merges, "m{level}: &m{level} {{<<: [*m{0}, *m{0}, *m{0}]}}", level - 1);
    }
    assert!(problems(&merges).contains("the merges of this mapping bring more than the limit of 20,000,000 entries"));

    let mut chain = String::from("m0: &m0 {a: 1}\n");
    for level in 1..100_000 {
        let _ = writeln!(chain, "m{level}: &m{level} {{<<: *m{}}}", level - 1);
    }
    assert!(problems(&chain).contains("the merges of this mapping bring more than the limit of 200 levels"));

    for text in ["[".repeat(10_000), "- ".repeat(10_000), "{a: ".repeat(10_000), "? ".repeat(10_000)] {
        assert!(problems(&text).contains("yaml/too-deep"), "{}", &text[..4]);
    }
    let mut unknown: String = (0..20_000).map(|number| format!("- &anchor{number} x\n")).collect();
    (0..20_000).for_each(|number| unknown.push_str(&format!("- *anchors{number}\n")));
    assert_eq!(refuse(unknown.as_bytes()).1.len(), 101, "a hundred, and that there are more");

    let limits = Limits { depth: 100_000, ..Limits::default() };
    let mut sources = Sources::new();
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    assert!(load(&mut sources, "t", deep.into_bytes(), limits).is_ok());
    assert!(load(&mut sources, "t", "[".repeat(10_000).into_bytes(), limits).is_err());

    let long = "x".repeat(5 << 20);
    let (sources, document) = read(&format!("{{? '{long}' : [{long}], b: c}}"));
    let (key, value) = document.entries(document.roots()[0].node.unwrap()).next().unwrap();
    assert_eq!((document.text(key).len(), sources.text(document.span(key)).len()), (5 << 20, (5 << 20) + 2));
    assert_eq!(document.text(document.items(value).next().unwrap()), long);

    let digits = "9".repeat(400);
    let (_, document) = read(&format!("n: {digits}"));
    let (_, value) = document.entries(document.roots()[0].node.unwrap()).next().unwrap();
    assert_eq!(document.scalar(value), Scalar::Int(&digits));
}

#[test]
fn a_text_in_memory_reads_as_its_bytes_do() {
    let mut sources = Sources::new();
    sources.add("before", "x").unwrap();
    let text = Arc::new("a: [1]\n".to_owned());
    let document = load_text(&mut sources, "t", text, Limits::default()).expect("valid");
    let root = document.roots()[0];
    assert_eq!(sources.text(document.span(root.node.unwrap())), "a: [1]");
    assert_eq!(root.file, 2);
    assert!(document.memory() < 2000, "{}", document.memory());
}
