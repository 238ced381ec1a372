//! How alike two tasks are, and which tasks of a pack are nearly the same, in linear time.

use std::collections::HashSet;
use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};

use crate::pack::AuthoredTask;
use crate::pack::tree::{Node, Value};

use super::TaskNote;

/// From here on two tasks are nearly the same.
pub(crate) const THRESHOLD: f64 = 0.85;

/// Sixteen bands of four rows: two tasks at the threshold meet in some band in all but 7 of a million cases.
const BANDS: usize = 16;
const ROWS: usize = 4;
const BINS: usize = BANDS * ROWS;

/// The most tasks of one bucket that a task is compared with: a pack whose tasks are all alike stays linear.
const MAX_COMPARED: usize = 16;

/// Tasks with fewer pairs of words say too little to be compared.
const FEWEST: usize = 12;

/// The most differing words that a finding shows of either side.
const MAX_SHOWN: usize = 6;

/// What the agent can read of a task, for comparison.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    /// The words in lower case, a blank between two.
    text: String,
    /// The hashes of all pairs of neighbouring words, sorted, each once.
    pairs: Vec<u64>,
    outline: Outline,
}

/// The bins of an outline.
const OUTLINED: usize = 128;

/// A part of the least hash of each bin of pairs, 0 for an empty one. Wherever two outlines differ, some pair of the bin
/// stands in one task alone.
type Outline = [u16; OUTLINED];

/// Two tasks that are nearly the same, by their places among the notes.
#[derive(Debug)]
pub(crate) struct Twins {
    pub(crate) later: usize,
    pub(crate) earlier: usize,
    pub(crate) similarity: f64,
    /// Whether they belong to different splits.
    pub(crate) across: bool,
}

impl Sketch {
    /// The sketch of a task; `None` where a part of its file is lost.
    pub(crate) fn of(task: &AuthoredTask<'_>) -> Option<Sketch> {
        if !task.file.complete {
            return None;
        }
        let mut sketch = Sketch::empty();
        for key in ["title", "objective", "workspace_summary", "ticket", "artifacts", "policies"] {
            if let Some(entry) = task.file.tree.entry(key) {
                sketch.add(&entry.node, task.file.text);
            }
        }
        sketch.close();
        Some(sketch)
    }

    fn empty() -> Sketch {
        Sketch { text: String::new(), pairs: Vec::new(), outline: [0; OUTLINED] }
    }

    /// Puts the pairs in order once all words are there.
    fn close(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        for pair in self.pairs.iter().rev() {
            self.outline[(pair >> 57) as usize] = (pair >> 41) as u16;
        }
    }

    fn add(&mut self, node: &Node, source: &str) {
        match &node.value {
            Value::Text(text) => self.add_words(text),
            Value::List(items) => items.iter().for_each(|item| self.add(item, source)),
            Value::Table(entries) => {
                for entry in entries.iter().filter(|entry| entry.key != "id" && entry.key != "distractor") {
                    self.add(&entry.node, source);
                }
            }
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Date(_) => {
                self.add_words(source.get(node.span.clone()).unwrap_or_default());
            }
            Value::Hole => {}
        }
    }

