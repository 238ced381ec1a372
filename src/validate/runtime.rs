//! The runtime checks: what a server must do, judged by what it sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::task::Task;

use super::evidence::{Evidence, Surface, Trace};
use super::manifest::Manifest;
use super::report::CheckResult;
use super::semantic::words;

/// How far the parts of a score, each rounded to 4 decimals, may lie from their sum.
const ROUNDING: f64 = 5e-4;

pub(super) fn check_startup(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let health = evidence.health.as_ref().map(|took| took.as_secs_f64());
    if let Err(why) = &evidence.health {
        problems.push(format!("the server is not well: {why}"));
    }
    if let Err(why) = &evidence.probe {
        problems.push(format!("the plan's episode cannot be played: {why}"));
    }
    if let Err(why) = &evidence.schema {
        problems.push(format!("/schema cannot be read: {why}"));
    }
    let exchanges = evidence.probe.as_ref().map_or(0, |trace| trace.exchanges.len());
    let measured = json!({ "health_s": health.ok(), "exchanges": exchanges });
    let holds = "the server is well and played the plan's episode";
    let remedy = "start the server by hand with `support-ops serve` and play the plan";
    CheckResult::decided("runtime.startup", measured, problems, holds, remedy).noting(
        "the image was not built and not started: `openenv validate` does that where there is a container engine",
    )
}

pub(super) fn check_reward_well_formed(evidence: &Evidence, manifest: &Manifest) -> CheckResult {
    let [low, high] = manifest.reward.range;
    let mut problems = Vec::new();
    let (mut count, mut least, mut most) = (0, f64::INFINITY, f64::NEG_INFINITY);
    for trace in evidence.traces() {
        for (at, exchange) in trace.observations() {
            let reward = &answer(&exchange.response)["data"]["reward"];
            if reward.is_null() && exchange.operation == "reset" {
                continue;
            }
            count += 1;
            match reward.as_f64() {
                Some(reward) if (low..=high).contains(&reward) => {
                    least = least.min(reward);
                    most = most.max(reward);
                }
                _ => problems.push(format!("{}: message {at} pays {reward}, outside of {low} to {high}", name(trace))),
            }
        }
    }
    if count == 0 {
        problems.push("no reward was seen".to_owned());
    }
    let measured = json!({ "rewards": count, "least": finite(least), "most": finite(most), "range": [low, high] });
    let holds = "every step pays a finite number within the declared range";
    CheckResult::decided(
        "runtime.reward_well_formed",
        measured,
        problems,
        holds,
        "fix the rewards, or declare their range",
    )
}

pub(super) fn check_observation_schema(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let mut count = 0;
    if let Some(schema) = evidence.schema.as_ref().ok().and_then(|schema| schema.get("observation")) {
        let reset_schema = evidence.schema.as_ref().ok().and_then(|schema| schema.get("reset_observation"));
        let compiled = jsonschema::draft202012::new(schema)
            .and_then(|step| Ok((jsonschema::draft202012::new(reset_schema.unwrap_or(schema))?, step)));
        match compiled {
            Err(error) => problems.push(format!("the schema of observations does not compile: {error}")),
            Ok((reset, step)) => {
                for trace in evidence.traces() {
                    for (at, exchange) in trace.observations() {
                        count += 1;
                        let data = &answer(&exchange.response)["data"];
                        let Some(mut whole) = data["observation"].as_object().cloned() else {
                            problems.push(format!("{}: message {at} holds no observation", name(trace)));
                            continue;
                        };
                        if !data["done"].is_boolean() || data.get("reward").is_none() {
                            problems.push(format!("{}: message {at} lacks reward or done", name(trace)));
                        }
                        whole.insert("reward".to_owned(), data["reward"].clone());
                        whole.insert("done".to_owned(), data["done"].clone());
                        let validator = if exchange.operation == "reset" { &reset } else { &step };
                        let whole = Value::Object(whole);
                        // Only the place: what the subject sent is its own.
                        let broken = validator.iter_errors(&whole).take(3);
                        problems.extend(broken.map(|error| {
                            format!("{}: message {at} breaks the schema at {}", name(trace), error.schema_path())
                        }));
                    }
                }
            }
        }
    } else {
        problems.push("/schema tells of no observation".to_owned());
    }
    if count == 0 && problems.is_empty() {
        problems.push("no observation was seen".to_owned());
    }
    let holds = "every observation, with reward and done, fits the schema that the server publishes";
    let remedy = "let /schema and the observations agree";
    CheckResult::decided("runtime.observation_schema", json!({ "observations": count }), problems, holds, remedy)
}

