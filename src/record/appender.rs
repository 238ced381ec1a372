//! Group commit: one thread appends what everybody says, many records at a time.
//!
//! The thread takes all that waits, writes it at once, brings it to the disk if anybody asked for that, and then tells
//! everybody. While it does, the next lot gathers; so the more there is to do, the less each costs.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use super::format::{MAX_PAYLOAD_BYTES, push_frame};

/// From this many bytes on that wait to be written, whoever adds to them has to wait, too: memory does not grow where a
/// disk is slow.
const MAX_WAITING_BYTES: usize = 16 << 20;

/// Something was not recorded, and nothing will be any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("recording has failed: {0}")]
pub struct Unrecorded(pub Arc<str>);

/// Where frames go.
pub(super) trait Medium: Send {
    /// Writes frames, the first of which has this number.
    fn append(&mut self, frames: &[u8], first: u64) -> io::Result<()>;
    /// Brings all that was written to the disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// Whoever appends to one medium.
#[derive(Debug)]
pub(super) struct Appender {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when there is something to write.
    work: Condvar,
    /// Told when something was written.
    written: Condvar,
}

#[derive(Debug)]
struct State {
    /// Whole frames.
    waiting: Vec<u8>,
    /// Whether somebody waits for these to be on disk.
    wants_sync: bool,
    /// The next record's number.
    next: u64,
    /// All records below this number are written, and on disk where that was asked for.
    done: u64,
    wakers: Vec<(u64, Waker)>,
    failure: Option<Arc<str>>,
    closing: bool,
}

impl Appender {
    /// Begins with the record of this number. `on_failure` is told once, should writing fail.
    pub(super) fn start(
        medium: Box<dyn Medium>,
        next: u64,
        on_failure: impl FnOnce(&str) + Send + 'static,
    ) -> Appender {
        let state = State {
            waiting: Vec::new(),
            wants_sync: false,
            next,
            done: next,
            wakers: Vec::new(),
            failure: None,
            closing: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), written: Condvar::new() });
        let appender = shared.clone();
        let thread = std::thread::spawn(move || append(&appender, medium, on_failure));
        Appender { shared, thread: Mutex::new(Some(thread)) }
    }

    /// Queues records; the first one's number, and a receipt where somebody has to wait for the last. Of what is lost,
    /// whoever `is_told` has one as well.
    pub(super) fn push(&self, payloads: &[Vec<u8>], wants_sync: bool, is_told: bool) -> (u64, Option<Receipt>) {
        let mut state = self.shared.lock();
        let first = state.next;
        if state.failure.is_none() && payloads.iter().any(|payload| payload.len() > MAX_PAYLOAD_BYTES) {
            state.failure = Some("a record is longer than 2 MiB".into());
        }
        // The last number is no record's.
        let next = first.checked_add(payloads.len() as u64);
        if state.failure.is_none() && next.is_none() {
            state.failure = Some("the log has no numbers left".into());
        }
        if state.failure.is_some() || state.closing {
            return (first, is_told.then(|| Receipt { shared: self.shared.clone(), upto: u64::MAX }));
        }
        for (payload, sequence) in payloads.iter().zip(first..) {
            push_frame(&mut state.waiting, sequence, payload);
        }
        state.next = next.unwrap_or(first);
        state.wants_sync |= wants_sync;
        let upto = state.next;
        let waits = wants_sync || state.waiting.len() > MAX_WAITING_BYTES;
        drop(state);
        self.shared.work.notify_one();
        (first, waits.then(|| Receipt { shared: self.shared.clone(), upto }))
    }

    /// Writes what waits, brings it to the disk and stops; what is queued afterwards is lost.
    pub(super) fn close(&self) -> Result<(), Unrecorded> {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It only ends by itself; a panic in it is a failure like others.
            let _ = thread.join();
        }
        let state = self.shared.lock();
        match &state.failure {
            Some(failure) => Err(Unrecorded(failure.clone())),
            None => Ok(()),
        }
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        // Whoever cares for the outcome has closed it.
        let _ = self.close();
    }
}

impl Shared {
    /// The lock's content. Nothing panics while it is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that writes.
fn append(shared: &Shared, mut medium: Box<dyn Medium>, on_failure: impl FnOnce(&str)) {
    let mut batch = Vec::new();
    let mut first = shared.lock().next;
    let failure = loop {
        let (upto, wants_sync, last) = {
            let mut state = shared.lock();
            while state.waiting.is_empty() && !state.closing && state.failure.is_none() {
                state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(failure) = &state.failure {
                break Some(failure.clone());
            }
            batch.clear();
            std::mem::swap(&mut batch, &mut state.waiting);
            (state.next, std::mem::take(&mut state.wants_sync), state.closing)
        };
        let wrote = match batch.is_empty() {
            true => Ok(()),
            false => medium.append(&batch, first),
        };
        let done = wrote.and_then(|()| if wants_sync || last { medium.sync() } else { Ok(()) });
        first = upto;
        let mut state = shared.lock();
        if let Err(error) = done {
            let failure: Arc<str> = error.to_string().into();
            state.failure = Some(failure.clone());
            break Some(failure);
        }
        state.done = upto;
        wake(&mut state, upto);
        drop(state);
        shared.written.notify_all();
        if last {
            break None;
        }
        if batch.capacity() > MAX_WAITING_BYTES {
            batch = Vec::new();
        }
    };
    let mut state = shared.lock();
    state.waiting = Vec::new();
    // Whatever comes now comes too late.
    state.closing = true;
    wake(&mut state, u64::MAX);
    drop(state);
    shared.written.notify_all();
    if let Some(failure) = failure {
        on_failure(&failure);
    }
}

/// Wakes those who wait for records below this number.
fn wake(state: &mut State, upto: u64) {
    state.wakers.retain_mut(|(waits_for, waker)| {
        let over = *waits_for <= upto;
        if over {
            waker.wake_by_ref();
        }
        !over
    });
}

/// A wait for records to be written. It is a future, for those who must not block.
#[derive(Debug)]
#[must_use = "nothing was promised before it was waited for"]
#[derive(Clone)]
pub struct Receipt {
    shared: Arc<Shared>,
    upto: u64,
}

impl Receipt {
    /// Blocks until the records are written.
    ///
    /// # Errors
    /// They never will be.
    pub fn wait(self) -> Result<(), Unrecorded> {
        let mut state = self.shared.lock();
        loop {
            if let Some(outcome) = self.outcome(&state) {
                return outcome;
            }
            state = self.shared.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn outcome(&self, state: &State) -> Option<Result<(), Unrecorded>> {
        if state.done >= self.upto {
            return Some(Ok(()));
        }
        if let Some(failure) = &state.failure {
            return Some(Err(Unrecorded(failure.clone())));
        }
        // What waits while the log is being closed is still written.
        (state.closing && self.upto == u64::MAX).then(|| Err(Unrecorded("the log was closed".into())))
    }
}

impl Future for Receipt {
    type Output = Result<(), Unrecorded>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.shared.lock();
        match self.outcome(&state) {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                state.wakers.push((self.upto, context.waker().clone()));
                Poll::Pending
            }
        }
    }
}
