//! What every cheat gets, each variant played on the real engine.

use std::sync::Arc;

use serde::Serialize;

use crate::agent::cheat::{Bound, CHEATS, Case, Cheat};
use crate::agent::{Agent, Oracle};
use crate::episode::Episode;
use crate::protocol::{ToolUseAction, round_score};
use crate::task::Task;

use super::patience::tick;
use super::search::Path;

/// What one cheat gets at best, over its variants.
#[derive(Debug, Clone, Serialize)]
pub struct CheatRun {
    /// The cheat's name.
    pub cheat: &'static str,
    /// What it may earn at most.
    pub bound: f64,
    /// What it earned: the score of its best variant, or the rewards that it farmed.
    pub earned: f64,
    /// Whether it stayed within its bound.
    pub within: bool,
    /// How many variants were played.
    pub variants: usize,
    /// How many more there would be.
    pub left_out: usize,
    /// The variant that earned most.
    pub best: Path,
}

impl CheatRun {
    /// Plays every variant of every cheat.
    pub fn all(case: &Case<'_>) -> Vec<CheatRun> {
        CHEATS.iter().filter_map(|cheat| CheatRun::of(cheat, case)).collect()
    }

    /// Plays every variant of one cheat; `None` where it has nothing to work with.
    pub fn of(cheat: &Cheat, case: &Case<'_>) -> Option<CheatRun> {
        let bound = bound(cheat.bound, case.task);
        let mut best: Option<(f64, Path)> = None;
        let mut variants = 0;
        let (players, left_out) = cheat.players(case);
        for mut player in players {
            variants += 1;
            let played = Played::by(player.as_mut(), case.task);
            let earned = if cheat.bound == Bound::Rewards { played.rewards } else { played.path.score };
            if best.as_ref().is_none_or(|(most, _)| earned > *most) {
                best = Some((earned, played.path));
            }
        }
        let (earned, best) = best?;
        // Both are rounded to 4 decimals, so that the bound itself is within it.
        let within = earned <= round_score(bound);
        Some(CheatRun { cheat: cheat.name, bound, earned, within, variants, left_out, best })
    }
}

/// The most that a cheat of this kind may earn.
fn bound(kind: Bound, task: &Arc<Task>) -> f64 {
    match kind {
        Bound::Floor => task.grading.floor_max,
        Bound::Guess => 1.0 - task.grading.weights.resolution,
        Bound::Rewards => Played::by(&mut Oracle::default(), task).rewards,
    }
}

/// One episode that was played.
pub(super) struct Played {
    pub(super) path: Path,
    /// What the steps before the last paid.
    rewards: f64,
}

impl Played {
    /// Plays until the end, or until the player gives up.
    pub(super) fn by(player: &mut dyn Agent, task: &Arc<Task>) -> Played {
        let mut episode = Episode::start(task.clone(), "proof".into(), None);
        let mut last = episode.observe();
        let (mut actions, mut rewards): (Vec<ToolUseAction>, f64) = (Vec::new(), 0.0);
        while !last.done {
            let Some(action) = player.act(task, &last) else { break };
            tick();
            last = episode.step(&action);
            if !last.done {
                rewards += last.reward.unwrap_or_default();
            }
            actions.push(action);
        }
        let (score, passed) = episode.score().map_or((0.0, false), |score| (score.score, score.passed));
        Played { path: Path { score, passed, actions }, rewards: round_score(rewards) }
    }
}
