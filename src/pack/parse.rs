//! TOML text to the span tree, with every syntax error and the limits.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Sink, Source, SourceId, Sources, Span};

use super::advice::shown;
use super::check::{LISTS_OF_TABLES, double_brackets};
use super::flood::{Flood, flood_of};
use super::limits::{MAX_FILE_BYTES, MAX_LISTS, MAX_NESTING, MAX_STRING_BYTES};
use super::merge::one_side;
use super::recover::{Break, BreakKind, Lost, damaging, recover};
use super::sound::read_sound;
use super::tree::{Entry, Node, Value};

/// The most keys that are written twice reported in one file.
const MAX_DUPLICATES: usize = 200;

/// A file as far as it could be read.
pub(super) struct Parsed<'t> {
    pub(super) root: Node<'t>,
    /// Where the syntax is broken.
    pub(super) faults: Faults,
}

impl Parsed<'_> {
    /// A file too broken to say anything of its content.
    fn unread() -> Parsed<'static> {
        let root = Node { span: 0..0, value: Value::Table(Vec::new()) };
        Parsed { root, faults: Faults { any: true, ..Faults::default() } }
    }
}

/// Where the syntax is broken, so that what is missing because of it is not reported again.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The headers of all tables, in the order of the file.
    headers: Vec<usize>,
    /// The headers (`None` for the top of the file) of the tables that lost a key.
    tables: Vec<Option<usize>>,
    /// Whether a whole table, or more, is lost: anything may be missing then.
    anywhere: bool,
    /// Whether anything is lost, be it a single value.
    any: bool,
    /// The statements that were left out.
    pub(super) breaks: Vec<Range<usize>>,
    /// The names of headers that are there twice, or of an entry of a list whose header is broken; what stands below is
    /// left out.
    twice: Vec<String>,
    /// The keys of tables that are there already: reported with the faults of form.
    pub(super) duplicates: Vec<Duplicate>,
}

/// A key that is written twice in one table.
#[derive(Debug, PartialEq)]
pub(super) struct Duplicate {
    pub(super) name: String,
    /// Where it stands the second time.
    pub(super) span: Range<usize>,
    pub(super) first: Option<Range<usize>>,
}

impl Duplicate {
    /// Its finding.
    pub(super) fn diagnostic(&self, source: SourceId) -> Diagnostic {
        let message = format!("`{}` is written twice", shown(&self.name));
        let mut diagnostic = Diagnostic::new(Code::DuplicateKey, Span::new(source, self.span.clone()), message)
            .with_help(Some("keep one of the two".to_owned()));
        if let Some(first) = self.first.clone() {
            diagnostic = diagnostic.with_label(Span::new(source, first), "first written here");
        }
        diagnostic
    }
}

impl Faults {
    /// Whether a key may be missing from the table at this place (0 for the top of the file) because of a syntax error.
    pub(super) fn hide_missing(&self, at: usize) -> bool {
        self.anywhere || self.tables.contains(&self.header_of(at))
    }

    /// Whether a whole table, or more, may be missing because of a syntax error. A lost key or value leaves a hole in
    /// its table, which is known to be one.
    pub(super) fn loses_tables(&self) -> bool {
        self.anywhere
    }

    /// Whether an entry of this list, or a key of this table, may be missing: everything may, or its own header, one
    /// above or that of a part right below is there twice.
    pub(super) fn loses(&self, table: &str) -> bool {
        let below = |name: &str, above: &str| name.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'));
        let is_part = |name: &str| name.rsplit_once('.').is_some_and(|(above, _)| above == table);
        self.anywhere || self.twice.iter().any(|name| name == table || below(table, name) || is_part(name))
    }

