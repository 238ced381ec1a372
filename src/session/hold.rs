//! What a WebSocket has of its session: a place of its own, or a hold on a shared one.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::shelf::{Shelf, locked};
use super::{Clock, SessionId, SharedSession};

/// A private session's place in the store; dropping it frees the place.
pub struct Slot {
    pub(super) shelf: Arc<Mutex<Shelf>>,
    pub(super) number: u64,
    pub(super) end: Arc<Notify>,
}

impl Slot {
    /// What is told when an operator ends the session.
    pub fn end(&self) -> &Arc<Notify> {
        &self.end
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        locked(&self.shelf).remove_private(self.number);
    }
}

/// A WebSocket's hold on a shared session; dropping it lets go.
pub struct Attachment {
    pub(super) id: SessionId,
    pub(super) session: SharedSession,
    pub(super) end: Arc<Notify>,
    pub(super) shelf: Arc<Mutex<Shelf>>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Attachment {
    /// Which session.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// What is told when an operator ends the session.
    pub fn end(&self) -> &Arc<Notify> {
        &self.end
    }
}

impl Deref for Attachment {
    type Target = SharedSession;

    fn deref(&self) -> &SharedSession {
        &self.session
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let Some(entry) = shelf.shared.get_mut(&self.id) else { return };
        entry.attached = None;
        entry.last_used = now;
        if entry.closing {
            shelf.remove(&self.id);
        }
    }
}
