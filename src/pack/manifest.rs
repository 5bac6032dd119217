//! Owns `pack.yaml`: what a pack says of itself. It must never know what the pack's policies say.

use super::keyed::{self, At, listed};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What a pack says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// Its name, in kebab-case: what `use` and rule ids call it.
    pub name: String,
    /// Its version, `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// What it is for, in a line.
    pub description: String,
    /// Under which licence it may be used, by its SPDX name.
    pub licence: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Where more is said of it.
    pub homepage: Option<String>,
    /// Where its name is written.
    pub place: Span,
}

/// What a manifest says, and what it may say.
const NEEDED: [&str; 4] = ["name", "version", "description", "licence"];
const KNOWN: [&str; 6] = ["name", "version", "description", "licence", "authors", "homepage"];

/// The largest manifest, in bytes.
const MANIFEST_BYTES: usize = 64 << 10;

/// Reads a manifest whose first byte is at `base`.
///
/// # Errors
/// What is wrong with it, at its place.
pub fn parse(text: &str, base: u32) -> Result<Manifest, Vec<Diagnostic>> {
    let start = Span::new(base, base);
    if text.len() > MANIFEST_BYTES {
        let error = Diagnostic::error("pack/manifest", start, "this manifest is too large")
            .help(format!("a `pack.yaml` holds at most {MANIFEST_BYTES} bytes"));
        return Err(vec![error]);
    }
    let mut file = keyed::read(text, base, ("pack.yaml", "pack/manifest"), &KNOWN)?;
    let missing = file.missing(&NEEDED);
    if !missing.is_empty() {
        let error = Diagnostic::error("pack/manifest", file.start(), format!("`pack.yaml` lacks {}", listed(&missing)));
        file.errors.push(error.help(format!("it holds {}, and may hold `authors` and `homepage`", listed(&NEEDED))));
    }
    let name = file.text("name").unwrap_or_default();
    let version = file.text("version").unwrap_or_default();
    let mut text = |key| file.text(key).map(|text| text.value);
    let (description, licence, homepage) = (text("description"), text("licence"), text("homepage"));
    let authors = file.texts("authors").into_iter().map(|author| author.value).collect();
    let mut errors = file.errors;
    let mut refuse = |At { value, span }: &At<String>, what: &str, help: &str| {
        errors.push(Diagnostic::error("pack/manifest", *span, format!("`{value}` {what}")).help(help));
    };
    if !missing.contains(&"name") && !is_kebab(&name.value) {
        let help = "the name of a pack is made of small letters, digits and `-`, such as `cross-border`";
        refuse(&name, "is not written in kebab-case", help);
    }
    if !missing.contains(&"version") && !is_version(&version.value) {
        let help = "a version has three numbers, such as `1.0.0`, and may have a suffix, such as `1.0.0-beta.1`";
        refuse(&version, "is no version", help);
    }
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.span);
        return Err(errors);
    }
    Ok(Manifest {
        name: name.value,
        version: version.value,
        description: description.unwrap_or_default(),
        licence: licence.unwrap_or_default(),
        authors,
        homepage,
        place: name.span,
    })
}

/// Small letters, digits and single `-` between them.
pub fn is_kebab(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

/// As <https://semver.org> defines it.
fn is_version(text: &str) -> bool {
    let identifiers = |text: &str, padded: bool| {
        text.split('.').all(|part| {
            let number = part.chars().all(|c| c.is_ascii_digit());
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && (padded || !number || part == "0" || !part.starts_with('0'))
        })
    };
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, before) = rest.split_once('-').map_or((rest, None), |(core, before)| (core, Some(before)));
    core.split('.').count() == 3
        && core.chars().all(|c| c.is_ascii_digit() || c == '.')
        && identifiers(core, false)
        && before.is_none_or(|before| identifiers(before, false))
        && build.is_none_or(|build| identifiers(build, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name: cross-border\nversion: 0.1.0\ndescription: d\nlicence: Apache-2.0\n";

    /// What is underlined, and what is said of it.
    fn wrong(text: &str) -> (String, String) {
        let error = parse(text, 0).unwrap_err().remove(0);
        let span = error.span.unwrap();
        (text.get(span.start as usize..span.end as usize).unwrap().to_owned(), error.message)
    }

    #[test]
    fn a_manifest_says_what_it_must() {
        assert_eq!(parse(GOOD, 0).unwrap().name, "cross-border");
        let all = format!("{GOOD}authors: [A, B]\nhomepage: https://example.com\n");
        assert_eq!(parse(&all, 0).unwrap().authors, ["A", "B"]);
        assert_eq!(
            wrong("name: a\n"),
            ("name".into(), "`pack.yaml` lacks `version`, `description` and `licence`".into())
        );
        assert_eq!(
            wrong(&format!("{GOOD}license: MIT\n")),
            ("license".into(), "`pack.yaml` has no key `license`".into())
        );
        assert_eq!(wrong(&format!("{GOOD}name: b\n")), ("name".into(), "`name` stands twice in `pack.yaml`".into()));
        assert_eq!(wrong(&format!("{GOOD}authors: A\n")), ("A".into(), "`authors` is a list of texts".into()));
    }

    #[test]
    fn names_and_versions_are_held_to_their_form() {
        assert_eq!(wrong(&GOOD.replace("cross-border", "Cross Border")).0, "Cross Border");
        for version in ["1.0", "1.0.0.0", "01.0.0", "v1.0.0", "1.0.0-", "1.0.0-01", "1..0"] {
            assert_eq!(wrong(&GOOD.replace("0.1.0", version)).0, version);
        }
        for version in ["1.0.0", "1.0.0-beta.1", "10.20.30+build.001", "1.0.0-0a"] {
            assert!(parse(&GOOD.replace("0.1.0", version), 0).is_ok(), "{version}");
        }
    }

    #[test]
    fn broken_yaml_has_a_place() {
        let error = parse("name: a\nversion: [\n", 0).unwrap_err().remove(0);
        assert!(error.span.unwrap().start >= 8);
    }
}
