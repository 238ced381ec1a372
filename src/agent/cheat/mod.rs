//! Cheats: players that want a score without solving the case. One file each, one line in [`CHEATS`].

mod guess;
mod idle_reply;
mod keyword_dump;
mod list_outcomes;
mod negated_dump;
mod nop;
mod other_oracle;
mod policy_copy;
mod quote_ticket;
mod redraft;
mod repeat;
mod submit_only;
mod vocabulary;

pub(crate) use keyword_dump::dumps;
pub use vocabulary::{Vocabulary, Wording};

use std::sync::Arc;

use crate::protocol::{ActionType, ToolUseAction};
use crate::task::Task;

use super::{Agent, Oracle, Random, Script};

/// Every cheat, in the order of reports.
pub static CHEATS: [Cheat; 12] = [
    nop::CHEAT,
    submit_only::CHEAT,
    idle_reply::CHEAT,
    keyword_dump::CHEAT,
    negated_dump::CHEAT,
    list_outcomes::CHEAT,
    quote_ticket::CHEAT,
    policy_copy::CHEAT,
    other_oracle::CHEAT,
    guess::CHEAT,
    redraft::CHEAT,
    repeat::CHEAT,
];

/// A way to score without solving.
#[derive(Debug)]
pub struct Cheat {
    /// What reports and the command line call it.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// What it may earn.
    pub bound: Bound,
    players: fn(&Case<'_>) -> Vec<Box<dyn Agent>>,
}

/// What a cheat may earn at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It looks at nothing or fakes the reply: `grading.floor_max`.
    Floor,
    /// It looks, then guesses: 1 less the weight of the resolution.
    Guess,
    /// It farms the rewards of single steps: what an honest winning path earns on the way.
    Rewards,
}

/// What cheats work with.
#[derive(Debug)]
pub struct Case<'a> {
    /// The task to cheat.
    pub task: &'a Arc<Task>,
    /// Other tasks, whose reference replies may do.
    pub others: &'a [Arc<Task>],
    /// The words of the task's keywords.
    pub vocabulary: &'a Vocabulary,
}

impl Cheat {
    /// Every variant of the cheat on this task, each a player of one episode.
    pub fn players(&self, case: &Case<'_>) -> Vec<Box<dyn Agent>> {
        (self.players)(case)
    }
}

/// Looks at nothing, sends the reply and submits the expected code: the luckiest guess.
fn blind(case: &Case<'_>, reply: String) -> Box<dyn Agent> {
    Box::new(Script::new(vec![draft(reply), submit(&case.task.outcomes.expected)]))
}

fn draft(reply: String) -> ToolUseAction {
    ToolUseAction::new(ActionType::DraftReply, Some(reply))
}

fn submit(code: &str) -> ToolUseAction {
    ToolUseAction::new(ActionType::SubmitResolution, Some(code.to_owned()))
}

/// Every look there is, as many as leave room for `after` more steps: what is required first, since a cheat that is
/// lucky is the one to fear.
fn looks(task: &Task, after: usize) -> Vec<ToolUseAction> {
    let is_look =
        |action: &ToolUseAction| !matches!(action.action_type, ActionType::DraftReply | ActionType::SubmitResolution);
    let mut looks: Vec<ToolUseAction> = Oracle::path(task).into_iter().filter(is_look).collect();
    for action in Random::actions(task).into_iter().filter(is_look) {
        if !looks.contains(&action) {
            looks.push(action);
        }
    }
    looks.truncate((task.max_steps as usize).saturating_sub(after));
    looks
}

/// The codes that are plainly wrong: neither expected nor worth part of the credit.
fn wrong_codes(task: &Task) -> impl Iterator<Item = &Arc<str>> {
    let outcomes = &task.outcomes;
    let codes = task.resolutions.iter().map(|resolution| &resolution.code);
    codes.filter(|code| **code != outcomes.expected && !outcomes.partial.contains_key(*code))
}
