//! The table behind the store: which sessions there are, for how long, and whether there is room for another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::budget::Budget;
use super::invitation::Invitations;
use super::{AtCapacity, Hold, NotFree, Session, SessionId, SharedSession, UNBEGUN_STAYS};

/// Every session, the shared ones by id and the private ones of WebSockets as a number, under one limit. Kept under a lock
/// by the store, which also tells the time.
pub(super) struct Shelf {
    pub(super) shared: HashMap<SessionId, Entry>,
    /// Those of sockets, in the order in which they came.
    pub(super) private: BTreeMap<u64, Private>,
    next_private: u64,
    pub(super) latest: Option<SessionId>,
    pub(super) expired: u64,
    pub(super) invitations: Invitations,
    budget: Arc<Budget>,
    /// Told of every place that becomes free.
    freed: Arc<Notify>,
    max: usize,
    timeout: Duration,
    /// No session's time is over before then. Where there is no room, those who ask would otherwise have all sessions looked
    /// through, each of them.
    first_over: Duration,
    /// The sessions that were added without an episode, by when they were last used, or earlier; some are over, or have begun
    /// one since.
    unbegun: BTreeSet<(Duration, Name)>,
}

/// What a session is called here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Private(u64),
    Shared(SessionId),
}

/// A session that only its socket reaches.
pub(super) struct Private {
    pub(super) since: Duration,
    pub(super) hold: Arc<Hold>,
}

/// A session that is reached by its id.
pub(super) struct Entry {
    pub(super) session: SharedSession,
    pub(super) since: Duration,
    pub(super) last_used: Duration,
    /// That of the WebSocket that has joined it.
    pub(super) attached: Option<Arc<Hold>>,
    /// Whether the session goes with the WebSocket.
    pub(super) closing: bool,
}

impl Shelf {
    pub(super) fn new(max: usize, timeout: Duration, budget: Arc<Budget>, freed: Arc<Notify>) -> Shelf {
        Shelf {
            shared: HashMap::new(),
            private: BTreeMap::new(),
            next_private: 0,
            latest: None,
            expired: 0,
            invitations: Invitations::default(),
            budget,
            freed,
            max,
            timeout,
            first_over: Duration::MAX,
            unbegun: BTreeSet::new(),
        }
    }

    pub(super) fn active(&self) -> usize {
        self.shared.len() + self.private.len()
    }

    /// Whether another session may come; those whose time is over make room for it, else the one that has gone unused for
    /// longest without an episode.
    pub(super) fn check_room(&mut self, now: Duration) -> Result<(), AtCapacity> {
        if self.active() >= self.max && now >= self.first_over {
            self.reap(now);
        }
        if self.active() >= self.max {
            self.give_way(now);
        }
        if self.active() >= self.max {
            return Err(AtCapacity { active: self.active(), max: self.max });
        }
        Ok(())
    }

    /// Ends the session that has gone unused for longest of those that never began an episode, if that is long enough.
    fn give_way(&mut self, now: Duration) {
        while let Some((since, name)) = self.unbegun.pop_first() {
            let Some(last_used) = self.unbegun_since(&name) else { continue };
            if last_used > since {
                self.unbegun.insert((last_used, name));
            } else if now.saturating_sub(since) < UNBEGUN_STAYS {
                self.unbegun.insert((since, name));
                return;
            } else {
                self.let_go(&name);
                self.expired += 1;
                return;
            }
        }
    }

    /// When a session was last used, where it has begun no episode. A socket that only holds one uses it for nothing.
    fn unbegun_since(&self, name: &Name) -> Option<Duration> {
        match name {
            Name::Private(number) => self.private.get(number)?.hold.unbegun_since(),
            Name::Shared(id) => {
                let entry = self.shared.get(id).filter(|entry| entry.session.is_unbegun())?;
                let by_socket = entry.attached.as_ref().and_then(|hold| hold.unbegun_since());
                Some(by_socket.unwrap_or_default().max(entry.last_used))
            }
        }
    }

    /// Ends a session, and the socket that holds it.
    fn let_go(&mut self, name: &Name) {
        let hold = match name {
            Name::Private(number) => self.private.get(number).map(|private| private.hold.clone()),
            Name::Shared(id) => self.shared.get(id).and_then(|entry| entry.attached.clone()),
        };
        if let Some(hold) = hold {
            hold.give_way();
        }
        match name {
            Name::Private(number) => self.remove_private(*number),
            Name::Shared(id) => self.remove(id),
        }
    }

    /// Notes a session that may have to give way.
    fn note_unbegun(&mut self, since: Duration, name: Name) {
        // Some of these are long over: looked through now and then, so that they stay as few as there are sessions.
        if self.unbegun.len() > 2 * self.active() + 64 {
            let Shelf { unbegun, shared, private, .. } = self;
            unbegun.retain(|(_, name)| match name {
                Name::Private(number) => private.contains_key(number),
                Name::Shared(id) => shared.contains_key(id),
            });
        }
        self.unbegun.insert((since, name));
    }

