//! Grading: what an attempt is worth and why, one file per criterion.
//!
//! Owns [`Rubric`], and [`ReplyExplanation`] for authors; knows nothing of episodes and of what single steps pay.

mod attempt;
mod efficiency;
mod evidence;
mod example;
mod explanation;
mod reply;
mod report;
mod resolution;
mod rubric;

pub use attempt::Attempt;
pub use example::{ExampleRun, Miss};
pub use explanation::{ExplainedEntry, ReplyExplanation, Role};
pub use report::{ReplyReport, check_reply_size, effect_name};
pub use rubric::{Rubric, draft_quality};
