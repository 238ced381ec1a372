//! The proof for people: the table, then what was found, then the verdict.

use std::time::Duration;

use crate::cli::output::{colour, print_line, width};
use crate::cli::packs::count;
use crate::diag::{Severity, printable};
use crate::prove::{Finding, TaskProof, Witness};

use super::Proof;
use super::table::{fitting, four, steps, verdict, ways};

/// Prints the table, every finding, with its witness where no file holds it, and the verdict.
pub(super) fn print(proof: &Proof, shows_witnesses: bool, failed: bool, took: Duration) {
    match fitting(&proof.tasks, width()) {
        // One task has room to be told in full.
        Some(columns) if proof.tasks.len() > 1 => {
            let print_row = |cells: Vec<(String, usize)>| {
                let padded: Vec<String> = cells.iter().map(|(cell, width)| format!("{cell:<width$}")).collect();
                print_line(padded.join("  ").trim_end());
            };
            print_row(columns.iter().map(|(column, width)| (column.head.to_owned(), *width)).collect());
            for task in &proof.tasks {
                print_row(columns.iter().map(|(column, width)| ((column.cell)(task), *width)).collect());
            }
            print_line("");
            for (column, _) in columns.iter().filter(|(column, _)| !column.says.is_empty()) {
                print_line(format_args!("  {:<8}  {}", column.head, column.says));
            }
        }
        _ => proof.tasks.iter().for_each(print_block),
    }
    for finding in proof.findings() {
        print_finding(finding, shows_witnesses);
    }
    print_verdict(proof, failed, took);
}

/// A task where no table fits.
fn print_block(proof: &TaskProof) {
    let (mutants, word) = (&proof.mutants, proof.difficulty.as_str());
    print_line(format_args!("{} ({word}): {}", proof.task, verdict(proof)));
    print_line(format_args!("  oracle {}, random {}", four(proof.oracle.score), four(proof.search.random)));
    print_line(format_args!("  shortest paths: {} steps, {} ways", steps(proof), ways(proof)));
    if let Some(run) = proof.worst_cheat() {
        print_line(format_args!("  worst cheat {} {}", four(run.earned), run.cheat));
    }
    if let Some(heap) = &proof.exploit.heap {
        print_line(format_args!("  a heap of keywords meets all of them: {}", shortened(heap)));
    }
    print_line(format_args!("  without a required item {}", four(proof.withheld())));
    print_line(format_args!("  mutants: {}/{} killed", mutants.killed, mutants.harmful));
    print_line(format_args!("           {}/{} spared", mutants.spared, mutants.harmless));
    if mutants.left_out > 0 {
        print_line(format_args!("           {} left as they are, being so many", count(mutants.left_out, "keyword")));
    }
}

/// A reply on one line, cut where it is long.
fn shortened(reply: &str) -> String {
    /// Enough to see what it is made of.
    const MOST: usize = 60;
    let line = super::one_line(reply);
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST).chain(['…']).collect() }
}

fn print_verdict(proof: &Proof, failed: bool, took: Duration) {
    let summary = &proof.summary;
    let (word, on) = if failed { ("FAIL", "\x1b[1;31m") } else { ("PASS", "\x1b[1;32m") };
    let (on, off) = if colour() { (on, "\x1b[0m") } else { ("", "") };
    let tasks = if summary.tasks == 1 { "task is" } else { "tasks are" };
    print_line(format_args!(
        "\n{on}{word}{off}: {} of {} {tasks} proved; {}, {}, {} ({:.1} s)",
        proof.tasks.iter().filter(|task| verdict(task) == "proved").count(),
        summary.tasks,
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.infos, "info"),
        took.as_secs_f64(),
    ));
}

fn print_finding(finding: &Finding, shows_witness: bool) {
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
    if let Some(witness) = finding.witness.as_ref().filter(|_| shows_witness) {
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
