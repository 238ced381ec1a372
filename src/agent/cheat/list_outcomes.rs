//! Naming every outcome there is.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat =
    Cheat { name: "list-all-outcomes", about: "names every outcome there is", bound: Bound::Floor, players };

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let resolutions = || case.task.resolutions.iter();
    let meanings: Vec<&str> = resolutions().map(|resolution| &*resolution.meaning).collect();
    let names: Vec<String> = resolutions().map(|resolution| resolution.code.replace(['_', '-'], " ")).collect();
    let replies = [
        meanings.join(" "),
        format!("One of the following applies:\n- {}", meanings.join("\n- ")),
        format!("We will {}.", names.join(" or ")),
        format!("We have done the following: {}.", names.join(", ")),
    ];
    replies.into_iter().map(|reply| blind(case, reply)).collect()
}
