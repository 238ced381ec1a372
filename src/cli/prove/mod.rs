//! `support-ops prove`: whether tasks can be solved, what cheats get, and whether the grader has teeth.

mod human;
mod markdown;
mod table;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::diag::{Severity, printable};
use crate::prove::{Finding, PackProof, TaskProof};
use crate::task::{Catalog, Task};

use super::output::{self, FINDINGS, fail, say};
use super::packs::{load_packs, playable};

/// Prove that tasks can be solved, are hard to cheat, and are graded with teeth.
#[derive(Debug, Args)]
#[command(after_help = "Every episode that a task allows is searched, every cheat is played, and small changes of the
reference solution have to cost something (docs/quality.md).

Exit codes: 0 nothing found at the level of --fail-on, 1 findings, 2 a pack cannot be loaded.

Examples:
  support-ops prove
  support-ops prove tasks --task my-task
  support-ops prove --format markdown > proof.md
  support-ops prove --witnesses out
  support-ops run --agent script:out/my-task.1.jsonl --task my-task")]
pub(super) struct ProveArgs {
    /// A pack, a folder of packs, or one file of a pack [default: ./tasks where it is a pack, else the built-in one].
    paths: Vec<PathBuf>,
    /// How to write the proof.
    #[arg(long, default_value = "human")]
    format: ProveFormat,
    /// Only this task; repeatable.
    #[arg(long = "task", value_name = "ID")]
    ids: Vec<String>,
    /// The least severity that makes the command fail.
    #[arg(long, default_value = "error")]
    fail_on: FailOn,
    /// Write what shows each finding into this folder: scripts for `run --agent script:FILE`, and examples.
    #[arg(long, value_name = "DIR")]
    witnesses: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProveFormat {
    /// For people: a table, and what was found.
    Human,
    /// One JSON document with everything that is known.
    Json,
    /// The table for a document.
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Info,
    Warning,
    Error,
    /// Findings never make the command fail.
    Never,
}

/// The proof of everything that was asked for.
#[derive(Serialize)]
struct Proof {
    version: u32,
    tasks: Vec<TaskProof>,
    packs: Vec<PackProof>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    tasks: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

impl Proof {
    /// The findings of the tasks, then those of the packs.
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        let tasks = self.tasks.iter().flat_map(|proof| &proof.findings);
        tasks.chain(self.packs.iter().flat_map(|proof| &proof.findings))
    }
}

pub(super) fn run(args: &ProveArgs) -> ExitCode {
    let loaded = match load_packs(&args.paths) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let ids = loaded.packs.iter().flat_map(|pack| &pack.tasks).map(|task| task.id.clone());
    let asked_for: BTreeSet<Arc<str>> = ids.filter(|id| loaded.is_asked_for(id)).collect();
    let catalog = match playable(loaded) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let is_whole = args.ids.is_empty() && asked_for.len() == catalog.tasks().len();
    let chosen = match chosen(&catalog, &args.ids, &asked_for) {
        Ok(chosen) => chosen,
        Err(why) => return fail(why),
    };
    let tasks = prove_all(&chosen, &catalog);
    // What no task needs is a question to the whole pack.
    let packs = if is_whole { catalog.packs().iter().map(PackProof::of).collect() } else { Vec::new() };
    let mut proof = Proof { version: 1, tasks, packs, summary: Summary { tasks: 0, errors: 0, warnings: 0, infos: 0 } };
    let number = |severity| proof.findings().filter(|finding| finding.severity == severity).count();
    proof.summary = Summary {
        tasks: proof.tasks.len(),
        errors: number(Severity::Error),
        warnings: number(Severity::Warning),
        infos: number(Severity::Info),
    };
    match args.format {
        ProveFormat::Human => human::print(&proof, args.witnesses.is_none()),
        ProveFormat::Markdown => markdown::print(&proof),
        ProveFormat::Json => match serde_json::to_string_pretty(&proof) {
            Ok(text) => output::print_line(text),
            Err(error) => return fail(error),
        },
    }
    if let Some(folder) = &args.witnesses {
        match write_witnesses(&proof, folder) {
            Ok(0) => say("no witnesses: nothing found that can be shown by one"),
            Ok(written) => say(format_args!("{} written to {}", witnesses(written), folder.display())),
            Err(error) => return fail(format_args!("cannot write to {}: {error}", folder.display())),
        }
    }
    let least = match args.fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
        FailOn::Never => return ExitCode::SUCCESS,
    };
    if proof.findings().any(|finding| finding.severity >= least) { FINDINGS } else { ExitCode::SUCCESS }
}

