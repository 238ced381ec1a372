//! Playing from the page: OpenEnv's web routes, each on the visitor's own session.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri};

use crate::protocol::{StepAction, parse_step_body, render_http_state};
use crate::prove::Explanation;
use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{act, begin, content_type, observation, read};
use crate::server::identity::{Entry, Identity, announce};
use crate::server::once::StepKey;
use crate::session::{SessionId, SharedSession};

/// `GET /web/metadata`.
pub(super) async fn metadata(State(app): State<Arc<App>>) -> Response<Body> {
    json(StatusCode::OK, app.offer().documents.web_metadata_body.clone())
}

/// `POST /web/reset`.
pub(super) async fn reset(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (id, answer) = begin(&app, request, Entry::Playground).await?;
    Ok(observation(&id, answer))
}

/// `POST /web/step`.
pub(super) async fn step(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let asked = parse_step_body(content_type(&head.headers), &body)?;
    let key = StepKey::of(&head.headers, &body)?;
    let found = visitors(&app, &head.headers, &head.uri, asked.session_id).await?;
    let StepAction::Act(action) = asked.action else {
        let what = "The page's steps are the five actions; /step and /ws take list_tools and call_tool.".to_owned();
        return Err(Refused::Unfit(StatusCode::UNPROCESSABLE_ENTITY, what));
    };
    act(&app, found, key, &action, body.len()).await.map_err(|refused| match refused {
        Refused::NoEpisode => NO_EPISODE,
        refused => refused,
    })
}

/// `GET /web/state`.
pub(super) async fn state(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = request.into_parts();
    let (id, session) = visitors(&app, &head.headers, &head.uri, None).await?;
    let state = {
        let session = session.lock();
        session.episode().ok_or(NO_EPISODE)?;
        app.state(&session)
    };
    let mut response = json(StatusCode::OK, render_http_state(&state));
    announce(response.headers_mut(), &id);
    Ok(response)
}

/// `GET /web/explanation`.
pub(super) async fn explanation(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = request.into_parts();
    let (id, session) = visitors(&app, &head.headers, &head.uri, None).await?;
    // A copy, so that judging the reply once more keeps nobody waiting for the session.
    let episode = session.lock().episode().ok_or(NO_EPISODE)?.clone();
    if !episode.is_done() {
        let what = "The episode has not ended; it is explained after its last step.";
        return Err(Refused::Other(StatusCode::CONFLICT, what));
    }
    let mut response =
        json(StatusCode::OK, serde_json::to_vec(&Explanation::of(&episode)).expect("explanations are plain JSON"));
    announce(response.headers_mut(), &id);
    Ok(response)
}

/// The visitor's own session, which a request's head or body names.
async fn visitors(
    app: &App,
    headers: &HeaderMap,
    uri: &Uri,
    in_body: Option<String>,
) -> Result<(SessionId, SharedSession), Refused> {
    Identity::of(Entry::Playground, headers, uri, in_body).find(app).await?.ok_or(NO_EPISODE)
}

/// The visitor has not begun an episode.
const NO_EPISODE: Refused =
    Refused::Other(StatusCode::CONFLICT, "No episode has begun yet; send POST /web/reset first.");
