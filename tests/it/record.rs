//! Recording: kills in the middle of everything, replay elsewhere, other grades, rows for training.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};

use axum::http::StatusCode;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support_ops_env::agent::{Agent, Oracle, Random};
use support_ops_env::episode::Episode;
use support_ops_env::pack::load;
use support_ops_env::protocol::{ActionType, ToolUseAction};
use support_ops_env::record::format::{push_frame, render_header};
use support_ops_env::record::{Durable, Episodes, Event, LogReader, RecordedEpisode, Recorder, log_files};
use support_ops_env::server::Settings;
use support_ops_env::task::Catalog;
use tokio_tungstenite::tungstenite::Message;

use crate::http::Desk;
use crate::shell::{check, copy_of, run};
use crate::ws::{Client, serve};

const PACK: &str = "tasks";

/// A number that the slow gate raises.
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is a text")
}

fn catalog(pack: &str) -> Catalog {
    Catalog::new(load(&[Path::new(pack)]).expect("the pack can be read").packs)
}

fn episodes(log: &Path) -> Vec<RecordedEpisode> {
    let mut episodes = Episodes::open(log).expect("a log");
    let all = episodes.by_ref().map(|episode| episode.expect("it can be read")).collect();
    assert_eq!((episodes.faults(), episodes.orphans()), (&[][..], 0));
    all
}

/// What an agent does that means no good: what is not there, texts of every script, texts beyond the limits.
fn oddity(seed: u64, step: u64) -> ToolUseAction {
    let texts = ["", " ", "İstanbul ıiIİ", "naïve\u{0}\n\t\"\\", "\u{202e}refund", "1.234,56 € on 03/04/05", "退款"];
    let long = "é".repeat(9_000);
    let number = seed.wrapping_mul(31).wrapping_add(step * 7);
    let pick = usize::try_from(number % 8).expect("few");
    let argument = texts.get(pick).map_or(long, |text| (*text).to_owned());
    let kinds = [ActionType::DraftReply, ActionType::SearchPolicy, ActionType::InspectArtifact];
    let kind = kinds[usize::try_from(number % 3).expect("few")];
    ToolUseAction::new(kind, (!number.is_multiple_of(11)).then_some(argument))
}

/// Records so many episodes, of random and of odd actions.
fn record_random(folder: &Path, count: u64) {
    let catalog = catalog(PACK);
    let (recorder, _) = Recorder::open(folder, Durable::Off, |why| panic!("{why}")).expect("a folder");
    for seed in 0..count {
        let task = &catalog.tasks()[usize::try_from(seed).expect("few") % catalog.tasks().len()];
        let mut episode = Episode::start(task.clone(), format!("e{seed}").into(), Some(seed));
        let (mut recording, _) = recorder.begin(&episode);
        let mut agent = Random::new(seed);
        let mut last = episode.observe();
        for step in 0.. {
            let action = match (seed + step) % 3 {
                0 => Some(oddity(seed, step)),
                _ => agent.act(task, &last),
            };
            let Some(action) = action.filter(|_| !last.done && step <= seed % 29) else { break };
            last = episode.step(&action);
            let _ = recording.step(&episode, &last);
        }
    }
    recorder.close().expect("everything is written");
}

#[test]
fn random_episodes_replay_byte_for_byte_anywhere() {
    let count = setting("SUPPORT_OPS_REPLAYED", 300);
    let folder = tempfile::tempdir().expect("a folder");
    record_random(folder.path(), count);
    let places: [(&str, &str, &str); 3] =
        [("UTC", "C", "1"), ("Asia/Kathmandu", "tr_TR.UTF-8", "2"), ("America/St_Johns", "ar_EG.UTF-8", "7")];
    for (zone, locale, threads) in places {
        let output = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(["replay", text(folder.path()), "--tasks", PACK, "--threads", threads, "--format", "json"])
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .output()
            .expect("the program can be started");
        let said: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert_eq!((&said["episodes"], &said["same"]), (&json!(count), &json!(count)));
        assert!(said["steps"].as_u64() > Some(count));
    }
}

