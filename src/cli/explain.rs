//! Owns `cerco explain`: which rules are meant, and how they are told. It must never know how a verdict comes about.

use std::io::{self, Write};

use globset::Glob;

use super::arguments::Explain;
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::explain::pages::ERRORS;
use crate::explain::{Explanation, explain};
use crate::finding::Report;
use crate::lang::Lang;
use crate::lint::LINTS;
use crate::policy::{Policy, Rule};
use crate::project;
use crate::report::words::severity;
use crate::report::{self, flush_left, flush_right, printable};
use crate::session::{self, Loaded};
use crate::source::Sources;

/// Explains, and gives the exit status: a tenant that fails is explained, and so no failure.
pub fn run(command: Explain, terminal: &Terminal) -> io::Result<u8> {
    let Explain { rule: wanted, tenants, lint, error, source, limits } = command;
    if let Some(code) = lint {
        let pages: Vec<(&str, &str, &str)> =
            LINTS.iter().map(|lint| (lint.code.trim_start_matches("lint/"), lint.title, lint.page)).collect();
        return page(&pages, code.trim_start_matches("lint/"), "lint", terminal);
    }
    if let Some(code) = error {
        // The first line below the heading says what it is.
        let title = |text: &'static str| text.lines().nth(2).unwrap_or("");
        let pages: Vec<(&str, &str, &str)> =
            ERRORS.iter().map(|page| (page.code, title(page.text), page.text)).collect();
        return page(&pages, &code, "error", terminal);
    }
    let at_tenants = !tenants.is_empty();
    let rules = wanted.iter().cloned().collect();
    let request = project::Request { steps: at_tenants, ..source.request(tenants, rules, Some(limits)) };
    let (mut packs, mut found) = (project::packs(&request), Report::default());
    let loaded = session::load(&mut packs, &mut found);
    let sources = &packs.sources;
    let mut status = PASSED;
    let chosen = match (&loaded, &wanted) {
        (Some(loaded), Some(wanted)) => match choose(&loaded.policy, wanted) {
            Ok(rules) => rules,
            Err(error) => {
                found.errors.push(error);
                Vec::new()
            }
        },
        _ => Vec::new(),
    };
    terminal.complain(|out| report::complain(&found, sources, &terminal.error_options(), out));
    let Some(loaded) = loaded.as_ref().filter(|_| found.errors.is_empty()) else { return Ok(UNTRUSTED) };
    let options = report::Options { unknown_detail: true, detail: true, lang: request.lang, ..terminal.out_options() };
    let written = terminal.write(|out| {
        // A pack is told as its list of rules, unless a rule is called so.
        let is_rule = |wanted: &str| chosen.iter().any(|rule| rule.id.rsplit('/').next() == Some(wanted));
        let wanted = wanted.as_deref();
        let pack = wanted.filter(|wanted| !is_rule(wanted));
        let pack = pack.and_then(|wanted| loaded.policy.packs.iter().position(|pack| pack == wanted));
        if wanted.is_none() || pack.is_some() && (!at_tenants || chosen.is_empty()) {
            return list(loaded, &found.packs, pack, request.lang, out);
        }
        for (at, rule) in chosen.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            tell(&loaded.policy, rule, sources, &options, out)?;
        }
        if at_tenants {
            // How the verdict came about at these tenants.
            writeln!(out)?;
            // Who asks by a rule's name alone means these ids.
            let rules = chosen.iter().map(|rule| rule.id.to_string()).collect();
            let outcome = project::check(&project::Request { rules, ..request.clone() }, &|_, _| ()).outcome;
            terminal
                .complain(|err| report::complain(&outcome.report, &outcome.sources, &terminal.error_options(), err));
            if !outcome.report.errors.is_empty() {
                status = UNTRUSTED;
            }
            steps(&outcome.report, &options, out)?;
            report::write(&outcome.report, &outcome.sources, &options, out)?;
        }
        Ok(())
    });
    unless_broken(written, status)
}

/// Writes the page of a code, or, without one, all codes with their titles.
fn page(pages: &[(&str, &str, &str)], code: &str, what: &str, terminal: &Terminal) -> io::Result<u8> {
    let known = || pages.iter().map(|(code, ..)| *code);
    if code.is_empty() {
        let width = known().map(str::len).max().unwrap_or(0);
        let list =
            |out: &mut dyn Write| pages.iter().try_for_each(|(code, title, _)| writeln!(out, "{code:width$}  {title}"));
        return unless_broken(terminal.write(list), PASSED);
    }
    match pages.iter().find(|(known, ..)| *known == code) {
        Some((.., text)) => unless_broken(terminal.write(|out| out.write_all(text.as_bytes())), PASSED),
        None => {
            let error = Diagnostic::bare("input/no-page", format!("there is no {what} `{code}`"))
                .help(format!("`cerco explain --{what}` lists them"))
                .help_if(did_you_mean(code, known()));
            let found = Report { errors: vec![error], ..Report::default() };
            terminal.complain(|out| report::complain(&found, &Sources::new(), &terminal.error_options(), out));
            Ok(UNTRUSTED)
        }
    }
}

