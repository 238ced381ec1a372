//! What is graded, and what grading one criterion yields.

use std::sync::Arc;

use crate::text::Judgement;

/// What an agent did, as far as grading cares.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Per required evidence, in the task's order, whether it was collected.
    pub collected: &'a [bool],
    /// The last draft and its judgement.
    pub reply: Option<(&'a str, &'a Judgement)>,
    /// The accepted resolution code.
    pub resolution: Option<&'a Arc<str>>,
    /// Steps taken, mistakes included.
    pub steps: u32,
}

/// A criterion's value in [0, 1] with the reason for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Graded {
    pub(super) value: f64,
    pub(super) reason: String,
}
