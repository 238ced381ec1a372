//! The JSON Schemas: committed as they are generated, explained key by key, and in agreement with the types.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};
use support_ops_env::pack::FileKind;
use support_ops_env::pack::raw::{Field, RawPack, RawTask};
use support_ops_env::protocol::wire_schema_files;
use toml::de::{DeTable, DeValue};

/// Every schema's file name and text as it is generated.
fn generated() -> Vec<(String, String)> {
    let authored = [FileKind::Pack, FileKind::Task].map(|kind| {
        let text = serde_json::to_string_pretty(kind.schema()).expect("a JSON value always serialises");
        (kind.schema_file().to_owned(), text + "\n")
    });
    let wire = wire_schema_files().map(|(name, text)| (name.to_owned(), text));
    authored.into_iter().chain(wire).collect()
}

#[test]
fn committed_schemas_are_the_generated_ones() {
    let generated = generated();
    for (name, text) in &generated {
        let committed = fs::read_to_string(format!("schemas/{name}")).unwrap_or_default();
        assert!(committed == *text, "schemas/{name} is out of date: run `support-ops schema`");
    }
    let committed: BTreeSet<String> = fs::read_dir("schemas")
        .expect("the folder is part of the repository")
        .map(|entry| entry.expect("the folder can be read"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(committed, generated.into_iter().map(|(name, _)| name).collect());
}

#[test]
fn every_key_is_explained_by_an_example() {
    for (name, text) in generated() {
        let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut properties = 0;
        walk(&schema, &schema, &name, &mut properties);
        assert!(properties > 2, "{name} has {properties} properties");
    }
}

/// Checks every property below `at`: a description, an example, and that the example is one.
fn walk(root: &Value, at: &Value, path: &str, properties: &mut usize) {
    match at {
        Value::Object(object) => {
            for (key, sub) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let path = format!("{path}: {key}");
                *properties += 1;
                let text = sub["description"].as_str().unwrap_or_default();
                assert!(text.len() >= 5, "{path} has no description");
                let examples = sub["examples"].as_array().cloned().unwrap_or_default();
                assert!(!examples.is_empty() || sub.get("const").is_some(), "{path} has no example");
                for example in examples {
                    assert!(fits(root, sub, &example), "{path}: {example} is no example");
                }
            }
            for (key, sub) in object {
                if key != "examples" && key != "default" && key != "const" && key != "enum" {
                    walk(root, sub, &format!("{path}/{key}"), properties);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(root, item, path, properties)),
        _ => {}
    }
}

/// Whether a value fits a part of a schema, whose references lead into the whole of it.
fn fits(root: &Value, part: &Value, value: &Value) -> bool {
    let mut part = part.clone();
    if let (Some(part), Some(definitions)) = (part.as_object_mut(), root.get("$defs")) {
        part.insert("$defs".to_owned(), definitions.clone());
    }
    jsonschema::draft202012::new(&part).expect("a part of a schema is one").is_valid(value)
}

/// Whether the types accept a value; no source of places, so nothing is tolerated.
fn types_accept(kind: FileKind, value: &Value) -> Result<(), String> {
    let text = value.to_string();
    match kind {
        FileKind::Task => serde_json::from_str::<Field<RawTask>>(&text).map(drop),
        FileKind::Pack => serde_json::from_str::<Field<RawPack>>(&text).map(drop),
    }
    .map_err(|error| error.to_string())
}

fn check_agreement(kind: FileKind, value: &Value) {
    static VALIDATORS: LazyLock<[Validator; 2]> = LazyLock::new(|| {
        let compile =
            |kind: FileKind| jsonschema::draft202012::new(kind.schema()).expect("the generated schema is one");
        [compile(FileKind::Pack), compile(FileKind::Task)]
    });
    let validator = &VALIDATORS[usize::from(kind == FileKind::Task)];
    let by_schema = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).next();
    let by_types = types_accept(kind, value);
    assert_eq!(by_schema.is_none(), by_types.is_ok(), "schema: {by_schema:?}, types: {by_types:?}, value: {value}");
}

/// The files that are known to be good, as the schema sees them.
fn good_files() -> Vec<(FileKind, Value)> {
    let mut files = Vec::new();
    let mut left = vec!["tasks".into(), "tests/fixtures/good".into()];
    while let Some(folder) = left.pop() {
        let folder: std::path::PathBuf = folder;
        for entry in fs::read_dir(folder).expect("the packs are part of the repository") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let text = fs::read_to_string(&path).expect("a pack's file is text");
                let kind = if path.ends_with("pack.toml") { FileKind::Pack } else { FileKind::Task };
                files.push((path, kind, table_to_json(DeTable::parse(&text).expect("it is TOML").get_ref())));
            }
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files.into_iter().map(|(_, kind, value)| (kind, value)).collect()
}

fn table_to_json(table: &DeTable<'_>) -> Value {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref()))).collect::<Map<_, _>>().into()
}

fn to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).expect("good files hold small integers").into()
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().expect("good files hold plain floats").into(),
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| to_json(item.get_ref())).collect::<Vec<_>>().into(),
        DeValue::Table(table) => table_to_json(table),
    }
}

