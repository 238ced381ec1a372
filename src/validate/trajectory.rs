//! Canary trajectories: episodes that ship with a package, each with the score it must get.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::agent::cheat::{Bound, CHEATS, Case, Vocabulary};
use crate::agent::{Agent, Nop, Oracle};
use crate::episode::Episode;
use crate::protocol::{ScoreReport, ToolUseAction};
use crate::prove::CheatRun;
use crate::task::{Catalog, Task};

use super::plan::Plan;

/// What a trajectory shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The reference solution: it must reach the top.
    Oracle,
    /// Doing nothing: it measures the floor.
    Floor,
    /// A cheat at its best: it must stay at the floor.
    Canary,
}

/// One episode with its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trajectory {
    /// What it shows.
    pub kind: Kind,
    /// Who plays: the agent's name.
    pub agent: String,
    /// The task.
    pub task_id: String,
    /// What it scores.
    pub score: f64,
    /// What is played.
    pub actions: Vec<ToolUseAction>,
}

/// Why a text holds no trajectories.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is no trajectory: {source}")]
pub struct TrajectoryError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

/// The trajectories of every task: its reference solution, doing nothing, and each cheat that must stay at the floor, in
/// the variant that earns most.
pub fn trajectories(catalog: &Catalog) -> Vec<Trajectory> {
    catalog.tasks().iter().flat_map(|task| of_task(task, catalog.tasks())).collect()
}

fn of_task(task: &Arc<Task>, others: &[Arc<Task>]) -> Vec<Trajectory> {
    let vocabulary = Vocabulary::of(task);
    let case = Case { task, others, vocabulary: &vocabulary };
    let played = |kind, agent: &str, player: &mut dyn Agent| {
        let actions = actions_of(player, task);
        let score = play(task, &actions).map_or(0.0, |report| report.score);
        Trajectory { kind, agent: agent.to_owned(), task_id: task.id.to_string(), score, actions }
    };
    let mut all = vec![played(Kind::Oracle, "oracle", &mut Oracle::default()), played(Kind::Floor, "nop", &mut Nop)];
    for cheat in CHEATS.iter().filter(|cheat| cheat.bound == Bound::Floor && cheat.name != "nop") {
        let Some(run) = CheatRun::of(cheat, &case) else { continue };
        all.push(Trajectory {
            kind: Kind::Canary,
            agent: cheat.name.to_owned(),
            task_id: task.id.to_string(),
            score: run.best.score,
            actions: run.best.actions,
        });
    }
    all
}

/// Trajectories as they ship: one JSON object a line.
pub fn render_trajectories(trajectories: &[Trajectory]) -> String {
    let line = |trajectory: &Trajectory| serde_json::to_string(trajectory).expect("a trajectory is plain JSON") + "\n";
    trajectories.iter().map(line).collect()
}

impl Trajectory {
    /// Reads trajectories, one JSON object a line; blank lines are passed over.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn parse_all(text: &str) -> Result<Vec<Trajectory>, TrajectoryError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(at, line)| serde_json::from_str(line).map_err(|source| TrajectoryError { line: at + 1, source }))
            .collect()
    }

    /// The trajectory as a plan for a server; `number` keeps episodes apart.
    pub(super) fn plan(&self, number: usize) -> Plan {
        let options = json!({ "task_id": self.task_id }).as_object().cloned().unwrap_or_default();
        let actions = self.actions.iter().map(action_object).collect();
        Plan::new(format!("trajectory-{number}"), 0, options, actions)
    }

    /// What to call it.
    pub(super) fn name(&self) -> String {
        format!("{} on {}", self.agent, self.task_id)
    }
}

/// Plays the actions in process; the final score, where the episode ends.
pub(super) fn play(task: &Arc<Task>, actions: &[ToolUseAction]) -> Option<Arc<ScoreReport>> {
    let mut episode = Episode::start(task.clone(), "validation".into(), None);
    for action in actions {
        episode.step(action);
    }
    episode.score().cloned()
}

fn actions_of(player: &mut dyn Agent, task: &Arc<Task>) -> Vec<ToolUseAction> {
    let mut episode = Episode::start(task.clone(), "validation".into(), None);
    let mut last = episode.observe();
    let mut actions = Vec::new();
    while !last.done {
        let Some(action) = player.act(task, &last) else { break };
        last = episode.step(&action);
        actions.push(action);
    }
    actions
}

fn action_object(action: &ToolUseAction) -> Map<String, Value> {
    serde_json::to_value(action).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default()
}
