//! What clients make sessions hold: how much a session comes to, and what is said where there is no memory for more.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use support_ops_env::episode::Episode;
use support_ops_env::pack::load_embedded;
use support_ops_env::protocol::{ActionType, ToolUseAction};
use support_ops_env::server::{App, Settings, router};

use crate::desk::WINNING;
use crate::http::{Desk, Reply, action_of};
use crate::ws::{Client, serve};

/// The longest reply, in bytes.
const LONGEST: usize = 16_384;
const MEMORY: usize = 256 << 10;
/// Each has a share of 24 KiB, and 64 KiB are for those that hold more.
const SESSIONS: usize = 8;

fn settings() -> Settings {
    Settings { max_sessions: SESSIONS, session_memory: MEMORY, ..Settings::default() }
}

async fn begin(desk: &Desk) -> String {
    let reset = desk.post("/reset", &[], "{}").await;
    assert_eq!(reset.status, StatusCode::OK);
    reset.header("x-session-id").to_owned()
}

async fn draft(desk: &Desk, id: &str, key: &str, bytes: usize) -> Reply {
    let headers = [("x-session-id", id), ("idempotency-key", key)];
    let headers = &headers[..1 + usize::from(!key.is_empty())];
    desk.step(headers, ("draft_reply", "message", &"x".repeat(bytes))).await
}

async fn state(desk: &Desk, id: &str) -> Value {
    desk.get(&format!("/state?session_id={id}")).await.json()
}

/// The bytes of all drafts in a state.
fn drafted(state: &Value) -> usize {
    let history = state["action_history"].as_array().expect("a list");
    history.iter().filter_map(|record| record["action"]["message"].as_str()).map(str::len).sum()
}

#[tokio::test]
async fn long_texts_fill_the_memory_they_have_and_cost_nobody_else() {
    let desk = Desk::new(settings());
    let (mut hogs, mut refused) = (Vec::new(), 0);
    for _ in 0..SESSIONS - 1 {
        let id = begin(&desk).await;
        for step in 0..8 {
            let before = state(&desk, &id).await;
            let reply = draft(&desk, &id, &step.to_string(), LONGEST).await;
            if reply.status == StatusCode::OK {
                continue;
            }
            refused += 1;
            assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
            assert!(reply.detail().contains("The step was not taken"), "{}", reply.detail());
            assert_eq!(state(&desk, &id).await, before);
            break;
        }
        hogs.push(id);
    }
    assert!(refused > 0, "they may hold as much as they like");
    let mut held = 0;
    for id in &hogs {
        held += drafted(&state(&desk, id).await);
    }
    assert!((MEMORY / 2..=MEMORY).contains(&held), "{held} bytes are held");

    // Somebody who writes as people do plays on.
    let usual = begin(&desk).await;
    assert_eq!(draft(&desk, &usual, "d", 2_000).await.status, StatusCode::OK);
    for action in WINNING {
        let step = desk.step(&[("x-session-id", &usual), ("idempotency-key", action.0)], action).await;
        assert_eq!(step.status, StatusCode::OK, "{action:?}");
    }

    // What is let go can be held again, and what was refused was not taken.
    let last = hogs.last().expect("some").clone();
    let steps = state(&desk, &last).await["step_count"].as_u64().expect("a number");
    assert_eq!(draft(&desk, &last, "again", LONGEST).await.status, StatusCode::SERVICE_UNAVAILABLE);
    desk.post("/reset", &[("x-session-id", &hogs[0])], "{}").await;
    let taken = draft(&desk, &last, "again", LONGEST).await;
    assert_eq!((taken.status, taken.header("idempotent-replayed")), (StatusCode::OK, ""));
    assert_eq!(state(&desk, &last).await["step_count"], steps + 1);
    let metrics = String::from_utf8(desk.get("/metrics").await.body).expect("a text");
    assert!(metrics.contains(&format!("{{kind=\"capacity\"}} {}\n", refused + 1)), "{metrics}");
}

