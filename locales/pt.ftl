# O que o Cerco diz nos relatórios (português de Portugal e de Macau). Cada língua tem um ficheiro, com as frases e as
# variáveis de en.ftl.

# --- lists, numbers, durations

comma = {", "}
semicolon = {"; "}
colon = {": "}
more-items = mais { $number }
items-and = { $items } e { $last }
duration-and = { $items } e { $last }
limits-and = { $items } e { $last }
items-and-more = { $items } e mais { $number }
between = { $low } a { $high }
either = { $low } ou { $high }
or-more = { $low } ou mais
or-fewer = { $high } ou menos
years = { $number ->
    [one] { $number } ano
   *[other] { $number } anos
}
months = { $number ->
    [one] { $number } mês
   *[other] { $number } meses
}
days = { $number ->
    [one] { $number } dia
   *[other] { $number } dias
}
hours = { $number ->
    [one] { $number } hora
   *[other] { $number } horas
}
seconds = { $number ->
    [one] { $number } segundo
   *[other] { $number } segundos
}

# --- values in messages

not-worked-out = o que não pode ser calculado
unknown-value = desconhecido
a-record = um registo
nothing = nada
the-tenant = o inquilino

# --- what was required, and what was found. `subject` is a path in the tenant, `wanted` and `found` are values

said-at = { $path }: { $said }
condition-fails = a condição não se verifica
text-fails = `{ $text }` não se verifica
text-holds = `{ $text }` verifica-se, e não deve
text-holds-for-none = `{ $text }` não se verifica para nenhum
must-be-set = { $path } tem de estar definido
must-not-be-set = { $path } não pode estar definido
must-lie-between = { $subject } tem de estar entre { $low } e { $high }; valor actual: { $found }
must-not-lie-between = { $subject } não pode estar entre { $low } e { $high }; valor actual: { $found }
repeats = { $path } repete um anterior
must-be = { $subject } tem de ser { $wanted }; valor actual: { $found }
must-not-be = { $subject } não pode ser { $wanted }
must-be-below = { $subject } tem de ser inferior a { $wanted }; valor actual: { $found }
must-be-at-most = { $subject } pode ser, no máximo, { $wanted }; valor actual: { $found }
must-be-above = { $subject } tem de ser superior a { $wanted }; valor actual: { $found }
must-be-at-least = { $subject } tem de ser, no mínimo, { $wanted }; valor actual: { $found }
must-be-before = { $subject } tem de ser anterior a { $wanted }; valor actual: { $found }
must-be-on-or-before = { $subject } tem de ser { $wanted } ou anterior; valor actual: { $found }
must-be-after = { $subject } tem de ser posterior a { $wanted }; valor actual: { $found }
must-be-on-or-after = { $subject } tem de ser { $wanted } ou posterior; valor actual: { $found }
must-be-one-of = { $subject } tem de ser um de { $wanted }; valor actual: { $found }
must-be-none-of = { $subject } não pode ser nenhum de { $wanted }; valor actual: { $found }
must-contain = { $subject } tem de conter { $wanted }; valor actual: { $found }
must-not-contain = { $subject } não pode conter { $wanted }; valor actual: { $found }
must-overlap = { $subject } tem de ter algo em comum com { $wanted }; valor actual: { $found }
must-not-overlap = { $subject } não pode ter nada em comum com { $wanted }; valor actual: { $found }
must-hold-more = { $subject } tem de ter mais do que { $wanted }; valor actual: { $found }
must-match = { $subject } tem de corresponder a { $wanted }; valor actual: { $found }
must-not-match = { $subject } não pode corresponder a { $wanted }; valor actual: { $found }
must-hold = { $subject } tem de incluir { $wanted }, e inclui { $found }
must-hold-only = { $subject } só pode incluir { $wanted }, e inclui { $found }
holds-too-many = { $path } tem { $found }, e são permitidos, no máximo, { $most }
denied-here = { $text } é proibido aqui
not-allowed-here = { $text } não é permitido aqui

# --- what cannot be decided or worked out

