//! One trial from reset to end, recorded as it is played.

use std::sync::Arc;
use std::time::Instant;

use crate::episode::kept_action;
use crate::eval::{
    Deviation, Ended, Environment, ErrorKind, PartValues, Player, PlayerError, TargetError, Trial, TrialError,
    TrialResult, Usage,
};
use crate::protocol::{ActionType, ScoreReport, StepResult, ToolUseAction};
use crate::record::{AnswerDigest, Begin, End, Ending, Receipt, Recorder, Recording, Step, Unrecorded};
use crate::task::Task;

use super::stop::{Halt, Stop};

/// The most steps of a task whose limit is not known: the most that any task may have.
const MAX_STEPS: u32 = 1_000;
/// The most steps that are played whatever a server claims: a result stays a line that can be read.
const MAX_CLAIMED_STEPS: u32 = 100_000;

/// Makes the player of a trial; the task is given where it is known here.
pub(super) type Players<'a> =
    dyn Fn(&Trial, Option<&Arc<Task>>) -> Result<Box<dyn Player>, PlayerError> + Send + Sync + 'a;

/// What came of playing a trial.
pub(super) enum Played {
    /// It has a result, and its episode is on disk.
    Ended(Box<TrialResult>),
    /// It was not begun, since the environment failed; another may do.
    NotBegun(TargetError),
    /// It was cut short by what ends the run, and is to be played again from its beginning.
    CutShort(Halt),
}

/// A trial that is being played.
pub(super) struct Attempt<'a> {
    pub(super) trial: &'a Trial,
    /// The most steps that the task allows, where that is known.
    pub(super) max_steps: u32,
    pub(super) recorder: &'a Arc<Recorder>,
    pub(super) stop: &'a Stop,
}

impl Attempt<'_> {
    /// Plays it, and where its task is known here finds where it left every winning path.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(super) fn play(&self, environment: &mut dyn Environment, players: &Players<'_>) -> Result<Played, Unrecorded> {
        let mut played = self.play_to_end(environment, players)?;
        let Played::Ended(result) = &mut played else { return Ok(played) };
        // A player counts what it meets itself.
        if let Some(error) = &result.error {
            result.usage.errors.entry(error.kind).or_insert(1);
        }
        if !result.passed
            && let Some(episode) = environment.episode()
        {
            let taken = episode.history().iter().take(result.steps());
            let actions: Vec<ToolUseAction> = taken.map(|record| (*record.action).clone()).collect();
            result.deviation = Deviation::of(episode.task(), &actions);
        }
        Ok(played)
    }

    fn play_to_end(&self, environment: &mut dyn Environment, players: &Players<'_>) -> Result<Played, Unrecorded> {
        let begun = Instant::now();
        let episode_id = self.trial.to_string();
        let first = match environment.reset(self.trial, &episode_id) {
            Ok(first) => first,
            Err(error) if error.may_pass => return Ok(Played::NotBegun(error)),
            Err(error) => return Ok(self.not_played(self.of_target(error), begun)),
        };
        let task = environment.episode().map(|episode| episode.task().clone());
        let mut player = match players(self.trial, task.as_ref()) {
            Ok(player) => player,
            Err(error) => return Ok(self.not_played(self.of_player(error), begun)),
        };
        let mut log = Log::begin(self.recorder, environment, self.trial, &episode_id, &first);
        let mut rewards = Vec::new();
        let way = match self.play_steps(environment, &mut *player, &mut log, first, &mut rewards) {
            Ok(way) => way,
            Err(halt) => return Ok(Played::CutShort(halt)),
        };
        let mut result = match way {
            Way::Done(ended) => {
                let (last, score) = *ended;
                player.end(&last);
                let how = if is_submitted(environment, &log) { Ended::Submitted } else { Ended::StepLimit };
                let ended = self.result(how, begun, None);
                TrialResult { score: score.score, passed: score.passed, parts: PartValues::from(&score), ..ended }
            }
            Way::GivenUp => self.result(Ended::GaveUp, begun, None),
            Way::Failed(error) => self.result(Ended::Failed, begun, Some(error)),
        };
        result.rewards = rewards;
        result.usage = player.usage();
        log.finish()?;
        Ok(Played::Ended(Box::new(result)))
    }

    /// Plays until the episode ends or its player or its place do.
    fn play_steps(
        &self,
        environment: &mut dyn Environment,
        player: &mut dyn Player,
        log: &mut Log,
        first: StepResult,
        rewards: &mut Vec<f64>,
    ) -> Result<Way, Halt> {
        if first.done {
            let what = "the server's episode is over before its first step".to_owned();
            return Ok(Way::Failed(TargetError::lasting(what).into()));
        }
        let mut last = first;
        let most = if self.max_steps == 0 { MAX_STEPS } else { self.max_steps.min(MAX_CLAIMED_STEPS) };
        loop {
            if self.stop.is_asked() {
                return Err(Halt::Stopped);
            }
            if rewards.len() >= most as usize {
                let what = format!("the server does not end the episode after its {most} steps");
                return Ok(Way::Failed(TargetError::lasting(what).into()));
            }
            let action = match player.act(&last) {
                Ok(Some(action)) => environment.carried(kept_action(&action)),
                Ok(None) => return Ok(Way::GivenUp),
                Err(error) => return self.of_player(error).map(Way::Failed),
            };
            last = match environment.step(&action) {
                Ok(last) => last,
                Err(error) => return self.of_target(error).map(Way::Failed),
            };
            let score = match last.done.then(|| final_score(environment, &last)).transpose() {
                Ok(score) => score,
                Err(what) => return Ok(Way::Failed(TargetError::lasting(what).into())),
            };
            rewards.push(last.reward.unwrap_or(0.0));
            log.step(environment, &action, &last, score.as_ref());
            if let Some(score) = score {
                return Ok(Way::Done(Box::new((last, score))));
            }
        }
    }

    /// What the trial ends with, unless the error ends the run.
    fn of_player(&self, error: PlayerError) -> Result<TrialError, Halt> {
        let PlayerError { kind, message, ends_run } = error;
        match kind {
            _ if self.stop.is_asked() => Err(Halt::Stopped),
            ErrorKind::Budget if ends_run => Err(Halt::Budget(message)),
            _ if ends_run => Err(Halt::Player(message)),
            _ => Ok(TrialError { kind, message }),
        }
    }

    /// What the trial ends with, unless stopping was asked meanwhile.
    fn of_target(&self, error: TargetError) -> Result<TrialError, Halt> {
        if self.stop.is_asked() { Err(Halt::Stopped) } else { Ok(error.into()) }
    }

    fn not_played(&self, why: Result<TrialError, Halt>, begun: Instant) -> Played {
        match why {
            Ok(error) => Played::Ended(Box::new(self.result(Ended::Failed, begun, Some(error)))),
            Err(halt) => Played::CutShort(halt),
        }
    }

    fn result(&self, ended: Ended, begun: Instant, error: Option<TrialError>) -> TrialResult {
        TrialResult {
            trial: self.trial.clone(),
            episode_id: self.trial.to_string(),
            ended,
            score: 0.0,
            passed: false,
            parts: PartValues::default(),
            rewards: Vec::new(),
            // Milliseconds: what a clock tells beyond is noise.
            seconds: (begun.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0,
            usage: Usage::default(),
            error,
            deviation: None,
        }
    }
}

