//! Runs side by side, and what stands against setting them side by side.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::eval::{Figures, Passes, TrialResult};

use super::contents::{Contents, RunContents};

/// A run among others.
#[derive(Debug)]
pub struct Standing {
    /// What the run is called.
    pub label: String,
    /// Over all its trials.
    pub figures: Figures,
    /// The k of pass@k and pass^k that all runs with several attempts have; `None` where none has.
    pub attempts: Option<usize>,
    /// Whether the runs played different tasks.
    pub tasks_differ: bool,
}

impl Standing {
    /// What is to be expected of that many attempts; `None` of a run that has not played so often.
    pub fn passes(&self) -> Option<&Passes> {
        self.figures.passes.iter().find(|passes| Some(passes.k) == self.attempts)
    }
}

/// The runs in figures, the highest score first.
pub(super) fn standings(contents: &Contents) -> Vec<Standing> {
    let standing = |run: &RunContents| Standing {
        label: run.label.clone(),
        figures: run.figures.clone(),
        attempts: contents.attempts,
        tasks_differ: contents.common_tasks.is_some(),
    };
    let mut standings: Vec<Standing> = contents.runs.iter().map(standing).collect();
    let mean = |standing: &Standing| standing.figures.score.mean.unwrap_or(-1.0);
    standings.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    standings
}

/// Says where runs played different tasks, or played them a different number of times.
pub(super) fn note_what_differs(results: &[Vec<TrialResult>], tasks: &IndexMap<&str, usize>, contents: &mut Contents) {
    note_tasks(results, tasks, contents);
    note_attempts(contents);
}

/// Figures of runs that played different tasks are not of the same thing: says so, and which tasks all of them played.
/// A run that has played nothing yet says nothing of it.
fn note_tasks(results: &[Vec<TrialResult>], tasks: &IndexMap<&str, usize>, contents: &mut Contents) {
    let played = |results: &Vec<TrialResult>| -> BTreeSet<usize> {
        results.iter().filter_map(|result| tasks.get(&*result.trial.task_id).copied()).collect()
    };
    let sets: Vec<BTreeSet<usize>> = results.iter().map(played).filter(|set| !set.is_empty()).collect();
    let Some((first, others)) = sets.split_first() else { return };
    if others.iter().all(|set| set == first) {
        return;
    }
    let all: BTreeSet<usize> = sets.iter().flatten().copied().collect();
    let common: Vec<usize> = all.iter().copied().filter(|task| sets.iter().all(|set| set.contains(task))).collect();
    contents.notes.push(format!(
        "Runs played different tasks, so their figures do not rank them; all runs played {} of the {} tasks, and \
         `eval compare` pairs what two runs share.",
        common.len(),
        all.len()
    ));
    contents.common_tasks = Some(common);
}

/// pass@k and pass^k can be compared only of the same k: the greatest that every run with several attempts has.
fn note_attempts(contents: &mut Contents) {
    let several = |run: &RunContents| -> Vec<usize> {
        run.figures.passes.iter().map(|passes| passes.k).filter(|&k| k > 1).collect()
    };
    let known: Vec<Vec<usize>> = contents.runs.iter().map(several).filter(|known| !known.is_empty()).collect();
    let Some((first, others)) = known.split_first() else { return };
    contents.attempts = first.iter().rev().copied().find(|k| others.iter().all(|known| known.contains(k)));
    if let Some(k) = contents.attempts
        && (known.len() < contents.runs.len() || others.iter().any(|known| known.last() != first.last()))
    {
        contents.notes.push(format!(
            "Runs played their tasks a different number of times: pass@k and pass^k are of k = {k}, the most that all runs \
             with several attempts have."
        ));
    }
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::super::sample;
    use super::super::{Report, ReportLimits};
    use crate::agent::{Nop, Oracle};

    /// What is said of a run of nop, played once, beside one of oracle with so many trials of each of the first tasks.
    fn check(tasks: usize, repeats: u32, expect: (Option<usize>, bool), notes: &[&str]) {
        let root = tempdir().expect("a folder");
        let nop = sample::write_run(&root.path().join("nop"), "nop", (&[], 4), &|_, _| Box::new(Nop), |_, _| {});
        let play = |_: &_, _: &_| Box::new(Oracle::default()) as _;
        let oracle =
            sample::write_run(&root.path().join("oracle"), "oracle", (&[], repeats), &play, |config, results| {
                config.tasks.truncate(tasks);
                let ids: Vec<&str> = config.tasks.iter().map(|task| &*task.id).collect();
                results.retain(|result| ids.contains(&&*result.trial.task_id));
            });
        let catalog = sample::catalog();
        let report = Report::gather(&[nop, oracle], &catalog, ReportLimits { episodes: 0 }).expect("runs");
        let board = report.leaderboard();
        assert_eq!(board.iter().map(|run| &*run.label).collect::<Vec<_>>(), ["oracle", "nop"]);
        assert_eq!((board[0].attempts, board[0].tasks_differ), expect);
        // The log holds the episodes of all tasks.
        let found: Vec<&String> = report.notes().filter(|note| !note.contains("of no trial of this run")).collect();
        assert_eq!(found.len(), notes.len(), "{found:?}");
        for (note, expect) in found.iter().zip(notes) {
            assert!(note.contains(expect), "{note}");
        }
    }

    #[test]
    fn runs_are_compared_by_what_all_of_them_have() {
        check(3, 4, (Some(4), false), &[]);
        check(3, 6, (Some(4), false), &["of k = 4"]);
        check(3, 1, (Some(4), false), &["of k = 4"]);
        check(2, 4, (Some(4), true), &["all runs played 2 of the 3 tasks"]);
    }
}
