//! Playing recorded episodes again, and whether every answer is the same.

use std::sync::Arc;

use crate::episode::Episode;
use crate::protocol::StepResult;
use crate::task::{Catalog, Task};

use super::episodes::RecordedEpisode;
use super::event::AnswerDigest;

/// What came of playing an episode again.
#[derive(Debug, Clone, PartialEq)]
pub enum Replayed {
    /// Every answer was the same, byte for byte, and so was the score.
    Same,
    /// Something was not.
    Differs(Mismatch),
    /// The task is not among those that are loaded.
    UnknownTask,
    /// The task is of another pack, or of another state of it: that digest.
    OtherPack(Arc<str>),
    /// Records of it are missing: what is there was the same.
    HasGap,
}

/// The first difference between what was recorded and what is answered now.
#[derive(Debug, Clone, PartialEq)]
pub enum Mismatch {
    /// The answer of this step; 0 is the first observation.
    Answer {
        /// From 1.
        step: u32,
        /// The recorded digest.
        recorded: AnswerDigest,
        /// The digest now.
        now: AnswerDigest,
        /// The recorded reward.
        recorded_reward: Option<f64>,
        /// The reward now.
        reward: Option<f64>,
    },
    /// The episode ended after another step than it was recorded to.
    End,
    /// The score, its parts or their reasons.
    Score,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Answer { step, recorded, now, recorded_reward, reward } => {
                match step {
                    0 => write!(f, "the first observation differs")?,
                    step => write!(f, "the answer of step {step} differs")?,
                }
                write!(f, ": digest {} was recorded, {} is it now", recorded.as_str(), now.as_str())?;
                match (recorded_reward, reward) {
                    (Some(then), Some(now)) if then != now => write!(f, "; the reward was {then:.4} and is {now:.4}"),
                    _ => Ok(()),
                }
            }
            Mismatch::End => f.write_str("the episode ends after another step than it was recorded to"),
            Mismatch::Score => f.write_str("the score or one of its parts differs"),
        }
    }
}

/// The task that an episode was recorded of, in the very state of then.
pub(super) fn same_task<'a>(episode: &RecordedEpisode, catalog: &'a Catalog) -> Result<&'a Arc<Task>, Replayed> {
    let task = catalog.get(&episode.begin.task_id).ok_or(Replayed::UnknownTask)?;
    if *task.pack_digest == *episode.begin.pack_digest {
        Ok(task)
    } else {
        Err(Replayed::OtherPack(task.pack_digest.clone()))
    }
}

/// The episode, begun again on this task.
pub(super) fn begin_again(episode: &RecordedEpisode, task: &Arc<Task>) -> Episode {
    Episode::start(task.clone(), episode.begin.episode_id.as_str().into(), episode.begin.seed)
}

/// Plays an episode again and compares every answer with the recorded one.
pub fn replay(recorded: &RecordedEpisode, catalog: &Catalog) -> Replayed {
    let task = match same_task(recorded, catalog) {
        Ok(task) => task,
        Err(outcome) => return outcome,
    };
    let mut episode = begin_again(recorded, task);
    if let Some(mismatch) = compare(0, &recorded.begin.digest, None, &episode.observe()) {
        return Replayed::Differs(mismatch);
    }
    for step in &recorded.steps {
        let result = episode.step(&step.action);
        if let Some(mismatch) = compare(step.step, &step.digest, Some(step.reward), &result) {
            return Replayed::Differs(mismatch);
        }
    }
    if recorded.has_gap {
        return Replayed::HasGap;
    }
    if let Some(end) = &recorded.end
        && end.score.as_ref() != episode.score().map(|score| &**score)
    {
        let both = end.score.is_some() && episode.is_done();
        return Replayed::Differs(if both { Mismatch::Score } else { Mismatch::End });
    }
    Replayed::Same
}

fn compare(step: u32, recorded: &AnswerDigest, reward: Option<f64>, result: &StepResult) -> Option<Mismatch> {
    let now = AnswerDigest::of(result);
    (now != *recorded || reward != result.reward).then(|| Mismatch::Answer {
        step,
        recorded: recorded.clone(),
        now,
        recorded_reward: reward,
        reward: result.reward,
    })
}
