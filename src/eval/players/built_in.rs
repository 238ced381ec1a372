//! Players that need nothing but this program.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::agent::cheat::{Case, Cheat, Vocabulary};
use crate::agent::{Agent, Script};
use crate::eval::{ErrorKind, Player, PlayerError};
use crate::protocol::{StepResult, ToolUseAction};
use crate::prove::CheatRun;
use crate::task::{Catalog, Task};

/// A player of this program, with the task where it needs it.
pub enum BuiltIn {
    /// One that looks at the task.
    Knowing(Box<dyn Agent + Send>, Arc<Task>),
    /// A list of actions.
    Script(Script),
    /// The same action for ever.
    Again(ToolUseAction),
}

impl BuiltIn {
    /// A player that looks at the task.
    ///
    /// # Errors
    /// The task is not known here.
    pub fn knowing(agent: impl Agent + Send + 'static, task: Option<&Arc<Task>>) -> Result<BuiltIn, PlayerError> {
        Ok(BuiltIn::Knowing(Box::new(agent), known(task)?.clone()))
    }
}

impl Player for BuiltIn {
    fn act(&mut self, seen: &StepResult) -> Result<Option<ToolUseAction>, PlayerError> {
        Ok(match self {
            BuiltIn::Knowing(agent, task) => agent.act(task, seen),
            BuiltIn::Script(script) => script.next_action(),
            BuiltIn::Again(action) => Some(action.clone()),
        })
    }
}

/// A cheat's variants, each task's best one found once, as `prove` finds it.
#[derive(Debug)]
pub struct Cheats {
    cheat: &'static Cheat,
    catalog: Arc<Catalog>,
    best: Mutex<BTreeMap<Arc<str>, Script>>,
}

impl Cheats {
    /// This cheat on the tasks of this catalogue.
    pub fn new(cheat: &'static Cheat, catalog: Arc<Catalog>) -> Cheats {
        Cheats { cheat, catalog, best: Mutex::default() }
    }

    /// The variant that earns most on this task; one that gives up at once where the cheat has nothing to work with.
    ///
    /// # Errors
    /// The task is not known here.
    pub fn player(&self, task: Option<&Arc<Task>>) -> Result<BuiltIn, PlayerError> {
        let task = known(task)?;
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        let script = best.entry(task.id.clone()).or_insert_with(|| {
            let vocabulary = Vocabulary::of(task);
            let run = CheatRun::of(self.cheat, &Case { task, others: self.catalog.tasks(), vocabulary: &vocabulary });
            Script::new(run.map(|run| run.best.actions).unwrap_or_default())
        });
        Ok(BuiltIn::Script(script.clone()))
    }
}

fn known(task: Option<&Arc<Task>>) -> Result<&Arc<Task>, PlayerError> {
    task.ok_or_else(|| {
        let message = "this player needs the task itself, and the server plays another state of its pack than is known \
                       here; name the pack that is served with --tasks";
        PlayerError::of_trial(ErrorKind::Target, message.to_owned())
    })
}
