//! A run's folder while it is written: locked, its results appended one by one.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::eval::files::{Lines, replace};
use crate::eval::model::Calls;
use crate::eval::{FolderError, Holdings, RunConfig, RunFolder, TrialResult};
use crate::record::{Episodes, append_regular};

use super::differ::differences;

/// The file whose lock says that somebody writes in the folder.
const LOCK: &str = "run.lock";
/// What the configuration is called until it is whole.
const DRAFT: &str = "config.json.new";
/// The longest line of results that a crash can leave unfinished.
const MAX_TORN_BYTES: u64 = 16 << 20;

/// A run's folder that is being written, by this process alone.
#[derive(Debug)]
pub struct Ledger {
    folder: RunFolder,
    trials: Lines,
    /// Held for as long as the folder is written to.
    lock: File,
}

/// A folder cannot be written to as a run.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another process runs there.
    #[error("another process runs in {}", .0.display())]
    Locked(PathBuf),
    /// There is a run.
    #[error("{} holds a run already; --resume continues it, or name another folder", .0.display())]
    Taken(PathBuf),
    /// There is something else.
    #[error("{} is not empty and no run; name another folder", .0.display())]
    Foreign(PathBuf),
    /// There is a run of another configuration.
    #[error("{} was begun otherwise: {}; resume it as it was begun, or name another folder", path.display(), what.join("; "))]
    Other {
        /// The folder.
        path: PathBuf,
        /// What differs.
        what: Vec<String>,
    },
    /// Another folder stands where it was, or none.
    #[error("{} is not the folder any more that the run was begun in, which was moved away; nothing is read or written there, and --resume goes on where it is now", .0.display())]
    Moved(PathBuf),
    /// Nothing that can be played.
    #[error("{0}")]
    Unplayable(String),
    /// A file of it.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is there cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl Ledger {
    /// Begins a run in a folder, which is made where it is not there, or goes on with the one that is there, if
    /// `resume` allows that and it was begun with the same configuration. A run of which nothing was played gives way.
    ///
    /// # Errors
    /// A folder that another process runs in, or that holds something else.
    pub fn open(path: &Path, config: &RunConfig, resume: bool) -> Result<Ledger, LedgerError> {
        let cannot = |path: &Path| {
            let path = path.to_owned();
            move |source| LedgerError::Write { path, source }
        };
        config.check().map_err(LedgerError::Unplayable)?;
        fs::create_dir_all(path).map_err(cannot(path))?;
        // A link that is changed meanwhile changes nothing.
        let path = &fs::canonicalize(path).map_err(cannot(path))?;
        let mut has_config = false;
        for entry in fs::read_dir(path).map_err(cannot(path))? {
            let name = entry.map_err(cannot(path))?.file_name();
            has_config |= name == RunFolder::CONFIG;
        }
        if !has_config && !is_untouched(path).map_err(cannot(path))? {
            return Err(LedgerError::Foreign(path.to_owned()));
        }
        let lock_path = path.join(LOCK);
        let lock = append_regular(&lock_path).map_err(cannot(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LedgerError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(LedgerError::Write { path: lock_path, source }),
        }
        // Looked at again: whoever held the lock may have written it meanwhile.
        let config_path = path.join(RunFolder::CONFIG);
        if let Some(begun) = begun_run(path, &config_path)? {
            if !resume {
                return Err(LedgerError::Taken(path.to_owned()));
            }
            let what = differences(begun.config(), config, &["budget"]);
            if !what.is_empty() {
                return Err(LedgerError::Other { path: path.to_owned(), what });
            }
            if begun.config().budget != config.budget {
                let raised = RunConfig { budget: config.budget, ..begun.config().clone() };
                write_config(path, &raised).map_err(cannot(&config_path))?;
            }
        } else {
            write_config(path, config).map_err(cannot(&config_path))?;
        }
        let folder = RunFolder::open(path)?;
        let trials_path = path.join(RunFolder::TRIALS);
        let trials = open_trials(&trials_path).map_err(cannot(&trials_path))?;
        Ok(Ledger { folder, trials: Lines::new(trials), lock })
    }

    /// The folder.
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// What the folder holds.
    ///
    /// # Errors
    /// A file that cannot be read, and a folder that was moved away.
    pub fn contents(&self) -> Result<Holdings, LedgerError> {
        self.check_place()?;
        let holdings = self.folder.contents()?;
        // Moved meanwhile, it may be another's.
        self.check_place()?;
        Ok(holdings)
    }

    /// Whether the folder's lock is the one that is held.
    fn check_place(&self) -> Result<(), LedgerError> {
        let own = self.lock.metadata();
        let found = fs::symlink_metadata(self.folder.path().join(LOCK));
        let is_same = matches!((own, found), (Ok(own), Ok(found)) if is_same_file(&own, &found));
        if is_same { Ok(()) } else { Err(LedgerError::Moved(self.folder.path().to_owned())) }
    }

    /// Appends a result; it is on disk when this returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn push(&self, result: &TrialResult) -> Result<(), LedgerError> {
        let line = serde_json::to_vec(result).expect("results are plain JSON");
        self.trials
            .push(line)
            .map_err(|source| LedgerError::Write { path: self.folder.path().join(RunFolder::TRIALS), source })
    }

    /// Writes a file of the run whole, or leaves the one that is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        self.check_place()?;
        let path = self.folder.path().join(name);
        replace(&path, bytes).map_err(|source| LedgerError::Write { path, source })
    }
}

