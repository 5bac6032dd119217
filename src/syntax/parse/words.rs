//! Owns what the rules of the grammar are called where one of them was expected. It must never know what was found instead.

use super::Rule;

/// What a rule of the grammar is called in `expected …`.
pub(super) fn expected_words(rule: Rule) -> Option<String> {
    let name = format!("{rule:?}");
    if let Some(word) = name.strip_prefix("k_") {
        return Some(format!("`{word}`"));
    }
    let words = match rule {
        Rule::item => "an item",
        Rule::word | Rule::name | Rule::setting_path | Rule::field_name | Rule::callee | Rule::define_param => "a name",
        Rule::kebab | Rule::law_name | Rule::rule_ref => "a name in kebab-case",
        Rule::string | Rule::short_string | Rule::long_string | Rule::type_string | Rule::description => "a string",
        Rule::number | Rule::digits | Rule::percent | Rule::duration => "a number",
        Rule::date => "a date",
        Rule::unit => "a unit of time",
        Rule::regex => "a regular expression",
        Rule::severity => "a severity",
        Rule::enforcement => "`mandatory`, `normal` or `advisory`",
        Rule::direction => "`fall`, `rise` or `change`",
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
        | Rule::index => "an operator",
        Rule::type_expr | Rule::type_part | Rule::type_name | Rule::choice | Rule::choice_part | Rule::list_type => {
            "a type"
        }
        Rule::statement | Rule::check | Rule::settings | Rule::grants | Rule::threshold => "a statement",
        Rule::for_statement | Rule::if_statement | Rule::let_statement => "a statement",
        Rule::head_line | Rule::head_title | Rule::head_severity => "a line of the head",
        Rule::band => "a band",
        Rule::grant_line => "`allow`, `deny` or `at most`",
        Rule::field_def => "a field",
        Rule::block => "a block in braces",
        Rule::pattern => "a pattern",
        Rule::EOI => "the end",
        Rule::constant | Rule::signed | Rule::literal => "a constant",
        Rule::setting => "a setting",
        _ => return None,
    };
    Some(words.to_owned())
}

pub(super) fn list_words(words: &[String]) -> String {
    match words {
        [] => "something else".to_owned(),
        [one] => one.clone(),
        [most @ .., last] if most.len() < 8 => format!("{} or {last}", most.join(", ")),
        many => format!("{} or others", many.iter().take(8).cloned().collect::<Vec<_>>().join(", ")),
    }
}
