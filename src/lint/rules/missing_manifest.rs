//! `missing-manifest`: tasks without a pack.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::MissingManifest,
    why: "What tasks share, such as the resolutions, stands in `pack.toml`.",
    mend: "Write a `pack.toml` in this folder or above.",
    example: Example { bad: &[Edit::Remove("pack.toml")], good: &[] },
    stages: &[Stage::Loading],
};
