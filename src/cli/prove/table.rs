//! The table of a proof: one row for each task.

use crate::diag::Severity;
use crate::prove::TaskProof;

/// What the columns are called.
pub(super) const HEADS: [&str; 9] =
    ["task", "label", "oracle", "shortest", "random", "worst cheat", "withheld", "mutants", "verdict"];

/// One task's row.
pub(super) fn row(proof: &TaskProof) -> [String; 9] {
    let shortest = proof.search.shortest.as_ref().map_or("none".to_owned(), |shortest| {
        let ways = shortest.ways.map_or("many".to_owned(), |ways| ways.to_string());
        format!("{} steps, {ways} ways", shortest.steps)
    });
    let cheat = proof.worst_cheat().map_or("-".to_owned(), |run| format!("{:.4} {}", run.earned, run.cheat));
    let mutants = &proof.mutants;
    let count = |severity| proof.findings.iter().filter(|finding| finding.severity == severity).count();
    let verdict = match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => "proved".to_owned(),
        (0, warnings) => super::super::packs::count(warnings, "warning"),
        (errors, _) => super::super::packs::count(errors, "error"),
    };
    [
        proof.task.to_string(),
        proof.difficulty.as_str().to_owned(),
        format!("{:.4}", proof.oracle.score),
        shortest,
        format!("{:.4}", proof.search.random),
        cheat,
        format!("{:.4}", proof.withheld()),
        format!("{}/{} killed, {}/{} spared", mutants.killed, mutants.harmful, mutants.spared, mutants.harmless),
        verdict,
    ]
}
