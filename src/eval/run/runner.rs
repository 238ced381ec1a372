//! Trials over threads: each thread holds an environment and plays one trial after another.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::eval::{Doubts, Ended, Environment, Holdings, RunFolder, Target, Trial, TrialResult};
use crate::record::{Durable, OpenError, Recorder, Unrecorded};

use super::ledger::{Ledger, LedgerError};
use super::patience::{Patience, Waiting};
use super::play::{Attempt, Played, Players};
use super::stop::{Halt, Stop};

/// Plays what is left of a run.
pub struct Runner<'a> {
    /// The run's folder.
    pub ledger: &'a Ledger,
    /// Where it is played.
    pub target: &'a dyn Target,
    /// Makes the player of each trial.
    pub players: &'a Players<'a>,
    /// How many trials are played at once, at least 1.
    pub concurrency: usize,
    /// How a target is waited for.
    pub patience: Patience,
    /// Asked, no further trial is begun, and those that are being played are cut short.
    pub stop: &'a Stop,
    /// Told what happens, by any thread.
    pub told: &'a (dyn Fn(Told<'_>) + Sync),
}

/// What happens in a run.
#[derive(Debug)]
pub enum Told<'a> {
    /// How many trials have ended before, and how many are to be played now.
    Begins {
        /// Results that are kept.
        kept: &'a [TrialResult],
        /// What is doubtful in the folder as it is.
        doubts: &'a Doubts,
        /// Trials to play.
        left: usize,
    },
    /// A trial has ended, and its result is on disk.
    Ended(&'a TrialResult),
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What the folder holds now.
    pub holdings: Holdings,
    /// Trials without one.
    pub left: usize,
    /// Why there are such.
    pub halt: Option<Halt>,
}

/// A run's files fail.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The folder.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The log, at its beginning.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The log, while it is written.
    #[error(transparent)]
    Unrecorded(#[from] Unrecorded),
}

/// What the threads share.
struct Shared<'a> {
    runner: &'a Runner<'a>,
    recorder: &'a Arc<Recorder>,
    steps: BTreeMap<&'a str, u32>,
    /// The next of the trials.
    next: AtomicUsize,
    trials: Vec<Trial>,
    /// Environments in use.
    held: AtomicUsize,
    end: Mutex<Option<Result<Halt, RunError>>>,
}

impl Runner<'_> {
    /// Plays every trial that has no result, those that have failed, and those whose results the log does not bear out.
    ///
    /// # Errors
    /// A file that cannot be read or written. What was told to have ended is kept.
    pub fn play(&self) -> Result<Outcome, RunError> {
        let folder = self.ledger.folder();
        let Holdings { results, doubts, .. } = self.ledger.contents()?;
        let kept: Vec<TrialResult> =
            results.into_iter().filter(|it| it.ended != Ended::Failed && !doubts.is_about(&it.trial)).collect();
        let trials = folder.config().trials();
        let mut left = trials;
        let is_kept: std::collections::BTreeSet<&Trial> = kept.iter().map(|result| &result.trial).collect();
        left.retain(|trial| !is_kept.contains(trial));
        (self.told)(Told::Begins { kept: &kept, doubts: &doubts, left: left.len() });
        let mut halt = None;
        if !left.is_empty() {
            let log = folder.path().join(RunFolder::LOG);
            let (recorder, _) = Recorder::open(&log, Durable::Episode, |_| {})?;
            let ended = self.play_all(left, &recorder);
            let closed = recorder.close();
            halt = ended?;
            closed?;
        }
        let holdings = self.ledger.contents()?;
        let left = folder.config().trials().len() - holdings.results.len();
        Ok(Outcome { holdings, left, halt })
    }

    fn play_all(&self, trials: Vec<Trial>, recorder: &Arc<Recorder>) -> Result<Option<Halt>, RunError> {
        let config = self.ledger.folder().config();
        let threads = self.concurrency.clamp(1, trials.len());
        let shared = Shared {
            runner: self,
            recorder,
            steps: config.tasks.iter().map(|task| (task.id.as_str(), task.max_steps)).collect(),
            next: AtomicUsize::new(0),
            trials,
            held: AtomicUsize::new(0),
            end: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    if let Err(end) = shared.work() {
                        shared.end_with(end);
                    }
                });
            }
        });
        let end = shared.end.into_inner().unwrap_or_else(PoisonError::into_inner);
        match end {
            Some(Err(error)) => Err(error),
            Some(Ok(halt)) => Ok(Some(halt)),
            None if self.stop.is_asked() => Ok(Some(Halt::Stopped)),
            None => Ok(None),
        }
    }
}

