//! Owns the words for what is not YAML. It must never know what the text would have meant.

use granit_parser::ErrorKind;

use super::is_printed;

/// The message and the next step for a syntax error; `open` is the innermost bracket that is still open there.
pub(super) fn explain(kind: &ErrorKind, open: Option<&str>) -> (String, String) {
    match kind {
        ErrorKind::UnexpectedCharacter { character } if !is_printed(*character) => {
            let code = u32::from(*character);
            let escape = match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
            let help = format!("write it as `{escape}` within double quotes, or take it out");
            (format!("the character U+{code:04X} cannot stand in YAML"), help)
        }
        ErrorKind::InvalidIndentation if let Some(open) = open => {
            let message =
                format!("the `{open}` above is still open, and this line is indented too little for what is in it");
            (message, "close the bracket, or indent the line deeper".to_owned())
        }
        kind => {
            let (message, help) = plain(kind);
            (message, help.to_owned())
        }
    }
}

fn plain(kind: &ErrorKind) -> (String, &'static str) {
    use ErrorKind as E;
    let indent = "line the text up with the entries that it belongs to, with spaces";
    let quote = "put the text in quotes";
    let tab = "indent with spaces";
    let space = "put a space between the two";
    let (message, help) = match kind {
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabInPlainScalar => {
            ("a tab cannot indent", tab)
        }
        E::TabAtBlockScalarStart => ("a tab cannot indent the text of a block", tab),
        E::UnclosedQuotedScalar => ("this quote is never closed", "close it on the line where it belongs"),
        E::DocumentIndicatorInQuotedScalar => {
            ("the quoted text runs into the next document", "close the quote above this line")
        }
        E::InvalidQuotedScalarIndent => {
            ("the quoted text goes on at too little indentation", "indent its lines, or close the quote above")
        }
        E::InvalidTrailingSingleQuotedScalar => (
            "there is text after the closing quote",
            "put all of the text inside the quotes; a single quote within them is written twice",
        ),
        E::InvalidTrailingDoubleQuotedScalar => (
            "there is text after the closing quote",
            "put all of the text inside the quotes; a quote within them is written `\\\"`",
        ),
        E::UnknownQuotedScalarEscape => (
            "there is no such escape in double quotes",
            "write a backslash as `\\\\`, or use single quotes, where it stands for itself",
        ),
        E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => {
            ("this escape needs hexadecimal digits of a character", "write `\\xHH`, `\\uHHHH` or `\\UHHHHHHHH`")
        }
        E::InvalidLowSurrogateHexEscape | E::InvalidLowSurrogate | E::MissingLowSurrogate | E::UnpairedLowSurrogate => {
            ("this escape is one half of a character", "write both halves, `\\uD83D\\uDE00`, or the character itself")
        }
        E::UnclosedFlowCollection { open } => {
            return (format!("this `{open}` is never closed"), "close it where the collection ends");
        }
        E::MismatchedFlowCollectionEnd { open, close } => {
            return (
                format!("`{close}` does not close `{open}`"),
                "close the brackets in the order in which they open",
            );
        }
        E::MisplacedFlowCollectionEnd => ("this bracket closes nothing", "take it out, or put the text in quotes"),
        E::UnexpectedEofFlowSequence => ("the text ends within a list", "close it with `]`"),
        E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => {
            ("the text ends within a mapping", "close it with `}`")
        }
        E::ExpectedFlowMappingSeparator => ("`,` or `}` is missing before this", "separate entries by commas"),
        E::ExpectedFlowSequenceSeparator => ("`,` or `]` is missing before this", "separate elements by commas"),
        E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => {
            ("a `-` cannot open an element between brackets", "separate elements by commas, or put the text in quotes")
        }
        E::FlowMappingValueAdjacentCollection => ("a space is missing after `:`", space),
        E::InvalidFlowScalarIndent => ("a list or mapping in brackets goes on at too little indentation", indent),
        E::InvalidIndentation => (
            "a bracket above is still open, and this line is indented too little for what is in it",
            "close the bracket, or indent the line deeper",
        ),
        E::ExpectedBlockMappingKey => ("a key of the mapping above is expected here", indent),
        E::ExpectedBlockSequenceEntry => ("a list goes on with `- ` at the same indentation", indent),
        E::BlockSequenceEntryNotAllowed => ("a list cannot begin here", "begin the list on a line of its own"),
        E::InvalidBlockEntryWhitespace => ("what follows `-` is not separated by spaces", "put one space after `-`"),
        E::MappingKeyNotAllowed => ("a key cannot stand here", "begin the mapping on a line of its own"),
        E::MappingValueNotAllowed => (
            "a `:` cannot stand here",
            "line the key up with the others, or begin its mapping on a line of its own; if the text holds `: `, put it in quotes",
        ),
        E::InvalidMappingValueWhitespace => ("what follows `:` is not separated by spaces", "put one space after `:`"),
        E::InvalidColonPlacement => ("a `:` cannot stand here", quote),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            "this line is no `key: value`",
            "write `key: value`: behind a key stand a colon and a blank; it stands on one line and has at most 1024 characters",
        ),
        E::CommentInterceptedScalar => {
            ("a comment cannot interrupt a text of several lines", "move the comment above the text, or use quotes")
        }
        E::CommentNotSeparated => ("a comment needs a space before `#`", "put a space before `#`, or use quotes"),
        E::ExpectedWhitespace => ("a space is missing here", space),
        E::UnexpectedCharacter { character } => {
            return (format!("a text without quotes cannot begin with `{}`", character.escape_default()), quote);
        }
        E::UnexpectedEndOfPlainScalar | E::ExpectedNodeContent => ("a value is expected here", quote),
        E::BomInsideDocument => ("there is a byte order mark within the text", "take it out"),
        E::ZeroBlockScalarIndent => ("the indentation of a block is 1 to 9", "leave the number out"),
        E::InvalidBlockScalarHeader => {
            ("text cannot follow `|` or `>` on the same line", "begin the text on the next line")
        }
        E::InvalidBlockScalarIndent => ("the empty lines of this block are indented deeper than its text", indent),
        E::InvalidDocumentEnd => {
            ("text cannot follow `...`", "begin the next document with `---` on a line of its own")
        }
        E::MissingDocumentEndBeforeDirective => ("a line that begins with `%` needs `...` above it", quote),
        E::ExpectedDocumentStart => {
            ("there is text after the end of the document", "indent it, or begin another document with `---`")
        }
        E::DuplicateVersionDirective | E::DuplicateTagDirective => ("this directive is given twice", "take one out"),
        E::UnsupportedYamlMajorVersion => ("only YAML 1 is read", "leave the `%YAML` line out"),
        E::UndeclaredTagHandle => ("the handle of this tag is not declared", "leave the tag out"),
        E::MissingAnchorOrAliasName => ("a name is missing here", "name the anchor, or put the text in quotes"),
        E::InvalidDirectiveTerminator
        | E::MissingYamlVersionSeparator
        | E::MissingDirectiveName
        | E::InvalidDirectiveName
        | E::YamlVersionTooLong
        | E::MissingYamlVersion
        | E::DirectiveByteLimitExceeded { .. }
        | E::TooManyReservedDirectiveParams { .. }
        | E::ExpectedTagDirectiveBang
        | E::InvalidTagDirectiveTerminator => ("this directive is not well formed", "leave the `%` line out"),
        E::ExpectedTagBang
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => ("this tag is not well formed", "leave the tag out, or put the text in quotes"),
        E::UnexpectedEof | E::UnexpectedEofBlockSequence | E::UnexpectedEofBlockMapping => {
            ("the text ends too early", "complete the last entry")
        }
        // What is left cannot come from a text in memory; if it does, the parser's own words are better than none.
        other => return (other.to_string(), "correct the text here"),
    };
    (message.to_owned(), help)
}
