//! A loaded pack.

use std::sync::Arc;

use super::{PolicyIndex, Task};

/// One outcome that an agent may submit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What is submitted.
    pub code: Arc<str>,
    /// What it means.
    pub meaning: Arc<str>,
}

/// A folder of tasks with what they share.
#[derive(Debug)]
pub struct TaskPack {
    /// The environment's public name.
    pub name: Arc<str>,
    /// Semantic version of the pack's content.
    pub version: Arc<str>,
    /// For people.
    pub description: Arc<str>,
    /// `sha256:` and the hash over the pack's files.
    pub digest: Arc<str>,
    /// Every code an agent may submit, in the pack's order.
    pub resolutions: Arc<[Resolution]>,
    /// The policies that all tasks share.
    pub handbook: Arc<PolicyIndex>,
    /// In the fixed order: easy, medium, hard, then id.
    pub tasks: Vec<Arc<Task>>,
}
