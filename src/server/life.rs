//! Whether the server is running or stopping, and who is still being served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, watch};

/// Whether the server is running or stopping, and how many connections are open.
#[derive(Debug)]
pub(crate) struct Life {
    stopping: watch::Sender<bool>,
    draining: AtomicBool,
    open: AtomicUsize,
    emptied: Notify,
}

/// One open connection; dropping it says that it is closed.
#[derive(Debug)]
pub(crate) struct Open(Arc<Life>);

impl Life {
    /// A running server without connections.
    pub(crate) fn new() -> Arc<Life> {
        Arc::new(Life {
            stopping: watch::Sender::new(false),
            draining: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            emptied: Notify::new(),
        })
    }

    /// Tells whoever asks that the server is about to stop; it goes on until it does.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether new clients should go elsewhere.
    pub(crate) fn is_ready(&self) -> bool {
        !self.draining.load(Ordering::SeqCst) && !self.is_stopping()
    }

    /// Tells everybody to come to an end.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the server has been told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until the server is told to stop.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error means that the server itself is gone, which is a stop, too.
            let _ = stopping.wait_for(|&stopping| stopping).await;
        }
    }

    /// Notes that a connection has opened.
    pub(crate) fn enter(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::SeqCst);
        Open(self.clone())
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Waits until no connection is open.
    pub(crate) async fn emptied(&self) {
        loop {
            // Registered before the count is read, so that the last close cannot slip in between.
            let emptied = self.emptied.notified();
            if self.open() == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}
