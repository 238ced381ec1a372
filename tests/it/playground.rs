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
use crate::http::{Desk, Reply, action_of};
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
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"action":null}"#,
        r#"{"action":{"action_type":"dance"}}"#,
        r#"{"action":{"action_type":"review_ticket","x":1}}"#,
        r#"{"message":"hello"}"#,
    ] {
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

/// The template that an author starts from.
async fn template(desk: &Desk, query: &str) -> (String, String) {
    let template = desk.get(&format!("/web/author/template{query}")).await.json();
    let text = |name: &str| template[name].as_str().expect("a text").to_owned();
    (text("task"), text("pack"))
}

#[tokio::test]
async fn an_author_starts_from_a_template_that_is_clean_and_can_be_won() {
    let desk = desk();
    for query in ["", "?difficulty=easy&resolution=ask_for_details"] {
        let (task, pack) = template(&desk, query).await;
        for body in [json!({ "task": task }), json!({ "task": task, "pack": pack })] {
            let found = desk.post("/web/author/check", &[], &body.to_string()).await.json();
            assert_eq!(found["diagnostics"], json!([]), "{query}");
            assert_eq!(found["summary"]["files"], 2);
            let proof = desk.post("/web/author/prove", &[], &body.to_string()).await.json();
            assert_eq!((&proof["version"], &proof["summary"]["tasks"]), (&json!(1), &json!(1)));
            assert_eq!((&proof["summary"]["errors"], &proof["tasks"][0]["oracle"]["score"]), (&json!(0), &json!(1.0)));
        }
    }
    for query in ["?difficulty=harsh", "?resolution=%00"] {
        let reply = desk.get(&format!("/web/author/template{query}")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(reply.detail().starts_with("there is no such"), "{}", reply.detail());
    }
}

#[tokio::test]
async fn an_author_is_told_what_is_wrong_and_where() {
    let desk = desk();
    let (task, pack) = template(&desk, "").await;
    let wrong = task.replace("expected = \"send_spare_part\"", "expected = \"send_spare_parts\"");
    let body = json!({ "task": wrong, "pack": pack }).to_string();
    let found = desk.post("/web/author/check", &[], &body).await.json();
    let first = &found["diagnostics"][0];
    assert_eq!((&first["file"], &first["severity"]), (&json!("task.toml"), &json!("error")));
    let place = |end: &str| usize::try_from(first[end]["offset"].as_u64().expect("a place")).expect("it fits");
    assert!(wrong[place("start")..place("end")].contains("send_spare_parts"));
    let slip = task.replace("max_steps", "max_step");
    let found = desk.post("/web/author/check", &[], &json!({ "task": slip }).to_string()).await.json();
    let fix = &found["diagnostics"][0]["fix"];
    assert_eq!((&fix["safe"], &fix["edits"][0]["text"]), (&json!(true), &json!("max_steps")), "{found}");
    for path in ["/web/author/prove", "/web/author/grade"] {
        let body = json!({ "task": wrong, "pack": pack, "reply": "Hello." }).to_string();
        let told = desk.post(path, &[], &body).await;
        assert_eq!(told.status, StatusCode::OK, "a text that does not load yet is no fault of the page's");
        assert!(told.json()["error"].as_str().is_some_and(|why| why.contains("does not load")), "{path}");
    }
}

#[tokio::test]
async fn an_author_sees_how_a_reply_is_graded() {
    let desk = desk();
    let (task, _) = template(&desk, "").await;
    let reply = "Thank you for writing. We have taken care of order ORD-3108, so please enjoy the light again.";
    let grade = |reply: &str| json!({ "task": task, "reply": reply }).to_string();
    let told = desk.post("/web/author/grade", &[], &grade(reply)).await.json();
    assert_eq!((&told["version"], &told["passes"], &told["task"]), (&json!(1), &json!(true), &json!("my-task")));
    let span = &told["keywords"][0]["spans"][0];
    let at = |end: usize| usize::try_from(span[end].as_u64().expect("a place")).expect("it fits");
    assert_eq!(&reply[at(0)..at(1)], "ORD-3108");
    let told = desk.post("/web/author/grade", &[], &grade("No.")).await.json();
    assert_eq!((&told["passes"], &told["criterion"]["value"]), (&json!(false), &json!(0.0)));
    let told = desk.post("/web/author/grade", &[], &grade(&"x".repeat(20_000))).await.json();
    assert!(told["error"].as_str().is_some_and(|why| why.contains("16384")), "{told}");
}

#[tokio::test]
async fn what_authors_send_is_bounded_and_may_be_anything() {
    let desk = desk();
    let paths = ["/web/author/check", "/web/author/grade", "/web/author/prove"];
    for path in paths {
        for body in ["", "{}", "[]", "{", r#"{"task":1,"reply":2}"#, r#"{"task":null,"reply":null}"#] {
            let reply = desk.post(path, &[], body).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}");
        }
        let long = json!({ "task": "x".repeat(128 * 1024 + 1), "reply": "" }).to_string();
        assert_eq!(desk.post(path, &[], &long).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let longer = json!({ "task": "x".repeat(256 * 1024), "reply": "" }).to_string();
        let refused = desk.post(path, &[], &longer).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(refused.detail().contains("256 KiB"), "{}", refused.detail());
    }
    let (task, _) = template(&desk, "").await;
    let texts = [
        "".to_owned(),
        "\u{feff}".to_owned(),
        "\0".to_owned(),
        "[[[[".to_owned(),
        task.replace('"', "'''"),
        task.repeat(9),
    ];
    for text in texts {
        for path in paths {
            let reply =
                desk.post(path, &[], &json!({ "task": text, "pack": text, "reply": "Hello." }).to_string()).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} {text:.20}");
            assert!(reply.json().is_object());
        }
    }
}

#[tokio::test]
async fn a_proof_that_takes_too_long_is_given_up() {
    let desk = desk();
    let (task, _) = template(&desk, "").await;
    let phrases: Vec<String> = (0..40).map(|at| format!("\"matter {at}\"")).collect();
    let keywords: String = (0..150)
        .map(|at| format!("[[reply.keywords]]\nid = \"k{at}\"\nany_of = [\"topic {at}\", {}]\n\n", phrases.join(", ")))
        .collect();
    let sentences: String = (0..150).map(|at| format!("We have settled topic {at} today. ")).collect();
    let (head, tail) = task.split_once("[oracle]").expect("the template has an oracle");
    let head = head.replace("max_words = 120", "max_words = 9000");
    let tail = tail.replacen("reply = \"", &format!("reply = \"{sentences}"), 1);
    let (tail, _) = tail.split_once("# The grader's own tests").expect("the template has examples");
    let heavy = format!("{head}{keywords}[oracle]{tail}");
    let body = json!({ "task": heavy }).to_string();
    let reply = desk.post("/web/author/prove", &[], &body).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "1"),
        "{:?}",
        reply.json()
    );
    assert!(reply.detail().contains("2 seconds"), "{}", reply.detail());
}

