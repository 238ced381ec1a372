//! Doing nothing until the steps run out.

use crate::agent::{Agent, Nop};

use super::{Bound, Case, Cheat};

pub(super) const CHEAT: Cheat = Cheat {
    name: "nop",
    about: "does nothing until the steps run out",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

fn players(_: &Case<'_>) -> Vec<Box<dyn Agent>> {
    vec![Box::new(Nop)]
}
