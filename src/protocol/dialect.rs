//! The three dialects of MCP that share `POST /mcp`, and what tells them apart.
//!
//! `docs/protocol.md` holds the table; `tests/it/mcp_table.rs` goes through it row by row.

use serde_json::json;

use super::error::shorten;
use super::fields::Fields;
use super::json::Json;
use super::rpc::{Envelope, no_batches, parse_rpc_json, parse_rpc_value};
use super::{RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest};

/// The versions that begin with `initialize`, oldest first.
pub const STATEFUL_VERSIONS: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", LATEST_STATEFUL];
/// What a client is offered that asks for another one.
pub const LATEST_STATEFUL: &str = "2025-11-25";
/// The version in which every request stands for itself.
pub const STATELESS_VERSION: &str = "2026-07-28";
/// The two versions whose clients may send several messages at once. They know no version header, either.
const WITH_BATCHES: [&str; 2] = ["2024-11-05", "2025-03-26"];
/// The most messages in one batch: a batch of calls must not cost what a flood of requests would.
const MAX_BATCH: usize = 64;

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenEnv's plain JSON-RPC: every reply is a 200, a call names its session in `params.session_id`.
    OpenEnv,
    /// MCP's Streamable HTTP of [`STATEFUL_VERSIONS`]: `initialize`, then a session in a header.
    Streamable,
    /// MCP of [`STATELESS_VERSION`]: every request says in its head and its `_meta` what it is.
    Stateless,
}

/// A header as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HeaderText {
    /// It was not sent.
    #[default]
    Absent,
    /// It was sent once, in visible ASCII and blanks.
    One(String),
    /// It was sent more than once, or cannot be read.
    Broken,
}

impl HeaderText {
    /// The header's text, if it has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            HeaderText::One(text) => Some(text),
            HeaderText::Absent | HeaderText::Broken => None,
        }
    }

    fn is_sent(&self) -> bool {
        *self != HeaderText::Absent
    }
}

/// What a request to `/mcp` says in its head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct McpHead {
    /// `MCP-Protocol-Version`.
    pub version: HeaderText,
    /// `Mcp-Session-Id`.
    pub session: HeaderText,
    /// `Mcp-Method`.
    pub method: HeaderText,
    /// `Mcp-Name`, decoded where it was sent in base64.
    pub name: HeaderText,
}

/// What a `POST /mcp` holds.
#[derive(Debug)]
pub enum McpPost {
    /// One message, or why it is none.
    One(Dialect, Result<RpcRequest, RpcError>),
    /// Several at once, as MCP 2025-03-26 has them.
    Batch(Vec<Result<RpcRequest, RpcError>>),
}

/// The version to go on with when a client asks for this one.
pub fn negotiate(asked: &str) -> &'static str {
    STATEFUL_VERSIONS.into_iter().find(|version| *version == asked).unwrap_or(LATEST_STATEFUL)
}

/// Reads the body of `POST /mcp` in the dialect that it and its head are in.
pub fn parse_mcp_post(head: &McpHead, body: &[u8]) -> McpPost {
    let json = match parse_rpc_json(body) {
        Ok(json) => json,
        Err(error) => return McpPost::One(choose(head, &Said::default()), Err(error)),
    };
    let said = Said::of(&json);
    let dialect = choose(head, &said);
    let call = match (dialect, &json) {
        (Dialect::OpenEnv, Json::Object(_)) => parse_rpc_value(&json),
        (Dialect::OpenEnv, _) => Err(no_batches()),
        (Dialect::Streamable, _) if !knows_version(head) => {
            let id = Fields::of(&json).and_then(|_| Envelope::parse(&json).ok()).and_then(|envelope| envelope.id);
            Err(unsupported(id, head.version.text()))
        }
        (Dialect::Streamable, Json::Object(_)) => parse_stateful(&json),
        (Dialect::Streamable, Json::List(items)) => match parse_batch(head.version.text(), items) {
            Ok(batch) => return McpPost::Batch(batch),
            Err(error) => Err(error),
        },
        (Dialect::Stateless, Json::Object(_)) => parse_stateless(Some(head), &said, &json),
        (_, _) => Err(invalid("Invalid request: send one JSON-RPC object")),
    };
    McpPost::One(dialect, call)
}

