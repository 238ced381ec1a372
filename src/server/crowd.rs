//! How many connections there may be, and whose goes when there are more: that of whoever has kept the server waiting.
//!
//! A client that opens connections by the thousand and says nothing on them loses those; it does not keep others out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

use super::connection::{Pace, Wait};

/// With every connection that is given up one of so many goes, too: whoever floods the server makes it search seldom.
const SHARE_GIVEN_UP: usize = 64;
/// How many clients may be told at once that there is no room; each takes a connection for a moment.
const MOST_AT_THE_DOOR: usize = 32;

/// Everybody who is connected.
pub(crate) struct Crowd {
    most: usize,
    members: Mutex<Members>,
    at_the_door: AtomicUsize,
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

/// A client at the door: it is told that there is no room.
pub(crate) struct AtTheDoor(Arc<Crowd>);

impl Crowd {
    /// Nobody yet, and room for so many.
    pub(crate) fn new(most: usize) -> Arc<Crowd> {
        Arc::new(Crowd {
            most,
            members: Mutex::default(),
            at_the_door: AtomicUsize::new(0),
            given_up: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
        })
    }

    /// A place for a connection; where there is none, that of connections that wait for their clients. `None` where all
    /// are at work or WebSockets.
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

    /// A moment's stay at the door, unless too many stand there.
    pub(crate) fn stand_at_the_door(self: &Arc<Self>) -> Option<AtTheDoor> {
        let standing = AtTheDoor(self.clone());
        (self.at_the_door.fetch_add(1, Ordering::SeqCst) < MOST_AT_THE_DOOR).then_some(standing)
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

    /// Ends the connections that have kept the server waiting for longest: first those that owe it a request, then those
    /// that rest between two.
    fn give_up_some(&self, members: &mut Members) {
        let waits = |(&number, member): (&u64, &Member)| member.pace.wait().map(|wait| (wait, number));
        let mut waiting: Vec<(Wait, u64)> = members.by_number.iter().filter_map(waits).collect();
        let count = (self.most / SHARE_GIVEN_UP).max(1).min(waiting.len());
        if count == 0 {
            return;
        }
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

impl Drop for AtTheDoor {
    fn drop(&mut self) {
        self.0.at_the_door.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(crowd: &Arc<Crowd>) -> Option<(Arc<Pace>, Place)> {
        let pace = Arc::new(Pace::new());
        crowd.admit(&pace).map(|place| (pace, place))
    }

    fn is_given_up((pace, _): &(Arc<Pace>, Place)) -> bool {
        pace.is_given_up()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_kept_the_server_waiting_for_longest_goes_first() {
        let crowd = Crowd::new(3);
        let resting = admit(&crowd).expect("room");
        resting.0.request_began();
        resting.0.response_ready(axum::http::StatusCode::OK);
        let mut silent = Vec::new();
        for _ in 0..2 {
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
            silent.push(admit(&crowd).expect("room"));
        }
        let fourth = admit(&crowd).expect("a silent one goes");
        assert_eq!([&resting, &silent[0], &silent[1], &fourth].map(is_given_up), [false, true, false, false]);
        silent[1].0.request_began();
        fourth.0.request_began();
        let fifth = admit(&crowd).expect("the one that rests goes");
        assert!(is_given_up(&resting));
        fifth.0.request_began();
        assert!(admit(&crowd).is_none(), "all are at work");
        assert_eq!((crowd.given_up(), crowd.turned_away()), (2, 1));
        drop(fifth);
        assert!(admit(&crowd).is_some());
    }

    #[test]
    fn only_so_many_stand_at_the_door() {
        let crowd = Crowd::new(0);
        let standing: Vec<_> = (0..MOST_AT_THE_DOOR).filter_map(|_| crowd.stand_at_the_door()).collect();
        assert_eq!(standing.len(), MOST_AT_THE_DOOR);
        assert!(crowd.stand_at_the_door().is_none());
        drop(standing);
        assert!(crowd.stand_at_the_door().is_some());
    }
}
