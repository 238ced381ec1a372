//! WebSocket frames.

use serde::Serialize;
use serde_json::Value;

use super::body::parse_reset_fields;
use super::error::{Placed, ValidationErrors, echo, shorten};
use super::fields::{Fields, nearest, not_an_object};
use super::json::{Json, parse_json};
use super::rpc::parse_rpc_value;
use super::tool_step::parse_step_action;
use super::{ResetRequest, RpcError, RpcRequest, State, StepAction, StepResult};

/// The types of frames that clients send.
const FRAME_TYPES: [&str; 5] = ["reset", "step", "state", "mcp", "close"];

/// One frame of a client.
#[derive(Debug, Clone)]
pub enum ClientFrame {
    /// Begin an episode.
    Reset(ResetRequest),
    /// Act.
    Step(StepAction),
    /// Say where the episode stands.
    State,
    /// A JSON-RPC call; a bad one is answered inside of an `mcp` frame too.
    Mcp(Result<RpcRequest, RpcError>),
    /// Say goodbye.
    Close,
}

/// What went wrong, as clients tell errors apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WsErrorCode {
    /// The frame is no JSON text.
    InvalidJson,
    /// The frame is of no known type.
    UnknownType,
    /// The frame or the action in it has the wrong shape, or a reset names nothing there is.
    ValidationError,
    /// The frame cannot be carried out now.
    ExecutionError,
    /// There is no room for another session.
    CapacityReached,
    /// A session could not be made.
    FactoryError,
    /// The named session cannot be used.
    SessionError,
}

impl WsErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            WsErrorCode::InvalidJson => "INVALID_JSON",
            WsErrorCode::UnknownType => "UNKNOWN_TYPE",
            WsErrorCode::ValidationError => "VALIDATION_ERROR",
            WsErrorCode::ExecutionError => "EXECUTION_ERROR",
            WsErrorCode::CapacityReached => "CAPACITY_REACHED",
            WsErrorCode::FactoryError => "FACTORY_ERROR",
            WsErrorCode::SessionError => "SESSION_ERROR",
        }
    }
}

/// Why a frame was refused; the socket stays open.
#[derive(Debug, Clone)]
pub struct FrameError {
    code: WsErrorCode,
    message: String,
    errors: Option<ValidationErrors>,
}

impl FrameError {
    /// The refusal of a binary frame.
    pub fn binary() -> FrameError {
        let message = "Invalid JSON: this was a binary frame; send JSON as a text frame".to_owned();
        FrameError { code: WsErrorCode::InvalidJson, message, errors: None }
    }

    /// What went wrong.
    pub fn code(&self) -> WsErrorCode {
        self.code
    }

    /// What to tell a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The error frame.
    pub fn render(&self) -> String {
        render_error(self.code, &self.message, self.errors.as_ref().map(ValidationErrors::placed), &[])
    }
}

impl From<ValidationErrors> for FrameError {
    fn from(errors: ValidationErrors) -> FrameError {
        let message = format!("Invalid message: {}", errors.summary());
        FrameError { code: WsErrorCode::ValidationError, message, errors: Some(errors) }
    }
}

/// Reads one text frame.
///
/// # Errors
/// What is wrong with it, to be sent back as an error frame.
pub fn parse_frame(text: &str) -> Result<ClientFrame, FrameError> {
    let json = parse_json(text).map_err(|error| FrameError {
        code: WsErrorCode::InvalidJson,
        message: format!("Invalid JSON: {error}"),
        errors: None,
    })?;
    let Some(mut fields) = Fields::of(&json) else {
        let hint = format!("send an object with a `type`: {}", FRAME_TYPES.join(", "));
        return Err(ValidationErrors::body(vec![not_an_object(&json).with_hint(hint)]).into());
    };
    let frame_type = match fields.get("type") {
        Some(Json::Text(text)) => text.as_ref(),
        other => return Err(unknown_type(other)),
    };
    match frame_type {
        "reset" => {
            let data = fields.object("data");
            fields.forbid_others(&["type", "data"]);
            settle(fields)?;
            let Some(mut fields) = data.and_then(Fields::of) else {
                return Ok(ClientFrame::Reset(ResetRequest::default()));
            };
            let request = parse_reset_fields(&mut fields);
            settle(fields)?;
            Ok(ClientFrame::Reset(request))
        }
        "step" => {
            let data = fields.required_object("data");
            fields.forbid_others(&["type", "data"]);
            settle(fields)?;
            let data = data.expect("a missing or wrong `data` is an error already");
            let action = parse_step_action(data).map_err(|errors| match data {
                Json::Object(object) if object.get("action").is_some() => {
                    errors.with_hint("the action's fields stand directly in `data`, without an `action` around them")
                }
                _ => errors,
            })?;
            Ok(ClientFrame::Step(action))
        }
        "mcp" => {
            let data = fields.required_object("data");
            fields.forbid_others(&["type", "data"]);
            settle(fields)?;
            let data = data.expect("a missing or wrong `data` is an error already");
            Ok(ClientFrame::Mcp(parse_rpc_value(data)))
        }
        "state" | "close" => {
            let frame = if frame_type == "state" { ClientFrame::State } else { ClientFrame::Close };
            fields.forbid_others(&["type"]);
            settle(fields)?;
            Ok(frame)
        }
        _ => Err(unknown_type(fields.get("type"))),
    }
}

