//! Keys whose header is missing: several in a row that are unknown where they stand, have no value as theirs do there, or
//! are there twice, and that one other table has, are one fault.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

use super::hint::fits;
use super::parse::{Duplicate, Faults, header_name};
use super::schema::{FileKind, requires};
use super::tree::{Node, Step, Value, keys_of, table_name};

/// Keys in a row that belong below a header which is not there.
#[derive(Debug)]
pub(super) struct Headless {
    /// The table that they stand in.
    pub(super) path: Vec<Step>,
    /// Those of them that the table does not know.
    pub(super) unknown: Vec<String>,
    /// Those of them that it has already, by their positions in [`Faults::duplicates`].
    pub(super) twice: Vec<usize>,
    /// Where the first of them stands that does not belong.
    pub(super) first: Range<usize>,
    /// Its name.
    pub(super) name: String,
    /// Those of them that the table would have, too.
    pub(super) strayed: Vec<String>,
    /// Keys right above them that may be of the same entry: the header may have stood anywhere among them.
    pub(super) open: Vec<String>,
    /// The tables that they may be of, the likeliest first; none where the author has chosen the names.
    pub(super) homes: Vec<Lost>,
    /// Whether a broken line stands above them in the header's place.
    pub(super) told: bool,
}

/// A table that lost its header.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    /// The keys down to it.
    pub(super) keys: Vec<String>,
    /// Whether it is a part of the table that the keys stand in, which has no keys of its own.
    pub(super) is_part: bool,
    schema: &'static Json,
    pub(super) is_list: bool,
    /// Whether something must stand there and does not.
    lacks: bool,
    /// Whether it has no header in the file.
    is_headless: bool,
}

impl Headless {
    fn of(path: &[Step], row: &[Key<'_>], run: Range<usize>, homes: Vec<Lost>, told: bool) -> Headless {
        let (above, run) = (&row[..run.start], &row[run]);
        let is_next = homes.first().filter(|home| is_entry_of(path, home));
        let is_open = |home: &Lost, key: &&Key<'_>| {
            key.fault.is_none() && !requires(home.schema, key.name) && run.iter().all(|other| other.name != key.name)
        };
        let open = is_next.map(|home| above.iter().rev().take_while(|key| is_open(home, key)));
        let names =
            |wanted: fn(&Key<'_>) -> bool| run.iter().filter(move |key| wanted(key)).map(|key| key.name.to_owned());
        let twice = run.iter().filter_map(|key| if let Some(Fault::Twice(at)) = key.fault { Some(at) } else { None });
        Headless {
            path: path.to_vec(),
            unknown: names(|key| matches!(key.fault, Some(Fault::Unknown { .. }))).collect(),
            twice: twice.collect(),
            strayed: names(|key| key.fault.is_none()).collect(),
            open: open.into_iter().flatten().map(|key| key.name.to_owned()).collect(),
            first: run.first().map_or(0..0, |key| key.place.clone()),
            name: run.first().map_or("", |key| key.name).to_owned(),
            homes,
            told,
        }
    }

    /// The header that may be missing.
    pub(super) fn header(&self) -> Option<String> {
        if let Some(home) = self.homes.first() {
            return Some(home.header());
        }
        matches!(self.path.last(), Some(Step::Item(_))).then(|| format!("[[{}]]", table_name(&self.path)))
    }
}

impl Lost {
    /// The header as it is written.
    pub(super) fn header(&self) -> String {
        let name = self.keys.join(".");
        if self.is_list { format!("[[{name}]]") } else { format!("[{name}]") }
    }

    /// Whether the key, which it must have, is all that it is known by.
    fn needs(&self, key: &Key<'_>) -> bool {
        requires(self.schema, key.name)
            && self.is_headless
            && !self.is_list
            && matches!(key.fault, Some(Fault::Unknown { .. }))
    }

    /// Whether its form has a key of this name.
    fn names(&self, key: &Key<'_>) -> bool {
        self.schema["properties"].get(key.name).is_some()
    }

