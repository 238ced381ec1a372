//! What an agent can look at in a task, and what of it the task requires.

use foldhash::HashSet;

use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, Maybe, RawPolicy};
use crate::task::Evidence;

/// What there is to look at besides the ticket, and how long the shortest winning path is.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    /// The evidence keys that the task requires, each once.
    pub(crate) required: HashSet<&'a str>,
    /// The artifacts' ids.
    pub(crate) artifacts: Vec<&'a str>,
    /// The policies' ids, the handbook's first.
    pub(crate) policies: Vec<&'a str>,
    /// Whether the reply weighs anything, so that a draft is needed.
    pub(crate) drafts: bool,
}

impl<'a> Reach<'a> {
    /// What a task reaches; `None` where any part of it is broken or not known.
    pub(crate) fn of(task: &AuthoredTask<'a>) -> Option<Reach<'a>> {
        let pack = task.pack.filter(|pack| pack.file.complete && task.file.complete)?;
        let required = required(task)?;
        let artifacts = task.raw.artifacts.get()?.iter().map(|field| Some(field.get()?.id.get()?.as_str()));
        let mut policies = policy_ids(&pack.raw.policies)?;
        policies.extend(policy_ids(&task.raw.policies)?);
        let artifacts: Vec<&str> = artifacts.collect::<Option<_>>()?;
        let exists = |key: &&str| match key.split_once(':') {
            None => *key == Evidence::TICKET,
            Some((kind, id)) => match kind {
                "artifact" => artifacts.contains(&id),
                "policy" => policies.contains(&id),
                _ => false,
            },
        };
        if !required.iter().all(exists) {
            return None;
        }
        Some(Reach { required, artifacts, policies, drafts: drafts(task)? })
    }

    /// Whether nothing is there to mislead.
    pub(crate) fn requires_everything(&self) -> bool {
        let required = |kind: &str, id: &&str| self.required.contains(format!("{kind}:{id}").as_str());
        self.artifacts.iter().all(|id| required("artifact", id))
            && self.policies.iter().all(|id| required("policy", id))
    }

    /// The steps that look at everything, write a draft and submit.
    pub(crate) fn all_steps(&self) -> usize {
        1 + self.artifacts.len() + self.policies.len() + 2
    }

    /// The steps of the shortest winning path, as [`Task::optimal_steps`](crate::task::Task::optimal_steps) counts
    /// them, but known where other parts of the file are broken.
    pub(crate) fn shortest_path(&self) -> usize {
        self.required.len() + usize::from(self.drafts) + 1
    }
}

fn required<'a>(task: &AuthoredTask<'a>) -> Option<HashSet<&'a str>> {
    if !task.file.complete {
        return None;
    }
    task.raw.evidence.get()?.required.get()?.iter().map(|key| key.get().map(String::as_str)).collect()
}

fn policy_ids(policies: &Maybe<Vec<Field<RawPolicy>>>) -> Option<Vec<&str>> {
    if policies.is_hole() {
        return None;
    }
    policies.items().iter().map(|policy| Some(policy.get()?.id.get()?.as_str())).collect()
}

/// Whether the reply weighs anything once the task's settings are merged over the pack's; `None` where that is not known.
fn drafts(task: &AuthoredTask<'_>) -> Option<bool> {
    if let Some(task) = task.task {
        return Some(task.grading.weights.reply > 0.0);
    }
    let pack = task.pack.filter(|pack| pack.file.complete)?;
    for grading in [&task.raw.grading, &pack.raw.grading] {
        if grading.is_hole() {
            return None;
        }
        let Some(grading) = grading.get() else { continue };
        if grading.weights.is_hole() {
            return None;
        }
        let Some(weights) = grading.weights.get() else { continue };
        if weights.reply.is_given() {
            return weights.reply.get().map(|share| share.value() > 0.0);
        }
    }
    Some(true)
}
