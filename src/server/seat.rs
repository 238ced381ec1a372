//! The session behind one WebSocket.

use std::sync::Arc;
use std::time::Duration;

use crate::session::{AtCapacity, AttachError, Attachment, Hold, Over, Session, SessionId, SharedSession, Slot, Word};

use super::App;
use super::conversation::{Feed, GAVE_WAY, OVER, TAKEN_OVER, Told};
use super::socket::Goodbye;

/// How long a socket that holds a session may take over a sign of life when another socket wants the session. A ping's
/// way around the world takes less than half a second.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

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

    /// This seat; or, where another socket holds the named session, [`Seat::rejoin`]'s.
    pub(crate) async fn or_rejoin(app: &App, seat: Result<Seat, NoSeat>) -> Result<Seat, NoSeat> {
        match seat {
            Err(NoSeat::Refused(id, AttachError::Busy)) => Seat::rejoin(app, id).await,
            seat => seat,
        }
    }

    /// Joins a session that another socket holds, if that one gives no sign of life: a connection that breaks off without a
    /// word would otherwise keep its own client out until it counts as dead.
    async fn rejoin(app: &App, id: String) -> Result<Seat, NoSeat> {
        let joined = match app.store.holder(&id) {
            // It has let go by now, or never will.
            None => app.store.attach(&id),
            Some(hold) => tokio::select! {
                biased;
                () = hold.proven_alive() => Err(AttachError::Busy),
                () = app.life.stopped() => Err(AttachError::Busy),
                () = tokio::time::sleep(SIGN_OF_LIFE) => app.store.take_over(&id, &hold),
            },
        };
        joined.map(Seat::Joined).map_err(|error| NoSeat::Refused(id, error))
    }

    /// How others end it; the same for as long as the seat is held.
    pub(crate) fn grip(&self) -> Grip {
        Grip(self.hold().clone())
    }

    fn hold(&self) -> &Arc<Hold> {
        match self {
            Seat::Private { slot, .. } => slot.hold(),
            Seat::Joined(attachment) => attachment.hold(),
        }
    }

    /// Does something with the session; others that hold it wait meanwhile.
    pub(crate) fn with<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> R {
        let act = |session: &mut Session| (act(session), session.episode().is_some());
        let (done, has_begun) = match self {
            Seat::Private { session, .. } => act(session),
            Seat::Joined(attachment) => act(&mut attachment.lock()),
        };
        if has_begun {
            self.hold().begun();
        }
        done
    }

    /// Whether others reach the session by this id.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        matches!(self, Seat::Joined(attachment) if attachment.id().as_str() == id)
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

/// A socket's hold on its session: tells it nothing but when that is over, or doubted.
#[derive(Clone)]
pub(crate) struct Grip(Arc<Hold>);

impl Grip {
    /// A grip on a session that the socket only looks at.
    pub(crate) fn look_at(app: &App, session: &SharedSession) -> Grip {
        Grip(app.store.look_at(session))
    }

    /// A message has come: why the socket may not go on, if so. Looked at before every message, so that a client that never
    /// falls silent hears of it, too.
    pub(crate) fn asked(&self) -> Option<Goodbye> {
        self.0.used();
        self.0.over().map(goodbye)
    }
}

impl Feed for Grip {
    async fn next(&mut self) -> Told {
        match self.0.word().await {
            Word::Doubted => Told::Ping,
            Word::Over(over) => Told::Close(goodbye(over)),
        }
    }

    fn heard(&mut self) {
        self.0.sign_of_life();
    }

    fn hold(&self) -> Option<&Arc<Hold>> {
        Some(&self.0)
    }
}

fn goodbye(over: Over) -> Goodbye {
    match over {
        Over::Ended => OVER,
        Over::TakenOver => TAKEN_OVER,
        Over::GaveWay => GAVE_WAY,
    }
}