/// A server of a pack in a folder of its own, which visitors may write to.
struct Shelf {
    folder: tempfile::TempDir,
    desk: Desk,
}

impl Shelf {
    async fn new() -> Shelf {
        let (task, pack) = template(&desk(), "").await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("lamps")).expect("a folder can be made");
        fs::write(folder.path().join("lamps/pack.toml"), pack).expect("written");
        fs::write(folder.path().join("lamps/my-task.toml"), task).expect("written");
        fs::write(folder.path().join("secret.toml"), "key = 1").expect("written");
        let lamps = folder.path().join("lamps").canonicalize().expect("it is there");
        let desk = Desk::new(Settings { edit: vec![lamps], ..Settings::default() });
        Shelf { folder, desk }
    }

    async fn read(&self, name: &str) -> Reply {
        self.desk.get(&format!("/web/author/file?path={name}")).await
    }

    async fn write(&self, name: &str, text: &str, if_digest: Option<&str>) -> Reply {
        let body = json!({ "path": name, "text": text, "if_digest": if_digest }).to_string();
        let request = Request::put("/web/author/file").header("content-type", "application/json");
        self.desk.send(request.body(Body::from(body)).expect("a request")).await
    }

    fn on_disk(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }
}

#[tokio::test]
async fn nobody_reads_the_answers_unless_editing_is_allowed() {
    let desk = desk();
    for path in ["/web/author/files", "/web/author/file?path=tasks/pack.toml"] {
        assert_eq!(desk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let request = Request::put("/web/author/file").header("content-type", "application/json").body(Body::from("{}"));
    assert_eq!(desk.send(request.expect("a request")).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get("/openapi.json").await.json()["paths"].get("/web/author/file").is_none());
    let shelf = Shelf::new().await;
    assert_eq!(shelf.desk.get("/web/metadata").await.json()["can_edit"], true);
    assert!(shelf.desk.get("/openapi.json").await.json()["paths"]["/web/author/file"]["put"].is_object());
}

#[tokio::test]
async fn a_written_task_is_served() {
    let shelf = Shelf::new().await;
    let files = shelf.desk.get("/web/author/files").await.json();
    let names: Vec<&str> =
        files["files"].as_array().expect("a list").iter().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(names, ["lamps/pack.toml", "lamps/my-task.toml"]);
    let file = shelf.read("lamps/my-task.toml").await.json();
    let (text, digest) = (file["text"].as_str().expect("a text"), file["digest"].as_str());
    let mended = text.replace("A lamp that flickers", "A lamp that hums");
    let saved = shelf.write("lamps/my-task.toml", &mended, digest).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.json());
    assert_eq!(shelf.on_disk("lamps/my-task.toml").as_deref(), Some(&*mended));
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"][0]["title"], "A lamp that hums");
    assert_eq!(saved.json()["digest"], shelf.read("lamps/my-task.toml").await.json()["digest"]);
    // Somebody else has read it before that.
    let late = shelf.write("lamps/my-task.toml", text, digest).await;
    assert_eq!((late.status, late.detail().contains("read it again")), (StatusCode::CONFLICT, true));
    // Another one beside it, which must not be there yet.
    let other = mended.replace("my-task", "other-task").replace("ORD-3108", "ORD-9200");
    assert_eq!(shelf.write("lamps/other.toml", &other, digest).await.status, StatusCode::CONFLICT);
    let new = shelf.write("lamps/other.toml", &other, None).await;
    assert_eq!(new.status, StatusCode::OK, "{}", new.json());
    assert_eq!(shelf.write("lamps/other.toml", &other, None).await.status, StatusCode::CONFLICT);
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"].as_array().map(Vec::len), Some(2));
    let left = fs::read_dir(shelf.folder.path().join("lamps")).expect("it is there").count();
    assert_eq!(left, 3, "no draft is left behind");
}

#[tokio::test]
async fn a_text_that_does_not_load_is_not_written() {
    let shelf = Shelf::new().await;
    let file = shelf.read("lamps/my-task.toml").await.json();
    let (text, digest) = (file["text"].as_str().expect("a text"), file["digest"].as_str());
    for wrong in ["".to_owned(), "[[[".to_owned(), text.replace("artifact:order", "artifact:ordr")] {
        let refused = shelf.write("lamps/my-task.toml", &wrong, digest).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:.20}");
        let found = refused.json();
        assert_eq!(found["diagnostics"][0]["file"], "lamps/my-task.toml");
        assert!(!found.to_string().contains(&*shelf.folder.path().to_string_lossy()), "a path of the machine: {found}");
        assert_eq!(shelf.on_disk("lamps/my-task.toml").as_deref(), Some(text));
    }
    let pack = shelf.read("lamps/pack.toml").await.json();
    let broken = pack["text"].as_str().expect("a text").replace("send_spare_part", "send_any_part");
    let refused = shelf.write("lamps/pack.toml", &broken, pack["digest"].as_str()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "its task would not load");
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"][0]["id"], "late-book", "what was served goes on");
}

