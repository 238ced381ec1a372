//! What a host answers to a question: a message of the assistant, why it ended, and the tokens it took.

use serde_json::{Map, Value, json};

use super::price::is_cost;

/// The most characters of a text or of a call's arguments that are kept, in bytes: several times the longest reply.
const MAX_TEXT: usize = 128 * 1024;
/// The most calls of one answer that are kept. One is carried out.
const MAX_CALLS: usize = 16;
/// The longest id or name of a call, in bytes.
const MAX_NAME: usize = 128;
/// More tokens than any call takes: a hundred times the longest context there is. A count beyond is none.
const MAX_TOKENS: f64 = 1e8;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Completion {
    pub(super) said: Said,
    /// Why it ended, as the host says: `stop`, `tool_calls`, `length`.
    pub(super) finish: Option<String>,
    /// As the host counts them; `None` where it does not.
    pub(super) tokens: Option<Tokens>,
    /// US dollars, where the host says what it took.
    pub(super) cost: Option<f64>,
}

/// What the assistant said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) calls: Vec<Call>,
}

/// A call of a tool.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    /// JSON, or what should have been.
    pub(super) arguments: String,
}

/// Tokens of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) prompt: u64,
    pub(super) completion: u64,
}

/// Why there is no answer in what came.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NoCompletion {
    /// The host says that it failed: its status, where it gives one, and its words.
    Failed(Option<u16>, String),
    /// It is something else; what was missed.
    Nonsense(&'static str),
}

impl Completion {
    /// Reads a whole answer.
    pub(super) fn parse(value: &Value) -> Result<Completion, NoCompletion> {
        let Some(object) = value.as_object() else {
            return Err(NoCompletion::Nonsense("the answer is no JSON object"));
        };
        check_failure(object)?;
        let Some(choice) = object.get("choices").and_then(Value::as_array).and_then(|choices| choices.first()) else {
            return Err(NoCompletion::Nonsense("the answer has no `choices`"));
        };
        let Some(message) = choice.get("message").filter(|message| message.is_object()) else {
            return Err(NoCompletion::Nonsense("the answer's choice has no `message`"));
        };
        let usage = object.get("usage");
        Ok(Completion {
            said: Said::parse(message),
            finish: choice.get("finish_reason").and_then(Value::as_str).map(|text| cut(text, MAX_NAME).to_owned()),
            tokens: usage.and_then(Tokens::parse),
            cost: usage.and_then(parse_cost),
        })
    }
}

impl Said {
    /// Reads a message of the assistant. What is of another shape than agreed counts as not there.
    pub(super) fn parse(message: &Value) -> Said {
        let mut said = Said { text: String::new(), calls: Vec::new() };
        said.push_text(message.get("content"));
        if said.text.is_empty() {
            said.push_text(message.get("refusal"));
        }
        for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten().take(MAX_CALLS) {
            let mut own = Call::default();
            own.extend(call);
            said.calls.push(own);
        }
        // The form before there were several calls.
        if let Some(function) = message.get("function_call").filter(|call| call.is_object())
            && said.calls.is_empty()
        {
            let mut own = Call::default();
            own.extend(&json!({ "function": function }));
            said.calls.push(own);
        }
        said
    }

    /// Adds a text: a string, or a list of parts with texts.
    pub(super) fn push_text(&mut self, content: Option<&Value>) {
        match content {
            Some(Value::String(text)) => push_cut(&mut self.text, text, MAX_TEXT),
            Some(Value::Array(parts)) => {
                for part in parts {
                    let text = part.get("text").or(Some(part)).and_then(Value::as_str);
                    push_cut(&mut self.text, text.unwrap_or_default(), MAX_TEXT);
                }
            }
            _ => {}
        }
    }

    /// Adds a piece of a stream's call.
    pub(super) fn push_call(&mut self, piece: &Value) {
        let id = piece.get("id").and_then(Value::as_str).unwrap_or_default();
        let at = match piece.get("index").and_then(Value::as_u64) {
            Some(index) => index as usize,
            // Hosts that leave the index out send calls whole, or tell them apart by their ids.
            None => match self.calls.last() {
                Some(last) if id.is_empty() || last.id == id => self.calls.len() - 1,
                _ => self.calls.len(),
            },
        };
        if at < MAX_CALLS {
            while self.calls.len() <= at {
                self.calls.push(Call::default());
            }
            self.calls[at].extend(piece);
        }
    }

