//! Trials in figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::player::ErrorKind;
use super::super::statistics::{
    Interval, Method, bootstrap, mean, pass_at_k, pass_hat_k, quantile, standard_error, t_interval, wilson,
};
use super::super::trial::{DeviationKind, Ended, PartValues, TrialResult};

/// All k up to this are told, beyond it powers of two and the greatest.
const EVERY_K: usize = 8;

/// So many reasons are told of each kind of deviation.
const MOST_REASONS: usize = 3;

/// Trials in figures. Those that failed count with their score of 0; those that are still to be played do not count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many tasks have a trial that ended.
    pub tasks: usize,
    /// How many trials there are, and what became of them.
    pub trials: TrialCounts,
    /// The score in [0, 1].
    pub score: Estimate,
    /// The share of trials that passed.
    pub success: Estimate,
    /// pass@k and pass^k.
    pub passes: Vec<Passes>,
    /// Means over the trials whose episodes ended.
    pub parts: PartValues,
    /// Mean steps of a trial.
    pub steps: Option<f64>,
    /// How long a trial took.
    pub seconds: Seconds,
    /// Calls of the model that were answered.
    pub calls: u64,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// What the trials cost.
    pub cost: Cost,
    /// How the trials ended.
    pub ended: BTreeMap<Ended, u64>,
    /// Errors met: those that were mended by asking again, and those that ended trials.
    pub errors: BTreeMap<ErrorKind, u64>,
    /// Errors that ended trials.
    pub fatal_errors: BTreeMap<ErrorKind, u64>,
    /// Where trials left every winning path, the most frequent first.
    pub deviations: Vec<DeviationCount>,
}

/// How many trials there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialCounts {
    /// To be played.
    pub expected: u64,
    /// Ended.
    pub done: u64,
    /// Passed.
    pub passed: u64,
    /// Ended by a failure: of the model's host, the server, a program.
    pub failed: u64,
}

/// A mean with how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean; of several tasks that of the tasks' means, so that each weighs the same. `None` without trials.
    pub mean: Option<f64>,
    /// Of how many observations: tasks, or one task's trials.
    pub observations: usize,
    /// Of the mean, clustered by task. `None` of fewer than two observations.
    pub standard_error: Option<f64>,
    /// At 95 %, clustered by task. `None` of fewer than two observations.
    pub interval: Option<Interval>,
    /// By Student's t, cut to what a mean can be: the wider and more careful one beside a bootstrap of fewer than ten
    /// observations that differ, else `None`.
    pub careful_interval: Option<Interval>,
}

/// What to expect of `k` attempts at each task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passes {
    /// The number of attempts.
    pub k: usize,
    /// How many tasks have so many trials: the means are over these.
    pub tasks: usize,
    /// The chance that at least one passes.
    pub pass_at_k: f64,
    /// The chance that all pass.
    pub pass_hat_k: f64,
}

/// How long trials took, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seconds {
    /// Half took no longer.
    pub median: Option<f64>,
    /// Nineteen of twenty took no longer.
    pub p95: Option<f64>,
}

/// US dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// All that is known; `None` where nothing is.
    pub total: Option<f64>,
    /// The mean over the trials whose cost is known.
    pub per_trial: Option<f64>,
    /// Trials whose cost is not known.
    pub unknown_trials: u64,
    /// What of `total` calls came to in trials that have no result.
    #[serde(skip)]
    pub lost: f64,
}

/// How often something went wrong for good.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviationCount {
    /// What.
    pub kind: DeviationKind,
    /// In so many trials.
    pub count: u64,
    /// The mean number of the step.
    pub mean_step: f64,
    /// The most frequent reasons.
    pub reasons: Vec<ReasonCount>,
}

/// How often trials went wrong for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// For people.
    pub reason: String,
    /// In so many trials.
    pub count: u64,
}

/// The trials of one task.
#[derive(Debug, Clone, Default)]
pub(super) struct TaskTrials<'a> {
    pub(super) expected: u64,
    pub(super) done: Vec<&'a TrialResult>,
}

impl TaskTrials<'_> {
    fn passed(&self) -> usize {
        self.done.iter().filter(|result| result.passed).count()
    }
}

