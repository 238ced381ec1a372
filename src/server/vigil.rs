//! What the client of a WebSocket may take of the server's patience: how long it may be silent or over a message, and how
//! much noise it may make. Judged by when it was heard; no socket here, and nothing waits.

use std::time::Duration;

use tokio::time::Instant;

use super::conversation::Told;
use super::socket::Goodbye;

/// How often the server pings, at least: what proxies on the way need to keep a quiet socket open.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(20);
/// The shortest time after which a silent socket may count as dead: a ping comes after a third of it, and its answer has the
/// rest.
pub const LEAST_DEAD_AFTER: Duration = Duration::from_secs(3);
/// The most pings and pongs that a client may send within a second. Clients send one every few seconds; the test suites
/// of the protocol send ten at once.
pub(super) const MAX_CONTROL_A_SECOND: u32 = 64;
/// How long a message may take from its first byte to its last: with the goodbye, a client that sends one byte now and then
/// holds its place for ten seconds.
pub(super) const MESSAGE_DEADLINE: Duration = Duration::from_secs(9);

/// What a client is told whose message never ends.
const TOO_SLOW: Goodbye = (1008, "a message took too long");
/// What a client is told that may not be there to hear it.
const SILENT: Goodbye = (1001, "no sign of life for too long");

/// What one client has taken of it so far.
pub(super) struct Vigil {
    dead_after: Duration,
    /// When the client was last heard, or this side was last done with a message: what it does meanwhile is no silence of
    /// the client's.
    heard: Instant,
    ping_at: Instant,
    /// The pings that the client has yet to answer.
    asked: u32,
    /// The control frames of the second that began then.
    control: (Instant, u32),
    /// When the message began that has not ended.
    unfinished: Option<Instant>,
}

impl Vigil {
    /// From now on, over a client that counts as dead after so long a silence. It may have waited for its place.
    pub(super) fn begin(dead_after: Duration) -> Vigil {
        let now = Instant::now();
        let ping_at = now + ping_every(dead_after);
        Vigil { dead_after, heard: now, ping_at, asked: 0, control: (now, 0), unfinished: None }
    }

    /// Bytes have come.
    pub(super) fn heard(&mut self) {
        self.heard = Instant::now();
    }

    /// A message was answered.
    pub(super) fn answered(&mut self) {
        (self.heard, self.unfinished) = (Instant::now(), None);
    }

    /// The client was asked for a sign of life.
    pub(super) fn pinged(&mut self) {
        self.asked += 1;
    }

    /// Whether a pong is within what a client may send. An answer is no noise, however often others make this side ask.
    pub(super) fn allows_pong(&mut self) -> bool {
        match self.asked.checked_sub(1) {
            Some(left) => self.asked = left,
            None => return self.allows_ping(),
        }
        true
    }

    /// Whether a ping, or a pong that nobody asked for, is within what a client may send.
    pub(super) fn allows_ping(&mut self) -> bool {
        let (began, sent) = &mut self.control;
        if self.heard >= *began + Duration::from_secs(1) {
            (*began, *sent) = (self.heard, 0);
        }
        *sent += 1;
        *sent <= MAX_CONTROL_A_SECOND
    }

    /// Nothing whole has come, and maybe a part of a message. Judged by what has come, too: where bytes never cease nobody
    /// looks at the time.
    pub(super) fn waits(&mut self, is_midway: bool) -> Option<Goodbye> {
        if !is_midway {
            self.unfinished = None;
            return None;
        }
        self.unfinished.get_or_insert(self.heard);
        self.is_slow(self.heard).then_some(TOO_SLOW)
    }

    /// When the client counts as dead, unless it is heard before.
    pub(super) fn dead_at(&self) -> Instant {
        self.heard + self.dead_after
    }

    /// When there is something to see to, unless the client is heard before.
    pub(super) fn due(&self) -> Instant {
        let due = self.ping_at.min(self.dead_at());
        self.unfinished.map_or(due, |began| due.min(began + MESSAGE_DEADLINE))
    }

    /// What is to be seen to now.
    pub(super) fn look(&mut self) -> Option<Told> {
        let now = Instant::now();
        if now >= self.dead_at() {
            return Some(Told::Close(SILENT));
        }
        if self.is_slow(now) {
            return Some(Told::Close(TOO_SLOW));
        }
        if now < self.ping_at {
            return None;
        }
        self.ping_at = now + ping_every(self.dead_after);
        Some(Told::Ping)
    }

    fn is_slow(&self, now: Instant) -> bool {
        self.unfinished.is_some_and(|began| now >= began + MESSAGE_DEADLINE)
    }
}

/// Often enough that two pings go unanswered before the client counts as dead.
fn ping_every(dead_after: Duration) -> Duration {
    PING_EVERY.min(dead_after / 3)
}
