//! Heaps: mentions put there to be found, told by how little stands between and around them.
//!
//! A sentence has a subject or a finite verb. Where one has neither and several mentions follow each other without a
//! word of its own in between, nothing says how they hang together; nor does anything in a reply that is made of
//! mentions alone.

use super::context::Context;
use super::lexicon::Class;
use super::token::Gap;

/// Mentions in a row, with nothing in between, that no sentence holds: a verb, its object and a value are two.
const MIN_ROW: usize = 3;

/// Of so many words of a reply that is made of mentions at most one is its own: a greeting, a farewell.
const OWN_SHARE: usize = 10;

/// What of a reply is a heap.
#[derive(Debug)]
pub(super) struct Heaps {
    sentences: Vec<bool>,
    is_whole: bool,
}

impl Heaps {
    /// `hits` are the mentions of all keywords, `values` whatever else is a value.
    pub(super) fn of(context: &Context<'_>, hits: &[(usize, usize)], values: &[(usize, usize)]) -> Heaps {
        let count = context.words.list.len();
        if hits.len() < MIN_ROW {
            return Heaps { sentences: Vec::new(), is_whole: false };
        }
        let (hits, values) = (longest(hits, count), longest(values, count));
        let is_row =
            |sentence: &super::segment::Sentence| is_row(context, sentence.start, sentence.end, &hits, &values);
        let sentences = context.segments.sentences.iter().map(is_row).collect();
        let (mut own, mut found, mut covered) = (0, 0, 0);
        for i in 0..count {
            found += usize::from(hits[i] > covered);
            covered = covered.max(hits[i]).max(values[i]);
            own += usize::from(covered <= i);
        }
        let is_whole = found >= MIN_ROW && own * OWN_SHARE <= count && !context.any(0..count, Class::SUBJECT);
        Heaps { sentences, is_whole }
    }

    /// Whether the mentions of this sentence are in a heap.
    pub(super) fn hold(&self, sentence: usize) -> bool {
        self.is_whole || self.sentences.get(sentence).is_some_and(|is_row| *is_row)
    }
}

/// For each word the end of the longest range that begins there, or 0.
fn longest(ranges: &[(usize, usize)], count: usize) -> Vec<usize> {
    let mut ends = vec![0; count];
    for &(start, end) in ranges {
        ends[start] = end.max(ends[start]);
    }
    ends
}

/// Whether a sentence without a subject or a finite verb has several mentions in a row.
fn is_row(context: &Context<'_>, start: usize, end: usize, hits: &[usize], values: &[usize]) -> bool {
    if context.any(start..end, Class::FINITE.or(Class::SUBJECT)) {
        return false;
    }
    let (mut i, mut row, mut is_bare) = (start, 0, false);
    while i < end {
        if i > start && !context.words.gap(i).only(Gap::SPACE.or(Gap::NEWLINE)) {
            (row, is_bare) = (0, false);
        }
        let stop = hits[i].max(values[i]);
        if stop <= i {
            (row, is_bare) = (0, false);
            i += 1;
            continue;
        }
        // The groups of one number ("020 7946 0958") are one value.
        let goes_on = is_bare && hits[i] == 0;
        row += usize::from(!goes_on);
        is_bare = hits[i] == 0;
        if row >= MIN_ROW {
            return true;
        }
        i = stop;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;
    use crate::text::segment::Segments;
    use crate::text::token::Words;

    /// Every one of `wordings` is a mention; `expect` says whether the first sentence is a heap.
    fn check(reply: &str, wordings: &[&str], expect: bool) {
        let words = Words::of(&Clean::of(reply));
        let segments = Segments::of(&words);
        let context = Context { words: &words, segments: &segments };
        let mut hits = Vec::new();
        for wording in wordings {
            let wording: Vec<&str> = wording.split(' ').collect();
            let is_here = |i: usize| wording.iter().enumerate().all(|(n, word)| words.is(i + n, word));
            hits.extend((0..words.list.len()).filter(|i| is_here(*i)).map(|i| (i, i + wording.len())));
        }
        assert_eq!(Heaps::of(&context, &hits, &[]).hold(0), expect, "{reply}");
    }

    #[test]
    fn rows_and_wholes() {
        let wordings = ["locked your account", "told our team", "reset", "refund"];
        check("Dear customer, locked your account told our team reset. Best regards", &wordings, true);
        check("locked your account, told our team, reset", &wordings, true);
        check("- reset\n- refund\n- locked your account", &wordings, true);
        check("We locked your account, told our team, reset.", &wordings, false);
        check("Locked your account, told our team about it, reset and done for today.", &wordings, false);
        check("Reset refund", &wordings, false);
    }
}
