//! `resolution-conflict`: a code that is right and wrong at once.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::ResolutionConflict,
    why: "A code is expected, partly right or harmful, never two of them.",
    mend: "Decide.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "expected = \"send_replacement\"",
            "expected = \"send_replacement\"\nharmful = [\"send_replacement\"]",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
