//! `confusable-id`: two ids that look alike.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::ConfusableId,
    why: "Ids are equal here after compatibility normalisation (NFKC, Unicode Standard Annex 15), case \
          folding, look-alike letters (Unicode Technical Standard 39) and `-` for `_`. People and models \
          mix up what looks alike.",
    mend: "Choose a clearly different id.",
    example: Example { bad: &[Edit::Replace("mug.toml", "id = \"newsletter\"", "id = \"0rder\"")], good: &[] },
    stages: &[Stage::Loading],
};
