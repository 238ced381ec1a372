//! Packs on disk: every folder of bad ones gives exactly the findings beside it, every good one is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use support_ops_env::diag::{Code, render_human};
use support_ops_env::pack::{Loaded, load};

const BAD: &str = "tests/fixtures/bad";
const GOOD: &str = "tests/fixtures/good";
/// The file of the expected findings in a folder of a bad pack.
const EXPECTED: &str = "expected.txt";
/// Set to `1`, it makes the test write the findings instead of comparing them: then read the difference.
const UPDATE: &str = "UPDATE_EXPECT";
/// Folders whose name begins so hold several mistakes, to watch for cascades.
const MANY: &str = "many-";

#[test]
fn bad_packs_give_the_expected_findings() {
    let update = std::env::var_os(UPDATE).is_some_and(|value| value == "1");
    let mut wrong = Vec::new();
    for folder in folders(BAD) {
        let found = findings(&folder);
        let path = folder.join(EXPECTED);
        if update {
            fs::write(&path, &found).expect("the folder can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "set {UPDATE}=1 to rewrite, then read the difference\n{}", wrong.join("\n"));
}

#[test]
fn bad_packs_have_the_one_fault_they_are_named_for() {
    for folder in folders(BAD) {
        let name = name_of(&folder);
        let loaded = load_folder(&folder);
        let codes: BTreeSet<Code> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        match code_of(&name) {
            Some(code) => assert!(codes.contains(&code), "{name} is named for `{code}` and gives {codes:?}"),
            None => assert!(name.starts_with(MANY) && codes.len() > 1, "{name} is named for no code"),
        }
    }
}

#[test]
fn every_code_of_the_loader_has_a_bad_pack() {
    // What the loader can say is what its source names.
    let mut named = BTreeMap::new();
    for code in Code::ALL {
        named.insert(format!("{code:?}"), *code);
    }
    let mut emitted = BTreeSet::new();
    for file in files("src/pack") {
        let text = fs::read_to_string(&file).expect("the source is text");
        for part in text.split("Code::").skip(1) {
            let name: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
            emitted.extend(named.get(&name).copied());
        }
    }
    // A bug of the loader is no file that could be written down.
    emitted.remove(&Code::InternalError);
    assert!(emitted.len() >= 30, "only {} codes were found", emitted.len());
    let covered: BTreeSet<Code> = folders(BAD).iter().filter_map(|folder| code_of(&name_of(folder))).collect();
    let lacking: Vec<&Code> = emitted.difference(&covered).collect();
    assert!(lacking.is_empty(), "no folder of {BAD} shows {lacking:?}");
}

#[test]
fn good_packs_are_silent() {
    for folder in folders(GOOD).into_iter().chain([PathBuf::from("tasks")]) {
        let loaded = load_folder(&folder);
        assert_eq!(findings(&folder), "", "{}", folder.display());
        assert!(!loaded.packs.is_empty() && loaded.packs.iter().all(|pack| !pack.tasks.is_empty()));
    }
}

#[test]
fn findings_point_into_their_files() {
    for folder in folders(BAD) {
        let loaded = load_folder(&folder);
        for diagnostic in loaded.diagnostics.iter().chain(&loaded.errors) {
            let labels = diagnostic.labels.iter().map(|label| label.span);
            let edits = diagnostic.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
            for span in labels.chain(edits).chain([diagnostic.span]) {
                let text = &loaded.sources.get(span.source).text;
                assert!(text.get(span.start as usize..span.end as usize).is_some(), "{}: {span:?}", folder.display());
            }
        }
    }
}

#[test]
fn packs_of_a_folder_are_loaded_together() {
    let loaded = load(&[GOOD]).expect("the folder can be read");
    assert!(loaded.packs.len() >= 3, "{} packs", loaded.packs.len());
    assert!(loaded.into_catalog().is_ok());
}

fn findings(folder: &Path) -> String {
    let loaded = load_folder(folder);
    let below = format!("{}/", folder.display());
    let render = |diagnostic| render_human(diagnostic, &loaded.sources, false).replace(&below, "");
    loaded.diagnostics.iter().map(render).collect::<Vec<_>>().join("\n")
}

fn load_folder(folder: &Path) -> Loaded {
    load(&[folder]).expect("the folder can be read")
}

/// The code that a folder's name begins with.
fn code_of(name: &str) -> Option<Code> {
    let begins = |code: &&Code| name == code.as_str() || name.starts_with(&format!("{}-", code.as_str()));
    Code::ALL.iter().filter(begins).max_by_key(|code| code.as_str().len()).copied()
}

fn name_of(folder: &Path) -> String {
    folder.file_name().expect("a folder below another has a name").to_string_lossy().into_owned()
}

fn folders(root: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = entries(Path::new(root)).into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn files(root: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left = vec![PathBuf::from(root)];
    while let Some(folder) = left.pop() {
        for path in entries(&folder) {
            if path.is_dir() { left.push(path) } else { files.push(path) }
        }
    }
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is part of the repository");
    entries.map(|entry| entry.expect("the folder can be read").path()).collect()
}