pub(super) fn check_state_contract(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let mut states = 0;
    for trace in evidence.traces() {
        let mut steps = 0;
        for (at, exchange) in trace.exchanges.iter().enumerate() {
            steps += u64::from(exchange.operation == "step");
            if exchange.operation != "state" {
                continue;
            }
            states += 1;
            let data = &answer(&exchange.response)["data"];
            if data["episode_id"] != *trace.plan.reset.episode_id {
                problems.push(format!("{}: message {at} is of another episode than was asked for", name(trace)));
            }
            if data["step_count"].as_u64() != Some(steps) {
                let found = &data["step_count"];
                problems.push(format!("{}: message {at} counts {found} steps, {steps} were taken", name(trace)));
            }
        }
    }
    if states == 0 {
        problems.push("no state was seen".to_owned());
    }
    let holds = "the state names the episode that was asked for and counts its steps";
    CheckResult::decided(
        "runtime.state_contract",
        json!({ "states": states }),
        problems,
        holds,
        "keep the state of a session",
    )
}

/// Episodes that ended, each with the report of its score.
fn reports(evidence: &Evidence) -> Vec<(&Trace, Value, Value)> {
    let last = |trace: &Trace| {
        let (_, exchange) = trace.observations().last()?;
        let data = answer(&exchange.response)["data"].take();
        (data["done"] == true).then(|| (data["reward"].clone(), data["metadata"]["score"].clone()))
    };
    evidence.traces().filter_map(|trace| last(trace).map(|(reward, score)| (trace, reward, score))).collect()
}

