//! The steps: F, 1 for the shortest winning path with a few free looks, falling to 0 at the step limit.

use crate::task::Task;

use super::attempt::{Attempt, Graded};

/// `E · max(0, 1 − max(0, steps − optimal − free) / max(1, max_steps − optimal − free))` where R is 1, else 0.
pub(super) fn grade(task: &Task, attempt: &Attempt<'_>, credit: f64, share: f64) -> Graded {
    let steps = attempt.steps;
    if credit < 1.0 {
        return Graded { value: 0.0, reason: "only the expected resolution earns efficiency".to_owned() };
    }
    let optimal = task.optimal_steps();
    let free = task.grading.free_steps;
    let allowed = i64::from(optimal) + i64::from(free);
    let over = (i64::from(steps) - allowed).max(0);
    let room = (i64::from(task.max_steps) - allowed).max(1);
    let value = share * (1.0 - over as f64 / room as f64).max(0.0);
    let reason = if over == 0 {
        let verb = if free == 1 { "is" } else { "are" };
        format!("{steps} steps; the shortest winning path takes {optimal}, and {free} more {verb} free")
    } else {
        format!("{steps} steps, {over} more than the {optimal} of the shortest winning path and the {free} free ones")
    };
    Graded { value, reason }
}
