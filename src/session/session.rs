//! What one client holds.

use std::ops::DerefMut;
use std::sync::{Arc, Mutex, TryLockError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;
use tokio::task::block_in_place;

use crate::episode::{EndReason, Episode};
use crate::protocol::{ActionType, ResetRequest, State, StepResult, ToolUseAction};
use crate::record::{Receipt, Recorder, Recording};
use crate::task::{Catalog, SelectError};

use super::budget::{Budget, Holding, NoMemory};
use super::log::{Log, LogEntry};
use super::repeats::{KeyTaken, MAX_KEY_BYTES, Repeats, RequestDigest};
use super::shelf::locked;

/// What one client holds: its place in the order of tasks and the episode it plays, which keeps its own task: a pack may
/// change while it runs.
#[derive(Debug, Default)]
pub struct Session {
    /// The session's own place in the fixed order of tasks.
    cursor: usize,
    /// Boxed: a session without an episode, of which a server may hold very many, then costs next to nothing.
    episode: Option<Box<Episode>>,
    /// Kept from the moment somebody watches: few sessions are shown on a page.
    log: Option<Box<Log>>,
    /// Where the episode is recorded, on a server that records.
    recording: Option<Box<Recording>>,
    /// The episode's last steps that came with a key, from the first such step on.
    repeats: Option<Box<Repeats>>,
    /// What all of this holds of what sessions may hold together.
    holding: Holding,
}

/// What a client is told for whose step there is no memory.
pub const NO_MEMORY: &str = "The server's sessions hold as many long texts as they may, and this one holds more than its \
                             share. The step was not taken. Try again later or write less, and close sessions that are done.";

/// Why a step is not taken. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There is nothing to step.
    #[error("no episode has begun yet; call reset first")]
    NoEpisode,
    /// There is no memory for what it would make the session hold.
    #[error("{NO_MEMORY}")]
    NoMemory,
}

impl Session {
    /// A session that has not begun an episode.
    pub fn new() -> Session {
        Session::default()
    }

    /// The same, of a server whose sessions may hold so much together.
    pub(super) fn within(budget: &Arc<Budget>) -> Session {
        Session { holding: Holding::of(budget), ..Session::default() }
    }

    /// Begins an episode of the catalogue's task that the request asks for; one that was running is over. `random_id`
    /// makes the episode's id where the request has none.
    ///
    /// # Errors
    /// A request that picks no task; the running episode then goes on as if nothing had been asked.
    pub fn reset(
        &mut self,
        catalog: &Catalog,
        request: &ResetRequest,
        random_id: impl FnOnce() -> Arc<str>,
    ) -> Result<StepResult, SelectError> {
        let task = catalog.select(request, &mut self.cursor)?.clone();
        let id = request.episode_id.as_deref().map_or_else(random_id, Arc::from);
        let episode = Episode::start(task, id, request.seed);
        let answer = episode.observe();
        self.episode = Some(Box::new(episode));
        self.recording = None;
        self.repeats = None;
        if let Some(log) = &mut self.log {
            log.clear();
            log.announce();
        }
        // Less than before always fits.
        let _ = self.holding.hold(0);
        Ok(answer)
    }

    /// Records the episode that has just begun, from here on; the receipt is for its beginning.
    pub fn record(&mut self, recorder: &Arc<Recorder>) -> Option<Receipt> {
        let (recording, receipt) = recorder.begin(self.episode.as_deref()?);
        self.recording = Some(Box::new(recording));
        receipt
    }

    /// Carries out one action; the receipt is for its record, where the answer has to wait for that.
    ///
    /// # Errors
    /// Before the first reset, and where there is no memory for it.
    pub fn step(&mut self, action: &ToolUseAction) -> Result<(StepResult, Option<Receipt>), NotTaken> {
        let before = self.episode.take().ok_or(NotTaken::NoEpisode)?;
        // Taken out for the time of the step: should a bug make it panic, the half-changed episode is gone and the
        // session is as before its first reset, instead of playing on in a state no rule allows.
        let mut episode = before.clone();
        let answer = episode.step(action);
        // Measured, not foreseen: only the step itself knows what it shows and says. The copy shares all texts.
        let bytes = self.bytes_with(&episode);
        let ends_now = episode.is_done() && !before.is_done();
        if ends_now && action.action_type != ActionType::DraftReply {
            self.holding.hold_anyway(bytes);
        } else if self.holding.hold(bytes).is_err() {
            self.episode = Some(before);
            return Err(NotTaken::NoMemory);
        }
        let receipt = self.recording.as_mut().and_then(|recording| recording.step(&episode, &answer));
        if let Some(log) = &mut self.log {
            log.keep(&episode, answer.clone());
            log.announce();
        }
        self.episode = Some(episode);
        Ok((answer, receipt))
    }

