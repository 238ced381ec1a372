//! Two runs side by side: how much better one is, on which tasks, and whether that is more than chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::doubts::Doubts;
use super::folder::RunConfig;
use super::statistics::{Interval, SignFlip, bootstrap, holm, mcnemar, mean, sign_flip, t_interval};
use super::summary::{Note, round_significant, round_to};
use super::trial::{Ended, Trial, TrialResult};

/// The version of the document.
pub const COMPARISON_VERSION: u32 = 1;

/// A run that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What was to be played.
    pub config: &'a RunConfig,
    /// What came of it.
    pub results: &'a [TrialResult],
}

/// Two runs side by side. Trials belong together that have the same task, seed and repeat; differences are B less A.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// [`COMPARISON_VERSION`].
    pub version: u32,
    /// What the first run is called.
    pub a: String,
    /// What the second run is called.
    pub b: String,
    /// Pairs of trials.
    pub pairs: usize,
    /// The score.
    pub score: Difference,
    /// The share of trials that passed.
    pub success: Difference,
    /// Trials that passed in one run alone.
    pub flips: Flips,
    /// Every task that is in both, in A's order.
    pub tasks: Vec<TaskDifference>,
    /// What was left out, and what to bear in mind.
    pub warnings: Vec<Warning>,
}

/// A difference of two means, with how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// A's mean, over tasks that weigh the same.
    pub a: f64,
    /// B's mean.
    pub b: f64,
    /// B's less A's.
    pub by: f64,
    /// At 95 %, clustered by task. `None` of fewer than two tasks.
    pub interval: Option<Interval>,
    /// By Student's t, of two to nine tasks that differ.
    pub careful_interval: Option<Interval>,
    /// The sign-flip test with tasks as units: whether the difference would hold on other tasks like these.
    pub other_tasks: SignFlip,
    /// The sign-flip test with pairs of trials as units: whether it would hold if these tasks were played again.
    pub these_tasks: SignFlip,
}

/// Trials that passed in one run alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flips {
    /// In B alone.
    pub gained: usize,
    /// In A alone.
    pub lost: usize,
    /// McNemar's exact test of the two; `None` where a task has several pairs, which resemble each other.
    pub mcnemar_p: Option<f64>,
    /// Which ones.
    pub trials: Vec<Flip>,
}

/// A trial that passed in one run alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// The trial.
    #[serde(flatten)]
    pub trial: Trial,
    /// Whether it passed in B, and not in A.
    pub gained: bool,
    /// Its score in A.
    pub a: f64,
    /// Its score in B.
    pub b: f64,
}

/// One task in two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskDifference {
    /// The task.
    pub task_id: String,
    /// Pairs of trials.
    pub pairs: usize,
    /// A's mean score.
    pub a: f64,
    /// B's mean score.
    pub b: f64,
    /// B's less A's.
    pub by: f64,
    /// Of the score's difference, at 95 %, over its pairs. `None` of fewer than two.
    pub interval: Option<Interval>,
    /// The sign-flip test of its pairs.
    pub p: f64,
    /// The same, corrected for there being several tasks (Holm).
    pub p_corrected: f64,
    /// A's share of trials that passed.
    pub success_a: f64,
    /// B's share of trials that passed.
    pub success_b: f64,
}

/// Something to bear in mind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What, for machines.
    pub code: WarningCode,
    /// What, for people.
    pub message: String,
}

/// What there is to bear in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// Tasks are of another state of their pack.
    OtherPack,
    /// Tasks are in one run alone.
    OtherTasks,
    /// Trials have no partner.
    Unpaired,
    /// Trials failed, and count as 0.
    FailedTrials,
    /// Too few tasks differ for a small p-value.
    FewTasks,
    /// Something in a run's folder does not fit together.
    Doubtful,
    /// A run's folder has no log.
    NoLog,
}

/// Why two runs cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NothingInCommon(String);

/// The pairs of one task.
struct Pairs<'a> {
    task_id: &'a str,
    pairs: Vec<(&'a TrialResult, &'a TrialResult)>,
}

