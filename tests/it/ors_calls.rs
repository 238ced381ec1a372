//! Calls of the Open Reward Standard: streams that break and are asked for again, many at once, and hostile ones.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::ors::{answer, call, create, desk, events};

#[tokio::test]
async fn a_call_is_named_before_it_is_answered_and_outlives_its_connection() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let post = |body: Value| {
        let request = Request::post("/lending_desk/call").header("x-session-id", &id);
        request.header("content-type", "application/json").body(Body::from(body.to_string())).expect("a request")
    };
    let look = json!({ "name": "review_ticket", "input": {} });
    let mut body = desk.router.clone().oneshot(post(look.clone())).await.expect("an answer").into_body();
    let first = body.frame().await.expect("a frame").expect("bytes").into_data().expect("data");
    let first = std::str::from_utf8(&first).expect("a text");
    let call =
        first.strip_prefix("event: task_id\ndata: ").and_then(|rest| rest.strip_suffix("\n\n")).expect("the id, alone");
    drop(body);
    let (mut again, mut other) = (look.clone(), look);
    (again["task_id"], other["task_id"]) = (json!(call), json!("x"));
    let (task_id, seen) = answer(&desk.send(post(again)).await);
    assert_eq!((&*task_id, &seen["ok"]), (call, &json!(true)));
    assert_eq!(events(&desk.send(post(other)).await)[0].0, "error");
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 1);
}

#[tokio::test]
async fn calls_that_nobody_waits_for_are_bounded() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    // Clients that call and go away: until this test lets others have a turn, no call is carried out.
    let taken = (0..1_000).filter(|_| {
        let request = Request::post("/lending_desk/call").header("x-session-id", &id);
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from(r#"{"name":"review_ticket","input":{}}"#)).expect("a request");
        tokio::task::unconstrained(desk.router.clone().oneshot(request)).now_or_never().is_some()
    });
    assert_eq!(taken.count(), 256);
    let (_, last) = call(&desk, &id, "review_ticket", json!({})).await;
    assert_eq!(last["ok"], true, "whoever stays has a turn");
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 257);
}

#[tokio::test]
async fn short_calls_do_not_wait_for_long_ones() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let begin = |call: Value| {
        let request = Request::post("/lending_desk/call").header("x-session-id", &id);
        let request = request.header("content-type", "application/json").body(Body::from(call.to_string()));
        tokio::task::unconstrained(desk.router.clone().oneshot(request.expect("a request"))).now_or_never().is_some()
    };
    let long = json!({ "name": "draft_reply", "input": { "message": "x".repeat(10_000) } });
    // Until this test lets others have a turn, no call is carried out.
    assert_eq!((0..1_000).filter(|_| begin(long.clone())).count(), 256);
    assert!(begin(json!({ "name": "review_ticket", "input": {} })), "it waits for none of them");
}

#[tokio::test]
async fn a_broken_call_is_asked_for_once_more() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let other = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let (task_id, first) = call(&desk, &id, "review_ticket", json!({})).await;
    let again = json!({ "name": "review_ticket", "input": {}, "task_id": task_id }).to_string();
    let resume =
        async |session: &str, body: &str| desk.post("/lending_desk/call", &[("x-session-id", session)], body).await;
    assert_eq!(answer(&resume(&id, &again).await), (task_id.clone(), first));
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 1);
    let unknown = vec![("error".to_owned(), "unknown task_id".to_owned())];
    assert_eq!(events(&resume(&other, &again).await), unknown, "another session's call");
    let made_up = json!({ "name": "review_ticket", "input": {}, "task_id": "" }).to_string();
    assert_eq!(events(&resume(&id, &made_up).await), unknown);
    desk.clock.advance(Duration::from_secs(59));
    assert_eq!(answer(&resume(&id, &again).await).0, task_id);
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(events(&resume(&id, &again).await), unknown);
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 1);
}

#[tokio::test]
async fn calls_at_once_are_applied_one_after_another() {
    let desk = std::sync::Arc::new(desk());
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let calls = (0..64).map(|_| {
        let (desk, id) = (desk.clone(), id.clone());
        tokio::spawn(async move { call(&desk, &id, "review_ticket", json!({})).await })
    });
    let mut rewards = Vec::new();
    for each in calls.collect::<Vec<_>>() {
        let (_, answer) = each.await.expect("the call was answered");
        rewards.push(answer["output"]["reward"].as_f64().expect("a reward"));
    }
    let state = desk.get(&format!("/state?session_id={id}")).await.json();
    assert_eq!((&state["step_count"], state["action_history"].as_array().map(Vec::len)), (&json!(64), Some(8)));
    assert_eq!(rewards.iter().filter(|reward| **reward == 0.05).count(), 1, "the ticket pays once");
}

#[tokio::test]
async fn hostile_calls_are_refused_and_no_step() {
    let desk = desk();
    let id = create(&desk, &json!({ "split": "test", "index": 0 })).await;
    let deep = format!(r#"{{"name":"review_ticket","input":{{"a":{}1{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    for (body, status) in [
        ("".to_owned(), 422),
        ("null".to_owned(), 422),
        (r#"{"name":"review_ticket"}"#.to_owned(), 422),
        (r#"{"name":null,"input":{}}"#.to_owned(), 422),
        (r#"{"name":"review_ticket","input":[]}"#.to_owned(), 422),
        (r#"{"name":"review_ticket","input":{},"x":1}"#.to_owned(), 422),
        (r#"{"name":"review_ticket","input":{},"task_id":7}"#.to_owned(), 422),
        (deep, 422),
        (format!(r#"{{"name":"{}","input":{{}}}}"#, "a".repeat(1 << 20)), 413),
    ] {
        let reply = desk.post("/lending_desk/call", &[("x-session-id", &id)], &body).await;
        assert_eq!(reply.status.as_u16(), status, "{}", body.get(..60).unwrap_or(&body));
    }
    let (_, long) = call(&desk, &id, &"é".repeat(100_000), json!({})).await;
    assert!(long["error"].as_str().expect("a text").chars().count() < 400);
    let (_, forbidden) =
        call(&desk, &id, "review_ticket", json!({ "x\r\n\r\nevent: end\ndata: {}": "\u{2028}\n" })).await;
    assert_eq!(forbidden["ok"], false, "what a client sends ends no event");
    assert_eq!(desk.get(&format!("/state?session_id={id}")).await.json()["step_count"], 0);
}
