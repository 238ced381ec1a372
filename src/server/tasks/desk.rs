//! What is kept for clients of ORS beside their sessions: the last answers, for those whose connection broke, and the ids
//! that were deleted. Both are bounded, whatever clients do.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::session::{Clock, SessionId};

/// How long an answer can be asked for once more, as ORS has it.
const LINGER: Duration = Duration::from_secs(60);
/// The most answers that are kept, and their bytes. Past that the oldest go first.
const MAX_ANSWERS: usize = 65_536;
const MAX_ANSWER_BYTES: usize = 32 << 20;
/// About what an answer costs beside its text: two ids and their places in the tables.
const OVERHEAD_BYTES: usize = 256;
/// How many deleted ids are remembered.
const MAX_DELETED: usize = 4_096;

/// What is kept for clients of ORS.
pub(crate) struct Desk {
    books: Mutex<Books>,
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
    text: Arc<str>,
    since: Duration,
}

impl Desk {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Desk {
        Desk { books: Mutex::default(), clock }
    }

    /// Keeps the answer to a call for a while; returns the call's id, which nobody guesses.
    pub(super) fn keep(&self, session: &SessionId, text: Arc<str>) -> Arc<str> {
        let id: Arc<str> = uuid::Uuid::new_v4().simple().to_string().into();
        let now = self.clock.now();
        let mut books = self.books();
        books.bytes += text.len() + OVERHEAD_BYTES;
        books.answers.insert(id.clone(), Kept { session: session.clone(), text, since: now });
        books.order.push_back(id.clone());
        books.forget_old(now);
        id
    }

    /// The answer to this call of this session, while it is kept.
    pub(super) fn answer(&self, session: &SessionId, id: &str) -> Option<Arc<str>> {
        let now = self.clock.now();
        let books = self.books();
        let kept = books.answers.get(id)?;
        (kept.session == *session && !kept.is_old(now)).then(|| kept.text.clone())
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
                self.bytes -= kept.text.len() + OVERHEAD_BYTES;
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

    #[test]
    fn an_answer_is_its_sessions_for_a_minute() {
        let (desk, clock) = desk();
        let call = desk.keep(&id(1), "a".into());
        assert_eq!(desk.answer(&id(1), &call).as_deref(), Some("a"));
        assert_eq!(desk.answer(&id(2), &call), None);
        assert_eq!(desk.answer(&id(1), "other"), None);
        clock.advance(LINGER - Duration::from_secs(1));
        assert!(desk.answer(&id(1), &call).is_some());
        clock.advance(Duration::from_secs(1));
        assert_eq!(desk.answer(&id(1), &call), None);
        desk.forget_old();
        let books = desk.books();
        assert_eq!((books.answers.len(), books.order.len(), books.bytes), (0, 0, 0));
    }

    #[test]
    fn answers_are_bounded_in_bytes_and_number() {
        let (desk, _) = desk();
        let first = desk.keep(&id(1), "a".into());
        let long: Arc<str> = "x".repeat(1 << 20).into();
        let last = (0..40).map(|_| desk.keep(&id(1), long.clone())).last().expect("a call");
        assert!(desk.answer(&id(1), &first).is_none() && desk.answer(&id(1), &last).is_some());
        assert!(desk.books().bytes <= MAX_ANSWER_BYTES);
        let (desk, _) = self::desk();
        (0..MAX_ANSWERS + 10).for_each(|_| drop(desk.keep(&id(1), "".into())));
        assert_eq!(desk.books().answers.len(), MAX_ANSWERS);
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
