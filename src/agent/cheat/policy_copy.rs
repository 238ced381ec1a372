//! The text of a policy as the reply.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat =
    Cheat { name: "policy-copy", about: "sends the text of a policy, each in turn", bound: Bound::Floor, players };

/// The most policies that are tried.
const MAX_POLICIES: usize = 32;

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let task = case.task;
    // What the task requires comes first: its wording is the nearest to a good reply.
    let is_required = |key: &str| task.required_evidence.iter().any(|evidence| &*evidence.key == key);
    let (required, others): (Vec<_>, Vec<_>) = task.policies.iter().partition(|policy| is_required(&policy.evidence));
    let policies = required.into_iter().chain(others).take(MAX_POLICIES);
    policies.map(|policy| blind(case, policy.rendered.to_string())).collect()
}
