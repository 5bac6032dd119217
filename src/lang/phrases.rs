//! Owns which phrases there are, and what each takes. It must never know their words: those stand in `locales/*.ftl`.

use fluent_bundle::FluentValue;

use super::Lang;

/// How many there are of something: chooses the plural, and is shown with its thousands apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number(i64);

impl From<i64> for Number {
    fn from(number: i64) -> Number {
        Number(number)
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Number {
        Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// Beyond this, a number of a phrase would not be exact.
const EXACT: i64 = 1 << 53;

impl Number {
    fn value(self, lang: Lang) -> FluentValue<'static> {
        if self.0.abs() < EXACT {
            self.0.into()
        } else {
            lang.digits(crate::value::Num::Int(self.0).to_string()).into()
        }
    }
}

/// A method of [`Lang`] for each phrase; and the list of them, by which the files are tested.
macro_rules! phrases {
    ($($name:ident($($argument:ident: $kind:ident),*);)*) => {
        impl Lang {
            $(
                #[doc = concat!("The phrase `", stringify!($name), "`.")]
                #[allow(clippy::too_many_arguments, reason = "a phrase takes what it says")]
                pub fn $name(self, $($argument: phrases!(@type $kind)),*) -> String {
                    self.say(stringify!($name), &[$((stringify!($argument), phrases!(@value $kind self $argument))),*])
                }
            )*
        }

        /// The phrases, and their variables.
        #[cfg(test)]
        pub(super) const PHRASES: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($argument)),*])),*];
    };
    (@type text) => { &str };
    (@type number) => { impl Into<Number> };
    (@value text $lang:ident $argument:ident) => { FluentValue::from($argument) };
    (@value number $lang:ident $argument:ident) => { $argument.into().value($lang) };
}

