//! Runs on servers: ours, those of others, and those that misbehave.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use support_ops_env::eval::run::Stop;
use support_ops_env::eval::target::{Remote, ServerUrl, Transport};
use support_ops_env::eval::{Environment, RunFolder, Target, TargetError, Trial};
use support_ops_env::protocol::{ActionType, StepResult, ToolUseAction};
use support_ops_env::task::Catalog;
use tokio_tungstenite::tungstenite::{Message, accept};

use crate::eval::{PACK, arguments, results, text};
use crate::shell::check;

/// The server; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(more: &[&str]) -> Server {
        let child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args([&["serve", PACK, "--host", "127.0.0.1"], more].concat())
            .env("PORT", "0")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut server = Server { child, url: String::new() };
        let stderr = BufReader::new(server.child.stderr.take().expect("a pipe"));
        for line in stderr.lines() {
            let line = line.expect("a text");
            if let Some(rest) = line.split("listening on 127.0.0.1:").nth(1) {
                server.url = format!("http://127.0.0.1:{}", rest.split(')').next().expect("a port"));
                return server;
            }
        }
        panic!("it did not start");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_with_little_room_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    for transport in ["ws", "http", "mcp"] {
        let server = Server::start(&["--max-sessions", "1"]);
        for round in ["first", "second"] {
            let out = folder.path().join(transport).join(round);
            let own = ["--agent", "random", "--repeats", "2", "--concurrency", "3"];
            check(&arguments(&out, &[&own[..], &["--url", &server.url, "--transport", transport]].concat()), 0);
            assert_eq!(results(&out).len(), 6);
        }
    }
}

#[test]
fn a_server_that_plays_another_pack_is_told_from_the_known_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&[]);
    let pack = crate::shell::copy_of(Path::new(PACK));
    let manifest = pack.path().join("pack.toml");
    let changed = fs::read_to_string(&manifest).expect("it can be read") + "\n# another state\n";
    fs::write(&manifest, changed).expect("it can be written");
    let play = |agent: &str, code| {
        let out = folder.path().join(agent);
        check(
            &["eval", "--agent", agent, "--tasks", text(pack.path()), "--url", &server.url, "--out", text(&out)],
            code,
        )
    };
    let (_, errors) = play("oracle", 2);
    assert!(errors.contains("the agent oracle needs the tasks themselves"), "{errors}");
    play("nop", 0);
    let here = folder.path().join("here");
    check(&arguments(&here, &["--agent", "nop"]), 0);
    let bare = |folder: &Path| {
        let mut results = results(folder);
        // Where a winning path was left is known only where the task is.
        results.iter_mut().for_each(|result| result["deviation"] = Value::Null);
        results
    };
    assert_eq!(bare(&folder.path().join("nop")), bare(&here));
    check(&["replay", text(&folder.path().join("nop/log")), "--tasks", PACK], 0);
}

/// A server that treats each connection like this; its address.
fn rogue(treat: impl Fn(TcpStream) + Send + 'static) -> ServerUrl {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it has one").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            treat(stream.expect("a connection"));
        }
    });
    ServerUrl::parse(&format!("http://127.0.0.1:{port}")).expect("an address")
}

/// Begins a trial at a server, and takes a step.
fn begin(url: &ServerUrl, transport: Transport) -> Result<(StepResult, StepResult), TargetError> {
    begin_within(Duration::from_secs(30), url, transport)
}

fn begin_within(
    patience: Duration,
    url: &ServerUrl,
    transport: Transport,
) -> Result<(StepResult, StepResult), TargetError> {
    let remote =
        Remote::new(url.clone(), None, transport, patience, Arc::new(Catalog::new(Vec::new())), Arc::default());
    let mut environment: Box<dyn Environment> = remote.open()?;
    let first = environment.reset(&Trial { task_id: "any".to_owned(), seed: None, repeat: 0 }, "any")?;
    Ok((first, environment.step(&ToolUseAction::new(ActionType::ReviewTicket, None))?))
}

