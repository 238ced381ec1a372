//! A stand-in for a host of models: it plays the reference paths, and does to its clients what hosts do.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use support_ops_env::agent::Oracle;
use support_ops_env::pack::load;
use support_ops_env::protocol::ToolUseAction;

/// What is done with a request.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// The reference's next action, as a whole answer: by a call where there are tools, else as JSON.
    Play,
    /// The same in pieces, without a type that says so where `false`.
    Stream(bool),
    /// The same in pieces that break off in the middle.
    BreakOff,
    /// Half of a whole answer.
    Half,
    /// The same as several calls, of which the first counts.
    Parallel,
    /// A text, and why it ends.
    Say(String, &'static str),
    /// A status with headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// A body of this type.
    Body(&'static str, String),
    /// No answer, for as long as the client waits; the test is told that it waits.
    Hang,
    /// The connection is closed without an answer.
    Hangup,
    /// Megabytes without end.
    Flood,
}

/// What was asked, and what the host did about it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) body: Value,
    /// Whether a whole answer of the model went out.
    pub(crate) was_answered: bool,
}

type Rule = dyn Fn(usize, &Value) -> Deed + Send + Sync;

/// A host on a port of its own.
pub(crate) struct Standin {
    address: SocketAddr,
    shared: Arc<Shared>,
    pub(crate) hangs: Receiver<()>,
}

struct Shared {
    rule: Box<Rule>,
    hung: Mutex<Sender<()>>,
    /// What tasks say first, with their winning paths.
    paths: Vec<(String, Vec<ToolUseAction>)>,
    asked: Mutex<Vec<Asked>>,
    /// What was wrong with requests.
    faults: Mutex<Vec<String>>,
    keys: Mutex<BTreeSet<String>>,
}

/// Tokens that each answer is said to take.
pub(crate) const PROMPT_TOKENS: u64 = 1000;
pub(crate) const COMPLETION_TOKENS: u64 = 100;

