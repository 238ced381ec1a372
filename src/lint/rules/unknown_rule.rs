//! `unknown-rule`: a suppression of no rule.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::UnknownRule,
    why: "No rule has this name, so nothing is suppressed. A name in `[lint]` of `pack.toml` that no rule has is a \
          `bad-enum`, or an `unknown-key` under `severity`.",
    mend: "Write the name that the help suggests: `# lint: allow(<code>) <reason>`.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "max_steps = 5",
            "max_steps = 5 # lint: allow(unused-artefact) kept for a later task",
        )],
        good: &[],
    },
    stages: &[Stage::Suppression],
};
