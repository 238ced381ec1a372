//! A word to stop, for everybody who works on a run or waits, and why a run has stopped.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Why a run has stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// Stopping was asked.
    Stopped,
    /// What may be spent is spent; says so.
    Budget(String),
    /// The target went away; says how.
    Target(String),
    /// Whoever plays can play no trial: a host lets nobody in or answers nobody, a program is not there; says so.
    Player(String),
}

/// Said once; whoever waits is woken.
#[derive(Debug, Default)]
pub struct Stop {
    asked: Mutex<bool>,
    told: Condvar,
}

impl Stop {
    /// Asks everybody to stop.
    pub fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.told.notify_all();
    }

    /// Whether that was asked.
    pub fn is_asked(&self) -> bool {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits that long, or until stopping is asked; whether it is.
    pub fn wait(&self, time: Duration) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(asked, time, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
