//! What does not fit together in a run's folder: results that its log does not bear out, and what belongs to no trial.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::pack::load_embedded;
use crate::record::{Ending, Episodes, RecordedEpisode};

use super::counted::Counted;
use super::folder::{RunFolder, TaskConfig};
use super::model::Calls;
use super::summary::{Note, NoteCode};
use super::trial::{Ended, PartValues, Trial, TrialResult};

/// How far two figures may be apart that are the same: both were written and read again as decimals.
const SAME: f64 = 1e-9;

/// What a reader of a run must not take for granted. A result counts where the log holds its episode and says the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Doubts {
    /// Results whose episodes say otherwise, and what differs.
    contradicted: BTreeMap<Trial, String>,
    /// Results whose episodes are not in the log.
    unrecorded: BTreeSet<Trial>,
    /// Whole episodes of trials that have no result.
    unreported: Counted,
    /// What of the log cannot be read.
    faults: Counted,
    /// Episodes of the log that are of no trial.
    foreign: Counted,
    /// Lines of results that are of no trial.
    stray: Counted,
    /// Lines of a model's calls that are none.
    bad_calls: Counted,
    /// Whether there is no log at all.
    has_no_log: bool,
    /// Results whose calls of a model say otherwise, and what differs.
    miscounted: BTreeMap<Trial, String>,
    /// Tasks that are described otherwise than in the pack.
    misdescribed: Counted,
}

impl Doubts {
    /// Notes a line of results whose trial the run does not have.
    pub(super) fn add_stray(&mut self, line: usize, trial: &Trial) {
        self.stray.add(|| format!("line {line} ({})", trial.shown()));
    }

    /// Notes a line of a model's calls that is none.
    pub(super) fn add_bad_call(&mut self, line: usize) {
        self.bad_calls.add(|| format!("line {line}"));
    }

    /// Compares every result with its episode in the log.
    pub(super) fn compare(&mut self, folder: &RunFolder, results: &[TrialResult]) {
        let config = folder.config();
        let ids: BTreeMap<String, usize> =
            results.iter().enumerate().map(|(at, result)| (result.trial.to_string(), at)).collect();
        let mut states = States {
            is_remote: config.url.is_some(),
            of: config.tasks.iter().map(|task| (task.id.clone(), task.pack_digest.clone())).collect(),
        };
        let trials: BTreeSet<String> = config.trials().iter().map(Trial::to_string).collect();
        let mut verdicts: Vec<Verdict> = vec![Verdict::default(); results.len()];
        let (mut faults, mut unreported) = (0, BTreeSet::new());
        match Episodes::open(&folder.path().join(RunFolder::LOG)) {
            // Left out by whoever passed the folder on; what is there is not borne out, and not contradicted.
            Err(error) if error.source.kind() == io::ErrorKind::NotFound => {
                self.has_no_log = results.iter().any(needs_episode);
                return;
            }
            Err(error) => {
                if results.iter().any(needs_episode) {
                    self.faults.add(|| error.to_string());
                }
            }
            Ok(mut episodes) => {
                while let Some(episode) = episodes.next() {
                    match episode {
                        Err(error) => self.faults.add(|| error.to_string()),
                        Ok(episode) => match ids.get(&episode.begin.episode_id) {
                            Some(&at) => verdicts[at].take(&results[at], &episode, &mut states),
                            None if trials.contains(&episode.begin.episode_id) => {
                                if is_whole(&episode) {
                                    unreported.insert(episode.begin.episode_id);
                                }
                            }
                            None => self.foreign.add(|| format!("`{}`", episode.begin.episode_id)),
                        },
                    }
                    for fault in &episodes.faults()[faults..] {
                        self.faults.add(|| fault.to_string());
                    }
                    faults = episodes.faults().len();
                }
                for fault in &episodes.faults()[faults..] {
                    self.faults.add(|| fault.to_string());
                }
            }
        }
        unreported.iter().for_each(|id| self.unreported.add(|| format!("`{id}`")));
        for (result, verdict) in results.iter().zip(verdicts) {
            match verdict {
                Verdict::Agrees => {}
                Verdict::Missing if !needs_episode(result) => {}
                Verdict::Missing => drop(self.unrecorded.insert(result.trial.clone())),
                Verdict::Differs { what, .. } => drop(self.contradicted.insert(result.trial.clone(), what)),
            }
        }
    }

