//! Checking packs beside the conversation: one pack at a time, on a thread of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::lint::{LintMemory, lint_again};
use crate::pack::{Loaded, Unsaved};

/// How many packs are remembered at once.
const MAX_REMEMBERED: usize = 4;

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
    let mut memories: BTreeMap<PathBuf, LintMemory> = BTreeMap::new();
    while let Ok(job) = queue.recv() {
        if memories.len() >= MAX_REMEMBERED && !memories.contains_key(&job.pack) {
            memories.clear();
        }
        let memory = memories.entry(job.pack.clone()).or_default();
        let run = || lint_again(&[&job.path], &job.unsaved, memory);
        let loaded = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(loaded) => loaded.map_err(|error| error.to_string()),
            Err(_) => Err("the check failed; this is a bug of support-ops, please report it".to_owned()),
        };
        if !done(Checked { pack: job.pack, versions: job.versions, loaded }) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::diag::render_json;
    use crate::lint::{LintMemory, Selection, lint_again, lint_unsaved};
    use crate::pack::Unsaved;

    #[test]
    fn what_is_remembered_changes_no_finding() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let pack = include_str!("../lint/example/pack.toml");
        let mug = include_str!("../lint/example/mug.toml");
        let broken = mug.replace("max_steps", "max_step");
        fs::write(folder.path().join("pack.toml"), pack).expect("written");
        for (name, text) in [("a.toml", mug), ("b.toml", &broken), ("c.toml", &mug.replace("cracked-mug", "a-mug"))] {
            fs::write(folder.path().join(name), text).expect("written");
        }
        let renamed = pack.replace("send_replacement", "send_another");
        let marked = format!("\u{feff}{mug}");
        let steps: &[&[(&str, &str)]] = &[
            &[],
            &[("b.toml", mug)],
            &[("b.toml", &mug.replace("cracked-mug", "b-mug"))],
            &[("a.toml", "x = [")],
            &[("pack.toml", &renamed)],
            &[("pack.toml", "name = 3")],
            &[("pack.toml", &renamed), ("a.toml", &broken)],
            &[("0.toml", mug)],
            &[("a.toml", &marked)],
            &[],
        ];
        let memory = LintMemory::default();
        let mut seen = 0;
        for step in steps {
            let mut unsaved = Unsaved::default();
            step.iter().for_each(|(name, text)| unsaved.put(&folder.path().join(name), text.as_bytes()));
            let paths = [folder.path()];
            let fresh = lint_unsaved(&paths, &unsaved, &Selection::default()).expect("it can be read");
            let again = lint_again(&paths, &unsaved, &memory).expect("it can be read");
            let shown = |loaded: &crate::pack::Loaded| render_json(&loaded.diagnostics, &loaded.sources, loaded.files);
            assert_eq!(shown(&again), shown(&fresh), "{step:?}");
            seen += fresh.diagnostics.len();
        }
        assert!(seen > 10, "the steps have findings");
    }
}
