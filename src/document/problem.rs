//! Owns what can be wrong with a YAML text: each problem with its place, its message and a next step. It must never know
//! how problems are printed.

use super::Limits;
use super::arena::{MOST_DEPTH, MOST_NODES};
use crate::source::Span;
use crate::value::Num;

/// Why a text is refused.
///
/// [`Display`](std::fmt::Display) gives the message, [`span`](Problem::span) the place, [`help`](Problem::help) the next
/// step and [`related`](Problem::related) a second place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A byte sequence that UTF-8 does not have.
    #[error("the file is not UTF-8: the byte at offset {offset} does not belong there")]
    NotUtf8 {
        /// The end of what could be read.
        span: Span,
        /// Of the first wrong byte, within the file.
        offset: u64,
    },
    /// UTF-16 or UTF-32.
    #[error("the file is {encoding}, not UTF-8")]
    OtherEncoding {
        /// The start of the file.
        span: Span,
        /// Its name.
        encoding: &'static str,
    },
    /// A NUL byte.
    #[error("the file is not text: there is a NUL byte at offset {offset}")]
    Binary {
        /// The NUL byte.
        span: Span,
        /// Of the NUL byte, within the file.
        offset: u64,
    },
    /// More bytes than [`Limits::bytes`](super::Limits::bytes).
    #[error("the file is larger than the limit of {}", size(*.limit))]
    TooLarge {
        /// The start of the file.
        span: Span,
        /// Its size; of a stream that goes on, a byte more than the limit.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// All files of the run exceed the space of offsets.
    #[error("the files of this run are larger than 4 GiB together")]
    TooMuchText {
        /// The end of the last file that fits.
        span: Span,
    },
    /// More levels than [`Limits::depth`](super::Limits::depth).
    #[error("the text is nested deeper than the limit of {} levels", grouped(*limit))]
    TooDeep {
        /// What is one level too deep.
        span: Span,
        /// The limit.
        limit: u32,
    },
    /// More nodes than [`Limits::nodes`](super::Limits::nodes).
    #[error("the text has more keys and values than the limit of {}", grouped(*limit))]
    TooManyNodes {
        /// The first node too many.
        span: Span,
        /// The limit.
        limit: u32,
    },
    /// Merge keys that would yield more entries than [`Limits::nodes`](super::Limits::nodes), or that are nested deeper
    /// than [`Limits::depth`](super::Limits::depth).
    #[error("the merges of this mapping bring more than the limit of {} {what}", grouped(*limit))]
    TooManyMerged {
        /// The key of the merge.
        span: Span,
        /// The limit.
        limit: u32,
        /// Of what.
        what: &'static str,
    },
    /// Not YAML.
    #[error("{message}")]
    Syntax {
        /// The first text that does not fit.
        span: Span,
        /// What is wrong.
        message: String,
        /// The next step.
        help: String,
        /// The bracket that is still open there.
        open: Option<Span>,
    },
    /// An alias without an anchor above it.
    #[error("there is no anchor `&{name}` above this alias")]
    UnknownAnchor {
        /// The alias.
        span: Span,
        /// Its name.
        name: String,
        /// The anchor that its author may have meant.
        near: Option<String>,
    },
    /// A mapping or a list as a key.
    #[error("a key must be a scalar, and this is a {kind}")]
    KeyNotScalar {
        /// The key.
        span: Span,
        /// What it is.
        kind: &'static str,
    },
    /// An alias inside of what its anchor names.
    #[error("the alias `*{name}` stands inside of what it refers to")]
    Recursive {
        /// The alias.
        span: Span,
        /// Its name.
        name: String,
    },
    /// A file of several documents within a folder.
    #[error("a file of a folder holds one document, and here is another")]
    SeveralDocuments {
        /// The start of the second.
        span: Span,
        /// The start of the first.
        first: Span,
    },
    /// Two files of a folder set the same thing.
    #[error("{what} is set twice: two files of one folder may not both give {kind}")]
    SetTwice {
        /// The later one.
        span: Span,
        /// The earlier one.
        first: Span,
        /// The key, quoted, or the document.
        what: String,
        /// What both give.
        kind: &'static str,
    },
    /// More problems than are told.
    #[error("more is wrong with this text than the {most} problems above")]
    More {
        /// The first that is not told.
        span: Span,
        /// How many are told.
        most: usize,
    },
    /// The files of a folder say the same things throughout.
    #[error(
        "these {files} files look like several tenants, not like the parts of one: they have {keys} keys in common, and {what} is set twice"
    )]
    SeveralTenants {
        /// What is set twice first.
        span: Span,
        /// Where it was set before.
        first: Span,
        /// The path of that.
        what: String,
        /// How many files there are.
        files: usize,
        /// How many keys at their top stand in several of them.
        keys: usize,
    },
}

