//! What a model is asked for a trial, and what it answers.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::completion::Said;
use super::conversation::{Form, render_tools};
use super::options::ModelOptions;

/// A question of a trial.
pub(super) struct Question<'a> {
    pub(super) trial: &'a str,
    /// Which of the trial's answered calls it will be, from 0.
    pub(super) call: u32,
    pub(super) form: Form,
    pub(super) messages: Vec<Value>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) is_truncated: bool,
}

impl Question<'_> {
    /// SHA-256 over what is asked. The limit of tokens and the way it is sent are no part of it.
    pub(super) fn digest(&self, options: &ModelOptions) -> String {
        let asked = json!({
            "model": options.name,
            "temperature": options.temperature,
            "form": self.form,
            "messages": self.messages,
        });
        let nibble = |nibble: u8| char::from_digit(u32::from(nibble), 16).expect("four bits are a digit");
        Sha256::digest(asked.to_string()).iter().flat_map(|byte| [nibble(byte >> 4), nibble(byte & 15)]).collect()
    }

    /// The request; the limit of tokens goes by its newer name where `is_renamed`.
    pub(super) fn render(&self, options: &ModelOptions, is_renamed: bool) -> String {
        let mut body = json!({ "model": options.name, "messages": self.messages });
        if self.form == Form::Tools {
            body["tools"] = render_tools().clone();
        }
        if let Some(temperature) = options.temperature {
            body["temperature"] = temperature.into();
        }
        if let Some(most) = options.sent_tokens() {
            body[if is_renamed { "max_completion_tokens" } else { "max_tokens" }] = most.into();
        }
        if options.stream {
            body["stream"] = true.into();
            body["stream_options"] = json!({ "include_usage": true });
        }
        body.to_string()
    }
}