/// Reads a line of stdin, where there are no headers: `version` is what `initialize` has settled on.
pub fn parse_mcp_line(version: Option<&str>, line: &[u8]) -> McpPost {
    let json = match parse_rpc_json(line) {
        Ok(json) => json,
        Err(error) => return McpPost::One(Dialect::Streamable, Err(error)),
    };
    let said = Said::of(&json);
    let dialect = match said.version {
        Some(Some(version)) if is_stateful(version) && said.method != "server/discover" => Dialect::Streamable,
        Some(_) => Dialect::Stateless,
        None if said.method == "server/discover" => Dialect::Stateless,
        None => Dialect::Streamable,
    };
    let call = match &json {
        Json::Object(_) if dialect == Dialect::Stateless => parse_stateless(None, &said, &json),
        Json::Object(_) => parse_stateful(&json),
        Json::List(items) => match parse_batch(version, items) {
            Ok(batch) => return McpPost::Batch(batch),
            Err(error) => Err(error),
        },
        _ => Err(invalid("Invalid request: send one JSON-RPC object")),
    };
    McpPost::One(dialect, call)
}

/// What in a body tells its dialect.
#[derive(Default)]
struct Said<'j> {
    method: &'j str,
    meta: Option<&'j Json<'j>>,
    /// Whether `_meta` names a version, and which where it is a text.
    version: Option<Option<&'j str>>,
}

impl<'j> Said<'j> {
    fn of(json: &'j Json<'j>) -> Said<'j> {
        let member = |of: &'j Json<'j>, key: &str| match of {
            Json::Object(object) => object.get(key),
            _ => None,
        };
        let method = match member(json, "method") {
            Some(Json::Text(method)) => method.as_ref(),
            _ => "",
        };
        let meta = member(json, "params").and_then(|params| member(params, "_meta"));
        let version = meta.and_then(|meta| member(meta, META_VERSION)).map(|version| match version {
            Json::Text(version) => Some(version.as_ref()),
            _ => None,
        });
        Said { method, meta, version }
    }
}

/// The table of dialects, from its first row to its last.
fn choose(head: &McpHead, said: &Said<'_>) -> Dialect {
    let is_of_session = match &head.version {
        HeaderText::Absent => true,
        HeaderText::One(version) => is_stateful(version),
        HeaderText::Broken => false,
    };
    let in_session = head.session.is_sent() && is_of_session;
    match said.version {
        // A client that goes on in a session may repeat that session's version in the body.
        Some(Some(version)) if in_session && is_stateful(version) => Dialect::Streamable,
        Some(_) => Dialect::Stateless,
        None if said.method == "server/discover" => Dialect::Stateless,
        None if said.method == "initialize" => Dialect::Streamable,
        None if head.version.text() == Some(STATELESS_VERSION) => Dialect::Stateless,
        None if head.session.is_sent() || head.version.is_sent() => Dialect::Streamable,
        None => Dialect::OpenEnv,
    }
}

fn is_stateful(version: &str) -> bool {
    STATEFUL_VERSIONS.contains(&version)
}

/// Whether the head of a request in the Streamable dialect names a version of it, or none.
fn knows_version(head: &McpHead) -> bool {
    match &head.version {
        HeaderText::Absent => true,
        // `initialize` settles the version by itself; a client that has spoken the stateless one before may still say so.
        HeaderText::One(version) => is_stateful(version) || version == STATELESS_VERSION,
        HeaderText::Broken => false,
    }
}

