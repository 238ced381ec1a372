//! `weights-not-one`: weights that are no shares.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::WeightsNotOne,
    why: "The weights of the criteria, merged over pack and task, sum to 1 within 1e-9, none is \
          negative, and none takes all: a score is a share of 1.",
    mend: "Change one of them; the message shows the sum.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "[ticket]",
            "[grading.weights]\nresolution = 0.6\nevidence = 0.25\nreply = 0.25\nefficiency = 0.1\n\n[ticket]",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "[ticket]",
            "[grading.weights]\nresolution = 0.5\nevidence = 0.25\nreply = 0.15\nefficiency = 0.1\n\n[ticket]",
        )],
    },
    stages: &[Stage::Loading],
};
