//! Owns the list of the packs that the binary carries: `policies/`, sorted by name. It must never know what they say.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=policies");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut list = String::from("&[\n");
    for pack in entries(&root.join("policies"))? {
        if !pack.join("pack.yaml").is_file() {
            continue;
        }
        let mut files = vec![pack.join("pack.yaml")];
        policies(&pack, &mut files)?;
        let _ = writeln!(list, "    ({:?}, &[", name(&pack));
        for file in files {
            let shown = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let _ = writeln!(list, "        ({shown:?}, include_str!({:?})),", file.display().to_string());
        }
        list.push_str("    ]),\n");
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs"), list)
}

/// The policies of a pack, in subfolders too, but not in other packs within it.
fn policies(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() && !path.join("pack.yaml").exists() {
            policies(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "cerco") {
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
