//! The routes of the Task API and of the Open Reward Standard.

use serde_json::{Map, Value, json};

use super::parts::{component, component_parameter, component_response, json_response, object, responses};

const TASK_API: &str = "Task API";
const ORS: &str = "Open Reward Standard";

/// What each of them is; `name` is the environment's.
pub(super) fn task_paths(name: &str) -> Value {
    let split = object(json!({ "split": split_schema() }), &["split"]);
    let tasks = json!({ "type": "array", "items": component("TaskSpec") });
    let env_name = json!({ "type": "string" });
    let mut paths = json!({
        "/list_environments": { "get": route(
            TASK_API, "list_environments", "The environment's name",
            answers(json_response("The names: one", json!({ "type": "array", "items": env_name })), &[]),
        ) },
        "/{env_name}/splits": { "get": within(name, route(
            TASK_API, "splits", "The splits that have tasks",
            answers(json_response("The splits", json!({ "type": "array", "items": object(json!({
                "name": split_schema(),
                "type": split_schema(),
            }), &["name", "type"]) })), &["404"]),
        )) },
        "/{env_name}/tasks": { "post": within(name, with_body(split.clone(), route(
            TASK_API, "list_tasks", "The public specs of a split's tasks",
            answers(json_response("The tasks, in the order they are played", object(json!({
                "tasks": tasks,
                "env_name": env_name,
            }), &["tasks", "env_name"])), LISTING),
        ))) },
        "/{env_name}/num_tasks": { "post": within(name, with_body(split, route(
            TASK_API, "num_tasks", "How many tasks a split has",
            answers(json_response("The number", object(json!({
                "num_tasks": { "type": "integer", "minimum": 1 },
            }), &["num_tasks"])), LISTING),
        ))) },
        "/{env_name}/task": { "post": within(name, with_body(object(json!({
            "split": split_schema(),
            "index": place_schema("The position, from 0; a negative one counts from the end.", false),
        }), &["split", "index"]), route(
            TASK_API, "get_task", "One task's public spec",
            answers(json_response("The task", object(json!({
                "task": component("TaskSpec"),
                "env_name": env_name,
            }), &["task", "env_name"])), LISTING),
        ))) },
        "/{env_name}/task_range": { "post": within(name, with_body(object(json!({
            "split": split_schema(),
            "start": place_schema("The first position; the beginning where it is absent.", true),
            "stop": place_schema("The position after the last; the end where it is absent.", true),
        }), &["split"]), route(
            TASK_API, "get_task_range", "The public specs of a run of tasks, bounded as a slice of Python is",
            answers(json_response("The tasks", object(json!({
                "tasks": tasks,
                "env_name": env_name,
            }), &["tasks", "env_name"])), LISTING),
        ))) },
    });
    if let (Value::Object(paths), Value::Object(sessions), Value::Object(play)) =
        (&mut paths, session_paths(), play_paths(name))
    {
        paths.extend(sessions);
        paths.extend(play);
    }
    paths
}

fn session_paths() -> Value {
    let sid = json_response("The session's id", object(json!({ "sid": { "type": "string" } }), &["sid"]));
    let nullable_text = json!({ "type": ["string", "null"] });
    let text_map = json!({ "type": ["object", "null"], "additionalProperties": { "type": "string" } });
    json!({
        "/version": { "get": route(
            ORS, "version", "The server's version",
            answers(json_response("The version", object(json!({
                "version": { "type": "string" },
                "build_sha": nullable_text,
            }), &["version", "build_sha"])), &[]),
        ) },
        "/create_session": { "post": route(
            ORS, "create_session", "Hand out a session's id",
            answers(event_stream("Events: `task_id`, whose data is the id, and `end`"), &[]),
        ) },
        "/create": { "post": with_session(with_body(closed(object(json!({
            "env_name": nullable_text,
            "task_spec": {
                "description": "A task's public spec, of which `id` counts; or `split` and `index`.",
                "type": ["object", "null"],
                "properties": { "id": { "type": "string" } },
                "required": ["id"],
            },
            "split": { "type": ["string", "null"] },
            "index": place_schema("The position in the split, from 0; a negative one counts from the end.", true),
            "secrets": text_map,
            "toolset_name": nullable_text,
        }), &[])), route(
            ORS, "create", "Begin an episode under an id that was handed out, or chosen",
            answers(sid.clone(), &["400", "404", "422", "503"]),
        ))) },
        "/ping": { "post": with_session(route(
            ORS, "ping", "Keep a session from expiring",
            answers(json_response("It is there", object(json!({ "status": { "const": "ok" } }), &["status"])), SESSION),
        )) },
        "/delete": { "post": with_session(route(
            ORS, "delete", "End a session; one that is not there is let go, too", answers(sid.clone(), &["400"]),
        )) },
        "/delete_session": { "post": with_session(route(
            ORS, "delete_session", "As `/delete`", answers(sid, &["400"]),
        )) },
    })
}

