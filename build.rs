//! Owns the list of the packs that the binary carries: `policies/`, sorted by name, each policy as text and as a tree, and all of them checked together. It must never know what they say.
//!
//! The parser and the checker are built into this script: reading and checking some 360 KB at each start would cost more
//! than the rest of a run.
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    reason = "these modules are the crate's; this script needs a few functions"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

mod src {
    pub mod builtins;
    pub mod check;
    pub mod diagnostic;
    pub mod edit;
    pub mod finding;
    pub mod pattern;
    pub mod policy;
    pub mod schema;
    pub mod source;
    pub mod stored;
    pub mod string;
    pub mod syntax;
    pub mod value;
}

use src::{builtins, check, diagnostic, edit, finding, pattern, policy, schema, source, stored, string, syntax, value};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=policies");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let (mut list, mut trees, mut sound) = (String::from("&[\n"), 0, true);
    let mut locales = String::from("&[\n");
    let mut strings = stored::Strings::default();
    let (mut sources, mut packs) = (source::Sources::new(), Vec::new());
    for pack in entries(&root.join("policies"))? {
        if !pack.join("pack.yaml").is_file() {
            continue;
        }
        let mut files = vec![pack.join("pack.yaml")];
        policies(&pack, &mut files)?;
        let mut checked =
            check::Source { name: name(&pack), version: version(&pack)?, files: Vec::new(), carried: true };
        let version = checked.version.as_deref().unwrap_or_default();
        let _ = writeln!(list, "    EmbeddedPack {{ name: {:?}, version: {version:?}, files: &[", checked.name);
        for file in files {
            let base = sources.add("", fs::read_to_string(&file)?).map_err(io::Error::other)?;
            if is_policy(&file) {
                let (tree, errors) = syntax::parse::parse(&fs::read_to_string(&file)?, base);
                sound &= errors.is_empty();
                checked.files.push(tree);
            }
            let shown = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let tree = match tree(&file, &mut strings)? {
                Some(tree) => {
                    trees += 1;
                    let path = out.join(format!("{trees}.tree"));
                    fs::write(&path, tree)?;
                    format!("include_bytes!({:?})", path.display().to_string())
                }
                None => "&[]".to_owned(),
            };
            let text = file.display().to_string();
            let _ = writeln!(
                list,
                "        EmbeddedFile {{ name: {shown:?}, text: include_str!({text:?}), tree: {tree} }},"
            );
        }
        list.push_str("    ] },\n");
        packs.push(checked);
        for file in
            entries(&pack.join("locales"))?.iter().filter(|file| file.extension().is_some_and(|it| it == "yaml"))
        {
            let shown = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
            let lang = file.file_stem().unwrap_or_default().to_string_lossy();
            let text = format!("include_str!({:?})", file.display().to_string());
            let _ = writeln!(
                locales,
                "    ({:?}, {lang:?}, EmbeddedFile {{ name: {shown:?}, text: {text}, tree: &[] }}),",
                name(&pack)
            );
        }
    }
    list.push_str("]\n");
    locales.push_str("]\n");
    fs::write(out.join("locales.rs"), locales)?;
    fs::write(out.join("embedded.rs"), list)?;
    // What is wrong with them, or worth a warning, the crate tells at run time.
    let (policy, found) = check::check(&packs);
    let bytes = strings.store(&policy).filter(|_| sound && found.is_empty());
    fs::write(out.join("policy.bin"), bytes.unwrap_or_default())?;
    fs::write(out.join("strings.txt"), strings.text())
}

/// The version that a manifest gives.
fn version(pack: &Path) -> io::Result<Option<String>> {
    let manifest = fs::read_to_string(pack.join("pack.yaml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version:"));
    Ok(line.map(|version| version.trim().trim_matches('"').to_owned()))
}

fn is_policy(file: &Path) -> bool {
    file.extension().is_some_and(|it| it == "cerco")
}

/// The tree of a policy; `None` for anything else, and for what does not parse, of which the crate tells at run time.
fn tree(file: &Path, strings: &mut stored::Strings) -> io::Result<Option<Vec<u8>>> {
    if !is_policy(file) {
        return Ok(None);
    }
    let (tree, errors) = syntax::parse::parse(&fs::read_to_string(file)?, 0);
    Ok(if errors.is_empty() { strings.store(&tree) } else { None })
}

/// The policies of a pack, in subfolders too, but not in other packs within it.
fn policies(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() && !path.join("pack.yaml").exists() {
            policies(&path, files)?;
        } else if is_policy(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// What a folder holds, hidden things left out, sorted; nothing where there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|it| it.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
