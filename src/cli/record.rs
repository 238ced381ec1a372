//! What commands share that write a log, or read one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::record::{Durable, Episodes, Fault, Recorder};
use crate::task::Catalog;

use super::output::{FINDINGS, fail, say};
use super::packs::load_catalog;

/// When an answer may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DurableArg {
    /// Every answer waits until its step is on disk.
    Step,
    /// An episode's last answer waits until the episode is on disk.
    Episode,
    /// No answer waits.
    Off,
}

impl From<DurableArg> for Durable {
    fn from(arg: DurableArg) -> Durable {
        match arg {
            DurableArg::Step => Durable::Step,
            DurableArg::Episode => Durable::Episode,
            DurableArg::Off => Durable::Off,
        }
    }
}

/// A log that is read.
#[derive(Debug, Clone, Args)]
pub(super) struct LogPath {
    /// A log's file, or the folder that it lies in.
    #[arg(value_name = "LOG")]
    pub(super) log: PathBuf,
}

/// The packs that recorded episodes are played on.
#[derive(Debug, Clone, Args)]
pub(super) struct Tasks {
    /// A pack or a folder of packs; repeatable [default: ./tasks where it is a pack, else the built-in one].
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
}

impl Tasks {
    /// Loads them.
    pub(super) fn load(&self) -> Result<Catalog, ExitCode> {
        load_catalog(&self.tasks)
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// One document.
    Json,
}

/// Begins to record, and says what was found in the folder.
pub(super) fn open_recorder(folder: &Path, durable: Durable) -> Result<Arc<Recorder>, ExitCode> {
    let failed = |why: &str| say(format_args!("error: nothing is recorded any more: {why}"));
    let (recorder, recovery) = Recorder::open(folder, durable, failed).map_err(fail)?;
    for fault in &recovery.faults {
        say(format_args!("warning: {fault}"));
    }
    if let Some(cut) = &recovery.cut {
        let kept = cut.kept.display();
        say(format_args!("support-ops: the log's torn end was cut off, {} bytes; they are kept in {kept}", cut.bytes));
    }
    Ok(recorder)
}

/// The episodes of a log.
pub(super) fn open_log(path: &Path) -> Result<Episodes, ExitCode> {
    Episodes::open(path).map_err(fail)
}

/// Tells what of a log was no good record; exit 1 where there is any such thing.
pub(super) fn tell_faults(episodes: &Episodes) -> ExitCode {
    for fault in episodes.faults() {
        say(format_args!("warning: {fault}"));
    }
    if episodes.orphans() > 0 {
        say(format_args!("warning: {} records are of episodes whose beginning is missing", episodes.orphans()));
    }
    if episodes.faults().is_empty() && episodes.orphans() == 0 { ExitCode::SUCCESS } else { FINDINGS }
}

/// The faults as a document has them.
pub(super) fn faults_as_json(faults: &[Fault]) -> serde_json::Value {
    let each = |fault: &Fault| {
        serde_json::json!({
            "file": fault.file.display().to_string(),
            "offset": fault.offset,
            "bytes": fault.bytes,
            "message": fault.flaw.to_string(),
            "goes_on": fault.goes_on,
        })
    };
    faults.iter().map(each).collect()
}

/// The first of two codes that is not success.
pub(super) fn worse(first: ExitCode, second: ExitCode) -> ExitCode {
    if first == ExitCode::SUCCESS { second } else { first }
}
