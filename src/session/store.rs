//! Every session the server holds, under one limit.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Clock, Session};

/// A session's id: a random UUID, hard to guess.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    fn random() -> SessionId {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        SessionId(Arc::from(&*uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text)))
    }

    /// The id as it is written on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id's shared text.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

/// So that a table of sessions is searched by the text a client sent, without a copy of it.
impl Borrow<str> for SessionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session that several requests may reach; they are served one after another.
#[derive(Debug, Clone)]
pub struct SharedSession(Arc<Mutex<Session>>);

impl SharedSession {
    /// The session, once everybody before has finished with it.
    pub fn lock(&self) -> impl DerefMut<Target = Session> + use<'_> {
        locked(&self.0)
    }
}

/// No session can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtCapacity {
    /// How many there are.
    pub active: usize,
    /// How many there may be.
    pub max: usize,
}

/// Why a WebSocket cannot join a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachError {
    /// There is no such session, or no longer.
    Unknown,
    /// Another WebSocket is attached.
    Busy,
}

/// What closing a session came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It is gone.
    Closed,
    /// A WebSocket is attached; it goes when that one does.
    Pending,
}

/// Every session the server holds: the shared ones by id, and the private ones of WebSockets as a number. Both count
/// against one limit.
pub struct SessionStore {
    shelf: Arc<Mutex<Shelf>>,
    clock: Arc<dyn Clock>,
    max: usize,
    timeout: Duration,
}

#[derive(Default)]
struct Shelf {
    shared: HashMap<SessionId, Entry>,
    private: usize,
    latest: Option<SessionId>,
    expired: u64,
}

struct Entry {
    session: SharedSession,
    last_used: Duration,
    attached: bool,
    closing: bool,
}

impl SessionStore {
    /// An empty store of at most `max` sessions, each forgotten when nobody has used it for `timeout`.
    pub fn new(clock: Arc<dyn Clock>, max: usize, timeout: Duration) -> SessionStore {
        SessionStore { shelf: Arc::default(), clock, max, timeout }
    }

