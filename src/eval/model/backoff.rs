//! When a question is asked again, and when no more.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::trouble::{Then, Trouble};

/// How often a question is asked of a host that fails at it and answers others in between.
const MAX_FAILURES: u32 = 6;
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
    /// Whether it ever answered a question of the run.
    has_answered: bool,
    /// When it answered this process last.
    answered: Option<Duration>,
    /// How often it has answered.
    answers: u64,
    /// How many questions have met trouble since then.
    in_trouble: u32,
    /// Whether a question was asked since then to the end of all patience, and in vain.
    was_in_vain: bool,
}

/// The troubles of one question.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// When the first was met.
    begun: Option<Duration>,
    /// How often the host had answered at the last.
    answers: Option<u64>,
    /// Of troubles between which the host answered nobody one counts.
    own: u32,
    /// How many there were.
    pub(super) count: u32,
}

/// What to do after a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask again after so long.
    Ask(Duration),
    /// Give this question up; others may fare better.
    GiveUp,
    /// The host answers nobody.
    Stop,
}

impl Backoff {
    /// Of a host that may have answered earlier processes of the run.
    pub(super) fn new(patience: Duration, has_answered: bool) -> Backoff {
        Backoff { patience, shared: Mutex::new(Shared { has_answered, ..Shared::default() }) }
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// The host has answered somebody.
    pub(super) fn answered(&self, now: Duration) {
        let mut shared = self.shared();
        let answers = shared.answers + 1;
        *shared = Shared { has_answered: true, answered: Some(now), answers, ..Shared::default() };
    }

    /// Whether it has ever answered a question of the run.
    pub(super) fn has_answered(&self) -> bool {
        self.shared().has_answered
    }

    /// What to do after a trouble of a question. A host that answers nobody is waited for until patience ends, and no
    /// question is asked twice from then on. Of one that answers others and fails at this question it is the question's
    /// fault; where nobody else asks, that is assumed of the first such question, lest a run that is gone on with meets it
    /// and stops each time. `draw` is in [0, 1).
    pub(super) fn after(&self, troubles: &mut Troubles, trouble: &Trouble, now: Duration, draw: f64) -> Next {
        let mut shared = self.shared();
        troubles.count += 1;
        let begun = *troubles.begun.get_or_insert(now);
        if troubles.answers.replace(shared.answers) != Some(shared.answers) {
            shared.in_trouble += 1;
            troubles.own += 1;
        }
        let pause = match trouble.wait {
            Some(word) => word.max(draw_pause(troubles.count.checked_sub(MAX_WORDS + 1), draw)),
            None => draw_pause(Some(troubles.count - 1), draw),
        };
        let is_later = trouble.then == Then::Later;
        if !is_later && troubles.own >= MAX_FAILURES {
            return Next::GiveUp;
        }
        let since = shared.answered.map_or(begun, |answered| answered.max(begun));
        let left = (since + self.patience).saturating_sub(now);
        if !shared.was_in_vain && !left.is_zero() {
            return Next::Ask(pause.min(left));
        }
        shared.was_in_vain = true;
        if is_later || shared.in_trouble > 1 || !shared.has_answered { Next::Stop } else { Next::GiveUp }
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

    fn trouble(status: u16, wait: Option<f64>) -> Trouble {
        Trouble { wait: wait.map(Duration::from_secs_f64), ..Trouble::of_status(status, "", false) }
    }

    /// The pauses, in seconds, of a question that meets the same trouble all the time, while the host answers others
    /// every so many seconds.
    fn check(status: u16, wait: Option<f64>, draw: f64, others: Option<u64>, expect: &[f64]) {
        let backoff = Backoff::new(PATIENCE, false);
        let (mut troubles, mut now, mut pauses) = (Troubles::default(), Duration::ZERO, Vec::new());
        while let Next::Ask(pause) = backoff.after(&mut troubles, &trouble(status, wait), now, draw) {
            now += pause;
            pauses.push(pause.as_secs_f64());
            if let Some(each) = others {
                backoff.answered(Duration::from_secs(now.as_secs() / each * each));
            }
        }
        assert_eq!(pauses, expect, "{status} {wait:?}");
    }

    #[test]
    fn a_host_is_waited_for_until_patience_ends() {
        let few = [0.25, 0.5, 1.0, 2.0, 4.0];
        check(500, None, 0.5, Some(1), &few);
        check(500, Some(0.001), 0.5, Some(1), &[0.001; 5]);
        // The last pause is cut to what is left.
        let minutes = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0, 14.25];
        check(429, None, 0.5, None, &minutes);
        check(503, None, 0.5, None, &minutes);
        check(500, None, 0.5, None, &minutes);
        check(429, Some(60.0), 0.5, None, &[60.0, 60.0]);
        check(429, Some(200.0), 0.5, None, &[120.0]);
        // A word that comes to nothing is soon no longer taken.
        check(429, Some(0.0), 0.5, None, &[&[0.0; 5][..], &minutes].concat());
        check(429, Some(10.0), 0.5, None, &[10.0; 12]);
    }

    #[test]
    fn a_host_that_answers_others_is_waited_for_on() {
        let backoff = Backoff::new(PATIENCE, false);
        let trouble = trouble(429, Some(60.0));
        let mut troubles = Troubles::default();
        for minute in 0..9 {
            let now = Duration::from_secs(60 * minute);
            backoff.answered(now);
            assert!(matches!(backoff.after(&mut troubles, &trouble, now, 0.0), Next::Ask(_)), "{minute}");
        }
        let silent = |minutes: u64| Duration::from_secs(60 * (8 + minutes));
        assert!(matches!(backoff.after(&mut troubles, &trouble, silent(1), 0.0), Next::Ask(_)));
        assert_eq!(backoff.after(&mut troubles, &trouble, silent(2), 0.0), Next::Stop);
    }

    #[test]
    fn what_a_question_meets_alone_is_its_own() {
        /// What becomes of questions that meet a trouble with this status, one after the other.
        fn check(has_answered: bool, statuses: &[u16], expect: &[Next]) {
            let backoff = Backoff::new(PATIENCE, has_answered);
            let mut now = Duration::ZERO;
            let ends = statuses.iter().map(|status| {
                let mut troubles = Troubles::default();
                loop {
                    match backoff.after(&mut troubles, &trouble(*status, None), now, 0.5) {
                        Next::Ask(pause) => now += pause,
                        end => return end,
                    }
                }
            });
            assert_eq!(ends.collect::<Vec<_>>(), expect, "{has_answered} {statuses:?}");
            assert_eq!(now, PATIENCE, "once it is out nobody waits");
        }
        check(false, &[500, 500], &[Next::Stop, Next::Stop]);
        check(true, &[500, 500, 429], &[Next::GiveUp, Next::Stop, Next::Stop]);
        check(true, &[429, 500], &[Next::Stop, Next::Stop]);
        // A host that answered somebody, and nobody from then on, fails no question before patience ends.
        let backoff = Backoff::new(PATIENCE, false);
        let (mut troubles, mut now) = (Troubles::default(), Duration::ZERO);
        while let Next::Ask(pause) = backoff.after(&mut troubles, &trouble(500, None), now, 0.5) {
            if troubles.count == 1 {
                backoff.answered(now);
            }
            now += pause;
        }
        assert!(now == PATIENCE && troubles.count > MAX_FAILURES, "{troubles:?}");
        // An answer to somebody begins all of it anew.
        let backoff = Backoff::new(Duration::ZERO, false);
        backoff.answered(Duration::ZERO);
        for _ in 0..2 {
            let after = backoff.after(&mut Troubles::default(), &trouble(500, None), Duration::ZERO, 0.5);
            assert_eq!(after, Next::GiveUp);
            backoff.answered(Duration::ZERO);
        }
    }
}
