//! `duplicate-task-id`: two tasks with one id.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DuplicateTaskId,
    why: "Clients choose tasks by id, over all packs that are loaded together.",
    mend: "Give one of them another id.",
    example: Example { bad: &[Edit::Write("mug2.toml", include_str!("../example/mug.toml"))], good: &[] },
    stages: &[Stage::Loading],
};
