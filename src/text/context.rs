//! What the stages of judgement look at: words, their clauses, and small questions about both.

use super::lexicon::Class;
use super::segment::{Clause, Link, Segments, Sentence};
use super::token::{Gap, Words};

/// How far a cue reaches inside its clause, in words. Longer clauses are no English; the bound keeps judging linear.
pub(super) const REACH: usize = 40;

/// How many clauses up a mention is followed; English nests no deeper in practice (Karlsson 2007: three).
pub(super) const GOVERNORS: usize = 6;

/// A range of words that decided something.
pub(super) type Cue = (usize, usize);

/// One reply, split.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) words: &'a Words,
    pub(super) segments: &'a Segments,
}

/// A mention: a range of words, end exclusive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The verb that was found along with it, where the mention is one part of several: "refund … issued".
    pub(super) act: Option<usize>,
}

impl Mention {
    /// A mention of its own, without another part.
    pub(super) fn of(start: usize, end: usize) -> Mention {
        Mention { start, end, act: None }
    }
}

impl<'a> Context<'a> {
    pub(super) fn class(&self, i: usize) -> Class {
        self.words.class(i)
    }

    pub(super) fn has(&self, i: usize, class: Class) -> bool {
        self.words.class(i).has(class)
    }

    /// The clause with this index; behind the last one, an empty one.
    pub(super) fn clause_at(&self, index: usize) -> Clause {
        let end = self.words.list.len();
        self.segments.clauses.get(index).copied().unwrap_or(Clause { start: end, end, link: Link::Main, is_hard: true })
    }

    pub(super) fn sentence_of(&self, word: usize) -> Sentence {
        self.segments.sentences[self.segments.sentence(word)]
    }

    /// Whether the clause with this index belongs to the sentence of `word`.
    pub(super) fn same_sentence(&self, index: usize, word: usize) -> bool {
        let (first, last) = self.sentence_of(word).clauses;
        (first..last).contains(&index)
    }

    /// The part of a clause before a word that cues can reach from.
    pub(super) fn before(&self, clause: Clause, word: usize) -> std::ops::Range<usize> {
        clause.start.max(word.saturating_sub(REACH))..word.min(clause.end)
    }

    /// Whether any word of the range has the class.
    pub(super) fn any(&self, range: std::ops::Range<usize>, class: Class) -> bool {
        range.into_iter().any(|i| self.has(i, class))
    }

    /// Whether a comma or bracket stands between two words.
    pub(super) fn is_parted(&self, from: usize, to: usize) -> bool {
        (from + 1..=to).any(|i| self.words.gap(i).has(Gap::COMMA.or(Gap::PAREN)))
    }

    /// Whether the word reads as a past form or participle.
    pub(super) fn is_past(&self, i: usize) -> bool {
        self.words.is_past(i)
    }

    /// The first word at or after `i` that is no adverb.
    pub(super) fn skip_adverbs(&self, mut i: usize) -> usize {
        while self.has(i, Class::ADVERB) && !self.has(i, Class::DUMMY) {
            i += 1;
        }
        i
    }

    /// Whether a noun's determiner stands right before the word, so that it is no verb.
    pub(super) fn is_noun(&self, i: usize, clause: Clause) -> bool {
        i > clause.start && self.has(i - 1, Class::DETERMINER) && !self.has(i - 1, Class::DUMMY.or(Class::NOT))
    }

    /// Whether a relative clause right behind the mention tells of it as done by us: "the refund we issued today".
    pub(super) fn is_presupposed(&self, mention: Mention) -> bool {
        let own = self.segments.clause(mention.start);
        let Some(next) = self.segments.clauses.get(own + 1).copied() else { return false };
        next.start == mention.end
            && next.link == Link::Relative
            && self.any(next.start..next.end, Class::US)
            && (next.start..next.end).any(|i| self.is_past(i))
            && !self.any(next.start..next.end, Class::NOT.or(Class::MODAL).or(Class::WILL))
    }

    /// The clause and those it depends on, nearest first: a complement on its verb's clause, a further predicate on
    /// the one before.
    pub(super) fn governing(&self, word: usize) -> impl Iterator<Item = usize> {
        let mut index = self.segments.clause(word);
        let mut chain = [index; GOVERNORS];
        let mut count = 1;
        while count < GOVERNORS && index > 0 && self.same_sentence(index - 1, word) {
            let clause = self.clause_at(index);
            if clause.is_hard
                || !matches!(clause.link, Link::Complement | Link::Relative | Link::Predicate | Link::Resume)
            {
                break;
            }
            index -= 1;
            chain[count] = index;
            count += 1;
        }
        chain.into_iter().take(count)
    }

    /// The first finite verb of the predicate whose subject ends before `i`: relative clauses are passed over.
    pub(super) fn predicate_of(&self, word: usize, from: usize) -> Option<usize> {
        let mut index = self.segments.clause(word);
        let mut i = from;
        let stop = from + REACH;
        loop {
            let clause = self.clause_at(index);
            while i < clause.end && i < stop {
                if self.has(i, Class::FINITE) || self.words.is_any(i, one_of!["got", "gets", "get"]) {
                    return Some(i);
                }
                if self.has(i, Class::SUBJECT) {
                    return None;
                }
                i += 1;
            }
            // Behind a relative clause the sentence goes on with its own verb.
            loop {
                index += 1;
                if i >= stop || index >= self.segments.clauses.len() || !self.same_sentence(index, word) {
                    return None;
                }
                match self.clause_at(index).link {
                    Link::Relative | Link::Complement => {}
                    Link::Resume => break,
                    _ if self.words.gap(self.clause_at(index).start).has(Gap::PAREN) => {}
                    _ => return None,
                }
            }
            i = self.clause_at(index).start;
        }
    }

    /// Whether the mention stands before its clause's verb, so that the predicate speaks about it.
    pub(super) fn is_subject(&self, mention: Mention) -> bool {
        let clause = self.clause_at(self.segments.clause(mention.start));
        let mut before = self.before(clause, mention.start);
        // Behind "that" and "I am afraid" a subject of its own begins.
        if let Some(that) = before
            .clone()
            .rev()
            .find(|i| self.words.is(*i, "that") && *i + 1 < mention.start || self.words.is(*i, "afraid"))
        {
            before.start = that + 1;
        }
        !self.any(before.clone(), Class::FINITE.or(Class::US))
            && !before.clone().any(|i| self.has(i, Class::YOU) && i + 1 < mention.start)
    }
}

/// What the tests of the stages share.
#[cfg(test)]
pub(super) mod probe {
    use super::*;
    use crate::text::clean::Clean;

    /// The words of the cue that a stage finds for the last mention of `word`, or nothing.
    pub(crate) fn cue(reply: &str, word: &str, stage: fn(&Context<'_>, Mention) -> Option<Cue>) -> Option<String> {
        let words = Words::of(&Clean::of(reply));
        let segments = Segments::of(&words);
        let context = Context { words: &words, segments: &segments };
        let start = (0..words.list.len()).rev().find(|i| words.is(*i, word)).expect("the word is in the reply");
        let (from, to) = stage(&context, Mention::of(start, start + 1))?;
        Some((from..to).map(|i| words.text(i).into_owned()).collect::<Vec<_>>().join(" "))
    }
}
