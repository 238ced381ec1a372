//! What an agent can look at in a task, and what of it the task requires.

use foldhash::{HashSet, HashSetExt};

use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, Maybe, RawPolicy};
use crate::task::Evidence;

/// What there is to look at besides the ticket, and how long the shortest winning path is.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    /// What the task requires, each once.
    pub(crate) required: HashSet<Required<'a>>,
    /// The artifacts' ids.
    pub(crate) artifacts: Vec<&'a str>,
    /// The policies' ids, the handbook's first.
    pub(crate) policies: Vec<&'a str>,
    /// Whether the reply weighs anything, so that a draft is needed.
    pub(crate) drafts: bool,
}

/// An evidence key, by the id in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Required<'a> {
    Ticket,
    Artifact(&'a str),
    Policy(&'a str),
}

impl<'a> Required<'a> {
    fn parse(key: &'a str) -> Option<Required<'a>> {
        match key.split_at_checked("policy:".len()) {
            Some(("policy:", id)) => Some(Required::Policy(id)),
            _ if key == Evidence::TICKET => Some(Required::Ticket),
            _ => key.strip_prefix("artifact:").map(Required::Artifact),
        }
    }

    /// The id of a policy.
    pub(crate) fn policy(self) -> Option<&'a str> {
        if let Required::Policy(id) = self { Some(id) } else { None }
    }
}

impl<'a> Reach<'a> {
    /// What a task reaches; `None` where any part of it is broken or not known.
    pub(crate) fn of(task: &AuthoredTask<'a>) -> Option<Reach<'a>> {
        let pack = task.pack.filter(|pack| pack.file.complete && task.file.complete)?;
        let required = required(task)?;
        let written = task.raw.artifacts.get()?;
        let mut artifacts = Vec::with_capacity(written.len());
        for artifact in written.iter() {
            artifacts.push(artifact.get()?.id.get()?.as_str());
        }
        let policies = policy_ids([&pack.raw.policies, &task.raw.policies])?;
        let exists = |required: &Required<'_>| match required {
            Required::Ticket => true,
            Required::Artifact(id) => artifacts.contains(id),
            Required::Policy(id) => policies.contains(id),
        };
        if !required.iter().all(exists) {
            return None;
        }
        Some(Reach { required, artifacts, policies, drafts: drafts(task)? })
    }

    /// No less than the shortest winning path, told from the number of required keys alone.
    pub(crate) fn path_bound(task: &AuthoredTask<'_>) -> usize {
        let required = task.raw.evidence.get().and_then(|evidence| evidence.required.get());
        required.map_or(0, |keys| keys.len()) + 2
    }

    /// Whether nothing is there to mislead.
    pub(crate) fn requires_everything(&self) -> bool {
        self.artifacts.iter().all(|id| self.required.contains(&Required::Artifact(id)))
            && self.policies.iter().all(|id| self.required.contains(&Required::Policy(id)))
    }

    /// The steps that look at everything that is written, make a draft and submit.
    pub(crate) fn all_steps(task: &AuthoredTask<'_>) -> usize {
        let artifacts = task.raw.artifacts.get().map_or(0, |artifacts| artifacts.len());
        let handbook = task.pack.map_or(0, |pack| pack.raw.policies.items().len());
        1 + artifacts + handbook + task.raw.policies.items().len() + 2
    }

    /// The steps of the shortest winning path, as [`Task::optimal_steps`](crate::task::Task::optimal_steps) counts
    /// them, but known where other parts of the file are broken.
    pub(crate) fn shortest_path(&self) -> usize {
        self.required.len() + usize::from(self.drafts) + 1
    }
}

fn required<'a>(task: &AuthoredTask<'a>) -> Option<HashSet<Required<'a>>> {
    if !task.file.complete {
        return None;
    }
    let keys = task.raw.evidence.get()?.required.get()?;
    let mut required = HashSet::with_capacity(keys.len());
    for key in keys.iter() {
        required.insert(Required::parse(key.get()?)?);
    }
    Some(required)
}

fn policy_ids<'a>(lists: [&'a Maybe<Vec<Field<RawPolicy<'_>>>>; 2]) -> Option<Vec<&'a str>> {
    if lists.iter().any(|policies| policies.is_hole()) {
        return None;
    }
    let mut ids = Vec::with_capacity(lists.iter().map(|policies| policies.items().len()).sum());
    for policy in lists.iter().flat_map(|policies| policies.items()) {
        ids.push(policy.get()?.id.get()?.as_str());
    }
    Some(ids)
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
