//! Writing a log: one thread appends what everybody says, many records at a time.
//!
//! Group commit: the thread takes all that waits, writes it at once, brings it to the disk if anybody asked for that,
//! and then tells everybody. While it does, the next lot gathers; so the more there is to do, the less each costs.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use crate::episode::Episode;
use crate::protocol::StepResult;

use super::event::{AnswerDigest, Begin, End, Ending, Event, Step};
use super::format::{MAX_PAYLOAD_BYTES, push_frame};
use super::reader::ReadError;
use super::recover::{Recovery, begin_file, recover};
use super::regular::append_regular;

/// The file whose lock says that somebody writes in the folder.
const LOCK: &str = "writer.lock";
/// A file that has become this long is followed by another, so that a log can be moved away in parts.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// From this many bytes on that wait to be written, whoever adds to them has to wait, too: memory does not grow where a
/// disk is slow.
const MAX_WAITING_BYTES: usize = 16 << 20;

/// When an answer may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durable {
    /// Once its step is on disk.
    Step,
    /// At once, but for an episode's last: once the whole episode is on disk.
    #[default]
    Episode,
    /// At once; what is written, and when, is the system's business.
    Off,
}

/// A folder cannot be recorded into.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process records there.
    #[error("another process records into {}", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be made, or its lock not be had.
    #[error("cannot record into {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is there cannot be read or mended.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Something was not recorded, and nothing will be any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("recording has failed: {0}")]
pub struct Unrecorded(pub Arc<str>);

/// The one writer of a folder's log.
#[derive(Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    durable: Durable,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when there is something to write.
    work: Condvar,
    /// Told when something was written.
    written: Condvar,
}

#[derive(Debug)]
struct State {
    /// Whole frames.
    waiting: Vec<u8>,
    /// Whether somebody waits for these to be on disk.
    wants_sync: bool,
    /// The next record's number.
    next: u64,
    /// All records below this number are written, and on disk where that was asked for.
    done: u64,
    wakers: Vec<(u64, Waker)>,
    failure: Option<Arc<str>>,
    closing: bool,
}

/// Where frames go.
trait Medium: Send {
    /// Writes frames, the first of which has this number.
    fn append(&mut self, frames: &[u8], first: u64) -> io::Result<()>;
    /// Brings all that was written to the disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// The files of a folder.
struct LogFiles {
    folder: PathBuf,
    file: File,
    length: u64,
    most: u64,
    /// Held for as long as the folder is written to.
    _lock: File,
}

impl Medium for LogFiles {
    fn append(&mut self, frames: &[u8], first: u64) -> io::Result<()> {
        if self.length >= self.most {
            self.file.sync_all()?;
            let place = begin_file(&self.folder, first)?;
            (self.file, self.length) = (place.file, place.length);
        }
        self.file.write_all(frames)?;
        self.length += frames.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

impl Recorder {
    /// Begins to record into a folder, which is made where it is not there; a log that is there goes on. `on_failure` is
    /// told once, should writing fail.
    ///
    /// # Errors
    /// A folder that another process records into, or that cannot be written to.
    pub fn open(
        folder: &Path,
        durable: Durable,
        on_failure: impl FnOnce(&str) + Send + 'static,
    ) -> Result<(Arc<Recorder>, Recovery), OpenError> {
        Recorder::open_with(folder, durable, MAX_FILE_BYTES, on_failure)
    }

    fn open_with(
        folder: &Path,
        durable: Durable,
        most: u64,
        on_failure: impl FnOnce(&str) + Send + 'static,
    ) -> Result<(Arc<Recorder>, Recovery), OpenError> {
        let cannot = |source| OpenError::Folder { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(cannot)?;
        let lock = append_regular(&folder.join(LOCK)).map_err(cannot)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(cannot(source)),
        }
        let (place, recovery) = recover(folder, most)?;
        let medium = LogFiles { folder: folder.to_owned(), file: place.file, length: place.length, most, _lock: lock };
        Ok((Recorder::start(Box::new(medium), place.next, durable, on_failure), recovery))
    }

    fn start(
        medium: Box<dyn Medium>,
        next: u64,
        durable: Durable,
        on_failure: impl FnOnce(&str) + Send + 'static,
    ) -> Arc<Recorder> {
        let state = State {
            waiting: Vec::new(),
            wants_sync: false,
            next,
            done: next,
            wakers: Vec::new(),
            failure: None,
            closing: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), written: Condvar::new() });
        let appender = shared.clone();
        let thread = std::thread::spawn(move || append(&appender, medium, on_failure));
        Arc::new(Recorder { shared, durable, thread: Mutex::new(Some(thread)) })
    }

