//! What to make of a call that was not answered: whether to ask again, and when.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::diag::visible;
use crate::eval::ErrorKind;

use super::completion::{Completion, NoCompletion, cut, render_failure};
use super::host::{Broken, Reply};
use super::stream::{StreamError, looks_streamed, parse_stream};

/// The longest that a host is waited for at its own word.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// What is said of a host that has no such page, or no such model.
const NOTHING_THERE: &str = "nothing is there; are API_BASE_URL and the model's name right?";
/// The most characters of a host's words that are told.
const MAX_WORDS: usize = 300;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trouble {
    pub(super) kind: ErrorKind,
    /// For people; what a host said in it steers no terminal.
    pub(super) message: String,
    pub(super) then: Then,
    /// How long the host wants to be left alone.
    pub(super) wait: Option<Duration>,
    /// Whether it may have to be paid all the same.
    pub(super) may_cost: bool,
}

/// What to do after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The same may be answered, if the host gets over it.
    Again,
    /// The same will be answered when the host has room.
    Later,
    /// This question will never be answered.
    Fail,
    /// No question will ever be answered.
    Stop,
    /// The same, where none was answered before.
    StopAtFirst,
    /// The host wants the limit of tokens by its newer name.
    RenameLimit,
}

impl Trouble {
    pub(super) fn of_broken(broken: Broken) -> Trouble {
        let Broken { kind, message, was_sent, is_lasting } = broken;
        let then = match was_sent {
            _ if is_lasting => Then::StopAtFirst,
            // Whatever was to be asked.
            false => Then::Later,
            true => Then::Again,
        };
        Trouble { kind, message: shorten(&message), then, wait: None, may_cost: was_sent }
    }

    /// Of an answer that tells of a failure.
    pub(super) fn of_status(status: u16, words: &str, has_tools: bool) -> Trouble {
        let lower = words.to_ascii_lowercase();
        let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
        let is_slow_down = status == 429;
        let is_refusal = (400..500).contains(&status) && !is_slow_down;
        let refuses_tools = matches!(status, 400 | 404 | 405 | 415 | 422 | 500 | 501);
        let names_no_model = says(&["model"])
            && says(&["not found", "not_found", "not exist", "not a valid model", "no such model", "unknown model"]);
        let is_spent = status == 402 || (is_slow_down && says(&["insufficient_quota", "exceeded your current quota"]));
        let is_too_long = is_refusal
            && says(&[
                "context_length_exceeded",
                "context length",
                "context window",
                "context size",
                "too many tokens",
            ]);
        let (kind, then, why) = match status {
            _ if is_spent => (ErrorKind::Budget, Then::Stop, "the account at the host is spent"),
            401 | 403 => (ErrorKind::Auth, Then::Stop, "the host does not let us in"),
            _ if is_too_long => (
                ErrorKind::Refused,
                Then::Fail,
                "the conversation is longer than the model's context, or than --max-tokens leaves",
            ),
            400 | 422 if says(&["max_completion_tokens"]) => {
                (ErrorKind::Refused, Then::RenameLimit, "the host wants `max_completion_tokens`")
            }
            _ if has_tools && refuses_tools && says(&["tool", "function call"]) => {
                (ErrorKind::ToolsRefused, Then::Fail, "the host takes no tools; --mode json does without")
            }
            429 => (ErrorKind::RateLimit, Then::Later, "the host asks for fewer calls; --rpm and --tpm set a pace"),
            408 => (ErrorKind::Timeout, Then::Again, "the host waited too long"),
            409 | 425 => (ErrorKind::Server, Then::Again, "the host is busy"),
            503 | 529 => (ErrorKind::Server, Then::Later, "the host is busy"),
            500.. => (ErrorKind::Server, Then::Again, "the host failed"),
            404 => (ErrorKind::Refused, Then::StopAtFirst, NOTHING_THERE),
            400 | 422 if names_no_model => (ErrorKind::Refused, Then::StopAtFirst, NOTHING_THERE),
            300..400 => {
                let why = "the host sends us elsewhere, where no key is carried; set API_BASE_URL to where it moved";
                (ErrorKind::Refused, Then::Fail, why)
            }
            _ => (ErrorKind::Refused, Then::Fail, "the host refused the request"),
        };
        let words = shorten(words);
        let words = if words.is_empty() { words } else { format!(": {words}") };
        let message = format!("{why} (status {status}){words}");
        // A gateway that gives up says nothing of what the host behind it has made by then.
        Trouble { kind, message, then, wait: None, may_cost: matches!(status, 504 | 524) }
    }

