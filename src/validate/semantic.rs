//! The semantic checks: what the tasks and their grader must do, judged by the engine and by what proofs know.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::episode::Episode;
use crate::protocol::{StepResult, ToolUseAction, render_ws_observation, round_score};
use crate::task::{Catalog, Task};

use super::evidence::{Evidence, Trace};
use super::manifest::Manifest;
use super::report::CheckResult;
use super::trajectory::{Kind, Trajectory, play};

/// What the semantic checks work with.
pub(super) struct Ground<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) manifest: &'a Manifest,
    /// The trajectories that the engine makes of the tasks as they are.
    pub(super) made: &'a [Trajectory],
    /// Those that ship with the package; `None` where none are declared.
    pub(super) shipped: Option<&'a Result<Vec<Trajectory>, String>>,
}

const IN_PROCESS: &str = "played on the engine, in process";

impl Ground<'_> {
    fn made(&self, kind: Kind) -> impl Iterator<Item = &Trajectory> {
        self.made.iter().filter(move |trajectory| trajectory.kind == kind)
    }

    fn shipped(&self) -> &[Trajectory] {
        self.shipped.and_then(|shipped| shipped.as_deref().ok()).unwrap_or_default()
    }

    /// What a trajectory scores now; `None` where its task is unknown or it does not come to an end.
    fn score(&self, trajectory: &Trajectory) -> Option<f64> {
        play(self.catalog.get(&trajectory.task_id)?, &trajectory.actions).map(|report| report.score)
    }

    /// The most that may be scored without solving anything.
    fn floor_ceiling(&self) -> f64 {
        round_score(self.manifest.reward.range[1] - self.manifest.reward.floor_margin)
    }
}

pub(super) fn check_oracle_max(ground: &Ground<'_>) -> CheckResult {
    let reward = &ground.manifest.reward;
    let wanted = reward.range[1] - reward.oracle_tolerance;
    let mut problems = Vec::new();
    let mut least = f64::INFINITY;
    let mut played = 0;
    let shipped = ground.shipped().iter().filter(|trajectory| trajectory.kind == Kind::Oracle);
    for trajectory in ground.made(Kind::Oracle).chain(shipped) {
        played += 1;
        let score = ground.score(trajectory).unwrap_or(0.0);
        least = least.min(score);
        if score < wanted {
            problems.push(format!("the reference solution of `{}` scores {score}, not {wanted}", trajectory.task_id));
        }
    }
    if played == 0 {
        problems.push("there is no reference solution".to_owned());
    }
    let measured = json!({
        "tasks": ground.catalog.tasks().len(),
        "oracle_reward": if played == 0 { None } else { Some(least) },
        "declared_tolerance": reward.oracle_tolerance,
        "declared_oracle": ground.manifest.capabilities.oracle,
    });
    let holds = format!("every reference solution reaches the top; {IN_PROCESS}");
    let remedy = "`support-ops run --agent oracle` shows which part is missing";
    CheckResult::decided("semantic.oracle_max", measured, problems, holds, remedy)
        .noting("the solution is derived from each task: required evidence, reference reply, expected code")
}

pub(super) fn check_floor_gap(ground: &Ground<'_>) -> CheckResult {
    let reward = &ground.manifest.reward;
    let mut problems = Vec::new();
    let mut floor: Option<f64> = None;
    for trajectory in ground.made(Kind::Floor) {
        let score = ground.score(trajectory).unwrap_or(0.0);
        floor = Some(floor.map_or(score, |floor| floor.max(score)));
        if reward.range[1] - score < reward.floor_margin {
            problems.push(format!("doing nothing in `{}` scores {score}", trajectory.task_id));
        }
    }
    if floor.is_none() {
        problems.push("no floor was measured".to_owned());
    }
    let measured = json!({
        "max_reward": reward.range[1],
        "measured_floor": floor,
        "gap": floor.map(|floor| reward.range[1] - floor),
        "declared_margin": reward.floor_margin,
    });
    let holds = format!("doing nothing until the steps run out stays the declared margin below the top; {IN_PROCESS}");
    CheckResult::decided("semantic.floor_gap", measured, problems, holds, "let every point be earned")
}

