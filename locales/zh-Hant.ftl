# Cerco 在報告中所說的話（繁體中文）。每個語言一個檔案：短語與變數皆與 en.ftl 相同。

# --- lists, numbers, durations

comma = 、
semicolon = ；
colon = ：
more-items = 另有 { $number } 項
items-and = { $items } 和 { $last }
duration-and = { $items } { $last }
limits-and = { $items }，且{ $last }
items-and-more = { $items }，另有 { $number } 項
between = { $low } 至 { $high }
either = { $low } 或 { $high }
or-more = { $low } 或以上
or-fewer = { $high } 或以下
years = { $number } 年
months = { $number } 個月
days = { $number } 天
hours = { $number } 小時
seconds = { $number } 秒

# --- values in messages

not-worked-out = 無法計算的值
unknown-value = 未知
a-record = 一項記錄
nothing = 空
the-tenant = 租戶

# --- what was required, and what was found. `subject` is a path in the tenant, `wanted` and `found` are values

said-at = { $path }：{ $said }
condition-fails = 條件不成立
text-fails = `{ $text }` 不成立
text-holds = `{ $text }` 成立，而不應成立
text-holds-for-none = 沒有一項符合 `{ $text }`
must-be-set = { $path } 必須設定
must-not-be-set = { $path } 不得設定
must-lie-between = { $subject } 必須介於 { $low } 與 { $high } 之間，現為 { $found }
must-not-lie-between = { $subject } 不得介於 { $low } 與 { $high } 之間，現為 { $found }
repeats = { $path } 與前面的一項重複
must-be = { $subject } 必須為 { $wanted }，現為 { $found }
must-not-be = { $subject } 不得為 { $wanted }
must-be-below = { $subject } 必須低於 { $wanted }，現為 { $found }
must-be-at-most = { $subject } 不得超過 { $wanted }，現為 { $found }
must-be-above = { $subject } 必須高於 { $wanted }，現為 { $found }
must-be-at-least = { $subject } 至少須為 { $wanted }，現為 { $found }
must-be-before = { $subject } 必須早於 { $wanted }，現為 { $found }
must-be-on-or-before = { $subject } 不得遲於 { $wanted }，現為 { $found }
must-be-after = { $subject } 必須遲於 { $wanted }，現為 { $found }
must-be-on-or-after = { $subject } 不得早於 { $wanted }，現為 { $found }
must-be-one-of = { $subject } 必須為 { $wanted } 之一，現為 { $found }
must-be-none-of = { $subject } 不得為 { $wanted } 之一，現為 { $found }
must-contain = { $subject } 必須包含 { $wanted }，現為 { $found }
must-not-contain = { $subject } 不得包含 { $wanted }，現為 { $found }
must-overlap = { $subject } 必須與 { $wanted } 有共同之處，現為 { $found }
must-not-overlap = { $subject } 不得與 { $wanted } 有共同之處，現為 { $found }
must-hold-more = { $subject } 必須不只有 { $wanted }，現為 { $found }
must-match = { $subject } 必須符合 { $wanted }，現為 { $found }
must-not-match = { $subject } 不得符合 { $wanted }，現為 { $found }
must-hold = { $subject } 必須含有 { $wanted }，現有 { $found }
must-hold-only = { $subject } 只可含有 { $wanted }，現有 { $found }
holds-too-many = { $path } 有 { $found } 項，最多只可有 { $most } 項
denied-here = 此處禁止 { $text }
not-allowed-here = 此處不允許 { $text }

# --- what cannot be decided or worked out

undecided = { $path } 使此項無法判定：{ $why }
not-exact-enough = 已知的內容不夠精確
not-stated-yet = { $number ->
   *[other] 配置中沒有 { $paths }，補上之前無法判定
}
cannot-be-decided = 此項無法判定
cannot-be-decided-since = 此項無法判定：{ $why }
# `days` are so many or so many: the calendar leaves open how long months are
months-are = { $number ->
   *[other] { $months }是 { $days } 天，而 { $rest }介乎其間
}
what-is-left = 就 { $first }與 { $second }之差而言，{ $left }
cannot-be-worked-out = 此項無法計算：{ $why }
fault-overflow = 數字超出 64 位元
fault-division = 除以零
fault-part-of-a-day = 日期只能以整天移動
fault-calendar = 日期超出曆法範圍
fault-duration = 得不出整數的月數和秒數
fault-steps = 所需步驟超過上限
fault-memory = 產生的文字和清單超過記憶體上限

# --- fixes

set-it-to = 改為 { $value }
remove-it = 移除

# --- what a further place has to do with a finding; its path stands behind a colon, or before a comma

