//! `unknown-resolution`: a code that the pack does not offer.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::UnknownResolution,
    why: "An agent may only submit the codes of `[resolutions]` in `pack.toml`.",
    mend: "Write one of them, or add the code there.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "expected = \"send_replacement\"", "expected = \"send_replacment\"")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
