//! The hackathon's format: a policy that needs no model, and the lines that are printed of an episode.
//!
//! `inference.py` at the repository's root follows the same rules, and prints the same lines. Read [`Scripted`] first.

mod line;
mod policy;

pub use line::{Printed, render_end, render_no_action, render_start, render_step};
pub use policy::Scripted;