#[cfg(unix)]
#[tokio::test]
async fn no_name_leads_out_of_the_packs() {
    let shelf = Shelf::new().await;
    let (outside, inside) = (shelf.folder.path(), shelf.folder.path().join("lamps"));
    std::os::unix::fs::symlink(outside.join("secret.toml"), inside.join("link.toml")).expect("a link can be made");
    std::os::unix::fs::symlink(outside, inside.join("up")).expect("a link can be made");
    let secret = outside.join("secret.toml").to_string_lossy().into_owned();
    for name in [
        "",
        "lamps",
        "lamps/",
        "secret.toml",
        "lamps/../secret.toml",
        "lamps/%2e%2e/secret.toml",
        "lamps/up/secret.toml",
        "lamps/link.toml",
        "lamps/.hidden.toml",
        "lamps/nowhere/x.toml",
        "lamps/notes.md",
        "lamps/my-task.toml/",
        "lamps//etc/passwd.toml",
        "nothing/my-task.toml",
        &secret,
    ] {
        let read = shelf.read(name).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{name}: {}", String::from_utf8_lossy(&read.body));
        let written = shelf.write(&name.replace("%2e", "."), "key = 2", None).await;
        assert_eq!(written.status, StatusCode::NOT_FOUND, "{name}");
    }
    assert_eq!(shelf.on_disk("secret.toml").as_deref(), Some("key = 1"));
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
