//! Files that show findings: scripts to replay, and examples to put into a task.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::cli::packs::count;
use crate::prove::{Check, Witness};

use super::{Proof, one_line};

/// Writes one file for each finding that has something to show, named after the task and counted within it, and removes
/// what an earlier run has written of the same tasks. Returns what became of it.
pub(super) fn write_all(proof: &Proof, folder: &Path) -> io::Result<String> {
    fs::create_dir_all(folder)?;
    let mut written: BTreeSet<String> = BTreeSet::new();
    for task in &proof.tasks {
        let shown = task.findings.iter().filter_map(|finding| Some((finding, finding.witness.as_ref()?)));
        for (number, (finding, witness)) in shown.enumerate() {
            let ending = match witness {
                Witness::Actions(_) => "jsonl",
                Witness::Example(_) => "toml",
            };
            let name = format!("{}.{}.{ending}", task.task, number + 1);
            let text = format!("# {}: {}\n{}\n", finding.check, one_line(&finding.message), witness.text());
            write_anew(&folder.join(&name), text.as_bytes())?;
            written.insert(name);
        }
    }
    let removed = remove_stale(proof, folder, &written)?;
    let stale =
        if removed == 0 { String::new() } else { format!("; {} of an earlier run removed", count(removed, "file")) };
    Ok(match written.len() {
        0 => format!("no witnesses: nothing found that can be shown by one{stale}"),
        1 => format!("1 witness written to {}{stale}", folder.display()),
        more => format!("{more} witnesses written to {}{stale}", folder.display()),
    })
}

/// Writes a file in the place of what has its name. A link there is replaced and not followed.
fn write_anew(path: &Path, text: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => File::create_new(path)?.write_all(text),
    }
}

/// Removes the witnesses of tasks that were proved now which have not been written now. Only a file that opens as a
/// witness does is taken for one.
fn remove_stale(proof: &Proof, folder: &Path, written: &BTreeSet<String>) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let is_stale = !written.contains(&name)
            && task_of(&name).is_some_and(|id| proof.tasks.iter().any(|task| *task.task == *id))
            && entry.file_type()?.is_file()
            && opens_as_witness(&entry.path())?;
        if is_stale {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The task that a witness of this name shows something of.
fn task_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".jsonl").or_else(|| name.strip_suffix(".toml"))?;
    let (task, number) = stem.rsplit_once('.')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(task)
}

fn opens_as_witness(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut head)?;
    let opens = |check: &Check| head.starts_with(format!("# {check}: ").as_bytes());
    Ok(Check::ALL.iter().any(opens))
}

#[cfg(test)]
mod tests {
    use super::task_of;

    #[test]
    fn witnesses_are_known_by_name() {
        let check = |name: &str, expect: Option<&str>| assert_eq!(task_of(name), expect);
        check("late-key.1.jsonl", Some("late-key"));
        check("late-key.12.toml", Some("late-key"));
        check("late-key.toml", None);
        check("late-key..toml", None);
        check("late-key.1.txt", None);
        check("late-key.x.jsonl", None);
    }
}