    /// About how many bytes the session holds with this episode. Its last answer counts as kept: it may yet be, and must
    /// then not want for room.
    fn bytes_with(&self, episode: &Episode) -> usize {
        let (logged, answer) = match &self.log {
            Some(log) if Log::keeps(episode) => (log.held_bytes() + Log::bytes_of(episode), 0),
            log => (log.as_ref().map_or(0, |log| log.held_bytes()), episode.answer_bytes()),
        };
        let repeats = self.repeats.as_ref().map_or(0, |repeats| repeats.held_bytes());
        episode.held_bytes() + logged + repeats + Repeats::bytes_of(MAX_KEY_BYTES, answer)
    }

    /// The answer to an earlier step of this episode under this key, if it is still remembered; of the last few are.
    ///
    /// # Errors
    /// The key stands for another request.
    pub fn answered(
        &self,
        key: &str,
        request: &RequestDigest,
    ) -> Result<Option<(StepResult, Option<Receipt>)>, KeyTaken> {
        self.repeats.as_ref().map_or(Ok(None), |repeats| repeats.find(key, request))
    }

    /// Remembers the answer to a step under its key; a log holds the same one from then on.
    pub fn remember(&mut self, key: &str, request: RequestDigest, answer: &StepResult, receipt: Option<&Receipt>) {
        let answer = Arc::new(answer.clone());
        let bytes = self.episode.as_ref().map_or(0, |episode| {
            let is_logged = self.log.as_mut().is_some_and(|log| log.share(episode, &answer));
            if is_logged { 0 } else { episode.answer_bytes() }
        });
        self.repeats.get_or_insert_default().keep(key, request, answer, bytes, receipt);
    }

    /// The episode that is played.
    pub fn episode(&self) -> Option<&Episode> {
        self.episode.as_deref()
    }

    /// Keeps a log from now on, of all that the episode has been through; the receiver hears of every change.
    ///
    /// # Errors
    /// There is no memory for it; not so before the first step.
    pub fn watch(&mut self) -> Result<watch::Receiver<()>, NoMemory> {
        if let Some(log) = &self.log {
            return Ok(log.watch());
        }
        let log = self.log.insert(Box::new(Log::of(self.episode.as_deref())));
        let changes = log.watch();
        if let Some(episode) = self.episode.as_deref().filter(|episode| !episode.history().is_empty())
            && let Err(full) = self.holding.hold(self.bytes_with(episode))
        {
            self.log = None;
            return Err(full);
        }
        Ok(changes)
    }

    /// How many watch.
    pub fn watchers(&self) -> usize {
        self.log.as_ref().map_or(0, |log| log.watchers())
    }

    /// The steps of the episode, as far as a log is kept.
    pub fn log(&self) -> &[LogEntry] {
        let log = self.log.as_ref().filter(|_| self.episode.is_some());
        log.map_or(&[], |log| log.entries())
    }

    /// Everything the running episode holds, or the idle state before the first reset.
    pub fn state(&self) -> State {
        self.episode.as_ref().map_or_else(State::default, |episode| episode.state())
    }

    /// How the episode ended, if one was begun and has.
    pub fn end_reason(&self) -> Option<EndReason> {
        self.episode.as_ref().and_then(|episode| episode.end_reason())
    }
}

/// A session that several requests may reach; they are served one after another.
#[derive(Debug, Clone)]
pub struct SharedSession(Arc<Mutex<Session>>);

impl SharedSession {
    /// A session that others may reach from now on.
    pub(super) fn new(session: Session) -> SharedSession {
        SharedSession(Arc::new(Mutex::new(session)))
    }

