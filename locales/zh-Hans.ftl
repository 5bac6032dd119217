# Cerco 在报告中所说的话（简体中文）。每个语言一个文件：短语与变量皆与 en.ftl 相同。

# --- lists, numbers, durations

comma = 、
semicolon = ；
colon = ：
more-items = 另有 { $number } 项
items-and = { $items } 和 { $last }
duration-and = { $items } { $last }
limits-and = { $items }，且{ $last }
items-and-more = { $items }，另有 { $number } 项
between = { $low } 至 { $high }
either = { $low } 或 { $high }
or-more = { $low } 或以上
or-fewer = { $high } 或以下
years = { $number } 年
months = { $number } 个月
days = { $number } 天
hours = { $number } 小时
seconds = { $number } 秒

# --- values in messages

not-worked-out = 无法计算的值
unknown-value = 未知
a-record = 一项记录
nothing = 空
the-tenant = 租户

# --- what was required, and what was found. `subject` is a path in the tenant, `wanted` and `found` are values

said-at = { $path }：{ $said }
condition-fails = 条件不成立
text-fails = `{ $text }` 不成立
text-holds = `{ $text }` 成立，而不应成立
text-holds-for-none = 没有一项符合 `{ $text }`
must-be-set = { $path } 必须设置
must-not-be-set = { $path } 不得设置
must-lie-between = { $subject } 必须介于 { $low } 与 { $high } 之间，现为 { $found }
must-not-lie-between = { $subject } 不得介于 { $low } 与 { $high } 之间，现为 { $found }
repeats = { $path } 与前面的一项重复
must-be = { $subject } 必须为 { $wanted }，现为 { $found }
must-not-be = { $subject } 不得为 { $wanted }
must-be-below = { $subject } 必须低于 { $wanted }，现为 { $found }
must-be-at-most = { $subject } 不得超过 { $wanted }，现为 { $found }
must-be-above = { $subject } 必须高于 { $wanted }，现为 { $found }
must-be-at-least = { $subject } 至少须为 { $wanted }，现为 { $found }
must-be-before = { $subject } 必须早于 { $wanted }，现为 { $found }
must-be-on-or-before = { $subject } 不得迟于 { $wanted }，现为 { $found }
must-be-after = { $subject } 必须迟于 { $wanted }，现为 { $found }
must-be-on-or-after = { $subject } 不得早于 { $wanted }，现为 { $found }
must-be-one-of = { $subject } 必须为 { $wanted } 之一，现为 { $found }
must-be-none-of = { $subject } 不得为 { $wanted } 之一，现为 { $found }
must-contain = { $subject } 必须包含 { $wanted }，现为 { $found }
must-not-contain = { $subject } 不得包含 { $wanted }，现为 { $found }
must-overlap = { $subject } 必须与 { $wanted } 有共同之处，现为 { $found }
must-not-overlap = { $subject } 不得与 { $wanted } 有共同之处，现为 { $found }
must-hold-more = { $subject } 必须不只有 { $wanted }，现为 { $found }
must-match = { $subject } 必须符合 { $wanted }，现为 { $found }
must-not-match = { $subject } 不得符合 { $wanted }，现为 { $found }
must-hold = { $subject } 必须含有 { $wanted }，现有 { $found }
must-hold-only = { $subject } 只可含有 { $wanted }，现有 { $found }
holds-too-many = { $path } 有 { $found } 项，最多只可有 { $most } 项
denied-here = 此处禁止 { $text }
not-allowed-here = 此处不允许 { $text }

# --- what cannot be decided or worked out

undecided = { $path } 使此项无法判定：{ $why }
not-exact-enough = 已知的内容不够精确
not-stated-yet = { $number ->
   *[other] 配置中没有 { $paths }，补上之前无法判定
}
cannot-be-decided = 此项无法判定
cannot-be-decided-since = 此项无法判定：{ $why }
# `days` are so many or so many: the calendar leaves open how long months are
months-are = { $number ->
   *[other] { $months }是 { $days } 天，而 { $rest }介于其间
}
what-is-left = 就 { $first }与 { $second }之差而言，{ $left }
cannot-be-worked-out = 此项无法计算：{ $why }
fault-overflow = 数字超出 64 位
fault-division = 除以零
fault-part-of-a-day = 日期只能以整天移动
fault-calendar = 日期超出历法範圍
fault-duration = 得不出整数的月数和秒数
fault-steps = 所需步骤超过上限
fault-memory = 生成的文本和列表超过内存上限

# --- fixes

set-it-to = 改为 { $value }
remove-it = 移除

# --- what a further place has to do with a finding; its path stands behind a colon, or before a comma

