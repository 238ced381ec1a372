//! The Open Reward Standard: what its clients send, and the blocks of text that they get back.

use serde::Serialize;
use serde_json::{Map, Value};

use super::body::parse_body_fields;
use super::error::{ErrorItem, LocPart, ValidationErrors};
use super::fields::{Fields, not_an_object};
use super::json::Json;
use super::{ActionType, TaskPlace, tools};

/// What `POST /create` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateBody {
    /// The environment; the server's only one where it is absent.
    pub env_name: Option<String>,
    /// The task to begin.
    pub task: TaskChoice,
    /// A set of tools to add to the environment's own.
    pub toolset_name: Option<String>,
}

/// How a task is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskChoice {
    /// By its public spec, of which the id counts.
    Id(String),
    /// By its place in a split.
    Place(TaskPlace),
}

/// What `POST /{env_name}/call` asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct CallBody {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub input: Map<String, Value>,
    /// The call whose answer is asked for once more; a new call where it is absent.
    pub task_id: Option<String>,
}

/// Reads the body of `POST /create`. Secrets are for environments that call other services: they are checked, and left.
///
/// # Errors
/// Everything that is wrong with it, as a 422 lists it.
pub fn parse_create_body(content_type: Option<&str>, body: &[u8]) -> Result<CreateBody, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let env_name = fields.text("env_name", usize::MAX);
        let spec = fields.get("task_spec").filter(|spec| **spec != Json::Null);
        let id = spec.and_then(|spec| parse_spec(fields, spec));
        let (split, index) = (fields.text("split", usize::MAX), fields.int("index", i64::MIN));
        check_secrets(fields);
        let toolset_name = fields.text("toolset_name", usize::MAX);
        fields.forbid_others(&["env_name", "task_spec", "split", "index", "secrets", "toolset_name"]);
        if fields.has_errors() {
            return None;
        }
        let task = match (spec.is_some(), split, index) {
            (true, None, None) => TaskChoice::Id(id?),
            (false, Some(split), Some(index)) => TaskChoice::Place(TaskPlace { split, index }),
            (true, Some(_), None) | (true, None, Some(_)) => {
                return refuse_choice(fields, "split and index must both be provided together");
            }
            _ => return refuse_choice(fields, "Provide either task_spec or both split and index, not both/neither"),
        };
        Some(CreateBody { env_name, task, toolset_name })
    })
}

/// Reads the body of `POST /{env_name}/call`.
///
/// # Errors
/// As [`parse_create_body`]. Arguments that break the tool's schema are none: the answer to the call tells of them.
pub fn parse_call_body(content_type: Option<&str>, body: &[u8]) -> Result<CallBody, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let name = fields.required_text("name");
        let input = match fields.required_object("input") {
            Some(Json::Object(input)) => Some(input.to_map()),
            _ => None,
        };
        let task_id = fields.text("task_id", usize::MAX);
        fields.forbid_others(&["name", "input", "task_id"]);
        Some(CallBody { name: name?, input: input?, task_id })
    })
}

fn parse_spec(fields: &mut Fields<'_, '_>, spec: &Json<'_>) -> Option<String> {
    let Some(mut inner) = Fields::of(spec) else {
        fields.push(not_an_object(spec).at("task_spec"));
        return None;
    };
    let id = inner.required_text("id");
    for error in inner.into_errors() {
        fields.push(error.within([LocPart::Key("task_spec".into())]));
    }
    id
}

fn check_secrets(fields: &mut Fields<'_, '_>) {
    let Some(secrets) = fields.get("secrets").filter(|secrets| **secrets != Json::Null) else { return };
    let Json::Object(object) = secrets else {
        // What was sent may be the secret itself, and is not repeated.
        fields.push(not_an_object(&Json::Null).at("secrets"));
        return;
    };
    for (key, value) in object.settled() {
        if !matches!(value, Json::Text(_)) {
            let error = ErrorItem::new("string_type", "Input should be a valid string", &Json::Null).at(key);
            fields.push(error.within([LocPart::Key("secrets".into())]));
        }
    }
}

fn refuse_choice<T>(fields: &mut Fields<'_, '_>, what: &str) -> Option<T> {
    let error = ErrorItem::new("value_error", format!("Value error, {what}"), &Json::Null);
    fields.push(error.with_ctx("error", Value::Object(Map::new())));
    None
}

/// The tools of a session, as `GET /{env_name}/tools` lists them: the five actions. Their schemas come without examples,
/// which providers of models refuse and which may happen to be the answer to some task.
pub fn ors_tools() -> Vec<u8> {
    #[derive(Serialize)]
    struct Listed<'a> {
        name: &'a str,
        description: &'a str,
        input_schema: Value,
    }
    #[derive(Serialize)]
    struct List<'a> {
        tools: Vec<Listed<'a>>,
    }
    let actions = tools().iter().filter(|tool| ActionType::ALL.iter().any(|action| action.as_str() == tool.name));
    let tools = actions
        .map(|tool| {
            let mut input_schema = tool.input_schema.clone();
            for argument in input_schema["properties"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
                argument.as_object_mut().and_then(|argument| argument.shift_remove("examples"));
            }
            Listed { name: tool.name, description: &tool.description, input_schema }
        })
        .collect();
    render(&List { tools })
}

/// A piece of an answer. Ours are all text.
#[derive(Serialize)]
struct Block<'a> {
    r#type: &'static str,
    text: &'a str,
    detail: Option<()>,
}

