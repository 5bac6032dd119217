# What Cerco says in reports. One file a language: each has these phrases, with these variables.
# Between { }: a variable; what depends on a number says so by `->`.

# --- lists, numbers, durations

comma = {", "}
semicolon = {"; "}
colon = {": "}
more-items = { $number } more
items-and = { $items } and { $last }
duration-and = { $items } and { $last }
limits-and = { $items } and { $last }
items-and-more = { $items } and { $number } more
between = { $low } to { $high }
either = { $low } or { $high }
or-more = { $low } or more
or-fewer = { $high } or fewer
years = { $number ->
    [one] { $number } year
   *[other] { $number } years
}
months = { $number ->
    [one] { $number } month
   *[other] { $number } months
}
days = { $number ->
    [one] { $number } day
   *[other] { $number } days
}
hours = { $number ->
    [one] { $number } hour
   *[other] { $number } hours
}
seconds = { $number ->
    [one] { $number } second
   *[other] { $number } seconds
}

# --- values in messages

not-worked-out = what cannot be worked out
unknown-value = unknown
a-record = a record
nothing = nothing
the-tenant = the tenant

# --- what was required, and what was found. `subject` is a path in the tenant, `wanted` and `found` are values

said-at = { $path }: { $said }
condition-fails = the condition does not hold
text-fails = `{ $text }` does not hold
text-holds = `{ $text }` holds, and must not
text-holds-for-none = `{ $text }` holds for none
must-be-set = { $path } must be set
must-not-be-set = { $path } must not be set
must-lie-between = { $subject } must lie between { $low } and { $high }, and is { $found }
must-not-lie-between = { $subject } must not lie between { $low } and { $high }, and is { $found }
repeats = { $path } repeats an earlier one
must-be = { $subject } must be { $wanted }, and is { $found }
must-not-be = { $subject } must not be { $wanted }
must-be-below = { $subject } must be below { $wanted }, and is { $found }
must-be-at-most = { $subject } must be at most { $wanted }, and is { $found }
must-be-above = { $subject } must be above { $wanted }, and is { $found }
must-be-at-least = { $subject } must be at least { $wanted }, and is { $found }
must-be-before = { $subject } must be before { $wanted }, and is { $found }
must-be-on-or-before = { $subject } must be on or before { $wanted }, and is { $found }
must-be-after = { $subject } must be after { $wanted }, and is { $found }
must-be-on-or-after = { $subject } must be on or after { $wanted }, and is { $found }
must-be-one-of = { $subject } must be one of { $wanted }, and is { $found }
must-be-none-of = { $subject } must be none of { $wanted }, and is { $found }
must-contain = { $subject } must contain { $wanted }, and is { $found }
must-not-contain = { $subject } must not contain { $wanted }, and is { $found }
must-overlap = { $subject } must have something in common with { $wanted }, and is { $found }
must-not-overlap = { $subject } must have nothing in common with { $wanted }, and is { $found }
must-hold-more = { $subject } must hold more than { $wanted }, and is { $found }
must-match = { $subject } must match { $wanted }, and is { $found }
must-not-match = { $subject } must not match { $wanted }, and is { $found }
must-hold = { $subject } must hold { $wanted }, and holds { $found }
must-hold-only = { $subject } must hold nothing but { $wanted }, and holds { $found }
holds-too-many = { $path } holds { $found }, and at most { $most } are allowed
denied-here = { $text } is denied here
not-allowed-here = { $text } is not allowed here

# --- what cannot be decided or worked out

