//! Tools as actions of a step: how OpenEnv's older clients, and training code, list and call them.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::body::parse_action;
use super::error::{ErrorItem, ValidationErrors};
use super::fields::Fields;
use super::json::Json;
use super::{ToolResult, ToolUseAction, tools};

/// What a step may do.
#[derive(Debug, Clone, PartialEq)]
pub enum StepAction {
    /// One of the five actions.
    Act(ToolUseAction),
    /// Say which tools there are.
    ListTools,
    /// Call one.
    CallTool(ToolStep),
}

/// A tool and its arguments, neither of them checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolStep {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

/// Reads what a step holds: an object with a `type` and no `action_type` is about tools.
pub(super) fn parse_step_action(json: &Json<'_>) -> Result<StepAction, ValidationErrors> {
    let mut fields = Fields::of(json).expect("callers hand over objects only");
    let kind = match fields.get("type") {
        Some(Json::Text(kind)) if fields.get("action_type").is_none() => kind.as_ref(),
        _ => return parse_action(json).map(StepAction::Act),
    };
    match kind {
        "list_tools" => {
            fields.object("metadata");
            fields.forbid_others(&["type", "metadata"]);
            settle(fields, StepAction::ListTools)
        }
        "call_tool" => {
            fields.object("metadata");
            let name = match fields.get("tool_name") {
                Some(Json::Text(name)) => name.clone().into_owned(),
                None => {
                    fields.miss("tool_name");
                    String::new()
                }
                Some(other) => {
                    let error = ErrorItem::new("string_type", "Input should be a valid string", other);
                    fields.push(error.at("tool_name"));
                    String::new()
                }
            };
            let arguments = match fields.get("arguments") {
                None | Some(Json::Null) => Map::new(),
                Some(_) => match fields.object("arguments") {
                    Some(Json::Object(object)) => object.to_map(),
                    _ => Map::new(),
                },
            };
            fields.forbid_others(&["type", "metadata", "tool_name", "arguments"]);
            settle(fields, StepAction::CallTool(ToolStep { name, arguments }))
        }
        _ => parse_action(json).map(StepAction::Act),
    }
}

fn settle(fields: Fields<'_, '_>, action: StepAction) -> Result<StepAction, ValidationErrors> {
    match fields.into_errors() {
        errors if errors.is_empty() => Ok(action),
        errors => Err(ValidationErrors::action(errors)),
    }
}

/// Why a tool called as a step gave no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolStepError {
    /// There is no such tool.
    ToolNotFound,
    /// The arguments break its schema.
    InvalidArgs,
    /// It could not be carried out.
    ExecutionError,
}

/// What a step about tools shows.
#[derive(Debug)]
pub enum ToolStepResult<'a> {
    /// The tools.
    Tools,
    /// What one answered.
    Called(&'a str, &'a ToolResult),
    /// Why one did not.
    Failed(&'a str, ToolStepError, &'a str),
}

/// The answer to a `step` frame about tools.
pub fn render_ws_tool_step(result: &ToolStepResult<'_>) -> String {
    format!(r#"{{"type":"observation","data":{}}}"#, render(result, false))
}

/// The answer to such a `POST /step`.
pub fn render_http_tool_step(result: &ToolStepResult<'_>) -> Vec<u8> {
    render(result, true).into_bytes()
}

#[derive(Serialize)]
struct NoMetadata {}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    description: &'static str,
    input_schema: &'static Value,
}

#[derive(Serialize)]
struct Failure<'a> {
    error_type: ToolStepError,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Observation<'a> {
    Tools { tools: Vec<Listed>, metadata: NoMetadata },
    Called { tool_name: &'a str, result: Option<&'a RawValue>, error: Option<Failure<'a>>, metadata: NoMetadata },
}

#[derive(Serialize)]
struct Envelope<'a> {
    observation: Observation<'a>,
    reward: Option<f64>,
    done: bool,
    /// Over HTTP the key is always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<()>,
}

fn render(result: &ToolStepResult<'_>, http: bool) -> String {
    let failed = |tool_name, error_type, message| {
        let error = Some(Failure { error_type, message });
        (Observation::Called { tool_name, result: None, error, metadata: NoMetadata {} }, None, false)
    };
    let (observation, reward, done) = match *result {
        ToolStepResult::Tools => {
            let list = tools().iter().map(|tool| Listed {
                name: tool.name,
                description: &tool.description,
                input_schema: &tool.input_schema,
            });
            (Observation::Tools { tools: list.collect(), metadata: NoMetadata {} }, None, false)
        }
        ToolStepResult::Called(tool_name, called) => match called.outcome() {
            Ok(value) => {
                let result = Some(value);
                let observation = Observation::Called { tool_name, result, error: None, metadata: NoMetadata {} };
                (observation, called.reward, called.done)
            }
            Err(message) => failed(tool_name, ToolStepError::ExecutionError, message),
        },
        ToolStepResult::Failed(tool_name, error_type, message) => failed(tool_name, error_type, message),
    };
    let envelope = Envelope { observation, reward, done, metadata: http.then_some(()) };
    serde_json::to_string(&envelope).expect("observations are plain JSON")
}
