//! The YAML test suite, all of it: what is invalid is refused with a place, what is valid is read, and the values agree.

// Helpers of tests count as code outside of tests for the lints.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use cerco::document::{Document, Kind, Limits, NodeId, Problem, Scalar, compare_readers, load_text};
use cerco::source::Sources;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    name: String,
    yaml: String,
    json: Option<String>,
    invalid: bool,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("data/yaml-test-suite/cases.json")).unwrap()
}

/// The value of a node, merges not resolved: the suite knows none.
fn value(document: &Document, node: NodeId) -> Value {
    let node = document.resolve(node);
    match document.kind(node) {
        Kind::Sequence => document.items(node).map(|item| value(document, item)).collect(),
        Kind::Mapping => Value::Object(
            document
                .entries(node)
                .map(|(key, entry)| (document.sym_text(document.key_sym(key)).to_owned(), value(document, entry)))
                .collect(),
        ),
        _ => match document.scalar(node) {
            Scalar::Null => Value::Null,
            Scalar::Bool(truth) => Value::Bool(truth),
            Scalar::Int(text) => match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
                (Some(digits), _) => i64::from_str_radix(digits, 16).unwrap().into(),
                (_, Some(digits)) => i64::from_str_radix(digits, 8).unwrap().into(),
                _ => text.parse::<i64>().unwrap().into(),
            },
            Scalar::Float(text) => text.parse::<f64>().unwrap().into(),
            Scalar::Str(text) => text.into(),
        },
    }
}

#[test]
fn every_case_of_the_suite_is_read_as_it_asks() {
    let (mut refused, mut read, mut compared, mut non_scalar, mut fast) = (0, 0, 0, 0, 0);
    let mut failures = Vec::new();
    for case in cases() {
        let mut sources = Sources::new();
        let text = Arc::new(case.yaml.clone());
        let result = load_text(&mut sources, case.id.as_str(), Arc::clone(&text), Limits::default());
        let agreed = compare_readers(&text);
        let mut fail = |why: String| failures.push(format!("{} {}: {why}\n{text}", case.id, case.name));
        match agreed {
            Ok(taken) => fast += usize::from(taken),
            Err(why) => fail(why),
        }
        match (result, case.invalid) {
            (Err(problems), true) => {
                refused += 1;
                for problem in problems {
                    let span = problem.span();
                    if span.end as usize > text.len() || !text.is_char_boundary(span.start as usize) {
                        fail(format!("{problem} lies outside of the text"));
                    }
                }
            }
            (Err(problems), false) => {
                if problems.iter().all(|problem| matches!(problem, Problem::KeyNotScalar { .. })) {
                    non_scalar += 1;
                } else {
                    fail(format!("{problems:?}"));
                }
            }
            (Ok(_), true) => fail("accepted".into()),
            (Ok(document), false) => {
                read += 1;
                let Some(json) = &case.json else { continue };
                let wanted: Vec<Value> =
                    serde_json::Deserializer::from_str(json).into_iter().map(Result::unwrap).collect();
                // Where the suite has no document at all, Cerco has one that holds nothing.
                let roots = document.roots().iter().filter(|root| root.node.is_some() || !wanted.is_empty());
                let found: Vec<Value> =
                    roots.map(|root| root.node.map_or(Value::Null, |node| value(&document, node))).collect();
                let unknown_tags = !document.warnings().is_empty();
                if found == wanted {
                    compared += 1;
                } else if !unknown_tags {
                    fail(format!("{found:?} where {wanted:?} is wanted"));
                }
            }
        }
    }
    println!(
        "{refused} refused, {read} read, {compared} compared, {non_scalar} with keys that are no scalars, {fast} read fast"
    );
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n----\n"));
    assert_eq!(refused, 94);
}
