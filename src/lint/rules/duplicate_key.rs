//! `duplicate-key`: a key or table written twice.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DuplicateKey,
    why: "TOML forbids it, and of two values one would be lost. The second is shown, with the first.",
    mend: "Keep one of the two.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "difficulty = \"easy\"", "difficulty = \"easy\"\ndifficulty = \"hard\"")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
