//! How two configurations differ, in words.

use serde_json::Value;

use crate::eval::RunConfig;

/// Characters of a value that are told.
const MAX_TOLD: usize = 80;

/// What differs between two configurations, a line each, those fields left aside.
pub(super) fn differences(then: &RunConfig, now: &RunConfig, aside: &[&str]) -> Vec<String> {
    let fields = |config: &RunConfig| match serde_json::to_value(config) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (then_fields, now_fields) = (fields(then), fields(now));
    let mut told = Vec::new();
    for (key, was) in then_fields.iter().filter(|(key, _)| !aside.contains(&key.as_str())) {
        let is = now_fields.get(key).unwrap_or(&Value::Null);
        if was == is {
            continue;
        }
        match (key.as_str(), was, is) {
            ("tasks", ..) => told.push(tasks_differ(then, now)),
            ("shard", ..) => told.push(format!("shard was {} and is {}", part(then.shard), part(now.shard))),
            // Of an object only what differs in it: the rest would hide it.
            (_, Value::Object(was), Value::Object(is)) => {
                let differs = was.iter().filter(|(inner, value)| is.get(*inner) != Some(*value));
                told.extend(differs.map(|(inner, value)| {
                    format!(
                        "{key}.{inner} was {} and is {}",
                        shown(value),
                        shown(is.get(inner).unwrap_or(&Value::Null))
                    )
                }));
            }
            _ => told.push(format!("{key} was {} and is {}", shown(was), shown(is))),
        }
    }
    told
}

fn tasks_differ(then: &RunConfig, now: &RunConfig) -> String {
    let missing = |from: &RunConfig, of: &RunConfig| {
        from.tasks.iter().map(|task| task.id.clone()).find(|id| of.tasks.iter().all(|task| task.id != *id))
    };
    if let Some(id) = missing(then, now) {
        return format!("the task `{id}` was played and is not any more");
    }
    if let Some(id) = missing(now, then) {
        return format!("the task `{id}` was not played and is now");
    }
    match then.tasks.iter().zip(&now.tasks).find(|(was, is)| was != is) {
        Some((was, is)) if was.id == is.id && was.pack_digest != is.pack_digest => {
            format!("the pack of the task `{}` has changed", was.id)
        }
        Some((was, is)) if was.id == is.id => format!("the task `{}` has changed", was.id),
        _ => "the tasks are in another order".to_owned(),
    }
}

/// A shard as the command line names it.
fn part(shard: Option<(u32, u32)>) -> String {
    shard.map_or("none".to_owned(), |(own, of)| format!("{}/{of}", u64::from(own) + 1))
}

fn shown(value: &Value) -> String {
    let text = if value.is_null() { "none".to_owned() } else { value.to_string() };
    if text.chars().count() <= MAX_TOLD { text } else { text.chars().take(MAX_TOLD).chain(['…']).collect() }
}
