//! The token that opens a server: sent with every request, and hidden in every answer.

use ureq::http::HeaderValue;

use crate::eval::secret::Secret;

/// A server's token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    secret: Secret,
    /// `Bearer TOKEN`; it is not shown by `Debug`.
    bearer: HeaderValue,
}

impl Token {
    /// `None` for one that no header can hold.
    pub(super) fn new(token: &str) -> Option<Token> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        bearer.set_sensitive(true);
        Some(Token { secret: Secret::new(token), bearer })
    }

    /// What stands in a request's head.
    pub(super) fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

/// What a server says, without its token, should it have said it back: before anything of it is cut, decoded or kept.
pub(super) fn hide(token: Option<&Token>, said: Vec<u8>) -> Vec<u8> {
    match token {
        Some(token) => token.secret.hide_bytes(said),
        None => said,
    }
}
