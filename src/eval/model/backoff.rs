//! When a question is asked again, and when no more.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::trouble::{Then, Trouble};

/// How often a question is asked of a host that fails. One that is busy is asked for as long as there is patience.
pub(super) const MAX_FAILURES: u32 = 6;
/// The first pause is drawn from so much, each later one from twice as much as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// No pause of our own is longer: half a minute, so that hosts that count by the minute are met early in the next.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// How often in a row a host's own word on a pause is enough. From then on pauses are at least as long as our own.
const MAX_WORDS: u32 = 5;

/// The patience with a host, shared by all who ask it.
#[derive(Debug)]
pub(super) struct Backoff {
    /// How long a host may leave everybody without an answer.
    patience: Duration,
    shared: Mutex<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// When it answered last, if it ever did.
    answered: Option<Duration>,
    /// Whether a question was asked in vain of a host that failed, to the end of all patience.
    was_failing: bool,
    /// The same of one that was busy.
    was_busy: bool,
}

/// The troubles of one question.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// When the first was met.
    begun: Option<Duration>,
    pub(super) count: u32,
}

impl Backoff {
    pub(super) fn new(patience: Duration) -> Backoff {
        Backoff { patience, shared: Mutex::default() }
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// The host has answered somebody.
    pub(super) fn answered(&self, now: Duration) {
        self.shared().answered = Some(now);
    }

    /// How long to wait before a question is asked again; `None` where that is enough. A host that answers others is waited
    /// for on; one that has never answered is asked once a question, after a first that was asked in vain. `draw` is in
    /// [0, 1).
    pub(super) fn pause(
        &self,
        troubles: &mut Troubles,
        trouble: &Trouble,
        now: Duration,
        draw: f64,
    ) -> Option<Duration> {
        troubles.count += 1;
        let begun = *troubles.begun.get_or_insert(now);
        let pause = match trouble.wait {
            Some(word) => word.max(draw_pause(troubles.count.checked_sub(MAX_WORDS + 1), draw)),
            None => draw_pause(Some(troubles.count - 1), draw),
        };
        let mut shared = self.shared();
        let since = shared.answered.map_or(begun, |answered| answered.max(begun));
        let has_answered = shared.answered.is_some();
        let is_later = trouble.then == Then::Later;
        let was_in_vain = if is_later { &mut shared.was_busy } else { &mut shared.was_failing };
        let is_dead = *was_in_vain && !has_answered;
        let is_enough = !is_later && troubles.count >= MAX_FAILURES;
        if is_dead || is_enough || now + pause > since + self.patience {
            *was_in_vain = true;
            return None;
        }
        Some(pause)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pause of our own, the how-manieth from 0 on: the whole of it is drawn, so that many who were sent away at once do not
/// come back at once.
fn draw_pause(number: Option<u32>, draw: f64) -> Duration {
    let most = |number| FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(number)).min(MAX_PAUSE);
    number.map_or(Duration::ZERO, |number| most(number).mul_f64(draw))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(120);

    /// The pauses, in seconds, of a question that meets the same trouble all the time.
    fn check(status: u16, wait: Option<f64>, draw: f64, expect: &[f64]) {
        let backoff = Backoff::new(PATIENCE);
        let trouble = Trouble { wait: wait.map(Duration::from_secs_f64), ..Trouble::of_status(status, "", false) };
        let (mut troubles, mut now, mut pauses) = (Troubles::default(), Duration::ZERO, Vec::new());
        while let Some(pause) = backoff.pause(&mut troubles, &trouble, now, draw) {
            now += pause;
            pauses.push(pause.as_secs_f64());
        }
        assert_eq!(pauses, expect, "{status} {wait:?}");
    }

    #[test]
    fn failures_are_few_and_a_busy_host_is_waited_for() {
        check(500, None, 0.5, &[0.25, 0.5, 1.0, 2.0, 4.0]);
        check(500, Some(0.001), 0.5, &[0.001; 5]);
        let minutes = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0];
        check(429, None, 0.5, &minutes);
        check(503, None, 0.5, &minutes);
        check(429, Some(60.0), 0.5, &[60.0, 60.0]);
        check(429, Some(200.0), 0.5, &[]);
        // A word that comes to nothing is soon no longer taken.
        check(429, Some(0.0), 0.5, &[&[0.0; 5][..], &minutes].concat());
        check(429, Some(10.0), 0.5, &[&[10.0; 11][..], &[15.0][..]].concat()[..11]);
    }

    #[test]
    fn a_host_that_answers_others_is_waited_for_on() {
        let backoff = Backoff::new(PATIENCE);
        let trouble = Trouble { wait: Some(Duration::from_secs(60)), ..Trouble::of_status(429, "", false) };
        let mut troubles = Troubles::default();
        for minute in 0..9 {
            let now = Duration::from_secs(60 * minute);
            backoff.answered(now);
            assert!(backoff.pause(&mut troubles, &trouble, now, 0.0).is_some(), "{minute}");
        }
        let silent = |minutes: u64| Duration::from_secs(60 * (8 + minutes));
        assert!(backoff.pause(&mut troubles, &trouble, silent(1), 0.0).is_some());
        assert!(backoff.pause(&mut troubles, &trouble, silent(2), 0.0).is_none());
    }

    #[test]
    fn a_host_that_failed_is_waited_for_when_it_is_busy() {
        let backoff = Backoff::new(PATIENCE);
        let asked = |status: u16| {
            let (trouble, mut troubles) = (Trouble::of_status(status, "", false), Troubles::default());
            while backoff.pause(&mut troubles, &trouble, Duration::ZERO, 0.5).is_some() && troubles.count < 9 {}
            troubles.count
        };
        assert_eq!([500, 500, 429, 500].map(asked), [6, 1, 9, 1]);
    }

    #[test]
    fn without_patience_nothing_is_asked_again() {
        let backoff = Backoff::new(Duration::from_millis(1));
        let trouble = Trouble::of_status(429, "", false);
        assert_eq!(backoff.pause(&mut Troubles::default(), &trouble, Duration::ZERO, 0.5), None);
    }
}