phrases! {
    comma();
    semicolon();
    colon();
    more_items(number: number);
    items_and(items: text, last: text);
    duration_and(items: text, last: text);
    limits_and(items: text, last: text);
    items_and_more(items: text, number: number);
    between(low: text, high: text);
    either(low: text, high: text);
    or_more(low: text);
    or_fewer(high: text);
    years(number: number);
    months(number: number);
    days(number: number);
    hours(number: number);
    seconds(number: number);
    not_worked_out();
    unknown_value();
    a_record();
    nothing();
    the_tenant();
    said_at(path: text, said: text);
    condition_fails();
    text_fails(text: text);
    text_holds(text: text);
    text_holds_for_none(text: text);
    must_be_set(path: text);
    must_not_be_set(path: text);
    must_lie_between(subject: text, low: text, high: text, found: text);
    must_not_lie_between(subject: text, low: text, high: text, found: text);
    repeats(path: text);
    must_be(subject: text, wanted: text, found: text);
    must_not_be(subject: text, wanted: text);
    must_be_below(subject: text, wanted: text, found: text);
    must_be_at_most(subject: text, wanted: text, found: text);
    must_be_above(subject: text, wanted: text, found: text);
    must_be_at_least(subject: text, wanted: text, found: text);
    must_be_before(subject: text, wanted: text, found: text);
    must_be_on_or_before(subject: text, wanted: text, found: text);
    must_be_after(subject: text, wanted: text, found: text);
    must_be_on_or_after(subject: text, wanted: text, found: text);
    must_be_one_of(subject: text, wanted: text, found: text);
    must_be_none_of(subject: text, wanted: text, found: text);
    must_contain(subject: text, wanted: text, found: text);
    must_not_contain(subject: text, wanted: text, found: text);
    must_overlap(subject: text, wanted: text, found: text);
    must_not_overlap(subject: text, wanted: text, found: text);
    must_hold_more(subject: text, wanted: text, found: text);
    must_match(subject: text, wanted: text, found: text);
    must_not_match(subject: text, wanted: text, found: text);
    must_hold(subject: text, wanted: text, found: text);
    must_hold_only(subject: text, wanted: text, found: text);
    holds_too_many(path: text, found: text, most: text);
    denied_here(text: text);
    not_allowed_here(text: text);
    undecided(path: text, why: text);
    not_exact_enough();
    not_stated_yet(number: number, paths: text);
    cannot_be_decided();
    cannot_be_decided_since(why: text);
    months_are(number: number, months: text, days: text, rest: text);
    what_is_left(first: text, second: text, left: text);
    cannot_be_worked_out(why: text);
    fault_overflow();
    fault_division();
    fault_part_of_a_day();
    fault_calendar();
    fault_duration();
    fault_steps();
    fault_memory();
    set_it_to(value: text);
    remove_it();
    beside_there_already();
    beside_repeats_too();
    beside_read_for_it();
    beside_not_in_it_either();
    beside_would_be_enough();
    beside_is_part_of_it();
    beside_fails_too();
    beside_likewise();
    beside_leads_to();
    beside_alias();
    beside_missing_too();
    beside_open_too();
    beside_for_this_one();
    beside_counts_too();
    beside_said_first();
    beside_named_first();
    misfit(subject: text, must: text, found: text, hint: text);
    hint(hint: text);
    did_you_mean(name: text);
    hint_write(text: text);
    hint_no_quotes();
    hint_no_underscore(text: text);
    hint_quotes();
    hint_comma_ends(text: text);
    hint_no_such_day();
    must_be_form(form: text);
    form_or_words(form: text, words: text);
    the_word(word: text);
    must_match_form(pattern: text);
    must_hold_fields();
    must_fit_64_bits();
    must_fit_38_digits();
    a_truth();
    a_whole_number();
    a_number();
    a_percentage();
    a_string();
    a_date();
    a_duration();
    a_key();
    a_list();
    a_map();
    a_mapping();
    a_mapping_of_fields();
    one_of(words: text);
    at_least(bound: text);
    above(bound: text);
    at_most(bound: text);
    below(bound: text);
    on_or_after(bound: text);
    after(bound: text);
    on_or_before(bound: text);
    before(bound: text);
    root_is_no_mapping(found: text);
    nested_too_deep(number: number);
    merges_a_mapping();
    no_such_field(name: text, hint: text);
    said_twice(path: text);
    is_missing(path: text);
    named_already(name: text);
    no_such_element(path: text, name: text, list: text, hint: text);
    word_error();
    word_warning();
    word_info();
    word_violation();
    word_unknown();
    word_invalid();
    word_pass();
    word_fail();
    word_waived();
    word_not_applicable();
    word_warnings_only();
    word_infos_only();
    word_advice_only();
    label_why();
    label_law();
    label_remedy();
    label_fix();
    label_see();
    label_path();
    label_also();
    label_note();
    label_policy();
    label_tags();
    advisory();
    asked_here();
    not_stated();
    the_policy_says();
    more_places(number: number);
    related_place(path: text, place: text, word: text);
    fix_is(fix: text);
    law_is(law: text);
    rule_is(rule: text);
    unknown_because(rules: text);
    article(numbers: text);
    law_article(law: text, article: text);
    articles(numbers: text);
    as_of_earlier(date: text, collected: text);
    anchored();
    anchored_same(number: number, places: text);
    document(source: text, number: number);
    no_rule_checked();
    nothing_applied(number: number);
    rules_hold(number: number);
    rules_fail(number: number);
    rules_not_worked_out(number: number);
    rules_unknown(number: number);
    rules_waived(number: number);
    rules_do_not_apply(number: number);
    not_collected(number: number, part: text, places: text);
    in_places(number: number);
    at_places(number: number, place: text);
    fail_already(number: number);
    and_more_parts(number: number);
    others_in_lines();
    listed_rules(number: number, findings: text, tenant: text);
    places(number: number);
    rules_wait(number: number, failing: text);
    rules_wait_collect_first(number: number, failing: text);
    these_cannot_be_decided();
    no_tenant_checked();
    verdicts(number: number);
    checked(tenants: text, rules: text, date: text);
    tenants(number: number);
    no_rule();
    rules(number: number);
    count_pass(number: number);
    count_fail(number: number);
    count_not_worked_out(number: number);
    count_unknown(number: number);
    count_waived(number: number);
    count_not_applicable(number: number);
    found(what: text);
    no_violation();
    violations(number: number, severities: text);
    errors(number: number);
    warnings(number: number);
    infos(number: number);
    invalid_values(number: number);
    checks_not_worked_out(number: number);
    checks_unknown(number: number);
    tenants_without_finding(number: number, idle: text);
    nothing_applied_in(number: number);
    packs_are(packs: text);
    packs_all(number: number);
    run_not_trusted(number: number);
    fails_for_unknown();
    passes_below(severity: text);
    not_legal_advice();
    this_run_not_trusted();
    tenants_against_rules(tenants: text, rules: text, date: text);
    heading_errors();
    column_tenant();
    column_verdict();
    and_more(what: text);
    findings(number: number);
    did_not_fit(number: number);
    fits_its_schema();
    policy_asks_here();
    github_summary(tenants: text, rules: text, date: text, pass: text, fail: text, unknown: text, error: text, waived: text, idle: text);
    in_force();
    reads();
    by();
    used_by_others();
    holds_from(from: text);
    holds_from_until(from: text, until: text);
    always();
    param_fixed();
    param_may_fall();
    param_may_rise();
    param_may_change();
    step_holds();
    step_fails();
    step_not_worked_out();
    step_unknown();
    step_out_of_force();
    step_from(from: text);
    step_from_until(from: text, until: text);
    step_no_law();
    step_list_unknown();
    step_elements(number: number);
    step_for_each(list: text);
    step_and_more(number: number);
    step_denied(pattern: text);
    step_allowed(pattern: text);
    step_not_denied();
    step_not_allowed();
    step_reached();
    step_perhaps_reached();
    step_passed();
    step_perhaps_passed();
    step_not_reached();
    step_invalid();
    step_missing();
    step_missing_bounds(bounds: text);
    nothing_to_fix();
    fixes_would_be_applied(number: number);
    fixes_applied(number: number);
    fixes_not_written(number: number);
}