pub(super) fn check_canary_floor(ground: &Ground<'_>) -> CheckResult {
    let id = "semantic.canary_floor";
    let remedy =
        "`support-ops prove` shows how a cheat scores; `support-ops validate --write-canaries` writes the file anew";
    let ceiling = ground.floor_ceiling();
    let shipped = match ground.shipped {
        None => {
            return CheckResult::decided(
                id,
                json!({}),
                vec!["capabilities.canaries is not declared".to_owned()],
                "",
                remedy,
            );
        }
        Some(Err(why)) => {
            return CheckResult::decided(
                id,
                json!({}),
                vec![format!("the canaries cannot be read: {why}")],
                "",
                remedy,
            );
        }
        Some(Ok(shipped)) => shipped,
    };
    let mut problems = Vec::new();
    let mut worst: Option<(f64, &Trajectory)> = None;
    let mut covered = BTreeSet::new();
    for trajectory in shipped {
        let Some(score) = ground.score(trajectory) else {
            problems.push(format!("{}: no such task, or the episode does not end", trajectory.name()));
            continue;
        };
        if score != trajectory.score {
            problems.push(format!("{}: scores {score}, {} is on file", trajectory.name(), trajectory.score));
        }
        if trajectory.kind == Kind::Canary {
            covered.insert(&*trajectory.task_id);
        }
    }
    let missing = ground.catalog.tasks().iter().filter(|task| !covered.contains(&*task.id));
    problems.extend(missing.map(|task| format!("no canary is on file for `{}`", task.id)));
    // Those on file, and those that the engine makes of the tasks as they are now.
    let low = shipped.iter().chain(ground.made).filter(|trajectory| trajectory.kind != Kind::Oracle);
    for trajectory in low {
        let score = ground.score(trajectory).unwrap_or(0.0);
        if worst.is_none_or(|(most, _)| score > most) {
            worst = Some((score, trajectory));
        }
        if score > ceiling {
            problems.push(format!("{}: scores {score}, more than the floor of {ceiling}", trajectory.name()));
        }
    }
    problems.dedup();
    let count = |kind| shipped.iter().filter(|trajectory| trajectory.kind == kind).count();
    let measured = json!({
        "shipped": { "oracle": count(Kind::Oracle), "floor": count(Kind::Floor), "canary": count(Kind::Canary) },
        "floor_ceiling": ceiling,
        "worst": worst.map(|(score, trajectory)| json!({ "score": score, "agent": trajectory.agent, "task_id": trajectory.task_id })),
    });
    let holds = format!("every shipped trajectory scores what is on file, and no cheat leaves the floor; {IN_PROCESS}");
    CheckResult::decided(id, measured, problems, holds, remedy)
}

/// Cheats that send back what they are shown.
const COPYING: [&str; 2] = ["quote-the-ticket", "policy-copy"];

pub(super) fn check_no_solution_leakage(ground: &Ground<'_>) -> CheckResult {
    let mut problems = Vec::new();
    let mut texts = 0;
    for task in ground.catalog.tasks() {
        texts += leaks_of(task, &mut problems);
    }
    // Sending back what is shown must not pay: what cheats of this kind get is known.
    let mut copied: Option<f64> = None;
    for trajectory in ground.made.iter().filter(|it| COPYING.contains(&&*it.agent)) {
        let floor = ground.catalog.get(&trajectory.task_id).map_or(0.0, |task| task.grading.floor_max);
        copied = Some(copied.map_or(trajectory.score, |most| most.max(trajectory.score)));
        if trajectory.score > round_score(floor) {
            problems.push(format!("{}: scores {}, what is shown is the answer", trajectory.name(), trajectory.score));
        }
    }
    if copied.is_none() {
        problems.push("nothing was copied: no cheat of this kind was played".to_owned());
    }
    let measured = json!({ "tasks": ground.catalog.tasks().len(), "texts": texts, "best_of_copying": copied });
    let holds = format!(
        "no text that is shown holds the reference reply, none at reset the expected code, and copying what is shown stays \
         at the floor; {IN_PROCESS}"
    );
    let remedy = "say what the case is about, not how it ends; `support-ops lint` shows where";
    CheckResult::decided("semantic.no_solution_leakage", measured, problems, holds, remedy)
}

