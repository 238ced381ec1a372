//! The OpenAPI 3.1 document of the HTTP routes.

use serde_json::{Map, Value, json};

use super::{MAX_REPLAYED_ACTIONS, Observation, ObservationMetadata, State, ToolUseAction, schema};

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
        "paths": paths(),
        "components": {
            "schemas": component_schemas(),
            "parameters": {
                "SessionHeader": session_parameter("X-Session-ID", "header"),
                "SessionQuery": session_parameter("session_id", "query"),
                "SessionCookie": session_parameter("support_ops_session", "cookie"),
            },
            "responses": component_responses(),
        },
    })
}

fn paths() -> Value {
    json!({
        "/reset": { "post": {
            "operationId": "reset",
            "tags": ["Environment Control"],
            "summary": "Begin an episode",
            "description": "Begins an episode and shows its first observation. Without a session's id a new session is \
                            made; its id comes back in `metadata.session_id`, the `X-Session-ID` header and a cookie.",
            "parameters": session_parameters(),
            "requestBody": { "required": false, "content": { "application/json": {
                "schema": component("ResetRequest"),
                "examples": {
                    "empty": { "summary": "The next task", "value": {} },
                    "first": { "summary": "The first task", "value": { "index": 0, "seed": 7 } },
                },
            } } },
            "responses": responses(envelope_response("The first observation"), &["404", "422", "503"]),
        } },
        "/step": { "post": {
            "operationId": "step",
            "tags": ["Environment Control"],
            "summary": "Act",
            "description": "Takes one action. An action that is well shaped but wrong counts as a step and answers 200 with \
                            `last_action_error`; a badly shaped one is a 422 and counts for nothing.",
            "parameters": session_parameters(),
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": component("StepRequest"),
                "examples": {
                    "look": { "value": { "action": { "action_type": "inspect_artifact", "artifact_id": "order" } } },
                    "submit": { "value": { "action": { "action_type": "submit_resolution", "resolution_code": "send_replacement" } } },
                },
            } } },
            "responses": responses(envelope_response("What the action showed"), &["404", "409", "422", "503"]),
        } },
        "/state": { "get": {
            "operationId": "state",
            "tags": ["State Management"],
            "summary": "Where the episode stands",
            "description": "The trainer's view of the session. Before any reset: an idle state.",
            "parameters": session_parameters(),
            "responses": responses(json_response("The state", component("ToolUseState")), &["404"]),
        } },
        "/health": { "get": {
            "operationId": "health",
            "tags": ["Health"],
            "summary": "Whether the server is up",
            "responses": responses(json_response("It is up", status_schema(&["healthy", "unhealthy", "degraded"])), &[]),
        } },
        "/ready": { "get": {
            "operationId": "ready",
            "tags": ["Health"],
            "summary": "Whether the server takes work",
            "responses": {
                "200": json_response("It takes work", status_schema(&["ready"])),
                "503": json_response("It is stopping", status_schema(&["stopping"])),
                "default": component_response("Error"),
            },
        } },
        "/metadata": { "get": {
            "operationId": "metadata",
            "tags": ["Environment Info"],
            "summary": "What this environment is",
            "responses": responses(json_response("Name, description and more", component("EnvironmentMetadata")), &[]),
        } },
        "/schema": { "get": {
            "operationId": "schema",
            "tags": ["Schema"],
            "summary": "The JSON Schemas of action, observation and state",
            "responses": responses(json_response("The schemas", object(json!({
                "action": { "type": "object" },
                "observation": { "type": "object" },
                "reset_observation": { "type": "object" },
                "state": { "type": "object" },
            }), &["action", "observation", "state"])), &[]),
        } },
        "/tasks": { "get": {
            "operationId": "tasks",
            "tags": ["Environment Info"],
            "summary": "The public specs of the tasks",
            "responses": responses(
                json_response("The tasks, in the order they are played", object(json!({
                    "tasks": { "type": "array", "items": component("TaskSpec") },
                    "env_name": { "type": "string" },
                }), &["tasks", "env_name"])),
                &[],
            ),
        } },
        "/mcp": { "post": {
            "operationId": "mcp",
            "tags": ["MCP"],
            "summary": "JSON-RPC 2.0: tools/list, tools/call, openenv/session/create, openenv/session/close",
            "description": "Every reply is a 200; failures are JSON-RPC errors.",
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": component("JsonRpcRequest"),
                "examples": { "list": { "value": { "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} } } },
            } } },
            "responses": responses(json_response("The reply", component("JsonRpcReply")), &[]),
        } },
        "/ws": { "get": {
            "operationId": "ws",
            "tags": ["Environment Control"],
            "summary": "The WebSocket that OpenEnv clients use",
            "description": "JSON text frames, one reply each: `reset`, `step`, `state`, `mcp`, `close`. Each socket has a \
                            session of its own unless `session_id` names one.",
            "parameters": [component_parameter("SessionQuery")],
            "responses": {
                "101": { "description": "The socket is open" },
                "default": component_response("Error"),
            },
        } },
        "/web/metadata": { "get": {
            "operationId": "web_metadata",
            "tags": ["Playground"],
            "summary": "What this environment is, for its page",
            "responses": responses(json_response("As `/metadata`, with `can_edit`", component("EnvironmentMetadata")), &[]),
        } },
        "/web/reset": { "post": {
            "operationId": "web_reset",
            "tags": ["Playground"],
            "summary": "Begin an episode in the visitor's own session",
            "description": "As `/reset`, without a cookie. Without a session's id a new session is made.",
            "parameters": session_parameters(),
            "requestBody": { "required": false, "content": { "application/json": { "schema": component("ResetRequest") } } },
            "responses": responses(envelope_response("The first observation"), &["404", "422", "503"]),
        } },
        "/web/step": { "post": {
            "operationId": "web_step",
            "tags": ["Playground"],
            "summary": "Act in the visitor's own session",
            "parameters": session_parameters(),
            "requestBody": { "required": true, "content": { "application/json": { "schema": component("StepRequest") } } },
            "responses": responses(envelope_response("What the action showed"), &["404", "409", "422"]),
        } },
        "/web/state": { "get": {
            "operationId": "web_state",
            "tags": ["Playground"],
            "summary": "Where the visitor's episode stands",
            "parameters": session_parameters(),
            "responses": responses(json_response("The state", component("ToolUseState")), &["404", "409"]),
        } },
        "/web/explanation": { "get": {
            "operationId": "web_explanation",
            "tags": ["Playground"],
            "summary": "Why the visitor's episode scored what it did, once it has ended",
            "parameters": session_parameters(),
            "responses": responses(json_response("Score, reply, resolution, evidence and the reference path", json!({ "type": "object" })), &["404", "409"]),
        } },
        "/web/replay": { "post": {
            "operationId": "web_replay",
            "tags": ["Playground"],
            "summary": "Play a recorded episode again, without a session",
            "requestBody": { "required": true, "content": { "application/json": { "schema": object(json!({
                "reset": component("ResetRequest"),
                "actions": { "type": "array", "maxItems": MAX_REPLAYED_ACTIONS, "items": { "type": "object" } },
            }), &["actions"]) } } },
            "responses": responses(json_response("Every observation, and the explanation", json!({ "type": "object" })), &["422", "503"]),
        } },
        "/web/author/template": { "get": {
            "operationId": "web_author_template",
            "tags": ["Playground"],
            "summary": "A task and a manifest to start from",
            "parameters": [query_parameter("difficulty"), query_parameter("resolution")],
            "responses": responses(json_response("The two files", object(json!({
                "task": { "type": "string" },
                "pack": { "type": "string" },
            }), &["task", "pack"])), &[]),
        } },
        "/web/author/check": author_route("web_author_check", "What lint finds in a task, as `lint --format json`", false),
        "/web/author/grade": author_route("web_author_grade", "How a reply is graded, as `explain-reply --format json`; or `error`", true),
        "/web/author/prove": author_route("web_author_prove", "A task's proof, as `prove --format json`; or `error`", false),
        "/web/author/files": { "get": {
            "operationId": "web_author_files",
            "tags": ["Playground"],
            "summary": "The files of the served packs",
            "responses": responses(json_response("Their names", json!({ "type": "object" })), &[]),
        } },
        "/web/author/file": {
            "get": {
                "operationId": "web_author_read",
                "tags": ["Playground"],
                "summary": "A file of the served packs",
                "parameters": [query_parameter("path")],
                "responses": responses(json_response("Its text and digest", json!({ "type": "object" })), &[]),
            },
            "put": {
                "operationId": "web_author_write",
                "tags": ["Playground"],
                "summary": "Write a file of the served packs, and serve it",
                "description": "Refused with 409 where the file has changed since it was read, and with 422 and lint's \
                                findings where the packs do not load with it.",
                "requestBody": { "required": true, "content": { "application/json": { "schema": object(json!({
                    "path": { "type": "string" },
                    "text": { "type": "string" },
                    "if_digest": { "type": ["string", "null"] },
                }), &["path", "text"]) } } },
                "responses": responses(json_response("The file's new digest", json!({ "type": "object" })), &[]),
            },
        },
        "/ws/ui": { "get": {
            "operationId": "ws_ui",
            "tags": ["Playground"],
            "summary": "A WebSocket that shows the visitor's episode at every change",
            "parameters": [component_parameter("SessionQuery")],
            "responses": {
                "101": { "description": "The socket is open; `state_update` frames follow" },
                "default": component_response("Error"),
            },
        } },
        "/metrics": { "get": {
            "operationId": "metrics",
            "tags": ["Health"],
            "summary": "Counters in the Prometheus text format",
            "responses": responses(json!({
                "description": "The counters",
                "content": { "text/plain": { "schema": { "type": "string" } } },
            }), &[]),
        } },
    })
}

