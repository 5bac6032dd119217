//! Owns what is to be run: the rules that were asked for, the parameters as they are set, the date. It must never know a tenant.

use crate::lang::Lang;
use crate::policy::{Policy, Rule};
use crate::schema::Const;
use globset::{Glob, GlobSetBuilder};

mod alike;

pub use alike::Alike;

/// The most steps that one rule may take at one tenant, where nobody sets another limit: a step is an element that a list
/// gives, lists within lists counted each time, a call, or a comparison of an element with others.
pub const MOST_STEPS: u64 = 30_000_000;

/// How many bytes of texts and lists a rule may make for each step that it may take, and how many at least.
const BYTES_A_STEP: u64 = 8;
const FEWEST_BYTES: u64 = 16 << 20;

/// What is to be run on every tenant.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// The date of evaluation, in days since 1970-01-01.
    pub as_of: i32,
    /// The values of the parameters, in the order of [`Policy::params`].
    pub params: Vec<Const>,
    /// The rules, in the order of [`Policy::rules`] (by id).
    pub rules: Vec<Planned<'p>>,
    /// What in them needs to be worked out once.
    pub alike: Alike,
    /// The most steps that one rule may take at one tenant.
    pub most_steps: u64,
    /// Tell how each verdict comes about.
    pub steps: bool,
    /// Tell what each check and band came to.
    pub cover: bool,
    /// Tell what the fixes of findings change.
    pub fixes: bool,
    /// The language of what is said.
    pub lang: Lang,
}

/// A rule to be run.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// The date of evaluation lies within its dates, or its laws'.
    pub in_force: bool,
}

/// Why a plan cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A glob of `--rule` that is none.
    #[error("`{0}` is no pattern of rule ids")]
    Glob(String),
    /// No rule has such an id.
    #[error("no rule is called `{0}`")]
    NoRule(String),
}

impl<'p> Plan<'p> {
    /// The most bytes of texts and lists that one rule may hold at once.
    #[inline]
    pub fn most_bytes(&self) -> u64 {
        self.most_steps.saturating_mul(BYTES_A_STEP).max(FEWEST_BYTES)
    }

    /// Plans the rules that a glob selects (all, where there is none), with the parameters as the packs set them.
    ///
    /// # Errors
    /// A glob that is none, or that selects nothing.
    pub fn new(policy: &'p Policy, as_of: i32, globs: &[String]) -> Result<Plan<'p>, Refusal> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(Glob::new(glob).map_err(|_| Refusal::Glob(glob.clone()))?);
        }
        let set = set.build().map_err(|_| Refusal::Glob(globs.join(", ")))?;
        for (at, glob) in globs.iter().enumerate() {
            if !policy.rules.iter().any(|rule| set.matches(rule.id.as_str()).contains(&at)) {
                return Err(Refusal::NoRule(glob.clone()));
            }
        }
        let wanted = |rule: &&Rule| globs.is_empty() || set.is_match(rule.id.as_str());
        let planned = |rule: &'p Rule| Planned { rule, in_force: in_force(policy, rule, as_of) };
        let rules: Vec<Planned<'p>> = policy.rules.iter().filter(wanted).map(planned).collect();
        Ok(Plan {
            policy,
            as_of,
            params: policy.params.iter().map(|param| param.value.clone()).collect(),
            alike: Alike::of(policy, rules.iter().filter(|planned| planned.in_force).map(|planned| planned.rule)),
            rules,
            most_steps: MOST_STEPS,
            steps: false,
            cover: false,
            fixes: false,
            lang: Lang::En,
        })
    }
}

/// A rule holds within its own dates; where it has none, while any of its laws holds; without laws, always.
pub fn in_force(policy: &Policy, rule: &Rule, as_of: i32) -> bool {
    let within = |effective: &crate::policy::Effective| {
        effective.from <= as_of && effective.until.is_none_or(|until| as_of < until)
    };
    match &rule.effective {
        Some(effective) => within(effective),
        None => {
            rule.cites.is_empty()
                || rule
                    .cites
                    .iter()
                    .any(|(law, _)| policy.laws.get(*law).and_then(|law| law.effective.as_ref()).is_none_or(within))
        }
    }
}
