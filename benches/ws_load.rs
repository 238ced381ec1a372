//! The server under load, over loopback: CPU per WebSocket message against an echo server that sends fixed answers of 900
//! bytes, memory per idle socket, memory and time of a start.
//!
//! Both servers are processes of their own, so that the client's work is in nobody's figures:
//! `cargo bench --bench ws_load` (add `-- quick` for a tenth of the load).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its figures")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Sessions at once.
const SESSIONS: usize = 64;
/// Bytes of the echo server's answers.
const ECHO_BYTES: usize = 900;
/// Rounds of the comparison; the medians are printed.
const ROUNDS: usize = 5;
/// Starts of the process that are timed.
const STARTS: usize = 21;

/// What each session plays, again and again.
const EPISODE: [&str; 7] = [
    r#"{"type":"reset","data":{"task_id":"damaged-mug-replacement","seed":7}}"#,
    r#"{"type":"step","data":{"action_type":"review_ticket"}}"#,
    r#"{"type":"step","data":{"action_type":"inspect_artifact","artifact_id":"order"}}"#,
    r#"{"type":"step","data":{"action_type":"search_policy","query":"damaged items"}}"#,
    r#"{"type":"state"}"#,
    r#"{"type":"step","data":{"action_type":"draft_reply","message":"We're sorry your mug arrived damaged. A replacement is on its way at no extra cost."}}"#,
    r#"{"type":"step","data":{"action_type":"submit_resolution","resolution_code":"send_replacement"}}"#,
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if args.iter().any(|arg| arg == "echo") {
        return runtime.block_on(serve_echo());
    }
    let part = if args.iter().any(|arg| arg == "quick") { 10 } else { 1 };
    runtime.block_on(async {
        time_starts().await;
        compare_messages(200_000 / part).await;
        weigh_sockets(10_000 / part).await;
    });
}

/// The baseline: axum's WebSocket with its defaults, and an answer that costs nothing to make.
async fn serve_echo() {
    let answer: String = "x".repeat(ECHO_BYTES);
    let talk = |upgrade: WebSocketUpgrade| async move {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.recv().await {
                if matches!(message, Message::Text(_)) && socket.send(Message::text(answer.clone())).await.is_err() {
                    break;
                }
            }
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    eprintln!("http://{} ", listener.local_addr().expect("an address"));
    axum::serve(listener, axum::Router::new().route("/ws", get(talk))).await.expect("it serves");
}

/// A server in a process of its own; killed when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(program: PathBuf, args: &[&str]) -> Server {
        let mut child = Command::new(program).args(args).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stderr.take().expect("stderr is piped")).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in `{line}`")).to_owned();
        Server { child, address }
    }

    fn ours() -> Server {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_support-ops"));
        Server::start(program, &["serve", "--host", "127.0.0.1", "--port", "0"])
    }

    fn echo() -> Server {
        Server::start(std::env::current_exe().expect("this program"), &["echo"])
    }

    /// CPU time of all threads that live, in microseconds.
    fn cpu_micros(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux");
        let nanos = |task: std::fs::DirEntry| -> Option<u64> {
            std::fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
        };
        tasks.filter_map(Result::ok).filter_map(nanos).sum::<u64>() as f64 / 1000.0
    }

    /// Resident memory in kilobytes.
    fn resident_kb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a resident size");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A WebSocket client that does as little as a client can.
struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Client {
    async fn connect(address: &str) -> Client {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let hello = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(hello.as_bytes()).await.expect("a request");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        Client { stream, answer: Vec::new() }
    }

    /// Sends a frame, waits for the answer, returns its length.
    async fn ask(&mut self, frame: &[u8]) -> usize {
        self.stream.write_all(frame).await.expect("a frame is taken");
        loop {
            let (head, long) = (self.head().await, self.answer[1] == 126);
            let len =
                if long { u16::from_be_bytes([self.answer[2], self.answer[3]]).into() } else { self.answer[1].into() };
            while self.answer.len() < head + len {
                self.more().await;
            }
            let is_text = self.answer[0] == 0x81;
            self.answer.drain(..head + len);
            if is_text {
                return len;
            }
        }
    }

    async fn head(&mut self) -> usize {
        while self.answer.len() < 2 || (self.answer[1] == 126 && self.answer.len() < 4) {
            self.more().await;
        }
        if self.answer[1] == 126 { 4 } else { 2 }
    }

    async fn more(&mut self) {
        let mut bytes = [0; 16_384];
        let read = self.stream.read(&mut bytes).await.expect("bytes");
        assert_ne!(read, 0, "the server has closed");
        self.answer.extend_from_slice(&bytes[..read]);
    }
}

