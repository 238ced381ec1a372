//! The environment that a path names: there is one, in any case of letters.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use crate::server::App;
use crate::server::answer::{Refused, json, shorten};
use crate::server::http::read;

/// Says that the path names this server's environment.
pub(super) struct Environment;

impl FromRequestParts<Arc<App>> for Environment {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Environment, Refused> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(name)) => check_name(app, &name).map(|()| Environment),
            // Bytes that are no text name nothing.
            Err(_) => Err(unknown("\u{fffd}")),
        }
    }
}

/// Whether this is the environment's name.
///
/// # Errors
/// Any other name.
pub(super) fn check_name(app: &App, name: &str) -> Result<(), Refused> {
    let own = app.name();
    if name.eq_ignore_ascii_case(&own) || name.to_lowercase() == own.to_lowercase() {
        Ok(())
    } else {
        Err(unknown(name))
    }
}

fn unknown(name: &str) -> Refused {
    Refused::Unfit(StatusCode::NOT_FOUND, format!("unknown environment '{}'", shorten(name)))
}

/// Leads from a path without an environment to the same one with it. The way is relative, so that it holds behind any
/// prefix of a proxy.
pub(super) async fn redirect(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, _) = read(&app, request).await?;
    let mut location = encode(&app.name());
    location.push_str(head.uri.path());
    if let Some(query) = head.uri.query() {
        location.push('?');
        location.push_str(query);
    }
    let location = HeaderValue::from_str(&location).expect("a path and a query are visible ASCII");
    let mut response = json(StatusCode::PERMANENT_REDIRECT, "null");
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// The name as one segment of a path: a colon, too, would make a scheme of what stands before it.
fn encode(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            segment.push_str(&format!("%{byte:02X}"));
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment() {
        for (name, expect) in [("a_b-1", "a_b-1"), ("a b/c:d?é", "a%20b%2Fc%3Ad%3F%C3%A9")] {
            assert_eq!(encode(name), expect);
        }
    }
}
