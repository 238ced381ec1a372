//! The proof's table for a document.

use crate::cli::output::print_line;

use super::Proof;
use super::table::COLUMNS;

/// Prints the table, and the findings as a list. A document has room for the name of the worst cheat.
pub(super) fn print(proof: &Proof) {
    let heads = COLUMNS.each_ref().map(|column| column.head);
    print_line(format_args!("| {} |", heads.join(" | ")));
    print_line(format_args!("|{}", " --- |".repeat(heads.len())));
    for task in &proof.tasks {
        let cells = COLUMNS.each_ref().map(|column| match (column.head, task.worst_cheat()) {
            ("cheat", Some(run)) => format!("{:.4} {}", run.earned, run.cheat),
            _ => (column.cell)(task),
        });
        print_line(format_args!("| {} |", cells.join(" | ")));
    }
    let mut first = true;
    for finding in proof.findings() {
        if std::mem::take(&mut first) {
            print_line("");
        }
        let task = finding.task.as_ref().map_or(String::new(), |task| format!("`{task}`: "));
        let (severity, check) = (finding.severity.as_str(), finding.check.as_str());
        let place = finding
            .place
            .as_ref()
            .map_or(String::new(), |place| format!(" ({}:{})", super::one_line(&place.file), place.start.line));
        print_line(format_args!("- {severity} `{check}`: {task}{}{place}", super::one_line(&finding.message)));
    }
}
