//! Who may use the server: one token for all, which every request but a probe's must carry.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// The routes that tell an orchestrator how the server is, and nobody anything else.
pub(crate) const PROBES: [&str; 2] = ["/health", "/ready"];

/// The header in which clients of the Open Reward Standard send their key.
const KEY_HEADER: &str = "x-api-key";

/// The token that requests must carry. Only its digest is kept, so that nothing can print the token itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// Why a text is no token. Says nothing of what the text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// Nothing but blanks.
    #[error("it holds no token")]
    Empty,
    /// Something that cannot stand in a header.
    #[error("a token is one word of visible ASCII characters")]
    Odd,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// The token in this text, blanks around it aside.
    ///
    /// # Errors
    /// A text that holds none.
    pub fn parse(text: &str) -> Result<Token, BadToken> {
        match text.trim() {
            "" => Err(BadToken::Empty),
            token if token.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Token(digest(token.as_bytes()))),
            _ => Err(BadToken::Odd),
        }
    }

    /// Whether the request may pass.
    pub(crate) fn admits(&self, path: &str, headers: &HeaderMap) -> bool {
        PROBES.contains(&path) || self.is_carried_by(headers)
    }

    /// Whether the headers carry the token, as `Bearer TOKEN` or, as browsers can, as the password of `Basic`; or, as
    /// clients of the Open Reward Standard do, as their key.
    fn is_carried_by(&self, headers: &HeaderMap) -> bool {
        let mut keys = headers.get_all(KEY_HEADER).iter();
        if let (false, Some(key), None) = (headers.contains_key(AUTHORIZATION), keys.next(), keys.next()) {
            return self.is(key.as_bytes().trim_ascii());
        }
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return false };
        let value = value.as_bytes().trim_ascii();
        let Some(at) = value.iter().position(|&byte| byte == b' ') else { return false };
        let (scheme, given) = (&value[..at], value[at..].trim_ascii());
        if scheme.eq_ignore_ascii_case(b"bearer") {
            return self.is(given);
        }
        if !scheme.eq_ignore_ascii_case(b"basic") {
            return false;
        }
        let Ok(pair) = BASE64_STANDARD.decode(given) else { return false };
        let password = pair.iter().position(|&byte| byte == b':').map(|at| &pair[at + 1..]);
        password.is_some_and(|password| self.is(password))
    }

    /// Whether these bytes are the token. Takes as long however much of it they get right: what is compared are digests,
    /// and all of them.
    fn is(&self, given: &[u8]) -> bool {
        let differing = self.0.iter().zip(digest(given)).fold(0, |so_far, (ours, theirs)| so_far | (ours ^ theirs));
        std::hint::black_box(differing) == 0
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expect: bool) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().expect("a header value"));
        }
        let token = Token::parse(" s3cret-Token\n").expect("a token");
        assert_eq!(token.admits("/reset", &headers), expect, "{values:?}");
        for probe in PROBES {
            assert!(token.admits(probe, &headers), "{values:?}");
        }
    }

    #[test]
    fn the_token_comes_as_bearer_or_as_a_password() {
        let basic = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        check(&["Bearer s3cret-Token"], true);
        check(&["bearer  s3cret-Token "], true);
        check(&[&basic("anyone:s3cret-Token")], true);
        check(&[&basic(":s3cret-Token")], true);
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "s3cret-Token",
            "Bearer s3cret-Toke",
            "Bearer s3cret-Tokens",
            "Bearer s3cret-token",
            "Bearer \"s3cret-Token\"",
            "Token s3cret-Token",
            "Basic s3cret-Token",
            "Basic ====",
        ] {
            check(&[value], false);
        }
        check(&[&basic("s3cret-Token")], false);
        check(&[&basic("s3cret-Token:")], false);
        check(&[&basic("a:b:s3cret-Token")], false);
        check(&[], false);
        check(&["Bearer s3cret-Token", "Bearer s3cret-Token"], false);
    }

    #[test]
    fn the_token_may_be_a_clients_key() {
        let token = Token::parse("s3cret").expect("a token");
        for (keys, authorization, expect) in [
            (&["s3cret"][..], None, true),
            (&["s3cre"], None, false),
            (&["s3cret", "s3cret"], None, false),
            (&["s3cret"], Some("Bearer wrong"), false),
            (&["wrong"], Some("Bearer s3cret"), true),
        ] {
            let mut headers = HeaderMap::new();
            for key in keys {
                headers.append(KEY_HEADER, key.parse().expect("a header value"));
            }
            if let Some(value) = authorization {
                headers.insert(AUTHORIZATION, value.parse().expect("a header value"));
            }
            assert_eq!(token.admits("/create", &headers), expect, "{keys:?} {authorization:?}");
        }
    }

    #[test]
    fn texts_that_are_no_token() {
        for (text, expect) in [
            ("", BadToken::Empty),
            (" \n\t", BadToken::Empty),
            ("two words", BadToken::Odd),
            ("two\nlines", BadToken::Odd),
            ("schlüssel", BadToken::Odd),
        ] {
            assert_eq!(Token::parse(text), Err(expect), "{text:?}");
        }
        assert_eq!(format!("{:?}", Token::parse("s3cret")), "Ok(Token)");
    }
}