    /// Whether nobody has begun an episode in it; not so where somebody is at it.
    pub(super) fn is_unbegun(&self) -> bool {
        self.0.try_lock().is_ok_and(|session| session.episode.is_none())
    }

    /// The session, once everybody before has finished with it.
    pub fn lock(&self) -> impl DerefMut<Target = Session> + use<'_> {
        match self.0.try_lock() {
            Err(TryLockError::WouldBlock) => aside(|| locked(&self.0)),
            Ok(session) => session,
            Err(TryLockError::Poisoned(session)) => session.into_inner(),
        }
    }
}

/// Does what may take a while beside the threads that serve everybody, where there are several.
pub(crate) fn aside<R>(work: impl FnOnce() -> R) -> R {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::pack::load_embedded;
    use crate::protocol::ActionType;

    use super::*;

    /// A session that may hold so much, with an episode of the shipped pack.
    fn begun(memory: usize) -> Session {
        let catalog = load_embedded().into_catalog().expect("the shipped pack is sound");
        let mut session = Session::within(&Budget::new(memory, 1));
        session.reset(&catalog, &ResetRequest::default(), || "e".into()).expect("there are tasks");
        session
    }

    fn review(session: &mut Session) -> Result<StepResult, NotTaken> {
        session.step(&ToolUseAction::new(ActionType::ReviewTicket, None)).map(|(answer, _)| answer)
    }

    /// Steps until there is no memory left; how often that went well.
    fn fill(session: &mut Session) -> u64 {
        let refused = (0..5).map(|_| review(session)).enumerate().find_map(|(at, step)| Some((at, step.err()?)));
        let (taken, why) = refused.expect("5 steps are too much for it");
        assert_eq!(why, NotTaken::NoMemory);
        taken as u64
    }

    #[test]
    fn answers_that_are_kept_count_too() {
        let count = |keys: bool, watched: bool| {
            let mut session = begun(1 << 20);
            if watched {
                session.watch().expect("nothing is held yet");
            }
            for step in 0..5 {
                let answer = review(&mut session).expect("there is room");
                if keys {
                    session.remember(&format!("{step}"), [0; 32], &answer, None);
                }
            }
            session.bytes_with(session.episode().expect("it runs"))
        };
        let (plain, keys, watched) = (count(false, false), count(true, false), count(false, true));
        let five = 5 * size_of::<StepResult>();
        assert!(keys > plain + five && watched > plain + five, "{plain} {keys} {watched}");
    }

    #[test]
    fn a_step_without_memory_leaves_everything_as_it_was() {
        let mut session = begun(2 << 10);
        let taken = fill(&mut session);
        let episode = session.episode().expect("it runs");
        assert_eq!((episode.answered(), episode.history().len() as u64), (taken, taken));
        assert!(session.bytes_with(episode) <= 2 << 10);
        assert!(session.holding.hold(2 << 10).is_ok() && session.holding.hold((2 << 10) + 1).is_err());
    }

    #[test]
    fn a_log_that_comes_late_may_find_no_memory() {
        let mut session = begun(2 << 10);
        fill(&mut session);
        assert_eq!(session.watch().err(), Some(NoMemory));
        assert_eq!((session.watchers(), session.log().len()), (0, 0));
        let mut session = begun(64 << 10);
        review(&mut session).expect("there is room");
        assert!(session.watch().is_ok());
        assert_eq!((session.watchers(), session.log().len()), (0, 1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn whoever_waits_for_a_session_keeps_no_thread_from_others() {
        let session = SharedSession::new(Session::new());
        let at_work = session.lock();
        let waiting = session.clone();
        let waiting = tokio::spawn(async move { waiting.lock().episode().is_none() });
        let (say, heard) = std::sync::mpsc::channel();
        tokio::spawn(async move { say.send(()) });
        // The time is for a test that fails: nothing here takes any. The runtime's own would stand still then.
        let served = heard.recv_timeout(Duration::from_secs(10));
        assert!(!waiting.is_finished());
        drop(at_work);
        assert!(served.is_ok(), "the only thread waits for the session");
        assert!(waiting.await.expect("it comes to its turn"));
    }
}