/// Looks through everything that an agent is shown; how many texts there were.
fn leaks_of(task: &Task, problems: &mut Vec<String>) -> usize {
    let reply = task.oracle_reply.as_deref().map(words).filter(|reply| !reply.is_empty());
    let code = &task.outcomes.expected;
    // One word alone may mean anything.
    let said = words(code);
    let said = if said.trim().contains(' ') { Some(said) } else { None };
    let stated =
        [("objective", &task.objective), ("workspace summary", &task.workspace_summary), ("title", &task.title)];
    let ticket = [("ticket", &task.ticket.rendered)];
    let artifacts = task.artifacts.ids().filter_map(|id| task.artifacts.get(id)).map(|it| ("artifact", &it.rendered));
    let policies = task.policies.iter().map(|policy| ("policy", &policy.rendered));
    let mut texts = 0;
    for (what, text) in stated.into_iter().chain(ticket).chain(artifacts).chain(policies) {
        texts += 1;
        let plain = words(text);
        if reply.as_ref().is_some_and(|reply| plain.contains(reply)) {
            problems.push(format!("`{}`: a text ({what}) holds the reference reply", task.id));
        }
        let is_stated = !matches!(what, "artifact" | "policy");
        // A ticket may well ask for what turns out right; an objective that says it gives it away.
        let is_ours = is_stated && what != "ticket";
        if is_stated && said.is_some() && text.contains(&**code)
            || is_ours && said.as_ref().is_some_and(|said| plain.contains(said))
        {
            problems.push(format!("`{}`: the {what} says the expected code", task.id));
        }
    }
    texts
}

/// Grades the trajectories again and again, in other orders and on another thread. `grade` is the grader.
pub(super) fn check_verifier_determinism(
    ground: &Ground<'_>,
    grade: &(dyn Fn(&Catalog, &Trajectory) -> String + Sync),
) -> CheckResult {
    let all: Vec<&Trajectory> = ground.made.iter().chain(ground.shipped()).collect();
    let forwards: Vec<String> = all.iter().map(|trajectory| grade(ground.catalog, trajectory)).collect();
    let mut backwards: Vec<String> = all.iter().rev().map(|trajectory| grade(ground.catalog, trajectory)).collect();
    backwards.reverse();
    let aside = std::thread::scope(|scope| {
        let grade_all = || all.iter().map(|trajectory| grade(ground.catalog, trajectory)).collect::<Vec<String>>();
        scope.spawn(grade_all).join().unwrap_or_default()
    });
    let mut problems = Vec::new();
    for (at, trajectory) in all.iter().enumerate() {
        if forwards[at] != backwards[at] || aside.get(at) != Some(&forwards[at]) {
            problems.push(format!("{}: another score report the second time", trajectory.name()));
        }
    }
    if all.is_empty() {
        problems.push("nothing was graded".to_owned());
    }
    let measured = json!({ "trajectories": all.len(), "gradings": 3 * all.len() });
    let holds =
        format!("every episode got the same score report three times, in two orders and on two threads; {IN_PROCESS}");
    CheckResult::decided(
        "semantic.verifier_determinism",
        measured,
        problems,
        holds,
        "let the grade follow from the episode alone",
    )
}

/// The score report of a trajectory, as text.
pub(super) fn grade(catalog: &Catalog, trajectory: &Trajectory) -> String {
    let report = catalog.get(&trajectory.task_id).and_then(|task| play(task, &trajectory.actions));
    serde_json::to_string(&report).unwrap_or_default()
}

pub(super) fn check_replayability(ground: &Ground<'_>, evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let (mut episodes, mut answers) = (0, 0);
    for trace in evidence.traces() {
        episodes += 1;
        match replay(ground.catalog, trace) {
            Ok(count) => answers += count,
            Err(why) => problems.push(format!("{}: {why}", trace.plan.reset.episode_id)),
        }
    }
    if episodes == 0 {
        problems.push("no episode is on record".to_owned());
    }
    let measured = json!({ "episodes": episodes, "answers": answers });
    let holds = "every episode, replayed from the server's own record on the engine in process, gave the same observations, \
                 rewards and score";
    let remedy = "serve the packs that are validated, and record all that an episode depends on";
    CheckResult::decided("semantic.replayability", measured, problems, holds, remedy)
}

