//! The outside contract: what clients send and what they get back, as OpenEnv defines it.
//!
//! Owns the wire types and their shapes; knows nothing of how observations and scores are computed. Read
//! [`ToolUseAction`] first, then [`Observation`] and [`State`].

mod action;
mod observation;
mod request;
mod score;
mod state;

pub use action::{ActionType, MAX_ID_BYTES, MAX_MESSAGE_BYTES, MAX_QUERY_BYTES, ToolUseAction};
pub use observation::{Observation, ObservationMetadata, StepResult};
pub use request::{Difficulty, ResetRequest};
pub use score::{Criterion, ScorePart, ScoreReport, ZeroedBy, ZeroedKind, round_score};
pub use state::{ActionRecord, State};
