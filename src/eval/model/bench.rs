//! For tests: a model at a host that answers as it is told, by a clock that nobody waits for.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::eval::{ErrorKind, PlayerError, Usage};

use super::clock::FakeClock;
use super::endpoint::Endpoint;
use super::host::{Broken, Host, Reply};
use super::model::Model;
use super::options::ModelOptions;
use super::question::{Answer, Question};

/// A host that answers by a list, and then always "ok"; keeps what it was asked.
#[derive(Clone, Default)]
pub(super) struct Scripted {
    pub(super) answers: Arc<Mutex<VecDeque<Result<Reply, Broken>>>>,
    pub(super) asked: Arc<Mutex<Vec<Value>>>,
}

impl Host for Scripted {
    fn post(&self, body: &str) -> Result<Reply, Broken> {
        self.asked.lock().expect("no thread panics").push(serde_json::from_str(body).expect("requests are JSON"));
        let next = self.answers.lock().expect("no thread panics").pop_front();
        next.unwrap_or_else(|| status(200, OK))
    }
}

pub(super) const OK: &str = "{\"choices\":[{\"message\":{\"content\":\"ok\"}}],\
                  \"usage\":{\"prompt_tokens\":1000000,\"completion_tokens\":500000}}";

pub(super) fn status(status: u16, body: &str) -> Result<Reply, Broken> {
    Ok(Reply { status, body: body.as_bytes().to_vec(), ..Reply::default() })
}

pub(super) fn broken(was_sent: bool) -> Result<Reply, Broken> {
    Err(Broken { kind: ErrorKind::Connection, message: "it broke".to_owned(), was_sent, is_lasting: false })
}

pub(super) struct Bench {
    pub(super) host: Scripted,
    pub(super) clock: Arc<FakeClock>,
    pub(super) model: Model,
    pub(super) usage: Usage,
    pub(super) errors: BTreeMap<ErrorKind, u64>,
}

impl Bench {
    pub(super) fn new(answers: Vec<Result<Reply, Broken>>, change: impl FnOnce(&mut ModelOptions)) -> Bench {
        Bench::with_journal(answers, None, change)
    }

    pub(super) fn with_journal(
        answers: Vec<Result<Reply, Broken>>,
        journal: Option<&Path>,
        change: impl FnOnce(&mut ModelOptions),
    ) -> Bench {
        let key = |name: &str| (name == "API_KEY").then(|| "a-secret-key".to_owned());
        let endpoint = Endpoint::new("http://localhost/v1", key).expect("it is well formed");
        let mut options = ModelOptions::new(endpoint, "model");
        change(&mut options);
        let host = Scripted { answers: Arc::new(Mutex::new(answers.into())), ..Scripted::default() };
        let clock = Arc::new(FakeClock::default());
        let own = (Box::new(host.clone()), Box::new(clock.clone()));
        let model = Model::with(options, journal, Box::new(|_| {}), own.0, own.1).expect("the options fit");
        Bench { host, clock, model, usage: Usage::default(), errors: BTreeMap::new() }
    }

    pub(super) fn ask(&mut self, call: u32) -> Result<Answer, PlayerError> {
        let messages = vec![json!({ "role": "user", "content": format!("question {call}") })];
        let question = Question { trial: "trial", call, form: self.model.form(None), messages };
        self.model.ask(&question, &mut self.usage, &mut self.errors)
    }

    pub(super) fn asked(&self) -> usize {
        self.host.asked.lock().expect("no thread panics").len()
    }
}
