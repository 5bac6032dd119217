//! Owns the way from bytes to a document: encodings and sizes. It must never know where the bytes come from.

use std::sync::Arc;

use super::arena::{Builder, Stop};
use super::{Document, Limits, Problem, block, join, yaml};
use crate::source::{Sources, Span};

/// Reads a file: each of its documents becomes a root. The text goes into `sources`, under `name`.
///
/// # Errors
/// All problems found, in the order of the text, at least one.
pub fn load(
    sources: &mut Sources,
    name: impl Into<String>,
    bytes: Vec<u8>,
    limits: Limits,
) -> Result<Document, Vec<Problem>> {
    load_files(sources, vec![(name.into(), bytes)], limits, false)
}

/// Reads a file as [`load`] does, and gives what could be read beside what is wrong: the documents whose own text is sound.
/// The others are marked; beyond a limit they are missing.
pub fn load_readable(
    sources: &mut Sources,
    name: impl Into<String>,
    bytes: Vec<u8>,
    limits: Limits,
) -> (Document, Vec<Problem>) {
    let mut builder = Builder::new(limits);
    let read =
        decode(sources, name.into(), bytes, limits).and_then(|(name, text)| read(sources, &mut builder, name, text));
    if let Err(problem) = read {
        builder.problems.push(*problem);
    }
    builder.document.shrink();
    (builder.document, builder.problems)
}

/// Reads a text that is in memory already.
///
/// # Errors
/// As [`load`].
pub fn load_text(
    sources: &mut Sources,
    name: impl Into<String>,
    text: Arc<String>,
    limits: Limits,
) -> Result<Document, Vec<Problem>> {
    let mut builder = Builder::new(limits);
    let name = name.into();
    let read = match check_size(sources, &name, text.len() as u64, limits) {
        Err(problem) => Err(problem),
        Ok(()) => match memchr::memchr(0, text.as_bytes()) {
            Some(offset) => Err(binary(sources, name, &text, offset)),
            None => read(sources, &mut builder, name, text),
        },
    };
    finish(builder, read)
}

/// Reads the files of a folder as one tenant: its document has one root. Mappings merge, lists concatenate, and what two
/// files set differently is a problem, as is a file of several documents. An empty file adds nothing, and so does `null`.
///
/// # Errors
/// As [`load`].
pub fn load_joined(
    sources: &mut Sources,
    files: Vec<(String, Vec<u8>)>,
    limits: Limits,
) -> Result<Document, Vec<Problem>> {
    load_files(sources, files, limits, true)
}

fn load_files(
    sources: &mut Sources,
    files: Vec<(String, Vec<u8>)>,
    limits: Limits,
    joined: bool,
) -> Result<Document, Vec<Problem>> {
    let mut builder = Builder::new(limits);
    for (name, bytes) in files {
        let first = builder.document.roots.len();
        match decode(sources, name, bytes, limits).and_then(|(name, text)| read(sources, &mut builder, name, text)) {
            Err(problem) if joined => {
                builder.report(*problem);
                builder.abandon();
            }
            Err(problem) => return finish(builder, Err(problem)),
            Ok(()) => {}
        }
        if joined && let Some([first, second, ..]) = builder.document.roots.get(first..) {
            let (span, first) = (second.start, first.start);
            builder.report(Problem::SeveralDocuments { span, first });
        }
    }
    let read = if joined && builder.problems.is_empty() { join::join(&mut builder) } else { Ok(()) };
    finish(builder, read)
}

