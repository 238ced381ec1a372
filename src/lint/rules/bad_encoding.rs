//! `bad-encoding`: bytes that are no plain text.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::BadEncoding,
    why: "A file is UTF-8 with LF or CRLF as line ends. Anything else is read differently by different \
          tools; a byte-order mark is only a warning.",
    mend: "Save the file as UTF-8 without a byte-order mark; `--fix` removes the mark.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "title = \"A mug came with a crack\"\n",
            "title = \"A mug came with a crack\"\u{d}",
        )],
        good: &[],
    },
    stages: &[Stage::Loading],
};