/// A log of these events, with sound checksums.
fn forge(path: &Path, events: &[Event]) {
    let mut bytes = render_header(1).to_vec();
    for (sequence, event) in (1..).zip(events) {
        push_frame(&mut bytes, sequence, &serde_json::to_vec(event).expect("events are plain JSON"));
    }
    fs::write(path, bytes).expect("the file can be written");
}

fn events(log: &Path) -> Vec<Event> {
    let reader = LogReader::new(log_files(log).expect("a log"));
    reader.map(|record| record.expect("it can be read").event).collect()
}

#[test]
fn a_changed_record_is_told_with_its_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    check(&["run", PACK, "--agent", "oracle", "--record", text(&log)], 0);
    check(&["replay", text(&log), "--tasks", PACK], 0);
    let forged = folder.path().join("forged.log");
    let tell = |change: &dyn Fn(&mut Vec<Event>), expect: &str| {
        let mut events = events(&log);
        change(&mut events);
        forge(&forged, &events);
        let (out, _) = check(&["replay", text(&forged), "--tasks", PACK], 1);
        assert!(out.contains(expect), "{out}");
    };
    let look = || ToolUseAction::new(ActionType::SearchPolicy, Some("anything".to_owned()));
    tell(
        &|events| {
            let Event::Step(step) = &mut events[2] else { panic!("a step") };
            step.action = look();
        },
        "the answer of step 2 differs: digest ",
    );
    tell(
        &|events| {
            let Event::Step(step) = &mut events[1] else { panic!("a step") };
            step.reward = 0.25;
        },
        "the answer of step 1 differs: digest ",
    );
    tell(
        &|events| {
            let Event::Begin(begin) = &mut events[0] else { panic!("a beginning") };
            begin.episode_id.push('x');
        },
        "the first observation differs",
    );
    tell(
        &|events| {
            let end = events.iter_mut().find_map(|event| match event {
                Event::End(end) => end.score.as_mut(),
                _ => None,
            });
            end.expect("an end").parts[0].points = 0.0;
        },
        "the score or one of its parts differs",
    );
    let (_, errors) = check(&["replay", "no/such/log"], 2);
    assert!(errors.contains("no/such/log"));
}

#[test]
fn a_changed_pack_moves_grades_and_the_criterion_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    // One step too many: evidence and efficiency are what the weights below move.
    let catalog = catalog(PACK);
    let (recorder, _) = Recorder::open(&log, Durable::Episode, |why| panic!("{why}")).expect("a folder");
    let task = &catalog.tasks()[0];
    let mut episode = Episode::start(task.clone(), "only".into(), None);
    let (mut recording, _) = recorder.begin(&episode);
    let path = Oracle::path(task);
    // Everything but the draft: the reply is worth nothing.
    for action in path.iter().filter(|action| action.action_type != ActionType::DraftReply) {
        let result = episode.step(action);
        let _ = recording.step(&episode, &result);
    }
    recorder.close().expect("everything is written");
    let changed = copy_of(Path::new(PACK));
    let manifest = changed.path().join("pack.toml");
    let toml = fs::read_to_string(&manifest).expect("the manifest");
    let weights =
        toml.replace("\nresolution = 0.5\n", "\nresolution = 0.4\n").replace("\nreply = 0.15\n", "\nreply = 0.25\n");
    assert_ne!(weights, toml);
    fs::write(&manifest, weights).expect("the manifest");

    let (out, _) = check(&["grade", text(&log), "--tasks", text(changed.path()), "--format", "json"], 0);
    let graded: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!(graded["changes"][0]["parts"], json!([{ "criterion": "resolution", "by": -0.1 }]));
    assert_eq!(graded["episodes"][0]["recorded"]["score"], 0.85);
    assert_eq!(graded["episodes"][0]["score"]["score"], 0.75);
    let (out, _) = check(&["grade", text(&log), "--tasks", PACK, "--format", "json"], 0);
    let graded: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!((&graded["compared"], &graded["changes"]), (&json!(1), &json!([])));
    let (out, _) = check(&["diff", text(&log), text(&log), "--tasks-b", text(changed.path())], 0);
    assert!(out.contains("only: 0.8500 -> 0.7500 (-0.1000), resolution -0.1000\n"), "{out}");
    let (out, _) = check(&["replay", text(&log), "--tasks", text(changed.path())], 1);
    assert!(out.contains("another state of its pack"), "{out}");
}

