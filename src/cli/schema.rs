//! Owns `cerco schema`. It must never know a schema.

use std::io;

use super::arguments::{Schema, SchemaFormat, Source};
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::finding::Report;
use crate::project;
use crate::report;
use crate::session;

/// The pack whose schema is meant where none is named.
const USUAL: &str = "dingtalk";

/// Prints it, and gives the exit status.
pub fn run(command: Schema, terminal: &Terminal) -> io::Result<u8> {
    let Schema { format, mut packs } = command;
    if packs.is_empty() && crate::pack::embedded::files(USUAL).is_some() {
        packs.push(USUAL.to_owned());
    }
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), None);
    let (mut packs, mut found) = (project::packs(&request), Report::default());
    let loaded = session::load(&mut packs, &mut found);
    terminal.complain(|out| report::complain(&found, &packs.sources, &terminal.error_options(), out));
    let Some(loaded) = loaded else { return Ok(UNTRUSTED) };
    let text = match format {
        SchemaFormat::JsonSchema => loaded.policy.schema.json(),
        SchemaFormat::Text => loaded.policy.schema.outline(),
    };
    unless_broken(terminal.write(|out| out.write_all(text.as_bytes())), PASSED)
}