undecided = { $path } leaves this undecided: { $why }
not-exact-enough = what is known of it is not exact enough
not-stated-yet = { $number ->
    [one] { $paths } is not in the configuration, and this cannot be decided until it is
   *[other] { $paths } are not in the configuration, and this cannot be decided until they are
}
cannot-be-decided = this cannot be decided
cannot-be-decided-since = this cannot be decided: { $why }
# `days` are so many or so many: the calendar leaves open how long months are
months-are = { $number ->
    [one] { $months } is { $days } days, and { $rest } lies between
   *[other] { $months } are { $days } days, and { $rest } lies between
}
what-is-left = of { $first } and { $second }, { $left }
cannot-be-worked-out = this cannot be worked out: { $why }
fault-overflow = a number is beyond 64 bits
fault-division = division by zero
fault-part-of-a-day = a date moves by whole days
fault-calendar = a date is beyond the calendar
fault-duration = no whole number of months and seconds comes out
fault-steps = it takes more steps than the limit
fault-memory = it makes longer texts and lists than the limit

# --- fixes

set-it-to = set it to { $value }
remove-it = remove it

# --- what a further place has to do with a finding; its path stands behind a colon, or before a comma

beside-there-already = stands there already
beside-repeats-too = repeats one, too
beside-read-for-it = read for it
beside-not-in-it-either = not in it either
beside-would-be-enough = would be enough
beside-is-part-of-it = part of it
beside-fails-too = fails too
beside-likewise = likewise
beside-leads-to = what it leads to
beside-alias = the alias through which it is reached
beside-missing-too = missing too
beside-open-too = open, too
beside-for-this-one = for this one
beside-counts-too = counts too
beside-said-first = said here first
beside-named-first = named here first

# --- what does not fit the schema. `must` is one of the phrases `a-…` below, `hint` one of `hint-…` or nothing

misfit = { $subject } { $must }, and is { $found }{ $hint }
hint = ; { $hint }
did-you-mean = did you mean `{ $name }`?
hint-write = write `{ $text }`
hint-no-quotes = take the quotes off
hint-no-underscore = YAML 1.2 has no `_` in numbers: write { $text }
hint-quotes = put it in quotes
hint-comma-ends = a comma ends a value: write `{ $text }`
hint-no-such-day = there is no such day
must-be-form = must be { $form }
form-or-words = { $form } or { $words }
the-word = { $word }
must-match-form = must match { $pattern }
must-hold-fields = must hold fields
must-fit-64-bits = must fit into 64 bits
must-fit-38-digits = must have at most 38 digits
a-truth = `true` or `false`
a-whole-number = a whole number
a-number = a number
a-percentage = a percentage such as 62 or 62%
a-string = a string
a-date = a date such as 2026-01-31
a-duration = a duration such as 180 days or P6M
a-key = a key of another list
a-list = a list
a-map = a map
a-mapping = a mapping
a-mapping-of-fields = a mapping of fields
one-of = one of { $words }
at-least = at least { $bound }
above = above { $bound }
at-most = at most { $bound }
below = below { $bound }
on-or-after = on or after { $bound }
after = after { $bound }
on-or-before = on or before { $bound }
before = before { $bound }
root-is-no-mapping = a tenant is a mapping of sections, such as `name: …`, and this is { $found }
nested-too-deep = is nested deeper than { $number } levels
merges-a-mapping = `<<` merges a mapping or a list of mappings, and nothing else
no-such-field = there is no field { $name } here{ $hint }
said-twice = { $path } is said twice
is-missing = { $path } is missing
named-already = another element is named { $name } already
no-such-element = { $path } names { $name }, and { $list } has no such element{ $hint }

# --- the text report