#[tokio::test]
async fn whoever_finds_no_memory_can_still_submit() {
    let desk = Desk::new(Settings { max_sessions: 1, session_memory: 64 << 10, ..Settings::default() });
    let id = begin(&desk).await;
    for bytes in [LONGEST, LONGEST, LONGEST, LONGEST / 2] {
        assert_eq!(draft(&desk, &id, "", bytes).await.status, StatusCode::OK);
    }
    // What is left is less than any step needs.
    let fits = async |bytes: usize| draft(&desk, &id, "", bytes).await.status == StatusCode::OK;
    let mut bytes = LONGEST / 2;
    while bytes > 1 && !fits(bytes).await {
        bytes -= 64;
    }
    let named = [("x-session-id", &*id)];
    assert_eq!(desk.step(&named, ("review_ticket", "", "")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let wrong = ("submit_resolution", "resolution_code", "fly");
    assert_eq!(desk.step(&named, wrong).await.status, StatusCode::SERVICE_UNAVAILABLE, "it ends nothing");
    let end = desk.step(&named, ("submit_resolution", "resolution_code", "renew")).await;
    assert_eq!((end.status, end.json()["done"].as_bool()), (StatusCode::OK, Some(true)));
    assert_eq!(desk.post("/reset", &named, "{}").await.status, StatusCode::OK);
    assert_eq!(draft(&desk, &id, "", LONGEST).await.status, StatusCode::OK);
}

/// All that a session gets where others have taken what is common, as the settings are by default: a small part of 2 GiB.
#[tokio::test]
async fn replies_of_a_usual_length_fit_into_a_share() {
    const SHARE: usize = 16_106;
    let catalog = Arc::new(load_embedded().into_catalog().expect("the shipped pack is sound"));
    let longest = catalog.tasks().iter().max_by_key(|task| task.max_steps).expect("tasks");
    assert_eq!(longest.max_steps, 12);
    for (entry, has_keys, bytes) in [("", false, 2_300), ("", true, 1_000), ("/web", false, 1_000), ("/web", true, 900)]
    {
        let settings = Settings { max_sessions: 1, session_memory: SHARE, ..Settings::default() };
        let desk = Desk { router: router(App::new(catalog.clone(), settings)), clock: Arc::default() };
        let task = json!({ "task_id": longest.id }).to_string();
        let id = desk.post(&format!("{entry}/reset"), &[], &task).await.header("x-session-id").to_owned();
        let draft = "We are sorry for this. ".repeat(bytes / 23);
        let query = "refund to another card of the customer";
        for step in 0..12 {
            let action = match step {
                // A mistake, but the last step all the same.
                11 => ("submit_resolution", "resolution_code", "fly"),
                7.. => ("draft_reply", "message", &*draft),
                _ => [
                    ("review_ticket", "", ""),
                    ("inspect_artifact", "artifact_id", "nope"),
                    ("search_policy", "query", query),
                ][step % 3],
            };
            let key = format!("{:-<36}", format!("step-{step}"));
            let named = [("x-session-id", &*id), ("idempotency-key", &*key)];
            let body = json!({ "action": action_of(action) }).to_string();
            let reply = desk.post(&format!("{entry}/step"), &named[..1 + usize::from(has_keys)], &body).await;
            assert_eq!(reply.status, StatusCode::OK, "{entry} {has_keys} {bytes} {step}: {}", reply.detail());
        }
    }
}

#[tokio::test]
async fn every_transport_says_that_there_is_no_memory() {
    let few = || Settings { max_sessions: 1, session_memory: 64 << 10, ..Settings::default() };
    let message = "x".repeat(LONGEST);
    let is_told = |text: &str| assert!(text.contains("hold as many long texts as they may"), "{text}");

    let port = serve(few()).await;
    let mut socket = Client::connect(&port, "/ws").await;
    let long = json!({ "type": "step", "data": { "action_type": "draft_reply", "message": message } }).to_string();
    socket.ask(r#"{"type":"reset"}"#).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(socket.ask(long.clone()).await);
    }
    let types: Vec<&Value> = answers.iter().map(|answer| &answer["type"]).collect();
    assert_eq!(types, ["observation", "observation", "observation", "error"]);
    assert_eq!(answers[3]["data"]["code"], "CAPACITY_REACHED");
    is_told(answers[3]["data"]["message"].as_str().expect("a text"));
    assert_eq!(socket.ask(r#"{"type":"state"}"#).await["data"]["step_count"], 3, "it stays open");
    socket.ask(r#"{"type":"reset"}"#).await;
    assert_eq!(socket.ask(long).await["type"], "observation", "another episode begins with nothing");

    let desk = Desk::new(few());
    let call = async |method: &str, params: Value| {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        desk.post("/mcp", &[], &call.to_string()).await.json()["result"].clone()
    };
    let id = call("openenv/session/create", json!({})).await["session_id"].clone();
    let tool = async |name: &str, arguments: Value| {
        call("tools/call", json!({ "name": name, "arguments": arguments, "session_id": id })).await
    };
    tool("start_task", json!({})).await;
    for _ in 0..3 {
        assert_ne!(tool("draft_reply", json!({ "message": message })).await["isError"], true);
    }
    let refused = tool("draft_reply", json!({ "message": message })).await;
    assert_eq!(refused["isError"], true);
    is_told(refused["content"][0]["text"].as_str().expect("a text"));

    // The same session by other routes.
    let id = id.as_str().expect("a text");
    let action = json!({ "action": { "action_type": "draft_reply", "message": message } }).to_string();
    for path in ["/step", "/web/step"] {
        let reply = desk.post(path, &[("x-session-id", id)], &action).await;
        assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"), "{path}");
        is_told(&reply.detail());
    }
    let tool = json!({ "name": "draft_reply", "input": { "message": message } }).to_string();
    let events = desk.post("/lending_desk/call", &[("x-session-id", id)], &tool).await;
    is_told(&String::from_utf8(events.body).expect("a text"));
    assert_eq!(state(&desk, id).await["step_count"], 3);
}

/// A reply is held once, and of its judgement what a score tells: not every place of every phrase.
#[test]
fn an_episode_holds_little_more_than_it_was_sent() {
    let catalog = load_embedded().into_catalog().expect("the shipped pack is sound");
    let mut most_places = 0;
    for task in catalog.tasks() {
        let oracle = task.oracle_reply.as_deref().unwrap_or("We are sorry.");
        let mut text = format!("{oracle} ").repeat(LONGEST / (oracle.len() + 1) + 1);
        text.truncate((0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).expect("0 is one"));
        if let Some(spec) = &task.reply {
            let (whole, kept) = (spec.judge(&text), spec.judge(&text).for_reasons());
            for (whole, kept) in whole.keywords.iter().zip(&kept.keywords) {
                assert_eq!((whole.reason(&text), kept.spans.len()), (kept.reason(&text), whole.spans.len().min(1)));
                most_places = most_places.max(whole.spans.len());
            }
        }
        let mut episode = Episode::start(task.clone(), "e".into(), None);
        while !episode.is_done() {
            episode.step(&ToolUseAction::new(ActionType::DraftReply, Some(text.clone())));
        }
        let (sent, held) = (task.max_steps as usize * text.len(), episode.held_bytes());
        assert!((sent..sent + (12 << 10)).contains(&held), "{}: {held} bytes of {sent}", task.id);
    }
    assert!(most_places > 8, "no phrase stood at more than {most_places} places");
}
