//! Sessions as an operator sees them: by handles, which name them and are no keys to them.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::shelf::{Entry, locked};
use super::{Closing, Over, SessionId, SessionStore, SharedSession};

/// One session.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What the operator calls it by.
    pub handle: String,
    /// How long ago it was added.
    pub age: Duration,
    /// How long ago it was last used by its id; `None` for a socket's own, which is in use as long as the socket.
    pub idle: Option<Duration>,
    /// Whether a WebSocket holds it.
    pub attached: bool,
    /// The session itself, where it has an id.
    pub session: Option<SharedSession>,
}

impl SessionStore {
    /// The sessions for an operator, at most so many, the oldest first.
    pub fn list(&self, most: usize) -> Vec<Listed> {
        let now = self.clock.now();
        let shelf = locked(&self.shelf);
        let private = shelf.private.iter().map(|(&number, private)| (private.since, Named::Private(number)));
        let shared = shelf.shared.iter().map(|(id, entry)| (entry.since, Named::Shared(id, entry)));
        let mut all: Vec<(Duration, Named<'_>)> = private.chain(shared).collect();
        all.sort_unstable_by(|a, b| (a.0, a.1.name()).cmp(&(b.0, b.1.name())));
        let listed = all.into_iter().take(most).map(|(since, named)| {
            let age = now.saturating_sub(since);
            match named {
                Named::Private(number) => {
                    Listed { handle: private_handle(number), age, idle: None, attached: true, session: None }
                }
                Named::Shared(id, entry) => Listed {
                    handle: handle_of(id),
                    age,
                    idle: Some(now.saturating_sub(entry.last_used)),
                    attached: entry.attached.is_some(),
                    session: Some(entry.session.clone()),
                },
            }
        });
        listed.collect()
    }

    /// Ends the session with this handle, whoever uses it; `None` where there is no such session. A WebSocket that
    /// holds it closes, and the session goes with it.
    pub fn end(&self, handle: &str) -> Option<Closing> {
        if let Some(number) = private_number(handle) {
            let shelf = locked(&self.shelf);
            shelf.private.get(&number)?.hold.end(Over::Ended);
            return Some(Closing::Pending);
        }
        // By no id: clients of the Open Reward Standard choose theirs, also to be another session's handle. Hashed outside of
        // the lock: there may be very many.
        let ids: Vec<SessionId> = locked(&self.shelf).shared.keys().cloned().collect();
        let id = ids.into_iter().find(|id| handle_of(id) == handle)?;
        let closing = self.close(id.as_str())?;
        if let Some(hold) = locked(&self.shelf).shared.get(&id).and_then(|entry| entry.attached.as_ref()) {
            hold.end(Over::Ended);
        }
        Some(closing)
    }
}

/// A session as the list finds it.
enum Named<'a> {
    Private(u64),
    Shared(&'a SessionId, &'a Entry),
}

impl Named<'_> {
    /// What orders sessions that are equally old.
    fn name(&self) -> (u64, &str) {
        match self {
            Named::Private(number) => (*number, ""),
            Named::Shared(id, _) => (u64::MAX, id.as_str()),
        }
    }
}

/// The handle of a session that has an id: a digest, from which nobody finds the id.
fn handle_of(id: &SessionId) -> String {
    let digest = Sha256::digest(id.as_str().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The handle of a socket's own session.
fn private_handle(number: u64) -> String {
    format!("ws-{number}")
}

/// The number in such a handle.
fn private_number(handle: &str) -> Option<u64> {
    handle.strip_prefix("ws-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::session::{ManualClock, Session};

    #[test]
    fn an_id_that_is_anothers_handle_leads_no_operator_astray() {
        let store = SessionStore::new(Arc::new(ManualClock::default()), 9, Duration::from_secs(60), 1 << 20);
        let slot = || store.take_slot().map_err(|_| "full").expect("room");
        let (id, _) = store.add_in(slot(), Session::new(), false);
        let decoy = SessionId::choose(&handle_of(&id)).expect("an id");
        store.adopt_in(slot(), decoy.clone(), Session::new()).expect("it is free");
        assert!(store.end(id.as_str()).is_none(), "an id is no handle");
        assert_eq!(store.end(&handle_of(&id)), Some(Closing::Closed));
        assert!(store.get(id.as_str()).is_none() && store.get(decoy.as_str()).is_some());
    }
}
