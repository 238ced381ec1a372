//! One pack with planted faults: edits of its texts, and where the offending tokens are.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::generated::draw::Draw;

use super::clean::Clean;

/// Stand for bytes that a text cannot hold.
const BYTES: [(char, &[u8]); 4] = [('␀', b"\0"), ('␍', b"\r"), ('␦', b"\xff"), ('␧', b"\xc3\x28")];

/// A pack on its way to be faulty.
pub(super) struct Case {
    pub(super) draw: Draw,
    files: BTreeMap<String, String>,
    /// The file that edits change.
    file: String,
    values: Vec<Place>,
    edits: Vec<(String, Range<usize>, String)>,
    /// The number of the plant that edits belong to.
    plant: u32,
    expects: Vec<Expect>,
    /// Whether the whole file is sent as UTF-16.
    wide: bool,
}

/// A value of the current file.
#[derive(Debug, Clone)]
struct Place {
    path: String,
    /// Empty for the items of a list.
    key: Range<usize>,
    value: Range<usize>,
}

/// What must be reported of a plant.
#[derive(Debug, Clone, Default)]
pub(super) struct Expect {
    pub(super) code: &'static str,
    /// The file, and the places in it of which one must hold the finding's start.
    pub(super) file: String,
    pub(super) places: Vec<Range<usize>>,
    /// What the help must suggest.
    pub(super) suggests: Option<String>,
}

impl Case {
    pub(super) fn new(pack: &Clean, file: &str, draw: Draw) -> Case {
        let mut case = Case {
            draw,
            files: pack.files.clone(),
            file: String::new(),
            values: Vec::new(),
            edits: Vec::new(),
            plant: 0,
            expects: Vec::new(),
            wide: false,
        };
        case.open(file);
        case
    }

    /// Begins a plant of this code in the current file.
    pub(super) fn begin(&mut self, code: &'static str) {
        self.plant = u32::try_from(self.expects.len()).expect("there are few");
        self.expects.push(Expect { code, file: self.file.clone(), ..Expect::default() });
    }

    /// Forgets a plant that could not be made.
    pub(super) fn undo(&mut self, edits: usize) {
        self.edits.truncate(edits);
        self.expects.pop();
    }

    pub(super) fn edits(&self) -> usize {
        self.edits.len()
    }

    /// Whether two edits from this one on, or one of them and an earlier one, touch the same line.
    pub(super) fn collides(&self, from: usize) -> bool {
        let lines = |edit: &(String, Range<usize>, String)| {
            let text = &self.files[&edit.0];
            let count = |at: usize| text[..at].matches('\n').count();
            count(edit.1.start).saturating_sub(1)..=count(edit.1.end) + 1
        };
        self.edits[from..].iter().any(|new| {
            self.edits[..from].iter().any(|old| {
                let (a, b) = (lines(new), lines(old));
                old.0 == new.0 && a.start() <= b.end() && b.start() <= a.end()
            })
        })
    }

