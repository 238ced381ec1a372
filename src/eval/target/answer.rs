//! Reading what a server answers: every field that is missing has a stand-in, for servers that are not ours.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::eval::Trial;
use crate::protocol::{ActionType, Difficulty, Observation, ObservationMetadata, ScoreReport, StepResult};

/// The most that a step may pay or cost: whatever is added up stays a number.
pub(in crate::eval) const MAX_REWARD: f64 = 1e9;
/// How far a score may be from the sum of its parts: each is rounded to four decimals.
const ROUNDING: f64 = 1e-3;

/// Reads the envelope of an observation. `trial` and `episode_id` stand in where the server does not tell.
///
/// # Errors
/// What is no envelope at all, in words.
pub(super) fn parse_answer(answer: &Value, trial: &Trial, episode_id: &str) -> Result<StepResult, String> {
    let Some(envelope) = answer.as_object() else { return Err("the answer is no object".to_owned()) };
    let Some(Value::Object(seen)) = envelope.get("observation") else {
        return Err("the answer holds no `observation`".to_owned());
    };
    let done = match envelope.get("done") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(done)) => *done,
        Some(_) => return Err("`done` is no boolean".to_owned()),
    };
    let reward = match envelope.get("reward") {
        None | Some(Value::Null) => None,
        Some(reward) => Some(reward.as_f64().ok_or("`reward` is no number")?),
    };
    if let Some(reward) = reward.filter(|reward| reward.abs() > MAX_REWARD) {
        return Err(format!("`reward` is {reward:e}, which no step pays"));
    }
    let metadata = [seen.get("metadata"), envelope.get("metadata")].into_iter().flatten().find_map(Value::as_object);
    let mut observation = parse_observation(seen, metadata, trial, episode_id);
    if let Some(score) = observation.current_score.filter(|score| !is_share(*score)) {
        return Err(format!("`current_score` is {score:e}, which is no score from 0 to 1"));
    }
    if let Some(score) = metadata.and_then(|metadata| metadata.get("score")) {
        observation.metadata.score = parse_score(score)?.map(Arc::new);
    }
    Ok(StepResult { observation, reward, done })
}

fn parse_observation(
    seen: &Map<String, Value>,
    metadata: Option<&Map<String, Value>>,
    trial: &Trial,
    episode_id: &str,
) -> Observation {
    let task_id: Arc<str> = text(seen, "task_id").unwrap_or_else(|| trial.task_id.as_str().into());
    let difficulty = seen.get("difficulty").and_then(Value::as_str);
    let difficulty = Difficulty::ALL.into_iter().find(|level| Some(level.as_str()) == difficulty);
    let about = |key: &str| metadata.and_then(|metadata| text(metadata, key));
    Observation {
        difficulty: difficulty.unwrap_or(Difficulty::Easy),
        objective: text(seen, "objective").unwrap_or_default(),
        customer_message: text(seen, "customer_message").unwrap_or_default(),
        workspace_summary: text(seen, "workspace_summary").unwrap_or_default(),
        available_actions: ActionType::ALL,
        available_resolution_codes: texts(seen, "available_resolution_codes").map(str::to_owned).collect(),
        collected_evidence: texts(seen, "collected_evidence").map(Arc::from).collect(),
        last_tool_result: text(seen, "last_tool_result"),
        last_action_error: text(seen, "last_action_error"),
        remaining_steps: seen.get("remaining_steps").and_then(Value::as_u64).map_or(0, saturate),
        current_score: seen.get("current_score").and_then(Value::as_f64),
        metadata: ObservationMetadata {
            episode_id: about("episode_id").unwrap_or_else(|| episode_id.into()),
            task_id: task_id.clone(),
            seed: metadata.and_then(|metadata| metadata.get("seed")).and_then(Value::as_u64).or(trial.seed),
            pack_digest: about("pack_digest").unwrap_or_default(),
            session_id: about("session_id"),
            score: None,
        },
        task_id,
    }
}

