//! Waiting for a server on a thread of its own, so that a word to stop ends the wait at once.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::eval::TargetError;
use crate::eval::run::Stop;

/// How often it is looked whether the run is to stop.
pub(super) const LOOK_FOR_STOP: Duration = Duration::from_millis(100);

/// What was asked for is not waited for any more.
pub(super) fn stopped() -> TargetError {
    TargetError::passing("stopped while the server was waited for".to_owned())
}

/// What `ask` comes to, which ends by a deadline of its own; or that stopping was asked meanwhile.
pub(super) fn unless_stopped<T: Send + 'static>(
    stop: &Arc<Stop>,
    ask: impl FnOnce() -> Result<T, TargetError> + Send + 'static,
) -> Result<T, TargetError> {
    if stop.is_asked() {
        return Err(stopped());
    }
    let (says, hears) = sync_channel(1);
    std::thread::spawn(move || {
        // Nobody may listen any more.
        let _ = says.send(ask());
    });
    loop {
        match hears.recv_timeout(LOOK_FOR_STOP) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) if stop.is_asked() => return Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(TargetError::lasting("the server could not be asked".to_owned()));
            }
        }
    }
}
