//! An interrupt from the keyboard, or a request to end: the run stops, what has ended is kept.

use std::sync::Arc;

use crate::eval::run::Stop;

use super::super::output::say;

/// From now on the first SIGINT or SIGTERM asks the run to stop, and the second ends the process.
pub(super) fn stop_on_interrupt(stop: &Arc<Stop>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stop = stop.clone();
    std::thread::spawn(move || {
        runtime.block_on(async {
            if interrupted().await.is_err() {
                return;
            }
            say("\nsupport-ops: stopping; what has ended is kept (again to end at once)");
            stop.ask();
            if interrupted().await.is_ok() {
                std::process::exit(130);
            }
        });
    });
    Ok(())
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
