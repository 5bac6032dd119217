//! What the fuzz targets found, kept.

use cerco::syntax::parse::parse;

#[test]
fn a_message_stays_on_one_line() {
    // Found by `policy`: a line break stood where something else was expected, and went into the message as it was.
    let (_, errors) = parse("schema t { zones: [Zone] key id  extra?: [stringts.\n\nschema t { }", 7);
    assert!(!errors.is_empty());
    for error in errors {
        assert!(!error.message.contains('\n'), "{error:?}");
    }
}
