//! `bad-pattern`: a text that is not of the form of its key.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::BadPattern,
    why: "Ids, versions, currencies and times have a form that clients rely on.",
    mend: "Write the form that the message names.",
    example: Example { bad: &[Edit::Replace("mug.toml", "id = \"cracked-mug\"", "id = \"cracked mug\"")], good: &[] },
    stages: &[Stage::Loading],
};