    /// Whether an entry of this list of tables, or a key in one of them, may be missing.
    pub(super) fn lose_keys_of(&self, list: &str, text: &str) -> bool {
        // A key at the top may be the list's own.
        let is_part = |header: &Option<usize>| {
            let name = header.and_then(|at| header_name(text.get(at..)?));
            name.is_none_or(|name| name.strip_prefix(list).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
        };
        self.loses(list) || self.tables.iter().any(is_part)
    }

    /// Whether a table of this name is there twice, so that one of the two may hold what the other lacks.
    pub(super) fn is_twice(&self, table: &str) -> bool {
        self.twice.iter().any(|name| name == table)
    }

    /// Whether a key, a value or a whole section may be missing because of a syntax error.
    pub(super) fn any(&self) -> bool {
        self.any
    }

    fn header_of(&self, at: usize) -> Option<usize> {
        let above = self.headers.partition_point(|&header| header <= at);
        above.checked_sub(1).map(|index| self.headers[index])
    }
}

/// Reads a file. `reported` are ranges of bytes whose fault has been reported: no syntax error is reported there.
pub(super) fn parse<'t>(text: &'t str, source: SourceId, reported: &[Range<usize>], sink: &mut Sink) -> Parsed<'t> {
    let mut parsed = match read_sound(text) {
        Some(root) => Parsed { root, faults: Faults::default() },
        None => parse_thoroughly(text, source, reported, sink),
    };
    if !reported.is_empty() {
        blank_texts(&mut parsed.root, reported);
        parsed.faults.any = true;
    }
    parsed
}

/// Makes holes of the texts at these places: what they were meant to say is not known.
fn blank_texts(node: &mut Node<'_>, places: &[Range<usize>]) {
    match &mut node.value {
        Value::Table(entries) => entries.iter_mut().for_each(|entry| blank_texts(&mut entry.node, places)),
        Value::List(items) => items.iter_mut().for_each(|item| blank_texts(item, places)),
        Value::Text(_) => {
            let next = places.partition_point(|place| place.end <= node.span.start);
            if places.get(next).is_some_and(|place| place.start < node.span.end) {
                node.value = Value::Hole;
            }
        }
        _ => {}
    }
}

/// Reads a file that may be broken anywhere.
pub(super) fn parse_thoroughly(
    text: &str,
    source: SourceId,
    reported: &[Range<usize>],
    sink: &mut Sink,
) -> Parsed<'static> {
    let mut builder = Builder { text, source, sink, lost: Vec::new(), single_brackets: Vec::new() };
    let flooded = match flood_of(text) {
        Some(Flood::Lists(at)) => {
            builder.push_too_large(at..at + 1, format!("the file holds more than {MAX_LISTS} lists"));
            return Parsed::unread();
        }
        Some(Flood::Errors(end)) => Some(end),
        None => None,
    };
    // Behind a flood of errors nothing is read.
    let text = &text[..flooded.unwrap_or(text.len())];
    let merged = one_side(text);
    let is_merged = merged.is_some();
    let text = match &merged {
        Some(side) => {
            builder.push_merges(&side.marks);
            side.text.as_str()
        }
        None => text,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    let Some(first) = damaging(text, &errors) else {
        if flooded.is_some() {
            builder.push_unread();
            return Parsed::unread();
        }
        let (root, duplicates) = builder.root(&table, &errors);
        // What the other side of a merge wrote is missing.
        return Parsed {
            root,
            faults: Faults { anywhere: is_merged, any: is_merged, duplicates, ..Faults::default() },
        };
    };
    let count = errors.len();
    drop((table, errors));
    let recovered = recover(text, first, count);
    for broken in &recovered.breaks {
        builder.push_break(broken, reported);
        builder.lost.extend(match broken.lost {
            Lost::Value(at) => Some(at),
            Lost::Keys | Lost::Section => None,
        });
    }
    builder.lost.sort_unstable();
    let (table, errors) = DeTable::parse_recoverable(&recovered.text);
    let mut faults = Faults { any: true, anywhere: is_merged, ..Faults::default() };
    if flooded.is_some() || damaging(&recovered.text, &errors).is_some() {
        // Too much is broken to say anything of the rest. But something is said.
        if builder.sink.is_empty() && reported.is_empty() {
            builder.push_unread();
        }
        return Parsed::unread();
    }
    let (root, duplicates) = builder.root(&table, &errors);
    faults.duplicates = duplicates;
    faults.breaks = recovered.breaks.iter().map(|broken| broken.statement.clone()).collect();
    faults.headers = builder.headers(&root);
    for broken in &recovered.breaks {
        // Of a file that breaks off at its top, the rest was still to come.
        let breaks_off = broken.runs_out && faults.header_of(broken.statement.start).is_none();
        faults.anywhere |= broken.swallows || breaks_off;
        match broken.lost {
            Lost::Value(_) => {}
            Lost::Keys => faults.tables.push(faults.header_of(broken.statement.start)),
            Lost::Section => match header_name(&text[broken.statement.start..]) {
                Some(name) if broken.kind == BreakKind::Duplicate || LISTS_OF_TABLES.contains(&name) => {
                    faults.twice.push(name.to_owned());
                }
                _ => faults.anywhere = true,
            },
        }
    }
    Parsed { root, faults }
}

