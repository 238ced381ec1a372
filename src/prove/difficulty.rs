//! How hard a task is by what can be measured, and whether its label agrees.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::protocol::Difficulty;
use crate::task::{Task, normalise_query};

/// What makes a task hard, in points of 0 to 2 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hardness {
    /// The shortest winning path: up to 4 steps 0, up to 6 steps 1, more 2.
    pub path: u32,
    /// Looks that are not required: up to 2 none, up to 9 one, more 2.
    pub distractors: u32,
    /// Policies within reach whose names share a word with a required one: none 0, one or two 1, more 2.
    pub overlap: u32,
    /// Codes that earn part of the credit or do harm: none 0, one 1, more 2.
    pub conflicts: u32,
    /// Scored keywords: up to one 0, up to three 1, more 2.
    pub keywords: u32,
}

impl Hardness {
    /// Measures a task whose shortest winning path has so many steps.
    pub fn of(task: &Task, path: u32) -> Hardness {
        Hardness { overlap: band(overlapping(task), 0, 2), ..Hardness::besides_names(task, path) }
    }

    /// All but the overlap of names.
    fn besides_names(task: &Task, path: u32) -> Hardness {
        let required = task.required_evidence.len();
        let looks = 1 + task.artifacts.iter().count() + task.policies.iter().count();
        let keywords = task.reply.as_ref().filter(|_| task.grading.weights.reply > 0.0);
        let keywords = keywords.map_or(0, |spec| spec.keywords().iter().filter(|keyword| !keyword.optional).count());
        Hardness {
            path: band(path as usize, 4, 6),
            distractors: band(looks.saturating_sub(required), 2, 9),
            overlap: 0,
            conflicts: band(task.outcomes.partial.len() + task.outcomes.harmful.len(), 0, 1),
            keywords: band(keywords, 1, 3),
        }
    }

    /// All points, 0 to 10.
    pub fn points(self) -> u32 {
        self.path + self.distractors + self.overlap + self.conflicts + self.keywords
    }

    /// The points that a label stands for, lowest and highest. Neighbours overlap: only a label that is plainly off is
    /// outside.
    pub fn range(label: Difficulty) -> (u32, u32) {
        match label {
            Difficulty::Easy => (0, 7),
            Difficulty::Medium => (2, 9),
            Difficulty::Hard => (4, 10),
        }
    }

    /// What a task measures whose label disagrees. Names of policies are compared only where that can decide.
    pub fn misfit(task: &Task) -> Option<Hardness> {
        let path = task.optimal_steps();
        let bare = Hardness::besides_names(task, path);
        let most = Hardness { overlap: 2, ..bare };
        if bare.fits(task.difficulty) && most.fits(task.difficulty) {
            return None;
        }
        Some(Hardness::of(task, path)).filter(|hardness| !hardness.fits(task.difficulty))
    }

    /// Whether the label agrees.
    pub fn fits(self, label: Difficulty) -> bool {
        let (low, high) = Hardness::range(label);
        (low..=high).contains(&self.points())
    }
}

/// The points of one feature: one above `one`, two above `two`.
fn band(value: usize, one: usize, two: usize) -> u32 {
    u32::from(value > one) + u32::from(value > two)
}

/// How many policies that are not required share a word of their title or id with a required one.
fn overlapping(task: &Task) -> usize {
    let words = |policy: &crate::task::Policy| -> BTreeSet<String> {
        let names = format!("{} {}", normalise_query(&policy.id), normalise_query(&policy.title));
        names.split(' ').filter(|word| word.chars().count() > 3).map(str::to_owned).collect()
    };
    let is_required = |key: &str| task.required_evidence.iter().any(|evidence| &*evidence.key == key);
    let (required, others): (Vec<_>, Vec<_>) = task.policies.iter().partition(|policy| is_required(&policy.evidence));
    let wanted: BTreeSet<String> = required.iter().flat_map(|policy| words(policy)).collect();
    others.iter().filter(|policy| words(policy).intersection(&wanted).next().is_some()).count()
}
