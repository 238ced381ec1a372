//! The log of episodes: written as they are played, recovered after a crash, replayed and graded again.
//!
//! Owns the files of a log and what a record says; knows nothing of HTTP and of who plays. An episode is its pack's
//! digest, its seed and its actions: what was answered is not kept but recomputed. Read [`Recorder`] first, then
//! [`Episodes`].

mod appender;
mod diff;
mod episodes;
mod event;
mod export;
pub mod format;
mod many;
pub mod prompt;
mod reader;
mod recover;
mod regrade;
mod regular;
mod replay;
mod writer;

pub use appender::{Receipt, Unrecorded};
pub use diff::{Change, Difference, Entry, compare};
pub use episodes::{Episodes, RecordedEpisode};
pub use event::{AnswerDigest, Begin, End, Ending, Event, Step};
pub use export::{Row, rows};
pub use format::Flaw;
pub use many::{Other, Tally, replay_all};
pub use reader::{Fault, LogReader, ReadError, Record, log_files};
pub use recover::{Cut, Recovery};
pub use regrade::{Grade, grade};
#[cfg(feature = "serve")]
pub(crate) use regular::read_regular;
#[cfg(feature = "eval")]
pub(crate) use regular::{append_regular, open_regular};
pub use replay::{Mismatch, Replayed, replay};
pub use writer::{Durable, OpenError, Recorder, Recording};
