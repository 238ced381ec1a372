//! The schema stage: faults of the form, each once, at its place; what is faulty becomes a hole.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;

use crate::diag::{
    Code, Diagnostic, Edit, Fix, Sink, Source, SourceId, Span, did_you_mean, name_list, nearest, only_nearest,
};

use super::headless::{Unknown, headless, schema_at};
use super::hint::{group, instead, shown};
use super::home::{Home, homes_of, render_homes};
use super::parse::Faults;
use super::raw;
use super::rename::{joins, key_places};
use super::schema::FileKind;
use super::tree::{Entry, Node, Step, Value, render_path};

/// The most faults of form looked at in one file. Nobody reads further, and looking places up for each of a hostile
/// file's faults would be quadratic.
const MAX_FAULTS: usize = 1000;
/// The most unknown keys of one table that are reported; as many findings as are shown of a file.
const MAX_UNKNOWN: usize = 200;

/// The lists whose entries each have a head in double brackets, which a beginner writes in single ones.
pub(super) const LISTS_OF_TABLES: [&str; 5] =
    ["artifacts", "policies", "examples", "reply.keywords", "reply.forbidden"];

/// Checks a file against its schema. Afterwards the tree fits the raw types, apart from its holes, unless there are too
/// many faults for that.
pub(super) fn check(
    root: &mut Node<'_>,
    (source, file): (SourceId, &Source),
    faults: &Faults,
    kind: FileKind,
    currency: &str,
    sink: &mut Sink,
) -> Checked {
    let mut checker = Checker {
        root,
        text: &file.text,
        faults,
        kind,
        currency,
        first_line: file.first_line(),
        source,
        sink,
        mends: Vec::new(),
        seen: BTreeSet::new(),
        strays: BTreeSet::new(),
        grouped: BTreeSet::new(),
        parts: BTreeMap::new(),
        lost: Vec::new(),
    };
    if checker.root.entries().is_empty() {
        checker.report_duplicates(&[]);
        checker.report_empty();
        return Checked { fits: false, lost: Vec::new() };
    }
    let instance = checker.root.to_json();
    let errors: Vec<ValidationError<'_>> = kind.validator().iter_errors(&instance).take(MAX_FAULTS + 1).collect();
    checker.report_headless(&errors);
    for error in &errors {
        checker.note_strays(error);
    }
    for error in &errors {
        checker.report(error, &[]);
    }
    let mends = std::mem::take(&mut checker.mends);
    let lost = std::mem::take(&mut checker.lost);
    for (path, mend) in mends {
        apply(root, &path, mend);
    }
    Checked { fits: errors.len() <= MAX_FAULTS, lost }
}

struct Checker<'a, 't> {
    root: &'a mut Node<'t>,
    text: &'a str,
    faults: &'a Faults,
    kind: FileKind,
    /// The pack's, for examples of amounts.
    currency: &'a str,
    first_line: std::ops::Range<usize>,
    source: SourceId,
    sink: &'a mut Sink,
    mends: Vec<(Vec<Step>, Mend)>,
    /// Values that already have a finding: one fault, one diagnostic.
    seen: BTreeSet<Vec<Step>>,
    /// The paths where keys that stand elsewhere belong: they are not missing, too.
    strays: BTreeSet<Vec<String>>,
    /// The unknown keys whose table's header is missing, which has been reported.
    grouped: BTreeSet<(Vec<Step>, String)>,
    /// The missing tables whose keys stand above, with the place of the first of these.
    parts: BTreeMap<Vec<Step>, std::ops::Range<usize>>,
    /// The lists of which an entry has no head, with the place of its first key.
    lost: Vec<(usize, String)>,
}

/// What the check of a file says of it.
pub(super) struct Checked {
    /// Whether the tree fits the raw types now, apart from its holes.
    pub(super) fits: bool,
    /// The lists of which an entry has no head, with the place of its first key.
    pub(super) lost: Vec<(usize, String)>,
}

