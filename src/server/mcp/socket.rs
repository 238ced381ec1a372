//! `/mcp` as a WebSocket, and the `mcp` frames of `/ws`: JSON-RPC in the socket's own session.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;

use crate::protocol::{Dialect, RpcError, RpcErrorCode, RpcMethod, RpcRequest, parse_rpc, render_rpc_error};
use crate::server::answer;
use crate::server::app::App;
use crate::server::conversation::{Answer, Message};
use crate::server::held::HeldText;
use crate::server::identity::session_in_query;
use crate::server::seat::{NoSeat, Seat};
use crate::server::ws;

use super::call::{Place, full_error, reply};

/// `GET /mcp`: a WebSocket of JSON-RPC messages with a session of its own, or in the one that is named as at `/ws`. There is
/// no stream of events to be had.
pub(crate) async fn connect(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    if !ws::asks_for_upgrade(request.headers()) {
        return answer::not_allowed("POST, DELETE, OPTIONS");
    }
    let session_id = session_in_query(request.uri());
    ws::upgrade(
        app,
        request,
        move |app| Seat::take(app, session_id.clone()),
        |app, socket, seat| async move {
            let mut seat = match Seat::or_rejoin(&app, seat).await {
                Ok(seat) => seat,
                Err(no_seat) => {
                    app.metrics.fault(ws::no_seat_fault(&no_seat));
                    let error = match no_seat {
                        NoSeat::Full(full) => full_error(None, full),
                        NoSeat::Refused(..) => {
                            RpcError::new(None, RpcErrorCode::InvalidParams, ws::no_seat_message(&no_seat))
                        }
                    };
                    return socket.refuse(&app, &render_rpc_error(Dialect::OpenEnv, &error)).await;
                }
            };
            let grip = seat.grip();
            let holds = grip.clone();
            let shared = app.clone();
            let answer = move |message| {
                if let Some(goodbye) = holds.asked() {
                    return Answer::Close(goodbye);
                }
                let call = match &message {
                    Message::Text(text) => parse_rpc(text.as_bytes()),
                    Message::Binary => {
                        Err(RpcError::new(None, RpcErrorCode::Parse, "Parse error: send JSON as a text frame"))
                    }
                };
                answer_on_socket(&app, &mut seat, call).map_or(Answer::Nothing, Answer::from)
            };
            socket.converse(&shared, answer, grip).await;
        },
    )
}

/// The reply to a call that came through a socket, unless it was a notification.
pub(crate) fn answer_on_socket(
    app: &Arc<App>,
    seat: &mut Seat,
    call: Result<RpcRequest, RpcError>,
) -> Option<HeldText> {
    if matches!(call, Ok(RpcRequest { method: RpcMethod::Unanswered, .. })) {
        return None;
    }
    let replied = pin!(reply(app, Dialect::OpenEnv, Place::Seat(seat), call));
    match replied.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready((text, _)) => Some(text),
        Poll::Pending => unreachable!("a call in a seat waits for nothing"),
    }
}