undecided = { $path } deixa isto por decidir: { $why }
not-exact-enough = o que se sabe não é suficientemente exacto
not-stated-yet = { $number ->
    [one] { $paths } não consta da configuração, e isto não pode ser decidido enquanto não constar
   *[other] { $paths } não constam da configuração, e isto não pode ser decidido enquanto não constarem
}
cannot-be-decided = isto não pode ser decidido
cannot-be-decided-since = isto não pode ser decidido: { $why }
# `days` are so many or so many: the calendar leaves open how long months are
months-are = { $number ->
    [one] { $months } tem { $days } dias, e o prazo de { $rest } fica nesse intervalo
   *[other] { $months } têm { $days } dias, e o prazo de { $rest } fica nesse intervalo
}
what-is-left = quanto à diferença entre { $first } e { $second }, { $left }
cannot-be-worked-out = isto não pode ser calculado: { $why }
fault-overflow = um número excede 64 bits
fault-division = divisão por zero
fault-part-of-a-day = uma data desloca-se por dias inteiros
fault-calendar = uma data está para além do calendário
fault-duration = não resulta um número inteiro de meses e segundos
fault-steps = são precisos mais passos do que o limite
fault-memory = são feitos textos e listas mais longos do que o limite

# --- fixes

set-it-to = alterar para { $value }
remove-it = remover

# --- what a further place has to do with a finding; its path stands behind a colon, or before a comma

beside-there-already = já lá está
beside-repeats-too = também repete um
beside-read-for-it = lido para este valor
beside-not-in-it-either = também não está incluído
beside-would-be-enough = bastaria
beside-is-part-of-it = faz parte
beside-fails-too = também falha
beside-likewise = do mesmo modo
beside-leads-to = aquilo a que conduz
beside-alias = o alias pelo qual se lá chega
beside-missing-too = também falta
beside-open-too = também por decidir
beside-for-this-one = neste caso
beside-counts-too = também conta
beside-said-first = indicado aqui primeiro
beside-named-first = nomeado aqui primeiro

# --- what does not fit the schema. `must` is one of the phrases `a-…` below, `hint` one of `hint-…` or nothing

misfit = { $subject } { $must }; valor actual: { $found }{ $hint }
hint = ; { $hint }
did-you-mean = quis dizer `{ $name }`?
hint-write = escreva `{ $text }`
hint-no-quotes = retire as aspas
hint-no-underscore = o YAML 1.2 não admite `_` nos números: escreva { $text }
hint-quotes = ponha entre aspas
hint-comma-ends = uma vírgula termina um valor: escreva `{ $text }`
hint-no-such-day = esse dia não existe
must-be-form = tem de ser { $form }
form-or-words = { $form } ou { $words }
the-word = { $word }
must-match-form = tem de corresponder a { $pattern }
must-hold-fields = tem de conter campos
must-fit-64-bits = tem de caber em 64 bits
must-fit-38-digits = tem de ter no máximo 38 algarismos
a-truth = `true` ou `false`
a-whole-number = um número inteiro
a-number = um número
a-percentage = uma percentagem, como 62 ou 62%
a-string = um texto
a-date = uma data, como 2026-01-31
a-duration = uma duração, como 180 days ou P6M
a-key = uma chave de outra lista
a-list = uma lista
a-map = um mapa
a-mapping = um mapa
a-mapping-of-fields = um mapa de campos
one-of = um de { $words }
at-least = pelo menos { $bound }
above = superior a { $bound }
at-most = no máximo { $bound }
below = inferior a { $bound }
on-or-after = de { $bound } ou posterior
after = posterior a { $bound }
on-or-before = de { $bound } ou anterior
before = anterior a { $bound }
root-is-no-mapping = um inquilino é um mapa de secções, como `name: …`, e isto é { $found }
nested-too-deep = tem mais de { $number } níveis uns dentro dos outros
merges-a-mapping = `<<` junta um mapa ou uma lista de mapas, e nada mais
no-such-field = não há aqui um campo { $name }{ $hint }
said-twice = { $path } está indicado duas vezes
is-missing = falta { $path }
named-already = outro elemento já se chama { $name }
no-such-element = { $path } refere { $name }, e { $list } não tem esse elemento{ $hint }

# --- the text report

