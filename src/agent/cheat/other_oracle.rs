//! Another task's reference reply.

use std::sync::Arc;

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "other-oracle",
    about: "sends another task's reference reply",
    bound: Bound::Floor,
    most: MAX_REPLIES,
    players,
};

/// The most replies that are tried.
const MAX_REPLIES: usize = 12;

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    // A reply to a case with the same outcome is an honest one.
    let differs = |other: &&Arc<crate::task::Task>| {
        other.id != case.task.id && other.outcomes.expected != case.task.outcomes.expected
    };
    let replies = case.others.iter().filter(differs).filter_map(|other| other.oracle_reply.as_ref());
    replies.map(|reply| blind(case, reply.to_string())).collect()
}