fn parts(score: &Value) -> Vec<(&str, f64, f64)> {
    let parts = score["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let number = |part: &Value, key: &str| part[key].as_f64().unwrap_or(f64::NAN);
    parts
        .iter()
        .map(|part| (part["criterion"].as_str().unwrap_or_default(), number(part, "weight"), number(part, "points")))
        .collect()
}

pub(super) fn check_rubric_introspectable(evidence: &Evidence, manifest: &Manifest) -> CheckResult {
    let reports = reports(evidence);
    let mut problems = Vec::new();
    let mut criteria = BTreeSet::new();
    for (trace, _, score) in &reports {
        let parts = parts(score);
        let weights: f64 = parts.iter().map(|(_, weight, _)| weight).sum();
        if parts.is_empty() || parts.iter().any(|(criterion, ..)| criterion.is_empty()) {
            problems.push(format!("{}: the score does not name its criteria", name(trace)));
        } else if (weights - 1.0).abs().partial_cmp(&ROUNDING) != Some(std::cmp::Ordering::Less) {
            problems.push(format!("{}: the criteria weigh {weights} together, not 1", name(trace)));
        }
        criteria.extend(parts.iter().map(|(criterion, ..)| (*criterion).to_owned()));
    }
    if reports.is_empty() {
        problems.push("no episode came to its end".to_owned());
    }
    let measured =
        json!({ "episodes": reports.len(), "criteria": criteria, "rubric_tree": manifest.capabilities.rubric_tree });
    let holds = "every score names its criteria with weights that sum to 1 (metadata.score)";
    CheckResult::decided(
        "runtime.rubric_introspectable",
        measured,
        problems,
        holds,
        "name criteria and weights in metadata.score",
    )
}

pub(super) fn check_reward_attribution(evidence: &Evidence) -> CheckResult {
    let reports = reports(evidence);
    let mut problems = Vec::new();
    let (mut zeroed, mut largest) = (0, 0.0_f64);
    for (trace, reward, score) in &reports {
        let reward = reward.as_f64().unwrap_or(f64::NAN);
        let explained = if score["zeroed_by"].is_object() {
            zeroed += 1;
            0.0
        } else {
            parts(score).iter().fold(0.0, |sum, (.., points)| sum + points)
        };
        let gap = (reward - explained).abs();
        if gap.is_nan() || gap > ROUNDING {
            problems.push(format!("{}: the reward is {reward}, its parts come to {explained}", name(trace)));
        } else {
            largest = largest.max(gap);
        }
    }
    if reports.is_empty() {
        problems.push("no episode came to its end".to_owned());
    }
    let measured =
        json!({ "episodes": reports.len(), "zeroed": zeroed, "largest_gap": largest, "tolerance": ROUNDING });
    let holds = "the reward of every episode is the sum of its criteria's points, or names what set it to 0";
    CheckResult::decided(
        "runtime.reward_attribution",
        measured,
        problems,
        holds,
        "let metadata.score explain the reward",
    )
}

pub(super) fn check_trajectory_record(evidence: &Evidence) -> CheckResult {
    let mut problems = Vec::new();
    let (mut episodes, mut steps) = (0, 0);
    for trace in evidence.traces() {
        episodes += 1;
        let sent = trace.exchanges.iter().filter(|exchange| exchange.operation == "step");
        let sent: Vec<(Value, Value)> = sent
            .map(|exchange| {
                (answer(&exchange.request)["data"].take(), answer(&exchange.response)["data"]["reward"].take())
            })
            .collect();
        let last = trace.exchanges.iter().rev().find(|exchange| exchange.operation == "state");
        let state = last.map(|exchange| answer(&exchange.response)).unwrap_or_default();
        let history = state["data"]["action_history"].as_array().cloned().unwrap_or_default();
        steps += history.len();
        if history.len() != sent.len() {
            problems.push(format!("{}: {} steps were taken, {} are on record", name(trace), sent.len(), history.len()));
            continue;
        }
        for (at, (record, (action, reward))) in history.iter().zip(&sent).enumerate() {
            let same_action = is_within(&record["action"], action);
            if !same_action || record["reward"].as_f64() != reward.as_f64() {
                problems.push(format!("{}: the record of step {} is not what was played", name(trace), at + 1));
            }
        }
    }
    if steps == 0 {
        problems.push("no step is on record".to_owned());
    }
    let holds = "the server's own record (state.action_history) holds every action and reward as they went";
    let measured = json!({ "episodes": episodes, "recorded_steps": steps });
    CheckResult::decided("runtime.trajectory_record", measured, problems, holds, "keep a record of the episode")
}

/// Whether everything on record was sent: a record leaves out what an action did not need.
fn is_within(record: &Value, sent: &Value) -> bool {
    let Some(record) = record.as_object() else { return false };
    record.get("action_type").is_some() && record.iter().all(|(key, value)| sent.get(key) == Some(value))
}

pub(super) fn check_tool_declaration_accuracy(evidence: &Evidence, manifest: &Manifest) -> CheckResult {
    let id = "runtime.tool_declaration_accuracy";
    let declared: BTreeSet<&str> = manifest.capabilities.declared_tools.iter().map(String::as_str).collect();
    let remedy = "declare in capabilities.declared_tools what tools/list lists";
    let found: BTreeSet<&str> = match &evidence.tools {
        Ok(tools) => tools.iter().map(String::as_str).collect(),
        Err(why) => return CheckResult::decided(id, json!({}), vec![format!("tools/list: {why}")], "", remedy),
    };
    let mut problems: Vec<String> = Vec::new();
    problems.extend(declared.difference(&found).map(|name| format!("`{name}` is declared and not there")));
    problems.extend(found.difference(&declared).map(|name| format!("`{name}` is there and not declared")));
    let measured = json!({ "declared": declared, "found": found });
    CheckResult::decided(id, measured, problems, "tools/list lists exactly the declared tools", remedy)
}

pub(super) fn check_task_declaration_accuracy(evidence: &Evidence, manifest: &Manifest) -> CheckResult {
    let id = "runtime.task_declaration_accuracy";
    let declared = &manifest.capabilities.declared_task_count;
    if declared.is_empty() && !manifest.capabilities.task_api {
        return CheckResult::skip(
            id,
            "not applicable: neither capabilities.declared_task_count nor task_api is declared",
            "declare in capabilities.declared_task_count how many tasks each split has, to have them counted",
        );
    }
    let remedy = "declare in capabilities.declared_task_count how many tasks each split has";
    let tasks = match &evidence.tasks {
        Ok(tasks) => tasks,
        Err(why) => return CheckResult::decided(id, json!({}), vec![format!("the list of tasks: {why}")], "", remedy),
    };
    let mut found: BTreeMap<&str, i64> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut problems = Vec::new();
    for task in tasks {
        *found.entry(task["split"].as_str().unwrap_or("(none)")).or_default() += 1;
        let id = task["id"].as_str().unwrap_or_default();
        if !ids.insert(id) {
            problems.push(format!("the task `{id}` is listed twice"));
        }
    }
    for (split, count) in declared {
        let there = found.get(split.as_str()).copied().unwrap_or(0);
        if count.as_i64() != Some(there) {
            problems.push(format!("the split `{split}` is declared with {count} tasks and has {there}"));
        }
    }
    for split in found.keys().filter(|split| !declared.contains_key(**split)) {
        problems.push(format!("the split `{split}` is there and not declared"));
    }
    let measured = json!({ "declared": declared, "found": found });
    CheckResult::decided(id, measured, problems, "every split has as many tasks as declared", remedy)
}

/// Keys that hold what a grader expects.
const GRADERS_KEYS: [&str; 6] = ["required_evidence", "expected", "keywords", "oracle", "oracle_reply", "outcomes"];

/// Whether agents can ask for the answer through their own interface: MCP and the public documents.
pub(super) fn check_oracle_containment<'a>(evidence: &Evidence, tasks: impl Iterator<Item = &'a Task>) -> CheckResult {
    let id = "runtime.oracle_containment";
    let remedy = "leave out of agent-facing answers whatever tells how an episode is graded";
    let surfaces = match &evidence.surfaces {
        Ok(surfaces) => surfaces,
        Err(why) => {
            return CheckResult::decided(id, json!({}), vec![format!("agent-facing answers: {why}")], "", remedy);
        }
    };
    let replies: Vec<(&str, String)> =
        tasks.filter_map(|task| Some((&*task.id, words(task.oracle_reply.as_deref()?)))).collect();
    let mut problems = Vec::new();
    for surface in surfaces {
        problems.extend(leaks(surface, &replies));
    }
    let measured = json!({ "surfaces": surfaces.len(), "reference_replies": replies.len(), "keys": GRADERS_KEYS });
    let holds = "no answer that an agent gets before its first draft holds a reference reply or a key of the grader's";
    CheckResult::decided(id, measured, problems, holds, remedy)
        .noting("agents are given MCP; OpenEnv's state is the trainer's, and production mode leaves it out")
}

