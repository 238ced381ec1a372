//! A server's tools on `/mcp`: `start_task` and the five actions, in a session of one's own.

use serde_json::{Map, Value, json};

use crate::eval::{Environment, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};

use super::address::ServerUrl;
use super::answer::parse_answer;
use super::web::{Web, line};

/// The JSON-RPC code with which OpenEnv says that there is no room.
const NO_ROOM: i64 = -32000;

/// One session of tools.
pub(super) struct McpSession {
    web: Web,
    url: String,
    session: String,
    calls: u64,
    playing: Option<(Trial, String)>,
}

impl McpSession {
    pub(super) fn open(url: &ServerUrl, web: Web) -> Result<McpSession, TargetError> {
        let mut session = McpSession { web, url: url.http("/mcp"), session: String::new(), calls: 0, playing: None };
        let created = session.call("openenv/session/create", json!({}))?;
        let id = created.get("session_id").and_then(Value::as_str);
        session.session =
            id.ok_or_else(|| TargetError::lasting("the server made no session of tools".to_owned()))?.to_owned();
        Ok(session)
    }

    /// The result of a call.
    fn call(&mut self, method: &str, params: Value) -> Result<Value, TargetError> {
        self.calls += 1;
        let body = json!({ "jsonrpc": "2.0", "id": self.calls, "method": method, "params": params });
        let mut reply = self.web.post(&self.url, None, &body)?.success()?.json()?;
        if let Some(error) = reply.get("error").filter(|error| !error.is_null()) {
            let said = error.get("message").and_then(Value::as_str).unwrap_or_default();
            let may_pass = error.get("code").and_then(Value::as_i64) == Some(NO_ROOM);
            return Err(TargetError { message: format!("the server refused `{method}`: {}", line(said)), may_pass });
        }
        match reply.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(TargetError::lasting("the server's answer is no JSON-RPC reply".to_owned())),
        }
    }

    fn call_tool(&mut self, name: &str, arguments: Map<String, Value>) -> Result<StepResult, TargetError> {
        let params = json!({ "name": name, "arguments": arguments, "session_id": self.session });
        let result = self.call("tools/call", params)?;
        let Some((trial, episode_id)) = &self.playing else {
            return Err(TargetError::lasting("a step before the reset".to_owned()));
        };
        let value = result.get("structuredContent").or_else(|| result.get("data"));
        match value.filter(|value| value.get("observation").is_some()) {
            Some(value) => parse_answer(value, trial, episode_id).map_err(TargetError::lasting),
            None => {
                let said = result.pointer("/content/0/text").and_then(Value::as_str).unwrap_or_default();
                Err(TargetError::lasting(format!("the tool `{name}` answered without an observation: {}", line(said))))
            }
        }
    }
}

impl Environment for McpSession {
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError> {
        self.playing = Some((trial.clone(), episode_id.to_owned()));
        let mut arguments = Map::new();
        arguments.insert("task_id".to_owned(), trial.task_id.as_str().into());
        arguments.insert("episode_id".to_owned(), episode_id.into());
        if let Some(seed) = trial.seed {
            arguments.insert("seed".to_owned(), seed.into());
        }
        self.call_tool("start_task", arguments)
    }

    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError> {
        let mut arguments = Map::new();
        if let Some(field) = action.action_type.needs() {
            arguments.insert(field.to_owned(), action.argument().unwrap_or_default().into());
        }
        self.call_tool(action.action_type.as_str(), arguments)
    }

    /// A tool's arguments are checked before the game begins: one that is missing would be no step. An empty one is the
    /// same mistake within the game.
    fn carried(&self, action: ToolUseAction) -> ToolUseAction {
        let argument = action.argument().unwrap_or_default().to_owned();
        ToolUseAction::new(action.action_type, Some(argument))
    }
}

impl Drop for McpSession {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // A session that is not closed ends by itself, later.
            let params = json!({ "session_id": self.session });
            let call = json!({ "jsonrpc": "2.0", "id": 0, "method": "openenv/session/close", "params": params });
            let _ = self.web.post_last(&self.url, &call);
        }
    }
}
