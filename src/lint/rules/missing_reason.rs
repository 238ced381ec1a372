//! `missing-reason`: a suppression without a reason.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::MissingReason,
    why: "Whoever reads it later must know why; without a reason it has no effect.",
    mend: "Say why, after the closing bracket.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = 5 # lint: allow(unused-artifact)")],
        good: &[],
    },
    stages: &[Stage::Suppression],
};