beside-there-already = 前面已有
beside-repeats-too = 也重複
beside-read-for-it = 據此得出
beside-not-in-it-either = 也不在其中
beside-would-be-enough = 符合此項即可
beside-is-part-of-it = 其中一部分
beside-fails-too = 也不符合
beside-likewise = 同樣如此
beside-leads-to = 所引用的內容
beside-alias = 指向此處的別名
beside-missing-too = 也缺少
beside-open-too = 也未能判定
beside-for-this-one = 所在的一項
beside-counts-too = 也計算在內
beside-said-first = 前面已寫
beside-named-first = 前面已用此名

# --- what does not fit the schema. `must` is one of the phrases `a-…` below, `hint` one of `hint-…` or nothing

misfit = { $subject } { $must }，現為 { $found }{ $hint }
hint = ；{ $hint }
did-you-mean = 是否指 `{ $name }`？
hint-write = 請寫 `{ $text }`
hint-no-quotes = 請去掉引號
hint-no-underscore = YAML 1.2 的數字不可含 `_`：請寫 { $text }
hint-quotes = 請加上引號
hint-comma-ends = 逗號結束一個值：請寫 `{ $text }`
hint-no-such-day = 沒有這一天
must-be-form = 必須為{ $form }
form-or-words = { $form }，或為{ $words }
the-word = {" "}{ $word }
must-match-form = 必須符合 { $pattern }
must-hold-fields = 必須含有欄位
must-fit-64-bits = 必須不超過 64 位元
must-fit-38-digits = 必須不超過 38 位數字
a-truth = {" "}`true` 或 `false`
a-whole-number = 整數
a-number = 數字
a-percentage = 百分比，例如 62 或 62%
a-string = 字串
a-date = 日期，例如 2026-01-31
a-duration = 期間，例如 180 days 或 P6M
a-key = 另一列表的鍵
a-list = 列表
a-map = 映射
a-mapping = 映射
a-mapping-of-fields = 含有欄位的映射
one-of = {" "}{ $words } 之一
at-least = 至少 { $bound }
above = 高於 { $bound }
at-most = 最多 { $bound }
below = 低於 { $bound }
on-or-after = 不早於 { $bound }
after = 遲於 { $bound }
on-or-before = 不遲於 { $bound }
before = 早於 { $bound }
root-is-no-mapping = 租戶應為各部分的映射，如 `name: …`，而這裡是 { $found }
nested-too-deep = 嵌套超過 { $number } 層
merges-a-mapping = `<<` 只能合併一個映射或映射的列表
no-such-field = 這裡沒有 { $name } 這個欄位{ $hint }
said-twice = { $path } 寫了兩次
is-missing = 缺少 { $path }
named-already = 已有另一項名為 { $name }
no-such-element = { $path } 引用 { $name }，而 { $list } 沒有這一項{ $hint }

# --- the text report

word-error = 錯誤
word-warning = 警告
word-info = 提示
word-violation = 不符合
word-unknown = 未知
word-invalid = 無效
word-pass = 通過
word-fail = 不通過
word-waived = 已豁免
word-not-applicable = 不適用
word-warnings-only = 只有警告
word-infos-only = 只有提示
word-advice-only = 只有建議
label-why = 理由
label-law = 法規
label-remedy = 處理
label-fix = 修正
label-see = 參見
label-path = 路徑
label-also = 另有
label-note = 注意
label-policy = 規則
label-tags = 標籤
advisory = 建議性
asked-here = 在此要求
not-stated = 未說明
the-policy-says = 規則如下
more-places = 另有 { $number } 處
related-place = { $path } ({ $place })，{ $word }
fix-is = 修正：{ $fix }
law-is = 法規：{ $law }
rule-is = 規則：{ $rule }
unknown-because = 因此未能判定：{ $rules }
article = 第{"\u00A0"}{ $numbers }{"\u00A0"}條
law-article = { $law } { $article }
articles = 第{"\u00A0"}{ $numbers }{"\u00A0"}條
as-of-earlier = 判定日期為 { $date }，早於收集日期（{ $collected }）：以當時的法律判斷今天的事實
anchored = 此值帶有錨點：改動一處，所有引用處隨之改變
anchored-same = { $number ->
    [one] { $places } 相同；此值帶有錨點，改動一處，所有引用處隨之改變
   *[other] 另有 { $number } 處相同（{ $places }）；此值帶有錨點，改動一處，所有引用處隨之改變
}
document = { $source }（第 { $number } 份文件）
no-rule-checked = 沒有檢查任何規則
nothing-applied = 沒有適用的規則：{ $number } 條規則均不在其施行日期或適用條件之內
rules-hold = { $number } 條規則符合
rules-fail = { $number } 條不符合
rules-not-worked-out = { $number } 條無法計算
rules-unknown = { $number } 條未知
rules-waived = { $number } 條已豁免
rules-do-not-apply = { $number } 條不適用
not-collected = 尚未收集 { $part }：{ $number } 條規則有待於此{ $places }
in-places = （{ $number } 處）
at-places = { $number ->
    [1] （{ $place }）
   *[other] （{ $number } 處，首處在 { $place }）
}
# of the rules that wait, those that fail all the same
fail-already = （其中 { $number } 條已不符合）
and-more-parts = 配置中另有 { $number } 個部分；用 --unknown-detail 可全部列出
others-in-lines = 同一規則的其餘各項每項一行；用 --detail 可全部繪出
listed-rules = 另有 { $number } 條規則的 { $findings }，嚴重者在先；用 --detail 可全部繪出，用 `cerco explain 規則 { $tenant }` 可了解其中一條：
places = { $number } 處
rules-wait = { $number } 條規則有待尚未收集的資料{ $failing }：
rules-wait-collect-first = { $number } 條規則有待尚未收集的資料{ $failing }，請先收集：
these-cannot-be-decided = 以下無法判定：

