//! What came of the trials of some runs, put together for a page or a terminal.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;

use crate::diag::printable;
use crate::eval::{Deviation, FolderError, Holdings, RunFolder, Summary, TaskConfig, TrialResult};
use crate::task::Catalog;

use super::contents::{Contents, RunContents, TaskContents, TrialColumns};
use super::leaderboard::{self, Standing};
use super::page;
use super::pool::Pool;
use super::viewed::{self, Chosen};

/// The most trials that the page lists: with more a browser no longer filters them while one types.
const MAX_TRIALS: usize = 60_000;
/// Characters of a name that are shown.
const MAX_NAME: usize = 120;
/// Characters of a reason or a message that are shown.
const MAX_REASON: usize = 600;
/// Names that a note lists.
const MAX_LISTED: usize = 5;

/// How much a report shows.
#[derive(Debug, Clone, Copy)]
pub struct ReportLimits {
    /// Episodes of each task and run that can be looked at, the lowest scores first.
    pub episodes: usize,
}

/// What a report shows.
#[derive(Debug)]
pub struct Report {
    contents: Contents,
    is_doubtful: bool,
}

impl Report {
    /// So many bytes of a file tell whether it is a page of a report.
    pub const HEAD_BYTES: u64 = page::HEAD_BYTES;

    /// Whether a file that begins like this is a page of a report.
    pub fn is_page(head: &[u8]) -> bool {
        page::is_page(head)
    }

    /// Reads what came of the runs, and of those episodes that are shown their logs. What an agent saw is computed again
    /// from the packs of the catalogue, where it holds the very packs that were played.
    ///
    /// # Errors
    /// A run whose results cannot be read. A log that cannot be read is none: the report tells of it.
    pub fn gather(runs: &[RunFolder], catalog: &Catalog, limits: ReportLimits) -> Result<Report, FolderError> {
        let mut contents = Contents::new();
        let tasks = gather_tasks(runs, &mut contents);
        let labels = labels(runs);
        let mut results = Vec::with_capacity(runs.len());
        let (mut listed, mut is_doubtful) = (0, false);
        for (run, label) in runs.iter().zip(labels) {
            let holdings = run.contents()?;
            for note in holdings.doubts.notes() {
                contents.notes.push(format!("{label}: {}.", shown(&note.message, MAX_REASON)));
                is_doubtful |= note.code.is_doubt();
            }
            let all = &holdings.results;
            let shown = &all[..all.len().min(MAX_TRIALS / runs.len())];
            listed += shown.len();
            let trials = columns(shown, &tasks, &mut contents.pool);
            contents.runs.push(gather_run(run, label, &holdings, trials));
            results.push(holdings.results);
        }
        leaderboard::note_what_differs(&results, &tasks, &mut contents);
        let played: usize = results.iter().map(Vec::len).sum();
        if listed < played {
            contents.notes.push(format!(
                "The page lists {listed} of {played} trials, the first of each run; the leaderboard counts all of them."
            ));
        }
        if limits.episodes > 0 {
            let chosen = Chosen::of(&contents, limits.episodes);
            viewed::gather_episodes(runs, &results, chosen, catalog, &mut contents);
        }
        Ok(Report { contents, is_doubtful })
    }

    #[cfg(test)]
    pub(super) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The page: one file that asks for nothing else.
    pub fn render_page(&self) -> String {
        page::render_page(&self.contents)
    }

    /// The runs in figures, the highest score first.
    pub fn leaderboard(&self) -> Vec<Standing> {
        leaderboard::standings(&self.contents)
    }

    /// Whether some run's folder holds what does not fit together.
    pub fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// What is left out, and what the runs differ in.
    pub fn notes(&self) -> impl Iterator<Item = &String> {
        self.contents.notes.iter().chain(&self.contents.left_out)
    }
}

