//! `future-schema-version`: a file for a newer version.

use crate::diag::Code;
use crate::lint::{Edit, Example, Rule, Stage};

pub(super) const RULE: Rule = Rule {
    code: Code::FutureSchemaVersion,
    why: "Its keys may mean what this version does not know. Nothing else is said of the file.",
    mend: "Update support-ops, or write `schema_version = 1`.",
    example: Example { bad: &[Edit::Replace("mug.toml", "schema_version = 1", "schema_version = 2")], good: &[] },
    stages: &[Stage::Loading],
};
