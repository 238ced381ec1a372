//! The playground's routes: a session for each visitor, nothing for those who should not have it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support_ops_env::server::{Mode, OriginRules, Settings};

use crate::desk::WINNING;
use crate::http::{Desk, NO_STEPS, Reply, action_of};
use crate::ws::{Client, serve};

/// A visitor's page, with the id that it keeps.
struct Visitor<'a> {
    desk: &'a Desk,
    id: String,
}

impl<'a> Visitor<'a> {
    /// Opens the page and begins an episode.
    async fn new(desk: &'a Desk, reset: Value) -> Visitor<'a> {
        let reply = desk.post("/web/reset", &[], &reset.to_string()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.detail());
        Visitor { desk, id: reply.header("x-session-id").to_owned() }
    }

    async fn step(&self, action: (&str, &str, &str)) -> Reply {
        let body = json!({ "action": action_of(action) }).to_string();
        self.desk.post("/web/step", &[("x-session-id", &self.id)], &body).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.desk.get(&format!("{path}?session_id={}", self.id)).await
    }
}

fn desk() -> Desk {
    Desk::new(Settings::default())
}

#[tokio::test]
async fn the_page_is_found_under_any_prefix() {
    let desk = desk();
    for (path, place) in [("/", "web/"), ("/web", "web/"), ("/web?__theme=dark", "web/?__theme=dark")] {
        let reply = desk.get(path).await;
        assert_eq!((reply.status, reply.header("location")), (StatusCode::TEMPORARY_REDIRECT, place), "{path}");
    }
    let page = desk.get("/web/").await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.headers.get("x-frame-options").is_none(), "a Space shows it in a frame");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self' https://huggingface.co https://*.hf.space"), "{policy}");
    let text = String::from_utf8(page.body).expect("inflated for who has not asked for gzip");
    let text = text.replace("xmlns='http://www.w3.org/2000/svg'", ""); // a name, not an address
    for part in ["src=\"/", "href=\"/", "http:", "https:", "src=\"//"] {
        assert!(!text.contains(part), "the page refers to `{part}`, which does not hold behind a prefix");
    }
}

