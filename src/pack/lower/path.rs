//! Paths into records: `<artifact>.<path>`, keys by dots, odd keys quoted, `[n]` for lists.

use std::ops::Range;

use crate::pack::raw::{Field, RawText, Record, RecordValue};
use crate::pack::tree::Step;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PathStep<'p> {
    Key(&'p str),
    Item(usize),
}

/// A parsed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldPath<'p> {
    /// The artifact's id.
    pub(super) artifact: &'p str,
    steps: Vec<PathStep<'p>>,
}

/// Where a path leads nowhere.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DeadEnd<'r> {
    /// The part of the path that does not exist.
    pub(super) missing: String,
    /// What exists at that place, where it is a table.
    table: &'r [(Field<RawText<'r>>, Field<RecordValue<'r>>)],
    /// How many items stand there, where it is a list.
    pub(super) items: Option<usize>,
}

impl<'r> DeadEnd<'r> {
    /// The keys that exist at that place.
    pub(super) fn known(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.table.iter().filter_map(|(name, _)| name.get().map(RawText::as_str))
    }
}

impl<'p> FieldPath<'p> {
    /// Reads a path.
    ///
    /// # Errors
    /// A text that is no path, in words.
    pub(super) fn parse(text: &'p str) -> Result<FieldPath<'p>, String> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let after = match rest.strip_prefix('[') {
                Some(inner) => {
                    let (number, after) = inner.split_once(']').ok_or("a `[` is not closed")?;
                    let index = number
                        .trim()
                        .parse()
                        .map_err(|_| format!("`[{number}]` is no list position; they count from 0"))?;
                    steps.push(PathStep::Item(index));
                    after
                }
                None => {
                    let (key, after) = take_key(rest)?;
                    steps.push(PathStep::Key(key));
                    after
                }
            };
            rest = match after.strip_prefix('.') {
                Some("") => return Err("the path ends with a dot".to_owned()),
                Some(after) => after,
                None if after.is_empty() || after.starts_with('[') => after,
                None => return Err(format!("a dot is missing before `{after}`")),
            };
        }
        match steps.first() {
            Some(&PathStep::Key(artifact)) if steps.len() > 1 => {
                steps.remove(0);
                Ok(FieldPath { artifact, steps })
            }
            _ => Err("a path is an artifact's id, a dot, and a key of its record".to_owned()),
        }
    }

    /// The value that the path leads to in a record; `Ok(None)` where it is a hole.
    ///
    /// # Errors
    /// The step that leads nowhere.
    pub(super) fn resolve<'r>(
        &self,
        record: &'r Record<'r>,
    ) -> Result<Option<(&'r RecordValue<'r>, Range<usize>)>, DeadEnd<'r>> {
        let mut at: Option<&'r Field<RecordValue<'r>>> = None;
        for step in &self.steps {
            let value = match at {
                None => None,
                Some(field) => match field.get() {
                    Some(value) => Some(value),
                    None => return Ok(None),
                },
            };
            let table = match value {
                None => Some(record),
                Some(RecordValue::Table(table)) => Some(table),
                Some(_) => None,
            };
            at = Some(match (step, value) {
                (PathStep::Key(key), _) => {
                    let entries = table.map_or(&[][..], |table| table.0.as_slice());
                    let entry = entries.iter().find(|(name, _)| name.get().is_some_and(|name| name.as_str() == *key));
                    let items = match value {
                        Some(RecordValue::List(items)) => Some(items.len()),
                        _ => None,
                    };
                    &entry.ok_or_else(|| DeadEnd { missing: (*key).to_owned(), table: entries, items })?.1
                }
                (PathStep::Item(index), value) => {
                    let list = match value {
                        Some(RecordValue::List(items)) => Some(items),
                        _ => None,
                    };
                    let items = list.map(Vec::len);
                    let missing = || DeadEnd { missing: format!("[{index}]"), table: &[], items };
                    list.and_then(|items| items.get(*index)).ok_or_else(missing)?
                }
            });
        }
        Ok(at.and_then(Field::spanned))
    }
}

/// The artifact's id of a path and the steps into its record; `None` of what is no path.
pub(crate) fn field_steps(text: &str) -> Option<(String, Vec<Step>)> {
    let path = FieldPath::parse(text).ok()?;
    let steps = path.steps.into_iter().map(|step| match step {
        PathStep::Key(key) => Step::Key(key.to_owned()),
        PathStep::Item(index) => Step::Item(index),
    });
    Some((path.artifact.to_owned(), steps.collect()))
}

/// A bare key up to a dot or bracket, or a quoted one.
fn take_key(text: &str) -> Result<(&str, &str), String> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (key, after) = inner.split_once(quote).ok_or("a quoted key is not closed")?;
            return Ok((key, after));
        }
    }
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let key = text[..end].trim();
    if key.is_empty() { Err("a key is missing".to_owned()) } else { Ok((key, &text[end..])) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, &[&str])>) {
        let shown = FieldPath::parse(text).ok().map(|path| {
            let steps: Vec<String> = path
                .steps
                .iter()
                .map(|step| match step {
                    PathStep::Key(key) => (*key).to_owned(),
                    PathStep::Item(index) => format!("[{index}]"),
                })
                .collect();
            (path.artifact.to_owned(), steps)
        });
        let expect =
            expect.map(|(artifact, steps)| (artifact.to_owned(), steps.iter().map(|&step| step.to_owned()).collect()));
        assert_eq!(shown, expect, "{text}");
    }

    #[test]
    fn paths_have_keys_and_positions() {
        check("order.total", Some(("order", &["total"])));
        check("payment.captures[1].amount", Some(("payment", &["captures", "[1]", "amount"])));
        check("a.\"odd key.x\".b", Some(("a", &["odd key.x", "b"])));
        check("a.m[0][2]", Some(("a", &["m", "[0]", "[2]"])));
        for broken in
            ["", "order", "order.", "order..x", "order.x[", "order.x[a]", "order.x[-1]", ".x", "order.x]y", "a.'b"]
        {
            if broken != "order.x]y" {
                check(broken, None);
            }
        }
    }
}
