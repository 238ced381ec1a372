//! Answers that come in pieces: server-sent events, put together.

use serde_json::Value;

use super::completion::{Completion, NoCompletion, Said, Tokens, check_failure, parse_cost};

/// What a stream ends with.
const DONE: &str = "[DONE]";
/// The longest event, in bytes: one may hold a whole answer.
const MAX_EVENT: usize = 1 << 20;

/// Puts a stream together.
///
/// # Errors
/// A failure that it tells of, and a stream without a piece of an answer, or one that broke off before its end.
pub(super) fn parse_stream(text: &str) -> Result<Completion, StreamError> {
    let mut answer = Completion { said: Said::default(), finish: None, tokens: None, cost: None };
    let (mut pieces, mut is_done) = (0_usize, false);
    for event in events(text) {
        if event.trim() == DONE {
            is_done = true;
            break;
        }
        if event.len() > MAX_EVENT {
            return Err(NoCompletion::Nonsense("an event of the stream is longer than 1 MiB").into());
        }
        let Ok(Value::Object(object)) = serde_json::from_str::<Value>(&event) else { continue };
        check_failure(&object)?;
        if let Some(usage) = object.get("usage") {
            answer.tokens = Tokens::parse(usage).or(answer.tokens);
            answer.cost = parse_cost(usage).or(answer.cost);
        }
        let Some(choices) = object.get("choices").and_then(Value::as_array) else { continue };
        let is_first = |choice: &&Value| choice.get("index").and_then(Value::as_u64).unwrap_or_default() == 0;
        for choice in choices.iter().filter(is_first) {
            pieces += 1;
            if let Some(delta) = choice.get("delta").or_else(|| choice.get("message")) {
                answer.said.push_text(delta.get("content"));
                for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
                    answer.said.push_call(call);
                }
            }
            if let Some(finish) = choice.get("finish_reason").and_then(Value::as_str) {
                answer.finish = Some(finish.chars().take(64).collect());
            }
        }
    }
    match (pieces, is_done || answer.finish.is_some()) {
        (0, true) => Err(NoCompletion::Nonsense("the stream has no piece of an answer").into()),
        (_, true) => Ok(answer),
        (_, false) => Err(StreamError::BrokeOff),
    }
}

/// Why a stream is no answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum StreamError {
    /// It holds something else.
    Not(NoCompletion),
    /// It ended before its end.
    BrokeOff,
}

impl From<NoCompletion> for StreamError {
    fn from(why: NoCompletion) -> StreamError {
        StreamError::Not(why)
    }
}

/// Whether so much of a stream is all of it: hosts may leave the connection open after its last event.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_end();
    bytes.strip_suffix(DONE.as_bytes()).is_some_and(|rest| rest.trim_ascii_end().ends_with(b"data:"))
}

/// Whether a text looks like a stream, for hosts that name another type or none.
pub(super) fn looks_streamed(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n']);
    ["data:", "event:", "id:", "retry:", ":"].iter().any(|field| text.starts_with(field))
}

