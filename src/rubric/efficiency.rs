//! The steps: F, 1 for the shortest winning path with a few free looks, falling to 0 at the step limit.

use crate::task::Task;

use super::attempt::{Attempt, Graded};

/// `E · max(0, 1 − max(0, steps − optimal − free) / max(1, max_steps − optimal − free))` where R is 1, else 0.
pub(super) fn value(task: &Task, attempt: &Attempt<'_>, credit: f64, share: f64) -> f64 {
    if credit < 1.0 {
        return 0.0;
    }
    let allowed = allowed(task);
    let over = (i64::from(attempt.steps) - allowed).max(0);
    let room = (i64::from(task.max_steps) - allowed).max(1);
    share * (1.0 - over as f64 / room as f64).max(0.0)
}

pub(super) fn grade(task: &Task, attempt: &Attempt<'_>, credit: f64, share: f64) -> Graded {
    let value = value(task, attempt, credit, share);
    if credit < 1.0 {
        return Graded { value, reason: "only the expected resolution earns efficiency".to_owned() };
    }
    let (steps, optimal, free) = (attempt.steps, task.optimal_steps(), task.grading.free_steps);
    let over = (i64::from(steps) - allowed(task)).max(0);
    let over = if over == 0 { String::new() } else { format!(", {over} too many") };
    let verb = if free == 1 { "is" } else { "are" };
    let reason = format!("{steps} steps{over}; the shortest winning path takes {optimal}, and {free} more {verb} free");
    Graded { value, reason }
}

/// The steps that cost nothing.
fn allowed(task: &Task) -> i64 {
    i64::from(task.optimal_steps()) + i64::from(task.grading.free_steps)
}
