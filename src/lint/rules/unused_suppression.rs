//! `unused-suppression`: a comment that suppresses nothing.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::UnusedSuppression,
    why: "The finding is gone, or the comment stands on the wrong line: it works on its own line, on the next, and on all of \
          a text over several lines that begins on the next or ends on its own.",
    mend: "Remove it.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "max_steps = 5",
            "max_steps = 5 # lint: allow(unused-artifact) kept for a later task",
        )],
        good: &[],
    },
    stages: &[Stage::Suppression],
};