impl Problem {
    /// A short name that does not change between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::NotUtf8 { .. } | Problem::OtherEncoding { .. } => "yaml/encoding",
            Problem::Binary { .. } => "yaml/binary",
            Problem::TooLarge { .. } | Problem::TooMuchText { .. } => "yaml/too-large",
            Problem::TooDeep { .. } => "yaml/too-deep",
            Problem::TooManyNodes { .. } | Problem::TooManyMerged { .. } => "yaml/too-many",
            Problem::Syntax { .. } => "yaml/syntax",
            Problem::UnknownAnchor { .. } => "yaml/anchor",
            Problem::KeyNotScalar { .. } => "yaml/key",
            Problem::Recursive { .. } => "yaml/recursion",
            Problem::SeveralDocuments { .. } => "yaml/documents",
            Problem::SetTwice { .. } => "yaml/set-twice",
            Problem::SeveralTenants { .. } => "yaml/several-tenants",
            Problem::More { .. } => "yaml/more",
        }
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        match self {
            Problem::NotUtf8 { span, .. }
            | Problem::OtherEncoding { span, .. }
            | Problem::Binary { span, .. }
            | Problem::TooLarge { span, .. }
            | Problem::TooMuchText { span }
            | Problem::TooDeep { span, .. }
            | Problem::TooManyNodes { span, .. }
            | Problem::TooManyMerged { span, .. }
            | Problem::Syntax { span, .. }
            | Problem::UnknownAnchor { span, .. }
            | Problem::KeyNotScalar { span, .. }
            | Problem::Recursive { span, .. }
            | Problem::SeveralDocuments { span, .. }
            | Problem::SetTwice { span, .. }
            | Problem::SeveralTenants { span, .. }
            | Problem::More { span, .. } => *span,
        }
    }

    /// A second place that explains the first, and what it is.
    pub fn related(&self) -> Option<(Span, &'static str)> {
        match self {
            Problem::SeveralDocuments { first, .. } => Some((*first, "the first document")),
            Problem::Syntax { open: Some(open), .. } => Some((*open, "opened here")),
            Problem::SetTwice { first, .. } | Problem::SeveralTenants { first, .. } => Some((*first, "set here first")),
            _ => None,
        }
    }

    /// The next step, in one line.
    pub fn help(&self) -> String {
        match self {
            Problem::NotUtf8 { .. } | Problem::OtherEncoding { .. } => "save the file as UTF-8".into(),
            Problem::Binary { .. } => "give a YAML or JSON text; if this is one, save it as UTF-8".into(),
            Problem::TooLarge { bytes, limit, .. } => {
                let enough = if *bytes > limit + 1 { *bytes } else { limit.saturating_mul(2) };
                format!("if the file is meant to be that large, raise the limit: `--max-bytes {enough}`")
            }
            Problem::TooMuchText { .. } => "check fewer tenants in one run".into(),
            Problem::TooDeep { limit, .. } if *limit >= MOST_DEPTH => {
                format!("write it with fewer levels: no text is read that has more than {MOST_DEPTH}")
            }
            Problem::TooDeep { .. } => {
                format!("if the text is meant to be that deep, raise the limit: `--max-depth {MOST_DEPTH}` is the most")
            }
            Problem::TooManyNodes { limit, .. } | Problem::TooManyMerged { limit, what: "entries", .. } => {
                // How many there are is not known: reading stops at the limit.
                let enough = limit.saturating_mul(2).clamp(Limits::default().nodes, MOST_NODES);
                if *limit >= MOST_NODES {
                    return format!("write it in several files: no text is read that has more than {MOST_NODES}");
                }
                format!("if the text is meant to be that large, raise the limit: `--max-nodes {enough}`")
            }
            Problem::TooManyMerged { limit, .. } if *limit >= MOST_DEPTH => "merge fewer levels".into(),
            Problem::TooManyMerged { .. } => {
                format!("merge fewer levels, or raise the limit: `--max-depth {MOST_DEPTH}` is the most")
            }
            Problem::Syntax { help, .. } => help.clone(),
            Problem::UnknownAnchor { near: Some(near), .. } => format!("did you mean `*{near}`?"),
            Problem::UnknownAnchor { name, .. } => {
                format!("name a value above with `&{name}`, or put the text in quotes if no alias is meant")
            }
            Problem::KeyNotScalar { .. } => "write the key as text, in quotes if need be".into(),
            Problem::Recursive { .. } => "write the inner value out".into(),
            Problem::SeveralDocuments { .. } => {
                "put the documents into files of their own, or check the file by itself: then each document is a tenant"
                    .into()
            }
            Problem::SetTwice { .. } => "keep one of the two".into(),
            Problem::More { .. } => "mend those above first".into(),
            Problem::SeveralTenants { .. } => {
                "a folder is one tenant; to check its files as a tenant each, name them: `cerco check FOLDER/*.yaml`"
                    .into()
            }
        }
    }
}

