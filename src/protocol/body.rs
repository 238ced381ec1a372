//! HTTP bodies: bytes in, requests or errors out.

use super::action::ToolUseAction;
use super::error::{ErrorItem, ValidationErrors};
use super::fields::Fields;
use super::json::{Json, parse_json_bytes};
use super::tool_step::parse_step_action;
use super::{ActionType, Difficulty, ResetRequest, StepAction};

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
    pub action: StepAction,
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
            Ok(StepRequest { action: parse_step_action(action)?, timeout_s, request_id, session_id })
        }
        _ => Err(ValidationErrors::body(errors)),
    }
}

/// Reads a body that has to be an object.
pub(super) fn parse_body_fields<T>(
    content_type: Option<&str>,
    body: &[u8],
    read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
) -> Result<T, ValidationErrors> {
    if body.is_empty() {
        return Err(ValidationErrors::body(vec![ErrorItem::new("missing", "Field required", &Json::Null)]));
    }
    let json = parse_body(content_type, body)?;
    let mut fields = Fields::of(&json).ok_or_else(|| not_a_body(&json))?;
    let found = read(&mut fields);
    match (found, fields.into_errors()) {
        (Some(found), errors) if errors.is_empty() => Ok(found),
        (_, errors) => Err(ValidationErrors::body(errors)),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const JSON: Option<&str> = Some("application/json");

    /// The types of the errors, or `ok`.
    fn check(found: Result<impl Sized, ValidationErrors>, expect: &str) {
        let found = match found {
            Ok(_) => "ok".to_owned(),
            Err(errors) => errors.items().iter().map(ErrorItem::kind).collect::<Vec<_>>().join(" "),
        };
        assert_eq!(found, expect);
    }

    #[test]
    fn only_declared_json_is_json() {
        for (content_type, expect) in [
            (JSON, "ok"),
            (Some("Application/JSON ; charset=utf-8"), "ok"),
            (Some("application/problem+json"), "ok"),
            (Some("text/json"), "model_attributes_type"),
            (Some("application/jsonx"), "model_attributes_type"),
            (Some(""), "model_attributes_type"),
            (None, "model_attributes_type"),
        ] {
            check(parse_reset_body(content_type, b"{}"), expect);
        }
        check(parse_reset_body(None, b""), "ok");
        check(parse_step_body(JSON, b""), "missing");
    }

    #[test]
    fn reads_all_that_a_reset_may_hold() {
        let body = json!({
            "task_id": "t", "seed": 9_223_372_036_854_775_807_u64, "episode_id": "e", "split": "test", "index": -1,
            "difficulty": "hard", "session_id": "s", "render": { "any": ["thing"] },
        });
        let request = ResetRequest {
            task_id: Some("t".to_owned()),
            seed: Some(i64::MAX as u64),
            episode_id: Some("e".to_owned()),
            split: Some("test".to_owned()),
            index: Some(-1),
            difficulty: Some("hard".to_owned()),
        };
        let expect = ResetBody { request, session_id: Some("s".to_owned()) };
        assert_eq!(parse_reset_body(JSON, body.to_string().as_bytes()).ok(), Some(expect));
    }

    #[test]
    fn a_deadline_fits_a_clock() {
        for (sent, expect) in [("5", 5.0), ("\"0.5\"", 0.5), ("1e300", MAX_TIMEOUT_S), ("\"inf\"", MAX_TIMEOUT_S)] {
            let body = format!(r#"{{"action":{{"action_type":"review_ticket"}},"timeout_s":{sent}}}"#);
            assert_eq!(
                parse_step_body(JSON, body.as_bytes()).ok().and_then(|step| step.timeout_s),
                Some(expect),
                "{sent}"
            );
        }
        check(
            parse_step_body(JSON, br#"{"action":{"action_type":"review_ticket"},"timeout_s":"nan"}"#),
            "greater_than",
        );
    }

    #[test]
    fn an_answer_stays_small() {
        let long = "\u{1}".repeat(5_000);
        let keys: serde_json::Map<String, Value> = (0..2_000)
            .map(|at| (format!("{at}{long}"), json!({ &long: [long, long, long, long, long] })))
            .take(64)
            .collect();
        let mut action = Value::Object(keys);
        action["message"] = json!([long]);
        let errors =
            parse_step_body(JSON, json!({ "action": action }).to_string().as_bytes()).expect_err("unknown keys");
        assert!(errors.render_http().len() < 64 * 1024, "{}", errors.render_http().len());
        assert!(errors.summary().len() < 16 * 1024, "{}", errors.summary().len());
    }

    /// One field's value: mostly of the right kind.
    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            proptest::sample::select(vec!["review_ticket", "submit_resolution", "order", "", "dance"])
                .prop_map(Value::from),
            Just(Value::Null),
            Just(json!({ "a": 1 })),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(json!([])),
        ]
    }

    proptest! {
        #[test]
        fn the_schema_says_which_actions_are_accepted(
            fields in proptest::collection::btree_map(
                prop_oneof![
                    4 => Just("action_type".to_owned()),
                    4 => proptest::sample::select(vec!["artifact_id", "query", "message", "resolution_code", "metadata"])
                        .prop_map(str::to_owned),
                    1 => "[a-z]{1,3}",
                ],
                any_value(),
                0..4,
            ),
        ) {
            let action = json!(fields);
            let schema = crate::protocol::action_schema();
            let valid = jsonschema::draft202012::new(&schema).expect("the schema compiles").is_valid(&action);
            let accepted = parse_step_body(JSON, json!({ "action": action }).to_string().as_bytes()).is_ok();
            prop_assert_eq!(accepted, valid, "{}", action);
        }

        #[test]
        fn no_bytes_panic_or_swell(bytes in proptest::collection::vec(any::<u8>(), 0..256), text in "\\PC{0,64}") {
            for body in [&bytes[..], text.as_bytes()] {
                for content_type in [JSON, None] {
                    let reset = parse_reset_body(content_type, body).err().map_or(0, |errors| errors.render_http().len());
                    let step = parse_step_body(content_type, body).err().map_or(0, |errors| errors.render_http().len());
                    prop_assert!(reset.max(step) < 4_096);
                }
            }
        }
    }
}
