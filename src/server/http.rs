//! OpenEnv over plain HTTP: `/reset`, `/step` and `/state`, on sessions that outlive the request.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;

use crate::protocol::{
    StepAction, StepResult, ToolUseAction, ValidationErrors, parse_reset_body, parse_step_body, render_http_envelope,
    render_http_state, render_http_tool_step,
};
use crate::session::{Session, SessionId, SharedSession};
use crate::task::SelectError;

use super::App;
use super::answer::{Refused, json};
use super::held::Held;
use super::identity::{Entry, Identity, announce, remember};
use super::mcp;
use super::once::{REPLAYED_HEADER, StepKey};
use super::room::{Room, Rooms};

/// The longest body, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;
/// How long a body may take.
pub(crate) const BODY_DEADLINE: Duration = Duration::from_secs(10);

const TOO_MANY_LONG: &str = "The server is at work on as many long requests as it takes at once; try again soon.";

/// `POST /reset`.
pub(crate) async fn reset(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (id, answer) = begin(&app, request, Entry::Protocol).await?;
    let mut response = observation(&id, answer);
    remember(response.headers_mut(), &id);
    Ok(response)
}

/// Begins an episode as a reset asks, in the session that it names or in a new one. That is then the latest, but for one
/// of the playground, which keeps the log that its page reads.
pub(crate) async fn begin(app: &App, request: Request, entry: Entry) -> Result<(SessionId, StepResult), Refused> {
    let (head, body) = read(app, request).await?;
    let asked = parse_reset_body(content_type(&head.headers), &body)?;
    let invalid = |SelectError { field, message }| ValidationErrors::select(&asked.request, field, &message);
    let found = Identity::of(entry, &head.headers, &head.uri, asked.session_id.clone()).find(app).await?;
    if let Some((id, session)) = found {
        let answer = app.reset(&mut session.lock(), &asked.request).map_err(invalid)?;
        return Ok((id, answer.release().await?));
    }
    app.check_task(&asked.request).map_err(invalid)?;
    // Given room before the episode begins: one that nobody plays is neither counted nor recorded. Begun before it is
    // added: a reset that picks no task leaves no session behind.
    let slot = app.take_slot().await?;
    let mut session = app.new_session();
    if entry == Entry::Playground {
        session.watch().expect("a log of no steps holds nothing");
    }
    let answer = app.reset(&mut session, &asked.request).map_err(invalid)?;
    let (id, _) = app.store.add_in(slot, session, entry == Entry::Protocol);
    Ok((id, answer.release().await?))
}

/// `POST /step`.
pub(crate) async fn step(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let asked = parse_step_body(content_type(&head.headers), &body)?;
    let key = StepKey::of(&head.headers, &body)?;
    let identity = Identity::of(Entry::Protocol, &head.headers, &head.uri, asked.session_id.clone());
    if asked.action == StepAction::ListTools {
        identity.find(&app).await?;
        return Ok(json(StatusCode::OK, mcp::list_tools_as_step(render_http_tool_step)));
    }
    let found = identity.find_or_latest(&app).await?.ok_or(Refused::NoEpisode)?;
    match &asked.action {
        StepAction::Act(action) => act(&app, found, key, action, body.len()).await,
        StepAction::CallTool(step) => {
            let (id, session) = found;
            let call = || -> Result<_, Refused> {
                let session = &mut *session.lock();
                if let Some(earlier) = find_earlier(&app, key.as_ref(), session)? {
                    return Ok((mcp::answer_tool_again(earlier, step, render_http_tool_step), true));
                }
                let keep = |session: &mut Session, answer: &_| keep(key.as_ref(), session, answer);
                Ok((mcp::answer_tool_step(&app, session, step, render_http_tool_step, keep), false))
            };
            let (answer, is_replayed) = app.turns.take(body.len(), call).await?;
            let mut response = json(StatusCode::OK, answer.release().await?);
            announce(response.headers_mut(), &id);
            mark(&mut response, is_replayed);
            Ok(response)
        }
        StepAction::ListTools => unreachable!("answered above"),
    }
}

/// Carries out an action of so many bytes, once where it has a key.
pub(crate) async fn act(
    app: &App,
    (id, session): (SessionId, SharedSession),
    key: Option<StepKey>,
    action: &ToolUseAction,
    bytes: usize,
) -> Result<Response<Body>, Refused> {
    let act = || -> Result<_, Refused> {
        let session = &mut *session.lock();
        if let Some(earlier) = find_earlier(app, key.as_ref(), session)? {
            return Ok((earlier, true));
        }
        let answer = app.step(session, action)?;
        keep(key.as_ref(), session, &answer);
        Ok((answer, false))
    };
    let (answer, is_replayed) = app.turns.take(bytes, act).await?;
    let mut response = observation(&id, answer.release().await?);
    mark(&mut response, is_replayed);
    Ok(response)
}

