//! Internal records an agent may inspect.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

/// One internal record.
#[derive(Debug)]
pub struct Artifact {
    /// Unique in its task.
    pub id: Arc<str>,
    /// For people.
    pub title: Arc<str>,
    /// Not needed to solve the task, and meant so.
    pub distractor: bool,
    /// The record as `inspect_artifact` shows it.
    pub rendered: Arc<str>,
    /// The evidence key that seeing it earns: `artifact:<id>`.
    pub evidence: Arc<str>,
}

/// A task's artifacts by id, in the file's order.
#[derive(Debug, Default)]
pub struct ArtifactTable(IndexMap<Arc<str>, Artifact, RandomState>);

impl ArtifactTable {
    /// A table of these artifacts; of two with one id the first stays.
    pub fn new(artifacts: impl IntoIterator<Item = Artifact>) -> ArtifactTable {
        let mut table = IndexMap::default();
        for artifact in artifacts {
            table.entry(artifact.id.clone()).or_insert(artifact);
        }
        ArtifactTable(table)
    }

    /// The artifact with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Artifact> {
        self.0.get(id)
    }

    /// All of them, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = &Artifact> {
        self.0.values()
    }

    /// Their ids, in the file's order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(AsRef::as_ref)
    }
}
