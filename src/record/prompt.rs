//! What a model reads of an episode, and how it writes an action: the same in exported rows and in evaluations.

use crate::protocol::{Observation, StepResult, ToolUseAction};

/// What a model is told first. It is a part of the exported rows: a change of it is told in the changelog.
pub const SYSTEM: &str = "You are a customer-support agent. Each turn, answer with one JSON object and nothing else: the \
next action. The actions are {\"action_type\": \"review_ticket\"}, {\"action_type\": \"inspect_artifact\", \
\"artifact_id\": ID}, {\"action_type\": \"search_policy\", \"query\": TEXT}, {\"action_type\": \"draft_reply\", \
\"message\": TEXT} and {\"action_type\": \"submit_resolution\", \"resolution_code\": CODE}. Collect the evidence, draft \
the reply to the customer, then submit one resolution code, which ends the episode.";

/// An action as a model writes it.
pub fn render_action(action: &ToolUseAction) -> String {
    serde_json::to_string(action).expect("actions are plain JSON")
}

/// The case, as it is told to begin with.
pub fn render_first(seen: &Observation) -> String {
    let codes = seen.available_resolution_codes.join(", ");
    format!(
        "Objective: {}\n\nCustomer:\n{}\n\nWorkspace: {}\n\nResolution codes: {codes}\n\nSteps left: {}",
        seen.objective, seen.customer_message, seen.workspace_summary, seen.remaining_steps
    )
}

/// What came of an action.
pub fn render_answer(result: &StepResult) -> String {
    let seen = &result.observation;
    let mut text = String::new();
    if let Some(error) = &seen.last_action_error {
        text.push_str(&format!("Error: {error}\n\n"));
    }
    if let Some(shown) = &seen.last_tool_result {
        text.push_str(&format!("{shown}\n\n"));
    }
    text.push_str(&format!("Steps left: {}", seen.remaining_steps));
    text
}
