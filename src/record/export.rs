//! Recorded episodes as rows for training: one a step, each with what a model is asked and what it answered.

use serde::Serialize;

use crate::protocol::ScoreReport;
use crate::task::Catalog;

use super::episodes::RecordedEpisode;
use super::prompt;
use super::replay::{Mismatch, Replayed, begin_again, same_task};

/// A turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: &'static str,
    /// What was said.
    pub content: String,
}

/// One step. Every column has one type and is never null, so that every row of every log has the same schema; what is
/// not there is an empty text, -1 or 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The episode's number in the log.
    pub episode: u64,
    /// The episode's id.
    pub episode_id: String,
    /// The task.
    pub task_id: String,
    /// Of the task.
    pub difficulty: &'static str,
    /// Of the task.
    pub split: &'static str,
    /// SHA-256 over the pack's files.
    pub pack_digest: String,
    /// The seed; -1 where there is none.
    pub seed: i64,
    /// The step's number, from 1.
    pub step: u32,
    /// Steps of the episode.
    pub steps: u32,
    /// The conversation up to this step: its last turn is the user's.
    pub messages: Vec<Message>,
    /// What was answered: one turn of the assistant.
    pub completion: Vec<Message>,
    /// What kind of action that was.
    pub action_type: &'static str,
    /// Its argument; empty where it has none.
    pub argument: String,
    /// What it paid, in [0, 1].
    pub reward: f64,
    /// Whether it ended the episode.
    pub done: bool,
    /// Why it was not carried out; empty where it was.
    pub error: String,
    /// What the episode was worth in the end; 0 where it did not end.
    pub score: f64,
    /// Whether the episode passed.
    pub passed: bool,
    /// Whether the episode ended by its task's rules.
    pub finished: bool,
}

/// The rows of an episode, whose observations are computed again.
///
/// # Errors
/// An episode that cannot be played again, or is answered otherwise now.
pub fn rows(recorded: &RecordedEpisode, catalog: &Catalog) -> Result<Vec<Row>, Replayed> {
    let task = same_task(recorded, catalog)?;
    let mut episode = begin_again(recorded, task);
    let first = user(prompt::render_first(&episode.observe().observation));
    let mut conversation = vec![Message { role: "system", content: prompt::SYSTEM.clone() }, first];
    let (score, passed) = recorded.score().map_or((0.0, false), |ScoreReport { score, passed, .. }| (*score, *passed));
    let mut rows = Vec::with_capacity(recorded.steps.len());
    for step in &recorded.steps {
        let result = episode.step(&step.action);
        if result.reward != Some(step.reward) {
            let now = super::AnswerDigest::of(&result);
            let recorded = step.digest.clone();
            let (recorded_reward, reward) = (Some(step.reward), result.reward);
            return Err(Replayed::Differs(Mismatch::Answer {
                step: step.step,
                recorded,
                now,
                recorded_reward,
                reward,
            }));
        }
        let answered = Message { role: "assistant", content: prompt::render_action(&step.action) };
        rows.push(Row {
            episode: recorded.number,
            episode_id: recorded.begin.episode_id.clone(),
            task_id: recorded.begin.task_id.clone(),
            difficulty: task.difficulty.as_str(),
            split: task.split.as_str(),
            pack_digest: recorded.begin.pack_digest.clone(),
            seed: recorded.begin.seed.and_then(|seed| i64::try_from(seed).ok()).unwrap_or(-1),
            step: step.step,
            steps: u32::try_from(recorded.steps.len()).unwrap_or(u32::MAX),
            messages: conversation.clone(),
            completion: vec![answered.clone()],
            action_type: step.action.action_type.as_str(),
            argument: step.action.argument().unwrap_or_default().to_owned(),
            reward: step.reward,
            done: result.done,
            error: result.observation.last_action_error.as_deref().unwrap_or_default().to_owned(),
            score,
            passed,
            finished: recorded.score().is_some(),
        });
        conversation.push(answered);
        conversation.push(user(prompt::render_answer(&result)));
    }
    Ok(rows)
}

fn user(content: String) -> Message {
    Message { role: "user", content }
}
