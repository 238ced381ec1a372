//! Uniform draws from a finite set of valid actions: the baseline of no thought at all.

use crate::protocol::{ActionType, StepResult, ToolUseAction};
use crate::task::Task;

use super::Agent;

/// What a desk says when it has nothing to say.
pub(crate) const IDLE_REPLY: &str = "Thank you for contacting us. We are looking into it.";

/// Draws each action uniformly from: the ticket, every artifact, every policy within reach, an idle draft, the
/// reference draft, every code. Equal seeds give equal draws, on every machine and in every release.
#[derive(Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A player with this seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// A player of one attempt at a task: every task, seed and repeat has draws of its own, whatever else is played.
    pub fn of_attempt(task_id: &str, seed: Option<u64>, repeat: u32) -> Random {
        // An odd factor without small relatives of the generator's own step: else repeats would overlap.
        Random::new(seed.unwrap_or(0) ^ fold(task_id) ^ u64::from(repeat).wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// The set it draws from.
    pub fn actions(task: &Task) -> Vec<ToolUseAction> {
        let with = |kind, argument: &str| ToolUseAction::new(kind, Some(argument.to_owned()));
        let mut actions = vec![ToolUseAction::new(ActionType::ReviewTicket, None)];
        actions.extend(task.artifacts.ids().map(|id| with(ActionType::InspectArtifact, id)));
        actions.extend(task.policies.iter().map(|policy| with(ActionType::SearchPolicy, &policy.id)));
        actions.push(with(ActionType::DraftReply, IDLE_REPLY));
        actions.extend(task.oracle_reply.iter().map(|reply| with(ActionType::DraftReply, reply)));
        actions.extend(task.resolution_codes.iter().map(|code| with(ActionType::SubmitResolution, code)));
        actions
    }
}

/// The next number of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
pub(crate) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number for an id: FNV-1a, 64 bits (Fowler, Noll and Vo).
fn fold(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Agent for Random {
    fn act(&mut self, task: &Task, _: &StepResult) -> Option<ToolUseAction> {
        let mut actions = Random::actions(task);
        // The bias of a remainder over 2^64 is far below anything an episode could show.
        let at =
            usize::try_from(split_mix(&mut self.state) % actions.len() as u64).expect("the remainder is below a usize");
        Some(actions.swap_remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::split_mix;

    #[test]
    fn draws_are_those_of_the_published_generator() {
        let mut state = 1_234_567;
        let drawn: Vec<u64> = (0..3).map(|_| split_mix(&mut state)).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
