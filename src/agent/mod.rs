//! Players of episodes: the reference solution, simple baselines, and cheats.
//!
//! Owns [`Agent`]; knows the task it plays, but nothing of how an episode keeps its books.

pub mod cheat;
mod nop;
mod oracle;
mod random;
mod script;

pub use nop::Nop;
pub use oracle::Oracle;
pub(crate) use random::IDLE_REPLY;
pub use random::Random;
#[cfg(feature = "eval")]
pub(crate) use random::split_mix;
pub use script::{Script, ScriptError};

use crate::protocol::{StepResult, ToolUseAction};
use crate::task::Task;

/// Something that plays a task, one action at a time.
pub trait Agent {
    /// The next action after `last`, which is the reset's answer to begin with; `None` gives up.
    fn act(&mut self, task: &Task, last: &StepResult) -> Option<ToolUseAction>;
}
