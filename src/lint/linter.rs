//! A run of all rules over packs.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{LazyLock, OnceLock};

use crate::diag::{Code, Diagnostic, Sink, Span};
use crate::pack::{
    AuthoredFile, AuthoredPack, AuthoredTask, Inspector, LoadError, Loaded, Memory, Unsaved, load_inspected,
    load_texts_inspected,
};
use crate::prove::Glance;
use crate::task::Split;

use super::likeness::{Sketch, Twins, find_twins};
use super::rule::{Rule, Stage};
use super::rules::{RULES, weights_place};
use super::selection::Selection;
use super::sieve::Sieve;
use super::suppression::apply_suppressions;

/// Loads the packs that the paths name and applies every rule. The findings are those of the loader and of the rules,
/// without what suppression comments, the packs' `[lint]` and the selection take away. What is loaded is not for play: it
/// holds no tasks.
///
/// # Errors
/// A path that cannot be read or names nothing of the kind.
pub fn lint<P: AsRef<Path>>(paths: &[P], selection: &Selection) -> Result<Loaded, LoadError> {
    lint_unsaved(paths, &Unsaved::default(), selection)
}

/// As [`lint`], with texts that stand for files.
///
/// # Errors
/// As [`lint`].
pub fn lint_unsaved<P: AsRef<Path>>(
    paths: &[P],
    unsaved: &Unsaved,
    selection: &Selection,
) -> Result<Loaded, LoadError> {
    lint_insisting(paths, unsaved, selection, selection.insisted()).map(Loaded::shortened)
}

/// As [`lint_unsaved`], with the codes that no pack's `[lint]` silences, and with all findings as they are, however many.
pub(super) fn lint_insisting<P: AsRef<Path>>(
    paths: &[P],
    unsaved: &Unsaved,
    selection: &Selection,
    insisted: BTreeSet<Code>,
) -> Result<Loaded, LoadError> {
    lint_with(paths, unsaved, selection, &Linter { insisted, memory: None })
}

/// What is remembered of a pack from one run to the next.
#[derive(Debug, Default)]
pub(crate) struct LintMemory(Memory<TaskNote>);

/// As [`lint_unsaved`] of one pack, again and again: task files that are as they were are not looked at again, only the
/// pack as a whole. What is loaded cannot be played.
pub(crate) fn lint_again<P: AsRef<Path>>(
    paths: &[P],
    unsaved: &Unsaved,
    memory: &LintMemory,
) -> Result<Loaded, LoadError> {
    let linter = Linter { insisted: BTreeSet::new(), memory: Some(&memory.0) };
    lint_with(paths, unsaved, &Selection::default(), &linter).map(Loaded::shortened)
}

fn lint_with<P: AsRef<Path>>(
    paths: &[P],
    unsaved: &Unsaved,
    selection: &Selection,
    linter: &Linter<'_>,
) -> Result<Loaded, LoadError> {
    Ok(finish(load_inspected(paths, unsaved, linter)?, selection))
}

/// As [`lint`], of one pack whose files are at hand, each with its name below the pack's folder; nothing on disk is
/// looked at. With `only`, the findings are those of this file.
pub fn lint_texts(files: &[(&str, &str)], only: Option<&str>, selection: &Selection) -> Loaded {
    let linter = Linter { insisted: selection.insisted(), memory: None };
    finish(load_texts_inspected(files, only, &linter), selection).shortened()
}

/// Takes away what is suppressed or was not asked for, and marks what no output may show.
fn finish(mut loaded: Loaded, selection: &Selection) -> Loaded {
    let found = std::mem::take(&mut loaded.diagnostics);
    let kept = apply_suppressions(found, &loaded.sources);
    loaded.sources.hide(kept.iter().filter(|found| found.redacted).map(|found| found.span));
    loaded.diagnostics = kept.into_iter().filter_map(|found| selection.apply(found)).collect();
    loaded
}

/// What rules over a whole pack need of a task once its file is closed.
#[derive(Debug, Clone)]
pub(crate) struct TaskNote {
    pub(crate) id: Option<String>,
    /// Where the id stands.
    pub(crate) place: Span,
    /// The ids of the policies that it requires.
    pub(crate) policies: Vec<String>,
    /// The expected code, with its place.
    pub(crate) expected: Option<(String, Span)>,
    /// Which part of the data set it belongs to, where that is known.
    pub(crate) split: Option<Split>,
    /// The most that a wrong code scores, where the task lives by its pack's weights.
    pub(crate) wrong_code: Option<f64>,
    /// What it says, to be compared with other tasks.
    pub(crate) sketch: Option<Sketch>,
}

/// What was noted of a pack's tasks, in the order of their files.
#[derive(Debug)]
pub(crate) struct PackNotes {
    pub(crate) tasks: Vec<TaskNote>,
    twins: OnceLock<Vec<Twins>>,
}

