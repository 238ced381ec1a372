//! OpenEnv's severity policy `v2`: the local checks, their levels and severities, the bounds of what may be declared,
//! and how results make a verdict.

use serde::Serialize;

use super::report::{CheckResult, Status};

/// The policy's name in reports.
pub(super) const POLICY_VERSION: &str = "v2";

/// What an author may declare at most, or at least.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Bounds {
    pub(super) max_oracle_tolerance: f64,
    pub(super) min_floor_margin: f64,
    pub(super) max_variance_tolerance: f64,
    pub(super) max_episode_timeout_s: f64,
}

/// The bounds of `v2`.
pub(super) const BOUNDS: Bounds = Bounds {
    max_oracle_tolerance: 0.1,
    min_floor_margin: 0.1,
    max_variance_tolerance: 0.2,
    max_episode_timeout_s: 3600.0,
};

/// How costly a check is, and what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The package's files.
    Static = 1,
    /// A server that runs.
    Runtime = 2,
    /// The tasks and their grader.
    Semantic = 3,
}

/// What a failure means for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The package is not valid.
    Fail,
    /// It is worth a look.
    Warn,
}

/// A check as the policy knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckId {
    /// Its id.
    pub id: &'static str,
    /// Its level.
    pub level: Level,
    /// What its failure means.
    pub severity: Severity,
}

/// Every local check of the policy, in its order, which is that of reports.
pub const CHECKS: [CheckId; 34] = [
    fail("static.manifest", Level::Static),
    fail("static.reproducible_build", Level::Static),
    warn("static.image_hygiene", Level::Static),
    warn("static.layout", Level::Static),
    fail("static.sbom", Level::Static),
    fail("static.oci_labels", Level::Static),
    fail("static.resource_declaration", Level::Static),
    fail("static.timeout_ceiling", Level::Static),
    fail("static.dependency_pinning", Level::Static),
    fail("static.task_distribution_pinning", Level::Static),
    fail("runtime.startup", Level::Runtime),
    fail("runtime.reward_well_formed", Level::Runtime),
    warn("runtime.rubric_introspectable", Level::Runtime),
    fail("runtime.observation_schema", Level::Runtime),
    fail("runtime.state_contract", Level::Runtime),
    warn("runtime.trajectory_record", Level::Runtime),
    warn("runtime.reward_attribution", Level::Runtime),
    fail("runtime.tool_declaration_accuracy", Level::Runtime),
    fail("runtime.task_declaration_accuracy", Level::Runtime),
    fail("runtime.seed_control", Level::Runtime),
    fail("runtime.episode_determinism", Level::Runtime),
    fail("runtime.network_policy", Level::Runtime),
    fail("runtime.host_containment", Level::Runtime),
    fail("runtime.resource_bounds", Level::Runtime),
    fail("runtime.episode_isolation", Level::Runtime),
    fail("runtime.oracle_containment", Level::Runtime),
    fail("semantic.oracle_max", Level::Semantic),
    fail("semantic.floor_gap", Level::Semantic),
    fail("semantic.canary_floor", Level::Semantic),
    fail("semantic.no_solution_leakage", Level::Semantic),
    fail("semantic.verifier_determinism", Level::Semantic),
    fail("semantic.verifier_portability", Level::Semantic),
    fail("semantic.resource_envelope", Level::Semantic),
    fail("semantic.replayability", Level::Semantic),
];

const fn fail(id: &'static str, level: Level) -> CheckId {
    CheckId { id, level, severity: Severity::Fail }
}

const fn warn(id: &'static str, level: Level) -> CheckId {
    CheckId { id, level, severity: Severity::Warn }
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything was decided, and holds.
    Pass,
    /// Something was left undecided, or only a warning was found.
    Warn,
    /// A check failed that must hold.
    Fail,
}

impl Verdict {
    /// What these results come to. An error fails closed, as a check that could not tell proves nothing.
    pub fn of(results: &[CheckResult]) -> Verdict {
        let mut verdict = Verdict::Pass;
        for result in results {
            let severity = CHECKS.iter().find(|check| check.id == result.check_id).map(|check| check.severity);
            match (result.status, severity) {
                (Status::Pass, _) => {}
                (Status::Error, _) | (Status::Fail, Some(Severity::Fail) | None) => return Verdict::Fail,
                (Status::Fail, Some(Severity::Warn)) | (Status::Skip, _) => verdict = Verdict::Warn,
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_make_a_verdict() {
        let check = |results: &[(&'static str, Status)], expect: Verdict| {
            let results: Vec<_> = results.iter().map(|&(id, status)| CheckResult::bare(id, status)).collect();
            assert_eq!(Verdict::of(&results), expect, "{results:?}");
        };
        check(&[("static.manifest", Status::Pass)], Verdict::Pass);
        check(&[("static.manifest", Status::Pass), ("static.sbom", Status::Skip)], Verdict::Warn);
        check(&[("static.layout", Status::Fail)], Verdict::Warn);
        check(&[("static.layout", Status::Error)], Verdict::Fail);
        check(&[("static.sbom", Status::Fail), ("static.manifest", Status::Pass)], Verdict::Fail);
        check(&[("static.unheard_of", Status::Fail)], Verdict::Fail);
    }
}
