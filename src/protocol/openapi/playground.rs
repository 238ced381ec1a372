//! The playground's routes.

use serde_json::{Value, json};

use crate::protocol::MAX_REPLAYED_ACTIONS;

use super::parts::{
    component, component_parameter, component_response, envelope_response, json_response, object, responses,
};

/// What each of them is.
pub(super) fn playground_paths() -> Value {
    json!({
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
            "parameters": visitor_parameters(),
            "requestBody": { "required": false, "content": { "application/json": { "schema": component("ResetRequest") } } },
            "responses": responses(envelope_response("The first observation"), &["404", "422", "503"]),
        } },
        "/web/step": { "post": {
            "operationId": "web_step",
            "tags": ["Playground"],
            "summary": "Act in the visitor's own session",
            "parameters": visitor_parameters(),
            "requestBody": { "required": true, "content": { "application/json": { "schema": component("StepRequest") } } },
            "responses": responses(envelope_response("What the action showed"), &["404", "409", "422"]),
        } },
        "/web/state": { "get": {
            "operationId": "web_state",
            "tags": ["Playground"],
            "summary": "Where the visitor's episode stands",
            "parameters": visitor_parameters(),
            "responses": responses(json_response("The state", component("ToolUseState")), &["404", "409"]),
        } },
        "/web/explanation": { "get": {
            "operationId": "web_explanation",
            "tags": ["Playground"],
            "summary": "Why the visitor's episode scored what it did, once it has ended",
            "parameters": visitor_parameters(),
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

/// What names a visitor's session: two tabs of one browser are two visitors, so no cookie does.
fn visitor_parameters() -> Value {
    ["SessionHeader", "SessionQuery"].map(component_parameter).into()
}

fn query_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } })
}
