//! The names of keys: those that the format itself knows are kept once, however many files are read.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashSet;

/// The keys of a task's form. Others are rare: an author's own, in records and tables of codes.
const KNOWN: &[&str] = &[
    "adversarial",
    "aliases",
    "any_of",
    "artifacts",
    "at_most",
    "by",
    "channel",
    "customer",
    "date",
    "difficulty",
    "distractor",
    "duration",
    "effect",
    "efficiency",
    "evidence",
    "examples",
    "except",
    "exclusive",
    "expect",
    "expected",
    "exposure",
    "floor_max",
    "forbidden",
    "free_steps",
    "from",
    "grading",
    "harmful",
    "id",
    "keywords",
    "matcher",
    "max_steps",
    "max_words",
    "message",
    "min_words",
    "money",
    "mood",
    "near",
    "number",
    "objective",
    "opened_at",
    "optional",
    "oracle",
    "partial",
    "passes",
    "percent",
    "polarity",
    "policies",
    "record",
    "ref",
    "regex",
    "reply",
    "required",
    "resolution",
    "rewards",
    "schema_version",
    "score",
    "split",
    "state",
    "subject",
    "tags",
    "text",
    "ticket",
    "title",
    "weight",
    "weights",
    "window",
    "workspace_summary",
];

static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| KNOWN.iter().copied().collect());

/// A key's name, with memory of its own only where the format does not know it.
pub(super) fn name_of_key(key: &str) -> Cow<'static, str> {
    match NAMES.get(key) {
        Some(&name) => Cow::Borrowed(name),
        None => Cow::Owned(key.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{KNOWN, name_of_key};
    use crate::pack::FileKind;

    /// The names of all properties in a schema.
    fn collect<'s>(schema: &'s serde_json::Value, names: &mut Vec<&'s str>) {
        if let Some(properties) = schema.get("properties").and_then(|properties| properties.as_object()) {
            names.extend(properties.keys().map(String::as_str));
        }
        match schema {
            serde_json::Value::Object(parts) => parts.values().for_each(|part| collect(part, names)),
            serde_json::Value::Array(parts) => parts.iter().for_each(|part| collect(part, names)),
            _ => {}
        }
    }

    #[test]
    fn every_key_of_the_form_is_known() {
        let mut names = Vec::new();
        collect(FileKind::Task.schema(), &mut names);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, KNOWN);
    }

    #[test]
    fn other_keys_are_kept_as_they_are() {
        assert!(matches!(name_of_key("message"), Cow::Borrowed("message")));
        assert!(matches!(name_of_key("Message"), Cow::Owned(name) if name == "Message"));
    }
}