    fn knows(&self, key: &Key<'_>) -> bool {
        if self.schema.get("properties").is_some() {
            return self.names(key);
        }
        let Some(Fault::Unknown { near }) = key.fault else { return false };
        // Of a table with keys of the author's own, those of a catalogue have its values, and names that no task has.
        let patterns = self.schema["patternProperties"].as_object();
        patterns.and_then(|patterns| patterns.values().next()).is_none_or(|form| {
            let is_code = key.value.is_some_and(|value| fits(value, form));
            !near && is_code && FileKind::Task.schema()["properties"].get(key.name).is_none()
        })
    }
}

/// A key of a section.
struct Key<'a> {
    name: &'a str,
    place: Range<usize>,
    value: Option<&'a Value<'a>>,
    fault: Option<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// `near` one that the table lacks, it is likelier to be a slip.
    Unknown { near: bool },
    /// The position among the duplicates.
    Twice(usize),
}

/// The keys that the tables at these paths do not know, or that have no value as theirs do, and whether each is near one
/// that its table lacks.
pub(super) type Unknown = BTreeMap<Vec<Step>, BTreeMap<String, bool>>;

/// The groups of such keys in a file.
pub(super) fn headless(
    root: &Node<'_>,
    text: &str,
    faults: &Faults,
    kind: FileKind,
    unknown: &Unknown,
) -> Vec<Headless> {
    if unknown.is_empty() && faults.duplicates.is_empty() {
        return Vec::new();
    }
    let mut sections = vec![Section { start: 0, path: Vec::new(), node: root }];
    collect_sections(root, text, &mut Vec::new(), &mut sections);
    sections.sort_by_key(|section| section.start);
    let mut tables = Vec::new();
    collect_tables(kind.schema(), root, text, &mut Vec::new(), &mut tables);
    let mut groups = Vec::new();
    for (at, Section { start, path, node }) in sections.iter().enumerate() {
        let end = sections.get(at + 1).map_or(text.len(), |next| next.start);
        let unknown = unknown.get(path);
        if unknown.is_none() && !faults.duplicates.iter().any(|twice| (*start..end).contains(&twice.span.start)) {
            continue;
        }
        let mut row = row_of(node, *start..end, &faults.duplicates, text, unknown);
        row.sort_by_key(|key| key.place.start);
        // Keys of a task at the top of a manifest belong in another file.
        let tables: Vec<Lost> = match kind == FileKind::Pack && path.is_empty() {
            true => tables.iter().filter(|table| !table.is_list).cloned().collect(),
            false => tables.clone(),
        };
        let part = part_of(kind, root, path, text);
        let is_free = kind.schema_at(path).get("properties").is_none();
        let tables = tables.into_iter().chain(part).collect();
        Place { path, section: *start..end, row, tables, is_free, text, faults }.groups(&mut groups);
    }
    groups
}

/// The header of a table, up to the next one.
struct Section<'n, 't> {
    start: usize,
    path: Vec<Step>,
    node: &'n Node<'t>,
}

