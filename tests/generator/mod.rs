//! Replies by construction: templates × wordings × traps over random domains, each with the label that follows from how
//! it was put together.
//!
//! Shared by the integration tests, which hold the grader to a share of right verdicts, and by the benchmark that prints
//! the confusion table. Templates are written from what English says, never from what the grader finds.

mod compose;
mod confusion;
mod domain;
pub(crate) mod draw;
mod templates;
mod traps;

pub(crate) use compose::compose;
pub(crate) use confusion::Confusion;
