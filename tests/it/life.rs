//! Starting and stopping: the process, its signals and its first line.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support_ops_env::server::Settings;

use crate::ws::{Client, serve};

/// The binary, serving on a free port; killed where a test ends early.
pub(crate) struct Process {
    child: Child,
    stderr: Box<dyn BufRead + Send>,
    first_line: String,
    pub(crate) port: u16,
}

impl Process {
    pub(crate) fn start(args: &[&str]) -> Process {
        let mut child = command(&[&["serve", "--host", "127.0.0.1", "--port", "0"], args].concat())
            .spawn()
            .expect("the binary starts");
        let mut stderr = Box::new(BufReader::new(child.stderr.take().expect("stderr is piped")));
        let mut first_line = String::new();
        stderr.read_line(&mut first_line).expect("a line");
        let port = first_line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in `{first_line}`"));
        Process { child, stderr, first_line, port }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the port is open");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn post(&self, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the port is open");
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Reads what the process says until a line holds this.
    fn wait_for(&mut self, part: &str) {
        let mut said = String::new();
        while self.stderr.read_line(&mut said).expect("a line") > 0 {
            if said.contains(part) {
                return;
            }
        }
        panic!("it never said `{part}`: {said}");
    }

    /// Sends the signal; the exit code, and how long it took.
    fn signal(mut self, name: &str) -> (Option<i32>, Duration, String) {
        let began = Instant::now();
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        let took = began.elapsed();
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("a text");
        (status.code(), took, rest)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_support-ops"));
    command.args(args).current_dir(std::env::temp_dir()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars() {
        if name.starts_with("SUPPORT_OPS_") || ["HOST", "PORT", "MAX_CONCURRENT_ENVS", "OPENENV_MODE"].contains(&&*name)
        {
            command.env_remove(name);
        }
    }
    command
}

#[test]
fn it_serves_the_built_in_pack_and_says_so() {
    let process = Process::start(&[]);
    for part in ["support_ops_env", "3 tasks", "damaged-mug-replacement", "http://127.0.0.1:"] {
        assert!(process.first_line.contains(part), "no `{part}` in `{}`", process.first_line);
    }
    assert!(process.get("/health").ends_with(r#"{"status":"healthy"}"#));
    assert!(process.get("/health").starts_with("HTTP/1.1 200 OK"));
    let port = process.port.to_string();
    let healthy = command(&["health", "--host", "127.0.0.1", "--port", &port]).status().expect("it runs");
    assert_eq!(healthy.code(), Some(0));
    let (_, _, log) = process.signal("TERM");
    assert_eq!(log, "", "quiet by default");
    let gone = command(&["health", "--host", "127.0.0.1", "--port", &port]).status().expect("it runs");
    assert_eq!(gone.code(), Some(1));
}

#[test]
fn signals_end_it_in_time_whatever_clients_do() {
    for name in ["TERM", "INT"] {
        let process = Process::start(&[]);
        // One that waits between requests, one in the middle of a head, one in the middle of a body.
        let open: Vec<TcpStream> =
            ["", "GET / HTTP/1.1\r\n", "POST /reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"]
                .into_iter()
                .map(|bytes| {
                    let mut stream = TcpStream::connect(("127.0.0.1", process.port)).expect("the port is open");
                    stream.write_all(bytes.as_bytes()).expect("bytes are taken");
                    stream
                })
                .collect();
        process.get("/health");
        let (code, took, _) = process.signal(name);
        assert_eq!(code, Some(0), "{name}");
        assert!(took < Duration::from_secs(2), "{name} took {took:?}");
        drop(open);
    }
}

#[test]
fn a_port_in_use_is_said_and_exits_2() {
    let process = Process::start(&[]);
    let port = process.port.to_string();
    let second = command(&["serve", "--host", "127.0.0.1", "--port", &port]).output().expect("it runs");
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8(second.stderr).expect("a text");
    assert!(said.contains(&format!("port {port} of 127.0.0.1 is in use")), "{said}");
}

#[test]
fn a_bad_setting_is_said_and_exits_2() {
    let refused = command(&["serve"]).env("SUPPORT_OPS_MAX_SESSIONS", "none").output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).expect("a text").contains("SUPPORT_OPS_MAX_SESSIONS=none"));
    for args in [
        ["--ws-dead-after", "2s"],
        ["--ws-dead-after", "soon"],
        ["--allow-origin", "*"],
        ["--allow-host", "http://a"],
        ["--name", " "],
    ] {
        let refused = command(&[&["serve"], &args[..]].concat()).output().expect("it runs");
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_token_is_read_from_its_file_and_told_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let missing = folder.path().join("missing").to_str().expect("a path in UTF-8").to_owned();
    for (path, what) in [
        (missing, "cannot read it"),
        (file("empty", b" \n"), "no token"),
        (file("words", b"marker-token words"), "one word"),
        (file("binary", b"marker-token\xff"), "not text"),
        (file("long", &[b'm'; 5000]), "longer than 4 KiB"),
        (folder.path().to_str().expect("a path in UTF-8").to_owned(), "cannot read it"),
        ("/dev/zero".to_owned(), "no regular file"),
    ] {
        let refused = command(&["serve", "--auth-token-file", &path]).output().expect("it runs");
        assert_eq!(refused.status.code(), Some(2), "{path}");
        let said = String::from_utf8(refused.stderr).expect("a text");
        assert!(said.contains(what) && said.contains("--auth-token-file"), "{path}: {said}");
        assert!(!said.contains("marker-token") && !said.contains("mmmm"), "{path}: {said}");
    }
    let path = file("token", b"  marker-token\n");
    let process = Process::start(&["--auth-token-file", &path, "--log", "trace", "--log-format", "json"]);
    assert!(process.get("/health").starts_with("HTTP/1.1 200"));
    assert!(process.get("/ready").starts_with("HTTP/1.1 200"));
    assert!(process.get("/tasks").starts_with("HTTP/1.1 401"));
    let tasks = process.get("/tasks HTTP/1.1\r\nAuthorization: Bearer marker-token\r\nX: ");
    assert!(tasks.starts_with("HTTP/1.1 200"), "{tasks}");
    let (_, _, log) = process.signal("TERM");
    assert!(log.contains("\"status\":401") && !log.contains("marker-token"), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_no_success() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    for arguments in [&["test", "--format", "json"][..], &["--help"]] {
        let full = full.try_clone().expect("descriptors are left");
        let output = command(arguments).stdout(full).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            String::from_utf8(output.stderr).expect("a text").contains("cannot write the results"),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let mut process = Process::start(&["--log", "trace"]);
    // What reads the log has gone away, and every line that is written fails.
    process.stderr = Box::new(io::empty());
    assert!(process.get("/health").starts_with("HTTP/1.1 200"));
    assert!(process.post("/reset", "{}").starts_with("HTTP/1.1 200"));
    assert_eq!(process.signal("TERM").0, Some(0));
}

#[test]
fn a_draining_server_says_that_it_is_not_ready_and_goes_on() {
    let mut process = Process::start(&["--drain", "10m"]);
    let port = process.port;
    assert!(process.get("/ready").starts_with("HTTP/1.1 200"));
    let id = process.child.id().to_string();
    let signal = || Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    assert!(signal().success());
    while process.get("/ready").starts_with("HTTP/1.1 200") {}
    assert!(process.get("/ready").starts_with("HTTP/1.1 503"));
    assert!(process.get("/health").starts_with("HTTP/1.1 200"));
    assert!(process.post("/reset", "{}").starts_with("HTTP/1.1 200"), "whoever comes is still served");
    assert!(signal().success());
    assert_eq!(process.child.wait().expect("it ends").code(), Some(0), "a second signal ends it");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn logs_and_metrics_hold_nothing_secret() {
    const REPLY: &str = "marker-reply: your parcel is on its way";
    let folder = tempfile::tempdir().expect("a folder can be made");
    let token = folder.path().join("token");
    std::fs::write(&token, "marker-token").expect("a file can be written");
    let token = token.to_str().expect("a path in UTF-8");
    let process = Process::start(&["--auth-token-file", token, "--log", "trace", "--log-format", "json"]);
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", process.port);
    let bearer = "Bearer marker-token";
    let reset = ureq::post(url("/reset")).header("authorization", bearer).send_empty().expect("an answer");
    let id = reset.headers()["x-session-id"].to_str().expect("a text").to_owned();
    let step = |action: serde_json::Value| {
        let answer = ureq::post(url(&format!("/step?session_id={id}")))
            .header("authorization", bearer)
            .header("x-session-id", &id)
            .header("cookie", &format!("support_ops_session={id}"))
            .header("x-request-id", "marker-request")
            .header("idempotency-key", "marker-key")
            .content_type("application/json")
            .send(serde_json::json!({ "action": action }).to_string());
        answer.map(|answer| answer.headers()["x-request-id"].to_str().expect("a text").to_owned())
    };
    let reply = serde_json::json!({ "action_type": "draft_reply", "message": REPLY });
    assert_eq!(step(reply.clone()).expect("an answer"), "marker-request", "the name comes back");
    step(serde_json::json!({ "action_type": "marker-action" })).expect_err("it is refused");
    let state = ureq::get(url(&format!("/state?session_id={id}"))).header("authorization", bearer).call();
    let state = state.expect("an answer").body_mut().read_to_string().expect("a text");
    let state: serde_json::Value = serde_json::from_str(&state).expect("JSON");
    let expected: Vec<String> = state["required_evidence"]
        .as_array()
        .expect("trainers see it")
        .iter()
        .map(|key| key.as_str().expect("a text").to_owned())
        .collect();
    let mut socket = tungstenite_connect(process.port, &format!("/ws?session_id={id}"), bearer);
    socket.send(format!(r#"{{"type":"step","data":{reply}}}"#).into()).expect("it is open");
    socket.read().expect("an answer");
    socket.send(r#"{"type":"marker-frame"}"#.into()).expect("it is open");
    socket.read().expect("an answer");
    drop(socket);
    let unknown = ureq::get(url("/state?session_id=marker-unknown")).header("authorization", bearer).call();
    assert!(unknown.is_err());
    assert!(ureq::get(url("/nowhere/marker-path")).header("authorization", bearer).call().is_err());
    let _ = ureq::delete(url(&format!("/operator/sessions/{id}"))).header("authorization", bearer).call();
    let mut odd = TcpStream::connect(("127.0.0.1", process.port)).expect("the port is open");
    write!(odd, "{} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "M".repeat(20_000))
        .expect("it is open");
    odd.read_to_end(&mut Vec::new()).expect("an answer");
    let metrics = ureq::get(url("/metrics"))
        .header("authorization", bearer)
        .call()
        .expect("an answer")
        .body_mut()
        .read_to_string()
        .expect("a text");
    let labels: std::collections::BTreeSet<&str> =
        metrics.lines().filter_map(|line| line.split_once('{')?.1.split_once('=').map(|(name, _)| name)).collect();
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), ["action", "kind", "le", "reason", "status"]);
    let (_, _, log) = process.signal("TERM");
    assert!(log.lines().any(|line| line.contains("\"id\":\"marker-request\"")), "{log}");
    assert!(log.contains("\"path\":\"/operator/sessions/{handle}\""), "{log}");
    assert!(log.contains("\"path\":\"(none)\""), "{log}");
    assert!(log.contains(&"M".repeat(100)) && !log.contains(&"M".repeat(300)), "a method is cut like every text");
    let secrets = [
        "marker-token",
        "marker-reply",
        "marker-key",
        "marker-action",
        "marker-frame",
        "marker-unknown",
        "marker-path",
        &id,
    ];
    for secret in secrets.into_iter().chain(expected.iter().map(|key| &**key)) {
        assert!(!log.contains(secret), "the log holds {secret}");
        // The ticket is everybody's first evidence; `ticket` stands in the name of an action.
        assert!(!metrics.contains(secret) || secret == "ticket", "the metrics hold {secret}");
    }
}

/// A WebSocket with this access.
fn tungstenite_connect(port: u16, path: &str, bearer: &str) -> tungstenite::WebSocket<TcpStream> {
    use tungstenite::client::IntoClientRequest;
    let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request().expect("a request");
    request.headers_mut().insert("authorization", bearer.parse().expect("a header value"));
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the port is open");
    tungstenite::client(request, stream).expect("a handshake").0
}

#[test]
fn requests_are_logged_as_json_without_session_ids() {
    let process = Process::start(&["--log", "info", "--log-format", "json"]);
    process.get("/state?session_id=secret-id");
    let (_, _, log) = process.signal("TERM");
    let line: serde_json::Value = serde_json::from_str(log.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&line["fields"]["path"], &line["fields"]["status"]), (&"/state".into(), &404.into()));
    assert!(!log.contains("secret-id"));
}

#[tokio::test]
async fn sockets_are_told_that_the_server_stops() {
    let port = serve(Settings::default()).await;
    let mut client = Client::connect(&port, "/ws").await;
    client.ask(r#"{"type":"reset"}"#).await;
    port.stop.send(()).expect("the server is running");
    assert_eq!(client.closed().await, 1001);
    drop(client);
    port.serving.await.expect("no panic");
}

#[test]
fn with_watch_a_sound_change_is_served_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for name in ["pack.toml", "loan.toml"] {
        let from = std::path::Path::new("tests/fixtures/good/minimal").join(name);
        std::fs::copy(from, folder.path().join(name)).expect("a file can be copied");
    }
    let loan = folder.path().join("loan.toml");
    let first = std::fs::read_to_string(&loan).expect("a text");
    let second = first.replace("A book due soon", "A book wanted longer").replace("The Sea Atlas", "The Moor Atlas");
    let mut process = Process::start(&["--watch", "--tasks", folder.path().to_str().expect("a path in UTF-8")]);
    process.post("/reset", "{}");

    std::fs::write(&loan, &second).expect("a file can be written");
    process.wait_for("changed and are served, 1 task");
    assert!(process.get("/tasks").contains("A book wanted longer"));
    let inspect = r#"{"action":{"action_type":"inspect_artifact","artifact_id":"loan"}}"#;
    assert!(process.post("/step", inspect).contains("The Sea Atlas"), "a running episode goes on as it began");

    std::fs::write(&loan, second.replace("max_steps = 5", "max_steps = 0")).expect("a file can be written");
    process.wait_for("out-of-range");
    process.wait_for("changed and cannot be served");
    assert!(process.get("/tasks").contains("A book wanted longer"));

    std::fs::write(&loan, &second).expect("a file can be written");
    let more = first.replace("library-loan", "second-loan");
    std::fs::write(folder.path().join("more.toml"), more).expect("a file can be written");
    process.wait_for("changed and are served, 2 tasks");
    assert!(process.get("/tasks").contains("second-loan"));
    assert!(process.post("/reset", r#"{"task_id":"library-loan"}"#).contains("The Moor Atlas"));
}

#[test]
fn a_log_says_how_sessions_ended_that_were_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let log = log.to_str().expect("a text");
    let process =
        Process::start(&["--tasks", concat!(env!("CARGO_MANIFEST_DIR"), "/tasks"), "--watch", "--record", log]);
    assert!(process.post("/reset", "{}").starts_with("HTTP/1.1 200 OK"));
    let mut socket = tungstenite_connect(process.port, "/ws", "Bearer none");
    socket.send(tungstenite::Message::text(r#"{"type":"reset"}"#)).expect("it is taken");
    assert!(socket.read().is_ok());
    let (code, _, _) = process.signal("TERM");
    assert_eq!(code, Some(0));
    let listed = command(&["log", "ls", log]).output().expect("it runs");
    let listed = String::from_utf8(listed.stdout).expect("a text");
    assert_eq!(listed.matches("abandoned").count(), 2, "{listed}");
}
