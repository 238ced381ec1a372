//! `fmt`: whatever the order and layout of a file, its canonical form is one, means the same and keeps every comment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use support_ops_env::format::{Unformatted, format_file};
use support_ops_env::lint::{Selection, lint};
use support_ops_env::pack::{FileKind, load};

use crate::shell::{copy_of, toml_files};

/// How many variants of each file are tried.
const VARIANTS: u64 = 12;
/// Headers of tables whose keys stand in their author's order.
const OWN_ORDER: [&str; 6] = ["record", "resolutions", "partial", "expect", "severity", "weights"];

/// A seeded sequence of numbers: xorshift.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

fn canonical(path: &Path, text: &str) -> String {
    match format_file(&path.display().to_string(), text.as_bytes(), FileKind::of(path)) {
        Ok(text) => text,
        Err(Unformatted::Unsound(found, _)) => panic!("{}: {found:?}\n{text}", path.display()),
        Err(why) => panic!("{}: {why:?}", path.display()),
    }
}

/// The sound files of the repository, with the folder of the pack of each.
fn good_files() -> Vec<(PathBuf, PathBuf)> {
    let mut folders: Vec<PathBuf> = fs::read_dir("tests/fixtures/good")
        .expect("the fixtures are part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    folders.push(PathBuf::from("tasks"));
    folders.sort();
    let of = |folder: PathBuf| toml_files(&folder).into_iter().map(move |file| (folder.clone(), file));
    folders.into_iter().flat_map(of).collect()
}

/// A file without its comments as statements: whole values, multi-line texts included.
fn statements(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let (mut open, mut long) = (0_i32, false);
    for line in text.split_inclusive('\n') {
        let begins = open == 0 && !long;
        if begins && (line.trim().is_empty() || line.starts_with('#')) {
            continue;
        }
        if begins {
            list.push(String::new());
        }
        list.last_mut().expect("a file begins with a statement").push_str(line);
        let quotes = line.matches("\"\"\"").count() + line.matches("'''").count();
        if quotes % 2 == 1 {
            long = !long;
        }
        let is_header = begins && line.starts_with('[');
        if !long && !is_header && quotes == 0 {
            let plain: String = line.split('"').step_by(2).collect();
            open += i32::try_from(plain.matches(['[', '{']).count()).expect("few");
            open -= i32::try_from(plain.matches([']', '}']).count()).expect("few");
        }
    }
    list
}

/// The statements by section, each with its header first; the first section has none.
fn sections(text: &str) -> Vec<Vec<String>> {
    let mut sections = vec![Vec::new()];
    for statement in statements(text) {
        if statement.starts_with('[') {
            sections.push(Vec::new());
        }
        sections.last_mut().expect("there is a first one").push(statement);
    }
    sections
}

/// The file with its tables and their keys in another order, as far as that says nothing.
fn shuffled(text: &str, draw: &mut Draw) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for mut section in sections(text) {
        let header = section.first().filter(|header| header.starts_with('[')).cloned();
        let path = header.as_deref().map_or("", |header| header.trim().trim_matches(['[', ']'])).to_owned();
        let own = |statement: &String| OWN_ORDER.iter().any(|name| statement.starts_with(&format!("{name}.")));
        if !path.split('.').any(|part| OWN_ORDER.contains(&part)) && !section.iter().any(own) {
            draw.shuffle(&mut section[usize::from(header.is_some())..]);
        }
        let top = path.split('.').next().unwrap_or_default().to_owned();
        groups.entry(top).or_default().push(section);
    }
    let top = groups.remove("").unwrap_or_default();
    let mut groups: Vec<Vec<Vec<String>>> = groups.into_values().collect();
    draw.shuffle(&mut groups);
    top.into_iter().chain(groups.into_iter().flatten()).flatten().collect()
}

