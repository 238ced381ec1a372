//! The report: the form of `openenv validate --json`, report schema 2, field by field.

use serde::Serialize;
use serde_json::{Map, Value};

use super::manifest::Manifest;
use super::policy::{CHECKS, POLICY_VERSION, Verdict};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It was not decided; the evidence says why.
    Skip,
    /// It could not be carried out.
    Error,
}

impl Status {
    /// The name, as people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Pass => "PASS",
            Status::Fail => "FAIL",
            Status::Skip => "SKIP",
            Status::Error => "ERROR",
        }
    }
}

/// What one check found, with what it measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckResult {
    /// The policy's id.
    pub check_id: &'static str,
    /// What was found.
    pub status: Status,
    /// What was measured, and what it was measured against.
    pub measured: Map<String, Value>,
    /// What was found, for people; never a secret, never the content of a task.
    pub evidence: Vec<String>,
    /// What to change.
    pub remediation: Option<String>,
    /// How long it took.
    pub duration_s: f64,
}

/// The most lines of evidence that a result holds.
const MAX_EVIDENCE: usize = 20;

impl CheckResult {
    /// A result that says nothing but its status.
    pub(super) fn bare(check_id: &'static str, status: Status) -> CheckResult {
        let (measured, evidence) = (Map::new(), Vec::new());
        CheckResult { check_id, status, measured, evidence, remediation: None, duration_s: 0.0 }
    }

    /// What to do where only a container engine could decide.
    pub(super) const WITH_ENGINE: &'static str =
        "look at the image where there is a container engine; nothing in this folder has to change";

    /// A check that was not decided, with what it takes to have it decided.
    pub(super) fn skip(check_id: &'static str, why: impl Into<String>, remedy: impl Into<String>) -> CheckResult {
        let (evidence, remediation) = (vec![why.into()], Some(remedy.into()));
        CheckResult { evidence, remediation, ..CheckResult::bare(check_id, Status::Skip) }
    }

    /// A check that was carried out: it holds where there is no problem, and then `holds` says what was seen.
    pub(super) fn decided(
        check_id: &'static str,
        measured: Value,
        mut problems: Vec<String>,
        holds: impl Into<String>,
        remediation: &str,
    ) -> CheckResult {
        let failed = !problems.is_empty();
        let status = if failed { Status::Fail } else { Status::Pass };
        let measured = match measured {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        if problems.len() > MAX_EVIDENCE {
            let more = problems.len() - (MAX_EVIDENCE - 1);
            problems.truncate(MAX_EVIDENCE - 1);
            problems.push(format!("and {more} more"));
        }
        let evidence = if failed { problems } else { vec![holds.into()] };
        let remediation = failed.then(|| remediation.to_owned());
        CheckResult { check_id, status, measured, evidence, remediation, duration_s: 0.0 }
    }

    /// The same with what else a reader has to know.
    pub(super) fn noting(mut self, note: impl Into<String>) -> CheckResult {
        self.evidence.push(note.into());
        self
    }
}

/// A run, as OpenEnv writes it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    report_schema_version: &'static str,
    /// The package, as it was named.
    pub target: String,
    /// SHA-256 over its files.
    pub source_digest: String,
    signature: &'static str,
    /// What it declares; `None` where the declaration cannot be read.
    pub manifest: Option<Manifest>,
    policy_version: &'static str,
    lane: &'static str,
    /// Which levels were run.
    pub levels_run: Vec<u8>,
    /// One result for every local check of the policy, in its order.
    pub results: Vec<CheckResult>,
    /// What they come to.
    pub verdict: Verdict,
}

impl Report {
    /// A report of these results, which are put into the policy's order.
    pub(super) fn new(
        target: String,
        source_digest: String,
        manifest: Option<Manifest>,
        levels_run: Vec<u8>,
        mut results: Vec<CheckResult>,
    ) -> Report {
        results.sort_by_key(|result| CHECKS.iter().position(|check| check.id == result.check_id));
        Report {
            report_schema_version: "2",
            target,
            source_digest,
            signature: super::manifest::SIGNATURE,
            manifest,
            policy_version: POLICY_VERSION,
            lane: "local",
            levels_run,
            verdict: Verdict::of(&results),
            results,
        }
    }
}
