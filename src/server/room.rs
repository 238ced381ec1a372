//! Room for what is long while it comes and is answered: bodies of requests, messages of sockets.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Up to which length in bytes anything is taken however much of it there is; a step is seldom longer.
pub(crate) const SHORT_BYTES: usize = 64 << 10;
/// How many longer ones a server has in memory at once: 64 MiB of them.
pub(crate) const MOST_LONG: usize = 64;

/// The room of a server.
#[derive(Debug, Clone)]
pub(crate) struct Rooms(Arc<Semaphore>);

/// What one of them has of it, given back when it is dropped.
pub(crate) type Room = Arc<OwnedSemaphorePermit>;

impl Rooms {
    /// For so many, all of it free.
    pub(crate) fn new(most: usize) -> Rooms {
        Rooms(Arc::new(Semaphore::new(most)))
    }

    /// Whether there is room for what has come to so many bytes; `room` is what it has, and has from now on.
    pub(crate) fn has_for(&self, bytes: usize, room: &mut Option<Room>) -> bool {
        if bytes > SHORT_BYTES && room.is_none() {
            *room = self.0.clone().try_acquire_owned().ok().map(Arc::new);
            return room.is_some();
        }
        true
    }

    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.0.available_permits()
    }
}