    /// Begins the session of an id that was handed out ahead of it.
    pub(super) fn admit(&mut self, id: &str, now: Duration) -> Result<(), AtCapacity> {
        if self.live(id, now).is_none() && self.invitations.is_open(id) {
            self.check_room(now)?;
            let session = Session::within(&self.budget);
            self.insert(SessionId::from(id.to_owned()), session, now);
        }
        Ok(())
    }

    /// The entry with this id, unless its time is over: a session is gone at its hour, not at the reaper's next round.
    pub(super) fn live(&mut self, id: &str, now: Duration) -> Option<(SessionId, &mut Entry)> {
        let (key, entry) = self.shared.get_key_value(id)?;
        let key = key.clone();
        if entry.is_over(now, self.timeout) {
            self.remove(&key);
            self.expired += 1;
            return None;
        }
        self.shared.get_mut(id).map(|entry| (key, entry))
    }

    /// Whether a session can be added under an id that its client has chosen.
    pub(super) fn check_free(&mut self, id: &SessionId, now: Duration) -> Result<(), NotFree> {
        if self.live(id.as_str(), now).is_some() {
            return Err(NotFree::Taken);
        }
        // Others know it as one that is over for good.
        if self.invitations.is_over(id.as_str()) { Err(NotFree::Over) } else { Ok(()) }
    }

    /// Forgets the sessions that nobody has used for too long; returns how many.
    pub(super) fn reap(&mut self, now: Duration) -> usize {
        let before = self.shared.len();
        let Shelf { shared, invitations, timeout, first_over, .. } = self;
        *first_over = Duration::MAX;
        shared.retain(|id, entry| {
            let stays = !entry.is_over(now, *timeout);
            if stays {
                // The time of one that a socket holds begins when it is let go.
                let unused_since = if entry.attached.is_some() { now } else { entry.last_used };
                *first_over = (*first_over).min(unused_since + *timeout);
            } else {
                invitations.spend(id.as_str());
            }
            stays
        });
        let gone = before - self.shared.len();
        self.expired += gone as u64;
        for _ in 0..gone {
            self.freed.notify_one();
        }
        if self.latest.as_ref().is_some_and(|latest| !self.shared.contains_key(latest)) {
            self.latest = None;
        }
        // After a wave of sessions the table gives its memory back.
        if self.shared.capacity() > 1024 && self.shared.len() < self.shared.capacity() / 4 {
            self.shared.shrink_to_fit();
        }
        gone
    }

    /// Adds a private session; its number.
    pub(super) fn insert_private(&mut self, hold: Arc<Hold>, since: Duration) -> u64 {
        let number = self.next_private;
        self.next_private += 1;
        self.private.insert(number, Private { since, hold });
        self.note_unbegun(since, Name::Private(number));
        number
    }

    /// Takes away a private session whose place another has from here on: the count stays, and nobody is told of a free one.
    pub(super) fn replace_private(&mut self, number: u64) {
        if let Some(private) = self.private.remove(&number) {
            self.unbegun.remove(&(private.since, Name::Private(number)));
        }
    }

    pub(super) fn remove_private(&mut self, number: u64) {
        if self.private.remove(&number).is_some() {
            self.freed.notify_one();
        }
    }

    /// Adds a shared session.
    pub(super) fn insert(&mut self, id: SessionId, session: Session, now: Duration) -> SharedSession {
        let session = SharedSession::new(session);
        let entry = Entry { session: session.clone(), since: now, last_used: now, attached: None, closing: false };
        self.add(id, entry);
        self.first_over = self.first_over.min(now + self.timeout);
        session
    }

    pub(super) fn add(&mut self, id: SessionId, entry: Entry) {
        if entry.session.is_unbegun() {
            self.note_unbegun(entry.since, Name::Shared(id.clone()));
        }
        self.shared.insert(id, entry);
    }

    pub(super) fn remove(&mut self, id: &SessionId) {
        self.invitations.spend(id.as_str());
        if self.shared.remove(id).is_some() {
            self.freed.notify_one();
        }
        if self.latest.as_ref() == Some(id) {
            self.latest = None;
        }
    }
}

impl Entry {
    pub(super) fn is_held_by(&self, hold: &Arc<Hold>) -> bool {
        self.attached.as_ref().is_some_and(|attached| Arc::ptr_eq(attached, hold))
    }

    fn is_over(&self, now: Duration, timeout: Duration) -> bool {
        self.attached.is_none() && now.saturating_sub(self.last_used) >= timeout
    }
}

