//! How many connections there may be, and whose goes when there are more: that of whoever has kept the server waiting.
//!
//! A client that opens connections by the thousand and says nothing on them loses those; it does not keep others out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::pace::{Pace, Wait};

/// With every connection that is given up one of so many that wait goes, too: whoever floods the server makes it search
/// seldom.
const SHARE_GIVEN_UP: usize = 64;
/// For how long a client may keep the server waiting before that counts against it: a head or a body that follows within a
/// round trip or two is no silence, and who has just been answered may be about to ask again.
const GRACE: Duration = Duration::from_secs(1);
/// How many clients may stand at the door at once, where probes are answered and all others are told that there is no room.
pub(crate) const MOST_AT_THE_DOOR: usize = 32;

/// Everybody who is connected.
pub(crate) struct Crowd {
    most: usize,
    members: Mutex<Members>,
    given_up: AtomicU64,
    turned_away: AtomicU64,
}

#[derive(Default)]
struct Members {
    next: u64,
    by_number: BTreeMap<u64, Member>,
}

struct Member {
    pace: Arc<Pace>,
    task: Option<AbortHandle>,
}

/// One connection's place, held until it is closed, as a WebSocket too.
pub(crate) struct Place {
    crowd: Arc<Crowd>,
    number: u64,
}

impl Crowd {
    /// Nobody yet, and room for so many.
    pub(crate) fn new(most: usize) -> Arc<Crowd> {
        Arc::new(Crowd { most, members: Mutex::default(), given_up: AtomicU64::new(0), turned_away: AtomicU64::new(0) })
    }

    /// A place for a connection; where there is none, that of connections that wait for their clients. `None` where all
    /// are at work or WebSockets on which somebody plays.
    pub(crate) fn admit(self: &Arc<Self>, pace: &Arc<Pace>) -> Option<Place> {
        let mut members = self.members();
        if members.by_number.len() >= self.most {
            self.give_up_some(&mut members);
        }
        if members.by_number.len() >= self.most {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let number = members.next;
        members.next += 1;
        members.by_number.insert(number, Member { pace: pace.clone(), task: None });
        Some(Place { crowd: self.clone(), number })
    }

    /// Says which task serves a connection, so that it can be ended.
    pub(crate) fn serves(&self, number: u64, task: AbortHandle) {
        if let Some(member) = self.members().by_number.get_mut(&number) {
            member.task = Some(task);
        }
    }

    /// How many connections there may be.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How many waiting connections were given up for others since the start.
    pub(crate) fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }

    /// How many connections found no place since the start.
    pub(crate) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Ends the connections that come first in [`rank`]; of those that have hardly begun to wait only one, where there are no
    /// others.
    fn give_up_some(&self, members: &mut Members) {
        let now = Instant::now();
        let waits = |(&number, member): (&u64, &Member)| member.pace.wait().map(|wait| (rank(wait, now), number));
        let mut waiting: Vec<((Patience, Instant), u64)> = members.by_number.iter().filter_map(waits).collect();
        if waiting.is_empty() {
            return;
        }
        let patient = waiting.iter().filter(|((patience, _), _)| *patience != Patience::Young).count();
        let count = (waiting.len() / SHARE_GIVEN_UP).min(patient).max(1);
        waiting.select_nth_unstable(count - 1);
        for (_, number) in &waiting[..count] {
            // Its place is free from here on; its descriptor follows as soon as the runtime drops the task.
            let Some(member) = members.by_number.remove(number) else { continue };
            member.pace.give_up();
            if let Some(task) = member.task {
                task.abort();
            }
        }
        self.given_up.fetch_add(count as u64, Ordering::Relaxed);
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Which one.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.members().by_number.remove(&self.number);
    }
}

/// What a connection that waits has left of the server's patience; the least goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Patience {
    /// It owes a request, or the body of one.
    Owing,
    /// It rests between two requests.
    Resting,
    /// It is a WebSocket on which nothing has begun: its client misses it more than one that only has to connect again.
    Unbegun,
    /// It has hardly begun to wait. Were these not last, whoever opens connections fast enough would have every new one of
    /// others given up for theirs.
    Young,
}

