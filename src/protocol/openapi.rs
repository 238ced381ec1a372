//! The OpenAPI 3.1 document of the HTTP routes: `openapi.json`, and what only the code knows.

use serde_json::{Map, Value, json};

use super::schema;
use super::{Observation, ObservationMetadata, State, ToolUseAction};

/// The routes, and the schemas that no type of Rust stands for.
const WRITTEN: &str = include_str!("openapi.json");

/// What the document says about this very server.
#[derive(Debug, Clone, Copy)]
pub struct ApiInfo<'a> {
    /// The environment's name.
    pub title: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Version of the interface; OpenEnv's validator reads its profile off `1.x`.
    pub version: &'a str,
    /// The paths that need no token, on a server whose others do.
    pub without_token: Option<&'a [&'a str]>,
}

/// The body of `GET /openapi.json`.
pub fn openapi_document(info: &ApiInfo<'_>) -> Value {
    let mut document: Value = serde_json::from_str(WRITTEN).expect("the written part is JSON, as the tests see");
    document["info"] = json!({ "title": info.title, "description": info.description, "version": info.version });
    let components = &mut document["components"];
    components["parameters"]["EnvironmentName"]["schema"]["enum"] = json!([info.title]);
    if let Some(schemas) = components["schemas"].as_object_mut() {
        schemas.extend(generated_schemas());
    }
    if let Some(open) = info.without_token {
        require_token(&mut document, open);
    }
    document
}

/// Says of all paths but these that they need the server's token, and how it is sent.
fn require_token(document: &mut Value, open: &[&str]) {
    document["components"]["securitySchemes"] = json!({
        "Bearer": { "type": "http", "scheme": "bearer" },
        "Password": { "type": "http", "scheme": "basic", "description": "Any name, and the token as the password." },
        "Key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
    });
    document["security"] = json!([{ "Bearer": [] }, { "Password": [] }, { "Key": [] }]);
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, operations) in paths {
        for operation in operations.as_object_mut().into_iter().flat_map(|operations| operations.values_mut()) {
            if open.contains(&&**path) {
                operation["security"] = json!([]);
            } else {
                operation["responses"]["401"] = json!({ "$ref": "#/components/responses/Unauthorized" });
            }
        }
    }
}

/// The schemas of the types that are sent and received.
fn generated_schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut requests = schema::component_generator(false);
    requests.subschema_for::<ToolUseAction>();
    let mut answers = schema::component_generator(true);
    let observation = answers.subschema_for::<Observation>();
    let metadata = answers.subschema_for::<ObservationMetadata>();
    answers.subschema_for::<State>();
    schemas.extend(answers.take_definitions(true));
    // Of what both speak of, the form that is sent counts: it has all the keys.
    schemas.extend(requests.take_definitions(true));
    schemas.values_mut().for_each(schema::tidy);

    let mut reset = schema::reset_schema(false);
    reset["properties"]["session_id"] = json!({ "$ref": format!("#{}/SessionId", schema::COMPONENTS) });
    schemas.insert("ResetRequest".to_owned(), reset);

    let mut envelope = Map::from_iter([("observation".to_owned(), observation.to_value())]);
    envelope.extend(schema::outcome_properties());
    envelope.insert("metadata".to_owned(), metadata.to_value());
    let required = ["observation", "reward", "done", "metadata"];
    schemas.insert("Envelope".to_owned(), json!({ "type": "object", "properties": envelope, "required": required }));
    schemas.insert("TaskSpec".to_owned(), schema::task_schema());
    schemas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        openapi_document(&ApiInfo {
            title: "support_ops_env",
            description: "A benchmark.",
            version: "1.0.0",
            without_token: None,
        })
    }

    fn visit(value: &Value, seen: &mut impl FnMut(&Value)) {
        seen(value);
        match value {
            Value::Object(object) => object.values().for_each(|value| visit(value, seen)),
            Value::Array(items) => items.iter().for_each(|value| visit(value, seen)),
            _ => {}
        }
    }

    #[test]
    fn what_is_written_agrees_with_the_code() {
        let document = document();
        assert_eq!(document["components"]["schemas"]["Split"]["enum"], json!(schema::SPLITS));
        let replay = &document["paths"]["/web/replay"]["post"]["requestBody"]["content"]["application/json"];
        assert_eq!(replay["schema"]["properties"]["actions"]["maxItems"], json!(crate::protocol::MAX_REPLAYED_ACTIONS));
    }

    #[test]
    fn every_reference_resolves() {
        let document = document();
        let mut references = 0;
        visit(&document, &mut |value| {
            if let Some(Value::String(reference)) = value.get("$ref") {
                let target = document.pointer(reference.trim_start_matches('#'));
                assert!(target.is_some(), "{reference} leads nowhere");
                references += 1;
            }
        });
        assert!(references > 30, "{references}");
    }

    #[test]
    fn examples_are_valid_requests() {
        let document = document();
        for path in ["/reset", "/step", "/mcp"] {
            let media = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
            let mut schema = media["schema"].clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::draft202012::options().build(&schema).expect("the schema compiles");
            for (name, example) in media["examples"].as_object().expect("examples") {
                assert!(validator.is_valid(&example["value"]), "{path}: {name}");
            }
            let invalid = json!({ "action": { "action_type": "dance" }, "seed": "7" });
            assert!(!validator.is_valid(&invalid), "{path}");
        }
    }

    #[test]
    fn visitors_are_known_by_no_cookie() {
        let document = document();
        for (path, route) in document["paths"].as_object().expect("an object") {
            let is_remembered = route.to_string().contains("/parameters/SessionCookie");
            assert_eq!(is_remembered, matches!(&**path, "/reset" | "/step" | "/state"), "{path}");
        }
    }

    #[test]
    fn simulation_routes_stand_together() {
        let document = document();
        for path in ["/reset", "/step", "/state", "/health", "/metadata", "/schema", "/mcp", "/tasks", "/ws"] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
    }
}
