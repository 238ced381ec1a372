//! `weights-not-one`: weights that are no shares.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::WeightsNotOne,
    why: "The weights of the criteria, merged over pack and task, sum to 1 within 1e-9, none is \
          negative, and none takes all: a score is a share of 1.",
    mend: "Change one of them; the message shows the sum.",
    example: Example { bad: &[Edit::Replace("mug.toml", "[ticket]", "[grading.weights]\nresolution = 0.6\n\n[ticket]")], good: &[] },
    stages: &[Stage::Loading],
};
