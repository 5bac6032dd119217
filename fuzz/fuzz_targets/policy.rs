//! `cargo +nightly fuzz run -O -a policy`. Any bytes: a policy is parsed, checked and laid out without a panic, what is said of it lies within it, and what was laid out stays.
#![no_main]

use cerco::check::{Source, check};
use cerco::diagnostic::Diagnostic;
use cerco::syntax::format::format;
use cerco::syntax::parse::{parse, parse_by_grammar};
use libfuzzer_sys::fuzz_target;

/// Where the text begins: not at 0, so that a forgotten base shows.
const BASE: u32 = 7;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (file, errors) = parse(text, BASE);
    assert_eq!((file.clone(), errors.clone()), parse_by_grammar(text, BASE), "both ways say the same");
    within(text, &errors);
    let parses = errors.is_empty();
    let (_, errors) = check(&[Source { name: "fuzz".into(), version: None, files: vec![file], carried: false }]);
    within(text, &errors);
    match format(text, BASE) {
        Ok(laid_out) => {
            assert!(parses);
            assert_eq!(format(&laid_out, BASE).as_ref(), Ok(&laid_out), "what is laid out stays");
        }
        Err(errors) => assert!(!parses, "{errors:?}"),
    }
});

fn within(text: &str, errors: &[Diagnostic]) {
    for error in errors {
        assert!(!error.message.contains('\n'), "{error:?}");
        assert!(error.code != "policy/no-thread", "{error:?}");
        if let Some(span) = error.span {
            let inside = |at: u32| at >= BASE && text.is_char_boundary((at - BASE) as usize);
            assert!(span.start <= span.end && inside(span.start) && inside(span.end), "{error:?}");
        }
    }
}
