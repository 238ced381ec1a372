//! What every request shares.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::protocol::{ResetRequest, State, StepResult, ToolUseAction};
use crate::record::Recorder;
use crate::session::{
    AtCapacity, Clock, MonotonicClock, NotTaken, Session, SessionId, SessionStore, SharedSession, Slot,
};
use crate::task::{Catalog, SelectError};

use super::conversation::Terms;
use super::crowd::{Crowd, MOST_AT_THE_DOOR};
use super::documents::Documents;
use super::held::Held;
use super::life::Life;
use super::metrics::{Gauges, Metrics};
use super::playground::Workshop;
use super::request_id::RequestIds;
use super::room::{MOST_LONG, Rooms};
use super::tasks::Desk;
use super::turn::Turns;
use super::{OriginRules, Token};

/// Who the clients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Trainers and evaluators: everything is served.
    #[default]
    Simulation,
    /// Agents at work: no `/reset`, `/step` and `/state`, and nothing that tells how an episode is graded.
    Production,
}

/// The most connections where nothing else limits them: as many as there may be sessions, and some to spare.
pub const MAX_CONNECTIONS: usize = 131_072;

/// What clients may make all sessions hold where nothing else is said. Each session has a share of 16 KiB, into which fit
/// twelve steps with drafts of a usual length; were there no limit, as many sessions as there may be would come to 20 GB by
/// the longest replies.
const SESSION_MEMORY: usize = 2 << 30;

/// What can be set about a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The environment's public name; the first pack's where it is `None`.
    pub name: Option<String>,
    /// How many sessions may be held, over all transports.
    pub max_sessions: usize,
    /// How many connections there may be, WebSockets included.
    pub max_connections: usize,
    /// What clients may make all sessions hold together, in bytes: long replies, in the main. Three quarters of it
    /// are split evenly among as many sessions as there may be, the rest is for those that hold more than their share.
    pub session_memory: usize,
    /// How long a client that finds no room for its session waits for some, at most.
    pub slot_wait: Duration,
    /// How long the server goes on, not ready, once it is told to stop.
    pub drain: Duration,
    /// How long a session may go unused.
    pub session_timeout: Duration,
    /// How long a WebSocket may be silent, pongs included, before it counts as dead.
    pub ws_dead_after: Duration,
    /// What every request but a probe's must carry, if anything.
    pub token: Option<Token>,
    /// Which `Host` and `Origin` pass.
    pub origins: OriginRules,
    /// Who the clients are.
    pub mode: Mode,
    /// Whether there is a playground; in production there is none.
    pub web: bool,
    /// The packs' folders that visitors of the playground may read and write, by their real paths.
    pub edit: Vec<PathBuf>,
    /// Where every episode is recorded, if anywhere.
    pub recorder: Option<Arc<Recorder>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            name: None,
            max_sessions: 100_000,
            max_connections: MAX_CONNECTIONS,
            session_memory: SESSION_MEMORY,
            slot_wait: Duration::from_secs(2),
            drain: Duration::ZERO,
            session_timeout: Duration::from_secs(30 * 60),
            ws_dead_after: Duration::from_secs(5 * 60),
            token: None,
            origins: OriginRules::default(),
            mode: Mode::Simulation,
            web: true,
            edit: Vec::new(),
            recorder: None,
        }
    }
}

/// What every request shares: the tasks, the sessions, the settings and the counts.
pub struct App {
    offer: RwLock<Arc<Offer>>,
    pub(crate) store: SessionStore,
    /// What clients of the Open Reward Standard may ask for once more.
    pub(crate) desk: Desk,
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    pub(crate) life: Arc<Life>,
    pub(crate) crowd: Arc<Crowd>,
    /// Those who find no place among the others; silence gives way there, too.
    pub(crate) door: Arc<Crowd>,
    pub(crate) request_ids: RequestIds,
    pub(crate) turns: Arc<Turns>,
    pub(crate) rooms: Rooms,
    /// Where authors' drafts are looked at, and where recordings are played: neither keeps the other waiting.
    pub(crate) workshop: Workshop,
    pub(crate) stage: Workshop,
    /// Held while a file of a pack is being replaced.
    pub(crate) editing: Mutex<()>,
}

/// The tasks on offer with the documents that tell of them: replaced together, so that nobody sees half a change.
pub(crate) struct Offer {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) documents: Documents,
}

impl App {
    /// A server's state, with the machine's clock.
    pub fn new(catalog: Arc<Catalog>, settings: Settings) -> Arc<App> {
        App::with_clock(catalog, settings, Arc::new(MonotonicClock::default()))
    }

    /// A server's state whose sessions age by this clock.
    pub fn with_clock(catalog: Arc<Catalog>, settings: Settings, clock: Arc<dyn Clock>) -> Arc<App> {
        Arc::new(App {
            desk: Desk::new(clock.clone()),
            store: SessionStore::new(clock, settings.max_sessions, settings.session_timeout, settings.session_memory),
            offer: RwLock::new(Arc::new(Offer { documents: Documents::new(&catalog, &settings), catalog })),
            crowd: Crowd::new(settings.max_connections),
            door: Crowd::new(MOST_AT_THE_DOOR),
            settings,
            metrics: Metrics::default(),
            life: Life::new(),
            request_ids: RequestIds::new(),
            turns: Arc::new(Turns::new()),
            rooms: Rooms::new(MOST_LONG),
            workshop: Workshop::new(),
            stage: Workshop::new(),
            editing: Mutex::new(()),
        })
    }

