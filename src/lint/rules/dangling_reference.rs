//! `dangling-reference`: a reference to nothing.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DanglingReference,
    why: "Evidence, a `from` or an exclusive group names something that does not exist: nobody could \
          earn it.",
    mend: "Write the name that the help suggests, or add what it names.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "\"artifact:order\", \"policy",
            "\"artifact:ordr\", \"artifact:order\", \"policy",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
