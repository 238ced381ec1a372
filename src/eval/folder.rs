//! The folder of a run: what was to be played, what was answered, what came of it.
//!
//! | entry | holds |
//! | --- | --- |
//! | `config.json` | what was to be played: [`RunConfig`] |
//! | `log/` | the episodes, as [`crate::record`] writes them |
//! | `calls.jsonl` | every answer of a model, so that none is paid twice |
//! | `trials.jsonl` | a line for each trial that has ended: [`TrialResult`] |
//! | `summary.json` | what it says, written when the run ends |

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::{open_regular, read_regular};
use crate::task::Task;

use super::doubts::Doubts;
use super::found::describe;
use super::model::{Calls, Price};
use super::target::MAX_REWARD;
use super::trial::{Ended, Trial, TrialResult};

/// The version of the folder's layout.
pub const RUN_VERSION: u32 = 1;

/// The most trials of a run.
pub const MAX_TRIALS: u64 = 10_000_000;

/// The longest configuration, in bytes: 10,000 tasks and a hundred thousand seeds take a twentieth of it.
const MAX_CONFIG_BYTES: u64 = 64 << 20;
/// The longest line of a result: the rewards of as many steps as are ever played take a fifth of it.
const MAX_LINE_BYTES: u64 = 16 << 20;
/// The most seconds of a trial, and the most dollars: what is added up stays a number.
const MAX_SUM: f64 = 1e15;

/// What was to be played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    /// [`RUN_VERSION`].
    pub version: u32,
    /// The version of the software.
    pub support_ops: String,
    /// The agent as it was named: `oracle`, `cmd:./mine`, `llm`.
    pub agent: String,
    /// What reports call the run: the model's name for a model, else the agent's.
    pub label: String,
    /// The address of the server that is played on; `None` in process.
    pub url: Option<String>,
    /// The tasks, in the fixed order, all of them whichever shard this is.
    pub tasks: Vec<TaskConfig>,
    /// The seeds; empty where none is given to reset.
    pub seeds: Vec<u64>,
    /// How often each is played, at least 1.
    pub repeats: u32,
    /// Which part of the trials: number, from 0, and how many parts there are.
    pub shard: Option<(u32, u32)>,
    /// The model, where one plays.
    pub model: Option<ModelConfig>,
    /// What it may cost, as was said last; another one makes no other run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
}

/// A task as reports need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskConfig {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `easy`, `medium` or `hard`.
    pub difficulty: String,
    /// `train`, `validation` or `test`.
    pub split: String,
    /// The most steps.
    pub max_steps: u32,
    /// SHA-256 over the files of its pack.
    pub pack_digest: String,
}

impl From<&Task> for TaskConfig {
    fn from(task: &Task) -> TaskConfig {
        TaskConfig {
            id: task.id.to_string(),
            title: task.title.to_string(),
            difficulty: task.difficulty.as_str().to_owned(),
            split: task.split.as_str().to_owned(),
            max_steps: task.max_steps,
            pack_digest: task.pack_digest.to_string(),
        }
    }
}

/// A model and how it was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Its name.
    pub name: String,
    /// Where it is asked, without a key.
    pub api_base_url: String,
    /// Sampling temperature; `None` leaves it to the host.
    pub temperature: Option<f64>,
    /// The most tokens of an answer; `None` leaves it to the host.
    pub max_tokens: Option<u32>,
    /// How actions are asked for: `auto`, `tools` or `json`.
    pub mode: String,
}

/// What a run of a model may cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// The most US dollars; `None` for no limit.
    pub max_cost: Option<f64>,
    /// The price of its tokens, where one was given.
    pub price: Option<Price>,
}

impl Budget {
    fn is_sound(&self) -> bool {
        self.max_cost.is_none_or(|cost| cost >= 0.0)
            && self.price.is_none_or(|price| [price.prompt, price.completion].into_iter().all(Price::is_amount))
    }
}