/// The statements with numbered comments, empty lines, indents and blanks at random places, and how many comments.
fn decorated(statements: &[String], draw: &mut Draw) -> (String, usize) {
    let mut text = String::new();
    let mut notes = 0;
    let mut note = |draw: &mut Draw, text: &mut String| {
        text.push_str(&format!("{}#{} note {notes}.", " ".repeat(draw.below(3)), "#".repeat(draw.below(2))));
        notes += 1;
    };
    for statement in statements {
        for _ in 0..draw.below(3) {
            match draw.below(3) {
                0 => text.push_str(&"\n".repeat(1 + draw.below(3))),
                _ => {
                    note(draw, &mut text);
                    text.push('\n');
                }
            }
        }
        text.push_str(&" ".repeat(draw.below(4)));
        let long_text = statement.contains("\"\"\"") || statement.contains("'''");
        let mut lines = statement.lines().peekable();
        while let Some(line) = lines.next() {
            let last = lines.peek().is_none();
            // Inside of lists, beside and between items; never inside of texts.
            let open = !long_text && (line.ends_with(',') || line.ends_with('['));
            text.push_str(line);
            if draw.below(4) == 0 && (last || open) {
                text.push(' ');
                note(draw, &mut text);
            }
            text.push('\n');
            if open && draw.below(4) == 0 {
                note(draw, &mut text);
                text.push('\n');
            }
        }
    }
    for _ in 0..draw.below(3) {
        text.push_str(&"\n".repeat(draw.below(2)));
        note(draw, &mut text);
        text.push('\n');
    }
    (text, notes)
}

/// What a pack means, in words: its tasks, and what there is to say of them, without places.
fn meaning(folder: &Path, rules: bool) -> (String, Vec<String>) {
    // Loaded afresh: what rules have looked at holds what they worked out, in tables without an order.
    let fresh = load(&[folder]).expect("the folder can be read");
    let mut packs: String = format!("{:?}", fresh.packs);
    for pack in &fresh.packs {
        packs = packs.replace(&*pack.digest, "");
    }
    // A policy index looks names up in a table without an order.
    let parts = packs.split(", exact: {").map(|part| part.split_once("}, name_words").map_or(part, |(_, rest)| rest));
    let packs = parts.collect();
    let loaded = if rules { lint(&[folder], &Selection::default()).expect("the folder can be read") } else { fresh };
    let mut found: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|found| format!("{} {:?} {:?}", found.code, found.severity, found.message))
        .collect();
    found.sort();
    (packs, found)
}

fn check_same(after: &(String, Vec<String>), before: &(String, Vec<String>), name: &str) {
    let differ = after.0.bytes().zip(before.0.bytes()).position(|(a, b)| a != b);
    let around = |text: &str, at: usize| text.chars().skip(at.saturating_sub(80)).take(160).collect::<String>();
    if let Some(at) = differ {
        panic!("{name}: {:?} was {:?}", around(&after.0, at), around(&before.0, at));
    }
    assert_eq!(after.0.len(), before.0.len(), "{name}");
    assert_eq!(after.1, before.1, "{name}");
}

#[test]
fn shipped_files_are_canonical() {
    for file in toml_files(Path::new("tasks")) {
        let text = fs::read_to_string(&file).expect("it can be read");
        assert_eq!(canonical(&file, &text), text, "`support-ops fmt` lays it out: {}", file.display());
    }
}

#[test]
fn order_says_nothing_and_comes_out_the_same() {
    for (_, file) in good_files() {
        let text = statements(&fs::read_to_string(&file).expect("it can be read")).concat();
        let expect = canonical(&file, &text);
        assert_eq!(canonical(&file, &expect), expect, "{}", file.display());
        for seed in 1..=VARIANTS {
            let other = shuffled(&text, &mut Draw(seed * 0x9e37_79b9)).concat();
            assert_eq!(canonical(&file, &other), expect, "{} with seed {seed}:\n{other}", file.display());
        }
    }
}

