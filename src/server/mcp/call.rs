//! What a call does, whatever brought it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::Poll;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::protocol::{
    Dialect, RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest, STATELESS_VERSION, StepResult, Tool, ToolCall,
    ToolResult, negotiate, parse_tool_call, parse_tool_call_with_handle, render_rpc_error, render_rpc_result, tools,
    tools_with_handle,
};
use crate::session::{AtCapacity, Closing, NotTaken, Session, SharedSession};

use crate::server::answer::{capacity_message, shorten};
use crate::server::app::App;
use crate::server::held::{Held, HeldText, NOT_RECORDED};
use crate::server::metrics::Fault;
use crate::server::seat::Seat;

/// How long a client may go by a list of tools, in milliseconds. They change with the program only.
const TOOLS_TTL_MS: u32 = 3_600_000;
/// How a model is told to play.
const INSTRUCTIONS: &str = "Customer-support cases to solve. Call list_tasks to see them and start_task to begin one; then \
                            look at the ticket, the records and the policies that matter, draft a reply to the customer, \
                            and end the case with submit_resolution. Every action costs a step.";
const NOT_STARTED: &str = "No task has been started yet; call start_task first.";

/// Where a call's tools play.
pub(super) enum Place<'a> {
    /// In the session that its parameters name, if any: OpenEnv over HTTP.
    Params,
    /// In the session of the socket, or process, that it came through.
    Seat(&'a mut Seat),
    /// In the session that the request's head names: Streamable HTTP. It has been found to be known.
    Head(&'a str),
    /// In none: a client of Streamable HTTP that has none yet.
    Nowhere,
    /// In the one that its arguments name: MCP of the stateless version.
    Argument,
}

/// What a call comes to.
type Outcome = Result<Held<Box<RawValue>>, RpcError>;

/// Carries out a call. One that begins a session waits for room; one in a seat waits for nothing.
async fn carry_out(app: &Arc<App>, place: Place<'_>, request: RpcRequest) -> Outcome {
    let RpcRequest { id, method } = request;
    let free = |value: &Value| Ok(Held::free(raw(value)));
    match (method, place) {
        (RpcMethod::Discover, Place::Argument) => free(&discover(app)),
        (RpcMethod::ToolsList { .. }, Place::Argument) => {
            #[derive(Serialize)]
            #[serde(rename_all = "camelCase")]
            struct List {
                tools: &'static [Tool],
                ttl_ms: u32,
                cache_scope: &'static str,
            }
            let list = List { tools: tools_with_handle(), ttl_ms: TOOLS_TTL_MS, cache_scope: "public" };
            Ok(Held::free(complete(app, &list)))
        }
        (RpcMethod::ToolsCall { name, arguments, .. }, Place::Argument) => {
            let called = call_with_handle(app, id, &name, &arguments).await;
            called.map(|held| held.map(|result| complete(app, &result)))
        }
        (
            RpcMethod::Initialize { protocol_version },
            Place::Params | Place::Seat(_) | Place::Head(_) | Place::Nowhere,
        ) => free(&initialize(app, &protocol_version)),
        (RpcMethod::Ping, Place::Params | Place::Seat(_) | Place::Head(_) | Place::Nowhere) => free(&json!({})),
        (RpcMethod::ToolsList { session_id }, Place::Params) => {
            find_session(app, id, session_id).await?;
            Ok(Held::free(list_tools()))
        }
        // The list is the same in every session; over sockets OpenEnv's own server looks at no id, either.
        (RpcMethod::ToolsList { .. }, Place::Seat(_) | Place::Head(_) | Place::Nowhere) => Ok(Held::free(list_tools())),
        (RpcMethod::ToolsCall { name, arguments, session_id }, place) => {
            let call = parse_tool_call(id.as_ref(), &name, &arguments)?;
            let result = match place {
                Place::Params => match find_session(app, id, session_id).await? {
                    Some(session) => app.turns.take(length(&call), || call_tool(app, &mut session.lock(), call)).await,
                    None => call_without_session(app, call),
                },
                Place::Seat(seat) => {
                    check_own(app, seat, id, session_id)?;
                    seat.with(|session| call_tool(app, session, call))
                }
                Place::Head(session) => call_in(app, session, call).await,
                Place::Nowhere | Place::Argument => return Err(RpcError::method_not_found(id, "tools/call")),
            };
            Ok(result.map(|result| raw(&result)))
        }
        (RpcMethod::SessionCreate, Place::Params) => match app.take_slot().await {
            Ok(slot) => {
                let (session, _) = app.store.add_in(slot, app.new_session(), false);
                free(&json!({ "session_id": session.as_str() }))
            }
            Err(full) => {
                app.metrics.fault(Fault::Capacity);
                Err(full_error(id, full))
            }
        },
        (RpcMethod::SessionCreate, Place::Seat(seat)) => free(&json!({ "session_id": seat.id(app).as_str() })),
        (RpcMethod::SessionClose { session_id }, Place::Seat(Seat::Joined(attachment)))
            if attachment.id().as_str() == session_id =>
        {
            let what = "Cannot close the session of the WebSocket that asks; close the WebSocket";
            Err(RpcError::new(id, RpcErrorCode::InvalidRequest, what))
        }
        (RpcMethod::SessionClose { session_id }, Place::Params | Place::Seat(_)) => {
            close_session(app, id, &session_id).map(|closed| Held::free(raw(&closed)))
        }
        (method, _) => Err(RpcError::method_not_found(id, name_of(&method))),
    }
}

/// The reply to a call in this dialect and, where it failed, how; a panic costs only this call.
pub(super) async fn reply(
    app: &Arc<App>,
    dialect: Dialect,
    place: Place<'_>,
    call: Result<RpcRequest, RpcError>,
) -> (HeldText, Option<RpcErrorCode>) {
    let at_once = |error: &RpcError| {
        let text = Held::free(render_rpc_error(dialect, error));
        (text.or_else(|_| unreachable!("nothing is waited for")), Some(error.code))
    };
    let call = match call {
        Ok(call) => call,
        Err(error) => {
            app.metrics.fault(Fault::Validation);
            return at_once(&error);
        }
    };
    let id = call.id.clone();
    let mut acting = pin!(carry_out(app, place, call));
    let acted = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| acting.as_mut().poll(context))) {
        Ok(acted) => acted.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    match acted.await {
        Ok(Ok(result)) => {
            let text = result
                .map(|result| render_rpc_result(id.as_ref(), &result))
                .or_else(move |_| render_rpc_error(dialect, &RpcError::new(id, RpcErrorCode::Internal, NOT_RECORDED)));
            (text, None)
        }
        Ok(Err(error)) => at_once(&error),
        Err(_) => {
            app.metrics.fault(Fault::Internal);
            tracing::error!("a call was answered by a panic; this is a bug");
            let what = "Internal error; call start_task again";
            at_once(&RpcError::new(id, RpcErrorCode::Internal, what))
        }
    }
}

