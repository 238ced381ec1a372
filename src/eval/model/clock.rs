//! Time and chance, injected so that no test waits.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::eval::run::Stop;

/// Where waiting and drawing come from.
pub(super) trait Clock: Send + Sync {
    /// Time since some moment that stays the same.
    fn now(&self) -> Duration;
    /// The time of the calendar, for moments that a host names.
    fn today(&self) -> SystemTime;
    /// Waits, but no longer than until stopping is asked; whether it is.
    fn sleep(&self, time: Duration) -> bool;
    /// A number in [0, 1).
    fn draw(&self) -> f64;
}

/// The machine's.
pub(super) struct SystemClock {
    begun: Instant,
    stop: Arc<Stop>,
}

impl SystemClock {
    pub(super) fn new(stop: Arc<Stop>) -> SystemClock {
        SystemClock { begun: Instant::now(), stop }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn today(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, time: Duration) -> bool {
        self.stop.wait(time)
    }

    // Each state has keys of its own, which the system draws; 53 bits are what a double holds.
    fn draw(&self) -> f64 {
        (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A clock that only moves when somebody sleeps.
#[cfg(test)]
#[derive(Default)]
pub(super) struct FakeClock {
    now: std::sync::Mutex<Duration>,
    slept: std::sync::Mutex<Vec<Duration>>,
}

#[cfg(test)]
impl FakeClock {
    pub(super) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().expect("no test panics with it").clone()
    }
}

#[cfg(test)]
impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.now.lock().expect("no test panics with it")
    }

    fn today(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + self.now()
    }

    fn sleep(&self, time: Duration) -> bool {
        *self.now.lock().expect("no test panics with it") += time;
        self.slept.lock().expect("no test panics with it").push(time);
        false
    }

    fn draw(&self) -> f64 {
        0.5
    }
}

#[cfg(test)]
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn today(&self) -> SystemTime {
        (**self).today()
    }

    fn sleep(&self, time: Duration) -> bool {
        (**self).sleep(time)
    }

    fn draw(&self) -> f64 {
        (**self).draw()
    }
}
