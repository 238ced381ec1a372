//! Rules and topics: what is told of every case, and so is no event.

use super::condition::is_done;
use super::context::{Context, Cue, Mention};
use super::gerund;
use super::lexicon::Class;
use super::modal::is_harmless_modal;
use super::token::{Gap, Kind};

/// A rule rather than an event: "refunds are issued to the card", "normally takes".
pub(super) fn generic(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let usual = (clause.start..clause.end.min(clause.start + 24)).find(|i| context.has(*i, Class::GENERIC));
    // "there is no charge, and delivery normally takes a day": another predicate's word.
    // "it moves on 14 April, usually before five": an afterthought on the time.
    let is_beside = |i: usize| {
        let is_time = |j: usize| {
            context.has(j, Class::PREPOSITION) && !words.is_any(j, one_of!["of", "by", "to"])
                || words.list.get(j).is_some_and(|word| word.kind == Kind::Number)
        };
        let is_dated = (mention.end..i).any(|j| {
            words.list[j].kind == Kind::Number
                || context.has(j, Class::PREPOSITION) && context.has(mention.end, Class::STATIVE)
        });
        i > mention.end && words.gap(i).has(Gap::COMMA) && is_time(i + 1) && is_dated
            || i > mention.end
                && (mention.end..i).any(|j| context.has(j, Class::COORDINATOR) && words.gap(j).has(Gap::COMMA))
                && !words.gap(i).has(Gap::COMMA)
    };
    if let Some(i) = usual.filter(|i| !is_done(context, mention) && !is_beside(*i)) {
        return Some((i, i + 1));
    }
    // "Fines are only waived for staff"
    let only = context.before(clause, mention.start).rev().find(|i| context.words.is(*i, "only"));
    // "The fee is only waived for members": for a class.
    let is_class = |i: usize| {
        words.is(i - 1, "is")
            && words.is_any(mention.end, one_of!["for", "to"])
            && context.class(mention.end + 1) == Class::NONE
            && words.text(mention.end + 1).ends_with('s')
    };
    if let Some(only) =
        only.filter(|i| *i > clause.start && *i + 3 > mention.start && (words.is(*i - 1, "are") || is_class(*i)))
    {
        return Some((only, only + 1));
    }
    // "We only waive it for new clients": a present form that is limited says a rule.
    let us = context.before(clause, mention.start).find(|i| context.has(*i, Class::US));
    if let Some(us) = us.filter(|us| words.is(us + 1, "only") && us + 2 == mention.start)
        && !context.is_past(mention.start)
    {
        return Some((us + 1, us + 2));
    }
    // "We refund broken skis only", "Only broken skis are refunded"
    let limits = us.is_some_and(|us| us + 1 == mention.start)
        && !context.is_past(mention.start)
        && words.is(clause.end - 1, "only")
        || words.is(clause.start, "only") && mention.start > clause.start && words.is(mention.start - 1, "are");
    if limits {
        return Some((mention.start.saturating_sub(1), mention.start));
    }
    // "Cancelling the plan takes one click": the act as a topic, not as an event.
    let first = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR));
    // "Booking HB-20417 has been cancelled": a noun, told of an event.
    let object = context.has(first + 1, Class::DETERMINER.or(Class::DUMMY).or(Class::YOU));
    let is_told = !object
        && context.predicate_of(first, first + 1).is_some_and(|finite| {
            let verb = context.skip_adverbs(finite + 1);
            let is_over = words.is_any(verb, one_of!["complete", "done", "finished", "under", "underway"]);
            context.has(finite, Class::HAVE.or(Class::BE))
                && (context.has(verb, Class::BEEN) || context.is_past(verb) || is_over)
        });
    let is_gerund =
        first == mention.start && mention.end == mention.start + 1 && words.text(first).ends_with("ing") && !is_told;
    if is_gerund
        && let Some(i) =
            (first + 1..clause.end.min(first + 9)).find(|i| context.has(*i, Class::FINITE.or(Class::STATIVE)))
        // "Mailing of your order takes place on Friday", "moving it took one call": an event.
        && !(context.has(i, Class::FINITE) && gerund::is_told(context, i))
        && !(words.is(i, "takes") && words.is(i + 1, "place") || words.is(i, "took"))
    {
        return Some((i, i + 1));
    }
    let plural = words.text(mention.end - 1).ends_with('s') && !words.text(mention.end - 1).ends_with("ss");
    // Only adjectives may stand before a bare plural.
    let bare = (clause.start..mention.start).all(|i| {
        context.class(i) == Class::NONE
            || context.has(i, Class::COORDINATOR.or(Class::POSSESSIVE)) && words.is_any(i, one_of!["our", "and"])
            || context.has(i, Class::CAUSE)
    }) && mention.start - clause.start <= 3;
    let next = context.skip_adverbs(mention.end);
    let allows = context.has(next, Class::MODAL) && is_harmless_modal(context, clause, next);
    // "Payments are being set up": under way. "250 points are credited": so many are no rule.
    // "Text alerts are now active": a change, and so an event.
    let is_change = words.is_any(next + 1, one_of!["now", "already", "back", "again", "today", "currently"]);
    let is_progressive = words.is(next + 1, "being") || is_change;
    let is_counted = (clause.start..mention.start).any(|i| words.list[i].kind == Kind::Number);
    (plural
        && bare
        && !is_counted
        && !allows
        && !is_progressive
        && (words.is_any(next, one_of!["are", "take", "can", "may", "do", "usually"])))
    .then_some((next, next + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that make the mention a rule, or nothing where it is an event.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, generic).as_deref(), expect, "{reply}");
    }

    #[test]
    fn rules_and_events() {
        check("Refunds are issued to the card.", "refunds", Some("are"));
        check("Text alerts are now active.", "alerts", None);
        check("Delivery normally takes a day.", "delivery", Some("normally"));
    }
}
