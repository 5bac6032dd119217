//! Owns what the rules of the grammar are called where one of them was expected. It must never know what was found instead.

use super::Rule;

/// What a rule of the grammar is called in `expected …`: mostly in one way.
pub(super) fn expected_words(rule: Rule) -> Vec<String> {
    const SEVERITIES: [&str; 3] = ["`error`", "`warning`", "`info`"];
    let words: &[&str] = match rule {
        Rule::severity => &SEVERITIES,
        Rule::enforcement => &["`mandatory`", "`normal`", "`advisory`"],
        Rule::direction => &["`fall`", "`rise`", "`change`"],
        Rule::grant_line => &["`allow`", "`deny`", "`at most`"],
        rule => return expected_word(rule).into_iter().collect(),
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn expected_word(rule: Rule) -> Option<String> {
    let sign = match rule {
        Rule::k_colon => Some("`:`"),
        Rule::k_assign => Some("`=`"),
        Rule::k_open => Some("`{`"),
        Rule::k_close => Some("`}`"),
        Rule::k_parameters => Some("`(`"),
        Rule::k_end_of_parens => Some("`)`"),
        Rule::k_end_of_list => Some("`]`"),
        _ => None,
    };
    if let Some(sign) = sign {
        return Some(sign.to_owned());
    }
    let words = match rule {
        Rule::item => "an item",
        Rule::word | Rule::name | Rule::setting_path | Rule::field_name | Rule::callee | Rule::define_param => "a name",
        Rule::kebab | Rule::law_name | Rule::rule_ref => "a name in kebab-case",
        Rule::string | Rule::short_string | Rule::long_string | Rule::type_string | Rule::description => "a string",
        Rule::number | Rule::digits | Rule::percent | Rule::duration | Rule::duration_of_field => "a number",
        Rule::date => "a date",
        Rule::unit | Rule::unit_of_field => "a unit of time",
        Rule::regex => "a regular expression",
        Rule::expr
        | Rule::if_expr
        | Rule::or_expr
        | Rule::and_expr
        | Rule::not_expr
        | Rule::sum
        | Rule::product
        | Rule::unary
        | Rule::postfix
        | Rule::primary
        | Rule::comparison
        | Rule::quantifier
        | Rule::quantifier_word
        | Rule::unique
        | Rule::fallback
        | Rule::parens
        | Rule::call
        | Rule::list
        | Rule::map
        | Rule::right_side
        | Rule::setting_right
        | Rule::arguments => "an expression",
        Rule::comparator
        | Rule::op_eq
        | Rule::op_ne
        | Rule::op_le
        | Rule::op_ge
        | Rule::op_lt
        | Rule::op_gt
        | Rule::plus
        | Rule::minus
        | Rule::times
        | Rule::divide
        | Rule::of
        | Rule::not_in
        | Rule::subset_of
        | Rule::is_state
        | Rule::field
        | Rule::index
        | Rule::k_and
        | Rule::k_or
        | Rule::k_is
        | Rule::k_of
        | Rule::k_default => "an operator",
        Rule::type_expr | Rule::type_part | Rule::type_name | Rule::choice | Rule::choice_part | Rule::list_type => {
            "a type"
        }
        Rule::statement | Rule::check | Rule::settings | Rule::grants | Rule::threshold => "a statement",
        Rule::for_statement | Rule::if_statement | Rule::let_statement => "a statement",
        Rule::head_line | Rule::head_title | Rule::head_severity => "a line of the head",
        Rule::law_line | Rule::law_title | Rule::law_issuer | Rule::law_url => "a line of the law",
        Rule::adjust_line => "a line of the head",
        Rule::band => "a band",
        Rule::field_def => "a field",
        Rule::block => "a block in braces",
        Rule::pattern => "a pattern",
        Rule::EOI => "the next item",
        Rule::constant | Rule::signed | Rule::literal => "a constant",
        Rule::setting => "a setting",
        rule => return format!("{rule:?}").strip_prefix("k_").map(|word| format!("`{word}`")),
    };
    Some(words.to_owned())
}

/// The words with which a rule of the grammar may begin: what somebody may have meant.
pub(super) fn words_of(rule: Rule) -> Vec<String> {
    const SEVERITIES: [&str; 3] = ["error", "warning", "info"];
    let words: &[&str] = match rule {
        Rule::item => &super::ITEM_WORDS,
        Rule::k_colon
        | Rule::k_assign
        | Rule::k_open
        | Rule::k_close
        | Rule::k_parameters
        | Rule::k_end_of_parens
        | Rule::k_end_of_list => &[],
        Rule::severity | Rule::head_severity => &SEVERITIES,
        Rule::enforcement | Rule::head_enforcement => &["mandatory", "normal", "advisory"],
        Rule::direction => &["fall", "rise", "change"],
        Rule::unit | Rule::unit_of_field => {
            &["hours", "hour", "days", "day", "weeks", "week", "months", "month", "years", "year"]
        }
        Rule::statement | Rule::check => {
            &["let", "for", "if", "expect", "require", "settings", "grants", "threshold", "error", "warning", "info"]
        }
        Rule::head_line | Rule::law_line | Rule::adjust_line => &[
            "title",
            "severity",
            "enforcement",
            "rationale",
            "remedy",
            "cites",
            "tags",
            "effective",
            "applies",
            "issuer",
            "url",
        ],
        Rule::grant_line => &["allow", "deny", "at"],
        Rule::band => &["from", "above"],
        Rule::is_state => &["is"],
        Rule::fix_clause => &["fix"],
        Rule::fix_set => &["set"],
        Rule::fix_remove => &["remove"],
        Rule::comparator => &["in", "not", "subset", "overlaps", "contains", "matches"],
        _ => return format!("{rule:?}").strip_prefix("k_").map(str::to_owned).into_iter().collect(),
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(super) fn list_words(words: &[String]) -> String {
    match words {
        [] => "something else".to_owned(),
        [one] => one.clone(),
        [most @ .., last] if most.len() < 8 => format!("{} or {last}", most.join(", ")),
        many => format!("{} or others", many.iter().take(8).cloned().collect::<Vec<_>>().join(", ")),
    }
}
