//! HTTP bodies: bytes in, requests or errors out.

use super::action::ToolUseAction;
use super::error::{ErrorItem, ValidationErrors};
use super::fields::Fields;
use super::json::{Json, parse_json_bytes};
use super::{ActionType, Difficulty, ResetRequest};

/// The longest id that a client may choose, in characters: OpenEnv's limit for episodes.
const MAX_CLIENT_ID_CHARS: usize = 255;
/// The longest step deadline, in seconds: a year. Longer ones, infinity included, count as this.
const MAX_TIMEOUT_S: f64 = 31_536_000.0;

/// What `POST /reset` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResetBody {
    /// Which episode to begin.
    pub request: ResetRequest,
    /// The session to begin it in.
    pub session_id: Option<String>,
}

/// What `POST /step` asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRequest {
    /// What to do.
    pub action: ToolUseAction,
    /// The step's deadline in seconds: above 0 and at most a year.
    pub timeout_s: Option<f64>,
    /// The client's own name for the request.
    pub request_id: Option<String>,
    /// The session to do it in.
    pub session_id: Option<String>,
}

/// Reads the body of `POST /reset`. An empty one asks for nothing in particular; unknown keys are ignored.
///
/// # Errors
/// Everything that is wrong with it, as a 422 lists it.
pub fn parse_reset_body(content_type: Option<&str>, body: &[u8]) -> Result<ResetBody, ValidationErrors> {
    if body.is_empty() {
        return Ok(ResetBody::default());
    }
    let json = parse_body(content_type, body)?;
    let mut fields = Fields::of(&json).ok_or_else(|| not_a_body(&json))?;
    let request = parse_reset_fields(&mut fields);
    let session_id = fields.text("session_id", MAX_CLIENT_ID_CHARS);
    match fields.into_errors() {
        errors if errors.is_empty() => Ok(ResetBody { request, session_id }),
        errors => Err(ValidationErrors::body(errors)),
    }
}

/// Reads the body of `POST /step`; unknown keys beside `action` are ignored.
///
/// # Errors
/// Everything that is wrong with the request, or else with the action in it, as a 422 lists it.
pub fn parse_step_body(content_type: Option<&str>, body: &[u8]) -> Result<StepRequest, ValidationErrors> {
    if body.is_empty() {
        return Err(ValidationErrors::body(vec![ErrorItem::new("missing", "Field required", &Json::Null)]));
    }
    let json = parse_body(content_type, body)?;
    let mut fields = Fields::of(&json).ok_or_else(|| not_a_body(&json))?;
    let action = fields.required_object("action");
    let timeout_s = fields.positive("timeout_s").map(|seconds| seconds.min(MAX_TIMEOUT_S));
    let request_id = fields.text("request_id", MAX_CLIENT_ID_CHARS);
    let session_id = fields.text("session_id", MAX_CLIENT_ID_CHARS);
    let errors = fields.into_errors();
    match action {
        Some(action) if errors.is_empty() => {
            Ok(StepRequest { action: parse_action(action)?, timeout_s, request_id, session_id })
        }
        _ => Err(ValidationErrors::body(errors)),
    }
}

/// Reads the fields of a reset, wherever they stand.
pub(super) fn parse_reset_fields(fields: &mut Fields<'_, '_>) -> ResetRequest {
    let difficulties = Difficulty::ALL.map(Difficulty::as_str);
    ResetRequest {
        seed: fields.int("seed", 0).and_then(|seed| u64::try_from(seed).ok()),
        episode_id: fields.text("episode_id", MAX_CLIENT_ID_CHARS),
        task_id: fields.text("task_id", usize::MAX),
        split: fields.text("split", usize::MAX),
        index: fields.int("index", i64::MIN),
        difficulty: fields.literal("difficulty", &difficulties, false).map(|at| difficulties[at].to_owned()),
    }
}

/// Reads an action.
pub(super) fn parse_action(json: &Json<'_>) -> Result<ToolUseAction, ValidationErrors> {
    const KEYS: [&str; 6] = ["metadata", "action_type", "artifact_id", "query", "message", "resolution_code"];
    let mut fields = Fields::of(json).expect("callers hand over objects only");
    let metadata = fields.object("metadata").and_then(|metadata| match metadata {
        Json::Object(object) => Some(object.to_map()),
        _ => None,
    });
    let action_type = fields.literal("action_type", &ActionType::ALL.map(ActionType::as_str), true);
    let artifact_id = fields.text("artifact_id", usize::MAX);
    let query = fields.text("query", usize::MAX);
    let message = fields.text("message", usize::MAX);
    let resolution_code = fields.text("resolution_code", usize::MAX);
    fields.forbid_others(&KEYS);
    match (action_type, fields.into_errors()) {
        (Some(at), errors) if errors.is_empty() => Ok(ToolUseAction {
            action_type: ActionType::ALL[at],
            artifact_id,
            query,
            message,
            resolution_code,
            metadata,
        }),
        (_, errors) => Err(ValidationErrors::action(errors)),
    }
}

fn parse_body<'a>(content_type: Option<&str>, body: &'a [u8]) -> Result<Json<'a>, ValidationErrors> {
    if content_type.is_some_and(is_json) {
        return parse_json_bytes(body).map_err(|error| ValidationErrors::json(&error));
    }
    // What is not declared to be JSON is text, as upstream, and a text is no request.
    let text = String::from_utf8_lossy(&body[..body.len().min(super::error::MAX_ECHO_CHARS * 4)]);
    Err(not_a_body(&Json::Text(text)))
}

/// Whether this media type is JSON: `application/json` or `application/<any>+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

fn not_a_body(json: &Json<'_>) -> ValidationErrors {
    let msg = "Input should be a valid dictionary or object to extract fields from";
    ValidationErrors::body(vec![ErrorItem::new("model_attributes_type", msg, json)])
}