beside-there-already = 前面已有
beside-repeats-too = 也重复
beside-read-for-it = 据此得出
beside-not-in-it-either = 也不在其中
beside-would-be-enough = 符合此项即可
beside-is-part-of-it = 其中一部分
beside-fails-too = 也不符合
beside-likewise = 同样如此
beside-leads-to = 所引用的内容
beside-alias = 指向此处的别名
beside-missing-too = 也缺少
beside-open-too = 也无法判定
beside-for-this-one = 所在的一项
beside-counts-too = 也计算在内
beside-said-first = 前面已写
beside-named-first = 前面已用此名

# --- what does not fit the schema. `must` is one of the phrases `a-…` below, `hint` one of `hint-…` or nothing

misfit = { $subject } { $must }，现为 { $found }{ $hint }
hint = ；{ $hint }
did-you-mean = 是否指 `{ $name }`？
hint-write = 请写 `{ $text }`
hint-no-quotes = 请去掉引号
hint-no-underscore = YAML 1.2 的数字不可含 `_`：请写 { $text }
hint-quotes = 请加上引号
hint-comma-ends = 逗号结束一个值：请写 `{ $text }`
hint-no-such-day = 没有这一天
must-be-form = 必须为{ $form }
form-or-words = { $form }，或为{ $words }
the-word = {" "}{ $word }
must-match-form = 必须符合 { $pattern }
must-hold-fields = 必须含有字段
must-fit-64-bits = 必须不超过 64 位
must-fit-38-digits = 必须不超过 38 位数字
a-truth = {" "}`true` 或 `false`
a-whole-number = 整数
a-number = 数字
a-percentage = 百分比，例如 62 或 62%
a-string = 字符串
a-date = 日期，例如 2026-01-31
a-duration = 期间，例如 180 days 或 P6M
a-key = 另一列表的键
a-list = 列表
a-map = 映射
a-mapping = 映射
a-mapping-of-fields = 含有字段的映射
one-of = {" "}{ $words } 之一
at-least = 至少 { $bound }
above = 高于 { $bound }
at-most = 最多 { $bound }
below = 低于 { $bound }
on-or-after = 不早于 { $bound }
after = 迟于 { $bound }
on-or-before = 不迟于 { $bound }
before = 早于 { $bound }
root-is-no-mapping = 租户应为各部分的映射，如 `name: …`，而这里是 { $found }
nested-too-deep = 嵌套超过 { $number } 层
merges-a-mapping = `<<` 只能合并一个映射或映射的列表
no-such-field = 这里没有 { $name } 这个字段{ $hint }
said-twice = { $path } 写了两次
is-missing = 缺少 { $path }
named-already = 已有另一项名为 { $name }
no-such-element = { $path } 引用 { $name }，而 { $list } 没有这一项{ $hint }

# --- the text report

word-error = 错误
word-warning = 警告
word-info = 提示
word-violation = 不符合
word-unknown = 未知
word-invalid = 无效
word-pass = 通过
word-fail = 不通过
word-waived = 已豁免
word-not-applicable = 不适用
word-warnings-only = 只有警告
word-infos-only = 只有提示
word-advice-only = 只有建议
label-why = 理由
label-law = 法规
label-remedy = 处理
label-fix = 修正
label-see = 参见
label-path = 路径
label-also = 另有
label-note = 注意
label-policy = 规则
label-tags = 标签
advisory = 建议性
asked-here = 在此要求
not-stated = 未说明
the-policy-says = 规则如下
more-places = 另有 { $number } 处
related-place = { $path } ({ $place })，{ $word }
fix-is = 修正：{ $fix }
law-is = 法规：{ $law }
rule-is = 规则：{ $rule }
unknown-because = 因此无法判定：{ $rules }
article = 第{"\u00A0"}{ $numbers }{"\u00A0"}条
law-article = { $law } { $article }
articles = 第{"\u00A0"}{ $numbers }{"\u00A0"}条
as-of-earlier = 判定日期为 { $date }，早于收集日期（{ $collected }）：以当时的法律判断今天的事实
anchored = 此值带有锚点：改动一处，所有引用处随之改变
anchored-same = { $number ->
    [one] { $places } 相同；此值带有锚点，改动一处，所有引用处随之改变
   *[other] 另有 { $number } 处相同（{ $places }）；此值带有锚点，改动一处，所有引用处随之改变
}
document = { $source }（第 { $number } 个文档）
no-rule-checked = 没有检查任何规则
nothing-applied = 没有适用的规则：{ $number } 条规则均不在其施行日期或适用条件之内
rules-hold = { $number } 条规则符合
rules-fail = { $number } 条不符合
rules-not-worked-out = { $number } 条无法计算
rules-unknown = { $number } 条未知
rules-waived = { $number } 条已豁免
rules-do-not-apply = { $number } 条不适用
not-collected = 尚未收集 { $part }：{ $number } 条规则有待于此{ $places }
in-places = （{ $number } 处）
at-places = { $number ->
    [1] （{ $place }）
   *[other] （{ $number } 处，首处在 { $place }）
}
# of the rules that wait, those that fail all the same
fail-already = （其中 { $number } 条已不符合）
and-more-parts = 配置中另有 { $number } 个部分；用 --unknown-detail 可全部列出
others-in-lines = 同一规则的其余各项每项一行；用 --detail 可全部绘出
listed-rules = 另有 { $number } 条规则的 { $findings }，严重者在先；用 --detail 可全部绘出，用 `cerco explain 规则 { $tenant }` 可了解其中一条：
places = { $number } 处
rules-wait = { $number } 条规则有待尚未收集的数据{ $failing }：
rules-wait-collect-first = { $number } 条规则有待尚未收集的数据{ $failing }，请先收集：
these-cannot-be-decided = 以下无法判定：

