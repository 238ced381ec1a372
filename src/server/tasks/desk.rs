//! What is kept for clients of ORS beside their sessions: the last answers, for those whose connection broke, and the ids
//! that were deleted. Both are bounded, whatever clients do.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SetOnce};

use crate::server::turn::is_long;
use crate::session::{Clock, SessionId};

/// How long an answer can be asked for once more, as ORS has it.
const LINGER: Duration = Duration::from_secs(60);
/// The most answers that are kept, and their bytes. Past that the oldest go first.
const MAX_ANSWERS: usize = 65_536;
const MAX_ANSWER_BYTES: usize = 32 << 20;
/// About what an answer costs beside its text: two ids, their places in the tables, and what waits for it.
const OVERHEAD_BYTES: usize = 384;
/// How many deleted ids are remembered.
const MAX_DELETED: usize = 4_096;

/// How many short calls are carried out at once, and how many long ones, which may wait for their turns. They go on though
/// their connections break, so that nobody else bounds them.
const MOST_AT_WORK: usize = 256;

/// What is kept for clients of ORS.
pub(crate) struct Desk {
    books: Mutex<Books>,
    /// For short calls, and for long ones.
    hands: [Arc<Semaphore>; 2],
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Books {
    answers: HashMap<Arc<str>, Kept>,
    /// The answers' ids, oldest first.
    order: VecDeque<Arc<str>>,
    bytes: usize,
    deleted: HashSet<SessionId>,
    /// The same ids, oldest first, with those that have come back since.
    deletions: VecDeque<SessionId>,
}

struct Kept {
    session: SessionId,
    outcome: Arc<SetOnce<Outcome>>,
    /// The length of its answer, once that is there.
    bytes: usize,
    since: Duration,
}

/// What comes of a call: its answer, or what is said where there is none.
pub(super) type Outcome = Result<Arc<str>, &'static str>;

/// A call that is being carried out, or that was.
#[derive(Clone)]
pub(super) struct Call {
    /// By which it is asked for once more; nobody guesses it.
    pub(super) id: Arc<str>,
    pub(super) outcome: Arc<SetOnce<Outcome>>,
}

impl Desk {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Desk {
        let hands = [(); 2].map(|()| Arc::new(Semaphore::new(MOST_AT_WORK)));
        Desk { books: Mutex::default(), hands, clock }
    }

    /// Leave to carry out a call of so many bytes, for as long as it is held. Whoever waits for it has begun nothing.
    pub(super) async fn hand(&self, bytes: usize) -> OwnedSemaphorePermit {
        self.hands[usize::from(is_long(bytes))].clone().acquire_owned().await.expect("nobody closes it")
    }

    /// A new call of this session. It is kept before anything comes of it, so that whoever knows its id can ask for it
    /// whenever their connection breaks.
    pub(super) fn open(&self, session: &SessionId) -> Call {
        let id: Arc<str> = uuid::Uuid::new_v4().simple().to_string().into();
        let call = Call { id: id.clone(), outcome: Arc::default() };
        let now = self.clock.now();
        let kept = Kept { session: session.clone(), outcome: call.outcome.clone(), bytes: 0, since: now };
        let mut books = self.books();
        books.bytes += OVERHEAD_BYTES;
        books.answers.insert(id.clone(), kept);
        books.order.push_back(id);
        books.forget_old(now);
        call
    }

    /// Keeps what came of the call for a while, and tells it to whoever waits.
    pub(super) fn close(&self, call: &Call, outcome: Outcome) {
        let now = self.clock.now();
        let bytes = outcome.as_ref().map_or(0, |text| text.len());
        let mut books = self.books();
        if let Some(kept) = books.answers.get_mut(&call.id) {
            (kept.bytes, kept.since) = (bytes, now);
            books.bytes += bytes;
        }
        books.forget_old(now);
        // A call is closed once.
        let _ = call.outcome.set(outcome);
    }

    /// This call of this session, while it is kept.
    pub(super) fn find(&self, session: &SessionId, id: &str) -> Option<Call> {
        let now = self.clock.now();
        let books = self.books();
        let (id, kept) = books.answers.get_key_value(id)?;
        let is_theirs = kept.session == *session && !kept.is_old(now);
        is_theirs.then(|| Call { id: id.clone(), outcome: kept.outcome.clone() })
    }

    /// Remembers that this session was deleted.
    pub(super) fn dismiss(&self, id: SessionId) {
        let mut books = self.books();
        if books.deleted.insert(id.clone()) {
            books.deletions.push_back(id);
        }
        while books.deletions.len() > MAX_DELETED {
            if let Some(oldest) = books.deletions.pop_front() {
                books.deleted.remove(&oldest);
            }
        }
    }

