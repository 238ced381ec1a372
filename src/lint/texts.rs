//! The texts of a task or pack, with their places and who sees them.

use std::ops::Range;

use crate::pack::AuthoredFile;
use crate::pack::tree::{Entry, Node, Value};

/// A text in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// The keys on the way to it, list positions left out: `["artifacts", "record", "note"]`.
    pub(crate) path: &'a [&'a str],
    /// What it says, escapes resolved.
    pub(crate) value: &'a str,
    /// Where it stands in the file, quotes included.
    pub(crate) place: &'a Range<usize>,
    /// Whether it is a key, not a value.
    pub(crate) is_key: bool,
}

/// Calls `see` with every key and every text value of a file, in the order of the tree.
pub(crate) fn each_text<'a>(file: &AuthoredFile<'a>, mut see: impl FnMut(Text<'_>)) {
    walk(file.tree, usize::MAX, &mut Vec::with_capacity(USUAL_DEPTH), &mut see);
}

/// As [`each_text`], of the entries with these keys alone, and of no more than so many keys on the way to a text.
pub(crate) fn each_text_under<'a>(file: &AuthoredFile<'a>, keys: &[&str], depth: usize, mut see: impl FnMut(Text<'_>)) {
    let mut path = Vec::with_capacity(USUAL_DEPTH);
    for entry in file.tree.entries().iter().filter(|entry| keys.contains(&entry.key.as_ref())) {
        walk_entry(entry, depth, &mut path, &mut see);
    }
}

/// Hardly any text has more keys on the way to it.
const USUAL_DEPTH: usize = 8;

/// The most findings of one text with escapes.
pub(crate) const MAX_ESCAPED: usize = 20;

/// Calls `see` with the text values that a backslash is part of: what they say is not what stands in the file.
pub(crate) fn each_escaped<'a>(file: &AuthoredFile<'a>, mut see: impl FnMut(Text<'_>)) {
    if !file.has_escapes {
        return;
    }
    each_text(file, |text| {
        let written = file.text.get(text.place.clone()).unwrap_or_default();
        if !text.is_key && written.starts_with('"') && written.contains('\\') {
            see(text);
        }
    });
}

fn walk<'a>(node: &'a Node, depth: usize, path: &mut Vec<&'a str>, see: &mut impl FnMut(Text<'_>)) {
    match &node.value {
        Value::Text(value) => see(Text { path, value, place: &node.span, is_key: false }),
        Value::List(items) => items.iter().for_each(|item| walk(item, depth, path, see)),
        Value::Table(_) if depth == 0 => {}
        Value::Table(entries) => entries.iter().for_each(|entry| walk_entry(entry, depth, path, see)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Date(_) | Value::Hole => {}
    }
}

fn walk_entry<'a>(entry: &'a Entry, depth: usize, path: &mut Vec<&'a str>, see: &mut impl FnMut(Text<'_>)) {
    path.push(&entry.key);
    see(Text { path, value: &entry.key, place: &entry.key_span, is_key: true });
    walk(&entry.node, depth - 1, path, see);
    path.pop();
}