impl Standin {
    /// A host that follows a rule: what to do with the request of this number, from 0.
    pub(crate) fn new(rule: impl Fn(usize, &Value) -> Deed + Send + Sync + 'static) -> Standin {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let loaded = load(&[Path::new("tasks")]).expect("the pack can be read");
        let tasks = loaded.packs.iter().flat_map(|pack| &pack.tasks);
        let paths = tasks.map(|task| (format!("Objective: {}\n", task.objective), Oracle::path(task))).collect();
        let (hung, hangs) = channel();
        let shared = Arc::new(Shared {
            rule: Box::new(rule),
            hung: Mutex::new(hung),
            paths,
            asked: Mutex::default(),
            faults: Mutex::default(),
            keys: Mutex::default(),
        });
        let own = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || {
                    // A client that goes away is no fault of the host's.
                    let _ = own.serve(stream);
                });
            }
        });
        Standin { address, shared, hangs }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Everything that was asked. Panics where a request was not well formed.
    #[track_caller]
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let faults = self.shared.faults.lock().expect("no thread panics").clone();
        assert!(faults.is_empty(), "{faults:#?}");
        self.shared.asked.lock().expect("no thread panics").clone()
    }

    /// The `Authorization` headers that were sent.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.shared.keys.lock().expect("no thread panics").iter().cloned().collect()
    }

    /// How often each question was answered: more than once is paid twice.
    pub(crate) fn most_answers(&self) -> usize {
        let answered: Vec<String> =
            self.asked().into_iter().filter(|asked| asked.was_answered).map(|asked| asked.body.to_string()).collect();
        answered.iter().map(|body| answered.iter().filter(|other| *other == body).count()).max().unwrap_or(0)
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        while let Some(body) = self.read_request(&mut reader)? {
            let number = {
                let mut asked = self.asked.lock().expect("no thread panics");
                asked.push(Asked { body: body.clone(), was_answered: false });
                asked.len() - 1
            };
            if let Err(fault) = check_request(&body) {
                self.faults.lock().expect("no thread panics").push(format!("{fault}: {body:#}"));
                send(&stream, 400, "application/json", &[], b"{\"error\":{\"message\":\"invalid\"}}")?;
                continue;
            }
            let deed = (self.rule)(number, &body);
            let is_answer = matches!(deed, Deed::Play | Deed::Stream(_) | Deed::Parallel | Deed::Say(..));
            // Before it goes out: whoever reads it may be killed at once.
            self.asked.lock().expect("no thread panics")[number].was_answered = is_answer;
            if !self.answer(&stream, deed, &body)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn read_request(&self, reader: &mut impl BufRead) -> io::Result<Option<Value>> {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        assert_eq!(line, "POST /v1/chat/completions HTTP/1.1\r\n");
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().expect("a number"),
                "authorization" => {
                    self.keys.lock().expect("no thread panics").insert(value.to_owned());
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(Some(serde_json::from_slice(&body).expect("requests are JSON")))
    }

    /// Does it; whether the connection stays.
    fn answer(&self, mut stream: &TcpStream, deed: Deed, body: &Value) -> io::Result<bool> {
        let said = || self.next_message(body, 1);
        match deed {
            Deed::Play => send_json(stream, &whole(said(), "stop"))?,
            Deed::Parallel => send_json(stream, &whole(self.next_message(body, 3), "tool_calls"))?,
            Deed::Say(text, finish) => {
                send_json(stream, &whole(json!({ "role": "assistant", "content": text }), finish))?
            }
            Deed::Status(status, headers, text) => send(stream, status, "application/json", &headers, text.as_bytes())?,
            Deed::Body(kind, text) => send(stream, 200, kind, &[], text.as_bytes())?,
            Deed::Stream(is_named) => {
                let text = streamed(&said());
                let kind = if is_named { "text/event-stream; charset=utf-8" } else { "application/json" };
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n")?;
                // Pieces of a few bytes: characters and events lie over their bounds.
                for piece in text.as_bytes().chunks(61) {
                    write!(stream, "{:x}\r\n", piece.len())?;
                    stream.write_all(piece)?;
                    stream.write_all(b"\r\n")?;
                }
                stream.write_all(b"0\r\n\r\n")?;
            }
            Deed::BreakOff => {
                let text = streamed(&said());
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
                stream.write_all(&text.as_bytes()[..text.len() / 3])?;
                return Ok(false);
            }
            Deed::Half => {
                let text = whole(said(), "stop").to_string();
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    text.len()
                )?;
                stream.write_all(&text.as_bytes()[..text.len() / 2])?;
                return Ok(false);
            }
            Deed::Hang => {
                self.hung.lock().expect("no thread panics").send(()).expect("the test is there");
                let _ = stream.read(&mut [0]);
                return Ok(false);
            }
            Deed::Hangup => return Ok(false),
            Deed::Flood => {
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")?;
                while stream.write_all(&[b' '; 65_536]).is_ok() {}
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the reference does next, as a message with so many calls.
    fn next_message(&self, body: &Value, calls: usize) -> Value {
        let messages = body["messages"].as_array().expect("it was checked");
        let first = messages[1]["content"].as_str().expect("it was checked");
        let (_, path) = self.paths.iter().find(|(first_line, _)| first.starts_with(first_line)).expect("a known task");
        let is_told = |message: &&Value| message["content"].as_str().is_some_and(|text| text.contains("Steps left: "));
        let done = messages[2..].iter().filter(is_told).count();
        let action = &path[done.min(path.len() - 1)];
        let json = serde_json::to_value(action).expect("actions are plain JSON");
        if body.get("tools").is_none() {
            let text = format!("<think>héllo {{}}</think>```json\n{json}\n```");
            return json!({ "role": "assistant", "content": text });
        }
        let mut arguments = json.as_object().expect("an object").clone();
        let name = arguments.shift_remove("action_type").expect("it has a type");
        let call = |at: usize| {
            let name = if at == 0 { name.clone() } else { "review_ticket".into() };
            let arguments = if at == 0 { Value::Object(arguments.clone()).to_string() } else { String::new() };
            json!({ "index": at, "id": format!("call-{done}-{at}"), "type": "function",
                    "function": { "name": name, "arguments": arguments } })
        };
        json!({ "role": "assistant", "content": null, "tool_calls": (0..calls).map(call).collect::<Vec<_>>() })
    }
}

fn whole(message: Value, finish: &str) -> Value {
    json!({
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
        "usage": { "prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS, "total_tokens": 1 },
    })
}

/// A message as events: its texts cut everywhere.
fn streamed(message: &Value) -> String {
    let mut deltas = vec![json!({ "role": "assistant" })];
    for c in message["content"].as_str().unwrap_or_default().chars() {
        deltas.push(json!({ "content": c.to_string() }));
    }
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let mut head = call.clone();
        head["function"]["arguments"] = "".into();
        deltas.push(json!({ "tool_calls": [head] }));
        for c in call["function"]["arguments"].as_str().expect("a text").chars() {
            let piece = json!({ "index": call["index"], "function": { "arguments": c.to_string() } });
            deltas.push(json!({ "tool_calls": [piece] }));
        }
    }
    let mut text = String::from(": keep-alive\r\n\r\n");
    for delta in deltas {
        text.push_str(&format!("data: {}\r\n\r\n", json!({ "choices": [{ "index": 0, "delta": delta }] })));
    }
    let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS });
    text + &format!("data: {end}\r\n\r\ndata: {}\r\n\r\ndata: [DONE]\r\n\r\n", json!({ "choices": [], "usage": usage }))
}

fn send_json(stream: &TcpStream, value: &Value) -> io::Result<()> {
    send(stream, 200, "application/json", &[], value.to_string().as_bytes())
}

fn send(mut stream: &TcpStream, status: u16, kind: &str, headers: &[(&str, String)], body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)
}

/// Whether a strict host would take a request.
fn check_request(body: &Value) -> Result<(), String> {
    let known = [
        "model",
        "messages",
        "tools",
        "temperature",
        "max_tokens",
        "max_completion_tokens",
        "stream",
        "stream_options",
    ];
    let object = body.as_object().ok_or("no object")?;
    if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("an unknown key {key}"));
    }
    if body["model"].as_str().is_none_or(str::is_empty) {
        return Err("no model".to_owned());
    }
    if body.get("stream_options").is_some() && body["stream"] != true {
        return Err("stream_options without stream".to_owned());
    }
    let has_tools = body.get("tools").is_some();
    for tool in body["tools"].as_array().into_iter().flatten() {
        let function = &tool["function"];
        let is_whole = tool["type"] == "function"
            && function["name"].is_string()
            && function["description"].is_string()
            && function["parameters"]["type"] == "object"
            && function["parameters"]["properties"].is_object();
        if !is_whole {
            return Err(format!("no tool: {tool}"));
        }
    }
    let messages = body["messages"].as_array().ok_or("no messages")?;
    let mut open: Vec<String> = Vec::new();
    let mut before = "";
    for (at, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().ok_or("no role")?;
        if role != "tool" && !open.is_empty() {
            return Err(format!("calls without an answer: {open:?}"));
        }
        let text = message["content"].as_str();
        match (role, before) {
            ("system", "") | ("user", "system") | ("user", "assistant")
                if text.is_some_and(|text| !text.is_empty()) => {}
            ("assistant", "user" | "tool") => {
                let calls = message["tool_calls"].as_array();
                if text.is_none_or(str::is_empty) && calls.is_none_or(Vec::is_empty) {
                    return Err(format!("message {at} says nothing"));
                }
                if calls.is_some() && !has_tools {
                    return Err("calls without tools".to_owned());
                }
                for call in calls.into_iter().flatten() {
                    let id = call["id"].as_str().filter(|id| !id.is_empty()).ok_or("a call without an id")?;
                    let arguments = call["function"]["arguments"].as_str().ok_or("a call without arguments")?;
                    serde_json::from_str::<serde_json::Map<String, Value>>(arguments).map_err(|e| e.to_string())?;
                    if call["type"] != "function" || open.contains(&id.to_owned()) {
                        return Err(format!("a call like another, or of no type: {call}"));
                    }
                    open.push(id.to_owned());
                }
            }
            ("tool", "assistant" | "tool") if text.is_some() => {
                let id = message["tool_call_id"].as_str().ok_or("no id")?;
                let own = open.iter().position(|open| open == id).ok_or("an answer to no call")?;
                open.remove(own);
            }
            _ => return Err(format!("message {at}: {role} after {before}, or empty")),
        }
        before = role;
    }
    if before != "user" && before != "tool" || !open.is_empty() {
        return Err("the last message is not ours".to_owned());
    }
    Ok(())
}
