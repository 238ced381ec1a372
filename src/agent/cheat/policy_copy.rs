//! The text of a policy as the reply.

use std::cmp::Reverse;

use crate::agent::Agent;
use crate::task::Policy;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "policy-copy",
    about: "sends the text of a policy, each in turn",
    bound: Bound::Floor,
    most: MAX_POLICIES,
    players,
};

/// The most policies that are tried.
const MAX_POLICIES: usize = 32;

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let task = case.task;
    // Those come first that hold words of the most keywords; of these, what the task requires.
    let rank = |policy: &Policy| {
        let hits = task.reply.as_ref().map_or(0, |spec| spec.may_meet(&policy.rendered));
        let is_required = task.required_evidence.iter().any(|evidence| evidence.key == policy.evidence);
        (Reverse(hits), !is_required)
    };
    let mut policies: Vec<_> = task.policies.iter().collect();
    policies.sort_by_cached_key(|policy| rank(policy));
    policies.into_iter().map(|policy| blind(case, policy.rendered.to_string())).collect()
}
