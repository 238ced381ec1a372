//! `syntax`: what is no TOML.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::Syntax,
    why: "The file does not follow TOML 1.0 (toml.io/en/v1.0.0) at this place. What can be read around \
          it is checked all the same.",
    mend: "Mend the statement as the help says.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = ")], good: &[] },
    stages: &[Stage::Loading],
};