word-error = error
word-warning = warning
word-info = info
word-violation = violation
word-unknown = unknown
word-invalid = invalid
word-pass = pass
word-fail = fail
word-waived = waived
word-not-applicable = not applicable
word-warnings-only = warnings only
word-infos-only = infos only
word-advice-only = advice only
label-why = why
label-law = law
label-remedy = remedy
label-fix = fix
label-see = see
label-path = path
label-also = also
label-note = note
label-policy = policy
label-tags = tags
advisory = advisory
asked-here = asked here
not-stated = not stated
the-policy-says = the policy says
more-places = { $number } more places
related-place = { $path } ({ $place }), { $word }
fix-is = fix: { $fix }
law-is = law: { $law }
rule-is = rule: { $rule }
unknown-because = unknown because of it: { $rules }
article = art. { $numbers }
law-article = { $law }, { $article }
articles = arts. { $numbers }
as-of-earlier = as of { $date }, before this was collected ({ $collected }): today's facts are judged by the law of then
anchored = this value is anchored: one change alters every place that uses it
anchored-same = { $number ->
    [one] the same at { $places }; the value is anchored, and one change alters every place that uses it
   *[other] the same at { $number } places ({ $places }); the value is anchored, and one change alters every place that uses it
}
document = { $source } (document { $number })
no-rule-checked = no rule was checked
nothing-applied = { $number ->
    [one] nothing applied: { $number } rule is outside its dates or conditions
   *[other] nothing applied: { $number } rules are outside their dates or conditions
}
rules-hold = { $number ->
    [one] { $number } rule holds
   *[other] { $number } rules hold
}
rules-fail = { $number ->
    [one] { $number } fails
   *[other] { $number } fail
}
rules-not-worked-out = { $number } cannot be worked out
rules-unknown = { $number ->
    [one] { $number } is unknown
   *[other] { $number } are unknown
}
rules-waived = { $number ->
    [one] { $number } is waived
   *[other] { $number } are waived
}
rules-do-not-apply = { $number ->
    [one] { $number } does not apply
   *[other] { $number } do not apply
}
not-collected = { $number ->
    [one] { $part } is not collected: { $number } rule waits for it{ $places }
   *[other] { $part } is not collected: { $number } rules wait for it{ $places }
}
in-places = { $number ->
    [one] {" "}({ $number } place)
   *[other] {" "}({ $number } places)
}
at-places = { $number ->
    [one] {" "}({ $place })
   *[other] {" "}({ $number } places, the first at { $place })
}
# of the rules that wait, those that fail all the same
fail-already = { $number ->
    [one] {" "}({ $number } fails already)
   *[other] {" "}({ $number } fail already)
}
and-more-parts = { $number ->
    [one] and { $number } more part of the configuration; --unknown-detail tells them all
   *[other] and { $number } more parts of the configuration; --unknown-detail tells them all
}
others-in-lines = the others of a rule are a line each; --detail draws them all
listed-rules = { $number ->
    [one] and { $findings } more, in { $number } rule; --detail draws it too, `cerco explain RULE { $tenant }` tells of it:
   *[other] and { $findings } more, in { $number } rules, worst first; --detail draws them all, `cerco explain RULE { $tenant }` tells of one:
}
places = { $number ->
    [one] { $number } place
   *[other] { $number } places
}
rules-wait = { $number ->
    [one] { $number } rule waits for what is not collected{ $failing }:
   *[other] { $number } rules wait for what is not collected{ $failing }:
}
rules-wait-collect-first = { $number ->
    [one] { $number } rule waits for what is not collected{ $failing }; collect first:
   *[other] { $number } rules wait for what is not collected{ $failing }; collect first:
}
these-cannot-be-decided = these cannot be decided:

# --- its closing lines

