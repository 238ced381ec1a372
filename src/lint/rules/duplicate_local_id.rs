//! `duplicate-local-id`: an id used twice in one file.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DuplicateLocalId,
    why: "An artifact, policy or keyword is found by its id.",
    mend: "Give one of them another id.",
    example: Example { bad: &[Edit::Replace("mug.toml", "id = \"newsletter\"", "id = \"order\"")], good: &[] },
    stages: &[Stage::Loading],
};