/// The sections of a file.
fn collect_sections<'n, 't>(node: &'n Node<'t>, text: &str, path: &mut Vec<Step>, sections: &mut Vec<Section<'n, 't>>) {
    match &node.value {
        Value::Table(entries) => {
            if !path.is_empty() && node.has_header(text) {
                sections.push(Section { start: node.span.start, path: path.clone(), node });
            }
            for entry in entries {
                path.push(Step::Key(entry.key.to_string()));
                collect_sections(&entry.node, text, path, sections);
                path.pop();
            }
        }
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Item(at));
                collect_sections(item, text, path, sections);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The tables that a file of this kind may have, down to lists of them.
fn collect_tables(form: &'static Json, root: &Node<'_>, text: &str, above: &mut Vec<String>, tables: &mut Vec<Lost>) {
    for (name, schema) in form["properties"].as_object().into_iter().flatten() {
        let is_list = schema["items"]["type"] == "object";
        if !is_list && schema["type"] != "object" {
            continue;
        }
        let parent = above.is_empty() || root.at(&steps(above)).is_some();
        above.push(name.clone());
        let lacks = parent && requires(form, name) && root.at(&steps(above)).is_none();
        let own = if is_list { &schema["items"] } else { schema };
        let is_headless = root.at(&steps(above)).is_none_or(|node| !is_whole(node, text));
        tables.push(Lost { keys: above.clone(), is_part: false, schema: own, is_list, lacks, is_headless });
        if !is_list {
            collect_tables(schema, root, text, above, tables);
        }
        above.pop();
    }
}

/// The table of the author's own keys that each entry of this list must have, where it is not there, or only a part of it
/// is, below a header of its own.
fn part_of(kind: FileKind, root: &Node<'_>, path: &[Step], text: &str) -> Option<Lost> {
    if !matches!(path.last(), Some(Step::Item(_))) {
        return None;
    }
    let schema = kind.schema_at(path);
    let is_open = |schema: &Json| schema["type"] == "object" && schema.get("properties").is_none();
    let (name, part) = schema["properties"].as_object()?.iter().find(|(_, part)| is_open(part))?;
    let written = root.at(path)?.entry(name);
    let in_header = |at: usize| line_before(text, at).trim_start().starts_with('[');
    if !requires(schema, name)
        || written.is_some_and(|entry| is_whole(&entry.node, text) || !in_header(entry.key_span.start))
    {
        return None;
    }
    let lacks = written.is_none();
    let keys = keys_of(path).chain([name.as_str()]).map(str::to_owned).collect();
    Some(Lost { keys, is_part: true, schema: part, is_list: false, lacks, is_headless: lacks })
}

/// Whether all of a table or list stands here, below its header or between its brackets: not only something below it.
fn is_whole(node: &Node<'_>, text: &str) -> bool {
    text.get(node.span.start..).is_some_and(|text| text.starts_with(['[', '{']))
}

/// What stands on the line of this place, before it.
fn line_before(text: &str, at: usize) -> &str {
    text[..at].rsplit('\n').next().unwrap_or_default()
}

/// The keys that stand in a section, those that are there twice among them.
fn row_of<'a>(
    table: &'a Node<'a>,
    section: Range<usize>,
    duplicates: &'a [Duplicate],
    text: &str,
    unknown: Option<&BTreeMap<String, bool>>,
) -> Vec<Key<'a>> {
    let here =
        |place: &Range<usize>| section.contains(&place.start) && line_before(text, place.start).trim().is_empty();
    let entries = table.entries().iter().filter(|entry| here(&entry.key_span));
    let keys = entries.map(|entry| {
        let unknown = unknown.and_then(|unknown| unknown.get(entry.key.as_ref()));
        let fault = unknown.map(|&near| Fault::Unknown { near });
        Key { name: &entry.key, place: entry.key_span.clone(), value: Some(&entry.node.value), fault }
    });
    let twice = duplicates.iter().enumerate().filter(|(_, twice)| here(&twice.span)).map(|(at, twice)| Key {
        name: &twice.name,
        place: twice.span.clone(),
        value: None,
        fault: Some(Fault::Twice(at)),
    });
    keys.chain(twice).collect()
}

/// The keys of one section, and the tables that they may be of.
struct Place<'a> {
    path: &'a [Step],
    section: Range<usize>,
    row: Vec<Key<'a>>,
    tables: Vec<Lost>,
    /// Whether the keys here are of the author's own.
    is_free: bool,
    text: &'a str,
    faults: &'a Faults,
}

/// A table that keys in a row may be of.
struct Candidate<'a> {
    table: &'a Lost,
    run: Range<usize>,
    /// How many of the keys do not belong where they stand.
    bad: usize,
    told: bool,
}