fn parse_stateful(json: &Json<'_>) -> Result<RpcRequest, RpcError> {
    if is_response(json) {
        return Ok(RpcRequest { id: None, method: RpcMethod::Unanswered });
    }
    match parse_envelope(json)? {
        Envelope { id: None, .. } => Ok(RpcRequest { id: None, method: RpcMethod::Unanswered }),
        envelope => into_request_of(envelope, &["initialize", "ping", "tools/list", "tools/call"]),
    }
}

/// The request, if its method is one of these; any other is none of this dialect, whatever its parameters.
fn into_request_of(envelope: Envelope<'_, '_>, methods: &[&str]) -> Result<RpcRequest, RpcError> {
    if methods.contains(&envelope.method) {
        return envelope.into_request();
    }
    Ok(RpcRequest { id: envelope.id, method: RpcMethod::Other(envelope.method.to_owned()) })
}

fn parse_batch(version: Option<&str>, items: &[Json<'_>]) -> Result<Vec<Result<RpcRequest, RpcError>>, RpcError> {
    if !version.is_none_or(|version| WITH_BATCHES.contains(&version)) {
        return Err(invalid("Invalid request: this version of MCP has no batches; send one JSON-RPC object"));
    }
    if items.is_empty() || items.len() > MAX_BATCH {
        return Err(invalid(format!("Invalid request: a batch holds 1 to {MAX_BATCH} messages")));
    }
    let parse = |item: &Json<'_>| match item {
        Json::Object(_) => match parse_stateful(item)? {
            RpcRequest { id, method: RpcMethod::Initialize { .. } } => {
                let what = "Invalid request: initialize stands alone, not in a batch";
                Err(RpcError::new(id, RpcErrorCode::InvalidRequest, what))
            }
            request => Ok(request),
        },
        _ => Err(invalid("Invalid request: a batch holds JSON-RPC objects")),
    };
    Ok(items.iter().map(parse).collect())
}

fn parse_stateless(head: Option<&McpHead>, said: &Said<'_>, json: &Json<'_>) -> Result<RpcRequest, RpcError> {
    let envelope = parse_envelope(json)?;
    if envelope.id.is_none() {
        // No headers are defined for notifications, and none of them asks for anything.
        return Ok(RpcRequest { id: None, method: RpcMethod::Unanswered });
    }
    let id = envelope.id.clone();
    check_meta(head, said).and_then(|()| check_head(head, &envelope)).map_err(|error| RpcError { id, ..error })?;
    into_request_of(envelope, &["server/discover", "tools/list", "tools/call"])
}

/// Every request says in `_meta` which version it is in and what its client can do.
fn check_meta(head: Option<&McpHead>, said: &Said<'_>) -> Result<(), RpcError> {
    let missing = |key: &str| {
        RpcError::new(
            None,
            RpcErrorCode::InvalidParams,
            format!("Invalid params - '_meta' needs '{key}' in every request"),
        )
    };
    let version = said.version.flatten().ok_or_else(|| missing(META_VERSION))?;
    if !matches!(said.meta, Some(Json::Object(meta)) if matches!(meta.get(META_CAPABILITIES), Some(Json::Object(_)))) {
        return Err(missing(META_CAPABILITIES));
    }
    if let Some(head) = head {
        check_header("MCP-Protocol-Version", &head.version, version)?;
    }
    if version == STATELESS_VERSION { Ok(()) } else { Err(unsupported(None, Some(version))) }
}

/// What others on the way read in the head is what is acted on in the body.
fn check_head(head: Option<&McpHead>, envelope: &Envelope<'_, '_>) -> Result<(), RpcError> {
    let Some(head) = head else { return Ok(()) };
    check_header("Mcp-Method", &head.method, envelope.method)?;
    let named_by = match envelope.method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        _ => return Ok(()),
    };
    match envelope.params.and_then(Fields::of).and_then(|params| params.get(named_by)) {
        Some(Json::Text(name)) => check_header("Mcp-Name", &head.name, name),
        // Without a name the parameters are wrong, which is told in their turn.
        _ => Ok(()),
    }
}