fn keep(key: Option<&StepKey>, session: &mut Session, answer: &Held<StepResult>) {
    if let Some(key) = key {
        key.keep(session, answer);
    }
}

fn mark(response: &mut Response<Body>, is_replayed: bool) {
    if is_replayed {
        response.headers_mut().insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    }
}

/// The answer to the same step, if it was taken under this key.
fn find_earlier(app: &App, key: Option<&StepKey>, session: &Session) -> Result<Option<Held<StepResult>>, Refused> {
    key.map_or(Ok(None), |key| key.find(app, session))
}

/// `GET /state`.
pub(crate) async fn state(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = request.into_parts();
    let found = Identity::of(Entry::Protocol, &head.headers, &head.uri, None).find_or_latest(&app).await?;
    let Some((id, session)) = found else {
        return Ok(json(StatusCode::OK, render_http_state(&Default::default())));
    };
    let state = app.state(&session.lock());
    let mut response = json(StatusCode::OK, render_http_state(&state));
    announce(response.headers_mut(), &id);
    Ok(response)
}

/// The answer to a reset or a step, which names its session.
pub(crate) fn observation(id: &SessionId, mut answer: StepResult) -> Response<Body> {
    answer.observation.metadata.session_id = Some(id.shared());
    let mut response = json(StatusCode::OK, render_http_envelope(&answer));
    announce(response.headers_mut(), id);
    response
}

/// The request's head and its whole body.
///
/// # Errors
/// A body that is too long, comes too slowly or breaks off. One that announces its excess is not read at all.
pub(crate) async fn read(app: &App, request: Request) -> Result<(Parts, Bytes), Refused> {
    read_within(app, request, MAX_BODY_BYTES).await
}

/// As [`read`], of a route that takes at most so many bytes.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_within(app: &App, request: Request, most: usize) -> Result<(Parts, Bytes), Refused> {
    read_among(request, most, &app.rooms).await
}

async fn read_among(request: Request, most: usize, rooms: &Rooms) -> Result<(Parts, Bytes), Refused> {
    let (mut head, body) = request.into_parts();
    let announced = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(Refused::TooLarge(most));
    }
    match tokio::time::timeout(BODY_DEADLINE, collect(body, most, rooms)).await {
        Ok(Ok((body, room))) => {
            if let Some(room) = room {
                // Let go with the request.
                head.extensions.insert(room);
            }
            Ok((head, body))
        }
        Ok(Err(refused)) => Err(refused),
        Err(_) => Err(Refused::TooSlow),
    }
}

async fn collect(mut body: Body, most: usize, rooms: &Rooms) -> Result<(Bytes, Option<Room>), Refused> {
    let (mut whole, mut room) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            tracing::debug!(%error, "body broke off");
            Refused::Broken
        })?;
        // Trailers say nothing here.
        let Ok(bytes) = frame.into_data() else { continue };
        let length = whole.len() + bytes.len();
        if length > most {
            return Err(Refused::TooLarge(most));
        }
        if !rooms.has_for(length, &mut room) {
            return Err(Refused::Busy(TOO_MANY_LONG));
        }
        whole.extend_from_slice(&bytes);
    }
    Ok((whole.into(), room))
}

/// The request's content type, where it names one that can be read.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use crate::pack::load_embedded;
    use crate::server::Settings;
    use crate::server::room::{MOST_LONG, SHORT_BYTES};

    use super::*;

    fn blanks(bytes: usize) -> Request {
        Request::new(Body::from(vec![b' '; bytes]))
    }

    #[tokio::test]
    async fn long_bodies_share_their_room_and_short_ones_need_none() {
        let rooms = Rooms::new(1);
        let read = async |bytes: usize| read_among(blanks(bytes), MAX_BODY_BYTES, &rooms).await;
        let long = read(SHORT_BYTES + 1).await.expect("there is room");
        assert_eq!(rooms.free(), 0, "held as long as the request");
        assert!(matches!(read(SHORT_BYTES + 1).await, Err(Refused::Busy(_))));
        assert!(read(SHORT_BYTES).await.is_ok());
        drop(long);
        assert!(read(MAX_BODY_BYTES).await.is_ok());
        assert!(matches!(read(MAX_BODY_BYTES + 1).await, Err(Refused::TooLarge(_))));
        assert_eq!(rooms.free(), 1);
    }

    #[tokio::test]
    async fn two_servers_in_one_process_share_no_room() {
        let catalog = Arc::new(load_embedded().into_catalog().expect("the shipped pack is sound"));
        let [one, other] = [(); 2].map(|()| App::new(catalog.clone(), Settings::default()));
        let read = async |app: &App| read(app, blanks(SHORT_BYTES + 1)).await;
        let mut long = Vec::new();
        for _ in 0..MOST_LONG {
            long.push(read(&one).await.expect("there is room"));
        }
        assert!(matches!(read(&one).await, Err(Refused::Busy(_))));
        assert!(read(&other).await.is_ok());
    }
}