/// All tasks by id, each with its place; those that runs played in different states are noted.
fn gather_tasks<'a>(runs: &'a [RunFolder], contents: &mut Contents) -> IndexMap<&'a str, usize> {
    let mut tasks: IndexMap<&str, (usize, &TaskConfig)> = IndexMap::new();
    let mut differing: Vec<&str> = Vec::new();
    for task in runs.iter().flat_map(|run| &run.config().tasks) {
        let place = tasks.len();
        let (_, first) = *tasks.entry(&task.id).or_insert((place, task));
        if first.pack_digest != task.pack_digest && !differing.contains(&&*task.id) {
            differing.push(&task.id);
        }
    }
    if !differing.is_empty() {
        let names: Vec<String> = differing.iter().take(MAX_LISTED).map(|id| shown(id, MAX_NAME)).collect();
        let more = if differing.len() > MAX_LISTED { ", …" } else { "" };
        contents.notes.push(format!(
            "Runs played different states of the pack; scores of these tasks are not of the same thing: {}{more}.",
            names.join(", ")
        ));
    }
    contents.tasks.extend(tasks.values().map(|(_, task)| TaskContents {
        id: shown(&task.id, MAX_NAME),
        title: shown(&task.title, MAX_NAME),
        difficulty: shown(&task.difficulty, MAX_NAME),
        split: shown(&task.split, MAX_NAME),
        case: None,
        path: None,
    }));
    tasks.into_iter().map(|(id, (place, _))| (id, place)).collect()
}

/// What the runs are called: two of the same label are told apart by their folders.
fn labels(runs: &[RunFolder]) -> Vec<String> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for run in runs {
        *uses.entry(&run.config().label).or_default() += 1;
    }
    let name = |run: &RunFolder| match uses[&*run.config().label] {
        1 => run.config().label.clone(),
        _ => format!("{} ({})", run.config().label, folder_name(run.path())),
    };
    runs.iter().map(|run| shown(&name(run), MAX_NAME)).collect()
}

fn gather_run(run: &RunFolder, label: String, holdings: &Holdings, trials: TrialColumns) -> RunContents {
    let config = run.config();
    let name = |text: &String| shown(text, MAX_NAME);
    RunContents {
        label,
        agent: name(&config.agent),
        model: config.model.as_ref().map(|model| name(&model.name)),
        url: config.url.as_ref().map(name),
        folder: shown(&folder_name(run.path()), MAX_NAME),
        shard: config.shard.map(|(own, of)| (own.saturating_add(1), of)),
        figures: Summary::of_run(config, holdings).overall,
        trials,
    }
}

fn columns(results: &[TrialResult], tasks: &IndexMap<&str, usize>, pool: &mut Pool) -> TrialColumns {
    let mut columns = TrialColumns::default();
    for result in results {
        let task = *tasks.get(&*result.trial.task_id).expect("results are of the configuration's tasks");
        let usage = &result.usage;
        let parts = &result.parts;
        columns.task.push(task);
        columns.seed.push(result.trial.seed);
        columns.repeat.push(result.trial.repeat);
        columns.ended.push(pool.intern(&result.ended));
        columns.score.push(result.score);
        columns.passed.push(result.passed.into());
        columns.parts.push(pool.intern(&[parts.resolution, parts.evidence, parts.reply, parts.efficiency]));
        columns.rewards.push(pool.intern(&result.rewards));
        columns.seconds.push((result.seconds * 1e3).round() / 1e3);
        columns.usage.push((usage.calls, usage.prompt_tokens, usage.completion_tokens));
        columns.cost.push(usage.cost);
        columns.errors.push(pool.intern(&usage.errors));
        let error = |(kind, message): (_, &String)| pool.intern(&(kind, shown(message, MAX_REASON)));
        columns.error.push(result.error.as_ref().map(|error| (error.kind, &error.message)).map(error));
        let deviation =
            |Deviation { step, kind, reason }: &Deviation| pool.intern(&(step, kind, shown(reason, MAX_REASON)));
        columns.deviation.push(result.deviation.as_ref().map(deviation));
        columns.episode.push(None);
    }
    columns
}