/// The data of each event.
fn events(text: &str) -> impl Iterator<Item = String> {
    // A line ends with LF, CR and LF, or, in streams that no known host sends, CR alone.
    let end = if text.contains('\n') { '\n' } else { '\r' };
    let mut lines = text.trim_start_matches('\u{feff}').split(end).map(|line| line.strip_suffix('\r').unwrap_or(line));
    std::iter::from_fn(move || {
        let mut event: Option<String> = None;
        for line in lines.by_ref() {
            if let Some(data) = line.strip_prefix("data:") {
                let data = data.strip_prefix(' ').unwrap_or(data);
                match &mut event {
                    None => event = Some(data.to_owned()),
                    Some(event) => {
                        event.push('\n');
                        event.push_str(data);
                    }
                }
            } else if line.is_empty() && event.is_some() {
                return event;
            }
        }
        event
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A stream of these deltas, with its end.
    fn stream(deltas: &[Value]) -> String {
        let mut text = String::from(": a comment\n\n");
        for delta in deltas {
            text.push_str(&format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": delta }] })));
        }
        text + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
    }

    /// A text, and of each call its id, name and arguments.
    type Expect<'a> = (&'a str, &'a [(&'a str, &'a str, &'a str)]);

    fn check(text: &str, expect: Result<Expect<'_>, &str>) {
        match (parse_stream(text), expect) {
            (Ok(answer), Ok((said, calls))) => {
                let found = answer.said.calls.iter().map(|call| (&*call.id, &*call.name, &*call.arguments));
                assert_eq!((&*answer.said.text, found.collect::<Vec<_>>()), (said, calls.to_vec()), "{text}");
            }
            (Err(error), Err(part)) => assert!(format!("{error:?}").contains(part), "{text}: {error:?}"),
            (found, _) => panic!("{text}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn pieces_are_put_together() {
        check(
            &stream(&[json!({ "content": "he" }), json!({ "content": null }), json!({ "content": "llo" })]),
            Ok(("hello", &[])),
        );
        let calls = [
            json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "f", "arguments": "" } }] }),
            json!({ "tool_calls": [{ "index": 1, "id": "b", "function": { "name": "g", "arguments": "{" } }] }),
            json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "{\"a\":" } }] }),
            json!({ "tool_calls": [{ "index": 1, "function": { "arguments": "}" } }, { "index": 0, "function": { "arguments": "1}" } }] }),
        ];
        check(&stream(&calls), Ok(("", &[("a", "f", "{\"a\":1}"), ("b", "g", "{}")])));
        let whole = json!({ "tool_calls": [{ "id": "a", "function": { "name": "f", "arguments": "{}" } },
                                           { "id": "b", "function": { "name": "f", "arguments": "{}" } }] });
        check(&stream(&[whole]), Ok(("", &[("a", "f", "{}"), ("b", "f", "{}")])));
        check(&stream(&[json!({ "content": "é" })]).replace('\n', "\r\n"), Ok(("é", &[])));
        check(&stream(&[json!({ "content": "é" })]).replace('\n', "\r"), Ok(("é", &[])));
        let apart =
            "data: {\"choices\":\ndata: [{\"message\":{\"content\":\"a\"},\ndata: \"finish_reason\":\"stop\"}]}\n\n";
        check(apart, Ok(("a", &[])));
        check(&apart.replace('\n', "\r\n"), Ok(("a", &[])));
    }

    #[test]
    fn a_call_far_off_takes_no_room() {
        check(&stream(&[json!({ "tool_calls": [{ "index": 99_999_999, "id": "a" }] })]), Ok(("", &[])));
    }

    #[test]
    fn a_stream_that_ends_early_or_fails_is_told() {
        let whole = stream(&[json!({ "content": "a" })]);
        let broken = whole.split("data: {\"choices\":[{\"delta\"").next().expect("there is a piece");
        check(broken, Err("BrokeOff"));
        check("", Err("BrokeOff"));
        check("data: [DONE]\n\n", Err("Nonsense"));
        check(&format!("data: [{}1]\n\n{whole}", "1,".repeat(MAX_EVENT / 2)), Err("Nonsense"));
        check("data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n", Err("Failed(Some(503), \"busy\")"));
        assert!(is_whole(whole.as_bytes()) && is_whole(b"data:[DONE]"));
        assert!(!is_whole(b"[DONE]") && !is_whole(broken.as_bytes()));
        assert!(looks_streamed(&whole) && looks_streamed("data: 1") && !looks_streamed("{\"choices\":[]}"));
    }

    #[test]
    fn the_count_of_tokens_comes_last() {
        let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"cost\":0.5}}\n\ndata: [DONE]";
        let text = stream(&[json!({ "content": "a" })]).replace("data: [DONE]", usage);
        let answer = parse_stream(&text).expect("it is one");
        assert_eq!((answer.tokens, answer.cost), (Some(Tokens { prompt: 3, completion: 4 }), Some(0.5)));
        assert_eq!(answer.finish.as_deref(), Some("stop"));
    }
}
