//! `bad-enum`: a word that its key does not take.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::BadEnum,
    why: "The key takes one of a few words, and this is none of them.",
    mend: "Write one of the words that the help names.",
    example: Example { bad: &[Edit::Replace("mug.toml", "difficulty = \"easy\"", "difficulty = \"eazy\"")], good: &[] },
    stages: &[Stage::Loading],
};
