//! The short way to the span tree, for files without any fault: one pass over the parser's events, nothing kept but the
//! tree. Whatever is wrong or merely unusual is left to the long way, which tells what it is.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use toml_datetime::Datetime;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::lexer::Token;
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::limits::MAX_STRING_BYTES;
use super::tree::{Entry, Node, Value};

/// Files up to this size are tried; a bigger one is unusual.
const MOST_BYTES: usize = 64 * 1024;
/// Keys of one table: few enough that comparing each with all others costs nothing.
const MOST_KEYS: usize = 64;
/// Room for the keys of a table: most have no more.
const USUAL_KEYS: usize = 8;
/// Lists and inline tables inside one another, and keys of one header.
const MOST_NESTED: usize = 16;

thread_local! {
    /// Room for the tokens of a file: the largest piece of memory that reading takes, kept for the next file.
    static TOKENS: RefCell<Vec<Token>> = const { RefCell::new(Vec::new()) };
}

/// The tree of a file; `None` where anything keeps it from being read the short way. Where there is one, it is that of
/// the long way.
pub(super) fn read_sound(text: &str) -> Option<Node> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let source = Source::new(text);
    let mut reader =
        Reader { text, root: Vec::new(), table: Vec::new(), header: None, key: None, open: Vec::new(), odd: false };
    let mut faulty = false;
    let mut note = |_: ParseError| faulty = true;
    TOKENS.with_borrow_mut(|tokens| {
        tokens.clear();
        tokens.extend(source.lex());
        parse_document(tokens, &mut ValidateWhitespace::new(&mut reader, source), &mut note);
    });
    reader.finish_table();
    (!faulty && !reader.odd).then_some(Node { span: 0..0, value: Value::Table(reader.root) })
}

struct Reader<'t> {
    text: &'t str,
    root: Vec<Entry>,
    /// The table that statements add to, until the next header.
    table: Vec<Entry>,
    /// Where that table belongs; none for the top of the file.
    header: Option<Header>,
    /// A key whose value has not been read.
    key: Option<Key>,
    /// The lists and inline tables that are not closed.
    open: Vec<Open>,
    /// Whether this is a file for the long way.
    odd: bool,
}

struct Key {
    name: String,
    span: Range<usize>,
}

struct Header {
    is_list: bool,
    span: Range<usize>,
    keys: Vec<Key>,
    /// Whether its brackets are closed.
    whole: bool,
}

struct Open {
    start: usize,
    /// The key that the whole is the value of.
    key: Option<Key>,
    value: Value,
}

