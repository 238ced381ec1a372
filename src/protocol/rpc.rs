//! JSON-RPC 2.0 calls and replies, as far as all dialects of MCP have them in common; `dialect` tells these apart.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::dialect::Dialect;
use super::error::{ErrorItem, ValidationErrors};
use super::fields::{Fields, not_an_object};
use super::json::{Json, parse_json_bytes};

/// The longest id of a call, in characters; it is sent back whole.
const MAX_ID_CHARS: usize = 255;

/// A call's id, sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RpcId {
    /// Sent as null.
    Null,
    /// A text.
    Text(String),
    /// An integer's digits, of any size.
    #[serde(serialize_with = "serialize_digits")]
    Number(String),
}

fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = RawValue::from_string(digits.to_owned()).expect("an integer's digits are JSON");
    raw.serialize(serializer)
}

/// One well-formed call.
#[derive(Debug, Clone)]
pub struct RpcRequest {
    /// `None` where the call carries none.
    pub id: Option<RpcId>,
    /// What is called.
    pub method: RpcMethod,
}

/// What a call asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum RpcMethod {
    /// `tools/list`.
    ToolsList {
        /// The session it is asked in.
        session_id: Option<String>,
    },
    /// `tools/call`.
    ToolsCall {
        /// The tool.
        name: String,
        /// Its arguments.
        arguments: Map<String, Value>,
        /// The session to call it in.
        session_id: Option<String>,
    },
    /// `openenv/session/create`.
    SessionCreate,
    /// `openenv/session/close`.
    SessionClose {
        /// The session to close.
        session_id: String,
    },
    /// `initialize`: a client of the dated MCP versions up to 2025-11-25 introduces itself.
    Initialize {
        /// The version it would like to speak.
        protocol_version: String,
    },
    /// `ping`.
    Ping,
    /// `server/discover` of MCP 2026-07-28.
    Discover,
    /// A notification, or an answer to a question that was never asked: nothing is said to it.
    Unanswered,
    /// Anything else, by its name.
    Other(String),
}

/// The error codes in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RpcErrorCode {
    /// The body is no JSON object.
    Parse,
    /// The object is no call.
    InvalidRequest,
    /// There is no such method.
    MethodNotFound,
    /// The method's parameters are wrong.
    InvalidParams,
    /// The call failed.
    Internal,
    /// There is no room, or a session could not be made.
    Server,
    /// MCP 2026-07-28: the request's head and its body disagree.
    HeaderMismatch,
    /// MCP 2026-07-28: a version that is not spoken here.
    UnsupportedVersion,
}

impl RpcErrorCode {
    /// The code on the wire.
    pub const fn as_i32(self) -> i32 {
        match self {
            RpcErrorCode::Parse => -32_700,
            RpcErrorCode::InvalidRequest => -32_600,
            RpcErrorCode::MethodNotFound => -32_601,
            RpcErrorCode::InvalidParams => -32_602,
            RpcErrorCode::Internal => -32_603,
            RpcErrorCode::Server => -32_000,
            RpcErrorCode::HeaderMismatch => -32_020,
            RpcErrorCode::UnsupportedVersion => -32_022,
        }
    }
}

/// A call's failure.
#[derive(Debug, Clone)]
pub struct RpcError {
    /// Which call failed, as far as it can be told.
    pub id: Option<RpcId>,
    /// What kind of failure.
    pub code: RpcErrorCode,
    /// What to tell a person.
    pub message: String,
    /// More for programs; null on the wire where there is none.
    pub data: Option<Box<Value>>,
}

impl RpcError {
    /// A failure of this call.
    pub fn new(id: Option<RpcId>, code: RpcErrorCode, message: impl Into<String>) -> RpcError {
        RpcError { id, code, message: message.into(), data: None }
    }

    /// The same with more for programs.
    pub fn with_data(mut self, data: Value) -> RpcError {
        self.data = Some(Box::new(data));
        self
    }

    /// The failure of a method that is not there.
    pub fn method_not_found(id: Option<RpcId>, method: &str) -> RpcError {
        let method = super::error::shorten(method);
        RpcError::new(id, RpcErrorCode::MethodNotFound, format!("Method not found: {method}"))
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_i32())
    }
}

/// Reads a text frame of `/mcp`, or a body in OpenEnv's dialect.
///
/// # Errors
/// The reply's error: a text that is no JSON object, a bad envelope, or bad parameters of a known method.
pub fn parse_rpc(text: &[u8]) -> Result<RpcRequest, RpcError> {
    let json = parse_rpc_json(text)?;
    if !matches!(json, Json::Object(_)) {
        return Err(no_batches());
    }
    parse_rpc_value(&json)
}

/// Reads JSON, whatever it holds.
pub(super) fn parse_rpc_json(text: &[u8]) -> Result<Json<'_>, RpcError> {
    parse_json_bytes(text).map_err(|error| RpcError::new(None, RpcErrorCode::Parse, format!("Parse error: {error}")))
}

/// The refusal of what is no object, as OpenEnv has it.
pub(super) fn no_batches() -> RpcError {
    RpcError::new(None, RpcErrorCode::Parse, "Parse error: send one JSON-RPC object; there are no batches")
}

/// Reads a call in OpenEnv's dialect from an object. It answers calls without an id, too, but for notifications.
pub(super) fn parse_rpc_value(json: &Json<'_>) -> Result<RpcRequest, RpcError> {
    let envelope = Envelope::parse(json).map_err(|(_, error)| error)?;
    if envelope.id.is_none() && envelope.method.starts_with("notifications/") {
        return Ok(RpcRequest { id: None, method: RpcMethod::Unanswered });
    }
    envelope.into_request()
}

