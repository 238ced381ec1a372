//! Shards of a run, put together to one run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IntoInnerError, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::eval::{Budget, FolderError, Note, NoteCode, RunConfig, RunFolder, Trial, TrialResult};
use crate::record::{
    Durable, Ending, Episodes, OpenError, ReadError, RecordedEpisode, Recorder, Unrecorded, open_regular,
};

use super::differ::differences;
use super::ledger::{Ledger, LedgerError};

/// The longest line of a journal that is copied.
const MAX_LINE_BYTES: u64 = crate::eval::model::MAX_JOURNAL_LINE;

/// What came of putting shards together.
#[derive(Debug)]
pub struct Merged {
    /// The run, still locked.
    pub ledger: Ledger,
    /// All results, in the order of the configuration.
    pub results: Vec<TrialResult>,
    /// Trials that no shard has a result of.
    pub missing: Vec<Trial>,
    /// What is doubtful in the shards, and in which.
    pub doubts: Vec<(PathBuf, Note)>,
    /// Shards that are the same run as one before them, with that one.
    pub copies: Vec<(PathBuf, PathBuf)>,
    /// How many trials have the same result in more than one shard, those of copies aside.
    pub repeated: usize,
}

/// Shards cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Two of them are parts of different runs.
    #[error("{} and {} are parts of different runs: {}", first.display(), other.display(), what.join("; "))]
    Differ {
        /// The first.
        first: PathBuf,
        /// Another one.
        other: PathBuf,
        /// What differs.
        what: Vec<String>,
    },
    /// A trial has two results.
    #[error("the trial {trial} ended differently in {} and in {}; leave one of them out", first.display(), other.display())]
    Twice {
        /// Its name.
        trial: String,
        /// Where it has one.
        first: PathBuf,
        /// Where it has the other.
        other: PathBuf,
    },
    /// A shard's log does not bear out its results.
    #[error("{}: {what}", path.display())]
    Doubtful {
        /// The shard.
        path: PathBuf,
        /// What is doubtful.
        what: String,
    },
    /// There is a run where the new one is to be.
    #[error("{} holds a run already; name a new folder for the one of all shards", .0.display())]
    Taken(PathBuf),
    /// A shard cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The run cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Its log cannot be begun.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its log cannot be written.
    #[error(transparent)]
    Unrecorded(#[from] Unrecorded),
    /// A journal cannot be copied.
    #[error("cannot copy {}: {source}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Makes one run in `out`, a new folder, of shards that were begun alike. Their servers may have had other addresses.
///
/// # Errors
/// Shards of different runs, a trial with two results that differ, a file that cannot be read or written.
pub fn merge(out: &Path, shards: &[PathBuf]) -> Result<Merged, MergeError> {
    let folders: Vec<RunFolder> = shards.iter().map(|path| RunFolder::open(path)).collect::<Result<_, _>>()?;
    let Some(first) = folders.first() else { unreachable!("the command line asks for one shard at least") };
    for other in &folders[1..] {
        let what = differences(first.config(), other.config(), &["shard", "url", "budget"]);
        if !what.is_empty() {
            return Err(MergeError::Differ { first: first.path().to_owned(), other: other.path().to_owned(), what });
        }
    }
    let mut found: BTreeMap<Trial, (usize, TrialResult)> = BTreeMap::new();
    let (mut copies, mut repeated) = (Vec::new(), BTreeSet::new());
    // Of each shard how many results it has.
    let mut sizes: Vec<usize> = Vec::new();
    let (mut doubts, mut budgets) = (Vec::new(), Vec::new());
    for (at, folder) in folders.iter().enumerate() {
        let holdings = folder.contents()?;
        let notes = holdings.doubts.notes();
        if notes.iter().any(|note| matches!(note.code, NoteCode::Contradicted | NoteCode::Unrecorded)) {
            let what: Vec<String> = notes.into_iter().map(|note| note.message).collect();
            return Err(MergeError::Doubtful { path: folder.path().to_owned(), what: what.join("; ") });
        }
        doubts.extend(notes.into_iter().map(|note| (folder.path().to_owned(), note)));
        sizes.push(holdings.results.len());
        // The trials that shards before have, too, and of each shard how many results are the same to the clock.
        let (mut again, mut same) = (Vec::new(), vec![0; at]);
        for result in holdings.results {
            match found.get(&result.trial) {
                Some((before, there)) if !is_same(there, &result) => {
                    return Err(MergeError::Twice {
                        trial: result.trial.shown(),
                        first: folders[*before].path().to_owned(),
                        other: folder.path().to_owned(),
                    });
                }
                Some((before, there)) => {
                    same[*before] += usize::from(*there == result);
                    again.push(result.trial);
                }
                None => drop(found.insert(result.trial.clone(), (at, result))),
            }
        }
        match (0..at).find(|before| sizes[at] > 0 && same[*before] == sizes[at] && sizes[*before] == sizes[at]) {
            Some(before) => copies.push((folders[before].path().to_owned(), folder.path().to_owned())),
            None => {
                repeated.extend(again);
                budgets.push(folder.config().budget);
            }
        }
    }
    let config = RunConfig { shard: None, budget: joint_budget(&budgets), ..first.config().clone() };
    let ledger = Ledger::open(out, &config, false).map_err(|error| match error {
        LedgerError::Taken(path) => MergeError::Taken(path),
        error => error.into(),
    })?;
    let (recorder, _) = Recorder::open(&out.join(RunFolder::LOG), Durable::Off, |_| {})?;
    let owner = |trial: &Trial| found.get(trial).map(|(at, _)| *at);
    let owners: Owners = config.trials().iter().map(|trial| (trial.to_string(), owner(trial))).collect();
    copy_logs(&folders, &owners, &recorder)?;
    recorder.close()?;
    copy_calls(&folders, &owners, out)?;
    let trials = config.trials();
    let mut results = Vec::new();
    let mut missing = Vec::new();
    for trial in trials {
        match found.remove(&trial) {
            Some((_, result)) => results.push(result),
            None => missing.push(trial),
        }
    }
    let mut lines = Vec::new();
    for result in &results {
        serde_json::to_writer(&mut lines, result).expect("results are plain JSON");
        lines.push(b'\n');
    }
    ledger.write(RunFolder::TRIALS, &lines)?;
    Ok(Merged { ledger, results, missing, doubts, copies, repeated: repeated.len() })
}

/// What shards may cost together: as much as each for itself. Without a limit where one has none, and without a price where
/// theirs differ.
fn joint_budget(shards: &[Option<Budget>]) -> Option<Budget> {
    let max_cost: Option<f64> = shards.iter().map(|budget| budget.as_ref()?.max_cost).sum();
    let prices = shards.iter().map(|budget| budget.as_ref()?.price);
    let price = prices.reduce(|first, other| first.filter(|_| first == other)).flatten();
    (max_cost.is_some() || price.is_some()).then_some(Budget { max_cost, price })
}

/// Whether two results say the same, the clock aside.
fn is_same(a: &TrialResult, b: &TrialResult) -> bool {
    TrialResult { seconds: 0.0, ..a.clone() } == TrialResult { seconds: 0.0, ..b.clone() }
}

/// Of each trial of a run, by its name, the place of the shard whose result counts.
type Owners = BTreeMap<String, Option<usize>>;

/// Copies the episodes of a run's trials: those of a trial with a result from the shard whose result counts, of others
/// each once.
fn copy_logs(folders: &[RunFolder], owners: &Owners, recorder: &Arc<Recorder>) -> Result<(), MergeError> {
    let mut unowned = BTreeSet::new();
    for (at, folder) in folders.iter().enumerate() {
        let log = folder.path().join(RunFolder::LOG);
        if !log.is_dir() {
            continue;
        }
        for episode in Episodes::open(&log)? {
            let episode = episode?;
            let is_wanted = match owners.get(&episode.begin.episode_id) {
                None => false,
                Some(Some(owner)) => *owner == at,
                // Numbers are those of a log; what was played, and when, is the same in a copy.
                Some(None) => {
                    let steps: Vec<_> =
                        episode.steps.iter().map(|step| (step.step, &step.action, step.reward)).collect();
                    let told = serde_json::to_vec(&(&episode.begin, steps)).expect("episodes are plain JSON");
                    unowned.insert(digest(&told))
                }
            };
            if is_wanted {
                copy_episode(episode, recorder)?;
            }
        }
    }
    Ok(())
}

fn copy_episode(episode: RecordedEpisode, recorder: &Arc<Recorder>) -> Result<(), MergeError> {
    let RecordedEpisode { begin, steps, end, .. } = episode;
    let (mut recording, _) = recorder.begin_as(begin);
    let last = steps.len();
    for (at, step) in steps.into_iter().enumerate() {
        let end = end.clone().filter(|end| at + 1 == last && end.reason != Ending::Abandoned);
        if let Some(receipt) = recording.step_as(step, end) {
            receipt.wait()?;
        }
    }
    Ok(())
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Puts the shards' journals of calls behind one another, whole lines only. Each call has an id: lines that are the same
/// are of the same call, and are copied from one shard, that of the trial's result where they stand there. The calls
/// behind a result stand last: whoever reads the file takes a call's last line.
fn copy_calls(folders: &[RunFolder], owners: &Owners, out: &Path) -> Result<(), MergeError> {
    let mut sources: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    each_call(folders, owners, |line, at, is_own| {
        let source = sources.entry(digest(line)).or_insert(at);
        *source = if is_own { at } else { *source };
        Ok(())
    })?;
    if sources.is_empty() {
        return Ok(());
    }
    let path = out.join(RunFolder::CALLS);
    let cannot = |source| MergeError::Copy { path: path.clone(), source };
    let mut target = BufWriter::new(File::create(&path).map_err(cannot)?);
    for is_last in [false, true] {
        each_call(folders, owners, |line, at, is_own| {
            let is_wanted = is_own == is_last && sources.get(&digest(line)) == Some(&at);
            if is_wanted { target.write_all(line) } else { Ok(()) }
        })?;
    }
    target.into_inner().map_err(IntoInnerError::into_error).and_then(|file| file.sync_all()).map_err(cannot)
}

/// Goes through the whole lines of all journals; `take` is told of each from which shard it is and whether the result of
/// its trial is that shard's.
fn each_call(
    folders: &[RunFolder],
    owners: &Owners,
    mut take: impl FnMut(&[u8], usize, bool) -> io::Result<()>,
) -> Result<(), MergeError> {
    #[derive(Deserialize)]
    struct Line {
        trial: String,
    }
    for (at, folder) in folders.iter().enumerate() {
        let path = folder.path().join(RunFolder::CALLS);
        let read = each_line(&path, |line| {
            let trial = serde_json::from_slice::<Line>(line).map(|line| line.trial);
            take(line, at, trial.is_ok_and(|trial| owners.get(&trial) == Some(&Some(at))))
        });
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => read.map_err(|source| MergeError::Copy { path, source })?,
        }
    }
    Ok(())
}

fn each_line(path: &Path, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut source = BufReader::new(open_regular(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        source.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        if line.len() as u64 >= MAX_LINE_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it has a line that is too long for a call of a model",
            ));
        }
        if line.last() != Some(&b'\n') {
            // The end, or a line that was not written whole.
            return Ok(());
        }
        take(&line)?;
    }
}
