//! The proof for people: the table, then what was found.

use crate::cli::output::{colour, print_line};
use crate::cli::packs::count;
use crate::diag::{Severity, printable};
use crate::prove::{Finding, Witness};

use super::Proof;
use super::table::{HEADS, row};

/// Prints the table and every finding; with its witness, where no file holds it.
pub(super) fn print(proof: &Proof, shows_witnesses: bool) {
    let rows: Vec<[String; 9]> = proof.tasks.iter().map(row).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).chain([HEADS[at].len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    print_row(HEADS.map(str::to_owned), &widths);
    for row in rows {
        print_row(row, &widths);
    }
    for finding in proof.findings() {
        print_finding(finding, shows_witnesses);
    }
    let summary = &proof.summary;
    print_line(format_args!(
        "\n{} proved: {}, {}",
        count(summary.tasks, "task"),
        count(summary.errors, "error"),
        count(summary.warnings, "warning")
    ));
}

fn print_row(cells: [String; 9], widths: &[usize]) {
    let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
    print_line(padded.join("  ").trim_end());
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
