//! Playing a whole log again, on many threads.

use std::sync::{Mutex, PoisonError};

use crate::task::Catalog;

use super::episodes::{Episodes, RecordedEpisode};
use super::reader::ReadError;
use super::replay::{Replayed, replay};

/// Episodes that one thread takes at a time.
const BATCH: usize = 32;

/// What came of playing a log again.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many episodes there are.
    pub episodes: u64,
    /// How many steps they have.
    pub steps: u64,
    /// How many were the same.
    pub same: u64,
    /// The others, by their numbers.
    pub others: Vec<Other>,
}

/// An episode that was not the same when it was played again.
#[derive(Debug)]
pub struct Other {
    /// Its number in the log.
    pub number: u64,
    /// Its id.
    pub episode_id: String,
    /// Its task.
    pub task_id: String,
    /// What came of it.
    pub outcome: Replayed,
}

/// Plays every episode again. What comes out does not depend on the number of threads.
///
/// # Errors
/// A file that cannot be read.
pub fn replay_all(episodes: &mut Episodes, catalog: &Catalog, threads: usize) -> Result<Tally, ReadError> {
    let source = Mutex::new((episodes, None));
    let sum = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut own = Tally::default();
                loop {
                    let batch = take(&source);
                    if batch.is_empty() {
                        break;
                    }
                    batch.into_iter().for_each(|episode| own.add(episode, catalog));
                }
                sum.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
            });
        }
    });
    if let Some(error) = source.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
        return Err(error);
    }
    let mut tally = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    tally.others.sort_by_key(|other| other.number);
    Ok(tally)
}

/// The next episodes; none at the end, and after an error.
fn take(source: &Mutex<(&mut Episodes, Option<ReadError>)>) -> Vec<RecordedEpisode> {
    let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
    let (episodes, error) = &mut *source;
    let mut batch = Vec::with_capacity(BATCH);
    while error.is_none() && batch.len() < BATCH {
        match episodes.next() {
            Some(Ok(episode)) => batch.push(episode),
            Some(Err(found)) => *error = Some(found),
            None => break,
        }
    }
    batch
}

impl Tally {
    fn add(&mut self, episode: RecordedEpisode, catalog: &Catalog) {
        self.episodes += 1;
        self.steps += episode.steps.len() as u64;
        match replay(&episode, catalog) {
            Replayed::Same => self.same += 1,
            outcome => {
                let RecordedEpisode { number, begin, .. } = episode;
                self.others.push(Other { number, episode_id: begin.episode_id, task_id: begin.task_id, outcome });
            }
        }
    }

    fn merge(&mut self, other: Tally) {
        self.episodes += other.episodes;
        self.steps += other.steps;
        self.same += other.same;
        self.others.extend(other.others);
    }
}
