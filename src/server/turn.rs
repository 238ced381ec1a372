//! Whose turn it is: work on what is long waits for other such work, so that the many short requests need not.
//!
//! A reply of the longest kind is judged for some milliseconds. On the threads that serve everybody, a client that sends
//! one after another would have all others wait for each of them.

use std::num::NonZeroUsize;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use crate::session::aside;

/// What is at most so long is carried out at once, in bytes: a usual reply has some hundreds.
const USUAL_BYTES: usize = 4096;

/// Whether so many bytes ask for work that has to wait for its turn.
pub(crate) fn is_long(bytes: usize) -> bool {
    bytes > USUAL_BYTES
}

/// The turns of a server's long work.
#[derive(Debug)]
pub(crate) struct Turns(Semaphore);

impl Turns {
    /// As many at once as half of the machine can do: the other half is for what is short.
    pub(crate) fn new() -> Turns {
        Turns(Semaphore::new((std::thread::available_parallelism().map_or(1, NonZeroUsize::get) / 2).max(1)))
    }

    /// Turns of which the first comes after so long.
    #[cfg(test)]
    pub(crate) fn after(wait: std::time::Duration) -> std::sync::Arc<Turns> {
        let turns = std::sync::Arc::new(Turns(Semaphore::new(0)));
        let later = turns.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            later.0.add_permits(1);
        });
        turns
    }

    /// Does the work that so many bytes ask for: at once where they are few, else in its turn and beside the threads that
    /// serve everybody.
    pub(crate) async fn take<R>(&self, bytes: usize, work: impl FnOnce() -> R) -> R {
        if !is_long(bytes) {
            return work();
        }
        // Boxed, so that no waiting socket has room for it.
        Box::pin(self.wait_and_do(work)).await
    }

    async fn wait_and_do<R>(&self, work: impl FnOnce() -> R) -> R {
        // Never closed; and were it, the work would still have to be done.
        let turn = self.0.acquire().await;
        let done = aside(work);
        drop(turn);
        yield_now().await;
        done
    }
}

/// What a client has had done without giving others a turn.
#[derive(Debug, Default)]
pub(crate) struct Spent(usize);

impl Spent {
    /// What a message costs besides its bytes.
    const PER_MESSAGE: usize = 256;

    /// Counts a message of so many bytes, and lets others go first once that comes to as much as one that is long.
    pub(crate) async fn spend(&mut self, bytes: usize) {
        self.0 += bytes + Spent::PER_MESSAGE;
        if self.0 > USUAL_BYTES {
            self.0 = 0;
            yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// How often a future gives others a turn before it ends.
    fn turns<R>(future: impl Future<Output = R>) -> usize {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        (0..1_000).find(|_| future.as_mut().poll(&mut context).is_ready()).expect("it ends")
    }

    #[tokio::test]
    async fn long_work_waits_for_other_long_work_and_short_work_does_not() {
        const LONG: usize = USUAL_BYTES + 1;
        let one = Turns(Semaphore::new(1));
        let held = one.0.try_acquire().expect("one turn");
        let mut long = pin!(one.take(LONG, || "done"));
        assert_eq!(long.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
        assert_eq!(turns(one.take(USUAL_BYTES, || ())), 0, "short work waits for nobody");
        drop(held);
        assert_eq!((long.await, one.0.available_permits()), ("done", 1));
        assert_eq!(turns(one.take(LONG, || ())), 1, "and long work lets others go next");
    }

    #[tokio::test]
    async fn many_messages_are_no_long_turn() {
        let spend = async |messages: usize, bytes: usize| {
            let mut spent = Spent::default();
            for _ in 0..messages {
                spent.spend(bytes).await;
            }
        };
        assert_eq!(turns(spend(10, 100)), 0);
        assert_eq!(turns(spend(120, 100)), 10);
        assert_eq!(turns(spend(10, 5_000)), 10);
    }
}