#[test]
fn rows_have_one_schema_and_end_with_the_users_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    record_random(folder.path(), 40);
    let (out, _) = check(&["log", "export", text(folder.path()), "--tasks", PACK], 0);
    let steps: usize = episodes(folder.path()).iter().map(|episode| episode.steps.len()).sum();
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(rows.len(), steps);
    let shape = |row: &Value| -> Vec<(String, &'static str)> {
        let kind = |value: &Value| match value {
            Value::Bool(_) => "bool",
            Value::Number(number) if number.is_f64() => "float",
            Value::Number(_) => "integer",
            Value::String(_) => "text",
            Value::Array(_) => "list",
            Value::Null | Value::Object(_) => "of many kinds",
        };
        row.as_object().expect("an object").iter().map(|(name, value)| (name.clone(), kind(value))).collect()
    };
    for row in &rows {
        assert_eq!(shape(row), shape(&rows[0]));
        assert!(shape(row).iter().all(|(_, kind)| *kind != "of many kinds"));
        let messages = row["messages"].as_array().expect("a list");
        assert_eq!(messages.len() as u64, 2 * row["step"].as_u64().expect("a number"));
        assert_eq!((&messages[0]["role"], &messages[messages.len() - 1]["role"]), (&json!("system"), &json!("user")));
        assert_eq!(row["completion"][0]["role"], "assistant");
    }
}

#[test]
fn logs_are_listed_shown_and_their_faults_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    check(&["run", PACK, "--agent", "oracle", "--record", text(&log)], 0);
    let first = &episodes(&log)[0];
    let (out, _) = check(&["log", "ls", text(&log)], 0);
    let mut lines = out.lines();
    assert_eq!(
        lines.next(),
        Some("  number  begun                 steps   score  end         task                      episode")
    );
    let row = format!("{:>5}  1.0000  passed      {:<24}  episode-1", first.steps.len(), first.begin.task_id);
    assert!(lines.next().is_some_and(|line| line.ends_with(&row)), "{out}");
    assert!(out.ends_with("3 episodes, 3 finished, 17 steps\n"), "{out}");
    let (out, _) = check(&["log", "show", text(&log), "--episode", "episode-2"], 0);
    assert!(out.contains("submit_resolution  1.0000") && !out.contains("episode-1"), "{out}");
    check(&["log", "show", text(&log), "--episode", "nobody"], 2);
    // A folder has one writer: what is beside it stays what it was.
    let file = log_files(&log).expect("a log").pop().expect("a file");
    let bytes = fs::read(&file).expect("the file");
    fs::write(&file, &bytes[..bytes.len() - 3]).expect("the file");
    let (out, errors) = check(&["log", "ls", text(&log), "--format", "json"], 1);
    let listed: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!(listed["faults"][0]["message"], "the file ends in the middle of a record");
    assert!(errors.contains("at its end are lost"), "{errors}");
    let recovered = run(&["run", PACK, "--agent", "nop", "--record", text(&log)]);
    let said = String::from_utf8(recovered.stderr).expect("a text");
    assert!(said.contains("torn end was cut off"), "{said}");
    check(&["log", "ls", text(&log)], 0);
}