/// Plays an episode again from nothing but the server's own record of it; how many answers were compared.
fn replay(catalog: &Catalog, trace: &Trace) -> Result<usize, String> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let last = trace.exchanges.iter().rev().find(|exchange| exchange.operation == "state");
    let state = last.map(|exchange| parse(&exchange.response)["data"].take()).unwrap_or_default();
    let task = state["task_id"].as_str().and_then(|id| catalog.get(id));
    let task: &Arc<Task> = task.ok_or("its task is not in the packs that are validated")?;
    let id = state["episode_id"].as_str().unwrap_or_default();
    let mut episode = Episode::start(task.clone(), id.into(), state["seed"].as_u64());
    let history = state["action_history"].as_array().ok_or("the server keeps no record")?;
    let mut replayed = vec![episode.observe()];
    for record in history {
        let action: ToolUseAction =
            serde_json::from_value(record["action"].clone()).map_err(|error| format!("its record: {error}"))?;
        replayed.push(episode.step(&action));
    }
    let rendered = |step: &StepResult| parse(&render_ws_observation(step));
    let seen: Vec<Value> = trace.observations().map(|(_, exchange)| parse(&exchange.response)).collect();
    if seen.len() != replayed.len() {
        return Err(format!("{} answers were seen, the record gives {}", seen.len(), replayed.len()));
    }
    match seen.iter().zip(&replayed).position(|(seen, step)| *seen != rendered(step)) {
        Some(at) => Err(format!("answer {at} comes out differently")),
        None => Ok(seen.len()),
    }
}

/// A text's words in lower case, between single blanks and within a pair of them, so that whole words are compared.
pub(super) fn words(text: &str) -> String {
    let mut words = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words.push(' ');
        words.extend(word.chars().flat_map(char::to_lowercase));
    }
    if !words.is_empty() {
        words.push(' ');
    }
    words
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::validate::evidence::tests::{catalog, faultless};
    use crate::validate::report::Status;
    use crate::validate::trajectory::trajectories;
    use crate::validate::yaml::parse_yaml;

    fn manifest() -> Manifest {
        Manifest::of(&parse_yaml(include_str!("../../openenv.yaml")).expect("YAML")).expect("a manifest")
    }

    #[test]
    fn a_grader_that_changes_its_mind_is_found() {
        let (catalog, manifest) = (catalog(), manifest());
        let made = trajectories(&catalog);
        let ground = Ground { catalog: &catalog, manifest: &manifest, made: &made, shipped: None };
        assert_eq!(check_verifier_determinism(&ground, &grade).status, Status::Pass);
        let calls = AtomicUsize::new(0);
        let moody = |catalog: &Catalog, trajectory: &Trajectory| {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            if call == made.len() + 2 { String::new() } else { grade(catalog, trajectory) }
        };
        let result = check_verifier_determinism(&ground, &moody);
        assert_eq!(result.status, Status::Fail, "{result:?}");
        assert_eq!(result.evidence.len(), 1, "{result:?}");
    }

    #[test]
    fn a_record_that_does_not_replay_is_found() {
        let (catalog, manifest) = (catalog(), manifest());
        let ground = Ground { catalog: &catalog, manifest: &manifest, made: &[], shipped: None };
        let check = |at: usize, from: &str, to: &str, part: &str| {
            let mut evidence = faultless(&catalog);
            let exchange = &mut evidence.probe.as_mut().expect("a trace").exchanges[at];
            exchange.response = exchange.response.replacen(from, to, 1);
            let result = check_replayability(&ground, &evidence);
            let expected = if part.is_empty() { Status::Pass } else { Status::Fail };
            assert_eq!(result.status, expected, "{result:?}");
            assert!(result.evidence.iter().any(|line| line.contains(part)), "{part}: {result:?}");
        };
        check(0, "", "", "");
        check(4, "order_id", "order_no", "answer 2 comes out differently");
        check(15, "\"artifact_id\":\"order\"", "\"artifact_id\":\"account\"", "answer 2 comes out differently");
        check(15, "duplicate-charge-refund", "no-such-task", "not in the packs");
        check(15, "\"review_ticket\"", "\"review\"", "its record");
    }

    #[test]
    fn whole_words_are_compared() {
        assert_eq!(words("  Issue a\nREFUND, now!"), " issue a refund now ");
        assert!(!words("prefund it").contains(&words("refund")));
        assert_eq!(words("... !"), "");
    }
}
