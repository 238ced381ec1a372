//! What an agent may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest draft reply, in bytes. A longer one is a mistake in play (the step counts), not a protocol error.
pub const MAX_MESSAGE_BYTES: usize = 16_384;
/// The longest policy query, in bytes.
pub const MAX_QUERY_BYTES: usize = 512;
/// The longest artifact id or resolution code, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// The five things an agent can do; each names the one field of the action that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    /// Shows the whole ticket.
    ReviewTicket,
    /// Shows one internal record; needs `artifact_id`.
    InspectArtifact,
    /// Looks a policy up by id, title or alias; needs `query`.
    SearchPolicy,
    /// Saves a draft reply to the customer; needs `message`. The last draft is the one that is graded.
    DraftReply,
    /// Ends the episode with an outcome; needs `resolution_code`.
    SubmitResolution,
}

impl ActionType {
    /// All five, in the order the wire lists them.
    pub const ALL: [ActionType; 5] = [
        ActionType::ReviewTicket,
        ActionType::InspectArtifact,
        ActionType::SearchPolicy,
        ActionType::DraftReply,
        ActionType::SubmitResolution,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ActionType::ReviewTicket => "review_ticket",
            ActionType::InspectArtifact => "inspect_artifact",
            ActionType::SearchPolicy => "search_policy",
            ActionType::DraftReply => "draft_reply",
            ActionType::SubmitResolution => "submit_resolution",
        }
    }

    /// The field of the action that this type needs, if any.
    pub const fn needs(self) -> Option<&'static str> {
        match self {
            ActionType::ReviewTicket => None,
            ActionType::InspectArtifact => Some("artifact_id"),
            ActionType::SearchPolicy => Some("query"),
            ActionType::DraftReply => Some("message"),
            ActionType::SubmitResolution => Some("resolution_code"),
        }
    }
}

/// One action as a client sends it. Only the field that the action type needs is read; the others are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolUseAction {
    /// What to do.
    #[schemars(example = &"inspect_artifact")]
    pub action_type: ActionType,
    /// `inspect_artifact`: the record to show, one of the ids that `workspace_summary` ends with. At most 64 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"order")]
    pub artifact_id: Option<String>,
    /// `search_policy`: a policy's id, title or alias, or words to look for. At most 512 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"opening hours")]
    pub query: Option<String>,
    /// `draft_reply`: the reply to the customer. At most 16,384 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Thank you for writing to us. We look into it today.")]
    pub message: Option<String>,
    /// `submit_resolution`: one of `available_resolution_codes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"close_ticket")]
    pub resolution_code: Option<String>,
    /// Free data of the client's own; accepted and ignored. Unlike the other fields, it may not be null.
    #[serde(default, skip_serializing)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>", example = serde_json::Map::<String, serde_json::Value>::new())]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

impl ToolUseAction {
    /// An action of this type with its one argument in the field the type needs. An argument given to an action that
    /// needs none is dropped.
    pub fn new(action_type: ActionType, argument: Option<String>) -> ToolUseAction {
        let mut action = ToolUseAction {
            action_type,
            artifact_id: None,
            query: None,
            message: None,
            resolution_code: None,
            metadata: None,
        };
        match action_type {
            ActionType::ReviewTicket => {}
            ActionType::InspectArtifact => action.artifact_id = argument,
            ActionType::SearchPolicy => action.query = argument,
            ActionType::DraftReply => action.message = argument,
            ActionType::SubmitResolution => action.resolution_code = argument,
        }
        action
    }

    /// The argument in the field that this action's type needs.
    pub fn argument(&self) -> Option<&str> {
        match self.action_type {
            ActionType::ReviewTicket => None,
            ActionType::InspectArtifact => self.artifact_id.as_deref(),
            ActionType::SearchPolicy => self.query.as_deref(),
            ActionType::DraftReply => self.message.as_deref(),
            ActionType::SubmitResolution => self.resolution_code.as_deref(),
        }
    }
}
