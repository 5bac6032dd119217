//! The fast reader reads what the general reader reads, or leaves it alone.

// Helpers of tests count as code outside of tests for the lints.
#![allow(clippy::panic, clippy::indexing_slicing)]

use cerco::document::compare_readers;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// What a text is written from.
#[derive(Clone, Debug)]
enum Value {
    Nothing,
    Plain(String),
    Single(String),
    Double(String),
    Block(String, Vec<String>),
    List(Vec<Value>),
    Mapping(Vec<(String, Value)>),
    FlowList(Vec<Value>),
    FlowMapping(Vec<(String, Value)>),
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z][a-z0-9_]{0,8}",
        2 => "[a-zA-Z0-9./_+-]{1,12}( [a-z:#&*!{}\\[\\]|>%@`?'\"-]{1,4}){0,2}",
        1 => "(项目|，全角。|é|😀|\u{2028}){1,3}",
        1 => "-?[0-9]{1,6}(\\.[0-9]+)?",
        1 => Just("<<".to_owned()),
        1 => "[ -~]{0,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Nothing),
        6 => word().prop_map(Value::Plain),
        1 => "[^'\\n\\r\u{0}]{0,8}".prop_map(Value::Single),
        1 => "([a-z: #]|\\\\[nt\"\\\\/]|\\\\u4e00|\\\\x41){0,6}".prop_map(Value::Double),
    ];
    let line = prop_oneof![4 => word(), 1 => Just(String::new()), 1 => " {0,2}[a-z]{0,3} {0,2}"];
    let leaf = prop_oneof![
        9 => leaf,
        1 => ("[|>] {0,1}[-+]?( # c)?", prop::collection::vec(line.clone(), 0..5)).prop_map(|(head, lines)| Value::Block(head, lines)),
        1 => prop::collection::vec(line, 1..5).prop_map(|lines| Value::Block(String::new(), lines)),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..5).prop_map(Value::List),
            prop::collection::vec((word(), inner.clone()), 1..5).prop_map(Value::Mapping),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::FlowList),
            prop::collection::vec((word(), inner), 0..4).prop_map(Value::FlowMapping),
        ]
    })
}

/// Writes values, with the liberties that YAML leaves chosen by a run of bytes.
struct Writer<'a> {
    out: String,
    choices: std::iter::Cycle<std::slice::Iter<'a, u8>>,
}

impl Writer<'_> {
    fn one_in(&mut self, many: u8) -> bool {
        self.choices.next().is_some_and(|choice| choice % many == 0)
    }

    fn line_end(&mut self) {
        if self.one_in(11) {
            self.out.push_str("  # why: not");
        }
        if self.one_in(13) {
            self.out.push(' ');
        }
        self.out.push('\n');
        if self.one_in(17) {
            self.out.push_str("\n  \n");
        }
        if self.one_in(19) {
            self.out.push_str("   # a comment\n");
        }
    }

    /// Writes what follows `key:` or `-`, or a whole document.
    fn node(&mut self, value: &Value, indent: usize, after: &str) {
        match value {
            Value::List(items) => {
                let compact = after == "-" && self.one_in(2);
                let indent = if after == ":" && indent > 0 && self.one_in(2) { indent - 2 } else { indent };
                if !compact && !after.is_empty() {
                    self.line_end();
                }
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(&if compact && index == 0 { " ".to_owned() } else { " ".repeat(indent) });
                    self.out.push('-');
                    self.node(item, indent + 2, "-");
                }
            }
            Value::Mapping(entries) => {
                let compact = after == "-" && !self.one_in(4);
                if !compact && !after.is_empty() {
                    self.line_end();
                }
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(&if compact && index == 0 { " ".to_owned() } else { " ".repeat(indent) });
                    self.key(key);
                    self.out.push(':');
                    self.node(value, indent + 2, ":");
                }
            }
            Value::Nothing => self.line_end(),
            Value::Block(head, lines) => {
                self.out.push(' ');
                self.out.push_str(head);
                let deeper = usize::from(self.one_in(3));
                for (index, line) in lines.iter().enumerate() {
                    let column = indent + deeper + 2 * usize::from(self.one_in(12));
                    let here = head.is_empty() && index == 0 && self.one_in(2);
                    if !here {
                        self.out.push('\n');
                        self.out.push_str(&" ".repeat(if line.is_empty() { 0 } else { column }));
                    }
                    self.out.push_str(line);
                }
                self.out.push('\n');
            }
            other => {
                if !after.is_empty() {
                    let space = if self.one_in(9) { "   " } else { " " };
                    self.out.push_str(space);
                }
                self.inline(other, indent);
                self.line_end();
            }
        }
    }

    fn key(&mut self, key: &str) {
        match (self.one_in(7), self.one_in(3)) {
            (true, true) => self.out.push_str(&format!("'{}'", key.replace('\'', "''"))),
            (true, false) => self.out.push_str(&format!("{key:?}")),
            (false, _) => self.out.push_str(key),
        }
        if self.one_in(23) {
            self.out.push(' ');
        }
    }

    fn inline(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Nothing => self.out.push_str("null"),
            Value::Plain(text) => self.out.push_str(text),
            Value::Block(_, lines) => self.out.push_str(&lines.join("\n  ")),
            Value::Single(text) => self.out.push_str(&format!("'{text}'")),
            Value::Double(text) => self.out.push_str(&format!("\"{text}\"")),
            Value::List(items) | Value::FlowList(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, indent);
                    self.inline(item, indent);
                }
                self.gap(indent);
                self.out.push(']');
            }
            Value::Mapping(entries) | Value::FlowMapping(entries) => {
                self.out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.separate(index, indent);
                    self.key(key);
                    let colon = if self.one_in(9) { ":" } else { ": " };
                    self.out.push_str(colon);
                    self.inline(value, indent);
                }
                self.gap(indent);
                self.out.push('}');
            }
        }
    }

    fn separate(&mut self, index: usize, indent: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.gap(indent);
    }

    fn gap(&mut self, indent: usize) {
        match (self.one_in(2), self.one_in(5)) {
            (true, true) => {
                let column = indent + usize::from(self.one_in(2));
                self.out.push('\n');
                self.out.push_str(&" ".repeat(column));
            }
            (true, false) => self.out.push(' '),
            _ => {}
        }
    }
}

