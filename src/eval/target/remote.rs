//! A server by its address.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::eval::run::Stop;
use crate::eval::{Environment, Target, TargetError};
use crate::task::Catalog;

use super::address::{ServerUrl, Transport};
use super::http::{HttpSession, Idle};
use super::mcp::McpSession;
use super::mirror::Mirrored;
use super::token::Token;
use super::web::{Web, line};
use super::ws::WsSession;

/// The longest list of tasks, in bytes: 10,000 tasks with long objectives.
const MAX_LIST_BYTES: usize = 16 << 20;
/// The longest id of a task that is played.
const MAX_ID_BYTES: usize = 128;

/// A server, and how it is spoken to.
#[derive(Debug)]
pub struct Remote {
    url: ServerUrl,
    transport: Transport,
    patience: Duration,
    web: Web,
    token: Option<Token>,
    idle: Arc<Idle>,
    known: Arc<Catalog>,
    stop: Arc<Stop>,
}

/// What a server tells of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTask {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `easy`, `medium` or `hard`; empty where it is not told.
    pub difficulty: String,
    /// `train`, `validation` or `test`; empty where it is not told.
    pub split: String,
    /// The most steps; 0 where it is not told.
    pub max_steps: u32,
}

impl Remote {
    /// The server at this address, each answer of which may take that long. Where it plays a pack that is `known`, its
    /// answers are compared with what they should be. A `token` is sent with every request, to this address alone; it is
    /// one word of visible ASCII characters, and one that cannot stand in a header is not sent. Where the
    /// server says it back, `[key]` stands in its place. Once `stop` is asked, nothing
    /// is waited for any more.
    pub fn new(
        url: ServerUrl,
        token: Option<&str>,
        transport: Transport,
        patience: Duration,
        known: Arc<Catalog>,
        stop: Arc<Stop>,
    ) -> Remote {
        let token = token.and_then(Token::new);
        let web = Web::new(&url, patience, token.clone(), stop.clone());
        let idle = Idle::new(&url, web.clone());
        Remote { url, transport, patience, web, token, idle, known, stop }
    }

    /// The tasks that the server offers, in its order; `None` where it has no such list.
    ///
    /// # Errors
    /// A server that cannot be reached, and a list that is none.
    pub fn tasks(&self) -> Result<Option<Vec<PublicTask>>, TargetError> {
        self.offer().map(|(_, tasks)| tasks)
    }

    /// The environment's name, empty where it is not told, and [`Remote::tasks`].
    ///
    /// # Errors
    /// As those of [`Remote::tasks`].
    pub fn offer(&self) -> Result<(String, Option<Vec<PublicTask>>), TargetError> {
        let answer = self.web.get(&self.url.http("/tasks"), MAX_LIST_BYTES)?;
        if matches!(answer.status, 404 | 405 | 501) {
            return Ok((String::new(), None));
        }
        let document = answer.success()?.json()?;
        let list = document.get("tasks").and_then(Value::as_array);
        let name = document.get("env_name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(list) = list else { return Ok((name, None)) };
        let tasks: Vec<PublicTask> = list.iter().map(PublicTask::parse).collect::<Result<_, _>>()?;
        let mut ids = BTreeSet::new();
        if let Some(task) = tasks.iter().find(|task| !ids.insert(&*task.id)) {
            return Err(TargetError::lasting(format!("the server lists the task `{}` twice", task.id)));
        }
        Ok((name, Some(tasks)))
    }
}

impl Target for Remote {
    fn open(&self) -> Result<Box<dyn Environment>, TargetError> {
        let server: Box<dyn Environment> = match self.transport {
            Transport::Ws => {
                Box::new(WsSession::open(&self.url, self.token.clone(), self.patience, self.stop.clone())?)
            }
            Transport::Http => Box::new(HttpSession::new(&self.url, self.web.clone(), self.idle.clone())),
            Transport::Mcp => Box::new(McpSession::open(&self.url, self.web.clone())?),
        };
        Ok(Box::new(Mirrored::new(server, self.known.clone())))
    }
}

impl PublicTask {
    fn parse(task: &Value) -> Result<PublicTask, TargetError> {
        let word = |key: &str| task.get(key).and_then(Value::as_str);
        let id = word("id").unwrap_or_default();
        // An id becomes the name of an episode, and of files.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if id.is_empty() || id.len() > MAX_ID_BYTES || id.starts_with('.') || !id.bytes().all(is_plain) {
            return Err(TargetError::lasting(format!("the server names a task `{}`, which is no task's id", line(id))));
        }
        let title = word("title").map_or_else(|| id.to_owned(), line);
        let choice = |key: &str, of: [&str; 3]| {
            of.into_iter().find(|name| word(key) == Some(name)).unwrap_or_default().to_owned()
        };
        let max_steps = task.get("max_steps").and_then(Value::as_u64).and_then(|steps| u32::try_from(steps).ok());
        Ok(PublicTask {
            id: id.to_owned(),
            title,
            difficulty: choice("difficulty", ["easy", "medium", "hard"]),
            split: choice("split", ["train", "validation", "test"]),
            max_steps: max_steps.unwrap_or(0),
        })
    }
}
