//! Owns what can be told of a rule without a tenant: what it reads, by which parameters, under which law. It must never know how a verdict comes about.

use crate::lang::Lang;
use crate::policy::{Direction, Effective, Policy, Rule};
use crate::source::{Sources, Span};
use crate::value::format_date;

pub mod pages;
mod reads;

/// What can be told of a rule beside what its head says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Explanation {
    /// When it holds, in words: by its own dates, or by those of its laws.
    pub in_force: Vec<String>,
    /// The paths of a tenant that it reads, `[…]` for any element, sorted.
    pub reads: Vec<String>,
    /// The parameters that it uses: `pack.name = value`, and who may set them.
    pub params: Vec<String>,
    /// The text of the rule, from its first line to its last.
    pub source: String,
}

/// Tells what a rule does.
pub fn explain(policy: &Policy, rule: &Rule, sources: &Sources, lang: Lang) -> Explanation {
    let (reads, params) = reads::of(policy, rule);
    Explanation {
        in_force: in_force(policy, rule, lang),
        reads,
        params: params.into_iter().filter_map(|at| param(policy, at, lang)).collect(),
        source: whole_lines(sources, rule.whole),
    }
}

/// The paths of a tenant that a rule reads, `[…]` for any element, sorted.
pub fn reads(policy: &Policy, rule: &Rule) -> Vec<String> {
    reads::of(policy, rule).0
}

fn in_force(policy: &Policy, rule: &Rule, lang: Lang) -> Vec<String> {
    if let Some(effective) = &rule.effective {
        return vec![dates(effective, lang)];
    }
    let mut laws: Vec<usize> = rule.cites.iter().map(|(law, _)| *law).collect();
    laws.dedup();
    let law = |at: usize| {
        let law = policy.laws.get(at)?;
        let dates = law.effective.as_ref().map_or_else(|| lang.always(), |effective| dates(effective, lang));
        Some(format!("{dates} ({})", law.title))
    };
    laws.into_iter().filter_map(law).collect()
}

/// When something holds, in words.
pub fn dates(effective: &Effective, lang: Lang) -> String {
    let from = format_date(effective.from);
    match effective.until {
        Some(until) => lang.holds_from_until(&from, &format_date(until)),
        None => lang.holds_from(&from),
    }
}

fn param(policy: &Policy, at: usize, lang: Lang) -> Option<String> {
    let param = policy.params.get(at)?;
    let pack = policy.packs.get(param.pack)?;
    let may = match param.may {
        None => lang.param_fixed(),
        Some(Direction::Fall) => lang.param_may_fall(),
        Some(Direction::Rise) => lang.param_may_rise(),
        Some(Direction::Change) => lang.param_may_change(),
    };
    Some(format!("{pack}.{} = {} ({may})", param.name, policy.schema.const_text(&param.value, &param.ty.kind)))
}

/// The text of a span and what stands before it on its first line, with a common indent taken off.
fn whole_lines(sources: &Sources, span: Span) -> String {
    let text = sources.text(span);
    let indent = sources.position(span.start).map_or(0, |place| place.column as usize - 1);
    let mut out = String::new();
    for line in text.lines() {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        out.push_str(if out.is_empty() { line } else { line.get(blanks.min(indent)..).unwrap_or(line) });
        out.push('\n');
    }
    out
}
