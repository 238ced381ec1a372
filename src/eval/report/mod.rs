//! Reports over runs: one page for a browser that needs nothing else, and a leaderboard.
//!
//! [`find_runs`] opens the folders, [`Report::gather`] reads what came of their trials, [`Report::render_page`] writes the
//! page, [`Report::leaderboard`] says how the runs stand. The page is written in `web/` and built ahead like the
//! playground's; what it shows is packed into it as text that a browser takes for nothing else.

mod contents;
mod find;
mod gather;
mod leaderboard;
mod page;
mod pool;
#[cfg(test)]
mod sample;
mod viewed;

pub use find::{FindError, find_runs};
pub use gather::{Report, ReportLimits};
pub use leaderboard::Standing;