/// A call whose parameters have not been read.
pub(super) struct Envelope<'j, 'a> {
    pub(super) id: Option<RpcId>,
    pub(super) method: &'j str,
    /// An object.
    pub(super) params: Option<&'j Json<'a>>,
}

impl<'j, 'a> Envelope<'j, 'a> {
    /// Reads an object's envelope; with the error comes the id, as far as there is one to be read.
    pub(super) fn parse(json: &'j Json<'a>) -> Result<Envelope<'j, 'a>, (Option<RpcId>, RpcError)> {
        let mut fields = Fields::of(json).expect("callers hand over objects only");
        fields.literal("jsonrpc", &["2.0"], true);
        let method = match fields.get("method") {
            Some(Json::Text(method)) => method.as_ref(),
            None => {
                fields.miss("method");
                ""
            }
            Some(other) => {
                fields.push(ErrorItem::new("string_type", "Input should be a valid string", other).at("method"));
                ""
            }
        };
        let params = fields.object("params");
        let id = match fields.get("id") {
            None => None,
            Some(Json::Null) => Some(RpcId::Null),
            Some(Json::Text(text)) if text.chars().count() <= MAX_ID_CHARS => {
                Some(RpcId::Text(text.clone().into_owned()))
            }
            Some(Json::Int(digits)) if digits.len() <= MAX_ID_CHARS => Some(RpcId::Number(digits.clone().into_owned())),
            Some(other) => {
                let msg =
                    format!("Input should be a string or an integer of at most {MAX_ID_CHARS} characters, or null");
                fields.push(ErrorItem::new("value_error", msg, other).at("id"));
                None
            }
        };
        fields.forbid_others(&["jsonrpc", "method", "params", "id"]);
        let errors = fields.into_errors();
        if !errors.is_empty() {
            let message = format!("Invalid request: {}", ValidationErrors::body(errors).summary());
            return Err((id, RpcError::new(None, RpcErrorCode::InvalidRequest, message)));
        }
        Ok(Envelope { id, method, params })
    }

    /// The call with its parameters.
    ///
    /// # Errors
    /// Bad parameters of a known method.
    pub(super) fn into_request(self) -> Result<RpcRequest, RpcError> {
        let no_params = Json::Object(Default::default());
        match parse_method(self.method, self.params.unwrap_or(&no_params)) {
            Ok(method) => Ok(RpcRequest { id: self.id, method }),
            Err(message) => Err(RpcError::new(self.id, RpcErrorCode::InvalidParams, message)),
        }
    }
}

fn parse_method(method: &str, params: &Json<'_>) -> Result<RpcMethod, String> {
    let params = Fields::of(params).expect("`params` was checked to be an object");
    let object = |key: &str| match params.get(key) {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(object)) => Ok(object.to_map()),
        Some(other) => Err(format!("Invalid params - '{key}': {}", not_an_object(other).msg())),
    };
    let session_id = || match params.get("session_id") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(text)) if text.is_empty() => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.clone().into_owned())),
        Some(_) => Err("Invalid params - 'session_id' should be a string".to_owned()),
    };
    let text = |key: &str| match params.get(key) {
        Some(Json::Text(text)) if !text.is_empty() => Ok(text.clone().into_owned()),
        None | Some(Json::Null | Json::Text(_)) => Err(format!("Missing '{key}' in params")),
        Some(_) => Err(format!("Invalid params - '{key}' should be a string")),
    };
    Ok(match method {
        "tools/list" => RpcMethod::ToolsList { session_id: session_id()? },
        "tools/call" => {
            RpcMethod::ToolsCall { name: text("name")?, arguments: object("arguments")?, session_id: session_id()? }
        }
        "openenv/session/create" => RpcMethod::SessionCreate,
        "openenv/session/close" => {
            let session_id = session_id()?.ok_or("Invalid params - 'session_id' is required")?;
            RpcMethod::SessionClose { session_id }
        }
        "initialize" => RpcMethod::Initialize { protocol_version: text("protocolVersion")? },
        "ping" => RpcMethod::Ping,
        "server/discover" => RpcMethod::Discover,
        _ => RpcMethod::Other(method.to_owned()),
    })
}

/// The reply to a call that went well.
pub fn render_rpc_result(id: Option<&RpcId>, result: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Reply<'a, T> {
        jsonrpc: &'static str,
        id: &'a RpcId,
        result: &'a T,
    }
    let reply = Reply { jsonrpc: "2.0", id: id.unwrap_or(&RpcId::Null), result };
    serde_json::to_string(&reply).expect("results are plain JSON")
}

/// The reply to a call that failed. OpenEnv's always has an `id` and `data`, null where there is none; MCP knows no such
/// nulls.
pub fn render_rpc_error(dialect: Dialect, error: &RpcError) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        code: i32,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a Value>,
    }
    #[derive(Serialize)]
    struct Reply<'a> {
        jsonrpc: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RpcId>,
        error: Body<'a>,
    }
    let plain = dialect == Dialect::OpenEnv;
    let data = error.data.as_deref().or(plain.then_some(&Value::Null));
    let id = match &error.id {
        None | Some(RpcId::Null) => plain.then_some(&RpcId::Null),
        id => id.as_ref(),
    };
    let body = Body { code: error.code.as_i32(), message: &error.message, data };
    serde_json::to_string(&Reply { jsonrpc: "2.0", id, error: body }).expect("errors are plain JSON")
}