# --- its closing lines

no-tenant-checked = 没有检查任何租户
verdicts = { $number } 个结果
checked = 已检查 { $tenants }、{ $rules }，判定日期 { $date }
tenants = { $number } 个租户
no-rule = 无规则
rules = { $number } 条规则
count-pass = { $number } 条通过
count-fail = { $number } 条不通过
count-not-worked-out = { $number } 条无法计算
count-unknown = { $number } 条未知
count-waived = { $number } 条已豁免
count-not-applicable = { $number } 条不适用
found = 发现 { $what }
no-violation = 无不符合项
violations = { $number } 个不符合项（{ $severities }）
errors = { $number } 个错误
warnings = { $number } 个警告
infos = { $number } 个提示
invalid-values = { $number } 个无效值
checks-not-worked-out = { $number } 项检查无法计算
checks-unknown = { $number } 项检查未知
tenants-without-finding = { $number } 个租户没有任何发现{ $idle }
nothing-applied-in = ；其中 { $number } 个没有适用的规则
packs-are = 规则包：{ $packs }
packs-all = 规则包：因未指定，采用 cerco 自带的全部 { $number } 个
run-not-trusted = 规则或输入有 { $number } 个错误：本次结果不可信
fails-for-unknown = 因有未知而不通过；加上 --unknown report 则通过
passes-below = 通过：没有达到或高于 --fail-on { $severity } 的发现
not-legal-advice = 以上发现是关于配置的技术事实，并非法律意见。

# --- Markdown, JUnit, SARIF, annotations

this-run-not-trusted = 本次结果不可信
tenants-against-rules = { $tenants }，{ $rules }，判定日期 { $date }。
heading-errors = 错误
column-tenant = 租户
column-verdict = 结果
and-more = 另有 { $what }
findings = { $number } 项发现
did-not-fit = 另有 { $number } 项发现，评论中放不下；JSON 报告载有全部。
fits-its-schema = 配置符合其模式
policy-asks-here = 规则在此要求
github-summary = cerco：{ $tenants }，{ $rules }，判定日期 { $date }：通过 { $pass }，不通过 { $fail }，未知 { $unknown }，错误 { $error }，已豁免 { $waived }，不适用 { $idle }

# --- cerco explain

in-force = 施行
reads = 读取
by = 參数
used-by-others = 供其他包使用
holds-from = 自 { $from } 起
holds-from-until = 自 { $from } 起，至 { $until } 止（不含当日）
always = 一直有效
param-fixed = 固定
param-may-fall = 只可调低
param-may-rise = 只可调高
param-may-change = 可更改
step-holds = 成立
step-fails = 不成立
step-not-worked-out = 无法计算
step-unknown = 未知
step-out-of-force = 判定日期不在其施行期间内
step-from = 自 { $from } 起施行
step-from-until = 自 { $from } 起施行，至 { $until } 止
step-no-law = 其法规均未施行
step-list-unknown = 列表未知
step-elements = { $number } 项
step-for-each = 逐一检视 { $list }
step-and-more = 下略：只列出前 { $number } 步
step-denied = 为 { $pattern } 所禁止
step-allowed = 为 { $pattern } 所允许
step-not-denied = 允许：并无禁止
step-not-allowed = 不允许：`allow` 中无一相符
step-reached = 已达到
step-perhaps-reached = 可能达到
step-passed = 已达到，由更高一档判定
step-perhaps-passed = 已达到，可能由更高一档判定
step-not-reached = 未达到
step-invalid = 无效
step-missing = 缺少
step-missing-bounds = 缺少：{ $bounds }

# --- cerco fix

nothing-to-fix = 无可修正：没有发现带有修正
fixes-would-be-applied = 将应用 { $number } 项修正
fixes-applied = 已应用 { $number } 项修正；请再检查一次，看看还有什么
fixes-not-written = 有 { $number } 项修正无法写入