fn check_header(header: &str, sent: &HeaderText, said: &str) -> Result<(), RpcError> {
    let what = match sent {
        HeaderText::One(text) if text == said => return Ok(()),
        HeaderText::One(text) => {
            format!("{header} header value '{}' does not match body value '{}'", shorten(text), shorten(said))
        }
        HeaderText::Absent => format!("the {header} header is missing"),
        HeaderText::Broken => format!("the {header} header is repeated or no plain text"),
    };
    Err(RpcError::new(None, RpcErrorCode::HeaderMismatch, format!("Header mismatch: {what}")))
}

/// An envelope of MCP: an id is never null, and goes with an error as far as it can be read.
fn parse_envelope<'j, 'a>(json: &'j Json<'a>) -> Result<Envelope<'j, 'a>, RpcError> {
    let envelope = Envelope::parse(json).map_err(|(id, error)| RpcError { id, ..error })?;
    match envelope.id {
        Some(RpcId::Null) => Err(invalid("Invalid request: id: Input should be a string or an integer")),
        _ => Ok(envelope),
    }
}

/// Whether this is a response: no method, and an outcome.
fn is_response(json: &Json<'_>) -> bool {
    let Json::Object(object) = json else { return false };
    object.get("method").is_none() && (object.get("result").is_some() || object.get("error").is_some())
}

fn invalid(message: impl Into<String>) -> RpcError {
    RpcError::new(None, RpcErrorCode::InvalidRequest, message)
}

fn unsupported(id: Option<RpcId>, asked: Option<&str>) -> RpcError {
    let asked = asked.map_or_else(String::new, |asked| shorten(asked).into_owned());
    let message = format!(
        "Unsupported protocol version; {STATELESS_VERSION} is spoken, and after initialize {}",
        STATEFUL_VERSIONS.join(", ")
    );
    RpcError::new(id, RpcErrorCode::UnsupportedVersion, message)
        .with_data(json!({ "supported": [STATELESS_VERSION], "requested": asked }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header() -> impl Strategy<Value = HeaderText> {
        prop_oneof![
            3 => Just(HeaderText::Absent),
            3 => proptest::sample::select(vec!["2026-07-28", "2025-11-25", "2025-03-26", "tools/call", "start_task", "x", ""])
                .prop_map(|text| HeaderText::One(text.to_owned())),
            1 => Just(HeaderText::Broken),
        ]
    }

    proptest! {
        #[test]
        fn nothing_panics_or_swells(
            version in header(),
            session in header(),
            method in header(),
            name in header(),
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
            text in r#"(\{"(jsonrpc|id|method|params|result)":("2\.0"|1|null|"tools/call"|"initialize"|"ping"|\{"_meta":\{\}\}|\[\]),?){0,4}\}{0,4}"#,
        ) {
            let head = McpHead { version, session, method, name };
            for body in [&bytes[..], text.as_bytes()] {
                for post in [parse_mcp_post(&head, body), parse_mcp_line(head.version.text(), body)] {
                    let replies = match post {
                        McpPost::One(_, call) => vec![call],
                        McpPost::Batch(calls) => calls,
                    };
                    for error in replies.into_iter().filter_map(Result::err) {
                        prop_assert!(error.message.len() < 4_096);
                    }
                }
            }
        }

        #[test]
        fn a_call_of_openenv_is_read_as_ever(id in any::<i32>(), method in "[a-z/]{0,12}", null in any::<bool>()) {
            let params = if null { "null" } else { "{}" };
            let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#);
            let McpPost::One(dialect, call) = parse_mcp_post(&McpHead::default(), body.as_bytes()) else {
                return Err(TestCaseError::fail("a batch"));
            };
            prop_assert_eq!(dialect, Dialect::OpenEnv);
            let plain = crate::protocol::parse_rpc(body.as_bytes());
            prop_assert_eq!(format!("{call:?}"), format!("{plain:?}"));
        }
    }
}
