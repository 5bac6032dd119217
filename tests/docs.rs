//! The pages of packs: complete, linked, up to date, and nobody else's files touched.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn cerco(arguments: &[&str], output: &Path) -> assert_cmd::assert::Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cerco"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("docs").args(arguments).arg("--output").arg(output).assert()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(pages(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The links of a page, with the heading that each wants.
fn links(text: &str) -> Vec<(String, Option<String>)> {
    let mut prose = String::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if !code {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.filter(|link| !link.starts_with('<'));
    links
        .map(|link| match link.split_once('#') {
            Some((file, heading)) => (file.to_owned(), Some(heading.to_owned())),
            None => (link.to_owned(), None),
        })
        .collect()
}

#[test]
fn every_rule_has_a_page_and_every_link_leads_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    cerco(&[], folder.path()).success();
    let found = pages(folder.path());
    let mut followed = 0;
    for page in &found {
        let text = fs::read_to_string(page).unwrap();
        assert!(text.contains("not legal advice"), "{} says what it is not", page.display());
        for (link, heading) in links(&text) {
            let to = page.parent().unwrap().join(&link);
            let target = fs::read_to_string(&to).unwrap_or_else(|_| panic!("{}: {link} leads nowhere", page.display()));
            if let Some(heading) = heading {
                assert!(target.contains(&format!("id=\"{heading}\"")), "{}: {link}#{heading}", page.display());
            }
            followed += 1;
        }
    }
    let rules: BTreeSet<String> = {
        let listed = Command::new(env!("CARGO_BIN_EXE_cerco")).arg("explain").assert().success();
        let text = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
        text.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).map(str::to_owned).collect()
    };
    assert!(rules.len() >= 120, "{} rules", rules.len());
    for rule in &rules {
        let (pack, name) = rule.split_once('/').unwrap();
        let page = folder.path().join(pack).join("rules").join(format!("{name}.md"));
        assert!(fs::read_to_string(&page).unwrap().contains(&format!("# {rule}\n")), "{rule}");
    }
    assert!(followed > rules.len());
}

#[test]
fn pages_are_brought_up_to_date_and_foreign_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (pack, out) = (folder.path().join("house"), folder.path().join("out"));
    fs::create_dir_all(pack.join("tests")).unwrap();
    fs::write(
        pack.join("pack.yaml"),
        "name: house\nversion: 0.1.0\ndescription: The house's *own* rules\nlicence: Apache-2.0\n",
    )
    .unwrap();
    let rule = |name: &str| {
        format!(
            "rule {name} {{\n    title    \"Two steps\"\n    severity error\n\n    expect accounts.two_step_verification == \"all\"\n}}\n"
        )
    };
    fs::write(pack.join("rules.cerco"), format!("use dingtalk\n\n{}\n{}", rule("two-steps"), rule("gone"))).unwrap();
    fs::write(
        pack.join("tests/bad.yaml"),
        "# fragment\naccounts:\n  two_step_verification: none  # expect: house/two-steps, house/gone\n---\n# fragment\naccounts: {}  # expect unknown: house/two-steps\n",
    )
    .unwrap();
    let pack = pack.to_str().unwrap();
    cerco(&[pack, "--check"], &out).code(1);
    cerco(&[pack], &out).success();
    cerco(&[pack, "--check"], &out).success();
    let page = fs::read_to_string(out.join("rules/two-steps.md")).unwrap();
    insta::assert_snapshot!(page);
    insta::assert_snapshot!(fs::read_to_string(out.join("README.md")).unwrap());

    fs::write(Path::new(pack).join("rules.cerco"), format!("use dingtalk\n\n{}", rule("two-steps"))).unwrap();
    fs::write(out.join("rules/notes.md"), "mine\n").unwrap();
    let stale = cerco(&[pack, "--check"], &out).code(1);
    let told = String::from_utf8_lossy(&stale.get_output().stdout).replace('\\', "/");
    assert!(told.contains("rules/gone.md") && told.contains("README.md") && !told.contains("notes.md"), "{told}");
    cerco(&[pack], &out).success();
    assert!(!out.join("rules/gone.md").exists() && out.join("rules/notes.md").exists());

    fs::write(out.join("README.md"), "mine\n").unwrap();
    let refused = cerco(&[pack], &out).code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("docs/foreign"));
    assert_eq!(fs::read_to_string(out.join("README.md")).unwrap(), "mine\n");
}
