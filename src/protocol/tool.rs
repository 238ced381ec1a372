//! The tools that MCP clients see: the tasks, a way to begin one, and the five actions.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::body::parse_reset_fields;
use super::error::{ErrorItem, ValidationErrors, shorten};
use super::fields::{Fields, nearest};
use super::json::Json;
use super::{ActionType, Observation, ResetRequest, RpcError, RpcErrorCode, RpcId, StepResult, ToolUseAction, schema};

const LIST_TASKS: &str = "list_tasks";
const START_TASK: &str = "start_task";
/// The argument by which a client without a session of its own names one.
const HANDLE: &str = "session_id";

/// One tool, as `tools/list` shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    /// Its name; none of those that OpenEnv keeps for itself.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, for a model to read.
    pub description: String,
    /// JSON Schema of its arguments.
    pub input_schema: Value,
    /// JSON Schema of a result's `structuredContent`.
    pub output_schema: Value,
    /// What a host may go by before it lets a model call it.
    pub annotations: ToolAnnotations,
}

/// What calling a tool can do. Nothing here reaches beyond the case that is played.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolAnnotations {
    /// Whether nothing changes. Looking at a record costs a step, so it is not that.
    pub read_only_hint: bool,
    /// Whether something is lost: a case, a draft, the way back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Whether it reaches the world outside.
    pub open_world_hint: bool,
}

/// All tools, in the order they are listed.
pub fn tools() -> &'static [Tool] {
    static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(build_tools);
    &TOOLS
}

/// The same for clients whose requests stand for themselves: `start_task` gives a handle that every later call takes.
pub fn tools_with_handle() -> &'static [Tool] {
    static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| tools().iter().map(with_handle).collect());
    &TOOLS
}

/// A checked call of one of the tools.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolCall {
    /// Show the tasks there are.
    ListTasks,
    /// Begin an episode.
    StartTask(ResetRequest),
    /// Act in it.
    Act(ToolUseAction),
}

/// Reads a call of a tool.
///
/// # Errors
/// An unknown tool, or arguments that break its schema: both are the caller's mistake, and nothing happens.
pub fn parse_tool_call(id: Option<&RpcId>, name: &str, arguments: &Map<String, Value>) -> Result<ToolCall, RpcError> {
    parse_call(id, name, arguments, false).map(|(call, _)| call)
}

