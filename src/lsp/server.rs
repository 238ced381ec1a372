//! The conversation with an editor: its order, its errors, and who answers what.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use super::answer::{Asked, answer};
use super::check::{Checked, Job, start_checker};
use super::client::Client;
use super::document::{Change, Document};
use super::frame::{Frame, pass_over, read_frame, write_frame};
use super::glimpse::{Glimpse, mend_surrogates};
use super::uri::path_of;
use super::workspace::Workspace;

/// How many messages may wait before the editor has to.
const MAX_WAITING: usize = 256;

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const INTERNAL_ERROR: i64 = -32603;
const NOT_INITIALIZED: i64 = -32002;

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The editor asked for the end first, as it should.
    InOrder,
    /// The stream ended, or the editor left without asking.
    Abruptly,
    /// Something came in, and no message was in it: nobody who speaks the protocol is there.
    Unintelligible,
}

/// What the process that runs the server does for it.
pub trait Host {
    /// Writes a line for people who look into the editor's log.
    fn log(&mut self, line: &str);

    /// Sees to it that the server does not outlive the editor of this process id.
    fn follow(&mut self, editor: u32);
}

/// Talks with an editor until one of both has enough.
pub fn serve(input: impl Read + Send + 'static, output: impl Write, host: impl Host) -> Ended {
    let (events, queue) = sync_channel(MAX_WAITING);
    let frames = events.clone();
    thread::spawn(move || read_all(input, &frames));
    let jobs = start_checker(move |checked| events.send(Event::Checked(Box::new(checked))).is_ok());
    let mut server = Server {
        output,
        host,
        jobs,
        client: Client::default(),
        workspace: Workspace::default(),
        stage: Stage::Strangers,
    };
    // An editor that no longer listens is one that has left.
    server.run(&queue).unwrap_or(Ended::Abruptly)
}

enum Event {
    Frame(Frame),
    /// A message was passed over, since it was too long.
    Passed(Glimpse),
    /// The stream has ended, and what came held no message.
    Babble,
    Checked(Box<Checked>),
}

