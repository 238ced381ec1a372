//! Checking packs beside the conversation: one pack at a time, on a thread of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::lint::{Selection, lint_unsaved};
use crate::pack::{Loaded, Unsaved};

/// A pack to be checked.
#[derive(Debug)]
pub(super) struct Job {
    /// Which pack, by its real path.
    pub(super) pack: PathBuf,
    /// What is looked at: the pack's folder as the editor spells it, or a file without a pack.
    pub(super) path: PathBuf,
    pub(super) unsaved: Unsaved,
    /// The versions of the open texts.
    pub(super) versions: BTreeMap<PathBuf, i64>,
}

/// What came out of it.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) pack: PathBuf,
    pub(super) versions: BTreeMap<PathBuf, i64>,
    /// `None` where the pack could not be looked at; why has been told to the log.
    pub(super) loaded: Result<Loaded, String>,
}

/// A thread that checks; `done` takes each result and says whether anyone still wants more.
pub(super) fn start_checker(done: impl Fn(Checked) -> bool + Send + 'static) -> Sender<Job> {
    let (jobs, queue) = channel();
    thread::spawn(move || check_all(&queue, done));
    jobs
}

fn check_all(queue: &Receiver<Job>, done: impl Fn(Checked) -> bool) {
    while let Ok(job) = queue.recv() {
        let run = || lint_unsaved(&[&job.path], &job.unsaved, &Selection::default());
        let loaded = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(loaded) => loaded.map_err(|error| error.to_string()),
            Err(_) => Err("the check failed; this is a bug of support-ops, please report it".to_owned()),
        };
        if !done(Checked { pack: job.pack, versions: job.versions, loaded }) {
            return;
        }
    }
}
