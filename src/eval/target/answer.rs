//! Reading what a server answers: every field that is missing has a stand-in, for servers that are not ours.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::eval::Trial;
use crate::protocol::{ActionType, Difficulty, Observation, ObservationMetadata, ScoreReport, StepResult};

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
    let metadata = [seen.get("metadata"), envelope.get("metadata")].into_iter().flatten().find_map(Value::as_object);
    Ok(StepResult { observation: parse_observation(seen, metadata, trial, episode_id), reward, done })
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
    let score = metadata.and_then(|metadata| metadata.get("score"));
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
            score: score.and_then(parse_score).map(Arc::new),
        },
        task_id,
    }
}

/// A whole score with numbers that are scores.
fn parse_score(score: &Value) -> Option<ScoreReport> {
    let report: ScoreReport = serde::Deserialize::deserialize(score).ok()?;
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    let sound = is_share(report.score) && report.parts.iter().all(|part| is_share(part.value) && is_share(part.weight));
    sound.then_some(report)
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
        check(&json!([]), "the answer is no object");
        check(&json!({"observation": "x"}), "the answer holds no `observation`");
        check(&json!({"observation": {}, "done": "yes"}), "`done` is no boolean");
        check(&json!({"observation": {}, "reward": "much"}), "`reward` is no number");
    }
}
