//! `/ws` over a real port.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support_ops_env::server::{App, Mode, OriginRules, Settings, bind};
use support_ops_env::session::{Clock, MonotonicClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::desk::{WINNING, catalog};
use crate::http::action_of;

/// A server on a free port of this machine; it ends with the test.
pub(crate) struct Port {
    pub(crate) address: SocketAddr,
    pub(crate) serving: JoinHandle<()>,
    pub(crate) stop: tokio::sync::oneshot::Sender<()>,
}

pub(crate) async fn serve(settings: Settings) -> Port {
    serve_by(Arc::new(MonotonicClock::default()), settings).await
}

/// As [`serve`]; sessions age by this clock.
pub(crate) async fn serve_by(clock: Arc<dyn Clock>, settings: Settings) -> Port {
    let bound = bind("127.0.0.1", 0).await.expect("a free port");
    let address = bound.address();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let app = App::with_clock(catalog(), settings, clock);
    let serving = tokio::spawn(bound.serve(app, async {
        let _ = stopped.await;
    }));
    Port { address, serving, stop }
}

/// A client's end of a socket.
pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub(crate) async fn connect(port: &Port, path: &str) -> Client {
        let (socket, _) = connect_async(format!("ws://{}{path}", port.address)).await.expect("a handshake");
        Client(socket)
    }

    async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("the socket is open");
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// The next text, as JSON.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.0.next().await.expect("the socket is open").expect("a frame") {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn ask(&mut self, text: impl Into<String>) -> Value {
        self.send(Message::text(text.into())).await;
        self.hear().await
    }

    async fn step(&mut self, action: (&str, &str, &str)) -> Value {
        self.ask(json!({ "type": "step", "data": action_of(action) }).to_string()).await
    }

    /// What comes of something else, while this end answers pings, as clients do that are alive.
    pub(crate) async fn answering_pings<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                come = &mut other => return come,
                heard = self.0.next() => match heard.expect("the socket is open").expect("a frame") {
                    Message::Ping(_) => self.0.flush().await.expect("the socket is open"),
                    other => panic!("{other:?}"),
                },
            }
        }
    }

    /// Waits until the server drops the connection without a close frame.
    pub(crate) async fn dropped(&mut self) {
        match self.0.next().await {
            None | Some(Err(_)) => {}
            Some(Ok(frame)) => panic!("{frame:?}"),
        }
    }

    /// The code that the server closes with.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.0.next().await.expect("a close frame").expect("a frame") {
                Message::Ping(_) => {}
                Message::Close(Some(frame)) => return frame.code.into(),
                other => panic!("{other:?}"),
            }
        }
    }
}

const RESET: &str = r#"{"type":"reset"}"#;
const STATE: &str = r#"{"type":"state"}"#;