/// A client's text frame, masked.
fn frame(text: &str) -> Vec<u8> {
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = vec![0x81];
    match u8::try_from(text.len()).ok().filter(|&len| len < 126) {
        Some(len) => frame.push(0x80 | len),
        None => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&u16::try_from(text.len()).expect("a short text").to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(text.bytes().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

async fn time_starts() {
    let mut millis = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..STARTS {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let server = Server { child, address: format!("127.0.0.1:{port}") };
        while !is_healthy(&server.address).await {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
        resident.push(server.resident_kb() / 1024.0);
    }
    println!("start to the first 200 of /health       {:>8.1} ms   (goal 50)", median(&mut millis));
    println!("resident memory after it                {:>8.1} MB   (goal 15)", median(&mut resident));
}

async fn is_healthy(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    stream.write_all(request.as_bytes()).await.is_ok()
        && stream.read_to_end(&mut answer).await.is_ok()
        && answer.starts_with(b"HTTP/1.1 200")
}

/// Plays `messages` messages on each server in turn.
async fn compare_messages(messages: usize) {
    let (ours, echo) = (Server::ours(), Server::echo());
    for server in [&ours, &echo] {
        load(server, messages / 10).await;
    }
    let (mut ours_micros, mut echo_micros, mut ratios, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    for _ in 0..ROUNDS {
        let (ours, answered) = load(&ours, messages).await;
        let (echo, _) = load(&echo, messages).await;
        ours_micros.push(ours);
        echo_micros.push(echo);
        ratios.push(ours / echo);
        bytes = answered;
    }
    println!(
        "CPU per message, {SESSIONS} sessions: ours      {:>8.2} µs   ({bytes:.0} bytes an answer)",
        median(&mut ours_micros)
    );
    println!(
        "CPU per message, {SESSIONS} sessions: echo      {:>8.2} µs   ({ECHO_BYTES} bytes an answer)",
        median(&mut echo_micros)
    );
    println!("ratio                                   {:>8.2}      (goal 1.6)", median(&mut ratios));
}

/// Microseconds of the server's CPU per message, and bytes per answer.
async fn load(server: &Server, messages: usize) -> (f64, f64) {
    let frames: Vec<Vec<u8>> = EPISODE.iter().map(|text| frame(text)).collect();
    let mut clients = Vec::new();
    for _ in 0..SESSIONS {
        clients.push(Client::connect(&server.address).await);
    }
    let before = server.cpu_micros();
    let each = messages / SESSIONS;
    let players: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let frames = frames.clone();
            tokio::spawn(async move {
                let mut bytes = 0;
                for frame in frames.iter().cycle().take(each) {
                    bytes += client.ask(frame).await;
                }
                (client, bytes)
            })
        })
        .collect();
    let (mut clients, mut bytes) = (Vec::new(), 0);
    for player in players {
        let (client, answered) = player.await.expect("no panic");
        clients.push(client);
        bytes += answered;
    }
    let micros = server.cpu_micros() - before;
    let messages = (each * SESSIONS) as f64;
    (micros / messages, bytes as f64 / messages)
}

/// Opens `sockets` sockets, each with an episode begun, and weighs the server.
async fn weigh_sockets(sockets: usize) {
    for (name, server, goal) in [("ours", Server::ours(), "  (goal 10)"), ("echo", Server::echo(), "")] {
        let reset = frame(EPISODE[0]);
        let before = server.resident_kb();
        let mut clients = Vec::with_capacity(sockets);
        for _ in 0..sockets {
            let mut client = Client::connect(&server.address).await;
            client.ask(&reset).await;
            clients.push(client);
        }
        let kilobytes = (server.resident_kb() - before) / sockets as f64;
        println!("memory per idle socket, {sockets} of them: {name} {kilobytes:>8.2} kB {goal}");
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