    /// Compares what results say of calls of a model with these.
    pub(super) fn compare_calls(&mut self, results: &[TrialResult], calls: &Calls) {
        for result in results {
            let own = &result.usage;
            let counted = calls.first(&result.trial.to_string(), own.calls);
            let what = if own.calls != counted.calls {
                format!("{} calls in {}, {} in {}", own.calls, RunFolder::TRIALS, counted.calls, RunFolder::CALLS)
            } else if (own.prompt_tokens, own.completion_tokens) != (counted.prompt_tokens, counted.completion_tokens) {
                format!("the tokens in {} are not those in {}", RunFolder::TRIALS, RunFolder::CALLS)
            } else if !is_same(own.cost.unwrap_or_default(), counted.cost.unwrap_or_default()) {
                let dollars = |cost: Option<f64>| cost.map_or("no cost".to_owned(), |cost| format!("${cost:.6}"));
                let (here, there) = (dollars(own.cost), dollars(counted.cost));
                format!("{here} in {}, {there} in {}", RunFolder::TRIALS, RunFolder::CALLS)
            } else {
                continue;
            };
            self.miscounted.insert(result.trial.clone(), what);
        }
    }

    /// Compares the configuration's tasks with those of the built-in pack that it names.
    pub(super) fn compare_tasks(&mut self, tasks: &[TaskConfig]) {
        for pack in load_embedded().packs {
            for own in pack.tasks.iter().map(|task| TaskConfig::from(&**task)) {
                let is_other =
                    |task: &&TaskConfig| task.id == own.id && task.pack_digest == own.pack_digest && **task != own;
                if tasks.iter().any(|task| is_other(&task)) {
                    self.misdescribed.add(|| format!("`{}`", own.id));
                }
            }
        }
    }

    /// Whether the log, or the file of calls, does not bear out this trial's result.
    pub fn is_about(&self, trial: &Trial) -> bool {
        self.contradicted.contains_key(trial) || self.unrecorded.contains(trial) || self.miscounted.contains_key(trial)
    }

    /// What to tell.
    pub fn notes(&self) -> Vec<Note> {
        self.notes_and("; `eval --resume` plays such trials again")
    }

    /// What to tell where such trials are about to be played again.
    pub fn notes_while_resumed(&self) -> Vec<Note> {
        self.notes_and("")
    }

    /// What to tell; `again` says who plays trials again.
    fn notes_and(&self, again: &str) -> Vec<Note> {
        let explained =
            |of: &BTreeMap<Trial, String>| Counted::of(of.iter().map(|(at, what)| format!("{}: {what}", at.shown())));
        let kept = if again.is_empty() { String::new() } else { format!("{again} with the answers that are kept") };
        let mut notes = Vec::new();
        let mut note = |code, told: Option<String>, then: &str| {
            notes.extend(told.map(|told| Note { code, message: told + then }));
        };
        note(
            NoteCode::Contradicted,
            explained(&self.contradicted).tell("result", "contradicted by the log", "; "),
            again,
        );
        note(
            NoteCode::Unrecorded,
            Counted::of(self.unrecorded.iter().map(Trial::shown)).tell("result", "without an episode in the log", ", "),
            again,
        );
        let what = format!("in the log without a result in {}", RunFolder::TRIALS);
        note(NoteCode::Unreported, self.unreported.tell("whole episode", &what, ", "), again);
        note(
            NoteCode::Miscounted,
            explained(&self.miscounted).tell("result", &format!("contradicted by {}", RunFolder::CALLS), "; "),
            &kept,
        );
        let what = format!("described otherwise in {} than in the pack", RunFolder::CONFIG);
        note(
            NoteCode::Misdescribed,
            self.misdescribed.tell("task", &what, ", "),
            "; figures by difficulty and split may be others",
        );
        let no_log = || "there is no log here, with which the results could be compared".to_owned();
        note(NoteCode::NoLog, self.has_no_log.then(no_log), "");
        let damaged = || format!("the log is damaged ({}): {}", self.faults.number("place"), self.faults.names("; "));
        note(
            NoteCode::LogFault,
            (!self.faults.is_empty()).then(damaged),
            "; `eval merge` into a new folder copies what is whole",
        );
        note(
            NoteCode::Foreign,
            self.foreign.tell("episode", "of no trial of this run in the log", ", "),
            "; they count for nothing",
        );
        let what = format!("of no trial of this run in {}", RunFolder::TRIALS);
        note(NoteCode::Foreign, self.stray.tell("result", &what, ", "), "; they count for nothing");
        let what = format!("no call of a model in {}", RunFolder::CALLS);
        note(
            NoteCode::Foreign,
            self.bad_calls.tell("line", &what, ", "),
            "; what they cost is not counted; take them out, and --resume asks again what they said",
        );
        notes
    }
}