fn finish(mut builder: Builder, read: Result<(), Stop>) -> Result<Document, Vec<Problem>> {
    if let Err(problem) = read {
        builder.problems.push(*problem);
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    builder.document.shrink();
    Ok(builder.document)
}

/// Takes the text into the sources and reads it.
fn read(sources: &mut Sources, builder: &mut Builder, name: String, text: Arc<String>) -> Result<(), Stop> {
    let Ok(base) = sources.add(name, Arc::clone(&text)) else {
        let end = sources.files().last().map_or(0, |file| file.span().end);
        return Err(Box::new(Problem::TooMuchText { span: Span::new(end, end) }));
    };
    builder.document.add_file(base, Arc::clone(&text));
    let start = builder.checkpoint();
    if block::read(builder, &text, base) {
        return Ok(());
    }
    builder.restore(&start);
    yaml::read(builder, &text, base)
}

/// Whether the fast reader takes a text; for tests and fuzzing.
///
/// # Errors
/// Where it takes it and the general reader reads something else.
#[doc(hidden)]
pub fn compare_readers(text: &str) -> Result<bool, String> {
    const BASE: u32 = 7;
    let reader = || {
        let mut builder = Builder::new(Limits::default());
        builder.document.add_file(BASE, Arc::new(text.to_owned()));
        builder
    };
    let (mut fast, mut general) = (reader(), reader());
    let start = fast.checkpoint();
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Ok(false);
    }
    let taken = block::read(&mut fast, text, BASE);
    if !taken {
        fast.restore(&start);
        return if fast.document.same(&Document::empty()) { Ok(false) } else { Err("something is left".into()) };
    }
    yaml::read(&mut general, text, BASE).map_err(|problem| format!("the general reader refuses it: {problem}"))?;
    if fast.problems != general.problems {
        return Err(format!("{:?} is not {:?}", fast.problems, general.problems));
    }
    if !fast.document.same(&general.document) {
        return Err(format!("{:#?}\nis not\n{:#?}", fast.document, general.document));
    }
    Ok(true)
}

/// Makes text of bytes, or says why they are none. Of a file that is refused, the sources get what can be shown.
fn decode(sources: &mut Sources, name: String, bytes: Vec<u8>, limits: Limits) -> Result<(String, Arc<String>), Stop> {
    check_size(sources, &name, bytes.len() as u64, limits)?;
    if let Some(encoding) = other_encoding(&bytes) {
        let span = show(sources, name, "");
        return Err(Box::new(Problem::OtherEncoding { span, encoding }));
    }
    match String::from_utf8(bytes) {
        Ok(text) => match memchr::memchr(0, text.as_bytes()) {
            Some(offset) => Err(binary(sources, name, &text, offset)),
            None => Ok((name, Arc::new(text))),
        },
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let valid = error.as_bytes().get(..offset).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or("");
            if let Some(offset) = memchr::memchr(0, error.as_bytes()) {
                return Err(binary(sources, name, valid, offset));
            }
            let span = show(sources, name, valid);
            Err(Box::new(Problem::NotUtf8 { span, offset: offset as u64 }))
        }
    }
}

fn check_size(sources: &mut Sources, name: &str, bytes: u64, limits: Limits) -> Result<(), Stop> {
    if bytes <= limits.bytes {
        return Ok(());
    }
    let span = show(sources, name.to_owned(), "");
    Err(Box::new(Problem::TooLarge { span, bytes, limit: limits.bytes }))
}

/// A NUL byte: what stands before it can be shown.
fn binary(sources: &mut Sources, name: String, text: &str, offset: usize) -> Stop {
    let span = show(sources, name, text.get(..offset).unwrap_or(text));
    Box::new(Problem::Binary { span, offset: offset as u64 })
}

/// Takes in the part of a refused file that is text, and gives the place at its end.
fn show(sources: &mut Sources, name: String, text: &str) -> Span {
    match sources.add(name, text) {
        Ok(base) => {
            let end = base + text.len() as u32;
            Span::new(end, end)
        }
        Err(_) => Span::default(),
    }
}

/// UTF-16 and UTF-32 by their marks, and by the zeros that ASCII has in them.
pub fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        &[0, 0, 0, a, ..] | &[a, 0, 0, 0, ..] if a != 0 => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        &[0, a, 0, b, ..] | &[a, 0, b, 0, ..] if a != 0 && b != 0 => Some("UTF-16"),
        _ => None,
    }
}