impl Comparison {
    /// Compares two runs. Tasks whose packs have different digests are left out unless `across_packs`.
    ///
    /// # Errors
    /// No trial of the one has a partner in the other.
    pub fn of(a: Run<'_>, b: Run<'_>, across_packs: bool) -> Result<Comparison, NothingInCommon> {
        let mut warnings = Vec::new();
        let common = common_tasks(a.config, b.config, across_packs, &mut warnings);
        let tasks = pairs_by_task(a, b, &common, &mut warnings);
        if tasks.is_empty() {
            let why: Vec<&str> = warnings.iter().map(|warning| &*warning.message).collect();
            let why = if why.is_empty() { "no trial of the one is in the other" } else { &why.join("; ") };
            return Err(NothingInCommon(format!("there is nothing to compare: {why}")));
        }
        warn_of_failures(&tasks, &mut warnings);
        let score = Difference::of(&tasks, |result| result.score);
        if score.other_tasks.least > 0.05 && score.by != 0.0 {
            let message = format!(
                "with so few tasks that differ no p-value for other tasks can be below {}",
                score.other_tasks.least
            );
            warnings.push(Warning { code: WarningCode::FewTasks, message });
        }
        Ok(Comparison {
            version: COMPARISON_VERSION,
            a: a.config.label.clone(),
            b: b.config.label.clone(),
            pairs: tasks.iter().map(|task| task.pairs.len()).sum(),
            success: Difference::of(&tasks, |result| f64::from(result.passed)),
            score,
            flips: Flips::of(&tasks),
            tasks: TaskDifference::all(&tasks),
            warnings,
        })
    }

    /// Adds what is doubtful in the folder of a run, which is called so.
    pub fn add_doubts(&mut self, run: &str, doubts: &Doubts) {
        let warning = |note: Note| Warning {
            code: if note.code.is_doubt() { WarningCode::Doubtful } else { WarningCode::NoLog },
            message: format!("{run}: {}", note.message),
        };
        self.warnings.extend(doubts.notes().into_iter().map(warning));
    }

    /// Whether something in the folders does not fit together.
    pub fn is_doubtful(&self) -> bool {
        self.warnings.iter().any(|warning| warning.code == WarningCode::Doubtful)
    }

    /// Whether B's score is worse than A's by more than chance: below it, with a p-value on these tasks of at most
    /// `alpha`.
    pub fn is_regression(&self, alpha: f64) -> bool {
        self.score.by < 0.0 && self.score.these_tasks.p <= alpha
    }
}

