//! The JSON Schemas of the authored form, generated from the raw types, and the validators built from them.

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::discover::MANIFEST;
use super::raw::{RawPack, RawTask};
use super::tree::Step;

/// Which kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `pack.toml`.
    Pack,
    /// Any other file of a pack.
    Task,
}

impl FileKind {
    /// Which kind the file at this path is, by its name.
    pub fn of(path: &std::path::Path) -> FileKind {
        if path.file_name().is_some_and(|name| name == MANIFEST) { FileKind::Pack } else { FileKind::Task }
    }

    /// The schema's file name, as a `#:schema` line ends.
    pub const fn schema_file(self) -> &'static str {
        match self {
            FileKind::Pack => "pack.schema.json",
            FileKind::Task => "task.schema.json",
        }
    }

    /// The schema as it is committed: draft 2020-12.
    pub fn schema(self) -> &'static Value {
        static PACK: LazyLock<Value> = LazyLock::new(generate::<RawPack>);
        static TASK: LazyLock<Value> = LazyLock::new(generate::<RawTask>);
        match self {
            FileKind::Pack => &PACK,
            FileKind::Task => &TASK,
        }
    }

    /// The part of the schema for what stands at this path; null below tables with keys of the author's own.
    pub(super) fn schema_at(self, path: &[Step]) -> &'static Value {
        path.iter().fold(self.schema(), |schema, step| match step {
            Step::Key(name) => &schema["properties"][name.as_str()],
            Step::Item(_) => &schema["items"],
        })
    }

    /// The compiled schema.
    pub(super) fn validator(self) -> &'static Validator {
        static PACK: LazyLock<Validator> = LazyLock::new(|| compile(FileKind::Pack));
        static TASK: LazyLock<Validator> = LazyLock::new(|| compile(FileKind::Task));
        match self {
            FileKind::Pack => &PACK,
            FileKind::Task => &TASK,
        }
    }
}

/// Whether a table of this form must have the key.
pub(super) fn requires(table: &Value, key: &str) -> bool {
    table["required"].as_array().is_some_and(|keys| keys.iter().any(|required| required == key))
}

/// Everything is written in place, without references: editors differ in what they make of a `$ref` with neighbours.
fn generate<T: schemars::JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

fn compile(kind: FileKind) -> Validator {
    jsonschema::draft202012::new(kind.schema()).expect("the generated schema is a valid one")
}
