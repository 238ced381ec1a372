//! The bodies of the playground's own routes.

use super::body::{parse_action, parse_body_fields, parse_reset_fields};
use super::error::{ErrorItem, LocPart, ValidationErrors};
use super::fields::Fields;
use super::json::Json;
use super::{ResetRequest, ToolUseAction};

/// The most actions of an episode that is played again: as many as a task may allow.
pub const MAX_REPLAYED_ACTIONS: usize = 1_000;
/// The longest text of an author, in characters.
pub(super) const MAX_AUTHOR_CHARS: usize = 128 * 1024;
/// The longest path of a file, in characters.
const MAX_PATH_CHARS: usize = 1_024;

/// What `POST /web/replay` asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayBody {
    /// Which episode to begin.
    pub request: ResetRequest,
    /// What to do in it, in order.
    pub actions: Vec<ToolUseAction>,
}

/// What an author's page asks to have looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorBody {
    /// A task's file.
    pub task: String,
    /// The manifest of its pack; the one of the template where it is `None`.
    pub pack: Option<String>,
    /// A reply to the task.
    pub reply: Option<String>,
}

/// What `PUT /web/author/file` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditBody {
    /// The file, as the list names it.
    pub path: String,
    /// What is to stand in it.
    pub text: String,
    /// The digest of what stood there when it was read; `None` for a new file.
    pub if_digest: Option<String>,
}

/// Reads the body of `POST /web/replay`.
///
/// # Errors
/// Everything that is wrong with it, as a 422 lists it.
pub fn parse_replay_body(content_type: Option<&str>, body: &[u8]) -> Result<ReplayBody, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let reset = fields.object("reset").and_then(Fields::of);
        let request = reset.map(|mut reset| {
            let request = parse_reset_fields(&mut reset);
            let errors = reset.into_errors().into_iter().map(|error| error.within([key("reset")]));
            errors.for_each(|error| fields.push(error));
            request
        });
        let actions = match fields.get("actions") {
            Some(Json::List(items)) if items.len() > MAX_REPLAYED_ACTIONS => {
                let message = format!("List should have at most {MAX_REPLAYED_ACTIONS} items after validation");
                fields.push(ErrorItem::new("too_long", message, &Json::Null).at("actions"));
                None
            }
            Some(Json::List(items)) => {
                let mut actions = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    match parse_action_value(item) {
                        Ok(action) => actions.push(action),
                        Err(errors) => {
                            let placed =
                                errors.into_iter().map(|error| error.within([key("actions"), LocPart::Index(at)]));
                            placed.for_each(|error| fields.push(error));
                        }
                    }
                }
                Some(actions)
            }
            Some(other) => {
                fields.push(ErrorItem::new("list_type", "Input should be a valid list", other).at("actions"));
                None
            }
            None => {
                fields.miss("actions");
                None
            }
        };
        Some(ReplayBody { request: request.unwrap_or_default(), actions: actions? })
    })
}

/// Reads the body of the author's routes; `with_reply` says whether they need a reply.
///
/// # Errors
/// Everything that is wrong with it, as a 422 lists it.
pub fn parse_author_body(
    content_type: Option<&str>,
    body: &[u8],
    with_reply: bool,
) -> Result<AuthorBody, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let task = required_text(fields, "task", MAX_AUTHOR_CHARS);
        let pack = fields.text("pack", MAX_AUTHOR_CHARS);
        let reply = match with_reply {
            true => Some(required_text(fields, "reply", MAX_AUTHOR_CHARS)?),
            false => None,
        };
        Some(AuthorBody { task: task?, pack, reply })
    })
}

/// Reads the body of `PUT /web/author/file`.
///
/// # Errors
/// Everything that is wrong with it, as a 422 lists it.
pub fn parse_edit_body(content_type: Option<&str>, body: &[u8]) -> Result<EditBody, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let path = required_text(fields, "path", MAX_PATH_CHARS);
        let text = required_text(fields, "text", MAX_AUTHOR_CHARS);
        let if_digest = fields.text("if_digest", MAX_PATH_CHARS);
        Some(EditBody { path: path?, text: text?, if_digest })
    })
}

fn parse_action_value(value: &Json<'_>) -> Result<ToolUseAction, Vec<ErrorItem>> {
    match value {
        Json::Object(_) => parse_action(value).map_err(ValidationErrors::into_items),
        other => Err(vec![super::fields::not_an_object(other)]),
    }
}

/// A text that has to be there.
fn required_text(fields: &mut Fields<'_, '_>, name: &'static str, max_chars: usize) -> Option<String> {
    match fields.get(name) {
        None => {
            fields.miss(name);
            None
        }
        Some(Json::Null) => {
            fields.push(ErrorItem::new("string_type", "Input should be a valid string", &Json::Null).at(name));
            None
        }
        Some(_) => fields.text(name, max_chars),
    }
}

fn key(name: &'static str) -> LocPart {
    LocPart::Key(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");

    /// The body of the 422, or `ok`.
    fn check<T>(found: Result<T, ValidationErrors>, expect: &[&str]) {
        let found =
            found.map_or_else(|errors| String::from_utf8(errors.render_http()).expect("a text"), |_| "ok".to_owned());
        assert!(expect.iter().all(|part| found.contains(part)), "{found} does not hold {expect:?}");
    }

    #[test]
    fn a_wrong_action_is_named_by_its_place() {
        let replay = |body: &str| parse_replay_body(JSON, body.as_bytes());
        check(replay(r#"{"actions":[]}"#), &["ok"]);
        check(replay(r#"{"reset":{"task_id":"t"},"actions":[{"action_type":"review_ticket"}]}"#), &["ok"]);
        check(replay(r#"{"reset":{"seed":"x"},"actions":[]}"#), &[r#"["body","reset","seed"]"#]);
        let wrong = r#"{"actions":[{"action_type":"review_ticket"},{"action_type":"dance"},7]}"#;
        check(replay(wrong), &[r#"["body","actions",1,"action_type"]"#, r#"["body","actions",2]"#]);
        check(replay(r#"{"reset":7,"actions":{}}"#), &[r#"["body","reset"]"#, r#"["body","actions"]"#]);
        check(replay("{}"), &["missing"]);
        let many = format!(r#"{{"actions":[{}0]}}"#, "0,".repeat(MAX_REPLAYED_ACTIONS));
        check(replay(&many), &["too_long"]);
    }

    #[test]
    fn texts_of_authors_are_bounded() {
        let author = |body: &str| parse_author_body(JSON, body.as_bytes(), true);
        check(author(r#"{"task":"","reply":""}"#), &["ok"]);
        check(author(r#"{"task":null,"reply":1}"#), &["task", "reply"]);
        check(author(r#"{"task":""}"#), &["missing"]);
        check(author("[]"), &["model_attributes_type"]);
        check(author(""), &["missing"]);
        let long = "x".repeat(MAX_AUTHOR_CHARS + 1);
        check(author(&format!(r#"{{"task":"{long}","reply":""}}"#)), &["string_too_long"]);
        check(parse_edit_body(JSON, br#"{"path":"a","text":"","if_digest":null}"#), &["ok"]);
    }
}