    /// The message as hosts write it.
    pub(super) fn to_value(&self) -> Value {
        let mut message = json!({ "role": "assistant", "content": self.text });
        if !self.calls.is_empty() {
            message["tool_calls"] = self.calls.iter().map(Call::to_value).collect();
        }
        message
    }

    /// Every text of it, changed by the same function.
    pub(super) fn map_texts(self, change: impl Fn(String) -> String) -> Said {
        let calls = self.calls.into_iter().map(|Call { id, name, arguments }| Call {
            id: change(id),
            name: change(name),
            arguments: change(arguments),
        });
        Said { calls: calls.collect(), text: change(self.text) }
    }

    /// Its size, in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len() + self.calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>()
    }
}

impl Call {
    /// Adds what a call, or a piece of one, says.
    fn extend(&mut self, call: &Value) {
        if let Some(id) = call.get("id").and_then(Value::as_str)
            && self.id.is_empty()
        {
            push_cut(&mut self.id, id, MAX_NAME);
        }
        // Some hosts put the function's members beside the id.
        let function = call.get("function").filter(|function| function.is_object()).unwrap_or(call);
        if let Some(name) = function.get("name").and_then(Value::as_str)
            && self.name != name
        {
            push_cut(&mut self.name, name, MAX_NAME);
        }
        match function.get("arguments") {
            Some(Value::String(text)) => push_cut(&mut self.arguments, text, MAX_TEXT),
            Some(value @ Value::Object(_)) => push_cut(&mut self.arguments, &value.to_string(), MAX_TEXT),
            _ => {}
        }
    }

    fn to_value(&self) -> Value {
        let function = json!({ "name": self.name, "arguments": self.arguments });
        json!({ "id": self.id, "type": "function", "function": function })
    }
}

impl Tokens {
    /// Reads a host's `usage`; none where a number is missing or cannot be.
    pub(super) fn parse(usage: &Value) -> Option<Tokens> {
        let count = |key: &str| usage.get(key)?.as_f64().filter(|number| (0.0..=MAX_TOKENS).contains(number));
        let tokens = Tokens { prompt: count("prompt_tokens")? as u64, completion: count("completion_tokens")? as u64 };
        // Servers that do not count send zeros; no question is without a token.
        (tokens.prompt > 0).then_some(tokens)
    }
}

/// What a host says that the call took, in US dollars; none where it took nothing, though there were tokens: somebody else
/// is paid for these.
pub(super) fn parse_cost(usage: &Value) -> Option<f64> {
    let amount = |of: Option<&Value>| of.and_then(Value::as_f64).filter(|cost| is_cost(*cost));
    let own = amount(usage.get("cost")).unwrap_or_default();
    // With a key of one's own for the provider behind the host, the host charges its fee alone. Its price for other calls
    // holds the provider's.
    let upstream = amount(usage.pointer("/cost_details/upstream_inference_cost")).unwrap_or_default();
    let is_apart = upstream > own || usage.get("is_byok").and_then(Value::as_bool) == Some(true);
    let cost = if is_apart { own + upstream } else { own };
    (cost > 0.0).then_some(cost)
}

/// Whether an object tells of a failure, as some hosts do after they have answered 200.
pub(super) fn check_failure(object: &Map<String, Value>) -> Result<(), NoCompletion> {
    match object.get("error") {
        None | Some(Value::Null) => Ok(()),
        Some(error) => {
            let status = [error.get("code"), error.get("status"), object.get("code")];
            let status = status.into_iter().flatten().find_map(|code| match code {
                Value::String(text) => text.parse().ok(),
                _ => code.as_u64().and_then(|code| u16::try_from(code).ok()),
            });
            Err(NoCompletion::Failed(status, render_failure(error)))
        }
    }
}

/// The words and the codes of an error that a host tells.
pub(super) fn render_failure(error: &Value) -> String {
    let of = |key: &str| error.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (error, of("message").or_else(|| of("detail")), of("code").or_else(|| of("type"))) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(message), Some(code)) => format!("{message} ({code})"),
        (_, Some(message), None) => message.to_owned(),
        _ => error.to_string(),
    }
}

/// Adds as much of a text as there is room for.
fn push_cut(text: &mut String, more: &str, most: usize) {
    text.push_str(cut(more, most.saturating_sub(text.len())));
}