fn settle(fields: Fields<'_, '_>) -> Result<(), FrameError> {
    match fields.into_errors() {
        errors if errors.is_empty() => Ok(()),
        errors => Err(ValidationErrors::body(errors).into()),
    }
}

fn unknown_type(sent: Option<&Json<'_>>) -> FrameError {
    let (named, near) = match sent {
        Some(Json::Text(name)) => (shorten(name).into_owned(), nearest(name, FRAME_TYPES.into_iter())),
        Some(other) => (shorten(echo(other).get()).into_owned(), None),
        None => ("none was sent".to_owned(), None),
    };
    let hint = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    let message = format!("Unknown message type: {named}; {hint}valid types: {}", FRAME_TYPES.join(", "));
    FrameError { code: WsErrorCode::UnknownType, message, errors: None }
}

/// An error frame; `extra` stands beside message and code.
pub fn render_error_frame(code: WsErrorCode, message: &str, extra: &[(&'static str, Value)]) -> String {
    render_error(code, message, None, extra)
}

fn render_error(
    code: WsErrorCode,
    message: &str,
    errors: Option<Vec<Placed<'_>>>,
    extra: &[(&'static str, Value)],
) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        message: &'a str,
        code: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        errors: Option<Vec<Placed<'a>>>,
        #[serde(flatten)]
        extra: serde_json::Map<String, Value>,
    }
    let extra = extra.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    render_frame("error", &Body { message, code: code.as_str(), errors, extra })
}

/// The answer to a `state` frame.
pub fn render_ws_state(state: &State) -> String {
    render_frame("state", state)
}

/// The answer to a `reset` or `step` frame.
pub fn render_ws_observation(result: &StepResult) -> String {
    render_frame("observation", &super::envelope::Envelope::of(result))
}

/// The answer to an `mcp` frame; `reply` is a JSON-RPC reply.
pub fn render_ws_mcp(reply: &str) -> String {
    format!(r#"{{"type":"mcp","data":{reply}}}"#)
}

fn render_frame(frame_type: &'static str, data: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Frame<'a, T> {
        r#type: &'static str,
        data: &'a T,
    }
    // An observation takes one to three kilobytes.
    let mut json = Vec::with_capacity(2_048);
    serde_json::to_writer(&mut json, &Frame { r#type: frame_type, data })
        .expect("frames are plain JSON, and memory takes it");
    String::from_utf8(json).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(frame: &str, code: WsErrorCode, message: &str) {
        let error = parse_frame(frame).expect_err("a bad frame");
        assert_eq!((error.code(), error.message()), (code, message), "{frame}");
    }

    #[test]
    fn messages_say_what_is_wrong_and_what_is_valid() {
        use WsErrorCode::{InvalidJson, UnknownType, ValidationError};
        for (frame, code, message) in [
            (
                "{",
                InvalidJson,
                "Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
            (
                r#"{"type":"stop"}"#,
                UnknownType,
                "Unknown message type: stop; did you mean step? valid types: reset, step, state, mcp, close",
            ),
            (
                r#"{"data":{}}"#,
                UnknownType,
                "Unknown message type: none was sent; valid types: reset, step, state, mcp, close",
            ),
            (
                "[]",
                ValidationError,
                "Invalid message: Input should be a valid dictionary (send an object with a `type`: reset, step, state, mcp, close)",
            ),
            (
                r#"{"type":"reset","data":{"seed":"7","difficulty":"esay"}}"#,
                ValidationError,
                "Invalid message: seed: Input should be a valid integer; \
                 difficulty: Input should be 'easy', 'medium' or 'hard' (did you mean 'easy'?)",
            ),
            (
                r#"{"type":"state","data":{}}"#,
                ValidationError,
                "Invalid message: data: Extra inputs are not permitted (known: type)",
            ),
        ] {
            check(frame, code, message);
        }
    }

    #[test]
    fn an_action_in_a_wrapper_is_told_where_it_belongs() {
        let error =
            parse_frame(r#"{"type":"step","data":{"action":{"action_type":"review_ticket"}}}"#).expect_err("a wrapper");
        assert!(error.message().contains("directly in `data`"), "{}", error.message());
    }

    #[test]
    fn error_frames_hold_what_they_are_given() {
        let extra = [("active_sessions", 2.into()), ("max_sessions", 2.into())];
        assert_eq!(
            render_error_frame(WsErrorCode::CapacityReached, "full", &extra),
            r#"{"type":"error","data":{"message":"full","code":"CAPACITY_REACHED","active_sessions":2,"max_sessions":2}}"#
        );
        assert_eq!(
            FrameError::binary().render(),
            r#"{"type":"error","data":{"message":"Invalid JSON: this was a binary frame; send JSON as a text frame","code":"INVALID_JSON"}}"#
        );
    }

    proptest! {
        #[test]
        fn no_text_panics_or_swells(text in "\\PC{0,64}", kind in "reset|step|mcp|state|close|x", data in r#"[\[\]{}:,"atype0-9]{0,40}"#) {
            for frame in [text, format!(r#"{{"type":"{kind}","data":{data}}}"#)] {
                if let Err(error) = parse_frame(&frame) {
                    let rendered = error.render();
                    prop_assert!(rendered.len() < 8_192);
                    prop_assert!(serde_json::from_str::<Value>(&rendered).is_ok());
                }
            }
        }
    }
}
