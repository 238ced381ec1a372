//! `duplicate-evidence`: evidence that is listed twice.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DuplicateEvidence,
    why: "It counts once: the second entry does nothing.",
    mend: "Remove it.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "[\"ticket\", \"artifact:order\"",
            "[\"ticket\", \"ticket\", \"artifact:order\"",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
