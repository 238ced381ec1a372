//! What the schema says of a place: its keys, its values, and what they mean.

use serde_json::Value;

use crate::pack::FileKind;
use crate::pack::tree::Step;

/// A key that a table may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownKey<'a> {
    pub(super) name: &'a str,
    pub(super) form: &'a Value,
    pub(super) required: bool,
}

/// What the schema says of the value at a path.
pub(super) fn form_at(kind: FileKind, path: &[Step]) -> Option<&'static Value> {
    path.iter().try_fold(kind.schema(), |form, step| {
        alternatives(form).into_iter().find_map(|form| match step {
            Step::Key(key) => form["properties"].get(key).or_else(|| named_by_author(form)),
            Step::Item(_) => form.get("items"),
        })
    })
}

/// The form of entries whose keys are the author's own.
fn named_by_author(form: &Value) -> Option<&Value> {
    form.get("patternProperties")?.as_object()?.values().next()
}

/// The form itself, or the forms that it lets one choose from.
fn alternatives(form: &Value) -> Vec<&Value> {
    form.get("anyOf").and_then(Value::as_array).map_or_else(|| vec![form], |list| list.iter().collect())
}

/// The keys of a table of this form, the required ones first.
pub(super) fn keys_of(form: &Value) -> Vec<KnownKey<'_>> {
    let mut keys = Vec::new();
    for form in alternatives(form) {
        let required = |name: &str| form["required"].as_array().is_some_and(|list| list.iter().any(|one| one == name));
        let properties = form["properties"].as_object().into_iter().flatten();
        keys.extend(properties.map(|(name, form)| KnownKey { name, form, required: required(name) }));
    }
    keys.sort_by_key(|key| !key.required);
    keys
}

/// The words that a value of this form is one of.
pub(super) fn words_of(form: &Value) -> Vec<&str> {
    let listed = |form: &'_ Value| form.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut words: Vec<&str> = Vec::new();
    for form in alternatives(form) {
        if listed(form).is_empty() {
            continue;
        }
        words.extend(form["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    words
}

/// How a value of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    Boolean,
    List,
    ListOfTables,
    Table,
    Any,
}

/// How a value of this form is written, the first way where there are several.
pub(super) fn shape_of(form: &Value) -> Shape {
    let Some(form) = alternatives(form).into_iter().next() else { return Shape::Any };
    match form["type"].as_str() {
        Some("string") => Shape::Text,
        Some("integer" | "number") => Shape::Number,
        Some("boolean") => Shape::Boolean,
        Some("array") if shape_of(&form["items"]) == Shape::Table => Shape::ListOfTables,
        Some("array") => Shape::List,
        Some("object") => Shape::Table,
        _ => Shape::Any,
    }
}

/// What a form takes, in words.
pub(super) fn type_of(form: &Value) -> String {
    let mut names: Vec<String> = Vec::new();
    for form in alternatives(form) {
        let name = match form["type"].as_str() {
            Some("array") => format!("list of {}", plural(&type_of(&form["items"]))),
            Some("object") => match form["properties"].as_object().filter(|_| form["required"].is_array()) {
                Some(keys) if keys.len() == 1 => {
                    format!("{{ {} = … }}", keys.keys().next().map_or("", String::as_str))
                }
                _ => "table".to_owned(),
            },
            Some(name) => format!("{name}{}", bounds_of(form)),
            None => "value".to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" or ")
}

fn plural(name: &str) -> String {
    match name.split_once(' ') {
        Some((noun, rest)) => format!("{noun}s {rest}"),
        None => format!("{name}s"),
    }
}

fn bounds_of(form: &Value) -> String {
    match (form.get("minimum"), form.get("maximum"), form.get("exclusiveMinimum"), form.get("exclusiveMaximum")) {
        (Some(least), Some(most), ..) if least == most => format!(", {least}"),
        (Some(least), Some(most), ..) => format!(", {least} to {most}"),
        (_, _, Some(least), Some(most)) => format!(", above {least} and below {most}"),
        (_, _, Some(least), None) => format!(", above {least}"),
        _ => String::new(),
    }
}

/// A key's documentation, in Markdown.
pub(super) fn describe(name: &str, form: &Value, required: bool) -> String {
    let mut text = format!("**{name}**: {}{}\n", type_of(form), if required { ", required" } else { "" });
    if let Some(description) = form["description"].as_str() {
        text.push_str(&format!("\n{description}\n"));
    }
    let words = words_of(form);
    if !words.is_empty() && words.len() <= 12 {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        text.push_str(&format!("\nOne of {}.\n", words.join(", ")));
    }
    if let Some(default) = form.get("default") {
        text.push_str(&format!("\nDefault: `{}`\n", toml_of(default)));
    }
    if let Some(example) = form["examples"].as_array().and_then(|list| list.first()) {
        text.push_str(&format!("\nExample: `{name} = {}`\n", toml_of(example)));
    }
    text
}

/// A value as TOML writes it on one line.
pub(super) fn toml_of(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key} = {}", toml_of(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::String(text) if text.contains('\\') && !text.contains(['\'', '\n']) => format!("'{text}'"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{describe, form_at, keys_of, type_of, words_of};
    use crate::pack::FileKind;
    use crate::pack::tree::Step;

    fn path(text: &str) -> Vec<Step> {
        let steps = text.split('.').filter(|part| !part.is_empty());
        steps.map(|part| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Item)).collect()
    }

    fn check(at: &str, expect: &str, words: usize) {
        let form = form_at(FileKind::Task, &path(at)).expect("the place is in the schema");
        assert_eq!((type_of(form).as_str(), words_of(form).len()), (expect, words), "{at}");
    }

    #[test]
    fn the_schema_knows_each_place() {
        check("", "table", 0);
        check("id", "string", 0);
        check("difficulty", "string", 3);
        check("max_steps", "integer, 1 to 1000", 0);
        check("tags", "list of strings", 0);
        check("artifacts.3.distractor", "boolean", 0);
        check("reply.keywords.0.near", "list of lists of strings", 0);
        check("reply.keywords.0.money", "string or { from = … }", 0);
        check("reply.keywords.0.money.from", "string", 0);
        check("resolution.partial.a_code", "number, above 0 and below 1", 0);
        check("examples.0.expect.refund", "string", 10);
        assert!(form_at(FileKind::Task, &path("artifacts.0.record.total")).is_none());
        assert!(form_at(FileKind::Task, &path("nothing")).is_none());
    }

    #[test]
    fn keys_come_with_their_documentation() {
        let form = form_at(FileKind::Task, &path("ticket")).expect("the place is in the schema");
        let names: Vec<&str> = keys_of(form).iter().map(|key| key.name).collect();
        assert_eq!(names, ["id", "subject", "message", "channel", "opened_at", "customer"]);
        let channel = keys_of(form)[3];
        let text = describe(channel.name, channel.form, channel.required);
        assert_eq!(
            text,
            "**channel**: string\n\nHow it came in.\n\nOne of `email`, `chat`, `phone`, `social`, `web`.\n\n\
             Example: `channel = \"email\"`\n"
        );
    }
}
