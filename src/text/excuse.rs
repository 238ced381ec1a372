//! Excuses: denials that stand beside an assertion of the same words and contradict nothing.
//!
//! A contradiction needs the same act, of the same thing, at the same time (Aristotle, De Interpretatione 7). "We
//! refunded the fee; we cannot refund the hotel" speaks of two things, "it was not refunded in May; we have refunded it
//! now" of two times, "the refund does not include the tip" of something else about the refund.

use super::context::Context;
use super::judge::Judged;
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::Link;
use super::token::{Gap, Kind};

/// The longest noun phrase that is read for what a denial is about.
const MATTER_WORDS: usize = 4;

/// How far around a denial its noun is sought: a long reply, and a bound on the work.
const REPLY_WORDS: usize = 200;

/// Whether a denial does not contradict the assertion: it tells of an earlier state, stands in a subordinate clause, is
/// about something else, or comes first and is set against the assertion ("we cannot refund the postage, but have
/// refunded the mug").
pub(super) fn is_excused(context: &Context<'_>, denial: &Judged, assertion: &Judged) -> bool {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(denial.start));
    let within = |list: &OneOf| (clause.start..clause.end).any(|i| words.is_any(i, list));
    let subordinate = matches!(clause.link, Link::Cause | Link::Temporal | Link::Condition | Link::Relative);
    let set_against = denial.end <= assertion.start
        && (clause.end..assertion.start).any(|i| words.is_any(i, SET_AGAINST))
        && clause.end > denial.end + 1;
    let is_habit = context.any(clause.start..clause.end, Class::GENERIC);
    within(EARLIER)
        || subordinate
        || set_against
        || is_habit
        || is_further(context, denial)
        || is_mended(context, denial, assertion)
        || is_presupposed(context, denial)
        || is_by_another(context, denial)
        || is_about_another(context, denial, assertion)
}

/// Words that put a denial before the assertion.
const EARLIER: &OneOf = one_of![
    "yet",
    "earlier",
    "initially",
    "originally",
    "previously",
    "first",
    "before",
    "until",
    "twice",
    "again",
    "once",
    "why",
];

/// Words that set what follows against what was denied before.
const SET_AGAINST: &OneOf = one_of![
    "but",
    "however",
    "instead",
    "though",
    "so",
    "now",
    "same",
    "anyway",
    "nevertheless",
    "nonetheless",
    "still",
    "exception",
];

/// "No further refund is due": none beyond the one that was made.
fn is_further(context: &Context<'_>, denial: &Judged) -> bool {
    let from = denial.start.saturating_sub(2);
    (from..denial.start).any(|i| context.words.is_any(i, one_of!["further", "additional", "second", "more", "extra"]))
}

/// "Your fee was not refunded in May. We have refunded it today": what was not done is done since. Only behind the
/// denial, and only in a tense that reaches the present.
fn is_mended(context: &Context<'_>, denial: &Judged, assertion: &Judged) -> bool {
    let words = context.words;
    let sentence = |word: usize| context.segments.sentence(word);
    if denial.end > assertion.start || sentence(denial.start) == sentence(assertion.start) {
        return false;
    }
    let was = context.clause_at(context.segments.clause(denial.start));
    let is_past = (was.start..was.end).any(|i| words.is_any(i, one_of!["was", "were", "did", "had"]))
        && !context.any(was.start..was.end, Class::WILL)
        && !(was.start..was.end).any(|i| words.is_any(i, one_of!["is", "are", "has", "have", "can"]));
    let now = context.sentence_of(assertion.start);
    let reaches = (now.start..now.end).any(|i| {
        words.is_any(i, one_of!["today", "now", "since", "just", "meanwhile"])
            || context.has(i, Class::US) && words.is_any(i + 1, one_of!["have", "will", "are", "am"])
    });
    is_past && reaches
}

/// "The refund does not include the tip", "we cannot speed up your refund": the act is taken for granted, and something
/// else about it denied.
fn is_presupposed(context: &Context<'_>, denial: &Judged) -> bool {
    let words = context.words;
    let is_definite = denial.start > 0
        && context.has(denial.start - 1, Class::DETERMINER)
        && !context.has(denial.start - 1, Class::NOT)
        && !words.is_any(denial.start - 1, one_of!["a", "an", "any", "every", "each", "another", "either"]);
    let Some((_, end)) = denial.cue else { return false };
    let verb = (end..end + 4).find(|i| !context.has(*i, Class::ADVERB.or(Class::BE).or(Class::BEEN).or(Class::HAVE)));
    // "the fee has not been reversed": there the verb is what is denied.
    is_definite && verb.is_some_and(|verb| verb >= denial.end && words.is_any(verb, PRESUPPOSING))
}

