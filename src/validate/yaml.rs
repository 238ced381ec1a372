//! YAML in, a JSON value out, with the scalars that OpenEnv's own reader sees (PyYAML's safe loader, YAML 1.1).

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;
/// Most values that are read: no manifest comes near, and what is read stays small.
const MAX_NODES: usize = 10_000;

/// A collection that is being read, with the key that waits for its value.
enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

/// Reads one document.
///
/// # Errors
/// Why it cannot be read. Anchors, aliases, tags and more than one document are refused: a manifest needs none, and
/// aliases could make a small file large.
pub(super) fn parse_yaml(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let refuse = |what: &str| format!("{what} at line {}", span.start.line());
        let value = match event {
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return Err(refuse("an anchor"));
            }
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return Err(refuse("a tag"));
            }
            Event::Alias(_) => return Err(refuse("an alias")),
            Event::DocumentStart(_) if root.is_some() => return Err(refuse("a second document")),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Map::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(list)) => Some(Value::Array(list)),
                Some(Open::Map(map, _)) => Some(Value::Object(map)),
                None => None,
            },
            Event::Scalar(text, ScalarStyle::Plain, ..) => Some(plain(&text)),
            Event::Scalar(text, ..) => Some(Value::String(text.into_owned())),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                None
            }
        };
        if open.len() > MAX_DEPTH {
            return Err(refuse("nesting that is too deep"));
        }
        let Some(value) = value else { continue };
        nodes += 1;
        if nodes > MAX_NODES {
            return Err(refuse("too many values"));
        }
        match open.last_mut() {
            None => root = Some(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Map(map, key @ None)) => match value {
                Value::String(name) if map.contains_key(&name) => return Err(refuse("a key that stands there twice")),
                Value::String(name) => *key = Some(name),
                _ => return Err(refuse("a key that is no text")),
            },
            Some(Open::Map(map, key @ Some(_))) => {
                map.insert(key.take().unwrap_or_default(), value);
            }
        }
    }
    Ok(root.unwrap_or(Value::Null))
}

/// What a plain scalar stands for. Dates, octal and sexagesimal numbers stay texts: no key of a manifest takes one.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['-', '+']);
    let signs = text.len() - digits.len();
    let is_numeric = signs <= 1 && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if is_numeric && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        let plain = text.trim_start_matches('+').replace('_', "");
        if (digits == "0" || !digits.starts_with('0'))
            && let Ok(number) = plain.parse::<i64>()
        {
            return number.into();
        }
    }
    // YAML 1.1 wants the dot, and a sign after the `e`.
    let exponent = digits.find(['e', 'E']).map(|at| &digits[at + 1..]);
    let is_float = is_numeric && digits.contains('.') && exponent.is_none_or(|rest| rest.starts_with(['+', '-']));
    if is_float && let Some(number) = text.replace('_', "").parse().ok().and_then(Number::from_f64) {
        return Value::Number(number);
    }
    Value::String(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_manifests_hold() {
        let check = |text: &str, expect: Value| assert_eq!(parse_yaml(text).expect("YAML"), expect, "{text}");
        check("a: 1\nb: [0.0, 1.0]\nc:\n  - x # why\n  - 'yes'\n", json!({"a": 1, "b": [0.0, 1.0], "c": ["x", "yes"]}));
        check("version: 0.1.0\nn: ~\nt: yes\ni: 1_000\n", json!({"version": "0.1.0", "n": null, "t": true, "i": 1000}));
        check(
            "a: 1e3\nb: 1.0e+3\nc: 010\nd: .inf\ne: -2",
            json!({"a": "1e3", "b": 1000.0, "c": "010", "d": ".inf", "e": -2}),
        );
        check("", Value::Null);
        check("text: |\n  two\n  lines\n", json!({"text": "two\nlines\n"}));
    }

    #[test]
    fn refuses_what_a_manifest_needs_not() {
        let check = |text: &str, part: &str| {
            let error = parse_yaml(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        };
        check("a: &x 1\nb: 2", "an anchor at line 1");
        check("a: *x", "");
        check("a: !!str 1", "a tag");
        check("a: 1\na: 2", "twice");
        check("---\na: 1\n---\nb: 2\n", "second document");
        check("a: [1", "");
        check("1: a", "no text");
        check(&"[".repeat(100), "too deep");
        check(&format!("[{}]", "1,".repeat(MAX_NODES + 1)), "too many");
    }
}
