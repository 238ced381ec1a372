//! What a page shows of a session: the steps of its episode as they were answered, and a sign of every change.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;

use crate::episode::Episode;
use crate::protocol::{StepResult, ToolUseAction};

/// One step as it was answered.
#[derive(Debug)]
pub struct LogEntry {
    /// When that was.
    pub at: SystemTime,
    /// What was done.
    pub action: Arc<ToolUseAction>,
    /// What came back.
    pub result: Arc<StepResult>,
    /// The step's number, from 1.
    pub step_count: u64,
}

/// The steps of a session's episode. Steps after its end change nothing and are not kept, so that there are never more
/// than a task allows.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<LogEntry>,
    /// About what the entries hold.
    bytes: usize,
    changes: watch::Sender<()>,
}

impl Log {
    /// A log of what an episode has been through, as if it happened now.
    pub(super) fn of(episode: Option<&Episode>) -> Log {
        let mut log = Log::default();
        if let Some(episode) = episode {
            let mut again = Episode::start(episode.task().clone(), episode.id().clone(), episode.seed());
            for record in episode.history() {
                let result = again.step(&record.action);
                log.keep(&again, result);
            }
        }
        log
    }

    /// Begins anew, with an episode.
    pub(super) fn clear(&mut self) {
        // With their room: the next task may have far fewer steps.
        (self.entries, self.bytes) = (Vec::new(), 0);
    }

    /// Keeps the step that the episode has answered last.
    pub(super) fn keep(&mut self, episode: &Episode, result: StepResult) {
        let Some(record) = episode.history().get(self.entries.len()) else { return };
        let (action, result) = (record.action.clone(), Arc::new(result));
        self.bytes += Log::bytes_of(episode);
        self.entries.push(LogEntry { at: SystemTime::now(), action, result, step_count: episode.answered() });
    }

    /// Whether the episode's last step is one that is kept.
    pub(super) fn keeps(episode: &Episode) -> bool {
        episode.history().len() as u64 == episode.answered()
    }

    /// Holds the answer to the episode's last step together with whoever else keeps it; whether it holds that step.
    pub(super) fn share(&mut self, episode: &Episode, answer: &Arc<StepResult>) -> bool {
        let last = self.entries.last_mut().filter(|last| last.step_count == episode.answered());
        last.map(|last| last.result = answer.clone()).is_some()
    }

    /// About how many bytes the entries hold.
    pub(super) fn held_bytes(&self) -> usize {
        self.bytes
    }

    /// About how many bytes an entry of the episode's last step holds.
    pub(super) fn bytes_of(episode: &Episode) -> usize {
        size_of::<LogEntry>() + episode.answer_bytes()
    }

    /// Tells everybody who watches that something has changed.
    pub(super) fn announce(&self) {
        self.changes.send_replace(());
    }

    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) fn watchers(&self) -> usize {
        self.changes.receiver_count()
    }
}
