//! `Idempotency-Key`: a step that is asked for again is answered again, and taken once.

use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use sha2::{Digest, Sha256};

use crate::protocol::{StepResult, ValidationErrors};
use crate::session::{MAX_KEY_BYTES, RequestDigest, Session};

use super::App;
use super::answer::Refused;
use super::held::Held;

/// The header that names a step.
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
pub(crate) const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The name that a client gives to a step, with what it asks for under it.
#[derive(Debug)]
pub(crate) struct StepKey {
    text: String,
    request: RequestDigest,
}

impl StepKey {
    /// The key in a request's head, for this body.
    ///
    /// # Errors
    /// Several keys, or one that is empty, too long or no visible ASCII.
    pub(crate) fn of(headers: &HeaderMap, body: &[u8]) -> Result<Option<StepKey>, Refused> {
        let mut keys = headers.get_all(KEY_HEADER).iter();
        let Some(key) = keys.next() else { return Ok(None) };
        let text = String::from_utf8_lossy(key.as_bytes().trim_ascii()).into_owned();
        let is_sound =
            !text.is_empty() && text.len() <= MAX_KEY_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_sound || keys.next().is_some() {
            let what = "Give one Idempotency-Key of 1 to 255 visible ASCII characters";
            return Err(ValidationErrors::header("idempotency-key", what, &text).into());
        }
        Ok(Some(StepKey { text, request: Sha256::digest(body).into() }))
    }

    /// The answer to the same step of this episode, if it was taken under this key.
    ///
    /// # Errors
    /// The key stands for another request.
    pub(crate) fn find(&self, app: &App, session: &Session) -> Result<Option<Held<StepResult>>, Refused> {
        let taken = |_| {
            let what = "This Idempotency-Key was used in this episode with another body; take a new key for a new step";
            ValidationErrors::header("idempotency-key", what, &self.text)
        };
        let found = session.answered(&self.text, &self.request).map_err(taken)?;
        Ok(found.map(|(answer, receipt)| {
            app.metrics.step_repeated();
            Held::until(receipt, answer)
        }))
    }

    /// Keeps the answer to the step that was taken.
    pub(crate) fn keep(&self, session: &mut Session, answer: &Held<StepResult>) {
        answer.show(|answer, receipt| session.remember(&self.text, self.request, answer, receipt));
    }
}
