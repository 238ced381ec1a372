//! The table of dialects in `docs/protocol.md`, row by row, and what each dialect says.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support_ops_env::server::{Mode, Settings};

use crate::desk::WINNING;
use crate::http::{Desk, Reply};

const LATEST: &str = "2025-11-25";
const STATELESS: &str = "2026-07-28";

fn desk() -> Desk {
    Desk::new(Settings::default())
}

/// A request of the stateless version, with its head as it has to be.
async fn stateless(desk: &Desk, method: &str, mut params: Value) -> Reply {
    params["_meta"] = meta(STATELESS);
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    let mut headers = vec![("mcp-protocol-version", STATELESS), ("mcp-method", method)];
    if !name.is_empty() {
        headers.push(("mcp-name", &name));
    }
    desk.post("/mcp", &headers, &call(method, params)).await
}

fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn call(method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string()
}

fn hello(version: &str) -> String {
    call(
        "initialize",
        json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } }),
    )
}

async fn initialize(desk: &Desk) -> String {
    let reply = desk.post("/mcp", &[], &hello(LATEST)).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.header("mcp-session-id").to_owned()
}

async fn tool(desk: &Desk, session: &str, name: &str, arguments: Value) -> Value {
    let headers = [("mcp-session-id", session), ("mcp-protocol-version", LATEST)];
    let reply = desk.post("/mcp", &headers, &call("tools/call", json!({ "name": name, "arguments": arguments }))).await;
    assert_eq!(reply.status, StatusCode::OK, "{name}");
    reply.json()["result"].clone()
}

async fn delete(desk: &Desk, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::delete("/mcp");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).expect("a request")).await
}

async fn sessions(desk: &Desk) -> String {
    let metrics = String::from_utf8(desk.get("/metrics").await.body).expect("a text");
    metrics.lines().find_map(|line| line.strip_prefix("support_ops_sessions ")).expect("the count").to_owned()
}

/// `session` in a header stands for one that `initialize` has given.
async fn check_row(row: &str, headers: &[(&str, &str)], body: &str, status: u16, code: Option<i64>) {
    let desk = desk();
    let session = initialize(&desk).await;
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, if *value == "session" { &*session } else { *value })).collect();
    let reply = desk.post("/mcp", &headers, body).await;
    assert_eq!(reply.status.as_u16(), status, "{row}: {headers:?} {body}: {}", String::from_utf8_lossy(&reply.body));
    if status == 202 {
        assert!(reply.body.is_empty(), "{row}");
        return;
    }
    let reply = reply.json();
    let found = reply.get("error").map(|error| error["code"].as_i64().expect("a code"));
    assert_eq!(found, code, "{row}: {headers:?} {body}: {reply}");
    if !headers.is_empty() {
        let error = reply.get("error").cloned().unwrap_or_default();
        assert!(reply.get("id") != Some(&Value::Null) && error.get("data") != Some(&Value::Null), "{row}: {reply}");
    }
}

