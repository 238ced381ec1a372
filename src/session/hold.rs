//! What a WebSocket has of its session: a place of its own, or a hold on a shared one.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::shelf::{Shelf, locked};
use super::{Clock, SessionId, SharedSession};

/// For how long a socket, or a session, that has begun no episode keeps its place where there is room for no other: whoever
/// makes one begins at once.
pub const UNBEGUN_STAYS: Duration = Duration::from_secs(10);

/// A WebSocket's hold on its session, as the socket and others see it: whether it is over, whether there is life in it, and
/// whether anything has begun.
pub struct Hold {
    clock: Arc<dyn Clock>,
    /// When the client last asked for something, in milliseconds of the clock.
    used: AtomicU64,
    /// Whether an episode has begun by this socket.
    begun: AtomicBool,
    /// The session, where others reach it, too.
    shared: OnceLock<SharedSession>,
    over: OnceLock<Over>,
    /// Whether somebody waits for a sign of life.
    doubted: AtomicBool,
    /// For the socket.
    told: Notify,
    /// For those who doubt it.
    alive: Notify,
}

/// Why a socket has its session no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// An operator has ended the session.
    Ended,
    /// Another socket has it.
    TakenOver,
    /// Others need the place, and nothing was begun in it.
    GaveWay,
}

/// What a socket is told about its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is no longer the socket's.
    Over(Over),
    /// Somebody else wants it, and asks for a sign of life.
    Doubted,
}

impl Hold {
    pub(super) fn new(clock: &Arc<dyn Clock>) -> Arc<Hold> {
        let hold = Hold {
            clock: clock.clone(),
            used: AtomicU64::default(),
            begun: AtomicBool::default(),
            shared: OnceLock::new(),
            over: OnceLock::new(),
            doubted: AtomicBool::default(),
            told: Notify::new(),
            alive: Notify::new(),
        };
        hold.used();
        Arc::new(hold)
    }

    /// A hold on a session that others reach, too.
    pub(super) fn of(clock: &Arc<dyn Clock>, session: &SharedSession) -> Arc<Hold> {
        let hold = Hold::new(clock);
        hold.share(session);
        hold
    }

    /// Others reach the session from now on.
    pub(super) fn share(&self, session: &SharedSession) {
        // The first stands: a socket has one session.
        let _ = self.shared.set(session.clone());
    }

    /// The client asks for something.
    pub fn used(&self) {
        if !self.begun.load(Ordering::Relaxed) {
            let now = u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX);
            self.used.store(now, Ordering::Relaxed);
        }
    }

    /// An episode has begun.
    pub fn begun(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    /// When the client last asked for something, where no episode has begun.
    pub(super) fn unbegun_since(&self) -> Option<Duration> {
        let has_begun =
            self.begun.load(Ordering::Relaxed) || self.shared.get().is_some_and(|session| !session.is_unbegun());
        (!has_begun).then(|| Duration::from_millis(self.used.load(Ordering::Relaxed)))
    }

    /// For how long the client has asked for nothing, where no episode has begun.
    pub fn unbegun_for(&self) -> Option<Duration> {
        self.unbegun_since().map(|since| self.clock.now().saturating_sub(since))
    }

    /// Others need the socket's place.
    pub fn give_way(&self) {
        self.end(Over::GaveWay);
    }

    /// Why the hold is over, if it is.
    pub fn over(&self) -> Option<Over> {
        self.over.get().copied()
    }

    /// What the socket is told next. May be dropped and asked again at any time.
    pub async fn word(&self) -> Word {
        self.told.notified().await;
        self.over().map_or(Word::Doubted, Word::Over)
    }

    /// The socket has heard its client.
    pub fn sign_of_life(&self) {
        if self.doubted.load(Ordering::Relaxed) && self.doubted.swap(false, Ordering::Relaxed) {
            self.alive.notify_waiters();
        }
    }

    /// Asks for a sign of life, and waits for it.
    pub async fn proven_alive(&self) {
        let alive = self.alive.notified();
        self.doubted.store(true, Ordering::Relaxed);
        self.told.notify_one();
        alive.await;
    }

    pub(super) fn end(&self, over: Over) {
        // The first reason stands.
        let _ = self.over.set(over);
        self.told.notify_one();
    }
}

/// A private session's place in the store; dropping it frees the place.
pub struct Slot {
    pub(super) shelf: Arc<Mutex<Shelf>>,
    pub(super) number: u64,
    pub(super) hold: Arc<Hold>,
}

impl Slot {
    /// What others may do to it.
    pub fn hold(&self) -> &Arc<Hold> {
        &self.hold
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        locked(&self.shelf).remove_private(self.number);
    }
}

/// A shared session that a WebSocket has joined; dropping it lets go.
pub struct Attachment {
    pub(super) id: SessionId,
    pub(super) session: SharedSession,
    pub(super) hold: Arc<Hold>,
    pub(super) shelf: Arc<Mutex<Shelf>>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Attachment {
    /// Which session.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// What others may do to it.
    pub fn hold(&self) -> &Arc<Hold> {
        &self.hold
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
        if !entry.is_held_by(&self.hold) {
            // Another socket has taken it over, or another session of the same name has begun since.
            return;
        }
        entry.attached = None;
        entry.last_used = now;
        if entry.closing {
            shelf.remove(&self.id);
        }
    }
}
