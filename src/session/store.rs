//! Every session the server holds, under one limit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::budget::Budget;
use super::shelf::{Entry, Shelf, locked};
use super::{Attachment, Clock, Hold, Over, Session, SessionId, SharedSession, Slot};

/// How often it is looked, while somebody waits for room, whether time alone has made some: much less than a client notices.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// No session can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtCapacity {
    /// How many there are.
    pub active: usize,
    /// How many there may be.
    pub max: usize,
}

/// Why no session begins under an id that its client has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFree {
    /// There is a session of this id.
    Taken,
    /// The server handed it out ahead of a session that has ended.
    Over,
}

/// Why a WebSocket cannot join a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachError {
    /// There is no such session, or no longer.
    Unknown,
    /// Another WebSocket is attached.
    Busy,
    /// The id was handed out ahead, and there is no room for its session.
    Full(AtCapacity),
    /// There is no memory for the log of its steps.
    NoMemory,
}

/// What closing a session came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It is gone.
    Closed,
    /// A WebSocket is attached; it goes when that one does.
    Pending,
}

/// Every session the server holds, reached from every transport at once.
pub struct SessionStore {
    pub(super) shelf: Arc<Mutex<Shelf>>,
    /// Told of every place that becomes free.
    freed: Arc<Notify>,
    /// Held by the one of those who wait for room that looks what time has made free: nobody tells of that.
    lookout: tokio::sync::Mutex<()>,
    pub(super) clock: Arc<dyn Clock>,
    max: usize,
    budget: Arc<Budget>,
}

impl SessionStore {
    /// An empty store of at most `max` sessions, each forgotten when nobody has used it for `timeout`. What their clients
    /// send may make them hold `memory` bytes together.
    pub fn new(clock: Arc<dyn Clock>, max: usize, timeout: Duration, memory: usize) -> SessionStore {
        let (freed, budget) = (Arc::new(Notify::new()), Budget::new(memory, max));
        let shelf = Arc::new(Mutex::new(Shelf::new(max, timeout, budget.clone(), freed.clone())));
        SessionStore { shelf, freed, lookout: tokio::sync::Mutex::default(), clock, max, budget }
    }

    /// A session without an episode, to be added.
    pub fn new_session(&self) -> Session {
        Session::within(&self.budget)
    }