fn written(value: &Value, choices: &[u8]) -> String {
    let mut writer = Writer { out: String::new(), choices: choices.iter().cycle() };
    if writer.one_in(9) {
        writer.out.push('\u{feff}');
    }
    if writer.one_in(5) {
        writer.out.push_str("# first\n---\n");
    }
    writer.node(value, 0, "");
    if writer.one_in(7) {
        writer.out.push_str("--- # second\n");
        writer.node(value, 0, "");
    }
    if writer.one_in(6) { writer.out.replace('\n', "\r\n") } else { writer.out }
}

fn agree(text: &str) -> Result<bool, TestCaseError> {
    compare_readers(text).map_err(|why| TestCaseError::fail(format!("{text:?}\n{text}\n{why}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_agree_on_what_people_write(value in value(), choices in prop::collection::vec(any::<u8>(), 1..80)) {
        agree(&written(&value, &choices))?;
    }

    #[test]
    fn both_readers_agree_on_texts_with_mistakes(
        value in value(),
        choices in prop::collection::vec(any::<u8>(), 1..80),
        mistakes in mistakes(),
    ) {
        agree_with(written(&value, &choices), &mistakes)?;
    }

    #[test]
    fn both_readers_agree_on_the_suite_with_mistakes(
        text in prop::sample::select(suite()),
        mistakes in mistakes(),
    ) {
        agree_with(text, &mistakes)?;
    }
}

/// Where something is put, how much it takes the place of, and what it is.
type Mistake = (prop::sample::Index, usize, &'static str);

fn mistakes() -> impl Strategy<Value = Vec<Mistake>> {
    let added = vec![
        " ", "  ", "\n", "\r", "\r\n", "\t", ":", ": ", "-", "- ", "#", " #", "[", "]", "{", "}", ",", "'", "\"",
        "&a ", "*a", "!t ", "|", ">", "?", "? ", "%", "@", "---\n", "...\n", "\\", "\u{85}", "\u{feff}", "根", "x: y",
        "<<: ", "|\n  ", ">-\n   ", "\n\n", "\u{3000}",
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..3, prop::sample::select(added)), 1..4)
}

/// The texts of the YAML test suite.
fn suite() -> Vec<String> {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("data/yaml-test-suite/cases.json")).unwrap_or_default();
    cases.iter().filter_map(|case| case["yaml"].as_str()).map(str::to_owned).collect()
}

/// Makes one mistake after the other, and asks after each.
fn agree_with(mut text: String, mistakes: &[Mistake]) -> Result<(), TestCaseError> {
    for (place, removed, added) in mistakes {
        let mut start = place.index(text.len() + 1);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + removed).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        text.replace_range(start..end, added);
        agree(&text)?;
    }
    Ok(())
}

/// What exporters and people write must not fall back to the general reader.
#[test]
fn ordinary_texts_are_read_fast() {
    let texts = [
        "# tenant\ntenant:\n  name: 恒琴建设  # branch\n  site: https://example.com/a#b\n  when: 10:30\n\ngroups:\n- id: a\n  owners: [x, 'y', \"z\"]\n  settings: {a: true, b: {c: [1, 2]}}\n- id: b\n  note: \"\\u6839\\n\"\n  list:\n    - - 1\n      - 2\n    -\n      k: v\n",
        "\u{feff}a: 1\r\nb:\r\n  c: ''\r\n  d:\r\n---\r\nx: 'it''s'\r\n",
        "{\n  \"a\": 1,\n  \"b\": [\n    {\"c\":null,\"d\":[]},\n    \"e\"\n  ]\n}\n",
        "[{\"a\":1,\"b\":[true,{}]}]",
        "",
        "---\n",
        "a: one\n  two # three\nb:\n  long\n\n  - text\nc:\n- x\n y\nd:\n  {e: f,\n   g: h}\n",
        "a: |\n  two\n\n   lines\nb:\n  - >- # folded\n    x\n    y\n\n    z\n\n  # end\n  - |-\n    \u{3000}\nc: |\n d\n",
        "- -5\n- .5\n- -\n- a - b\n",
    ];
    for text in texts {
        assert_eq!(compare_readers(text), Ok(true), "{text}");
    }
}

/// Beyond the first table of keys, too.
#[test]
fn what_the_fast_reader_leaves_alone_is_undone() {
    let keys: String = (0..1000).map(|number| format!("key{number}: {{<<: {{a: 1}}}}\n")).collect();
    assert_eq!(compare_readers(&keys), Ok(true));
    assert_eq!(compare_readers("[a,\n...\n]"), Ok(false));
    assert_eq!(compare_readers(&format!("{keys}last: &a |\n  text\n")), Ok(false));
}

/// The tests above would prove nothing if the fast reader left everything alone.
#[test]
fn the_fast_reader_takes_many_texts() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (value(), prop::collection::vec(any::<u8>(), 1..80));
    let taken = (0..1000)
        .filter_map(|_| strategy.new_tree(&mut runner).ok())
        .filter(|tree| {
            let (value, choices) = tree.current();
            compare_readers(&written(&value, &choices)) == Ok(true)
        })
        .count();
    assert!(taken > 300, "{taken} of 1000");
}
