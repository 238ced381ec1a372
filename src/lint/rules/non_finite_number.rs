//! `non-finite-number`: a number that is infinite or none.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::NonFiniteNumber,
    why: "JSON has no such numbers: a client could not read the record.",
    mend: "Write a finite number, or a text.",
    example: Example { bad: &[Edit::Replace("mug.toml", "{ subscribed = true }", "{ subscribed = nan }")], good: &[] },
    stages: &[Stage::Loading],
};
