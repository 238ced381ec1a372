//! Faults of keys: unknown, missing, there twice, or in a row below no header.

use std::collections::{BTreeMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use crate::diag::{Code, Diagnostic, Edit, Fix, Span, did_you_mean, nearest, only_nearest};
use crate::pack::headless::{Unknown, headless};
use crate::pack::hint::shown;
use crate::pack::home::{Home, homes_of, render_homes};
use crate::pack::raw;
use crate::pack::rename::{joins, key_places};
use crate::pack::schema::requires;
use crate::pack::tree::{Entry, Node, Step, Value, keys_of, table_name};

use super::{Checker, MAX_UNKNOWN, Mend, path_of, within};

impl Checker<'_, '_> {
    /// Reports keys that are there twice, and keys in a row whose header is missing.
    pub(super) fn report_headless(&mut self, errors: &[ValidationError<'_>]) {
        let mut unknown = Unknown::new();
        for error in errors {
            let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else {
                if let Some((table, key)) = self.misfit(error) {
                    unknown.entry(table).or_default().insert(key, false);
                }
                continue;
            };
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
            let schema = self.kind.schema_at(&group.path);
            let (needed, other): (Vec<&String>, Vec<&String>) =
                group.strayed.iter().partition(|key| requires(schema, key));
            for key in needed {
                self.mends.push(([&group.path[..], &[Step::Key(key.clone())]].concat(), Mend::Punch));
            }
            let mut removed: HashSet<String> = other.into_iter().cloned().collect();
            if schema.get("properties").is_none() {
                self.seen.extend(group.unknown.iter().map(|key| [&group.path[..], &[Step::Key(key.clone())]].concat()));
                removed.extend(group.unknown.iter().cloned());
            }
            self.mends.push((group.path.clone(), Mend::Remove(removed)));
            for key in &group.open {
                self.mends.push(([&group.path[..], &[Step::Key(key.clone())]].concat(), Mend::Punch));
            }
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

    /// The key of the author's own whose value is at fault, and its table: it may be another table's.
    fn misfit(&self, error: &ValidationError<'_>) -> Option<(Vec<Step>, String)> {
        let mut path = path_of(error);
        self.root.at(&path).filter(|node| !node.is_hole())?;
        let Some(Step::Key(key)) = path.pop() else { return None };
        self.kind.schema_at(&path).get("patternProperties").map(|_| (path, key))
    }

    /// Reports the keys that are there twice, but for some of them.
    pub(super) fn report_duplicates(&mut self, but: &[usize]) {
        for (_, twice) in self.faults.duplicates.iter().enumerate().filter(|(at, _)| !but.contains(at)) {
            self.sink.push(twice.diagnostic(self.source));
        }
    }

    /// Notes where the unknown keys of one error belong.
    pub(super) fn note_strays(&mut self, error: &ValidationError<'_>) {
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

    /// Reports the keys of a table that no such table has.
    pub(super) fn unknown_keys(&mut self, path: Vec<Step>, unexpected: &[String], error: &ValidationError<'_>) {
        let entries = self.root.at(&path).into_iter().flat_map(Node::entries);
        let mut beside =
            Neighbours { written: entries.map(|entry| entry.key.to_string()).collect(), claims: BTreeMap::new() };
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
        let depth = keys_of(path).count();
        let places = key_places(self.text, entry, depth)?;
        let edit = |place| Edit { span: Span::new(self.source, place), text: name.to_owned() };
        Some(Fix { safe: true, edits: places.into_iter().map(edit).collect() })
    }

    /// The keys that the table of an error may have.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<&'static str> {
        let known = self.schema_above(error).get("properties").and_then(|known| known.as_object());
        known.into_iter().flat_map(|known| known.keys()).map(String::as_str).collect()
    }

    pub(super) fn missing_key(&mut self, path: Vec<Step>, key: &str) {
        let Some(node) = self.root.at(&path) else { return };
        let header = if path.is_empty() { 0 } else { node.span.start };
        // A misspelt key has been reported as an unknown one: the key it stands for is not missing, too.
        let misspelt = node.entries().iter().any(|entry| {
            nearest(&entry.key, [key]).is_some()
                && entry.key != key
                && self.is_unknown(&path, &entry.key)
                && !self.grouped.contains(&(path.clone(), entry.key.to_string()))
        });
        let span = if path.is_empty() { self.first_line.clone() } else { node.span.clone() };
        let misplaced = self.strays.iter().any(|stray| {
            let steps = path.iter().cloned().chain([Step::Key(key.to_owned())]);
            stray.len() > path.len() && steps.zip(stray).all(|(step, name)| step == Step::Key(name.clone()))
        });
        let part = [&path[..], &[Step::Key(key.to_owned())]].concat();
        let is_twice = [&path, &part].iter().any(|path| self.faults.is_twice(&table_name(path)));
        if !misspelt && !misplaced && !self.faults.hide_missing(header) && !is_twice {
            let place = Span::new(self.source, span);
            let message = if path.is_empty() {
                format!("the file has no `{key}`")
            } else {
                format!("there is no `{key}` {}", within(&path))
            };
            let mut diagnostic = Diagnostic::new(Code::MissingKey, place, message);
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
        let schema = self.kind.schema_at(path);
        schema["properties"].is_object() && schema["properties"].get(key).is_none()
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
}

/// What stands beside an unknown key.
struct Neighbours {
    /// All keys of the table.
    written: HashSet<String>,
    /// How many of its unknown keys are near a known one: what two could stand for none of them does for sure.
    claims: BTreeMap<&'static str, usize>,
}

/// The key of a table that has this name among the values it may take.
fn choice_of(table: &'static serde_json::Value, name: &str) -> Option<&'static str> {
    let has = |schema: &serde_json::Value| {
        schema["enum"].as_array().is_some_and(|values| values.iter().any(|value| value == name))
    };
    let (key, _) = table["properties"].as_object()?.iter().find(|(_, schema)| has(schema))?;
    Some(key)
}
