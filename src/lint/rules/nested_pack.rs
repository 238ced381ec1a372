//! `nested-pack`: a pack inside a pack.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::NestedPack,
    why: "A task belongs to one pack: the one whose `pack.toml` is nearest above would not be clear.",
    mend: "Move the inner folder out, or give its tasks to the outer pack.",
    example: Example { bad: &[Edit::Write("inner/pack.toml", include_str!("../example/pack.toml"))], good: &[] },
    stages: &[Stage::Loading],
};