/// What stands beside an unknown key.
struct Neighbours {
    /// All keys of the table.
    written: HashSet<String>,
    /// How many of its unknown keys are near a known one: what two could stand for none of them does for sure.
    claims: BTreeMap<&'static str, usize>,
}

/// What makes the tree fit the raw types again.
enum Mend {
    /// The value's fault has been reported.
    Punch,
    /// These keys do not exist.
    Remove(HashSet<String>),
    /// The key is absent, or is a list of which a part is, and a finding says so.
    Add(String),
}

fn apply(root: &mut Node<'_>, path: &[Step], mend: Mend) {
    let Some(node) = root.at_mut(path) else { return };
    match (mend, &mut node.value) {
        (Mend::Punch, value) => *value = Value::Hole,
        (Mend::Remove(keys), Value::Table(entries)) => entries.retain(|entry| !keys.contains(entry.key.as_ref())),
        (Mend::Add(key), Value::Table(entries)) => {
            let span = node.span.clone();
            match entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node.value) {
                None => {
                    let node = Node { span: span.clone(), value: Value::Hole };
                    entries.push(Entry { key: key.into(), key_span: span, node });
                }
                // What stands elsewhere is a part of the list.
                Some(Value::List(items)) => items.push(Node { span, value: Value::Hole }),
                Some(_) => {}
            }
        }
        _ => {}
    }
}

impl Checker<'_, '_> {
    fn report_empty(&mut self) {
        if self.faults.any() {
            return;
        }
        let required: Vec<&str> = strings(&self.kind.schema()["required"]).collect();
        let place = Span::new(self.source, self.first_line.clone());
        let message = format!("the file is empty; it needs {}", name_list(required.iter().copied()));
        self.sink.push(Diagnostic::new(Code::MissingKey, place, message));
    }

