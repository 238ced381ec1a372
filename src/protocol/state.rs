//! The trainer's view of a session: everything the episode holds.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Difficulty, ScoreReport, ToolUseAction};

/// What `state` answers. Before the first reset lists are empty and every other value is null, false or 0.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ToolUseState")]
pub struct State {
    /// The episode's id.
    #[schemars(example = &"episode-1")]
    pub episode_id: Option<Arc<str>>,
    /// Steps answered since reset; grows after the end too.
    #[schemars(example = 3)]
    pub step_count: u64,
    /// The task being played.
    #[schemars(example = &"damaged-parcel")]
    pub task_id: Option<Arc<str>>,
    /// How hard its author says it is.
    #[schemars(example = &"easy")]
    pub difficulty: Option<Difficulty>,
    /// How many steps the episode may take.
    #[schemars(example = 10)]
    pub max_steps: Option<u32>,
    /// The score so far in [0, 1]; null where the task hides it.
    #[schemars(example = 0.25)]
    pub current_score: Option<f64>,
    /// The episode's score in [0, 1]; null before its end.
    #[schemars(example = 1.0)]
    pub final_score: Option<f64>,
    /// The last draft: the reply that is graded.
    #[schemars(example = &"A replacement is on its way.")]
    pub drafted_reply: Option<Arc<str>>,
    /// The code that was submitted.
    #[schemars(example = &"send_replacement")]
    pub resolution_code: Option<Arc<str>>,
    /// What has to be seen for full marks; null before the end where the task hides it.
    #[schemars(example = vec!["ticket", "artifact:order"])]
    pub required_evidence: Option<Vec<Arc<str>>>,
    /// What has been seen so far, in order of collection.
    #[schemars(example = vec!["ticket"])]
    pub collected_evidence: Vec<Arc<str>>,
    /// Every step of the episode, in order.
    #[schemars(example = vec![example_record()])]
    pub action_history: Vec<ActionRecord>,
    /// Whether the episode has ended.
    #[schemars(example = false)]
    pub done: bool,
    /// The seed given to reset.
    #[schemars(example = 7)]
    pub seed: Option<u64>,
    /// The whole score; null before the end.
    #[schemars(example = super::score::example_score())]
    pub score: Option<Arc<ScoreReport>>,
}

impl Default for State {
    /// The state before the first reset.
    fn default() -> State {
        State {
            episode_id: None,
            step_count: 0,
            task_id: None,
            difficulty: None,
            max_steps: None,
            current_score: None,
            final_score: None,
            drafted_reply: None,
            resolution_code: None,
            required_evidence: Some(Vec::new()),
            collected_evidence: Vec::new(),
            action_history: Vec::new(),
            done: false,
            seed: None,
            score: None,
        }
    }
}

/// One step as it went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ActionRecord {
    /// The step's number, from 1.
    #[schemars(example = 1)]
    pub step: u32,
    /// The action as it was sent, fields that it did not set left out.
    #[schemars(example = ToolUseAction::new(super::ActionType::ReviewTicket, None))]
    pub action: Arc<ToolUseAction>,
    /// What it paid, in [0, 1].
    #[schemars(example = 0.05)]
    pub reward: f64,
    /// Why it was not carried out; null where it was.
    #[schemars(example = &"unknown artifact `ordr`")]
    pub error: Option<Arc<str>>,
}

fn example_record() -> ActionRecord {
    let action = Arc::new(ToolUseAction::new(super::ActionType::ReviewTicket, None));
    ActionRecord { step: 1, action, reward: 0.05, error: None }
}
