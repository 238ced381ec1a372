//! The Task API and the Open Reward Standard, through the router in memory: tasks, sessions, cases. Read `ors_calls.rs` for
//! what becomes of calls.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support_ops_env::server::{Mode, Settings};

use crate::desk::WINNING;
use crate::http::{Desk, Reply, action_of};

const ENV: &str = "/lending_desk";

pub(crate) fn desk() -> Desk {
    Desk::new(Settings::default())
}

/// The events of a stream, as `(name, data)`, read as ORS clients do: blanks that data begins with are dropped.
pub(crate) fn events(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.body));
    assert!(reply.header("content-type").starts_with("text/event-stream"), "{}", reply.header("content-type"));
    assert_eq!((reply.header("cache-control"), reply.header("x-accel-buffering")), ("no-cache", "no"));
    let text = std::str::from_utf8(&reply.body).expect("a text");
    assert!(text.ends_with("\n\n"));
    let events = text.trim_end_matches('\n').split("\n\n").map(|event| {
        let (name, data) = event.split_once('\n').expect("an event has two lines");
        let name = name.strip_prefix("event: ").expect("its name comes first");
        (name.to_owned(), data.strip_prefix("data:").expect("then its data").trim_start().to_owned())
    });
    events.collect()
}

/// The call's id and its answer.
pub(crate) fn answer(reply: &Reply) -> (String, Value) {
    let events = events(reply);
    let (first, rest) = events.split_first().expect("a stream has events");
    assert_eq!(first.0, "task_id");
    let (last, chunks) = rest.split_last().expect("an answer");
    assert!(last.0 == "end" && chunks.iter().all(|(name, data)| name == "chunk" && data.chars().count() == 4096));
    let whole: String = rest.iter().map(|(_, data)| data.as_str()).collect();
    (first.1.clone(), serde_json::from_str(&whole).expect("the pieces join to JSON"))
}

async fn hand_out(desk: &Desk) -> String {
    let events = events(&desk.post("/create_session", &[], "{}").await);
    assert_eq!((&*events[0].0, &events[1]), ("task_id", &("end".to_owned(), String::new())));
    events[0].1.clone()
}

pub(crate) async fn create(desk: &Desk, body: &Value) -> String {
    let id = hand_out(desk).await;
    let created = desk.post("/create", &[("x-session-id", &id)], &body.to_string()).await;
    assert_eq!((created.status, created.json()), (StatusCode::OK, json!({ "sid": id })));
    id
}

async fn get(desk: &Desk, id: &str, path: &str) -> Reply {
    let request = Request::get(path).header("x-session-id", id);
    desk.send(request.body(Body::empty()).expect("a request")).await
}

pub(crate) async fn call(desk: &Desk, id: &str, name: &str, input: Value) -> (String, Value) {
    let body = json!({ "name": name, "input": input }).to_string();
    answer(&desk.post("/lending_desk/call", &[("x-session-id", id)], &body).await)
}

fn input_of(action: (&str, &str, &str)) -> Value {
    let mut input = action_of(action);
    input.as_object_mut().expect("an action is an object").remove("action_type");
    input
}

fn sessions(desk: &Reply) -> String {
    let text = String::from_utf8_lossy(&desk.body);
    text.lines().find_map(|line| line.strip_prefix("support_ops_sessions ")).expect("the gauge").to_owned()
}

