//! Owns `cerco explain`: which rules are meant, and how they are told. It must never know how a verdict comes about.

use std::io::{self, Write};

use globset::Glob;

use super::arguments::Explain;
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::explain::{Explanation, explain};
use crate::finding::Report;
use crate::policy::{Policy, Rule};
use crate::project;
use crate::report::{self, printable};
use crate::session::{self, Loaded};
use crate::source::Sources;

/// Explains, and gives the exit status: a tenant that fails is explained, and so no failure.
pub fn run(command: Explain, terminal: &Terminal) -> io::Result<u8> {
    let Explain { rule: wanted, tenants, source, limits } = command;
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
    let options = report::Options { unknown_detail: true, ..terminal.out_options() };
    let written = terminal.write(|out| {
        if wanted.is_none() {
            return list(loaded, &found.packs, out);
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
            let rules = chosen.iter().map(|rule| rule.id.clone()).collect();
            let outcome = project::check(&project::Request { rules, ..request.clone() }, &|_, _| ()).outcome;
            terminal
                .complain(|err| report::complain(&outcome.report, &outcome.sources, &terminal.error_options(), err));
            if !outcome.report.errors.is_empty() {
                status = UNTRUSTED;
            }
            steps(&outcome.report, out)?;
            report::write(&outcome.report, &outcome.sources, &options, out)?;
        }
        Ok(())
    });
    unless_broken(written, status)
}

/// The rules that are meant: by their id, by their name alone, or by a glob over ids.
fn choose<'p>(policy: &'p Policy, wanted: &str) -> Result<Vec<&'p Rule>, Diagnostic> {
    let named = |rule: &&Rule| rule.id == wanted || rule.id.rsplit('/').next() == Some(wanted);
    let mut rules: Vec<&Rule> = policy.rules.iter().filter(named).collect();
    if rules.is_empty()
        && let Ok(glob) = Glob::new(wanted).map(|glob| glob.compile_matcher())
    {
        rules = policy.rules.iter().filter(|rule| glob.is_match(&rule.id)).collect();
    }
    if rules.is_empty() {
        return Err(Diagnostic::bare("input/no-rule", format!("no rule is called `{wanted}`"))
            .help("a rule is called `pack/rule`: `cerco explain` without a rule lists those that there are")
            .help_if(did_you_mean(wanted, policy.rules.iter().map(|rule| rule.id.as_str()))));
    }
    Ok(rules)
}

/// The packs and their rules, a line each.
fn list(loaded: &Loaded, packs: &[String], out: &mut dyn Write) -> io::Result<()> {
    let policy = &loaded.policy;
    let width = policy.rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0);
    for (at, pack) in packs.iter().enumerate() {
        let rules: Vec<&Rule> = policy.rules.iter().filter(|rule| rule.pack == at).collect();
        let used = if loaded.named.get(at) == Some(&true) { "" } else { " (used by others)" };
        let rules_word = if rules.len() == 1 { "rule" } else { "rules" };
        writeln!(out, "{}{used}: {} {rules_word}", printable(pack), rules.len())?;
        for rule in rules {
            writeln!(out, "  {:width$}  {:7}  {}", rule.id, rule.severity.word(), printable(&rule.title))?;
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
    report::explain(&[(session::rule_info(policy, rule), None)], sources, options, out)?;
    let Explanation { in_force, reads, params, source } = explain(policy, rule, sources);
    for (word, lines) in [("in force", &in_force), ("reads", &reads), ("by", &params)] {
        for (at, line) in lines.iter().enumerate() {
            let word = if at == 0 { format!("{word}:") } else { String::new() };
            writeln!(out, "{word:>9} {}", printable(line))?;
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
fn steps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for tenant in &report.tenants {
        let name = tenant.name.as_deref().map_or(String::new(), |name| format!(" {name}"));
        for (verdict, steps) in tenant.rules.iter().zip(&tenant.steps) {
            let id = report.rules.get(verdict.rule).map_or("", |rule| rule.id.as_str());
            writeln!(out, "{}{}: {id}: {}", printable(&tenant.source), printable(&name), verdict.verdict.word())?;
            for step in steps {
                let indent = "  ".repeat(step.depth + 1);
                let outcome = if step.outcome.is_empty() { String::new() } else { format!(": {}", step.outcome) };
                writeln!(out, "{indent}{}{}", printable(&step.text), printable(&outcome))?;
                for (text, value) in &step.values {
                    writeln!(out, "{indent}    {} = {}", printable(text), printable(value))?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}
