//! Fourth stage: where the words of a spec occur in a reply.
//!
//! Every form of every authored word is interned when the spec is compiled, so that each word of a reply is looked up
//! once. A hit is a range of words; what it is worth is for the stages behind.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use foldhash::HashMap;

use super::filled::Filled;
use super::inflect::shared_forms_of;
use super::lexicon::{Class, class_of};
use super::lookalike::skeleton;
use super::one_of::OneOf;
use super::pattern::{Pattern, Phrase};
use super::token::{Gap, Words};

/// One authored word of a spec, with all its forms.
pub(super) type Slot = u16;

/// All forms of all words of a spec.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    /// Form to an index into `lists`.
    forms: HashMap<Arc<str>, u32>,
    /// The letters that forms begin with, a bit for each: most words of a reply begin with another.
    initials: u32,
    /// The same by skeleton, for forbidden entries.
    pub(super) skeletons: HashMap<String, u32>,
    /// The slots that a form fills; the first list is empty.
    lists: Vec<Vec<Slot>>,
    slots: HashMap<(String, bool), Slot>,
    /// Whether words interned now are also looked for through look-alikes.
    is_disguisable: bool,
}

/// A phrase as slots.
#[derive(Debug, Clone)]
pub(super) struct SlotPhrase {
    slots: Vec<Slot>,
    /// What stands before each word as it is authored, where it is more than blanks.
    gaps: Vec<Gap>,
    pub(super) has_negator: bool,
    /// A verb with its particle, which an object may part: "bring back", "bring the project back".
    is_phrasal: bool,
}

/// What a matcher looks for, compiled; typed values and references are compared as they are.
#[derive(Debug, Clone)]
pub(super) enum Search {
    Phrases(Vec<SlotPhrase>),
    Near { groups: Vec<Vec<SlotPhrase>>, window: usize },
    Other,
}

/// An occurrence in a reply: a range of words, end exclusive.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The occurrences of the groups of a `near`, each judged by itself; for others the whole.
    pub(super) parts: Vec<(usize, usize)>,
    /// The phrase holds its own negator, so polarity does not apply.
    pub(super) has_negator: bool,
}

/// The forms of most words.
const USUAL_FORMS: usize = 12;

impl Vocabulary {
    pub(super) fn new() -> Vocabulary {
        Vocabulary { lists: vec![Vec::new()], ..Vocabulary::default() }
    }

    /// Makes room for the forms of so many words more.
    pub(super) fn reserve(&mut self, words: usize) {
        self.lists.reserve(words);
        self.slots.reserve(words);
        self.forms.reserve(words * USUAL_FORMS);
    }

    /// Says whether the patterns compiled from here on match through look-alikes: those of forbidden entries, which
    /// must come first.
    pub(super) fn set_disguisable(&mut self, is_disguisable: bool) {
        self.is_disguisable = is_disguisable;
    }

    /// Interns a pattern's phrases.
    pub(super) fn compile(&mut self, pattern: &Pattern) -> Search {
        match pattern {
            Pattern::AnyOf(phrases) => Search::Phrases(self.compile_phrases(phrases)),
            Pattern::Near { groups, window } => {
                let groups = groups.iter().map(|group| self.compile_phrases(group)).collect();
                Search::Near { groups, window: *window }
            }
            _ => Search::Other,
        }
    }

    /// Interns phrases.
    pub(super) fn compile_phrases(&mut self, phrases: &[Phrase]) -> Vec<SlotPhrase> {
        let mut compile = |phrase: &Phrase| SlotPhrase {
            slots: phrase.words.iter().map(|word| self.slot(word, phrase.exact)).collect(),
            gaps: phrase.gaps.clone(),
            has_negator: phrase.has_negator(),
            is_phrasal: is_phrasal(phrase),
        };
        phrases.iter().map(&mut compile).collect()
    }