word-error = erro
word-warning = aviso
word-info = informação
word-violation = incumprimento
word-unknown = desconhecido
word-invalid = inválido
word-pass = cumpre
word-fail = não cumpre
word-waived = dispensado
word-not-applicable = não aplicável
word-warnings-only = só avisos
word-infos-only = só informações
word-advice-only = só recomendações
label-why = razão
label-law = lei
label-remedy = medida
label-fix = correcção
label-see = ver
label-path = caminho
label-also = também
label-note = nota
label-policy = regra
label-tags = temas
advisory = consultiva
asked-here = exigido aqui
not-stated = não indicado
the-policy-says = a regra diz
more-places = mais { $number } lugares
related-place = { $path } ({ $place }), { $word }
fix-is = correcção: { $fix }
law-is = lei: { $law }
rule-is = regra: { $rule }
unknown-because = por decidir por causa disto: { $rules }
article = art. { $numbers }
law-article = { $law }, { $article }
articles = arts. { $numbers }
as-of-earlier = à data de { $date }, anterior à recolha ({ $collected }): os factos de hoje são julgados pela lei de então
anchored = este valor tem uma âncora: uma alteração muda todos os lugares que o usam
anchored-same = { $number ->
    [one] o mesmo em { $places }; o valor tem uma âncora, e uma alteração muda todos os lugares que o usam
   *[other] o mesmo em { $number } lugares ({ $places }); o valor tem uma âncora, e uma alteração muda todos os lugares que o usam
}
document = { $source } (documento { $number })
no-rule-checked = nenhuma regra foi verificada
nothing-applied = { $number ->
    [one] nada se aplicou: { $number } regra está fora das suas datas ou condições
   *[other] nada se aplicou: { $number } regras estão fora das suas datas ou condições
}
rules-hold = { $number ->
    [one] { $number } regra é cumprida
   *[other] { $number } regras são cumpridas
}
rules-fail = { $number ->
    [one] { $number } não é cumprida
   *[other] { $number } não são cumpridas
}
rules-not-worked-out = { $number ->
    [one] { $number } não pode ser calculada
   *[other] { $number } não podem ser calculadas
}
rules-unknown = { $number ->
    [one] { $number } é desconhecida
   *[other] { $number } são desconhecidas
}
rules-waived = { $number ->
    [one] { $number } está dispensada
   *[other] { $number } estão dispensadas
}
rules-do-not-apply = { $number ->
    [one] { $number } não se aplica
   *[other] { $number } não se aplicam
}
not-collected = { $number ->
    [one] { $part } não foi recolhido: { $number } regra espera por isso{ $places }
   *[other] { $part } não foi recolhido: { $number } regras esperam por isso{ $places }
}
in-places = { $number ->
    [one] {" "}({ $number } lugar)
   *[other] {" "}({ $number } lugares)
}
at-places = { $number ->
    [one] {" "}({ $place })
   *[other] {" "}({ $number } lugares, o primeiro em { $place })
}
# of the rules that wait, those that fail all the same
fail-already = { $number ->
    [one] {" "}({ $number } já falha)
   *[other] {" "}({ $number } já falham)
}
and-more-parts = { $number ->
    [one] e mais { $number } parte da configuração; --unknown-detail mostra todas
   *[other] e mais { $number } partes da configuração; --unknown-detail mostra todas
}
others-in-lines = os outros de uma regra ocupam uma linha cada; --detail mostra-os todos
listed-rules = { $number ->
    [one] e mais { $findings }, em { $number } regra; --detail mostra-a também, `cerco explain REGRA { $tenant }` explica-a:
   *[other] e mais { $findings }, em { $number } regras, as piores primeiro; --detail mostra-as todas, `cerco explain REGRA { $tenant }` explica uma:
}
places = { $number ->
    [one] { $number } lugar
   *[other] { $number } lugares
}
rules-wait = { $number ->
    [one] { $number } regra espera pelo que não foi recolhido{ $failing }:
   *[other] { $number } regras esperam pelo que não foi recolhido{ $failing }:
}
rules-wait-collect-first = { $number ->
    [one] { $number } regra espera pelo que não foi recolhido{ $failing }; recolha primeiro:
   *[other] { $number } regras esperam pelo que não foi recolhido{ $failing }; recolha primeiro:
}
these-cannot-be-decided = não é possível decidir:

# --- its closing lines

