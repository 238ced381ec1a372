//! What the cursor stands on: read from the text itself, so that half-written lines count, too.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::pack::tree::Step;
use crate::pack::{MAX_NESTING, comments, statements, string_end};

/// What a place in a file is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spot {
    /// A comment, from its `#` to the end of the line.
    Comment(Range<usize>),
    /// A table's head.
    Header(HeaderSpot),
    /// A key, or where one could begin.
    Key(KeySpot),
    /// A value, or where one could begin.
    Value(ValueSpot),
    /// Between the two.
    Nothing,
}

/// A table's head.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeaderSpot {
    /// All of it, from its bracket to the end of the text on its line.
    pub(super) range: Range<usize>,
    /// The keys up to the one under the cursor, it included.
    pub(super) path: Vec<Step>,
}

/// A key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeySpot {
    /// The table that it belongs to.
    pub(super) table: Vec<Step>,
    /// The key itself; empty where none has begun.
    pub(super) range: Range<usize>,
    /// What it says up to its end, without quotes.
    pub(super) name: String,
    /// The keys of an inline table that stand beside it.
    pub(super) beside: Vec<String>,
    /// Whether it stands in an inline table.
    pub(super) inline: bool,
    /// Whether an `=` follows.
    pub(super) has_value: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueSpot {
    /// Which value.
    pub(super) path: Vec<Step>,
    /// All of it, quotes included; empty where none has begun.
    pub(super) range: Range<usize>,
    /// The other values of its list, without quotes.
    pub(super) beside: Vec<String>,
}

/// What stands at a byte of a text.
pub(super) fn spot_at(text: &str, at: usize) -> Spot {
    if let Some(comment) = comments(text).find(|range| range.start < at && at <= range.end) {
        return Spot::Comment(comment);
    }
    let mut tables = Tables::default();
    let mut table: Option<Vec<Step>> = Some(Vec::new());
    for statement in statements(text) {
        if statement.start > at {
            break;
        }
        let here = at <= statement.end;
        if statement.is_header {
            let head = Head::read(text, statement.start..statement.end);
            let entered = tables.enter(&head);
            let above = table.replace(entered.clone().unwrap_or_default());
            if entered.is_none() {
                table = None;
            }
            if here && at <= head.range.start {
                return key_at(above, at);
            }
            if here {
                let keys = head.keys.iter().filter(|(_, range)| range.start <= at).count().max(1);
                let path = tables.resolve(&head, keys).unwrap_or_default();
                return Spot::Header(HeaderSpot { range: head.range, path });
            }
        } else if here {
            let Some(table) = table else { return Spot::Nothing };
            return Scanner::new(text, at, table).run(statement.start..statement.end);
        }
    }
    key_at(table, at)
}

fn key_at(table: Option<Vec<Step>>, at: usize) -> Spot {
    let Some(table) = table else { return Spot::Nothing };
    let (name, beside) = (String::new(), Vec::new());
    Spot::Key(KeySpot { table, range: at..at, name, beside, inline: false, has_value: false })
}

/// The head of a table as it is written.
struct Head {
    range: Range<usize>,
    double: bool,
    keys: Vec<(String, Range<usize>)>,
}

impl Head {
    fn read(text: &str, line: Range<usize>) -> Head {
        let written = &text[line.clone()];
        let start = line.start + written.len() - written.trim_start().len();
        let end = (line.start + written.trim_end().len()).max(start);
        let double = text[start..end].starts_with("[[");
        let mut keys = Vec::new();
        let mut at = start + if double { 2 } else { 1 };
        while at < end && keys.len() <= MAX_NESTING {
            let (name, range, next) = read_key(text, at, end);
            at = next;
            if !range.is_empty() {
                keys.push((name, range));
            }
            match text.as_bytes().get(at) {
                Some(b'.') => at += 1,
                _ => break,
            }
        }
        Head { range: start..end, double, keys }
    }
}

/// A key from `at` on, without blanks around it: its name, its place, and where the blanks behind it end.
fn read_key(text: &str, at: usize, end: usize) -> (String, Range<usize>, usize) {
    let blanks = |at: usize| {
        let rest = &text[at..end];
        at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    };
    let start = blanks(at);
    let rest = &text[start..end];
    if rest.starts_with(['"', '\'']) {
        let (close, closed) = string_end(text, start);
        let close = close.min(end).max(start + 1);
        let inner = start + 1..if closed { close - 1 } else { close };
        return (text.get(inner).unwrap_or_default().to_owned(), start..close, blanks(close));
    }
    let length = rest.find(|c: char| !is_bare(c)).unwrap_or(rest.len());
    (rest[..length].to_owned(), start..start + length, blanks(start + length))
}

