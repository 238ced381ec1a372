//! Runs made up for tests.

use super::folder::{RUN_VERSION, RunConfig, TaskConfig};
use super::player::Usage;
use super::trial::{Ended, PartValues, Trial, TrialResult};

/// A run over these tasks, of which every second is hard and every third for training.
pub(super) fn config(tasks: &[&str], seeds: &[u64], repeats: u32) -> RunConfig {
    let task = |(at, id): (usize, &&str)| TaskConfig {
        id: (*id).to_owned(),
        title: format!("Task {id}"),
        difficulty: if at % 2 == 1 { "hard" } else { "easy" }.to_owned(),
        split: if at % 3 == 2 { "train" } else { "test" }.to_owned(),
        max_steps: 10,
        pack_digest: "sha256:aa".to_owned(),
    };
    RunConfig {
        version: RUN_VERSION,
        support_ops: "0.1.0".to_owned(),
        agent: "nop".to_owned(),
        label: "nop".to_owned(),
        url: None,
        tasks: tasks.iter().enumerate().map(task).collect(),
        seeds: seeds.to_vec(),
        repeats,
        shard: None,
        model: None,
        budget: None,
    }
}

/// What came of a trial that submitted something; a score of 1 passes.
pub(super) fn result(trial: &Trial, score: f64) -> TrialResult {
    TrialResult {
        trial: trial.clone(),
        episode_id: trial.to_string(),
        ended: Ended::Submitted,
        score,
        passed: score == 1.0,
        parts: PartValues { resolution: Some(score), ..PartValues::default() },
        rewards: vec![0.05, score],
        seconds: 1.5,
        usage: Usage::default(),
        error: None,
        deviation: None,
    }
}

/// What came of every trial of a run, with these scores in turn.
pub(super) fn results(config: &RunConfig, scores: &[f64]) -> Vec<TrialResult> {
    config.trials().iter().zip(scores.iter().cycle()).map(|(trial, score)| result(trial, *score)).collect()
}
