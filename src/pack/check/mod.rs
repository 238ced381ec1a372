//! The schema stage: faults of the form, each once, at its place; what is faulty becomes a hole.

mod keys;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;

use crate::diag::{Code, Diagnostic, Sink, Source, SourceId, Span, name_list};

use super::parse::Faults;
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
        checker.report(error);
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
    first_line: Range<usize>,
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
    parts: BTreeMap<Vec<Step>, Range<usize>>,
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

    /// Reports one error of the validator.
    fn report(&mut self, error: &ValidationError<'_>) {
        let path = path_of(error);
        if self.root.at(&path).is_none_or(Node::is_hole) {
            return;
        }
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => self.unknown_keys(path, unexpected, error),
            ValidationErrorKind::Required { property } => self.missing_key(path, property.as_str().unwrap_or_default()),
            ValidationErrorKind::AnyOf { context } => self.alternatives(&path, context),
            kind => {
                let schema = self.schema_above(error);
                self.bad_value(path, kind, schema);
            }
        }
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

fn path_of(error: &ValidationError<'_>) -> Vec<Step> {
    let step = |segment: LocationSegment<'_>| match segment {
        LocationSegment::Property(key) => Step::Key(key.into_owned()),
        LocationSegment::Index(index) => Step::Item(index),
    };
    error.instance_path().iter().map(step).collect()
}

fn within(path: &[Step]) -> String {
    if path.is_empty() { "at the top of the file".to_owned() } else { format!("in `{}`", render_path(path)) }
}

fn strings(value: &serde_json::Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
}
