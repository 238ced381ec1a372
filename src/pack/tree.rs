//! The span tree: a TOML file as values with their places, and holes where a fault has been reported.

use std::borrow::Cow;
use std::ops::Range;

/// A value and the bytes it was read from. For a table with a header, the bytes are the header's. What stands in the
/// file word for word is not copied from its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'t> {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value<'t>,
}

/// What a TOML file can hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'t> {
    Text(Cow<'t, str>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// A date or time, as it is written.
    Date(Cow<'t, str>),
    List(Vec<Node<'t>>),
    Table(Vec<Entry<'t>>),
    /// A value whose fault has been reported: later stages stay silent about it.
    Hole,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) key_span: Range<usize>,
    pub(crate) node: Node<'t>,
}

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

impl<'t> Node<'t> {
    /// The entries of a table; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry<'t>] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// What a text says; nothing of anything else.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entry of this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value at the end of a path.
    pub(crate) fn at(&self, path: &[Step]) -> Option<&Node<'t>> {
        path.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), _) => node.entry(key).map(|entry| &entry.node),
            (Step::Item(index), Value::List(items)) => items.get(*index),
            _ => None,
        })
    }

    /// The value at the end of a path, to change it.
    pub(crate) fn at_mut(&mut self, path: &[Step]) -> Option<&mut Node<'t>> {
        path.iter().try_fold(self, |node, step| match (step, &mut node.value) {
            (Step::Key(key), Value::Table(entries)) => {
                entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.node)
            }
            (Step::Item(index), Value::List(items)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// The same tree, for whoever keeps it beside its text.
    pub(crate) fn into_owned(self) -> Node<'static> {
        let owned = |text: Cow<'t, str>| Cow::Owned(text.into_owned());
        let value = match self.value {
            Value::Text(text) => Value::Text(owned(text)),
            Value::Date(text) => Value::Date(owned(text)),
            Value::Integer(number) => Value::Integer(number),
            Value::Float(number) => Value::Float(number),
            Value::Boolean(value) => Value::Boolean(value),
            Value::List(items) => Value::List(items.into_iter().map(Node::into_owned).collect()),
            Value::Table(entries) => {
                let entry =
                    |Entry { key, key_span, node }| Entry { key: owned(key), key_span, node: node.into_owned() };
                Value::Table(entries.into_iter().map(entry).collect())
            }
            Value::Hole => Value::Hole,
        };
        Node { span: self.span, value }
    }

    /// Whether this is a table with a header of its own in its file.
    pub(crate) fn has_header(&self, text: &str) -> bool {
        matches!(self.value, Value::Table(_)) && text.get(self.span.start..).is_some_and(|text| text.starts_with('['))
    }

    /// Whether a fault of this value has been reported.
    pub(crate) fn is_hole(&self) -> bool {
        matches!(self.value, Value::Hole)
    }

    /// The value as JSON, as the schema sees it: dates are strings, holes are null.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Text(text) | Value::Date(text) => text.as_ref().into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Boolean(value) => (*value).into(),
            Value::List(items) => items.iter().map(Node::to_json).collect::<Vec<_>>().into(),
            Value::Table(entries) => entries
                .iter()
                .map(|entry| (entry.key.to_string(), entry.node.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Hole => serde_json::Value::Null,
        }
    }
}

impl Value<'_> {
    /// What kind of value this is, with its article.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Boolean(_) => "a boolean",
            Value::Date(_) => "a date or time",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Hole => "nothing",
        }
    }
}

/// The keys on a path, without the positions in lists: those of a header.
pub(crate) fn keys_of(path: &[Step]) -> impl Iterator<Item = &str> {
    path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Item(_) => None,
    })
}

/// A table's name as its header has it.
pub(crate) fn table_name(path: &[Step]) -> String {
    keys_of(path).collect::<Vec<_>>().join(".")
}

/// A path as an author writes it: `reply.keywords[2].window`.
pub(crate) fn render_path(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
