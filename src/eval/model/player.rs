//! A model as a player of trials.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::eval::{ErrorKind, Player, PlayerError, Trial, Usage};
use crate::protocol::{StepResult, ToolUseAction};
use crate::record::prompt;

use super::conversation::{Conversation, Form};
use super::model::Model;
use super::question::{Answer, Question};
use super::reading::read_action;

/// How often in a row a model is told what was wrong with its answer.
const MAX_REMINDERS: u32 = 3;
/// After so many texts in a row where tools were to be called, tools are done without.
const MAX_TEXTS: u32 = 3;

/// Plays a trial by asking a model.
pub struct LlmPlayer {
    model: Arc<Model>,
    trial: String,
    conversation: Option<Conversation>,
    /// Calls that were answered.
    calls: u32,
    /// Texts in a row where tools were to be called.
    texts: u32,
    usage: Usage,
    /// Troubles since the answer before.
    errors: BTreeMap<ErrorKind, u64>,
}

impl LlmPlayer {
    /// A player of this trial.
    pub fn new(model: Arc<Model>, trial: &Trial) -> LlmPlayer {
        LlmPlayer {
            model,
            trial: trial.to_string(),
            conversation: None,
            calls: 0,
            texts: 0,
            usage: Usage::default(),
            errors: BTreeMap::new(),
        }
    }

    /// The model's next answer, and the form that it was asked for in.
    fn ask(&mut self) -> Result<(Answer, Form), PlayerError> {
        let conversation = self.conversation.as_ref().expect("it began with the first observation");
        let kept = self.model.kept(&self.trial, self.calls);
        let mut form = self.model.form(kept.as_ref().map(|kept| kept.form));
        let mut question = Question { trial: &self.trial, call: self.calls, form, messages: conversation.render(form) };
        let recalled = kept.and_then(|kept| self.model.recall(&question, kept, &mut self.usage));
        let answer = match recalled {
            Some(answer) => answer,
            None => loop {
                match self.model.ask(&question, &mut self.usage, &mut self.errors) {
                    Ok(answer) => break answer,
                    Err(error) if error.kind == ErrorKind::ToolsRefused && form == Form::Tools => {
                        if !self.model.go_without_tools("the host takes no tools") {
                            return Err(error);
                        }
                        form = Form::Json;
                        question = Question { form, messages: conversation.render(form), ..question };
                    }
                    Err(error) => return Err(error),
                }
            },
        };
        self.calls += 1;
        Ok((answer, form))
    }

    fn count(&mut self, kind: ErrorKind) {
        *self.usage.errors.entry(kind).or_default() += 1;
    }
}

impl Player for LlmPlayer {
    fn act(&mut self, seen: &StepResult) -> Result<Option<ToolUseAction>, PlayerError> {
        match &mut self.conversation {
            None => self.conversation = Some(Conversation::new(prompt::render_first(&seen.observation))),
            Some(conversation) => conversation.answer(prompt::render_answer(seen)),
        }
        let mut reminders = 0;
        loop {
            let (Answer { said, is_truncated }, form) = self.ask()?;
            if form == Form::Tools && said.calls.is_empty() && !is_truncated {
                self.texts += 1;
                if self.texts >= MAX_TEXTS {
                    self.model.go_without_tools("the model calls no tools");
                }
            } else {
                self.texts = 0;
            }
            if is_truncated {
                self.count(ErrorKind::Truncated);
            }
            let read = read_action(&said);
            let conversation = self.conversation.as_mut().expect("it was begun above");
            let why = match read {
                Ok(action) => {
                    let action = self.model.redact_action(action);
                    conversation.push(said, Some(action.clone()));
                    return Ok(Some(action));
                }
                Err(why) => why,
            };
            let (kind, told) = match is_truncated {
                true => (
                    ErrorKind::Truncated,
                    "Your answer was cut off at the limit of tokens. Answer more briefly.".to_owned(),
                ),
                false => (ErrorKind::NoAction, why),
            };
            conversation.push(said, None);
            conversation.answer(format!("Error: {told} Nothing was carried out: give one action."));
            if !is_truncated {
                self.count(ErrorKind::NoAction);
            }
            reminders += 1;
            if reminders > MAX_REMINDERS {
                let what = if is_truncated {
                    "the model's answers are cut off at their limit; --max-tokens raises it"
                } else {
                    "the model's answers hold no action"
                };
                let message = format!("{what} ({reminders} answers in a row): {told}");
                return Err(PlayerError::of_trial(kind, message));
            }
        }
    }

    fn usage(&self) -> Usage {
        self.usage.clone()
    }
}
