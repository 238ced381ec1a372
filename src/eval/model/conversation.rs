//! What was said in a trial so far, and how it is put to a model: with calls of tools, or as JSON in texts.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::protocol::{ActionType, ToolUseAction};
use crate::record::prompt;

use super::completion::{Said, cut};
use super::reading::drop_thoughts;

/// The longest text or arguments of an answer that a model is shown again, in bytes: twice the longest reply.
const MAX_SHOWN: usize = 32 * 1024;
/// What a call is told that was one too many.
const NOT_CARRIED_OUT: &str = "Not carried out: one tool is called in a turn.";

/// How actions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// By calls of tools.
    Tools,
    /// By JSON in a text.
    Json,
}

/// A conversation, whichever form it is put in: it may change in the middle.
#[derive(Debug)]
pub(super) struct Conversation {
    first: String,
    turns: Vec<Turn>,
}

/// What a model said, and what it was told.
#[derive(Debug)]
struct Turn {
    said: Said,
    /// What was read from it.
    action: Option<ToolUseAction>,
    answer: String,
}

impl Conversation {
    pub(super) fn new(first: String) -> Conversation {
        Conversation { first, turns: Vec::new() }
    }

    /// Adds what the model said. What it is told follows with [`Conversation::answer`].
    pub(super) fn push(&mut self, said: Said, action: Option<ToolUseAction>) {
        let said = said.map_texts(|text| if text.len() > MAX_SHOWN { cut(&text, MAX_SHOWN).to_owned() } else { text });
        self.turns.push(Turn { said, action, answer: String::new() });
    }

    /// Tells the model what came of what it said last.
    pub(super) fn answer(&mut self, text: String) {
        if let Some(turn) = self.turns.last_mut() {
            turn.answer = text;
        }
    }

    /// The messages of a request.
    pub(super) fn render(&self, form: Form) -> Vec<Value> {
        let system = if form == Form::Tools { &prompt::SYSTEM_OF_TOOLS } else { &prompt::SYSTEM };
        let mut messages = vec![message("system", system), message("user", &self.first)];
        for (number, turn) in self.turns.iter().enumerate() {
            match form {
                Form::Tools if !turn.said.calls.is_empty() => turn.push_calls(number, &mut messages),
                _ => {
                    messages.push(message("assistant", &turn.text()));
                    messages.push(message("user", &turn.answer));
                }
            }
        }
        messages
    }
}

impl Turn {
    /// What was said, as a text. Hosts refuse an empty one.
    fn text(&self) -> String {
        let text = drop_thoughts(&self.said.text);
        match (text.trim(), &self.action) {
            (_, Some(action)) if !self.said.calls.is_empty() => prompt::render_action(action),
            ("", Some(action)) => prompt::render_action(action),
            ("", None) => "(no answer)".to_owned(),
            (text, _) => text.to_owned(),
        }
    }

    /// Calls and what they are told, each of them: a host refuses a call that is left without. It refuses others' slips
    /// as well, so that what a model wrote is put right where it must be.
    fn push_calls(&self, number: usize, messages: &mut Vec<Value>) {
        let mut ids = HashSet::new();
        let (mut calls, mut results) = (Vec::new(), Vec::new());
        for (at, call) in self.said.calls.iter().enumerate() {
            let mut id = call.id.clone();
            if id.trim().is_empty() || !ids.insert(id.clone()) {
                id = format!("call_{number}_{at}");
                ids.insert(id.clone());
            }
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let is_named = !call.name.is_empty() && call.name.len() <= 64 && call.name.chars().all(is_name);
            let name = if is_named { call.name.as_str() } else { "unknown" };
            let is_object = serde_json::from_str::<serde_json::Map<String, Value>>(&call.arguments).is_ok();
            let arguments = match &self.action {
                _ if is_object => call.arguments.clone(),
                // The arguments that were read, though no JSON.
                Some(action) if at == 0 => render_arguments(action),
                _ => "{}".to_owned(),
            };
            let function = json!({ "name": name, "arguments": arguments });
            calls.push(json!({ "id": id, "type": "function", "function": function }));
            let told = if at == 0 { self.answer.as_str() } else { NOT_CARRIED_OUT };
            results.push(json!({ "role": "tool", "tool_call_id": id, "content": told }));
        }
        let text = drop_thoughts(&self.said.text);
        let text = text.trim();
        let content = if text.is_empty() { Value::Null } else { text.into() };
        messages.push(json!({ "role": "assistant", "content": content, "tool_calls": calls }));
        messages.append(&mut results);
    }
}

