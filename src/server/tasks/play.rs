//! Playing by ORS: the prompt, the tools and their calls.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use tracing::Instrument;

use crate::protocol::{
    ActionType, CallBody, ToolCall, ToolUseAction, parse_call_body, parse_tool_call, render_call_failure,
    render_call_output, render_messages, render_prompt,
};
use crate::server::App;
use crate::server::answer::{Refused, json, shorten};
use crate::server::held::NOT_RECORDED;
use crate::server::http::{content_type, read};
use crate::server::metrics::Fault;
use crate::server::router::survive;
use crate::session::{NO_MEMORY, NotTaken, SharedSession};

use super::desk::Outcome;
use super::environment::Environment;
use super::events::{stream_call, stream_error};
use super::session::find;
use super::text::{outcome_text, prompt_text};

/// What a call of an unknown id is told, word for word as upstream.
const UNKNOWN_CALL: &str = "unknown task_id";

/// `GET /{env_name}/prompt`.
pub(super) async fn prompt(
    State(app): State<Arc<App>>,
    _: Environment,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    Ok(json(StatusCode::OK, render_prompt(&prompt_of(&app, &headers)?)))
}

/// `GET /{env_name}/messages`.
pub(super) async fn messages(
    State(app): State<Arc<App>>,
    _: Environment,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    Ok(json(StatusCode::OK, render_messages(&prompt_of(&app, &headers)?)))
}

/// The same all through the episode: what has been found since is in the answers to the calls.
fn prompt_of(app: &App, headers: &HeaderMap) -> Result<String, Refused> {
    let (_, session) = find(app, headers)?;
    let task = session.lock().episode().map(|episode| episode.task().clone());
    // A session of another transport may not have begun anything.
    task.map(|task| prompt_text(&task)).ok_or(Refused::NotActive)
}

/// `GET /{env_name}/task_tools`: no task has tools of its own.
pub(super) async fn task_tools(
    State(app): State<Arc<App>>,
    _: Environment,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    find(&app, &headers)?;
    Ok(json(StatusCode::OK, app.offer().documents.tools_body.clone()))
}

/// `POST /{env_name}/call`. The calls of one session are carried out one after another, each once and to its end: a client
/// whose connection broke names the call's id and gets the same answer.
pub(super) async fn call(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let asked = parse_call_body(content_type(&head.headers), &body)?;
    let (id, session) = find(&app, &head.headers)?;
    if let Some(task_id) = &asked.task_id {
        return Ok(app.desk.find(&id, task_id).map_or_else(|| stream_error(UNKNOWN_CALL), stream_call));
    }
    session.lock().episode().ok_or(Refused::NotActive)?;
    let hand = app.desk.hand(body.len()).await;
    let call = app.desk.open(&id);
    match read_call(&asked) {
        Err(error) => app.desk.close(&call, Ok(render_call_failure(&error).into())),
        Ok(action) => {
            let call = call.clone();
            // On its own: a connection that breaks takes along only what serves it.
            let work = async move {
                let acted = survive(act(&app, &session, &action, body.len())).await;
                app.desk.close(&call, acted.unwrap_or(Err("Internal Server Error")));
                // A long body has its room until here.
                drop((head, hand));
            };
            tokio::spawn(work.in_current_span());
        }
    }
    Ok(stream_call(call))
}

/// Carries out an action of so many bytes.
async fn act(app: &App, session: &SharedSession, action: &ToolUseAction, bytes: usize) -> Outcome {
    let held = app.turns.take(bytes, || app.step(&mut session.lock(), action)).await.map_err(|why| match why {
        // The episode was there, and a session does not lose one.
        NotTaken::NoEpisode => UNKNOWN_CALL,
        NotTaken::NoMemory => {
            app.metrics.fault(Fault::Capacity);
            NO_MEMORY
        }
    })?;
    match held.release().await {
        Ok(result) => Ok(render_call_output(&outcome_text(&result), result.reward, result.done).into()),
        Err(error) => {
            tracing::error!(%error, "a step was not answered");
            Err(NOT_RECORDED)
        }
    }
}

/// `POST /{env_name}/score_group`: replies are not compared with one another here.
pub(super) async fn score_group(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    read(&app, request).await?;
    let message = format!("Environment '{}' does not implement score_group", app.name());
    Err(Refused::Unfit(StatusCode::NOT_FOUND, message))
}

/// The action that a call stands for, or what is wrong with it: that is no step. By the beginnings of these texts clients
/// tell the kinds of mistakes apart.
fn read_call(asked: &CallBody) -> Result<ToolUseAction, String> {
    let names = ActionType::ALL.map(ActionType::as_str);
    if !names.contains(&&*asked.name) {
        return Err(format!("'{}' is not a valid tool; the tools are {}", shorten(&asked.name), names.join(", ")));
    }
    match parse_tool_call(None, &asked.name, &asked.input) {
        Ok(ToolCall::Act(action)) => Ok(action),
        Ok(_) => unreachable!("every name in the list is that of an action"),
        Err(error) => Err(format!("Tool input validation error: {}", error.message)),
    }
}