/// Whether a key without quotes may hold this, or its author may think so.
fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// How many entries each list of tables has so far.
#[derive(Default)]
struct Tables(BTreeMap<Vec<Step>, usize>);

impl Tables {
    /// The path of the table that a head begins.
    fn enter(&mut self, head: &Head) -> Option<Vec<Step>> {
        if head.double {
            let mut path = self.resolve(head, head.keys.len().checked_sub(1)?)?;
            path.push(Step::Key(head.keys.last()?.0.clone()));
            *self.0.entry(path).or_insert(0) += 1;
        }
        self.resolve(head, head.keys.len())
    }

    /// The path of the first so many keys of a head: of a list, its last entry.
    fn resolve(&self, head: &Head, keys: usize) -> Option<Vec<Step>> {
        if head.keys.len() > MAX_NESTING {
            return None;
        }
        let mut path = Vec::new();
        for (name, _) in head.keys.iter().take(keys) {
            path.push(Step::Key(name.clone()));
            if let Some(entries) = self.0.get(&path) {
                path.push(Step::Item(entries - 1));
            }
        }
        Some(path)
    }
}

/// A bracket that is open.
struct Level {
    is_list: bool,
    /// How long the path of the list or table itself is.
    path: usize,
    /// Which one it is in `members`.
    number: usize,
    index: usize,
}

#[derive(PartialEq)]
enum Expect {
    Key,
    Value,
    Nothing,
}