/// Calls a tool in this session.
fn call_tool(app: &App, session: &mut Session, call: ToolCall) -> Held<ToolResult> {
    call_and_name(app, session, call, None)
}

/// The failure of whoever finds no room.
pub(super) fn full_error(call: Option<RpcId>, full: AtCapacity) -> RpcError {
    let data = json!({ "active_sessions": full.active, "max_sessions": full.max });
    RpcError::new(call, RpcErrorCode::Server, capacity_message(full)).with_data(data)
}

pub(super) fn unknown_session(id: &str) -> String {
    format!("Unknown session_id: {}", shorten(id))
}

/// A call that names no session plays in one that is thrown away after it, as OpenEnv has it. Nothing can be acted on
/// there, and the answer says what to do instead.
fn call_without_session(app: &App, call: ToolCall) -> Held<ToolResult> {
    match call {
        ToolCall::Act(_) => Held::free(ToolResult::failure(
            "No task has been started: this call names no session. Call openenv/session/create, then start_task and \
             every other tool with its session_id in `params`.",
        )),
        call => call_tool(app, &mut app.new_session(), call),
    }
}

/// Calls a tool in a session by its id. A session that was only announced begins with its first task.
async fn call_in(app: &App, id: &str, call: ToolCall) -> Held<ToolResult> {
    let found = match call {
        ToolCall::ListTasks => return call_tool(app, &mut app.new_session(), call),
        ToolCall::StartTask(_) => app.find_session(id).await,
        ToolCall::Act(_) => Ok(app.store.get(id)),
    };
    match found {
        Ok(Some((_, session))) => app.turns.take(length(&call), || call_tool(app, &mut session.lock(), call)).await,
        Ok(None) => Held::free(ToolResult::failure(NOT_STARTED)),
        Err(full) => refuse_full(app, full),
    }
}