impl Place<'_> {
    /// Tells the keys that stand together below no header.
    fn groups(&self, groups: &mut Vec<Headless>) {
        let row = &self.row;
        let (mut from, mut grouped) = (0, 0);
        while let Some(at) = (from..row.len()).find(|&at| row[at].fault.is_some()) {
            from = at + 1;
            let broken = self.broken_above(at);
            let candidates = self.tables.iter().filter_map(|table| self.candidate(table, grouped, at, broken));
            let candidates: Vec<Candidate<'_>> = candidates.collect();
            let Some(most) = candidates.iter().map(|candidate| candidate.bad).max() else {
                let run = row[at..].iter().take_while(|key| matches!(key.fault, Some(Fault::Twice(_)))).count();
                if run >= 2 && self.is_free && is_second(&row[at..at + run], self.faults) {
                    groups.push(Headless::of(self.path, row, at..at + run, Vec::new(), false));
                    (from, grouped) = (at + run, at + run);
                }
                continue;
            };
            let mut best: Vec<_> = candidates.into_iter().filter(|candidate| candidate.bad == most).collect();
            let likeliness = |Candidate { table, told, .. }: &Candidate<'_>| {
                (!told, !self.goes_on(table), !table.lacks, !is_entry_of(self.path, table), !table.is_headless)
            };
            best.sort_by_key(likeliness);
            let is_sure = !matches!(likeliness(&best[0]), (true, true, true, true, _));
            best.truncate(if is_sure { 1 } else { best.len() });
            let (told, run) = (best[0].told, best[0].run.clone());
            let homes = best.into_iter().map(|candidate| candidate.table.clone()).collect();
            (from, grouped) = (run.end, run.end);
            groups.push(Headless::of(self.path, row, run, homes, told));
        }
    }

    /// The broken line that stands right above this key of the row.
    fn broken_above(&self, at: usize) -> Option<&str> {
        let above = at.checked_sub(1).map_or(self.section.start, |above| self.row[above].place.start);
        let here = |broken: &&Range<usize>| broken.start > above && broken.end <= self.row[at].place.start;
        self.text.get(self.faults.breaks.iter().find(here)?.clone())
    }

    /// This table, where the keys from `at` on may be of it. Keys above the one at `grouped` are another table's.
    fn candidate<'t>(&self, table: &'t Lost, grouped: usize, at: usize, broken: Option<&str>) -> Option<Candidate<'t>> {
        let end = at + self.row[at..].iter().take_while(|key| table.knows(key)).count();
        // Where every name is a good one, only values show what does not belong, and names beside them what it is of.
        let is_alike = |key: &&Key<'_>| self.is_free && key.fault.is_none() && table.names(key);
        let start = at - self.row[grouped.min(at)..at].iter().rev().take_while(is_alike).count();
        let run = &self.row[start..end.max(at)];
        let bad = run.iter().filter(|key| key.fault.is_some()).count();
        let told = broken.is_some_and(|line| {
            line.contains(table.keys.last().map_or("", String::as_str)) && !line.contains(['=', '"'])
        });
        let alone = told
            || table.is_part
            || table.needs(&self.row[at])
            || self.begins_entry(at..end, table)
            || (self.is_free && run.len() >= 2);
        let fits = self.belongs(run, table, end) && bad >= if alone { 1 } else { 2 };
        fits.then_some(Candidate { table, run: start..end, bad, told })
    }

    /// Whether keys in a row that this table knows stand where they do because its header is missing.
    fn belongs(&self, run: &[Key<'_>], table: &Lost, end: usize) -> bool {
        let stranger = run.iter().any(|key| matches!(key.fault, Some(Fault::Unknown { .. })));
        if table.schema.get("properties").is_none() {
            let is_slip = matches!(run.first().and_then(|key| key.fault), Some(Fault::Unknown { near: true }));
            return stranger && !is_slip && (table.lacks || table.is_part || self.is_part_below(table));
        }
        if is_entry_of(self.path, table) {
            return is_second(run, self.faults);
        }
        // The last keys of a section, all there twice, are those of a table that is nowhere else.
        stranger || (table.is_headless && !table.is_list && end == self.row.len() && is_second(run, self.faults))
    }

    /// Whether a part of the table may stand below, with a header of its own.
    fn goes_on(&self, table: &Lost) -> bool {
        let below = header_name(&self.text[self.section.end..]);
        below.is_some_and(|name| name.strip_prefix(&table.keys.join(".")).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Whether this is a part of the table here, and not there otherwise.
    fn is_part_below(&self, table: &Lost) -> bool {
        let above = table.keys.split_last().map_or(&[][..], |(_, above)| above);
        table.is_headless && !self.path.is_empty() && steps(above) == self.path
    }

    /// Whether these keys, to the end of the row, begin as the entry of this list above them does.
    fn begins_entry(&self, run: Range<usize>, table: &Lost) -> bool {
        let Some(Fault::Twice(twice)) = self.row[run.start].fault else { return false };
        let again = first_of(twice, self.faults) == self.row.first().map(|key| key.place.start);
        is_entry_of(self.path, table) && again && run.start >= 2 && run.len() >= 2 && run.end == self.row.len()
    }
}

/// Whether the table at `path` is an entry of this list.
fn is_entry_of(path: &[Step], table: &Lost) -> bool {
    matches!(path.split_last(), Some((Step::Item(_), list)) if table.is_list && steps(&table.keys) == list)
}

fn steps(keys: &[String]) -> Vec<Step> {
    keys.iter().cloned().map(Step::Key).collect()
}

/// Whether all that these keys repeat has been written before the first of them.
fn is_second(run: &[Key<'_>], faults: &Faults) -> bool {
    let first = run.first().map_or(0, |key| key.place.start);
    run.iter().all(|key| match key.fault {
        Some(Fault::Twice(at)) => first_of(at, faults).is_some_and(|place| place < first),
        _ => true,
    })
}

fn first_of(twice: usize, faults: &Faults) -> Option<usize> {
    Some(faults.duplicates.get(twice)?.first.as_ref()?.start)
}
