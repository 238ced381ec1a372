//! Streams of server-sent events.

use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use hyper::body::Frame;

use crate::server::answer::content;

use super::desk::Call;

/// The most characters of one event's data, as ORS has it.
const CHUNK_CHARS: usize = 4096;
/// Tells proxies to pass events on as they come.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Hands out a session's id.
pub(super) fn stream_id(id: &str) -> Response<Body> {
    stream(format!("{}{}", Event("task_id", id), Event("end", "")))
}

/// What comes of a call: at once its id, by which it can be asked for once more, and then the answer.
pub(super) fn stream_call(call: Call) -> Response<Body> {
    let first = Event("task_id", &call.id).to_string();
    let rest = async move {
        match call.outcome.wait().await {
            Ok(answer) => answer_events(answer),
            Err(message) => Event("error", message).to_string(),
        }
    };
    stream(Body::new(TwoPieces { first: Some(first), rest: Some(Box::pin(rest)) }))
}

fn answer_events(answer: &str) -> String {
    let mut events = String::with_capacity(answer.len() + 32);
    let chunks = chunks(answer);
    for (at, chunk) in chunks.iter().enumerate() {
        let name = if at + 1 == chunks.len() { "end" } else { "chunk" };
        write!(events, "{}", Event(name, chunk)).expect("writing to a String does not fail");
    }
    events
}

/// A body that is there in part, and else to be waited for.
struct TwoPieces {
    first: Option<String>,
    rest: Option<Pin<Box<dyn Future<Output = String> + Send>>>,
}

impl hyper::body::Body for TwoPieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match (self.first.take(), &mut self.rest) {
            (Some(first), _) => first,
            (None, Some(rest)) => {
                let rest = ready!(rest.as_mut().poll(cx));
                self.rest = None;
                rest
            }
            (None, None) => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }
}

/// Ends a call that has no answer.
pub(super) fn stream_error(message: &str) -> Response<Body> {
    stream(Event("error", message).to_string())
}

/// One event: its name, and data of one line.
struct Event<'a>(&'a str, &'a str);

impl std::fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "event: {}\ndata: {}\n\n", self.0, self.1)
    }
}

fn stream(events: impl Into<Body>) -> Response<Body> {
    let mut response = content(StatusCode::OK, "text/event-stream; charset=utf-8", events);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// The JSON in pieces of [`CHUNK_CHARS`] characters at most. Clients drop the blanks that an event's data begins with, so a
/// blank that would open a piece is escaped; in JSON without layout it stands in a text.
fn chunks(json: &str) -> Vec<String> {
    let mut chunks = Vec::with_capacity(json.len() / CHUNK_CHARS + 1);
    let (mut chunk, mut chars) = (String::new(), 0);
    for c in json.chars() {
        if chars == CHUNK_CHARS {
            chunks.push(std::mem::take(&mut chunk));
            chars = 0;
        }
        if chars == 0 && !chunks.is_empty() && c.is_whitespace() {
            // Unicode has no blank beyond the first plane, so four digits do.
            write!(chunk, "\\u{:04x}", u32::from(c)).expect("writing to a String does not fail");
            chars = 6;
        } else {
            chunk.push(c);
            chars += 1;
        }
    }
    chunks.push(chunk);
    chunks
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(value: &Value, expect_chunks: usize) {
        let chunks = chunks(&value.to_string());
        assert_eq!(chunks.len(), expect_chunks);
        for chunk in &chunks {
            assert!(chunk.chars().count() <= CHUNK_CHARS && !chunk.starts_with(char::is_whitespace));
            assert!(!chunk.contains(['\n', '\r']));
        }
        assert_eq!(serde_json::from_str::<Value>(&chunks.concat()).expect("JSON"), *value);
    }

    #[test]
    fn pieces_join_to_what_was_cut() {
        check(&json!(null), 1);
        check(&json!("a".repeat(CHUNK_CHARS - 2)), 1);
        check(&json!("a".repeat(CHUNK_CHARS - 1)), 2);
        check(&json!("é\n".repeat(CHUNK_CHARS)), 4);
        for blank in [' ', '\u{a0}', '\u{2028}', '\u{3000}'] {
            check(&json!(blank.to_string().repeat(3 * CHUNK_CHARS)), 4);
        }
        // A blank behind a backslash that is itself escaped.
        check(&json!(format!("{}\\ b", "a".repeat(CHUNK_CHARS - 3))), 2);
    }

    #[test]
    fn an_event_is_two_lines_and_an_empty_one() {
        assert_eq!(Event("end", "").to_string(), "event: end\ndata: \n\n");
    }
}