/// The server, recording; killed when it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(folder: &Path) -> Server {
        let child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(["serve", PACK, "--host", "127.0.0.1", "--port", "0", "--durable", "step", "--record", text(folder)])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut server = Server { child, port: 0 };
        let stderr = BufReader::new(server.child.stderr.take().expect("a pipe"));
        let mut said = String::new();
        // What was recovered is told first.
        for line in stderr.lines() {
            let line = line.expect("a text");
            if let Some(rest) = line.split("listening on 127.0.0.1:").nth(1) {
                server.port = rest.split(')').next().and_then(|port| port.parse().ok()).expect("a port");
                return server;
            }
            said.push_str(&line);
        }
        panic!("it did not start: {said}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An acknowledged step: the episode's id and the action.
type Acknowledged = (String, String);

fn action(step: usize) -> Value {
    json!({ "action_type": "search_policy", "query": format!("question {step}") })
}

/// Sends one request; the answer's body, `None` where the server is gone.
fn post(stream: &mut BufReader<TcpStream>, path: &str, session: &str, body: &Value) -> Option<Value> {
    let body = body.to_string();
    let session = if session.is_empty() { String::new() } else { format!("X-Session-ID: {session}\r\n") };
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{session}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.get_mut().write_all(request.as_bytes()).ok()?;
    let mut length = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    if length == 0 { None } else { Some(serde_json::from_slice(&body).expect("JSON")) }
}

/// Plays over HTTP until the server is gone.
fn play_over_http(port: u16, name: &str, tell: &Sender<Acknowledged>) -> Option<()> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).ok()?);
    for number in 0.. {
        let id = format!("{name}-{number}");
        let begun = post(&mut stream, "/reset", "", &json!({ "episode_id": id }))?;
        let session = begun["metadata"]["session_id"].as_str().expect("an id").to_owned();
        for step in 1.. {
            let action = action(step);
            let answer = post(&mut stream, "/step", &session, &json!({ "action": action }))?;
            tell.send((id.clone(), action.to_string())).ok()?;
            if answer["done"] == true {
                break;
            }
        }
    }
    None
}

/// Plays over MCP until the server is gone.
fn play_over_mcp(port: u16, name: &str, tell: &Sender<Acknowledged>) -> Option<()> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).ok()?);
    let mut call = |method: &str, params: Value| {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        post(&mut stream, "/mcp", "", &body).map(|reply| reply["result"].clone())
    };
    let session = call("openenv/session/create", json!({}))?["session_id"].clone();
    for number in 0.. {
        let id = format!("{name}-{number}");
        let start = json!({ "name": "start_task", "arguments": { "episode_id": id }, "session_id": session });
        call("tools/call", start)?;
        for step in 1.. {
            let action = action(step);
            let arguments = json!({ "query": action["query"] });
            let act = json!({ "name": "search_policy", "arguments": arguments, "session_id": session });
            let answer = call("tools/call", act)?;
            tell.send((id.clone(), action.to_string())).ok()?;
            if answer["data"]["done"] == true {
                break;
            }
        }
    }
    None
}

/// Plays over a WebSocket until the server is gone.
async fn play_over_websocket(port: u16, name: &str, tell: &Sender<Acknowledged>) -> Option<()> {
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://127.0.0.1:{port}/ws")).await.ok()?;
    for number in 0.. {
        let id = format!("{name}-{number}");
        let mut frame = json!({ "type": "reset", "data": { "episode_id": id } });
        for step in 1.. {
            socket.send(Message::text(frame.to_string())).await.ok()?;
            let Message::Text(answer) = socket.next().await?.ok()? else { return None };
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            assert_eq!(answer["type"], "observation", "{answer}");
            if step > 1 {
                tell.send((id.clone(), frame["data"].to_string())).ok()?;
            }
            if answer["data"]["done"] == true {
                break;
            }
            frame = json!({ "type": "step", "data": action(step) });
        }
    }
    None
}

