//! What a model reads of an episode, and how it writes an action: the same in exported rows and in evaluations.

use std::fmt::Write;
use std::sync::LazyLock;

use crate::protocol::{ActionType, Observation, StepResult, ToolUseAction, tools};

/// What a model is told first where it answers with JSON. It is a part of the exported rows: a change of it is told in the
/// changelog.
pub static SYSTEM: LazyLock<String> = LazyLock::new(|| {
    let mut how = "answer with one JSON object and nothing else: the next action. The actions are:\n".to_owned();
    for action_type in ActionType::ALL {
        let (name, told) = (action_type.as_str(), describe_action(action_type));
        let _ = match action_type.needs() {
            None => writeln!(how, "{{\"action_type\": \"{name}\"}}: {told}"),
            Some(key) => {
                let needed = describe_argument(action_type).unwrap_or_default();
                writeln!(how, "{{\"action_type\": \"{name}\", \"{key}\": TEXT}}: {told} TEXT: {needed}")
            }
        };
    }
    render_system(&how)
});

/// The same where it calls tools.
pub static SYSTEM_OF_TOOLS: LazyLock<String> =
    LazyLock::new(|| render_system("call exactly one tool: that is your next action.\n"));

/// What a model reads of the fields of an observation: nothing that it is told calls them otherwise.
const LABELS: [(&str, &str); 5] = [
    ("objective", "Objective"),
    ("customer_message", "Customer"),
    ("workspace_summary", "Workspace"),
    ("available_resolution_codes", "Resolution codes"),
    ("remaining_steps", "Steps left"),
];

/// What an action does, for a model.
pub fn describe_action(action_type: ActionType) -> String {
    let tool = tools().iter().find(|tool| tool.name == action_type.as_str());
    relabel(tool.map_or("", |tool| &tool.description))
}

/// What its argument is, for a model.
pub fn describe_argument(action_type: ActionType) -> Option<String> {
    let tool = tools().iter().find(|tool| tool.name == action_type.as_str())?;
    tool.input_schema["properties"][action_type.needs()?]["description"].as_str().map(relabel)
}

fn relabel(text: &str) -> String {
    LABELS
        .iter()
        .fold(text.to_owned(), |text, (field, label)| text.replace(&format!("`{field}`"), &format!("\"{label}\"")))
}

fn render_system(how: &str) -> String {
    format!(
        "You are a customer-support agent. Each turn, {how}Collect the evidence, draft the reply to the customer, then \
         submit one resolution code, which ends the episode."
    )
}

/// An action as a model writes it.
pub fn render_action(action: &ToolUseAction) -> String {
    serde_json::to_string(action).expect("actions are plain JSON")
}

/// The case, as it is told to begin with.
pub fn render_first(seen: &Observation) -> String {
    let [objective, customer, workspace, codes, steps] = LABELS.map(|(_, label)| label);
    format!(
        "{objective}: {}\n\n{customer}:\n{}\n\n{workspace}: {}\n\n{codes}: {}\n\n{steps}: {}",
        seen.objective,
        seen.customer_message,
        seen.workspace_summary,
        seen.available_resolution_codes.join(", "),
        seen.remaining_steps
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
    let [.., (_, steps)] = LABELS;
    text.push_str(&format!("{steps}: {}", seen.remaining_steps));
    text
}

#[cfg(test)]
mod tests {
    use crate::episode::Episode;
    use crate::pack::load_embedded;

    use super::*;

    #[test]
    fn a_model_is_told_of_nothing_that_it_does_not_see() {
        let catalog = load_embedded().into_catalog().expect("the pack loads");
        let seen = Episode::start(catalog.tasks()[0].clone(), "e".into(), None).observe().observation;
        let first = render_first(&seen);
        let fields = serde_json::to_value(&seen).expect("observations are plain JSON");
        let mut told = format!("{}{}", *SYSTEM, *SYSTEM_OF_TOOLS);
        for action_type in ActionType::ALL {
            told += &describe_action(action_type);
            told += &describe_argument(action_type).unwrap_or_default();
            assert!(SYSTEM.contains(&describe_action(action_type)) && !describe_action(action_type).is_empty());
        }
        for field in fields.as_object().expect("an object").keys() {
            assert!(!told.contains(field.as_str()) || field == "objective", "{field}: {told}");
        }
        for (_, label) in LABELS {
            assert!(first.contains(&format!("{label}:")), "{first}");
        }
        assert!(told.contains("\"Workspace\"") && told.contains("\"Resolution codes\""), "{told}");
    }
}
