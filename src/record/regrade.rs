//! Grading recorded actions by another state of their task.

use crate::protocol::ScoreReport;
use crate::task::Catalog;

use super::episodes::RecordedEpisode;
use super::replay::begin_again;

/// What recorded actions are worth now.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// The score.
    pub score: ScoreReport,
    /// How many of the recorded steps it took: fewer where the episode now ends earlier.
    pub steps: usize,
    /// Whether the actions still end the episode; where they do not, it is graded as it stands.
    pub ends: bool,
}

/// Plays a recorded episode's actions on the catalogue's task of that id, whatever state of its pack that is, and grades
/// them. `None` where there is no such task, or where the recorded episode has not ended or is not whole.
pub fn grade(recorded: &RecordedEpisode, catalog: &Catalog) -> Option<Grade> {
    let task = catalog.get(&recorded.begin.task_id)?;
    if recorded.has_gap {
        return None;
    }
    recorded.score()?;
    let mut episode = begin_again(recorded, task);
    let mut steps = 0;
    for step in &recorded.steps {
        if episode.is_done() {
            break;
        }
        episode.step(&step.action);
        steps += 1;
    }
    Some(Grade { score: episode.grade_now(), steps, ends: episode.is_done() })
}
