//! Labelled replies from many trades, judged as a pack's own: how often the grader is right, and for the right reason.
//!
//! The labels follow from the specification and were written before any grader saw the replies. `develop.json` is there
//! to learn from, so its figure says what holds of known replies. `cargo test replies:: -- --nocapture` prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use serde::Deserialize;
use support_ops_env::pack::load;
use support_ops_env::rubric::{ExplainedEntry, ReplyExplanation, Role};
use support_ops_env::task::{Catalog, Task};
use support_ops_env::text::Span;

const FOLDER: &str = "tests/data/replies";

/// A labelled reply. `expect` or `forbidden` name what decides a failing one, `cue` the words that do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    id: String,
    spec: String,
    passes: bool,
    reply: String,
    #[serde(default)]
    expect: BTreeMap<String, String>,
    forbidden: Option<String>,
    cue: Option<String>,
    #[serde(rename = "why")]
    _why: Option<String>,
}

/// What a part of the set came to.
#[derive(Debug, Default)]
struct Figures {
    replies: usize,
    false_accepts: Vec<String>,
    false_rejects: Vec<String>,
    /// Failing replies, and those whose deciding entry got the labelled verdict, with its place in the labelled words.
    failing: usize,
    verdicts: usize,
    reasons: usize,
    /// Failing replies with another verdict or another place.
    other_reasons: Vec<String>,
}

/// The shares that hold; a part may do better, never worse.
struct Floors {
    accuracy: f64,
    false_accepts: f64,
    verdicts: f64,
    reasons: f64,
}

/// What a part of the set is for.
#[derive(Clone, Copy)]
enum Part {
    Developed,
    /// Whoever reads what is wrong there can mend it, and then it measures nothing: only the figures are told.
    Measured,
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn check(file: &str, part: Part, floors: &Floors) {
    let figures = measure(file);
    let shown = match part {
        Part::Developed => figures.render(file) + &figures.render_wrong(),
        Part::Measured => figures.render(file),
    };
    println!("{shown}");
    assert!(figures.replies > 100, "{} replies", figures.replies);
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    assert!(figures.accuracy() >= floors.accuracy, "{shown}");
    assert!(share(figures.false_accepts.len(), figures.replies) <= floors.false_accepts, "{shown}");
    assert!(share(figures.verdicts, figures.failing) >= floors.verdicts, "{shown}");
    assert!(share(figures.reasons, figures.failing) >= floors.reasons, "{shown}");
}

#[test]
fn developed_on() {
    check(
        "develop.json",
        Part::Developed,
        &Floors { accuracy: 0.995, false_accepts: 0.003, verdicts: 0.98, reasons: 0.98 },
    );
}

/// Written by others who had not seen the matcher, labelled twice, and never read to mend it.
#[test]
fn only_measured() {
    check(
        "measured.json",
        Part::Measured,
        &Floors { accuracy: 0.97, false_accepts: 0.01, verdicts: 0.95, reasons: 0.95 },
    );
}

fn measure(file: &str) -> Figures {
    let text = fs::read_to_string(format!("{FOLDER}/{file}")).expect("the set is part of the repository");
    let set: Vec<Labelled> = serde_json::from_str(&text).expect("it is a list of labelled replies");
    let catalog = catalog();
    let mut ids = BTreeSet::new();
    let mut figures = Figures::default();
    for labelled in &set {
        assert!(ids.insert(&labelled.id), "{} stands there twice", labelled.id);
        figures.add(labelled, catalog.get(&labelled.spec).expect("every spec is there"));
    }
    figures
}

impl Figures {
    fn add(&mut self, labelled: &Labelled, task: &Arc<Task>) {
        let reply = &labelled.reply;
        let explained = ReplyExplanation::of(task, reply);
        self.replies += 1;
        let tell = || {
            let entries = explained.entries.iter().filter(|entry| entry.blocks() || decides(labelled, entry));
            let entries = entries.map(|entry| format!("\n    {}: {} ({})", entry.id, entry.verdict, entry.reason));
            format!("{} {}: {reply:?}{}", labelled.id, labelled.spec, entries.collect::<String>())
        };
        match (explained.passes, labelled.passes) {
            (true, false) => self.false_accepts.push(tell()),
            (false, true) => self.false_rejects.push(tell()),
            _ => {}
        }
        if labelled.passes {
            return;
        }
        self.failing += 1;
        let deciding: Vec<&ExplainedEntry> =
            explained.entries.iter().filter(|entry| decides(labelled, entry)).collect();
        assert!(!deciding.is_empty(), "{} names no entry of its spec", labelled.id);
        let agrees = deciding.iter().all(|entry| entry.verdict.as_str() == wanted(labelled, entry));
        let is_there = agrees && deciding.iter().any(|entry| is_at_cue(labelled, entry));
        self.verdicts += usize::from(agrees);
        self.reasons += usize::from(is_there);
        if !is_there {
            let cue = labelled.cue.as_deref().unwrap_or_default();
            self.other_reasons.push(format!("{}\n    wanted {:?} at {cue:?}", tell(), labelled.expect));
        }
    }

