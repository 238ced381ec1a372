//! A run: its trials played over threads, each one's episode and result kept, so that it can be interrupted and go on.
//!
//! Read [`Ledger`], what a run's folder is while it is written, then [`Runner`].

mod differ;
mod ledger;
mod merge;
mod patience;
mod play;
mod runner;
mod stop;

pub use ledger::{Ledger, LedgerError};
pub use merge::{MergeError, Merged, merge};
pub use patience::{Patience, Waiting};
pub use runner::{Outcome, RunError, Runner, Told};
pub use stop::{Halt, Stop};
