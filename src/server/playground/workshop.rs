//! Where long work is done for visitors: a few pieces at a time, each for a limited time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::server::answer::Refused;

/// How many pieces are worked on at once: whoever plays and trains comes first.
const SEATS: usize = 2;
/// How many may wait for a seat.
const MAX_WAITING: usize = 16;
/// How long one waits for a seat.
const WAIT: Duration = Duration::from_secs(1);
/// How long one piece may take.
pub(super) const BUDGET: Duration = Duration::from_secs(2);

/// The answer to work that takes too long.
pub(super) const OVER_BUDGET: Refused = Refused::Busy(
    "This takes longer than the 2 seconds that a visitor has here; the `support-ops` command has no such limit.",
);

/// Where long work is done.
pub(crate) struct Workshop {
    seats: Arc<Semaphore>,
    waiting: Semaphore,
    wait: Duration,
    budget: Duration,
}

impl Workshop {
    /// An empty one.
    pub(crate) fn new() -> Workshop {
        Workshop {
            seats: Arc::new(Semaphore::new(SEATS)),
            waiting: Semaphore::new(MAX_WAITING),
            wait: WAIT,
            budget: BUDGET,
        }
    }

    /// Does a piece of work aside of whoever answers requests. One that takes too long keeps its seat until it is done,
    /// so that there are never more of them than seats.
    ///
    /// # Errors
    /// No seat becomes free, or the work takes too long.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let full = Refused::Busy("Too many tasks are being looked at just now; try again in a moment.");
        let Ok(waiting) = self.waiting.try_acquire() else { return Err(full) };
        let Ok(seat) = timeout(self.wait, self.seats.clone().acquire_owned()).await else { return Err(full) };
        drop(waiting);
        let done = tokio::task::spawn_blocking(move || {
            let _seat = seat;
            work()
        });
        match timeout(self.budget, done).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => {
                tracing::error!("a visitor's work ended in a panic; this is a bug");
                Err(Refused::Other(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
            }
            Err(_) => Err(OVER_BUDGET),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn work_that_does_not_end_keeps_its_seat() {
        let workshop = Workshop { wait: Duration::ZERO, budget: Duration::ZERO, ..Workshop::new() };
        let mut holders = Vec::new();
        for _ in 0..SEATS {
            let (release, held) = mpsc::channel::<()>();
            let refused = workshop.work(move || held.recv().is_ok()).await;
            assert!(matches!(refused, Err(Refused::Busy(text)) if text.contains("2 seconds")));
            holders.push(release);
        }
        assert!(matches!(workshop.work(|| 7).await, Err(Refused::Busy(text)) if text.contains("try again")));
        drop(holders);
        let workshop = Workshop { wait: WAIT, budget: BUDGET, ..workshop };
        assert_eq!(workshop.work(|| 7).await.ok(), Some(7), "the seats are free again");
    }

    #[tokio::test]
    async fn a_panic_is_that_of_one_request() {
        let workshop = Workshop::new();
        let refused = workshop.work(|| -> u8 { panic!("a bug") }).await;
        assert!(matches!(refused, Err(Refused::Other(..))));
        assert_eq!(workshop.work(|| 7).await.ok(), Some(7));
    }
}