    fn slot(&mut self, word: &str, exact: bool) -> Slot {
        let key = (word.to_owned(), exact);
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        // A spec with more distinct words than slots shares the last one: matching stays bounded, never wrong by panic.
        let slot = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        self.slots.insert(key, slot);
        // Most forms belong to this word alone and share its list.
        let own = self.push_list(vec![slot]);
        let forms = if exact { Arc::from([Arc::from(word)]) } else { shared_forms_of(word) };
        for form in forms.iter() {
            self.initials |= initial(form);
            if self.is_disguisable {
                fill(self.skeletons.entry(skeleton(form)), &mut self.lists, slot, own);
            }
            fill(self.forms.entry(form.clone()), &mut self.lists, slot, own);
        }
        slot
    }

    fn push_list(&mut self, slots: Vec<Slot>) -> u32 {
        self.lists.push(slots);
        (self.lists.len() - 1) as u32
    }

    /// Whether a word begins as one of the forms does, in letters of either case.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        self.initials & initial(word) != 0
    }

    /// The list of the slots that this lower-case word fills, if it fills any.
    pub(super) fn lookup(&self, word: &str) -> Option<u32> {
        if self.may_hold(word) { self.forms.get(word).copied() } else { None }
    }

    pub(super) fn list(&self, index: u32) -> &[Slot] {
        self.lists.get(index as usize).map_or(&[], Vec::as_slice)
    }
}

/// The bit of a word's first letter, the same for both cases; what begins otherwise shares some of them.
fn initial(word: &str) -> u32 {
    1 << (word.as_bytes().first().copied().unwrap_or_default() % 32)
}

/// Notes that a form fills this slot. One that filled none has the slot's `own` list, any other its list with one more
/// slot, as a list of its own.
fn fill<K>(form: Entry<'_, K, u32>, lists: &mut Vec<Vec<Slot>>, slot: Slot, own: u32) {
    match form {
        Entry::Vacant(form) => drop(form.insert(own)),
        Entry::Occupied(form) if *form.get() == own => {}
        Entry::Occupied(mut form) => {
            let mut slots = lists[*form.get() as usize].clone();
            slots.push(slot);
            lists.push(slots);
            form.insert((lists.len() - 1) as u32);
        }
    }
}

impl Search {
    /// Whether the words of a phrase, or of one in each group, stand somewhere in the reply.
    pub(super) fn may_hit(&self, vocabulary: &Vocabulary, filled: &Filled) -> bool {
        let stands = |slot: &Slot| filled.exact.iter().any(|list| vocabulary.list(*list).contains(slot));
        let any = |phrases: &[SlotPhrase]| phrases.iter().any(|phrase| phrase.slots.iter().all(stands));
        match self {
            Search::Phrases(phrases) => any(phrases),
            Search::Near { groups, .. } => groups.iter().all(|group| any(group)),
            Search::Other => true,
        }
    }

    /// Every occurrence; `alike` looks through look-alike letters.
    pub(super) fn hits(
        &self,
        vocabulary: &Vocabulary,
        words: &Words,
        filled: &Filled,
        sentence_of: &[u32],
        alike: bool,
    ) -> Vec<Hit> {
        let finder = Finder { vocabulary, words, lists: filled.lists(alike), sentence_of };
        match self {
            Search::Phrases(phrases) => finder.phrases(phrases),
            Search::Near { groups, window } => finder.near(groups, *window),
            Search::Other => Vec::new(),
        }
    }
}

/// Occurrences of plain phrases, for `except`.
pub(super) fn phrase_hits(
    phrases: &[SlotPhrase],
    vocabulary: &Vocabulary,
    words: &Words,
    filled: &Filled,
    sentence_of: &[u32],
) -> Vec<Hit> {
    Finder { vocabulary, words, lists: filled.lists(false), sentence_of }.phrases(phrases)
}

/// Idioms in which a word means something else: the words before it, it, the words after it (any, when empty).
/// Dictionaries list them under their own heads (Longman Dictionary of Contemporary English).
const IDIOMS: &[(&OneOf, &str, &OneOf)] = &[
    (one_of!["look", "looking", "looks", "looked", "going", "moving", "put"], "forward", one_of![]),
    (one_of!["in"], "order", one_of!["to", "that"]),
    (one_of!["of"], "course", one_of![]),
    (one_of!["the"], "way", one_of!["we", "you", "it"]),
    (one_of!["take"], "care", one_of![]),
];

