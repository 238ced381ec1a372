//! The proof's table for a document.

use crate::cli::output::print_line;

use super::Proof;
use super::table::{HEADS, row};

/// Prints the table, and the findings as a list.
pub(super) fn print(proof: &Proof) {
    print_line(format_args!("| {} |", HEADS.join(" | ")));
    print_line(format_args!("|{}", " --- |".repeat(HEADS.len())));
    for task in &proof.tasks {
        print_line(format_args!("| {} |", row(task).join(" | ")));
    }
    let mut first = true;
    for finding in proof.findings() {
        if std::mem::take(&mut first) {
            print_line("");
        }
        let task = finding.task.as_ref().map_or(String::new(), |task| format!("`{task}`: "));
        let (severity, check) = (finding.severity.as_str(), finding.check.as_str());
        print_line(format_args!("- {severity} `{check}`: {task}{}", super::one_line(&finding.message)));
    }
}
