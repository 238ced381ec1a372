//! The wire's JSON Schemas (draft 2020-12), generated from the Rust types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Difficulty, Observation, ResetRequest, State, ToolUseAction};

/// Where the definitions of an OpenAPI document stand.
pub(super) const COMPONENTS: &str = "/components/schemas";

/// The splits a task may be in.
pub(super) const SPLITS: [&str; 3] = ["train", "validation", "test"];

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
    object.shift_remove("$schema");
    object.insert("additionalProperties".to_owned(), (!closed).into());
    schema
}

/// What anybody may know of a task. Open, so that a later key breaks no client that checks answers against it.
pub(super) fn task_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "title": { "type": "string" },
            "difficulty": { "type": "string", "enum": Difficulty::ALL.map(Difficulty::as_str) },
            "split": { "type": "string", "enum": SPLITS },
            "objective": { "type": "string" },
            "max_steps": { "type": "integer", "minimum": 1 },
            "tags": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["id", "title", "difficulty", "split", "objective", "max_steps", "tags"],
    })
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
        object.shift_remove("format");
    });
}

/// Removes what only people read.
fn strip_texts(schema: &mut Value) {
    walk(schema, &mut |object| {
        for keyword in ["$schema", "title", "description", "examples", "default"] {
            object.shift_remove(keyword);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::protocol::{
        ActionRecord, ActionType, ObservationMetadata, StepResult, render_http_envelope, render_ws_observation,
        score::example_score,
    };

    use super::*;

    fn schemas() -> [(&'static str, Value); 4] {
        let reset = reset_schema(true);
        [
            ("action", action_schema()),
            ("observation", observation_schema()),
            ("state", state_schema()),
            ("reset", reset),
        ]
    }

    fn validator(schema: &Value) -> jsonschema::Validator {
        jsonschema::draft202012::options().build(schema).expect("the schema compiles")
    }

    fn result(score: bool) -> StepResult {
        let metadata = ObservationMetadata {
            episode_id: "e".into(),
            task_id: "t".into(),
            seed: score.then_some(u64::MAX >> 1),
            pack_digest: "sha256:00".into(),
            session_id: score.then(|| "s".into()),
            score: score.then(|| Arc::new(example_score())),
        };
        let observation = Observation {
            task_id: "t".into(),
            difficulty: Difficulty::Hard,
            objective: "o".into(),
            customer_message: "\u{1f600}\n".into(),
            workspace_summary: "w".into(),
            available_actions: ActionType::ALL,
            available_resolution_codes: Arc::from(["a".to_owned()]),
            collected_evidence: vec!["ticket".into()],
            last_tool_result: score.then(|| "r".into()),
            last_action_error: None,
            remaining_steps: 0,
            current_score: score.then_some(1.0),
            metadata,
        };
        StepResult { observation, reward: score.then_some(1.0), done: score }
    }

    #[test]
    fn every_key_has_a_description_and_an_example_that_is_valid() {
        for (name, mut schema) in schemas() {
            let definitions = schema.get("$defs").cloned().unwrap_or_else(|| json!({}));
            let mut keys = 0;
            walk(&mut schema, &mut |object| {
                let Some(Value::Object(properties)) = object.get("properties") else { return };
                for (key, property) in properties {
                    assert!(property["description"].is_string(), "{name}: {key} has no description");
                    let examples = property["examples"].as_array().cloned().unwrap_or_default();
                    assert!(!examples.is_empty(), "{name}: {key} has no example");
                    let mut alone = property.clone();
                    alone["$defs"] = definitions.clone();
                    for example in examples {
                        let valid = validator(&alone).validate(&example).map_err(|error| error.to_string());
                        assert_eq!(valid, Ok(()), "{name}: the example of {key}");
                    }
                    keys += 1;
                }
            });
            assert!(keys >= 6, "{name} has only {keys} keys");
        }
    }

    #[test]
    fn texts_are_fit_for_others() {
        for (name, schema) in schemas() {
            let text = schema.to_string();
            assert!(!text.contains("[`") && !text.contains("\\n") && !text.contains("\"format\""), "{name}: {text}");
            assert!(!text.contains("\"$ref\":\"http"), "{name} refers to elsewhere");
        }
        let titles = schemas().map(|(_, schema)| schema["title"].clone());
        assert_eq!(titles, ["ToolUseAction", "ToolUseObservation", "ToolUseState", "ResetRequest"].map(Value::from));
    }

    #[test]
    fn envelopes_fit_the_observation_schema() {
        let schema = observation_schema();
        for ended in [false, true] {
            let result = result(ended);
            let http: Value = serde_json::from_slice(&render_http_envelope(&result)).expect("JSON");
            let ws: Value = serde_json::from_str(&render_ws_observation(&result)).expect("JSON");
            assert_eq!((&ws["type"], &ws["data"]), (&"observation".into(), &http));
            assert_eq!(http["metadata"], http["observation"]["metadata"]);
            // What OpenEnv's validator does: observation, reward and done put together.
            let mut whole = http["observation"].clone();
            assert!(whole.get("reward").is_none() && whole.get("done").is_none());
            assert_eq!(validator(&schema).validate(&whole).map_err(|error| error.to_string()), Ok(()));
            whole["reward"] = http["reward"].clone();
            whole["done"] = http["done"].clone();
            assert_eq!(validator(&schema).validate(&whole).map_err(|error| error.to_string()), Ok(()));
            whole["surplus"] = true.into();
            assert!(!validator(&schema).is_valid(&whole));
        }
    }

    #[test]
    fn states_fit_the_state_schema() {
        let idle = State::default();
        let history = ActionRecord {
            step: 1,
            action: Arc::new(ToolUseAction::new(ActionType::SearchPolicy, Some("q".to_owned()))),
            reward: 0.0,
            error: Some("no".into()),
        };
        let busy = State {
            episode_id: Some("e".into()),
            step_count: 1,
            difficulty: Some(Difficulty::Easy),
            action_history: vec![history],
            score: Some(Arc::new(example_score())),
            ..State::default()
        };
        for state in [idle, busy] {
            let state = serde_json::to_value(&state).expect("a state is JSON");
            assert_eq!(validator(&state_schema()).validate(&state).map_err(|error| error.to_string()), Ok(()));
        }
    }

    /// `support-ops schema` rewrites the files.
    #[test]
    fn the_committed_files_are_up_to_date() {
        for (name, text) in wire_schema_files() {
            let path = format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == text, "schemas/{name} is out of date: run `support-ops schema`");
        }
    }
}
