//! HTTP answers: bodies with their headers, and the errors in the contract's shapes.

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;

use crate::protocol::ValidationErrors;
use crate::record::Unrecorded;
use crate::session::{AtCapacity, NO_MEMORY, NotTaken};

use super::held::NOT_RECORDED;
use super::metrics::Fault;

/// How long a client that found no room is asked to wait, in seconds.
const RETRY_AFTER_S: &str = "5";
/// The most of a client's text that is sent back, in characters.
const MAX_ECHO_CHARS: usize = 200;

/// Why an HTTP request is refused. Its text is for the client; what only the operator may know goes to the log.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request has the wrong shape, or asks for what there is not.
    Invalid(ValidationErrors),
    /// No session has this id.
    UnknownSession(String),
    /// No session has this id, of a client of the Open Reward Standard.
    NotActive,
    /// The session that had this id has been deleted by its client.
    Deleted,
    /// There is nothing to step.
    NoEpisode,
    /// No room for another session.
    AtCapacity(AtCapacity),
    /// No memory for what a step would make its session hold.
    NoMemory,
    /// The body is longer than so many bytes.
    TooLarge(usize),
    /// The body did not come in time.
    TooSlow,
    /// The body broke off.
    Broken,
    /// Too much is asked for at once, or of one request.
    Busy(&'static str),
    /// What is asked for cannot be done, as the text says.
    Unfit(StatusCode, String),
    /// The server's token is missing or wrong.
    Unauthorized,
    /// A `Host` or `Origin` that is not allowed.
    Forbidden(&'static str),
    /// Anything else, with what to tell the client.
    Other(StatusCode, &'static str),
}

impl From<ValidationErrors> for Refused {
    fn from(errors: ValidationErrors) -> Refused {
        Refused::Invalid(errors)
    }
}

impl From<AtCapacity> for Refused {
    fn from(full: AtCapacity) -> Refused {
        Refused::AtCapacity(full)
    }
}

impl From<NotTaken> for Refused {
    fn from(why: NotTaken) -> Refused {
        match why {
            NotTaken::NoEpisode => Refused::NoEpisode,
            NotTaken::NoMemory => Refused::NoMemory,
        }
    }
}

impl From<Unrecorded> for Refused {
    fn from(_: Unrecorded) -> Refused {
        Refused::Other(StatusCode::INSUFFICIENT_STORAGE, NOT_RECORDED)
    }
}

impl Refused {
    /// How the refusal is counted.
    fn fault(&self) -> Fault {
        match self {
            Refused::Invalid(_) => Fault::Validation,
            Refused::UnknownSession(_) | Refused::NotActive | Refused::Deleted => Fault::UnknownSession,
            Refused::NoEpisode => Fault::NoEpisode,
            Refused::AtCapacity(_) | Refused::NoMemory | Refused::Busy(_) => Fault::Capacity,
            Refused::Unauthorized => Fault::Unauthorized,
            Refused::Forbidden(_) => Fault::Origin,
            Refused::Other(status, _) if status.is_server_error() => Fault::Internal,
            Refused::TooLarge(_) | Refused::TooSlow | Refused::Broken | Refused::Unfit(..) | Refused::Other(..) => {
                Fault::Refused
            }
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refused::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refused::UnknownSession(_) | Refused::NotActive => StatusCode::NOT_FOUND,
            Refused::Deleted => StatusCode::GONE,
            Refused::NoEpisode => StatusCode::CONFLICT,
            Refused::AtCapacity(_) | Refused::NoMemory | Refused::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Unfit(status, _) => *status,
            Refused::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refused::Broken => StatusCode::BAD_REQUEST,
            Refused::Unauthorized => StatusCode::UNAUTHORIZED,
            Refused::Forbidden(_) => StatusCode::FORBIDDEN,
            Refused::Other(status, _) => *status,
        }
    }

    fn body(&self) -> Vec<u8> {
        match self {
            Refused::Invalid(errors) => errors.render_http(),
            Refused::UnknownSession(id) => render_detail(&format!(
                "Unknown session_id: {}. It may have expired; a reset without an id begins another.",
                shorten(id)
            )),
            Refused::NotActive => render_detail("Active environment not found"),
            Refused::Deleted => render_detail("Session deleted"),
            Refused::NoEpisode => render_detail("No episode has begun yet; send POST /reset first."),
            Refused::AtCapacity(full) => render_detail(&capacity_message(*full)),
            Refused::NoMemory => render_detail(NO_MEMORY),
            Refused::TooLarge(most) => {
                let most =
                    if most % (1 << 20) == 0 { format!("{} MiB", most >> 20) } else { format!("{} KiB", most >> 10) };
                render_detail(&format!("The request's body is longer than {most}."))
            }
            Refused::Unfit(_, message) => render_detail(message),
            Refused::TooSlow => render_detail("The request's body did not come within 10 seconds."),
            Refused::Unauthorized => render_detail(
                "This server needs its token: send it as `Authorization: Bearer TOKEN`. Browsers ask for a name and a \
                 password: any name, and the token.",
            ),
            Refused::Broken => render_detail("The request's body broke off."),
            Refused::Busy(message) | Refused::Forbidden(message) | Refused::Other(_, message) => render_detail(message),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let mut response = json(self.status(), self.body());
        let retry_after = match self {
            Refused::AtCapacity(_) | Refused::NoMemory => Some(RETRY_AFTER_S),
            Refused::Busy(_) => Some("1"),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if let Refused::Unauthorized = self {
            // Two challenges: the first is what programs read, the second makes a browser ask its user.
            for challenge in ["Bearer realm=\"support-ops\"", "Basic realm=\"support-ops\", charset=\"UTF-8\""] {
                response.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
        }
        // For whoever counts the answers on their way out.
        response.extensions_mut().insert(self.fault());
        response
    }
}

/// What a client is told that finds no room.
pub(crate) fn capacity_message(full: AtCapacity) -> String {
    let AtCapacity { active, max } = full;
    format!("Server at capacity: {active}/{max} sessions active. Cannot accept new connections.")
}

/// The start of a client's text, as much as is sent back.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_ECHO_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// An answer of JSON, which no cache may keep: nearly all of them change with every request.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    content(status, "application/json", body)
}

/// An answer of any type.
pub(crate) fn content(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to OPTIONS.
pub(crate) fn allow(methods: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// The answer to a method that a route does not have, where the router cannot tell by itself.
pub(crate) fn not_allowed(methods: &'static str) -> Response<Body> {
    let mut response = Refused::Other(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed").into_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

fn render_detail(message: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "detail": message })).expect("a text is JSON")
}
