//! Owns `cerco new`: where a new pack or rule is put. It must never overwrite a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::arguments::{New, NewWhat};
use super::output::Terminal;
use super::{PASSED, UNTRUSTED, unless_broken};
use crate::diagnostic::{Diagnostic, plain};
use crate::finding::Report;
use crate::pack::manifest::is_kebab;
use crate::report::{self, printable};
use crate::scaffold::{self, File};
use crate::source::Sources;

/// The name of the rule that a new pack begins with.
const FIRST: &str = "first-rule";

/// Makes the files, and gives the exit status.
pub fn run(command: New, terminal: &Terminal) -> io::Result<u8> {
    let made = match &command.what {
        NewWhat::Pack { name } => pack(name),
        NewWhat::Rule { name } => rule(name),
    };
    match made {
        Ok((folder, files)) => {
            let written = terminal.write(|out| {
                for file in &files {
                    writeln!(out, "made {}", printable(&file.display().to_string()))?;
                }
                if terminal.quiet {
                    return Ok(());
                }
                let folder = folder.display().to_string();
                writeln!(out, "\nNow say what the rule asks, and what its test expects, until this passes:")?;
                writeln!(out, "  cerco test {}", printable(&folder))
            });
            unless_broken(written, PASSED)
        }
        Err(error) => {
            let report = Report { errors: vec![error], ..Report::default() };
            terminal.complain(|out| report::complain(&report, &Sources::new(), &terminal.error_options(), out));
            Ok(UNTRUSTED)
        }
    }
}

/// A folder, and the files that were made in it.
type Made = Result<(PathBuf, Vec<PathBuf>), Diagnostic>;

fn pack(given: &str) -> Made {
    let path = Path::new(given);
    let name = name_of(path)?;
    let plain = path.components().count() == 1;
    let folder =
        if plain && Path::new("policies").is_dir() { Path::new("policies").join(path) } else { path.to_owned() };
    if folder.exists() {
        return Err(Diagnostic::bare("new/exists", format!("`{}` is there already", folder.display()))
            .help(format!("begin a rule in it: `cerco new rule {}/NAME`", folder.display())));
    }
    let [policy, test] = scaffold::rule(&name, FIRST, true);
    let files = write(&folder, &[scaffold::pack(&name), policy, test])?;
    Ok((folder, files))
}

fn rule(given: &str) -> Made {
    if let Some(pack) = given.strip_suffix('/') {
        return Err(Diagnostic::bare("new/name", format!("`{given}` does not say what the rule is called"))
            .help(format!("a rule is called `pack/rule`: `cerco new rule {pack}/two-step-login`")));
    }
    let path = Path::new(given);
    let name = name_of(path)?;
    let pack = path.parent().filter(|pack| !pack.as_os_str().is_empty()).ok_or_else(|| {
        Diagnostic::bare("new/name", format!("`{given}` does not say which pack the rule belongs to"))
            .help(format!("a rule is called `pack/rule`: `cerco new rule house/{name}`"))
    })?;
    let folder =
        [pack.to_owned(), Path::new("policies").join(pack)].into_iter().find(|at| at.join("pack.yaml").is_file());
    let folder = folder.ok_or_else(|| {
        Diagnostic::bare("new/no-pack", format!("there is no pack `{}` here", pack.display()))
            .help(format!("begin one: `cerco new pack {}`", pack.display()))
    })?;
    let pack_name =
        fs::canonicalize(&folder).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let manifest = fs::read_to_string(folder.join("pack.yaml")).ok();
    let manifest = manifest.and_then(|text| crate::pack::manifest::parse(&text, 0).ok());
    let pack_name = manifest.map(|manifest| manifest.name).or(pack_name).unwrap_or_default();
    let files = write(&folder, &scaffold::rule(&pack_name, &name, !has_schema(&folder)))?;
    Ok((folder, files))
}

/// The last part of a path, if it is a name in kebab-case.
fn name_of(path: &Path) -> Result<String, Diagnostic> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if is_kebab(&name) {
        return Ok(name);
    }
    let near: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let near = near.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let error = Diagnostic::bare("new/name", format!("`{name}` is not written in kebab-case"));
    Err(match is_kebab(&near) {
        true => error.help(format!("small letters and digits, with single `-` between words: `{near}`")),
        false => error.help("small letters and digits, with single `-` between words: `two-step-login`"),
    })
}

/// Whether a pack describes tenants of its own.
fn has_schema(folder: &Path) -> bool {
    let texts =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
    texts.into_iter().any(|text| text.lines().any(|line| line.starts_with("schema ")))
}

/// Writes files that are not there yet: all of them, or none.
fn write(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, Diagnostic> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        return Err(Diagnostic::bare("new/exists", format!("`{}` is there already", there.display()))
            .help("choose another name, or move it away"));
    }
    for (path, (_, text)) in paths.iter().zip(files) {
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
        made.map_err(|error| {
            Diagnostic::bare("new/unwritable", format!("`{}` cannot be written: {}", path.display(), plain(&error)))
                .help("see that you may write there")
        })?;
    }
    Ok(paths)
}