#[test]
fn comments_stay_and_nothing_changes_its_meaning() {
    let mut tried = 0;
    for (folder, file) in good_files() {
        let text = fs::read_to_string(&file).expect("it can be read");
        let copy = copy_of(&folder);
        let place = copy.path().join(file.strip_prefix(&folder).expect("it lies below"));
        for seed in 1..=VARIANTS {
            let mut draw = Draw(seed * 0x9e37_79b9 + 7);
            let order = if seed % 2 == 0 { shuffled(&text, &mut draw) } else { statements(&text) };
            let (mut variant, notes) = decorated(&order, &mut draw);
            if seed % 5 == 0 {
                variant = format!("\u{feff}{}", variant.replace('\n', "\r\n"));
            }
            let after = canonical(&file, &variant);
            assert_eq!(canonical(&file, &after), after, "{} with seed {seed}:\n{variant}", file.display());
            for number in 0..notes {
                let count = after.matches(&format!(" note {number}.")).count();
                assert_eq!(count, 1, "note {number} of {} with seed {seed}:\n{variant}", file.display());
            }
            tried += 1;
            if seed % 6 != 1 {
                // Checking a whole pack takes a while; its canonical form was compared by the formatter itself.
                continue;
            }
            fs::write(&place, &variant).expect("it can be written");
            let before = meaning(copy.path(), true);
            fs::write(&place, &after).expect("it can be written");
            check_same(&meaning(copy.path(), true), &before, &format!("{} with seed {seed}", file.display()));
        }
    }
    assert!(tried > 60, "only {tried} variants");
}

/// Lines that a file may hold in any order, once each: what is sorted, what keeps its lines, and comments of every kind.
const PARTS: [&str; 15] = [
    "",
    "\n",
    "# lint: allow(unknown-key) one",
    "  ## lint: allow(unknown-key) two",
    "# a note",
    "tags=[\"a\", \"b\", # c\n\"c\"]",
    "schema_version={b=[ # c\n\"x\",255],m=1} # lint: allow(unknown-key) beside",
    "zebra = [\n1,2,\n\n]",
    "title = \"\"\"\n# lint: allow(unknown-key) said\"\"\"",
    "id = 'a' # lint: allow(unknown-key) behind",
    "objective = [1, # lint: allow(unknown-key) within\n  2]",
    "[ticket]",
    "[evidence] # lint: allow(unknown-key) head",
    "[[artifacts]]",
    "[artifacts.record]",
];

#[test]
fn the_canonical_form_of_anything_stays_as_it_is() {
    let mut tried = 0;
    for seed in 1..=20_000_u64 {
        let mut draw = Draw(seed * 0x9e37_79b9);
        let mut parts = PARTS;
        draw.shuffle(&mut parts);
        let mut text = parts[..2 + draw.below(7)].join("\n");
        if seed % 3 == 0 {
            text.insert_str(0, "#:schema x\n");
        }
        if seed % 7 == 0 {
            text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        }
        let Ok(after) = format_file("x.toml", text.as_bytes(), FileKind::Task) else { continue };
        assert_eq!(canonical(Path::new("x.toml"), &after), after, "with seed {seed}:\n{text}");
        tried += 1;
    }
    assert!(tried > 10_000, "only {tried} texts");
}

#[test]
fn faulty_files_keep_their_faults_or_are_left_alone() {
    let (mut done, mut left) = (0, 0);
    for entry in fs::read_dir("tests/fixtures/bad").expect("the fixtures are part of the repository") {
        let folder = entry.expect("the folder can be read").path();
        let copy = copy_of(&folder);
        let before = meaning(copy.path(), false);
        for file in toml_files(copy.path()) {
            let bytes = fs::read(&file).expect("it can be read");
            let name = file.display().to_string();
            match format_file(&name, &bytes, FileKind::of(&file)) {
                Ok(text) => {
                    let again = format_file(&name, text.as_bytes(), FileKind::of(&file)).expect("it is sound");
                    assert_eq!(again, text, "{}", folder.display());
                    fs::write(&file, text).expect("it can be written");
                    done += 1;
                }
                Err(Unformatted::Unsound(found, _)) => {
                    assert!(!found.is_empty(), "{}", folder.display());
                    left += 1;
                }
                Err(Unformatted::Refused(why)) => panic!("{}: {why}", folder.display()),
            }
        }
        check_same(&meaning(copy.path(), false), &before, &folder.display().to_string());
    }
    assert!(done > 200 && left > 10, "{done} done, {left} left");
}
