//! A log's records, put together to episodes.

use std::collections::BTreeMap;
use std::path::Path;

use super::event::{Begin, End, Event, Step};
use super::reader::{Fault, LogReader, ReadError, Record, log_files};

/// One episode as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEpisode {
    /// Its number in the log: that of the record that begins it.
    pub number: u64,
    /// How it began.
    pub begin: Begin,
    /// Its steps, in order, from the first.
    pub steps: Vec<Step>,
    /// How it ended; `None` where the log breaks off.
    pub end: Option<End>,
    /// Whether records of it are missing: then only the steps before the gap are here.
    pub has_gap: bool,
}

/// The episodes of a log, each when its end has been read; at last those without an end, in the order they began in.
#[derive(Debug)]
pub struct Episodes {
    reader: LogReader,
    open: BTreeMap<u64, RecordedEpisode>,
    orphans: u64,
}

impl Episodes {
    /// Reads a log's file, or all those of a folder.
    ///
    /// # Errors
    /// A path without a log.
    pub fn open(path: &Path) -> Result<Episodes, ReadError> {
        Ok(Episodes { reader: LogReader::new(log_files(path)?), open: BTreeMap::new(), orphans: 0 })
    }

    /// What was no good record so far.
    pub fn faults(&self) -> &[Fault] {
        self.reader.faults()
    }

    /// Good records of episodes whose beginning is missing.
    pub fn orphans(&self) -> u64 {
        self.orphans
    }

    fn take(&mut self, Record { sequence, event }: Record) -> Option<RecordedEpisode> {
        match event {
            Event::Begin(begin) => {
                let episode = RecordedEpisode { number: sequence, begin, steps: Vec::new(), end: None, has_gap: false };
                self.open.insert(sequence, episode);
                None
            }
            Event::Step(step) => {
                match self.open.get_mut(&step.of) {
                    None => self.orphans += 1,
                    Some(episode) => episode.push(step),
                }
                None
            }
            Event::End(end) => {
                let ended = self.open.remove(&end.of);
                let Some(mut episode) = ended else {
                    self.orphans += 1;
                    return None;
                };
                episode.end = Some(end);
                Some(episode)
            }
        }
    }
}

impl RecordedEpisode {
    fn push(&mut self, step: Step) {
        let next = u32::try_from(self.steps.len() + 1).ok();
        self.has_gap |= next != Some(step.step);
        if !self.has_gap {
            self.steps.push(step);
        }
    }

    /// The score it was given, where it ended by its task's rules.
    pub fn score(&self) -> Option<&crate::protocol::ScoreReport> {
        self.end.as_ref()?.score.as_ref()
    }
}

impl Iterator for Episodes {
    type Item = Result<RecordedEpisode, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.reader.next() {
                Some(Ok(record)) => {
                    if let Some(episode) = self.take(record) {
                        return Some(Ok(episode));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => return self.open.pop_first().map(|(_, episode)| Ok(episode)),
            }
        }
    }
}
