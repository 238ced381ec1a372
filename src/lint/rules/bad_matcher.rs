//! `bad-matcher`: a keyword that cannot be looked for.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::BadMatcher,
    why: "A keyword or a forbidden entry has exactly one matcher, and its phrases hold words. A matcher whose value is not of \
          its form, such as a date that no calendar has, is a `bad-pattern`, a `wrong-type` or an `out-of-range`.",
    mend: "Write one of `any_of`, `near`, `regex`, `money`, `duration`, `date`, `percent`, `number`, \
           `ref`.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "any_of = [\"new mug\", \"replacement\"]",
            "any_of = [\"new mug\", \"replacement\"]\nnumber = 3",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
