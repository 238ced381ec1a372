//! The folder of a run: what was to be played, what was answered, what came of it.
//!
//! | entry | holds |
//! | --- | --- |
//! | `config.json` | what was to be played: [`RunConfig`] |
//! | `log/` | the episodes, as [`crate::record`] writes them |
//! | `calls.jsonl` | every answer of a model, so that none is paid twice |
//! | `trials.jsonl` | a line for each trial that has ended: [`TrialResult`] |
//! | `summary.json` | what it says, written when the run ends |

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::task::Task;

use super::found::describe;
use super::trial::{Ended, Trial, TrialResult};

/// The version of the folder's layout.
pub const RUN_VERSION: u32 = 1;

/// The most trials of a run.
pub const MAX_TRIALS: u64 = 10_000_000;

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

impl RunConfig {
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
        let bytes = match read(&file) {
            Err(FolderError::Read { source, .. }) if is_absent(&source) => {
                return Err(FolderError::NoRun { path: path.to_owned(), found: describe(path) });
            }
            bytes => bytes?,
        };
        let wrong = |message: String| FolderError::Content { path: file.clone(), message };
        let config: RunConfig = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("this is no run's configuration: {error}")))?;
        if config.version != RUN_VERSION {
            let found = config.version;
            return Err(wrong(format!("the run is of version {found}; this program reads {RUN_VERSION}")));
        }
        if config.planned() > MAX_TRIALS || config.shard.is_some_and(|(own, of)| own >= of) {
            return Err(wrong("this is no run that could be played".to_owned()));
        }
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
    /// there twice the last counts. A last line that was not written whole is passed over.
    ///
    /// # Errors
    /// A file that cannot be read, and a line before the last that is no result.
    pub fn results(&self) -> Result<Vec<TrialResult>, FolderError> {
        let file = self.path.join(RunFolder::TRIALS);
        let bytes = match read(&file) {
            Err(FolderError::Read { source, .. }) if is_absent(&source) => return Ok(Vec::new()),
            bytes => bytes?,
        };
        let mut found = std::collections::BTreeMap::new();
        let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').enumerate().peekable();
        while let Some((at, line)) = lines.next() {
            match serde_json::from_slice::<TrialResult>(line) {
                Ok(result) if is_sound(&result) => drop(found.insert(result.trial.clone(), result)),
                Ok(_) => {
                    let message = format!("line {} has a figure out of range", at + 1);
                    return Err(FolderError::Content { path: file, message });
                }
                Err(_) if lines.peek().is_none() && !line.ends_with(b"\n") => {}
                Err(error) => {
                    let message = format!("line {} is no result of a trial: {error}", at + 1);
                    return Err(FolderError::Content { path: file, message });
                }
            }
        }
        Ok(self.config.trials().iter().filter_map(|trial| found.remove(trial)).collect())
    }
}

/// Whether every figure is one that a trial can have.
fn is_sound(result: &TrialResult) -> bool {
    let parts = &result.parts;
    let shares = [parts.resolution, parts.evidence, parts.reply, parts.efficiency, Some(result.score)];
    shares.into_iter().flatten().all(|share| (0.0..=1.0).contains(&share))
        // Other servers pay what they like.
        && result.rewards.iter().all(|reward| reward.is_finite())
        && !(result.passed && result.ended == Ended::Failed)
        && result.seconds >= 0.0
        && result.usage.cost.is_none_or(|cost| cost >= 0.0)
}

/// Whether there is no such file, or none could be there.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn read(path: &Path) -> Result<Vec<u8>, FolderError> {
    fs::read(path).map_err(|source| FolderError::Read { path: path.to_owned(), source })
}
