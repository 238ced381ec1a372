//! What the page is told, as JSON: columns rather than rows, and every text once.

use serde::Serialize;
use serde_json::Value;

use crate::eval::Figures;

use super::pool::Pool;

/// The version of what the page is told.
const CONTENTS_VERSION: u32 = 1;

/// A place in the pool.
pub(super) type Pooled = usize;

/// Everything the page shows.
#[derive(Debug, Serialize)]
pub(super) struct Contents {
    /// The version of this layout; the page knows one.
    pub(super) version: u32,
    /// The version of the software.
    pub(super) support_ops: &'static str,
    /// What runs differ in, and what could not be read.
    pub(super) notes: Vec<String>,
    /// The places of the tasks that all runs played, where some played others, too.
    pub(super) common_tasks: Option<Vec<usize>>,
    /// The k of pass@k and pass^k that runs are compared by; `None` where no task was played twice.
    pub(super) attempts: Option<usize>,
    /// Of which trials there are no steps.
    pub(super) left_out: Option<String>,
    /// The tasks of all runs, in the order they were met.
    pub(super) tasks: Vec<TaskContents>,
    pub(super) runs: Vec<RunContents>,
    pub(super) episodes: Vec<EpisodeContents>,
    pub(super) pool: Pool,
}

impl Contents {
    /// A page of nothing yet.
    pub(super) fn new() -> Contents {
        Contents {
            version: CONTENTS_VERSION,
            support_ops: env!("CARGO_PKG_VERSION"),
            notes: Vec::new(),
            common_tasks: None,
            attempts: None,
            left_out: None,
            tasks: Vec::new(),
            runs: Vec::new(),
            episodes: Vec::new(),
            pool: Pool::default(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct TaskContents {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) difficulty: String,
    pub(super) split: String,
    /// A [`Case`], where the pack is there and an episode of the task is shown.
    pub(super) case: Option<Pooled>,
    /// A reference solution: actions; likewise.
    pub(super) path: Option<Pooled>,
}

/// What every episode of a task begins with.
#[derive(Debug, Serialize)]
pub(super) struct Case<'a> {
    pub(super) objective: &'a str,
    pub(super) message: &'a str,
    pub(super) workspace: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct RunContents {
    pub(super) label: String,
    pub(super) agent: String,
    /// The model's name and how it is asked.
    pub(super) model: Option<String>,
    pub(super) url: Option<String>,
    /// The folder's own name.
    pub(super) folder: String,
    /// Part and number of parts, from 1, of a run that is one.
    pub(super) shard: Option<(u32, u32)>,
    /// Over all its trials.
    pub(super) figures: Figures,
    pub(super) trials: TrialColumns,
}

/// A run's trials, a column for each thing that is known of them.
#[derive(Debug, Default, Serialize)]
pub(super) struct TrialColumns {
    pub(super) task: Vec<usize>,
    pub(super) seed: Vec<Option<u64>>,
    pub(super) repeat: Vec<u32>,
    pub(super) ended: Vec<Pooled>,
    pub(super) score: Vec<f64>,
    pub(super) passed: Vec<u8>,
    /// Four values, in the order resolution, evidence, reply, efficiency.
    pub(super) parts: Vec<Pooled>,
    pub(super) rewards: Vec<Pooled>,
    pub(super) seconds: Vec<f64>,
    /// Calls, tokens read, tokens written.
    pub(super) usage: Vec<(u64, u64, u64)>,
    pub(super) cost: Vec<Option<f64>>,
    /// Troubles that were met, by kind.
    pub(super) errors: Vec<Pooled>,
    /// Why it could not go on.
    pub(super) error: Vec<Option<Pooled>>,
    pub(super) deviation: Vec<Option<Pooled>>,
    /// Its place among the episodes, where it is shown.
    pub(super) episode: Vec<Option<usize>>,
}

/// An episode as the viewer shows it.
#[derive(Debug, Serialize)]
pub(super) struct EpisodeContents {
    pub(super) steps: Vec<StepContents>,
    /// Why answers are not shown.
    pub(super) note: Option<Pooled>,
    /// The score with its parts and reasons.
    pub(super) score: Option<Pooled>,
    /// Why it scored that, and what was missed.
    pub(super) explanation: Option<Pooled>,
}

/// One step: an action, and what came back where that can be told.
#[derive(Debug, Serialize)]
pub(super) struct StepContents {
    /// The action's type.
    pub(super) kind: Pooled,
    pub(super) argument: Option<Pooled>,
    pub(super) reward: f64,
    /// What the action showed.
    pub(super) shown: Option<Pooled>,
    /// Why it was refused.
    pub(super) error: Option<Pooled>,
    /// The score so far.
    pub(super) score: Option<f64>,
}

/// A document without one of its parts, and that part.
pub(super) fn take(document: &mut Value, key: &str) -> Option<Value> {
    document.as_object_mut()?.shift_remove(key)
}
