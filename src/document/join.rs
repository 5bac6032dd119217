//! Owns the joining of a folder's files into one document. It must never know which keys a tenant has.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::arena::{Builder, Node, Stop};
use super::{Kind, NodeId, Problem, Root, Scalar, Sym};
use crate::source::Span;

/// Puts one root in the place of all roots.
pub(super) fn join(builder: &mut Builder) -> Result<(), Stop> {
    let roots = std::mem::take(&mut builder.document.roots);
    let values: Vec<NodeId> = roots.iter().filter_map(|root| root.node).collect();
    let expanded = roots.iter().fold(0_u64, |sum, root| sum.saturating_add(root.expanded));
    let start =
        roots.iter().find(|root| root.node.is_some()).or(roots.first()).map_or(Span::default(), |root| root.start);
    let heavy = roots.iter().find_map(|root| root.heavy);
    let file = roots.first().map_or(0, |root| root.file);
    let node = match several(builder, &values).as_slice() {
        [] => values.first().copied(),
        [one] => Some(*one),
        several => {
            let node = NodeId::at(builder.push(Node::NONE)?);
            fill(builder, node, several, "")?;
            tell_several(builder, several);
            Some(node)
        }
    };
    let start = node
        .and_then(|node| builder.document.entries(node).next())
        .map_or(start, |(key, _)| builder.document.span(key));
    builder.document.roots.push(Root { node, start, file, expanded, heavy, sound: true });
    Ok(())
}

/// What is left of several values when aliases are followed and nothings are left out.
fn several(builder: &Builder, values: &[NodeId]) -> Vec<NodeId> {
    let document = &builder.document;
    let something = |&node: &NodeId| document.kind(node) != Kind::Scalar || document.scalar(node) != Scalar::Null;
    values.iter().map(|&value| document.resolve(value)).filter(something).collect()
}

/// From how many keys in common on files may be tenants of their own.
const MANY: usize = 4;

/// Where files say most things alike, and set some of them twice, their author has named a folder of several tenants:
/// that is told, in the place of each thing that is set twice.
fn tell_several(builder: &mut Builder, values: &[NodeId]) {
    let Some(Problem::SetTwice { span, first, what, .. }) =
        builder.problems.iter().find(|problem| matches!(problem, Problem::SetTwice { .. })).cloned()
    else {
        return;
    };
    let document = &builder.document;
    let mut files: FxHashMap<Sym, usize> = FxHashMap::default();
    for &value in values.iter().filter(|&&value| document.kind(value) == Kind::Mapping) {
        let keys: FxHashSet<Sym> = document.entries(value).map(|(key, _)| document.key_sym(key)).collect();
        keys.into_iter().for_each(|key| *files.entry(key).or_insert(0) += 1);
    }
    let keys = files.values().filter(|&&files| files > 1).count();
    if keys >= MANY && keys * 2 > files.len() {
        builder.problems.clear();
        builder.report(Problem::SeveralTenants { span, first, what, files: values.len(), keys });
    }
}

/// Makes `node` the join of two or more values, which stand at `path`. Recursion ends with the depth of the texts, which
/// is bounded.
fn fill(builder: &mut Builder, node: NodeId, values: &[NodeId], path: &str) -> Result<(), Stop> {
    let document = &builder.document;
    let span = values.first().map_or(Span::default(), |&value| document.span(value));
    let all = |kind| values.iter().all(|&value| document.kind(value) == kind);
    if all(Kind::Sequence) {
        let items: Vec<u32> =
            values.iter().flat_map(|&value| document.items(value)).map(|item| item.number()).collect();
        place(builder, node, span, false, false, &items);
    } else if all(Kind::Mapping) {
        fill_mapping(builder, node, span, values, path)?;
    } else {
        let kind = if all(Kind::Scalar) { "a single value" } else { "values of different kinds" };
        let what = if path.is_empty() { "the document".to_owned() } else { format!("`{path}`") };
        let spans: Vec<Span> = values.iter().skip(1).map(|&value| document.span(value)).collect();
        for later in spans {
            builder.report(Problem::SetTwice { span: later, first: span, what: what.clone(), kind });
        }
    }
    Ok(())
}

fn fill_mapping(builder: &mut Builder, node: NodeId, span: Span, values: &[NodeId], path: &str) -> Result<(), Stop> {
    /// The keys of one text, one of each file, and further ones that are duplicates in their own file.
    #[derive(Default)]
    struct Field {
        keys: Vec<NodeId>,
        last_file: Option<usize>,
        duplicates: Vec<NodeId>,
    }
    let document = &builder.document;
    let mut fields: IndexMap<(Sym, bool), Field, FxBuildHasher> = IndexMap::default();
    for (file, &value) in values.iter().enumerate() {
        for (key, _) in document.entries(value) {
            let sym = document.key_sym(key);
            let field = fields.entry((sym, document.merges_with(key))).or_default();
            if field.last_file.replace(file) == Some(file) {
                field.duplicates.push(key);
            } else {
                field.keys.push(key);
            }
        }
    }
    let mut keys = Vec::with_capacity(fields.len());
    let (mut care, mut merges) = (false, false);
    for ((sym, merge), field) in fields {
        care |= merge || !field.duplicates.is_empty();
        merges |= merge;
        let wanted: Vec<NodeId> = field.keys.iter().map(|key| NodeId::at(key.number() + 1)).collect();
        let left = several(builder, &wanted);
        match left.as_slice() {
            // All but one are nothing, or all of them.
            [] | [_] => {
                let document = &builder.document;
                let telling = |key: &&NodeId| left.contains(&document.resolve(NodeId::at(key.number() + 1)));
                keys.extend(field.keys.iter().find(telling).or(field.keys.first()).map(|key| key.number()));
            }
            left => {
                let first = field.keys.first().copied().unwrap_or(NodeId::at(0));
                let key = builder.copy_key(first)?;
                let value = NodeId::at(builder.push(Node::NONE)?);
                if merge {
                    // The first file's mappings come first, and so they win.
                    let document = &builder.document;
                    let flat = |&value: &NodeId| match document.kind(value) {
                        Kind::Sequence => document.items(value).map(|item| item.number()).collect(),
                        _ => vec![value.number()],
                    };
                    let items: Vec<u32> = left.iter().flat_map(flat).collect();
                    let span = document.span(NodeId::at(first.number() + 1));
                    place(builder, value, span, false, false, &items);
                } else {
                    let path = step(path, builder.document.sym_text(sym));
                    fill(builder, value, left, &path)?;
                }
                keys.push(key);
            }
        }
        keys.extend(field.duplicates.iter().map(|key| key.number()));
    }
    place(builder, node, span, true, care, &keys);
    if merges {
        builder.weigh_merges(node);
    }
    Ok(())
}

/// The path of a key below another one.
fn step(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (path, plain) {
        ("", true) => key.to_owned(),
        (_, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key:?}]"),
    }
}

/// Writes a joined collection over its placeholder.
fn place(builder: &mut Builder, node: NodeId, span: Span, mapping: bool, care: bool, kids: &[u32]) {
    let document = &mut builder.document;
    let joined = Node::collection(span.start, mapping, care, document.kids.len());
    document.kids.extend([span.end, kids.len() as u32]);
    document.kids.extend_from_slice(kids);
    if let Some(place) = document.nodes.get_mut(node.index()) {
        *place = joined;
    }
}
