//! `regex-vacuous`: a pattern that says nothing.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::RegexVacuous,
    why: "It matches the empty text, thus every reply, or no text at all.",
    mend: "Make it ask for something.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "any_of = [\"new mug\", \"replacement\"]", "regex = \"(replacement)?\"")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
