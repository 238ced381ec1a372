//! Waiting for a server that has no room, or is not there for a while.

use std::time::{Duration, Instant};

use crate::eval::TargetError;

use super::stop::Stop;

/// How a passing trouble of a target is waited out: longer each time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After so long without an environment the target counts as gone.
    pub whole: Duration,
}

impl Default for Patience {
    /// A server that is restarted is back within a minute.
    fn default() -> Patience {
        Patience { first: Duration::from_millis(200), longest: Duration::from_secs(5), whole: Duration::from_secs(60) }
    }
}

/// A wait for a target, longer each time.
#[derive(Debug)]
pub struct Waiting {
    patience: Patience,
    next: Duration,
    since: Instant,
}

impl Waiting {
    /// Begins to wait.
    pub fn new(patience: Patience) -> Waiting {
        Waiting { patience, next: patience.first, since: Instant::now() }
    }

    /// Waits once. While `others_hold` environments of the same run, room comes free, and no wait is too long.
    ///
    /// # Errors
    /// What does not pass, or has not passed.
    pub fn wait(&mut self, error: TargetError, others_hold: bool, stop: &Stop) -> Result<(), TargetError> {
        if !error.may_pass {
            return Err(error);
        }
        if others_hold {
            self.since = Instant::now();
        } else if self.since.elapsed() + self.next > self.patience.whole {
            return Err(error);
        }
        stop.wait(self.next);
        self.next = (self.next * 2).min(self.patience.longest);
        Ok(())
    }
}
