//! The evidence: E, the share of what is required that was collected.

use crate::task::Task;

use super::attempt::{Attempt, Graded};

/// E in [0, 1].
pub(super) fn share(attempt: &Attempt<'_>) -> f64 {
    let collected = attempt.collected.iter().filter(|&&seen| seen).count();
    // The loader refuses an empty list of required evidence; an empty one here would be met by anyone.
    if attempt.collected.is_empty() { 0.0 } else { collected as f64 / attempt.collected.len() as f64 }
}

pub(super) fn grade(task: &Task, attempt: &Attempt<'_>, share: f64) -> Graded {
    let missing: Vec<String> = task
        .required_evidence
        .iter()
        .zip(attempt.collected)
        .filter(|(_, seen)| !**seen)
        .map(|(evidence, _)| format!("`{}`", evidence.key))
        .collect();
    let total = attempt.collected.len();
    let reason = match missing.as_slice() {
        [] => format!("all {total} required pieces of evidence were collected"),
        missing => format!(
            "{} of {total} required pieces of evidence were collected; missing: {}",
            total - missing.len(),
            missing.join(", ")
        ),
    };
    Graded { value: share, reason }
}
