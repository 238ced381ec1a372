//! Where trials are played: in process, or on a server.

use crate::episode::Episode;
use crate::protocol::{StepResult, ToolUseAction};

use super::Trial;

/// A place that has environments to give away: one for each trial that is played at once.
pub trait Target: Send + Sync {
    /// An environment of one's own.
    ///
    /// # Errors
    /// A server that cannot be reached, or has no room.
    fn open(&self) -> Result<Box<dyn Environment>, TargetError>;
}

/// One environment: plays trials one after another.
pub trait Environment: Send {
    /// Begins a trial.
    ///
    /// # Errors
    /// A server that fails, or knows no such task.
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError>;

    /// Takes a step.
    ///
    /// # Errors
    /// A server that fails. An action that is wrong for the game is none: the answer tells of it.
    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError>;

    /// The episode that is being played, where its task is known here: the one that is played in process, or the image
    /// of a server's.
    fn episode(&self) -> Option<&Episode> {
        None
    }

    /// The action as this environment takes it: some transports cannot say that a field is missing.
    fn carried(&self, action: ToolUseAction) -> ToolUseAction {
        action
    }
}

/// The place failed; the trial cannot go on there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TargetError {
    /// For people: what happened and what to do.
    pub message: String,
    /// Whether the same may work in a while: no room, a broken connection.
    pub may_pass: bool,
}

impl TargetError {
    /// An error that asking again does not mend.
    pub fn lasting(message: String) -> TargetError {
        TargetError { message, may_pass: false }
    }

    /// An error that may be over in a while.
    pub fn passing(message: String) -> TargetError {
        TargetError { message, may_pass: true }
    }
}