fn read_all(input: impl Read, frames: &SyncSender<Event>) {
    let mut input = BufReader::new(input);
    // At the end of an empty stream nothing was said at all.
    let mut babble = input.fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    loop {
        let frame = read_frame(&mut input);
        let is_end = frame == Frame::End;
        babble &= !matches!(frame, Frame::Body(_));
        let too_long = if let Frame::TooLong(length) = frame { Some(length) } else { None };
        let event = if is_end && babble { Event::Babble } else { Event::Frame(frame) };
        if frames.send(event).is_err() || is_end {
            return;
        }
        // Whoever sent it has its answer already, since the rest may be long in coming, or never come.
        if let Some(length) = too_long {
            let passed = match pass_over(&mut input, length) {
                None if babble => Event::Babble,
                None => Event::Frame(Frame::End),
                Some(None) => continue,
                Some(Some(glimpse)) => Event::Passed(glimpse),
            };
            if frames.send(passed).is_err() {
                return;
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Strangers,
    Talking,
    ShutDown,
}

/// Why a message cannot be answered.
struct Refusal {
    code: i64,
    why: String,
}

impl Refusal {
    fn new(code: i64, why: impl Into<String>) -> Refusal {
        Refusal { code, why: why.into() }
    }
}

struct Server<W, H> {
    output: W,
    host: H,
    jobs: Sender<Job>,
    client: Client,
    workspace: Workspace,
    stage: Stage,
}

impl<W: Write, H: Host> Server<W, H> {
    fn run(&mut self, queue: &Receiver<Event>) -> io::Result<Ended> {
        loop {
            let event = match self.workspace.due() {
                Some(due) => match queue.recv_timeout(due.saturating_duration_since(Instant::now())) {
                    Ok(event) => Some(event),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return Ok(self.end()),
                },
                None => match queue.recv() {
                    Ok(event) => Some(event),
                    Err(_) => return Ok(self.end()),
                },
            };
            match event {
                None => {}
                Some(Event::Frame(Frame::End)) => return Ok(self.end()),
                Some(Event::Babble) => return Ok(Ended::Unintelligible),
                Some(Event::Frame(Frame::Refused(why))) => {
                    self.refuse(&Value::Null, &Refusal::new(INVALID_REQUEST, why))?;
                }
                Some(Event::Frame(Frame::TooLong(_))) => {
                    self.refuse(&Value::Null, &Refusal::new(INVALID_REQUEST, "the message is larger than 32 MiB"))?;
                }
                Some(Event::Passed(glimpse)) => self.lose(&glimpse),
                Some(Event::Frame(Frame::Body(body))) => {
                    if let Some(ended) = self.hear(&body)? {
                        return Ok(ended);
                    }
                }
                Some(Event::Checked(checked)) => {
                    let (told, trouble) = self.workspace.take(*checked, &self.client);
                    if let Some(trouble) = trouble {
                        self.host.log(&trouble);
                    }
                    self.publish(told)?;
                }
            }
            if let Some(job) = self.workspace.next_job(Instant::now())
                && self.jobs.send(job).is_err()
            {
                self.host.log("nothing can be checked any longer");
            }
        }
    }

    fn end(&self) -> Ended {
        if self.stage == Stage::ShutDown { Ended::InOrder } else { Ended::Abruptly }
    }

    /// One message; the end of the conversation, if it is that.
    fn hear(&mut self, body: &[u8]) -> io::Result<Option<Ended>> {
        let read = |body: &[u8]| serde_json::from_slice::<Value>(body);
        let Ok(message) = read(body).or_else(|_| read(&mend_surrogates(body))) else {
            self.refuse(&Value::Null, &Refusal::new(PARSE_ERROR, "the message is no JSON"))?;
            return Ok(None);
        };
        let id = message.get("id").filter(|id| id.is_string() || id.is_number());
        let Some(method) = message.get("method").and_then(Value::as_str) else {
            // An answer to what was asked of the editor needs none itself.
            if message.get("result").is_none() && message.get("error").is_none() {
                let why = "the message is no request, no notification and no response";
                self.refuse(id.unwrap_or(&Value::Null), &Refusal::new(INVALID_REQUEST, why))?;
            }
            return Ok(None);
        };
        let params = message.get("params").unwrap_or(&Value::Null);
        let Some(id) = id else {
            if method == "exit" {
                return Ok(Some(self.end()));
            }
            self.note(method, params)?;
            return Ok(None);
        };
        let result = match catch_unwind(AssertUnwindSafe(|| self.answer(method, params))) {
            Ok(result) => result,
            Err(_) => Err(Refusal::new(INTERNAL_ERROR, "this is a bug of support-ops, please report it")),
        };
        match result {
            Ok(result) => write_frame(&mut self.output, &json!({ "jsonrpc": "2.0", "id": id, "result": result }))?,
            Err(refusal) => self.refuse(id, &refusal)?,
        }
        Ok(None)
    }

    fn refuse(&mut self, id: &Value, refusal: &Refusal) -> io::Result<()> {
        let error = json!({ "code": refusal.code, "message": refusal.why });
        write_frame(&mut self.output, &json!({ "jsonrpc": "2.0", "id": id, "error": error }))
    }

    /// Answers a request.
    fn answer(&mut self, method: &str, params: &Value) -> Result<Value, Refusal> {
        match (self.stage, method) {
            (Stage::ShutDown, _) => Err(Refusal::new(INVALID_REQUEST, "the server is shut down")),
            (Stage::Strangers, "initialize") => {
                self.client = Client::read(params);
                self.stage = Stage::Talking;
                if let Some(editor) = params["processId"].as_u64().and_then(|id| u32::try_from(id).ok()) {
                    self.host.follow(editor);
                }
                Ok(self.client.offer())
            }
            (Stage::Strangers, _) => Err(Refusal::new(NOT_INITIALIZED, "`initialize` comes first")),
            (Stage::Talking, "initialize") => Err(Refusal::new(INVALID_REQUEST, "`initialize` comes once")),
            (Stage::Talking, "shutdown") => {
                self.stage = Stage::ShutDown;
                Ok(Value::Null)
            }
            (Stage::Talking, _) => match answer(&self.workspace, &self.client, method, params) {
                Asked::Answer(value) => Ok(value),
                Asked::UnknownMethod => Err(Refusal::new(METHOD_NOT_FOUND, "there is no such method")),
                Asked::BadParams(why) => Err(Refusal::new(INVALID_PARAMS, why)),
            },
        }
    }

    /// Takes a notification; what cannot be understood is passed over, with a line in the log.
    fn note(&mut self, method: &str, params: &Value) -> io::Result<()> {
        if self.stage != Stage::Talking {
            return Ok(());
        }
        if method == "initialized" {
            return self.ask_to_watch();
        }
        let taken = catch_unwind(AssertUnwindSafe(|| self.take_note(method, params)));
        match taken {
            Ok(Ok(())) => {}
            Ok(Err(why)) => {
                self.host.log(&format!("{method}: {why}"));
                if method == "textDocument/didChange" {
                    self.tell_lost_change(&why)?;
                }
            }
            Err(_) => self.host.log(&format!("{method}: this is a bug of support-ops, please report it")),
        }
        let gone = self.workspace.forget_unused();
        self.publish(gone)
    }

    /// Notes that a text is beyond all bounds, by the beginning of the message that would have brought it.
    fn lose(&mut self, glimpse: &Glimpse) {
        let Some(path) = path_of(&glimpse.uri).filter(|_| self.stage == Stage::Talking) else { return };
        let (now, encoding) = (Instant::now(), self.client.encoding);
        match glimpse.method.as_str() {
            "textDocument/didOpen" => self.workspace.open(Document::lost(glimpse.uri.clone(), path, encoding), now),
            "textDocument/didChange" => self.workspace.change(&path, now, |document| document.lose(encoding)),
            _ => {}
        }
    }

    /// From here on the editor holds another text than the server: whoever reads the findings is to know.
    fn tell_lost_change(&mut self, why: &str) -> io::Result<()> {
        /// A warning's number in the protocol.
        const WARNING: i64 = 2;
        let message = format!("a change could not be understood ({why:.200}); close the file and open it again");
        let params = json!({ "type": WARNING, "message": message });
        write_frame(&mut self.output, &json!({ "jsonrpc": "2.0", "method": "window/logMessage", "params": params }))
    }

    fn take_note(&mut self, method: &str, params: &Value) -> Result<(), String> {
        let now = Instant::now();
        let encoding = self.client.encoding;
        let about = &params["textDocument"];
        let uri = || about["uri"].as_str().ok_or("there is no `textDocument.uri`");
        let version = about["version"].as_i64().unwrap_or(0);
        match method {
            "textDocument/didOpen" => {
                let uri = uri()?;
                let text = about["text"].as_str().ok_or("there is no `textDocument.text`")?;
                let path = path_of(uri).ok_or_else(|| format!("only files are looked at, not {uri:.200}"))?;
                let document = Document::new(uri.to_owned(), path, version, text.to_owned(), encoding);
                self.workspace.open(document, now);
            }
            "textDocument/didChange" => {
                let changes: Vec<Change> = serde_json::from_value(params["contentChanges"].clone())
                    .map_err(|error| format!("`contentChanges`: {error}"))?;
                if let Some(path) = path_of(uri()?) {
                    self.workspace.change(&path, now, |document| document.change(version, changes, encoding));
                }
            }
            "textDocument/didClose" => {
                if let Some(path) = path_of(uri()?) {
                    self.workspace.close(&path, now);
                }
            }
            "textDocument/didSave" => {
                if let Some(path) = path_of(uri()?) {
                    self.workspace.changed_on_disk(&path, now);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let changes = params["changes"].as_array().into_iter().flatten();
                for path in changes.filter_map(|change| path_of(change["uri"].as_str()?)) {
                    self.workspace.changed_on_disk(&path, now);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Asks the editor to tell of files that change outside of it.
    fn ask_to_watch(&mut self) -> io::Result<()> {
        if !self.client.watches {
            return Ok(());
        }
        let registration = json!({
            "id": "watch-toml",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": [{ "globPattern": "**/*.toml" }] },
        });
        let params = json!({ "registrations": [registration] });
        let request =
            json!({ "jsonrpc": "2.0", "id": "watch-toml", "method": "client/registerCapability", "params": params });
        write_frame(&mut self.output, &request)
    }

    fn publish(&mut self, told: Vec<Value>) -> io::Result<()> {
        for params in told {
            let method = "textDocument/publishDiagnostics";
            write_frame(&mut self.output, &json!({ "jsonrpc": "2.0", "method": method, "params": params }))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::{Value, json};

    use super::{Ended, Host, serve};
    use crate::lsp::frame::{Frame, read_frame, write_frame};

    struct Quiet;

    impl Host for Quiet {
        fn log(&mut self, _: &str) {}

        fn follow(&mut self, _: u32) {}
    }

    /// What comes back of a stream: per answer its id and "ok" or the error's code.
    fn talk(input: Vec<u8>) -> (Vec<(Value, i64)>, Ended) {
        let mut output = Vec::new();
        let ended = serve(Cursor::new(input), &mut output, Quiet);
        let mut output = output.as_slice();
        let mut answers = Vec::new();
        while let Frame::Body(body) = read_frame(&mut output) {
            let answer: Value = serde_json::from_slice(&body).expect("the server writes JSON");
            assert_eq!(answer["jsonrpc"], "2.0");
            if answer.get("method").is_none() {
                assert!(answer.get("result").is_some() != answer.get("error").is_some(), "{answer}");
                answers.push((answer["id"].clone(), answer["error"]["code"].as_i64().unwrap_or(0)));
            }
        }
        assert!(output.is_empty(), "nothing else is written");
        (answers, ended)
    }

    fn check(messages: &[Value], expect: &[(Value, i64)], ended: Ended) {
        let mut input = Vec::new();
        messages.iter().for_each(|message| write_frame(&mut input, message).expect("it can be written"));
        assert_eq!(talk(input), (expect.to_vec(), ended), "{messages:?}");
    }

    fn request(id: i64, method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
    }

    fn note(method: &str, params: Value) -> Value {
        json!({ "jsonrpc": "2.0", "method": method, "params": params })
    }

    fn start() -> Value {
        request(1, "initialize", json!({ "capabilities": {} }))
    }

    #[test]
    fn the_order_of_a_conversation_is_kept() {
        let (shutdown, exit) = (request(9, "shutdown", Value::Null), note("exit", Value::Null));
        let hover = request(2, "textDocument/hover", json!({}));
        check(&[], &[], Ended::Abruptly);
        check(&[note("exit", json!(null))], &[], Ended::Abruptly);
        check(&[hover.clone(), exit.clone()], &[(json!(2), -32002)], Ended::Abruptly);
        check(&[start(), exit.clone()], &[(json!(1), 0)], Ended::Abruptly);
        let ended = [(json!(1), 0), (json!(9), 0)];
        check(&[start(), shutdown.clone()], &ended, Ended::InOrder);
        check(&[start(), shutdown.clone(), exit.clone(), hover.clone()], &ended, Ended::InOrder);
        let after = [(json!(1), 0), (json!(9), 0), (json!(2), -32600)];
        check(&[start(), shutdown, hover, exit], &after, Ended::InOrder);
        check(&[start(), start()], &[(json!(1), 0), (json!(1), -32600)], Ended::Abruptly);
    }

    #[test]
    fn what_cannot_be_understood_is_refused_and_the_talk_goes_on() {
        let ask =
            |method: &str, params: Value| vec![start(), request(2, method, params), request(3, "shutdown", json!(0))];
        let all = |code| [(json!(1), 0), (json!(2), code), (json!(3), 0)];
        check(&ask("textDocument/nothing", json!({})), &all(-32601), Ended::InOrder);
        check(&ask("$/odd", json!({})), &all(-32601), Ended::InOrder);
        check(&ask("textDocument/hover", json!([1])), &all(-32602), Ended::InOrder);
        for uri in ["", "untitled:x", "http://x/y.toml", "file:///", "file:///none/at/all.toml", "file:///%ff"] {
            let about = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
            check(&ask("textDocument/hover", about.clone()), &all(0), Ended::InOrder);
            check(&ask("textDocument/codeAction", about), &all(0), Ended::InOrder);
        }
        let odd = json!({ "capabilities": [1], "processId": "x" });
        check(&[request(1, "initialize", odd)], &[(json!(1), 0)], Ended::Abruptly);
        for message in [json!([]), json!(1), json!(null), json!({}), json!({ "method": 3 })] {
            check(&[message], &[(Value::Null, -32600)], Ended::Abruptly);
        }
        check(&[json!({ "id": 4, "result": null }), json!({ "id": 4, "error": {} })], &[], Ended::Abruptly);
    }

    #[test]
    fn odd_notifications_are_passed_over() {
        let mut messages = vec![start()];
        let file = json!({ "uri": "file:///none/pack.toml" });
        for (method, params) in [
            ("textDocument/didOpen", json!({})),
            ("textDocument/didOpen", json!({ "textDocument": { "uri": 3 } })),
            (
                "textDocument/didOpen",
                json!({ "textDocument": { "uri": "file:///none/pack.toml", "text": "[", "version": 1 } }),
            ),
            ("textDocument/didChange", json!({ "textDocument": file, "contentChanges": 5 })),
            ("textDocument/didChange", json!({ "textDocument": file, "contentChanges": [{ "text": 5 }] })),
            (
                "textDocument/didChange",
                json!({ "textDocument": file, "contentChanges": [{
                "range": { "start": { "line": 4_000_000_000_u32, "character": 7 }, "end": { "line": 0, "character": 0 } },
                "text": "é"
            }] }),
            ),
            (
                "textDocument/didChange",
                json!({ "textDocument": file, "contentChanges": [{
                "range": { "start": { "line": -1, "character": 0 }, "end": { "line": 0, "character": 0 } }, "text": ""
            }] }),
            ),
            ("textDocument/didClose", json!({ "textDocument": { "uri": "file:///other" } })),
            ("workspace/didChangeWatchedFiles", json!({ "changes": [{}, { "uri": "x" }, { "uri": "file:///a" }] })),
            ("no/such", json!(null)),
            ("$/cancelRequest", json!({ "id": 1 })),
        ] {
            messages.push(note(method, params));
        }
        let place = json!({ "textDocument": file, "position": { "line": 0, "character": 1 } });
        for (id, method) in [(2, "hover"), (3, "completion"), (4, "definition")] {
            messages.push(request(id, &format!("textDocument/{method}"), place.clone()));
        }
        messages.push(request(5, "shutdown", Value::Null));
        let answers: Vec<(Value, i64)> = (1..=5).map(|id| (json!(id), 0)).collect();
        check(&messages, &answers, Ended::InOrder);
    }

    #[test]
    fn what_is_no_conversation_is_told_from_one() {
        for input in
            ["hello\n", "{\"jsonrpc\":\"2.0\",\"id\":1}\n", "Content-Length: 9\r\n\r\n{}", "id = \"a\"\n\nb: 1\n"]
        {
            assert_eq!(talk(input.as_bytes().to_vec()).1, Ended::Unintelligible, "{input}");
        }
        assert_eq!(talk(b"Content-Length: 2\r\n\r\n{}X".to_vec()).1, Ended::Abruptly);
    }

    #[test]
    fn a_message_without_end_is_answered_at_once() {
        use std::io::Write;

        let (reader, mut writer) = std::io::pipe().expect("a pipe can be made");
        let (answers, mut output) = std::io::pipe().expect("a pipe can be made");
        let server = std::thread::spawn(move || serve(reader, &mut output, Quiet));
        writer.write_all(b"Content-Length: 1000000000000\r\n\r\n{}").expect("it can be written");
        let mut answers = std::io::BufReader::new(answers);
        let Frame::Body(body) = read_frame(&mut answers) else { panic!("there is an answer") };
        let answer: Value = serde_json::from_slice(&body).expect("the server writes JSON");
        assert_eq!(answer["error"]["code"], -32600);
        drop(writer);
        assert_eq!(server.join().expect("it ends"), Ended::Unintelligible);
    }

    #[test]
    fn a_text_beyond_all_bounds_is_found_too_large() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("pack.toml"), include_str!("../lint/example/pack.toml")).expect("written");
        let uri = format!("file://{}", folder.path().join("a.toml").display());
        let file = |text: &str| json!({ "textDocument": { "uri": uri, "version": 1, "text": text } });
        let large = "#".repeat(40_000_000);
        let change = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": large }] });
        for brings in [
            vec![note("textDocument/didOpen", file(&large))],
            vec![note("textDocument/didOpen", file("")), note("textDocument/didChange", change)],
        ] {
            let (reader, mut writer) = std::io::pipe().expect("a pipe can be made");
            let (answers, mut output) = std::io::pipe().expect("a pipe can be made");
            let server = std::thread::spawn(move || serve(reader, &mut output, Quiet));
            for message in [start()].iter().chain(&brings) {
                write_frame(&mut writer, message).expect("it can be written");
            }
            let mut answers = std::io::BufReader::new(answers);
            loop {
                let Frame::Body(body) = read_frame(&mut answers) else { panic!("there is an answer") };
                let answer: Value = serde_json::from_slice(&body).expect("the server writes JSON");
                let found = answer["params"]["diagnostics"].as_array();
                if found.is_some_and(|found| found.iter().any(|found| found["code"] == "too-large")) {
                    break;
                }
            }
            drop(writer);
            assert_eq!(server.join().expect("it ends"), Ended::Abruptly);
        }
    }

    #[test]
    fn halves_of_pairs_count_as_one_character() {
        let mut input = Vec::new();
        write_frame(&mut input, &start()).expect("it can be written");
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("pack.toml"), include_str!("../lint/example/pack.toml")).expect("written");
        let uri = format!("file://{}", folder.path().join("a.toml").display());
        let about = format!(r#""textDocument":{{"uri":"{uri}","version":1"#);
        let whole = r#""contentChanges":[{"text":"a = \"\uD83D\"\nb = 1"}]"#;
        let part = r#""contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":7}},"text":"max_steps = 5"}]"#;
        for params in [
            format!(r##""method":"textDocument/didOpen","params":{{{about},"text":"# \udc00"}}}}"##),
            format!(r#""method":"textDocument/didChange","params":{{{about}}},{whole}}}"#),
            format!(r#""method":"textDocument/didChange","params":{{{about}}},{part}}}"#),
            format!(
                r#""id":2,"method":"textDocument/hover","params":{{{about}}},"position":{{"line":0,"character":3}}}}"#
            ),
        ] {
            let body = format!("{{{params}}}");
            input.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
        }
        let mut output = Vec::new();
        serve(Cursor::new(input), &mut output, Quiet);
        let output = String::from_utf8(output).expect("it is text");
        assert!(!output.contains("\"error\"") && output.contains("**max_steps**"), "{output}");
    }

    #[test]
    fn broken_frames_and_broken_json_are_answered() {
        let mut input = b"Content-Length: 3\r\n\r\n{]}X: 1\r\n\r\nContent-Length: 4\r\n\r\n\xff\xff\xff\xff".to_vec();
        let deep = "[".repeat(100_000);
        input.extend(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).into_bytes());
        write_frame(&mut input, &start()).expect("it can be written");
        input.extend(b"Content-Length: 18446744073709551616\r\n\r\n{}");
        let answers = vec![
            (Value::Null, -32700),
            (Value::Null, -32600),
            (Value::Null, -32700),
            (Value::Null, -32700),
            (json!(1), 0),
        ];
        assert_eq!(talk(input), (answers, Ended::Abruptly));
    }
}
