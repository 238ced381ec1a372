//! The HTTP routes, through the router in memory.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use support_ops_env::server::{App, Mode, OriginRules, Settings, router};
use support_ops_env::session::ManualClock;
use tower::ServiceExt;

use crate::desk::{WINNING, catalog};

/// A server in memory, with its clock.
pub(crate) struct Desk {
    pub(crate) router: Router,
    pub(crate) clock: Arc<ManualClock>,
}

impl Desk {
    pub(crate) fn new(settings: Settings) -> Desk {
        let clock = Arc::new(ManualClock::default());
        let app = App::with_clock(catalog(), settings, clock.clone());
        Desk { router: router(app), clock }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a body in memory").to_bytes().to_vec();
        Reply { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::post(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub(crate) async fn step(&self, headers: &[(&str, &str)], action: (&str, &str, &str)) -> Reply {
        self.post("/step", headers, &json!({ "action": action_of(action) }).to_string()).await
    }
}

pub(crate) fn action_of((action_type, field, value): (&str, &str, &str)) -> Value {
    let mut action = json!({ "action_type": action_type });
    if !field.is_empty() {
        action[field] = value.into();
    }
    action
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    pub(crate) fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_default().to_owned()
    }
}

fn desk() -> Desk {
    Desk::new(Settings::default())
}

#[tokio::test]
async fn two_plain_calls_play_an_episode() {
    let desk = desk();
    let reset = desk.post("/reset", &[], "{}").await;
    assert_eq!(reset.status, StatusCode::OK);
    let body = reset.json();
    assert_eq!((&body["reward"], &body["done"]), (&Value::Null, &Value::Bool(false)));
    assert_eq!(body["observation"]["task_id"], "late-book");
    let id = reset.header("x-session-id").to_owned();
    assert_eq!(body["metadata"]["session_id"], id);
    assert_eq!(body["observation"]["metadata"]["session_id"], id);
    let cookie = reset.header("set-cookie");
    assert_eq!(cookie, format!("support_ops_session={id}; Path=/; HttpOnly; SameSite=Lax"));

    let mut last = Value::Null;
    for action in WINNING {
        let step = desk.step(&[], action).await;
        assert_eq!((step.status, step.header("x-session-id")), (StatusCode::OK, &*id));
        last = step.json();
    }
    assert_eq!((&last["reward"], &last["done"]), (&json!(1.0), &json!(true)));
    assert_eq!(last["metadata"]["score"]["passed"], true);
    let state = desk.get("/state").await.json();
    assert_eq!((&state["step_count"], &state["final_score"]), (&json!(4), &json!(1.0)));
}

#[tokio::test]
async fn a_session_is_reached_by_header_body_query_and_cookie() {
    let desk = desk();
    let mine = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
    let other = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
    assert_ne!(mine, other);
    let action = r#""action":{"action_type":"review_ticket"}"#;
    let cookie = format!("x=y; support_ops_session={mine}");
    for (path, headers, body) in [
        ("/step".to_owned(), vec![("x-session-id", &*mine)], format!("{{{action}}}")),
        ("/step".to_owned(), vec![], format!(r#"{{{action},"session_id":"{mine}"}}"#)),
        (format!("/step?session_id={mine}"), vec![], format!("{{{action}}}")),
        ("/step".to_owned(), vec![("cookie", &*cookie)], format!("{{{action}}}")),
        (format!("/step?session_id={other}"), vec![("x-session-id", &*mine)], format!("{{{action}}}")),
    ] {
        assert_eq!(desk.post(&path, &headers, &body).await.header("x-session-id"), mine, "{path} {headers:?} {body}");
    }
    let state = desk.get(&format!("/state?session_id={mine}")).await.json();
    assert_eq!(state["step_count"], 5);
    assert_eq!(desk.get("/state").await.json()["step_count"], 0, "the latest is the other one");
    // A reset that carries an id begins anew in that session.
    let again = desk.post("/reset", &[("x-session-id", &mine)], "{}").await;
    assert_eq!(again.header("x-session-id"), mine);
    assert_eq!(again.json()["observation"]["task_id"], "lost-card", "the session's own cursor moves on");
}

#[tokio::test]
async fn unknown_ids_are_404_and_stale_cookies_are_nothing() {
    let desk = desk();
    let step = r#"{"action":{"action_type":"review_ticket"}}"#;
    for (path, body) in [("/reset", "{}"), ("/step", step)] {
        let reply = desk.post(path, &[("x-session-id", "nobody")], body).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(reply.detail().starts_with("Unknown session_id: nobody"), "{}", reply.detail());
    }
    assert_eq!(desk.get("/state?session_id=nobody").await.status, StatusCode::NOT_FOUND);
    let long = "x".repeat(5000);
    assert!(desk.get(&format!("/state?session_id={long}")).await.body.len() < 500, "the echo is cut");

    let stale = [("cookie", "support_ops_session=nobody")];
    assert_eq!(desk.post("/step", &stale, step).await.status, StatusCode::CONFLICT);
    let reset = desk.post("/reset", &stale, "{}").await;
    assert_eq!(reset.status, StatusCode::OK, "a new one");
    assert_eq!(desk.post("/step", &stale, step).await.header("x-session-id"), reset.header("x-session-id"));
    // That session is the latest now, and none of those who name another are led to it.
    for name in [("x-session-id", ""), ("mcp-session-id", "nobody")] {
        let state = Request::get("/state").header(name.0, name.1).body(Body::empty()).expect("a request");
        for reply in [desk.post("/step", &[name], step).await, desk.send(state).await] {
            assert_eq!((reply.status, reply.header("x-session-id")), (StatusCode::NOT_FOUND, ""), "{name:?}");
        }
    }
    for query in ["?session_id=", "?Session_ID=nobody"] {
        assert_eq!(desk.get(&format!("/state{query}")).await.status, StatusCode::NOT_FOUND, "{query}");
        assert_eq!(desk.post(&format!("/step{query}"), &[], step).await.status, StatusCode::NOT_FOUND, "{query}");
    }
    assert_eq!(desk.get("/state").await.header("x-session-id"), reset.header("x-session-id"));
}

#[tokio::test]
async fn before_any_reset_a_step_is_409_and_the_state_is_idle() {
    let desk = desk();
    let step = desk.step(&[], WINNING[0]).await;
    assert_eq!(step.status, StatusCode::CONFLICT);
    assert!(step.detail().contains("/reset"), "{}", step.detail());
    let state = desk.get("/state").await;
    assert_eq!(state.status, StatusCode::OK);
    assert_eq!((&state.json()["step_count"], &state.json()["episode_id"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn sessions_expire_and_capacity_is_503() {
    let timeout = Duration::from_secs(60);
    let desk = Desk::new(Settings {
        max_sessions: 1,
        slot_wait: Duration::ZERO,
        session_timeout: timeout,
        ..Settings::default()
    });
    assert_eq!(desk.post("/reset", &[], "{}").await.status, StatusCode::OK);
    let full = desk.post("/reset", &[], "{}").await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(full.header("retry-after"), "5");
    assert!(full.detail().contains("1/1 sessions"), "{}", full.detail());
    let invalid = desk.post("/reset", &[], r#"{"task_id":7}"#).await;
    assert_eq!(invalid.status, StatusCode::UNPROCESSABLE_ENTITY, "a bad shape is told before anything else");
    let unknown = desk.post("/reset", &[], r#"{"task_id":"late-bok"}"#).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "so is a task that there is not");
    let stateless = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", "start_task")];
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "start_task", "arguments": {}, "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let full = desk.post("/mcp", &stateless, &call).await;
    assert!(String::from_utf8_lossy(&full.body).contains("1/1 sessions"), "{:?}", full.body);
    let metrics = desk.get("/metrics").await;
    let metrics = String::from_utf8_lossy(&metrics.body);
    assert!(metrics.contains("episodes_started_total 1\n"), "what is refused has not begun: {metrics}");
    desk.clock.advance(timeout);
    assert_eq!(desk.step(&[], WINNING[0]).await.status, StatusCode::CONFLICT, "the session is over");
    assert_eq!(desk.post("/reset", &[], "{}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reset_that_picks_nothing_leaves_everything_as_it_was() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    desk.step(&[], WINNING[0]).await;
    for body in
        [r#"{"task_id":"late-bok"}"#, r#"{"split":"exam"}"#, r#"{"index":9}"#, r#"{"seed":"7"}"#, r#"{"seed":-1}"#]
    {
        let id = desk.get("/state").await.header("x-session-id").to_owned();
        for headers in [vec![], vec![("x-session-id", &*id)]] {
            let reply = desk.post("/reset", &headers, body).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert!(reply.json()["detail"][0]["loc"].is_array(), "{body}");
        }
    }
    assert_eq!(desk.get("/state").await.json()["step_count"], 1);
    assert!(String::from_utf8_lossy(&desk.get("/metrics").await.body).contains("support_ops_sessions 1\n"));
}

/// Bodies that are no step.
pub(crate) const NO_STEPS: [&str; 15] = [
    "",
    "null",
    "[]",
    "\"x\"",
    "{",
    "nope",
    "{}",
    r#"{"message":"hello"}"#,
    r#"{"action":null}"#,
    r#"{"action":{"action_type":"fly"}}"#,
    r#"{"action":{"action_type":"review_ticket","x":1}}"#,
    r#"{"action":{"action_type":NaN}}"#,
    "1e400",
    r#"{"action":{"action_type":"draft_reply","message":"\ud800"}}"#,
    "\u{feff}{}",
];

#[tokio::test]
async fn bad_bodies_are_422_and_never_5xx() {
    let desk = desk();
    desk.post("/reset", &[], "{}").await;
    let deep = "[".repeat(100_000);
    for body in NO_STEPS.into_iter().chain([&*deep]) {
        let reply = desk.post("/step", &[], body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body:.40}");
        assert!(reply.json()["detail"].is_array());
    }
    let good = r#"{"action":{"action_type":"review_ticket"}}"#;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = Request::post("/step").header("content-type", content_type).body(Body::from(good));
        let reply = desk.send(request.expect("a request")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{content_type}");
    }
    let binary = Request::post("/step").header("content-type", "application/json").body(Body::from(vec![0xFF, 0x00]));
    assert_eq!(desk.send(binary.expect("a request")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.get("/state").await.json()["step_count"], 0);
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_413() {
    let desk = desk();
    let long = " ".repeat((1 << 20) + 1);
    assert_eq!(desk.post("/reset", &[], &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let announced = Request::post("/reset").header("content-length", "1048577").body(Body::empty());
    assert_eq!(desk.send(announced.expect("a request")).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_ne!(desk.post("/reset", &[], &long[2..]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_408() {
    let desk = desk();
    let never = futures_util::stream::pending::<Result<&str, std::io::Error>>();
    let request = Request::post("/reset").body(Body::from_stream(never)).expect("a request");
    let reply = desk.send(request).await;
    assert_eq!((reply.status, reply.detail().contains("10 seconds")), (StatusCode::REQUEST_TIMEOUT, true));
}

#[tokio::test]
async fn unknown_routes_and_methods() {
    let desk = desk();
    let reply = desk.get("/nowhere").await;
    assert_eq!((reply.status, reply.json()), (StatusCode::NOT_FOUND, json!({ "detail": "Not Found" })));
    for (method, path, allow) in [
        ("GET", "/reset", "POST"),
        ("DELETE", "/step", "POST"),
        ("POST", "/state", "GET"),
        ("PUT", "/health", "GET"),
        ("GET", "/mcp", "POST"),
        ("PUT", "/mcp", "POST"),
        ("HEAD", "/reset", "POST"),
    ] {
        let reply =
            desk.send(Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert!(reply.header("allow").contains(allow), "{method} {path}: {}", reply.header("allow"));
        if method != "HEAD" {
            assert_eq!(reply.json(), json!({ "detail": "Method Not Allowed" }));
        }
    }
}

#[tokio::test]
async fn head_and_options() {
    let desk = desk();
    for path in ["/health", "/docs", "/web/", "/openapi.json", "/tasks", "/state"] {
        let get = desk.get(path).await;
        let head = desk.send(Request::head(path).body(Body::empty()).expect("a request")).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{path}");
        assert_eq!(head.headers.get("content-type"), get.headers.get("content-type"), "{path}");
        assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
    }
    for (path, allow) in [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/reset", "POST, OPTIONS"),
        ("/mcp", "POST, DELETE, OPTIONS"),
        ("*", "GET, HEAD, POST, OPTIONS"),
    ] {
        let request = Request::builder().method("OPTIONS").uri(path).body(Body::empty()).expect("a request");
        let reply = desk.send(request).await;
        assert_eq!((reply.status, reply.header("allow")), (StatusCode::NO_CONTENT, allow), "{path}");
    }
}

#[tokio::test]
async fn documents() {
    let desk = desk();
    assert_eq!(desk.get("/health").await.json(), json!({ "status": "healthy" }));
    assert_eq!(desk.get("/ready").await.json(), json!({ "status": "ready" }));
    let metadata = desk.get("/metadata").await.json();
    assert_eq!((&metadata["name"], &metadata["version"]), (&json!("lending_desk"), &json!("2.1.0")));
    assert!(metadata["description"].is_string());
    for key in ["action", "observation", "state", "reset_observation"] {
        assert!(desk.get("/schema").await.json()[key].is_object(), "{key}");
    }
    let openapi = desk.get("/openapi.json").await.json();
    assert_eq!(openapi["info"]["version"], "1.0.0");
    for path in ["/reset", "/step", "/state"] {
        assert!(openapi["paths"][path].is_object(), "{path}");
    }
    let tasks = desk.get("/tasks").await.json();
    let keys: Vec<&String> = tasks["tasks"][0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["id", "title", "difficulty", "split", "objective", "max_steps", "tags"]);
    for path in ["/docs", "/redoc"] {
        let page = desk.get(path).await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.headers.get("x-frame-options").is_none(), "{path}");
        let page = String::from_utf8(page.body).expect("a text");
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("//"), "{path} loads nothing");
    }
}

#[tokio::test]
async fn no_route_tells_what_is_expected() {
    let desk = desk();
    for path in
        ["/tasks", "/metadata", "/openapi.json", "/schema", "/docs", "/web/", "/web/metadata", "/metrics", "/state"]
    {
        let body = String::from_utf8(desk.get(path).await.body).expect("a text");
        assert!(!body.contains("renew"), "{path} names the expected code");
        assert!(!body.contains("artifact:loan"), "{path} names required evidence");
    }
}

#[tokio::test]
async fn foreign_pages_are_refused_on_every_route() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let desk = Desk::new(Settings { origins, ..Settings::default() });
    for path in ["/reset", "/step", "/state", "/health", "/mcp", "/ws", "/nowhere", "/docs"] {
        for (host, origin, refused) in [
            ("evil.example", None, true),
            ("localhost:8000", Some("http://evil.example"), true),
            ("localhost:8000", Some("null"), true),
            ("localhost:8000", Some("http://localhost:8000"), false),
            ("127.0.0.1", None, false),
        ] {
            let mut request = Request::get(path).header("host", host);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let reply = desk.send(request.body(Body::empty()).expect("a request")).await;
            assert_eq!(reply.status == StatusCode::FORBIDDEN, refused, "{path} {host} {origin:?}");
            if refused {
                assert!(reply.detail().contains("not allowed"), "{}", reply.detail());
            }
        }
    }
}

#[tokio::test]
async fn an_allowed_origin_may_read_the_answers() {
    let origins = OriginRules { allow_origins: vec!["https://app.example.com".into()], ..OriginRules::default() };
    let desk = Desk::new(Settings { origins, ..Settings::default() });
    let headers = [("host", "env.example.com"), ("origin", "https://app.example.com")];
    let reply = desk.post("/reset", &headers, "{}").await;
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (StatusCode::OK, "https://app.example.com")
    );
    let own = [("host", "env.example.com"), ("origin", "https://env.example.com")];
    assert_eq!(desk.post("/reset", &own, "{}").await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn production_leaves_the_trainers_routes_out() {
    let desk = Desk::new(Settings { mode: Mode::Production, ..Settings::default() });
    for path in ["/reset", "/step"] {
        assert_eq!(desk.post(path, &[], "{}").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(desk.get("/state").await.status, StatusCode::NOT_FOUND);
    let openapi = desk.get("/openapi.json").await.json();
    assert!(["/reset", "/step", "/state"].iter().all(|path| openapi["paths"].get(path).is_none()));
    let text = String::from_utf8(desk.get("/docs").await.body.to_vec()).expect("a text");
    assert!(!text.contains("/reset"), "the page shows a route that is not there");
    assert_eq!(desk.get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn steps_at_once_on_one_session_are_taken_one_after_another() {
    let desk = Arc::new(desk());
    let id = desk.post("/reset", &[], "{}").await.header("x-session-id").to_owned();
    let steps: Vec<_> = (0..64)
        .map(|_| {
            let (desk, id) = (desk.clone(), id.clone());
            tokio::spawn(async move { desk.step(&[("x-session-id", &id)], WINNING[0]).await.status })
        })
        .collect();
    for step in steps {
        assert_eq!(step.await.expect("no panic"), StatusCode::OK);
    }
    let state = desk.get(&format!("/state?session_id={id}")).await.json();
    assert_eq!(state["step_count"], 64);
    assert_eq!(state["action_history"].as_array().map(Vec::len), Some(8));
}
