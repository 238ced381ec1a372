//! What to write instead of a value of another type, from what the key holds and what was seen.

use serde_json::Value as Json;

use super::tree::{Node, Step, Value, keys_of, table_name};

/// The longest text that is shown in a value's stead.
const MAX_SHOWN: usize = 40;

/// What to write, where the forms that the key may have leave no doubt; `kinds` are the parts of the schema whose type
/// the value misses.
pub(super) fn instead(path: &[Step], node: &Node, text: &str, kinds: &[&Json], currency: &str) -> Option<String> {
    let of_type = |name: &str| kinds.iter().copied().find(|kind| kind["type"] == name);
    let written = Written { path, text, currency };
    match &node.value {
        Value::Text(seen) if of_type("boolean").is_some() => written.boolean(seen),
        Value::Integer(number @ (0 | 1)) if of_type("boolean").is_some() => {
            written.value(&(*number == 1).to_string(), "")
        }
        Value::Text(seen) if let Some(kind) = of_type("integer").or(of_type("number")) => written.number(seen, kind),
        Value::Float(number) if of_type("integer").is_some() => {
            let whole = number.trunc();
            #[expect(clippy::float_cmp, reason = "a whole number equals itself without its fraction")]
            let is_whole = whole == *number;
            let why = if is_whole { ", without a point" } else { " or another whole number" };
            written.value(&format!("{whole}"), why)
        }
        Value::List(items) if of_type("object").is_some() => {
            let first = items.first()?;
            let doubled = text.get(first.span.clone()).is_some_and(|head| head.starts_with("[["));
            let name = written.table()?;
            doubled.then(|| format!("write `[{name}]` once, in single brackets"))
        }
        Value::List(items) if kinds.iter().any(|kind| is_scalar(kind)) => match items.as_slice() {
            [item] if kinds.iter().any(|kind| fits(&item.value, kind)) => {
                written.value(written.source(item)?, ", without the brackets")
            }
            _ => Some("write one value, without the brackets".to_owned()),
        },
        Value::Table(_) => {
            let example = of_type("string")?["examples"][0].as_str()?;
            let Step::Key(key) = path.last()? else { return None };
            Some(format!("write a text in quotes, such as `{key} = \"{example}\"`"))
        }
        scalar if let Some(kind) = of_type("array") => {
            let item = &kind["items"];
            let seen = written.source(node)?;
            if item["type"] == "array" && fits(scalar, &item["items"]) {
                written.value(&format!("[[{seen}]]"), "")
            } else if fits(scalar, item) {
                written.value(&format!("[{seen}]"), "")
            } else if item["type"] == "string" && !matches!(scalar, Value::Text(_)) {
                written.value(&format!("[\"{seen}\"]"), "")
            } else {
                None
            }
        }
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) if let Some(kind) = of_type("string") => {
            written.string(written.source(node)?, &node.value, kind)
        }
        _ if of_type("object").is_some() => {
            let name = written.table().filter(|_| path.iter().all(|step| matches!(step, Step::Key(_))))?;
            let keys = of_type("object")?["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
            let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
            let below = if keys.is_empty() { String::new() } else { format!(" with {} below it", keys.join(", ")) };
            Some(format!("write a table, `[{name}]`{below}"))
        }
        _ => None,
    }
}

/// What to write instead of a text where a list of lists holds a group.
pub(super) fn group(root: &Node, path: &[Step]) -> Option<String> {
    let (Step::Item(_), list) = path.split_last()? else { return None };
    let Some(Step::Key(key)) = list.last() else { return None };
    let Value::List(items) = &root.at(list)?.value else { return None };
    let texts: Vec<String> = items
        .iter()
        .take(3)
        .filter_map(
            |item| if let Value::Text(text) = &item.value { Some(format!("\"{}\"", shown(text))) } else { None },
        )
        .collect();
    let more = if items.len() > texts.len() { ", …" } else { "" };
    match key.as_str() {
        "near" => {
            Some(format!("each group of alternatives is a list of its own: `near = [[{}]{more}]`", texts.join("], [")))
        }
        "exclusive" => Some(format!("each group is a list of its own: `exclusive = [[{}{more}]]`", texts.join(", "))),
        _ => None,
    }
}

