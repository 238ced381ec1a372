//! The players of a run, as its agent is named.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::agent::{Oracle, Random, Script};
use crate::eval::model::{LlmPlayer, Model};
use crate::eval::players::{AgentName, BuiltIn, Cheats, Program, ProgramSettings};
use crate::eval::run::Stop;
use crate::eval::{Player, PlayerError, Trial};
use crate::protocol::{ActionType, ToolUseAction};
use crate::record::{append_regular, open_regular};
use crate::task::{Catalog, Task};

/// Makes the player of a trial.
pub(super) type Players = Box<dyn Fn(&Trial, Option<&Arc<Task>>) -> Result<Box<dyn Player>, PlayerError> + Send + Sync>;

/// Where programs' stderr goes, within a run's folder.
const NOTES: &str = "agent.stderr";

/// More than the actions of any episode take.
const MAX_SCRIPT_BYTES: u64 = 16 << 20;

/// What players of this agent need.
pub(super) struct Cast<'a> {
    pub(super) catalog: &'a Arc<Catalog>,
    pub(super) folder: &'a Path,
    /// How long one action may take.
    pub(super) patience: Duration,
    pub(super) stop: &'a Arc<Stop>,
    /// Where a model plays.
    pub(super) model: Option<Arc<Model>>,
}

impl Cast<'_> {
    /// The players of an agent; `script` is what its file holds, where it has one.
    pub(super) fn players(&self, agent: &AgentName, script: Option<Script>) -> Result<Players, String> {
        Ok(match agent {
            AgentName::Oracle => Box::new(|_, task| Ok(boxed(BuiltIn::knowing(Oracle::default(), task)?))),
            AgentName::Random => Box::new(|trial, task| {
                let random = Random::of_attempt(&trial.task_id, trial.seed, trial.repeat);
                Ok(boxed(BuiltIn::knowing(random, task)?))
            }),
            AgentName::Nop => {
                // What the built-in agent of that name does.
                let idle = ToolUseAction::new(ActionType::SearchPolicy, None);
                Box::new(move |_, _| Ok(boxed(BuiltIn::Again(idle.clone()))))
            }
            AgentName::Cheat(cheat) => {
                let cheats = Cheats::new(cheat, self.catalog.clone());
                Box::new(move |_, task| Ok(boxed(cheats.player(task)?)))
            }
            AgentName::Script(_) => {
                let script = script.unwrap_or_default();
                Box::new(move |_, _| Ok(boxed(BuiltIn::Script(script.clone()))))
            }
            AgentName::Program(words) => {
                let path = self.folder.join(NOTES);
                let notes = append_regular(&path);
                let notes = notes.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
                let settings = ProgramSettings {
                    words: words.clone(),
                    patience: self.patience,
                    stop: self.stop.clone(),
                    notes: Arc::new(Mutex::new(notes)),
                };
                Box::new(move |trial, _| Ok(boxed(Program::start(&settings, trial)?)))
            }
            AgentName::Model => {
                let model = self.model.clone().ok_or("no model was named")?;
                Box::new(move |trial, _| Ok(boxed(LlmPlayer::new(model.clone(), trial))))
            }
        })
    }
}

fn boxed(player: impl Player + 'static) -> Box<dyn Player> {
    Box::new(player)
}

/// Reads a script's file.
pub(super) fn read_script(agent: &AgentName) -> Result<Option<Script>, String> {
    let AgentName::Script(file) = agent else { return Ok(None) };
    let mut text = String::new();
    let read = open_regular(file).and_then(|file| file.take(MAX_SCRIPT_BYTES).read_to_string(&mut text));
    read.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    if text.len() as u64 == MAX_SCRIPT_BYTES {
        return Err(format!("{} is too long for a script", file.display()));
    }
    Script::parse(&text).map(Some).map_err(|error| format!("{}: {error}", file.display()))
}