#[tokio::test]
async fn the_row_decides() {
    const V: &str = "mcp-protocol-version";
    const S: &str = "mcp-session-id";
    const M: &str = "mcp-method";
    let list = call("tools/list", json!({}));
    let modern = call("tools/list", json!({ "_meta": meta(STATELESS) }));
    let discover = call("server/discover", json!({ "_meta": meta(STATELESS) }));
    let repeated = call("tools/list", json!({ "_meta": meta(LATEST) }));
    let other = call("resources/list", json!({}));
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let response = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    let batch = format!("[{list},{note}]");

    // Row 1: `_meta` names a version.
    check_row("1", &[(V, STATELESS), (M, "tools/list")], &modern, 200, None).await;
    check_row("1", &[(V, STATELESS), (M, "tools/list"), (S, "nobody's")], &modern, 200, None).await;
    check_row("1", &[(V, STATELESS), (M, "tools/call")], &modern, 400, Some(-32020)).await;
    check_row("1", &[(V, STATELESS)], &modern, 400, Some(-32020)).await;
    check_row("1", &[(V, LATEST), (M, "tools/list")], &modern, 400, Some(-32020)).await;
    check_row("1", &[(V, LATEST), (S, "session")], &modern, 400, Some(-32020)).await;
    check_row("1", &[], &modern, 400, Some(-32020)).await;
    check_row("1", &[(V, LATEST), (M, "tools/list")], &repeated, 400, Some(-32022)).await;
    check_row("1", &[(V, LATEST), (V, LATEST), (S, "session")], &repeated, 400, Some(-32020)).await;
    let nope = call("tools/list", json!({ "_meta": meta("v9") }));
    check_row("1", &[(V, "v9"), (M, "tools/list")], &nope, 400, Some(-32022)).await;
    let init = call("initialize", json!({ "_meta": meta(STATELESS), "protocolVersion": STATELESS }));
    check_row("1", &[(V, STATELESS), (M, "initialize")], &init, 404, Some(-32601)).await;
    let numeric = call("tools/list", json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": 5 } }));
    check_row("1", &[(V, STATELESS), (M, "tools/list")], &numeric, 400, Some(-32602)).await;
    // But for a session's own version, repeated in the body.
    check_row("1", &[(V, LATEST), (S, "session")], &repeated, 200, None).await;

    // Row 2: `server/discover`.
    check_row("2", &[(V, STATELESS), (M, "server/discover")], &discover, 200, None).await;
    check_row("2", &[], &call("server/discover", json!({})), 400, Some(-32602)).await;

    // Row 3: `initialize`.
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", LATEST, STATELESS, "1.0"] {
        check_row("3", &[], &hello(version), 200, None).await;
    }
    check_row("3", &[(V, STATELESS)], &hello(LATEST), 200, None).await;
    check_row("3", &[(V, "1.0")], &hello(LATEST), 400, Some(-32022)).await;
    check_row("3", &[], &call("initialize", json!({})), 200, Some(-32602)).await;

    // Row 4: the head names the stateless version.
    check_row("4", &[(V, STATELESS), (M, "tools/list")], &list, 400, Some(-32602)).await;
    check_row("4", &[(V, STATELESS), (S, "session")], &list, 400, Some(-32602)).await;
    check_row("4", &[(V, STATELESS)], "{", 400, Some(-32700)).await;
    check_row("4", &[(V, STATELESS)], &batch, 400, Some(-32600)).await;
    check_row("4", &[(V, STATELESS)], "{}", 400, Some(-32600)).await;
    check_row("4", &[(V, STATELESS)], response, 400, Some(-32600)).await;
    check_row("4", &[(V, STATELESS)], note, 202, None).await;

    // Row 5: a session or another version in the head.
    check_row("5", &[(S, "session")], &list, 200, None).await;
    check_row("5", &[(S, "session"), (V, LATEST)], &list, 200, None).await;
    check_row("5", &[(S, "session"), (V, LATEST), (M, "tools/call")], &list, 200, None).await;
    check_row("5", &[(S, "session"), (V, LATEST), ("accept", "*/*")], &list, 200, None).await;
    check_row("5", &[(S, "session"), (V, LATEST), ("accept", "text/html")], &list, 200, None).await;
    check_row("5", &[(S, "session"), (V, LATEST)], &other, 200, Some(-32601)).await;
    check_row("5", &[(S, "session"), (V, LATEST)], &call("tools/call", json!({ "name": "fly" })), 200, Some(-32602))
        .await;
    check_row("5", &[(S, "session"), (V, LATEST)], &call("openenv/session/create", json!({})), 200, Some(-32601)).await;
    check_row("5", &[(S, "session"), (V, LATEST)], note, 202, None).await;
    check_row("5", &[(S, "session"), (V, LATEST)], response, 202, None).await;
    check_row("5", &[(S, "session"), (V, LATEST)], "{", 400, Some(-32700)).await;
    check_row("5", &[(S, "session"), (V, LATEST)], "{}", 400, Some(-32600)).await;
    check_row("5", &[(S, "session"), (V, LATEST)], r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400, Some(-32600))
        .await;
    check_row("5", &[(S, "session"), (V, "1999-01-01")], &list, 400, Some(-32022)).await;
    check_row("5", &[(S, "nobody's"), (V, LATEST)], &list, 404, Some(-32600)).await;
    check_row("5", &[(S, "nobody's")], note, 404, Some(-32600)).await;
    check_row("5", &[(S, "nobody's")], &call("ping", json!({})), 404, Some(-32600)).await;
    check_row("5", &[(S, "")], &list, 404, Some(-32600)).await;
    check_row("5", &[(S, "session"), (S, "session")], &list, 400, Some(-32600)).await;
    check_row("5", &[(V, LATEST), (V, LATEST)], &list, 400, Some(-32022)).await;
    check_row("5", &[(V, LATEST)], &list, 400, Some(-32600)).await;
    check_row("5", &[(V, LATEST)], &call("ping", json!({})), 200, None).await;
    check_row("5", &[(V, LATEST)], note, 400, Some(-32600)).await;
    // Batches, in the two versions that have them.
    let deep = format!("[{}]", vec![&*list; 65].join(","));
    check_row("5", &[(S, "session"), (V, LATEST)], &batch, 400, Some(-32600)).await;
    check_row("5", &[(S, "session")], "[]", 400, Some(-32600)).await;
    check_row("5", &[(S, "session")], &deep, 400, Some(-32600)).await;
    check_row("5", &[(S, "session")], &format!("[{note},{response}]"), 202, None).await;
    check_row("5", &[(S, "nobody's")], &batch, 404, Some(-32600)).await;
    // Pings, and what is no message, need no session.
    for (batch, replies) in [("[1]", 1), (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},1]"#, 2)] {
        let reply = desk().post("/mcp", &[(V, "2025-03-26")], batch).await;
        assert_eq!((reply.status, reply.json().as_array().map(Vec::len)), (StatusCode::OK, Some(replies)), "{batch}");
    }
    check_row("5", &[(V, "2025-03-26")], &batch, 400, Some(-32600)).await;

    // Row 6: everything else is OpenEnv's.
    check_row("6", &[], &list, 200, None).await;
    check_row("6", &[], &call("ping", json!({})), 200, None).await;
    check_row("6", &[], "{}", 200, Some(-32600)).await;
    check_row("6", &[], "{", 200, Some(-32700)).await;
    check_row("6", &[], &batch, 200, Some(-32700)).await;
    check_row("6", &[], &other, 200, Some(-32601)).await;
    check_row("6", &[], response, 200, Some(-32600)).await;
    check_row("6", &[], note, 202, None).await;
    check_row("6", &[], r#"{"jsonrpc":"2.0","method":"tools/list"}"#, 200, None).await;
    check_row("6", &[("accept", "*/*"), (M, "tools/call")], &list, 200, None).await;
}

