//! Advice: duties, orders and recommendations, which tell the customer something rather than suppose it.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::modal::has_participle;
use super::one_of::OneOf;
use super::segment::Link;

/// Whether the cue speaks of a duty or of advice rather than a possibility: "should be sealed", "you need to reset it",
/// "we recommend resetting it". What the customer ought to do is told, not supposed.
pub(super) fn is_advice(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let words = context.words;
    let is_perfect = has_participle(context, cue.0 + 2) && words.is(cue.0 + 1, "have");
    let is_duty = words.is_any(cue.0, one_of!["should", "must", "ought"]) && !is_perfect
        || words.is_any(cue.0, OWING) && (words.is(cue.1 - 1, "to") || words.is(cue.1, "to"));
    let supposed =
        |word: usize| matches!(context.clause_at(context.segments.clause(word)).link, Link::Condition | Link::Temporal);
    let is_supposed = context.sentence_of(mention.start).is_question || supposed(cue.0) || supposed(cue.1 - 1);
    // "we would ask you to", "it is a good idea to", "remember to"
    let advises =
        |i: usize| words.is_any(i, ADVISING) && !(i > 0 && context.has(i - 1, Class::NOT)) && mention.start - i <= 6;
    // "do not forget to"
    let reminds = |i: usize| words.is(i, "forget") && i > 0 && context.has(i - 1, Class::NOT);
    let advises = |i: usize| advises(i) || reminds(i);
    // "once you have the number, upload it": told for then.
    let next = context.clause_at(context.segments.clause(cue.0) + 1);
    let is_told = context.clause_at(context.segments.clause(cue.0)).link == Link::Temporal
        && (context.has(next.start, Class::ORDER.or(Class::PLEASE)) || mention.start == next.start);
    // "you will want to restart it": a polite way to tell it.
    let is_polite = words.is_any(cue.0, one_of!["want", "need"])
        && cue.0 >= 2
        && context.has(cue.0 - 1, Class::WILL)
        && context.has(cue.0 - 2, Class::YOU);
    // "all that is left is for you to change it"
    let is_theirs =
        (cue.0..mention.start).any(|i| words.is(i, "for") && context.has(i + 1, Class::YOU) && words.is(i + 2, "to"));
    // "you will have to pay it when it comes": the time of a duty.
    let own = context.clause_at(context.segments.clause(mention.start));
    let ought =
        |i: usize| words.is_any(i, one_of!["should", "must"]) || words.is(i + 1, "to") && words.is_any(i, OWING);
    let is_timed = words.is(cue.0, "when")
        && cue.0 >= mention.end
        && !context.sentence_of(mention.start).is_question
        && (own.start..mention.start).any(ought)
        && !context.any(own.start..mention.start, Class::NOT);
    is_duty
        || is_polite && !is_supposed
        || is_timed
        || is_present_state(context, mention, cue)
        || is_examined(context, mention, cue)
        || is_told
        || is_theirs && !is_supposed
        || !is_supposed && (cue.0.saturating_sub(1)..mention.start).any(advises)
}

/// Verbs that make an infinitive behind them a duty.
pub(super) const OWING: &OneOf = one_of!["need", "needs", "have", "has"];

/// "If you still have them in, take them out": an order for whoever is in the state that the condition names now.
fn is_present_state(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let words = context.words;
    let index = context.segments.clause(cue.0);
    let (clause, next) = (context.clause_at(index), context.clause_at(index + 1));
    words.is(clause.start, "if")
        && context.has(clause.start + 1, Class::YOU)
        && (clause.start + 2..clause.end.min(clause.start + 5)).any(|i| words.is_any(i, one_of!["still", "already"]))
        && context.segments.clause(mention.start) == index + 1
        && (mention.start == next.start || context.has(next.start, Class::PLEASE.or(Class::ORDER)))
}

/// "We checked the audit log": what has been looked at is there, and whose it is does not matter.
fn is_examined(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    context.words.is_any(cue.0, one_of!["checked", "reviewed", "examined", "analysed", "analyzed", "inspected"])
        && context.any(clause.start..cue.0, Class::US)
        && !context.any(clause.start..cue.0, Class::BE.or(Class::MODAL).or(Class::WILL).or(Class::NOT))
}

/// Words that tell somebody to do something.
const ADVISING: &OneOf = one_of![
    "recommend",
    "suggest",
    "advise",
    "ask",
    "urge",
    "encourage",
    "invite",
    "remember",
    "idea",
    "need",
    "sure",
    "ensure",
    "important",
    "remind",
    "try",
    "request",
    "asked",
    "prompted",
    "told",
    "invited",
    "required",
];
