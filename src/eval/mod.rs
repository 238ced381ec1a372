//! Evaluations: who plays, where, how often, what came of it and what that says.
//!
//! Owns players beyond the built-in ones, the places where they play, the folder of a run, statistics and reports. A
//! client of episodes in process or of any server by its address: it knows nothing of how a server keeps sessions.
//! Synchronous, with a thread for each trial that is played at once. Read [`Trial`] first, then [`Player`] and
//! [`Environment`], then [`TrialResult`] and [`RunFolder`].

mod client;
mod compare;
mod counted;
mod deviation;
mod doubts;
mod environment;
mod files;
mod folder;
mod found;
pub mod inference;
pub mod model;
mod player;
pub mod players;
pub mod report;
pub mod run;
#[cfg(test)]
mod sample;
mod secret;
pub mod statistics;
mod summary;
pub mod target;
mod trial;

pub use compare::{
    COMPARISON_VERSION, Comparison, Difference, Flip, Flips, NothingInCommon, Run, TaskDifference, Warning, WarningCode,
};
pub use doubts::Doubts;
pub use environment::{Environment, Target, TargetError};
pub use folder::{
    Budget, FolderError, Holdings, MAX_TRIALS, ModelConfig, RUN_VERSION, RunConfig, RunFolder, TaskConfig,
};
pub use player::{ErrorKind, Player, PlayerError, Usage};
pub use summary::{
    Cost, DeviationCount, Estimate, Figures, GroupFigures, Note, NoteCode, Passes, ReasonCount, SUMMARY_VERSION,
    Seconds, Summary, TaskFigures, TrialCounts,
};
pub use trial::{Deviation, DeviationKind, Ended, PartValues, Trial, TrialError, TrialResult};
