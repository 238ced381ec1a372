//! Checked, immutable tasks: what is proven about a pack once it has loaded.
//!
//! Owns [`Task`], [`TaskPack`] and [`Catalog`]; knows nothing of TOML and files. Read [`Task`] first.

mod artifact;
mod catalog;
mod pack;
mod policy;
mod task;

pub(crate) use task::ARTIFACT_LIST;

pub use artifact::{Artifact, ArtifactTable};
pub use catalog::{Catalog, SelectError};
pub use pack::{Resolution, TaskPack};
pub use policy::{Policy, PolicyIndex, PolicyLookup, normalise_query};
pub use task::{
    Evidence, EvidenceKind, Example, ExpectedVerdict, Exposure, Grading, Outcomes, Rewards, ScoreExposure, Split,
    StateExposure, Task, Ticket, Weights,
};