/// What a further place has to do with a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beside {
    /// An earlier element that is repeated.
    ThereAlready,
    /// Another element that repeats one.
    RepeatsToo,
    /// A field that a value was worked out from.
    ReadForIt,
    /// An element that the other list lacks as well.
    NotInItEither,
    /// Another part of an `or`.
    WouldBeEnough,
    /// Another part of an `and`.
    IsPartOfIt,
    /// Another element that fails.
    FailsToo,
    /// Another element for which the same holds.
    Likewise,
    /// What stands behind a reference.
    LeadsTo,
    /// The alias of an anchored value.
    Alias,
    /// Something else that is missing.
    MissingToo,
    /// Something else that is not known exactly enough.
    OpenToo,
    /// The element that a loop has come to.
    ForThisOne,
    /// Another field of a sum.
    CountsToo,
    /// The first of two keys.
    SaidFirst,
    /// The first of two elements of one name.
    NamedFirst,
}

impl Lang {
    /// The words for it.
    pub fn beside(self, it: Beside) -> String {
        match it {
            Beside::ThereAlready => self.beside_there_already(),
            Beside::RepeatsToo => self.beside_repeats_too(),
            Beside::ReadForIt => self.beside_read_for_it(),
            Beside::NotInItEither => self.beside_not_in_it_either(),
            Beside::WouldBeEnough => self.beside_would_be_enough(),
            Beside::IsPartOfIt => self.beside_is_part_of_it(),
            Beside::FailsToo => self.beside_fails_too(),
            Beside::Likewise => self.beside_likewise(),
            Beside::LeadsTo => self.beside_leads_to(),
            Beside::Alias => self.beside_alias(),
            Beside::MissingToo => self.beside_missing_too(),
            Beside::OpenToo => self.beside_open_too(),
            Beside::ForThisOne => self.beside_for_this_one(),
            Beside::CountsToo => self.beside_counts_too(),
            Beside::SaidFirst => self.beside_said_first(),
            Beside::NamedFirst => self.beside_named_first(),
        }
    }
}