no-tenant-checked = no tenant was checked
verdicts = { $number ->
    [one] { $number } verdict
   *[other] { $number } verdicts
}
checked = checked { $tenants }, { $rules } as of { $date }
tenants = { $number ->
    [one] { $number } tenant
   *[other] { $number } tenants
}
no-rule = no rule
rules = { $number ->
    [one] { $number } rule
   *[other] { $number } rules
}
count-pass = { $number } pass
count-fail = { $number } fail
count-not-worked-out = { $number } cannot be worked out
count-unknown = { $number } unknown
count-waived = { $number } waived
count-not-applicable = { $number } not applicable
found = found { $what }
no-violation = no violation
violations = { $number ->
    [one] { $number } violation ({ $severities })
   *[other] { $number } violations ({ $severities })
}
errors = { $number ->
    [one] { $number } error
   *[other] { $number } errors
}
warnings = { $number ->
    [one] { $number } warning
   *[other] { $number } warnings
}
infos = { $number ->
    [one] { $number } info
   *[other] { $number } infos
}
invalid-values = { $number ->
    [one] { $number } invalid value
   *[other] { $number } invalid values
}
checks-not-worked-out = { $number ->
    [one] { $number } check that cannot be worked out
   *[other] { $number } checks that cannot be worked out
}
checks-unknown = { $number ->
    [one] { $number } check unknown
   *[other] { $number } checks unknown
}
tenants-without-finding = { $number ->
    [one] { $number } tenant is without a finding{ $idle }
   *[other] { $number } tenants are without a finding{ $idle }
}
nothing-applied-in = ; in { $number } of them, nothing applied
packs-are = packs: { $packs }
packs-all = packs: all { $number } that cerco carries, since none was named
run-not-trusted = { $number ->
    [one] { $number } error in policies or inputs: this run cannot be trusted
   *[other] { $number } errors in policies or inputs: this run cannot be trusted
}
fails-for-unknown = fails for what is unknown; with --unknown report it would pass
passes-below = passes: nothing that counts stands at or above --fail-on { $severity }
not-legal-advice = Findings are technical facts about a configuration, not legal advice.

# --- Markdown, JUnit, SARIF, annotations

this-run-not-trusted = this run cannot be trusted
tenants-against-rules = { $tenants } against { $rules }, as of { $date }.
heading-errors = Errors
column-tenant = tenant
column-verdict = verdict
and-more = and { $what } more
findings = { $number ->
    [one] { $number } finding
   *[other] { $number } findings
}
did-not-fit = { $number ->
    [one] { $number } finding more did not fit in a comment; the JSON report has them all.
   *[other] { $number } findings more did not fit in a comment; the JSON report has them all.
}
fits-its-schema = The configuration fits its schema
policy-asks-here = the policy asks it here
github-summary = cerco: { $tenants }, { $rules } as of { $date }: { $pass } pass, { $fail } fail, { $unknown } unknown, { $error } error, { $waived } waived, { $idle } not applicable

# --- cerco explain

in-force = in force
reads = reads
by = by
used-by-others = used by others
holds-from = from { $from }
holds-from-until = from { $from } until { $until }, that day excluded
always = always
param-fixed = fixed
param-may-fall = may fall
param-may-rise = may rise
param-may-change = may change
step-holds = holds
step-fails = does not hold
step-not-worked-out = cannot be worked out
step-unknown = unknown
step-out-of-force = the date of evaluation lies outside its dates
step-from = it holds from { $from }
step-from-until = it holds from { $from } until { $until }
step-no-law = none of its laws holds
step-list-unknown = the list is unknown
step-elements = { $number ->
    [one] { $number } element
   *[other] { $number } elements
}
step-for-each = for each of { $list }
step-and-more = and more: only the first { $number } steps are told
step-denied = denied by { $pattern }
step-allowed = allowed by { $pattern }
step-not-denied = allowed: nothing denies it
step-not-allowed = not allowed: no pattern of `allow` matches it
step-reached = reached
step-perhaps-reached = perhaps reached
step-passed = reached, and a higher band speaks
step-perhaps-passed = reached; perhaps a higher band speaks
step-not-reached = not reached
step-invalid = invalid
step-missing = missing
step-missing-bounds = missing: { $bounds }

# --- cerco fix

nothing-to-fix = nothing to fix: no finding carries a fix
fixes-would-be-applied = { $number ->
    [one] { $number } fix would be applied
   *[other] { $number } fixes would be applied
}
fixes-applied = { $number ->
    [one] { $number } fix applied; check again to see what is left
   *[other] { $number } fixes applied; check again to see what is left
}
fixes-not-written = { $number ->
    [one] { $number } fix could not be written
   *[other] { $number } fixes could not be written
}
