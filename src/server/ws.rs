//! `/ws`: the handshake, and the frames of OpenEnv's conversation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use tracing::Instrument;

use crate::protocol::{
    ClientFrame, FrameError, ResetRequest, StepAction, ValidationErrors, WsErrorCode, parse_frame, render_error_frame,
    render_ws_mcp, render_ws_observation, render_ws_state, render_ws_tool_step,
};
use crate::record::Unrecorded;
use crate::session::{AttachError, NotTaken};

use super::App;
use super::answer::{Refused, capacity_message, shorten};
use super::conversation::{Answer, Feed, Message, converse, refuse};
use super::held::{Held, NOT_RECORDED};
use super::identity::session_in_query;
use super::mcp;
use super::metrics::Fault;
use super::pace::Pace;
use super::seat::{NoSeat, Seat};
use super::socket::Socket;

/// What RFC 6455 §1.3 appends to a client's key.
const HANDSHAKE_GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// `GET /ws`.
pub(crate) async fn connect(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let session_id = session_in_query(request.uri());
    upgrade(
        app,
        request,
        move |app| Seat::take(app, session_id.clone()),
        |app, socket, seat| async move {
            match Seat::or_rejoin(&app, seat).await {
                Ok(seat) => serve(app, socket, seat).await,
                Err(no_seat) => {
                    app.metrics.fault(no_seat_fault(&no_seat));
                    socket.refuse(&app, &render_no_seat(&no_seat)).await;
                }
            }
        },
    )
}

/// A handshaken socket, and the connection that it came by.
pub(crate) struct Upgrade {
    socket: Socket<TokioIo<Upgraded>>,
    pace: Arc<Pace>,
}

impl Upgrade {
    /// Serves the socket until it closes.
    pub(crate) async fn converse(self, app: &App, answer: impl FnMut(Message) -> Answer, feed: impl Feed) {
        let Upgrade { socket, pace } = self;
        if let Some(hold) = feed.hold() {
            pace.upgraded_for(hold.clone());
        }
        converse(socket, app.terms(), answer, feed).await;
    }

    /// Tells the client why it is not served.
    pub(crate) async fn refuse(self, app: &App, text: &str) {
        refuse(self.socket, text, app.life.clone()).await;
    }
}

/// Answers a handshake and hands the socket, with the place that `take` finds for it, to `serve`.
pub(crate) fn upgrade<S, F>(
    app: Arc<App>,
    mut request: Request,
    take: impl Fn(&Arc<App>) -> Result<S, NoSeat> + Send + 'static,
    serve: impl FnOnce(Arc<App>, Upgrade, Result<S, NoSeat>) -> F + Send + 'static,
) -> Response<Body>
where
    S: Send + 'static,
    F: Future<Output = ()> + Send,
{
    // HEAD comes here with GET, and must not take a place: a handshake is a GET (RFC 6455 §4.1).
    if request.method() != Method::GET {
        return BadHandshake::NoUpgrade.into_response();
    }
    let accept = match check_handshake(request.headers()) {
        Ok(accept) => accept,
        Err(refusal) => return refusal.into_response(),
    };
    let extensions = request.extensions_mut();
    let (Some(upgrade), Some(pace)) = (extensions.remove::<OnUpgrade>(), extensions.remove::<Arc<Pace>>()) else {
        return BadHandshake::NoUpgrade.into_response();
    };
    // Taken before the handshake is answered, so that whoever gets the answer has the place.
    let mut seat = take(&app);
    let open = app.life.enter();
    let serving = async move {
        match upgrade.await {
            Ok(upgraded) => {
                let left = pace.clone();
                let served = async move {
                    app.metrics.socket_opened();
                    let until = app.slot_deadline();
                    while matches!(seat, Err(NoSeat::Full(_))) && app.wait_for_room(until).await {
                        seat = take(&app);
                    }
                    drop(take);
                    // Boxed apart: the handshake's own leftovers are not kept for as long as the socket is open.
                    Box::pin(serve(app, Upgrade { socket: Socket::new(TokioIo::new(upgraded)), pace }, seat)).await;
                };
                // Served or not: see `Pace::wait`.
                tokio::select! {
                    () = served => {}
                    () = left.left_for_others() => {}
                }
            }
            Err(error) => tracing::debug!(%error, "handshake broke off"),
        }
        drop(open);
    };
    // What is logged for the socket names the request that opened it.
    tokio::spawn(serving.in_current_span());
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// Whether the request asks to become a WebSocket.
pub(crate) fn asks_for_upgrade(headers: &HeaderMap) -> bool {
    has_token(headers, &UPGRADE, "websocket")
}

/// Why a handshake fails.
enum BadHandshake {
    /// The request does not ask to become a WebSocket of the version there is.
    NoUpgrade,
    /// The client's key is missing or wrong.
    Key,
}

impl IntoResponse for BadHandshake {
    fn into_response(self) -> Response<Body> {
        match self {
            BadHandshake::NoUpgrade => {
                let what = "This route is a WebSocket: connect with ws:// (RFC 6455, version 13).";
                let mut response = Refused::Other(StatusCode::UPGRADE_REQUIRED, what).into_response();
                let headers = response.headers_mut();
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
                response
            }
            BadHandshake::Key => {
                let what = "The WebSocket handshake's Sec-WebSocket-Key is missing or wrong.";
                Refused::Other(StatusCode::BAD_REQUEST, what).into_response()
            }
        }
    }
}

/// The answer to the client's key.
fn check_handshake(headers: &HeaderMap) -> Result<HeaderValue, BadHandshake> {
    let asks = asks_for_upgrade(headers) && has_token(headers, &CONNECTION, "upgrade");
    if !asks || headers.get(SEC_WEBSOCKET_VERSION).map(HeaderValue::as_bytes) != Some(b"13") {
        return Err(BadHandshake::NoUpgrade);
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(|key| key.as_bytes().trim_ascii());
    let key = key.filter(|key| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16));
    let key = key.ok_or(BadHandshake::Key)?;
    let digest = Sha1::new().chain_update(key).chain_update(HANDSHAKE_GUID).finalize();
    Ok(HeaderValue::from_str(&BASE64_STANDARD.encode(digest)).expect("base64 is a header value"))
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|each| each.trim().eq_ignore_ascii_case(token))
}

