//! TOML text to the span tree, with every syntax error and the limits.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Sink, SourceId, Span};

use super::limits::{MAX_NESTING, MAX_STRING_BYTES};
use super::tree::{Entry, Node, Value};

/// The most syntax errors looked at in one file.
const MAX_ERRORS: usize = 300;

/// A file as far as it could be read.
pub(super) struct Parsed {
    pub(super) root: Node,
    /// Where the syntax is broken.
    pub(super) faults: Faults,
}

/// Where the syntax is broken, so that what is missing because of it is not reported again.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The headers (0 for the top of the file) of the tables that hold a syntax error.
    tables: Vec<usize>,
    /// Whether a header, or something up to the end of the file, is broken: anything may be missing then.
    anywhere: bool,
}

impl Faults {
    /// Whether a key may be missing from the table with this header because of a syntax error.
    pub(super) fn hide_missing(&self, header: usize) -> bool {
        self.anywhere || self.tables.contains(&header)
    }

    /// Whether a whole section may be missing because of a syntax error.
    pub(super) fn any(&self) -> bool {
        self.anywhere || !self.tables.is_empty()
    }
}

/// Reads a file. `broken_lines` are ranges of bytes whose fault has been reported: no syntax error is reported there.
pub(super) fn parse(text: &str, source: SourceId, reported: &[Range<usize>], sink: &mut Sink) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut builder = Builder { text, source, sink, breaks: Vec::new() };
    let mut faults = builder.report(&table, &errors, reported);
    let span = 0..0;
    let value = builder.table(table.get_ref(), 1);
    let mut root = Node { span, value };
    let headers = builder.headers(&root);
    for at in builder.breaks {
        let header = headers.iter().rev().find(|&&header| header <= at).copied().unwrap_or(0);
        faults.tables.push(header);
        punch(&mut root, at);
    }
    Parsed { root, faults }
}

struct Builder<'a> {
    text: &'a str,
    source: SourceId,
    sink: &'a mut Sink,
    /// Offsets of the syntax errors.
    breaks: Vec<usize>,
}