    /// Takes an id for a new session, though an earlier one was deleted.
    pub(super) fn welcome(&self, id: &SessionId) {
        let mut books = self.books();
        if books.deleted.remove(id) {
            books.deletions.retain(|deleted| deleted != id);
        }
    }

    /// Whether a session of this id was deleted, and none has begun since.
    pub(super) fn has_dismissed(&self, id: &str) -> bool {
        self.books().deleted.contains(id)
    }

    /// Forgets what nobody may ask for any more.
    pub(crate) fn forget_old(&self) {
        let now = self.clock.now();
        self.books().forget_old(now);
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn forget_old(&mut self, now: Duration) {
        while let Some(oldest) = self.order.front() {
            let is_old = self.answers.get(oldest).is_none_or(|kept| kept.is_old(now));
            if !is_old && self.order.len() <= MAX_ANSWERS && self.bytes <= MAX_ANSWER_BYTES {
                break;
            }
            if let Some(kept) = self.answers.remove(oldest) {
                self.bytes -= kept.bytes + OVERHEAD_BYTES;
            }
            self.order.pop_front();
        }
        // After a wave of calls the tables give their memory back.
        if self.order.is_empty() && self.order.capacity() > 1024 {
            self.order.shrink_to_fit();
            self.answers.shrink_to_fit();
        }
    }
}

impl Kept {
    fn is_old(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= LINGER
    }
}

#[cfg(test)]
mod tests {
    use crate::session::ManualClock;

    use super::*;

    fn desk() -> (Desk, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        (Desk::new(clock.clone()), clock)
    }

    fn id(at: usize) -> SessionId {
        SessionId::choose(&format!("s{at}")).expect("an id")
    }

    fn answered(desk: &Desk, text: &str) -> Arc<str> {
        let call = desk.open(&id(1));
        desk.close(&call, Ok(text.into()));
        call.id
    }

    #[test]
    fn an_answer_is_its_sessions_for_a_minute() {
        let (desk, clock) = desk();
        let call = desk.open(&id(1));
        let found = |session, call: &str| desk.find(&id(session), call).map(|call| call.outcome.get().cloned());
        assert_eq!(found(1, &call.id), Some(None), "known before it is answered");
        clock.advance(Duration::from_secs(30));
        desk.close(&call, Ok("a".into()));
        assert_eq!(found(1, &call.id), Some(Some(Ok("a".into()))));
        assert_eq!((found(2, &call.id), found(1, "other")), (None, None));
        clock.advance(LINGER - Duration::from_secs(1));
        assert!(found(1, &call.id).is_some());
        clock.advance(Duration::from_secs(1));
        assert_eq!(found(1, &call.id), None);
        desk.forget_old();
        let books = desk.books();
        assert_eq!((books.answers.len(), books.order.len(), books.bytes), (0, 0, 0));
    }

    #[test]
    fn answers_are_bounded_in_bytes_and_number() {
        let (desk, _) = desk();
        let first = answered(&desk, "a");
        let long = "x".repeat(1 << 20);
        let last = (0..40).map(|_| answered(&desk, &long)).last().expect("a call");
        assert!(desk.find(&id(1), &first).is_none() && desk.find(&id(1), &last).is_some());
        assert!(desk.books().bytes <= MAX_ANSWER_BYTES);
        // One that is forgotten before it is answered is answered all the same, to whoever waits.
        let (desk, _) = self::desk();
        let waiting = desk.open(&id(1));
        (0..MAX_ANSWERS + 10).for_each(|_| drop(desk.open(&id(1))));
        desk.close(&waiting, Ok("a".into()));
        assert_eq!(waiting.outcome.get(), Some(&Ok("a".into())));
        let books = desk.books();
        assert_eq!((books.answers.len(), books.bytes), (MAX_ANSWERS, MAX_ANSWERS * OVERHEAD_BYTES));
    }

    #[test]
    fn deleted_ids_are_remembered_up_to_a_number() {
        let (desk, _) = desk();
        (0..MAX_DELETED + 1).for_each(|at| desk.dismiss(id(at)));
        desk.dismiss(id(5));
        assert!(!desk.has_dismissed("s0") && desk.has_dismissed("s1"));
        desk.welcome(&id(1));
        assert!(!desk.has_dismissed("s1"));
        let books = desk.books();
        assert_eq!((books.deleted.len(), books.deletions.len()), (MAX_DELETED - 1, MAX_DELETED - 1));
    }
}