/// What stands in the file.
struct Written<'a> {
    path: &'a [Step],
    text: &'a str,
    currency: &'a str,
}

impl<'a> Written<'a> {
    /// The value as it should be, after its key where it has one of its own.
    fn value(&self, value: &str, why: &str) -> Option<String> {
        match self.path.last()? {
            Step::Key(key) if is_bare(key) => Some(format!("write `{key} = {value}`{why}")),
            _ => Some(format!("write `{value}`{why}")),
        }
    }

    /// The value as it is written, where it is short and on one line.
    fn source(&self, node: &Node) -> Option<&'a str> {
        self.text.get(node.span.clone()).filter(|seen| {
            seen.chars().count() <= MAX_SHOWN && !seen.contains(['\n', '\r', '`']) && !seen.starts_with("\"\"\"")
        })
    }

    /// The name between the brackets of the table's header.
    fn table(&self) -> Option<String> {
        keys_of(self.path).all(is_bare).then(|| table_name(self.path))
    }

    /// A text for a value without quotes: the value in quotes, unless the key asks for more than any text.
    fn string(&self, seen: &str, value: &Value, kind: &Json) -> Option<String> {
        let Step::Key(key) = self.path.last()? else { return self.value(&format!("\"{seen}\""), ", in quotes") };
        let is_number = !matches!(value, Value::Boolean(_));
        match (key.as_str(), &kind["enum"], &kind["pattern"]) {
            ("money", ..) if is_number => {
                let amount = format!("\"{seen} {}\"", self.currency);
                self.value(&amount, ", an amount with its currency in quotes")
            }
            ("percent", ..) if is_number => self.value(&format!("\"{seen}%\""), ", in quotes"),
            ("duration", ..) => self.value("\"3-5 business days\"", ", a number with its unit in quotes"),
            (_, Json::Array(_), _) => None,
            (_, _, Json::String(_)) | ("from", ..) => {
                let example = kind["examples"][0].as_str()?;
                Some(format!("write a text in quotes, such as `{key} = \"{example}\"`"))
            }
            _ => self.value(&format!("\"{seen}\""), ", in quotes"),
        }
    }

    fn boolean(&self, seen: &str) -> Option<String> {
        let value = match seen.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => "true",
            "false" | "no" | "off" | "0" => "false",
            _ => return Some("write `true` or `false`, without quotes".to_owned()),
        };
        self.value(value, ", without quotes")
    }

    fn number(&self, seen: &str, kind: &Json) -> Option<String> {
        let seen = seen.trim();
        let share = seen.strip_suffix('%').and_then(|share| share.trim().replace(',', ".").parse::<f64>().ok());
        let number = match share {
            Some(share) if kind["maximum"].as_f64() == Some(1.0) => Some(share / 100.0),
            Some(share) => Some(share),
            None => seen.replace(',', ".").parse().ok(),
        };
        let is_whole = kind["type"] == "integer";
        match number.filter(|number: &f64| number.is_finite() && number.abs() < 1e15) {
            Some(number) if is_whole => self.value(&format!("{}", number.trunc()), ", without quotes"),
            Some(number) => self.value(&number.to_string(), ", without quotes"),
            None if is_whole => Some("write a whole number in digits, without quotes".to_owned()),
            None => Some("write a number in digits, without quotes".to_owned()),
        }
    }
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_scalar(kind: &Json) -> bool {
    matches!(kind["type"].as_str(), Some("string" | "integer" | "number" | "boolean"))
}

/// Whether a value is of the type that this part of the schema asks for.
pub(super) fn fits(value: &Value, kind: &Json) -> bool {
    match value {
        Value::Text(_) | Value::Date(_) => kind["type"] == "string",
        Value::Integer(_) => kind["type"] == "integer" || kind["type"] == "number",
        Value::Float(_) => kind["type"] == "number",
        Value::Boolean(_) => kind["type"] == "boolean",
        Value::List(_) | Value::Table(_) | Value::Hole => false,
    }
}

/// A text, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}