impl Builder<'_> {
    /// Reports the syntax errors, one per statement.
    fn report(
        &mut self,
        table: &Spanned<DeTable<'_>>,
        errors: &[toml::de::Error],
        reported: &[Range<usize>],
    ) -> Faults {
        let mut faults = Faults::default();
        let mut found: Vec<(Range<usize>, &str)> =
            errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
        found.sort_by_key(|(span, _)| span.start);
        let too_deep = found.iter().position(|(_, message)| message.contains("recurs"));
        if let Some(at) = too_deep {
            let span = if found[at].0 == (0..0) { self.deep_line() } else { found[at].0.clone() };
            faults.anywhere = true;
            self.breaks.push(span.start);
            self.push_too_deep(span.clone());
            // What follows inside the same value is its debris.
            found.retain(|(other, message)| other.start < span.start && !message.contains("recurs"));
        }
        let containers = containers(table.get_ref(), self.text);
        let mut seen_line = usize::MAX;
        let mut seen_container = usize::MAX;
        // Nobody reads further, and looking lines up for each of a hostile file's errors would be quadratic.
        faults.anywhere |= found.len() > MAX_ERRORS;
        found.truncate(MAX_ERRORS);
        for (span, message) in found {
            let span = self.visible(span);
            let line = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let line_end = self.text[span.start..].find('\n').map_or(self.text.len(), |at| span.start + at);
            if message == "duplicate key" {
                self.push_duplicate(span, table.get_ref());
                continue;
            }
            self.breaks.push(span.start);
            let header = self.text[line..].trim_start_matches([' ', '\t']).starts_with('[');
            let to_the_end = span.end >= self.text.trim_end().len()
                && (message.contains("unclosed") || message.contains("multi-line"));
            faults.anywhere |= header || to_the_end;
            let container = containers.iter().position(|range| range.start < span.start && span.start <= range.end);
            let again = line == seen_line || container.is_some_and(|container| container == seen_container);
            seen_line = line;
            seen_container = container.unwrap_or(usize::MAX);
            let known = reported.iter().any(|range| range.start < line_end && range.end > line);
            if !again && !known {
                let place = Span::new(self.source, span);
                self.sink.push(Diagnostic::new(Code::Syntax, place, message.to_owned()));
            }
        }
        faults
    }

    fn push_too_deep(&mut self, span: Range<usize>) {
        let message = format!("tables and lists lie more than {MAX_NESTING} deep");
        self.sink.push(Diagnostic::new(Code::TooLarge, Span::new(self.source, span), message));
    }

    /// The first line that nests deeper than the limit by dots or brackets.
    fn deep_line(&self) -> Range<usize> {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            if line.bytes().filter(|byte| matches!(byte, b'.' | b'[' | b'{')).count() > MAX_NESTING {
                let indent = line.len() - line.trim_start().len();
                return start + indent..start + indent + 1;
            }
            start += line.len();
        }
        0..self.text.len().min(1)
    }

    fn push_duplicate(&mut self, span: Range<usize>, table: &DeTable<'_>) {
        let name = self.text.get(span.clone()).unwrap_or_default();
        let place = Span::new(self.source, span.clone());
        let mut diagnostic = Diagnostic::new(Code::DuplicateKey, place, format!("`{name}` is written twice"))
            .with_help(Some("keep one of the two".to_owned()));
        if let Some(first) = self.first_of(name, span.start, table) {
            diagnostic = diagnostic.with_label(Span::new(self.source, first), "first written here");
        }
        self.sink.push(diagnostic);
    }

    /// Where a key was written before: the nearest sound key of that name above, else the first header line that is
    /// equal to this one.
    fn first_of(&self, name: &str, before: usize, table: &DeTable<'_>) -> Option<Range<usize>> {
        let line_of = |at: usize| {
            let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
            let end = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end);
            self.text[start..end].trim()
        };
        let header = line_of(before);
        if header.starts_with('[') {
            let header = header.split('#').next().unwrap_or(header).trim().trim_matches(['[', ']']);
            let mut start = 0;
            for line in self.text[..before].split_inclusive('\n') {
                let plain = line.split('#').next().unwrap_or(line).trim();
                if plain.starts_with('[') && plain.trim_matches(['[', ']']) == header && start + line.len() <= before {
                    let at = start + line.find(name)?;
                    return Some(at..at + name.len());
                }
                start += line.len();
            }
        }
        let mut keys = Vec::new();
        collect_keys(table, name, before, &mut keys);
        keys.into_iter().max_by_key(|range| range.start)
    }

    /// An error's range, at least one character wide where there is one, and on character boundaries.
    fn visible(&self, span: Range<usize>) -> Range<usize> {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        if start == end {
            end += self.text[start..].chars().next().filter(|&c| c != '\n' && c != '\r').map_or(0, char::len_utf8);
        }
        start..end
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Value {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table.iter() {
            let node = self.node(value, depth + 1);
            entries.push(Entry { key: key.get_ref().to_string(), key_span: key.span(), node });
        }
        Value::Table(entries)
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Node {
        let span = value.span();
        if depth > MAX_NESTING + 1 {
            self.push_too_deep(span.clone());
            return Node { span, value: Value::Hole };
        }
        let value = match value.get_ref() {
            DeValue::String(text) => self.string(text, &span),
            DeValue::Integer(number) => self.integer(number.as_str(), number.radix(), &span),
            DeValue::Float(number) => self.float(number.as_str(), &span),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(_) => Value::Date(self.text.get(span.clone()).unwrap_or_default().to_owned()),
            DeValue::Array(items) => Value::List(items.iter().map(|item| self.node(item, depth + 1)).collect()),
            DeValue::Table(table) => self.table(table, depth),
        };
        Node { span, value }
    }

    fn string(&mut self, text: &str, span: &Range<usize>) -> Value {
        if text.len() <= MAX_STRING_BYTES {
            return Value::Text(text.to_owned());
        }
        let message = format!("a string of {} bytes; {MAX_STRING_BYTES} are the most", text.len());
        let start = span.start..(span.start + 1).min(span.end);
        self.sink.push(Diagnostic::new(Code::TooLarge, Span::new(self.source, start), message));
        Value::Hole
    }

    fn integer(&mut self, text: &str, radix: u32, span: &Range<usize>) -> Value {
        if let Ok(number) = i64::from_str_radix(text, radix) {
            return Value::Integer(number);
        }
        let message = format!("the integer `{}` does not fit 64 bits", shown(text));
        self.sink.push(Diagnostic::new(Code::OutOfRange, Span::new(self.source, span.clone()), message));
        Value::Hole
    }

    fn float(&mut self, text: &str, span: &Range<usize>) -> Value {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Float(number),
            _ => {
                let message = format!("`{}` is no finite number", shown(text));
                self.sink.push(Diagnostic::new(Code::NonFiniteNumber, Span::new(self.source, span.clone()), message));
                Value::Hole
            }
        }
    }

    /// The offsets of all table headers, in the order of the file.
    fn headers(&self, root: &Node) -> Vec<usize> {
        fn walk(node: &Node, text: &str, headers: &mut Vec<usize>) {
            match &node.value {
                Value::Table(entries) => {
                    if text[node.span.start.min(text.len())..].starts_with('[') {
                        headers.push(node.span.start);
                    }
                    entries.iter().for_each(|entry| walk(&entry.node, text, headers));
                }
                Value::List(items) => items.iter().for_each(|item| walk(item, text, headers)),
                _ => {}
            }
        }
        let mut headers = Vec::new();
        walk(root, self.text, &mut headers);
        headers.sort_unstable();
        headers.dedup();
        headers
    }
}

