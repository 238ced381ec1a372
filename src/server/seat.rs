//! The session behind one WebSocket.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::session::{AtCapacity, AttachError, Attachment, Session, SessionId, Slot};

use super::App;

/// The session behind one WebSocket: its own, or one that it has joined.
pub(crate) enum Seat {
    /// Nobody else's; it goes with the socket.
    Private {
        /// The session itself.
        session: Session,
        /// Held for as long as the session lives.
        slot: Slot,
    },
    /// One that HTTP and MCP reach, too.
    Joined(Attachment),
}

/// Why a socket gets no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// There is no room.
    Full(AtCapacity),
    /// The named session cannot be joined.
    Refused(String, AttachError),
}

impl Seat {
    /// A session for a new socket: the named one, or a new one of its own.
    pub(crate) fn take(app: &Arc<App>, session_id: Option<String>) -> Result<Seat, NoSeat> {
        match session_id.filter(|id| !id.is_empty()) {
            Some(id) => app.store.attach(&id).map(Seat::Joined).map_err(|error| match error {
                AttachError::Full(full) => NoSeat::Full(full),
                error => NoSeat::Refused(id, error),
            }),
            None => match app.store.take_slot() {
                Ok(slot) => Ok(Seat::Private { session: app.new_session(), slot }),
                Err(full) => Err(NoSeat::Full(full)),
            },
        }
    }

    /// What is told when an operator ends the session; the same for as long as the seat is held.
    pub(crate) fn end(&self) -> Arc<Notify> {
        match self {
            Seat::Private { slot, .. } => slot.end().clone(),
            Seat::Joined(attachment) => attachment.end().clone(),
        }
    }

    /// Does something with the session; others that hold it wait meanwhile.
    pub(crate) fn with<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> R {
        match self {
            Seat::Private { session, .. } => act(session),
            Seat::Joined(attachment) => act(&mut attachment.lock()),
        }
    }

    /// The session's id. A session of the socket's own gets one when it is first asked for.
    pub(crate) fn id(&mut self, app: &App) -> SessionId {
        if let Seat::Private { session, slot } = self {
            let session = std::mem::replace(session, app.new_session());
            *self = Seat::Joined(app.store.publish(slot, session));
        }
        match self {
            Seat::Joined(attachment) => attachment.id().clone(),
            Seat::Private { .. } => unreachable!("it has just been published"),
        }
    }
}
