//! How alike two tasks are, and which tasks of a pack are nearly the same, in linear time.

use std::collections::HashSet;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;

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
    /// The texts, a blank behind each.
    text: String,
    /// The hashes of all pairs of neighbouring words, as they come.
    pairs: Vec<u64>,
    /// The same in order, each once: hardly any task is compared so closely.
    sorted: OnceLock<Vec<u64>>,
    outline: Outline,
}

/// The words of an outline, and the bins: one for each of their bytes.
const OUTLINE_WORDS: usize = 16;
const OUTLINED: usize = OUTLINE_WORDS * 8;

/// A byte of the least hash of each bin of pairs, 0 for an empty one, eight bins to a word: most tasks that are compared
/// are told apart by these words alone. Wherever two outlines differ, some pair of the bin stands in one task alone.
type Outline = [u64; OUTLINE_WORDS];

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
        // As long as the file, and as many words as there may be in prose.
        sketch.text.reserve(task.file.text.len());
        sketch.pairs.reserve(task.file.text.len() / 8);
        for key in ["title", "objective", "workspace_summary", "ticket", "artifacts", "policies"] {
            if let Some(entry) = task.file.tree.entry(key) {
                sketch.add(&entry.node, task.file.text);
            }
        }
        sketch.close();
        Some(sketch)
    }

    fn empty() -> Sketch {
        Sketch { text: String::new(), pairs: Vec::new(), sorted: OnceLock::new(), outline: [0; OUTLINE_WORDS] }
    }

    /// Draws the outline once all words are there.
    fn close(&mut self) {
        self.text.shrink_to_fit();
        self.pairs.shrink_to_fit();
        // A byte above the highest marks an empty bin.
        let mut least = [0x100; OUTLINED];
        for pair in &self.pairs {
            let bin: &mut u16 = &mut least[(pair >> 57) as usize];
            *bin = (*bin).min((pair >> 49) as u16 & 0xff);
        }
        for (word, bins) in self.outline.iter_mut().zip(least.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(bins.map(|bin| bin as u8));
        }
    }

    fn sorted(&self) -> &[u64] {
        self.sorted.get_or_init(|| {
            let mut pairs = self.pairs.clone();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        })
    }

    /// Whether it says enough to be compared.
    fn says_enough(&self) -> bool {
        let filled = self.outline.iter().map(|bins| differing_bytes(*bins, 0)).sum::<usize>();
        filled >= FEWEST || self.sorted().len() >= FEWEST
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
        self.text.push_str(text);
        self.text.push(' ');
        let mut before = 0;
        let mut end_word = |hash: u64| {
            self.pairs.push(mix(before ^ hash.rotate_left(23)));
            before = hash;
        };
        if text.is_ascii() {
            let mut letters = text.bytes().map(|byte| LETTERS[usize::from(byte)]);
            while let Some(first) = letters.find(|letter| *letter != 0) {
                end_word(letters.by_ref().take_while(|letter| *letter != 0).fold(add_byte(FNV, first), add_byte));
            }
        } else {
            for word in words(text) {
                let letters = word.chars().flat_map(char::to_lowercase);
                end_word(letters.fold(FNV, |hash, c| c.encode_utf8(&mut [0; 4]).bytes().fold(hash, add_byte)));
            }
        }
    }

    /// The Jaccard index of the two sets of word pairs, where it is not far below the threshold.
    fn similarity(&self, other: &Sketch) -> Option<f64> {
        // Pairs that only one of the two has; with more of them the index is too low, whatever follows.
        let most_lone = |all: usize| (all as f64 * (1.0 - THRESHOLD) / (1.0 + THRESHOLD)) as usize + 1;
        let most_differing = most_lone(self.pairs.len() + other.pairs.len());
        let mut differing = 0;
        for (own, others) in self.outline.iter().zip(&other.outline) {
            differing += differing_bytes(*own, *others);
            if differing > most_differing {
                return None;
            }
        }
        let (own_pairs, other_pairs) = (self.sorted(), other.sorted());
        let all = own_pairs.len() + other_pairs.len();
        let most_lone = most_lone(all);
        let (mut at, mut of_other, mut shared) = (0, 0, 0);
        while let (Some(own), Some(others)) = (own_pairs.get(at), other_pairs.get(of_other)) {
            shared += usize::from(own == others);
            at += usize::from(own <= others);
            of_other += usize::from(others <= own);
            if at + of_other - 2 * shared > most_lone {
                return None;
            }
        }
        Some(shared as f64 / (all - shared).max(1) as f64)
    }

    /// The first words that stand here and not in the other task, in lower case.
    pub(crate) fn words_missing_in(&self, other: &Sketch) -> Vec<String> {
        let mut known: HashSet<String> = words(&other.text).map(lower).collect();
        words(&self.text).map(lower).filter(|word| known.insert(word.clone())).take(MAX_SHOWN).collect()
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
        let Some(sketch) = note.sketch.as_ref().filter(|sketch| sketch.says_enough()) else { continue };
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

/// In how many of their eight bytes two words differ.
fn differing_bytes(one: u64, other: u64) -> usize {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differing = one ^ other;
    // The high bit of each byte that is not 0: its own, or the carry of its low bits.
    let marked = (((differing & LOW) + LOW) | differing) & !LOW;
    // The product's first byte is the sum of all.
    ((marked >> 7).wrapping_mul(0x0101_0101_0101_0101) >> 56) as usize
}

/// Letters in lower case and digits, as parts of words in ASCII; 0 for what parts words.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            letters[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// The words of a text as they are written.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The word letter by letter in lower case, wherever it stands.
fn lower(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// Where FNV-1a (Fowler, Noll and Vo) begins.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn add_byte(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Sketch, THRESHOLD, differing_bytes};

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
    fn bytes_that_differ_are_counted() {
        let check = |one, other, expect| assert_eq!(differing_bytes(one, other), expect, "{one:x} {other:x}");
        check(0, 0, 0);
        check(u64::MAX, 0, 8);
        check(0x80_00_01_ff_00_00_7f_10, 0x00_00_02_ff_00_01_7f_11, 4);
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
