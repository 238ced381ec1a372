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

use super::stop::Stop;

/// The most steps of a task whose limit is not known: the most that any task may have.
const MAX_STEPS: u32 = 1_000;

/// Makes the player of a trial; the task is given where it is known here.
pub(super) type Players<'a> =
    dyn Fn(&Trial, Option<&Arc<Task>>) -> Result<Box<dyn Player>, PlayerError> + Send + Sync + 'a;

/// What came of playing a trial.
pub(super) enum Played {
    /// It has a result, and its episode is on disk.
    Ended(Box<TrialResult>),
    /// It was not begun, since the environment failed; another may do.
    NotBegun(TargetError),
    /// It was cut short, and is to be played again from its beginning.
    CutShort(Cut),
}

/// Why a trial was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cut {
    /// Stopping was asked.
    Stopped,
    /// What may be spent is spent.
    Budget(String),
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
        if let Played::Ended(result) = &mut played
            && !result.passed
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
            Err(error) => return Ok(self.failed(Vec::new(), begun, Usage::default(), error.into())),
        };
        let task = environment.episode().map(|episode| episode.task().clone());
        let mut player = match players(self.trial, task.as_ref()) {
            Ok(player) => player,
            Err(error) => return Ok(self.given_up_on(error, Vec::new(), begun, Usage::default())),
        };
        let mut log = Log::begin(self.recorder, environment, self.trial, &episode_id, &first);
        let mut last = first;
        let mut rewards = Vec::new();
        let most = if self.max_steps == 0 { MAX_STEPS } else { self.max_steps };
        while !last.done {
            if self.stop.is_asked() {
                return Ok(Played::CutShort(Cut::Stopped));
            }
            if rewards.len() >= most as usize {
                let what = format!("the server does not end the episode after its {most} steps");
                let error = TargetError::lasting(what);
                return Ok(self.failed(rewards, begun, player.usage(), error.into()));
            }
            let action = match player.act(&last) {
                Ok(Some(action)) => environment.carried(kept_action(&action)),
                Ok(None) => {
                    let usage = player.usage();
                    return Ok(self.ended(Ended::GaveUp, rewards, begun, usage, None));
                }
                Err(error) => return Ok(self.given_up_on(error, rewards, begun, player.usage())),
            };
            last = match environment.step(&action) {
                Ok(last) => last,
                Err(error) => return Ok(self.failed(rewards, begun, player.usage(), error.into())),
            };
            rewards.push(last.reward.filter(|reward| reward.is_finite()).unwrap_or(0.0));
            log.step(environment, &action, &last);
        }
        player.end(&last);
        let usage = player.usage();
        log.finish()?;
        let score = final_score(&last);
        let ended = if is_submitted(environment, &log) { Ended::Submitted } else { Ended::StepLimit };
        let mut played = self.result(ended, rewards, begun, usage, None);
        played.score = score.score;
        played.passed = score.passed;
        played.parts = PartValues::from(&score);
        Ok(Played::Ended(Box::new(played)))
    }

    fn given_up_on(&self, error: PlayerError, rewards: Vec<f64>, begun: Instant, usage: Usage) -> Played {
        if self.stop.is_asked() {
            return Played::CutShort(Cut::Stopped);
        }
        if error.kind == ErrorKind::Budget {
            return Played::CutShort(Cut::Budget(error.message));
        }
        self.failed(rewards, begun, usage, error.into())
    }

    fn failed(&self, rewards: Vec<f64>, begun: Instant, usage: Usage, error: TrialError) -> Played {
        self.ended(Ended::Failed, rewards, begun, usage, Some(error))
    }

    fn ended(&self, how: Ended, rewards: Vec<f64>, begun: Instant, usage: Usage, error: Option<TrialError>) -> Played {
        Played::Ended(Box::new(self.result(how, rewards, begun, usage, error)))
    }

    fn result(
        &self,
        ended: Ended,
        rewards: Vec<f64>,
        begun: Instant,
        usage: Usage,
        error: Option<TrialError>,
    ) -> TrialResult {
        TrialResult {
            trial: self.trial.clone(),
            episode_id: self.trial.to_string(),
            ended,
            score: 0.0,
            passed: false,
            parts: PartValues::default(),
            rewards,
            // Milliseconds: what a clock tells beyond is noise.
            seconds: (begun.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0,
            usage,
            error,
            deviation: None,
        }
    }
}

impl From<TargetError> for TrialError {
    fn from(error: TargetError) -> TrialError {
        TrialError { kind: ErrorKind::Target, message: error.message }
    }
}

/// What an ended episode is worth: the score it came with, else the score it shows, else its last reward, which by the
/// contract is the score. Without a report an episode counts as passed where it scores full marks.
fn final_score(last: &StepResult) -> ScoreReport {
    if let Some(report) = &last.observation.metadata.score {
        return (**report).clone();
    }
    let is_share = |value: &f64| (0.0..=1.0).contains(value);
    let score = last.observation.current_score.filter(is_share).or(last.reward.filter(is_share)).unwrap_or(0.0);
    ScoreReport { score, passed: score >= 1.0, zeroed_by: None, parts: Vec::new() }
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

    fn step(&mut self, environment: &dyn Environment, action: &ToolUseAction, last: &StepResult) {
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
                    reward: last.reward.filter(|reward| reward.is_finite()).unwrap_or(0.0),
                    digest: AnswerDigest::of(last),
                };
                let reason = if self.was_submitted { Ending::Submitted } else { Ending::StepLimit };
                let end = last.done.then(|| End { of: 0, reason, score: Some(final_score(last)) });
                self.recording.step_as(step, end)
            }
        };
    }

    /// Waits until the episode is on disk.
    fn finish(&mut self) -> Result<(), Unrecorded> {
        self.receipt.take().map_or(Ok(()), Receipt::wait)
    }
}