    fn of_nonsense(what: &str) -> Trouble {
        let message = format!("{what}; is API_BASE_URL the address of an OpenAI-compatible host?");
        Trouble { kind: ErrorKind::Nonsense, message, then: Then::Again, wait: None, may_cost: true }
    }

    fn of_no_completion(why: NoCompletion, has_tools: bool) -> Trouble {
        match why {
            // Said after 200: part of an answer may have been made.
            NoCompletion::Failed(status, words) => {
                let status = status.filter(|status| (400..600).contains(status)).unwrap_or(500);
                Trouble { may_cost: true, ..Trouble::of_status(status, &words, has_tools) }
            }
            NoCompletion::Nonsense(what) => Trouble::of_nonsense(what),
        }
    }
}

/// Reads what came back.
pub(super) fn parse_reply(reply: &Reply, has_tools: bool, today: SystemTime) -> Result<Completion, Trouble> {
    let text = String::from_utf8_lossy(&reply.body);
    if !(200..300).contains(&reply.status) {
        let words = match serde_json::from_str::<Value>(&text) {
            Ok(value) => render_failure(value.get("error").unwrap_or(&value)),
            Err(_) => text.into_owned(),
        };
        return Err(Trouble { wait: parse_wait(reply, today), ..Trouble::of_status(reply.status, &words, has_tools) });
    }
    if reply.is_stream || looks_streamed(&text) {
        return parse_stream(&text).map_err(|why| match why {
            StreamError::Not(why) => Trouble::of_no_completion(why, has_tools),
            StreamError::BrokeOff => Trouble {
                kind: ErrorKind::Connection,
                message: "the answer broke off".to_owned(),
                then: Then::Again,
                wait: None,
                may_cost: true,
            },
        });
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => Completion::parse(&value).map_err(|why| Trouble::of_no_completion(why, has_tools)),
        Err(_) => Err(Trouble::of_nonsense("the answer is no JSON")),
    }
}

/// How long a host wants to be left alone: milliseconds, seconds, or until a date.
fn parse_wait(reply: &Reply, today: SystemTime) -> Option<Duration> {
    let number = |text: &String| text.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
    let most = MAX_WAIT.as_secs_f64();
    let seconds = reply.retry_after_ms.as_ref().and_then(number).map(|number| number / 1e3);
    let seconds = seconds.or_else(|| reply.retry_after.as_ref().and_then(number));
    let date = || {
        let moment = httpdate::parse_http_date(reply.retry_after.as_deref()?.trim()).ok()?;
        Some(moment.duration_since(today).unwrap_or_default().min(MAX_WAIT))
    };
    seconds.map(|seconds| Duration::from_secs_f64(seconds.min(most))).or_else(date)
}