#[tokio::test]
async fn files_of_the_page_are_kept_by_whoever_has_them() {
    let desk = desk();
    for name in ["nothing.js", "index.html", "../web/", "%2e%2e%2fCargo.toml", ".gitkeep"] {
        assert_eq!(desk.get(&format!("/web/assets/{name}")).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    let page = String::from_utf8(desk.get("/web/").await.body).expect("a text");
    let names: BTreeSet<&str> =
        page.split("assets/").skip(1).filter_map(|rest| rest.split(['"', '\'']).next()).collect();
    assert!(!names.is_empty(), "the page has files");
    for name in names {
        let path = format!("/web/assets/{name}");
        let plain = desk.get(&path).await;
        assert_eq!(plain.status, StatusCode::OK, "{name}");
        assert!(plain.header("cache-control").contains("immutable") && plain.header("content-encoding").is_empty());
        let request = Request::get(&path).header("accept-encoding", "gzip, br").body(Body::empty());
        let packed = desk.send(request.expect("a request")).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{name}");
        assert!(packed.body.len() < plain.body.len() && packed.body.starts_with(&[0x1f, 0x8b]), "{name}");
        let request = Request::get(&path).header("if-none-match", plain.header("etag")).body(Body::empty());
        assert_eq!(desk.send(request.expect("a request")).await.status, StatusCode::NOT_MODIFIED, "{name}");
    }
}

#[tokio::test]
async fn a_visitors_step_under_a_key_is_taken_once() {
    let desk = desk();
    let visitor = Visitor::new(&desk, json!({})).await;
    let step = async |action| {
        let headers = [("x-session-id", &*visitor.id), ("idempotency-key", "k")];
        desk.post("/web/step", &headers, &json!({ "action": action_of(action) }).to_string()).await
    };
    let (first, again) = (step(WINNING[0]).await, step(WINNING[0]).await);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    assert_eq!(first.body, again.body, "byte for byte");
    assert_eq!(step(WINNING[1]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.get("/web/state").await.json()["step_count"], 1);
}

#[tokio::test]
async fn a_visitor_plays_to_the_end_and_is_told_why() {
    let desk = desk();
    let metadata = desk.get("/web/metadata").await.json();
    assert_eq!((&metadata["name"], &metadata["can_edit"]), (&json!("lending_desk"), &json!(false)));
    let visitor = Visitor::new(&desk, json!({ "task_id": "lost-card" })).await;
    assert_eq!(visitor.get("/web/explanation").await.status, StatusCode::CONFLICT, "it would give the answer away");
    visitor.step(("inspect_artifact", "artifact_id", "shelf")).await;
    for action in [WINNING[0], WINNING[1], WINNING[3]] {
        let reply = visitor.step(action).await;
        assert_eq!((reply.status, reply.header("set-cookie")), (StatusCode::OK, ""));
        assert_eq!(reply.json()["metadata"]["session_id"], visitor.id);
    }
    let state = visitor.get("/web/state").await.json();
    assert_eq!((&state["done"], &state["task_id"]), (&json!(true), &json!("lost-card")));
    let told = visitor.get("/web/explanation").await.json();
    assert_eq!((&told["version"], &told["score"]), (&json!(1), &state["score"]));
    assert_eq!(
        told["resolution"],
        json!({ "submitted": "renew", "expected": "renew", "partial": [], "harmful": ["block_reader"] })
    );
    let evidence: Vec<(&str, bool, bool)> = told["evidence"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|piece| (piece["id"].as_str().expect("an id"), piece["required"] == true, piece["collected"] == true))
        .collect();
    assert_eq!(
        evidence,
        [
            ("ticket", true, true),
            ("artifact:loan", true, true),
            ("policy:renewals", true, false),
            ("artifact:shelf", false, true)
        ]
    );
    assert_eq!(told["evidence"][2]["title"], "Renewing loans");
    assert_eq!(told["path"].as_array().map(Vec::len), Some(4));
    assert_eq!(told["steps"], json!({ "taken": 4, "optimal": 4 }));
    assert_eq!(told["reply"], json!({ "text": null, "explanation": null }), "the task asks for none");
}

#[tokio::test]
async fn visitors_never_mix() {
    let desk = desk();
    let first = Visitor::new(&desk, json!({ "task_id": "late-book" })).await;
    let second = Visitor::new(&desk, json!({ "task_id": "lost-card" })).await;
    assert_ne!(first.id, second.id);
    first.step(WINNING[0]).await;
    first.step(WINNING[1]).await;
    second.step(WINNING[0]).await;
    assert_eq!(first.get("/web/state").await.json()["step_count"], 2);
    assert_eq!(second.get("/web/state").await.json()["task_id"], "lost-card");
    // Somebody without a session has none, and gets nobody else's: neither here nor by the routes for programs.
    let body = json!({ "action": action_of(WINNING[0]) }).to_string();
    desk.post("/reset", &[], "{}").await;
    let step = desk.post("/web/step", &[], &body).await;
    assert_eq!((step.status, step.detail().contains("/web/reset")), (StatusCode::CONFLICT, true));
    let cookie = format!("support_ops_session={}", first.id);
    let remembered = desk.post("/web/step", &[("cookie", &*cookie)], &body).await;
    assert_eq!(remembered.status, StatusCode::CONFLICT, "two tabs of one browser are two visitors");
    assert_eq!(desk.get("/web/state").await.status, StatusCode::CONFLICT);
    assert_eq!(desk.get("/web/explanation").await.status, StatusCode::CONFLICT);
    assert_eq!(desk.post("/step", &[], &body).await.json()["observation"]["task_id"], "late-book");
    assert_eq!(second.get("/web/state").await.json()["step_count"], 1);
    for path in ["/web/state", "/web/explanation"] {
        assert_eq!(desk.get(&format!("{path}?session_id=nobody")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // One's own, again: another episode in the same session.
    let again = desk.post("/web/reset", &[("x-session-id", &first.id)], "").await;
    assert_eq!(again.header("x-session-id"), first.id);
    assert_eq!(first.get("/web/state").await.json()["step_count"], 0);
}

#[tokio::test]
async fn a_badly_shaped_request_is_no_step() {
    let desk = desk();
    let visitor = Visitor::new(&desk, json!({})).await;
    for body in NO_STEPS {
        let reply = desk.post("/web/step", &[("x-session-id", &visitor.id)], body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    for body in ["[]", r#"{"seed":-1}"#, r#"{"task_id":"nowhere"}"#] {
        let reply = desk.post("/web/reset", &[("x-session-id", &visitor.id)], body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let long = format!("{{\"task_id\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(desk.post("/web/reset", &[], &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(visitor.get("/web/state").await.json()["step_count"], 0);
}

#[tokio::test]
async fn there_is_no_playground_where_it_is_off_or_agents_work() {
    let off = Settings { web: false, ..Settings::default() };
    let production = Settings { mode: Mode::Production, ..Settings::default() };
    for settings in [off, production] {
        let desk = Desk::new(settings);
        for path in ["/", "/web", "/web/", "/web/metadata", "/web/state", "/web/explanation", "/ws/ui"] {
            assert_eq!(desk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/web/reset", "/web/step", "/web/replay", "/web/author/check", "/web/author/prove"] {
            assert_eq!(desk.post(path, &[], "{}").await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let openapi = desk.get("/openapi.json").await.json();
        let paths = openapi["paths"].as_object().expect("an object");
        assert!(paths.keys().all(|path| !path.contains("/web") && path != "/ws/ui"), "{paths:?}");
        let docs = String::from_utf8(desk.get("/docs").await.body).expect("a text");
        assert!(docs.contains("<h1>lending_desk</h1>") && !docs.contains("playground"), "{docs}");
    }
    let openapi = desk().get("/openapi.json").await.json();
    for path in ["/web/metadata", "/web/reset", "/web/step", "/web/state", "/web/explanation", "/web/replay", "/ws/ui"]
    {
        assert!(openapi["paths"][path].is_object(), "{path}");
    }
}

#[tokio::test]
async fn other_peoples_pages_are_refused() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let desk = Desk::new(Settings { origins, ..Settings::default() });
    for path in ["/", "/web/", "/web/state", "/web/metadata", "/ws/ui"] {
        let request = Request::get(path).header("host", "localhost").header("origin", "http://evil.example");
        let reply = desk.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_watching_socket_shows_every_change() {
    let port = serve(Settings::default()).await;
    let mut bystander = Client::connect(&port, "/ws/ui").await;
    let nothing = json!({
        "type": "state_update",
        "episode_state": {
            "episode_id": null, "step_count": 0, "current_observation": null, "action_logs": [], "is_reset": false,
        },
    });
    assert_eq!(bystander.hear().await, nothing);

    // The player's socket has a session that others can name.
    let mut player = Client::connect(&port, "/ws").await;
    let create = r#"{"type":"mcp","data":{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}}"#;
    let id = player.ask(create).await["data"]["result"]["session_id"].as_str().expect("an id").to_owned();
    let mut watcher = Client::connect(&port, &format!("/ws/ui?session_id={id}")).await;
    assert_eq!(watcher.hear().await, nothing);
    player.ask(r#"{"type":"reset","data":{"episode_id":"e-1"}}"#).await;
    let begun = watcher.hear().await["episode_state"].clone();
    assert_eq!((&begun["episode_id"], &begun["is_reset"]), (&json!("e-1"), &json!(true)));
    assert_eq!(begun["current_observation"]["task_id"], "late-book");
    player.ask(json!({ "type": "step", "data": action_of(WINNING[0]) }).to_string()).await;
    let stepped = watcher.hear().await["episode_state"].clone();
    assert_eq!((&stepped["step_count"], &stepped["is_reset"]), (&json!(1), &json!(false)));
    let log = &stepped["action_logs"][0];
    assert_eq!(log["action"], action_of(WINNING[0]));
    assert_eq!((&log["step_count"], &log["reward"], &log["done"]), (&json!(1), &json!(0.05), &json!(false)));
    assert_eq!(log["observation"], stepped["current_observation"]);
    assert!(log["timestamp"].as_str().is_some_and(|stamp| stamp.ends_with('Z') && stamp.len() == 24), "{log}");

    // Who comes later sees the same; another visitor, nothing of it.
    let mut late = Client::connect(&port, &format!("/ws/ui?session_id={id}")).await;
    assert_eq!(late.hear().await["episode_state"]["action_logs"], stepped["action_logs"]);
    let mut unknown = Client::connect(&port, "/ws/ui?session_id=nobody").await;
    assert_eq!(unknown.hear().await["data"]["code"], "SESSION_ERROR");
    assert_eq!(unknown.closed().await, 1000);
}

#[tokio::test]
async fn sockets_that_watch_nothing_take_places() {
    let port = serve(Settings { max_sessions: 1, ..Settings::default() }).await;
    let mut first = Client::connect(&port, "/ws/ui").await;
    assert_eq!(first.hear().await["type"], "state_update");
    let mut second = Client::connect(&port, "/ws/ui").await;
    assert_eq!(second.hear().await["data"]["code"], "CAPACITY_REACHED");
}

#[tokio::test]
async fn a_recording_is_played_again_without_a_session() {
    let desk = desk();
    let actions: Vec<Value> = WINNING.map(action_of).to_vec();
    let body = json!({ "reset": { "task_id": "lost-card", "episode_id": "e-7" }, "actions": actions }).to_string();
    let replay = desk.post("/web/replay", &[], &body).await;
    assert_eq!((replay.status, replay.header("x-session-id")), (StatusCode::OK, ""));
    let played = replay.json();
    assert_eq!(played, desk.post("/web/replay", &[], &body).await.json(), "the same again");
    assert_eq!((&played["task_id"], &played["pack_digest"]), (&json!("lost-card"), &json!("sha256:00")));
    let steps = played["steps"].as_array().expect("a list");
    assert_eq!((steps.len(), &steps[0]["action"], &steps[0]["reward"]), (5, &Value::Null, &Value::Null));
    assert_eq!((&steps[4]["done"], &steps[4]["reward"]), (&json!(true), &json!(1.0)));
    assert_eq!(steps[1]["observation"]["metadata"]["episode_id"], "e-7");
    assert_eq!(played["explanation"]["score"]["passed"], true);
    // What it shows is what a visitor sees who does the same.
    let visitor = Visitor::new(&desk, json!({ "task_id": "lost-card", "episode_id": "e-7" })).await;
    for (action, step) in WINNING.into_iter().zip(&steps[1..]) {
        let mut seen = visitor.step(action).await.json();
        seen["observation"]["metadata"].as_object_mut().expect("an object").remove("session_id");
        assert_eq!((&seen["observation"], &seen["reward"]), (&step["observation"], &step["reward"]));
    }
    assert_eq!(visitor.get("/web/explanation").await.json(), played["explanation"]);
    let short = json!({ "actions": [] }).to_string();
    assert_eq!(desk.post("/web/replay", &[], &short).await.json()["explanation"], Value::Null);
    assert_eq!(
        desk.get("/metrics").await.body.windows(23).filter(|part| part == b"support_ops_sessions 1\n").count(),
        1
    );
}

#[tokio::test]
async fn recordings_are_bounded() {
    let desk = desk();
    let many = vec![action_of(WINNING[0]); 1_001];
    for body in [
        json!({ "actions": many }),
        json!({ "actions": [{ "action_type": "dance" }] }),
        json!({ "actions": [null] }),
        json!({ "actions": "all" }),
        json!({ "reset": { "task_id": "nowhere" }, "actions": [] }),
        json!({ "reset": [], "actions": [] }),
        json!([]),
    ] {
        let reply = desk.post("/web/replay", &[], &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", body.to_string().len());
    }
    let most = json!({ "actions": &many[1..] }).to_string();
    let played = desk.post("/web/replay", &[], &most).await.json();
    assert_eq!(played["steps"].as_array().map(Vec::len), Some(1_001));
}

#[test]
fn the_manifest_lists_what_is_embedded() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist");
    let Ok(manifest) = fs::read_to_string(dist.join("manifest.json")) else {
        assert!(!dist.join("index.html.gz").exists(), "a page without its manifest");
        return;
    };
    let manifest: Value = serde_json::from_str(&manifest).expect("the manifest is JSON");
    let listed: BTreeSet<(String, String, u64)> = manifest
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().expect("a text").to_owned();
            (text("name"), text("sha256"), file["size"].as_u64().expect("a size"))
        })
        .collect();
    let entries = fs::read_dir(&dist).expect("it can be read").map(|entry| entry.expect("it can be read").path());
    let there: BTreeSet<(String, String, u64)> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .map(|path| {
            let bytes = fs::read(&path).expect("it can be read");
            let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), digest, bytes.len() as u64)
        })
        .collect();
    assert_eq!(there, listed);
}
