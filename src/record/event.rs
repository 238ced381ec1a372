//! What a record says: an episode begins, takes a step, ends.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::episode::{EndReason, Episode};
use crate::protocol::{Observation, ScoreReport, StepResult, ToolUseAction};

/// What a record says. Observations are not kept: pack, seed and actions give them back, and their digests show that
/// they are the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An episode begins; the record's sequence number is its number in the log.
    Begin(Begin),
    /// It takes a step.
    Step(Step),
    /// It ends.
    End(End),
}

/// How an episode begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// The episode's id.
    pub episode_id: String,
    /// The task that is played.
    pub task_id: String,
    /// SHA-256 over the files of the task's pack.
    pub pack_digest: String,
    /// The seed given to reset.
    pub seed: Option<u64>,
    /// When that was, in milliseconds since 1970 UTC; for people, nothing follows from it.
    pub at: u64,
    /// Of the first observation.
    pub digest: AnswerDigest,
}

/// One step until the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The number of the record that begins the episode.
    pub of: u64,
    /// The step's number, from 1.
    pub step: u32,
    /// What was done, as the episode's history keeps it.
    pub action: ToolUseAction,
    /// What it paid, in [0, 1].
    pub reward: f64,
    /// Of what was answered.
    pub digest: AnswerDigest,
}

/// How an episode ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The number of the record that begins the episode.
    pub of: u64,
    /// Why it ended.
    pub reason: Ending,
    /// What it was worth; `None` where it was given up.
    pub score: Option<ScoreReport>,
}

/// Why no more steps follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// A resolution was accepted.
    Submitted,
    /// No steps were left.
    StepLimit,
    /// The player went away, or began another episode.
    Abandoned,
}

impl Ending {
    /// The name in a record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ending::Submitted => "submitted",
            Ending::StepLimit => "step_limit",
            Ending::Abandoned => "abandoned",
        }
    }
}

impl From<EndReason> for Ending {
    fn from(reason: EndReason) -> Ending {
        match reason {
            EndReason::Submitted => Ending::Submitted,
            EndReason::StepLimit => Ending::StepLimit,
        }
    }
}

/// The first 16 bytes of the SHA-256 of an answer, in hex: observation, reward and whether the episode is over, as JSON
/// without blanks, without a session's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerDigest(Box<str>);

/// Bytes of the hash that are kept.
const DIGEST_BYTES: usize = 16;

#[derive(Serialize)]
struct Answer<'a> {
    observation: &'a Observation,
    reward: Option<f64>,
    done: bool,
}

impl AnswerDigest {
    /// The digest of an answer as the episode gave it.
    pub fn of(result: &StepResult) -> AnswerDigest {
        let answer = Answer { observation: &result.observation, reward: result.reward, done: result.done };
        let json = serde_json::to_vec(&answer).expect("answers are plain JSON");
        let hash = Sha256::digest(&json);
        let nibble = |nibble: u8| char::from_digit(u32::from(nibble), 16).expect("four bits are a digit");
        let hex: String =
            hash.iter().take(DIGEST_BYTES).flat_map(|byte| [nibble(byte >> 4), nibble(byte & 15)]).collect();
        AnswerDigest(hex.into())
    }

    /// The digest in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Begin {
    /// The time, as a beginning has it.
    pub fn now() -> u64 {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        u64::try_from(at).unwrap_or(u64::MAX)
    }

    /// The beginning of an episode that has taken no step, at this time.
    pub fn of(episode: &Episode, at: u64) -> Begin {
        let task = episode.task();
        Begin {
            episode_id: episode.id().to_string(),
            task_id: task.id.to_string(),
            pack_digest: task.pack_digest.to_string(),
            seed: episode.seed(),
            at,
            digest: AnswerDigest::of(&episode.observe()),
        }
    }
}
