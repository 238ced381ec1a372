//! What a run says: the content of `summary.json`.
//!
//! The same configuration and results give the same bytes everywhere. Read [`Summary`] first, then [`Figures`].

mod figures;
mod note;
mod summary;

pub use figures::{Cost, DeviationCount, Estimate, Figures, Passes, ReasonCount, Seconds, TrialCounts};
pub(in crate::eval) use figures::{round_significant, round_to};
pub use note::{Note, NoteCode};
pub use summary::{GroupFigures, SUMMARY_VERSION, Summary, TaskFigures};
