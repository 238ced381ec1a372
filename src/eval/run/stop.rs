//! A word to stop, for everybody who works on a run or waits.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

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
