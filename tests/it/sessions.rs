//! Sessions over their life: room, operators, repeated steps, sockets that drop and come back.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support_ops_env::server::{OriginRules, Settings, Token};

use crate::desk::WINNING;
use crate::http::{Desk, Reply, action_of};
use crate::ws::{Client, serve};

const RESET: &str = r#"{"type":"reset"}"#;
const STATE: &str = r#"{"type":"state"}"#;

fn desk() -> Desk {
    Desk::new(Settings::default())
}

async fn step_once(desk: &Desk, key: &str, action: (&str, &str, &str)) -> Reply {
    desk.step(&[("idempotency-key", key)], action).await
}

async fn step_count(desk: &Desk) -> u64 {
    desk.get("/state").await.json()["step_count"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_step_under_a_key_is_taken_once() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    let first = step_once(&desk, "k1", WINNING[0]).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (StatusCode::OK, ""));
    step_once(&desk, "k2", WINNING[1]).await;
    let again = step_once(&desk, "k1", WINNING[0]).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (StatusCode::OK, "true"));
    assert_eq!(again.body, first.body, "byte for byte");
    assert_eq!(step_count(&desk).await, 2);
    let other = step_once(&desk, "k1", WINNING[2]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json()["detail"][0]["loc"], json!(["header", "idempotency-key"]));
    assert_eq!(step_count(&desk).await, 2);
    let metrics = String::from_utf8(desk.get("/metrics").await.body).expect("a text");
    assert!(metrics.contains("support_ops_steps_repeated_total 1\n"), "{metrics}");
    // Keys count within an episode, and within a session.
    desk.post("/reset", &[("cookie", "")], "{}").await;
    assert_eq!(step_once(&desk, "k1", WINNING[2]).await.header("idempotent-replayed"), "");
    let id = desk.get("/state").await.header("x-session-id").to_owned();
    desk.post("/reset", &[("x-session-id", &id)], "{}").await;
    assert_eq!(step_once(&desk, "k1", WINNING[2]).await.header("idempotent-replayed"), "");
    assert_eq!(step_count(&desk).await, 1);
}