/// The particles of transitive phrasal verbs (A Comprehensive Grammar of the English Language, 16.4).
const PARTICLES: &[&str] = &["back", "off", "out", "up", "down", "over", "away", "through", "on"];

/// The longest object that may part a verb from its particle, in words.
const PARTING_WORDS: usize = 4;

/// Whether a phrase is a verb and its particle.
fn is_phrasal(phrase: &Phrase) -> bool {
    match phrase.words() {
        [verb, particle] => {
            !phrase.is_exact() && PARTICLES.contains(&particle.as_str()) && !class_of(verb).has(Class::FUNCTION)
        }
        _ => false,
    }
}

/// How many words a comma weighs when two windows share a part.
const COMMA_WIDTH: usize = 3;

/// How many words a part weighs that only names the kind of the noun behind it.
const COMPOUND_WIDTH: usize = 100;

/// An occurrence of one group of a `near`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: usize,
    end: usize,
    has_negator: bool,
}

/// The latest occurrence of each group that overlaps no other, `newest`'s first.
fn latest_apart(last: &[[Option<Part>; 2]], newest: usize) -> Option<Vec<Part>> {
    let mut parts: Vec<Option<Part>> = vec![None; last.len()];
    parts[newest] = last[newest][0];
    for (group, known) in last.iter().enumerate().filter(|(group, _)| *group != newest) {
        let is_apart = |part: &Part| parts.iter().flatten().all(|p| p.end <= part.start || part.end <= p.start);
        parts[group] = Some(known.iter().flatten().find(|part| is_apart(part)).copied()?);
    }
    parts.into_iter().collect()
}

struct Finder<'a> {
    vocabulary: &'a Vocabulary,
    words: &'a Words,
    lists: &'a [u32],
    sentence_of: &'a [u32],
}