impl Shared<'_> {
    /// The first reason stands; an error of files is worse than any other.
    fn end_with(&self, end: Result<Halt, RunError>) {
        let mut held = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() || (matches!(*held, Some(Ok(_))) && end.is_err()) {
            *held = Some(end);
        }
    }

    fn is_over(&self) -> bool {
        self.runner.stop.is_asked() || self.end.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What one thread does: takes the next trial and an environment, plays, and keeps the environment for the next.
    /// Once something has ended the run, no further trial is begun; those under way go on to their end.
    fn work(&self) -> Result<(), Result<Halt, RunError>> {
        let mut environment: Option<Held<'_>> = None;
        while !self.is_over() {
            let Some(trial) = self.trials.get(self.next.fetch_add(1, Ordering::Relaxed)) else { break };
            match self.play_patiently(trial, &mut environment)? {
                None | Some(Played::NotBegun(_)) => break,
                Some(Played::CutShort(halt)) => return Err(Ok(halt)),
                Some(Played::Ended(result)) => {
                    self.runner.ledger.push(&result).map_err(|error| Err(error.into()))?;
                    (self.runner.told)(Told::Ended(&result));
                    if result.ended == Ended::Failed {
                        // What is left of its session may be anything.
                        environment = None;
                    }
                }
            }
        }
        Ok(())
    }

    /// Plays a trial, waiting for an environment where that may help; `None` where the run ended meanwhile.
    fn play_patiently<'s>(
        &'s self,
        trial: &Trial,
        environment: &mut Option<Held<'s>>,
    ) -> Result<Option<Played>, Result<Halt, RunError>> {
        let mut waiting = Waiting::new(self.runner.patience);
        loop {
            let error = match environment {
                Some(held) => match self.play(trial, &mut *held.environment)? {
                    Played::NotBegun(error) => error,
                    played => return Ok(Some(played)),
                },
                None => match self.runner.target.open() {
                    Ok(opened) => {
                        *environment = Some(Held::new(opened, &self.held));
                        continue;
                    }
                    Err(error) => error,
                },
            };
            *environment = None;
            let others_hold = self.held.load(Ordering::Relaxed) > 0;
            let waited = waiting.wait(error, others_hold, self.runner.stop);
            waited.map_err(|error| Ok(Halt::Target(error.message)))?;
            if self.is_over() {
                return Ok(None);
            }
        }
    }

    fn play(&self, trial: &Trial, environment: &mut dyn Environment) -> Result<Played, Result<Halt, RunError>> {
        let max_steps = self.steps.get(trial.task_id.as_str()).copied().unwrap_or(0);
        let attempt = Attempt { trial, max_steps, recorder: self.recorder, stop: self.runner.stop };
        attempt.play(environment, self.runner.players).map_err(|error| Err(error.into()))
    }
}

/// An environment that is in use.
struct Held<'a> {
    environment: Box<dyn Environment>,
    held: &'a AtomicUsize,
}

impl<'a> Held<'a> {
    fn new(environment: Box<dyn Environment>, held: &'a AtomicUsize) -> Held<'a> {
        held.fetch_add(1, Ordering::Relaxed);
        Held { environment, held }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.held.fetch_sub(1, Ordering::Relaxed);
    }
}
