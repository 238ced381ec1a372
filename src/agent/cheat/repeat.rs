//! Farming the rewards of single steps.

use crate::agent::{Agent, IDLE_REPLY, Oracle, Script};
use crate::protocol::ToolUseAction;

use super::{Bound, Case, Cheat, draft, looks};

pub(super) const CHEAT: Cheat = Cheat {
    name: "repeat-for-reward",
    about: "repeats what pays, over and over",
    bound: Bound::Rewards,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let task = case.task;
    let most = task.max_steps.saturating_sub(1) as usize;
    let twice: Vec<ToolUseAction> = looks(task, 1).into_iter().flat_map(|look| [look.clone(), look]).collect();
    let mut drafts: Vec<ToolUseAction> = vec![draft(IDLE_REPLY.to_owned())];
    drafts.extend(task.oracle_reply.iter().map(|reply| draft(reply.to_string())));
    let honest = Oracle::path(task);
    let path = honest.split_last().map_or(&honest[..], |(_, path)| path);
    // Each over and over, up to the step before the last: that one pays the score.
    let farms = [twice, drafts, path.to_vec()];
    let farms = farms.into_iter().filter(|farm| !farm.is_empty());
    farms.map(|farm| Box::new(Script::new(farm.into_iter().cycle().take(most).collect())) as Box<dyn Agent>).collect()
}
