//! `wrong-type`: a value of another type than its key holds.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::WrongType,
    why: "A number in quotes is a text, and a text where a list belongs is not a list of one.",
    mend: "Write the type that the message names.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = \"5\"")], good: &[] },
    stages: &[Stage::Loading],
};