fn play_paths(name: &str) -> Value {
    let tools = object(
        json!({ "tools": { "type": "array", "items": object(json!({
            "name": { "type": "string" },
            "description": { "type": "string" },
            "input_schema": { "type": "object" },
        }), &["name", "description", "input_schema"]) } }),
        &["tools"],
    );
    let blocks = json!({ "type": "array", "items": object(json!({
        "type": { "const": "text" },
        "text": { "type": "string" },
        "detail": { "type": "null" },
    }), &["type", "text", "detail"]) });
    let messages = json!({ "type": "array", "items": object(json!({
        "role": { "const": "user" },
        "blocks": blocks,
        "detail": { "type": "null" },
    }), &["role", "blocks", "detail"]) });
    let call = closed(object(
        json!({
            "name": { "description": "One of the tools.", "type": "string" },
            "input": { "description": "Its arguments.", "type": "object" },
            "task_id": {
                "description": "Of a call that was answered within the last minute: the same answer once more.",
                "type": ["string", "null"],
            },
        }),
        &["name", "input"],
    ));
    json!({
        "/{env_name}/tools": { "get": within(name, route(
            ORS, "tools", "The tools: the five actions", answers(json_response("The tools", tools.clone()), &["404"]),
        )) },
        "/{env_name}/task_tools": { "get": with_session(within(name, route(
            ORS, "task_tools", "The session's tools: the same", answers(json_response("The tools", tools), SESSION),
        ))) },
        "/{env_name}/prompt": { "get": with_session(within(name, route(
            ORS, "prompt", "What a model is told before its first step",
            answers(json_response("The prompt: one block of text", blocks), SESSION),
        ))) },
        "/{env_name}/messages": { "get": with_session(within(name, route(
            ORS, "messages", "The prompt as a conversation",
            answers(json_response("One message of the user", messages), SESSION),
        ))) },
        "/{env_name}/call": { "post": with_session(within(name, with_body(call, route(
            ORS, "call", "Use a tool",
            answers(event_stream(
                "Events: `task_id`, whose data is the call's id; `chunk`s of at most 4096 characters and a last one, `end`, \
                 whose data joined are `{\"ok\": true, \"output\": {\"blocks\", \"metadata\", \"reward\", \"finished\"}}` or \
                 `{\"ok\": false, \"error\"}`; or `error`",
            ), CALL),
        )))) },
        "/{env_name}/score_group": { "post": within(name, route(
            ORS, "score_group", "Not supported: always 404",
            json!({ "404": component_response("Error"), "default": component_response("Error") }),
        )) },
    })
}

/// The paths without an environment's name, which lead to those with it.
pub(super) fn redirected_paths() -> Value {
    let redirect = |method: &str, path: &str| {
        let id = format!("{}_redirect", path.trim_start_matches('/'));
        let summary = format!("Leads to `/{{env_name}}{path}`");
        let answer = json!({
            "description": "The same path below the environment's name",
            "headers": { "Location": { "description": "The way there.", "schema": { "type": "string" } } },
            "content": { "application/json": { "schema": {} } },
        });
        let responses = json!({ "308": answer, "default": component_response("Error") });
        (path.to_owned(), json!({ method: route(ORS, &id, &summary, responses) }))
    };
    let gets = ["/splits", "/tools", "/task_tools", "/prompt", "/messages"].map(|path| redirect("get", path));
    let posts =
        ["/tasks", "/num_tasks", "/task", "/task_range", "/call", "/score_group"].map(|path| redirect("post", path));
    gets.into_iter().chain(posts).collect::<Map<String, Value>>().into()
}

/// What can go wrong where tasks are listed.
const LISTING: &[&str] = &["400", "404", "422"];
/// What can go wrong where a session is named.
const SESSION: &[&str] = &["400", "404", "410"];
/// What can go wrong with a call.
const CALL: &[&str] = &["400", "404", "410", "422"];

fn route(tag: &str, id: &str, summary: &str, responses: Value) -> Value {
    json!({ "operationId": id, "tags": [tag], "summary": summary, "responses": responses })
}

fn answers(ok: Value, failures: &[&str]) -> Value {
    let (shared, own): (Vec<&str>, Vec<&str>) = failures.iter().partition(|status| matches!(**status, "422" | "503"));
    let mut answers = responses(ok, &shared);
    for status in own {
        answers[status] = component_response(match status {
            "400" => "BadRequest",
            "410" => "Deleted",
            _ => "NotFound",
        });
    }
    answers
}

/// A route below the environment's name.
fn within(name: &str, mut route: Value) -> Value {
    let parameter = json!({
        "name": "env_name",
        "in": "path",
        "required": true,
        "description": "The environment's name, in any case of letters.",
        "schema": { "type": "string", "enum": [name] },
    });
    add_parameter(&mut route, parameter);
    route
}

fn with_session(mut route: Value) -> Value {
    add_parameter(&mut route, component_parameter("RequiredSessionHeader"));
    route
}

fn add_parameter(route: &mut Value, parameter: Value) {
    match route.get_mut("parameters") {
        Some(Value::Array(parameters)) => parameters.push(parameter),
        _ => route["parameters"] = json!([parameter]),
    }
}

fn with_body(schema: Value, mut route: Value) -> Value {
    route["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": closed(schema) } } });
    route
}

fn closed(mut schema: Value) -> Value {
    schema["additionalProperties"] = false.into();
    schema
}

/// A stream, whose schema is that of one event.
fn event_stream(description: &str) -> Value {
    let text = json!({ "type": "string" });
    let event = object(json!({ "event": text, "data": text }), &["event"]);
    json!({ "description": description, "content": { "text/event-stream": { "schema": event } } })
}

fn split_schema() -> Value {
    json!({ "type": "string", "enum": crate::protocol::schema::SPLITS })
}

fn place_schema(description: &str, optional: bool) -> Value {
    let kind = if optional { json!(["integer", "null"]) } else { json!("integer") };
    json!({ "description": description, "type": kind, "minimum": i64::MIN, "maximum": i64::MAX })
}
