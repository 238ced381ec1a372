//! Sound TOML as statements: headers and keys with their comments, in the order of the file.

use std::iter::Peekable;
use std::vec::IntoIter;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

/// A line between statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    Comment(&'t str),
    /// One empty line or more.
    Blank,
}

/// A key as it is read, part by part, and as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key<'t> {
    pub(super) path: Vec<String>,
    parts: Vec<&'t str>,
}

/// A header or a key with its value.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    /// What stands between the statement before and this one.
    pub(super) above: Vec<Line<'t>>,
    pub(super) key: Key<'t>,
    pub(super) body: Body<'t>,
    /// The comment on its last line.
    pub(super) beside: Option<&'t str>,
}

#[derive(Debug)]
pub(super) enum Body<'t> {
    /// `[key]`
    Table,
    /// `[[key]]`
    Element,
    /// `key = value`, and the value as it is written.
    Value(Value<'t>, &'t str),
}

#[derive(Debug)]
pub(super) enum Value<'t> {
    /// As it is written.
    Scalar(&'t str),
    List(Group<'t>),
    Table(Group<'t>),
}

/// What stands in brackets.
#[derive(Debug, Default)]
pub(super) struct Group<'t> {
    pub(super) items: Vec<Item<'t>>,
    /// Whether it takes several lines.
    pub(super) lines: bool,
    /// The comment beside the opening bracket.
    pub(super) opening: Option<&'t str>,
    /// What stands between the last item and the closing bracket.
    pub(super) tail: Vec<Line<'t>>,
}

#[derive(Debug)]
pub(super) struct Item<'t> {
    pub(super) above: Vec<Line<'t>>,
    /// Whether it begins a line.
    pub(super) breaks: bool,
    /// In a table, its key.
    pub(super) key: Option<Key<'t>>,
    pub(super) value: Value<'t>,
    pub(super) beside: Option<&'t str>,
}

/// A file's statements, and what stands below the last one.
pub(super) struct Statements<'t> {
    pub(super) list: Vec<Statement<'t>>,
    pub(super) below: Vec<Line<'t>>,
}

impl Key<'_> {
    pub(super) fn render(&self) -> String {
        self.parts.join(".")
    }
}

/// Reads a text that the loader has found sound: nothing here is an error.
pub(super) fn parse_statements(text: &str) -> Statements<'_> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    // How deep values lie the loader has bounded.
    parse_document(&tokens, &mut events, &mut ());
    drop(tokens);
    events.retain(|event| event.kind() != EventKind::Whitespace);
    Reader { text, source, events: events.into_iter().peekable() }.read()
}

struct Reader<'t> {
    text: &'t str,
    source: Source<'t>,
    events: Peekable<IntoIter<Event>>,
}

