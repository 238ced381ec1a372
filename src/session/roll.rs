//! Sessions as an operator sees them: by handles, which name them and are no keys to them.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{SessionId, SharedSession};

/// One session.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What the operator calls it by.
    pub handle: String,
    /// How long ago it was added.
    pub age: Duration,
    /// How long ago it was last used by its id; `None` for a socket's own, which is in use as long as the socket.
    pub idle: Option<Duration>,
    /// Whether a WebSocket holds it.
    pub attached: bool,
    /// The session itself, where it has an id.
    pub session: Option<SharedSession>,
}

/// The handle of a session that has an id: a digest, from which nobody finds the id.
pub(super) fn handle_of(id: &SessionId) -> String {
    let digest = Sha256::digest(id.as_str().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The handle of a socket's own session.
pub(super) fn private_handle(number: u64) -> String {
    format!("ws-{number}")
}

/// The number in such a handle.
pub(super) fn private_number(handle: &str) -> Option<u64> {
    handle.strip_prefix("ws-")?.parse().ok()
}
