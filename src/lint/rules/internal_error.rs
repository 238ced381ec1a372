//! `internal-error`: a fault of the program itself.

use crate::diag::Code;
use crate::lint::{Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::InternalError,
    why: "A rule or the loader failed on this file. The other files are checked all the same.",
    mend: "Please report it, with the file.",
    example: Example { bad: &[], good: &[] },
    stages: &[Stage::Loading],
};
