//! Playing from the page: OpenEnv's web routes, each on the visitor's own session.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use crate::protocol::StepResult;
use crate::protocol::{ValidationErrors, parse_reset_body, parse_step_body, render_http_envelope, render_http_state};
use crate::session::SessionId;
use crate::task::SelectError;

use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{content_type, read};
use crate::server::identity::{Identity, announce};

use super::explain::render_explanation;

/// `GET /web/metadata`.
pub(super) async fn metadata(State(app): State<Arc<App>>) -> Response<Body> {
    json(StatusCode::OK, app.offer().documents.web_metadata_body.clone())
}

/// `POST /web/reset`.
pub(super) async fn reset(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(request).await?;
    let asked = parse_reset_body(content_type(&head.headers), &body)?;
    let invalid = |SelectError { field, message }| ValidationErrors::select(&asked.request, field, &message);
    let found = Identity::of(&head.headers, &head.uri, asked.session_id.clone()).find(&app.store)?;
    let (id, answer) = match found {
        Some((id, session)) => (id, app.reset(&mut session.lock(), &asked.request).map_err(invalid)?),
        None => {
            let mut session = app.new_session();
            session.watch();
            let answer = app.reset(&mut session, &asked.request).map_err(invalid)?;
            // Never the latest: that is for whoever plays by hand and names no session.
            let (id, _) = app.store.add(session, false)?;
            (id, answer)
        }
    };
    Ok(observation(id, answer))
}

/// `POST /web/step`.
pub(super) async fn step(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(request).await?;
    let asked = parse_step_body(content_type(&head.headers), &body)?;
    let found = Identity::of(&head.headers, &head.uri, asked.session_id.clone()).find(&app.store)?;
    let (id, session) = found.ok_or(NO_EPISODE)?;
    let answer = app.step(&mut session.lock(), &asked.action).map_err(|_| NO_EPISODE)?;
    Ok(observation(id, answer))
}

/// `GET /web/state`.
pub(super) async fn state(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let found = Identity::of(request.headers(), request.uri(), None).find(&app.store)?;
    let (id, session) = found.ok_or(NO_EPISODE)?;
    let state = {
        let session = session.lock();
        session.episode().ok_or(NO_EPISODE)?;
        app.state(&session)
    };
    let mut response = json(StatusCode::OK, render_http_state(&state));
    announce(response.headers_mut(), &id, false);
    Ok(response)
}

/// `GET /web/explanation`.
pub(super) async fn explanation(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let found = Identity::of(request.headers(), request.uri(), None).find(&app.store)?;
    let (id, session) = found.ok_or(NO_EPISODE)?;
    // A copy, so that judging the reply once more keeps nobody waiting for the session.
    let episode = session.lock().episode().ok_or(NO_EPISODE)?.clone();
    if !episode.is_done() {
        let what = "The episode has not ended; it is explained after its last step.";
        return Err(Refused::Other(StatusCode::CONFLICT, what));
    }
    let mut response = json(StatusCode::OK, render_explanation(&episode));
    announce(response.headers_mut(), &id, false);
    Ok(response)
}

/// The visitor has not begun an episode.
const NO_EPISODE: Refused =
    Refused::Other(StatusCode::CONFLICT, "No episode has begun yet; send POST /web/reset first.");

fn observation(id: SessionId, mut answer: StepResult) -> Response<Body> {
    answer.observation.metadata.session_id = Some(id.shared());
    let mut response = json(StatusCode::OK, render_http_envelope(&answer));
    // No cookie: two tabs of one browser are two visitors.
    announce(response.headers_mut(), &id, false);
    response
}