    /// What its sockets go by.
    pub(crate) fn terms(&self) -> Terms {
        Terms {
            dead_after: self.settings.ws_dead_after,
            life: self.life.clone(),
            turns: self.turns.clone(),
            rooms: self.rooms.clone(),
        }
    }

    /// The environment's public name.
    pub fn name(&self) -> String {
        self.offer().documents.name.clone()
    }

    /// The tasks on offer now.
    pub(crate) fn offer(&self) -> Arc<Offer> {
        self.offer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Offers these tasks from now on. Episodes that run go on with the tasks that they began with.
    pub fn replace_catalog(&self, catalog: Arc<Catalog>) {
        let offer = Arc::new(Offer { documents: Documents::new(&catalog, &self.settings), catalog });
        *self.offer.write().unwrap_or_else(PoisonError::into_inner) = offer;
    }

    /// A session that has not begun an episode.
    pub(crate) fn new_session(&self) -> Session {
        self.store.new_session()
    }

    /// A place for a session, as soon as there is one: a client waits for it for a moment.
    ///
    /// # Errors
    /// There was none in all that time, or the server stops.
    pub(crate) async fn take_slot(&self) -> Result<Slot, AtCapacity> {
        self.find_room(|| self.store.take_slot()).await
    }

    /// The session with this id; one that has yet to begin does so as soon as there is room, as in [`App::take_slot`].
    ///
    /// # Errors
    /// There was none in all that time, or the server stops.
    pub(crate) async fn find_session(&self, id: &str) -> Result<Option<(SessionId, SharedSession)>, AtCapacity> {
        self.find_room(|| self.store.find(id)).await
    }

    async fn find_room<T>(&self, attempt: impl Fn() -> Result<T, AtCapacity>) -> Result<T, AtCapacity> {
        let until = self.slot_deadline();
        loop {
            match attempt() {
                Err(_) if self.wait_for_room(until).await => {}
                found => return found,
            }
        }
    }

    /// Until when whoever finds no room now waits for some.
    pub(crate) fn slot_deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.settings.slot_wait
    }

    /// Waits for room until then; whether there is some. Others may be quicker to take it.
    pub(crate) async fn wait_for_room(&self, until: tokio::time::Instant) -> bool {
        tokio::select! {
            biased;
            () = self.store.room() => true,
            () = self.life.stopped() => false,
            () = tokio::time::sleep_until(until) => self.store.has_room(),
        }
    }

    /// Whether the request picks a task.
    ///
    /// # Errors
    /// It picks none.
    pub(crate) fn check_task(&self, request: &ResetRequest) -> Result<(), SelectError> {
        self.offer().catalog.select(request, &mut 0).map(|_| ())
    }

    /// Begins an episode.
    ///
    /// # Errors
    /// A request that picks no task.
    pub(crate) fn reset(&self, session: &mut Session, request: &ResetRequest) -> Result<Held<StepResult>, SelectError> {
        let answer = session.reset(&self.offer().catalog, request, random_id)?;
        let receipt = self.settings.recorder.as_ref().and_then(|recorder| session.record(recorder));
        self.metrics.episode_started();
        Ok(Held::until(receipt, answer))
    }

    /// Carries out one action.
    ///
    /// # Errors
    /// Before the first reset, and where there is no memory for it.
    pub(crate) fn step(&self, session: &mut Session, action: &ToolUseAction) -> Result<Held<StepResult>, NotTaken> {
        let was_over = session.end_reason().is_some();
        let began = Instant::now();
        let (mut answer, receipt) = session.step(action)?;
        let mistake = answer.observation.last_action_error.is_some();
        self.metrics.stepped(action.action_type, mistake, began.elapsed());
        if let Some(reason) = session.end_reason().filter(|_| !was_over) {
            self.metrics.episode_ended(reason);
        }
        if self.settings.mode == Mode::Production {
            answer.observation.metadata.score = None;
        }
        Ok(Held::until(receipt, answer))
    }

    /// Where the episode stands, as far as the clients may know.
    pub(crate) fn state(&self, session: &Session) -> State {
        let state = session.state();
        match self.settings.mode {
            Mode::Simulation => state,
            Mode::Production => State { required_evidence: None, score: None, ..state },
        }
    }

    /// The counts, as text.
    pub(crate) fn render_metrics(&self) -> String {
        self.metrics.render(&Gauges {
            sessions: self.store.active(),
            max_sessions: self.store.max(),
            expired: self.store.expired(),
            connections: self.life.open(),
            max_connections: self.crowd.most(),
            given_up: self.crowd.given_up(),
            turned_away: self.crowd.turned_away(),
            tasks: self.offer().catalog.tasks().len(),
        })
    }
}

/// An id that no other episode has.
fn random_id() -> Arc<str> {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    Arc::from(&*uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text))
}
