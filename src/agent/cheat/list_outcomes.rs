//! Naming every outcome there is.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "list-all-outcomes",
    about: "names every outcome there is, and each meaning alone",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

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
    // Each meaning alone, too: one may be written as the reply should be.
    replies
        .into_iter()
        .chain(meanings.iter().map(|meaning| (*meaning).to_owned()))
        .map(|reply| blind(case, reply))
        .collect()
}