    fn add_words(&mut self, text: &str) {
        self.text.reserve(text.len() + 1);
        let mut before = 0;
        if text.is_ascii() {
            let words = text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
            for word in words.filter(|word| !word.is_empty()) {
                self.text.extend(word.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
                before = self.end_word(word.len(), before);
            }
        } else {
            let words = text.split(|c: char| !c.is_alphanumeric());
            for word in words.filter(|word| !word.is_empty()) {
                let start = self.text.len();
                self.text.extend(word.chars().flat_map(char::to_lowercase));
                before = self.end_word(self.text.len() - start, before);
            }
        }
    }

    /// Ends a word of so many bytes behind the word of this hash, and returns its own.
    fn end_word(&mut self, len: usize, before: u64) -> u64 {
        let hash = hash_word(&self.text.as_bytes()[self.text.len() - len..]);
        self.pairs.push(mix(before ^ hash.rotate_left(23)));
        self.text.push(' ');
        hash
    }

    /// The Jaccard index of the two sets of word pairs, where it is not far below the threshold.
    fn similarity(&self, other: &Sketch) -> Option<f64> {
        let all = self.pairs.len() + other.pairs.len();
        // Pairs that only one of the two has; with more of them the index is too low, whatever follows.
        let most_lone = (all as f64 * (1.0 - THRESHOLD) / (1.0 + THRESHOLD)) as usize + 1;
        let differing: u16 =
            self.outline.iter().zip(&other.outline).map(|(own, others)| u16::from(own != others)).sum();
        if usize::from(differing) > most_lone {
            return None;
        }
        let (mut at, mut of_other, mut shared) = (0, 0, 0);
        while let (Some(own), Some(others)) = (self.pairs.get(at), other.pairs.get(of_other)) {
            shared += usize::from(own == others);
            at += usize::from(own <= others);
            of_other += usize::from(others <= own);
            if at + of_other - 2 * shared > most_lone {
                return None;
            }
        }
        Some(shared as f64 / (all - shared).max(1) as f64)
    }

    /// The first words that stand here and not in the other task.
    pub(crate) fn words_missing_in(&self, other: &Sketch) -> Vec<&str> {
        let mut known: HashSet<&str> = other.text.split(' ').collect();
        self.text.split(' ').filter(|word| known.insert(word)).take(MAX_SHOWN).collect()
    }

    /// One key for each band.
    fn bands(&self) -> [u64; BANDS] {
        let mut least = [u64::MAX; BINS];
        for pair in &self.pairs {
            let bin = (pair >> 58) as usize;
            least[bin] = least[bin].min(pair << 6);
        }
        let filled = least;
        for (at, value) in least.iter_mut().enumerate() {
            // An empty bin borrows from the next filled one.
            if *value == u64::MAX {
                let lender = (1..BINS).find(|step| filled[(at + step) % BINS] != u64::MAX);
                *value = lender.map_or(0, |step| mix(filled[(at + step) % BINS] + step as u64));
            }
        }
        std::array::from_fn(|band| {
            least[band * ROWS..(band + 1) * ROWS].iter().fold(band as u64, |key, row| mix(key ^ row))
        })
    }
}

/// For every task that is nearly the same as an earlier one, the most similar of those; one of another split first.
pub(crate) fn find_twins(notes: &[TaskNote]) -> Vec<Twins> {
    let mut buckets: HashMap<(usize, u64), Bucket> = HashMap::with_capacity(notes.len() * BANDS);
    let mut found = Vec::new();
    let mut candidates = Vec::new();
    // The task that each was last a candidate for.
    let mut asked = vec![usize::MAX; notes.len()];
    for (later, note) in notes.iter().enumerate() {
        let Some(sketch) = note.sketch.as_ref().filter(|sketch| sketch.pairs.len() >= FEWEST) else { continue };
        candidates.clear();
        for (band, key) in sketch.bands().into_iter().enumerate() {
            match buckets.entry((band, key)) {
                Entry::Vacant(bucket) => drop(bucket.insert(Bucket { first: later, others: Vec::new() })),
                Entry::Occupied(mut bucket) => {
                    let found = [bucket.get().first].into_iter().chain(bucket.get().others.iter().copied());
                    candidates.extend(found.filter(|&task| std::mem::replace(&mut asked[task], later) != later));
                    bucket.get_mut().add(later);
                }
            }
        }
        let best = candidates.iter().filter_map(|&earlier| compare(notes, earlier, later)).reduce(|best, next| {
            let rank = |twins: &Twins| (twins.across, twins.similarity, std::cmp::Reverse(twins.earlier));
            if rank(&next) > rank(&best) { next } else { best }
        });
        found.extend(best);
    }
    found
}

/// Tasks that share a band. Most stand alone in theirs, and need no list.
struct Bucket {
    first: usize,
    others: Vec<usize>,
}

impl Bucket {
    fn add(&mut self, task: usize) {
        if 1 + self.others.len() < MAX_COMPARED {
            self.others.push(task);
        } else {
            match task % MAX_COMPARED {
                0 => self.first = task,
                at => self.others[at - 1] = task,
            }
        }
    }
}

fn compare(notes: &[TaskNote], earlier: usize, later: usize) -> Option<Twins> {
    let (one, other) = (&notes[earlier], &notes[later]);
    // Equal ids are a finding of their own; without a split nothing is known of the pair.
    if one.id == other.id {
        return None;
    }
    let across = one.split? != other.split?;
    let similarity = one.sketch.as_ref()?.similarity(other.sketch.as_ref()?)?;
    (similarity >= THRESHOLD).then_some(Twins { later, earlier, similarity, across })
}

/// FNV-1a (Fowler, Noll and Vo).
fn hash_word(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Sketch, THRESHOLD};

    fn sketch(text: &str) -> Sketch {
        let mut sketch = Sketch::empty();
        sketch.add_words(text);
        sketch.close();
        sketch
    }

    fn check(one: &str, other: &str, similarity: f64) {
        let (one, other) = (sketch(one), sketch(other));
        let found = one.similarity(&other);
        assert!(found.map_or(similarity < THRESHOLD, |found| (found - similarity).abs() < 1e-9), "{found:?}");
    }

    #[test]
    fn similarity_is_the_share_of_common_pairs() {
        check("a b c d", "a b c d", 1.0);
        check("A-b c, d", "a b c d", 1.0);
        check("a b c d", "a b c e", 3.0 / 5.0);
        check("a b c d", "e f g h", 0.0);
        check("", "", 0.0);
    }

    #[test]
    fn near_duplicates_share_a_band() {
        let words: Vec<String> = (0..160).map(|word| format!("w{}", word * 7919)).collect();
        let one = sketch(&words.join(" "));
        for at in 1..words.len() - 40 {
            let mut words = words.clone();
            for step in [0, 13, 27, 39] {
                words[at + step].push('x');
            }
            let other = sketch(&words.join(" "));
            assert!(one.similarity(&other).is_some_and(|similarity| similarity >= THRESHOLD));
            assert!(one.bands().iter().zip(other.bands()).any(|(one, other)| *one == other), "{at}");
        }
    }

    #[test]
    fn the_difference_is_in_words() {
        let (one, other) = (sketch("the blue mug of Ann"), sketch("the red mug of Bob"));
        assert_eq!(one.words_missing_in(&other), ["blue", "ann"]);
    }
}
