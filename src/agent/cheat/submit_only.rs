//! Submitting a code at once.

use crate::agent::{Agent, Script};

use super::{Bound, Case, Cheat, submit};

pub(super) const CHEAT: Cheat = Cheat {
    name: "submit-only",
    about: "submits a code at once, each in turn",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let codes = case.task.resolution_codes.iter();
    codes.map(|code| Box::new(Script::new(vec![submit(code)])) as Box<dyn Agent>).collect()
}