/// The lock's content, also where a thread panicked while it held it: every change made under these locks is either
/// whole or, for an episode, thrown away.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Clock, ManualClock, Over};

    /// A hold that was taken at this second.
    fn hold_at(second: u64) -> Arc<Hold> {
        let clock = ManualClock::default();
        clock.advance(Duration::from_secs(second));
        let clock: Arc<dyn Clock> = Arc::new(clock);
        Hold::new(&clock)
    }

    fn shelf(max: usize, timeout_s: u64) -> Shelf {
        Shelf::new(max, Duration::from_secs(timeout_s), Budget::new(1 << 20, max), Arc::default())
    }

    #[test]
    fn whoever_finds_no_room_has_nobody_looked_for_before_the_first_is_over() {
        let at = Duration::from_secs;
        let mut shelf = shelf(2, 60);
        for (id, since) in [("a", 0), ("b", 10)] {
            shelf.insert(SessionId::from(id.to_owned()), Session::new(), at(since));
        }
        // As if they had begun an episode.
        shelf.unbegun.clear();
        assert_eq!(shelf.first_over, at(60));
        shelf.live("a", at(30)).expect("it is there").1.last_used = at(30);
        assert!(shelf.check_room(at(59)).is_err());
        assert_eq!(shelf.first_over, at(60), "nobody was looked for");
        assert!(shelf.check_room(at(60)).is_err());
        assert_eq!(shelf.first_over, at(70), "the next one to be over");
        shelf.live("b", at(65)).expect("it is there").1.attached = Some(hold_at(65));
        assert!(shelf.check_room(at(70)).is_err());
        assert_eq!(shelf.first_over, at(90));
        assert!(shelf.check_room(at(90)).is_ok());
        assert_eq!((shelf.active(), shelf.first_over), (1, at(150)), "one that is held counts as used now");
    }

    #[test]
    fn sessions_that_never_began_give_way_the_longest_unused_first() {
        let at = Duration::from_secs;
        let mut shelf = shelf(3, 600);
        for (id, since) in [("a", 0), ("b", 1), ("c", 2)] {
            shelf.insert(SessionId::from(id.to_owned()), Session::new(), at(since));
        }
        let names = |shelf: &Shelf| {
            let mut names: Vec<String> = shelf.shared.keys().map(SessionId::to_string).collect();
            names.sort_unstable();
            names.concat()
        };
        shelf.live("a", at(5)).expect("it is there").1.last_used = at(5);
        assert!(shelf.check_room(at(10)).is_err(), "nobody has gone unused for long");
        assert!(shelf.check_room(at(11)).is_ok());
        assert_eq!((names(&shelf).as_str(), shelf.expired), ("ac", 1));
        let busy = shelf.live("a", at(11)).expect("it is there").1.session.clone();
        shelf.insert(SessionId::from("d".to_owned()), Session::new(), at(11));
        let at_work = busy.lock();
        assert!(shelf.check_room(at(12)).is_ok(), "c has");
        assert_eq!(names(&shelf), "ad");
        shelf.insert(SessionId::from("e".to_owned()), Session::new(), at(12));
        shelf.live("d", at(12)).expect("it is there").1.attached = Some(hold_at(12));
        assert!(shelf.check_room(at(21)).is_err(), "at work, and hardly there");
        drop(at_work);
    }

    #[test]
    fn whoever_holds_what_never_began_gives_way_too() {
        let at = Duration::from_secs;
        let mut shelf = shelf(4, 600);
        let (silent, playing, joined) = (hold_at(0), hold_at(1), hold_at(2));
        shelf.insert_private(silent.clone(), at(0));
        shelf.insert_private(playing.clone(), at(1));
        playing.begun();
        shelf.insert(SessionId::from("joined".to_owned()), Session::new(), at(2));
        shelf.live("joined", at(2)).expect("it is there").1.attached = Some(joined.clone());
        let last = shelf.insert_private(hold_at(8), at(3));
        let over = || [&silent, &playing, &joined].map(|hold| hold.over().is_some());
        assert!(shelf.check_room(at(9)).is_err(), "nobody has gone unused for long");
        assert!(shelf.check_room(at(10)).is_ok());
        assert_eq!((over(), silent.over()), ([true, false, false], Some(Over::GaveWay)));
        shelf.insert_private(hold_at(10), at(10));
        assert!(shelf.check_room(at(12)).is_ok());
        assert_eq!((over(), shelf.shared.len(), shelf.expired), ([true, false, true], 0, 2));
        shelf.insert_private(hold_at(12), at(12));
        assert!(shelf.check_room(at(17)).is_err(), "the last but two has asked for something since");
        assert!(shelf.check_room(at(18)).is_ok() && !shelf.private.contains_key(&last));
        shelf.replace_private(0);
        assert!(shelf.active() == 3 && shelf.unbegun.len() <= 3, "whoever is over is not looked for");
    }

    #[test]
    fn sessions_that_come_and_go_leave_nothing_behind() {
        let mut shelf = shelf(3, 60);
        for number in 0..1_000 {
            let id = SessionId::from(number.to_string());
            shelf.insert(id.clone(), Session::new(), Duration::from_secs(number));
            shelf.remove(&id);
        }
        assert!(shelf.unbegun.len() < 70, "{}", shelf.unbegun.len());
    }
}
