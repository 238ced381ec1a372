//! `too-large`: what is too large to be read whole.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::TooLarge,
    why: "Limits keep one file from taking the time and memory of all others. The bounds are in the \
          message and in docs/tasks.md. Of one file at most 200 findings are told, errors before \
          warnings; one more counts those that are left out.",
    mend: "Split the text, the list or the pack.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "record = { subscribed = true }",
            "record = { subscribed = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] }",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