#[test]
fn good_files_fit_schema_and_types() {
    let files = good_files();
    assert!(files.len() >= 10);
    for (kind, value) in files {
        check_agreement(kind, &value);
        assert_eq!(types_accept(kind, &value), Ok(()));
    }
}

/// A value that TOML can express: no null, integers of 64 bits, finite floats.
fn any_value() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(WORDS).prop_map(str::to_owned),
        "[a-z0-9_-]{0,8}",
        "[A-Za-z0-9 .:+é\\-]{0,70}",
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(&[-1_i64, 0, 1, 2, 8, 64, 100, 101, 1000, 1001, 16384, 16385, i64::MAX, i64::MIN][..])
            .prop_map(Value::from),
        prop::sample::select(&[-0.5, -0.0, 0.0, 1e-300, 0.2, 0.5, 0.999, 1.0, 1.5, 8.0, 1000.0, 1e300][..])
            .prop_map(|number| Number::from_f64(number).map_or(json!(0), Value::Number)),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..4)
                .prop_map(|entries| entries.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Words that some key knows, and words that are almost such.
const WORDS: &[&str] = &[
    "id",
    "title",
    "from",
    "at_most",
    "any_of",
    "near",
    "regex",
    "money",
    "duration",
    "date",
    "percent",
    "number",
    "ref",
    "window",
    "weight",
    "optional",
    "effect",
    "except",
    "polarity",
    "mood",
    "by",
    "record",
    "reply",
    "expect",
    "passes",
    "text",
    "aliases",
    "distractor",
    "required",
    "expected",
    "harmful",
    "partial",
    "easy",
    "Easy",
    "train",
    "test",
    "email",
    "en-1",
    "assert",
    "any",
    "us",
    "gate",
    "fail",
    "met",
    "unmet",
    "wrong_value",
    "always",
    "on_done",
    "full",
    "agent",
    "off",
    "error",
    "USD",
    "usd",
    "1.0.0",
    "1.0",
    "2026-03-03T08:15:00Z",
    "2026-03-03",
    "2026-02-31",
    "2026-13-01",
    "08:15:00",
    "unused-policy",
    "a--b",
    "a-b",
    "a_",
    "",
    " ",
];

/// A way to break a good file, or to leave it good.
#[derive(Debug, Clone)]
enum Mutation {
    Replace(Value),
    Remove,
    Insert(String, Value),
    Rename(String),
    Copy(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => any_value().prop_map(Mutation::Replace),
        1 => Just(Mutation::Remove),
        2 => (prop::sample::select(WORDS), any_value()).prop_map(|(key, value)| Mutation::Insert(key.to_owned(), value)),
        1 => prop::sample::select(WORDS).prop_map(|key| Mutation::Rename(key.to_owned())),
        2 => any::<prop::sample::Index>().prop_map(Mutation::Copy),
    ]
}

/// The pointers of all values in a tree, without the root's.
fn pointers(value: &Value, above: &str, all: &mut Vec<String>) {
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let children: Vec<(String, &Value)> = match value {
        Value::Object(entries) => entries.iter().map(|(key, value)| (escape(key), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        let pointer = format!("{above}/{step}");
        pointers(child, &pointer, all);
        all.push(pointer);
    }
}

fn mutate(root: &mut Value, at: prop::sample::Index, mutation: Mutation) {
    let mut all = Vec::new();
    pointers(root, "", &mut all);
    if all.is_empty() {
        return;
    }
    let pointer = at.get(&all).clone();
    let (above, step) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let key = step.replace("~1", "/").replace("~0", "~");
    match mutation {
        Mutation::Replace(value) => *root.pointer_mut(&pointer).expect("it is in the tree") = value,
        Mutation::Copy(from) => {
            let value = root.pointer(from.get(&all[..]).as_str()).cloned().expect("it is in the tree");
            *root.pointer_mut(&pointer).expect("it is in the tree") = value;
        }
        Mutation::Remove => match root.pointer_mut(above).expect("it is in the tree") {
            Value::Object(entries) => drop(entries.remove(&key)),
            Value::Array(items) => drop(items.remove(key.parse::<usize>().expect("a position"))),
            _ => {}
        },
        Mutation::Insert(name, value) => match root.pointer_mut(above).expect("it is in the tree") {
            Value::Object(entries) => drop(entries.insert(name, value)),
            Value::Array(items) => items.push(value),
            _ => {}
        },
        Mutation::Rename(name) => {
            if let Some(Value::Object(entries)) = root.pointer_mut(above)
                && let Some(value) = entries.remove(&key)
            {
                entries.insert(name, value);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn schema_and_types_accept_the_same(
        file in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..4),
    ) {
        thread_local!(static FILES: Vec<(FileKind, Value)> = good_files());
        let (kind, mut value) = FILES.with(|files| file.get(files).clone());
        for (at, mutation) in mutations {
            mutate(&mut value, at, mutation);
        }
        check_agreement(kind, &value);
    }

    #[test]
    fn schema_and_types_refuse_the_same_nonsense(value in any_value()) {
        check_agreement(FileKind::Task, &value);
        check_agreement(FileKind::Pack, &value);
    }
}