/// The five actions as tools.
pub(super) fn render_tools() -> &'static Value {
    static TOOLS: LazyLock<Value> = LazyLock::new(|| {
        let own = ActionType::ALL.map(|action_type| {
            // Words that not every host knows are left out: some refuse what they do not know.
            let needed = action_type.needs().map(|key| {
                let told = prompt::describe_argument(action_type).unwrap_or_default();
                (key.to_owned(), json!({ "type": "string", "description": told }))
            });
            let required: Vec<&str> = action_type.needs().into_iter().collect();
            let parameters = json!({
                "type": "object",
                "properties": needed.into_iter().collect::<Map<String, Value>>(),
                "required": required,
                "additionalProperties": false,
            });
            let (name, told) = (action_type.as_str(), prompt::describe_action(action_type));
            json!({ "type": "function", "function": { "name": name, "description": told, "parameters": parameters } })
        });
        own.into()
    });
    &TOOLS
}

fn message(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

fn render_arguments(action: &ToolUseAction) -> String {
    match (action.action_type.needs(), action.argument()) {
        (Some(key), Some(argument)) => json!({ key: argument }).to_string(),
        _ => "{}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::completion::Call;
    use super::*;

    fn said(text: &str, calls: &[(&str, &str, &str)]) -> Said {
        let own = |&(id, name, arguments): &(&str, &str, &str)| Call {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        };
        Said { text: text.to_owned(), calls: calls.iter().map(own).collect() }
    }

    /// The messages after the first two, for an answer that is told "shown".
    fn check(form: Form, said: Said, action: Option<&str>, expect: Value) {
        let mut conversation = Conversation::new("a case".to_owned());
        let action = action.map(|id| ToolUseAction::new(ActionType::InspectArtifact, Some(id.to_owned())));
        conversation.push(said, action);
        conversation.answer("shown".to_owned());
        let messages = conversation.render(form);
        assert_eq!(messages[1], json!({ "role": "user", "content": "a case" }));
        assert_eq!(json!(messages[2..]), expect);
    }

    #[test]
    fn every_call_is_answered() {
        let call = |id: &str, name: &str, arguments: &str| json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } });
        let told = |id: &str, text: &str| json!({ "role": "tool", "tool_call_id": id, "content": text });
        let order = "{\"artifact_id\":\"order\"}";
        check(
            Form::Tools,
            said("", &[("a", "inspect_artifact", order), ("a", "no such", "{"), ("", "review_ticket", "")]),
            Some("order"),
            json!([
                { "role": "assistant", "content": null, "tool_calls": [
                    call("a", "inspect_artifact", order), call("call_0_1", "unknown", "{}"), call("call_0_2", "review_ticket", "{}"),
                ] },
                told("a", "shown"), told("call_0_1", NOT_CARRIED_OUT), told("call_0_2", NOT_CARRIED_OUT),
            ]),
        );
        check(
            Form::Tools,
            said("<think>hm</think> so", &[("a", "inspect_artifact", "{\"artifact_id\":\"or\nder\"}")]),
            Some("or\nder"),
            json!([
                { "role": "assistant", "content": "so", "tool_calls": [call("a", "inspect_artifact", "{\"artifact_id\":\"or\\nder\"}")] },
                told("a", "shown"),
            ]),
        );
    }

    #[test]
    fn texts_are_told_in_texts() {
        let text =
            |text: &str| json!([{ "role": "assistant", "content": text }, { "role": "user", "content": "shown" }]);
        check(Form::Tools, said("I think", &[]), None, text("I think"));
        check(Form::Json, said(" <think>hm</think>{} ", &[]), Some("order"), text("{}"));
        check(Form::Json, said("<think>hm", &[]), None, text("(no answer)"));
        let action = "{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}";
        check(Form::Json, said("so", &[("a", "inspect_artifact", "")]), Some("order"), text(action));
    }

    #[test]
    fn the_tools_are_the_actions() {
        let names: Vec<&str> = render_tools()
            .as_array()
            .expect("a list")
            .iter()
            .map(|tool| tool["function"]["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, ActionType::ALL.map(ActionType::as_str));
        let parameters = |at: usize| render_tools()[at]["function"]["parameters"].clone();
        assert_eq!(
            parameters(0),
            json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false })
        );
        assert_eq!(parameters(1)["required"], json!(["artifact_id"]));
        assert!(!render_tools().to_string().contains("workspace_summary"));
    }
}
