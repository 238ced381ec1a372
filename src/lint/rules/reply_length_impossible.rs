//! `reply-length-impossible`: bounds that no reply can meet.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::ReplyLengthImpossible,
    why: "`min_words` above `max_words`, or an oracle reply outside of them.",
    mend: "Change the bounds, or the reply.",
    example: Example { bad: &[Edit::Replace("mug.toml", "min_words = 5", "min_words = 300")], good: &[] },
    stages: &[Stage::Loading],
};