    /// Adds a session that others can reach by the id that is returned. `latest` also makes it the one that requests
    /// without any id reach.
    ///
    /// # Errors
    /// At capacity.
    pub fn add(&self, session: Session, latest: bool) -> Result<(SessionId, SharedSession), AtCapacity> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        self.check_room(&mut shelf, now)?;
        let id = SessionId::random();
        let session = SharedSession(Arc::new(Mutex::new(session)));
        let entry = Entry { session: session.clone(), last_used: now, attached: false, closing: false };
        shelf.shared.insert(id.clone(), entry);
        if latest {
            shelf.latest = Some(id.clone());
        }
        Ok((id, session))
    }

    /// A place for a session that only its owner reaches; it is free again when the slot is dropped.
    ///
    /// # Errors
    /// At capacity.
    pub fn take_slot(&self) -> Result<Slot, AtCapacity> {
        let mut shelf = locked(&self.shelf);
        self.check_room(&mut shelf, self.clock.now())?;
        shelf.private += 1;
        Ok(Slot { shelf: self.shelf.clone() })
    }

    /// Gives a private session an id by which others reach it, for as long as the attachment that is returned lives. The
    /// caller's slot, given back after this, makes the room.
    pub fn publish(&self, session: Session) -> Attachment {
        let id = SessionId::random();
        let session = SharedSession(Arc::new(Mutex::new(session)));
        let last_used = self.clock.now();
        let entry = Entry { session: session.clone(), last_used, attached: true, closing: true };
        locked(&self.shelf).shared.insert(id.clone(), entry);
        Attachment { id, session, shelf: self.shelf.clone(), clock: self.clock.clone() }
    }

    /// The session with this id, which counts as used now.
    pub fn get(&self, id: &str) -> Option<(SessionId, SharedSession)> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let (id, entry) = self.live(&mut shelf, id, now)?;
        entry.last_used = now;
        Some((id, entry.session.clone()))
    }

    /// The session begun last without an id, which counts as used now.
    pub fn latest(&self) -> Option<(SessionId, SharedSession)> {
        let id = locked(&self.shelf).latest.clone()?;
        self.get(id.as_str())
    }

    /// Joins a session for as long as the attachment lives; meanwhile it cannot expire.
    ///
    /// # Errors
    /// An unknown id, or a session that is joined already.
    pub fn attach(&self, id: &str) -> Result<Attachment, AttachError> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let (id, entry) = self.live(&mut shelf, id, now).ok_or(AttachError::Unknown)?;
        if entry.attached {
            return Err(AttachError::Busy);
        }
        entry.attached = true;
        entry.last_used = now;
        let session = entry.session.clone();
        Ok(Attachment { id, session, shelf: self.shelf.clone(), clock: self.clock.clone() })
    }

    /// Ends a session; `None` where there is no such session. One that a WebSocket has joined ends with that.
    pub fn close(&self, id: &str) -> Option<Closing> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let (id, entry) = self.live(&mut shelf, id, now)?;
        if entry.attached {
            entry.closing = true;
            return Some(Closing::Pending);
        }
        shelf.remove(&id);
        Some(Closing::Closed)
    }

    /// Forgets the sessions that nobody has used for too long; returns how many.
    pub fn reap(&self) -> usize {
        self.reap_at(&mut locked(&self.shelf), self.clock.now())
    }

    /// How many sessions there are, shared and private.
    pub fn active(&self) -> usize {
        locked(&self.shelf).active()
    }

    /// How many sessions there may be.
    pub fn max(&self) -> usize {
        self.max
    }

    /// How many sessions have expired since the start.
    pub fn expired(&self) -> u64 {
        locked(&self.shelf).expired
    }

    fn check_room(&self, shelf: &mut Shelf, now: Duration) -> Result<(), AtCapacity> {
        if shelf.active() >= self.max {
            self.reap_at(shelf, now);
        }
        if shelf.active() >= self.max {
            return Err(AtCapacity { active: shelf.active(), max: self.max });
        }
        Ok(())
    }

    /// The entry with this id, unless its time is over: a session is gone at its hour, not at the reaper's next round.
    fn live<'a>(&self, shelf: &'a mut Shelf, id: &str, now: Duration) -> Option<(SessionId, &'a mut Entry)> {
        let (key, entry) = shelf.shared.get_key_value(id)?;
        let key = key.clone();
        if self.is_over(entry, now) {
            shelf.remove(&key);
            shelf.expired += 1;
            return None;
        }
        shelf.shared.get_mut(id).map(|entry| (key, entry))
    }

    fn is_over(&self, entry: &Entry, now: Duration) -> bool {
        !entry.attached && now.saturating_sub(entry.last_used) >= self.timeout
    }

    fn reap_at(&self, shelf: &mut Shelf, now: Duration) -> usize {
        let before = shelf.shared.len();
        shelf.shared.retain(|_, entry| !self.is_over(entry, now));
        let gone = before - shelf.shared.len();
        shelf.expired += gone as u64;
        if shelf.latest.as_ref().is_some_and(|latest| !shelf.shared.contains_key(latest)) {
            shelf.latest = None;
        }
        // After a wave of sessions the table gives its memory back.
        if shelf.shared.capacity() > 1024 && shelf.shared.len() < shelf.shared.capacity() / 4 {
            shelf.shared.shrink_to_fit();
        }
        gone
    }
}

impl Shelf {
    fn active(&self) -> usize {
        self.shared.len() + self.private
    }

    fn remove(&mut self, id: &SessionId) {
        self.shared.remove(id);
        if self.latest.as_ref() == Some(id) {
            self.latest = None;
        }
    }
}

/// A private session's place in the store; dropping it frees the place.
pub struct Slot {
    shelf: Arc<Mutex<Shelf>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        locked(&self.shelf).private -= 1;
    }
}

/// A WebSocket's hold on a shared session; dropping it lets go.
pub struct Attachment {
    id: SessionId,
    session: SharedSession,
    shelf: Arc<Mutex<Shelf>>,
    clock: Arc<dyn Clock>,
}

impl Attachment {
    /// Which session.
    pub fn id(&self) -> &SessionId {
        &self.id
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
        entry.attached = false;
        entry.last_used = now;
        if entry.closing {
            shelf.remove(&self.id);
        }
    }
}

