//! `support-ops prove`: whether tasks can be solved, what cheats get, and whether the grader has teeth.

mod human;
mod markdown;
mod table;
mod witness;

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::diag::{Severity, printable};
use crate::pack::Whereabouts;
use crate::prove::{PackProof, Proof, TaskProof};
use crate::task::{Catalog, Task, TaskPack};

use super::output::{self, FINDINGS, fail, say};
use super::packs::{PackPaths, load_packs, playable};

/// Prove that tasks can be solved, are hard to cheat, and are graded with teeth.
#[derive(Debug, Args)]
#[command(after_help = "Every episode that a task allows is searched, every cheat is played, and small changes of the
reference solution have to cost something (docs/quality.md).

`support-ops explain FINDING` says what a finding means and what to do.

Exit codes: 0 nothing found at the level of --fail-on, 1 findings, 2 a pack cannot be loaded.

Examples:
  support-ops prove
  support-ops prove tasks --task my-task
  support-ops prove --format markdown > proof.md
  support-ops prove --witnesses out
  support-ops run --agent script:out/my-task.1.jsonl --task my-task")]
pub(super) struct ProveArgs {
    #[command(flatten)]
    packs: PackPaths,
    /// How to write the proof.
    #[arg(long, default_value = "human")]
    format: ProveFormat,
    /// Only this task; repeatable.
    #[arg(long = "task", value_name = "ID")]
    ids: Vec<String>,
    /// The least severity that makes the command fail.
    #[arg(long, default_value = "error")]
    fail_on: FailOn,
    /// Write what shows each finding into this folder: scripts for `run --agent script:FILE`, and examples. What an earlier
    /// run has written there of the same tasks is removed.
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

pub(super) fn run(args: &ProveArgs) -> ExitCode {
    let start = Instant::now();
    if args.format == ProveFormat::Json {
        output::promise_documents();
    }
    let loaded = match load_packs(&args.packs.all()) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let ids = loaded.packs.iter().flat_map(|pack| &pack.tasks).map(|task| task.id.clone());
    let asked_for: BTreeSet<Arc<str>> = ids.filter(|id| loaded.is_asked_for(id)).collect();
    let whereabouts = Whereabouts::of(&loaded);
    let catalog = match playable(loaded) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let is_whole = args.ids.is_empty() && asked_for.len() == catalog.tasks().len();
    let chosen = match chosen(&catalog, &args.ids, &asked_for) {
        Ok(chosen) => chosen,
        Err(why) => return fail(why),
    };
    let mut tasks = prove_all(&chosen, &catalog);
    for finding in tasks.iter_mut().flat_map(|proof| &mut proof.findings) {
        finding.place = finding.task.as_ref().and_then(|task| whereabouts.of_task(task, &finding.about));
    }
    // What no task needs is a question to the whole pack.
    let packs = if is_whole { catalog.packs() } else { &[] };
    let packs = packs.iter().map(|pack| prove_pack(pack, &whereabouts)).collect();
    let proof = Proof::new(tasks, packs);
    if let Some(folder) = &args.witnesses {
        match witness::write_all(&proof, folder) {
            Ok(told) => say(told),
            Err(error) => return fail(format_args!("cannot write to {}: {error}", folder.display())),
        }
    }
    let least = match args.fail_on {
        FailOn::Info => Some(Severity::Info),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Error => Some(Severity::Error),
        FailOn::Never => None,
    };
    let failed = least.is_some_and(|least| proof.findings().any(|finding| finding.severity >= least));
    match args.format {
        ProveFormat::Human => human::print(&proof, args.witnesses.as_deref(), failed, start.elapsed()),
        ProveFormat::Markdown => markdown::print(&proof),
        ProveFormat::Json => match serde_json::to_string_pretty(&proof) {
            Ok(text) => output::print_line(text),
            Err(error) => return fail(error),
        },
    }
    if failed { FINDINGS } else { ExitCode::SUCCESS }
}

fn prove_pack(pack: &TaskPack, whereabouts: &Whereabouts) -> PackProof {
    let mut proof = PackProof::of(pack);
    for finding in &mut proof.findings {
        finding.place = pack.tasks.first().and_then(|task| whereabouts.of_pack(&task.id, &finding.about));
    }
    proof
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
