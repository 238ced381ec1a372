//! One of a task's own examples, judged.

use crate::task::{Example, ExpectedVerdict, Task};
use crate::text::{Judgement, Verdict};

/// What became of an example, and how that differs from what its author expects.
#[derive(Debug, Clone)]
pub struct ExampleRun {
    /// `None` where the task asks nothing of a reply.
    pub judged: Option<Judgement>,
    /// Whether the reply passes.
    pub passes: bool,
    /// Empty where all is as expected.
    pub misses: Vec<Miss>,
}

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Miss {
    /// The reply passes or does not, against what was expected.
    Passes,
    /// A keyword has another verdict: its position in the task, what was expected, what was found.
    Verdict { keyword: usize, expected: ExpectedVerdict, found: Verdict },
}

impl ExampleRun {
    /// Judges the example's reply by the task's rules; keywords are compared in the order of the task.
    pub fn of(task: &Task, example: &Example) -> ExampleRun {
        let judged = task.reply.as_ref().map(|spec| spec.judge(&example.reply));
        let passes = judged.as_ref().is_none_or(Judgement::passes);
        let mut misses = Vec::new();
        if example.passes.is_some_and(|expected| expected != passes) {
            misses.push(Miss::Passes);
        }
        for (spec, judged) in task.reply.iter().zip(&judged) {
            for (keyword, (entry, finding)) in spec.keywords().iter().zip(&judged.keywords).enumerate() {
                let found = finding.verdict;
                match example.expect.get(entry.id.as_str()) {
                    Some(&expected) if !expected.fits(found) => misses.push(Miss::Verdict { keyword, expected, found }),
                    _ => {}
                }
            }
        }
        ExampleRun { judged, passes, misses }
    }
}

impl ExpectedVerdict {
    /// Whether a verdict is as expected.
    pub fn fits(self, verdict: Verdict) -> bool {
        match self {
            ExpectedVerdict::Is(expected) => expected == verdict,
            ExpectedVerdict::Unmet => verdict != Verdict::Met,
        }
    }

    /// The name in task files.
    pub fn as_str(self) -> &'static str {
        match self {
            ExpectedVerdict::Is(verdict) => verdict.as_str(),
            ExpectedVerdict::Unmet => "unmet",
        }
    }
}