fn folder_name(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A text of others on a line: nothing in it reorders what stands around it, and it ends somewhere.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    printable(&shown)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use tempfile::tempdir;

    use super::super::sample::{self, Play, catalog};
    use super::*;
    use crate::agent::{Nop, Oracle};

    fn oracle() -> Play<'static> {
        &|_, _| Box::new(Oracle::default())
    }

    /// What the page is told of these runs.
    fn gather(runs: &[RunFolder], catalog: &Catalog, episodes: usize) -> Value {
        let report = Report::gather(runs, catalog, ReportLimits { episodes }).expect("the runs can be read");
        serde_json::to_value(&report.contents).expect("plain JSON")
    }

    #[test]
    fn runs_are_told_apart_and_their_trials_counted() {
        let root = tempdir().expect("a folder");
        let write = |name: &str, play: Play<'_>, cut: usize| {
            sample::write_run(&root.path().join(name), "same", (&[7], 2), play, |_, results| {
                results.truncate(results.len() - cut);
            })
        };
        let runs = [write("a", oracle(), 0), write("b", &|_, _| Box::new(Nop), 1)];
        let page = gather(&runs, &catalog(), 1);
        let label = |at: usize| page["runs"][at]["label"].as_str().expect("a label").to_owned();
        assert_eq!((label(0), label(1)), ("same (a)".to_owned(), "same (b)".to_owned()));
        assert_eq!(page["runs"][0]["figures"]["score"]["mean"], 1.0);
        assert_eq!(page["runs"][1]["figures"]["trials"]["done"], 5);
        assert_eq!(page["tasks"].as_array().map(Vec::len), Some(3));
        // One episode of each task and run.
        assert_eq!(page["episodes"].as_array().map(Vec::len), Some(6));
        assert!(page["left_out"].as_str().is_some_and(|text| text.contains("6 of 11")), "{}", page["left_out"]);
        // A task of `b` was played once, by its results; its log has the other episode, too.
        assert_eq!((&page["attempts"], page["notes"].as_array().map(Vec::len)), (&Value::from(2), Some(2)));
    }

    #[test]
    fn states_of_a_pack_are_not_mixed_in_silence() {
        let root = tempdir().expect("a folder");
        let write = |name: &str, digest: Option<&str>| {
            sample::write_run(&root.path().join(name), name, (&[], 1), oracle(), |config, _| {
                for (task, digest) in config.tasks.iter_mut().zip(digest) {
                    task.pack_digest = digest.to_owned();
                }
            })
        };
        let page = gather(&[write("a", None), write("b", Some("sha256:0"))], &catalog(), 0);
        let note = page["notes"][0].as_str().expect("a note");
        assert!(
            note.contains("different states") && note.contains(page["tasks"][0]["id"].as_str().expect("an id")),
            "{note}"
        );
    }

    #[test]
    fn names_of_others_are_cut_and_cannot_reorder_a_line() {
        let check = |text: &str, expect: &str| assert_eq!(shown(text, 5), expect, "{text:?}");
        check("plain", "plain");
        check("longer", "longe…");
        check("a\u{202e}b\n", "a\u{fffd}b\u{fffd}");
        check("ééééé", "ééééé");
    }

    #[test]
    fn a_folder_of_runs_stands_for_all_of_them() {
        let root = tempdir().expect("a folder");
        let path = root.path().to_owned();
        let missing = super::super::find_runs(std::slice::from_ref(&path)).expect_err("there is no run yet");
        assert!(missing.to_string().contains("holds no run"), "{missing}");
        for name in ["b", "a"] {
            sample::write_run(&path.join(name), name, (&[], 1), oracle(), |_, _| {});
        }
        std::fs::create_dir(path.join("c")).expect("it can be made");
        let named = |paths: &[std::path::PathBuf]| -> Vec<String> {
            let runs = super::super::find_runs(paths).expect("they are runs");
            runs.iter().map(|run| folder_name(run.path())).collect()
        };
        assert_eq!(named(std::slice::from_ref(&path)), ["a", "b"]);
        assert_eq!(named(&[path.join("b"), path]), ["b", "a", "b"]);
    }
}
