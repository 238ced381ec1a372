//! Playing a task: a pure state machine. No clock, no socket, no lock, no randomness.
//!
//! Owns [`Episode`]; read its `step` first.

mod episode;
mod evidence;

pub use episode::{EndReason, Episode, kept_action};
pub use evidence::EvidenceLog;
