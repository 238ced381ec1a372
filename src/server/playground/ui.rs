//! `/ws/ui`: a socket that shows a visitor's episode, and shows it again whenever it changes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::protocol::{Observation, ToolUseAction};
use crate::server::App;
use crate::server::conversation::{Answer, Feed, OVER, Told};
use crate::server::identity::{Entry, Identity};
use crate::server::seat::{Grip, NoSeat, Seat};
use crate::server::stamp::Stamp;
use crate::server::vigil::PING_EVERY;
use crate::server::ws::{no_seat_fault, render_no_seat, upgrade};
use crate::session::{AttachError, Hold, LogEntry, NoMemory, Session, SessionId, SharedSession};

/// The most steps that a frame shows, and their bytes: every observation repeats the case.
const MAX_LOG_ENTRIES: usize = 1_000;
const MAX_LOG_BYTES: usize = 4 << 20;
/// The most sockets that show one session; a step is rendered for each of them.
const MAX_WATCHERS: usize = 8;

/// `GET /ws/ui`.
pub(super) async fn connect(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let identity = Identity::of(Entry::Playground, request.headers(), request.uri(), None);
    upgrade(
        app,
        request,
        move |app| Watching::begin(app, &identity),
        |app, socket, watching| async move {
            match watching {
                // What the page says on this socket is only a sign of life.
                Ok(watching) => socket.converse(&app, |_| Answer::Nothing, watching).await,
                Err(no_seat) => {
                    app.metrics.fault(no_seat_fault(&no_seat));
                    socket.refuse(&app, &render_no_seat(&no_seat)).await;
                }
            }
        },
    )
}

/// What one socket shows.
enum Watching {
    /// The visitor has no session yet. Such a socket takes a place, as a session does.
    Nobody { _seat: Seat, grip: Grip, greeted: bool },
    /// The visitor's session.
    Session(Watched),
}

struct Watched {
    app: Arc<App>,
    id: SessionId,
    session: SharedSession,
    grip: Grip,
    changes: watch::Receiver<()>,
    greeted: bool,
    /// When the session is used again, so that it does not expire under the eyes of its visitor.
    touch_at: Instant,
}

impl Watching {
    fn begin(app: &Arc<App>, identity: &Identity) -> Result<Watching, NoSeat> {
        let Identity::Named(id) = identity else {
            let seat = Seat::take(app, None)?;
            return Ok(Watching::Nobody { grip: seat.grip(), _seat: seat, greeted: false });
        };
        let found = app.store.find(id).map_err(NoSeat::Full)?;
        let (id, session) = found.ok_or_else(|| NoSeat::Refused(id.clone(), AttachError::Unknown))?;
        let changes = {
            let mut session = session.lock();
            if session.watchers() >= MAX_WATCHERS {
                return Err(NoSeat::Refused(id.to_string(), AttachError::Busy));
            }
            session.watch().map_err(|NoMemory| NoSeat::Refused(id.to_string(), AttachError::NoMemory))?
        };
        let touch_at = Instant::now() + PING_EVERY;
        let grip = Grip::look_at(app, &session);
        Ok(Watching::Session(Watched { app: app.clone(), id, session, grip, changes, greeted: false, touch_at }))
    }
}

impl Feed for Watching {
    async fn next(&mut self) -> Told {
        match self {
            Watching::Nobody { grip, greeted, .. } if *greeted => grip.next().await,
            Watching::Nobody { greeted, .. } => {
                *greeted = true;
                Told::Text(render_update(&Session::new()))
            }
            Watching::Session(watched) => watched.next().await,
        }
    }

    fn hold(&self) -> Option<&Arc<Hold>> {
        match self {
            Watching::Nobody { grip, .. } => grip.hold(),
            Watching::Session(watched) => watched.grip.hold(),
        }
    }
}

impl Watched {
    /// The session after its next change, until it is closed or the socket gives way.
    async fn next(&mut self) -> Told {
        while self.greeted {
            tokio::select! {
                changed = self.changes.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return Told::Close(OVER),
                },
                () = sleep_until(self.touch_at) => {
                    if self.app.store.get(self.id.as_str()).is_none() {
                        return Told::Close(OVER);
                    }
                    self.touch_at = Instant::now() + PING_EVERY;
                }
                told = self.grip.next() => return told,
            }
        }
        self.greeted = true;
        Told::Text(render_update(&self.session.lock()))
    }
}

#[derive(Serialize)]
struct Update<'a> {
    r#type: &'static str,
    episode_state: EpisodeState<'a>,
}

#[derive(Serialize)]
struct EpisodeState<'a> {
    episode_id: Option<&'a str>,
    step_count: u64,
    current_observation: Option<&'a Observation>,
    /// The last steps, in order.
    action_logs: Vec<Box<RawValue>>,
    /// Whether the last thing that happened is a reset.
    is_reset: bool,
}

#[derive(Serialize)]
struct ActionLog<'a> {
    timestamp: Stamp,
    action: &'a ToolUseAction,
    observation: &'a Observation,
    reward: Option<f64>,
    done: bool,
    step_count: u64,
}