    /// Records that an episode begins; the receipt is for its first observation, where that has to wait.
    pub fn begin(self: &Arc<Recorder>, episode: &Episode) -> (Recording, Option<Receipt>) {
        let (mut recording, receipt) = self.begin_as(Begin::of(episode, Begin::now()));
        recording.ended = episode.is_done();
        (recording, receipt)
    }

    /// Records that an episode begins which is played elsewhere, or was played before.
    pub fn begin_as(self: &Arc<Recorder>, begin: Begin) -> (Recording, Option<Receipt>) {
        let (of, receipt) = self.add(&[Event::Begin(begin)], self.durable == Durable::Step);
        (Recording { recorder: self.clone(), of, ended: false }, receipt)
    }

    /// Writes what waits, brings it to the disk and stops; what is recorded afterwards is lost.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn close(&self) -> Result<(), Unrecorded> {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It only ends by itself; a panic in it is a failure like others.
            let _ = thread.join();
        }
        let state = self.shared.lock();
        match &state.failure {
            Some(failure) => Err(Unrecorded(failure.clone())),
            None => Ok(()),
        }
    }

    /// Queues records; the first one's number, and a receipt where somebody has to wait for the last.
    fn add(&self, events: &[Event], wants_sync: bool) -> (u64, Option<Receipt>) {
        let payloads: Vec<Vec<u8>> =
            events.iter().map(|event| serde_json::to_vec(event).expect("events are plain JSON")).collect();
        let mut state = self.shared.lock();
        let first = state.next;
        if state.failure.is_none() && payloads.iter().any(|payload| payload.len() > MAX_PAYLOAD_BYTES) {
            state.failure = Some("a record is longer than 2 MiB".into());
        }
        // The last number is no record's.
        let next = first.checked_add(payloads.len() as u64);
        if state.failure.is_none() && next.is_none() {
            state.failure = Some("the log has no numbers left".into());
        }
        if state.failure.is_some() || state.closing {
            let told = self.durable != Durable::Off;
            return (first, told.then(|| Receipt { shared: self.shared.clone(), upto: u64::MAX }));
        }
        for (payload, sequence) in payloads.iter().zip(first..) {
            push_frame(&mut state.waiting, sequence, payload);
        }
        state.next = next.unwrap_or(first);
        state.wants_sync |= wants_sync;
        let upto = state.next;
        let waits = wants_sync || state.waiting.len() > MAX_WAITING_BYTES;
        drop(state);
        self.shared.work.notify_one();
        (first, waits.then(|| Receipt { shared: self.shared.clone(), upto }))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever cares for the outcome has closed it.
        let _ = self.close();
    }
}