impl<'t> Reader<'t> {
    fn read(mut self) -> Statements<'t> {
        let mut list: Vec<Statement<'t>> = Vec::new();
        let mut above = Vec::new();
        // Whether the line holds a statement, or a comment, already.
        let mut taken = false;
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::Newline => {
                    if !taken {
                        push_blank(&mut above);
                    }
                    taken = false;
                }
                EventKind::Comment => {
                    let comment = self.comment(&event);
                    match list.last_mut().filter(|_| taken) {
                        Some(statement) => statement.beside = Some(comment),
                        None => above.push(Line::Comment(comment)),
                    }
                    taken = true;
                }
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                    let body = if event.kind() == EventKind::StdTableOpen { Body::Table } else { Body::Element };
                    let first = self.events.next();
                    let key = self.key(first);
                    list.push(Statement { above: std::mem::take(&mut above), key, body, beside: None });
                    taken = true;
                }
                EventKind::SimpleKey => {
                    let key = self.key(Some(event));
                    let start = self.events.peek().map_or(0, |event| event.span().start());
                    let (value, end) = self.value();
                    let body = Body::Value(value, &self.text[start..end.max(start)]);
                    list.push(Statement { above: std::mem::take(&mut above), key, body, beside: None });
                    taken = true;
                }
                _ => {}
            }
        }
        Statements { list, below: above }
    }

    fn comment(&self, event: &Event) -> &'t str {
        self.written(event).trim_end()
    }

    fn written(&self, event: &Event) -> &'t str {
        self.text.get(event.span().start()..event.span().end()).unwrap_or_default()
    }

    /// A key from its first part on, up to and with what ends it.
    fn key(&mut self, first: Option<Event>) -> Key<'t> {
        let mut key = Key { path: Vec::new(), parts: Vec::new() };
        let mut next = first;
        while let Some(event) = next {
            match event.kind() {
                EventKind::SimpleKey => {
                    let mut name = String::new();
                    if let Some(raw) = self.source.get(event) {
                        raw.decode_key(&mut name, &mut ());
                    }
                    key.path.push(name);
                    key.parts.push(self.written(&event));
                }
                EventKind::KeySep => {}
                _ => break,
            }
            next = self.events.next();
        }
        key
    }

    /// The value that begins here, and where it ends.
    fn value(&mut self) -> (Value<'t>, usize) {
        let Some(event) = self.events.next() else { return (Value::Scalar(""), 0) };
        match event.kind() {
            EventKind::ArrayOpen => {
                let (group, end) = self.group(EventKind::ArrayClose);
                (Value::List(group), end)
            }
            EventKind::InlineTableOpen => {
                let (group, end) = self.group(EventKind::InlineTableClose);
                (Value::Table(group), end)
            }
            _ => (Value::Scalar(self.written(&event)), event.span().end()),
        }
    }

    /// What stands up to the closing bracket, and where that ends.
    fn group(&mut self, close: EventKind) -> (Group<'t>, usize) {
        let mut group = Group::default();
        let mut above = Vec::new();
        // Whether something stands on the line already, and whether a line has ended since the last item.
        let (mut taken, mut broken) = (true, false);
        while let Some(event) = self.events.next() {
            match event.kind() {
                kind if kind == close => {
                    group.lines |= !above.is_empty();
                    group.tail = above;
                    group.lines &= !group.items.is_empty() || group.opening.is_some() || has_comment(&group.tail);
                    return (group, event.span().end());
                }
                EventKind::Newline => {
                    if !taken {
                        push_blank(&mut above);
                    }
                    (taken, broken, group.lines) = (false, true, true);
                }
                EventKind::Comment => {
                    let comment = self.comment(&event);
                    match group.items.last_mut() {
                        _ if !taken => above.push(Line::Comment(comment)),
                        Some(item) if item.beside.is_none() => item.beside = Some(comment),
                        // Beside a comma on a line of its own.
                        Some(_) => above.push(Line::Comment(comment)),
                        None if group.opening.is_none() => group.opening = Some(comment),
                        None => above.push(Line::Comment(comment)),
                    }
                    (taken, group.lines) = (true, true);
                }
                EventKind::ValueSep => taken = true,
                _ => {
                    let (key, value) = if event.kind() == EventKind::SimpleKey {
                        let key = self.key(Some(event));
                        (Some(key), self.value().0)
                    } else {
                        (None, self.value_from(&event))
                    };
                    let above = std::mem::take(&mut above);
                    if group.items.is_empty() {
                        // Many lists hold one value, and room for more would be most of what a file takes.
                        group.items.reserve_exact(1);
                    }
                    group.items.push(Item { above, breaks: broken, key, value, beside: None });
                    (taken, broken) = (true, false);
                }
            }
        }
        (group, self.text.len())
    }

    fn value_from(&mut self, event: &Event) -> Value<'t> {
        match event.kind() {
            EventKind::ArrayOpen => Value::List(self.group(EventKind::ArrayClose).0),
            EventKind::InlineTableOpen => Value::Table(self.group(EventKind::InlineTableClose).0),
            _ => Value::Scalar(self.written(event)),
        }
    }
}

pub(super) fn has_comment(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| *line != Line::Blank)
}

fn push_blank(lines: &mut Vec<Line<'_>>) {
    if lines.last() != Some(&Line::Blank) {
        lines.push(Line::Blank);
    }
}
