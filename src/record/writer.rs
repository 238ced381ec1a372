//! Writing a log: who records an episode, into which files, and who waits for them.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::episode::Episode;
use crate::protocol::StepResult;

use super::appender::{Appender, Medium, Receipt, Unrecorded};
use super::event::{AnswerDigest, Begin, End, Ending, Event, Step};
use super::reader::ReadError;
use super::recover::{Recovery, begin_file, recover};
use super::regular::append_regular;

/// The file whose lock says that somebody writes in the folder.
const LOCK: &str = "writer.lock";
/// A file that has become this long is followed by another, so that a log can be moved away in parts.
const MAX_FILE_BYTES: u64 = 256 << 20;

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

/// The one writer of a folder's log.
#[derive(Debug)]
pub struct Recorder {
    appender: Appender,
    durable: Durable,
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
        Arc::new(Recorder { appender: Appender::start(medium, next, on_failure), durable })
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
        self.appender.close()
    }

    /// Queues records; the first one's number, and a receipt where somebody has to wait for the last.
    fn add(&self, events: &[Event], wants_sync: bool) -> (u64, Option<Receipt>) {
        let payloads: Vec<Vec<u8>> =
            events.iter().map(|event| serde_json::to_vec(event).expect("events are plain JSON")).collect();
        self.appender.push(&payloads, wants_sync, self.durable != Durable::Off)
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
    use std::task::{Context, Waker};

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
