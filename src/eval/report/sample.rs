//! Runs for tests: the shipped pack, played by agents that are at hand.

use std::fs;
use std::path::Path;

use crate::agent::Agent;
use crate::episode::{EndReason, Episode};
use crate::eval::{Ended, PartValues, RUN_VERSION, RunConfig, RunFolder, TaskConfig, Trial, TrialResult, Usage};
use crate::pack::load_embedded;
use crate::record::{Durable, Recorder};
use crate::task::{Catalog, Task};

/// Whoever plays a task of a trial.
pub(super) type Play<'a> = &'a dyn Fn(&Task, &Trial) -> Box<dyn Agent>;

pub(super) fn catalog() -> Catalog {
    load_embedded().into_catalog().expect("the shipped pack is sound")
}

/// Plays every task and writes the folder of the run; `change` may falsify what came of a trial.
pub(super) fn write_run(
    folder: &Path,
    label: &str,
    (seeds, repeats): (&[u64], u32),
    play: Play<'_>,
    change: impl Fn(&mut RunConfig, &mut Vec<TrialResult>),
) -> RunFolder {
    let catalog = catalog();
    let mut config = RunConfig {
        version: RUN_VERSION,
        support_ops: "0.1.0".to_owned(),
        agent: label.to_owned(),
        label: label.to_owned(),
        url: None,
        tasks: catalog.tasks().iter().map(|task| TaskConfig::from(&**task)).collect(),
        seeds: seeds.to_vec(),
        repeats,
        shard: None,
        model: None,
        budget: None,
    };
    let (recorder, _) =
        Recorder::open(&folder.join(RunFolder::LOG), Durable::Episode, |_| {}).expect("it can be written");
    let mut results: Vec<TrialResult> = Vec::new();
    for trial in config.trials() {
        let task = catalog.get(&trial.task_id).expect("a task of the catalogue");
        let mut agent = play(task, &trial);
        let mut episode = Episode::start(task.clone(), trial.to_string().into(), trial.seed);
        let (mut recording, _) = recorder.begin(&episode);
        let mut last = episode.observe();
        let mut rewards = Vec::new();
        while let Some(action) = if last.done { None } else { agent.act(task, &last) } {
            last = episode.step(&action);
            rewards.push(last.reward.expect("a step has a reward"));
            drop(recording.step(&episode, &last));
        }
        let score = episode.score();
        results.push(TrialResult {
            episode_id: trial.to_string(),
            trial,
            ended: match episode.end_reason() {
                None => Ended::GaveUp,
                Some(EndReason::Submitted) => Ended::Submitted,
                Some(EndReason::StepLimit) => Ended::StepLimit,
            },
            score: score.map_or(0.0, |score| score.score),
            passed: score.is_some_and(|score| score.passed),
            parts: score.map(|score| PartValues::from(&**score)).unwrap_or_default(),
            rewards,
            seconds: 0.5,
            usage: Usage::default(),
            error: None,
            deviation: None,
        });
    }
    recorder.close().expect("it can be written");
    change(&mut config, &mut results);
    let json = serde_json::to_vec(&config).expect("plain JSON");
    fs::write(folder.join(RunFolder::CONFIG), json).expect("it can be written");
    let line = |result: &TrialResult| serde_json::to_string(result).expect("plain JSON") + "\n";
    fs::write(folder.join(RunFolder::TRIALS), results.iter().map(line).collect::<String>()).expect("it can be written");
    RunFolder::open(folder).expect("it was just written")
}
