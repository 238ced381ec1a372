//! The document as a whole, and what its routes share.

use serde_json::{Map, Value, json};

use crate::protocol::{Observation, ObservationMetadata, State, ToolUseAction, schema};

use super::parts::{component, json_response, object};
use super::paths::protocol_paths;
use super::playground::playground_paths;
use super::tasks::{redirected_paths, task_paths};

/// What the document says about this very server.
#[derive(Debug, Clone, Copy)]
pub struct ApiInfo<'a> {
    /// The environment's name.
    pub title: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Version of the interface; OpenEnv's validator reads its profile off `1.x`.
    pub version: &'a str,
}

/// The body of `GET /openapi.json`.
pub fn openapi_document(info: &ApiInfo<'_>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": info.title, "description": info.description, "version": info.version },
        "paths": paths(info.title),
        "components": {
            "schemas": component_schemas(),
            "parameters": {
                "SessionHeader": session_parameter("X-Session-ID", "header"),
                "RequiredSessionHeader": {
                    "name": "X-Session-ID",
                    "in": "header",
                    "required": true,
                    "description": "The session's id: 1 to 128 letters, digits and any of `-_.:~`.",
                    "schema": { "type": "string", "pattern": "^[A-Za-z0-9_.:~-]{1,128}$" },
                },
                "SessionQuery": session_parameter("session_id", "query"),
                "SessionCookie": session_parameter("support_ops_session", "cookie"),
            },
            "responses": component_responses(),
        },
    })
}

/// The protocol's routes, then those of the tasks, then the playground's.
fn paths(name: &str) -> Value {
    let mut paths = protocol_paths();
    for more in [task_paths(name), redirected_paths(), playground_paths()] {
        let (Value::Object(paths), Value::Object(more)) = (&mut paths, more) else { continue };
        for (path, methods) in more {
            // `/tasks` is both: a list to read, and a way to another list.
            match (paths.get_mut(&path), methods) {
                (Some(Value::Object(known)), Value::Object(methods)) => known.extend(methods),
                (_, methods) => drop(paths.insert(path, methods)),
            }
        }
    }
    paths
}

fn session_parameter(name: &str, place: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": false,
        "description": "The session's id. Looked for in the header, then the body or the query, then the cookie.",
        "schema": { "type": "string" },
    })
}

fn component_schemas() -> Value {
    let mut schemas = Map::new();
    let mut requests = schema::component_generator(false);
    let action = requests.subschema_for::<ToolUseAction>();
    let mut answers = schema::component_generator(true);
    let observation = answers.subschema_for::<Observation>();
    let metadata = answers.subschema_for::<ObservationMetadata>();
    answers.subschema_for::<State>();
    schemas.extend(answers.take_definitions(true));
    // Of what both speak of, the form that is sent counts: it has all the keys.
    schemas.extend(requests.take_definitions(true));
    schemas.values_mut().for_each(schema::tidy);

    let mut reset = schema::reset_schema(false);
    let session = json!({
        "description": "The session that is meant.",
        "type": ["string", "null"],
        "maxLength": 255,
    });
    reset["properties"]["session_id"] = session.clone();
    schemas.insert("ResetRequest".to_owned(), reset);
    schemas.insert(
        "StepRequest".to_owned(),
        json!({
            "type": "object",
            "required": ["action"],
            "properties": {
                "action": action,
                "timeout_s": {
                    "description": "The step's deadline in seconds.",
                    "type": ["number", "null"],
                    "exclusiveMinimum": 0,
                },
                "request_id": {
                    "description": "The client's own name for the request.",
                    "type": ["string", "null"],
                    "maxLength": 255,
                },
                "session_id": session,
            },
        }),
    );

    let mut envelope = Map::from_iter([("observation".to_owned(), observation.to_value())]);
    envelope.extend(schema::outcome_properties());
    envelope.insert("metadata".to_owned(), metadata.to_value());
    let required = ["observation", "reward", "done", "metadata"];
    schemas.insert("Envelope".to_owned(), object(Value::Object(envelope), &required));

    let text_or_null = json!({ "type": ["string", "null"] });
    schemas.insert(
        "EnvironmentMetadata".to_owned(),
        object(
            json!({
                "name": { "type": "string" },
                "description": { "type": "string" },
                "readme_content": text_or_null,
                "version": text_or_null,
                "author": text_or_null,
                "documentation_url": text_or_null,
            }),
            &["name", "description"],
        ),
    );
    schemas.insert("TaskSpec".to_owned(), schema::task_schema());
    schemas.insert("Error".to_owned(), object(json!({ "detail": { "type": "string" } }), &["detail"]));
    schemas.insert(
        "HTTPValidationError".to_owned(),
        object(json!({ "detail": { "type": "array", "items": component("ValidationError") } }), &["detail"]),
    );
    schemas.insert(
        "ValidationError".to_owned(),
        object(
            json!({
                "type": { "type": "string" },
                "loc": { "type": "array", "items": { "type": ["string", "integer"] } },
                "msg": { "type": "string" },
                "input": {},
                "ctx": { "type": "object" },
                "url": { "type": "string" },
            }),
            &["type", "loc", "msg", "input"],
        ),
    );
    let id = json!({ "type": ["string", "integer", "null"] });
    schemas.insert(
        "JsonRpcRequest".to_owned(),
        json!({
            "type": "object",
            "required": ["jsonrpc", "method"],
            "additionalProperties": false,
            "properties": {
                "jsonrpc": { "type": "string", "const": "2.0" },
                "method": { "type": "string" },
                "params": { "type": "object" },
                "id": id,
            },
        }),
    );
    schemas.insert(
        "JsonRpcReply".to_owned(),
        json!({
            "type": "object",
            "required": ["jsonrpc"],
            "properties": {
                "jsonrpc": { "type": "string", "const": "2.0" },
                "id": id,
                "result": {},
                "error": object(json!({
                    "code": { "type": "integer" },
                    "message": { "type": "string" },
                    "data": {},
                }), &["code", "message"]),
            },
        }),
    );
    Value::Object(schemas)
}

fn component_responses() -> Value {
    let plain = |description: &str| json_response(description, component("Error"));
    json!({
        "Error": plain("Any other refusal; `detail` says what to do"),
        "BadRequest": plain("A split or an index that there is not, or no usable `X-Session-ID`"),
        "NotFound": plain("There is no environment of this name, or no session with this id"),
        "Deleted": plain("The session has been deleted"),
        "UnknownSession": plain("There is no session with this id"),
        "NotReset": plain("The session has no episode yet: call /reset"),
        "Unavailable": plain("There is no room now; `Retry-After` says when to try again"),
        "Invalid": json_response("The request or its action is badly shaped; nothing happened", component("HTTPValidationError")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        openapi_document(&ApiInfo { title: "support_ops_env", description: "A benchmark.", version: "1.0.0" })
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
        for path in ["/reset", "/step"] {
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
