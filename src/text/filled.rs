//! Which words of a spec each word of a reply may be, looked up once.

use super::find::Vocabulary;
use super::lookalike::{is_mixed_script, push_disguised};
use super::one_of::OneOf;
use super::token::{Gap, Kind, Words};

/// Which slots each word of a reply fills, for keywords and, through look-alikes, for forbidden entries.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub(super) exact: Vec<u32>,
    /// `None` where it is the same.
    alike: Option<Vec<u32>>,
}

impl Filled {
    /// Looks every word up once.
    pub(super) fn of(vocabulary: &Vocabulary, words: &Words) -> Filled {
        let mut exact = vec![0u32; words.list.len()];
        for (i, word) in words.list.iter().enumerate() {
            if word.kind == Kind::Sign {
                continue;
            }
            let text = words.text(i);
            // A disguised word shows its full form by now, and meets no keyword all the same.
            if word.is_foreign && (word.full.is_some() || is_mixed_script(&text)) {
                continue;
            }
            exact[i] = vocabulary.lookup(&text).unwrap_or(0);
        }
        join_prefixes(vocabulary, words, &mut exact);
        let alike = look_alikes(vocabulary, words, &exact);
        Filled { exact, alike }
    }

    /// What some words fill, wherever they stand.
    pub(super) fn unplaced(exact: Vec<u32>) -> Filled {
        Filled { exact, alike: None }
    }

    pub(super) fn lists(&self, alike: bool) -> &[u32] {
        self.alike.as_ref().filter(|_| alike).unwrap_or(&self.exact)
    }
}

/// What a hyphen may part from the rest of one word.
const PREFIXES: &OneOf = one_of!["re", "pre", "e", "co", "un", "non"];

/// Whether a hyphen behind this lower-case word may belong to a longer one.
pub(super) fn is_prefix(word: &str) -> bool {
    PREFIXES.contains(word.as_bytes())
}

/// "re-issued" is "reissued".
fn join_prefixes(vocabulary: &Vocabulary, words: &Words, exact: &mut [u32]) {
    for i in 0..words.list.len().saturating_sub(1) {
        if words.gap(i + 1) == Gap::HYPHEN && words.is_any(i, PREFIXES) {
            // An author who writes "re-cover" means the two words.
            if exact[i] != 0 {
                continue;
            }
            let joined = format!("{}{}", words.text(i), words.text(i + 1));
            exact[i] = vocabulary.lookup(&joined).unwrap_or(0);
            exact[i + 1] = 0;
        }
    }
}

/// The longest disguised word that is looked for, in letters.
const MAX_DISGUISED: usize = 32;

/// Words written with look-alikes, digits, inner punctuation or spaced letters.
fn look_alikes(vocabulary: &Vocabulary, words: &Words, exact: &[u32]) -> Option<Vec<u32>> {
    if vocabulary.skeletons.is_empty() {
        return None;
    }
    let mut alike = exact.to_vec();
    let count = words.list.len();
    let mut letters = String::new();
    let mut i = 0;
    while i < count {
        // A chunk: words without a blank between, or single letters with blanks.
        let mut end = i + 1;
        let single = |j: usize| words.text(j).chars().count() == 1;
        while end < count && end - i < MAX_DISGUISED && !words.gap(end).has(Gap::COMMA.or(Gap::STOP).or(Gap::PARAGRAPH))
        {
            let blank = words.gap(end).has(Gap::SPACE);
            if blank && !(single(end) && single(end - 1)) {
                break;
            }
            end += 1;
        }
        let is_plain = end == i + 1 && !words.list[i].is_foreign;
        if !is_plain && alike[i..end].iter().all(|list| *list == 0) {
            letters.clear();
            let is_latin = (i..end).all(|j| {
                // "p@ssword": the sign stands for a letter.
                if j > i && words.gap(j) == Gap::OTHER {
                    letters.push('a');
                }
                push_disguised(&mut letters, &words.text(j))
            });
            if is_latin && letters.len() >= 3 {
                alike[i] = vocabulary.skeletons.get(&letters).copied().unwrap_or(0);
            }
        }
        i = end;
    }
    Some(alike)
}
