//! `POST` and `DELETE /mcp`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::task::yield_now;

use crate::protocol::{
    Dialect, HeaderText, McpHead, McpPost, RpcError, RpcErrorCode, RpcMethod, RpcRequest, STATEFUL_VERSIONS,
    STATELESS_VERSION, parse_mcp_post, render_rpc_error,
};
use crate::session::Closing;

use crate::server::answer::{self, Refused};
use crate::server::app::App;
use crate::server::held::HeldText;
use crate::server::http::read;
use crate::server::metrics::Fault;

use super::call::{Place, reply, unknown_session};

const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");
const SESSION_HEADER: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD_HEADER: HeaderName = HeaderName::from_static("mcp-method");
const NAME_HEADER: HeaderName = HeaderName::from_static("mcp-name");

/// `POST /mcp`.
pub(crate) async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let head = read_head(&head.headers);
    Ok(match parse_mcp_post(&head, &body) {
        McpPost::One(Dialect::OpenEnv, call) => answer_openenv(&app, call).await,
        McpPost::One(Dialect::Stateless, call) => answer_stateless(&app, call).await,
        McpPost::One(Dialect::Streamable, call) => answer_streamable(&app, &head, call).await,
        McpPost::Batch(calls) => answer_batch(&app, &head, calls).await,
    })
}

/// `DELETE /mcp`: a client of Streamable HTTP ends its session.
pub(crate) async fn delete(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let head = read_head(request.headers());
    match head.version.text() {
        // That version has no sessions to end.
        Some(STATELESS_VERSION) => return answer::not_allowed("POST, OPTIONS"),
        Some(version) if !STATEFUL_VERSIONS.contains(&version) => {
            return Refused::Unfit(StatusCode::BAD_REQUEST, "Unsupported MCP-Protocol-Version".to_owned())
                .into_response();
        }
        _ => {}
    }
    let id = match &head.session {
        HeaderText::One(id) => id,
        HeaderText::Absent | HeaderText::Broken => {
            let what = "Name the session to end in one Mcp-Session-Id header.".to_owned();
            return Refused::Unfit(StatusCode::BAD_REQUEST, what).into_response();
        }
    };
    match app.store.close(id) {
        Some(Closing::Closed) => empty(StatusCode::NO_CONTENT),
        // A WebSocket plays in it; it ends with that.
        Some(Closing::Pending) => empty(StatusCode::ACCEPTED),
        None => Refused::UnknownSession(id.clone()).into_response(),
    }
}

/// OpenEnv's dialect: whatever happens, the answer is a 200.
async fn answer_openenv(app: &Arc<App>, call: Result<RpcRequest, RpcError>) -> Response<Body> {
    if is_unanswered(&call) {
        return empty(StatusCode::ACCEPTED);
    }
    let (text, _) = reply(app, Dialect::OpenEnv, Place::Params, call).await;
    answer::json(StatusCode::OK, text.release().await)
}

