//! What is to be played, and where.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::diag::did_you_mean;
use crate::eval::players::AgentName;
use crate::eval::run::{Patience, Stop, Waiting};
use crate::eval::target::{Local, Remote};
use crate::eval::{Target, TargetError, TaskConfig, Trial};
use crate::protocol::{Difficulty, StepResult};
use crate::task::{Catalog, Split};

use super::super::output::{fail, say};
use super::super::packs::load_catalog;
use super::run::EvalRunArgs;

/// How long one answer of a server may take where --timeout says nothing: what OpenEnv's own client waits.
const SERVER_PATIENCE: Duration = Duration::from_secs(60);

/// Where a run is played, and on what.
pub(super) struct Plan {
    pub(super) catalog: Arc<Catalog>,
    pub(super) target: Box<dyn Target>,
    /// The server's address.
    pub(super) url: Option<String>,
    /// Those that were asked for, in the fixed order.
    pub(super) tasks: Vec<TaskConfig>,
}

impl Plan {
    /// Loads the packs, asks the server, and chooses the tasks.
    pub(super) fn of(args: &EvalRunArgs, agents: &[AgentName], stop: &Arc<Stop>) -> Result<Plan, ExitCode> {
        let catalog = Arc::new(load_catalog(&args.tasks)?);
        let known = catalog.tasks().iter().map(|task| TaskConfig::from(&**task)).collect::<Vec<_>>();
        let Some(url) = args.url.clone() else {
            let tasks = choose(known, args).map_err(fail)?;
            let target = Box::new(Local::new(catalog.clone()));
            return Ok(Plan { catalog, target, url: None, tasks });
        };
        let patience = args.timeout.unwrap_or(SERVER_PATIENCE);
        let (token, own) = (args.token.as_deref(), catalog.clone());
        let remote = Remote::new(url.clone(), token, args.transport, patience, own, stop.clone());
        let tasks = match patiently(stop, || remote.tasks()).map_err(fail)? {
            Some(offered) => offered
                .into_iter()
                .map(|task| TaskConfig {
                    id: task.id,
                    title: task.title,
                    difficulty: task.difficulty,
                    split: task.split,
                    max_steps: task.max_steps,
                    pack_digest: String::new(),
                })
                .collect(),
            // A server that is not ours: the tasks are those that are known or named.
            None if args.tasks.is_empty() && !args.ids.is_empty() => args.ids.iter().map(|id| unknown(id)).collect(),
            None if args.tasks.is_empty() => {
                return Err(fail(
                    "the server lists no tasks at /tasks; name them with --task, or their pack with --tasks",
                ));
            }
            None => known,
        };
        let mut tasks = choose(tasks, args).map_err(fail)?;
        learn_digests(&remote, &catalog, &mut tasks, stop).map_err(fail)?;
        let plan = Plan { catalog, target: Box::new(remote), url: Some(url.to_string()), tasks };
        for agent in agents.iter().filter(|agent| agent.needs_task()) {
            plan.check_known(agent).map_err(fail)?;
        }
        Ok(plan)
    }

    /// Whether every task is known here, for players that need that.
    fn check_known(&self, agent: &AgentName) -> Result<(), String> {
        let is_known =
            |task: &&TaskConfig| self.catalog.get(&task.id).is_some_and(|own| *own.pack_digest == task.pack_digest);
        match self.tasks.iter().find(|task| !is_known(task)) {
            None => Ok(()),
            Some(task) => Err(format!(
                "the agent {agent} needs the tasks themselves, and the task `{}`, as the server plays it, is not known \
                 here; name the pack that is served with --tasks",
                task.id
            )),
        }
    }
}

fn unknown(id: &str) -> TaskConfig {
    let (difficulty, split, pack_digest) = Default::default();
    TaskConfig { id: id.to_owned(), title: id.to_owned(), difficulty, split, max_steps: 0, pack_digest }
}

/// Whether a task is among those there are.
pub(in crate::cli) fn check_task<'a>(id: &str, known: impl Iterator<Item = &'a str> + Clone) -> Result<(), String> {
    if known.clone().any(|known| known == id) {
        return Ok(());
    }
    let help = did_you_mean(id, known).map(|help| format!("; {help}")).unwrap_or_default();
    Err(format!("there is no task `{id}`{help}"))
}

/// The tasks that the arguments leave, in their order.
fn choose(tasks: Vec<TaskConfig>, args: &EvalRunArgs) -> Result<Vec<TaskConfig>, String> {
    for id in &args.ids {
        check_task(id, tasks.iter().map(|task| task.id.as_str()))?;
    }
    let named = |what: &str, name: &Option<String>, known: &[&str]| match name {
        Some(name) if !known.contains(&name.as_str()) => {
            Err(format!("unknown {what} `{name}`; it is one of {}", known.join(", ")))
        }
        _ => Ok(()),
    };
    named("split", &args.split, &Split::ALL.map(Split::as_str))?;
    named("difficulty", &args.difficulty, &Difficulty::ALL.map(Difficulty::as_str))?;
    let is_wanted = |task: &TaskConfig| {
        (args.ids.is_empty() || args.ids.contains(&task.id))
            && args.split.as_ref().is_none_or(|split| *split == task.split)
            && args.difficulty.as_ref().is_none_or(|level| *level == task.difficulty)
    };
    let left: Vec<TaskConfig> = tasks.into_iter().filter(is_wanted).collect();
    if left.is_empty() { Err("no task is left to play".to_owned()) } else { Ok(left) }
}

/// The most tasks that are asked for one by one before a run begins.
const MAX_PROBES: usize = 64;

/// Asks the server which state of their packs it plays. A task tells it of all others of its pack where that state is
/// known here; others are asked for one by one, and of those behind the first [`MAX_PROBES`] it is left open. It also
/// shows, before anything is written or paid, whether the server can be played on.
fn learn_digests(remote: &Remote, catalog: &Catalog, tasks: &mut [TaskConfig], stop: &Stop) -> Result<(), TargetError> {
    let mut told = BTreeSet::new();
    let mut asked = 0;
    for task in tasks.iter_mut() {
        let own = catalog.get(&task.id).map_or("", |own| &*own.pack_digest);
        if told.contains(own) {
            task.pack_digest = own.to_owned();
        } else if asked < MAX_PROBES {
            asked += 1;
            let trial = Trial { task_id: task.id.clone(), seed: None, repeat: 0 };
            let first: StepResult = patiently(stop, || remote.open()?.reset(&trial, "probe"))?;
            task.pack_digest = first.observation.metadata.pack_digest.to_string();
            if task.pack_digest == own && !own.is_empty() {
                told.insert(own);
            }
        }
    }
    Ok(())
}

fn patiently<T>(stop: &Stop, ask: impl Fn() -> Result<T, TargetError>) -> Result<T, TargetError> {
    let patience = Patience::default();
    let mut waiting = Waiting::new(patience);
    let mut is_told = false;
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(_) if stop.is_asked() => {
                return Err(TargetError::lasting("stopped before anything was played".to_owned()));
            }
            Err(error) => {
                if error.may_pass && !std::mem::replace(&mut is_told, true) {
                    let seconds = patience.whole.as_secs();
                    say(format_args!("support-ops: {error}; asking again for {seconds} s (Ctrl-C ends that)"));
                }
                waiting.wait(error, false, stop)?;
            }
        }
    }
}