impl Reader<'_> {
    fn open_header(&mut self, span: Span, is_list: bool) {
        self.finish_table();
        self.header = Some(Header { is_list, span: span.start()..span.end(), keys: Vec::new(), whole: false });
    }

    fn close_header(&mut self, span: Span) {
        if let Some(header) = &mut self.header {
            header.span.end = span.end();
            header.whole = true;
        }
    }

    /// Puts the table that has been read where its header says.
    fn finish_table(&mut self) {
        let entries = std::mem::take(&mut self.table);
        let Some(Header { is_list, span, mut keys, .. }) = self.header.take() else {
            self.root = entries;
            return;
        };
        let table = Node { span: span.clone(), value: Value::Table(entries) };
        let Some(last) = keys.pop() else {
            self.odd = true;
            return;
        };
        let Some(parent) = descend(&mut self.root, &keys, self.text) else {
            self.odd = true;
            return;
        };
        let known = if is_list { parent.iter().position(|entry| entry.key == last.name) } else { None };
        match known.map(|at| &mut parent[at].node) {
            Some(Node { value: Value::List(items), .. })
                if items.last().is_some_and(|item| has_header(item, self.text)) =>
            {
                items.push(table);
            }
            Some(_) => self.odd = true,
            None => {
                let node = if is_list { Node { span, value: Value::List(vec![table]) } } else { table };
                self.odd |= !add(parent, last, node);
            }
        }
    }

    fn open(&mut self, span: Span, value: Value) -> bool {
        self.open.push(Open { start: span.start(), key: self.key.take(), value });
        self.odd |= self.open.len() > MOST_NESTED;
        !self.odd
    }

    fn close(&mut self, span: Span) {
        let Some(Open { start, key, value }) = self.open.pop() else { return };
        self.key = key;
        self.put(Node { span: start..span.end(), value });
    }

    /// Adds a value to what is open: to a list, or with its key to a table.
    fn put(&mut self, node: Node) {
        let table = match self.open.last_mut().map(|open| &mut open.value) {
            Some(Value::List(items)) => {
                items.push(node);
                return;
            }
            Some(Value::Table(entries)) => entries,
            _ => &mut self.table,
        };
        self.odd |= !self.key.take().is_some_and(|key| add(table, key, node));
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Option<Raw<'_>> {
        Some(Raw::new_unchecked(self.text.get(span.start()..span.end())?, encoding, span))
    }

    fn value(&self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) -> Option<Value> {
        let mut decoded = Cow::Borrowed("");
        Some(match self.raw(span, encoding)?.decode_scalar(&mut decoded, error) {
            ScalarKind::String if decoded.len() <= MAX_STRING_BYTES => Value::Text(decoded.into_owned()),
            ScalarKind::String => return None,
            ScalarKind::Boolean(value) => Value::Boolean(value),
            ScalarKind::DateTime => {
                decoded.parse::<Datetime>().ok()?;
                Value::Date(self.text[span.start()..span.end()].to_owned())
            }
            ScalarKind::Float => Value::Float(decoded.parse().ok().filter(|number: &f64| number.is_finite())?),
            ScalarKind::Integer(radix) => Value::Integer(i64::from_str_radix(&decoded, radix.value()).ok()?),
        })
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span, false);
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close_header(span);
    }

    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span, true);
    }

    fn array_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close_header(span);
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Value::Table(Vec::new()))
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Value::List(Vec::new()))
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.raw(span, encoding) {
            raw.decode_key(&mut name, error);
        }
        let key = Key { name: name.into_owned(), span: span.start()..span.end() };
        match &mut self.header {
            Some(header) if !header.whole => {
                header.keys.push(key);
                self.odd |= header.keys.len() > MOST_NESTED;
            }
            // A key with dots opens tables on its way.
            _ => self.odd |= self.key.replace(key).is_some(),
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if self.odd {
            return;
        }
        match self.value(span, encoding, error) {
            Some(value) => self.put(Node { span: span.start()..span.end(), value }),
            None => self.odd = true,
        }
    }

    fn error(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.odd = true;
    }
}

/// The table at the end of a header's path, of a list its last one. `None` where the path runs through anything but
/// tables that have headers of their own, or that no other header has named.
fn descend<'n>(root: &'n mut Vec<Entry>, path: &[Key], text: &str) -> Option<&'n mut Vec<Entry>> {
    path.iter().try_fold(root, |entries, key| {
        let known = entries.iter().position(|entry| entry.key == key.name);
        let table = match known {
            Some(at) if matches!(entries[at].node.value, Value::List(_)) => last_item(&mut entries[at].node)?,
            Some(at) => &mut entries[at].node,
            None => {
                let node = Node { span: key.span.clone(), value: Value::Table(Vec::new()) };
                entries.push(Entry { key: key.name.clone(), key_span: key.span.clone(), node });
                &mut entries.last_mut()?.node
            }
        };
        if known.is_some() && !has_header(table, text) {
            return None;
        }
        match &mut table.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    })
}

fn last_item(list: &mut Node) -> Option<&mut Node> {
    if let Value::List(items) = &mut list.value { items.last_mut() } else { None }
}

/// Whether this is a table with a header, not one in braces.
fn has_header(node: &Node, text: &str) -> bool {
    matches!(node.value, Value::Table(_)) && text[node.span.start..].starts_with('[')
}

