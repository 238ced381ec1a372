//! Everything that was proved in one run, as one JSON document.

use serde::Serialize;

use crate::diag::Severity;

use super::finding::Finding;
use super::proof::{PackProof, TaskProof};

/// The proof of everything that was asked for.
#[derive(Debug, Serialize)]
pub struct Proof {
    version: u32,
    /// Of each task.
    pub tasks: Vec<TaskProof>,
    /// Of each pack that was proved whole.
    pub packs: Vec<PackProof>,
    /// How many there are.
    pub summary: Summary,
}

/// How many tasks were proved, and how many findings there are of each severity.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub tasks: usize,
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

impl Proof {
    /// The document of these proofs.
    pub fn new(tasks: Vec<TaskProof>, packs: Vec<PackProof>) -> Proof {
        let summary = Summary { tasks: tasks.len(), errors: 0, warnings: 0, infos: 0 };
        let mut proof = Proof { version: 1, tasks, packs, summary };
        let number = |severity| proof.findings().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
        proof.summary = Summary { tasks: proof.tasks.len(), errors, warnings, infos: number(Severity::Info) };
        proof
    }

    /// The findings of the tasks, then those of the packs.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let tasks = self.tasks.iter().flat_map(|proof| &proof.findings);
        tasks.chain(self.packs.iter().flat_map(|proof| &proof.findings))
    }
}
