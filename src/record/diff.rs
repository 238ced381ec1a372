//! Which scores move between two lots of graded episodes, by how much, and because of which criterion.

use std::collections::{BTreeMap, HashMap};

use crate::protocol::{Criterion, ScoreReport, round_score};

/// A graded episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub episode_id: String,
    /// The task.
    pub task_id: String,
    /// Its seed.
    pub seed: Option<u64>,
    /// What it was worth.
    pub score: ScoreReport,
}

/// An episode whose score, or a part of it, moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The task.
    pub task_id: String,
    /// The episode's id in the first lot and in the second.
    pub episode_ids: (String, String),
    /// Its seed.
    pub seed: Option<u64>,
    /// The score before and after.
    pub scores: (f64, f64),
    /// Whether it passed before and after.
    pub passed: (bool, bool),
    /// The criteria whose points moved, and by how much.
    pub parts: Vec<(Criterion, f64)>,
    /// What zeroed it before and after, where that is not the same.
    pub zeroed: Option<(Option<String>, Option<String>)>,
}

/// What moved between two lots of episodes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Difference {
    /// Episodes that are in both.
    pub compared: usize,
    /// Those that moved, by task, then in the first lot's order.
    pub changes: Vec<Change>,
    /// Of every task in both lots: how many episodes were compared, and their mean scores before and after.
    pub tasks: BTreeMap<String, (usize, f64, f64)>,
    /// How many are in one lot only.
    pub only: (usize, usize),
}

impl Difference {
    /// The mean scores before and after of all that was compared.
    pub fn means(&self) -> (f64, f64) {
        let sum = self.tasks.values().fold((0.0, 0.0), |sum, (count, a, b)| {
            let count = *count as f64;
            (sum.0 + a * count, sum.1 + b * count)
        });
        let count = self.compared.max(1) as f64;
        (round_score(sum.0 / count), round_score(sum.1 / count))
    }
}

/// What tells which episodes belong together.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Id(&'a str, &'a str),
    Turn(&'a str, Option<u64>),
}

/// Compares two lots. Episodes belong together that have the same task and id; of what is left, those of the same task
/// and seed, in order.
pub fn compare(before: &[Entry], after: &[Entry]) -> Difference {
    let mut partner: Vec<Option<usize>> = vec![None; before.len()];
    let mut taken = vec![false; after.len()];
    type KeyOf = for<'a> fn(&'a Entry) -> Key<'a>;
    let keys: [KeyOf; 2] =
        [|entry| Key::Id(&entry.task_id, &entry.episode_id), |entry| Key::Turn(&entry.task_id, entry.seed)];
    for key in keys {
        let mut waiting: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
        for (at, entry) in after.iter().enumerate().rev() {
            if !taken[at] {
                waiting.entry(key(entry)).or_default().push(at);
            }
        }
        for (at, entry) in before.iter().enumerate() {
            if partner[at].is_none()
                && let Some(found) = waiting.get_mut(&key(entry)).and_then(Vec::pop)
            {
                partner[at] = Some(found);
                taken[found] = true;
            }
        }
    }
    let mut difference = Difference::default();
    let mut sums: BTreeMap<&str, (usize, f64, f64)> = BTreeMap::new();
    for (entry, partner) in before.iter().zip(&partner) {
        let Some(other) = partner.map(|at| &after[at]) else {
            difference.only.0 += 1;
            continue;
        };
        difference.compared += 1;
        let sum = sums.entry(&entry.task_id).or_default();
        *sum = (sum.0 + 1, sum.1 + entry.score.score, sum.2 + other.score.score);
        difference.changes.extend(change(entry, other));
    }
    difference.only.1 = taken.iter().filter(|taken| !**taken).count();
    difference.changes.sort_by(|a, b| a.task_id.cmp(&b.task_id));
    let mean = |(id, (count, a, b)): (&str, (usize, f64, f64))| {
        (id.to_owned(), (count, round_score(a / count as f64), round_score(b / count as f64)))
    };
    difference.tasks = sums.into_iter().map(mean).collect();
    difference
}

/// What moved in one episode; `None` where nothing did.
fn change(before: &Entry, after: &Entry) -> Option<Change> {
    let (a, b) = (&before.score, &after.score);
    let points = |score: &ScoreReport, criterion: Criterion| {
        score.parts.iter().find(|part| part.criterion == criterion).map_or(0.0, |part| part.points)
    };
    let criteria = [Criterion::Resolution, Criterion::Evidence, Criterion::Reply, Criterion::Efficiency];
    let moved = criteria.into_iter().map(|each| (each, round_score(points(b, each) - points(a, each))));
    let parts: Vec<(Criterion, f64)> = moved.filter(|(_, by)| *by != 0.0).collect();
    let cause = |score: &ScoreReport| score.zeroed_by.as_ref().map(|zeroed| zeroed.id.clone());
    let zeroed = (a.zeroed_by != b.zeroed_by).then(|| (cause(a), cause(b)));
    let same = a.score == b.score && a.passed == b.passed && parts.is_empty() && zeroed.is_none();
    (!same).then(|| Change {
        task_id: before.task_id.clone(),
        episode_ids: (before.episode_id.clone(), after.episode_id.clone()),
        seed: before.seed,
        scores: (a.score, b.score),
        passed: (a.passed, b.passed),
        parts,
        zeroed,
    })
}

#[cfg(test)]
mod tests {
    use crate::protocol::ScorePart;

    use super::*;

    fn entry(task: &str, id: &str, seed: Option<u64>, reply: f64) -> Entry {
        let part = ScorePart { criterion: Criterion::Reply, weight: 1.0, value: reply, points: reply, reason: None };
        let score = ScoreReport { score: reply, passed: reply == 1.0, zeroed_by: None, parts: vec![part] };
        Entry { episode_id: id.to_owned(), task_id: task.to_owned(), seed, score }
    }

    #[test]
    fn episodes_are_paired_by_id_then_by_task_and_seed() {
        let before = [entry("a", "1", None, 0.5), entry("a", "2", Some(3), 0.5), entry("b", "3", None, 1.0)];
        let after = [entry("a", "x", Some(3), 1.0), entry("a", "1", None, 0.25), entry("c", "3", None, 0.0)];
        let found = compare(&before, &after);
        assert_eq!((found.compared, found.only), (2, (1, 1)));
        let moved: Vec<(&str, &str, f64)> = found
            .changes
            .iter()
            .map(|change| (&*change.episode_ids.0, &*change.episode_ids.1, change.parts[0].1))
            .collect();
        assert_eq!(moved, [("1", "1", -0.25), ("2", "x", 0.5)]);
        assert_eq!(found.tasks["a"], (2, 0.5, 0.625));
        assert_eq!(found.means(), (0.5, 0.625));
        assert!(found.changes[1].passed.1 && !found.changes[1].passed.0);
    }

    #[test]
    fn what_stays_is_no_change() {
        let lot = [entry("a", "1", None, 0.5)];
        assert_eq!(compare(&lot, &lot).changes, []);
    }
}
