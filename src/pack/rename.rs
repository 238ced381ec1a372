//! Where a key is written: once as a rule, but a table's name stands in each of its headers and dotted keys.

use std::ops::Range;

use super::tree::{Entry, Node, Value};

/// The most places that are looked at: a name in more headers than this is no slip.
const MAX_PLACES: usize = 1000;

/// Every place where the key of this entry is written, in the order of the file; `depth` keys lie above it. `None` where
/// they cannot all be told.
pub(super) fn key_places(text: &str, entry: &Entry, depth: usize) -> Option<Vec<Range<usize>>> {
    let mut search = Search { text, key: &entry.key, depth, places: vec![entry.key_span.clone()] };
    search.node(&entry.node, 0, true)?;
    search.places.sort_by_key(|place| place.start);
    search.places.dedup();
    Some(search.places)
}

/// Whether the table or list `own`, under the name of `other`, becomes a part of it and repeats nothing.
pub(super) fn joins(text: &str, own: &Node, other: &Node) -> bool {
    match (&own.value, &other.value) {
        (Value::List(own), Value::List(other)) => {
            let all = |items: &[Node]| !items.is_empty() && items.iter().all(|item| item.has_header(text));
            all(own) && all(other)
        }
        (Value::Table(own_entries), _) if is_implied(text, own) => {
            let table = match &other.value {
                Value::List(items) if items.iter().all(|item| item.has_header(text)) => {
                    items.iter().rev().find(|item| item.span.start < own.span.start)
                }
                Value::Table(_) if other.has_header(text) || is_implied(text, other) => Some(other),
                _ => None,
            };
            let headers = own_entries.iter().all(|entry| match &entry.node.value {
                Value::List(items) => items.iter().all(|item| item.has_header(text)),
                _ => entry.node.has_header(text),
            });
            headers && table.is_some_and(|table| own_entries.iter().all(|entry| table.entry(&entry.key).is_none()))
        }
        _ => false,
    }
}

struct Search<'a> {
    text: &'a str,
    key: &'a str,
    depth: usize,
    places: Vec<Range<usize>>,
}

impl Search<'_> {
    /// Looks at what the key holds, `level` keys below it; `dotted` says whether what stands there follows the key in
    /// one dotted key.
    fn node(&mut self, node: &Node, level: usize, dotted: bool) -> Option<()> {
        match &node.value {
            Value::List(items) => items
                .iter()
                .filter(|item| item.has_header(self.text))
                .try_for_each(|item| self.node(item, level, dotted)),
            Value::Table(entries) if node.has_header(self.text) => {
                let place = self.in_header(node.span.start)?;
                self.push(place)?;
                entries.iter().try_for_each(|entry| self.node(&entry.node, level + 1, false))
            }
            Value::Table(entries) if is_implied(self.text, node) => entries.iter().try_for_each(|entry| {
                let child = &entry.node;
                let more = match &child.value {
                    Value::Table(_) => child.has_header(self.text) || is_implied(self.text, child),
                    Value::List(items) => items.first().is_some_and(|item| item.has_header(self.text)),
                    _ => false,
                };
                if more {
                    return self.node(child, level + 1, dotted);
                }
                if dotted {
                    let place = self.before(entry.key_span.start, level + 1)?;
                    self.push(place)?;
                }
                Some(())
            }),
            _ => Some(()),
        }
    }

    fn push(&mut self, place: Range<usize>) -> Option<()> {
        let written = self.text.get(place.clone())?;
        if written.trim_matches(['"', '\'']) != self.key || self.places.len() >= MAX_PLACES {
            return None;
        }
        self.places.push(place);
        Some(())
    }

    /// The key's part of the header that begins here.
    fn in_header(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        for part in 0..=self.depth {
            while matches!(bytes.get(at), Some(b'[' | b'.' | b' ' | b'\t')) {
                at += 1;
            }
            let end = match bytes.get(at)? {
                quote @ (b'"' | b'\'') => at + 2 + bytes[at + 1..].iter().position(|byte| byte == quote)?,
                _ => at + bytes[at..].iter().position(|byte| !is_bare(*byte))?,
            };
            if part == self.depth {
                return Some(at..end);
            }
            at = end;
        }
        None
    }

    /// The part so many parts before the one that begins here.
    fn before(&self, start: usize, parts: usize) -> Option<Range<usize>> {
        let mut place = start..start;
        for _ in 0..parts {
            let before = self.text[..place.start].trim_end_matches([' ', '\t']).strip_suffix('.')?;
            let before = before.trim_end_matches([' ', '\t']);
            let last = before.chars().next_back()?;
            let from = if matches!(last, '"' | '\'') {
                before[..before.len() - 1].rfind(last)?
            } else {
                before.len() - before.bytes().rev().take_while(|byte| is_bare(*byte)).count()
            };
            place = from..before.len();
        }
        Some(place)
    }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether the table is there only because something below it is: its place is its key.
