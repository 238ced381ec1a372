//! A server's `/ws`: one socket, one session, one answer to each frame.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::header::AUTHORIZATION;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, HandshakeError, Message, WebSocket, client_tls_with_config};

use crate::eval::run::Stop;
use crate::eval::{Environment, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};

use super::address::ServerUrl;
use super::answer::parse_answer;
use super::token::{Token, hide};
use super::web::{LAST_WORD, MAX_MESSAGE_BYTES, line, told};
use super::within::{LOOK_FOR_STOP, stopped, unless_stopped};

/// One session over a WebSocket.
pub(super) struct WsSession {
    socket: WebSocket<MaybeTlsStream<Line>>,
    token: Option<Token>,
    until: Until,
    patience: Duration,
    playing: Option<(Trial, String)>,
}

impl WsSession {
    pub(super) fn open(
        url: &ServerUrl,
        token: Option<Token>,
        patience: Duration,
        stop: Arc<Stop>,
    ) -> Result<WsSession, TargetError> {
        let until = Until::new(patience);
        let to = url.clone();
        let stream = unless_stopped(&stop, move || connect(&to, patience))?;
        let line = Line { stream, until: until.clone(), stop };
        let mut config = WebSocketConfig::default();
        // Answers take kilobytes; a thousand sockets are not to hold 128 MB of empty buffers.
        config.read_buffer_size = 16 << 10;
        config.max_message_size = Some(MAX_MESSAGE_BYTES);
        config.max_frame_size = Some(MAX_MESSAGE_BYTES);
        let mut request = url.ws().into_client_request().map_err(|error| failed(&error))?;
        if let Some(token) = &token {
            request.headers_mut().insert(AUTHORIZATION, token.bearer());
        }
        let opened = client_tls_with_config(request, line, Some(config), None);
        let (socket, _) = opened.map_err(|error| match error {
            HandshakeError::Failure(error) => failed(&error),
            HandshakeError::Interrupted(_) => too_slow(),
        })?;
        Ok(WsSession { socket, token, until, patience, playing: None })
    }

    /// The answer's data to a frame.
    fn ask(&mut self, frame: &Value) -> Result<Value, TargetError> {
        self.until.renew(self.patience);
        self.socket.send(Message::text(frame.to_string())).map_err(|error| failed(&error))?;
        let text = loop {
            match self.socket.read().map_err(|error| failed(&error))? {
                Message::Text(text) => break text,
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                Message::Binary(_) => return Err(TargetError::lasting("the server's answer is no text".to_owned())),
                Message::Close(_) => return Err(TargetError::passing("the server closed the socket".to_owned())),
            }
        };
        let text = hide(self.token.as_ref(), text.as_str().to_owned().into_bytes());
        let mut answer: Value = serde_json::from_slice(&text)
            .map_err(|_| TargetError::lasting(format!("the server's answer is no JSON: {}", told(&text))))?;
        let data = answer.get_mut("data").map(Value::take).unwrap_or_default();
        match answer.get("type").and_then(Value::as_str) {
            Some("observation") => Ok(data),
            Some("error") => {
                let word = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default();
                let (code, said) = (word("code"), line(word("message")));
                let may_pass = matches!(code, "CAPACITY_REACHED");
                Err(TargetError {
                    message: format!("the server answered with an error ({}): {said}", line(code)),
                    may_pass,
                })
            }
            _ => Err(TargetError::lasting(
                "the server's answer is no observation: is this an OpenEnv server?".to_owned(),
            )),
        }
    }
}

impl Environment for WsSession {
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError> {
        let data = json!({ "task_id": trial.task_id, "seed": trial.seed, "episode_id": episode_id });
        let answer = self.ask(&json!({ "type": "reset", "data": data }))?;
        self.playing = Some((trial.clone(), episode_id.to_owned()));
        parse_answer(&answer, trial, episode_id).map_err(TargetError::lasting)
    }

    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError> {
        let answer = self.ask(&json!({ "type": "step", "data": action }))?;
        match &self.playing {
            Some((trial, episode_id)) => parse_answer(&answer, trial, episode_id).map_err(TargetError::lasting),
            None => Err(TargetError::lasting("a step before the reset".to_owned())),
        }
    }
}

impl Drop for WsSession {
    fn drop(&mut self) {
        // Whether anybody hears it does not matter.
        self.until.renew(LAST_WORD);
        let _ = self.socket.send(Message::text(r#"{"type":"close"}"#));
    }
}

fn connect(url: &ServerUrl, patience: Duration) -> Result<TcpStream, TargetError> {
    let cannot =
        |error: &io::Error| TargetError::passing(format!("cannot connect to {url}: {error}; is the server running?"));
    let addresses = (url.name(), url.port).to_socket_addrs().map_err(|error| cannot(&error))?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => {
                // Frames are small and wait for one another; without it, each could wait for 40 ms.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(cannot(&last))
}

fn failed(error: &Error) -> TargetError {
    match error {
        Error::Io(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => too_slow(),
        Error::Io(_) | Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_) => {
            TargetError::passing(format!("the connection broke: {}", line(&error.to_string())))
        }
        Error::Capacity(_) => {
            TargetError::lasting(format!("the server's answer is longer than {MAX_MESSAGE_BYTES} bytes"))
        }
        Error::Http(answer) => {
            let status = answer.status();
            let may_pass = status.is_server_error();
            let message = format!("the server opens no WebSocket at /ws (status {}); see --transport", status.as_u16());
            TargetError { message, may_pass }
        }
        other => TargetError::lasting(format!("the socket failed: {}", line(&other.to_string()))),
    }
}

fn too_slow() -> TargetError {
    TargetError::passing("the server took too long to answer; --timeout allows more".to_owned())
}

/// When the wait for an answer ends; shared with the stream below the socket.
#[derive(Debug, Clone)]
struct Until(Arc<Mutex<Instant>>);

impl Until {
    fn new(patience: Duration) -> Until {
        Until(Arc::new(Mutex::new(Instant::now() + patience)))
    }

    fn renew(&self, patience: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + patience;
    }

    fn left(&self) -> io::Result<Duration> {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::new(io::ErrorKind::TimedOut, "too slow")) } else { Ok(left) }
    }
}

/// A connection that is read and written against a deadline, however slowly bytes drip, and read until stopping is asked.
#[derive(Debug)]
struct Line {
    stream: TcpStream,
    until: Until,
    stop: Arc<Stop>,
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.stream.set_read_timeout(Some(self.until.left()?.min(LOOK_FOR_STOP)))?;
            match self.stream.read(buffer) {
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    if self.stop.is_asked() {
                        return Err(io::Error::other(stopped()));
                    }
                }
                read => return read,
            }
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.until.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
