//! The names in a file: where each is given, and where it is used.

use std::ops::Range;

use crate::pack::FileKind;
use crate::pack::tree::{Entry, Node, Value};

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    Task,
    Artifact,
    Policy,
    Resolution,
    Keyword,
    Forbidden,
    /// A field of a record: an artifact's id and the path into its record.
    Field,
}

/// A name at a place of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mention {
    pub(super) kind: NameKind,
    pub(super) name: String,
    /// Without quotes, and without what stands before an id in an evidence key.
    pub(super) span: Range<usize>,
    /// What stands for it: an evidence key has a word before the id.
    pub(super) reach: Range<usize>,
    /// Whether the name is given here.
    pub(super) gives: bool,
}

/// Every name in a file.
pub(super) fn mentions(text: &str, tree: &Node, kind: FileKind) -> Vec<Mention> {
    let mut reader = Reader { text, found: Vec::new() };
    match kind {
        FileKind::Pack => reader.pack(tree),
        FileKind::Task => reader.task(tree),
    }
    reader.found
}

/// The entries of a list of tables.
pub(super) fn items<'a, 't>(tree: &'a Node<'t>, key: &str) -> &'a [Node<'t>] {
    match tree.entry(key).map(|entry| &entry.node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The text at a key of a table.
pub(super) fn text_at<'a>(table: &'a Node<'_>, key: &str) -> Option<&'a str> {
    table.entry(key)?.node.text()
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Mention>,
}

impl Reader<'_> {
    fn pack(&mut self, tree: &Node) {
        self.ids(items(tree, "policies"), NameKind::Policy);
        for entry in tree.entry("resolutions").into_iter().flat_map(|entry| entry.node.entries()) {
            self.key(entry, NameKind::Resolution, true);
        }
    }

    fn task(&mut self, tree: &Node) {
        if let Some(id) = tree.entry("id") {
            self.value(&id.node, NameKind::Task, true);
        }
        self.ids(items(tree, "artifacts"), NameKind::Artifact);
        self.ids(items(tree, "policies"), NameKind::Policy);
        if let Some(evidence) = tree.entry("evidence") {
            for key in items(&evidence.node, "required") {
                self.evidence(key);
            }
        }
        if let Some(resolution) = tree.entry("resolution").map(|entry| &entry.node) {
            for node in
                resolution.entry("expected").map(|entry| &entry.node).into_iter().chain(items(resolution, "harmful"))
            {
                self.value(node, NameKind::Resolution, false);
            }
            for entry in resolution.entry("partial").into_iter().flat_map(|entry| entry.node.entries()) {
                self.key(entry, NameKind::Resolution, false);
            }
        }
        if let Some(reply) = tree.entry("reply").map(|entry| &entry.node) {
            for (list, kind) in [("keywords", NameKind::Keyword), ("forbidden", NameKind::Forbidden)] {
                self.ids(items(reply, list), kind);
                items(reply, list).iter().for_each(|entry| self.bindings(entry));
            }
            for group in items(reply, "exclusive") {
                if let Value::List(ids) = &group.value {
                    ids.iter().for_each(|id| self.value(id, NameKind::Keyword, false));
                }
            }
        }
        for example in items(tree, "examples") {
            for entry in example.entry("expect").into_iter().flat_map(|entry| entry.node.entries()) {
                self.key(entry, NameKind::Keyword, false);
            }
        }
    }

    fn ids(&mut self, list: &[Node], kind: NameKind) {
        for entry in list.iter().filter_map(|item| item.entry("id")) {
            self.value(&entry.node, kind, true);
        }
    }

    /// The fields that a matcher takes its value from.
    fn bindings(&mut self, entry: &Node) {
        for value in entry.entries() {
            if let Some(from) = value.node.entry("from") {
                self.value(&from.node, NameKind::Field, false);
            }
        }
    }

    fn evidence(&mut self, node: &Node) {
        let Value::Text(key) = &node.value else { return };
        let kinds = [("artifact:", NameKind::Artifact), ("policy:", NameKind::Policy)];
        for (prefix, kind) in kinds {
            if let Some(id) = key.strip_prefix(prefix) {
                let span = self.inside(&node.span, key);
                let start = if span == node.span { span.start } else { span.start + prefix.len() };
                let name = id.to_owned();
                self.found.push(Mention { kind, name, span: start..span.end, reach: span, gives: false });
            }
        }
    }

    fn value(&mut self, node: &Node, kind: NameKind, gives: bool) {
        if let Value::Text(name) = &node.value {
            let span = self.inside(&node.span, name);
            self.found.push(Mention { kind, name: name.to_string(), reach: span.clone(), span, gives });
        }
    }

    fn key(&mut self, entry: &Entry, kind: NameKind, gives: bool) {
        let span = self.inside(&entry.key_span, &entry.key);
        self.found.push(Mention { kind, name: entry.key.to_string(), reach: span.clone(), span, gives });
    }

    /// A text's place without its quotes, where it is written as it is read.
    fn inside(&self, span: &Range<usize>, value: &str) -> Range<usize> {
        let inner = span.start + 1..span.end.saturating_sub(1).max(span.start + 1);
        if self.text.get(inner.clone()) == Some(value) { inner } else { span.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mention, mentions};
    use crate::pack::{FileKind, read_tree};

    fn check(kind: FileKind, text: &str, expect: &[&str]) {
        let shown = |mention: &Mention| {
            let mark = if mention.gives { "=" } else { "" };
            assert!(text[mention.span.clone()].contains(mention.name.as_str()), "{mention:?}");
            format!("{:?}{mark} {}", mention.kind, mention.name)
        };
        let found: Vec<String> = mentions(text, &read_tree(text), kind).iter().map(shown).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn names_are_found_where_they_are_given_and_used() {
        check(
            FileKind::Pack,
            "[resolutions]\na = \"x\"\n'b' = \"y\"\n[[policies]]\nid = \"p\"\n",
            &["Policy= p", "Resolution= a", "Resolution= b"],
        );
        check(
            FileKind::Task,
            "id = \"t\"\n[[artifacts]]\nid = \"o\"\n[evidence]\nrequired = [\"ticket\", \"artifact:o\", 'policy:p']\n\
             [resolution]\nexpected = \"a\"\nharmful = [\"b\"]\npartial = { c = 0.2 }\n\
             [[reply.keywords]]\nid = \"k\"\nmoney = { from = \"o.total\" }\n\
             [[examples]]\nexpect = { k = \"met\" }\n",
            &[
                "Task= t",
                "Artifact= o",
                "Artifact o",
                "Policy p",
                "Resolution a",
                "Resolution b",
                "Resolution c",
                "Keyword= k",
                "Field o.total",
                "Keyword k",
            ],
        );
        check(FileKind::Task, "artifacts = 3\nevidence = []\nreply = \"x\"\n[resolution\n", &[]);
    }
}