#[tokio::test]
async fn the_headers_of_every_dialect_are_described() {
    let document = desk().get("/openapi.json").await.json();
    let parameters = document["paths"]["/mcp"]["post"]["parameters"].as_array().expect("parameters");
    let names = parameters.iter().map(|parameter| {
        let reference = parameter["$ref"].as_str().expect("a reference");
        document.pointer(&reference[1..]).expect("it leads somewhere")["name"].as_str().expect("a name")
    });
    assert_eq!(names.collect::<Vec<_>>(), ["MCP-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name"]);
}

#[tokio::test]
async fn initialize_agrees_on_a_version() {
    let desk = desk();
    for (asked, expect) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        (LATEST, LATEST),
        (STATELESS, LATEST),
        ("1.0", LATEST),
    ] {
        let reply = desk.post("/mcp", &[], &hello(asked)).await;
        let result = reply.json()["result"].clone();
        assert_eq!((&result["protocolVersion"], &result["capabilities"]), (&json!(expect), &json!({ "tools": {} })));
        assert_eq!(result["serverInfo"], json!({ "name": "lending_desk", "version": env!("CARGO_PKG_VERSION") }));
        assert!(result["instructions"].as_str().expect("a text").contains("start_task"));
        let session = reply.header("mcp-session-id");
        assert!(session.len() > 36 && session.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
    }
    assert_eq!(desk.post("/mcp", &[], &call("initialize", json!({}))).await.header("mcp-session-id"), "");
}