#[cfg(unix)]
fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a folder with an open file in it cannot be moved.
#[cfg(not(unix))]
fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether nothing is in a folder but what a run that was stopped at its very beginning leaves.
fn is_untouched(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        if name != LOCK && name != DRAFT && name != RunFolder::CONFIG {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The run in a folder, if there is one of which anything was played or paid. What is left of another goes: episodes that
/// ended before their first step.
fn begun_run(path: &Path, config: &Path) -> Result<Option<RunFolder>, LedgerError> {
    if !config.exists() {
        return Ok(None);
    }
    let begun = RunFolder::open(path)?;
    let log = path.join(RunFolder::LOG);
    if !is_empty(&path.join(RunFolder::TRIALS)) || !was_for_nothing(&path.join(RunFolder::CALLS)) || has_steps(&log) {
        return Ok(Some(begun));
    }
    match fs::remove_dir_all(&log) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(LedgerError::Write { path: log, source }),
        _ => Ok(None),
    }
}

/// Whether a file of calls, which may be absent, holds none that was answered or paid.
fn was_for_nothing(file: &Path) -> bool {
    let mut is_whole = true;
    let calls = Calls::read(file, |_| is_whole = false);
    calls.is_ok_and(|calls| calls.is_none_or(|calls| calls.came_to_nothing())) && is_whole
}

fn is_empty(file: &Path) -> bool {
    match fs::symlink_metadata(file) {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Whether a log holds anything but episodes without a step.
fn has_steps(log: &Path) -> bool {
    match Episodes::open(log) {
        Err(error) => error.source.kind() != io::ErrorKind::NotFound,
        Ok(mut episodes) => {
            let has_steps = episodes.by_ref().any(|episode| episode.is_ok_and(|episode| !episode.steps.is_empty()));
            has_steps || !episodes.faults().is_empty()
        }
    }
}

fn write_config(folder: &Path, config: &RunConfig) -> io::Result<()> {
    let mut json = serde_json::to_vec_pretty(config).expect("configurations are plain JSON");
    json.push(b'\n');
    replace(&folder.join(RunFolder::CONFIG), &json)
}

/// Opens the file of results to append to it. A last line that was not written whole goes: its trial is played again.
fn open_trials(path: &Path) -> io::Result<File> {
    let mut file = append_regular(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(MAX_TORN_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    Read::by_ref(&mut file).take(MAX_TORN_BYTES).read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|&byte| byte == b'\n').map(|at| at as u64 + 1);
    if whole.is_none() && from > 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its last line is too long for a result of a trial"));
    }
    let whole = from + whole.unwrap_or(0);
    if whole < length {
        file.set_len(whole)?;
        file.sync_all()?;
    }
    Ok(file)
}
