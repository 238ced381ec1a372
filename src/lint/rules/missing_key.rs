//! `missing-key`: a required key that is not there.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::MissingKey,
    why: "Without it there is nothing to show or to grade. The place is the header of its table, or the \
          first line of the file.",
    mend: "Write the key; docs/tasks.md says what it holds.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5\n", "")], good: &[] },
    stages: &[Stage::Loading],
};