    fn accuracy(&self) -> f64 {
        let wrong = self.false_accepts.len() + self.false_rejects.len();
        1.0 - wrong as f64 / self.replies as f64
    }

    fn render(&self, file: &str) -> String {
        let percent = |part: usize| format!("{:.1} %", part as f64 * 100.0 / self.failing as f64);
        format!(
            "{file}: {} replies, {:.1} % right, {} false accepts, {} false rejects; of {} failing ones the verdict is \
             right in {}, verdict and place in {}\n",
            self.replies,
            self.accuracy() * 100.0,
            self.false_accepts.len(),
            self.false_rejects.len(),
            self.failing,
            percent(self.verdicts),
            percent(self.reasons)
        )
    }

    /// The replies judged wrong, or for another reason than the labelled one.
    fn render_wrong(&self) -> String {
        let mut out = String::new();
        let lists = [
            ("false accept", &self.false_accepts),
            ("false reject", &self.false_rejects),
            ("other reason", &self.other_reasons),
        ];
        for (what, list) in lists {
            for line in list {
                let _ = writeln!(out, "  {what}: {line}");
            }
        }
        out
    }
}

/// Whether the label is about this entry.
fn decides(labelled: &Labelled, entry: &ExplainedEntry) -> bool {
    match entry.role {
        Role::Keyword { .. } => labelled.expect.contains_key(&entry.id),
        Role::Forbidden { .. } => labelled.forbidden.as_ref() == Some(&entry.id),
    }
}

/// The verdict that the label wants; a forbidden entry is there when it is met.
fn wanted<'a>(labelled: &'a Labelled, entry: &ExplainedEntry) -> &'a str {
    labelled.expect.get(&entry.id).map_or("met", |verdict| verdict)
}

/// Whether what was found, or what decided, overlaps the labelled words. What is absent is nowhere.
fn is_at_cue(labelled: &Labelled, entry: &ExplainedEntry) -> bool {
    let Some(cue) = labelled.cue.as_deref().filter(|cue| !cue.is_empty()) else { return true };
    let places: Vec<Span> = entry.spans.iter().copied().chain(entry.cue).collect();
    let starts = labelled.reply.match_indices(cue).map(|(start, _)| start);
    places.is_empty()
        || starts.into_iter().any(|start| places.iter().any(|span| span.start < start + cue.len() && start < span.end))
}

/// The specs as the tasks of a pack, so that they go the way of any author's file.
fn catalog() -> Catalog {
    let specs = fs::read_to_string(format!("{FOLDER}/specs.toml")).expect("the specs are part of the repository");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("pack.toml"), PACK).expect("a file");
    for (name, reply) in split(&specs) {
        let task = TASK.replace("@", &name).replace("# reply", &reply);
        fs::write(folder.path().join(format!("{name}.toml")), task).expect("a file");
    }
    let loaded = load(&[folder.path()]).expect("the folder can be read");
    loaded.into_catalog().unwrap_or_else(|loaded| panic!("{:#?}", loaded.errors))
}

/// The tables `[name]` and `[[name.…]]` of one file as the `[reply]` tables of one task each.
fn split(specs: &str) -> BTreeMap<String, String> {
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in specs.lines() {
        let header = line.trim_start_matches('[').split(['.', ']']).next().filter(|_| line.starts_with('['));
        if let Some(header) = header {
            name = header.to_owned();
        }
        let line = if header.is_some() { line.replacen(&name, "reply", 1) } else { line.to_owned() };
        if !name.is_empty() {
            tables.entry(name.clone()).or_default().push_str(&format!("{line}\n"));
        }
    }
    tables
}

const PACK: &str = r#"schema_version = 1
name = "labelled_replies"
version = "1.0.0"
description = "Specs that labelled replies answer."
[resolutions]
settle = "Settle it."
refuse = "Refuse it."
"#;

const TASK: &str = r#"schema_version = 1
id = "@"
title = "A reply to judge"
difficulty = "easy"
objective = "Answer the customer."
max_steps = 5
[ticket]
id = "T-1"
subject = "A question"
message = "What will you do about it?"
[[artifacts]]
id = "file"
title = "The file"
[artifacts.record]
status = "open"
[evidence]
required = ["ticket"]
[resolution]
expected = "settle"
[oracle]
reply = "Only the labelled replies are judged here."
# reply
"#;
