//! The short way to the span tree, for files without any fault: one pass over the text, nothing kept but the tree.
//! Whatever is wrong or merely unusual is left to the long way, which tells what it is.

use std::borrow::Cow;
use std::ops::Range;

use super::scan::Scanner;
use super::tree::{Entry, Node, Value};

/// Files up to this size are tried; a bigger one is unusual.
const MOST_BYTES: usize = 64 * 1024;
/// Keys of one table: few enough that comparing each with all others costs nothing.
const MOST_KEYS: usize = 64;
/// Room for the keys of a table: most have no more.
const USUAL_KEYS: usize = 8;
/// Room for the keys and tables at the top of a file.
const USUAL_ROOT: usize = 24;
/// Lists and inline tables inside one another, and keys of one header.
const MOST_NESTED: usize = 16;

/// The tree of a file; `None` where anything keeps it from being read the short way. Where there is one, it is that of
/// the long way.
pub(super) fn read_sound(text: &str) -> Option<Node<'_>> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut reader = Reader {
        scanner: Scanner::new(text)?,
        root: Vec::new(),
        table: Vec::with_capacity(USUAL_ROOT),
        header: None,
        path: Vec::new(),
    };
    reader.read()?;
    Some(Node { span: 0..0, value: Value::Table(reader.root) })
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    root: Vec<Entry<'t>>,
    /// The table that statements add to, until the next header.
    table: Vec<Entry<'t>>,
    /// Where that table belongs; none for the top of the file.
    header: Option<Header<'t>>,
    /// The tables on the way to it.
    path: Vec<Key<'t>>,
}

struct Key<'t> {
    name: Cow<'t, str>,
    span: Range<usize>,
}

struct Header<'t> {
    is_list: bool,
    span: Range<usize>,
    /// The name of its own.
    last: Key<'t>,
}

impl<'t> Reader<'t> {
    fn read(&mut self) -> Option<()> {
        loop {
            self.scanner.skip_lines()?;
            match self.scanner.peek() {
                None => return self.finish_table(),
                Some(b'[') => {
                    self.finish_table()?;
                    self.header = Some(self.header()?);
                }
                Some(_) => {
                    let entry = self.entry(0)?;
                    add(&mut self.table, entry)?;
                }
            }
            self.scanner.end_line()?;
        }
    }

    fn header(&mut self) -> Option<Header<'t>> {
        let start = self.scanner.at;
        self.scanner.eat(b'[');
        let is_list = self.scanner.eat(b'[');
        self.path.clear();
        let last = loop {
            self.scanner.skip_blanks();
            let key = self.key()?;
            self.scanner.skip_blanks();
            if !self.scanner.eat(b'.') {
                break key;
            }
            self.path.push(key);
        };
        let closed = self.scanner.eat(b']') && (!is_list || self.scanner.eat(b']'));
        let span = start..self.scanner.at;
        (closed && self.path.len() < MOST_NESTED).then_some(Header { is_list, span, last })
    }

    /// Puts the table that has been read where its header says.
    fn finish_table(&mut self) -> Option<()> {
        let Some(Header { is_list, span, last }) = self.header.take() else {
            self.root = std::mem::take(&mut self.table);
            return Some(());
        };
        // Into a list of its size, and one table below: the room stays for the next table.
        let mut entries = Vec::with_capacity(self.table.len() + 1);
        entries.append(&mut self.table);
        let text = self.scanner.text;
        let table = Node { span: span.clone(), value: Value::Table(entries) };
        let parent = descend(&mut self.root, &self.path, text)?;
        let known = if is_list { parent.iter().position(|entry| entry.key == last.name) } else { None };
        match known.map(|at| &mut parent[at].node) {
            Some(Node { value: Value::List(items), .. }) if items.last().is_some_and(|item| item.has_header(text)) => {
                items.push(table);
                Some(())
            }
            Some(_) => None,
            None => {
                let node = if is_list { Node { span, value: Value::List(vec![table]) } } else { table };
                add(parent, Entry { key: last.name, key_span: last.span, node })
            }
        }
    }

    /// A key with its value. A key with dots opens tables on its way: that is for the long way.
    fn entry(&mut self, depth: usize) -> Option<Entry<'t>> {
        let Key { name: key, span: key_span } = self.key()?;
        self.scanner.skip_blanks();
        if !self.scanner.eat(b'=') {
            return None;
        }
        self.scanner.skip_blanks();
        Some(Entry { key, key_span, node: self.node(depth)? })
    }

    fn key(&mut self) -> Option<Key<'t>> {
        let start = self.scanner.at;
        let name = self.scanner.key()?;
        Some(Key { name, span: start..self.scanner.at })
    }

    /// A value inside so many lists and inline tables.
    fn node(&mut self, depth: usize) -> Option<Node<'t>> {
        let start = self.scanner.at;
        let value = match self.scanner.peek()? {
            b'[' | b'{' if depth == MOST_NESTED => return None,
            b'[' => Value::List(self.list(depth + 1)?),
            b'{' => Value::Table(self.inline_table(depth + 1)?),
            _ => self.scanner.scalar()?,
        };
        Some(Node { span: start..self.scanner.at, value })
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Node<'t>>> {
        let mut items = Vec::new();
        self.scanner.eat(b'[');
        loop {
            self.scanner.skip_lines()?;
            if self.scanner.eat(b']') {
                return Some(items);
            }
            items.push(self.node(depth)?);
            self.scanner.skip_lines()?;
            if !self.scanner.eat(b',') {
                return self.scanner.eat(b']').then_some(items);
            }
        }
    }

    /// A table in braces, on one line.
    fn inline_table(&mut self, depth: usize) -> Option<Vec<Entry<'t>>> {
        let mut entries = Vec::new();
        self.scanner.eat(b'{');
        self.scanner.skip_blanks();
        if self.scanner.eat(b'}') {
            return Some(entries);
        }
        loop {
            self.scanner.skip_blanks();
            let entry = self.entry(depth)?;
            add(&mut entries, entry)?;
            self.scanner.skip_blanks();
            if !self.scanner.eat(b',') {
                return self.scanner.eat(b'}').then_some(entries);
            }
        }
    }
}