#[test]
fn servers_that_misbehave_are_told_and_never_waited_for_without_end() {
    let check = |url: &ServerUrl, expect: &str| {
        for transport in Transport::ALL {
            let found = begin_within(Duration::from_millis(500), url, transport);
            let error = found.expect_err("no good server");
            assert!(error.message.contains(expect), "{transport:?}: {error}");
            assert!(error.message.len() < 700 && !error.message.contains('\u{1b}'), "{transport:?}: {error}");
        }
    };
    let held = std::sync::Mutex::new(Vec::new());
    check(&rogue(move |stream| held.lock().expect("no panic").push(stream)), "");
    check(&rogue(drop), "");
    let drips = |mut stream: TcpStream| {
        std::thread::spawn(move || while stream.write_all(b"H").is_ok() && stream.flush().is_ok() {});
    };
    check(&rogue(drips), "");
    let says = |answer: String| {
        move |mut stream: TcpStream| {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let mut request = [0; 4_096];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(answer.as_bytes());
                // Closed with bytes unread, the answer might never arrive.
                while stream.read(&mut request).is_ok_and(|read| read > 0) {}
            });
        }
    };
    check(&rogue(says("\u{1b}[2J garbage\r\n\r\n".to_owned())), "");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
    let http = |answer: String, expect: &str| {
        let url = rogue(says(answer));
        for transport in [Transport::Http, Transport::Mcp] {
            let error = begin(&url, transport).expect_err("no good server");
            assert!(error.message.contains(expect), "{transport:?}: {error}");
        }
    };
    http(format!("{head}3\r\n\r\n[1]"), "");
    http(format!("{head}2000000\r\n\r\n{}", " ".repeat(2_000_000)), "longer than 1048576 bytes");
    http(format!("{head}8\r\n\r\n\u{1b}[2Jnope"), "no JSON");
    http("HTTP/1.1 307 Moved\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n".to_owned(), "redirect");
    http("HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno".to_owned(), "--auth-token-file");
}

#[test]
fn a_token_that_a_server_says_back_is_hidden() {
    const TOKEN: &str = "a-Secret-token/4f1d";
    // One answer for each transport: what is looked for in it stands at the same place.
    let answer = |said: &str| {
        let seen = json!({ "objective": said, "customer_message": said.to_uppercase(), "last_tool_result": said });
        let seen = json!({ "observation": seen, "metadata": { "episode_id": said } });
        let mut whole = json!({ "type": "observation", "data": seen, "observation": seen["observation"] });
        whole["result"] = json!({ "session_id": "s", "structuredContent": seen });
        whole.to_string()
    };
    let serve = |status: &'static str, body: String| {
        rogue(move |mut stream| {
            let body = body.clone();
            std::thread::spawn(move || {
                let mut first = [0; 4];
                if stream.peek(&mut first).is_ok() && first == *b"GET " && status == "200 OK" {
                    let Ok(mut socket) = accept(stream) else { return };
                    while let Ok(Message::Text(_)) = socket.read() {
                        let _ = socket.send(Message::text(body.clone()));
                    }
                    return;
                }
                let head = format!("HTTP/1.1 {status}\r\nX-Session-ID: s\r\nContent-Length: {}\r\n", body.len());
                let mut request = [0; 4_096];
                while stream.read(&mut request).is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
                }
            });
        })
    };
    let begin = |url: ServerUrl, transport: Transport| {
        let known = Arc::new(Catalog::new(Vec::new()));
        let remote =
            Remote::new(url, Some(TOKEN), transport, Duration::from_secs(30), known, Arc::new(Stop::default()));
        let mut environment: Box<dyn Environment> = remote.open()?;
        environment.reset(&Trial { task_id: "any".to_owned(), seed: None, repeat: 0 }, "any")
    };
    let check = |shown: String| {
        assert!(shown.contains("[key]") && !shown.to_lowercase().contains("secret-token"), "{shown}");
    };
    let split = "a-Sec\u{200b}ret%2Dtoken%2f4f1d";
    for transport in Transport::ALL {
        for said in [TOKEN, split] {
            let first = begin(serve("200 OK", answer(said)), transport).expect("it answers");
            assert!(first.observation.objective.starts_with("[key]"), "{transport:?}: {first:?}");
            check(format!("{first:?}"));
        }
        if transport == Transport::Ws {
            check(begin(serve("200 OK", format!("no {TOKEN}")), transport).expect_err("no JSON").message);
        } else {
            check(begin(serve("500 No", format!("no {TOKEN}")), transport).expect_err("it is refused").message);
        }
    }
    let refused = serve("500 No", format!("no {TOKEN}"));
    let known = Arc::new(Catalog::new(Vec::new()));
    let remote = Remote::new(refused, Some(TOKEN), Transport::Ws, Duration::from_secs(30), known, Arc::default());
    check(remote.tasks().expect_err("it is refused").message);
}