impl Finder<'_> {
    /// Whether the word belongs to a phrase in which it is not itself: "look forward to", "in order to".
    fn is_idiom(&self, i: usize) -> bool {
        i > 0
            && IDIOMS.iter().any(|(before, word, after)| {
                self.words.is(i, word)
                    && self.words.is_any(i - 1, before)
                    && (after.is_empty() || self.words.is_any(i + 1, after))
            })
    }

    fn phrases(&self, phrases: &[SlotPhrase]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for i in 0..self.lists.len() {
            if self.lists[i] == 0 {
                continue;
            }
            // The longest phrase that begins here stands for all.
            let best = phrases
                .iter()
                .filter(|phrase| phrase.slots.len() > 1 || !self.is_idiom(i))
                .filter_map(|phrase| self.phrase_at(phrase, i).map(|end| (end, phrase.has_negator)))
                .max();
            if let Some((end, has_negator)) = best {
                hits.push(Hit { start: i, end, parts: vec![(i, end)], has_negator });
            }
        }
        hits
    }

    /// Whether word `i` goes on with the phrase before it, which is authored with this gap. An abbreviation's point is part
    /// of it ("Dr. Lee"), and so is what the author wrote: "11:30", "24/7", "yes, of course".
    fn joins(&self, i: usize, authored: Option<&Gap>) -> bool {
        let blank = Gap::SPACE.or(Gap::NEWLINE);
        let gap = self.words.gap(i);
        gap.only(blank.or(Gap::HYPHEN))
            || gap.has(Gap::SPACE) && gap.only(blank.or(Gap::HYPHEN).or(Gap::DOT))
            || authored.is_some_and(|authored| gap.or(blank) == authored.or(blank))
    }

    /// Where a phrase that begins at word `i` ends.
    fn phrase_at(&self, phrase: &SlotPhrase, i: usize) -> Option<usize> {
        let mut at = i;
        for (n, slot) in phrase.slots.iter().enumerate() {
            let list = *self.lists.get(at)?;
            if !self.vocabulary.list(list).contains(slot) {
                return if n == 1 && phrase.is_phrasal { self.particle_behind(*slot, at) } else { None };
            }
            if n > 0 && (!self.joins(at, phrase.gaps.get(n)) || self.sentence_of[at] != self.sentence_of[i]) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Where a phrasal verb ends whose particle stands behind its object, which begins at word `at`: "pay you back".
    fn particle_behind(&self, particle: Slot, at: usize) -> Option<usize> {
        let opens = Class::DETERMINER.or(Class::YOU).or(Class::DUMMY).or(Class::POSSESSIVE);
        let is_object = |i: usize| {
            let class = self.words.class(i);
            let is_noun = !class.has(Class::FUNCTION.or(Class::ADVERB)) || self.words.is(i, "of");
            let plain = self.words.gap(i).only(Gap::SPACE.or(Gap::NEWLINE).or(Gap::HYPHEN));
            // "knocked thirty-nine dollars off"
            let is_bare = (class == Class::NONE || class == Class::VALUE) && !self.words.text(i).ends_with("ing");
            let is_first = class.has(opens) || is_bare || self.words.is_any(i, one_of!["them", "him"]);
            plain && if i == at { is_first } else { is_noun }
        };
        let stop = (at..self.lists.len().min(at + PARTING_WORDS)).take_while(|i| is_object(*i)).count() + at;
        let is_there = stop > at
            && stop < self.lists.len()
            && self.words.gap(stop).only(Gap::SPACE.or(Gap::NEWLINE))
            && self.sentence_of[stop] == self.sentence_of[at - 1]
            && self.vocabulary.list(self.lists[stop]).contains(&particle);
        is_there.then_some(stop + 1)
    }

    /// The narrowest windows of one sentence that hold one phrase of each group.
    fn near(&self, groups: &[Vec<SlotPhrase>], window: usize) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        // The two latest occurrences of each group: one word cannot stand for two groups.
        let mut last: Vec<[Option<Part>; 2]> = vec![[None; 2]; groups.len()];
        let mut sentence = u32::MAX;
        for i in 0..self.lists.len() {
            if self.lists[i] == 0 {
                continue;
            }
            if self.sentence_of[i] != sentence {
                sentence = self.sentence_of[i];
                last.fill([None; 2]);
            }
            let mut moved: Vec<usize> = Vec::new();
            for (group, phrases) in groups.iter().enumerate() {
                let ends = phrases.iter().filter_map(|phrase| {
                    let end = self.phrase_at(phrase, i)?;
                    // The object between verb and particle may be another group's.
                    let is_parted = end - i > phrase.slots.len();
                    Some((if is_parted { i + 1 } else { end }, phrase.has_negator))
                });
                if let Some((end, has_negator)) = ends.max() {
                    last[group] = [Some(Part { start: i, end, has_negator }), last[group][0]];
                    moved.push(group);
                }
            }
            for group in moved {
                let Some(parts) = latest_apart(&last, group) else { continue };
                let start = parts.iter().map(|p| p.start).min().unwrap_or(i);
                let end = parts.iter().map(|p| p.end).max().unwrap_or(i + 1);
                let width = self.words.list[end - 1].ordinal - self.words.list[start].ordinal + 1;
                if width as usize <= window {
                    let has_negator = parts.iter().any(|p| p.has_negator);
                    let parts = parts.iter().map(|p| (p.start, p.end)).collect();
                    hits.push(Hit { start, end, parts, has_negator });
                }
            }
        }
        narrowest(self.words, hits)
    }
}

