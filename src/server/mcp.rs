//! MCP in OpenEnv's plain dialect: JSON-RPC 2.0 over `POST /mcp`, the sockets' `mcp` frames, and `/mcp` as a WebSocket.
//!
//! What is shown here is for agents: a score comes with its parts' values but without the reasons, which would tell what
//! is expected.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::protocol::{
    RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest, StepResult, ToolCall, ToolResult, parse_rpc, parse_tool_call,
    render_rpc_error, render_rpc_result, tools,
};
use crate::session::{AtCapacity, Closing, Session, SharedSession};

use super::App;
use super::answer::{self, Refused, capacity_message, shorten};
use super::held::{Held, HeldText, NOT_RECORDED};
use super::http::read;
use super::metrics::Fault;
use super::seat::{NoSeat, Seat};
use super::socket::{Message, converse, refuse};
use super::ws;

/// `POST /mcp`.
pub(crate) async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (_, body) = read(request).await?;
    let reply = render(&app, parse_rpc(&body), |call| answer_over_http(&app, call));
    Ok(answer::json(StatusCode::OK, reply.release().await))
}

/// `GET /mcp`: a WebSocket of JSON-RPC messages with a session of its own.
pub(crate) async fn connect(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    if !ws::asks_for_upgrade(request.headers()) {
        return answer::not_allowed("POST, OPTIONS");
    }
    ws::upgrade(
        app,
        request,
        |app| Seat::take(app, None),
        |app, socket, seat| async move {
            let mut seat = match seat {
                Ok(seat) => seat,
                Err(no_seat) => {
                    app.metrics.fault(ws::no_seat_fault(&no_seat));
                    let error = match no_seat {
                        NoSeat::Full(full) => full_error(None, full),
                        NoSeat::Refused(id, _) => RpcError::new(None, RpcErrorCode::Internal, unknown_session(&id)),
                    };
                    return refuse(socket, &render_rpc_error(&error), app.life.clone()).await;
                }
            };
            let (dead_after, life) = (app.settings.ws_dead_after, app.life.clone());
            converse(socket, dead_after, life, move |message| {
                let call = match &message {
                    Message::Text(text) => parse_rpc(text.as_bytes()),
                    Message::Binary => {
                        Err(RpcError::new(None, RpcErrorCode::Parse, "Parse error: send JSON as a text frame"))
                    }
                };
                answer_on_socket(&app, &mut seat, call).into()
            })
            .await;
        },
    )
}

/// The reply to a call that came through a socket: it plays in that socket's session.
pub(crate) fn answer_on_socket(app: &Arc<App>, seat: &mut Seat, call: Result<RpcRequest, RpcError>) -> HeldText {
    render(app, call, |call| match call.method {
        RpcMethod::ToolsList { .. } => Ok(Held::free(list_tools())),
        RpcMethod::ToolsCall { name, arguments, .. } => {
            let tool = parse_tool_call(call.id.as_ref(), &name, &arguments)?;
            Ok(seat.with(|session| call_tool(app, session, tool)).map(|result| to_value(&result)))
        }
        RpcMethod::SessionCreate => Ok(Held::free(json!({ "session_id": seat.id(app).as_str() }))),
        RpcMethod::SessionClose { session_id } => match seat {
            Seat::Joined(attachment) if attachment.id().as_str() == session_id => {
                let what = "Cannot close the session of the WebSocket that asks; close the WebSocket";
                Err(RpcError::new(call.id, RpcErrorCode::InvalidRequest, what))
            }
            _ => close_session(app, call.id, &session_id).map(Held::free),
        },
        RpcMethod::Other { method, .. } => Err(RpcError::method_not_found(call.id, &method)),
    })
}

fn answer_over_http(app: &App, call: RpcRequest) -> Result<Held<Value>, RpcError> {
    let RpcRequest { id, method } = call;
    match method {
        RpcMethod::ToolsList { session_id } => {
            find_session(app, id, session_id)?;
            Ok(Held::free(list_tools()))
        }
        RpcMethod::ToolsCall { name, arguments, session_id } => {
            let tool = parse_tool_call(id.as_ref(), &name, &arguments)?;
            let result = match find_session(app, id, session_id)? {
                Some(session) => call_tool(app, &mut session.lock(), tool),
                None => call_without_session(app, tool),
            };
            Ok(result.map(|result| to_value(&result)))
        }
        RpcMethod::SessionCreate => match app.store.add(app.new_session(), false) {
            Ok((session, _)) => Ok(Held::free(json!({ "session_id": session.as_str() }))),
            Err(full) => {
                app.metrics.fault(Fault::Capacity);
                Err(full_error(id, full))
            }
        },
        RpcMethod::SessionClose { session_id } => close_session(app, id, &session_id).map(Held::free),
        RpcMethod::Other { method, .. } => Err(RpcError::method_not_found(id, &method)),
    }
}