impl Shared {
    /// The lock's content. Nothing panics while it is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that writes.
fn append(shared: &Shared, mut medium: Box<dyn Medium>, on_failure: impl FnOnce(&str)) {
    let mut batch = Vec::new();
    let mut first = shared.lock().next;
    let failure = loop {
        let (upto, wants_sync, last) = {
            let mut state = shared.lock();
            while state.waiting.is_empty() && !state.closing && state.failure.is_none() {
                state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(failure) = &state.failure {
                break Some(failure.clone());
            }
            batch.clear();
            std::mem::swap(&mut batch, &mut state.waiting);
            (state.next, std::mem::take(&mut state.wants_sync), state.closing)
        };
        let wrote = match batch.is_empty() {
            true => Ok(()),
            false => medium.append(&batch, first),
        };
        let done = wrote.and_then(|()| if wants_sync || last { medium.sync() } else { Ok(()) });
        first = upto;
        let mut state = shared.lock();
        if let Err(error) = done {
            let failure: Arc<str> = error.to_string().into();
            state.failure = Some(failure.clone());
            break Some(failure);
        }
        state.done = upto;
        wake(&mut state, upto);
        drop(state);
        shared.written.notify_all();
        if last {
            break None;
        }
        if batch.capacity() > MAX_WAITING_BYTES {
            batch = Vec::new();
        }
    };
    let mut state = shared.lock();
    state.waiting = Vec::new();
    // Whatever comes now comes too late.
    state.closing = true;
    wake(&mut state, u64::MAX);
    drop(state);
    shared.written.notify_all();
    if let Some(failure) = failure {
        on_failure(&failure);
    }
}

/// Wakes those who wait for records below this number.
fn wake(state: &mut State, upto: u64) {
    state.wakers.retain_mut(|(waits_for, waker)| {
        let over = *waits_for <= upto;
        if over {
            waker.wake_by_ref();
        }
        !over
    });
}

/// A wait for records to be written. It is a future, for those who must not block.
#[derive(Debug)]
#[must_use = "nothing was promised before it was waited for"]
#[derive(Clone)]
pub struct Receipt {
    shared: Arc<Shared>,
    upto: u64,
}

impl Receipt {
    /// Blocks until the records are written.
    ///
    /// # Errors
    /// They never will be.
    pub fn wait(self) -> Result<(), Unrecorded> {
        let mut state = self.shared.lock();
        loop {
            if let Some(outcome) = self.outcome(&state) {
                return outcome;
            }
            state = self.shared.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn outcome(&self, state: &State) -> Option<Result<(), Unrecorded>> {
        if state.done >= self.upto {
            return Some(Ok(()));
        }
        if let Some(failure) = &state.failure {
            return Some(Err(Unrecorded(failure.clone())));
        }
        // What waits while the log is being closed is still written.
        (state.closing && self.upto == u64::MAX).then(|| Err(Unrecorded("the log was closed".into())))
    }
}

impl Future for Receipt {
    type Output = Result<(), Unrecorded>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.shared.lock();
        match self.outcome(&state) {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                state.wakers.push((self.upto, context.waker().clone()));
                Poll::Pending
            }
        }
    }
}

/// One episode that is being recorded. Dropped before its end, it is recorded as abandoned.
#[derive(Debug)]
pub struct Recording {
    recorder: Arc<Recorder>,
    of: u64,
    ended: bool,
}

impl Recording {
    /// Records the step that the episode has answered last. After the end nothing is recorded, as nothing changes; the
    /// receipt then is for what was.
    pub fn step(&mut self, episode: &Episode, result: &StepResult) -> Option<Receipt> {
        let record = episode.history().last()?;
        let step = Step {
            of: self.of,
            step: record.step,
            action: (*record.action).clone(),
            reward: record.reward,
            digest: AnswerDigest::of(result),
        };
        let end = episode.end_reason().map(|reason| {
            let score = episode.score().map(|score| (**score).clone());
            End { of: self.of, reason: reason.into(), score }
        });
        self.step_as(step, end)
    }

    /// Records a step of an episode that is played elsewhere, or was played before, and its end, if it is the last. Which
    /// episode they are of is known here.
    pub fn step_as(&mut self, step: Step, end: Option<End>) -> Option<Receipt> {
        if self.ended {
            return None;
        }
        let mut events = vec![Event::Step(Step { of: self.of, ..step })];
        self.ended = end.is_some();
        events.extend(end.map(|end| Event::End(End { of: self.of, ..end })));
        let wants_sync = match self.recorder.durable {
            Durable::Step => true,
            Durable::Episode => self.ended,
            Durable::Off => false,
        };
        self.recorder.add(&events, wants_sync).1
    }
}

impl Recording {
    /// Records that the episode goes on no more; the receipt is for all of it. After its end there is nothing to record.
    pub fn abandon(mut self) -> Option<Receipt> {
        let wants_sync = self.recorder.durable != Durable::Off;
        self.leave(wants_sync)
    }

    fn leave(&mut self, wants_sync: bool) -> Option<Receipt> {
        if std::mem::replace(&mut self.ended, true) {
            return None;
        }
        let end = End { of: self.of, reason: Ending::Abandoned, score: None };
        self.recorder.add(&[Event::End(end)], wants_sync).1
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Nobody waits for it: dropping must not block.
        drop(self.leave(false));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use crate::agent::Oracle;
    use crate::pack::load_embedded;
    use crate::record::{Episodes, Replayed, replay};
    use crate::task::Catalog;

    use super::*;

    /// Writes nothing. Each append waits for a word, which also says whether it succeeds, and each sync is told.
    struct Gate {
        word: Receiver<bool>,
        synced: Sender<()>,
    }

    impl Medium for Gate {
        fn append(&mut self, _: &[u8], _: u64) -> io::Result<()> {
            match self.word.recv() {
                Ok(true) => Ok(()),
                _ => Err(io::ErrorKind::StorageFull.into()),
            }
        }

        fn sync(&mut self) -> io::Result<()> {
            self.synced.send(()).map_err(io::Error::other)
        }
    }

    fn gated(durable: Durable) -> (Arc<Recorder>, Sender<bool>, Receiver<()>, Receiver<String>) {
        let (say, word) = channel();
        let (synced, syncs) = channel();
        let (told, failures) = channel();
        let gate = Box::new(Gate { word, synced });
        let recorder = Recorder::start(gate, 1, durable, move |why| drop(told.send(why.to_owned())));
        (recorder, say, syncs, failures)
    }

    fn catalog() -> Catalog {
        Catalog::new(load_embedded().packs)
    }

    fn episode(catalog: &Catalog) -> Episode {
        Episode::start(catalog.tasks()[0].clone(), "one".into(), None)
    }

    #[test]
    fn many_waits_are_met_by_few_syncs() {
        let catalog = catalog();
        let (recorder, say, syncs, _failures) = gated(Durable::Step);
        let begun: Vec<(Recording, Option<Receipt>)> = (0..64).map(|_| recorder.begin(&episode(&catalog))).collect();
        // The first batch may hold any number of them; the second holds all that are left.
        say.send(true).expect("the gate hears");
        say.send(true).expect("the gate hears");
        let recordings: Vec<Recording> = begun
            .into_iter()
            .map(|(recording, receipt)| {
                receipt.expect("a step waits").wait().expect("it is written");
                recording
            })
            .collect();
        assert!((1..=2).contains(&syncs.try_iter().count()));
        drop(say);
        drop(recordings);
    }

    #[test]
    fn a_failed_write_is_told_and_nothing_is_acknowledged_any_more() {
        let catalog = catalog();
        for durable in [Durable::Step, Durable::Episode] {
            let (recorder, say, _syncs, failures) = gated(durable);
            let mut episode = episode(&catalog);
            let (mut recording, receipt) = recorder.begin(&episode);
            assert_eq!(receipt.is_some(), durable == Durable::Step);
            say.send(false).expect("the gate hears");
            let why = failures.recv().expect("it is told");
            assert!(receipt.is_none_or(|receipt| receipt.wait().is_err()));
            let result = episode.step(&Oracle::path(&catalog.tasks()[0])[0]);
            let refused = recording.step(&episode, &result).expect("nothing goes unnoticed").wait();
            assert_eq!(refused, Err(Unrecorded(why.as_str().into())));
            assert_eq!(recorder.close(), Err(Unrecorded(why.as_str().into())));
        }
    }

    #[test]
    fn what_waits_when_a_write_fails_is_woken() {
        let catalog = catalog();
        let (recorder, say, _syncs, _failures) = gated(Durable::Step);
        let (_recording, receipt) = recorder.begin(&episode(&catalog));
        let mut receipt = Box::pin(receipt.expect("a step waits"));
        let flag = Arc::new(Flag::default());
        let waker = Waker::from(flag.clone());
        assert!(receipt.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        say.send(false).expect("the gate hears");
        assert!(recorder.close().is_err());
        assert!(flag.0.load(std::sync::atomic::Ordering::SeqCst));
        assert!(receipt.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }

    #[derive(Default)]
    struct Flag(std::sync::atomic::AtomicBool);

    impl std::task::Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, std::sync::atomic::Ordering::SeqCst);
        }
    }

    /// Plays the reference solution; whether each of its answers waits.
    fn win(recorder: &Arc<Recorder>, catalog: &Catalog) -> Vec<bool> {
        let mut episode = episode(catalog);
        let (mut recording, receipt) = recorder.begin(&episode);
        let mut waits = vec![receipt.is_some()];
        for action in Oracle::path(&catalog.tasks()[0]) {
            let result = episode.step(&action);
            let receipt = recording.step(&episode, &result);
            waits.push(receipt.is_some());
            receipt.map_or(Ok(()), Receipt::wait).expect("it is written");
        }
        waits
    }

    #[test]
    fn who_waits_is_settled_by_durability() {
        let catalog = catalog();
        let check = |durable, expect: &dyn Fn(usize, usize) -> bool| {
            let folder = tempfile::tempdir().expect("a folder");
            let (recorder, _) = Recorder::open(folder.path(), durable, |why| panic!("{why}")).expect("a folder");
            let waits = win(&recorder, &catalog);
            let last = waits.len() - 1;
            assert!(waits.iter().enumerate().all(|(at, waits)| *waits == expect(at, last)), "{durable:?}: {waits:?}");
        };
        check(Durable::Step, &|_, _| true);
        check(Durable::Episode, &|at, last| at == last);
        check(Durable::Off, &|_, _| false);
    }

    #[test]
    fn a_log_of_many_files_is_one_log_and_has_one_writer() {
        let catalog = catalog();
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..3 {
            let (recorder, recovery) =
                Recorder::open_with(folder.path(), Durable::Episode, 2_000, |why| panic!("{why}")).expect("a folder");
            assert_eq!((recovery.faults, recovery.cut), (vec![], None));
            let second = Recorder::open(folder.path(), Durable::Off, |_| {});
            assert!(matches!(second, Err(OpenError::Locked(_))));
            win(&recorder, &catalog);
            win(&recorder, &catalog);
            drop(recorder.begin(&episode(&catalog)));
            recorder.close().expect("everything is written");
        }
        assert!(crate::record::log_files(folder.path()).expect("a log").len() > 2);
        let mut log = Episodes::open(folder.path()).expect("a log");
        let episodes: Vec<_> = log.by_ref().map(|episode| episode.expect("it can be read")).collect();
        assert_eq!((episodes.len(), log.faults(), log.orphans()), (9, &[][..], 0));
        for episode in episodes {
            assert_eq!(replay(&episode, &catalog), Replayed::Same);
            let end = episode.end.expect("each has one");
            assert_eq!(end.score.is_none(), end.reason == Ending::Abandoned);
        }
    }
}
