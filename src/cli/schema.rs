//! Owns `cerco schema`. It must never know a schema.

use std::io;

use super::arguments::{Schema, SchemaFormat, Source};
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::finding::Report;
use crate::project;
use crate::report;
use crate::session;

/// The pack whose schema is meant where none is named.
const USUAL: &str = "dingtalk";

/// Prints it, and gives the exit status.
pub fn run(command: Schema, terminal: &Terminal) -> io::Result<u8> {
    let Schema { section, format, mut packs } = command;
    if packs.is_empty() && crate::pack::embedded::files(USUAL).is_some() {
        packs.push(USUAL.to_owned());
    }
    let source = Source { packs, as_of: None, params: Vec::new(), lang: None };
    let request = source.request(Vec::new(), Vec::new(), None);
    let (mut packs, mut found) = (project::packs(&request), Report::default());
    let loaded = session::load(&mut packs, &mut found);
    terminal.complain(|out| report::complain(&found, &packs.sources, &terminal.error_options(), out));
    let Some(loaded) = loaded else { return Ok(UNTRUSTED) };
    let schema = &loaded.policy.schema;
    let text = match (section, format) {
        (None, SchemaFormat::JsonSchema) => schema.json(),
        (None, SchemaFormat::Text) => schema.outline(),
        (Some(name), _) => match schema.outline_of(&name) {
            Some(text) => text,
            None => {
                let missing =
                    Diagnostic::bare("input/no-section", format!("no section and no type is called `{name}`"))
                        .help("`cerco schema --format text` lists those that there are")
                        .help_if(did_you_mean(&name, schema.sections()));
                let missing = Report { errors: vec![missing], ..Report::default() };
                terminal.complain(|out| report::complain(&missing, &packs.sources, &terminal.error_options(), out));
                return Ok(UNTRUSTED);
            }
        },
    };
    unless_broken(terminal.write(|out| out.write_all(text.as_bytes())), PASSED)
}
