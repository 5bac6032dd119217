//! Owns the tests of the formatter: text in, text out. It must never know how a layout is found.

use super::*;
use proptest::prelude::*;

/// Every construct of the language at least once.
pub(crate) const ALL: &str = r#"
# A pack of all things.
use baseline
law code { title "The Code" issuer "Somebody" effective 2024-01-01 until 2030-01-01 url "https://example.com" }
schema t {
    roles: [Role] key id = []  # named by their id
    duties: {Duty} = {}
    limit: int 0..100 = 5 "How many"
    "odd key"?: string matches /^[A-Z]{2}$/
    level?: "L1" < "L2" < "L3"
    expiry?: duration | "never"
    opened?: date >= 2000-01-01
}
type Role { id: string kind: "owner" | "member" holders?: [ref roles] permissions: [string] = [] share?: percent 0%..80% }
type Level = "L1" < "L2"
extend type base.Role { cost_centre?: string }
param longest: int = -30 may fall
param wide: {[string]} = {"attendance": ["qyapi_get_*"], "mail": []}   may change
let outbound = [f in roles where f.kind == "owner" and "a" in f.permissions]
let pairs = [d for f in roles where f.id is set for d in f.holders where d.kind != "member"]
define admin(r: Role, n: int) = r.kind in ["owner"] and (n + 1) * 2 - -3 >= 80% of n / 4 or not all x in r.permissions where x matches /a\/b/: x != "b"
rule first {
    title "All" severity warning enforcement advisory rationale """
        Over
          lines.
        """
    remedy "None." cites code "art. 1", baseline.pipl, code "art. 2" tags "a", "b"
    effective 2024-03-22 until 2025-01-01 applies when limit > 3
    let people = sum(f.share for f in outbound per f.id)
    for r in roles where r.kind == "owner" {
        # what is asked
        settings r.settings { sync == "disabled" limits["calls"].most <= 3 "in" is missing size in 1..10 name matches "a*" }
        grants r.permissions { allow duties[r.id].permissions, /^a,b$/ deny "x.*", "y.*" at most 3 } else "{r.id} holds {grant}"
        if admin(r, 2) { expect r.id is given } else if limit > 2 { require r.id default "x" == "y" } else { error expect false at r.id else "no \"{r.id}\"" fix set r.id = "a" }
        info expect unique p for p in r.permissions fix remove r.permissions[0]
    }
    threshold people { from 1_000 error "many" above 80% of longest expect if true then limit > 3 else false else "few"
        from 2 { expect age(opened) <= 6 months } }
}
rule second { title "Short" expect min(1, 2) == max([1, 2]) and count(roles) > 0 and today - opened < 3 weeks }
adjust baseline/role-permissions { severity error remedy "Ask." }
set baseline.yearly_people = 50_000
off baseline/office-hours because "No shifts."
"#;

fn laid(text: &str) -> String {
    let out = format(text, 0).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    let again = format(&out, 0).unwrap_or_else(|errors| panic!("{errors:?}\n{out}"));
    assert_eq!(out, again, "laid out twice, this text is not the same:\n{text}");
    out
}

#[test]
fn every_construct_has_its_form() {
    insta::assert_snapshot!(laid(ALL));
}

#[test]
fn comments_stay_where_they_are() {
    let text = "# top\n\nrule a { # opens\n title \"A\" # why\n # below\n\n\n # body\n expect [ # list\n 1, # one\n 2 ]\n # middle\n contains 1 # end\n } # closes\n# last\n";
    insta::assert_snapshot!(laid(text), @r#"
    # top

    rule a {  # opens
        title "A"  # why
        # below

        # body
        expect [  # list
            1,  # one
            2
        ]
            # middle
            contains 1  # end
    }  # closes

    # last
    "#);
}

#[test]
fn long_lines_are_broken_where_they_may() {
    let long = "a_rather_long_name == \"a rather long value\"";
    let text = format!(
        "let x = {long} and {long} or {long}\nrule r {{ title \"R\" expect {long} at something.somewhere else \"{}\" }}\n",
        "m".repeat(40)
    );
    let out = laid(&text);
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    insta::assert_snapshot!(out);
}

#[test]
fn the_weaker_operator_breaks_first() {
    let text = "let x = a_rather_long_name == \"a rather long value\" and another_rather_long_name == \"value\" and third_one == 3 or a == b and c == \"long enough\" or (any f in flows: f.number == one_hundred and f.other == \"something\" or f.third)
rule r { title \"R\" expect short == \"a\" else \"{a_rather_long_name} is so long that it takes a line of its own\" fix set short = \"a\" }
let y = first_name_of_some_length == 1 and (second_name_of_some_length == 2 or third_name_of_length == 3)
";
    let out = laid(text);
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    insta::assert_snapshot!(out);
}

#[test]
fn nothing_is_nothing_and_comments_alone_are_kept() {
    assert_eq!(laid(""), "");
    assert_eq!(laid("\n\n  # only  \n\n\n# this\n"), "# only\n\n# this\n");
}

#[test]
fn else_behind_a_comment_stands_on_a_line_of_its_own() {
    let text = "rule a {\n    title \"A\"\n\n    if n == 1 {\n        expect b\n    }  # note\n    else if d {\n        expect c\n    }\n}\n";
    assert_eq!(laid(text), text);
}

#[test]
fn what_does_not_parse_is_left_alone() {
    assert!(format("rule {", 0).is_err());
}

/// What may stand between two tokens that are not glued together.
fn between() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(" "), 2 => Just("\n"), 1 => Just("   "), 1 => Just("\n\n\n"), 1 => Just(" # note\n"), 1 => Just("\n# above\n")]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// However a text is spaced and commented, it is laid out without loss, and then stays as it is.
    #[test]
    fn any_spacing_can_be_laid_out(blanks in proptest::collection::vec(between(), 700)) {
        let tokens = tokens::scan(ALL).unwrap();
        let (mut text, mut end) = (String::new(), 0);
        for (token, blank) in tokens.iter().zip(blanks.iter().cycle()) {
            if token.start > end || end == 0 {
                text.push_str(blank);
            }
            text.push_str(token.text);
            end = token.start + token.text.len();
            if token.is_comment() {
                text.push('\n');
            }
        }
        // Some places take no comment: what does not parse is not this test's concern.
        prop_assume!(parse::parse(&text, 0).1.is_empty());
        laid(&text);
    }
}