/// A call that names no session plays in one that is thrown away after it, as OpenEnv has it. Nothing can be acted on
/// there, and the answer says what to do instead.
fn call_without_session(app: &App, tool: ToolCall) -> Held<ToolResult> {
    match tool {
        ToolCall::Act(_) => Held::free(ToolResult::failure(
            "No task has been started: this call names no session. Call openenv/session/create, then start_task and \
             every other tool with its session_id in `params`.",
        )),
        tool => call_tool(app, &mut app.new_session(), tool),
    }
}

fn call_tool(app: &App, session: &mut Session, tool: ToolCall) -> Held<ToolResult> {
    match tool {
        ToolCall::ListTasks => Held::free(ToolResult::of_tasks(&app.offer().documents.tasks)),
        ToolCall::StartTask(request) => match app.reset(session, &request) {
            Ok(answer) => answer.map(|answer| ToolResult::of_step(&answer)),
            Err(error) => Held::free(ToolResult::failure(error.message)),
        },
        ToolCall::Act(action) => match app.step(session, &action) {
            Ok(answer) => answer.map(|answer| ToolResult::of_step(&for_agents(answer))),
            Err(_) => Held::free(ToolResult::failure("No task has been started yet; call start_task first.")),
        },
    }
}

/// The answer without what would tell an agent how it is graded.
fn for_agents(mut answer: StepResult) -> StepResult {
    if let Some(score) = &mut answer.observation.metadata.score {
        for part in &mut Arc::make_mut(score).parts {
            part.reason = None;
        }
    }
    answer
}

fn list_tools() -> Value {
    json!({ "tools": tools() })
}

fn find_session(app: &App, call: Option<RpcId>, id: Option<String>) -> Result<Option<SharedSession>, RpcError> {
    let Some(id) = id else { return Ok(None) };
    match app.store.get(&id) {
        Some((_, session)) => Ok(Some(session)),
        None => {
            app.metrics.fault(Fault::UnknownSession);
            Err(RpcError::new(call, RpcErrorCode::InvalidParams, unknown_session(&id)))
        }
    }
}

fn close_session(app: &App, call: Option<RpcId>, id: &str) -> Result<Value, RpcError> {
    match app.store.close(id) {
        Some(Closing::Closed) => Ok(json!({ "session_id": id, "closed": true })),
        Some(Closing::Pending) => Ok(json!({ "session_id": id, "closed": false, "closing": true })),
        None => {
            app.metrics.fault(Fault::UnknownSession);
            Err(RpcError::new(call, RpcErrorCode::InvalidParams, unknown_session(id)))
        }
    }
}

/// The call's reply; a panic costs only this call.
fn render(
    app: &App,
    call: Result<RpcRequest, RpcError>,
    act: impl FnOnce(RpcRequest) -> Result<Held<Value>, RpcError>,
) -> HeldText {
    let at_once = |text: String| Held::free(text).or_else(|_| unreachable!("nothing is waited for"));
    let call = match call {
        Ok(call) => call,
        Err(error) => {
            app.metrics.fault(Fault::Validation);
            return at_once(render_rpc_error(&error));
        }
    };
    let id = call.id.clone();
    match catch_unwind(AssertUnwindSafe(|| act(call))) {
        Ok(Ok(result)) => result
            .map(|result| render_rpc_result(id.as_ref(), &result))
            .or_else(move |_| render_rpc_error(&RpcError::new(id, RpcErrorCode::Internal, NOT_RECORDED))),
        Ok(Err(error)) => at_once(render_rpc_error(&error)),
        Err(_) => {
            app.metrics.fault(Fault::Internal);
            tracing::error!("a call was answered by a panic; this is a bug");
            let what = "Internal error; call start_task again";
            at_once(render_rpc_error(&RpcError::new(id, RpcErrorCode::Internal, what)))
        }
    }
}

fn full_error(call: Option<RpcId>, full: AtCapacity) -> RpcError {
    let data = json!({ "active_sessions": full.active, "max_sessions": full.max });
    RpcError::new(call, RpcErrorCode::Server, capacity_message(full)).with_data(data)
}

fn unknown_session(id: &str) -> String {
    format!("Unknown session_id: {}", shorten(id))
}

fn to_value(result: &impl Serialize) -> Value {
    serde_json::to_value(result).expect("results are plain JSON")
}
