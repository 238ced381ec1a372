//! A polite reply that says nothing.

use crate::agent::{Agent, IDLE_REPLY};

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "idle-reply",
    about: "sends a polite reply that says nothing",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    vec![blind(case, IDLE_REPLY.to_owned())]
}