/// "The fee was not reversed by your bank": what somebody else has not done says nothing of what we did.
fn is_by_another(context: &Context<'_>, denial: &Judged) -> bool {
    let clause = context.clause_at(context.segments.clause(denial.start));
    let by = (denial.end..clause.end.min(denial.end + 6)).find(|i| context.words.is(*i, "by"));
    let theirs = Class::THIRD_PARTY.or(Class::OUTSIDER);
    by.is_some_and(|by| {
        !context.words.is(by + 1, "our") && (by + 1..clause.end.min(by + 4)).any(|i| context.has(i, theirs))
    })
}

/// Verbs that change, measure or reach what there is already.
const PRESUPPOSING: &OneOf = one_of![
    "include", "included", "affect", "affected", "cover", "change", "changed", "alter", "altered", "impact", "touch",
    "reduce", "reduced", "delay", "delayed", "slow", "speed", "hasten", "hurry", "track", "deduct", "deducted",
    "reverse", "reversed", "undo", "undone", "taxed", "expire", "depend",
];

/// "We have refunded your ticket; we cannot refund the hotel": the denial names a thing that nothing else in the reply
/// speaks of, and the assertion has a matter of its own. A word for anything bought ("the order", "this charge") may
/// mean the same thing again.
fn is_about_another(context: &Context<'_>, denial: &Judged, assertion: &Judged) -> bool {
    let Some(other) = matter_of(context, denial) else { return false };
    let words = context.words;
    let sentence = context.sentence_of(denial.start);
    let (first, last) =
        (sentence.start.saturating_sub(REPLY_WORDS), words.list.len().min(sentence.start + REPLY_WORDS));
    let is_new = |i: usize| {
        let noun = words.text(i);
        !(first..last).any(|j| j != i && singular(&words.text(j)) == singular(&noun))
    };
    let head = other.end - 1;
    let is_vague = |i: usize| WHATEVER.contains(&singular(&words.text(i)));
    // "the booking fee": told apart by a noun.
    let is_told_apart = || {
        let is_noun = !context.is_past(head - 1) && !words.is_any(head - 1, SAME);
        words.is_any(head, one_of!["fee", "fees", "ticket", "tickets", "service", "card"])
            && is_new(head - 1)
            && is_noun
    };
    let names = is_new(head) && (!is_vague(head) || other.len() > 1 && is_told_apart());
    names && has_matter(context, assertion)
}

/// The noun phrase that an act is done to: behind the verb, or before its passive.
fn matter_of(context: &Context<'_>, judged: &Judged) -> Option<std::ops::Range<usize>> {
    let words = context.words;
    let is_noun = |i: usize| {
        words.list.get(i).is_some_and(|word| word.kind == Kind::Word)
            && !context.has(i, Class::FUNCTION.or(Class::ADVERB))
            && words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE))
    };
    let clause = context.clause_at(context.segments.clause(judged.start));
    // "the booking fee is not refunded"
    let finite = (clause.start..judged.start).rev().take(6).find(|i| context.has(*i, Class::FINITE));
    let is_passive = context.is_past(judged.start)
        && finite
            .is_some_and(|i| context.has(i, Class::BE) || (i + 1..judged.start).any(|j| context.has(j, Class::BEEN)));
    if is_passive {
        let end = finite?;
        let mut start = end;
        while start > clause.start && end - start < MATTER_WORDS && (is_noun(start - 1) || start - 1 == clause.start) {
            if context.has(start - 1, Class::FUNCTION.or(Class::ADVERB)) {
                break;
            }
            start -= 1;
        }
        return (start < end).then_some(start..end);
    }
    let mut start = judged.end;
    if context.has(start, Class::DUMMY.or(Class::NOT)) {
        return None;
    }
    start += usize::from(context.has(start, Class::DETERMINER));
    let mut end = start;
    while end - start < MATTER_WORDS && end < clause.end && is_noun(end) {
        end += 1;
    }
    (start < end).then_some(start..end)
}

/// Whether an assertion says what it is about: a noun phrase or an amount, not "you" or "it".
fn has_matter(context: &Context<'_>, judged: &Judged) -> bool {
    let sentence = context.sentence_of(judged.start);
    let is_amount = |i: usize| context.words.list[i].kind == Kind::Number;
    matter_of(context, judged).is_some() || (sentence.start..sentence.end).any(is_amount)
}

/// Adjectives that do not tell one thing from another.
const SAME: &OneOf =
    one_of!["same", "whole", "full", "entire", "original", "duplicate", "extra", "second", "late", "first"];

/// Nouns for whatever was bought or paid.
const WHATEVER: &[&str] = &[
    "anything",
    "something",
    "one",
    "charge",
    "order",
    "amount",
    "payment",
    "purchase",
    "money",
    "sum",
    "total",
    "transaction",
    "item",
    "fee",
    "cost",
    "price",
    "balance",
    "bill",
    "invoice",
    "booking",
    "claim",
    "case",
    "ticket",
    "product",
    "good",
    "service",
    "card",
    "account",
    "customer",
    "rest",
    "remainder",
    "half",
    "part",
];

fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with('s')).unwrap_or(word)
}
