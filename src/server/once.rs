//! `Idempotency-Key`: a step that is asked for again is answered again, and taken once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use sha2::{Digest, Sha256};

use crate::protocol::{StepResult, ValidationErrors};
use crate::session::{MAX_KEY_BYTES, RequestDigest, Session, SessionId, SharedSession};

use super::App;
use super::answer::Refused;
use super::held::Held;

/// The header that names a step.
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
pub(crate) const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotent-replayed");
/// How many clients that name a key, and no session, are known again.
const MAX_UNNAMED: usize = 4096;

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

    /// What is asked for under which key, in one number.
    fn digest(&self) -> RequestDigest {
        Sha256::new().chain_update(self.request).chain_update(&self.text).finalize().into()
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

/// In which sessions steps were taken whose clients named a key and no session. Such a client means the session that was
/// begun last; when it asks again, somebody else may have begun another.
#[derive(Debug, Default)]
pub(crate) struct Unnamed(Mutex<UnnamedSteps>);

#[derive(Debug, Default)]
struct UnnamedSteps {
    sessions: HashMap<RequestDigest, SessionId>,
    in_order: VecDeque<RequestDigest>,
}

impl Unnamed {
    /// The session that a step is meant for: the one that took it already, where it took no other under a key since; else the
    /// one that was begun last. A key that is used again in another episode is nothing that was asked for again.
    pub(crate) fn find_or_latest(&self, app: &App, key: &StepKey) -> Option<(SessionId, SharedSession)> {
        let digest = key.digest();
        let before = self.steps().sessions.get(&digest).cloned();
        let before = before.and_then(|id| app.store.get(id.as_str()));
        if let Some((id, session)) = before
            && session.lock().answered_last(&key.text, &key.request)
        {
            return Some((id, session));
        }
        let (id, session) = app.store.latest()?;
        let mut steps = self.steps();
        if steps.sessions.insert(digest, id.clone()).is_none() {
            if steps.in_order.len() == MAX_UNNAMED
                && let Some(oldest) = steps.in_order.pop_front()
            {
                steps.sessions.remove(&oldest);
            }
            steps.in_order.push_back(digest);
        }
        Some((id, session))
    }

    fn steps(&self) -> MutexGuard<'_, UnnamedSteps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