no-tenant-checked = nenhum inquilino foi verificado
verdicts = { $number ->
    [one] { $number } resultado
   *[other] { $number } resultados
}
checked = verificação de { $tenants }, { $rules } à data de { $date }
tenants = { $number ->
    [one] { $number } inquilino
   *[other] { $number } inquilinos
}
no-rule = nenhuma regra
rules = { $number ->
    [one] { $number } regra
   *[other] { $number } regras
}
count-pass = { $number ->
    [one] { $number } cumprida
   *[other] { $number } cumpridas
}
count-fail = { $number ->
    [one] { $number } não cumprida
   *[other] { $number } não cumpridas
}
count-not-worked-out = { $number ->
    [one] { $number } que não pode ser calculada
   *[other] { $number } que não podem ser calculadas
}
count-unknown = { $number ->
    [one] { $number } desconhecida
   *[other] { $number } desconhecidas
}
count-waived = { $number ->
    [one] { $number } dispensada
   *[other] { $number } dispensadas
}
count-not-applicable = { $number ->
    [one] { $number } não aplicável
   *[other] { $number } não aplicáveis
}
found = resultado: { $what }
no-violation = nenhum incumprimento
violations = { $number ->
    [one] { $number } incumprimento ({ $severities })
   *[other] { $number } incumprimentos ({ $severities })
}
errors = { $number ->
    [one] { $number } erro
   *[other] { $number } erros
}
warnings = { $number ->
    [one] { $number } aviso
   *[other] { $number } avisos
}
infos = { $number ->
    [one] { $number } informação
   *[other] { $number } informações
}
invalid-values = { $number ->
    [one] { $number } valor inválido
   *[other] { $number } valores inválidos
}
checks-not-worked-out = { $number ->
    [one] { $number } verificação que não pode ser calculada
   *[other] { $number } verificações que não podem ser calculadas
}
checks-unknown = { $number ->
    [one] { $number } verificação por decidir
   *[other] { $number } verificações por decidir
}
tenants-without-finding = { $number ->
    [one] { $number } inquilino sem nada a apontar{ $idle }
   *[other] { $number } inquilinos sem nada a apontar{ $idle }
}
nothing-applied-in = ; em { $number } deles, nada se aplicou
packs-are = pacotes: { $packs }
packs-all = pacotes: todos os { $number } que o cerco traz, pois nenhum foi indicado
run-not-trusted = { $number ->
    [one] { $number } erro nas regras ou nos dados: esta execução não é fiável
   *[other] { $number } erros nas regras ou nos dados: esta execução não é fiável
}
fails-for-unknown = não passa pelo que é desconhecido; com --unknown report passaria
passes-below = passa: nada do que conta atinge --fail-on { $severity }
not-legal-advice = Os resultados são factos técnicos sobre uma configuração, e não aconselhamento jurídico.

# --- Markdown, JUnit, SARIF, annotations

this-run-not-trusted = esta execução não é fiável
tenants-against-rules = { $tenants } face a { $rules }, à data de { $date }.
heading-errors = Erros
column-tenant = inquilino
column-verdict = resultado
and-more = e mais { $what }
findings = { $number ->
    [one] { $number } resultado
   *[other] { $number } resultados
}
did-not-fit = { $number ->
    [one] Mais { $number } resultado não coube no comentário; o relatório JSON tem todos.
   *[other] Mais { $number } resultados não couberam no comentário; o relatório JSON tem todos.
}
fits-its-schema = A configuração corresponde ao seu esquema
policy-asks-here = a regra exige-o aqui
github-summary = cerco: { $tenants }, { $rules } à data de { $date }: { $pass } cumpridas, { $fail } não cumpridas, { $unknown } desconhecidas, { $error } erros, { $waived } dispensadas, { $idle } não aplicáveis

# --- cerco explain

in-force = vigência
reads = lê
by = por
used-by-others = usado por outros
holds-from = desde { $from }
holds-from-until = desde { $from } até { $until }, excluindo esse dia
always = sempre
param-fixed = fixo
param-may-fall = só pode baixar
param-may-rise = só pode subir
param-may-change = pode mudar
step-holds = verifica-se
step-fails = não se verifica
step-not-worked-out = não pode ser calculado
step-unknown = desconhecido
step-out-of-force = a data da avaliação está fora das suas datas
step-from = vigora desde { $from }
step-from-until = vigora desde { $from } até { $until }
step-no-law = nenhuma das suas leis vigora
step-list-unknown = a lista é desconhecida
step-elements = { $number ->
    [one] { $number } elemento
   *[other] { $number } elementos
}
step-for-each = para cada um de { $list }
step-and-more = e mais: só são mostrados os primeiros { $number } passos
step-denied = recusado por { $pattern }
step-allowed = permitido por { $pattern }
step-not-denied = permitido: nada o recusa
step-not-allowed = não permitido: nenhum padrão de `allow` lhe corresponde
step-reached = atingido
step-perhaps-reached = talvez atingido
step-passed = atingido, e aplica-se um escalão mais alto
step-perhaps-passed = atingido; talvez se aplique um escalão mais alto
step-not-reached = não atingido
step-invalid = inválido
step-missing = em falta
step-missing-bounds = em falta: { $bounds }

# --- cerco fix

nothing-to-fix = nada a corrigir: nenhum resultado traz uma correcção
fixes-would-be-applied = { $number ->
    [one] { $number } correcção seria aplicada
   *[other] { $number } correcções seriam aplicadas
}
fixes-applied = { $number ->
    [one] { $number } correcção aplicada; verifique de novo para ver o que resta
   *[other] { $number } correcções aplicadas; verifique de novo para ver o que resta
}
fixes-not-written = { $number ->
    [one] { $number } correcção não pôde ser escrita
   *[other] { $number } correcções não puderam ser escritas
}
