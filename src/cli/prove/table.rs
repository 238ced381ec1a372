//! The table of a proof: one row for each task.

use crate::cli::packs::count;
use crate::cli::table::{Column, four};
use crate::diag::Severity;
use crate::prove::TaskProof;

/// Every column, in order.
pub(super) static COLUMNS: [Column<TaskProof>; 10] = [
    Column { head: "task", says: "", cell: |proof| proof.task.to_string() },
    Column {
        head: "label",
        says: "the author's word for its difficulty",
        cell: |proof| proof.difficulty.as_str().to_owned(),
    },
    Column { head: "oracle", says: "the score of the reference solution", cell: |proof| four(proof.oracle.score) },
    Column { head: "steps", says: "the length of the shortest paths that pass", cell: steps },
    Column { head: "ways", says: "how many there are of that length", cell: ways },
    Column {
        head: "random",
        says: "the mean score of an agent that draws its actions",
        cell: |proof| four(proof.search.random),
    },
    Column {
        head: "cheat",
        says: "the most that a cheat earns which looks at nothing or fakes its reply",
        cell: |proof| proof.worst_cheat().map_or("-".to_owned(), |run| four(run.earned)),
    },
    Column {
        head: "withheld",
        says: "the best score without one of the required items",
        cell: |proof| four(proof.withheld()),
    },
    Column {
        head: "mutants",
        says: "changes of the reference solution that cost what they must, of all",
        cell: |proof| {
            let mutants = &proof.mutants;
            format!("{}/{}", mutants.killed + mutants.spared, mutants.harmful + mutants.harmless)
        },
    },
    Column { head: "verdict", says: "", cell: verdict },
];

/// The columns that are left out first where a line is short.
pub(super) const DISPENSABLE: [&str; 4] = ["ways", "label", "oracle", "random"];

/// What became of a task, in a word or two.
pub(super) fn verdict(proof: &TaskProof) -> String {
    let of = |severity| proof.findings.iter().filter(|finding| finding.severity == severity).count();
    match (of(Severity::Error), of(Severity::Warning)) {
        (0, 0) => "proved".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, _) => count(errors, "error"),
    }
}

/// The length of the shortest paths.
pub(super) fn steps(proof: &TaskProof) -> String {
    proof.search.shortest.as_ref().map_or("none".to_owned(), |shortest| shortest.steps.to_string())
}

/// The number of the shortest paths, rounded where it is large.
pub(super) fn ways(proof: &TaskProof) -> String {
    /// Longer numbers say no more.
    const LARGE: u128 = 1_000_000;
    match proof.search.shortest.as_ref().map(|shortest| shortest.ways) {
        None => "-".to_owned(),
        Some(None) => "many".to_owned(),
        Some(Some(ways)) if ways >= LARGE => format!("{:.1e}", ways as f64),
        Some(Some(ways)) => ways.to_string(),
    }
}
