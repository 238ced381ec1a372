//! `alias-collision`: an alias that finds two policies.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::AliasCollision,
    why: "A query is matched without case, punctuation and blanks. One that finds two policies finds \
          neither reliably.",
    mend: "Remove the alias, or make it longer.",
    example: Example {
        bad: &[Edit::Replace("pack.toml", "aliases = [\"breakage\"]", "aliases = [\"breakage\", \"gift-wrapping\"]")],
        good: &[],
    },
    stages: &[Stage::Loading],
};
