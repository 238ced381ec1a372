//! Which session an HTTP request means.

use axum::extract::Query;
use axum::http::header::{COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, Uri};

use crate::session::{SessionId, SharedSession};

use super::App;
use super::answer::Refused;

/// The header that names a session, both ways.
pub(crate) const SESSION_HEADER: HeaderName = HeaderName::from_static("x-session-id");
/// That of MCP: a session has the same id everywhere.
const MCP_SESSION_HEADER: HeaderName = HeaderName::from_static("mcp-session-id");
/// The cookie that remembers one.
const SESSION_COOKIE: &str = "support_ops_session";

/// By whose routes a request came: they name their sessions differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The protocol's; a cookie may name the session, and no name means the one that was begun last.
    Protocol,
    /// The playground's. Two tabs of one browser are two visitors, so no cookie counts, and none is set.
    Playground,
}

/// What a request says about its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Nothing.
    None,
    /// An id that is empty: none, and no request for any session that happens to be there.
    Empty,
    /// This one and no other.
    Named(String),
    /// This one if it is still there: browsers send cookies without being asked.
    Remembered(String),
}

impl Identity {
    /// What the request's head says, and `in_body`, the `session_id` of its body. The header comes first, MCP's own after
    /// it, then the body, the query and, by the protocol's routes, the cookie; where some are empty, another counts.
    pub(crate) fn of(entry: Entry, headers: &HeaderMap, uri: &Uri, in_body: Option<String>) -> Identity {
        let in_header =
            |name| headers.get(name).map(|id: &HeaderValue| String::from_utf8_lossy(id.as_bytes()).trim().to_owned());
        let given = [in_header(SESSION_HEADER), in_header(MCP_SESSION_HEADER), in_body, session_in_query(uri)];
        let is_given = given.iter().any(Option::is_some);
        if let Some(id) = given.into_iter().flatten().find(|id| !id.is_empty()) {
            return Identity::Named(id);
        }
        match session_in_cookie(headers) {
            Some(id) if entry == Entry::Protocol => Identity::Remembered(id),
            _ if is_given => Identity::Empty,
            _ => Identity::None,
        }
    }

    /// The session that is meant, if the request names one that is there.
    ///
    /// # Errors
    /// A session that is named but not there, or no room for one that has yet to begin.
    pub(crate) async fn find(&self, app: &App) -> Result<Option<(SessionId, SharedSession)>, Refused> {
        match self {
            Identity::None | Identity::Empty => Ok(None),
            Identity::Named(id) => match app.find_session(id).await? {
                Some(found) => Ok(Some(found)),
                None => Err(Refused::UnknownSession(id.clone())),
            },
            Identity::Remembered(id) => Ok(app.store.get(id)),
        }
    }

    /// As [`Identity::find`]; a request that names nothing, or has a cookie from before, means the session that was begun
    /// last. One that names anything does not: it would play in somebody else's, whose id it would be told.
    ///
    /// # Errors
    /// As [`Identity::find`]; and an empty name.
    pub(crate) async fn find_or_latest(&self, app: &App) -> Result<Option<(SessionId, SharedSession)>, Refused> {
        match (self.find(app).await?, self) {
            (None, Identity::None | Identity::Remembered(_)) => Ok(app.store.latest()),
            (None, Identity::Empty) => Err(Refused::UnknownSession(String::new())),
            (found, _) => Ok(found),
        }
    }
}

/// The `session_id` of the query.
pub(crate) fn session_in_query(uri: &Uri) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    pairs.into_iter().find_map(|(key, value)| key.eq_ignore_ascii_case("session_id").then_some(value))
}

fn session_in_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == SESSION_COOKIE).then(|| value.to_owned()))
}

/// Tells the client its session's id.
pub(crate) fn announce(headers: &mut HeaderMap, id: &SessionId) {
    headers.insert(SESSION_HEADER, header_value(id.as_str()));
}

/// Lets a browser name the session without being asked.
pub(crate) fn remember(headers: &mut HeaderMap, id: &SessionId) {
    let cookie = format!("{SESSION_COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax");
    headers.append(SET_COOKIE, header_value(&cookie));
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ids are made of letters, digits and a few signs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: Option<&str>, body: Option<&str>, uri: &str, cookie: Option<&str>, expect: Identity) {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(SESSION_HEADER, header.parse().expect("a header value"));
        }
        if let Some(cookie) = cookie {
            headers.insert(COOKIE, cookie.parse().expect("a header value"));
        }
        let uri = uri.parse().expect("a target");
        let of = |headers: &HeaderMap, entry| Identity::of(entry, headers, &uri, body.map(str::to_owned));
        assert_eq!(of(&headers, Entry::Protocol), expect);
        let with_cookies = headers.clone();
        headers.remove(COOKIE);
        let without_cookies = if let Identity::Remembered(_) = expect { of(&headers, Entry::Protocol) } else { expect };
        assert_eq!(of(&with_cookies, Entry::Playground), without_cookies);
    }

    #[test]
    fn the_header_comes_before_body_query_and_cookie() {
        let named = |id: &str| Identity::Named(id.to_owned());
        let cookie = Some("a=b; support_ops_session=c; d=e");
        check(Some("h"), Some("b"), "/step?session_id=q", cookie, named("h"));
        check(Some(""), Some("b"), "/step?session_id=q", cookie, named("b"));
        check(None, None, "/step?x=1&session_id=q%20r", cookie, named("q r"));
        check(None, None, "/step?session_id=", cookie, Identity::Remembered("c".to_owned()));
        check(None, Some(""), "/step", Some("support_ops_session="), Identity::Remembered(String::new()));
        check(None, None, "/state?Session_ID=q", None, named("q"));
        check(None, None, "/state", None, Identity::None);
        for (header, body, uri) in
            [(Some(""), None, "/state"), (None, Some(""), "/state"), (None, None, "/state?session_id=")]
        {
            check(header, body, uri, None, Identity::Empty);
        }
    }
}