/// The lock's content, also where a thread panicked while it held it: every change made under these locks is either
/// whole or, for an episode, thrown away.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::ManualClock;

    const TIMEOUT: Duration = Duration::from_secs(60);

    fn store(max: usize) -> (SessionStore, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        (SessionStore::new(clock.clone(), max, TIMEOUT), clock)
    }

    fn add(store: &SessionStore, latest: bool) -> Result<SessionId, AtCapacity> {
        store.add(Session::new(), latest).map(|(id, _)| id)
    }

    #[test]
    fn both_kinds_count_against_the_limit() {
        let (store, _) = store(2);
        let slot = store.take_slot().map_err(|_| "full").expect("one place is free");
        let id = add(&store, false).expect("another one is free");
        assert_eq!(add(&store, false), Err(AtCapacity { active: 2, max: 2 }));
        drop(slot);
        assert_eq!(store.active(), 1);
        add(&store, false).expect("the slot's place is free again");
        assert_eq!(store.close(id.as_str()), Some(Closing::Closed));
        assert_eq!(store.active(), 1);
    }

    #[test]
    fn unused_sessions_expire_and_used_ones_do_not() {
        let (store, clock) = store(10);
        let used = add(&store, false).expect("room");
        let unused = add(&store, false).expect("room");
        clock.advance(TIMEOUT / 2);
        assert!(store.get(used.as_str()).is_some());
        clock.advance(TIMEOUT / 2);
        assert!(store.get(unused.as_str()).is_none(), "its time is over before the reaper comes");
        assert!(store.get(used.as_str()).is_some());
        assert_eq!(store.reap(), 0);
        clock.advance(TIMEOUT);
        assert_eq!(store.reap(), 1);
        assert_eq!((store.active(), store.expired()), (0, 2));
    }

    #[test]
    fn expired_sessions_make_room() {
        let (store, clock) = store(1);
        add(&store, false).expect("room");
        assert!(add(&store, false).is_err());
        clock.advance(TIMEOUT);
        add(&store, false).expect("the first is over");
    }

    #[test]
    fn attached_sessions_do_not_expire() {
        let (store, clock) = store(10);
        let id = add(&store, false).expect("room");
        let attachment = store.attach(id.as_str()).map_err(|_| "refused").expect("it is free");
        assert_eq!(store.attach(id.as_str()).err(), Some(AttachError::Busy));
        clock.advance(TIMEOUT * 3);
        assert_eq!(store.reap(), 0);
        drop(attachment);
        clock.advance(TIMEOUT / 2);
        assert_eq!(store.reap(), 0, "its time runs from the moment it is let go");
        clock.advance(TIMEOUT / 2);
        assert_eq!(store.reap(), 1);
        assert_eq!(store.attach(id.as_str()).err(), Some(AttachError::Unknown));
    }

    #[test]
    fn closing_waits_for_the_socket() {
        let (store, _) = store(10);
        let id = add(&store, false).expect("room");
        let attachment = store.attach(id.as_str()).map_err(|_| "refused").expect("it is free");
        assert_eq!(store.close(id.as_str()), Some(Closing::Pending));
        assert_eq!(store.active(), 1);
        drop(attachment);
        assert_eq!((store.active(), store.close(id.as_str())), (0, None));
    }

    #[test]
    fn a_published_session_ends_with_its_attachment() {
        let (store, _) = store(1);
        let slot = store.take_slot().map_err(|_| "full").expect("one place is free");
        let attachment = store.publish(Session::new());
        drop(slot);
        let id = attachment.id().clone();
        assert_eq!((store.active(), store.get(id.as_str()).is_some()), (1, true));
        assert_eq!(store.close(id.as_str()), Some(Closing::Pending));
        drop(attachment);
        assert_eq!((store.active(), store.get(id.as_str()).is_some()), (0, false));
    }

    #[test]
    fn the_latest_is_the_last_begun_without_an_id() {
        let (store, _) = store(10);
        assert!(store.latest().is_none());
        let first = add(&store, true).expect("room");
        add(&store, false).expect("room");
        assert_eq!(store.latest().map(|(id, _)| id), Some(first.clone()));
        store.close(first.as_str());
        assert!(store.latest().is_none());
    }

    #[test]
    fn a_panic_under_the_lock_costs_nobody_else() {
        let (store, _) = store(10);
        let id = add(&store, false).expect("room");
        let (_, session) = store.get(id.as_str()).expect("it was added");
        let panicking = session.clone();
        std::thread::spawn(move || {
            let _held = panicking.lock();
            panic!("a bug");
        })
        .join()
        .expect_err("the thread panicked");
        assert_eq!(session.lock().state().step_count, 0);
    }
}