/// The span tree of a text as far as it can be read; what is wrong with it is told elsewhere.
pub(crate) fn read_tree(text: &str) -> Node<'_> {
    if text.len() as u64 > MAX_FILE_BYTES {
        return Parsed::unread().root;
    }
    let mut sources = Sources::default();
    let source = sources.add(Source::new("", ""));
    parse(text, source, &[], &mut Sink::default()).root
}

struct Builder<'a> {
    text: &'a str,
    source: SourceId,
    sink: &'a mut Sink,
    /// The offsets of values that were cut out.
    lost: Vec<usize>,
    /// The lists whose heads stand in single brackets, as far as that has been reported.
    single_brackets: Vec<&'static str>,
}

impl Builder<'_> {
    fn root(&mut self, table: &Spanned<DeTable<'_>>, errors: &[toml::de::Error]) -> (Node<'static>, Vec<Duplicate>) {
        let mut again: Vec<Range<usize>> = errors.iter().filter_map(toml::de::Error::span).collect();
        again.sort_by_key(|span| span.start);
        again.truncate(MAX_DUPLICATES);
        let places = again.iter().map(|span| (self.name_at(span), span.start)).collect();
        let firsts = first_places(table.get_ref(), places);
        let duplicates = again.into_iter().zip(firsts);
        let duplicates = duplicates.map(|(span, first)| Duplicate { name: self.name_at(&span), span, first }).collect();
        (Node { span: 0..0, value: self.table(table.get_ref(), 1) }, duplicates)
    }

    fn push_break(&mut self, broken: &Break, reported: &[Range<usize>]) {
        let start = self.text[..broken.statement.start].rfind('\n').map_or(0, |at| at + 1);
        if reported.iter().any(|range| range.start < broken.statement.end && range.end > start) {
            return;
        }
        match broken.kind {
            BreakKind::TooDeep => self.push_too_deep(broken.span.clone()),
            BreakKind::Duplicate => {
                if !self.push_list_in_single_brackets(broken) {
                    let first = self.first_header(broken);
                    self.push_duplicate(broken, first);
                }
            }
            BreakKind::Syntax => {
                let place = Span::new(self.source, broken.span.clone());
                let diagnostic =
                    Diagnostic::new(Code::Syntax, place, broken.message.clone()).with_help(broken.help.clone());
                self.sink.push(diagnostic);
            }
        }
    }

    /// Reports an entry of a list whose head stands in single brackets, once for all entries and what belongs to them;
    /// `false` where the header is none of those.
    fn push_list_in_single_brackets(&mut self, broken: &Break) -> bool {
        let Some(name) = header_name(&self.text[broken.statement.start..]) else { return false };
        let below =
            |list: &&&str| name.strip_prefix(**list).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let Some(list) = LISTS_OF_TABLES.iter().find(below).copied() else { return false };
        if self.single_brackets.contains(&list) {
            return true;
        }
        if name != list {
            return false;
        }
        self.single_brackets.push(list);
        let mut start = 0;
        let mut first = None;
        for line in self.text[..broken.statement.start].split_inclusive('\n') {
            if header_name(line) == Some(name) {
                let head = start + line.len() - line.trim_start().len();
                first = Some(head..head + line.trim().len());
                if !line.trim_start().starts_with("[[") {
                    // The first entry is no list either: that is the same fault.
                    self.lost.push(head);
                }
                break;
            }
            start += line.len();
        }
        let message = format!("`{name}` is written twice");
        let place = Span::new(self.source, broken.span.clone());
        let mut diagnostic = Diagnostic::new(Code::DuplicateKey, place, message).with_help(Some(double_brackets(list)));
        if let Some(first) = first {
            diagnostic = diagnostic.with_label(Span::new(self.source, first), "first written here");
        }
        self.sink.push(diagnostic);
        true
    }

    fn push_merges(&mut self, marks: &[Range<usize>]) {
        for mark in marks.iter().take(MAX_DUPLICATES) {
            let place = Span::new(self.source, mark.clone());
            let message = "these are the marks of an unfinished merge";
            let help = "keep one of the two versions, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`";
            self.sink.push(Diagnostic::new(Code::Syntax, place, message).with_help(Some(help.to_owned())));
        }
    }

    /// Reports a file of which nothing can be said but that it cannot be read.
    fn push_unread(&mut self) {
        let end = self.text.find('\n').unwrap_or(self.text.len());
        let place = Span::new(self.source, 0..end);
        self.sink.push(Diagnostic::new(Code::Syntax, place, "too much of the file is broken to read it"));
    }

    fn push_too_deep(&mut self, span: Range<usize>) {
        self.push_too_large(span, format!("tables and lists lie more than {MAX_NESTING} deep"));
    }

    fn push_too_large(&mut self, span: Range<usize>, message: String) {
        self.sink.push(Diagnostic::new(Code::TooLarge, Span::new(self.source, span), message));
    }

    fn push_duplicate(&mut self, broken: &Break, first: Option<Range<usize>>) {
        let span = broken.span.clone();
        let name = self.text.get(span.clone()).unwrap_or_default().to_owned();
        let mut diagnostic = Duplicate { name, span, first }.diagnostic(self.source);
        // A part of an entry that is there twice may be the next entry's.
        let part = header_name(&self.text[broken.statement.start..]).and_then(|name| name.rsplit_once('.'));
        if let Some(list) = part.map(|(list, _)| list).filter(|list| LISTS_OF_TABLES.contains(list)) {
            let help = format!("keep one of the two; where another entry begins, write `[[{list}]]` above it");
            diagnostic = diagnostic.with_help(Some(help));
        }
        self.sink.push(diagnostic);
    }

    /// A key as it is read, without its quotes.
    fn name_at(&self, span: &Range<usize>) -> String {
        self.text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    }

    /// Where a header's name, or the key it runs into, was written before.
    fn first_header(&self, broken: &Break) -> Option<Range<usize>> {
        let name = self.name_at(&broken.span);
        let mut start = 0;
        for line in self.text[..broken.statement.start].split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let plain = line.trim_start().trim_start_matches('[');
            let skipped = line.trim_start().len() - plain.len();
            let begins =
                plain.strip_prefix(name.as_str()).is_some_and(|rest| rest.trim_start().starts_with([']', '=', '.']));
            if begins && !name.is_empty() {
                let at = start + indent + skipped;
                return Some(at..at + name.len());
            }
            start += line.len();
        }
        None
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Value<'static> {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table.iter() {
            let node = self.node(value, depth + 1);
            entries.push(Entry { key: Cow::Owned(key.get_ref().to_string()), key_span: key.span(), node });
        }
        Value::Table(entries)
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Node<'static> {
        let span = value.span();
        if self.lost.binary_search(&span.start).is_ok() {
            return Node { span, value: Value::Hole };
        }
        if depth > MAX_NESTING + 1 {
            self.push_too_deep(span.clone());
            return Node { span, value: Value::Hole };
        }
        let value = match value.get_ref() {
            DeValue::String(text) => self.string(text, &span),
            DeValue::Integer(number) => self.integer(number.as_str(), number.radix(), &span),
            DeValue::Float(number) => self.float(number.as_str(), &span),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(_) => Value::Date(Cow::Owned(self.text.get(span.clone()).unwrap_or_default().to_owned())),
            DeValue::Array(items) => Value::List(items.iter().map(|item| self.node(item, depth + 1)).collect()),
            DeValue::Table(table) => self.table(table, depth),
        };
        Node { span, value }
    }

    fn string(&mut self, text: &str, span: &Range<usize>) -> Value<'static> {
        if text.len() <= MAX_STRING_BYTES {
            return Value::Text(Cow::Owned(text.to_owned()));
        }
        let message = format!("a string of {} bytes; {MAX_STRING_BYTES} are the most", text.len());
        self.push_too_large(span.start..(span.start + 1).min(span.end), message);
        Value::Hole
    }

    fn integer(&mut self, text: &str, radix: u32, span: &Range<usize>) -> Value<'static> {
        if let Ok(number) = i64::from_str_radix(text, radix) {
            return Value::Integer(number);
        }
        if text.is_empty() {
            // A prefix such as `0x` without a digit passes the parser.
            let written = shown(self.text.get(span.clone()).unwrap_or_default());
            let help = format!("digits follow `{written}`; a text stands in quotes: `\"{written}\"`");
            let place = Span::new(self.source, span.clone());
            self.sink
                .push(Diagnostic::new(Code::Syntax, place, format!("`{written}` is no number")).with_help(Some(help)));
            return Value::Hole;
        }
        let message = format!("the integer `{}` does not fit 64 bits", shown(text));
        self.sink.push(Diagnostic::new(Code::OutOfRange, Span::new(self.source, span.clone()), message));
        Value::Hole
    }

    fn float(&mut self, text: &str, span: &Range<usize>) -> Value<'static> {
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
    fn headers(&self, root: &Node<'_>) -> Vec<usize> {
        fn walk(node: &Node<'_>, text: &str, headers: &mut Vec<usize>) {
            match &node.value {
                Value::Table(entries) => {
                    if node.has_header(text) {
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

/// For each name and offset, the place right before it where a key of that name stands.
fn first_places(table: &DeTable<'_>, wanted: Vec<(String, usize)>) -> Vec<Option<Range<usize>>> {
    fn walk(table: &DeTable<'_>, wanted: &[(String, usize)], found: &mut [Option<Range<usize>>]) {
        for (key, value) in table.iter() {
            for ((name, before), found) in wanted.iter().zip(found.iter_mut()) {
                let nearer = found.as_ref().is_none_or(|found| found.start < key.span().start);
                if key.span().start < *before && nearer && key.get_ref() == name {
                    *found = Some(key.span());
                }
            }
            match value.get_ref() {
                DeValue::Table(table) => walk(table, wanted, found),
                DeValue::Array(items) => items.iter().for_each(|item| {
                    if let DeValue::Table(table) = item.get_ref() {
                        walk(table, wanted, found);
                    }
                }),
                _ => {}
            }
        }
    }
    let mut found = vec![None; wanted.len()];
    if !wanted.is_empty() {
        walk(table, &wanted, &mut found);
    }
    found
}

/// What stands between the brackets of the header that begins here.
pub(super) fn header_name(text: &str) -> Option<&str> {
    let line = text.trim_start_matches([' ', '\t']).lines().next()?;
    let inside = line.strip_prefix("[[").or_else(|| line.strip_prefix('['))?;
    inside.split_once(']').map(|(name, _)| name.trim())
}
