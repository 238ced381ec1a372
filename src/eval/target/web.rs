//! HTTP to a server: JSON in, JSON out, within a deadline and a size.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::http::header::AUTHORIZATION;

use crate::eval::TargetError;
use crate::eval::client::client_of;
use crate::eval::run::Stop;

use super::address::ServerUrl;
use super::token::{Token, hide};
use super::within::unless_stopped;

/// The longest answer to a step, in bytes: that of OpenEnv's own probe for messages.
pub(super) const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// How long a server may take to hear that a session is over: it ends by itself, too.
pub(super) const LAST_WORD: Duration = Duration::from_secs(1);
/// Characters of a server's own words that are told.
const MAX_TOLD: usize = 300;

/// A client of one server; keeps its connections.
#[derive(Debug, Clone)]
pub(super) struct Web {
    agent: ureq::Agent,
    /// Sent with every request, and hidden in every answer.
    token: Option<Token>,
    patience: Duration,
    stop: Arc<Stop>,
}

/// What was answered.
pub(super) struct WebAnswer {
    pub(super) status: u16,
    /// The session's id in the answer's head.
    pub(super) session: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Web {
    /// A client each answer to which may take that long, unless stopping is asked.
    pub(super) fn new(url: &ServerUrl, patience: Duration, token: Option<Token>, stop: Arc<Stop>) -> Web {
        let config = client_of(url.name()).timeout_global(Some(patience)).max_response_header_size(64 << 10).build();
        Web { agent: config.into(), token, patience, stop }
    }

    /// A document of at most so many bytes.
    pub(super) fn get(&self, url: &str, most: usize) -> Result<WebAnswer, TargetError> {
        let (web, url) = (self.clone(), url.to_owned());
        unless_stopped(&self.stop, move || {
            let mut request = web.agent.get(url);
            if let Some(token) = &web.token {
                request = request.header(AUTHORIZATION, token.bearer());
            }
            let answer = request.call().map_err(|error| unreachable_server(&error))?;
            web.read(answer, most)
        })
    }

    /// The answer to a JSON body.
    pub(super) fn post(&self, url: &str, session: Option<&str>, body: &Value) -> Result<WebAnswer, TargetError> {
        let (web, url, session, body) = (self.clone(), url.to_owned(), session.map(str::to_owned), body.to_string());
        unless_stopped(&self.stop, move || web.send(&url, session.as_deref(), &body, web.patience))
    }

    /// The same for a last word to the server: also when stopping is asked, and not for long.
    pub(super) fn post_last(&self, url: &str, body: &Value) -> Result<WebAnswer, TargetError> {
        self.send(url, None, &body.to_string(), LAST_WORD.min(self.patience))
    }

    fn send(&self, url: &str, session: Option<&str>, body: &str, patience: Duration) -> Result<WebAnswer, TargetError> {
        let mut request = self.agent.post(url).header("Content-Type", "application/json");
        if let Some(session) = session {
            request = request.header("X-Session-ID", session);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.bearer());
        }
        let request = request.config().timeout_global(Some(patience)).build();
        let answer = request.send(body.as_bytes()).map_err(|error| unreachable_server(&error))?;
        self.read(answer, MAX_MESSAGE_BYTES)
    }

    fn read(&self, answer: ureq::http::Response<ureq::Body>, most: usize) -> Result<WebAnswer, TargetError> {
        let session = answer.headers().get("X-Session-ID").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        let body = answer.into_body().into_with_config().limit(most as u64).read_to_vec();
        let body = body.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(_) => {
                TargetError::lasting(format!("the server's answer is longer than {most} bytes"))
            }
            other => unreachable_server(&other),
        })?;
        Ok(WebAnswer { status, session, body: hide(self.token.as_ref(), body) })
    }
}

impl WebAnswer {
    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, TargetError> {
        serde_json::from_slice(&self.body)
            .map_err(|_| TargetError::lasting(format!("the server's answer is no JSON: {}", told(&self.body))))
    }

    /// The answer, if it is one of success; else an error in the server's words.
    pub(super) fn success(self) -> Result<WebAnswer, TargetError> {
        let message = match self.status {
            200 => return Ok(self),
            503 => format!("the server has no room: {}", told(&self.body)),
            300..=399 => "the server's address leads elsewhere (a redirect); give the address it leads to".to_owned(),
            401 => "the server wants its token, or another (401): --auth-token-file names the file that holds it"
                .to_owned(),
            403 => format!("the server does not let us in (403): {}", told(&self.body)),
            404 => format!("the server knows no such route or session (404): {}", told(&self.body)),
            status => format!("the server answered {status}: {}", told(&self.body)),
        };
        let may_pass = matches!(self.status, 429 | 502..=504);
        Err(TargetError { message, may_pass })
    }
}

fn unreachable_server(error: &ureq::Error) -> TargetError {
    let may_pass = matches!(
        error,
        ureq::Error::Timeout(_) | ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::HostNotFound
    );
    let message = match error {
        ureq::Error::Timeout(_) => "the server took too long to answer; --timeout allows more".to_owned(),
        error => format!("the server cannot be reached: {}", line(&error.to_string())),
    };
    TargetError { message, may_pass }
}

/// The beginning of what a server says, on one line, with nothing in it that steers a terminal.
pub(super) fn told(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_TOLD)]);
    line(&text)
}

/// The beginning of a text of somebody else's.
pub(super) fn line(text: &str) -> String {
    let mut line: String =
        text.chars().take(MAX_TOLD).map(|c| if c.is_control() { ' ' } else { crate::diag::visible(c) }).collect();
    if text.chars().nth(MAX_TOLD).is_some() {
        line.push('…');
    }
    if line.trim().is_empty() { "nothing was said".to_owned() } else { line.trim().to_owned() }
}
