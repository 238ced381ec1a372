//! The routes of the protocol.

use serde_json::{Value, json};

use super::parts::{
    component, component_parameter, component_response, envelope_response, json_response, object, responses,
};

/// What each of them is.
pub(super) fn protocol_paths() -> Value {
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
                            `last_action_error`; a badly shaped one is a 422 and counts for nothing. The same request \
                            under the same `Idempotency-Key` is answered again, and taken once.",
            "parameters": step_parameters(),
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": component("StepRequest"),
                "examples": {
                    "look": { "value": { "action": { "action_type": "inspect_artifact", "artifact_id": "order" } } },
                    "submit": { "value": { "action": { "action_type": "submit_resolution", "resolution_code": "close_ticket" } } },
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
        "/mcp": {
            "post": {
                "operationId": "mcp",
                "tags": ["MCP"],
                "summary": "JSON-RPC 2.0 of MCP: OpenEnv's plain one, Streamable HTTP, and 2026-07-28",
                "description": "Without headers of MCP every reply is a 200, and failures are JSON-RPC errors. \
                                `docs/protocol.md` has the table of dialects.",
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": component("JsonRpcRequest"),
                    "examples": {
                        "list": { "value": { "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} } },
                    },
                } } },
                "responses": {
                    "200": json_response("The reply", component("JsonRpcReply")),
                    "202": { "description": "A notification, to which nothing is said" },
                    "400": json_response("The request breaks its dialect's rules", component("JsonRpcReply")),
                    "404": json_response("No such session or, in 2026-07-28, method", component("JsonRpcReply")),
                    "default": component_response("Error"),
                },
            },
            "delete": {
                "operationId": "end_mcp_session",
                "tags": ["MCP"],
                "summary": "Ends a session of Streamable HTTP",
                "parameters": [{
                    "name": "Mcp-Session-Id",
                    "in": "header",
                    "required": true,
                    "description": "The session to end.",
                    "schema": { "type": "string" },
                }],
                "responses": {
                    "202": { "description": "It ends with the WebSocket that plays in it" },
                    "204": { "description": "It is gone" },
                    "default": component_response("Error"),
                },
            },
        },
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
        "/operator/sessions": { "get": {
            "operationId": "list_sessions",
            "tags": ["Operator"],
            "summary": "The sessions, the oldest first, at most 1,000",
            "description": "Sessions are called by handles, which are no keys to them. Only with the server's token, or \
                            where it is bound to loopback.",
            "responses": responses(json_response("The sessions", object(json!({
                "version": { "type": "integer" },
                "active_sessions": { "type": "integer" },
                "max_sessions": { "type": "integer" },
                "sessions": { "type": "array", "items": object(json!({
                    "handle": { "type": "string" },
                    "age_s": { "type": "integer" },
                    "idle_s": { "type": ["integer", "null"] },
                    "attached": { "type": "boolean" },
                    "episode": { "type": ["object", "null"] },
                }), &["handle", "age_s", "idle_s", "attached", "episode"]) },
            }), &["version", "active_sessions", "max_sessions", "sessions"])), &[]),
        } },
        "/operator/sessions/{handle}": { "delete": {
            "operationId": "end_session",
            "tags": ["Operator"],
            "summary": "End a session, whoever uses it",
            "description": "A WebSocket that holds it closes, and the session goes with it.",
            "parameters": [{
                "name": "handle",
                "in": "path",
                "required": true,
                "description": "As the list shows it.",
                "schema": { "type": "string" },
            }],
            "responses": responses(json_response("It is gone, or about to go", object(json!({
                "closed": { "type": "boolean" },
                "closing": { "type": "boolean" },
            }), &["closed", "closing"])), &["404"]),
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

/// What names a session, besides a body, and what names the step.
fn step_parameters() -> Value {
    let mut parameters = session_parameters();
    let key = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "The client's own name for the step. Of each episode the last 16 are remembered.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
    });
    parameters.as_array_mut().expect("it is a list").push(key);
    parameters
}

/// What names a session, besides a body.
fn session_parameters() -> Value {
    ["SessionHeader", "SessionQuery", "SessionCookie"].map(component_parameter).into()
}

fn status_schema(names: &[&str]) -> Value {
    object(json!({ "status": { "type": "string", "enum": names } }), &["status"])
}
