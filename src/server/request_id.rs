//! Names of requests, by which a client's report finds its lines in the log.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};

/// The header that names a request, both ways.
pub(crate) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name that is taken over, in characters.
const MAX_CHARS: usize = 128;

/// Makes names that no other server has made: a random part, made once, and a number.
pub(crate) struct RequestIds {
    server: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new() -> RequestIds {
        let (server, _) = uuid::Uuid::new_v4().as_u64_pair();
        RequestIds { server, next: AtomicU64::new(0) }
    }

    /// The request's name: the client's own where it is sane, else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let mut given = headers.get_all(REQUEST_ID_HEADER).iter();
        match (given.next(), given.next()) {
            (Some(id), None) if is_sane(id.as_bytes()) => id.clone(),
            _ => self.make(),
        }
    }

    /// A new name.
    fn make(&self) -> HeaderValue {
        let mut text = String::with_capacity(24);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        write!(text, "{:016x}-{number:x}", self.server).expect("writing to a String does not fail");
        HeaderValue::try_from(text).expect("hexadecimal digits can stand in a header")
    }
}

/// Whether a log can hold the name as it is: no blanks, quotes or anything that steers a terminal.
fn is_sane(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:+/=@".contains(byte);
    !id.is_empty() && id.len() <= MAX_CHARS && id.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sane_names_are_taken_over() {
        let ids = RequestIds::new();
        let check = |given: &[&str], expect: bool| {
            let mut headers = HeaderMap::new();
            for id in given {
                headers.append(REQUEST_ID_HEADER, HeaderValue::from_bytes(id.as_bytes()).expect("a header value"));
            }
            let id = ids.of(&headers);
            assert_eq!(given.first().is_some_and(|given| id == given), expect, "{given:?}: {id:?}");
            assert!(is_sane(id.as_bytes()), "{id:?}");
        };
        check(&["a1"], true);
        check(&["7b0c9a52-91d5-4f0a-9d3e-7a7d7c1f0e55"], true);
        check(&["trace:1/2+3=4@host"], true);
        check(&[&"x".repeat(128)], true);
        for given in ["", "two words", "\"x\"", "é", "a;b", "{x}", &"x".repeat(129)] {
            check(&[given], false);
        }
        check(&["a", "b"], false);
        check(&[], false);
        assert_ne!(ids.make(), ids.make());
    }
}
