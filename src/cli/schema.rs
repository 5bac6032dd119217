//! Owns `cerco schema`. It must never know a schema.

use std::io;

use super::arguments::Schema;
use super::engine::Engine;
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::report;

/// Prints it, and gives the exit status.
pub fn run(command: Schema, terminal: &Terminal, engine: &Engine) -> io::Result<u8> {
    let request = command.source.request(Vec::new(), Vec::new(), None);
    match (engine.schema)(&request, command.format) {
        Ok(text) => unless_broken(terminal.write(|out| out.write_all(text.as_bytes())), PASSED),
        Err(outcome) => {
            terminal
                .complain(|out| report::complain(&outcome.report, &outcome.sources, &terminal.error_options(), out));
            Ok(UNTRUSTED)
        }
    }
}