/// A host's words on one line, cut where they are long.
fn shorten(words: &str) -> String {
    let words = cut(words, MAX_WORDS * 8).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = words.chars().take(MAX_WORDS).map(visible).collect();
    if short.len() < words.len() && words.chars().count() > MAX_WORDS {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expect: (ErrorKind, Then)) {
        let reply = Reply { status, body: body.as_bytes().to_vec(), ..Reply::default() };
        let trouble = parse_reply(&reply, true, SystemTime::UNIX_EPOCH).expect_err("it is no answer");
        assert_eq!((trouble.kind, trouble.then), expect, "{status} {body}: {}", trouble.message);
    }

    #[test]
    fn each_status_has_its_kind() {
        let error = |message: &str| format!("{{\"error\":{{\"message\":\"{message}\"}}}}");
        check(429, "", (ErrorKind::RateLimit, Then::Later));
        check(429, &error("You exceeded your current quota"), (ErrorKind::Budget, Then::Stop));
        check(402, "", (ErrorKind::Budget, Then::Stop));
        for status in [409, 500, 502, 504] {
            check(status, "<html>bad gateway</html>", (ErrorKind::Server, Then::Again));
        }
        for status in [503, 529] {
            check(status, "<html>overloaded</html>", (ErrorKind::Server, Then::Later));
        }
        check(408, "", (ErrorKind::Timeout, Then::Again));
        check(401, &error("no"), (ErrorKind::Auth, Then::Stop));
        check(403, &error("tools are not for you"), (ErrorKind::Auth, Then::Stop));
        check(400, &error("bad"), (ErrorKind::Refused, Then::Fail));
        check(404, &error("no such page"), (ErrorKind::Refused, Then::StopAtFirst));
        check(400, &error("x is not a valid model ID"), (ErrorKind::Refused, Then::StopAtFirst));
        check(307, "", (ErrorKind::Refused, Then::Fail));
        check(
            400,
            "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}",
            (ErrorKind::Refused, Then::Fail),
        );
        check(400, &error("use 'max_completion_tokens' instead"), (ErrorKind::Refused, Then::RenameLimit));
    }

    #[test]
    fn a_refusal_of_tools_is_known_by_its_words() {
        let refused = (ErrorKind::ToolsRefused, Then::Fail);
        check(400, "{\"error\":\"registry/x does not support tools\"}", refused);
        check(404, "{\"error\":{\"message\":\"No endpoints found that support tool use\",\"code\":404}}", refused);
        check(422, "{\"detail\":[{\"loc\":[\"body\",\"tools\"],\"msg\":\"Extra inputs\"}]}", refused);
        check(500, "{\"error\":{\"message\":\"tools param requires --jinja flag\"}}", refused);
        check(501, "{\"message\":\"function calling is not implemented\"}", refused);
        let trouble = Trouble::of_status(400, "tools?", false);
        assert_eq!(trouble.kind, ErrorKind::Refused, "there were none");
    }

    #[test]
    fn what_is_no_answer_may_have_cost() {
        check(200, "<html>", (ErrorKind::Nonsense, Then::Again));
        check(200, "{\"choices\":[]}", (ErrorKind::Nonsense, Then::Again));
        check(200, "{\"error\":{\"code\":429}}", (ErrorKind::RateLimit, Then::Later));
        check(200, "{\"error\":\"overloaded\"}", (ErrorKind::Server, Then::Again));
        check(200, "data: {\"choices\":[{\"delta\":{}}]}\n\n", (ErrorKind::Connection, Then::Again));
    }

    #[test]
    fn a_host_is_waited_for_within_bounds() {
        let check = |seconds: Option<&str>, milliseconds: Option<&str>, expect: Option<f64>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let reply = Reply { retry_after: own(seconds), retry_after_ms: own(milliseconds), ..Reply::default() };
            let today = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:30 GMT").expect("a date");
            assert_eq!(parse_wait(&reply, today).map(|wait| wait.as_secs_f64()), expect, "{reply:?}");
        };
        check(None, None, None);
        check(Some("2"), None, Some(2.0));
        check(Some(" 0.5 "), None, Some(0.5));
        check(Some("2"), Some("1500"), Some(1.5));
        check(Some("999999999999999999999"), None, Some(60.0));
        check(Some("inf"), None, Some(60.0));
        check(Some("-1"), None, None);
        check(Some("nan"), None, None);
        check(Some("soon"), None, None);
        check(Some("Sun, 06 Nov 1994 08:49:37 GMT"), None, Some(7.0));
        check(Some("Sun, 06 Nov 1994 08:49:00 GMT"), None, Some(0.0));
        check(Some("Mon, 06 Nov 1995 08:49:00 GMT"), None, Some(60.0));
    }

    #[test]
    fn words_of_a_host_steer_no_terminal() {
        let trouble = Trouble::of_status(400, &format!("\u{1b}[2J\n{}", "é".repeat(9_999)), false);
        assert!(
            !trouble.message.contains(['\u{1b}', '\n']) && trouble.message.chars().count() < 400,
            "{}",
            trouble.message
        );
    }
}