#[tokio::test]
async fn whoever_counts_keys_and_names_no_session_plays_every_episode_to_its_end() {
    let desk = desk();
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned());
        for (at, action) in WINNING.into_iter().enumerate() {
            // Also by a browser that remembers a session that is no longer there.
            let head = [("idempotency-key", &*format!("step-{at}")), ("cookie", "support_ops_session=gone")];
            for expect in ["", "true"] {
                let step = desk.step(&head, action).await;
                assert_eq!(
                    (step.header("idempotent-replayed"), step.header("x-session-id")),
                    (expect, &*ids[ids.len() - 1])
                );
            }
        }
        assert_eq!(step_count(&desk).await, WINNING.len() as u64);
    }
    assert_ne!(ids[0], ids[1]);
    // What a session is asked by its name is answered again, whoever has begun another since.
    let named = [("idempotency-key", "step-0"), ("x-session-id", &*ids[0])];
    assert_eq!(desk.step(&named, WINNING[0]).await.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_tool_under_a_key_is_called_once() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    let call = async |key: &str, name: &str, arguments: Value| {
        let action = json!({ "type": "call_tool", "tool_name": name, "arguments": arguments });
        let reply = desk.post("/step", &[("idempotency-key", key)], &json!({ "action": action }).to_string()).await;
        (reply.status, reply.header("idempotent-replayed").to_owned(), reply.body)
    };
    let first = call("k1", "review_ticket", json!({})).await;
    let again = call("k1", "review_ticket", json!({})).await;
    assert_eq!((first.0, &*first.1, again.0, &*again.1), (StatusCode::OK, "", StatusCode::OK, "true"));
    assert_eq!((first.2, step_count(&desk).await), (again.2, 1), "byte for byte, and one step");
    assert_eq!(call("k1", "submit_resolution", json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(step_once(&desk, "k1", WINNING[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // What changes nothing is not kept.
    for (name, arguments) in [("list_tasks", json!({})), ("fly", json!({})), ("draft_reply", json!({}))] {
        assert_eq!(call("k2", name, arguments).await.1, "", "{name}");
    }
    // A task that is started under a key is not started again.
    let started = call("k2", "start_task", json!({ "task_id": "lost-card" })).await;
    call("k3", "review_ticket", json!({})).await;
    let again = call("k2", "start_task", json!({ "task_id": "lost-card" })).await;
    assert_eq!((&*started.1, &*again.1, step_count(&desk).await), ("", "true", 1));
    assert_eq!(started.2, again.2);
}

#[tokio::test]
async fn a_step_that_was_not_taken_leaves_its_key_free() {
    let desk = desk();
    assert_eq!(step_once(&desk, "k", WINNING[0]).await.status, StatusCode::CONFLICT);
    desk.post("/reset", &[], "{}").await;
    let bad = desk.post("/step", &[("idempotency-key", "k")], r#"{"action":{"action_type":"fly"}}"#).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(step_once(&desk, "k", WINNING[0]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_keys_are_remembered() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    for key in 0..17 {
        step_once(&desk, &key.to_string(), WINNING[0]).await;
    }
    assert_eq!(step_count(&desk).await, 17);
    assert_eq!(step_once(&desk, "1", WINNING[0]).await.header("idempotent-replayed"), "true");
    assert_eq!(step_once(&desk, "0", WINNING[0]).await.header("idempotent-replayed"), "", "forgotten, and a new step");
}

#[tokio::test]
async fn keys_that_are_none() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    let long = "k".repeat(256);
    for keys in [vec![""], vec![" "], vec!["two words"], vec![&*long], vec!["a", "b"]] {
        let headers: Vec<_> = keys.iter().map(|key| ("idempotency-key", *key)).collect();
        let reply = desk.step(&headers, WINNING[0]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{keys:?}");
        assert!(reply.json()["detail"][0]["msg"].as_str().expect("a text").contains("Idempotency-Key"));
    }
    assert_eq!(step_count(&desk).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_step_at_once_is_taken_once() {
    let desk = Arc::new(desk());
    desk.post("/reset", &[], "{}").await;
    let asked: Vec<_> = (0..64)
        .map(|n| {
            let desk = desk.clone();
            tokio::spawn(async move { step_once(&desk, &format!("k{}", n % 4), WINNING[0]).await })
        })
        .collect();
    let mut answers = Vec::new();
    for reply in asked {
        let reply = reply.await.expect("no panic");
        assert_eq!(reply.status, StatusCode::OK);
        answers.push(reply.body);
    }
    answers.sort();
    answers.dedup();
    assert_eq!((step_count(&desk).await, answers.len()), (4, 4));
}

#[tokio::test]
async fn an_operator_is_shown_a_thousand_sessions_the_oldest_first() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let desk = Desk::new(Settings { origins, session_timeout: Duration::from_secs(1 << 20), ..Settings::default() });
    for _ in 0..1_002 {
        desk.post("/reset", &[], "{}").await;
        desk.clock.advance(Duration::from_secs(1));
    }
    let listed = desk.get("/operator/sessions").await.json();
    assert_eq!(listed["active_sessions"], 1_002);
    let ages: Vec<u64> = listed["sessions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|session| session["age_s"].as_u64().expect("seconds"))
        .collect();
    assert_eq!(ages, (3..=1_002).rev().collect::<Vec<u64>>());
}

#[tokio::test]
async fn whoever_finds_no_room_waits_for_some() {
    let port = serve(Settings { max_sessions: 1, slot_wait: Duration::from_secs(600), ..Settings::default() }).await;
    let mut first = Client::connect(&port, "/ws").await;
    first.ask(RESET).await;
    for path in ["/ws", "/mcp", "/ws"] {
        let mut next = Client::connect(&port, path).await;
        drop(first);
        match path {
            "/mcp" => {
                let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
                assert!(next.ask(call).await["result"]["tools"].is_array());
            }
            _ => assert_eq!(next.ask(RESET).await["type"], "observation"),
        }
        first = next;
    }
    // Over HTTP, too.
    let url = format!("http://{}/reset", port.address);
    let reset = tokio::task::spawn_blocking(move || ureq::post(&url).send_empty().map(|reply| reply.status().as_u16()));
    drop(first);
    assert_eq!(reset.await.expect("no panic").ok(), Some(200));
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_room_has_an_end() {
    let desk = Desk::new(Settings { max_sessions: 1, slot_wait: Duration::from_secs(5), ..Settings::default() });
    desk.post("/reset", &[], "{}").await;
    let began = tokio::time::Instant::now();
    let reply = desk.post("/reset", &[], "{}").await;
    assert_eq!((reply.status, began.elapsed().as_secs()), (StatusCode::SERVICE_UNAVAILABLE, 5));
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_room_notices_what_time_alone_makes_free() {
    let create = r#"{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}"#;
    // One that expires, and one that gives way.
    for (path, body, over_after) in [("/reset", "{}", 60), ("/mcp", create, 10)] {
        // Long before those who wait give up, and hardly before.
        for free_at in [500, 1_990].map(Duration::from_millis) {
            let slot_wait = Duration::from_secs(2);
            let session_timeout = Duration::from_secs(60);
            let desk = Desk::new(Settings { max_sessions: 1, session_timeout, slot_wait, ..Settings::default() });
            desk.post(path, &[], body).await;
            let began = tokio::time::Instant::now();
            let pass = async {
                tokio::time::sleep(free_at).await;
                desk.clock.advance(Duration::from_secs(over_after));
            };
            let (reply, ()) = tokio::join!(desk.post("/reset", &[], "{}"), pass);
            assert_eq!(reply.status, StatusCode::OK, "{path}, free after {free_at:?}");
            let waited = began.elapsed() - free_at;
            assert!(waited <= Duration::from_millis(200), "{path}, noticed {waited:?} late");
        }
    }
}

#[tokio::test]
async fn a_dropped_socket_comes_back_to_its_session() {
    let port = serve(Settings::default()).await;
    let base = format!("http://{}", port.address);
    let ids = tokio::task::spawn_blocking(move || {
        let reset = ureq::post(format!("{base}/reset")).send_empty().expect("an answer");
        let over_http = reset.headers()["x-session-id"].to_str().expect("a text").to_owned();
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}"#;
        let mut created =
            ureq::post(format!("{base}/mcp")).content_type("application/json").send(call).expect("an answer");
        let created: Value = serde_json::from_str(&created.body_mut().read_to_string().expect("a text")).expect("JSON");
        [over_http, created["result"]["session_id"].as_str().expect("an id").to_owned()]
    });
    for id in ids.await.expect("no panic") {
        let path = format!("/ws?session_id={id}");
        let mut client = Client::connect(&port, &path).await;
        client.ask(RESET).await;
        client.ask(json!({ "type": "step", "data": action_of(WINNING[0]) }).to_string()).await;
        // Not closed, only gone.
        drop(client);
        let state = loop {
            let mut again = Client::connect(&port, &path).await;
            let state = again.ask(STATE).await;
            if state["type"] == "state" {
                break state;
            }
        };
        assert_eq!(state["data"]["step_count"], 1, "the episode goes on");
    }
}

#[tokio::test]
async fn a_socket_that_is_alive_keeps_its_session_and_a_dead_one_does_not() {
    let port = serve(Settings::default()).await;
    let base = format!("http://{}", port.address);
    let begun = tokio::task::spawn_blocking(move || {
        let reset = ureq::post(format!("{base}/reset")).send_empty().expect("an answer");
        reset.headers()["x-session-id"].to_str().expect("a text").to_owned()
    });
    let path = format!("/ws?session_id={}", begun.await.expect("no panic"));
    let mut first = Client::connect(&port, &path).await;
    first.ask(json!({ "type": "step", "data": action_of(WINNING[0]) }).to_string()).await;
    let mut second = Client::connect(&port, &path).await;
    let refusal = first.answering_pings(second.hear()).await;
    assert_eq!(refusal["data"]["code"], "SESSION_ERROR", "{refusal}");
    assert_eq!(first.ask(STATE).await["data"]["step_count"], 1);
    // From here on nobody reads the first one's frames: its connection may as well be half open.
    let mut third = Client::connect(&port, &path).await;
    assert_eq!(third.ask(STATE).await["data"]["step_count"], 1, "the episode goes on");
    // What the old one had still to say changes nothing.
    first.send_text(&json!({ "type": "step", "data": action_of(WINNING[1]) }).to_string()).await;
    assert_eq!(first.closed().await, 4001);
    assert_eq!(third.ask(STATE).await["data"]["step_count"], 1);
}

#[tokio::test(start_paused = true)]
async fn whatever_begins_a_session_over_http_waits_for_room() {
    let call = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let hello = call("initialize", json!({ "protocolVersion": "2025-11-25", "capabilities": {} })).to_string();
    let start = json!({ "name": "start_task", "arguments": {} });
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let modern = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", "start_task")];
    for (kind, leaves) in (0..6).flat_map(|kind| [(kind, true), (kind, false)]) {
        let desk = Desk::new(Settings { max_sessions: 1, slot_wait: Duration::from_secs(60), ..Settings::default() });
        let announced = desk.post("/mcp", &[], &hello).await.header("mcp-session-id").to_owned();
        let of_session = [("mcp-session-id", &*announced)];
        let with = |key: &str, value: &Value| {
            let mut params = start.clone();
            params[key] = value.clone();
            call("tools/call", params)
        };
        let (path, head, body): (_, &[(&str, &str)], _) = match kind {
            0 => ("/reset", &[], json!({})),
            1 => ("/reset", &[], json!({ "session_id": announced })),
            2 => ("/mcp", &[], call("openenv/session/create", json!({}))),
            3 => ("/mcp", &[], with("session_id", &json!(announced))),
            4 => ("/mcp", &of_session, call("tools/call", start.clone())),
            _ => ("/mcp", &modern, with("_meta", &meta)),
        };
        let held = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
        let leave = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            if leaves {
                desk.post("/delete", &[("x-session-id", &held)], "").await;
            }
        };
        let began = tokio::time::Instant::now();
        let body = body.to_string();
        let (reply, ()) = tokio::join!(desk.post(path, head, &body), leave);
        let waited = began.elapsed().as_secs();
        let said = reply.json();
        let is_refused =
            said["detail"].is_string() || said["error"]["code"] == -32000 || said["result"]["isError"] == true;
        assert_eq!((is_refused, waited), if leaves { (false, 5) } else { (true, 60) }, "{kind}: {said}");
        assert_eq!(String::from_utf8_lossy(&reply.body).contains("at capacity"), !leaves, "{kind}: {said}");
    }
}

async fn operate(desk: &Desk, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn operators_are_let_in_with_a_token_or_from_this_machine() {
    let token = Some(Token::parse("marker").expect("a token"));
    let loopback = OriginRules { loopback_only: true, ..OriginRules::default() };
    let proxied = OriginRules { allow_hosts: vec!["env.example".into()], ..loopback.clone() };
    let open = OriginRules::default();
    let host = ("host", "localhost");
    let bearer = ("authorization", "Bearer marker");
    for (token, origins, headers, status) in [
        (&None, &open, vec![host], 403),
        (&None, &proxied, vec![host], 403),
        (&None, &loopback, vec![host], 200),
        (&None, &loopback, vec![host, ("origin", "http://localhost:3000")], 403),
        (&token, &open, vec![host], 401),
        (&token, &open, vec![host, bearer], 200),
        (&token, &proxied, vec![host, bearer], 200),
        (&token, &open, vec![host, bearer, ("origin", "https://evil.example")], 403),
    ] {
        let desk = Desk::new(Settings { token: token.clone(), origins: origins.clone(), ..Settings::default() });
        let list = operate(&desk, "GET", "/operator/sessions", &headers).await;
        assert_eq!(list.status.as_u16(), status, "{token:?} {origins:?} {headers:?}");
        let end = operate(&desk, "DELETE", "/operator/sessions/ws-9", &headers).await;
        assert_eq!(end.status.as_u16(), if status == 200 { 404 } else { status }, "{token:?} {origins:?} {headers:?}");
    }
}

#[tokio::test]
async fn an_operator_sees_sessions_and_ends_them_without_their_ids() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let desk = Desk::new(Settings { origins: origins.clone(), ..Settings::default() });
    let id = desk.post("/reset", &[("host", "localhost")], "{}").await.header("x-session-id").to_owned();
    desk.step(&[("host", "localhost")], WINNING[0]).await;
    desk.clock.advance(Duration::from_secs(90));
    let list = operate(&desk, "GET", "/operator/sessions", &[]).await;
    assert!(!String::from_utf8_lossy(&list.body).contains(&id), "an id is a key");
    let body = list.json();
    assert_eq!((&body["active_sessions"], &body["max_sessions"]), (&json!(1), &json!(100_000)));
    let session = &body["sessions"][0];
    assert_eq!(
        (&session["age_s"], &session["idle_s"], &session["attached"], &session["episode"]),
        (&json!(90), &json!(90), &json!(false), &json!({ "task_id": "late-book", "steps": 1, "done": false }))
    );
    let handle = session["handle"].as_str().expect("a text").to_owned();
    for path in [format!("/state?session_id={handle}"), format!("/ws?session_id={handle}")] {
        assert_ne!(desk.get(&path).await.status, StatusCode::OK, "a handle is no key");
    }
    for nobody in ["0123456789abcdef", "ws-0", "ws-", "%ff", "%00", "a%2fb"] {
        let end = operate(&desk, "DELETE", &format!("/operator/sessions/{nobody}"), &[]).await;
        assert_eq!((end.status, end.detail().is_empty()), (StatusCode::NOT_FOUND, false), "{nobody}");
    }
    let end = operate(&desk, "DELETE", &format!("/operator/sessions/{handle}"), &[]).await;
    assert_eq!((end.status, &end.json()["closed"]), (StatusCode::OK, &json!(true)));
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_operator_ends_what_sockets_hold() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let port = serve(Settings { origins, ..Settings::default() }).await;
    let mut own = Client::connect(&port, "/ws").await;
    own.ask(RESET).await;
    let mut published = Client::connect(&port, "/ws").await;
    published.ask(r#"{"type":"mcp","data":{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}}"#).await;
    let mut of_mcp = Client::connect(&port, "/mcp").await;
    of_mcp.ask(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).await;
    let mut page = Client::connect(&port, "/ws/ui").await;
    page.hear().await;
    let url = format!("http://{}/", port.address);
    let run = move |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_support-ops"));
        command.args([&["sessions", "--url", &url], arguments].concat()).output().expect("it runs")
    };
    let listing = tokio::task::spawn_blocking(move || {
        let list = run(&["list", "--json"]);
        let listed: Value = serde_json::from_slice(&list.stdout).expect("JSON");
        let handles: Vec<String> = listed["sessions"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|session| session["handle"].as_str().expect("a text").to_owned())
            .collect();
        assert_eq!(handles.len(), 4, "{listed}");
        let shown = String::from_utf8(run(&[]).stdout).expect("a text");
        assert_eq!(shown.lines().count(), 4, "{shown}");
        for handle in &handles {
            let closed = run(&["close", handle]);
            assert_eq!(closed.status.code(), Some(0), "{closed:?}");
        }
        assert_eq!(run(&["close", "ws-99"]).status.code(), Some(1));
        assert_eq!(run(&["close", "../x"]).status.code(), Some(2));
    });
    listing.await.expect("no panic");
    for client in [&mut own, &mut published, &mut of_mcp, &mut page] {
        assert_eq!(client.closed().await, 1000);
    }
}