/// How long the text is that a call has judged, in bytes.
fn length(call: &ToolCall) -> usize {
    match call {
        ToolCall::Act(action) => action.message.as_ref().map_or(0, |message| message.len()),
        ToolCall::ListTasks | ToolCall::StartTask(_) => 0,
    }
}

/// Calls a tool in the session that its arguments name; `start_task` makes one where they name none.
async fn call_with_handle(
    app: &App,
    id: Option<RpcId>,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<Held<ToolResult>, RpcError> {
    let (call, handle) = parse_tool_call_with_handle(id.as_ref(), name, arguments)?;
    Ok(match (call, handle.filter(|handle| !handle.is_empty())) {
        (call @ ToolCall::ListTasks, _) => call_tool(app, &mut app.new_session(), call),
        (call, Some(handle)) => match app.find_session(&handle).await {
            Ok(Some((id, session))) => {
                app.turns.take(length(&call), || call_and_name(app, &mut session.lock(), call, Some(id.as_str()))).await
            }
            Ok(None) => {
                app.metrics.fault(Fault::UnknownSession);
                let what = format!("{}. It may have expired; call start_task for another.", unknown_session(&handle));
                Held::free(ToolResult::failure(what))
            }
            Err(full) => refuse_full(app, full),
        },
        (ToolCall::StartTask(request), None) => {
            if let Err(error) = app.check_task(&request) {
                return Ok(Held::free(ToolResult::failure(error.message)));
            }
            // As a reset over HTTP: given room, begun, added.
            let slot = match app.take_slot().await {
                Ok(slot) => slot,
                Err(full) => return Ok(refuse_full(app, full)),
            };
            let mut session = app.new_session();
            match app.reset(&mut session, &request) {
                Err(error) => Held::free(ToolResult::failure(error.message)),
                Ok(answer) => {
                    let (id, _) = app.store.add_in(slot, session, false);
                    answer.map(|answer| ToolResult::of_step(&answer, Some(id.as_str())))
                }
            }
        }
        (ToolCall::Act(_), None) => Held::free(ToolResult::failure(NOT_STARTED)),
    })
}

fn call_and_name(app: &App, session: &mut Session, call: ToolCall, handle: Option<&str>) -> Held<ToolResult> {
    match play(app, session, call) {
        Ok(answer) => answer.map(|answer| ToolResult::of_step(&answer, handle)),
        Err(result) => Held::free(result),
    }
}

/// What a tool shows of the episode that it began or went on with; as an error, the result of a call that did neither.
pub(super) fn play(app: &App, session: &mut Session, call: ToolCall) -> Result<Held<StepResult>, ToolResult> {
    match call {
        ToolCall::ListTasks => Err(ToolResult::of_tasks(&app.offer().documents.tasks)),
        ToolCall::StartTask(request) => {
            app.reset(session, &request).map_err(|error| ToolResult::failure(error.message))
        }
        ToolCall::Act(action) => match app.step(session, &action) {
            Ok(answer) => Ok(answer.map(for_agents)),
            Err(NotTaken::NoEpisode) => Err(ToolResult::failure(NOT_STARTED)),
            Err(why @ NotTaken::NoMemory) => {
                app.metrics.fault(Fault::Capacity);
                Err(ToolResult::failure(why.to_string()))
            }
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

fn refuse_full(app: &App, full: AtCapacity) -> Held<ToolResult> {
    app.metrics.fault(Fault::Capacity);
    Held::free(ToolResult::failure(format!("{} Try again in a while.", capacity_message(full))))
}

async fn find_session(app: &App, call: Option<RpcId>, id: Option<String>) -> Result<Option<SharedSession>, RpcError> {
    let Some(id) = id else { return Ok(None) };
    match app.find_session(&id).await {
        Ok(Some((_, session))) => Ok(Some(session)),
        Ok(None) => {
            app.metrics.fault(Fault::UnknownSession);
            Err(RpcError::new(call, RpcErrorCode::InvalidParams, unknown_session(&id)))
        }
        Err(full) => {
            app.metrics.fault(Fault::Capacity);
            Err(full_error(call, full))
        }
    }
}

/// A call that came through a socket plays in that one's session: one that names another is refused, not carried out here.
fn check_own(app: &App, seat: &Seat, call: Option<RpcId>, named: Option<String>) -> Result<(), RpcError> {
    if named.is_none_or(|id| seat.is_called(&id)) {
        return Ok(());
    }
    app.metrics.fault(Fault::UnknownSession);
    let what =
        "session_id names another session than the one of this WebSocket; leave it out, or connect with ?session_id=";
    Err(RpcError::new(call, RpcErrorCode::InvalidParams, what))
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

fn initialize(app: &App, asked: &str) -> Value {
    json!({
        "protocolVersion": negotiate(asked),
        "capabilities": { "tools": {} },
        "serverInfo": server_info(app),
        "instructions": INSTRUCTIONS,
    })
}

fn discover(app: &App) -> Value {
    json!({
        "resultType": "complete",
        "supportedVersions": [STATELESS_VERSION],
        "capabilities": { "tools": {} },
        "instructions": INSTRUCTIONS,
        "ttlMs": TOOLS_TTL_MS,
        "cacheScope": "public",
        "_meta": result_meta(app),
    })
}

/// The result as the stateless version has it: whole, and saying whose it is.
fn complete(app: &App, result: &impl Serialize) -> Box<RawValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Complete<'a, T> {
        result_type: &'static str,
        #[serde(flatten)]
        result: &'a T,
        #[serde(rename = "_meta")]
        meta: Value,
    }
    raw(&Complete { result_type: "complete", result, meta: result_meta(app) })
}

fn result_meta(app: &App) -> Value {
    json!({ "io.modelcontextprotocol/serverInfo": server_info(app) })
}

fn server_info(app: &App) -> Value {
    json!({ "name": app.name(), "version": env!("CARGO_PKG_VERSION") })
}

/// The list of tools, written down once.
fn list_tools() -> Box<RawValue> {
    static LIST: LazyLock<Box<RawValue>> = LazyLock::new(|| raw(&json!({ "tools": tools() })));
    LIST.clone()
}

fn name_of(method: &RpcMethod) -> &str {
    match method {
        RpcMethod::ToolsList { .. } => "tools/list",
        RpcMethod::ToolsCall { .. } => "tools/call",
        RpcMethod::SessionCreate => "openenv/session/create",
        RpcMethod::SessionClose { .. } => "openenv/session/close",
        RpcMethod::Initialize { .. } => "initialize",
        RpcMethod::Ping => "ping",
        RpcMethod::Discover => "server/discover",
        RpcMethod::Unanswered => "a notification",
        RpcMethod::Other(name) => name,
    }
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("results are plain JSON")
}
