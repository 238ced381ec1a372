//! The source keeps its own rules: one-way arrows between rooms, no task of a pack named in the engine, and a first
//! line in every file that says what it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use support_ops_env::pack::load;
use support_ops_env::protocol::{action_schema, tools};

/// The rooms in the order of the table in the architecture page: each may use those above it.
fn rooms() -> Vec<String> {
    let page = fs::read_to_string("ARCHITECTURE.md").expect("the page is part of the repository");
    let (_, table) = page.split_once("| room |").expect("the page has a table of rooms");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).expect("a room's name stands in backticks").to_owned()).collect()
}

#[test]
fn every_room_stands_in_the_table() {
    let on_disk: BTreeSet<String> = fs::read_dir("src")
        .expect("the source is part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(on_disk, rooms().into_iter().collect());
}

#[test]
fn arrows_between_rooms_go_one_way() {
    let rooms = rooms();
    let rank = |room: &str| rooms.iter().position(|name| name == room);
    let mut turned = Vec::new();
    let mut arrows = 0;
    for (path, text) in sources() {
        let Some(own) = room_of(&path).and_then(|room| rank(&room)) else { continue };
        for used in uses(&text) {
            let Some(other) = rank(&used) else { continue };
            arrows += usize::from(other != own);
            if other > own {
                turned.push(format!("{} uses `{used}`", path.display()));
            }
        }
    }
    assert!(arrows > 30, "only {arrows} arrows were found");
    assert!(turned.is_empty(), "arrows turned round: {turned:#?}");
}

#[test]
fn only_clients_connect() {
    let mut found = BTreeSet::new();
    for (path, text) in sources() {
        let connects = ["ureq::", "TcpStream::connect", "UdpSocket", "UnixStream", "tungstenite::client"];
        if connects.iter().any(|call| code_of(&text).contains(call)) {
            found.insert(room_of(&path).unwrap_or_default());
        }
    }
    assert_eq!(found, ["cli", "eval", "validate"].map(str::to_owned).into());
}

#[test]
fn uses_are_read_in_every_form() {
    let check = |text: &str, expect: &[&str]| assert_eq!(uses(text), expect, "{text}");
    check("use crate::task::Task;", &["task"]);
    check("let x = crate::text::value::Date::new();", &["text"]);
    check("use crate::{diag::Code, task};", &["diag", "task"]);
    check("use crate::{\n    diag::{Code, Span},\n    task,\n};", &["diag", "task"]);
    check("pub(in crate::pack) fn x() {}", &["pack"]);
    check("//! See crate::session and [`x`](crate::cli).\nuse std::fmt;", &[]);
}

#[test]
fn the_engine_names_no_task() {
    let loaded = load(&[Path::new("tasks"), Path::new("tests/fixtures/good")]).expect("the packs can be read");
    let ids: Vec<&str> = loaded.packs.iter().flat_map(|pack| &pack.tasks).map(|task| &*task.id).collect();
    assert!(ids.len() > 3);
    for (path, text) in sources() {
        for id in &ids {
            // Long enough that the words alone cannot be a coincidence.
            let named = id.len() >= 10 && code_of(&text).contains(id);
            assert!(!named, "{} names the task `{id}`", path.display());
        }
    }
}

#[test]
fn what_agents_are_shown_as_examples_is_of_no_pack() {
    let loaded = load(&[Path::new("tasks"), Path::new("tests/fixtures/good")]).expect("the packs can be read");
    let shown =
        (serde_json::to_string(tools()).expect("tools are plain JSON") + &action_schema().to_string()).to_lowercase();
    let mut names = 0;
    for pack in &loaded.packs {
        let codes = pack.resolutions.iter().map(|resolution| resolution.code.to_lowercase());
        let policies = pack.handbook.iter().flat_map(|policy| [policy.id.to_lowercase(), policy.title.to_lowercase()]);
        for name in codes.chain(policies) {
            assert!(!shown.contains(&name), "`{name}` of the pack `{}` is an example", pack.name);
            names += 1;
        }
    }
    assert!(names > 30, "only {names} names were looked for");
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        let says = first.strip_prefix("//! ").is_some_and(|line| line.len() > 5);
        assert!(says, "{} opens with `{first}`", path.display());
    }
}

/// Every file under `src` with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut left = vec![PathBuf::from("src")];
    let mut files = Vec::new();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).expect("the source is part of the repository") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is text");
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

/// The room of a file; none for `lib.rs` and `main.rs`.
fn room_of(path: &Path) -> Option<String> {
    let mut parts = path.components().skip(1);
    let room = parts.next()?.as_os_str().to_string_lossy().into_owned();
    parts.next().map(|_| room)
}

/// A file without its tests, which stand at its foot.
fn code_of(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The rooms that a file's code refers to, in order.
fn uses(text: &str) -> Vec<String> {
    let code: String = code_of(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let name = |text: &str| text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => used.push(name(rest)),
            Some(group) => used.extend(top_items(group).iter().map(|item| name(item.trim()))),
        }
    }
    used.retain(|room| !room.is_empty());
    used
}

/// The items of a `{…}` group up to its closing brace, nested groups kept whole.
fn top_items(group: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}