#[tokio::test]
async fn an_episode_from_reset_to_close() {
    let port = serve(Settings::default()).await;
    let mut client = Client::connect(&port, "/ws").await;
    assert_eq!(client.ask(STATE).await["data"]["step_count"], 0);
    let first = client.ask(r#"{"type":"reset","data":{"task_id":"lost-card","seed":3,"episode_id":"e1"}}"#).await;
    assert_eq!(first["type"], "observation");
    assert_eq!((&first["data"]["reward"], &first["data"]["done"]), (&Value::Null, &json!(false)));
    assert_eq!(first["data"]["metadata"]["episode_id"], "e1");
    assert!(first["data"]["metadata"].get("session_id").is_none(), "ids are told over HTTP only");
    let mut last = Value::Null;
    for action in WINNING {
        last = client.step(action).await;
    }
    assert_eq!((&last["data"]["reward"], &last["data"]["done"]), (&json!(1.0), &json!(true)));
    let state = client.ask(STATE).await;
    assert_eq!((&state["type"], &state["data"]["episode_id"]), (&json!("state"), &json!("e1")));
    client.send(Message::text(r#"{"type":"close"}"#)).await;
    assert_eq!(client.closed().await, 1000);
}

/// What a socket is told of one episode from its reset to the state after its end, by steps, calls and MCP in turn.
async fn told_of_an_episode(mode: Mode) -> String {
    let port = serve(Settings { mode, ..Settings::default() }).await;
    let mut client = Client::connect(&port, "/ws").await;
    let mut told = vec![client.ask(STATE).await, client.ask(RESET).await, client.ask(STATE).await];
    let tool = |(name, field, value): (&str, &str, &str)| {
        (name.to_owned(), if field.is_empty() { json!({}) } else { json!({ field: value }) })
    };
    told.push(client.step(WINNING[0]).await);
    let (name, arguments) = tool(WINNING[1]);
    let called = json!({ "type": "call_tool", "tool_name": name, "arguments": arguments });
    told.push(client.ask(json!({ "type": "step", "data": called }).to_string()).await);
    let (name, arguments) = tool(WINNING[2]);
    let params = json!({ "name": name, "arguments": arguments });
    let called = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    told.push(client.ask(json!({ "type": "mcp", "data": called }).to_string()).await);
    told.push(client.step(WINNING[3]).await);
    assert_eq!(told.last().expect("an answer")["data"]["reward"], 1.0);
    told.push(client.ask(STATE).await);
    assert_eq!(told.last().expect("a state")["data"]["final_score"], 1.0);
    json!(told).to_string()
}

#[tokio::test]
async fn in_production_a_socket_is_told_neither_evidence_nor_the_reasons_of_a_score() {
    let trainers = told_of_an_episode(Mode::Simulation).await;
    let agents = told_of_an_episode(Mode::Production).await;
    for secret in ["\"required_evidence\":[\"ticket", "\"parts\":", "\"passed\":", "\"score\":{"] {
        assert!(trainers.contains(secret), "{secret} is nowhere in {trainers}");
        assert!(!agents.contains(secret), "{secret} is told: {agents}");
    }
}

#[tokio::test]
async fn a_socket_of_mcp_joins_a_session_by_its_id() {
    let port = serve(Settings::default()).await;
    let rpc = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let call = |name: &str, session: Option<&str>| {
        let mut params = json!({ "name": name, "arguments": {} });
        if let Some(session) = session {
            params["session_id"] = session.into();
        }
        rpc("tools/call", params).to_string()
    };
    let mut owner = Client::connect(&port, "/mcp").await;
    let created = owner.ask(rpc("openenv/session/create", json!({})).to_string()).await;
    let owned = created["result"]["session_id"].as_str().expect("an id").to_owned();
    let base = format!("http://{}", port.address);
    let reset =
        tokio::task::spawn_blocking(move || ureq::post(format!("{base}/reset")).send_empty().expect("an answer"));
    let id = reset.await.expect("no panic").headers()["x-session-id"].to_str().expect("a text").to_owned();
    // The episode that was begun over HTTP goes on here, whether the call names it or not.
    let mut joined = Client::connect(&port, &format!("/mcp?session_id={id}")).await;
    let mut left = Vec::new();
    for named in [None, Some(&*id)] {
        let answer = joined.ask(call("review_ticket", named)).await;
        left.push(answer["result"]["data"]["observation"]["remaining_steps"].as_u64().expect("an episode runs"));
    }
    assert_eq!(left[0], left[1] + 1);
    // Nobody plays in another session than the socket's, there or not.
    for other in [&*owned, "nonsense"] {
        let text = call("review_ticket", Some(other));
        assert_eq!(joined.ask(&text).await["error"]["code"], -32602, "{text}");
        let framed = format!(r#"{{"type":"mcp","data":{text}}}"#);
        let mut private = Client::connect(&port, "/ws").await;
        assert_eq!(private.ask(framed).await["data"]["error"]["code"], -32602, "{text}");
        // The tools are the same everywhere.
        let list = rpc("tools/list", json!({ "session_id": other })).to_string();
        assert!(joined.ask(list).await["result"].is_object());
    }
    // Refused as at /ws: what is unknown, and what another socket holds.
    for (path, says) in [("/mcp?session_id=nonsense", "Unknown session_id: nonsense"), ("/mcp?session_id=", "")] {
        let mut client = Client::connect(&port, path).await;
        if says.is_empty() {
            assert!(client.ask(rpc("tools/list", json!({})).to_string()).await["result"].is_object(), "none is named");
            continue;
        }
        let refused = client.hear().await;
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(-32602)), "{refused}");
        assert_eq!(refused["error"]["message"], says);
        client.send_text("x").await;
        assert_eq!(client.closed().await, 1000);
    }
    let mut second = Client::connect(&port, &format!("/mcp?session_id={id}")).await;
    let refused = joined.answering_pings(second.hear()).await;
    assert!(refused["error"]["message"].as_str().expect("a text").contains("already has an attached"), "{refused}");
}

#[tokio::test]
async fn bad_frames_are_answered_and_the_socket_stays_open() {
    let port = serve(Settings::default()).await;
    let mut client = Client::connect(&port, "/ws").await;
    let early = client.step(WINNING[0]).await;
    assert_eq!(early["data"]["code"], "EXECUTION_ERROR");
    assert!(early["data"]["message"].as_str().expect("a text").contains("reset"));
    client.ask(RESET).await;
    let deep = "[".repeat(200_000);
    for (frame, code) in [
        ("", "INVALID_JSON"),
        ("{", "INVALID_JSON"),
        (&deep, "INVALID_JSON"),
        (r#"{"type":"step","data":{"action_type":"draft_reply","message":NaN}}"#, "INVALID_JSON"),
        (r#"{"type":"step","data":{"action_type":"draft_reply","message":"\ud800"}}"#, "INVALID_JSON"),
        ("[]", "VALIDATION_ERROR"),
        ("7", "VALIDATION_ERROR"),
        ("{}", "UNKNOWN_TYPE"),
        (r#"{"type":"fly"}"#, "UNKNOWN_TYPE"),
        (r#"{"type":"state","data":{}}"#, "VALIDATION_ERROR"),
        (r#"{"type":"reset","data":null}"#, "VALIDATION_ERROR"),
        (r#"{"type":"reset","data":{"seed":"7"}}"#, "VALIDATION_ERROR"),
        (r#"{"type":"reset","data":{"seed":1e400}}"#, "INVALID_JSON"),
        (r#"{"type":"reset","data":{"task_id":"late-bok"}}"#, "VALIDATION_ERROR"),
        (r#"{"type":"step","data":{"action_type":"fly"}}"#, "VALIDATION_ERROR"),
        (r#"{"type":"step","data":{"action_type":"review_ticket","x":1}}"#, "VALIDATION_ERROR"),
        (r#"{"type":"step"}"#, "VALIDATION_ERROR"),
    ] {
        let reply = client.ask(frame).await;
        assert_eq!((&reply["type"], &reply["data"]["code"]), (&json!("error"), &json!(code)), "{frame:.60}");
    }
    client.send(Message::binary(RESET.as_bytes().to_vec())).await;
    assert_eq!(client.hear().await["data"]["code"], "INVALID_JSON");
    let state = client.ask(STATE).await;
    assert_eq!(state["data"]["step_count"], 0, "none of them was a step");
    assert_eq!(state["data"]["task_id"], "late-book", "none of them ended the episode");
}

#[tokio::test]
async fn a_message_beyond_a_mebibyte_closes_with_1009() {
    let port = serve(Settings::default()).await;
    let mut client = Client::connect(&port, "/ws").await;
    let whole = format!("{}{RESET}", " ".repeat((1 << 20) - RESET.len()));
    assert_eq!(client.ask(whole.clone()).await["type"], "observation");
    client.send(Message::text(format!(" {whole}"))).await;
    assert_eq!(client.closed().await, 1009);
}

#[tokio::test]
async fn a_full_server_says_so_before_it_closes() {
    let port = serve(Settings { max_sessions: 1, ..Settings::default() }).await;
    let mut first = Client::connect(&port, "/ws").await;
    first.ask(RESET).await;
    let mut second = Client::connect(&port, "/ws").await;
    let refusal = second.hear().await["data"].clone();
    assert_eq!(refusal["code"], "CAPACITY_REACHED");
    assert_eq!((&refusal["active_sessions"], &refusal["max_sessions"]), (&json!(1), &json!(1)));
    second.send(Message::text(RESET)).await;
    assert_eq!(second.closed().await, 1000);
    first.send(Message::text(r#"{"type":"close"}"#)).await;
    assert_eq!(first.closed().await, 1000);
    drop(first);
    // The place is free as soon as the server has seen the first one go.
    loop {
        let mut third = Client::connect(&port, "/ws").await;
        if third.ask(RESET).await["type"] == "observation" {
            break;
        }
    }
}

#[tokio::test]
async fn a_socket_joins_a_session_by_its_id() {
    let port = serve(Settings::default()).await;
    let mut unknown = Client::connect(&port, "/ws?session_id=nobody").await;
    let refusal = unknown.hear().await["data"].clone();
    assert_eq!(
        (&refusal["code"], &refusal["message"]),
        (&json!("SESSION_ERROR"), &json!("Unknown session_id: nobody"))
    );

    let mut owner = Client::connect(&port, "/ws").await;
    owner.ask(RESET).await;
    let created =
        owner.ask(r#"{"type":"mcp","data":{"jsonrpc":"2.0","id":1,"method":"openenv/session/create"}}"#).await;
    let id = created["data"]["result"]["session_id"].as_str().expect("an id").to_owned();
    let mut busy = Client::connect(&port, &format!("/ws?session_id={id}")).await;
    let refusal = busy.hear().await["data"].clone();
    assert_eq!(refusal["message"], format!("Session {id} already has an attached WebSocket"));
    assert_eq!(owner.ask(STATE).await["data"]["task_id"], "late-book", "it kept its episode");
    // An empty id is none.
    assert_eq!(Client::connect(&port, "/ws?session_id=").await.ask(RESET).await["type"], "observation");
}

#[tokio::test]
async fn foreign_origins_get_no_socket() {
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let port = serve(Settings { origins, ..Settings::default() }).await;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    let mut request = format!("ws://{}/ws", port.address).into_client_request().expect("a request");
    request.headers_mut().insert("origin", "http://evil.example".parse().expect("a header value"));
    match connect_async(request).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{:?}", other.map(|_| "a socket")),
    }
}

#[tokio::test]
async fn only_get_opens_a_socket() {
    let port = serve(Settings::default()).await;
    for (method, path) in [("HEAD", "/ws"), ("HEAD", "/mcp")] {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = TcpStream::connect(port.address).await.expect("the port is open");
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(std::str::from_utf8(&answer), Ok("HTTP/1.1 426"), "{method} {path}");
    }
}

#[tokio::test]
async fn mcp_has_a_socket_of_its_own() {
    let port = serve(Settings { max_sessions: 1, ..Settings::default() }).await;
    let mut client = Client::connect(&port, "/mcp").await;
    let call = |name: &str, arguments: Value| {
        let params = json!({ "name": name, "arguments": arguments });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
    };
    let early = client.ask(call("review_ticket", json!({}))).await;
    assert_eq!(early["result"]["isError"], true);
    let started = client.ask(call("start_task", json!({ "task_id": "late-book" }))).await;
    assert_eq!(started["result"]["data"]["observation"]["task_id"], "late-book");
    let seen = client.ask(call("review_ticket", json!({}))).await;
    assert_eq!(seen["result"]["data"]["observation"]["collected_evidence"], json!(["ticket"]));

    let mut second = Client::connect(&port, "/mcp").await;
    let refusal = second.hear().await;
    assert_eq!((&refusal["id"], &refusal["error"]["code"]), (&Value::Null, &json!(-32000)));
    second.send(Message::text("{}")).await;
    assert_eq!(second.closed().await, 1000);
}

#[tokio::test]
async fn many_sockets_play_at_once() {
    let port = Arc::new(serve(Settings::default()).await);
    let players: Vec<_> = (0..64)
        .map(|_| {
            let port = port.clone();
            tokio::spawn(async move {
                let mut client = Client::connect(&port, "/ws").await;
                client.ask(RESET).await;
                let mut last = Value::Null;
                for action in WINNING {
                    last = client.step(action).await;
                }
                last["data"]["reward"].as_f64()
            })
        })
        .collect();
    for player in players {
        assert_eq!(player.await.expect("no panic"), Some(1.0));
    }
}