# --- its closing lines

no-tenant-checked = 沒有檢查任何租戶
verdicts = { $number } 個結果
checked = 已檢查 { $tenants }、{ $rules }，判定日期 { $date }
tenants = { $number } 個租戶
no-rule = 無規則
rules = { $number } 條規則
count-pass = { $number } 條通過
count-fail = { $number } 條不通過
count-not-worked-out = { $number } 條無法計算
count-unknown = { $number } 條未知
count-waived = { $number } 條已豁免
count-not-applicable = { $number } 條不適用
found = 發現 { $what }
no-violation = 無不符合項
violations = { $number } 個不符合項（{ $severities }）
errors = { $number } 個錯誤
warnings = { $number } 個警告
infos = { $number } 個提示
invalid-values = { $number } 個無效值
checks-not-worked-out = { $number } 項檢查無法計算
checks-unknown = { $number } 項檢查未知
tenants-without-finding = { $number } 個租戶沒有任何發現{ $idle }
nothing-applied-in = ；其中 { $number } 個沒有適用的規則
packs-are = 規則包：{ $packs }
packs-all = 規則包：因未指定，採用 cerco 自帶的全部 { $number } 個
run-not-trusted = 規則或輸入有 { $number } 個錯誤：本次結果不可信
fails-for-unknown = 因有未知而不通過；加上 --unknown report 則通過
passes-below = 通過：沒有達到或高於 --fail-on { $severity } 的發現
not-legal-advice = 以上發現是關於配置的技術事實，並非法律意見。

# --- Markdown, JUnit, SARIF, annotations

this-run-not-trusted = 本次結果不可信
tenants-against-rules = { $tenants }，{ $rules }，判定日期 { $date }。
heading-errors = 錯誤
column-tenant = 租戶
column-verdict = 結果
and-more = 另有 { $what }
findings = { $number } 項發現
did-not-fit = 另有 { $number } 項發現，評論中放不下；JSON 報告載有全部。
fits-its-schema = 配置符合其結構定義
policy-asks-here = 規則在此要求
github-summary = cerco：{ $tenants }，{ $rules }，判定日期 { $date }：通過 { $pass }，不通過 { $fail }，未知 { $unknown }，錯誤 { $error }，已豁免 { $waived }，不適用 { $idle }

# --- cerco explain

in-force = 施行
reads = 讀取
by = 參數
used-by-others = 供其他包使用
holds-from = 自 { $from } 起
holds-from-until = 自 { $from } 起，至 { $until } 止（不含當日）
always = 一直有效
param-fixed = 固定
param-may-fall = 只可調低
param-may-rise = 只可調高
param-may-change = 可更改
step-holds = 成立
step-fails = 不成立
step-not-worked-out = 無法計算
step-unknown = 未知
step-out-of-force = 判定日期不在其施行期間內
step-from = 自 { $from } 起施行
step-from-until = 自 { $from } 起施行，至 { $until } 止
step-no-law = 其法規均未施行
step-list-unknown = 列表未知
step-elements = { $number } 項
step-for-each = 逐一檢視 { $list }
step-and-more = 下略：只列出前 { $number } 步
step-denied = 為 { $pattern } 所禁止
step-allowed = 為 { $pattern } 所允許
step-not-denied = 允許：並無禁止
step-not-allowed = 不允許：`allow` 中無一相符
step-reached = 已達到
step-perhaps-reached = 可能達到
step-passed = 已達到，由更高一檔判定
step-perhaps-passed = 已達到，可能由更高一檔判定
step-not-reached = 未達到
step-invalid = 無效
step-missing = 缺少
step-missing-bounds = 缺少：{ $bounds }

# --- cerco fix

nothing-to-fix = 無可修正：沒有發現帶有修正
fixes-would-be-applied = 將套用 { $number } 項修正
fixes-applied = 已套用 { $number } 項修正；請再檢查一次，看看還有甚麼
fixes-not-written = 有 { $number } 項修正無法寫入
