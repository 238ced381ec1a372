//! `POST /mcp` in OpenEnv's plain dialect.

use axum::http::StatusCode;
use serde_json::{Value, json};
use support_ops_env::server::Settings;

use crate::desk::WINNING;
use crate::http::Desk;

async fn call(desk: &Desk, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string();
    let reply = desk.post("/mcp", &[], &body).await;
    assert_eq!(reply.status, StatusCode::OK);
    let reply = reply.json();
    assert_eq!((&reply["jsonrpc"], &reply["id"]), (&json!("2.0"), &json!(7)));
    reply
}

async fn tool(desk: &Desk, session: &str, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments, "session_id": session });
    call(desk, "tools/call", params).await["result"].clone()
}

async fn create(desk: &Desk) -> String {
    let reply = call(desk, "openenv/session/create", json!({})).await;
    reply["result"]["session_id"].as_str().expect("an id").to_owned()
}

fn desk() -> Desk {
    Desk::new(Settings::default())
}

#[tokio::test]
async fn a_session_plays_by_tools_to_a_score_without_reasons() {
    let desk = desk();
    let session = create(&desk).await;
    let early = tool(&desk, &session, "review_ticket", json!({})).await;
    assert_eq!(early["isError"], true);
    assert!(early["content"][0]["text"].as_str().expect("a text").contains("start_task"));

    let mut last = tool(&desk, &session, "start_task", json!({ "task_id": "late-book" })).await;
    assert_eq!(last["isError"], false);
    for (name, field, value) in WINNING {
        let mut arguments = json!({});
        if !field.is_empty() {
            arguments[field] = value.into();
        }
        last = tool(&desk, &session, name, arguments).await;
    }
    let text: Value = serde_json::from_str(last["content"][0]["text"].as_str().expect("a text")).expect("JSON");
    assert_eq!((&last["structuredContent"], &last["data"]), (&text, &text));
    assert_eq!((&text["reward"], &text["done"]), (&json!(1.0), &json!(true)));
    let parts = text["observation"]["metadata"]["score"]["parts"].as_array().expect("the parts").clone();
    assert!(!parts.is_empty() && parts.iter().all(|part| part["reason"].is_null() && part["value"].is_number()));

    // The same session over HTTP is the trainer's view, reasons included.
    let state = desk.get(&format!("/state?session_id={session}")).await.json();
    assert!(state["score"]["parts"][0]["reason"].is_string());
}

#[tokio::test]
async fn mistakes_in_play_are_steps_and_bad_arguments_are_not() {
    let desk = desk();
    let session = create(&desk).await;
    tool(&desk, &session, "start_task", json!({})).await;
    let wrong = tool(&desk, &session, "inspect_artifact", json!({ "artifact_id": "laon" })).await;
    assert_eq!(wrong["isError"], true);
    assert!(wrong["data"]["observation"]["last_action_error"].is_string());
    let unknown_task = tool(&desk, &session, "start_task", json!({ "task_id": "late-bok" })).await;
    assert_eq!(unknown_task["isError"], true);

    for (name, arguments) in [
        ("inspect_artifact", json!({})),
        ("inspect_artifact", json!({ "artifact_id": 7 })),
        ("review_ticket", json!({ "x": 1 })),
        ("start_task", json!({ "seed": "7" })),
        ("fly", json!({})),
    ] {
        let params = json!({ "name": name, "arguments": arguments, "session_id": session });
        let reply = call(&desk, "tools/call", params).await;
        assert_eq!(reply["error"]["code"], -32602, "{name} {arguments}");
    }
    assert_eq!(desk.get(&format!("/state?session_id={session}")).await.json()["step_count"], 1);
}

#[tokio::test]
async fn tools_and_tasks_are_listed() {
    let desk = desk();
    let tools = call(&desk, "tools/list", json!({})).await["result"]["tools"].clone();
    let names: Vec<&str> = tools.as_array().expect("a list").iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "list_tasks",
            "start_task",
            "review_ticket",
            "inspect_artifact",
            "search_policy",
            "draft_reply",
            "submit_resolution"
        ]
    );
    let listed = call(&desk, "tools/call", json!({ "name": "list_tasks" })).await["result"]["data"].clone();
    assert_eq!(listed["tasks"], desk.get("/tasks").await.json()["tasks"]);
}

#[tokio::test]
async fn sessions_are_created_closed_and_limited() {
    let desk = Desk::new(Settings { max_sessions: 1, ..Settings::default() });
    let session = create(&desk).await;
    let full = call(&desk, "openenv/session/create", json!({})).await["error"].clone();
    assert_eq!((&full["code"], &full["data"]), (&json!(-32000), &json!({ "active_sessions": 1, "max_sessions": 1 })));
    let closed = call(&desk, "openenv/session/close", json!({ "session_id": session })).await;
    assert_eq!(closed["result"], json!({ "session_id": session, "closed": true }));
    for (method, params) in [
        ("openenv/session/close", json!({ "session_id": session })),
        ("openenv/session/close", json!({})),
        ("tools/list", json!({ "session_id": session })),
        ("tools/call", json!({ "name": "review_ticket", "session_id": session })),
        ("tools/call", json!({})),
    ] {
        assert_eq!(call(&desk, method, params.clone()).await["error"]["code"], -32602, "{method} {params}");
    }
}

#[tokio::test]
async fn a_call_without_a_session_plays_nowhere() {
    let desk = desk();
    let started = call(&desk, "tools/call", json!({ "name": "start_task" })).await["result"].clone();
    assert_eq!(started["isError"], false);
    let acted = call(&desk, "tools/call", json!({ "name": "review_ticket" })).await["result"].clone();
    assert_eq!(acted["isError"], true);
    assert!(acted["content"][0]["text"].as_str().expect("a text").contains("openenv/session/create"));
    assert!(String::from_utf8_lossy(&desk.get("/metrics").await.body).contains("support_ops_sessions 0\n"));
}

#[tokio::test]
async fn bad_calls_are_200_with_an_error() {
    let desk = desk();
    for (body, code) in [
        ("{}", -32600),
        ("", -32700),
        ("[]", -32700),
        ("{", -32700),
        (r#"{"jsonrpc":"1.0","method":"x"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"nope"}"#, -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}"#, -32600),
    ] {
        let reply = desk.post("/mcp", &[], body).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (StatusCode::OK, &json!(code)), "{body}");
    }
}
