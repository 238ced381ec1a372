//! What an agent sees after a reset or a step.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActionType, Difficulty, ScoreReport};

/// What one reset or step answers, before a transport wraps it.
#[derive(Debug, Clone)]
pub struct StepResult {
    /// What the agent sees now.
    pub observation: Observation,
    /// What the step paid, in [0, 1]; `None` after a reset.
    pub reward: Option<f64>,
    /// Whether the episode has ended.
    pub done: bool,
}

/// What the agent sees.
// Texts that never change in an episode are shared, not copied.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ToolUseObservation", deny_unknown_fields)]
pub struct Observation {
    /// The task being played.
    #[schemars(example = &"damaged-parcel")]
    pub task_id: Arc<str>,
    /// How hard its author says it is.
    #[schemars(example = &"easy")]
    pub difficulty: Difficulty,
    /// What the agent is asked to achieve.
    #[schemars(example = &"Resolve a damaged-item replacement request.")]
    pub objective: Arc<str>,
    /// The ticket's message, word for word.
    #[schemars(example = &"My mug arrived broken.")]
    pub customer_message: Arc<str>,
    /// What there is to look at; ends with the list of artifact ids.
    #[schemars(example = &"Order ORD-1001, one parcel. Artifacts: order, payment")]
    pub workspace_summary: Arc<str>,
    /// The actions an agent may take: always the five.
    #[schemars(example = ActionType::ALL)]
    pub available_actions: [ActionType; 5],
    /// The codes that `submit_resolution` accepts, in the pack's order.
    #[schemars(example = vec!["send_replacement", "refund_full_order"])]
    pub available_resolution_codes: Arc<[String]>,
    /// What has been seen so far, in order of collection: `ticket`, `artifact:<id>`, `policy:<id>`.
    #[schemars(example = vec!["ticket", "artifact:order"])]
    pub collected_evidence: Vec<Arc<str>>,
    /// What the last action showed, as text; null where it showed nothing.
    #[schemars(example = &"order_id: ORD-1001")]
    pub last_tool_result: Option<Arc<str>>,
    /// Why the last action was not carried out, and what would be valid; null where it was.
    #[schemars(example = &"unknown artifact `ordr`; did you mean `order`?")]
    pub last_action_error: Option<Arc<str>>,
    /// Steps left before the episode ends by itself.
    #[schemars(example = 9)]
    pub remaining_steps: u32,
    /// The score so far in [0, 1], at the end the final score; null where the task hides it.
    #[schemars(example = 0.05)]
    pub current_score: Option<f64>,
    /// Which episode of which pack this is, and at its end the whole score.
    #[schemars(example = example_metadata())]
    pub metadata: ObservationMetadata,
}

/// Which episode an observation belongs to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ObservationMetadata {
    /// The episode's id: the one given to reset, or a random one.
    #[schemars(example = &"episode-1")]
    pub episode_id: Arc<str>,
    /// The task being played.
    #[schemars(example = &"damaged-parcel")]
    pub task_id: Arc<str>,
    /// The seed given to reset.
    #[schemars(example = 7)]
    pub seed: Option<u64>,
    /// SHA-256 over the pack's files: equal digests, seeds and actions give equal episodes.
    #[schemars(example = &"sha256:0f3a")]
    pub pack_digest: Arc<str>,
    /// The session's id; over HTTP only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"b6f0c3de-54c5-4ac0-9c63-fd8a2c1e7f10")]
    pub session_id: Option<Arc<str>>,
    /// The whole score, once the episode has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = super::score::example_score())]
    pub score: Option<Arc<ScoreReport>>,
}

fn example_metadata() -> ObservationMetadata {
    ObservationMetadata {
        episode_id: "episode-1".into(),
        task_id: "damaged-parcel".into(),
        seed: Some(7),
        pack_digest: "sha256:0f3a".into(),
        session_id: None,
        score: None,
    }
}
