//! Playing in process.

use std::sync::Arc;

use crate::episode::Episode;
use crate::eval::{Environment, Target, TargetError, Trial};
use crate::protocol::{StepResult, ToolUseAction};
use crate::task::Catalog;

/// The packs of this process: as many environments as anybody wants.
#[derive(Debug)]
pub struct Local {
    catalog: Arc<Catalog>,
}

impl Local {
    /// Plays the tasks of this catalogue.
    pub fn new(catalog: Arc<Catalog>) -> Local {
        Local { catalog }
    }
}

impl Target for Local {
    fn open(&self) -> Result<Box<dyn Environment>, TargetError> {
        Ok(Box::new(InProcess { catalog: self.catalog.clone(), episode: None }))
    }
}

struct InProcess {
    catalog: Arc<Catalog>,
    episode: Option<Episode>,
}

impl Environment for InProcess {
    fn reset(&mut self, trial: &Trial, episode_id: &str) -> Result<StepResult, TargetError> {
        let Some(task) = self.catalog.get(&trial.task_id) else {
            return Err(TargetError::lasting(format!("there is no task `{}` here", trial.task_id)));
        };
        let episode = Episode::start(task.clone(), episode_id.into(), trial.seed);
        let first = episode.observe();
        self.episode = Some(episode);
        Ok(first)
    }

    fn step(&mut self, action: &ToolUseAction) -> Result<StepResult, TargetError> {
        match &mut self.episode {
            Some(episode) => Ok(episode.step(action)),
            None => Err(TargetError::lasting("a step before the reset".to_owned())),
        }
    }

    fn episode(&self) -> Option<&Episode> {
        self.episode.as_ref()
    }
}
