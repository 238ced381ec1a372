//! Who plays a trial: sees what an agent sees, says what to do next, counts what that costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::protocol::{StepResult, ToolUseAction};

/// Somebody who plays one trial. It sees answers alone; where it needs the task itself, as the reference does, it was
/// given the task when it was made.
pub trait Player: Send {
    /// The next action after `seen`, which is the answer to the reset to begin with; `None` gives up.
    ///
    /// # Errors
    /// Why there will be no next action: the trial ends with it. What could be mended by asking again is no error. Both
    /// are counted in [`Player::usage`].
    fn act(&mut self, seen: &StepResult) -> Result<Option<ToolUseAction>, PlayerError>;

    /// The episode has ended with this answer. What the player makes of it changes nothing.
    fn end(&mut self, _last: &StepResult) {}

    /// What the trial has cost so far.
    fn usage(&self) -> Usage {
        Usage::default()
    }
}

/// Why a player cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlayerError {
    /// What kind of trouble.
    pub kind: ErrorKind,
    /// For people: what happened and what to do. Holds no secret.
    pub message: String,
    /// Whether no other trial would fare better now: the run stops, and this trial is played again when it goes on.
    pub ends_run: bool,
}

impl PlayerError {
    /// An error that is this trial's alone.
    pub fn of_trial(kind: ErrorKind, message: String) -> PlayerError {
        PlayerError { kind, message, ends_run: false }
    }
}

/// Kinds of trouble, as reports count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The model's host asked for fewer calls (429).
    RateLimit,
    /// No answer within the time allowed.
    Timeout,
    /// The model's host failed (5xx).
    Server,
    /// The connection failed or broke.
    Connection,
    /// The key was refused (401, 403).
    Auth,
    /// The request was refused for another reason (other 4xx).
    Refused,
    /// The host cannot take tool calls; JSON was used instead.
    ToolsRefused,
    /// The answer was no chat completion.
    Nonsense,
    /// The answer was one, but held no action that can be read.
    NoAction,
    /// The answer was cut off at its limit of tokens.
    Truncated,
    /// The money or the tokens allowed were spent.
    Budget,
    /// A program that plays broke its protocol or ended.
    Program,
    /// The server that is played against failed.
    Target,
}

/// What a trial has cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Calls of the model that were answered.
    pub calls: u64,
    /// Tokens read, as the host counts them.
    pub prompt_tokens: u64,
    /// Tokens written, as the host counts them.
    pub completion_tokens: u64,
    /// US dollars; `None` where no price is known.
    pub cost: Option<f64>,
    /// Troubles met, by kind: those mended by asking again, and the one that ended the trial.
    pub errors: BTreeMap<ErrorKind, u64>,
}