/// The tasks that are named, or all that the paths ask for.
fn chosen(catalog: &Catalog, ids: &[String], asked_for: &BTreeSet<Arc<str>>) -> Result<Vec<Arc<Task>>, String> {
    for id in ids {
        let request = crate::protocol::ResetRequest { task_id: Some(id.clone()), ..Default::default() };
        catalog.select(&request, &mut 0).map_err(|error| error.message)?;
    }
    let wanted = |task: &&Arc<Task>| match ids {
        [] => asked_for.contains(&task.id),
        ids => ids.iter().any(|id| **id == *task.id),
    };
    Ok(catalog.tasks().iter().filter(wanted).cloned().collect())
}

/// Proves the tasks, on every core; the proofs come in the order of the tasks.
fn prove_all(tasks: &[Arc<Task>], catalog: &Catalog) -> Vec<TaskProof> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let proofs: Mutex<Vec<Option<TaskProof>>> = Mutex::new(tasks.iter().map(|_| None).collect());
    let shows_progress = std::io::stderr().is_terminal() && tasks.len() > 20;
    std::thread::scope(|scope| {
        for _ in 0..cores.min(tasks.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(at) else { return };
                    let proof = TaskProof::of(task, catalog.tasks());
                    proofs.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[at] = Some(proof);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if shows_progress && (done.is_multiple_of(20) || done == tasks.len()) {
                        output::say_over(format_args!("proved {done} of {} tasks", tasks.len()));
                    }
                }
            });
        }
    });
    if shows_progress {
        say("");
    }
    let proofs = proofs.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    proofs.into_iter().flatten().collect()
}

fn witnesses(number: usize) -> String {
    if number == 1 { "1 witness".to_owned() } else { format!("{number} witnesses") }
}

/// One file for each finding that has something to show, named after the task and counted within it. Returns how many.
fn write_witnesses(proof: &Proof, folder: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let mut written = 0;
    for task in &proof.tasks {
        let shown = task.findings.iter().filter_map(|finding| Some((finding, finding.witness.as_ref()?)));
        for (number, (finding, witness)) in shown.enumerate() {
            let name = witness_name(&task.task, number + 1, witness);
            let text = format!("# {}: {}\n{}\n", finding.check.as_str(), one_line(&finding.message), witness.text());
            write_anew(&folder.join(name), text.as_bytes())?;
            written += 1;
        }
    }
    Ok(written)
}

/// Writes a file in the place of what has its name. A link there is replaced and not followed.
fn write_anew(path: &Path, text: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => File::create_new(path)?.write_all(text),
    }
}

fn witness_name(task: &str, number: usize, witness: &crate::prove::Witness) -> String {
    let ending = match witness {
        crate::prove::Witness::Actions(_) => "jsonl",
        crate::prove::Witness::Example(_) => "toml",
    };
    format!("{task}.{number}.{ending}")
}

/// A text on one line, with nothing in it that steers a terminal.
fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_line_steers_no_terminal() {
        let check = |text: &str, expect: &str| assert_eq!(one_line(text), expect);
        check("asks for `64.50`", "asks for `64.50`");
        check(" two\n lines\t", "two lines");
        check("red \u{1b}[31m and \u{202e}back", "red \u{fffd}[31m and \u{fffd}back");
    }
}
