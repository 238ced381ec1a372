//! An image of a server's episode: where the task is known here, every answer is compared with what it should be.

use std::sync::Arc;

use serde_json::Value;

use crate::episode::Episode;
use crate::eval::{Environment, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};
use crate::task::Catalog;

/// Plays on a server and, where the server plays the same state of a pack that is known here, beside it in process. What
/// is handed on then is the own answer, which holds the reasons of a score on every transport.
pub(super) struct Mirrored {
    server: Box<dyn Environment>,
    known: Arc<Catalog>,
    episode: Option<Episode>,
}

impl Mirrored {
    pub(super) fn new(server: Box<dyn Environment>, known: Arc<Catalog>) -> Mirrored {
        Mirrored { server, known, episode: None }
    }
}

impl Environment for Mirrored {
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError> {
        self.episode = None;
        let theirs = self.server.reset(trial, episode_id)?;
        let digest = &theirs.observation.metadata.pack_digest;
        let Some(task) = self.known.get(&trial.task_id).filter(|task| task.pack_digest == *digest) else {
            return Ok(theirs);
        };
        let episode = Episode::start(task.clone(), episode_id.into(), trial.seed);
        let own = episode.observe();
        compare(&own, &theirs, 0)?;
        self.episode = Some(episode);
        Ok(own)
    }

    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError> {
        let theirs = self.server.step(action)?;
        let Some(episode) = &mut self.episode else { return Ok(theirs) };
        let own = episode.step(action);
        compare(&own, &theirs, episode.answered())?;
        Ok(own)
    }

    fn episode(&self) -> Option<&Episode> {
        self.episode.as_ref()
    }

    fn carried(&self, action: ToolUseAction) -> ToolUseAction {
        self.server.carried(action)
    }
}

fn compare(own: &StepResult, theirs: &StepResult, step: u64) -> Result<(), TargetError> {
    let Some(what) = difference(own, theirs) else { return Ok(()) };
    let place = if step == 0 { "the reset".to_owned() } else { format!("step {step}") };
    Err(TargetError::lasting(format!(
        "the server's answer to {place} is not what this program answers for the same pack: `{what}` differs; is it the \
         same version of the software?"
    )))
}

/// The first field that differs, of what has to be the same: ids are not, and a transport may leave out a score or its
/// reasons.
fn difference(own: &StepResult, theirs: &StepResult) -> Option<String> {
    if own.reward != theirs.reward {
        return Some("reward".to_owned());
    }
    if own.done != theirs.done {
        return Some("done".to_owned());
    }
    let fields = |result: &StepResult| match serde_json::to_value(&result.observation) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (ours, others) = (fields(own), fields(theirs));
    let differs = ours.iter().find(|(key, value)| *key != "metadata" && others.get(*key) != Some(*value));
    if let Some((key, _)) = differs {
        return Some(key.clone());
    }
    match (&own.observation.metadata.score, &theirs.observation.metadata.score) {
        (Some(ours), Some(others)) => {
            let same = ours.score == others.score
                && ours.passed == others.passed
                && ours.zeroed_by == others.zeroed_by
                && ours.parts.len() == others.parts.len()
                && ours.parts.iter().zip(&others.parts).all(|(a, b)| a.criterion == b.criterion && a.value == b.value);
            (!same).then(|| "metadata.score".to_owned())
        }
        _ => None,
    }
}