/// A trial that failed before its first step may have no episode.
fn needs_episode(result: &TrialResult) -> bool {
    result.ended != Ended::Failed || !result.rewards.is_empty()
}

/// Which state of its pack each task is played in; empty where that is not known yet.
struct States {
    /// Whether a server played, which need not tell it.
    is_remote: bool,
    of: BTreeMap<String, String>,
}

impl States {
    /// Whether an episode was played in the task's state; where that was left open, that of the first whole one counts.
    fn is_same(&mut self, task: &str, digest: &str, is_whole: bool) -> bool {
        if self.is_remote && digest.is_empty() {
            return true;
        }
        match self.of.get_mut(task) {
            Some(state) if !state.is_empty() => state == digest,
            Some(state) if is_whole => {
                *state = digest.to_owned();
                true
            }
            _ => true,
        }
    }
}

/// What the episodes of one trial say to its result. A trial may have been begun more than once: of episodes that came to
/// their end the last counts, else any that says the same.
#[derive(Debug, Clone, Default)]
enum Verdict {
    #[default]
    Missing,
    Agrees,
    Differs {
        what: String,
        came_to_its_end: bool,
    },
}

impl Verdict {
    fn take(&mut self, result: &TrialResult, episode: &RecordedEpisode, states: &mut States) {
        let came_to_its_end = is_whole(episode);
        let settled = matches!(self, Verdict::Agrees) || matches!(self, Verdict::Differs { came_to_its_end: true, .. });
        if settled && !came_to_its_end {
            return;
        }
        *self = match difference(result, episode, states) {
            None => Verdict::Agrees,
            Some(what) => Verdict::Differs { what, came_to_its_end },
        };
    }
}

/// Whether an episode came to its end by the rules of its task.
fn is_whole(episode: &RecordedEpisode) -> bool {
    episode.end.as_ref().is_some_and(|end| end.reason != Ending::Abandoned)
}

/// The first thing in which a result and its episode differ.
fn difference(result: &TrialResult, episode: &RecordedEpisode, states: &mut States) -> Option<String> {
    let RecordedEpisode { begin, steps, end, has_gap, .. } = episode;
    let trial = &result.trial;
    if begin.task_id != trial.task_id {
        return Some(format!("its episode is of the task `{}`", begin.task_id));
    }
    if begin.seed != trial.seed {
        return Some("its episode has another seed".to_owned());
    }
    if !states.is_same(&trial.task_id, &begin.pack_digest, is_whole(episode)) {
        return Some("its episode is of another state of the pack".to_owned());
    }
    if *has_gap {
        return Some("steps of its episode are missing".to_owned());
    }
    let differs = |what: &str, here: &dyn std::fmt::Display, there: &dyn std::fmt::Display| {
        Some(format!("{what} {here} in {}, {there} in the log", RunFolder::TRIALS))
    };
    let how = match end.as_ref().map(|end| end.reason) {
        Some(Ending::Submitted) => "submitted",
        Some(Ending::StepLimit) => "step_limit",
        Some(Ending::Abandoned) | None => "abandoned",
    };
    let expected = match result.ended {
        Ended::Submitted => "submitted",
        Ended::StepLimit => "step_limit",
        Ended::GaveUp | Ended::Failed => "abandoned",
    };
    if how != expected {
        return differs("ended:", &expected, &how);
    }
    if steps.len() != result.rewards.len() {
        return differs("steps:", &result.rewards.len(), &steps.len());
    }
    let rewards = steps.iter().zip(&result.rewards).zip(1..);
    if let Some(((step, reward), at)) = rewards.into_iter().find(|((step, reward), _)| !is_same(step.reward, **reward))
    {
        return differs(&format!("reward of step {at}:"), reward, &step.reward);
    }
    let Some(score) = episode.score() else {
        return (result.score != 0.0 || result.passed)
            .then(|| "a trial that did not come to its end has a score".to_owned());
    };
    if !is_same(score.score, result.score) {
        return differs("score:", &result.score, &score.score);
    }
    if score.passed != result.passed {
        return differs("passed:", &result.passed, &score.passed);
    }
    (PartValues::from(score) != result.parts).then(|| "the score's parts differ".to_owned())
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= SAME
}
