//! `cargo +nightly fuzz run -O -a document`. Any bytes: the loader never panics, what it says lies within the text, and both readers agree.
#![no_main]

use cerco::document::{Document, Fields, Kind, Limits, NodeId, compare_readers, load};
use cerco::source::Sources;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut sources = Sources::new();
    match load(&mut sources, "fuzz", bytes.to_vec(), Limits { depth: 60, ..Limits::default() }) {
        Ok(document) => {
            let mut fields = Fields::default();
            for root in document.roots() {
                root.node.inspect(|&node| walk(&sources, &document, node, &mut fields));
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let span = problem.span();
                let text = sources.file(span.start).expect("every problem has a file").span();
                assert!(text.start <= span.start && span.end <= text.end, "{problem}: {span:?} is outside of {text:?}");
                assert!(!problem.to_string().contains('\n') && !problem.help().contains('\n'));
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        compare_readers(text).expect("both readers agree");
    }
});

/// Looks at everything below a node; what is inside of something is written inside of it.
fn walk(sources: &Sources, document: &Document, node: NodeId, fields: &mut Fields) {
    let span = document.span(node);
    let text = sources.files()[0].text();
    let at = |offset: u32| text.is_char_boundary(offset as usize);
    assert!(span.start <= span.end && at(span.start) && at(span.end), "{span:?}");
    document.scalar(node);
    match document.kind(node) {
        Kind::Sequence => {
            for item in document.items(node) {
                within(span, document.span(item));
                walk(sources, document, item, fields);
            }
        }
        Kind::Mapping => {
            document.fields(node, fields);
            assert_eq!(
                document.is_simple(node),
                fields.entries.len() == document.entries(node).len()
                    && fields.entries.iter().all(|entry| !entry.merged)
                    && fields.duplicates.is_empty()
            );
            for (key, value) in document.entries(node) {
                within(span, document.span(key));
                within(span, document.span(value));
                assert_eq!(document.key_of(value), Some(key));
                assert_eq!(document.sym(document.text(key)), Some(document.key_sym(key)));
                walk(sources, document, value, fields);
            }
        }
        Kind::Scalar | Kind::Alias => {}
    }
}

fn within(outer: cerco::source::Span, inner: cerco::source::Span) {
    assert!(outer.start <= inner.start && inner.end <= outer.end, "{inner:?} is not within {outer:?}");
}