impl RunConfig {
    /// What keeps this from being a run's configuration, in words.
    ///
    /// # Errors
    /// What could not be played, or not be told apart.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_plain = |text: &str| !text.is_empty() && text.chars().all(|c| crate::diag::visible(c) == c);
        if let Some(task) = self.tasks.iter().find(|task| !is_plain(&task.id)) {
            return Err(format!("`{}` is no task's id", crate::diag::printable(&task.id)));
        }
        if let Some(id) = twice(self.tasks.iter().map(|task| task.id.as_str())) {
            return Err(format!("the task `{id}` stands there twice"));
        }
        if let Some(seed) = twice(self.seeds.iter()) {
            return Err(format!("the seed {seed} stands there twice"));
        }
        if self.budget.is_some_and(|budget| !budget.is_sound()) {
            return Err("its `budget` holds what is no amount of US dollars".to_owned());
        }
        if self.repeats == 0 || self.planned() > MAX_TRIALS || self.shard.is_some_and(|(own, of)| own >= of) {
            return Err("this is no run that could be played".to_owned());
        }
        Ok(())
    }

    /// How many trials the run has, all shards together.
    pub fn planned(&self) -> u64 {
        let seeds = self.seeds.len().max(1) as u64;
        (self.tasks.len() as u64).saturating_mul(seeds).saturating_mul(u64::from(self.repeats))
    }

    /// All trials of the run, or of its shard, in their fixed order: by repeat, then seed, then task, so that a run that
    /// is cut short has seen every task.
    pub fn trials(&self) -> Vec<Trial> {
        let seeds: Vec<Option<u64>> =
            if self.seeds.is_empty() { vec![None] } else { self.seeds.iter().copied().map(Some).collect() };
        let mut trials = Vec::new();
        if self.tasks.is_empty() {
            return trials;
        }
        for repeat in 0..self.repeats {
            for &seed in &seeds {
                trials.extend(self.tasks.iter().map(|task| Trial { task_id: task.id.clone(), seed, repeat }));
            }
        }
        match self.shard {
            None => trials,
            Some((own, of)) => {
                let is_own = |&(at, _): &(usize, Trial)| at % of as usize == own as usize;
                trials.into_iter().enumerate().filter(is_own).map(|(_, trial)| trial).collect()
            }
        }
    }
}

/// A run's folder, which exists.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
    config: RunConfig,
}

/// A folder is no run, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no run.
    #[error("{} is no run: {found}", path.display())]
    NoRun {
        /// Where one was looked for.
        path: PathBuf,
        /// What there is instead, and what to name.
        found: String,
    },
    /// A file of it.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of it holds something else.
    #[error("{}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

impl RunFolder {
    /// The name of the configuration's file.
    pub const CONFIG: &str = "config.json";
    /// The name of the log's folder.
    pub const LOG: &str = "log";
    /// The name of the file of a model's answers.
    pub const CALLS: &str = "calls.jsonl";
    /// The name of the file of what came of the trials.
    pub const TRIALS: &str = "trials.jsonl";
    /// The name of the summary's file.
    pub const SUMMARY: &str = "summary.json";