fn leaks(surface: &Surface, replies: &[(&str, String)]) -> Vec<String> {
    let mut problems = Vec::new();
    // The list of tools describes shapes, so that names of keys tell nothing there.
    let judges_keys = surface.name != "tools/list";
    let mut pending = vec![&surface.answer];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(map) => {
                if judges_keys {
                    let told =
                        map.iter().filter(|(key, value)| !value.is_null() && GRADERS_KEYS.contains(&key.as_str()));
                    problems.extend(told.map(|(key, _)| format!("{} holds the key `{key}`", surface.name)));
                }
                pending.extend(map.values());
            }
            Value::Array(list) => pending.extend(list),
            Value::String(text) => {
                let text = words(text);
                let told = replies.iter().filter(|(_, reply)| !reply.is_empty() && text.contains(reply.as_str()));
                problems
                    .extend(told.map(|(task, _)| format!("{} holds the reference reply of `{task}`", surface.name)));
            }
            _ => {}
        }
    }
    problems
}

pub(super) fn name(trace: &Trace) -> &str {
    &trace.plan.reset.episode_id
}

fn answer(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::evidence::Exchange;
    use crate::validate::evidence::tests::{catalog, faultless};
    use crate::validate::repetition::{check_episode_determinism, check_episode_isolation, check_seed_control};
    use crate::validate::report::Status;
    use crate::validate::yaml::parse_yaml;

    type Check = fn(&Evidence) -> CheckResult;

    fn manifest() -> Manifest {
        Manifest::of(&parse_yaml(include_str!("../../openenv.yaml")).expect("YAML")).expect("a manifest")
    }

    const CHECKED: [Check; 12] = [
        check_startup,
        |evidence| check_reward_well_formed(evidence, &manifest()),
        check_observation_schema,
        check_state_contract,
        |evidence| check_rubric_introspectable(evidence, &manifest()),
        check_reward_attribution,
        check_trajectory_record,
        |evidence| check_seed_control(evidence, 3),
        check_episode_determinism,
        check_episode_isolation,
        |evidence| check_tool_declaration_accuracy(evidence, &manifest()),
        |evidence| check_oracle_containment(evidence, catalog().tasks().iter().map(|task| &**task)),
    ];

    #[test]
    fn a_faultless_server_passes() {
        let evidence = faultless(&catalog());
        for check in CHECKED {
            let result = check(&evidence);
            assert_eq!(result.status, Status::Pass, "{result:?}");
        }
        // A server that is not there passes nothing.
        for check in CHECKED {
            assert_eq!(check(&Evidence::none("refused")).status, Status::Fail);
        }
    }

    /// Spoils the evidence, and expects this check to fail for this reason.
    fn check(check: Check, spoil: impl FnOnce(&mut Evidence), part: &str) {
        let mut evidence = faultless(&catalog());
        spoil(&mut evidence);
        let result = check(&evidence);
        assert_eq!(result.status, Status::Fail, "{part}: {result:?}");
        assert!(result.evidence.iter().any(|line| line.contains(part)), "{part}: {result:?}");
    }

    /// Changes one answer of the plan's episode.
    fn answered(evidence: &mut Evidence, at: usize, from: &str, to: &str) {
        change(&mut evidence.probe, at, from, to);
    }

    fn change(trace: &mut Result<Trace, String>, at: usize, from: &str, to: &str) {
        let exchange: &mut Exchange = &mut trace.as_mut().expect("a trace").exchanges[at];
        let changed = exchange.response.replace(from, to);
        assert_ne!(changed, exchange.response, "{from} is not in {}", exchange.response);
        exchange.response = changed;
    }

    #[test]
    fn faults_of_frames_are_found() {
        let of_rewards: Check = |evidence| check_reward_well_formed(evidence, &manifest());
        check(of_rewards, |it| answered(it, 2, "\"reward\":0.05", "\"reward\":1.5"), "pays 1.5");
        check(of_rewards, |it| answered(it, 2, "\"reward\":0.05", "\"reward\":null"), "pays null");
        check(of_rewards, |it| answered(it, 2, "\"reward\":0.05", "\"reward\":true"), "pays true");
        let schema = check_observation_schema;
        check(schema, |it| answered(it, 2, "\"objective\":", "\"aim\":"), "breaks the schema");
        check(schema, |it| answered(it, 0, "\"done\":false", "\"done\":\"no\""), "lacks reward or done");
        check(schema, |it| it.schema = Ok(json!({ "action": {} })), "tells of no observation");
        check(schema, |it| it.schema = Ok(json!({ "observation": { "type": 7 } })), "does not compile");
        let remote = json!({ "observation": { "$ref": "http://env.example/schema" } });
        check(schema, |it| it.schema = Ok(remote), "does not compile");
        let state = check_state_contract;
        check(state, |it| answered(it, 3, "\"step_count\":1", "\"step_count\":2"), "counts 2 steps, 1 were taken");
        check(state, |it| answered(it, 3, "\"episode_id\":\"v", "\"episode_id\":\"w"), "another episode");
        let record = check_trajectory_record;
        let history = "\"action_history\":[{\"step\":1,";
        check(record, |it| answered(it, 15, history, "\"action_history\":[],\"x\":[{"), "0 are on record");
        check(record, |it| answered(it, 15, "\"reward\":0.05", "\"reward\":0.5"), "the record of step 1");
        check(
            record,
            |it| answered(it, 15, "\"artifact_id\":\"order\"", "\"artifact_id\":\"x\""),
            "the record of step 2",
        );
    }

    #[test]
    fn faults_of_scores_are_found() {
        let rubric: Check = |evidence| check_rubric_introspectable(evidence, &manifest());
        check(rubric, |it| answered(it, 14, "\"weight\":0.5", "\"weight\":0.6"), "weigh 1.1");
        check(rubric, |it| answered(it, 14, "\"parts\":", "\"sorts\":"), "does not name its criteria");
        check(
            check_reward_attribution,
            |it| answered(it, 14, "\"points\":0.5", "\"points\":0.4"),
            "its parts come to 0.9",
        );
        check(check_reward_attribution, |it| answered(it, 14, "\"parts\":", "\"sorts\":"), "its parts come to 0");
    }

    #[test]
    fn what_does_not_repeat_is_found() {
        let determinism = check_episode_determinism;
        check(determinism, |it| change(&mut it.again, 4, "order", "ordre"), "the answer to message 4 (step) differs");
        check(determinism, |it| it.played[3] = Err("gone".to_owned()), "gone");
        let spoiled = |it: &mut Evidence| {
            it.played[0].as_mut().expect("played").1.exchanges.pop();
        };
        check(determinism, spoiled, "messages, then");
        let isolation = check_episode_isolation;
        check(isolation, |it| change(&mut it.after_another, 1, "[]", "[\"ticket\"]"), "left unfinished");
        check(isolation, |it| change(&mut it.beside_another, 6, "0.05", "0.1"), "while another session acted");
        let seed: Check = |evidence| check_seed_control(evidence, 3);
        fn seeds(it: &mut Evidence) -> &mut Vec<crate::validate::evidence::SeedProbe> {
            it.seeds.as_mut().expect("seeds")
        }
        check(seed, |it| seeds(it)[1].second = Value::Null, "seed 1 gives another reset");
        check(seed, |it| seeds(it)[1].first["data"]["metadata"]["seed"] = 9.into(), "seed 1 is not echoed");
        let one_task = |it: &mut Evidence| {
            seeds(it).iter_mut().for_each(|probe| probe.first["data"]["metadata"]["task_id"] = "x".into());
        };
        check(seed, one_task, "does not control");
    }

    #[test]
    fn leaks_on_surfaces_are_found() {
        let contained: Check = CHECKED[11];
        let told = |answer: Value| move |it: &mut Evidence| it.surfaces.as_mut().expect("surfaces")[0].answer = answer;
        check(contained, told(json!({ "tasks": [{ "required_evidence": ["ticket"] }] })), "required_evidence");
        let reply = catalog().tasks()[0].oracle_reply.as_deref().expect("a reply").to_uppercase().replace(' ', "\n ");
        check(contained, told(json!([{ "hint": format!("so: {reply}!") }])), "the reference reply");
    }
}
