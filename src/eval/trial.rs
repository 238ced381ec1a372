//! A trial, what is played once, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::{Criterion, ScoreReport};

use super::player::{ErrorKind, Usage};

/// One attempt at one task: the unit that is counted, resumed and spread over machines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Trial {
    /// The task.
    pub task_id: String,
    /// The seed given to reset.
    pub seed: Option<u64>,
    /// Which of the repeats, from 0.
    pub repeat: u32,
}

impl Trial {
    /// For people, who count repeats from 1: `task`, `task, seed 7`, `task, seed 7, repeat 2`.
    pub fn shown(&self) -> String {
        let seed = self.seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
        let repeat = if self.repeat > 0 { format!(", repeat {}", u64::from(self.repeat) + 1) } else { String::new() };
        format!("{}{seed}{repeat}", crate::diag::printable(&self.task_id))
    }
}

/// `task`, `task~s7` with a seed, `task~r2` or `task~s7~r2` in a repeat, counted from 0: unique within a run, and fit for
/// a file's name.
impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.task_id)?;
        if let Some(seed) = self.seed {
            write!(f, "~s{seed}")?;
        }
        if self.repeat > 0 { write!(f, "~r{}", self.repeat) } else { Ok(()) }
    }
}

/// What came of a trial: a line of `trials.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialResult {
    /// What was played.
    #[serde(flatten)]
    pub trial: Trial,
    /// The episode's id in the log, which is the trial's name.
    pub episode_id: String,
    /// How it ended.
    pub ended: Ended,
    /// The score in [0, 1]; 0 where the trial ended before the episode did.
    pub score: f64,
    /// Whether the episode passed.
    pub passed: bool,
    /// What each criterion was worth.
    pub parts: PartValues,
    /// What each step paid.
    pub rewards: Vec<f64>,
    /// Seconds from reset to end on the clock, of the attempt that ended.
    pub seconds: f64,
    /// What it cost.
    pub usage: Usage,
    /// Why it could not go on.
    pub error: Option<TrialError>,
    /// Where it left every winning path.
    pub deviation: Option<Deviation>,
}

impl TrialResult {
    /// Steps that were taken.
    pub fn steps(&self) -> usize {
        self.rewards.len()
    }
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// A resolution was accepted.
    Submitted,
    /// No steps were left.
    StepLimit,
    /// The player said that it would not go on.
    GaveUp,
    /// Something failed.
    Failed,
}

/// Why a trial could not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialError {
    /// What kind of trouble.
    pub kind: ErrorKind,
    /// For people.
    pub message: String,
}

/// The value in [0, 1] of each criterion; `None` where the episode did not end, or the task has no such criterion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PartValues {
    /// Expected code times evidence.
    pub resolution: Option<f64>,
    /// Share of the required evidence.
    pub evidence: Option<f64>,
    /// Share of the keywords.
    pub reply: Option<f64>,
    /// Share of the steps that were not wasted.
    pub efficiency: Option<f64>,
}

impl From<&ScoreReport> for PartValues {
    fn from(report: &ScoreReport) -> PartValues {
        let value =
            |criterion: Criterion| report.parts.iter().find(|part| part.criterion == criterion).map(|part| part.value);
        PartValues {
            resolution: value(Criterion::Resolution),
            evidence: value(Criterion::Evidence),
            reply: value(Criterion::Reply),
            efficiency: value(Criterion::Efficiency),
        }
    }
}

/// The first step after which no path leads to a pass any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    /// The step's number, from 1; one more than the last where the trial just ended.
    pub step: u32,
    /// What went wrong.
    pub kind: DeviationKind,
    /// For people: which evidence was missing, which code was submitted, which keyword failed.
    pub reason: String,
}

/// What can go wrong for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviationKind {
    /// The wrong code was submitted.
    WrongResolution,
    /// Evidence was missing when a code was submitted.
    MissingEvidence,
    /// The reply was missing, or did not do, when a code was submitted.
    Reply,
    /// More steps were wasted than there were to waste.
    Steps,
    /// The player stopped, or could not go on.
    Stopped,
}
