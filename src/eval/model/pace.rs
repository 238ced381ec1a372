//! How fast a host is asked: requests and tokens a minute, shared over threads, and waiting when it asks for that.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;

/// What the limits are over.
const MINUTE: Duration = Duration::from_secs(60);

/// Limits over any minute: the calls of the last one are kept, so that no minute, wherever it begins, has more.
#[derive(Debug, Default)]
pub(super) struct Pace {
    requests: Option<u32>,
    tokens: Option<u64>,
    recent: Mutex<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    /// Moments and tokens of the last minute's calls, oldest first.
    calls: VecDeque<(Duration, u64)>,
    /// The sum of their tokens.
    tokens: u64,
    /// Nobody asks before.
    not_before: Duration,
}

impl Pace {
    pub(super) fn new(requests: Option<u32>, tokens: Option<u64>) -> Pace {
        Pace { requests, tokens, recent: Mutex::default() }
    }

    /// Waits until a call of so many tokens may be made, and counts it. One that is larger than the limit is made when
    /// nothing else was in the last minute. Whether stopping was asked meanwhile, and the call is not to be made.
    pub(super) fn wait(&self, clock: &dyn Clock, tokens: u64) -> bool {
        loop {
            let now = clock.now();
            let mut recent = self.recent();
            while recent.calls.front().is_some_and(|&(at, _)| at + MINUTE <= now) {
                let (_, tokens) = recent.calls.pop_front().expect("there is a first");
                recent.tokens -= tokens;
            }
            let of_requests = self.requests.is_some_and(|limit| recent.calls.len() >= limit.max(1) as usize);
            let of_tokens = self.tokens.is_some_and(|limit| recent.tokens.saturating_add(tokens) > limit);
            let oldest = recent.calls.front().map_or(now, |&(at, _)| at + MINUTE);
            let until = if of_requests || of_tokens { oldest } else { now }.max(recent.not_before);
            if until <= now {
                if self.requests.is_some() || self.tokens.is_some() {
                    let tokens = tokens.min(u64::from(u32::MAX));
                    recent.calls.push_back((now, tokens));
                    recent.tokens += tokens;
                }
                return false;
            }
            drop(recent);
            if clock.sleep(until - now) {
                return true;
            }
        }
    }

    /// Lets nobody ask for a while: the host said so.
    pub(super) fn hold(&self, clock: &dyn Clock, time: Duration) {
        let mut recent = self.recent();
        recent.not_before = recent.not_before.max(clock.now() + time);
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::FakeClock;
    use super::*;

    /// Seconds at which calls of so many tokens are made.
    fn check(requests: Option<u32>, tokens: Option<u64>, calls: &[u64], expect: &[u64]) {
        let clock = FakeClock::default();
        let pace = Pace::new(requests, tokens);
        let made: Vec<u64> = calls
            .iter()
            .map(|&tokens| {
                pace.wait(&clock, tokens);
                let at = clock.now().as_secs();
                clock.sleep(Duration::from_secs(1));
                at
            })
            .collect();
        assert_eq!(made, expect);
    }

    #[test]
    fn no_minute_has_more_than_its_limit() {
        check(None, None, &[9, 9, 9], &[0, 1, 2]);
        check(Some(2), None, &[0, 0, 0, 0, 0], &[0, 1, 60, 61, 120]);
        check(None, Some(10), &[4, 4, 4, 4, 4], &[0, 1, 60, 61, 120]);
        check(None, Some(10), &[4, 99, 4], &[0, 60, 120]);
        check(Some(2), Some(10), &[1, 9, 1, 1], &[0, 1, 60, 61]);
    }

    #[test]
    fn a_host_that_asks_for_time_gets_it() {
        let clock = FakeClock::default();
        let pace = Pace::new(None, None);
        pace.hold(&clock, Duration::from_secs(7));
        pace.hold(&clock, Duration::from_secs(3));
        pace.wait(&clock, 1);
        assert_eq!(clock.slept(), [Duration::from_secs(7)]);
    }
}