/// The rules that are meant: by their id, by their name alone, by their pack, or by a glob over ids.
fn choose<'p>(policy: &'p Policy, wanted: &str) -> Result<Vec<&'p Rule>, Diagnostic> {
    let named = |rule: &&Rule| rule.id == wanted || rule.id.rsplit('/').next() == Some(wanted);
    let mut rules: Vec<&Rule> = policy.rules.iter().filter(named).collect();
    if rules.is_empty()
        && let Some(pack) = policy.packs.iter().position(|pack| pack == wanted)
    {
        // A pack without rules is told as such.
        return Ok(policy.rules.iter().filter(|rule| rule.pack == pack).collect());
    }
    if rules.is_empty()
        && let Ok(glob) = Glob::new(wanted).map(|glob| glob.compile_matcher())
    {
        rules = policy.rules.iter().filter(|rule| glob.is_match(rule.id.as_str())).collect();
    }
    if rules.is_empty() {
        return Err(Diagnostic::bare("input/no-rule", format!("no rule is called `{wanted}`"))
            .help("a rule is called `pack/rule`: `cerco explain` without a rule lists those that there are")
            .help_if(did_you_mean(wanted, policy.rules.iter().map(|rule| rule.id.as_str()))));
    }
    Ok(rules)
}

/// The packs and their rules, a line each; of one pack alone, where it is meant.
fn list(loaded: &Loaded, packs: &[String], only: Option<usize>, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let policy = &loaded.policy;
    let width = policy.rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0);
    for (at, pack) in packs.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at)) {
        let rules: Vec<&Rule> = policy.rules.iter().filter(|rule| rule.pack == at).collect();
        let named = loaded.named.get(at) == Some(&true);
        let used = if named { String::new() } else { format!(" ({})", lang.used_by_others()) };
        writeln!(out, "{}{used}{}{}", printable(pack), lang.colon(), lang.rules(rules.len()))?;
        for rule in rules {
            let severity = flush_left(&severity(lang, rule.severity), 7);
            writeln!(out, "  {:width$}  {severity}  {}", rule.id, printable(&rule.title))?;
        }
    }
    Ok(())
}

/// All that can be told of a rule.
fn tell(
    policy: &Policy,
    rule: &Rule,
    sources: &Sources,
    options: &report::Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lang = options.lang;
    report::explain(&[(session::rule_info(policy, rule), None)], sources, options, out)?;
    let Explanation { in_force, reads, params, source } = explain(policy, rule, sources, lang);
    for (word, lines) in [(lang.in_force(), &in_force), (lang.reads(), &reads), (lang.by(), &params)] {
        for (at, line) in lines.iter().enumerate() {
            let lead = if at == 0 { format!("{word}{}", lang.colon()) } else { String::new() };
            writeln!(out, "{}{}", flush_right(&lead, 10), report::plain(&printable(line), options.unicode))?;
        }
    }
    if let (Some(file), Some(place)) = (sources.file(rule.whole.start), sources.position(rule.whole.start)) {
        writeln!(out, "\n  {}:{}", printable(file.name()), place.line)?;
    }
    for line in source.lines() {
        writeln!(out, "    {}", printable(line))?;
    }
    Ok(())
}

/// How the verdicts came about: what was asked, what came of it, and the values that led there.
fn steps(report: &Report, options: &report::Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    let plain = |text: &str| report::plain(&printable(text), options.unicode).into_owned();
    for tenant in &report.tenants {
        let name = tenant.name.as_deref().map_or(String::new(), |name| format!(" {name}"));
        for (verdict, steps) in tenant.rules.iter().zip(&tenant.steps) {
            let id = report.rules.get(verdict.rule).map_or("", |rule| rule.id.as_str());
            let word = report::words::verdict(lang, verdict.verdict);
            writeln!(out, "{}{}: {id}{}{word}", report::source(lang, tenant), printable(&name), lang.colon())?;
            for step in steps {
                let indent = "  ".repeat(step.depth + 1);
                let outcome = if step.outcome.is_empty() { String::new() } else { format!(": {}", step.outcome) };
                writeln!(out, "{indent}{}{}", plain(&step.text), plain(&outcome))?;
                for (text, value) in &step.values {
                    writeln!(out, "{indent}    {} = {}", plain(text), plain(value))?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}