impl Difference {
    fn of(tasks: &[Pairs<'_>], value: fn(&TrialResult) -> f64) -> Difference {
        let of_each = |of_pair: &dyn Fn(&(&TrialResult, &TrialResult)) -> f64| -> Vec<f64> {
            tasks.iter().map(|task| mean_of(task.pairs.iter().map(of_pair))).collect()
        };
        let by_task = of_each(&|(a, b)| value(b) - value(a));
        // Each trial as much as its task's share of the mean gives it.
        let by_trial: Vec<f64> = tasks
            .iter()
            .flat_map(|task| task.pairs.iter().map(|(a, b)| (value(b) - value(a)) / task.pairs.len() as f64))
            .collect();
        let [a, b, by] = [of_each(&|(a, _)| value(a)), of_each(&|(_, b)| value(b)), by_task.clone()]
            .map(|values| round_to(mean_of(values.into_iter()), 6));
        Difference {
            a,
            b,
            by,
            interval: bootstrap(&by_task).map(rounded),
            careful_interval: t_interval(&by_task).map(rounded),
            other_tasks: rounded_test(sign_flip(&by_task)),
            these_tasks: rounded_test(sign_flip(&by_trial)),
        }
    }
}

impl Flips {
    fn of(tasks: &[Pairs<'_>]) -> Flips {
        let pairs = tasks.iter().flat_map(|task| &task.pairs);
        let trials: Vec<Flip> = pairs
            .filter(|(a, b)| a.passed != b.passed)
            .map(|(a, b)| Flip { trial: a.trial.clone(), gained: b.passed, a: a.score, b: b.score })
            .collect();
        let gained = trials.iter().filter(|flip| flip.gained).count();
        let lost = trials.len() - gained;
        let single = tasks.iter().all(|task| task.pairs.len() == 1);
        Flips { gained, lost, mcnemar_p: single.then(|| round_significant(mcnemar(gained, lost))), trials }
    }
}

impl TaskDifference {
    fn all(tasks: &[Pairs<'_>]) -> Vec<TaskDifference> {
        let mut all: Vec<TaskDifference> = tasks.iter().map(TaskDifference::of).collect();
        let corrected = holm(&all.iter().map(|task| task.p).collect::<Vec<_>>());
        for (task, p) in all.iter_mut().zip(corrected) {
            task.p_corrected = round_significant(p);
            task.p = round_significant(task.p);
        }
        all
    }

    fn of(task: &Pairs<'_>) -> TaskDifference {
        let over = |value: &dyn Fn(&(&TrialResult, &TrialResult)) -> f64| -> Vec<f64> {
            task.pairs.iter().map(value).collect()
        };
        let differences = over(&|(a, b)| b.score - a.score);
        let mean = |values: Vec<f64>| round_to(mean_of(values.into_iter()), 6);
        TaskDifference {
            task_id: task.task_id.to_owned(),
            pairs: task.pairs.len(),
            a: mean(over(&|(a, _)| a.score)),
            b: mean(over(&|(_, b)| b.score)),
            interval: bootstrap(&differences).map(rounded),
            p: sign_flip(&differences).p,
            p_corrected: 1.0,
            by: mean(differences),
            success_a: mean(over(&|(a, _)| f64::from(a.passed))),
            success_b: mean(over(&|(_, b)| f64::from(b.passed))),
        }
    }
}

/// The ids of the tasks that can be compared.
fn common_tasks<'a>(
    a: &'a RunConfig,
    b: &RunConfig,
    across_packs: bool,
    warnings: &mut Vec<Warning>,
) -> BTreeSet<&'a str> {
    let digests: BTreeMap<&str, &str> = b.tasks.iter().map(|task| (&*task.id, &*task.pack_digest)).collect();
    let (mut common, mut other_pack, mut only_a) = (BTreeSet::new(), Vec::new(), Vec::new());
    for task in &a.tasks {
        match digests.get(&*task.id) {
            None => only_a.push(&*task.id),
            Some(digest) if **digest != *task.pack_digest && !across_packs => other_pack.push(&*task.id),
            Some(_) => drop(common.insert(&*task.id)),
        }
    }
    let of_a: BTreeSet<&str> = a.tasks.iter().map(|task| &*task.id).collect();
    let only_b: Vec<&str> = b.tasks.iter().map(|task| &*task.id).filter(|id| !of_a.contains(id)).collect();
    if !other_pack.is_empty() {
        let message = format!(
            "{} left out, of another state of the pack: {}; --across-packs compares them all the same",
            counted(other_pack.len()),
            listed(&other_pack)
        );
        warnings.push(Warning { code: WarningCode::OtherPack, message });
    }
    for (run, only) in [("A", only_a), ("B", only_b)] {
        if !only.is_empty() {
            let message = format!("{} left out, in {run} alone: {}", counted(only.len()), listed(&only));
            warnings.push(Warning { code: WarningCode::OtherTasks, message });
        }
    }
    common
}

fn pairs_by_task<'a>(a: Run<'a>, b: Run<'a>, common: &BTreeSet<&str>, warnings: &mut Vec<Warning>) -> Vec<Pairs<'a>> {
    let is_common = |result: &&TrialResult| common.contains(&*result.trial.task_id);
    let mut partners: BTreeMap<&Trial, &TrialResult> =
        b.results.iter().filter(is_common).map(|result| (&result.trial, result)).collect();
    let mut by_task: BTreeMap<&str, Vec<(&TrialResult, &TrialResult)>> = BTreeMap::new();
    let mut alone = 0;
    for result in a.results.iter().filter(is_common) {
        match partners.remove(&result.trial) {
            Some(partner) => by_task.entry(&result.trial.task_id).or_default().push((result, partner)),
            None => alone += 1,
        }
    }
    if alone + partners.len() > 0 {
        let message = format!(
            "{alone} trials of A and {} of B have no partner of the same task, seed and repeat, and are left out",
            partners.len()
        );
        warnings.push(Warning { code: WarningCode::Unpaired, message });
    }
    let of_task = |task_id: &'a str| Some(Pairs { task_id, pairs: by_task.remove(task_id)? });
    a.config.tasks.iter().map(|task| &*task.id).filter_map(of_task).collect()
}

fn warn_of_failures(tasks: &[Pairs<'_>], warnings: &mut Vec<Warning>) {
    let pairs = || tasks.iter().flat_map(|task| &task.pairs);
    let a = pairs().filter(|(a, _)| a.ended == Ended::Failed).count();
    let b = pairs().filter(|(_, b)| b.ended == Ended::Failed).count();
    if a + b > 0 {
        let message = format!("{a} trials of A and {b} of B failed and count with a score of 0");
        warnings.push(Warning { code: WarningCode::FailedTrials, message });
    }
}

fn mean_of(values: impl Iterator<Item = f64>) -> f64 {
    mean(&values.collect::<Vec<_>>()).unwrap_or(0.0)
}

/// A difference is no more than 1 either way.
fn rounded(interval: Interval) -> Interval {
    Interval { low: round_to(interval.low.max(-1.0), 6), high: round_to(interval.high.min(1.0), 6), ..interval }
}

fn rounded_test(test: SignFlip) -> SignFlip {
    SignFlip { p: round_significant(test.p), least: round_significant(test.least), ..test }
}

fn counted(tasks: usize) -> String {
    if tasks == 1 { "1 task is".to_owned() } else { format!("{tasks} tasks are") }
}

/// The first few ids, and how many more there are.
fn listed(ids: &[&str]) -> String {
    /// More are counted, not named.
    const MOST: usize = 5;
    let named: Vec<String> = ids.iter().take(MOST).map(|id| format!("`{id}`")).collect();
    match ids.len().saturating_sub(MOST) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// Two runs of these tasks, with these scores in the order of the trials.
    fn compared(tasks: &[&str], repeats: u32, a: &[f64], b: &[f64]) -> Comparison {
        let config = sample::config(tasks, &[], repeats);
        let (a, b) = (sample::results(&config, a), sample::results(&config, b));
        let run = |results| Run { config: &config, results };
        Comparison::of(run(&a), run(&b), false).expect("they are alike")
    }

    fn codes(comparison: &Comparison) -> Vec<WarningCode> {
        comparison.warnings.iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn differences_are_those_of_the_tasks() {
        let found = compared(&["a", "b"], 2, &[0.5, 1.0, 0.5, 0.0], &[0.75, 1.0, 0.75, 1.0]);
        assert_eq!((found.score.a, found.score.b, found.score.by), (0.5, 0.875, 0.375));
        let tasks: Vec<_> = found.tasks.iter().map(|task| (&*task.task_id, task.by, task.p)).collect();
        assert_eq!(tasks, [("a", 0.25, 0.5), ("b", 0.5, 1.0)]);
        assert_eq!((found.score.other_tasks.p, found.score.these_tasks.p), (0.5, 0.25));
        assert_eq!((found.flips.gained, found.flips.lost, found.flips.mcnemar_p), (1, 0, None));
        assert_eq!(found.flips.trials[0].trial.to_string(), "b~r1");
        assert_eq!(codes(&found), [WarningCode::FewTasks]);
        assert_eq!(found.score.interval.map(|interval| (interval.low, interval.high)), Some((0.25, 0.5)));
    }

    #[test]
    fn a_run_is_no_better_than_itself() {
        let found = compared(&["a", "b", "c"], 3, &[0.1, 0.7, 1.0, 0.3], &[0.1, 0.7, 1.0, 0.3]);
        assert_eq!((found.score.by, found.score.other_tasks.p, found.score.these_tasks.p), (0.0, 1.0, 1.0));
        assert!(found.flips.trials.is_empty() && found.warnings.is_empty() && !found.is_regression(0.99));
    }

    #[test]
    fn worse_beyond_chance_is_a_regression() {
        let tasks = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let (good, bad) = ([1.0; 8], [0.4, 0.5, 0.6, 0.3, 0.2, 0.1, 0.7, 0.9]);
        let worse = compared(&tasks, 1, &good, &bad);
        assert_eq!(worse.score.these_tasks.p, 0.007_812);
        assert!(worse.is_regression(0.05) && !worse.is_regression(0.001));
        assert!(!compared(&tasks, 1, &bad, &good).is_regression(0.05));
        // All flip, one pair of each task: McNemar's test is the sign-flip test of the successes.
        assert_eq!(worse.flips.mcnemar_p, Some(worse.success.other_tasks.p));
    }

    #[test]
    fn what_cannot_be_paired_is_left_out_and_told() {
        let mut a = sample::config(&["a", "b", "c"], &[1, 2], 1);
        let b = sample::config(&["b", "c", "d"], &[2, 3], 1);
        a.tasks[2].pack_digest = "sha256:bb".to_owned();
        let (of_a, mut of_b) = (sample::results(&a, &[1.0]), sample::results(&b, &[0.5]));
        for result in &mut of_b {
            result.ended = Ended::Failed;
        }
        let (a, b) = (Run { config: &a, results: &of_a }, Run { config: &b, results: &of_b });
        let found = Comparison::of(a, b, false).expect("they share a task");
        let expect = [
            WarningCode::OtherPack,
            WarningCode::OtherTasks,
            WarningCode::OtherTasks,
            WarningCode::Unpaired,
            WarningCode::FailedTrials,
            WarningCode::FewTasks,
        ];
        assert_eq!(codes(&found), expect);
        assert_eq!((found.pairs, found.tasks.len()), (1, 1));
        let across = Comparison::of(a, b, true).expect("they share two tasks");
        assert_eq!((across.pairs, across.tasks.len()), (2, 2));
        let none = Comparison::of(a, Run { results: &[], ..b }, false).map(|found| found.pairs);
        assert!(none.is_err_and(|error| error.to_string().contains("nothing to compare")));
    }
}