#[test]
fn a_server_on_this_machine_is_asked_through_no_proxy() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    for transport in ["http", "mcp"] {
        let out = folder.path().join(transport);
        let more =
            ["--agent", "nop", "--task", "damaged-mug-replacement", "--url", &server.url, "--transport", transport];
        let mut command = Command::new(env!("CARGO_BIN_EXE_support-ops"));
        for name in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"] {
            command.env(name, "http://127.0.0.1:9");
        }
        let done = command.args(arguments(&out, &more)).output().expect("it runs");
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn sockets_that_misbehave_are_told() {
    let check = |answer: fn() -> Message, expect: &str| {
        let url = rogue(move |stream| {
            let Ok(mut socket) = accept(stream) else { return };
            while let Ok(Message::Text(_)) = socket.read() {
                if socket.send(answer()).is_err() {
                    return;
                }
            }
        });
        let error = begin(&url, Transport::Ws).expect_err("no good server");
        assert!(error.message.contains(expect), "{error}");
    };
    check(|| Message::text("nope\u{1b}[2J"), "is no JSON: nope");
    check(|| Message::binary(vec![0]), "is no text");
    check(|| Message::text(" ".repeat(2_000_000)), "longer than 1048576 bytes");
    check(|| Message::text(r#"{"type":"state","data":{}}"#), "is this an OpenEnv server?");
    check(|| Message::text(r#"{"type":"observation","data":[]}"#), "the answer is no object");
    check(
        || Message::text(r#"{"type":"error","data":{"code":"EXECUTION_ERROR","message":"no\nway"}}"#),
        "EXECUTION_ERROR): no way",
    );
    check(|| Message::Close(None), "closed");
}

#[test]
fn a_server_that_is_not_ours_is_played_on() {
    let url = rogue(|mut stream| {
        std::thread::spawn(move || {
            let mut request = [0; 6];
            if stream.peek(&mut request).is_ok() && request == *b"GET /t" {
                // As FastAPI answers a route that is not there.
                let body = r#"{"detail":"Not Found"}"#;
                let head = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n", body.len());
                let _ = stream.write_all((head + body).as_bytes());
                return;
            }
            let Ok(mut socket) = accept(stream) else { return };
            let mut steps = 0;
            while let Ok(message) = socket.read() {
                let Ok(text) = message.to_text() else { return };
                let answer = match serde_json::from_str::<Value>(text) {
                    Ok(frame) if frame["type"] == "reset" => {
                        // One socket may play both trials.
                        steps = 0;
                        json!({ "observation": { "echoed": 1 }, "done": false })
                    }
                    Ok(frame) if frame["type"] == "step" => {
                        steps += 1;
                        json!({ "observation": {}, "reward": 0.25 * f64::from(steps), "done": steps == 3 })
                    }
                    _ => return,
                };
                let _ = socket.send(Message::text(json!({ "type": "observation", "data": answer }).to_string()));
            }
        });
    });
    let (first, second) = begin(&url, Transport::Ws).expect("it is a server");
    assert_eq!((first.observation.task_id.as_ref(), second.reward, second.done), ("any", Some(0.25), false));
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let address = url.to_string();
    let own = ["eval", "--agent", "nop", "--repeats", "2", "--url", &address, "--out", text(&out)];
    let (_, errors) = check(&own, 2);
    assert!(errors.contains("name them with --task"), "{errors}");
    check(&[&own[..], &["--task", "any"]].concat(), 0);
    for result in results(&out) {
        assert_eq!((&result["score"], &result["rewards"]), (&json!(0.75), &json!([0.25, 0.5, 0.75])));
        assert_eq!((&result["passed"], &result["ended"]), (&json!(false), &json!("step_limit")));
    }
    let (_, errors) = check(&["eval", "--agent", "random", "--task", "any", "--url", &address, "--out", text(&out)], 2);
    assert!(errors.contains("needs the tasks themselves"), "{errors}");
}

#[test]
fn states_of_a_pack_are_not_mixed() {
    // The third time that the second task is begun, its pack is another one.
    let begun = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let url = rogue(move |mut stream| {
        let begun = begun.clone();
        std::thread::spawn(move || {
            let mut request = [0; 6];
            if stream.peek(&mut request).is_ok() && request == *b"GET /t" {
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
                return;
            }
            let Ok(mut socket) = accept(stream) else { return };
            while let Ok(message) = socket.read() {
                let Ok(text) = message.to_text() else { return };
                let answer = match serde_json::from_str::<Value>(text) {
                    Ok(frame) if frame["type"] == "reset" => {
                        let is_second = frame["data"]["task_id"] == "second";
                        let count = begun.fetch_add(usize::from(is_second), std::sync::atomic::Ordering::SeqCst);
                        let state = if !is_second {
                            "a"
                        } else if count < 2 {
                            "b"
                        } else {
                            "c"
                        };
                        json!({ "observation": { "metadata": { "pack_digest": state } }, "done": false })
                    }
                    Ok(frame) if frame["type"] == "step" => {
                        json!({ "observation": {}, "reward": 0.5, "done": true })
                    }
                    _ => return,
                };
                let _ = socket.send(Message::text(json!({ "type": "observation", "data": answer }).to_string()));
            }
        });
    });
    let folder = tempfile::tempdir().expect("a folder");
    let (out, address) = (folder.path().join("run"), url.to_string());
    let own =
        ["eval", "--agent", "nop", "--repeats", "2", "--concurrency", "1", "--url", &address, "--out", text(&out)];
    let own = [&own[..], &["--task", "first", "--task", "second", "--resume"]].concat();
    let (_, errors) = check(&own, 1);
    assert!(errors.contains("second, repeat 2: its episode is of another state of the pack"), "{errors}");
    let config = RunFolder::open(&out).expect("a run").config().clone();
    assert_eq!(config.tasks.iter().map(|task| &*task.pack_digest).collect::<Vec<_>>(), ["a", "b"]);
    let (_, errors) = check(&own, 2);
    assert!(errors.contains("was begun otherwise"), "{errors}");
}

#[test]
fn a_word_to_stop_ends_every_wait_for_a_server() {
    for transport in Transport::ALL {
        let stop = Arc::new(Stop::default());
        // Whoever connects is never answered, and the run is stopped.
        let held = std::sync::Mutex::new(Vec::new());
        let asks = stop.clone();
        let url = rogue(move |stream| {
            held.lock().expect("no panic").push(stream);
            asks.ask();
        });
        let known = Arc::new(Catalog::new(Vec::new()));
        let remote = Remote::new(url, None, transport, Duration::from_secs(600), known, stop);
        let trial = Trial { task_id: "any".to_owned(), seed: None, repeat: 0 };
        let error = remote.open().and_then(|mut opened| opened.reset(&trial, "any")).expect_err("nobody answers");
        assert!(error.message.contains("stopped"), "{transport:?}: {error}");
    }
}

#[test]
fn a_server_that_is_not_up_yet_is_waited_for() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let url = format!("http://127.0.0.1:{port}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .args(arguments(&out, &["--agent", "nop", "--url", &url]))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program can be started");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("a text");
    assert!(first.contains("asking again for 60 s"), "{first}");
    let _server = Server::start(&["--port", &port.to_string()]);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(results(&out).len(), 3);
}

#[test]
fn what_cannot_be_a_score_fails_the_trial() {
    let check_score = |ending: &'static str, expect: &str| {
        let url = rogue(move |stream| {
            std::thread::spawn(move || {
                let Ok(mut socket) = accept(stream) else { return };
                while let Ok(Message::Text(frame)) = socket.read() {
                    let data = if frame.as_str().contains("reset") { r#"{"observation":{}}"# } else { ending };
                    let _ = socket.send(Message::text(format!(r#"{{"type":"observation","data":{data}}}"#)));
                }
            });
        });
        let (_, second) = match begin(&url, Transport::Ws) {
            Ok(answers) => answers,
            Err(error) => {
                assert!(error.message.contains(expect), "{ending}: {error}");
                return;
            }
        };
        assert!(second.done && expect.is_empty(), "{ending}");
    };
    check_score(r#"{"observation":{},"reward":1,"done":true}"#, "");
    check_score(r#"{"observation":{"current_score":-1},"done":true}"#, "no score from 0 to 1");
    check_score(r#"{"observation":{},"reward":1e999,"done":true}"#, "no JSON");
    check_score(r#"{"observation":{},"reward":1e308,"done":true}"#, "which no step pays");
}