/// A route that looks at an author's texts.
fn author_route(id: &str, summary: &str, with_reply: bool) -> Value {
    let mut body = object(json!({ "task": { "type": "string" }, "pack": { "type": ["string", "null"] } }), &["task"]);
    if with_reply {
        body["properties"]["reply"] = json!({ "type": "string" });
        body["required"] = json!(["task", "reply"]);
    }
    json!({ "post": {
        "operationId": id,
        "tags": ["Playground"],
        "summary": summary,
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": responses(json_response("What was found", json!({ "type": "object" })), &["422", "503"]),
    } })
}

fn query_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } })
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
            "required": ["jsonrpc", "id"],
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
        "UnknownSession": plain("There is no session with this id"),
        "NotReset": plain("The session has no episode yet: call /reset"),
        "Unavailable": plain("There is no room now; `Retry-After` says when to try again"),
        "Invalid": json_response("The request or its action is badly shaped; nothing happened", component("HTTPValidationError")),
    })
}

/// The answer that went well, those named, and any other.
fn responses(ok: Value, failures: &[&str]) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), ok)]);
    for status in failures {
        let name = match *status {
            "404" => "UnknownSession",
            "409" => "NotReset",
            "422" => "Invalid",
            _ => "Unavailable",
        };
        responses.insert((*status).to_owned(), component_response(name));
    }
    responses.insert("default".to_owned(), component_response("Error"));
    Value::Object(responses)
}

fn envelope_response(description: &str) -> Value {
    let mut response = json_response(description, component("Envelope"));
    response["headers"] = json!({
        "X-Session-ID": { "description": "The session's id.", "schema": { "type": "string" } },
    });
    response
}

fn json_response(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn session_parameters() -> Value {
    ["SessionHeader", "SessionQuery", "SessionCookie"].map(component_parameter).into()
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

fn status_schema(names: &[&str]) -> Value {
    object(json!({ "status": { "type": "string", "enum": names } }), &["status"])
}

fn component(name: &str) -> Value {
    json!({ "$ref": format!("#{}/{name}", schema::COMPONENTS) })
}

fn component_parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn component_response(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
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
    fn simulation_routes_stand_together() {
        let document = document();
        for path in ["/reset", "/step", "/state", "/health", "/metadata", "/schema", "/mcp", "/tasks", "/ws"] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
    }
}