async fn serve(app: Arc<App>, socket: Upgrade, mut seat: Seat) {
    let grip = seat.grip();
    let holds = grip.clone();
    let shared = app.clone();
    let answer = move |message| {
        if let Some(goodbye) = holds.asked() {
            return Answer::Close(goodbye);
        }
        let answer = match &message {
            Message::Text(text) => catch_unwind(AssertUnwindSafe(|| answer_frame(&app, &mut seat, text))),
            Message::Binary => Ok(Err(FrameError::binary().into())),
        };
        match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(Fail { fault, frame })) => {
                app.metrics.fault(fault);
                Answer::Text(frame)
            }
            Err(_) => {
                app.metrics.fault(Fault::Internal);
                tracing::error!("a frame was answered by a panic; this is a bug");
                let what = "Internal error. The episode is lost; call reset to begin another.";
                Answer::Text(render_error_frame(WsErrorCode::ExecutionError, what, &[]))
            }
        }
    };
    socket.converse(&shared, answer, grip).await;
}

/// A frame that was refused.
struct Fail {
    fault: Fault,
    frame: String,
}

impl From<FrameError> for Fail {
    fn from(error: FrameError) -> Fail {
        Fail { fault: Fault::Validation, frame: error.render() }
    }
}

fn answer_frame(app: &Arc<App>, seat: &mut Seat, text: &str) -> Result<Answer, Fail> {
    let not_recorded = |_: &Unrecorded| render_error_frame(WsErrorCode::ExecutionError, NOT_RECORDED, &[]);
    Ok(match parse_frame(text)? {
        ClientFrame::Reset(request) => reset(app, seat, &request)?.or_else(not_recorded).into(),
        ClientFrame::Step(StepAction::ListTools) => Answer::Text(mcp::list_tools_as_step(render_ws_tool_step)),
        ClientFrame::Step(StepAction::CallTool(step)) => {
            let answer =
                seat.with(|session| mcp::answer_tool_step(app, session, &step, render_ws_tool_step, |_, _| ()));
            answer.or_else(not_recorded).into()
        }
        ClientFrame::Step(StepAction::Act(action)) => match seat.with(|session| app.step(session, &action)) {
            Ok(answer) => answer.map(|answer| render_ws_observation(&answer)).or_else(not_recorded).into(),
            Err(why) => {
                let (fault, code) = match why {
                    NotTaken::NoEpisode => (Fault::NoEpisode, WsErrorCode::ExecutionError),
                    NotTaken::NoMemory => (Fault::Capacity, WsErrorCode::CapacityReached),
                };
                return Err(Fail { fault, frame: render_error_frame(code, &why.to_string(), &[]) });
            }
        },
        ClientFrame::State => Answer::Text(render_ws_state(&seat.with(|session| app.state(session)))),
        ClientFrame::Mcp(call) => match mcp::answer_on_socket(app, seat, call) {
            Some(reply) => reply.map(render_ws_mcp).into(),
            None => Answer::Nothing,
        },
        ClientFrame::Close => Answer::Close((1000, "")),
    })
}

fn reset(app: &App, seat: &mut Seat, request: &ResetRequest) -> Result<Held<String>, FrameError> {
    match seat.with(|session| app.reset(session, request)) {
        Ok(answer) => Ok(answer.map(|answer| render_ws_observation(&answer))),
        Err(error) => Err(ValidationErrors::select(request, error.field, &error.message).into()),
    }
}

pub(crate) fn no_seat_fault(no_seat: &NoSeat) -> Fault {
    match no_seat {
        NoSeat::Full(_) => Fault::Capacity,
        NoSeat::Refused(_, AttachError::Full(_) | AttachError::NoMemory) => Fault::Capacity,
        NoSeat::Refused(_, AttachError::Unknown) => Fault::UnknownSession,
        NoSeat::Refused(_, AttachError::Busy) => Fault::BusySession,
    }
}

pub(crate) fn render_no_seat(no_seat: &NoSeat) -> String {
    match no_seat {
        NoSeat::Full(full) => {
            let extra = [("active_sessions", full.active.into()), ("max_sessions", full.max.into())];
            render_error_frame(WsErrorCode::CapacityReached, &capacity_message(*full), &extra)
        }
        NoSeat::Refused(..) => render_error_frame(WsErrorCode::SessionError, &no_seat_message(no_seat), &[]),
    }
}

pub(crate) fn no_seat_message(no_seat: &NoSeat) -> String {
    match no_seat {
        NoSeat::Full(full) | NoSeat::Refused(_, AttachError::Full(full)) => capacity_message(*full),
        NoSeat::Refused(id, AttachError::Unknown) => format!("Unknown session_id: {}", shorten(id)),
        NoSeat::Refused(id, AttachError::Busy) => format!("Session {} already has an attached WebSocket", shorten(id)),
        NoSeat::Refused(id, AttachError::NoMemory) => {
            format!("The server has no memory left to show session {}; try again later", shorten(id))
        }
    }
}
