//! What was wrong with a request, in the shape of pydantic's errors, which OpenEnv clients expect.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::ResetRequest;
use super::json::{Json, JsonError};

/// The version of pydantic whose messages and links these are.
const PYDANTIC_ERRORS: &str = "https://errors.pydantic.dev/2.14/v/";
/// The longest text that an error repeats, in characters (spec §8).
pub(super) const MAX_ECHO_CHARS: usize = 200;
/// About how many bytes of a list or an object an error repeats.
const MAX_ECHO_BYTES: usize = 1_000;
/// How many levels of a list or an object an error repeats.
const MAX_ECHO_DEPTH: usize = 6;
/// The most errors in one answer: with the limits above, an answer stays below 64 KiB.
const MAX_ERRORS: usize = 16;
/// The most errors that the one-line message of a frame spells out.
const MAX_MESSAGE_ERRORS: usize = 3;

/// One step of the way to the value at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum LocPart {
    /// A key.
    Key(Cow<'static, str>),
    /// A place in a list or, for broken JSON, in the text, in characters.
    Index(usize),
}

/// One error.
#[derive(Debug, Clone)]
pub struct ErrorItem {
    kind: &'static str,
    loc: Vec<LocPart>,
    msg: Cow<'static, str>,
    input: Box<RawValue>,
    ctx: Option<(&'static str, Value)>,
    /// What would be valid, where pydantic's message does not say: for the one-line message only.
    hint: Option<String>,
}

impl ErrorItem {
    pub(super) fn new(kind: &'static str, msg: impl Into<Cow<'static, str>>, input: &Json<'_>) -> ErrorItem {
        ErrorItem { kind, loc: Vec::new(), msg: msg.into(), input: echo(input), ctx: None, hint: None }
    }

    pub(super) fn at(mut self, key: &str) -> ErrorItem {
        self.loc.push(LocPart::Key(shorten(key).into_owned().into()));
        self
    }

    /// The error of a value that lies within another.
    pub(super) fn within(mut self, outer: impl IntoIterator<Item = LocPart>) -> ErrorItem {
        self.loc.splice(0..0, outer);
        self
    }

    pub(super) fn with_ctx(mut self, key: &'static str, value: impl Into<Value>) -> ErrorItem {
        self.ctx = Some((key, value.into()));
        self
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> ErrorItem {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn missing(key: &str, parent: &Json<'_>) -> ErrorItem {
        ErrorItem::new("missing", "Field required", parent).at(key)
    }

    /// The error's type: one of pydantic's.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The message.
    pub fn msg(&self) -> &str {
        &self.msg
    }

    /// `<loc>: <msg> (<hint>)`.
    fn to_line(&self) -> String {
        let mut line = String::new();
        for part in &self.loc {
            match part {
                LocPart::Key(key) => line.push_str(key),
                LocPart::Index(at) => line.push_str(&at.to_string()),
            }
            line.push('.');
        }
        if line.pop().is_some() {
            line.push_str(": ");
        }
        line.push_str(&self.msg);
        if let Some(hint) = &self.hint {
            line.push_str(&format!(" ({hint})"));
        }
        line
    }
}

/// What the places of errors are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// One of the request's headers.
    Header,
    /// The request's body: over HTTP, places begin with `body` and there are no links.
    Body,
    /// The action in it: places begin at the action, with links.
    Action,
}

/// Everything that was wrong with one request.
#[derive(Debug, Clone)]
pub struct ValidationErrors {
    scope: Scope,
    items: Vec<ErrorItem>,
}

impl ValidationErrors {
    pub(super) fn body(items: Vec<ErrorItem>) -> ValidationErrors {
        ValidationErrors { scope: Scope::Body, items }.cut()
    }

    pub(super) fn action(items: Vec<ErrorItem>) -> ValidationErrors {
        ValidationErrors { scope: Scope::Action, items }.cut()
    }

    fn cut(mut self) -> ValidationErrors {
        self.items.truncate(MAX_ERRORS);
        self
    }