    /// Makes a file of the pack the current one.
    pub(super) fn open(&mut self, file: &str) {
        self.file = file.to_owned();
        self.values.clear();
        if let Some(text) = self.files.get(file) {
            let table = DeTable::parse(text).expect("a clean file is TOML");
            walk(table.get_ref(), "", &mut self.values);
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn text(&self) -> &str {
        &self.files[&self.file]
    }

    pub(super) fn other_files(&self) -> Vec<String> {
        self.files.keys().filter(|name| **name != self.file && *name != "pack.toml").cloned().collect()
    }

    /// The paths that match: `[*]` stands for any position, `*` at the end for any key.
    pub(super) fn paths(&self, pattern: &str) -> Vec<String> {
        self.values.iter().filter(|place| matches(&place.path, pattern)).map(|place| place.path.clone()).collect()
    }

    /// One of the paths that match.
    pub(super) fn pick(&mut self, pattern: &str) -> Option<String> {
        let paths = self.paths(pattern);
        (!paths.is_empty()).then(|| paths[self.draw.number(0, paths.len() as u64 - 1) as usize].clone())
    }

    /// The first path that matches.
    pub(super) fn first(&self, pattern: &str) -> Option<String> {
        self.paths(pattern).into_iter().next()
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.values.iter().any(|place| place.path == path)
    }

    fn place(&self, path: &str) -> Option<Place> {
        self.values.iter().find(|place| place.path == path).cloned()
    }

    /// A value as it is written.
    pub(super) fn written(&self, path: &str) -> Option<&str> {
        Some(&self.text()[self.place(path)?.value])
    }

    /// A text value; `None` for other kinds.
    pub(super) fn string(&self, path: &str) -> Option<String> {
        let table: toml::Table = format!("x = {}", self.written(path)?).parse().ok()?;
        table["x"].as_str().map(str::to_owned)
    }

    fn edit(&mut self, range: Range<usize>, to: &str) {
        let to =
            if self.text().contains("\r\n") && !to.contains("\r\n") { to.replace('\n', "\r\n") } else { to.to_owned() };
        self.edits.push((self.file.clone(), range, own_marks(&to, self.plant)));
    }

    /// Writes another value.
    pub(super) fn set(&mut self, path: &str, to: &str) -> Option<()> {
        let range = self.place(path)?.value;
        self.edit(range, to);
        Some(())
    }

    /// Writes another key.
    pub(super) fn rekey(&mut self, path: &str, to: &str) -> Option<()> {
        let range = self.place(path)?.key;
        if range.is_empty() {
            return None;
        }
        self.edit(range, to);
        Some(())
    }

    /// Marks a value as the offending token.
    pub(super) fn mark(&mut self, path: &str) -> Option<()> {
        let range = self.place(path)?.value;
        self.around(range);
        Some(())
    }

    /// Marks a key.
    pub(super) fn mark_key(&mut self, path: &str) -> Option<()> {
        let range = self.place(path)?.key;
        self.around(range);
        Some(())
    }

    /// Marks the file's first line.
    pub(super) fn mark_first_line(&mut self) {
        let end = self.text().find(['\r', '\n']).unwrap_or(self.text().len());
        self.around(0..end);
    }

    fn around(&mut self, range: Range<usize>) {
        self.edits.push((self.file.clone(), range.start..range.start, own_marks("⟦", self.plant)));
        self.edits.push((self.file.clone(), range.end..range.end, own_marks("⟧", self.plant)));
    }

    /// Puts text at the end or the beginning of a text value, within its quotes.
    pub(super) fn say(&mut self, path: &str, words: &str) -> Option<()> {
        let range = self.place(path)?.value;
        let written = &self.text()[range.clone()];
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| written.starts_with(quotes))?;
        let end = range.end - quotes.len();
        let blank = self.text()[..end].len() - self.text()[..end].trim_end().len();
        let end = end - blank;
        let gap = if end > range.start + quotes.len() { " " } else { "" };
        self.edit(end..end, &format!("{gap}{words}"));
        Some(())
    }

    /// Puts a statement into the table of this value, right before the value's own.
    pub(super) fn add(&mut self, beside: &str, statement: &str) -> Option<()> {
        let key = self.place(beside)?.key;
        if key.is_empty() {
            return None;
        }
        let line = self.text()[..key.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text()[line..key.start];
        if before.trim_start().starts_with('[') {
            return None;
        }
        if before.trim().is_empty() {
            let indent = before.to_owned();
            self.edit(line..line, &format!("{indent}{statement}\n"));
        } else if before.contains(['{', '[']) || before.trim_end().ends_with(',') {
            self.edit(key.start..key.start, &format!("{statement}, "));
        } else {
            // A key with dots: the same dots before the new one.
            let prefix = before.trim_start().to_owned();
            self.edit(line..line, &format!("{prefix}{statement}\n"));
        }
        Some(())
    }

    /// Takes a statement away; only whole lines, or an entry of an inline table with an entry after or before it.
    pub(super) fn remove(&mut self, path: &str) -> Option<()> {
        let place = self.place(path)?;
        let text = self.text();
        let line = text[..place.key.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line..place.key.start];
        if !place.key.is_empty() && !before.contains(['{', ',', '[']) {
            let end = text[place.value.end..].find('\n').map_or(text.len(), |at| place.value.end + at + 1);
            self.edit(line..end, "");
            return Some(());
        }
        let start = if place.key.is_empty() { place.value.start } else { place.key.start };
        if let Some(gap) = text[place.value.end..].find(|c: char| !c.is_whitespace())
            && text[place.value.end + gap..].starts_with(',')
        {
            let after = place.value.end + gap + 1;
            let blank = text[after..].len() - text[after..].trim_start_matches([' ', '\t']).len();
            self.edit(start..after + blank, "");
            return Some(());
        }
        let comma = text[..start].trim_end().strip_suffix(',').map(str::len)?;
        self.edit(comma..place.value.end, "");
        Some(())
    }

    /// Puts text before the first statement of the file.
    pub(super) fn at_top(&mut self, statement: &str) {
        let text = self.text();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if !line.trim_start().starts_with('#') && !line.trim().is_empty() {
                break;
            }
            at += line.len();
        }
        self.edit(at..at, &format!("{statement}\n"));
    }

    /// Puts text before everything.
    pub(super) fn at_start(&mut self, text: &str) {
        self.edit(0..0, text);
    }

    /// Puts text behind everything.
    pub(super) fn append(&mut self, block: &str) {
        let end = self.text().len();
        self.edit(end..end, &format!("\n{block}\n"));
    }

    /// Replaces the first place of this text.
    pub(super) fn swap(&mut self, from: &str, to: &str) -> Option<()> {
        let own = if self.text().contains("\r\n") && !from.contains("\r\n") {
            from.replace('\n', "\r\n")
        } else {
            from.to_owned()
        };
        let from = own.as_str();
        let at = self.text().find(from)?;
        self.edit(at..at + from.len(), to);
        Some(())
    }

    /// Whether a key stands once for its value: not in a header that other headers repeat.
    pub(super) fn is_own_statement(&self, path: &str) -> bool {
        let Some(key) = self.place(path).map(|place| place.key).filter(|key| !key.is_empty()) else { return false };
        let line = self.text()[..key.start].rsplit('\n').next().unwrap_or_default();
        let name = &self.text()[key];
        !line.trim_start().starts_with('[') || self.text().matches(&format!("[{name}")).count() == 1
    }

    /// Puts text at the end of the line on which a value ends.
    pub(super) fn end_of_line(&mut self, path: &str, words: &str) -> Option<()> {
        let place = self.place(path)?;
        let end = place.value.end;
        let length = self.text()[end..].find(['\r', '\n']).unwrap_or(self.text().len() - end);
        let rest = self.text()[end..end + length].to_owned();
        if rest.contains(['#', ']', '}', ',']) {
            return None;
        }
        self.edit(end + length..end + length, words);
        Some(())
    }

    /// Puts a comment behind every statement of the current file that no edit takes away.
    pub(super) fn comment_lines(&mut self) {
        let mut ends: Vec<usize> = Vec::new();
        for place in &self.values {
            let end = place.value.end;
            let rest = self.text()[end..].split(['\r', '\n']).next().unwrap_or_default();
            let at = end + rest.len();
            let taken =
                self.edits.iter().any(|(file, range, _)| *file == self.file && range.start < at && at < range.end);
            if !taken && !rest.contains(['#', ']', '}', ',']) && !ends.contains(&at) {
                ends.push(at);
            }
        }
        for (number, at) in ends.into_iter().enumerate() {
            self.edit(at..at, &format!("  # comment {number}"));
        }
    }

    /// Changes the text of the last edit.
    pub(super) fn amend(&mut self, from: &str, to: &str) -> Option<()> {
        let (from, to) = (own_marks(from, self.plant), own_marks(to, self.plant));
        let last = &mut self.edits.last_mut()?.2;
        last.contains(&from).then(|| *last = last.replacen(&from, &to, 1))
    }

    /// The text of another file.
    pub(super) fn text_of(&self, file: &str) -> String {
        self.files[file].clone()
    }

    /// Writes a new file; it becomes the one of the expectation.
    pub(super) fn create(&mut self, name: &str, text: &str) {
        self.files.insert(name.to_owned(), String::new());
        self.edits.push((name.to_owned(), 0..0, own_marks(text, self.plant)));
    }

    /// Takes a file away.
    pub(super) fn delete(&mut self, name: &str) {
        self.files.remove(name);
    }

    /// The finding stands in this file.
    pub(super) fn expect_in(&mut self, file: &str) {
        self.expects.last_mut().expect("a plant has begun").file = file.to_owned();
    }

    /// The finding may stand in the pack's folder itself.
    pub(super) fn expect_in_any(&mut self) {
        self.expects.last_mut().expect("a plant has begun").file = String::new();
    }

    /// The help must suggest this name.
    pub(super) fn suggests(&mut self, name: &str) {
        self.expects.last_mut().expect("a plant has begun").suggests = Some(name.to_owned());
    }

    /// Sends the current file as UTF-16.
    pub(super) fn widen(&mut self) {
        self.wide = true;
    }

    /// The files as they are written to disk, and what must be reported.
    pub(super) fn finish(mut self) -> (BTreeMap<String, Vec<u8>>, Vec<Expect>) {
        let mut edits = std::mem::take(&mut self.edits);
        // Later edits of one place stand behind earlier ones.
        let mut order: Vec<usize> = (0..edits.len()).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(edits[at].1.start), std::cmp::Reverse(at)));
        for at in order {
            let (file, range, to) = std::mem::take(&mut edits[at]);
            self.files.get_mut(&file).expect("it is there").replace_range(range, &to);
        }
        let mut written = BTreeMap::new();
        for (name, text) in &self.files {
            let mut bytes: Vec<u8> = Vec::new();
            let mut open: BTreeMap<u32, usize> = BTreeMap::new();
            for c in text.chars() {
                let number = u32::from(c);
                if let Some((_, raw)) = BYTES.iter().find(|(stands, _)| *stands == c) {
                    bytes.extend_from_slice(raw);
                } else if (MARKS..MARKS + 64).contains(&number) {
                    let plant = (number - MARKS) / 2;
                    if (number - MARKS).is_multiple_of(2) {
                        open.insert(plant, bytes.len());
                    } else if let Some(start) = open.remove(&plant) {
                        self.expects[plant as usize].places.push(start..bytes.len());
                    }
                } else {
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            if self.wide && *name == self.file {
                let units = String::from_utf8(bytes).expect("it is text");
                bytes = [0xff, 0xfe].into_iter().chain(units.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            }
            written.insert(name.clone(), bytes);
        }
        (written, self.expects)
    }
}

/// The first of the characters that stand for the marks of plants: private ones, which no file holds.
const MARKS: u32 = 0xe100;

fn own_marks(text: &str, plant: u32) -> String {
    let mark = |offset| char::from_u32(MARKS + 2 * plant + offset).expect("a private character");
    text.chars()
        .map(|c| {
            if c == '⟦' {
                mark(0)
            } else if c == '⟧' {
                mark(1)
            } else {
                c
            }
        })
        .collect()
}

fn matches(path: &str, pattern: &str) -> bool {
    let (mut path, mut pattern) = (path, pattern);
    loop {
        if pattern == "*" {
            return !path.is_empty() && !path.contains(['.', '[']);
        }
        if pattern == "**" {
            return !path.is_empty();
        }
        if let Some(rest) = pattern.strip_prefix("[*]") {
            let Some(end) = path.strip_prefix('[').and_then(|path| path.find(']')) else { return false };
            (path, pattern) = (&path[end + 2..], rest);
            continue;
        }
        match (path.chars().next(), pattern.chars().next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b => (path, pattern) = (&path[a.len_utf8()..], &pattern[b.len_utf8()..]),
            _ => return false,
        }
    }
}

fn walk(table: &DeTable<'_>, path: &str, values: &mut Vec<Place>) {
    for (key, value) in table.iter() {
        let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        walk_value(value, path, key.span(), values);
    }
}

fn walk_value(value: &Spanned<DeValue<'_>>, path: String, key: Range<usize>, values: &mut Vec<Place>) {
    values.push(Place { path: path.clone(), key, value: value.span() });
    match value.get_ref() {
        DeValue::Table(table) => walk(table, &path, values),
        DeValue::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                walk_value(item, format!("{path}[{at}]"), 0..0, values);
            }
        }
        _ => {}
    }
}
