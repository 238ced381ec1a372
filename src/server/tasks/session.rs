//! Sessions of ORS, from the handing out of an id to their end.
//!
//! An id that was handed out is only a number that nobody else has: nothing is kept and no room is taken before
//! `POST /create` begins the episode, so that a flood of ids costs nothing. As upstream, a client may bring an id of its
//! own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::json;

use crate::protocol::{CreateBody, ResetRequest, TaskChoice, ValidationErrors, parse_create_body};
use crate::server::App;
use crate::server::answer::{Refused, json, shorten};
use crate::server::http::{content_type, read};
use crate::server::identity::SESSION_HEADER;
use crate::session::{NotFree, SessionId, SharedSession};

use super::environment::check_name;
use super::events::stream_id;
use super::list::{INVALID_INDEX, INVALID_SPLIT};

const NO_SESSION: Refused = Refused::Other(StatusCode::BAD_REQUEST, "X-Session-ID header is required");
const NO_ID: Refused = Refused::Other(
    StatusCode::BAD_REQUEST,
    "X-Session-ID must be 1 to 128 letters, digits and any of `-_.:~`; POST /create_session hands out ids",
);

fn not_free(why: NotFree) -> Refused {
    let what = match why {
        // Word for word as upstream.
        NotFree::Taken => "Session already exists",
        NotFree::Over => "The session of this id has ended; POST /create_session hands out another",
    };
    Refused::Other(StatusCode::BAD_REQUEST, what)
}

/// `POST /create_session`. What platforms send along is for them.
pub(super) async fn hand_out(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    read(&app, request).await?;
    Ok(stream_id(SessionId::hand_out().as_str()))
}

/// `POST /create`.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let asked = parse_create_body(content_type(&head.headers), &body)?;
    let id = SessionId::choose(named(&head.headers)?).ok_or(NO_ID)?;
    if let Some(name) = &asked.env_name {
        check_name(&app, name)?;
    }
    if let Some(name) = &asked.toolset_name {
        let message = format!("unknown toolset '{}'; this environment has its own tools only", shorten(name));
        return Err(Refused::Unfit(StatusCode::BAD_REQUEST, message));
    }
    let task_id = choose_task(&app, asked)?;
    // Looked up, and given room, before the episode begins: one that is refused is not recorded. Between the two a twin may
    // slip in, and then the store refuses.
    app.store.check_free(&id).map_err(not_free)?;
    let slot = app.take_slot().await?;
    let mut session = app.new_session();
    let request = ResetRequest { task_id: Some(task_id.clone()), ..ResetRequest::default() };
    let begun =
        app.reset(&mut session, &request).map_err(|error| ValidationErrors::unknown_spec(&task_id, &error.message))?;
    app.store.adopt_in(slot, id.clone(), session).map_err(not_free)?;
    app.desk.welcome(&id);
    begun.release().await?;
    Ok(say_id(id.as_str()))
}

/// `POST /ping`: the session counts as used.
pub(super) async fn ping(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = read(&app, request).await?;
    find(&app, &head.headers)?;
    Ok(json(StatusCode::OK, r#"{"status":"ok"}"#))
}

/// `POST /delete` and `POST /delete_session`, which clients send one after the other; an id of no session is let go, too.
pub(super) async fn delete(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = read(&app, request).await?;
    let id = named(&head.headers)?;
    if let Some((found, _)) = app.store.get(id) {
        app.store.close(id);
        app.desk.dismiss(found);
    }
    Ok(say_id(&shorten(id)))
}

/// The session that a request plays in.
///
/// # Errors
/// No header, an unknown id, or one whose session was deleted.
pub(super) fn find(app: &App, headers: &HeaderMap) -> Result<(SessionId, SharedSession), Refused> {
    let id = named(headers)?;
    if app.desk.has_dismissed(id) {
        return Err(Refused::Deleted);
    }
    app.store.get(id).ok_or(Refused::NotActive)
}

/// The id in the header; ORS knows no other way to name a session.
fn named(headers: &HeaderMap) -> Result<&str, Refused> {
    let Some(id) = headers.get(SESSION_HEADER).filter(|id| !id.is_empty()) else { return Err(NO_SESSION) };
    match id.to_str().map(str::trim) {
        Ok("") => Err(NO_SESSION),
        // No id has other characters.
        other => Ok(other.unwrap_or("\u{fffd}")),
    }
}

/// The id of the task that is asked for.
fn choose_task(app: &App, asked: CreateBody) -> Result<String, Refused> {
    match asked.task {
        TaskChoice::Id(id) => Ok(id),
        TaskChoice::Place(place) => {
            let offer = app.offer();
            let tasks = offer.documents.split(&place.split).ok_or(INVALID_SPLIT)?;
            let at = place.resolve(tasks.len()).ok_or(INVALID_INDEX)?;
            Ok(tasks[at].id().to_owned())
        }
    }
}

fn say_id(id: &str) -> Response<Body> {
    json(StatusCode::OK, json!({ "sid": id }).to_string())
}