impl<'a> Block<'a> {
    fn of(text: &'a str) -> [Block<'a>; 1] {
        [Block { r#type: "text", text, detail: None }]
    }
}

/// The body of `GET /{env_name}/prompt`.
pub fn render_prompt(text: &str) -> Vec<u8> {
    render(&Block::of(text))
}

/// The body of `GET /{env_name}/messages`: the prompt, as said by the user.
pub fn render_messages(text: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a> {
        role: &'static str,
        blocks: [Block<'a>; 1],
        detail: Option<()>,
    }
    render(&[Message { role: "user", blocks: Block::of(text), detail: None }])
}

/// The answer to a call that was carried out.
pub fn render_call_output(text: &str, reward: Option<f64>, finished: bool) -> String {
    #[derive(Serialize)]
    struct Output<'a> {
        blocks: [Block<'a>; 1],
        metadata: Option<()>,
        reward: Option<f64>,
        finished: bool,
    }
    #[derive(Serialize)]
    struct Success<'a> {
        ok: bool,
        output: Output<'a>,
    }
    let output = Output { blocks: Block::of(text), metadata: None, reward, finished };
    serde_json::to_string(&Success { ok: true, output }).expect("answers are plain JSON")
}

/// The answer to a call that was not: an unknown tool, or arguments that break its schema.
pub fn render_call_failure(error: &str) -> String {
    #[derive(Serialize)]
    struct Failure<'a> {
        ok: bool,
        error: &'a str,
    }
    serde_json::to_string(&Failure { ok: false, error }).expect("answers are plain JSON")
}

fn render(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("answers are plain JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JSON: Option<&str> = Some("application/json");

    /// The choice, or the errors as `type@place`.
    fn check(body: Value, expect: Result<TaskChoice, &str>) {
        match (parse_create_body(JSON, body.to_string().as_bytes()), expect) {
            (Ok(found), Ok(expect)) => assert_eq!(found.task, expect, "{body}"),
            (Err(errors), Err(expect)) => assert_eq!(errors.summary(), expect, "{body}"),
            (found, _) => panic!("{body}: {found:?}"),
        }
    }

    #[test]
    fn a_session_is_created_by_one_choice() {
        let place = |index| Ok(TaskChoice::Place(TaskPlace { split: "test".to_owned(), index }));
        check(json!({ "split": "test", "index": -1 }), place(-1));
        check(json!({ "split": "test", "index": 0, "task_spec": null, "secrets": { "K": "v" } }), place(0));
        check(json!({ "task_spec": { "id": "a", "more": [1] }, "env_name": "e" }), Ok(TaskChoice::Id("a".to_owned())));
        let neither = "Value error, Provide either task_spec or both split and index, not both/neither";
        let together = "Value error, split and index must both be provided together";
        check(json!({}), Err(neither));
        check(json!({ "task_spec": { "id": "a" }, "split": "test", "index": 0 }), Err(neither));
        check(json!({ "split": "test" }), Err(neither));
        check(json!({ "task_spec": { "id": "a" }, "index": 0 }), Err(together));
        check(json!({ "task_spec": {} }), Err("task_spec.id: Field required"));
        check(json!({ "task_spec": "a" }), Err("task_spec: Input should be a valid dictionary"));
        check(json!({ "task_spec": { "id": null } }), Err("task_spec.id: Input should be a valid string"));
        check(json!({ "split": "test", "index": 0, "x": 1, "secrets": { "K": 5 } }), {
            Err("secrets.K: Input should be a valid string; x: Extra inputs are not permitted (known: env_name, \
                 task_spec, split, index, secrets, toolset_name)")
        });
    }

    #[test]
    fn no_secret_is_repeated() {
        for secrets in [json!("hunter2"), json!(["hunter2"]), json!({ "K": ["hunter2"] })] {
            for body in [json!({ "secrets": secrets }), json!({ "secrets": secrets, "split": "test", "index": 0 })] {
                let errors = parse_create_body(JSON, body.to_string().as_bytes()).expect_err("no secrets");
                assert!(!String::from_utf8_lossy(&errors.render_http()).contains("hunter2"), "{body}");
            }
        }
        let unchosen = parse_create_body(JSON, br#"{"secrets":{"K":"hunter2"}}"#).expect_err("no choice");
        assert!(!String::from_utf8_lossy(&unchosen.render_http()).contains("hunter2"));
    }

    #[test]
    fn calls_have_a_name_and_an_object() {
        let parse = |body: &str| parse_call_body(JSON, body.as_bytes()).map_err(|errors| errors.summary());
        let input = Map::from_iter([("a".to_owned(), json!({ "b": 1 }))]);
        let call = CallBody { name: "n".to_owned(), input, task_id: Some("t".to_owned()) };
        assert_eq!(parse(r#"{"name":"n","input":{"a":{"b":1}},"task_id":"t"}"#), Ok(call));
        for (body, expect) in [
            ("{}", "name: Field required; input: Field required"),
            (r#"{"name":"n","input":null}"#, "input: Input should be a valid dictionary"),
            (r#"{"name":1,"input":{}}"#, "name: Input should be a valid string"),
            (
                r#"{"name":"n","input":{},"arguments":{}}"#,
                "arguments: Extra inputs are not permitted (known: name, input, task_id)",
            ),
        ] {
            assert_eq!(parse(body), Err(expect.to_owned()), "{body}");
        }
    }

    #[test]
    fn the_five_actions_are_listed() {
        let list: Value = serde_json::from_slice(&ors_tools()).expect("JSON");
        let tools = list["tools"].as_array().expect("a list");
        let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert_eq!(names, ActionType::ALL.map(ActionType::as_str));
        for tool in tools {
            assert_eq!(tool.as_object().map(|tool| tool.len()), Some(3), "{tool}");
            assert_eq!(tool["input_schema"]["type"], "object");
            assert!(!tool.to_string().contains("examples"), "{tool}");
        }
    }
}