/// Lists and inline tables at the outermost level of each statement: an unclosed one drags errors behind it.
fn containers(table: &DeTable<'_>, text: &str) -> Vec<Range<usize>> {
    fn walk(value: &Spanned<DeValue<'_>>, text: &str, ranges: &mut Vec<Range<usize>>) {
        let opens = |c: char| text.get(value.span().start..).is_some_and(|rest| rest.starts_with(c));
        match value.get_ref() {
            DeValue::Array(items) if items.iter().all(|item| item.span().start > value.span().start) && opens('[') => {
                ranges.push(value.span());
            }
            DeValue::Array(items) => items.iter().for_each(|item| walk(item, text, ranges)),
            DeValue::Table(_) if opens('{') => ranges.push(value.span()),
            DeValue::Table(table) => table.iter().for_each(|(_, value)| walk(value, text, ranges)),
            _ => {}
        }
    }
    let mut ranges = Vec::new();
    table.iter().for_each(|(_, value)| walk(value, text, &mut ranges));
    ranges
}

/// The places before `before` where a key of this name stands.
fn collect_keys(table: &DeTable<'_>, name: &str, before: usize, keys: &mut Vec<Range<usize>>) {
    let plain = name.trim_matches(['"', '\'']);
    for (key, value) in table.iter() {
        if key.get_ref() == plain && key.span().start < before {
            keys.push(key.span());
        }
        match value.get_ref() {
            DeValue::Table(table) => collect_keys(table, name, before, keys),
            DeValue::Array(items) => {
                for item in items.iter() {
                    if let DeValue::Table(table) = item.get_ref() {
                        collect_keys(table, name, before, keys);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Makes a hole of the innermost statement's value that holds a syntax error at `at`.
fn punch(node: &mut Node, at: usize) {
    match &mut node.value {
        Value::Table(entries) => {
            for entry in entries {
                let written = entry.key_span.start <= at
                    && at <= entry.node.span.end
                    && entry.key_span.end <= entry.node.span.start;
                if written {
                    entry.node.value = Value::Hole;
                } else {
                    punch(&mut entry.node, at);
                }
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| punch(item, at)),
        _ => {}
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