/// Walks over one statement.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// How long the path of the enclosing table is.
    base: usize,
    path: Vec<Step>,
    levels: Vec<Level>,
    /// The keys of each inline table, and the plain values of each list, so far.
    members: Vec<Vec<String>>,
    found: Option<(Spot, Option<usize>)>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, at: usize, table: Vec<Step>) -> Scanner<'a> {
        Scanner { text, at, base: table.len(), path: table, levels: Vec::new(), members: Vec::new(), found: None }
    }

    fn run(mut self, range: Range<usize>) -> Spot {
        let bytes = self.text.as_bytes();
        let mut at = range.start;
        let mut expect = Expect::Key;
        // Where the blanks before the next token begin.
        let mut blank = at;
        while at < range.end {
            let byte = bytes[at];
            if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
                continue;
            }
            if byte == b'#' {
                at += self.text[at..range.end].find('\n').unwrap_or(range.end - at);
                continue;
            }
            // Before a bracket or comma something new may begin; before anything else the cursor touches that.
            let reach = at + usize::from(matches!(byte, b',' | b']' | b'}'));
            self.find_blank(blank..reach, &expect);
            match (byte, &expect) {
                (b'[' | b'{', Expect::Value) if self.levels.len() < MAX_NESTING => {
                    self.open(byte == b'[');
                    expect = if byte == b'[' { Expect::Value } else { Expect::Key };
                    at += 1;
                }
                (b']' | b'}', _) => {
                    if let Some(level) = self.levels.pop() {
                        self.path.truncate(level.path);
                    }
                    expect = Expect::Nothing;
                    at += 1;
                }
                (b',', _) => {
                    expect = self.next_item();
                    at += 1;
                }
                (_, Expect::Key) => {
                    let (next, has_value) = self.dotted_key(at, range.end);
                    at = next.max(at + 1);
                    expect = if has_value { Expect::Value } else { Expect::Nothing };
                }
                (_, Expect::Value) => {
                    at = self.value(at, range.end);
                    expect = Expect::Nothing;
                }
                (_, Expect::Nothing) => at = self.skip(at),
            }
            blank = at;
        }
        self.find_blank(blank..range.end + 1, &expect);
        match self.found {
            Some((Spot::Value(mut value), Some(list))) => {
                value.beside.append(&mut self.members[list]);
                Spot::Value(value)
            }
            Some((Spot::Key(mut key), Some(table))) => {
                key.beside.append(&mut self.members[table]);
                if let Some(own) = key.beside.iter().position(|name| *name == key.name) {
                    key.beside.remove(own);
                }
                Spot::Key(key)
            }
            Some((spot, _)) => spot,
            None => Spot::Nothing,
        }
    }

    /// Whether the cursor stands in the blanks where something could begin.
    fn find_blank(&mut self, blanks: Range<usize>, expect: &Expect) {
        // Behind a token the cursor still touches it, and right before one already; in between something new begins.
        if self.found.is_some() || !blanks.contains(&self.at) {
            return;
        }
        let range = self.at..self.at;
        match expect {
            Expect::Key => {
                let table = self.path[..self.table_length()].to_vec();
                let inline = !self.levels.is_empty();
                let (name, beside) = (String::new(), Vec::new());
                let key = KeySpot { table, range, name, beside, inline, has_value: false };
                self.found = Some((Spot::Key(key), self.levels.last().map(|level| level.number)));
            }
            Expect::Value => {
                let value = ValueSpot { path: self.path.clone(), range, beside: Vec::new() };
                self.found = Some((Spot::Value(value), self.list()));
            }
            Expect::Nothing => {}
        }
    }

    /// The list that the next value belongs to.
    fn list(&self) -> Option<usize> {
        self.levels.last().filter(|level| level.is_list).map(|level| level.number)
    }

    fn table_length(&self) -> usize {
        self.levels.last().map_or(self.base, |level| level.path)
    }

    fn open(&mut self, is_list: bool) {
        self.levels.push(Level { is_list, path: self.path.len(), number: self.members.len(), index: 0 });
        self.members.push(Vec::new());
        if is_list {
            self.path.push(Step::Item(0));
        }
    }

    fn next_item(&mut self) -> Expect {
        let Some(level) = self.levels.last_mut() else { return Expect::Nothing };
        self.path.truncate(level.path);
        if !level.is_list {
            return Expect::Key;
        }
        level.index += 1;
        self.path.push(Step::Item(level.index));
        Expect::Value
    }

    /// Reads a key with its dots and its `=`, if there is one.
    fn dotted_key(&mut self, at: usize, end: usize) -> (usize, bool) {
        let length = self.table_length();
        self.path.truncate(length);
        let mut at = at;
        let mut parts: Vec<(Range<usize>, String)> = Vec::new();
        loop {
            let (name, range, next) = read_key(self.text, at, end);
            at = next;
            parts.push((range, name));
            match self.text.as_bytes().get(at) {
                Some(b'.') if at < end && parts.len() <= MAX_NESTING => at += 1,
                _ => break,
            }
        }
        let has_value = at < end && self.text.as_bytes()[at] == b'=';
        let table = self.levels.last().map(|level| level.number);
        if let (Some(table), Some((_, first))) = (table, parts.first()) {
            self.members[table].push(first.clone());
        }
        for (range, name) in parts {
            if self.found.is_none() && range.start <= self.at && self.at <= range.end {
                let inline = !self.levels.is_empty();
                let key = KeySpot {
                    table: self.path.clone(),
                    range,
                    name: name.clone(),
                    beside: Vec::new(),
                    inline,
                    has_value,
                };
                let beside = table.filter(|_| self.path.len() == length);
                self.found = Some((Spot::Key(key), beside));
            }
            self.path.push(Step::Key(name));
        }
        (if has_value { at + 1 } else { at }, has_value)
    }

    /// Reads a value that is no list and no table.
    fn value(&mut self, start: usize, end: usize) -> usize {
        let rest = &self.text[start..end];
        let stop = if rest.starts_with(['"', '\'']) {
            string_end(self.text, start).0.min(end)
        } else {
            let stop = rest.find([',', ']', '}', '#', '\n', '\r', ' ', '\t']).unwrap_or(rest.len());
            start + stop.max(rest.chars().next().map_or(0, char::len_utf8))
        };
        let list = self.list();
        if self.found.is_none() && start <= self.at && self.at <= stop {
            let value = ValueSpot { path: self.path.clone(), range: start..stop, beside: Vec::new() };
            self.found = Some((Spot::Value(value), list));
        } else if let Some(list) = list {
            self.members[list].push(self.text[start..stop].trim_matches(['"', '\'']).to_owned());
        }
        stop
    }

    /// Skips a token where none belongs.
    fn skip(&self, at: usize) -> usize {
        match self.text[at..].chars().next() {
            Some('"' | '\'') => string_end(self.text, at).0.max(at + 1),
            Some(c) => at + c.len_utf8(),
            None => at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Spot, spot_at};
    use crate::pack::tree::render_path;

    /// What stands at `|`.
    fn check(marked: &str, expect: &str) {
        let at = marked.find('|').expect("a place is marked");
        let text = marked.replacen('|', "", 1);
        let found = match spot_at(&text, at) {
            Spot::Comment(range) => format!("comment {}", &text[range]),
            Spot::Header(head) => format!("header {} {}", render_path(&head.path), &text[head.range]),
            Spot::Key(key) => format!(
                "key {}|{} {:?}{}{}",
                render_path(&key.table),
                &text[key.range],
                key.beside,
                if key.inline { " inline" } else { "" },
                if key.has_value { " =" } else { "" }
            ),
            Spot::Value(value) => format!("value {} {}", render_path(&value.path), &text[value.range]),
            Spot::Nothing => "nothing".to_owned(),
        };
        assert_eq!(found, expect, "{marked}");
    }

    #[test]
    fn keys_are_known_with_their_table() {
        check("|", "key | []");
        check("tit|", "key |tit []");
        check("a = 1\nti|tle = 2", "key |title [] =");
        check("[ticket]\nid = 1\n|\nb = 2", "key ticket| []");
        check("[ticket]\nid = 1\n  su|b", "key ticket|sub []");
        check("[[artifacts]]\n[[artifacts]]\nid|", "key artifacts[1]|id []");
        check("[[artifacts]]\n[artifacts.record]\nx|", "key artifacts[0].record|x []");
        check("[grading]\nweights.re|ply = 1", "key grading.weights|reply [] =");
        check("[grading]\nweights.|", "key grading.weights| []");
        check("a = { b = 1, |, c = 2 }", "key a| [\"b\", \"c\"] inline");
        check("a = { b = 1, d|d = 3, c = 2 }", "key a|dd [\"b\", \"c\"] inline =");
        check("a = [{ b = 1 }, { c|", "key a[1]|c [] inline");
        check("\"qu|oted\" = 1", "key |\"quoted\" [] =");
        check("é|ö = 1", "key |éö [] =");
    }

    #[test]
    fn values_are_known_with_their_path() {
        check("a = |", "value a ");
        check("a =|", "value a ");
        check("a = 1|2", "value a 12");
        check("a = tr|", "value a tr");
        check("a = \"x|", "value a \"x");
        check("a = \"x|\"\nb = 1", "value a \"x\"");
        check("a = [\"x\", |]", "value a[1] ");
        check("a = [\"x\", \"y|\"]", "value a[1] \"y\"");
        check("[e]\nr = [\n  \"x\",\n  \"art|\n]\n[f]\n", "value e.r[1] \"art");
        check("[e]\nr = [\n  \"x\",\n  |\n\n[f]\nb = 1", "value e.r[1] ");
        check("a = { from = \"|\" }", "value a.from \"\"");
        check("[[k]]\nn = [[\"a\"], [\"b|\"]]", "value k[0].n[1][0] \"b\"");
        check("m = \"\"\"\ntext |\n\"\"\"", "value m \"\"\"\ntext \n\"\"\"");
    }

    #[test]
    fn heads_and_comments_are_known() {
        check("[tick|et]\nid = 1", "header ticket [ticket]");
        check("[|", "header  [");
        check("[[art|", "header art[0] [[art");
        check("[[artifacts]]\n[artifacts.re|cord]", "header artifacts[0].record [artifacts.record]");
        check("[[artifacts]]\n[arti|facts.record]", "header artifacts[0] [artifacts.record]");
        check("a = 1 # lint: al|low", "comment # lint: allow");
        check("# x|\na = 1", "comment # x");
        check("a = '# x|'", "value a '# x'");
    }

    #[test]
    fn elsewhere_there_is_nothing() {
        check("a b|", "nothing");
        check("a = 1 |", "nothing");
        check("a = [1 |", "nothing");
        check("]]|", "nothing");
    }

    #[test]
    fn no_text_is_too_much() {
        for text in ["[", "{", "a.", "a=[", "a={", "\"", "\"\"\"", "[[", "[a.", "=", ",", "]", "\r", "é", "a=[\n"] {
            let hostile = text.repeat(3000);
            for at in [0, hostile.len() / 2, hostile.len()] {
                if hostile.is_char_boundary(at) {
                    spot_at(&hostile, at);
                }
            }
        }
    }
}
