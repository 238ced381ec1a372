//! What a model said, as an action. Models are read generously: what can only mean one action is that action.

use serde_json::{Map, Value};

use crate::protocol::{ActionType, ToolUseAction};

use super::completion::{Call, Said, cut};

/// The most places of a text where an object is looked for. With each looked at once, reading stays linear.
const MAX_OBJECTS: usize = 64;
/// Where objects say which action they are.
const NAMES: [&str; 6] = ["action_type", "action", "name", "tool", "tool_name", "function"];
/// Where objects keep an action's arguments, if not beside its name.
const ARGUMENTS: [&str; 7] = ["arguments", "parameters", "args", "input", "action_input", "kwargs", "params"];
/// What objects wrap an action in.
const WRAPPERS: [&str; 6] = ["action", "function", "tool_call", "tool_calls", "next_action", "actions"];
/// Between these models think aloud, and nothing in there is an answer.
const THOUGHTS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];

/// The action in an answer: the first call of a tool, else the first object of the text that reads as one.
///
/// # Errors
/// What is wrong with the answer, for the model to read.
pub(super) fn read_action(said: &Said) -> Result<ToolUseAction, String> {
    match said.calls.first() {
        Some(call) => read_call(call),
        None => read_text(&said.text),
    }
}

/// A text without what was thought aloud.
pub(super) fn drop_thoughts(text: &str) -> String {
    let mut left = text.to_owned();
    for (open, close) in THOUGHTS {
        // Templates of chats may open a thought by themselves: then only its end is in the answer.
        if let Some(end) = left.find(close)
            && left.find(open).is_none_or(|begin| begin > end)
        {
            left.drain(..end + close.len());
        }
        let mut kept = String::with_capacity(left.len());
        let mut rest = left.as_str();
        while let Some((before, thought)) = rest.split_once(open) {
            kept.push_str(before);
            rest = thought.split_once(close).map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        left = kept;
    }
    left
}

fn read_call(call: &Call) -> Result<ToolUseAction, String> {
    let Some(action_type) = parse_name(&call.name) else {
        return Err(format!("There is no tool `{}`. {}", cut(&call.name, 64), render_names()));
    };
    let arguments = call.arguments.trim();
    let object = match arguments {
        "" | "null" => Map::new(),
        _ => match parse_object(arguments) {
            Some(object) => object,
            None => return Err(format!("The arguments of `{}` are no JSON object.", action_type.as_str())),
        },
    };
    read_arguments(action_type, &Value::Object(object))
}

fn read_text(text: &str) -> Result<ToolUseAction, String> {
    let text = drop_thoughts(text);
    let mut problem = None;
    let mut rest = text.as_str();
    for _ in 0..MAX_OBJECTS {
        let Some(at) = rest.find('{') else { break };
        rest = &rest[at..];
        match parse_object(rest).and_then(|object| read_object(&object, 0)) {
            Some(Ok(action)) => return Ok(action),
            Some(Err(why)) => problem = problem.or(Some(why)),
            None => {}
        }
        rest = &rest[1..];
    }
    Err(problem.unwrap_or_else(|| format!("Your answer holds no action. {}", render_names())))
}

/// An object as an action; none where it does not name one.
fn read_object(object: &Map<String, Value>, depth: usize) -> Option<Result<ToolUseAction, String>> {
    let named = NAMES.iter().find_map(|key| {
        let action_type = object.get(*key).and_then(Value::as_str).and_then(parse_name)?;
        let apart = ARGUMENTS.iter().find_map(|key| object.get(*key).filter(|value| !value.is_null()));
        let beside = || Value::Object(object.clone());
        Some(match (apart, action_type.needs()) {
            (Some(value), Some(key)) if !object.contains_key(key) => read_arguments(action_type, value),
            _ => read_arguments(action_type, &beside()),
        })
    });
    named.or_else(|| {
        // Deeper nothing stands by agreement with anybody.
        let wrapped = |value: &Value| match value {
            Value::Object(inner) if depth < 3 => read_object(inner, depth + 1),
            Value::Array(list) if depth < 3 => {
                list.first()?.as_object().and_then(|inner| read_object(inner, depth + 1))
            }
            _ => None,
        };
        WRAPPERS.iter().find_map(|key| object.get(*key).and_then(wrapped))
    })
}

/// An action with the one argument that it needs, out of an object, a text that is one, or the bare text.
fn read_arguments(action_type: ActionType, arguments: &Value) -> Result<ToolUseAction, String> {
    let Some(key) = action_type.needs() else { return Ok(ToolUseAction::new(action_type, None)) };
    let found = match arguments {
        Value::Object(object) => object.get(key).and_then(Value::as_str).map(str::to_owned),
        Value::String(text) => match parse_object(text.trim()) {
            Some(object) => object.get(key).and_then(Value::as_str).map(str::to_owned),
            None => Some(text.clone()),
        },
        _ => None,
    };
    match found {
        Some(argument) => Ok(ToolUseAction::new(action_type, Some(argument))),
        None => Err(format!("`{}` needs `{key}`, a text.", action_type.as_str())),
    }
}

/// An action by its name, also with a prefix that some models put before tools.
fn parse_name(name: &str) -> Option<ActionType> {
    let name = name.trim().rsplit(['.', ':', '/']).next().unwrap_or_default();
    ActionType::ALL.into_iter().find(|action_type| action_type.as_str().eq_ignore_ascii_case(name))
}

fn render_names() -> String {
    let names = ActionType::ALL.map(|action_type| format!("`{}`", action_type.as_str()));
    format!("The actions are {}.", names.join(", "))
}

/// The object that a text begins with, whatever follows. Line breaks within its texts, which JSON forbids and models
/// write, count as such.
fn parse_object(text: &str) -> Option<Map<String, Value>> {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let mut json = String::new();
    for c in text.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_text => is_escaped = true,
            '"' => in_text = !in_text,
            '\n' | '\r' | '\t' if in_text => {
                json.push_str(match c {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    _ => "\\t",
                });
                continue;
            }
            '{' if !in_text => depth += 1,
            '}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        json.push(c);
        if depth == 0 {
            break;
        }
    }
    if depth > 0 { None } else { serde_json::from_str(&json).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(&str, Option<&str>), &str>) {
        compare(&Said { text: text.to_owned(), calls: Vec::new() }, expect);
    }

    fn check_call(name: &str, arguments: &str, expect: Result<(&str, Option<&str>), &str>) {
        let call = |name: &str, arguments: &str| Call {
            id: "1".to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        };
        let calls = vec![call(name, arguments), call("submit_resolution", "{\"resolution_code\":\"late\"}")];
        compare(&Said { text: "{\"action_type\":\"review_ticket\"}".to_owned(), calls }, expect);
    }

    fn compare(said: &Said, expect: Result<(&str, Option<&str>), &str>) {
        match (read_action(said), expect) {
            (Ok(action), Ok(expect)) => {
                assert_eq!((action.action_type.as_str(), action.argument()), expect, "{said:?}");
            }
            (Err(why), Err(part)) => assert!(why.contains(part), "{said:?}: {why}"),
            (found, _) => panic!("{said:?}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn reads_calls_of_tools() {
        check_call("review_ticket", "", Ok(("review_ticket", None)));
        check_call("review_ticket", "null", Ok(("review_ticket", None)));
        check_call("review_ticket", "{\"reason\":\"to begin\"}", Ok(("review_ticket", None)));
        check_call(
            " functions.inspect_artifact",
            "{\"artifact_id\":\"order\"}",
            Ok(("inspect_artifact", Some("order"))),
        );
        check_call("draft_reply", "{\"message\":\"one\ntwo\"}", Ok(("draft_reply", Some("one\ntwo"))));
        check_call("draft_reply", "{\"message\":5}", Err("needs `message`"));
        check_call("draft_reply", "", Err("needs `message`"));
        check_call("draft_reply", "{\"message\":", Err("no JSON object"));
        check_call("draft_reply", "[1]", Err("no JSON object"));
        check_call("refund", "{}", Err("no tool `refund`"));
    }

    #[test]
    fn reads_texts_of_all_forms() {
        let order = Ok(("inspect_artifact", Some("order")));
        check("{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}", order);
        check("```json\n{\"action_type\": \"inspect_artifact\", \"artifact_id\": \"order\"}\n```\nThat is it.", order);
        check(
            "I {think} so: {\"a\":1} {\"thought\":\"x\",\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}",
            order,
        );
        check(
            "<tool_call>\n{\"name\":\"inspect_artifact\",\"arguments\":{\"artifact_id\":\"order\"}}\n</tool_call>",
            order,
        );
        check(
            "[TOOL_CALLS] [{\"name\":\"inspect_artifact\",\"arguments\":\"{\\\"artifact_id\\\":\\\"order\\\"}\"}]",
            order,
        );
        check("{\"action\":\"inspect_artifact\",\"action_input\":\"order\"}", order);
        check("{\"action\":{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}}", order);
        check(
            "{\"tool_calls\":[{\"function\":{\"name\":\"inspect_artifact\",\"arguments\":{\"artifact_id\":\"order\"}}}]}",
            order,
        );
        check(
            "{\"thoughts\":\"}{\",\"plan\":{\"do\":{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}}}",
            order,
        );
        check(
            "{\"action_type\":\"draft_reply\",\"message\":\"Dear,\n\n\\\"you\\\"\n\"}",
            Ok(("draft_reply", Some("Dear,\n\n\"you\"\n"))),
        );
        check("{\"action_type\":\"review_ticket\",\"artifact_id\":null}", Ok(("review_ticket", None)));
    }

    #[test]
    fn tells_what_is_wrong_with_a_text() {
        check("", Err("no action"));
        check("I would review the ticket.", Err("`review_ticket`, `inspect_artifact`"));
        check("{\"action_type\":\"refund\"}", Err("no action"));
        check("{\"action_type\":\"search_policy\",\"q\":\"x\"}", Err("needs `query`"));
        check("{\"action_type\":\"draft_reply\",\"message\":\"cut of", Err("no action"));
        check("{\"action_type\":\"draft_reply\",\"message\":[1]}", Err("needs `message`"));
    }

    #[test]
    fn thoughts_are_no_answers() {
        let order = "{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"order\"}";
        let other = "{\"action_type\":\"review_ticket\"}";
        let expect = Ok(("inspect_artifact", Some("order")));
        check(&format!("<think>{other}</think>{order}"), expect);
        check(&format!("{other}</think>{order}"), expect);
        check(&format!("<thinking>a</thinking><think>{other}</think>{order}<think>{other}"), expect);
        check(&format!("<think>{order}"), Err("no action"));
    }

    #[test]
    fn hostile_texts_are_read_in_bounds() {
        check(&"{".repeat(100_000), Err("no action"));
        check(&"{\"a\":".repeat(20_000), Err("no action"));
        check(&"<think>".repeat(20_000), Err("no action"));
        check(&format!("{}{}", "{}".repeat(MAX_OBJECTS), "{\"action_type\":\"review_ticket\"}"), Err("no action"));
    }
}
