//! What a reader of the figures must know.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::counted::Counted;
use super::super::folder::RunConfig;
use super::super::trial::{Trial, TrialResult};
use super::figures::Figures;

/// With fewer tasks a bootstrap's interval is too narrow.
const FEW_TASKS: usize = 10;

/// Something that changes how figures are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What, for machines.
    pub code: NoteCode,
    /// What, for people.
    pub message: String,
}

/// What there is to note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// Trials are still to be played.
    Incomplete,
    /// Trials failed, and count as 0.
    FailedTrials,
    /// The run is a part of a larger one.
    Shard,
    /// One task alone: no interval.
    OneTask,
    /// Intervals are too narrow, or have no width.
    FewTasks,
    /// The cost of some trials is not known.
    UnknownCost,
    /// The log says otherwise than some results.
    Contradicted,
    /// The log lacks the episodes of some results.
    Unrecorded,
    /// The log has whole episodes of trials without a result.
    Unreported,
    /// The calls of a model say otherwise than some results.
    Miscounted,
    /// Some tasks are not described as in their pack.
    Misdescribed,
    /// There is no log.
    NoLog,
    /// Some of the log cannot be read.
    LogFault,
    /// The folder holds episodes or results of trials that are not the run's.
    Foreign,
}

impl NoteCode {
    /// Whether something in the run's folder does not fit together.
    pub fn is_doubt(self) -> bool {
        matches!(
            self,
            NoteCode::Contradicted
                | NoteCode::Unrecorded
                | NoteCode::Unreported
                | NoteCode::Miscounted
                | NoteCode::Misdescribed
                | NoteCode::LogFault
                | NoteCode::Foreign
        )
    }
}

impl Note {
    pub(super) fn all(config: &RunConfig, results: &[TrialResult], overall: &Figures) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut note = |code, message| notes.push(Note { code, message });
        let trials = &overall.trials;
        if trials.done < trials.expected {
            let ended: BTreeSet<&Trial> = results.iter().map(|result| &result.trial).collect();
            let mut others = Counted::default();
            for trial in config.trials().iter().filter(|trial| !ended.contains(trial)) {
                others.add(|| trial.shown());
            }
            let message = format!(
                "{} of {} trials have ended; the figures are of these, and `eval --resume` plays the others: {}",
                trials.done,
                trials.expected,
                others.names("; ")
            );
            note(NoteCode::Incomplete, message);
        }
        if trials.failed > 0 {
            let message = format!(
                "{} of {} trials failed (the model's host, the server or a program) and count with a score of 0",
                trials.failed, trials.done
            );
            note(NoteCode::FailedTrials, message);
        }
        if let Some((own, of)) = config.shard {
            let message =
                format!("this is part {} of {of} of a run; `eval merge` puts the parts together", u64::from(own) + 1);
            note(NoteCode::Shard, message);
        }
        match overall.tasks {
            0 => {}
            1 => note(NoteCode::OneTask, "one task was played: nothing can be said of others like it".to_owned()),
            tasks if tasks < FEW_TASKS => {
                let message = match overall.score.careful_interval {
                    Some(_) => format!(
                        "{tasks} tasks are few: the bootstrap's interval is too narrow; the one by Student's t is the \
                         better guide to other tasks"
                    ),
                    None => format!(
                        "{tasks} tasks are few, and their scores are all equal: an interval without width says nothing \
                         of other tasks"
                    ),
                };
                note(NoteCode::FewTasks, message);
            }
            _ => {}
        }
        let unknown = overall.cost.unknown_trials;
        if overall.cost.total.is_some() && unknown > 0 {
            note(NoteCode::UnknownCost, format!("the cost of {unknown} trials is not known; the total lacks it"));
        }
        notes
    }
}