    /// A place for a session that only its owner reaches; it is free again when the slot is dropped.
    ///
    /// # Errors
    /// At capacity.
    pub fn take_slot(&self) -> Result<Slot, AtCapacity> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        shelf.check_room(now)?;
        let hold = Hold::new(&self.clock);
        let number = shelf.insert_private(hold.clone(), now);
        Ok(Slot { shelf: self.shelf.clone(), number, hold })
    }

    /// Waits until there may be room. Whoever has waited asks again: others may be quicker.
    pub async fn room(&self) {
        loop {
            // Registered before the count is read, so that no place becomes free in between.
            let freed = self.freed.notified();
            if self.has_room() {
                return;
            }
            let look = async {
                let _alone = self.lookout.lock().await;
                sleep(LOOK_EVERY).await;
            };
            tokio::select! {
                () = freed => {}
                () = look => {}
            }
        }
    }

    /// Whether there is room now; what may go makes some.
    pub fn has_room(&self) -> bool {
        locked(&self.shelf).check_room(self.clock.now()).is_ok()
    }

    /// Adds a session that others can reach by the id that is returned, in a place that was taken for it. `latest` also
    /// makes it the one that requests without any id reach.
    pub fn add_in(&self, slot: Slot, session: Session, latest: bool) -> (SessionId, SharedSession) {
        let now = self.clock.now();
        let id = SessionId::hand_out();
        let mut shelf = locked(&self.shelf);
        let session = shelf.insert(id.clone(), session, now);
        if latest {
            shelf.latest = Some(id.clone());
        }
        shelf.replace_private(slot.number);
        (id, session)
    }

    /// Whether a session can be added under an id that its client has chosen.
    ///
    /// # Errors
    /// An id that is another session's, or was one's that never comes back.
    pub fn check_free(&self, id: &SessionId) -> Result<(), NotFree> {
        locked(&self.shelf).check_free(id, self.clock.now())
    }

    /// Adds a session as [`SessionStore::add_in`] does, under an id that its client has chosen.
    ///
    /// # Errors
    /// As [`SessionStore::check_free`].
    pub fn adopt_in(&self, slot: Slot, id: SessionId, session: Session) -> Result<(), NotFree> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        shelf.check_free(&id, now)?;
        shelf.insert(id, session, now);
        shelf.replace_private(slot.number);
        Ok(())
    }

    /// Gives a private session an id by which others reach it, for as long as the attachment that is returned lives. It
    /// keeps the slot's place.
    pub fn publish(&self, slot: &Slot, session: Session) -> Attachment {
        let id = SessionId::hand_out();
        let session = SharedSession::new(session);
        let now = self.clock.now();
        let hold = slot.hold.clone();
        hold.share(&session);
        let entry =
            Entry { session: session.clone(), since: now, last_used: now, attached: Some(hold.clone()), closing: true };
        let mut shelf = locked(&self.shelf);
        shelf.replace_private(slot.number);
        shelf.add(id.clone(), entry);
        Attachment { id, session, hold, shelf: self.shelf.clone(), clock: self.clock.clone() }
    }

    /// An id for a session that begins when it is first looked for. Takes no room, however many are asked for.
    pub fn invite(&self) -> SessionId {
        locked(&self.shelf).invitations.hand_out()
    }

    /// Whether there is a session with this id, which then counts as used now, or the id is one of [`Self::invite`].
    pub fn knows(&self, id: &str) -> bool {
        self.get(id).is_some() || locked(&self.shelf).invitations.is_open(id)
    }

    /// The session with this id, which counts as used now.
    pub fn get(&self, id: &str) -> Option<(SessionId, SharedSession)> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let (id, entry) = shelf.live(id, now)?;
        entry.last_used = now;
        Some((id, entry.session.clone()))
    }

    /// The session with this id, which counts as used now; begun here where the id was handed out ahead of it.
    ///
    /// # Errors
    /// At capacity, for one that has yet to begin.
    pub fn find(&self, id: &str) -> Result<Option<(SessionId, SharedSession)>, AtCapacity> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        shelf.admit(id, now)?;
        Ok(shelf.live(id, now).map(|(id, entry)| {
            entry.last_used = now;
            (id, entry.session.clone())
        }))
    }

    /// The session begun last without an id, which counts as used now.
    pub fn latest(&self) -> Option<(SessionId, SharedSession)> {
        let id = locked(&self.shelf).latest.clone()?;
        self.get(id.as_str())
    }

    /// Joins a session for as long as the attachment lives; meanwhile it cannot expire.
    ///
    /// # Errors
    /// An unknown id, a session that is joined already, or no room for one that has yet to begin.
    pub fn attach(&self, id: &str) -> Result<Attachment, AttachError> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        shelf.admit(id, now).map_err(AttachError::Full)?;
        let (id, entry) = shelf.live(id, now).ok_or(AttachError::Unknown)?;
        if entry.attached.is_some() {
            return Err(AttachError::Busy);
        }
        Ok(self.attach_to(id, entry, now))
    }

    /// The hold of the WebSocket that has joined this session, where another may take the session over: not one that goes
    /// with its socket.
    pub fn holder(&self, id: &str) -> Option<Arc<Hold>> {
        let mut shelf = locked(&self.shelf);
        let (_, entry) = shelf.live(id, self.clock.now())?;
        entry.attached.clone().filter(|_| !entry.closing)
    }

    /// Joins a session in place of the WebSocket whose hold this is, which is told so.
    ///
    /// # Errors
    /// As [`SessionStore::attach`]; and where others were quicker.
    pub fn take_over(&self, id: &str, hold: &Arc<Hold>) -> Result<Attachment, AttachError> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let (id, entry) = shelf.live(id, now).ok_or(AttachError::Unknown)?;
        if entry.attached.is_some() && (entry.closing || !entry.is_held_by(hold)) {
            return Err(AttachError::Busy);
        }
        hold.end(Over::TakenOver);
        Ok(self.attach_to(id, entry, now))
    }

    /// A hold on a session that its socket only looks at: it is not joined, and expires as if nobody did.
    pub fn look_at(&self, session: &SharedSession) -> Arc<Hold> {
        Hold::of(&self.clock, session)
    }

    fn attach_to(&self, id: SessionId, entry: &mut Entry, now: Duration) -> Attachment {
        let hold = Hold::of(&self.clock, &entry.session);
        entry.attached = Some(hold.clone());
        entry.last_used = now;
        let session = entry.session.clone();
        Attachment { id, session, hold, shelf: self.shelf.clone(), clock: self.clock.clone() }
    }

    /// Ends a session; `None` where there is no such session. One that a WebSocket has joined ends with that.
    pub fn close(&self, id: &str) -> Option<Closing> {
        let now = self.clock.now();
        let mut shelf = locked(&self.shelf);
        let Some((id, entry)) = shelf.live(id, now) else {
            let was_open = shelf.invitations.is_open(id);
            shelf.invitations.spend(id);
            return was_open.then_some(Closing::Closed);
        };
        if entry.attached.is_some() {
            entry.closing = true;
            return Some(Closing::Pending);
        }
        shelf.remove(&id);
        Some(Closing::Closed)
    }

    /// Forgets the sessions that nobody has used for too long; returns how many.
    pub fn reap(&self) -> usize {
        locked(&self.shelf).reap(self.clock.now())
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::ManualClock;

    const TIMEOUT: Duration = Duration::from_secs(60);

    fn store(max: usize) -> (SessionStore, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        (SessionStore::new(clock.clone(), max, TIMEOUT, 1 << 20), clock)
    }

    fn add(store: &SessionStore, latest: bool) -> Result<SessionId, AtCapacity> {
        store.take_slot().map(|slot| store.add_in(slot, Session::new(), latest).0)
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
    fn a_chosen_id_is_its_first_owners() {
        let (store, clock) = store(2);
        let id = SessionId::choose("run-7:a").expect("an id");
        let adopt = || store.adopt_in(store.take_slot().map_err(|_| "full").expect("room"), id.clone(), Session::new());
        assert_eq!(adopt(), Ok(()));
        assert_eq!(adopt(), Err(NotFree::Taken));
        assert_eq!(store.active(), 1, "the place that was taken for it is free again");
        clock.advance(TIMEOUT);
        assert_eq!(adopt(), Ok(()), "the first is over");
        assert_eq!(store.active(), 1);
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
    fn a_session_is_taken_over_from_the_socket_that_was_doubted() {
        let (store, clock) = store(10);
        let id = add(&store, false).expect("room");
        let attach = || store.attach(id.as_str()).map_err(|_| "refused").expect("it is free");
        let take_over = |hold| store.take_over(id.as_str(), hold).map_err(|_| "refused");
        assert!(store.holder(id.as_str()).is_none());
        let first = attach();
        let doubted = store.holder(id.as_str()).expect("it is held");
        let second = take_over(&doubted).expect("nobody was quicker");
        assert_eq!((first.hold().over(), second.hold().over()), (Some(Over::TakenOver), None));
        assert!(take_over(&doubted).is_err(), "another was quicker");
        drop(first);
        assert_eq!(store.attach(id.as_str()).err(), Some(AttachError::Busy), "the second holds it");
        clock.advance(TIMEOUT * 3);
        assert_eq!(store.reap(), 0);
        drop(second);
        drop(take_over(&doubted).expect("nobody holds it"));
        // What goes with its socket is not taken over.
        let third = attach();
        let doubted = store.holder(id.as_str()).expect("it is held");
        store.close(id.as_str());
        assert!(store.holder(id.as_str()).is_none() && take_over(&doubted).is_err());
        assert_eq!(third.hold().over(), None);
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
        let attachment = store.publish(&slot, Session::new());
        drop(slot);
        let id = attachment.id().clone();
        assert_eq!((store.active(), store.get(id.as_str()).is_some()), (1, true));
        assert_eq!(store.close(id.as_str()), Some(Closing::Pending));
        drop(attachment);
        assert_eq!((store.active(), store.get(id.as_str()).is_some()), (0, false));
    }

    #[test]
    fn an_invited_session_begins_when_it_is_looked_for() {
        let (store, clock) = store(1);
        let ids: Vec<SessionId> = (0..1_000).map(|_| store.invite()).collect();
        assert_eq!(store.active(), 0);
        assert!(ids.iter().all(|id| store.knows(id.as_str()) && store.get(id.as_str()).is_none()));
        assert_eq!(store.active(), 0);
        let (id, _) = store.find(ids[0].as_str()).expect("room").expect("it was handed out");
        assert_eq!((&id, store.active()), (&ids[0], 1));
        assert_eq!(store.find(ids[1].as_str()).err(), Some(AtCapacity { active: 1, max: 1 }));
        assert!(matches!(store.attach(ids[1].as_str()).err(), Some(AttachError::Full(_))));
        assert!(store.knows(ids[1].as_str()), "it may try again");
        clock.advance(TIMEOUT);
        assert!(!store.knows(id.as_str()), "its time is over for good");
        assert_eq!(store.find(id.as_str()).map(|found| found.is_some()), Ok(false));
    }

    #[test]
    fn an_ended_invitation_is_unknown() {
        let (store, _) = store(10);
        let (unused, used, joined) = (store.invite(), store.invite(), store.invite());
        store.find(used.as_str()).expect("room").expect("it was handed out");
        let attachment = store.attach(joined.as_str()).map_err(|_| "refused").expect("it begins here");
        assert_eq!(store.close(unused.as_str()), Some(Closing::Closed));
        assert_eq!(store.close(used.as_str()), Some(Closing::Closed));
        assert_eq!(store.close(joined.as_str()), Some(Closing::Pending));
        drop(attachment);
        for id in [unused, used, joined] {
            assert!(!store.knows(id.as_str()));
            assert_eq!(store.close(id.as_str()), None);
            assert_eq!(store.attach(id.as_str()).err(), Some(AttachError::Unknown));
        }
        assert_eq!(store.active(), 0);
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
