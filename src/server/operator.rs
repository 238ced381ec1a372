//! What an operator may do: see which sessions there are, and end them.
//!
//! Sessions are called by handles here: whoever sees the list cannot play in any of them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use serde_json::{Value, json};

use crate::session::{Closing, Listed};

use super::App;
use super::answer::{self, Refused, shorten};
use super::origin::Caller;

/// The most sessions of one answer.
const MOST_LISTED: usize = 1_000;

/// `GET /operator/sessions`: the oldest first.
pub(crate) async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    check(&app, request.uri(), request.headers())?;
    let sessions: Vec<Value> = app.store.list(MOST_LISTED).iter().map(render).collect();
    let body = json!({
        "version": 1,
        "active_sessions": app.store.active(),
        "max_sessions": app.store.max(),
        "sessions": sessions,
    });
    Ok(answer::json(StatusCode::OK, body.to_string()))
}

/// `DELETE /operator/sessions/{handle}`.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    handle: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    check(&app, request.uri(), request.headers())?;
    // What is no text is no handle either.
    let handle = handle.map(|Path(handle)| handle).unwrap_or_default();
    let closed = match app.store.end(&handle) {
        Some(Closing::Closed) => true,
        // A WebSocket holds it: that one is told, and takes the session with it.
        Some(Closing::Pending) => false,
        None => {
            let what = format!("No session has the handle {}; it may be over by now.", shorten(&handle));
            return Err(Refused::Unfit(StatusCode::NOT_FOUND, what));
        }
    };
    tracing::info!(closed, "an operator has ended a session");
    Ok(answer::json(StatusCode::OK, json!({ "closed": closed, "closing": !closed }).to_string()))
}

/// Whether whoever asks may be an operator: with a token that was checked before, or from this machine where strangers have
/// no way in. A page of another origin never is.
fn check(app: &App, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
    let origins = &app.settings.origins;
    let is_alone = origins.loopback_only && origins.allow_hosts.is_empty();
    if app.settings.token.is_none() && !is_alone {
        let what = "Sessions are listed and ended only on a server with --auth-token-file, or one bound to loopback.";
        return Err(Refused::Forbidden(what));
    }
    match origins.check(uri, headers) {
        Ok(Caller::Own) => Ok(()),
        _ => Err(Refused::Forbidden("Sessions are listed and ended by no page of another origin.")),
    }
}

fn render(listed: &Listed) -> Value {
    let episode = listed.session.as_ref().and_then(|session| {
        let session = session.lock();
        let episode = session.episode()?;
        Some(json!({ "task_id": &*episode.task().id, "steps": episode.answered(), "done": episode.is_done() }))
    });
    json!({
        "handle": listed.handle,
        "age_s": listed.age.as_secs(),
        "idle_s": listed.idle.map(|idle| idle.as_secs()),
        "attached": listed.attached,
        "episode": episode,
    })
}