    /// Reports keys that are there twice, and keys in a row whose header is missing.
    fn report_headless(&mut self, errors: &[ValidationError<'_>]) {
        let mut unknown = Unknown::new();
        for error in errors {
            let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else { continue };
            if self.schema_above(error).get("patternProperties").is_some() {
                continue;
            }
            let path = path_of(error);
            let Some(table) = self.root.at(&path) else { continue };
            let lacking: Vec<&str> =
                self.known_keys(error).into_iter().filter(|name| table.entry(name).is_none()).collect();
            let near = |key: &str| nearest(key, lacking.iter().copied()).is_some();
            let keys = unexpected.iter().take(MAX_UNKNOWN).map(|key| (key.clone(), near(key))).collect();
            unknown.insert(path, keys);
        }
        let groups = headless(self.root, self.text, self.faults, self.kind, &unknown);
        let twice: Vec<usize> = groups.iter().flat_map(|group| group.twice.iter().copied()).collect();
        self.report_duplicates(&twice);
        for group in groups {
            self.grouped.extend(group.unknown.iter().map(|key| (group.path.clone(), key.clone())));
            if let Some(name) = group.homes.first().filter(|home| home.is_part).and_then(|home| home.keys.last()) {
                let part = [&group.path[..], &[Step::Key(name.clone())]].concat();
                if self.root.at(&part).is_none() {
                    self.parts.insert(part, group.first);
                    continue;
                }
                self.mends.push((part, Mend::Punch));
            }
            // What the table would have is not its own, either.
            let schema = schema_at(self.kind, &group.path);
            let (needed, other): (Vec<&String>, Vec<&String>) =
                group.strayed.iter().partition(|key| strings(&schema["required"]).any(|name| name == key.as_str()));
            for key in needed {
                self.mends.push(([&group.path[..], &[Step::Key(key.clone())]].concat(), Mend::Punch));
            }
            self.mends.push((group.path.clone(), Mend::Remove(other.into_iter().cloned().collect())));
            for home in group.homes.iter().filter(|home| !home.is_part) {
                self.mends.extend(self.hole_for(&home.keys));
                self.strays.insert(home.keys.clone());
                let keys = group.unknown.iter().map(|key| [&home.keys[..], std::slice::from_ref(key)].concat());
                self.strays.extend(keys);
                if home.is_list {
                    self.lost.push((group.first.start, home.keys.join(".")));
                }
            }
            if group.told {
                continue;
            }
            let place = Span::new(self.source, group.first.clone());
            let first = group.twice.first().and_then(|at| self.faults.duplicates.get(*at));
            let diagnostic = match first.filter(|twice| twice.span == group.first) {
                Some(twice) => twice.diagnostic(self.source),
                None => {
                    let message = format!("unknown key `{}` {}", shown(&group.name), within(&group.path));
                    Diagnostic::new(Code::UnknownKey, place, message)
                }
            };
            let header = group.header().map(|header| format!(", such as `{header}`,")).unwrap_or_default();
            let help = format!("is a header{header} missing above this line?");
            self.sink.push(diagnostic.with_help(Some(help)));
        }
    }

    /// Reports the keys that are there twice, but for some of them.
    fn report_duplicates(&mut self, but: &[usize]) {
        for (_, twice) in self.faults.duplicates.iter().enumerate().filter(|(at, _)| !but.contains(at)) {
            self.sink.push(twice.diagnostic(self.source));
        }
    }

    /// Notes where the unknown keys of one error belong.
    fn note_strays(&mut self, error: &ValidationError<'_>) {
        let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else { return };
        let path = path_of(error);
        for key in unexpected.iter().take(MAX_UNKNOWN) {
            if self.grouped.contains(&(path.clone(), key.clone())) {
                continue;
            }
            let homes = self.homes(&path, key, error);
            let paths: Vec<Vec<String>> =
                homes.iter().filter_map(|home| home.only_path(self.kind)).map(<[String]>::to_vec).collect();
            if let [only] = paths.as_slice()
                && homes.len() == 1
            {
                self.mends.extend(self.hole_for(only));
            }
            self.strays.extend(paths);
        }
    }

    /// Where a key belongs that its table does not know and that resembles none it knows.
    fn homes(&self, path: &[Step], key: &str, error: &ValidationError<'_>) -> Vec<Home> {
        let Some(entry) = self.root.at(path).and_then(|table| table.entry(key)) else { return Vec::new() };
        let own_keys = self.schema_above(error).get("patternProperties").is_some();
        let known = [self.known_keys(error), self.other_forms(error)].concat();
        if own_keys || nearest(key, known).is_some() {
            return Vec::new();
        }
        homes_of(key, &entry.node, path, self.kind)
    }

    /// The hole at the end of a path, or at the first of its keys that is absent.
    fn hole_for(&self, keys: &[String]) -> Option<(Vec<Step>, Mend)> {
        let path: Vec<Step> = keys.iter().cloned().map(Step::Key).collect();
        let last = path.len().checked_sub(1)?;
        let at = (0..last).find(|&at| self.root.at(&path[..=at]).is_none()).unwrap_or(last);
        Some((path[..at].to_vec(), Mend::Add(keys[at].clone())))
    }

    /// Reports one error of the validator; `above` is the path of the value whose alternatives it belongs to.
    fn report(&mut self, error: &ValidationError<'_>, above: &[Step]) {
        let path = [above, &path_of(error)].concat();
        if self.root.at(&path).is_none_or(Node::is_hole) {
            return;
        }
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let entries = self.root.at(&path).into_iter().flat_map(Node::entries);
                let mut beside = Neighbours {
                    written: entries.map(|entry| entry.key.to_string()).collect(),
                    claims: BTreeMap::new(),
                };
                let known = self.known_keys(error);
                for key in unexpected.iter().take(MAX_UNKNOWN) {
                    if let Some(name) = nearest(key, known.iter().copied()) {
                        *beside.claims.entry(name).or_default() += 1;
                    }
                }
                for key in unexpected.iter().take(MAX_UNKNOWN) {
                    self.unknown_key(&path, key, &beside, error);
                }
                self.mends.push((path, Mend::Remove(unexpected.iter().cloned().collect())));
            }
            ValidationErrorKind::Required { property } => self.missing_key(path, property.as_str().unwrap_or_default()),
            ValidationErrorKind::AnyOf { context } => self.alternatives(&path, context),
            kind => {
                let schema = self.schema_above(error);
                self.bad_value(path, kind, schema);
            }
        }
    }

    /// Reports a key of a table that no such table has.
    fn unknown_key(&mut self, path: &[Step], key: &str, neighbours: &Neighbours, error: &ValidationError<'_>) {
        if self.grouped.contains(&(path.to_vec(), key.to_owned())) {
            return;
        }
        let Some(table) = self.root.at(path) else { return };
        let Some(entry) = table.entry(key) else { return };
        let span = Span::new(self.source, entry.key_span.clone());
        let parent = self.schema_above(error);
        let known = self.known_keys(error);
        let mut meant = None;
        let own_keys = parent.get("patternProperties").is_some();
        let diagnostic = if own_keys {
            Diagnostic::new(Code::BadPattern, span, format!("`{}` is no id", shown(key)))
                .with_help(Some(format!("an id is {}", raw::Id::FORM)))
        } else {
            let beside = self.other_forms(error);
            let joinable =
                |name: &str| table.entry(name).is_some_and(|other| joins(self.text, &entry.node, &other.node));
            let free = known
                .iter()
                .chain(&beside)
                .copied()
                .filter(|name| !neighbours.written.contains(*name) || joinable(name));
            let choice = choice_of(parent, key).filter(|_| matches!(entry.node.value, Value::Boolean(true)));
            let near_one = choice.or_else(|| nearest(key, free.clone()));
            // Nobody can tell what a key was to be that is like no other and has no value, where more is lost.
            if near_one.is_none() && entry.node.is_hole() && self.faults.loses_tables() {
                return;
            }
            meant = near_one.filter(|name| known.contains(name)).map(str::to_owned);
            let sure = only_nearest(key, free.clone())
                .filter(|name| neighbours.claims.get(name).is_none_or(|claims| *claims == 1));
            let fix = sure.filter(|_| choice.is_none()).and_then(|name| self.rename(path, entry, name));
            if beside.contains(&key) {
                let other = known.iter().find(|name| neighbours.written.contains(**name)).copied().unwrap_or_default();
                Diagnostic::new(Code::UnknownKey, span, format!("`{key}` cannot stand beside `{other}`"))
                    .with_help(Some("keep one of the two".to_owned()))
            } else {
                let near: Vec<&str> = if near_one.is_some() { free.collect() } else { [known, beside].concat() };
                let homes = if near_one.is_none() { self.homes(path, key, error) } else { Vec::new() };
                let choice = choice.map(|name| format!("write `{name} = \"{key}\"`"));
                let help = choice.or_else(|| render_homes(key, &homes, self.kind)).or_else(|| did_you_mean(key, near));
                let mut diagnostic =
                    Diagnostic::new(Code::UnknownKey, span, format!("unknown key `{}` {}", shown(key), within(path)))
                        .with_help(help);
                diagnostic.fix = fix;
                diagnostic
            }
        };
        // The key that was meant is there, with a value that nobody can tell.
        self.mends.extend(meant.map(|name| (path.to_vec(), Mend::Add(name))));
        if own_keys {
            // What the key was meant to be nobody can tell: nothing is counted or looked up in this table.
            self.mends.push((path.to_vec(), Mend::Punch));
        }
        self.sink.push(diagnostic);
    }

    /// The edits that give a key another name, wherever it is written.
    fn rename(&self, path: &[Step], entry: &Entry<'_>, name: &str) -> Option<Fix> {
        let depth = path.iter().filter(|step| matches!(step, Step::Key(_))).count();
        let places = key_places(self.text, entry, depth)?;
        let edit = |place| Edit { span: Span::new(self.source, place), text: name.to_owned() };
        Some(Fix { safe: true, edits: places.into_iter().map(edit).collect() })
    }

    /// The keys that the table of an error may have.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<&'static str> {
        let known = self.schema_above(error).get("properties").and_then(|known| known.as_object());
        known.into_iter().flat_map(|known| known.keys()).map(String::as_str).collect()
    }

    fn missing_key(&mut self, path: Vec<Step>, key: &str) {
        let Some(node) = self.root.at(&path) else { return };
        let header = if path.is_empty() { 0 } else { node.span.start };
        // A misspelt key has been reported as an unknown one: the key it stands for is not missing, too.
        let misspelt = node.entries().iter().any(|entry| {
            nearest(&entry.key, [key]).is_some() && entry.key != key && self.is_unknown(&path, &entry.key)
        });
        let span = if path.is_empty() { self.first_line.clone() } else { node.span.clone() };
        let misplaced = self.strays.iter().any(|stray| {
            let steps = path.iter().cloned().chain([Step::Key(key.to_owned())]);
            stray.len() > path.len() && steps.zip(stray).all(|(step, name)| step == Step::Key(name.clone()))
        });
        if !misspelt && !misplaced && !self.faults.hide_missing(header) && !self.faults.is_twice(&table_name(&path)) {
            let place = Span::new(self.source, span);
            let message = if path.is_empty() {
                format!("the file has no `{key}`")
            } else {
                format!("there is no `{key}` {}", within(&path))
            };
            let mut diagnostic = Diagnostic::new(Code::MissingKey, place, message);
            let part = [&path[..], &[Step::Key(key.to_owned())]].concat();
            diagnostic = match self.parts.get(&part) {
                Some(first) => {
                    let header = table_name(&part);
                    diagnostic
                        .with_label(Span::new(self.source, first.clone()), "from here on")
                        .with_help(Some(format!("do these keys belong under `[{header}]`?")))
                }
                None => diagnostic.with_help(Some(format!("add `{key}`"))),
            };
            self.sink.push(diagnostic);
        }
        self.mends.push((path, Mend::Add(key.to_owned())));
    }

    /// Whether the schema knows no such key in the table at `path`.
    fn is_unknown(&self, path: &[Step], key: &str) -> bool {
        let mut schema = self.kind.schema();
        for step in path {
            let next = match step {
                Step::Key(name) => &schema["properties"][name.as_str()],
                Step::Item(_) => &schema["items"],
            };
            schema = next;
        }
        schema["properties"].is_object() && schema["properties"].get(key).is_none()
    }

    /// A value of several possible forms: the errors of the form that it resembles.
    fn alternatives(&mut self, path: &[Step], context: &[Vec<ValidationError<'static>>]) {
        let alike = context
            .iter()
            .filter(|errors| {
                !errors.iter().any(|error| {
                    is_type_error(error) && error.instance_path().iter().next().is_none()
                        || is_type_error(error) && error.instance_path().iter().count() == path.len()
                })
            })
            .min_by_key(|errors| errors.len());
        match alike {
            Some(errors) => {
                let first = errors.first();
                if let Some(error) = first {
                    self.report(error, &[]);
                }
                self.seen.insert(path.to_vec());
                self.mends.push((path.to_vec(), Mend::Punch));
            }
            None => {
                let mut kinds: Vec<String> = context
                    .iter()
                    .flatten()
                    .filter_map(|error| match error.kind() {
                        ValidationErrorKind::Type { kind } => Some(type_name(kind)),
                        _ => None,
                    })
                    .collect();
                kinds.dedup();
                let schemas: Vec<&serde_json::Value> = context
                    .iter()
                    .flatten()
                    .filter(|error| is_type_error(error))
                    .map(|error| self.schema_above(error))
                    .collect();
                self.wrong_type(path.to_vec(), &kinds.join(" or "), &schemas);
            }
        }
    }

    fn bad_value(&mut self, path: Vec<Step>, kind: &ValidationErrorKind, schema: &serde_json::Value) {
        if let ValidationErrorKind::Type { kind } = kind {
            // The type decides what else can be said of a value, so its finding replaces none and comes alone.
            self.wrong_type(path, &type_name(kind), &[schema]);
            return;
        }
        if self.seen.contains(&path) {
            return;
        }
        if matches!(kind, ValidationErrorKind::Maximum { .. }) && self.in_percent(&path) {
            return;
        }
        let Some(node) = self.root.at(&path) else { return };
        let name = render_path(&path);
        let place = Span::new(self.source, node.span.clone());
        let value = render_value(&node.value);
        let form = schema["pattern"].as_str().and_then(raw::form_of);
        let diagnostic = match kind {
            ValidationErrorKind::Enum { options } => {
                // A value of another type has a finding of its own.
                let Value::Text(written) = &node.value else { return };
                let options: Vec<&str> = strings(options).collect();
                let fix = only_nearest(written, options.iter().copied()).map(|name| format!("\"{name}\""));
                Diagnostic::new(Code::BadEnum, place, format!("`{name}` cannot be {value}"))
                    .with_help(did_you_mean(written, options))
                    .with_fix(fix)
            }
            ValidationErrorKind::Minimum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be at least {limit}, this is {value}"))
            }
            ValidationErrorKind::Maximum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be at most {limit}, this is {value}"))
            }
            ValidationErrorKind::ExclusiveMinimum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be above {limit}, this is {value}"))
            }
            ValidationErrorKind::ExclusiveMaximum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be below {limit}, this is {value}"))
            }
            ValidationErrorKind::MinItems { .. } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must not be empty"))
            }
            ValidationErrorKind::Pattern { pattern } => {
                Diagnostic::new(Code::BadPattern, place, format!("`{name}` cannot be {value}"))
                    .with_help(raw::form_of(pattern).map(|form| format!("it must be {form}")))
            }
            ValidationErrorKind::MaxLength { limit } => {
                Diagnostic::new(Code::BadPattern, place, format!("`{name}` is longer than {limit} characters"))
                    .with_help(form.map(|form| format!("it must be {form}")))
            }
            other => Diagnostic::new(
                Code::WrongType,
                place,
                format!("`{name}` breaks the rule `{}` of the schema", other.keyword()),
            ),
        };
        self.sink.push(diagnostic);
        self.seen.insert(path.clone());
        self.mends.push((path, Mend::Punch));
    }

    /// Whether the weight at `path` is one of several that are written in percent, which is one mistake, told at the
    /// first of them.
    fn in_percent(&mut self, path: &[Step]) -> bool {
        let Some((_, table)) = path.split_last().filter(|(_, table)| render_path(table) == "grading.weights") else {
            return false;
        };
        let Some(node) = self.root.at(table) else { return false };
        let weight = |entry: &Entry<'_>| Some((entry.node.to_json().as_f64()?, entry.node.span.clone()));
        let mut weights: Vec<_> = node.entries().iter().filter_map(weight).collect();
        weights.retain(|(weight, _)| *weight != 0.0);
        let percent = |&(weight, _): &(f64, _)| (1.0..=100.0).contains(&weight);
        if weights.iter().filter(|(weight, _)| *weight > 1.0).count() < 2 || !weights.iter().all(percent) {
            return false;
        }
        if let Some((weight, span)) = weights.into_iter().min_by_key(|(_, span)| span.start)
            && self.seen.insert(table.to_vec())
        {
            let message = format!("weights are shares of 1, not percent, and this is {weight}");
            let help = format!("write `{}`, and the others alike", weight / 100.0);
            let place = Span::new(self.source, span);
            self.sink.push(Diagnostic::new(Code::OutOfRange, place, message).with_help(Some(help)));
        }
        self.seen.insert(path.to_vec());
        self.mends.push((path.to_vec(), Mend::Punch));
        true
    }

    fn wrong_type(&mut self, path: Vec<Step>, wanted: &str, schemas: &[&serde_json::Value]) {
        if self.seen.contains(&path) {
            return;
        }
        let Some(node) = self.root.at(&path) else { return };
        // A list whose items are all of one wrong kind holds one mistake.
        let before = match path.split_last() {
            Some((Step::Item(index), list)) if *index > 0 => [list, &[Step::Item(index - 1)]].concat(),
            _ => Vec::new(),
        };
        let alike = self.root.at(&before).is_some_and(|other| other.value.kind() == node.value.kind());
        if before.is_empty() || !alike || !self.seen.contains(&before) {
            let name = render_path(&path);
            let message = format!("`{name}` must be {wanted}, this is {}", node.value.kind());
            let help = if LISTS_OF_TABLES.contains(&name.as_str()) && node.value.kind() == "a table" {
                Some(double_brackets(&name))
            } else {
                group(self.root, &path).or_else(|| instead(&path, node, self.text, schemas, self.currency))
            };
            let place = Span::new(self.source, node.span.clone());
            self.sink.push(Diagnostic::new(Code::WrongType, place, message).with_help(help));
        }
        self.seen.insert(path.clone());
        self.mends.push((path, Mend::Punch));
    }

    /// The keys of the other tables that may stand where this one does.
    fn other_forms(&self, error: &ValidationError<'_>) -> Vec<&'static str> {
        let pointer = error.schema_path().as_str();
        let forms = pointer.rfind("/anyOf/").and_then(|at| self.kind.schema().pointer(&pointer[..at + "/anyOf".len()]));
        let own = self.schema_above(error);
        let forms = forms.and_then(|forms| forms.as_array()).into_iter().flatten();
        let others = forms.filter(|form| !std::ptr::eq(*form, own)).filter_map(|form| form["properties"].as_object());
        others.flat_map(|known| known.keys()).map(String::as_str).collect()
    }

    /// The part of the schema whose keyword the error names.
    fn schema_above(&self, error: &ValidationError<'_>) -> &'static serde_json::Value {
        let pointer = error.schema_path().as_str();
        let above = pointer.rfind('/').map_or("", |at| &pointer[..at]);
        self.kind.schema().pointer(above).unwrap_or(&serde_json::Value::Null)
    }
}

/// What to write instead of a list's head in single brackets.
pub(super) fn double_brackets(list: &str) -> String {
    format!("write `[[{list}]]` in double brackets before each entry")
}

/// The key of a table that has this name among the values it may take.
fn choice_of(table: &'static serde_json::Value, name: &str) -> Option<&'static str> {
    let has = |schema: &serde_json::Value| {
        schema["enum"].as_array().is_some_and(|values| values.iter().any(|value| value == name))
    };
    let (key, _) = table["properties"].as_object()?.iter().find(|(_, schema)| has(schema))?;
    Some(key)
}

fn path_of(error: &ValidationError<'_>) -> Vec<Step> {
    let step = |segment: LocationSegment<'_>| match segment {
        LocationSegment::Property(key) => Step::Key(key.into_owned()),
        LocationSegment::Index(index) => Step::Item(index),
    };
    error.instance_path().iter().map(step).collect()
}

fn is_type_error(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { .. })
}

fn type_name(kind: &TypeKind) -> String {
    let one = |name: &str| match name {
        "object" => "a table".to_owned(),
        "array" => "a list".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    };
    match kind {
        TypeKind::Single(kind) => one(&kind.to_string()),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| one(&kind.to_string())).collect::<Vec<_>>().join(" or "),
    }
}

/// A table's name as its header has it.
fn table_name(path: &[Step]) -> String {
    render_path(&path.iter().filter(|step| matches!(step, Step::Key(_))).cloned().collect::<Vec<_>>())
}

fn within(path: &[Step]) -> String {
    if path.is_empty() { "at the top of the file".to_owned() } else { format!("in `{}`", render_path(path)) }
}

fn render_value(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Date(text) => format!("`{}`", shown(text)),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        other => other.kind().to_owned(),
    }
}

fn strings(value: &serde_json::Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
}