/// Of two neighbouring windows that share a part, the narrower: in "froze your membership and ended your contract"
/// what was ended is the contract.
fn narrowest(words: &Words, hits: Vec<Hit>) -> Vec<Hit> {
    // A comma inside parts more than a few words do.
    let width = |hit: &Hit| {
        let part = Gap::COMMA.or(Gap::SEMICOLON).or(Gap::COLON).or(Gap::DASH);
        let commas = (hit.start + 1..hit.end).filter(|i| words.gap(*i).has(part)).count();
        // "the eSIM, which our provisioning desk enabled": the first word of a compound does nothing.
        let is_modifier =
            |part: &(usize, usize)| words.class(part.1).has(Class::TOPIC) && words.gap(part.1).only(Gap::SPACE);
        let modifiers = hit.parts.iter().filter(|part| is_modifier(part)).count();
        hit.end - hit.start + COMMA_WIDTH * commas + COMPOUND_WIDTH * modifiers
    };
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        // "asked us to send the certificate; it was mailed today": two verbs for one noun, each in its own clause.
        let is_told_twice = |last: &Hit| {
            let own = hit.parts.iter().filter(|part| !last.parts.contains(part)).max();
            own.is_some_and(|own| {
                let is_past = words.text(own.0).ends_with("ed") || words.class(own.0).has(Class::PAST);
                let hard = Gap::SEMICOLON.or(Gap::COLON).or(Gap::DASH);
                let again = |i: usize| words.gap(i).has(hard) && words.is_any(i, one_of!["it", "they", "both", "this"]);
                is_past && own.0 > last.end && (last.end..=own.0).any(again)
            })
        };
        if let Some(last) = kept.last()
            && last.parts.iter().any(|part| hit.parts.contains(part))
            && !is_told_twice(last)
        {
            if width(&hit) < width(last) {
                kept.pop();
            } else {
                continue;
            }
        }
        kept.push(hit);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;
    use crate::text::segment::Segments;

    /// `expect` is the text of every hit, words parted by blanks.
    fn check(pattern: Pattern, reply: &str, expect: &[&str]) {
        let mut vocabulary = Vocabulary::new();
        let search = vocabulary.compile(&pattern);
        let words = Words::of(&Clean::of(reply));
        let segments = Segments::of(&words);
        let filled = Filled::of(&vocabulary, &words);
        let hits = search.hits(&vocabulary, &words, &filled, &segments.sentence_of, false);
        let text = |hit: &Hit| (hit.start..hit.end).map(|i| words.text(i).into_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(hits.iter().map(text).collect::<Vec<_>>(), expect, "{reply}");
    }

    fn near(window: usize) -> Pattern {
        let groups = [vec!["end".to_owned()], vec!["membership".to_owned(), "contract".to_owned()]];
        Pattern::near(&groups, window).expect("two groups")
    }

    #[test]
    fn phrases() {
        let any_of = |phrase: &str| Pattern::any_of(&[phrase]).expect("a phrase");
        check(any_of("refund"), "Refunded, not refundable: a refund.", &["refunded", "refund"]);
        check(any_of("fraud team"), "Our fraud team. Fraud. Team.", &["fraud team"]);
        check(any_of("forward"), "We look forward to it and forward it.", &["forward"]);
        // Signs within a phrase stand in the reply as they are authored, or not at all.
        check(any_of("to 11:30"), "From 9:30 to 11:30, not to 11/30, nor to 11, 30.", &["to 11 30"]);
        check(any_of("yes, of course"), "Yes, of\ncourse. Yes of course. Yes: of course.", &["yes of course"; 2]);
        check(any_of("help@shop.example/faq"), "See help@shop.example/faq.", &["help shop example faq"]);
    }

    #[test]
    fn windows() {
        check(near(4), "We ended your membership.", &["ended your membership"]);
        check(near(2), "We ended your membership.", &[]);
        check(near(4), "We ended it. Your membership stays.", &[]);
        // An id is one word, however it is spelt.
        check(near(4), "The contract RA-60418 was ended.", &["contract ra 60418 was ended"]);
        check(near(8), "The membership goes on and we ended your contract.", &["ended your contract"]);
    }

    #[test]
    fn particles() {
        let pay_back = || Pattern::any_of(&["pay back"]).expect("a phrase");
        check(pay_back(), "We are paying you back.", &["paying you back"]);
        check(pay_back(), "We paid the whole fee back.", &["paid the whole fee back"]);
        check(pay_back(), "We paid you, and back came the bill.", &[]);
        check(pay_back(), "We paid the courier who went back.", &[]);
        let groups = [vec!["push back".to_owned()], vec!["place".to_owned()]];
        let push_back = Pattern::near(&groups, 6).expect("two groups");
        check(push_back, "We pushed your place back.", &["pushed your place"]);
    }
}