/// A number of bytes in the largest unit of which it is a whole number.
fn size(bytes: u64) -> String {
    match bytes {
        0 => "0 bytes".to_owned(),
        _ if bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{} bytes", grouped(bytes)),
    }
}

/// A number as messages show it.
fn grouped(number: impl Into<u64>) -> Num {
    Num::Int(i64::try_from(number.into()).unwrap_or(i64::MAX))
}

/// What is odd about a text that is read all the same.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A tag beyond the core schema.
    #[error("the tag `{tag}` is ignored")]
    UnknownTag {
        /// The tag.
        span: Span,
        /// As it is written.
        tag: String,
    },
    /// A tag of the core schema on something else.
    #[error("the tag `{tag}` does not fit what it stands on, and is ignored")]
    UnfitTag {
        /// The tag.
        span: Span,
        /// As it is written.
        tag: String,
    },
    /// `%YAML` asks for another version than the one that is read.
    #[error("the text says that it is YAML {version}, and is read as YAML 1.2")]
    OtherVersion {
        /// The directive.
        span: Span,
        /// As it is written.
        version: String,
    },
}

impl Warning {
    /// A short name that does not change between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Warning::UnknownTag { .. } | Warning::UnfitTag { .. } => "yaml/tag",
            Warning::OtherVersion { .. } => "yaml/version",
        }
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        match self {
            Warning::UnknownTag { span, .. } | Warning::UnfitTag { span, .. } | Warning::OtherVersion { span, .. } => {
                *span
            }
        }
    }

    /// The next step, in one line.
    pub fn help(&self) -> &'static str {
        match self {
            Warning::UnknownTag { .. } => "leave the tag out: values are read by the core schema of YAML 1.2",
            Warning::UnfitTag { .. } => "leave the tag out, or correct the value",
            Warning::OtherVersion { .. } => {
                "take the directive out, and write `true` and `false` for what YAML 1.1 calls `yes`, `no`, `on` and `off`"
            }
        }
    }
}
