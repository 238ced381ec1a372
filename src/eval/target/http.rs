//! A server's `/reset` and `/step`, with a session of one's own.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use crate::eval::{Environment, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};

use super::address::ServerUrl;
use super::answer::parse_answer;
use super::web::{Web, WebAnswer};

/// Sessions of a server that nobody plays in: they hold a place there, and are taken up again before a new one is asked
/// for.
#[derive(Debug)]
pub(super) struct Idle {
    ids: Mutex<Vec<String>>,
    web: Web,
    /// Where sessions are closed; OpenEnv has no route of its own for those of HTTP.
    mcp_url: String,
}

impl Idle {
    pub(super) fn new(url: &ServerUrl, web: Web) -> Arc<Idle> {
        Arc::new(Idle { ids: Mutex::default(), web, mcp_url: url.http("/mcp") })
    }

    fn take(&self) -> Option<String> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give(&self, id: String) {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        while let Some(id) = self.take() {
            let params = json!({ "session_id": id });
            let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "openenv/session/close", "params": params });
            // A server that cannot be asked closes them by itself, later.
            if self.web.post_last(&self.mcp_url, &call).is_err() {
                return;
            }
        }
    }
}

/// One session over HTTP.
pub(super) struct HttpSession {
    web: Web,
    reset_url: String,
    step_url: String,
    idle: Arc<Idle>,
    session: Option<String>,
    playing: Option<(Trial, String)>,
}

impl HttpSession {
    pub(super) fn new(url: &ServerUrl, web: Web, idle: Arc<Idle>) -> HttpSession {
        let session = idle.take();
        let (reset_url, step_url) = (url.http("/reset"), url.http("/step"));
        HttpSession { web, reset_url, step_url, idle, session, playing: None }
    }

    fn read(&self, answer: &WebAnswer) -> Result<StepResult, TargetError> {
        let Some((trial, episode_id)) = &self.playing else {
            return Err(TargetError::lasting("a step before the reset".to_owned()));
        };
        parse_answer(&answer.json()?, trial, episode_id).map_err(TargetError::lasting)
    }
}

impl Environment for HttpSession {
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError> {
        let body = json!({ "task_id": trial.task_id, "seed": trial.seed, "episode_id": episode_id });
        let mut answer = self.web.post(&self.reset_url, self.session.as_deref(), &body)?;
        if answer.status == 404 && self.session.take().is_some() {
            // It was idle for too long.
            answer = self.web.post(&self.reset_url, None, &body)?;
        }
        let answer = answer.success()?;
        self.playing = Some((trial.clone(), episode_id.to_owned()));
        let seen = self.read(&answer)?;
        let told = answer.session.or_else(|| seen.observation.metadata.session_id.as_deref().map(str::to_owned));
        if told.is_none() && self.session.is_none() {
            return Err(TargetError::lasting(
                "the server tells no session over HTTP, so that trials could not be told apart: use --transport ws"
                    .to_owned(),
            ));
        }
        self.session = told.or(self.session.take());
        Ok(seen)
    }

    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError> {
        let body = json!({ "action": action });
        let answer = self.web.post(&self.step_url, self.session.as_deref(), &body)?.success()?;
        self.read(&answer)
    }
}

impl Drop for HttpSession {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.idle.give(session);
        }
    }
}
