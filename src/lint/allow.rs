//! Owns the comments that allow a lint where it is meant: `# lint: allow CODE because REASON`. It must never know how a lint is found.

use super::LINTS;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::{SourceFile, Span};
use crate::syntax::format::comments;

/// How an allowance is written.
const FORM: &str = "write `# lint: allow CODE because REASON`, above the line or behind it";

/// An allowance: of which lint, on which line of the file.
struct Allowance {
    code: &'static str,
    line: u32,
    span: Span,
    used: bool,
}

/// Takes out of what was found in a file what its comments allow, and adds what is wrong with them.
pub fn apply(file: &SourceFile, found: &mut Vec<Diagnostic>) {
    let (mut allowances, mut wrong) = (Vec::new(), Vec::new());
    read(file, &mut allowances, &mut wrong);
    found.retain(|it| {
        let line = it.span.map_or(0, |span| file.position_line(span.start.saturating_sub(file.base())));
        let mut allowed = false;
        for allowance in &mut allowances {
            if allowance.line == line && allowance.code == it.code {
                (allowance.used, allowed) = (true, true);
            }
        }
        !allowed
    });
    found.append(&mut wrong);
    for unused in allowances.iter().filter(|allowance| !allowance.used) {
        let code = unused.code.trim_start_matches("lint/");
        found.push(
            Diagnostic::error("lint/unused-allow", unused.span, format!("this allows `{code}`, and there is none"))
                .help("take the comment out"),
        );
    }
}

fn read(file: &SourceFile, allowances: &mut Vec<Allowance>, wrong: &mut Vec<Diagnostic>) {
    let comments = comments(file.text());
    let line_of = |start: usize| file.position_line(start as u32);
    let alone: Vec<u32> = comments.iter().filter(|it| it.alone).map(|it| line_of(it.start)).collect();
    for comment in &comments {
        let Some(rest) = comment.text.trim_start_matches('#').trim_start().strip_prefix("lint:") else { continue };
        let start = file.base() + comment.start as u32;
        let span = Span::new(start, start + comment.text.len() as u32);
        let (codes, reason) = match rest.trim_start().strip_prefix("allow ").and_then(|it| it.split_once(" because")) {
            Some(parts) => parts,
            None => {
                let message = "this comment allows nothing, or says no reason";
                wrong.push(Diagnostic::error("lint/bad-allow", span, message).help(FORM));
                continue;
            }
        };
        if reason.trim().is_empty() {
            wrong.push(Diagnostic::error("lint/bad-allow", span, "this allowance says no reason").help(FORM));
            continue;
        }
        // A comment that stands alone speaks of the next line that is none.
        let mut line = line_of(comment.start);
        while comment.alone && alone.contains(&line) {
            line += 1;
        }
        for code in codes.split(',').map(|code| code.trim().trim_start_matches("lint/")) {
            match LINTS.iter().find(|lint| lint.code.trim_start_matches("lint/") == code) {
                Some(lint) => allowances.push(Allowance { code: lint.code, line, span, used: false }),
                None => {
                    let known = LINTS.iter().map(|lint| lint.code.trim_start_matches("lint/"));
                    wrong.push(
                        Diagnostic::error("lint/bad-allow", span, format!("there is no lint `{code}`"))
                            .help("`cerco explain --lint` lists them")
                            .help_if(did_you_mean(code, known)),
                    );
                }
            }
        }
    }
}
