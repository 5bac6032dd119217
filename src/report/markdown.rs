//! Owns the report as Markdown, for a comment on a pull request. It must never grow past what a comment can hold.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use super::place::{colon_place, law, printable, source};
use super::{Options, effective_severity, exit_status, summary, words};
use crate::finding::{Finding, Kind, Report, TenantReport, Verdict};
use crate::lang::Lang;
use crate::source::Sources;

/// GitHub takes 65,536 characters in a comment; some room is left for the closing lines.
const ROOM: usize = 60_000;
/// So many characters of a text that a tenant or a policy says: a line of them has some 2,000.
const LONGEST: usize = 600;
/// So many of the rules that wait for an invalid value are named.
const WAITING_SHOWN: usize = 20;

/// A comment, as far as it is written.
#[derive(Default)]
struct Comment {
    text: String,
    /// A line did not fit: none behind it is written either, so that what is left out is the end.
    full: bool,
}

impl Comment {
    /// Adds a line, if there is room for it, and says whether there is.
    fn push_within(&mut self, line: &str) -> bool {
        self.full |= self.text.len() + line.len() >= ROOM;
        if !self.full {
            self.push(line);
        }
        !self.full
    }

    /// Adds a line of those for which room is left.
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Writes it.
pub fn write(report: &Report, sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let (mut comment, lang) = (Comment::default(), options.lang);
    let result = match exit_status(report, options) {
        super::PASSED => lang.word_pass(),
        super::FAILED => lang.word_fail(),
        _ => lang.this_run_not_trusted(),
    };
    let counts = summary(report);
    comment.push(&format!("### Cerco: {result}\n"));
    let (tenants, rules) = (lang.tenants(counts.tenants), lang.rules(counts.rules));
    comment.push(&format!("{}\n", lang.tenants_against_rules(&tenants, &rules, &report.as_of)));
    if !report.errors.is_empty() {
        errors(&mut comment, report, sources, lang);
    }
    if !report.tenants.is_empty() {
        table(&mut comment, report, options);
    }
    let mut cut = 0_usize;
    for tenant in report.tenants.iter().filter(|tenant| !tenant.findings.is_empty()) {
        cut += tenant_findings(&mut comment, report, sources, lang, tenant);
    }
    if cut > 0 {
        comment.push(&format!("\n{}", lang.did_not_fit(cut)));
    }
    comment.push(&format!("\n{}", lang.not_legal_advice()));
    out.write_all(comment.text.as_bytes())
}

/// What is wrong with policies and inputs.
fn errors(comment: &mut Comment, report: &Report, sources: &Sources, lang: Lang) {
    comment.push(&format!("#### {}\n", lang.heading_errors()));
    let mut left_out = 0_usize;
    for diagnostic in &report.errors {
        let place = diagnostic.span.map_or_else(String::new, |span| format!("{} ", code(&colon_place(sources, span))));
        let line = format!("- {place}{}", prose(&diagnostic.message));
        left_out += usize::from(!comment.push_within(&line));
    }
    if left_out > 0 {
        comment.push(&format!("\n{}", lang.and_more(&lang.errors(left_out))));
    }
    comment.push("");
}

/// What became of each tenant, a row each.
fn table(comment: &mut Comment, report: &Report, options: &Options) {
    const VERDICTS: [Verdict; 5] =
        [Verdict::Pass, Verdict::Fail, Verdict::Error, Verdict::Unknown, Verdict::NotApplicable];
    let lang = options.lang;
    let verdicts = VERDICTS.map(|verdict| words::verdict(lang, verdict)).join(" | ");
    comment.push(&format!("| {} | {} | {verdicts} |", lang.column_tenant(), lang.column_verdict()));
    comment.push(&format!("| --- | --- |{}", " --: |".repeat(VERDICTS.len())));
    let mut left_out = 0_usize;
    for tenant in &report.tenants {
        let of = |verdict| tenant.rules.iter().filter(|rule| rule.verdict == verdict).count();
        let (name, standing) = (prose(&source(lang, tenant)), super::standing(tenant, options));
        let row = format!(
            "| {name} | {} | {} |",
            words::standing(lang, standing),
            VERDICTS.map(|verdict| of(verdict).to_string()).join(" | ")
        );
        left_out += usize::from(!comment.push_within(&row));
    }
    if left_out > 0 {
        comment.push(&format!("\n{}", lang.and_more(&lang.tenants(left_out))));
    }
}

/// Writes a tenant's findings as far as there is room, and gives how many were left out.
fn tenant_findings(
    comment: &mut Comment,
    report: &Report,
    sources: &Sources,
    lang: Lang,
    tenant: &TenantReport,
) -> usize {
    let mut findings: Vec<&Finding> = tenant.findings.iter().collect();
    findings.sort_by_key(|it| (it.kind == Kind::Unknown, std::cmp::Reverse(effective_severity(it))));
    let heading = format!(
        "\n<details{}><summary>{}: {}</summary>\n",
        if tenant.verdict >= Verdict::Fail { " open" } else { "" },
        prose(&source(lang, tenant)),
        lang.findings(findings.len())
    );
    if !comment.push_within(&heading) {
        return findings.len();
    }
    let mut told = HashSet::new();
    let mut cut = 0_usize;
    for finding in findings {
        let line = tell(report, sources, lang, finding, &mut told);
        cut += usize::from(!comment.push_within(&line));
    }
    comment.push("\n</details>");
    cut
}

/// A finding in a line; what its rule is about, and by which law, where that was not told before.
fn tell<'a>(
    report: &'a Report,
    sources: &Sources,
    lang: Lang,
    finding: &Finding,
    told: &mut HashSet<&'a str>,
) -> String {
    let word = match finding.kind {
        Kind::Violation => words::severity(lang, finding.severity),
        kind => words::kind(lang, kind),
    };
    let mut line = format!("- **{word}** {} {}", code(&finding.rule), prose(&finding.message));
    let place = colon_place(sources, finding.span);
    if !place.is_empty() {
        line.push_str(&format!(" ({})", code(&place)));
    }
    if let Some(fix) = &finding.fix {
        line.push_str(&format!("<br>{}", lang.fix_is(&prose(&fix.title))));
    }
    if !finding.waiting.is_empty() {
        let rules =
            words::some(lang, finding.waiting.iter().map(|rule| code(rule)), WAITING_SHOWN, finding.waiting.len());
        line.push_str(&format!("<br>{}", lang.unknown_because(&rules)));
    }
    if let Some(rule) = report.rule(&finding.rule).filter(|rule| told.insert(rule.id.as_str())) {
        line.push_str(&format!("<br>{}", lang.rule_is(&prose(&rule.title))));
        for citation in &rule.citations {
            line.push_str(&format!("<br>{}", lang.law_is(&prose(&law(lang, citation)))));
        }
    }
    line
}

/// A text of somebody else's, no longer than a line may hold.
fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or(text))),
        None => Cow::Borrowed(text),
    }
}

/// A name or a place.
fn code(text: &str) -> String {
    format!("`{}`", printable(&cut(text)).replace('`', "'"))
}

/// What somebody else says.
fn prose(text: &str) -> String {
    escape(&cut(text))
}

/// Tenants may name their groups as they like: nothing of a message is markup, and nobody is mentioned.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