impl PackNotes {
    /// The tasks that are nearly the same as earlier ones: looked for once, however many rules ask.
    pub(crate) fn twins(&self) -> &[Twins] {
        self.twins.get_or_init(|| find_twins(&self.tasks))
    }
}

struct Linter<'m> {
    /// What is told even where a pack wants it silent.
    insisted: BTreeSet<Code>,
    memory: Option<&'m Memory<TaskNote>>,
}

impl Inspector for Linter<'_> {
    type Note = TaskNote;

    fn insists_on(&self, code: Code) -> bool {
        self.insisted.contains(&code)
    }

    fn memory(&self) -> Option<&Memory<TaskNote>> {
        self.memory
    }

    fn inspect_task(&self, task: &AuthoredTask<'_>, sink: &mut Sink) -> Option<TaskNote> {
        let sieve = Sieve::of(&task.file);
        for (rule, stage, is_silent) in chosen_stages(sieve) {
            match stage {
                Stage::File(check) | Stage::FileWith(_, check) => {
                    guard(rule, is_silent, &task.file, sink, |sink| check(&task.file, sink));
                }
                Stage::Task(check) | Stage::TaskWith(_, check) => {
                    guard(rule, is_silent, &task.file, sink, |sink| check(task, sink));
                }
                Stage::Loading | Stage::Pack(_) | Stage::PackWith(..) | Stage::Suppression => {}
            }
        }
        Some(note(task))
    }

    fn inspect_pack(&self, pack: &AuthoredPack<'_>, notes: Vec<TaskNote>, sink: &mut Sink) {
        let notes = PackNotes { tasks: notes, twins: OnceLock::new() };
        let sieve = Sieve::of(&pack.file);
        for (rule, stage, is_silent) in chosen_stages(sieve) {
            guard(rule, is_silent, &pack.file, sink, |sink| match stage {
                Stage::File(check) | Stage::FileWith(_, check) => check(&pack.file, sink),
                Stage::Pack(check) | Stage::PackWith(_, check) => check(pack, &notes, sink),
                Stage::Loading | Stage::Task(_) | Stage::TaskWith(..) | Stage::Suppression => {}
            });
        }
    }
}

/// Every rule with each of its stages.
pub(super) fn stages() -> impl Iterator<Item = (&'static Rule, &'static Stage)> {
    static ALL: LazyLock<Vec<(&Rule, &Stage)>> =
        LazyLock::new(|| RULES.iter().flat_map(|rule| rule.stages.iter().map(move |stage| (rule, stage))).collect());
    ALL.iter().copied()
}

/// The stages that the sieve lets through. With debug assertions the others look, too, and are to find nothing.
fn chosen_stages(sieve: Sieve) -> impl Iterator<Item = (&'static Rule, &'static Stage, bool)> {
    let all = stages().enumerate().map(move |(at, (rule, stage))| (rule, stage, !sieve.lets_through(at)));
    all.filter(|(.., is_silent)| cfg!(debug_assertions) || !is_silent)
}

/// Runs a rule; a panic in it is a finding, and the other rules go on.
fn guard(rule: &Rule, is_silent: bool, file: &AuthoredFile<'_>, sink: &mut Sink, check: impl FnOnce(&mut Sink)) {
    let mut own = Sink::default();
    if catch_unwind(AssertUnwindSafe(|| check(&mut own))).is_err() {
        let message = format!("the rule `{}` failed on this file; this is a bug, please report it", rule.code);
        sink.push(Diagnostic::new(Code::InternalError, file.span(0..0), message));
    }
    debug_assert!(!is_silent || own.is_empty(), "`{}` finds what has none of its signs", rule.code);
    if !own.is_empty() {
        sink.append(own);
    }
}

fn note(task: &AuthoredTask<'_>) -> TaskNote {
    let raw = task.raw;
    let id = raw.id.spanned().map(|(id, place)| (id.as_str().to_owned(), task.file.span(place)));
    let (id, place) = id.map_or((None, task.file.span(0..0)), |(id, place)| (Some(id), place));
    let required = raw.evidence.get().and_then(|evidence| evidence.required.get());
    let keys = required.into_iter().flat_map(|keys| keys.iter()).filter_map(|key| key.get());
    TaskNote {
        id,
        place,
        policies: keys.filter_map(|key| key.strip_prefix("policy:")).map(str::to_owned).collect(),
        expected: raw
            .resolution
            .get()
            .and_then(|resolution| resolution.expected.spanned())
            .map(|(code, place)| (code.to_string(), task.file.span(place))),
        split: match raw.split.get() {
            Some(&split) => Some(split.into()),
            None => Some(Split::Test).filter(|_| !raw.split.is_given() && task.file.complete),
        },
        wrong_code: task
            .task
            .filter(|_| weights_place(&raw.grading).is_none())
            .and_then(|task| Glance::of(task).wrong_code()),
        sketch: Sketch::of(task),
    }
}
