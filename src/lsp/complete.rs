//! What may be written at a place.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value as Json;

use crate::diag::Code;
use crate::lint::explain;
use crate::pack::FileKind;
use crate::pack::tree::{self, Node, Value};

use super::cursor::{KeySpot, Spot, ValueSpot, spot_at};
use super::form::{Shape, describe, form_at, keys_of, shape_of, words_of};
use super::hover::suppressed_code;
use super::names::{NameKind, items, text_at};
use super::view::View;

/// The most fields of records that are offered.
const MAX_FIELDS: usize = 500;

/// What sort of thing is offered; an editor shows a picture of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    Key,
    Table,
    Word,
    Name,
    Code,
}

/// Something that may be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) label: String,
    pub(super) kind: ItemKind,
    pub(super) detail: String,
    /// In Markdown.
    pub(super) documentation: String,
    /// What it replaces.
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// The text with places to fill in, for editors that know these.
    pub(super) snippet: Option<String>,
}

/// What may be written at a byte of the file, the likeliest first.
pub(super) fn complete_at(view: &View, at: usize) -> Vec<Item> {
    let text = &view.file.text;
    match spot_at(text, at) {
        Spot::Comment(comment) => complete_comment(text, comment, at),
        Spot::Header(head) => complete_heads(view, head.range.start..at),
        Spot::Key(key) => {
            let mut found = complete_keys(view, &key, at);
            if !key.inline && !key.has_value && starts_line(text, key.range.start) {
                found.extend(complete_heads(view, key.range.start..at));
            }
            found
        }
        Spot::Value(value) => complete_value(view, &value, at),
        Spot::Nothing => Vec::new(),
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    text[..at].trim_end_matches([' ', '\t']).chars().next_back().is_none_or(|c| matches!(c, '\n' | '\r' | '\u{feff}'))
}

fn complete_comment(text: &str, comment: Range<usize>, at: usize) -> Vec<Item> {
    let Some(name) = suppressed_code(text, comment.clone()) else {
        let written = text[comment.start..at].trim_start_matches('#').trim_start();
        if !"lint: allow(".starts_with(written) || at < comment.end {
            return Vec::new();
        }
        return vec![Item {
            label: "lint: allow(…)".to_owned(),
            kind: ItemKind::Code,
            detail: "take a finding away, with a reason".to_owned(),
            documentation:
                "Takes a finding of this line, of the next one, or of a text over several lines that begins there away."
                    .to_owned(),
            range: comment,
            text: "# lint: allow(".to_owned(),
            snippet: Some("# lint: allow($1) ${2:reason}".to_owned()),
        }];
    };
    if at < name.start || at > name.end {
        return Vec::new();
    }
    let closed = text[name.end..].starts_with(')');
    let allowed = Code::ALL.iter().filter(|code| !code.is_always_told());
    allowed.map(|code| code_item(*code, name.clone(), format!("{code}{}", if closed { "" } else { ") " }))).collect()
}

fn code_item(code: Code, range: Range<usize>, text: String) -> Item {
    Item {
        label: code.as_str().to_owned(),
        kind: ItemKind::Code,
        detail: code.meaning().to_owned(),
        documentation: explain(code),
        range,
        text,
        snippet: None,
    }
}

/// The heads of tables that may begin here.
fn complete_heads(view: &View, range: Range<usize>) -> Vec<Item> {
    let mut found = Vec::new();
    heads(view.file.kind.schema(), &view.file.tree, "", &range, &mut found);
    found
}

fn heads(form: &Json, node: &Node, prefix: &str, range: &Range<usize>, found: &mut Vec<Item>) {
    for key in keys_of(form) {
        let shape = shape_of(key.form);
        let entry = node.entry(key.name).map(|entry| &entry.node);
        let path = if prefix.is_empty() { key.name.to_owned() } else { format!("{prefix}.{}", key.name) };
        let (open, close) = match shape {
            Shape::Table => ("[", "]"),
            Shape::ListOfTables => ("[[", "]]"),
            _ => continue,
        };
        if shape == Shape::ListOfTables || entry.is_none() {
            let text = format!("{open}{path}{close}");
            found.push(Item {
                label: text.clone(),
                kind: ItemKind::Table,
                detail: key.form["description"].as_str().unwrap_or_default().to_owned(),
                documentation: describe(key.name, key.form, key.required),
                range: range.clone(),
                snippet: Some(format!("{text}\n$0")),
                text,
            });
        }
        match (shape, entry.map(|entry| &entry.value)) {
            (Shape::Table, Some(Value::Table(_))) => {
                heads(key.form, entry.unwrap_or(node), &path, range, found);
            }
            (Shape::ListOfTables, Some(Value::List(list))) => {
                if let Some(last) = list.last() {
                    heads(&key.form["items"], last, &path, range, found);
                }
            }
            _ => {}
        }
    }
}

fn complete_keys(view: &View, spot: &KeySpot, at: usize) -> Vec<Item> {
    let range = spot.range.start..if spot.has_value { spot.range.end } else { at.max(spot.range.start) };
    let mut taken: BTreeSet<&str> = spot.beside.iter().map(String::as_str).collect();
    let table = view.file.tree.at(&spot.table);
    let others = table.into_iter().flat_map(Node::entries).filter(|entry| entry.key_span != spot.range);
    taken.extend(others.map(|entry| entry.key.as_ref()));
    let names: Vec<&str> = tree::keys_of(&spot.table).collect();
    let own = match (view.file.kind, names.as_slice()) {
        (FileKind::Task, ["resolution", "partial"]) => Some((NameKind::Resolution, "0.5")),
        (FileKind::Task, ["examples", "expect"]) => Some((NameKind::Keyword, "\"met\"")),
        _ => None,
    };
    if let Some((kind, value)) = own {
        let expected = expected_code(view).filter(|_| kind == NameKind::Resolution);
        let free = |name: &String| !taken.contains(name.as_str()) && expected != Some(name);
        let names = offered(view, kind).into_iter().filter(free);
        return names
            .map(|name| {
                let (text, snippet) = match (spot.has_value, kind) {
                    (true, _) => (name.clone(), None),
                    (_, NameKind::Keyword) => {
                        let words = form_at(view.file.kind, &spot.table).map(expected_words).unwrap_or_default();
                        (format!("{name} = "), Some(format!("{name} = \"${{1|{words}|}}\"")))
                    }
                    _ => (format!("{name} = "), Some(format!("{name} = ${{1:{value}}}"))),
                };
                Item { snippet, ..name_item(view, kind, &name, range.clone(), text) }
            })
            .collect();
    }
    let Some(form) = form_at(view.file.kind, &spot.table) else { return Vec::new() };
    let mut keys = keys_of(form);
    // A value that may be one of several tables takes no key of another one.
    if form.get("anyOf").is_some() && !taken.is_empty() {
        keys.clear();
    }
    let free = keys.into_iter().filter(|key| !taken.contains(key.name));
    let free = free.filter(|key| spot.inline || !matches!(shape_of(key.form), Shape::Table | Shape::ListOfTables));
    free.map(|key| {
        let snippet = (!spot.has_value).then(|| format!("{} = {}", key.name, value_snippet(key.form)));
        Item {
            label: key.name.to_owned(),
            kind: ItemKind::Key,
            detail: format!("{}{}", super::form::type_of(key.form), if key.required { ", required" } else { "" }),
            documentation: describe(key.name, key.form, key.required),
            range: range.clone(),
            text: if spot.has_value { key.name.to_owned() } else { format!("{} = ", key.name) },
            snippet,
        }
    })
    .collect()
}

/// The verdicts that an example's table takes, as a snippet lists them.
fn expected_words(form: &Json) -> String {
    let entry = form["patternProperties"].as_object().and_then(|forms| forms.values().next());
    entry.map(words_of).unwrap_or_default().join(",")
}

/// A value to be filled in.
fn value_snippet(form: &Json) -> String {
    let words = words_of(form);
    if !words.is_empty() {
        return format!("\"${{1|{}|}}\"", words.join(","));
    }
    let example = form["examples"].as_array().and_then(|list| list.first());
    match shape_of(form) {
        Shape::Text => "\"$1\"".to_owned(),
        Shape::Boolean => "${1|true,false|}".to_owned(),
        Shape::Number => format!("${{1:{}}}", example.map(Json::to_string).unwrap_or_default()),
        Shape::List => "[$1]".to_owned(),
        Shape::ListOfTables => "[{ $1 }]".to_owned(),
        Shape::Table => "{ $1 }".to_owned(),
        Shape::Any => "$1".to_owned(),
    }
}

fn complete_value(view: &View, spot: &ValueSpot, at: usize) -> Vec<Item> {
    let written = &view.file.text[spot.range.clone()];
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
    let long = written.starts_with("\"\"\"") || written.starts_with("'''");
    if long {
        return Vec::new();
    }
    // A text that is not closed yet runs to the end of its line; what stands behind the cursor is not its own.
    let closed = written.len() > 1 && written.ends_with(quote);
    let range = spot.range.start..if closed { spot.range.end } else { at.max(spot.range.start) };
    let quoted = |text: &str| format!("{quote}{text}{quote}");
    let names: Vec<&str> = tree::keys_of(&spot.path).collect();
    let of = |kind: NameKind| {
        let taken = &spot.beside;
        let names = offered(view, kind).into_iter().filter(|name| !taken.contains(name));
        names.map(|name| name_item(view, kind, &name, range.clone(), quoted(&name))).collect::<Vec<Item>>()
    };
    match (view.file.kind, names.as_slice()) {
        (FileKind::Task, ["evidence", "required"]) => {
            let taken = &spot.beside;
            evidence(view, &range, quoted).into_iter().filter(|item| !taken.contains(&item.label)).collect()
        }
        (FileKind::Task, ["resolution", "expected"]) => of(NameKind::Resolution),
        (FileKind::Task, ["resolution", "harmful"]) => {
            // What is right does no harm.
            let expected = expected_code(view);
            of(NameKind::Resolution).into_iter().filter(|item| expected != Some(item.label.as_str())).collect()
        }
        (FileKind::Task, ["reply", "exclusive"]) => of(NameKind::Keyword),
        (FileKind::Task, ["reply", "keywords" | "forbidden", .., "from"]) => of(NameKind::Field),
        (FileKind::Pack, ["lint", "ignore"]) => {
            let taken = &spot.beside;
            let codes = Code::ALL.iter().filter(|code| !taken.iter().any(|name| name == code.as_str()));
            codes.map(|code| code_item(*code, range.clone(), quoted(code.as_str()))).collect()
        }
        (kind, _) => {
            let Some(form) = form_at(kind, &spot.path) else { return Vec::new() };
            let word = |text: &str, label: &str| Item {
                label: label.to_owned(),
                kind: ItemKind::Word,
                detail: String::new(),
                documentation: form["description"].as_str().unwrap_or_default().to_owned(),
                range: range.clone(),
                text: text.to_owned(),
                snippet: None,
            };
            if shape_of(form) == Shape::Boolean {
                return ["true", "false"].map(|text| word(text, text)).into();
            }
            words_of(form).into_iter().map(|text| word(&quoted(text), text)).collect()
        }
    }
}

/// The code that this task expects.
fn expected_code(view: &View) -> Option<&str> {
    text_at(&view.file.tree.entry("resolution")?.node, "expected")
}

/// The names of a kind that this file may use.
fn offered(view: &View, kind: NameKind) -> Vec<String> {
    if kind == NameKind::Field {
        return fields(view);
    }
    let files = [Some(&view.file), view.manifest.as_ref()];
    let mentions = files.into_iter().flatten().flat_map(|file| file.mentions());
    let mut names: Vec<String> =
        mentions.filter(|mention| mention.gives && mention.kind == kind).map(|mention| mention.name).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn name_item(view: &View, kind: NameKind, name: &str, range: Range<usize>, text: String) -> Item {
    let given = view.given(kind, name);
    let detail = given.as_ref().map(|given| match &given.node.value {
        Value::Text(text) => text.chars().take(80).collect(),
        _ => text_at(given.node, "title").unwrap_or_default().to_owned(),
    });
    Item {
        label: name.to_owned(),
        kind: ItemKind::Name,
        detail: detail.unwrap_or_default(),
        documentation: view.describe(kind, name).unwrap_or_default(),
        range,
        text,
        snippet: None,
    }
}

/// Every key of evidence that the task may require.
fn evidence(view: &View, range: &Range<usize>, quoted: impl Fn(&str) -> String) -> Vec<Item> {
    let mut found = vec![Item {
        label: "ticket".to_owned(),
        kind: ItemKind::Name,
        detail: "the ticket itself".to_owned(),
        documentation: String::new(),
        range: range.clone(),
        text: quoted("ticket"),
        snippet: None,
    }];
    for (kind, prefix) in [(NameKind::Artifact, "artifact:"), (NameKind::Policy, "policy:")] {
        for name in offered(view, kind) {
            let key = format!("{prefix}{name}");
            found.push(Item { label: key.clone(), ..name_item(view, kind, &name, range.clone(), quoted(&key)) });
        }
    }
    found
}

/// The fields of all records, as `from` names them.
fn fields(view: &View) -> Vec<String> {
    fn walk(node: &Node, path: &str, found: &mut Vec<String>) {
        if found.len() >= MAX_FIELDS {
            return;
        }
        match &node.value {
            Value::Table(entries) => {
                for entry in entries {
                    let is_plain = !entry.key.is_empty()
                        && entry.key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
                    if is_plain {
                        walk(&entry.node, &format!("{path}.{}", entry.key), found);
                    } else if !entry.key.contains(['"', '\'', '\\']) {
                        walk(&entry.node, &format!("{path}.'{}'", entry.key), found);
                    }
                }
            }
            Value::List(items) => {
                items.iter().enumerate().for_each(|(at, item)| walk(item, &format!("{path}[{at}]"), found));
            }
            Value::Hole => {}
            _ => found.push(path.to_owned()),
        }
    }
    let mut found = Vec::new();
    for artifact in items(&view.file.tree, "artifacts") {
        if let (Some(id), Some(record)) = (text_at(artifact, "id"), artifact.entry("record")) {
            walk(&record.node, id, &mut found);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::complete_at;
    use crate::lsp::view::tests::view;
    use crate::pack::FileKind;

    /// What is offered at `|` begins with these, and the text once the first of them is taken.
    fn check_in(kind: FileKind, marked: &str, expect: &[&str], after: &str) {
        let (view, at) = view(kind, marked);
        let found = complete_at(&view, at);
        let labels: Vec<&str> = found.iter().map(|item| item.label.as_str()).collect();
        assert!(labels.starts_with(expect) && expect.is_empty() == labels.is_empty(), "{marked}: {labels:?}");
        if let Some(first) = found.first() {
            let mut text = view.file.text.to_string();
            text.replace_range(first.range.clone(), &first.text);
            assert!(text.contains(after), "{marked}: {text}");
        }
    }

    fn check(marked: &str, expect: &[&str], after: &str) {
        check_in(FileKind::Task, marked, expect, after);
    }

    #[test]
    fn keys_of_the_table_that_are_free() {
        check(
            "schema_version = 1\nid = \"x\"\n|\n",
            &["title", "difficulty", "objective", "max_steps", "split"],
            "title = ",
        );
        check("[ticket]\nid = \"x\"\nsub|\nmessage = \"\"", &["subject", "channel"], "subject = \nmessage");
        check("[ticket]\nid = \"x\"\nsu|bj = \"y\"", &["subject"], "subject = \"y\"");
        check("[[artifacts]]\nrecord = {}\n|", &["id", "title", "distractor"], "id = ");
        check(
            "[grading]\nweights = { resolution = 0.5, | }",
            &["evidence", "reply", "efficiency"],
            "0.5, evidence =  }",
        );
        check("[[reply.keywords]]\nid = \"a\"\nmoney = { | }", &["from"], "{ from =  }");
        check("[[reply.keywords]]\nid = \"a\"\nduration = { from = \"x\", | }", &[], "");
        check("[artifacts.record]\n|", &["[ticket]"], "");
        check("[[artifacts]]\n[artifacts.record]\nx = { | }", &[], "");
    }

    #[test]
    fn broken_lines_around_do_not_matter() {
        check(
            "id = \ntitle = \"unclosed\n[ticket\nx = [\n[ticket]\nid = \"x\"\ncha|",
            &["subject", "message", "channel"],
            "",
        );
        check("[ticket]\nid = \"x\"\nchannel = |\nsubject = \"y\"", &["email", "chat"], "channel = \"email\"\n");
    }

    #[test]
    fn heads_of_tables() {
        check("[|", &["[ticket]", "[[artifacts]]", "[evidence]"], "[ticket]");
        check("[ticket]\n[[arti|", &["[[artifacts]]"], "[ticket]\n[[artifacts]]");
    }

    #[test]
    fn words_and_booleans() {
        check("difficulty = |", &["easy", "medium", "hard"], "difficulty = \"easy\"");
        check("difficulty = \"m|\"", &["easy"], "difficulty = \"easy\"");
        check("difficulty = 'm|\nid = 1", &["easy"], "difficulty = 'easy'\nid");
        check("adversarial = |", &["true", "false"], "adversarial = true");
        check("[[reply.forbidden]]\neffect = \"|\"", &["gate", "fail"], "\"gate\"");
        check("title = |", &[], "");
        check("title = \"\"\"|\"\"\"", &[], "");
    }

    #[test]
    fn names_of_the_pack() {
        let task = "[[artifacts]]\nid = \"order\"\nrecord = { id = 1, lines = [{ total = 2.0 }], \"a b\" = 3 }\n\
                    [[policies]]\nid = \"own\"\n[[reply.keywords]]\nid = \"k\"\n";
        let check = |rest: &str, expect: &[&str], after: &str| check(&format!("{task}{rest}"), expect, after);
        check(
            "[evidence]\nrequired = [\"|\"]",
            &["ticket", "artifact:order", "policy:own", "policy:broken_pieces", "policy:gift_wrapping"],
            "[\"ticket\"]",
        );
        check(
            "[evidence]\nrequired = [\"ticket\", \"artifact:|\n[oracle]\n",
            &["artifact:order"],
            "\"ticket\", \"artifact:order\"\n[oracle]",
        );
        check("[evidence]\nrequired = [\"ticket\", |]", &["artifact:order"], "\"ticket\", \"artifact:order\"]");
        check("[resolution]\nexpected = \"|\"", &["send_replacement", "store_credit"], "\"send_replacement\"");
        check("[resolution]\nharmful = [\"store_credit\", \"|\"]", &["send_replacement", "escalate"], "");
        check("[resolution.partial]\n|", &["send_replacement"], "send_replacement = ");
        check("[resolution]\npartial = { store_credit = 0.2, | }", &["send_replacement", "escalate"], "");
        check("[reply]\nexclusive = [[\"|\"]]", &["k"], "[[\"k\"]]");
        check("[[examples]]\nexpect = { | }", &["k"], "{ k =  }");
        check("[[examples]]\nexpect = { k = \"|\" }", &["met", "unmet"], "k = \"met\"");
        check(
            "[[reply.keywords]]\nid = \"m\"\nmoney = { from = \"|\" }",
            &["order.id", "order.lines[0].total", "order.'a b'"],
            "from = \"order.id\"",
        );
    }

    #[test]
    fn codes_of_rules() {
        check("# lint: allow(|", &["too-large"], "allow(too-large) ");
        check("a = 1 # lint: allow(unus|) why", &["too-large"], "# lint: allow(too-large) why");
        check("# li|", &["lint: allow(…)"], "# lint: allow(");
        check("# some words|", &[], "");
        check_in(FileKind::Pack, "[lint]\nignore = [\"|\"]", &["internal-error"], "\"internal-error\"");
        check_in(FileKind::Pack, "[lint.severity]\n|", &["internal-error"], "internal-error = ");
        check_in(FileKind::Pack, "[lint.severity]\nsyntax = \"|\"", &["error", "warning", "info", "off"], "\"error\"");
        check_in(FileKind::Pack, "[exposure]\nscore = |", &["always", "on_done"], "");
    }

    #[test]
    fn the_expected_code_is_neither_partly_right_nor_harmful() {
        for place in ["harmful = [\"|\"]", "partial = { | }", "[resolution.partial]\n|"] {
            let (view, at) = view(FileKind::Task, &format!("[resolution]\nexpected = \"store_credit\"\n{place}\n"));
            let labels: Vec<String> = complete_at(&view, at).into_iter().map(|item| item.label).collect();
            assert!(labels.contains(&"escalate".to_owned()), "{place}: {labels:?}");
            assert!(!labels.contains(&"store_credit".to_owned()), "{place}: {labels:?}");
        }
    }
}