    pub(super) fn json(error: &JsonError) -> ValidationErrors {
        let mut item = ErrorItem::new("json_invalid", "JSON decode error", &Json::Object(Default::default()))
            .with_ctx("error", error.message);
        item.loc.push(LocPart::Index(error.position));
        ValidationErrors::body(vec![item])
    }

    /// The error of a well-shaped reset that names nothing there is: `message` says what would be valid, `field` is the
    /// request's key at fault.
    pub fn select(request: &ResetRequest, field: &'static str, message: &str) -> ValidationErrors {
        let text = |value: &Option<String>| value.as_ref().map_or(Value::Null, |text| shorten(text).into());
        let input = match field {
            "task_id" => text(&request.task_id),
            "split" => text(&request.split),
            "difficulty" => text(&request.difficulty),
            "episode_id" => text(&request.episode_id),
            "index" => request.index.into(),
            "seed" => request.seed.into(),
            _ => Value::Null,
        };
        let mut item = ErrorItem::new("value_error", message.to_owned(), &Json::Null).at(field);
        item.input = serde_json::value::to_raw_value(&input).expect("a text or a number is JSON");
        ValidationErrors::body(vec![item])
    }

    /// The error of a header, `name`, that holds this.
    pub fn header(name: &str, message: &'static str, value: &str) -> ValidationErrors {
        let mut item = ErrorItem::new("value_error", message, &Json::Null).at(name);
        item.input = serde_json::value::to_raw_value(&shorten(value)).expect("a text is JSON");
        ValidationErrors { scope: Scope::Header, items: vec![item] }
    }

    /// The error of a well-shaped `task_spec` whose task there is not: `message` says what would be valid.
    pub fn unknown_spec(id: &str, message: &str) -> ValidationErrors {
        let item = ErrorItem::new("value_error", message.to_owned(), &Json::Text(id.into())).at("task_spec").at("id");
        ValidationErrors::body(vec![item])
    }

    /// The same with this hint on the first error.
    pub(super) fn with_hint(mut self, hint: &str) -> ValidationErrors {
        if let Some(item) = self.items.first_mut() {
            item.hint = Some(hint.to_owned());
        }
        self
    }

    pub(super) fn into_items(self) -> Vec<ErrorItem> {
        self.items
    }

    /// The errors, at most 16.
    pub fn items(&self) -> &[ErrorItem] {
        &self.items
    }

    /// The body of the 422: `{"detail": [...]}`.
    pub fn render_http(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Detail<'a> {
            detail: Vec<Placed<'a>>,
        }
        let (root, links) = match self.scope {
            Scope::Header => (Some("header"), false),
            Scope::Body => (Some("body"), false),
            Scope::Action => (None, true),
        };
        let detail = Detail { detail: self.items.iter().map(|item| Placed { item, root, links }).collect() };
        serde_json::to_vec(&detail).expect("errors are plain JSON")
    }

    /// The errors as an error frame lists them.
    pub(super) fn placed(&self) -> Vec<Placed<'_>> {
        self.items.iter().map(|item| Placed { item, root: None, links: true }).collect()
    }

    /// One line for people: only a frame's message reaches the users of OpenEnv's clients.
    pub fn summary(&self) -> String {
        let lines: Vec<String> = self.items.iter().take(MAX_MESSAGE_ERRORS).map(ErrorItem::to_line).collect();
        let rest = self.items.len() - lines.len();
        let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
        format!("{}{more}", lines.join("; "))
    }
}

/// An error as one transport writes it.
pub(super) struct Placed<'a> {
    item: &'a ErrorItem,
    root: Option<&'static str>,
    links: bool,
}

impl Serialize for Placed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let item = self.item;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", item.kind)?;
        let root = self.root.map(|root| LocPart::Key(root.into()));
        map.serialize_entry("loc", &root.iter().chain(&item.loc).collect::<Vec<_>>())?;
        map.serialize_entry("msg", &item.msg)?;
        map.serialize_entry("input", &item.input)?;
        if let Some((key, value)) = &item.ctx {
            map.serialize_entry("ctx", &serde_json::Map::from_iter([((*key).to_owned(), value.clone())]))?;
        }
        if self.links {
            map.serialize_entry("url", &format!("{PYDANTIC_ERRORS}{}", item.kind))?;
        }
        map.end()
    }
}

