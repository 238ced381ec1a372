//! `empty-pack`: a pack without tasks.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::EmptyPack,
    why: "There is nothing to play.",
    mend: "Add a task: `support-ops new` writes one.",
    example: Example { bad: &[Edit::Remove("mug.toml")], good: &[] },
    stages: &[Stage::Loading],
};