/// The stateless version: the kind of a failure is told by the status, too.
async fn answer_stateless(app: &Arc<App>, call: Result<RpcRequest, RpcError>) -> Response<Body> {
    if is_unanswered(&call) {
        return empty(StatusCode::ACCEPTED);
    }
    let (text, failure) = reply(app, Dialect::Stateless, Place::Argument, call).await;
    let status = match failure {
        None => StatusCode::OK,
        Some(RpcErrorCode::MethodNotFound) => StatusCode::NOT_FOUND,
        Some(RpcErrorCode::Internal | RpcErrorCode::Server) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    answer::json(status, text.release().await)
}

/// Streamable HTTP: sessions, and a status for what goes wrong before a call is understood.
async fn answer_streamable(app: &Arc<App>, head: &McpHead, call: Result<RpcRequest, RpcError>) -> Response<Body> {
    if let Ok(RpcRequest { method: RpcMethod::Initialize { .. }, .. }) = &call {
        let (text, failure) = reply(app, Dialect::Streamable, Place::Nowhere, call).await;
        let mut response = answer::json(StatusCode::OK, text.release().await);
        if failure.is_none() {
            let id =
                HeaderValue::from_str(app.store.invite().as_str()).expect("ids are hexadecimal digits and hyphens");
            response.headers_mut().insert(SESSION_HEADER, id);
        }
        return response;
    }
    let place = match find_place(app, head, &call) {
        Ok(place) => place,
        Err(no_place) => return refuse_place(app, no_place),
    };
    if is_unanswered(&call) {
        return empty(StatusCode::ACCEPTED);
    }
    let (text, failure) = answer_in(app, place, call).await;
    let status = match failure {
        Some(RpcErrorCode::Parse | RpcErrorCode::InvalidRequest | RpcErrorCode::UnsupportedVersion) => {
            StatusCode::BAD_REQUEST
        }
        _ => StatusCode::OK,
    };
    answer::json(status, text.release().await)
}

/// Several messages at once: answered in their order, one after another.
async fn answer_batch(app: &Arc<App>, head: &McpHead, calls: Vec<Result<RpcRequest, RpcError>>) -> Response<Body> {
    let place = match calls.iter().try_fold(None, |_, call| find_place(app, head, call).map(Some)) {
        Ok(place) => place.flatten(),
        Err(no_place) => return refuse_place(app, no_place),
    };
    let mut replies = Vec::new();
    for call in calls.into_iter().filter(|call| !is_unanswered(call)) {
        replies.push(answer_in(app, place, call).await.0.release().await);
        // Others have their turn in between.
        yield_now().await;
    }
    if replies.is_empty() {
        return empty(StatusCode::ACCEPTED);
    }
    answer::json(StatusCode::OK, format!("[{}]", replies.join(",")))
}

async fn answer_in(
    app: &Arc<App>,
    place: Option<&str>,
    call: Result<RpcRequest, RpcError>,
) -> (HeldText, Option<RpcErrorCode>) {
    reply(app, Dialect::Streamable, place.map_or(Place::Nowhere, Place::Head), call).await
}

/// Why a request of Streamable HTTP has no session to be in.
type NoPlace = (StatusCode, Fault, RpcError);

/// The session that a request of Streamable HTTP is in. Only a ping, and what is wrong anyhow, needs none.
fn find_place<'h>(
    app: &App,
    head: &'h McpHead,
    call: &Result<RpcRequest, RpcError>,
) -> Result<Option<&'h str>, NoPlace> {
    let refuse = |status, fault, what: String| {
        let id = call.as_ref().ok().and_then(|call| call.id.clone());
        (status, fault, RpcError::new(id, RpcErrorCode::InvalidRequest, what))
    };
    match &head.session {
        HeaderText::One(id) if app.store.knows(id) => Ok(Some(id)),
        // With this status a client begins anew.
        HeaderText::One(id) => Err(refuse(StatusCode::NOT_FOUND, Fault::UnknownSession, unknown_session(id))),
        HeaderText::Absent if matches!(call, Err(_) | Ok(RpcRequest { method: RpcMethod::Ping, .. })) => Ok(None),
        HeaderText::Absent | HeaderText::Broken => {
            let what = "Send one Mcp-Session-Id header with the id that the answer to initialize came with".to_owned();
            Err(refuse(StatusCode::BAD_REQUEST, Fault::Validation, what))
        }
    }
}

fn refuse_place(app: &App, (status, fault, error): NoPlace) -> Response<Body> {
    app.metrics.fault(fault);
    answer::json(status, render_rpc_error(Dialect::Streamable, &error))
}

fn is_unanswered(call: &Result<RpcRequest, RpcError>) -> bool {
    matches!(call, Ok(RpcRequest { method: RpcMethod::Unanswered, .. }))
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn read_head(headers: &HeaderMap) -> McpHead {
    let text = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next().map(HeaderValue::to_str), values.next()) {
            (None, _) => HeaderText::Absent,
            (Some(Ok(text)), None) => HeaderText::One(text.trim().to_owned()),
            (Some(_), _) => HeaderText::Broken,
        }
    };
    McpHead {
        version: text(&VERSION_HEADER),
        session: text(&SESSION_HEADER),
        method: text(&METHOD_HEADER),
        name: decode(text(&NAME_HEADER)),
    }
}

/// What a header means that may be written in base64, as names beyond ASCII are.
fn decode(header: HeaderText) -> HeaderText {
    let encoded =
        header.text().and_then(|text| text.strip_prefix("=?base64?")).and_then(|text| text.strip_suffix("?="));
    let Some(encoded) = encoded else { return header };
    let decoded = BASE64_STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.map_or(HeaderText::Broken, HeaderText::One)
}
