//! Where a key that stands in the wrong table belongs.

use serde_json::Value as Json;

use super::schema::FileKind;
use super::tree::{Node, Step, Value};

/// The most places that are named: of more, none is what the author is likely to have meant.
const MAX_NAMED: usize = 3;

/// A table that may hold a key of some name, as the path of that key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Home {
    file: FileKind,
    /// The keys down to the one that was looked for.
    keys: Vec<String>,
    /// Whether a list of tables lies on the way to the key.
    in_list: bool,
    /// How the key's value is written, where that takes a header.
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Plain,
    Table,
    Tables,
}

/// The few places where a key of this name, with a value of this shape, may stand; none where there are too many to
/// be of help.
pub(super) fn homes_of(key: &str, node: &Node, path: &[Step], file: FileKind) -> Vec<Home> {
    let mut homes = Vec::new();
    collect(file.schema(), key, &Home { file, keys: Vec::new(), in_list: false, form: Form::Plain }, &mut homes);
    if path.is_empty() {
        let file = if file == FileKind::Pack { FileKind::Task } else { FileKind::Pack };
        if let Some(schema) = file.schema()["properties"].get(key) {
            homes.push(Home { file, keys: vec![key.to_owned()], in_list: false, form: form_of(schema) });
        }
    }
    let shape = match &node.value {
        Value::Table(_) => Some(Form::Table),
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => Some(Form::Tables),
        Value::Hole => None,
        _ => Some(Form::Plain),
    };
    let fitting: Vec<Home> =
        homes.iter().filter(|home| shape.is_none_or(|shape| home.form == shape)).cloned().collect();
    let homes = if fitting.is_empty() { homes } else { fitting };
    if homes.len() > MAX_NAMED { Vec::new() } else { homes }
}

/// What to write, to one who put the key elsewhere.
pub(super) fn render_homes(key: &str, homes: &[Home], file: FileKind) -> Option<String> {
    let mut places: Vec<String> = homes.iter().map(|home| home.render(file)).collect();
    let last = places.pop()?;
    let places = if places.is_empty() { last } else { format!("{} or {last}", places.join(", ")) };
    Some(format!("`{key}` belongs {places}"))
}

impl Home {
    /// The path of the key, where it is one place of this very file.
    pub(super) fn only_path(&self, file: FileKind) -> Option<&[String]> {
        (!self.in_list && self.file == file).then_some(&self.keys)
    }

    fn render(&self, file: FileKind) -> String {
        let name = self.keys.join(".");
        let table = self.keys[..self.keys.len() - 1].join(".");
        if self.file != file {
            let place = if self.file == FileKind::Pack { "in `pack.toml`" } else { "in a task's file" };
            return place.to_owned();
        }
        match self.form {
            Form::Table => format!("at `[{name}]`"),
            Form::Tables => format!("at `[[{name}]]`"),
            Form::Plain if table.is_empty() => "at the top of the file, above the first `[table]`".to_owned(),
            Form::Plain if self.in_list => format!("in `[[{table}]]`"),
            Form::Plain => format!("in `[{table}]`"),
        }
    }
}

/// Adds every place below `schema` that has the key. Inline tables, which are one of several forms of a value, are left
/// out.
fn collect(schema: &Json, key: &str, above: &Home, homes: &mut Vec<Home>) {
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let mut home = above.clone();
        home.keys.push(name.clone());
        home.form = form_of(schema);
        if name == key {
            homes.push(home.clone());
        }
        collect(schema, key, &home, homes);
        if schema["items"]["type"] == "object" {
            home.in_list = true;
            collect(&schema["items"], key, &home, homes);
        }
    }
}

fn form_of(schema: &Json) -> Form {
    if schema["type"] == "object" {
        Form::Table
    } else if schema["items"]["type"] == "object" {
        Form::Tables
    } else {
        Form::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::{homes_of, render_homes};
    use crate::pack::schema::FileKind;
    use crate::pack::tree::{Node, Step, Value};

    fn check(key: &str, value: Value, table: &str, file: FileKind, expect: Option<&str>) {
        let path: Vec<Step> =
            table.split('.').filter(|step| !step.is_empty()).map(|k| Step::Key(k.to_owned())).collect();
        let homes = homes_of(key, &Node { span: 0..0, value }, &path, file);
        assert_eq!(render_homes(key, &homes, file).as_deref(), expect, "{key} in [{table}]");
    }

    #[test]
    fn a_key_in_the_wrong_table_is_sent_home() {
        use FileKind::{Pack, Task};
        let text = || Value::Text("x".into());
        let table = || Node { span: 0..0, value: Value::Table(Vec::new()) };
        let top = "`max_steps` belongs at the top of the file, above the first `[table]`";
        check("max_steps", Value::Integer(6), "resolution", Task, Some(top));
        check("weights", table().value, "", Task, Some("`weights` belongs at `[grading.weights]`"));
        check("keywords", Value::List(vec![table()]), "", Task, Some("`keywords` belongs at `[[reply.keywords]]`"));
        check("currency", text(), "", Task, Some("`currency` belongs in `pack.toml`"));
        check("objective", text(), "", Pack, Some("`objective` belongs in a task's file"));
        check("expected", text(), "", Task, Some("`expected` belongs in `[resolution]`"));
        check("reply", text(), "reply", Task, None); // in four tables
        check("id", text(), "evidence", Task, None);
        check("colour", text(), "", Task, None);
    }
}
