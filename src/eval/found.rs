//! What lies at a path: the runs in a folder, and what stands where a run was looked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diag::nearest;

use super::folder::RunFolder;

/// The most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 10_000;
/// Runs that a message names.
const MAX_NAMED: usize = 5;

/// The runs that lie in this folder, in the order of their names.
///
/// # Errors
/// A folder that cannot be listed.
pub(super) fn runs_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(folders_in(path)?.into_iter().filter(|folder| is_run(folder)).collect())
}

pub(super) fn is_run(path: &Path) -> bool {
    path.join(RunFolder::CONFIG).is_file()
}

/// What is found where a run was looked for, and what to name instead.
pub(super) fn describe(path: &Path) -> String {
    let shown = path.display();
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !path.exists() {
        let runs = runs_in(parent).unwrap_or_default();
        let names: Vec<String> = runs.iter().map(|run| name(run)).collect();
        let written = name(path);
        return match nearest(&written, names.iter().map(String::as_str)) {
            Some(near) => format!("there is nothing; did you mean {}?", parent.join(near).display()),
            None => "there is nothing; a run is a folder that `support-ops eval --out` wrote".to_owned(),
        };
    }
    if is_run(parent) && path.file_name().is_some() {
        return format!("it is a part of the run {0}: name {0}", parent.display());
    }
    if !path.is_dir() {
        return "it is a file; a run is a folder that `support-ops eval --out` wrote".to_owned();
    }
    match runs_in(path) {
        Err(error) => return format!("the folder cannot be read: {error}"),
        Ok(runs) if !runs.is_empty() => {
            return match &runs[..] {
                [run] => format!("it holds one: name {}", run.display()),
                runs => format!(
                    "it holds {} ({}): name one, such as {}; `support-ops eval report {shown}` shows all",
                    runs.len(),
                    names_of(runs),
                    runs[0].display()
                ),
            };
        }
        Ok(_) => {}
    }
    let has = |what: fn(&str) -> bool| {
        let entries = fs::read_dir(path).into_iter().flatten().take(MAX_ENTRIES).flatten();
        entries.map(|entry| entry.file_name()).any(|name| name.to_str().is_some_and(what))
    };
    if has(|name| name == RunFolder::TRIALS) {
        return format!("its {} is missing: put it back", RunFolder::CONFIG);
    }
    if has(|name| name.starts_with("episodes-") && name.ends_with(".log")) {
        return format!("it holds recorded episodes: `support-ops log ls {shown}` lists them");
    }
    if has(|name| name == "pack.toml") {
        return format!("it holds a pack: `support-ops eval --agent oracle --tasks {shown} --out run` plays it");
    }
    let deeper = folders_in(path).unwrap_or_default();
    match deeper.iter().find(|folder| runs_in(folder).is_ok_and(|runs| !runs.is_empty())) {
        Some(folder) => format!("it holds no run, but {0} does: `support-ops eval report {0}`", folder.display()),
        None => "it holds no run; a run is a folder that `support-ops eval --out` wrote".to_owned(),
    }
}

fn folders_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path)?.take(MAX_ENTRIES);
    let mut folders: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    Ok(folders)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// "a, b, c", and "…" where there are more.
fn names_of(runs: &[PathBuf]) -> String {
    let named: Vec<String> = runs.iter().take(MAX_NAMED).map(|run| name(run)).collect();
    named.join(", ") + if runs.len() > MAX_NAMED { ", …" } else { "" }
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    /// What is said of a path in a folder where all of this lies.
    fn check(path: &str, expect: &str) {
        let root = tempdir().expect("a folder");
        for file in
            ["many/a/config.json", "many/b/config.json", "many/b/log/x", "one/first/config.json", "log/episodes-1.log"]
                .iter()
                .chain(&["pack/pack.toml", "up/many/a/config.json", "empty/x/y", "file", "left/trials.jsonl"])
        {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
            fs::write(file, "").expect("a file");
        }
        let found = describe(&root.path().join(path)).replace(&format!("{}/", root.path().display()), "");
        assert!(found.contains(expect), "{path}: {found}");
    }

    #[test]
    fn what_lies_there_is_said_and_what_to_name() {
        check("many", "it holds 2 (a, b): name one, such as many/a; `support-ops eval report many` shows all");
        check("one", "it holds one: name one/first");
        check("up", "it holds no run, but up/many does: `support-ops eval report up/many`");
        check("many/b/log", "it is a part of the run many/b: name many/b");
        check("many/b/config.json", "name many/b");
        check("log", "`support-ops log ls log`");
        check("pack", "`support-ops eval --agent oracle --tasks pack --out run`");
        check("one/frist", "did you mean one/first?");
        check("nowhere/b", "there is nothing; a run is");
        check("file", "it is a file");
        check("left", "its config.json is missing");
        check("empty", "it holds no run; a run is");
    }
}