impl<'a> ActionLog<'a> {
    fn of(entry: &'a LogEntry) -> ActionLog<'a> {
        ActionLog {
            timestamp: Stamp(entry.at),
            action: &entry.action,
            observation: &entry.result.observation,
            reward: entry.result.reward,
            done: entry.result.done,
            step_count: entry.step_count,
        }
    }
}

/// The last entries of a log: as many as there is room for, in bytes.
fn render_logs(log: &[LogEntry], mut room: usize) -> Vec<Box<RawValue>> {
    let newest_first = log
        .iter()
        .rev()
        .take(MAX_LOG_ENTRIES)
        .map(|entry| to_raw_value(&ActionLog::of(entry)).expect("log entries are plain JSON"));
    let mut kept: Vec<Box<RawValue>> = newest_first
        .take_while(|entry| {
            let fits = entry.get().len() <= room;
            room = room.saturating_sub(entry.get().len());
            fits
        })
        .collect();
    kept.reverse();
    kept
}

/// The frame that shows a session.
fn render_update(session: &Session) -> String {
    let episode = session.episode();
    let observed = episode.map(|episode| episode.observe().observation);
    let step_count = episode.map_or(0, |episode| episode.answered());
    let update = Update {
        r#type: "state_update",
        episode_state: EpisodeState {
            episode_id: episode.map(|episode| &**episode.id()),
            step_count,
            current_observation: observed.as_ref(),
            action_logs: render_logs(session.log(), MAX_LOG_BYTES),
            is_reset: episode.is_some() && step_count == 0,
        },
    };
    serde_json::to_string(&update).expect("updates are plain JSON")
}

#[cfg(test)]
mod tests {
    use crate::pack::load_embedded;
    use crate::protocol::{ActionType, ResetRequest};
    use crate::server::Settings;
    use crate::session::ManualClock;

    use super::*;

    #[test]
    fn a_log_shows_its_end_where_room_is_short() {
        let catalog = load_embedded().into_catalog().expect("the shipped pack is sound");
        let mut session = Session::new();
        session.reset(&catalog, &ResetRequest::default(), || "e".into()).expect("there are tasks");
        for _ in 0..2 {
            session.step(&ToolUseAction::new(ActionType::ReviewTicket, None)).expect("an episode runs");
        }
        session.watch().expect("nothing is limited");
        session.step(&ToolUseAction::new(ActionType::ReviewTicket, None)).expect("an episode runs");
        let steps = |logs: Vec<Box<RawValue>>| -> Vec<u64> {
            let step =
                |log: &RawValue| serde_json::from_str::<serde_json::Value>(log.get()).ok()?["step_count"].as_u64();
            logs.iter().filter_map(|log| step(log)).collect()
        };
        assert_eq!(steps(render_logs(session.log(), MAX_LOG_BYTES)), [1, 2, 3], "steps from before the watch, too");
        let one = render_logs(session.log(), MAX_LOG_BYTES)[2].get().len();
        assert_eq!(steps(render_logs(session.log(), one + 1)), [3]);
        assert!(render_logs(session.log(), 0).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_watched_session_lives_until_it_is_closed() {
        let clock = Arc::new(ManualClock::default());
        let catalog = Arc::new(load_embedded().into_catalog().expect("the shipped pack is sound"));
        let app = App::with_clock(catalog, Settings::default(), clock.clone());
        let timeout = app.settings.session_timeout;
        let slot = app.store.take_slot().expect("there is room");
        let (id, _) = app.store.add_in(slot, Session::new(), false);
        let named = Identity::Named(id.to_string());
        let mut watching = Watching::begin(&app, &named).map_err(|_| "refused").expect("the session is there");
        let greeting = watching.next().await;
        assert!(matches!(&greeting, Told::Text(frame) if frame.contains("\"is_reset\":false")), "{greeting:?}");
        for _ in 0..4 {
            clock.advance(timeout / 2);
            let quiet = tokio::time::timeout(PING_EVERY * 2, watching.next()).await;
            assert!(quiet.is_err(), "nothing has changed");
        }
        assert!(app.store.get(id.as_str()).is_some(), "somebody watches it");
        app.store.close(id.as_str());
        assert_eq!(watching.next().await, Told::Close(OVER));
        assert!(matches!(Watching::begin(&app, &named), Err(NoSeat::Refused(..))));
    }

    #[test]
    fn only_so_many_watch_one_session() {
        let catalog = Arc::new(load_embedded().into_catalog().expect("the shipped pack is sound"));
        let app = App::new(catalog, Settings::default());
        let slot = app.store.take_slot().expect("there is room");
        let (id, _) = app.store.add_in(slot, Session::new(), false);
        let named = Identity::Named(id.to_string());
        let watching: Vec<_> = (0..MAX_WATCHERS).filter_map(|_| Watching::begin(&app, &named).ok()).collect();
        assert_eq!(watching.len(), MAX_WATCHERS);
        assert!(Watching::begin(&app, &named).is_err());
        drop(watching);
        assert!(Watching::begin(&app, &named).is_ok());
    }
}