#[tokio::test]
async fn a_streamable_session_plays_to_its_end() {
    let desk = desk();
    let session = initialize(&desk).await;
    let early = tool(&desk, &session, "review_ticket", json!({})).await;
    assert_eq!(early["isError"], true);
    tool(&desk, &session, "list_tasks", json!({})).await;
    assert_eq!(sessions(&desk).await, "0", "nothing is held before a task is started");
    let mut last = tool(&desk, &session, "start_task", json!({ "task_id": "late-book" })).await;
    assert_eq!(sessions(&desk).await, "1");
    for (name, field, value) in WINNING {
        let arguments = if field.is_empty() { json!({}) } else { json!({ field: value }) };
        last = tool(&desk, &session, name, arguments).await;
    }
    let text: Value = serde_json::from_str(last["content"][0]["text"].as_str().expect("a text")).expect("JSON");
    assert_eq!((&last["structuredContent"], &last["data"]), (&text, &text));
    assert_eq!((&text["reward"], &text["done"], &text["session_id"]), (&json!(1.0), &json!(true), &Value::Null));
    let parts = text["observation"]["metadata"]["score"]["parts"].as_array().expect("the parts").clone();
    assert!(!parts.is_empty() && parts.iter().all(|part| part["reason"].is_null()));

    // One id for all: plain HTTP, OpenEnv's dialect.
    let state = desk.get(&format!("/state?session_id={session}")).await.json();
    assert_eq!(state["final_score"], 1.0);
    let params = json!({ "name": "review_ticket", "session_id": session });
    assert_eq!(desk.post("/mcp", &[], &call("tools/call", params)).await.json()["result"]["data"]["done"], true);

    assert_eq!(delete(&desk, &[("mcp-session-id", &session)]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        desk.post("/mcp", &[("mcp-session-id", &session)], &call("ping", json!({}))).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(delete(&desk, &[("mcp-session-id", &session)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sessions(&desk).await, "0");
}

#[tokio::test]
async fn sessions_end_by_delete_and_by_age() {
    let desk = desk();
    let unused = initialize(&desk).await;
    for (headers, status) in [
        (vec![("mcp-session-id", &*unused), ("mcp-protocol-version", STATELESS)], 405),
        (vec![("mcp-session-id", &*unused), ("mcp-protocol-version", "1")], 400),
        (vec![], 400),
        (vec![("mcp-session-id", "nobody's")], 404),
        (vec![("mcp-session-id", &*unused), ("mcp-protocol-version", LATEST)], 204),
        (vec![("mcp-session-id", &*unused), ("mcp-protocol-version", LATEST)], 404),
    ] {
        assert_eq!(delete(&desk, &headers).await.status.as_u16(), status, "{headers:?}");
    }
    let old = initialize(&desk).await;
    tool(&desk, &old, "start_task", json!({})).await;
    desk.clock.advance(Settings::default().session_timeout);
    let reply = desk.post("/mcp", &[("mcp-session-id", &old)], &call("tools/list", json!({}))).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let get = desk.get("/mcp").await;
    assert_eq!((get.status, get.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST, DELETE, OPTIONS"));
}

#[tokio::test]
async fn a_flood_of_hellos_holds_nothing() {
    let desk = Desk::new(Settings { max_sessions: 1, ..Settings::default() });
    let first = initialize(&desk).await;
    for _ in 0..2_000 {
        initialize(&desk).await;
    }
    let last = initialize(&desk).await;
    assert_eq!(sessions(&desk).await, "0");
    assert_eq!(tool(&desk, &first, "start_task", json!({})).await["isError"], false);
    // The place is taken: whoever comes next is told, and may try again.
    let full = tool(&desk, &last, "start_task", json!({})).await;
    assert_eq!(full["isError"], true);
    assert!(full["content"][0]["text"].as_str().expect("a text").contains("Server at capacity: 1/1"));
    assert_eq!(desk.post("/reset", &[("x-session-id", &last)], "{}").await.status, StatusCode::SERVICE_UNAVAILABLE);
    delete(&desk, &[("mcp-session-id", &first)]).await;
    assert_eq!(tool(&desk, &last, "start_task", json!({})).await["isError"], false);
}

#[tokio::test]
async fn nobody_reaches_a_session_by_a_guess() {
    let desk = desk();
    let mine = initialize(&desk).await;
    tool(&desk, &mine, "start_task", json!({})).await;
    let digit = if mine.starts_with('0') { "1" } else { "0" };
    for guess in [
        format!("{digit}{}", &mine[1..]),
        mine[..36].to_owned(),
        mine.to_uppercase(),
        format!("{mine}0"),
        "*".to_owned(),
    ] {
        let headers = [("mcp-session-id", &*guess)];
        assert_eq!(desk.post("/mcp", &headers, &call("tools/list", json!({}))).await.status, 404, "{guess}");
        assert_eq!(delete(&desk, &headers).await.status, 404, "{guess}");
        let close = call("openenv/session/close", json!({ "session_id": guess }));
        assert_eq!(desk.post("/mcp", &[], &close).await.json()["error"]["code"], -32602, "{guess}");
        let acted =
            stateless(&desk, "tools/call", json!({ "name": "review_ticket", "arguments": { "session_id": guess } }))
                .await;
        assert_eq!(acted.json()["result"]["isError"], true, "{guess}");
    }
    assert_eq!(desk.get(&format!("/state?session_id={mine}")).await.json()["step_count"], 0);
}

#[tokio::test]
async fn batches_are_answered_in_order() {
    let desk = desk();
    let session = initialize(&desk).await;
    let start = json!({ "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": { "name": "start_task" } });
    let look = json!({ "jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": { "name": "review_ticket" } });
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "a" } });
    let hello: Value = serde_json::from_str(&hello(LATEST)).expect("JSON");
    let batch = json!([start, note, look, 5, hello]).to_string();
    let reply = desk.post("/mcp", &[("mcp-session-id", &session)], &batch).await;
    assert_eq!((reply.status, reply.header("mcp-session-id")), (StatusCode::OK, ""));
    let replies = reply.json().as_array().expect("a list").clone();
    let seen: Vec<String> = replies.iter().map(|reply| format!("{} {}", reply["id"], reply["error"]["code"])).collect();
    assert_eq!(seen, ["\"a\" null", "\"b\" null", "null -32600", "7 -32600"]);
    assert_eq!(replies[1]["result"]["data"]["observation"]["collected_evidence"], json!(["ticket"]));
}

#[tokio::test]
async fn a_batch_lets_others_go_between_its_messages() {
    let desk = desk();
    let pings = (0..10).map(|id| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
    let session = initialize(&desk).await;
    let turns = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = turns.clone();
    let other = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    let reply = desk.post("/mcp", &[("mcp-session-id", &session)], &Value::from_iter(pings).to_string()).await;
    other.abort();
    assert_eq!((reply.status, reply.json().as_array().map(Vec::len)), (StatusCode::OK, Some(10)));
    assert!(turns.load(std::sync::atomic::Ordering::Relaxed) >= 10, "{turns:?}");
}

#[tokio::test]
async fn a_stateless_client_plays_with_its_handle() {
    let desk = desk();
    let found = stateless(&desk, "server/discover", json!({})).await.json()["result"].clone();
    let server = json!({ "io.modelcontextprotocol/serverInfo": { "name": "lending_desk", "version": env!("CARGO_PKG_VERSION") } });
    assert_eq!(
        (&found["resultType"], &found["supportedVersions"], &found["_meta"]),
        (&json!("complete"), &json!([STATELESS]), &server)
    );
    let listed = stateless(&desk, "tools/list", json!({})).await.json()["result"].clone();
    assert_eq!(
        (&listed["resultType"], &listed["cacheScope"], &listed["_meta"]),
        (&json!("complete"), &json!("public"), &server)
    );
    assert!(listed["ttlMs"].as_u64().is_some());
    for listed in listed["tools"].as_array().expect("a list") {
        let takes_handle = listed["inputSchema"]["properties"].get("session_id").is_some();
        assert_eq!(takes_handle, listed["name"] != "list_tasks", "{listed}");
        assert!(!listed.as_object().expect("an object").values().any(Value::is_null));
    }

    let act = async |name: &str, arguments: Value| {
        let reply = stateless(&desk, "tools/call", json!({ "name": name, "arguments": arguments })).await;
        (reply.status.as_u16(), reply.json())
    };
    let (_, started) = act("start_task", json!({ "task_id": "late-book" })).await;
    let handle = started["result"]["structuredContent"]["session_id"].clone();
    assert!(handle.is_string() && started["result"]["resultType"] == "complete");
    let mut last = Value::Null;
    for (name, field, value) in WINNING {
        let mut arguments = json!({ "session_id": handle });
        if !field.is_empty() {
            arguments[field] = value.into();
        }
        last = act(name, arguments).await.1["result"]["structuredContent"].clone();
        assert_eq!(last["session_id"], handle);
    }
    assert_eq!((&last["reward"], &last["done"]), (&json!(1.0), &json!(true)));
    let again = act("start_task", json!({ "session_id": handle })).await.1;
    assert_eq!(again["result"]["structuredContent"]["session_id"], handle);
    assert_eq!(sessions(&desk).await, "1");

    for (name, arguments, status, code) in [
        ("review_ticket", json!({}), 400, -32602),
        ("review_ticket", json!({ "session_id": 5 }), 400, -32602),
        ("review_ticket", json!({ "session_id": handle, "x": 1 }), 400, -32602),
        ("fly", json!({ "session_id": handle }), 400, -32602),
        ("list_tasks", json!({ "session_id": handle }), 400, -32602),
    ] {
        let (found, reply) = act(name, arguments).await;
        assert_eq!((found, &reply["error"]["code"], &reply["id"]), (status, &json!(code), &json!(7)), "{name}");
    }
    for arguments in [json!({ "session_id": "gone" }), json!({ "session_id": "" })] {
        assert_eq!(act("review_ticket", arguments).await.1["result"]["isError"], true);
    }
    assert_eq!(act("start_task", json!({ "task_id": "late-bok" })).await.1["result"]["isError"], true);
    assert_eq!(sessions(&desk).await, "1", "a start that picks no task leaves no session");
    for method in ["initialize", "ping", "openenv/session/create", "subscriptions/listen", "prompts/list"] {
        let reply = stateless(&desk, method, json!({})).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (404, &json!(-32601)), "{method}");
    }
}

#[tokio::test]
async fn head_and_body_agree_or_nothing_happens() {
    let desk = desk();
    let body = call("tools/call", json!({ "name": "start_task", "arguments": {}, "_meta": meta(STATELESS) }));
    let check = async |name: Option<&[u8]>, method: &str, accepted: bool| {
        let mut request = Request::post("/mcp").header("mcp-protocol-version", STATELESS).header("MCP-METHOD", method);
        if let Some(name) = name {
            request = request.header("Mcp-Name", name);
        }
        let reply = desk.send(request.body(Body::from(body.clone())).expect("a request")).await;
        let expect = if accepted { (200, None) } else { (400, Some(-32020)) };
        let code = reply.json()["error"]["code"].as_i64();
        assert_eq!((reply.status.as_u16(), code), expect, "{name:?} {method}");
    };
    check(Some(b"start_task"), "tools/call", true).await;
    check(Some(b"  start_task "), "tools/call", true).await;
    check(Some(b"=?base64?c3RhcnRfdGFzaw==?="), "tools/call", true).await;
    let before = sessions(&desk).await;
    check(Some(b"=?base64?c3RhcnRfdGFzaw?="), "tools/call", false).await;
    check(Some(b"=?base64?/w==?="), "tools/call", false).await;
    check(Some(b"=?BASE64?c3RhcnRfdGFzaw==?="), "tools/call", false).await;
    check(Some(b"list_tasks"), "tools/call", false).await;
    check(Some("start_täsk".as_bytes()), "tools/call", false).await;
    check(None, "tools/call", false).await;
    check(Some(b"start_task"), "TOOLS/CALL", false).await;
    assert_eq!(sessions(&desk).await, before);
    let unsupported = call("tools/list", json!({ "_meta": meta("v999") }));
    let headers = [("mcp-protocol-version", "v999"), ("mcp-method", "tools/list")];
    let error = desk.post("/mcp", &headers, &unsupported).await.json()["error"].clone();
    assert_eq!(error["data"], json!({ "supported": [STATELESS], "requested": "v999" }));
}

#[tokio::test]
async fn hostile_json_changes_nothing() {
    let desk = desk();
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let long_id = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(10_000));
    let meta = r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":[]}}"#;
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"nope"}"#;
    let many = format!("[{}]", "0,".repeat(50_000) + "0");
    for body in [
        &*deep,
        &long_id,
        meta,
        twice,
        &many,
        "\u{0}",
        "[[[[",
        r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
        "\"initialize\"",
    ] {
        for headers in [
            vec![],
            vec![("mcp-protocol-version", LATEST)],
            vec![("mcp-protocol-version", STATELESS)],
            vec![("mcp-session-id", "x")],
        ] {
            let reply = desk.post("/mcp", &headers, body).await;
            assert!(
                reply.status.as_u16() < 500 && reply.body.len() < 4_096,
                "{} {headers:?}",
                &body[..body.len().min(60)]
            );
        }
    }
    assert_eq!(sessions(&desk).await, "0");
}

#[tokio::test]
async fn production_has_the_tools_in_every_dialect() {
    let desk = Desk::new(Settings { mode: Mode::Production, ..Settings::default() });
    for path in ["/reset", "/step"] {
        assert_eq!(desk.post(path, &[], "{}").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(desk.get("/state").await.status, StatusCode::NOT_FOUND);
    let session = initialize(&desk).await;
    let mut last = tool(&desk, &session, "start_task", json!({ "task_id": "late-book" })).await;
    for (name, field, value) in WINNING {
        let arguments = if field.is_empty() { json!({}) } else { json!({ field: value }) };
        last = tool(&desk, &session, name, arguments).await["data"].clone();
    }
    assert_eq!((&last["done"], &last["reward"]), (&json!(true), &json!(1.0)));
    assert_eq!(last["observation"]["metadata"].get("score"), None);
    let created =
        desk.post("/mcp", &[], &call("openenv/session/create", json!({}))).await.json()["result"]["session_id"].clone();
    let params = json!({ "name": "start_task", "session_id": created });
    assert_eq!(desk.post("/mcp", &[], &call("tools/call", params)).await.json()["result"]["isError"], false);
    let started = stateless(&desk, "tools/call", json!({ "name": "start_task" })).await.json();
    assert_eq!(started["result"]["isError"], false);
}

#[tokio::test]
async fn tools_can_be_called_as_steps() {
    let desk = desk();
    let session = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
    let step = async |action: Value| {
        let reply = desk.post("/step", &[("x-session-id", &session)], &json!({ "action": action }).to_string()).await;
        (reply.status.as_u16(), reply.json())
    };
    let (_, listed) = step(json!({ "type": "list_tools", "metadata": {} })).await;
    let tools = listed["observation"]["tools"].as_array().expect("a list");
    assert!(tools.len() == 7 && tools.iter().all(|tool| tool["input_schema"]["type"] == "object"));
    assert_eq!((&listed["reward"], &listed["done"], &listed["metadata"]), (&Value::Null, &json!(false), &Value::Null));
    let (_, called) = step(json!({ "type": "call_tool", "tool_name": "review_ticket", "arguments": {} })).await;
    assert_eq!(called["observation"]["result"]["observation"]["collected_evidence"], json!(["ticket"]));
    assert_eq!((&called["observation"]["error"], &called["reward"]), (&Value::Null, &json!(0.05)));
    for (name, arguments, kind) in [
        ("fly", json!({}), "tool_not_found"),
        ("inspect_artifact", json!({}), "invalid_args"),
        ("start_task", json!({ "task_id": "nope" }), "execution_error"),
    ] {
        let (status, called) = step(json!({ "type": "call_tool", "tool_name": name, "arguments": arguments })).await;
        let error = &called["observation"]["error"];
        assert_eq!((status, &error["error_type"], error["message"].is_string()), (200, &json!(kind), true), "{name}");
        assert_eq!(called["observation"]["result"], Value::Null);
    }
    for action in [
        json!({ "type": "call_tool" }),
        json!({ "type": "call_tool", "tool_name": 5 }),
        json!({ "type": "call_tool", "tool_name": "review_ticket", "arguments": [] }),
        json!({ "type": "call_tool", "tool_name": "review_ticket", "x": 1 }),
        json!({ "type": "list_tools", "x": 1 }),
        json!({ "type": "dance" }),
    ] {
        assert_eq!(step(action.clone()).await.0, 422, "{action}");
    }
    assert_eq!(desk.get(&format!("/state?session_id={session}")).await.json()["step_count"], 1);
}
