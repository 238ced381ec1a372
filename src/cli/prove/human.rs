//! The proof for people: the table, then what was found, then the verdict.

use std::path::Path;
use std::time::Duration;

use crate::cli::output::{colour, print_line, width};
use crate::cli::packs::count;
use crate::cli::table::{fitting, four, render_table};
use crate::diag::{Severity, printable};
use crate::prove::{Finding, TaskProof, Witness};

use super::Proof;
use super::table::{COLUMNS, DISPENSABLE, steps, verdict, ways};
use super::witness::names;

/// Prints the table, every finding, with its witness or the file that holds it, and the verdict. `witnesses` is the
/// folder of those files.
pub(super) fn print(proof: &Proof, witnesses: Option<&Path>, failed: bool, took: Duration) {
    match fitting(&COLUMNS, &DISPENSABLE, &proof.tasks, width()) {
        // One task has room to be told in full.
        Some(columns) if proof.tasks.len() > 1 => {
            render_table(&columns, &proof.tasks).into_iter().for_each(print_line);
            print_line("");
            for (column, _) in columns.iter().filter(|(column, _)| !column.says.is_empty()) {
                print_line(format_args!("  {:<8}  {}", column.head, column.says));
            }
        }
        _ => proof.tasks.iter().for_each(print_block),
    }
    for (finding, name) in proof.findings().zip(names(proof)) {
        let file = witnesses.zip(name).map(|(folder, name)| folder.join(name));
        print_finding(finding, file.as_deref());
    }
    print_verdict(proof, failed, took);
}

/// A task where no table fits.
fn print_block(proof: &TaskProof) {
    let (mutants, word) = (&proof.mutants, proof.difficulty.as_str());
    print_line(format_args!("{} ({word}): {}", proof.task, verdict(proof)));
    print_line(format_args!("  oracle {}, random {}", four(proof.oracle.score), four(proof.search.random)));
    match proof.search.shortest {
        Some(_) => print_line(format_args!("  shortest paths: {} steps, {} ways", steps(proof), ways(proof))),
        None => print_line("  no path passes"),
    }
    if let Some(run) = proof.worst_cheat() {
        print_line(format_args!("  worst cheat {} {}", four(run.earned), run.cheat));
    }
    print_line(format_args!("  without a required item {}", four(proof.withheld())));
    print_line(format_args!("  mutants: {}/{} killed", mutants.killed, mutants.harmful));
    print_line(format_args!("           {}/{} spared", mutants.spared, mutants.harmless));
    if mutants.left_out > 0 {
        print_line(format_args!("           {} left as they are, being so many", count(mutants.left_out, "keyword")));
    }
    for run in proof.cheats.iter().filter(|run| run.left_out > 0) {
        print_line(format_args!("  {}: {} not played, being so many", run.cheat, count(run.left_out, "variant")));
    }
}

fn print_verdict(proof: &Proof, failed: bool, took: Duration) {
    let summary = &proof.summary;
    let (word, on) = match (failed, summary.errors, summary.warnings) {
        (true, ..) => ("FAIL", "\x1b[1;31m"),
        (false, 0, 0) => ("PASS", "\x1b[1;32m"),
        (false, 0, _) => ("PASS with warnings", "\x1b[1;33m"),
        (false, ..) => ("PASS with errors", "\x1b[1;33m"),
    };
    let (on, off) = if colour() { (on, "\x1b[0m") } else { ("", "") };
    let tasks = if summary.tasks == 1 { "task is" } else { "tasks are" };
    print_line(format_args!(
        "\n{on}{word}{off}: {} of {} {tasks} proved{}; {}, {}, {} ({:.1} s)",
        proof.tasks.iter().filter(|task| verdict(task) == "proved").count(),
        summary.tasks,
        if failed { String::new() } else { unproved(proof) },
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.infos, "info"),
        took.as_secs_f64(),
    ));
    if !failed && summary.errors == 0 && summary.warnings > 0 {
        print_line("  nothing of this fails the command; with `--fail-on warning` it does");
    }
}

/// The tasks that are not proved, for the end of a sentence: the first few, and how many more there are.
fn unproved(proof: &Proof) -> String {
    /// More are counted, not named.
    const MOST: usize = 3;
    let all: Vec<&str> = proof.tasks.iter().filter(|task| verdict(task) != "proved").map(|task| &*task.task).collect();
    let named = all.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match (all.len(), all.len().saturating_sub(MOST)) {
        (0, _) => String::new(),
        (1, _) => format!(", {named} is not"),
        (_, 0) => format!(", {named} are not"),
        (_, more) => format!(", {named} and {more} more are not"),
    }
}

fn print_finding(finding: &Finding, file: Option<&Path>) {
    let severity = finding.severity.as_str();
    let (on, off) = match (colour(), finding.severity) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\x1b[1;31m", "\x1b[0m"),
        (true, Severity::Warning) => ("\x1b[1;33m", "\x1b[0m"),
        (true, Severity::Info) => ("\x1b[1;36m", "\x1b[0m"),
    };
    let task = finding.task.as_ref().map_or(String::new(), |task| format!("{task}: "));
    print_line(format_args!(
        "\n{on}{severity}[{}]{off}: {task}{}",
        finding.check.as_str(),
        printable(&finding.message)
    ));
    if let Some(place) = &finding.place {
        let (line, column) = (place.start.line, place.start.column);
        print_line(format_args!("  --> {}:{line}:{column}", printable(&place.file)));
    }
    print_line(format_args!("  help: {}", printable(&finding.help)));
    if let Some(file) = file {
        print_line(format_args!("  witness: {}", printable(&file.display().to_string())));
    } else if let Some(witness) = &finding.witness {
        let what = match witness {
            Witness::Actions(_) => "these actions show it, as a script for `support-ops run`",
            Witness::Example(_) => "this example shows it",
        };
        print_line(format_args!("  {what}:"));
        for line in witness.text().lines() {
            print_line(format_args!("    {}", printable(line)));
        }
    }
}