/// The table at the end of a header's path, of a list its last one. `None` where the path runs through anything but
/// tables that have headers of their own, or that no other header has named.
fn descend<'n, 't>(root: &'n mut Vec<Entry<'t>>, path: &[Key<'t>], text: &str) -> Option<&'n mut Vec<Entry<'t>>> {
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
        if known.is_some() && !table.has_header(text) {
            return None;
        }
        match &mut table.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    })
}

fn last_item<'n, 't>(list: &'n mut Node<'t>) -> Option<&'n mut Node<'t>> {
    if let Value::List(items) = &mut list.value { items.last_mut() } else { None }
}

/// Adds an entry; `None` where the table has such a key, or too many keys to tell cheaply.
fn add<'t>(table: &mut Vec<Entry<'t>>, new: Entry<'t>) -> Option<()> {
    if table.len() == MOST_KEYS || table.iter().any(|entry| entry.key == new.key) {
        return None;
    }
    if table.is_empty() {
        table.reserve(USUAL_KEYS);
    }
    table.push(new);
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::proptest;
    use proptest::sample::select;

    use super::read_sound;
    use crate::diag::{Sink, Source, Sources};
    use crate::pack::parse::parse_thoroughly;

    /// The short way reads the file, or leaves it; where it reads it, both ways agree.
    fn check(text: &str, is_read: bool) {
        assert_eq!(read_sound(text).is_some(), is_read, "{text}");
        check_agreement(text);
    }

    fn check_agreement(text: &str) {
        let Some(read) = read_sound(text) else { return };
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
        check("a = 0000-01-28\nb = 2024-02-29\nc = 2026-12-31T23:59:60Z\nd = 2026-12-01T23:59:59Z", true);
        check("a = \"\"\"\n\"x\" \"\"y\"\"\"\"\" # \"c\" \u{e9}", true);
        check("a = '''x''''' # 'c'", true);
        check("a = [ # one\r\n  1,\n\n  -2.50, # two\n]", true);
        check("a = [-0, 0, 0.0, -1, 123456789012345678, 1234567890123456789, 1e3, 0.1e-2]", true);
        check("a = \"\\\"\" \n[ x . \"y.z\" ] # c\nb = {}", true);
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
            "a = 2026-00-01",
            "a = 2026-01-00",
            "a = 2026-02-30",
            "a = 2026-02-28T23:59:61Z",
            "a = 2026-02-28T24:00:00Z",
            "a = 2026-02-2Z",
            "a = 2026-02-28T25:00:00Z",
            "a = 1\rb = 2",
            "a = '\u{1}'",
            "a = \"\u{7f}\"",
            "a = '\n'",
            "a = \"\"\"x\"\"\"\"\"\"",
            "\"\"\"a\"\"\" = 1",
            "a = tru",
            "a = 1.",
            "a = 2026-03-03  08:15:00",
            "a = {\nb = 1 }",
            "a = { b = 1, }",
            "a = { b = 1 # c\n}",
            "[a] b = 1",
            "[a . \nb]",
            "[ [a]]",
            "a = 1 \r",
            "# \u{1}",
        ] {
            check(text, false);
        }
        check(&format!("a = {}1{}", "[".repeat(100), "]".repeat(100)), false);
        check(&(0..100).map(|key| format!("k{key} = 1\n")).collect::<String>(), false);
        check(&format!("[a{}]", ".a".repeat(100)), false);
        check(&format!("a = '{}'", "x".repeat(100_000)), false);
    }

    /// Statements that are read the short way, and pieces that make them unusual, faulty or something else.
    const LINES: [&str; 16] = [
        "a = 1\n",
        "b = \"x\" # y\n",
        "c = [1, 'x', [2.5, true]]\n",
        "d = { a = 1, b = [{ c = \"\" }] }\r\n",
        "e = \"\"\"\nx \"y\" \\n\"\"\"\n",
        "f = '''\nx 'y' \\'''\n",
        "g = 2026-03-03 08:15:00.5Z\n",
        "h = [ # x\n  -0,\n]\n",
        "\"i j\" = 09:30:00\n",
        "k = 1e3\n",
        "[l]\n",
        "[l.m]\n",
        "[[n]]\n",
        "[[n]] # x\n",
        "[n.o]\n",
        "[[n.p]]\n",
    ];
    const PIECES: [&str; 40] = [
        "a", "e", "t", "T", "Z", "x", "0", "1", "-", "+", "_", ".", ":", ",", "=", "#", " ", "\t", "\n", "\r", "\r\n",
        "\"", "\"\"", "\"\"\"", "'", "'''", "\\", "\\u00e9", "[", "]", "[[", "]]", "{", "}", "é", "\u{1}", "\u{7f}",
        "\u{85}", "\u{feff}", "nan",
    ];

    proptest! {
        #[test]
        fn both_ways_agree(lines in vec(select(&LINES[..]), 0..6), edits in vec((0_usize..200, 0_usize..3, select(&PIECES[..])), 0..4)) {
            let mut text = lines.concat();
            for (at, cut, piece) in edits {
                let start = text.floor_char_boundary(at % (text.len() + 1));
                let end = text.ceil_char_boundary((start + cut).min(text.len()));
                text.replace_range(start..end, piece);
            }
            check_agreement(&text);
        }
    }
}