fn is_implied(text: &str, node: &Node) -> bool {
    let begins = text.get(node.span.start..).and_then(|rest| rest.chars().next());
    matches!(node.value, Value::Table(_)) && !matches!(begins, Some('[' | '{'))
}

#[cfg(test)]
mod tests {
    use super::{joins, key_places};
    use crate::pack::read_text;

    /// How often the first key of the file that begins with `x` is written, and the text with all of them replaced.
    fn check(text: &str, expect: &str) {
        let read = read_text("a.toml", text.as_bytes()).ok().expect("the text is sound");
        let entry = read.tree.entry("xs").expect("the key is there");
        let mut renamed = text.to_owned();
        for place in key_places(text, entry, 0).expect("all can be told").into_iter().rev() {
            renamed.replace_range(place, "y");
        }
        assert_eq!(renamed, expect);
    }

    #[test]
    fn a_name_is_found_in_all_of_its_headers() {
        check("xs = 1\n", "y = 1\n");
        check("xs = [[1], { xs = 2 }]\n", "y = [[1], { xs = 2 }]\n");
        check(
            "[[xs]]\na = 1\n[xs.b]\nxs = 1\n[[ xs ]] # xs\n[xs.b.xs]",
            "[[y]]\na = 1\n[y.b]\nxs = 1\n[[ y ]] # xs\n[y.b.xs]",
        );
        check(
            "[a]\nb = 1\n[xs.b]\nc = 1\n[\"xs\".c]\n[xs]\nz.xs = 1",
            "[a]\nb = 1\n[y.b]\nc = 1\n[y.c]\n[y]\nz.xs = 1",
        );
        check("xs.a = 1\nxs . b.c = 2\n'xs'.b.d = 3\n", "y.a = 1\ny . b.c = 2\ny.b.d = 3\n");
        check("[xs]\na = 1\n[[xs.b]]\n[[xs.b]]\n", "[y]\na = 1\n[[y.b]]\n[[y.b]]\n");
    }

    #[test]
    fn tables_join_where_nothing_is_written_twice() {
        let check = |text: &str, expect: bool| {
            let read = read_text("a.toml", text.as_bytes()).ok().expect("the text is sound");
            let node = |key: &str| &read.tree.entry(key).expect("the key is there").node;
            assert_eq!(joins(text, node("xs"), node("y")), expect, "{text}");
        };
        check("[[y]]\n[[xs]]\n[[y]]\n", true);
        check("y = []\n[[xs]]\n", false);
        check("y = [{ a = 1 }]\n[[xs]]\n", false);
        check("[[y]]\n[xs.a]\n", true);
        check("[[y]]\n[y.a]\n[xs.a]\n", false);
        check("[xs.a]\n[[y]]\n", false);
        check("[y]\na = 1\n[xs.b]\n", true);
        check("[y]\na = 1\n[xs]\nb = 1\n", false);
        check("y = { a = 1 }\n[xs.b]\n", false);
        check("y = 1\nxs = 2\n", false);
    }
}