impl Figures {
    /// The figures of several tasks: each task's mean is one observation.
    pub(super) fn of(tasks: &[TaskTrials<'_>]) -> Figures {
        let played: Vec<&TaskTrials<'_>> = tasks.iter().filter(|task| !task.done.is_empty()).collect();
        let of_each = |value: fn(&TrialResult) -> f64| -> Vec<f64> {
            let of_task = |task: &&TaskTrials<'_>| mean(&task.done.iter().map(|r| value(r)).collect::<Vec<_>>());
            played.iter().filter_map(of_task).collect()
        };
        let (scores, rates) = (of_each(|result| result.score), of_each(|result| f64::from(result.passed)));
        let score = Estimate::of(&scores, bootstrap(&scores));
        let success = Estimate::of(&rates, share_interval(&rates));
        Figures::with(tasks, score, success)
    }

    /// The figures of one task: each of its trials is an observation.
    pub(super) fn of_task(task: &TaskTrials<'_>) -> Figures {
        let scores: Vec<f64> = task.done.iter().map(|result| result.score).collect();
        let passes: Vec<f64> = task.done.iter().map(|result| f64::from(result.passed)).collect();
        let score = Estimate::of(&scores, bootstrap(&scores));
        let success = Estimate::of(&passes, wilson(task.passed(), task.done.len()));
        Figures::with(std::slice::from_ref(task), score, success)
    }

    fn with(tasks: &[TaskTrials<'_>], score: Estimate, success: Estimate) -> Figures {
        let all: Vec<&TrialResult> = tasks.iter().flat_map(|task| &task.done).copied().collect();
        let usage =
            |value: fn(&TrialResult) -> u64| all.iter().map(|result| value(result)).fold(0, u64::saturating_add);
        let steps: Vec<f64> = all.iter().map(|result| result.steps() as f64).collect();
        let failed = all.iter().filter(|result| result.ended == Ended::Failed);
        Figures {
            tasks: tasks.iter().filter(|task| !task.done.is_empty()).count(),
            trials: TrialCounts {
                expected: tasks.iter().map(|task| task.expected).sum(),
                done: all.len() as u64,
                passed: tasks.iter().map(|task| task.passed() as u64).sum(),
                failed: failed.clone().count() as u64,
            },
            score,
            success,
            passes: Passes::all(tasks),
            parts: PartValues {
                resolution: mean_of(&all, |result| result.parts.resolution),
                evidence: mean_of(&all, |result| result.parts.evidence),
                reply: mean_of(&all, |result| result.parts.reply),
                efficiency: mean_of(&all, |result| result.parts.efficiency),
            },
            steps: mean(&steps).map(|steps| round_to(steps, 6)),
            seconds: Seconds::of(&all),
            calls: usage(|result| result.usage.calls),
            prompt_tokens: usage(|result| result.usage.prompt_tokens),
            completion_tokens: usage(|result| result.usage.completion_tokens),
            cost: Cost::of(&all),
            ended: count(all.iter().map(|result| (result.ended, 1))),
            errors: count(all.iter().flat_map(|result| &result.usage.errors).map(|(kind, times)| (*kind, *times))),
            fatal_errors: count(failed.filter_map(|result| result.error.as_ref()).map(|error| (error.kind, 1))),
            deviations: DeviationCount::all(&all),
        }
    }
}

impl Estimate {
    /// The interval to tell where there is room for one: the careful one where there is one.
    pub fn told_interval(&self) -> Option<&Interval> {
        self.careful_interval.as_ref().or(self.interval.as_ref())
    }

    fn of(observations: &[f64], interval: Option<Interval>) -> Estimate {
        let rounded = |interval: Interval| Interval {
            low: round_to(interval.low.max(0.0), 6),
            high: round_to(interval.high.min(1.0), 6),
            ..interval
        };
        Estimate {
            mean: mean(observations).map(|mean| round_to(mean, 6)),
            observations: observations.len(),
            standard_error: standard_error(observations).map(|error| round_to(error, 6)),
            interval: interval.map(rounded),
            careful_interval: t_interval(observations)
                .filter(|_| interval.is_some_and(|interval| interval.method == Method::Bootstrap))
                .map(rounded),
        }
    }
}

/// The interval of the mean of several tasks' shares. Where every task passes always or never, each is one attempt, and
/// the bootstrap would have no width at 0 and at 1.
fn share_interval(rates: &[f64]) -> Option<Interval> {
    if rates.len() > 1 && rates.iter().all(|&rate| rate == 0.0 || rate == 1.0) {
        return wilson(rates.iter().filter(|&&rate| rate == 1.0).count(), rates.len());
    }
    bootstrap(rates)
}

impl Passes {
    fn all(tasks: &[TaskTrials<'_>]) -> Vec<Passes> {
        // Every k is over the same tasks: of a run that is cut short, a k for which some have too few trials says
        // nothing that could be compared with another k.
        let most = tasks.iter().map(|task| task.done.len()).filter(|done| *done > 0).min().unwrap_or(0);
        let doublings = std::iter::successors(Some(EVERY_K * 2), |k| k.checked_mul(2)).take_while(|k| *k < most);
        let last = (most > EVERY_K).then_some(most);
        let all_k = (1..=most.min(EVERY_K)).chain(doublings).chain(last);
        all_k.map(|k| Passes::of(tasks, k)).collect()
    }

    fn of(tasks: &[TaskTrials<'_>], k: usize) -> Passes {
        let over = |estimate: fn(usize, usize, usize) -> Option<f64>| -> Vec<f64> {
            tasks.iter().filter_map(|task| estimate(task.done.len(), task.passed(), k)).collect()
        };
        let (at, hat) = (over(pass_at_k), over(pass_hat_k));
        let rounded = |values: &[f64]| round_to(mean(values).unwrap_or(0.0), 6);
        Passes { k, tasks: at.len(), pass_at_k: rounded(&at), pass_hat_k: rounded(&hat) }
    }
}

impl Seconds {
    fn of(all: &[&TrialResult]) -> Seconds {
        let mut seconds: Vec<f64> = all.iter().map(|result| result.seconds).collect();
        seconds.sort_unstable_by(f64::total_cmp);
        let at = |share| quantile(&seconds, share).map(|value| round_to(value, 3));
        Seconds { median: at(0.5), p95: at(0.95) }
    }
}

impl Cost {
    fn of(all: &[&TrialResult]) -> Cost {
        let known: Vec<f64> = all.iter().filter_map(|result| result.usage.cost).collect();
        let total = (!known.is_empty()).then(|| known.iter().sum());
        Cost {
            total: total.map(|total| round_to(total, 6)),
            per_trial: mean(&known).map(|mean| round_to(mean, 6)),
            unknown_trials: (all.len() - known.len()) as u64,
            lost: 0.0,
        }
    }
}

impl DeviationCount {
    fn all(all: &[&TrialResult]) -> Vec<DeviationCount> {
        let mut kinds: BTreeMap<DeviationKind, (u64, f64, BTreeMap<&str, u64>)> = BTreeMap::new();
        for deviation in all.iter().filter_map(|result| result.deviation.as_ref()) {
            let (count, steps, reasons) = kinds.entry(deviation.kind).or_default();
            *count += 1;
            *steps += f64::from(deviation.step);
            *reasons.entry(&deviation.reason).or_default() += 1;
        }
        let told = |(kind, (count, steps, reasons)): (DeviationKind, (u64, f64, BTreeMap<&str, u64>))| {
            let mut reasons: Vec<ReasonCount> =
                reasons.into_iter().map(|(reason, count)| ReasonCount { reason: reason.to_owned(), count }).collect();
            reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
            reasons.truncate(MOST_REASONS);
            DeviationCount { kind, count, mean_step: round_to(steps / count as f64, 6), reasons }
        };
        let mut deviations: Vec<DeviationCount> = kinds.into_iter().map(told).collect();
        deviations.sort_by_key(|deviation| std::cmp::Reverse(deviation.count));
        deviations
    }
}

fn mean_of(all: &[&TrialResult], part: fn(&TrialResult) -> Option<f64>) -> Option<f64> {
    let known: Vec<f64> = all.iter().filter_map(|result| part(result)).collect();
    mean(&known).map(|mean| round_to(mean, 6))
}

fn count<K: Ord>(each: impl Iterator<Item = (K, u64)>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for (key, times) in each {
        let sum: &mut u64 = counts.entry(key).or_default();
        *sum = sum.saturating_add(times);
    }
    counts
}

/// Rounds to so many decimals: what is told is no more exact than that.
pub(in crate::eval) fn round_to(value: f64, decimals: i32) -> f64 {
    let scale = 10.0_f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    match rounded {
        // Also of a negative zero.
        0.0 => 0.0,
        rounded if rounded.is_finite() => rounded,
        _ => value,
    }
}

/// Rounds to four significant digits, for numbers that may be very small.
pub(in crate::eval) fn round_significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::super::super::trial::{Deviation, TrialError};
    use super::*;

    /// A task with one trial of each score.
    fn task(scores: &[f64]) -> Vec<TrialResult> {
        let repeats = u32::try_from(scores.len()).expect("few");
        sample::results(&sample::config(&["a"], &[], repeats), scores)
    }

    fn trials(results: &[TrialResult]) -> TaskTrials<'_> {
        TaskTrials { expected: results.len() as u64, done: results.iter().collect() }
    }

    #[test]
    fn every_task_weighs_the_same_however_many_trials_it_has() {
        let (a, b) = (task(&[1.0, 1.0, 0.5, 0.5]), task(&[0.0]));
        let figures = Figures::of(&[trials(&a), trials(&b)]);
        assert_eq!((figures.score.mean, figures.success.mean), (Some(0.375), Some(0.25)));
        assert_eq!((figures.score.observations, figures.trials.done, figures.trials.passed), (2, 5, 2));
        let at: Vec<(usize, usize, f64, f64)> =
            figures.passes.iter().map(|each| (each.k, each.tasks, each.pass_at_k, each.pass_hat_k)).collect();
        assert_eq!(at, [(1, 2, 0.25, 0.25)]);
        let alone: Vec<(usize, f64, f64)> =
            Figures::of(&[trials(&a)]).passes.iter().map(|each| (each.k, each.pass_at_k, each.pass_hat_k)).collect();
        assert_eq!(alone, [(1, 0.5, 0.5), (2, 0.833_333, 0.166_667), (3, 1.0, 0.0), (4, 1.0, 0.0)]);
    }

    #[test]
    fn intervals_are_those_that_fit() {
        let (all, none, half) = (task(&[1.0, 1.0]), task(&[0.0, 0.0]), task(&[1.0, 0.0]));
        let method = |tasks: &[&[TrialResult]]| {
            let tasks: Vec<TaskTrials<'_>> = tasks.iter().map(|task| trials(task)).collect();
            Figures::of(&tasks).success.interval.map(|interval| interval.method)
        };
        assert_eq!(method(&[&all, &none]), Some(Method::Wilson));
        assert_eq!(method(&[&all, &half]), Some(Method::Bootstrap));
        assert_eq!(method(&[&half]), None);
        let own = Figures::of_task(&trials(&all));
        assert_eq!(own.success.interval.map(|interval| interval.method), Some(Method::Wilson));
        assert_eq!(own.score.careful_interval, None);
        let own = Figures::of_task(&trials(&half));
        assert_eq!(own.score.careful_interval.map(|interval| interval.method), Some(Method::T));
        let none = Figures::of(&[trials(&[])]);
        assert_eq!((none.score.mean, none.steps, none.passes.len()), (None, None, 0));
    }

    #[test]
    fn k_goes_to_the_number_of_trials() {
        let k = |trials: usize| -> Vec<usize> {
            let results = task(&vec![1.0; trials]);
            Figures::of_task(&self::trials(&results)).passes.iter().map(|each| each.k).collect()
        };
        assert_eq!(k(3), [1, 2, 3]);
        assert_eq!(k(8), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(k(32), [1, 2, 3, 4, 5, 6, 7, 8, 16, 32]);
        assert_eq!(k(20), [1, 2, 3, 4, 5, 6, 7, 8, 16, 20]);
    }

    #[test]
    fn what_went_wrong_is_counted() {
        let mut results = task(&[0.0, 0.0, 0.25, 0.0]);
        for (result, step) in results.iter_mut().zip([2, 3, 4]) {
            let kind = if step == 4 { DeviationKind::Reply } else { DeviationKind::Stopped };
            result.deviation = Some(Deviation { step, kind, reason: format!("for {}", step / 2) });
        }
        results[3].ended = Ended::Failed;
        results[3].error = Some(TrialError { kind: ErrorKind::Timeout, message: "no answer".to_owned() });
        for (result, cost) in results.iter_mut().zip([Some(0.25), Some(0.5), None, None]) {
            result.usage.cost = cost;
            result.usage.errors.insert(ErrorKind::RateLimit, 2);
        }
        let figures = Figures::of_task(&trials(&results));
        let deviations: Vec<(DeviationKind, u64, f64)> =
            figures.deviations.iter().map(|each| (each.kind, each.count, each.mean_step)).collect();
        assert_eq!(deviations, [(DeviationKind::Stopped, 2, 2.5), (DeviationKind::Reply, 1, 4.0)]);
        assert_eq!(figures.deviations[0].reasons, [ReasonCount { reason: "for 1".to_owned(), count: 2 }]);
        assert_eq!((figures.trials.failed, figures.fatal_errors[&ErrorKind::Timeout]), (1, 1));
        assert_eq!(figures.errors, BTreeMap::from([(ErrorKind::RateLimit, 8)]));
        assert_eq!(figures.cost, Cost { total: Some(0.75), per_trial: Some(0.375), unknown_trials: 2, lost: 0.0 });
        assert_eq!(figures.ended, BTreeMap::from([(Ended::Submitted, 3), (Ended::Failed, 1)]));
    }

    #[test]
    fn rounding_keeps_what_counts() {
        for (value, expect) in [(0.123_456_78, 0.123_457), (-1e-9, 0.0), (2.0, 2.0), (1e300, 1e300)] {
            assert_eq!(round_to(value, 6), expect);
        }
        assert!(round_to(-1e-9, 6).is_sign_positive());
        assert_eq!((round_significant(1.234_56e-12), round_significant(0.0)), (1.235e-12, 0.0));
    }
}
