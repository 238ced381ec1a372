//! Keys whose header is missing: several in a row that are unknown where they stand, or there twice, and that one other
//! table has, are one fault.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

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
    fn of(path: &[Step], run: &[Key<'_>], homes: Vec<Lost>, told: bool) -> Headless {
        let names =
            |wanted: fn(&Key<'_>) -> bool| run.iter().filter(move |key| wanted(key)).map(|key| key.name.to_owned());
        let twice = run.iter().filter_map(|key| if let Some(Fault::Twice(at)) = key.fault { Some(at) } else { None });
        Headless {
            path: path.to_vec(),
            unknown: names(|key| matches!(key.fault, Some(Fault::Unknown { .. }))).collect(),
            twice: twice.collect(),
            strayed: names(|key| key.fault.is_none()).collect(),
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

    fn knows(&self, key: &Key<'_>) -> bool {
        match self.schema["properties"].as_object() {
            Some(known) => known.contains_key(key.name),
            // Of a table with keys of the author's own, those of a catalogue are texts and none that a task has.
            None => {
                let is_code = || {
                    matches!(key.value, Some(Value::Text(_)))
                        && FileKind::Task.schema()["properties"].get(key.name).is_none()
                };
                matches!(key.fault, Some(Fault::Unknown { near: false }))
                    && (self.schema.get("patternProperties").is_none() || is_code())
            }
        }
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

/// The keys that the tables at these paths do not know, and whether each is near one that its table lacks.
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
        group(path, &row, &tables, part, is_free, text, faults, *start..end, &mut groups);
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
    let steps = |keys: &[String]| keys.iter().cloned().map(Step::Key).collect::<Vec<_>>();
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

/// Tells the keys of a row that stand together below no header.
#[expect(clippy::too_many_arguments, reason = "one place of a file and what is known of it")]
fn group(
    path: &[Step],
    row: &[Key<'_>],
    tables: &[Lost],
    part: Option<Lost>,
    is_free: bool,
    text: &str,
    faults: &Faults,
    section: Range<usize>,
    groups: &mut Vec<Headless>,
) {
    let mut from = 0;
    while let Some(at) = (from..row.len()).find(|&at| row[at].fault.is_some()) {
        from = at + 1;
        let above = at.checked_sub(1).map_or(section.start, |above| row[above].place.start);
        let broken = faults.breaks.iter().find(|broken| broken.start > above && broken.end <= row[at].place.start);
        let broken = broken.and_then(|broken| text.get(broken.clone()));
        let candidates = tables.iter().chain(&part).filter_map(|table| {
            let run = row[at..].iter().take_while(|key| table.knows(key)).count();
            let run = &row[at..at + run];
            let bad = run.iter().filter(|key| key.fault.is_some()).count();
            let told = broken.is_some_and(|line| {
                line.contains(table.keys.last().map_or("", String::as_str)) && !line.contains(['=', '"'])
            });
            let fits = belongs(path, run, table, faults);
            let alone =
                told || table.is_part || table.needs(&row[at]) || begins_entry(path, row, at, run.len(), table, faults);
            (fits && bad >= if alone { 1 } else { 2 }).then_some((bad, told, run.len(), table))
        });
        let candidates: Vec<_> = candidates.collect();
        let Some(&(most, ..)) = candidates.iter().max_by_key(|(bad, ..)| *bad) else {
            let run = row[at..].iter().take_while(|key| matches!(key.fault, Some(Fault::Twice(_)))).count();
            if run >= 2 && is_free && is_second(&row[at..at + run], faults) {
                groups.push(Headless::of(path, &row[at..at + run], Vec::new(), false));
                from = at + run;
            }
            continue;
        };
        let mut best: Vec<_> = candidates.into_iter().filter(|(bad, ..)| *bad == most).collect();
        // A part of the table may stand below, with a header of its own.
        let goes_on = |table: &Lost| {
            let below = header_name(&text[section.end..]);
            below.is_some_and(|name| name.strip_prefix(&table.keys.join(".")).is_some_and(|rest| rest.starts_with('.')))
        };
        let is_sure = |told: bool, table: &Lost| told || goes_on(table) || table.lacks || is_entry_of(path, table);
        best.sort_by_key(|(_, told, _, table)| {
            (!told, !goes_on(table), !table.lacks, !is_entry_of(path, table), !table.is_headless)
        });
        best.truncate(if is_sure(best[0].1, best[0].3) { 1 } else { best.len() });
        let (_, told, length, _) = best[0];
        let run = &row[at..at + length];
        groups.push(Headless::of(path, run, best.into_iter().map(|(.., table)| table.clone()).collect(), told));
        from = at + length;
    }
}

/// Whether the table at `path` is an entry of this list.
fn is_entry_of(path: &[Step], table: &Lost) -> bool {
    let Some((Step::Item(_), list)) = path.split_last() else { return false };
    table.is_list
        && list.len() == table.keys.len()
        && list.iter().zip(&table.keys).all(|(step, key)| *step == Step::Key(key.clone()))
}

/// Whether keys in a row that this table knows stand where they do because its header is missing.
fn belongs(path: &[Step], run: &[Key<'_>], table: &Lost, faults: &Faults) -> bool {
    let stranger = run.iter().any(|key| matches!(key.fault, Some(Fault::Unknown { .. })));
    if table.schema.get("properties").is_none() {
        return stranger && (table.lacks || table.is_part);
    }
    if !is_entry_of(path, table) {
        return stranger;
    }
    is_second(run, faults)
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

/// Whether the keys from `at` to the end of the row begin as the entry of this list above them does.
fn begins_entry(path: &[Step], row: &[Key<'_>], at: usize, run: usize, table: &Lost, faults: &Faults) -> bool {
    let Some(Fault::Twice(twice)) = row[at].fault else { return false };
    let again = first_of(twice, faults) == row.first().map(|key| key.place.start);
    is_entry_of(path, table) && again && at >= 2 && run >= 2 && at + run == row.len()
}
