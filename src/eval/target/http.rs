//! A server's `/reset` and `/step`, with a session of one's own.

use serde_json::json;

use crate::eval::{Environment, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};

use super::address::ServerUrl;
use super::answer::parse_answer;
use super::web::{Web, WebAnswer};

/// One session over HTTP.
pub(super) struct HttpSession {
    web: Web,
    reset_url: String,
    step_url: String,
    session: Option<String>,
    playing: Option<(Trial, String)>,
}

impl HttpSession {
    pub(super) fn new(url: &ServerUrl, web: Web) -> HttpSession {
        HttpSession { web, reset_url: url.http("/reset"), step_url: url.http("/step"), session: None, playing: None }
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
        let answer = self.web.post(&self.reset_url, self.session.as_deref(), &body)?.success()?;
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
