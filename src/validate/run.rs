//! A whole run: every check in the policy's order, those left out whose ground is missing.

use std::time::Instant;

use crate::task::Catalog;

use super::evidence::Evidence;
use super::manifest::Manifest;
use super::package::Package;
use super::plan::Plan;
use super::policy::{CHECKS, Level};
use super::repetition;
use super::report::{CheckResult, Report, Status};
use super::trajectory::{Trajectory, trajectories};
use super::{runtime, semantic, statics};

/// Where the server under test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In this process, on a port of loopback.
    InProcess,
    /// Elsewhere, at an address that was given.
    AtUrl,
}

/// What needs a container, with what it would have to measure there.
const NEEDS_CONTAINER: [(&str, &str); 5] = [
    ("runtime.network_policy", "reachability has to be measured from the container's network namespace"),
    ("runtime.host_containment", "the file system and the host have to be probed from within the container"),
    ("runtime.resource_bounds", "the limits of an episode have to be enforced by the container engine"),
    ("semantic.verifier_portability", "the grader has to run in a container whose network is denied"),
    (
        "semantic.resource_envelope",
        "use has to be measured of the container alone; in process the server shares its memory with this command",
    ),
];

/// Runs every check. `within` tells whether the tasks are files of the package; `collect` asks the server, given the
/// plan and the trajectories to play.
pub fn validate(
    package: &Package,
    catalog: &Catalog,
    within: bool,
    place: Where,
    collect: impl FnOnce(&Plan, &[Trajectory]) -> Evidence,
) -> Report {
    let packs = catalog.packs().iter();
    let packs = packs.map(|pack| (pack.name.to_string(), pack.version.to_string(), pack.digest.to_string())).collect();
    let began = Instant::now();
    let mut results = statics::check_all(package, &statics::Origin { within, packs });
    // They read what is in memory: the time of one is that of all.
    let each = began.elapsed().as_secs_f64() / results.len() as f64;
    results.iter_mut().for_each(|result| result.duration_s = each);

    let mut levels = vec![1];
    let manifest = package.manifest.as_ref().ok();
    match manifest {
        Some(manifest) => {
            let made = trajectories(catalog);
            let shipped = package.canaries.as_ref().map(|text| {
                let parse = |text: &String| Trajectory::parse_all(text).map_err(|error| error.to_string());
                text.as_ref().map_err(String::clone).and_then(parse)
            });
            let ground = semantic::Ground { catalog, manifest, made: &made, shipped: shipped.as_ref() };
            if run_server_checks(package, manifest, &ground, place, collect, &mut results) {
                levels.extend([2, 3]);
            }
        }
        None => skip_rest("static.manifest", &mut results),
    }
    let digest = package.digest.clone().unwrap_or_default();
    Report::new(package.target.clone(), digest, package.manifest.as_ref().ok().cloned(), levels, results)
}

/// The runtime and the semantic checks; whether a server was asked.
fn run_server_checks(
    package: &Package,
    manifest: &Manifest,
    ground: &semantic::Ground<'_>,
    place: Where,
    collect: impl FnOnce(&Plan, &[Trajectory]) -> Evidence,
    results: &mut Vec<CheckResult>,
) -> bool {
    let needs_engine = |(id, why): &(&'static str, &str)| {
        CheckResult::skip(id, format!("needs a container engine: {why}"), CheckResult::WITH_ENGINE)
    };
    results.extend(NEEDS_CONTAINER.iter().map(needs_engine));
    if manifest.execution.is_none() {
        results.push(CheckResult::skip(
            "runtime.startup",
            "no validation.execution with a runtime plan is declared",
            "declare validation.execution in openenv.yaml, with a probe_path such as validation/runtime.json",
        ));
        skip_rest("runtime.startup", results);
        return false;
    }
    let plan = package.plan.as_ref().map_err(String::clone).and_then(|text| Plan::parse(text));
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => {
            let problem = format!("the runtime plan cannot be used: {why}");
            let remedy = "fix the file that validation.execution.probe_path names";
            results.push(CheckResult::decided("runtime.startup", serde_json::json!({}), vec![problem], "", remedy));
            skip_rest("runtime.startup", results);
            return false;
        }
    };
    let trajectories = match ground.shipped {
        Some(Ok(shipped)) => shipped,
        _ => ground.made,
    };
    let began = Instant::now();
    let evidence = collect(&plan, trajectories);
    let startup = CheckResult { duration_s: began.elapsed().as_secs_f64(), ..runtime::check_startup(&evidence) };
    let is_up = startup.status == Status::Pass;
    results.push(noted(startup, place));
    if !is_up {
        skip_rest("runtime.startup", results);
        return true;
    }
    let tasks = ground.catalog.tasks();
    let checks: [&dyn Fn() -> CheckResult; 12] = [
        &|| runtime::check_reward_well_formed(&evidence, manifest),
        &|| runtime::check_rubric_introspectable(&evidence, manifest),
        &|| runtime::check_observation_schema(&evidence),
        &|| runtime::check_state_contract(&evidence),
        &|| runtime::check_trajectory_record(&evidence),
        &|| runtime::check_reward_attribution(&evidence),
        &|| runtime::check_tool_declaration_accuracy(&evidence, manifest),
        &|| runtime::check_task_declaration_accuracy(&evidence, manifest),
        &|| repetition::check_seed_control(&evidence, tasks.len()),
        &|| repetition::check_episode_determinism(&evidence),
        &|| repetition::check_episode_isolation(&evidence),
        &|| runtime::check_oracle_containment(&evidence, tasks.iter().map(|task| &**task)),
    ];
    results.extend(checks.iter().map(|check| noted(timed(check), place)));
    // Nothing that is measured of a subject means anything where it does not repeat itself.
    let repeats = results.iter().any(|it| it.check_id == "runtime.episode_determinism" && it.status == Status::Pass);
    if !repeats {
        skip_rest("runtime.episode_determinism", results);
        return true;
    }
    let checks: [&dyn Fn() -> CheckResult; 6] = [
        &|| semantic::check_oracle_max(ground),
        &|| semantic::check_floor_gap(ground),
        &|| semantic::check_canary_floor(ground),
        &|| semantic::check_no_solution_leakage(ground),
        &|| semantic::check_verifier_determinism(ground, &semantic::grade),
        &|| noted(semantic::check_replayability(ground, &evidence), place),
    ];
    results.extend(checks.iter().map(|check| timed(check)));
    true
}

fn timed(check: &dyn Fn() -> CheckResult) -> CheckResult {
    let began = Instant::now();
    let result = check();
    CheckResult { duration_s: began.elapsed().as_secs_f64(), ..result }
}

/// The result with a word on where the server ran.
fn noted(result: CheckResult, place: Where) -> CheckResult {
    if result.status == Status::Skip {
        return result;
    }
    result.noting(match place {
        Where::InProcess => "asked over the wire of a server started in this process on a port of loopback",
        Where::AtUrl => "asked over the wire of the running server at the address given",
    })
}

/// Leaves out every check above the static ones that has no result yet, since `unmet` does not hold.
fn skip_rest(unmet: &str, results: &mut Vec<CheckResult>) {
    let (why, remedy) = (format!("unmet dependency: {unmet}"), format!("mend {unmet} first: this check builds on it"));
    for check in CHECKS.iter().filter(|check| check.level > Level::Static) {
        if results.iter().all(|result| result.check_id != check.id) {
            results.push(CheckResult::skip(check.id, &*why, &*remedy));
        }
    }
}