/// How an episode was left.
enum Way {
    /// It ended with this answer, and is worth that.
    Done(Box<(StepResult, ScoreReport)>),
    /// The player went no further.
    GivenUp,
    /// Something failed.
    Failed(TrialError),
}

impl From<TargetError> for TrialError {
    fn from(error: TargetError) -> TrialError {
        TrialError { kind: ErrorKind::Target, message: error.message }
    }
}

/// What an ended episode is worth: the score it came with, else the score it shows, else its last reward, which by the
/// contract is the score. Without a report an episode counts as passed where it scores full marks.
///
/// # Errors
/// It tells none of them, or what cannot be a score.
fn final_score(environment: &dyn Environment, last: &StepResult) -> Result<ScoreReport, String> {
    let own = environment.episode().and_then(|episode| episode.score());
    if let Some(report) = own.or(last.observation.metadata.score.as_ref()) {
        return Ok((**report).clone());
    }
    match last.observation.current_score.or(last.reward) {
        Some(score) if (0.0..=1.0).contains(&score) => {
            Ok(ScoreReport { score, passed: score >= 1.0, zeroed_by: None, parts: Vec::new() })
        }
        Some(score) => Err(format!("the server ended the episode with {score}, which is no score from 0 to 1")),
        None => Err("the server ended the episode without a score".to_owned()),
    }
}

fn is_submitted(environment: &dyn Environment, log: &Log) -> bool {
    match environment.episode().and_then(|episode| episode.end_reason()) {
        Some(reason) => Ending::from(reason) == Ending::Submitted,
        None => log.was_submitted,
    }
}

/// The record of one trial's episode.
struct Log {
    recording: Recording,
    /// Steps that were recorded.
    steps: u32,
    /// For the last record of an episode whose task is not known here.
    was_submitted: bool,
    receipt: Option<Receipt>,
}

impl Log {
    fn begin(
        recorder: &Arc<Recorder>,
        environment: &dyn Environment,
        trial: &Trial,
        episode_id: &str,
        first: &StepResult,
    ) -> Log {
        // Nothing is promised before the episode's end is on disk.
        let (recording, _) = match environment.episode() {
            Some(episode) => recorder.begin(episode),
            None => recorder.begin_as(Begin {
                episode_id: episode_id.to_owned(),
                task_id: trial.task_id.clone(),
                pack_digest: first.observation.metadata.pack_digest.to_string(),
                seed: trial.seed,
                at: Begin::now(),
                digest: AnswerDigest::of(first),
            }),
        };
        Log { recording, steps: 0, was_submitted: false, receipt: None }
    }

    /// Records a step, and with its score the episode's end.
    fn step(
        &mut self,
        environment: &dyn Environment,
        action: &ToolUseAction,
        last: &StepResult,
        score: Option<&ScoreReport>,
    ) {
        self.steps += 1;
        let is_accepted = last.observation.last_action_error.is_none();
        self.was_submitted = action.action_type == ActionType::SubmitResolution && is_accepted;
        self.receipt = match environment.episode() {
            Some(episode) => self.recording.step(episode, last),
            None => {
                let step = Step {
                    of: 0,
                    step: self.steps,
                    action: action.clone(),
                    reward: last.reward.unwrap_or(0.0),
                    digest: AnswerDigest::of(last),
                };
                let reason = if self.was_submitted { Ending::Submitted } else { Ending::StepLimit };
                let end = score.map(|score| End { of: 0, reason, score: Some(score.clone()) });
                self.recording.step_as(step, end)
            }
        };
    }

    /// Waits until the episode is on disk, with its end or as abandoned.
    fn finish(self) -> Result<(), Unrecorded> {
        self.recording.abandon().or(self.receipt).map_or(Ok(()), Receipt::wait)
    }
}
