//! What a connection is waiting for: the deadlines of each wait on the client, and which waits give way to others.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::session::{Hold, UNBEGUN_STAYS};

/// How long the head of a request may take from its first byte, and a new connection until its first request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long a connection may wait between two requests.
const IDLE_DEADLINE: Duration = Duration::from_secs(60);

/// How long a WebSocket whose place is somebody else's may take to say goodbye: nobody counts it any more.
const PARTING: Duration = Duration::from_millis(100);

/// What a connection is waiting for, and until when. All changes come from the one task that polls the connection;
/// atomics only because that task may move between threads.
pub(crate) struct Pace {
    started: Instant,
    /// The place is somebody else's by now: nothing more is said or read.
    given_up: AtomicBool,
    phase: AtomicU8,
    /// Milliseconds from the start; `NEVER` while the server itself is at work.
    deadline: AtomicU64,
    /// When the head, the work or the rest began, in milliseconds from the start. A body counts from the end of its head,
    /// and no byte of it makes it younger.
    since: AtomicU64,
    /// What the WebSocket that it has become holds.
    socket: OnceLock<Arc<Hold>>,
    /// Told when the place is somebody else's.
    left: Notify,
}

/// How a connection keeps the server waiting, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// For a request that it owes, or for the body of one; or as a WebSocket that has no session, and may get none.
    Request(Instant),
    /// For the next request, after one that was answered, or to take that answer.
    Rest(Instant),
    /// For anything to begin on a WebSocket, for longer than whoever begins takes.
    Unbegun(Instant),
}

const NEVER: u64 = u64::MAX;

/// Waiting for the rest of a head.
const HEAD: u8 = 0;
/// At work on a request.
const BUSY: u8 = 1;
/// Waiting for more of a request's body.
const BODY: u8 = 2;
/// Writing an answer or waiting for the next request.
const IDLE: u8 = 3;
/// No longer HTTP.
const UPGRADED: u8 = 4;

impl Pace {
    /// A connection that has just been accepted.
    pub(crate) fn new() -> Pace {
        Pace {
            started: Instant::now(),
            given_up: AtomicBool::new(false),
            phase: AtomicU8::new(HEAD),
            deadline: AtomicU64::new(millis(HEAD_DEADLINE)),
            since: AtomicU64::new(0),
            socket: OnceLock::new(),
            left: Notify::new(),
        }
    }

    /// The connection is a WebSocket from now on that holds this.
    pub(crate) fn upgraded_for(&self, hold: Arc<Hold>) {
        // Once only: nothing follows a WebSocket on its connection.
        let _ = self.socket.set(hold);
    }

    /// Waits until the place is somebody else's, and a moment longer, in which a client that is served and listens is told so.
    pub(crate) async fn left_for_others(&self) {
        self.left.notified().await;
        if self.socket.get().is_some() {
            sleep(PARTING).await;
        }
    }

    /// What the server waits for, if it waits for the client.
    pub(crate) fn wait(&self) -> Option<Wait> {
        let since = self.started + Duration::from_millis(self.since.load(Ordering::Relaxed));
        match self.phase() {
            HEAD | BODY => Some(Wait::Request(since)),
            IDLE => Some(Wait::Rest(since)),
            UPGRADED => {
                // Until it is served it waits for a session, or is being refused one.
                let Some(hold) = self.socket.get() else { return Some(Wait::Request(since)) };
                let unbegun = hold.unbegun_for().filter(|&unbegun| unbegun >= UNBEGUN_STAYS)?;
                Some(Wait::Unbegun(Instant::now().checked_sub(unbegun)?))
            }
            _ => None,
        }
    }

    /// Gives the connection up.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        if let Some(hold) = self.socket.get() {
            hold.give_way();
        }
        self.left.notify_one();
    }

    /// Whether it was given up.
    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    fn set(&self, phase: u8, within: Option<Duration>) {
        self.since.store(millis(self.started.elapsed()), Ordering::Relaxed);
        self.set_deadline(within);
        self.phase.store(phase, Ordering::Relaxed);
    }

    fn set_deadline(&self, within: Option<Duration>) {
        let deadline = within.map_or(NEVER, |within| millis(self.started.elapsed() + within));
        self.deadline.store(deadline, Ordering::Relaxed);
    }

    fn phase(&self) -> u8 {
        self.phase.load(Ordering::Relaxed)
    }

    /// When the wait is over; `None` while the server itself is at work.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let deadline = self.deadline.load(Ordering::Relaxed);
        (deadline != NEVER).then(|| self.started + Duration::from_millis(deadline))
    }

    /// Bytes have come from the client.
    pub(super) fn bytes_came(&self) {
        if self.phase() == IDLE {
            self.set(HEAD, Some(HEAD_DEADLINE));
        }
    }

    /// The client has taken bytes.
    pub(super) fn bytes_left(&self) {
        if self.phase() == IDLE {
            self.set_deadline(Some(IDLE_DEADLINE));
        }
    }

    /// Whether more of the body has to come before the work goes on. A body that is dropped after the answer is there
    /// changes nothing.
    pub(crate) fn body_is_awaited(&self, is_awaited: bool) {
        let (from, to) = if is_awaited { (BUSY, BODY) } else { (BODY, BUSY) };
        if self.phase() == from {
            self.phase.store(to, Ordering::Relaxed);
        }
    }

    /// A request has come.
    pub(crate) fn request_began(&self) {
        self.set(BUSY, None);
    }

    /// Its answer is there, and is about to be written.
    pub(crate) fn response_ready(&self, status: StatusCode) {
        if status == StatusCode::SWITCHING_PROTOCOLS {
            self.set(UPGRADED, Some(IDLE_DEADLINE));
        } else {
            self.set(IDLE, Some(IDLE_DEADLINE));
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(NEVER - 1)
}
