//! Owns the record of what each check and band came to, for the coverage of tests. It must never know a test.

use super::run::{Came, Run};
use crate::finding::Verdict;
use crate::policy::{Asks, Stmt};
use crate::source::Span;

impl Run<'_, '_> {
    /// Notes what a check or band came to.
    pub(super) fn cover(&mut self, span: Span, came: Came) {
        if !self.machine.plan.cover {
            return;
        }
        let verdict = match came {
            Came::Holds => Verdict::Pass,
            Came::Unknown => Verdict::Unknown,
            Came::Fails => Verdict::Fail,
            Came::Fault => Verdict::Error,
        };
        let seen = (span.start, verdict);
        // A loop over thousands of elements says the same thousands of times.
        if !self.covered.iter().rev().take(16).any(|known| *known == seen) {
            self.covered.push(seen);
        }
    }

    /// Notes that nothing of a block can be decided, because nobody knows what it would be asked of.
    pub(super) fn cover_undecided(&mut self, statements: &[Stmt]) {
        if !self.machine.plan.cover {
            return;
        }
        for statement in statements {
            match statement {
                Stmt::Let(..) => {}
                Stmt::For(each) => self.cover_undecided(&each.body),
                Stmt::If(choice) => {
                    self.cover_undecided(&choice.then);
                    self.cover_undecided(&choice.otherwise);
                }
                Stmt::Check(check) => self.cover(check.span, Came::Unknown),
                Stmt::Grants(grants) => self.cover(grants.span, Came::Unknown),
                Stmt::Threshold(threshold) => {
                    for band in &threshold.bands {
                        self.cover(band.span, Came::Unknown);
                        if let Asks::Block(statements) = &band.asks {
                            self.cover_undecided(statements);
                        }
                    }
                }
            }
        }
    }

    /// What was noted since then was only tried: nobody knows whether it applies, so what does not hold is open.
    pub(super) fn cover_trial(&mut self, since: usize) {
        for (_, verdict) in self.covered.iter_mut().skip(since) {
            if *verdict != Verdict::Pass {
                *verdict = Verdict::Unknown;
            }
        }
    }
}
