//! The submitted code: `R·E`. A right answer without looking is luck, so it pays in proportion to the evidence.

use crate::task::Task;

use super::attempt::{Attempt, Graded};

/// R: 1 for the expected code, the partial credit, or 0.
pub(super) fn credit(task: &Task, attempt: &Attempt<'_>) -> f64 {
    match attempt.resolution {
        Some(code) if *code == task.outcomes.expected => 1.0,
        Some(code) => task.outcomes.partial.get(code).copied().unwrap_or(0.0),
        None => 0.0,
    }
}

pub(super) fn grade(task: &Task, attempt: &Attempt<'_>, credit: f64, share: f64) -> Graded {
    let expected = &task.outcomes.expected;
    let reason = match attempt.resolution {
        None => format!("no resolution was submitted; `{expected}` was expected"),
        Some(code) if code == expected && share >= 1.0 => format!("`{code}` is the expected resolution"),
        Some(code) if code == expected => {
            format!("`{code}` is the expected resolution; it pays in proportion to the required evidence collected")
        }
        Some(code) if task.outcomes.harmful.contains(code) => {
            format!("`{code}` does harm here; `{expected}` was expected")
        }
        Some(code) if credit > 0.0 => format!("`{code}` earns partial credit of {credit}; `{expected}` was expected"),
        Some(code) => format!("`{code}` is wrong; `{expected}` was expected"),
    };
    Graded { value: credit * share, reason }
}
