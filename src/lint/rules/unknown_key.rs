//! `unknown-key`: a key that means nothing here.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::UnknownKey,
    why: "An unknown key is most often a slip of the pen, and what it should have said would be lost \
          without a word.",
    mend: "Write the nearest known key, as the help says, or remove it.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_step = 5\nmax_steps = 5")], good: &[] },
    stages: &[Stage::Loading],
};
