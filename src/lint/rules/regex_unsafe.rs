//! `regex-unsafe`: a pattern that could cost too much.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::RegexUnsafe,
    why: "Patterns run in linear time (the syntax of the regex crate): no look-around, no \
          back-references, and a bounded size.",
    mend: "Write it without them, or use `any_of` or `near`.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "any_of = [\"new mug\", \"replacement\"]", "regex = \"(?=mug)replacement\"")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
