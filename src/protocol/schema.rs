//! The wire's JSON Schemas (draft 2020-12), generated from the Rust types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Observation, ResetRequest, State, ToolUseAction};

/// Where the definitions of an OpenAPI document stand.
pub(super) const COMPONENTS: &str = "/components/schemas";

/// What an action looks like.
pub fn action_schema() -> Value {
    root_schema::<ToolUseAction>(SchemaSettings::draft2020_12())
}

/// What an observation looks like. As upstream, `reward` and `done` are declared although they stand beside the
/// observation on the wire: clients and validators put the three together before they check.
pub fn observation_schema() -> Value {
    let mut schema = root_schema::<Observation>(SchemaSettings::draft2020_12().for_serialize());
    let properties = schema["properties"].as_object_mut().expect("an observation has properties");
    for (key, value) in outcome_properties() {
        properties.insert(key, value);
    }
    schema
}

/// What the state looks like.
pub fn state_schema() -> Value {
    root_schema::<State>(SchemaSettings::draft2020_12().for_serialize())
}

/// The body of `GET /schema`. Resets answer the same kind of observation as steps.
pub fn schema_document() -> Value {
    let observation = observation_schema();
    json!({
        "action": action_schema(),
        "reset_observation": observation.clone(),
        "observation": observation,
        "state": state_schema(),
    })
}

/// The generated files, by name, for the repository's `schemas` folder.
pub fn wire_schema_files() -> [(&'static str, String); 3] {
    let render = |schema: &Value| format!("{schema:#}\n");
    [
        ("action.schema.json", render(&action_schema())),
        ("observation.schema.json", render(&observation_schema())),
        ("state.schema.json", render(&state_schema())),
    ]
}

/// What a reset takes; a closed one refuses other keys.
pub(super) fn reset_schema(closed: bool) -> Value {
    let mut schema = root_schema::<ResetRequest>(SchemaSettings::draft2020_12());
    let object = schema.as_object_mut().expect("a struct's schema is an object");
    object.remove("$schema");
    object.insert("additionalProperties".to_owned(), (!closed).into());
    schema
}

/// What a tool's result holds, without the texts that explain it: it is repeated for every tool.
pub(super) fn outcome_schema() -> Value {
    let observation = root_schema::<Observation>(SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.inline_subschemas = true;
    }));
    let mut properties = Map::from_iter([("observation".to_owned(), observation)]);
    properties.extend(outcome_properties());
    let mut schema =
        json!({ "type": "object", "properties": properties, "required": ["observation", "reward", "done"] });
    strip_texts(&mut schema);
    schema
}

/// A generator whose definitions go into an OpenAPI document.
pub(super) fn component_generator(serialize: bool) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = COMPONENTS.into());
    if serialize { settings.for_serialize() } else { settings }.into_generator()
}

/// What stands beside an observation.
pub(super) fn outcome_properties() -> [(String, Value); 2] {
    let reward = json!({
        "description": "What the step paid, in [0, 1]; null after a reset.",
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 1,
        "default": null,
        "examples": [0.05],
    });
    let done = json!({
        "description": "Whether the episode has ended.",
        "type": "boolean",
        "default": false,
        "examples": [false],
    });
    [("reward".to_owned(), reward), ("done".to_owned(), done)]
}

fn root_schema<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let mut generated = settings.into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut generated);
    // What a reader looks for first comes first.
    let Value::Object(mut rest) = generated else { return generated };
    let mut schema = Map::new();
    for keyword in ["$schema", "title", "description", "type"] {
        if let Some(value) = rest.shift_remove(keyword) {
            schema.insert(keyword.to_owned(), value);
        }
    }
    schema.extend(rest);
    Value::Object(schema)
}

/// Makes generated schemas fit for others: rustdoc's links become plain names, its line breaks blanks, and Rust's
/// number formats go, which strict checkers refuse as unknown.
pub(super) fn tidy(schema: &mut Value) {
    walk(schema, &mut |object| {
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = text.replace("[`", "`").replace("`]", "`").replace('\n', " ");
        }
        object.remove("format");
    });
}

/// Removes what only people read.
fn strip_texts(schema: &mut Value) {
    walk(schema, &mut |object| {
        for keyword in ["$schema", "title", "description", "examples", "default"] {
            object.remove(keyword);
        }
    });
}

/// Visits every schema in this one, itself first. Keys of `properties` and `$defs` are names, not keywords.
fn walk(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            visit(object);
            for (keyword, value) in object.iter_mut() {
                match (keyword.as_str(), value) {
                    ("properties" | "$defs", Value::Object(members)) => {
                        members.values_mut().for_each(|member| walk(member, visit));
                    }
                    ("examples" | "default" | "const" | "enum", _) => {}
                    (_, value) => walk(value, visit),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        _ => {}
    }
}
