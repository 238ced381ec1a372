//! `out-of-range`: a number or a count out of bounds.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::OutOfRange,
    why: "A number outside of what its key takes, or an empty list where one item is needed.",
    mend: "Write a value within the bounds that the message names.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = 0")], good: &[] },
    stages: &[Stage::Loading],
};