/// Which connections are given up before which: the least first, and of equals whoever has waited for longest.
fn rank(wait: Wait, now: Instant) -> (Patience, Instant) {
    let (patience, since) = match wait {
        Wait::Request(since) => (Patience::Owing, since),
        Wait::Rest(since) => (Patience::Resting, since),
        Wait::Unbegun(since) => (Patience::Unbegun, since),
    };
    match now.saturating_duration_since(since) < GRACE {
        true => (Patience::Young, since),
        false => (patience, since),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn admit(crowd: &Arc<Crowd>) -> Option<(Arc<Pace>, Place)> {
        let pace = Arc::new(Pace::new());
        crowd.admit(&pace).map(|place| (pace, place))
    }

    fn is_given_up((pace, _): &(Arc<Pace>, Place)) -> bool {
        pace.is_given_up()
    }

    #[test]
    fn whoever_kept_the_server_waiting_for_longest_goes_first() {
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        let now = at(60_000);
        let (request, rest) = (|millis| Wait::Request(at(millis)), |millis| Wait::Rest(at(millis)));
        let in_order = [
            request(50_000),
            request(59_000),
            rest(0),
            rest(58_999),
            rest(59_000),
            // From here on nobody has waited for long.
            request(59_001),
            rest(59_500),
            request(59_950),
            request(60_000),
        ];
        let mut sorted = in_order;
        sorted.reverse();
        sorted.sort_by_key(|&wait| rank(wait, now));
        assert_eq!(sorted, in_order);
    }

    #[tokio::test(start_paused = true)]
    async fn silent_newcomers_and_resting_connections_keep_nobody_out() {
        const MOST: usize = 64;
        let crowd = Crowd::new(MOST);
        let mut members = Vec::new();
        for _ in 0..MOST {
            let resting = admit(&crowd).expect("room");
            resting.0.request_began();
            resting.0.response_ready(StatusCode::OK);
            members.push(resting);
        }
        tokio::time::advance(2 * GRACE).await;
        for round in 0..200 {
            let victim = admit(&crowd).expect("one that waits goes");
            for _ in 0..5 {
                tokio::time::advance(Duration::from_millis(10)).await;
                members.push(admit(&crowd).expect("one that waits goes"));
            }
            assert!(!is_given_up(&victim), "round {round}: its head comes after 50 ms");
        }
        assert_eq!(crowd.turned_away(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_newcomer_takes_one_place_where_few_wait_or_nobody_has_waited_for_long() {
        const MOST: usize = 640;
        for (resting, for_long, go) in [(8, false, 1), (8, true, 1), (MOST, false, 1), (MOST, true, 10)] {
            let crowd = Crowd::new(MOST);
            let members: Vec<_> = (0..MOST).map(|_| admit(&crowd).expect("room")).collect();
            for (number, (pace, _)) in members.iter().enumerate() {
                pace.request_began();
                if number < resting {
                    pace.response_ready(StatusCode::OK);
                }
            }
            tokio::time::advance(if for_long { GRACE } else { GRACE / 5 }).await;
            let newcomer = admit(&crowd).expect("one that waits goes");
            assert_eq!(crowd.given_up(), go, "of {resting} that rest");
            assert!(is_given_up(&members[0]) && !is_given_up(&newcomer));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_is_not_served_gives_way_like_a_head_that_does_not_come() {
        let crowd = Crowd::new(2);
        let (resting, unserved) = (admit(&crowd).expect("room"), admit(&crowd).expect("room"));
        for ((pace, _), status) in [(&resting, StatusCode::OK), (&unserved, StatusCode::SWITCHING_PROTOCOLS)] {
            pace.request_began();
            pace.response_ready(status);
        }
        tokio::time::advance(GRACE).await;
        let _newcomer = admit(&crowd).expect("one that waits goes");
        assert_eq!([&resting, &unserved].map(is_given_up), [false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_waited_for_like_a_head() {
        let crowd = Crowd::new(2);
        let (awaited, busy) = (admit(&crowd).expect("room"), admit(&crowd).expect("room"));
        for (pace, _) in [&awaited, &busy] {
            pace.request_began();
        }
        assert!(admit(&crowd).is_none(), "both are at work");
        awaited.0.body_is_awaited(true);
        tokio::time::advance(GRACE).await;
        let third = admit(&crowd).expect("the one whose body is awaited goes");
        assert_eq!([&awaited, &busy, &third].map(is_given_up), [true, false, false]);
        third.0.request_began();
        third.0.body_is_awaited(true);
        third.0.body_is_awaited(false);
        assert!(admit(&crowd).is_none(), "the body has come");
        third.0.response_ready(StatusCode::OK);
        third.0.body_is_awaited(false);
        assert!(matches!(third.0.wait(), Some(Wait::Rest(_))), "its answer is there");
        assert_eq!((crowd.given_up(), crowd.turned_away()), (1, 2));
        drop(busy);
        assert!(admit(&crowd).is_some());
    }
}