/// The first [`MAX_ECHO_CHARS`] characters.
pub(super) fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_ECHO_CHARS) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Borrowed(&text[..end]),
    }
}

/// What was sent, as JSON: long texts cut, big containers shortened.
pub(super) fn echo(value: &Json<'_>) -> Box<RawValue> {
    let mut json = String::new();
    write_echo(value, 0, &mut json);
    RawValue::from_string(json).expect("the echo is written as JSON")
}

fn write_echo(value: &Json<'_>, depth: usize, json: &mut String) {
    match value {
        Json::Null => json.push_str("null"),
        Json::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
        Json::Int(digits) if digits == "-0" => json.push('0'),
        Json::Int(digits) if digits.len() <= MAX_ECHO_CHARS => json.push_str(digits),
        Json::Int(digits) => write_text(digits, json),
        Json::Float(value) => json.push_str(&Value::from(*value).to_string()),
        Json::Text(text) => write_text(text, json),
        Json::List(items) => {
            json.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                if json.len() > MAX_ECHO_BYTES || depth == MAX_ECHO_DEPTH {
                    write_text(CUT, json);
                    break;
                }
                write_echo(item, depth + 1, json);
            }
            json.push(']');
        }
        Json::Object(object) => {
            json.push('{');
            for (at, (key, item)) in object.settled().into_iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                if json.len() > MAX_ECHO_BYTES || depth == MAX_ECHO_DEPTH {
                    write_text(CUT, json);
                    json.push_str(":null");
                    break;
                }
                write_text(key, json);
                json.push(':');
                write_echo(item, depth + 1, json);
            }
            json.push('}');
        }
    }
}

/// Stands for what a cut echo leaves out.
const CUT: &str = "…";

fn write_text(text: &str, json: &mut String) {
    json.push_str(&Value::from(shorten(text)).to_string());
}

#[cfg(test)]
mod tests {
    use crate::protocol::json::parse_json;

    use super::*;

    fn check(sent: &str, expect: &str) {
        assert_eq!(echo(&parse_json(sent).expect("JSON")).get(), expect);
    }

    #[test]
    fn repeats_what_was_sent() {
        for sent in ["null", "[1,-2.5,true]", r#"{"a":{"b":["c\n"]}}"#, "18446744073709551616"] {
            check(sent, sent);
        }
        check("-0", "0");
        check(r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn cuts_what_is_long() {
        let (long, kept) = ("é".repeat(300), "é".repeat(200));
        check(&format!("\"{long}\""), &format!("\"{kept}\""));
        check(&format!(r#"{{"a":"{long}"}}"#), &format!(r#"{{"a":"{kept}"}}"#));
        check(&"9".repeat(300), &format!("\"{}\"", "9".repeat(200)));
        check(&format!("{}1{}", "[".repeat(9), "]".repeat(9)), &format!("{}\"…\"{}", "[".repeat(7), "]".repeat(7)));
        let list = echo(&parse_json(&format!("[{}1]", "1,".repeat(100_000))).expect("JSON"));
        assert!(list.get().len() < 1_100 && list.get().ends_with("1,\"…\"]"), "{}", list.get());
    }

    #[test]
    fn names_the_value_that_selects_nothing() {
        let request = ResetRequest { task_id: Some("mug".to_owned()), index: Some(-9), ..ResetRequest::default() };
        let rendered = |field, message| ValidationErrors::select(&request, field, message).render_http();
        assert_eq!(
            String::from_utf8(rendered("task_id", "unknown task_id `mug`")).expect("text"),
            r#"{"detail":[{"type":"value_error","loc":["body","task_id"],"msg":"unknown task_id `mug`","input":"mug"}]}"#
        );
        assert!(String::from_utf8(rendered("index", "out of range")).expect("text").contains(r#""input":-9"#));
        assert_eq!(ValidationErrors::select(&request, "task_id", "unknown").summary(), "task_id: unknown");
    }
}
