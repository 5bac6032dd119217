//! Owns the pages of errors: what each means, and what to do. It must never know where one is found.

/// A page of an error.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The error's code.
    pub code: &'static str,
    /// What is to be known of it: what, why, and what instead.
    pub text: &'static str,
}

/// The page of a code is the file of its name.
macro_rules! pages {
    ($($code:literal,)*) => {
        &[$(Page { code: $code, text: include_str!(concat!("../../docs/errors/", $code, ".md")) }),*]
    };
}

/// The errors of policies, packs, parameters, projects and inputs, sorted.
pub const ERRORS: &[Page] = pages! {
    "input/anchor",
    "input/binary",
    "input/documents",
    "input/encoding",
    "input/glob",
    "input/key",
    "input/no-page",
    "input/no-rule",
    "input/no-tenant",
    "input/no-yaml",
    "input/recursion",
    "input/set-twice",
    "input/several-tenants",
    "input/stdin-twice",
    "input/tag",
    "input/too-deep",
    "input/too-large",
    "input/too-many",
    "input/unreadable",
    "input/unwritable",
    "input/yaml",
    "limit/invalid",
    "limit/memory",
    "limit/steps",
    "pack/duplicate",
    "pack/manifest",
    "pack/name",
    "pack/no-manifest",
    "pack/no-rules",
    "pack/none",
    "pack/not-a-pack",
    "pack/not-found",
    "param/direction",
    "param/unknown",
    "param/unknown-pack",
    "param/value",
    "policy/arguments",
    "policy/bounds",
    "policy/constant",
    "policy/dates",
    "policy/default",
    "policy/duplicate",
    "policy/empty-rule",
    "policy/encoding",
    "policy/enum",
    "policy/escape",
    "policy/head",
    "policy/hides",
    "policy/key",
    "policy/literal",
    "policy/name",
    "policy/no-thread",
    "policy/not-yet",
    "policy/path",
    "policy/pattern",
    "policy/recursion",
    "policy/reference",
    "policy/regex",
    "policy/syntax",
    "policy/too-deep",
    "policy/too-large",
    "policy/too-many",
    "policy/type",
    "policy/unknown-field",
    "policy/unknown-function",
    "policy/unknown-law",
    "policy/unknown-name",
    "policy/unknown-pack",
    "policy/unknown-type",
    "policy/unreadable",
    "policy/use",
    "project/configuration",
};
