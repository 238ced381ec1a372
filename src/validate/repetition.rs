//! The runtime checks of repetition: what a seed, an episode and a session must not depend on.

use std::collections::BTreeSet;

use serde_json::json;

use super::evidence::{Evidence, Trace};
use super::report::CheckResult;
use super::runtime::name;

pub(super) fn check_seed_control(evidence: &Evidence, tasks: usize) -> CheckResult {
    let id = "runtime.seed_control";
    let remedy = "let the seed of reset choose the task, and echo it";
    let seeds = match &evidence.seeds {
        Ok(seeds) => seeds,
        Err(why) => return CheckResult::decided(id, json!({}), vec![format!("resets with seeds: {why}")], "", remedy),
    };
    let mut problems = Vec::new();
    let mut chosen = BTreeSet::new();
    for probe in seeds {
        let seed = probe.seed;
        if probe.first != probe.second {
            problems.push(format!("seed {seed} gives another reset the second time"));
        }
        let data = &probe.first["data"];
        if data["metadata"]["seed"].as_u64() != Some(seed) {
            problems.push(format!("seed {seed} is not echoed in metadata.seed"));
        }
        chosen.insert(data["metadata"]["task_id"].as_str().unwrap_or_default());
    }
    // Seeds that follow one another visit as many tasks, as far as there are that many.
    let expected = seeds.len().min(tasks);
    if chosen.len() < expected {
        problems.push(format!(
            "{} seeds chose {} tasks of {tasks}: the seed does not control the choice",
            seeds.len(),
            chosen.len()
        ));
    }
    if seeds.is_empty() {
        problems.push("no seed was tried".to_owned());
    }
    let measured =
        json!({ "seeds": seeds.len(), "resets": 2 * seeds.len(), "tasks": tasks, "tasks_chosen": chosen.len() });
    let holds = "each seed is echoed, gives the same reset twice, and seeds in a row choose different tasks";
    CheckResult::decided(id, measured, problems, holds, remedy)
}

pub(super) fn check_episode_determinism(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let (mut episodes, mut messages) = (0, 0);
    let mut compare = |one: &Trace, two: &Trace| {
        episodes += 1;
        messages += one.exchanges.len();
        problems.extend(difference(one, two));
    };
    let mut missing = Vec::new();
    match (&evidence.probe, &evidence.again) {
        (Ok(one), Ok(two)) => compare(one, two),
        (Err(why), _) | (_, Err(why)) => missing.push(format!("the plan's episode: {why}")),
    }
    for played in &evidence.played {
        match played {
            Ok((one, two)) => compare(one, two),
            Err(why) => missing.push(format!("a trajectory cannot be played: {why}")),
        }
    }
    problems.extend(missing);
    let measured = json!({ "episodes": episodes, "messages": messages });
    let holds = "every episode, played again in another session, got the same answers byte for byte";
    CheckResult::decided(
        "runtime.episode_determinism",
        measured,
        problems,
        holds,
        "let answers follow from task, seed and actions alone",
    )
}

pub(super) fn check_episode_isolation(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let mut messages = 0;
    for (what, other) in [
        ("after another episode was left unfinished in the same session", &evidence.after_another),
        ("while another session acted", &evidence.beside_another),
    ] {
        match (&evidence.probe, other) {
            (Ok(one), Ok(two)) => {
                messages += two.exchanges.len();
                problems.extend(difference(one, two).map(|problem| format!("{what}: {problem}")));
            }
            (Err(why), _) | (_, Err(why)) => problems.push(format!("{what}: {why}")),
        }
    }
    let holds =
        "the plan's episode got the same answers byte for byte after an unfinished one, and beside another session";
    let measured = json!({ "disturbed_episodes": 2, "messages": messages });
    CheckResult::decided(
        "runtime.episode_isolation",
        measured,
        problems,
        holds,
        "let sessions and episodes share nothing",
    )
}

/// The first message whose answers differ, if any does.
fn difference(one: &Trace, two: &Trace) -> Option<String> {
    if one.exchanges.len() != two.exchanges.len() {
        return Some(format!("{}: {} messages, then {}", name(one), one.exchanges.len(), two.exchanges.len()));
    }
    let at = one.exchanges.iter().zip(&two.exchanges).position(|(one, two)| one != two)?;
    Some(format!("{}: the answer to message {at} ({}) differs", name(one), one.exchanges[at].operation))
}