    /// Opens the folder of a run that was begun.
    ///
    /// # Errors
    /// A folder without a configuration, or with one of another version.
    pub fn open(path: &Path) -> Result<RunFolder, FolderError> {
        let file = path.join(RunFolder::CONFIG);
        let bytes = match read_regular(&file, MAX_CONFIG_BYTES) {
            Err(error) if is_absent(&error) => {
                return Err(FolderError::NoRun { path: path.to_owned(), found: describe(path) });
            }
            bytes => bytes.map_err(|source| FolderError::Read { path: file.clone(), source })?,
        };
        let wrong = |message: String| FolderError::Content { path: file.clone(), message };
        let config: RunConfig = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("this is no run's configuration: {error}")))?;
        if config.version != RUN_VERSION {
            let found = config.version;
            return Err(wrong(format!("the run is of version {found}; this program reads {RUN_VERSION}")));
        }
        config.check().map_err(wrong)?;
        Ok(RunFolder { path: path.to_owned(), config })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was to be played.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// What came of the trials that have ended, in the order of [`RunConfig::trials`], each once: of a trial that stands
    /// there twice the last counts. A last line that was not written whole is passed over. What the log says to it is in
    /// [`Holdings::doubts`].
    ///
    /// # Errors
    /// A file that cannot be read, and a line before the last that is no result.
    pub fn contents(&self) -> Result<Holdings, FolderError> {
        let mut doubts = Doubts::default();
        let mut found = self.found()?;
        let results: Vec<TrialResult> =
            self.config.trials().iter().filter_map(|trial| Some(found.remove(trial)?.1)).collect();
        for (trial, (line, _)) in found {
            doubts.add_stray(line, &trial);
        }
        doubts.compare(self, &results);
        doubts.compare_tasks(&self.config.tasks);
        let path = self.path.join(RunFolder::CALLS);
        let calls = Calls::read(&path, |line| doubts.add_bad_call(line));
        let calls = calls.map_err(|source| FolderError::Read { path, source })?;
        // Results without calls need no file; others are not borne out where there is none.
        let calls = calls.unwrap_or_default();
        doubts.compare_calls(&results, &calls);
        let spent = calls.spent();
        Ok(Holdings { results, doubts, spent })
    }

    /// The last result of each trial with its line's number.
    fn found(&self) -> Result<BTreeMap<Trial, (usize, TrialResult)>, FolderError> {
        let path = self.path.join(RunFolder::TRIALS);
        let mut found = BTreeMap::new();
        let failed = |source| FolderError::Read { path: path.clone(), source };
        let file = match open_regular(&path) {
            Err(error) if is_absent(&error) => return Ok(found),
            file => file.map_err(failed)?,
        };
        let mut file = BufReader::new(file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            file.by_ref().take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut line).map_err(failed)?;
            let wrong = |what: String| {
                let message = format!("line {number} {what}; take it out, and `eval --resume` plays its trial again");
                FolderError::Content { path: path.clone(), message }
            };
            if line.len() as u64 > MAX_LINE_BYTES {
                return Err(wrong("is too long for a result of a trial".to_owned()));
            }
            if line.is_empty() {
                break;
            }
            match serde_json::from_slice::<TrialResult>(&line) {
                Ok(result) if is_sound(&result) => drop(found.insert(result.trial.clone(), (number, result))),
                Ok(_) => return Err(wrong("holds what no trial can come to".to_owned())),
                Err(_) if !line.ends_with(b"\n") => break,
                Err(error) => return Err(wrong(format!("is no result of a trial: {error}"))),
            }
        }
        Ok(found)
    }
}

/// What a run's folder holds.
#[derive(Debug)]
pub struct Holdings {
    /// What came of the trials that have ended, in their fixed order.
    pub results: Vec<TrialResult>,
    /// What does not fit together.
    pub doubts: Doubts,
    /// US dollars that calls of a model came to, those of trials that were cut short included; `None` where none was
    /// priced.
    pub spent: Option<f64>,
}

/// Whether every figure is one that a trial can have.
fn is_sound(result: &TrialResult) -> bool {
    let parts = &result.parts;
    let is_sum = |sum: f64| (0.0..=MAX_SUM).contains(&sum);
    let shares = [parts.resolution, parts.evidence, parts.reply, parts.efficiency, Some(result.score)];
    shares.into_iter().flatten().all(|share| (0.0..=1.0).contains(&share))
        // Other servers pay what they like.
        && result.rewards.iter().all(|reward| reward.abs() <= MAX_REWARD)
        && (matches!(result.ended, Ended::Submitted | Ended::StepLimit) || (!result.passed && result.score == 0.0))
        && is_sum(result.seconds)
        && result.usage.cost.is_none_or(is_sum)
        && result.episode_id == result.trial.to_string()
}

/// Whether there is no such file, or none could be there.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The first that comes again.
fn twice<T: Ord + Copy>(of: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    of.into_iter().find(|one| !seen.insert(*one))
}