/// A score as this protocol writes it; `None` for what another one may call so.
///
/// # Errors
/// One whose figures cannot be, or contradict each other.
fn parse_score(score: &Value) -> Result<Option<ScoreReport>, String> {
    let Ok(report) = <ScoreReport as serde::Deserialize>::deserialize(score) else { return Ok(None) };
    let wrong = |what: &str| Err(format!("`metadata.score` {what}"));
    let ScoreReport { score, passed, zeroed_by, parts } = &report;
    if !is_share(*score) || !parts.iter().all(|part| is_share(part.value) && is_share(part.weight)) {
        return wrong("holds what is no share from 0 to 1");
    }
    if zeroed_by.is_some() && (*passed || *score > 0.0) {
        return wrong("is zeroed and is not 0");
    }
    let sum: f64 = parts.iter().map(|part| part.weight * part.value).sum();
    if !parts.is_empty() && zeroed_by.is_none() && (sum - score).abs() > ROUNDING {
        return wrong("is not what its parts come to");
    }
    if *passed && *score == 0.0 && parts.is_empty() {
        return wrong("is 0 and said to have passed");
    }
    Ok(Some(report))
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<Arc<str>> {
    fields.get(key).and_then(Value::as_str).map(Arc::from)
}

fn texts<'a>(fields: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a str> {
    fields.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn saturate(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Task, steps left, reward and whether it is over; or the error.
    fn check(answer: &Value, expect: &str) {
        let trial = Trial { task_id: "mug".to_owned(), seed: Some(7), repeat: 0 };
        let found = match parse_answer(answer, &trial, "mug~s7") {
            Ok(StepResult { observation, reward, done }) => {
                let Observation { task_id, remaining_steps, metadata, .. } = observation;
                format!("{task_id} {remaining_steps} {reward:?} {done} {:?} {}", metadata.seed, metadata.episode_id)
            }
            Err(error) => error,
        };
        assert_eq!(found, expect, "{answer}");
    }

    #[test]
    fn answers_of_any_server_are_read() {
        check(&json!({"observation": {}}), "mug 0 None false Some(7) mug~s7");
        check(
            &json!({"observation": {"task_id": "x", "remaining_steps": 9e9 as u64, "metadata": {"seed": 3, "episode_id": "e"}}, "reward": 0.5, "done": true}),
            "x 4294967295 Some(0.5) true Some(3) e",
        );
        check(
            &json!({"observation": {"difficulty": "odd", "collected_evidence": 4, "metadata": []}, "reward": null, "metadata": {"score": {"score": 9}}}),
            "mug 0 None false Some(7) mug~s7",
        );
        check(&json!({"observation": {}, "reward": -1e300}), "`reward` is -1e300, which no step pays");
        check(&json!({"observation": {"current_score": 5}}), "`current_score` is 5e0, which is no score from 0 to 1");
        let score = |score: Value| json!({"observation": {"metadata": {"score": score}}, "done": true});
        let part = json!({"criterion": "resolution", "value": 0.5, "weight": 1.0, "points": 0.5, "reason": ""});
        let zeroed = json!({"kind": "forbidden_phrase", "id": "pin"});
        let none = Value::Null;
        let sound = json!({"score": 0.5, "passed": false, "zeroed_by": none, "parts": [part]});
        check(&score(sound), "mug 0 None true Some(7) mug~s7");
        for (wrong, why) in [
            (
                json!({"score": -0.5, "passed": false, "zeroed_by": none, "parts": []}),
                "holds what is no share from 0 to 1",
            ),
            (json!({"score": 0.0, "passed": true, "zeroed_by": none, "parts": []}), "is 0 and said to have passed"),
            (
                json!({"score": 0.9, "passed": false, "zeroed_by": none, "parts": [part]}),
                "is not what its parts come to",
            ),
            (json!({"score": 0.9, "passed": true, "zeroed_by": zeroed, "parts": []}), "is zeroed and is not 0"),
        ] {
            check(&score(wrong), &format!("`metadata.score` {why}"));
        }
        check(&json!([]), "the answer is no object");
        check(&json!({"observation": "x"}), "the answer holds no `observation`");
        check(&json!({"observation": {}, "done": "yes"}), "`done` is no boolean");
        check(&json!({"observation": {}, "reward": "much"}), "`reward` is no number");
    }
}