/// The same for one of [`tools_with_handle`], with the handle.
///
/// # Errors
/// As [`parse_tool_call`].
pub fn parse_tool_call_with_handle(
    id: Option<&RpcId>,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<(ToolCall, Option<String>), RpcError> {
    parse_call(id, name, arguments, true)
}

/// Whether there is a tool of this name.
pub fn is_tool(name: &str) -> bool {
    tools().iter().any(|tool| tool.name == name)
}

fn parse_call(
    id: Option<&RpcId>,
    name: &str,
    arguments: &Map<String, Value>,
    with_handle: bool,
) -> Result<(ToolCall, Option<String>), RpcError> {
    let refuse = |message: String| RpcError::new(id.cloned(), RpcErrorCode::InvalidParams, message);
    let json = Json::from_map(arguments);
    let mut fields = Fields::of(&json).expect("a map is an object");
    let action_type = ActionType::ALL.into_iter().find(|action_type| action_type.as_str() == name);
    let mut handle = None;
    let call = match (name, action_type) {
        (LIST_TASKS, _) => {
            fields.forbid_others(&[]);
            ToolCall::ListTasks
        }
        (START_TASK, _) => {
            let request = parse_reset_fields(&mut fields);
            if request.split.is_some() {
                fields.literal("split", &schema::SPLITS, false);
            }
            const KEYS: [&str; 7] = ["task_id", "seed", "episode_id", "split", "index", "difficulty", HANDLE];
            if with_handle {
                handle = fields.text(HANDLE, usize::MAX);
            }
            fields.forbid_others(if with_handle { &KEYS } else { &KEYS[..6] });
            ToolCall::StartTask(request)
        }
        (_, Some(action_type)) => {
            let argument = action_type.needs().and_then(|key| required_text(&mut fields, key));
            if with_handle {
                handle = required_text(&mut fields, HANDLE);
            }
            let known: Vec<&str> = action_type.needs().into_iter().chain(with_handle.then_some(HANDLE)).collect();
            fields.forbid_others(&known);
            ToolCall::Act(ToolUseAction::new(action_type, argument))
        }
        _ => {
            let names = || tools().iter().map(|tool| tool.name);
            let hint = nearest(name, names()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            let known = names().collect::<Vec<_>>().join(", ");
            return Err(refuse(format!("Unknown tool: {}; {hint}known tools: {known}", shorten(name))));
        }
    };
    match fields.into_errors() {
        errors if errors.is_empty() => Ok((call, handle)),
        errors => Err(refuse(format!("Invalid arguments for {name}: {}", ValidationErrors::body(errors).summary()))),
    }
}

fn required_text(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<String> {
    match fields.get(key) {
        None => {
            fields.miss(key);
            None
        }
        Some(Json::Text(text)) => Some(text.clone().into_owned()),
        Some(other) => {
            fields.push(ErrorItem::new("string_type", "Input should be a valid string", other).at(key));
            None
        }
    }
}

/// What a tool answers: the same value for programs, for OpenEnv's client, and as text for a model.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResult {
    content: [TextContent; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<Box<RawValue>>,
    is_error: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Box<RawValue>>,
    /// What the step paid, for who passes it on beside the result.
    #[serde(skip)]
    pub reward: Option<f64>,
    /// Whether the episode has ended, likewise.
    #[serde(skip)]
    pub done: bool,
}

#[derive(Debug, Serialize)]
struct TextContent {
    r#type: &'static str,
    text: String,
}

impl ToolResult {
    /// The result of a reset or a step, with the handle for the next one where there is one. It is an error where the
    /// action was not carried out.
    pub fn of_step(result: &StepResult, handle: Option<&str>) -> ToolResult {
        #[derive(Serialize)]
        struct Outcome<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            session_id: Option<&'a str>,
            observation: &'a Observation,
            reward: Option<f64>,
            done: bool,
        }
        let StepResult { observation, reward, done } = result;
        let outcome = Outcome { session_id: handle, observation, reward: *reward, done: *done };
        let is_error = observation.last_action_error.is_some();
        ToolResult { reward: *reward, done: *done, ..ToolResult::of(&outcome, is_error) }
    }

    /// The result of `list_tasks`; `tasks` is a list of public task specs.
    pub fn of_tasks(tasks: &impl Serialize) -> ToolResult {
        #[derive(Serialize)]
        struct Tasks<'a, T> {
            tasks: &'a T,
        }
        ToolResult::of(&Tasks { tasks }, false)
    }

    /// A call that could not be carried out at all.
    pub fn failure(message: impl Into<String>) -> ToolResult {
        let text = message.into();
        let content = [TextContent { r#type: "text", text }];
        ToolResult { content, structured_content: None, is_error: true, data: None, reward: None, done: false }
    }

    /// The result's value, or the text of a failure.
    pub fn outcome(&self) -> Result<&RawValue, &str> {
        self.data.as_deref().ok_or(&self.content[0].text)
    }

    fn of(value: &impl Serialize, is_error: bool) -> ToolResult {
        let raw = to_raw_value(value).expect("results are plain JSON");
        let content = [TextContent { r#type: "text", text: raw.get().to_owned() }];
        let (structured_content, data) = (Some(raw.clone()), Some(raw));
        ToolResult { content, structured_content, is_error, data, reward: None, done: false }
    }
}

fn build_tools() -> Vec<Tool> {
    let mut tools = vec![
        Tool {
            name: LIST_TASKS,
            title: "List the cases",
            description: "Lists the support cases that can be played. Then call start_task with one's id.".to_owned(),
            input_schema: closed_object(json!({}), &[]),
            output_schema: tasks_schema(),
            annotations: annotate(None),
        },
        Tool {
            name: START_TASK,
            title: "Start a case",
            description: "Begins a support case and shows the customer's message, the records there are and the resolution \
                          codes; every argument is optional. An unfinished case is given up. Act on it with the other tools; \
                          submit_resolution ends it."
                .to_owned(),
            input_schema: schema::reset_schema(true),
            output_schema: schema::outcome_schema(),
            annotations: annotate(Some(true)),
        },
    ];
    tools.extend(ActionType::ALL.map(|action_type| Tool {
        name: action_type.as_str(),
        title: title(action_type),
        description: describe(action_type).to_owned(),
        input_schema: argument_schema(action_type),
        output_schema: schema::outcome_schema(),
        annotations: annotate(Some(matches!(action_type, ActionType::DraftReply | ActionType::SubmitResolution))),
    }));
    tools
}

/// The annotations of a tool that changes nothing, or that changes something and may or may not lose what was.
fn annotate(destructive_hint: Option<bool>) -> ToolAnnotations {
    ToolAnnotations { read_only_hint: destructive_hint.is_none(), destructive_hint, open_world_hint: false }
}

/// The tool with the handle in its schemas.
fn with_handle(tool: &Tool) -> Tool {
    let mut tool = tool.clone();
    if tool.name == LIST_TASKS {
        return tool;
    }
    let starts = tool.name == START_TASK;
    let (kind, description) = if starts {
        tool.description.push_str(
            " The result's `session_id` is this case's handle: every later call takes it. It is forgotten when no call \
             has used it for a while; 30 minutes, unless the operator has set another time.",
        );
        (
            json!(["string", "null"]),
            "The handle of an earlier case, to go on in the same session; that case is given up.",
        )
    } else {
        (json!("string"), "The `session_id` that start_task has returned.")
    };
    let property =
        json!({ "type": kind, "description": description, "examples": ["b6f0c3de-54c5-4ac0-9c63-fd8a2c1e7f10"] });
    tool.input_schema["properties"][HANDLE] = property;
    if !starts {
        match &mut tool.input_schema["required"] {
            Value::Array(required) => required.push(HANDLE.into()),
            required => *required = json!([HANDLE]),
        }
    }
    tool.output_schema["properties"][HANDLE] = json!({ "type": "string" });
    tool.output_schema["required"].as_array_mut().expect("an outcome has required members").push(HANDLE.into());
    tool
}

fn title(action_type: ActionType) -> &'static str {
    match action_type {
        ActionType::ReviewTicket => "Review the ticket",
        ActionType::InspectArtifact => "Inspect a record",
        ActionType::SearchPolicy => "Search the policies",
        ActionType::DraftReply => "Draft the reply",
        ActionType::SubmitResolution => "Submit the resolution",
    }
}

fn describe(action_type: ActionType) -> &'static str {
    match action_type {
        ActionType::ReviewTicket => "Shows the whole support ticket of the case you started.",
        ActionType::InspectArtifact => {
            "Shows one internal record of the case; the ids are listed at the end of `workspace_summary`."
        }
        ActionType::SearchPolicy => {
            "Shows an operating policy by its id, title or alias. Other words list the nearest policies, without their text."
        }
        ActionType::DraftReply => "Saves your reply to the customer. The last draft is the one that is graded.",
        ActionType::SubmitResolution => "Ends the case with one of `available_resolution_codes`. There is no way back.",
    }
}

fn argument_schema(action_type: ActionType) -> Value {
    let Some(key) = action_type.needs() else {
        return closed_object(json!({}), &[]);
    };
    let (description, example) = match action_type {
        ActionType::InspectArtifact => ("The record's id: one of those that `workspace_summary` ends with.", "order"),
        ActionType::SearchPolicy => ("The policy's id, title or alias, or words to look for.", "opening hours"),
        ActionType::DraftReply => {
            ("The whole reply, as the customer will read it.", "Thank you for writing to us. We look into it today.")
        }
        _ => ("One of `available_resolution_codes`.", "close_ticket"),
    };
    closed_object(json!({ key: { "type": "string", "description": description, "examples": [example] } }), &[key])
}

fn tasks_schema() -> Value {
    closed_object(json!({ "tasks": { "type": "array", "items": schema::task_schema() } }), &["tasks"])
}

fn closed_object(properties: Value, required: &[&str]) -> Value {
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = required.into();
    }
    object
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(name: &str, arguments: Value, expect: Result<ToolCall, &str>) {
        let map = arguments.as_object().expect("arguments are an object");
        match (parse_tool_call(Some(&RpcId::Null), name, map), expect) {
            (Ok(call), Ok(expect)) => assert_eq!(call, expect),
            (Err(error), Err(part)) => {
                assert_eq!((error.code, &error.id), (RpcErrorCode::InvalidParams, &Some(RpcId::Null)));
                assert!(error.message.contains(part), "{}", error.message);
            }
            (found, expect) => panic!("{name} {arguments}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn reads_calls() {
        check("list_tasks", json!({}), Ok(ToolCall::ListTasks));
        let request = ResetRequest { task_id: Some("a".to_owned()), seed: Some(7), ..ResetRequest::default() };
        check("start_task", json!({ "task_id": "a", "seed": 7, "split": null }), Ok(ToolCall::StartTask(request)));
        let act =
            |action_type, argument: &str| Ok(ToolCall::Act(ToolUseAction::new(action_type, Some(argument.to_owned()))));
        check("review_ticket", json!({}), act(ActionType::ReviewTicket, ""));
        check("inspect_artifact", json!({ "artifact_id": "no such" }), act(ActionType::InspectArtifact, "no such"));
        check("draft_reply", json!({ "message": "" }), act(ActionType::DraftReply, ""));
    }

    #[test]
    fn refuses_what_breaks_a_schema() {
        check("list_task", json!({}), Err("did you mean list_tasks?"));
        check("list_tasks", json!({ "a": 1 }), Err("a: Extra inputs are not permitted"));
        check("inspect_artifact", json!({}), Err("artifact_id: Field required"));
        check("inspect_artifact", json!({ "artefact_id": "order" }), Err("did you mean `artifact_id`?"));
        check("draft_reply", json!({ "message": 5 }), Err("message: Input should be a valid string"));
        check("start_task", json!({ "seed": "7" }), Err("seed: Input should be a valid integer"));
        check("start_task", json!({ "split": "tests" }), Err("did you mean 'test'?"));
    }

    #[test]
    fn tools_keep_clear_of_reserved_names() {
        for tool in tools() {
            assert!(!["reset", "step", "state", "close", "get_state"].contains(&tool.name), "{}", tool.name);
            assert!(!tool.description.is_empty());
        }
        let names: Vec<&str> = tools().iter().map(|tool| tool.name).collect();
        let actions = ActionType::ALL.map(ActionType::as_str);
        assert_eq!(names, [&[LIST_TASKS, START_TASK], &actions[..]].concat());
    }

    proptest! {
        #[test]
        fn the_schema_says_what_is_accepted(
            at in 0..7_usize,
            handles in any::<bool>(),
            arguments in proptest::collection::btree_map(
                prop_oneof![
                    proptest::sample::select(vec![
                        "task_id", "seed", "episode_id", "split", "index", "difficulty", "artifact_id", "query", "message",
                        "resolution_code", "session_id",
                    ]).prop_map(str::to_owned),
                    "[a-z]{1,3}",
                ],
                prop_oneof![
                    Just(Value::Null),
                    any::<bool>().prop_map(Value::from),
                    (-2..3_i64).prop_map(Value::from),
                    Just(Value::from(i64::MAX as u64 + 1)),
                    Just(Value::from(0.5)),
                    proptest::sample::select(vec!["test", "easy", "", "x"]).prop_map(Value::from),
                    Just(Value::from("é".repeat(256))),
                    Just(json!([])),
                ],
                0..3,
            ),
        ) {
            let tool = if handles { &tools_with_handle()[at] } else { &tools()[at] };
            let arguments: Map<String, Value> = arguments.into_iter().collect();
            let validator = jsonschema::draft202012::new(&tool.input_schema).expect("the schema compiles");
            let accepted = parse_call(None, tool.name, &arguments, handles).is_ok();
            let valid = validator.is_valid(&Value::Object(arguments.clone()));
            prop_assert_eq!(accepted, valid, "{} {:?}", tool.name, arguments);
        }
    }
}