/// A text's beginning, in whole characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str, name: &str, arguments: &str) -> Call {
        Call { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
    }

    fn check(message: Value, text: &str, calls: &[Call]) {
        let answer = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
        let found = Completion::parse(&answer).expect("it is one");
        assert_eq!((found.said.text.as_str(), &found.said.calls[..]), (text, calls), "{answer}");
        assert_eq!(Said::parse(&found.said.to_value()), found.said, "it is written as it is read");
    }

    #[test]
    fn reads_messages_of_all_hosts() {
        check(json!({ "content": "hello" }), "hello", &[]);
        check(json!({ "content": null }), "", &[]);
        check(json!({ "content": [{ "type": "text", "text": "a" }, { "type": "image" }, "b", 5] }), "ab", &[]);
        check(json!({ "content": null, "refusal": "no", "reasoning_content": "hm" }), "no", &[]);
        let tool = |arguments: Value| json!({ "tool_calls": [{ "id": "1", "function": { "name": "f", "arguments": arguments } }] });
        check(tool(json!("{\"a\":1}")), "", &[call("1", "f", "{\"a\":1}")]);
        check(tool(json!({ "a": 1 })), "", &[call("1", "f", "{\"a\":1}")]);
        check(tool(json!("")), "", &[call("1", "f", "")]);
        check(tool(json!(null)), "", &[call("1", "f", "")]);
        check(
            json!({ "tool_calls": [{ "name": "f", "arguments": "{}" }, 7] }),
            "",
            &[call("", "f", "{}"), call("", "", "")],
        );
        check(json!({ "function_call": { "name": "f", "arguments": "{}" } }), "", &[call("", "f", "{}")]);
        check(json!({ "tool_calls": "f", "content": {} }), "", &[]);
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let check =
            |answer: Value, expect: NoCompletion| assert_eq!(Completion::parse(&answer), Err(expect), "{answer}");
        check(json!([]), NoCompletion::Nonsense("the answer is no JSON object"));
        check(json!({ "choices": [] }), NoCompletion::Nonsense("the answer has no `choices`"));
        check(json!({ "choices": [{ "text": "a" }] }), NoCompletion::Nonsense("the answer's choice has no `message`"));
        let failed = |status, text: &str| NoCompletion::Failed(status, text.to_owned());
        check(json!({ "error": { "message": "busy", "code": 503 } }), failed(Some(503), "busy"));
        check(json!({ "error": { "message": "busy", "code": "full" } }), failed(None, "busy (full)"));
        check(json!({ "error": "busy" }), failed(None, "busy"));
        check(json!({ "error": ["busy"] }), failed(None, "[\"busy\"]"));
    }

    #[test]
    fn counts_are_kept_in_bounds() {
        let check = |usage: Value, expect| assert_eq!(Tokens::parse(&usage), expect, "{usage}");
        let tokens = |prompt, completion| Some(Tokens { prompt, completion });
        check(json!({ "prompt_tokens": 5, "completion_tokens": 7 }), tokens(5, 7));
        check(json!({ "prompt_tokens": 5.0 }), None);
        check(json!({ "completion_tokens": 5.0 }), None);
        check(json!({ "prompt_tokens": 5, "completion_tokens": 0 }), tokens(5, 0));
        check(json!({ "prompt_tokens": 0, "completion_tokens": 0 }), None);
        check(json!({ "prompt_tokens": -5, "completion_tokens": 7 }), None);
        check(json!({ "prompt_tokens": 5, "completion_tokens": 1e308 }), None);
        check(json!({ "prompt_tokens": "5", "completion_tokens": 7 }), None);
        check(json!(null), None);
        let with_key = |cost: f64, upstream: f64, is_byok: bool, expect| {
            let details = json!({ "upstream_inference_cost": upstream });
            let usage = json!({ "cost": cost, "is_byok": is_byok, "cost_details": details });
            assert_eq!(parse_cost(&usage), expect, "{usage}");
        };
        with_key(0.0, 2.0, true, Some(2.0));
        with_key(0.5, 19.0, false, Some(19.5));
        with_key(0.5, 0.25, true, Some(0.75));
        with_key(0.5, 0.5, false, Some(0.5));
        with_key(0.0, 0.0, true, None);
        let check = |cost: f64, expect| assert_eq!(parse_cost(&json!({ "cost": cost })), expect, "{cost}");
        check(0.25, Some(0.25));
        check(-0.25, None);
        check(1e308, None);
        check(f64::NAN, None);
    }

    #[test]
    fn a_gigantic_answer_is_cut() {
        let calls: Vec<Value> = (0..99).map(|_| json!({ "id": "é".repeat(999), "name": "f" })).collect();
        let said = Said::parse(&json!({ "content": "é".repeat(MAX_TEXT), "tool_calls": calls }));
        assert_eq!((said.text.len(), said.calls.len(), said.calls[0].id.len()), (MAX_TEXT, MAX_CALLS, MAX_NAME));
    }
}
