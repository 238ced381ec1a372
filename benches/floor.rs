//! What the libraries alone cost: parses the files of a folder with `toml` and validates them with `jsonschema`, on one
//! thread. `benches/lint.py` runs it beside the linter.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

fn main() {
    let [schema, files @ ..] = &env::args().skip(1).map(PathBuf::from).collect::<Vec<_>>()[..] else {
        panic!("the schema, then the files");
    };
    let text = fs::read_to_string(schema).expect("a readable schema");
    let schema: Value = serde_json::from_str(&text).expect("a schema in JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a valid schema");
    let is_valid = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a readable file");
        let table: toml::Table = text.parse().expect("sound TOML");
        validator.is_valid(&table.into_iter().map(|(key, value)| (key, to_json(value))).collect())
    };
    println!("{} of {} files are valid", files.iter().filter(|file| is_valid(file)).count(), files.len());
}

/// A value as the schema sees it: dates are strings.
fn to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(to_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, to_json(value))).collect(),
    }
}
