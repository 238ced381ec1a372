//! OpenEnv's own bar, natively: the local checks of its severity policy `v2`, under the same ids and in its report form.
//!
//! Owns the manifest, the policy, the report and one function per check that can be decided without a container
//! engine; a client of any server by its address, as an evaluator is. Knows nothing of how files are read, how a server
//! is built and how a report is printed. A check never passes without a measurement that could have failed.
//!
//! Read [`validate`] first, then [`CHECKS`].

mod dockerfile;
mod evidence;
mod manifest;
mod package;
mod plan;
mod policy;
mod repetition;
mod report;
mod run;
mod runtime;
mod semantic;
mod statics;
mod trajectory;
mod wire;
mod yaml;

pub use evidence::Evidence;
pub use manifest::Manifest;
pub use package::{Package, SourceDigest};
pub use plan::{MAX_PLAN_BYTES, Plan};
pub use policy::{CHECKS, CheckId, Level, Severity, Verdict};
pub use report::{CheckResult, Report, Status};
pub use run::{Where, validate};
pub use trajectory::{Kind, Trajectory, TrajectoryError, render_trajectories, trajectories};
pub use wire::{Address, Subject, WireError};
