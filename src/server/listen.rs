//! The port: accepting connections, and coming to an end.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::app::App;
use super::connection::serve_connection;
use super::pace::Pace;
use super::router::{door, router};

/// How long open connections get to finish once the server stops: longer than a socket's goodbye, and with what follows
/// it well below two seconds on a busy machine too.
const GRACE: Duration = Duration::from_millis(1_200);
/// How often sessions are looked through for those whose time is over.
const REAP_EVERY: Duration = Duration::from_secs(30);
/// How long to wait where the system has no file descriptor left: connections have to close first.
const OUT_OF_FILES: Duration = Duration::from_millis(50);

/// A port that is held, but not served yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// Takes the port; 0 takes any free one.
///
/// # Errors
/// The host is unknown, or the port cannot be had.
pub async fn bind(host: &str, port: u16) -> io::Result<Bound> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("`{host}` names no address"));
    for address in lookup_host((host, port)).await? {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                let address = listener.local_addr()?;
                return Ok(Bound { listener, address });
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Bound {
    /// The address, with the port as it really is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether only this machine can reach the port.
    pub fn is_loopback(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }

    /// Serves until `stop` comes, then lets what is in flight finish, within 1.2 seconds.
    pub async fn serve(self, app: Arc<App>, stop: impl Future<Output = ()>) {
        self.serve_and_drain(app, stop, std::future::pending()).await;
    }

    /// As [`Bound::serve`]; where the settings say so it goes on for a while after `stop`, not ready, so that whoever sends
    /// it clients sends them elsewhere. `hurry` ends that while.
    pub async fn serve_and_drain(self, app: Arc<App>, stop: impl Future<Output = ()>, hurry: impl Future<Output = ()>) {
        let (router, door) = (router(app.clone()), door(app.clone()));
        let reaper = tokio::spawn(reap(app.clone()));
        let until_stop = async {
            stop.await;
            app.life.drain();
            tokio::select! {
                () = sleep(app.settings.drain) => {}
                () = hurry => {}
            }
        };
        let mut stop = pin!(until_stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => welcome(&app, &router, &door, stream),
                    Err(error) => wait_out(&error).await,
                },
            }
        }
        // The port is free for a successor while the last answers are still being written.
        drop(self.listener);
        reaper.abort();
        app.life.stop();
        if timeout(GRACE, app.life.emptied()).await.is_err() {
            tracing::warn!(open = app.life.open(), "stopped with connections still open");
        }
    }
}

fn welcome(app: &Arc<App>, router: &axum::Router, door: &axum::Router, stream: TcpStream) {
    // Answers are small and awaited: Nagle's algorithm would only hold them back.
    let _ = stream.set_nodelay(true);
    let pace = Arc::new(Pace::new());
    let rooms = [(&app.crowd, router), (&app.door, door)];
    let found = rooms.into_iter().find_map(|(crowd, router)| crowd.admit(&pace).map(|place| (crowd, place, router)));
    if let Some((crowd, place, router)) = found {
        let number = place.number();
        let (app, router) = (app.clone(), router.clone());
        let serving = tokio::spawn(async move {
            let life = app.life.clone();
            if serve_connection(stream, pace, place, router, life).await {
                app.metrics.unreadable();
            }
        });
        crowd.serves(number, serving.abort_handle());
    }
}

/// Waits where trying again at once would fail again. A connection that broke before it was accepted is no such case.
async fn wait_out(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "cannot accept a connection");
        sleep(OUT_OF_FILES).await;
    }
}

async fn reap(app: Arc<App>) {
    let mut rounds = interval(REAP_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        app.desk.forget_old();
        let gone = app.store.reap();
        if gone > 0 {
            tracing::info!(gone, "sessions expired");
        }
    }
}