#[tokio::test]
async fn tasks_are_listed_as_the_table_says() {
    let desk = desk();
    let all = desk.get("/tasks").await.json()["tasks"].clone();
    let (late, lost) = (&all[0], &all[1]);
    let name = "lending_desk";
    let invalid_split = (400, json!({ "detail": "Invalid split" }));
    let invalid_index = (400, json!({ "detail": "Invalid task index" }));
    let unknown = |name: &str| (404, json!({ "detail": format!("unknown environment '{name}'") }));
    let task = |task: &Value| (200, json!({ "task": task, "env_name": name }));
    let range = |tasks: &[&Value]| (200, json!({ "tasks": tasks, "env_name": name }));
    let get = "";
    for (path, body, (status, expect)) in [
        ("/list_environments", get, (200, json!([name]))),
        (
            "/lending_desk/splits",
            get,
            (200, json!([{ "name": "train", "type": "train" }, { "name": "test", "type": "test" }])),
        ),
        (
            "/Lending_DESK/splits",
            get,
            (200, json!([{ "name": "train", "type": "train" }, { "name": "test", "type": "test" }])),
        ),
        ("/nope/splits", get, unknown("nope")),
        ("/%ff/splits", get, unknown("\u{fffd}")),
        ("/lending%5Fdesk/tools", get, (200, desk.get("/lending_desk/tools").await.json())),
        ("/nope/tools", get, unknown("nope")),
        ("/lending_desk/tasks", r#"{"split":"test"}"#, range(&[late])),
        ("/LENDING_DESK/tasks", r#"{"split":"train"}"#, range(&[lost])),
        ("/lending_desk/tasks", r#"{"split":"validation"}"#, invalid_split.clone()),
        ("/lending_desk/tasks", r#"{"split":"Test"}"#, invalid_split.clone()),
        ("/nope/tasks", r#"{"split":"test"}"#, unknown("nope")),
        ("/lending_desk/num_tasks", r#"{"split":"test"}"#, (200, json!({ "num_tasks": 1 }))),
        ("/lending_desk/num_tasks", r#"{"split":""}"#, invalid_split.clone()),
        ("/lending_desk/task", r#"{"split":"test","index":0}"#, task(late)),
        ("/lending_desk/task", r#"{"split":"train","index":-1}"#, task(lost)),
        ("/lending_desk/task", r#"{"split":"test","index":1}"#, invalid_index.clone()),
        ("/lending_desk/task", r#"{"split":"test","index":-2}"#, invalid_index.clone()),
        ("/lending_desk/task", r#"{"split":"test","index":-9223372036854775808}"#, invalid_index.clone()),
        ("/lending_desk/task", r#"{"split":"all","index":9}"#, invalid_split.clone()),
        ("/lending_desk/task_range", r#"{"split":"test"}"#, range(&[late])),
        ("/lending_desk/task_range", r#"{"split":"test","start":null,"stop":null}"#, range(&[late])),
        ("/lending_desk/task_range", r#"{"split":"test","start":-5,"stop":9223372036854775807}"#, range(&[late])),
        ("/lending_desk/task_range", r#"{"split":"test","start":1}"#, range(&[])),
        ("/lending_desk/task_range", r#"{"split":"test","stop":-1}"#, range(&[])),
        ("/lending_desk/task_range", r#"{"split":"all"}"#, invalid_split),
        ("/nope/score_group", "{}", unknown("nope")),
        (
            "/lending_desk/score_group",
            "{}",
            (404, json!({ "detail": "Environment 'lending_desk' does not implement score_group" })),
        ),
    ] {
        let reply = if body == get { desk.get(path).await } else { desk.post(path, &[], body).await };
        assert_eq!((reply.status.as_u16(), reply.json()), (status, expect), "{path} {body}");
    }
    let version = desk.get("/version").await.json();
    assert_eq!(version, json!({ "version": env!("CARGO_PKG_VERSION"), "build_sha": null }));
}

#[tokio::test]
async fn no_route_shadows_another_or_answers_strangely() {
    let desk = desk();
    for (method, path, status, allow) in [
        ("GET", "/nope", 404, ""),
        ("POST", "/nope", 404, ""),
        ("GET", "/lending_desk", 404, ""),
        ("GET", "/lending_desk/", 404, ""),
        ("GET", "/lending_desk/splits/", 404, ""),
        ("GET", "/lending_desk/nope", 404, ""),
        ("GET", "/lending_desk/splits/x", 404, ""),
        ("GET", "//splits", 404, ""),
        ("GET", "/reset/now", 404, ""),
        ("GET", "/tasks", 200, ""),
        ("HEAD", "/tasks", 200, ""),
        ("OPTIONS", "/tasks", 204, "GET, HEAD, POST, OPTIONS"),
        ("PUT", "/tasks", 405, "GET,HEAD,POST,OPTIONS"),
        ("POST", "/lending_desk/splits", 405, "GET,HEAD,OPTIONS"),
        ("GET", "/lending_desk/tasks", 405, "POST,OPTIONS"),
        ("HEAD", "/lending_desk/splits", 200, ""),
        ("OPTIONS", "/lending_desk/call", 204, "POST, OPTIONS"),
        ("DELETE", "/delete", 405, "POST,OPTIONS"),
        ("GET", "/web/", 200, ""),
        ("GET", "/web/metadata", 200, ""),
        ("GET", "/health", 200, ""),
        ("GET", "/docs", 200, ""),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        let reply = desk.send(request).await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (status, allow), "{method} {path}");
    }
}

#[tokio::test]
async fn paths_without_a_name_lead_to_those_with_it() {
    let desk = Desk::new(Settings { name: Some("The: desk".to_owned()), ..Settings::default() });
    for path in ["/splits", "/tools", "/task_tools", "/prompt", "/messages"] {
        let reply = desk.get(path).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (StatusCode::PERMANENT_REDIRECT, &*format!("The%3A%20desk{path}"))
        );
    }
    for path in ["/tasks", "/num_tasks", "/task", "/task_range", "/call", "/score_group"] {
        let reply = desk.post(&format!("{path}?a=b"), &[], "{}").await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (StatusCode::PERMANENT_REDIRECT, &*format!("The%3A%20desk{path}?a=b"))
        );
    }
    assert_eq!(desk.get("/The%3A%20DESK/splits").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_case_is_won_by_calls() {
    let desk = desk();
    let spec = desk.get("/tasks").await.json()["tasks"][0].clone();
    for chosen in [json!({ "split": "test", "index": -1 }), json!({ "task_spec": spec, "env_name": "Lending_Desk" })] {
        let id = create(&desk, &chosen).await;
        let prompt = get(&desk, &id, "/lending_desk/prompt").await.json();
        let text = prompt[0]["text"].as_str().expect("a text").to_owned();
        assert_eq!(prompt, json!([{ "type": "text", "text": text, "detail": null }]));
        for part in
            ["Settle the reader's request.", "two more weeks?", "Artifacts: loan, shelf", "- renew: …", "there are 8."]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let messages = get(&desk, &id, "/lending_desk/messages").await.json();
        assert_eq!(messages, json!([{ "role": "user", "blocks": prompt, "detail": null }]));
        let tools = get(&desk, &id, "/lending_desk/task_tools").await.json();
        assert_eq!(tools, desk.get("/lending_desk/tools").await.json());

        let mut last = Value::Null;
        for action in WINNING {
            last = call(&desk, &id, action.0, input_of(action)).await.1;
            assert_eq!(last["ok"], true, "{last}");
        }
        let output = &last["output"];
        let keys: Vec<&String> = output.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["blocks", "metadata", "reward", "finished"]);
        assert_eq!(
            (&output["reward"], &output["finished"], &output["metadata"]),
            (&json!(1.0), &json!(true), &Value::Null)
        );
        let text = output["blocks"][0]["text"].as_str().expect("a text");
        assert!(text.ends_with("The case is closed. Score: 1.0, passed (resolution 0.6 of 0.6, evidence 0.3 of 0.3, reply 0.0 of 0.0, efficiency 0.1 of 0.1)."), "{text}");
        // The prompt is that of the case, however far it has come.
        assert_eq!(get(&desk, &id, "/lending_desk/prompt").await.json(), prompt);
        let after = call(&desk, &id, "review_ticket", json!({})).await.1;
        assert_eq!(
            (&after["ok"], &after["output"]["reward"], &after["output"]["finished"]),
            (&json!(true), &json!(0.0), &json!(true))
        );
        for path in ["/delete", "/delete_session", "/delete"] {
            assert_eq!(desk.post(path, &[("x-session-id", &id)], "").await.json(), json!({ "sid": id }));
        }
    }
    assert_eq!(sessions(&desk.get("/metrics").await), "0");
}

#[tokio::test]
async fn steps_show_what_is_seen_and_what_was_wrong() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let (_, seen) = call(&desk, &id, "inspect_artifact", json!({ "artifact_id": "loan" })).await;
    assert_eq!(
        seen["output"],
        json!({
            "blocks": [{
                "type": "text",
                "text": "record: loan\n\nSteps left: 7. Seen so far: artifact:loan. Score so far: 0.1.",
                "detail": null,
            }],
            "metadata": null,
            "reward": 0.05,
            "finished": false,
        })
    );
    let (_, wrong) = call(&desk, &id, "inspect_artifact", json!({ "artifact_id": "laon" })).await;
    assert_eq!((&wrong["ok"], &wrong["output"]["reward"]), (&json!(true), &json!(0.0)));
    let text = wrong["output"]["blocks"][0]["text"].as_str().expect("a text");
    assert!(text.starts_with("Error: unknown artifact `laon`") && text.contains("Steps left: 6."), "{text}");
    // What breaks a tool's schema is no step.
    for (name, input, error) in [
        ("fly", json!({}), "'fly' is not a valid tool; the tools are review_ticket,"),
        ("start_task", json!({}), "'start_task' is not a valid tool"),
        ("review_ticket", json!({ "x": 1 }), "Tool input validation error: "),
        ("inspect_artifact", json!({}), "Tool input validation error: "),
        ("inspect_artifact", json!({ "artifact_id": 7 }), "Tool input validation error: "),
    ] {
        let (_, refused) = call(&desk, &id, name, input.clone()).await;
        assert!(refused["error"].as_str().expect("a text").starts_with(error), "{refused}");
        assert_eq!((refused["ok"].as_bool(), refused.as_object().map(|object| object.len())), (Some(false), Some(2)));
    }
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 2);
}

#[tokio::test]
async fn sessions_are_named_known_and_gone() {
    let desk = desk();
    let place = r#"{"split":"test","index":0}"#;
    let call = r#"{"name":"review_ticket","input":{}}"#;
    let routes = [
        ("GET", "/lending_desk/prompt", ""),
        ("GET", "/lending_desk/messages", ""),
        ("GET", "/lending_desk/task_tools", ""),
        ("POST", "/lending_desk/call", call),
        ("POST", "/ping", ""),
    ];
    let send = async |(method, path, body): (&str, &str, &str), session: Option<&str>| {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(session) = session {
            request = request.header("x-session-id", session);
        }
        let reply = desk.send(request.body(Body::from(body.to_owned())).expect("a request")).await;
        (reply.status.as_u16(), reply.detail())
    };
    let refusal = |status: u16, detail: &str| (status, detail.to_owned());
    let unnamed = refusal(400, "X-Session-ID header is required");
    let unknown = refusal(404, "Active environment not found");
    let deleted = refusal(410, "Session deleted");
    let id = hand_out(&desk).await;
    for route in routes {
        assert_eq!(send(route, None).await, unnamed, "{route:?}");
        assert_eq!(send(route, Some("")).await, unnamed, "{route:?}");
        assert_eq!(send(route, Some("  ")).await, unnamed, "{route:?}");
        assert_eq!(send(route, Some(&id)).await, unknown, "{route:?}: handed out, and not begun");
        assert_eq!(send(route, Some("é\u{80}")).await, unknown, "{route:?}");
    }
    for path in ["/create", "/delete", "/delete_session"] {
        assert_eq!(send(("POST", path, place), None).await, unnamed, "{path}");
    }
    assert_eq!(send(("POST", "/create", place), Some(&id)).await.0, 200);
    assert_eq!(send(("POST", "/create", place), Some(&id)).await, refusal(400, "Session already exists"));
    assert_eq!(send(("POST", "/ping", ""), Some(&format!("  {id} "))).await.0, 200);
    assert_eq!(send(("POST", "/delete", ""), Some(&id)).await.0, 200);
    for route in routes {
        assert_eq!(send(route, Some(&id)).await, deleted, "{route:?}");
    }
    assert_eq!(send(("POST", "/delete", ""), Some(&id)).await.0, 200, "deleting twice is no fault");
    // As upstream, the id may begin anew, and then it is there again.
    assert_eq!(send(("POST", "/create", place), Some(&id)).await.0, 200);
    assert_eq!(send(routes[0], Some(&id)).await.0, 200);
    // An id of the client's own; one that cannot stand in a header, a cookie and a query is none.
    assert_eq!(send(("POST", "/create", place), Some("trainer-7:episode.12")).await.0, 200);
    for id in ["a b", "a;b", "a/b", "é", &"a".repeat(129)] {
        let (status, detail) = send(("POST", "/create", place), Some(id)).await;
        assert!(status == 400 && detail.starts_with("X-Session-ID must be"), "{id}: {detail}");
    }
}

#[tokio::test]
async fn bad_creations_take_no_room() {
    let desk = Desk::new(Settings { max_sessions: 1, ..Settings::default() });
    let id = hand_out(&desk).await;
    for (body, status, part) in [
        ("", 422, "Field required"),
        ("[]", 422, "valid dictionary"),
        ("{", 422, "JSON decode error"),
        ("{}", 422, "not both/neither"),
        (r#"{"split":"test","index":"0"}"#, 422, "valid integer"),
        (r#"{"split":"test","index":0,"seed":1}"#, 422, "Extra inputs"),
        (r#"{"split":"nope","index":0}"#, 400, "Invalid split"),
        (r#"{"split":"test","index":1}"#, 400, "Invalid task index"),
        (r#"{"split":"test","index":0,"env_name":"nope"}"#, 404, "unknown environment 'nope'"),
        (r#"{"split":"test","index":0,"toolset_name":"cli"}"#, 400, "unknown toolset 'cli'"),
        (r#"{"task_spec":{"id":"late-bok"}}"#, 422, "nearest are `late-book`"),
    ] {
        let reply = desk.post("/create", &[("x-session-id", &id)], body).await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(reply.status.as_u16() == status && text.contains(part), "{body}: {} {text}", reply.status);
    }
    assert_eq!(sessions(&desk.get("/metrics").await), "0");
    let place = r#"{"split":"test","index":0}"#;
    for _ in 0..100 {
        hand_out(&desk).await;
    }
    assert_eq!(desk.post("/create", &[("x-session-id", &id)], place).await.status, StatusCode::OK);
    let full = desk.post("/create", &[("x-session-id", "other")], place).await;
    assert_eq!((full.status, full.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    // Whoever pings keeps the session; whoever does not loses it.
    let timeout = Settings::default().session_timeout;
    desk.clock.advance(timeout / 2);
    assert_eq!(desk.post("/ping", &[("x-session-id", &id)], "").await.json(), json!({ "status": "ok" }));
    desk.clock.advance(timeout / 2);
    assert_eq!(desk.post("/ping", &[("x-session-id", &id)], "").await.status, StatusCode::OK);
    desk.clock.advance(timeout);
    let expired = desk.post("/ping", &[("x-session-id", &id)], "").await;
    assert_eq!((expired.status, &*expired.detail()), (StatusCode::NOT_FOUND, "Active environment not found"));
    assert_eq!(desk.post("/create", &[("x-session-id", "other")], place).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_id_means_one_session_on_every_transport() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    call(&desk, &id, "review_ticket", json!({})).await;
    desk.step(&[("x-session-id", &id)], WINNING[1]).await;
    let (_, seen) = call(&desk, &id, "search_policy", json!({ "query": "renewals" })).await;
    let text = seen["output"]["blocks"][0]["text"].as_str().expect("a text");
    assert!(text.contains("ticket, artifact:loan, policy:renewals"), "{text}");
    // A session of HTTP is played on by calls; its id is taken.
    let http = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
    assert_eq!(call(&desk, &http, "review_ticket", json!({})).await.1["ok"], true);
    let taken = desk.post("/create", &[("x-session-id", &http)], r#"{"split":"test","index":0}"#).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    // One of MCP has no case before start_task.
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}"#;
    let mcp = desk.post("/mcp", &[], body).await.json()["result"]["session_id"].as_str().expect("an id").to_owned();
    assert_eq!(get(&desk, &mcp, "/lending_desk/prompt").await.status, StatusCode::NOT_FOUND);
    let early =
        desk.post("/lending_desk/call", &[("x-session-id", &mcp)], r#"{"name":"review_ticket","input":{}}"#).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    // One of `initialize` begins by any route, and is over for all.
    let hello =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello }).to_string();
    for begins in [true, false] {
        let mcp = desk.post("/mcp", &[], &hello).await.header("mcp-session-id").to_owned();
        let place = r#"{"split":"test","index":0}"#;
        let create = async || desk.post("/create", &[("x-session-id", &mcp)], place).await;
        if begins {
            assert_eq!(create().await.status, StatusCode::OK);
        }
        let end = Request::delete("/mcp").header("mcp-session-id", &mcp).body(Body::empty()).expect("a request");
        assert_eq!(desk.send(end).await.status, StatusCode::NO_CONTENT);
        let again = create().await;
        assert_eq!((again.status, again.detail().contains("has ended")), (StatusCode::BAD_REQUEST, true));
    }
    // No session is the latest one here.
    assert_eq!(get(&desk, "", "/lending_desk/prompt").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn no_answer_tells_what_is_expected() {
    let desk = desk();
    let mut shown = String::new();
    for path in ["/list_environments", "/lending_desk/splits", "/lending_desk/tools", "/tasks"] {
        shown.push_str(&String::from_utf8_lossy(&desk.get(path).await.body));
    }
    for (path, body) in [
        ("/lending_desk/tasks", r#"{"split":"test"}"#),
        ("/lending_desk/task", r#"{"split":"test","index":0}"#),
        ("/lending_desk/task_range", r#"{"split":"test"}"#),
    ] {
        shown.push_str(&String::from_utf8_lossy(&desk.post(path, &[], body).await.body));
    }
    // No answer before the first step names the code, the records or the policy that it takes, but the prompt's lists.
    for secret in ["renew", "artifact:", "policy:", "block_reader", "required_evidence", "expected"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let (_, end) = call(&desk, &id, "submit_resolution", json!({ "resolution_code": "block_reader" })).await;
    let prompt = get(&desk, &id, "/lending_desk/prompt").await.json().to_string();
    let reasons = desk.get(&format!("/state?session_id={id}")).await.json()["score"]["parts"].clone();
    for part in reasons.as_array().expect("the parts") {
        let reason = part["reason"].as_str().expect("the trainer sees reasons");
        assert!(!end.to_string().contains(reason), "{reason}: {end}");
    }
    for secret in ["required", "expected", "artifact:", "policy:", "harmful"] {
        assert!(!end.to_string().contains(secret) && !prompt.contains(secret), "{secret}: {end} {prompt}");
    }
}

#[tokio::test]
async fn production_plays_by_tools_and_shows_no_score() {
    let desk = Desk::new(Settings { mode: Mode::Production, ..Settings::default() });
    for (path, body) in [("/reset", "{}"), ("/step", "{}")] {
        assert_eq!(desk.post(path, &[], body).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(desk.get("/state").await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get("/lending_desk/splits").await.status, StatusCode::OK);
    let paths = desk.get("/openapi.json").await.json()["paths"].clone();
    for path in ["/list_environments", "/{env_name}/task", "/create", "/{env_name}/call"] {
        assert!(paths[path].is_object(), "{path}");
    }
    assert!(paths["/reset"].is_null() && paths["/step"].is_null() && paths["/state"].is_null());
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let mut last = Value::Null;
    for action in WINNING {
        last = call(&desk, &id, action.0, input_of(action)).await.1;
    }
    assert_eq!((&last["output"]["reward"], &last["output"]["finished"]), (&json!(1.0), &json!(true)));
    let text = last["output"]["blocks"][0]["text"].as_str().expect("a text");
    assert!(text.ends_with("The case is closed. Score: 1.0."), "{text}");
}

#[tokio::test]
async fn every_route_is_described() {
    let desk = desk();
    let document = desk.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().expect("paths");
    let expect = [
        ("get", "/list_environments"),
        ("get", "/version"),
        ("post", "/create_session"),
        ("post", "/create"),
        ("post", "/ping"),
        ("post", "/delete"),
        ("post", "/delete_session"),
        ("get", "splits"),
        ("get", "tools"),
        ("get", "task_tools"),
        ("get", "prompt"),
        ("get", "messages"),
        ("post", "tasks"),
        ("post", "num_tasks"),
        ("post", "task"),
        ("post", "task_range"),
        ("post", "call"),
        ("post", "score_group"),
    ];
    for (method, path) in expect {
        if path.starts_with('/') {
            assert!(paths[path][method].is_object(), "{method} {path}");
        } else {
            let route = &paths[&format!("/{{env_name}}/{path}")][method];
            let name = route["parameters"][0]["$ref"].as_str().expect("a shared parameter").trim_start_matches('#');
            let name = document.pointer(name).expect("it is there");
            assert_eq!(name["schema"]["enum"], json!([&ENV[1..]]), "{method} {path}");
            assert!(paths[&format!("/{path}")][method]["responses"]["308"].is_object(), "{method} {path}");
        }
    }
    assert!(paths["/tasks"]["get"].is_object(), "reading the tasks is still described");
}