/// Adds an entry; `false` where the table has such a key, or too many keys to tell cheaply.
fn add(table: &mut Vec<Entry>, key: Key, node: Node) -> bool {
    let new = table.len() < MOST_KEYS && table.iter().all(|entry| entry.key != key.name);
    if new {
        if table.is_empty() {
            table.reserve(USUAL_KEYS);
        }
        table.push(Entry { key: key.name, key_span: key.span, node });
    }
    new
}

#[cfg(test)]
mod tests {
    use super::read_sound;
    use crate::diag::{Sink, Source, Sources};
    use crate::pack::parse::parse_thoroughly;

    /// The short way reads the file, or leaves it; where it reads it, both ways agree.
    fn check(text: &str, is_read: bool) {
        let read = read_sound(text);
        assert_eq!(read.is_some(), is_read, "{text}");
        let Some(read) = read else { return };
        let source = Sources::default().add(Source::new("a.toml", text));
        let mut sink = Sink::default();
        let parsed = parse_thoroughly(text, source, &[], &mut sink);
        assert!(sink.is_empty() && !parsed.faults.any(), "{text}");
        assert_eq!(parsed.root, read, "{text}");
    }

    #[test]
    fn sound_files_are_read_the_short_way() {
        check(include_str!("../../tasks/pack.toml"), true);
        check(include_str!("../../tasks/duplicate-charge-refund.toml"), true);
        check(include_str!("../lint/example/mug.toml"), true);
        check("", true);
        check("\u{feff}a = 1 # comment\r\n", true);
        check("a = 'x'\n\"b c\" = \"\"\"\n\\u00e9\\\n  y\"\"\"\n'd' = '''\nz'''", true);
        check("a = \"\"\"\r\none\r\ntwo\"\"\"\r\n", true);
        check("a = [1, -0x1f, [2.5, 1e3], [], { b = { c = true }, d = [{}] }]", false);
        check("a = [0x1f, 0b1, 1_000, -7, [2.5, 1e3], [], { b = { c = true }, d = [{}] }]", true);
        check("b = 2026-03-03\nc = 2026-03-03 08:15:00.5-07:00\nd = 09:30:00", true);
        check("[x.y]\nz = 1\n[[a.b.c]]", true);
        check("x = 1\n[a]\n[[a.b]]\n[a.b.c]\nx = 1\n[[a.b]]\n[a.b.c]\n[[a.b.d]]\n[[a.b.d]]\n[e]\nx = 1", true);
    }

    #[test]
    fn faults_and_oddities_are_left_to_the_long_way() {
        for text in [
            "a",
            "a = ",
            "a = 1 2",
            "a = 01",
            "a = 1\na = 2",
            "a = { b = 1, b = 2 }",
            "[a]\n[a]",
            "[a.b]\n[a]",
            "[a.b]\n[a.c]",
            "a.b = 1",
            "a = { b.c = 1 }",
            "a = {}\n[a.b]",
            "a = [{}]\n[[a]]",
            "a = [{}]\n[a.b]",
            "a = []\n[[a]]",
            "a = [[{}]]\n[[a]]",
            "[a]\n[[a]]",
            "[[a]]\n[a]",
            "a = 1\n[a]",
            "a = 1\n[a.b]",
            "[a",
            "[]",
            "[[a]",
            "a = [",
            "a = {",
            "a = \"x",
            "a = \"\\q\"",
            "a = nan",
            "a = 1e999",
            "a = 99999999999999999999",
            "a = 2026-13-01",
            "a = 2026-02-28T25:00:00Z",
            "a = 1\rb = 2",
            "a = '\u{1}'",
            "# \u{1}",
        ] {
            check(text, false);
        }
        check(&format!("a = {}1{}", "[".repeat(100), "]".repeat(100)), false);
        check(&(0..100).map(|key| format!("k{key} = 1\n")).collect::<String>(), false);
        check(&format!("[a{}]", ".a".repeat(100)), false);
        check(&format!("a = '{}'", "x".repeat(100_000)), false);
    }
}