#[test]
fn no_acknowledged_step_is_lost_or_doubled_by_kills() {
    let kills = setting("SUPPORT_OPS_KILLS", 20);
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Any number will do, as long as the moments are many.
    let mut random: u64 = 0x5eed;
    for round in 0..kills {
        let server = Server::start(folder.path());
        let (tell, told) = channel();
        let clients: Vec<_> = (0..6)
            .map(|client| {
                let (tell, port) = (tell.clone(), server.port);
                std::thread::spawn(move || {
                    let name = format!("r{round}-c{client}");
                    // Each ends when the server does.
                    let _ = match client {
                        0..3 => play_over_http(port, &name, &tell),
                        3 => play_over_mcp(port, &name, &tell),
                        _ => {
                            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                            runtime.expect("a runtime").block_on(play_over_websocket(port, &name, &tell))
                        }
                    };
                })
            })
            .collect();
        drop(tell);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let enough = usize::try_from((random >> 33) % 150).expect("few");
        let mut all: Vec<Acknowledged> = told.iter().take(enough).collect();
        drop(server);
        clients.into_iter().for_each(|client| client.join().expect("no client met an answer it did not know"));
        all.extend(told.iter());
        for (id, action) in all {
            acknowledged.entry(id).or_default().push(action);
        }
    }
    // What the last kill tore is cut off by whoever writes next.
    drop(Recorder::open(folder.path(), Durable::Off, |why| panic!("{why}")).expect("the log recovers"));
    let recorded: BTreeMap<String, RecordedEpisode> =
        episodes(folder.path()).into_iter().map(|episode| (episode.begin.episode_id.clone(), episode)).collect();
    let steps: usize = acknowledged.values().map(Vec::len).sum();
    assert!(steps > usize::try_from(kills).expect("few"), "only {steps} steps were acknowledged");
    for (id, actions) in &acknowledged {
        let episode = recorded.get(id).unwrap_or_else(|| panic!("{id} is lost"));
        assert!(!episode.has_gap, "{id} has lost or doubled a step");
        let kept: Vec<String> =
            episode.steps.iter().map(|step| serde_json::to_string(&step.action).expect("plain JSON")).collect();
        assert_eq!(&kept[..actions.len().min(kept.len())], actions, "{id}");
        // At most the one step whose answer the kill took.
        assert!(kept.len() <= actions.len() + 1, "{id}: {} kept, {} acknowledged", kept.len(), actions.len());
    }
    let mut log = Episodes::open(folder.path()).expect("a log");
    let tally = support_ops_env::record::replay_all(&mut log, &catalog(PACK), 2).expect("the log can be read");
    assert_eq!(tally.same, tally.episodes, "{:?}", tally.others.first());
}

#[tokio::test]
async fn what_cannot_be_recorded_is_answered_by_an_error_on_every_transport() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recorder, _) = Recorder::open(folder.path(), Durable::Step, |_| {}).expect("a folder");
    let settings = Settings { recorder: Some(recorder.clone()), ..Settings::default() };
    let desk = Desk::new(settings.clone());
    let port = serve(settings).await;
    let mut socket = Client::connect(&port, "/ws").await;
    let reset = r#"{"type":"reset"}"#;
    let step = json!({ "type": "step", "data": action(1) }).to_string();
    let call = |name: &str| {
        let params = json!({ "name": name, "arguments": {} });
        let call = json!({ "jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": params });
        json!({ "type": "mcp", "data": call }).to_string()
    };
    assert_eq!(desk.post("/reset", &[], "{}").await.status, StatusCode::OK);
    assert_eq!(socket.ask(reset).await["type"], "observation");
    assert_eq!(socket.ask(step.clone()).await["type"], "observation");
    // From here on it is as after a write that failed.
    recorder.close().expect("everything was written");
    for path in ["/reset", "/step", "/web/reset"] {
        let body = json!({ "action": action(1) }).to_string();
        let reply = desk.post(path, &[], if path == "/step" { &body } else { "{}" }).await;
        assert_eq!(reply.status, StatusCode::INSUFFICIENT_STORAGE, "{path}");
        assert!(reply.detail().contains("could not record"), "{path}");
    }
    for frame in [&*step, reset] {
        assert_eq!(socket.ask(frame).await["data"]["code"], "EXECUTION_ERROR", "{frame}");
    }
    for tool in ["start_task", "review_ticket"] {
        let reply = socket.ask(call(tool)).await;
        assert_eq!((&reply["data"]["id"], &reply["data"]["error"]["code"]), (&json!(5), &json!(-32603)), "{tool}");
    }
    let said = episodes(folder.path());
    assert_eq!(said.iter().map(|episode| episode.steps.len()).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_folder_has_one_writer() {
    let folder = tempfile::tempdir().expect("a folder");
    let held = Recorder::open(folder.path(), Durable::Off, |_| {}).expect("a folder");
    let (_, errors) = check(&["run", PACK, "--agent", "nop", "--record", text(folder.path())], 2);
    assert!(errors.contains("another process records into"), "{errors}");
    drop(held);
    check(&["run", PACK, "--agent", "nop", "--record", text(folder.path())], 0);
}
