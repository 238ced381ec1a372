//! `dead-criterion`: a share of the score that nobody can win or lose.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::DeadCriterion,
    why: "A criterion that has one value over all episodes shifts every score by the same amount and tells agents apart \
          in nothing: a reply whose keywords are all optional, for example.",
    mend: "Score at least one keyword, or set the criterion's weight to 0. Nothing else can be constant in a task that \
           loads: resolution and efficiency are 0 for a wrong code, evidence is 0 for an agent that looks at nothing, \
           and what keeps a reply from its marks has findings of its own.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "id = \"new_piece\"", "id = \"new_piece\"\noptional = true")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
