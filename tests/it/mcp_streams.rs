//! MCP over WebSockets and over lines of stdin.

use std::process::{Command, Stdio};

use futures_util::FutureExt;
use serde_json::{Value, json};
use support_ops_env::server::{App, Settings, converse_over_stdio};

use crate::desk::{WINNING, catalog};
use crate::ws::{Client, serve};

fn call(id: impl Into<Value>, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params }).to_string()
}

fn tool(id: u32, name: &str, arguments: Value) -> String {
    call(id, "tools/call", json!({ "name": name, "arguments": arguments }))
}

fn hello(version: &str) -> String {
    call("hello", "initialize", json!({ "protocolVersion": version, "capabilities": {} }))
}

const NOTE: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

#[tokio::test]
async fn sockets_know_the_handshake_and_say_nothing_to_a_notification() {
    let port = serve(Settings::default()).await;
    let mut client = Client::connect(&port, "/mcp").await;
    let hello = hello("2025-06-18");
    assert_eq!(client.ask(&*hello).await["result"]["protocolVersion"], "2025-06-18");
    client.send_text(NOTE).await;
    // The next answer is the ping's: the notification got none.
    assert_eq!(client.ask(call(2, "ping", json!({}))).await, json!({ "jsonrpc": "2.0", "id": 2, "result": {} }));
    assert_eq!(client.ask(call(3, "server/discover", json!({}))).await["error"]["code"], -32601);
    assert_eq!(client.ask(format!("[{hello}]")).await["error"]["code"], -32700);

    let mut client = Client::connect(&port, "/ws").await;
    let frame = |data: &str| format!(r#"{{"type":"mcp","data":{data}}}"#);
    let reply = client.ask(frame(&hello)).await;
    assert_eq!((&reply["type"], &reply["data"]["result"]["protocolVersion"]), (&json!("mcp"), &json!("2025-06-18")));
    client.send_text(&frame(NOTE)).await;
    assert_eq!(client.ask(frame(&call(9, "ping", json!({})))).await["data"]["id"], 9);
    client.ask(frame(&tool(4, "start_task", json!({ "task_id": "late-book" })))).await;
    let step = json!({ "type": "call_tool", "tool_name": "review_ticket", "arguments": {} });
    let stepped = client.ask(json!({ "type": "step", "data": step }).to_string()).await;
    let result = &stepped["data"]["observation"]["result"];
    assert_eq!((&stepped["type"], &stepped["data"]["reward"]), (&json!("observation"), &json!(0.05)));
    assert_eq!(result["observation"]["collected_evidence"], json!(["ticket"]));
    assert!(stepped["data"].get("metadata").is_none(), "an empty one is left out on sockets");
    let listed = client.ask(r#"{"type":"step","data":{"type":"list_tools"}}"#).await;
    assert_eq!(listed["data"]["observation"]["tools"].as_array().map(Vec::len), Some(7));
    assert_eq!(client.ask(r#"{"type":"state"}"#).await["data"]["step_count"], 1);
}

#[tokio::test]
async fn an_announced_session_can_be_joined_by_a_socket() {
    let port = serve(Settings::default()).await;
    let reply = post(&port.address.to_string(), &hello("2025-11-25")).await;
    let id = reply.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).expect("the id").trim().to_owned();
    let mut client = Client::connect(&port, &format!("/ws?session_id={id}")).await;
    assert_eq!(client.ask(r#"{"type":"reset"}"#).await["type"], "observation");
    let mut second = Client::connect(&port, &format!("/ws?session_id={id}")).await;
    let refusal = client.answering_pings(second.hear()).await;
    assert_eq!(refusal["data"]["code"], "SESSION_ERROR");
}

/// The whole answer to a `POST /mcp`, its head included.
async fn post(address: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the server listens");
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}

/// What is written for these lines.
fn say(lines: &str) -> Vec<Value> {
    let app = App::new(catalog(), Settings::default());
    let mut out = Vec::new();
    let talk = converse_over_stdio(app, lines.as_bytes(), &mut out);
    talk.now_or_never().expect("nothing is waited for").expect("streams in memory");
    String::from_utf8(out).expect("a text").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn lines_play_a_whole_episode() {
    let mut lines = vec![hello("2025-11-25"), NOTE.to_owned(), String::new(), "\r".to_owned()];
    lines.push(tool(1, "review_ticket", json!({})));
    lines.push(tool(2, "start_task", json!({ "task_id": "late-book" })));
    for (at, (name, field, value)) in (3..).zip(WINNING) {
        lines.push(tool(at, name, if field.is_empty() { json!({}) } else { json!({ field: value }) }));
    }
    // The last line may lack its end.
    let said = say(&lines.join("\n"));
    assert_eq!(said.len(), 7);
    assert_eq!((&said[0]["id"], &said[0]["result"]["protocolVersion"]), (&json!("hello"), &json!("2025-11-25")));
    assert_eq!(said[1]["result"]["isError"], true);
    let last = &said[6]["result"]["structuredContent"];
    assert_eq!((&last["done"], &last["reward"]), (&json!(true), &json!(1.0)));
    assert!(last["observation"]["metadata"]["score"]["parts"][0]["reason"].is_null());
    assert_eq!(say("").len(), 0);
}

#[test]
fn lines_follow_the_version() {
    let batch = format!("[{},{NOTE}]", call(1, "ping", json!({})));
    let ping = call(2, "ping", json!({}));
    let said = say(&format!("{}\n{batch}\n[{NOTE}]\n{ping}", hello("2025-03-26")));
    assert_eq!(
        said[1..],
        [json!([{ "jsonrpc": "2.0", "id": 1, "result": {} }]), json!({ "jsonrpc": "2.0", "id": 2, "result": {} })]
    );
    assert_eq!(say(&format!("{}\n{batch}", hello("2025-06-18")))[1]["error"]["code"], -32600);

    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let said = say(&[
        call(1, "server/discover", json!({ "_meta": meta })),
        call(2, "tools/call", json!({ "name": "start_task", "_meta": meta })),
        call(3, "tools/call", json!({ "name": "review_ticket", "arguments": { "session_id": "gone" }, "_meta": meta })),
        call(4, "ping", json!({ "_meta": meta })),
        call(5, "server/discover", json!({})),
    ]
    .join("\n"));
    assert_eq!(said[0]["result"]["supportedVersions"], json!(["2026-07-28"]));
    assert!(said[1]["result"]["structuredContent"]["session_id"].is_string());
    assert_eq!(said[2]["result"]["isError"], true);
    assert_eq!((&said[3]["error"]["code"], &said[4]["error"]["code"]), (&json!(-32601), &json!(-32602)));
}

#[test]
fn hostile_lines_end_nothing() {
    let long = "x".repeat((1 << 20) + 1);
    let ping = call(2, "ping", json!({}));
    let said = say(&format!("{long}\n{{\n\u{0}\n5\n[]\n{{}}\n{ping}\n{long}"));
    let codes: Vec<Option<i64>> = said.iter().map(|said| said["error"]["code"].as_i64()).collect();
    let parse = Some(-32700);
    let invalid = Some(-32600);
    assert_eq!(codes, [parse, parse, parse, invalid, invalid, invalid, None, parse]);
    assert!(said.iter().all(|said| said.to_string().len() < 1_000));
}

#[test]
fn the_command_ends_with_its_input() {
    let run = |arguments: &[&str]| {
        let child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("the command runs");
        (child.status.code(), child.stdout.len(), String::from_utf8_lossy(&child.stderr).into_owned())
    };
    assert_eq!(run(&[]), (Some(0), 0, String::new()));
    let (code, written, told) = run(&["--tasks", "/no/such/folder"]);
    assert_eq!((code, written), (Some(2), 0));
    assert!(told.contains("/no/such/folder"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_command_ends_where_its_output_takes_nothing() {
    use std::io::Write as _;

    // Lines follow until one is refused: what ends the command is its output, not the end of its input.
    let run = |stdout: Stdio| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .arg("mcp")
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut input = child.stdin.take().expect("a pipe");
        let ping = call(1, "ping", json!({}));
        let refused = (0..100_000).any(|_| writeln!(input, "{ping}").is_err());
        drop(input);
        let ended = child.wait_with_output().expect("it ends");
        assert!(refused, "it goes on for whom it cannot answer");
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let (code, told) = run(full.into());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.starts_with("error: cannot go on: ") && told.lines().count() == 1, "{told}");
    // A host that has gone away is nobody to complain to.
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    drop(reader);
    assert_eq!(run(writer.into()), (Some(0), String::new()));
}
